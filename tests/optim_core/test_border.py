"""Whatever a caller hands in is copied and made float64 once: no kind of number, and nobody's later change, is felt."""

import dataclasses
import itertools
import warnings
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.notebook import compare
from app.page.state import Run, State
from app.walks.simulate import ground, simulate
from landscapes import QuadraticBowl, Rosenbrock
from optim_core import (
    OPTIMIZERS,
    SGD,
    Adam,
    AdamW,
    EquationError,
    Momentum,
    Optimizer,
    Trajectory,
    iterate,
    run,
    sweep,
)

from ..strategies import columns, corners
from ..strategies import settings as settings_of

CLASSES = list(OPTIMIZERS.values())
every_class = pytest.mark.parametrize("optimizer", CLASSES, ids=OPTIMIZERS)
CURVES = np.array([1.0, 10.0])


def land(grad: Any, loss: Any = None, **more: Any) -> Any:
    return SimpleNamespace(grad=grad, loss=loss or (lambda p: 0.5 * float(CURVES @ np.square(p))), **more)


def plain(p: np.ndarray) -> np.ndarray:
    return CURVES * p


def assert_same(one: Trajectory, other: Trajectory) -> None:
    assert columns(one).keys() == columns(other).keys()
    for name, value in columns(one).items():
        np.testing.assert_array_equal(value, columns(other)[name], err_msg=name)
        assert value.dtype == columns(other)[name].dtype, name
        assert value.flags.writeable, name


class Tensor:
    """As PyTorch's: it gives its numbers away only without its history."""

    def __init__(self, numbers: Any, history: bool = True) -> None:
        self.numbers, self.history = numbers, history

    def detach(self) -> "Tensor":
        return Tensor(self.numbers, False)

    def cpu(self) -> "Tensor":
        return self

    def double(self) -> "Tensor":
        return Tensor(np.asarray(self.numbers, float), self.history)

    def numpy(self) -> np.ndarray:
        if self.history:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        return self.numbers

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self.numpy()


def locked(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


EXACT: dict[str, Callable[[np.ndarray], Any]] = {  # the same numbers in another form
    "array": np.array,
    "list": np.ndarray.tolist,
    "tuple": tuple,
    "list of arrays without axes": lambda a: [np.array(x) for x in a],
    "read-only": lambda a: locked(a.copy()),
    "every other": lambda a: np.repeat(a, 2)[::2],
    "backwards": lambda a: a[::-1].copy()[::-1],
    "big-endian": lambda a: a.astype(">f8"),
    "objects": lambda a: a.astype(object),
    "fractions": lambda a: [Fraction(x) for x in a.tolist()],
    "decimals": lambda a: tuple(Decimal(x) for x in a.tolist()),
    "long": lambda a: a.astype(np.longdouble),
    "masked": np.ma.array,
    "tensor": Tensor,
    "tensors": lambda a: [Tensor(x) for x in a],
}
ROUNDED: dict[str, Callable[[np.ndarray], Any]] = {  # what is left of a number is what counts
    "float32": lambda a: a.astype(np.float32),
    "float16": lambda a: a.astype(np.float16),
    "int": lambda a: a.astype(int),
    "int8": lambda a: a.astype(np.int8),
    "unsigned": lambda a: np.abs(a).astype(np.uint8),
    "bool": lambda a: a > 0,
    "whole numbers": lambda a: [int(x) for x in a],
    "float32 tensor": lambda a: Tensor(a.astype(np.float32)),
}


def as_float64(given: Any) -> np.ndarray:
    each = given if isinstance(given, list) else [given]
    numbers = [one.numbers if isinstance(one, Tensor) else one for one in each]
    return np.array(numbers if isinstance(given, list) else numbers[0], float)


# --- numbers of any kind --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EXACT)
@every_class
def test_a_gradient_of_any_kind_is_the_same_walk(optimizer: type[Optimizer], kind: str) -> None:
    for chosen in settings_of(optimizer):
        expected = run(chosen, land(plain), (1.0, -0.7), 12)
        assert_same(run(chosen, land(lambda p: EXACT[kind](plain(p))), (1.0, -0.7), 12), expected)


@pytest.mark.parametrize("kind", ROUNDED)
@every_class
def test_a_gradient_of_fewer_digits_is_float64_from_there_on(optimizer: type[Optimizer], kind: str) -> None:
    def rounded(p: np.ndarray) -> Any:
        return ROUNDED[kind](np.clip(30 * plain(np.nan_to_num(p)), -100, 100))

    for chosen in settings_of(optimizer):
        expected = run(chosen, land(lambda p: as_float64(rounded(p))), (1.0, -0.7), 12)
        assert_same(run(chosen, land(rounded), (1.0, -0.7), 12), expected)


@pytest.mark.parametrize("kind", EXACT | ROUNDED)
@every_class
def test_a_start_of_any_kind_is_the_same_walk(optimizer: type[Optimizer], kind: str) -> None:
    start = (EXACT | ROUNDED)[kind](np.array([1.5, -0.75]))
    for landscape in (land(plain), Rosenbrock(), land(plain, start=start)):
        given = None if hasattr(landscape, "start") and not isinstance(landscape, Rosenbrock) else start
        assert_same(run(optimizer(), landscape, given, 9), run(optimizer(), landscape, as_float64(start), 9))


@pytest.mark.parametrize(
    "kind",
    [
        float,
        np.float32,
        np.array,
        lambda x: np.array([x]),
        lambda x: [x],
        Tensor,
        Fraction,
        lambda x: Tensor(np.float32(x)),
    ],
)
def test_a_loss_of_any_kind_is_a_number(kind: Any) -> None:
    walk = run(SGD(), land(plain, lambda p: kind(0.5 * float(p[0]))), (1.0, -0.75), 3)
    assert walk.loss.shape == (4,) and walk.loss.dtype == float
    np.testing.assert_allclose(walk.loss, 0.5 * walk.params[:, 0], rtol=1e-6)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.array, lambda x: np.array(x, np.float32), int])
