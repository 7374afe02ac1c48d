"""A worksheet asks and tells nothing; its key says what is so, as the page says it."""

import re
from html import unescape

import pytest

from app.learn import answers, drawn, key, rooms, sheet
from app.page.lesson import GESTURES
from app.page.lessons import LESSONS, load
from app.page.state import state_of

every_lesson = pytest.mark.parametrize("name", LESSONS)


def text(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)))


def forbid(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Nothing of an answer can be asked for; what is walked is noted, in steps."""
    walked: list[int] = []
    walk = rooms.simulate

    def refuse(*_: object) -> None:
        raise AssertionError("an answer is asked for")

    for name in ("truth", "answer", "judged", "reveal", "met"):
        monkeypatch.setattr(answers, name, refuse)
    monkeypatch.setattr(rooms, "simulate", lambda state: (walked.append(state.n_steps), walk(state))[1])
    return walked


@every_lesson
def test_a_sheet_asks_for_no_answer(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    walked = forbid(monkeypatch)
    made = sheet.sheet(name)
    shown = {one.shown for one in load(name).questions}
    assert {*walked} <= shown - {0}
    for asked in rooms.asked(load(name), "en"):
        assert asked.words in text(made)


def test_that_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch)
    with pytest.raises(AssertionError, match="an answer"):
        key.key("L06")


def test_every_gesture_has_its_room() -> None:
    asked = [one for name in LESSONS for one in rooms.asked(load(name), "en")]
    assert {one.gesture for one in asked} == {*GESTURES}
    wanted = {"click": "Mark the point", "drag": "My answer", "pick": "options", "curve": "Empty axes", "rank": "rank"}
    for one in asked:
        assert wanted[one.gesture] in rooms.room(one)


@every_lesson
def test_what_is_asked_has_room_on_a_page(name: str) -> None:
    asked = rooms.asked(load(name), "en")
    height = rooms._size(asked[0])[1] / rooms._share(asked[0])
    assert sum(rooms._needs(one, height) for one in asked) <= rooms.ROOM


def test_a_map_to_draw_on_has_one_scale_and_holds_the_start() -> None:
    for name in LESSONS:
        for one in rooms.asked(load(name), "en"):
            if one.gesture != "click":
                continue
            made = drawn.map_of(one.state, (180.0, 100.0))
            width, height = map(
                float, re.search(r'class="frame"[^>]*width="([\d.]+)" height="([\d.]+)"', made).groups()
            )
            x, y = map(float, re.search(r'class="start" cx="([\d.-]+)" cy="([\d.-]+)"', made).groups())
            assert 0 < x < width and 0 < y < height


def test_a_cross_stands_where_its_point_is() -> None:
    state = state_of("?f=bowl&run=sgd&start=1,1")
    made = drawn.map_of(state, (100.0, 100.0), (), (1.0, 1.0))
    x, y = map(float, re.search(r'class="start" cx="([\d.]+)" cy="([\d.]+)"', made).groups())
    left, top = map(float, re.search(r'class="answer" d="M([\d.]+),([\d.]+)', made).groups())
    assert (left + drawn.CROSS, top + drawn.CROSS) == pytest.approx((x, y), abs=0.02)


def test_a_mark_on_a_line_is_at_its_number() -> None:
    for is_log, at, share in ((True, 0.1, 0.5), (False, 2.5, 0.25)):
        low, high = (0.01, 1.0) if is_log else (0.0, 10.0)
        made = drawn.number_line(low, high, is_log, "", 112.0, at)
        left = float(re.search(r'class="answer" d="M([\d.]+)', made)[1])
        assert left + drawn.CROSS - 6 == pytest.approx(share * 100, abs=0.02)


def test_a_line_of_many_decades_and_one_of_few_are_both_marked() -> None:
    for low, high in ((1e-20, 1.0), (1.0, 8.0), (0.1, 20.0), (1e-5, 10.0)):
        made = drawn.number_line(low, high, True, "", 180.0)
        assert 2 <= made.count("</text>") <= 14


@every_lesson
def test_a_key_says_what_the_page_says(name: str) -> None:
    lesson, made = load(name), text(key.key(name))
    for place in range(len(lesson.questions)):
        assert text(answers.answer(lesson, place)) in made
        for sentence in answers.reveal(lesson, place):
            assert sentence in made
    assert next(one.text for one in lesson.reasons if one.right).split("{")[0] in made
    assert (lesson.target.way or "It cannot be done.") in made


def test_a_translation_has_its_own_sheet() -> None:
    english, german = sheet.sheet("L06"), sheet.sheet("L06", "de")
    assert load("L06", "de").title in german and load("L06", "de").title not in english
