"""Walks at many learning rates: what they have in common, which rates they are, and how they end."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from landscapes import Surface
from optim_core import Fork, Optimizer, RateSweep, Schedule, Weather, learning_rate_sweep

from ..page import weather
from ..page.state import State
from ..page.sweep import SweepSettings

Array = np.ndarray
DIGITS = 3  # of a rate, unless two would be alike


@dataclass(frozen=True)
class Course:
    """All that the walks of a sweep have in common."""

    landscape: Surface
    start: tuple[float, float]
    n_steps: int
    weather: Weather
    settings: SweepSettings

    @property
    def target(self) -> float:
        """The loss that is to be reached."""
        return self.settings.target + self.base

    @property
    def base(self) -> float:
        """The loss from which heights are measured: the lowest one, or 0 where there is none."""
        return self.landscape.lowest or 0.0

    @property
    def is_log(self) -> bool:
        """Whether losses are drawn as the logarithm of what they are above the lowest one."""
        return self.landscape.lowest is not None

    @cached_property
    def rates(self) -> Array:
        """`(n_rates,)`: the learning rates, in as many digits as tell them apart."""
        return spread(self.settings.low, self.settings.high, self.settings.rates)

    def heights(self, loss: Array) -> Array:
        """How high losses are drawn: log10 of what is above the lowest, -inf for the lowest itself; or as they are."""
        with np.errstate(all="ignore"):
            shown = np.log10(np.maximum(loss - self.base, 0.0)) if self.is_log else loss
        return np.where(np.isfinite(loss), shown, np.nan)


def course(state: State) -> Course:
    settings = state.sweep
    steps = settings.steps or state.n_steps
    return Course(state.landscape, state.begin, steps, weather.alone(state.weather), settings)


def swept(
    on: Course, optimizer: Optimizer, schedule: Schedule | None, fork: Fork | None, rates: Array, start: Array
) -> RateSweep:
    """The ends of an optimizer's walks at these learning rates, `(R,)`, from a start `(2,)` or several, `(2, S)`."""
    course = on.n_steps, on.weather, schedule, fork
    return learning_rate_sweep(optimizer, on.landscape, rates, start, *course, target=on.target)


def spread(low: float, high: float, count: int) -> Array:
    """`count` rates from `low` to `high`, each this many times the one before, as short as tells them apart."""
    exact = np.geomspace(low, high, count)
    for digits in range(DIGITS, 17):
        short = np.array([float(f"{rate:.{digits - 1}e}") for rate in exact])
        if len(np.unique(short)) == count:
            return short
    return exact
