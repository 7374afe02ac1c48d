"""In which order the starts of a map are walked: a coarse map first, then ever finer ones, each start once.

A coarser map's starts are starts of every finer one, so that a pass walks only what is new. A start is known by its
cell, row by row from the lowest left one; `assets/basins/passes.js` makes the same order.
"""

import numpy as np

from ..cache import bounded

Array = np.ndarray
COARSE, MIDDLE = 48, 128  # starts along each side of the first two passes


def sizes(n: int) -> tuple[int, ...]:
    """Along each side, of every pass of a map of n x n starts."""
    return (*(size for size in (COARSE, MIDDLE) if size < n), n)


def lines(n: int) -> list[Array]:
    """Of every pass the places along a side, from 0 to n - 1, where it has starts: about the middle of its cells."""
    every = sizes(n)
    places = np.arange(n)
    found = [places]
    for size, finer in zip(every[-2::-1], every[:0:-1], strict=True):
        places = places[((np.arange(size) + 0.5) * finer / size).astype(int)]
        found.insert(0, places)
    return found


@bounded()
def order(n: int) -> tuple[Array, tuple[int, ...]]:
    """The cells (n * n,) in the order in which they are walked, and after how many of them each pass ends."""
    known = np.zeros((n, n), bool)
    parts = []
    for along in lines(n):
        new = np.zeros((n, n), bool)
        new[np.ix_(along, along)] = True
        parts.append(np.flatnonzero(new & ~known))
        known |= new
    return np.concatenate(parts), tuple(np.cumsum([len(part) for part in parts]).tolist())
