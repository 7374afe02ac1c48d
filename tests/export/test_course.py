"""In a script the runs meet what they meet on the page: the same weather, drawn by numpy, schedules and forks."""

import ast
import itertools
from collections.abc import Iterable
from dataclasses import replace

import pytest

from app.export.code import FRAMEWORKS
from app.page import weather as rough
from app.page.state import Run, State
from app.walks.simulate import simulate
from landscapes import ElongatedValley, Rosenbrock
from optim_core import (
    OPTIMIZERS,
    SCHEDULES,
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Clip,
    Constant,
    Cosine,
    Drift,
    Exponential,
    Fork,
    InverseRoot,
    Lion,
    Momentum,
    Nesterov,
    OneCycle,
    Optimizer,
    Pulse,
    RMSProp,
    Rprop,
    Schedule,
    Stairs,
    WarmUp,
    Weather,
)

from ..strategies import settings
from .scripts import assert_same, executed, is_golden, runs, strayed

N = 24
WEATHERS = {
    "noise": Weather((0.5, 0.2), 4.0, 3, 1, (1.0, 1.0)),
    "sparse": replace(rough.FAIR, sparse=(0.9, 0.3), seed=1),
    "pulse": replace(rough.FAIR, pulse=Pulse(4, 1.5, 1)),
    "drift": replace(rough.FAIR, drift=Drift((0.003, -0.002))),
    "jump": replace(rough.FAIR, drift=Drift((0.05, 0.01), at=7)),
    "norm": replace(rough.FAIR, clip=Clip(norm=2.0)),
    "value": replace(rough.FAIR, clip=Clip(value=1.5)),
    "all": Weather((0.3, 0.1), 2.5, 5, 3, (0.9, 0.4), Pulse(5, 2.0), Drift((0.002, 0.0)), Clip(norm=3.0)),
}
SOME = [
    Stairs(7, 0.5),
    Stairs(7.5, 0.5),
    Exponential(0.9),
    InverseRoot(),
    Cosine(),
    OneCycle(),
    OneCycle(1.0, 10.0, 100.0),
    OneCycle(1 / N),
    WarmUp(5),
    WarmUp(1, Cosine()),
    WarmUp(5.5, Stairs(4, 0.5)),
    WarmUp(6, Stairs(4, 0.5)),
    WarmUp(6, InverseRoot()),
    WarmUp(6, Exponential(0.8)),
    WarmUp(6, OneCycle()),
    WarmUp(N, Cosine()),
    WarmUp(1e9, Cosine()),
]
every_weather = pytest.mark.parametrize("weather", WEATHERS.values(), ids=WEATHERS)
every_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)
every_framework = pytest.mark.parametrize("framework", FRAMEWORKS)


def calm(cls: type[Optimizer]) -> Optimizer:
    """With a rate at which it walks on Rosenbrock's function and goes nowhere fast."""
    slow = {"sgd", "momentum", "nesterov", "radam", "adagrad-summed-rates", "rmsprop-averaged-rates"}
    return cls(lr=1e-4 if cls in {OPTIMIZERS[name] for name in slow} else 0.01)


CALM = {name: calm(cls) for name, cls in OPTIMIZERS.items()}
PUBLISHED = {name: one for name, one in CALM.items() if not name.endswith("-rates")}  # which survive a gradient of 0


def every_setting(name: str) -> list[Optimizer]:
    """Every combination of flags, at a rate of its own."""
    some = settings(OPTIMIZERS[name])
    return [replace(one, lr=CALM[name].lr * (1 + 0.1 * place)) for place, one in enumerate(some)]


def state(*optimizers: Optimizer, **met: object) -> State:
    return State(Rosenbrock(), runs(*optimizers), (-1.1234, 0.9), N, **met)


def hold_the_same(one: Optimizer, other: Optimizer) -> bool:
    """Whether a velocity of gradients is not taken for one of steps, with which a walk runs away."""
    return getattr(one, "lr_inside", False) == getattr(other, "lr_inside", False)


def scheduled(optimizer: Optimizer, schedules: Iterable[Schedule]) -> State:
    """A run of it under each, the last of them that of the page."""
    some = [Run(optimizer, slot, schedule=one) for slot, one in enumerate(schedules)]
    return State(Rosenbrock(), (*some[:-1], replace(some[-1], schedule=None)), None, N, schedule=some[-1].schedule)


