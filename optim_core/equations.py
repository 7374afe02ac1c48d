"""The language in which an update is stated, once: read, checked, and made into a function for every setting.

    m            = beta1 * m + (1 - beta1) * grad
    m_hat        = m / (1 - beta1**t) if bias_correction else m
    if centered:
        grad_avg = alpha * grad_avg + (1 - alpha) * grad

A line is arithmetic (+ - * / **, comparisons, the functions of `FUNCTIONS`) on hyper-parameters, on what is remembered,
on `grad`, `params`, `t` and on the lines above it. A name on the right is the old value until a line assigns it. A flag
chooses, by `a if flag else b` or by a block; so does a number, by whether it is anything but 0. Every class must assign
`delta` and the `Diagnostics`. What is remembered begins at a number, or at an expression over hyper-parameters.

A `Statement` is the text of a class; a `Setting` is what is left of it for one choice of flags. Everything that shows,
runs or exports an update reads the lines of a setting.
"""

import ast
import inspect
import itertools
import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from .arithmetic import FUNCTIONS, NAMESPACE, Array, EquationError, Expression, Reader, expression, reads
from .hyper import Hyper, Scalar

Start = float | str  # of a memory: a number, or an expression over hyper-parameters


class Diagnostics(NamedTuple):
    """What an optimizer says about its own step. Both are `(n_params, ...)` or broadcast to it."""

    effective_lr: Array  # the factor on the gradient, or on its smoothed direction
    rms_grad: Array  # the root mean square of the gradient over the optimizer's own memory


class PerWalk(NamedTuple):
    """The start of a memory that is one number for the whole walk, and not one for each parameter."""

    start: Start


RESERVED = {"grad", "params", "t", "self", "state", "own", "begun", *FUNCTIONS}
NAME = "[a-z]+[0-9]*(_[a-z]+)*"  # m_0 is a name of the loops that are made of the lines


class _Chosen(ast.NodeTransformer):
    """What is left of an expression where `on` are the names that say yes."""

    def __init__(self, on: frozenset[str]) -> None:
        self.on = on

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        return self.visit(node.body if node.test.id in self.on else node.orelse)


@dataclass(frozen=True, eq=False)
class Equation:
    """One line of an update: `name` becomes the value of `expression`."""

    name: str
    expression: Expression
    number: int  # of the line in its text, from 1
    within: tuple[str, ...] = ()  # the names of the blocks in which it stands

    @property
    def asks(self) -> frozenset[str]:
        """The names that choose for this line."""
        tests = (node.test.id for node in ast.walk(self.expression.tree) if isinstance(node, ast.IfExp))
        return frozenset([*self.within, *tests])

    def chosen(self, on: frozenset[str]) -> "Equation":
        """The line where `on` are the names that say yes."""
        if self.asks <= set(self.within):
            return self
        tree = _Chosen(on).visit(deepcopy(self.expression.tree))
        return Equation(self.name, Expression(tree), self.number, self.within)

    def assign(self, names: dict[str, Any]) -> Any:
        """Work the line out: its value, which its name stands for from now on."""
        names[self.name] = value = self.expression.value(names)
        return value


class Memory(NamedTuple):
    """What an update remembers under one name: where it begins, and whether it is one number for the whole walk."""

    start: Expression
    per_walk: bool


