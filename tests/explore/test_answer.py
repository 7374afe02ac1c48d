"""One request, one reply: complete, repeatable, exact, and no more than the page lacks."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from app import limits
from app.explore import answer as explore
from app.explore import figures, rail
from app.explore.scene import sight
from app.page.state import Run, State
from app.page.view import View
from app.protocol import Forged, Reply, Request, read
from app.screen.arrays import text
from app.walks.levels import banded
from app.walks.simulate import simulate
from landscapes import Booth, ElongatedValley
from optim_core import SGD, Adam

from ..strategies import states

thoroughly = settings(max_examples=25, deadline=None, derandomize=True)


def request(base: str = "", *edits: Any, **more: Any) -> dict[str, Any]:
    """What a page sends."""
    return {"base": base, "edits": [list(edit) for edit in edits], "have": {}, **more}


def answered(given: Any) -> Reply:
    return explore.reply(read(Request, given))


def had(answer: Reply) -> dict[str, str]:
    """What a page has once it shows this reply."""
    return answer.keys | {"rail": answer.rail}


def walks(answer: Reply) -> dict[str, str]:
    return {name: key for name, key in answer.keys.items() if name.startswith("traces ")}


# the state


def test_the_first_reply_brings_everything() -> None:
    answer = answered(request())
    assert answer.query == "" and answer.notices == [] and answer.messages == {}
    assert set(answer.scene.skeletons) == set(answer.scene.traces) == set(answer.scene.axes) == set(figures.GRAPHS)
    assert "map-ground" in answer.scene.ground["map"]
    assert (answer.scene.steps, answer.scene.t, answer.scene.theme) == (100, None, "auto")
    assert answer.scene.start == ElongatedValley.start
    assert answer.scene.domain == ElongatedValley.domain
    assert (answer.hide, answer.lock) == ([], [])
    text(answer)


@thoroughly
@given(states())
def test_any_state_has_a_reply(state: State) -> None:
    small = State(state.landscape, state.runs, state.start, min(state.n_steps, 20), View(map=state.view.map))
    answer = answered(request(small.to_query(), open=small.runs[0].slot))
    assert State.from_query(answer.query) == (small, [])
    assert (answer.notices, answer.messages) == ([], {})
    text(answer)


def test_edits_are_taken_from_the_state_the_gesture_began_from() -> None:
    answer = answered(request("?run=sgd", ("slider", "run.0.lr", -2.0), ("number", "steps", "50")))
    assert answer.query == "?run=sgd&steps=50"
    assert answer.scene.steps == 50
    assert answered(request("?run=sgd", ("slider", "run.0.lr", -1.0))).query == "?run=sgd~lr=0.1"


def test_the_same_request_has_the_same_reply() -> None:
    asked = request("?f=booth&run=adam~lr=0.3&run=sgd", ("slider", "master.lr", -1.5), open=1, mode="dark")
    before = text(asked)
    first = text(answered(asked))
    answered(request("?f=rosenbrock", ("slider", "surface.b", 1.0)))
    assert text(answered(json.loads(before))) == first
    assert text(asked) == before


def test_what_the_address_got_wrong_is_a_notice() -> None:
    answer = answered(request("?run=sgd~lr=-1&steps=1e9"))
    assert len(answer.notices) == 2
    assert any("η" in notice and "-1" in notice for notice in answer.notices)


def test_what_the_user_got_wrong_is_a_message_at_its_control() -> None:
    answer = answered(request("?run=sgd", ("number", "run.0.lr", "fast"), ("number", "steps", "7")))
    assert answer.messages == {"run.0.lr": "must be a number of at least 0"}
    assert answer.query == "?run=sgd&steps=7"


def test_what_a_view_says_about_the_page_is_passed_on() -> None:
    answer = answered(request("?theme=dark&t=5&hide=runs&lock=surface,steps"))
    assert (answer.scene.theme, answer.scene.t) == ("dark", 5)
    assert (answer.hide, answer.lock) == (["runs"], ["surface", "steps"])


# the numbers


def test_traces_axes_and_values_are_those_of_the_panels() -> None:
    state = State(Booth(), (Run(Adam(lr=0.3), 0), Run(SGD(), 1)))
    answer, sim = answered(request(state.to_query(), open=1)), simulate(state)
    for graph in figures.GRAPHS:
        assert text(answer.scene.traces[graph]) == text(figures.traces(graph, sim))
        assert answer.scene.axes[graph] == figures.axes(graph, sim)
        assert answer.scene.skeletons[graph] == figures.skeleton(graph, state, "light")
    assert answer.shown == rail.shown(sim, 1)
    drawn = answer.scene.ground["map"]["map-ground"]["z"]
    np.testing.assert_array_equal(drawn, banded(Booth(), *sight(state, None)).band.astype(np.float32))


# only what the page lacks


def test_what_the_page_has_is_not_sent_again() -> None:
    first = answered(request("?run=sgd"))
    second = answered(request("?run=sgd", ("slider", "run.0.lr", -1.0), have=had(first)))
    assert second.scene.skeletons == {} and second.scene.ground == {}
    assert second.keys | walks(first) == first.keys and second.rail == first.rail
    assert text(second.scene.traces) != text(first.scene.traces)
    assert len(text(second)) < len(text(first)) / 3


def test_walks_that_the_page_has_are_not_sent_again() -> None:
    first = answered(request("?run=sgd"))
    wider = answered(request("?run=sgd", have=had(first), aspect=2.0))
    assert wider.scene.traces == {} and wider.scene.ground and walks(wider) == walks(first)
    other = answered(request("?run=sgd", ("choice", "view.panel", "gradient"), have=had(first)))
    assert set(other.scene.traces) == {"third"}
    moved = answered(request("?run=sgd", ("number", "start.x", "1.5"), have=had(first)))
    assert "map" in moved.scene.traces


def test_only_the_panel_that_changed_brings_a_skeleton() -> None:
    first = answered(request())
    second = answered(request("", ("choice", "view.panel", "gradient"), have=had(first)))
    assert set(second.scene.skeletons) == {"third"} and second.scene.ground == {}


def test_another_mode_brings_every_skeleton() -> None:
    first = answered(request(mode="light"))
    second = answered(request(mode="dark", have=had(first)))
    assert set(second.scene.skeletons) == set(figures.GRAPHS)


def test_another_surface_brings_its_ground() -> None:
    first = answered(request())
    second = answered(request("", ("slider", "surface.kappa", 1.0), have=had(first)))
    assert second.scene.ground != {} and second.scene.skeletons == {}


def nodes(answer: Reply) -> float:
    """About how many nodes along each side the ground has."""
    return answer.scene.ground["map"]["map-ground"]["z"].size ** 0.5


def test_the_ground_is_coarse_while_it_moves_and_fine_afterwards() -> None:
    first = answered(request())
    moving = answered(request("", ("slider", "surface.kappa", 1.0), have=had(first), coarse=True))
    assert moving.coarse and nodes(moving) == pytest.approx(limits.COARSE_GRID, rel=0.02)
    again = answered(request("", ("slider", "surface.kappa", 1.0), have=had(moving), coarse=True))
    assert again.coarse and again.scene.ground == {}
    rest = answered(request("", ("slider", "surface.kappa", 1.0), have=had(moving), coarse=False))
    assert not rest.coarse and nodes(rest) == pytest.approx(limits.GRIDS[0], rel=0.02)


def test_hurrying_spoils_no_fine_ground() -> None:
    first = answered(request())
    assert not first.coarse
    second = answered(request("", ("slider", "run.0.lr", -1.0), have=had(first), coarse=True))
    assert not second.coarse and second.scene.ground == {}


def test_small_maps_have_a_coarser_ground() -> None:
    assert nodes(answered(request("?map=side"))) == pytest.approx(limits.SMALL_GRIDS[0], rel=0.02)


def test_the_ground_is_that_of_the_window_in_sight() -> None:
    first = answered(request())
    far = answered(request(window=[-40, 40, -30, 30], have=had(first)))
    ground = far.scene.ground["map"]["map-ground"]
    assert (ground["x0"], ground["y0"]) == (-40, -30)
    assert answered(request(window=[-40, 40, -30, 30], have=had(far))).scene.ground == {}
    with pytest.raises(Forged, match="window"):
        answered(request(window=[1, 1, 0, 1]))


def test_another_shape_of_the_map_brings_what_stands_beside_the_domain() -> None:
    wide, high = (answered(request(aspect=aspect)).scene.ground["map"]["map-ground"] for aspect in (2.5, 0.5))
    (x0, _), (y0, _) = ElongatedValley.domain
    assert wide["x0"] < x0 and wide["y0"] == y0
    assert high["x0"] == x0 and high["y0"] < y0


def test_the_rail_is_sent_when_the_page_has_another() -> None:
    answer = answered(request("?run=sgd", open=0))
    assert len(answer.components) == len(rail.rail(State(runs=(Run(SGD(), 0),)), 0))
    assert answered(request("?run=sgd", open=0, have=had(answer))).components is None
    assert answered(request("?run=sgd", have=had(answer))).components is not None


def test_the_values_of_a_new_rail_come_with_it() -> None:
    answer = answered(request("?run=sgd", ("number", "run.0.lr", "0.25"), open=0))
    assert answer.components and answer.shown["number"]["run.0.lr"] == "0.25"


def test_an_open_run_that_is_not_there_opens_nothing() -> None:
    asked = request("?run=sgd~slot=1", open=5)
    assert text(answered(asked).shown) == text(answered(request("?run=sgd~slot=1")).shown)
    assert len(str(answered(asked).components)) == len(str(answered(request("?run=sgd~slot=1")).components))
