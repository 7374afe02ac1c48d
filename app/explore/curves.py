"""The line panels: curves over the steps, and the axes that show them."""

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscapes import Surface

from .. import metrics
from ..metrics import METRICS, PANELS, Metric
from ..page.state import State
from ..screen.arrays import LARGEST, small
from ..screen.theme import Style
from ..walks.simulate import Simulation, Walk
from .strokes import DASHES, Looks, line, plain, shown

Array = np.ndarray
RUNAWAY = 1e8  # a curve that grows this many times larger than another is not what the axis is made for
DECADES = 8  # the most a log axis shows


def metric(graph: str, state: State) -> str:
    """The name of what a line panel shows."""
    panel = PANELS[graph]
    return metrics.on(state.landscape, getattr(state.view, panel.choice) if panel.choice else panel.metric)


def is_log(graph: str, state: State) -> bool:
    chosen = getattr(state.view, PANELS[graph].axis)
    return METRICS[metric(graph, state)].log if chosen == "auto" else chosen == "log"


def look(graph: str, state: State) -> tuple[str, bool]:
    """What a skeleton depends on beside its runs and its style."""
    return metric(graph, state), is_log(graph, state)


def traces(graph: str, sim: Simulation) -> dict[str, dict[str, Any]]:
    """uid -> the arrays of a curve; those of one parameter end in -x and -y."""
    what = METRICS[metric(graph, sim.state)]
    drawn = {}
    for walk in sim.walks:
        for part, column in _columns(_curve(what, walk, sim.state.landscape)):
            drawn[f"{graph}-path-{walk.run.slot}-{part}"] = {"x0": what.first, "dx": 1, "y": small(column)}
    return drawn


def axes(graph: str, sim: Simulation) -> dict[str, dict[str, Any]]:
    """Every step, and the values' whole decades with about five ticks, or on a linear axis their span.

    `extent` is where the values themselves end, in the units of the range.
    """
    log = is_log(graph, sim.state)
    curves = [_curve(METRICS[metric(graph, sim.state)], walk, sim.state.landscape) for walk in sim.walks]
    extent = _extent(_seen([np.ravel(curve) for curve in curves if curve is not None]), log)
    span = _decades(*extent) if log else _roomy(*extent)
    ticks = {"dtick": math.ceil((span[1] - span[0]) / 5)} if log else {}
    steps = [0, sim.state.n_steps]
    return {"xaxis": {"range": steps, "extent": steps}, "yaxis": {"range": span, "extent": list(extent)} | ticks}


def draw(graph: str, style: Style, runs: Looks, name: str, log: bool) -> go.Figure:
    what = METRICS[name]
    data = []
    for slot, label, pinned in runs:
        for part in ("x", "y") if what.pair else ("",):
            look = {"uid": f"{graph}-path-{slot}-{part}", "dash": DASHES[part], "first": what.first}
            data.append(line(style, slot, label if part != "y" else "", pinned, **look))
            data[-1].name = plain(label)
            value = f"{what.label}{' of ' + part if part else ''}"
            data[-1].hovertemplate = f"%{{fullData.name}}<br>step %{{x}}<br>{value} %{{y:.4g}}<extra></extra>"
    layout = style.layout()
    layout["yaxis"] = layout["yaxis"] | ({"type": "log"} if log else {"type": "linear", "tickformat": "~g"})
    layout |= {"uirevision": f"{name} {log}", "dragmode": "zoom", "meta": {"cursor": style.tokens["soft"]}}
    layout["margin"] = style.margin(52, 94, 12, 30)  # the names of the runs stand beside the plot
    return go.Figure(data, layout)


def _curve(what: Metric, walk: Walk, surface: Surface) -> Array | None:
    curve = what.curve(walk.trajectory, surface)
    return None if curve is None else shown(curve, walk)


def _columns(curve: Array | None) -> list[tuple[str, Array]]:
    if curve is None:
        return []
    return [("", curve)] if curve.ndim == 1 else list(zip("xy", curve.T, strict=True))


def _seen(curves: list[Array]) -> Array:
    """The finite values of all curves but those that run away: they leave through the top, and flatten no other."""
    finite = [curve[np.isfinite(curve)] for curve in curves]
    tops = [float(np.abs(curve).max()) if len(curve) else 0.0 for curve in finite]
    least = min((top for top in tops if top > 0), default=0.0)
    return np.concatenate([c for c, top in zip(finite, tops, strict=True) if top <= RUNAWAY * least] or [np.zeros(0)])


def _extent(values: Array, log: bool) -> tuple[float, float]:
    """The smallest and the largest value that an axis can show, on a log axis as powers of ten."""
    values = np.clip(values[np.isfinite(values) & ((values > 0) | (not log))], -LARGEST, LARGEST)
    if not len(values):
        return (-3.0, 0.0) if log else (-1.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if not log:
        return low, high
    low, high = math.log10(low), min(math.log10(high), 30.0)
    return max(low, math.ceil(high) - DECADES), high


def _decades(low: float, high: float) -> list[float]:
    """Whole decades around an extent."""
    top = math.ceil(high)
    top += top == low
    return [float(max(math.floor(low), top - DECADES)), float(top)]


def _roomy(low: float, high: float) -> list[float]:
    """A little more than an extent."""
    room = 0.06 * (high - low) or 0.5 * abs(high) or 1.0
    return [max(low - room, -LARGEST), min(high + room, LARGEST)]
