"""Every minimum: none that a surface names is lost, all that are found are minima, and none of a lattice is missed."""

from time import perf_counter

import numpy as np
import pytest

from landscapes import L2, LANDSCAPES, Ackley, Factorization, Formula, Rastrigin, Rotated, Surface
from landscapes.search import every_minimum

every_surface = pytest.mark.parametrize("surface", [cls() for cls in LANDSCAPES.values()], ids=list(LANDSCAPES))


@every_surface
def test_what_a_surface_names_is_there(surface: Surface) -> None:
    lowest, others = surface.every_minimum()
    assert surface.minima_along is not None or lowest == surface.minima
    assert set(surface.local_minima) <= set(others)
    losses = [surface.value(*point) for point in others]
    assert losses == sorted(losses)


@every_surface
def test_what_is_found_is_a_minimum(surface: Surface) -> None:
    (x0, x1), _ = surface.domain
    around = np.exp(2j * np.pi * np.arange(16) / 16) * 1e-3 * (x1 - x0)
    for x, y in surface.every_minimum()[1]:
        assert np.all(surface.value(x + around.real, y + around.imag) > surface.value(x, y))
        np.testing.assert_allclose(surface.grad(np.array([x, y])), 0, atol=1e-9)


@pytest.mark.parametrize("surface", [Rastrigin(), Ackley()], ids=["rastrigin", "ackley"])
def test_no_pit_of_a_lattice_is_missed(surface: Surface) -> None:
    """One beside each point with whole coordinates, drawn towards the origin."""
    lowest, others = surface.every_minimum()
    assert lowest == ((0, 0),)
    lattice = {(i, j) for i in range(-5, 6) for j in range(-5, 6)} - {(0, 0)}
    assert sorted(tuple(np.round(point)) for point in others) == sorted(lattice) and len(others) == 120
    assert all(np.hypot(*point) < np.hypot(*np.round(point)) for point in others)


@pytest.mark.parametrize("surface", [Rastrigin(), Ackley(), Rotated(Rastrigin(), 30.0)])
def test_a_lattice_takes_no_time_to_speak_of(surface: Surface) -> None:
    times = []
    for _ in range(3):
        every_minimum.cache_clear()
        began = perf_counter()
        surface.every_minimum()
        times.append(perf_counter() - began)
    assert min(times) <= 0.1
    assert surface.every_minimum() is surface.every_minimum()


def test_a_wider_window_shows_more() -> None:
    others = Rastrigin().every_minimum(((-8.0, 8.0), (-8.0, 8.0)))[1]
    assert len(others) == 17 * 17 - 1
    assert set(Rastrigin().every_minimum()[1]) <= {*others}
    narrow = Rastrigin().every_minimum(((0.5, 1.5), (0.5, 1.5)))
    assert len(narrow[1]) == 120


def test_of_a_formula_all_that_are_as_low_are_global() -> None:
    surface = Formula("4*sin(x)*sin(y)", ((-10.0, 10.0), (-10.0, 10.0)))
    lowest, others = surface.every_minimum()
    assert others == () and len(lowest) == 18
    wells = np.pi * (np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]))
    wanted = sorted((x, y) for x in wells for y in wells if np.sin(x) * np.sin(y) < 0)
    np.testing.assert_allclose(sorted(lowest), wanted, atol=1e-9)


def test_a_pull_on_a_lattice_leaves_its_pits() -> None:
    assert len(L2(Rastrigin(), 0.1).every_minimum()[1]) == 120


def test_of_a_curve_it_is_the_point_nearest_to_the_origin() -> None:
    lowest, others = Factorization().every_minimum()
    assert others == () and lowest[0] in (pytest.approx((1, 1)), pytest.approx((-1, -1)))
