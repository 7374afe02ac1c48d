"""Our paths are the libraries' paths: each golden file holds what a library walked (tests/golden/make.py)."""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landscapes import QuadraticBowl, Rosenbrock
from optim_core import OPTIMIZERS, SCHEDULES, SGD, Momentum, hypers, run, sweep

from ..strategies import corners

GOLDEN = Path(__file__).parents[1] / "golden"
LIBRARIES = ("torch 2.", "optax 0.", "keras 3.", "formula")


def read(name: str) -> dict[str, Any]:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


GRADIENTS = read("gradients")
CASES = {name: read(name)["cases"] for name in OPTIMIZERS}
SCHEDULED = {name: read(name).get("scheduled", []) for name in OPTIMIZERS}
CORNERS = {name: read(name)["corners"] for name in OPTIMIZERS}

every_case = pytest.mark.parametrize(
    ("name", "case"),
    [
        pytest.param(name, case, id=f"{name}-{case['problem']}-{case['setting']}-{case['library']}")
        for name, cases in CASES.items()
        for case in cases
    ],
)
every_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)


class Recorded:
    """A landscape whose gradient is the next one of a list, wherever the walk stands."""

    def __init__(self, gradients: list[list[float]]) -> None:
        self.rows = iter([*gradients, [0.0, 0.0]])

    def loss(self, params: np.ndarray) -> np.ndarray:
        return params.sum(axis=0)

    def grad(self, params: np.ndarray) -> np.ndarray:
        row = np.array(next(self.rows))
        return np.broadcast_to(row.reshape((2,) + (1,) * (params.ndim - 1)), params.shape)


@every_case
def test_path_is_the_librarys(name: str, case: dict[str, Any]) -> None:
    problem, theirs = case["problem"], np.array(case["params"])
    landscape = Rosenbrock() if problem == "rosenbrock" else Recorded(GRADIENTS[problem])
    ours = run(OPTIMIZERS[name](**case["setting"]), landscape, theirs[0], len(theirs) - 1).params
    for our, their in zip(ours.T, theirs.T, strict=True):
        # where a path crosses zero, rounding is relative to the numbers that were added up to reach it
        np.testing.assert_allclose(our, their, rtol=1e-9, atol=1e-12 * np.abs(their).max())


@every_case
def test_case_is_worth_comparing(name: str, case: dict[str, Any]) -> None:
    path = np.array(case["params"])
    assert path.shape == (61, 2)
    assert np.isfinite(path).all()
    assert case["library"].startswith(LIBRARIES)
    moved = (np.diff(path, axis=0) != 0).mean(axis=0)
    assert (moved > 0.5).all(), "the walk must move both parameters most of the time"


@every_optimizer
def test_defaults_and_two_other_settings(name: str) -> None:
    optimizer = OPTIMIZERS[name]
    for problem in ("noisy", "scales"):
        settings = {optimizer(**case["setting"]) for case in CASES[name] if case["problem"] == problem}
        assert optimizer() in settings
        assert len(settings) >= 3
    assert any(case["problem"] == "rosenbrock" for case in CASES[name])


@every_optimizer
def test_every_hyper_parameter_leaves_its_default(name: str) -> None:
    optimizer = OPTIMIZERS[name]
    for field in hypers(optimizer):
        values = {getattr(optimizer(**case["setting"]), field) for case in CASES[name]}
        assert values - {getattr(optimizer(), field)}, field


# where the rate changes from step to step


def test_both_places_of_the_rate_have_a_path_of_a_library_under_every_schedule() -> None:
    """Keras's or optax's where it is inside the velocity, PyTorch's where it is outside."""
    for name, optimizer in OPTIMIZERS.items():
        seen = {(case["library"][:5], case["setting"].get("lr_inside", False)) for case in SCHEDULED[name]}
        wanted = {("keras", True), ("torch", False)} if "lr_inside" in hypers(optimizer) else set()
        assert seen >= wanted and bool(seen) == bool(wanted)
        assert ("torch", True) not in seen and not {("keras", False), ("optax", False)} & seen


