"""What `hide=` and `lock=` in an address promise, and how every edit keeps it.

An area names something of the page: what its controls can do, and what of the State belongs to it. Hidden, it has no
controls, and no other way in does their work: neither the map nor a key moves a hidden start. Locked, what belongs to
it stays as it is besides, whatever is done elsewhere: where the runs are locked no master control moves them, and a
scene or a reset changes the rest alone. The masters and the share own nothing of the State.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from landscapes import TRANSFORMS

from ..protocol import Mistake
from .state import State, inside
from .view import PANEL_CHOICES

LOCKED, HIDDEN = "locked by this link", "hidden by this link"

_CONTROLS = (  # key of an edit -> the areas where it is made, and those whose own it changes from elsewhere
    (rf"surface(\..+)?|formula\..+|({'|'.join(TRANSFORMS)})\..+", ("surface",), ()),
    (r"(weather|schedule)(\..+)?", ("weather",), ()),
    (r"scene|add|paste|run\..+", ("runs",), ()),
    (r"(master|preset)\..+", ("masters",), ("runs",)),
    (r"ghost\..+", ("details",), ("runs",)),
    (r"start", ("map", "start"), ()),
    (r"start\..", ("start",), ()),
    (r"steps", ("steps",), ()),
    (r"view\.(map|height|arrows|overlay)", ("map",), ()),
    (rf"view\.(limits|{'|'.join(PANEL_CHOICES)})", ("panels",), ()),
    (r"view\.(detail|inspect|rule|letters)|tolerance", ("details",), ()),
    (r"playhead(\.train)?", ("playback",), ()),
    (r"share", ("share",), ()),
    (r"sweep\..+", ("sweep",), ()),
    (r"basins\..+", ("basins",), ()),
    (r"train\..+|experiment", ("train",), ()),
    (r"view\.(tab|theme|present|strip)|reset|goto", (), ()),
)
_OWNED = {  # area -> the fields of a State that are its own
    "surface": ("landscape",),
    "weather": ("weather", "schedule"),
    "runs": ("runs",),
    "start": ("start",),
    "steps": ("n_steps",),
    "sweep": ("sweep",),
    "basins": ("basins",),
    "train": ("train",),
}
_SHOWN = {  # area -> the fields of a View that are its own
    "map": ("map", "height", "arrows", "overlay"),
    "panels": (*PANEL_CHOICES, "limits"),
    "details": ("detail", "inspect", "rule", "tolerance", "letters"),
    "playback": ("t", "step"),
}


def barred(state: State, key: str) -> str:
    """Why a link lets this control do nothing; else nothing."""
    made, changed = _areas(key)
    if {*made, *changed} & {*state.view.lock}:
        return LOCKED
    return HIDDEN if {*made} & {*state.view.hide} else ""


def kept(before: State, after: State) -> State:
    """`after`, with all that belongs to the locked areas as it was before. Raises Mistake where that cannot be."""
    held = before.view
    if not held.lock:
        return after
    whole = replace(after, view=replace(after.view, **_own(_SHOWN, held.lock, held)), **_own(_OWNED, held.lock, before))
    outside = "start" in held.lock and inside(whole.landscape, whole.begin) != whole.begin
    beyond = "playback" in held.lock and held.t is not None and held.t >= whole.n_steps
    if outside or beyond:
        raise Mistake(f"the {'start' if outside else 'playhead'} is {LOCKED} and would lie outside")
    at_end = whole.view.t is not None and whole.view.t >= whole.n_steps  # of steps that are locked
    return replace(whole, view=replace(whole.view, t=None)) if at_end else whole


@lru_cache(maxsize=512)
def _areas(key: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return next(((made, changed) for pattern, made, changed in _CONTROLS if re.fullmatch(pattern, key)), ((), ()))


def _own(fields: Mapping[str, tuple[str, ...]], areas: tuple[str, ...], held: object) -> dict[str, object]:
    return {name: getattr(held, name) for area in areas for name in fields.get(area, ())}
