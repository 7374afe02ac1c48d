"""Minima of a surface of which nobody has written them down: looked for on a grid, then by Newton's method."""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from .base import Array, Point, Surface

GRID = 81  # points along an axis of the domain, among which those that no neighbour undercuts are tried
TRIED = 64  # at most, from the lowest on
ROUNDS = 60  # of Newton's method,
STRIDE = 2 / GRID  # of the domain: the longest step, so that it stays in its hollow,
CLOSE = 1e-6  # of the domain: a step that is shorter than this has nearly arrived,
SHARPENED = 4  # and after so many more it has
SHARPEST = 1e-6  # the least curvature that it takes for one, of the largest
NEAR = 1e-5  # the step of a difference, of the size of a point
APART = 1e-5  # of the domain: two minima that are nearer than this are one
SAME = 1e-6  # of the loss: two minima are as low as each other; of the domain: a minimum on its edge is in it


def lowest_of(surface: Surface, points: Iterable[Point]) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """(the lowest of these points, the others)"""
    losses = {point: float(surface.value(*point)) for point in points}
    least = min(losses.values(), default=0.0)
    low = {point for point, loss in losses.items() if loss <= least + SAME * (1 + abs(least))}
    return tuple(point for point in losses if point in low), tuple(point for point in losses if point not in low)


@lru_cache(maxsize=256)
def minima_of(surface: Surface, known: tuple[Point, ...] = ()) -> tuple[Point, ...]:
    """The minima that are found from a grid over the domain and from these points, to the last bits; the lowest first.

    None lies outside the box of the domain and the points.
    """
    corners = np.concatenate([np.array(surface.domain).T, np.array(known, float).reshape(-1, 2)])
    domain = np.stack([corners.min(axis=0), corners.max(axis=0)], axis=1)
    size = float((domain[:, 1] - domain[:, 0]).max())
    tried = np.concatenate([_hollows(surface), np.array(known, float).reshape(-1, 2).T], axis=1)
    with np.errstate(all="ignore"):
        points = _newton(surface, tried, size)
        losses = surface.loss(points)
    found: list[tuple[float, Point]] = []
    for loss, (x, y) in sorted(zip(losses.tolist(), points.T.tolist(), strict=True)):
        is_new = all(np.hypot(x - u, y - v) > APART * size for _, (u, v) in found)
        slack = SAME * size
        if is_new and np.isfinite(loss) and np.all((domain[:, 0] - slack <= (x, y)) & ((x, y) <= domain[:, 1] + slack)):
            found.append((loss, (x + 0.0, y + 0.0)))
    return tuple(point for _, point in found)


def _hollows(surface: Surface) -> Array:
    """The points of a grid that none of their neighbours undercuts, `(2, n)`: none of its edge."""
    points = np.stack(np.meshgrid(*(np.linspace(low, high, GRID) for low, high in surface.domain)))
    with np.errstate(all="ignore"):
        loss = surface.loss(points)
    loss = np.where(np.isfinite(loss), loss, np.inf)
    inner = loss[1:-1, 1:-1]
    ways = [(i, j) for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    lowest = np.all([inner <= loss[i : i + GRID - 2, j : j + GRID - 2] for i, j in ways], axis=0) & np.isfinite(inner)
    order = np.argsort(inner[lowest], kind="stable")[:TRIED]
    return points[:, 1:-1, 1:-1][:, lowest][:, order]


def _newton(surface: Surface, points: Array, size: float) -> Array:
    """Where Newton's method leads from each of these points, `(2, n)`, NaN where it is no minimum."""
    best, least = np.full_like(points, np.nan), np.full(points.shape[1], np.inf)
    rounds = ROUNDS
    while rounds > 0:
        grad, (a, b, c) = surface.grad(points), _curvature(surface, points)
        middle, half = 0.5 * (a + c), np.hypot(0.5 * (a - c), b)
        lift = np.maximum(0, SHARPEST * (middle + half) - (middle - half)) * 2  # downhill also where it bends away
        way = np.stack([(c + lift) * grad[0] - b * grad[1], (a + lift) * grad[1] - b * grad[0]])
        way = way / ((a + lift) * (c + lift) - b * b)
        length, steep = np.hypot(*way), np.abs(grad).max(axis=0)
        better = (middle > half) & (steep < least) & (length <= CLOSE * size)
        best, least = np.where(better, points, best), np.where(better, steep, least)
        points = points - way * np.minimum(1, STRIDE * size / np.maximum(length, 1e-300))
        settled = np.all((length <= CLOSE * size) | np.isnan(length))
        rounds = min(rounds, SHARPENED) - 1 if settled else rounds - 1
    return best


def _curvature(surface: Surface, points: Array) -> tuple[Array, Array, Array]:
    """The second derivatives xx, xy, yy at each point, from central differences of the gradient."""
    step = NEAR * np.maximum(1.0, np.abs(points).max(axis=0))
    x, y = np.stack([step, 0 * step]), np.stack([0 * step, step])
    along_x = (surface.grad(points + x) - surface.grad(points - x)) / (2 * step)
    along_y = (surface.grad(points + y) - surface.grad(points - y)) / (2 * step)
    return along_x[0], 0.5 * (along_x[1] + along_y[0]), along_y[1]
