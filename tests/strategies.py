"""What the tests draw from: valid states, gestures of any kind, settings of every optimizer, and recorded walks."""

import dataclasses
import itertools
import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st

from app import limits
from app.page import ground_edits, lessons, run_edits
from app.page import said as answers
from app.page import settings as asked
from app.page import weather as rough
from app.page.fields import clean
from app.page.lesson import NO_IDEA, PHASES, Question
from app.page.numbers import exact
from app.page.scenes import SCENES, STEPS_UNSAID
from app.page.state import ASKED, Run, State, asked_of, free_in, inside, opening, own_scene, scene
from app.page.train import EXPERIMENTS
from app.page.view import AREAS, CHOICES, View
from app.page.viewed import many, shortened
from app.screen.arrays import PLANES
from app.walks.simulate import Course, Walk
from landscapes import LANDSCAPES, TRANSFORMS, ElongatedValley, Formula, Surface, wrapped
from optim_core import (
    OPTIMIZERS,
    SCHEDULES,
    Clip,
    Constant,
    Cosine,
    Drift,
    Fork,
    Hyper,
    Optimizer,
    Pulse,
    Schedule,
    Stairs,
    Trajectory,
    WarmUp,
    Weather,
    hypers,
    run,
)

# --- states ---------------------------------------------------------------------------------------------------------


def values(declared: Hyper) -> st.SearchStrategy[Any]:
    """Anything that is valid, often something a person would choose."""
    if declared.scale == "switch":
        return st.booleans()
    low, high = declared.bounds
    usual = [value for value in (low, 1e-8, 0.045, 0.5, 0.999, 1, 1.2, 300.0, *declared.range) if low <= value <= high]
    return st.sampled_from(usual) | st.floats(low, min(high, 1.7976931348623157e308))


def any_of(registry: dict[str, type]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(cls, **{name: values(declared) for name, declared in hypers(cls).items()})
        for cls in registry.values()
    )


names = st.sampled_from(["", "a~b", "x&y=z", "50 % of it", "<b>bold</b>", '"it\'s"', "two words", "été", "🚀", "a+b"])
names = (names | st.text(max_size=30)).map(lambda text: clean(text, limits.NAME_LENGTH))
shares = st.sampled_from([0.0, 1.0]) | st.floats(0, 1)
areas = st.sets(st.sampled_from(AREAS)).map(lambda chosen: tuple(area for area in AREAS if area in chosen))
views = st.builds(
    View,
    **{name: st.sampled_from(allowed) for name, allowed in CHOICES.items()},
    t=st.none() | st.integers(0, limits.STEPS[1] - 1),
    step=st.none() | st.integers(0, limits.TRAIN_STEPS),
    hide=areas,
    lock=areas,
)
any_optimizer = any_of(OPTIMIZERS)


def _setting(what: asked.Setting) -> st.SearchStrategy[Any]:
    """Anything that a setting of a tab may be."""
    if isinstance(what, asked.Number):
        low, high = map(math.ceil, what.declared.bounds)
        some = st.integers(low, high) if what.whole else values(what.declared)
        return st.none() | some if what.unset else some
    if isinstance(what, asked.Choice):
        return st.sampled_from([word for word, _ in what.words])
    if isinstance(what, asked.Flag):
        return st.sampled_from([None, True, False] if what.unset else [True, False])
    if isinstance(what, asked.Text):
        return st.sampled_from(["", "0" * 64, "0af3" * 16]) if what.pattern else names
    if isinstance(what, asked.Places):
        some = st.lists(st.integers(0, 99), min_size=what.least, max_size=what.most, unique=True)
        return st.just(()) | some.map(tuple)
    if isinstance(what, asked.Slot):
        return st.none() | st.integers(0, limits.RUNS - 1)
    return st.sampled_from(["", *asked.NAMES])


@st.composite
def any_settings(draw: Any, tab: str) -> Any:
    """Settings of a tab, often its own, that go together."""
    cls = ASKED[tab]
    if draw(st.booleans()):
        return cls()
    chosen = cls(**{name: draw(_setting(what)) for name, what in asked.settings_of(cls).items()})
    wrong = asked.odd(chosen)
    return dataclasses.replace(chosen, **{name: getattr(cls, name) for name in wrong[0]}) if wrong else chosen


