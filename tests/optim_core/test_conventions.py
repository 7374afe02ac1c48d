"""What the libraries do differently: every claim has a walk, and each walk is the one that it names."""

import dataclasses
import re
from typing import Any

import numpy as np
import pytest

from landscapes import ElongatedValley
from optim_core import (
    CONVENTIONS,
    OPTIMIZERS,
    AdaGrad,
    AdaGradSummedRates,
    Adam,
    AdamW,
    Convention,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    RMSProp,
    conventions,
    conventions_of,
    differently,
    hypers,
    run,
)

from ..strategies import Given

SURFACE = ElongatedValley()
GRADS = np.random.default_rng(3).normal([0.5, -0.2], 1.0, (40, 2))

# where a convention shows only with a setting that is not the default
SHOWN_BY = {Momentum: Momentum(lr=0.02, dampening=0.5)}

ALL = [(cls, one) for cls, conventions in CONVENTIONS.items() for one in conventions]
every_convention = pytest.mark.parametrize(("cls", "one"), ALL, ids=[f"{cls.__name__}: {one.here}" for cls, one in ALL])


def path(optimizer: Optimizer, n_steps: int = 40) -> np.ndarray:
    return run(optimizer, SURFACE, n_steps=n_steps).params


def turned(optimizer: Optimizer, field: str) -> Optimizer:
    """The optimizer by the convention that changes this field."""
    return differently(optimizer, next(one for one in conventions_of(optimizer) if field in (one.other or {})))


def test_an_optimizer_without_conventions_is_fine() -> None:
    @dataclasses.dataclass(frozen=True)
    class Still(Optimizer):
        equations = "effective_lr = 0\nrms_grad = abs(grad)\ndelta = 0 * grad"

    assert conventions_of(Still()) == ()


def test_the_table_is_in_the_order_of_the_registry() -> None:
    assert list(CONVENTIONS) == [cls for cls in OPTIMIZERS.values() if cls in CONVENTIONS]
    assert all(CONVENTIONS.values())


def test_the_table_says_of_which_versions_it_is() -> None:
    asked = dict(re.findall(r"(PyTorch|optax|Keras) ([\d.]+\d)", conventions.__doc__))
    assert asked == {"PyTorch": "2.13", "optax": "0.2.8", "Keras": "3.15"}


@every_convention
def test_a_convention_is_whole_sentences_with_names(cls: type[Optimizer], one: Convention) -> None:
    assert one.agree
    assert bool(one.there) == bool(one.differ)
    assert not set(one.agree) & set(one.differ)
    assert one.here.endswith(".") or one.here == "Δθ = −η g"
    assert one.there.endswith(".") or not one.there
    assert one.there or one.other is None


@every_convention
def test_the_other_one_can_be_walked_and_is_another_path(cls: type[Optimizer], one: Convention) -> None:
    mine = SHOWN_BY.get(cls, cls())
    other = differently(mine, one)
    if one.other is None:
        assert other is None
    elif one.other == {}:
        assert other == mine
    else:
        assert type(other) is (one.instead or cls)
        assert set(one.other) <= set(hypers(other))
        assert np.abs(path(other) - path(mine)).max() > 0


@every_convention
def test_a_run_that_follows_the_others_is_turned_back(cls: type[Optimizer], one: Convention) -> None:
    if not one.other or one.instead or any(isinstance(value, str) for value in one.other.values()):
        return
    mine = cls(lr=0.03) if "lr" not in one.other else cls()
    assert differently(differently(mine, one), one) == mine


def test_a_field_is_said_in_terms_of_the_others() -> None:
    assert turned(AdamW(lr=0.5, weight_decay=0.1), "weight_decay") == AdamW(lr=0.5, weight_decay=0.2)
    assert turned(AdamW(lr=0.0), "weight_decay") is None  # there is no λ for it
    assert turned(AdaGradSummedRates(lr=0.3, eps=0.2), "lr") == AdaGrad(lr=0.3, eps=0.2)


def test_what_would_be_outside_its_bounds_is_not_said() -> None:
    odd = Convention("Here.", ("one",), "There.", ("other",), {"momentum_decay": "0 - lr"})
    assert differently(NAdam(lr=0.1), odd) is None


# what the others do, written out from their code: each of these was also compared with the library itself


