"""What came of each run, in a row of numbers: for the table under the map. Pure numpy; its status is its `fate`."""

import dataclasses
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from landscapes import Surface
from optim_core import (
    PAPER,
    Convention,
    Letters,
    Optimizer,
    conventions_of,
    differently,
    expression,
    follows,
    matters,
    values,
)

from ..metrics import excess, norm
from ..page.labels import in_words
from ..page.names import continued
from ..page.numbers import brief
from .fates import Fate, diagonal, fate
from .simulate import Simulation, Walk

Array = np.ndarray

APART = 1e-3  # of the map's diagonal: from here on two paths are seen to differ
TOLERANCE = 1e-3  # loss − minimum at which a run counts as arrived, unless told otherwise

RULES = {"loss": "loss − minimum (the loss, where no minimum is known)", "gradient": "the gradient's length"}


@dataclass(frozen=True)
class Row:
    """A run's results. Lengths are in the units of the map."""

    slot: int
    label: str
    settings: str  # what differs from the optimizer's defaults, "" for none
    final_loss: float | None  # None if it diverged
    best_loss: float | None  # the smallest finite one, None if there is none
    best_step: int | None  # where it was first reached
    arrived: int | None  # the first step with loss − minimum <= the tolerance; None: never, or no minimum is known
    stays: int | None  # the step from which on that holds to the end; None: it does not
    distance: float | None  # from the last point to the nearest global minimum; None if diverged or none is known
    path_length: float  # of all finite steps
    detour: float | None  # the path's length over the straight way from its start to its end; None if it diverged
    memory: int  # numbers per parameter it remembers from one step to the next
    fate: Fate
    share: str = ""  # of many seeds: how many met this fate

    @property
    def status(self) -> str:
        """What became of it, in words."""
        return f"{self.fate.kind}, {self.share}" if self.share else self.fate.words


class Now(NamedTuple):
    """A run at one step: where it stands after it, and how the step itself was made."""

    t: int
    x: float
    y: float
    loss: float
    gradient: float  # its length, at that point
    effective_lr: tuple[float, float] | None  # of the step that led there; None before the first
    rms_grad: tuple[float, float] | None
    step: float | None  # how long that step was
    told: tuple[float, float] | None  # what that step was told of the gradient


class Apart(NamedTuple):
    """How far a walk strays from another one, start and number of steps being the same."""

    largest: float  # the largest distance at one step, infinite if only one of them diverges
    first_step: int | None  # the first with a distance above APART of the diagonal


class Difference(NamedTuple):
    """How far the walk of another convention strays from this one, start and number of steps being the same."""

    convention: Convention
    optimizer: Optimizer  # that walks the other way
    largest: float  # the largest distance at one step, infinite if only one of them diverges
    share: float  # the same as a share of the map's diagonal
    first_step: int | None  # the first with a distance above APART of the diagonal
    turned: bool  # whether this walk is the one of those who differ, and the other the optimizer's own


def rows(sim: Simulation, tolerance: float = TOLERANCE) -> list[Row]:
    """A row for each walk, in the order of the runs; of many seeds the medians."""
    how = sim.state.landscape, tolerance, sim.state.letters
    return [_median([row(one, *how) for one in walk.seeds]) if walk.fan else row(walk, *how) for walk in sim.walks]


MEDIANS = ("final_loss", "best_loss", "best_step", "arrived", "stays", "distance", "path_length", "detour")


def _median(rows: list[Row]) -> Row:
    """The row of many seeds: each number's median, where none is above all others, and what most of them met."""
    kind, many = Counter(one.fate.kind for one in rows).most_common(1)[0]
    like = next(one for one in rows if one.fate.kind == kind)
    return dataclasses.replace(
        like,
        **{name: _middle([getattr(one, name) for one in rows]) for name in MEDIANS},
        share=f"{many} of {len(rows)} seeds",
    )


