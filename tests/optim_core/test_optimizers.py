"""The optimizers against mathematics: closed forms, reductions, invariances, and their own printed equations."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from optim_core import (
    OPTIMIZERS,
    SGD,
    AdaBelief,
    Adadelta,
    AdaGrad,
    AdaGradSummedRates,
    Adam,
    Adamax,
    AdamW,
    AMSGrad,
    Lion,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    RAdam,
    RMSProp,
    RMSPropAveragedRates,
    Rprop,
    Step,
    Yogi,
    evaluate,
    hypers,
    iterate,
    run,
    sweep,
)

from ..strategies import Given, settings

CLASSES = list(OPTIMIZERS.values())
every_class = pytest.mark.parametrize("optimizer", CLASSES, ids=OPTIMIZERS)

CURVATURES = np.array([0.1, 0.7, 1.0, 3.0, 12.0])
START = np.array([1.0, -2.0, 0.5, 3.0, -1.0])


@dataclasses.dataclass(frozen=True)
class Quadratic:
    """½ Σ λ θ², times `scale`."""

    curvatures: np.ndarray
    scale: float = 1.0

    def loss(self, params: np.ndarray) -> np.ndarray:
        return self.scale * 0.5 * np.tensordot(self.curvatures, np.square(params), 1)

    def grad(self, params: np.ndarray) -> np.ndarray:
        return self.scale * self.curvatures.reshape((-1,) + (1,) * (params.ndim - 1)) * params


def noise(n_steps: int = 60, n_params: int = 4) -> np.ndarray:
    """Gradients with changing signs, scales 1e-3 to 1e3 and some exact zeros."""
    random = np.random.default_rng(7)
    gradients = random.normal(0.3, 1.0, (n_steps, n_params)) * np.geomspace(1e-3, 1e3, n_params)
    gradients[random.random(gradients.shape) < 0.05] = 0.0
    return gradients


def constant(gradient: Any, n_steps: int = 40) -> np.ndarray:
    return np.tile(np.asarray(gradient, dtype=float), (n_steps, 1))


def deltas(optimizer: Optimizer, gradients: np.ndarray) -> np.ndarray:
    return run(optimizer, Given(gradients), np.full(gradients.shape[1], 0.5), len(gradients)).delta


# --- registry -------------------------------------------------------------------------------------------------------


def test_registry_is_in_reading_order() -> None:
    assert [
        SGD,
        Momentum,
        Nesterov,
        AdaGrad,
        RMSProp,
        Adadelta,
        AdaGradSummedRates,
        RMSPropAveragedRates,
        Rprop,
        Adam,
        AdamW,
        Adamax,
        AMSGrad,
        NAdam,
        RAdam,
        AdaBelief,
        Yogi,
        Lion,
    ] == CLASSES
    assert len({optimizer.label for optimizer in CLASSES}) == len(CLASSES)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in OPTIMIZERS)


@every_class
def test_class_is_frozen_final_and_explains_itself(optimizer: type[Optimizer]) -> None:
    assert optimizer.__bases__ == (Optimizer,)
    assert optimizer.label
    for words in ("Convention", "effective_lr =", "rms_grad ="):
        assert words in optimizer.__doc__
    assert re.search(r"\b(1[89]|20)\d\d\b", optimizer.__doc__), "the reference has no year"
    with pytest.raises(dataclasses.FrozenInstanceError):
        optimizer().lr = 1.0


def test_only_the_printed_variants_carry_a_warning() -> None:
    assert {optimizer for optimizer in CLASSES if optimizer.warning} == {AdaGradSummedRates, RMSPropAveragedRates}


MEMORY = {
    SGD(): 0,
    Momentum(): 1,
    Nesterov(): 1,
    AdaGrad(): 1,
    RMSProp(): 1,
    RMSProp(momentum=0.9): 2,
    RMSProp(centered=True): 2,
    RMSProp(centered=True, momentum=0.9): 3,
    Adadelta(): 2,
    AdaGradSummedRates(): 1,
    RMSPropAveragedRates(): 1,
    Rprop(): 2,
    Adam(): 2,
    AdamW(): 2,
    Adamax(): 2,
    AMSGrad(): 3,
    NAdam(): 2,
    RAdam(): 2,
    AdaBelief(): 2,
    Yogi(): 2,
    Lion(): 1,
}


@pytest.mark.parametrize(("optimizer", "numbers"), MEMORY.items(), ids=repr)
def test_memory_per_parameter(optimizer: Optimizer, numbers: int) -> None:
    swept = {
        name: [getattr(optimizer, name)] * 2
        for name, declaration in hypers(optimizer).items()
        if declaration.scale != "switch"
    }
    assert optimizer.n_remembered == sweep(optimizer, **swept).n_remembered == numbers


def test_memory_is_known_for_every_optimizer() -> None:
    assert {type(optimizer) for optimizer in MEMORY} == set(CLASSES)


# --- equations ------------------------------------------------------------------------------------------------------


every_setting = pytest.mark.parametrize("optimizer", [o for c in CLASSES for o in settings(c, (0.13, 0.61))], ids=repr)


def recorded(optimizer: Optimizer, n_steps: int = 60) -> Iterator[tuple[Any, Step]]:
    """(the state before it, step) of a walk over noisy gradients."""
    start = np.array([1.0, -2.0, 0.5, 3.0])
    state = optimizer.init(start)
    for step in iterate(optimizer, Given(noise(n_steps)), start, n_steps):
        yield state, step
        state = step.state


def outcome(step: Step) -> dict[str, Any]:
    """What a step decided, by the names that the equations use."""
    memory = {name: field for name, field in step.state._asdict().items() if field is not None}
    return memory | step.diagnostics._asdict() | {"delta": step.delta}


@every_setting
def test_every_line_gives_the_recorded_value(optimizer: Optimizer) -> None:
    for state, step in recorded(optimizer):
        values = {line.name: value for line, value in evaluate(optimizer, step.grad, state, step.params, step.t)}
        for name, value in outcome(step).items():
            assert np.isfinite(value).all()
            np.testing.assert_allclose(values[name], value, rtol=1e-12, err_msg=f"{name} at step {step.t}")


@every_setting
def test_lines_assign_each_name_once_and_delta_last(optimizer: Optimizer) -> None:
    names = [line.name for line in optimizer.setting.lines]
    _, step = next(recorded(optimizer))
    assert names[-1] == "delta"
    assert len(set(names)) == len(names)
    assert set(outcome(step)) <= set(names)
    assert not set(names) & {"grad", "params", "t", *hypers(optimizer)}


@every_setting
def test_every_line_but_the_diagnostics_is_read_by_a_later_one(optimizer: Optimizer) -> None:
    _, step = next(recorded(optimizer))
    for place, line in enumerate(optimizer.setting.lines):
        later = optimizer.setting.lines[place + 1 :]
        assert line.name in outcome(step) or any(line.name in after.expression.reads for after in later), line.name


@every_setting
def test_every_number_of_the_optimizer_stands_in_a_line(optimizer: Optimizer) -> None:
    unused = {"momentum"} if isinstance(optimizer, RMSProp) and optimizer.momentum == 0 else set()
    unused |= {Yogi: {"initial_accumulator"}, Rprop: {"lr"}}.get(type(optimizer), set())  # it fills the first memory
    for name, declaration in hypers(optimizer).items():
        stands = any(name in line.expression.reads for line in optimizer.setting.lines)
        assert stands == (name not in unused and declaration.scale != "switch"), name


# --- closed forms ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lr", [1e-3, 0.05, 0.16, 0.3])
def test_sgd_on_a_quadratic_is_a_power(lr: float) -> None:
    walk = run(SGD(lr=lr), Quadratic(CURVATURES), START, 50)
    factors = 1 - lr * CURVATURES
    for t, params in enumerate(walk.params):
        np.testing.assert_allclose(params, factors**t * START, rtol=1e-12)


def momentum_matrix(lr: float, momentum: float, dampening: float, curvature: float) -> np.ndarray:
    """(θ, b) -> (θ, b) of one step of Momentum on ½ λ θ²."""
    push = (1 - dampening if momentum else 1) * curvature
    return np.array([[1 - lr * push, -lr * momentum], [push, momentum]])


def nesterov_matrix(lr: float, momentum: float, curvature: float) -> np.ndarray:
    """(θ, b) -> (θ, b) of one step of Nesterov on ½ λ θ²."""
    return np.array([[1 - lr * curvature * (1 + momentum), -lr * momentum * momentum], [curvature, momentum]])


@pytest.mark.parametrize("dampening", [0.0, 0.4, 1.0])
@pytest.mark.parametrize(("lr", "momentum"), [(0.01, 0.9), (0.2, 0.5), (0.1, 0.99), (0.05, 0.0)])
def test_momentum_on_a_quadratic_is_a_power_of_a_matrix(lr: float, momentum: float, dampening: float) -> None:
    walk = run(Momentum(lr=lr, momentum=momentum, dampening=dampening), Quadratic(CURVATURES), START, 50)
    for i, curvature in enumerate(CURVATURES):
        first = momentum_matrix(lr, momentum, 0.0, curvature)  # the first velocity is the gradient, undamped
        matrix = momentum_matrix(lr, momentum, dampening, curvature)
        closed = [START[i], *((np.linalg.matrix_power(matrix, t) @ first @ [START[i], 0.0])[0] for t in range(50))]
        np.testing.assert_allclose(walk.params[:, i], closed, rtol=1e-9, atol=1e-12 * np.abs(closed).max())


@pytest.mark.parametrize(("lr", "momentum"), [(0.01, 0.9), (0.1, 0.5), (0.02, 0.99), (0.05, 0.0)])
def test_nesterov_on_a_quadratic_is_a_power_of_a_matrix(lr: float, momentum: float) -> None:
    walk = run(Nesterov(lr=lr, momentum=momentum), Quadratic(CURVATURES), START, 50)
    for i, curvature in enumerate(CURVATURES):
        matrix = nesterov_matrix(lr, momentum, curvature)
        closed = [(np.linalg.matrix_power(matrix, t) @ [START[i], 0.0])[0] for t in range(51)]
        np.testing.assert_allclose(walk.params[:, i], closed, rtol=1e-9, atol=1e-12 * np.abs(closed).max())


T = np.arange(1.0, 41.0)[:, None]
G = np.array([1e-3, -1.0, 40.0, -1e4])
NORMALISED = -0.1 * np.sign(G) * np.ones_like(T)

UNDER_A_CONSTANT_GRADIENT = {
    SGD(lr=0.1): -0.1 * G * np.ones_like(T),
    Momentum(lr=0.1, momentum=0.8): -0.1 * G * (1 - 0.8**T) / 0.2,
    Nesterov(lr=0.1, momentum=0.8): -0.1 * G * (1 - 0.8 ** (T + 1)) / 0.2,
    AdaGrad(lr=0.1, eps=0.0): NORMALISED / np.sqrt(T),
    AdaGrad(lr=0.1, eps=0.0, initial_accumulator=0.5): -0.1 * G / np.sqrt(0.5 + T * G * G),
    AdaGrad(lr=0.1, eps=0.5, eps_inside=True): -0.1 * G / np.sqrt(0.5 + T * G * G),
    RMSProp(lr=0.1, alpha=0.8, eps=0.0): NORMALISED / np.sqrt(1 - 0.8**T),
    RMSProp(lr=0.1, alpha=0.8, eps=0.5): -0.1 * G / (np.abs(G) * np.sqrt(1 - 0.8**T) + 0.5),
    RMSProp(lr=0.1, alpha=0.8, eps=0.5, eps_inside=True): -0.1 * G / np.sqrt(G * G * (1 - 0.8**T) + 0.5),
    RMSProp(lr=0.1, alpha=0.0, eps=0.0, momentum=0.8): NORMALISED * (1 - 0.8**T) / 0.2,
    RMSProp(lr=0.1, alpha=0.8, eps=0.5, centered=True): -0.1 * G / (np.abs(G) * np.sqrt(0.8**T - 0.8 ** (2 * T)) + 0.5),
    AdaGradSummedRates(lr=0.1, eps=0.0): NORMALISED * T,
    RMSPropAveragedRates(lr=0.1, rho=0.8, eps=0.0): NORMALISED * (1 - 0.8**T),
    Rprop(lr=0.1): -np.sign(G) * np.minimum(0.1 * 1.2 ** (T - 1), 50.0),
    Rprop(lr=0.1, eta_plus=1.5, rate_max=2.0): -np.sign(G) * np.minimum(0.1 * 1.5 ** (T - 1), 2.0),
    Adam(lr=0.1, eps=0.0): NORMALISED,
    Adam(lr=0.1, eps=0.5): -0.1 * G / (np.abs(G) + 0.5) * np.ones_like(T),
    Adam(lr=0.1, eps=0.0, bias_correction=False): NORMALISED * (1 - 0.9**T) / np.sqrt(1 - 0.999**T),
    AdamW(lr=0.1, eps=0.0, weight_decay=0.0): NORMALISED,
    Adamax(lr=0.1, eps=0.0): NORMALISED,
    AMSGrad(lr=0.1, eps=0.0): NORMALISED,
    Yogi(lr=0.1, eps=0.0, initial_accumulator=0.0, beta2=0.0): NORMALISED,
    Lion(lr=0.1, weight_decay=0.0): NORMALISED,
}


@pytest.mark.parametrize(
    ("optimizer", "closed"), UNDER_A_CONSTANT_GRADIENT.items(), ids=map(repr, UNDER_A_CONSTANT_GRADIENT)
)
def test_steps_under_a_constant_gradient(optimizer: Optimizer, closed: np.ndarray) -> None:
    np.testing.assert_allclose(deltas(optimizer, constant(G)), closed, rtol=1e-9)


def test_adamw_decays_geometrically_without_a_gradient() -> None:
    walk = run(AdamW(lr=0.1, weight_decay=0.5), Given(np.zeros((40, 4))), [1.0, -2.0, 3.0, 0.0], 40)
    np.testing.assert_allclose(walk.params, 0.95 ** np.arange(41.0)[:, None] * walk.params[0], rtol=1e-12)


def test_rprop_rests_after_a_flip_and_keeps_its_bounds() -> None:
    steps = deltas(Rprop(lr=0.1, rate_min=0.04), np.array([[1.0], [1.0], [-1.0], [-1.0], [1.0], [-1.0], [1.0]]))
    np.testing.assert_allclose(steps[:, 0], [-0.1, -0.12, 0.0, 0.06, 0.0, 0.04, 0.0], rtol=1e-12)


def test_radam_waits_until_its_memory_is_long_enough() -> None:
    """With β₂ = 0.999, ρ passes 5 at step 6: before that it is momentum with corrected start."""
    rates = run(RAdam(), Given(constant(G, 10)), np.zeros(4), 10).effective_lr
    assert (rates[:5] == RAdam().lr).all()
    assert (rates[5:] != RAdam().lr).all()


def test_centered_variance_survives_a_long_constant_gradient() -> None:
    gradient = np.random.default_rng(3).normal(0, 1, 200)
    walk = run(RMSProp(centered=True), Given(constant(gradient, 600)), np.zeros(200), 600)
    assert (walk.state.square_avg - np.square(walk.state.grad_avg)).min() < 0, "rounding must have bitten"
    assert np.isfinite(walk.params).all()
    assert (walk.diverged_at == -1).all()


# --- reductions -----------------------------------------------------------------------------------------------------

GROWING = np.geomspace(1, 1e3, 60)[:, None] * np.array([1.0, -0.3, 20.0, -5.0])

SAME_WALKS = [
    (Momentum(lr=0.02, momentum=0.0), SGD(lr=0.02), noise()),
    (Nesterov(lr=0.02, momentum=0.0), SGD(lr=0.02), noise()),
    (Momentum(lr=0.02, momentum=0.8, dampening=0.4, lr_inside=True), Momentum(0.02, 0.8, 0.4), noise()),
    (Nesterov(lr=0.02, lr_inside=True), Nesterov(lr=0.02), noise()),
    (RMSProp(momentum=0.9, centered=True, lr_inside=True), RMSProp(momentum=0.9, centered=True), noise(1)),
    (AdamW(lr=0.02, weight_decay=0.0), Adam(lr=0.02), noise()),
    (Adam(beta1=0.0, beta2=0.8, bias_correction=False), RMSProp(lr=1e-3, alpha=0.8), noise()),
    (AMSGrad(lr=0.02), Adam(lr=0.02), GROWING),
    (Lion(lr=0.02, beta1=0.0, weight_decay=0.0), Rprop(lr=0.02, eta_minus=1.0, eta_plus=1.0), np.abs(noise())),
    (Adamax(lr=0.02, beta1=0.5, beta2=0.0, eps=0.1), Adamax(lr=0.02, beta1=0.5, beta2=0.9, eps=0.1), GROWING),
    (RMSProp(alpha=0.0, eps=1e-3), AdaGrad(eps=1e-3), noise(1)),
    (AdaGradSummedRates(lr=0.02), RMSPropAveragedRates(lr=0.02, rho=0.0), noise(1)),
    (NAdam(beta1=0.0, beta2=0.9, lr=0.02), Adam(beta1=0.0, beta2=0.9, lr=0.02), noise()),
    (Yogi(lr=0.02, beta2=0.9, initial_accumulator=0.0), Adam(lr=0.02, beta2=0.9, eps=1e-3), noise(1)),
]


@pytest.mark.parametrize(("one", "other", "gradients"), SAME_WALKS, ids=lambda value: repr(value)[:60])
def test_one_optimizer_contains_another(one: Optimizer, other: Optimizer, gradients: np.ndarray) -> None:
    np.testing.assert_allclose(deltas(one, gradients), deltas(other, gradients), rtol=1e-12)


def test_amsgrad_leaves_adam_once_gradients_shrink() -> None:
    amsgrad, adam = (np.abs(deltas(optimizer(beta2=0.9), GROWING[::-1])) for optimizer in (AMSGrad, Adam))
    np.testing.assert_allclose(amsgrad[0], adam[0], rtol=1e-12)
    assert (amsgrad[20:] < 0.9 * adam[20:]).all()


# --- diagnostics ----------------------------------------------------------------------------------------------------


def test_who_multiplies_the_bare_gradient_by_the_effective_rate() -> None:
    obey = set()
    for optimizer in CLASSES:
        walk, gradients = run(optimizer(), Given(noise()), np.full(4, 0.5), 60), noise()
        if np.allclose(walk.delta, -walk.effective_lr * gradients, rtol=1e-12, atol=0):
            obey.add(optimizer)
    assert obey == {SGD, AdaGrad, RMSProp, Adadelta, AdaGradSummedRates, RMSPropAveragedRates}


def window(gradients: np.ndarray, beta: float) -> np.ndarray:
    """Σ (1 − β) βᵗ⁻ⁱ gᵢ² for every t, written out as a sum."""
    return np.array(
        [sum((1 - beta) * beta ** (t - i) * gradients[i] ** 2 for i in range(t + 1)) for t in range(len(gradients))]
    )


def size(gradients: np.ndarray) -> np.ndarray:
    return np.abs(gradients)


def window_share(beta: float) -> np.ndarray:
    return 1 - beta ** np.arange(1.0, 61.0)[:, None]


RMS = {
    SGD(): size,
    Momentum(): size,
    Nesterov(): size,
    AdaGrad(): lambda g: np.sqrt(np.cumsum(g**2, axis=0) / np.arange(1, 61)[:, None]),
    AdaGrad(initial_accumulator=0.1): lambda g: np.sqrt(np.cumsum(g**2, axis=0) / np.arange(1, 61)[:, None]),
    RMSProp(): lambda g: np.sqrt(window(g, 0.9)),
    RMSProp(centered=True, momentum=0.5): lambda g: np.sqrt(window(g, 0.9)),
    Adadelta(): lambda g: np.sqrt(window(g, 0.9)),
    AdaGradSummedRates(): size,
    RMSPropAveragedRates(): size,
    Rprop(): size,
    Adam(): lambda g: np.sqrt(window(g, 0.999) / window_share(0.999)),
    Adam(bias_correction=False): lambda g: np.sqrt(window(g, 0.999)),
    AdamW(): lambda g: np.sqrt(window(g, 0.999) / window_share(0.999)),
    AMSGrad(): lambda g: np.sqrt(window(g, 0.999) / window_share(0.999)),
    NAdam(): lambda g: np.sqrt(window(g, 0.999) / window_share(0.999)),
    RAdam(): lambda g: np.sqrt(window(g, 0.999) / window_share(0.999)),
    Lion(): size,
}


@pytest.mark.parametrize(("optimizer", "definition"), RMS.items(), ids=map(repr, RMS))
def test_rms_grad_is_what_it_says(optimizer: Optimizer, definition: Any) -> None:
    gradients = noise()
    gradients[0] = [1e-3, 0.1, -10.0, 1e3]  # 0.1 + 1e-6 - 0.1 keeps few digits of 1e-6
    walk = run(optimizer, Given(gradients), np.full(4, 0.5), 60)
    np.testing.assert_allclose(walk.rms_grad, definition(gradients), rtol=1e-9)


def test_only_adabelief_has_another_name_for_its_rms() -> None:
    assert [optimizer for optimizer in CLASSES if optimizer.rms_label != Optimizer.rms_label] == [AdaBelief]


# --- invariances ----------------------------------------------------------------------------------------------------

SCALE_FREE = [
    AdaGrad(eps=0.0),
    AdaGrad(eps=0.0, eps_inside=True),
    RMSProp(eps=0.0),
    RMSProp(eps=0.0, momentum=0.9),
    RMSProp(eps=0.0, alpha=0.5, eps_inside=True),
    Rprop(),
    Adam(eps=0.0),
    Adam(eps=0.0, bias_correction=False),
    AdamW(eps=0.0),
    Adamax(eps=0.0),
    AMSGrad(eps=0.0),
    NAdam(eps=0.0),
    AdaBelief(eps=0.0, eps_root=0.0),
    Yogi(eps=0.0, initial_accumulator=0.0),
    Lion(),
]
PROPORTIONAL = [SGD(), Momentum(), Momentum(dampening=0.3), Nesterov()]

NO_ZEROS = np.where(noise() == 0, 0.1, noise())


@pytest.mark.parametrize("factor", [1e-3, 7.0, 1e6])
@pytest.mark.parametrize("optimizer", SCALE_FREE, ids=repr)
def test_scaling_the_loss_changes_nothing(optimizer: Optimizer, factor: float) -> None:
    np.testing.assert_allclose(deltas(optimizer, factor * NO_ZEROS), deltas(optimizer, NO_ZEROS), rtol=1e-9)


@pytest.mark.parametrize("factor", [1e-3, 7.0, 1e6])
@pytest.mark.parametrize("optimizer", PROPORTIONAL, ids=repr)
def test_scaling_the_loss_scales_the_step(optimizer: Optimizer, factor: float) -> None:
    scaled = deltas(optimizer, factor * NO_ZEROS)
    np.testing.assert_allclose(scaled, factor * deltas(optimizer, NO_ZEROS), rtol=1e-9)


@every_class
def test_permuting_the_parameters_permutes_the_path(optimizer: type[Optimizer]) -> None:
    order = np.array([3, 0, 4, 2, 1])
    walk = run(optimizer(), Quadratic(CURVATURES), START, 60)
    permuted = run(optimizer(), Quadratic(CURVATURES[order]), START[order], 60)
    np.testing.assert_array_equal(permuted.params, walk.params[:, order])
    assert (walk.params[-1] != walk.params[0]).all()


@every_class
def test_mirroring_the_parameters_mirrors_the_path(optimizer: type[Optimizer]) -> None:
    empty = {"initial_accumulator": 0.0} if "initial_accumulator" in hypers(optimizer) else {}
    walk = run(optimizer(**empty), Quadratic(CURVATURES), START, 60)
    mirrored = run(optimizer(**empty), Quadratic(CURVATURES), -START, 60)
    np.testing.assert_array_equal(mirrored.params, -walk.params)


@every_class
def test_defaults_go_downhill(optimizer: type[Optimizer]) -> None:
    walk = run(optimizer(), Quadratic(np.array([1.0, 2.0])), [1.0, -1.0], 20)
    assert walk.loss[-1] < walk.loss[0]


@every_class
def test_no_learning_rate_no_walk(optimizer: type[Optimizer]) -> None:
    still = {"rate_min": 0.0} if "rate_min" in hypers(optimizer) else {}
    walk = run(optimizer(lr=0.0, **still), Quadratic(CURVATURES), START, 20)
    np.testing.assert_array_equal(walk.params, np.tile(START, (21, 1)))
