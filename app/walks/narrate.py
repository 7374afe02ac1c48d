"""What a run does at one step, in a plain sentence. Every word follows from recorded numbers, none from a name.

The first rule that applies speaks, so the rules stand from the rare to the usual, and each speaks only of what can be
seen: an axis that carries a share of the step, and a movement that is not too short on the map. The last step sums the
walk up. Numbers are rounded to two digits.
"""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from landscapes import Surface

from ..page.numbers import brief, spoken
from .explain import arrows
from .fates import NEAR, diagonal, fate, happens
from .simulate import Part, Walk
from .stability import overshoot
from .summary import FLAT, SEEN, summary, visible

Array = np.ndarray

FEW = 10  # steps, which together may be seen where one cannot
UNEQUAL = 2.0  # from this factor between the two rates on it is worth a word
ALIKE = 0.1  # rate times RMS gradient is "the same" in x and y up to this share
MAINLY = 0.9  # of a step's length lies along one axis when it is said to lead along it


class Moment(NamedTuple):
    """Step t of a walk, t >= 1, from `before` to `after`. On moving ground all is of the surface as it stands then."""

    walk: Walk
    surface: Surface
    t: int
    part: Part  # of the walk: who made the step
    before: Array  # (2,)
    after: Array  # (2,)
    places: Array  # (2, 2): these two, (x, y) in columns, on the surface as it stands at this step
    slope: Array  # (2,): the gradient where the step begins
    next_slope: Array  # (2,): and where it ends
    told: Array  # (2,): what the optimizer was told of the gradient
    step: Array  # (2,)
    lr: float  # η of this step
    rates: Array  # (2,)
    rms: Array  # (2,)
    loss: float  # where it begins
    next_loss: float  # and where it ends


def narrate(walk: Walk, surface: Surface, t: int) -> str:
    """A sentence on step t, 0 <= t <= n_steps: the start, a step, or at the end the whole walk.

    What the step was told, where that is not the gradient, comes first. Where a walk runs away, or did until its
    numbers were lost, another sentence says why.
    """
    if walk.diverged_at is not None and t >= walk.diverged_at:
        return happens(walk, surface, t)
    if t == 0:
        return f"{walk.label}{begins(walk)}."
    if t == len(walk.trajectory.delta):
        return f"{summary(walk, surface)}.{effect(walk, surface, t)}"
    moment = at(walk, surface, t)
    with np.errstate(all="ignore"):  # of a walk about to diverge
        said = next(filter(None, (rule(moment) for rule in RULES)))
    *first, last = *hears(walk, t), said
    told = f"{', '.join(first)} and {last}" if first else last
    return f"{subject(walk, moment.part)} {told}.{forks(walk, t)}{warning(walk, surface, t)}"


def subject(walk: Walk, part: Part) -> str:
    """What the run is called, and what it still is before it becomes another optimizer."""
    is_own = type(part.optimizer) is type(walk.run.optimizer)
    return walk.label if is_own else f"{walk.label}, still {part.optimizer.label},"


def forks(walk: Walk, t: int) -> str:
    """That the next step is another optimizer's."""
    part = walk.part(min(t + 1, len(walk.trajectory.delta)))
    if t == 0 or part.first != t:
        return ""
    keeps = "keeps its memory" if part.age else "starts without memory"
    kept = keeps if part.optimizer.n_remembered else "has no memory"
    return f" From here on it is {part.optimizer.label}, which {kept}."


def warning(walk: Walk, surface: Surface, t: int) -> str:
    """That a walk is running away, where it already is."""
    became = fate(walk, surface, t)
    return f" It is {became.kind} since step {became.since}: {became.why}." if became.kind == "running away" else ""


def effect(walk: Walk, surface: Surface, t: int) -> str:
    """What a learning rate above the limit does to a walk that runs away."""
    over = overshoot(walk, surface, t) if fate(walk, surface, t).kind == "running away" else None
    return f" {over.effect}" if over and over.effect else ""


