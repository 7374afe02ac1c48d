"""One walk over two parameters in plain floats: an optimizer's equations, compiled into a loop.

numpy needs about a microsecond for an array of two numbers, whatever it computes; Python needs a fraction of that for
two floats. The equations give, bit for bit, what `update` does, so they are written out once for each parameter; what
depends on t and on hyper-parameters alone stands before the loop, where numpy computes it for all steps at once.
"""

import ast
import math
import re
from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

import numpy as np

from ..base import FUNCTIONS, Array, Equation, Optimizer, parsed, power
from ..hyper import hypers

RECORDED = ("params", "grad", "delta", "effective_lr", "rms_grad")  # and every field of the state


@runtime_checkable
class Surface(Protocol):
    """A landscape over x and y whose `loss` and `grad` are these two, to the last bit, of points alone or together."""

    def value(self, x: Any, y: Any) -> Any: ...

    def partials(self, x: Any, y: Any) -> tuple[Any, Any]: ...


def record(optimizer: Optimizer, landscape: Any, begin: Array, n_steps: int) -> dict[str, Array] | None:
    """Every recorded array of a walk by its name, as a `Trajectory` has them.

    None where numpy must do it: a sweep, a batch, no `Surface`, or a division by zero, which floats refuse.
    """
    numbers = {name: getattr(optimizer, name) for name in hypers(optimizer)}
    is_plain = all(isinstance(number, (int, float)) for number in numbers.values())
    if begin.shape != (2,) or not is_plain or not isinstance(landscape, Surface):
        return None
    state = {name: field for name, field in optimizer.init(begin)._asdict().items() if field is not None}
    walk = compiled(optimizer.equations, tuple(numbers), tuple((name, field.ndim) for name, field in state.items()))
    given = {name: float(number) for name, number in numbers.items()}
    given |= {name: field.tolist() for name, field in state.items()}
    try:
        with np.errstate(all="ignore"):
            flat = walk(landscape.partials, n_steps, begin.tolist(), **given)
    except (ArithmeticError, ValueError):
        return None
    rows = np.fromiter(flat, float, len(flat)).reshape(n_steps + 1, -1, 2).swapaxes(0, 1).copy()
    columns = dict(zip((*RECORDED, *state), rows, strict=True))
    return {name: rows if name in ("params", "grad") else rows[:-1] for name, rows in columns.items()}


@lru_cache(maxsize=256)
def compiled(
    equations: tuple[Equation, ...], numbers: tuple[str, ...], memory: tuple[tuple[str, int], ...]
) -> Callable[..., list[float]]:
    """The loop for these equations; `numbers` are the hyper-parameters, `memory` each field of the state with its axes.

    Raises ValueError for an equation that is more than arithmetic on these names.
    """
    loop = _Loop(numbers, dict(memory))
    for equation in equations:
        loop.add(equation)
    made: dict[str, Any] = {}
    exec(loop.source(), dict(NAMESPACE), made)
    return made["walk"]


def powers(base: float, exponents: Array) -> Array:
    """`power` of every exponent; for these five numpy has short cuts, which it takes only where one comes alone."""
    exponents = np.asarray(exponents)
    table = np.array(np.power(base, exponents))
    short = np.isin(exponents, (-1, 0, 0.5, 1, 2))
    table[short] = [power(base, exponent) for exponent in exponents[short]]
    return table


NAMESPACE = FUNCTIONS | {
    "__builtins__": {"float": float, "range": range, "zip": zip},
    "power": powers,
    "_abs": abs,
    "_arange": np.arange,
    "_power": power,
    "_sqrt": math.sqrt,
}

IN_FLOATS = {  # what numpy's function of {0}, {1} and {2} is for floats, NaN included
    "sqrt": "_sqrt({0})",
    "abs": "_abs({0})",
    "square": "{0} * {0}",
    "sign": "1.0 if {0} > 0 else -1.0 if {0} < 0 else 0.0 if {0} == 0 else {0}",
    "maximum": "{0} if {0} >= {1} or {0} != {0} else {1}",
    "minimum": "{0} if {0} <= {1} or {0} != {0} else {1}",
    "where": "({1}) if ({0}) else ({2})",
    "power": "float(_power({0}, {1}))",
}

NODES = (ast.Name, ast.Load, ast.Constant, ast.UnaryOp, ast.USub, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div)
NODES += (ast.Compare, ast.Gt, ast.Lt, ast.Eq, ast.Call)

