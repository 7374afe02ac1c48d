"""Walking: `iterate` is the only loop written by hand, `run` records it, `sweep` makes many walks of one."""

import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np

from . import border
from .arithmetic import Array
from .base import Optimizer
from .engines import floats
from .equations import Diagnostics
from .hyper import hypers, values
from .schedules import Constant, Schedule
from .weather import Told, Weather


class Walkable(Protocol):
    """Anything with a loss and a gradient; `start` is needed only where none is given to the walk.

    Both get an array of their own and may return numbers of any kind: `border` makes them float64 and a copy.
    One whose gradient is another at each step, as that of mini-batches is, has `grad_at(params, t)` beside them, and is
    asked that instead.
    """

    def loss(self, params: Array) -> Array: ...

    def grad(self, params: Array) -> Array: ...


class Step(NamedTuple):
    """Step number t: from `params`, where the gradient is `grad`, by `delta`; `state` is the memory after it."""

    t: int
    params: Array  # (n_params, ...)
    grad: Array  # (n_params, ...)
    seen_grad: Array  # (n_params, ...): what the optimizer is told of it
    delta: Array  # (n_params, ...)
    state: Any
    diagnostics: Diagnostics


@dataclasses.dataclass(frozen=True, eq=False)  # compared as what it is, not number by number
class Trajectory:
    """A recorded walk; row t is what holds before step t + 1, so row 0 is the start.

    Where the walk diverges the numbers become inf or nan and stay so: nothing is clipped.
    """

    params: Array  # (n_steps + 1, n_params, ...)
    loss: Array  # (n_steps + 1, ...)
    grad: Array  # (n_steps + 1, n_params, ...)
    seen_grad: Array  # (n_steps + 1, n_params, ...): what the optimizer is told of it; in fair weather the same
    delta: Array  # (n_steps, n_params, ...): row t leads from row t of params to row t + 1
    effective_lr: Array  # (n_steps, n_params, ...)
    rms_grad: Array  # (n_steps, n_params, ...)
    offsets: Array | None  # (n_steps + 1, n_params): by how much the surface has moved; None: it stands still
    state: Any  # the optimizer's NamedTuple, each field (n_steps, n_params, ...) or None: row t is after step t + 1
    diverged_at: Array  # (...): the first row whose params, loss or gradient is not finite, -1 if there is none

    @property
    def on_surface(self) -> Array:
        """Where the points of the walk are on the surface as it stands at their time, like `params`."""
        return self.params if self.offsets is None else self.params - _beside(self.offsets, self.params)


@dataclasses.dataclass(frozen=True)
class Fork:
    """Another optimizer for the first `at` steps of a walk, 0 for none.

    Where it is one of the same class the walk goes on with its memory, else it starts afresh where that one stood: with
    no memory, and t counted from 1. Raises TypeError or ValueError for what is no optimizer or no number of steps.
    """

    optimizer: Optimizer
    at: int

    def __post_init__(self) -> None:
        border.instance(self.optimizer, Optimizer)
        border.count(self.at)

    def is_kept_by(self, optimizer: Optimizer) -> bool:
        """Whether this optimizer goes on with the memory, and counts the steps on."""
        return type(optimizer) is type(self.optimizer)

    def handed(self, optimizer: Optimizer, state: Any, params: Array) -> Any:
        """The memory that this optimizer begins with behind the fork, which left `state` and stands at `params`."""
        memory = optimizer.init(params)._asdict()
        if self.is_kept_by(optimizer):
            left = {name: field for name, field in state._asdict().items() if field is not None}
            memory |= {name: left[name] for name, field in memory.items() if field is not None and name in left}
        return optimizer.State(**memory)


