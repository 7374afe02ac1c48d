"""The command `downslope train`: mini-batch training on data, on the terminal and in files."""

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..export import train_code, train_data
from ..export.train_data import Trained
from ..page import weather
from ..page.data import keep
from ..page.labels import met
from ..page.names import perhaps
from ..page.numbers import exact, plain
from ..page.state import State
from ..page.train import DATA, FILE
from ..protocol import Mistake
from ..train import asked as training
from ..train import work
from ..train.look import goal, said
from ..walks.fitting import Unknown
from . import asked
from .terminal import aligned
from .working import Way, carry_out, perform

EXAMPLE = "downslope train --data made --optimizer adam~lr=.01 --epochs 50 --batch 32 --seed 42 --json -"
SETTINGS = {
    "data": ("NAME|FILE", f"{', '.join(name for name, _ in DATA if name != FILE)}, or a CSV file; else made"),
    "target": ("COLUMN", "of a table: the column that is told from the others; else the last that can be"),
    "n": ("N", "of made data: samples; else 1000"),
    "d": ("N", "features; else 10"),
    "noise": ("NUMBER", "in the target; else 0.5"),
    "condition": ("NUMBER", "the largest scale of a feature, divided by the smallest; else 1"),
    "rare": ("SHARE", "of the features that are 0 in 95 of 100 samples; else 0"),
    "weights": ("NUMBER", "the size of the true weights; else 2"),
    "seed": ("N", "which numbers are drawn, and which samples are held out; else 42"),
    "model": ("KIND", "linear or logistic; else what fits the target"),
    "standard": ("0|1", "whether features get mean 0 and deviation 1; else those of a table"),
    "intercept": ("0|1", "whether there is a feature that is always 1; else with a table"),
    "validation": ("SHARE", "of the samples that are held out; else 0.2 of a table"),
    "l2": ("NUMBER", "this times half the squared weights is added to the loss; else 0"),
    "batch": ("N", "samples of a batch; else 32"),
    "epochs": ("N", "how often each sample is seen; else 50"),
    "order": ("N", "seed of the starts and the shuffles; else 0"),
    "shuffles": ("N", "how often each run is trained, from one seed to the next; else 5"),
    "goal": ("LOSS", "during an epoch, to be reached; else 0.3, or near the lowest"),
}
FLAGS = {"as-printed": ("printed", "train as the listing of an introductory text does, with its mistakes")}
FILES = {
    "csv": "every epoch of every run as a table",
    "json": "the same as JSON, with the steps of the first shuffle",
    "samples": "the data as the model sees them, as a table",
} | {name: f"the training as a script for {one.name}" for name, one in train_code.LIBRARIES.items()}
COMMON = {
    "optimizer": (
        asked.OPTIONS["optimizer"][0],
        "a run, or a library’s call; may be repeated; else AdaGrad, RMSProp, Adam, SGD",
    ),
    "schedule": asked.OPTIONS["schedule"],
    "weather": ("clip=KIND,NUMBER", "how their gradients are clipped, as clip=norm,1 or clip=value,0.5"),
}
WORD = asked.Word(
    "train",
    "Fit a linear model to data by mini-batches, and say how soon and how well each run does it.",
    EXAMPLE,
    FILES,
    "train",
    SETTINGS,
    flags=FLAGS,
    hidden=("file",),
    common=COMMON,
)


def main(argv: Sequence[str]) -> int:
    """Do what the arguments of `downslope train` say; 2 where they cannot be used, 130 after a Ctrl+C."""
    return perform(
        WORD, argv, partial(carry_out, Way(lambda state: state.runs, "training", _found, _writer, table)), _read
    )