def test_hyper_parameters_of_any_kind_are_float64_too(kind: Any) -> None:
    chosen = {"lr": kind(1), "weight_decay": kind(1), "eps": kind(1), "beta1": kind(0)}
    assert_same(
        run(AdamW(**chosen), land(plain), (1.0, -0.7), 9),
        run(AdamW(**{name: float(value) for name, value in chosen.items()}), land(plain), (1.0, -0.7), 9),
    )
    rates = np.array([0.1, 0.3], np.float32)
    both = run(AdamW(lr=rates, weight_decay=rates), land(lambda p: p, lambda p: p[0]), (1.0, -0.7), 9)
    wide = run(
        AdamW(lr=rates.astype(float), weight_decay=rates.astype(float)),
        land(lambda p: p, lambda p: p[0]),
        (1.0, -0.7),
        9,
    )
    assert_same(both, wide)


def test_a_tiny_float32_gradient_does_not_underflow() -> None:
    tiny = land(lambda p: np.array([1e-23, 1e-3], np.float32), lambda p: 0.0)
    last = run(Adam(lr=0.1, eps=1e-30), tiny, (0.0, 0.0), 3).params[-1]
    np.testing.assert_allclose(last, [-0.3, -0.3], rtol=1e-6)


@every_class
def test_one_parameter_may_come_without_brackets(optimizer: type[Optimizer]) -> None:
    walks = [
        run(optimizer(lr=0.1), land(grad, lambda p: (p[0] - 3) ** 2), [0.0], 3)
        for grad in (lambda p: [2 * (p[0] - 3)], lambda p: 2 * (p[0] - 3), lambda p: 2 * (p - 3))
    ]
    assert_same(walks[0], walks[1])
    assert_same(walks[0], walks[2])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    optimizer=st.sampled_from([optimizer(**corner) for optimizer in CLASSES for corner in corners(optimizer, 1)]),
    kind=st.sampled_from([*EXACT]),
    rows=st.lists(st.tuples(*[st.floats(-1e3, 1e3)] * 2), min_size=3, max_size=6),
)
def test_any_numbers_in_any_form_at_any_corner(
    optimizer: Optimizer, kind: str, rows: list[tuple[float, float]]
) -> None:
    def told(form: Callable[[np.ndarray], Any]) -> Trajectory:
        following = iter(rows)
        return run(optimizer, land(lambda p: form(np.array(next(following))), lambda p: 0), (0.0, 0.0), len(rows) - 1)

    assert_same(told(EXACT[kind]), told(np.array))


# --- nothing is anybody else's --------------------------------------------------------------------------------------


class Reuse:
    """A gradient and a loss that fill one buffer and return it."""

    def __init__(self) -> None:
        self.g, self.height = np.zeros(2), np.zeros(())

    def loss(self, p: np.ndarray) -> np.ndarray:
        self.height[...] = 0.5 * (p[0] ** 2 + 10 * p[1] ** 2)
        return self.height

    def grad(self, p: np.ndarray) -> np.ndarray:
        self.g[0], self.g[1] = p[0], 10 * p[1]
        return self.g


