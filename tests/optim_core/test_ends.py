"""The ends of many walks are, bit for bit, those of the same walks recorded; they are walked in blocks, on threads."""

import dataclasses
import itertools
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscapes import (
    LANDSCAPES,
    TRANSFORMS,
    Ackley,
    ElongatedValley,
    Formula,
    Himmelblau,
    QuadraticBowl,
    Rastrigin,
    Rosenbrock,
)
from optim_core import (
    OPTIMIZERS,
    SCHEDULES,
    SGD,
    Adam,
    Clip,
    Constant,
    Cosine,
    Drift,
    Ends,
    Fork,
    Momentum,
    NAdam,
    Pulse,
    Rprop,
    Trajectory,
    WarmUp,
    Weather,
    ends,
    hypers,
    run,
    sweep,
)
from optim_core.engines import many

from ..strategies import any_of, odd_settings, surfaces, weathers

POINTS, RADIUS, TARGET = np.array(Himmelblau().minima), 0.3, 0.5
LOOK = {"target": TARGET, "points": POINTS, "radius": RADIUS}

every_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
every_surface = pytest.mark.parametrize("surface", LANDSCAPES.values(), ids=LANDSCAPES)


@pytest.fixture(params=[(5, 3), (8192, 32)], ids=["small blocks", "blocks"])
def blocks(request: Any, monkeypatch: Any) -> None:
    """Blocks of five walks that keep three rows, and those that everyone gets."""
    walks, rows = request.param
    monkeypatch.setattr(many, "WALKS", walks)
    monkeypatch.setattr(many, "STRETCH", rows)


def starts(n: int, width: float = 5.0) -> np.ndarray:
    return np.random.default_rng(n).uniform(-width, width, (2, n))


def expected(walk: Trajectory, points: np.ndarray = POINTS, radius: float = RADIUS, target: float = TARGET) -> Ends:
    """What `ends` must say, read off a recorded walk."""

    def first(inside: np.ndarray) -> np.ndarray:
        return np.where(inside.any(axis=0), inside.argmax(axis=0), -1)

    def stays(inside: np.ndarray) -> np.ndarray:
        return np.where(inside[-1], len(inside) - np.logical_and.accumulate(inside[::-1]).sum(axis=0), -1)

    with np.errstate(all="ignore"):
        places = walk.on_surface[:, None]
        distance = np.sum((places - points.reshape(points.shape + (1,) * (places.ndim - 3))) ** 2, axis=2)
        best = np.fmin.reduce(walk.loss, axis=0)
    inside = distance <= radius * radius
    nearest = np.where(inside[-1].any(axis=0), np.where(inside[-1], distance[-1], np.inf).argmin(axis=0), -1)
    since = np.take_along_axis(stays(inside), np.maximum(nearest, 0)[None], axis=0)[0]
    below = walk.loss <= target
    return Ends(
        params=walk.params[-1],
        loss=walk.loss[-1],
        best=best,
        diverged_at=walk.diverged_at,
        first=first(below),
        stays=stays(below),
        nearest=nearest,
        since=np.where(nearest < 0, -1, since),
    )


def same(found: Ends, wanted: Ends) -> None:
    for name, value in vars(wanted).items():
        np.testing.assert_array_equal(getattr(found, name), value, err_msg=name, strict=True)


def agrees(optimizer: Any, surface: Any, start: Any = None, n_steps: int = 40, *rest: Any, threads: int = 1) -> Ends:
    found = ends(optimizer, surface, start, n_steps, *rest, threads=threads, **LOOK)
    same(found, expected(run(optimizer, surface, start, n_steps, *rest)))
    return found


# --- the same as recorded walks -------------------------------------------------------------------------------------


@every_optimizer
def test_every_setting_ends_where_recorded_walks_do(optimizer, blocks):
    for setting in odd_settings(optimizer):
        agrees(setting, Himmelblau(), starts(12), 30)


@every_optimizer
def test_many_walks_are_those_of_each_walk_alone(optimizer):
    begin, rates = starts(6), [1e-3, 0.02, 0.3, 5.0]
    found = ends(sweep(optimizer(), lr=rates), Rosenbrock(), begin[..., None], 45, **LOOK)
    for walk, (place, rate) in itertools.product(range(6), enumerate(rates)):
        alone = expected(run(optimizer(lr=rate), Rosenbrock(), begin[:, walk], 45))
        picked = {name: value[..., walk, place] for name, value in vars(found).items()}
        for name, value in vars(alone).items():
            np.testing.assert_array_equal(picked[name], value, err_msg=f"{name}, η {rate}")