@pytest.mark.parametrize("name", [name for name, cases in SCHEDULED.items() if cases])
def test_path_under_a_schedule_is_the_librarys(name: str) -> None:
    for case in SCHEDULED[name]:
        theirs, (kind, numbers) = np.array(case["params"]), case["schedule"]
        optimizer = OPTIMIZERS[name](**case["setting"])
        schedule, told = SCHEDULES[kind](**numbers), GRADIENTS["noisy"]
        ours = run(optimizer, Recorded(told), theirs[0], len(told), schedule=schedule).params
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12 * np.abs(theirs).max(), err_msg=str(case))
        turned = dataclasses.replace(optimizer, lr_inside=not optimizer.lr_inside)
        other = run(turned, Recorded(told), theirs[0], len(told), schedule=schedule).params
        assert np.abs(other - theirs).max() > 1e-2 * np.abs(theirs - theirs[0]).max()


# where a library may switch a branch off: there a path may end where nothing is finite


def assert_same_corner(ours: np.ndarray, theirs: np.ndarray, setting: dict[str, Any]) -> None:
    np.testing.assert_array_equal(np.isfinite(ours), np.isfinite(theirs), err_msg=str(setting))
    for our, their in zip(ours.T, theirs.T, strict=True):
        known = np.isfinite(their)
        np.testing.assert_allclose(our[known], their[known], rtol=1e-9, atol=1e-12, err_msg=str(setting))


@every_optimizer
def test_every_corner_has_a_path(name: str) -> None:
    """They come of the declarations: a new optimizer has some, and a new bound has."""
    assert [case["setting"] for case in CORNERS[name]] == list(corners(OPTIMIZERS[name]))
    assert all(case["library"].startswith(LIBRARIES) for case in CORNERS[name])
    assert all(len(case["params"]) == len(GRADIENTS["corners"]) + 1 for case in CORNERS[name])


@every_optimizer
def test_a_corner_is_the_librarys(name: str) -> None:
    for case in CORNERS[name]:
        theirs = np.array(case["params"])
        landscape = Recorded(GRADIENTS["corners"])
        ours = run(OPTIMIZERS[name](**case["setting"]), landscape, theirs[0], len(theirs) - 1).params
        assert_same_corner(ours, theirs, case["setting"])


@every_optimizer
def test_a_sweep_with_a_corner_in_it_is_the_librarys_there(name: str) -> None:
    optimizer = OPTIMIZERS[name]
    numbers = [field for field, declaration in hypers(optimizer).items() if declaration.scale != "switch"]
    for case in CORNERS[name]:
        setting, theirs = case["setting"], np.array(case["params"])
        for field in numbers:
            other = math.fsum(hypers(optimizer)[field].range) / 3
            swept = sweep(optimizer(**setting), **{field: [other, setting[field]]})
            ours = run(swept, Recorded(GRADIENTS["corners"]), theirs[0], len(theirs) - 1).params
            assert_same_corner(ours[:, :, 1], theirs, setting)


def test_without_momentum_nothing_is_dampened() -> None:
    """torch.optim.SGD(lr=0.1, momentum=0, dampening=0.5) on ½ (x² + y²)."""
    for optimizer in (Momentum(lr=0.1, momentum=0.0, dampening=0.5), Momentum(0.1, 0.0, 1.0), Momentum(0.1, 0.0)):
        x = run(optimizer, QuadraticBowl(), (1.0, 2.0), 5).params[:, 0]
        np.testing.assert_allclose(x, [1, 0.9, 0.81, 0.729, 0.6561, 0.59049], rtol=1e-14)
        np.testing.assert_array_equal(x, run(SGD(lr=0.1), QuadraticBowl(), (1.0, 2.0), 5).params[:, 0])


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {"gradients", "training", *OPTIMIZERS}


def test_sequences_have_the_hard_places() -> None:
    noisy, scales = np.array(GRADIENTS["noisy"]), np.array(GRADIENTS["scales"])
    assert noisy[0, 1] == 0
    assert (noisy == 0).all(axis=1).any()
    for gradients in (noisy, scales):
        assert (np.diff(np.sign(gradients), axis=0) != 0).mean() > 0.2
    typical_x, typical_y = np.median(np.abs(scales), axis=0)
    assert typical_x / typical_y > 1e6
