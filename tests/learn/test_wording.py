"""How lessons speak: short sentences, plain words, and no number that the simulation does not say."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.page.lesson import Lesson
from app.page.lessons import ENGLISH, FIELD, FOLDER, LESSONS, load
from app.page.state import State

from .wording import FORBIDDEN, MOST_WORDS, PHRASES, sentences, words

VERB = {"click": "Click", "drag": "Drag", "pick": "Pick", "curve": "Choose", "rank": "Rank"}  # of what is asked
NUMBER = re.compile(r"(?<![\w.,])[+−-]?\d[\d.,]*(?:e[−+-]?\d+)?(?![\w])")
IN_A_FORMULA = {0.0, 1.0, 2.0}  # as in 2/λ, 1 − ηλ and 0

FILES = [
    (path.stem.partition(".")[0], path.stem.partition(".")[2] or ENGLISH) for path in sorted(FOLDER.glob("L*.toml"))
]


def texts(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """What it says, each with where that stands; without what others said, and when they lived."""
    yield from (("title", lesson.title), ("idea", lesson.idea))
    for place, asked in enumerate(lesson.questions):
        for key in ("ask", "reveal", "label", "framed"):
            yield f"questions[{place}].{key}", getattr(asked, key)
        yield from ((f"questions[{place}].options", one.text) for one in asked.options)
    yield from (("reasons", one.text) for one in lesson.reasons)
    yield from ((f"target.{key}", getattr(lesson.target, key)) for key in ("text", "now", "hint"))


def numbers(text: str, lang: str) -> set[float]:
    """The numbers that somebody typed, without the signs of formulas before them."""
    found = (one.group() for one in NUMBER.finditer(FIELD.sub("", text)))
    plain = (one.replace("−", "-").rstrip(".,").lstrip("+") for one in found)
    return {abs(float(one.replace(",", ".") if lang == "de" else one)) for one in plain}


def settings(lesson: Lesson) -> set[float]:
    """Every number of its addresses, written or a default, and those of its expressions and tolerances."""
    target = lesson.target
    addresses = [lesson.address, target.address, target.way, *target.tried]
    addresses += [one.address for one in (*lesson.questions, *lesson.numbers.values())]
    expressions = [target.holds, target.now_value, *(one.value for one in lesson.numbers.values())]
    found = set(IN_A_FORMULA)
    for asked in lesson.questions:
        expressions += [*asked.answer, asked.right, asked.by, *(one.holds for one in asked.options)]
        found |= {abs(one) for one in (asked.shown, asked.factor, asked.within, *(asked.range or ())) if one}
    for address in filter(None, addresses):
        found |= set(_numbers_of(State.from_query(address)[0])) | _written(address)
    return found.union(*map(_written, expressions))


def _written(text: str) -> set[float]:
    return {float(one) for one in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", text)}


def _numbers_of(value: Any) -> Iterator[float]:
    if isinstance(value, int | float):
        yield abs(float(value))
    elif isinstance(value, tuple):
        for one in value:
            yield from _numbers_of(one)
    elif dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            yield from _numbers_of(getattr(value, one.name))


@pytest.mark.parametrize(("name", "lang"), FILES)
class TestEveryFile:
    def test_has_sentences_of_at_most_18_words(self, name: str, lang: str) -> None:
        long = [
            (where, sentence)
            for where, text in texts(load(name, lang))
            for sentence in sentences(text)
            if len(words(sentence)) > MOST_WORDS
        ]
        assert long == []

    def test_praises_nothing_and_shouts_at_nobody(self, name: str, lang: str) -> None:
        lesson = load(name, lang)
        forbidden = set(FORBIDDEN.get(lang, "").split())
        for where, text in [*texts(lesson), ("history", lesson.history)]:
            assert "!" not in text, where
            said = {word.lower() for word in re.findall(r"[^\W\d_]+", text)}
            assert said & forbidden == set(), (where, text)
            assert not [one for one in PHRASES.get(lang, ()) if one in text.lower()], (where, text)

    def test_types_no_number_that_is_not_a_setting(self, name: str, lang: str) -> None:
        lesson = load(name, lang)
        known = settings(load(name))
        typed = {(where, one) for where, text in texts(lesson) for one in numbers(text, lang)}
        assert {(where, one) for where, one in typed if not _is_among(one, known)} == set()

    def test_names_numbers_that_there_are(self, name: str, lang: str) -> None:
        lesson = load(name, lang)
        for where, text in [*texts(lesson), ("history", lesson.history)]:
            own = {"answer"} if where.endswith("reveal") else {"now"} if where == "target.now" else set()
            assert {*FIELD.findall(text)} <= {*lesson.numbers, *own}, where

    def test_gives_reasons_of_equal_length(self, name: str, lang: str) -> None:
        lengths = [len(one.text) for one in load(name, lang).reasons]
        assert max(lengths) <= 1.25 * min(lengths), lengths

    def test_gives_options_of_equal_length(self, name: str, lang: str) -> None:
        for asked in load(name, lang).questions:
            lengths = [len(one.text) for one in asked.options if one.shape] or [1]
            assert max(lengths) <= 1.5 * min(lengths), [one.text for one in asked.options]

    def test_asks_without_a_question_mark_and_reveals_in_two_or_three_sentences(self, name: str, lang: str) -> None:
        lesson = load(name, lang)
        assert len(sentences(lesson.idea)) <= 2
        for asked in lesson.questions:
            assert "?" not in asked.ask
            assert len(sentences(asked.ask)) <= 4
            assert 1 < len(sentences(asked.reveal)) <= 3, asked.reveal


@pytest.mark.parametrize("name", LESSONS)
class TestEveryLesson:
    def test_ends_its_question_with_the_one_thing_to_do(self, name: str) -> None:
        for asked in load(name).questions:
            assert sentences(asked.ask)[-1].startswith(VERB[asked.gesture]), asked.ask

    def test_computes_no_number_for_nothing(self, name: str) -> None:
        lesson = load(name)
        said = " ".join([lesson.history, *(text for _, text in texts(lesson))])
        used = {*FIELD.findall(said)}
        read = [lesson.target.holds, *(one.value for one in lesson.numbers.values())]
        for asked in lesson.questions:
            read += [*asked.answer, asked.right, asked.by, asked.half, *(one.holds for one in asked.options)]
        used |= {word for one in read for word in re.findall(r"\w+", one)}
        assert {*lesson.numbers} <= used

    def test_puts_the_right_reason_nowhere_that_can_be_guessed(self, name: str) -> None:
        lengths = sorted((len(one.text), one.right) for one in load(name).reasons)
        assert lengths[-1][0] - lengths[0][0] <= 12 or not lengths[-1][1], "the right one is by far the longest"


def test_the_right_reasons_stand_at_every_place() -> None:
    places = [[one.right for one in load(name).reasons].index(True) for name in LESSONS]
    assert {*places} == {0, 1, 2}
    assert max(map(places.count, places)) <= len(places) / 2


def test_sentences_are_told_apart() -> None:
    assert sentences("It is 0.05. At η 0.1 it “flies”. {late} of it") == [
        "It is 0.05.",
        "At η 0.1 it “flies”.",
        "{late} of it",
    ]
    assert words("2(1 + μ)/λ is {edge:2} now") == ["2(1", "μ)/λ", "is", "1", "now"]
    assert numbers("−1.12 of 1e−4, {x:3} and β₂ 0.9.", "en") == {1.12, 1e-4, 0.9}
    assert numbers("β₂ 0,9.", "de") == {0.9}


def _is_among(one: float, known: set[float]) -> bool:
    return any(abs(one - other) <= 1e-9 * max(one, other) for other in known)
