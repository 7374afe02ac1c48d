"""The questions of the Train tab: what there is to do for a page, and one tile of it."""

import time
from typing import Any

from ..page.state import state_of
from ..protocol import UNKNOWN, Piece, Plan, Tile, Work
from ..walks.fitting import Unknown
from . import asked, plane, work
from .look import look


def plan(asking: Plan) -> Work:
    """The tiles that a page needs, and what can be drawn before they are there."""
    state = state_of(asking.query)
    seen = look(state, asking.mode)
    return Work(asked.key(state), [] if seen["problem"] else work.parts(state, asked.course(state)), seen)


def piece(tile: Tile) -> Piece:
    """A stretch of one training, or a plane with its losses. Raises Forged for what no page asks for."""
    begun = time.perf_counter()
    try:
        arrays = _arrays(tile)
    except Unknown as gone:
        return Piece(tile.part, {UNKNOWN: str(gone)})
    return Piece(tile.part, arrays | {"seconds": time.perf_counter() - begun})


def _arrays(tile: Tile) -> dict[str, Any]:
    if plane.is_one(tile.part):
        return plane.piece(tile.part, tile.given, asked.read_course(tile.key).regression)
    return work.piece(tile.key, tile.part, tile.given)


ANSWERS = {Plan: plan, Tile: piece}
