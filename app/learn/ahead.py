"""What takes long of a question, in pieces that are worked out and kept while the student thinks; nobody is told.

A tuned race takes a tenth of a second for each surface, a training or the walks of forty seeds as long. The pieces are
known from the expressions of the lesson alone: each is about one run, or one surface, of one of its addresses.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from ..page import weather
from ..page.lesson import Lesson
from ..page.state import State, state_of
from ..page.view import View
from ..walks.simulate import simulate
from . import elsewhere, texts
from .expressions import called, given, named


class Step(NamedTuple):
    """A piece: what is worked out for a run of an address; of a race, for all runs on another surface."""

    kind: str
    address: str
    run: int
    surface: str = ""


def pieces(lesson: Lesson, n: int) -> list[Step]:
    """All that should be known before a question is judged and what is revealed is said."""
    found: dict[Step, None] = {}
    for address, expression in _asked(lesson, n):
        found |= dict.fromkeys(_of(address, expression))
    return list(found)


def work_out(step: Step) -> None:
    state = state_of(step.address)
    _WORK[step.kind](state, step)


@lru_cache(maxsize=1024)
def _of(address: str, expression: str) -> tuple[Step, ...]:
    state, calls = state_of(address), called(expression)
    runs = range(len(state.runs))
    if "wins" in calls:
        surfaces = [one for arguments in given(expression, "wins") for one in arguments if isinstance(one, str)]
        return tuple(Step("race", address, 0, surface) for surface in surfaces)
    if calls & elsewhere.OF_TRAINING:
        return tuple(Step("train", address, run) for run in runs)
    if "share" in calls:
        return tuple(Step("basins", address, run) for run in runs)
    if state.weather.seeds > 1 and weather.is_random(state.weather):
        return tuple(Step("seeds", address, run) for run in runs)
    return ()


def _seeds(state: State, step: Step) -> None:
    simulate(replace(state, runs=state.runs[step.run : step.run + 1]))


_WORK: dict[str, Callable[[State, Step], object]] = {
    "race": lambda state, step: elsewhere.winner(replace(state, view=View()), step.surface),
    "train": lambda state, step: elsewhere.training(state, step.run),
    "basins": lambda state, step: elsewhere.basins_of(state, step.run),
    "seeds": _seeds,
}


def _asked(lesson: Lesson, n: int) -> Iterator[tuple[str, str]]:
    """The expressions of a question, each with its address, and of the numbers that they and its texts name."""
    asked = lesson.questions[n]
    own = [*asked.answer, *(part for one in asked.others for part in one), asked.half, asked.right, asked.by]
    own += [part for one in asked.options for part in (one.holds, one.value)]
    left = texts.fields(asked.reveal + asked.label + asked.framed)
    for expression in filter(None, own):
        yield asked.address, expression
        left |= named(expression)
    known: set[str] = set()
    while left := {name for name in left if name in lesson.numbers} - known:
        known |= left
        for number in [lesson.numbers[name] for name in left]:
            yield number.address, number.value
            left = left | named(number.value)
