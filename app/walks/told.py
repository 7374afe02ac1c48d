"""What a step is made from before its optimizer's own lines: the rate of the step, and the gradient that is told.

Both are lines in the language of the optimizers, so that they are written, filled in and worked out as those are:

    lr    = base * schedule                                          under a schedule
    heard = where(told == 1, pulse * slope + noise, 0)               of the weather, what there is of it
    grad  = where(length > limit, limit / length * heard, heard)     clipped by norm

Where nothing changes the rate or the gradient there are none.
"""

from typing import Any, NamedTuple

import numpy as np

from optim_core import Told

from .simulate import Part, Walk

Array = np.ndarray
WORDS = ("base", "schedule", "pulse", "noise", "told", "heard", "limit", "length")  # names here that are no letters


class Before(NamedTuple):
    """The lines before an optimizer's own, as texts, and their numbers that stay from step to step."""

    lines: tuple[tuple[str, str], ...] = ()
    numbers: tuple[tuple[str, float], ...] = ()


NOTHING = Before()


def before(walk: Walk, part: Part) -> Before:
    """What comes before the lines of a part's optimizer."""
    lines, numbers = [], []
    if walk.is_scheduled and any("lr" in line.expression.reads for line in part.optimizer.setting.lines):
        lines.append(("lr", "base * schedule"))
        numbers.append(("base", float(part.optimizer.lr)))
    if walk.told:
        lines += _heard(walk.told)
    if walk.told and walk.told.clip:
        numbers.append(("limit", _limit(walk.told)))
    return Before(tuple(lines), tuple(numbers))


def given(walk: Walk, part: Part) -> dict[str, Any]:
    """What these lines read, for every step of the part: `(2, n)`, or `(n,)` where x and y share it."""
    values: dict[str, Any] = {"slope": walk.trajectory.grad[part.steps].T}
    if walk.is_scheduled:
        values |= {"base": part.optimizer.lr, "schedule": walk.course.schedule.factors(_n_steps(walk))[part.steps]}
    if walk.told is None:
        return values
    tables = {"pulse": walk.told.pulse, "noise": walk.told.noise, "told": walk.told.sparse}
    values |= {name: table[part.steps].T for name, table in tables.items() if table is not None}
    return values | _limited(walk, part)


def _heard(told: Told) -> list[tuple[str, str]]:
    """The lines of the weather."""
    heard = "slope" if told.pulse is None else "pulse * slope"
    heard = heard if told.noise is None else f"{heard} + noise"
    heard = heard if told.sparse is None else f"where(told == 1, {heard}, 0)"
    if told.clip is None:
        return [] if heard == "slope" else [("grad", heard)]
    lines, name = ([], "slope") if heard == "slope" else ([("heard", heard)], "heard")
    by_norm = f"where(length > limit, limit / length * {name}, {name})"
    by_value = f"where(abs({name}) > limit, sign({name}) * limit, {name})"
    return [*lines, ("grad", by_norm if told.clip.value is None else by_value)]


def _limit(told: Told) -> float:
    return float(told.clip.norm if told.clip.value is None else told.clip.value)


def _limited(walk: Walk, part: Part) -> dict[str, Array]:
    """The limit at each step, infinite where none is kept: for what is not finite. And a gradient's length."""
    if walk.told.clip is None:
        return {}
    heard = walk.unclipped[part.steps].T
    with np.errstate(all="ignore"):
        length = np.sqrt(np.sum(heard * heard, axis=0))
    measured = length if walk.told.clip.value is None else heard
    return {"length": length, "limit": np.where(np.isfinite(measured), _limit(walk.told), np.inf)}


def _n_steps(walk: Walk) -> int:
    return len(walk.trajectory.delta)