def at(walk: Walk, surface: Surface, t: int) -> Moment:
    """What is recorded of step t, 1 <= t <= n_steps."""
    one, row = walk.trajectory, t - 1
    points = one.params[row : t + 1]
    places = points if one.offsets is None else points - one.offsets[t]
    return Moment(
        walk,
        surface,
        t,
        walk.part(t),
        *points,
        places.T,
        one.grad[row],
        walk.slopes_after[row],
        one.seen_grad[row],
        one.delta[row],
        float(walk.rates[row]),
        one.effective_lr[row],
        one.rms_grad[row],
        float(walk.losses_before[row]),
        float(one.loss[t]),
    )


def hears(walk: Walk, t: int) -> Iterator[str]:
    """What step t was told of the gradient, beside noise, where that is not all of it."""
    if walk.told is None:
        return
    gaps = "" if walk.told.sparse is None else "".join(np.array(["x", "y"])[~walk.told.sparse[t - 1]])
    if gaps:
        yield "is told nothing" if len(gaps) == 2 else f"is told nothing of {gaps}"
    if walk.told.pulse is not None:
        for name, factor in zip("xy", walk.told.pulse[t - 1].tolist(), strict=True):
            if factor != 1 and name not in gaps:
                yield f"is told the slope in {name} times {brief(factor + 0.0)}"
    free, told = walk.unclipped[t - 1], walk.trajectory.seen_grad[t - 1]
    if walk.clipped[t - 1]:
        yield f"has its gradient clipped from {spoken(math.hypot(*free))} to {spoken(math.hypot(*told))}"


def begins(walk: Walk) -> str:
    (x, y), slope = walk.trajectory.params[0], np.abs(walk.trajectory.grad[0])
    said = f" starts at ({spoken(x)}, {spoken(y)}), where the loss is {spoken(walk.trajectory.loss[0])}"
    if slope.min() == 0 or slope.max() < UNEQUAL * slope.min():
        return said
    steep = int(slope.argmax())
    return (
        f"{said} and the slope in {'xy'[steep]} is {spoken(slope.max() / slope.min())} times that in {'xy'[1 - steep]}"
    )


def arrives(moment: Moment) -> str | None:
    """The first step that ends near a global minimum."""
    surface = moment.surface
    was, away = surface.distance(moment.places).tolist()
    if not away <= NEAR * diagonal(surface) < was:
        return None
    return f"reaches {surface.a_goal}: it is {spoken(away)} away, with a loss of {spoken(moment.next_loss)}"


def rests(moment: Moment) -> str | None:
    """No step to speak of, nor in a few together: because it is flat, or although it is not."""
    slope = math.hypot(*moment.slope)
    if is_seen(moment) or math.dist(few_before(moment), moment.after) > SEEN * diagonal(moment.surface):
        return None
    if slope <= FLAT:
        return f"stands nearly still: the gradient is {spoken(slope)}"
    if not moment.told.any():
        return f"stands nearly still, although the gradient is {spoken(slope)}"
    x, y = moment.rates
    rates = f"its learning rates are {spoken(x)} in x and {spoken(y)} in y"
    return f"stands nearly still, although the gradient is {spoken(slope)}: {rates}"


def creeps(moment: Moment) -> str | None:
    """A step too short to be seen, one of several that together are not."""
    if is_seen(moment):
        return None
    steps = min(FEW, moment.t)
    return f"creeps: {spoken(math.dist(few_before(moment), moment.after))} in its last {steps} steps"


def few_before(moment: Moment) -> Array:
    """Where the walk stood a few steps before the end of this one."""
    return moment.walk.trajectory.params[max(0, moment.t - FEW)]


def is_seen(moment: Moment) -> bool:
    return math.hypot(*moment.step) > SEEN * diagonal(moment.surface)


def climbs(moment: Moment) -> str | None:
    """Uphill on purpose: the step points up the slope on which it begins, and if it was its memory that did."""
    if not (moment.step @ moment.slope > 0 and rises(moment)):
        return None
    rise = f"the loss rises {between(moment.loss, moment.next_loss)}"
    if moment.told @ moment.slope < 0:
        return f"steps uphill as it is told: {rise}"
    _, *remembered, _ = arrows(moment.walk, moment.t)
    carried = any(pull.dx * moment.slope[0] + pull.dy * moment.slope[1] > 0 for pull in remembered)
    return f"is carried uphill by its memory of earlier gradients: {rise}" if carried else f"steps uphill: {rise}"


