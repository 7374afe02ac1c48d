"""The panels. `skeleton` is a panel's figure without its data, `traces` the bare arrays that fill it.

The page keeps a skeleton and receives arrays while something moves; `figure` joins the two for everyone else.
A trace is known by its uid, "<graph>-<what>-<slot>...". What a trace's `meta` says, the browser obeys:
`head` (outline of the marker at the playhead), `label`, `casing` (colour and width of the line beneath), `first` (the
step of the first point) and `like` (the trace whose data it shares).
"""

import base64
import math
import zlib
from functools import lru_cache
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscapes import Surface

from . import limits, metrics, theme
from .metrics import METRICS, Metric
from .simulate import Ground, Simulation, Walk, ground
from .state import State
from .theme import Style

Array = np.ndarray
LARGEST = 1e30  # float32 ends at 3e38, and the browser multiplies
RUNAWAY = 1e8  # a curve that grows this many times larger than another is not what the axis is made for
DECADES = 8  # the most a log axis shows
LEVELS = 20  # bands of the contour map
LINE, GHOST, CASING = 2.5, 1.25, 5.0
DASHES = {"": "solid", "x": "solid", "y": "5px,4px"}

GRAPHS = ("map", "lr", "rms", "third")
Looks = tuple[tuple[int, str, bool], ...]  # of each run: its slot, its label, whether it is a ghost


def metric(graph: str, state: State) -> str:
    """The name of what a line panel shows."""
    names = {"lr": "effective_lr", "rms": "rms_grad", "third": state.view.panel}
    return metrics.on(state.landscape, names[graph])


def is_log(graph: str, state: State) -> bool:
    chosen = {"lr": state.view.lr_axis, "rms": state.view.rms_axis, "third": state.view.panel_axis}[graph]
    return METRICS[metric(graph, state)].log if chosen == "auto" else chosen == "log"


def skeleton(graph: str, state: State, mode: str) -> dict[str, Any]:
    """A panel's figure without its data, as plotly JSON; `mode` is "light" or "dark"."""
    return _skeletons(_look(graph, state, mode))


def key(graph: str, state: State, mode: str) -> str:
    """A short text that changes when the skeleton does."""
    return f"{zlib.crc32(repr(_look(graph, state, mode)).encode()):x}"


def traces(graph: str, sim: Simulation) -> dict[str, dict[str, Any]]:
    """uid -> the arrays of every run's traces in this panel, as plotly reads them (base64 float32)."""
    if graph == "map":
        return {f"map-path-{walk.run.slot}": _path(walk, sim.state) for walk in sim.walks}
    shown = METRICS[metric(graph, sim.state)]
    drawn = {}
    for walk in sim.walks:
        curve = _curve(shown, walk, sim.state.landscape)
        for name, column in _columns(curve):
            drawn[f"{graph}-path-{walk.run.slot}-{name}"] = {"x0": shown.first, "dx": 1, "y": encode(column)}
    return drawn


def axes(graph: str, sim: Simulation) -> dict[str, dict[str, Any]]:
    """Axis -> its range (every step, the values' whole decades) and, on a log axis, about five ticks."""
    if graph == "map":
        return {}
    shown = METRICS[metric(graph, sim.state)]
    curves = [_curve(shown, walk, sim.state.landscape) for walk in sim.walks]
    span = _span(_seen([np.ravel(curve) for curve in curves if curve is not None]), is_log(graph, sim.state))
    ticks = {"dtick": math.ceil((span[1] - span[0]) / 5)} if is_log(graph, sim.state) else {}
    return {"xaxis": {"range": [0, sim.state.n_steps]}, "yaxis": {"range": span} | ticks}


def ground_traces(state: State, points: int) -> dict[str, dict[str, Any]]:
    """uid -> the arrays of the map that only the surface decides: its height, its minima, its slope as arrows."""
    here = ground(state.landscape, points)
    low, high = float(here.height.min()), float(here.height.max())
    size = (high - low) / LEVELS
    drawn: dict[str, dict[str, Any]] = {
        "map-ground": {
            "z": encode(here.height),
            **{"x0": here.x[0], "dx": here.x[1] - here.x[0], "y0": here.y[0], "dy": here.y[1] - here.y[0]},
            "contours": {"start": low + size, "end": high - size / 2, "size": size},
        },
        "map-minima": _points(state.landscape.minima),
        "map-local": _points(state.landscape.local_minima),
    }  # fmt: skip
    if state.view.map == "surface":
        drawn["map-ground"] = {"x": encode(here.x), "y": encode(here.y), "z": encode(here.height)}
        for name in ("map-minima", "map-local"):
            drawn[name]["z"] = _heights(
                state.landscape, np.array(drawn[name]["x"]), np.array(drawn[name]["y"])
            ).tolist()
    if state.view.arrows == "on":
        drawn["map-arrows"] = _arrows(state.landscape)
    return drawn