def _middle(numbers: Sequence[float | None]) -> float | None:
    """The median, which like the numbers may be none; of whole ones the lower of the two in the middle."""
    ordered = sorted(math.inf if one is None else one for one in numbers)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    middle = low if isinstance(low, int) else (low + high) / 2
    return middle if middle < math.inf else None


def row(walk: Walk, surface: Surface, tolerance: float = TOLERANCE, letters: Letters = PAPER) -> Row:
    trajectory, best = walk.trajectory, best_step(walk)
    ends = walk.diverged_at is None and surface.lowest is not None
    return Row(
        slot=walk.run.slot,
        label=walk.label,
        settings=settings(walk.run.optimizer, letters),
        final_loss=walk.final_loss,
        best_loss=None if best is None else float(trajectory.loss[best]),
        best_step=best,
        arrived=None if surface.lowest is None else first_step(walk, surface, "loss", tolerance),
        stays=None if surface.lowest is None else lasting_step(walk, surface, "loss", tolerance),
        distance=float(surface.distance(trajectory.on_surface[-1])) if ends else None,
        path_length=path_length(walk),
        detour=detour(walk),
        memory=walk.run.optimizer.n_remembered,
        fate=fate(walk, surface),
    )


def path_length(walk: Walk) -> float:
    """The sum of the lengths of all finite steps."""
    lengths = norm(walk.trajectory.delta)
    return float(lengths[np.isfinite(lengths)].sum())


def detour(walk: Walk) -> float | None:
    """How many times as long as the straight way from its start to its end a path is; None if it has no such end."""
    points = walk.trajectory.params
    straight = math.dist(points[0], points[-1]) if walk.diverged_at is None else 0.0
    return max(path_length(walk) / straight, 1.0) if straight else None  # rounding takes a straight one below it


def settings(optimizer: Optimizer, letters: Letters = PAPER) -> str:
    """The hyper-parameters that differ from their defaults: "η 0.05, β₂ 0.99, eps inside"."""
    declared = type(optimizer).__dataclass_fields__
    changed = (name for name, value in values(optimizer).items() if value != declared[name].default)
    return in_words(optimizer, changed, letters=letters)


def best_step(walk: Walk) -> int | None:
    """The step with the smallest finite loss, the first if there are several."""
    loss = walk.trajectory.loss
    finite = np.isfinite(loss)
    return int(np.where(finite, loss, np.inf).argmin()) if finite.any() else None


def first_step(walk: Walk, surface: Surface, rule: Literal["loss", "gradient"], threshold: float) -> int | None:
    """The first step (0: the start) at which a stopping rule of `RULES` holds: its quantity is <= `threshold`."""
    holds = _holds(walk, surface, rule, threshold)
    return int(holds.argmax()) if holds.any() else None


def lasting_step(walk: Walk, surface: Surface, rule: Literal["loss", "gradient"], threshold: float) -> int | None:
    """The step from which on a stopping rule holds to the end; None where it does not at the end."""
    holds = _holds(walk, surface, rule, threshold)
    broken = np.flatnonzero(~holds)
    since = int(broken[-1]) + 1 if broken.size else 0
    return since if walk.diverged_at is None and since < len(holds) else None


def _holds(walk: Walk, surface: Surface, rule: Literal["loss", "gradient"], threshold: float) -> Array:
    """Whether a rule holds after each step, up to where the walk diverges."""
    curve = excess(walk.trajectory, surface) if rule == "loss" else norm(walk.trajectory.grad)
    return curve[: walk.diverged_at] <= threshold


def now(walk: Walk, t: int) -> Now:
    """A run at step t, 0 <= t <= n_steps; after it diverged some of its numbers are inf or NaN."""
    trajectory = walk.trajectory
    recorded = trajectory.effective_lr, trajectory.rms_grad, trajectory.seen_grad
    *pairs, told = [(float(rows[t - 1, 0]), float(rows[t - 1, 1])) for rows in recorded]
    x, y = trajectory.params[t].tolist()
    return Now(
        t,
        x,
        y,
        float(trajectory.loss[t]),
        float(norm(trajectory.grad[t : t + 1])[0]),
        *(pairs if t else (None, None)),
        float(norm(trajectory.delta[t - 1 : t])[0]) if t else None,
        told if t else None,
    )


