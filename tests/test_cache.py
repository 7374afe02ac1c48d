"""What was made is kept, the oldest use goes first, and it is never more than it may be."""

from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app import limits
from app.cache import ENTRY, Bounded, ByteCache, bounded, kept_with, nbytes
from app.walks import fates, fitting, simulate, stability
from app.walks.levels import banded


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

    @bounded(3 * (ENTRY + 800))
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

    @bounded(10_000)
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
    assert nbytes(Record(array, (array, array[:5]), "abc")) == 80 + 40 + 3
    assert nbytes([{"a": b"12"}, None, 7]) == 2


def test_every_cache_of_arrays_is_bounded_in_bytes() -> None:
    """Those that count may hold but what is small, or a handful."""
    assert sum(one.cache.bound for one in (simulate._walk, simulate._fan, simulate.ground, banded, fates.fate)) < 40e6
    for make in (simulate._walk, simulate._fan, simulate.ground, banded, fates.fate, stability.limits, fitting._made):
        assert isinstance(make, Bounded) and make.cache.bound <= limits.FAN_BYTES


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