def figure(graph: str, sim: Simulation, mode: str = "light") -> go.Figure:
    """The whole panel, with its data."""
    drawn = traces(graph, sim)
    if graph == "map":
        drawn |= ground_traces(sim.state, limits.GRID)
    whole = go.Figure(skeleton(graph, sim.state, mode))
    for trace in whole.data:
        arrays = drawn.get((trace.meta or {}).get("like", trace.uid), {})
        trace.update({name: decode(value) if _is_coded(value) else value for name, value in arrays.items()})
    for axis, changes in axes(graph, sim).items():
        whole.layout[axis].update(changes)
    return whole


def encode(values: Array) -> dict[str, Any]:
    """An array as plotly's typed-array specification in float32, for drawing only."""
    small = np.clip(values, -LARGEST, LARGEST).astype("<f4")
    coded = {"dtype": "f4", "bdata": base64.b64encode(small.tobytes()).decode("ascii")}
    return coded if small.ndim == 1 else coded | {"shape": ", ".join(map(str, small.shape))}


def decode(coded: dict[str, Any]) -> Array:
    """The array that `encode` made a specification of."""
    flat = np.frombuffer(base64.b64decode(coded["bdata"]), dtype="<f4")
    return flat.reshape([int(size) for size in coded["shape"].split(",")]) if "shape" in coded else flat


def _is_coded(value: Any) -> bool:
    return isinstance(value, dict) and "bdata" in value


def _look(graph: str, state: State, mode: str) -> tuple[Any, ...]:
    """All that a skeleton depends on."""
    runs = tuple((run.slot, run.label, run.pinned) for run in state.runs)
    style = Style(mode, theme.PRESENTED if state.view.present == "on" else 1.0)
    if graph == "map":
        domain = type(state.landscape).domain
        return graph, style, runs, state.view.map, state.view.arrows, type(state.landscape).label, domain
    return graph, style, runs, metric(graph, state), is_log(graph, state)


@lru_cache(maxsize=128)
def _skeletons(look: tuple[Any, ...]) -> dict[str, Any]:
    draw = _map if look[0] == "map" else _lines
    return draw(*look).to_plotly_json()


def _lines(graph: str, style: Style, runs: Looks, name: str, log: bool) -> go.Figure:
    shown = METRICS[name]
    data = []
    for slot, label, pinned in runs:
        for part in ("x", "y") if shown.pair else ("",):
            look = {"uid": f"{graph}-path-{slot}-{part}", "dash": DASHES[part], "first": shown.first}
            data.append(_line(style, slot, label if part != "y" else "", pinned, **look))
            data[-1].name = _plain(label)
            what = f"{shown.label}{' of ' + part if part else ''}"
            data[-1].hovertemplate = f"%{{fullData.name}}<br>step %{{x}}<br>{what} %{{y:.4g}}<extra></extra>"
    layout = style.layout()
    layout["yaxis"] = layout["yaxis"] | ({"type": "log"} if log else {"type": "linear", "tickformat": "~g"})
    layout |= {"uirevision": f"{name} {log}", "dragmode": "zoom", "meta": {"cursor": style.tokens["soft"]}}
    layout["margin"] = style.margin(52, 94, 12, 30)  # the names of the runs stand beside the plot
    return go.Figure(data, layout)


def _line(
    style: Style, slot: int, label: str, pinned: bool, *, uid: str, dash: str, first: int, casing=False, **more: Any
) -> go.Scatter:
    colour = style.colours[slot]
    meta = {"slot": slot, "first": first, "label": label, "head": theme.HEADS[slot][1]}
    if casing:
        meta["casing"] = [style.tokens["panel"], CASING * style.scale]
    line = {"color": colour, "width": (GHOST if pinned else LINE) * style.scale, "dash": dash}
    return go.Scatter(uid=uid, name=_plain(label), mode="lines", line=line, meta=meta, **more)


def _map(graph: str, style: Style, runs: Looks, kind: str, arrows: str, label: str, domain: Any) -> go.Figure:
    draw = {"contour": _contour, "surface": _surface, "side": _side}[kind]
    whole = draw(style, runs, domain)
    if arrows == "on" and kind == "contour":
        whole.add_trace(_quiver(style))
    whole.update_layout(uirevision=f"map {kind} {label}")
    return whole


def _quiver(style: Style) -> go.Quiver:
    marker = {"color": style.tokens["soft"], "line": {"width": 1.25}}
    look = {"marker": marker, "lengthmode": "raw", "anchor": "tail", "opacity": 0.55}
    return go.Quiver(uid="map-arrows", hoverinfo="skip", **look)


