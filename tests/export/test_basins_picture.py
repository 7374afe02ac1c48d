"""The basins as a picture: what the tab shows, without a browser."""

import io

import numpy as np
import pytest
from PIL import Image

from app.basins import colours, work
from app.export import basins_data, files
from app.export.basins_picture import BOTTOM, LEFT, RIGHT, TOP, png
from app.page.state import State
from app.protocol import Mistake
from app.screen import theme

SMALL = "&steps=30&basins=size=48"
ONE = "?f=himmelblau&run=adam~lr=0.2" + SMALL
TWO = "?f=himmelblau&run=sgd~lr=0.02&run=adam~lr=0.2" + SMALL + "~beside=2"


def drawn(query: str) -> Image.Image:
    state = State.from_query(query)[0]
    return Image.open(io.BytesIO(png(state, basins_data.found(state), "http://here/" + query)))


def colour_at(picture: Image.Image, state: State, x: float, y: float, size: tuple[int, int]) -> tuple[int, ...]:
    (x0, x1), (y0, y1) = state.landscape.domain
    return picture.getpixel((LEFT + round((x - x0) / (x1 - x0) * size[0]), TOP + round((y1 - y) / (y1 - y0) * size[1])))


@pytest.mark.parametrize("light", ["light", "dark"])
def test_its_colours_are_those_of_the_cells(light: str) -> None:
    state = State.from_query(f"{ONE}&theme={light}")[0]
    (found,) = basins_data.found(state)
    picture = drawn(f"{ONE}&theme={light}")
    cells = colours.picture(found, (0, 1, 2, 3), 30, light).astype(int)
    size = picture.width - LEFT - RIGHT
    inner = np.asarray(picture)[TOP : TOP + size, LEFT : LEFT + size].astype(int)
    places = np.minimum((np.arange(size) + 0.5) * 48 / size, 47).astype(int)
    wanted = cells[::-1][np.ix_(places, places)]
    assert np.mean(np.abs(inner - wanted).max(axis=-1) <= 2) > 0.7, "but for level lines, minima and the start"


def test_it_carries_its_address() -> None:
    assert drawn(ONE).text["Comment"] == f"Downslope http://here/{ONE}"


@pytest.mark.parametrize(("query", "many"), [(ONE, 1), (TWO, 2), (TWO + "~show=difference", 3)])
def test_maps_stand_side_by_side(query: str, many: int) -> None:
    one, several = drawn(ONE), drawn(query)
    assert several.width == many * one.width


@pytest.mark.parametrize("slug", ["six-hump-camel", "branin", "saddle", "factorization", "plateau"])
def test_every_kind_of_surface_can_be_drawn(slug: str) -> None:
    picture = drawn(f"?f={slug}&run=sgd~lr=0.01" + SMALL)
    assert picture.width > LEFT + RIGHT and picture.height > TOP + BOTTOM
    assert len(picture.getcolors(2**24)) > 10


def test_one_unit_of_x_is_as_long_as_one_of_y() -> None:
    picture = drawn("?f=six-hump-camel&run=sgd~lr=0.01" + SMALL)
    panel = tuple(int(theme.TOKENS["light"]["panel"][at : at + 2], 16) for at in (1, 3, 5))
    filled = np.any(np.asarray(picture) != panel, axis=-1)
    rows = np.flatnonzero(filled[:, LEFT + 2 : picture.width - RIGHT - 2].mean(axis=1) > 0.9)
    assert (picture.width - LEFT - RIGHT) == pytest.approx(2 * (rows[-1] - rows[0] + 1), abs=4)


@pytest.mark.parametrize("name", files.OF_TABS["basins"])
def test_every_export_of_the_tab_is_made(name: str) -> None:
    made = files.make(name, State.from_query(TWO)[0], "http://here/")
    assert made.content and made.name.startswith("basins.")


@pytest.mark.parametrize("name", files.OF_TABS["basins"])
def test_what_would_take_too_long_is_refused_in_words(name: str) -> None:
    heavy = State.from_query("?f=ackley&run=adam&run=radam&steps=2000&basins=beside=6")[0]
    assert not work.soon(heavy)
    with pytest.raises(Mistake, match="take fewer"):
        files.make(name, heavy, "")
