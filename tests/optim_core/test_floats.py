"""A walk in plain floats is, bit for bit, the walk through arrays; it is taken where it can be and nowhere else."""

import dataclasses
import itertools
import math
import re
import sys
import textwrap
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscapes import LANDSCAPES, Ackley, QuadraticBowl, Rosenbrock, Saddle
from optim_core import (
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    NAdam,
    Optimizer,
    RMSProp,
    RMSPropAveragedRates,
    Trajectory,
    hypers,
    run,
    sweep,
)
from optim_core.arithmetic import FUNCTIONS, power
from optim_core.engines import floats
from optim_core.hyper import learning_rate

from ..strategies import columns, corners, odd_settings

RUN = sys.modules["optim_core.run"]  # the name in the package is the function

CLASSES = list(OPTIMIZERS.values())
every_class = pytest.mark.parametrize("optimizer", CLASSES, ids=OPTIMIZERS)


SETTINGS = list(dict.fromkeys(setting for optimizer in CLASSES for setting in odd_settings(optimizer)))
CORNERS = [optimizer(**setting) for optimizer in CLASSES for setting in corners(optimizer)]


def unknown(landscape: Any) -> SimpleNamespace:
    """The landscape without what a `Surface` promises, so that its walk goes through arrays."""
    return SimpleNamespace(loss=landscape.loss, grad=landscape.grad, start=landscape.start)


def assert_same_walks(optimizer: Optimizer, landscape: Any, start: Any = None, n_steps: int = 40) -> Trajectory:
    walk, through_arrays = (run(optimizer, one, start, n_steps) for one in (landscape, unknown(landscape)))
    assert type(walk.state) is type(through_arrays.state)
    assert columns(walk).keys() == columns(through_arrays).keys()
    for (name, value), expected in zip(columns(walk).items(), columns(through_arrays).values(), strict=True):
        assert (type(value), value.dtype, value.shape) == (type(expected), expected.dtype, expected.shape), name
        np.testing.assert_array_equal(value, expected, err_msg=name)
        if value.ndim:
            assert value.flags.c_contiguous, name
            assert value.flags.writeable, name
    return walk


def in_floats(optimizer: Optimizer, landscape: Any, start: Any = None, n_steps: int = 40) -> bool:
    """Whether the walk can be taken in floats."""
    begin = np.array(landscape.start if start is None else start, dtype=float)
    return floats.record(optimizer, landscape, begin, n_steps) is not None


# --- the same walk --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", SETTINGS, ids=repr)
def test_every_setting_walks_the_same(optimizer: Optimizer) -> None:
    for surface in (Rosenbrock(), Ackley(), Saddle()):
        assert_same_walks(optimizer, surface)
    assert in_floats(optimizer, Rosenbrock())


def test_every_corner_walks_the_same() -> None:
    for optimizer in CORNERS:
        for surface in (Rosenbrock(), QuadraticBowl()):
            assert_same_walks(optimizer, surface, (0.5, 0.0), 15)  # where the bowl has no slope in y


@pytest.mark.parametrize("surface", LANDSCAPES.values(), ids=LANDSCAPES)
@every_class
def test_every_surface_is_walked_the_same(optimizer: type[Optimizer], surface: Any) -> None:
    low = {name: field.range[0] + 0.1 * (field.range[1] - field.range[0]) for name, field in hypers(surface).items()}
    for shape in {surface(), surface(**low)}:
        assert_same_walks(optimizer(), shape, n_steps=60)
        assert in_floats(optimizer(), shape)


@every_class
def test_a_long_walk_is_the_same(optimizer: type[Optimizer]) -> None:
    assert_same_walks(optimizer(), Rosenbrock(), n_steps=1200)


@pytest.mark.parametrize("n_steps", [0, 1, 2])
@every_class
def test_a_short_walk_is_the_same(optimizer: type[Optimizer], n_steps: int) -> None:
    walk = assert_same_walks(optimizer(), Rosenbrock(), n_steps=n_steps)
    assert walk.params.shape == walk.grad.shape == (n_steps + 1, 2)
    assert walk.delta.shape == (n_steps, 2)


