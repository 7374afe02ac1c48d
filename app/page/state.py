"""All there is to know about a page, and its one written form: the query of its address."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from landscapes import Formula, Surface, layers, wrapped
from optim_core import NOTATIONS, OPTIMIZERS, SGD, Constant, Fork, Letters, Optimizer, Schedule, Weather

from .. import limits
from . import areas, schedules, settings, viewed, weather
from .basins import BasinsSettings
from .declared import USUAL, Declared
from .fields import Notice, clean, decoded
from .lesson import PHASES, TRY
from .lessons import load
from .numbers import exact, point
from .scenes import SCENES, STEPS_UNSAID
from .slots import slot_for
from .spelled import SLUGS, fork_written, slug_of, written
from .sweep import SweepSettings
from .train import OWN_RUNS, TrainSettings
from .view import COURSE, OF_LESSON, View, view_text
from .window import room


@dataclass(frozen=True)
class Run:
    """One optimizer on the map. Its slot gives it colour and marker and stays with it for life; see `slots`."""

    optimizer: Optimizer
    slot: int
    name: str = ""  # empty: what `labels` makes of its optimizer
    pinned: bool = False  # a ghost to compare with: master controls leave it alone
    schedule: Schedule | None = None  # of its learning rate; None: that of all runs
    fork: Fork | None = None  # which optimizer took its first steps


ASKED = {
    "sweep": SweepSettings,
    "basins": BasinsSettings,
    "train": TrainSettings,
}  # field of a State and of the query -> its settings
RUNS_OF_TABS = {"train": OWN_RUNS}  # where those of a surface would show nothing
MODEL = {"f": "landscape", "run": "runs", "start": "start", "steps": "n_steps", "weather": "weather"} | {
    name: name for name in ("schedule", *ASKED)
}  # key of the query -> the field of a State that decides what is computed
KEYS = (*MODEL, *View.__dataclass_fields__)  # of the query


def placed(optimizers: Iterable[tuple[Optimizer, str]]) -> tuple[Run, ...]:
    """A run for each optimizer and its name, each in the slot that a new run takes; as many as there are slots."""
    runs: list[Run] = []
    for optimizer, name in optimizers:
        runs.append(Run(optimizer, slot_for(optimizer, {run.slot for run in runs}), name))
    return tuple(runs)


@dataclass(frozen=True)
class State:
    """A page: hashable, comparable, cacheable.

    Without runs it is the scene of its surface, or of its tab: those runs, and the surface's steps unless `n_steps`
    says how many. `start` None is the surface's own. In a lesson all that its phase gives is as its address has it,
    and of the target's controls only those that are free move anything.
    """

    landscape: Surface = USUAL
    runs: tuple[Run, ...] = ()
    start: tuple[float, float] | None = None
    n_steps: int = 0
    view: View = View()
    weather: Weather = weather.FAIR  # what the runs are told of the gradient
    schedule: Schedule = Constant()  # of the learning rate of every run that has none of its own
    sweep: SweepSettings = SweepSettings()
    basins: BasinsSettings = BasinsSettings()
    train: TrainSettings = TrainSettings()

    def __post_init__(self) -> None:
        if opens := opening(self.view):
            self._follow(opens)
        own = None if self.runs else own_scene(self.landscape, self.view.tab)
        landscape = _without_start(self.landscape)
        start = self.landscape.start if self.start is None else self.start
        given = {
            "landscape": landscape,
            "runs": own.runs if own else self.runs,
            "n_steps": self.n_steps or (own.n_steps if own else STEPS_UNSAID),
            "start": None if start == landscape.start else start,
        }
        for name, value in given.items():
            object.__setattr__(self, name, value)

    def _follow(self, opens: "State") -> None:
        """Take over from what a lesson opens with all that is not free in its phase."""
        free = free_in(self.view)
        for name in MODEL.values():
            if name not in free:
                object.__setattr__(self, name, getattr(opens, name))
        if "start" not in free and self.start is not None:
            object.__setattr__(self, "start", inside(self.landscape, self.start))
        if self.view.tab != opens.view.tab:
            object.__setattr__(self, "view", dataclasses.replace(self.view, tab=opens.view.tab))

    @property
    def veil(self) -> int | None:
        """How many steps may be known while a lesson waits for an answer; None: all of them."""
        view = self.view
        if not view.lesson or not view.phase.startswith(PHASES[0]):
            return None
        asked = load(view.lesson)
        return asked.questions[asked.question(view.phase)].shown

    @property
    def begin(self) -> tuple[float, float]:
        return self.landscape.start if self.start is None else self.start

    @property
    def letters(self) -> Letters:
        return NOTATIONS[self.view.letters]

    def schedule_of(self, run: Run) -> Schedule:
        return run.schedule or self.schedule

    def is_scheduled(self, run: Run) -> bool:
        """Whether the learning rate of a run changes over time."""
        return not isinstance(self.schedule_of(run), Constant)

    def to_query(self) -> str:
        """The query, beginning with "?", or nothing for the default page; only what is not default is written."""
        return "?" + "&".join(self._fields()) if self != State() else ""

    def _fields(self) -> Iterator[str]:
        opens = opening(self.view)
        for name in OF_LESSON:
            if (value := getattr(self.view, name)) != getattr(State.view, name):
                yield f"{name}={view_text(name, value)}"
        if opens is None or self.model() != opens.model():
            yield from self._said()
        usual = opens.view if opens else State.view
        for name, value in dataclasses.asdict(self.view).items():
            if name not in OF_LESSON and value != getattr(usual, name):
                yield f"{name}={view_text(name, self.n_steps if name == 't' and value is None else value)}"

    def model(self) -> dict[str, Any]:
        """All of it that decides what is computed."""
        return {name: getattr(self, name) for name in MODEL.values()}

    def _said(self) -> Iterator[str]:
        if self.landscape != State.landscape or self.view.lesson:  # there it says that the rest is said
            yield f"f={written(self.landscape)}"
        own = own_scene(self.landscape, self.view.tab)
        is_own = self.runs == own.runs
        if not is_own:
            for place, run in enumerate(self.runs):
                expected = slot_for(run.optimizer, {one.slot for one in self.runs[:place]})
                yield f"run={written(run.optimizer)}" + "".join(_run_extras(run, expected))
        if self.start is not None:
            yield f"start={exact(self.start[0])},{exact(self.start[1])}"
        if self.n_steps != (own.n_steps if is_own else STEPS_UNSAID):
            yield f"steps={self.n_steps}"
        if self.weather != State.weather:
            yield f"weather={weather.written(self.weather)}"
        if self.schedule != State.schedule:
            yield f"schedule={schedules.written(self.schedule)}"
        for name in ASKED:
            if asked := settings.written(getattr(self, name)):
                yield f"{name}={asked}"

    @classmethod
    def from_query(cls, query: str | bytes) -> "tuple[State, list[Notice]]":
        """The state that a query means, and a notice for every value that had to be changed. Never raises."""
        reader = _Reader(query)
        over = reader.lesson()
        opens = opening(over)
        own = opens is None or (over.phase == TRY and "f" in reader.fields)
        model = reader.model() if own else opens.model()
        n_steps = opens.n_steps if opens and "n_steps" not in free_in(over) else model["n_steps"]
        state = cls(**model, view=viewed.read(reader, n_steps, over))
        if opens:
            reader.left_out(state)
        return reader.fitting(state), reader.notices


def opening(view: View) -> State | None:
    """What a lesson opens with in its phase; None where there is no lesson."""
    return _opening(view.lesson, view.phase) if view.lesson else None


@lru_cache(maxsize=256)
def _opening(lesson: str, phase: str) -> State:
    return State.from_query(load(lesson).opens(phase))[0]


def asked_of(lesson: str, place: int) -> State:
    """What a question of a lesson is asked of."""
    return _opening(lesson, PHASES[2 * place])


def free_in(view: View) -> frozenset[str]:
    """The fields of a State that may be other ones than a lesson opens with in this phase."""
    return areas.moved_by(load(view.lesson).target.unlock) if view.phase == TRY else frozenset()


def _without_start(surface: Surface) -> Surface:
    """A surface as an address has it: where a typed one says itself where to begin, that is for the page to say."""
    core, around = layers(surface)
    if not isinstance(core, Formula) or core == _plain(core.text, core.window):
        return surface
    return wrapped(_plain(core.text, core.window), around)


_plain = lru_cache(Formula)


@lru_cache(maxsize=64)
def state_of(query: str) -> State:
    """The state of an address that was read before: whoever read it first has told its notices."""
    return State.from_query(query)[0]


@lru_cache
def scene(name: str, slug: str = "") -> State:
    """A scene as a state: on a surface that it shows, or on the one where it opens."""
    opens, *_ = SCENES[name].shows
    return State.from_query(f"f={slug or opens}&{SCENES[name].query}")[0]


def own_scene(landscape: Surface, tab: str = View.tab) -> State:
    """The scene of a surface; that of the default one where it has none. Some tabs have runs of their own instead."""
    slug = slug_of(landscape)
    return _own_scene(slug if slug in SCENES else SLUGS[type(State.landscape)], RUNS_OF_TABS.get(tab, ""))


@lru_cache
def _own_scene(name: str, runs: str) -> State:
    found = scene(name)
    return dataclasses.replace(found, runs=State.from_query(runs)[0].runs) if runs else found


def shows(state: State) -> str:
    """What one sees while the state is a scene, whatever the view; else nothing."""
    slug = slug_of(state.landscape)
    seen = [one.shows[slug] for name, one in SCENES.items() if slug in one.shows and _is(state, scene(name, slug))]
    return seen[0] if seen else ""


def _is(state: State, other: State) -> bool:
    tabs = {name: getattr(other, name) for name in ASKED}
    return dataclasses.replace(state, view=other.view, **tabs) == other


def inside(landscape: Surface, point: tuple[float, float]) -> tuple[float, float]:
    """The point of the surface's room nearest to `point`."""
    (x0, x1), (y0, y1) = room(landscape)
    return min(max(point[0], x0), x1) + 0.0, min(max(point[1], y0), y1) + 0.0