@every_optimizer
def test_every_number_can_be_swept(optimizer, blocks):
    for name, declared in hypers(optimizer).items():
        if declared.scale != "switch":
            low, high = declared.range
            span = [low, (low + high) / 3, high]
            agrees(sweep(optimizer(lr=0.05), **{name: span}), Rosenbrock(), starts(4)[..., None], 12)


@every_optimizer
def test_two_numbers_can_be_swept(optimizer, blocks):
    spans = {name: declared.range for name, declared in hypers(optimizer).items() if declared.scale != "switch"}
    for one, other in itertools.pairwise(spans):
        axes = {
            name: low + np.array([0.0, 0.3, 0.7]) * (high - low)
            for name, (low, high) in spans.items()
            if name in (one, other)
        }
        agrees(sweep(optimizer(), **axes), Rosenbrock(), (-0.5, 0.8), 20)


def test_pairs_of_numbers_have_an_axis_each():
    found = agrees(sweep(Adam(), lr=[0.01, 0.1, 1.0], beta1=[0.0, 0.9], beta2=[0.5, 0.99]), Himmelblau(), (1.0, 1.0))
    assert found.params.shape == (2, 3, 2, 2) and found.since.shape == (3, 2, 2)


@every_surface
def test_every_surface_is_walked_in_place(surface, blocks):
    for optimizer in (SGD(0.02), Adam(0.1), Rprop()):
        agrees(optimizer, surface(), starts(33), 25)


@every_surface
def test_a_walk_among_thousands_is_the_walk_alone(surface):
    begin = starts(3001, 3.0)
    found = ends(Adam(0.1), surface(), begin, 60, threads=2)
    for walk in range(0, 3001, 300):
        alone = run(Adam(0.1), surface(), begin[:, walk], 60)
        np.testing.assert_array_equal(found.params[:, walk], alone.params[-1])
        np.testing.assert_array_equal(found.loss[walk], alone.loss[-1])


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_a_transformed_surface_is_walked_too(transform, blocks):
    for held in (Himmelblau(), Ackley(), transform(Himmelblau(), 0.7)):
        agrees(Momentum(0.003), transform(held, 0.4), starts(20), 25)


@pytest.mark.parametrize(
    "text",
    [
        "x^2/2 + y^2 + sin(3*x)",
        "log(x*y)",
        "abs(x) + max(y, -y/2)",
        "1/x + y",
        "x",
        "2^x + y^3 + y^y",
        "min(x, y)^2 + atan(x)",
    ],
)
def test_a_typed_surface_is_walked_too(text, blocks):
    for optimizer in (SGD(0.1), Adam(0.2)):
        agrees(optimizer, Formula(text), starts(20, 2.0), 25)


@every_optimizer
def test_rough_weather_and_schedules(optimizer, blocks):
    storms = [
        Weather(noise=0.5, seed=3),
        Weather(noise=(0.1, 2.0), sparse=0.6, pulse=Pulse(), seeds=3),
        Weather(sparse=0.5, clip=Clip(norm=1.0)),
        Weather(drift=Drift((0.02, -0.01)), clip=Clip(value=2.0)),
        Weather(drift=Drift((1.0, 0.0), at=5)),
    ]
    for weather, schedule in zip(storms, [None, Cosine(), WarmUp(7), Constant(), Cosine()], strict=True):
        begin = starts(7) if weather.seeds == 1 else starts(7)[:, None]
        agrees(optimizer(), Himmelblau(), begin, 20, weather, schedule)
        agrees(sweep(optimizer(), lr=[0.0, 0.1]), Himmelblau(), (0.5, 0.5), 20, weather, schedule)


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)
def test_every_schedule(schedule, blocks):
    for optimizer in (SGD(0.01), Rprop(), sweep(Adam(), lr=[0.1, 0.5]), sweep(Adam(0.3), beta1=[0.1, 0.5])):
        agrees(optimizer, Himmelblau(), starts(4)[..., None], 25, None, schedule())