def by_hand(step: Any, n_memories: int = 2) -> np.ndarray:
    """The path of `step(t, g, *memories) -> (Δ, *memories)` over the given gradients, from (0.3, −0.2)."""
    points, memories = [np.array([0.3, -0.2])], [np.zeros(2)] * n_memories
    for t, grad in enumerate(GRADS, 1):
        delta, *memories = step(t, grad, *memories)
        points.append(points[-1] + delta)
    return np.array(points)


def same(optimizer: Optimizer, points: np.ndarray) -> None:
    np.testing.assert_allclose(run(optimizer, Given(GRADS), points[0], 40).params, points, rtol=1e-12, atol=1e-14)


def test_velocity_as_an_average() -> None:
    def step(t: int, g: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, ...]:
        b = 0.9 * b + 0.1 * g
        return -0.05 * b, b

    same(turned(Momentum(lr=0.05), "lr"), by_hand(step, 1))


def test_keras_multiplies_by_the_rate_before_the_velocity() -> None:
    def plain(t: int, g: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, ...]:
        m = 0.9 * m - 0.05 * g
        return m, m

    def nesterov(t: int, g: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, ...]:
        m = 0.9 * m - 0.05 * g
        return 0.9 * m - 0.05 * g, m

    def rmsprop(t: int, g: np.ndarray, v: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, ...]:
        v = 0.9 * v + 0.1 * g * g
        m = 0.9 * m + 0.05 * g / np.sqrt(v + 1e-7)
        return -m, v, m

    same(Momentum(lr=0.05), by_hand(plain, 1))
    same(Nesterov(lr=0.05), by_hand(nesterov, 1))
    same(turned(RMSProp(lr=0.05, eps=1e-7, momentum=0.9), "eps_inside"), by_hand(rmsprop))


def test_adagrad_of_optax_and_keras() -> None:
    def step(t: int, g: np.ndarray, s: np.ndarray) -> tuple[np.ndarray, ...]:
        s = s + g * g
        return -0.05 * g / np.sqrt(0.1 + s + 1e-7), s

    mine = turned(turned(AdaGrad(lr=0.05, eps=1e-7), "eps_inside"), "initial_accumulator")
    same(mine, by_hand(step, 1))


def test_adam_without_correction_as_in_bert() -> None:
    def step(t: int, g: np.ndarray, m: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, ...]:
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        return -0.05 * m / (np.sqrt(v) + 1e-6), m, v

    same(turned(Adam(lr=0.05, eps=1e-6), "bias_correction"), by_hand(step))


def test_nadam_of_keras_and_of_optax() -> None:
    def keras(t: int, g: np.ndarray, m: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, ...]:
        mu = 0.9 * (1 - 0.5 * 0.96 ** np.arange(1, t + 2))
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        m_bar = mu[-1] * m / (1 - mu.prod()) + (1 - mu[-2]) * g / (1 - mu[:-1].prod())
        return -0.05 * m_bar / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v

    def optax(t: int, g: np.ndarray, m: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, ...]:
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        m_bar = 0.9 * m / (1 - 0.9 ** (t + 1)) + 0.1 * g / (1 - 0.9**t)
        return -0.05 * m_bar / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v

    one, other = CONVENTIONS[NAdam]
    same(differently(NAdam(lr=0.05), one), by_hand(keras))
    same(differently(NAdam(lr=0.05), other), by_hand(optax))


def test_the_papers_decay_does_not_know_the_rate() -> None:
    mine = turned(AdamW(lr=0.5, weight_decay=0.1), "weight_decay")
    walk = run(mine, Given(np.zeros((40, 2))), [1.0, -2.0], 40)
    np.testing.assert_allclose(walk.params, 0.9 ** np.arange(41.0)[:, None] * walk.params[0], rtol=1e-12)


def test_the_remembered_direction_is_a_line_of_the_update() -> None:
    for cls in OPTIMIZERS.values():
        lines = {line.name for optimizer in (cls(), *flagged(cls)) for line in optimizer.setting.lines}
        assert cls.direction in lines | {""}
        assert bool(cls.direction) == bool(lines & {"velocity", "m"}), cls


def flagged(cls: type[Optimizer]) -> list[Optimizer]:
    return [dataclasses.replace(cls(), momentum=0.5)] if "momentum" in hypers(cls) else []
