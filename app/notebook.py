"""The explorer for a notebook, and for a script: `compare` draws a comparison, `explore` opens one."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import Any, Self

import numpy as np
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from landscapes import Formula, Surface
from optim_core import Optimizer, Schedule, Weather, border, hypers

from . import hub, limits
from .explore import figures
from .export.html import html
from .page.numbers import plain
from .page.scenes import STEPS_UNSAID
from .page.spelled import SLUGS
from .page.state import State, own_scene, placed
from .page.view import CHOICES, View
from .page.weather import alone
from .panel import Panel, framed
from .walks import results
from .walks.simulate import Simulation, simulate

Optimizers = Iterable[Optimizer] | Mapping[str, Optimizer]
HEIGHT = 760  # px of what a notebook shows


@dataclass(frozen=True)
class Comparison:
    """Some optimizers on a surface: the page's panels as figures, and what came of each run.

    A notebook shows it as a page that plays by itself, which needs neither a server nor a network.
    """

    simulation: Simulation

    @cached_property
    def map(self) -> Panel:
        """The paths on the surface."""
        return self._figure("map")

    @cached_property
    def effective_lr(self) -> Panel:
        """The learning rate that each parameter really gets: x solid, y dashed."""
        return self._figure("lr")

    @cached_property
    def rms(self) -> Panel:
        """What each optimizer remembers of the gradient's size: x solid, y dashed."""
        return self._figure("rms")

    @cached_property
    def third(self) -> Panel:
        """The curve that was asked for: the loss above its minimum, unless told otherwise."""
        return self._figure("third")

    @property
    def results(self) -> list[results.Row]:
        """A row for each run: final and best loss, distance to the minimum, how it ended."""
        return results.rows(self.simulation)

    def html(self) -> str:
        """The comparison as one HTML file that plays by itself."""
        return html(self.simulation, "")

    def _figure(self, graph: str) -> Panel:
        mode = self.simulation.state.view.theme
        return Panel(figures.figure(graph, self.simulation, "dark" if mode == "dark" else "light"))

    def _repr_html_(self) -> str:
        return framed(self.html(), HEIGHT)

    def __repr__(self) -> str:
        state = self.simulation.state
        ends = [
            f"{row.label}: {row.status}{'' if row.final_loss is None else f', loss {plain(row.final_loss)}'}"
            for row in self.results
        ]
        return "\n".join([f"{state.landscape.label}, {state.n_steps} steps", *ends])


