"""An optimizer's equations as templates: each line in symbols, and as pieces to be filled with numbers.

Every line is written twice, as MathML and as plain text, and each of them both in symbols and in numbers. In numbers it
is a list of pieces, which whoever fills it in (`fill` here, the page in the browser) needs no further knowledge for:

    "text"                                    as it stands
    [column, back, guard]                     a number: of that column, `back` steps before this one; in parentheses
                                              where it is negative (guard 1), or also where it has an exponent (guard 2)
    {"if": column, "then": [...], "else": []} the one or the other, by whether the column's number is 1 or 0
"""

import ast
import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from optim_core import Optimizer, hypers

Pieces = list[Any]

DIGITS = 4

SYMBOLS = {  # what a name is called on paper; any other name is its first word with the rest below
    "grad": "g",
    "params": "θ",
    "delta": "Δθ",
    "effective_lr": "η_eff",
    "rms_grad": "rms",
    "velocity": "b",
    "sum_sq": "s",
    "square_avg": "v",
    "grad_avg": "ḡ",
    "delta_avg": "Δ²",
    "rate": "α",
    "root": "r",
    "ratio": "r",
    "agreement": "a",
    "factor": "f",
    "prev_grad": "g_prev",
    "direction": "d",
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

SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₜ", "0123456789+−t")
ACCENTS = {"\N{COMBINING CIRCUMFLEX ACCENT}": "^", "\N{COMBINING MACRON}": "¯"}
WORDS = {"maximum": "max", "minimum": "min"}
RELATIONS = {ast.Gt: ("&gt;", ">"), ast.Lt: ("&lt;", "<"), ast.Eq: ("=", "=")}

ROOT, SUM, PRODUCT, POWER, ATOM = 0, 1, 2, 3, 4  # how tightly an expression must hold together


class Written(NamedTuple):
    """A line of an update: in symbols, and as pieces to be filled with numbers."""

    name: str
    formula: str
    formula_text: str
    math: Pieces
    text: Pieces
    needs: tuple[int, ...]  # the lines above whose values it reads
    result: int  # the column of its value


@dataclass(frozen=True)
class Template:
    """An optimizer's lines before any number is known."""

    lines: tuple[Written, ...]
    names: tuple[str, ...]  # of the columns; a condition's is its expression
    conditions: tuple[tuple[int, ...], ...]  # the columns of the conditions that each line asks for


@lru_cache(maxsize=256)
def template(optimizer: Optimizer) -> Template:
    """The lines of an optimizer whose hyper-parameters are numbers."""
    columns = _Columns(optimizer)
    lines, conditions = [], []
    for equation in optimizer.equations:
        known = len(columns.names)
        lines.append(columns.written(equation.name, equation.expression))
        conditions.append(tuple(at for at in range(known, len(columns.names)) if columns.names[at] in columns.asked))
    return Template(tuple(lines), tuple(columns.names), tuple(conditions))


class _Columns:
    """Gives every name a column, and writes lines that refer to them."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.declared = hypers(optimizer)
        self.numbers = {name: getattr(optimizer, name) for name in self.declared}
        self.memory = set(optimizer.init(np.zeros(2))._asdict())
        self.assigned: dict[str, int] = {}  # name -> line
        self.names = ["grad"]
        self.asked: set[str] = set()

    def column(self, name: str) -> int:
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def slot(self, name: str, guard: int) -> list[int]:
        return [self.column(name), int(self.is_old(name)), guard]

    def is_old(self, name: str) -> bool:
        """Whether a name means what the last step left there."""
        return name in self.memory and name not in self.assigned

    def condition(self, expression: str) -> int:
        read = {node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name)}
        key = expression + "  # before its line" * any(map(self.is_old, read))  # not the same as after it
        self.asked.add(key)
        return self.column(key)

    def written(self, name: str, expression: str) -> Written:
        tree = ast.parse(expression, mode="eval").body
        read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        result = self.column(name)
        sides = [
            kind(self, in_numbers).line(name, tree, result) for in_numbers in (False, True) for kind in (_Math, _Plain)
        ]
        self.assigned[name] = len(self.assigned)
        return Written(
            name=name,
            formula=_joined(["<math>", *sides[0], "</math>"])[0],
            formula_text=_joined(sides[1])[0],
            math=_joined(["<math>", *sides[2], "</math>"]),
            text=_joined(sides[3]),
            needs=tuple(sorted(self.assigned[one] for one in read if one in self.assigned and one != name)),
            result=result,
        )

    def shown(self, name: str) -> str:
        """The symbol of a name."""
        return self.declared[name].symbol if name in self.declared else symbol(name)


def fill(pieces: Pieces, at: Callable[[int, int], float], digits: int = DIGITS) -> str:
    """The text of these pieces; `at(column, back)` gives the numbers."""
    parts = []
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(piece)
        elif isinstance(piece, dict):
            parts.append(fill(piece["then" if at(piece["if"], 0) == 1 else "else"], at, digits))
        else:
            column, back, guard = piece
            parts.append(guarded(number(at(column, back), digits), guard))
    return "".join(parts)


def number(value: float, digits: int = DIGITS) -> str:
    """A number in at most so many significant digits, ties away from zero as in a browser, with a proper minus."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    rounded = float(Context(prec=digits, rounding=ROUND_HALF_UP).plus(Decimal(value)))
    mantissa, _, exponent = f"{rounded + 0.0:.{digits}g}".partition("e")
    return (f"{mantissa}e{int(exponent)}" if exponent else mantissa).replace("-", "−")


def guarded(shown: str, guard: int) -> str:
    """The number in parentheses where it needs them."""
    needs = (guard and shown.startswith("−")) or (guard == 2 and "e" in shown)
    return f"({shown})" if needs else shown


def _joined(pieces: Pieces) -> Pieces:
    """The same with neighbouring texts as one."""
    joined: Pieces = []
    for piece in pieces:
        if isinstance(piece, dict):
            joined.append(piece | {side: _joined(piece[side]) for side in ("then", "else")})
        elif isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def symbol(name: str) -> str:
    """A name's symbol as text, for a name that is no hyper-parameter: m_hat is m̂."""
    return SYMBOLS.get(name, name)


def exact(value: float) -> str:
    """The shortest text that reads back as this hyper-parameter."""
    short = f"{value:g}" if float(f"{value:g}") == value else repr(float(value))
    return re.sub(r"e([+-])0*", lambda sign: "e" + sign[1].strip("+"), short).replace("-", "−")


def rounded(value: float) -> str:
    """A sum of hyper-parameters, such as 1 − β, without its rounding error."""
    return exact(float(f"{value:.12g}"))


def mathml(text: str, attributes: str = "", old: bool = False) -> str:
    """A symbol as MathML: "β₁", "m̂", "v_max", "Δ²"; `old` puts t − 1 below it."""
    base, _, below = unicodedata.normalize("NFD", text).partition("_")
    below += "".join(re.findall("[₀-₉₊₋ₜ]", base)).translate(SUBSCRIPTS)
    core = re.sub("[₀-₉₊₋ₜ²]", "", base)
    accent = next((ACCENTS[mark] for mark in core if mark in ACCENTS), "")
    made = _identifier("".join(mark for mark in core if mark not in ACCENTS))
    if accent:
        made = f'<mover accent="true">{made}<mo>{accent}</mo></mover>'
    if "²" in base:
        made = f"<msup>{made}<mn>2</mn></msup>"
    below = ",".join(filter(None, [below, "t−1" if old else ""]))
    made = f"<msub>{made}<mrow>{_below(below)}</mrow></msub>" if below else made
    return f"<mrow{attributes}>{made}</mrow>" if attributes else made


def _identifier(letters: str) -> str:
    if letters[:1] in ("Δ", "Π"):  # operators stand upright
        head = f'<mi mathvariant="normal">{letters[0]}</mi>'
        return f"<mrow>{head}<mi>{letters[1:]}</mi></mrow>" if letters[1:] else head
    return f"<mi>{letters}</mi>"


def _below(text: str) -> str:
    parts = re.findall(r"\d+|[^\W\d_]+|.", text)
    return "".join(_tagged("mn" if part.isdigit() else "mi" if part.isalpha() else "mo", part) for part in parts)


def _tagged(tag: str, text: str) -> str:
    return f"<{tag}>{text}</{tag}>"


class _Writer:
    """Writes an expression; `in_numbers` says whether names stand as symbols or as their numbers."""

    def __init__(self, names: _Columns, in_numbers: bool) -> None:
        self.names, self.in_numbers = names, in_numbers

    def line(self, name: str, tree: ast.expr, result: int) -> Pieces:
        return [*self.beginning(name), *(self.worked_out(tree, result) if self.in_numbers else self.write(tree))]

    def worked_out(self, node: ast.expr, result: int) -> Pieces:
        """An expression and its result, which one that only hands a value on has already."""
        match node:
            case ast.Name() | ast.Constant():
                return self.write(node)
            case ast.Call(func=ast.Name(id="where"), args=[condition, yes, no]):
                at = self.names.condition(ast.unparse(condition))
                return [{"if": at, "then": self.worked_out(yes, result), "else": self.worked_out(no, result)}]
        return [*self.write(node, ROOT), *self.ending([result, 0, 0])]

    def write(self, node: ast.expr, need: int = SUM, guard: int = 0) -> Pieces:
        """The pieces of an expression that must hold together as tightly as `need`.

        `guard` says when a number at its left end stands in parentheses: see above.
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
                relation = RELATIONS[type(node.ops[0])][self.plain]
                return [*self.write(node.left), self.operator(relation), *self.write(node.comparators[0])]
            case ast.Call(func=ast.Name(id="where")):
                return self.choice(node, need, guard)
            case ast.Call(func=ast.Name(id=name)):
                return self.call(name, node.args)
        raise ValueError(f"cannot write {ast.unparse(node)}")

    def binary(self, node: ast.BinOp, need: int, guard: int) -> Pieces:
        left, right = node.left, node.right
        match node.op:
            case ast.Add() | ast.Sub():
                if self.in_numbers and self.is_constant(node) and need != ROOT:
                    return self.constant(rounded(self.value(node)))
                sign = "+" if isinstance(node.op, ast.Add) else "−"
                after = SUM if sign == "+" else PRODUCT
                joined = [self.operator(sign), *self.write(right, after, 1)]
                return self.wrapped(SUM, need, lambda inner: [*self.write(left, SUM, inner), *joined], guard)
            case ast.Mult():
                joined = [self.times(right), *self.write(right, self.factor(right), 1)]
                return self.wrapped(PRODUCT, need, lambda inner: [*self.write(left, PRODUCT, inner), *joined], guard)
            case ast.Div():
                return self.wrapped(PRODUCT, need, lambda inner: self.fraction(left, right, inner), guard)
        return self.wrapped(POWER, need, lambda _: self.power(left, right), guard)

    def wrapped(self, has: int, need: int, inside: Any, guard: int) -> Pieces:
        """In parentheses where it holds together less than it must; then its left end needs no guard."""
        return [self.open, *inside(0), self.close] if has < need else inside(guard)

    def is_constant(self, node: ast.expr) -> bool:
        """Whether an expression is made of hyper-parameters and constants alone."""
        return all(part.id in self.names.numbers for part in ast.walk(node) if isinstance(part, ast.Name))

    def value(self, node: ast.expr) -> float:
        return eval(compile(ast.Expression(node), "", "eval"), {"__builtins__": {}}, dict(self.names.numbers))

    def choice(self, node: ast.Call, need: int, guard: int) -> Pieces:
        condition, yes, no = node.args
        if not self.in_numbers:
            return self.cases(node)
        at = self.names.condition(ast.unparse(condition))
        return [{"if": at, "then": self.write(yes, need, guard), "else": self.write(no, need, guard)}]

    def cases(self, node: ast.expr) -> Pieces:
        rows = []
        while isinstance(node, ast.Call) and getattr(node.func, "id", "") == "where":
            rows.append((self.write(node.args[1]), self.write(node.args[0])))
            node = node.args[2]
        return self.table(rows, self.write(node))


class _Math(_Writer):
    """As MathML."""

    plain = 0
    minus, open, close = "<mo>−</mo>", '<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'

    def beginning(self, name: str) -> Pieces:
        return [mathml(self.names.shown(name)), "<mo>=</mo>"]

    def ending(self, slot: list[int]) -> Pieces:
        return ["<mo>=</mo><mn>", slot, "</mn>"]

    def name(self, name: str, guard: int) -> Pieces:
        old = self.names.is_old(name)
        line = f' data-line="{self.names.assigned[name]}"' if name in self.names.assigned else ""
        if not self.in_numbers:
            return [mathml(self.names.shown(name), line, old)]
        if name in self.names.numbers:
            return self.constant(guarded(exact(self.names.numbers[name]), guard))
        return [f"<mn{line}>", self.names.slot(name, guard), "</mn>"]

    def constant(self, shown: str) -> Pieces:
        return [f"<mn>{shown}</mn>"]

    def operator(self, sign: str) -> str:
        return f"<mo>{sign}</mo>"

    def factor(self, node: ast.expr) -> int:
        return PRODUCT

    def times(self, right: ast.expr) -> str:
        begins = right.left if isinstance(right, ast.BinOp) else right
        beside = not self.in_numbers and not isinstance(begins, ast.Constant)
        return '<mo lspace="0.1em" rspace="0.1em">\N{INVISIBLE TIMES}</mo>' if beside else "<mo>·</mo>"

    def fraction(self, above: ast.expr, below: ast.expr, guard: int) -> Pieces:
        return ["<mfrac><mrow>", *self.write(above), "</mrow><mrow>", *self.write(below), "</mrow></mfrac>"]

    def power(self, base: ast.expr, exponent: ast.expr) -> Pieces:
        inside = self.write(base, ATOM, 2)
        return ["<msup><mrow>", *inside, "</mrow><mrow>", *self.write(exponent), "</mrow></msup>"]

    def call(self, name: str, arguments: list[ast.expr]) -> Pieces:
        first = self.write(arguments[0])
        if name == "sqrt":
            return ["<msqrt>", *first, "</msqrt>"]
        if name == "abs":
            return ['<mo stretchy="false">|</mo>', *first, '<mo stretchy="false">|</mo>']
        rest = [piece for argument in arguments[1:] for piece in ("<mo>,</mo>", *self.write(argument))]
        return [f"<mi>{WORDS.get(name, name)}</mi>", self.open, *first, *rest, self.close]

    def table(self, rows: list[tuple[Pieces, Pieces]], last: Pieces) -> Pieces:
        cell, end = '<mtd style="text-align: left">', "</mtd>"
        made = ["<mo>{</mo><mtable>"]
        for value, condition in rows:
            made += [
                f"<mtr>{cell}",
                *value,
                f"{end}{cell}<mtext>if&nbsp;</mtext>".replace("&nbsp;", "\N{NO-BREAK SPACE}"),
            ]
            made += [*condition, f"{end}</mtr>"]
        return [*made, f"<mtr>{cell}", *last, f"{end}{cell}<mtext>otherwise</mtext>{end}</mtr></mtable>"]


class _Plain(_Writer):
    """As text that can be copied."""

    plain = 1
    minus, open, close = "−", "(", ")"

    def beginning(self, name: str) -> Pieces:
        return [self.names.shown(name), " = "]

    def ending(self, slot: list[int]) -> Pieces:
        return [" = ", slot]

    def name(self, name: str, guard: int) -> Pieces:
        shown = self.names.shown(name)
        if not self.in_numbers:
            return [shown + (",t−1" if "_" in shown else "ₜ₋₁") if self.names.is_old(name) else shown]
        if name in self.names.numbers:
            return self.constant(guarded(exact(self.names.numbers[name]), guard))
        return [self.names.slot(name, guard)]

    def constant(self, shown: str) -> Pieces:
        return [shown]

    def operator(self, sign: str) -> str:
        return f" {sign} "

    def factor(self, node: ast.expr) -> int:
        return POWER if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) else PRODUCT

    def times(self, right: ast.expr) -> str:
        return "·"

    def fraction(self, above: ast.expr, below: ast.expr, guard: int) -> Pieces:
        return [*self.write(above, PRODUCT, guard), " / ", *self.write(below, POWER, 1)]

    def power(self, base: ast.expr, exponent: ast.expr) -> Pieces:
        raised = ({"2": "²"} if self.in_numbers else {"2": "²", "t": "ᵗ"}).get(ast.unparse(exponent))
        return [*self.write(base, ATOM, 2), *([raised] if raised else ["^", *self.write(exponent, ATOM, 2)])]

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
