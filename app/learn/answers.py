"""What is right: the truth of a question, what a student's answer is beside it, and whether a target is met.

Nothing of it is written in a lesson but as an expression over an address: it is computed on the walks that the page
shows, when it is asked for, and kept.
"""

import math
from collections import ChainMap
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations
from typing import Any

from ..page import said as spoken
from ..page.labels import labels
from ..page.lesson import NO_IDEA, Lesson, Question
from ..page.lessons import ENGLISH
from ..page.state import State, state_of
from ..page.view import View
from . import measures, texts
from .expressions import Odd, Value
from .measures import Measured, value

SLIDER = 400  # places of the slider of a number
SLACK = 1e-9  # of a tolerance: what stands at its very edge is inside
Point = tuple[float, float]


@dataclass(frozen=True)
class Truth:
    """What is right. A number or a point has a value; of what is chosen or ordered, the places say it."""

    value: Any = None  # drag: a number; click: (x, y)
    others: tuple[Point, ...] = ()  # points that are right too
    places: tuple[int, ...] = ()  # pick, curve: those that hold; rank: the order
    ranked: tuple[Value, ...] = ()  # by what each is ranked

    @property
    def points(self) -> tuple[Point, ...]:
        return (self.value, *self.others)


@dataclass(frozen=True)
class Judged:
    """An answer beside the truth."""

    right: bool | None  # None: of who has no idea
    half: bool
    distance: float | None  # on the map, in units of the number, as a factor, or in pairs of an order
    told: str


# --- the truth --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def truth(lesson: Lesson, n: int) -> Truth:
    """What is right of a question. Raises Odd for expressions that mean nothing."""
    return _TRUTHS[lesson.questions[n].gesture](lesson, lesson.questions[n])


def _ask(lesson: Lesson, asked: Question, expression: str, run: int | None = None) -> Value:
    return value(asked.address, expression, texts.numbers(lesson), run)


def _number(lesson: Lesson, asked: Question) -> Truth:
    found = _ask(lesson, asked, asked.answer[0])
    if type(found) not in (int, float) or not math.isfinite(found):
        raise Odd(f"{lesson.id}: the answer “{asked.answer[0]}” is {found}, no number")
    return Truth(found)


def _points(lesson: Lesson, asked: Question) -> Truth:
    first, *others = (tuple(_ask(lesson, asked, one) for one in pair) for pair in (asked.answer, *asked.others))
    if None in first or any(None in one for one in others):
        raise Odd(f"{lesson.id}: the answer of a click is no point")
    return Truth(first, tuple(others))


def _holding(lesson: Lesson, asked: Question) -> Truth:
    if asked.options:
        held = [_ask(lesson, asked, one.holds) for one in asked.options]
    else:
        held = [_ask(lesson, asked, asked.right, run) for run in range(runs_of(asked))]
    return Truth(places=tuple(place for place, one in enumerate(held) if one))


def _order(lesson: Lesson, asked: Question) -> Truth:
    if asked.options:
        ranked = [_ask(lesson, asked, one.value) for one in asked.options]
    else:
        ranked = [_ask(lesson, asked, asked.by, run) for run in range(runs_of(asked))]
    return Truth(places=tuple(sorted(range(len(ranked)), key=lambda place: _late(ranked[place]))), ranked=tuple(ranked))


def _late(one: Value) -> float:
    """A value to rank by: what never is comes last."""
    return math.inf if one is None else float(one)


_TRUTHS: dict[str, Callable[[Lesson, Question], Truth]] = {
    "drag": _number,
    "click": _points,
    "pick": _holding,
    "curve": _holding,
    "rank": _order,
}


def runs_of(asked: Question) -> int:
    return len(state_of(asked.address).runs)


def names(lesson: Lesson, n: int, lang: str = ENGLISH) -> list[str]:
    """What there is to choose from, in words: the options, or what the runs are called."""
    asked = lesson.questions[n]
    if asked.options:
        return [texts.filled(one.text, lesson, lang) for one in asked.options]
    state = state_of(asked.address)
    return list(labels(state.runs, state.letters))


def in_words(lesson: Lesson, n: int, what: Any, lang: str = ENGLISH) -> str:
    """An answer to a question: a number, a point, or those that are chosen, by their names."""
    asked = lesson.questions[n]
    if asked.gesture in ("drag", "click"):
        return texts.shown(what, lang)
    called = names(lesson, n, lang)
    if asked.options and asked.gesture != "rank":
        called = [texts.said("quoted", lang, text=one) for one in called]
    return ", ".join(called[place] for place in what) or texts.said("nobody", lang)


