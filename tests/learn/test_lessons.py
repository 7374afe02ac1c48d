"""Every lesson that there is: its answer is computed here, and judged as it says; its target can be met, or cannot."""

import math
import re
from itertools import pairwise
from typing import Any

import pytest

from app.explore import details
from app.learn import answers, course, look, texts
from app.learn.measures import value
from app.metrics import PANELS
from app.page import lessons
from app.page.lesson import Lesson, Question
from app.page.lessons import LANGS, LESSONS, load
from app.page.state import State, state_of
from app.protocol import Ask

QUESTIONS = [(name, n) for name in LESSONS for n in range(len(load(name).questions))]
every_lesson = pytest.mark.parametrize("name", LESSONS)
every_question = pytest.mark.parametrize(("name", "n"), QUESTIONS)
NEAR = 1e-6  # of a tolerance: just inside, or just outside


def test_there_are_twenty_four() -> None:
    assert LESSONS[:24] == tuple(f"L{number:02}" for number in range(1, 25))


# --- what is right ----------------------------------------------------------------------------------------------------


@every_question
def test_the_answer_is_computed_and_can_be_given(name: str, n: int) -> None:
    lesson = load(name)
    asked, found = lesson.questions[n], answers.truth(lesson, n)
    if asked.gesture == "drag":
        low, high = asked.range
        assert math.isfinite(found.value) and low < found.value < high
        assert found.value == value(asked.address, asked.answer[0], texts.numbers(lesson))
    if asked.gesture == "click":
        (x0, x1), (y0, y1) = look.room(state_of(asked.address).landscape)
        assert all(x0 <= x <= x1 and y0 <= y <= y1 for x, y in found.points)
    if asked.gesture in ("pick", "curve"):
        many = len(answers.names(lesson, n))
        assert 0 < len(found.places) < many
        assert asked.gesture == "pick" or len(found.places) == 1
    if asked.gesture == "rank":
        assert len(set(found.ranked)) > 1


@every_question
def test_exactly_those_hold_that_are_right(name: str, n: int) -> None:
    lesson = load(name)
    asked, found = lesson.questions[n], answers.truth(lesson, n)
    numbers = texts.numbers(lesson)
    if asked.gesture in ("pick", "curve"):
        ask = [one.holds for one in asked.options] or [asked.right] * len(state_of(asked.address).runs)
        held = [bool(value(asked.address, one, numbers, run)) for run, one in enumerate(ask)]
        assert found.places == tuple(place for place, one in enumerate(held) if one)
    if asked.gesture == "rank":
        ask = [one.value for one in asked.options] or [asked.by] * len(state_of(asked.address).runs)
        ranked = [value(asked.address, one, numbers, run) for run, one in enumerate(ask)]
        late = [math.inf if one is None else one for one in ranked]
        assert all(late[one] <= late[other] for one, other in pairwise(found.places))


def said(what: Any) -> str:
    """An answer as an address has it, with all its digits."""
    return ",".join(map(repr, what)) if isinstance(what, tuple) else repr(what)


def edges(asked: Question, truth: Any) -> tuple[list[Any], list[Any]]:
    """Answers just inside the tolerance, and just outside it."""
    inside, outside = 1 - NEAR, 1 + NEAR
    if asked.gesture == "drag" and asked.factor:
        ways = [lambda how: truth * (1 + (asked.factor - 1) * how), lambda how: truth / (1 + (asked.factor - 1) * how)]
        return [way(inside) for way in ways], [way(outside) for way in ways]
    if asked.gesture == "drag":
        ways = [lambda how: truth + asked.within * how, lambda how: truth - asked.within * how]
        return [way(inside) for way in ways], [way(outside) for way in ways]
    turns = [2 * math.pi * turn / 12 for turn in range(12)]
    around = [
        [
            (truth[0] + asked.within * how * math.cos(turn), truth[1] + asked.within * how * math.sin(turn))
            for turn in turns
        ]
        for how in (inside, outside)
    ]
    return around[0], around[1]


