"""Lessons: files in TOML beside the tab that shows them, read and checked word for word; the numbers are computed.

A lesson lies over the page that its address names: it asks, the student answers by a gesture, and only then is
anything computed. A file says which address and which gesture, and by which expressions the answer is known; a
translation, `L06.de.toml`, holds the same keys with texts alone.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from .lesson import (
    GESTURES,
    LEVELS,
    MOST_QUESTIONS,
    REASONS,
    SCALES,
    VERDICTS,
    Lesson,
    Number,
    Option,
    Question,
    Reason,
    Refuted,
    Target,
)
from .lesson_table import LessonError, Table

FOLDER = Path(__file__).parents[1] / "learn" / "lessons"
ENGLISH = "en"
LESSONS: tuple[str, ...] = tuple(sorted(path.stem for path in FOLDER.glob("L*.toml") if "." not in path.stem))
LANGS: tuple[str, ...] = (
    ENGLISH,
    *sorted({path.stem.partition(".")[2] for path in FOLDER.glob("L*.*.toml")}),
)


@lru_cache(maxsize=256)
def load(name: str, lang: str = ENGLISH) -> Lesson:
    """A lesson in a language; in English where it is not translated. Raises KeyError, and LessonError."""
    if name not in LESSONS:
        raise KeyError(name)
    lesson = read(name, _parsed(f"{name}.toml"))
    other = f"{name}.{lang}.toml"
    return translated(lesson, _parsed(other), other) if lang != ENGLISH and (FOLDER / other).is_file() else lesson


def _parsed(file: str) -> dict[str, Any]:
    try:
        return tomllib.loads((FOLDER / file).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise LessonError(f"{file}: is no TOML: {why}") from None


# --- reading ----------------------------------------------------------------------------------------------------------


def read(name: str, given: Mapping[str, Any]) -> Lesson:
    """The lesson that a parsed file is. Raises LessonError, which names the file and the key."""
    table = Table(f"{name}.toml", "", given)
    address = _address(table, "address")
    questions = tuple(_question(one, address) for one in table.tables("questions"))
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        raise table.wrong("questions", f"there must be 1 to {MOST_QUESTIONS}")
    lesson = Lesson(
        name,
        table.text("title"),
        table.whole("minutes"),
        table.text("level", among=LEVELS),
        table.text("idea"),
        address,
        questions,
        _reasons(table),
        _target(table, questions[-1].address),
        _needs(table, name),
        _refutes(table),
        table.text("history", ""),
        _numbers(table, address),
    )
    table.done()
    return lesson


def _address(table: Table, key: str, default: str | None = None) -> str:
    value = table.text(key, default)
    if not value.startswith("?"):
        raise table.wrong(key, "must be an address, beginning with “?”")
    return value


def _needs(table: Table, name: str) -> tuple[str, ...]:
    needs = table.texts("needs")
    for one in needs:
        if one not in LESSONS or one >= name:
            raise table.wrong("needs", f"{one} is no lesson before {name}")
    return needs


def _numbers(table: Table, address: str) -> dict[str, Number]:
    given = table.table("numbers")
    found = {}
    for key in list(given.left) if given else ():
        if not key.isidentifier():
            raise given.wrong(key, "is no name")
        if isinstance(given.left[key], str):
            found[key] = Number(given.text(key), address)
        else:
            one = given.table(key)
            found[key] = Number(one.text("value"), _address(one, "address", address))
            one.done()
    return found


def _refutes(table: Table) -> Refuted | None:
    given = table.table("refutes")
    if given is None:
        return None
    found = Refuted(given.text("claim"), given.text("source"), given.text("verdict", among=VERDICTS))
    given.done()
    return found


def _reasons(table: Table) -> tuple[Reason, ...]:
    reasons = []
    for one in table.tables("reasons"):
        reasons.append(Reason(one.text("text"), one.flag("right")))
        one.done()
    if len(reasons) != REASONS or sum(one.right for one in reasons) != 1:
        raise table.wrong("reasons", f"there must be {REASONS}, of which one is right")
    return tuple(reasons)


def _target(table: Table, address: str) -> Target:
    given = table.table("target")
    if given is None:
        raise table.wrong("target", "is missing")
    cannot = given.flag("cannot")
    target = Target(
        given.text("text"),
        _address(given, "address", address),
        given.text("now"),
        given.text("now_value", ""),
        given.text("hint"),
        given.texts("unlock"),
        given.text("holds"),
        "" if cannot else _address(given, "way"),
        cannot,
        given.texts("tried"),
    )
    given.done()
    if not target.unlock:
        raise given.wrong("unlock", "is missing: what may be moved")
    if cannot and not target.tried:
        raise given.wrong("tried", "is missing: addresses that show that it cannot be done")
    return target


def _question(given: Table, address: str) -> Question:
    gesture = given.text("gesture", among=GESTURES)
    asked = Question(
        gesture,
        given.text("ask"),
        given.text("reveal"),
        _address(given, "address", address),
        given.whole("shown", 0),
        given.texts("answer"),
        _others(given),
        given.positive("factor"),
        given.positive("within"),
        _range(given),
        given.text("scale", "linear", SCALES),
        given.text("unit", ""),
        given.text("watch"),
        given.text("label"),
        given.text("framed", ""),
        given.text("half", ""),
        tuple(_options(given)),
        given.text("right", ""),
        given.text("by", ""),
    )
    given.done()
    if why := _GESTURES[gesture](asked):
        raise given.wrong(*why)
    return asked


def _others(given: Table) -> tuple[tuple[str, ...], ...]:
    value = given.left.pop("or", [])
    if not isinstance(value, list) or not all(
        isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one) for one in value
    ):
        raise given.wrong("or", "must be a list of pairs of expressions")
    return tuple(map(tuple, value))


def _range(given: Table) -> tuple[float, float] | None:
    value = given.left.pop("range", None)
    if value is None:
        return None
    numbers = isinstance(value, list) and len(value) == 2 and all(type(end) in (int, float) for end in value)
    if not numbers or not value[0] < value[1]:
        raise given.wrong("range", "must be two numbers, the lower one first")
    return float(value[0]), float(value[1])


def _options(given: Table) -> list[Option]:
    options = []
    for one in given.tables("options"):
        options.append(Option(one.text("text"), one.text("shape", ""), one.text("holds", ""), one.text("value", "")))
        one.done()
    return options


# what a gesture needs: the key that is not as it must be, and why; nothing where all is well


def _clicked(asked: Question) -> tuple[str, str] | None:
    if len(asked.answer) != 2:
        return "answer", "must be the expressions of x and of y"
    return None if asked.within else ("within", "is missing: a distance on the map")


def _dragged(asked: Question) -> tuple[str, str] | None:
    if len(asked.answer) != 1:
        return "answer", "must be one expression"
    if asked.range is None:
        return "range", "is missing"
    if asked.scale == "log" and asked.range[0] <= 0:
        return "range", "must be above 0 on a scale of log"
    if (asked.factor is None) == (asked.within is None):
        return "factor", "must be given, or within: one of the two"
    return ("factor", "must be above 1") if asked.factor is not None and asked.factor <= 1 else None


def _picked(asked: Question) -> tuple[str, str] | None:
    if asked.options:
        return None if all(one.holds for one in asked.options) else ("options", "each must say by what it holds")
    return None if asked.right else ("right", "is missing: the expression, with * for each run")


def _curved(asked: Question) -> tuple[str, str] | None:
    if len(asked.options) < 2:
        return "options", "there must be two or more"
    return None if all(one.holds and one.shape for one in asked.options) else ("options", "each needs shape and holds")


def _ranked(asked: Question) -> tuple[str, str] | None:
    if asked.options:
        return None if all(one.value for one in asked.options) else ("options", "each needs the value it is ranked by")
    return None if asked.by else ("by", "is missing: the expression, with * for each run")


_GESTURES: dict[str, Callable[[Question], tuple[str, str] | None]] = {
    "click": _clicked,
    "drag": _dragged,
    "pick": _picked,
    "curve": _curved,
    "rank": _ranked,
}


# --- translations -----------------------------------------------------------------------------------------------------

FIELD = re.compile(r"\{(\w+)(?::[^}]*)?\}")  # a number in a text
_TEXTS = {
    Lesson: ("title", "idea", "history"),
    Refuted: ("claim", "source"),
    Question: ("ask", "reveal", "unit", "label", "framed"),
    Option: ("text",),
    Reason: ("text",),
    Target: ("text", "now", "hint"),
}
_PARTS = ("refutes", "questions", "options", "reasons", "target")


def translated(lesson: Lesson, given: Mapping[str, Any], file: str) -> Lesson:
    """A lesson with the texts of a translation. Raises LessonError where that holds anything else."""
    return _overlaid(lesson, Table(file, "", given))


def _overlaid(one: Any, table: Table) -> Any:
    changes: dict[str, Any] = {}
    for name in _TEXTS[type(one)]:
        if name in table.left:
            changes[name] = _same_fields(table, name, getattr(one, name))
        elif getattr(one, name) and name not in ("unit", "source", "framed"):  # which many languages share
            raise table.wrong(name, "is missing")
    for name in (part.name for part in fields(one) if part.name in _PARTS and getattr(one, part.name)):
        changes[name] = _parts(table, name, getattr(one, name))
    table.done()
    return replace(one, **changes)


def _parts(table: Table, name: str, ours: Any) -> Any:
    if not isinstance(ours, tuple):
        theirs = table.table(name)
        if theirs is None:
            raise table.wrong(name, "is missing")
        return _overlaid(ours, theirs)
    several = table.tables(name)
    if len(several) != len(ours):
        raise table.wrong(name, f"there must be {len(ours)}, as in English")
    return tuple(_overlaid(*pair) for pair in zip(ours, several, strict=True))


def _same_fields(table: Table, name: str, ours: str) -> str:
    theirs = table.text(name)
    if {*FIELD.findall(ours)} != {*FIELD.findall(theirs)}:
        raise table.wrong(name, "must have the same fields {…} as in English")
    return theirs
