"""The course page: all lessons in the order in which they need each other, or some in an order of one's own."""

from typing import Any

from ..page import lessons
from ..page.state import State
from . import texts


def look(state: State) -> dict[str, Any]:
    view = state.view
    ids = view.course or lessons.LESSONS
    found = [_card(name, view.lang, view.short == "on") for name in lessons.LESSONS]
    return {
        "problem": "",
        "lessons": found,
        "order": order(),
        "selection": list(view.course),
        "short": view.short == "on",
        "minutes": sum(one["minutes"] for one in found if one["id"] in ids),
        "lang": view.lang,
        "langs": list(lessons.LANGS),
    }


def _card(name: str, lang: str, short: bool) -> dict[str, Any]:
    one = lessons.load(name, lang)
    refuted = one.refutes and {"claim": one.refutes.claim, "source": one.refutes.source, "verdict": one.refutes.verdict}
    known = {"id": one.id, "title": texts.filled(one.title, one, lang), "minutes": one.minutes, "level": one.level}
    known["phases"] = list(one.phases(short))
    return known | {"idea": texts.filled(one.idea, one, lang), "needs": list(one.needs), "refutes": refuted}


def order() -> list[str]:
    """All lessons, each behind those that it needs, else by their numbers."""
    left, found = list(lessons.LESSONS), []
    while left:
        ready = [name for name in left if set(lessons.load(name).needs) <= set(found)]
        found.append(ready[0])  # no lesson needs a later one
        left.remove(ready[0])
    return found