TYPED = (
    "x^2/2 + y^2 + sin(3*x)",
    "(1-x)^2 + 100*(y-x^2)^2",
    "log(x*y)",
    "abs(x) + max(y, -y/2)",
    "1e90*x^2 + y",
    "1/x",
)
ODD = (  # what somebody may type all the same: holes, no slope, kinks, and numbers at the end of what a float holds
    *("x - x", "0*sqrt(x)", "1e90 + x", "sqrt(-x^2-y^2)", "log(x*y)", "1/(x^2+y^2)", "abs(x) + max(y, -y/2)"),
    *("1e90*x^2 + y^2", "1e-320*(x^2+y)", "exp(exp(exp(x))) + y", "x^-50 + y^50", "exp(-1e9*(x^2+y^2))", "x^x + y^y"),
    *("1e100*(1e100*(1e100*(1e100*x)))", "1e100*(1e100*(1e100*(8e7*(x+y))))", "tan(10*x) + asin(y)"),
)
windows = st.sampled_from([((-2.0, 2.0), (-2.0, 2.0)), ((0.5, 4.0), (-1.0, 1e3)), ((1e-6, 3e-6), (-1e6, 1e6))])
typed = st.builds(Formula, st.sampled_from(TYPED), windows)


@st.composite
def surfaces(draw: Any) -> Surface:
    """Any surface, with any transforms around it."""
    core = draw(typed) if draw(st.sampled_from([False] * 9 + [True])) else draw(any_of(LANDSCAPES))
    kinds = draw(st.permutations(list(TRANSFORMS.values())))[: draw(st.sampled_from([0, 0, 0, 1, 2, 5]))]
    return wrapped(core, [kind(core, *(draw(values(how)) for how in hypers(kind).values())) for kind in kinds])


any_surface = surfaces()


def _numbers(draw: Any, kind: rough.Kind, weather: Weather) -> Weather:
    for knob in kind.numbers(weather):
        low, high = map(math.ceil, knob.declared.bounds)
        value = draw(st.integers(low, min(high, 10**6)) if knob.whole else values(knob.declared))
        weather = knob.put(weather, value)
    return weather


@st.composite
def weathers(draw: Any) -> Weather:
    """Any weather, often fair."""
    weather = rough.FAIR
    for kind in rough.KINDS.values():
        if draw(st.sampled_from([False, False, True])):
            word = draw(st.sampled_from([word for word, _ in kind.words])) if kind.words else ""
            weather = _numbers(draw, kind, kind.choose(weather, word))
    return weather


def _scheduled(known: dict[str, type[Schedule]]) -> st.SearchStrategy[Schedule]:
    return any_of({name: cls for name, cls in known.items() if cls is not WarmUp})


any_schedule = _scheduled(SCHEDULES) | st.builds(WarmUp, values(hypers(WarmUp)["steps"]), _scheduled(SCHEDULES))
any_fork = st.builds(Fork, any_optimizer, st.integers(*limits.STEPS))


@st.composite
def some_runs(draw: Any, slots: Iterable[int]) -> tuple[Run, ...]:
    """A run in each of these slots, a few of them forked or with a schedule of their own."""
    seldom = st.sampled_from([False, False, False, True])
    return tuple(
        Run(
            draw(any_optimizer),
            slot,
            draw(names),
            draw(st.booleans()),
            draw(any_schedule) if draw(seldom) else None,
            draw(any_fork) if draw(seldom) else None,
        )
        for slot in slots
    )