@every_question
def test_the_tolerance_decides_at_its_edges(name: str, n: int) -> None:
    lesson = load(name)
    asked, found = lesson.questions[n], answers.truth(lesson, n)
    if asked.gesture not in ("drag", "click"):
        return
    for truth in found.points if asked.gesture == "click" else (found.value,):
        right, wrong = edges(asked, truth)
        assert all(answers.judged(lesson, n, said(one)).right for one in (truth, *right))
        far = [one for one in wrong if not _is_near_another(asked, found, one)]
        assert not any(answers.judged(lesson, n, said(one)).right for one in far)


def _is_near_another(asked: Question, found: answers.Truth, one: Any) -> bool:
    """Whether a point is inside the tolerance of another one that is right too."""
    return asked.gesture == "click" and any(math.dist(one, point) < asked.within for point in found.points)


@every_question
def test_not_every_answer_is_right(name: str, n: int) -> None:
    lesson = load(name)
    asked = lesson.questions[n]
    if asked.gesture == "drag":
        ends = [answers.judged(lesson, n, said(end)) for end in asked.range]
        assert not all(one.right for one in ends)
    if asked.gesture == "click":
        assert answers.judged(lesson, n, said(state_of(asked.address).begin)).right is False
    assert answers.judged(lesson, n, "no").right is None


@every_question
def test_what_is_chosen_or_ordered_is_right_as_a_whole(name: str, n: int) -> None:
    lesson = load(name)
    asked, found = lesson.questions[n], answers.truth(lesson, n)
    if asked.gesture in ("pick", "curve"):
        every = set(range(len(answers.names(lesson, n))))
        assert answers.judged(lesson, n, said(found.places)).right
        for place in every:
            changed = tuple(sorted(set(found.places) ^ {place}))
            assert not changed or answers.judged(lesson, n, said(changed)).right is False
    if asked.gesture == "rank":
        assert answers.judged(lesson, n, said(found.places)).right
        for at in range(len(found.places) - 1):
            one, other = found.places[at : at + 2]
            turned = (*found.places[:at], other, one, *found.places[at + 2 :])
            equal = found.ranked[one] == found.ranked[other]
            judged = answers.judged(lesson, n, said(turned))
            assert judged.right is equal and judged.distance == (0 if equal else 1)


@every_question
def test_what_counts_half_is_not_right(name: str, n: int) -> None:
    lesson = load(name)
    asked = lesson.questions[n]
    halves = answers.halves(lesson, n)
    assert bool(halves) == bool(asked.half)
    if asked.half and asked.gesture == "drag":
        for end in (end for span in halves for end in span):
            judged = answers.judged(lesson, n, said(end))
            assert judged.half and not judged.right and judged.told.startswith("Half right: ")


@every_question
def test_what_is_told_of_an_answer(name: str, n: int) -> None:
    lesson = load(name)
    found = answers.truth(lesson, n)
    right = answers.judged(lesson, n, said(found.places if found.value is None else found.value))
    none = answers.judged(lesson, n, "no")
    shown = answers.answer(lesson, n)
    assert right.right and right.told.startswith("Right: ") and shown in right.told
    assert none.told == f"It is {shown}."


# --- the target -------------------------------------------------------------------------------------------------------


def is_met(lesson: Lesson, query: str) -> bool:
    state, notices = State.from_query(query)
    assert not notices, (query, [str(one) for one in notices])
    return answers.met(lesson, state).holds


@every_lesson
def test_the_target_is_met_by_its_way_and_not_as_it_opens(name: str) -> None:
    lesson = load(name)
    assert not is_met(lesson, lesson.target.address)
    if lesson.target.cannot:
        assert not lesson.target.way and lesson.target.tried
        assert not any(is_met(lesson, query) for query in lesson.target.tried)
    else:
        assert is_met(lesson, lesson.target.way)


@every_lesson
def test_the_way_is_open_to_whoever_tries(name: str) -> None:
    """By the controls that are free, and by no other: in the lesson itself."""
    lesson = load(name)
    for query in [lesson.target.way] if lesson.target.way else lesson.target.tried:
        state, notices = State.from_query(f"?lesson={name}&phase=try&{_said(query)}")
        assert not notices, (query, [str(one) for one in notices])
        assert state.model() == state_of(query).model(), query
        assert answers.met(lesson, state).holds is not lesson.target.cannot


