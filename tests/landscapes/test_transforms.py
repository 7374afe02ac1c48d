"""A surface around a surface: the same loss elsewhere, its facts carried along, and what an optimizer makes of it."""

import math
import pickle
from dataclasses import dataclass

import numpy as np
import pytest

from landscapes import (
    L2,
    LANDSCAPES,
    TRANSFORMS,
    Beale,
    ElongatedValley,
    Himmelblau,
    Matyas,
    MonkeySaddle,
    QuadraticBowl,
    Rosenbrock,
    Rotated,
    Saddle,
    Scaled,
    Shifted,
    Stretched,
    Surface,
    layers,
    with_value,
    wrapped,
)
from optim_core import SGD, AdaGrad, Adam, AdamW, Momentum, Optimizer, RMSProp, run
from optim_core.hyper import hypers

every_kind = pytest.mark.parametrize("kind", TRANSFORMS.values(), ids=TRANSFORMS)
VALLEY = ElongatedValley()
POINT = np.array([0.7, -1.3])


def turned(degrees: float, point: np.ndarray) -> np.ndarray:
    angle = math.radians(degrees)
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]) @ point


def arrived(optimizer: Optimizer, surface: Surface, n_steps: int, start: object = None) -> int | None:
    """The first step whose loss is at most 0.001."""
    low = run(optimizer, surface, start, n_steps).loss <= 1e-3
    return int(low.argmax()) if low.any() else None


# what each of them does


def test_what_they_do_to_the_loss() -> None:
    surface = Rosenbrock()
    at = surface.loss(POINT)
    assert Rotated(surface, 30.0).loss(turned(30, POINT)) == pytest.approx(at, rel=1e-14)
    assert Scaled(surface, 3.0).loss(POINT) == 3 * at
    assert Stretched(surface, 4.0).loss(POINT * [4, 1]) == at
    assert Shifted(surface, 0.5, -2.0).loss(POINT + np.array([0.5, -2.0])) == pytest.approx(at, rel=1e-14)
    assert L2(surface, 0.3).loss(POINT) == pytest.approx(at + 0.15 * (POINT @ POINT), rel=1e-15)


@pytest.mark.parametrize("quarters", range(-4, 5))
def test_a_right_angle_is_exact(quarters: int) -> None:
    x, y = Rotated(QuadraticBowl(), 90.0 * quarters).outward(3.0, 1.0)
    assert (x, y) == [(3, 1), (-1, 3), (-3, -1), (1, -3)][quarters % 4]


def test_they_compose_from_the_inside_out() -> None:
    both = Shifted(Rotated(VALLEY, 45.0), 1.0, 0.0)
    other = Rotated(Shifted(VALLEY, 1.0, 0.0), 45.0)
    assert both.minima == ((1.0, 0.0),)
    assert other.minima[0] == pytest.approx((math.sqrt(0.5), math.sqrt(0.5)))
    assert both.start == pytest.approx(turned(45, np.array(VALLEY.start)) + np.array([1, 0]))


def test_the_facts_are_carried_along() -> None:
    surface = Rotated(Himmelblau(), 30.0)
    assert surface.label == Himmelblau.label and surface.formula == f"{Himmelblau.formula}, turned by 30°"
    np.testing.assert_allclose(surface.minima, [turned(30, np.array(point)) for point in Himmelblau().minima])
    (x0, x1), (y0, y1) = surface.domain
    corners = np.array([turned(30, np.array([x, y])) for x in Himmelblau.domain[0] for y in Himmelblau.domain[1]])
    np.testing.assert_allclose([x0, x1], [corners[:, 0].min(), corners[:, 0].max()])
    np.testing.assert_allclose([y0, y1], [corners[:, 1].min(), corners[:, 1].max()])


# one around another


