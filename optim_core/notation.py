"""How an update is printed: the symbol of every name, where parentheses stand, and lines as plain text.

    v = beta2 * v + (1 - beta2) * grad**2      in the equations
    v = β₂·vₜ₋₁ + (1 − β₂)·g²                  as text

A `Writer` walks an expression and leaves the signs to a subclass: `Plain` is here, MathML is the page's. What it writes
is a list of pieces, which are texts here; a subclass may put in others.
"""

import ast
import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any

from .arithmetic import Expression
from .equations import Statement
from .hyper import Hyper
from .letters import PAPER, Letters

Pieces = list[Any]

SYMBOLS = {  # what a name is called in the papers; any other name is its first word with the rest below
    "grad": "g",
    "slope": "∇f",
    "params": "θ",
    "delta": "Δθ",
    "effective_lr": "η_eff",
    "rms_grad": "rms",
    "velocity": "b",
    "sum_sq": "s",
    "square_avg": "v",
    "grad_avg": "ḡ",
    "variance": "σ²",
    "delta_avg": "Δ²",
    "rate": "α_i",
    "root": "r",
    "ratio": "r",
    "agreement": "a",
    "factor": "f",
    "prev_grad": "g_prev",
    "direction": "u",
    "m_hat": "m̂",
    "v_hat": "v̂",
    "m_bar": "m̄",
    "mu": "μₜ",
    "mu_next": "μₜ₊₁",
    "mu_product": "Π",
    "seen": "c₂",
    "rho": "ρ",
    "rho_inf": "ρ_∞",
    "r_sq": "r²",
}
WORDS = {"maximum": "max", "minimum": "min"}
RELATIONS = {ast.Gt: ">", ast.Lt: "<", ast.GtE: "≥", ast.LtE: "≤", ast.Eq: "=", ast.NotEq: "≠"}


class Tightness(IntEnum):
    """How tightly an expression holds together, and how tightly it must where it stands."""

    ALONE = 0  # the whole right side: even a sum of constants is written out
    SUM = 1
    PRODUCT = 2
    POWER = 3
    ATOM = 4


ALONE, SUM, PRODUCT, POWER, ATOM = Tightness


def symbol(name: str) -> str:
    """A name's symbol as text, for a name that is no hyper-parameter: m_hat is m̂."""
    return SYMBOLS.get(name, name)


def exact(value: float) -> str:
    """The shortest text that reads back as this hyper-parameter."""
    short = f"{value:g}" if float(f"{value:g}") == value else repr(float(value))
    return re.sub(r"e([+-])0*", lambda sign: "e" + sign[1].strip("+"), short).replace("-", "−")


def guarded(shown: str, guard: int) -> str:
    """A number in parentheses: where it is negative (guard 1), or also where it has an exponent (guard 2)."""
    needs = (guard and shown.startswith("−")) or (guard == 2 and "e" in shown)
    return f"({shown})" if needs else shown


class Symbols:
    """What the names of a class are called, and which of them mean an old value while its lines are written."""

    def __init__(self, declared: Mapping[str, Hyper], memory: Mapping[str, Any], letters: Letters = PAPER) -> None:
        self.declared, self.memory, self.letters = declared, set(memory), letters
        self.assigned: dict[str, int] = {}  # name -> line

    def shown(self, name: str) -> str:
        """The symbol of a name."""
        return self.letters.of(self.declared[name].symbol if name in self.declared else symbol(name))

    def is_old(self, name: str) -> bool:
        """Whether a name means what the last step left there."""
        return name in self.memory and name not in self.assigned

    def assign(self, name: str) -> None:
        """From here on, the name means what this line gives it."""
        self.assigned[name] = len(self.assigned)

    def asked(self, name: str) -> str:
        """A name that chooses, as a condition."""
        return name.replace("_", " ") if self.declared[name].scale == "switch" else f"{self.shown(name)} ≠ 0"