def _ground(style: Style, **more: Any) -> go.Contour:
    tokens = style.tokens
    return go.Contour(
        colorscale=[[0, tokens["low"]], [1, tokens["high"]]],
        showscale=False,
        autocontour=False,
        line={"color": tokens["levels"], "width": 1},
        hoverinfo="skip",
        zorder=-1,
        **more,
    )


def _minima(style: Style, **more: Any) -> tuple[go.Scatter, go.Scatter]:
    tokens = style.tokens
    star = {"symbol": "star", "size": 13, "color": "#E3B23C", "line": {"color": tokens["ink"], "width": 1}}
    dot = {"symbol": "circle-open", "size": 8, "color": tokens["soft"], "line": {"width": 1.5}}
    look = {"mode": "markers", "hoverinfo": "skip", **more}
    return go.Scatter(uid="map-minima", marker=star, **look), go.Scatter(uid="map-local", marker=dot, **look)


def _contour(style: Style, runs: Looks, domain: Any) -> go.Figure:
    paths = [
        _line(style, *run, uid=f"map-path-{run[0]}", dash="solid", first=0, casing=True, hoverinfo="skip")
        for run in runs
    ]
    layout = style.layout()
    layout["xaxis"] = layout["xaxis"] | {"range": list(domain[0]), "title": {"text": "x", "standoff": 4}}
    layout["yaxis"] = layout["yaxis"] | {"range": list(domain[1]), "title": {"text": "y", "standoff": 4}}
    layout |= {"clickanywhere": True, "dragmode": "pan", "margin": style.margin(46, 14, 8, 40)}
    return go.Figure([_ground(style, uid="map-ground"), *_minima(style), *paths], layout)


def _side(style: Style, runs: Looks, domain: Any) -> go.Figure:
    columns = 1 if len(runs) == 1 else 4 if len(runs) > 6 else 3 if len(runs) > 4 else 2
    rows = math.ceil(len(runs) / columns)
    layout = style.layout() | {"clickanywhere": True, "dragmode": "pan", "annotations": []}
    axes = {name: layout.pop(name) for name in ("xaxis", "yaxis")}
    data: list[Any] = []
    for place, run in enumerate(runs):
        row, column = divmod(place, columns)
        tail = "" if place == 0 else str(place + 1)
        across = [column / columns + 0.012, (column + 1) / columns - 0.012]
        up = [1 - (row + 1) / rows + 0.012, 1 - row / rows - 0.075]
        for name, span, extent, other in (("x", across, domain[0], "y"), ("y", up, domain[1], "x")):
            axis = axes[f"{name}axis"] | {"domain": span, "range": list(extent), "anchor": f"{other}{tail}"}
            axis |= {"matches": name} if place else {}
            shown = column == 0 if name == "y" else row == rows - 1 or place + columns >= len(runs)
            layout[f"{name}axis{tail}"] = axis | {"showticklabels": shown, "nticks": 4}
        layout["annotations"].append(
            {"text": _plain(run[1]), "x": across[0], "y": up[1], "xref": "paper", "yref": "paper", "showarrow": False,
             "xanchor": "left", "yanchor": "bottom", "font": {"color": style.colours[run[0]], "size": 12 * style.scale}}
        )  # fmt: skip
        on = {"xaxis": f"x{tail}", "yaxis": f"y{tail}"}
        like = {"uid": f"map-ground{tail}", "meta": {"like": "map-ground"}} if place else {"uid": "map-ground"}
        data.append(_ground(style, **like, **on))
        stars, dots = _minima(style, **on)
        for trace in (stars, dots):
            trace.update(meta={"like": trace.uid}, uid=f"{trace.uid}{tail}")
            data.append(trace)
        data.append(
            _line(style, *run, uid=f"map-path-{run[0]}", dash="solid", first=0, casing=True, hoverinfo="skip", **on)
        )
    return go.Figure(data, layout)


