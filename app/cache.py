"""The most recent of what was made, bounded in bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import is_dataclass
from functools import update_wrapper, wraps
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from . import limits

Kept = TypeVar("Kept")

ENTRY = 256  # bytes that keeping one content costs beside it, its key included
NUMBERS = frozenset((float, int, bool, type(None), np.float64))  # of which there are many, and none has a weight


class ByteCache(Generic[Kept]):
    """Least recently used goes first. Any thread may use it. Keys are short.

    `weigh` says how many bytes a content has; what takes more than one part in `share` of all is not kept.
    """

    def __init__(self, bound: int, weigh: Callable[[Any], int] = len, share: int = 1) -> None:
        self.bound, self.weigh, self.most, self.size = bound, weigh, bound // share, 0
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
        if size > self.most:
            return
        with self._lock:
            self.size += size - self._kept.pop(key, (None, 0))[1]
            self._kept[key] = content, size
            while self.size > self.bound:
                self.size -= self._kept.popitem(last=False)[1][1]

    def clear(self, which: Callable[[Hashable], bool] = lambda key: True) -> None:
        """Forget the contents of these keys."""
        with self._lock:
            for key in [key for key in self._kept if which(key)]:
                self.size -= self._kept.pop(key)[1]


def bounded(
    within: ByteCache[Any] | None = None, known: Callable[..., Hashable] | None = None
) -> Callable[[Callable[..., Kept]], "Bounded[Kept]"]:
    """As `functools.lru_cache`, but bounded in bytes: of what was made, and of what it was made from.

    All share one room, so that none is empty where another is full; `within` is another room. `known` says of the
    arguments by what they are known, where they weigh much themselves and are kept elsewhere.
    """
    return lambda make: Bounded(make, MADE if within is None else within, known)


class Info(NamedTuple):
    """As that of `functools.lru_cache`."""

    hits: int
    misses: int


class Bounded(Generic[Kept]):
    """A function whose answers are kept, of any thread."""

    def __init__(
        self, make: Callable[..., Kept], cache: ByteCache[Any], known: Callable[..., Hashable] | None = None
    ) -> None:
        update_wrapper(self, make)
        self.make, self.cache, self.known = make, cache, known
        self.hits = self.misses = 0

    def __call__(self, *args: Any, **named: Any) -> Kept:
        asked = (args, tuple(named.items())) if self.known is None else self.known(*args, **named)
        key = (self.make, asked)
        found = self.cache.get(key)
        if found is None:
            self.misses += 1
            found = (asked, self.make(*args, **named))
            self.cache.put(key, found)
        else:
            self.hits += 1
        return found[1]

    def cache_info(self) -> Info:
        return Info(self.hits, self.misses)

    def cache_clear(self) -> None:
        self.cache.clear(lambda key: key[0] is self.make)


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
    """The bytes of all arrays and texts that something holds, each of them once; a view holds the whole."""
    seen: set[int] = set()
    size, waiting = 0, [content]
    while waiting:
        one = waiting.pop()
        while isinstance(one, np.ndarray) and isinstance(one.base, np.ndarray):
            one = one.base
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


MADE: ByteCache[Any] = ByteCache(limits.MADE_BYTES, nbytes, limits.MADE_SHARE)
