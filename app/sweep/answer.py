"""What the tab is asked: what there is to do for a page, and one tile of it."""

from ..page.state import state_of
from ..protocol import Piece, Plan, Tile, Work
from . import asked, figures, work


def plan(asking: Plan) -> Work:
    """The tiles that a page needs, and what it draws before they are there."""
    state = state_of(asking.query)
    look = figures.look(state, asking.mode)
    return Work(asked.key(state), [] if look["problem"] else work.parts(state), look)


def piece(tile: Tile) -> Piece:
    """The numbers of one tile, in float64. Raises Forged for one that no page asks for."""
    return Piece(tile.part, work.piece(tile.key, tile.part))


ANSWERS = {Plan: plan, Tile: piece}