def _surface(style: Style, runs: Looks, domain: Any) -> go.Figure:
    tokens, colours = style.tokens, style.colours
    data: list[Any] = [
        go.Surface(
            uid="map-ground",
            colorscale=[[0, tokens["low"]], [1, tokens["high"]]],
            showscale=False,
            hoverinfo="skip",
            lighting={"ambient": 0.75, "diffuse": 0.55, "specular": 0.05, "roughness": 0.9},
        )
    ]
    for name, symbol, colour in (("minima", "diamond", "#E3B23C"), ("local", "circle-open", tokens["soft"])):
        marker = {"symbol": symbol, "size": 5, "color": colour}
        data.append(go.Scatter3d(uid=f"map-{name}", mode="markers", marker=marker, hoverinfo="skip"))
    for slot, label, pinned in runs:
        line = {"color": colours[slot], "width": 2 if pinned else 6}
        look = {"name": _plain(label), "hoverinfo": "skip"}
        path = f"map-path-{slot}"
        data.append(go.Scatter3d(uid=path, mode="lines", line=line, meta={"slot": slot, "first": 0}, **look))
        marker = {"symbol": "circle", "size": 5, "color": colours[slot], "line": {"color": tokens["panel"], "width": 1}}
        data.append(go.Scatter3d(uid=f"map-head-{slot}", mode="markers", marker=marker, meta={"tip": path}, **look))
    axis = {"color": tokens["soft"], "gridcolor": tokens["line"], "showbackground": False, "nticks": 5}
    scene = {
        "xaxis": axis | {"title": {"text": "x"}, "range": list(domain[0])},
        "yaxis": axis | {"title": {"text": "y"}, "range": list(domain[1])},
        "zaxis": axis | {"title": {"text": ""}, "showticklabels": False},
        "aspectmode": "manual",
        "aspectratio": {"x": 1.25, "y": 1.25, "z": 0.7},
        "camera": {"eye": {"x": -0.95, "y": -1.2, "z": 1.35}, "center": {"x": 0, "y": 0, "z": -0.2}},
    }
    layout = style.layout() | {"scene": scene, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}}
    return go.Figure(data, {name: value for name, value in layout.items() if name not in ("xaxis", "yaxis")})


def _path(walk: Walk, state: State) -> dict[str, Any]:
    x, y = _shown(walk.trajectory.params, walk).T
    if state.view.map != "surface":
        return {"x": encode(x), "y": encode(y)}
    (x0, x1), (y0, y1) = state.landscape.domain
    inside = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)  # a path outside would shrink the whole scene
    x, y = np.where(inside, x, np.nan), np.where(inside, y, np.nan)
    height = ground(state.landscape, limits.GRID).height
    lift = 0.012 * (height.max() - height.min())  # a line exactly on the surface would flicker
    return {"x": encode(x), "y": encode(y), "z": encode(_heights(state.landscape, x, y) + lift)}


def _heights(surface: Surface, x: Array, y: Array) -> Array:
    """How high a point is drawn, on the same scale as the ground."""
    here: Ground = ground(surface, limits.GRID)
    with np.errstate(all="ignore"):
        loss = surface.loss(np.stack([x, y])) if len(x) else np.zeros(0)
        if surface.levels == "linear" or surface.lowest is None:
            return loss
        return np.maximum(np.log10(np.maximum(loss - surface.lowest, 1e-300)), _floor(here))


def _floor(here: Ground) -> float:
    """Where the pit of a logarithm is cut off in space, so that its last points do not squeeze all the rest."""
    return float(np.percentile(here.height, 1))


def _shown(values: Array, walk: Walk) -> Array:
    """The rows before divergence."""
    return values if walk.diverged_at is None else values[: walk.diverged_at]


def _curve(shown: Metric, walk: Walk, surface: Surface) -> Array | None:
    curve = shown.curve(walk.trajectory, surface)
    return None if curve is None else _shown(curve, walk)


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


def _span(values: Array, log: bool) -> list[float]:
    values = np.clip(values[np.isfinite(values) & ((values > 0) | (not log))], -LARGEST, LARGEST)
    if not len(values):
        return [-1.0, 1.0] if not log else [-3.0, 0.0]
    low, high = float(values.min()), float(values.max())
    if log:
        top = min(math.ceil(math.log10(high)), 30)
        top += top == math.log10(low)
        return [float(max(math.floor(math.log10(low)), top - DECADES)), float(top)]
    room = 0.06 * (high - low) or 0.5 * abs(high) or 1.0
    return [max(low - room, -LARGEST), min(high + room, LARGEST)]


def _points(points: tuple[tuple[float, float], ...]) -> dict[str, Any]:
    return {"x": [x for x, _ in points], "y": [y for _, y in points]}


def _arrows(surface: Surface) -> dict[str, Any]:
    """Downhill arrows of one length, as the eye sees them on the map."""
    (x0, x1), (y0, y1) = surface.domain
    x, y = np.meshgrid(np.linspace(x0, x1, 21)[1:-1], np.linspace(y0, y1, 15)[1:-1])
    gx, gy = surface.grad(np.stack([x.ravel(), y.ravel()]))
    with np.errstate(all="ignore"):
        length = np.hypot(gx / (x1 - x0), gy / (y1 - y0)) * 34
        u, v = (np.where(length > 0, -part / length, 0) for part in (gx, gy))
    return {name: encode(values.ravel()) for name, values in (("x", x), ("y", y), ("u", u), ("v", v))}


def _plain(label: str) -> str:
    """A label that plotly does not read as markup."""
    return label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
