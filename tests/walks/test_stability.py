"""Curvature and the learning rate that it allows, against analysis and against walks that do run away."""

import math
import re

import numpy as np
import pytest

from app.walks.stability import axes, curvature, eigen, ellipse, growth, hessians, limits, overshoot, why_diverged
from landscapes import (
    LANDSCAPES,
    Ackley,
    Beale,
    ElongatedValley,
    MonkeySaddle,
    QuadraticBowl,
    Rosenbrock,
    Saddle,
    Surface,
)
from optim_core import (
    OPTIMIZERS,
    SGD,
    AdaGradSummedRates,
    Adam,
    Drift,
    Exponential,
    Fork,
    Momentum,
    Nesterov,
    Optimizer,
    WarmUp,
    Weather,
    run,
)

from ..strategies import walk

LIMITED = [SGD(), *(cls(momentum=mu) for cls in (Momentum, Nesterov) for mu in (0.0, 0.3, 0.9, 0.99))]
LIMITED += [Momentum(momentum=0.5, dampening=0.5), Momentum(momentum=0.9, dampening=0.9)]
LIMITED += [Momentum(lr_inside=True), Nesterov(lr_inside=True), Momentum(dampening=0.9, lr_inside=True)]


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text.replace("−", "-"))]


# --- what an optimizer stands ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("curved", [0.3, 40.0])
@pytest.mark.parametrize("optimizer", LIMITED, ids=repr)
def test_a_walk_is_bounded_just_below_the_limit_and_grows_just_above(optimizer: Optimizer, curved: float) -> None:
    limit = optimizer.stable_lr(curved)
    surface = ElongatedValley(kappa=max(curved, 1.0))
    axis, scale = (1, 1.0) if curved >= 1 else (0, curved)  # along x the curvature is 1
    for share, grows in ((0.99, False), (1.01, True)):
        fields = {name: getattr(optimizer, name) for name in type(optimizer).__dataclass_fields__}
        tried = type(optimizer)(**fields | {"lr": share * limit * scale})
        away = np.abs(run(tried, surface, (1.0, 1.0), 6000).params[:, axis])
        away = away[np.isfinite(away)]
        if grows:
            assert away[-1000:].max() > 1e3 * away[:100].max()
        else:
            assert away[-1000:].max() < 0.1 * away[:100].max()


def test_the_limits_are_the_textbooks() -> None:
    assert SGD().stable_lr(40) == 2 / 40
    assert Momentum(momentum=0.9).stable_lr(40) == pytest.approx(3.8 / 40)
    assert Nesterov(momentum=0.9).stable_lr(40) == pytest.approx(3.8 / 2.8 / 40)
    assert Momentum(momentum=0.0).stable_lr(40) == Nesterov(momentum=0.0).stable_lr(40) == SGD().stable_lr(40)


@pytest.mark.parametrize("optimizer", LIMITED, ids=repr)
def test_nothing_limits_where_nothing_curves_upwards(optimizer: Optimizer) -> None:
    assert optimizer.stable_lr(0.0) == optimizer.stable_lr(-3.0) == math.inf


def test_a_velocity_that_takes_in_nothing_new_cannot_run_away() -> None:
    assert Momentum(momentum=0.5, dampening=1.0).stable_lr(40) == math.inf


def test_only_these_have_a_fixed_limit() -> None:
    assert {cls for cls in OPTIMIZERS.values() if cls().stable_lr(1.0) is not None} == {SGD, Momentum, Nesterov}


# --- curvature ------------------------------------------------------------------------------------------------------