@st.composite
def states(draw: Any) -> State:
    """Any valid state."""
    landscape = draw(any_surface)
    slots = draw(st.permutations(range(limits.RUNS)))[: draw(st.integers(1, limits.RUNS))]
    runs = draw(some_runs(slots))
    (x0, x1), (y0, y1) = landscape.domain
    share_x, share_y = draw(st.none() | st.tuples(shares, shares)) or (None, None)
    start = None if share_x is None else inside(landscape, (x0 + share_x * (x1 - x0), y0 + share_y * (y1 - y0)))
    n_steps = draw(st.integers(*limits.STEPS))
    if draw(st.booleans()):  # near a scene: its runs and steps, or one of the two, or those of another surface
        some = draw(st.sampled_from([own_scene(landscape), *map(scene, SCENES)]))
        runs = draw(st.sampled_from([runs, some.runs]))
        n_steps = draw(st.sampled_from([n_steps, some.n_steps, STEPS_UNSAID]))
    view = draw(views)
    view = view if (view.t or 0) < n_steps else dataclasses.replace(view, t=0)
    schedule = draw(st.just(Constant()) | any_schedule)
    tabs = {tab: draw(any_settings(tab)) for tab in ASKED}
    return State(landscape, runs, start, n_steps, view, draw(weathers()), schedule, **tabs)


@st.composite
def taught(draw: Any) -> State:
    """Any page of a lesson: any phase, with any answers, and what its target gives free moved anywhere."""
    name = draw(st.sampled_from(lessons.LESSONS))
    short = draw(st.booleans())
    lesson = lessons.load(name)
    phase = draw(st.sampled_from(lesson.phases(short)))
    opens = opening(View(lesson=name, phase=phase))
    given = [draw(_answers(one, many(one, len(asked_of(name, n).runs)))) for n, one in enumerate(lesson.questions)]
    over = {
        "lesson": name,
        "phase": phase,
        "said": shortened(given),
        "reason": draw(st.sampled_from(["", "0", "1", "2"])),
        "short": "on" if short else "off",
        "course": tuple(draw(st.lists(st.sampled_from(lessons.LESSONS), unique=True, max_size=4))),
        "lang": draw(st.sampled_from(lessons.LANGS)),
    }
    looked = {one: draw(st.sampled_from(CHOICES[one])) for one in draw(st.sets(st.sampled_from(LOOKS), max_size=4))}
    view = dataclasses.replace(opens.view, step=None, **looked, **over)
    moved = draw(states()).model()
    state = State(**opens.model() | {name: moved[name] for name in free_in(view)}, view=view)
    if state.view.t is not None and state.view.t >= state.n_steps:
        state = dataclasses.replace(state, view=dataclasses.replace(view, t=None))
    return dataclasses.replace(state, start=inside(state.landscape, state.begin))


LOOKS = ("map", "theme", "letters", "present", "detail", "panel")


def _answers(asked_for: Question, many: int) -> st.SearchStrategy[str]:
    """What can be said to a question, as an address has it."""
    numbers = st.floats(*(asked_for.range or (-5.0, 5.0)))
    some = st.lists(st.integers(0, many - 1), unique=True, min_size=1)
    said = {
        "drag": numbers.map(exact),
        "click": st.tuples(numbers, numbers).map(lambda point: ",".join(map(exact, point))),
        "pick": some.map(lambda places: ",".join(map(str, sorted(places)))),
        "curve": st.integers(0, many - 1).map(str),
        "rank": st.permutations(range(many)).map(lambda places: ",".join(map(str, places))),
    }
    return st.sampled_from(["", NO_IDEA]) | said[asked_for.gesture].map(
        lambda text: answers.read(asked_for, many, text)
    )


# --- gestures -------------------------------------------------------------------------------------------------------

