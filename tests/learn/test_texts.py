"""How numbers stand in the texts of a lesson, and what the page says of an answer in each language."""

import math
import re
from pathlib import Path

import pytest

from app.learn import answers, texts
from app.learn.expressions import Odd
from app.page.lesson import Number
from app.page.lessons import LANGS, LESSONS, load

WORDS = Path(texts.__file__).parent
every_lesson = pytest.mark.parametrize("name", LESSONS)


@pytest.mark.parametrize(
    ("what", "digits", "shown"),
    [
        (0.0173249, 3, "0.0173"),
        (-1.11582, 3, "−1.12"),
        (0.5, 3, "0.5"),
        (2.0000001, 3, "2"),
        (854, 3, "854"),
        (-2000, 3, "−2000"),
        (12345, 2, "12345"),
        (79711.2, 3, "79700"),
        (99.96, 2, "100"),
        (100.04, 2, "100"),
        (100.04, 3, "100"),
        (1234567.0, 3, "1.23e6"),
        (4.5014e-7, 2, "4.5e−7"),
        (2e57, 3, "2e57"),
        (math.inf, 3, "infinite"),
        (None, 3, "never"),
        ((-1.11582, 0.12043), 3, "(−1.12, 0.12)"),
        ("SGD, Adam", 3, "SGD, Adam"),
        (True, 3, "true"),
        (0.0, 3, "0"),
    ],
)
def test_how_a_number_is_shown(what: object, digits: int, shown: str) -> None:
    assert texts.shown(what, digits=digits) == shown


def test_a_text_is_filled_with_numbers_and_with_what_stands_beside_them() -> None:
    lesson = load("L06")
    name, number = next(iter(texts.numbers(lesson).items()))
    assert texts.filled(f"{{{name}}} {{{name}:1}} {{answer:2}}", lesson, answer=0.0512) == (
        f"{texts.shown(number)} {texts.shown(number, digits=1)} 0.051"
    )
    with pytest.raises(Odd, match="there is no number moon for the text “Of "):
        texts.filled("Of {moon}.", lesson)


def test_a_number_that_is_said_by_itself_is_none() -> None:
    numbers = texts.Numbers({"one": Number("two + 1", "?run=sgd"), "two": Number("one", "?run=sgd")})
    with pytest.raises(Odd, match="one is said by itself"):
        numbers["one"]
    with pytest.raises(Odd, match="one is said by itself"):
        numbers["one"]  # and so it stays
    good = texts.Numbers({"one": Number("two + 1", "?run=sgd"), "two": Number("end", "?run=sgd&steps=7")})
    assert good["one"] == 8


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It is 5. The rest is 0.5 long.", ["It is 5.", "The rest is 0.5 long."]),
        ("At κ 0.5 it is so. η falls.", ["At κ 0.5 it is so.", "η falls."]),
        ("“Half.” It is. Why? So.", ["“Half.” It is.", "Why?", "So."]),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert texts.sentences(text) == parts


@pytest.mark.parametrize("lang", [lang for lang in LANGS if lang != "en"])
def test_every_language_has_the_same_words_with_the_same_fields(lang: str) -> None:
    ours, theirs = texts._words("en"), texts._words(lang)
    assert ours.keys() == theirs.keys()
    for name, text in ours.items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", theirs[name])), name


def test_a_language_that_has_no_words_says_it_in_english() -> None:
    assert texts.said("never", "xx") == "never"


@every_lesson
def test_the_key_of_a_lesson_tells_all_that_is_right(name: str) -> None:
    lesson = load(name)
    key = answers.key(lesson)
    assert len(key["questions"]) == len(lesson.questions) and lesson.reasons[key["reason"]].right
    for n, one in enumerate(key["questions"]):
        assert one["answer"] == answers.answer(lesson, n) and one["answer"]
        assert one["tolerance"] and one["reveal"] == answers.reveal(lesson, n)
        asked = lesson.questions[n]
        if asked.factor:
            assert one["tolerance"] == f"within a factor of {texts.shown(asked.factor)}"
        elif asked.within:
            assert one["tolerance"].startswith(f"within {texts.shown(asked.within)}")
    assert key["cannot"] is (key["way"] is None) is (key["now"] is None)
