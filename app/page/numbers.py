"""How a number is written, and what a written number means: the only place that rounds for reading."""

import math
import re
import sys
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from optim_core import Hyper

MINUS = "−"
DECIMAL_COMMA = r"[+-]?([0-9]+,[0-9]*|,[0-9]+)(?:[eE][+-]?[0-9]+)?"
THOUSANDS = r"[+-]?[1-9][0-9]{0,2},[0-9]{3}"


def brief(value: float) -> str:
    """As the screen shows it: at most three digits of it, or of its distance to 1 from 0.9 on."""
    if 0.9 < value < 1:
        return f"{value:.{max(2, 1 - math.floor(math.log10(1 - value)) + 1)}f}".rstrip("0")
    return _proper(f"{value:.3g}")


def significant(value: float, digits: int) -> str:
    """In at most so many significant digits, ties away from zero as in a browser, with a proper minus."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else f"{MINUS}∞"
    return _proper(f"{rounded(value, digits) + 0.0:.{digits}g}")


def rounded(value: float, digits: int) -> float:
    """The nearest number of so many significant digits, of two the larger one."""
    return float(Context(prec=digits, rounding=ROUND_HALF_UP).plus(Decimal(value)))


def spoken(value: float) -> str:
    """As a sentence says it: two significant digits, written out below 100,000."""
    if 99.5 <= abs(value) < 99_500:
        return _proper(f"{float(f'{value:.2g}'):.0f}")
    return significant(value, 2)


def exact(value: float) -> str:
    """The shortest text that reads back as exactly this number, as an address has it."""
    short = f"{value:g}"
    return (short if float(short) == value else repr(float(value))).replace("e-0", "e-").replace("+", "")


def plain(value: float) -> str:
    """As a terminal shows it: six digits, in ASCII alone, which other programs read."""
    return f"{value:.6g}"


def above(value: float, bound: float) -> str:
    """With as many digits as it takes to see that it is above `bound`, itself shown in three."""
    tried = (f"{value:.{digits}g}" for digits in range(3, 18))
    return _proper(next(shown for shown in tried if float(shown) > float(f"{bound:.3g}")))


def round3(value: float) -> float:
    """Three significant digits: what a slider can mean, so that 0.05 does not return as 0.049999999999999996."""
    return float(f"{value:.3g}")


def is_number(value: Any) -> bool:
    """Whether a value from JSON is a number that can be computed with; True and False are not."""
    return type(value) in (int, float) and abs(value) <= sys.float_info.max


def within(declared: Hyper, typed: Any) -> float:
    """The number that a text means. Raises ValueError, with the reason in words, when it is not a valid one."""
    valid = [value for value in readings(typed) if declared.allows(value)]
    if not valid:
        raise ValueError(f"must be {declared.wanted}")
    if len(valid) > 1:
        raise ValueError(f"can be read as {' and as '.join(map(exact, valid))}; leave out the comma or write a point")
    return valid[0] + 0.0  # -0 becomes 0


def point(text: str) -> tuple[float, float]:
    """The two numbers of "-1.2,1" or "-1.2 1", with decimal commas of "-1,2 1" or "-1,2; 1". Raises ValueError."""
    parts = re.split(r"\s*;\s*|\s*,\s+|\s+,?", text.strip())
    x, y = (readings(part) for part in (parts if len(parts) > 1 else text.split(",")))
    if not (x and y and math.isfinite(x[0]) and math.isfinite(y[0])):
        raise ValueError("must be two numbers")
    return x[0], y[0]


def readings(typed: Any) -> list[float]:
    """What a text can mean: nothing, a number, or two where its comma may be decimal or part thousands (1,234)."""
    text = typed.strip().replace(MINUS, "-") if isinstance(typed, str) else typed
    try:
        return [] if isinstance(text, bool) else [float(text)]
    except (TypeError, ValueError, OverflowError):
        found = re.fullmatch(DECIMAL_COMMA, text) if isinstance(text, str) else None
    if not found:
        return []
    decimal = float(text.replace(",", "."))
    return [decimal, float(text.replace(",", ""))] if re.fullmatch(THOUSANDS, text) else [decimal]


def _proper(shown: str) -> str:
    """Python's notation as people write it: 1e-08 is 1e−8."""
    return re.sub(r"e([+-])0*", lambda sign: "e" + sign[1].strip("+"), shown).replace("-", MINUS)
