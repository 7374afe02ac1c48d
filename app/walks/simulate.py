"""State -> Simulation: the walks on screen, and the surface under them. No plotly, no Dash."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median
from typing import Any
from weakref import ref

import numpy as np

from landscapes import Surface
from optim_core import Constant, Optimizer, Told, Trajectory, run

from .. import limits
from ..cache import MADE, bounded
from ..page import veil, weather
from ..page.labels import labels
from ..page.state import Run, State
from ..page.window import Window
from .course import Course, locked
from .fan import Fan, fan

Array = np.ndarray
SLENDER = 10  # a window that is longer has oblong cells


@dataclass(frozen=True, eq=False)
class Part:
    """The steps of a walk that one optimizer made: all of them, or those before or those behind a fork."""

    optimizer: Optimizer
    first: int  # how many steps of the walk were made before it
    last: int  # its last step
    age: int  # how many steps its optimizer counts before its first
    begin: Any  # the memory before its first step
    state: Any  # the memory after each of its steps, a row for each

    @property
    def steps(self) -> slice:
        """Its rows of what has a row for each step."""
        return slice(self.first, self.last)


@dataclass(frozen=True)
class Walk:
    """One run, what it is called beside the others, and where it went."""

    run: Run
    label: str
    trajectory: Trajectory
    course: Course
    fan: Fan | None = None  # of every seed, where there are many and nothing is held

    @cached_property
    def clipped(self) -> Array:
        """`(n_steps,)`: at which steps the gradient was clipped; one that is not finite never is."""
        told = self.trajectory.seen_grad[:-1]
        return ((self.unclipped != told) & np.isfinite(self.unclipped)).any(axis=1)

    @cached_property
    def unclipped(self) -> Array:
        """`(n_steps, 2)`: what would have been told at each step if there were no limit."""
        grads = self.trajectory.grad[:-1]
        with np.errstate(all="ignore"):
            return grads if self.told is None else self.told.unclipped(grads, slice(len(grads)))

    def by(self, optimizer: Optimizer) -> Trajectory:
        """The walk of another optimizer on the same course."""
        return _walk(optimizer, self.course)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Who made which steps, in their order; each made some, unless there are none at all."""
        one, fork, n_steps = self.trajectory, self.course.fork, len(self.trajectory.delta)
        at = min(fork.at, n_steps) if fork else 0
        begin = self.run.optimizer.init(one.params[0])
        if not at:
            return (Part(self.run.optimizer, 0, n_steps, 0, begin, one.state),)
        before = _walk(fork.optimizer, replace(self.course, fork=None)).state  # whoever walks on hears the same first
        made = Part(fork.optimizer, 0, at, 0, fork.optimizer.init(one.params[0]), _rows(before, slice(at)))
        if at == n_steps:
            return (made,)
        left = fork.handed(self.run.optimizer, _after(made), one.params[at])
        age = at if fork.is_kept_by(self.run.optimizer) else 0
        return made, Part(self.run.optimizer, at, n_steps, age, left, _rows(one.state, slice(at, None)))

    def part(self, t: int) -> Part:
        """Who made step t; before the first step, who makes that."""
        return next(part for part in self.parts if t <= part.last)

    @cached_property
    def rates(self) -> Array:
        """`(n_steps,)`: the learning rate of each step."""
        rates = np.concatenate([np.full(part.last - part.first, float(part.optimizer.lr)) for part in self.parts])
        return rates * self.course.schedule.factors(len(rates))[:-1] if self.is_scheduled else rates

    @property
    def is_scheduled(self) -> bool:
        """Whether the learning rate changes over time."""
        return not isinstance(self.course.schedule, Constant | None)

    @cached_property
    def told(self) -> Told | None:
        """What was known and drawn of the weather before the first step; None: the gradient itself is told."""
        weather = self.course.weather
        return None if weather.is_fair else weather.told(len(self.trajectory.delta), 2)

    @cached_property
    def losses_before(self) -> Array:
        """`(n_steps,)`: the loss where each step begins, of the surface as it stands at that step."""
        one = self.trajectory
        if one.offsets is None:
            return one.loss[:-1]
        with np.errstate(all="ignore"):
            return self.course.landscape.loss((one.params[:-1] - one.offsets[1:]).T)

    @cached_property
    def slopes_after(self) -> Array:
        """`(n_steps, 2)`: the gradient where each step ends, of the surface as it stands at that step."""
        one = self.trajectory
        if one.offsets is None:
            return one.grad[1:]
        with np.errstate(all="ignore"):
            return self.course.landscape.grad(one.on_surface[1:].T).T

    @property
    def diverged_at(self) -> int | None:
        """The first step at which something was not finite."""
        at = int(self.trajectory.diverged_at)
        return None if at < 0 else at

    @cached_property
    def final_loss(self) -> float | None:
        """The loss at the last step, of many seeds the median; None for a run that diverged."""
        ends = self.fan.ends if self.fan else self.trajectory.loss[-1]
        is_lost = (self.fan or self.trajectory).diverged_at >= 0
        loss = median(np.where(is_lost, math.inf, ends).ravel().tolist())
        return loss if loss < math.inf else None

    @property
    def seeds(self) -> "list[Walk]":
        """The walks of all its seeds."""
        return [replace(self, trajectory=one, fan=None) for one in self.fan or ()]