@every_kind
def test_a_neutral_one_leaves_everything_as_it_is(kind: type) -> None:
    neutral = kind(Rosenbrock())
    assert neutral.is_neutral and wrapped(Rosenbrock(), [neutral]) == Rosenbrock()
    assert neutral.minima == Rosenbrock().minima and neutral.start == Rosenbrock.start
    points = np.random.default_rng(1).normal(size=(2, 50))
    np.testing.assert_array_equal(neutral.loss(points), Rosenbrock().loss(points))
    np.testing.assert_array_equal(neutral.grad(points), Rosenbrock().grad(points))


def test_layers_and_wrapped_are_each_others_inverse() -> None:
    surface = L2(Scaled(Rotated(Rosenbrock(b=7.0), 20.0), 3.0), 0.5)
    core, around = layers(surface)
    assert core == Rosenbrock(b=7.0) and [type(one) for one in around] == [Rotated, Scaled, L2]
    assert wrapped(core, around) == surface
    assert wrapped(Beale(), around) == L2(Scaled(Rotated(Beale(), 20.0), 3.0), 0.5)
    assert layers(Beale()) == (Beale(), ())


def test_a_value_is_set_where_it_stands_or_outermost() -> None:
    surface = Scaled(Rotated(VALLEY, 20.0), 3.0)
    assert with_value(surface, Rotated, "degrees", 30.0) == Scaled(Rotated(VALLEY, 30.0), 3.0)
    assert with_value(surface, Shifted, "y", 2.0) == Shifted(surface, 0.0, 2.0)
    assert with_value(surface, Rotated, "degrees", 0.0) == Scaled(VALLEY, 3.0)


@every_kind
def test_a_transform_is_a_value(kind: type) -> None:
    one = kind(VALLEY, *(declared.range[1] for declared in hypers(kind).values()))
    assert one == pickle.loads(pickle.dumps(one)) and hash(one) == hash(pickle.loads(pickle.dumps(one)))
    assert one.minima is not None and one == pickle.loads(pickle.dumps(one)), "what it remembers is no part of it"


@every_kind
@pytest.mark.parametrize("value", [math.nan, math.inf, 1e9, -1e9, "1", None, True])
def test_a_value_outside_its_bounds_is_named(kind: type, value: object) -> None:
    for name in hypers(kind):
        with pytest.raises(ValueError, match=rf"\b{name} must be"):
            kind(VALLEY, **{name: value})


@every_kind
@pytest.mark.parametrize("surface", [Rosenbrock, 3, None, lambda x: x])
def test_it_goes_around_a_surface(kind: type, surface: object) -> None:
    with pytest.raises(TypeError, match="a surface is expected"):
        kind(surface)


# the minima of a loss with a pull to the origin


@pytest.mark.parametrize("weight", [1e-6, 0.1, 1.0, 40.0])
def test_l2_moves_the_minimum_of_a_quadratic_as_algebra_says(weight: float) -> None:
    shifted = Shifted(VALLEY, 2.0, -1.0)  # ½ ((x − 2)² + 40 (y + 1)²)
    (found,) = L2(shifted, weight).minima
    assert found == pytest.approx((2 / (1 + weight), -40 / (40 + weight)), rel=1e-12)


def test_l2_makes_a_minimum_of_a_saddle_and_drowns_the_rest() -> None:
    assert L2(Saddle(), 1.0).minima == L2(Saddle(), 1.0).local_minima == ()
    assert L2(Saddle(), 3.0).local_minima == ((0.0, 0.0),)
    assert L2(MonkeySaddle(), 1.0).local_minima == ((0.0, 0.0),) and L2(MonkeySaddle(), 1.0).lowest is None
    assert len(L2(Himmelblau(), 0.5).minima) == 1 and len(L2(Himmelblau(), 0.5).local_minima) == 3
    assert not L2(Himmelblau(), 500.0).local_minima


