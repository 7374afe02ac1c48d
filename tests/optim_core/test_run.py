"""Walking: shapes, batches and sweeps that equal their members, divergence told and nothing touched."""

import dataclasses
import itertools
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landscapes import LANDSCAPES, QuadraticBowl, Rosenbrock
from optim_core import OPTIMIZERS, SGD, Adam, Hyper, NAdam, Optimizer, RMSProp, Trajectory, hypers, iterate, run, sweep

from ..strategies import columns

CLASSES = list(OPTIMIZERS.values())
every_class = pytest.mark.parametrize("optimizer", CLASSES, ids=OPTIMIZERS)
quickly = settings(max_examples=25, deadline=None, derandomize=True)


class Bowl:
    """½ Σ i θᵢ² over any number of parameters."""

    def loss(self, params: np.ndarray) -> np.ndarray:
        return 0.5 * (params * self.grad(params)).sum(axis=0)

    def grad(self, params: np.ndarray) -> np.ndarray:
        return np.arange(1.0, len(params) + 1).reshape((-1,) + (1,) * (params.ndim - 1)) * params


class Regression:
    """Mean squared error of a linear model, ½ mean (X θ − y)²: more parameters than two, and matrix products."""

    start = np.zeros(5)

    def __init__(self) -> None:
        random = np.random.default_rng(11)
        self.X = random.normal(size=(30, 5))
        self.y = self.X @ [1.0, -2.0, 0.5, 3.0, 0.0] + random.normal(0, 0.1, 30)

    def residual(self, params: np.ndarray) -> np.ndarray:
        return self.X @ params - self.y.reshape((-1,) + (1,) * (params.ndim - 1))

    def loss(self, params: np.ndarray) -> np.ndarray:
        return 0.5 * np.square(self.residual(params)).mean(axis=0)

    def grad(self, params: np.ndarray) -> np.ndarray:
        return self.X.T @ self.residual(params) / len(self.y)


def numbers(optimizer: type[Optimizer]) -> dict[str, Hyper]:
    """The fields that can be swept."""
    return {name: declaration for name, declaration in hypers(optimizer).items() if declaration.scale != "switch"}


def assert_same(walk: Trajectory, member: Trajectory, place: tuple[Any, ...]) -> None:
    """`member` is, bit for bit, what stands at `place` of the trailing axes of `walk`."""
    whole = columns(walk)
    for name, value in columns(member).items():
        np.testing.assert_array_equal(whole[name][(..., *place)], value, err_msg=f"{name} of {place}")


# --- shapes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(2,), (5,), (1,), (2, 3), (5, 2, 3, 4), (2, 0)], ids=str)
@every_class
def test_shapes(optimizer: type[Optimizer], shape: tuple[int, ...]) -> None:
    walk = run(optimizer(), Bowl(), np.full(shape, 0.7), 6)
    assert walk.params.shape == walk.grad.shape == (7, *shape)
    assert walk.loss.shape == (7, *shape[1:])
    assert walk.diverged_at.shape == shape[1:]
    for name, value in columns(walk).items():
        if name not in ("params", "grad", "seen_grad", "loss", "diverged_at"):
            assert value.shape == (6, *shape), name
        if name != "diverged_at":
            assert value.dtype == np.float64, name
    assert walk.diverged_at.dtype.kind == "i"


def test_sweep_of_two_fields_has_an_axis_for_each() -> None:
    swept = sweep(Adam(), lr=np.geomspace(1e-3, 1, 6), beta1=[0.0, 0.5, 0.9, 0.99])
    walk = run(swept, Rosenbrock(), n_steps=9)
    assert walk.params.shape == walk.grad.shape == (10, 2, 6, 4)
    assert walk.loss.shape == (10, 6, 4)
    assert walk.delta.shape == walk.effective_lr.shape == walk.rms_grad.shape == (9, 2, 6, 4)
    assert {field.shape for field in walk.state} == {(9, 2, 6, 4)}
    assert walk.diverged_at.shape == (6, 4)


