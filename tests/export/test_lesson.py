"""The file of a lesson: it asks before it tells, asks nobody else, and says that it holds its answers."""

import json
import re

import pytest

from app.export import files, lesson
from app.learn import carried
from app.page.lessons import load
from app.page.state import State
from app.protocol import Mistake

LINK = "https://example.org/?lesson=L06"


@pytest.fixture(scope="module")
def made() -> str:
    return files.make(files.LESSON, State.from_query("?lesson=L06")[0], LINK).content


@pytest.fixture(scope="module")
def told(made: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="scene">(.*?)</script>', made, re.DOTALL)[1])


def test_it_says_that_it_holds_its_answers(made: str) -> None:
    assert lesson.HOLDS in made and "answers" in lesson.HOLDS and LINK in made


def test_nothing_is_fetched(made: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', made)[1]
    assert "default-src &#x27;none&#x27;" in policy and "http" not in policy
    head = made.split("<script")[0]
    assert not re.search(r"""(?:src|srcset|data)=["']?(?!data:)\w""", re.sub(r'data-[\w-]+="[^"]*"', "", head))
    assert not re.search(r"url\((?![\"']?data:)|@import", head)


def test_a_phase_that_asks_holds_no_more_steps_than_it_shows(told: dict) -> None:
    asked = load("L06").questions
    phases = told["phases"]
    assert list(phases) == list(carried.phases(load("L06"))) and told["first"] == "ask"
    for name, one in zip(("ask", "ask2"), asked, strict=True):
        scene = phases[name]["told"]["scene"]
        assert scene["steps"] == max(one.shown, 1) and "piece" not in phases[name]
        for trace in scene["traces"]["map"].values():
            assert (
                trace["x"]["dtype"] == "f4" and len(trace["x"]["bdata"]) <= 4 * (4 * (max(one.shown, 1) + 1)) // 3 + 4
            )
    assert phases["see"]["told"]["scene"]["steps"] == State.from_query(asked[0].address)[0].n_steps
    assert set(phases["see"]["told"]["skeletons"]) == {"light", "dark"}


def test_any_phase_of_the_lesson_gives_the_same_file(told: dict) -> None:
    other = lesson.html(State.from_query("?lesson=L06&phase=see&said=0.5")[0], LINK)
    again = json.loads(re.search(r'id="scene">(.*?)</script>', other, re.DOTALL)[1])
    assert again == told


def test_without_a_lesson_there_is_none() -> None:
    for query in ("", "?tab=learn", "?lesson=L99"):
        with pytest.raises(Mistake, match="lesson"):
            files.make(files.LESSON, State.from_query(query)[0], "")


@pytest.mark.parametrize(("name", "what"), [("L21", "data:image/png;base64,"), ("L22", "L22"), ("L23", "<table>")])
def test_other_tabs_are_shown_by_a_picture_or_a_table(name: str, what: str) -> None:
    made = lesson.html(State.from_query(f"?lesson={name}")[0], LINK)
    body = made.split("</style>")[1].split('<script type="application/json"')[0]
    assert what in body or what in made.split("</title>")[0]
    assert body.count("data-of-phase") >= 1
