"""A thousand formulas that nobody chose: the values of mpmath, the slopes of sympy, and the bits of arrays."""

import math
import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import mpmath
import numpy as np
import pytest
import sympy

from app.walks.simulate import ground
from landscapes import Formula

MANY, AT_ONCE, EACH = 1000, 100, 2  # formulas, those of one test, and points of each
DIGITS = 40
NUDGE = 1e-15  # of a point: nobody knows it better

ONE = ["sqrt", "exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "abs"]
NUMBERS = ["2", "3", "0.5", "1.25", "7", "0.1", "pi", "e"]
POWERS = ["2", "3", "4", "7", "-1", "-2", "0.5", "1.5", "-0.5", "2.3", "1"]
KNOWN = {text: {"pi": math.pi, "e": math.e}.get(text) or float(text) for text in NUMBERS + POWERS}
SYMBOLS = {name: sympy.Symbol(f"n{place}") for place, name in enumerate(["x", "y", *KNOWN])}

Tree = Any  # a variable, a number, or (what is done, parts...)


# formulas


def grown(dice: random.Random, size: int) -> Tree:
    """A tree of about so many operations."""
    if size < 1:
        return dice.choice(["x", "y", "x", "y", dice.choice(NUMBERS)])
    kind = dice.random()
    if kind < 0.3:
        return dice.choice(ONE), grown(dice, size - 1)
    if kind < 0.4:
        return "raised", grown(dice, size - 1), dice.choice(POWERS)
    if kind < 0.45:
        return "negative", grown(dice, size - 1)
    left = dice.randrange(size)
    name = dice.choices(["+", "-", "*", "/", "^", "min", "max"], [5, 5, 6, 4, 1, 1, 1])[0]
    return name, grown(dice, left), grown(dice, size - 1 - left)


def typed(tree: Tree) -> str:
    if isinstance(tree, str):
        return tree
    name, *parts = tree
    texts = [typed(part) for part in parts]
    if name == "raised":
        return f"({texts[0]})^{texts[1]}"
    if name == "negative":
        return f"-({texts[0]})"
    return f"({texts[0]}){name}({texts[1]})" if name in "+-*/^" else f"{name}({', '.join(texts)})"


def has_variable(tree: Tree) -> bool:
    return tree in ("x", "y") if isinstance(tree, str) else any(map(has_variable, tree[1:]))


def formulas(seed: int) -> Iterator[tuple[Tree, Formula]]:
    dice, found = random.Random(seed), 0
    while found < AT_ONCE:
        tree = grown(dice, dice.randint(1, 8))
        try:
            formula = Formula(typed(tree))
        except ValueError:  # a number that is not finite, a formula of numbers alone, no value in the window
            continue
        found += 1
        yield tree, formula


# somebody else's arithmetic


class Outside(Exception):
    """There is no real number."""


class Endless(Exception):
    """There is no finite one."""


class Exact(NamedTuple):
    """A part at a point: its value there, and what it is near it, without a kink."""

    value: mpmath.mpf
    near: sympy.Expr


def exact(tree: Tree, at: dict[str, float]) -> Exact:
    """What a tree is, by sympy's functions and mpmath's numbers; of min, max and abs the branch that is taken."""
    if isinstance(tree, str):
        return Exact(mpmath.mpf((KNOWN | at)[tree]), SYMBOLS[tree])
    name, *parts = tree
    known = [exact(part, at) for part in parts]
    if name == "^" and not has_variable(parts[1]):
        name = "raised"
    if name in ("min", "max"):
        return sorted(known, key=lambda one: one.value if name == "min" else -one.value)[0]
    if name == "abs":
        sign = -1 if known[0].value < 0 else 1
        return Exact(sign * known[0].value, sign * known[0].near)
    try:
        value = NUMERIC[name](*(one.value for one in known))
    except (ZeroDivisionError, ValueError):
        raise Endless from None
    if not isinstance(value, mpmath.mpf):
        raise Outside
    if not mpmath.isfinite(value) or abs(value) > 1e300:
        raise Endless
    return Exact(value, SYMBOLIC[name](*(one.near for one in known)))


def general(base: mpmath.mpf, exponent: mpmath.mpf) -> mpmath.mpf:
    if base == 0:
        raise Endless
    if base < 0:
        raise Outside
    return base**exponent


def raised(base: mpmath.mpf, exponent: mpmath.mpf) -> mpmath.mpf:
    if base < 0 and exponent != int(exponent):
        raise Outside
    return base**exponent


NUMERIC = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
    "^": general, "raised": raised, "negative": lambda a: -a, "ln": mpmath.log, "log": mpmath.log,
    **{name: getattr(mpmath, name) for name in ("sqrt", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{name: getattr(mpmath, name) for name in ("asin", "acos", "atan")},
}  # fmt: skip
SYMBOLIC = NUMERIC | {
    "^": lambda a, b: a**b, "raised": lambda a, b: a**b, "ln": sympy.log,
    **{name: getattr(sympy, name) for name in ONE if name not in ("ln", "abs")},
}  # fmt: skip


@lru_cache(maxsize=EACH)
def slopes(near: sympy.Expr) -> Any:
    """(x, y, numbers) -> both partial derivatives, by sympy's rules and mpmath's numbers."""
    both = [sympy.diff(near, SYMBOLS[name]) for name in "xy"]
    return sympy.lambdify(tuple(SYMBOLS.values()), both, "mpmath")  # of numbers too: it must not rewrite them


def compared(tree: Tree, formula: Formula, at: dict[str, float]) -> int:
    """How many numbers of a point agree with the exact ones, as far as these stay put when the point is nudged."""
    value, both = formula.value(**at), formula.partials(**at)
    try:
        known = exact(tree, at)
    except Outside:
        assert math.isnan(value) and all(map(math.isnan, both)), (formula.text, at, value, both)
        return 1
    except Endless:
        return 0
    exactly = slopes(known.near)
    here, beside = (
        [known.value, *exactly(*(mpmath.mpf(one) * by for one in at.values()), *map(mpmath.mpf, KNOWN.values()))]
        for by in (1, 1 + mpmath.mpf(NUDGE))
    )
    beside[0] = exact(tree, {name: mpmath.mpf(one) * (1 + mpmath.mpf(NUDGE)) for name, one in at.items()}).value
    for ours, wanted, nudged in zip((value, *both), here, beside, strict=True):
        slack = 1e-10 * abs(wanted) + 100 * abs(nudged - wanted) + 1e-14 * (1 + abs(known.value))
        assert not math.isfinite(ours) or abs(ours - wanted) <= slack, (formula.text, at, ours, wanted)
    return sum(map(math.isfinite, (value, *both)))


@pytest.mark.parametrize("seed", range(MANY // AT_ONCE))
def test_values_and_slopes_are_exact(seed: int) -> None:
    dice, checked = random.Random(seed), 0
    with mpmath.workdps(DIGITS):
        for tree, formula in formulas(seed):
            for _ in range(EACH):
                checked += compared(tree, formula, {name: dice.uniform(-2, 2) for name in "xy"})
    assert checked > 2 * AT_ONCE * EACH


# bits


def bits(numbers: Any) -> list[int]:
    """Of every NaN the same."""
    numbers = np.array(numbers, dtype=float)
    return np.where(np.isnan(numbers), np.nan, numbers).view(np.int64).tolist()


@pytest.mark.parametrize("seed", range(MANY // AT_ONCE))
def test_a_point_alone_has_the_bits_of_one_among_many(seed: int) -> None:
    dice = np.random.default_rng(seed)
    odd = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 1e-320, 710.5, -1e200, math.inf, math.nan]
    points = np.concatenate([dice.uniform(-2, 2, (2, 40)), dice.choice(odd, (2, 40))], axis=1)
    for _, formula in formulas(seed):
        loss, grad = formula.loss(points), formula.grad(points)
        alone = [formula.value(*point) for point in points.T.tolist()]
        both = np.transpose([formula.partials(*point) for point in points.T.tolist()])
        assert bits(loss) == bits(alone), formula.text
        assert bits(grad) == bits(both), formula.text
        assert np.isnan(grad[:, np.isnan(loss)]).all(), formula.text


@pytest.mark.parametrize("seed", range(MANY // AT_ONCE))
def test_what_is_printed_reads_as_the_same_formula(seed: int) -> None:
    for _, formula in formulas(seed):
        again = Formula(formula.formula)
        assert again.formula == formula.formula
        assert bits(again.partials(0.3, 0.7)) == bits(formula.partials(0.3, 0.7))


@pytest.mark.parametrize("seed", [0, 1])
def test_minima_are_found_and_a_picture_drawn_without_a_word(seed: int) -> None:
    ring = np.stack([np.cos(np.arange(16)), np.sin(np.arange(16))])
    for _, formula in formulas(seed):
        assert np.isfinite(ground(formula, 30).loss).any() and formula.levels in ("log", "linear")
        for point in formula.minima + formula.local_minima:
            lowest = formula.value(*point)
            assert not (formula.loss(np.array(point)[:, None] + 1e-5 * ring) < lowest - 1e-9 * (1 + abs(lowest))).any()
