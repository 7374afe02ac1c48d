"""Walking: `iterate` is the only loop written by hand, `run` records it, `sweep` makes many walks of one."""

import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np

from .arithmetic import Array
from .base import Optimizer
from .engines import floats
from .equations import Diagnostics
from .hyper import hypers


class Walkable(Protocol):
    """Anything with a loss and a gradient; `start` is needed only where none is given to the walk."""

    def loss(self, params: Array) -> Array: ...

    def grad(self, params: Array) -> Array: ...


class Step(NamedTuple):
    """Step number t: from `params`, where the gradient is `grad`, by `delta`; `state` is the memory after it."""

    t: int
    params: Array  # (n_params, ...)
    grad: Array  # (n_params, ...)
    delta: Array  # (n_params, ...)
    state: Any
    diagnostics: Diagnostics


@dataclasses.dataclass(frozen=True)
class Trajectory:
    """A recorded walk; row t is what holds before step t + 1, so row 0 is the start.

    Where the walk diverges the numbers become inf or nan and stay so: nothing is clipped.
    """

    params: Array  # (n_steps + 1, n_params, ...)
    loss: Array  # (n_steps + 1, ...)
    grad: Array  # (n_steps + 1, n_params, ...)
    delta: Array  # (n_steps, n_params, ...): row t leads from row t of params to row t + 1
    effective_lr: Array  # (n_steps, n_params, ...)
    rms_grad: Array  # (n_steps, n_params, ...)
    state: Any  # the optimizer's NamedTuple, each field (n_steps, n_params, ...) or None: row t is after step t + 1
    diverged_at: Array  # (...): the first row whose params, loss or gradient is not finite, -1 if there is none


def iterate(optimizer: Optimizer, landscape: Walkable, start: Any = None, n_steps: int = 200) -> Iterator[Step]:
    """Walk, yielding every step.

    `start` is `(n_params, ...)`, the landscape's own if None; it broadcasts against a swept optimizer's axes.
    Raises ValueError for a negative number of steps or a start without parameters.
    """
    params = _begin(optimizer, landscape.start if start is None else start, n_steps)
    state = optimizer.init(params)
    for t in range(1, n_steps + 1):
        with np.errstate(all="ignore"):  # a diverging walk is a result, not an accident
            grad = landscape.grad(params)
            delta, state, diagnostics = optimizer.update(grad, state, params, t)
        yield Step(t, params, grad, delta, state, diagnostics)
        with np.errstate(all="ignore"):
            params = params + delta


def run(optimizer: Optimizer, landscape: Walkable, start: Any = None, n_steps: int = 200) -> Trajectory:
    """Walk and record everything.

    run(RMSProp(lr=0.05), Rosenbrock()).params[-1]                             # where it ended
    run(sweep(Adam(), lr=[0.01, 0.1, 1]), Rosenbrock()).loss[-1]               # three final losses at once
    """
    begin = _begin(optimizer, landscape.start if start is None else start, n_steps)
    columns = floats.record(optimizer, landscape, begin, n_steps) or _record(optimizer, landscape, begin, n_steps)
    params, grad = columns.pop("params"), columns.pop("grad")
    loss = _losses(landscape, params)
    made = {name: columns.pop(name) for name in ("delta", "effective_lr", "rms_grad")}
    finite = np.isfinite(loss) & np.isfinite(params).all(axis=1) & np.isfinite(grad).all(axis=1)
    state = optimizer.init(begin)._replace(**columns)
    return Trajectory(params=params, loss=loss, grad=grad, **made, state=state, diverged_at=_first_row(~finite))


def sweep(optimizer: Optimizer, **axes: Any) -> Optimizer:
    """The same optimizer with each named field as values along a trailing axis of its own.

        run(sweep(Adam(), lr=six, beta1=four), landscape).params     # (n_steps + 1, n_params, 6, 4)

    Raises ValueError for a field that is not a number of this optimizer, or for values outside its bounds.
    """
    declared = hypers(optimizer)
    for name in axes:
        if name not in declared or declared[name].scale == "switch":
            raise ValueError(f"{type(optimizer).__name__} has no number called {name} to sweep")
    columns = {
        name: np.asarray(values, dtype=float).reshape((-1,) + (1,) * (len(axes) - 1 - place))
        for place, (name, values) in enumerate(axes.items())
    }
    return dataclasses.replace(optimizer, **columns)


def _begin(optimizer: Optimizer, start: Any, n_steps: int) -> Array:
    if n_steps < 0:
        raise ValueError(f"n_steps must be at least 0, not {n_steps}")
    start = np.array(start, dtype=float)
    if start.ndim == 0 or start.shape[0] == 0:
        raise ValueError("start must hold one row for each parameter")
    trailing = np.broadcast_shapes(start.shape[1:], *(np.shape(getattr(optimizer, name)) for name in hypers(optimizer)))
    aligned = start.reshape(start.shape[:1] + (1,) * (len(trailing) - start.ndim + 1) + start.shape[1:])
    return np.array(np.broadcast_to(aligned, start.shape[:1] + trailing))


def _record(optimizer: Optimizer, landscape: Walkable, begin: Array, n_steps: int) -> dict[str, Array]:
    """Every recorded array of a walk by its name."""
    steps = list(iterate(optimizer, landscape, begin, n_steps))
    with np.errstate(all="ignore"):
        last = steps[-1].params + steps[-1].delta if steps else begin
        last_grad = landscape.grad(last)

    def rows(values: list[Any]) -> Array:
        filled = np.empty((len(values), *begin.shape))
        for row, value in zip(filled, values, strict=True):
            row[...] = value
        return filled

    return {
        "params": rows([*(step.params for step in steps), last]),
        "grad": rows([*(step.grad for step in steps), last_grad]),
        "delta": rows([step.delta for step in steps]),
        "effective_lr": rows([step.diagnostics.effective_lr for step in steps]),
        "rms_grad": rows([step.diagnostics.rms_grad for step in steps]),
    } | {
        name: rows([getattr(step.state, name) for step in steps])
        for name, field in optimizer.init(begin)._asdict().items()
        if field is not None
    }


def _losses(landscape: Walkable, params: Array) -> Array:
    with np.errstate(all="ignore"):
        if floats.is_surface(landscape):
            return np.array(landscape.loss(np.moveaxis(params, 1, 0)), dtype=float)
        return np.stack([np.asarray(landscape.loss(row), dtype=float) for row in params])


def _first_row(bad: Array) -> Array:
    return np.where(bad.any(axis=0), bad.argmax(axis=0), -1)
