"""What a file of a lesson carries, so that it can ask, judge and reveal without a server: the answers with it.

`assets/learn/judge.js` judges by it, as `answers` does here.
"""

import math
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

from ..page.lesson import NO_IDEA, REASONS, WHY, Lesson
from ..page.state import State
from ..protocol import Mistake, Plan, Tile
from . import answer, answers, texts
from .look import finite

SENTENCES = ("right", "half", "wrong", "number", "far", "near", "point", "pick", "curve", "rank", "order", "none")
WORDS = (*SENTENCES, "infinite", "nobody")
OPEN = {name: f"{{{name}}}" for name in ("said", "answer", "factor", "distance", "pairs")}  # what stays to be filled in
LOOKED = 1000  # values of a range at which it is asked what counts half
HALVINGS = 60  # of the search for the edge of what does


def phases(lesson: Lesson) -> tuple[str, ...]:
    """Its questions, what is so, and the reason; a target takes a server."""
    return (*lesson.phases(short=True), WHY)


def phase(lesson: Lesson, name: str, lang: str) -> dict[str, Any]:
    """What the panel shows in a phase, what is so there, and by what an answer is judged."""
    state = address(lesson, name, lang)
    work = answer.plan(Plan(state.to_query(), tab="learn"))
    look = work.look | {"phases": list(phases(lesson)), "next": None, "previous": None}
    look["course"] = [{"id": lesson.id, "title": look["lesson"]["title"]}]
    n = lesson.question(name)
    if name == WHY:
        return {"look": look, "pieces": [_told(lesson, WHY, lang, reason=str(i)) for i in range(REASONS)]}
    if state.veil is not None:
        return {"look": look}
    said = ";".join([NO_IDEA] * len(lesson.questions))
    return {"look": look, "piece": _told(lesson, name, lang, said=said), "rule": rule(lesson, n, lang)}


def address(lesson: Lesson, name: str, lang: str, **more: str) -> State:
    """The state of a phase."""
    fields = {"lesson": lesson.id, "phase": name, "lang": lang} | more
    return State.from_query("&".join(f"{key}={value}" for key, value in fields.items()))[0]


def _told(lesson: Lesson, name: str, lang: str, **said: str) -> dict[str, Any]:
    state = address(lesson, name, lang, **said)
    part = WHY if name == WHY else answer.SEE
    return answer.piece(Tile(answer.key(state), part, tab="learn")).arrays


def rule(lesson: Lesson, n: int, lang: str) -> dict[str, Any]:
    """How an answer to a question is judged, and what is said of it."""
    asked, found = lesson.questions[n], answers.truth(lesson, n)
    named = answers.names(lesson, n, lang) if found.value is None else []
    if asked.options and asked.gesture != "rank":
        named = [texts.said("quoted", lang, text=one) for one in named]
    return {
        "gesture": asked.gesture,
        "truth": list(found.points) if asked.gesture == "click" else found.value,
        "places": list(found.places),
        "ranked": [None if one is None else finite(float(one)) for one in found.ranked],
        "factor": asked.factor,
        "within": asked.within,
        "half": list(_half(lesson, n)) if asked.half else [],
        "names": named,
        "answer": answers.answer(lesson, n, lang),
        "words": {name: texts.said(name, lang, **OPEN) for name in WORDS},
    }


def _half(lesson: Lesson, n: int) -> Iterator[Any]:
    """What counts half: of a number from where to where, of what is picked each choice. Raises Mistake for others."""
    asked = lesson.questions[n]
    if asked.gesture == "drag":
        return _spans(lesson, n)
    if asked.gesture in ("pick", "curve"):
        places = range(len(answers.names(lesson, n)))
        every = (some for size in range(1, len(places) + 1) for some in combinations(places, size))
        return (list(some) for some in every if answers.is_half(lesson, n, some))
    raise Mistake(f"a file cannot judge what counts half of a {asked.gesture}")


def _spans(lesson: Lesson, n: int) -> Iterator[tuple[float, float]]:
    low, high = lesson.questions[n].range
    is_log = lesson.questions[n].scale == "log"

    def at(share: float) -> float:
        return low * (high / low) ** share if is_log else low + share * (high - low)

    shares = [place / LOOKED for place in range(LOOKED + 1)]
    counts = [answers.is_half(lesson, n, at(share)) for share in shares]
    edges = [
        _edge(lambda share: answers.is_half(lesson, n, at(share)), *pair)
        for pair, (before, after) in zip(pairwise(shares), pairwise(counts), strict=True)
        if before != after
    ]
    ends = [at(edge) for edge in edges]
    ends = [*([-math.inf] * counts[0]), *ends, *([math.inf] * counts[-1])]
    return ((max(first, low), min(last, high)) for first, last in zip(ends[::2], ends[1::2], strict=True))


def _edge(counts: Any, low: float, high: float) -> float:
    """Between two shares of a range, where that which counts half begins or ends."""
    first = counts(low)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if counts(middle) == first else (low, middle)
    return high if counts(high) else low
