"""What the controls of the surface and of the start do to a State."""

import math
from dataclasses import replace
from typing import Any

from landscapes import LANDSCAPES, TRANSFORMS, Formula, FormulaError, layers, with_value, wrapped
from landscapes.formula import FARTHEST
from optim_core import Hyper, hypers

from ..protocol import Forged, Mistake
from .given import number, word
from .numbers import is_number
from .scenes import SCENES
from .spelled import TYPED, YOURS, slug_of
from .state import ASKED, State, inside, own_scene, scene
from .window import room

ENDS = ("x0", "x1", "y0", "y1")  # of a window
WINDOW = Hyper("", "an end of the window", (-2, 2), (-FARTHEST, FARTHEST))
OWN = "own"  # the scene of the present surface


def other_surface(state: State, kind: str, value: Any) -> State:
    if word(value) not in (*LANDSCAPES, TYPED):
        raise Forged("no such surface")
    there = State(YOURS if value == TYPED else LANDSCAPES[value](), view=state.view)
    own = own_scene(state.landscape, state.view.tab)
    if (state.runs, state.n_steps) == (own.runs, own.n_steps):  # nothing of one's own would be lost
        kept = {name: getattr(state, name) for name in ("weather", "schedule", *ASKED)}
        state = replace(there, view=replace(state.view, t=None), **kept)
    return replace(state, landscape=there.landscape, start=None)


def other_scene(state: State, kind: str, value: Any) -> State:
    """A scene from its beginning; where it shows the present surface, it stays there."""
    here = slug_of(state.landscape)
    name = here if value == OWN else word(value)
    if name not in SCENES:
        raise Forged("no such scene")
    found = scene(name, here if here in SCENES[name].shows else "")
    seen = replace(state.view, t=None, panel=found.view.panel)
    return replace(found, view=seen, **{name: getattr(state, name) for name in ASKED})


def shape(state: State, kind: str, value: Any, name: str) -> State:
    core, around = layers(state.landscape)
    if name not in hypers(core):
        raise Mistake("this surface has no such setting")
    changed = replace(core, **{name: number(hypers(core)[name], kind, value)})
    return replace(state, landscape=wrapped(changed, around))


def typed_surface(state: State, kind: str, value: Any, part: str) -> State:
    """A surface of one's own by another formula, or over another window."""
    core, around = layers(state.landscape)
    if not isinstance(core, Formula):
        raise Mistake("this surface is not typed")
    try:
        if part == "text":
            there = Formula(word(value), core.window)
        else:
            ends = [end for span in core.window for end in span]
            ends[ENDS.index(part)] = number(WINDOW, kind, value)
            there = Formula(core.text, ((ends[0], ends[1]), (ends[2], ends[3])))
    except FormulaError as why:
        raise Mistake(str(why)) from None
    landscape = wrapped(there, around)
    start = None if state.start is None else inside(landscape, state.start)
    return replace(state, landscape=landscape, start=start)


def transform(state: State, kind: str, value: Any, slug: str, name: str) -> State:
    """The surface turned, scaled, ... by another number; a start of one's own stays in its room."""
    declared = hypers(TRANSFORMS[slug])
    if name not in declared:
        raise Forged("no such setting")
    landscape = with_value(state.landscape, TRANSFORMS[slug], name, number(declared[name], kind, value))
    start = None if state.start is None else inside(landscape, state.start)
    return replace(state, landscape=landscape, start=start)


def start_at(state: State, kind: str, value: Any) -> State:
    if not (isinstance(value, list) and len(value) == 2 and all(map(is_number, value))):
        raise Forged("a point is two numbers")
    (x0, x1), (y0, y1) = state.landscape.domain
    digits = [3 - math.floor(math.log10(size)) for size in (x1 - x0, y1 - y0)]  # a thousandth of the map or less
    return replace(state, start=inside(state.landscape, tuple(map(round, value, digits))))


def start_part(state: State, kind: str, value: Any, axis: str) -> State:
    place = "xy".index(axis)
    span = room(state.landscape)[place]
    point = list(state.begin)
    point[place] = number(Hyper(axis, "", span, span), "number", value)
    return replace(state, start=tuple(point))
