"""One walk over two parameters in plain floats: an optimizer's equations, compiled into a loop.

numpy needs about a microsecond for an array of two numbers, whatever it computes; Python needs a fraction of that for
two floats. So the equations are written out once for each parameter and give, bit for bit, what `update` does. Adam's:

    def walk(_partials, _age, _n_steps, params, lr, beta1, beta2, eps, m, v):
        t = _arange(_age + 1, _age + _n_steps + 2)
        _0 = _float(1 - beta1)
        _1 = _float(1 - beta2)
        _2 = 1 - power(beta1, t)
        _3 = 1 - power(beta2, t)
        params_0, params_1 = params
        m_0, m_1 = m
        v_0, v_1 = v
        _rows = []
        _record = _rows.extend
        for t, _2, _3 in _zip(_range(_age + 1, _age + _n_steps + 2), _2.tolist(), _3.tolist()):
            grad_0, grad_1 = _partials(params_0, params_1)
            grad_0, grad_1 = _float(grad_0), _float(grad_1)
            m_0 = beta1 * m_0 + _0 * grad_0
            m_1 = beta1 * m_1 + _0 * grad_1
            v_0 = beta2 * v_0 + _1 * (grad_0 * grad_0)
            v_1 = beta2 * v_1 + _1 * (grad_1 * grad_1)
            m_hat_0 = m_0 / _2
            m_hat_1 = m_1 / _2
            v_hat_0 = v_0 / _3
            v_hat_1 = v_1 / _3
            rms_grad_0 = _sqrt(v_hat_0)
            rms_grad_1 = _sqrt(v_hat_1)
            effective_lr_0 = lr / (rms_grad_0 + eps)
            effective_lr_1 = lr / (rms_grad_1 + eps)
            delta_0 = -effective_lr_0 * m_hat_0
            delta_1 = -effective_lr_1 * m_hat_1
            _record((
                params_0, params_1, grad_0, grad_1, delta_0, delta_1, effective_lr_0, effective_lr_1,
                rms_grad_0, rms_grad_1, m_0, m_1, v_0, v_1,
            ))
            params_0 += delta_0
            params_1 += delta_1
        return _rows

What is known before the loop is a plain float, or a list with one for every step: an array without axes would cost as
much as numpy does.
"""

import ast
import math
import re
import textwrap
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from ..arithmetic import FUNCTIONS, Array, power, reads
from ..base import Optimizer
from ..equations import Diagnostics, Setting
from ..hyper import values
from ..weather import TABLES, Told
from .ahead import Split, split

RECORDED = ("params", "grad", "delta", *Diagnostics._fields)  # what is told in rough weather, every field of the state
AT_POINTS = ("params", "grad", "seen_grad")  # what has a row for every point of a walk, not only for every step


class Surface(Protocol):
    """A landscape over x and y whose `loss` and `grad` are these two, to the last bit, of points alone or together."""

    def value(self, x: Any, y: Any) -> Any: ...

    def partials(self, x: Any, y: Any) -> tuple[Any, Any]: ...


def is_surface(landscape: Any) -> bool:
    """Whether it is a `Surface`, as far as its names can tell."""
    return hasattr(landscape, "value") and hasattr(landscape, "partials")


