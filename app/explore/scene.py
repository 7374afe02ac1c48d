"""Simulation -> Scene: all that is drawn, for the page and for the page that plays by itself."""

from typing import Any, NamedTuple

from landscapes import Surface

from .. import limits
from ..metrics import PANELS
from ..page.state import State
from ..page.window import Window, room
from ..protocol import Ending, Scene
from ..walks.fates import lost
from ..walks.simulate import Simulation, Walk
from . import curves, details, figures, ground


class Sight(NamedTuple):
    """What is drawn of the surface: the part of the plane, and the grids that may do it, from coarse to fine."""

    window: Window
    grids: tuple[int, ...]


def scene(sim: Simulation, skeletons: dict[str, Any], sight: Sight | None) -> Scene:
    """The scene with these skeletons and what is in sight of the ground; None: without a ground."""
    state = sim.state
    return Scene(
        theme=state.view.theme,
        steps=state.n_steps,
        t=state.view.t,
        start=state.begin,
        domain=state.landscape.domain,
        room=room(state.landscape),
        labels={walk.run.slot: walk.label for walk in sim.walks},
        ends={walk.run.slot: end for walk in sim.walks if (end := _ending(walk, state.landscape))},
        stops=details.stops(sim),
        skeletons=skeletons,
        traces={graph: figures.traces(graph, sim) for graph in figures.GRAPHS},
        ground={} if sight is None else {figures.MAP: ground.surface_traces(state, *sight)},
        axes={graph: figures.axes(graph, sim) for graph in figures.GRAPHS},
        empty={graph: why for graph in PANELS if (why := curves.why_empty(graph, sim))},
        drift=ground.velocity(state),
    )


def _ending(walk: Walk, surface: Surface) -> Ending | None:
    """What must be said of a run on the map, where it cannot be seen."""
    became = lost(walk, surface)
    return Ending(became.since, became.told) if became else None


def sight(state: State, aspect: float | None, window: Window | None = None, coarse: bool = False) -> Sight:
    """What a page with a map of this shape sees, or has chosen to see."""
    grids = limits.SMALL_GRIDS if state.view.map == "side" else limits.GRIDS
    shown = ground.passing(state, window or ground.window(state, aspect))
    return Sight(shown, (limits.COARSE_GRID,) if coarse else grids)
