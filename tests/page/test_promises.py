"""What a link hides or locks is kept: by every edit, in every state, for every set of areas."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings

from app.page import edits
from app.page.areas import _CONTROLS, OWNED, SHOWN
from app.page.promises import HIDDEN, LOCKED, barred, kept
from app.page.scenes import SCENES
from app.page.state import State
from app.page.view import AREAS, View
from app.protocol import Forged, Mistake
from landscapes import Rosenbrock

from ..strategies import KEYS, gestures, states, taught

thoroughly = settings(max_examples=60, deadline=None, derandomize=True)
FREE = {"tab", "theme", "present", "strip", "lang", "hide", "lock", "embed"}  # of a view: no area has them
MOVES = [  # with each control of a page of three runs, something that it can do
    ("choice", "surface", "rosenbrock"), ("slider", "surface.kappa", 1.0), ("choice", "scene", "bowl"),
    ("choice", "surface", "formula"), ("text", "formula.text", "x*y"), ("number", "formula.x0", "-3"),
    ("choice", "scene", next(name for name, one in SCENES.items() if one.label)),
    ("choice", "run.0.optimizer", "adam"), ("text", "run.0.name", "mine"), ("action", "run.0.pin", 1),
    ("action", "run.0.duplicate", 1), ("action", "run.0.remove", 1), ("action", "run.0.down", 1),
    ("slider", "run.0.lr", -3.0), ("number", "run.0.lr", "0.3"), ("choice", "add", "adam"),
    ("slider", "master.lr", -3.0), ("number", "master.lr", "0.2"), ("action", "master.lr.equal", 1),
    ("action", "preset.beta.0.5", 1), ("action", "preset.textbook", 1),
    ("point", "start", [0.5, 0.25]), ("number", "start.x", "0.5"), ("number", "steps", "7"),
    ("choice", "view.map", "side"), ("choice", "view.height", "log"), ("choice", "view.arrows", "on"),
    ("choice", "view.overlay", "arrows"), ("choice", "view.panel", "step"), ("choice", "view.lr_axis", "linear"),
    ("switch", "view.limits", True), ("choice", "view.detail", "steps"), ("choice", "view.inspect", "1"),
    ("choice", "view.rule", "loss"), ("number", "tolerance", "0.5"), ("action", "ghost.0.0", 1),
    ("point", "playhead", 3), ("action", "reset", 1), ("choice", "view.strip", "eps"),
    ("choice", "view.letters", "keras"),
    ("text", "paste", "torch.optim.SGD(params, lr=0.3)"), ("action", "ghost.0.keras.words", 1),
    ("choice", "weather.clip", "norm"), ("slider", "weather.noise.x", -1.0), ("choice", "schedule", "cosine"),
    ("choice", "run.0.schedule", "stairs"), ("action", "run.0.fork", 1), ("choice", "view.tab", "basins"),
    ("choice", "sweep.kind", "grid"), ("number", "sweep.low", "0.01"), ("slider", "sweep.rates", 31.0),
    ("choice", "basins.run", "1"), ("number", "basins.steps", "50"), ("choice", "basins.show", "difference"),
    ("choice", "train.data", "cancer"), ("number", "train.batch", "64"), ("switch", "train.printed", True),
    ("choice", "experiment", "noise"), ("choice", "view.tab", "train"),
    ("choice", "lesson.open", "L06"), ("text", "goto", "?weather=noise=1,1&f=booth&run=adam&steps=9&map=side&t=3"),
]  # fmt: skip


def own(state: State, area: str) -> dict[str, Any]:
    """What belongs to an area."""
    fields = {name: getattr(state, name) for name in OWNED.get(area, ())}
    return fields | {name: getattr(state.view, name) for name in SHOWN.get(area, ())}


def after(state: State, change: tuple[str, str, Any]) -> State:
    try:
        return edits.apply(state, [change])[0]
    except Forged:
        return state


def test_every_field_belongs_to_one_area_and_every_control_is_known() -> None:
    fields = {field.name for field in dataclasses.fields(State)} - {"view"}
    assert sorted(name for names in OWNED.values() for name in names) == sorted(fields)
    seen = {field.name for field in dataclasses.fields(View)}
    assert sorted(name for names in SHOWN.values() for name in names) == sorted(seen - FREE)
    assert {area for _, made, changed in _CONTROLS for area in (*made, *changed)} == set(AREAS)
    everything = State(view=View(lock=AREAS))
    free = {key for key in (*KEYS, *(key for _, key, _ in MOVES)) if not barred(everything, key)}
    assert free == {"reset", "goto", *(f"view.{name}" for name in FREE - {"hide", "lock", "embed"})}


@thoroughly
@given(states())
def test_what_is_locked_stays_whatever_is_done(state: State) -> None:
    for change in MOVES:
        became = after(state, change)
        for area in state.view.lock:
            assert own(became, area) == own(state, area), (area, change)
        assert (became.view.lock, became.view.hide) == (state.view.lock, state.view.hide)
        assert State.from_query(became.to_query()) == (became, [])


def test_a_playhead_that_comes_from_longer_walks_stands_at_the_end_of_locked_ones() -> None:
    state, _ = State.from_query("?run=sgd&steps=2&lock=steps")
    there = after(state, ("text", "goto", "?run=adam&steps=9&t=3"))
    assert (there.n_steps, there.view.t) == (2, None) and State.from_query(there.to_query()) == (there, [])


@thoroughly
@given(states(), gestures)
def test_so_does_it_under_any_gesture(state: State, changes: list[tuple[str, str, Any]]) -> None:
    became = state
    for change in changes:
        became = after(became, change)
    for area in state.view.lock:
        assert own(became, area) == own(state, area)


@thoroughly
@given(states() | taught())
def test_a_control_that_is_hidden_or_locked_does_nothing_and_says_why(state: State) -> None:
    for kind, key, value in MOVES:
        why = barred(state, key)
        if why:
            assert edits.apply(state, [(kind, key, value)]) == (state, {key: why})


@pytest.mark.parametrize("area", [area for area in AREAS if area != "share"])
def test_every_area_can_be_changed_until_it_is_locked(area: str) -> None:
    inside = [change for change in MOVES if area in barring(change[1])]
    assert inside
    for change in inside:
        surface = "f=formula&" if change[1].startswith("formula.") else ""
        state, _ = State.from_query(f"{surface}run=rmsprop~lr=0.02&run=sgd~lr=0.05&run=rmsprop&t=5")
        assert after(state, change) != state, change
        locked = dataclasses.replace(state, view=View(t=5, lock=(area,)))
        assert after(locked, change) == locked


def barring(key: str) -> set[str]:
    return {area for area in AREAS if barred(State(view=View(lock=(area,))), key)}


def test_a_hidden_area_leaves_what_it_names_to_the_others() -> None:
    """Without the rows of the runs the masters move them still; the map no longer moves a hidden start."""
    state = State(view=View(hide=("runs", "start")))
    assert barred(state, "master.lr") == "" and barred(state, "run.0.lr") == barred(state, "start") == HIDDEN
    assert after(state, ("number", "master.lr", "0.2")).runs != state.runs


def test_a_scene_a_surface_and_a_reset_change_the_rest() -> None:
    state = State(Rosenbrock(), start=(0.5, 0.5), n_steps=33, view=View(lock=("surface", "start")))
    for change in (("choice", "scene", "own"), ("action", "reset", 1)):
        became = after(state, change)
        assert (became.landscape, became.start) == (state.landscape, state.start) and became.n_steps != 33
    walked = dataclasses.replace(state, view=View(lock=("runs", "steps", "panels", "playback"), t=9, panel="step"))
    became = after(walked, ("choice", "surface", "bowl"))
    assert became.landscape != state.landscape and (became.runs, became.n_steps) == (state.runs, 33)
    assert (became.view.t, became.view.panel) == (9, "step")


def test_what_cannot_be_kept_is_refused_in_words() -> None:
    far = State(Rosenbrock(), start=(-1.9, 2.9), view=View(lock=("start",)))
    state, messages = edits.apply(far, [("choice", "surface", "himmelblau"), ("choice", "surface", "bowl")])
    assert all(LOCKED in why for why in messages.values())
    assert state.begin == far.begin
    late = State(n_steps=50, view=View(t=40, lock=("playback",)))
    became, messages = edits.apply(late, [("number", "steps", "20")])
    assert became == late and LOCKED in messages["steps"]
    with pytest.raises(Mistake):
        kept(late, dataclasses.replace(late, n_steps=40))
