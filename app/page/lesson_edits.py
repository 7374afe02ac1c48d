"""What a lesson's own controls do to a State: which one lies over it, how far it is, and what is answered."""

from dataclasses import replace
from typing import Any

from ..protocol import Forged, Mistake
from . import said
from .fields import clean
from .given import word
from .lesson import REASONS, TRY, WHY, Lesson
from .lessons import LESSONS, load
from .promises import HIDDEN
from .state import State, opening, state_of
from .view import COURSE, OF_LESSON, View
from .viewed import many, shortened

KEPT = ("theme", "letters", "present", "hide", "lock", "short", "course", "lang")  # from lesson to lesson


def opened(state: State, kind: str, value: Any) -> State:
    """A lesson from its beginning; "" is the course."""
    name = word(value)
    if name == "":
        return course(state)
    if name not in LESSONS:
        raise Forged("no such lesson")
    return _in(state, name, load(name).phases()[0])


def course(state: State) -> State:
    """The page of all lessons, and nothing else on it."""
    kept = {name: getattr(state.view, name) for name in KEPT}
    return State(view=View(tab=COURSE, **kept))


def select(state: State, kind: str, value: Any) -> State:
    """Some of the lessons, in an order of one's own: "L01,L06"; "" is all of them."""
    names = [name for name in (one.strip() for one in word(value).split(",")) if name]
    for name in names:
        if name not in LESSONS:
            raise Mistake(f"{name[:24]} is no lesson")
    return replace(state, view=replace(state.view, course=tuple(dict.fromkeys(names))))


def shorten(state: State, kind: str, value: Any) -> State:
    """Questions and what is seen of them, without the reasons and the target."""
    if not isinstance(value, bool):
        raise Forged("a switch is on or off")
    there = replace(state, view=replace(state.view, short="on" if value else "off"))
    if not value or not state.view.lesson:
        return there
    phases = load(state.view.lesson).phases(short=True)
    return there if state.view.phase in phases else _in(there, state.view.lesson, phases[-1], **_answers(state))


def _in(state: State, name: str, phase: str, **answers: Any) -> State:
    """A phase of a lesson, as it opens."""
    kept = {one: getattr(state.view, one) for one in KEPT}
    opens = opening(View(lesson=name, phase=phase))
    if {COURSE, opens.view.tab} & {*state.view.hide}:
        raise Mistake(HIDDEN)
    over = replace(opens.view, step=None, **kept)
    return State(**opens.model(), view=replace(over, lesson=name, phase=phase, **answers))


def _lesson(state: State) -> Lesson:
    if not state.view.lesson:
        raise Mistake("no lesson is open")
    return load(state.view.lesson)


def _answers(state: State) -> dict[str, Any]:
    return {"said": state.view.said, "reason": state.view.reason}


def phase(state: State, kind: str, value: Any) -> State:
    """Another phase, with what was answered."""
    lesson = _lesson(state)
    if value not in lesson.phases(state.view.short == "on"):
        raise Forged("no such phase")
    return state if value == state.view.phase else _in(state, lesson.id, value, **_answers(state))


def answer(state: State, kind: str, value: Any) -> State:
    """What is said to the question of this phase, which leads on to what is seen."""
    lesson = _lesson(state)
    if state.veil is None:
        raise Mistake("this page asks nothing")
    place, given = lesson.question(state.view.phase), word(value)
    asked = lesson.questions[place]
    try:
        text = said.read(asked, many(asked, len(state.runs)), given)
    except ValueError as why:
        raise Mistake(f"{clean(given, 24)} {why}") from None
    if not text:
        raise Mistake("say something, or that you have no idea")
    answers = [*state.view.said, *[""] * len(lesson.questions)][: len(lesson.questions)]
    answers[place] = text
    phases = lesson.phases()
    seen = phases[phases.index(state.view.phase) + 1]
    return _in(state, lesson.id, seen, **_answers(state) | {"said": shortened(answers)})


def reason(state: State, kind: str, value: Any) -> State:
    _lesson(state)
    if state.view.phase != WHY:
        raise Mistake("no reason is asked for here")
    if isinstance(value, bool) or str(value) not in map(str, range(REASONS)):
        raise Forged("no such reason")
    return replace(state, view=replace(state.view, reason=str(value)))


def leave(state: State, kind: str, value: Any) -> State:
    """The same page without the lesson."""
    _lesson(state)
    return left(state)


def left(state: State) -> State:
    plain = {name: getattr(View, name) for name in OF_LESSON if name != "lang"}
    return replace(state, view=replace(state.view, **plain))


def way(state: State, kind: str, value: Any) -> State:
    """What meets the target."""
    lesson = _lesson(state)
    if state.view.phase != TRY or not lesson.target.way:
        raise Mistake("there is no way to be shown here")
    return replace(state, **state_of(lesson.target.way).model())


def anew(state: State) -> State:
    """A lesson from its beginning; its target as it opens."""
    if state.view.phase == TRY:
        return _in(state, state.view.lesson, TRY, **_answers(state))
    return _in(state, state.view.lesson, load(state.view.lesson).phases()[0])
