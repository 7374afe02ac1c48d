"""The curves of the panels, against the walk they are read off."""

import numpy as np
import pytest

from app import metrics
from app.metrics import METRICS
from landscapes import LANDSCAPES, Factorization, Himmelblau, QuadraticBowl, Rosenbrock, Saddle, StyblinskiTang
from optim_core import OPTIMIZERS, SGD, Adam, Momentum, Optimizer, run

STEPS = 12
every_optimizer = pytest.mark.parametrize("optimizer", [cls() for cls in OPTIMIZERS.values()], ids=OPTIMIZERS)


def test_excess_is_the_loss_above_the_lowest() -> None:
    surface = StyblinskiTang()
    walk = run(Adam(lr=0.1), surface, n_steps=STEPS)
    assert surface.lowest < 0
    np.testing.assert_array_equal(METRICS["excess"].curve(walk, surface), walk.loss - surface.lowest)


def test_without_a_minimum_the_loss_stands_for_the_excess() -> None:
    surface = Saddle()
    walk = run(SGD(), surface, n_steps=STEPS)
    np.testing.assert_array_equal(METRICS["excess"].curve(walk, surface), walk.loss)
    assert metrics.on(surface, "excess") == "loss"
    assert metrics.on(Rosenbrock(), "excess") == "excess"
    assert metrics.on(surface, "gradient") == "gradient"


@every_optimizer
def test_lengths_are_lengths(optimizer: Optimizer) -> None:
    surface = QuadraticBowl()
    walk = run(optimizer, surface, n_steps=STEPS)
    np.testing.assert_allclose(METRICS["gradient"].curve(walk, surface), np.linalg.norm(walk.grad, axis=1), rtol=1e-14)
    np.testing.assert_allclose(METRICS["step"].curve(walk, surface), np.linalg.norm(walk.delta, axis=1), rtol=1e-14)


def test_distance_is_that_to_the_nearest_minimum() -> None:
    surface = Himmelblau()
    walk = run(Momentum(lr=0.01), surface, n_steps=300)
    away = [np.linalg.norm(walk.params - np.array(minimum), axis=1) for minimum in surface.minima]
    curve = METRICS["distance"].curve(walk, surface)
    np.testing.assert_allclose(curve, np.min(away, axis=0), rtol=1e-14)
    assert curve[-1] < 0.01 < curve[0]
    assert METRICS["distance"].curve(walk, Saddle()) is None


def test_distance_is_that_to_the_nearest_point_of_a_curve_of_minima() -> None:
    surface = Factorization()
    walk = run(SGD(lr=0.02), surface, n_steps=100)
    curve = METRICS["distance"].curve(walk, surface)
    along = np.geomspace(0.1, 10, 20_001)
    near = np.hypot(walk.params[0, 0] - along, walk.params[0, 1] - 1 / along).min()
    assert curve.shape == (101,) and curve[0] == pytest.approx(near, abs=1e-6)
    assert np.all(np.diff(curve[:60]) < 0) and curve[-1] < 1e-9
    assert METRICS["distance"].curve(run(SGD(lr=9), surface, n_steps=50), surface).shape == (51,), (
        "nor does a lost one fail"
    )


@every_optimizer
def test_diagnostics_and_memories_are_the_walks_own(optimizer: Optimizer) -> None:
    surface = QuadraticBowl()
    walk = run(optimizer, surface, n_steps=STEPS)
    assert METRICS["loss"].curve(walk, surface) is walk.loss
    assert METRICS["effective_lr"].curve(walk, surface) is walk.effective_lr
    assert METRICS["rms_grad"].curve(walk, surface) is walk.rms_grad
    for name in walk.state._fields:
        assert METRICS[name].curve(walk, surface) is getattr(walk.state, name)


def test_a_memory_that_an_optimizer_has_not_is_none() -> None:
    walk = run(SGD(), QuadraticBowl(), n_steps=STEPS)
    memories = {name for cls in OPTIMIZERS.values() for name in cls().init(np.zeros(1))._fields}
    assert len(memories) > 5
    for name in memories:
        assert METRICS[name].curve(walk, QuadraticBowl()) is None


@every_optimizer
def test_a_curve_has_a_value_for_every_step_from_its_first(optimizer: Optimizer) -> None:
    walk = run(optimizer, Rosenbrock(), n_steps=STEPS)
    for name, shown in METRICS.items():
        curve = shown.curve(walk, Rosenbrock())
        if curve is None:
            assert name not in ("excess", "loss", "gradient", "step", "distance", "effective_lr", "rms_grad")
        else:
            rows = STEPS + 1 - shown.first
            assert curve.shape == ((rows, 2) if shown.pair else (rows,))


def test_a_diverging_walk_needs_no_warning() -> None:
    diverged = []
    for surface in (cls() for cls in LANDSCAPES.values()):
        walk = run(SGD(lr=1e200), surface, n_steps=STEPS)
        diverged.append(int(walk.diverged_at))
        for shown in METRICS.values():
            curve = shown.curve(walk, surface)
            assert curve is None or np.isfinite(curve[0]).all()
    assert sum(at > 0 for at in diverged) > len(LANDSCAPES) / 2


def test_every_metric_says_what_it_is() -> None:
    assert all(metric.label and metric.doc for metric in METRICS.values())
    assert len({metric.label for metric in METRICS.values()}) == len(METRICS)
