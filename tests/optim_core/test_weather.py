"""What the optimizer is told: each kind of weather by itself and together, the same in floats and in arrays."""

import math
import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from landscapes import Beale, ElongatedValley, QuadraticBowl, Rosenbrock
from optim_core import (
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    AMSGrad,
    Clip,
    Cosine,
    Drift,
    Exponential,
    InverseRoot,
    Momentum,
    Optimizer,
    Pulse,
    RMSProp,
    Trajectory,
    WarmUp,
    Weather,
    iterate,
    run,
    sweep,
)

from ..strategies import Arrays, columns

KINDS = {
    "noise": Weather(noise=(0.5, 0.2), seed=3),
    "sparse": Weather(sparse=(1.0, 0.3), seed=1),
    "pulse": Weather(pulse=Pulse(4, 2.5, 1)),
    "velocity": Weather(drift=Drift((0.01, -0.02))),
    "jump": Weather(drift=Drift((0.5, 0.0), at=7)),
    "norm": Weather(clip=Clip(norm=2.0)),
    "value": Weather(clip=Clip(value=1.5)),
}
ALL = Weather(0.3, 4.0, 5, 1, (0.9, 0.4), Pulse(5, 3.0), Drift((0.01, 0.0)), Clip(norm=3.0))
WEATHERS = {**KINDS, "all": ALL}
every_weather = pytest.mark.parametrize("weather", WEATHERS.values(), ids=WEATHERS)
VALLEY, BOWL = ElongatedValley(), QuadraticBowl()


@dataclass(frozen=True)
class Slope(QuadraticBowl):
    """−x: a gradient that is the same everywhere."""

    def value(self, x: Any, y: Any) -> Any:
        return -x + 0 * y

    def partials(self, x: Any, y: Any) -> tuple[Any, Any]:
        return -1.0 + 0 * x, 0 * y


def same(one: Trajectory, other: Trajectory) -> None:
    for (name, ours), theirs in zip(columns(one).items(), columns(other).values(), strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=name)


# what it is


@pytest.mark.parametrize(
    "weather", [Weather(), Weather(seed=7), Weather(noise=(0.0, 0.0), batch=9.0), Weather(sparse=1)]
)
def test_fair_weather_is_none(weather: Weather) -> None:
    assert weather.is_fair
    plain, fair = run(Adam(0.1), Rosenbrock(), None, 60), run(Adam(0.1), Rosenbrock(), None, 60, weather)
    same(plain, fair)
    np.testing.assert_array_equal(fair.seen_grad, fair.grad)


@every_weather
@pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_in_floats_it_is_what_it_is_in_arrays(cls: type[Optimizer], weather: Weather) -> None:
    for schedule in (None, Cosine()):
        walks = [run(cls(lr=0.02), one, None, 40, weather, schedule) for one in (Rosenbrock(), Arrays(Rosenbrock()))]
        same(*walks)


@every_weather
def test_iterate_tells_the_same(weather: Weather) -> None:
    walk = run(Adam(0.1), Rosenbrock(), None, 30, weather)
    for step in iterate(Adam(0.1), Rosenbrock(), None, 30, weather):
        for name in ("params", "grad", "seen_grad"):
            np.testing.assert_array_equal(getattr(step, name), getattr(walk, name)[step.t - 1])


@every_weather
def test_who_walks_for_longer_hears_the_same_first(weather: Weather) -> None:
    short, long = (run(SGD(0.001), Rosenbrock(), None, n, weather) for n in (20, 80))
    np.testing.assert_array_equal(short.seen_grad, long.seen_grad[:21])
    np.testing.assert_array_equal(short.loss, long.loss[:21])


@pytest.mark.parametrize("weather", [KINDS["noise"], KINDS["sparse"], ALL], ids=["noise", "sparse", "all"])
def test_many_seeds_at_once_are_the_walks_of_each(weather: Weather) -> None:
    together = run(Adam(0.1), Rosenbrock(), None, 50, Weather(**vars(weather) | {"seeds": 5}))
    assert together.params.shape == (51, 2, 5) and together.loss.shape == (51, 5)
    for k in range(5):
        alone = run(Adam(0.1), Rosenbrock(), None, 50, Weather(**vars(weather) | {"seed": weather.seed + k}))
        for name in ("params", "loss", "grad", "seen_grad", "delta"):
            np.testing.assert_array_equal(getattr(together, name)[..., k], getattr(alone, name), err_msg=name)


