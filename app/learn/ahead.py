"""What takes long of a question, in pieces that are worked out and kept while the student thinks; nobody is told.

A tuned race on ten surfaces takes seconds. Its pieces are one run on one surface each, and they are known from the
expressions of the lesson alone.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ..page.lessons import Lesson
from ..page.state import state_of
from . import elsewhere, texts
from .expressions import given, named

LONG = "wins"  # the one function that takes long


class Step(NamedTuple):
    """A piece: a run of an address at all rates of its sweep, on another surface."""

    address: str
    surface: str
    run: int


def pieces(lesson: Lesson, n: int) -> list[Step]:
    """All that has to be known before a question can be judged and what is revealed can be said."""
    found: dict[Step, None] = {}
    for address, expression in _asked(lesson, n):
        for arguments in given(expression, LONG):
            surfaces = [one for one in arguments if isinstance(one, str)]
            runs = range(len(state_of(address).runs))
            found |= dict.fromkeys(Step(address, surface, run) for surface in surfaces for run in runs)
    return list(found)


def work_out(step: Step) -> None:
    elsewhere.fewest(state_of(step.address), step.surface, step.run)


def _asked(lesson: Lesson, n: int) -> Iterator[tuple[str, str]]:
    """The expressions of a question, each with its address, and of the numbers that they and its reveal name."""
    asked = lesson.questions[n]
    own = [*asked.answer, *(part for one in asked.others for part in one), asked.half, asked.right, asked.by]
    own += [part for one in asked.options for part in (one.holds, one.value)]
    left = texts.fields(asked.reveal) | texts.fields(asked.label)
    for expression in filter(None, own):
        yield asked.address, expression
        left |= named(expression)
    known: set[str] = set()
    while left := {name for name in left if name in lesson.numbers} - known:
        known |= left
        for number in [lesson.numbers[name] for name in left]:
            yield number.address, number.value
            left = left | named(number.value)
