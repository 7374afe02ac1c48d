"""What the libraries do differently: every claim has a walk, and each walk is the one that it names."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from landscapes import ElongatedValley, QuadraticBowl
from optim_core import (
    CONVENTIONS,
    LIBRARIES,
    OPTIMIZERS,
    SGD,
    AdaGrad,
    AdaGradSummedRates,
    Adam,
    AdamW,
    Convention,
    Exponential,
    Library,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    RAdam,
    RMSProp,
    Schedule,
    calls,
    conventions,
    conventions_of,
    differently,
    hypers,
    matters,
    run,
)

from ..strategies import Given

SURFACE = ElongatedValley()
GRADS = np.random.default_rng(3).normal([0.5, -0.2], 1.0, (40, 2))

# where a convention shows only with a setting that is not the default
SHOWN_BY = {Momentum: Momentum(lr=0.02, dampening=0.5), RMSProp: RMSProp(momentum=0.5)}
FALLING = Exponential(0.9)

ALL = [(cls, one) for cls, conventions in CONVENTIONS.items() for one in conventions]
every_convention = pytest.mark.parametrize(("cls", "one"), ALL, ids=[f"{cls.__name__}: {one.here}" for cls, one in ALL])


def path(optimizer: Optimizer, schedule: Schedule | None = None) -> np.ndarray:
    return run(optimizer, SURFACE, n_steps=40, schedule=schedule).params


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
    assert bool(one.refused) == bool(one.what) == (one.there == "It is refused.")


@every_convention
def test_the_other_one_can_be_walked_and_is_another_path(cls: type[Optimizer], one: Convention) -> None:
    mine = SHOWN_BY.get(cls, cls())
    other = differently(mine, one)
    if one.other is None:
        assert other is None
    else:
        assert type(other) is (one.instead or cls)
        assert set(one.other) <= set(hypers(other)) and one.short
        if one.scheduled:
            assert np.abs(path(other, FALLING) - path(mine, FALLING)).max() > 0.01
            np.testing.assert_allclose(path(other), path(mine), rtol=1e-11, atol=1e-13)
        else:
            assert np.abs(path(other) - path(mine)).max() > 0


@every_convention
def test_a_convention_matters_where_the_other_one_is_another_path(cls: type[Optimizer], one: Convention) -> None:
    """With a constant rate and one that falls, and without the number that it needs."""
    if not one.scheduled:
        assert matters(cls(), one) and matters(cls(), one, scheduled=True) and not one.needs
        return
    mine = SHOWN_BY.get(cls, cls())
    without = dataclasses.replace(mine, **{one.needs: 0.0})
    assert matters(mine, one, scheduled=True) and not matters(mine, one)
    assert not matters(without, one, scheduled=True)
    other = differently(without, one)
    np.testing.assert_allclose(path(other, FALLING), path(without, FALLING), rtol=1e-12)


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


def same(optimizer: Optimizer, points: np.ndarray, schedule: Schedule | None = None) -> None:
    ours = run(optimizer, Given(GRADS), points[0], 40, schedule=schedule).params
    np.testing.assert_allclose(ours, points, rtol=1e-12, atol=1e-14)


def test_velocity_as_an_average() -> None:
    def step(t: int, g: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, ...]:
        b = 0.9 * b + 0.1 * g
        return -0.05 * b, b

    same(turned(Momentum(lr=0.05), "lr"), by_hand(step, 1))


@pytest.mark.parametrize("schedule", [None, FALLING])
def test_keras_multiplies_by_the_rate_before_the_velocity(schedule: Schedule | None) -> None:
    rates = 0.05 * (np.ones(41) if schedule is None else schedule.factors(40))

    def plain(t: int, g: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, ...]:
        m = 0.9 * m - rates[t - 1] * g
        return m, m

    def nesterov(t: int, g: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, ...]:
        m = 0.9 * m - rates[t - 1] * g
        return 0.9 * m - rates[t - 1] * g, m

    def rmsprop(t: int, g: np.ndarray, v: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, ...]:
        v = 0.9 * v + 0.1 * g * g
        m = 0.9 * m + rates[t - 1] * g / np.sqrt(v + 1e-7)
        return -m, v, m

    same(turned(Momentum(lr=0.05), "lr_inside"), by_hand(plain, 1), schedule)
    same(turned(Nesterov(lr=0.05), "lr_inside"), by_hand(nesterov, 1), schedule)
    under = turned(RMSProp(lr=0.05, eps=1e-7, momentum=0.9), "eps_inside")
    same(turned(under, "lr_inside"), by_hand(rmsprop), schedule)


def test_where_the_rate_stands_makes_another_walk_of_a_falling_rate() -> None:
    """½ x² from 1 at the rates 0.1 · 0.9ᵗ: what moves on has left the slower rate behind, or still has the faster."""
    outside, inside = (
        run(Momentum(0.1, lr_inside=flag), QuadraticBowl(), (1.0, 1.0), 20, schedule=FALLING).params[-1, 0]
        for flag in (False, True)
    )
    assert (round(outside, 4), round(inside, 4)) == (-0.2225, -0.3938)


@pytest.mark.golden
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_the_libraries_walk_a_falling_rate_by_where_they_keep_it(make: Any) -> None:
    """The same walk by their own schedules: optax keeps the rate of its sgd outside, and that of its rmsprop inside."""
    schedules = make.keras.optimizers.schedules
    ends = {
        "PyTorch": lambda *on: make.torch_walk(
            lambda params: make.torch.optim.SGD(params, lr=0.1, momentum=0.9), *on, FALLING.factors(20).tolist()
        ),
        "optax": lambda *on: make.optax_walk(make.optax.sgd(make.optax.exponential_decay(0.1, 1, 0.9), 0.9), *on),
        "Keras": lambda *on: make.keras_walk(
            make.keras.optimizers.SGD(schedules.ExponentialDecay(0.1, 1, 0.9), momentum=0.9), *on
        ),
    }
    found = {library: round(downhill(walk, 20)[-1][0], 4) for library, walk in ends.items()}
    assert found == {"PyTorch": -0.2225, "optax": -0.2225, "Keras": -0.3938}


def downhill(walk: Callable[..., Iterator[list[float]]], n_steps: int) -> list[list[float]]:
    """The points of a library's walk on ½ (x² + y²) from (1, 1)."""
    points: list[list[float]] = []
    for point in walk([1.0, 1.0], (points[-1] for _ in range(n_steps))):
        points.append(point)
    return points


