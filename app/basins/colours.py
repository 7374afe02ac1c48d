"""What the end of a walk looks like: a colour for its minimum, the brighter the sooner it stays there.

The seven colours are paler than those of the runs, and stay apart under protanopia and deuteranopia; where there are
more minima, neighbours differ.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np

from ..screen import theme
from ..screen.theme import DIVERGED, NONE

Array = np.ndarray
Point = tuple[float, float]
WELLS = {  # sand, blue, rose, lilac, olive, peach, periwinkle: of walks that stay at once
    "light": ("#FBE58C", "#8596E9", "#D98482", "#E4DEFF", "#B9A456", "#FCDDBD", "#A499BD"),
    "dark": ("#E6BB6B", "#625FAC", "#A97F76", "#C3BCE9", "#91792A", "#E5B89A", "#807EA2"),
}
ELSEWHERE = {"light": "#5A5F68", "dark": "#B9B6AE"}  # two walks that end in different minima
NEAR, FAR = 0.1, 0.75  # of a run's colour where it is sooner than another one: by next to nothing, and by far
LATE = {"light": 0.62, "dark": 0.42}  # of its light, what is left of a colour where a walk stays only at the end


class Ended(Protocol):
    """Where walks end, as `optim_core.Basins` says it; `(ny, nx)` each."""

    nearest: Array
    since: Array
    diverged_at: Array


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


def picture(found: Ended, colour: Sequence[int], n_steps: int, mode: str) -> Array:
    """A map as a picture: red, green and blue of each cell, (ny, nx, 3) from 0 to 255."""
    shown, late = inks(mode), lateness(np.clip(found.since, 0, n_steps), n_steps)[..., None]
    soon, end = (np.array([_rgb(pair[place]) for pair in shown.wells]) for place in (0, 1))
    well = np.array(colour, int)[np.maximum(found.nearest, 0)] if len(colour) else np.zeros_like(found.nearest)
    there = soon[well] + late * (end[well] - soon[well])
    plain = np.where((found.diverged_at >= 0)[..., None], _rgb(shown.diverged), _rgb(shown.none))
    arrives = (found.nearest >= 0) & (found.diverged_at < 0)
    return np.where(arrives[..., None], there, plain).round().astype(np.uint8)


def compared(both: Sequence[Ended], sides: Sequence[str], n_steps: int, mode: str) -> Array:
    """The same of two maps: whose walk stays sooner, who alone arrives, and who ends in another minimum."""
    one, other = ((found.nearest >= 0) & (found.diverged_at < 0) for found in both)
    by = np.subtract(*(lateness(np.clip(found.since, 0, n_steps), n_steps) for found in reversed(both)))
    strength = NEAR + (FAR - NEAR) * np.minimum(2 * np.abs(by), 1)
    strength = np.where(one & other, np.where(by == 0, 0, strength), 1)[..., None]
    first = np.where(one & other, by > 0, one)[..., None]
    panel = _rgb(theme.TOKENS[mode]["panel"])
    shade = panel + strength * (np.where(first, _rgb(sides[0]), _rgb(sides[1])) - panel)
    parted = one & other & (both[0].nearest != both[1].nearest)
    shade = np.where(parted[..., None], _rgb(ELSEWHERE[mode]), shade)
    return np.where((one | other)[..., None], shade, _rgb(NONE[mode])).round().astype(np.uint8)


def _rgb(colour: str) -> Array:
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)], float)
