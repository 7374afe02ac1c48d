"""Simulation -> Scene: all that is drawn, for the page and for the page that plays by itself."""

from typing import Any

from landscapes import Surface

from .. import limits
from ..metrics import PANELS
from ..page.state import State
from ..protocol import Ending, Scene
from ..walks.fates import lost
from ..walks.simulate import Simulation, Walk
from . import curves, details, figures, ground


def scene(sim: Simulation, skeletons: dict[str, Any], points: int | None) -> Scene:
    """The scene with these skeletons, its ground on a grid of so many points; None: without a ground."""
    state = sim.state
    return Scene(
        theme=state.view.theme,
        steps=state.n_steps,
        t=state.view.t,
        start=state.begin,
        domain=state.landscape.domain,
        labels={walk.run.slot: walk.label for walk in sim.walks},
        ends={walk.run.slot: end for walk in sim.walks if (end := _ending(walk, state.landscape))},
        stops=details.stops(sim),
        skeletons=skeletons,
        traces={graph: figures.traces(graph, sim) for graph in figures.GRAPHS},
        ground={} if points is None else {figures.MAP: ground.surface_traces(state, points)},
        axes={graph: figures.axes(graph, sim) for graph in figures.GRAPHS},
        empty={graph: why for graph in PANELS if (why := curves.why_empty(graph, sim))},
    )


def _ending(walk: Walk, surface: Surface) -> Ending | None:
    """What must be said of a run on the map, where it cannot be seen."""
    became = lost(walk, surface)
    return Ending(became.since, became.told) if became else None


def grid(state: State) -> int:
    """How fine the ground is drawn: coarse in small maps."""
    return limits.COARSE_GRID if state.view.map == "side" else limits.GRID
