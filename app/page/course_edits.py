"""What the controls of weather, schedules, forks and steps do to a State."""

from dataclasses import replace
from typing import Any

from optim_core import Fork, Hyper, Schedule

from .. import limits
from ..protocol import Forged, Mistake
from . import schedules, weather
from .given import number, run_at, with_run
from .run_edits import free_slot
from .state import State

STEPS = Hyper("steps", "how many steps each run takes", limits.STEPS, limits.STEPS, "log")


def weather_word(state: State, kind: str, value: Any, name: str) -> State:
    """Another kind of pulses, drift or clipping, or none."""
    if name not in weather.words_of(state.weather) or value not in dict(weather.KINDS[name].words):
        raise Forged("no such weather")
    rough = weather.KINDS[name].choose(state.weather, value)
    if weather.too_late(rough, state.n_steps):
        rough = replace(rough, drift=replace(rough.drift, at=max(state.n_steps // 2, 1)))
    return replace(state, weather=rough)


def weather_number(state: State, kind: str, value: Any, name: str, field: str) -> State:
    if name not in weather.KINDS:
        raise Forged("no such weather")
    knob = next((one for one in weather.KINDS[name].numbers(state.weather) if one.name == field), None)
    if knob is None:
        raise Mistake("this weather is gone")
    given = number(knob.declared, kind, value)
    rough = knob.put(state.weather, round(given) if knob.whole else given)
    if why := weather.too_late(rough, state.n_steps):
        raise Mistake(why)
    return replace(state, weather=rough)


def schedule_of_all(state: State, kind: str, value: Any, path: str) -> State:
    return replace(state, schedule=_scheduled(state.schedule, kind, value, path))


def run_schedule(state: State, kind: str, value: Any, place: str, path: str) -> State:
    """A schedule of the run's own; "": that of all runs."""
    own = run_at(state, place).schedule
    if not path and value == "":
        return with_run(state, place, schedule=None)
    return with_run(state, place, schedule=_scheduled(own or state.schedule, kind, value, path))


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
    return schedules.with_number(schedule, steps, number(declared, kind, value))


def fork_run(state: State, kind: str, value: Any, place: str) -> State:
    """Another future from the playhead's step on; the old one stays as a ghost."""
    run, t = run_at(state, place), state.view.t
    if kind != "action":
        if run.fork is None:
            raise Mistake("this fork is gone")
        return with_run(state, place, fork=replace(run.fork, at=round(number(STEPS, kind, value))))
    if run.fork:
        raise Mistake(f"it is forked already, at step {run.fork.at}")
    if not t:
        raise Mistake("first move the playhead to the step from which on it should be another")
    ghost = replace(run, slot=free_slot(state, run.optimizer), pinned=True)
    forked = replace(run, fork=Fork(run.optimizer, t), name="")
    runs = (*state.runs[: int(place)], forked, ghost, *state.runs[int(place) + 1 :])
    return replace(state, runs=runs)


def join_run(state: State, kind: str, value: Any, place: str) -> State:
    """Without its fork: one optimizer from the start."""
    return with_run(state, place, fork=None)


def steps(state: State, kind: str, value: Any) -> State:
    n_steps = round(number(STEPS, kind, value))
    view = state.view if state.view.t is None or state.view.t < n_steps else replace(state.view, t=None)
    return replace(state, n_steps=n_steps, view=view)
