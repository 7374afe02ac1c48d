"""The questions of the Learn tab: what stands in the panel of a lesson or on the course page, and what is so.

A look never holds anything that a question asks for: that is a tile of its own, made when the answer is there. A tile
of what is asked still is refused. What takes long is worked out ahead, in tiles that tell nothing.
"""

from dataclasses import replace
from typing import Any

from ..page import lessons
from ..page.lesson import TRY, WHY, Lesson
from ..page.state import State, opening, state_of
from ..page.view import View
from ..protocol import Forged, Piece, Plan, Tile, Work
from . import ahead, answers, course, look, tables, texts

SEE, ASK, AHEAD = "see", "ask", "ahead"
KEYED = ("lesson", "phase", "said", "reason", "lang")  # of the view: all that an answer depends on beside the model


def plan(asked: Plan) -> Work:
    """What is to be asked for, and what is seen before any of it."""
    state = state_of(asked.query)
    if not state.view.lesson:
        return Work(_of_tables(state.view.lang), tables.parts(), course.look(state) | tables.look())
    return Work(key(state), parts(state), look.look(state, asked.mode))


def _of_tables(lang: str) -> str:
    """The query of all that decides what the tables of the course page say."""
    return State(view=View(tab="learn", lang=lang)).to_query()


def key(state: State) -> str:
    """The query of all that decides what is told of a state, and of nothing else."""
    view = replace(opening(state.view).view, **{name: getattr(state.view, name) for name in KEYED})
    return State(**state.model(), view=view).to_query()


def parts(state: State) -> list[str]:
    """The tiles of a phase: what takes long in its pieces, then what is told."""
    lesson, phase = lessons.load(state.view.lesson), state.view.phase
    told = {WHY: [WHY] * bool(state.view.reason), TRY: [TRY]}.get(phase)
    if told is not None:
        return told
    pieces = [f"{AHEAD}-{place}" for place, _ in enumerate(ahead.pieces(lesson, lesson.question(phase)))]
    return pieces if state.veil is not None else [*pieces, SEE]


def piece(tile: Tile) -> Piece:
    """What is so: of a question, a reason, a target, a row of a table. Raises Forged for what nobody may ask."""
    state = state_of(tile.key)
    if tile.key == _of_tables(state.view.lang):
        return Piece(tile.part, tables.piece(tile.part, state.view.lang))
    if not state.view.lesson or key(state) != tile.key or tile.part not in parts(state):
        raise Forged("tile: there is no such part")
    lesson = lessons.load(state.view.lesson, state.view.lang)
    if tile.part.startswith(AHEAD):
        n = lesson.question(state.view.phase)
        ahead.work_out(ahead.pieces(lesson, n)[int(tile.part.removeprefix(f"{AHEAD}-"))])
        return Piece(tile.part, {})
    return Piece(tile.part, _TOLD[tile.part](lesson, state.view, state))


def _see(lesson: Lesson, view: View, state: State) -> dict[str, Any]:
    n, lang = lesson.question(view.phase), view.lang
    asked, found = lesson.questions[n], answers.truth(lesson, n)
    text = view.said[n] if n < len(view.said) else ""
    judged = answers.judged(lesson, n, text, lang)
    ranked = [texts.shown(one, lang) for one in found.ranked]
    return {
        "truth": list(found.value) if isinstance(found.value, tuple) else found.value,
        "others": [list(point) for point in found.others],
        "shown": answers.framed(lesson, n, lang),
        "right": judged.right,
        "half": judged.half,
        "distance": look.finite(judged.distance),
        "told": judged.told,
        "reveal": answers.reveal(lesson, n, lang),
        "watch": asked.watch,
        "label": texts.filled(asked.label, lesson, lang),
        "mark": text,
        "options_right": list(found.places),
        "values": ranked,
    }


def _why(lesson: Lesson, view: View, state: State) -> dict[str, Any]:
    right = next(place for place, one in enumerate(lesson.reasons) if one.right)
    text = texts.filled(lesson.reasons[right].text, lesson, view.lang)
    name = "reason_right" if int(view.reason) == right else "reason_wrong"
    return {"right": right, "told": texts.said(name, view.lang, text=text)}


def _try(lesson: Lesson, view: View, state: State) -> dict[str, Any]:
    target, found = lesson.target, answers.met(lesson, state, view.lang)
    told = "cannot" if target.cannot else "reached" if found.holds else "open"
    return {
        "holds": found.holds,
        "now": found.now,
        "hint": texts.filled(target.hint, lesson, view.lang),
        "way": target.way or None,
        "cannot": target.cannot,
        "told": texts.said(told, view.lang, now=found.now),
    }


_TOLD = {SEE: _see, WHY: _why, TRY: _try}
ANSWERS: dict[type, Any] = {Plan: plan, Tile: piece}
