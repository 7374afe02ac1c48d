"""Basins of attraction: where gradient descent must end, walk by walk the same as `run`, and every part of the area."""

from typing import Any

import numpy as np
import pytest

from landscapes import (
    L2,
    Ackley,
    Factorization,
    Formula,
    Himmelblau,
    MonkeySaddle,
    QuadraticBowl,
    Rastrigin,
    Rotated,
    Saddle,
    SharpAndFlat,
    StyblinskiTang,
)
from optim_core import (
    SGD,
    Adam,
    Basins,
    Drift,
    Fork,
    Momentum,
    Stairs,
    Weather,
    basins,
    basins_at,
    run,
    sweep,
)
from optim_core.attraction import middles


def nearest(found: Basins) -> np.ndarray:
    """To which of the minima each start is nearest."""
    x, y = np.meshgrid(found.x, found.y)
    return np.hypot(x[..., None] - found.minima[:, 0], y[..., None] - found.minima[:, 1]).argmin(axis=-1)


# where gradient descent must end


def test_equal_pits_share_the_area_by_what_is_nearer() -> None:
    found = basins(SGD(0.1), SharpAndFlat(kappa=1.0), 32)
    np.testing.assert_array_equal(found.nearest, nearest(found))
    one, other, none, diverged = found.shares()
    assert (one.share, other.share, none.share, diverged.share) == (0.5, 0.5, 0, 0)
    assert one.steps == other.steps and one.minimum == (1, 0)


def test_wells_of_each_parameter_alone_meet_at_its_barrier() -> None:
    found = basins(SGD(0.005), StyblinskiTang(), 40, n_steps=400)
    barrier = sorted(np.roots([2, 0, -16, 2.5]).real)[1]
    x, y = np.meshgrid(found.x, found.y)
    ends = found.minima[found.nearest]
    np.testing.assert_array_equal(ends[..., 0] > 0, x > barrier)
    np.testing.assert_array_equal(ends[..., 1] > 0, y > barrier)
    assert found.n_global == 1 and found.minima[0] == pytest.approx((-2.903534, -2.903534))


def test_every_pit_of_the_lattice_has_its_cell() -> None:
    found = basins(SGD(0.001), Rastrigin(), 44, n_steps=400)
    tops = [maximum(k + 0.5) for k in range(-6, 6)]
    x, y = np.meshgrid(found.x, found.y)
    ends = found.minima[found.nearest]
    for place, at in ((ends[..., 0], x), (ends[..., 1], y)):
        np.testing.assert_array_equal(np.round(place), np.searchsorted(tops, at) - 6)
    assert len(found.minima) == 121 and sum(share.share > 0 for share in found.shares()) == 121


def maximum(x: float) -> float:
    """Where 2x + 20π sin 2πx is 0, beside this place."""
    for _ in range(50):
        angle = 2 * np.pi * x
        x -= (2 * x + 20 * np.pi * np.sin(angle)) / (2 + 40 * np.pi**2 * np.cos(angle))
    return x


def test_a_curve_of_minima_is_one() -> None:
    found = basins(SGD(0.01), Factorization(), 32, n_steps=400)
    assert found.minima.shape == (1, 2) and found.along is not None
    x, y = np.meshgrid(found.x, found.y)
    np.testing.assert_array_equal(found.nearest, np.where(np.abs(x + y) < 0.2, found.nearest, 0))  # beside the saddle
    assert found.shares()[0].share > 0.95


@pytest.mark.parametrize("surface", [Saddle(), MonkeySaddle()])
def test_without_a_minimum_nobody_arrives(surface: Any) -> None:
    curve, none, diverged = [None, *basins(SGD(0.1), surface, 8, n_steps=2000).shares()]
    assert curve is None and none.share + diverged.share == 1 and diverged.share > 0.5 and none.steps is None


# walk by walk

WALKED: dict[str, tuple[Any, ...]] = {
    "plain": (SGD(0.01), Himmelblau(), {}),
    "adam": (Adam(0.3), Rastrigin(), {}),
    "momentum": (Momentum(0.02), Ackley(), {}),
    "typed": (Momentum(0.05), Formula("x^2 + 2*sin(3*x)*cos(2*y) + y^2"), {}),
    "turned": (SGD(0.02), Rotated(L2(Himmelblau(), 0.5), 30.0), {}),
    "noise": (SGD(0.01), Himmelblau(), {"weather": Weather(noise=30.0, seed=2)}),
    "drift": (SGD(0.02), Himmelblau(), {"weather": Weather(drift=Drift((0.01, 0.0)))}),
    "fork": (Adam(0.1), Himmelblau(), {"fork": Fork(SGD(0.01), 7), "schedule": Stairs(20, 0.5)}),
    "diverging": (SGD(0.08), Himmelblau(), {}),
    "curve": (SGD(0.05), Factorization(), {}),
    "drifting curve": (Adam(0.1), Factorization(), {"weather": Weather(noise=0.5, drift=Drift((0.02, 0.01)))}),
}


@pytest.mark.parametrize("name", WALKED)
def test_each_start_ends_as_its_own_walk(name: str) -> None:
    optimizer, surface, met = WALKED[name]
    found = basins(optimizer, surface, 9, n_steps=50, **met)
    x, y = np.meshgrid(found.x, found.y)
    walk = run(optimizer, surface, np.stack([x, y]), 50, **met)
    np.testing.assert_array_equal(found.ends.params, walk.params[-1])
    np.testing.assert_array_equal(found.diverged_at, walk.diverged_at)
    for row in np.ndindex(9, 9):
        away = distances(found, walk.on_surface[(..., *row)])
        inside = away <= found.radius
        place = found.nearest[row]
        if place < 0:
            assert found.since[row] == -1 and not inside[-1].any()
        else:
            assert place == away[-1].argmin() and found.since[row] == 51 - run_length(inside[::-1, place])


