"""One request, one reply: complete, repeatable, exact, and no more than the page lacks."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import limits
from app.explore import answer as explore
from app.explore import figures, rail
from app.page.state import Run, State, View
from app.screen.arrays import decode
from app.walks.simulate import ground, simulate
from landscapes import LANDSCAPES, Booth, ElongatedValley, Rosenbrock
from optim_core import SGD, Adam

from ..strategies import gestures, states

thoroughly = settings(max_examples=25, deadline=None, derandomize=True)


def request(base: str = "", *edits: Any, **more: Any) -> dict[str, Any]:
    return {"seq": 1, "base": base, "edits": [list(edit) for edit in edits], "have": {}, **more}


def had(answer: dict[str, Any]) -> dict[str, Any]:
    """What a page has once it shows this reply."""
    return answer["keys"] | {"rail": answer["rail"]}


def as_json(answer: dict[str, Any]) -> str:
    return json.dumps(answer, allow_nan=False)


# the state


def test_the_first_reply_brings_everything() -> None:
    answer = explore.answer(request())
    assert answer["query"] == "" and answer["notices"] == [] and answer["messages"] == {}
    assert set(answer["skeletons"]) == set(answer["traces"]) == set(answer["axes"]) == set(figures.GRAPHS)
    assert "map-ground" in answer["ground"]["map"]
    assert (answer["steps"], answer["t"], answer["theme"]) == (100, None, "auto")
    assert answer["start"] == list(ElongatedValley.start)
    assert answer["domain"] == [list(span) for span in ElongatedValley.domain]
    assert (answer["hide"], answer["lock"]) == ([], [])
    as_json(answer)


@thoroughly
@given(states())
def test_any_state_has_a_reply(state: State) -> None:
    small = State(state.landscape, state.runs, state.start, min(state.n_steps, 20), View(map=state.view.map))
    answer = explore.answer(request(small.to_query(), open=small.runs[0].slot))
    assert State.from_query(answer["query"]) == (small, [])
    assert (answer["notices"], answer["messages"]) == ([], {})
    assert [row["slot"] for row in answer["results"]] == [run.slot for run in small.runs]
    as_json(answer)


def test_edits_are_taken_from_the_state_the_gesture_began_from() -> None:
    answer = explore.answer(request("?run=sgd", ("slider", "run.0.lr", -2.0), ("number", "steps", "50")))
    assert answer["query"] == "?run=sgd&steps=50"
    assert answer["steps"] == 50
    assert explore.answer(request("?run=sgd", ("slider", "run.0.lr", -1.0)))["query"] == "?run=sgd~lr=0.1"


def test_the_same_request_has_the_same_reply() -> None:
    asked = request("?f=booth&run=adam~lr=0.3&run=sgd", ("slider", "master.lr", -1.5), open=1, mode="dark")
    before = as_json(asked)
    first = as_json(explore.answer(asked))
    explore.answer(request("?f=rosenbrock", ("slider", "surface.b", 1.0)))
    assert as_json(explore.answer(json.loads(before))) == first
    assert as_json(asked) == before


def test_what_the_address_got_wrong_is_a_notice() -> None:
    answer = explore.answer(request("?run=sgd~lr=-1&steps=1e9"))
    assert len(answer["notices"]) == 2
    assert any("η" in notice and "-1" in notice for notice in answer["notices"])


def test_what_the_user_got_wrong_is_a_message_at_its_control() -> None:
    answer = explore.answer(request("?run=sgd", ("number", "run.0.lr", "fast"), ("number", "steps", "7")))
    assert answer["messages"] == {"run.0.lr": "must be a number of at least 0"}
    assert answer["query"] == "?run=sgd&steps=7"


@pytest.mark.parametrize("seq", [0, 17, None, "a"])
def test_a_reply_says_which_request_it_answers(seq: Any) -> None:
    assert explore.answer(request(seq=seq))["seq"] == seq


def test_what_a_view_says_about_the_page_is_passed_on() -> None:
    answer = explore.answer(request("?theme=dark&t=5&hide=runs&lock=surface,steps"))
    assert (answer["theme"], answer["t"]) == ("dark", 5)
    assert (answer["hide"], answer["lock"]) == (["runs"], ["surface", "steps"])


# the numbers


def test_results_are_exact() -> None:
    state = State(Rosenbrock(), (Run(Adam(lr=0.0123), 4, "mine"), Run(SGD(lr=0.1), 0)))
    rows = json.loads(as_json(explore.answer(request(state.to_query()))))["results"]
    first, second = simulate(state).walks
    assert rows[0] == {"slot": 4, "label": "mine", "loss": float(first.trajectory.loss[-1]), "diverged_at": None}
    assert rows[1] == {"slot": 0, "label": SGD.label, "loss": None, "diverged_at": second.diverged_at}
    assert second.diverged_at > 0


def test_traces_axes_and_values_are_those_of_the_panels() -> None:
    state = State(Booth(), (Run(Adam(lr=0.3), 0), Run(SGD(), 1)))
    answer, sim = explore.answer(request(state.to_query(), open=1)), simulate(state)
    for graph in figures.GRAPHS:
        assert answer["traces"][graph] == figures.traces(graph, sim)
        assert answer["axes"][graph] == figures.axes(graph, sim)
        assert answer["skeletons"][graph] == figures.skeleton(graph, state, "light")
    assert answer["shown"] == rail.shown(sim, 1)
    np.testing.assert_array_equal(
        decode(answer["ground"]["map"]["map-ground"]["z"]), ground(Booth()).height.astype(np.float32)
    )


# only what the page lacks


def test_what_the_page_has_is_not_sent_again() -> None:
    first = explore.answer(request("?run=sgd"))
    second = explore.answer(request("?run=sgd", ("slider", "run.0.lr", -1.0), have=had(first)))
    assert second["skeletons"] == {} and second["ground"] == {}
    assert second["keys"] == first["keys"] and second["rail"] == first["rail"]
    assert second["traces"] != first["traces"]
    assert len(as_json(second)) < len(as_json(first)) / 3


def test_only_the_panel_that_changed_brings_a_skeleton() -> None:
    first = explore.answer(request())
    second = explore.answer(request("", ("choice", "view.panel", "gradient"), have=had(first)))
    assert set(second["skeletons"]) == {"third"} and second["ground"] == {}


def test_another_mode_brings_every_skeleton() -> None:
    first = explore.answer(request(mode="light"))
    second = explore.answer(request(mode="dark", have=had(first)))
    assert set(second["skeletons"]) == set(figures.GRAPHS)
    assert explore.answer(request(mode="sepia"))["keys"] == first["keys"]


def test_another_surface_brings_its_ground() -> None:
    first = explore.answer(request())
    second = explore.answer(request("", ("slider", "surface.kappa", 1.0), have=had(first)))
    assert second["ground"] != {} and second["skeletons"] == {}


def shape(answer: dict[str, Any]) -> str:
    return answer["ground"]["map"]["map-ground"]["z"]["shape"]


def test_the_ground_is_coarse_while_it_moves_and_fine_afterwards() -> None:
    first = explore.answer(request())
    moving = explore.answer(request("", ("slider", "surface.kappa", 1.0), have=had(first), coarse=True))
    assert moving["coarse"] and shape(moving) == f"{limits.COARSE_GRID}, {limits.COARSE_GRID}"
    again = explore.answer(request("", ("slider", "surface.kappa", 1.0), have=had(moving), coarse=True))
    assert again["coarse"] and again["ground"] == {}
    rest = explore.answer(request("", ("slider", "surface.kappa", 1.0), have=had(moving), coarse=False))
    assert not rest["coarse"] and shape(rest) == f"{limits.GRID}, {limits.GRID}"


def test_hurrying_spoils_no_fine_ground() -> None:
    first = explore.answer(request())
    assert not first["coarse"]
    second = explore.answer(request("", ("slider", "run.0.lr", -1.0), have=had(first), coarse=True))
    assert not second["coarse"] and second["ground"] == {}


def test_small_maps_have_a_coarse_ground() -> None:
    assert shape(explore.answer(request("?map=side"))) == f"{limits.COARSE_GRID}, {limits.COARSE_GRID}"


def test_the_rail_is_sent_when_the_page_has_another() -> None:
    asked = request("?run=sgd", open=0)
    answer = explore.answer(asked)
    assert len(explore.rail_of(answer, asked)) == len(rail.rail(State(runs=(Run(SGD(), 0),)), 0))
    assert explore.rail_of(answer, {**asked, "have": had(answer)}) is None
    closed = request("?run=sgd", have=had(answer))
    assert explore.rail_of(explore.answer(closed), closed) is not None


def test_the_rail_shows_the_values_of_the_reply() -> None:
    asked = request("?run=sgd", ("number", "run.0.lr", "0.25"), open=0)
    parts = [part for root in explore.rail_of(explore.answer(asked), asked) for part in root._traverse()]
    typed = [part.value for part in parts if getattr(part, "id", None) == {"number": "run.0.lr"}]
    assert typed == ["0.25"]


@pytest.mark.parametrize("slot", [None, "0", True, [], {}, 0.0])
def test_an_open_run_is_a_slot_or_none(slot: Any) -> None:
    asked = request("?run=sgd~slot=1", open=slot)
    answer = explore.answer(asked)
    assert answer["rail"] == explore.answer(request("?run=sgd~slot=1"))["rail"]
    assert as_json(answer["shown"]) == as_json(explore.answer(request("?run=sgd~slot=1"))["shown"])
    assert len(str(explore.rail_of(answer, asked))) == len(str(explore.rail_of(answer, request())))


# what no page sends

WRONG = [
    None,
    [],
    "text",
    3,
    {},
    {"base": ""},
    {"base": "", "edits": []},
    request() | {"base": 3},
    request() | {"base": None},
    request() | {"edits": {}},
    request() | {"edits": None},
    request() | {"edits": [None]},
    request() | {"edits": ["abc"]},
    request() | {"edits": [["slider", "steps"]]},
    request() | {"edits": [["slider", "steps", 1, 2]]},
    request() | {"edits": [[1, "steps", 1]]},
    request() | {"edits": [["slider", None, 1]]},
    request() | {"edits": [["slider", "no.such", 1]]},
    request() | {"edits": [["slider", "steps", "many"]]},
    request() | {"edits": [["choice", "surface", {}]]},
    request() | {"have": None},
    request() | {"have": []},
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: str(wrong)[:60])
def test_what_no_page_sends_is_malformed(wrong: Any) -> None:
    with pytest.raises(explore.Malformed) as raised:
        explore.answer(wrong)
    assert 5 < len(str(raised.value)) < 120


@thoroughly
@given(
    gestures,
    st.dictionaries(st.sampled_from(["open", "mode", "coarse", "seq"]), st.none() | st.text() | st.lists(st.none())),
)
def test_any_edits_are_answered_or_malformed(edits: list[Any], more: dict[str, Any]) -> None:
    for edit in edits:
        try:
            answer = explore.answer(request("?run=adam~lr=0.1&run=sgd&steps=5", edit, **more))
        except explore.Malformed:
            continue
        as_json(answer)


# the probe


@pytest.mark.parametrize("landscape", LANDSCAPES.values(), ids=LANDSCAPES)
def test_a_probe_reads_loss_and_gradient(landscape: type) -> None:
    (x0, x1), (y0, y1) = landscape.domain
    x, y = x0 + 0.37 * (x1 - x0), y0 + 0.61 * (y1 - y0)
    text = explore.probe({"at": [x, y], "query": State(landscape()).to_query()})["text"].replace("−", "-")
    loss, grad = landscape().loss(np.array([x, y])), landscape().grad(np.array([x, y]))
    for number in (x, y, loss, *grad):
        assert f"{number:.4g}" in text


def test_a_probe_where_nothing_is_finite_says_so() -> None:
    assert explore.probe({"at": [1e300, 1e300], "query": "?f=rosenbrock"})["text"] == "not finite here"


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {},
        {"at": "x", "query": ""},
        {"at": [1], "query": ""},
        {"at": [1, 2, 3], "query": ""},
        {"at": [1, "2"], "query": ""},
        {"at": [True, 2], "query": ""},
        {"at": [None, None], "query": ""},
        {"at": [math.nan, 0], "query": ""},
        {"at": [10**400, 0], "query": ""},
        {"at": [1, 2], "query": None},
        {"at": [1, 2]},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
def test_a_probe_needs_a_point_and_a_query(wrong: Any) -> None:
    with pytest.raises(explore.Malformed):
        explore.probe(wrong)
