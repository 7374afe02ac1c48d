"""The basins of a run as work that can be cut into tiles, and one tile of it: a pure function of two texts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from landscapes import Point, Surface
from optim_core import REACH, Ends, attracted
from optim_core.attraction import middles

from ..cache import bounded
from ..page import weather
from ..page.basins import BasinsSettings
from ..page.numbers import significant
from ..page.slots import slot_for
from ..page.state import Run, State
from ..page.view import View
from ..protocol import Forged
from . import cost, passes

Array = np.ndarray
MILLISECONDS = 12.0  # that one tile should take,
MOST = 20_000.0  # and what is made at once at most
OPERATION = 5e-7  # ms that one operation of one walk takes
DIVERGED, NOWHERE = -2, -1  # what stands for a minimum where a walk reaches none
PART = re.compile(r"(0|[1-9]\d{0,5})-([1-9]\d{0,5})")


@dataclass(frozen=True)
class Found:
    """Where walks end, each from a start of its own; `...` are the starts."""

    nearest: Array  # (...) int16: the place of the minimum, or DIVERGED, or NOWHERE
    since: Array  # (...) int16: the step from which the walk stays near it, or the one at which it diverges; else 0


# --- what there is to do -------------------------------------------------------------------------------------------


def chosen(state: State) -> tuple[Run, ...]:
    """The runs whose basins are shown: one, or two side by side."""
    slots = {run.slot: run for run in state.runs}
    first = slots.get(state.basins.run, state.runs[0])
    second = slots.get(state.basins.beside)
    return (first,) if second in (None, first) else (first, second)


def steps(state: State) -> int:
    return state.basins.steps or state.n_steps


def key(state: State, run: Run) -> str:
    """The query of all that decides the basins of a run, and of nothing else."""
    alone = Run(run.optimizer, slot_for(run.optimizer, ()), fork=run.fork)
    settings = BasinsSettings(size=state.basins.size)
    weather_, schedule = weather.alone(state.weather), state.schedule_of(run)
    return State(state.landscape, (alone,), None, steps(state), View(), weather_, schedule, basins=settings).to_query()


def parts(key: str) -> list[str]:
    """The tiles of a map in the order of its passes: "first-last", of the starts in the order of `passes`."""
    state = _read(key)
    _, ends_ = passes.order(state.basins.size)
    most = _most(state)
    found, begin = [], 0
    for end in ends_:
        n = -(-(end - begin) // most)
        marks = [begin + (end - begin) * i // n for i in range(n + 1)]
        found += [f"{low}-{high}" for low, high in pairwise(marks)]
        begin = end
    return found


def _most(state: State) -> int:
    """Starts that a tile may have."""
    (run,) = state.runs
    each = _step(run.optimizer, state.landscape, state.weather, state.schedule) * state.n_steps
    return max(int(MILLISECONDS / each), 1)


def _step(*walk: Any) -> float:
    """How long one step of one walk takes, in ms."""
    return cost.of_step(*walk) * OPERATION


def soon(state: State) -> bool:
    """Whether all maps of a page can be had at once, within MOST ms."""
    each = (_step(run.optimizer, state.landscape, state.weather, state.schedule_of(run)) for run in chosen(state))
    return sum(each) * steps(state) * state.basins.size**2 <= MOST


# --- one tile ------------------------------------------------------------------------------------------------------


def tile(key: str, part: str) -> Found:
    """The ends of some of the walks of a map. Raises Forged for a part that its map does not have."""
    state = _read(key)
    cells, _ = passes.order(state.basins.size)
    named = PART.fullmatch(part)
    first, last = map(int, named.groups()) if named else (0, 0)
    if not first < last <= len(cells) or last - first > max(_most(state), 1):
        raise Forged("part: a tile of this work is expected")
    return walked(state, starts(state.landscape, state.basins.size)[:, cells[first:last]])


def walked(state: State, start: Array) -> Found:
    """Where the only run of a state ends from each of these starts, (2, ...)."""
    return _found(_ended(state, state.runs[0], start))


def _ended(state: State, run: Run, start: Array) -> Ends:
    """The ends of a run from these starts, of many seeds those of the first, beside the minima of its surface."""
    lowest, others = minima_of(state.landscape)
    minima = np.array([*lowest, *others]).reshape(-1, 2)
    course = {"weather": weather.alone(state.weather), "schedule": state.schedule_of(run), "fork": run.fork}
    near = radius(state.landscape)
    return attracted(run.optimizer, state.landscape, start, minima, near, steps(state), **course, threads=1)


def _found(ended: Ends) -> Found:
    diverges = ended.diverged_at >= 0
    nearest = np.where(diverges, DIVERGED, ended.nearest)
    since = np.where(diverges, ended.diverged_at, np.maximum(ended.since, 0))
    return Found(nearest.astype(np.int16), since.astype(np.int16))


@bounded()
def starts(surface: Surface, n: int) -> Array:
    """(2, n * n): the middle of each cell of the surface's domain, row by row from the lowest left one."""
    x, y = (middles(low, high, n) for low, high in surface.domain)
    return np.stack(np.meshgrid(x, y)).reshape(2, -1)


def minima_of(surface: Surface) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """(global, local) minima: all that are named or found in the surface's domain."""
    return surface.every_minimum(surface.domain)


def radius(surface: Surface) -> float:
    """How near to a minimum an end belongs to it."""
    return REACH * float(np.hypot(*(high - low for low, high in surface.domain)))


# --- one walk ------------------------------------------------------------------------------------------------------


def end(state: State, run: Run, at: Point) -> str:
    """How the walk from a point ends, in words that complete "Adam from (1, 2)"."""
    ended = _ended(state, run, np.array(at, float)[:, None])
    if ended.diverged_at >= 0:
        return f"diverges at step {ended.diverged_at[0]}"
    loss, nearest = f"loss {significant(float(ended.loss[0]), 3)}", int(ended.nearest[0])
    last = ended.params[:, 0] - weather.moved(state.weather, steps(state))
    if nearest < 0:
        return f"ends near no minimum, at {_place(last)}: {loss}"
    there = f"{loss}, there from step {ended.since[0]}"
    if state.landscape.minima_along is not None:
        return f"ends at the {state.landscape.goal}, at {_place(last)}: {there}"
    lowest, others = minima_of(state.landscape)
    kind = "minimum" if nearest < len(lowest) else "local minimum"
    return f"ends at the {kind} {_place((*lowest, *others)[nearest])}: {there}"


def _place(point: Iterable[float]) -> str:
    return f"({', '.join(significant(value, 3) for value in point)})"


@lru_cache(maxsize=64)
def _read(key: str) -> State:
    """The state that a key means. Raises Forged for what is no key of ours."""
    state, notices = State.from_query(key)
    if notices or len(state.runs) != 1:
        raise Forged("key: the work of a plan is expected")
    return state
