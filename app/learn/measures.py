"""What a lesson reads off a page: an expression over one address, worked out on the very walks that the page shows.

    value("?run=rmsprop&steps=600", "effective_lr.y(0, 600)")        # 0.05

A run is named by its place, from 0; a step by its number: 0 is the start, `end` the last. What belongs to a point of a
walk (params, loss, gradient) has a value after each step, the start included; what belongs to a step (its length, its
rates, the memory after it) from step 1 on. Of many seeds the first one is meant; `median` and `average` ask them all.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optim_core import hypers

from ..cache import bounded
from ..page.state import State, state_of
from ..walks import simulate as walks
from ..walks.simulate import Simulation, Walk, simulate
from . import curves, elsewhere, outcomes
from .expressions import EACH, PLAIN, Names, Odd, Value, worth

HALVINGS = 40  # of the search for a number at which something turns round


def value(query: str, expression: str, given: Mapping[str, Any] | None = None, run: int | None = None) -> Value:
    """What an expression over an address is worth. Raises Odd, saying where in the expression, for what is none.

    `given` are further names it may use, the numbers of a lesson among them; `run` is whom a lone * means.
    """
    return Measured(state_of(query), 0, given or {}, run).worth(expression)


@dataclass(frozen=True)
class Measured:
    """One page with one of its seeds, and what may be named beside it."""

    state: State
    seed: int
    given: Mapping[str, Any]
    each: int | None = None

    def worth(self, expression: str) -> Value:
        return worth(expression, self.names)

    @property
    def sim(self) -> Simulation:
        return _simulated(self.state)

    @property
    def names(self) -> Names:
        known = _Known(self, {"end": self.state.n_steps, **({} if self.each is None else {EACH: self.each})})
        own = {name: _bound(self, how) for name, how in WATCHES.items()}
        return Names(known, PLAIN | own, {name: _bound(self, how) for name, how in LAZY.items()})

    # --- one run ----------------------------------------------------------------------------------------------------

    def walk(self, run: Any) -> Walk:
        walk = self.sim.walks[self.place(run)]
        return replace(walk, trajectory=walk.fan[self.seed], fan=None) if walk.fan else walk

    def place(self, run: Any) -> int:
        """The place of a run. Raises Odd for one that the address has not."""
        many = len(self.state.runs)
        if type(run) is not int or not 0 <= run < many:
            raise Odd(
                f"there is no run {run}: they are 0 to {many - 1}" if many > 1 else f"there is no run {run} but 0"
            )
        return run

    @property
    def surface(self) -> Any:
        return self.state.landscape

    @property
    def minima(self) -> tuple[Any, ...]:
        lowest, others = self.surface.every_minimum(self.surface.domain)
        return (*lowest, *others)

    def minimum(self, k: Any) -> tuple[float, float]:
        if type(k) is not int or not 0 <= k < len(self.minima):
            raise Odd(f"there is no minimum {k}: there are {len(self.minima)}, from 0")
        return self.minima[k]


class _Known(dict[str, Any]):
    """The names of an expression: those of the page, and those of the lesson, worked out when they are read."""

    def __init__(self, measured: Measured, own: dict[str, Any]) -> None:
        super().__init__(own)
        self.lesson = measured.given

    def __missing__(self, name: str) -> Any:
        return self.lesson[name]

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self.lesson

    def __iter__(self) -> Any:
        return iter([*super().__iter__(), *self.lesson])


def _bound(measured: Measured, how: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: how(measured, *args)


@bounded()
def _simulated(state: State) -> Simulation:
    """The walks of a page; how it is looked at changes none of them."""
    return simulate(state)


# --- over seeds, and over numbers ------------------------------------------------------------------------------------


def _seeds(on: Measured) -> range:
    return range(on.state.weather.seeds if any(walk.fan for walk in on.sim.walks) else 1)


def _over_seeds(on: Measured, again: Callable[[Names], Any]) -> list[Any]:
    return [again(replace(on, seed=seed).names) for seed in _seeds(on)]


def _median(on: Measured, again: Callable[[Names], Any]) -> float | None:
    """The median over the seeds; what is none is beyond all others."""
    found = [math.inf if one is None else one for one in _over_seeds(on, again)]
    middle = float(np.median(found)) if any(one < math.inf for one in found) else math.inf
    return middle if middle < math.inf else None


def _average(on: Measured, again: Callable[[Names], Any]) -> float | None:
    found = _over_seeds(on, again)
    return None if None in found else float(np.mean(found))


def _share_of_seeds(on: Measured, again: Callable[[Names], Any]) -> float:
    """The share of the seeds for which something holds."""
    return float(np.mean([bool(one) for one in _over_seeds(on, again)]))


def _turns(on: Measured, again: Callable[[Names], Any], run: Any, name: Any, low: Any, high: Any) -> float | None:
    """Where between two values of a run's number an expression goes through 0; none where its ends have one sign."""
    ends = [_with(on, again, run, name, one) for one in (low, high)]
    if None in ends or ends[0] * ends[1] > 0:
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        found = _with(on, again, run, name, middle)
        if found is None:
            return None
        low, high = (middle, high) if found * ends[0] > 0 else (low, middle)
    return low


def _with(on: Measured, again: Callable[[Names], Any], run: Any, name: Any, number: float) -> Any:
    """An expression on the same page, but with another number of one run."""
    runs = list(on.state.runs)
    place = on.place(run)
    if name not in hypers(runs[place].optimizer):
        raise Odd(f"run {place} has no number {name}")
    runs[place] = replace(runs[place], optimizer=replace(runs[place].optimizer, **{name: number}))
    return again(replace(on, state=replace(on.state, runs=tuple(runs))).names)


WATCHES = curves.WATCHES | outcomes.WATCHES | elsewhere.WATCHES


def forget() -> None:
    """Empty the caches: for measurements."""
    walks.forget()
    elsewhere.forget()
    _simulated.cache_clear()


LAZY: dict[str, Callable[..., Any]] = {
    "median": _median,
    "average": _average,
    "share_of_seeds": _share_of_seeds,
    "turns": _turns,
}