def test_hessian_of_rosenbrock() -> None:
    x, y = np.random.default_rng(1).uniform(-2, 2, (2, 50))
    exact = np.array([[2 - 400 * (y - 3 * x * x), -400 * x], [-400 * x, np.full_like(x, 200)]])
    np.testing.assert_allclose(
        hessians(Rosenbrock(), np.stack([x, y], 1)), exact.transpose(2, 0, 1), rtol=1e-7, atol=1e-5
    )


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e6])
def test_hessian_keeps_its_digits_near_zero_and_far_away(scale: float) -> None:
    points = scale * np.array([[0.0, 0.0], [1.0, -1.0], [0.0, 3.0]])
    matrices = hessians(ElongatedValley(kappa=40), points)
    np.testing.assert_allclose(matrices, np.broadcast_to(np.diag([1.0, 40.0]), (3, 2, 2)), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("cls", LANDSCAPES.values(), ids=LANDSCAPES)
def test_curvature_bends_the_gradient(cls: type[Surface]) -> None:
    """Along each principal direction the gradient changes by the curvature: a one-sided and coarser difference."""
    surface = cls()
    at = curvature(surface, surface.start)
    base = surface.grad(np.array(surface.start))
    for value, vector in zip(at.values, at.vectors.T, strict=True):
        ahead = surface.grad(np.array(surface.start) + 1e-6 * vector)
        np.testing.assert_allclose((ahead - base) / 1e-6, value * vector, atol=1e-3 * max(1, np.abs(at.values).max()))
    assert at.values[0] <= at.values[1] == at.sharpest
    np.testing.assert_array_equal(at.hessian, at.hessian.T)


def test_where_the_gradient_is_not_finite_nothing_is_claimed() -> None:
    values, vectors = eigen(hessians(Rosenbrock(), np.array([[1e200, 1.0], [np.nan, 0.0], [1.0, 1.0]])))
    assert np.isnan(values[:2]).all() and np.isnan(vectors[:2]).all()
    assert np.isfinite(values[2]).all()


def test_ellipse_is_a_level_of_the_quadratic_model() -> None:
    at = curvature(Rosenbrock(), (1.0, 1.0))
    around = ellipse(at, (1.0, 1.0), 0.5) - [1.0, 1.0]
    heights = np.einsum("ni,ij,nj->n", around, at.hessian, around)
    np.testing.assert_allclose(heights, heights[0], rtol=1e-9)
    lengths = np.hypot(*around.T)
    assert lengths.max() == pytest.approx(0.5)
    assert lengths.min() == pytest.approx(0.5 * math.sqrt(at.values[0] / at.values[1]), rel=0.05)
    np.testing.assert_allclose(around[0], around[-1], atol=1e-12)


@pytest.mark.parametrize(
    ("surface", "point"), [(Saddle(), (0.0, 0.0)), (Rosenbrock(), (0.0, 2.0)), (Beale(), (1e200, 1.0))]
)
def test_no_ellipse_where_it_would_not_close(surface: Surface, point: tuple[float, float]) -> None:
    assert ellipse(curvature(surface, point), point, 1.0) is None


def test_axes_are_the_principal_directions_through_the_point() -> None:
    at = curvature(Rosenbrock(), (1.0, 1.0))
    for segment, vector in zip(axes(at, (1.0, 1.0), 0.25), at.vectors.T, strict=True):
        np.testing.assert_allclose(segment.mean(axis=0), [1.0, 1.0])
        np.testing.assert_allclose(segment[1] - segment[0], 0.5 * vector)


# --- a walk ---------------------------------------------------------------------------------------------------------


def test_limit_along_a_walk() -> None:
    at = limits(walk(SGD(lr=0.06), ElongatedValley(kappa=40), n_steps=300), ElongatedValley(kappa=40))
    np.testing.assert_allclose(at.sharpest, 40, rtol=1e-8)
    np.testing.assert_allclose(at.limit, 0.05, rtol=1e-8)
    assert (at.exceeded_at, at.exceeded_share) == (1, 1.0)


def test_a_rate_at_the_limit_has_not_exceeded_it() -> None:
    surface = ElongatedValley(kappa=40)
    at = limits(walk(SGD(lr=2 / 40), surface, n_steps=300), surface)
    assert (at.exceeded_at, at.exceeded_share) == (None, 0.0)


def test_a_limit_that_comes_and_goes() -> None:
    surface, rosenbrock = Rosenbrock(), walk(SGD(lr=0.002), Rosenbrock(), n_steps=300)
    at = limits(rosenbrock, surface)
    above = [t for t in range(1, 301) if 2 / curvature(surface, rosenbrock.trajectory.params[t - 1]).sharpest < 0.002]
    assert above and len(above) < 300
    assert at.exceeded_at == above[0]
    assert at.exceeded_share == pytest.approx(len(above) / 300)
    assert why_diverged(rosenbrock, surface) is None


def test_the_last_stretch_above_the_limit() -> None:
    surface, one = MonkeySaddle(), walk(SGD(lr=0.1), MonkeySaddle(), n_steps=300)
    first, end = limits(one, surface).stretch(one.diverged_at)
    sharpest = [curvature(surface, point).sharpest for point in one.trajectory.params[:end]]
    assert end == one.diverged_at
    assert all(0.1 * value > 2 for value in sharpest[first:] if math.isfinite(value))
    assert 0.1 * sharpest[first - 1] <= 2 and first > 0


def test_no_limit_no_stretch() -> None:
    assert limits(walk(Adam(), Rosenbrock(), n_steps=300), Rosenbrock()) is None
    at = limits(walk(SGD(lr=0.01), QuadraticBowl(), n_steps=300), QuadraticBowl())
    assert at.stretch() == (300, 300)
    assert growth(walk(SGD(lr=0.01), QuadraticBowl(), n_steps=300), QuadraticBowl(), at) is None


@pytest.mark.parametrize("eta", [0.0501, 0.06, 0.2])
def test_growth_is_what_the_recurrence_says(eta: float) -> None:
    surface = ElongatedValley(kappa=40)
    one = walk(SGD(lr=eta), surface, n_steps=300)
    grew = growth(one, surface, limits(one, surface))
    assert grew.factor == pytest.approx(abs(1 - 40 * eta), rel=1e-6)
    np.testing.assert_allclose(np.abs(grew.direction), [0, 1], atol=1e-8)
    assert (grew.first, grew.last, grew.steeper) == (1, one.diverged_at or 300, False)


def test_why_a_walk_diverged() -> None:
    surface = ElongatedValley(kappa=40)
    one = walk(SGD(lr=0.08), surface, 1000)
    said = why_diverged(one, surface)
    assert said.startswith(f"SGD diverged at step {one.diverged_at}: η·λmax = 3.2 > 2. ")
    assert "in y each step is about 2.2 times the one before" in said


@pytest.mark.parametrize("optimizer", [Momentum(lr=0.1), Nesterov(lr=0.04), Momentum(lr=0.4, momentum=0.5)], ids=repr)
def test_the_bound_is_the_optimizers_own(optimizer: Optimizer) -> None:
    surface = ElongatedValley(kappa=40)
    one = walk(optimizer, surface, 6000)
    _, product, bound, *_ = numbers(why_diverged(one, surface))
    assert product == pytest.approx(40 * optimizer.lr, rel=5e-3)
    assert bound == pytest.approx(40 * optimizer.stable_lr(40), rel=5e-3)
    assert product > bound


def test_a_surface_that_gets_steeper_is_not_told_as_one_factor() -> None:
    one = walk(SGD(lr=0.01), Rosenbrock(), n_steps=300)
    said = why_diverged(one, Rosenbrock())
    begin, end = numbers(said)[-3:-1]
    grew = growth(one, Rosenbrock(), limits(one, Rosenbrock()))
    assert "steeper still" in said and grew.steeper
    assert (begin, end) == (pytest.approx(grew.begin, rel=5e-3), pytest.approx(grew.end, rel=5e-3))


@pytest.mark.parametrize(
    ("optimizer", "surface"), [(SGD(lr=0.1), Saddle()), (AdaGradSummedRates(lr=10.0), Rosenbrock())], ids=repr
)
def test_a_walk_that_no_limit_explains_tells_its_pace(optimizer: Optimizer, surface: Surface) -> None:
    one = walk(optimizer, surface, 3000)
    said = why_diverged(one, surface)
    lengths = np.hypot(*one.trajectory.delta[: one.diverged_at].T)
    assert "λmax" not in said and "grew from" in said
    assert f"{lengths[np.isfinite(lengths)][-1]:.3g}".replace("e+", "e") in said
    fell = one.trajectory.loss[one.diverged_at - 1] < one.trajectory.loss[0]
    assert ("downhill" in said) == fell


def test_a_tip_without_a_curvature_is_no_accident() -> None:
    assert limits(walk(SGD(lr=0.5), Ackley(), start=(0.0, 0.0), n_steps=300), Ackley()).sharpest.shape == (301,)


# --- at a changing rate, behind a fork, on moving ground --------------------------------------------------------------


def test_each_step_is_held_to_its_own_rate() -> None:
    surface = ElongatedValley(kappa=40)
    one = walk(SGD(lr=0.06), surface, 60, schedule=Exponential(0.9))
    at, rates = limits(one, surface), 0.06 * 0.9 ** np.arange(60)
    np.testing.assert_allclose(at.lr, rates, rtol=1e-14)
    above = rates > 2 / 40
    assert (at.exceeded_at, at.exceeded_share) == (1, above.mean()) and at.stretch(2) == (0, 2)
    assert at.stretch() == (60, 60), "the rate has fallen below the limit"
    rises = walk(SGD(lr=0.06), surface, 60, schedule=WarmUp(30))
    assert limits(rises, surface).exceeded_at == 26, "25/30 of it is the limit itself"
    assert overshoot(rises, surface, 27).short == "η·λmax = 2.08 > 2"


@pytest.mark.parametrize("at", [1, 20, 59])
def test_the_optimizer_that_makes_the_step_decides_the_limit(at: int) -> None:
    surface = ElongatedValley(kappa=40)
    one = walk(Momentum(lr=0.06), surface, 60, fork=Fork(SGD(lr=0.06), at))
    found = limits(one, surface)
    np.testing.assert_allclose(found.limit, [2 / 40] * at + [3.8 / 40] * (61 - at), rtol=1e-7)
    assert (found.exceeded_at, found.exceeded_share) == (1, at / 60)
    free = limits(walk(SGD(lr=0.04), surface, 60, fork=Fork(Adam(lr=1.0), at)), surface)
    assert np.isinf(free.limit[:at]).all() and free.exceeded_at is None
    assert limits(walk(Adam(), surface, 60, fork=Fork(Adam(lr=1.0), at)), surface) is None


def test_curvature_is_where_the_surface_stands_then() -> None:
    surface, drift = Rosenbrock(), Drift((0.3, -0.2), 5)
    one = walk(SGD(lr=0.0), surface, 9, weather=Weather(drift=drift))
    x, y = surface.start
    before, after = curvature(surface, (x, y)).sharpest, curvature(surface, (x - 0.3, y + 0.2)).sharpest
    np.testing.assert_allclose(limits(one, surface).sharpest, [before] * 5 + [after] * 5, rtol=1e-12)
