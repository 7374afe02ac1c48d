"""The learning rate over time: PyTorch's schedulers where it has them, closed forms where it has not."""

import math
import pickle
from typing import Any

import numpy as np
import pytest

from landscapes import QuadraticBowl, Rosenbrock
from optim_core import (
    SCHEDULES,
    SGD,
    Adam,
    Constant,
    Cosine,
    Exponential,
    InverseRoot,
    OneCycle,
    Schedule,
    Stairs,
    WarmUp,
    iterate,
    run,
    sweep,
)

every_schedule = pytest.mark.parametrize("schedule", [cls() for cls in SCHEDULES.values()], ids=SCHEDULES)


@every_schedule
@pytest.mark.parametrize("n_steps", [0, 1, 2, 100])
def test_it_has_a_factor_for_every_step_and_one_more(schedule: Schedule, n_steps: int) -> None:
    factors = schedule.factors(n_steps)
    assert factors.shape == (n_steps + 1,) and factors.dtype == float
    assert np.isfinite(factors).all() and factors.min() >= 0 and factors.max() <= 1


@every_schedule
def test_a_walk_is_that_of_an_optimizer_whose_rate_is_set_at_every_step(schedule: Schedule) -> None:
    surface, factors = Rosenbrock(), schedule.factors(60)
    params = np.array(surface.start)
    optimizer = Adam(lr=0.1)
    state = optimizer.init(params)
    walk = run(optimizer, surface, None, 60, schedule=schedule)
    for t in range(1, 61):
        np.testing.assert_array_equal(walk.params[t - 1], params)
        now = Adam(lr=0.1 * float(factors[t - 1]))
        delta, state, said = now.update(surface.grad(params), state, params, t)
        np.testing.assert_array_equal(walk.effective_lr[t - 1], said.effective_lr)
        params = params + delta


@every_schedule
def test_a_sweep_is_its_walks_one_by_one(schedule: Schedule) -> None:
    swept = run(sweep(SGD(), lr=[0.001, 0.002]), Rosenbrock(), None, 40, schedule=schedule)
    for place, lr in enumerate((0.001, 0.002)):
        alone = run(SGD(lr), Rosenbrock(), None, 40, schedule=schedule)
        np.testing.assert_array_equal(swept.params[:, :, place], alone.params)


def test_constant_is_none() -> None:
    plain, constant = (run(Adam(0.1), Rosenbrock(), None, 50, schedule=one) for one in (None, Constant()))
    np.testing.assert_array_equal(plain.params, constant.params)


def test_closed_forms() -> None:
    t = np.arange(1, 12)
    np.testing.assert_allclose(Stairs(3, 0.5).factors(10), 0.5 ** ((t - 1) // 3), rtol=1e-15)
    np.testing.assert_allclose(Exponential(0.9).factors(10), 0.9 ** (t - 1), rtol=1e-14)
    np.testing.assert_allclose(InverseRoot().factors(10), t**-0.5, rtol=1e-15)
    np.testing.assert_allclose(Cosine().factors(10), [0.5 * (1 + math.cos(math.pi * (k - 1) / 10)) for k in t])
    np.testing.assert_allclose(WarmUp(4).factors(10), np.minimum(t / 4, 1))
    after = WarmUp(4, Exponential(0.5)).factors(10)
    np.testing.assert_allclose(after[4:], 0.5 ** np.arange(7))


@pytest.mark.parametrize("n_steps", [1, 2, 4, 100])
def test_one_cycle_is_at_the_whole_rate_where_it_turns(n_steps: int) -> None:
    for turn in range(1, n_steps + 1):
        factors = OneCycle(rise=turn / n_steps).factors(n_steps)
        assert np.isfinite(factors).all() and factors[turn - 1] == pytest.approx(1)


def test_gradient_descent_stops_with_its_rate() -> None:
    walk = run(SGD(0.1), QuadraticBowl(), (1.0, 1.0), 30, schedule=Stairs(10, 0.0))
    assert walk.params[10, 0] == pytest.approx(0.9**10)
    np.testing.assert_array_equal(walk.params[10:], np.broadcast_to(walk.params[10], (21, 2)))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: Stairs(0), "every must be"),
        (lambda: Stairs(10, -0.1), "gamma must be"),
        (lambda: Exponential(1.5), "gamma must be"),
        (lambda: Exponential(math.nan), "gamma must be"),
        (lambda: WarmUp(math.inf), "steps must be"),
        (lambda: OneCycle(rise=2.0), "rise must be"),
    ],
)
def test_numbers_out_of_bounds_are_named(made: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        made()


@pytest.mark.parametrize("schedule", [0.5, "cosine", Cosine, lambda t: 1 / t])
def test_what_is_no_schedule_is_refused_in_words(schedule: Any) -> None:
    for walk in (run, iterate):
        with pytest.raises(TypeError, match="Schedule"):
            walk(SGD(), QuadraticBowl(), schedule=schedule)


@every_schedule
def test_a_schedule_is_a_value(schedule: Schedule) -> None:
    assert schedule == pickle.loads(pickle.dumps(schedule)) == type(schedule)()
    assert hash(schedule) == hash(type(schedule)())


# --- PyTorch --------------------------------------------------------------------------------------------------------


def theirs(build: Any, n_steps: int) -> list[float]:
    """The rate of each step, of a parameter whose rate is 1."""
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = build(torch.optim.lr_scheduler, optimizer)
    rates = []
    for _ in range(n_steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def warmed(schedulers: Any, optimizer: Any) -> Any:
    first = schedulers.LinearLR(optimizer, start_factor=1 / 20, total_iters=19)
    then = schedulers.CosineAnnealingLR(optimizer, T_max=80)
    return schedulers.SequentialLR(optimizer, [first, then], milestones=[20])


@pytest.mark.golden
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("ours", "build"),
    [
        (Stairs(30, 0.1), lambda s, o: s.StepLR(o, 30, 0.1)),
        (Exponential(0.97), lambda s, o: s.ExponentialLR(o, 0.97)),
        (InverseRoot(), lambda s, o: s.LambdaLR(o, lambda k: (k + 1) ** -0.5)),
        (Cosine(), lambda s, o: s.CosineAnnealingLR(o, T_max=100)),
        (WarmUp(20), lambda s, o: s.LinearLR(o, start_factor=1 / 20, total_iters=19)),
        (WarmUp(20, Cosine()), warmed),
        (OneCycle(), lambda s, o: s.OneCycleLR(o, 1.0, total_steps=101, cycle_momentum=False)),
        (
            OneCycle(0.5, 10.0, 100.0),
            lambda s, o: s.OneCycleLR(o, 1.0, 101, None, None, 0.5, "cos", False, 0, 0, 10.0, 100.0),
        ),
    ],
    ids=repr,
)
def test_pytorchs_scheduler_gives_the_same_rates(ours: Schedule, build: Any) -> None:
    n_steps = 101 if isinstance(ours, OneCycle) else 100
    np.testing.assert_allclose(ours.factors(n_steps)[:100], theirs(build, 100), rtol=1e-12, atol=1e-12)