KEYS = [
    "surface",
    "scene",
    "experiment",
    "surface.kappa",
    "surface.b",
    "add",
    "start",
    "start.x",
    "start.y",
    "steps",
    "playhead",
    "playhead.train",
    "reset",
]
KEYS += [f"run.{place}.{what}" for place in (0, 1, 7) for what in ("optimizer", "name", "pin", "duplicate", "remove")]
KEYS += [f"run.{place}.{what}" for place in (0, 3) for what in ("up", "down", "lr", "beta2", "eps", "centered", "rho")]
KEYS += [f"{slug}.{name}" for slug, kind in TRANSFORMS.items() for name in hypers(kind)]
KEYS += ["formula.text", "formula.x0", "formula.y1"]
KEYS += [f"weather.{name}" for name in rough.KINDS] + ["weather.noise.x", "weather.seed.first", "weather.drift.at"]
KEYS += [f"{whose}schedule{which}" for whose in ("", "run.0.") for which in ("", ".gamma", ".then", ".then.every")]
KEYS += ["run.0.fork", "run.0.join", "weather.clip.most", "weather.pulse.every"]
KEYS += [f"master.{shared}" for shared in run_edits.MASTERS] + [
    f"master.{shared}.equal" for shared in run_edits.MASTERS
]
KEYS += ["preset.textbook", "preset.beta.0.9", *(f"view.{name}" for name in CHOICES)]
KEYS += [f"{tab}.{name}" for tab, cls in ASKED.items() for name in asked.settings_of(cls)]
KEYS += [f"lesson.{name}" for name in ("open", "phase", "said", "reason", "course", "leave", "way")] + ["view.short"]
KINDS = ["slider", "number", "choice", "switch", "text", "action", "point"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=5,
)
usual = st.sampled_from(
    [
        *OPTIMIZERS,
        *LANDSCAPES,
        *SCENES,
        *EXPERIMENTS,
        *SCHEDULES,
        ground_edits.OWN,
        "norm",
        "formula",
        "x*y",
        "x",
        "jump",
        "0.1",
        "0",
        "1e-8",
        "300",
        "log",
        "side",
        "dark",
        "sweep",
        "grid",
        "made",
        "1,3",
        "L05",
        "L21",
        "L99",
        *PHASES,
        "no",
        "2,0,1",
        "7",
        "",
    ]
)
usual |= st.floats(-10, 4) | st.booleans() | st.integers(0, 200) | st.tuples(st.floats(), st.floats()).map(list)
gestures = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from(KEYS), usual | json_values)
    | st.tuples(st.text(max_size=8), st.text(max_size=12), json_values),
    max_size=8,
)


# --- optimizers and walks -------------------------------------------------------------------------------------------


def settings(cls: type[Optimizer], shares: Iterable[float] = (0.61,)) -> Iterator[Optimizer]:
    """Every combination of flags, with the numbers at their defaults and at odd places of their ranges."""
    declared = hypers(cls)
    flags = [name for name, declaration in declared.items() if declaration.scale == "switch"]
    spans = {name: declaration.range for name, declaration in declared.items() if name not in flags}
    for values in itertools.product((False, True), repeat=len(flags)):
        chosen = dict(zip(flags, values, strict=True))
        yield cls(**chosen)
        for share in shares:
            yield cls(**chosen, **{name: low + share * (high - low) for name, (low, high) in spans.items()})


SWITCHES = {0.0, 1.0}  # where a library may leave a whole branch out: no memory, no decay, no change of a rate


def odd_settings(optimizer: type[Optimizer]) -> Iterator[Optimizer]:
    """Every combination of flags, with defaults, with every number at each end of its bounds, with odd numbers."""
    declared = hypers(optimizer)
    flags = [name for name, field in declared.items() if field.scale == "switch"]
    numbers = {name: field for name, field in declared.items() if name not in flags}
    for values in itertools.product((False, True), repeat=len(flags)):
        base = optimizer(**dict(zip(flags, values, strict=True)))
        yield base
        for name, field in numbers.items():
            for end in field.bounds:
                if math.isfinite(end):
                    yield dataclasses.replace(base, **{name: end})
        for share in (0.13, 0.61):
            odd = {name: low + share * (high - low) for name, field in numbers.items() for low, high in [field.range]}
            yield dataclasses.replace(base, **odd)


def corners(cls: type[Optimizer], together: int = 2) -> Iterator[dict[str, Any]]:
    """Every combination of flags, with each number at each bound of its that is a switch, and with every two there.

    The other numbers stand where nothing is switched off: a corner of one number may show only where another has none.
    """
    declared = hypers(cls)
    flags = [name for name, declaration in declared.items() if declaration.scale == "switch"]
    ends = {name: sorted(SWITCHES & {*map(float, declared[name].bounds)}) for name in declared if name not in flags}
    calm = {name: _calm(declared[name], getattr(cls(), name)) for name in ends}
    for chosen in itertools.product((False, True), repeat=len(flags)):
        for names in (some for n in range(1, together + 1) for some in itertools.combinations(ends, n)):
            for values in itertools.product(*(ends[name] for name in names)):
                yield calm | dict(zip(names, values, strict=True)) | dict(zip(flags, chosen, strict=True))


