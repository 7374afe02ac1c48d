"""The most recent of what was made, bounded in bytes."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock


class ByteCache:
    """Least recently used goes first. Any thread may use it; a content larger than the whole is not kept."""

    def __init__(self, bound: int) -> None:
        self.bound, self.size = bound, 0
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> bytes | None:
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key]

    def put(self, key: Hashable, content: bytes) -> None:
        if len(content) > self.bound:
            return
        with self._lock:
            self.size += len(content) - len(self._kept.pop(key, b""))
            self._kept[key] = content
            while self.size > self.bound:
                self.size -= len(self._kept.popitem(last=False)[1])
