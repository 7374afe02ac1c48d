"""A model that is fitted to data: its gradient, its minimum, and what it says where there is nothing to fit."""

from typing import Any

import numpy as np
import pytest

from landscapes import Regression

DRAWN = np.random.default_rng(4)
FEATURES = DRAWN.standard_normal((40, 3)) * np.array([0.3, 1.0, 4.0])
TARGET = FEATURES @ np.array([1.0, -1.0, 0.2]) + DRAWN.standard_normal(40)
CLASSES = (TARGET > 0).astype(float)
MODELS = [Regression(FEATURES, TARGET, l2=l2) for l2 in (0.0, 0.5)]
MODELS += [Regression(FEATURES, CLASSES, "logistic", l2) for l2 in (0.0, 0.5)]
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.kind}-{model.l2}")


@every_model
def test_its_gradient_is_that_of_central_differences(model: Regression) -> None:
    params = DRAWN.standard_normal((3, 2, 5))
    found, step = model.grad(params), 1e-5
    for i in range(3):
        aside = np.zeros((3, 1, 1))
        aside[i] = step
        by_hand = (model.loss(params + aside) - model.loss(params - aside)) / (2 * step)
        np.testing.assert_allclose(found[i], by_hand, rtol=1e-6, atol=1e-8)


@every_model
def test_many_points_at_once_are_as_many_points(model: Regression) -> None:
    params = DRAWN.standard_normal((3, 2, 5))
    for at in np.ndindex(2, 5):
        here = params[(slice(None), *at)]
        np.testing.assert_allclose(model.loss(params)[at], model.loss(here), rtol=1e-12)
        np.testing.assert_allclose(model.grad(params)[(slice(None), *at)], model.grad(here), rtol=1e-12, atol=1e-14)


@every_model
def test_nothing_is_lower_than_its_minimum(model: Regression) -> None:
    assert np.abs(model.grad(model.minimum)).max() < 1e-9
    assert model.lowest == model.loss(model.minimum)
    for size in (1e-3, 0.1, 3.0):
        assert (model.loss(model.minimum[:, None] + size * DRAWN.standard_normal((3, 200))) > model.lowest).all()


def test_its_minimum_is_that_of_the_normal_equations() -> None:
    for model in MODELS[:2]:
        hessian = 2 * FEATURES.T @ FEATURES / 40 + model.l2 * np.eye(3)
        np.testing.assert_allclose(model.minimum, np.linalg.solve(hessian, 2 * FEATURES.T @ TARGET / 40), rtol=1e-10)
        assert model.largest_curvature == pytest.approx(np.linalg.eigvalsh(hessian)[-1])
    assert MODELS[2].largest_curvature is None


def test_of_many_minima_it_is_the_shortest() -> None:
    twice = Regression(np.hstack([FEATURES, FEATURES]), TARGET)
    np.testing.assert_allclose(twice.minimum, np.tile(MODELS[0].minimum, 2) / 2, rtol=1e-9)
    classes = Regression(np.hstack([FEATURES, FEATURES]), CLASSES, "logistic")
    assert np.abs(classes.grad(classes.minimum)).max() < 1e-8


def test_features_of_many_sizes_hide_none_of_its_minimum() -> None:
    sizes = np.array([1e-5, 1.0, 1e6])
    wide = Regression(FEATURES * sizes, CLASSES, "logistic")
    np.testing.assert_allclose(wide.minimum * sizes, Regression(FEATURES, CLASSES, "logistic").minimum, rtol=1e-7)


def test_classes_that_a_plane_separates_have_none() -> None:
    apart = (FEATURES[:, 1] > 0).astype(float)
    model = Regression(FEATURES, apart, "logistic")
    assert model.minimum is None and model.lowest is None
    assert Regression(FEATURES, apart, "logistic", 0.01).minimum is not None


def test_a_huge_score_is_no_accident() -> None:
    model = Regression(FEATURES, CLASSES, "logistic")
    params = np.array([1e5, -1e5, 1e6])
    scores = FEATURES @ params
    expected = np.mean(np.where(CLASSES == 1, np.maximum(-scores, 0), np.maximum(scores, 0)))
    assert model.loss(params) == pytest.approx(expected)
    assert np.isfinite(model.grad(params)).all()


@pytest.mark.parametrize("size", [1e-300, 1e-200, 1e160, 1e200, 1e307])
@pytest.mark.parametrize(("kind", "target"), [("linear", TARGET), ("linear", 1e200 * TARGET), ("logistic", CLASSES)])
@pytest.mark.parametrize("l2", [0.0, 0.1, 1e300])
def test_numbers_of_any_size_have_a_minimum_or_none(size: float, kind: str, target: np.ndarray, l2: float) -> None:
    model = Regression(size * FEATURES / np.abs(FEATURES).max(), target, kind, l2)
    assert (model.minimum is None) == (model.lowest is None)
    for found in (model.minimum, model.lowest, model.largest_curvature):
        assert found is None or np.isfinite(found).all()


def test_accuracy_counts_the_likelier_class() -> None:
    model = Regression([[1.0], [2.0], [-1.0], [-3.0]], [1, 0, 0, 1], "logistic")
    assert model.accuracy(np.array([1.0])) == 0.5 and model.accuracy(np.array([[1.0, -1.0]])).tolist() == [0.5, 0.5]


def test_some_samples_are_a_model_too() -> None:
    rows = [3, 1, 4]
    part, whole = MODELS[3].of(rows), MODELS[3]
    assert part.n == 3 and (part.kind, part.l2) == (whole.kind, whole.l2)
    assert np.array_equal(part.features, FEATURES[rows]) and np.array_equal(part.target, CLASSES[rows])


def test_it_keeps_its_own_numbers() -> None:
    features = FEATURES.copy()
    model = Regression(features, TARGET.tolist())
    features[:] = 0
    assert np.array_equal(model.features, FEATURES)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((FEATURES, TARGET[:-1]), "target"),
        ((FEATURES[:0], TARGET[:0]), "at least one"),
        ((FEATURES[:, :0], TARGET), "at least one"),
        ((FEATURES[:, 0], TARGET), "features"),
        ((np.full((40, 3), np.nan), TARGET), "finite"),
        ((FEATURES, np.append(TARGET[1:], np.inf)), "finite"),
        ((FEATURES, TARGET, "logistic"), "0 or 1"),
        ((FEATURES, TARGET, "cubic"), "linear, logistic"),
        ((FEATURES, TARGET, "linear", -1.0), "l2"),
        ((FEATURES, TARGET, "linear", np.nan), "l2"),
    ],
)
def test_what_cannot_be_fitted_is_said(given: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Regression(*given)
