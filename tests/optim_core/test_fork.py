"""Another optimizer for the first steps: what it leaves behind, and what the walk goes on with."""

from typing import Any

import numpy as np
import pytest

from landscapes import ElongatedValley, Rosenbrock
from optim_core import (
    OPTIMIZERS,
    Adam,
    Clip,
    Cosine,
    Drift,
    Fork,
    Momentum,
    Nesterov,
    Optimizer,
    Pulse,
    RMSProp,
    Trajectory,
    Weather,
    iterate,
    run,
)

from ..strategies import Arrays, columns

ROUGH = Weather(0.3, 4.0, 5, 1, (0.9, 0.4), Pulse(5, 3.0), Drift((0.01, 0.0)), Clip(norm=3.0))
HOW: dict[str, dict[str, Any]] = {
    "fair": {},
    "rough": {"weather": ROUGH, "schedule": Cosine()},
    "many": {"weather": Weather(noise=0.2, seeds=3)},
}
every_way = pytest.mark.parametrize("how", HOW.values(), ids=HOW)
every_optimizer = pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=OPTIMIZERS)
surface, N, AT = Rosenbrock(), 40, 15


def same(one: Trajectory, other: Trajectory) -> None:
    theirs = columns(other)
    for name, rows in columns(one).items():
        np.testing.assert_array_equal(rows, theirs[name], err_msg=name)


@every_optimizer
@every_way
@pytest.mark.parametrize("at", [0, 1, AT, N, N + 5])
def test_a_fork_into_itself_is_no_fork(cls: type[Optimizer], how: dict[str, Any], at: int) -> None:
    one = cls(lr=0.01)
    same(run(one, surface, None, N, **how, fork=Fork(one, at)), run(one, surface, None, N, **how))


@every_optimizer
@every_way
def test_the_first_steps_are_the_other_optimizers(cls: type[Optimizer], how: dict[str, Any]) -> None:
    walk = run(cls(lr=0.01), surface, None, N, **how, fork=Fork(RMSProp(0.02), AT))
    other = run(RMSProp(0.02), surface, None, N, **how)
    np.testing.assert_array_equal(walk.params[: AT + 1], other.params[: AT + 1])
    np.testing.assert_array_equal(walk.effective_lr[:AT], other.effective_lr[:AT])


@pytest.mark.parametrize("first", [Adam(0.05), Momentum(0.002), RMSProp(0.02, centered=True)])
@every_optimizer
@every_way
def test_in_floats_and_step_by_step_it_is_what_it_is_in_arrays(
    cls: type[Optimizer], how: dict[str, Any], first: Optimizer
) -> None:
    fork = Fork(first, AT)
    walk = run(cls(lr=0.01), surface, None, N, **how, fork=fork)
    same(walk, run(cls(lr=0.01), Arrays(surface), None, N, **how, fork=fork))
    steps = list(iterate(cls(lr=0.01), surface, None, N, **how, fork=fork))
    assert [step.t for step in steps] == list(range(1, N + 1))
    np.testing.assert_array_equal(walk.delta, np.stack([step.delta for step in steps]))


@every_optimizer
def test_another_class_starts_afresh_where_the_first_one_stood(cls: type[Optimizer]) -> None:
    first = Nesterov(0.001) if cls is not Nesterov else Momentum(0.001)  # which remember the same by name
    walk = run(cls(lr=0.01), surface, None, N, fork=Fork(first, AT))
    begin = run(first, surface, None, AT).params[-1]
    np.testing.assert_array_equal(walk.params[AT:], run(cls(lr=0.01), surface, begin, N - AT).params)
    memory = [rows for rows in walk.state if rows is not None]
    assert all(np.isnan(rows[:AT]).all() and np.isfinite(rows[AT]).all() for rows in memory)


def test_the_same_class_keeps_its_memory_and_its_age() -> None:
    """PyTorch's optimizer whose `lr` is set on the way: Adam at 0.1 and from step 11 on at 0.01."""
    walk = run(Adam(0.01), ElongatedValley(), (3.0, 1.0), 30, fork=Fork(Adam(0.1), 10))
    grads, m, v, params = [], np.zeros(2), np.zeros(2), np.array([3.0, 1.0])
    for t in range(1, 31):
        grads.append(ElongatedValley().grad(params))
        m, v = 0.9 * m + 0.1 * grads[-1], 0.999 * v + 0.001 * grads[-1] ** 2
        lr = 0.1 if t <= 10 else 0.01
        params = params - lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    np.testing.assert_allclose(walk.params[-1], params, rtol=1e-12)


def test_what_a_setting_did_not_remember_begins_afresh() -> None:
    walk = run(RMSProp(0.01, momentum=0.9), surface, None, N, fork=Fork(RMSProp(0.01), AT))
    assert np.isnan(walk.state.velocity[:AT]).all() and np.isfinite(walk.state.velocity[AT:]).all()
    assert np.isfinite(walk.state.square_avg).all()


@pytest.mark.parametrize(("optimizer", "at"), [(Adam, 3), (None, 3), (Adam(), -1), (Adam(), 1.5), (Adam(), "3")])
def test_a_bad_fork_is_refused(optimizer: Any, at: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        Fork(optimizer, at)
