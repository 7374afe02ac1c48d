"""Sentences in rough weather, at a changing rate and around a fork, each worked out again as in calm."""

import numpy as np
import pytest

from app.walks.narrate import narrate
from landscapes import LANDSCAPES, ElongatedValley, QuadraticBowl
from optim_core import OPTIMIZERS, SGD, Adam, Clip, Drift, Fork, Momentum, Pulse, RMSProp, WarmUp, Weather

from ..strategies import ROUGH, SCHEDULED, walk
from .sentences import kind, summed_up

VALLEY = ElongatedValley()
FORKS = {"no fork": None, "another": Fork(Adam(0.05), 17), "the same": Fork(SGD(0.02), 17)}


@pytest.mark.parametrize("name", LANDSCAPES)
@pytest.mark.parametrize("kind_of", ROUGH)
def test_in_every_weather(kind_of: str, name: str) -> None:
    surface, first = LANDSCAPES[name](), list(LANDSCAPES).index(name) + 7 * list(ROUGH).index(kind_of)
    for at in range(first, first + 10 * len(OPTIMIZERS), 37):  # another few in each weather, on each surface
        optimizer = list(OPTIMIZERS.values())[at % len(OPTIMIZERS)](lr=(0.1, 0.01)[at % 2])
        schedule, fork = (list(some.values())[at % len(some)] for some in (SCHEDULED, FORKS))
        one = walk(optimizer, surface, 40, weather=ROUGH[kind_of], schedule=schedule, fork=fork)
        with np.errstate(all="ignore"):  # of a walk about to diverge
            for t in range(1, 40 if one.diverged_at is None else min(one.diverged_at, 40)):
                kind(one, surface, t)
        summed_up(one, surface)


def test_what_was_told_comes_first() -> None:
    def said(weather: Weather, t: int = 1) -> str:
        return narrate(walk(SGD(0.01), n_steps=20, weather=weather), VALLEY, t)

    assert said(Weather(sparse=(1.0, 0.0))).startswith("SGD is told nothing of y and walks 0.026 along x: ")
    nothing = said(Weather(sparse=0.0))
    assert nothing == "SGD is told nothing and stands nearly still, although the gradient is 50."
    assert said(Weather(pulse=Pulse(3, 3.0, 0))).startswith("SGD is told the slope in x times −3 and ")
    assert not said(Weather(pulse=Pulse(3, 3.0, 0)), 2).startswith("SGD is told")
    assert said(Weather(clip=Clip(norm=1.0))).startswith("SGD has its gradient clipped from 50 to 1 and walks 0.01")
    wrong = said(Weather(pulse=Pulse(3, 3.0, 1)))
    assert wrong.startswith("SGD is told the slope in y times −3 and steps uphill as it is told: the loss rises from ")


def test_a_fork_is_told_where_it_is() -> None:
    forked = walk(Momentum(0.001), n_steps=20, fork=Fork(Adam(0.1), 7))
    assert narrate(forked, VALLEY, 7).startswith("Momentum, still Adam, ")
    assert narrate(forked, VALLEY, 7).endswith(". From here on it is Momentum, which starts without memory.")
    assert narrate(forked, VALLEY, 8).startswith("Momentum walks ")
    assert "From here on" not in narrate(forked, VALLEY, 6) + narrate(forked, VALLEY, 8)
    same = walk(Momentum(0.001), n_steps=20, fork=Fork(Momentum(0.01), 7))
    assert narrate(same, VALLEY, 7).endswith(". From here on it is Momentum, which keeps its memory.")
    assert narrate(walk(SGD(), n_steps=20, fork=Fork(Adam(0.1), 7)), VALLEY, 7).endswith("SGD, which has no memory.")


def test_a_bottom_that_comes_to_the_walk_is_not_overstepped() -> None:
    drift = Weather(drift=Drift((0.0, 0.5), 5))
    one = walk(SGD(0.001), QuadraticBowl(), 9, (1.0, 0.3), drift)
    grad = one.trajectory.grad[3:5, 1]
    assert grad[0] * grad[1] < 0 and "oversteps" not in "".join(narrate(one, QuadraticBowl(), t) for t in range(1, 9))


def test_a_rate_is_compared_with_that_of_its_step() -> None:
    ratio = walk(RMSProp(lr=0.45), n_steps=120, schedule=WarmUp(10))
    assert narrate(ratio, VALLEY, 1).startswith("RMSProp turns y's learning rate down to 6.3 % of η and x's up to 1.2")
