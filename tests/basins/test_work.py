"""A map in tiles is the map of the library; a tile depends on its two texts alone."""

import itertools

import numpy as np
import pytest

from app.basins import passes, work
from app.page.state import State
from app.protocol import Forged
from optim_core import basins

SMALL = "&steps=40&basins=size=48"
QUERIES = [
    "?f=himmelblau&run=adam~lr=0.1" + SMALL,
    "?f=himmelblau&run=sgd~lr=0.05" + SMALL,  # much of it diverges
    "?f=rastrigin&run=momentum~lr=0.002" + SMALL,
    "?f=formula~text=sin(3*x)*cos(2*y)%2Bx^2/5&run=adam~lr=0.1" + SMALL,
    "?f=himmelblau~rotated=30&run=rmsprop~lr=0.1" + SMALL,
    "?f=himmelblau&run=adam~lr=0.1&weather=noise=20,20~seed=3~drift=steady,0.01,0" + SMALL,
    "?f=himmelblau&run=adam~lr=0.1~schedule=cosine&basins=steps=30~size=48",
    "?f=himmelblau&run=adam~lr=0.1~fork=momentum~lr=0.001~at=10" + SMALL,
    "?f=factorization&run=sgd~lr=0.05" + SMALL,
    "?f=saddle&run=sgd~lr=0.1" + SMALL,
]


def read(query: str) -> State:
    return State.from_query(query)[0]


def key_of(query: str) -> str:
    state = read(query)
    return work.key(state, work.chosen(state)[0])


def whole(query: str) -> tuple[np.ndarray, np.ndarray]:
    """All tiles of a map, in their places."""
    key, n = key_of(query), read(query).basins.size
    nearest, since = np.empty(n * n, np.int16), np.empty(n * n, np.int16)
    cells, _ = passes.order(n)
    for part in work.parts(key):
        first, last = map(int, part.split("-"))
        found = work.tile(key, part)
        nearest[cells[first:last]], since[cells[first:last]] = found.nearest, found.since
    return nearest.reshape(n, n), since.reshape(n, n)


@pytest.mark.parametrize("query", QUERIES)
def test_all_tiles_are_the_map_of_the_library(query: str) -> None:
    state = read(query)
    run = work.chosen(state)[0]
    found = basins(
        run.optimizer, state.landscape, state.basins.size, None, work.steps(state), state.weather,
        state.schedule_of(run), run.fork,
    )  # fmt: skip
    nearest, since = whole(query)
    diverged = found.diverged_at >= 0
    assert np.array_equal(nearest == work.DIVERGED, diverged)
    assert np.array_equal(nearest[~diverged], found.nearest[~diverged])
    arrived = nearest >= 0
    assert np.array_equal(since[arrived], found.since[arrived])
    assert np.array_equal(since[diverged], found.diverged_at[diverged])
    assert work.starts(state.landscape, state.basins.size)[0][: len(found.x)].tolist() == found.x.tolist()


def test_what_is_seen_on_the_way_is_in_the_examples() -> None:
    shares = [np.mean(whole(query)[0] == work.DIVERGED) for query in QUERIES]
    assert max(shares) > 0.2 and min(shares) == 0
    assert np.all(whole(QUERIES[-1])[0] < 0), "a saddle has no minimum"
    assert np.any(whole(QUERIES[-2])[0] == 0), "a curve of minima counts as one"


@pytest.mark.parametrize(
    "change", ["&start=1,1", "&theme=dark", "&map=side", "&t=3", "&hide=weather", "&tolerance=0.5"]
)
def test_the_key_knows_nothing_of_how_the_page_is_looked_at(change: str) -> None:
    assert key_of(QUERIES[0] + change) == key_of(QUERIES[0])


def test_runs_share_their_tiles_whatever_stands_beside_them_and_whatever_they_are_called() -> None:
    alone, beside = "?f=himmelblau&run=adam~lr=0.1", "?f=himmelblau&run=adam~lr=0.1~name=Eve~slot=5&run=sgd"
    assert key_of(alone) == key_of(beside)


@pytest.mark.parametrize(
    "change",
    ["~beta1=0.5", "&steps=50", "&basins=steps=50", "&basins=size=64", "&weather=noise=1,1", "&schedule=cosine"],
)
def test_the_key_knows_what_changes_a_number(change: str) -> None:
    plain = "?f=himmelblau&run=adam~lr=0.1"
    assert key_of(plain + change) != key_of(plain)


def test_steps_of_the_page_and_the_same_of_the_tab_are_the_same_work() -> None:
    plain = "?f=himmelblau&run=adam~lr=0.1"
    assert key_of(plain + "&steps=50") == key_of(plain + "&basins=steps=50")


def test_a_key_is_an_address_that_reads_back_as_itself() -> None:
    for query in QUERIES:
        state, notices = State.from_query(key_of(query))
        assert not notices and state.to_query() == key_of(query)


@pytest.mark.parametrize("query", QUERIES)
def test_the_parts_are_the_whole_in_order_and_none_crosses_a_pass(query: str) -> None:
    parts = [tuple(map(int, part.split("-"))) for part in work.parts(key_of(query))]
    _, ends = passes.order(read(query).basins.size)
    assert parts[0][0] == 0 and parts[-1][1] == ends[-1]
    assert all(one[1] == other[0] for one, other in itertools.pairwise(parts))
    assert {end for _, end in parts} >= set(ends)


def test_longer_and_harder_walks_have_smaller_tiles() -> None:
    plain = "?f=himmelblau&run=adam~lr=0.1"
    counts = [len(work.parts(key_of(plain + change))) for change in ("&steps=50", "&steps=200", "&steps=2000")]
    assert counts == sorted(counts) and counts[0] < counts[2]
    assert len(work.parts(key_of("?f=ackley&run=adam&steps=200"))) > counts[1]


@pytest.mark.parametrize(
    "part", ["", "0", "0-0", "5-3", "-1-4", "0-99999999", "0-65537", "a-b", "00-5", "0-65536", "0-5 ", "٠-5"]
)
def test_a_part_that_no_plan_has_is_forged(part: str) -> None:
    with pytest.raises(Forged):
        work.tile(key_of("?f=himmelblau&run=adam~lr=0.1"), part)


@pytest.mark.parametrize(
    "key", ["?f=himmelblau&run=adam&run=sgd", "?f=nowhere&run=adam", "?run=adam~lr=x", "nonsense="]
)
def test_a_key_that_no_plan_has_is_forged(key: str) -> None:
    with pytest.raises(Forged):
        work.tile(key, "0-5")


def test_one_map_or_two() -> None:
    page = "?f=himmelblau&run=sgd&run=adam&run=momentum"
    assert [run.slot for run in work.chosen(read(page))] == [0]
    assert [run.slot for run in work.chosen(read(page + "&basins=run=2"))] == [2]
    assert [run.slot for run in work.chosen(read(page + "&basins=run=2~beside=0"))] == [2, 0]
    assert [run.slot for run in work.chosen(read(page + "&basins=run=2~beside=2"))] == [2], "not beside itself"
    assert [run.slot for run in work.chosen(read(page + "&basins=run=7~beside=6"))] == [0], "no such runs"