def _said(query: str) -> str:
    """An address as a lesson has it where it is tried: with its surface, and nothing of how it is looked at."""
    kept = [part for part in query[1:].split("&") if part.split("=")[0] not in ("panel", "panel_axis", "detail", "tab")]
    return "&".join(kept if any(part.startswith("f=") for part in kept) else ["f=valley", *kept])


@every_lesson
def test_a_tolerance_of_ones_own_reaches_nothing(name: str) -> None:
    lesson = load(name)
    opened = State.from_query(f"?lesson={name}&phase=try&tolerance=9")[0]
    assert not answers.met(lesson, opened).holds


# --- addresses, texts and what is watched -----------------------------------------------------------------------------


def addresses(lesson: Lesson) -> list[str]:
    target = lesson.target
    own = [one.address for one in lesson.questions] + [one.address for one in lesson.numbers.values()]
    return [lesson.address, *own, target.address, *([target.way] if target.way else []), *target.tried]


@every_lesson
def test_addresses_are_read_without_a_notice(name: str) -> None:
    for query in addresses(load(name)):
        assert not State.from_query(query)[1], query


def texts_of(lesson: Lesson) -> list[tuple[str, dict[str, Any]]]:
    """Every text, and what it may name beside the numbers of the lesson."""
    target = lesson.target
    plain = [lesson.title, lesson.idea, lesson.history, target.text, target.hint, *(one.text for one in lesson.reasons)]
    asked = [
        (text, {}) for one in lesson.questions for text in (one.ask, one.label, *(part.text for part in one.options))
    ]
    revealed = [(one.reveal, {"answer": 1}) for one in lesson.questions]
    return [*((text, {}) for text in plain), *asked, *revealed, (target.now, {"now": 1})]


@pytest.mark.parametrize("lang", LANGS)
@every_lesson
def test_every_field_is_filled(name: str, lang: str) -> None:
    lesson = load(name, lang)
    for text, beside in texts_of(lesson):
        whole = texts.filled(text, lesson, lang, **beside)
        assert "{" not in whole and "NaN" not in whole, whole


@every_lesson
def test_numbers_may_be_known_of_each_other_but_not_of_themselves(name: str) -> None:
    numbers = texts.numbers(load(name))
    for one in numbers:
        assert isinstance(numbers[one], (int, float, str, type(None))), one


def test_needs_form_no_circle() -> None:
    order = course.order()
    assert sorted(order) == sorted(LESSONS)
    for place, name in enumerate(order):
        assert set(load(name).needs) <= set(order[:place])


@every_question
def test_what_is_watched_is_on_the_page(name: str, n: int) -> None:
    watch = load(name).questions[n].watch
    state = State.from_query(f"?lesson={name}&phase=see{n + 1 if n else ''}")[0]
    kind, _, rest = watch.partition(".")
    assert WATCHED[kind](state, rest), watch


def _in_panel(state: State, name: str) -> bool:
    shown = {panel.metric if not panel.choice else getattr(state.view, panel.choice) for panel in PANELS.values()}
    return state.view.tab == "explore" and (name in shown or name in PANELS)


def _in_table(state: State, rest: str) -> bool:
    column, _, place = rest.rpartition(".")
    table = details.details(state, Ask(state.to_query(), state.n_steps)).table
    return state.view.tab == "explore" and column in table.ids and int(place) < len(table.rows)


WATCHED = {
    "map": lambda state, rest: state.view.tab == "explore" and not rest,
    "panel": _in_panel,
    "table": _in_table,
    "sweep": lambda state, rest: state.view.tab == "sweep" and not rest,
    "basins": lambda state, rest: state.view.tab == "basins" and not rest,
    "train": lambda state, rest: (
        state.view.tab == "train" and rest in ("losses", "path", "heat", "weights", "lines", "results")
    ),
}


def test_every_curve_is_drawn() -> None:
    source = (lessons.FOLDER.parents[2] / "assets/learn/shapes.js").read_text(encoding="utf-8")
    drawn = {name or quoted for quoted, name in re.findall(r'(?m)^  (?:"([\w-]+)"|(\w+)): "M', source)}
    asked = {one.shape for name in LESSONS for question in load(name).questions for one in question.options}
    assert asked - {""} <= drawn


def test_lessons_are_files_beside_their_tab() -> None:
    assert lessons.FOLDER.is_dir() and {path.suffix for path in lessons.FOLDER.iterdir()} == {".toml"}
