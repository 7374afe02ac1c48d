"""What becomes of a run, against walks whose outcome is known, at the borders of each kind, and by another count."""

import dataclasses
import math

import numpy as np
import pytest

from app.walks.fates import ALIKE, CRITERIA, NEAR, REST, RISING, circles, fate, happens, lost, rests, to_minimum
from app.walks.simulate import Walk
from landscapes import (
    LANDSCAPES,
    Ackley,
    Booth,
    ElongatedValley,
    Factorization,
    Himmelblau,
    Plateau,
    QuadraticBowl,
    Rosenbrock,
    Rotated,
    Saddle,
    Stretched,
    Surface,
)
from optim_core import (
    OPTIMIZERS,
    SGD,
    Adadelta,
    AdaGrad,
    Adam,
    AMSGrad,
    Drift,
    Fork,
    Momentum,
    Optimizer,
    RMSProp,
    Weather,
)

from ..strategies import walk

VALLEY, BOWL = ElongatedValley(), QuadraticBowl()
DIAGONAL = math.hypot(6.4, 3.4)  # of the valley

FATES = [
    ("converged", SGD(lr=0.045), VALLEY, 500, None),
    ("still moving", SGD(lr=0.045), VALLEY, 40, None),
    ("still moving", SGD(lr=0.045), VALLEY, 100, None),  # near, and by 0.2 % of the diagonal nearer
    ("stalled", SGD(lr=1e-5), VALLEY, 100, None),
    ("diverged at step 6", SGD(lr=0.01), Rosenbrock(), 100, None),
    ("still moving, outside the domain", SGD(lr=0.1), Saddle(), 30, None),
    ("stalled", SGD(lr=0.01), Plateau(), 100, (-2.9, 2.9)),
    ("converged", SGD(lr=0.01), Himmelblau(), 500, None),
    ("circling", SGD(lr=2.0), BOWL, 100, None),  # there and back for ever
    ("circling", RMSProp(lr=0.05), BOWL, 400, None),
    ("converged", SGD(lr=0.0), BOWL, 100, (0.0, 0.0)),
    ("converged", SGD(lr=0.001), Ackley(), 500, (0.9, 0.05)),  # in a local minimum
    ("converged", SGD(lr=0.05), Factorization(), 100, None),  # on a curve of minima
    ("converged", SGD(lr=0.05), Rotated(Stretched(Factorization(), 2.0), 30.0), 200, None),
    ("stalled", SGD(lr=1e-5), Factorization(), 100, None),
    ("running away since step 1, outside the domain", SGD(lr=0.06), VALLEY, 100, None),
    ("running away since step 1, outside the domain", SGD(lr=0.5), VALLEY, 100, None),
    ("still moving, outside the domain", SGD(lr=0.06), VALLEY, 1, None),  # one step is no growth
    ("0/0 at step 1", RMSProp(eps=0.0), BOWL, 100, (0.0, 0.0)),
    ("0/0 at step 1", Adam(eps=0.0), BOWL, 100, (1.0, 0.0)),
    ("0/0 at step 1", AdaGrad(eps=0.0), BOWL, 100, (0.0, 0.0)),
    ("converged", RMSProp(), BOWL, 100, (0.0, 0.0)),
]


@pytest.mark.parametrize(("expected", "optimizer", "surface", "n_steps", "start"), FATES)
def test_what_becomes_of_a_run(
    expected: str, optimizer: Optimizer, surface: Surface, n_steps: int, start: tuple | None
) -> None:
    assert fate(walk(optimizer, surface, n_steps, start), surface).words == expected


def test_every_kind_is_met_and_has_a_criterion() -> None:
    kinds = {fate(walk(*what), what[1]).kind for _, *what in FATES}
    assert kinds == set(CRITERIA)
    for _, *what in FATES:
        became = fate(walk(*what), what[1])
        assert became.criterion.startswith(CRITERIA[became.kind]) and became.why in became.criterion