def iterate(
    optimizer: Optimizer,
    landscape: Walkable,
    start: Any = None,
    n_steps: int = 200,
    weather: Weather | None = None,
    schedule: Schedule | None = None,
    fork: Fork | None = None,
) -> Iterator[Step]:
    """Walk, yielding every step; its arrays are the caller's own.

    `start` is `(n_params, ...)`, the landscape's own if None; it broadcasts against a swept optimizer's axes. `weather`
    says what the optimizer is told of the gradient, `schedule` what its learning rate is multiplied by at each step,
    `fork` which optimizer took the first steps.
    Raises TypeError or ValueError, saying what to write, for what cannot be walked: a class in place of an instance, a
    start, a gradient or a loss of another shape or without numbers, a negative number of steps.
    """
    walk = _begin(optimizer, landscape, start, n_steps, weather, schedule)
    return (_own(step) for step in _steps(walk, fork))


def run(
    optimizer: Optimizer,
    landscape: Walkable,
    start: Any = None,
    n_steps: int = 200,
    weather: Weather | None = None,
    schedule: Schedule | None = None,
    fork: Fork | None = None,
) -> Trajectory:
    """Walk and record everything. Raises as `iterate` does.

    run(RMSProp(lr=0.05), Rosenbrock()).params[-1]                             # where it ended
    run(sweep(Adam(), lr=[0.01, 0.1, 1]), Rosenbrock()).loss[-1]               # three final losses at once
    run(SGD(0.2), Bowl(), weather=Weather(noise=1.0, seed=3), schedule=Cosine())
    run(Momentum(0.01), Bowl(), n_steps=200, fork=Fork(Adam(0.1), at=50))      # Adam, and from step 51 on momentum
    """
    walk = _begin(optimizer, landscape, start, n_steps, weather, schedule)
    columns = _columns(walk, fork)
    params, grad = columns.pop("params"), columns.pop("grad")
    seen = columns.pop("seen_grad") if walk.told else grad.copy()
    loss = _losses(walk, params)
    made = {name: columns.pop(name) for name in ("delta", "effective_lr", "rms_grad")}
    finite = np.isfinite(loss) & np.isfinite(params).all(axis=1) & np.isfinite(grad).all(axis=1)
    state = walk.optimizer.init(walk.begin)._replace(**columns)
    return Trajectory(
        params=params,
        loss=loss,
        grad=grad,
        seen_grad=seen,
        **made,
        offsets=_offsets(walk),
        state=state,
        diverged_at=_first_row(~finite),
    )


def sweep(optimizer: Optimizer, **axes: Any) -> Optimizer:
    """The same optimizer with each named field as values along a trailing axis of its own.

        run(sweep(Adam(), lr=six, beta1=four), landscape).params     # (n_steps + 1, n_params, 6, 4)

    Raises ValueError for a field that is not a number of this optimizer, or for values outside its bounds, TypeError
    for a class in place of an optimizer and for values that are no numbers.
    """
    border.instance(optimizer, Optimizer)
    declared = hypers(optimizer)
    for name in axes:
        if name not in declared or declared[name].scale == "switch":
            raise ValueError(f"{type(optimizer).__name__} has no number called {name} to sweep")
    columns = {
        name: border.array(values, name).reshape((-1,) + (1,) * (len(axes) - 1 - place))
        for place, (name, values) in enumerate(axes.items())
    }
    return dataclasses.replace(optimizer, **columns)


class _Walk(NamedTuple):
    """What is walked, all as it stays."""

    optimizer: Optimizer
    landscape: Walkable
    begin: Array  # (n_params, ...), with the axes of seeds and of a sweep
    n_steps: int
    told: Told | None  # None: the gradient itself
    rates: Array | None  # (n_steps + 1,): by what the learning rate is multiplied; None: by nothing
    state: Any = None  # the memory that it begins with; None: the optimizer's own beginning
    age: int = 0  # the steps that its optimizer has taken before
    before: int = 0  # all steps before: what is asked of a source at t is that of before + t


