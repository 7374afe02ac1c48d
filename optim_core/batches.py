"""Which samples each step sees: mini-batches, a source of gradients as a surface and its weather are.

Every epoch goes once through all samples, in an order of its own, `size` of them at a time; the last batch has what is
left. All of it is a pure function of the seed and the epoch, so every run sees the same batches.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import numpy as np

from .arithmetic import Array
from .engines.batched import Piece

MARK = 16  # epochs between two marks in a stream
START = 0.01  # the size of the numbers that a training begins with
CELLS = 2**19  # numbers that are gathered at a time


class Model(Protocol):
    """What is fitted, as `landscapes.Regression` is: scores are `features @ params`."""

    features: Array  # (n, d)
    target: Array  # (n,)
    l2: float

    def each(self, scores: Array, target: Array) -> tuple[Array, Array]: ...

    def slope(self, scores: Array, target: Array, out: Array) -> None: ...

    def of(self, rows: Array) -> "Model": ...

    def loss(self, params: Array) -> Array: ...

    def grad(self, params: Array) -> Array: ...


@dataclass(frozen=True)
class Batches:
    """`size` samples at a time, in the order that `numpy.random.RandomState([seed, epoch]).permutation(n)` gives.

    `seeds` > 1 trains with that many seeds at once, from `seed` on, along the axis behind the parameters. Without
    `shuffle` the samples come as they stand. Epochs count from 0.
    Raises TypeError or ValueError, naming the field, for what is no such number.
    """

    size: int = 32
    seed: int = 0
    seeds: int = 1
    shuffle: bool = True
    restarts = False  # whether t begins anew in every epoch

    def __post_init__(self) -> None:
        _whole("size", self.size, 1)
        _whole("seed", self.seed, 0)
        _whole("seeds", self.seeds, 1)

    def per_epoch(self, n: int) -> int:
        """Steps of an epoch of n samples."""
        return -(-n // self.size)

    def counted(self, n: int) -> float:
        """By what the sum of an epoch's losses, each times its samples, is divided for their mean."""
        return n

    def weigh(self, count: int) -> float:
        """What a batch of so many samples counts in that sum."""
        return count

    def begin(self, model: Model, epochs: int) -> Array:
        """`(d, seeds)`: small numbers, for each seed its own, the same for every run."""
        d = model.features.shape[1]
        drawn = [np.random.RandomState([self.seed + k]).standard_normal(d) for k in range(self.seeds)]
        return START * np.stack(drawn, axis=-1)

    def order(self, n: int, epoch: int, k: int = 0) -> Array:
        """`(n,)`: the samples of an epoch as seed number k puts them."""
        return self._order(np.random.RandomState(), n, epoch, k)

    def _order(self, drawn: np.random.RandomState, n: int, epoch: int, k: int) -> Array:
        """`drawn` may come from anywhere: it is seeded anew, which is ten times as fast as making one."""
        if not self.shuffle:
            return np.arange(n)
        drawn.seed([self.seed + k, epoch])
        return drawn.permutation(n)

    def source(self, model: Model) -> "Source":
        """What `iterate` and `run` walk over: a step on each batch, `per_epoch` of them in every epoch."""
        return Source(model, self, 0)

    def orders(self, model: Model, epochs: int) -> "Orders":
        n, drawn = len(model.target), np.random.RandomState()
        return lambda epoch: [self._order(drawn, n, epoch, k) for k in range(self.seeds)]