def overshoots(moment: Moment) -> str | None:
    """A slope that changes sign over a step down it: along that axis the bottom was passed."""
    flips = (moment.slope * moment.next_slope < 0) & (moment.step * moment.slope < 0)
    flips &= visible(moment.step[None], moment.surface)[0]
    if not flips.any():
        return None
    axis = int(np.where(flips, np.abs(moment.step), -1).argmax())
    before, after = moment.slope[axis], moment.next_slope[axis]
    again = crossed_before(moment, axis)
    if not again:
        return f"oversteps in {'xy'[axis]}: the slope changes sign, from {spoken(before)} to {spoken(after)}"
    wider = ", to where it is steeper" if abs(after) > abs(before) else ""
    return f"bounces in {'xy'[axis]}{wider}: the slope changes sign again, from {spoken(before)} to {spoken(after)}"


def crossed_before(moment: Moment, axis: int) -> bool:
    """Whether the step before this one led across the bottom of this axis too."""
    row = moment.t - 2
    if row < 0:
        return False
    return bool(moment.walk.trajectory.grad[row, axis] * moment.walk.slopes_after[row, axis] < 0)


def worsens(moment: Moment) -> str | None:
    """The loss rises although the step points downhill, or along the level."""
    if not rises(moment):
        return None
    rise = f"the loss rises {between(moment.loss, moment.next_loss)}"
    downhill = moment.step @ moment.slope < 0
    return f"goes too far: its step points downhill, yet {rise}" if downhill else f"steps along the level: {rise}"


def rises(moment: Moment) -> bool:
    """Whether the loss rises by what can be seen, of how far it ever fell below the start's."""
    loss = moment.walk.trajectory.loss[: moment.walk.diverged_at]
    return moment.next_loss - moment.loss > SEEN * (loss[0] - loss.min())


def adapts(moment: Moment) -> str | None:
    """Two rates that differ, and why, if the numbers say why."""
    low, high = sorted((0, 1), key=lambda axis: moment.rates[axis])
    if not (0 < UNEQUAL * moment.rates[low] <= moment.rates[high] and moment.lr > 0):
        return None
    name, other = "xy"[low], "xy"[high]
    said = f"turns {name}'s learning rate {share(moment, low)} and {other}'s {share(moment, high)}"
    if not is_by_size(moment):
        return said
    times = spoken(moment.rms[low] / moment.rms[high])
    gradients = "told gradients" if moment.walk.told else "gradients"
    return f"{said}, because {name}'s {gradients} have been {times} times as large as {other}'s"


def share(moment: Moment, axis: int) -> str:
    """A rate as a share or a multiple of η."""
    ratio = moment.rates[axis] / moment.lr
    if spoken(ratio) == "1":
        return "to about η"
    return f"down to {spoken(100 * ratio)} % of η" if ratio < 1 else f"up to {spoken(ratio)} times η"


def is_by_size(moment: Moment) -> bool:
    """Whether the rates are what the RMS gradients make them: rate times RMS has been the same in x and y."""
    rows = slice(max(moment.part.first, moment.t - 5), moment.t)
    one = moment.walk.trajectory
    sizes = one.effective_lr[rows] * one.rms_grad[rows]
    return bool((np.abs(sizes[:, 0] - sizes[:, 1]) <= ALIKE * sizes.max(axis=1)).all() and (sizes > 0).all())


def walks(moment: Moment) -> str:
    """Nothing special: how far, which way, and what it brought."""
    length = math.hypot(*moment.step)
    shares = np.where(visible(moment.step[None], moment.surface)[0], np.abs(moment.step) / (length or 1), 0)
    way = " along x" if shares[0] >= MAINLY else " along y" if shares[1] >= MAINLY else ""
    fall = f"the loss falls {between(moment.loss, moment.next_loss)}"
    brings = fall if moment.next_loss < moment.loss else f"the loss stays near {spoken(moment.next_loss)}"
    return f"walks {spoken(length)}{way}: {brings}"


RULES: tuple[Callable[[Moment], str | None], ...] = (
    arrives,
    rests,
    creeps,
    climbs,
    overshoots,
    worsens,
    adapts,
    walks,
)


def between(one: float, other: float) -> str:
    """Where a change leads from and to, if two digits show it."""
    return f"from {spoken(one)} to {spoken(other)}" if spoken(one) != spoken(other) else f"a little, from {spoken(one)}"
