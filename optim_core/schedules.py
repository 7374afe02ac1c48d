"""The learning rate over time: a schedule says by what the rate of each step is multiplied.

A schedule is a frozen dataclass, and `factors(n_steps)` are its numbers for t = 1, ..., n_steps + 1. Where PyTorch has
a scheduler of the kind, they are that scheduler's.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np

from .arithmetic import Array
from .hyper import check, hyper


class Schedule(ABC):
    """By what the learning rate of step t is multiplied. Raises ValueError for a number outside its bounds."""

    def __post_init__(self) -> None:
        check(self)

    @abstractmethod
    def factors(self, n_steps: int) -> Array:
        """`(n_steps + 1,)`: for t = 1, ..., n_steps + 1; the last is for a step that is not taken."""


def _whole(default: int, symbol: str, doc: str) -> float:
    return hyper(default, symbol, doc, range=(1, 1000), bounds=(1, 1e9), scale="log")


def _share(default: float, symbol: str, doc: str) -> float:
    return hyper(default, symbol, doc, range=(0, 1), bounds=(0, 1))


@dataclass(frozen=True)
class Constant(Schedule):
    """The same rate throughout."""

    def factors(self, n_steps: int) -> Array:
        return np.ones(n_steps + 1)


@dataclass(frozen=True)
class Stairs(Schedule):
    """Down by a factor every so many steps: γ^⌊(t − 1)/k⌋. PyTorch's StepLR."""

    every: float = _whole(30, "k", "steps from one stair to the next")
    gamma: float = _share(0.1, "γ", "what is left of the rate after each")

    def factors(self, n_steps: int) -> Array:
        return np.power(self.gamma, np.floor(np.arange(n_steps + 1) / self.every))


@dataclass(frozen=True)
class Exponential(Schedule):
    """Down by the same factor at every step: γ^(t − 1). PyTorch's ExponentialLR."""

    gamma: float = _share(0.99, "γ", "what is left of the rate after a step")

    def factors(self, n_steps: int) -> Array:
        return np.power(self.gamma, np.arange(n_steps + 1.0))


@dataclass(frozen=True)
class InverseRoot(Schedule):
    """1/√t, with which gradient descent under noise comes to rest."""

    def factors(self, n_steps: int) -> Array:
        return 1 / np.sqrt(np.arange(1.0, n_steps + 2))


@dataclass(frozen=True)
class Cosine(Schedule):
    """Half a wave from the whole rate down to none: ½ (1 + cos(π (t − 1)/n)). PyTorch's CosineAnnealingLR."""

    def factors(self, n_steps: int) -> Array:
        return 0.5 * (1 + np.cos(math.pi * np.arange(n_steps + 1) / max(n_steps, 1)))


@dataclass(frozen=True)
class WarmUp(Schedule):
    """Up in a straight line, t/w for the first w steps, then another schedule from its beginning.

    PyTorch's LinearLR with start_factor=1/w and total_iters=w - 1, in a SequentialLR.
    """

    steps: float = _whole(20, "w", "steps until the whole rate is reached")
    then: Schedule = field(default_factory=Constant)

    def factors(self, n_steps: int) -> Array:
        steps = min(math.ceil(self.steps), n_steps + 1)
        rest = self.then.factors(n_steps - steps) if steps <= n_steps else np.empty(0)
        return np.concatenate([np.arange(1.0, steps + 1) / self.steps, rest])


@dataclass(frozen=True)
class OneCycle(Schedule):
    """Up to the whole rate in a part of the steps, then far down, both in half waves. PyTorch's OneCycleLR.

    The rate alone: that one moves the momentum too unless it is told not to.
    """

    rise: float = _share(0.3, "p", "the part of the steps in which the rate rises")
    low: float = hyper(25.0, "d", "by what it is divided at first", range=(1, 100), bounds=(1, 1e9), scale="log")
    end: float = hyper(1e4, "e", "by what that is divided at the end", range=(1, 1e5), bounds=(1, 1e12), scale="log")

    def factors(self, n_steps: int) -> Array:
        step, last = np.arange(float(max(n_steps, 1))), max(n_steps, 1) - 1
        top = self.rise * max(n_steps, 1) - 1
        first, final = 1 / self.low, 1 / self.low / self.end
        up, down = 1 + (step - top) / (top or 1), (step - top) / (last - top or 1)
        made = np.where(step <= top, _half_wave(first, 1.0, up), _half_wave(1.0, final, down))
        return np.append(made, made[-1])[-(n_steps + 1) :]


def _half_wave(begin: float, end: float, share: Array) -> Array:
    return end + (begin - end) / 2 * (1 + np.cos(math.pi * share))


SCHEDULES: dict[str, type[Schedule]] = {  # the name in a URL -> the schedule
    "constant": Constant,
    "stairs": Stairs,
    "exponential": Exponential,
    "inverse-root": InverseRoot,
    "cosine": Cosine,
    "warm-up": WarmUp,
    "one-cycle": OneCycle,
}
