"""Training: an optimizer fits a model to data by mini-batches, and everything is recorded."""

import base64
import binascii
import dataclasses
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from . import border
from .arithmetic import Array
from .base import Optimizer
from .batches import Batches, Model, Printed, Stretch, most, stretches
from .engines.batched import Stepping
from .hyper import values
from .schedules import Constant, Schedule
from .weather import Clip, Told

FORGED = "this is no checkpoint of such a training"
MOST = 2**53  # steps that are counted exactly
AHEAD = 4096  # steps for which what is known of them is worked out at a time
RECORDED = ("path", "grads", "effective_lrs", "rms_grads")


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
            raise ValueError(FORGED) from None
        if not counts or found.shape != (d, seeds):
            raise ValueError(FORGED)
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

    The steps are those of a `run` over `batches.source(regression)`, many times as fast.

    `start` is `(d,)`, or `(d, K)` with one for each seed; None: small numbers that `batches` draws, the same for every
    optimizer. `schedule` runs over all steps of all epochs; t counts steps and begins anew only as `Printed` wants it.
    `since` goes on from a checkpoint, and `until` stops after that epoch: the stretches of a training together are
    the training, bit for bit. `progress(done, epochs)` is called after each epoch.
    Raises TypeError or ValueError, saying what to write, for what cannot be trained.

    train(Adam(0.01), Regression(features, target), Batches(32, seed=1), epochs=50).loss[-1]
    """
    course = _course(optimizer, regression, batches or Batches(), epochs, schedule, clip, validation, until)
    made = _Record(course, _fresh(course, start) if since is None else _fitting(course, since), border.count(every))
    for stretch in stretches(regression, course.batches, course.epochs, made.epoch, course.until):
        made.add(stretch)
        if stretch.first + len(stretch.counts) == course.per_epoch:
            made.end_epoch()
            if progress:
                progress(made.epoch, course.epochs)
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


def _fitting(course: _Course, since: Checkpoint) -> Checkpoint:
    """The checkpoint, where it can be one of this training."""
    expected = (course.model.features.shape[1], course.batches.seeds)
    kept = type(since.memory) is course.optimizer.State and since.params.shape == expected
    if not kept or since.epoch > course.epochs or since.t != since.epoch * course.per_epoch:
        raise ValueError(FORGED)
    return since


class _Record:
    """A training while it goes on."""

    def __init__(self, course: _Course, since: Checkpoint, every: int) -> None:
        self.course, self.since, self.every = course, since, max(every, 1)
        self.epoch, self.t, self.last = since.epoch, since.t, course.until * course.per_epoch
        clip = course.told and course.told.clip
        room = most(course.model, course.batches)
        self.stepping = Stepping(course.optimizer, course.model, since.params, since.memory, clip, room)
        self.at = self._recorded(self.t, max(self.last, self.t))
        self.columns = {name: np.empty((len(self.at), *since.params.shape[::-1])) for name in RECORDED}
        self.filled = 0
        self.diverged = np.full(since.params.shape[1], -1)
        self.total, self.during, self.weights = 0.0, [], [since.params]

    def _recorded(self, t: int, end: int) -> Array:
        """The steps up to `end` that have a row."""
        steps = np.arange((t // self.every + 1) * self.every, end + 1, self.every)
        return np.append(steps, end) if t < end == self.last and end % self.every else steps

    def add(self, stretch: Stretch) -> None:
        """The steps of a stretch."""
        counts, stepping = stretch.counts, self.stepping
        self._bind(stretch.first, len(counts))
        with np.errstate(all="ignore"):  # a diverging walk is a result, not an accident
            losses = stepping.walk(stretch.pieces)
            for loss, count in zip(losses, counts, strict=True):
                self.total = self.total + self.course.batches.weigh(count) * loss
        self._divergence(len(counts))
        self._keep(len(counts))
        stepping.turn(len(counts))
        self.t += len(counts)

    def _bind(self, first: int, n_steps: int) -> None:
        """t counts all steps, or those of the epoch, where it begins anew."""
        restarts, rates = self.course.batches.restarts, self.course.rates
        if self.stepping.left >= n_steps and not (restarts and not first):
            return
        ahead = max(n_steps, min(AHEAD, self.course.per_epoch - first if restarts else self.last - self.t))
        part = None if rates is None else rates[self.t : self.t + ahead]
        self.stepping.bind(ahead, first if restarts else self.t, part)

    def _keep(self, n_steps: int) -> None:
        rows = self._recorded(self.t, self.t + n_steps) - self.t
        into = slice(self.filled, self.filled + len(rows))
        whole = slice(0, n_steps) if len(rows) == n_steps else rows - 1
        for name, column in self.columns.items():
            found = getattr(self.stepping, name)
            column[into] = found[1 : n_steps + 1][whole] if name == "path" else found[:n_steps][whole]
        self.filled = into.stop

    def end_epoch(self) -> None:
        with np.errstate(all="ignore"):
            self.during.append(self.total / self.course.batches.counted(len(self.course.model.target)))
        self.total = 0.0
        self.weights.append(self.stepping.path[0].T.copy())
        self.epoch += 1

    def _divergence(self, n_steps: int) -> None:
        bad = ~np.isfinite(self.stepping.path[: n_steps + 1]).all(axis=2)
        bad[:-1] |= ~np.isfinite(self.stepping.grads[:n_steps]).all(axis=2)
        if bad.any():
            found = np.where(bad.any(axis=0), self.t + bad.argmax(axis=0), -1)
            self.diverged = np.where(self.diverged < 0, found, self.diverged)

    def training(self) -> Training:
        course, shape = self.course, self.since.params.shape
        weights = np.stack(self.weights)
        path, seen, effective, rms = (np.ascontiguousarray(rows.swapaxes(1, 2)) for rows in self.columns.values())
        scored = [getattr(model, "kind", "") == "logistic" for model in (course.model, course.validation)]
        return Training(
            at=np.concatenate([[self.since.t], self.at]),
            params=np.concatenate([self.since.params[None], path]),
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
            checkpoint=Checkpoint(self.epoch, self.t, *self.stepping.state()),
        )


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
