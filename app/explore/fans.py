"""What stands beside a run's line: the walks of all its seeds, their spread as a band, the steps that were clipped."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from ..page import weather
from ..page.state import State
from ..protocol import Meta
from ..screen.arrays import small
from ..screen.theme import Style
from ..walks.simulate import Simulation, Walk
from .strokes import shown

Array = np.ndarray
THIN, FAINT, SOFT, MARK = 1.0, 0.25, 0.16, 5  # px and strength of a fan's paths, strength of a band, px of a mark


def is_many(state: State) -> bool:
    """Whether there are many seeds that differ."""
    return state.weather.seeds > 1 and weather.is_random(state.weather)


def beside_paths(state: State) -> tuple[str, ...]:
    """What stands beside the paths on the map."""
    return ("paths",) * is_many(state) + ("marks",) * (state.weather.clip is not None)


def of_paths(sim: Simulation) -> dict[str, dict[str, Any]]:
    """uid -> the paths of all seeds one after the other, each with a gap behind it."""
    return {f"map-paths-{walk.run.slot}": _paths(walk) for walk in sim.walks if walk.fan}


def _paths(walk: Walk) -> dict[str, Any]:
    x, y = walk.fan.paths
    return {"x": small(x), "y": small(y)}


def of_clips(sim: Simulation) -> dict[str, dict[str, Any]]:
    """uid -> from where the clipped steps began; NaN for all others."""
    if sim.state.weather.clip is None:
        return {}
    return {f"map-marks-{walk.run.slot}": _marks(walk) for walk in sim.walks if not walk.fan}


def _marks(walk: Walk) -> dict[str, Any]:
    points = np.where(walk.clipped[:, None], walk.trajectory.params[:-1], np.nan)
    x, y = shown(points, walk).T
    return {"x": small(x), "y": small(y)}


def band(first: int, low: Array, high: Array) -> dict[str, Any]:
    """The arrays of a band: along its upper end and back along its lower one, as far as both are finite."""
    is_there = np.isfinite(low) & np.isfinite(high)
    steps = np.arange(first, first + len(low))[is_there]
    x, y = np.concatenate([steps, steps[::-1]]), np.concatenate([high[is_there], low[is_there][::-1]])
    return {"x": small(x), "y": small(y)}


def drawn(style: Style, run: tuple[int, bool], beside: tuple[str, ...], **on: Any) -> list[go.Scatter]:
    """The traces beside a run's path on the map."""
    slot, _ = run
    colour = style.colours[slot]
    line = {"mode": "lines", "line": {"color": colour, "width": THIN * style.scale}, "opacity": FAINT}
    mark = {"symbol": "circle-open", "size": MARK * style.scale, "color": colour}
    looks: dict[str, dict[str, Any]] = {"paths": line, "marks": {"mode": "markers", "marker": mark}}
    return [
        go.Scatter(uid=f"map-{what}-{slot}", meta=Meta(slot, fan=what).set(), hoverinfo="skip", **looks[what], **on)
        for what in beside
    ]


def drawn_band(style: Style, slot: int, uid: str) -> go.Scatter:
    red, green, blue = (int(style.colours[slot][at : at + 2], 16) for at in (1, 3, 5))
    fill = {"fill": "toself", "fillcolor": f"rgba({red},{green},{blue},{SOFT})", "line": {"width": 0}}
    return go.Scatter(uid=uid, mode="lines", meta=Meta(slot, fan="band").set(), hoverinfo="skip", **fill)
