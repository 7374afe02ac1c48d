"""What a student says to a question, as an address has it: one short text, by the gesture that is asked for.

"0.53" of a drag, "-1.1,0.12" of a click, "0,2" of what is picked, "3,1,0,2" of an order, "no" of who has no idea.
"""

import math
from collections.abc import Callable

from .lesson import NO_IDEA, Question
from .numbers import exact

MOST = 64  # characters of one answer


def read(asked: Question, many: int, text: str) -> str:
    """An answer as it is written; `many` is how many runs or options there are. Raises ValueError, in words."""
    text = text.strip()
    if text in ("", NO_IDEA):
        return text
    if len(text) > MOST:
        raise ValueError("is too long for an answer")
    return _READ[asked.gesture](asked, many, text)


def numbers(text: str) -> tuple[float, ...]:
    """The numbers of an answer that has some."""
    return tuple(map(float, text.split(",")))


def places(text: str) -> tuple[int, ...]:
    """The places of an answer that picks or ranks."""
    return tuple(map(int, text.split(",")))


def _number(asked: Question, many: int, text: str) -> str:
    try:
        (value,) = numbers(text)
    except ValueError:
        raise ValueError("is not a number") from None
    low, high = asked.range or (-math.inf, math.inf)
    if not low <= value <= high:
        raise ValueError(f"is not from {exact(low)} to {exact(high)}")
    return exact(value + 0.0)


def _point(asked: Question, many: int, text: str) -> str:
    try:
        x, y = numbers(text)
    except ValueError:
        raise ValueError("is not two numbers, x and y") from None
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError("is no point of the map")
    return f"{exact(x + 0.0)},{exact(y + 0.0)}"


def _some(asked: Question, many: int, text: str) -> str:
    return ",".join(map(str, sorted(set(_each(text, many)))))


def _one(asked: Question, many: int, text: str) -> str:
    found = _each(text, many)
    if len(found) != 1:
        raise ValueError("is not one of the curves")
    return str(found[0])


def _order(asked: Question, many: int, text: str) -> str:
    found = _each(text, many)
    if sorted(found) != list(range(many)):
        raise ValueError(f"is no order of all {many}")
    return ",".join(map(str, found))


def _each(text: str, many: int) -> list[int]:
    words = [word.strip() for word in text.split(",")]
    if not all(word.isascii() and word.isdigit() and int(word) < many for word in words):
        raise ValueError(f"is not from 0 to {many - 1}")
    return list(map(int, words))


_READ: dict[str, Callable[[Question, int, str], str]] = {
    "drag": _number,
    "click": _point,
    "pick": _some,
    "curve": _one,
    "rank": _order,
}
