"""The training of each run, cut into tiles: each is a pure function of a course, a subject, and what it goes on from.

A tile is a stretch of epochs, about 30 ms of them. What it hands on as its `checkpoint`, the next stretch of the same
subject is given: parameters and memory after its last epoch. The first stretches of all subjects come first.
"""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from optim_core import Checkpoint, Optimizer, Training

from .. import limits
from ..page.numbers import brief
from ..page.settings import Number
from ..page.state import State
from ..page.train import TARGET_LOSS, TrainSettings
from ..page.trained import per_epoch, too_large
from ..protocol import Forged
from ..screen.arrays import small
from . import asked
from .asked import Course, Subject

Array = np.ndarray
MOST = 20.0  # s that all trainings of a page may take where they are made at once, about
COST = "cost"  # of a subject: what it takes to train it as the listing does
SECONDS = 0.03  # that a tile may take, about. It is counted, not measured: every server cuts the same work alike
STEP, SEED, CELL = 15e-6, 3e-6, 2.5e-9  # s that a step takes, each further shuffle of it, and a feature of a sample


def parts(state: State, course: Course) -> list[str]:
    """The names of all tiles, in the order in which they should be computed."""
    subjects = dict.fromkeys(asked.subject(state, run).spelled for run in state.runs)
    return [f"{subject}|{first}-{last}" for first, last in stretches(course) for subject in subjects]


def stretches(course: Course) -> list[tuple[int, int]]:
    """Epochs from and up to, of each tile."""
    many = max(int(SECONDS / _epoch(course)), 1)
    marks = [*range(0, course.settings.epochs, many), course.settings.epochs]
    return list(pairwise(marks))


def soon(state: State) -> bool:
    """Whether all trainings of a page can be had at once."""
    course = asked.course(state)
    return _epoch(course) * course.settings.epochs * len(state.runs) <= MOST


def _epoch(course: Course) -> float:
    """s that an epoch takes, about."""
    steps = course.per_epoch * (STEP + (course.seeds - 1) * SEED)
    return steps + 4 * CELL * course.n * course.d * course.seeds


def piece(key: str, part: str, given: str) -> dict[str, Any]:
    """The arrays of a tile. Raises Forged for one that no page asks for, and fitting.Unknown."""
    spelled, _, stretch = part.rpartition("|")
    if stretch == COST:
        return cost(key, spelled, given)
    course, subject = _read(key, spelled)
    found = {f"{first}-{last}": (first, last) for first, last in stretches(course)}
    if stretch not in found:
        raise Forged("tile: there is no such part")
    first, last = found[stretch]
    return told(trained(course, subject, first, last, given), last == course.settings.epochs)


def _read(key: str, spelled: str) -> tuple[Course, Subject]:
    course, subject = asked.read(key, spelled)
    if too_large(course.settings, course.n):
        raise Forged("tile: there is no such work")
    return course, subject


def trained(course: Course, subject: Subject, first: int, last: int, given: str = "") -> Training:
    """A subject from one epoch to another. Raises Forged where what is given is not its state after the first."""
    since = _since(course, subject, first, given)
    return course.trained(subject.optimizer, subject.schedule, subject.place, since=since, until=last)


def _since(course: Course, subject: Subject, first: int, given: str) -> Checkpoint | None:
    if bool(given) != bool(first):
        raise Forged("given: what the stretch before has handed on is expected")
    if not first:
        return None
    try:
        since = Checkpoint.from_text(given, subject.optimizer, course.d, course.seeds)
    except ValueError as why:
        raise Forged(f"given: {why}") from None
    if (since.epoch, since.t) != (first, first * course.per_epoch):
        raise Forged("given: the state after another epoch is expected")
    return since


def told(made: Training, is_last: bool) -> dict[str, Any]:
    """What the page is told of a stretch: of the first shuffle every step, of all of them every epoch.

    `m` recorded steps, `E` epochs, `K` shuffles, `d` parameters; of the first epoch's row 0 is what it began from.
    """
    arrays = {
        "at": made.at.astype(float),  # (m + 1,) the steps that are recorded
        "params": small(made.params[..., 0]),  # (m + 1, d)
        "effective_lr": small(made.effective_lr[..., 0]),  # (m, d)
        "rms_grad": small(made.rms_grad[..., 0]),  # (m, d)
        "weights": made.weights[..., 0],  # (E + 1, d)
        "during": made.during,  # (E, K)
        "diverged_at": made.diverged_at.astype(float),  # (K,) the first step that is not finite, -1 none
        "checkpoint": "" if is_last else made.checkpoint.to_text(),
    }
    per_epoch = ("loss", "validation", "accuracy", "validation_accuracy")  # (E + 1, K) each
    arrays |= {name: found for name in per_epoch if (found := getattr(made, name)) is not None}
    return arrays


# --- what the listing costs -----------------------------------------------------------------------------------------


def costs(settings: TrainSettings) -> bool:
    """Whether it is said what it costs to train as the listing does: where that does not take long."""
    return settings.printed and per_epoch(settings, settings.n) * settings.epochs <= limits.COSTED_STEPS


def counts_steps(optimizer: Optimizer) -> bool:
    """Whether its steps depend on how many it has made, beside what it remembers of them."""
    here, one = np.zeros(1), np.ones(1)
    with np.errstate(all="ignore"):
        _, state, _ = optimizer.update(one, optimizer.init(here), here, 1)
        soon, late = (optimizer.update(0.5 * one, state, here, t)[0] for t in (2, 1000))
    return bool(soon[0] != late[0])


def cost(key: str, spelled: str, given: str) -> dict[str, Any]:
    """How many epochs a subject needs to the loss that is `given`, as printed and in the fair race, in words.

    As printed is its way alone: its losses are divided by the number of all batches here, as they should be.
    """
    course, subject = _read(key, spelled)
    goal = _goal(given)
    if not costs(course.settings):
        raise Forged("tile: there is no such part")
    fair = replace(course, settings=replace(course.settings, printed=False))
    as_printed = trained(course, subject, 0, course.settings.epochs).during
    one = _epochs_to(as_printed * max(course.n // course.settings.batch, 1) / course.per_epoch, goal)
    other = _epochs_to(trained(fair, replace(subject, place=None), 0, course.settings.epochs).during, goal)
    return {"said": f"needs {one} to a loss of {brief(goal)} where t starts anew, and {other} in the fair race"}


def _goal(given: str) -> float:
    try:
        return Number(TARGET_LOSS).read(given)
    except ValueError:
        raise Forged("given: the loss to be reached is expected") from None


def _epochs_to(during: Array, goal: float) -> str:
    """The median over the shuffles (E, K), in words; one that never gets there is later than all."""
    below = during < goal
    middle = float(np.median(np.where(below.any(axis=0), below.argmax(axis=0) + 1, np.inf)))
    if not np.isfinite(middle):
        return f"more than {len(during)} epochs"
    return f"{brief(middle)} epoch{'' if middle == 1 else 's'}"
