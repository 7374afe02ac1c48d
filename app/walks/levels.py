"""Which level lines a grid can draw truthfully, and the surface in the bands between them.

Between the nodes of a grid a narrow valley falls apart into beads, and two regions with a narrow ridge between them
run into one. How narrow a level's region is follows from the curvature λ across the floor of the valley: at a height h
above the floor it is 2 √(2h / λ) wide. A level whose region would be less than VALLEY cells wide somewhere is moved up,
or left out. Where the floor itself slopes so steeply that the narrow end of the region is shorter than half a cell, no
bead has room. For ridges, and along the edges of the map, where a region may only just look in, the same holds.
"""

from dataclasses import dataclass

import numpy as np

from landscapes import Surface

from .. import limits
from ..cache import bounded
from ..page.window import Window
from .simulate import Ground, ground

Array = np.ndarray
Pair = tuple[Array, Array]
BANDS = 20  # of the map over the surface's domain
BEYOND = 30  # the most levels above those of the domain, and below them, and by how much
WIDER = 1.2  # each of these is further from the last
TRIES = 8  # places for a level, from where it should stand up to half way to the next
VALLEY = 3.0  # cells: how wide the region in a valley must be,
PIT = 2.0  # and the one around a minimum or in the neck of a saddle
BESIDE = 0.75  # cells: how far a node is at most from the floor that it tells of
BLUR = 0.05  # of an interval, on either side: it comes from the curvature at a node near by
ENOUGH = 12  # levels for which a grid need not be finer
LEAST = 1e-300  # from the lowest to the highest loss: of less there are no twentieths to the last digit
FEW = 9  # nodes that say too little of the domain


@dataclass(frozen=True)
class Banded:
    """The surface on a grid, in bands: between the i-th level of the loss and the next `band` lies between i and i + 1.

    It is all that a picture needs: level lines stand where `band` is 1, 2, ..., and colours run over `span` of it,
    which is the surface's domain.
    """

    x: Array  # (nx,)
    y: Array  # (ny,)
    band: Array  # (ny, nx)
    levels: Array  # (k,) of the loss, ascending
    span: tuple[float, float]


@bounded()
def banded(surface: Surface, window: Window, grids: tuple[int, ...] = limits.GRIDS) -> Banded:
    """The surface over a window, on the first of these grids that can draw enough levels, or the last."""
    for points in grids:
        here = ground(surface, points, window)
        heights, span = _levels(surface, here)
        if len(heights) >= ENOUGH:
            break
    return _in_bands(surface, here, heights, span)


def _in_bands(surface: Surface, here: Ground, heights: Array, span: tuple[float, float]) -> Banded:
    if not len(heights):
        flat = np.where(np.isnan(here.height), np.nan, 0.0)
        return Banded(here.x, here.y, flat, heights, (0.0, 1.0))
    size = (span[1] - span[0]) / BANDS
    marks = np.concatenate([heights[:1] - size, heights, heights[-1:] + size])
    places = np.arange(len(marks), dtype=float)
    low, high = np.interp(span, marks, places)
    return Banded(here.x, here.y, np.interp(here.height, marks, places), _loss(surface, heights), (low, high))


def _levels(surface: Surface, here: Ground) -> tuple[Array, tuple[float, float]]:
    """The heights of the levels (k,), ascending, and the span of height that the domain takes of the picture."""
    starts, ends = untrue(here.loss, here.grad, (here.x[1] - here.x[0], here.y[1] - here.y[0]))
    shown = _of_domain(surface, here)
    low, high = float(shown.min(initial=np.inf)), float(shown.max(initial=-np.inf))
    if not LEAST < high - low < np.inf:
        return np.zeros(0), (0.0, 1.0)
    clear = _clear(starts, ends, low)
    bottom, top = _height(surface, np.array([clear if clear < low + (high - low) / 4 else low, high]))
    size = (top - bottom) / BANDS
    tries = _places(bottom, top, here)[:, None] + size * np.arange(TRIES) / (2 * TRIES)
    values = _loss(surface, tries)
    good = np.searchsorted(starts, values, "right") == np.searchsorted(ends, values, "left")
    stands = good.any(axis=1)
    return tries[stands, good.argmax(axis=1)[stands]], (float(bottom), float(top))


def _of_domain(surface: Surface, here: Ground) -> Array:
    """The finite losses (n,) of the surface's domain, or of all that is shown where that is another place."""
    (x0, x1), (y0, y1) = surface.domain
    across, up = (here.x >= x0) & (here.x <= x1), (here.y >= y0) & (here.y <= y1)
    inside = here.loss[np.ix_(up, across)]
    shown = inside if inside.size > FEW else here.loss
    return shown[np.isfinite(shown)]


