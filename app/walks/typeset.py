"""An optimizer's lines as templates: each in symbols, and as pieces to be filled with numbers.

    v = beta2 * v + (1 - beta2) * grad**2                                  a line of Adam
    v = β₂·vₜ₋₁ + (1 − β₂)·g²                                              in symbols
    ["v = 0.999·", [2, 1, 1], " + 0.001·", [0, 0, 2], "² = ", [2, 0, 0]]   in numbers, v and g being columns 2 and 0
    v = 0.999·4.21 + 0.001·(−2.5)² = 4.212                                 filled in for one step

Every line is written twice, as MathML and as plain text, and each of them both in symbols and in numbers. In numbers it
is a list of pieces, which whoever fills it in (`fill` here, the page in the browser) needs no further knowledge for:

    "text"                                    as it stands
    [column, back, guard]                     a number: of that column, `back` steps before this one; in parentheses
                                              where it is negative (guard 1), or also where it has an exponent (guard 2)
    {"if": column, "then": [...], "else": []} the one or the other, by whether the column's number is 1 or 0
"""

import ast
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from optim_core import PAPER, Equation, Letters, Optimizer, expression, hypers
from optim_core.arithmetic import Expression
from optim_core.hyper import values
from optim_core.letters import is_name
from optim_core.notation import (
    ALONE,
    ATOM,
    WORDS,
    Pieces,
    Plain,
    Symbols,
    Writer,
    exact,
    guarded,
    raised,
)

from ..page.numbers import significant
from .told import NOTHING, Before
from .told import WORDS as SPELLED

DIGITS = 4

SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₜ", "0123456789+−t")
ACCENTS = {"\N{COMBINING CIRCUMFLEX ACCENT}": "^", "\N{COMBINING MACRON}": "¯"}
ENTITIES = {">": "&gt;", "<": "&lt;"}


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
    equations: tuple[Equation, ...]  # the same lines as they are worked out
    names: tuple[str, ...]  # of the columns; a condition's is its expression
    conditions: tuple[tuple[tuple[int, Expression], ...], ...]  # those that each line asks, with their columns


@lru_cache(maxsize=256)
def template(optimizer: Optimizer, letters: Letters = PAPER, before: Before = NOTHING) -> Template:
    """The lines of an optimizer whose hyper-parameters are numbers, and those `before` them."""
    columns = _Columns(optimizer, letters, before)
    lines, conditions = [], []
    first = (Equation(name, expression(text), number) for number, (name, text) in enumerate(before.lines, start=1))
    equations = (*first, *optimizer.setting.lines)
    for line in equations:
        columns.asked = {}
        lines.append(columns.written(line))
        conditions.append(tuple(columns.asked.items()))
    return Template(tuple(lines), equations, tuple(columns.names), tuple(conditions))


class _Columns(Symbols):
    """Gives every name a column, and writes lines that refer to them."""

    def __init__(self, optimizer: Optimizer, letters: Letters, before: Before) -> None:
        super().__init__(hypers(optimizer), optimizer.setting.memory, letters)
        made = {name for name, _ in before.lines}
        self.numbers = {name: value for name, value in values(optimizer).items() if name not in made}
        self.numbers |= dict(before.numbers)
        self.names = ["grad"]
        self.asked: dict[int, Expression] = {}  # the conditions of the line that is being written

    def column(self, name: str) -> int:
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def slot(self, name: str, guard: int) -> list[int]:
        return [self.column(name), int(self.is_old(name)), guard]

    def condition(self, tree: ast.expr) -> int:
        asked = Expression(tree)
        key = f"{asked}  # before its line" if any(map(self.is_old, asked.reads)) else str(asked)  # not as after it
        if key not in self.names:
            self.asked[self.column(key)] = asked
        return self.column(key)

    def written(self, line: Equation) -> Written:
        name, tree, result = line.name, line.expression.tree, self.column(line.name)
        formula, formula_text = (writer(self).line(name, tree) for writer in (_Math, Plain))
        math, text = (writer(self).worked_out(name, tree, result) for writer in (_MathInNumbers, _PlainInNumbers))
        needs = tuple(sorted(self.assigned[one] for one in line.expression.reads if one in self.assigned))
        self.assign(name)
        return Written(
            name=name,
            formula=_joined(["<math>", *formula, "</math>"])[0],
            formula_text=_joined(formula_text)[0],
            math=_joined(["<math>", *math, "</math>"]),
            text=_joined(text),
            needs=needs,
            result=result,
        )


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
            parts.append(guarded(significant(at(column, back), digits), guard))
    return "".join(parts)


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


def rounded(value: float) -> str:
    """A sum of hyper-parameters, such as 1 − β, without its rounding error."""
    return exact(float(f"{value:.12g}"))


def mathml(text: str, attributes: str = "", old: bool = False) -> str:
    """A symbol as MathML: "β₁", "m̂", "v_max", "Δ²", "betas[0]"; `old` puts t − 1 below it."""
    if is_name(text):
        return _row(_tagged("mi", text), attributes)
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
    return _row(made, attributes)


def _row(made: str, attributes: str) -> str:
    return f"<mrow{attributes}>{made}</mrow>" if attributes else made


