"""How many regions there are of {f <= level}: on a grid, and in truth.

Both are read off one list of when regions begin and one of when two of them become one, as the level rises: the number
at a level is the number of beginnings up to there, less that of unions.
"""

from typing import NamedTuple

import numpy as np

from app.page.window import Window
from landscapes import Surface

Array = np.ndarray
SIDES = ((0, 1), (1, 0))
CORNERS = ((1, 1), (1, -1))
STEPS = 3000  # the most that a descent may take
SAME = 2e-3  # of the window: nearer than that two ends of a descent are one


class Rising(NamedTuple):
    """The levels at which regions begin, and those at which two of them become one, ascending."""

    begin: Array
    unite: Array

    def count(self, levels: Array) -> Array:
        return np.searchsorted(self.begin, levels, "right") - np.searchsorted(self.unite, levels, "right")


def on_grid(heights: Array, corners: bool) -> Rising:
    """Of the nodes (ny, nx) of a grid, where neighbours are those by sides, or by corners too."""
    pairs = _pairs(heights.shape, SIDES + corners * CORNERS)
    flat = heights.ravel()
    basin, lowest = _basins(flat, pairs)
    return Rising(np.sort(flat[lowest]), _unions(_passes(flat, pairs, basin), len(lowest)))


def in_truth(surface: Surface, window: Window, points: int) -> Rising:
    """Of the function itself: of a grid of about points² nodes, after each region that only the grid parts is joined.

    Each lowest node of the grid is followed downhill, between the nodes, never up: what ends in the same place is one.
    """
    (x0, x1), (y0, y1) = window
    across = np.sqrt((x1 - x0) / (y1 - y0))
    x, y = (np.linspace(*span, round(points * by)) for span, by in zip(window, (across, 1 / across), strict=True))
    places = np.stack(np.meshgrid(x, y)).reshape(2, -1)
    flat, pairs = surface.loss(places), _pairs((len(y), len(x)), SIDES)
    basin, lowest = _basins(flat, pairs)
    ends, loss = _descended(surface, window, places[:, lowest], np.array([x[1] - x[0], y[1] - y[0]]))
    place, first = _alike(ends / np.array([[x1 - x0], [y1 - y0]]), loss)
    return Rising(np.sort(loss[first]), _unions(_passes(flat, pairs, place[basin]), len(first)))


# --- a grid ----------------------------------------------------------------------------------------------------------


def _pairs(shape: tuple[int, int], ways: tuple[tuple[int, int], ...]) -> tuple[Array, Array]:
    """All pairs of neighbouring nodes, by their places in the flat grid."""
    place = np.arange(shape[0] * shape[1]).reshape(shape)
    found = []
    for up, right in ways:
        one, other = place[: shape[0] - up], place[up:]
        found.append((one[:, : shape[1] - right], other[:, right:]) if right >= 0 else (one[:, 1:], other[:, :-1]))
    return tuple(np.concatenate([pair[i].ravel() for pair in found]) for i in (0, 1))


def _basins(flat: Array, pairs: tuple[Array, Array]) -> tuple[Array, Array]:
    """The basin of each node, downhill from neighbour to neighbour, and the lowest node of each basin."""
    rank = np.empty(len(flat), int)
    rank[order := np.argsort(flat, kind="stable")] = np.arange(len(flat))
    below = rank.copy()
    for one, other in (pairs, pairs[::-1]):
        np.minimum.at(below, one, rank[other])
    to = order[below]
    while not np.array_equal(to, further := to[to]):
        to = further
    lowest, basin = np.unique(to, return_inverse=True)
    return basin, lowest


def _passes(flat: Array, pairs: tuple[Array, Array], basin: Array) -> list[tuple[float, int, int]]:
    """Where a basin touches another: at what height, and which two."""
    one, other = basin[pairs[0]], basin[pairs[1]]
    apart = one != other
    height = np.maximum(flat[pairs[0]], flat[pairs[1]])[apart]
    order = np.argsort(height)
    return list(zip(height[order], one[apart][order], other[apart][order], strict=True))


def _unions(passes: list[tuple[float, int, int]], n: int) -> Array:
    """The heights at which two regions become one; `passes` ascend."""
    root = list(range(n))
    heights = []
    for height, *two in passes:
        one, other = (_root(root, place) for place in two)
        if one != other:
            root[one] = other
            heights.append(height)
    return np.array(heights)


def _root(root: list[int], place: int) -> int:
    while root[place] != place:
        root[place] = root[root[place]]
        place = root[place]
    return place


# --- between the nodes -----------------------------------------------------------------------------------------------


def _alike(ends: Array, loss: Array) -> tuple[Array, list[int]]:
    """Which place each end (2, n) is, and the lowest end of each place."""
    place, first = np.empty(ends.shape[1], int), []
    for i in np.argsort(loss):
        near = [k for k, j in enumerate(first) if np.abs(ends[:, i] - ends[:, j]).max() < SAME]
        place[i] = near[0] if near else len(first)
        first += [] if near else [i]
    return place, first


def _descended(surface: Surface, window: Window, places: Array, cell: Array) -> tuple[Array, Array]:
    """Where ways downhill end that never leave the window (2, n), and the loss there: damped steps of Newton's."""
    low, high = np.array(window).T[..., None]
    loss, damping = surface.loss(places), np.ones(places.shape[1])
    for _ in range(STEPS):
        step = _step(surface, places, (low, high), damping)
        step /= np.maximum(np.abs(step / cell[:, None]).max(axis=0), 1)  # one cell at most
        further = np.clip(places + step, low, high)
        if np.abs((further - places) / (high - low)).max() <= 1e-9:
            break
        lower = (there := surface.loss(further)) <= loss
        places, loss = np.where(lower, further, places), np.where(lower, there, loss)
        damping = np.clip(np.where(lower, damping / 4, damping * 8), 1e-6, 1e12)
    return places, loss


def _step(surface: Surface, places: Array, ends: tuple[Array, Array], damping: Array) -> Array:
    slope = surface.grad(places)
    (xx, xy), (yx, yy) = _bend(surface, places, 1e-6 * (ends[1] - ends[0]))
    held = ((places <= ends[0]) & (slope > 0)) | ((places >= ends[1]) & (slope < 0))
    mixed, mean, spread = (xy + yx) / 2, (xx + yy) / 2, np.hypot((xx - yy) / 2, (xy + yx) / 2)
    more = np.maximum(0, spread - mean) + damping * (np.abs(mean) + spread) * 1e-3
    xx, yy = (np.where(wall, 1, part + more) for wall, part in zip(held, (xx, yy), strict=True))
    mixed, slope = np.where(held.any(axis=0), 0, mixed), np.where(held, 0, slope)
    size = xx * yy - mixed * mixed + np.finfo(float).tiny
    return -np.stack([yy * slope[0] - mixed * slope[1], xx * slope[1] - mixed * slope[0]]) / size


def _bend(surface: Surface, places: Array, by: Array) -> list[Array]:
    ways = np.eye(2)[:, :, None] * by
    return [(surface.grad(places + way) - surface.grad(places - way)) / (2 * way.sum()) for way in ways]