@pytest.mark.parametrize("slug", LANDSCAPES)
@pytest.mark.parametrize("weight", [1e-4, 0.03, 2.0])
def test_nothing_is_lower_than_the_minimum_with_l2(slug: str, weight: float) -> None:
    surface = L2(LANDSCAPES[slug](), weight)
    points = np.stack(np.meshgrid(*(np.linspace(low, high, 301) for low, high in surface.domain)))
    if surface.minima:
        assert surface.loss(points).min() >= surface.lowest - 1e-12 * (1 + abs(surface.lowest))


# what optimizers make of them


def test_only_who_treats_each_parameter_apart_sees_the_turn() -> None:
    steps = {
        SGD(0.045): (89, 89),
        Momentum(0.03): (64, 64),
        AdaGrad(0.5): (37, 333),
        Adam(0.1): (76, 239),
    }
    for optimizer, (straight, slant) in steps.items():
        assert arrived(optimizer, VALLEY, 600) == straight
        assert arrived(optimizer, Rotated(VALLEY, 45.0), 600) == pytest.approx(slant, rel=0.01)
    assert [arrived(Adam(0.1), Rotated(VALLEY, degrees), 600) for degrees in (15.0, 30.0)] == [136, 212]
    turned_by = run(AdaGrad(0.5), Rotated(VALLEY, 45.0), None, 60).effective_lr[49]
    along = run(AdaGrad(0.5), VALLEY, None, 60).effective_lr[49]
    assert turned_by[0] / turned_by[1] == pytest.approx(1, rel=0.15)
    assert along[0] / along[1] == pytest.approx(12.6, rel=0.05)


@pytest.mark.parametrize("optimizer", [AdaGrad(0.5), RMSProp(0.045), Adam(0.1)], ids=repr)
def test_who_divides_by_the_gradient_does_not_see_the_scale(optimizer: Optimizer) -> None:
    one, hundred = (run(optimizer, Scaled(VALLEY, factor), None, 60).params for factor in (1.0, 100.0))
    assert np.abs(one - hundred).max() <= 2e-5


def test_gradient_descent_does() -> None:
    assert run(SGD(0.045), Scaled(VALLEY, 100.0), None, 60).loss[-1] > 1e30


@pytest.mark.parametrize(("scale", "steps"), [(1.0, (31, 62, 75)), (10.0, (2140, 498, 1024))])
def test_who_divides_by_the_gradient_still_sees_the_unit_of_x(scale: float, steps: tuple[int, ...]) -> None:
    surface = Stretched(QuadraticBowl(), scale)
    for optimizer, expected in zip((AdaGrad(0.5), RMSProp(0.05), Adam(0.05)), steps, strict=True):
        found = arrived(optimizer, surface, 2500, (-2.4 * scale, 1.6))
        assert found == pytest.approx(expected, rel=0.01)


def test_matyas_is_a_valley_at_45_degrees() -> None:
    found = [arrived(one, Matyas(), 400) for one in (SGD(1.0), AdaGrad(1.0), RMSProp(0.1), Adam(0.3))]
    assert found == [73, None, 144, 306]


@dataclass(frozen=True)
class Trough(QuadraticBowl):
    """20 y²: flat in x."""

    def value(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 0 * x + 20 * y * y

    def partials(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return 0 * x, 40 * y


def test_adamw_is_not_adam_with_l2() -> None:
    """Where the loss is flat Adam divides the pull by its own size, so that its weight hardly matters."""

    def end(optimizer: Optimizer, surface: Surface) -> float:
        return float(run(optimizer, surface, (2.0, 1.0), 300).params[-1, 0])

    for weight, decoupled in ((0.1, 1.4814), (0.01, 1.9409), (0.001, 1.9940)):
        assert end(Adam(0.01), L2(Trough(), weight)) == pytest.approx(0.179, rel=0.01)
        assert end(AdamW(0.01, weight_decay=weight), Trough()) == pytest.approx(decoupled, rel=0.001)
    for weight, coupled in ((1e-6, 0.184), (1e-8, 0.591), (1e-9, 1.55)):
        assert end(Adam(0.01), L2(Trough(), weight)) == pytest.approx(coupled, rel=0.01)
