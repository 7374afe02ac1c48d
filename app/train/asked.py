"""What a tab's settings ask for: which data, which model, who is trained on it, and how that is written down.

A course is what all runs of a training have in common; its query is the key of the work. A subject is one optimizer
with its own schedule: runs that differ in nothing else share it, and a run whose rate is moved is another one, while
the others stay what they were. Where the listing's one stream of random numbers goes through all runs, its place is
part of it too.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import ceil

from landscapes import Regression
from landscapes.datasets import SHIPPED, Data, Table, made, shipped
from optim_core import Batches, Clip, Constant, Optimizer, Printed, Schedule

from .. import limits
from ..page import schedules, train, weather
from ..page.data import stored
from ..page.spelled import written
from ..page.state import Run, State
from ..page.train import FILE, LINEAR, LOGISTIC, TrainSettings
from ..page.trained import TAB, per_epoch
from ..page.view import View
from ..protocol import Forged

LOOKED = (*train.LOOKED, "goal")  # settings that change no number of a training
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
        return max(ceil(self.steps * self.d / limits.TRAIN_RECORDED), 1)

    def batches(self, place: int | None) -> Batches | Printed:
        """Which samples each step sees; `place`: of a run among those that the listing trains one after the other."""
        one = self.settings
        if place is not None:
            return Printed(place, one.seed, one.batch)
        return Batches(one.batch, one.order, self.seeds)


@dataclass(frozen=True)
class Subject:
    """Who is trained: an optimizer with its schedule, and where the listing is followed its place among the runs."""

    optimizer: Optimizer
    schedule: Schedule | None
    place: int | None = None

    @cached_property
    def spelled(self) -> str:
        """As a run of an address has it, and its place."""
        own = f"~schedule={schedules.written(self.schedule)}" if self.schedule else ""
        return written(self.optimizer) + own + ("" if self.place is None else f"|{self.place}")


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


@lru_cache(maxsize=4)
def _made(one: TrainSettings) -> Data:
    kind = LOGISTIC if one.model == LOGISTIC else LINEAR
    how = {"standard": one.is_standard, "intercept": one.has_intercept, "validation": one.held_out, "split": one.seed}
    return made(one.n, one.d, one.noise, one.condition, one.rare, one.weights, one.seed, kind, **how)


@lru_cache(maxsize=4)
def _read(found: Table, one: TrainSettings) -> Data:
    kind = None if one.model == "auto" else one.model
    return found.data(one.target or None, kind, one.is_standard, one.has_intercept, one.held_out, one.seed)


@lru_cache(maxsize=4)
def _models(samples: Data, l2: float) -> tuple[Regression, Regression | None]:
    """The model on the samples that train, and on those kept apart, whose loss has no part of L2."""
    apart = samples.validation
    train = Regression(samples.features, samples.target, samples.kind, l2)
    return train, None if apart is None else Regression(*apart, samples.kind)


# --- as work --------------------------------------------------------------------------------------------------------


def course(state: State) -> Course:
    return Course(_numbers_only(state.train), state.weather.clip)


def _numbers_only(settings: TrainSettings) -> TrainSettings:
    """The settings that decide a number."""
    unused = () if settings.is_made else OF_MADE
    plain = {
        name: getattr(TrainSettings, name) for name in (*LOOKED, *unused, *(() if settings.data == FILE else ("file",)))
    }
    return replace(settings, **plain)


def key(state: State) -> str:
    """A query that says all of a course, and nothing that changes no number of it."""
    one = course(state)
    rough = replace(weather.FAIR, clip=one.clip)
    return State(view=View(tab=TAB), weather=rough, train=one.settings).to_query()


def subject(state: State, run: Run) -> Subject:
    schedule = state.schedule_of(run)
    changing = None if isinstance(schedule, Constant) else schedule
    return Subject(run.optimizer, changing, state.runs.index(run) if state.train.printed else None)


@lru_cache(maxsize=512)
def read(key: str, spelled: str) -> tuple[Course, Subject]:
    """The course and the subject of a tile. Raises Forged for what no page asks."""
    one = read_course(key)
    run, _, place = spelled.partition("|")
    alone, wrong = State.from_query(f"run={run}")
    if wrong or "&" in run or bool(place) != one.settings.printed or place not in ("", *PLACES):
        raise Forged("tile: there is no such work")
    found = alone.runs[0]
    return one, Subject(found.optimizer, found.schedule, int(place) if place else None)


@lru_cache(maxsize=64)
def read_course(key: str) -> Course:
    """The course of a key. Raises Forged for what is none."""
    state, odd = State.from_query(key)
    if odd or state.view.tab != TAB:
        raise Forged("tile: there is no such work")
    return course(state)


PLACES = tuple(map(str, range(limits.RUNS)))
