"""How curved the surface is where a walk stands, and whether its learning rate is too large for that. Pure numpy.

Along a direction of curvature λ (an eigenvalue of the Hessian) an optimizer whose step is linear in the gradients stays
bounded up to a fixed η, its `stable_lr`. Above it every step overshoots by more than it corrects.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from landscapes import Surface
from optim_core import Optimizer, Trajectory

from ..cache import bounded
from ..metrics import norm
from ..page.numbers import above, brief
from .simulate import Part, Walk, by_walk

Array = np.ndarray

STEP = float(np.cbrt(np.finfo(float).eps))  # of a central difference: rounding and curvature err alike
SURE = 10  # steps at least, to see growth in rough weather
MARGIN = 1e-6  # η is above a limit from this share of it on: a central difference is no better


class Curvature(NamedTuple):
    """The second derivatives at a point; each field may be NaN where the gradient is not finite."""

    hessian: Array  # (2, 2), symmetric
    values: Array  # (2,): the curvatures along the two principal directions, the smaller one first
    vectors: Array  # (2, 2): column i is the direction of unit length whose curvature is values[i]

    @property
    def sharpest(self) -> float:
        return float(self.values[1])


@dataclass(frozen=True)
class Limits:
    """The curvature along a walk, and the learning rate it allows there. Row t is at the point after step t."""

    lr: Array  # (n_steps,): the learning rate of the step from there
    sharpest: Array  # (n_steps + 1,): the largest curvature, NaN where it is not finite
    limit: Array  # (n_steps + 1,): the largest stable learning rate; infinite where there is none
    exceeded_at: int | None  # the first step taken where η is above the limit: it leads from row exceeded_at - 1
    exceeded_share: float  # of the steps taken where the limit is known

    def stretch(self, end: int | None = None) -> tuple[int, int]:
        """The rows (first, end) of the unbroken stretch of steps above the limit that leads up to row `end`.

        Without an `end`, up to the last step. first == end where there is none. Rows at which the curvature is not
        known break no stretch, but none begins with them.
        """
        limit = self.limit[: len(self.limit) - 1 if end is None else end]
        above = _is_above(self.lr[: len(limit)], limit)
        breaks = np.flatnonzero(~above & ~np.isnan(limit))
        after = int(breaks[-1]) + 1 if breaks.size else 0
        first = after + int(above[after:].argmax()) if above[after:].any() else len(limit)
        return first, len(limit)


class Growth(NamedTuple):
    """How the steps of a walk grew while η was above the limit."""

    direction: Array  # (2,): the direction of the largest curvature, of unit length
    factor: float  # by which the part of each step along it grew, on average (geometric)
    first: int  # the first step it was measured at
    last: int  # the last one
    begin: float  # how long that part of the first step was
    end: float  # and that of the last
    steeper: bool  # whether the surface is at least twice as curved where they led


class Overshoot(NamedTuple):
    """A learning rate above the limit, and what it did."""

    since: int  # the first step of the unbroken stretch of those above it
    short: str  # how far above, at that step: "η·λmax = 2.4 > 2"
    effect: str  # how the steps grew, in a sentence; "" where they did not


def hessians(surface: Surface, points: Array) -> Array:
    """The Hessian at each point: `(n, 2)` -> `(n, 2, 2)`, symmetric; NaN or inf where the gradient is not finite.

    Central differences of the exact gradient. Each step is relative to the coordinate, and never less than to a
    hundredth of the map, so that neither a large map nor a point near zero loses digits.
    """
    spans = np.array([high - low for low, high in surface.domain])
    with np.errstate(all="ignore"):
        steps = STEP * np.maximum(np.abs(points), 0.01 * spans)  # (n, 2)
        columns = []
        for axis in range(2):
            ahead, behind = points.copy(), points.copy()
            ahead[:, axis] += steps[:, axis]
            behind[:, axis] -= steps[:, axis]
            width = ahead[:, axis] - behind[:, axis]  # what the rounded points are really apart
            columns.append((surface.grad(ahead.T) - surface.grad(behind.T)) / width)
        matrices = np.stack(columns, axis=-1).swapaxes(0, 1)  # (n, 2, 2)
        return 0.5 * (matrices + matrices.swapaxes(1, 2))


def eigen(matrices: Array) -> tuple[Array, Array]:
    """Eigenvalues `(n, 2)`, ascending, and eigenvectors `(n, 2, 2)` in columns; NaN for what is not finite."""
    finite = np.isfinite(matrices).all(axis=(1, 2))
    values, vectors = np.linalg.eigh(np.where(finite[:, None, None], matrices, 0.0))
    values[~finite], vectors[~finite] = np.nan, np.nan
    return values, vectors


def largest(matrices: Array) -> Array:
    """The larger eigenvalue `(n,)` of each, without the vectors; NaN for what is not finite."""
    a, b, d = matrices[:, 0, 0], matrices[:, 0, 1], matrices[:, 1, 1]
    with np.errstate(all="ignore"):
        values = (a + d) / 2 + np.hypot((a - d) / 2, b)
    return np.where(np.isfinite(values), values, np.nan)


def curvature(surface: Surface, point: tuple[float, float]) -> Curvature:
    """The curvature at a point (x, y)."""
    matrices = hessians(surface, np.array([point], dtype=float))
    values, vectors = eigen(matrices)
    return Curvature(matrices[0], values[0], vectors[0])


def ellipse(at: Curvature, centre: tuple[float, float], reach: float, points: int = 48) -> Array | None:
    """A closed curve `(points + 1, 2)` around `centre` on which the local quadratic model has one height.

    Its long half-axis is `reach`, in units of the map; it is narrow where the surface is steep. None where the
    surface does not curve upwards in every direction: such a curve would not close.
    """
    if not (np.isfinite(at.values).all() and at.values[0] > 0):
        return None
    angle = np.linspace(0, 2 * math.pi, points + 1)
    halves = reach * np.sqrt(at.values[0] / at.values)
    return np.array(centre) + (at.vectors @ (halves[:, None] * np.stack([np.cos(angle), np.sin(angle)]))).T


def axes(at: Curvature, centre: tuple[float, float], reach: float) -> Array:
    """The two principal directions as segments `(2, 2 ends, 2)` of half-length `reach` through `centre`."""
    ends = reach * np.array([-1.0, 1.0])
    return np.array(centre) + ends[None, :, None] * at.vectors.T[:, None, :]


def has_limit(part: Part) -> bool:
    """Whether the optimizer of these steps has a largest stable learning rate that does not depend on the walk."""
    return part.optimizer.stable_lr(1.0) is not None


@bounded(known=by_walk)
def limits(walk: Walk, surface: Surface) -> Limits | None:
    """The largest stable learning rate along a walk; None where no step's optimizer has such a fixed limit."""
    if not any(map(has_limit, walk.parts)):
        return None
    sharpest = largest(hessians(surface, walk.trajectory.on_surface))
    limit = np.full(len(sharpest), math.inf)
    known = np.zeros(len(sharpest), bool)
    for part in filter(has_limit, walk.parts):
        rows = slice(part.first, part.last + (part is walk.parts[-1]))
        limit[rows], known[rows] = _allowed(part.optimizer, sharpest[rows]), np.isfinite(sharpest[rows])
    above = _is_above(walk.rates, limit[:-1])  # the last point takes no step
    share = float(above[known[:-1]].mean()) if known[:-1].any() else 0.0
    return Limits(walk.rates, sharpest, limit, int(above.argmax()) + 1 if above.any() else None, share)