def test_rows_are_consistent() -> None:
    """Row t of params, loss and grad is before step t + 1; row t of delta leads on to row t + 1."""
    surface, walk = Rosenbrock(), run(Adam(lr=0.1), Rosenbrock(), n_steps=50)
    np.testing.assert_array_equal(walk.params[0], surface.start)
    np.testing.assert_array_equal(walk.params[1:], walk.params[:-1] + walk.delta)
    np.testing.assert_array_equal(walk.loss, [surface.loss(params) for params in walk.params])
    np.testing.assert_array_equal(walk.grad, [surface.grad(params) for params in walk.params])


def test_unused_fields_of_a_state_stay_none() -> None:
    assert run(RMSProp(), Bowl(), [1.0, 1.0], 3).state[1:] == (None, None)
    assert all(field is not None for field in run(RMSProp(momentum=0.5, centered=True), Bowl(), [1.0], 3).state)


@every_class
def test_no_steps(optimizer: type[Optimizer]) -> None:
    walk = run(optimizer(), Rosenbrock(), n_steps=0)
    start = np.array(Rosenbrock.start)
    np.testing.assert_array_equal(walk.params, [start])
    np.testing.assert_array_equal(walk.grad, [Rosenbrock().grad(start)])
    np.testing.assert_array_equal(walk.loss, [Rosenbrock().loss(start)])
    for name, value in columns(walk).items():
        if name not in ("params", "grad", "seen_grad", "loss", "diverged_at"):
            assert value.shape == (0, 2), name
    assert walk.diverged_at == -1


@every_class
def test_iterate_takes_the_steps_that_run_records(optimizer: type[Optimizer]) -> None:
    walk = run(optimizer(), Rosenbrock(), n_steps=20)
    steps = list(iterate(optimizer(), Rosenbrock(), n_steps=20))
    assert [step.t for step in steps] == list(range(1, 21))
    for row, step in enumerate(steps):
        np.testing.assert_array_equal(step.params, walk.params[row])
        np.testing.assert_array_equal(step.grad, walk.grad[row])
        np.testing.assert_array_equal(step.delta, walk.delta[row])
        for name, value in (step.state._asdict() | step.diagnostics._asdict()).items():
            if value is not None:
                recorded = columns(walk).get(f"state.{name}", getattr(walk, name, None))
                np.testing.assert_array_equal(np.broadcast_to(value, (2,)), recorded[row], err_msg=name)


@pytest.mark.parametrize("surface", LANDSCAPES.values(), ids=LANDSCAPES)
def test_start_is_the_landscapes_own_unless_given(surface: Any) -> None:
    np.testing.assert_array_equal(run(Adam(), surface(), n_steps=3).params[0], surface.start)
    given_start = np.add(surface.start, 0.25)
    np.testing.assert_array_equal(run(Adam(), surface(), given_start, 3).params[0], given_start)


# --- batches and sweeps ---------------------------------------------------------------------------------------------


@quickly
@given(starts=arrays(float, (2, 3), elements=st.floats(-4, 4)), surface=st.sampled_from(list(LANDSCAPES.values())))
@every_class
def test_a_batch_equals_its_members(optimizer: type[Optimizer], starts: np.ndarray, surface: Any) -> None:
    walk = run(optimizer(), surface(), starts, 8)
    for i in range(3):
        assert_same(walk, run(optimizer(), surface(), starts[:, i], 8), (i,))


FIELDS = [(optimizer, name) for optimizer in CLASSES for name in numbers(optimizer)]


def places(declaration: Hyper) -> list[float]:
    """The ends of the range and of the bounds, and two values between."""
    low, high = declaration.range
    ends = [value for value in (low, high, *declaration.bounds) if math.isfinite(value)]
    return sorted({*ends, low + 0.07 * (high - low), low + 0.7 * (high - low)})


