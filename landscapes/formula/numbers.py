"""What each operation of a tape is, for a float and for arrays, with the same last bit.

Plain arithmetic and square roots are rounded the same everywhere. The transcendental functions are numpy's for floats
too: its own kernels differ from those of `math`, but not between one number and many. A float for which numpy would
warn is refused by an ArithmeticError or a ValueError, as a division by zero is: arrays, which do not warn, do it then.
"""

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray

LARGEST = 700.0  # beyond it exp overflows soon
LEAST = math.nextafter(0.0, 1.0)
FINITE = math.nextafter(math.inf, 0.0)


def _within(function: Callable[..., Any], low: float, high: float) -> Callable[..., float]:
    """numpy's function for a first argument in a span where it does not warn; NaN stays NaN."""

    def alone(argument: float, *more: float) -> float:
        if low <= argument <= high:
            return float(function(argument, *more))
        if argument != argument:
            return argument
        raise ArithmeticError("for arrays")

    return alone


def _power(base: float, exponent: float) -> float:
    if LEAST <= base <= FINITE and abs(exponent * math.log(base)) < LARGEST:
        return float(np.power(base, exponent))
    if base != base:
        return base
    raise ArithmeticError("for arrays")


def _sign(a: float) -> float:
    return 1.0 if a > 0 else -1.0 if a < 0 else 0.0 if a == 0 else a


FLOATS: dict[str, Callable[..., float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "negative": operator.neg,
    "sqrt": math.sqrt,
    "exp": _within(np.exp, -math.inf, LARGEST),
    "log": _within(np.log, LEAST, math.inf),
    "sin": _within(np.sin, -FINITE, FINITE),
    "cos": _within(np.cos, -FINITE, FINITE),
    "tan": _within(np.tan, -FINITE, FINITE),
    "sinh": _within(np.sinh, -LARGEST, LARGEST),
    "cosh": _within(np.cosh, -LARGEST, LARGEST),
    "tanh": _within(np.tanh, -math.inf, math.inf),
    "asin": _within(np.arcsin, -1.0, 1.0),
    "acos": _within(np.arccos, -1.0, 1.0),
    "atan": _within(np.arctan, -math.inf, math.inf),
    "abs": abs,
    "sign": _sign,
    "power": _power,
    "least": lambda a, b, low, high: low if a <= b or a != a else high,
    "most": lambda a, b, high, low: high if a >= b or a != a else low,
}

ARRAYS: dict[str, Callable[..., Any]] = {
    **{name: FLOATS[name] for name in ("+", "-", "*", "/", "negative")},
    **{name: getattr(np, name) for name in ("sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "abs": np.abs,
    "sign": np.sign,
    "power": np.power,
    "least": lambda a, b, low, high: np.where((a <= b) | (a != a), low, high),
    "most": lambda a, b, high, low: np.where((a >= b) | (a != a), high, low),
}

SCALARS: dict[str, str] = {  # the same of numbers {0}, {1}, ... as text, for a compiler that has no exceptions
    **{name: f"{{0}} {name} {{1}}" for name in ("+", "-", "*", "/")},
    **{name: f"np.{one.__name__}({{0}})" for name, one in ARRAYS.items() if getattr(one, "nin", 0) == 1},
    "negative": "-{0}",
    "abs": "abs({0})",
    "sign": "1.0 if {0} > 0 else -1.0 if {0} < 0 else {0}",
    "power": "np.power({0}, {1})",
    "least": "{2} if {0} <= {1} or {0} != {0} else {3}",
    "most": "{2} if {0} >= {1} or {0} != {0} else {3}",
}
