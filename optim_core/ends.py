"""Where many walks end, without keeping what lies between."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from . import border
from .arithmetic import Array
from .base import Optimizer
from .engines import jitted
from .run import Fork, Walkable, _begin, _gradients, _offsets, _steps, _Walk
from .schedules import Schedule
from .weather import Weather

ENGINES = ("numpy", "fast")


@dataclass(frozen=True, eq=False)
class Ends:
    """What is left of walks: where each ended, and what was seen on the way. `...` are the axes of the walks.

    A row is a point of a walk, as in a `Trajectory`: row 0 is the start, row `n_steps` the end.
    """

    params: Array  # (n_params, ...): after the last step
    loss: Array  # (...): there; on a moving surface as it stands then
    best: Array  # (...): the lowest loss of all rows; NaN only where there was no other
    diverged_at: Array  # (...): the first row whose params, loss or gradient is not finite, -1 if there is none
    first: Array | None = None  # (...): the first row with a loss of at most `target`, -1 never; None: no target
    stays: Array | None = None  # (...): the first row from which the loss stays so until the end, -1 if it does not
    nearest: Array | None = None  # (...): the index of the point nearest to the end within `radius`, -1: none is
    since: Array | None = None  # (...): the first row from which the walk stays within `radius` of it, -1 if none is


def ends(
    optimizer: Optimizer,
    landscape: Walkable,
    start: Any = None,
    n_steps: int = 200,
    weather: Weather | None = None,
    schedule: Schedule | None = None,
    fork: Fork | None = None,
    *,
    target: float | None = None,
    points: Any = None,
    radius: float | None = None,
    engine: str = "numpy",
    threads: int | None = None,
) -> Ends:
    """Walk as `run` does, from many starts or with many rates at once, and keep only the ends.

    `target` is a loss; `points` are `(n_points, n_params)` and `radius` a distance in the units of the parameters;
    where the surface moves they move with it. `engine` is "numpy", the reference, or "fast": machine code made by
    numba, of surfaces whose value and partials are arithmetic on numbers; weather, a fork and any other landscape it
    leaves to numpy.
    Raises as `run` does, ValueError for points without a radius, or of another number of parameters, and for an engine
    that is none, and ImportError for "fast" without numba.
    """
    walk = _begin(optimizer, landscape, start, n_steps, weather, schedule)
    near = _targets(points, radius, len(walk.begin))
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}, not {engine!r}")
    if engine == "fast" and (made := _fast(walk, fork, target, *near, threads)):
        return made
    seen = _Seen(walk, target, *near)
    params = walk.begin
    for step in _steps(walk, fork):
        seen.row(step.t - 1, step.params, step.grad)
        with np.errstate(all="ignore"):
            params = step.params + step.delta
    with np.errstate(all="ignore"):
        seen.row(walk.n_steps, params, _gradients(walk, params, walk.n_steps + 1)[0])
    return seen.ends(params)


def _fast(
    walk: _Walk, fork: Fork | None, target: float | None, points: Array | None, radius: float, threads: int | None
) -> Ends | None:
    """The same by machine code; None where numpy must do it."""
    jitted.machine()
    if walk.told is not None or (fork is not None and fork.at):
        return None
    found = jitted.ends_of(*walk[:4], walk.rates, target, points, radius, threads)
    return found and Ends(**found)


def _targets(points: Any, radius: float | None, n_params: int) -> tuple[Array | None, float]:
    if (points is None) != (radius is None):
        raise ValueError("points=... and radius=... belong together: write both, or neither")
    if points is None:
        return None, 0.0
    found, reach = border.array(points, "points"), border.array(radius, "radius")
    if found.ndim != 2 or found.shape[1] != n_params:
        raise ValueError(f"points must be of shape (n_points, {n_params}), not {found.shape}")
    if reach.ndim or not 0 <= float(reach) < np.inf:
        raise ValueError(f"radius must be one finite number, 0 or more, not {radius!r}")
    return found, float(reach)


class _Seen:
    """What has been seen of walks so far."""

    def __init__(self, walk: _Walk, target: float | None, points: Array | None, radius: float) -> None:
        shape = walk.begin.shape[1:]
        self.walk, self.target, self.points, self.radius = walk, target, points, radius
        self.best = np.full(shape, np.nan)
        self.loss = self.best
        self.diverged, self.first, self.stays = (np.full(shape, -1) for _ in range(3))
        self.since = None if points is None else np.full((len(points), *shape), -1)

    def row(self, row: int, params: Array, grad: Array) -> None:
        offsets = _offsets(self.walk)
        beside = (slice(None), *[None] * (params.ndim - 1))
        with np.errstate(all="ignore"):
            place = params if offsets is None else params - offsets[row][beside]
            self.loss = border.losses(self.walk.landscape, place)
            finite = np.isfinite(self.loss) & np.isfinite(params).all(axis=0) & np.isfinite(grad).all(axis=0)
            self.best = np.fmin(self.best, self.loss)
            self.diverged = np.where((self.diverged < 0) & ~finite, row, self.diverged)
            if self.target is not None:
                below = self.loss <= self.target
                self.first = np.where((self.first < 0) & below, row, self.first)
                self.stays = _since(self.stays, below, row)
            if self.points is not None:
                self.distance = self.distances(place)
                self.since = _since(self.since, self.distance <= self.radius, row)

    def distances(self, params: Array) -> Array:
        aside = params - self.points.reshape(self.points.shape + (1,) * (params.ndim - 1))
        return np.sqrt(np.sum(aside * aside, axis=1))

    def ends(self, params: Array) -> Ends:
        ways = (None, None) if self.target is None else (self.first, self.stays)
        nearest = since = None
        if self.points is not None and len(self.points):
            distance = self.distance
            distance = np.where(distance <= self.radius, distance, np.inf)
            found = distance.argmin(axis=0)
            nearest = np.where(np.isfinite(distance.min(axis=0)), found, -1)
            since = np.where(nearest < 0, -1, np.take_along_axis(self.since, found[None], axis=0)[0])
        elif self.points is not None:
            nearest, since = (np.full(params.shape[1:], -1) for _ in range(2))
        return Ends(params, self.loss, self.best, self.diverged, *ways, nearest, since)


def _since(since: Array, inside: Array, row: int) -> Array:
    return np.where(inside, np.where(since < 0, row, since), -1)
