"""A surface, a schedule and an update as Python source that stands alone: what a script is made of.

Nothing is written twice: a surface comes from the source of its own `value` and `partials`, a schedule from that of its
`factors`, an update from the optimizer's `equations`. Only a surface that somebody typed has no source of its own:
`typed` makes it from the tape.
"""

import ast
import dataclasses
import inspect
import itertools
import textwrap
from collections.abc import Callable, Container, Sequence
from copy import deepcopy
from numbers import Real
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from landscapes import Formula, Surface, layers
from optim_core import SCHEDULES, Equation, Optimizer, Schedule, hypers
from optim_core.arithmetic import reads
from optim_core.hyper import values

from ..page.schedules import NAMES
from . import typed


def identifier(name: str) -> str:
    """The name of a registry as one of Python."""
    return name.replace("-", "_")


def unlike(name: str, taken: Container[str], form: str) -> str:
    """The name, or the first numbered one that is not yet taken."""
    numbered = (form.format(name, number) for number in itertools.count(2))
    return next(free for free in itertools.chain([name], numbered) if free not in taken)


# --- surfaces -------------------------------------------------------------------------------------------------------

RESERVED = {"x", "y", "t", "START", "N_STEPS", "RUNS", "ByHand", "Corrected", "walk", "paths", "path", "label"}
RESERVED |= {"SEED", "PULSES", "NOISE", "KNOWN", "MOVED", "told", "changed", "schedulers", *map(identifier, SCHEDULES)}


class Written:
    """Methods of a surface as functions of x and y; shape parameters and other numbers become constants above them.

    What a surface holds within it is written first, each of its methods under its own name with one more "inner_".
    """

    def __init__(self, surface: Surface, module: str, **methods: str) -> None:
        """`methods`: the method -> the name of its function; `module` is spelled where the surface says numpy.

        Raises ValueError for a surface that uses anything but numbers, functions and modules.
        """
        self.surface, self.module = surface, module
        self.constants: dict[str, tuple[Any, str]] = {}  # what it is called -> its value, and what it means
        self.functions: dict[str, str] = {}
        self.imports: set[str] = set()
        core, around = layers(surface)
        local = {name for one in (core, *around) for method in methods for name in _locals(getattr(one, method))}
        self.taken = RESERVED | set(methods.values()) | local
        for method, name in methods.items():
            self._write(getattr(surface, method), name)

    @property
    def assignments(self) -> list[str]:
        """The lines that give the constants their values."""
        return [
            f"{name} = {value!r}" + (f"  # {means}" if means else "") for name, (value, means) in self.constants.items()
        ]

    def named(self, name: str, value: Any, owner: Surface | None = None) -> str:
        """What the script calls this value, an attribute of its owner, which is written into it on the way."""
        if value is np:
            return self.module
        if isinstance(value, ModuleType):
            self.imports.add(value.__name__)
            return value.__name__
        spelled = self._spelled(name, owner)
        if inspect.isroutine(value):
            if spelled not in self.functions:
                self._write(value, spelled)
        elif isinstance(value, Real) or (isinstance(value, tuple) and all(isinstance(one, Real) for one in value)):
            declared = hypers(owner) if owner else {}
            self.constants[spelled] = value, declared[name].doc if name in declared else ""
        else:
            raise ValueError(f"{self.surface.label} cannot be written out: {name} is not a number")
        return spelled

    def _spelled(self, name: str, owner: Surface | None) -> str:
        inside = 0 if owner is None else len(layers(self.surface)[1]) - len(layers(owner)[1])
        name = "inner_" * inside + name.strip("_")
        return f"{name}_" if name in self.taken else name

    def _write(self, function: Callable, name: str) -> None:
        owner = getattr(function, "__self__", None)
        if isinstance(owner, Formula):
            self.functions[name] = typed.source(owner, function.__name__, name, self.module)
            return
        self.functions[name] = ""  # known from here on, so that it may call itself
        self.functions[name] = alone(self, function, name)


class Factors:
    """The factors of schedules as functions of the number of steps; their numbers are written where they stand."""

    def __init__(self) -> None:
        self.functions: dict[str, str] = {}  # in the order in which they call each other
        self.names: dict[Schedule, str] = {}
        self.imports: set[str] = set()

    def of(self, schedule: Schedule) -> str:
        """The function of a schedule, which is written on the way."""
        if schedule not in self.names:
            name = unlike(identifier(NAMES[type(schedule)]), self.names.values(), "{}_{}")
            self.names[schedule] = name
            self._write(schedule.factors, name)
        return self.names[schedule]

    def named(self, name: str, value: Any, owner: Schedule | None = None) -> str:
        """What the script writes for this value: the name of a function or a module, or the number itself."""
        if isinstance(value, ModuleType):
            self.imports |= {value.__name__} - {"numpy"}
            return "np" if value is np else value.__name__
        if isinstance(owner, Schedule) and inspect.ismethod(value):
            return self.of(owner)
        if inspect.isroutine(value):
            self._write(value, name.strip("_"))
            return name.strip("_")
        return repr(float(value))

    def _write(self, function: Callable, name: str) -> None:
        source = alone(self, function, name)
        self.functions.setdefault(name, source)


