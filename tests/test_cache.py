"""What was made is kept, the oldest use goes first, and it is never more than it may be."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app import limits
from app.cache import ENTRY, MADE, ByteCache, bounded, kept_with, nbytes
from app.page.state import State
from app.walks import fates, simulate

ROOT = Path(__file__).parents[1]


def test_what_was_put_is_there() -> None:
    cache = ByteCache(ENTRY + 10)
    cache.put("a", b"123")
    assert cache.get("a") == b"123" and cache.get("b") is None and cache.size == ENTRY + 3


def test_what_was_used_last_stays_longest() -> None:
    cache = ByteCache(2 * ENTRY + 6)
    for name in "ab":
        cache.put(name, b"123")
    cache.get("a")
    cache.put("c", b"123")
    assert [cache.get(name) for name in "abc"] == [b"123", None, b"123"]


def test_what_is_larger_than_the_whole_is_not_kept() -> None:
    cache = ByteCache(ENTRY + 3)
    cache.put("a", b"12")
    cache.put("b", b"1234")
    assert cache.get("a") == b"12" and cache.get("b") is None


@settings(derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.binary(max_size=9))))
def test_its_size_is_what_it_holds_and_within_the_bound(puts: list[tuple[int, bytes]]) -> None:
    cache = ByteCache(4 * ENTRY + 20)
    for key, content in puts:
        cache.put(key, content)
        held = [cache.get(key) for key in range(6)]
        assert cache.size == sum(ENTRY + len(one) for one in held if one is not None) <= cache.bound
        assert cache.get(key) == content


def test_each_content_is_weighed_once() -> None:
    weighed: list[bytes] = []
    cache = ByteCache(2 * ENTRY + 9, lambda one: weighed.append(one) or len(one))
    for key, content in (("a", b"1"), ("b", b"22"), ("a", b"333"), ("c", b"4444")):
        cache.put(key, content)
    assert weighed == [b"1", b"22", b"333", b"4444"] and cache.size == 2 * ENTRY + 7


def test_what_a_function_made_is_kept_within_bytes() -> None:
    made: list[int] = []

    room: ByteCache = ByteCache(3 * (ENTRY + 800), nbytes)

    @bounded(room)
    def row(n: int, *, of: float = 0.0) -> np.ndarray:
        """A row."""
        made.append(n)
        return np.full(100, n + of)

    assert row.__doc__ == "A row."
    assert row(1) is row(1) and made == [1], "it is made once"
    assert row(1, of=0.5) is not row(1) and made == [1, 1]
    for n in range(10):
        row(n)
        assert row.cache.size <= row.cache.bound
    row(1)
    assert made[-1] == 1, "the one that was used longest ago is made anew"
    row.cache_clear()
    row(9)
    assert made[-1] == 9 and row.cache.size == ENTRY + 800


def test_a_function_may_make_nothing() -> None:
    made = []

    @bounded(ByteCache(10_000, nbytes))
    def nothing(n: int) -> None:
        made.append(n)

    nothing(1), nothing(1)
    assert made == [1]


def test_each_array_is_counted_once() -> None:
    @dataclass(frozen=True, eq=False)
    class Record:
        one: np.ndarray
        more: tuple[np.ndarray, ...]
        name: str

    array = np.zeros(10)
    assert nbytes(Record(array, (array, array.copy()), "abc")) == 80 + 80 + 3
    assert nbytes(Record(array[:5], (array[5:], array), "abc")) == nbytes(array[:1]) + 3 == 83, "a view holds it all"
    assert nbytes([{"a": b"12"}, None, 7]) == 2


def test_one_of_a_room_takes_a_part_of_it() -> None:
    room: ByteCache = ByteCache(3 * (ENTRY + 800), nbytes, 3)

    @bounded(room)
    def row(n: int) -> np.ndarray:
        return np.zeros(n)

    assert row(100) is row(100) and row(101) is not row(101)


def test_functions_that_share_a_room_are_told_apart() -> None:
    room: ByteCache = ByteCache(10_000, nbytes)
    one, other = (bounded(room)(lambda n, by=by: (n, by)) for by in "ab")
    assert (one(1), other(1)) == ((1, "a"), (1, "b"))
    one.cache_clear()
    assert one(1) and other(1) and (one.misses, other.misses) == (2, 1)


def test_what_is_read_off_a_walk_keeps_no_walk() -> None:
    (walk,) = simulate.simulate(State.from_query("?f=booth&run=sgd~lr=0.01&steps=300")[0]).walks
    before = MADE.size
    fates.fate(walk, walk.course.landscape), fates.fate(walk, walk.course.landscape, 7)
    assert MADE.size - before < nbytes(walk.trajectory) / 10


def test_all_caches_and_a_fresh_worker_are_below_what_is_promised() -> None:
    caches = ("ANSWER_BYTES", "TILE_BYTES", "FILES_BYTES", "MADE_BYTES")
    whole = limits.FRESH_BYTES + sum(getattr(limits, name) for name in caches)
    assert whole + limits.PASSING_BYTES <= limits.WORKER_BYTES <= 200 * 2**20
    assert whole > limits.TRIM_BYTES


def test_a_cache_that_counts_holds_nothing_large() -> None:
    """Arrays are kept in rooms of bytes; what is kept for ever is known beforehand."""
    for name, kind, made in cached():
        assert not LARGE & set(re.findall(r"\w+", made)), f"{name} keeps {made}: bounded in bytes, please"
        if kind == "cache":
            assert name in FOR_EVER, f"{name} is kept for ever: {FOR_EVER}"


def cached() -> Iterator[tuple[str, str, str]]:
    """The name of each function that functools keeps answers of, with what, and the kind of its answers."""
    for package in ("app", "optim_core", "landscapes"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    for how in node.decorator_list:
                        said = ast.unparse(how)
                        if re.match(r"(lru_)?cache\b", said):
                            kind = "cache" if said == "cache" or "None" in said else "lru_cache"
                            yield node.name, kind, ast.unparse(node.returns) if node.returns else ""


LARGE = {"Array", "ndarray", "Trajectory", "Training", "Simulation", "Walk", "Ground", "Banded", "Data", "Regression"}
LARGE |= {"Basins", "RateSweep", "GridSweep", "Ends", "Fan", "bytes"}
FOR_EVER = {  # of each kind of a closed list, and what the package itself is made of
    "_kinds": "of messages", "_said": "sources of our functions", "_tree": "our functions", "settings_of": "settings",
    "_hypers": "optimizers", "expression": "equations of optimizers", "machine": "one", "shipped": "data sets",
    "terms": "letters", "source": "modules", "in_order": "modules", "joined": "modules", "served": "modules",
    "fingerprint": "one",
}  # fmt: skip


def test_what_is_read_off_a_walk_goes_with_it() -> None:
    class Walked:
        pass

    made: list[str] = []

    @kept_with(1)
    def read(graph: str, walk: Walked) -> str:
        made.append(graph)
        return graph.upper()

    one, other = Walked(), Walked()
    assert [read("a", one), read("a", one), read("b", one), read("a", other)] == ["A", "A", "B", "A"]
    assert made == ["a", "b", "a"]