def _calm(declared: Hyper, default: float) -> float:
    """The default, or a value that is no switch."""
    low, high = declared.range
    return default if default not in SWITCHES else low + 0.4 * (min(high, 1.0) - low) if low < 1 else 1.4


class Given:
    """A landscape whose gradient at step t is row t - 1 of an array, wherever the walk stands."""

    def __init__(self, gradients: np.ndarray) -> None:
        self.rows = iter([*gradients, np.zeros_like(gradients[0])])

    def loss(self, params: np.ndarray) -> np.ndarray:
        return params.sum(axis=0)

    def grad(self, params: np.ndarray) -> np.ndarray:
        return next(self.rows)


def columns(walk: Trajectory) -> dict[str, Any]:
    """Every array of a trajectory with a number for each walk, those of its state too, which this setting remembers."""
    record = {name: value for name, value in vars(walk).items() if name not in ("state", "offsets")}
    return record | {f"state.{name}": field for name, field in walk.state._asdict().items() if field is not None}


class Arrays:
    """A surface that is walked on through arrays."""

    def __init__(self, surface: Surface) -> None:
        self.start, self.loss, self.grad = surface.start, surface.loss, surface.grad


def walk(
    optimizer: Optimizer,
    surface: Surface | None = None,
    n_steps: int = 100,
    start: tuple[float, float] | None = None,
    weather: Weather = rough.FAIR,
    schedule: Schedule | None = None,
    fork: Fork | None = None,
) -> Walk:
    """A run of its own, in slot 0, on the elongated valley unless told otherwise."""
    there = surface or ElongatedValley()
    course = Course(there, start or there.start, n_steps, weather, schedule, fork)
    made = run(optimizer, there, start, n_steps, weather, schedule, fork)
    return Walk(Run(optimizer, 0, schedule=schedule, fork=fork), optimizer.label, made, course)


ROUGH: dict[str, Weather] = {  # every kind of weather alone, and all of them together
    "noise": Weather(noise=(0.5, 2.0), batch=4.0, seed=3),
    "sparse": Weather(sparse=(0.8, 0.3), seed=1),
    "pulse in x": Weather(pulse=Pulse(3, 3.0, 0)),
    "pulse in y": Weather(pulse=Pulse(5, 0.0, 1)),
    "steady drift": Weather(drift=Drift((0.02, -0.01))),
    "jump": Weather(drift=Drift((0.5, 0.25), 7)),
    "clipped by norm": Weather(clip=Clip(norm=2.0)),
    "clipped by value": Weather(clip=Clip(value=1.5)),
    "all, by norm": Weather(0.3, 4.0, 5, 1, (0.9, 0.4), Pulse(5, 3.0), Drift((0.01, 0.0)), Clip(norm=3.0)),
    "all, by value": Weather((0.0, 1.0), 1.0, 2, 1, 0.7, Pulse(4, 2.0, 1), Drift((0.1, 0.1), 9), Clip(value=4.0)),
}
SCHEDULED: dict[str, Schedule] = {name: cls() for name, cls in SCHEDULES.items()}
SCHEDULED["warm-up"] = WarmUp(8, Cosine())
SCHEDULED["stairs"] = Stairs(10, 0.3)


# --- messages as the browser reads them ------------------------------------------------------------------------------


def unframed(raw: bytes) -> Any:
    """The message that `frame` made bytes of, its arrays as arrays; messages are dictionaries and lists."""
    end = 4 + int.from_bytes(raw[:4], "little")
    numbers = np.frombuffer(raw[end:], np.uint8).reshape(PLANES, -1).T.tobytes()

    def revived(value: dict[str, Any]) -> Any:
        if value.keys() - {"shape"} != {"at", "n", "dtype"}:
            return value
        return np.frombuffer(numbers, f"<{value['dtype']}", value["n"], value["at"]).reshape(value.get("shape", -1))

    return json.loads(raw[4:end], object_hook=revived)
