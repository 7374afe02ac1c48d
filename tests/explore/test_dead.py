"""A control that can do nothing says so, and no other one does."""

from typing import Any

import pytest

from app.explore import dead, details, figures, ground
from app.explore.scene import Sight, scene
from app.page import edits, run_edits
from app.page.state import State
from app.page.view import CHOICES
from app.protocol import Ask, Scene
from app.screen.arrays import text
from app.walks.simulate import simulate

STATES = {
    "the default page": "",
    "one run without memory": "?run=sgd&steps=20",
    "no rate for each parameter": "?run=sgd&run=momentum&steps=20",
    "ghosts alone": "?run=adam~pinned=1&run=sgd~pinned=1&steps=20",
    "a ghost beside a run": "?run=adam~pinned=1&run=sgd&steps=20",
    "in space": "?map=surface&steps=20&overlay=arrows",
    "in space without a logarithm": "?f=saddle&map=surface&steps=20",
    "side by side": "?map=side&steps=20&detail=now",
    "nothing to remember": "?panel=velocity&steps=20",
    "no minimum": "?f=saddle&panel=distance&steps=20",
    "textbook rates": "?run=sgd&run=adam&steps=20&detail=stability",
    "adaptive alone": "?run=adam~lr=0.1&steps=20&detail=off",
    "a rule": "?rule=loss&steps=20&detail=off",
    "lost at once": "?run=sgd~lr=1.7e308&panel=step&steps=20",
    "one step": "?steps=1",
    "noise": "?weather=noise=1,1&steps=20&t=5",
    "gaps": "?weather=sparse=1,0.5&steps=20",
    "all slots": "?" + "&".join(["run=sgd~lr=0.01"] * 8) + "&steps=5",
}
every_state = pytest.mark.parametrize("query", STATES.values(), ids=STATES)

PRESETS = ("master.lr.equal", "preset.textbook", *(f"preset.beta.{beta}" for beta in run_edits.BETAS))


def seen(state: State) -> str:
    """All that can be seen beside the controls themselves."""
    sim = simulate(state)
    told = [details.details(state, Ask("", t))._replace(query="") for t in (0, state.n_steps)]
    if state.view.map == "surface":
        told = [one._replace(overlays=[]) for one in told]  # they are drawn in the plane
    slots = [(walk.run.slot, walk.label, walk.run.pinned) for walk in sim.walks]
    whole = scene(sim, {}, Sight(ground.window(state, None), (20,)))
    drawn = {graph: picture(graph, whole, state) for graph in figures.GRAPHS}
    return text([drawn, whole.ends, whole.stops, told, slots])


def picture(graph: str, whole: Scene, state: State) -> Any:
    """What a graph shows: why it is empty, or its traces that have data, its axes and its layout."""
    if graph in whole.empty:
        return whole.empty[graph]
    arrays = whole.traces[graph] | whole.ground.get(graph, {})
    bare = figures.skeleton(graph, state, "light")
    traces = [(one, arrays[one["uid"]]) for one in bare["data"] if one["uid"] in arrays]
    layout = {name: value for name, value in bare["layout"].items() if name != "uirevision"}
    return traces, layout, whole.axes[graph]


def moves(state: State) -> dict[str, list[tuple[str, str, Any]]]:
    """Control -> what can be done with it."""
    names = ("map", "arrows", "overlay", "limits", "lr_axis", "rms_axis", "panel_axis")
    able = {f"view.{name}": [("choice", f"view.{name}", word) for word in CHOICES[name]] for name in names}
    if state.view.map == "surface":
        able["view.height"] = [("choice", "view.height", word) for word in CHOICES["height"]]
    able |= {
        f"master.{name}": [("number", f"master.{name}", value) for value in ("0.3", "0.7")]
        for name in run_edits.MASTERS
    }
    able |= {key: [("action", key, 1)] for key in PRESETS}
    able |= {key: [("number", key, "7")] for key in ("weather.batch.size", "weather.seed.first", "weather.seeds.many")}
    able["tolerance"] = [("number", "tolerance", value) for value in ("1e-9", "10")]
    places = range(len(state.runs))
    acts = [f"run.{place}.{what}" for place in places for what in ("up", "down", "duplicate", "remove", "fork")]
    return able | {key: [("action", key, 1)] for key in acts} | {"add": [("choice", "add", "sgd")]}


@every_state
def test_what_changes_nothing_says_why_and_nothing_else_does(query: str) -> None:
    state, notices = State.from_query(query)
    assert not notices
    before, reasons = seen(state), dead.reasons(simulate(state))
    for key, able in moves(state).items():
        changes = any(seen(edits.apply(state, [edit])[0]) != before for edit in able)
        assert changes != (key in reasons), key


@every_state
def test_a_reason_is_a_few_words_about_a_control_of_the_page(query: str) -> None:
    state, _ = State.from_query(query)
    reasons = dead.reasons(simulate(state))
    known = {"reset", "preset.tuned", *moves(state), *(f"run.{place}.duplicate" for place in range(8))}
    assert set(reasons) <= known
    assert all(0 < len(why) < 80 for why in reasons.values())


@every_state
def test_a_reset_is_offered_where_an_address_says_more_than_how_the_page_is_lit(query: str) -> None:
    state, _ = State.from_query(query)
    aside = ("t", "theme", "present", "hide", "lock")
    own = [part for part in state.to_query()[1:].split("&") if part and part.split("=")[0] not in aside]
    assert bool(own) != ("reset" in dead.reasons(simulate(state)))
