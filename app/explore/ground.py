"""The map: the surface as contours, as a surface in space or as small maps side by side, and the paths on it."""

import math
from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscapes import Shifted, Surface

from .. import limits
from ..page import weather
from ..page.labels import labels
from ..page.state import State
from ..page.window import ASPECT, Window, grown, shown_at
from ..protocol import Meta
from ..screen import theme
from ..screen.arrays import small
from ..screen.theme import Style
from ..walks.levels import Banded, banded
from ..walks.simulate import Simulation, Walk
from . import fans, space
from .strokes import Looks, along, line, plain, shown

Array = np.ndarray
AXES = ("x", "y", "x0", "y0")  # of a trace
PASSING = 1.5  # windows: how far to one side of the map the surface is drawn that will come
ARROWS = 18  # about so many along each side of the map
SIDE, HEAD = 0.012, 0.075  # of all maps, beside each of those side by side, and above it for its name


def window(state: State, aspect: float | None) -> Window:
    """What the map of a page, `aspect` times as wide as high, shows of the plane by itself."""
    if state.view.map == "surface":
        return state.landscape.domain
    return shown_at(state.landscape.domain, aspect and aspect * _slimmer(state))


def velocity(state: State) -> tuple[float, float, int | None] | None:
    """How the surface moves on a flat map, where the browser moves it."""
    drift = None if state.view.map == "surface" else state.weather.drift
    return None if drift is None else (*drift.velocity, drift.at)


def drift(state: State) -> tuple[float, float]:
    """By how much the surface is drawn beside its place: in space as it stands at the playhead's step."""
    return weather.moved(state.weather, at(state)) if state.view.map == "surface" else (0.0, 0.0)


def at(state: State) -> int:
    """The playhead's step."""
    return state.n_steps if state.view.t is None else state.view.t


def passing(state: State, window: Window) -> Window:
    """What of the surface passes through a window while it moves, of a far way the part next to it."""
    if velocity(state) is None:
        return window
    ways = zip(*(weather.moved(state.weather, t) for t in (0, state.n_steps)), strict=True)
    return tuple(
        (low - min(max(*way), PASSING * (high - low)), high - max(min(*way), -PASSING * (high - low)))
        for (low, high), way in zip(window, ways, strict=True)
    )


def framed(whole: go.Figure, state: State) -> Window:
    """The window of a figure that has the shape it likes, after its axes are set to it, at one scale."""
    if state.view.map == "surface":
        return state.landscape.domain
    seen = grown(state.landscape.domain, ASPECT * _slimmer(state))
    for axes, span in zip((whole.select_xaxes(), whole.select_yaxes()), seen, strict=True):
        for axis in axes:
            axis.range = span
    for axis in ("xaxis", "yaxis"):
        whole.layout[axis].constrain = "domain"
    whole.layout.yaxis.scaleanchor = "x"
    return seen


def _slimmer(state: State) -> float:
    """The aspect of one of the maps, of that of all."""
    if state.view.map != "side":
        return 1.0
    columns, rows = _table(len(state.runs))
    return (1 / columns - 2 * SIDE) / (1 / rows - SIDE - HEAD)


def surface_traces(state: State, window: Window, grids: tuple[int, ...]) -> dict[str, dict[str, Any]]:
    """uid -> the arrays of the map that only the surface decides: its height, its minima, its slope as arrows."""
    surface = state.landscape
    if state.view.map == "surface" and any(drift(state)):
        surface = Shifted(surface, *drift(state))
    drawn: dict[str, dict[str, Any]] = {
        "map-minima": _points(surface.minima),
        "map-local": _points(surface.local_minima),
        "map-along": _along(surface, window),
    }
    if state.view.map == "surface":
        return drawn | {"map-ground": space.raised(state, surface, grids[0])}
    drawn["map-ground"] = _bands(banded(state.landscape, window, grids))
    if state.view.arrows == "on":
        drawn["map-arrows"] = _arrows(state.landscape, window)
    return drawn


def whole(sim: Simulation, window: Window) -> dict[str, dict[str, Any]]:
    """uid -> all arrays of the map; in space with the heights that the browser finds by itself."""
    here = passing(sim.state, window)
    drawn, moving = _moved(surface_traces(sim.state, here, limits.GRIDS), sim.state), traces("map", sim)
    both = {uid: drawn.get(uid, {}) | moving.get(uid, {}) for uid in [*drawn, *moving]}
    return space.lifted(both, sim.state) if sim.state.view.map == "surface" else both


def _moved(drawn: dict[str, dict[str, Any]], state: State) -> dict[str, dict[str, Any]]:
    """The surface of a flat map as it stands at the playhead's step: for who has no browser of ours."""
    if velocity(state) is None:
        return drawn
    by = dict(zip("xy", weather.moved(state.weather, at(state)), strict=True))
    return {
        uid: {name: np.add(value, by[name[0]]) if name in AXES else value for name, value in arrays.items()}
        for uid, arrays in drawn.items()
    }


