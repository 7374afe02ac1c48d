"""How an address says in what way a page is looked at, and which lesson lies over it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .. import limits
from . import said as answers
from .fields import Fields, decoded
from .lesson import REASONS, Lesson, Question
from .lessons import LESSONS, load
from .view import AREAS, CHOICES, COURSE, TOLERANCE, View

ON = {"1": "on", "on": "on", "0": "off", "off": "off"}


def read(fields: Fields, n_steps: int, usual: View) -> View:
    """What an address says of the view; what it does not say is as `usual` has it."""
    chosen: dict[str, Any] = {}
    for name, allowed in CHOICES.items():
        raw = fields.one(name)
        if raw is not None and decoded(raw) in allowed:
            chosen[name] = decoded(raw)
        elif raw is not None:
            default = getattr(usual, name) or "none"
            fields.note(name, decoded(raw), f"is not {_one_of(allowed)}", f"{default} is used")
    for name in ("hide", "lock"):
        chosen[name] = _areas(fields, name) if name in fields.fields else getattr(usual, name)
    if usual.lesson:
        _stay(fields, chosen, usual.tab)
    if chosen.get("tab") in chosen["hide"]:
        fields.note("tab", chosen.pop("tab"), "is hidden by this link", f"{View.tab} is used")
    if "tolerance" in fields.fields:
        given = decoded(fields.one("tolerance"))
        chosen["tolerance"] = fields.number("tolerance", TOLERANCE, given, View.tolerance)
    if usual.t is not None and usual.t >= n_steps:  # of a target whose steps are free
        chosen["t"] = None
    if "t" in fields.fields:
        t = fields.whole("t", (0, n_steps), n_steps)
        chosen["t"] = None if t == n_steps else t
    if "step" in fields.fields:
        chosen["step"] = fields.whole("step", (0, limits.TRAIN_STEPS), 0)
    return replace(usual, **chosen)


def _stay(fields: Fields, chosen: dict[str, Any], tab: str) -> None:
    """A lesson lies over the tab that its own address names."""
    said = chosen.pop("tab", tab)
    if said not in (tab, COURSE):
        fields.note("tab", said, "is not where this lesson is", f"{tab} is used")


def _areas(fields: Fields, name: str) -> tuple[str, ...]:
    words = [word for word in decoded(fields.one(name) or "").split(",") if word]
    for word in dict.fromkeys(words):
        if word not in AREAS:
            fields.note(name, word, f"is not one of {', '.join(AREAS)}", "left out")
    return tuple(area for area in AREAS if area in words)


def _one_of(allowed: tuple[str, ...]) -> str:
    """What may be said, in words: all of it, or the first few and how many more there are."""
    named = [word for word in allowed if word]
    more = len(named) - limits.NAMED
    shown = ", ".join(named[: limits.NAMED] if more > 1 else named)
    return f"one of {shown}" + (f" or {more} others" if more > 1 else "")


# --- a lesson ---------------------------------------------------------------------------------------------------------


def lesson(fields: Fields) -> View:
    """A view with what an address says of a lesson, but for what is answered there."""
    course, short = _course(fields), _short(fields)
    name = _said(fields, "lesson")
    if not name:
        return View(course=course, short=short)
    if name not in LESSONS:
        shown = View.tab if COURSE in hidden(fields) else COURSE
        fields.note("lesson", name, "is no lesson", "the course is shown" if shown == COURSE else "left out")
        return View(tab=shown, course=course, short=short)
    return View(
        lesson=name, phase=_phase(fields, load(name), short), reason=_reason(fields), short=short, course=course
    )


def said(fields: Fields, over: View, runs: Callable[[int], int]) -> tuple[str, ...]:
    """The answers that an address gives to a lesson's questions; `runs` says how many runs each is asked of."""
    given = _said(fields, "said").split(";") if "said" in fields.fields else []
    questions = load(over.lesson).questions
    if len(given) > len(questions):
        fields.note("said", "", f"answers more than {len(questions)}", "the rest is left out")
    found = [_answer(fields, one, text, runs(n)) for n, (one, text) in enumerate(zip(questions, given, strict=False))]
    return shortened(found)


def shortened(found: list[str]) -> tuple[str, ...]:
    """Answers without the empty ones at their end."""
    while found and not found[-1]:
        found = found[:-1]
    return tuple(found)


def many(asked: Question, runs: int) -> int:
    """How many there are to choose from."""
    return len(asked.options) or runs


def _answer(fields: Fields, asked: Question, text: str, runs: int) -> str:
    try:
        return answers.read(asked, many(asked, runs), text)
    except ValueError as why:
        fields.note("said", text, str(why), "left out")
        return ""


def _phase(fields: Fields, found: Lesson, short: str) -> str:
    phases = found.phases(short == "on")
    phase = _said(fields, "phase") or phases[0]
    if phase not in phases:
        fields.note("phase", phase, f"is not one of {', '.join(phases)}", f"{phases[0]} is used")
        return phases[0]
    return phase


def _reason(fields: Fields) -> str:
    reason = _said(fields, "reason")
    if reason and reason not in map(str, range(REASONS)):
        fields.note("reason", reason, f"is not from 0 to {REASONS - 1}", "left out")
        return ""
    return reason


def _short(fields: Fields) -> str:
    short = _said(fields, "short") or "off"
    if short not in ON:
        fields.note("short", short, "must be 0 or 1", "0 is used")
    return ON.get(short, "off")


def _course(fields: Fields) -> tuple[str, ...]:
    words = [word for word in dict.fromkeys(_said(fields, "course").split(",")) if word]
    for word in words:
        if word not in LESSONS:
            fields.note("course", word, "is no lesson", "left out")
    return tuple(word for word in words if word in LESSONS)


def hidden(fields: Fields) -> list[str]:
    """The areas that an address hides."""
    return decoded(fields.fields.get("hide", [""])[0]).split(",")


def _said(fields: Fields, name: str) -> str:
    """What is said first under this name; "" for nothing."""
    return decoded(fields.one(name) or "")
