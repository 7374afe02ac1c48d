"""What the panel of a lesson is told, before an answer and after it; what nobody is told."""

import json
import re
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.learn import ahead, answer, answers, elsewhere, texts
from app.page.lesson import Lesson
from app.page.lessons import LESSONS, load
from app.page.state import State, state_of
from app.page.view import View
from app.protocol import Forged, Plan, Tile
from app.screen.arrays import frame
from app.walks import fan
from landscapes import QuadraticBowl, Shifted

from ..strategies import states

QUESTIONS = [(name, n) for name in LESSONS for n in range(len(load(name).questions))]
every_question = pytest.mark.parametrize(("name", "n"), QUESTIONS)
TELLING = {"truth", "right", "reveal", "told", "options_right", "holds", "way", "cannot", "values"}
NUMBER = re.compile(r"[−-]?\d+(?:\.\d+)?(?:e[−-]?\d+)?")
SECOND = 1.0


def phase(kind: str, n: int) -> str:
    return f"{kind}{n + 1}" if n else kind


def planned(query: str) -> Any:
    return answer.plan(Plan(query, tab="learn"))


def told(query: str) -> dict[str, Any]:
    work = planned(query)
    return answer.piece(Tile(work.key, work.parts[-1], tab="learn")).arrays


def names(value: Any) -> set[str]:
    """All keys of what is told, however deep."""
    if isinstance(value, dict):
        return set(value) | {name for part in value.values() for name in names(part)}
    return {name for part in value for name in names(part)} if isinstance(value, list | tuple) else set()


# --- before an answer -------------------------------------------------------------------------------------------------


@every_question
def test_nothing_of_the_truth_is_in_what_is_asked(name: str, n: int) -> None:
    work = planned(f"?lesson={name}&phase={phase('ask', n)}")
    frame(work)
    assert not names(work.look) & TELLING
    lesson = load(name)
    words = json.dumps(work.look | {"links": 0}, ensure_ascii=False)
    for reveal in (*answers.reveal(lesson, n), lesson.idea, *(one.text for one in lesson.reasons)):
        assert reveal not in words
    asked, found = lesson.questions[n], answers.truth(lesson, n)
    if asked.gesture in ("drag", "click"):
        seen = set(NUMBER.findall(_of_itself(lesson, n)))
        values = found.value if isinstance(found.value, tuple) else (found.value,)
        near = {texts.shown(one, digits=digits) for one in values for digits in (2, 3, 4)}
        assert not (near - ROUND) & seen


def _of_itself(lesson: Lesson, n: int) -> str:
    """What is asked, without the numbers of other pages: such a one may be the same here, and that is the question."""
    asked = lesson.questions[n]
    here = state_of(asked.address).model()
    other = {name for name, one in lesson.numbers.items() if state_of(one.address).model() != here}
    text = texts.FIELD.sub(lambda field: "" if field[1] in other else field[0], asked.ask)
    return texts.filled(f"{text} {asked.unit}", lesson)


ROUND = set(map(str, range(11)))  # numbers that stand in any sentence


@every_question
def test_what_is_asked_is_no_tile(name: str, n: int) -> None:
    work = planned(f"?lesson={name}&phase={phase('ask', n)}&said={';' * n}no")
    assert all(part.startswith(answer.AHEAD) for part in work.parts)
    for part in ("see", "why", "try", "", f"{answer.AHEAD}-{len(work.parts)}", f"{answer.AHEAD}--1"):
        with pytest.raises(Forged):
            answer.piece(Tile(work.key, part, tab="learn"))


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("", "see"),
        ("?tab=learn", "see"),
        ("?lesson=L99", "see"),
        ("?lesson=L06", "see"),
        ("?lesson=L06&phase=see", "try"),
        ("?lesson=L06&phase=see&said=many", "see"),
        ("?lesson=L06&phase=why", "why"),
        ("?lesson=L06&phase=see&f=bowl", "see"),
    ],
)
def test_a_tile_that_no_plan_names_is_refused(key: str, part: str) -> None:
    with pytest.raises(Forged):
        answer.piece(Tile(key, part, tab="learn"))


