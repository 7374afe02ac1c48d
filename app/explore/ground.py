"""The map: the surface as contours, as a surface in space or as small maps side by side, and the paths on it."""

import math
from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscapes import Surface

from .. import limits
from ..page.labels import labels
from ..page.state import State
from ..protocol import Meta
from ..screen import theme
from ..screen.arrays import small
from ..screen.theme import Style
from ..walks.simulate import Simulation, Walk, ground
from . import space
from .strokes import Looks, line, plain, shown

Array = np.ndarray
LEVELS = 20  # bands of the contour map


def surface_traces(state: State, points: int) -> dict[str, dict[str, Any]]:
    """uid -> the arrays of the map that only the surface decides: its height, its minima, its slope as arrows."""
    here = ground(state.landscape, points)
    low, high = float(here.height.min()), float(here.height.max())
    size = (high - low) / LEVELS
    drawn: dict[str, dict[str, Any]] = {
        "map-ground": {
            "z": small(here.height),
            **{"x0": here.x[0], "dx": here.x[1] - here.x[0], "y0": here.y[0], "dy": here.y[1] - here.y[0]},
            "contours": {"start": low + size, "end": high - size / 2, "size": size},
        },
        "map-minima": _points(state.landscape.minima),
        "map-local": _points(state.landscape.local_minima),
    }  # fmt: skip
    if state.view.map == "surface":
        drawn["map-ground"] = space.raised(state, points)
    if state.view.arrows == "on":
        drawn["map-arrows"] = _arrows(state.landscape)
    return drawn


def whole(sim: Simulation) -> dict[str, dict[str, Any]]:
    """uid -> all arrays of the map; in space with the heights that the browser finds by itself."""
    drawn, moving = surface_traces(sim.state, limits.GRID), traces("map", sim)
    both = {uid: drawn.get(uid, {}) | moving.get(uid, {}) for uid in [*drawn, *moving]}
    return space.lifted(both, sim.state) if sim.state.view.map == "surface" else both


def _path(walk: Walk) -> dict[str, Any]:
    x, y = shown(walk.trajectory.params, walk).T
    return {"x": small(x), "y": small(y)}


def look(graph: str, state: State) -> tuple[str, str, str, Any, tuple[str, ...]]:
    """What a skeleton depends on beside its runs and its style; the names of the runs are titles of small maps."""
    view, surface = state.view, type(state.landscape)
    titles = labels(state.runs, state.letters) if view.map == "side" else ()
    return view.map, view.arrows, surface.label, surface.domain, titles


def traces(graph: str, sim: Simulation) -> dict[str, dict[str, Any]]:
    """uid -> the arrays of each run's path."""
    drawn = {f"map-path-{walk.run.slot}": _path(walk) for walk in sim.walks}
    return drawn | ({"map-ground": space.colours(sim)} if sim.state.view.map == "surface" else {})


def axes(graph: str, sim: Simulation) -> dict[str, dict[str, Any]]:
    """Those of the plane stand in the skeleton: the domain."""
    return space.axes(sim) if sim.state.view.map == "surface" else {}


def draw(
    graph: str, style: Style, runs: Looks, kind: str, arrows: str, label: str, domain: Any, names: tuple[str, ...]
) -> go.Figure:
    kinds = {"contour": _contour, "surface": space.draw, "side": partial(_side, names)}
    whole = kinds[kind](style, runs, domain)
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
    star = {"symbol": "star", "size": 13, "color": theme.GOLD, "line": {"color": tokens["ink"], "width": 1}}
    dot = {"symbol": "circle-open", "size": 8, "color": tokens["soft"], "line": {"width": 1.5}}
    look = {"mode": "markers", "hoverinfo": "skip", **more}
    return go.Scatter(uid="map-minima", marker=star, **look), go.Scatter(uid="map-local", marker=dot, **look)


def _contour(style: Style, runs: Looks, domain: Any) -> go.Figure:
    paths = [
        line(style, *run, uid=f"map-path-{run[0]}", dash="solid", first=0, casing=True, hoverinfo="skip")
        for run in runs
    ]
    layout = style.layout()
    layout["xaxis"] = layout["xaxis"] | {"range": list(domain[0]), "title": {"text": "x", "standoff": 4}}
    layout["yaxis"] = layout["yaxis"] | {"range": list(domain[1]), "title": {"text": "y", "standoff": 4}}
    layout |= {"clickanywhere": True, "dragmode": "pan", "margin": style.margin(46, 14, 8, 40)}
    return go.Figure([_ground(style, uid="map-ground"), *_minima(style), *paths], layout)


def _side(names: tuple[str, ...], style: Style, runs: Looks, domain: Any) -> go.Figure:
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
        stars, dots = _minima(style, **on)
        for trace in (stars, dots):
            trace.update(meta=Meta(like=trace.uid).set(), uid=f"{trace.uid}{tail}")
            data.append(trace)
        data.append(
            line(style, *run, uid=f"map-path-{run[0]}", dash="solid", first=0, casing=True, hoverinfo="skip", **on)
        )
    layout["meta"] = {"titled": True}  # so no head needs a name
    return go.Figure(data, layout)


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
    return {name: small(values.ravel()) for name, values in (("x", x), ("y", y), ("u", u), ("v", v))}
