"""The surface in space. The browser lays the paths on it; here is how high it stands, and where it is cut."""

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go

from landscapes import Surface

from .. import limits
from ..page.numbers import brief
from ..page.state import State
from ..protocol import Meta
from ..screen import theme
from ..screen.arrays import LARGEST, small
from ..screen.theme import Style
from ..walks.simulate import Simulation, ground, has_log, heights, in_domain
from .strokes import Looks, along, line

Array = np.ndarray
AXIS = "scene.zaxis"
TITLES = ("loss", "log₁₀(loss − minimum)")
LEVELS = 16  # lines on the surface, evenly high
HEADROOM = 1.15  # of what the runs climb to
SHAPE = 40  # percent of the ground that stands below the cut, however low the runs stay
WHOLE = 0.7  # a cut this far up cuts nothing
PIT = 1  # percent of the ground at the bottom of a logarithm, so that its last points do not squeeze all the rest
SIZE, LONGEST, HEIGHT = 1.25, 1.5, 0.75  # of the drawing: of a square ground, at most of a long one, upwards


def is_log(state: State) -> bool:
    """Whether the height is a logarithm."""
    return state.view.height == "log" and has_log(state.landscape)


def raised(state: State, surface: Surface, points: int) -> dict[str, Any]:
    """The arrays of the surface in space, as it stands now, over the domain of the page's own."""
    here = ground(surface, points, state.landscape.domain)
    return {"x": small(here.x), "y": small(here.y), "z": small(_heights(surface, here.loss, is_log(state)))}


def colours(sim: Simulation) -> dict[str, Any]:
    """What of the surface's look depends on where it is cut: its colours and its level lines."""
    low, top = axes(sim)[AXIS]["range"]
    size = (top - low) / LEVELS
    levels = {"start": low + size, "end": top - size / 2, "size": size}
    return {"cmin": low, "cmax": top, **{f"contours.z.{name}": value for name, value in levels.items()}}


def axes(sim: Simulation) -> dict[str, dict[str, Any]]:
    """The height that is shown, and what the axis says of it."""
    state = sim.state
    drawn = _drawn(_heights(state.landscape, ground(state.landscape, limits.GRID).loss, is_log(state)))
    low, high = float(drawn.min()), float(drawn.max())
    is_flat = low == high
    high = low + max(1.0, abs(low)) if is_flat else high
    top = high if is_flat or is_log(state) else _cut(drawn, _highest(sim))
    title = TITLES[is_log(state)] + ("" if top == high else f", cut above {brief(top)}")
    return {AXIS: {"range": [low, top], "extent": [low, top], "title.text": title}}


def lifted(drawn: dict[str, dict[str, Any]], state: State) -> dict[str, dict[str, Any]]:
    """All arrays of the map, with heights for what stands on the surface: for who has no browser of ours."""
    ground = drawn["map-ground"]
    standing = {uid: arrays | {"z": _on(ground, **arrays)} for uid, arrays in drawn.items() if set(arrays) == {*"xy"}}
    return drawn | standing


def _on(ground: dict[str, Any], x: Any, y: Any) -> Array:
    """The height of the drawn surface at points, between its own as a straight line goes; NaN beside it."""
    across, up = (np.asarray(values, float) for values in (x, y))
    i, u = _cell(ground["x"], across)
    j, v = _cell(ground["y"], up)
    z = np.asarray(ground["z"], float)
    low = z[j, i] * (1 - u) + z[j, i + 1] * u
    return low * (1 - v) + (z[j + 1, i] * (1 - u) + z[j + 1, i + 1] * u) * v


def _cell(along: Array, values: Array) -> tuple[Array, Array]:
    """Which cell of the grid values lie in, and how far along it; NaN outside."""
    with np.errstate(all="ignore"):
        place = (values - along[0]) / (along[-1] - along[0]) * (len(along) - 1)
        place = np.where((place >= 0) & (place <= len(along) - 1), place, np.nan)
        cell = np.clip(np.nan_to_num(place), 0, len(along) - 2).astype(int)
    return cell, place - cell


def _heights(surface: Surface, loss: Array, log: bool) -> Array:
    drawn = heights(surface, loss, log)
    return np.maximum(drawn, np.percentile(_drawn(drawn), PIT)) if log else drawn