def _bands(here: Banded) -> dict[str, Any]:
    low, high = here.span
    return {
        "z": small(here.band),
        **{"x0": here.x[0], "dx": here.x[1] - here.x[0], "y0": here.y[0], "dy": here.y[1] - here.y[0]},
        **{"zmin": low - 0.5, "zmax": high - 0.5},
        "contours": {"start": 1, "end": max(len(here.levels), 1), "size": 1},
    }


def _path(walk: Walk) -> dict[str, Any]:
    x, y = walk.fan.middle.T if walk.fan else shown(walk.trajectory.params, walk).T
    return {"x": small(x), "y": small(y)}


def look(graph: str, state: State) -> tuple[str, str, str, Any, tuple[str, ...], tuple[str, ...]]:
    """What a skeleton depends on beside its runs and its style; the names of the runs are titles of small maps."""
    view, surface = state.view, state.landscape
    titles = labels(state.runs, state.letters) if view.map == "side" else ()
    return view.map, view.arrows, surface.label, surface.domain, titles, fans.beside_paths(state)


def traces(graph: str, sim: Simulation) -> dict[str, dict[str, Any]]:
    """uid -> the arrays of each run's path."""
    drawn = {f"map-path-{walk.run.slot}": _path(walk) for walk in sim.walks}
    if sim.state.view.map != "surface":
        drawn |= fans.of_paths(sim) | fans.of_clips(sim)
    return drawn | ({"map-ground": space.colours(sim)} if sim.state.view.map == "surface" else {})


def axes(graph: str, sim: Simulation) -> dict[str, dict[str, Any]]:
    """Those of the plane stand in the skeleton: the domain."""
    return space.axes(sim) if sim.state.view.map == "surface" else {}


def draw(
    graph: str,
    style: Style,
    runs: Looks,
    kind: str,
    arrows: str,
    label: str,
    domain: Any,
    names: tuple[str, ...],
    beside: tuple[str, ...],
) -> go.Figure:
    kinds = {"contour": partial(_contour, beside), "surface": space.draw, "side": partial(_side, names, beside)}
    whole = kinds[kind](style, runs, domain)
    if arrows == "on" and kind == "contour":
        whole.add_trace(_quiver(style))
    whole.update_layout(uirevision=f"map {kind} {label}")
    return whole


def _quiver(style: Style) -> go.Quiver:
    marker = {"color": style.tokens["soft"], "line": {"width": 1.25}}
    look = {"marker": marker, "lengthmode": "raw", "anchor": "tail"}
    return go.Quiver(uid="map-arrows", hoverinfo="skip", **look)


def _ground(style: Style, **more: Any) -> go.Contour:
    tokens = style.tokens
    return go.Contour(
        colorscale=[[0, tokens["low"]], [1, tokens["high"]]],
        showscale=False,
        autocontour=False,
        line={"color": tokens["levels"], "width": 1, "smoothing": 0},
        hoverinfo="skip",
        zorder=-1,
        **more,
    )


def _minima(style: Style, **more: Any) -> tuple[go.Scatter, go.Scatter]:
    tokens = style.tokens
    star = {"symbol": "star", "size": 13, "color": theme.GOLD, "line": {"color": tokens["ink"], "width": 1}}
    dot = {"symbol": "circle-open", "size": 8, "color": tokens["soft"], "line": {"width": 1.5}}
    look = {"mode": "markers", "hoverinfo": "skip", **more}
    return go.Scatter(uid="map-minima", marker=star, **look), go.Scatter(uid="map-local", marker=dot, **look)


def _valley(style: Style, **more: Any) -> go.Scatter:
    """Where the minima are no points."""
    return go.Scatter(uid="map-along", mode="lines", line=along(style), hoverinfo="skip", **more)


def _contour(beside: tuple[str, ...], style: Style, runs: Looks, domain: Any) -> go.Figure:
    paths = [one for run in runs for one in fans.drawn(style, run, beside)]
    paths += [
        line(style, *run, uid=f"map-path-{run[0]}", dash="solid", first=0, casing=True, hoverinfo="skip")
        for run in runs
    ]
    layout = style.layout()
    layout["xaxis"] = layout["xaxis"] | {"range": list(domain[0]), "title": {"text": "x", "standoff": 4}}
    layout["yaxis"] = layout["yaxis"] | {"range": list(domain[1]), "title": {"text": "y", "standoff": 4}}
    layout |= {"clickanywhere": True, "dragmode": "pan", "margin": style.margin(46, 14, 8, 40)}
    layout |= {"shapes": [_outline(style, domain, "")], "annotations": [_ratio(style)]}
    return go.Figure([_ground(style, uid="map-ground"), _valley(style), *_minima(style), *paths], layout)


