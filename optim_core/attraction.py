"""Basins of attraction: in which minimum a walk ends, from every point of a window, and after how many steps."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from . import border
from .arithmetic import Array
from .base import Optimizer
from .ends import Ends, ends
from .hyper import values
from .run import Fork, Walkable, iterate
from .schedules import Schedule
from .sweeps import column, joined, n_seeds, spans
from .weather import Weather
from .work import Executor, Progress, Work, cuts, through

REACH = 0.02  # of the diagonal of the window: how near to a minimum an end belongs to it


@dataclass(frozen=True)
class Share:
    """How much of the area belongs to a minimum; without one, to walks that diverge or that end near none."""

    minimum: tuple[float, float] | None
    diverges: bool
    share: float
    steps: float | None  # the median until they stay near it, of those that do; None: none does


@dataclass(frozen=True, eq=False)
class Basins:
    """Where walks end that begin at every x and every y."""

    x: Array  # (nx,)
    y: Array  # (ny,)
    minima: Array  # (M, 2): the global ones, then the local ones, the lowest first; of a curve of minima one point
    along: Any  # the curve of which every point is a minimum, as one; None: they are points
    n_global: int  # so many of `minima` are global
    radius: float
    ends: Ends  # its arrays are (ny, nx)

    @property
    def nearest(self) -> Array:
        """Which of the minima an end belongs to, `(ny, nx)`: the nearest one within `radius`, -1: none."""
        return self.ends.nearest

    @property
    def since(self) -> Array:
        """The first row from which the walk stays within `radius` of it, `(ny, nx)`, -1: none."""
        return self.ends.since

    @property
    def diverged_at(self) -> Array:
        """The first row that is not finite, `(ny, nx)`, -1: none."""
        return self.ends.diverged_at

    def shares(self) -> list[Share]:
        """The share of each minimum in the order of `minima`, then of the ends near none, then of what diverges."""
        diverges = self.diverged_at >= 0
        found = [
            self._share(self.nearest == place, point) for place, point in enumerate(map(tuple, self.minima.tolist()))
        ]
        none = Share(None, False, float(np.mean((self.nearest < 0) & ~diverges)), None)
        return [*found, none, Share(None, True, float(np.mean(diverges)), None)]

    def _share(self, belongs: Array, point: tuple[float, float]) -> Share:
        belongs = belongs & (self.diverged_at < 0)
        steps = float(np.median(self.since[belongs])) if belongs.any() else None
        return Share(point, False, float(belongs.mean()), steps)


def basins(
    optimizer: Optimizer,
    landscape: Walkable,
    n: int = 256,
    window: Any = None,
    n_steps: int = 200,
    weather: Weather | None = None,
    schedule: Schedule | None = None,
    fork: Fork | None = None,
    *,
    minima: Any = None,
    engine: str = "numpy",
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Basins:
    """Walk from the middle of each of n x n equal cells of a window, the landscape's domain if None.

        for share in basins(Adam(0.1), Himmelblau()).shares(): print(share)

    An end belongs to the nearest minimum within 2 % of the window's diagonal; `minima` are `(M, 2)`, the landscape's
    known ones and those that are found if None. Of a weather with several seeds the first one counts. Blocks of starts
    go through `executor`, any of concurrent.futures or a cluster's; this thread calls `progress(done, blocks)`.
    Raises as `ends` and `through` do, ValueError for a window or a number of starts that makes no sense.
    """
    border.landscape(landscape)
    size = _size(n)
    x, y = (middles(low, high, size) for low, high in spans(landscape, window))
    others = {"minima": minima, "engine": engine, "executor": executor, "progress": progress}
    return basins_at(optimizer, landscape, x, y, window, n_steps, weather, schedule, fork, **others)


def basins_at(
    optimizer: Optimizer,
    landscape: Walkable,
    x: Any,
    y: Any,
    window: Any = None,
    n_steps: int = 200,
    weather: Weather | None = None,
    schedule: Schedule | None = None,
    fork: Fork | None = None,
    *,
    minima: Any = None,
    engine: str = "numpy",
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Basins:
    """The same from every x and every y, rising numbers: a part of a map, whose window says what is near."""
    border.instance(optimizer, Optimizer)
    border.landscape(landscape)
    across, up, area = column(x, "x"), column(y, "y"), spans(landscape, window)
    if any(np.ndim(number) for number in values(optimizer).values()):
        raise ValueError("basins are those of one optimizer: give it one number for each of its fields")
    rough = dataclasses.replace(weather, seeds=1) if n_seeds(weather) > 1 else weather
    points, n_global = _minima(landscape, area, minima)
    along = None if minima is not None else getattr(landscape, "minima_along", None)
    radius = REACH * float(np.hypot(*(area[:, 1] - area[:, 0])))
    setting = {"n_steps": n_steps, "weather": rough, "schedule": schedule, "fork": fork}
    near = {"points": points, "radius": radius, "engine": engine} | ({} if executor is None else {"threads": 1})
    task = partial(_part, _walked if along is None else _along, optimizer, landscape, setting, near, across, up)
    parts = tuple(cuts(len(across) * len(up), 1, executor is not None))

    def finish(found: list[Ends]) -> Basins:
        made = joined(found, 0, (len(up), len(across)))
        return Basins(across, up, points, along, n_global, radius, made)

    return through(Work(task, parts, finish), executor, progress)


def attracted(
    optimizer: Optimizer,
    landscape: Walkable,
    start: Any,
    points: Any,
    radius: float,
    n_steps: int = 200,
    weather: Weather | None = None,
    schedule: Schedule | None = None,
    fork: Fork | None = None,
    *,
    engine: str = "numpy",
    threads: int | None = None,
) -> Ends:
    """The same from any starts `(2, ...)`, with minima `(M, 2)` and what is near them given; here, in no blocks."""
    setting = {"n_steps": n_steps, "weather": weather, "schedule": schedule, "fork": fork}
    near = {"points": points, "radius": radius, "engine": engine, "threads": threads}
    walk = _walked if getattr(landscape, "minima_along", None) is None else _along
    return walk(optimizer, landscape, setting, near, border.start(start, landscape, 2))


def middles(low: float, high: float, n: int) -> Array:
    """The middles of n equal parts from low to high: each stands for as much of the area as any other."""
    return low + (np.arange(n) + 0.5) * ((high - low) / n)


def _size(n: Any) -> int:
    try:
        size = border.count(n)
    except (TypeError, ValueError):
        size = 0
    if size < 1:
        raise ValueError(f"n must be a whole number of at least 1, as in n=256, not {n!r}")
    return size


def _minima(landscape: Any, area: Array, given: Any) -> tuple[Array, int]:
    """(M, 2) and how many of them are global."""
    if given is not None:
        found = border.array(given, "minima")
        if found.ndim != 2 or found.shape[1] != 2:
            raise ValueError(f"minima must be of shape (M, 2), not {found.shape}")
        return found, len(found)
    if not hasattr(landscape, "every_minimum"):
        raise ValueError(f"{type(landscape).__name__} does not know its minima: write minima=[(x, y), ...]")
    lowest, others = landscape.every_minimum(tuple(map(tuple, area.tolist())))
    return np.array([*lowest, *others], float).reshape(-1, 2), len(lowest)


def _part(
    walk: Callable[..., Ends],
    optimizer: Optimizer,
    landscape: Walkable,
    setting: dict,
    near: dict,
    x: Array,
    y: Array,
    part: slice,
) -> Ends:
    """The ends of some of all starts, which are counted row by row."""
    row, place = np.divmod(np.arange(part.start, part.stop), len(x))
    return walk(optimizer, landscape, setting, near, np.stack([x[place], y[row]]))


def _walked(optimizer: Optimizer, landscape: Walkable, setting: dict, near: dict, start: Array) -> Ends:
    return ends(optimizer, landscape, start, **setting, **near)


def _along(optimizer: Optimizer, landscape: Any, setting: dict, near: dict, start: Array) -> Ends:
    """The same where every point of a curve is a minimum: near is who is near to any of it."""
    others = {name: near[name] for name in near if name not in ("points", "radius")}
    found = ends(optimizer, landscape, start, **setting, **others)
    close, offsets = _Close(landscape, near["radius"], start), _offsets(**setting)
    since = np.where(close.now, 0, -1)
    for step in iterate(optimizer, landscape, start, **setting):
        with np.errstate(all="ignore"):
            close.move(step.params + step.delta - offsets[step.t, :, None])
        since = np.where(close.now, np.where(since < 0, step.t, since), -1)
    return dataclasses.replace(found, nearest=np.where(since < 0, -1, 0), since=since)


def _offsets(n_steps: int, weather: Weather | None, **_others: Any) -> Array:
    """By how much the surface has moved at each row, `(n_steps + 1, 2)`."""
    drift = weather and weather.drift
    return drift.offsets(n_steps)[: n_steps + 1] if drift else np.zeros((n_steps + 1, 2))


class _Close:
    """Who is within a radius of a curve of minima.

    How far that is takes long to work out, and a step can change it by no more than its own length: it is worked out
    anew only for those of whom the steps since then leave it open.
    """

    def __init__(self, landscape: Any, radius: float, params: Array) -> None:
        self.landscape, self.radius, self.params = landscape, radius, params
        self.least = landscape.distance(params)
        self.most = self.least.copy()

    @property
    def now(self) -> Array:
        return self.most <= self.radius

    def move(self, params: Array) -> None:
        length = np.hypot(*(params - self.params))
        self.params, self.least, self.most = params, self.least - length, self.most + length
        is_open = ~(self.now | (self.least > self.radius)) & np.isfinite(params).all(axis=0)
        if is_open.any():
            self.least[is_open] = self.most[is_open] = self.landscape.distance(params[:, is_open])
