"""What each graph shows, in words, for those who do not see it: where the runs end, and how far a curve goes."""

from collections.abc import Iterator

import numpy as np

from ..cache import kept_with
from ..metrics import METRICS, PANELS
from ..page.numbers import brief, spoken
from ..walks.fates import lost
from ..walks.simulate import Simulation, Walk
from . import curves

KINDS = {"contour": "Seen from above", "surface": "Seen in space", "side": "A map for each run"}
PARTS = {"": "", "x": " in x", "y": " in y", "limit": ", largest stable rate", "rate": ", its rate"}  # of a run


@kept_with(0)
def alternatives(sim: Simulation) -> dict[str, str]:
    """The name of each graph -> what it shows, in the letters of the page."""
    told = {"map": _map(sim)} | {graph: _panel(graph, sim) for graph in PANELS}
    return {graph: sim.state.letters.text(text) for graph, text in told.items()}


def _map(sim: Simulation) -> str:
    surface = sim.state.landscape
    across, up = (
        f"{axis} from {brief(low)} to {brief(high)}" for axis, (low, high) in zip("xy", surface.domain, strict=True)
    )
    ends = [_end(walk, sim) for walk in sim.walks]
    seen = f"{KINDS[sim.state.view.map]}: {surface.label}, {across}, {up}"
    return f"{seen}. From {_point(sim.state.begin)} {'; '.join(ends)}."


def _end(walk: Walk, sim: Simulation) -> str:
    became = lost(walk, sim.state.landscape)
    if became:
        return f"{walk.label} is lost: {became.told}"
    return f"{walk.label} to {_point(walk.trajectory.params[-1])}, loss {brief(walk.trajectory.loss[-1])}"


def _point(point: np.ndarray | tuple[float, float]) -> str:
    return "({}, {})".format(*(spoken(float(value)) for value in point))


def _panel(graph: str, sim: Simulation) -> str:
    shown = METRICS[curves.metric(graph, sim.state)].label
    why = curves.why_empty(graph, sim)
    if why:
        return f"{shown}: no curve, for {why}."
    axis = "logarithmic" if curves.is_log(graph, sim.state) else "linear"
    return f"{shown} at each step, on a {axis} axis: {'; '.join(_curves(graph, sim))}."


def _curves(graph: str, sim: Simulation) -> Iterator[str]:
    for walk, columns in zip(sim.walks, curves.read(graph, sim), strict=True):
        for part, first, column in columns:
            there = np.flatnonzero(np.isfinite(column))
            if len(there):
                start, end = there[0], there[-1]
                ends = f"from {brief(float(column[start]))} at step {first + start}"
                yield f"{walk.label}{PARTS[part]} {ends} to {brief(float(column[end]))} at step {first + end}"