def distances(found: Basins, points: np.ndarray) -> np.ndarray:
    """How far each row of a walk is from each minimum, `(n_steps + 1, M)`."""
    if found.along is not None:
        return found.along.distance(points.T)[:, None]
    with np.errstate(all="ignore"):
        return np.nan_to_num(np.hypot(*(points[:, None] - found.minima).T), nan=np.inf).T


def run_length(inside: np.ndarray) -> int:
    """How many are true from the first on."""
    return len(inside) if inside.all() else int(inside.argmin())


def test_a_part_is_a_part_of_the_whole() -> None:
    whole = basins(Adam(0.2), Himmelblau(), 24, n_steps=40)
    part = basins_at(Adam(0.2), Himmelblau(), whole.x[5:9], whole.y[::3], n_steps=40)
    np.testing.assert_array_equal(part.nearest, whole.nearest[::3, 5:9])
    np.testing.assert_array_equal(part.since, whole.since[::3, 5:9])
    assert part.radius == whole.radius == pytest.approx(0.02 * np.hypot(10, 10))


def test_a_window_says_what_is_near_and_where_to_begin() -> None:
    found = basins(SGD(0.01), Himmelblau(), 4, ((2, 4), (1, 3)), n_steps=300)
    np.testing.assert_array_equal(found.x, [2.25, 2.75, 3.25, 3.75])
    assert found.radius == pytest.approx(0.02 * np.hypot(2, 2)) and (found.nearest == 0).all()
    assert len(found.minima) == 4, "also those beyond it"
    np.testing.assert_array_equal(middles(0, 1, 2), [0.25, 0.75])


def test_of_several_seeds_the_first_one_counts() -> None:
    noise = {"noise": 40.0, "seed": 5}
    many = basins(SGD(0.01), Himmelblau(), 8, weather=Weather(seeds=3, **noise))
    np.testing.assert_array_equal(
        many.ends.params, basins(SGD(0.01), Himmelblau(), 8, weather=Weather(**noise)).ends.params
    )


def test_shares_are_all_of_the_area() -> None:
    found = basins(SGD(0.03), Himmelblau(), 24, n_steps=60)
    shares = found.shares()
    assert sum(share.share for share in shares) == pytest.approx(1) and shares[-1].share > 0
    assert [share.diverges for share in shares] == [False] * 5 + [True]
    assert shares[-1].share == np.mean(found.diverged_at >= 0)
    for place, share in enumerate(shares[:4]):
        assert share.share == np.mean(found.nearest == place)
        assert share.steps == (np.median(found.since[found.nearest == place]) if share.share else None)


class Valley:
    """A landscape that knows no facts of itself."""

    def loss(self, params: np.ndarray) -> np.ndarray:
        return params[0] ** 2 + params[1] ** 2

    def grad(self, params: np.ndarray) -> np.ndarray:
        return 2 * params


def test_any_landscape_of_two_parameters_will_do() -> None:
    found = basins(SGD(0.1), Valley(), 6, ((-1, 1), (-1, 1)), minima=[(0.0, 0.0)])
    assert found.shares()[0].share == 1


# mistakes

WINDOW = r"window must be two spans \(\(x0, x1\), \(y0, y1\)\) that rise"


@pytest.mark.parametrize(
    ("arguments", "named", "kind", "reason"),
    [
        ((SGD(), Himmelblau(), 0), {}, ValueError, "n must be a whole number of at least 1, as in n=256, not 0"),
        ((SGD(), Himmelblau(), 2.5), {}, ValueError, "n must be a whole number of at least 1"),
        ((SGD(), Himmelblau(), 4, ((1, 0), (0, 1))), {}, ValueError, WINDOW),
        ((SGD(), Himmelblau(), 4, (0, 1)), {}, ValueError, WINDOW),
        ((SGD(), Himmelblau(), 4, ((0, np.inf), (0, 1))), {}, ValueError, WINDOW),
        ((SGD(), Himmelblau(), 4, "all"), {}, TypeError, "window must be a number or an array of numbers"),
        ((SGD(), Valley(), 4), {}, ValueError, r"Valley has no domain: write window=\(\(x0, x1\), \(y0, y1\)\)"),
        ((SGD(), Valley(), 4, ((0, 1), (0, 1))), {}, ValueError, r"does not know its minima: write minima=\["),
        ((SGD(), Himmelblau(), 4), {"minima": [1, 2]}, ValueError, r"minima must be of shape \(M, 2\), not \(2,\)"),
        ((SGD(), Himmelblau(), 4), {"weather": "noise"}, TypeError, "'noise' is not an instance of Weather"),
        ((SGD(), Himmelblau(), 4), {"n_steps": -1}, ValueError, "n_steps must be at least 0, not -1"),
        ((SGD, Himmelblau(), 4), {}, TypeError, r"write SGD\(\)"),
        ((SGD(), Himmelblau, 4), {}, TypeError, r"write Himmelblau\(\)"),
        ((sweep(SGD(), lr=[1, 2]), Himmelblau(), 4), {}, ValueError, "basins are those of one optimizer"),
    ],
)
def test_a_mistake_is_said_in_words(arguments: tuple, named: dict, kind: type[Exception], reason: str) -> None:
    with pytest.raises(kind, match=reason):
        basins(*arguments, **named)


@pytest.mark.parametrize("x", [[], [1, 0], [0, np.nan], 3])
def test_coordinates_rise(x: Any) -> None:
    with pytest.raises(ValueError, match=r"x must (rise|be a row)"):
        basins_at(SGD(), QuadraticBowl(), x, [0.0])