def difference(walk: Walk, surface: Surface, convention: Convention) -> Difference | None:
    """How far the other convention's path strays from this walk; None where no optimizer here walks that way."""
    if convention.lost:
        return _until_lost(walk, convention)
    other = differently(walk.run.optimizer, convention)
    if other is None:
        return None
    another = matters(walk.run.optimizer, convention, walk.is_scheduled)
    largest, first = apart(walk, surface, other) if another else Apart(0.0, None)
    turned = walk.run.optimizer != other and follows(walk.run.optimizer, convention)
    return Difference(convention, other, largest, largest / diagonal(surface), first, turned)


def apart(walk: Walk, surface: Surface, other: Optimizer) -> Apart:
    """How far another optimizer's walk, from the same start, strays from this one."""
    if other == walk.run.optimizer:
        return Apart(0.0, None)
    points = walk.trajectory.params
    theirs = walk.by(other)
    ends = [end for end in (walk.diverged_at, int(theirs.diverged_at)) if end is not None and end >= 0]
    with np.errstate(invalid="ignore"):  # both may be infinite
        lengths = norm(theirs.params - points)[: min(ends, default=None)]
    if len(ends) == 1:
        lengths = np.append(lengths, np.inf)
    seen = lengths > APART * diagonal(surface)
    return Apart(float(lengths.max(initial=0.0)), int(seen.argmax()) if seen.any() else None)


def _until_lost(walk: Walk, convention: Convention) -> Difference:
    """How far those stray who walk the same way until they are lost, in this walk's own rounding."""
    optimizer, state = walk.run.optimizer, walk.trajectory.state._asdict()
    names, lost = values(optimizer) | state, expression(convention.lost)
    if any(names[name] is None for name in lost.reads):
        return Difference(convention, optimizer, 0.0, 0.0, None, False)
    with np.errstate(all="ignore"):
        steps = np.flatnonzero((lost.value(names) < 0).any(axis=1))
    first = int(steps[0]) + 1 if steps.size else None
    largest = math.inf if steps.size else 0.0
    return Difference(convention, optimizer, largest, largest, first, False)


def differences(walk: Walk, surface: Surface) -> list[tuple[Convention, Difference | None]]:
    """Every convention of a run's optimizer, and how much the other one would change this very walk."""
    return [(one, difference(walk, surface, one)) for one in conventions_of(walk.run.optimizer)]


def told(one: Convention, strays: Difference | None) -> str:
    """A convention in words, and what the other one would change: for a list beside the run."""
    said = f"{one.here.rstrip('.')} ({_names(one.agree)})."
    if one.there:
        said += f" Elsewhere ({_names(one.differ)}) {continued(one.there)}."
    if strays is None:
        return said
    said += " This run does the latter." if strays.turned else ""
    return f"{said} {on_this_path(strays)}"


def on_this_path(strays: Apart | Difference) -> str:
    """How far two walks stray from each other, in a sentence."""
    if strays.largest == 0:
        return "On this path it is the same."
    if strays.first_step is None:
        return f"On this path nobody would see it: the two are at most {brief(strays.largest)} apart."
    far = (
        "one of the two diverges" if math.isinf(strays.largest) else f"the two are up to {brief(strays.largest)} apart"
    )
    return f"On this path {far}; it shows from step {strays.first_step} on."


def changed(walk: Walk, strays: Difference) -> dict[str, float | bool]:
    """The fields in which the other optimizer differs from the run's; all of its own if it is of another class."""
    mine, other = walk.run.optimizer, strays.optimizer
    fields = dataclasses.asdict(other)
    return {
        name: value for name, value in fields.items() if type(mine) is not type(other) or getattr(mine, name) != value
    }


def _names(who: tuple[str, ...]) -> str:
    return " and ".join([", ".join(who[:-1]), who[-1]] if len(who) > 1 else who)
