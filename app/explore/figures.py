"""The graphs. `skeleton` is a graph's figure without its data, `traces` the bare arrays that fill it.

The page keeps a skeleton and receives arrays while something moves; `figure` joins the two for everyone else.
A trace is known by its uid, "<graph>-<what>-<slot>..."; what its `meta` says (`protocol.Meta`), the browser obeys.
"""

import zlib
from functools import lru_cache
from types import ModuleType
from typing import Any

import plotly.graph_objects as go

from ..metrics import PANELS
from ..page.state import State
from ..screen import theme
from ..screen.theme import Style
from ..walks.simulate import Simulation
from . import curves, ground

MAP = "map"
GRAPHS = (MAP, *PANELS)


def skeleton(graph: str, state: State, mode: str) -> dict[str, Any]:
    """A graph's figure without its data, as plotly JSON; `mode` is "light" or "dark"."""
    return _skeleton(_look(graph, state, mode))


def key(graph: str, state: State, mode: str) -> str:
    """A short text that changes when the skeleton does."""
    return f"{zlib.crc32(repr(_look(graph, state, mode)).encode()):x}"


def traces(graph: str, sim: Simulation) -> dict[str, dict[str, Any]]:
    """uid -> the arrays of every run's traces in this graph, as plotly reads them, float32."""
    return _drawn_by(graph).traces(graph, sim)


def axes(graph: str, sim: Simulation) -> dict[str, dict[str, Any]]:
    """Axis -> its range, where the values end in it (`extent`) and, on a log axis, the distance of its ticks."""
    return _drawn_by(graph).axes(graph, sim)


def figure(graph: str, sim: Simulation, mode: str = "light") -> go.Figure:
    """The whole graph, with its data."""
    whole = go.Figure(skeleton(graph, sim.state, mode))
    drawn = ground.whole(sim, ground.framed(whole, sim.state)) if graph == MAP else traces(graph, sim)
    for trace in whole.data:
        for name, values in drawn.get((trace.meta or {}).get("like", trace.uid), {}).items():
            trace[name] = values
    for axis, changes in axes(graph, sim).items():
        for name in set(changes) - {"extent"}:
            whole.layout[f"{axis}.{name}"] = changes[name]
    return whole


def _drawn_by(graph: str) -> ModuleType:
    return ground if graph == MAP else curves


def _look(graph: str, state: State, mode: str) -> tuple[Any, ...]:
    """All that a skeleton depends on."""
    runs = tuple((run.slot, run.pinned) for run in state.runs)
    style = Style(mode, theme.PRESENTED if state.view.present == "on" else 1.0)
    return graph, style, runs, *_drawn_by(graph).look(graph, state)


@lru_cache(maxsize=128)
def _skeleton(look: tuple[Any, ...]) -> dict[str, Any]:
    return _drawn_by(look[0]).draw(*look).to_plotly_json()
