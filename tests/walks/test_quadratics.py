"""What theory says of whole surfaces, against the walks themselves."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from app.walks.quadratics import fastest, largest_rate, quadratic, resting
from landscapes import (
    L2,
    LANDSCAPES,
    Booth,
    ElongatedValley,
    Factorization,
    Formula,
    Matyas,
    QuadraticBowl,
    Rotated,
    Saddle,
    Scaled,
    SharpAndFlat,
    Shifted,
    Surface,
)
from optim_core import OPTIMIZERS, SGD, Adam, Momentum, Nesterov, Optimizer, run

KNOWN = [
    (QuadraticBowl(), (1, 1)),
    (ElongatedValley(kappa=40.0), (1, 40)),
    (Booth(), (2, 18)),
    (Matyas(), (0.04, 1)),
    (Saddle(), (-2, 2)),
    (Rotated(ElongatedValley(kappa=7.0), 30.0), (1, 7)),
    (L2(Shifted(Scaled(ElongatedValley(kappa=7.0), 3.0), 1.0, 2.0), 0.5), (3.5, 21.5)),
    (Formula("3*x^2 + x*y + 2*y - 5"), (3 - math.sqrt(10), 3 + math.sqrt(10))),
    (Formula("x + y"), (0, 0)),
]
SWIFT = [SGD(), Momentum(), Nesterov(), Momentum(dampening=0.5)]
N_STEPS = 400


@pytest.mark.parametrize(("surface", "curvatures"), KNOWN, ids=repr)
def test_the_curvatures_of_a_quadratic_are_those_of_its_algebra(
    surface: Surface, curvatures: tuple[float, ...]
) -> None:
    assert quadratic(surface) == pytest.approx(curvatures, abs=1e-9)


@pytest.mark.parametrize("name", LANDSCAPES)
def test_no_other_surface_is_taken_for_one(name: str) -> None:
    surface = LANDSCAPES[name]()
    is_one = any(type(surface) is type(known) for known, _ in KNOWN)
    assert (quadratic(surface) is not None) == is_one


@pytest.mark.parametrize("text", ["x^2 + y^2 + 1e-3*x^3", "x^2 + y^2 + 1e-4*sin(x)", "log(x) + y^2", "abs(x) + y^2"])
def test_a_little_beside_a_quadratic_is_seen(text: str) -> None:
    assert quadratic(Formula(text)) is None


def shrinks_by(optimizer: Optimizer, surface: Surface) -> float:
    """By how much a late step of its walk shrinks the distance, on average."""
    away = np.hypot(*(run(optimizer, surface, (3.0, 1.0), N_STEPS).params - np.array(surface.minima[0])).T)
    seen = np.flatnonzero(away > 1e-280)
    first = seen[-1] // 2
    return float((away[seen[-1]] / away[first]) ** (1 / (seen[-1] - first)))


@pytest.mark.parametrize("kappa", [4.0, 40.0])
@pytest.mark.parametrize("optimizer", SWIFT, ids=repr)
def test_the_fastest_numbers_are_faster_than_those_beside_them(optimizer: Optimizer, kappa: float) -> None:
    surface = ElongatedValley(kappa=kappa)
    best = fastest(optimizer, surface)
    swiftest = shrinks_by(replace(optimizer, **best), surface)
    for factors in set(product((0.93, 1.0, 1.07), repeat=len(best))) - {(1.0,) * len(best)}:
        beside = {name: value * by for (name, value), by in zip(best.items(), factors, strict=True)}
        assert swiftest < shrinks_by(replace(optimizer, **beside), surface) + 5e-3, beside


def test_momentum_shrinks_by_the_root_of_its_memory() -> None:
    surface = ElongatedValley(kappa=40.0)
    best = fastest(Momentum(), surface)
    assert best["lr"] == pytest.approx((2 / (math.sqrt(40) + 1)) ** 2)
    assert best["momentum"] == pytest.approx(((math.sqrt(40) - 1) / (math.sqrt(40) + 1)) ** 2)
    assert shrinks_by(Momentum(**best), surface) == pytest.approx(math.sqrt(best["momentum"]), abs=0.02)


def test_nothing_is_said_where_theory_is_silent() -> None:
    assert fastest(Adam(), QuadraticBowl()) is None
    assert fastest(Momentum(), Saddle()) is None
    assert fastest(Momentum(), SharpAndFlat()) is None
    assert fastest(Momentum(dampening=1.0), QuadraticBowl()) is None


def test_a_walk_rests_in_the_flattest_minimum_up_to_the_largest_rate() -> None:
    surface = SharpAndFlat()
    limit = largest_rate(SGD(), surface)
    assert limit == pytest.approx(2 / resting(surface))
    flattest = min(surface.minima + surface.local_minima, key=lambda point: curved(surface, point))
    near = np.array(flattest) + 1e-4
    below, above = (run(SGD(share * limit), surface, near, 2000).params[-1] for share in (0.9, 1.1))
    assert math.dist(below, flattest) < 1e-6 < math.dist(above, flattest)


def curved(surface: Surface, point: tuple[float, float]) -> float:
    step = 1e-4 * np.eye(2)
    columns = [surface.grad(np.array(point) + one) - surface.grad(np.array(point) - one) for one in step]
    return float(np.linalg.eigvalsh(np.array(columns) / 2e-4)[1])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_only_who_steps_linearly_has_a_largest_rate(name: str) -> None:
    optimizer = OPTIMIZERS[name]()
    assert (largest_rate(optimizer, QuadraticBowl()) is None) == (optimizer.stable_lr(1.0) is None)
    assert largest_rate(optimizer, Factorization()) is None  # no minimum is a point
    assert largest_rate(optimizer, Formula("x + y")) is None  # no rate is too large