def record(
    optimizer: Optimizer,
    landscape: Any,
    begin: Array,
    n_steps: int,
    told: Told | None = None,
    rates: Array | None = None,
    memory: Any = None,
    age: int = 0,
) -> dict[str, Array] | None:
    """Every recorded array of a walk by its name, as a `Trajectory` has them.

    `told` is what the optimizer is told, if not the gradient itself, `rates` by what its learning rate is multiplied,
    `memory` what it begins with, if not at its own beginning, and `age` how many steps it has taken before.

    None where numpy must do it: a sweep, a batch, no `Surface`, or what floats refuse, a division by zero or a partial
    derivative that is no number.
    """
    numbers = values(optimizer)
    is_plain = all(isinstance(number, (int, float)) for number in numbers.values())
    if begin.shape != (2,) or not is_plain or not is_surface(landscape):
        return None
    begun = optimizer.init(begin) if memory is None else memory
    state = {name: np.asarray(field) for name, field in begun._asdict().items() if field is not None}
    given = {name: float(numbers[name]) for name in optimizer.setting.numbers}
    given |= {name: field.tolist() for name, field in state.items()}
    if rates is not None:
        given["lr"] = given["lr"] * rates
    heard = () if told is None else told.kinds
    try:
        with np.errstate(all="ignore"):
            walk = compiled(optimizer.setting, heard, rates is not None)
            flat = walk(
                landscape.partials, age, n_steps, begin.tolist(), **given, **({} if told is None else told.tables())
            )
    except (ArithmeticError, ValueError, TypeError):
        return None
    rows = np.fromiter(flat, float, len(flat)).reshape(n_steps + 1, -1, 2).swapaxes(0, 1).copy()
    columns = dict(zip((*RECORDED, *(("seen_grad",) if heard else ()), *state), rows, strict=True))
    return {name: rows if name in AT_POINTS else rows[:-1] for name, rows in columns.items()}


@lru_cache(maxsize=256)
def compiled(setting: Setting, heard: tuple[str, ...] = (), scheduled: bool = False) -> Callable[..., list[float]]:
    """The loop of a setting: (partials, age, n_steps, params, **numbers, **memory) -> every number of every step.

    `heard`: the kinds of weather, whose tables are more arguments; `scheduled`: lr is an array, one for every t.
    """
    made = dict(NAMESPACE)
    exec(source(setting, heard, scheduled), made)
    return made["walk"]


def source(setting: Setting, heard: tuple[str, ...] = (), scheduled: bool = False) -> str:
    """The loop as Python, for people to read too."""
    return _Loop(setting, split(setting, frozenset({"lr"} if scheduled else ())), heard).source().strip()


NAMESPACE = FUNCTIONS | {
    "__builtins__": {},
    "_abs": abs,
    "_arange": np.arange,
    "_float": float,
    "_inf": math.inf,
    "_power": power,
    "_range": range,
    "_sqrt": math.sqrt,
    "_zip": zip,
}

IN_FLOATS = {  # what numpy's function of {0}, {1} and {2} is for floats, NaN included
    "sqrt": "_sqrt({0})",
    "abs": "_abs({0})",
    "square": "{0} * {0}",
    "sign": "1.0 if {0} > 0 else -1.0 if {0} < 0 else 0.0 if {0} == 0 else {0}",
    "maximum": "{0} if {0} >= {1} or {0} != {0} else {1}",
    "minimum": "{0} if {0} <= {1} or {0} != {0} else {1}",
    "where": "({1}) if ({0}) else ({2})",
    "power": "_float(_power({0}, {1}))",
}

HEARD = {  # what each kind of weather does to a gradient in floats, as `weather.Told.hear` does it to arrays
    "drift": [],
    "pulse": ["grad_{0} = grad_{0} * _pulse_{0}"],
    "noise": ["grad_{0} = grad_{0} + _noise_{0}"],
    "sparse": ["grad_{0} = grad_{0} if _sparse_{0} else 0.0"],
    "norm": [],
    "value": ["grad_{0} = -_most if -_inf < grad_{0} < -_most else _most if _most < grad_{0} < _inf else grad_{0}"],
}
SHORTENED = """
_size = _sqrt(grad_0 * grad_0 + grad_1 * grad_1)
if _most < _size < _inf:
    grad_0, grad_1 = grad_0 * (_most / _size), grad_1 * (_most / _size)
"""

SOURCE = """
def walk(_partials, _age, _n_steps, params, {arguments}):
    t = _arange(_age + 1, _age + _n_steps + 2)
    {before}
    _rows = []
    _record = _rows.extend
    for t, {tables} in _zip(_range(_age + 1, _age + _n_steps + 2), {columns}):
        {gradient}
        {lines}
        _record((
            {row},
        ))
        params_0 += delta_0
        params_1 += delta_1
    return _rows
"""


def names_in(lines: list[str]) -> set[str]:
    """All names, and numbers, that stand in these lines."""
    return set(re.findall(r"\w+", " ".join(lines)))