def test_adagrad_of_optax_and_keras() -> None:
    def step(t: int, g: np.ndarray, s: np.ndarray) -> tuple[np.ndarray, ...]:
        s = s + g * g
        return -0.05 * g / np.sqrt(0.1 + s + 1e-7), s

    mine = turned(AdaGrad(lr=0.05, eps=1e-7, initial_accumulator=0.1), "eps_inside")
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


# the libraries themselves, as they come: what is claimed of a default is what runs


# a library that is named with more than its name: ours, and its optimizer
WITH_MORE: dict[str, tuple[Optimizer, Callable[[Any], Any]]] = {
    "optax.ema with debias=False": (
        turned(Momentum(lr=0.05, momentum=0.8), "lr"),
        lambda lib: lib.chain(lib.ema(0.8, debias=False), lib.scale(-0.05)),
    ),
    "optax with eps_in_sqrt=False": (
        RMSProp(lr=0.05, eps=0.01),
        lambda lib: lib.rmsprop(0.05, eps=0.01, eps_in_sqrt=False),
    ),
    "optax, at 5 too": (RAdam(lr=0.05, beta2=0.99, eps=0.0), lambda lib: lib.radam(0.05, b2=0.99, eps=0.0)),
}
OTHER_THAN_OURS = {"optax with bias_correction=True"}  # no class here walks that way

CLAIMED = [
    (cls, library)
    for cls, claims in CONVENTIONS.items()
    for library in LIBRARIES.values()
    if any(library.name in (*one.agree, *one.differ) for one in claims)
]


def ours(optimizer: Optimizer, grads: np.ndarray = GRADS) -> np.ndarray:
    return run(optimizer, Given(grads), [0.3, -0.2], len(grads)).params


def as_it_comes(optimizer: Optimizer, library: Library) -> Optimizer:
    """Ours with the library's defaults and forms, of the class that it has where ours is a misreading."""
    for one in conventions_of(optimizer):
        if one.instead and library.name in one.differ:
            optimizer = differently(optimizer, one)
    return calls.left_alone(optimizer, library)


@pytest.mark.golden
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own
@pytest.mark.parametrize(("cls", "library"), CLAIMED, ids=lambda value: getattr(value, "name", value))
def test_a_library_as_it_comes_is_ours_turned_where_it_differs(
    built: Any, library_walk: Any, cls: type[Optimizer], library: Library
) -> None:
    turned = as_it_comes(cls(lr=0.05), library)
    theirs = library_walk(library.name, built(library.name, calls.written(turned, library, shortly=True)), GRADS)
    if calls.beyond(type(turned), library):
        assert np.abs(theirs - ours(turned)).max() > 1e-11
    else:
        np.testing.assert_allclose(theirs, ours(turned), rtol=1e-9, atol=1e-12)


