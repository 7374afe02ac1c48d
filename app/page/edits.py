"""What moving a control does to a State: `apply` takes the edits of a gesture to the state it began from.

An edit is `(kind, key, value)`, a `protocol.Edit`: the kind of control ("slider", "number", "choice", "text",
"switch", "action", "point"), which one, and its value. A slider sends its position, a number what was typed.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from landscapes import LANDSCAPES, TRANSFORMS, Formula, FormulaError, layers, with_value, wrapped
from landscapes.formula import FARTHEST
from optim_core import (
    LIBRARIES,
    OPTIMIZERS,
    Convention,
    Fork,
    Hyper,
    Optimizer,
    RMSProp,
    Schedule,
    calls,
    conventions_of,
    differently,
    follows,
    hypers,
    matters,
)

from .. import limits
from ..protocol import Edit, Forged, Mistake
from . import paste, schedules, weather
from .fields import clean
from .numbers import is_number, within
from .promises import barred, kept
from .scales import shift, to_position, to_value
from .scenes import SCENES
from .slots import slot_for
from .state import CHOICES, TOLERANCE, TYPED, YOURS, Run, State, View, inside, own_scene, scene, slug_of
from .window import room

MASTERS = {
    "lr": hypers(RMSProp)["lr"],
    "beta": replace(hypers(RMSProp)["alpha"], symbol="β"),
    "eps": hypers(RMSProp)["eps"],
}
BETAS = {"0.5": 2, "0.9": 10, "0.99": 100}  # presets of β -> about how many steps that remembers
ENDS = ("x0", "x1", "y0", "y1")  # of a window
WINDOW = Hyper("", "an end of the window", (-2, 2), (-FARTHEST, FARTHEST))
OWN = "own"  # the scene of the present surface
STEPS = Hyper("steps", "how many steps each run takes", limits.STEPS, limits.STEPS, "log")


def apply(state: State, edits: Sequence[Edit | tuple[str, str, Any]]) -> tuple[State, dict[str, str]]:
    """The state after a gesture, and for each control whose value could not be used the reason.

    What the address hides or locks is kept: see `promises`.

    Raises Forged for an edit that no control of the page sends.
    """
    messages = {}
    for kind, key, value in edits:
        try:
            state = _shareable(_edit(state, kind, key, value))
        except Mistake as reason:
            messages[key] = str(reason)
    return state, messages


def _shareable(state: State) -> State:
    if len(state.to_query()) > limits.QUERY_BYTES:
        raise Mistake(f"this page would be too long to share: an address has at most {limits.QUERY_BYTES} characters")
    return state


def opened(state: State, edits: Sequence[Edit | tuple[str, str, Any]], messages: Mapping[str, str]) -> int | None:
    """The slot of the copy that the last edit of a gesture made, which led to this state; None: it made none."""
    key = edits[-1][1] if edits else ""
    copied = re.fullmatch(r"run\.(\d)\.duplicate", key)
    return state.runs[int(copied[1]) + 1].slot if copied and key not in messages else None


def notices(edits: Sequence[Edit | tuple[str, str, Any]], messages: Mapping[str, str]) -> list[str]:
    """What has to be said of a gesture that left `messages`, although it did what it could."""
    pasted = [value for _, key, value in edits if key == "paste" and value.strip() and key not in messages]
    return [notice for value in pasted for notice in paste.read(value).notices]


def masters(state: State, shared: str) -> list[tuple[int, str, Hyper]]:
    """The fields that a master control moves: (place of the run, field, declaration)."""
    return [
        (place, name, declared)
        for place, run in enumerate(state.runs)
        if not run.pinned
        for name, declared in hypers(run.optimizer).items()
        if declared.shared == shared
    ]


def master_value(state: State, shared: str) -> tuple[float, bool] | None:
    """What a master slider shows: the middle of its fields' values on their scale, and whether they differ."""
    values = [getattr(state.runs[place].optimizer, name) for place, name, _ in masters(state, shared)]
    if len(set(values)) <= 1:
        return (values[0], False) if values else None
    middle = sum(to_position(MASTERS[shared], value) for value in values) / len(values)
    return to_value(MASTERS[shared], middle), True


def fresh(state: State) -> State:
    """What the page opens with, lit as it is and with the promises of its link."""
    return State(view=View(theme=state.view.theme, hide=state.view.hide, lock=state.view.lock))


def _edit(state: State, kind: str, key: str, value: Any) -> State:
    for pattern, kinds, handler in _HANDLERS:
        match = re.fullmatch(pattern, key)
        if match and kind in kinds:
            if why := barred(state, key):
                raise Mistake(why)
            return kept(state, handler(state, kind, value, *match.groups()))
    raise Forged(f"no control {kind[:20]} {key[:40]}")