class Lines(ast.NodeTransformer):
    """`lines`: those of every step, written out for both parameters; as a transformer, an expression for one of them.

    `forms`: what each function of the equations is there.
    """

    def __init__(self, setting: Setting, parts: Split, forms: Mapping[str, str] = IN_FLOATS) -> None:
        self.forms = forms
        each = {name for name, field in setting.memory.items() if not field.per_walk}
        self.each = {"params", "grad", *each}  # spelled name_0 and name_1
        self.lines: list[str] = []
        for name, tree in parts.each_step:
            self.add(name, tree)

    def add(self, name: str, tree: ast.expr) -> None:
        if reads(tree) & self.each:
            self.each.add(name)
        for suffix in ("_0", "_1") if name in self.each else ("",):
            self.suffix = suffix
            value = ast.unparse(self.visit(deepcopy(tree)))
            self.lines.append(f"{self.spelled(name, suffix)} = {value}")

    def spelled(self, name: str, suffix: str) -> str:
        return name + suffix if name in self.each else name

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.spelled(node.id, self.suffix))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A function in terms of floats; an argument that it uses more than once gets a line of its own."""
        form = self.forms[node.func.id]
        arguments = [ast.unparse(self.visit(argument)) for argument in node.args]
        for place, argument in enumerate(arguments):
            if form.count(f"{{{place}}}") > 1 and not re.fullmatch(r"\w+", argument):
                arguments[place] = f"_line_{len(self.lines)}"
                self.lines.append(f"{arguments[place]} = {argument}")
        return ast.parse(form.format(*arguments), mode="eval").body


class _Loop(Lines):
    """The loop while it is being written."""

    def __init__(self, setting: Setting, parts: Split, heard: tuple[str, ...]) -> None:
        self.setting, self.parts, self.heard = setting, parts, heard
        super().__init__(setting, parts)

    def before(self) -> list[str]:
        """The lines before the loop."""
        texts = {name: ast.unparse(tree) for name, tree in self.parts.before.items()}
        known = [f"{name} = {text if name in self.parts.timed else f'_float({text})'}" for name, text in texts.items()]
        return known + [
            f"{name}_0, {name}_1 = {name}" for name in ("params", *self.setting.memory) if name in self.each
        ]

    def gradient(self) -> list[str]:
        """The lines that ask for the gradient, and those that make of it what the optimizer is told."""
        name = "true" if self.heard else "grad"
        place = "params_0 - _drift_0, params_1 - _drift_1" if "drift" in self.heard else "params_0, params_1"
        lines = [f"{name}_0, {name}_1 = _partials({place})", f"{name}_0, {name}_1 = _float({name}_0), _float({name}_1)"]
        if self.heard:
            lines.append("grad_0, grad_1 = true_0, true_1")
        for kind in self.heard:
            lines += [form.format(axis) for form in HEARD[kind] for axis in (0, 1)]
        return lines + SHORTENED.strip().splitlines() * ("norm" in self.heard)

    def source(self) -> str:
        memory = self.setting.memory
        heard = [f"_{kind}{axis}" for kind in self.heard if kind in TABLES for axis in ("_0", "_1")]
        row = [self.spelled(name, suffix) for name in RECORDED for suffix in ("_0", "_1")]
        if self.heard:
            row = [name.replace("grad_", "true_") if name in ("grad_0", "grad_1") else name for name in row]
            row += ["grad_0", "grad_1"]
        row += [self.spelled(name, suffix) for name in memory for suffix in ("_0", "_1")]
        read = names_in(self.lines + row)
        given = [name for name in self.setting.numbers if name in self.parts.timed]
        tables = [name for name in (*given, *self.parts.before) if name in self.parts.timed and name in read]
        arguments = [*self.setting.numbers, *memory, *heard, *(["_most"] if {"norm", "value"} & {*self.heard} else [])]
        return SOURCE.format(
            arguments=", ".join(arguments),
            before="\n    ".join(self.before()),
            tables=", ".join([*tables, *heard]),
            columns=", ".join([*(f"{name}.tolist()" for name in tables), *heard]),
            gradient="\n        ".join(self.gradient()),
            lines="\n        ".join(self.lines),
            row=textwrap.fill(", ".join(row), 96).replace("\n", "\n            "),
        )
