"""Compiled walks end where those of numpy do, on every surface and by every optimizer."""

import dataclasses
import sys
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from landscapes import LANDSCAPES, TRANSFORMS, Formula, Himmelblau, Rastrigin, Rosenbrock, Surface
from optim_core import (
    OPTIMIZERS,
    Adam,
    Cosine,
    Drift,
    Ends,
    Fork,
    Momentum,
    NAdam,
    Optimizer,
    RMSProp,
    Rprop,
    Weather,
    ends,
    sweep,
)
from optim_core.engines import jitted
from optim_core.engines.scalars import written

from ..strategies import Arrays, settings

CLOSE = 1e-12
ODD = Rosenbrock(b=10.0)
for number, kind in enumerate(TRANSFORMS.values(), 2):  # all of them around one another
    ODD = kind(ODD, *[0.7 * number] * (len(dataclasses.fields(kind)) - 1))
TYPED = [
    Formula("max(x^2, abs(y)) + log(abs(x) + 1) - atan(y)/(x^2 + 1)^0.3 + tanh(2*x)"),
    Formula("min(x, y)^2 + sqrt(x) - acos(y/9) + asin(x/9) + cosh(x/4) + sinh(y/5) + tan(x/9)*exp(-x^2) + cos(y)"),
    Formula("x*y^-3 + (x - 1)^4/8 + 2^x + e^(y/3)"),
]
SURFACES: dict[str, Surface] = {name: cls() for name, cls in LANDSCAPES.items()}
SURFACES |= {"all transforms": ODD, **{one.text: one for one in TYPED}}
EVERY = [optimizer for cls in OPTIMIZERS.values() for optimizer in settings(cls)]


def spread(surface: Surface, n: int) -> np.ndarray:
    """Starts all over the domain, `(2, n, n)`."""
    return np.stack(np.meshgrid(*(np.linspace(low, high, n) for low, high in surface.domain)))


@pytest.fixture(autouse=True)
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Whether each of the calls was walked by machine code."""
    said: list[bool] = []
    of_numba = jitted.ends_of

    def ends_of(*given):
        made = of_numba(*given)
        said.append(made is not None)
        return made

    monkeypatch.setattr(jitted, "ends_of", ends_of)
    return said


def agree(found: Ends, wanted: Ends, size: float = 1.0) -> None:
    """Every number within 1e-12 of its size while it is finite, and every row the same."""
    for name, value in vars(wanted).items():
        if value is None or value.dtype.kind == "i":
            np.testing.assert_array_equal(getattr(found, name), value, err_msg=name)
        else:
            np.testing.assert_allclose(getattr(found, name), value, rtol=CLOSE, atol=CLOSE * size, err_msg=name)


def both(optimizer: Optimizer, surface: Surface, start: np.ndarray, n_steps: int, **how) -> tuple[Ends, Ends]:
    return (
        ends(optimizer, surface, start, n_steps, engine="fast", **how),
        ends(optimizer, surface, start, n_steps, **how),
    )


@pytest.mark.parametrize("optimizer", EVERY, ids=repr)
def test_every_setting_of_every_optimizer_ends_where_numpy_does(optimizer: Optimizer, taken: list[bool]) -> None:
    for surface in (Himmelblau(), Rosenbrock()):
        points = np.array([*surface.minima, (0.5, 0.25), (0.6, 0.3)])
        agree(*both(optimizer, surface, spread(surface, 12), 60, target=5.0, points=points, radius=0.5))
    assert taken == [True, True]


@pytest.mark.parametrize("name", SURFACES)
def test_every_surface_is_walked_as_numpy_walks_it(name: str, taken: list[bool]) -> None:
    surface = SURFACES[name]
    start = spread(surface, 20)
    with np.errstate(all="ignore"):
        size = np.nanmax(np.where(np.isfinite(surface.loss(start)), np.abs(surface.loss(start)), 0))
    for optimizer in (Momentum(1e-4), Adam(0.05)):
        agree(*both(optimizer, surface, start, 12), size=max(1.0, size))
    assert taken == [True, True]


@pytest.mark.parametrize("name", [name for name, surface in SURFACES.items() if surface.minima])
def test_at_most_one_start_of_a_thousand_ends_in_another_basin(name: str, taken: list[bool]) -> None:
    surface = SURFACES[name]
    reach = 0.02 * np.hypot(*np.ptp(surface.domain, axis=1))
    how = {"points": [*surface.minima, *surface.local_minima], "radius": reach}
    for optimizer in (Momentum(1e-4), Adam(0.05)):
        found, wanted = both(optimizer, surface, spread(surface, 48), 200, **how)
        assert np.mean((found.nearest != wanted.nearest) | (found.diverged_at != wanted.diverged_at)) <= 1e-3
    assert taken == [True, True]


@pytest.mark.parametrize(
    "optimizer",
    [
        sweep(Adam(), lr=[1e-3, 0.1, 3.0], beta2=[0.0, 0.9, 0.999]),
        sweep(Momentum(), lr=[1e-3, 0.1], momentum=[0.0, 0.5, 0.9]),
        sweep(RMSProp(centered=True), momentum=[0.0, 0.9], alpha=[0.5, 0.99]),
        sweep(NAdam(), lr=[0.01, 0.2], beta1=[0.0, 0.9], momentum_decay=[0.0, 0.01]),
        sweep(Rprop(), lr=[1e-3, 0.1]),
    ],
    ids=lambda optimizer: type(optimizer).__name__,
)
@pytest.mark.parametrize("schedule", [None, Cosine()], ids=["constant", "cosine"])
def test_swept_numbers_and_schedules(optimizer: Optimizer, schedule: Cosine | None, taken: list[bool]) -> None:
    axes = (1,) * max(np.ndim(value) for value in vars(optimizer).values())
    for start in ((-4.6, 0.4), np.random.default_rng(1).uniform(-4, 4, (2, 30, *axes))):
        agree(*both(optimizer, Himmelblau(), start, 50, schedule=schedule, target=1.0))
    assert taken == [True, True]


def test_long_sweeps_go_stretch_by_stretch_and_many_walks_span_by_span(monkeypatch, taken: list[bool]) -> None:
    monkeypatch.setattr(jitted, "TABLED", 1000)
    monkeypatch.setattr(jitted, "SPAN", 150)
    optimizer = sweep(Adam(), lr=np.geomspace(1e-3, 1, 40), beta1=[0.3, 0.9])
    start = np.random.default_rng(2).uniform(-4, 4, (2, 5, 1, 1))
    points, radius = Himmelblau().minima, 0.3
    for threads in (1, 3):
        found, wanted = both(optimizer, Himmelblau(), start, 70, points=points, radius=radius, threads=threads)
        agree(found, wanted)
    assert taken == [True, True]


def test_no_steps_one_walk_and_what_is_not_asked_for() -> None:
    found, wanted = both(Adam(), Himmelblau(), (3.0, 2.0), 0, target=1.0, points=[(3.0, 2.0)], radius=0.1)
    agree(found, wanted)
    assert (found.first, found.stays, found.nearest, found.since, found.diverged_at) == (0, 0, 0, 0, -1)
    found = ends(Adam(), Himmelblau(), engine="fast")
    assert found.params.shape == (2,) and found.loss.shape == () and found.first is found.since is None


@pytest.mark.parametrize(
    "how",
    [{"weather": Weather(noise=0.5, seeds=2)}, {"weather": Weather(drift=Drift())}, {"fork": Fork(Adam(0.1), 10)}],
    ids=["noise", "drift", "fork"],
)
def test_what_is_not_compiled_is_walked_by_numpy(how: dict, taken: list[bool]) -> None:
    agree(*both(Momentum(0.01), Himmelblau(), (1.0, 2.0), 30, target=1.0, **how))
    assert True not in taken


class Dented(Surface):
    """What people write: a helper, a number of the module, branches, powers, a method that is another's."""

    domain, start = ((-4.0, 4.0), (-4.0, 4.0)), (-1.0, 2.0)
    depth = 0.5

    def value(self, x, y):
        return np.where(x > 1, np.square(x), x + np.maximum(x, y) * self.depth) + bent(y) + np.pi * y**2

    def partials(self, x, y):
        along_y = np.where((x <= 1) & (y > x), self.depth, 0.0)
        along_x = np.where(x > 1, 2 * x, 1 + self.depth - along_y)
        return along_x, along_y + self.slope_of(y)

    def slope_of(self, y):
        """One more."""
        return 2 * CLOSE * y + 2 * np.pi * y


