"""A formula as one would print it: (1 − x)² + 100·(y − x²)². What is printed reads as the same, if it is let in."""

import ast

from .tokens import SMALL

SIGNS = {ast.Add: " + ", ast.Sub: " − ", ast.Mult: "·", ast.Div: " / ", ast.Pow: "^"}
SUM, PRODUCT, SIGN, POWER, ALONE = range(5)  # how strongly the parts of a formula hold together
STRENGTH = {ast.Add: SUM, ast.Sub: SUM, ast.Mult: PRODUCT, ast.Div: PRODUCT, ast.Pow: POWER}
TO_SMALL = str.maketrans({ordinary: small for small, ordinary in SMALL.items()})


def printed(node: ast.expr) -> str:
    return _shown(node)[0]


def _shown(node: ast.expr) -> tuple[str, int]:
    """A part of a formula, and how strongly it holds together."""
    if type(node) is ast.UnaryOp:
        negative = type(node.op) is ast.USub
        return (f"−{_held(node.operand, POWER)}", SIGN) if negative else _shown(node.operand)
    if type(node) is ast.Call:
        return f"{node.func.id}({', '.join(map(printed, node.args))})", ALONE
    if type(node) is ast.Name:
        return "π" if node.id == "pi" else node.id, ALONE
    if type(node) is ast.Constant:
        return _number(node.value), ALONE
    return _joined(node), STRENGTH[type(node.op)]


def _joined(node: ast.BinOp) -> str:
    strength = STRENGTH[type(node.op)]
    if strength == POWER:
        base, exponent = _held(node.left, ALONE), _held(node.right, POWER)
        whole = exponent.removeprefix("(−").removesuffix(")") if exponent.startswith("(−") else exponent
        if whole.isdecimal():
            sign = "⁻" if whole != exponent else ""
            return base + sign + whole.translate(TO_SMALL)
        return f"{base}^{exponent}"
    return _held(node.left, strength) + SIGNS[type(node.op)] + _held(node.right, strength + 1, sign=False)


def _held(node: ast.expr, least: int, sign: bool = True) -> str:
    """A part in brackets, unless it holds together at least so strongly, and begins with no sign where none may be."""
    text, strength = _shown(node)
    return text if strength >= least and (sign or strength != SIGN) else f"({text})"


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")