def answer(lesson: Lesson, n: int, lang: str = ENGLISH) -> str:
    """What is right, in words."""
    found = truth(lesson, n)
    return in_words(lesson, n, found.places if found.value is None else found.value, lang)


def framed(lesson: Lesson, n: int, lang: str = ENGLISH) -> str:
    """The number that decides: the answer, or where that is none what the question frames instead."""
    asked = lesson.questions[n]
    return texts.filled(asked.framed, lesson, lang) if asked.framed else answer(lesson, n, lang)


# --- an answer beside it ----------------------------------------------------------------------------------------------


def said(asked: Question, text: str) -> Any:
    """An answer as it stands in an address, read: a number, a point, places; None for no idea."""
    if text in ("", NO_IDEA):
        return None
    if asked.gesture in ("drag", "click"):
        found = spoken.numbers(text)
        return found[0] if asked.gesture == "drag" else found
    return spoken.places(text)


def judged(lesson: Lesson, n: int, text: str, lang: str = ENGLISH) -> Judged:
    """What an answer is beside the truth; `text` is as an address has it."""
    asked, found = lesson.questions[n], truth(lesson, n)
    given = said(asked, text)
    right_one = answer(lesson, n, lang)
    if given is None:
        return Judged(None, False, None, texts.said("none", lang, answer=right_one))
    right, distance = _JUDGES[asked.gesture](asked, found, given)
    half = not right and is_half(lesson, n, given)
    if asked.gesture == "click":
        right_one = texts.shown(_nearest(found, given), lang)
    told = _told(lesson, n, given, distance, lang, right_one)
    return Judged(right, half, distance, texts.said("right" if right else "half" if half else "wrong", lang, said=told))


def is_half(lesson: Lesson, n: int, given: Any) -> bool:
    """Whether a wrong answer counts half."""
    asked, found = lesson.questions[n], truth(lesson, n)
    if not asked.half:
        return False
    beside = {"said": given, "answer": found.places if found.value is None else found.value}
    if asked.gesture == "click":
        beside |= {"said_x": given[0], "said_y": given[1]}
    return bool(value(asked.address, asked.half, ChainMap(beside, texts.numbers(lesson))))


def _judge_number(asked: Question, found: Truth, given: float) -> tuple[bool, float]:
    if asked.factor is None:
        distance = abs(given - found.value)
        return distance <= asked.within * (1 + SLACK), distance
    ratio = factor_between(given, found.value)
    return ratio <= asked.factor * (1 + SLACK), ratio


def factor_between(given: float, right: float) -> float:
    """How many times one number is the other, 1 or more; infinite where they have not one sign."""
    if given == right:
        return 1.0
    if not given * right > 0:
        return math.inf
    return max(given / right, right / given)


def _nearest(found: Truth, given: Point) -> Point:
    return min(found.points, key=lambda point: math.dist(point, given))


def _judge_point(asked: Question, found: Truth, given: Point) -> tuple[bool, float]:
    distance = math.dist(_nearest(found, given), given)
    return distance <= asked.within * (1 + SLACK), distance


def _judge_choice(asked: Question, found: Truth, given: tuple[int, ...]) -> tuple[bool, None]:
    return set(given) == set(found.places), None


def _judge_order(asked: Question, found: Truth, given: tuple[int, ...]) -> tuple[bool, float]:
    """Right is an order in which nobody stands before one whose value is less; equals may stand either way."""
    late = [_late(one) for one in found.ranked]
    turned = sum(late[one] > late[other] for one, other in combinations(given, 2))
    return turned == 0, turned


_JUDGES: dict[str, Callable[[Question, Truth, Any], tuple[bool, float | None]]] = {
    "drag": _judge_number,
    "click": _judge_point,
    "pick": _judge_choice,
    "curve": _judge_choice,
    "rank": _judge_order,
}


def _told(lesson: Lesson, n: int, given: Any, distance: float | None, lang: str, right_one: str) -> str:
    """What was said and what it is."""
    asked, found = lesson.questions[n], truth(lesson, n)
    words = {"said": in_words(lesson, n, given, lang), "answer": right_one}
    if asked.gesture == "rank":
        pairs = len(given) * (len(given) - 1) // 2
        return texts.said("rank" if distance else "order", lang, **words, distance=distance, pairs=pairs)
    if asked.gesture == "click":
        return texts.said("point", lang, **words, distance=texts.shown(distance, lang, 2))
    if asked.gesture in ("pick", "curve"):
        return texts.said(asked.gesture, lang, **words)
    if asked.factor is None or not asked.factor < distance < math.inf:
        return texts.said("number", lang, **words)
    name = "far" if abs(given) < abs(found.value) else "near"
    return texts.said(name, lang, **words, factor=texts.shown(distance, lang, 2))


