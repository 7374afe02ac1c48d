"""What a file of a lesson carries: its own phases, and every answer that counts half."""

import math

import pytest

from app.learn import answers, carried
from app.page.lessons import LESSONS, load


@pytest.mark.parametrize("name", LESSONS)
def test_each_phase_has_what_the_panel_needs(name: str) -> None:
    lesson = load(name)
    phases = carried.phases(lesson)
    assert phases[0] == "ask" and phases[-1] == "why" and "try" not in phases
    for phase in phases:
        told = carried.phase(lesson, phase, "en")
        assert told["look"]["phase"] == phase and told["look"]["phases"] == list(phases)
        assert ("rule" in told) == ("piece" in told) == phase.startswith("see")
        assert ("pieces" in told) == (phase == "why")


def test_what_counts_half_begins_and_ends_where_it_does() -> None:
    found = 0
    for name in LESSONS:
        lesson = load(name)
        for n, asked in enumerate(lesson.questions):
            if not (asked.half and asked.gesture == "drag"):
                continue
            found += 1
            spans = carried.rule(lesson, n, "en")["half"]
            for low, high in spans:
                inside, above = math.sqrt(low * high) if low > 0 else (low + high) / 2, high * (1 + 1e-9)
                assert answers.is_half(lesson, n, inside)
                assert not answers.is_half(lesson, n, low * (1 - 1e-9)) or low == asked.range[0]
                assert not answers.is_half(lesson, n, above) or high == asked.range[1]
    assert found


def test_the_sentences_keep_their_fields_open() -> None:
    words = carried.rule(load("L06"), 0, "en")["words"]
    assert "{said}" in words["number"] and "{answer}" in words["number"] and "{factor}" in words["far"]
    assert {*carried.WORDS} == {*words}
