"""The veil: what may be known of a page while a lesson waits for an answer.

Who computes anything asks here first. The surface, its minima, the start and the names of the runs are seen; of the
walks the steps that the question shows, and nothing that is read off them.
"""

from dataclasses import replace

from .state import State
from .view import OF_LESSON, View

VEILED = "after your answer"  # why something cannot be had now
TELLING = ("detail", "overlay", "rule", "limits")  # what a view shows of walks beside their steps


def why(state: State) -> str:
    """Why nothing can be told of a page that would take a walk, in a sentence; "" where it can."""
    return "" if state.veil is None else f"Shown {VEILED}."


def steps(state: State) -> int:
    """How many steps may be computed."""
    return state.n_steps if state.veil is None else min(state.veil, state.n_steps)


def seen(state: State) -> State:
    """The page as far as it may be known: without what waits for an answer, and of no more steps than it shows."""
    if state.veil is None:
        return state
    nothing = {name: getattr(View, name) for name in OF_LESSON} | dict.fromkeys(TELLING, "off")
    at = 0 if steps(state) == 0 else None
    view = replace(state.view, **nothing, t=at)
    return State(**state.model() | {"n_steps": max(steps(state), 1)}, view=view)