def _outline(style: Style, domain: Any, tail: str) -> dict[str, Any]:
    """The surface's domain, where the map shows more."""
    (x0, x1), (y0, y1) = domain
    line = {"color": style.tokens["soft"], "width": 1, "dash": "1px,3px"}
    on = {"xref": f"x{tail}", "yref": f"y{tail}", "fillcolor": "rgba(0,0,0,0)"}
    return {"type": "rect", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "line": line, "name": "domain", **on}


def _ratio(style: Style) -> dict[str, Any]:
    """Where the page says at which ratio one axis is drawn, if it cannot be 1:1."""
    where = {"x": 1, "y": 0, "xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "bottom"}
    look = {"font": {"color": style.tokens["ink"], "size": 11 * style.scale}, "bgcolor": style.tokens["panel"]}
    return {"name": "ratio", "text": "", "showarrow": False, "visible": False, **where, **look}


def _table(n: int) -> tuple[int, int]:
    """How many columns and rows of small maps."""
    columns = 1 if n == 1 else 4 if n > 6 else 3 if n > 4 else 2
    return columns, math.ceil(n / columns)


def _side(names: tuple[str, ...], beside: tuple[str, ...], style: Style, runs: Looks, domain: Any) -> go.Figure:
    columns, rows = _table(len(runs))
    layout = style.layout() | {"clickanywhere": True, "dragmode": "pan", "annotations": [_ratio(style)], "shapes": []}
    axes = {name: layout.pop(name) for name in ("xaxis", "yaxis")}
    data: list[Any] = []
    for place, run in enumerate(runs):
        row, column = divmod(place, columns)
        tail = "" if place == 0 else str(place + 1)
        across = [column / columns + SIDE, (column + 1) / columns - SIDE]
        up = [1 - (row + 1) / rows + SIDE, 1 - row / rows - HEAD]
        layout["shapes"].append(_outline(style, domain, tail))
        for name, span, extent, other in (("x", across, domain[0], "y"), ("y", up, domain[1], "x")):
            axis = axes[f"{name}axis"] | {"domain": span, "range": list(extent), "anchor": f"{other}{tail}"}
            axis |= {"matches": name} if place else {}
            labelled = column == 0 if name == "y" else row == rows - 1 or place + columns >= len(runs)
            layout[f"{name}axis{tail}"] = axis | {"showticklabels": labelled, "nticks": 4}
        layout["annotations"].append(
            {"text": plain(names[place]), "x": across[0], "y": up[1], "xref": "paper", "yref": "paper",
             "showarrow": False, "xanchor": "left", "yanchor": "bottom",
             "font": {"color": style.texts[run[0]], "size": 12 * style.scale}}
        )  # fmt: skip
        on = {"xaxis": f"x{tail}", "yaxis": f"y{tail}"}
        like = {"uid": f"map-ground{tail}", "meta": Meta(like="map-ground").set()} if place else {"uid": "map-ground"}
        data.append(_ground(style, **like, **on))
        for trace in (_valley(style, **on), *_minima(style, **on)):
            trace.update(meta=Meta(like=trace.uid).set(), uid=f"{trace.uid}{tail}")
            data.append(trace)
        data += fans.drawn(style, run, beside, **on)
        data.append(
            line(style, *run, uid=f"map-path-{run[0]}", dash="solid", first=0, casing=True, hoverinfo="skip", **on)
        )
    layout["meta"] = {"titled": True}  # so no head needs a name
    return go.Figure(data, layout)


def _points(points: tuple[tuple[float, float], ...]) -> dict[str, Any]:
    return {"x": [x for x, _ in points], "y": [y for _, y in points]}


def _along(surface: Surface, window: Window) -> dict[str, Any]:
    """What the window shows of the curve of minima, where there is one."""
    curve = surface.minima_along
    x, y = np.empty((2, 0)) if curve is None else curve.drawn(window)
    return {"x": small(x), "y": small(y)}


def _arrows(surface: Surface, window: Window) -> dict[str, Any]:
    """Downhill arrows of one length, evenly over the map."""
    (x0, x1), (y0, y1) = window
    step = math.sqrt((x1 - x0) * (y1 - y0)) / ARROWS
    x, y = np.meshgrid(*(np.arange(low + step / 2, high, step) for low, high in window))
    gx, gy = surface.grad(np.stack([x.ravel(), y.ravel()]))
    with np.errstate(all="ignore"):
        length = np.hypot(gx, gy) / (0.6 * step)
        u, v = (np.where(length > 0, -part / length, 0) for part in (gx, gy))
    return {name: small(values.ravel()) for name, values in (("x", x), ("y", y), ("u", u), ("v", v))}
