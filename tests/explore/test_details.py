"""What stands below the map: every number in it against the modules that work it out, and all of it JSON."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.explore import answer as explore
from app.explore import details
from app.page.edits import apply
from app.page.glossary import TERMS
from app.page.numbers import brief
from app.page.state import Run, State
from app.page.view import CHOICES, View
from app.protocol import Ask, Mistake
from app.walks import elsewhere, explain, fates, results, stability, typeset
from app.walks.narrate import narrate
from app.walks.simulate import Walk, simulate
from landscapes import Surface
from optim_core import OPTIMIZERS, SGD, Adam, RMSProp

from .asking import asked, column, numbers, state

SCENES = [
    "",
    "?run=sgd~lr=5&run=adam~lr=0.1&steps=60",  # the first one diverges
    "?f=rosenbrock&run=sgd~lr=0.01&run=lion&steps=40",
    "?f=saddle&run=momentum&run=adadelta&steps=30",
    "?f=factorization&run=sgd~lr=0.02&run=adam&steps=30",
    "&".join(["?f=styblinski-tang", *(f"run={slug}" for slug in list(OPTIMIZERS)[:8]), "steps=30"]),
    "?steps=1&run=sgd~lr=0",
]


def finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


# --- every kind ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("detail", CHOICES["detail"])
@pytest.mark.parametrize("query", SCENES)
def test_every_kind_is_json_and_speaks_of_every_run(query: str, detail: str) -> None:
    for t in (0, 1, 30):
        told, sim = asked(query, t, detail=detail)
        t = min(t, sim.state.n_steps)
        said = [(walk.run.slot, narrate(walk, sim.state.landscape, t)) for walk in sim.walks]
        assert [(one["slot"], one["text"]) for one in told["said"]] == said
        for row in told.get("rows", []):
            assert len(row["cells"]) == len(told["columns"])
            assert all(cell["text"] and "nan" not in cell["text"].lower() for cell in row["cells"])


@pytest.mark.parametrize(("t", "kept"), [(-1, 0), (10**9, 100), (42, 42)])
def test_the_step_is_one_of_the_walk(t: int, kept: int) -> None:
    assert asked("", t, detail="now")[0] == asked("", kept, detail="now")[0]


def test_closed_holds_the_sentences_alone() -> None:
    told, _ = asked("", 5, detail="off")
    assert told["said"] and told["table"] is told["stories"] is told["notes"] is None


# --- tables ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", SCENES)
def test_results_are_those_of_the_walks(query: str) -> None:
    told, sim = asked(query, 0, detail="results", tolerance="0.01")
    rows = results.rows(sim, 0.01)
    assert [row["slot"] for row in told["rows"]] == [row.slot for row in rows]
    assert [cell["text"] for cell in column(told, "Run")] == [row.label for row in rows]
    assert numbers(told, "Status") == [row.status for row in rows]
    assert numbers(told, "Settings") == [row.settings or "defaults" for row in rows]
    assert numbers(told, "Steps to 0.01") == [row.arrived for row in rows]
    assert numbers(told, "Memory per parameter") == [row.memory for row in rows]
    for name, key in (
        ("Final loss", "final_loss"),
        ("Best loss", "best_loss"),
        (f"Distance to {sim.state.landscape.goal}", "distance"),
        ("Path length", "path_length"),
    ):
        values = [getattr(row, key) for row in rows]
        assert numbers(told, name) == [finite(value) for value in values]
        shown = [cell["text"] for cell in column(told, name)]
        assert shown == ["–" if value is None else brief(value) for value in values]


@pytest.mark.parametrize("query", SCENES)
def test_at_this_step(query: str) -> None:
    for t in (0, 1, 17):
        told, sim = asked(query, t, detail="now")
        now = [results.now(walk, min(t, sim.state.n_steps)) for walk in sim.walks]
        for name, values in (
            ("x", [one.x for one in now]),
            ("y", [one.y for one in now]),
            ("Loss", [one.loss for one in now]),
            ("Gradient", [one.gradient for one in now]),
            ("η of x", [one.effective_lr and one.effective_lr[0] for one in now]),
            ("RMS of y", [one.rms_grad and one.rms_grad[1] for one in now]),
            ("Step length", [one.step for one in now]),
        ):
            assert numbers(told, name) == [finite(value) for value in values], (name, t)


def test_what_is_not_finite_is_said_in_words() -> None:
    told, _ = asked("?f=rosenbrock&run=sgd~lr=1&run=adam&steps=40", 40, detail="now")
    diverged = [cell["text"] for cell in told["rows"][0]["cells"][1:]]
    assert set(diverged) <= {"not finite", "∞", "−∞"} | {one for one in diverged if one[-1].isdigit()}
    assert {"not finite", "∞", "−∞"} & set(diverged)
    assert all(cell["text"][-1].isdigit() for cell in told["rows"][1]["cells"][1:])


@pytest.mark.parametrize("query", SCENES)
def test_stability(query: str) -> None:
    told, sim = asked(query, 1, detail="stability")
    for place, walk in enumerate(sim.walks):
        values = stability.curvature(sim.state.landscape, tuple(walk.trajectory.params[1])).values.tolist()
        allowed = stability.limits(walk, sim.state.landscape)
        assert numbers(told, "λmin")[place] == finite(values[0])
        assert numbers(told, "λmax")[place] == finite(values[1])
        assert numbers(told, "η in use")[place] == walk.run.optimizer.lr
        assert numbers(told, "Stable up to η")[place] == (None if allowed is None else finite(float(allowed.limit[1])))
        why = column(told, "What happens")[place]["text"]
        assert why == (fates.happens(walk, sim.state.landscape, sim.state.n_steps) or "–")
        above = column(told, "η above the limit")[place]["text"]
        if allowed is None:
            assert above == "no fixed limit"
        else:
            assert above == ("never" if allowed.exceeded_at is None else f"first at step {allowed.exceeded_at}")


def test_stability_of_a_bowl_is_two_over_lambda() -> None:
    told, _ = asked("?f=bowl&run=sgd~lr=2.5&steps=20", 0, detail="stability")
    assert numbers(told, "Stable up to η")[0] == pytest.approx(2.0, rel=1e-6)
    assert numbers(told, "η above the limit") == ["first at step 1"]


# --- the stopping rule -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", results.RULES)
@pytest.mark.parametrize("tolerance", ["0.001", "1", "1e-12"])
def test_a_rule_marks_the_first_step_that_meets_it(rule: str, tolerance: str) -> None:
    told, sim = asked("?run=sgd&run=rmsprop&run=sgd~lr=5", 0, detail="results", rule=rule, tolerance=tolerance)
    at = [results.first_step(walk, sim.state.landscape, rule, float(tolerance)) for walk in sim.walks]
    assert details.stops(sim) == {place: step for place, step in enumerate(at) if step is not None}
    assert numbers(told, "Would stop at") == at


def test_without_a_rule_nothing_stops() -> None:
    told, sim = asked("", 0, detail="results", rule="off", tolerance="1e300")
    assert details.stops(sim) == {} and "Would stop at" not in told["columns"]


# --- step by step ----------------------------------------------------------------------------------------------------


def test_a_story_holds_every_number_of_the_inspector() -> None:
    told, sim = asked("?run=adam~lr=0.1&run=rmsprop&steps=12", 3, detail="steps")
    assert [(one["slot"], one["label"]) for one in told["stories"]] == [(2, "Adam"), (1, "RMSProp")]
    for story, walk in zip(told["stories"], sim.walks, strict=True):
        columns = story["columns"]
        for t in (1, 5, 12):
            for line, shown in zip(story["lines"], explain.inspect(walk, t), strict=True):
                for axis in (0, 1):
                    at = reader(columns, t, axis)
                    assert typeset.fill(line["text"], at, story["digits"]) == shown.text[axis]
                    assert typeset.fill(line["math"], at, story["digits"]) == shown.filled[axis]


def reader(columns: list[list[Any]], t: int, axis: int) -> Any:
    def at(column: int, back: int) -> float:
        one = columns[column][min(axis, len(columns[column]) - 1)]
        return one if isinstance(one, float | int) else float(one[t - back])

    return at


def test_the_numbers_of_all_steps_are_sent_once() -> None:
    query = "?detail=steps&overlay=arrows&t=4"
    whole, brief = (explore.told(Ask(query, t, brief=t > 4)) for t in (4, 5))
    assert whole.stories and brief.stories is None
    assert (whole.brief, whole.query) == (False, query)
    assert (brief.brief, brief.query) == (True, query)
    wanted = details.details(state(query), Ask(query, 5))
    assert (brief.said, brief.overlays) == (wanted.said, wanted.overlays)


def test_one_run_may_be_chosen() -> None:
    for chosen, labels in (("", ["SGD", "RMSProp", "Adam"]), ("1", ["RMSProp"]), ("7", [])):
        told, _ = asked("", 1, detail="steps", **({"inspect": chosen} if chosen else {}))
        assert [one["label"] for one in told["stories"]] == labels


# --- conventions, and the ghost that shows them ----------------------------------------------------------------------


@pytest.mark.parametrize("query", ["?run=rmsprop&run=adam&run=adagrad", "?run=momentum&run=amsgrad&run=nesterov"])
def test_every_convention_is_told_and_every_offer_is_kept(query: str) -> None:
    told, sim = asked(query, 1, detail="conventions")
    wanted = [one for place, walk in enumerate(sim.walks) for one in notes_of(place, walk, sim.state.landscape)]
    assert [(note["label"], note["text"]) for note in told["notes"]] == [(label, text) for label, text, *_ in wanted]
    for note, (_, _, key, walk, strays) in zip(told["notes"], wanted, strict=True):
        if strays is None or strays.largest == 0:
            assert note["edit"] is None
            continue
        assert note["edit"] == key
        after, messages = apply(sim.state, [("action", key, 1)])
        assert messages == {} and after.runs[: len(sim.walks)] == sim.state.runs
        ghost = after.runs[-1]
        assert ghost.pinned and ghost.slot not in {run.slot for run in sim.state.runs}
        theirs = simulate(after).walks[-1].trajectory.params
        apart = np.linalg.norm(theirs - walk.trajectory.params, axis=1).max()
        assert apart == pytest.approx(strays.largest, rel=1e-12) or math.isinf(strays.largest)
        assert State.from_query(after.to_query()) == (after, [])


def notes_of(place: int, walk: Walk, surface: Surface) -> Iterator[tuple[str, str, str, Walk, Any]]:
    """(label, text, the edit it may offer, walk, how far the other strays): the defaults, the libraries, the points."""
    label = walk.label
    there = elsewhere.elsewhere(walk, surface)
    yield label, elsewhere.defaults(type(walk.run.optimizer)), "", walk, None
    if alike := elsewhere.alike(there):
        yield label, alike, "", walk, None
    for same in filter(lambda one: one.text, there):
        yield label, same.text, f"ghost.{place}.{same.library}.{same.way}", walk, same.strays
    for number, (one, strays) in enumerate(results.differences(walk, surface)):
        yield label, results.told(one, strays), f"ghost.{place}.{number}", walk, strays


def test_a_ghost_that_cannot_be() -> None:
    full = State(runs=tuple(Run(RMSProp(), slot) for slot in range(8)))
    for found, key in (
        (full, "ghost.0.0"),
        (State(), "ghost.7.0"),
        (State(), "ghost.1.9"),
        (full, "ghost.0.keras.words"),
    ):
        after, messages = apply(found, [("action", key, 1)])
        assert after == found and set(messages) == {key} and messages[key]
    for key in ("ghost.0", "ghost.a.0", "ghost.0.10", "ghost.-1.0", "ghost.0.jax.words", "ghost.0.keras"):
        with pytest.raises(ValueError) as raised:
            apply(State(), [("action", key, 1)])
        assert not isinstance(raised.value, Mistake)


# --- what is drawn at the heads --------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", SCENES)
@pytest.mark.parametrize("t", [0, 1, 20])
def test_arrows_begin_where_the_step_does(query: str, t: int) -> None:
    told, sim = asked(query, t, overlay="arrows")
    t = min(t, sim.state.n_steps)
    for walk in sim.walks:
        drawn = [one for one in told["overlays"] if one["slot"] == walk.run.slot]
        if walk.diverged_at is not None and t >= walk.diverged_at:
            assert drawn == []
            continue
        wanted = explain.arrows(walk, max(t, 1))
        x, y = walk.trajectory.params[max(t - 1, 0)]
        assert [one["label"] for one in drawn] == [arrow.label for arrow in wanted]
        assert [one["points"] for one in drawn] == [[[x, y], [x + one.dx, y + one.dy]] for one in wanted]
        assert all(one["arrow"] for one in drawn)


def test_the_last_arrow_ends_at_the_head() -> None:
    told, sim = asked("", 9, overlay="arrows")
    for walk in sim.walks:
        last = [one for one in told["overlays"] if one["slot"] == walk.run.slot][-1]
        assert last["points"][1] == pytest.approx(walk.trajectory.params[9].tolist())


def test_an_ellipse_is_as_narrow_as_the_valley() -> None:
    told, sim = asked("?run=adam", 0, overlay="ellipse")
    curve, *axes = told["overlays"]
    assert len(axes) == 2 and not any(one["arrow"] for one in told["overlays"])
    assert curve["points"][0] == pytest.approx(curve["points"][-1])
    points = np.array(curve["points"]) - sim.state.begin
    wide, high = np.abs(points).max(axis=0)
    assert wide == pytest.approx(details.REACH * fates.diagonal(sim.state.landscape))
    assert wide / high == pytest.approx(math.sqrt(40), rel=1e-4)


def test_no_ellipse_on_a_saddle() -> None:
    assert len(asked("?f=saddle&run=sgd&steps=5", 1, overlay="ellipse")[0]["overlays"]) == 2  # the axes alone


@pytest.mark.parametrize("overlay", ["arrows", "ellipse"])
@pytest.mark.parametrize("query", SCENES)
def test_overlays_are_finite(query: str, overlay: str) -> None:
    for t in (0, 1, 2, 3, 5, 30):
        for one in asked(query, t, overlay=overlay)[0]["overlays"]:
            assert np.isfinite(one["points"]).all()


# --- the view and its query ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["detail", "inspect", "overlay", "rule", "present"])
def test_a_choice_is_in_the_address(name: str) -> None:
    for value in CHOICES[name]:
        found = State(view=View(**{name: value}))
        assert State.from_query(found.to_query()) == (found, [])
        is_default = value == getattr(View(), name)
        assert found.to_query() == ("" if is_default else f"?{name}={value}")
    kept, notices = State.from_query(f"?{name}=%3Cnonsense")
    assert kept == State() and len(notices) == 1


@pytest.mark.parametrize("name", ["detail", "overlay", "rule", "present"])
def test_a_choice_is_a_control(name: str) -> None:
    for value in CHOICES[name]:
        after, _ = apply(State(), [("choice", f"view.{name}", value)])
        assert getattr(after.view, name) == value
        with pytest.raises(ValueError):
            apply(State(), [("choice", f"view.{name}", "nonsense")])


@pytest.mark.parametrize("value", [1e-12, 0.1, 5.0, 1e-300, 1 / 3])
def test_the_tolerance_is_typed_and_stays(value: float) -> None:
    after, messages = apply(State(), [("number", "tolerance", repr(value))])
    assert messages == {} and after.view.tolerance == value
    assert State.from_query(after.to_query()) == (after, [])


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "", "a", "1e301", True, None, [1]])
def test_a_tolerance_that_is_none(value: Any) -> None:
    after, messages = apply(State(), [("number", "tolerance", value)])
    assert after == State() and set(messages) == {"tolerance"}
    if isinstance(value, str) and value:
        kept, notices = State.from_query(f"?tolerance={value}")
        assert kept == State() and len(notices) == 1


def test_names_are_told_as_they_are() -> None:
    name = "</script>'\"=&😀"
    told = details.details(State(runs=(Run(SGD(), 0, name), Run(Adam(), 1))), Ask("", 3))
    assert told.table.rows[0].cells[0].text == name


@pytest.mark.parametrize("detail", ["results", "now", "stability"])
def test_the_terms_of_a_table_are_those_of_its_columns(detail: str) -> None:
    table = details.details(state(f"?detail={detail}"), Ask("", 3)).table
    assert len(table.terms) == len(table.columns) and set(filter(None, table.terms)) <= set(TERMS)
    assert [
        title for title, term in zip(table.columns, table.terms, strict=True) if set(title) & set("ηλ") and not term
    ] == []
