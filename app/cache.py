"""The most recent of what was made, bounded in bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

Kept = TypeVar("Kept")

ENTRY = 256  # bytes that keeping one content costs beside it, its key included


class ByteCache(Generic[Kept]):
    """Least recently used goes first. Any thread may use it. Keys are short; what is larger than all is not kept.

    `weigh` says how many bytes a content has.
    """

    def __init__(self, bound: int, weigh: Callable[[Any], int] = len) -> None:
        self.bound, self.weigh, self.size = bound, weigh, 0
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Kept | None:
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key]

    def put(self, key: Hashable, content: Kept) -> None:
        if self._size(content) > self.bound:
            return
        with self._lock:
            if key in self._kept:
                self.size -= self._size(self._kept.pop(key))
            self._kept[key] = content
            self.size += self._size(content)
            while self.size > self.bound:
                self.size -= self._size(self._kept.popitem(last=False)[1])

    def _size(self, content: Kept) -> int:
        return ENTRY + self.weigh(content)
