"""Where many walks end, without keeping what lies between."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import border
from .arithmetic import Array
from .base import Optimizer
from .engines import jitted, many
from .engines.seen import Seen, Target
from .engines.slopes import slopes as asked_in_blocks
from .run import Fork, Walkable, _begin, _behind, _beside, _gradients, _offsets, _steps, _until, _Walk
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
    walk, threads = _begin(optimizer, landscape, start, n_steps, weather, schedule), _count(threads)
    wanted = _target(target, points, radius, len(walk.begin))
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}, not {engine!r}")
    if engine == "fast" and (found := _fast(walk, fork, wanted, threads)):
        return Ends(**found)
    if (slopes := asked_in_blocks(landscape)) is None:
        return Ends(**_one_by_one(walk, fork, wanted))
    return Ends(**many.walked(many.Many(slopes, walk.begin, *_legs(walk, fork), wanted), threads))


def _fast(walk: _Walk, fork: Fork | None, target: Target, threads: int | None) -> dict[str, Array | None] | None:
    """The same by machine code; None where numpy must do it."""
    jitted.machine()
    if walk.told is not None or (fork is not None and fork.at):
        return None
    return jitted.ends_of(*walk[:4], walk.rates, target.loss, target.points, target.radius, threads)


def _target(loss: Any, points: Any, radius: Any, n_params: int) -> Target:
    if loss is not None:
        loss = float(_number(loss, "target"))
    if (points is None) != (radius is None):
        raise ValueError("points=... and radius=... belong together: write both, or neither")
    if points is None:
        return Target(n_params, loss, None, 0.0)
    found, reach = border.array(points, "points"), _number(radius, "radius")
    if found.size == 0:
        found = found.reshape(0, n_params)
    if found.ndim != 2 or found.shape[1] != n_params:
        raise ValueError(f"points must be of shape (n_points, {n_params}), not {found.shape}")
    if not 0 <= reach < math.inf:
        raise ValueError(f"radius must be a finite number, at least 0, not {radius!r}")
    return Target(n_params, loss, found, reach)


def _number(given: Any, name: str) -> float:
    found = border.array(given, name)
    if found.ndim:
        raise ValueError(f"{name} must be one number, not an array of shape {found.shape}")
    return float(found)


def _count(threads: Any) -> int | None:
    if threads is None:
        return None
    if isinstance(threads, bool) or not isinstance(threads, (int, np.integer)) or threads < 1:
        raise ValueError(f"threads must be a whole number, at least 1, not {threads!r}")
    return int(threads)


def _legs(walk: _Walk, fork: Fork | None) -> tuple[tuple[_Walk, ...], Any]:
    """The legs of a walk, and what says with which memory each begins."""

    def handed(number: int, optimizer: Optimizer, state: Any, params: Array) -> Any:
        return fork.handed(optimizer, state, params) if number else optimizer.init(params)

    if fork is None or not fork.at:
        return (walk,), handed
    first = _until(walk, fork)
    return (first, _behind(walk, fork)), handed


def _one_by_one(walk: _Walk, fork: Fork | None, target: Target) -> dict[str, Array]:
    """What a landscape wants that is to see all walks at once, in their own shape."""
    shape, offsets = walk.begin.shape[1:], _offsets(walk)
    seen, params = Seen(math.prod(shape), target), walk.begin

    def look(row: int, params: Array, grad: Array) -> Array:
        place = params if offsets is None else params - _beside(offsets, params[None])[row]
        loss = border.losses(walk.landscape, place)
        flat = len(params), -1
        seen.row(row, params.reshape(flat), grad.reshape(flat), loss.reshape(-1))
        seen.stretch(row, [place.reshape(flat)])
        return loss

    with np.errstate(all="ignore"):
        for step in _steps(walk, fork):
            look(step.t - 1, step.params, step.grad)
            params = step.params + step.delta
        loss = look(walk.n_steps, params, _gradients(walk, params, walk.n_steps + 1)[0])
    return {"params": params, "loss": loss} | {name: array.reshape(shape) for name, array in seen.found().items()}
