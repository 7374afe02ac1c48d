"""The step inspector in rough weather, at a changing rate and around a fork: all of it is what the walk recorded."""

from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from app.walks.explain import Filled, arrows, columns, inspect, stories, written
from app.walks.simulate import Walk
from app.walks.typeset import template
from landscapes import Rosenbrock
from optim_core import (
    NOTATIONS,
    OPTIMIZERS,
    SGD,
    Adam,
    Cosine,
    Exponential,
    Fork,
    Momentum,
    Optimizer,
    Rprop,
    Weather,
)

from ..strategies import ROUGH, SCHEDULED, settings, walk
from .working import worked_out

HOW: dict[str, dict[str, Any]] = {name: {"weather": weather} for name, weather in ROUGH.items()}
HOW |= {name: {"schedule": schedule} for name, schedule in SCHEDULED.items()}
HOW["both"] = {"weather": ROUGH["all, by norm"], "schedule": Cosine()}
every_way = pytest.mark.parametrize("how", HOW.values(), ids=HOW)
every_one = [last for cls in OPTIMIZERS.values() for last in (cls(), [*settings(cls)][-1])]
RECORDED = ("delta", "effective_lr", "rms_grad")


def holds(one: Walk) -> None:
    """All lines of all steps are what the walk recorded, to the last bit."""
    for part in one.parts:
        made, numbers = written(one, part), columns(one, part)
        recorded = {"grad": one.trajectory.seen_grad, "lr": one.rates[:, None]}
        recorded |= {name: getattr(one.trajectory, name) for name in RECORDED}
        recorded = {name: rows[part.steps] for name, rows in recorded.items()}
        recorded |= {name: getattr(part.state, name) for name in part.optimizer.setting.memory}
        for line in made.lines:
            if line.name in recorded:
                column = numbers[line.result]
                got = np.broadcast_to(
                    column if isinstance(column, float) else column[1:].T, recorded[line.name].T.shape
                )
                np.testing.assert_array_equal(got.T, recorded[line.name], err_msg=f"{line.name} of {part}")


@every_way
@pytest.mark.parametrize("optimizer", every_one, ids=repr)
def test_what_is_told_and_its_rate_give_the_recorded_step(optimizer: Optimizer, how: dict[str, Any]) -> None:
    holds(walk(optimizer, Rosenbrock(), 40, **how))


@every_way
@pytest.mark.parametrize("at", [1, 15, 39, 40, 99])
def test_a_forked_walk_is_told_part_by_part(at: int, how: dict[str, Any]) -> None:
    for cls in OPTIMIZERS.values():
        for other in (cls(lr=0.02), Momentum(0.01), Adam(0.1)):
            one = walk(cls(lr=0.05), Rosenbrock(), 40, fork=Fork(other, at), **how)
            holds(one)
            told = stories(one)
            assert [(story.first, story.last) for story in told] == ([(0, at), (at, 40)] if at < 40 else [(0, 40)])
            assert one.part(1).optimizer == other and (at >= 40 or one.part(at + 1).optimizer == cls(lr=0.05))
            for t in (1, min(at, 40), 40):
                np.testing.assert_array_equal(arrows(one, t)[-1][1:], one.trajectory.delta[t - 1])


@every_way
@pytest.mark.parametrize("optimizer", [SGD(0.01), Adam(0.1)], ids=repr)
def test_the_lines_before_can_be_worked_out_again(optimizer: Optimizer, how: dict[str, Any]) -> None:
    one = walk(optimizer, n_steps=40, **how)
    for line in (line for t in range(1, 41) for line in inspect(one, t, digits=17)):
        for text, value in zip(line.text, line.value, strict=True):
            for side in text.split(" = ")[1:]:
                assert worked_out(side) == pytest.approx(value, rel=1e-9, abs=1e-13), text
        for markup, text in zip(line.filled, line.text, strict=True):
            shown = "".join(ElementTree.fromstring(markup).itertext())
            assert text.split(" = ")[-1] in shown


def test_a_schedule_begins_with_the_rate_of_the_step() -> None:
    first, rate, *_ = inspect(walk(SGD(lr=0.1), n_steps=9, schedule=Exponential(0.9)), 3)
    assert (first.formula_text, first.text[0]) == ("η = base·schedule", "η = 0.1·0.81 = 0.081")
    assert (rate.formula_text, rate.text[0]) == ("η_eff = η", "η_eff = 0.081")
    assert rate.needs == (0,) and 'data-line="0"' in rate.formula
    letters = NOTATIONS["pytorch"]
    assert inspect(walk(SGD(lr=0.1), n_steps=9, schedule=Cosine()), 3, letters=letters)[0].formula_text[:5] == "lr = "


def test_a_rate_that_no_line_reads_has_no_line() -> None:
    assert inspect(walk(Rprop(), n_steps=9, schedule=Cosine()), 3)[0].name == "agreement"


def test_weather_begins_with_what_is_told() -> None:
    def first(weather: Weather, t: int = 1) -> Filled:
        return inspect(walk(SGD(0.01), n_steps=9, weather=weather), t)[0]

    pulsed = first(ROUGH["pulse in x"])
    assert (pulsed.formula_text, *pulsed.text) == ("g = pulse·∇f", "g = −3·(−2.6) = 7.8", "g = 1·50 = 50")
    noise, table = first(ROUGH["noise"]), ROUGH["noise"].told(9, 2).noise
    assert noise.formula_text == "g = ∇f + noise" and noise.value[1] == 50 + table[0, 1]
    gaps = first(ROUGH["sparse"], 1 + int(np.argmin(ROUGH["sparse"].told(9, 2).sparse[:, 1])))
    assert gaps.formula_text == "g = {∇f if told = 1; 0 otherwise}" and gaps.text[1] == "g = 0"
    by_norm = first(ROUGH["clipped by norm"])
    assert by_norm.formula_text == "g = {limit / length·∇f if length > limit; ∇f otherwise}"
    assert by_norm.text[1] == "g = 2 / 50.07·50 = 1.997"
    by_value = first(ROUGH["clipped by value"])
    assert by_value.text == ("g = sign(−2.6)·1.5 = −1.5", "g = sign(50)·1.5 = 1.5")
    assert first(ROUGH["steady drift"]).name != "grad", "the gradient itself is told"


def test_in_fair_weather_and_at_one_rate_nothing_comes_before() -> None:
    for cls in OPTIMIZERS.values():
        one = walk(cls(), n_steps=9)
        assert written(one, *one.parts).lines == template(cls()).lines


def test_the_arrow_of_the_gradient_is_of_what_is_told_at_the_rate_of_the_step() -> None:
    one = walk(Adam(0.1), n_steps=30, weather=ROUGH["noise"], schedule=Cosine())
    down, *_ = arrows(one, 7)
    np.testing.assert_array_equal([down.dx, down.dy], -one.rates[6] * one.trajectory.seen_grad[6])
    assert one.rates[6] == 0.1 * Cosine().factors(30)[6] and (one.trajectory.seen_grad != one.trajectory.grad).any()