@every_optimizer
def test_forks(optimizer, blocks):
    for other, at in itertools.product((Adam(0.3), Momentum(0.002), NAdam(), optimizer(lr=0.3)), (0, 1, 3, 8, 20, 30)):
        agrees(optimizer(), Himmelblau(), starts(8), 20, None, None, Fork(other, at))
    rough = Weather(noise=1.0, drift=Drift())
    agrees(sweep(optimizer(), lr=[0.1, 0.2]), Himmelblau(), None, 20, rough, Cosine(), Fork(optimizer(lr=0.3), 7))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    any_of(OPTIMIZERS),
    surfaces(),
    weathers(),
    st.none() | any_of(SCHEDULES),
    st.none() | st.builds(Fork, any_of(OPTIMIZERS), st.integers(0, 9)),
    st.integers(0, 9),
)
def test_whatever_is_walked(optimizer, surface, weather, schedule, fork, n_steps):
    begin = starts(6) if weather.seeds == 1 else starts(6)[:, None]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(many, "STRETCH", 2)
        agrees(optimizer, surface, begin, n_steps, weather, schedule, fork)


# --- corners --------------------------------------------------------------------------------------------------------


@every_optimizer
def test_zero_steps_end_at_the_start(optimizer):
    found = agrees(optimizer(), Himmelblau(), starts(9), 0)
    np.testing.assert_array_equal(found.params, starts(9))
    agrees(optimizer(), Himmelblau(), (1.0, 2.0), 0, None, None, Fork(Momentum(), 1))


@every_optimizer
def test_rates_and_eps_of_zero(optimizer, blocks):
    for name in {"lr", "eps"} & {*hypers(optimizer)}:
        agrees(dataclasses.replace(optimizer(), **{name: 0.0}), QuadraticBowl(), [[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]], 40)


@every_optimizer
def test_walks_that_diverge_end_as_they_do(optimizer, blocks):
    begin = np.concatenate([starts(9), [[1e200, np.inf, np.nan, 0.0], [0.0, 1.0, np.nan, -np.inf]]], axis=1)
    found = agrees(optimizer(lr=30.0), Rosenbrock(), begin, 60)
    assert (found.diverged_at[-4:] == 0).all()


def test_where_the_loss_is_no_number():
    found = agrees(SGD(0.5), Formula("log(x) + y^2"), [[0.1, 1.0, -1.0], [1.0, 1.0, 1.0]], 30)
    assert (found.diverged_at >= 0).all() and math.isnan(found.best[2]) and not math.isnan(found.best[0])


def test_one_walk_has_no_axes():
    found = agrees(Adam(0.1), Himmelblau(), (1.0, 1.0), 200)
    assert found.params.shape == (2,) and found.loss.shape == () and found.since > 0


def test_starts_of_any_kind_of_number():
    wanted = ends(Adam(0.1), Himmelblau(), starts(5).astype(np.float32), 30)
    for start in (starts(5).astype(np.float32).tolist(), starts(5).astype(np.float32).astype(float)):
        same(ends(Adam(0.1), Himmelblau(), start, 30), wanted)
    assert wanted.params.dtype == float


def test_no_walk_and_no_point():
    found = ends(SGD(), Himmelblau(), np.empty((2, 0)), 10, **LOOK)
    assert found.params.shape == (2, 0) and found.since.shape == (0,)
    found = ends(SGD(), Himmelblau(), starts(3), 10, points=[], radius=1.0)
    assert (found.nearest == -1).all() and (found.since == -1).all()


def test_points_whose_circles_overlap(blocks):
    points = np.array([(3.0, 2.0), (3.2, 2.1), (2.9, 2.0), (0.0, 0.0)])
    for radius in (0.0, 0.3, 2.0, 6.0):
        found = ends(Adam(0.2), Himmelblau(), starts(40), 50, points=points, radius=radius)
        wanted = expected(run(Adam(0.2), Himmelblau(), starts(40), 50), points, radius)
        np.testing.assert_array_equal(found.nearest, wanted.nearest)
        np.testing.assert_array_equal(found.since, wanted.since)


@every_optimizer
def test_without_anything_to_look_for_nothing_is_told(optimizer, blocks):
    found = ends(optimizer(lr=0.03), Himmelblau(), starts(30, 6.0), 400)
    wanted = expected(run(optimizer(lr=0.03), Himmelblau(), starts(30, 6.0), 400))
    for name in ("params", "loss", "best", "diverged_at"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name), err_msg=name)
    assert (found.first, found.stays, found.nearest, found.since) == (None, None, None, None)


def test_threads_change_nothing():
    begin = starts(5000)
    same(ends(Adam(0.1), Rastrigin(), begin, 50, threads=3, **LOOK), ends(Adam(0.1), Rastrigin(), begin, 50, **LOOK))