@pytest.mark.parametrize("lr", [3.0, 1e150])
@pytest.mark.parametrize("surface", LANDSCAPES.values(), ids=LANDSCAPES)
@every_class
def test_a_walk_that_diverges_is_the_same(optimizer: type[Optimizer], surface: Any, lr: float) -> None:
    with np.errstate(all="raise"):
        assert_same_walks(optimizer(lr=lr), surface())


@pytest.mark.parametrize("lr", [1.0, 1e308])
def test_floats_take_a_walk_to_its_infinite_end(lr: float) -> None:
    assert in_floats(SGD(lr=lr), Rosenbrock())
    assert assert_same_walks(SGD(lr=lr), Rosenbrock()).diverged_at > 0


@pytest.mark.parametrize(
    "start", [(0.0, 0.0), (0.0, 1.0), (-0.0, -1.0), (math.nan, 1.0), (math.inf, -math.inf), (1e200, 1e-320), (2, -1)]
)
@every_class
def test_any_start_is_the_same(optimizer: type[Optimizer], start: tuple[float, float]) -> None:
    for surface in (QuadraticBowl(), Rosenbrock(), Ackley()):
        assert_same_walks(optimizer(), surface, start)


WITHOUT_EPSILON = [optimizer for optimizer in CLASSES if "eps" in hypers(optimizer)]


@pytest.mark.parametrize("start", [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0)])
@pytest.mark.parametrize("optimizer", WITHOUT_EPSILON)
def test_a_division_by_zero_is_left_to_numpy(optimizer: type[Optimizer], start: tuple[float, float]) -> None:
    zeros = {name: 0.0 for name in ("eps", "eps_root", "initial_accumulator") if name in hypers(optimizer)}
    assert not in_floats(optimizer(**zeros), QuadraticBowl(), start)
    walk = assert_same_walks(optimizer(**zeros), QuadraticBowl(), start)
    assert not all(np.isfinite(value).all() for value in columns(walk).values())


@dataclasses.dataclass(frozen=True)
class Rooted(Optimizer):
    """A step of the root of the slope."""

    equations = """
        effective_lr = grad
        rms_grad     = grad
        delta        = -sqrt(grad)
    """


def test_the_root_of_a_negative_number_is_left_to_numpy() -> None:
    assert not in_floats(Rooted(), QuadraticBowl(), (4.0, -4.0))
    assert assert_same_walks(Rooted(), QuadraticBowl(), (4.0, -4.0)).diverged_at == 1


@pytest.mark.parametrize("kind", [int, np.float64, np.float32, np.int64, np.asarray])
@every_class
def test_a_number_of_any_kind_walks_the_same(optimizer: type[Optimizer], kind: Any) -> None:
    values = {name: kind(1) for name in hypers(optimizer) if name in ("lr", "eps", "weight_decay", "momentum_decay")}
    values |= {
        name: kind(0) for name in hypers(optimizer) if name in ("momentum", "dampening", "beta1", "beta2", "rho")
    }
    assert_same_walks(optimizer(**values), Rosenbrock(), n_steps=20)


@st.composite
def walks(draw: st.DrawFn) -> tuple[Optimizer, Any, tuple[float, float]]:
    optimizer, surface = draw(st.sampled_from(CLASSES)), draw(st.sampled_from(list(LANDSCAPES.values())))
    made = []
    for declared in (optimizer, surface):
        values = {
            name: draw(st.booleans() if field.scale == "switch" else st.floats(*(clamp(end) for end in field.bounds)))
            for name, field in hypers(declared).items()
        }
        made.append(declared(**values))
    return (*made, draw(st.tuples(*(st.floats(-1.5 * abs(low), 1.5 * abs(high)) for low, high in surface.domain))))


def clamp(end: float) -> float:
    return max(-1e3, min(end, 1e3))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(walks())
def test_any_numbers_walk_the_same(walk: tuple[Optimizer, Any, tuple[float, float]]) -> None:
    assert_same_walks(*walk, n_steps=15)


