"""The surface in space, and the paths on it."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscapes import Surface

from .. import limits
from ..protocol import Meta
from ..screen import theme
from ..screen.arrays import small
from ..screen.theme import Style
from ..walks.simulate import Ground, ground
from .strokes import Looks

Array = np.ndarray


def raised(surface: Surface, drawn: dict[str, dict[str, Any]], points: int) -> dict[str, dict[str, Any]]:
    """The ground and the minima of the map, given heights."""
    here = ground(surface, points)
    minima = {
        name: drawn[name] | {"z": _heights(surface, *(np.array(drawn[name][axis]) for axis in "xy")).tolist()}
        for name in ("map-minima", "map-local")
    }
    return {"map-ground": {"x": small(here.x), "y": small(here.y), "z": small(here.height)}} | minima


def path(surface: Surface, x: Array, y: Array) -> dict[str, Any]:
    """A run's path on the surface, as far as it is on the map."""
    (x0, x1), (y0, y1) = surface.domain
    inside = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)  # a path outside would shrink the whole scene
    x, y = np.where(inside, x, np.nan), np.where(inside, y, np.nan)
    height = ground(surface, limits.GRID).height
    lift = 0.012 * (height.max() - height.min())  # a line exactly on the surface would flicker
    return {"x": small(x), "y": small(y), "z": small(_heights(surface, x, y) + lift)}


def draw(style: Style, runs: Looks, domain: Any) -> go.Figure:
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
    for name, symbol, colour in (("minima", "diamond", theme.GOLD), ("local", "circle-open", tokens["soft"])):
        marker = {"symbol": symbol, "size": 5, "color": colour}
        data.append(go.Scatter3d(uid=f"map-{name}", mode="markers", marker=marker, hoverinfo="skip"))
    for slot, pinned in runs:
        line = {"color": colours[slot], "width": 2 if pinned else 6}
        look = {"hoverinfo": "skip"}
        path = f"map-path-{slot}"
        data.append(go.Scatter3d(uid=path, mode="lines", line=line, meta=Meta(slot, first=0).set(), **look))
        marker = {"symbol": "circle", "size": 5, "color": colours[slot], "line": {"color": tokens["panel"], "width": 1}}
        data.append(
            go.Scatter3d(uid=f"map-head-{slot}", mode="markers", marker=marker, meta=Meta(tip=path).set(), **look)
        )
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
