"""Minima that can be told apart by every eye, and the brighter the sooner."""

import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest

from app.basins import colours, work
from app.screen import theme
from landscapes import LANDSCAPES, Ackley, Himmelblau, Rastrigin, Surface

from ..screen.eyes import EYES, lab

every_mode = pytest.mark.parametrize("mode", colours.WELLS)
every_eye = pytest.mark.parametrize("eye", EYES)
MANY = [Rastrigin(), Ackley(), LANDSCAPES["levy"]()]


def apart(one: str, other: str, eye: str = "normal") -> float:
    return float(np.linalg.norm(lab(one, eye) - lab(other, eye)))


@every_mode
@every_eye
def test_any_two_minima_stay_apart_and_the_first_four_far_apart(mode: str, eye: str) -> None:
    wells = colours.WELLS[mode]
    assert min(apart(*pair, eye) for pair in itertools.combinations(wells, 2)) >= 17
    assert min(apart(*pair, eye) for pair in itertools.combinations(wells[:4], 2)) >= 30


@every_mode
@every_eye
def test_nobody_takes_a_minimum_for_nothing_or_for_divergence(mode: str, eye: str) -> None:
    for well in colours.WELLS[mode]:
        assert apart(well, colours.NONE[mode], eye) >= 14
        assert apart(well, colours.DIVERGED[mode], eye) >= 14


@every_mode
def test_nobody_takes_a_minimum_for_a_run(mode: str) -> None:
    pairs = itertools.product(colours.WELLS[mode], theme.COLOURS[mode])
    assert min(apart(*pair) for pair in pairs) >= 12


@every_mode
def test_sooner_is_brighter_in_the_same_hue(mode: str) -> None:
    for soon, late in colours.inks(mode).wells:
        assert theme.luminance(soon) > theme.luminance(late)
    late = colours.lateness(np.arange(201), 200)
    assert late[0] == 0 and late[-1] == 1 and np.all(np.diff(late) > 0)


def test_a_few_minima_have_a_colour_each() -> None:
    lowest, others = work.minima_of(Himmelblau())
    assert colours.of_minima((*lowest, *others), len(lowest)) == (0, 1, 2, 3)


@pytest.mark.parametrize("surface", MANY, ids=lambda one: one.label)
def test_among_many_minima_neighbours_differ(surface: Surface) -> None:
    lowest, others = work.minima_of(surface)
    points = (*lowest, *others)
    found = colours.of_minima(points, len(lowest))
    for place, point in enumerate(points):
        far = [math.dist(point, other) for other in points]
        near = sorted(range(len(points)), key=far.__getitem__)[1:5]
        assert found[place] not in {found[one] for one in near}


@pytest.mark.parametrize("surface", MANY, ids=lambda one: one.label)
def test_among_many_minima_the_deepest_one_shares_its_colour_with_nobody(surface: Surface) -> None:
    lowest, others = work.minima_of(surface)
    found = colours.of_minima((*lowest, *others), len(lowest))
    assert len(lowest) == 1 and len(others) > 60 and found[0] not in found[1:]


def ended(nearest: list[int], since: list[int], diverged: list[int]) -> SimpleNamespace:
    names = ("nearest", "since", "diverged_at")
    return SimpleNamespace(
        **{name: np.array([row]) for name, row in zip(names, (nearest, since, diverged), strict=True)}
    )


def hexes(cells: np.ndarray) -> list[str]:
    return ["#" + "".join(f"{part:02X}" for part in cell) for cell in cells[0]]


@every_mode
def test_a_picture_shows_minimum_time_nothing_and_divergence(mode: str) -> None:
    found = ended([1, 1, -1, 0], [0, 100, -1, 5], [-1, -1, -1, 7])
    soon, late = colours.inks(mode).wells[1]
    drawn = hexes(colours.picture(found, (0, 1), 100, mode))
    assert drawn == [soon, late, colours.NONE[mode], colours.DIVERGED[mode]]


@every_mode
def test_a_comparison_shows_who_is_sooner_who_arrives_alone_and_who_parts(mode: str) -> None:
    one = ended([0, 0, 0, -1, -1, 0, 0], [0, 9, 5, -1, -1, 3, 2], [-1] * 7)
    other = ended([0, 0, -1, 0, -1, 1, 0], [9, 0, -1, 5, -1, 3, 2], [-1] * 7)
    sides = theme.COLOURS[mode][:2]
    first, second, alone, alone_too, neither, parted, draw = hexes(colours.compared((one, other), sides, 100, mode))
    assert [alone, alone_too, neither, parted, draw] == [
        *sides, colours.NONE[mode], colours.ELSEWHERE[mode], theme.TOKENS[mode]["panel"],
    ]  # fmt: skip
    assert apart(first, sides[0]) < apart(first, sides[1]) and apart(second, sides[1]) < apart(second, sides[0])