@dataclass(frozen=True)
class Printed:
    """The batches of an experiment as an introductory listing prints it, for the run in this `place`, from 0.

    One legacy stream, `numpy.random.seed(seed)`, draws features, weights and noise, and then for one run after the
    other its start, 0.01 N(0, 1), and the order of each of its epochs: every run has other batches. t begins anew in
    every epoch, and the epoch's loss is the sum over its batches divided by n // size, though there may be one more.
    """

    place: int = 0
    seed: int = 42
    size: int = 32
    restarts = True
    seeds = 1

    def __post_init__(self) -> None:
        _whole("place", self.place, 0)
        _whole("seed", self.seed, 0)
        _whole("size", self.size, 1)

    per_epoch = Batches.per_epoch  # the last one has what is left

    def counted(self, n: int) -> float:
        """By what the sum of an epoch's losses is divided."""
        return max(n // self.size, 1)

    def weigh(self, count: int) -> float:
        """What a batch counts in that sum."""
        return 1

    def begin(self, model: Model, epochs: int) -> Array:
        """`(d, 1)`."""
        return self._stream(model, epochs).start[:, None].copy()

    def orders(self, model: Model, epochs: int) -> "Orders":
        stream = self._stream(model, epochs)
        return lambda epoch: [stream.order(epoch)]

    def _stream(self, model: Model, epochs: int) -> "_Stream":
        return _stream(self.place, self.seed, *model.features.shape, epochs)


class _Stream:
    """The stream where a run finds it: its start, and what the stream is like before some of its epochs."""

    def __init__(self, drawn: np.random.RandomState, n: int, d: int) -> None:
        self.n, self.drawn = n, drawn
        self.start = START * drawn.standard_normal(d)
        self.before = [drawn.get_state()]  # every MARK-th epoch: one takes kilobytes
        self.epoch = 0  # that is drawn next

    def order(self, epoch: int) -> Array:
        if epoch != self.epoch:
            mark = min(epoch // MARK, len(self.before) - 1)
            self.drawn.set_state(self.before[mark])
            self.epoch = MARK * mark
        while self.epoch < epoch:
            self._next()
        return self._next()

    def _next(self) -> Array:
        order = self.drawn.permutation(self.n)
        self.epoch += 1
        if self.epoch == MARK * len(self.before):
            self.before.append(self.drawn.get_state())
        return order


@lru_cache(maxsize=8)
def _stream(place: int, seed: int, n: int, d: int, epochs: int) -> _Stream:
    drawn = np.random.RandomState(seed)
    for shape in ((n, d), d, n):  # what the data are made of
        drawn.standard_normal(shape)
    for _ in range(place):
        drawn.standard_normal(d)
        for _ in range(epochs):
            drawn.permutation(n)
    return _Stream(drawn, n, d)


class Orders(Protocol):
    """The order of the samples in an epoch, for each seed."""

    def __call__(self, epoch: int) -> list[Array]: ...


class Source:
    """Mini-batches as `iterate` asks for them: `grad_at(params, t)` is the gradient of the mean loss over batch t.

    t counts from 1 through all epochs. For more than one seed `params` is `(d, seeds)`.
    """

    def __init__(self, model: Model, batches: Batches | Printed, epochs: int) -> None:
        self.model, self.size, self.per_epoch = model, batches.size, batches.per_epoch(len(model.target))
        self.start = batches.begin(model, epochs)
        self.orders, self.epoch, self.order = batches.orders(model, epochs), -1, []

    def loss(self, params: Array) -> Array:
        """On all data."""
        return self.model.loss(params)

    def grad(self, params: Array) -> Array:
        """On all data."""
        return self.model.grad(params)

    def grad_at(self, params: Array, t: int) -> Array:
        epoch, place = divmod(t - 1, self.per_epoch)
        if epoch != self.epoch:
            self.epoch, self.order = epoch, self.orders(epoch)
        batch = slice(place * self.size, (place + 1) * self.size)
        each = zip(np.moveaxis(params, -1, 0), self.order, strict=True)
        return np.stack([self.model.of(order[batch]).grad(one) for one, order in each], axis=-1)


class Stretch(NamedTuple):
    """Some steps of an epoch: their samples, gathered."""

    epoch: int
    first: int  # the steps of the epoch before it
    pieces: list[Piece]

    @property
    def counts(self) -> list[int]:
        """Samples of each batch."""
        return [piece.target.shape[2] for piece in self.pieces for _ in piece.target]


def most(model: Model, batches: Batches | Printed) -> int:
    """Steps of a stretch, at most."""
    n, d = model.features.shape
    return min(max(CELLS // (min(batches.size, n) * d * batches.seeds), 1), batches.per_epoch(n))


def stretches(model: Model, batches: Batches | Printed, epochs: int, since: int, until: int) -> Iterator[Stretch]:
    """The batches of the epochs from `since` up to `until`, of `epochs` in all."""
    n, size = len(model.target), batches.size
    orders, samples = batches.orders(model, epochs), most(model, batches) * batches.size
    for epoch in range(since, until):
        order = np.stack(orders(epoch))
        for first in range(0, n, samples):
            yield Stretch(epoch, first // size, list(_pieces(model, size, order[:, first : first + samples])))


def _pieces(model: Model, size: int, rows: Array) -> Iterator[Piece]:
    """The batches of full size, and the one with what is left."""
    full = rows.shape[1] // size * size
    for part, width in ((rows[:, :full], size), (rows[:, full:], rows.shape[1] - full)):
        if part.size:
            each = np.ascontiguousarray(part.reshape(len(rows), -1, width).swapaxes(0, 1))
            yield Piece(model.features.take(each, axis=0), model.target.take(each))


def _whole(name: str, given: Any, low: int) -> None:
    if isinstance(given, bool) or not isinstance(given, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number, not {given!r}")
    if not low <= given < 2**31:
        raise ValueError(f"{name} must be at least {low} and below 2³¹, not {given!r}")
