"""A whole walk in a sentence: how far it went, how direct, what held it, and where it ended. Recorded numbers alone."""

import math

import numpy as np

from landscapes import Surface, nearest

from ..metrics import norm
from ..page.numbers import spoken
from .fates import LATE, Fate, diagonal, fate
from .results import detour, path_length
from .simulate import Walk

Array = np.ndarray

SEEN = 1e-3  # of the map's diagonal: a shorter movement is none to the eye
CARRIES = 0.1  # of a step lies along an axis that is worth a word
OFTEN = 0.25  # of all visible steps cross the bottom of an axis in which a walk is said to bounce
DIRECT = 1.1  # times the straight way: up to here a walk is straight
FLAT = 1e-3  # a gradient this short is called flat


def summary(walk: Walk, surface: Surface) -> str:
    """What is said of a walk that stayed finite, at its end; the run's label begins it."""
    length = path_length(walk)
    if length <= SEEN * diagonal(surface):
        return f"{walk.label} has not moved: {_held_still(walk)}"
    became = fate(walk, surface)
    walked = f"{walk.label} walked {spoken(length)}{_how_direct(walk, surface)}{_bouncing(walk, surface)}"
    return f"{walked}, and {_ending(walk, surface, became)}"


def crossings(walk: Walk, surface: Surface) -> Array:
    """`(n_steps, 2)`: whether a step visibly led across the bottom of an axis: its slope changed sign."""
    delta, slope = walk.trajectory.delta, walk.trajectory.grad[:-1]
    with np.errstate(all="ignore"):
        passed = (slope * walk.slopes_after < 0) & (delta * slope < 0)
        return passed & visible(delta, surface)


def visible(steps: Array, surface: Surface) -> Array:
    """`(n, 2)`: which parts of steps the eye sees: a share of the step, and not too short on the map."""
    parts = np.abs(steps)
    return (parts >= CARRIES * norm(steps)[:, None]) & (parts >= SEEN * diagonal(surface))


def _how_direct(walk: Walk, surface: Surface) -> str:
    points = walk.trajectory.params
    if math.dist(points[0], points[-1]) <= SEEN * diagonal(surface):
        return ", there and back"
    times = detour(walk)
    return ", nearly straight" if times < DIRECT else f", {spoken(times)} times the straight way"


def _bouncing(walk: Walk, surface: Surface) -> str:
    crossed = crossings(walk, surface).sum(axis=0)
    moved = visible(walk.trajectory.delta, surface).any(axis=1).sum()
    axes = [name for name, times in zip("xy", crossed, strict=True) if times > 1 and times >= OFTEN * moved]
    return f", bouncing in {' and '.join(axes)}" if axes else ""


def _ending(walk: Walk, surface: Surface, became: Fate) -> str:
    loss = walk.trajectory.loss[-1]
    if became.kind == "running away":
        return f"is running away since step {became.since}: {became.why}"
    where = _where(walk, surface)
    off = ", outside the domain" if became.outside else ""
    if became.kind == "converged":
        local = f"in a local minimum, {where.replace('minimum', 'global one')}"
        return f"rests {where if _is_global(walk, surface) else local}{off}"
    if became.kind == "stalled":
        return f"stalled {where}{off}: {_held_still(walk)}"
    if became.kind == "circling":
        return f"still circles {where}{off}, with a loss of {spoken(loss)}"
    return f"ended {where}{off}"


def _where(walk: Walk, surface: Surface) -> str:
    """How far from the nearest minimum that is known, or at which point and loss."""
    x, y = walk.trajectory.params[-1]
    away = _away(walk, surface)
    if away is None:
        return f"at ({spoken(x)}, {spoken(y)}), where the loss is {spoken(walk.trajectory.loss[-1])}"
    return f"{spoken(away)} from {surface.a_goal}"


def _away(walk: Walk, surface: Surface) -> float | None:
    return None if surface.lowest is None else float(surface.distance(walk.trajectory.on_surface[-1]))


def _is_global(walk: Walk, surface: Surface) -> bool:
    """Whether the nearest global minimum is as near as any other."""
    away = _away(walk, surface)
    return away is None or away <= nearest(surface.local_minima, walk.trajectory.on_surface[-1])


def _held_still(walk: Walk) -> str:
    """Why a walk rests where no minimum is."""
    slope = math.hypot(*walk.trajectory.grad[-1])
    if slope <= FLAT:
        return f"the gradient is {spoken(slope)}"
    late = math.ceil(LATE * len(walk.trajectory.delta))
    if not walk.trajectory.seen_grad[-1 - late : -1].any():
        return f"it is told nothing of the gradient, which is {spoken(slope)}"
    x, y = walk.trajectory.effective_lr[-1]
    return f"its learning rates are {spoken(x)} in x and {spoken(y)} in y"
