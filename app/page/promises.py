"""What `hide=` and `lock=` in an address promise, and how every edit keeps it.

An area names something of the page: what its controls can do, and what of the State belongs to it. Hidden, it has no
controls, and no other way in does their work: neither the map nor a key moves a hidden start. Locked, what belongs to
it stays as it is besides, whatever is done elsewhere: where the runs are locked no master control moves them, and a
scene or a reset changes the rest alone. The masters and the share own nothing of the State.
"""

from dataclasses import replace

from ..protocol import Mistake
from . import areas
from .lesson import TRY
from .lessons import load
from .state import State, free_in, inside
from .veil import VEILED

LOCKED, HIDDEN = "locked by this link", "hidden by this link"
ANSWERED, NOT_FREE = "in Try, or open it in Explore", "no part of this target"  # in a lesson
TELLING = (
    "export",
    "playhead.train",
    "tolerance",
    *(f"view.{name}" for name in ("detail", "limits", "overlay", "rule")),
)  # of walks alone


def barred(state: State, key: str) -> str:
    """Why a link lets this control do nothing; else nothing."""
    made, changed = areas.of_edit(key)
    if {*made, *changed} & {*state.view.lock}:
        return LOCKED
    if {*made} & {*state.view.hide}:
        return HIDDEN
    return _barred_by_lesson(state, key) if state.view.lesson else ""


def _barred_by_lesson(state: State, key: str) -> str:
    """Why a lesson lets this control do nothing now; else nothing."""
    view = state.view
    if view.phase == TRY:
        return "" if areas.unlocks(load(view.lesson).target.unlock, key) else NOT_FREE
    waits = state.veil is not None
    if areas.unlocks((), key) and not (waits and (key in TELLING or (key == "playhead" and not state.veil))):
        return ""
    return VEILED if waits else ANSWERED


def _moves_start(before: State, after: State) -> bool:
    """Whether a target's own start would have to move to be on another surface."""
    same = before.view.lesson == after.view.lesson and before.view.phase == after.view.phase == TRY
    return same and before.start != after.start and "start" not in free_in(after.view)


def kept(before: State, after: State) -> State:
    """`after`, with all that belongs to the locked areas as it was before. Raises Mistake where that cannot be."""
    held = before.view
    if _moves_start(before, after):
        raise Mistake(f"the start is {NOT_FREE} and would lie outside")
    if not held.lock:
        return after
    whole = replace(
        after,
        view=replace(after.view, **areas.own(areas.SHOWN, held.lock, held)),
        **areas.own(areas.OWNED, held.lock, before),
    )
    outside = "start" in held.lock and inside(whole.landscape, whole.begin) != whole.begin
    beyond = "playback" in held.lock and held.t is not None and held.t >= whole.n_steps
    if outside or beyond:
        raise Mistake(f"the {'start' if outside else 'playhead'} is {LOCKED} and would lie outside")
    if whole.view.lesson and areas.own(areas.OWNED, held.lock, whole) != areas.own(areas.OWNED, held.lock, before):
        raise Mistake(f"what this lesson is about is {LOCKED}")
    at_end = whole.view.t is not None and whole.view.t >= whole.n_steps  # of steps that are locked
    return replace(whole, view=replace(whole.view, t=None)) if at_end else whole