def forked(pairs: Iterable[tuple[Optimizer, Optimizer]], at: int = 9, **met: object) -> State:
    """The first of each pair for some steps, then the second."""
    some = tuple(Run(then, slot, fork=Fork(first, at)) for slot, (first, then) in enumerate(pairs))
    return State(Rosenbrock(), some, (-1.1234, 0.9), N, **met)


# --- NumPy ----------------------------------------------------------------------------------------------------------


@every_weather
def test_numpy_is_told_what_the_page_is_told(weather: Weather) -> None:
    assert_same(state(*CALM.values(), weather=weather))


@pytest.mark.parametrize("schedule", [*(cls() for cls in SCHEDULES.values()), *SOME], ids=repr)
def test_numpy_has_the_page_s_rates(schedule: Schedule) -> None:
    assert_same(state(*CALM.values(), schedule=schedule))
    assert_same(replace(state(SGD(lr=1e-3)), n_steps=1, schedule=schedule))


def test_every_run_has_its_own_schedule() -> None:
    assert_same(scheduled(Adam(lr=0.05), [Constant(), *SOME]))


@every_optimizer
def test_numpy_forks_from_every_optimizer_into_every_other(name: str) -> None:
    mine = CALM[name]
    assert_same(forked((mine, other) for other in CALM.values()))


@every_optimizer
def test_numpy_goes_on_with_every_setting_of_a_class(name: str) -> None:
    some = every_setting(name)
    assert_same(forked(itertools.product([CALM[name], *some[:2]], some)))


@pytest.mark.parametrize("at", [0, 1, N - 1, N, N + 5])
def test_numpy_forks_at_the_ends(at: int) -> None:
    assert_same(forked([(Adam(lr=0.05), Adam(lr=0.01)), (Momentum(lr=1e-4), Lion(lr=0.01))], at))


@every_optimizer
def test_numpy_meets_all_at_once(name: str) -> None:
    met = {"weather": WEATHERS["all"], "schedule": WarmUp(5, OneCycle())}
    assert_same(state(*every_setting(name), **met))
    assert_same(forked([(CALM[name], calm(OPTIMIZERS[name])), (CALM[name], Adam(lr=0.02))], **met))


def test_a_run_that_diverges_under_a_limit_does_so_in_the_script() -> None:
    for weather in (WEATHERS["norm"], WEATHERS["value"], WEATHERS["all"]):
        met = State(ElongatedValley(), runs(SGD(lr=1e308), Momentum(lr=3.0)), (-2.0, 1.0), 1500, weather=weather)
        assert_same(met)


def test_the_loss_that_is_said_is_that_of_the_surface_as_it_stands() -> None:
    met = state(Adam(lr=0.01), weather=WEATHERS["jump"])
    walk = simulate(met).walks[0]
    said = executed(FRAMEWORKS["numpy"].script(met))["said"]
    assert said[0].startswith(f"'Adam': loss {walk.final_loss:.10g} at (")


# --- what is written ------------------------------------------------------------------------------------------------


@every_framework
def test_in_fair_weather_a_script_says_nothing_of_it(framework: str) -> None:
    plain = FRAMEWORKS[framework].script(state(Adam(), Rprop()))
    seeded = FRAMEWORKS[framework].script(state(Adam(), Rprop(), weather=replace(rough.FAIR, seed=7, seeds=3)))
    assert plain.splitlines()[2:] == seeded.splitlines()[2:]
    for word in ("told", "SEED", "MOVED", "fork", "rates", "schedule", "#?"):
        assert word not in plain.partition("\n\n")[2], word


@every_framework
def test_only_what_there_is_is_written(framework: str) -> None:
    lines = {"SEED": {"noise", "sparse"}, "NOISE": {"noise"}, "KNOWN": {"sparse"}, "PULSES": {"pulse"}}
    lines |= {"MOVED": {"drift", "jump"}, "size": {"norm"}, "isfinite": {"value"}}
    for kind, weather in WEATHERS.items():
        script = FRAMEWORKS[framework].script(state(Adam(), weather=weather)).partition("\n\n")[2]
        for word, kinds in lines.items():
            assert (word in script) == (kind in kinds or (kind == "all" and word != "isfinite")), (kind, word)


@every_framework
def test_an_ensemble_is_its_first_seed_and_says_which_the_others_are(framework: str) -> None:
    script = FRAMEWORKS[framework].script(state(Adam(), weather=replace(WEATHERS["noise"], seeds=40)))
    assert "SEED = 3  # the first of 40: the page walks with each up to 42" in script.splitlines()


