"""What the end of a walk looks like: a colour for its minimum, the brighter the sooner it stays there.

The seven colours are paler than those of the runs, and stay apart under protanopia and deuteranopia; where there are
more minima, neighbours differ.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..screen import theme

Array = np.ndarray
Point = tuple[float, float]
WELLS = {  # sand, blue, rose, lilac, olive, peach, periwinkle: of walks that stay at once
    "light": ("#FBE58C", "#8596E9", "#D98482", "#E4DEFF", "#B9A456", "#FCDDBD", "#A499BD"),
    "dark": ("#E6BB6B", "#625FAC", "#A97F76", "#C3BCE9", "#91792A", "#E5B89A", "#807EA2"),
}
NONE = {"light": "#C9C9C9", "dark": "#4A4D53"}
DIVERGED = {"light": "#8E2A22", "dark": "#6E221D"}
ELSEWHERE = {"light": "#5A5F68", "dark": "#B9B6AE"}  # two walks that end in different minima
LATE = {"light": 0.62, "dark": 0.42}  # of its light, what is left of a colour where a walk stays only at the end


class Inks(NamedTuple):
    """The colours of a map, each of who comes at once and of who comes at the very end."""

    wells: list[tuple[str, str]]
    none: str
    diverged: str


def inks(mode: str) -> Inks:
    pairs = [(colour, theme.mixed("#000000", colour, LATE[mode])) for colour in WELLS[mode]]
    return Inks(pairs, NONE[mode], DIVERGED[mode])


def lateness(since: Array, n_steps: int) -> Array:
    """From 0, at once, to 1, at the last step: as their root, for most of what can be seen happens early."""
    return np.sqrt(since / max(n_steps, 1))


@lru_cache(maxsize=64)
def of_minima(minima: tuple[Point, ...], n_global: int) -> tuple[int, ...]:
    """Which colour each minimum has. Among many, one or two global ones share theirs with nobody."""
    many = len(WELLS["light"])
    if len(minima) <= many:
        return tuple(range(len(minima)))
    kept = n_global if n_global <= 2 else 0
    found = list(range(kept))
    for place in range(kept, len(minima)):
        found.append(max(range(kept, many), key=lambda colour: _apart(minima, found, place, colour)))
    return tuple(found)


def _apart(minima: Sequence[Point], found: list[int], place: int, colour: int) -> float:
    """How far a minimum is from the nearest one that has this colour already."""
    others = (minima[one] for one, taken in enumerate(found) if taken == colour)
    return min((math.dist(minima[place], other) for other in others), default=math.inf)
