"""Sweeps: closed forms, the widths of the lessons, equality with separate walks, and mistakes in words."""

from typing import Any

import numpy as np
import pytest

from landscapes import ElongatedValley, QuadraticBowl, Rosenbrock
from optim_core import (
    SGD,
    AdaGrad,
    Adam,
    Momentum,
    RMSProp,
    grid_sweep,
    learning_rate_sweep,
)

VALLEY, START = ElongatedValley(), (-2.6, 1.25)
LESSON = np.geomspace(1e-4, 10, 201)
BAD = 1e-3  # the loss to which the lessons count


def same(one: Any, other: Any) -> None:
    np.testing.assert_array_equal(one, other, strict=True)


# closed forms


@pytest.mark.parametrize("kappa", [2.0, 40.0, 700.0])
def test_gradient_descent_ends_well_up_to_two_over_the_curvature(kappa: float) -> None:
    limit = 2 / kappa
    rates = limit * np.array([0.5, 0.9, 0.999, 1.001, 1.1, 2])
    ends = learning_rate_sweep(SGD(), ElongatedValley(kappa), rates, (0.0, 1.0), 400).ends
    assert ((ends.loss < 0.5 * kappa) == (rates < limit)).all()
    np.testing.assert_allclose(ends.params[1], (1 - rates * kappa) ** 400, rtol=1e-9)


def test_momentum_stands_two_times_one_and_mu_over_the_curvature() -> None:
    axes = {"lr": np.linspace(0.05, 4.03, 81), "momentum": [0, 0.3, 0.6, 0.9]}
    made = grid_sweep(Momentum(), QuadraticBowl(), axes, n_steps=3000)
    limit = 2 * (1 + made.axes["momentum"])
    same(made.final < 1e-3, made.axes["lr"][:, None] < limit)


def test_the_best_rate_of_gradient_descent_on_a_valley() -> None:
    made = learning_rate_sweep(SGD(), VALLEY, np.linspace(0.04, 0.05, 1001), (1.0, 1.0), 2000)
    assert made.best_rate == pytest.approx(2 / 41, abs=5e-5)  # |1 − η| = |1 − 40η|: both directions shrink as fast


# the widths of the lessons


@pytest.mark.parametrize(
    ("optimizer", "ends", "visits"),
    [
        (SGD(), 0.55, 0.55),
        (Momentum(), 1.90, 1.90),
        (AdaGrad(), 1.83, 1.83),
        (RMSProp(), 0.20, 2.45),
        (Adam(), 2.75, 2.75),
    ],
)
def test_the_valley_of_the_lesson(optimizer: Any, ends: float, visits: float) -> None:
    """RMSProp gets near with nearly every rate and stays there with hardly any: the two widths differ by 12 times."""
    made = learning_rate_sweep(optimizer, VALLEY, LESSON, START, 300)
    assert made.width("final", below=BAD) == pytest.approx(ends, abs=0.0051)
    assert made.width("best", below=BAD) == pytest.approx(visits, abs=0.0051)


@pytest.mark.parametrize(
    ("optimizer", "bowl", "rosenbrock"),
    [
        (SGD(), 1.675, 0),
        (Momentum(), None, 0.725),
        (RMSProp(), 0.65, 0),
        (Adam(), 2.40, 1.45),
        (AdaGrad(), None, 0.025),
    ],
)
def test_the_other_surfaces_of_the_lesson(optimizer: Any, bowl: float | None, rosenbrock: float) -> None:
    long = learning_rate_sweep(optimizer, Rosenbrock(), LESSON, (-1.2, 1.0), 1000)
    assert long.width("final", below=BAD) == pytest.approx(rosenbrock, abs=0.0051)
    if bowl is not None:
        short = learning_rate_sweep(optimizer, QuadraticBowl(), LESSON, n_steps=100)
        assert short.width("final", below=BAD) == pytest.approx(bowl, abs=0.0051)