def _allowed(optimizer: Optimizer, sharpest: Array) -> Array:
    """The largest stable learning rate of an optimizer at each of these curvatures; NaN where one is not known."""
    return np.array([optimizer.stable_lr(value) if math.isfinite(value) else math.nan for value in sharpest.tolist()])


def growth(walk: Walk, surface: Surface, at: Limits, end: int | None = None) -> Growth | None:
    """How the steps grew in the stretch above the limit that leads up to row `end`; None for fewer than two.

    In rough weather, where steps grow and shrink by themselves, None too unless they have grown beyond that. The
    direction is the sharpest one where the stretch begins. Without an `end`, up to where the walk ends.
    """
    first, end = at.stretch(walk.diverged_at if end is None else end)
    if end - first < 2:
        return None
    direction = curvature(surface, tuple(walk.trajectory.on_surface[first])).vectors[:, 1]
    along = np.abs(walk.trajectory.delta[first:end] @ direction)
    if not (along[0] > 0 and math.isfinite(along[-1]) and along[-1] > 0):
        return None
    if walk.told and not _is_steady(along):
        return None
    known = at.sharpest[first:end][np.isfinite(at.sharpest[first:end])]
    steeper = bool(known[-1] > 2 * known[0])
    return Growth(direction, _mean_factor(along), first + 1, end, float(along[0]), float(along[-1]), steeper)


