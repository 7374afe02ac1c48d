"""What a step costs is counted, so that every server cuts a map into the same tiles."""

import dataclasses

import pytest

from app.basins import cost
from app.page.weather import FAIR
from landscapes import Ackley, Formula, Himmelblau, Rotated, Surface
from optim_core import SGD, Adam, Optimizer, RAdam

HIMMELBLAU = Himmelblau()


def of(optimizer: Optimizer = SGD(), surface: Surface = HIMMELBLAU) -> int:  # noqa: B008
    return cost.of_step(optimizer, surface, FAIR, None)


def test_more_arithmetic_costs_more() -> None:
    assert of(SGD()) < of(Adam()) < of(RAdam())
    assert of(surface=HIMMELBLAU) < of(surface=Rotated(HIMMELBLAU, 30.0)) < of(surface=Ackley())


def test_a_longer_formula_costs_more() -> None:
    assert of(surface=Formula("x^2+y^2")) < of(surface=Formula("x^2+y^2+sin(3*x)*cos(2*y)"))


def test_weather_costs_more() -> None:
    rough = dataclasses.replace(FAIR, noise=(1.0, 1.0))
    assert cost.of_step(SGD(), HIMMELBLAU, rough, None) > of()


def test_a_slow_function_counts_as_many_fast_ones() -> None:
    assert of(surface=Ackley()) > 3 * of()


@pytest.mark.parametrize("lr", [0.01, 1.0])
def test_the_numbers_do_not_matter(lr: float) -> None:
    assert of(Adam(lr=lr)) == of(Adam())