class InPlace:
    """A gradient and a loss that work in their own argument, and return it."""

    def loss(self, p: np.ndarray) -> np.ndarray:
        p *= p
        p *= 0.5 * CURVES
        return p[0] + p[1]

    def grad(self, p: np.ndarray) -> np.ndarray:
        p *= CURVES
        return p


class Spiteful(InPlace):
    """A gradient that ruins what it was given after it has read it."""

    def grad(self, p: np.ndarray) -> np.ndarray:
        g = CURVES * p
        p[...] = np.nan
        return g


@pytest.mark.parametrize("landscape", [Reuse, InPlace, Spiteful])
@every_class
def test_what_a_function_does_to_its_arrays_changes_no_walk(optimizer: type[Optimizer], landscape: Any) -> None:
    for chosen in settings_of(optimizer):
        expected = run(chosen, land(plain, lambda p: 0.5 * p[0] ** 2 + 5 * p[1] ** 2), (1.0, 1.0), 20)
        walk = run(chosen, landscape(), (1.0, 1.0), 20)
        np.testing.assert_allclose(walk.loss, expected.loss, rtol=1e-14)
        assert_same(dataclasses.replace(walk, loss=expected.loss), expected)
        steps = list(iterate(chosen, landscape(), (1.0, 1.0), 20))
        np.testing.assert_array_equal([step.params for step in steps], expected.params[:-1])
        np.testing.assert_array_equal([step.grad for step in steps], expected.grad[:-1])


def test_a_surface_that_works_in_its_argument_is_walked_too() -> None:
    class Careless(Rosenbrock):
        def loss(self, params: np.ndarray) -> np.ndarray:
            height = super().loss(params)
            params *= 0
            return height

        def grad(self, params: np.ndarray) -> np.ndarray:
            slope = super().grad(params)
            params -= 7
            return slope

    for optimizer, start in ((Adam(), None), (sweep(Adam(), lr=[0.1, 0.2]), None), (Adam(), np.ones((2, 3)))):
        assert_same(run(optimizer, Careless(), start, 9), run(optimizer, Rosenbrock(), start, 9))


@every_class
def test_a_step_that_is_written_to_changes_no_later_one(optimizer: type[Optimizer]) -> None:
    swept = sweep(optimizer(), lr=[0.01, 0.02])
    expected = run(swept, Rosenbrock(), n_steps=9).params
    for step in iterate(swept, Rosenbrock(), n_steps=9):
        np.testing.assert_array_equal(step.params, expected[step.t - 1])
        for array in (step.params, step.grad, step.delta, *step.state, *step.diagnostics):
            if isinstance(array, np.ndarray):
                array[...] = np.nan
    np.testing.assert_array_equal(swept.lr, [0.01, 0.02])


def test_a_start_and_rates_that_change_on_the_way_change_nothing() -> None:
    start, rates = np.array([1.0, -1.0]), np.array([0.1, 0.2])
    expected = [step.params for step in iterate(SGD(lr=rates), QuadraticBowl(), start, 5)]
    steps = iterate(SGD(lr=rates), QuadraticBowl(), start, 5)
    for step, params in zip(steps, expected, strict=True):
        np.testing.assert_array_equal(step.params, params)
        start[...], rates[...] = 7.0, 3.0


@every_class
def test_an_update_keeps_nothing_of_what_it_is_given(optimizer: type[Optimizer]) -> None:
    for chosen in (optimizer(**corner) for corner in corners(optimizer)):
        params, state = np.array([1.0, -2.0]), None
        state = chosen.init(params)
        for t in (1, 2, 3):
            grad = np.array([3.0, -1.0])
            with np.errstate(all="ignore"):
                delta, after, said = chosen.update(grad, state, params, t)
            made = [array for array in (delta, *after, *said) if isinstance(array, np.ndarray)]
            kept = [array for array in (grad, params, *state) if isinstance(array, np.ndarray)]
            assert not any(np.shares_memory(one, other) for one, other in itertools.product(made, kept)), chosen
            assert not any(np.shares_memory(one, other) for one, other in itertools.combinations(made, 2)), chosen
            state = after


def test_a_walk_that_is_kept_for_others_cannot_be_written_to() -> None:
    state = State(runs=(Run(Adam(), 0),), n_steps=5)
    with pytest.raises(ValueError, match="read-only"):
        simulate(state).walks[0].trajectory.params[0] = 7
    with pytest.raises(ValueError, match="read-only"):
        ground(Rosenbrock()).height[0] = 7


