"""Arithmetic on names, as a text says it: read, checked, and worked out.

    beta2 * v + (1 - beta2) * grad**2

Numbers, names, + - * / **, comparisons, the functions of `FUNCTIONS`, and `a if flag else b`.
"""

import ast
from collections.abc import Mapping
from copy import deepcopy
from functools import cache, cached_property
from typing import Any

import numpy as np

from .hyper import Scalar

Array = np.ndarray


class EquationError(ValueError):
    """The equations of a class are wrong: it says in which line, and why."""


SHORT_CUTS = (-1, 0, 0.5, 1, 2)  # exponents for which numpy takes another way, but only where one comes alone


def power(base: Scalar, exponent: Scalar) -> Array:
    """base**exponent with the same last bit for one number as for an array of them, which `**` does not promise."""
    base, exponent = np.asarray(base, dtype=float), np.asarray(exponent)
    raised = np.power(base, exponent)
    for alone in SHORT_CUTS if exponent.ndim else ():
        if np.count_nonzero(same := exponent == alone):
            raised = np.where(same, np.power(base, alone), raised)
    return raised


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
ARGUMENTS = {"sqrt": 1, "abs": 1, "sign": 1, "maximum": 2, "minimum": 2, "where": 3, "square": 1, "power": 2}

OPERATORS = {
    ast.BinOp: (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow),
    ast.UnaryOp: (ast.USub,),
    ast.Compare: (ast.Gt, ast.Lt, ast.GtE, ast.LtE, ast.Eq, ast.NotEq),
}


def reads(tree: ast.AST) -> frozenset[str]:
    """The names in a tree but those of the functions that it calls and of the flags that it asks."""
    named = {node for node in ast.walk(tree) if isinstance(node, ast.Name)}
    named -= {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    named -= {node.test for node in ast.walk(tree) if isinstance(node, ast.IfExp)}
    return frozenset(node.id for node in named)


class Expression:
    """Arithmetic on names, as a tree that nobody changes; its powers are calls of `square` and `power`."""

    def __init__(self, tree: ast.expr) -> None:
        self.tree = tree

    def __str__(self) -> str:
        return ast.unparse(self.tree)

    @cached_property
    def reads(self) -> frozenset[str]:
        return reads(self.tree)

    def value(self, names: Mapping[str, Any]) -> Any:
        return eval(self._code, NAMESPACE, names)

    @cached_property
    def _code(self) -> Any:
        return compile(ast.fix_missing_locations(ast.Expression(deepcopy(self.tree))), str(self), "eval")


NAMESPACE = FUNCTIONS | {"__builtins__": {}}


@cache
def expression(text: str) -> Expression:
    """The expression that a text says. Raises EquationError where it is more than arithmetic."""
    try:
        return Expression(Reader().visit(ast.parse(text, mode="eval").body))
    except (SyntaxError, ValueError) as error:
        raise EquationError(f"`{text}`: {getattr(error, 'msg', error)}") from None


class Reader(ast.NodeTransformer):
    """Refuses what is not arithmetic, and writes powers as calls: `**` differs between a number and an array."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, (ast.Name, ast.expr_context, ast.IfExp)):
            raise EquationError(f"{ast.unparse(node)} is not arithmetic")
        return super().generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if type(node.value) not in (int, float):
            raise EquationError(f"{node.value!r} is not a number")
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.UnaryOp:
        self._knows(node, node.op)
        node.operand = self.visit(node.operand)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self._knows(node, node.op)
        node.left, node.right = self.visit(node.left), self.visit(node.right)
        if not isinstance(node.op, ast.Pow):
            return node
        if isinstance(node.right, ast.Constant) and node.right.value == 2:
            return ast.Call(ast.Name("square", ast.Load()), [node.left], [])
        return ast.Call(ast.Name("power", ast.Load()), [node.left, node.right], [])

    def visit_Compare(self, node: ast.Compare) -> ast.Compare:
        self._knows(node, *node.ops)
        if len(node.ops) > 1:
            raise EquationError(f"{ast.unparse(node)} compares more than two")
        node.left, node.comparators = self.visit(node.left), [self.visit(node.comparators[0])]
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            raise EquationError(f"{ast.unparse(node.func)} is none of the functions {', '.join(FUNCTIONS)}")
        if node.keywords or len(node.args) != ARGUMENTS[node.func.id]:
            raise EquationError(f"{node.func.id} takes {ARGUMENTS[node.func.id]} argument(s) without a name")
        node.args = [self.visit(argument) for argument in node.args]
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.IfExp:
        if not isinstance(node.test, ast.Name):
            raise EquationError(f"`if` asks for one name, not for {ast.unparse(node.test)}: use where(...)")
        return super().generic_visit(node)

    def _knows(self, node: ast.expr, *operators: ast.AST) -> None:
        if not all(isinstance(operator, OPERATORS[type(node)]) for operator in operators):
            raise EquationError(f"{ast.unparse(node)} is not arithmetic")
