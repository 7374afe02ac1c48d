"""The ruler under η: what it says of a rate is where the run with that rate ends."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from app.explore import rail, ruler
from app.explore.answer import ANSWERS
from app.page import edits
from app.page.numbers import significant
from app.page.state import Run, State
from app.protocol import Forged, Piece, Tile
from app.screen.arrays import frame
from app.walks.simulate import simulate
from landscapes import LANDSCAPES, Rosenbrock
from optim_core import OPTIMIZERS, SGD, Adam, Momentum

from ..strategies import unframed

PLACES = (0, 7, 23, 38, 60)  # some of the rates
QUERIES = [
    "",
    "?f=rosenbrock&run=adam&run=sgd&run=momentum&steps=60",
    "?f=himmelblau&run=rmsprop&run=rprop~slot=7&start=1,1&steps=40&schedule=cosine",
    "?f=formula~text=x*y&run=sgd&steps=30",
    "?run=sgd~schedule=stairs,10,0.5~fork=20,adam,lr=0.1&steps=50",
    "?f=booth&run=nadam&weather=noise=0.5,0.5~seed=3&steps=40",
]


def of(query: str) -> State:
    return State.from_query(query)[0]


def made(state: State, slot: int) -> dict[str, Any]:
    return ruler.tile(Tile(ruler.key(state), str(slot))).arrays


@pytest.mark.parametrize("query", QUERIES)
def test_it_says_where_the_run_with_that_rate_ends(query: str) -> None:
    state = of(query)
    for place, run in enumerate(state.runs):
        told = made(state, run.slot)
        for i in PLACES:
            moved = dataclasses.replace(run, optimizer=dataclasses.replace(run.optimizer, lr=float(ruler.RATES[i])))
            walk = simulate(dataclasses.replace(state, runs=(moved,))).walks[0]
            diverges = walk.diverged_at is not None
            assert told["said"][i] == ("diverges" if diverges else significant(float(walk.trajectory.loss[-1]), 2)), (
                place
            )
            assert np.isnan(told["depth"][i]) == diverges
            if not diverges:
                above = walk.trajectory.loss[-1] > walk.trajectory.loss[0]
                assert (told["depth"][i] < 0) == above


@pytest.mark.parametrize("name", LANDSCAPES)
def test_every_surface_has_one(name: str) -> None:
    state = State(LANDSCAPES[name](), (Run(Adam(), 2), Run(Momentum(), 3)), n_steps=20)
    for run in state.runs:
        told = made(state, run.slot)
        finite = told["depth"][~np.isnan(told["depth"])]
        assert told["depth"].shape == (ruler.MANY,) and len(told["said"]) == ruler.MANY
        assert ((finite == -1) | ((finite >= 0) & (finite <= 1))).all()
        assert unframed(frame(Piece("2", told)))["arrays"]["said"] == told["said"]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_has_one(name: str) -> None:
    state = State(runs=(Run(OPTIMIZERS[name](), 0),), n_steps=20)
    assert np.nanmax(made(state, 0)["depth"]) > 0


@pytest.mark.parametrize(
    "weather", ["noise=1,1", "sparse=0.5,0.3", "pulse=x,3,3", "drift=steady,0.1,0", "drift=jump,1,0,5", "clip=norm,1"]
)
def test_weather_has_its_own(weather: str) -> None:
    fair, rough = of("?run=sgd&steps=20"), of(f"?run=sgd&steps=20&weather={weather}")
    assert ruler.key(fair) != ruler.key(rough)
    assert made(fair, 0)["said"] != made(rough, 0)["said"]


def test_of_many_seeds_it_has_the_first() -> None:
    one, many = of("?run=sgd&weather=noise=1,1~seed=4"), of("?run=sgd&weather=noise=1,1~seed=4~seeds=20")
    assert ruler.key(one) == ruler.key(many)


# what it depends on


def moved(state: State, kind: str, key: str, value: Any) -> State:
    after, messages = edits.apply(state, [(kind, key, value)])
    assert messages == {} and after != state
    return after


THREE = "?run=sgd&run=rmsprop&run=adam&steps=50"
ALIKE = [
    ("slider", "master.lr", -1.0),
    ("number", "run.1.lr", "0.3"),
    ("action", "run.2.pin", 1),
    ("action", "run.0.down", 1),
]
ALIKE += [("choice", "view.map", "side"), ("choice", "view.tab", "basins"), ("text", "run.0.name", "mine")]
ALIKE += [("number", "sweep.rates", "9"), ("choice", "view.letters", "keras"), ("point", "playhead", 3)]
OTHER = [
    ("slider", "master.beta", 1.5),
    ("number", "steps", "60"),
    ("point", "start", [0.5, 0.25]),
    ("slider", "surface.kappa", 0.4),
]
OTHER += [("choice", "add", "lion"), ("choice", "weather.clip", "norm"), ("choice", "schedule", "cosine")]
OTHER += [("number", "rotate.degrees", "30"), ("choice", "run.0.optimizer", "momentum"), ("action", "run.0.remove", 1)]


@pytest.mark.parametrize("change", ALIKE, ids=lambda change: change[1])
def test_rates_and_looks_leave_it_alone(change: tuple[str, str, Any]) -> None:
    state = of(THREE)
    assert ruler.key(moved(state, *change)) == ruler.key(state)


@pytest.mark.parametrize("change", OTHER, ids=lambda change: change[1])
def test_whatever_changes_a_walk_makes_another_one(change: tuple[str, str, Any]) -> None:
    state = of(THREE)
    assert ruler.key(moved(state, *change)) != ruler.key(state)


@pytest.mark.parametrize("query", QUERIES)
def test_its_key_is_its_own_key(query: str) -> None:
    key = ruler.key(of(query))
    state, notices = State.from_query(key)
    assert notices == [] and ruler.key(state) == key


# the tick, and the marks


@pytest.mark.parametrize("kappa", [10.0, 40.0])
def test_the_tick_stands_at_two_over_lambda(kappa: float) -> None:
    state = of(f"?f=valley~kappa={kappa}&run=sgd&run=adam&steps=20")
    at = made(state, 0)["limit"]
    assert 10 ** (-4 + 5 * at) == pytest.approx(2 / kappa, rel=1e-3)
    assert made(state, 2)["limit"] == -1, "of Adam none is known"


def test_a_tick_beyond_the_slider_is_left_out() -> None:
    assert made(State(Rosenbrock(b=1e6), (Run(SGD(), 0),), n_steps=5), 0)["limit"] == -1


def test_the_marks_stand_at_the_rates_of_the_runs() -> None:
    state = of(
        "?run=sgd~lr=1e-4&run=rmsprop~lr=10&run=adam~lr=0.0316&run=sgd~lr=300~slot=5&run=sgd~lr=0~slot=6&run=sgd~lr=1e9~slot=7"
    )
    sim = simulate(state)
    marks = rail.shown(sim, None)["ruler"]["marks"]
    assert [slot for slot, *_ in marks] == [run.slot for run in state.runs]
    assert [share for _, _, share, _ in marks] == pytest.approx([0, 1, 0.5, 1, 0, 1], abs=1e-3)
    for walk, (_, label, _, end) in zip(sim.walks, marks, strict=True):
        assert label == walk.label
        assert end == ("diverges" if walk.final_loss is None else significant(walk.final_loss, 2))


@pytest.mark.parametrize("part", ["7", "", "x", "0 ", "-1"])
def test_a_part_that_is_none_is_refused(part: str) -> None:
    with pytest.raises(Forged):
        ANSWERS[Tile](Tile(ruler.key(of(THREE)), part))


def test_where_nothing_falls_the_depth_is_none() -> None:
    state = of("?f=formula~text=0*x&run=sgd&steps=5")
    assert (made(state, 0)["depth"] == 0).all()
    assert math.isfinite(float(ruler.RATES[0])) and ruler.RATES[[0, -1]].tolist() == pytest.approx([1e-4, 10.0])