def alone(writer: Written | Factors, function: Callable, name: str) -> str:
    """The source of a function under another name, without what is around it; `writer` says what it calls that."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    tree = ast.fix_missing_locations(_Alone(writer, function).visit(tree))
    tree.name = name
    return ast.unparse(tree)


def _locals(function: Callable) -> tuple[str, ...]:
    return function.__code__.co_varnames


class _Alone(ast.NodeTransformer):
    """A function without its class, its module and its annotations."""

    def __init__(self, writer: Written | Factors, function: Callable) -> None:
        self.writer, self.known, self.local = writer, function.__globals__, _locals(function)
        self.owner = getattr(function, "__self__", None)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.args.args = [ast.arg(argument.arg) for argument in node.args.args if argument.arg != "self"]
        node.returns, node.decorator_list = None, []
        if ast.get_docstring(node):
            del node.body[0]
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        owner = self._meant(node.value)
        if owner is None:
            return self.generic_visit(node)
        return ast.Name(self.writer.named(node.attr, getattr(owner, node.attr), owner))

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id in self.local or node.id not in self.known:
            return node
        return ast.Name(self.writer.named(node.id, self.known[node.id]))

    def _meant(self, node: ast.expr) -> Any:
        """`self`, or what it holds within it; None for anything else."""
        match node:
            case ast.Name("self"):
                return self.owner
            case ast.Attribute(ast.Name("self"), name):
                held = getattr(self.owner, name, None)
                return held if dataclasses.is_dataclass(held) else None
        return None


# --- updates --------------------------------------------------------------------------------------------------------

# How a function of the equations is spelled. The letters say of each argument whether it is an array or a number;
# "if" is a `where` that asks a number. What is not listed is a function of the module.
IF = "({1}) if ({0}) else ({2})"
SPELLINGS: dict[str, dict[str, str]] = {
    "np": {"if": IF},
    "torch": {
        "if": IF,
        "abs n": "abs({0})",
        "maximum an": "torch.clamp({0}, min={1})",
        "maximum nn": "max({0}, {1})",
        "minimum an": "torch.clamp({0}, max={1})",
        "minimum nn": "min({0}, {1})",
        "power": "({0})**({1})",
        "sqrt n": "math.sqrt({0})",
        "square n": "({0})**2",
    },
}


class Update(NamedTuple):
    """An update as a function of (t, params, grad, *memory, *settings), which returns the step and the new memory."""

    source: str  # of the function, called {name} in it
    settings: dict[str, float]
    memory: dict[str, np.ndarray]  # before the first step, each field (n_params,) or ()


def update(optimizer: Optimizer, begin: Sequence[float], module: str) -> Update:
    """The update of an optimizer that starts at `begin`, in `module`'s functions: "np" or "torch"."""
    setting, state = optimizer.setting, optimizer.init(np.array(begin))
    memory = {name: getattr(state, name) for name in setting.memory}
    lines, needed = _live(setting.lines, {"delta", *memory})
    settings = {name: value for name, value in values(optimizer).items() if name in needed}
    spelled = _Spelled(module, {"t", *settings, *(name for name in memory if setting.memory[name].per_walk)})
    body = [f"{line.name} = {spelled(line)}" for line in lines]
    kept = ", ".join(f"{name}={name}" for name in memory)
    head = f"def {{name}}({', '.join(['t', 'params', 'grad', *memory, *settings])}):"
    return Update("\n    ".join([head, *body, f"return delta, dict({kept})"]), settings, memory)


def _live(equations: tuple[Equation, ...], wanted: set[str]) -> tuple[list[Equation], set[str]]:
    """The lines on which what is wanted depends, and the names that they need from outside."""
    lines, needed = [], set(wanted)
    for line in reversed(equations):
        if line.name in needed:
            needed = needed - {line.name} | line.expression.reads
            lines.append(line)
    return lines[::-1], needed


class _Spelled(ast.NodeTransformer):
    """Spells lines in a module's functions; `numbers` are the names that stand for plain numbers, not for arrays."""

    def __init__(self, module: str, numbers: set[str]) -> None:
        self.module, self.numbers = module, numbers

    def __call__(self, line: Equation) -> str:
        if line.expression.reads <= self.numbers:
            self.numbers.add(line.name)
        return ast.unparse(self.visit(deepcopy(line.expression.tree)))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        kinds = "".join("n" if reads(argument) <= self.numbers else "a" for argument in node.args)
        name = "if" if node.func.id == "where" and kinds[0] == "n" else node.func.id
        arguments = [ast.unparse(self.visit(argument)) for argument in node.args]
        plain = f"{self.module}.{name}({', '.join(arguments)})"
        forms = SPELLINGS[self.module]
        form = forms.get(f"{name} {kinds}", forms.get(name))
        return ast.parse(form.format(*arguments) if form else plain, mode="eval").body
