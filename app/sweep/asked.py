"""What a tab's settings ask for: which walks, on which course, and how that is written down.

A course is what all walks of a sweep have in common; its query is the key of the work. A subject is one optimizer with
its own schedule and fork, but for the numbers that are swept: runs that differ in nothing else share it, and a run
whose memory is changed is another one, while the others stay what they were.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from optim_core import Constant, Fork, Optimizer, Schedule, hypers

from ..page import schedules
from ..page.scales import to_position, to_value
from ..page.spelled import fork_written, written
from ..page.state import Run, State
from ..page.sweep import SweepSettings
from ..page.swept import RATE, chosen, pair
from ..protocol import Forged
from ..walks.rates import Course, course

Array = np.ndarray


@dataclass(frozen=True)
class Subject:
    """Who walks: an optimizer, whose swept numbers stand at their defaults, with its schedule and its fork."""

    optimizer: Optimizer
    schedule: Schedule | None
    fork: Fork | None

    @property
    def spelled(self) -> str:
        """As a run of an address has it."""
        own = f"~schedule={schedules.written(self.schedule)}" if self.schedule else ""
        return written(self.optimizer) + own + (f"~fork={fork_written(self.fork)}" if self.fork else "")


def key(state: State) -> str:
    """A query that says all of a course, and nothing that changes no number of it."""
    asked = course(state)
    own = _numbers_only(asked.settings, state)
    bare = State(asked.landscape, (), asked.start, asked.n_steps, weather=asked.weather, sweep=own)
    return bare.to_query()


def _numbers_only(settings: SweepSettings, state: State) -> SweepSettings:
    """The settings that decide a number."""
    kept = {name: getattr(settings, name) for name in ("kind", "rates", "low", "high", "target")}
    if settings.kind == "race":
        kept["starts"] = settings.starts
    if settings.kind == "grid":
        kept |= zip(("across", "up"), pair(settings, chosen(state).optimizer), strict=False)
    return SweepSettings(**kept)


def subject(state: State, run: Run) -> Subject:
    return _subject(state.sweep, run, state.schedule_of(run))


def _subject(settings: SweepSettings, run: Run, schedule: Schedule | None) -> Subject:
    swept = pair(settings, run.optimizer) if settings.kind == "grid" else (RATE,)
    plain = {name: type(run.optimizer).__dataclass_fields__[name].default for name in swept}
    changing = None if isinstance(schedule, Constant) else schedule
    return Subject(replace(run.optimizer, **plain), changing, run.fork)


@lru_cache(maxsize=512)
def read(key: str, spelled: str) -> tuple[Course, Subject]:
    """The course and the subject of a tile. Raises Forged for what no page asks."""
    (state, odd), (alone, wrong) = State.from_query(key), State.from_query(f"run={spelled}")
    if odd or wrong or "&" in spelled:
        raise Forged("tile: there is no such work")
    asked = course(state)
    return asked, _subject(asked.settings, alone.runs[0], alone.runs[0].schedule)


def along(asked: Course, optimizer: Optimizer, name: str) -> Array:
    """The values of a number that is swept: the rates, or evenly on the scale of its slider."""
    if name == RATE:
        return asked.rates
    declared = hypers(optimizer)[name]
    low, high = (to_position(declared, end) for end in declared.range)
    places = np.linspace(low, high, asked.settings.rates)
    return np.array([to_value(declared, place) for place in places.tolist()])


def at(optimizer: Optimizer, name: str, place: float) -> Optimizer:
    """The optimizer with one of its numbers at this place of its slider."""
    return replace(optimizer, **{name: to_value(hypers(optimizer)[name], place)})


def budget(asked: Course) -> int:
    """Evaluations of the gradient that the choice of one run's rate takes in a race."""
    return asked.settings.rates * asked.settings.starts * asked.n_steps