@pytest.mark.parametrize(("optimizer", "name"), FIELDS, ids=lambda value: getattr(value, "__name__", value))
def test_a_sweep_equals_the_separate_runs(optimizer: type[Optimizer], name: str) -> None:
    values = places(numbers(optimizer)[name])
    flags = [field for field, declaration in hypers(optimizer).items() if declaration.scale == "switch"]
    for setting in itertools.product((False, True), repeat=len(flags)):
        base = optimizer(**dict(zip(flags, setting, strict=True)))
        walk = run(sweep(base, **{name: values}), Rosenbrock(), n_steps=15)
        for i, value in enumerate(values):
            assert_same(walk, run(dataclasses.replace(base, **{name: value}), Rosenbrock(), n_steps=15), (i,))


@st.composite
def sweeps(draw: st.DrawFn) -> tuple[Optimizer, str, list[float]]:
    optimizer, name = draw(st.sampled_from(FIELDS))
    low, high = numbers(optimizer)[name].bounds
    values = draw(st.lists(st.floats(low, min(high, 1e3)), min_size=1, max_size=4))
    return optimizer(), name, values


@settings(quickly, max_examples=100)
@given(swept=sweeps(), surface=st.sampled_from(list(LANDSCAPES.values())))
def test_a_sweep_of_any_values_equals_the_separate_runs(
    swept: tuple[Optimizer, str, list[float]], surface: Any
) -> None:
    optimizer, name, values = swept
    walk = run(sweep(optimizer, **{name: values}), surface(), n_steps=8)
    for i, value in enumerate(values):
        assert_same(walk, run(dataclasses.replace(optimizer, **{name: value}), surface(), n_steps=8), (i,))


PAIRS = [(optimizer, pair) for optimizer in CLASSES for pair in itertools.combinations(numbers(optimizer), 2)]


