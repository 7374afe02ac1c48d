"""Our trainings are PyTorch's, and those of the printed experiment: its last digits, and what of it holds."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landscapes import Regression
from landscapes.datasets import made
from optim_core import OPTIMIZERS, SGD, AdaGrad, Adam, Batches, Optimizer, Printed, RMSProp, Training, train

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "training.json").read_text(encoding="utf-8"))

every_case = pytest.mark.parametrize(
    "case", GOLDEN["cases"], ids=lambda case: f"{case['optimizer']}-{case['setting']}-{case['kind']}-{case['library']}"
)

# --- PyTorch --------------------------------------------------------------------------------------------------------


@every_case
def test_a_training_is_that_of_a_layer_of_pytorchs(case: dict[str, Any]) -> None:
    data = GOLDEN[case["kind"]]
    model = Regression(np.array(data["features"]), np.array(data["target"]), case["kind"], case["l2"])
    optimizer, theirs = OPTIMIZERS[case["optimizer"]](**case["setting"]), np.array(case["weights"])
    batches = Batches(GOLDEN["batch"], GOLDEN["seed"])
    ours = train(optimizer, model, batches, GOLDEN["epochs"], start=theirs[0])
    for our, their in zip(ours.weights[..., 0].T, theirs.T, strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-8, atol=1e-10 * np.abs(their).max())
    np.testing.assert_allclose(ours.loss[:, 0], case["loss"], rtol=1e-8)
    np.testing.assert_allclose(ours.during[:, 0], case["during"], rtol=1e-8)


def test_the_cases_are_worth_comparing() -> None:
    assert {case["optimizer"] for case in GOLDEN["cases"]} == {*OPTIMIZERS}
    assert {case["kind"] for case in GOLDEN["cases"]} == {"linear", "logistic"}
    for case in GOLDEN["cases"]:
        weights = np.array(case["weights"])
        assert weights.shape == (GOLDEN["epochs"] + 1, 4) and (np.diff(weights, axis=0) != 0).any(axis=1).all()
    assert len(GOLDEN["linear"]["target"]) % GOLDEN["batch"]


# --- the printed experiment -----------------------------------------------------------------------------------------

LISTED = (AdaGrad(0.1, eps=1e-8), RMSProp(0.01), Adam(0.01))  # in the order of the listing
DIGITS = (0.243234, 0.249472, 0.244994)


@cache
def model(condition: float = 1.0, noise: float = 0.5, weights: float = 2.0) -> Regression:
    data = made(condition=condition, noise=noise, weights=weights)
    return Regression(data.features, data.target)


@cache
def trained(optimizer: Optimizer, epochs: int = 50, condition: float = 1.0) -> Training:
    """Fair: five shuffles."""
    return train(optimizer, model(condition), Batches(seeds=5), epochs)


def to_goal(found: Training) -> float:
    return float(np.median(found.epochs_to(0.3)))


def final(found: Training) -> float:
    return float(np.median(found.loss[-1]))


@pytest.mark.parametrize(("place", "digits"), [*enumerate(DIGITS)])
def test_as_printed_to_the_last_digit(place: int, digits: float) -> None:
    found = train(LISTED[place], model(), Printed(place), 50)
    assert round(float(found.during[-1, 0]), 6) == digits


@pytest.mark.parametrize(
    ("optimizer", "epochs"),
    [(LISTED[0], 12), (LISTED[1], 8), (LISTED[2], 13), (SGD(0.05), 2)],
    ids=lambda one: str(one),
)
def test_a_fair_race(optimizer: Optimizer, epochs: int) -> None:
    found = trained(optimizer)
    assert abs(to_goal(found) - epochs) <= 1
    assert 0.2344 < final(found) < 0.239


def test_no_weights_are_better_than_least_squares() -> None:
    assert model().lowest == pytest.approx(0.2344, abs=5e-5)
    assert min(final(trained(one)) for one in LISTED) > model().lowest


def test_the_listings_adam_needs_33_epochs_in_place_of_13() -> None:
    printed = train(LISTED[2], model(), Printed(2), 50).during[:, 0]
    means = printed * 31 / 32  # of its 32 batches
    assert abs(int((means <= 0.3).argmax()) + 1 - 33) <= 1


def test_one_rate_for_all_is_no_match_for_features_of_many_scales() -> None:
    runs = (AdaGrad(1.0, eps=1e-8), Adam(0.1), SGD(0.01))
    ends = [float(np.median(trained(one, 50, 100.0).during[-1])) for one in runs]
    assert ends == pytest.approx([0.259, 0.31, 1.6], rel=0.15)


def test_adagrad_can_be_as_fast_as_sgd() -> None:
    found = trained(AdaGrad(0.5, eps=1e-8), 20)
    assert to_goal(found) == to_goal(trained(SGD(0.05))) == 2
    assert final(found) < 0.25


def test_a_librarys_default_rates_are_too_small_here() -> None:
    assert final(trained(AdaGrad(0.01))) == pytest.approx(10.1, rel=0.1)
    assert final(trained(Adam(0.001))) == pytest.approx(3.55, rel=0.1)


def test_pure_noise_cannot_be_learnt() -> None:
    noise = model(noise=1.0, weights=0.0)
    ends = [final(train(one, noise, Batches(seeds=5), 50)) for one in (Adam(0.001), SGD(0.001), AdaGrad(0.001))]
    assert min(ends) > noise.lowest > 0.93
