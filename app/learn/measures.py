"""What a lesson reads off a page: an expression over one address, worked out on the very walks that the page shows.

    value("?run=rmsprop&steps=600", "effective_lr.y(0, 600)")        # 0.05

A run is named by its place, from 0; a step by its number: 0 is the start, `end` the last. What belongs to a point of a
walk (params, loss, gradient) has a value after each step, the start included; what belongs to a step (its length, its
rates, the memory after it) from step 1 on. Of many seeds the first one is meant; `median` and `average` ask them all.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from landscapes import layers
from optim_core import REACH, hypers, values

from ..metrics import excess, norm
from ..page.state import State, state_of
from ..walks import results, stability
from ..walks.simulate import Simulation, Walk, simulate
from . import elsewhere
from .expressions import EACH, PLAIN, Names, Odd, Value, plain, worth

Array = np.ndarray
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
        own = {name: _bound(self, how) for name, how in {**WATCHES, **elsewhere.WATCHES}.items()}
        return Names(known, PLAIN | own, {name: _bound(self, how) for name, how in LAZY.items()})

    # --- one run ----------------------------------------------------------------------------------------------------

    def walk(self, run: Any) -> Walk:
        return _of_seed(self.sim, self.place(run), self.seed)

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


@lru_cache(maxsize=64)
def _simulated(state: State) -> Simulation:
    """The walks of a page; how it is looked at changes none of them."""
    return simulate(state)


@lru_cache(maxsize=1024)
def _of_seed(sim: Simulation, run: int, seed: int) -> Walk:
    walk = sim.walks[run]
    return walk.seeds[seed] if walk.fan else walk


# --- curves ----------------------------------------------------------------------------------------------------------

POINTS: dict[str, Callable[[Measured, Walk], Array]] = {  # after each step, and at the start
    "params.x": lambda _, walk: walk.trajectory.params[:, 0],
    "params.y": lambda _, walk: walk.trajectory.params[:, 1],
    "loss": lambda _, walk: walk.trajectory.loss,
    "excess": lambda on, walk: excess(walk.trajectory, on.surface),
    "grad.x": lambda _, walk: walk.trajectory.grad[:, 0],
    "grad.y": lambda _, walk: walk.trajectory.grad[:, 1],
    "gradient": lambda _, walk: norm(walk.trajectory.grad),
    "sharpest": lambda on, walk: stability.largest(stability.hessians(on.surface, walk.trajectory.on_surface)),
    "lag": lambda on, walk: _behind(on, walk),
}
STEPS: dict[str, Callable[[Measured, Walk], Array]] = {  # of each step, the first of which is 1
    "seen_grad.x": lambda _, walk: walk.trajectory.seen_grad[:-1, 0],
    "seen_grad.y": lambda _, walk: walk.trajectory.seen_grad[:-1, 1],
    "delta.x": lambda _, walk: walk.trajectory.delta[:, 0],
    "delta.y": lambda _, walk: walk.trajectory.delta[:, 1],
    "step": lambda _, walk: norm(walk.trajectory.delta),
    "effective_lr.x": lambda _, walk: walk.trajectory.effective_lr[:, 0],
    "effective_lr.y": lambda _, walk: walk.trajectory.effective_lr[:, 1],
    "rms_grad.x": lambda _, walk: walk.trajectory.rms_grad[:, 0],
    "rms_grad.y": lambda _, walk: walk.trajectory.rms_grad[:, 1],
    "lr": lambda _, walk: walk.rates,
    "clipped": lambda _, walk: walk.clipped.astype(float),
}


def curve(on: Measured, quantity: Any, run: Any) -> tuple[int, Array]:
    """The step of its first value, and the values of a quantity along a run's walk. Raises Odd for one that is none."""
    walk = on.walk(run)
    if quantity in POINTS:
        return 0, POINTS[quantity](on, walk)
    if quantity in STEPS:
        return 1, STEPS[quantity](on, walk)
    if isinstance(quantity, str) and quantity.startswith("state."):
        return 1, _memory(walk, quantity.removeprefix("state."))
    raise Odd(f"there is no quantity {quantity!r}")


