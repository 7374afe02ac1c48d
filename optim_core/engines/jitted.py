"""The ends of many walks over two parameters, compiled to machine code by numba: the extra `fast`.

The equations and the surface are written out as two functions over a block of walks, whose numbers all stand in one
array, a row of `BLOCK` for each: what a compiler can see through it makes several walks a step at once. A third one
looks at the block between the steps, and `drive` calls them in turn: each is compiled once, for all of a class and a
setting, and not again for every pair. Adam's step, its rows and its numbers of a step:

    def update(_work, _step, _n):
        lr = _step[0]
        ...
        for _i in range(_n):
            params_0 = _work[0 + _i]
            params_1 = _work[128 + _i]
            grad_0 = _work[256 + _i]
            grad_1 = _work[384 + _i]
            m_0 = _work[1152 + _i]
            ...
            m_0 = beta1 * m_0 + _0 * grad_0
            ...
            _work[1152 + _i] = m_0
            ...
            _work[0 + _i] = params_0 + delta_0
            _work[128 + _i] = params_1 + delta_1

numba is asked for nothing that would change a result: no reordering, no fused operations. Only sines, exponentials and
their like may differ from numpy's in the last bit.
"""

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from ..arithmetic import Array, Expression
from ..base import Optimizer
from ..equations import Setting
from ..hyper import values
from . import floats
from .ahead import split
from .scalars import Unwritten, Written, written

BLOCK = 128  # walks whose numbers stay in the nearest cache
SPAN = 4096  # walks that a thread takes at a time
TABLED = 1 << 18  # numbers that are worked out ahead for a span at a time
X, Y, GRAD_X, GRAD_Y, LOSS, BEST, BROKEN, FIRST, ABOVE, OWN = range(10)  # the rows; from OWN on the setting's own
MISSING = 'engine="fast" needs numba: `pip install numba`, or this library with its extra, `pip install ".[fast]"`'


class Plan(NamedTuple):
    """How a setting is walked: its step as Python, and which numbers it reads from where."""

    source: str
    before: tuple[tuple[str, Expression], ...]  # what is known before the first step, in this order
    step: tuple[str, ...]  # in `_step`: the same for all walks
    walk: tuple[str, ...]  # in a row each, filled once: the same at all steps
    both: tuple[str, ...]  # in a row each, filled at each step
    memory: tuple[tuple[str, str], ...]  # (name, "_0", "_1", or "" of one that is one number for a walk), a row each

    @property
    def n_rows(self) -> int:
        return OWN + len(self.walk) + len(self.both) + len(self.memory)


def ends_of(
    optimizer: Optimizer,
    landscape: Any,
    begin: Array,
    n_steps: int,
    rates: Array | None,
    target: float | None,
    points: Array | None,
    radius: float,
    threads: int | None,
) -> dict[str, Array | None] | None:
    """The fields of the `Ends` of these walks, which begin at `(2, ...)`, all axes of a sweep among them.

    `rates` is by what the learning rate is multiplied at each step. None where numpy must do it: not two parameters,
    no `Surface`, or one whose methods are more than arithmetic on numbers.
    Raises ImportError, saying what to install, without numba.
    """
    machine()
    if len(begin) != 2 or not floats.is_surface(landscape):
        return None
    try:
        surface = written(landscape)
        ground = of_surface(surface._replace(numbers=(0.0,) * len(surface.numbers)))
    except (Unwritten, _refused()):
        return None
    walks = _Walks(optimizer, ground, surface.numbers, begin, n_steps, rates, target, points, radius)
    spans = [(low, min(low + SPAN, walks.n)) for low in range(0, walks.n, SPAN)]
    if len(spans) < 2 or threads == 1:
        for span in spans:
            walks.walk(*span)
    else:
        with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
            list(pool.map(lambda span: walks.walk(*span), spans))
    return walks.ends()


