"""Scripts that are run, and how far their paths are from the page's."""

import contextlib
import io
from typing import Any

import numpy as np
import pytest

from app.export.code import FRAMEWORKS
from app.page.labels import labels
from app.page.state import Run, State
from app.walks.simulate import simulate
from optim_core import Optimizer


def runs(*optimizers: Optimizer) -> tuple[Run, ...]:
    return tuple(Run(optimizer, slot) for slot, optimizer in enumerate(optimizers))


def executed(script: str) -> dict[str, Any]:
    """The names that a script leaves behind; what it sets for all of NumPy and of PyTorch is put back."""
    left: dict[str, Any] = {"__name__": "__main__"}
    with np.errstate(), contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(script, "script.py", "exec"), left)
    left["said"] = said.getvalue().splitlines()
    return left


def paths_of(framework: str, state: State) -> list[np.ndarray]:
    """The paths of a script, which must be one for each run, each with its label."""
    left = executed(FRAMEWORKS[framework].script(state))
    assert tuple(left["paths"]) == labels(state.runs) and len(left["said"]) == len(state.runs)
    return [np.asarray(path) for path in left["paths"].values()]


def strayed(framework: str, state: State) -> float:
    """How far a script's paths are from the page's, relative to the size of the path."""
    worst = [0.0]
    for path, walk in zip(paths_of(framework, state), simulate(state).walks, strict=True):
        ours = walk.trajectory.params
        assert path.shape == ours.shape == (state.n_steps + 1, 2)
        assert np.isfinite(ours).all()
        worst.append(float(np.abs(path - ours).max() / np.abs(ours).max()))
    return float(np.max(worst))  # unlike max, it keeps a NaN


def assert_same(state: State) -> None:
    for path, walk in zip(paths_of("numpy", state), simulate(state).walks, strict=True):
        np.testing.assert_array_equal(path, walk.trajectory.params)


golden = [
    pytest.mark.golden,
    pytest.mark.usefixtures("library"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # PyTorch's own
    pytest.mark.parametrize("framework", ["torch", "keras"]),
]


def is_golden(test: Any) -> Any:
    for mark in golden:
        test = mark(test)
    return test
