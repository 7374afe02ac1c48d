"""What becomes of a run: one of the kinds of `CRITERIA`, decided by its recorded numbers alone. Pure numpy."""

import math
from typing import NamedTuple

import numpy as np

from landscapes import Surface, nearest
from optim_core import hypers

from ..cache import bounded
from ..metrics import norm
from ..page.numbers import brief
from .simulate import Walk, by_walk, in_domain
from .stability import curvature, overshoot, why_diverged

Array = np.ndarray

LATE = 0.1  # the share of the steps that tells whether a run still moves
REST = 1e-3  # of the map's diagonal
NEAR = 5e-3  # of the map's diagonal
RISING = 10  # steps at each of which the loss rose
WANDERING = 5  # times as many under chance, where a memory drifts uphill for a while by itself
ALIKE = 0.2  # of the larger radius: two quarters of a walk that circles differ by less
QUARTER = 4  # steps at least, to see a circle in it

CRITERIA = {  # the first that holds
    "0/0": "From this step on there is no number: memory and gradient are both 0, and so is ε that would divide.",
    "diverged": "From this step on its position, its loss or its gradient is not finite.",
    "converged": f"In the last tenth of its steps it moved by at most {100 * REST:g} % of the map's diagonal, "
    f"and a minimum is within {100 * NEAR:g} % of it.",
    "stalled": f"In the last tenth of its steps it moved by at most {100 * REST:g} % of the map's diagonal, "
    "but no minimum is near.",
    "running away": "Its loss is above the start's, and η is above the largest stable one and its steps grow, or "
    f"the loss rose at each of the last {RISING} steps.",
    "circling": "In the last two quarters of its steps it strayed equally far from their mean, "
    f"within {100 * ALIKE:g} %, and that mean stayed within that reach.",
    "still moving": f"In the last tenth of its steps it moved by more than {100 * REST:g} % of the map's diagonal.",
}


class Fate(NamedTuple):
    """What has become of a run at a step."""

    kind: str  # a key of CRITERIA
    since: int | None = None  # the step since which, or at which, it is so
    why: str = ""  # in recorded numbers, where they say it: "η·λmax = 2.4 > 2"
    outside: bool = False  # whether it stands outside the domain

    @property
    def told(self) -> str:
        """With its step: "running away since step 1"."""
        at = "" if self.since is None else f" {'since' if self.kind == 'running away' else 'at'} step {self.since}"
        return f"{self.kind}{at}"

    @property
    def words(self) -> str:
        """As a table says it: "still moving, outside the domain"."""
        return f"{self.told}, outside the domain" if self.outside else self.told

    @property
    def criterion(self) -> str:
        return CRITERIA[self.kind] + (f" Here {self.why}." if self.why else "")


@bounded(known=by_walk)
def fate(walk: Walk, surface: Surface, t: int | None = None) -> Fate:
    """What has become of a run at step t, 1 <= t <= n_steps; None: at the end."""
    t = len(walk.trajectory.delta) if t is None else t
    if walk.diverged_at is not None and walk.diverged_at <= t:
        return _lost(walk)
    points = walk.trajectory.params[: t + 1]
    outside = not in_domain(surface, points[-1:])[0]
    if rests(points, surface):
        near = to_minimum(surface, walk.trajectory.on_surface[t]) <= NEAR * diagonal(surface)
        return Fate("converged" if near else "stalled", outside=outside)
    away = _runaway(walk, surface, t)
    return (away or Fate("circling" if circles(points) else "still moving"))._replace(outside=outside)


def lost(walk: Walk, surface: Surface) -> Fate | None:
    """What became of a run at the end, where that needs saying wherever it is shown; None, at no cost, for others."""
    loss = walk.trajectory.loss
    if walk.diverged_at is None and loss[-1] <= loss[0]:
        return None
    became = fate(walk, surface)
    return became if became.kind in ("0/0", "diverged", "running away") else None


def happens(walk: Walk, surface: Surface, t: int) -> str:
    """Why a walk runs away or was lost by step t, in a sentence or two of recorded numbers; "" where it is not."""
    became = fate(walk, surface, t) if t else Fate("still moving")
    if became.kind == "diverged":
        return why_diverged(walk, surface)
    if not became.why:
        return ""
    over = overshoot(walk, surface, t) if became.kind == "running away" else None
    verb = "meets" if over is None and became.kind == "0/0" else "is"
    return f"{walk.label} {verb} {became.told}: {became.why}. {over.effect if over else ''}".rstrip()


def diagonal(surface: Surface) -> float:
    """The length of the map's diagonal."""
    (x0, x1), (y0, y1) = surface.domain
    return math.hypot(x1 - x0, y1 - y0)


def rests(points: Array, surface: Surface) -> bool:
    """Whether a path `(n, 2)` moved by at most REST of the diagonal in the last tenth of its steps."""
    late = math.ceil(LATE * (len(points) - 1)) + 1
    return bool(norm(points[-late:] - points[-1]).max() <= REST * diagonal(surface))


def circles(points: Array) -> bool:
    """Whether the last two quarters of a path `(n, 2)` stray equally far from their means, and these stay."""
    size = (len(points) - 1) // 4
    if size < QUARTER:
        return False
    quarters = points[-size:], points[-2 * size : -size]
    means = [quarter.mean(axis=0) for quarter in quarters]
    reach = [float(norm(quarter - mean).max()) for quarter, mean in zip(quarters, means, strict=True)]
    return min(reach) >= (1 - ALIKE) * max(reach) and math.dist(*means) <= max(reach)


def to_minimum(surface: Surface, point: Array) -> float:
    """The distance to the nearest minimum that is known or that the local quadratic model has; inf for none."""
    near = [float(surface.distance(point)), float(nearest(surface.local_minima, point))]
    local = curvature(surface, tuple(point))
    if np.isfinite(local.values).all() and local.values[0] > 0:
        with np.errstate(all="ignore"):
            near.append(float(np.linalg.norm(local.vectors.T @ surface.grad(point) / local.values)))
    return min(near)


def _runaway(walk: Walk, surface: Surface, t: int) -> Fate | None:
    loss = walk.trajectory.loss[: t + 1]
    if not loss[-1] > loss[0]:
        return None
    over = overshoot(walk, surface, t)
    if over and over.effect:
        return Fate("running away", over.since, over.short)
    falls = np.flatnonzero((np.diff(loss) <= 0) | (loss[1:] <= walk.losses_before[:t]))  # not the ground, but the walk
    since = int(falls[-1]) + 2 if falls.size else 1
    if t - since + 1 < RISING * (WANDERING if is_chance(walk) else 1):
        return None
    why = f"the loss rose from {brief(loss[since - 1])} to {brief(loss[-1])}"
    return Fate("running away", since, why)


def is_chance(walk: Walk) -> bool:
    """Whether chance has a say in what the steps are told."""
    return walk.told is not None and (walk.told.noise is not None or walk.told.sparse is not None)


def _lost(walk: Walk) -> Fate:
    """A walk whose numbers are not finite: 0/0 where memory, gradient and ε are 0, else it grew beyond all bounds."""
    at, one = walk.diverged_at, walk.trajectory
    optimizer = walk.part(at).optimizer
    no_eps = any(how.shared == "eps" and getattr(optimizer, name) == 0 for name, how in hypers(optimizer).items())
    row = at - 1
    if no_eps and at and (np.isnan(one.delta[row]) & (one.seen_grad[row] == 0) & (one.rms_grad[row] == 0)).any():
        return Fate("0/0", at, f"memory and {'what it is told' if walk.told else 'gradient'} are both 0 and ε is 0")
    return Fate("diverged", at)
