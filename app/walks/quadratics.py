"""What theory says of whole surfaces: how curved a quadratic is, which rates rest in a minimum, which are fastest."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from landscapes import Surface
from optim_core import Optimizer

from .stability import hessians, largest

PROBES = 8  # points at which a gradient is compared with the one that a quadratic has there
EXACT = 1e-9  # of the largest gradient: what rounding may do


class Curvatures(NamedTuple):
    """The second derivatives of a quadratic along its two principal directions."""

    flattest: float
    sharpest: float


@lru_cache(maxsize=64)
def quadratic(surface: Surface) -> Curvatures | None:
    """The curvatures of a surface whose gradient is linear in x and y; None for every other one.

    A gradient that is linear between the middle of the domain and its edges, at points without a pattern, is taken for
    linear everywhere.
    """
    (x0, x1), (y0, y1) = surface.domain
    middle, half = np.array([x0 + x1, y0 + y1]) / 2, np.array([x1 - x0, y1 - y0]) / 2
    points = middle + half * np.random.default_rng(0).uniform(-1, 1, (PROBES, 2))
    with np.errstate(all="ignore"):
        here, there = surface.grad(middle[:, None]), surface.grad(points.T)
        units = surface.grad((middle + np.diag(half)).T) - here  # (2, 2): column i is for half the domain along i
        linear = here + units @ ((points - middle) / half).T
        apart = np.abs(there - linear).max()
        close = apart <= EXACT * max(float(np.abs(there).max()), float(np.abs(here).max()))
    if not close:  # neither where something is not finite
        return None
    hessian = units / half
    flattest, sharpest = np.linalg.eigvalsh((hessian + hessian.T) / 2).tolist()
    return Curvatures(flattest, sharpest)


def fastest(optimizer: Optimizer, surface: Surface) -> dict[str, float] | None:
    """The numbers with which an optimizer arrives fastest, where theory knows them: on a bowl that is a quadratic."""
    found = quadratic(surface)
    return optimizer.fastest(*found) if found and found.flattest > 0 else None


@lru_cache(maxsize=64)
def resting(surface: Surface) -> float | None:
    """The largest curvature where a walk can rest most easily: at the minimum where that is smallest.

    None where no minimum is a point, unless the surface is a quadratic, which is as curved everywhere.
    """
    points = surface.minima + surface.local_minima
    if points:
        curved = largest(hessians(surface, np.array(points)))
        return float(np.nanmin(curved)) if np.isfinite(curved).any() else None
    found = quadratic(surface)
    return found and found.sharpest


def largest_rate(optimizer: Optimizer, surface: Surface) -> float | None:
    """The largest η with which it can rest in a minimum: 2 / λmax for gradient descent. None: none is known.

    An optimizer has such a limit only where its step is linear in the gradients.
    """
    curved = resting(surface)
    limit = optimizer.stable_lr(curved) if curved else None
    return limit if limit is not None and limit < math.inf else None
