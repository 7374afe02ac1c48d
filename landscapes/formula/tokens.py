"""The gate of a formula: a text is short, of known signs alone, and these stand in an order that makes sense.

Everything that is wrong with a text is said here, with its place in it, before anything reads its meaning.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from .error import FormulaError
from .tape import VARIABLES

LENGTH = 200  # characters of a text
NESTED = 30  # brackets in one another
SIGNS = 2  # one after the other, as in x - -y
LARGEST = 1e100  # number

CONSTANTS = {"pi": 3.141592653589793, "e": 2.718281828459045}
FUNCTIONS = {  # what is written -> (the operation of a tape, how many arguments)
    **{name: (name, 1) for name in ("sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{name: (name, 1) for name in ("asin", "acos", "atan", "abs")},
    "ln": ("log", 1),
    "min": ("least", 2),
    "max": ("most", 2),
}
KNOWN = (*VARIABLES, *CONSTANTS, *FUNCTIONS)
SAID = f"known are {', '.join((*VARIABLES, *CONSTANTS))} and the functions {', '.join(FUNCTIONS)}"

SMALL = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))  # as an exponent is raised
RAISED = str.maketrans(SMALL)
SPELLINGS = {"**": "^", "·": "*", "×": "*", "⋅": "*", "∙": "*", "−": "-", "–": "-", "÷": "/", "π": "pi", "√": "sqrt"}
HINTS = {
    "=": "write the formula alone, without an equation",
    "[": "write round brackets, ( and )",
    "{": "write round brackets, ( and )",
    "|": "write abs(x)",
    "%": "there is no remainder; write a product or a quotient",
    "!": "there is no factorial",
    "<": "there is no comparison; write min(x, y) or max(x, y)",
    "∞": "write a number",
}
HINTS |= {"]": HINTS["["], "}": HINTS["{"], ">": HINTS["<"], "≤": HINTS["<"], "≥": HINTS["<"]}

NUMBER, NAME, RAISE, SIGN = "number", "name", "raise", "sign"
PATTERN = re.compile(
    rf"""(?P<{NUMBER}> (?: [0-9]+ (?: \.[0-9]* )? | \.[0-9]+ ) (?: [eE][+-]?[0-9]+ )? )
    | (?P<{NAME}> [A-Za-z_][A-Za-z_0-9]* | [π√] )
    | (?P<{RAISE}> [⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+ )
    | (?P<{SIGN}> \*\* | [-+*/^(),·×⋅∙−–÷] )
    | (?P<space> [ \t\r\n\u00a0]+ )""",
    re.VERBOSE,
)
LEFT_SIDE = re.compile(r"\s*(?:f\s*(?:\(\s*x\s*,\s*y\s*\)\s*)?|z\s*)=(?!=)")


class Token(NamedTuple):
    """A sign of a formula, spelled in one way, and where it stands in the text."""

    kind: str
    spelled: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The signs of a formula without its `f(x, y) =`. Raises FormulaError for whatever is none."""
    if len(text) > LENGTH:
        raise FormulaError(f"this is too long, {len(text)} characters", f"a formula has at most {LENGTH}")
    found = list(_split(text))
    if not found:
        raise FormulaError("there is no formula", "write one, as in (1-x)^2 + 100*(y-x^2)^2")
    _Order(found).check()
    return found


def is_passable(text: str) -> bool:
    """Whether a text is let in: with a space around each sign it may have become too long, or nest too deep."""
    try:
        tokens(text)
    except FormulaError:
        return False
    return True


def _split(text: str) -> Iterator[Token]:
    left = LEFT_SIDE.match(text)
    at = left.end() if left else 0
    while at < len(text):
        found = PATTERN.match(text, at)
        if found is None:
            raise _unknown(text, at)
        if found.lastgroup != "space":
            spelled = SPELLINGS.get(found.group(), found.group())
            yield Token(found.lastgroup, spelled, at, found.end())
        at = found.end()


def _unknown(text: str, at: int) -> FormulaError:
    """A character that is none of a formula's, by its name where it may look like another one."""
    sign = text[at]
    called = unicodedata.name(sign, "").lower() if not sign.isascii() else ""
    shown = f"the character {sign}" if sign.isprintable() else f"a character without a shape, U+{ord(sign):04X},"
    shown += f" ({called})" if called and sign.isprintable() else ""
    return FormulaError(f"{shown} is none of a formula's", HINTS.get(sign, ""), at, at + 1)


class _Open(NamedTuple):
    """A bracket that waits for the other one, and the function before it."""

    at: Token
    function: Token | None
    commas: int = 0


class _Order:
    """Reads the signs of a formula from left to right; what may come next depends on whether a value stands before."""

    def __init__(self, signs: list[Token]) -> None:
        self.signs = signs
        self.open: list[_Open] = []
        self.has_value = False

    def check(self) -> None:
        for place, token in enumerate(self.signs):
            before = self.signs[place - 1] if place else None
            if token.kind in (NUMBER, NAME) or token.spelled == "(":
                self._value(token, before, self.signs[place + 1 : place + 2])
            elif token.spelled in (")", ","):
                self._ends(token, before)
            else:
                self._operator(token, self.signs[max(place - SIGNS, 0) : place])
        if not self.has_value:
            last = self.signs[-1]
            raise FormulaError(f"after {last.spelled} something is missing", "", last.start, last.end)
        if self.open:
            at = self.open[-1].at
            raise FormulaError("this bracket is never closed", "write a ) where it ends", at.start, at.end)

    def _value(self, token: Token, before: Token | None, after: list[Token]) -> None:
        if token.kind == NAME:
            _known(token)
        if self.has_value:
            raise _side_by_side(before, token)
        if token.spelled == "(":
            is_call = before is not None and before.spelled in FUNCTIONS
            self.open.append(_Open(token, before if is_call else None))
            if len(self.open) > NESTED:
                raise FormulaError("this is too deeply nested", f"at most {NESTED} brackets", token.start, token.end)
            return
        if token.kind == NUMBER and float(token.spelled) > LARGEST:
            raise FormulaError("this number is too large", "at most 1e100", token.start, token.end)
        if token.spelled in FUNCTIONS:
            if not after or after[0].spelled != "(":
                raise _no_argument(token, after)
            return
        self.has_value = True

    def _operator(self, token: Token, before: list[Token]) -> None:
        if token.kind == RAISE:
            _whole(token)
        if token.spelled == "^" and before[-1:] and before[-1].kind == RAISE:
            raise FormulaError("two exponents in a row", "write brackets", before[-1].start, token.end)
        if self.has_value:
            self.has_value = token.kind == RAISE
            return
        if token.spelled not in ("+", "-"):
            raise FormulaError(f"before {token.spelled} something is missing", "", token.start, token.end)
        if len(before) == SIGNS and all(one.spelled in ("+", "-") for one in before):
            raise FormulaError("too many signs in a row", "write one", token.start, token.end)

    def _ends(self, token: Token, before: Token | None) -> None:
        """A comma or a closing bracket."""
        if token.spelled == "," and not (self.open and self.open[-1].function):
            hint = (
                "write a decimal point, as in 1.5" if before and before.kind == NUMBER else "only min and max have one"
            )
            raise FormulaError("this comma belongs to no function", hint, token.start, token.end)
        if not self.open:
            raise FormulaError("this bracket was never opened", "write a ( where it begins", token.start, token.end)
        if not self.has_value:
            raise FormulaError(f"before {token.spelled} something is missing", "", token.start, token.end)
        if token.spelled == ",":
            self.has_value = False
            self.open[-1] = self.open[-1]._replace(commas=self.open[-1].commas + 1)
            return
        _arguments(self.open.pop(), token)


def _arguments(bracket: _Open, end: Token) -> None:
    if bracket.function is None:
        return
    name, (_, many) = bracket.function.spelled, FUNCTIONS[bracket.function.spelled]
    if many != bracket.commas + 1:
        wanted = {1: "one argument", 2: "two arguments"}[many]
        raise FormulaError(f"{name} takes {wanted}, not {bracket.commas + 1}", "", bracket.function.start, end.end)


def _whole(token: Token) -> None:
    """A small raised number is one with digits, and its sign before them."""
    if not re.fullmatch(r"-?[0-9]+", token.spelled.translate(RAISED)):
        raise FormulaError(f"{token.spelled} is no exponent", "write ^ and a number", token.start, token.end)


def _side_by_side(one: Token, other: Token) -> FormulaError:
    hint = f"write {one.spelled}*{other.spelled}"
    if one.kind == NUMBER and other.kind == NUMBER:
        hint = "write a sign between the two numbers"
    elif one.spelled in VARIABLES and other.kind == NUMBER:
        hint += f" or {one.spelled}^{other.spelled}"
    what = f"between {one.spelled} and {other.spelled} a sign is missing"
    return FormulaError(what, hint, one.start, other.end)


def _no_argument(token: Token, after: list[Token]) -> FormulaError:
    inner = after[0].spelled if after and after[0].kind in (NUMBER, NAME) else "x"
    hint = f"write {token.spelled}({inner})" if FUNCTIONS[token.spelled][1] == 1 else f"write {token.spelled}(x, y)"
    return FormulaError(f"the function {token.spelled} needs brackets", hint, token.start, token.end)


def _known(token: Token) -> None:
    if token.spelled not in KNOWN:
        what = f"{token.spelled} is not known" if len(token.spelled) <= 20 else "this name is not known"
        raise FormulaError(what, f"{_meant(token.spelled)}{SAID}", token.start, token.end)


def _meant(name: str) -> str:
    """What somebody may have meant who wrote a name that is none."""
    if name.lower() in KNOWN:
        return f"write {name.lower()}, in small letters; "
    if re.fullmatch(r"[xy]{2,6}", name):
        return f"write {'*'.join(name)}; "
    if re.fullmatch(r"[xy][0-9]{1,6}", name):
        return f"write {name[0]}*{name[1:]} or {name[0]}^{name[1:]}; "
    called = next((one for one in sorted(FUNCTIONS, key=len, reverse=True) if name == f"{one}{name[-1]}"), "")
    if called and name[-1] in VARIABLES:
        return f"write {called}({name[-1]}); "
    near = difflib.get_close_matches(name.lower(), KNOWN, 1)
    return f"perhaps {near[0]}; " if near else ""