def test_what_takes_long_is_worked_out_while_one_thinks() -> None:
    answers.forget()
    work = planned("?lesson=L24")
    assert len(work.parts) == 10
    slowest = 0.0
    for part in work.parts:
        begun = time.process_time()
        assert answer.piece(Tile(work.key, part, tab="learn")).arrays == {}
        slowest = max(slowest, time.process_time() - begun)
    known = elsewhere.swept.cache_info().misses
    begun = time.process_time()
    seen = planned("?lesson=L24&phase=see&said=0,1,2,3")
    assert seen.parts == [*work.parts, "see"]
    answer.piece(Tile(seen.key, "see", tab="learn"))
    assert time.process_time() - begun < SECOND and elsewhere.swept.cache_info().misses == known
    assert slowest < SECOND


@every_question
def test_no_reveal_takes_long(name: str, n: int) -> None:
    """However cold the server is: no piece of it, and what is told behind them, takes a second."""
    answers.forget()
    work = planned(f"?lesson={name}&phase={phase('see', n)}")
    for part in work.parts:
        begun = time.process_time()
        answer.piece(Tile(work.key, part, tab="learn"))
        assert time.process_time() - begun < SECOND, part


@pytest.mark.parametrize(("name", "n", "kind"), [("L12", 1, "seeds"), ("L22", 1, "basins"), ("L23", 0, "train")])
def test_pieces_are_what_the_reveal_needs(name: str, n: int, kind: str) -> None:
    """Behind them nothing of the kind is made any more."""
    answers.forget()
    work = planned(f"?lesson={name}&phase={phase('see', n)}")
    assert {one.kind for one in ahead.pieces(load(name), n)} == {kind}
    *pieces, see = work.parts
    for part in pieces:
        assert answer.piece(Tile(work.key, part, tab="learn")).arrays == {}
    made = {"seeds": fan._whole, "basins": elsewhere._basins, "train": elsewhere._trained}[kind]
    before = made.cache_info().misses
    answer.piece(Tile(work.key, see, tab="learn"))
    assert made.cache_info().misses == before > 0


# --- behind it --------------------------------------------------------------------------------------------------------


@every_question
def test_what_is_told_behind_an_answer(name: str, n: int) -> None:
    lesson = load(name)
    found = answers.truth(lesson, n)
    work = planned(f"?lesson={name}&phase={phase('see', n)}&said={';' * n}no")
    seen = answer.piece(Tile(work.key, "see", tab="learn")).arrays
    frame(seen)
    assert seen["right"] is None and seen["mark"] == "no" and seen["told"] == f"It is {answers.answer(lesson, n)}."
    assert seen["shown"] == answers.framed(lesson, n)
    assert seen["watch"] and seen["label"] and 1 < len(seen["reveal"]) < 4
    assert seen["options_right"] == list(found.places) and len(seen["values"]) == len(found.ranked)
    assert work.look["ask"]["n"] == n + 1 and work.look["said"][n] == "no"


def test_how_a_number_is_told() -> None:
    assert told("?lesson=L06&phase=see&said=0.05")["told"] == "Right: you said 0.05, it is 0.05."
    assert told("?lesson=L06&phase=see&said=0.5")["told"] == (
        "Not this time: you said 0.5, it is 0.05, a factor of 10 less."
    )
    assert told("?lesson=L06&phase=see&said=0.0005")["told"] == (
        "Not this time: you said 0.0005, it is 0.05, a factor of 100 more."
    )
    assert told("?lesson=L06&phase=see")["told"] == "It is 0.05."


def test_how_a_point_a_choice_and_an_order_are_told() -> None:
    seen = told("?lesson=L05&phase=see&said=-1,0.5")
    assert seen["told"] == "Not this time: you said (−1, 0.5), it is (−1.12, 0.12), 0.4 away."
    assert seen["truth"] == pytest.approx([-1.116, 0.1204], rel=1e-3)
    seen = told("?lesson=L03&phase=see&said=0")
    assert seen["told"] == "Not this time: you picked SGD, it is Momentum μ 0.8." and seen["options_right"] == [1]
    seen = told("?lesson=L21&phase=see&said=0,1,2")
    assert seen["told"] == "Not this time: it is RMSProp, SGD, Adam. You had 1 of 3 pairs the other way round."
    assert seen["options_right"] == [1, 0, 2] and len(seen["values"]) == 3
    assert told("?lesson=L21&phase=see&said=1,0,2")["told"] == "Right: it is RMSProp, SGD, Adam."


