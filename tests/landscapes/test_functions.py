"""Every surface keeps the promises it makes: its gradient, its minima, its shapes and its facts."""

import dataclasses
import inspect
import math
import re

import numpy as np
import pytest

import landscapes
from landscapes import LANDSCAPES, Formula, Surface
from optim_core.hyper import hypers

from .looking import searched

SURFACES = LANDSCAPES.values()


def at_share(surface: type[Surface], share: float) -> Surface:
    """The surface with every shape parameter this share of the way through its range."""
    ranges = {name: declaration.range for name, declaration in hypers(surface).items()}
    return surface(**{name: low + share * (high - low) for name, (low, high) in ranges.items()})


SHAPED = [at_share(surface, share) for surface in SURFACES if hypers(surface) for share in (0, 0.03, 0.6, 1)]
TRANSFORMED = [
    around(surface())
    for surface in SURFACES
    for around in (
        lambda one: landscapes.Rotated(one, 30.0),
        lambda one: landscapes.Scaled(one, 0.02),
        lambda one: landscapes.Stretched(one, 7.0),
        lambda one: landscapes.Shifted(one, 1.5, -0.4),
        lambda one: landscapes.L2(one, 0.01),
        lambda one: landscapes.L2(landscapes.Rotated(landscapes.Stretched(one, 1.5), -75.0), 0.1),
    )
]
TYPED = [
    Formula("(1-x)^2 + 100*(y-x^2)^2", ((-2, 2), (-1, 3))),
    Formula("20 + x² + y² − 10·cos(2·π·x) − 10·cos(2·π·y)", ((-5, 5), (-5, 5))),
    Formula("exp(-(x^2+y^2)/9)*tanh(x*y) + sqrt(4+x) + 2^y"),
    Formula("log(3+x) - atan(y)/(1+x^2)^1.5 + asin(y/3)*acos(x/3) + cosh(x) - sinh(y)"),
    Formula("x^3 - 3*x + y^2"),
    Formula("x - 2*y"),
    landscapes.Rotated(Formula("x^4 + (y-1)^2"), 30.0),
    landscapes.L2(Formula("x^3 - 3*x + y^2", ((-1.5, 4), (-2, 2))), 0.1),
]
INSTANCES = [surface() for surface in SURFACES] + SHAPED + TRANSFORMED + TYPED

every_class = pytest.mark.parametrize("surface", SURFACES, ids=LANDSCAPES)
every_surface = pytest.mark.parametrize("surface", INSTANCES, ids=repr)
every_curve = pytest.mark.parametrize("surface", [one for one in INSTANCES if one.minima_along is not None], ids=repr)


def scatter(surface: Surface, *shape: int) -> np.ndarray:
    """Random points of the domain, `(2, *shape)`."""
    random = np.random.default_rng(1)
    return np.stack([random.uniform(low, high, shape) for low, high in surface.domain])


def grid(surface: Surface, n: int = 201) -> np.ndarray:
    """An even grid over the domain with its middle among the points, `(2, n, n)`."""
    return np.stack(np.meshgrid(*(np.linspace(low, high, n) for low, high in surface.domain)))


def ring(point: tuple[float, float], radius: float) -> np.ndarray:
    """Sixteen neighbours of a point, `(2, 16)`."""
    angle = np.arange(16) * math.pi / 8
    return np.array(point)[:, None] + radius * np.stack([np.cos(angle), np.sin(angle)])


