"""A curve of minima: how far from it a point is, where a map takes it, and what of it is drawn."""

import math

import numpy as np
import pytest

from landscapes import L2, Factorization, Hyperbola, Rotated, Shifted, Stretched, Surface

from .looking import searched

CURVES = [
    Hyperbola(),
    Hyperbola((1.0, -0.4), (7.0, 0.0), (0.0, 1.0)),
    Hyperbola((0.3, 0.2), (0.1, 0.2), (3.0, -2.0)),
    Hyperbola((0.0, 0.0), (1e-3, 0.0), (0.0, 1.0)),
    Hyperbola((0.0, 0.0), (1e3, 0.0), (0.0, 1.0)),
]
every_one = pytest.mark.parametrize("curve", CURVES, ids=str)


def places(curve: Hyperbola) -> np.ndarray:
    """Points near and far, on the curve and beside it, and where the nearest point changes its branch or is double."""
    random = np.random.default_rng(1)
    along = curve.at(np.concatenate([random.uniform(0.1, 3, 10), random.uniform(-3, -0.1, 10)]))
    diagonal = np.array([[-1.0, 0.0, 1.0, 1.5, 2.0, 2.5], [-1.0, 0.0, 1.0, 1.5, 2.0, 2.5]])
    beside = along + 1e-8 * random.normal(size=along.shape)
    return np.concatenate([random.uniform(-3, 3, (2, 20)), along, beside, diagonal], axis=1)


@every_one
def test_the_distance_is_what_is_found_by_looking(curve: Hyperbola) -> None:
    points = places(curve)
    np.testing.assert_allclose(curve.distance(points), [searched(curve, one) for one in points.T], rtol=0, atol=1e-9)


def test_a_distance_that_algebra_knows() -> None:
    curve = Hyperbola()
    assert curve.distance(np.zeros(2)) == pytest.approx(math.sqrt(2), rel=1e-15)
    np.testing.assert_allclose(
        curve.distance(np.array([[2.0, 3, 1, -4], [2, 1 / 3, 1, -0.25]])), [2**0.5, 0, 0, 0], atol=1e-15
    )
    assert curve.distance(np.array([5.0, 0.2])) == pytest.approx(0, abs=1e-15)


@every_one
def test_a_point_far_away_or_lost_has_a_distance_or_none(curve: Hyperbola) -> None:
    far = np.array([[1e100, -1e200, 3.0, math.inf, math.nan], [1e100, 1e200, -1e150, 0.0, 1.0]])
    away = curve.distance(far)
    assert np.isfinite(away[:3]).all() and np.isnan(away[3:]).all()
    shaped = np.random.default_rng(1).normal(size=(2, 3, 4))
    assert curve.distance(shaped).shape == (3, 4)
    assert curve.distance(shaped)[1, 2] == curve.distance(shaped[:, 1, 2])
    assert curve.distance(np.empty((2, 0))).shape == (0,)


@pytest.mark.parametrize(
    "around",
    [
        lambda one: Rotated(one, 30.0),
        lambda one: Rotated(one, 90.0),
        lambda one: Stretched(one, 7.0),
        lambda one: Shifted(one, 1.5, -0.4),
        lambda one: Rotated(Shifted(Stretched(one, 0.1), -2.0, 1.0), -75.0),
    ],
)
def test_a_map_takes_every_point_of_it_along(around: object) -> None:
    surface = around(Factorization())
    w = np.array([-3.0, -1.0, -0.2, 0.1, 0.5, 1.0, 7.0])
    there = np.stack([_through(surface, *point) for point in Hyperbola().at(w).T], axis=1)
    np.testing.assert_allclose(surface.minima_along.at(w), there, atol=1e-14)
    assert surface.a_goal == "the curve of minima"


def _through(surface: Surface, x: float, y: float) -> tuple[float, float]:
    return (x, y) if isinstance(surface, Factorization) else surface.outward(*_through(surface.surface, x, y))


@every_one
@pytest.mark.parametrize(
    "window", [((-3, 3), (-3, 3)), ((0.5, 2.5), (-9, 9)), ((0.99, 1.01), (0.98, 1.02)), ((5, 6), (5, 6))]
)
def test_what_is_drawn_is_all_of_it_that_a_window_shows(curve: Hyperbola, window: tuple) -> None:
    drawn, (low, high) = curve.drawn(window), np.array(window, float).T[..., None]
    slack = 1e-9 * (high - low)
    kept = drawn[:, np.isfinite(drawn[0])]
    assert ((low - slack <= kept) & (kept <= high + slack)).all() and curve.distance(kept).max(initial=0) < 1e-9
    powers = np.linspace(-15, 15, 100_001)
    every = np.concatenate([curve.at(np.exp(powers)), curve.at(-np.exp(powers))], axis=1)
    inside = every[:, ((low < every) & (every < high)).all(axis=0)]
    assert bool(inside.size) == bool(kept.size)
    size = float((high - low).max())
    for point in inside[:, :: max(inside.shape[1] // 50, 1)].T:
        assert np.hypot(*(kept - point[:, None])).min() < 0.05 * size


def test_a_pull_to_the_origin_leaves_two_points_of_it_or_one() -> None:
    for weight in (1e-6, 1e-3, 0.5, 1.9):
        pulled = L2(Factorization(), weight)
        there = math.sqrt(1 - weight / 2)
        assert pulled.minima_along is None and pulled.a_goal == "a minimum"
        np.testing.assert_allclose(sorted(pulled.minima), [(-there, -there), (there, there)], atol=1e-7)
    assert L2(Factorization(), 3.0).minima == ((0.0, 0.0),)
    assert L2(Factorization(), 0.0).minima_along == Hyperbola()
