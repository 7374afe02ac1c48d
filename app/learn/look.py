"""What the panel of a lesson shows before anything is computed for the student. Of what is asked it tells nothing."""

import math
from typing import Any

from ..page import lessons
from ..page.lesson import TRY, WHY, Lesson
from ..page.lessons import ENGLISH, FOLDER, LANGS
from ..page.state import State, state_of
from ..page.view import OFF_SURFACE
from ..page.window import room
from ..screen.theme import Style
from . import answers, texts


def look(state: State, mode: str) -> dict[str, Any]:
    """All that the panel is told of a state with a lesson."""
    view = state.view
    lesson = lessons.load(view.lesson, view.lang)
    phases, n = lesson.phases(view.short == "on"), lesson.question(view.phase)
    ids = view.course or lessons.LESSONS
    place = ids.index(lesson.id) if lesson.id in ids else None
    is_asked, is_last = state.veil is not None, n == len(lesson.questions) - 1
    return {
        "problem": "",
        "lesson": _lesson(lesson, view.lang, not is_asked and is_last),
        "phases": list(phases),
        "phase": view.phase,
        "place": place,
        "next": _beside(ids, place, 1),
        "previous": _beside(ids, place, -1),
        "course": [{"id": one, "title": _title(one, view.lang)} for one in ids],
        "ask": _ask(lesson, n, view.lang, mode),
        "said": [*view.said, *[""] * len(lesson.questions)][: len(lesson.questions)],
        "reasons": [texts.filled(one.text, lesson, view.lang) for one in lesson.reasons] if view.phase == WHY else [],
        "reason": int(view.reason) if view.reason else None,
        "target": _target(lesson, view.lang) if view.phase == TRY else None,
        "refutes": _refutes(lesson) if not is_asked and is_last else None,
        "links": {phase: _link(state, phase) for phase in lesson.phases()},
        "short": view.short == "on",
        "veiled": is_asked,
        "lang": view.lang,
        "langs": langs(lesson.id),
    }


def _lesson(lesson: Lesson, lang: str, is_seen: bool) -> dict[str, Any]:
    """What a lesson is; its idea tells what its questions ask."""
    needs = [{"id": one, "title": _title(one, lang)} for one in lesson.needs]
    known = {"id": lesson.id, "title": texts.filled(lesson.title, lesson, lang), "minutes": lesson.minutes}
    told = {"idea": texts.filled(lesson.idea, lesson, lang), "history": texts.filled(lesson.history, lesson, lang)}
    return known | {"level": lesson.level, "needs": needs} | (told if is_seen else dict.fromkeys(told, ""))


def _title(name: str, lang: str) -> str:
    lesson = lessons.load(name, lang)
    return texts.filled(lesson.title, lesson, lang)


def _beside(ids: tuple[str, ...], place: int | None, by: int) -> str | None:
    at = -1 if place is None else place + by
    return ids[at] if 0 <= at < len(ids) else None


def _ask(lesson: Lesson, n: int, lang: str, mode: str) -> dict[str, Any]:
    asked = lesson.questions[n]
    state = state_of(asked.address)
    return {
        "n": n + 1,
        "of": len(lesson.questions),
        "text": texts.filled(asked.ask, lesson, lang),
        "gesture": asked.gesture,
        "options": _options(lesson, n, lang, mode) if asked.gesture in ("pick", "curve", "rank") else [],
        "range": None if asked.range is None else list(asked.range),
        "scale": asked.scale,
        "unit": asked.unit,
        "from": list(state.begin),
        "room": None if state.view.tab in OFF_SURFACE else [list(span) for span in room(state.landscape)],
        "several": asked.gesture == "pick" and len(answers.truth(lesson, n).places) > 1,
    }


def _options(lesson: Lesson, n: int, lang: str, mode: str) -> list[dict[str, Any]]:
    """What there is to choose from: texts, or the runs with their colours."""
    asked, called = lesson.questions[n], answers.names(lesson, n, lang)
    if asked.options:
        drawn = zip(asked.options, called, strict=True)
        return [{"text": text, "slot": None, "label": text, "colour": None, "shape": one.shape} for one, text in drawn]
    style, runs = Style(mode), state_of(asked.address).runs
    return [
        {"text": name, "slot": run.slot, "label": name, "colour": style.colours[run.slot], "shape": ""}
        for run, name in zip(runs, called, strict=True)
    ]


def _target(lesson: Lesson, lang: str) -> dict[str, Any]:
    target = lesson.target
    runs = state_of(target.address).runs
    places = (key.split(".")[1] for key in target.unlock if key.startswith("run."))
    own = next((runs[int(place)].slot for place in places), None)  # the run whose settings are to be moved
    return {"text": texts.filled(target.text, lesson, lang), "unlock": list(target.unlock), "open": own}


def _refutes(lesson: Lesson) -> dict[str, str] | None:
    one = lesson.refutes
    return None if one is None else {"claim": one.claim, "source": one.source, "verdict": one.verdict}


def _link(state: State, phase: str) -> str:
    """The address of a phase of this lesson as a teacher gives it: without any answers."""
    said = {"lesson": state.view.lesson, "phase": phase, "course": ",".join(state.view.course), "lang": state.view.lang}
    return State.from_query("&".join(f"{name}={value}" for name, value in said.items() if value))[0].to_query()


def langs(name: str) -> list[str]:
    """The languages in which there is a lesson."""
    return [lang for lang in LANGS if lang == ENGLISH or (FOLDER / f"{name}.{lang}.toml").is_file()]


def finite(value: float | None) -> float | None:
    """A number as JSON has it."""
    return None if value is None or not math.isfinite(value) else value
