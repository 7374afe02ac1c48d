"""Training: an optimizer fits a model to data by mini-batches, and everything is recorded."""

import base64
import binascii
import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from . import border
from .arithmetic import Array
from .base import Optimizer
from .batches import Batches, Model, Printed, Stretch, blocks
from .hyper import values
from .run import Step, leg
from .schedules import Constant, Schedule
from .weather import Clip, Told

MOST = 2**53  # steps that are counted exactly


@dataclasses.dataclass(frozen=True, eq=False)
class Checkpoint:
    """All that a training goes on from, bit for bit."""

    epoch: int  # epochs that are done
    t: int  # steps that are done
    params: Array  # (d, K)
    memory: Any  # the optimizer's NamedTuple

    def to_text(self) -> str:
        """As JSON, every number in full."""
        return json.dumps([self.epoch, self.t, _packed(self.params), [_packed(field) for field in self.memory]])

    @classmethod
    def from_text(cls, text: str, optimizer: Optimizer, d: int, seeds: int) -> "Checkpoint":
        """What `to_text` wrote for this optimizer. Raises ValueError for any other text."""
        try:
            epoch, t, params, memory = json.loads(text)
            found = _unpacked(params, (d, seeds))
            expected = optimizer.init(found)
            fields = [
                _unpacked(field, np.shape(like)) if like is not None else _none(field)
                for field, like in zip(memory, expected, strict=True)
            ]
            counts = all(type(count) is int and 0 <= count < MOST for count in (epoch, t))
        except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
            raise ValueError("this is no checkpoint of such a training") from None
        if not counts or found.shape != (d, seeds):
            raise ValueError("this is no checkpoint of such a training")
        return cls(epoch, t, found, type(expected)(*fields))


@dataclasses.dataclass(frozen=True, eq=False)
class Training:
    """A recorded training of d parameters with K seeds of batches; of E epochs row 0 is what they began from.

    Steps are recorded every so often: `m` of them. Where a training diverges the numbers become inf or nan and stay so.
    """

    at: Array  # (m + 1,) int: the steps that are done at each row of `params`
    params: Array  # (m + 1, d, K)
    seen_grad: Array  # (m, d, K): what the optimizer was told in the step that led to row i + 1, clipped
    effective_lr: Array  # (m, d, K)
    rms_grad: Array  # (m, d, K)
    weights: Array  # (E + 1, d, K): the parameters after each epoch
    during: Array  # (E, K): the mean loss over the batches of an epoch, as they came
    loss: Array  # (E + 1, K): on all data, after it
    validation: Array | None  # (E + 1, K): on the samples kept apart, without l2
    accuracy: Array | None  # (E + 1, K): on all data, of a model that has one
    validation_accuracy: Array | None  # (E + 1, K)
    diverged_at: Array  # (K,) int: the first step after which params or gradient are not finite, -1 none
    checkpoint: Checkpoint  # from where it can go on

    def epochs_to(self, goal: float, which: str = "during") -> Array:
        """`(K,)` int: the first epoch, counted from 1, whose loss is not above `goal`; -1 where none is.

        `which`: "during", "loss" or "validation".
        """
        curve = self.during if which == "during" else getattr(self, which)[1:]
        met = np.vstack([np.zeros(curve.shape[1], bool), curve <= goal])
        return np.where(met.any(axis=0), met.argmax(axis=0), -1)


