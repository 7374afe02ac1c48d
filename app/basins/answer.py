"""The questions of the Basins tab: what there is to draw, one tile of it, and the end of one walk in words."""

from typing import Any

from ..page import veil
from ..page.labels import labels
from ..page.numbers import significant
from ..page.state import Run, State, state_of
from ..protocol import Piece, Plan, Probe, Reading, Tile, Work
from . import figures, work


def plan(asked: Plan) -> Work:
    """What there is to do for a page: the first map here, and each with a key and parts of its own in `look`."""
    look = figures.look(state_of(asked.query), asked.mode)
    first, *_ = look["maps"]
    return Work(first["key"], first["parts"], look)


def piece(asked: Tile) -> Piece:
    """Where the walks of a tile end. Raises Forged for a key or a part that no plan has named."""
    found = work.tile(asked.key, asked.part)
    return Piece(asked.part, {"nearest": found.nearest, "since": found.since})


def reading(asked: Probe) -> Reading:
    """How the walk from a point ends: a line for each run that is shown."""
    state = state_of(asked.query)
    if waits := veil.why(state):
        return Reading(waits)
    return Reading("\n".join(_ended(state, run, asked.at) for run in work.chosen(state)))


def _ended(state: State, run: Run, at: tuple[float, float]) -> str:
    called = labels(state.runs, state.letters)[state.runs.index(run)]
    return f"{called} from ({', '.join(significant(value, 3) for value in at)}) {work.end(state, run, at)}"


ANSWERS: dict[type, Any] = {Plan: plan, Tile: piece, Probe: reading}
