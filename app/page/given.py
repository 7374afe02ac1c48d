"""What the value of an edit means."""

from dataclasses import replace
from typing import Any

from optim_core import Hyper

from ..protocol import Forged, Mistake
from .numbers import is_number, within
from .scales import to_value
from .state import Run, State


def number(declared: Hyper, kind: str, value: Any) -> Any:
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


def word(value: Any) -> str:
    if not isinstance(value, str):
        raise Forged("a text is expected")
    return value


def run_at(state: State, place: str) -> Run:
    if int(place) >= len(state.runs):
        raise Mistake("this run is gone")
    return state.runs[int(place)]


def with_run(state: State, place: str, **changes: Any) -> State:
    runs = list(state.runs)
    runs[int(place)] = replace(run_at(state, place), **changes)
    return replace(state, runs=tuple(runs))