@dataclass(frozen=True, eq=False)
class Setting:
    """An update for one choice of flags: nothing is left to choose."""

    lines: tuple[Equation, ...]
    memory: Mapping[str, Memory]  # that this setting uses
    numbers: tuple[str, ...]  # the hyper-parameters that are no flags
    State: type  # of all settings of the class

    @property
    def source(self) -> str:
        """The update as a function of numpy."""
        needed, known = set(), set()
        for line in self.lines:
            needed |= line.expression.reads - known
            known.add(line.name)
        body = [*_taken("self", self.numbers, needed), *_taken("state", self.memory, needed)]
        body += [f"{line.name} = {ast.unparse(self._written(line))}" for line in self.lines]
        fields = ", ".join(name if name in self.memory else "None" for name in self.State._fields)
        state = f"State({fields})" if fields else "state"
        body.append(f"return delta, {state}, Diagnostics({', '.join(Diagnostics._fields)})")
        return "\n    ".join(["def update(self, grad, state, params, t):", *body])

    def _written(self, line: Equation) -> ast.expr:
        tree = _Scalar().visit(deepcopy(line.expression.tree))
        return _kept(tree) if line.name in (*self.memory, "delta", *Diagnostics._fields) else tree

    @cached_property
    def init(self) -> Callable[..., Any]:
        """The state before the first step: (optimizer, params) -> state."""
        needed = set().union(*(field.start.reads for field in self.memory.values()))
        begun = {
            name: f"begun({start}, {0 if per_walk else 'params'})" for name, (start, per_walk) in self.memory.items()
        }
        state = ", ".join(begun.get(name, "None") for name in self.State._fields)
        lines = ["def init(self, params):", *_taken("self", self.numbers, needed), f"return State({state})"]
        return self._compiled("\n    ".join(lines), "init")

    @cached_property
    def update(self) -> Callable[..., tuple[Array, Any, Diagnostics]]:
        """`source`, compiled: (optimizer, grad, state, params, t) -> (delta, state, diagnostics)."""
        return self._compiled(self.source, "update")

    def _compiled(self, source: str, name: str) -> Callable[..., Any]:
        names = NAMESPACE | {"State": self.State, "Diagnostics": Diagnostics, "begun": _begun, "own": _own}
        exec(source, names)
        return names[name]


def _begun(start: Scalar, like: Array) -> Array:
    """A memory before the first step; not the same array as another's."""
    return np.asarray(np.zeros(np.shape(like)) + start)


def _own(value: Scalar) -> Scalar:
    return value.copy() if isinstance(value, np.ndarray) else value


def _kept(tree: ast.expr) -> ast.expr:
    """What an update hands out: where it is only handed on, as an array of its own."""
    if isinstance(tree, ast.IfExp):
        return ast.IfExp(tree.test, _kept(tree.body), _kept(tree.orelse))
    return ast.Call(ast.Name("own"), [tree], []) if isinstance(tree, ast.Name) else tree


def _taken(owner: str, names: Iterable[str], needed: set[str]) -> list[str]:
    """The line, if there is one, that makes attributes local."""
    local = [name for name in names if name in needed]
    return [f"{', '.join(local)} = {', '.join(f'{owner}.{name}' for name in local)}"] if local else []


