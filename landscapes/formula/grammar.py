"""What a formula means: from its signs to a tape, by way of Python's own parser and a list of what it may consist of.

Nothing that somebody typed is ever evaluated: of a text only its tree is looked at, node by node.
"""

import ast
from bisect import bisect
from collections.abc import Callable
from typing import NamedTuple

from .error import FormulaError
from .tape import VARIABLES, Place, Tape
from .tokens import CONSTANTS, FUNCTIONS, NUMBER, RAISE, RAISED, Token, tokens

OPERATIONS = 120  # of a tape
EXPONENT = 50  # the largest

OPERATORS: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


class Read(NamedTuple):
    """A formula that was understood: its tape, the place of its value there, its tree, and the text of it alone."""

    tape: Tape
    root: Place
    tree: ast.expr
    text: str


def read(text: str) -> Read:
    """What a text means. Raises FormulaError where it is no formula of x and y."""
    signs = tokens(text)
    first, last = _span(signs)
    reader = _Reader(signs)
    root = reader.place(reader.tree)
    if reader.tape.number_at(root) is not None:
        raise FormulaError("this depends neither on x nor on y", "write a formula of x and y", first, last)
    return Read(reader.tape, root, reader.tree, " ".join(text[first:last].split()))


def _span(signs: list[Token]) -> tuple[int, int]:
    return signs[0].start, signs[-1].end


def _python(token: Token) -> str:
    """How Python spells a sign; a number is a float from the beginning."""
    if token.kind == NUMBER:
        return repr(float(token.spelled))
    if token.kind == RAISE:
        return f"**({float(token.spelled.translate(RAISED))!r})"
    return "**" if token.spelled == "^" else token.spelled


class _Reader:
    """Follows the tree of a formula and puts what it finds on a tape."""

    def __init__(self, signs: list[Token]) -> None:
        self.signs, self.tape = signs, Tape()
        spelled = [_python(token) for token in signs]
        self.columns = [0]
        for one in spelled[:-1]:
            self.columns.append(self.columns[-1] + len(one) + 1)
        try:
            self.tree = ast.parse(" ".join(spelled), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise FormulaError("this cannot be read", "", *_span(signs)) from None

    def place(self, node: ast.expr) -> Place:
        """Where the value of a node stands. A node of any other type than these is refused."""
        if type(node) not in READERS:
            raise self.error(node, "this is no part of a formula")
        found = READERS[type(node)](self, node)
        if len(self.tape.operations) > OPERATIONS:
            raise self.error(node, "these are too many operations", f"at most {OPERATIONS} in a formula")
        return found

    def error(self, node: ast.expr, what: str, hint: str = "") -> FormulaError:
        first, last = (bisect(self.columns, column) - 1 for column in (node.col_offset, node.end_col_offset - 1))
        return FormulaError(what, hint, self.signs[first].start, self.signs[last].end)

    def number(self, node: ast.Constant) -> Place:
        if type(node.value) is not float:
            raise self.error(node, "this is no number")
        return self.tape.number(node.value)

    def name(self, node: ast.Name) -> Place:
        if node.id in VARIABLES:
            return self.tape.add(node.id)
        if node.id not in CONSTANTS:
            raise self.error(node, "this name is not known")
        return self.tape.number(CONSTANTS[node.id])

    def signed(self, node: ast.UnaryOp) -> Place:
        if type(node.op) not in (ast.USub, ast.UAdd):
            raise self.error(node, "this sign is not known")
        inner = self.place(node.operand)
        return self.tape.add("negative", inner) if type(node.op) is ast.USub else inner

    def finite(self, node: ast.expr, found: Place, *of: Place) -> Place:
        """What follows from numbers alone, if it is one."""
        if self.tape.number_at(found) is None and all(self.tape.number_at(one) is not None for one in of):
            raise self.error(node, "this is no finite number")
        return found

    def joined(self, node: ast.BinOp) -> Place:
        left, right = self.place(node.left), self.place(node.right)
        divisor = self.tape.number_at(right)
        if type(node.op) is ast.Pow:
            if divisor is not None and abs(divisor) > EXPONENT:
                raise self.error(node.right, "this exponent is too large", f"at most {EXPONENT}")
            return self.finite(node, self.tape.power(left, right), left, right)
        if type(node.op) not in OPERATORS:
            raise self.error(node, "this sign is not known")
        if type(node.op) is ast.Div and divisor == 0:
            raise self.error(node.right, "this divides by 0")
        return self.finite(node, self.tape.add(OPERATORS[type(node.op)], left, right), left, right)

    def called(self, node: ast.Call) -> Place:
        name = node.func.id if type(node.func) is ast.Name else ""
        if name not in FUNCTIONS or node.keywords or len(node.args) != FUNCTIONS[name][1]:
            raise self.error(node, "this is no function of a formula")
        operation, many = FUNCTIONS[name]
        places = [self.place(argument) for argument in node.args]
        return self.finite(node, self.tape.add(operation, *places, *(places if many > 1 else ())), *places)


READERS: dict[type, Callable[..., Place]] = {
    ast.Constant: _Reader.number,
    ast.Name: _Reader.name,
    ast.UnaryOp: _Reader.signed,
    ast.BinOp: _Reader.joined,
    ast.Call: _Reader.called,
}