def bent(y):
    return CLOSE * y * y


def test_a_surface_of_your_own_is_walked_as_numpy_walks_it(taken: list[bool]) -> None:
    start = spread(Dented(), 20) + 1e-3
    for optimizer in (Momentum(1e-3), Adam(0.05)):
        agree(*both(optimizer, Dented(), start, 40, target=1.0))
    assert taken == [True, True]


def test_surfaces_that_are_no_arithmetic_are_walked_by_numpy(taken: list[bool]) -> None:
    table = np.linspace(0, 1, 9)

    class Looked(type(Himmelblau())):  # reads from around it what is no number
        def value(self, x, y):
            return np.interp(x, table, table) + y * y

    other = Dented()
    other.value = lambda x, y: x * x + y * y
    for surface in (Looked(), other, Arrays(Himmelblau())):
        agree(*both(Adam(), surface, (1.0, 2.0), 30))
    assert taken == [False, False, False]


def test_no_walks_and_no_points() -> None:
    found = ends(Adam(), Himmelblau(), np.empty((2, 3, 0)), 5, points=np.empty((0, 2)), radius=1.0, engine="fast")
    assert found.params.shape == (2, 3, 0) and found.nearest.shape == (3, 0)
    found = ends(Adam(), Himmelblau(), points=np.empty((0, 2)), radius=1.0, engine="fast")
    assert (found.nearest, found.since) == (-1, -1)


def test_surfaces_of_a_class_share_what_is_compiled() -> None:
    one, other = written(Rosenbrock(a=0.5, b=3.0)), written(Rosenbrock(a=2.0, b=77.0))
    assert one.text == other.text and one.numbers == (0.5, 3.0)
    assert written(Formula("x^2 + y")).text != written(Formula("x^2 + 2*y")).text


def test_without_numba_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    jitted.machine.cache_clear()
    for weather in (None, Weather(noise=1.0)):
        with pytest.raises(ImportError, match=r"pip install .*\[fast\]"):
            ends(Adam(), Himmelblau(), weather=weather, engine="fast")
    ends(Adam(), Himmelblau())


def test_an_engine_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="engine must be one of numpy, fast, not 'numba'"):
        ends(Adam(), Himmelblau(), engine="numba")


def test_other_threads_run_while_it_walks() -> None:
    start, ticks, stop = spread(Rastrigin(), 40), [], threading.Event()
    ends(Adam(), Rastrigin(), start, 1, engine="fast")

    def count() -> None:
        while not stop.is_set():
            ticks.append(time.perf_counter())
            time.sleep(1e-3)

    beside = threading.Thread(target=count)
    beside.start()
    began = time.perf_counter()
    ends(Adam(), Rastrigin(), start, 30_000, engine="fast", threads=1)
    ended = time.perf_counter()
    stop.set()
    beside.join()
    held = np.diff([began, *(tick for tick in ticks if began < tick < ended), ended]).max()
    assert held < 0.5 * (ended - began), "the interpreter was held all the time"
