"""The line panels: curves over the steps, and the axes that show them.

What an axis shows is decided by the bulk of each run's curve, the last 90 % of its steps:

- the bulk of every run that stayed on the map lies in the frame, and of one that left it where it flattens no other;
- the first steps do where they at most treble the span, else they leave through the frame;
- a log axis shows `DECADES`, and more only so that no such run lies below it altogether.

What leaves the frame keeps its name there: the browser puts it where the curve crosses the edge.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscapes import Surface

from ..cache import kept_with
from ..metrics import METRICS, PANELS, Metric
from ..page.state import State
from ..protocol import Meta
from ..screen.arrays import LARGEST, small
from ..screen.theme import Style
from ..walks.fan import metric
from ..walks.simulate import Simulation, Walk, in_domain
from ..walks.stability import limits
from . import fans
from .strokes import DASHES, Looks, line, plain, shown

Array = np.ndarray
Columns = list[tuple[str, int, Array]]  # of each curve: part, step of the first value, values before divergence
EARLY = 0.1  # of the steps: what a curve does there is not what the axis is made for
FLATTENS = 10.0  # how many times larger than the others the curve of a run that left the map may be
STRETCH = 3.0  # how many times longer the first steps may make the span
DECADES = 8  # the most a log axis shows for one curve
MOST_DECADES = 16  # and for several that are far apart
ROOM = 0.04  # of the span, at either end: no value lies on the frame
TICKS, LARGE_TICKS = 6, 3  # about as many steps as fit beside each other, upright, in each size of type
LOG_TYPE = 1 / 1.25  # plotly writes powers of ten larger than other numbers by this much
LIMITS = "lr"  # the panel into which the largest stable rates can be drawn


def is_log(graph: str, state: State) -> bool:
    chosen = getattr(state.view, PANELS[graph].axis)
    return METRICS[metric(graph, state)].log if chosen == "auto" else chosen == "log"


def look(graph: str, state: State) -> tuple[str, bool, tuple[str, ...], bool]:
    """What a skeleton depends on beside its runs and its style."""
    return metric(graph, state), is_log(graph, state), _extras(graph, state), fans.is_many(state)


def _extras(graph: str, state: State) -> tuple[str, ...]:
    """What is drawn of every run beside its curves: the largest stable rate, and the rate itself where it changes."""
    if graph != LIMITS:
        return ()
    is_scheduled = {run.schedule or state.schedule for run in state.runs} != {State.schedule}
    return ("limit",) * (state.view.limits == "on") + ("rate",) * is_scheduled


def traces(graph: str, sim: Simulation) -> dict[str, dict[str, Any]]:
    """uid -> the arrays of a curve; those of one parameter end in -x and -y, that of a limit in -limit."""
    drawn = {}
    for walk, columns in zip(sim.walks, read(graph, sim), strict=True):
        for part, first, column in columns:
            along = {"x0": first, "dx": 1, "y": small(column), "name": plain(walk.label)}
            drawn[f"{graph}-path-{walk.run.slot}-{part}"] = along
        for part, first, (low, high) in spread(graph, walk, sim.state):
            drawn[f"{graph}-band-{walk.run.slot}-{part}"] = fans.band(first, low, high)
    return drawn


def nothing(graph: str, sim: Simulation) -> str:
    """Why a panel has no curve on any scale, in words; "" where it has one."""
    columns = _values(graph, sim)
    if not columns:
        return METRICS[metric(graph, sim.state)].lacking
    return "" if any(np.isfinite(column).any() for column in columns) else "every run diverged at once"


def why_empty(graph: str, sim: Simulation) -> str:
    """Why a panel shows no curve, in words; "" where it shows one."""
    why = nothing(graph, sim)
    if why or not is_log(graph, sim.state):
        return why
    above = any((column >= 0).any() for column in _values(graph, sim))
    return "" if above else "nothing here is above 0, where a log axis begins"


def axes(graph: str, sim: Simulation) -> dict[str, dict[str, Any]]:
    """Every step, and the values' whole decades with about five ticks, or on a linear axis their span.

    `extent` is where the values that the axis is made for end, in the units of the range.
    """
    log = is_log(graph, sim.state)
    pairs = zip(sim.walks, read(graph, sim), strict=True)
    shown = [(walk, [*columns, *_ends(graph, walk, sim.state)]) for walk, columns in pairs]
    extent = _extent([_Curve(walk, columns, sim.state.landscape, log) for walk, columns in shown], log)
    span = _decades(*extent) if log else _roomy(*extent)
    ticks = {"dtick": max(math.ceil((span[1] - span[0]) / 5.5), 1)} if log else {}
    steps = [0, sim.state.n_steps]
    return {"xaxis": {"range": steps, "extent": steps}, "yaxis": {"range": span, "extent": list(extent)} | ticks}


def draw(graph: str, style: Style, runs: Looks, name: str, log: bool, extras: tuple[str, ...], many: bool) -> go.Figure:
    what = METRICS[name]
    parts = ("x", "y") if what.pair else ("",)
    uids = [(slot, f"{graph}-band-{slot}-{part}") for slot, _ in runs for part in parts] if many else []
    data = [fans.drawn_band(style, *one) for one in uids]
    data += [one for run in runs for one in _lines(graph, style, what, run)]
    data += [_extra(graph, style, run, extra) for extra in extras for run in runs]
    layout = style.layout()
    size = {"size": style.size * LOG_TYPE}
    scale = {"type": "log", "tickfont": size} if log else {"type": "linear", "tickformat": "~g"}
    layout["yaxis"] = layout["yaxis"] | scale
    upright = {"tickangle": 0, "nticks": TICKS if style.scale <= 1 else LARGE_TICKS}
    layout["xaxis"] = layout["xaxis"] | upright
    layout |= {"uirevision": f"{name} {log}", "dragmode": "zoom", "meta": {"cursor": style.tokens["soft"]}}
    layout["margin"] = style.margin(52, 94, 12, 30)  # the names of the runs stand beside the plot
    beside = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top", "showarrow": False}
    layout["annotations"] = [{"text": "step", "x": 1, "y": 0, "xshift": 14 * style.scale, "yshift": -1, **beside}]
    return go.Figure(data, layout)


def _lines(graph: str, style: Style, what: Metric, run: tuple[int, bool]) -> list[go.Scatter]:
    slot, pinned = run
    lines = []
    for part in ("x", "y") if what.pair else ("",):
        value = f"{what.label}{' of ' + part if part else ''}"
        hover = f"%{{fullData.name}}<br>step %{{x}}<br>{value} %{{y:.4g}}<extra></extra>"
        look = {"uid": f"{graph}-path-{slot}-{part}", "dash": DASHES[part], "first": what.first, "part": part}
        lines.append(line(style, slot, pinned, hovertemplate=hover, **look))
    return lines


EXTRAS = {"limit": "largest stable rate", "rate": "η"}


def _extra(graph: str, style: Style, run: tuple[int, bool], extra: str) -> go.Scatter:
    """Of each run, in its colour: the largest rate that the surface allows where it stands, dotted, or its rate."""
    slot, _ = run
    stroke = {"color": style.colours[slot], "width": 1.5 * style.scale, "dash": DASHES[extra]}
    hover = f"%{{fullData.name}}<br>step %{{x}}<br>{EXTRAS[extra]} %{{y:.4g}}<extra></extra>"
    uid, meta = f"{graph}-path-{slot}-{extra}", Meta(slot, 1).set()
    return go.Scatter(uid=uid, mode="lines", line=stroke, meta=meta, hovertemplate=hover)


# --- the values of a run's curves -----------------------------------------------------------------------------------


@kept_with(1)
def read(graph: str, sim: Simulation) -> list[Columns]:
    """The curves of every run, in the order of the runs."""
    return [_columns(graph, walk, sim.state) for walk in sim.walks]


def _values(graph: str, sim: Simulation) -> list[Array]:
    return [column for columns in read(graph, sim) for _, _, column in columns]


def _columns(graph: str, walk: Walk, state: State) -> Columns:
    what = METRICS[metric(graph, state)]
    curve = what.curve(walk.trajectory, state.landscape)
    columns = []
    if curve is not None:
        curve = walk.fan.spread(metric(graph, state))[1] if walk.fan else shown(curve, walk)
        columns += [(part, what.first, column) for part, column in _parts(what, curve)]
    extras = _extras(graph, state)
    if "limit" in extras:
        columns += _limits(walk, state.landscape)
    if "rate" in extras and walk.is_scheduled:
        columns.append(("rate", 1, shown(walk.rates, walk)))
    return columns


def _parts(what: Metric, curve: Array) -> list[tuple[str, Array]]:
    return [("", curve)] if not what.pair else list(zip("xy", curve.T, strict=True))


def spread(graph: str, walk: Walk, state: State) -> list[tuple[str, int, tuple[Array, Array]]]:
    """Of each curve of a run with many seeds: part, step of the first value, and both ends of its band."""
    what = METRICS[metric(graph, state)]
    if not walk.fan or what.curve(walk.trajectory, state.landscape) is None:
        return []
    low, _, high = walk.fan.spread(metric(graph, state))
    ends = zip(_parts(what, low), _parts(what, high), strict=True)
    return [(part, what.first, (lower, upper)) for (part, lower), (_, upper) in ends]


def _ends(graph: str, walk: Walk, state: State) -> Columns:
    return [(part, first, end) for part, first, ends in spread(graph, walk, state) for end in ends]


def _limits(walk: Walk, surface: Surface) -> Columns:
    known = limits(walk, surface)
    if known is None:
        return []
    limit = shown(known.limit[:-1], walk)  # of the point from which step t is taken
    return [("limit", 1, np.where(np.isfinite(limit) & (limit > 0), limit, np.nan))]


class _Curve:
    """What a run shows in a panel, as its axis sees it: finite, and on a log axis above 0."""

    def __init__(self, walk: Walk, read: Columns, surface: Surface, log: bool) -> None:
        columns = [column for _, _, column in read if len(column)]
        early = [min(math.ceil(EARLY * len(column)), len(column) - 1) for column in columns]
        self.bulk = _seen([column[at:] for at, column in zip(early, columns, strict=True)], log)
        self.first = _seen([column[:at] for at, column in zip(early, columns, strict=True)], log)
        if not len(self.bulk):  # at exactly 0 after the first steps: these are all that a log axis can show
            self.bulk = self.first
        self.stayed = walk.diverged_at is None and bool(in_domain(surface, walk.trajectory.params[-1:])[0])
        self.reach = float(np.abs(self.bulk).max(initial=0.0))


def _seen(columns: list[Array], log: bool) -> Array:
    values = np.concatenate([np.zeros(0), *columns])
    return np.clip(values[np.isfinite(values) & ((values > 0) | (not log))], -LARGEST, LARGEST)


# --- the axis -------------------------------------------------------------------------------------------------------


def _extent(curves: Sequence[_Curve], log: bool) -> tuple[float, float]:
    """The smallest and the largest value that an axis is made for, on a log axis as powers of ten."""
    served = [(np.log10(one.bulk), np.log10(one.first)) if log else (one.bulk, one.first) for one in _served(curves)]
    if not served:
        return (-3.0, 0.0) if log else (-1.0, 1.0)
    top = max(float(bulk.max()) for bulk, _ in served)
    low = min(float(bulk.min()) for bulk, _ in served)
    if log:
        shared = min(float(bulk.max()) for bulk, _ in served)
        low = max(low, min(math.ceil(top) - DECADES, math.floor(shared)), math.ceil(top) - MOST_DECADES)
    return _stretched(low, top, np.concatenate([first for _, first in served]), log)


def _served(curves: Sequence[_Curve]) -> list[_Curve]:
    """The runs that the axis is made for: those that left the map only where they flatten no other."""
    drawn = [curve for curve in curves if len(curve.bulk)]
    stayed = [curve.reach for curve in drawn if curve.stayed and curve.reach > 0]
    moved = [curve.reach for curve in drawn if curve.reach > 0]
    home = max(stayed) if stayed else min(moved, default=0.0)
    return [curve for curve in drawn if curve.stayed or curve.reach <= FLATTENS * home]


def _stretched(low: float, top: float, first: Array, log: bool) -> tuple[float, float]:
    """The span with those of the first values that do not squeeze the rest."""
    span = max(top - low, 1.0) if log else top - low
    most = min(STRETCH * span, max(span, DECADES) + 1) if log else STRETCH * span
    nearest_first = first[np.argsort(np.maximum(first - top, low - first))]
    tops = np.maximum.accumulate(np.append(top, nearest_first))
    lows = np.minimum.accumulate(np.append(low, nearest_first))
    last = np.flatnonzero(tops - lows <= most)[-1]
    return float(lows[last]), float(tops[last])


def _decades(low: float, high: float) -> list[float]:
    """Whole decades around an extent, and a little room."""
    bottom, top = math.floor(low), math.ceil(high)
    if bottom == top:
        bottom, top = bottom - 1, top + 1
    room = ROOM * (top - bottom)
    return [bottom - room, top + room]


def _roomy(low: float, high: float) -> list[float]:
    """A little more than an extent."""
    room = 0.06 * (high - low) or 0.5 * abs(high) or 1.0
    return [max(low - room, -LARGEST), min(high + room, LARGEST)]