@pytest.mark.parametrize("name", LANDSCAPES)
@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_by_its_definition(slug: str, name: str) -> None:
    """Worked out once more, from the words of the criteria."""
    surface = LANDSCAPES[name]()
    (x0, x1), (y0, y1) = surface.domain
    whole = math.hypot(x1 - x0, y1 - y0)
    for n_steps, lr in ((15, 0.3), (120, 0.02)):
        one = walk(OPTIMIZERS[slug](lr=lr), surface, n_steps)
        became, points, loss = fate(one, surface), one.trajectory.params, one.trajectory.loss
        assert (one.diverged_at is not None) == (became.kind in ("diverged", "0/0"))
        if one.diverged_at is not None:
            assert became.since == one.diverged_at and lost(one, surface) == became
            continue
        late = points[n_steps - math.ceil(n_steps / 10) :]
        moved = max(math.dist(point, points[-1]) for point in late)
        assert (moved <= REST * whole) == (became.kind in ("converged", "stalled"))
        assert became.outside == (not (x0 <= points[-1, 0] <= x1 and y0 <= points[-1, 1] <= y1))
        assert (lost(one, surface) is not None) == (became.kind == "running away")
        if became.kind == "running away":
            assert loss[-1] > loss[0] and 1 <= became.since <= n_steps and became.why
        if became.kind == "converged":
            assert to_minimum(surface, points[-1]) <= NEAR * whole


# --- at the borders, with paths made for it ---------------------------------------------------------------------------


def made(loss: list[float]) -> Walk:
    """A walk that goes on, with these losses."""
    real = walk(Adam(), VALLEY, len(loss) - 1, (-2.0, 1.0))
    points = np.linspace((-2, 1), (2, -1), len(loss))
    return dataclasses.replace(
        real, trajectory=dataclasses.replace(real.trajectory, params=points, loss=np.array(loss))
    )


@pytest.mark.parametrize("rises", [RISING - 1, RISING, RISING + 1])
@pytest.mark.parametrize("before", [0, 1, 5])
def test_a_loss_that_rises_long_enough_runs_away(rises: int, before: int) -> None:
    loss = [1.0, *(1.5 - 0.01 * t for t in range(before)), *(2.0 + t for t in range(rises))]
    falls = [t for t in range(1, len(loss)) if loss[t] <= loss[t - 1]]
    since = falls[-1] + 1 if falls else 1
    became = fate(made(loss), VALLEY)
    assert (became.kind == "running away") == (len(loss) - since >= RISING)
    if became.kind == "running away":
        assert became.since == since and became.why.startswith("the loss rose from ")


def test_a_loss_below_the_starts_runs_nowhere() -> None:
    assert fate(made([30.0, *range(30)]), VALLEY).kind == "still moving"
    assert fate(made([28.9, *range(30)]), VALLEY).kind == "running away"
    assert fate(made([29.0, *range(30)]), VALLEY).kind == "still moving"


@pytest.mark.parametrize(("ratio", "expected"), [(1.0, True), (1 - ALIKE + 0.01, True), (1 - ALIKE - 0.01, False)])
def test_a_circle_is_as_wide_in_its_last_two_quarters(ratio: float, expected: bool) -> None:
    turn = np.arange(81) * (math.pi / 5)  # two turns in a quarter
    size = np.where(np.arange(81) > 60, ratio, 1.0)
    assert circles(size[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)) == expected


def test_a_straight_line_is_no_circle() -> None:
    line = np.linspace((0, 0), (9, 9), 101)
    assert not circles(line) and not circles(line[:5])
    bounces = line * (0.01, 0) + np.array([[0, 1.0], [0, -1.0]])[np.arange(101) % 2]
    assert circles(bounces)


def test_a_path_rests_by_the_diagonal() -> None:
    path = np.zeros((101, 2))
    for moved, expected in ((0.99, True), (1.01, False)):
        path[90, 0] = moved * REST * DIAGONAL
        assert rests(path, VALLEY) == expected
    path[89, 0] = 1.0  # before the last tenth
    path[90, 0] = 0.0
    assert rests(path, VALLEY)


# --- the playhead -----------------------------------------------------------------------------------------------------


def test_the_reason_is_given_as_soon_as_it_holds() -> None:
    one = walk(SGD(lr=0.06), VALLEY, 100)
    for t in (2, 3, 50, 100):
        became = fate(one, VALLEY, t)
        assert (became.told, became.why) == ("running away since step 1", "η·λmax = 2.4 > 2")
        assert happens(one, VALLEY, t).startswith("SGD is running away since step 1: η·λmax = 2.4 > 2. It overshoots")
    assert happens(one, VALLEY, 0) == happens(walk(SGD(lr=0.01)), VALLEY, 50) == ""


