"""What an optimizer is, and the one convention on shapes.

    params, grad, delta, a field of a state    (n_params, ...)
    a hyper-parameter                          a number, or (...): one per trajectory
    t                                          1, 2, ...: the papers' t

The first axis is the parameters and every further axis is a trajectory, so one learning rate per trajectory
broadcasts without a word. Everything is float64.
"""

import ast
import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cache
from types import CodeType
from typing import Any, ClassVar, NamedTuple

import numpy as np

from .hyper import Scalar, check, hypers

Array = np.ndarray


class Diagnostics(NamedTuple):
    """What an optimizer says about its own step. Both are `(n_params, ...)` or broadcast to it."""

    effective_lr: Array  # the factor on the gradient, or on its smoothed direction
    rms_grad: Array  # the root mean square of the gradient over the optimizer's own memory


class Equation(NamedTuple):
    """One line of an update: `name` becomes the value of `expression`.

    An expression is plain text over the optimizer's own names: its hyper-parameters, the fields of its state,
    `grad`, `params`, `t` and what earlier lines assigned; a name on the right is the old value until a line
    assigns it. It may call `sqrt`, `abs`, `sign`, `maximum`, `minimum` and `where`.
    """

    name: str
    expression: str


class Convention(NamedTuple):
    """A point on which the libraries differ: as of PyTorch 2.13, optax 0.2.8 and Keras 3.15, by their code.

    `other` says how to walk the other way, as changes of this class's fields: a number, a flag, or a text, which is an
    expression over its hyper-parameters. Empty: it is the same path. None: no class here walks that way. With
    `instead`, it holds all the fields of that class, and `differently` makes one.
    """

    here: str  # what this class does
    agree: tuple[str, ...]  # who does the same
    there: str = ""  # what others do
    differ: tuple[str, ...] = ()  # who they are
    other: Mapping[str, float | bool | str] | None = None
    instead: type | None = None


class Optimizer(ABC):
    """A rule that turns gradients into steps; subclasses are frozen dataclasses of hyper-parameters.

    `init` and `update` are pure: state goes in and comes out. Raises ValueError when a hyper-parameter is outside
    its declared bounds.
    """

    label: ClassVar[str]  # its name on the screen
    warning: ClassVar[str] = ""  # what to know before trusting it
    rms_label: ClassVar[str] = "RMS gradient"  # what its rms_grad is called
    direction: ClassVar[str] = ""  # the line of `equations` that holds the remembered direction, if it has one
    conventions: ClassVar[tuple[Convention, ...]] = ()  # on what the libraries differ

    def __post_init__(self) -> None:
        check(self)

    @abstractmethod
    def init(self, params: Array) -> Any:
        """The state before the first step, a NamedTuple; fields that this setting does not use are None."""

    @abstractmethod
    def update(self, grad: Array, state: Any, params: Array, t: int) -> tuple[Array, Any, Diagnostics]:
        """The step to add to `params`, the state after it, and what the optimizer says about it."""

    @property
    @abstractmethod
    def equations(self) -> tuple[Equation, ...]:
        """The lines that `update` computes, in order; the last one assigns `delta`."""

    @property
    def memory(self) -> int:
        """How many numbers per parameter it remembers from one step to the next."""
        return sum(np.ndim(field) > 0 for field in self.init(np.zeros(1)) if field is not None)

    def stable_lr(self, curvature: float) -> float | None:
        """The largest η with which it does not run away along a direction of this second derivative of the loss.

        On a quadratic the walk along a direction of curvature λ is a linear recurrence: it stays bounded just below
        this η and grows at every step above it. Infinite where any η is stable; None: it has no such fixed limit.
        """
        return None


def differently(optimizer: Optimizer, convention: Convention) -> Optimizer | None:
    """The optimizer as those who differ have it; as this class has it, where the fields already are the others'.

    None where no class here can say it, or not with these hyper-parameters.
    """
    if convention.other is None:
        return None
    names = FUNCTIONS | {name: getattr(optimizer, name) for name in hypers(optimizer)}
    try:
        changes = {
            name: eval(_compiled(value), {"__builtins__": {}}, names) if isinstance(value, str) else value
            for name, value in convention.other.items()
        }
        other = convention.instead(**changes) if convention.instead else dataclasses.replace(optimizer, **changes)
    except (ArithmeticError, ValueError):
        return None
    if other != optimizer or any(isinstance(value, str) for value in convention.other.values()):
        return other
    declared = type(optimizer).__dataclass_fields__
    return dataclasses.replace(optimizer, **{name: declared[name].default for name in changes})


def ema(average: Array, value: Array, beta: Scalar) -> Array:
    """The exponential moving average after one more value."""
    return beta * average + (1 - beta) * value


def power(base: Scalar, t: int) -> Array:
    """base**t with the same last bit for a number as for an array of numbers, which `**` does not promise."""
    return np.power(np.asarray(base, dtype=float), t)


def unbias(average: Array, beta: Scalar, t: int) -> Array:
    """The average without the pull of its zero start."""
    return average / (1 - power(beta, t))


def evaluate(optimizer: Optimizer, grad: Array, state: Any, params: Array, t: int) -> list[tuple[Equation, Array]]:
    """Every equation of `optimizer` with its value for this step: the update, worked out from its printed lines."""
    names = {name: getattr(optimizer, name) for name in hypers(optimizer)}
    names |= FUNCTIONS | state._asdict() | {"grad": grad, "params": params, "t": t}
    lines = []
    with np.errstate(all="ignore"):
        for equation in optimizer.equations:
            names[equation.name] = eval(_compiled(equation.expression), {"__builtins__": {}}, names)
            lines.append((equation, names[equation.name]))
    return lines


FUNCTIONS = {
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "where": np.where,
    "square": np.square,
    "power": power,
}


class _Powers(ast.NodeTransformer):
    """Write powers as `square` and `power`, for `**` differs in the last bit between a number and an array."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Pow):
            return node
        if isinstance(node.right, ast.Constant) and node.right.value == 2:
            return ast.Call(ast.Name("square", ast.Load()), [node.left], [])
        return ast.Call(ast.Name("power", ast.Load()), [node.left, node.right], [])


def parsed(expression: str) -> ast.Expression:
    """The tree of an equation's expression, its powers as calls."""
    return ast.fix_missing_locations(_Powers().visit(ast.parse(expression, mode="eval")))


@cache
def _compiled(expression: str) -> CodeType:
    return compile(parsed(expression), expression, "eval")
