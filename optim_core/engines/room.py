"""Room for a block of walks: arrays that are made once and used by one block after the other.

Each begins at a line of the cache, and at another place of its page than the one before: arrays that begin at the same
place of their pages get in each other's way, which costs a third of the time.
"""

from collections.abc import Callable, Iterator

import numpy as np

from ..arithmetic import Array
from .tape import EACH

LINE, PAGE, APART = 64, 4096, 2112  # bytes


class Room:
    """Arrays of `(n_params, n_walks)` and less, in a fixed order."""

    def __init__(self, n_params: int, most_walks: int) -> None:
        self.n_params, self.most = n_params, most_walks
        self.slots: list[Array] = []

    def arrays(self, n_walks: int, first: int = 0) -> Iterator[Array]:
        """One after the other, each `(n_params, n_walks)`, from the `first` on; without end."""
        while True:
            while first >= len(self.slots):
                self.slots.append(apart(self.n_params * self.most, len(self.slots)))
            yield self.slots[first][: self.n_params * n_walks].reshape(self.n_params, n_walks)
            first += 1

    def scratch(self, n_walks: int, first: int) -> Callable[[int, bool], Array]:
        """What gives arrays of a kind, or of answers, from the `first` on: the same to everyone who asks anew."""
        whole, rows = self.arrays(n_walks, first), iter(())

        def new(kind: int, answers: bool) -> Array:
            nonlocal rows
            if answers:
                return np.empty((self.n_params, n_walks) if kind == EACH else n_walks, bool)
            if kind == EACH:
                return next(whole)
            if (row := next(rows, None)) is None:
                rows = iter(next(whole))
                row = next(rows)
            return row

        return new


def apart(size: int, number: int) -> Array:
    """An array of zeros that begins at another place of its page than those of other numbers."""
    room = np.zeros(8 * size + 2 * PAGE, np.uint8)
    first = -room.ctypes.data % PAGE + number * APART % PAGE
    return room[first : first + 8 * size].view(float)