def overshoot(walk: Walk, surface: Surface, end: int) -> Overshoot | None:
    """How η is above the limit in the stretch of steps that leads up to row `end`; None where it is not."""
    at = limits(walk, surface)
    row, end = at.stretch(end) if at else (0, 0)
    if row == end:
        return None
    with np.errstate(over="ignore"):  # any rate may be typed
        product, bound = at.lr[row] * at.sharpest[row], at.limit[row] * at.sharpest[row]
    grew = growth(walk, surface, at, end)
    effect = "" if grew is None or grew.factor <= 1 else _grew(grew)
    return Overshoot(row + 1, f"η·λmax = {above(product, bound)} > {brief(bound)}", effect)


def why_diverged(walk: Walk, surface: Surface) -> str | None:
    """Why a walk grew beyond all bounds, in a sentence or two of recorded numbers; None for one that did not."""
    if walk.diverged_at is None:
        return None
    begin = f"{walk.label} diverged at step {walk.diverged_at}"
    over = overshoot(walk, surface, walk.diverged_at)
    if over is None:
        return f"{begin}{_pace(walk.trajectory, walk.diverged_at)}."
    since = "" if over.since == 1 else f" from step {over.since} on"
    return f"{begin}: {over.short}{since}. {over.effect}".rstrip()


def _is_steady(sizes: Array) -> bool:
    """Whether sizes that chance may move have grown beyond it: the least of the later half above all before."""
    half = len(sizes) // 2
    return len(sizes) >= SURE and bool(sizes[half:].min() > sizes[:half].max())


def _is_above(lr: Array, limit: Array) -> Array:
    with np.errstate(invalid="ignore"):  # NaN is not above
        return lr > limit * (1 + MARGIN)


def _mean_factor(sizes: Array) -> float:
    return math.exp((math.log(sizes[-1]) - math.log(sizes[0])) / (len(sizes) - 1))


def _grew(grew: Growth) -> str:
    x, y = np.abs(grew.direction)
    along = "in x" if x > 0.99 else "in y" if y > 0.99 else "along the steepest direction"
    if not grew.steeper:
        factor = brief(grew.factor)
        return f"It overshoots by more than it corrects: {along} each step is about {factor} times the one before."
    sizes = f"from {brief(grew.begin)} to {brief(grew.end)} within {grew.last - grew.first + 1} steps"
    return f"It overshoots to where the surface is steeper still: {along} the steps grew {sizes}."


def _pace(trajectory: Trajectory, diverged_at: int) -> str:
    """How the steps grew over the last ten that are finite and not zero, and whether they led downhill."""
    lengths = norm(trajectory.delta[:diverged_at])
    lengths = lengths[np.isfinite(lengths) & (lengths > 0)][-10:]
    if len(lengths) < 2 or lengths[-1] <= lengths[0]:
        return ""
    before, last = trajectory.loss[0], trajectory.loss[diverged_at - 1]
    way = f", downhill: the loss fell from {brief(before)} to {brief(last)}" if last < before else ""
    return f": its last {len(lengths)} steps grew from {brief(lengths[0])} to {brief(lengths[-1])}{way}"
