"""Tiles, against the sweeps of the library that they are cut from."""

from dataclasses import replace

import numpy as np
import pytest

from app import limits
from app.page.state import State
from app.page.swept import pair
from app.protocol import Forged, Plan, Tile
from app.screen import arrays
from app.sweep import answer, asked, work
from optim_core import around, grid_sweep, learning_rate_sweep, tuned

QUERIES = {
    "plain": "?f=rosenbrock&run=sgd&run=adam&run=momentum&steps=60",
    "rough": "?f=himmelblau&run=sgd&run=rmsprop&steps=40&weather=noise=1,1~seed=3~seeds=5&schedule=cosine",
    "forked": "?f=bowl&run=momentum~fork=9,adam,lr=0.1&steps=30",
    "typed": "?f=formula~text=x^2*y%2By^4&run=adagrad&steps=30",
    "long": "?f=booth&run=adam&steps=2000&sweep=rates=241",
}


def state(query: str, kind: str) -> State:
    found, notices = State.from_query(query)
    assert notices == []
    return replace(found, sweep=replace(found.sweep, kind=kind))


def whole(there: State, run: int = 0) -> dict[str, np.ndarray]:
    """The columns of a run as its tiles fill them."""
    key, spelled = asked.key(there), asked.subject(there, there.runs[run]).spelled
    count = there.sweep.rates ** (2 if there.sweep.kind == "grid" else 1)
    columns: dict[str, np.ndarray] = {}
    for part in work.parts(there):
        if part.rpartition("|")[0] != spelled:
            continue
        made = work.piece(key, part)
        at = made.pop("at").astype(int)
        for name, values in made.items():
            if len(values) != len(at):
                columns[name] = values
                continue
            column = columns.setdefault(name, np.full(count, -7.0))
            again = column[at] != -7.0
            assert np.array_equal(column[at][again], values[again], equal_nan=True), "two tiles tell two things"
            column[at] = values
    return columns


def setting(there: State, run: int) -> tuple[object, ...]:
    course, subject = asked.course(there), asked.subject(there, there.runs[run])
    return course.n_steps, course.weather, subject.schedule, subject.fork


@pytest.mark.parametrize("name", QUERIES)
def test_the_tiles_of_a_curve_are_the_sweep_of_the_library(name: str) -> None:
    there = state(QUERIES[name], "rates")
    course = asked.course(there)
    for place, run in enumerate(there.runs):
        found = whole(there, place)
        swept = learning_rate_sweep(
            run.optimizer, there.landscape, course.rates, there.begin, *setting(there, place), target=course.target
        )
        assert np.array_equal(found["final"], course.heights(swept.final), equal_nan=True)
        assert np.array_equal(found["best"], course.heights(swept.best), equal_nan=True)
        for steps in ("first", "stays"):
            wanted = getattr(swept, steps)
            assert np.array_equal(found[steps], np.where(np.isinf(wanted), np.nan, wanted), equal_nan=True)
        assert np.array_equal(found["diverged"], swept.ends.diverged_at >= 0)
        levels = (None, course.target)
        assert found["widths"].tolist() == [swept.width(kind, below=at) for at in levels for kind in ("final", "best")]
        wanted = [swept.chosen(criterion) for criterion in ("first", "stays", "final")]
        chosen = [None if np.isnan(at) else course.rates[int(at)] for at in found["chosen"]]
        assert chosen == [one and one["lr"] for one in wanted]


@pytest.mark.parametrize("name", ["plain", "rough"])
def test_a_race_chooses_as_the_library_does(name: str) -> None:
    there = state(QUERIES[name], "race")
    course = asked.course(there)
    starts = around(there.landscape, there.begin)
    for place, run in enumerate(there.runs):
        found = whole(there, place)
        best = tuned(run.optimizer, there.landscape, course.rates, starts, *setting(there, place), target=course.target)
        assert course.rates[int(found["chosen"][2])] == best.rate
        assert np.array_equal(found["final"], course.heights(best.medians), equal_nan=True)
        assert asked.budget(course) == best.n_gradients


