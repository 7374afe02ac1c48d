"""What moving a control does to a State: `apply` takes the edits of a gesture to the state it began from.

An edit is `(kind, key, value)`, a `protocol.Edit`: the kind of control ("slider", "number", "choice", "text",
"switch", "action", "point"), which one, and its value. A slider sends its position, a number what was typed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from landscapes import TRANSFORMS
from optim_core import (
    LIBRARIES,
    calls,
)

from .. import limits
from ..protocol import Edit, Forged, Mistake
from . import course_edits as course
from . import ground_edits as ground
from . import lesson_edits as lesson
from . import paste, setting_edits, trained
from . import run_edits as runs
from .given import number, word
from .promises import HIDDEN, barred, kept
from .state import ASKED, State, own_scene
from .view import CHOICES, COURSE, TOLERANCE, View


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
    pasted = [value for _, key, value in edits if key == "paste" and key not in messages and value.strip()]
    return [notice for value in pasted for notice in paste.read(value).notices]


def fresh(state: State) -> State:
    """What the page opens with, lit as it is and with the promises of its link; a lesson from its beginning."""
    if state.view.lesson:
        return lesson.anew(state)
    kept = {name: getattr(state.view, name) for name in ("tab", "theme", "hide", "lock", "embed")}
    return State(view=View(**kept))


def _edit(state: State, kind: str, key: str, value: Any) -> State:
    for pattern, kinds, handler in _HANDLERS:
        match = re.fullmatch(pattern, key)
        if match and kind in kinds:
            if why := barred(state, key):
                raise Mistake(why)
            return kept(state, handler(state, kind, value, *match.groups()))
    raise Forged(f"no control {kind[:20]} {key[:40]}")


def _choice(state: State, kind: str, value: Any, name: str) -> State:
    if value not in CHOICES[name]:
        raise Forged("no such choice")
    if name == "tab":
        return _other_tab(state, value)
    return replace(state, view=replace(state.view, **{name: value}))


def _other_tab(state: State, tab: str) -> State:
    """Another tab, with its own runs where nothing of one's own would be lost."""
    if tab in state.view.hide:
        raise Mistake(HIDDEN)
    if state.view.lesson:
        if why := barred(state, "lesson.leave"):
            raise Mistake(why)
        return lesson.course(state) if tab == COURSE else _other_tab(lesson.left(state), tab)
    there = replace(state, view=replace(state.view, tab=tab))
    is_own = state.runs == own_scene(state.landscape, state.view.tab).runs
    return replace(there, runs=own_scene(state.landscape, tab).runs) if is_own else there


def _switch(state: State, kind: str, value: Any, name: str) -> State:
    if not isinstance(value, bool):
        raise Forged("a switch is on or off")
    return replace(state, view=replace(state.view, **{name: "on" if value else "off"}))


def _tolerance(state: State, kind: str, value: Any) -> State:
    return replace(state, view=replace(state.view, tolerance=float(number(TOLERANCE, kind, value))))


def _playhead(state: State, kind: str, value: Any, of: str) -> State:
    """On the surface, or of a training: whatever tab is shown, for it may have rested in the one before."""
    if not (value is None or (type(value) is int and value >= 0)):
        raise Forged("the playhead stands on a step")
    if of:
        at = None if value is None else min(value, limits.TRAIN_STEPS)
        return replace(state, view=replace(state.view, step=at))
    at_end = value is None or value >= state.n_steps  # it may have rested before the page knew of fewer steps
    return replace(state, view=replace(state.view, t=None if at_end else value))


def _reset(state: State, kind: str, value: Any) -> State:
    return fresh(state)


def _goto(state: State, kind: str, value: Any) -> State:
    """A state that the page had before or after, by its query; what the link hides and locks is not undone."""
    there, _ = State.from_query(word(value))
    return replace(there, view=replace(there.view, hide=state.view.hide, lock=state.view.lock))


_HANDLERS: list[tuple[str, tuple[str, ...], Callable[..., State]]] = [
    (r"surface", ("choice",), ground.other_surface),
    (r"formula\.(text)", ("text",), ground.typed_surface),
    (rf"formula\.({'|'.join(ground.ENDS)})", ("number",), ground.typed_surface),
    (r"surface\.(\w+)", ("slider", "number"), ground.shape),
    (rf"({'|'.join(TRANSFORMS)})\.(\w+)", ("slider", "number"), ground.transform),
    (r"weather\.(\w+)", ("choice",), course.weather_word),
    (r"weather\.(\w+)\.(\w+)", ("slider", "number"), course.weather_number),
    (r"schedule((?:\.\w+){0,2})", ("choice", "slider", "number"), course.schedule_of_all),
    (r"scene", ("choice",), ground.other_scene),
    (r"experiment", ("choice",), trained.other_experiment),
    (r"run\.(\d)\.optimizer", ("choice",), runs.other_optimizer),
    (r"run\.(\d)\.name", ("text",), runs.rename),
    (r"run\.(\d)\.pin", ("action",), runs.pinned),
    (r"run\.(\d)\.duplicate", ("action",), runs.duplicate),
    (r"run\.(\d)\.remove", ("action",), runs.remove),
    (r"run\.(\d)\.(up|down)", ("action",), runs.move),
    (r"run\.(\d)\.fork", ("action", "slider", "number"), course.fork_run),
    (r"run\.(\d)\.join", ("action",), course.join_run),
    (r"run\.(\d)\.schedule((?:\.\w+){0,2})", ("choice", "slider", "number"), course.run_schedule),
    (r"run\.(\d)\.(\w+)", ("slider", "number", "switch"), runs.field),
    (r"add", ("choice",), runs.add),
    (r"paste", ("text",), runs.paste_call),
    (r"master\.(lr|beta|eps)", ("slider", "number"), runs.master),
    (r"master\.(lr|beta|eps)\.equal", ("action",), runs.equal),
    (rf"preset\.beta\.({'|'.join(map(re.escape, runs.BETAS))})", ("action",), runs.beta),
    (r"preset\.textbook", ("action",), runs.textbook),
    (r"start", ("point",), ground.start_at),
    (r"start\.([xy])", ("number",), ground.start_part),
    (r"steps", ("slider", "number"), course.steps),
    (rf"view\.({'|'.join(CHOICES)})", ("choice",), _choice),
    (r"view\.(limits)", ("switch",), _switch),
    (r"tolerance", ("number",), _tolerance),
    (r"ghost\.(\d)\.(\d)", ("action",), runs.ghost),
    (rf"ghost\.(\d)\.({'|'.join(LIBRARIES)})\.({'|'.join(calls.WAYS)})", ("action",), runs.elsewhere),
    (rf"({'|'.join(ASKED)})\.(\w+)", ("slider", "number", "choice", "switch", "text"), setting_edits.edit),
    (r"playhead(\.train)?", ("point",), _playhead),
    (r"lesson\.open", ("choice",), lesson.opened),
    (r"lesson\.course", ("text",), lesson.select),
    (r"view\.short", ("switch",), lesson.shorten),
    (r"lesson\.phase", ("choice",), lesson.phase),
    (r"lesson\.said", ("text",), lesson.answer),
    (r"lesson\.reason", ("choice",), lesson.reason),
    (r"lesson\.leave", ("action",), lesson.leave),
    (r"lesson\.way", ("action",), lesson.way),
    (r"reset", ("action",), _reset),
    (r"goto", ("text",), _goto),
]
