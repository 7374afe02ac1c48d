"""What an optimizer is, and the one convention on shapes.

    params, grad, delta, a field of a state    (n_params, ...)
    a hyper-parameter                          a number, or (...): one per trajectory
    t                                          1, 2, ...: the papers' t

The first axis is the parameters and every further axis is a trajectory, so one learning rate per trajectory
broadcasts without a word. Everything is float64.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, final

import numpy as np

from .arithmetic import Array
from .equations import Diagnostics, Equation, PerWalk, Setting, Start, Statement
from .hyper import check, declared_in, values
from .notation import as_text


class Optimizer(ABC):
    """A rule that turns gradients into steps; a subclass is a frozen dataclass of hyper-parameters, and final.

    Its `equations` state the update, its `memory` what is remembered and where that begins; `help` of a class shows
    them as they are printed. `init` and `update` are pure: state goes in and comes out.

    Raises EquationError, a ValueError, when a class is made whose equations are wrong, and ValueError when a
    hyper-parameter is outside its declared bounds.
    """

    label: ClassVar[str]  # its name on the screen
    warning: ClassVar[str] = ""  # what to know before trusting it
    note: ClassVar[str] = ""  # what its name alone may mislead about
    rms_label: ClassVar[str] = "RMS gradient"  # what its rms_grad is called
    direction: ClassVar[str] = ""  # the line of `equations` that holds the remembered direction, if it has one
    memory: ClassVar[Mapping[str, Start | PerWalk]] = {}  # what it remembers -> where that begins
    statement: ClassVar[Statement]  # `equations`, read and checked
    State: ClassVar[type]  # a NamedTuple with a field for each memory

    @property
    @abstractmethod
    def equations(self) -> str:
        """The lines of the update, in the language of `optim_core.equations`; a plain text in a subclass."""

    def __init_subclass__(cls) -> None:
        if cls.__bases__ != (Optimizer,):
            raise TypeError(f"{cls.__name__}: an optimizer is final, four repeated lines make it readable")
        declared = declared_in(cls)
        cls.statement = Statement(cls, cls.__dict__.get("equations", ""), cls.memory, declared)
        cls.State = cls.statement.State
        cls.__doc__ = f"{(cls.__doc__ or '').rstrip()}\n\n{as_text(cls.statement, declared, indent=8)}\n    "

    def __post_init__(self) -> None:
        check(self)

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}  # a setting is found, not carried

    @cached_property
    def setting(self) -> Setting:
        """Its lines and memory, with nothing left to choose."""
        return self.statement.setting(values(self))

    @final
    def init(self, params: Array) -> Any:
        """The state before the first step, a NamedTuple; fields that this setting does not use are None."""
        return self.setting.init(self, params)

    @final
    def update(self, grad: Array, state: Any, params: Array, t: int) -> tuple[Array, Any, Diagnostics]:
        """The step to add to `params`, the state after it, and what the optimizer says about it."""
        return self.setting.update(self, grad, state, params, t)

    @property
    def n_remembered(self) -> int:
        """How many numbers per parameter it remembers from one step to the next."""
        return sum(not field.per_walk for field in self.setting.memory.values())

    def stable_lr(self, curvature: float) -> float | None:
        """The largest η with which it does not run away along a direction of this second derivative of the loss.

        On a quadratic the walk along a direction of curvature λ is a linear recurrence: it stays bounded just below
        this η and grows at every step above it. Infinite where any η is stable; None: it has no such fixed limit.
        """
        return None

    def fastest(self, flattest: float, sharpest: float) -> dict[str, float] | None:
        """The numbers with which it arrives fastest on a quadratic with curvatures between these two, both above 0.

        Fastest is what shrinks the slowest direction most with each step, in the long run. None: they are not known.
        """
        return None


def evaluate(optimizer: Optimizer, grad: Array, state: Any, params: Array, t: int) -> list[tuple[Equation, Array]]:
    """Every equation of `optimizer` with its value for this step: the update, worked out line by line."""
    names = values(optimizer) | state._asdict() | {"grad": grad, "params": params, "t": t}
    with np.errstate(all="ignore"):
        return [(line, line.assign(names)) for line in optimizer.setting.lines]