def test_what_is_handed_in_stays_as_it_is():
    begin, points = starts(4), POINTS.copy()
    found = ends(SGD(0.01), Himmelblau(), begin, 3, points=points, radius=0.1)
    np.testing.assert_array_equal(begin, starts(4))
    np.testing.assert_array_equal(points, POINTS)
    found.params[...] = 0
    np.testing.assert_array_equal(begin, starts(4))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"points": POINTS}, "belong together"),
        ({"radius": 1.0}, "belong together"),
        ({"points": [(1.0, 2.0, 3.0)], "radius": 1.0}, "must be of shape"),
        ({"points": POINTS, "radius": -1.0}, "radius must be"),
        ({"points": POINTS, "radius": math.nan}, "radius must be"),
        ({"points": POINTS, "radius": [1.0, 2.0]}, "radius must be one number"),
        ({"target": [1.0, 2.0]}, "target must be one number"),
        ({"target": "low"}, "target must be a number"),
        ({"threads": 0}, "threads must be"),
        ({"threads": 1.5}, "threads must be"),
        ({"engine": "quick"}, "engine must be"),
        ({"n_steps": -1}, "n_steps must be"),
        ({"start": (1.0, 2.0, 3.0)}, "start must hold 2 rows"),
    ],
)
def test_what_cannot_be_is_said_in_words(wrong, said):
    with pytest.raises((TypeError, ValueError), match=said):
        ends(SGD(), Himmelblau(), **wrong)


# --- how ------------------------------------------------------------------------------------------------------------


def test_memory_is_bounded_by_the_block(monkeypatch):
    import tracemalloc

    def peak(n_steps: int, walks: int) -> int:
        monkeypatch.setattr(many, "WALKS", walks)
        tracemalloc.start()
        ends(Adam(0.1), Himmelblau(), starts(20_000), n_steps, threads=1, **LOOK)
        made = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return made

    peak(20, 1000)  # what is made once is made
    assert peak(400, 1000) < 1.1 * peak(40, 1000) < peak(40, 20_000)


def test_walks_that_stand_still_or_are_lost_are_not_walked_on(monkeypatch):
    counted = []
    turn = many._Block._turn

    def counting(block, *rest):
        turn(block, *rest)
        counted.append(len(block.walks))

    monkeypatch.setattr(many._Block, "_turn", counting)
    agrees(SGD(0.01), Himmelblau(), starts(200, 4.0), 1000)
    assert counted[0] > counted[-1] == 0
    counted.clear()
    agrees(SGD(0.025), Himmelblau(), starts(200, 6.0), 300, Weather(noise=0.1))
    assert 0 < counted[-1] < 200  # those that are lost


@dataclasses.dataclass(frozen=True)
class Moody:
    """A surface of which the numbers decide what is worked out."""

    start = (1.0, 1.0)

    def value(self, x, y):
        return np.where(x > 0, x * x, -x) + y * y if np.any(x > 0) else y * y - x

    def partials(self, x, y):
        return np.where(x > 0, 2 * x, -1.0), 2 * y

    def loss(self, params):
        return self.value(*params)

    def grad(self, params):
        return np.stack(self.partials(*params))


def test_a_surface_that_looks_at_numbers_is_asked_as_it_is():
    agrees(Momentum(0.1), Moody(), starts(30), 40)


def test_a_surface_with_a_shape_for_each_walk_is_asked_as_it_is():
    valleys = ElongatedValley(kappa=np.array([2.0, 20.0, 200.0]))
    found = agrees(SGD(0.004), valleys, starts(3), 40)
    for walk, kappa in enumerate(valleys.kappa):
        alone = ends(SGD(0.004), ElongatedValley(kappa=float(kappa)), starts(3)[:, walk], 40)
        np.testing.assert_array_equal(found.params[:, walk], alone.params)


def test_a_landscape_that_is_no_surface_sees_all_walks_in_their_own_shape():
    shapes = set()

    def grad(params):
        shapes.add(params.shape)
        return 2 * params

    landscape = SimpleNamespace(loss=lambda params: (params * params).sum(axis=0), grad=grad)
    begin = np.random.default_rng(0).uniform(-1, 1, (3, 4, 1))
    optimizer = sweep(Adam(), lr=[0.1, 0.2])
    found = ends(optimizer, landscape, begin, 40, target=0.5, points=[(0.0, 0.0, 0.0)], radius=0.1)
    wanted = expected(run(optimizer, landscape, begin, 40), np.zeros((1, 3)), 0.1)
    same(found, wanted)
    assert shapes == {(3, 4, 2)}
