"""The walks of one optimizer with many seeds: of them all only what is drawn is kept.

All that is recorded of fifty walks of two thousand steps takes sixteen megabytes, for every run. What is drawn of where
they are and of the curves that a page shows takes a fifteenth of that; who asks for more has it walked again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from landscapes import Surface
from optim_core import Optimizer, Trajectory, run

from ..cache import bounded
from ..metrics import METRICS, PANELS, on
from ..page.state import State
from .course import Course, locked, still

Array = np.ndarray
SPREAD = (10, 90)  # percent: where a band ends
Spread = tuple[Array, Array, Array]


@dataclass(frozen=True, eq=False)
class Fan(Sequence[Trajectory]):
    """As a sequence, the whole walks of its seeds, in their order."""

    optimizer: Optimizer
    course: Course  # of the first seed
    first: Trajectory
    paths: Array  # (2, seeds * (n_steps + 2)) float32: where all walks are, one after the other, NaN behind each
    middle: Array  # (n_steps + 1, 2): the median of where they are
    ends: Array  # (seeds,): the losses at the last step
    diverged_at: Array  # (seeds,)
    spreads: dict[str, Spread]  # of each curve of a panel, by the name of its metric

    def __len__(self) -> int:
        return len(self.diverged_at)

    def __getitem__(self, place: Any) -> Any:
        return _whole(self.optimizer, self.course, len(self))[place]

    def __iter__(self) -> Iterator[Trajectory]:
        return iter(_whole(self.optimizer, self.course, len(self)))

    def spread(self, metric: str) -> Spread:
        """Lower end, median and upper end of a curve over all seeds. The first seed must have that curve."""
        return self.spreads.get(metric) or _spread(self, self.course.landscape, metric)


def metric(graph: str, state: State) -> str:
    """The name of what a line panel shows."""
    panel = PANELS[graph]
    return on(state.landscape, getattr(state.view, panel.choice) if panel.choice else panel.metric)


def fan(optimizer: Optimizer, course: Course, state: State) -> Fan:
    """The walks of as many seeds as a state has."""
    return _fan(optimizer, course, state.weather.seeds, tuple(sorted({metric(graph, state) for graph in PANELS})))


@bounded()
def _fan(optimizer: Optimizer, course: Course, seeds: int, metrics: tuple[str, ...]) -> Fan:
    walks = _whole(optimizer, course, seeds)
    spreads = {name: _spread(walks, course.landscape, name) for name in metrics if _has(walks[0], course, name)}
    middle = of_seeds([one.params for one in walks])[1]
    ends, diverged_at = np.array([one.loss[-1] for one in walks]), np.array([one.diverged_at for one in walks])
    seen = map(still, (_paths(walks), middle, ends, diverged_at))
    return Fan(optimizer, course, locked(_own(walks[0])), *seen, spreads)


@bounded()
def _whole(optimizer: Optimizer, course: Course, seeds: int) -> tuple[Trajectory, ...]:
    many = replace(course, weather=replace(course.weather, seeds=seeds))
    whole = run(optimizer, *vars(many).values())
    return tuple(locked(_of_seed(whole, place)) for place in range(seeds))


def _of_seed(whole: Trajectory, place: int) -> Trajectory:
    """The walk of one of many seeds."""
    parts = {name: rows[..., place] for name, rows in vars(whole).items() if name not in ("state", "offsets")}
    memory = whole.state._make(None if rows is None else rows[..., place] for rows in whole.state)
    return replace(whole, **parts, state=memory)


def _paths(walks: Sequence[Trajectory]) -> Array:
    paths = np.full((2, len(walks), len(walks[0].params) + 1), np.nan, np.float32)
    with np.errstate(over="ignore"):  # what is beyond is drawn at the edge
        for place, one in enumerate(walks):
            paths[:, place, :-1] = one.params.T
    return paths.reshape(2, -1)


def _own(walk: Trajectory) -> Trajectory:
    """The same without what others hold."""
    parts = {name: rows.copy() for name, rows in vars(walk).items() if name != "state" and rows is not None}
    return replace(walk, **parts, state=walk.state._make(None if rows is None else rows.copy() for rows in walk.state))


def _has(walk: Trajectory, course: Course, name: str) -> bool:
    return METRICS[name].curve(walk, course.landscape) is not None


def _spread(walks: Sequence[Trajectory], surface: Surface, name: str) -> Spread:
    return of_seeds([METRICS[name].curve(one, surface) for one in walks])


def of_seeds(curves: Sequence[Array]) -> Spread:
    """The lower end of the band, the median and the upper end, each like one of the curves; NaN where not finite."""
    with np.errstate(all="ignore"):
        values = np.stack(curves)
        values = np.where(np.isfinite(values), values, np.inf)  # a walk that is lost is above all others
        low, high = np.percentile(values, SPREAD, axis=0, method="nearest")
        middle = np.median(values, axis=0)
    return low, np.where(np.isfinite(middle), middle, np.nan), high