def test_seeds_come_before_what_is_swept() -> None:
    swept = run(sweep(SGD(), lr=[0.001, 0.002]), Rosenbrock(), None, 20, Weather(noise=1.0, seeds=3))
    assert swept.params.shape == (21, 2, 3, 2)
    alone = run(SGD(0.002), Rosenbrock(), None, 20, Weather(noise=1.0, seed=2))
    np.testing.assert_array_equal(swept.params[:, :, 2, 1], alone.params)


def test_it_is_the_same_for_every_run() -> None:
    told = [run(one, BOWL, (1.0, 1.0), 30, Weather(noise=1.0, seed=4)) for one in (SGD(0.0), Adam(0.0))]
    np.testing.assert_array_equal(told[0].seen_grad, told[1].seen_grad)


def test_the_numbers_are_numpys_own() -> None:
    walk = run(SGD(0.1), BOWL, (1.0, 2.0), 2, Weather(noise=(2.0, 0.5), batch=4.0, seed=9, sparse=(1.0, 0.5)))
    normal = np.random.RandomState([0, 9]).standard_normal((3, 2)) * [1.0, 0.25]
    there = np.random.RandomState([1, 9]).random_sample((3, 2)) < [1.0, 0.5]
    np.testing.assert_array_equal(walk.seen_grad, np.where(there, walk.grad + normal, 0.0))
    assert normal[0, 0] == -0.631148147060426, "an address promises these numbers"


def test_any_number_of_parameters() -> None:
    class Wide:
        def loss(self, params: np.ndarray) -> np.ndarray:
            return 0.5 * (params * params).sum(0)

        def grad(self, params: np.ndarray) -> np.ndarray:
            return params

    weather = Weather(noise=(1.0, 0.0, 0.0), drift=Drift((0.0, 1.0, 0.0)), pulse=Pulse(2, 1.0, 2), clip=Clip(value=5.0))
    walk = run(SGD(0.1), Wide(), (1.0, 1.0, 1.0), 10, weather)
    assert walk.seen_grad.shape == (11, 3) and walk.seen_grad[0, 2] == -1.0
    assert walk.loss[10] == pytest.approx(0.5 * ((walk.params[10] - [0, 10, 0]) ** 2).sum())


# each kind


def test_an_untold_gradient_is_zero_and_memory_decays() -> None:
    walk = run(Momentum(0.1), BOWL, (1.0, 1.0), 40, Weather(sparse=(1.0, 0.0)))
    assert not walk.seen_grad[:, 1].any() and (walk.params[:, 1] == 1).all()
    once = run(RMSProp(0.1), BOWL, (1.0, 1.0), 300, Weather(sparse=(1.0, 0.1), seed=2))
    told = once.seen_grad[:-1, 1] != 0
    assert 10 < told.sum() < 60
    quiet = ~told[1:]
    np.testing.assert_allclose(once.state.square_avg[1:, 1][quiet], 0.9 * once.state.square_avg[:-1, 1][quiet])


def test_clipping_keeps_the_direction_or_the_box() -> None:
    plain = run(SGD(1e-4), Rosenbrock(), None, 30)
    by_norm = run(SGD(1e-4), Rosenbrock(), None, 30, KINDS["norm"])
    sizes = np.linalg.norm(by_norm.seen_grad, axis=1)
    assert sizes.max() <= 2 + 1e-12 < np.linalg.norm(plain.grad, axis=1).max()
    (x, y), (u, v) = by_norm.seen_grad.T, by_norm.grad.T
    np.testing.assert_allclose(x * v, y * u, rtol=1e-12)
    by_value = run(SGD(1e-4), Rosenbrock(), None, 30, KINDS["value"])
    np.testing.assert_array_equal(by_value.seen_grad, np.clip(by_value.grad, -1.5, 1.5))


@pytest.mark.parametrize("clip", [Clip(norm=1.0), Clip(value=1.0)])
def test_a_gradient_that_is_not_finite_is_left_as_it_is(clip: Clip) -> None:
    for surface in (Rosenbrock(), Arrays(Rosenbrock())):
        walk = run(SGD(1.0), surface, (1e200, 1.0), 3, Weather(clip=clip))
        assert not np.isfinite(walk.seen_grad[0]).all() and walk.diverged_at == 0


