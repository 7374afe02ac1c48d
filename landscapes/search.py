"""Facts of a surface of which nobody has written them down: its minima, looked for on a grid and then by Newton's
method, where a walk may begin, and how its levels stand.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from .curves import Array, Point

if TYPE_CHECKING:
    from .base import Surface

Window = tuple[Point, Point]

GRID = 81  # points along an axis of the domain, among which those that no neighbour undercuts are tried
TRIED = 64  # at most, from the lowest on
EVERY = 512  # at most, where all minima are looked for
ROUNDS = 60  # of Newton's method,
STRIDE = 2 / GRID  # of the domain: the longest step, so that it stays in its hollow,
CLOSE = 1e-6  # of the domain: a step that is shorter than this has nearly arrived,
SHARPENED = 4  # and after so many more it has
SHARPEST = 1e-6  # the least curvature that it takes for one, of the largest
NEAR = 1e-5  # the step of a difference, of the size of a point
APART = 1e-5  # of the domain: two minima that are nearer than this are one
SAME = 1e-6  # of the loss: two minima are as low as each other; of the domain: a minimum on its edge is in it
ROUNDING = 1e-12  # of a loss: who could gain more by another step has stopped where the loss is wild, at no minimum
SHOWN = 9  # minima that are worth showing, the lowest ones
TENTH, DECADE = 0.1, 10.0  # of the domain; the least factor that makes levels even in a logarithm
SIXTEENTHS = range(2, 15)  # of the domain, from either edge: where a walk may begin,
CORNER = (3, 13)  # preferably here: to the left, and above
SLOPING = 1e-4  # the least slope of a parameter, of the other's


def lowest_of(surface: "Surface", points: Iterable[Point]) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """(the lowest of these points, the others)"""
    losses = {point: float(surface.value(*point)) for point in points}
    least = min(losses.values(), default=0.0)
    low = {point for point, loss in losses.items() if loss <= least + SAME * (1 + abs(least))}
    return tuple(point for point in losses if point in low), tuple(point for point in losses if point not in low)


@lru_cache(maxsize=256)
def minima_of(surface: "Surface", known: tuple[Point, ...] = ()) -> tuple[Point, ...]:
    """The minima that are found from a grid over the domain and from these points, to the last bits; the lowest first.

    None lies outside the box of the domain and the points.
    """
    corners = np.concatenate([np.array(surface.domain).T, np.array(known, float).reshape(-1, 2)])
    box = np.stack([corners.min(axis=0), corners.max(axis=0)], axis=1)
    tried = np.concatenate([_hollows(*grid(surface), TRIED), np.array(known, float).reshape(-1, 2).T], axis=1)
    return _settled(surface, tried, box, float((box[:, 1] - box[:, 0]).max()))


@lru_cache(maxsize=64)
def every_minimum(surface: "Surface", window: Window) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """(global, local) minima: those that the surface names, and all that are found over its domain and this window.

    The local ones are in the order of their loss. Where the surface has no lowest loss, none is global.
    """
    named, size = (*surface.minima, *surface.local_minima), 0.0
    points = list(named)
    for spans in dict.fromkeys((surface.domain, window)):
        box = np.array(spans)
        size = float((box[:, 1] - box[:, 0]).max())
        step = (box[:, 1] - box[:, 0]) / (GRID - 1)
        wider = box + np.stack([-step, step], axis=1)  # so that a hollow at the edge has neighbours
        points += _apart(_settled(surface, _hollows(*grid(surface, wider), EVERY), box, size), points, APART * size)
    if surface.lowest is None:
        return (), _rising(surface, points)
    least = surface.lowest + SAME * (1 + abs(surface.lowest))
    is_low = {point: point in surface.minima or surface.lowest <= surface.value(*point) <= least for point in points}
    return tuple(p for p in points if is_low[p]), _rising(surface, [p for p in points if not is_low[p]])


def _rising(surface: "Surface", points: list[Point]) -> tuple[Point, ...]:
    return tuple(sorted(points, key=lambda point: float(surface.value(*point))))


def _apart(found: Iterable[Point], known: list[Point], distance: float) -> list[Point]:
    """Those that are none of the known ones."""
    return [point for point in found if all(np.hypot(point[0] - x, point[1] - y) > distance for x, y in known)]


def _settled(surface: "Surface", tried: Array, box: Array, size: float) -> tuple[Point, ...]:
    """The minima to which Newton's method leads from these points, in a box; the lowest first."""
    with np.errstate(all="ignore"):
        points = _newton(surface, tried, size)
        losses = surface.loss(points)
        grad, way, _ = _downhill(surface, points)
        is_there = np.isfinite(losses) & (np.abs((grad * way).sum(axis=0)) <= ROUNDING * (1 + np.abs(losses)))
    found, slack = np.empty((0, 2)), SAME * size
    for _, x, y in sorted(zip(losses[is_there].tolist(), *points[:, is_there].tolist(), strict=True)):
        is_new = np.all(np.hypot(x - found[:, 0], y - found[:, 1]) > APART * size)
        if is_new and np.all((box[:, 0] - slack <= (x, y)) & ((x, y) <= box[:, 1] + slack)):
            found = np.append(found, [[x + 0.0, y + 0.0]], axis=0)
    return tuple(map(tuple, found.tolist()))