@pytest.mark.parametrize("name", ["plain", "rough", "forked"])
def test_the_cells_of_a_grid_are_the_sweep_of_the_library(name: str) -> None:
    there = state(QUERIES[name], "grid")
    there = replace(there, sweep=replace(there.sweep, rates=9, run=there.runs[-1].slot))
    run, course, last = there.runs[-1], asked.course(there), len(there.runs) - 1
    found = whole(there, last)
    names = pair(there.sweep, run.optimizer)
    axes = {one: asked.along(course, run.optimizer, one) for one in names[::-1]}
    swept = grid_sweep(
        run.optimizer, there.landscape, axes, there.begin, *setting(there, last), target=course.target
    )  # fmt: skip
    wanted = np.where(swept.ends.diverged_at < 0, swept.ends.loss, np.nan)
    assert np.array_equal(found["final"].reshape(9, 9), course.heights(wanted), equal_nan=True)


@pytest.mark.parametrize("kind", ["rates", "grid", "race"])
@pytest.mark.parametrize(("count", "steps"), [(3, 1), (61, 200), (241, 2000), (100, 2000), (7, 2000)])
def test_every_place_is_in_a_tile_and_no_tile_is_too_much(kind: str, count: int, steps: int) -> None:
    there = state(f"?run=adam&steps={steps}&sweep=rates={count}", kind)
    course = asked.course(there)
    cut = work.cuts(course)
    starts = there.sweep.starts if kind == "race" else 1
    every = count**2 if kind == "grid" else count
    blocks = [places for name, places in cut.items() if name != work.WHOLE]
    assert set(np.concatenate([*cut.values()]).tolist()) == set(range(every))
    assert sum(map(len, blocks)) == len(set(np.concatenate(blocks).tolist())), "none twice"
    first = max(-(-count // work.EVERY), 1)
    for places in blocks[1:]:
        assert len(places) * starts <= max(limits.TILE_WORK / steps, limits.TILE_WALKS)
    assert kind == "grid" or len(blocks[0]) == first


def test_the_coarse_tiles_of_all_runs_come_before_any_fine_one() -> None:
    parts = work.parts(state(QUERIES["plain"], "rates"))
    assert [part.rpartition("|")[2] for part in parts[:3]] == ["0"] * 3
    assert len(parts) == len(set(parts)) == 6


@pytest.mark.parametrize(
    "part", ["", "sgd", "sgd|", "sgd|9", "sgd|-1", "sgd|x", "nobody|0", "sgd|0|0", "sgd|" + "9" * 400]
)
def test_a_tile_that_no_page_asks_for_is_forged(part: str) -> None:
    with pytest.raises(Forged):
        answer.piece(Tile("?run=sgd", part, "sweep"))


@pytest.mark.parametrize("kind", ["rates", "grid", "race"])
@pytest.mark.parametrize("name", QUERIES)
def test_a_plan_and_its_tiles_can_be_sent(name: str, kind: str) -> None:
    there = state(QUERIES[name], kind)
    there = replace(there, sweep=replace(there.sweep, rates=5))
    made = answer.plan(Plan(there.to_query(), "dark", tab="sweep"))
    assert arrays.frame(made) and made.key == asked.key(there)
    for part in made.parts:
        piece = answer.piece(Tile(made.key, part, "sweep"))
        assert piece.part == part and arrays.frame(piece)
        assert all(column.dtype == np.float64 for column in piece.arrays.values())


def test_equal_work_has_equal_tiles_whoever_asks() -> None:
    one = answer.plan(Plan("?run=sgd&run=adam&tab=sweep", "light"))
    other = answer.plan(Plan("?run=adam~lr=0.3&run=sgd~lr=0.2&theme=dark", "dark"))
    assert one.key == other.key and set(one.parts) == set(other.parts)
