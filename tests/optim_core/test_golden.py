"""Our paths are the libraries' paths: each golden file holds what PyTorch or optax walked (tests/golden/make.py)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landscapes import Rosenbrock
from optim_core import OPTIMIZERS, hypers, run

GOLDEN = Path(__file__).parents[1] / "golden"
LIBRARIES = ("torch 2.", "optax 0.", "formula")


def read(name: str) -> dict[str, Any]:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


GRADIENTS = read("gradients")
CASES = {name: read(name)["cases"] for name in OPTIMIZERS}

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
        return np.array(next(self.rows))


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
    for problem in GRADIENTS:
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


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {"gradients", *OPTIMIZERS}


def test_sequences_have_the_hard_places() -> None:
    noisy, scales = np.array(GRADIENTS["noisy"]), np.array(GRADIENTS["scales"])
    assert noisy[0, 1] == 0
    assert (noisy == 0).all(axis=1).any()
    for gradients in (noisy, scales):
        assert (np.diff(np.sign(gradients), axis=0) != 0).mean() > 0.2
    typical_x, typical_y = np.median(np.abs(scales), axis=0)
    assert typical_x / typical_y > 1e6