def undercut(surface: "Surface", lowest: float) -> bool:
    """Whether somewhere on the grid, its edge too, the loss is lower."""
    _, loss = grid(surface)
    return bool(loss.min() < lowest - SAME * (1 + abs(lowest)))


def levels_of(surface: "Surface", lowest: float | None) -> Literal["log", "linear"]:
    """How levels show most: even in the logarithm where the loss reaches DECADE times as high above its lowest as in
    the lowest tenth of the domain; in the loss where it does not, or has no lowest.
    """
    if lowest is None:
        return "linear"
    _, loss = grid(surface)
    above = loss[np.isfinite(loss)] - lowest
    return "log" if above.max() >= DECADE * max(np.quantile(above, TENTH), 0) > 0 else "linear"


def start_of(surface: "Surface") -> Point | None:
    """Where a walk may begin: of the points at whole sixteenths of the domain the one nearest to its upper left that
    lies above another one and where both slopes are finite and neither next to nothing beside the other.

    Of two that are as near it is the lower one, then the left one. Where there is none, the nearest with a finite slope
    that is not 0, or with any finite slope, or with a finite loss; None without any.
    """
    shares = np.stack(np.meshgrid(SIXTEENTHS, SIXTEENTHS)).reshape(2, -1)
    nearest = np.argsort(np.hypot(*(shares - np.array(CORNER)[:, None])), kind="stable")
    (x0, x1), (y0, y1) = surface.domain
    points = np.array([[x0], [y0]]) + shares[:, nearest] / 16 * np.array([[x1 - x0], [y1 - y0]])
    with np.errstate(all="ignore"):
        loss, slopes = surface.loss(points), np.abs(surface.grad(points))
        is_there = np.isfinite(loss)
        has_slope = is_there & np.isfinite(slopes).all(axis=0)
        slanted = has_slope & (slopes.max(axis=0) > 0)
        is_above = loss > loss[is_there].min(initial=np.inf)
        both = slanted & is_above & (slopes.min(axis=0) > SLOPING * slopes.max(axis=0))
    for good in (both, slanted, has_slope, is_there):
        if good.any():
            return tuple(points[:, good.argmax()].tolist())
    return None


def grid(surface: "Surface", box: Array | None = None) -> tuple[Array, Array]:
    """Points over a box, the domain if None, `(2, n, n)`, the loss there `(n, n)`, infinite where it is no number."""
    spans, n = (surface.domain, GRID) if box is None else (box, GRID + 2)
    points = np.stack(np.meshgrid(*(np.linspace(low, high, n) for low, high in spans)))
    with np.errstate(all="ignore"):
        loss = surface.loss(points)
    return points, np.where(np.isfinite(loss), loss, np.inf)


def _hollows(points: Array, loss: Array, most: int) -> Array:
    """The points of a grid that none of their neighbours undercuts, `(2, n)`, the lowest: none of its edge."""
    inner, n = loss[1:-1, 1:-1], len(loss)
    ways = [(i, j) for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    lowest = np.all([inner <= loss[i : i + n - 2, j : j + n - 2] for i, j in ways], axis=0) & np.isfinite(inner)
    order = np.argsort(inner[lowest], kind="stable")[:most]
    return points[:, 1:-1, 1:-1][:, lowest][:, order]


def _newton(surface: "Surface", points: Array, size: float) -> Array:
    """Where Newton's method leads from each of these points, `(2, n)`, NaN where it is no minimum."""
    best, least = np.full_like(points, np.nan), np.full(points.shape[1], np.inf)
    rounds = ROUNDS
    while rounds > 0:
        grad, way, is_hollow = _downhill(surface, points)
        length, steep = np.hypot(*way), np.abs(grad).max(axis=0)
        better = is_hollow & (steep < least) & (length <= CLOSE * size)
        best, least = np.where(better, points, best), np.where(better, steep, least)
        points = points - way * np.minimum(1, STRIDE * size / np.maximum(length, 1e-300))
        settled = np.all((length <= CLOSE * size) | np.isnan(length))
        rounds = min(rounds, SHARPENED) - 1 if settled else rounds - 1
    return best


def _downhill(surface: "Surface", points: Array) -> tuple[Array, Array, Array]:
    """(the gradient, Newton's step against it, whether the surface bends upwards every way) at each point."""
    grad, (a, b, c) = surface.grad(points), _curvature(surface, points)
    middle, half = 0.5 * (a + c), np.hypot(0.5 * (a - c), b)
    lift = np.maximum(0, SHARPEST * (middle + half) - (middle - half)) * 2  # downhill also where it bends away
    way = np.stack([(c + lift) * grad[0] - b * grad[1], (a + lift) * grad[1] - b * grad[0]])
    return grad, way / ((a + lift) * (c + lift) - b * b), middle > half


def _curvature(surface: "Surface", points: Array) -> tuple[Array, Array, Array]:
    """The second derivatives xx, xy, yy at each point, from central differences of the gradient."""
    step = NEAR * np.maximum(1.0, np.abs(points).max(axis=0))
    x, y = np.stack([step, 0 * step]), np.stack([0 * step, step])
    along_x = (surface.grad(points + x) - surface.grad(points - x)) / (2 * step)
    along_y = (surface.grad(points + y) - surface.grad(points - y)) / (2 * step)
    return along_x[0], 0.5 * (along_x[1] + along_y[0]), along_y[1]