# --- sentences ------------------------------------------------------------------------------------------------------

NONE, TEXT, SHORT, WIDE = (lambda p: None), (lambda p: "1, 2"), (lambda p: np.zeros(3)), (lambda p: p[None])

MISTAKES = [
    (lambda: run(Adam, Rosenbrock()), TypeError, r"is not an instance of Optimizer; write Adam\(\)"),
    (lambda: run("rmsprop", Rosenbrock()), TypeError, r"'rmsprop' is not an instance of Optimizer; write RMSProp\(\)"),
    (lambda: run(None, Rosenbrock()), TypeError, r"None is not an instance of Optimizer; write \w+\(\)"),
    (lambda: iterate(Adam, Rosenbrock()), TypeError, r"write Adam\(\)"),
    (lambda: sweep(Adam, lr=[0.1]), TypeError, r"write Adam\(\)"),
    (lambda: compare([Adam], Rosenbrock()), TypeError, r"write Adam\(\)"),
    (lambda: run(Adam(), Rosenbrock), TypeError, r"write Rosenbrock\(\)"),
    (lambda: compare([Adam()], Rosenbrock), TypeError, r"write Rosenbrock\(\)"),
    (lambda: compare([Adam()], Rosenbrock(), start="12"), TypeError, "start must be .* numbers, not '12'"),
    (lambda: compare([Adam()], Rosenbrock(), start=(1, 2, 3)), ValueError, "2 rows, x and y of Rosenbrock, not 3"),
    (lambda: compare([Adam()], Rosenbrock(), start=np.ones((2, 3))), ValueError, "takes one start, .*, not 3"),
    (lambda: run(Adam(), "rosenbrock"), TypeError, r"no loss\(params\); write an object with loss\(params\) and grad"),
    (lambda: run(Adam(), lambda p: p, (1.0, 2.0)), TypeError, r"write an object with loss\(params\) and grad"),
    (
        lambda: run(Adam(), land(NONE), (1.0, 2.0)),
        TypeError,
        r"grad\(params\) returned None: end it with `return grad`",
    ),
    (lambda: run(Adam(), land(plain, NONE), (1.0, 2.0)), TypeError, r"loss\(params\) returned None"),
    (lambda: run(Adam(), land(TEXT), (1.0, 2.0)), TypeError, "grad.* an array of numbers, not '1, 2'"),
    (lambda: run(Adam(), land(plain, TEXT), (1.0, 2.0)), TypeError, "loss.* an array of numbers, not '1, 2'"),
    (lambda: run(Adam(), land(lambda p: [None, 1.0]), (1.0, 2.0)), TypeError, r"numbers, not \[None, 1.0\]"),
    (lambda: run(Adam(), land(lambda p: p * 1j), (1.0, 2.0)), TypeError, "array of numbers"),
    (
        lambda: run(Adam(), land(SHORT), (1.0, 2.0)),
        ValueError,
        r"of shape \(2,\) for params of shape \(2,\), not \(3,\)",
    ),
    (lambda: run(Adam(), land(WIDE), (1.0, 2.0)), ValueError, r"of shape \(2,\) .*, not \(1, 2\)"),
    (lambda: run(Adam(), land(lambda p: 1.0), (1.0, 2.0)), ValueError, r"of shape \(2,\) .*, not \(\)"),
    (lambda: run(Adam(), land(plain, plain), (1.0, 2.0)), ValueError, r"loss.* of shape \(\) .*, not \(2,\)"),
    (
        lambda: run(sweep(Adam(), lr=[0.1, 0.2, 0.3]), land(lambda p: np.zeros(2)), (1.0, 2.0)),
        ValueError,
        r"of shape \(2, 3\) for params of shape \(2, 3\), not \(2,\)",
    ),
    (lambda: run(Adam(), land(plain)), ValueError, r"no start of its own: write start=\(...\)"),
    (lambda: run(Adam(), Rosenbrock(), (1, 2, 3)), ValueError, "2 rows, x and y of Rosenbrock, not 3"),
    (lambda: run(Adam(), Rosenbrock(), "1, 2"), TypeError, "start must be .* numbers, not '1, 2'"),
    (lambda: run(Adam(), Rosenbrock(), ("1", "2")), TypeError, "start must be .* numbers"),
    (lambda: run(Adam(), Rosenbrock(), [[1, 2], [3]]), ValueError, "start must be numbers in rows of one length"),
    (lambda: run(Adam(), Rosenbrock(), n_steps="9"), TypeError, "n_steps must be a whole number, as in n_steps=200"),
    (lambda: run(Adam(), Rosenbrock(), n_steps=2.5), TypeError, "n_steps must be a whole number"),
    (lambda: sweep(Adam(), lr=["0.1"]), TypeError, r"lr must be .* numbers, not \['0.1'\]"),
    (lambda: sweep(Adam(), lr=None), TypeError, "lr must be .* numbers, not None"),
]