def _memory(walk: Walk, name: str) -> Array:
    field, _, axis = name.rpartition(".")
    kept = getattr(walk.trajectory.state, field or name, None)
    if kept is None:
        has = ", ".join(one for one, rows in walk.trajectory.state._asdict().items() if rows is not None) or "nothing"
        raise Odd(f"{walk.label} remembers no {field or name}: it has {has}")
    if axis not in ("x", "y"):
        raise Odd(f"state.{field or name}.x or .y is expected")
    return np.broadcast_to(kept[..., "xy".index(axis)] if kept.ndim > 1 else kept, (len(walk.trajectory.delta),))


def _behind(on: Measured, walk: Walk) -> Array:
    """How far a walk is behind the minimum nearest to its start, along the way in which the surface moves."""
    drift, offsets = on.state.weather.drift, walk.trajectory.offsets
    if drift is None or offsets is None:
        raise Odd("lag: the surface stands still")
    start = walk.trajectory.params[0]
    nearest = min(on.minima, key=lambda point: math.dist(point, start))
    way = np.array(drift.velocity) / np.hypot(*drift.velocity)
    return (np.array(nearest) + offsets - walk.trajectory.params) @ way


def at(on: Measured, quantity: str, run: Any, t: Any) -> Any:
    """A quantity of a run at a step. Raises Odd for a step that the walk has not."""
    first, values_ = curve(on, quantity, run)
    last = first + len(values_) - 1
    if type(t) is not int or not first <= t <= last:
        raise Odd(f"there is no step {t}: {quantity} has {first} to {last}")
    return plain(values_[t - first])


def _quantity(name: str) -> Callable[..., Any]:
    return lambda on, run, t: at(on, name, run, t)


def _stretch(on: Measured, quantity: Any, run: Any, since: Any, until: Any) -> tuple[int, Array]:
    """The step of its first value, and the values of a quantity from one step to another, both included."""
    first, found = curve(on, quantity, run)
    last = first + len(found) - 1
    begin, end = first if since is None else since, last if until is None else until
    if type(begin) is not int or type(end) is not int or not first <= begin <= end <= last:
        raise Odd(f"there are no steps {begin} to {end}: {quantity} has {first} to {last}")
    return begin, found[begin - first : end - first + 1]


def _extreme(choose: Callable[[Array], Any]) -> Callable[..., Any]:
    """The largest or smallest value; none where one of them is not a number."""

    def found(on: Measured, quantity: Any, run: Any, since: Any = None, until: Any = None) -> Any:
        return plain(choose(_stretch(on, quantity, run, since, until)[1]))

    return found


def _where(choose: Callable[[Array], Any]) -> Callable[..., Any]:
    """The step of the largest or smallest value, the first of several."""

    def found(on: Measured, quantity: Any, run: Any, since: Any = None, until: Any = None) -> int:
        first, values_ = _stretch(on, quantity, run, since, until)
        return first + int(choose(values_))

    return found


def _first(above: bool) -> Callable[..., Any]:
    """The first step with a value whose size is above a bound, or below it; none without one."""

    def found(on: Measured, quantity: Any, run: Any, bound: Any, since: Any = None, until: Any = None) -> int | None:
        if bound is None:
            return None
        first, values_ = _stretch(on, quantity, run, since, until)
        with np.errstate(invalid="ignore"):
            met = np.abs(values_) > bound if above else np.abs(values_) < bound
        return first + int(met.argmax()) if met.any() else None

    return found


def _last_above(on: Measured, quantity: Any, run: Any, bound: Any) -> int | None:
    first, values_ = curve(on, quantity, run)
    met = np.flatnonzero(np.abs(values_) > bound)
    return first + int(met[-1]) if met.size else None


# --- what came of a run ---------------------------------------------------------------------------------------------


def _arrived(on: Measured, run: Any, tolerance: Any = None) -> int | None:
    walk = on.walk(run)
    return results.first_step(walk, on.surface, "loss", _tolerance(on, tolerance)) if _has_lowest(on) else None


def _stays(on: Measured, run: Any, tolerance: Any = None) -> int | None:
    walk = on.walk(run)
    return results.lasting_step(walk, on.surface, "loss", _tolerance(on, tolerance)) if _has_lowest(on) else None


def _has_lowest(on: Measured) -> bool:
    return on.surface.lowest is not None


def _tolerance(on: Measured, given: Any) -> float:
    return on.state.view.tolerance if given is None else given