class Writer:
    """Writes expressions in symbols. A subclass gives the signs: `minus`, `open`, `close` and what raises here."""

    minus: str
    open: str
    close: str

    def __init__(self, names: Any) -> None:
        self.names = names

    def line(self, name: str, tree: ast.expr) -> Pieces:
        return [*self.beginning(name), *self.write(tree)]

    def write(self, node: ast.expr, need: int = SUM, guard: int = 0) -> Pieces:
        """The pieces of an expression that must hold together as tightly as `need`.

        `guard` says when a number at its left end stands in parentheses: see `guarded`.
        """
        match node:
            case ast.Name():
                return self.name(node.id, guard)
            case ast.Constant():
                return self.constant(guarded(exact(node.value), guard))
            case ast.UnaryOp():
                return self.wrapped(PRODUCT, need, lambda _: [self.minus, *self.write(node.operand, POWER, 1)], guard)
            case ast.BinOp():
                return self.binary(node, need, guard)
            case ast.Compare():
                relation = self.relation(RELATIONS[type(node.ops[0])])
                return [*self.write(node.left), relation, *self.write(node.comparators[0])]
            case ast.IfExp() | ast.Call(func=ast.Name(id="where")):
                return self.choice(node, need, guard)
            case ast.Call(func=ast.Name(id="square" | "power")):
                return self.wrapped(POWER, need, lambda _: self.power(*raised(node)), guard)
            case ast.Call(func=ast.Name(id=name)):
                return self.call(name, node.args)
        raise ValueError(f"cannot write {ast.unparse(node)}")

    def binary(self, node: ast.BinOp, need: int, guard: int) -> Pieces:
        left, right = node.left, node.right
        match node.op:
            case ast.Mult():
                joined = [self.times(left, right), *self.write(right, self.factor(right), 1)]
                return self.wrapped(PRODUCT, need, lambda inner: [*self.write(left, PRODUCT, inner), *joined], guard)
            case ast.Div():
                return self.wrapped(PRODUCT, need, lambda inner: self.fraction(left, right, inner), guard)
        sign, after = ("+", SUM) if isinstance(node.op, ast.Add) else ("−", PRODUCT)
        joined = [self.operator(sign), *self.write(right, after, 1)]
        return self.wrapped(SUM, need, lambda inner: [*self.write(left, SUM, inner), *joined], guard)

    def wrapped(self, has: int, need: int, inside: Callable[[int], Pieces], guard: int) -> Pieces:
        """In parentheses where it holds together less than it must; then its left end needs no guard."""
        return [self.open, *inside(0), self.close] if has < need else inside(guard)

    def choice(self, node: ast.expr, need: int, guard: int) -> Pieces:
        """All the cases, each with its condition."""
        rows = []
        while True:
            match node:
                case ast.Call(func=ast.Name(id="where"), args=[condition, yes, no]):
                    rows.append((self.write(yes), self.write(condition)))
                case ast.IfExp(test=ast.Name(id=name), body=yes, orelse=no):
                    rows.append((self.write(yes), [self.names.asked(name)]))
                case _:
                    return self.table(rows, self.write(node))
            node = no

    def relation(self, sign: str) -> str:
        return self.operator(sign)

    def factor(self, node: ast.expr) -> int:
        """How tightly the right side of a product must hold together."""
        return PRODUCT


def raised(node: ast.Call) -> tuple[ast.expr, ast.expr]:
    """(base, exponent) of a `square` or a `power`."""
    return node.args[0], node.args[1] if len(node.args) == 2 else ast.Constant(2)


class Plain(Writer):
    """As text that can be copied."""

    minus, open, close = "−", "(", ")"
    superscripts: Mapping[str, str] = {"2": "²", "t": "ᵗ"}

    def beginning(self, name: str) -> Pieces:
        return [self.names.shown(name), " = "]

    def name(self, name: str, guard: int) -> Pieces:
        shown = self.names.shown(name)
        return [shown + (",t−1" if "_" in shown else "ₜ₋₁") if self.names.is_old(name) else shown]

    def constant(self, shown: str) -> Pieces:
        return [shown]

    def operator(self, sign: str) -> str:
        return f" {sign} "

    def factor(self, node: ast.expr) -> int:
        return POWER if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) else PRODUCT

    def times(self, left: ast.expr, right: ast.expr) -> str:
        return "·"

    def fraction(self, above: ast.expr, below: ast.expr, guard: int) -> Pieces:
        return [*self.write(above, PRODUCT, guard), " / ", *self.write(below, POWER, 1)]

    def power(self, base: ast.expr, exponent: ast.expr) -> Pieces:
        short = self.superscripts.get(ast.unparse(exponent))
        return [*self.write(base, ATOM, 2), *([short] if short else ["^", *self.write(exponent, ATOM, 2)])]

    def call(self, name: str, arguments: list[ast.expr]) -> Pieces:
        if name == "sqrt":
            is_leaf = isinstance(arguments[0], ast.Name)
            return ["√", *self.write(arguments[0], guard=2)] if is_leaf else ["√(", *self.write(arguments[0]), ")"]
        if name == "abs":
            return ["|", *self.write(arguments[0]), "|"]
        rest = [piece for argument in arguments[1:] for piece in (", ", *self.write(argument))]
        return [f"{WORDS.get(name, name)}(", *self.write(arguments[0]), *rest, ")"]

    def table(self, rows: list[tuple[Pieces, Pieces]], last: Pieces) -> Pieces:
        made: Pieces = ["{"]
        for value, condition in rows:
            made += [*value, " if ", *condition, "; "]
        return [*made, *last, " otherwise}"]


def as_text(statement: Statement, declared: Mapping[str, Hyper], indent: int = 0) -> str:
    """All the lines of a class and where its memory begins, as they are printed, a line each."""
    names = Symbols(declared, statement.memory)
    shown = []
    for line in statement.lines:
        condition = "".join(f"    if {names.asked(name)}" for name in line.within)
        shown.append("".join(Plain(names).line(line.name, line.expression.tree)) + condition)
        names.assign(line.name)
    starts = [f"{names.shown(name)}₀ = {_start(names, field.start)}" for name, field in statement.memory.items()]
    return "\n".join(" " * indent + text for text in [*shown, *([", ".join(starts)] if starts else [])])


def _start(names: Symbols, start: Expression) -> str:
    return "".join(Plain(names).write(start.tree))