def test_a_walk_cut_short_has_become_what_it_was_then() -> None:
    for optimizer in (SGD(lr=0.049), SGD(lr=0.06), Momentum(lr=0.1), Adam(lr=0.1), AMSGrad(), Adadelta()):
        long = walk(optimizer, VALLEY, 120)
        for t in (1, 7, 30, 119):
            assert fate(long, VALLEY, t) == fate(walk(optimizer, VALLEY, t), VALLEY)


def test_the_way_to_a_minimum_nobody_declared() -> None:
    class Secret(Booth):
        minima = ()

    class Curved(Rosenbrock):
        minima = ()

    assert to_minimum(Secret(), np.array([1.3, 2.6])) == pytest.approx(0.5, rel=1e-7)
    newton = np.linalg.solve([[802.0, -400.0], [-400.0, 200.0]], Rosenbrock().grad(np.array([1.0, 1.001])))
    assert to_minimum(Curved(), np.array([1.0, 1.001])) == pytest.approx(math.hypot(*newton), rel=0.01)
    assert to_minimum(Saddle(), np.array([0.3, -0.4])) == math.inf


def test_a_declared_local_minimum_needs_no_curvature() -> None:
    class Dented(Saddle):
        local_minima = ((0.0, 0.0),)

    assert to_minimum(Dented(), np.array([0.3, -0.4])) == pytest.approx(0.5)


# --- in rough weather -------------------------------------------------------------------------------------------------

JITTER = [Weather(noise=1.0), Weather(noise=10.0, seed=1), Weather(sparse=0.5), Weather(0.5, drift=Drift((0.01, 0.01)))]


@pytest.mark.parametrize("weather", JITTER, ids=repr)
@pytest.mark.parametrize("name", LANDSCAPES)
def test_a_loss_that_only_jitters_runs_nowhere(name: str, weather: Weather) -> None:
    """Whoever is said to run away has risen for long, or his steps have left behind all that chance made of them."""
    surface = LANDSCAPES[name]()
    for optimizer in (SGD(0.03), Momentum(0.003), Adam(0.03), RMSProp(0.1)):
        for start in (surface.start, *surface.minima[:1]):
            one = walk(optimizer, surface, 120, start, weather)
            lengths, loss = np.hypot(*one.trajectory.delta.T), one.trajectory.loss
            for t in range(1, 120 if one.diverged_at is None else min(one.diverged_at, 120), 3):
                became = fate(one, surface, t)
                if became.kind != "running away":
                    continue
                late = (became.since - 1 + t) // 2
                grew = lengths[late:t].max() > lengths[became.since - 1 : late].min()
                assert grew if "λmax" in became.why else (np.diff(loss[t - 50 : t + 1]) > 0).all()
                assert t - became.since >= 9 and loss[t] > loss[0]


def test_who_runs_away_does_so_under_noise_too() -> None:
    one = walk(SGD(0.06), VALLEY, 100, weather=Weather(noise=0.5))
    assert fate(one, VALLEY).told == "running away since step 1"
    assert "η·λmax = 2.4 > 2" in happens(one, VALLEY, 100)


def test_a_surface_that_leaves_is_no_walk_that_runs_away() -> None:
    one = walk(SGD(1e-4), BOWL, 60, (0.1, 0.0), Weather(drift=Drift((-0.05, 0.0))))
    assert (np.diff(one.trajectory.loss) > 0).all() and fate(one, BOWL).kind == "stalled"
    assert fate(walk(SGD(0.01), BOWL, 60, (0.1, 0.0), Weather(drift=Drift((-0.05, 0.0)))), BOWL).kind == "still moving"


def test_a_minimum_is_where_the_surface_has_moved_it() -> None:
    one = walk(SGD(0.5), BOWL, 100, weather=Weather(drift=Drift((1.0, 0.5), 10)))
    assert fate(one, BOWL).kind == "converged" and one.trajectory.params[-1] == pytest.approx((1.0, 0.5))


def test_the_optimizer_that_made_the_step_met_nothing_over_nothing() -> None:
    lost_before = walk(Adam(), BOWL, 9, (0.0, 0.0), fork=Fork(RMSProp(eps=0.0), 5))
    assert fate(lost_before, BOWL).told == "0/0 at step 1"
    untold = walk(RMSProp(eps=0.0), BOWL, 9, weather=Weather(sparse=0.0))
    assert fate(untold, BOWL).why == "memory and what it is told are both 0 and ε is 0"