@pytest.mark.golden
@pytest.mark.parametrize("name", WITH_MORE)
def test_a_library_with_more_than_its_name_is_ours(make: Any, library_walk: Any, name: str) -> None:
    mine, built = WITH_MORE[name]
    np.testing.assert_allclose(library_walk("optax", built(make.optax), GRADS), ours(mine), rtol=1e-9, atol=1e-12)


def test_every_library_that_is_named_is_run() -> None:
    named = {who for _, one in ALL for who in (*one.agree, *one.differ)}
    spoken_of = {who for who in named if re.search("PyTorch|optax|Keras|torch|keras", who)}
    assert spoken_of - {library.name for library in LIBRARIES.values()} == {*WITH_MORE, *OTHER_THAN_OURS}
    assert all(library.signature_of(type(as_it_comes(cls(), library))) for cls, library in CLAIMED)


@pytest.mark.golden
def test_ema_of_optax_divides_the_zero_start_out_unless_told_otherwise(make: Any, library_walk: Any) -> None:
    mine, _ = WITH_MORE["optax.ema with debias=False"]
    theirs = library_walk("optax", make.optax.chain(make.optax.ema(0.8), make.optax.scale(-0.05)), GRADS)
    assert np.abs(theirs - ours(mine)).max() > 0.01


@pytest.mark.golden
@pytest.mark.parametrize(
    ("library", "call"),
    [
        ("PyTorch", lambda lib: lib([], lr=0.1, momentum=0.0, nesterov=True)),
        ("Keras", lambda lib: lib.Lion(0.1, beta_1=0.0)),
    ],
)
def test_what_is_refused_is_refused(make: Any, library: str, call: Any) -> None:
    refusing = make.torch.optim.SGD if library == "PyTorch" else make.keras.optimizers
    with pytest.raises(ValueError):
        call(refusing)


@pytest.mark.golden
@pytest.mark.parametrize("etas", [(1.0, 1.2), (0.5, 1.0)])
def test_a_factor_of_one_is_refused_by_pytorch_and_not_by_optax(
    make: Any, library_walk: Any, etas: tuple[float, float]
) -> None:
    with pytest.raises(ValueError, match="Invalid eta"):
        make.torch.optim.Rprop([make.torch.zeros(2)], etas=etas)
    assert np.abs(np.diff(library_walk("optax", make.optax.rprop(0.1, *etas), GRADS), axis=0)).max() <= 0.1 * 1.2**40


@pytest.mark.golden
@pytest.mark.parametrize("library", [LIBRARIES["optax"], LIBRARIES["keras"]], ids=["optax", "Keras"])
def test_nothing_to_look_ahead_by_is_sgd(built: Any, library_walk: Any, library: Library) -> None:
    made = built(library.name, calls.written(Nesterov(lr=0.05, momentum=0.0), library))
    np.testing.assert_allclose(library_walk(library.name, made, GRADS), ours(SGD(lr=0.05)), rtol=1e-12)


@pytest.mark.golden
def test_no_gradient_and_no_epsilon_is_no_number_but_in_optax(make: Any, library_walk: Any) -> None:
    flat = np.array([[1.0, 0.0], [1.0, 0.0]])
    torch = library_walk("PyTorch", lambda p: make.torch.optim.Adagrad(p, lr=0.1, eps=0.0), flat)
    keras = library_walk("Keras", make.keras.optimizers.Adagrad(0.1, 0.0, 0.0), flat)
    optax = library_walk("optax", make.optax.adagrad(0.1, 0.0, 0.0), flat)
    torch, keras, optax = map(np.array, (torch, keras, optax))
    for walk in (torch, keras, ours(AdaGrad(lr=0.1, eps=0.0), flat)):
        assert np.isnan(walk[1:, 1]).all() and np.isfinite(walk[:, 0]).all()
    assert (optax[:, 1] == -0.2).all()


@pytest.mark.golden
def test_a_variance_below_zero_is_not_a_number_elsewhere(make: Any, library_walk: Any) -> None:
    steady = np.tile(np.random.default_rng(0).uniform(0.01, 3, 2), (100, 1))
    assert np.isfinite(ours(RMSProp(lr=0.01, alpha=0.5, eps=1e-300, centered=True), steady)).all()
    torch = make.torch.optim.RMSprop
    for library, built in (
        ("PyTorch", lambda p: torch(p, lr=0.01, alpha=0.5, eps=1e-300, centered=True)),
        ("optax", make.optax.rmsprop(0.01, 0.5, 1e-300, centered=True)),
        ("Keras", make.keras.optimizers.RMSprop(0.01, 0.5, epsilon=1e-300, centered=True)),
    ):
        assert np.isnan(library_walk(library, built, steady)[-1]).any(), library
