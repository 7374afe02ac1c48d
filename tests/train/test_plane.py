"""The plane of the paths, against numpy's SVD of the whole paths and against losses computed one by one."""

import base64
import json
import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.protocol import Forged
from app.train import plane
from app.train.plane import Moments, Plane
from landscapes import Regression

Array = np.ndarray


def paths(seed: int, n: int = 60, d: int = 7) -> list[Array]:
    """Three walks that begin near 0 and go different ways, each with a size of its own in every direction."""
    rng = np.random.default_rng(seed)
    scales = np.geomspace(0.1, 3, d)
    return [np.cumsum(rng.normal(0.02 * k, 0.1, (n + 10 * k, d)) * scales, axis=0) for k in range(3)]


def regression(seed: int, kind: str = "linear", l2: float = 0.0, n: int = 90, d: int = 7) -> Regression:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, d)) * np.geomspace(0.3, 2, d)
    told = features @ rng.normal(size=d) + rng.normal(size=n)
    return Regression(features, (told > 0).astype(float) if kind == "logistic" else told, kind=kind, l2=l2)


def of(walks: list[Array]) -> Moments:
    return plane.added(*map(plane.moments, walks))


@pytest.mark.parametrize("seed", range(5))
def test_the_components_are_those_of_the_whole_paths(seed: int) -> None:
    walks = paths(seed)
    points = np.concatenate(walks)
    mean = points.mean(axis=0)
    _, sizes, directions = np.linalg.svd(points - mean, full_matrices=False)
    found = plane.principal(of(walks))
    np.testing.assert_allclose(found.origin, mean, rtol=1e-12)
    for mine, theirs in zip((found.u, found.v), directions[:2], strict=True):
        np.testing.assert_allclose(mine * np.sign(mine @ theirs), theirs, atol=1e-9)
        assert mine @ mean >= 0, "turned to the side where the mean is"
    np.testing.assert_allclose(found.shares, (sizes**2 / (sizes**2).sum())[:2], rtol=1e-9)
    held = ((points - mean) @ np.stack([found.u, found.v]).T) ** 2
    np.testing.assert_allclose(found.shares, held.sum(axis=0) / ((points - mean) ** 2).sum(), rtol=1e-9)


def test_stretches_of_a_path_add_up_to_it() -> None:
    (walk, *_) = paths(3)
    parts = plane.added(*(plane.moments(walk[a:b]) for a, b in pairwise((0, 7, 8, 31, len(walk)))))
    whole = plane.moments(walk)
    assert parts.count == whole.count == len(walk)
    np.testing.assert_allclose(parts.sum, whole.sum, rtol=1e-12)
    np.testing.assert_allclose(parts.products, whole.products, rtol=1e-12)


def test_what_is_not_finite_is_left_out() -> None:
    (walk, *_) = paths(4)
    lost = np.concatenate([walk, np.full((3, 7), np.inf), np.full((2, 7), np.nan)])
    for one, other in zip(plane.moments(lost), plane.moments(walk), strict=True):
        np.testing.assert_array_equal(one, other)


def test_two_weights_are_a_plane_through_the_minimum() -> None:
    walks, surface = paths(5), regression(5)
    points = np.concatenate(walks)
    found = plane.across(of(walks), 4, 1, surface.minimum)
    at = found.origin + 0.3 * found.u - 2 * found.v
    assert (at[4], at[1]) == (0.3, -2.0), "the axes show the weights themselves"
    np.testing.assert_array_equal(np.delete(at, [1, 4]), np.delete(surface.minimum, [1, 4]))
    np.testing.assert_allclose(found.shares, points.var(axis=0)[[4, 1]] / points.var(axis=0).sum(), rtol=1e-9)
    without = plane.across(of(walks), 4, 1, None)
    np.testing.assert_allclose(np.delete(without.origin, [1, 4]), np.delete(points.mean(axis=0), [1, 4]), rtol=1e-9)


def test_where_nothing_moves_no_share_is_told() -> None:
    found = plane.principal(plane.moments(np.full((40, 5), 0.123)))
    assert np.isnan(found.shares).all()
    np.testing.assert_allclose([found.u @ found.u, found.v @ found.v, found.u @ found.v], [1, 1, 0], atol=1e-12)


def test_a_straight_path_lies_on_the_first_component() -> None:
    along = np.array([3.0, -4.0, 0.0]) / 5
    found = plane.principal(plane.moments(np.outer(np.linspace(0, 2, 50), along)))
    np.testing.assert_allclose(found.u, along, atol=1e-12)
    np.testing.assert_allclose(found.shares, [1, 0], atol=1e-12)


@pytest.mark.parametrize("kind", ["linear", "logistic"])
@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_the_ground_is_the_loss_at_the_weights_on_the_plane(kind: str, l2: float) -> None:
    surface, on = regression(6, kind, l2), plane.principal(of(paths(6)))
    window = (-3.0, 5.0, -1.5, 2.5)
    z = plane.ground(surface, on, window)
    assert z.shape == (plane.SIDE, plane.SIDE)
    x, y = plane.places(window, plane.SIDE)
    for row in (0, 17, 59):
        for column in (0, 31, 59):
            direct = surface.loss(on.origin + x[column] * on.u + y[row] * on.v)
            assert z[row, column] == pytest.approx(float(direct), rel=1e-10)


