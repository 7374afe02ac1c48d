"""Files of lessons: what is wrong with one is said word for word, with its name and the key."""

import copy
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from app.page import lessons
from app.page.areas import of_edit
from app.page.edits import apply
from app.page.lesson import GESTURES
from app.page.lesson_table import LessonError
from app.page.lessons import FOLDER, LESSONS, load, read, translated
from app.page.state import State, asked_of, free_in, opening
from app.page.view import AREAS, View

every_lesson = pytest.mark.parametrize("name", LESSONS)


def parsed(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def plain(gesture: str = "drag") -> dict[str, Any]:
    """A lesson as short as one can be."""
    own = {
        "drag": {"answer": "loss(0, 3)", "factor": 1.5, "range": [1, 10], "scale": "log"},
        "click": {"answer": ["params.x(0, 3)", "params.y(0, 3)"], "within": 0.5},
        "pick": {"right": "arrived(*) == 3"},
        "curve": {"options": [{"text": t, "shape": t, "holds": "1 > 0"} for t in ("grows", "falls")]},
        "rank": {"by": "arrived(*)"},
    }[gesture]
    asked = {"gesture": gesture, "ask": "Drag.", "reveal": "It is {answer}.", "watch": "map", "label": "loss"} | own
    reasons = [{"text": "a", "right": True}, {"text": "b"}, {"text": "c"}]
    target = {"text": "t", "unlock": ["steps"], "holds": "1 > 0", "now": "n", "hint": "h", "way": "?steps=9"}
    known = {"title": "T", "minutes": 5, "level": "first", "idea": "I", "address": "?run=sgd"}
    return known | {"questions": [asked], "reasons": reasons, "target": target}


@every_lesson
def test_every_file_is_a_lesson_in_every_language(name: str) -> None:
    for lang in lessons.LANGS:
        one = load(name, lang)
        assert one.id == name and one.title and len(one.questions) in (1, 2, 3)
        assert one.phases() == (*one.phases(short=True), "why", "try")


@every_lesson
def test_every_address_of_a_lesson_needs_no_change(name: str) -> None:
    lesson = load(name)
    said = [lesson.address, lesson.target.way, *lesson.target.tried, *(one.address for one in lesson.numbers.values())]
    for address in [*filter(None, said), *map(lesson.opens, lesson.phases())]:
        _, notices = State.from_query(address)
        assert [*map(str, notices)] == [], address


@every_lesson
def test_the_way_moves_only_what_the_target_gives_free(name: str) -> None:
    target = load(name).target
    there, free = opening(View(lesson=name, phase="try")), free_in(View(lesson=name, phase="try"))
    assert free and all(one in AREAS or of_edit(one) != ((), ()) for one in target.unlock)
    for way in filter(None, (target.way, *target.tried)):
        wanted = State.from_query(way)[0]
        assert {key for key, value in wanted.model().items() if there.model()[key] != value} <= free, way
        assert wanted.view.tab == there.view.tab
    if target.way:
        came, messages = apply(there_in(name), [("action", "lesson.way", None)])
        assert messages == {} and came.model() == State.from_query(target.way)[0].model() != there.model()


def there_in(name: str) -> State:
    return State.from_query(f"?lesson={name}&phase=try")[0]


@every_lesson
def test_what_is_chosen_from_is_there(name: str) -> None:
    for place, asked in enumerate(load(name).questions):
        runs = len(asked_of(name, place).runs)
        if asked.gesture in ("pick", "rank"):
            assert (len(asked.options) or runs) > 1


@pytest.mark.parametrize("gesture", GESTURES)
def test_the_shortest_lesson_of_a_gesture_is_one(gesture: str) -> None:
    lesson = read("L50", plain(gesture))
    assert lesson.questions[0].address == lesson.target.address == lesson.address == "?run=sgd"
    assert lesson.questions[0].shown == 0 and lesson.phases() == ("ask", "see", "why", "try")


def without(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(given: dict[str, Any]) -> None:
        *way, last = path
        for one in way:
            given = given[one]
        del given[last]

    return change


def put(value: Any, *path: Any) -> Callable[[dict[str, Any]], None]:
    def change(given: dict[str, Any]) -> None:
        *way, last = path
        for one in way:
            given = given[one]
        given[last] = value

    return change


Q = ("questions", 0)


@pytest.mark.parametrize(
    ("gesture", "change", "words"),
    [
        ("drag", without("title"), "title: is missing"),
        ("drag", put("", "idea"), "idea: must not be empty"),
        ("drag", put("long", "minutes"), "minutes: must be a whole number"),
        ("drag", put(True, "minutes"), "minutes: must be a whole number, not below 0"),
        ("drag", put("third", "level"), "level: is 'third', not one of first, second"),
        ("drag", put("run=sgd", "address"), "address: must be an address, beginning with “?”"),
        ("drag", put(["L99"], "needs"), "needs: L99 is no lesson before L50"),
        ("drag", put([1], "needs"), "needs: must be a list of texts"),
        ("drag", put("x", "hints"), "hints: is no key of this table"),
        ("drag", put([], "questions"), "questions: there must be 1 to 3"),
        ("drag", put("?", "questions"), "questions: must be a list of tables"),
        ("drag", put(["?"], "questions"), "questions[0]: must be a table"),
        ("drag", put("swipe", *Q, "gesture"), "questions[0].gesture: is 'swipe', not one of click, drag"),
        ("drag", put(-1, *Q, "shown"), "questions[0].shown: must be a whole number, not below 0"),
        ("drag", put(["a", "b"], *Q, "answer"), "questions[0].answer: must be one expression"),
        ("drag", without(*Q, "range"), "questions[0].range: is missing"),
        ("drag", put([3, 1], *Q, "range"), "questions[0].range: must be two numbers, the lower one first"),
        ("drag", put([0, 1], *Q, "range"), "questions[0].range: must be above 0 on a scale of log"),
        ("drag", put(2, *Q, "within"), "questions[0].factor: must be given, or within: one of the two"),
        ("drag", put(1, *Q, "factor"), "questions[0].factor: must be above 1"),
        ("drag", put(float("inf"), *Q, "factor"), "questions[0].factor: must be a number above 0"),
        ("drag", put("new", *Q, "watched"), "questions[0].watched: is no key of this table"),
        ("click", put("x", *Q, "answer"), "questions[0].answer: must be the expressions of x and of y"),
        ("click", without(*Q, "within"), "questions[0].within: is missing"),
        ("click", put([["a"]], *Q, "or"), "questions[0].or: must be a list of pairs of expressions"),
        ("pick", without(*Q, "right"), "questions[0].right: is missing"),
        ("pick", put([{"text": "a"}], *Q, "options"), "questions[0].options: each must say by what it holds"),
        ("curve", put([], *Q, "options"), "questions[0].options: there must be two or more"),
        ("curve", without(*Q, "options", 1, "shape"), "questions[0].options: each needs shape and holds"),
        ("curve", put(1, *Q, "options", 1, "text"), "questions[0].options[1].text: must be a text"),
        ("rank", without(*Q, "by"), "questions[0].by: is missing"),
        ("rank", put([{"text": "a"}], *Q, "options"), "questions[0].options: each needs the value it is ranked by"),
        ("drag", put([], "reasons"), "reasons: there must be 3, of which one is right"),
        ("drag", put(True, "reasons", 1, "right"), "reasons: there must be 3, of which one is right"),
        ("drag", put("yes", "reasons", 1, "right"), "reasons[1].right: must be true or false"),
        ("drag", without("target"), "target: is missing"),
        ("drag", without("target", "way"), "target.way: is missing"),
        ("drag", without("target", "unlock"), "target.unlock: is missing: what may be moved"),
        ("drag", put(True, "target", "cannot"), "target."),
        ("drag", put({"claim": "c", "source": "s", "verdict": "wrong"}, "refutes"), "refutes.verdict: is 'wrong'"),
        ("drag", put({"a-b": "1"}, "numbers"), "numbers.a-b: is no name"),
        ("drag", put({"late": {"address": "?"}}, "numbers"), "numbers.late.value: is missing"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_name_and_the_key(
    gesture: str, change: Callable[[dict[str, Any]], None], words: str
) -> None:
    given = plain(gesture)
    read("L50", copy.deepcopy(given))
    change(given)
    with pytest.raises(LessonError) as raised:
        read("L50", given)
    assert str(raised.value).startswith(f"L50.toml: {words}")


GERMAN = {
    "title": "Titel",
    "idea": "Gedanke",
    "questions": [{"ask": "Ziehe.", "reveal": "Es ist {answer}.", "label": "Verlust"}],
    "reasons": [{"text": "a"}, {"text": "b"}, {"text": "c"}],
    "target": {"text": "Ziel", "now": "n", "hint": "h"},
}


def test_a_translation_brings_texts_alone() -> None:
    ours = read("L50", plain())
    theirs = translated(ours, GERMAN, "L50.de.toml")
    assert (theirs.title, theirs.questions[0].ask, theirs.target.text) == ("Titel", "Ziehe.", "Ziel")
    assert theirs.questions[0].answer == ours.questions[0].answer and theirs.reasons[0].right


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("title"), "title: is missing"),
        (put(9, "minutes"), "minutes: is no key of this table"),
        (put("Es ist.", *Q, "reveal"), "questions[0].reveal: must have the same fields {…} as in English"),
        (put([], "reasons"), "reasons: there must be 3, as in English"),
        (without("target"), "target: is missing"),
        (put("x", *Q, "answer"), "questions[0].answer: is no key of this table"),
    ],
)
def test_a_translation_that_is_none_says_why(change: Callable[[dict[str, Any]], None], words: str) -> None:
    given = copy.deepcopy(GERMAN)
    change(given)
    with pytest.raises(LessonError) as raised:
        translated(read("L50", plain()), given, "L50.de.toml")
    assert str(raised.value).startswith(f"L50.de.toml: {words}")


def test_a_file_that_is_no_toml_says_so(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "L50.toml").write_text("title = ", encoding="utf-8")
    monkeypatch.setattr(lessons, "FOLDER", tmp_path)
    with pytest.raises(LessonError, match=r"^L50\.toml: is no TOML"):
        lessons._parsed("L50.toml")
    with pytest.raises(KeyError):
        load("L50")
