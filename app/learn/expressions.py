"""A small language in which a lesson says what it reads off a page: numbers, comparisons, and calls of given functions.

Python's syntax, read with `ast` and walked here: nothing of it is ever run. What is not there, such as the step at
which a run arrives that never does, is None: it compares false with everything, arithmetic with it gives None, and it
is beyond all others, so `min` leaves it out and `max` is None.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from inspect import signature
from typing import Any

Value = float | int | bool | str | None
EACH = "_"  # what a lone * among the arguments is read as: a name of one letter, so that every place stays what it is
STAR = re.compile(r"([(,]\s*)\*(?=\s*[,)])")

OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
SIGNS: dict[type, Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}


class Odd(ValueError):
    """An expression that means nothing here, with its reason in words and where in the expression it lies."""

    def __init__(self, why: str, text: str = "", at: int | None = None) -> None:
        where = f" at “{text[at : at + 24]}” (column {at + 1})" if at is not None else ""
        super().__init__(f"{why}{where} in “{text}”" if text else why)
        self.why, self.placed = why, bool(text)


class Names(Mapping[str, Any]):
    """What an expression may name, and the functions that it may call, some of which take their argument unread.

    `functions` take what their arguments are worth; `lazy` ones get a function that works the first argument out, as
    often as they like, and what the others are worth.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        functions: Mapping[str, Callable[..., Any]],
        lazy: Mapping[str, Any],
    ) -> None:
        self.values_, self.functions, self.lazy = values, functions, lazy

    def __getitem__(self, name: str) -> Any:
        return self.values_[name]

    def __iter__(self) -> Any:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


def worth(text: str, names: Names) -> Value:
    """What an expression is worth. Raises Odd, saying where, for what is none."""
    try:
        return _Reader(text, names).read(_parsed(text))
    except RecursionError:
        raise Odd("is too deep", text) from None


def runs_through(text: str) -> bool:
    """Whether an expression has a * that stands for each run in turn."""
    return STAR.search(text) is not None


def called(text: str) -> set[str]:
    """The names of all functions that an expression calls."""
    return {_dotted(node.func) for node in ast.walk(_parsed(text)) if isinstance(node, ast.Call)}


def given(text: str, function: str) -> list[tuple[Any, ...]]:
    """The arguments of each call of a function in an expression that are written out, in their order."""
    calls = (node for node in ast.walk(_parsed(text)) if isinstance(node, ast.Call) and _dotted(node.func) == function)
    return [tuple(one.value for one in call.args if isinstance(one, ast.Constant)) for call in calls]


def named(text: str) -> set[str]:
    """All names in an expression that are no functions."""
    tree = _parsed(text)
    functions = {id(node) for call in ast.walk(tree) if isinstance(call, ast.Call) for node in ast.walk(call.func)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in functions}


@lru_cache(maxsize=2048)
def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(STAR.sub(rf"\1{EACH}", text), mode="eval").body
    except (SyntaxError, ValueError) as why:
        raise Odd("is no expression", text, _column(text, getattr(why, "offset", None))) from None


def _column(text: str, offset: int | None) -> int | None:
    return None if offset is None else min(max(offset - 1, 0), max(len(text) - 1, 0))