def _drawn(heights: Array) -> Array:
    """What is there of a surface, as large as it can be drawn: at least a 0, where it is one hole."""
    there = heights[np.isfinite(heights)]
    return np.clip(there, -LARGEST, LARGEST) if there.size else np.zeros(1)


def _highest(sim: Simulation) -> float:
    """The highest loss of a path while it is on the map."""
    surface, trajectories = sim.state.landscape, [walk.trajectory for walk in sim.walks]
    highest = max(float(one.loss[in_domain(surface, one.params)].max(initial=-math.inf)) for one in trajectories)
    return min(highest, LARGEST)


def _cut(drawn: Array, highest: float) -> float:
    """Where the surface is cut: a little above the runs, but so that its shape is seen; at its top if that is near."""
    low, high = float(drawn.min()), float(drawn.max())
    top = low + max(HEADROOM * (highest - low), float(np.percentile(drawn, SHAPE)) - low)
    step = 10 ** math.floor(math.log10(high - low) - 1)
    top = step * math.ceil(top / step) if math.isfinite(top) else high
    return high if top - low > WHOLE * (high - low) else top


def draw(style: Style, runs: Looks, domain: Any) -> go.Figure:
    tokens = style.tokens
    levels = {"show": True, "color": tokens["ridges"], "width": 1, "highlight": False}
    surface = go.Surface(
        uid="map-ground",
        colorscale=[[0, tokens["low"]], [1, tokens["crest"]]],
        showscale=False,
        hoverinfo="skip",
        lighting={"ambient": 0.9, "diffuse": 0.35, "specular": 0.02, "roughness": 0.95, "fresnel": 0},
        contours={"z": levels, "x": {"highlight": False}, "y": {"highlight": False}},
    )
    paths = [_path(style, *run) for run in runs]
    layout = style.layout() | {"scene": _scene(style, domain), "margin": style.margin(0, 0, 0, 0)}
    whole = {name: value for name, value in layout.items() if name not in ("xaxis", "yaxis")}
    return go.Figure([surface, _valley(style), *_minima(style), *paths], whole)


def _path(style: Style, slot: int, pinned: bool) -> go.Scatter3d:
    """As on the flat map: it is the browser that draws it."""
    flat = line(style, slot, pinned, uid=f"map-path-{slot}", dash="solid", first=0, casing=True)
    look = {"uid": flat.uid, "mode": "lines", "hoverinfo": "skip", "meta": flat.meta}
    return go.Scatter3d(line=flat.line.to_plotly_json(), **look)


def _valley(style: Style) -> go.Scatter3d:
    """The curve of minima, which the browser draws as it draws the walks."""
    look = along(style)
    dashes = Meta(dash=look.pop("dash")).set()
    return go.Scatter3d(uid="map-along", mode="lines", line=look, meta=dashes, hoverinfo="skip")


def _minima(style: Style) -> list[go.Scatter3d]:
    """Marks that the browser draws, for those of Plotly sink into the surface."""
    tokens = style.tokens
    star, ring = theme.HEADS[-1][1], theme.HEADS[0][1]
    edges = {"minima": (star, theme.GOLD, tokens["ink"]), "local": (ring, tokens["panel"], tokens["soft"])}
    return [
        go.Scatter3d(uid=f"map-{name}", mode="markers", hoverinfo="skip", meta=Meta(mark=[*look]).set())
        for name, look in edges.items()
    ]


def _scene(style: Style, domain: Any) -> dict[str, Any]:
    tokens = style.tokens
    axis = {
        "color": tokens["soft"],
        "gridcolor": tokens["line"],
        "linecolor": tokens["soft"],
        "showbackground": False,
        "zeroline": False,
        "showspikes": False,
        "nticks": 5,
        "tickfont": {"size": 12 * style.scale},
    }
    wide, deep = (high - low for low, high in domain)
    unit = min(SIZE / math.sqrt(wide * deep), LONGEST / max(wide, deep))
    return {
        "xaxis": axis | {"title": {"text": "x"}, "range": list(domain[0])},
        "yaxis": axis | {"title": {"text": "y"}, "range": list(domain[1])},
        "zaxis": axis | {"exponentformat": "power"},
        "aspectmode": "manual",
        "aspectratio": {"x": wide * unit, "y": deep * unit, "z": HEIGHT},
        "camera": {"eye": {"x": -1.25, "y": -1.6, "z": 1.65}, "center": {"x": -0.1, "y": 0.07, "z": -0.1}},
    }
