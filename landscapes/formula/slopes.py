"""The slopes of a formula, by the chain rule forwards along its tape: exact, and more operations on the same tape.

A slope that is 0 whatever x and y are is no operation at all: it is None.
"""

from collections.abc import Callable

from .tape import Place, Tape

Slope = Place | None


def slope(tape: Tape, root: Place, variable: str) -> Slope:
    """The place of the partial derivative of what stands at `root`."""
    known: list[Slope] = []
    for place, (name, of) in enumerate(tape.operations[: root + 1]):
        if not of:
            known.append(tape.number(1.0) if name == variable else None)
            continue
        inner = [known[one] for one in of]
        rule = RULES.get(name, _outer(name))
        known.append(None if inner == [None] * len(of) else rule(tape, of, inner, place))
    return known[root]


def _outer(name: str) -> Callable[..., Slope]:
    """The rule of a function of one argument: its own slope times that of the argument."""

    def rule(tape: Tape, of: tuple[Place, ...], inner: list[Slope], place: Place) -> Slope:
        return _times(tape, OUTER[name](tape, *of, place), inner[0])

    return rule


# --- arithmetic with slopes that may be None -------------------------------------------------------------------------


def _times(tape: Tape, place: Place, slope: Slope) -> Slope:
    if slope is None:
        return None
    for one, other in ((place, slope), (slope, place)):
        if tape.number_at(one) == 1:
            return other
        if tape.number_at(one) == -1:
            return tape.add("negative", other)
    return tape.add("*", place, slope)


def _plus(tape: Tape, one: Slope, other: Slope) -> Slope:
    if one is None or other is None:
        return other if one is None else one
    return tape.add("+", one, other)


def _minus(tape: Tape, one: Slope, other: Slope) -> Slope:
    if other is None:
        return one
    return tape.add("negative", other) if one is None else tape.add("-", one, other)


def _product(tape: Tape, of: tuple[Place, ...], inner: list[Slope], place: Place) -> Slope:
    (a, b), (da, db) = of, inner
    if a == b:
        return _times(tape, _times(tape, tape.number(2.0), a), da)
    return _plus(tape, _times(tape, b, da), _times(tape, a, db))


def _quotient(tape: Tape, of: tuple[Place, ...], inner: list[Slope], place: Place) -> Slope:
    (_, b), (da, db) = of, inner
    return tape.add("/", _minus(tape, da, _times(tape, place, db)), b)


def _power(tape: Tape, of: tuple[Place, ...], inner: list[Slope], place: Place) -> Slope:
    base, exponent = of
    less = tape.power(base, tape.number(tape.number_at(exponent) - 1))
    return _times(tape, tape.add("*", exponent, less), inner[0])


def _chosen(name: str) -> Callable[..., Slope]:
    """The rule of the smaller or the larger of two: the slope of the one that is taken."""

    def rule(tape: Tape, of: tuple[Place, ...], inner: list[Slope], place: Place) -> Slope:
        zero = tape.number(0.0)
        return tape.add(name, *of[:2], *(zero if one is None else one for one in inner[2:]))

    return rule


RULES: dict[str, Callable[..., Slope]] = {  # (tape, places, slopes there, the place of the result) -> its slope
    "+": lambda tape, of, inner, place: _plus(tape, *inner),
    "-": lambda tape, of, inner, place: _minus(tape, *inner),
    "*": _product,
    "/": _quotient,
    "negative": lambda tape, of, inner, place: _minus(tape, None, *inner),
    "power": _power,
    "least": _chosen("least"),
    "most": _chosen("most"),
}


def _one_over(tape: Tape, place: Place) -> Place:
    return tape.add("/", tape.number(1.0), place)


def _beside(tape: Tape, a: Place) -> Place:
    """√(1 − a²), with no digit lost near its ends."""
    one = tape.number(1.0)
    return tape.add("sqrt", tape.add("*", tape.add("-", one, a), tape.add("+", one, a)))


def _squared(tape: Tape, place: Place) -> Place:
    return tape.add("*", place, place)


def _one_and(tape: Tape, place: Place) -> Place:
    return tape.add("+", tape.number(1.0), _squared(tape, place))


OUTER: dict[str, Callable[..., Place]] = {  # (tape, place of the argument, place of the result) -> the function's slope
    "sqrt": lambda tape, a, v: tape.add("/", tape.number(0.5), v),
    "exp": lambda tape, a, v: v,
    "log": lambda tape, a, v: _one_over(tape, a),
    "sin": lambda tape, a, v: tape.add("cos", a),
    "cos": lambda tape, a, v: tape.add("negative", tape.add("sin", a)),
    "tan": lambda tape, a, v: _one_and(tape, v),
    "sinh": lambda tape, a, v: tape.add("cosh", a),
    "cosh": lambda tape, a, v: tape.add("sinh", a),
    "tanh": lambda tape, a, v: _one_over(tape, _squared(tape, tape.add("cosh", a))),
    "asin": lambda tape, a, v: _one_over(tape, _beside(tape, a)),
    "acos": lambda tape, a, v: tape.add("negative", _one_over(tape, _beside(tape, a))),
    "atan": lambda tape, a, v: _one_over(tape, _one_and(tape, a)),
    "abs": lambda tape, a, v: tape.add("sign", a),
}