def _run_extras(run: Run, expected: int | None) -> Iterator[str]:
    if run.slot != expected:
        yield f"~slot={run.slot}"
    if run.pinned:
        yield "~pinned=1"
    if run.schedule:
        yield f"~schedule={schedules.written(run.schedule)}"
    if run.fork:
        yield f"~fork={fork_written(run.fork)}"
    if run.name:
        yield f"~name={quote(run.name, safe='').replace('~', '%7E')}"


def _each_run(state: State, **changes: Any) -> State:
    return dataclasses.replace(state, runs=tuple(dataclasses.replace(run, **changes) for run in state.runs))


LIGHTER: dict[str, Callable[[State], State]] = {  # what an address may do without
    "the names of the runs": lambda state: _each_run(state, name=""),
    "the forks and schedules of the runs": lambda state: _each_run(state, fork=None, schedule=None),
    "the settings of the tabs": lambda state: dataclasses.replace(
        state, **{name: getattr(State, name) for name in ASKED}
    ),
    "the weather": lambda state: dataclasses.replace(state, weather=State.weather, schedule=State.schedule),
}


class _Reader(Declared):
    """What the fields of an address mean."""

    def runs(self) -> tuple[Run, ...]:
        texts = self.fields.get("run", [])
        if len(texts) > limits.RUNS:
            self.note("runs", str(len(texts)), "are too many", f"the first {limits.RUNS} are kept")
        runs: list[Run] = []
        for place, raw in enumerate(texts[: limits.RUNS]):
            runs.append(self._run(place, raw, {run.slot for run in runs}))
        return tuple(runs)

    def fitting(self, state: State) -> State:
        """The state without what makes its own address longer than can be read."""
        for what, lighter in LIGHTER.items():
            if self.is_long and len(state.to_query()) > limits.QUERY_BYTES:
                state = lighter(state)
                self.note(what, "", "would make this address too long", "left out")
        return state

    def chosen(self, name: str) -> str:
        return decoded(self.one(name) or "")

    def schedule(self) -> Schedule:
        text = self.chosen("schedule")
        return schedules.read("schedule", text, self) if text else State.schedule

    def asked(self) -> dict[str, Any]:
        """The settings of the tabs."""
        return {name: settings.read(cls, name, self.chosen(name), self) for name, cls in ASKED.items()}

    def start(self, landscape: Surface) -> tuple[float, float] | None:
        raw = self.one("start")
        if raw is None:
            return None
        try:
            x, y = point(decoded(raw))
        except ValueError:
            self.note("start", decoded(raw), "is not two numbers", "the surface's own is used")
            return None
        if inside(landscape, (x, y)) != (x, y):
            (x0, x1), (y0, y1) = room(landscape)
            where = f"outside x {x0:g} to {x1:g}, y {y0:g} to {y1:g}"
            self.note("start", decoded(raw), f"lies {where}", "it was moved to their edge")
        return inside(landscape, (x, y))

    def lesson(self) -> View:
        """What is looked at before anything is said of it: as a lesson's address has it, in the phase that is meant."""
        over = viewed.lesson(self)
        opens = opening(over)
        if opens is None:
            return over
        if {COURSE, opens.view.tab} & {*viewed.hidden(self)}:
            self.note("lesson", over.lesson, "is hidden by this link", "left out")
            return View(short=over.short, course=over.course)
        asked = dataclasses.asdict(over)
        own = {name: asked[name] for name in OF_LESSON}
        said = viewed.said(self, over, lambda place: len(asked_of(over.lesson, place).runs))
        return dataclasses.replace(opens.view, step=None, **own | {"said": said})

    def model(self) -> dict[str, Any]:
        """All that decides what is computed, as it is said."""
        landscape, runs = self.landscape(), self.runs()
        unsaid = STEPS_UNSAID if runs else own_scene(landscape).n_steps
        said = {"landscape": landscape, "runs": runs, "n_steps": self.whole("steps", limits.STEPS, unsaid)}
        said |= {"start": self.start(landscape), "weather": weather.read(self.chosen("weather"), self)}
        return said | {"schedule": self.schedule(), **self.asked()}

    def left_out(self, state: State) -> None:
        """Note what is said of a lesson's page and is not so there."""
        known = [*self.notices]
        said = State(**self.model(), view=View(tab=state.view.tab))
        self.notices = known
        for key, name in MODEL.items():
            if key in self.fields and getattr(said, name) != getattr(state, name):
                self.note(key, "", "is not for this page of the lesson to say", "left out")
        own = opening(state.view).start
        if own is not None and inside(state.landscape, own) != own and "start" not in self.fields:
            self.note("start", "", "of this lesson lies outside", "it was moved to the surface's edge")

    def _run(self, place: int, raw: str, taken: set[int]) -> Run:
        where = f"run {place + 1}"
        optimizer, rest = self.declared(where, raw, OPTIMIZERS, SGD())
        free = slot_for(optimizer, taken)
        slot, given, pinned = rest.pop("slot", ""), rest.pop("name", ""), rest.pop("pinned", "0")
        name = clean(given, limits.NAME_LENGTH)
        if name != given:
            self.note(f"{where}, name", given, "is too long or cannot be shown", f"it is kept as “{name}”")
        if pinned not in ("0", "1"):
            self.note(f"{where}, pinned", pinned, "must be 0 or 1", "0 is used")
        own, fork = rest.pop("schedule", ""), rest.pop("fork", "")
        self.leave_out(where, rest, optimizer)
        wanted = int(slot) if slot.isascii() and slot.isdigit() and len(slot) == 1 else free
        if slot and (wanted in taken or wanted >= limits.RUNS or str(wanted) != slot):
            self.note(f"{where}, slot", slot, "is not free", "the next free one is used")
            wanted = free
        schedule = schedules.read(f"{where}, schedule", own, self) if own else None
        return Run(optimizer, wanted, name, pinned == "1", schedule, self._fork(where, fork) if fork else None)

    def _fork(self, where: str, text: str) -> Fork | None:
        """What a run was before, from "50,adam,lr=0.1"; what it does not declare is left out."""
        at, _, declared = text.partition(",")
        if not (at.isascii() and at.isdigit() and limits.STEPS[0] <= int(at[:9]) <= limits.STEPS[1]):
            self.note(f"{where}, fork", at, f"is not a step from {limits.STEPS[0]} to {limits.STEPS[1]}", "left out")
            return None
        raw = quote(declared.replace(",", "~"), safe="~=")
        optimizer, rest = self.declared(f"{where}, fork", raw, OPTIMIZERS, SGD())
        self.leave_out(f"{where}, fork", rest, optimizer)
        return Fork(optimizer, int(at))
