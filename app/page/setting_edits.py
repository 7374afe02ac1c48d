"""What the controls of a tab do to its settings."""

from dataclasses import replace
from typing import Any

from ..protocol import Forged, Mistake
from .settings import odd, settings_of
from .state import State
from .swept import too_large


def edit(state: State, kind: str, value: Any, tab: str, name: str) -> State:
    """Another value of one setting. Raises Mistake where it is none, or does not go with the others."""
    settings = getattr(state, tab)
    what = settings_of(type(settings)).get(name)
    if what is None or kind not in what.kinds:
        raise Forged("no such setting")
    try:
        changed = replace(settings, **{name: what.moved(kind, value)})
    except ValueError as why:
        if isinstance(why, Forged):
            raise
        raise Mistake(str(why)) from None
    if wrong := odd(changed):
        raise Mistake(wrong[1])
    there = replace(state, **{tab: changed})
    if kind != "choice" and not too_large(state) and (why := too_large(there)):  # a choice has no room for words
        raise Mistake(why)
    return there
