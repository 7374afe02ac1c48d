"""The command `downslope basins`: in which minimum walks end, on the terminal and in files."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from optim_core import Basins, Share

from ..basins import work
from ..export import basins_data
from ..page.labels import labels, met
from ..page.numbers import plain
from ..page.state import State
from . import asked
from .terminal import aligned
from .working import MORE, Way, carry_out, perform, seeds

EXAMPLE = "downslope basins --surface himmelblau --optimizer adam~lr=.1 --steps 200 --size 128 --png basins.png"
SETTINGS = {
    "size": ("N", "starts along each side of the map; else 256"),
    "show": ("HOW", "of two runs in a picture: each, side by side, or also their difference"),
}
RUNS = {
    "run": ("N", "whose basins, 1 for those of the first run, which it is without"),
    "beside": ("N", "another run, beside it"),
}
FILES = {
    "csv": "the end of every walk as a table",
    "json": "the shares of the area, and the minimum of every start, as JSON",
    "npz": "the same as arrays for numpy",
    "png": "the maps as a picture",
}
WORD = asked.Word(
    "basins",
    "Walk from every point of a map, and say in which minimum each walk ends.",
    EXAMPLE,
    FILES,
    "basins",
    SETTINGS,
    RUNS,
    MORE,
)
MOST = 12  # minima that the table names, those with the largest shares


def main(argv: Sequence[str]) -> int:
    """Do what the arguments of `downslope basins` say; 2 where they cannot be used, 130 after a Ctrl+C."""
    return perform(WORD, argv, partial(carry_out, Way(work.chosen, "map", basins_data.found, _writer, table)))


def _writer(name: str) -> Callable[..., Any]:
    if name == "png":
        from ..export.basins_picture import png  # needs Pillow

        return png
    return getattr(basins_data, name)


def table(state: State, found: Sequence[Basins]) -> str:
    """How much of the area belongs to each minimum, run by run."""
    n, ((x0, x1), (y0, y1)) = state.basins.size, state.landscape.domain
    window = f"x {plain(x0)} to {plain(x1)}, y {plain(y0)} to {plain(y1)}"
    ground = f"{state.landscape.label}: {n} x {n} starts, {window}, {work.steps(state)} steps"
    rows = [("run", "minimum", "loss", "share", "steps")]
    for run, one in zip(work.chosen(state), found, strict=True):
        rows += _shares(state, labels(state.runs, state.letters)[state.runs.index(run)], one)
    return "\n".join([ground, *filter(None, [met(state)]), *seeds(state), *aligned(rows)])


def _shares(state: State, called: str, found: Basins) -> list[tuple[str, ...]]:
    *wells, none, diverged = found.shares()
    largest = sorted((one for one in wells if one.share), key=lambda one: -one.share)
    rest = largest[MOST:]
    rows = [_share(state, called, one) for one in largest[:MOST]]
    if rest:
        rows.append((called, f"{len(rest)} others", "", _percent(sum(one.share for one in rest)), ""))
    others = (("none", none), ("diverges", diverged))
    return rows + [(called, word, "", _percent(one.share), "") for word, one in others if one.share]


def _share(state: State, called: str, one: Share) -> tuple[str, ...]:
    x, y = one.minimum
    loss = float(state.landscape.value(x, y))
    return called, f"({plain(x)}, {plain(y)})", plain(loss), _percent(one.share), plain(one.steps)


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
