"""The questions of the Learn tab: the course, and the lesson that is open."""

from typing import Any

from ..page import lessons
from ..page.state import State, state_of
from ..protocol import Plan, Work


def plan(asked: Plan) -> Work:
    """What the course, or the lesson that is open, shows before anything is computed for it."""
    state = state_of(asked.query)
    return Work(state.to_query(), [], _opened(state) if state.view.lesson else _course(state))


def _course(state: State) -> dict[str, Any]:
    known = [lessons.load(name, state.view.lang) for name in lessons.LESSONS]
    cards = [
        {"id": one.id, "title": one.title, "minutes": one.minutes, "level": one.level, "idea": one.idea}
        for one in known
    ]
    return {"problem": None, "lessons": cards, "selection": list(state.view.course)}


def _opened(state: State) -> dict[str, Any]:
    one = lessons.load(state.view.lesson, state.view.lang)
    asked = one.questions[one.question(state.view.phase)]
    lesson = {"id": one.id, "title": one.title, "minutes": one.minutes, "idea": one.idea}
    phases = one.phases(state.view.short == "on")
    return {
        "problem": None,
        "lesson": lesson,
        "phases": list(phases),
        "phase": state.view.phase,
        "ask": {"text": asked.ask, "gesture": asked.gesture},
    }


ANSWERS = {Plan: plan}