class _Scalar(ast.NodeTransformer):
    """A `where` that asks for t alone takes one side without working out the other."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if node.func.id != "where" or reads(node.args[0]) != {"t"}:
            return node
        return ast.IfExp(*node.args)


class Statement:
    """The equations of a class and what it remembers, checked for every setting.

    Raises EquationError, which names the class and the line.
    """

    def __init__(self, owner: type, text: str, memory: Mapping[str, Start | PerWalk], declared: Mapping[str, Hyper]):
        self.owner, self.text = owner.__name__, inspect.cleandoc(text)
        self.flags = tuple(name for name, declaration in declared.items() if declaration.scale == "switch")
        self.numbers = tuple(name for name in declared if name not in self.flags)
        self.memory = {name: self._begun(name, start) for name, start in memory.items()}
        self.lines = tuple(self._read(self._body(), ()))
        self.State = namedtuple(f"{self.owner}State", memory, module=owner.__module__)
        self.State.__qualname__ = f"{owner.__qualname__}.State"  # where a pickle finds it
        self.asks = tuple(name for name in declared if any(name in line.asks for line in self.lines))
        choices = itertools.product((False, True), repeat=len(self.asks))
        chosen = (frozenset(itertools.compress(self.asks, choice)) for choice in choices)
        self.settings = {on: self._setting(on) for on in chosen}
        for name in memory:
            if not any(name in setting.memory for setting in self.settings.values()):
                raise EquationError(f"{self.owner}: no line assigns {name}, which it remembers")

    def setting(self, values: Mapping[str, Any]) -> Setting:
        """The setting of these hyper-parameters: a number says yes where any walk has anything but 0."""
        return self.settings[frozenset(name for name in self.asks if np.any(values[name]))]

    # reading

    def _begun(self, name: str, start: Start | PerWalk) -> Memory:
        per_walk = isinstance(start, PerWalk)
        try:
            begun = expression(str(start.start if per_walk else start))
            self._free(name)
            if unknown := begun.reads - {*self.numbers}:
                raise EquationError(f"{min(unknown)} is no number of this class")
            if any(isinstance(node, ast.IfExp) for node in ast.walk(begun.tree)):
                raise EquationError("a start has nothing to choose")
        except EquationError as error:
            raise EquationError(f"{self.owner}: memory {name}: {error}") from None
        return Memory(begun, per_walk)

    def _body(self) -> list[ast.stmt]:
        try:
            return ast.parse(self.text).body
        except SyntaxError as error:
            raise self._wrong(error.lineno or 1, error.msg) from None
        except ValueError as error:
            raise EquationError(f"{self.owner}: {error}") from None

    def _read(self, body: list[ast.stmt], within: tuple[str, ...]) -> Iterator[Equation]:
        for node in body:
            with self._at(node.lineno):
                line = self._block(node) if isinstance(node, ast.If) else self._line(node, within)
            if line:
                yield line
            else:
                yield from self._read(node.body, (*within, node.test.id))

    def _block(self, node: ast.If) -> None:
        if not isinstance(node.test, ast.Name):
            raise EquationError(f"`if` asks for one name, not for {ast.unparse(node.test)}")
        if node.orelse:
            raise EquationError("a block has no else: use `a if flag else b`")
        self._chooses(node.test.id)

    def _line(self, node: ast.stmt, within: tuple[str, ...]) -> Equation:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]):
                self._free(name)
                return Equation(name, self._expression(node.value), node.lineno, within)
        raise EquationError("a line reads `name = expression`")

    def _expression(self, tree: ast.expr) -> Expression:
        made = Expression(Reader().visit(tree))
        for node in ast.walk(made.tree):
            if isinstance(node, ast.IfExp):
                self._chooses(node.test.id)
        return made

    def _free(self, name: str) -> None:
        if not re.fullmatch(NAME, name):
            raise EquationError(f"{name} is no name here: it needs small letters, and digits only before a _")
        if name in RESERVED or name in self.numbers or name in self.flags:
            raise EquationError(f"{name} has a meaning already")

    def _chooses(self, name: str) -> None:
        if name not in self.flags and name not in self.numbers:
            raise EquationError(f"`if` asks for a flag or a number of the class, and {name} is neither")

    # settings

    def _setting(self, on: frozenset[str]) -> Setting:
        lines = tuple(line.chosen(on) for line in self.lines if on.issuperset(line.within))
        memory = {name: self.memory[name] for name in self.memory if any(line.name == name for line in lines)}
        known = {"grad", "params", "t", *self.numbers, *memory}
        shared = {"t", *self.numbers, *(name for name, field in memory.items() if field.per_walk)}
        assigned: set[str] = set()
        for line in lines:
            with self._at(line.number, on):
                self._check(line, known, shared, assigned)
            known.add(line.name)
            assigned.add(line.name)
            shared |= {line.name} if line.expression.reads <= shared else set()
        for name in ("delta", *Diagnostics._fields):
            if name not in assigned:
                raise EquationError(f"{self.owner}: no line assigns {name}{self._said(on)}")
        return Setting(lines, memory, self.numbers, self.State)

    def _check(self, line: Equation, known: set[str], shared: set[str], assigned: set[str]) -> None:
        for name in sorted(line.expression.reads - known):
            if name in self.flags:
                raise EquationError(f"{name} is a flag: it chooses, and is no number")
            if name in self.memory:
                raise EquationError(f"{name} is remembered only where a line assigns it")
            raise EquationError(f"{name} is not known here")
        if line.name in assigned:
            raise EquationError(f"{line.name} is assigned a second time")
        if line.name in self.memory and self.memory[line.name].per_walk and not line.expression.reads <= shared:
            each = min(line.expression.reads - shared)
            raise EquationError(f"{line.name} is one number per walk, and {each} is one per parameter")

    # errors

    @contextmanager
    def _at(self, number: int, on: frozenset[str] | None = None) -> Iterator[None]:
        """Whatever is wrong inside is wrong in this line."""
        try:
            yield
        except EquationError as error:
            raise self._wrong(number, f"{error}{self._said(on)}") from None

    def _wrong(self, number: int, reason: str) -> EquationError:
        lines = self.text.splitlines() or [""]
        return EquationError(f"{self.owner}, line {number}, `{lines[number - 1].strip()}`: {reason}")

    def _said(self, on: Iterable[str] | None) -> str:
        """The setting in words, where there is more than one."""
        if on is None or not self.asks:
            return ""
        return f" ({', '.join(f'with {name}' if name in on else f'without {name}' for name in self.asks)})"