@dataclass(frozen=True, eq=False)
class Simulation:
    """A state with all its walks, in the order of its runs. One is like no other, so that what is read off is kept."""

    state: State
    walks: tuple[Walk, ...]


@dataclass(frozen=True)
class Ground:
    """The surface on a grid. `height` is what is drawn: the loss, or log10(loss - lowest) where the surface says so."""

    x: Array  # (nx,)
    y: Array  # (ny,)
    loss: Array  # (ny, nx)
    grad: Array  # (2, ny, nx)
    height: Array  # (ny, nx)


def simulate(state: State, fans: bool = True) -> Simulation:
    """Every run's walk, as far as it may be known; with `fans`, where there are many seeds, those of them all."""
    n_steps, state = veil.steps(state), veil.seen(state)
    many = fans and state.weather.seeds > 1 and weather.is_random(state.weather)
    walks = (
        _simulated(state, *one, n_steps, many)
        for one in zip(state.runs, labels(state.runs, state.letters), strict=True)
    )
    return Simulation(state, tuple(walks))


def _simulated(state: State, run: Run, label: str, n_steps: int, many: bool) -> Walk:
    way = replace(course(state, run), n_steps=n_steps)
    walks = fan(run.optimizer, way, state) if many else None
    return Walk(run, label, walks.first if walks else _walk(run.optimizer, way), way, walks)


def course(state: State, run: Run) -> Course:
    """What a run of a page has before it; of many seeds the first one."""
    rough = weather.alone(state.weather)
    return Course(state.landscape, state.begin, state.n_steps, rough, state.schedule_of(run), run.fork)


@bounded()
def _walk(optimizer: Optimizer, course: Course) -> Trajectory:
    return locked(run(optimizer, *vars(course).values()))


def by_walk(walk: Walk, surface: Surface, t: int | None = None) -> tuple[Any, ...]:
    """By what that is known which is read off a walk alone: whoever keeps it must not keep the walk."""
    return ref(walk.trajectory), walk.run.optimizer, walk.course, surface, t


@bounded()
def ground(landscape: Surface, points: int = limits.GRID, window: Window | None = None) -> Ground:
    """The surface over a window, or its domain, on about `points` x `points` square cells."""
    spans = window or landscape.domain
    x, y = (np.linspace(*span, n) for span, n in zip(spans, _cells(spans, points), strict=True))
    params = np.stack(np.meshgrid(x, y))
    with np.errstate(all="ignore"):
        loss, grad = landscape.loss(params), landscape.grad(params)
    return locked(Ground(x, y, loss, grad, heights(landscape, loss, has_log(landscape))))


def has_log(landscape: Surface) -> bool:
    """Whether the surface's levels are even in log10(loss - lowest)."""
    return landscape.levels == "log" and landscape.lowest is not None


def heights(landscape: Surface, loss: Array, log: bool) -> Array:
    """How high losses of the surface are drawn: as they are, or as log10(loss - lowest).

    In a logarithm what is not above the lowest stands where the least stands that is. A hole in the surface, where the
    loss is NaN or infinite, is one in the heights.
    """
    there = np.isfinite(loss)
    if not there.all():
        loss = np.where(there, loss, np.nan)
    if not log:
        return loss
    above = loss - landscape.lowest
    shown = above[above > 0]
    return np.log10(np.maximum(above, shown.min() if shown.size else np.finfo(float).tiny))


def _cells(window: Window, points: int) -> tuple[int, int]:
    """How many nodes along x and along y."""
    (x0, x1), (y0, y1) = window
    wide = math.sqrt(min(max((x1 - x0) / (y1 - y0), 1 / SLENDER), SLENDER))
    return max(round(points * wide), 2), max(round(points / wide), 2)


def in_domain(surface: Surface, points: Array) -> Array:
    """`(n,)`: which of the points `(n, 2)` lie in the surface's domain."""
    low, high = np.array(surface.domain).T
    return ((points >= low) & (points <= high)).all(axis=1)


def _rows(state: Any, rows: slice) -> Any:
    """Some rows of a recorded memory."""
    return state._make(None if field is None else field[rows] for field in state)


def _after(part: Part) -> Any:
    """The memory after the last step of a part, as an optimizer has it."""
    memory = part.optimizer.setting.memory
    left = {name: getattr(part.state, name)[-1] for name in memory}
    return part.begin._replace(**{name: row[0] if memory[name].per_walk else row for name, row in left.items()})


def forget() -> None:
    """Empty the caches: for measurements."""
    MADE.clear()
