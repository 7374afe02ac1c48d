"""Trainings of a page: those to begin with, what is said of them, and how long one may be."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from landscapes.datasets import SHIPPED
from optim_core import Batches

from .. import limits
from ..protocol import Forged
from .given import word
from .numbers import exact
from .state import State
from .train import DATA, EXPERIMENTS, LOOKED, TrainSettings

TAB = "train"
MAKING = "y = X·w + noise, with X and w from N(0, 1), w times the size of the weights."
KEPT = "Your file is kept in memory alone, and goes when there is no more room."
YOURS = "A training of your own. “Try…” brings back one of those to begin with."


@lru_cache
def experiment(name: str) -> State:
    """A training to begin with, as a state."""
    return State.from_query(f"tab={TAB}&{EXPERIMENTS[name].query}")[0]


def other_experiment(state: State, kind: str, value: Any) -> State:
    """One to begin with: its data, its settings and its runs; all else stays."""
    if word(value) not in EXPERIMENTS:
        raise Forged("no such experiment")
    found = experiment(value)
    view = replace(state.view, step=None)
    return replace(state, runs=found.runs, train=found.train, schedule=found.schedule, view=view)


def shows(state: State) -> str:
    """What one sees while the state is a training to begin with; else nothing."""
    seen = {_numbers(experiment(name)): one.shows for name, one in EXPERIMENTS.items()}
    return seen.get(_numbers(state), "")


def _numbers(state: State) -> tuple[Any, ...]:
    looked = {name: getattr(TrainSettings, name) for name in LOOKED}
    return replace(state.train, **looked), state.runs, state.schedule, state.weather.clip


def called(state: State) -> str:
    """What the data are called."""
    return dict(DATA)[state.train.data].partition(":")[0]


def shown(state: State) -> dict[str, dict[str, Any]]:
    """What is taken where nothing is chosen, and what the data are called: kind -> key -> what."""
    one = state.train
    switches = {f"{TAB}.standard": one.is_standard, f"{TAB}.intercept": one.has_intercept}
    return {
        "switch": switches,
        "number": {f"{TAB}.validation": exact(one.held_out)},
        "say": {f"{TAB}.name": called(state), f"{TAB}.about": _about(one)},
    }


def _about(settings: TrainSettings) -> str:
    """Where the data are from."""
    if settings.is_made:
        return MAKING
    known = SHIPPED.get(settings.data)
    return f"{known.source}. Licence: {known.licence}." if known else KEPT


def dead(settings: TrainSettings) -> Iterator[tuple[str, str]]:
    """Controls of it that can do nothing now, and why."""
    if settings.printed:
        yield from ((f"{TAB}.{name}", "the listing has one order of its own") for name in ("shuffles", "order"))
    if not settings.is_made:
        yield f"{TAB}.printed", "the listing makes its own data"


def per_epoch(settings: TrainSettings, n: int) -> int:
    """Batches of an epoch over n samples."""
    return Batches(settings.batch).per_epoch(n)


def too_large(settings: TrainSettings, n: int | None = None) -> str:
    """Why a training on n samples takes too long, in words; "" where it does not, or nobody knows how many there are.

    Of made data it is known.
    """
    n = settings.n if n is None and settings.is_made else n
    if n is None:
        return ""
    batches, epochs = per_epoch(settings, n), settings.epochs
    if batches > limits.EPOCH_STEPS:
        least = -(-n // limits.EPOCH_STEPS)
        return f"{batches:,} batches an epoch are too many: take {least} samples or more for each"
    if batches * epochs > limits.TRAIN_STEPS:
        return f"{batches:,} batches × {epochs:,} epochs are too many steps: at most {limits.TRAIN_STEPS:,}"
    if settings.printed and n * epochs > limits.PRINTED_DRAWS:
        return f"as printed {n:,} samples × {epochs:,} epochs are too many: at most {limits.PRINTED_DRAWS:,}"
    return ""
