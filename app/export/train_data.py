"""A training that a page asks for, whole: of every run each epoch as CSV and as JSON, and the samples themselves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from json import dumps
from typing import Any

import numpy as np

from optim_core import Training, Weather, train, values

from ..page import schedules, settings, weather
from ..page.labels import labels
from ..page.spelled import SLUGS
from ..page.state import Run, State
from ..train import asked
from ..train.look import goal
from ..walks.fitting import LOOKED
from . import cells

Array = np.ndarray
Counted = Callable[[Run, int, int], None]  # (of whom, epochs that are done, epochs)
ABOUT = ("link", "training", "clip", "run", "slot", "optimizer", "settings", "schedule")
COMMON = 3  # of ABOUT, which stand in the first row alone
LOSSES = ("loss", "validation", "accuracy", "validation_accuracy")  # after each epoch, the start among them
SET = "training-set.csv"  # what the file of the samples is called


@dataclass(frozen=True)
class Trained:
    """What came of one run."""

    run: Run
    label: str
    made: Training


def trained(state: State, counted: Counted | None = None) -> list[Trained]:
    """The training of every run. Raises ValueError where there is nothing to train on, LookupError without its file."""
    course, found = asked.course(state), []
    for run, label in zip(state.runs, labels(state.runs, state.letters), strict=True):
        subject = asked.subject(state, run)
        how = {"schedule": subject.schedule, "clip": course.clip, "validation": course.validation}
        how |= {"every": course.every, "progress": counted and (lambda *epochs, run=run: counted(run, *epochs))}
        batches = course.batches(subject.place)
        found.append(
            Trained(run, label, train(subject.optimizer, course.regression, batches, course.settings.epochs, **how))
        )
    return found


# --- as a table -----------------------------------------------------------------------------------------------------


def csv(state: State, found: list[Trained], link: str) -> str:
    """A table as RFC 4180 has it, with a header and one row for each epoch of each shuffle of each run.

    The page's full address, `link`, the settings of the training and the clipping stand in the first row alone. Epoch 0
    is the start. `during` is the mean loss over the batches as they came, `loss` that on all data after the epoch, both
    with L2; `validation` is on the samples kept apart, without; `diverged_at` the step from which a number is not
    finite. Then come the weights, a column for each feature.
    """
    course = asked.course(state)
    names = [cells.text(f"w {name}") for name in course.data.names]
    kept = [name for name in LOSSES if getattr(found[0].made, name) is not None]
    lines = [",".join([*ABOUT, "shuffle", "epoch", "during", *kept, "diverged_at", *names])]
    for one in found:
        about = ",".join([*[""] * COMMON, *map(cells.cell, _who(state, one).values())])
        lines += (f"{about},{numbers}" for numbers in _rows(one.made, kept))
    whole = [link, settings.written(course.settings), weather.written(_clip(state))]
    lines[1] = ",".join(map(cells.text, whole)) + lines[1].removeprefix("," * (COMMON - 1))
    return "\r\n".join([*lines, ""])


def _rows(made: Training, kept: list[str]) -> Iterator[str]:
    """A line for each epoch, shuffle by shuffle."""
    during = np.vstack([np.full_like(made.during[:1], np.nan), made.during])
    for k in range(made.during.shape[1]):
        at = int(made.diverged_at[k])
        columns = [during[:, k], *(getattr(made, name)[:, k] for name in kept)]
        for epoch, numbers in enumerate(zip(*columns, strict=True)):
            diverged = "" if at < 0 else str(at)
            weights = made.weights[epoch, :, k]
            yield ",".join([str(k), str(epoch), *map(_number, numbers), diverged, *map(_number, weights)])


def _number(value: Any) -> str:
    return repr(float(value)) if np.isfinite(value) else ""


def _clip(state: State) -> Weather:
    return replace(weather.FAIR, clip=state.weather.clip)


def _who(state: State, one: Trained) -> dict[str, Any]:
    return {
        "run": one.label,
        "slot": one.run.slot,
        "optimizer": SLUGS[type(one.run.optimizer)],
        "settings": values(one.run.optimizer),
        "schedule": schedules.written(state.schedule_of(one.run)) if state.is_scheduled(one.run) else "",
    }


# --- as JSON --------------------------------------------------------------------------------------------------------


def json(state: State, found: list[Trained], link: str) -> str:
    """An object with the page's full address, `link`, the training and its data, and a list of runs.

    Of each run `during` (epochs, shuffles), and `loss`, `validation` and the accuracies (epochs + 1, shuffles), and
    `weights` (epochs + 1, features, shuffles); null where a number is not finite, or there is none. `steps` are those
    of the first shuffle that are recorded: `at` which, the `params` there, and the effective rate and the RMS gradient
    of the step behind each but the last.
    """
    course = asked.course(state)
    model, data = course.regression, course.data
    whole = {
        "link": link,
        "training": _settings(course),
        "clip": weather.written(_clip(state)),
        "kind": data.kind,
        "samples": len(data.target),
        "held_out": 0 if data.validation is None else len(data.validation[1]),
        "batches_per_epoch": course.per_epoch,
        "target": data.target_name,
        "classes": data.classes,
        "names": data.names,
        "truth": None if data.truth is None else data.truth.tolist(),
        "minimum": None if model.minimum is None else model.minimum.tolist(),
        "lowest": model.lowest,
        "notes": data.notes,
        "runs": [_who(state, one) | _numbers(one.made, goal(state, course)) for one in found],
    }
    return dumps(whole, allow_nan=False)


def _numbers(made: Training, goal: float) -> dict[str, Any]:
    steps = ("effective_lr", "rms_grad", "params")
    return {
        "goal": goal,
        "epochs_to_goal": [None if epoch < 0 else epoch for epoch in made.epochs_to(goal).tolist()],
        "diverged_at": [None if at < 0 else at for at in made.diverged_at.tolist()],
        "during": _nulls(made.during),
        **{name: None if getattr(made, name) is None else _nulls(getattr(made, name)) for name in LOSSES},
        "weights": _nulls(made.weights),
        "steps": {"at": made.at.tolist()} | {name: _nulls(getattr(made, name)[..., 0]) for name in steps},
    }


def _settings(course: asked.Course) -> dict[str, Any]:
    """What decides a number, with what the data have decided."""
    one = course.settings
    decided = {"standard": one.is_standard, "intercept": one.has_intercept, "validation": one.held_out}
    said = {name: getattr(one, name) for name in settings.settings_of(type(one)) if name not in LOOKED}
    return said | decided | {"shuffles": course.seeds}


def _nulls(column: Array) -> list[Any]:
    return np.where(np.isfinite(column), column, None).tolist()


# --- the samples ----------------------------------------------------------------------------------------------------


def samples(state: State) -> str:
    """The data as the model is trained on them: a column for each feature, the target, and whether it is held out."""
    data = asked.course(state).data
    head = [*map(cells.text, data.names), cells.text(data.target_name), "held_out"]
    parts = [(data.features, data.target), *([data.validation] if data.validation else [])]
    rows = [
        ",".join([*map(repr, [*row, aim]), str(place)])
        for place, (features, target) in enumerate(parts)
        for row, aim in zip(features.tolist(), target.tolist(), strict=True)
    ]
    return "\r\n".join([",".join(head), *rows, ""])