# --- where it is taken ----------------------------------------------------------------------------------------------


@every_class
def test_one_walk_on_a_surface_takes_no_step_through_arrays(
    optimizer: type[Optimizer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RUN, "iterate", lambda *_: pytest.fail("went through arrays"))
    monkeypatch.setattr(optimizer, "update", lambda *_: pytest.fail("went through arrays"))
    assert run(optimizer(), Rosenbrock(), n_steps=30).params.shape == (31, 2)


@pytest.mark.parametrize(
    ("optimizer", "landscape", "start"),
    [
        (sweep(Adam(), lr=[0.1]), Rosenbrock(), None),
        (sweep(Adam(), lr=[0.1, 0.2], beta1=[0.5]), Rosenbrock(), None),
        (Adam(lr=np.float32(0.1)), Rosenbrock(), None),
        (Adam(), Rosenbrock(), np.ones((2, 1))),
        (Adam(), Rosenbrock(), np.ones((2, 3, 4))),
        (Adam(), unknown(Rosenbrock()), None),
        (Adam(), SimpleNamespace(loss=np.sum, grad=np.square), np.ones(3)),
    ],
    ids=["one rate", "rates", "float32", "a batch of one", "a batch", "no surface", "three parameters"],
)
def test_any_other_walk_goes_through_arrays(
    optimizer: Optimizer, landscape: Any, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(floats, "compiled", lambda *_: pytest.fail("went through floats"))
    run(optimizer, landscape, start, 3)


def test_the_losses_of_a_surface_are_taken_at_once_and_of_others_one_by_one() -> None:
    seen = []

    class Watched(Rosenbrock):
        def loss(self, params: np.ndarray) -> np.ndarray:
            seen.append(params.shape)
            return super().loss(params)

    run(Adam(), Watched(), n_steps=9)
    run(Adam(), Watched(), np.ones((2, 3)), n_steps=9)
    run(Adam(), unknown(Watched()), n_steps=2)
    assert seen == [(2, 10), (2, 10, 3), (2,), (2,), (2,)]


@pytest.mark.parametrize("n_steps", [-1, 2.5, "3"])
def test_an_impossible_number_of_steps_is_refused(n_steps: Any) -> None:
    for landscape in (Rosenbrock(), unknown(Rosenbrock())):
        with pytest.raises((ValueError, TypeError)):
            run(Adam(), landscape, n_steps=n_steps)


# --- the loop -------------------------------------------------------------------------------------------------------


def test_a_loop_is_compiled_once_for_each_setting() -> None:
    floats.compiled.cache_clear()
    for lr, beta1, eps in itertools.product((0.0, 0.1, 2.0), (0.0, 0.5), (1e-8, 0.1)):
        run(Adam(lr=lr, beta1=beta1, eps=eps), Rosenbrock(a=lr), n_steps=3)
    assert floats.compiled.cache_info().currsize == 1
    run(Adam(bias_correction=False), Rosenbrock(), n_steps=3)
    run(RMSProp(), Rosenbrock(), n_steps=3)
    run(RMSProp(momentum=0.5), Rosenbrock(), n_steps=3)
    run(RMSProp(momentum=0.6), Rosenbrock(), n_steps=3)
    assert floats.compiled.cache_info().currsize == 4


@every_class
def test_every_loop_is_kept(optimizer: type[Optimizer]) -> None:
    assert floats.compiled.cache_info().maxsize >= 4 * len(CLASSES)
    run(optimizer(), Rosenbrock(), n_steps=3)
    misses = floats.compiled.cache_info().misses
    run(optimizer(lr=0.123), Ackley(), n_steps=7)
    assert floats.compiled.cache_info().misses == misses


ODD = (math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, -2.5, 5e-324, 1e308)

CALLS = {
    "sqrt(abs(grad))": lambda x, y: np.sqrt(np.abs(y)),
    "abs(grad)": lambda x, y: np.abs(y),
    "sign(grad)": lambda x, y: np.sign(y),
    "sign(grad * 2)": lambda x, y: np.sign(y * 2),
    "grad**2": lambda x, y: np.square(y),
    "(grad - params)**2": lambda x, y: np.square(y - x),
    "grad**t": lambda x, y: power(y, 1),
    "maximum(params, grad)": np.maximum,
    "minimum(params, grad)": np.minimum,
    "maximum(params, grad * 3 + 1)": lambda x, y: np.maximum(x, y * 3 + 1),
    "minimum(maximum(params * 2, grad), lr)": lambda x, y: np.minimum(np.maximum(x * 2, y), 0.5),
    "where(grad > params, grad, where(grad < 0, -1.0, params))": lambda x, y: np.where(
        y > x, y, np.where(y < 0, -1.0, x)
    ),
    "where(t == 1, lr, grad)": lambda x, y: 0.5,
}


@pytest.mark.parametrize(("expression", "function"), CALLS.items(), ids=CALLS)
def test_a_function_of_floats_is_numpys(expression: str, function: Any) -> None:
    class Calling(Optimizer):
        lr: float = learning_rate(0.5)
        equations = f"effective_lr = {expression}\nrms_grad = abs(grad)\ndelta = -grad"

    loop = floats.compiled(next(iter(Calling.statement.settings.values())))
    with np.errstate(all="ignore"):
        for x, y in itertools.product(ODD, repeat=2):
            row = loop(lambda *_, y=y: (y, y), 0, 0, [x, x], lr=0.5)
            np.testing.assert_array_equal(row[6:8], function(*np.array([[x, x], [y, y]])), err_msg=f"{x}, {y}")


def test_every_function_of_an_equation_is_known_in_floats() -> None:
    assert floats.IN_FLOATS.keys() == FUNCTIONS.keys()


def test_the_loop_that_is_printed_is_adams() -> None:
    assert textwrap.indent(floats.source(Adam().setting), "    ") in floats.__doc__


class Spy:
    """A surface that looks at the loop which asks it."""

    def value(self, x: Any, y: Any) -> Any:
        return x

    def partials(self, x: Any, y: Any) -> tuple[Any, Any]:
        self.seen = dict(sys._getframe(1).f_locals)
        return 1.0, -2.0


@pytest.mark.parametrize("optimizer", SETTINGS, ids=repr)
def test_the_loop_computes_with_plain_numbers(optimizer: Optimizer) -> None:
    """One array without axes would double its time."""
    spy = Spy()
    assert floats.record(optimizer, spy, np.zeros(2), 3) is not None
    body = floats.source(optimizer.setting).split("_float(grad_1)")[1]
    used = {*re.findall(r"\w+", body)} & spy.seen.keys() - {"_record", "_rows"}
    assert "params_0" in used
    assert {type(spy.seen[name]) for name in used} <= {int, float, bool}


def test_powers_of_every_step_are_the_powers_of_each() -> None:
    random = np.random.default_rng(5)
    steps = np.arange(1, 1001)
    for base in (0.0, 0.9, 0.96, 0.999, *random.uniform(0, 1, 40)):
        np.testing.assert_array_equal(power(base, steps), [power(base, t) for t in steps.tolist()])
        for psi in (0.0, 4e-3, 0.5, 1.0, random.uniform(0, 0.1)):
            expected = [power(base, t * psi) for t in steps.tolist()]
            np.testing.assert_array_equal(power(base, steps * psi), expected)


def test_a_memory_shared_by_the_parameters_is_recorded_for_each() -> None:
    walk = assert_same_walks(NAdam(), Rosenbrock(), n_steps=300)
    np.testing.assert_array_equal(walk.state.mu_product[:, 0], walk.state.mu_product[:, 1])
    assert walk.state.mu_product.shape == (300, 2)


def test_arrays_of_a_walk_share_nothing_with_each_other() -> None:
    for optimizer in (AdaGrad(), RMSPropAveragedRates()):
        values = list(columns(run(optimizer, Rosenbrock(), n_steps=9)).values())
        assert not any(np.shares_memory(one, other) for one, other in itertools.combinations(values, 2))
