"""State -> Simulation: the walks on screen, and the surface under them. No plotly, no Dash."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np

from landscapes import Surface
from optim_core import Optimizer, Trajectory, run

from .. import limits
from ..page.labels import labels
from ..page.state import Run, State
from ..page.window import Window

Array = np.ndarray
SLENDER = 10  # a window that is longer has oblong cells
Recorded = TypeVar("Recorded", Trajectory, "Ground")


@dataclass(frozen=True)
class Walk:
    """One run, what it is called beside the others, and where it went."""

    run: Run
    label: str
    trajectory: Trajectory

    @property
    def diverged_at(self) -> int | None:
        """The first step at which something was not finite."""
        at = int(self.trajectory.diverged_at)
        return None if at < 0 else at

    @property
    def final_loss(self) -> float | None:
        """The loss at the last step, None for a run that diverged."""
        return None if self.diverged_at is not None else float(self.trajectory.loss[-1])


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


def simulate(state: State) -> Simulation:
    walks = (
        Walk(run, label, _walk(run.optimizer, state.landscape, state.begin, state.n_steps))
        for run, label in zip(state.runs, labels(state.runs, state.letters), strict=True)
    )
    return Simulation(state, tuple(walks))


@lru_cache(maxsize=256)
def _walk(optimizer: Optimizer, landscape: Surface, start: tuple[float, float], n_steps: int) -> Trajectory:
    return _locked(run(optimizer, landscape, start, n_steps))


@lru_cache(maxsize=32)
def ground(landscape: Surface, points: int = limits.GRID, window: Window | None = None) -> Ground:
    """The surface over a window, or its domain, on about `points` x `points` square cells."""
    spans = window or landscape.domain
    x, y = (np.linspace(*span, n) for span, n in zip(spans, _cells(spans, points), strict=True))
    params = np.stack(np.meshgrid(x, y))
    with np.errstate(all="ignore"):
        loss, grad = landscape.loss(params), landscape.grad(params)
    return _locked(Ground(x, y, loss, grad, heights(landscape, loss, has_log(landscape))))


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


def _locked(record: Recorded) -> Recorded:
    """A record that many are handed: whoever wants other numbers in its arrays must copy them."""
    for value in vars(record).values():
        for array in value if isinstance(value, tuple) else (value,):
            if isinstance(array, np.ndarray):
                array.flags.writeable = False
    return record


def forget() -> None:
    """Empty the caches: for measurements."""
    _walk.cache_clear()
    ground.cache_clear()