def _places(bottom: float, top: float, here: Ground) -> Array:
    """Where levels should stand: even over the domain, and ever wider apart beyond it."""
    size = (top - bottom) / BANDS
    with np.errstate(over="ignore"):  # what is infinitely far is beyond all that is there
        further = size * np.cumsum(WIDER ** np.arange(BEYOND))
    finite = here.height[np.isfinite(here.height)]
    below = bottom - further[further < bottom - finite.min()][::-1]
    above = top + further[further < finite.max() - top] - size
    return np.concatenate([below, bottom + size * np.arange(BANDS), above])


def _clear(starts: Array, ends: Array, low: float) -> float:
    """The first loss from `low` on that lies in no interval."""
    while (behind := np.searchsorted(starts, low, "right")) > np.searchsorted(ends, low, "left"):
        low = np.nextafter(ends[behind - 1], np.inf)
    return low


def _height(surface: Surface, loss: Array) -> Array:
    """See Ground.height."""
    if surface.levels == "linear" or surface.lowest is None:
        return loss
    return np.log10(np.maximum(loss - surface.lowest, np.finfo(float).tiny))


def _loss(surface: Surface, height: Array) -> Array:
    """The loss at a height."""
    if surface.levels == "linear" or surface.lowest is None:
        return height
    return 10.0**height + surface.lowest


# --- where a level would show the sampling ---------------------------------------------------------------------------


def untrue(loss: Array, grad: Array, cell: tuple[float, float]) -> Pair:
    """The intervals of the loss in which no level can be drawn: all lower ends (n,), and all upper ends, ascending."""
    edges = [_border(loss[edge], grad[0][edge], cell[0]) for edge in (0, -1)]
    edges += [_border(loss[:, edge], grad[1][:, edge], cell[1]) for edge in (0, -1)]
    floor, narrow = (np.concatenate(part) for part in zip(_valleys(loss, grad, cell), *edges, strict=True))
    rim = BLUR * np.abs(narrow)
    return np.sort(np.minimum(floor, floor + narrow) - rim), np.sort(np.maximum(floor, floor + narrow) + rim)


def _valleys(loss: Array, grad: Array, cell: tuple[float, float]) -> Pair:
    """At each node by a valley's floor (by a ridge's top): its loss, and the height up to which it is too narrow."""
    with np.errstate(all="ignore"):
        (across, along), (nx, ny) = _curvatures(grad, cell)
        slope, fall = nx * grad[0] + ny * grad[1], nx * grad[1] - ny * grad[0]
        width = cell[0] * np.abs(nx) + cell[1] * np.abs(ny)
        flat = np.abs(fall) <= width * np.abs(along)  # a minimum, a saddle or a maximum is near
        blunt = ~flat & (np.abs(across) * width < 4 * np.abs(fall))
        floor = loss - 0.5 * slope * slope / across - np.where(flat, 0.5 * fall * fall / along, 0)
        narrow = across * (np.where(flat, PIT, VALLEY) * width) ** 2 / 8
        here = (np.abs(slope) <= BESIDE * width * np.abs(across)) & ~blunt & np.isfinite(floor + narrow)
    return floor[here], narrow[here]


def _curvatures(grad: Array, cell: tuple[float, float]) -> tuple[Pair, Pair]:
    """The curvature of the larger size and the other one at each node, and the direction of the first."""
    (xy, xx), (yy, yx) = (np.gradient(part, cell[1], cell[0]) for part in grad)
    mixed, mean, half = 0.5 * (xy + yx), 0.5 * (xx + yy), 0.5 * (xx - yy)
    spread = np.copysign(np.hypot(mixed, half), mean)
    turn = 0.5 * np.arctan2(mixed, half) + np.where(mean < 0, np.pi / 2, 0)
    return (mean + spread, mean - spread), (np.cos(turn), np.sin(turn))


def _border(loss: Array, slope: Array, cell: float) -> Pair:
    """The same along an edge of the map."""
    with np.errstate(all="ignore"):
        bend = np.gradient(slope, cell)
        floor, narrow = loss - 0.5 * slope * slope / bend, bend * (PIT * cell) ** 2 / 8
        here = (np.abs(slope) <= BESIDE * cell * np.abs(bend)) & np.isfinite(floor + narrow)
    return floor[here], narrow[here]