@pytest.mark.parametrize(("optimizer", "pair"), PAIRS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_sweep_of_two_fields_equals_the_separate_runs(optimizer: type[Optimizer], pair: tuple[str, str]) -> None:
    axes = {name: places(numbers(optimizer)[name])[1 : 3 + i] for i, name in enumerate(pair)}
    walk = run(sweep(optimizer(), **axes), Rosenbrock(), n_steps=5)
    for place in np.ndindex(walk.diverged_at.shape):
        values = {name: axes[name][i] for name, i in zip(pair, place, strict=True)}
        assert_same(walk, run(optimizer(**values), Rosenbrock(), n_steps=5), place)


def test_a_sweep_meets_a_batch_of_starts_on_the_last_axis() -> None:
    starts = np.array([[-1.0, 0.0, 1.5], [1.0, 2.0, -0.5]])
    rates = [0.01, 0.1, 0.5]
    paired = run(sweep(Adam(), lr=rates), Rosenbrock(), starts, 10)
    crossed = run(sweep(Adam(), lr=rates, beta1=[0.9]), Rosenbrock(), starts, 10)
    assert paired.params.shape == (11, 2, 3)
    assert crossed.params.shape == (11, 2, 3, 3)
    for i, j in itertools.product(range(3), repeat=2):
        alone = run(Adam(lr=rates[i]), Rosenbrock(), starts[:, j], 10)
        assert_same(crossed, alone, (i, j))
        if i == j:
            assert_same(paired, alone, (i,))


@every_class
def test_a_regression_by_matrix_products_agrees(optimizer: type[Optimizer]) -> None:
    data, rates = Regression(), [1e-4, 1e-3, 3e-3]  # slow enough not to circle the minimum, where rounding grows
    walk = run(sweep(optimizer(), lr=rates), data, n_steps=20)
    assert walk.params.shape == (21, 5, 3)
    assert walk.loss.shape == (21, 3)
    for i, lr in enumerate(rates):
        alone = columns(run(optimizer(lr=lr), data, n_steps=20))
        for name in ("params", "loss", "delta"):
            column = columns(walk)[name][..., i]
            np.testing.assert_allclose(column, alone[name], rtol=1e-12, atol=1e-12 * np.abs(column).max())


def test_sgd_on_a_regression_solves_it() -> None:
    data = Regression()
    solution = np.linalg.lstsq(data.X, data.y, rcond=None)[0]
    np.testing.assert_allclose(run(SGD(lr=0.5), data, n_steps=400).params[-1], solution, rtol=1e-9, atol=1e-9)


# --- nothing is touched ---------------------------------------------------------------------------------------------


def lock(*values: Any) -> None:
    for value in values:
        if isinstance(value, np.ndarray):
            value.flags.writeable = False


@every_class
def test_update_is_pure(optimizer: type[Optimizer]) -> None:
    flags = {name: True for name, declaration in hypers(optimizer).items() if declaration.scale == "switch"}
    params = np.array([1.0, -2.0])
    lock(params)
    for chosen in (optimizer(), optimizer(**flags)):
        state = chosen.init(params)
        for t, grad in enumerate(np.array([[3.0, -1.0], [-2.0, 0.0], [1e-3, 5.0]]), 1):
            lock(grad, *state)  # a locked array raises when it is written to
            before = [None if field is None else field.copy() for field in state]
            delta, after, diagnostics = chosen.update(grad, state, params, t)
            again = chosen.update(grad, state, params, t)
            np.testing.assert_array_equal(delta, again[0])
            np.testing.assert_array_equal(diagnostics.effective_lr, again[2].effective_lr)
            for field, copy, first, second in zip(state, before, after, again[1], strict=True):
                np.testing.assert_array_equal(field, copy)
                np.testing.assert_array_equal(first, second)
            state = after


@every_class
def test_run_leaves_start_and_sweep_values_alone(optimizer: type[Optimizer]) -> None:
    start, rates = np.array([[-1.2, 0.5], [1.0, 0.5]]), np.array([0.01, 0.02])
    lock(start, rates)
    walk = run(sweep(optimizer(), lr=rates), Rosenbrock(), start, 5)
    assert not any(np.shares_memory(value, kept) for value in columns(walk).values() for kept in (start, rates))
    np.testing.assert_array_equal(start, [[-1.2, 0.5], [1.0, 0.5]])
    np.testing.assert_array_equal(rates, [0.01, 0.02])
    first, second = (run(optimizer(), Rosenbrock(), n_steps=5) for _ in range(2))
    assert_same(first, second, ())


def test_whole_numbers_are_a_start_too() -> None:
    assert_same(run(Adam(), Rosenbrock(), [2, 1], 5), run(Adam(), Rosenbrock(), [2.0, 1.0], 5), ())


# --- divergence -----------------------------------------------------------------------------------------------------


def first_bad_row(walk: Trajectory, place: tuple[int, ...]) -> int:
    for row in range(len(walk.params)):
        values = [walk.loss[(row, *place)], *walk.params[(row, slice(None), *place)]]
        values += [*walk.grad[(row, slice(None), *place)]]
        if not all(math.isfinite(value) for value in values):
            return row
    return -1


def test_divergence_is_told_for_every_walk_of_a_batch() -> None:
    rates = np.array([1e-4, 1e-3, 3e-3, 0.01, 0.1, 1.0, 1e150])
    walk = run(sweep(SGD(), lr=rates), Rosenbrock(), n_steps=60)
    expected = [first_bad_row(walk, (i,)) for i in range(len(rates))]
    np.testing.assert_array_equal(walk.diverged_at, expected)
    assert walk.diverged_at.tolist()[:2] == [-1, -1]
    assert len(set(expected)) >= 4
    for i, row in enumerate(expected):
        assert np.isfinite(walk.params[-1, :, i]).all() == (row == -1)


def test_the_first_bad_row_may_be_bad_in_one_respect_alone() -> None:
    def flat(params: np.ndarray) -> np.ndarray:
        return np.zeros(params.shape[1:])

    def wall(params: np.ndarray) -> np.ndarray:
        return np.where(params[0] < 0.75, np.inf, 0.0)

    def slope(params: np.ndarray) -> np.ndarray:
        return np.ones_like(params)

    def broken(params: np.ndarray) -> np.ndarray:
        return np.where(params < 0.75, np.nan, 1.0)

    bad_params = run(SGD(lr=1e308), SimpleNamespace(loss=flat, grad=slope), [1.0], 5)
    assert np.isfinite(bad_params.loss).all()
    assert np.isfinite(bad_params.grad).all()
    assert bad_params.diverged_at == 2
    bad_loss = run(SGD(lr=0.1), SimpleNamespace(loss=wall, grad=slope), [1.0], 5)
    assert np.isfinite(bad_loss.params).all()
    assert bad_loss.diverged_at == 3
    bad_grad = run(SGD(lr=0.1), SimpleNamespace(loss=flat, grad=broken), [1.0], 5)
    assert np.isfinite(bad_grad.params[3]).all()
    assert bad_grad.diverged_at == 3
    assert run(SGD(lr=0.1), SimpleNamespace(loss=flat, grad=broken), [1.0], 2).diverged_at == -1
    assert run(SGD(lr=0.1), SimpleNamespace(loss=flat, grad=broken), [1.0], 3).diverged_at == 3


@pytest.mark.parametrize("start", [[math.nan, 1.0], [math.inf, 1.0]])
def test_a_start_may_be_lost_already(start: list[float]) -> None:
    assert run(Adam(), QuadraticBowl(), start, 5).diverged_at == 0


@every_class
def test_divergence_is_silent_even_where_numpy_is_told_to_raise(optimizer: type[Optimizer]) -> None:
    starts = np.array([[1e3, 1e80, 1e200, 0.0, math.nan], [-1e3, 1e80, -1e200, 0.0, 0.0]])
    with np.errstate(all="raise"):
        setting = np.geterr()
        walk = run(optimizer(lr=10.0), Rosenbrock(), starts, 30)
        for _ in iterate(optimizer(lr=10.0), Rosenbrock(), starts, 5):
            assert np.geterr() == setting, "the caller's own arithmetic is not silenced"
    np.testing.assert_array_equal(walk.diverged_at, [first_bad_row(walk, (i,)) for i in range(5)])
    assert walk.diverged_at[2] == walk.diverged_at[4] == 0


# --- mistakes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("walk", [run, lambda *args: list(iterate(*args))], ids=["run", "iterate"])
@pytest.mark.parametrize(
    ("start", "n_steps", "message"),
    [([1.0, 1.0], -1, "n_steps"), (1.0, 5, "start"), ([], 5, "start"), (np.zeros((0, 3)), 5, "start")],
)
def test_an_impossible_walk_is_refused(walk: Any, start: Any, n_steps: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        walk(Adam(), Rosenbrock(), start, n_steps)


@every_class
def test_a_field_that_is_not_there_is_not_swept(optimizer: type[Optimizer]) -> None:
    with pytest.raises(ValueError, match=rf"{optimizer.__name__}.*weight"):
        sweep(optimizer(), weight=[0.1])


@pytest.mark.parametrize(
    ("optimizer", "name"),
    [(o, name) for o in CLASSES for name in hypers(o) if name not in numbers(o)],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_flag_is_not_swept(optimizer: type[Optimizer], name: str) -> None:
    with pytest.raises(ValueError, match=rf"^{optimizer.__name__} has no number called {name} to sweep"):
        sweep(optimizer(), **{name: [True, False]})


@pytest.mark.parametrize(("optimizer", "name"), FIELDS, ids=lambda value: getattr(value, "__name__", value))
def test_a_sweep_stays_within_bounds(optimizer: type[Optimizer], name: str) -> None:
    with pytest.raises(ValueError, match=rf"{optimizer.__name__}: {name} must be"):
        sweep(optimizer(), **{name: [getattr(optimizer(), name), -1.0]})


def test_a_sweep_keeps_the_other_fields_and_the_optimizer() -> None:
    optimizer = NAdam(lr=0.3, beta1=0.5)
    swept = sweep(optimizer, beta2=[0.9, 0.99], eps=[1e-8, 1e-4, 1.0])
    assert (swept.lr, swept.beta1) == (0.3, 0.5)
    assert (swept.beta2.shape, swept.eps.shape) == ((2, 1), (3,))
    assert optimizer == NAdam(lr=0.3, beta1=0.5)
    assert sweep(optimizer) == optimizer