def _identifier(letters: str) -> str:
    if letters[:1] in ("Δ", "Π", "∇"):  # operators stand upright
        head = f'<mi mathvariant="normal">{letters[0]}</mi>'
        return f"<mrow>{head}<mi>{letters[1:]}</mi></mrow>" if letters[1:] else head
    return f"<mi>{letters}</mi>"


def _below(text: str) -> str:
    parts = re.findall(r"\d+|[^\W\d_]+|.", text)
    return "".join(_tagged("mn" if part.isdigit() else "mi" if part.isalpha() else "mo", part) for part in parts)


def _tagged(tag: str, text: str) -> str:
    return f"<{tag}>{text}</{tag}>"


class _Math(Writer):
    """As MathML."""

    minus, open, close = "<mo>−</mo>", '<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'

    def beginning(self, name: str) -> Pieces:
        return [mathml(self.names.shown(name)), "<mo>=</mo>"]

    def name(self, name: str, guard: int) -> Pieces:
        return [mathml(self.names.shown(name), self.pointer(name), self.names.is_old(name))]

    def pointer(self, name: str) -> str:
        """The attribute that says which line above gives this value."""
        return f' data-line="{self.names.assigned[name]}"' if name in self.names.assigned else ""

    def constant(self, shown: str) -> Pieces:
        return [f"<mn>{shown}</mn>"]

    def operator(self, sign: str) -> str:
        return f"<mo>{ENTITIES.get(sign, sign)}</mo>"

    def times(self, left: ast.expr, right: ast.expr) -> str:
        beside = not isinstance(_leftmost(right), ast.Constant) and not self.has_names(left, right)
        return '<mo lspace="0.1em" rspace="0.1em">\N{INVISIBLE TIMES}</mo>' if beside else "<mo>·</mo>"

    def has_names(self, *factors: ast.expr) -> bool:
        """Whether a word or a name in code stands in them, which would run together with what stands beside it."""
        named = [node.id for one in factors for node in ast.walk(one) if isinstance(node, ast.Name)]
        return any(name in SPELLED or is_name(self.names.shown(name)) for name in named)

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
            made += [f"<mtr>{cell}", *value, f"{end}{cell}<mtext>if\N{NO-BREAK SPACE}</mtext>", *condition]
            made += [f"{end}</mtr>"]
        return [*made, f"<mtr>{cell}", *last, f"{end}{cell}<mtext>otherwise</mtext>{end}</mtr></mtable>"]


def _leftmost(node: ast.expr) -> ast.expr:
    """What stands at the left end of a factor."""
    match node:
        case ast.BinOp(left=left):
            return left
        case ast.Call(func=ast.Name(id="square" | "power")):
            return raised(node)[0]
    return node


class _InNumbers(Writer):
    """Writes numbers where a name would stand, before the writer that it is mixed into."""

    def worked_out(self, name: str, tree: ast.expr, result: int) -> Pieces:
        """A line with its result."""
        return [*self.beginning(name), *self.side(tree, result)]

    def side(self, node: ast.expr, result: int) -> Pieces:
        """An expression and its result, which one that only hands a value on has already."""
        match node:
            case ast.Name() | ast.Constant():
                return self.write(node)
            case ast.Call(func=ast.Name(id="where"), args=[condition, yes, no]):
                at = self.names.condition(condition)
                return [{"if": at, "then": self.side(yes, result), "else": self.side(no, result)}]
        return [*self.write(node, ALONE), *self.ending([result, 0, 0])]

    def name(self, name: str, guard: int) -> Pieces:
        if name in self.names.numbers:
            return self.constant(guarded(exact(self.names.numbers[name]), guard))
        return self.slot(name, guard)

    def binary(self, node: ast.BinOp, need: int, guard: int) -> Pieces:
        """A sum of hyper-parameters, such as 1 − β, is one number, unless it is all there is."""
        if isinstance(node.op, (ast.Add, ast.Sub)) and need != ALONE and self.is_constant(node):
            return self.constant(rounded(Expression(node).value(self.names.numbers)))
        return super().binary(node, need, guard)

    def is_constant(self, node: ast.expr) -> bool:
        """Whether an expression is made of hyper-parameters and constants alone."""
        return Expression(node).reads <= self.names.numbers.keys()

    def choice(self, node: ast.Call, need: int, guard: int) -> Pieces:
        condition, yes, no = node.args
        at = self.names.condition(condition)
        return [{"if": at, "then": self.write(yes, need, guard), "else": self.write(no, need, guard)}]


class _MathInNumbers(_InNumbers, _Math):
    def slot(self, name: str, guard: int) -> Pieces:
        return [f"<mn{self.pointer(name)}>", self.names.slot(name, guard), "</mn>"]

    def ending(self, slot: list[int]) -> Pieces:
        return ["<mo>=</mo><mn>", slot, "</mn>"]

    def times(self, left: ast.expr, right: ast.expr) -> str:
        return "<mo>·</mo>"


class _PlainInNumbers(_InNumbers, Plain):
    superscripts = {"2": "²"}

    def slot(self, name: str, guard: int) -> Pieces:
        return [self.names.slot(name, guard)]

    def ending(self, slot: list[int]) -> Pieces:
        return [" = ", slot]
