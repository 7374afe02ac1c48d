"""Many walks at once, of which only the ends are kept: in place, over blocks that stay in cache, on threads.

A block walks from its starts to its ends before the next one begins, so that memory is bounded by the block, however
many steps there are. What it goes through is what a single walk does, to the last bit.
"""

import dataclasses
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol

import numpy as np

from ..arithmetic import Array
from ..base import Optimizer
from ..hyper import values
from ..weather import Told
from .room import Room
from .seen import Seen, Target
from .slopes import Slopes
from .stepping import Numbers, bound, numbers

WALKS = 8192  # in a block: as many as pay for a call of numpy, and no more than BLAS takes on one thread
FEWEST = 1024  # worth a thread
STRETCH = 32  # rows of the path that a block keeps


class Leg(Protocol):
    """The steps of one optimizer."""

    optimizer: Optimizer
    n_steps: int
    told: Told | None
    rates: Array | None
    age: int


class Way(NamedTuple):
    """A leg with what its blocks share."""

    leg: Leg
    swept: frozenset[str]
    shared: Numbers
    first_row: int
    is_last: bool


class Many(NamedTuple):
    """Walks over a surface: where they begin, `(n_params, ...)`, along which legs, and what to look for."""

    slopes: Slopes
    begin: Array
    legs: tuple[Leg, ...]
    handed: Callable[[int, Optimizer, Any, Array], Any]  # (leg, its optimizer, the memory before, params) -> memory
    target: Target


