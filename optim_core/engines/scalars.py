"""A surface as a text of functions of two floats, for a compiler that takes neither objects nor arrays.

Of a class the source of `value` and `partials` is read, with every method and function that they call; what they take
from the instance, a shape parameter or a turn, comes as the tuple `_p`. Himmelblau's function turned by an angle:

    def value_1(_p, x, y):
        return value_2(_p, *inward_3(_p, x, y))
    def value_2(_p, x, y):
        one = x * x + y - 11
        ...
    def inward_3(_p, x, y):
        cos, sin = (_p[0], _p[1])
        return (cos * x + sin * y, cos * y - sin * x)

A surface whose methods have no source of their own says them itself: `in_scalars` is then the text of the functions
`value(x, y)` and `partials(x, y)`, plain arithmetic and functions of `np`.
"""

import ast
import inspect
import math
import textwrap
from copy import deepcopy
from functools import cache, lru_cache
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np

IN_MATH = {  # compiled in a tenth of the time that numpy's takes, for a float the same
    np.sin: "sin",
    np.cos: "cos",
    np.tan: "tan",
    np.exp: "exp",
    np.expm1: "expm1",
    np.log: "log",
    np.sqrt: "sqrt",
    np.hypot: "hypot",
    np.sinh: "sinh",
    np.cosh: "cosh",
    np.tanh: "tanh",
    np.arcsin: "asin",
    np.arccos: "acos",
    np.arctan: "atan",
}
BUILT_IN = {"abs", "max", "min", "float"}


class Unwritten(ValueError):
    """This surface cannot be written in scalars."""


class Written(NamedTuple):
    """A surface in scalars: the functions as Python, the names of the two that are asked for, and the tuple `_p`."""

    text: str
    value: str
    partials: str
    numbers: tuple[float, ...]


def written(surface: Any) -> Written:
    """The functions of a surface. Equal texts mean equal functions: surfaces of a class differ in `numbers` alone.

    Raises Unwritten where there is no source, or where it takes from its instance what is no number.
    """
    how = getattr(surface, "__dataclass_params__", None)
    return _remembered(surface) if how and how.frozen and how.eq else _written(surface)


def _written(surface: Any) -> Written:
    writer = _Writer()
    value, partials = (writer.method(surface, name) for name in ("value", "partials"))
    return Written("\n".join(filter(None, writer.texts)), value, partials, tuple(writer.numbers.values()))


_remembered = lru_cache(maxsize=256)(_written)  # of what nobody changes: reading the source takes milliseconds


