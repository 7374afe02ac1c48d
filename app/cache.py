"""The most recent of what was made, bounded in bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import is_dataclass
from functools import update_wrapper, wraps
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

Kept = TypeVar("Kept")

ENTRY = 256  # bytes that keeping one content costs beside it, its key included
NUMBERS = frozenset((float, int, bool, type(None), np.float64))  # of which there are many, and none has a weight


class ByteCache(Generic[Kept]):
    """Least recently used goes first. Any thread may use it. Keys are short; what is larger than all is not kept.

    `weigh` says how many bytes a content has.
    """

    def __init__(self, bound: int, weigh: Callable[[Any], int] = len) -> None:
        self.bound, self.weigh, self.size = bound, weigh, 0
        self._kept: OrderedDict[Hashable, tuple[Kept, int]] = OrderedDict()  # with its size: weighing takes time
        self._lock = Lock()

    def get(self, key: Hashable) -> Kept | None:
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: Hashable, content: Kept) -> None:
        size = ENTRY + self.weigh(content)
        if size > self.bound:
            return
        with self._lock:
            self.size += size - self._kept.pop(key, (None, 0))[1]
            self._kept[key] = content, size
            while self.size > self.bound:
                self.size -= self._kept.popitem(last=False)[1][1]

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self.size = 0


def bounded(bound: int) -> Callable[[Callable[..., Kept]], "Bounded[Kept]"]:
    """As `functools.lru_cache`, but bounded in bytes: of what was made, and of what it was made from."""
    return lambda make: Bounded(make, bound)


class Info(NamedTuple):
    """As that of `functools.lru_cache`."""

    hits: int
    misses: int


class Bounded(Generic[Kept]):
    """A function whose answers are kept, of any thread."""

    def __init__(self, make: Callable[..., Kept], bound: int) -> None:
        update_wrapper(self, make)
        self.make, self.cache = make, ByteCache[tuple[Any, Kept]](bound, nbytes)
        self.hits = self.misses = 0

    def __call__(self, *args: Any, **named: Any) -> Kept:
        key = (args, tuple(named.items()))
        found = self.cache.get(key)
        if found is None:
            self.misses += 1
            found = (key, self.make(*args, **named))
            self.cache.put(key, found)
        else:
            self.hits += 1
        return found[1]

    def cache_info(self) -> Info:
        return Info(self.hits, self.misses)

    def cache_clear(self) -> None:
        self.cache.clear()


def kept_with(place: int) -> Callable[[Callable[..., Kept]], Callable[..., Kept]]:
    """Answers are kept on what is asked about, the argument at this place, and go when that goes."""

    def keeping(make: Callable[..., Kept]) -> Callable[..., Kept]:
        @wraps(make)
        def kept(*args: Any) -> Kept:
            answers = vars(args[place]).setdefault("_answers", {})
            key = (make, args[:place], args[place + 1 :])
            if key not in answers:
                answers[key] = make(*args)
            return answers[key]

        return kept

    return keeping


def nbytes(content: Any) -> int:
    """The bytes of all arrays and texts that something holds, each of them once."""
    seen: set[int] = set()
    size, waiting = 0, [content]
    while waiting:
        one = waiting.pop()
        if type(one) in NUMBERS or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, np.ndarray):
            size += one.nbytes
        elif isinstance(one, (str, bytes)):
            size += len(one)
        elif isinstance(one, (tuple, list)):
            waiting += one
        elif isinstance(one, dict):
            waiting += one.values()
        elif is_dataclass(one) and not isinstance(one, type):
            waiting += vars(one).values()
    return size