@pytest.mark.parametrize(("mistake", "kind", "sentence"), MISTAKES)
def test_a_mistake_is_told_what_to_write(mistake: Callable[[], Any], kind: type[Exception], sentence: str) -> None:
    with pytest.raises(kind, match=sentence):
        mistake()


def test_an_error_of_the_callers_own_stays_his() -> None:
    with pytest.raises(IndexError):
        run(Adam(), land(lambda p: p[5]), (1.0, 2.0))


def test_a_start_that_is_not_finite_is_a_walk_that_diverged() -> None:
    for start in ((np.nan, 1.0), (None or np.inf, 1.0), np.array([np.nan, 1.0], np.float32)):
        for landscape in (land(plain), Rosenbrock()):
            assert run(Adam(), landscape, start, 5).diverged_at == 0


def test_partials_that_are_no_numbers_are_told_as_a_gradient_is() -> None:
    class Half(Rosenbrock):
        def partials(self, x: Any, y: Any) -> Any:
            return None, 1.0

    with pytest.raises(TypeError, match=r"Half.grad\(params\) returns must be a number or an array of numbers"):
        run(Adam(), Half())


def test_a_name_of_the_generated_code_is_no_name_of_a_line() -> None:
    with pytest.raises(EquationError, match="has a meaning already"):

        class Clash(Optimizer):
            equations = "own = grad\neffective_lr = 1\nrms_grad = 1\ndelta = own"


# --- what is stable at a corner -------------------------------------------------------------------------------------

LIMITED = [
    chosen for optimizer in CLASSES for corner in corners(optimizer) if (chosen := optimizer(**corner)).stable_lr(1.0)
]


@pytest.mark.parametrize("optimizer", LIMITED, ids=repr)
@pytest.mark.parametrize("curvature", [1.0, 40.0])
def test_a_walk_at_a_corner_is_stable_below_its_limit_and_not_above(optimizer: Optimizer, curvature: float) -> None:
    def far(lr: float) -> float:
        bowl = land(lambda p: curvature * p, lambda p: 0.5 * curvature * p[0] ** 2)
        return float(np.abs(run(dataclasses.replace(optimizer, lr=lr), bowl, [1.0], 3000).params[-100:]).max())

    limit = optimizer.stable_lr(curvature)
    if np.isinf(limit):
        assert far(1e3) < 1e6
    else:
        assert far(0.995 * limit) < 10 < far(1.005 * limit)


def test_without_momentum_the_limit_is_that_of_sgd() -> None:
    for dampening in (0.0, 0.5, 1.0):
        assert Momentum(momentum=0.0, dampening=dampening).stable_lr(40.0) == SGD().stable_lr(40.0) == 2 / 40


# --- PyTorch --------------------------------------------------------------------------------------------------------


@pytest.mark.golden
@every_class
def test_tensors_of_pytorch_are_walked_on(optimizer: type[Optimizer]) -> None:
    import torch

    def height(p: np.ndarray) -> Any:
        at = torch.tensor(p, requires_grad=True)
        return at, (torch.tensor(CURVES) * at * at).sum() / 2

    def grad(p: np.ndarray) -> Any:
        at, loss = height(p)
        loss.backward()
        return at.grad

    def history(p: np.ndarray) -> Any:
        return torch.tensor(CURVES) * height(p)[0]

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expected = run(optimizer(), land(plain), (1.0, -0.7), 9)
        start = torch.tensor([1.0, -0.7], dtype=torch.float64, requires_grad=True)
        for slope in (grad, history, lambda p: list(history(p))):
            walk = run(optimizer(), land(slope, lambda p: height(p)[1]), start, 9)
            np.testing.assert_array_equal(walk.params, expected.params)
            np.testing.assert_allclose(walk.loss, expected.loss, rtol=1e-14)
        half = run(optimizer(), land(lambda p: torch.tensor(plain(p)).bfloat16()), (1.0, -0.7), 9)
    assert half.grad.dtype == float and np.isfinite(half.params).all()