def test_a_ground_without_noise_is_never_below_zero() -> None:
    rng = np.random.default_rng(8)
    features = rng.normal(size=(200, 4))
    weights = rng.normal(size=4)
    surface = Regression(features, features @ weights)
    on = plane.across(plane.moments(rng.normal(size=(9, 4))), 0, 1, weights)
    around = plane.ground(surface, on, (weights[0] - 1e-7, weights[0] + 1e-7, weights[1] - 1e-7, weights[1] + 1e-7))
    assert around.min() >= 0


def test_many_samples_have_fewer_places_where_each_is_computed_for_itself() -> None:
    many = regression(9, "logistic", n=4000)
    z = plane.ground(many, plane.principal(of(paths(9))), (-1.0, 1.0, -1.0, 1.0))
    assert plane.COARSE <= len(z) < plane.SIDE
    assert len(z) ** 2 * 4000 <= plane.CELLS


# what a page asks


def coded(values: Any) -> str:
    return base64.b64encode(np.asarray(values, "<f8").tobytes()).decode()


def told(found: Moments, **other: Any) -> str:
    upper = found.products[np.triu_indices(len(found.sum))]
    return json.dumps({"count": found.count, "sum": coded(found.sum), "products": coded(upper), **other})


def window(on: Plane, *sides: float) -> str:
    parts = {"origin": coded(on.origin), "u": coded(on.u), "v": coded(on.v)}
    return json.dumps({**parts, "window": coded(sides)})


def test_a_page_gets_the_plane_of_what_it_has_summed_and_the_ground_that_it_asks_for() -> None:
    walks, surface = paths(10), regression(10)
    wanted = plane.principal(of(walks))
    found = plane.piece("plane", told(of(walks)), surface)
    for name, values in wanted._asdict().items():
        np.testing.assert_array_equal(found[name], values)
    pair = plane.piece("plane|2|5", told(of(walks)), surface)
    np.testing.assert_array_equal(pair["origin"], plane.across(of(walks), 2, 5, surface.minimum).origin)
    ground = plane.piece("ground", window(wanted, -1, 2, -3, 4), surface)
    np.testing.assert_array_equal(ground["z"], plane.ground(surface, wanted, (-1, 2, -3, 4)))
    np.testing.assert_array_equal(ground["window"], [-1, 2, -3, 4])


GOOD = told(of(paths(1)))


@pytest.mark.parametrize(
    "part", ["", "plan", "plane|", "plane|1", "plane|1|1", "plane|0|7", "plane|-1|2", "plane|1|2|3"]
)
def test_a_part_that_no_page_asks_for_is_forged(part: str) -> None:
    with pytest.raises(Forged):
        plane.piece(part, GOOD, regression(1))


@pytest.mark.parametrize(
    "given",
    [
        "",
        "null",
        "[" * 20_000,
        "{}",
        told(of(paths(1, d=6))),
        told(of(paths(1)), more=1),
        told(of(paths(1)), count=0),
        told(of(paths(1)), count=True),
        told(of(paths(1)), count=1.5),
        told(of(paths(1)), sum="%%%"),
        told(of(paths(1)), sum=[1, 2]),
        told(of(paths(1)), sum=coded([math.nan] * 7)),
        told(of(paths(1)), products=coded([math.inf] * 28)),
    ],
)
def test_moments_that_no_page_gives_are_forged(given: str) -> None:
    with pytest.raises(Forged):
        plane.piece("plane", given, regression(1))


@pytest.mark.parametrize("sides", [(1, 1, 0, 1), (2, 1, 0, 1), (0, 1, 1, 0), (0, 1, 0), (0, math.nan, 0, 1)])
def test_a_window_that_no_page_gives_is_forged(sides: tuple[float, ...]) -> None:
    on = plane.principal(of(paths(1)))
    with pytest.raises(Forged):
        plane.piece("ground", window(on, *sides), regression(1))


@given(st.text(max_size=80) | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_no_text_is_answered_by_anything_else(words: str) -> None:
    for part in ("plane", "ground"):
        with pytest.raises(Forged):
            plane.piece(part, words, regression(1))


def test_one_weight_has_no_plane() -> None:
    surface = regression(2, d=1)
    with pytest.raises(Forged):
        plane.piece("plane", told(plane.moments(np.ones((3, 1)))), surface)


def test_numbers_too_large_to_square_are_no_error() -> None:
    on = plane.principal(of(paths(1)))
    found = plane.piece("ground", window(on, -1e300, 1e300, -1, 1), regression(1))
    assert not np.isfinite(found["z"][0, 0])
    large = Moments(3, np.full(7, 1e99), np.full((7, 7), 1e99))
    assert np.isnan(plane.piece("plane", told(large), regression(1))["shares"]).all()
    with pytest.raises(Forged):
        plane.piece("plane", told(large._replace(sum=large.sum * 1e99)), regression(1))


def test_a_tile_of_a_training_is_none_of_these() -> None:
    assert plane.is_one("plane") and plane.is_one("plane|1|2") and plane.is_one("ground")
    assert not plane.is_one("sgd~lr=0.05|0-10")