def reveal(lesson: Lesson, n: int, lang: str = ENGLISH) -> list[str]:
    """The sentences that follow an answer, filled."""
    asked, found = lesson.questions[n], truth(lesson, n)
    known = found.value if found.value is not None else answer(lesson, n, lang)
    return texts.sentences(texts.filled(asked.reveal, lesson, lang, answer=known))


# --- the target -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Met:
    """A state beside the target."""

    holds: bool
    now: str  # what is told of the state


def met(lesson: Lesson, state: State, lang: str = ENGLISH) -> Met:
    """Whether a state meets the target, whatever is looked at; what arrives, the target's own address says."""
    own = state_of(lesson.target.address).view.tolerance
    bare = replace(state, view=View(tolerance=own))
    here = Measured(bare, 0, texts.numbers(lesson))
    try:
        now = here.worth(lesson.target.now_value) if lesson.target.now_value else None
        holds = bool(here.worth(lesson.target.holds))
    except Odd:  # an address may say other runs than those that the target is about
        return Met(False, texts.said("lacking", lang))
    return Met(holds, texts.filled(lesson.target.now, lesson, lang, now=now))


def forget() -> None:
    """Empty the caches: for measurements."""
    measures.forget()
    texts.forget()
    truth.cache_clear()


# --- for whoever teaches ----------------------------------------------------------------------------------------------


def key(lesson: Lesson, lang: str = ENGLISH) -> dict[str, Any]:
    """All that is right of a lesson, computed now: its questions, its reason, and what its target takes."""
    target = lesson.target
    way = None if target.cannot else met(lesson, state_of(target.way), lang).now
    return {
        "questions": [_key(lesson, n, lang) for n in range(len(lesson.questions))],
        "reason": next(place for place, one in enumerate(lesson.reasons) if one.right),
        "reasons": [texts.filled(one.text, lesson, lang) for one in lesson.reasons],
        "target": texts.filled(target.text, lesson, lang),
        "cannot": target.cannot,
        "way": target.way or None,
        "now": way,
    }


def _key(lesson: Lesson, n: int, lang: str) -> dict[str, Any]:
    asked, found = lesson.questions[n], truth(lesson, n)
    return {
        "ask": texts.filled(asked.ask, lesson, lang),
        "gesture": asked.gesture,
        "options": names(lesson, n, lang) if asked.gesture in ("pick", "curve", "rank") else [],
        "truth": found,
        "answer": answer(lesson, n, lang),
        "tolerance": tolerance(asked, lang),
        "halves": halves(lesson, n),
        "reveal": reveal(lesson, n, lang),
        "label": texts.filled(asked.label, lesson, lang),
        "framed": framed(lesson, n, lang),
        "watch": asked.watch,
    }


def tolerance(asked: Question, lang: str = ENGLISH) -> str:
    """In what an answer counts as right, in words."""
    if asked.gesture == "drag":
        name, value_ = ("within_factor", asked.factor) if asked.factor else ("within", asked.within)
        return texts.said(name, lang, factor=texts.shown(value_, lang), distance=texts.shown(value_, lang))
    if asked.gesture == "click":
        return texts.said("within_map", lang, distance=texts.shown(asked.within, lang))
    return texts.said("in_order" if asked.gesture == "rank" else "exactly", lang)


def halves(lesson: Lesson, n: int) -> list[list[float]]:
    """What counts half: of a number the spans from and to, of what is chosen each choice."""
    asked, found = lesson.questions[n], truth(lesson, n)
    if not asked.half:
        return []
    if asked.gesture in ("pick", "curve"):
        many = len(names(lesson, n))
        every = (choice for size in range(1, many + 1) for choice in combinations(range(many), size))
        return [list(one) for one in every if set(one) != set(found.places) and is_half(lesson, n, one)]
    return _spans(asked, lambda given: is_half(lesson, n, given)) if asked.gesture == "drag" else []


def _spans(asked: Question, holds: Callable[[float], bool]) -> list[list[float]]:
    """Where on the scale of a number something holds, as fine as its slider."""
    low, high = asked.range
    parts = [place / SLIDER for place in range(SLIDER + 1)]
    scale = [low * (high / low) ** part if asked.scale == "log" else low + part * (high - low) for part in parts]
    spans: list[list[float]] = []
    before = False
    for given in scale:
        here = holds(given)
        if here and before:
            spans[-1][1] = given
        elif here:
            spans.append([given, given])
        before = here
    return spans
