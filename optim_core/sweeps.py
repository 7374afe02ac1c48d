"""Which numbers are good: the ends of walks over rates, or any numbers of an optimizer, and the best of them."""

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np

from . import border
from .arithmetic import Array
from .base import Optimizer
from .ends import Ends, ends
from .hyper import values
from .run import Fork, Walkable, sweep
from .schedules import Schedule
from .weather import Weather
from .work import Executor, Progress, Work, cuts, through

RATES = np.geomspace(1e-4, 10, 61)
RATES.flags.writeable = False
NEARBY = 0.05  # of the window: how far from the start the others begin
ROUNDING = 2.0**-52  # of the loss at the start: losses that differ by less are equal

Criterion = Literal["first", "stays", "final"]
Kind = Literal["final", "best"]


@dataclass(frozen=True, eq=False)
class GridSweep:
    """The ends of walks over numbers of an optimizer; `axes` are their values by name, `(n,)` each.

    The arrays of `ends` have an axis for each of them, in their order, then those of the start; where the weather has
    several seeds, theirs comes first: `(seeds, n, ..., starts)`. What is asked of it below is `(n, ...)`.
    """

    optimizer: Optimizer
    axes: dict[str, Array]
    ends: Ends
    seeds: int
    lowest: float | None  # the loss at the landscape's minimum, where that is known
    rounding: float  # losses that differ by less are equal

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(map(len, self.axes.values()))

    @property
    def final(self) -> Array:
        """The loss at the end, its median over seeds and starts; infinite where a walk diverged."""
        return self._median(np.where(self.ends.diverged_at < 0, self.ends.loss, np.inf))

    @property
    def best(self) -> Array:
        """The lowest loss of all rows, likewise; a walk may have been somewhere good before it diverged."""
        return self._median(self.ends.best)

    @property
    def first(self) -> Array | None:
        """The first row with a loss of at most the target, likewise; infinite: never. None without a target."""
        return None if self.ends.first is None else self._median(_rows(self.ends.first))

    @property
    def stays(self) -> Array | None:
        """The first row from which the loss stays so until the end, likewise."""
        return None if self.ends.stays is None else self._median(_rows(self.ends.stays))

    def chosen(self, criterion: Criterion = "final") -> dict[str, float] | None:
        """The best values: of the lowest final loss, or of the fewest steps and then of that. None: all diverge.

        Raises ValueError for steps without a target, and for another criterion.
        """
        final, steps = self.final.ravel(), self._steps(criterion)
        place = np.lexsort([final] if steps is None else [final, steps.ravel()])[0]
        if not np.isfinite(final[place]):
            return None
        places = np.unravel_index(place, self.shape)
        return {name: float(column[i]) for (name, column), i in zip(self.axes.items(), places, strict=True)}

    def good(self, kind: Kind = "final", factor: float = 10.0, below: float | None = None) -> Array:
        """Where walks end, or with "best" are at some step, at a loss of at most `below`.

        Without it, at most `factor` times as high above the landscape's lowest loss as the best of all ends; where no
        lowest is known, above 0. Raises ValueError for another kind, and for a factor below 1.
        """
        if kind not in ("final", "best"):
            raise ValueError(f"kind must be 'final' or 'best', not {kind!r}")
        return getattr(self, kind) <= (self._level(factor) if below is None else below)

    def _level(self, factor: float) -> float:
        if not factor >= 1:
            raise ValueError(f"factor must be a number of at least 1, not {factor!r}")
        lowest, least = self.lowest or 0.0, float(self.final.min())
        above = least - lowest
        return lowest + max(above * factor if above > 0 else above / factor, self.rounding if above >= 0 else -math.inf)

    def _steps(self, criterion: Criterion) -> Array | None:
        _check(criterion, self.ends.first is not None)
        return None if criterion == "final" else getattr(self, criterion)

    def _median(self, found: Array) -> Array:
        seeds = int(self.seeds > 1)
        others = (*range(seeds), *range(seeds + len(self.shape), found.ndim))
        return np.median(np.where(np.isnan(found), np.inf, found), axis=others)