def walked(many: Many, threads: int | None = None) -> dict[str, Array]:
    """Where they end and what was seen, by the names of `Ends`; each array has the axes of the walks."""
    shape = many.begin.shape[1:]
    n_walks = int(np.prod(shape))
    ways, results = tuple(_ways(many)), _Results(many, n_walks)
    threads = threads or os.cpu_count() or 1
    size = min(WALKS, max(FEWEST, -(-n_walks // threads)))
    blocks = range(0, n_walks, size)
    left = iter(blocks)

    def work() -> None:
        room = Room(len(many.begin), size)
        for first in left:
            walks = _Block(many, ways, np.arange(first, min(first + size, n_walks)), results, room)
            with np.errstate(all="call", under="ignore", call=walks.alarm):
                walks.walk()

    together(work, min(threads, len(blocks)))
    return {name: array.reshape((*array.shape[:-1], *shape)) for name, array in results.arrays.items()}


def together(work: Callable[[], None], threads: int) -> None:
    """The same work on so many threads."""
    if threads < 2:
        work()
        return
    with ThreadPoolExecutor(threads) as pool:
        for one in [pool.submit(work) for _ in range(threads)]:
            one.result()


def _ways(many: Many) -> Iterator[Way]:
    row = 0
    for place, leg in enumerate(many.legs):
        swept = frozenset(name for name, value in values(leg.optimizer).items() if np.ndim(value))
        with np.errstate(all="ignore"):
            shared = numbers(leg.optimizer, swept, leg.n_steps, leg.age, leg.rates)
        yield Way(leg, swept, shared, row, place == len(many.legs) - 1)
        row += leg.n_steps


def _moves(way: Way) -> bool:
    """Whether the surface does."""
    return way.leg.told is not None and way.leg.told.offsets is not None


class _Results:
    """What blocks write into, each at its own places."""

    def __init__(self, many: Many, n_walks: int) -> None:
        whole = {"params": np.empty((len(many.begin), n_walks)), "loss": np.empty(n_walks)}
        self.arrays = whole | {
            name: np.empty(n_walks, array.dtype) for name, array in Seen(1, many.target).found().items()
        }

    def write(self, walks: Array, found: dict[str, Array]) -> None:
        for name, array in found.items():
            self.arrays[name][..., walks] = array


class _Block:
    """Some of the walks on their way."""

    def __init__(self, many: Many, ways: tuple[Way, ...], walks: Array, results: _Results, room: Room) -> None:
        self.many, self.ways, self.walks, self.results, self.room = many, ways, walks, results, room
        self.seen = Seen(len(walks), many.target)
        self.may_be_calm = many.slopes.tells and all(way.shared.are_finite for way in ways)
        self.memory: dict[str, Array] = {}
        self.state: Any = None
        begin = many.begin.reshape(len(many.begin), -1)[:, walks]
        self.seen.is_calm = self.may_be_calm and bool(np.isfinite(begin).all())
        self._move_in(begin)

    def alarm(self, *_: Any) -> None:
        """From now on there may be numbers that are not finite."""
        self.seen.is_calm = False

    def _move_in(self, params: Array) -> None:
        """Into arrays for as many walks as these, which stand at `params`."""
        arrays = self.room.arrays(params.shape[1])
        self.grad, self.place, rest = (next(arrays) for _ in range(3))
        self.loss = rest[0]
        rows = STRETCH + 1 if self.many.target.points is not None else 2
        self.path = [next(arrays) for _ in range(rows)]
        self.path = (self.path * STRETCH)[: STRETCH + 1]  # two rows take turns where nobody looks back
        self.taken = 3 + rows
        self.path[0][...] = params
        self.row = 0  # of the path

    def _settle(self, memory: dict[str, Array]) -> None:
        """Move memory in: `(n_params, n_walks)`, `(n_walks,)` or `()`."""
        arrays = self.room.arrays(self.path[0].shape[1], self.taken)
        self.memory = {}
        for name, array in memory.items():
            self.memory[name] = next(arrays) if array.ndim == 2 else np.empty(array.shape)
            self.memory[name][...] = array

    def _scratch(self) -> Callable[[int, bool], Array]:
        return self.room.scratch(self.path[0].shape[1], self.taken + len(self.memory))

    def walk(self) -> None:
        for number, way in enumerate(self.ways):
            if len(self.walks):
                self._begin(number, way)
                self._steps(way)
        if len(self.walks):
            self._look(self.ways[-1], self.ways[-1].leg.n_steps)
            self._flush(self.ways[-1], self.row + 1)
            self._write(np.ones(len(self.walks), bool))

    def _begin(self, number: int, way: Way) -> None:
        """The memory before the first step of a leg, and what works its steps out."""
        params = self.path[self.row]
        self.optimizer = self._of_walks(way)
        state = self.many.handed(number, self.optimizer, self.state, params)
        memory = way.leg.optimizer.setting.memory
        shape = {True: self.loss.shape if way.swept else (), False: self.grad.shape}
        begun = {
            name: np.array(np.broadcast_to(getattr(state, name), shape[field.per_walk]))
            for name, field in memory.items()
        }
        self._settle(begun)
        self._bind(way)

    def _of_walks(self, way: Way) -> Optimizer:
        """The optimizer of the walks of this block."""
        shape = self.many.begin.shape[1:]
        swept = {name: np.broadcast_to(getattr(way.leg.optimizer, name), shape).flat[self.walks] for name in way.swept}
        return dataclasses.replace(way.leg.optimizer, **swept) if swept else way.leg.optimizer

    def _bind(self, way: Way) -> None:
        arrays = {"path": self.path, "grad": self.grad} | self.memory
        scheduled = way.leg.rates is not None
        self.work = bound(self.optimizer, way.swept, way.shared, scheduled, arrays, self._scratch)
        places = [self.place] * len(self.path) if _moves(way) else self.path
        self.slopes = self.many.slopes.bound(places, self.grad, self.loss, self._scratch())

    def _look(self, way: Way, step: int) -> None:
        """The loss and the gradient at a point of the path."""
        params = self.path[self.row]
        if not _moves(way):
            self.slopes(step, self.row)
        else:
            np.subtract(params, way.leg.told.offsets[step + 1][:, None], out=self.place)
            self.slopes(step, self.row)
            grad = self.grad.copy()
            np.subtract(params, way.leg.told.offsets[step][:, None], out=self.place)
            self.slopes(step, self.row)
            self.grad[...] = grad
        self.seen.row(way.first_row + step, params, self.grad, self.loss)

    def _steps(self, way: Way) -> None:
        answers, told = way.shared.answers, way.leg.told
        watched = way.is_last and told is None
        for step in range(way.leg.n_steps):
            self._look(way, step)
            if told is not None:
                self.grad[...] = self._heard(told, step)
            if self.row == STRETCH - 1:
                before = {name: array.copy() for name, array in self.memory.items()} if watched else None
            self.work[answers[step]](step, self.row)
            self.row += 1
            if self.row == STRETCH:
                self._turn(way, step, before if watched and step > way.shared.settled else None)
                if not len(self.walks):
                    return
        if not way.is_last:
            self._flush(way, self.row, way.leg.n_steps)
            fields = way.leg.optimizer.State._fields
            self.state = way.leg.optimizer.State(*(self.memory.get(name) for name in fields))

    def _heard(self, told: Told, step: int) -> Array:
        """What is told of the gradient."""
        seeds = self.many.begin.shape[1] if any(t is not None and t.ndim == 3 for t in (told.noise, told.sparse)) else 1
        if seeds == 1:
            return told.hear(self.grad, step + 1)
        own = self.walks // (self.many.begin[0].size // seeds)
        tables = [table if table is None else table[step : step + 1] for table in told[1:-1]]
        rows = [table if table is None or table.ndim < 3 else table[..., own] for table in tables]
        return Told(None, *rows, told.clip).hear(self.grad, 1)

    def _turn(self, way: Way, step: int, before: dict[str, Array] | None) -> None:
        """The path begins anew at its last row, without the walks that have ended."""
        lost = self._lost()
        ended = lost if before is None else lost | self._still(before)
        self._flush(way, STRETCH, step + 1)
        if lost.any() or 8 * np.count_nonzero(ended) >= len(ended):
            self._retire(way, ended)
        if self.may_be_calm and not self.seen.is_calm:
            self.seen.is_calm = all(np.isfinite(array).all() for array in (self.path[0], *self.memory.values()))

    def _lost(self) -> Array:
        """The walks that have no number left; where they are it will stay so."""
        if not np.any(self.seen.diverged_at >= 0):
            return np.zeros(len(self.walks), bool)
        return np.isnan(self.path[STRETCH - 1]).all(axis=0)

    def _still(self, before: dict[str, Array]) -> Array:
        """The walks that the last step left where and as they were, which every later one will do."""
        still = (self.path[STRETCH] == self.path[STRETCH - 1]).all(axis=0)
        if still.any():
            for name, array in self.memory.items():
                same = (array == before[name]) | (np.isnan(array) & np.isnan(before[name]))
                still &= same.all(axis=0) if same.ndim == 2 else same
        return still

    def _flush(self, way: Way, rows: int, step: int | None = None) -> None:
        """Everything that is still to be seen in the first rows of the path; it begins anew behind them."""
        end = way.leg.n_steps + 1 if step is None else step
        places = self.path[:rows]
        if _moves(way) and self.many.target.points is not None:
            offsets = way.leg.told.offsets[end - rows : end]
            places = [row - offset[:, None] for row, offset in zip(places, offsets, strict=True)]
        self.seen.stretch(way.first_row + end - rows, places)
        if step is not None:
            self.path[0][...] = self.path[rows]
            self.row = 0

    def _write(self, which: Array) -> None:
        found = self.seen.found() | {"params": self.path[self.row], "loss": self.loss}
        self.results.write(self.walks[which], {name: array[..., which] for name, array in found.items()})

    def _retire(self, way: Way, ended: Array) -> None:
        """Go on without these walks, in smaller arrays."""
        self._write(ended)
        kept = ~ended
        self.walks = self.walks[kept]
        self.seen.keep(kept)
        memory = {name: array[..., kept] if array.ndim else array.copy() for name, array in self.memory.items()}
        self._move_in(self.path[0][:, kept])
        self._settle(memory)
        if len(self.walks):
            self.optimizer = self._of_walks(way)
            self._bind(way)