def _number(declared: Hyper, kind: str, value: Any) -> Any:
    """The value that a slider's position, a typed number or a switch means."""
    if declared.scale == "switch":
        if not isinstance(value, bool):
            raise Forged("a switch is on or off")
        return value
    if kind == "slider":
        if not is_number(value):
            raise Forged("a slider's position is a number")
        return to_value(declared, value)
    try:
        return within(declared, value)
    except ValueError as reason:
        raise Mistake(str(reason)) from None


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise Forged("a text is expected")
    return value


def _run(state: State, place: str) -> Run:
    if int(place) >= len(state.runs):
        raise Mistake("this run is gone")
    return state.runs[int(place)]


def _with_run(state: State, place: str, **changes: Any) -> State:
    runs = list(state.runs)
    runs[int(place)] = replace(_run(state, place), **changes)
    return replace(state, runs=tuple(runs))


def _surface(state: State, kind: str, value: Any) -> State:
    if _word(value) not in (*LANDSCAPES, TYPED):
        raise Forged("no such surface")
    there = State(YOURS if value == TYPED else LANDSCAPES[value]())
    own = own_scene(state.landscape)
    if (state.runs, state.n_steps) == (own.runs, own.n_steps):  # nothing of one's own would be lost
        state = replace(there, view=replace(state.view, t=None), weather=state.weather, schedule=state.schedule)
    return replace(state, landscape=there.landscape, start=None)


def _scene(state: State, kind: str, value: Any) -> State:
    """A scene from its beginning; where it shows the present surface, it stays there."""
    here = slug_of(state.landscape)
    name = here if value == OWN else _word(value)
    if name not in SCENES:
        raise Forged("no such scene")
    found = scene(name, here if here in SCENES[name].shows else "")
    return replace(found, view=replace(state.view, t=None, panel=found.view.panel))


def _shape(state: State, kind: str, value: Any, name: str) -> State:
    core, around = layers(state.landscape)
    if name not in hypers(core):
        raise Mistake("this surface has no such setting")
    changed = replace(core, **{name: _number(hypers(core)[name], kind, value)})
    return replace(state, landscape=wrapped(changed, around))


def _typed(state: State, kind: str, value: Any, part: str) -> State:
    """A surface of one's own by another formula, or over another window."""
    core, around = layers(state.landscape)
    if not isinstance(core, Formula):
        raise Mistake("this surface is not typed")
    try:
        if part == "text":
            there = Formula(_word(value), core.window)
        else:
            ends = [end for span in core.window for end in span]
            ends[ENDS.index(part)] = _number(WINDOW, kind, value)
            there = Formula(core.text, ((ends[0], ends[1]), (ends[2], ends[3])))
    except FormulaError as why:
        raise Mistake(str(why)) from None
    landscape = wrapped(there, around)
    start = None if state.start is None else inside(landscape, state.start)
    return replace(state, landscape=landscape, start=start)


def _transform(state: State, kind: str, value: Any, slug: str, name: str) -> State:
    """The surface turned, scaled, ... by another number; a start of one's own stays in its room."""
    declared = hypers(TRANSFORMS[slug])
    if name not in declared:
        raise Forged("no such setting")
    landscape = with_value(state.landscape, TRANSFORMS[slug], name, _number(declared[name], kind, value))
    start = None if state.start is None else inside(landscape, state.start)
    return replace(state, landscape=landscape, start=start)