@every_framework
def test_whatever_is_met_the_script_is_valid_python(framework: str) -> None:
    for weather, schedule, cls in itertools.product(WEATHERS.values(), SOME[::4], (Adam, RMSProp)):
        met = {"weather": weather, "schedule": schedule}
        script = FRAMEWORKS[framework].script(forked([(cls(), Adam()), (cls(), cls(lr=0.2))], **met))
        assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(ast.parse(script)))
        assert "#?" not in script


OWN = {  # the schedules that PyTorch has
    "StepLR": Stairs(7, 0.5),
    "ExponentialLR": Exponential(),
    "CosineAnnealingLR": Cosine(),
    "OneCycleLR": OneCycle(),
    "LinearLR": WarmUp(5),
    "SequentialLR": WarmUp(5, Cosine()),
    "LambdaLR(optimizer, lambda t: (t + 1)": InverseRoot(),
}


@pytest.mark.parametrize("theirs", OWN)
def test_pytorch_s_own_scheduler_is_used_where_it_gives_the_same_rates(theirs: str) -> None:
    script = FRAMEWORKS["torch"].script(state(Adam(), schedule=OWN[theirs]))
    assert f"schedulers.{theirs}" in script and "numpy" not in script.partition("\n\n")[2]


def test_keras_keeps_the_rate_in_the_step_that_it_remembers() -> None:
    """So that its momentum is another one where the rate changes, under a schedule or at a fork."""
    momentum, slower, damped = Momentum(), Momentum(lr=0.001), Momentum(momentum=0.5)
    for cls in (Momentum, Nesterov):
        assert "class ByHand" not in FRAMEWORKS["keras"].script(state(cls()))
        assert "class ByHand" in FRAMEWORKS["keras"].script(state(cls(), schedule=Cosine()))
    assert "class ByHand" in FRAMEWORKS["keras"].script(forked([(momentum, slower)]))
    assert "class ByHand" not in FRAMEWORKS["keras"].script(forked([(momentum, damped)]))
    assert "class ByHand" not in FRAMEWORKS["torch"].script(forked([(momentum, slower)], schedule=Cosine()))


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_an_optimizer_of_the_library_goes_on_where_it_can(framework: str) -> None:
    script = FRAMEWORKS[framework].script(forked([(Adam(lr=0.1), Adam(lr=0.01))]))
    assert "class ByHand" not in script and "changed(" in script
    turned = FRAMEWORKS[framework].script(forked([(RMSProp(eps=0.0), RMSProp(eps=0.0, momentum=0.9))]))
    assert "makes no memory for what is turned on or off on the way" in turned or framework == "keras"
    assert "class ByHand" in turned


# --- PyTorch and Keras ----------------------------------------------------------------------------------------------


@is_golden
@every_weather
def test_the_library_is_told_what_the_page_is_told(framework: str, weather: Weather) -> None:
    assert strayed(framework, state(*PUBLISHED.values(), weather=weather)) < 1e-9


@is_golden
def test_the_library_has_the_page_s_rates(framework: str) -> None:
    for name in ("nesterov", "rmsprop", "rprop", "adamw", "nadam", "yogi"):
        assert strayed(framework, scheduled(CALM[name], [Constant(), *SOME])) < 1e-9


@is_golden
@every_optimizer
def test_the_library_goes_on_with_every_setting_of_a_class(framework: str, name: str) -> None:
    some = [*every_setting(name), CALM[name], replace(CALM[name], lr=1e-5)]
    pairs = [pair for pair in [*itertools.pairwise(some), (CALM[name], some[0])] if hold_the_same(*pair)]
    for met in ({}, {"schedule": WarmUp(5, Cosine())}):
        assert strayed(framework, forked(pairs, **met)) < 1e-9


@is_golden
def test_the_library_forks_into_another_class(framework: str) -> None:
    some = [Adam(lr=0.02), Rprop(lr=0.003), AdaGrad(lr=0.02), Momentum(lr=1e-4), Lion(lr=0.01), AdamW(lr=0.02)]
    for met in ({}, {"schedule": Stairs(4, 0.5)}, {"schedule": OneCycle(), "weather": WEATHERS["all"]}):
        assert strayed(framework, forked(itertools.permutations(some, 2), **met)) < 1e-9