@dataclass(frozen=True, eq=False)
class RateSweep(GridSweep):
    """The ends of walks over learning rates, `(R,)`."""

    @property
    def rates(self) -> Array:
        return self.axes["lr"]

    @property
    def best_rate(self) -> float | None:
        """The one that ends lowest; None: all diverge."""
        chosen = self.chosen()
        return chosen and chosen["lr"]

    def width(self, kind: Kind = "final", factor: float = 10.0, below: float | None = None) -> float:
        """Over how many decades of η it is good, as `good` says: each rate stands for its part of the axis."""
        if len(self.rates) < 2:
            return 0.0
        return float(np.gradient(np.log10(self.rates))[self.good(kind, factor, below)].sum())


@dataclass(frozen=True, eq=False)
class Tuned:
    """An optimizer at the best of the rates that were tried, each from every start."""

    optimizer: Optimizer  # with that rate; as it was where all rates diverge
    rate: float | None  # None where they do
    medians: Array  # (R,): the final loss of each rate over the starts and seeds, infinite where that diverged
    starts: Array  # (n_params, n_starts)
    n_gradients: int  # what it cost: rates x starts x seeds x steps
    sweep: RateSweep


def learning_rate_sweep(
    optimizer: Optimizer,
    landscape: Walkable,
    rates: Any = None,
    start: Any = None,
    n_steps: int = 200,
    weather: Weather | None = None,
    schedule: Schedule | None = None,
    fork: Fork | None = None,
    *,
    target: float | None = None,
    engine: str = "numpy",
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> RateSweep:
    """Walk with each of these learning rates, 61 from 1e-4 to 10 if None, and keep the ends, `(R, ...)`.

        learning_rate_sweep(Adam(), Rosenbrock(), n_steps=500).width("best")

    The other arguments are those of `ends`; a fork keeps its own rate. Blocks of rates go through `executor`, any of
    concurrent.futures or of a cluster; `progress(done, blocks)` is called from this thread.
    Raises as `ends` and `through` do, and ValueError for rates that do not rise from above 0.
    """
    setting = {"n_steps": n_steps, "weather": weather, "schedule": schedule, "fork": fork}
    work = _rates(optimizer, landscape, rates, start, setting | {"target": target, "engine": engine}, executor)
    return through(work, executor, progress)


def grid_sweep(
    optimizer: Optimizer,
    landscape: Walkable,
    axes: Mapping[str, Any],
    start: Any = None,
    n_steps: int = 200,
    weather: Weather | None = None,
    schedule: Schedule | None = None,
    fork: Fork | None = None,
    *,
    target: float | None = None,
    engine: str = "numpy",
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> GridSweep:
    """Walk with every pair, or triple, of values of these numbers, and keep the ends, `(A, B, ...)`.

        grid_sweep(Momentum(), QuadraticBowl(), {"lr": np.geomspace(1e-3, 4, 40), "momentum": np.linspace(0, 0.99, 40)})

    As `learning_rate_sweep`. Raises ValueError for names that are no numbers of this optimizer.
    """
    setting = {"n_steps": n_steps, "weather": weather, "schedule": schedule, "fork": fork}
    settings = setting | {"target": target, "engine": engine}
    return through(_grid(GridSweep, optimizer, landscape, axes, start, settings, executor), executor, progress)


def tuned(
    optimizer: Optimizer,
    landscape: Walkable,
    rates: Any = None,
    starts: Any = None,
    n_steps: int = 200,
    weather: Weather | None = None,
    schedule: Schedule | None = None,
    fork: Fork | None = None,
    *,
    target: float | None = None,
    criterion: Criterion = "final",
    engine: str = "numpy",
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Tuned:
    """The optimizer at the best of these rates: of the lowest median loss over the starts, or of the fewest steps.

    `starts` are `(n_params, n_starts)`, those of `around` if None. Every optimizer that is tuned with the same rates,
    starts and steps has the same budget: it computes as many gradients. The rest is as in `learning_rate_sweep`.
    """
    _check(criterion, target is not None)
    begin = around(landscape) if starts is None else border.array(starts, "starts")
    if begin.ndim != 2:
        raise ValueError(f"starts must be of shape (n_params, n_starts), not {begin.shape}")
    setting = {"n_steps": n_steps, "weather": weather, "schedule": schedule, "fork": fork}
    work = _rates(optimizer, landscape, rates, begin, setting | {"target": target, "engine": engine}, executor)
    finish = partial(_tuned, work.finish, begin, border.count(n_steps), criterion)
    return through(dataclasses.replace(work, finish=finish), executor, progress)


def around(landscape: Any, start: Any = None, window: Any = None) -> Array:
    """Five starts, `(2, 5)`: this one, the landscape's own if None, and four at ±5 % of the window, its domain if None.

    Raises ValueError for a start outside the window, or where there is no window.
    """
    (x0, x1), (y0, y1) = spans(landscape, window)
    x, y = begin = border.start(start, landscape, 2)
    if begin.shape != (2,) or not (x0 <= x <= x1 and y0 <= y <= y1):
        raise ValueError(f"the start {_shown(begin)} is not in the window x {x0:g} to {x1:g}, y {y0:g} to {y1:g}")
    aside = np.array([[0, 1, 1, -1, -1], [0, 1, -1, 1, -1]]) * NEARBY
    return begin[:, None] + aside * np.array([[x1 - x0], [y1 - y0]])


def spans(landscape: Any, window: Any = None) -> Array:
    """A window ((x0, x1), (y0, y1)) as an array, the landscape's domain if None. Raises ValueError where it is none."""
    given = getattr(landscape, "domain", None) if window is None else window
    if given is None:
        raise ValueError(f"{type(landscape).__name__} has no domain: write window=((x0, x1), (y0, y1))")
    found = border.array(given, "window")
    if found.shape != (2, 2) or not np.isfinite(found).all() or not (found[:, 0] < found[:, 1]).all():
        raise ValueError(f"window must be two spans ((x0, x1), (y0, y1)) that rise, not {given!r}")
    return found


# --- cut into blocks ------------------------------------------------------------------------------------------------


def _rates(
    optimizer: Optimizer, landscape: Walkable, rates: Any, start: Any, setting: dict[str, Any], executor: Any
) -> Work:
    found = column(RATES if rates is None else rates, "rates")
    if not found[0] > 0:
        raise ValueError(f"rates must be larger than 0, not {found[0]:g}")
    return _grid(RateSweep, optimizer, landscape, {"lr": found}, start, setting, executor)


def _grid(
    kind: type[GridSweep],
    optimizer: Optimizer,
    landscape: Walkable,
    axes: Mapping[str, Any],
    start: Any,
    setting: dict[str, Any],
    executor: Any,
) -> Work:
    columns = {name: column(given, name) for name, given in _named(axes).items()}
    sweep(optimizer, **columns)  # the first to complain of a number
    border.landscape(landscape)
    begin = border.start(start, landscape, None)
    others = [np.shape(value) for name, value in values(optimizer).items() if name not in columns]
    behind, seeds = np.broadcast_shapes(begin.shape[1:], *others), n_seeds(setting["weather"])
    shape = tuple(map(len, columns.values()))
    parts = cuts(math.prod(shape), max(math.prod(behind), 1) * seeds, executor is not None)
    flat = dict(zip(columns, (each.ravel() for each in np.meshgrid(*columns.values(), indexing="ij")), strict=True))
    blocks = tuple((_set(optimizer, flat, part, len(behind)), begin) for part in parts)
    alone = {} if executor is None else {"threads": 1}

    def finish(parts: list[Ends]) -> GridSweep:
        made, lowest = joined(parts, int(seeds > 1), shape), getattr(landscape, "lowest", None)
        return kind(optimizer, columns, made, seeds, lowest, _rounding(landscape, begin))

    return Work(partial(walked, landscape, setting | alone), blocks, finish)


def walked(landscape: Walkable, setting: dict[str, Any], block: tuple[Optimizer, Array]) -> Ends:
    """The ends of one block: an optimizer, which may be swept, and where it begins."""
    optimizer, start = block
    return ends(optimizer, landscape, start, **setting)


def joined(parts: list[Ends], axis: int, shape: tuple[int, ...]) -> Ends:
    """The ends of blocks along one axis of the walks as those of all of them, that axis in this shape."""

    def whole(name: str) -> Array | None:
        arrays = [getattr(part, name) for part in parts]
        if arrays[0] is None:
            return None
        at = axis + (name == "params")
        made = np.concatenate(arrays, axis=at)
        return made.reshape(made.shape[:at] + shape + made.shape[at + 1 :])

    return Ends(**{field.name: whole(field.name) for field in dataclasses.fields(Ends)})


def n_seeds(weather: Weather | None) -> int:
    if weather is None:
        return 1
    border.instance(weather, Weather)
    return weather.seeds


def column(given: Any, name: str) -> Array:
    """Values along an axis. Raises ValueError where there are none, or where they do not rise."""
    found = border.array(given, name)
    if found.ndim != 1 or not len(found):
        raise ValueError(f"{name} must be a row of at least one number, as in [0.01, 0.1], not {_shown(given)}")
    falls = ~(np.diff(found) > 0)
    if falls.any() or not np.isfinite(found).all():
        at = int(falls.argmax())
        pair = f": {found[at]:g} is followed by {found[at + 1]:g}" if falls.any() else ""
        raise ValueError(f"{name} must rise from one finite number to the next{pair}")
    return found


def _named(axes: Any) -> dict[str, Any]:
    if not isinstance(axes, Mapping) or not axes:
        raise TypeError(f'axes must name numbers, as in {{"lr": [0.01, 0.1], "beta1": [0, 0.9]}}, not {_shown(axes)}')
    return dict(axes)


def _set(optimizer: Optimizer, flat: dict[str, Array], part: slice, behind: int) -> Optimizer:
    """The optimizer with these pairs of values along one axis, before the `behind` axes that it and its start have."""
    swept = {name: each[part].reshape((-1,) + (1,) * behind) for name, each in flat.items()}
    return dataclasses.replace(optimizer, **swept)


def _rounding(landscape: Walkable, begin: Array) -> float:
    with np.errstate(all="ignore"):
        at = np.abs(border.losses(landscape, begin))
    return float(ROUNDING * np.max(at, initial=0.0, where=np.isfinite(at)))


def _tuned(
    finish: Callable[[list[Ends]], RateSweep], starts: Array, n_steps: int, criterion: Criterion, parts: Any
) -> Tuned:
    made = finish(parts)
    chosen = made.chosen(criterion)
    optimizer = dataclasses.replace(made.optimizer, **chosen) if chosen else made.optimizer
    cost = len(made.rates) * starts.shape[1] * made.seeds * n_steps
    return Tuned(optimizer, chosen and chosen["lr"], made.final, starts, cost, made)


def _check(criterion: str, has_target: bool) -> None:
    if criterion not in ("first", "stays", "final"):
        raise ValueError(f"criterion must be 'first', 'stays' or 'final', not {criterion!r}")
    if criterion != "final" and not has_target:
        raise ValueError(f"criterion={criterion!r} counts the steps to a loss: write target=...")


def _rows(found: Array) -> Array:
    return np.where(found < 0, np.inf, found)


def _shown(given: Any) -> str:
    text = repr(given.tolist() if isinstance(given, np.ndarray) else given)
    return text if len(text) <= 60 else f"{text[:57]}..."