def train(
    optimizer: Optimizer,
    regression: Model,
    batches: Batches | Printed | None = None,
    epochs: int = 50,
    start: Any = None,
    schedule: Schedule | None = None,
    clip: Clip | None = None,
    *,
    validation: Model | None = None,
    since: Checkpoint | None = None,
    until: int | None = None,
    every: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Training:
    """Train for so many epochs and record every `every`-th step, and the last one.

    `start` is `(d,)`, or `(d, K)` with one for each seed; None: small numbers that `batches` draws, the same for every
    optimizer. `schedule` runs over all steps of all epochs; t counts steps and begins anew only as `Printed` wants it.
    `since` goes on from a checkpoint, and `until` stops after that epoch: the stretches of a training together are
    the training, bit for bit. `progress(done, epochs)` is called after each epoch.
    Raises TypeError or ValueError, saying what to write, for what cannot be trained.

    train(Adam(0.01), Regression(features, target), Batches(32, seed=1), epochs=50).loss[-1]
    """
    course = _course(optimizer, regression, batches or Batches(), epochs, schedule, clip, validation, until)
    made = _Record(course, since or _fresh(course, start), border.count(every))
    for stretch in blocks(regression, course.batches, course.epochs, made.now.epoch, course.until):
        made.add(stretch)
        if stretch.first + stretch.n_steps == course.per_epoch:
            made.end_epoch()
            if progress:
                progress(made.now.epoch, course.epochs)
    return made.training()


@dataclasses.dataclass(frozen=True)
class _Course:
    """What is trained, all as it stays."""

    optimizer: Optimizer
    model: Model
    batches: Batches | Printed
    epochs: int
    rates: Array | None  # by what the learning rate is multiplied at each step
    told: Told | None
    validation: Model | None
    until: int

    @property
    def per_epoch(self) -> int:
        return self.batches.per_epoch(len(self.model.target))


def _course(
    optimizer: Optimizer,
    model: Model,
    batches: Batches | Printed,
    epochs: int,
    schedule: Schedule | None,
    clip: Clip | None,
    validation: Model | None,
    until: int | None,
) -> _Course:
    border.instance(optimizer, Optimizer)
    border.landscape(model)
    if not callable(getattr(model, "each", None)):
        raise TypeError(f"{model!r} has no data to take batches of; write Regression(features, target)")
    for one, kinds in ((batches, (Batches, Printed)), (schedule, Schedule), (clip, Clip)):
        if one is not None and not isinstance(one, kinds):
            border.instance(one, kinds if isinstance(kinds, type) else kinds[0])
    optimizer, epochs = border.settled(optimizer), border.count(epochs)
    if any(np.ndim(number) for number in values(optimizer).values()):
        raise ValueError("train takes one number for each hyper-parameter: train each of a sweep by itself")
    steps = epochs * batches.per_epoch(len(model.target))
    rates = None if schedule is None or isinstance(schedule, Constant) else schedule.factors(steps)
    told = None if clip is None else Told(None, None, None, None, clip)
    end = epochs if until is None else min(border.count(until), epochs)
    return _Course(optimizer, model, batches, epochs, rates, told, validation, end)


def _fresh(course: _Course, start: Any) -> Checkpoint:
    if start is None:
        begin = course.batches.begin(course.model, course.epochs)
    else:
        given = border.start(start, course.model, course.model.features.shape[1])
        if given.ndim > 2 or given.shape[1:] not in ((), (1,), (course.batches.seeds,)):
            raise ValueError(f"start must be (d,) or (d, {course.batches.seeds}), not {given.shape}")
        wanted = (len(given), course.batches.seeds)
        begin = np.array(np.broadcast_to(given.reshape(len(given), -1), wanted))
    return Checkpoint(0, 0, begin, course.optimizer.init(begin))


class _Record:
    """A training while it goes on."""

    def __init__(self, course: _Course, since: Checkpoint, every: int) -> None:
        self.course, self.now, self.every = course, since, max(every, 1)
        self.last = course.until * course.per_epoch  # the step that is recorded in any case
        self.at, self.params, self.rows = [since.t], [since.params], []
        self.diverged = np.full(since.params.shape[1], -1)
        self.total, self.during, self.weights = 0.0, [], [since.params]

    def add(self, stretch: Stretch) -> None:
        """The steps of a block."""
        course, now, block = self.course, self.now, stretch.block
        first, n_steps = stretch.first, stretch.n_steps
        rates = None if course.rates is None else course.rates[now.t : now.t + n_steps]
        age = first if course.batches.restarts else now.t
        walked = leg(course.optimizer, block, now.params, n_steps, course.told, rates, now.memory, age)
        steps, last, memory = _walked(walked, now)
        self._divergence(steps, last)
        for step, after in zip(steps, [*(step.params for step in steps[1:]), last], strict=True):
            t = now.t + step.t
            if t % self.every == 0 or t == self.last:
                self.at.append(t)
                self.params.append(after)
                self.rows.append((step.seen_grad, *step.diagnostics))
        for loss, count in zip(block.losses, block.counts, strict=True):
            self.total = self.total + course.batches.weigh(count) * loss
        self.now = Checkpoint(now.epoch, now.t + n_steps, last, memory)

    def end_epoch(self) -> None:
        with np.errstate(all="ignore"):
            self.during.append(self.total / self.course.batches.counted(len(self.course.model.target)))
        self.total = 0.0
        self.weights.append(self.now.params)
        self.now = dataclasses.replace(self.now, epoch=self.now.epoch + 1)

    def _divergence(self, steps: list[Step], last: Array) -> None:
        grads = np.stack([np.isfinite(step.grad).all(axis=0) for step in steps])
        params = np.stack([np.isfinite(params).all(axis=0) for params in (*(step.params for step in steps), last)])
        bad = ~params
        bad[:-1] |= ~grads
        found = np.where(bad.any(axis=0), self.now.t + bad.argmax(axis=0), -1)
        self.diverged = np.where(self.diverged < 0, found, self.diverged)

    def training(self) -> Training:
        course, shape = self.course, self.now.params.shape
        weights = np.stack(self.weights)
        seen, effective, rms = (_column(self.rows, place, shape) for place in range(3))
        scored = [getattr(model, "kind", "") == "logistic" for model in (course.model, course.validation)]
        return Training(
            at=np.array(self.at),
            params=np.stack(self.params),
            seen_grad=seen,
            effective_lr=effective,
            rms_grad=rms,
            weights=weights,
            during=np.stack(self.during) if self.during else np.empty((0, shape[1])),
            loss=_each(course.model.loss, weights),
            validation=None if course.validation is None else _each(course.validation.loss, weights),
            accuracy=_each(course.model.accuracy, weights) if scored[0] else None,
            validation_accuracy=_each(course.validation.accuracy, weights) if scored[1] else None,
            diverged_at=self.diverged,
            checkpoint=self.now,
        )


def _walked(steps: Iterator[Step], now: Checkpoint) -> tuple[list[Step], Array, Any]:
    """The steps, and where they lead with what in memory."""
    found = list(steps)
    with np.errstate(all="ignore"):
        return found, found[-1].params + found[-1].delta, found[-1].state


def _column(rows: list[tuple[Array, ...]], place: int, shape: tuple[int, ...]) -> Array:
    found = np.empty((len(rows), *shape))
    for filled, row in zip(found, rows, strict=True):
        filled[...] = row[place]
    return found


def _each(number: Callable[[Array], Array], weights: Array) -> Array:
    """A number of the parameters `(E + 1, d, K)` after each epoch: `(E + 1, K)`."""
    with np.errstate(all="ignore"):
        return np.stack([number(row) for row in weights])


def _packed(numbers: Any) -> Any:
    """An array, a number or None as JSON has it, bit for bit."""
    if numbers is None:
        return None
    return base64.b64encode(np.ascontiguousarray(numbers, dtype="<f8").tobytes()).decode()


def _unpacked(given: Any, shape: tuple[int, ...]) -> Any:
    """The array, or number, of this shape."""
    found = np.frombuffer(base64.b64decode(given, validate=True), "<f8").astype(float)
    found = found.reshape(shape)
    return found if shape else float(found)


def _none(given: Any) -> None:
    if given is not None:
        raise ValueError("something is remembered that this optimizer does not")
