"""What the controls of a tab do to its settings."""

from dataclasses import replace
from typing import Any

from ..protocol import Forged, Mistake
from . import swept, trained
from .settings import having, odd, settings_of
from .state import State


def edit(state: State, kind: str, value: Any, tab: str, name: str) -> State:
    """Another value of one setting. Raises Mistake where it is none, or does not go with the others."""
    settings = getattr(state, tab)
    what = settings_of(type(settings)).get(name)
    if what is None or kind not in what.kinds:
        raise Forged("no such setting")
    try:
        changed = having(settings, name, what.moved(kind, value))
    except ValueError as why:
        if isinstance(why, Forged):
            raise
        raise Mistake(str(why)) from None
    if wrong := odd(changed):
        raise Mistake(wrong[1])
    there = replace(state, **{tab: changed})
    if kind not in ("choice", "switch") and not _too_large(state) and (why := _too_large(there)):
        raise Mistake(why)  # beside the field; a choice has no room for words
    return there


def _too_large(state: State) -> str:
    """Why what is asked takes too long, in words; "" where it does not."""
    return swept.too_large(state) or trained.too_large(state.train)
