"""The most recent of what was made, bounded in bytes."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

ENTRY = 256  # bytes that keeping one content costs beside it, its key included


class ByteCache:
    """Least recently used goes first. Any thread may use it. Keys are short; what is larger than all is not kept."""

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
        if ENTRY + len(content) > self.bound:
            return
        with self._lock:
            if key in self._kept:
                self.size -= ENTRY + len(self._kept.pop(key))
            self._kept[key] = content
            self.size += ENTRY + len(content)
            while self.size > self.bound:
                self.size -= ENTRY + len(self._kept.popitem(last=False)[1])
