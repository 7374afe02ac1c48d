"""The controls of what a run meets beside the surface: the weather, the schedule of its learning rate, a fork."""

from dataclasses import replace
from typing import Any

from dash import html

from optim_core import Hyper, Letters, Schedule

from ..page import course_edits, labels, scales, schedules
from ..page import weather as rough
from ..page.numbers import exact
from ..page.state import Run, State
from ..screen.controls import OF_SURFACE, action, field, menu

FORK = replace(course_edits.STEPS, symbol="fork", doc="the step after which it is this optimizer")


def kinds(schedule: Schedule | None) -> tuple[str, ...]:
    """The names that are chosen of a schedule."""
    return () if schedule is None else tuple(schedules.chosen(schedule, "").values())


def show(values: dict[str, dict[str, Any]], key: str, declared: Hyper, value: Any) -> None:
    if declared.scale == "switch":
        values["switch"][key] = value
        return
    values["slider"][key] = round(scales.to_position(declared, value), 6)
    values["number"][key] = exact(value)


def show_weather(values: dict[str, dict[str, Any]], state: State) -> None:
    for name, word in rough.words_of(state.weather).items():
        values["choice"][f"weather.{name}"] = word
    for name, kind in rough.KINDS.items():
        for knob in kind.numbers(state.weather):
            show(values, f"weather.{name}.{knob.name}", knob.declared, knob.get(state.weather))
    show_schedule(values, state.schedule, "schedule")


def show_schedule(values: dict[str, dict[str, Any]], schedule: Schedule, key: str) -> None:
    values["choice"] |= schedules.chosen(schedule, key)
    for name, (declared, value) in schedules.numbers(schedule, key).items():
        show(values, name, declared, value)


def fork_tool(run: Run, key: str) -> html.Span:
    tool = (f"{key}.join", "join", "No fork: one optimizer from the start")
    if not run.fork:
        tool = (f"{key}.fork", "fork", "Fork at the playhead: another future from there, this one stays as a ghost")
    return html.Span(action(*tool), **OF_SURFACE)


def forked(run: Run, key: str) -> list[Any]:
    """From which step on it is this optimizer, and what it goes on with."""
    if run.fork is None:
        return []
    before = run.fork.optimizer
    kept = "and keeps its memory" if type(before) is type(run.optimizer) else "and starts afresh, without memory"
    words = labels.in_words(before, ["lr"])
    said = html.P(f"Until then {before.label}, {words}; from there on {run.optimizer.label}, {kept}.", className="doc")
    return [html.Div([field(f"{key}.fork", FORK), said], **OF_SURFACE)]


def scheduled(schedule: Schedule | None, key: str, letters: Letters, first: str = "") -> list[Any]:
    """The menu of schedules, and the numbers of the one that is chosen; `first` stands for that of all runs."""
    whose = " of this run" if first else ""
    choices = [(name, schedules.LABELS[name]) for name in schedules.SCHEDULES]
    own = [("", first)] if first else []
    choose = menu(key, f"Schedule of the learning rate{whose}", {"": [*own, *choices]})
    rows: list[Any] = [_labelled(letters.text("η over time"), choose)]
    if schedule is None:
        return rows
    for name, (declared, _) in schedules.numbers(schedule, key).items():
        rows.append(field(name, declared, letters, whose))
        if schedules.inner(schedule) and name == f"{key}.steps":
            then = {"": [(one, schedules.LABELS[one]) for one in schedules.AFTER]}
            rows.append(_labelled("then", menu(f"{key}.{schedules.THEN}", f"What follows the warm-up{whose}", then)))
    return rows


def _labelled(label: str, choose: html.Div) -> html.Div:
    return html.Div([html.Span(label, className="doc"), choose], className="labelled")


def weather(state: State) -> list[Any]:
    """What the optimizers are told of the gradient, and how their rate changes over time."""
    kinds = [html.Div(_kind(name, kind, state), **_of(name)) for name, kind in rough.KINDS.items()]
    is_open = state.weather != State.weather
    kinds_of = html.Span("noise, gaps, pulses, drift, ", **OF_SURFACE)
    title = html.Summary([kinds_of, "clipping"], **{"data-needs": "weather.clip"})
    return [
        *scheduled(state.schedule, "schedule", state.letters),
        html.Details([title, *kinds], className="around", open=is_open),
    ]


def _of(name: str) -> dict[str, str]:
    """A training is told its own gradient: of the weather it knows clipping alone."""
    return {} if name == "clip" else OF_SURFACE


def _kind(name: str, kind: rough.Kind, state: State) -> list[Any]:
    choose = [menu(f"weather.{name}", kind.label, {"": kind.words})] if kind.words else []
    return [*choose, *(field(f"weather.{name}.{one.name}", one.declared) for one in kind.numbers(state.weather))]