SOURCE = """
def walk(_partials, _n_steps, params, {arguments}):
    t = _arange(1, _n_steps + 2)
    {before}
    _rows = []
    _record = _rows.extend
    for t, {tables} in zip(range(1, _n_steps + 2), {columns}):
        grad_0, grad_1 = _partials(params_0, params_1)
        grad_0, grad_1 = float(grad_0), float(grad_1)
        {lines}
        _record(({row}))
        params_0 += delta_0
        params_1 += delta_1
    return _rows
"""


class _Loop(ast.NodeTransformer):
    """The loop while it is being written; as a transformer, what an expression is for one of the two parameters."""

    def __init__(self, numbers: tuple[str, ...], memory: dict[str, int]) -> None:
        self.numbers, self.memory = numbers, memory
        self.known = {"t", "params", "grad", *numbers, *memory}
        self.each = {"params", "grad", *(name for name, axes in memory.items() if axes)}  # spelled name_0 and name_1
        self.ahead = {"t", *numbers}  # known before the loop
        self.timed = ["t"]  # of these, an array before the loop and a number in it
        self.hoisted: dict[str, str] = {}  # expression -> its name
        self.before: list[str] = []
        self.lines: list[str] = []

    def add(self, equation: Equation) -> None:
        name, tree = equation.name, _checked(equation, self.known)
        self.known.add(name)
        if name not in self.memory and _names(tree) <= self.ahead:
            self.define(name, tree)
            return
        if _names(tree) & self.each:
            self.each.add(name)
        for suffix in ("_0", "_1") if name in self.each else ("",):
            self.suffix = suffix
            value = ast.unparse(self.visit(deepcopy(tree)))
            self.lines.append(f"{self.spelled(name, suffix)} = {value}")

    def define(self, name: str, tree: ast.expr) -> None:
        self.before.append(f"{name} = {ast.unparse(tree)}")
        self.ahead.add(name)
        if not _names(tree).isdisjoint(self.timed):
            self.timed.append(name)

    def spelled(self, name: str, suffix: str) -> str:
        return name + suffix if name in self.each else name

    def visit(self, node: ast.AST) -> ast.expr:
        """Anything that is known before the loop becomes one name."""
        if isinstance(node, (ast.UnaryOp, ast.BinOp, ast.Compare, ast.Call)) and _names(node) <= self.ahead:
            name = self.hoisted.setdefault(ast.unparse(node), f"_{len(self.hoisted)}")
            if name not in self.ahead:
                self.define(name, node)
            node = ast.Name(name)
        return super().visit(node)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.spelled(node.id, self.suffix))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A function in terms of floats; an argument that it uses more than once gets a line of its own."""
        form = IN_FLOATS[node.func.id]
        arguments = [ast.unparse(self.visit(argument)) for argument in node.args]
        for place, argument in enumerate(arguments):
            if form.count(f"{{{place}}}") > 1 and not re.fullmatch(r"\w+", argument):
                arguments[place] = f"_line_{len(self.lines)}"
                self.lines.append(f"{arguments[place]} = {argument}")
        return ast.parse(form.format(*arguments), mode="eval").body

    def source(self) -> str:
        row = [self.spelled(name, suffix) for name in (*RECORDED, *self.memory) for suffix in ("_0", "_1")]
        read = re.findall(r"\w+", " ".join(self.lines + row))
        tables = [name for name in self.timed[1:] if name in read]
        begin = [f"{name}_0, {name}_1 = {name}" for name in ("params", *self.memory) if name in self.each]
        return SOURCE.format(
            arguments=", ".join((*self.numbers, *self.memory)),
            before="\n    ".join(self.before + begin),
            tables=", ".join(tables),
            columns=", ".join(f"{name}.tolist()" for name in tables),
            lines="\n        ".join(self.lines),
            row=", ".join(row),
        )


def _names(tree: ast.AST) -> set[str]:
    """The names in an expression but those of the functions that it calls."""
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in called}


def _checked(equation: Equation, known: set[str]) -> ast.expr:
    """The tree of an equation, which holds nothing but arithmetic on known names."""
    tree = parsed(equation.expression).body
    fits = [_names(tree) <= known, re.fullmatch("[a-z]+[0-9]*(_[a-z]+)*", equation.name)]  # m_0 is the loop's own
    for node in ast.walk(tree):
        fits.append(isinstance(node, NODES))
        if isinstance(node, ast.Constant):
            fits.append(type(node.value) in (int, float))
        if isinstance(node, ast.Call):
            fits.append(isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS)
    if not all(fits):
        raise ValueError(f"not arithmetic on known names: {equation.name} = {equation.expression}")
    return tree
