"""Colours that stay apart for every eye, and heads that differ in shape."""

import itertools
import re

import numpy as np
import pytest

from app import limits
from app.screen import theme

from .eyes import EYES, lab

every_mode = pytest.mark.parametrize("mode", theme.COLOURS)
every_eye = pytest.mark.parametrize("eye", EYES)


def distances(mode: str, eye: str) -> dict[tuple[int, int], float]:
    """ΔE*ab (1976) of every pair of slots."""
    points = [lab(colour, eye) for colour in theme.COLOURS[mode]]
    pairs = itertools.combinations(range(len(points)), 2)
    return {(one, two): float(np.linalg.norm(points[one] - points[two])) for one, two in pairs}


def test_the_yardsticks_measure_right() -> None:
    assert theme.contrast("#FFFFFF", "#000000") == pytest.approx(21, abs=0.01)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert lab("#FFFFFF", "normal") == pytest.approx([100, 0, 0], abs=0.02)
    assert lab("#FF0000", "normal") == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    red_to_green = {eye: np.linalg.norm(lab("#C00000", eye) - lab("#7B7B00", eye)) for eye in EYES}
    assert red_to_green["normal"] > 2 * red_to_green["deuteranopia"]


@every_mode
def test_every_slot_has_a_colour_of_its_own(mode: str) -> None:
    assert len(set(theme.COLOURS[mode])) == len(theme.COLOURS[mode]) == limits.RUNS
    assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in theme.COLOURS[mode])


@every_mode
@pytest.mark.parametrize("slot", range(limits.RUNS))
def test_a_colour_stands_out_from_its_panel(mode: str, slot: int) -> None:
    assert theme.contrast(theme.COLOURS[mode][slot], theme.TOKENS[mode]["panel"]) >= 3


@every_mode
@every_eye
def test_any_two_colours_stay_apart(mode: str, eye: str) -> None:
    assert {pair: round(far, 1) for pair, far in distances(mode, eye).items() if far < 20} == {}


@every_mode
def test_the_first_four_are_farther_apart_than_the_eight(mode: str) -> None:
    least = {pair: min(distances(mode, eye)[pair] for eye in EYES) for pair in distances(mode, "normal")}
    assert min(far for pair, far in least.items() if max(pair) < 4) >= 30 > min(least.values())


@every_mode
def test_text_can_be_read(mode: str) -> None:
    tokens = theme.TOKENS[mode]
    for ground in ("page", "panel"):
        assert theme.contrast(tokens["ink"], tokens[ground]) >= 7
        assert theme.contrast(tokens["soft"], tokens[ground]) >= 4.5
        assert theme.contrast(tokens["wrong"], tokens[ground]) >= 4.5
        assert theme.contrast(tokens["accent"], tokens[ground]) >= 3


@every_mode
@pytest.mark.parametrize("slot", range(limits.RUNS))
def test_a_name_in_the_colour_of_its_run_can_be_read(mode: str, slot: int) -> None:
    colour, text = theme.COLOURS[mode][slot], theme.TEXTS[mode][slot]
    for ground in ("page", "panel"):
        assert theme.contrast(text, theme.TOKENS[mode][ground]) >= 4.5
    hue = np.linalg.norm((lab(colour, "normal") - lab(text, "normal"))[1:])
    assert hue < 25, "it is the run's colour still"
    readable = all(theme.contrast(colour, theme.TOKENS[mode][ground]) >= 4.5 for ground in ("page", "panel"))
    assert (text == colour) == readable, "no more ink than it takes"


def test_both_modes_know_the_same_tokens() -> None:
    assert set(theme.TOKENS) == set(theme.COLOURS) == {"light", "dark"}
    assert set(theme.TOKENS["light"]) == set(theme.TOKENS["dark"])


def test_every_slot_has_a_head_of_its_own() -> None:
    symbols, outlines = zip(*theme.HEADS, strict=True)
    assert len(set(symbols)) == len(set(outlines)) == limits.RUNS
    assert all(re.fullmatch(r"M[-\d., MLHVAZ]+Z", outline) for outline in outlines)


@every_mode
def test_a_figure_begins_in_the_colours_of_its_mode(mode: str) -> None:
    layout = theme.Style(mode).layout()
    assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == theme.TOKENS[mode]["panel"]
    assert layout["hoverlabel"]["font"]["color"] == theme.TOKENS[mode]["ink"]
