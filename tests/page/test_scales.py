"""Slider position <-> value: every three-digit value returns as itself, on every scale."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.page import course_edits, numbers, scales
from landscapes import LANDSCAPES
from optim_core import OPTIMIZERS, SGD, Adam, Hyper, hypers

CLASSES = {**OPTIMIZERS, **LANDSCAPES}
DECLARED = {f"{slug}.{name}": h for slug, cls in CLASSES.items() for name, h in hypers(cls).items()}
DECLARED = {key: h for key, h in DECLARED.items() if h.scale != "switch"} | {"steps": course_edits.STEPS}
LINEAR = Hyper("d", "", (0, 2), (0, 2))
LOG, DECAY = hypers(SGD)["lr"], hypers(Adam)["beta1"]
quickly = settings(max_examples=100, deadline=None, derandomize=True)
every_number = pytest.mark.parametrize("declared", DECLARED.values(), ids=DECLARED)


def nice_values(declared: Hyper) -> list[float]:
    low, high = declared.range
    spread = [float(f"{digits}e{power}") for power in range(-17, 5) for digits in ("1", "1.23", "5", "9.99")]
    if declared.scale == "decay":
        return [value for value in (1 - part for part in spread) if low <= value <= high]
    return [value for value in (low, *spread, high) if low <= value <= high]


@every_number
def test_a_value_of_three_digits_returns_from_its_position(declared: Hyper) -> None:
    values = nice_values(declared)
    assert len(values) > 3
    assert [scales.to_value(declared, scales.to_position(declared, value)) for value in values] == values


@every_number
def test_positions_run_from_end_to_end(declared: Hyper) -> None:
    low, high = scales.ends(declared)
    assert low < high
    assert (scales.to_value(declared, low), scales.to_value(declared, high)) == declared.range
    positions = [scales.to_position(declared, value) for value in sorted(nice_values(declared))]
    assert positions == sorted(positions) and low <= positions[0] and positions[-1] <= high


@every_number
def test_beyond_the_ends_there_is_nothing(declared: Hyper) -> None:
    (low, high), (first, last) = declared.range, scales.ends(declared)
    assert [scales.to_position(declared, value) for value in (low / 10 - 1, high * 10)] == [first, last]
    assert [scales.to_value(declared, place) for place in (first - 9, last + 9)] == [low, high]


@quickly
@given(st.sampled_from(list(DECLARED.values())), st.floats(0, 1))
def test_every_position_means_a_valid_value(declared: Hyper, share: float) -> None:
    low, high = scales.ends(declared)
    value = scales.to_value(declared, low + share * (high - low))
    assert declared.allows(value)
    assert scales.to_value(declared, scales.to_position(declared, value)) == value


def test_each_scale_is_what_it_says() -> None:
    assert [scales.to_position(LOG, value) for value in (0.001, 0.1, 10)] == pytest.approx([-3, -1, 1])
    assert [scales.to_position(DECAY, value) for value in (0, 0.9, 0.99, 0.999)] == pytest.approx([0, 1, 2, 3])
    assert scales.to_position(LINEAR, 0.3) == 0.3


def test_a_slider_yields_the_number_one_would_write() -> None:
    assert repr(scales.to_value(LOG, math.log10(0.05))) == "0.05"
    assert repr(scales.to_value(DECAY, 1.0)) == "0.9"
    assert numbers.round3(0.049999999999999996) == 0.05
    assert numbers.round3(123456) == 123000


def test_shifting_multiplies_on_a_log_scale_also_past_the_slider() -> None:
    assert scales.shift(LOG, 0.02, 1) == 0.2
    assert scales.shift(LOG, 0.02, -1) == 0.002
    assert scales.shift(LOG, 5.0, 1) == 50
    assert scales.shift(LOG, 0.0, 1) == 0


def test_shifting_moves_along_the_other_scales_and_stops_at_their_ends() -> None:
    assert scales.shift(DECAY, 0.9, 1) == 0.99
    assert scales.shift(DECAY, 0.99, -1) == pytest.approx(0.9, abs=1e-15)
    assert scales.shift(DECAY, 0.9, -5) == 0
    assert scales.shift(LINEAR, 0.5, 0.25) == 0.75
    assert scales.shift(LINEAR, 1.5, 9) == 2


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.05, "0.05"),
        (0, "0"),
        (1, "1"),
        (300.0, "300"),
        (12345.0, "1.23e4"),
        (1e-8, "1e−8"),
        (1.5e-12, "1.5e−12"),
        (1e100, "1e100"),
        (-0.25, "−0.25"),
        (0.9, "0.9"),
        (0.95, "0.95"),
        (0.99, "0.99"),
        (0.999, "0.999"),
        (0.9999, "0.9999"),
        (0.99951, "0.99951"),
        (0.9995123456, "0.999512"),
        (1 / 3, "0.333"),
    ],
)
def test_a_number_on_the_screen(value: float, shown: str) -> None:
    assert numbers.brief(value) == shown


@quickly
@given(st.floats(0, 1, exclude_max=True))
def test_nothing_below_one_is_shown_as_one(value: float) -> None:
    assert numbers.brief(value) != "1"