def _read(options: Namespace) -> None:
    """Keeps the file that the data are read from, and puts its fingerprint in its place. Raises Mistake."""
    name = asked.one(options, "data")
    if name is None or name in dict(DATA):
        return
    try:
        raw = Path(name).read_bytes()
    except OSError as reason:
        known = {known: (label,) for known, label in DATA if known != FILE}
        near = perhaps(name, known)
        raise Mistake(f"--data: “{name}” is not {', '.join(known)}, and no file: {reason.strerror}{near}") from None
    try:
        fingerprint, _ = keep(raw)
    except ValueError as reason:
        raise Mistake(f"--data: {name}: {reason}") from None
    options.data, options.file = [FILE], [fingerprint]


def _found(state: State, counted: Callable[..., None], do: Any) -> list[Trained]:
    """Raises Mistake for weather that no training meets, and for a file that is not here."""
    if state.weather != replace(weather.FAIR, clip=state.weather.clip):
        raise Mistake("--weather: of all weather only clip acts on a training, as in clip=norm,1")
    try:
        return train_data.trained(state, counted)
    except Unknown:
        raise Mistake("the link names a file by its fingerprint: say which one it is, --data FILE.csv") from None


def _writer(name: str) -> Callable[..., str]:
    if name in train_code.LIBRARIES:
        return lambda state, found, link: train_code.script(name, state)
    if name == "samples":
        return lambda state, found, link: train_data.samples(state)
    return getattr(train_data, name)


def table(state: State, found: list[Trained]) -> str:
    """What came of each run, a line for each; of several shuffles the medians."""
    rows = aligned([_head(state, found[0]), *(_row(state, one) for one in found)])
    return "\n".join([*_about(state), *rows, *_costs(state, found)])


def _costs(state: State, found: list[Trained]) -> Iterator[str]:
    """What it takes to train as the listing does, for each run that it makes a difference to."""
    course = training.course(state)
    for one in found if state.train.printed else []:
        if work.counts_steps(one.run.optimizer):
            subject = training.subject(state, one.run)
            yield f"{one.label} {work.cost(training.key(state), subject.spelled, exact(goal(state, course)))['said']}."


def _about(state: State) -> list[str]:
    course = training.course(state)
    data, one, model = course.data, course.settings, course.regression
    held = "" if data.validation is None else f", {len(data.validation[1])} held out"
    batches = f"{course.per_epoch} batches of {one.batch}" if course.per_epoch > 1 else "one batch"
    shuffles = f", {course.seeds} shuffles: medians" if course.seeds > 1 else ""
    least = [f"lowest possible loss: {plain(model.lowest)}"] if model.lowest is not None else []
    return [
        f"{dict(DATA)[one.data]}: {course.n} samples{held}, {course.d} features, {data.kind} regression",
        f"{one.epochs} epochs of {batches}{shuffles}",
        *least,
        *data.notes,
        *filter(None, [met(state)]),
        *said(state, course),
    ]


def _head(state: State, one: Trained) -> list[str]:
    during = "as printed" if state.train.printed else "during the last"
    others = ["validation"] * (one.made.validation is not None) + ["accuracy"] * (one.made.accuracy is not None)
    return [
        "run",
        f"epochs to {plain(goal(state, training.course(state)))}",
        during,
        "on all data",
        *others,
        "diverged at",
    ]


def _row(state: State, one: Trained) -> list[str]:
    made = one.made
    epochs = made.epochs_to(goal(state, training.course(state)))
    to_goal = float(np.median(np.where(epochs < 0, np.inf, epochs)))
    ends = [made.during, made.loss, *(each for each in (made.validation, made.accuracy) if each is not None)]
    diverged = made.diverged_at[made.diverged_at >= 0]
    at = f"step {int(np.median(diverged))}" if len(diverged) else ""
    lost = f" ({len(diverged)} of {len(made.diverged_at)})" if 0 < len(diverged) < len(made.diverged_at) else ""
    return [one.label, plain(to_goal) if np.isfinite(to_goal) else "", *map(_median, ends), at + lost]


def _median(rows: np.ndarray) -> str:
    value = float(np.median(rows[-1]))
    return plain(value) if np.isfinite(value) else ""