class _Writer:
    """What has been written so far."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.numbers: dict[Any, float] = {}
        self.names: dict[Any, str] = {}

    def method(self, owner: Any, name: str) -> str:
        """The name under which a method of this object is written."""
        if hasattr(owner, "in_scalars"):
            return self._add((id(owner), name), name, _said(owner.in_scalars)[name], owner, {"np": np})
        function = getattr(type(owner), name, None)
        if not isinstance(function, FunctionType) or name in getattr(owner, "__dict__", {}):
            raise Unwritten(f"{type(owner).__name__}.{name} is no method")
        return self._add((id(owner), name), name, _tree(function), owner, _around(function))

    def function(self, function: FunctionType) -> str:
        """The name under which a function that is no method is written."""
        return self._add(function, function.__name__, _tree(function), None, _around(function))

    def _add(self, key: Any, name: str, tree: ast.FunctionDef, owner: Any, known: dict[str, Any]) -> str:
        if key not in self.names:
            self.names[key] = made = f"{name.strip('_')}_{len(self.names) + 1}"
            place = len(self.texts)
            self.texts.append("")  # whoever calls stands above what is called
            self.texts[place] = ast.unparse(_Function(self, owner, known).made(tree, made))
        return self.names[key]

    def number(self, key: Any, value: float) -> ast.expr:
        """Where a number of an instance stands in `_p`."""
        self.numbers.setdefault(key, float(value))
        return ast.parse(f"_p[{list(self.numbers).index(key)}]", mode="eval").body


class _Function(ast.NodeTransformer):
    """One function while it is being written; `owner` is its self, `known` the names around it."""

    def __init__(self, writer: _Writer, owner: Any, known: dict[str, Any]) -> None:
        self.writer, self.owner, self.known = writer, owner, known

    def made(self, tree: ast.FunctionDef, name: str) -> ast.FunctionDef:
        arguments = [one.arg for one in tree.args.args]
        self.me = arguments.pop(0) if arguments[:1] == ["self"] else ""
        stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        self.local = stored | {*arguments}
        body = [self.visit(deepcopy(line)) for line in tree.body if not _is_text(line)]
        head = ast.arguments([], [ast.arg(one) for one in ("_p", *arguments)], None, [], [], None, [])
        return ast.fix_missing_locations(ast.FunctionDef(name, head, body, [], None))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if node.keywords:
            raise Unwritten(f"{ast.unparse(node)} has arguments with a name")
        arguments = [self.visit(argument) for argument in node.args]
        match node.func:
            case ast.Attribute(value=inner, attr=name) if self._is_mine(inner):
                called = self.writer.method(self._found(inner), name)
            case ast.Name(id=name) if isinstance(self.known.get(name), FunctionType):
                called = self.writer.function(self.known[name])
            case ast.Name(id=name) if name in BUILT_IN and name not in self.known:
                return ast.Call(node.func, arguments, [])
            case _ if self._found(node.func) is np.where and len(arguments) == 3:
                return ast.IfExp(*arguments)
            case _:
                return ast.Call(self._library(node.func), arguments, [])
        return ast.Call(ast.Name(called), [ast.Name("_p"), *arguments], [])

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        found = self._found(node)
        if not self._is_mine(node):
            return _constant(found, node)
        key = (id(self._found(node.value)), node.attr)
        if isinstance(found, tuple) and all(map(_is_number, found)):
            return ast.Tuple([self.writer.number((*key, place), one) for place, one in enumerate(found)], ast.Load())
        if not _is_number(found):
            raise Unwritten(f"{ast.unparse(node)} is no number")
        return self.writer.number(key, found)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.local:
            return node
        return _constant(self._found(node), node)

    def _library(self, node: ast.expr) -> ast.expr:
        """A function of numpy or of math."""
        found = self._found(node)
        if isinstance(found, np.ufunc) or getattr(math, getattr(found, "__name__", ""), None) is found:
            module, name = ("math", IN_MATH[found]) if found in IN_MATH else ("np", found.__name__)
            module = module if isinstance(found, np.ufunc) else "math"
            return ast.Attribute(ast.Name(module), name, ast.Load())
        raise Unwritten(f"{ast.unparse(node)} is no function of a number")

    def _is_mine(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id == self.me != ""

    def _found(self, node: ast.expr) -> Any:
        """What a name, or an attribute of one, stands for."""
        if isinstance(node, ast.Attribute):
            return getattr(self._found(node.value), node.attr)
        if isinstance(node, ast.Name) and node.id == self.me != "":
            return self.owner
        if isinstance(node, ast.Name) and node.id in self.known:
            return self.known[node.id]
        raise Unwritten(f"{ast.unparse(node)} is not known")


def _constant(found: Any, node: ast.expr) -> ast.expr:
    if isinstance(found, ModuleType) or not _is_number(found):
        raise Unwritten(f"{ast.unparse(node)} is no number")
    return ast.Constant(found if type(found) is int else float(found))


def _is_number(found: Any) -> bool:
    return isinstance(found, (int, float)) or (isinstance(found, np.generic) and found.dtype.kind in "biuf")


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _around(function: FunctionType) -> dict[str, Any]:
    """The names that a function finds outside of itself."""
    if function.__closure__:
        raise Unwritten(f"{function.__qualname__} remembers where it was made")
    return function.__globals__


@cache
def _tree(function: FunctionType) -> ast.FunctionDef:
    try:
        node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError):
        raise Unwritten(f"{function.__qualname__} has no source") from None
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        raise Unwritten(f"{function.__qualname__} is no plain function")
    return node


@cache
def _said(text: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.parse(text).body}