def test_clip_or_none_of_zero_stands_still() -> None:
    assert (run(SGD(0.1), BOWL, (1.0, 1.0), 5, Weather(clip=Clip(norm=0.0))).params == 1).all()


def test_a_surface_that_moves_takes_its_loss_with_it() -> None:
    walk = run(SGD(0.0), BOWL, (1.0, 0.0), 10, Weather(drift=Drift((0.1, 0.0))))
    np.testing.assert_allclose(walk.loss, 0.5 * (1 - 0.1 * np.arange(11)) ** 2, atol=1e-15)
    np.testing.assert_allclose(walk.grad[:, 0], 1 - 0.1 * np.arange(1, 12), atol=1e-15)
    jump = run(SGD(0.0), BOWL, (1.0, 0.0), 10, Weather(drift=Drift((0.5, 0.0), at=4)))
    np.testing.assert_array_equal(jump.loss, [0.5] * 4 + [0.125] * 7)


# bad input


@pytest.mark.parametrize(
    ("made", "error", "words"),
    [
        (lambda: Weather(noise=-1.0), ValueError, "noise must be at least 0"),
        (lambda: Weather(noise=(1.0, math.nan)), ValueError, "noise must be"),
        (lambda: Weather(noise="1"), TypeError, "noise must be a number"),
        (lambda: Weather(noise=[1.0, 2.0]), TypeError, "noise must be a number"),
        (lambda: Weather(noise=()), TypeError, "noise must be"),
        (lambda: Weather(batch=0.0), ValueError, "batch must be"),
        (lambda: Weather(seed=-1), ValueError, "seed must be at least 0"),
        (lambda: Weather(seed=1.5), TypeError, "seed must be a whole number"),
        (lambda: Weather(seeds=0), ValueError, "seeds must be at least 1"),
        (lambda: Weather(sparse=1.5), ValueError, "sparse must be from 0 to 1"),
        (lambda: Weather(clip=1.0), TypeError, r"clip must be a Clip, as in clip=Clip\(...\)"),
        (lambda: Clip(), ValueError, "one of the two"),
        (lambda: Clip(1.0, 2.0), ValueError, "one of the two"),
        (lambda: Clip(norm=-1.0), ValueError, "at least 0"),
        (lambda: Pulse(0), ValueError, "every must be at least 1"),
        (lambda: Pulse(factor=math.inf), ValueError, "factor must be a finite number"),
        (lambda: Drift((math.nan, 0.0)), ValueError, "velocity must be a finite number"),
        (lambda: Drift(at=0), ValueError, "at must be at least 1"),
        (lambda: run(SGD(), BOWL, weather=Weather(noise=(1.0, 1.0, 1.0))), ValueError, "one number, or 2"),
        (lambda: run(SGD(), BOWL, weather=Weather(drift=Drift((1.0, 1.0, 1.0)))), ValueError, "drift must be"),
        (lambda: run(SGD(), BOWL, weather=Weather(pulse=Pulse(parameter=2))), ValueError, "no parameter 2"),
        (lambda: run(SGD(), BOWL, weather="rain"), TypeError, "Weather"),
        (lambda: run(SGD(), BOWL, weather=Weather), TypeError, "Weather"),
    ],
)
def test_bad_weather_is_named(made: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        made()


@every_weather
def test_a_weather_is_a_value(weather: Weather) -> None:
    assert weather == pickle.loads(pickle.dumps(weather)) and hash(weather) == hash(pickle.loads(pickle.dumps(weather)))


# what textbooks say of it


def test_noise_keeps_adagrads_rate_falling() -> None:
    plain = run(AdaGrad(0.5), VALLEY, None, 2000).effective_lr[:, 0]
    assert plain[99] == pytest.approx(plain[1999], rel=1e-3) == pytest.approx(0.09831, rel=0.02)
    noisy = run(AdaGrad(0.5), VALLEY, None, 4000, Weather(noise=1.0)).effective_lr[:, 0]
    assert noisy[99] == pytest.approx(0.0455, rel=0.1) and noisy[3999] == pytest.approx(0.00789, rel=0.1)


def floor(optimizer: Optimizer, sigma: float, seeds: int = 40, n: int = 600, tail: int = 400, **how: Any) -> float:
    """The mean loss in the end of walks on the bowl."""
    walk = run(optimizer, BOWL, how.pop("start", (0, 0)), n, Weather(noise=sigma, seeds=seeds), **how)
    return float(walk.loss[-tail:].mean())


def test_gradient_descent_circles_at_a_height_that_theory_knows() -> None:
    sgd = {lr: floor(SGD(lr), 1.0) for lr in (0.05, 0.2)}
    for lr, found in sgd.items():
        assert found == pytest.approx(lr / (2 - lr), rel=0.1)
    assert floor(SGD(0.05), 2.0) / sgd[0.05] == pytest.approx(4, rel=0.02), "a batch four times as large"
    assert floor(RMSProp(0.05), 2.0) / floor(RMSProp(0.05), 1.0) == pytest.approx(2, rel=0.1)
    assert floor(Momentum(0.05), 1.0) / sgd[0.05] == pytest.approx(10, rel=0.15)
    assert floor(Momentum(0.005), 1.0) / sgd[0.05] == pytest.approx(1, rel=0.2)


def test_a_batch_divides_the_noise_by_its_root() -> None:
    small, large = (run(SGD(0.0), BOWL, (0, 0), 50, Weather(noise=1.0, batch=batch)).seen_grad for batch in (1.0, 4.0))
    np.testing.assert_allclose(small, 2 * large, rtol=1e-15)


def drift_of(optimizer: Optimizer, factor: float, every: int, n: int) -> float:
    """How far x goes in a period, in η, over the second half of a walk on an even slope."""
    x = run(optimizer, Slope(), (0.0, 0.0), n, Weather(pulse=Pulse(every, factor))).params[:, 0]
    half = (n // every // 2) * every
    return float((x[n] - x[half]) / ((n - half) / every) / optimizer.lr)


def test_a_rare_large_gradient_turns_rmsprop_round() -> None:
    """On the whole the slope leads down to negative x; who forgets the rare gradient too soon walks the other way."""
    for alpha, expected in ((0.1, 0.681), (0.9, -0.443)):
        assert drift_of(RMSProp(0.01, alpha=alpha), 3, 3, 1200) == pytest.approx(expected, rel=0.02)
    for alpha, expected in ((0.9, 36.12), (0.95, 8.90), (0.99, -1.14)):
        assert drift_of(RMSProp(0.01, alpha=alpha), 150, 100, 20000) == pytest.approx(expected, rel=0.02)
    slower = {
        Adam(0.01, beta2=0.95): 7.5, Adam(0.01, beta2=0.99): -1.48,
        AMSGrad(0.01, beta2=0.95): -1.53, AMSGrad(0.01, beta2=0.9): -1.13,
    }  # fmt: skip
    for optimizer, expected in slower.items():
        assert drift_of(optimizer, 150, 100, 20000) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(("chance", "expected"), [(0.25, 2.0), (0.04, 5.0)])
def test_a_rare_gradient_has_a_larger_rate(chance: float, expected: float) -> None:
    for optimizer in (AdaGrad(0.1), Adam(0.01)):
        rates = run(optimizer, BOWL, (0, 0), 1000, Weather(noise=1.0, sparse=(1.0, chance), seeds=30)).effective_lr[-1]
        assert np.median(rates[1] / rates[0]) == pytest.approx(expected, rel=0.1)


def test_adagrad_gets_along_a_rare_parameter_where_gradient_descent_does_not() -> None:
    left = {}
    for name, optimizer, schedule in (("sgd", SGD(0.5), InverseRoot()), ("adagrad", AdaGrad(0.5), None)):
        weather = Weather(noise=1.0, sparse=(1.0, 0.04), seeds=30)
        x, y = run(optimizer, BOWL, (-2.4, -2.4), 1000, weather, schedule).params[-1]
        assert np.sqrt((x * x).mean()) == pytest.approx(0.078, rel=0.2)
        left[name] = y.mean()
    assert left["sgd"] == pytest.approx(-0.726, rel=0.15) and left["adagrad"] / left["sgd"] < 0.2


@pytest.mark.parametrize(
    ("optimizer", "at_500", "at_1000"),
    [
        (SGD(0.05), 0.38, 0.38), (AdaGrad(0.1), 2.594, 8.608), (RMSProp(0.05), 0.013, 0.013),
        (Adam(0.05), -0.019, -0.0226), (AdaGrad(0.3), 0.033, 0.137),
    ],
    ids=repr,
)  # fmt: skip
def test_who_remembers_everything_loses_a_minimum_that_moves(
    optimizer: Optimizer, at_500: float, at_1000: float
) -> None:
    x = run(optimizer, BOWL, (0, 0), 1000, Weather(drift=Drift((0.02, 0.0)))).params[:, 0]
    assert 0.02 * 500 - x[500] == pytest.approx(at_500, rel=0.05, abs=0.002)
    assert 0.02 * 1000 - x[1000] == pytest.approx(at_1000, rel=0.05, abs=0.002)


def arrived(loss: np.ndarray) -> int | None:
    low = loss <= 1e-3
    return int(low.argmax()) if low.any() else None


def test_a_falling_rate_lets_rmsprop_come_to_rest() -> None:
    constant = run(RMSProp(0.1), VALLEY, None, 300).loss
    cosine = run(RMSProp(0.1), VALLEY, None, 300, schedule=Cosine()).loss
    assert arrived(constant) == arrived(cosine) == 35
    assert constant[-1] == pytest.approx(0.0513, rel=0.02) and cosine[-1] < 1e-20
    assert run(RMSProp(0.1), VALLEY, None, 300, schedule=Exponential(0.98)).loss[-1] == pytest.approx(1.72e-7, rel=0.02)
    fast = run(RMSProp(0.1), VALLEY, None, 300, schedule=Exponential(0.95)).loss
    assert fast[-1] == pytest.approx(0.059, rel=0.02) and arrived(fast) is None
    assert run(SGD(0.045), VALLEY, None, 300).loss[-1] == pytest.approx(3.396e-12, rel=0.02)
    assert run(SGD(0.045), VALLEY, None, 300, schedule=Cosine()).loss[-1] == pytest.approx(3.5e-6, rel=0.05)


def test_under_noise_a_falling_rate_is_ten_times_lower() -> None:
    for optimizer, constant, cosine in ((SGD(0.2), 0.112, 0.0091), (Adam(0.2), 0.109, 0.011)):
        ended = [floor(optimizer, 1.0, 2000, 300, 20, start=(-2.4, 1.6), schedule=one) for one in (None, Cosine())]
        assert ended[0] == pytest.approx(constant, rel=0.15) and ended[1] == pytest.approx(cosine, rel=0.2)


def test_clipping_or_warming_up_saves_gradient_descent_from_a_cliff() -> None:
    def steps(**how: Any) -> int | None:
        return arrived(run(SGD(0.01), Beale(), (2.0, 3.0), 1000, **how).loss)

    plain = run(SGD(0.01), Beale(), (2.0, 3.0), 1000)
    assert not plain.loss[-1] < 1e9
    assert np.hypot(*plain.delta[0]) == pytest.approx(70.99, rel=0.01)
    clipped = [steps(weather=Weather(clip=Clip(norm=norm))) for norm in (10.0, 1.0, 0.1)]
    assert clipped == [pytest.approx(566, rel=0.01), pytest.approx(860, rel=0.01), None]
    warmed = [steps(schedule=WarmUp(n)) for n in (10, 15, 20, 400)]
    assert warmed == [None, *(pytest.approx(n, rel=0.01) for n in (593, 570, 743))]
    first = run(Adam(0.05), Beale(), (2.0, 3.0), 1, Weather(clip=Clip(norm=0.1))).delta[0]
    assert abs(first[0]) == pytest.approx(0.05, rel=0.02)


def test_a_loud_parameter_hides_its_decay_from_adam_with_l2() -> None:
    @dataclass(frozen=True)
    class Flat(QuadraticBowl):
        """Nothing, or a pull to the origin."""

        weight: float = 0.0

        def value(self, x: Any, y: Any) -> Any:
            return 0.5 * self.weight * (x * x + y * y)

        def partials(self, x: Any, y: Any) -> tuple[Any, Any]:
            return self.weight * x, self.weight * y

    weather = Weather(noise=(10.0, 0.1), seeds=20)
    coupled = np.median(run(Adam(0.01), Flat(0.1), (2.0, 2.0), 1000, weather).params[-1], axis=1)
    decoupled = np.median(run(AdamW(0.01, weight_decay=0.1), Flat(), (2.0, 2.0), 1000, weather).params[-1], axis=1)
    assert coupled == pytest.approx([1.87, 0.01], rel=0.1, abs=0.02)
    assert decoupled == pytest.approx([0.75, 0.71], rel=0.1, abs=0.02)