def _best_loss(on: Measured, run: Any) -> float | None:
    walk = on.walk(run)
    step = results.best_step(walk)
    return None if step is None else float(walk.trajectory.loss[step])


def _distance(on: Measured, run: Any, t: Any = None) -> float | None:
    """From where a run is after a step, the last one unless said, to the nearest global minimum."""
    walk = on.walk(run)
    if not _has_lowest(on) or (t is None and walk.diverged_at is not None):
        return None
    x, y = walk.trajectory.on_surface[on.state.n_steps if t is None else t]
    return float(on.surface.distance(np.array([x, y])))


def _apart(on: Measured, one: Any, other: Any) -> float:
    """The largest distance between two walks at one step, infinite where only one of them diverges."""
    here, there = on.walk(one).trajectory, on.walk(other).trajectory
    ends = [int(end) for end in (here.diverged_at, there.diverged_at) if end >= 0]
    with np.errstate(invalid="ignore"):
        lengths = norm(here.params - there.params)[: min(ends, default=None)]
    return math.inf if len(ends) == 1 else float(lengths.max(initial=0.0))


def _stable_lr(on: Measured, run: Any, t: Any = 0) -> float | None:
    """The largest stable learning rate for the curvature where a run is after a step, its start unless said."""
    walk = on.walk(run)
    sharpest = at(on, "sharpest", run, t)
    return None if sharpest is None else walk.part(min(t + 1, on.state.n_steps)).optimizer.stable_lr(sharpest)


def _curvature(on: Measured, k: Any) -> float:
    return stability.curvature(on.surface, on.minimum(k)).sharpest


def _pit(on: Measured, run: Any) -> int | None:
    """The place of the minimum near which a run ends, among those of its surface."""
    walk = on.walk(run)
    if walk.diverged_at is not None or not on.minima:
        return None
    last = walk.trajectory.on_surface[-1]
    away = [math.dist(last, point) for point in on.minima]
    near = REACH * float(np.hypot(*(high - low for low, high in on.surface.domain)))
    return int(np.argmin(away)) if min(away) <= near else None


def _of_surface(on: Measured, name: Any) -> Any:
    """A number of the surface, or of what is done to it."""
    core, around = layers(on.surface)
    found: dict[str, Any] = {}
    for one in (core, *around):
        found |= values(one)
    if name not in found:
        raise Odd(f"the surface has no {name}: it has {', '.join(found) or 'no numbers'}")
    return found[name]


def _setting(on: Measured, run: Any, name: Any) -> Any:
    """A number of a run's optimizer."""
    found = values(on.state.runs[on.place(run)].optimizer)
    if name not in found:
        raise Odd(f"{on.walk(run).label} has no {name}: it has {', '.join(found)}")
    return found[name]


WATCHES: dict[str, Callable[..., Any]] = {
    **{name: _quantity(name) for name in (*POINTS, *STEPS)},
    "state.*": lambda on, name, run, t: at(on, f"state.{name}", run, t),
    "largest": _extreme(np.max),
    "smallest": _extreme(np.min),
    "mean": _extreme(np.mean),
    "at_largest": _where(np.argmax),
    "at_smallest": _where(np.argmin),
    "first_above": _first(True),
    "first_below": _first(False),
    "last_above": _last_above,
    "arrived": _arrived,
    "stays": _stays,
    "final_loss": lambda on, run: on.walk(run).final_loss,
    "best_loss": _best_loss,
    "best_step": lambda on, run: results.best_step(on.walk(run)),
    "distance": _distance,
    "path_length": lambda on, run: results.path_length(on.walk(run)),
    "detour": lambda on, run: results.detour(on.walk(run)),
    "diverged_at": lambda on, run: on.walk(run).diverged_at,
    "memory": lambda on, run: on.state.runs[on.place(run)].optimizer.n_remembered,
    "fate": lambda on, run: results.row(on.walk(run), on.surface).fate.kind,
    "stable_lr": _stable_lr,
    "apart": _apart,
    "curvature": _curvature,
    "minimum.x": lambda on, k: on.minimum(k)[0],
    "minimum.y": lambda on, k: on.minimum(k)[1],
    "pit": _pit,
    "surface": _of_surface,
    "setting": _setting,
}


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


LAZY: dict[str, Callable[..., Any]] = {
    "median": _median,
    "average": _average,
    "share_of_seeds": _share_of_seeds,
    "turns": _turns,
}
