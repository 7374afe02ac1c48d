"""The questions of the Basins tab and their answers."""

import json
import re

import numpy as np
import pytest

from app.basins import answer, work
from app.page.state import State
from app.protocol import Plan, Probe, Tile
from app.screen import arrays
from landscapes import LANDSCAPES
from optim_core import attracted

HIMMELBLAU = "?f=himmelblau&run=adam~lr=0.1&run=sgd~lr=0.01&basins=beside=0"


def plan(query: str, mode: str = "light") -> dict:
    return answer.plan(Plan(query, mode, tab="basins")).look


def reading(query: str, *at: float) -> str:
    return answer.reading(Probe(query, at, tab="basins")).text


def test_a_plan_names_the_work_of_each_map() -> None:
    look = plan(HIMMELBLAU)
    assert [one["label"] for one in look["maps"]] == ["Adam", "SGD"]
    for one in look["maps"]:
        piece = answer.piece(Tile(one["key"], one["parts"][0], "basins"))
        assert piece.part == one["parts"][0] and len(piece.arrays["nearest"]) == int(piece.part.split("-")[1])


def test_a_tile_is_small() -> None:
    one = plan(HIMMELBLAU)["maps"][0]
    piece = answer.piece(Tile(one["key"], one["parts"][0], "basins"))
    assert {values.dtype for values in piece.arrays.values()} == {np.dtype(np.int16)}
    assert len(arrays.frame(piece)) < 5 * len(piece.arrays["nearest"])


def test_the_light_changes_the_look_and_not_the_work() -> None:
    light, dark = plan(HIMMELBLAU), plan(HIMMELBLAU, "dark")
    assert light["inks"] != dark["inks"]
    assert [one["key"] for one in light["maps"]] == [one["key"] for one in dark["maps"]]


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_every_surface_has_a_plan_that_can_be_sent(slug: str) -> None:
    look = plan(f"?f={slug}")
    assert json.loads(arrays.text(look))
    assert bool(look["empty"]) == (not look["minima"]["x"])
    assert len(look["minima"]["colour"]) == len(look["minima"]["x"]) == len(look["minima"]["place"])


def test_two_axes_have_two_names_and_the_ranges_of_the_domain() -> None:
    layout = plan("?f=six-hump-camel")["layout"]
    assert [layout[f"{name}axis"]["title"]["text"] for name in "xy"] == ["x", "y"]
    assert [layout[f"{name}axis"]["range"] for name in "xy"] == [[-2, 2], [-1, 1]]


def test_how_a_walk_ends_in_words() -> None:
    assert re.fullmatch(
        r"Adam from \(1, 2\) ends at the minimum \(3, 2\): loss [\d.e−]+, there from step \d+\n"
        r"SGD from \(1, 2\) ends at the minimum \(3, 2\): loss [\d.e−]+, there from step \d+",
        reading(HIMMELBLAU, 1.0, 2.0),
    )
    assert "local minimum (0.995, 1.99)" in reading("?f=rastrigin&run=sgd~lr=0.001", 1.0, 2.0)
    assert re.search(r"diverges at step \d+$", reading("?f=himmelblau&run=sgd~lr=0.5", 4.0, 4.0))
    assert "ends near no minimum, at (" in reading("?f=himmelblau&run=sgd~lr=1e-6", 0.0, 0.0)
    assert "ends near no minimum, at (" in reading("?f=saddle&run=sgd~lr=1e-3", 1.0, 1.0)


@pytest.mark.parametrize("at", [(1.0, 2.0), (-4.0, 0.3), (0.1, -1.0), (4.9, -4.9)])
@pytest.mark.parametrize("weather", ["", "&weather=drift=steady,0.005,0.002"])
def test_the_words_say_what_the_map_shows(at: tuple[float, float], weather: str) -> None:
    query = "?f=himmelblau&run=momentum~lr=0.005&steps=100" + weather
    state = State.from_query(query)[0]
    lowest, others = work.minima_of(state.landscape)
    minima, reach = np.array([*lowest, *others]), work.radius(state.landscape)
    run = state.runs[0]
    found = attracted(run.optimizer, state.landscape, np.array(at), minima, reach, 100, state.weather)
    text = reading(query, *at)
    if found.nearest < 0:
        assert "near no minimum" in text
    else:
        assert text.endswith(f"there from step {found.since}")


@pytest.mark.parametrize("more", ["", "&weather=drift=steady,0.01,0", "&weather=noise=1~seeds=3"])
@pytest.mark.parametrize("slug", LANDSCAPES)
def test_what_is_said_of_a_start_is_what_its_map_shows(slug: str, more: str) -> None:
    """Of a curve of minima too, of a surface that moves, and of the first of many seeds."""
    query = f"?f={slug}&run=momentum~lr=0.003&steps=60&basins=size=48{more}"
    state = State.from_query(query)[0]
    key = work.key(state, state.runs[0])
    starts, found = (
        work.starts(state.landscape, 48),
        work.walked(State.from_query(key)[0], work.starts(state.landscape, 48)),
    )
    for place in range(0, 48 * 48, 301):
        said = reading(query, *starts[:, place])
        nearest, since = found.nearest[place], found.since[place]
        if nearest == work.DIVERGED:
            assert said.endswith(f"diverges at step {since}")
        elif nearest == work.NOWHERE:
            assert "ends near no minimum" in said
        else:
            assert said.endswith(f"there from step {since}") and "ends at the" in said, (place, said)
