"""A model that runs are trained to fit: its data, and what all those trainings have in common."""

import math
from dataclasses import dataclass, replace
from typing import Any
from weakref import ref

from landscapes import Regression
from landscapes.datasets import SHIPPED, Data, Table, made, shipped
from optim_core import Batches, Clip, Optimizer, Printed, Schedule, Training, train

from .. import limits
from ..cache import bounded
from ..page.data import stored
from ..page.state import State
from ..page.train import FILE, GOAL, LINEAR, LOGISTIC, TrainSettings
from ..page.train import LOOKED as SEEN
from ..page.trained import per_epoch

LOOKED = (*SEEN, "goal")  # settings that change no number of a training
ABOVE = 1.03  # times the lowest loss: what is to be reached where nothing is said,
CERTAIN = 0.1  # or where the log loss has no lowest
OF_MADE = ("n", "d", "noise", "condition", "rare", "weights")  # those that matter to made data alone


class Unknown(LookupError):
    """A file that nobody has sent here, by its fingerprint."""


@dataclass(frozen=True)
class Course:
    """All that the runs of a training have in common. What is made of the data raises ValueError and Unknown."""

    settings: TrainSettings
    clip: Clip | None

    @property
    def data(self) -> Data:
        return data(self.settings)

    @property
    def regression(self) -> Regression:
        return _models(self.data, self.settings.l2)[0]

    @property
    def validation(self) -> Regression | None:
        return _models(self.data, self.settings.l2)[1]

    @property
    def n(self) -> int:
        """Samples that train."""
        return len(self.data.target)

    @property
    def d(self) -> int:
        return self.data.features.shape[1]

    @property
    def per_epoch(self) -> int:
        return per_epoch(self.settings, self.n)

    @property
    def steps(self) -> int:
        return self.per_epoch * self.settings.epochs

    @property
    def seeds(self) -> int:
        """Shuffles that are trained: as many as are asked for, or as there is room for."""
        return max(min(self.settings.seeds, limits.TRAIN_CELLS // (self.n * self.d)), 1)

    @property
    def every(self) -> int:
        """So many steps lie between two that the page is told of."""
        return max(math.ceil(self.steps * self.d / limits.TRAIN_RECORDED), 1)

    def batches(self, place: int | None) -> Batches | Printed:
        """Which samples each step sees; `place`: of a run among those that the listing trains one after the other."""
        one = self.settings
        if place is not None:
            return Printed(place, one.seed, one.batch)
        return Batches(one.batch, one.order, self.seeds)

    def trained(
        self, optimizer: Optimizer, schedule: Schedule | None = None, place: int | None = None, **stretch: Any
    ) -> Training:
        """An optimizer's training, or the stretch of it that `since` and `until` of `optim_core.train` say."""
        asked = self.settings.epochs, None, schedule, self.clip
        told = {"validation": self.validation, "every": self.every}
        return train(optimizer, self.regression, self.batches(place), *asked, **told, **stretch)


def course(state: State) -> Course:
    return Course(_numbers_only(state.train), state.weather.clip)


def _numbers_only(settings: TrainSettings) -> TrainSettings:
    """The settings that decide a number."""
    unused = () if settings.is_made else OF_MADE
    plain = {
        name: getattr(TrainSettings, name) for name in (*LOOKED, *unused, *(() if settings.data == FILE else ("file",)))
    }
    return replace(settings, **plain)


def goal(state: State, course: Course) -> float:
    """The loss that is to be reached: the one that is asked for, or one that can be."""
    if state.train.goal is not None:
        return state.train.goal
    lowest = course.regression.lowest
    if not lowest or not math.isfinite(lowest):
        return CERTAIN
    if state.train.is_made and course.data.kind == "linear":
        return GOAL
    digits = 1 - math.floor(math.log10(ABOVE * lowest))
    return math.ceil(ABOVE * lowest * 10**digits) / 10**digits


# --- the data -------------------------------------------------------------------------------------------------------


def table(settings: TrainSettings) -> Table | None:
    """The table that is chosen; None: the data are made. Raises Unknown, and ValueError where no file is chosen."""
    if settings.data in SHIPPED:
        return shipped(settings.data)
    if settings.data != FILE:
        return None
    if not settings.file:
        raise ValueError("choose a CSV file: it is kept in memory alone")
    found = stored(settings.file)
    if found is None:
        raise Unknown(settings.file)
    return found


def data(settings: TrainSettings) -> Data:
    """The samples, as the model is trained on them. Raises Unknown, and ValueError with the reason in words."""
    found = table(settings)
    return _made(_of_data(settings)) if found is None else _read(found, _of_data(settings))


def _of_data(settings: TrainSettings) -> TrainSettings:
    """What of the settings the samples depend on."""
    names = ("data", "file", "target", "seed", "model", "standard", "intercept", "validation")
    kept = (*names, *OF_MADE) if settings.is_made else names
    return TrainSettings(**{name: getattr(settings, name) for name in kept})


@bounded()
def _made(one: TrainSettings) -> Data:
    kind = LOGISTIC if one.model == LOGISTIC else LINEAR
    how = {"standard": one.is_standard, "intercept": one.has_intercept, "validation": one.held_out, "split": one.seed}
    return made(one.n, one.d, one.noise, one.condition, one.rare, one.weights, one.seed, kind, **how)


@bounded()
def _read(found: Table, one: TrainSettings) -> Data:
    kind = None if one.model == "auto" else one.model
    return found.data(one.target or None, kind, one.is_standard, one.has_intercept, one.held_out, one.seed)


@bounded(known=lambda samples, l2: (ref(samples), l2))
def _models(samples: Data, l2: float) -> tuple[Regression, Regression | None]:
    """The model on the samples that train, and on those kept apart, whose loss has no part of L2."""
    apart = samples.validation
    train = Regression(samples.features, samples.target, samples.kind, l2)
    return train, None if apart is None else Regression(*apart, samples.kind)
