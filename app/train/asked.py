"""What a tab's settings ask for: which data, which model, who is trained on it, and how that is written down.

A course is what all runs of a training have in common; its query is the key of the work. A subject is one optimizer
with its own schedule: runs that differ in nothing else share it, and a run whose rate is moved is another one, while
the others stay what they were. Where the listing's one stream of random numbers goes through all runs, its place is
part of it too.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from optim_core import Constant, Optimizer, Schedule

from .. import limits
from ..page import schedules, weather
from ..page.spelled import written
from ..page.state import Run, State
from ..page.trained import TAB
from ..page.view import View
from ..protocol import Forged
from ..walks.fitting import Course, course


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