class Explorer:
    """The explorer, served by a thread of this process at `url` until `stop()`, or until the process ends."""

    def __init__(self, query: str = "") -> None:
        from .main import create_app  # only now: to import Dash opens a channel that a notebook complains of

        self.query = query
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1", 0, create_app().server, threaded=True, request_handler=_Silent
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where the browser finds it: through the notebook's own server where that hands on, else on this machine."""
        port = self._server.server_port
        return (hub.path(port) or f"http://127.0.0.1:{port}/") + self.query

    @property
    def _is_reached(self) -> bool:
        return hub.is_reached(self._server.server_port)

    def stop(self) -> None:
        """Stop serving; once is enough."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return self.url if self._is_reached else hub.UNREACHED

    def _repr_html_(self) -> str:
        """A link, for no other page may frame the explorer; and what it shows, playing by itself."""
        link = f'<a href="{escape(self.url)}" target="_blank" rel="noreferrer">Open the explorer</a>'
        return f"<p>{link if self._is_reached else escape(hub.UNREACHED)}</p>" + framed(
            html(State.from_query(self.query)[0], ""), HEIGHT
        )


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """A notebook is no place for the log of a server."""


def compare(
    optimizers: Optimizers,
    surface: Surface | str,
    start: tuple[float, float] | None = None,
    n_steps: int = 200,
    weather: Weather | None = None,
    schedule: Schedule | None = None,
    **view: str,
) -> Comparison:
    """Walk each optimizer over the surface, or over a formula: "x^2 + 3*y^2"; start None is the surface's own.

    `optimizers` is a list, or a dictionary from names; `weather` and `schedule` are as `run` takes them. `view` is what
    an address may say of it: `panel="step"`, `map="surface"`, `theme="dark"`, ... Raises ValueError for what cannot be
    drawn, TypeError for what is none.
    """
    return Comparison(simulate(_state(optimizers, _surface(surface), start, n_steps, weather, schedule, view)))


def explore(
    optimizers: Optimizers | None = None,
    surface: Surface | str | None = None,
    start: tuple[float, float] | None = None,
    n_steps: int | None = None,
    weather: Weather | None = None,
    schedule: Schedule | None = None,
    **view: str,
) -> Explorer:
    """Serve the explorer on this machine, beginning with a comparison as `compare` takes it.

    Without optimizers it begins with the scene of the surface; n_steps None are the scene's, else 100.
    Raises ValueError for a comparison that its address cannot say.
    """
    landscape = State.landscape if surface is None else _surface(surface)
    own = own_scene(landscape)
    chosen = [run.optimizer for run in own.runs] if optimizers is None else optimizers
    unsaid = own.n_steps if optimizers is None else STEPS_UNSAID
    state = _state(chosen, landscape, start, unsaid if n_steps is None else n_steps, weather, schedule, view)
    unknown = [one.label for one in (state.landscape, *(run.optimizer for run in state.runs)) if type(one) not in SLUGS]
    if unknown:
        raise ValueError(f"the explorer does not know {', '.join(unknown)}; compare() draws any")
    _, notices = State.from_query(state.to_query())
    if notices:
        raise ValueError(f"the explorer cannot show this; {'; '.join(map(str, notices))}; compare() can")
    return Explorer(state.to_query())


def _surface(given: Surface | str) -> Surface:
    """What is given, or the surface that a text means. Raises FormulaError, a ValueError, for one that means none."""
    return Formula(given) if isinstance(given, str) else given


def _state(
    optimizers: Optimizers,
    surface: Surface,
    start: tuple[float, float] | None,
    n_steps: int,
    weather: Weather | None,
    schedule: Schedule | None,
    view: Mapping[str, str],
) -> State:
    named = [*optimizers.items()] if isinstance(optimizers, Mapping) else [("", one) for one in optimizers]
    if not 1 <= len(named) <= limits.RUNS:
        raise ValueError(f"1 to {limits.RUNS} optimizers can be compared, not {len(named)}")
    for one, kind in ((surface, Surface), *((optimizer, Optimizer) for _, optimizer in named)):
        _check(one, kind)
    if surface.levels == "log" and surface.lowest is None:
        raise ValueError(f'{surface.label} has no minima to measure its height from: declare levels = "linear"')
    if n_steps < 1:
        raise ValueError(f"n_steps must be at least 1, not {n_steps}")
    for name, value in view.items():
        if value not in CHOICES.get(name, ()):
            allowed = ", ".join(CHOICES[name]) if name in CHOICES else f"a view has {', '.join(CHOICES)}"
            raise ValueError(f"{name}: {value!r} is not one of {allowed}")
    point = None if start is None else _point(start, surface)
    runs = placed((optimizer, name) for name, optimizer in named)
    return State(surface, runs, point, n_steps, View(**view), **_met(weather, schedule))


def _met(weather: Weather | None, schedule: Schedule | None) -> dict[str, Any]:
    """What the runs of a page meet; its weather has a number for each of two parameters, or ValueError is raised."""
    given = {"weather": (weather, Weather), "schedule": (schedule, Schedule)}
    for one, kind in given.values():
        if one is not None:
            border.instance(one, kind)
    met = {name: one for name, (one, _) in given.items() if one is not None}
    return met if weather is None else met | {"weather": _for_each(weather)}


def _for_each(weather: Weather) -> Weather:
    alone(weather).told(1, 2)
    given = {name: getattr(weather, name) for name in ("noise", "sparse")}
    return replace(weather, **{name: tuple(np.broadcast_to(one, 2).tolist()) for name, one in given.items()})


def _point(start: Any, surface: Surface) -> tuple[float, float]:
    begin = border.start(start, surface, 2)
    if begin.ndim > 1:
        raise ValueError(f"compare takes one start, as in start=(1.0, 2.0), not {begin[0].size}; run takes many")
    return float(begin[0]), float(begin[1])


def _check(one: Any, kind: type) -> None:
    border.instance(one, kind)
    for name in hypers(one):
        if getattr(getattr(one, name), "ndim", 0):
            raise ValueError(f"{one.label}: {name} is an array; compare takes one number, sweep and run take many")