def bits(numbers: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(numbers, dtype=float).view(np.int64)


def steepest(surface: Surface) -> float:
    return float(np.abs(surface.grad(grid(surface))).max())


# --- facts ---


def test_the_names_fit_a_url() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", slug) for slug in LANDSCAPES)


def test_the_package_exports_every_surface() -> None:
    assert all(getattr(landscapes, surface.__name__) is surface for surface in SURFACES)
    assert {surface.__name__ for surface in SURFACES} <= set(landscapes.__all__)


@every_class
def test_the_facts_are_there(surface: type[Surface]) -> None:
    assert all(fact.strip() for fact in (surface.label, surface.formula, surface.tests, surface.source))
    assert re.fullmatch(r"[A-Z].+\.", surface.tests)
    assert ". " not in surface.tests
    assert re.fullmatch(r"[A-Z][^.?]+: [a-z][^.?]+\?", surface.question) and len(surface.question) <= 56
    assert surface.levels in ("log", "linear")
    assert all(low < high for low, high in surface.domain)


@every_class
def test_the_docstring_states_formula_and_source(surface: type[Surface]) -> None:
    text = " ".join(surface.__doc__.split())
    assert f"f = {surface.formula}" in text
    assert f"Source: {surface.source}" in text


@every_class
def test_the_formula_names_every_shape_parameter(surface: type[Surface]) -> None:
    assert all(declaration.symbol in surface.formula for declaration in hypers(surface).values())


@every_class
def test_a_surface_is_a_value(surface: type[Surface]) -> None:
    assert surface() == surface()
    assert hash(surface()) == hash(surface())
    assert [field.name for field in dataclasses.fields(surface)] == list(hypers(surface))


@pytest.mark.parametrize(
    ("surface", "name", "value"),
    [
        pytest.param(surface, name, value, id=f"{slug}-{name}-{value}")
        for slug, surface in LANDSCAPES.items()
        for name, declaration in hypers(surface).items()
        for value in (declaration.bounds[0] - 1, declaration.bounds[1] * 2, math.nan, math.inf, "1")
    ],
)
def test_a_shape_parameter_outside_its_bounds_is_named(surface: type[Surface], name: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"\b{name}\b must be"):
        surface(**{name: value})


@every_surface
def test_the_start_is_in_the_domain_and_on_a_slope(surface: Surface) -> None:
    assert all(low < number < high for number, (low, high) in zip(surface.start, surface.domain, strict=True))
    assert np.hypot(*surface.grad(np.array(surface.start))) > 1e-4 * steepest(surface)


# --- values and gradients ---

KNOWN = {
    "bowl": [((3, 4), 12.5)],
    "valley": [((0, 0), 0), ((1, 1), 20.5)],
    "rosenbrock": [((1, 1), 0), ((0, 0), 1), ((-1.2, 1), 24.2)],
    "ackley": [((0, 0), 0), ((1, 1), 3.6253849384403627), ((1, 0), 2.637531092108033)],
    "beale": [((3, 0.5), 0), ((1, 1), 14.203125), ((0, 0), 14.203125)],
    "booth": [((1, 3), 0), ((0, 0), 74)],
    "matyas": [((0, 0), 0), ((1, 1), 0.04), ((1, -1), 1)],
    "himmelblau": [((3, 2), 0), ((0, 0), 170), ((-2.805118, 3.131312), 0), ((-0.270845, -0.923039), 181.616522)],
    "rastrigin": [((0, 0), 0), ((1, 1), 2), ((0.5, 0.5), 40.5), ((4.52299366, 4.52299366), 80.70658039)],
    "three-hump-camel": [((0, 0), 0), ((5, 5), 2047.9166666666667), ((1.74755235, -0.87377617), 0.2986384422)],
    "six-hump-camel": [((0.0898420131, -0.7126564030), -1.0316284534898774), ((1, 1), 3.2333333333333333)],
    "styblinski-tang": [((-2.9035340278, -2.9035340278), -78.33233140754282), ((0, 0), 0), ((1, 1), -10)],
    "mccormick": [((-0.5471975512, -1.5471975512), -1.9132229549810367), ((0, 0), 1)],
    "saddle": [((2, 1), 3), ((0, 0), 0)],
    "monkey-saddle": [((2, 1), 2), ((1, 1), -2)],
    "plateau": [((0, 0), 0), ((1, 1), 0.6321205588285577)],
    "sharp-and-flat": [((1, 0), 0), ((-1, 0), 0), ((0, 0), 25 / 51)],
    "branin": [((-math.pi, 12.275), 0.397887357729738), ((9.42478, 2.475), 0.3978873577), ((0, 0), 55.602112642270264)],
    "goldstein-price": [((0, -1), 3), ((1.2, 0.8), 840), ((1.8, 0.2), 84), ((-0.6, -0.4), 30), ((0, 0), 600)],
    "easom": [((math.pi, math.pi), -1), ((0, 0), -2.675287991074243e-09)],
    "levy": [((1, 1), 0), ((0, 0), 2), ((0.5, 0.5), 1.75)],
    "factorization": [((1, 1), 0), ((-0.25, -4), 0), ((0, 0), 1), ((2, 3), 25), ((-1, 2), 9)],
}


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_values_agree_with_the_literature(slug: str) -> None:
    for point, value in KNOWN[slug]:
        assert LANDSCAPES[slug]().loss(np.array(point)) == pytest.approx(value, rel=1e-8, abs=1e-8)


@every_surface
def test_the_gradient_agrees_with_central_differences(surface: Surface) -> None:
    points, h = scatter(surface, 200), 1e-3
    for axis, step in enumerate(h * np.eye(2)[..., None]):
        near = surface.loss(points + step) - surface.loss(points - step)
        far = surface.loss(points + 2 * step) - surface.loss(points - 2 * step)
        slope = (8 * near - far) / (12 * h)  # exact up to the fifth derivative
        np.testing.assert_allclose(surface.grad(points)[axis], slope, rtol=1e-8, atol=1e-9 * steepest(surface))


@every_surface
def test_everything_on_the_domain_is_finite(surface: Surface) -> None:
    points = grid(surface)
    assert np.isfinite(surface.loss(points)).all()
    assert np.isfinite(surface.grad(points)).all()


@pytest.mark.parametrize("origin", [(0.0, 0.0), np.zeros(2), np.zeros((2, 5)), (0, 0), (-0.0, 0.0)], ids=repr)
def test_ackleys_gradient_at_its_tip_is_zero(origin: object) -> None:
    ackley = LANDSCAPES["ackley"]()
    assert not np.any(ackley.partials(*origin))
    assert not np.any(ackley.value(*origin))


def test_ackleys_gradient_beside_its_tip_is_the_slope_of_the_cone() -> None:
    slope = LANDSCAPES["ackley"]().grad(np.array([3e-300, -4e-300]))
    np.testing.assert_allclose(slope, [4 / math.sqrt(2) * 0.6, -4 / math.sqrt(2) * 0.8], rtol=1e-14)


# --- minima ---


@every_surface
def test_a_minimum_is_stationary_and_nothing_is_lower(surface: Surface) -> None:
    for point in surface.minima:
        assert np.abs(surface.grad(np.array(point))).max() <= 1e-13 * steepest(surface)
        lowest = surface.loss(np.array(point))
        tolerance = 1e-14 * (1 + abs(lowest))
        assert lowest == pytest.approx(surface.lowest, abs=tolerance)
        assert surface.loss(grid(surface, 401)).min() >= lowest - tolerance
        assert surface.loss(ring(point, 1e-3)).min() > lowest


@every_surface
def test_a_local_minimum_is_stationary_and_not_global(surface: Surface) -> None:
    for point in surface.local_minima:
        assert np.abs(surface.grad(np.array(point))).max() <= 1e-13 * steepest(surface)
        loss = surface.loss(np.array(point))
        assert surface.lowest is None or loss > surface.lowest + 1e-5
        assert surface.loss(ring(point, 1e-3)).min() > loss


@pytest.mark.parametrize("surface", [surface for surface in INSTANCES if surface.lowest is None], ids=repr)
def test_where_there_is_no_minimum_the_edge_is_lowest(surface: Surface) -> None:
    assert surface.minima == () and surface.minima_along is None
    loss = surface.loss(grid(surface))
    assert loss[1:-1, 1:-1].min() > loss.min()


@every_curve
def test_every_point_of_a_curve_of_minima_is_stationary_and_nothing_is_lower(surface: Surface) -> None:
    assert surface.minima == ()
    points = surface.minima_along.drawn(surface.domain)
    points = points[:, np.isfinite(points[0])]
    assert points.shape[1] > 100
    assert np.abs(surface.grad(points)).max() <= 1e-13 * steepest(surface)
    tolerance = 1e-14 * float(surface.loss(grid(surface)).max())
    np.testing.assert_allclose(surface.loss(points), surface.lowest, atol=tolerance)
    assert surface.loss(grid(surface, 401)).min() >= surface.lowest - tolerance
    around = surface.loss(np.stack([ring(point, 1e-3) for point in points.T], axis=1))
    assert np.all(np.sort(around, axis=1)[:, 4] > surface.lowest), "but along the curve it rises all around"


@every_surface
def test_the_distance_is_that_to_the_nearest_minimum(surface: Surface) -> None:
    points = scatter(surface, 40)
    away = surface.distance(points)
    assert away.shape == (40,) and surface.distance(points[:, 0]) == away[0]
    if surface.minima_along is not None:
        np.testing.assert_allclose(away, [searched(surface.minima_along, point) for point in points.T], atol=1e-9)
    elif surface.minima:
        np.testing.assert_allclose(away, [min(math.dist(point, one) for one in surface.minima) for point in points.T])
    else:
        assert np.isinf(away).all()


@every_class
def test_each_minimum_is_listed_once(surface: type[Surface]) -> None:
    points = surface().minima + surface().local_minima
    assert len(set(points)) == len(points)
    assert all(isinstance(number, float) for point in points for number in point)


# --- shapes ---


@every_surface
def test_one_point_broadcasts_to_many(surface: Surface) -> None:
    params = scatter(surface, 3, 4)
    assert surface.loss(params).shape == (3, 4)
    assert surface.grad(params).shape == (2, 3, 4)
    assert surface.loss(params[:, 0, 0]).shape == ()
    assert surface.grad(params[:, 0, 0]).shape == (2,)
    assert surface.loss(params).dtype == surface.grad(params).dtype == np.float64


@every_surface
def test_each_point_is_bit_for_bit_the_point_alone(surface: Surface) -> None:
    params = scatter(surface, 12, 8)
    loss, grad = surface.loss(params), surface.grad(params)
    for index in np.ndindex(12, 8):
        point = params[:, *index]
        assert bits(loss[index]) == bits(surface.loss(point)) == bits(surface.value(*point.tolist()))
        assert (bits(grad[:, *index]) == bits(surface.grad(point))).all()
        assert (bits(grad[:, *index]) == bits(surface.partials(*point.tolist()))).all()


@every_class
def test_powers_are_products(surface: type[Surface]) -> None:
    assert "**" not in inspect.getsource(surface)  # differs for a number and an array in one of a thousand squares


@every_surface
def test_the_layout_in_memory_changes_no_bit(surface: Surface) -> None:
    params = scatter(surface, 40, 50)
    for view in (np.asfortranarray(params), np.stack([params, params], axis=-1)[..., 1]):
        assert (bits(surface.loss(view)) == bits(surface.loss(params))).all()
        assert (bits(surface.grad(view)) == bits(surface.grad(params))).all()


@every_surface
def test_axes_of_a_grid_broadcast(surface: Surface) -> None:
    x, y = grid(surface, 11)
    assert (bits(surface.value(x[:1], y[:, :1])) == bits(surface.value(x, y))).all()


FLAT_STARTS: dict[str, str] = {}  # surface -> why it is the lesson that a walk begins where one slope is exactly 0


@every_surface
def test_a_walk_begins_where_every_parameter_has_a_slope(surface: Surface) -> None:
    slopes = surface.grad(np.array(surface.start))
    assert surface.label in FLAT_STARTS or np.all(np.abs(slopes) > 1e-4 * np.abs(slopes).max()), slopes


@every_surface
def test_the_input_stays_as_it_was(surface: Surface) -> None:
    params = scatter(surface, 10)
    params.flags.writeable = False
    surface.loss(params)
    assert not np.shares_memory(surface.grad(params), params)