def _word_of_weather(state: State, kind: str, value: Any, name: str) -> State:
    """Another kind of pulses, drift or clipping, or none."""
    if name not in weather.words_of(state.weather) or value not in dict(weather.KINDS[name].words):
        raise Forged("no such weather")
    rough = weather.KINDS[name].choose(state.weather, value)
    if weather.too_late(rough, state.n_steps):
        rough = replace(rough, drift=replace(rough.drift, at=max(state.n_steps // 2, 1)))
    return replace(state, weather=rough)


def _weather(state: State, kind: str, value: Any, name: str, field: str) -> State:
    if name not in weather.KINDS:
        raise Forged("no such weather")
    knob = next((one for one in weather.KINDS[name].numbers(state.weather) if one.name == field), None)
    if knob is None:
        raise Mistake("this weather is gone")
    number = _number(knob.declared, kind, value)
    rough = knob.put(state.weather, round(number) if knob.whole else number)
    if why := weather.too_late(rough, state.n_steps):
        raise Mistake(why)
    return replace(state, weather=rough)


def _schedule(state: State, kind: str, value: Any, path: str) -> State:
    return replace(state, schedule=_scheduled(state.schedule, kind, value, path))


def _run_schedule(state: State, kind: str, value: Any, place: str, path: str) -> State:
    """A schedule of the run's own; "": that of all runs."""
    own = _run(state, place).schedule
    if not path and value == "":
        return _with_run(state, place, schedule=None)
    return _with_run(state, place, schedule=_scheduled(own or state.schedule, kind, value, path))


def _scheduled(schedule: Schedule, kind: str, value: Any, path: str) -> Schedule:
    """A schedule after a choice, or with a number set, of its own or of what follows a warm-up."""
    steps = tuple(path.split(".")[1:])
    if kind == "choice":
        if steps not in ((), (schedules.THEN,)) or value not in (
            schedules.AFTER if steps else schedules.NAMES.values()
        ):
            raise Forged("no such schedule")
        if steps and schedules.inner(schedule) is None:
            raise Mistake("this schedule is gone")
        return schedules.with_name(schedule, steps, value)
    declared = schedules.declared(schedule, steps)
    if declared is None:
        raise Mistake("this schedule has no such number")
    return schedules.with_number(schedule, steps, _number(declared, kind, value))


def _fork(state: State, kind: str, value: Any, place: str) -> State:
    """Another future from the playhead's step on; the old one stays as a ghost."""
    run, t = _run(state, place), state.view.t
    if kind != "action":
        if run.fork is None:
            raise Mistake("this fork is gone")
        return _with_run(state, place, fork=replace(run.fork, at=round(_number(STEPS, kind, value))))
    if run.fork:
        raise Mistake(f"it is forked already, at step {run.fork.at}")
    if not t:
        raise Mistake("first move the playhead to the step from which on it should be another")
    ghost = replace(run, slot=_free_slot(state, run.optimizer), pinned=True)
    forked = replace(run, fork=Fork(run.optimizer, t), name="")
    runs = (*state.runs[: int(place)], forked, ghost, *state.runs[int(place) + 1 :])
    return replace(state, runs=runs)


def _join(state: State, kind: str, value: Any, place: str) -> State:
    """Without its fork: one optimizer from the start."""
    return _with_run(state, place, fork=None)


def _field(state: State, kind: str, value: Any, place: str, name: str) -> State:
    optimizer = _run(state, place).optimizer
    if name not in hypers(optimizer):
        raise Mistake("this optimizer has no such setting")
    return _with_run(
        state, place, optimizer=replace(optimizer, **{name: _number(hypers(optimizer)[name], kind, value)})
    )


def _optimizer(state: State, kind: str, value: Any, place: str) -> State:
    """Another optimizer in the same slot, at the same learning rate."""
    if _word(value) not in OPTIMIZERS:
        raise Forged("no such optimizer")
    old, cls = _run(state, place).optimizer, OPTIMIZERS[value]
    return _with_run(state, place, optimizer=cls(lr=old.lr))


def _name(state: State, kind: str, value: Any, place: str) -> State:
    return _with_run(state, place, name=clean(_word(value), limits.NAME_LENGTH))


def _pinned(state: State, kind: str, value: Any, place: str) -> State:
    return _with_run(state, place, pinned=not _run(state, place).pinned)


def _free_slot(state: State, optimizer: Optimizer) -> int:
    slot = slot_for(optimizer, {run.slot for run in state.runs})
    if slot is None:
        raise Mistake(f"at most {limits.RUNS} runs fit on the map")
    return slot


def _add(state: State, kind: str, value: Any) -> State:
    """A run of the chosen optimizer, at the learning rate the others share, else at its own default."""
    if _word(value) not in OPTIMIZERS:
        raise Forged("no such optimizer")
    cls = OPTIMIZERS[value]
    rate, mixed = master_value(state, "lr") or (None, True)
    optimizer = cls() if mixed else cls(lr=rate)
    return replace(state, runs=(*state.runs, Run(optimizer, _free_slot(state, optimizer))))


def _paste(state: State, kind: str, value: Any) -> State:
    """A run of the call that was pasted; what it adds to the loss, the surface has."""
    if not _word(value).strip():
        return state
    pasted = paste.read(value)
    run = Run(pasted.optimizer, _free_slot(state, pasted.optimizer))
    there = replace(state, runs=(*state.runs, run))
    if not pasted.l2:
        return there
    if why := barred(state, "l2.weight"):
        raise Mistake(f"weight_decay is L2, a part of the surface, which is {why}")
    return _transform(there, "number", repr(pasted.l2), "l2", "weight")


def _duplicate(state: State, kind: str, value: Any, place: str) -> State:
    """A copy beside it, to change: without the name, for that is the original's."""
    run = _run(state, place)
    copy = replace(run, slot=_free_slot(state, run.optimizer), name="", pinned=False)
    after = int(place) + 1
    return replace(state, runs=(*state.runs[:after], copy, *state.runs[after:]))


def _remove(state: State, kind: str, value: Any, place: str) -> State:
    _run(state, place)
    if len(state.runs) == 1:
        raise Mistake("the last run stays")
    return replace(state, runs=state.runs[: int(place)] + state.runs[int(place) + 1 :])


def _move(state: State, kind: str, value: Any, place: str, way: str) -> State:
    here, there = int(place), int(place) + (1 if way == "down" else -1)
    _run(state, place)
    if not 0 <= there < len(state.runs):
        return state
    runs = list(state.runs)
    runs[here], runs[there] = runs[there], runs[here]
    return replace(state, runs=tuple(runs))


def _set_fields(state: State, shared: str, changed: Callable[[Hyper, float], float]) -> State:
    for place, name, declared in masters(state, shared):
        optimizer = state.runs[place].optimizer
        value = changed(declared, getattr(optimizer, name))
        if declared.allows(value):
            state = _with_run(state, str(place), optimizer=replace(optimizer, **{name: value}))
    return state


def _master(state: State, kind: str, value: Any, shared: str) -> State:
    """One value for all; where they differ, all are multiplied (or shifted, on the decay scale) together."""
    shown = master_value(state, shared)
    declared = MASTERS[shared]
    if shown is None:
        raise Mistake(f"no run has a {state.letters.of(declared.symbol)} that may move")
    middle, mixed = shown
    chosen = _number(declared, kind, value)
    if not mixed or kind == "number":
        return _set_fields(state, shared, lambda _, __: chosen)
    by = to_position(declared, chosen) - to_position(declared, middle)
    return _set_fields(state, shared, lambda field, old: shift(field, old, by))


def _equal(state: State, kind: str, value: Any, shared: str) -> State:
    shown = master_value(state, shared)
    return state if shown is None else _set_fields(state, shared, lambda _, __: shown[0])


def _beta(state: State, kind: str, value: Any, beta: str) -> State:
    return _set_fields(state, "beta", lambda _, __: float(beta))


def _textbook(state: State, kind: str, value: Any) -> State:
    runs = tuple(run if run.pinned else replace(run, optimizer=type(run.optimizer)()) for run in state.runs)
    return replace(state, runs=runs)


def _start(state: State, kind: str, value: Any) -> State:
    if not (isinstance(value, list) and len(value) == 2 and all(map(is_number, value))):
        raise Forged("a point is two numbers")
    (x0, x1), (y0, y1) = state.landscape.domain
    digits = [3 - math.floor(math.log10(size)) for size in (x1 - x0, y1 - y0)]  # a thousandth of the map or less
    return replace(state, start=inside(state.landscape, tuple(map(round, value, digits))))


def _start_part(state: State, kind: str, value: Any, axis: str) -> State:
    place = "xy".index(axis)
    span = room(state.landscape)[place]
    point = list(state.begin)
    point[place] = _number(Hyper(axis, "", span, span), "number", value)
    return replace(state, start=tuple(point))


def _steps(state: State, kind: str, value: Any) -> State:
    n_steps = round(_number(STEPS, kind, value))
    view = state.view if state.view.t is None or state.view.t < n_steps else replace(state.view, t=None)
    return replace(state, n_steps=n_steps, view=view)


def _choice(state: State, kind: str, value: Any, name: str) -> State:
    if value not in CHOICES[name]:
        raise Forged("no such choice")
    return replace(state, view=replace(state.view, **{name: value}))


def _switch(state: State, kind: str, value: Any, name: str) -> State:
    if not isinstance(value, bool):
        raise Forged("a switch is on or off")
    return replace(state, view=replace(state.view, **{name: "on" if value else "off"}))


def _tolerance(state: State, kind: str, value: Any) -> State:
    return replace(state, view=replace(state.view, tolerance=float(_number(TOLERANCE, kind, value))))


def _ghost(state: State, kind: str, value: Any, place: str, convention: str) -> State:
    """The same run by the other convention, as a ghost beside it."""
    optimizer = _run(state, place).optimizer
    one = next(iter(conventions_of(optimizer)[int(convention) :]), None)
    other = one and differently(optimizer, one)
    if other is None:
        raise Mistake("no optimizer here walks that way")
    if not matters(optimizer, one, state.is_scheduled(_run(state, place))):
        raise Mistake("it is the same path here")
    name = state.letters.text(_ghost_name(optimizer, other, one))
    return _beside(state, place, other, clean(name, limits.NAME_LENGTH))


def _elsewhere(state: State, kind: str, value: Any, place: str, library: str, way: str) -> State:
    """The same call as a library has it, as a ghost beside the run."""
    run, where = _run(state, place), LIBRARIES[library]
    other = calls.WAYS[way](run.optimizer, where)
    if other is None:
        raise Mistake(f"{where.name} has no such optimizer")
    return _beside(state, place, other, clean(f"{other.label}, {where.name}", limits.NAME_LENGTH))


def _beside(state: State, place: str, optimizer: Optimizer, name: str) -> State:
    like = _run(state, place)
    ghost = replace(like, optimizer=optimizer, slot=_free_slot(state, optimizer), name=name, pinned=True)
    return replace(state, runs=(*state.runs, ghost))


def _ghost_name(optimizer: Optimizer, other: Optimizer, one: Convention) -> str:
    """By the convention it follows, "RMSProp, ε as Keras"; none where that is this class's own."""
    return "" if follows(optimizer, one) else f"{other.label}, {one.short}"


def _playhead(state: State, kind: str, value: Any) -> State:
    if not (value is None or (type(value) is int and value >= 0)):
        raise Forged("the playhead stands on a step")
    at_end = value is None or value >= state.n_steps  # it may have rested before the page knew of fewer steps
    return replace(state, view=replace(state.view, t=None if at_end else value))


def _reset(state: State, kind: str, value: Any) -> State:
    return fresh(state)


def _goto(state: State, kind: str, value: Any) -> State:
    """A state that the page had before or after, by its query; what the link hides and locks is not undone."""
    there, _ = State.from_query(_word(value))
    return replace(there, view=replace(there.view, hide=state.view.hide, lock=state.view.lock))


_HANDLERS: list[tuple[str, tuple[str, ...], Callable[..., State]]] = [
    (r"surface", ("choice",), _surface),
    (r"formula\.(text)", ("text",), _typed),
    (rf"formula\.({'|'.join(ENDS)})", ("number",), _typed),
    (r"surface\.(\w+)", ("slider", "number"), _shape),
    (rf"({'|'.join(TRANSFORMS)})\.(\w+)", ("slider", "number"), _transform),
    (r"weather\.(\w+)", ("choice",), _word_of_weather),
    (r"weather\.(\w+)\.(\w+)", ("slider", "number"), _weather),
    (r"schedule((?:\.\w+){0,2})", ("choice", "slider", "number"), _schedule),
    (r"scene", ("choice",), _scene),
    (r"run\.(\d)\.optimizer", ("choice",), _optimizer),
    (r"run\.(\d)\.name", ("text",), _name),
    (r"run\.(\d)\.pin", ("action",), _pinned),
    (r"run\.(\d)\.duplicate", ("action",), _duplicate),
    (r"run\.(\d)\.remove", ("action",), _remove),
    (r"run\.(\d)\.(up|down)", ("action",), _move),
    (r"run\.(\d)\.fork", ("action", "slider", "number"), _fork),
    (r"run\.(\d)\.join", ("action",), _join),
    (r"run\.(\d)\.schedule((?:\.\w+){0,2})", ("choice", "slider", "number"), _run_schedule),
    (r"run\.(\d)\.(\w+)", ("slider", "number", "switch"), _field),
    (r"add", ("choice",), _add),
    (r"paste", ("text",), _paste),
    (r"master\.(lr|beta|eps)", ("slider", "number"), _master),
    (r"master\.(lr|beta|eps)\.equal", ("action",), _equal),
    (rf"preset\.beta\.({'|'.join(map(re.escape, BETAS))})", ("action",), _beta),
    (r"preset\.textbook", ("action",), _textbook),
    (r"start", ("point",), _start),
    (r"start\.([xy])", ("number",), _start_part),
    (r"steps", ("slider", "number"), _steps),
    (rf"view\.({'|'.join(CHOICES)})", ("choice",), _choice),
    (r"view\.(limits)", ("switch",), _switch),
    (r"tolerance", ("number",), _tolerance),
    (r"ghost\.(\d)\.(\d)", ("action",), _ghost),
    (rf"ghost\.(\d)\.({'|'.join(LIBRARIES)})\.({'|'.join(calls.WAYS)})", ("action",), _elsewhere),
    (r"playhead", ("point",), _playhead),
    (r"reset", ("action",), _reset),
    (r"goto", ("text",), _goto),
]