class _Reader:
    """One expression, worked out with the names that it may use."""

    def __init__(self, text: str, names: Names) -> None:
        self.text, self.names = text, names

    def read(self, node: ast.AST) -> Any:
        how = getattr(self, f"_{type(node).__name__.lower()}", None)
        if how is None:
            raise self.odd(node, "this is not allowed")
        return how(node)

    def odd(self, node: ast.AST, why: str) -> Odd:
        column = getattr(node, "col_offset", None)
        return Odd(why, self.text, None if column is None else len(self.text.encode()[:column].decode(errors="ignore")))

    def _constant(self, node: ast.Constant) -> Any:
        if type(node.value) not in (int, float, str, bool):
            raise self.odd(node, "this is not allowed")
        return node.value

    def _name(self, node: ast.Name) -> Any:
        if node.id not in self.names:
            if node.id == EACH:
                raise self.odd(node, "* stands for each run in turn, which is not asked here")
            raise self.odd(node, f"there is no {node.id} here{_near(node.id, [*self.names])}")
        return self.names[node.id]

    def _tuple(self, node: ast.Tuple) -> Any:
        return tuple(map(self.read, node.elts))

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        value = self.read(node.operand)
        if isinstance(node.op, ast.Not):
            return not value
        sign = SIGNS.get(type(node.op))
        if sign is None:
            raise self.odd(node, "this is not allowed")
        return None if value is None else self._done(node, sign, value)

    def _boolop(self, node: ast.BoolOp) -> bool:
        how = all if isinstance(node.op, ast.And) else any
        return how(self.read(one) for one in node.values)

    def _binop(self, node: ast.BinOp) -> Any:
        how = OPERATORS.get(type(node.op))
        if how is None:
            raise self.odd(node, "this is not allowed")
        left, right = self.read(node.left), self.read(node.right)
        return None if None in (left, right) else self._done(node, how, left, right)

    def _compare(self, node: ast.Compare) -> bool:
        left = self.read(node.left)
        for op, one in zip(node.ops, node.comparators, strict=True):
            right = self.read(one)
            if not self._holds(node, op, left, right):
                return False
            left = right
        return True

    def _holds(self, node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> bool:
        if isinstance(op, ast.In | ast.NotIn) and isinstance(right, tuple):
            return left is not None and (left in right) == isinstance(op, ast.In)
        how = OPERATORS.get(type(op))
        if how is None:
            raise self.odd(node, "this is not allowed")
        return False if left is None or right is None else bool(self._done(node, how, left, right))

    def _done(self, node: ast.AST, how: Callable[..., Any], *values: Any) -> Any:
        """The result of an operation on numbers; None for one that has none."""
        try:
            made = how(*values)
        except ZeroDivisionError:
            return None
        except OverflowError:
            return math.inf
        except TypeError:
            raise self.odd(node, "this is none of numbers") from None
        if isinstance(made, complex):
            return None
        return plain(made)

    def _call(self, node: ast.Call) -> Any:
        name = _dotted(node.func)
        if node.keywords or any(isinstance(one, ast.Starred) for one in node.args):
            raise self.odd(node, "arguments are written one after the other")
        if name in self.names.lazy:
            return self._lazily(node, name)
        how = self.names.functions.get(name) or self._field(name)
        if how is None:
            raise self.odd(node, f"there is no {name}(…) here{_near(name, [*self.names.functions, *self.names.lazy])}")
        return self._answer(node, name, how, map(self.read, node.args))

    def _field(self, name: str) -> Callable[..., Any] | None:
        """A function of a family, such as `state.FIELD.x`."""
        first, _, rest = name.partition(".")
        family = self.names.functions.get(f"{first}.*")
        return None if family is None or not rest else lambda *args: family(rest, *args)

    def _lazily(self, node: ast.Call, name: str) -> Any:
        if not node.args:
            raise self.odd(node, f"{name}(…) wants an expression")
        first, *others = node.args

        def again(names: Names) -> Any:
            return _Reader(self.text, names).read(first)

        return self._answer(node, name, self.names.lazy[name], [again, *map(self.read, others)])

    def _answer(self, node: ast.Call, name: str, how: Callable[..., Any], args: Any) -> Any:
        given = list(args)
        try:
            signature(how).bind(*given)
        except TypeError:
            raise self.odd(node, f"{name}(…) does not take {len(given)} of these") from None
        try:
            return plain(how(*given))
        except Odd as why:
            raise why if why.placed else self.odd(node, f"{name}: {why.why}") from None


def plain(value: Any) -> Any:
    """A number as Python has it; None for what is not one."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and math.isnan(value) else value


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def _near(name: str, known: list[str]) -> str:
    """What may be meant, in words."""
    start = name.split(".")[0].lower()[:4]
    found = [one for one in known if one.lower().startswith(start)]
    return f"; there is {', '.join(sorted(found)[:4])}" if found else ""


# --- what every expression may call ---------------------------------------------------------------------------------


def _least(*values: Any) -> Any:
    return min((one for one in values if one is not None), default=None)


def _most(*values: Any) -> Any:
    return None if None in values or not values else max(values)


def _of(how: Callable[..., float]) -> Callable[..., Any]:
    """A function of numbers that is None where it has no value."""

    def worked(*values: Any) -> Any:
        if None in values:
            return None
        try:
            return how(*values)
        except (ValueError, ZeroDivisionError):
            return None
        except OverflowError:
            return math.inf

    return worked


PLAIN: dict[str, Callable[..., Any]] = {
    "min": _least,
    "max": _most,
    "abs": _of(abs),
    "sqrt": _of(math.sqrt),
    "exp": _of(math.exp),
    "log": _of(math.log),
    "log10": _of(math.log10),
    "hypot": _of(math.hypot),
    "round": _of(lambda value, digits=0: round(value, digits) if digits else round(value)),
    "never": lambda value: value is None,
}
