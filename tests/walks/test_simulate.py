"""State -> walks and ground: the walks are those of optim_core, the ground is the surface itself."""

import numpy as np
import pytest

from app import limits
from app.page.state import Run, State
from app.walks.simulate import ground, simulate
from landscapes import LANDSCAPES, Booth, ElongatedValley, Rosenbrock
from optim_core import OPTIMIZERS, SGD, Adam, RMSProp, run

every_surface = pytest.mark.parametrize("landscape", LANDSCAPES.values(), ids=LANDSCAPES)


def test_walks_are_the_runs_own_in_their_order() -> None:
    runs = (Run(Adam(lr=0.1), 3), Run(SGD(lr=0.001), 0, "slow"), Run(RMSProp(lr=0.01), 5, pinned=True))
    state = State(Rosenbrock(), runs, (-1.0, 1.5), 40)
    sim = simulate(state)
    assert sim.state is state
    assert tuple(walk.run for walk in sim.walks) == runs
    for walk in sim.walks:
        expected = run(walk.run.optimizer, Rosenbrock(), (-1.0, 1.5), 40)
        for name in ("params", "loss", "grad", "delta", "effective_lr", "rms_grad"):
            np.testing.assert_array_equal(getattr(walk.trajectory, name), getattr(expected, name))
        assert walk.final_loss == expected.loss[-1]
        assert walk.diverged_at is None


def test_walks_begin_at_the_start() -> None:
    for state in (State(Booth()), State(Booth(), start=(1.25, -3.5))):
        assert all(tuple(walk.trajectory.params[0]) == state.begin for walk in simulate(state).walks)


def test_divergence_is_told_not_hidden() -> None:
    state = State(ElongatedValley(), (Run(SGD(lr=10.0), 0), Run(SGD(lr=0.01), 1)), n_steps=300)
    wild, calm = simulate(state).walks
    last = wild.trajectory.params[wild.diverged_at - 1]
    assert np.isfinite(last).all() and np.abs(last).max() > 1e100
    assert not np.isfinite(wild.trajectory.loss[wild.diverged_at])
    assert wild.final_loss is None
    assert calm.diverged_at is None and calm.final_loss < 1


def test_the_same_state_costs_one_walk() -> None:
    state = State(Rosenbrock(), (Run(Adam(lr=0.123), 0),), n_steps=30)
    again = State(Rosenbrock(), (Run(Adam(lr=0.123), 4, "other", True),), n_steps=30)
    first, second = simulate(state).walks[0], simulate(again).walks[0]
    assert first.trajectory is second.trajectory
    assert (first.run.slot, second.run.slot) == (0, 4)


@pytest.mark.parametrize(
    "other",
    [
        State(Rosenbrock(b=99.0), (Run(Adam(lr=0.123), 0),), n_steps=30),
        State(Rosenbrock(), (Run(Adam(lr=0.124), 0),), n_steps=30),
        State(Rosenbrock(), (Run(Adam(lr=0.123), 0),), (0.5, 0.5), 30),
        State(Rosenbrock(), (Run(Adam(lr=0.123), 0),), n_steps=31),
    ],
    ids=["surface", "optimizer", "start", "steps"],
)
def test_another_state_is_another_walk(other: State) -> None:
    state = State(Rosenbrock(), (Run(Adam(lr=0.123), 0),), n_steps=30)
    one, two = simulate(state).walks[0].trajectory, simulate(other).walks[0].trajectory
    assert not np.array_equal(one.params, two.params)


def test_optimizers_with_the_same_numbers_are_not_confused() -> None:
    runs = tuple(Run(cls(lr=0.02), slot) for slot, cls in enumerate(list(OPTIMIZERS.values())[: limits.RUNS]))
    ends = {tuple(walk.trajectory.params[-1]) for walk in simulate(State(Rosenbrock(), runs)).walks}
    assert len(ends) == limits.RUNS


@every_surface
def test_the_ground_is_the_surface_on_a_grid(landscape: type) -> None:
    here = ground(landscape(), 40)
    (x0, x1), (y0, y1) = landscape.domain
    assert (here.x[0], here.x[-1], here.y[0], here.y[-1]) == (x0, x1, y0, y1)
    assert here.loss.shape == here.height.shape == (len(here.y), len(here.x))
    assert here.grad.shape == (2, *here.loss.shape)
    assert here.x[1] - here.x[0] == pytest.approx(here.y[1] - here.y[0], rel=0.04), "cells are squares"
    assert abs(here.loss.size - 40 * 40) < 80
    assert here.loss[3, 7] == landscape().loss(np.array([here.x[7], here.y[3]]))
    np.testing.assert_array_equal(here.grad[:, 3, 7], landscape().grad(np.array([here.x[7], here.y[3]])))


@every_surface
def test_its_height_is_finite_and_in_the_order_of_the_loss(landscape: type) -> None:
    here = ground(landscape(), 41)  # an odd number: many minima lie on the grid itself
    assert np.isfinite(here.height).all()
    assert (np.diff(here.height.ravel()[np.argsort(here.loss, axis=None)]) >= 0).all()
    if landscape.levels == "linear":
        assert here.height is here.loss
    else:
        above = here.loss - landscape().lowest
        shown = above > 0
        np.testing.assert_array_equal(here.height[shown], np.log10(above[shown]))
        assert (here.height[~shown] == here.height.min()).all()


def test_the_ground_is_kept() -> None:
    assert ground(Booth(), 30) is ground(Booth(), 30)
    assert ground(Booth(), 31).x.shape == (31,)
    assert ground(ElongatedValley(kappa=3.0), 30) is not ground(ElongatedValley(kappa=4.0), 30)
    assert ground(Booth()).x.shape == (limits.GRID,)