def test_why() -> None:
    work = planned("?lesson=L06&phase=why")
    assert work.parts == [] and len(work.look["reasons"]) == 3 and work.look["reason"] is None
    right = next(place for place, one in enumerate(load("L06").reasons) if one.right)
    for place in range(3):
        seen = told(f"?lesson=L06&phase=why&reason={place}")
        assert seen["right"] == right and seen["told"].startswith("Right: " if place == right else "Not this time. ")
        assert seen["told"].endswith(load("L06").reasons[right].text)


def test_try() -> None:
    opened = told("?lesson=L06&phase=try")
    assert opened["holds"] is False and opened["now"] == "the rate of y at the end: 0.05" and opened["hint"]
    reached = told("?lesson=L06&phase=try&f=valley~kappa=200&run=rmsprop&steps=600")
    assert reached["holds"] is True and reached["told"] == "Reached: the rate of y at the end: 0.01."
    never = told("?lesson=L24&phase=try") if load("L24").target.cannot else told("?lesson=L14&phase=try")
    assert never["cannot"] is True and never["way"] is None and never["told"] == "Right: it cannot be done here."


def test_a_target_without_its_runs_is_not_met() -> None:
    seen = told("?lesson=L24&phase=try&f=valley&run=sgd&steps=1000")
    assert seen["holds"] is False and seen["now"] == "the page lacks a run that the target is about"


@settings(max_examples=60, deadline=None)
@example("L12", State(Shifted(QuadraticBowl(), -1000.0, -1000.0)))  # away from a start that is not free
@given(st.sampled_from(LESSONS), states())
def test_whatever_is_tried_is_answered(name: str, state: State) -> None:
    short = replace(state, n_steps=min(state.n_steps, 40), view=View())
    asked = short.to_query()[1:]
    said = asked if asked.startswith("f=") else f"f=valley&{asked}"
    work = planned(State.from_query(f"lesson={name}&phase=try&{said}")[0].to_query())
    for part in work.parts:
        seen = answer.piece(Tile(work.key, part, tab="learn"))
        frame(seen)
        assert isinstance(seen.arrays["holds"], bool) and seen.arrays["now"]


def test_equal_questions_have_one_key() -> None:
    plain = planned("?lesson=L06&phase=see&said=0.5")
    for looked in ("theme=dark", "present=on", "t=7", "course=L06", "short=1", "letters=keras", "detail=off"):
        assert planned(f"?lesson=L06&phase=see&said=0.5&{looked}").key == plain.key, looked
    assert planned("?lesson=L06&phase=see&said=0.4").key != plain.key
    tried = planned("?lesson=L06&phase=try&f=valley~kappa=200&run=rmsprop&steps=600&t=3")
    assert state_of(tried.key).model() == State.from_query("?f=valley~kappa=200&run=rmsprop&steps=600")[0].model()


def test_a_lesson_in_another_language() -> None:
    seen = told("?lesson=L06&phase=see&said=0.5&lang=de")
    assert seen["told"] == "Diesmal nicht: gesagt 0.5, es ist 0.05, um den Faktor 10 weniger."
    assert seen["label"] == load("L06", "de").questions[0].label != load("L06").questions[0].label
    assert planned("?lesson=L06&lang=de").look["langs"] == ["en", "de"]


# --- where one is -----------------------------------------------------------------------------------------------------


def test_the_way_through_a_selection() -> None:
    look = planned("?lesson=L06&course=L01,L06,L09").look
    assert (look["previous"], look["place"], look["next"]) == ("L01", 1, "L09")
    assert [one["id"] for one in look["course"]] == ["L01", "L06", "L09"]
    assert planned("?lesson=L05&course=L01,L06").look["next"] is None
    assert planned("?lesson=L01").look["previous"] is None and planned("?lesson=L24").look["next"] is None


def test_links_lead_to_each_phase() -> None:
    look = planned("?lesson=L06&phase=see&said=0.5&short=1").look
    assert look["phases"] == ["ask", "see", "ask2", "see2"] and look["short"]
    for name, query in look["links"].items():
        state, notices = State.from_query(query)
        assert not notices and (state.view.lesson, state.view.phase, state.view.said) == ("L06", name, ())


def test_the_course_page() -> None:
    look = planned("?tab=learn&course=L09,L01").look
    frame(look)
    assert look["selection"] == ["L09", "L01"] and look["order"][0] == "L01"
    assert look["minutes"] == load("L01").minutes + load("L09").minutes
    assert [one["id"] for one in look["lessons"]] == list(LESSONS)
    assert all(one["title"] and one["idea"] and one["phases"] for one in look["lessons"])
