"""A sweep as a picture: every curve where its numbers are, every pair in its cell, in both themes."""

import io
import math

import numpy as np
import pytest
from PIL import Image, ImageColor

from app.export import sweep_data
from app.export.sweep_picture import FINE, LEFT, SIZE, TOP, _column, _span, png
from app.page.state import State
from app.screen import theme
from app.sweep import figures


def drawn(query: str) -> tuple[State, list[sweep_data.Swept], np.ndarray, str]:
    """The state, its sweep, the pixels of its plot, and the comment of the picture."""
    state, notices = State.from_query(query)
    assert notices == []
    found = sweep_data.swept(state)
    with Image.open(io.BytesIO(png(state, found))) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
        return state, found, pixels[TOP : TOP + SIZE[1], LEFT : LEFT + SIZE[0]], picture.info["Comment"]


def nearest(pixels: np.ndarray, at: tuple[float, float], colour: str, reach: int = 3) -> float:
    """How near some pixel around a place comes to a colour, in the largest of its three parts."""
    x, y = map(round, at)
    near = pixels[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1].reshape(-1, 3)
    return float(np.abs(near - ImageColor.getrgb(colour)).max(axis=1).min())


CURVES = [
    "?f=valley&run=sgd~lr=0.3&run=adam~lr=1e-4&sweep=rates=13",
    "?f=rosenbrock&run=momentum&run=rmsprop&theme=dark&sweep=rates=9~curve=best",
    "?f=saddle&run=sgd&run=adam&sweep=rates=9~high=0.1",
    "?f=bowl&run=sgd&run=adam&sweep=kind=race~rates=25~target=0.1~curve=steps",
]


@pytest.mark.parametrize("query", CURVES)
def test_every_curve_goes_through_its_numbers(query: str) -> None:
    state, found, pixels, comment = drawn(query)
    assert comment == f"Downslope {state.to_query()}"
    mode = state.view.theme if state.view.theme in theme.TOKENS else "light"
    look = figures.look(state, mode)
    columns = [_column(state, one) for one in found]
    (x0, x1), (y0, y1) = look["layout"]["xaxis"]["range"], _span(state, columns, look)
    seen = 0
    for how, column in list(zip(look["runs"], columns, strict=True))[-1:]:  # the others may lie below
        for x, y in zip(look["places"].tolist(), column.tolist(), strict=True):
            at = ((x - x0) / (x1 - x0) * SIZE[0], (y1 - y) / (y1 - y0) * SIZE[1])
            if math.isfinite(y) and y0 < y < y1:
                assert nearest(pixels, at, how["color"]) < 12
                seen += 1
    assert seen > 3 and FINE > 1


def test_rates_that_diverge_are_marked_above() -> None:
    state, (one,), pixels, _ = drawn("?f=booth&run=sgd&sweep=rates=9")
    look = figures.look(state, "light")
    (x0, x1), wrong = look["layout"]["xaxis"]["range"], theme.TOKENS["light"]["wrong"]
    for x, final in zip(look["places"].tolist(), one.made.final.tolist(), strict=True):
        at = ((x - x0) / (x1 - x0) * SIZE[0], 5)
        assert (nearest(pixels, at, wrong, 2) < 30) == (not math.isfinite(final))
    assert np.isinf(one.made.final).any() and np.isfinite(one.made.final).any()


@pytest.mark.parametrize("colour", ["steps", "final"])
def test_every_pair_has_its_cell(colour: str) -> None:
    _, (one,), pixels, _ = drawn(f"?f=rosenbrock&run=momentum~lr=9&sweep=kind=grid~rates=9~colour={colour}")
    made = one.made
    for i, j in np.ndindex(made.shape):
        middle = pixels[int((8 - j + 0.15) * SIZE[1] / 9), int((i + 0.15) * SIZE[0] / 9)]
        diverges = math.isinf(made.final[i, j])
        assert (np.abs(middle - ImageColor.getrgb(theme.DIVERGED["light"])).max() < 3) == diverges
        if colour == "steps" and not diverges:
            never = np.abs(middle - ImageColor.getrgb(theme.NONE["light"])).max() < 3
            assert never == math.isinf(made.first[i, j])


def test_where_all_diverge_there_is_a_picture_too() -> None:
    _, (one,), pixels, _ = drawn("?f=rosenbrock&run=sgd&steps=99&sweep=rates=5~low=1~high=9")
    assert np.isinf(one.made.final).all() and len(np.unique(pixels.reshape(-1, 3), axis=0)) > 2