class _Walks:
    """Walks of which some have ended."""

    def __init__(
        self,
        optimizer: Optimizer,
        ground: Callable[..., None],
        numbers: tuple[float, ...],
        begin: Array,
        n_steps: int,
        rates: Array | None,
        target: float | None,
        points: Array | None,
        radius: float,
    ) -> None:
        self.shape, self.n_steps, self.rates, self.target = begin.shape[1:], n_steps, rates, target
        self.begin = begin.reshape(2, -1)
        self.n = self.begin.shape[1]
        self.given = {name: self._flat(number) for name, number in values(optimizer).items()}
        self.setting = optimizer.setting
        swept = frozenset(name for name, number in self.given.items() if isinstance(number, np.ndarray))
        self.plan = planned(self.setting, swept, rates is not None)
        self.called = (ground, machine().look, of_update(self.plan.source), np.array(numbers, float))
        self.points, self.radius = np.empty((0, 2)) if points is None else np.ascontiguousarray(points), radius
        self.asked = points is not None
        self.found = {name: np.empty(self.n) for name in ("x", "y", "loss", "best")}
        self.rows = {name: np.full(self.n, -1) for name in ("diverged_at", "first", "stays", "nearest", "since")}

    def _flat(self, number: Any) -> Any:
        """A number for all walks, or one for each."""
        if not isinstance(number, np.ndarray):
            return number
        return np.broadcast_to(number, self.shape).reshape(-1) if number.ndim else float(number)

    def walk(self, low: int, high: int) -> None:
        """Walk those of a span to their end."""
        span = {name: one[low:high] if isinstance(one, np.ndarray) else one for name, one in self.given.items()}
        state = self._begun(span, self.begin[:, low:high])
        reach = self.radius * self.radius
        goal = math.nan if self.target is None else float(self.target)
        for first, steps, both in self._tables(span, state):
            last = first + len(steps) == self.n_steps
            machine().drive(*self.called, steps, both, state, first, last, goal, self.points, reach, self._first_both)
        self._ended(slice(low, high), state)

    @property
    def _first_both(self) -> int:
        return OWN + len(self.plan.walk)

    def _begun(self, span: dict[str, Any], begin: Array) -> Array:
        """Every row of a span before the first step."""
        plan = self.plan
        state = np.zeros((plan.n_rows + len(self.points), begin.shape[1]))
        state[[X, Y]] = begin
        state[BEST], state[[BROKEN, FIRST]] = np.nan, np.inf
        known = self._worked_out(span, np.empty((0, 1))) if plan.walk else {}
        for row, name in enumerate(plan.walk, OWN):
            state[row] = known[name]
        memory = self.setting.init(SimpleNamespace(**span), begin)
        for row, (name, suffix) in enumerate(plan.memory, self._first_both + len(plan.both)):
            field = getattr(memory, name)
            state[row] = field[int(suffix[1:])] if suffix else field
        return state

    def _tables(self, span: dict[str, Any], state: Array) -> Iterator[tuple[int, Array, Array]]:
        """(steps before, what each of the next ones reads for all walks, for each walk), a stretch at a time."""
        wide = max(len(self.plan.both) * state.shape[1], len(self.plan.step), 1)
        stretch = max(1, TABLED // wide)
        for first in range(0, max(self.n_steps, 1), stretch):
            t = np.arange(first + 1, min(first + stretch, self.n_steps) + 1).reshape(-1, 1)
            known = self._worked_out(span, t)
            steps, both = (
                np.empty((len(t), len(self.plan.step))),
                np.empty((len(t), len(self.plan.both), state.shape[1])),
            )
            for column, name in enumerate(self.plan.step):
                steps[:, [column]] = known[name]
            for row, name in enumerate(self.plan.both):
                both[:, row] = known[name]
            yield first, steps, both

    def _worked_out(self, span: dict[str, Any], t: Array) -> dict[str, Any]:
        """All that is known before the steps t, `(n, 1)`, are taken."""
        known = span | {"t": t}
        if self.rates is not None:
            known["lr"] = known["lr"] * self.rates[t.astype(int) - 1]
        with np.errstate(all="ignore"):
            for name, worked_out in self.plan.before:
                known[name] = worked_out.value(known)
        return known

    def _ended(self, where: slice, state: Array) -> None:
        for name, row in (("x", X), ("y", Y), ("loss", LOSS), ("best", BEST)):
            self.found[name][where] = state[row]
        self.rows["diverged_at"][where] = _row(state[BROKEN])
        self.rows["first"][where] = _row(state[FIRST])
        self.rows["stays"][where] = np.where(state[ABOVE] <= self.n_steps, state[ABOVE], -1)
        if len(self.points):
            with np.errstate(all="ignore"):
                aside = state[:2] - self.points[:, :, None]
                distance = np.sqrt(np.sum(aside * aside, axis=1))
                distance = np.where(distance <= self.radius, distance, np.inf)
            nearest, is_there = distance.argmin(axis=0), np.isfinite(distance.min(axis=0))
            left = np.take_along_axis(state[self.plan.n_rows :], nearest[None], axis=0)[0]
            self.rows["nearest"][where] = np.where(is_there, nearest, -1)
            self.rows["since"][where] = np.where(is_there, np.minimum(left, self.n_steps), -1)

    def ends(self) -> dict[str, Array | None]:
        """The fields of `Ends`."""
        made = {"params": np.stack([self.found.pop("x"), self.found.pop("y")]), **self.found, **self.rows}
        made = {name: field.reshape((*field.shape[:-1], *self.shape)) for name, field in made.items()}
        unasked = ("first", "stays") * (self.target is None) + ("nearest", "since") * (not self.asked)
        return made | dict.fromkeys(unasked)


def _row(found: Array) -> Array:
    return np.where(np.isfinite(found), found, -1)


# --- what is compiled -------------------------------------------------------------------------------------------------


class Machine(NamedTuple):
    """What is compiled once for all."""

    jit: Callable[..., Any]
    look: Callable[..., None]
    drive: Callable[..., None]


@cache
def machine() -> Machine:
    """numba, and what it has made of `_look` and `_drive`. Raises ImportError, saying what to install."""
    try:
        from numba import njit, types
    except ImportError as error:
        raise ImportError(f"{MISSING} ({error})") from error
    line, plane, cube, whole = (
        types.float64[::1],
        types.float64[:, ::1],
        types.float64[:, :, ::1],
        types.int64,
    )
    stepping = types.void(line, line, whole)
    looking = types.void(line, plane, types.float64, types.float64, plane, types.float64, whole)
    driving = types.void(
        types.FunctionType(stepping),
        types.FunctionType(looking),
        types.FunctionType(stepping),
        *(line, plane, cube, plane, whole, types.boolean, types.float64, plane, types.float64, whole),
    )
    how = {"nogil": True, "error_model": "numpy"}
    return Machine(njit(stepping, **how), njit(looking, **how)(_look), njit(driving, **how)(_drive))


def _refused() -> type[Exception]:
    """What numba raises for a function that it cannot compile."""
    from numba.core.errors import NumbaError

    return NumbaError


@lru_cache(maxsize=256)
def of_surface(surface: Written) -> Callable[..., None]:
    """The value and the slopes of a block: (work, numbers, n)."""
    from numba import njit

    made: dict[str, Any] = {"np": np, "math": math}
    exec(surface.text, made)
    for name, one in [*made.items()]:
        if hasattr(one, "__code__"):
            made[name] = njit(nogil=True, error_model="numpy")(one)
    told = "".join(f"_numbers[{place}], " for place in range(len(surface.numbers))) or "0.0, "
    exec(GROUND.format(numbers=told, value=surface.value, partials=surface.partials, **_ROWS), made)
    return machine().jit(made["ground"])


GROUND = """
def ground(_work, _numbers, _n):
    _p = ({numbers})
    for _i in range(_n):
        x = _work[{X} + _i]
        y = _work[{Y} + _i]
        _work[{LOSS} + _i] = {value}(_p, x, y)
        along_x, along_y = {partials}(_p, x, y)
        _work[{GRAD_X} + _i] = along_x
        _work[{GRAD_Y} + _i] = along_y
"""
_ROWS = {name: globals()[name] * BLOCK for name in ("X", "Y", "GRAD_X", "GRAD_Y", "LOSS")}
FORMS = floats.IN_FLOATS | {"power": "({0}) ** ({1})"}


@lru_cache(maxsize=256)
def of_update(source: str) -> Callable[..., None]:
    """A step of a block: (work, numbers of the step, n)."""
    made: dict[str, Any] = {"_sqrt": math.sqrt, "_abs": abs}
    exec(source, made)
    return machine().jit(made["update"])


@lru_cache(maxsize=256)
def planned(setting: Setting, swept: frozenset[str] = frozenset(), scheduled: bool = False) -> Plan:
    """How a setting is walked: `swept` are its numbers that differ by walk; `scheduled`: the rate differs by step."""
    parts = split(setting, frozenset({"lr"} if scheduled else ()))
    lines = floats.Lines(setting, parts, FORMS)
    before = tuple((name, Expression(tree)) for name, tree in parts.before.items())
    by_walk = set(swept)
    for name, known in before:
        by_walk |= {name} if known.reads & by_walk else set()
    read = floats.names_in(lines.lines) | {lines.spelled("delta", "_0")}
    read = [name for name in ("t", *setting.numbers, *parts.before) if name in read]
    step = tuple(name for name in read if name not in by_walk)
    walk = tuple(name for name in read if name in by_walk - parts.timed)
    both = tuple(name for name in read if name in by_walk & parts.timed)
    memory = tuple(
        (name, suffix)
        for name, field in setting.memory.items()
        for suffix in (("",) if field.per_walk else ("_0", "_1"))
    )
    return Plan(_source(lines, step, (*walk, *both), memory), before, step, walk, both, memory)


def _source(
    lines: floats.Lines, step: tuple[str, ...], own: tuple[str, ...], memory: tuple[tuple[str, str], ...]
) -> str:
    """The step of a block as Python, for people to read too."""
    rows = {"params_0": X, "params_1": Y, "grad_0": GRAD_X, "grad_1": GRAD_Y}
    rows |= {name: OWN + place for place, name in enumerate(own)}
    kept = {name + suffix: OWN + len(own) + place for place, (name, suffix) in enumerate(memory)}
    body = [f"{name} = _work[{row * BLOCK} + _i]" for name, row in (rows | kept).items()] + lines.lines
    body += [f"_work[{row * BLOCK} + _i] = {name}" for name, row in kept.items()]
    for axis, row in (("_0", X), ("_1", Y)):
        body.append(f"_work[{row * BLOCK} + _i] = params{axis} + {lines.spelled('delta', axis)}")
    told = [f"    {name} = _step[{place}]" for place, name in enumerate(step)]
    inner = [f"        {line}" for line in body]
    return "\n".join(["def update(_work, _step, _n):", *told, "    for _i in range(_n):", *inner])


def _look(work: Array, left: Array, row: float, target: float, points: Array, reach: float, n: int) -> None:
    """What a block has to tell of a row of its walks; in `left`, how long each was still away from a point."""
    for i in range(n):
        x, y, loss = work[X * BLOCK + i], work[Y * BLOCK + i], work[LOSS * BLOCK + i]
        best, broken = work[BEST * BLOCK + i], work[BROKEN * BLOCK + i]
        zero = 0 * x + 0 * y + 0 * loss + 0 * work[GRAD_X * BLOCK + i] + 0 * work[GRAD_Y * BLOCK + i]
        work[BEST * BLOCK + i] = best if best <= loss or loss != loss else loss
        work[BROKEN * BLOCK + i] = broken if zero == 0 or broken <= row else row
    if target == target:
        for i in range(n):
            below = work[LOSS * BLOCK + i] <= target
            first, above = work[FIRST * BLOCK + i], work[ABOVE * BLOCK + i]
            work[FIRST * BLOCK + i] = row if below and row < first else first
            work[ABOVE * BLOCK + i] = above if below else row + 1
    for k in range(len(points)):
        u, v = points[k, 0], points[k, 1]
        for i in range(n):
            x, y = work[X * BLOCK + i] - u, work[Y * BLOCK + i] - v
            left[k, i] = left[k, i] if x * x + y * y <= reach else row + 1


def _drive(
    ground: Any,
    look: Any,
    update: Any,
    numbers: Array,
    steps: Array,
    both: Array,
    state: Array,
    first: int,
    last: bool,
    target: float,
    points: Array,
    reach: float,
    first_both: int,
) -> None:
    """Take the walks of a span some steps on, block by block; at the `last` of them look at where they end, too."""
    n_rows, n_walks = len(state) - len(points), state.shape[1]
    work, left = np.empty(n_rows * BLOCK), np.empty((len(points), BLOCK))
    for low in range(0, n_walks, BLOCK):
        n = min(BLOCK, n_walks - low)
        for row in range(n_rows):
            work[row * BLOCK : row * BLOCK + n] = state[row, low : low + n]
        left[:, :n] = state[n_rows:, low : low + n]
        for t in range(len(steps)):
            for k in range(both.shape[1]):
                at = (first_both + k) * BLOCK
                work[at : at + n] = both[t, k, low : low + n]
            ground(work, numbers, n)
            look(work, left, float(first + t), target, points, reach, n)
            update(work, steps[t], n)
        if last:
            ground(work, numbers, n)
            look(work, left, float(first + len(steps)), target, points, reach, n)
        for row in range(n_rows):
            state[row, low : low + n] = work[row * BLOCK : row * BLOCK + n]
        state[n_rows:, low : low + n] = left[:, :n]