def _begin(
    optimizer: Optimizer,
    landscape: Walkable,
    start: Any,
    n_steps: int,
    weather: Weather | None,
    schedule: Schedule | None,
) -> _Walk:
    border.instance(optimizer, Optimizer)
    border.landscape(landscape)
    for one, kind in ((weather, Weather), (schedule, Schedule)):
        if one is not None:
            border.instance(one, kind)
    optimizer, steps = border.settled(optimizer), border.count(n_steps)
    begin = border.start(start, landscape, 2 if floats.is_surface(landscape) else None)
    rough = None if weather is None or weather.is_fair else weather
    trailing = np.broadcast_shapes(begin.shape[1:], *(np.shape(number) for number in values(optimizer).values()))
    if rough and rough.seeds > 1:
        trailing = (rough.seeds, *trailing)
    aligned = begin.reshape(begin.shape[:1] + (1,) * (len(trailing) - begin.ndim + 1) + begin.shape[1:])
    return _Walk(
        optimizer,
        landscape,
        np.array(np.broadcast_to(aligned, begin.shape[:1] + trailing)),
        steps,
        rough and rough.told(steps, len(begin)),
        None if schedule is None or isinstance(schedule, Constant) else schedule.factors(steps),
    )


def _steps(walk: _Walk, fork: Fork | None = None) -> Iterator[Step]:
    """Every step of a walk, in its own arrays."""
    if fork is None or not fork.at:
        yield from _leg(walk)
        return
    first, step = _until(walk, fork), None
    for step in _leg(first):
        yield step
    if step is not None:
        with np.errstate(all="ignore"):
            last = step.params + step.delta
        for later in _leg(_after(walk, fork, last, step.state)):
            yield later._replace(t=later.t + first.n_steps)


def _leg(walk: _Walk) -> Iterator[Step]:
    """The steps of one optimizer; t counts them from 1."""
    params = walk.begin
    state = walk.optimizer.init(params) if walk.state is None else walk.state
    for t in range(1, walk.n_steps + 1):
        with np.errstate(all="ignore"):  # a diverging walk is a result, not an accident
            grad, seen = _gradients(walk, params, t)
            delta, state, diagnostics = _at(walk, t).update(seen, state, params, walk.age + t)
        yield Step(t, params, grad, seen, delta, state, diagnostics)
        with np.errstate(all="ignore"):
            params = params + delta


def _until(walk: _Walk, fork: Fork) -> _Walk:
    """The steps before a fork."""
    return walk._replace(optimizer=border.settled(fork.optimizer), n_steps=min(fork.at, walk.n_steps))


def _after(walk: _Walk, fork: Fork, begin: Array, state: Any) -> _Walk:
    """The steps behind a fork, from where the others led and what they left in memory."""
    return _behind(walk, fork)._replace(begin=begin, state=fork.handed(walk.optimizer, state, begin))


def _behind(walk: _Walk, fork: Fork) -> _Walk:
    """The same before anybody knows from where, and with what in memory."""
    steps = min(fork.at, walk.n_steps)
    return walk._replace(
        n_steps=walk.n_steps - steps,
        told=walk.told and walk.told.after(steps),
        rates=None if walk.rates is None else walk.rates[steps:],
        age=steps if fork.is_kept_by(walk.optimizer) else 0,
        before=steps,
    )


def _gradients(walk: _Walk, params: Array, t: int) -> tuple[Array, Array]:
    """The gradient at step t, and what is told of it."""
    if walk.told is None:
        grad = border.gradient(walk.landscape, params, walk.before + t)
        return grad, grad
    grad = border.gradient(walk.landscape, walk.told.place(params, t), walk.before + t)
    return grad, walk.told.hear(grad, t)


def _at(walk: _Walk, t: int) -> Optimizer:
    """The optimizer at the rate of step t."""
    if walk.rates is None:
        return walk.optimizer
    return dataclasses.replace(walk.optimizer, lr=walk.optimizer.lr * float(walk.rates[t - 1]))


