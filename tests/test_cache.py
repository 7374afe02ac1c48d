"""What was made is kept, the oldest use goes first, and it is never more than it may be."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.cache import ENTRY, ByteCache


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
