"""Sweeps: closed forms, the widths of the lessons, equality with separate walks, and mistakes in words."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from landscapes import ElongatedValley, Himmelblau, QuadraticBowl, Rosenbrock, Saddle, StyblinskiTang
from optim_core import (
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    Cosine,
    Fork,
    Momentum,
    RMSProp,
    Weather,
    around,
    grid_sweep,
    learning_rate_sweep,
    run,
    sweep,
    tuned,
)
from optim_core.ends import ENGINES

VALLEY, START = ElongatedValley(), (-2.6, 1.25)
LESSON = np.geomspace(1e-4, 10, 201)
BAD = 1e-3  # the loss to which the lessons count


def same(one: Any, other: Any) -> None:
    np.testing.assert_array_equal(one, other)


# closed forms


@pytest.mark.parametrize("kappa", [2.0, 40.0, 700.0])
def test_gradient_descent_ends_well_up_to_two_over_the_curvature(kappa: float) -> None:
    limit = 2 / kappa
    rates = limit * np.array([0.5, 0.9, 0.999, 1.001, 1.1, 2])
    ends = learning_rate_sweep(SGD(), ElongatedValley(kappa), rates, (0.0, 1.0), 400).ends
    assert ((ends.loss < 0.5 * kappa) == (rates < limit)).all()
    np.testing.assert_allclose(ends.params[1], (1 - rates * kappa) ** 400, rtol=1e-9)


def test_momentum_stands_two_times_one_and_mu_over_the_curvature() -> None:
    axes = {"lr": np.linspace(0.05, 4.03, 81), "momentum": [0, 0.3, 0.6, 0.9]}
    made = grid_sweep(Momentum(), QuadraticBowl(), axes, n_steps=3000)
    limit = 2 * (1 + made.axes["momentum"])
    same(made.final < 1e-3, made.axes["lr"][:, None] < limit)


def test_the_best_rate_of_gradient_descent_on_a_valley() -> None:
    made = learning_rate_sweep(SGD(), VALLEY, np.linspace(0.04, 0.05, 1001), (1.0, 1.0), 2000)
    assert made.best_rate == pytest.approx(2 / 41, abs=5e-5)  # |1 − η| = |1 − 40η|: both directions shrink as fast


# the widths of the lessons


@pytest.mark.parametrize(
    ("optimizer", "ends", "visits"),
    [
        (SGD(), 0.55, 0.55),
        (Momentum(), 1.90, 1.90),
        (AdaGrad(), 1.83, 1.83),
        (RMSProp(), 0.20, 2.45),
        (Adam(), 2.75, 2.75),
    ],
)
def test_the_valley_of_the_lesson(optimizer: Any, ends: float, visits: float) -> None:
    """RMSProp gets near with nearly every rate and stays there with hardly any: the two widths differ by 12 times."""
    made = learning_rate_sweep(optimizer, VALLEY, LESSON, START, 300)
    assert made.width("final", below=BAD) == pytest.approx(ends, abs=0.0051)
    assert made.width("best", below=BAD) == pytest.approx(visits, abs=0.0051)


@pytest.mark.parametrize(
    ("optimizer", "bowl", "rosenbrock"),
    [
        (SGD(), 1.675, 0),
        (Momentum(), None, 0.725),
        (RMSProp(), 0.65, 0),
        (Adam(), 2.40, 1.45),
        (AdaGrad(), None, 0.025),
    ],
)
def test_the_other_surfaces_of_the_lesson(optimizer: Any, bowl: float | None, rosenbrock: float) -> None:
    long = learning_rate_sweep(optimizer, Rosenbrock(), LESSON, (-1.2, 1.0), 1000)
    assert long.width("final", below=BAD) == pytest.approx(rosenbrock, abs=0.0051)
    if bowl is not None:
        short = learning_rate_sweep(optimizer, QuadraticBowl(), LESSON, n_steps=100)
        assert short.width("final", below=BAD) == pytest.approx(bowl, abs=0.0051)


def test_more_curvature_a_narrower_width() -> None:
    for kappa, width in ((14.0, 1.025), (16.0, 0.95)):
        made = learning_rate_sweep(SGD(), ElongatedValley(kappa), LESSON, START, 300)
        assert made.width(below=BAD) == pytest.approx(width, abs=0.0051)


# what is good, and best


def test_each_rate_stands_for_its_part_of_the_axis() -> None:
    made = learning_rate_sweep(SGD(), VALLEY, [0.001, 0.01, 0.04, 0.1, 1], START, 300)
    np.testing.assert_array_equal(made.good(below=BAD), [False, False, True, False, False])
    assert made.width(below=BAD) == pytest.approx(np.log10(0.1 / 0.01) / 2)
    assert learning_rate_sweep(SGD(), VALLEY, [0.04], START, 300).width(below=BAD) == 0


def test_good_is_ten_times_the_best_above_the_lowest_loss() -> None:
    surface = StyblinskiTang()
    made = learning_rate_sweep(Adam(), surface, start=(-3.4, -2.0), n_steps=40)
    above = made.final - surface.lowest
    same(made.good(), above <= 10 * above.min())
    same(made.good("best", 3), made.best - surface.lowest <= 3 * above.min())
    circling = learning_rate_sweep(RMSProp(), VALLEY, start=START, n_steps=300)
    assert 0.3 < circling.width() < 0.7 and 2.5 < circling.width("best") < 3


def test_without_a_lowest_loss_good_is_counted_from_zero() -> None:
    made = learning_rate_sweep(SGD(), Saddle(), [0.01, 0.05, 0.1, 0.101], (1.0, 0.5), 100)
    assert (made.lowest, made.final.max() < 0) == (None, True)
    same(made.good(), [False, False, True, True])


def test_what_differs_by_rounding_alone_is_as_good() -> None:
    made = learning_rate_sweep(SGD(), QuadraticBowl(), [0.5, 1.0, 1.4], (1.0, 1.0), 100)
    assert made.final.min() == 0 and made.best_rate == 1
    same(made.good(), [True, True, True])


def test_what_diverges_is_never_good_whatever_it_was_before() -> None:
    made = learning_rate_sweep(RMSProp(), Rosenbrock(), [1e-3, 0.1], n_steps=400, fork=Fork(SGD(1.0), 30))
    assert (made.ends.diverged_at >= 0).all() and made.best_rate is None
    assert np.isinf(made.final).all() and np.isfinite(made.best).all()
    late = learning_rate_sweep(SGD(), VALLEY, [0.04, 0.2], START, 1000, target=BAD)
    assert late.best_rate == 0.04 and np.isinf(late.final[1]) and np.isinf(late.first[1])


def test_the_best_of_a_grid() -> None:
    axes = {"lr": [0.3, 0.5, 0.7, 0.9, 1.1], "momentum": [0.0, 0.2, 0.4]}
    made = grid_sweep(Momentum(), QuadraticBowl(), axes, n_steps=60)
    assert made.chosen() == {"lr": 0.9, "momentum": 0.0} or made.final.min() == made.final[3, 0]
    curved = grid_sweep(
        Momentum(), VALLEY, {"lr": np.linspace(0.02, 0.12, 51), "momentum": np.linspace(0.4, 0.7, 31)}, n_steps=400
    )
    root = np.sqrt(40)
    best = curved.chosen()
    assert best["lr"] == pytest.approx((2 / (1 + root)) ** 2, abs=0.004)
    assert best["momentum"] == pytest.approx(((root - 1) / (root + 1)) ** 2, abs=0.02)


# equal to separate walks


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_sweep_is_its_separate_walks(name: str) -> None:
    optimizer, rates = OPTIMIZERS[name](), [1e-3, 0.03, 0.5, 9.0]
    made = learning_rate_sweep(optimizer, Rosenbrock(), rates, n_steps=30, target=2.0)
    for place, rate in enumerate(rates):
        alone = run(dataclasses.replace(optimizer, lr=rate), Rosenbrock(), n_steps=30)
        same(made.ends.params[:, place], alone.params[-1])
        same(made.ends.diverged_at[place], alone.diverged_at)
        below = np.flatnonzero(alone.loss <= 2.0)
        assert made.ends.first[place] == (below[0] if len(below) else -1)


def test_axes_stand_in_their_order() -> None:
    """Seeds, then rates, then the other number, then the starts."""
    starts = np.array([[0.3, -1.2, 2.0], [0.1, 1.0, -1.0]])
    met = {"weather": Weather(noise=0.5, seeds=2), "schedule": Cosine(), "n_steps": 20}
    axes = {"lr": [0.001, 0.002, 0.003, 0.004], "beta1": [0.0, 0.5, 0.8, 0.9, 0.95]}
    made = grid_sweep(Adam(), Rosenbrock(), axes, starts, target=1.0, **met)
    assert made.ends.params.shape == (2, 2, 4, 5, 3) and made.ends.loss.shape == (2, 4, 5, 3)
    alone = run(Adam(0.003, 0.5), Rosenbrock(), starts[:, 2], 20, Weather(noise=0.5, seed=1), Cosine())
    same(made.ends.params[:, 1, 2, 1, 2], alone.params[-1])
    assert made.final.shape == made.best.shape == made.first.shape == made.stays.shape == made.shape == (4, 5)
    same(made.final, np.median(made.ends.loss, axis=(0, 3)))


def test_two_seeds_and_one_rate_are_not_mixed_up() -> None:
    made = learning_rate_sweep(Adam(), Rosenbrock(), [0.1], n_steps=9, weather=Weather(noise=1.0, seeds=4))
    assert made.ends.loss.shape == (4, 1)
    same(made.final, np.median(made.ends.loss, axis=0))


def test_a_swept_optimizer_has_its_axis_behind() -> None:
    made = learning_rate_sweep(sweep(Adam(), beta1=[0.0, 0.9, 0.95]), Rosenbrock(), [0.1, 0.2], n_steps=9)
    assert made.ends.loss.shape == (2, 3)
    same(made.ends.params[:, 1, 2], run(Adam(0.2, 0.95), Rosenbrock(), n_steps=9).params[-1])


def test_machine_code_gives_the_same() -> None:
    slow, fast = (learning_rate_sweep(SGD(), QuadraticBowl(), n_steps=50, target=BAD, engine=one) for one in ENGINES)
    np.testing.assert_allclose(fast.ends.loss, slow.ends.loss, rtol=1e-12)
    same(fast.ends.first, slow.ends.first)
    assert (
        tuned(SGD(), QuadraticBowl(), n_steps=50, engine="fast").rate == tuned(SGD(), QuadraticBowl(), n_steps=50).rate
    )


# tuned


def test_every_optimizer_is_tuned_for_the_same_price() -> None:
    both = [tuned(one, Rosenbrock(), n_steps=100) for one in (SGD(), Adam())]
    assert [one.n_gradients for one in both] == [61 * 5 * 100] * 2
    for one in both:
        assert one.optimizer == dataclasses.replace(one.sweep.optimizer, lr=one.rate)
        assert one.rate in one.sweep.rates and one.medians.min() == one.medians[list(one.sweep.rates).index(one.rate)]
        same(one.medians, np.median(np.where(one.sweep.ends.diverged_at < 0, one.sweep.ends.loss, np.inf), axis=1))


def test_it_is_tuned_to_the_fewest_steps_where_these_count() -> None:
    first, final = (
        tuned(RMSProp(), VALLEY, n_steps=200, target=BAD, criterion=criterion) for criterion in ("first", "final")
    )
    assert first.rate > final.rate, "who only needs to get there once goes faster"
    steps = first.sweep.first
    assert steps.min() == steps[list(first.sweep.rates).index(first.rate)] < np.inf


def test_where_every_rate_diverges_the_optimizer_stays_as_it_is() -> None:
    made = tuned(SGD(), Rosenbrock(), rates=[1.0, 10.0], n_steps=50)
    assert (made.rate, made.optimizer) == (None, SGD()) and np.isinf(made.medians).all()


def test_five_starts_stand_around_one() -> None:
    starts = around(Himmelblau())
    x, y = Himmelblau().start
    np.testing.assert_allclose(
        starts, [[x, x + 0.5, x + 0.5, x - 0.5, x - 0.5], [y, y + 0.5, y - 0.5, y + 0.5, y - 0.5]]
    )
    np.testing.assert_allclose(around(Himmelblau(), (0, 1), ((-1, 1), (0, 10)))[:, 3], (-0.1, 1.5))


# mistakes

ROW = r"must be a row of at least one number, as in \[0.01, 0.1\], not"


@pytest.mark.parametrize(
    ("rates", "kind", "reason"),
    [
        ([], ValueError, f"rates {ROW} \\[\\]"),
        (0.1, ValueError, f"rates {ROW} 0.1"),
        ([[0.1, 0.2]], ValueError, f"rates {ROW}"),
        ([1, 0.1], ValueError, "rates must rise from one finite number to the next: 1 is followed by 0.1"),
        ([0.1, 0.1], ValueError, "rates must rise"),
        ([0.1, np.nan], ValueError, "rates must rise"),
        ([0.1, np.inf], ValueError, "rates must rise from one finite number to the next$"),
        ([0, 0.1], ValueError, "rates must be larger than 0, not 0"),
        ([-1, 0.1], ValueError, "rates must be larger than 0, not -1"),
        ("all", TypeError, "rates must be a number or an array of numbers, not 'all'"),
    ],
)
def test_rates_that_make_no_sense(rates: Any, kind: type[Exception], reason: str) -> None:
    for call in (learning_rate_sweep, tuned):
        with pytest.raises(kind, match=reason):
            call(SGD(), VALLEY, rates)


@pytest.mark.parametrize(
    ("axes", "kind", "reason"),
    [
        ({}, TypeError, "axes must name numbers, as in"),
        ([0.1, 0.2], TypeError, "axes must name numbers, as in"),
        ({"beta": [0.1]}, ValueError, "Momentum has no number called beta to sweep"),
        ({"lr": [0.1], "momentum": [0.5, 1.5]}, ValueError, "momentum must be a number from 0 to below 1"),
        ({"lr": [0.1], "momentum": [0.5, 0.4]}, ValueError, "momentum must rise"),
    ],
)
def test_axes_that_make_no_sense(axes: Any, kind: type[Exception], reason: str) -> None:
    with pytest.raises(kind, match=reason):
        grid_sweep(Momentum(), VALLEY, axes)


@pytest.mark.parametrize(
    ("call", "kind", "reason"),
    [
        (lambda: learning_rate_sweep(SGD, VALLEY), TypeError, r"write SGD\(\)"),
        (lambda: learning_rate_sweep(SGD(), ElongatedValley), TypeError, r"write ElongatedValley\(\)"),
        (lambda: learning_rate_sweep(SGD(), VALLEY, start=(1, 2, 3)), ValueError, "start must hold 2 rows"),
        (lambda: learning_rate_sweep(SGD(), VALLEY, n_steps=1.5), TypeError, "n_steps must be a whole number"),
        (lambda: learning_rate_sweep(SGD(), VALLEY, weather=3), TypeError, "3 is not an instance of Weather"),
        (lambda: tuned(SGD(), VALLEY, starts=(1, 2)), ValueError, r"starts must be of shape \(n_params, n_starts\)"),
        (lambda: tuned(SGD(), VALLEY, criterion="first"), ValueError, "counts the steps to a loss: write target="),
        (lambda: tuned(SGD(), VALLEY, criterion="last"), ValueError, "criterion must be 'first', 'stays' or 'final'"),
        (lambda: learning_rate_sweep(SGD(), VALLEY).width("last"), ValueError, "kind must be 'final' or 'best'"),
        (
            lambda: learning_rate_sweep(SGD(), VALLEY).width(factor=0),
            ValueError,
            "factor must be a number of at least 1",
        ),
        (
            lambda: learning_rate_sweep(SGD(), VALLEY, engine="c"),
            ValueError,
            "engine must be one of numpy, fast, not 'c'",
        ),
        (lambda: around(VALLEY, (99, 0)), ValueError, r"the start \[99.0, 0.0\] is not in the window x -"),
        (lambda: around(VALLEY, window=((1, 0), (0, 1))), ValueError, "window must be two spans"),
    ],
)
def test_a_mistake_is_said_in_words(call: Any, kind: type[Exception], reason: str) -> None:
    with pytest.raises(kind, match=reason):
        call()