def _own(value: Any) -> Any:
    """The same in arrays that the walk does not go on with."""
    if isinstance(value, tuple):
        return value._make(_own(field) for field in value)
    return value.copy() if isinstance(value, np.ndarray) else value


def _columns(walk: _Walk, fork: Fork | None) -> dict[str, Array]:
    """Every recorded array of a walk by its name."""
    if fork is None or not fork.at or not walk.n_steps:
        return _surface_record(walk) or _record(walk)
    first = _until(walk, fork)
    before = _surface_record(first) or _record(first)
    after = _after(walk, fork, before["params"][-1], _last(first, before))
    foreign = () if after.age else first.optimizer.State._fields
    kept = {name: rows for name, rows in before.items() if name not in foreign}
    return _joined(kept, _columns(after, None), walk)


def _surface_record(walk: _Walk) -> dict[str, Array] | None:
    """Every recorded array of a leg over a surface of two parameters; None where it is none, or not a single walk."""
    return floats.record(*walk[:-1])  # whose tables begin with this leg


def _last(walk: _Walk, columns: dict[str, Array]) -> Any:
    """The memory after the last step."""
    memory = walk.optimizer.setting.memory
    rows = {name: columns[name][-1] for name in memory}
    return walk.optimizer.init(walk.begin)._replace(
        **{name: row[0][()] if memory[name].per_walk else row for name, row in rows.items()}
    )


def _joined(before: dict[str, Array], after: dict[str, Array], walk: _Walk) -> dict[str, Array]:
    """The columns of two legs; NaN for what the first one has not remembered."""
    none = np.full((len(before["delta"]), *walk.begin.shape), np.nan)
    heads = {name: rows[:-1] if name in floats.AT_POINTS else rows for name, rows in before.items()}
    return {name: np.concatenate([heads.get(name, none), rows]) for name, rows in after.items()}


def _record(walk: _Walk) -> dict[str, Array]:
    """The same through arrays, of one leg."""
    begin, n_steps = walk.begin, walk.n_steps
    memory = [name for name, field in walk.optimizer.init(begin)._asdict().items() if field is not None]
    heard = ("seen_grad",) if walk.told else ()
    rows = {name: np.empty((n_steps + 1, *begin.shape)) for name in ("params", "grad", *heard)}
    rows |= {name: np.empty((n_steps, *begin.shape)) for name in ("delta", *Diagnostics._fields, *memory)}
    step = None
    for row, step in enumerate(_leg(walk)):  # each is written down at once: all steps take more than their record
        for name, column in rows.items():
            column[row] = _part(step, name)
    with np.errstate(all="ignore"):
        last = begin if step is None else step.params + step.delta
        grads = dict(zip(("grad", "seen_grad"), _gradients(walk, last, n_steps + 1), strict=True))
    for name, value in ({"params": last} | grads).items():
        if name in rows:
            rows[name][n_steps] = value
    return rows


def _part(step: Step, name: str) -> Array:
    """What a step has under the name of a column."""
    if name in Step._fields:
        return getattr(step, name)
    return getattr(step.diagnostics if name in Diagnostics._fields else step.state, name)


def _offsets(walk: _Walk) -> Array | None:
    """By how much the surface has moved at each point of the walk."""
    return None if walk.told is None or walk.told.offsets is None else walk.told.offsets[: walk.n_steps + 1]


def _beside(offsets: Array, params: Array) -> Array:
    return offsets.reshape(offsets.shape + (1,) * (params.ndim - 2))


def _losses(walk: _Walk, params: Array) -> Array:
    landscape, offsets = walk.landscape, _offsets(walk)
    if offsets is not None:
        params = params - _beside(offsets, params)
    with np.errstate(all="ignore"):
        if floats.is_surface(landscape):
            return border.losses(landscape, np.moveaxis(params, 1, 0))
        return np.stack([border.losses(landscape, row) for row in params])


def _first_row(bad: Array) -> Array:
    return np.where(bad.any(axis=0), bad.argmax(axis=0), -1)
