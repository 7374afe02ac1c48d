"""A training in tiles: together they are the whole, and each is a pure function of what asks for it."""

import json
from typing import Any

import numpy as np
import pytest

from app.page import edits
from app.page.state import State
from app.page.trained import experiment
from app.protocol import Forged, Plan, Tile
from app.train import answer, asked, work

LONG = "?tab=train&train=n=4000~d=20~epochs=40~shuffles=3&run=adam~lr=0.01&run=amsgrad&run=sgd~lr=0.01~schedule=cosine"
SHORT = "?tab=train&train=n=60~d=3~epochs=4~shuffles=2"
PURE = {"seconds"}  # all but how long it took


def of(query: str) -> State:
    state, notices = State.from_query(query)
    assert not notices
    return state


def followed(query: str) -> dict[str, list[dict[str, Any]]]:
    """Subject -> the arrays of its tiles, asked for as the page does."""
    planned = answer.plan(Plan(query))
    assert not planned.look["problem"], planned.look["problem"]
    found: dict[str, list[dict[str, Any]]] = {}
    for part in planned.parts:
        subject, _, _ = part.rpartition("|")
        given = found[subject][-1]["checkpoint"] if subject in found else ""
        found.setdefault(subject, []).append(answer.piece(Tile(planned.key, part, given)).arrays)
    return found


def joined(parts: list[dict[str, Any]], name: str) -> np.ndarray:
    """One array of all stretches, of which each but the first begins where the one before ended."""
    return np.concatenate([parts[0][name], *(one[name][1:] for one in parts[1:])])


def test_the_tiles_of_a_long_training_are_the_training_in_one() -> None:
    state, tiles = of(LONG), followed(LONG)
    course = asked.course(state)
    assert len(work.stretches(course)) > 1
    for run in state.runs:
        subject = asked.subject(state, run)
        whole = work.told(work.trained(course, subject, 0, course.settings.epochs), True)
        parts = tiles[subject.spelled]
        assert len(parts) == len(work.stretches(course))
        assert np.array_equal(np.concatenate([one["during"] for one in parts]), whole["during"])
        for name in ("loss", "weights"):
            assert np.array_equal(joined(parts, name), whole[name]), name
        shared = np.isin(joined(parts, "at"), whole["at"])  # the last step of a stretch is always recorded
        for name in ("at", "params"):
            assert np.array_equal(joined(parts, name)[shared], whole[name]), name
        for name in ("effective_lr", "rms_grad"):
            assert np.array_equal(np.concatenate([one[name] for one in parts])[shared[1:]], whole[name]), name
        assert parts[-1]["checkpoint"] == ""


def test_a_tile_is_the_same_wherever_it_is_made() -> None:
    planned = answer.plan(Plan(SHORT))
    for part in planned.parts:
        one, two = (answer.piece(Tile(planned.key, part)).arrays for _ in range(2))
        assert one.keys() == two.keys() >= PURE
        assert all(np.array_equal(one[name], two[name], equal_nan=True) for name in one.keys() - PURE - {"checkpoint"})


def test_what_is_looked_at_changes_no_work_and_another_rate_only_that_of_its_run() -> None:
    before = answer.plan(Plan(SHORT))
    state = of(SHORT)
    for change in (
        ("choice", "train.quantity", "rms"), ("choice", "train.curve", "accuracy"),
        ("text", "train.lines", "0,2"), ("text", "train.plane", "1,2"),
        ("choice", "train.shown", "1"), ("number", "train.goal", "0.5"), ("choice", "surface", "bowl"),
        ("number", "steps", "7"), ("choice", "view.theme", "dark"), ("text", "run.0.name", "mine"),
    ):  # fmt: skip
        after, messages = edits.apply(state, [change])
        planned = answer.plan(Plan(after.to_query()))
        assert not messages and (planned.key, planned.parts) == (before.key, before.parts), change
    moved, _ = edits.apply(state, [("number", "run.0.lr", "0.2")])
    planned = answer.plan(Plan(moved.to_query()))
    assert planned.key == before.key and len({*planned.parts} & {*before.parts}) == len(before.parts) - 1


@pytest.mark.parametrize(
    "change",
    [
        ("number", "train.n", "61"), ("number", "train.batch", "16"), ("number", "train.epochs", "5"),
        ("number", "train.shuffles", "3"), ("number", "train.order", "1"), ("number", "train.l2", "0.1"),
        ("switch", "train.standard", True), ("switch", "train.intercept", True), ("number", "train.validation", "0.2"),
        ("choice", "train.model", "logistic"), ("switch", "train.printed", True), ("choice", "weather.clip", "norm"),
        ("choice", "train.data", "cars"),
    ],
)  # fmt: skip
def test_what_decides_a_number_is_other_work(change: tuple[str, str, Any]) -> None:
    after, messages = edits.apply(of(SHORT), [change])
    planned = answer.plan(Plan(after.to_query()))
    assert not messages and not planned.look["problem"]
    assert planned.key != answer.plan(Plan(SHORT)).key


def test_equal_subjects_share_their_tiles() -> None:
    assert len(answer.plan(Plan(SHORT + "&run=adam&run=adam~name=again&run=sgd")).parts) == 2


FORGED = [
    ("", "sgd|0-4", ""), ("?tab=train", "sgd|0-51", ""), ("?tab=train", "sgd|0-50", "{}"), ("?tab=train", "sgd", ""),
    ("?tab=train", "speed|0-50", ""), ("?tab=train", "sgd&run=adam|0-50", ""), ("?tab=train", "sgd|3|0-50", ""),
    ("?tab=train&train=printed=1", "sgd|0-50", ""), ("?tab=train&train=printed=1", "sgd|9|0-50", ""),
    ("?tab=train", "sgd|cost", "0.3"), ("?tab=train&train=printed=1", "adam|2|cost", "soon"),
    ("?tab=train&train=n=20000~batch=1", "sgd|0-1", ""), ("?tab=train&train=printed=1~epochs=900", "adam|2|cost", "1"),
    ("?tab=train&train=n=-1", "sgd|0-50", ""), ("?tab=train", "plane", "[]"), ("?tab=train", "plane", '{"of":[0,0]}'),
    ("?tab=train", "plane", '{"of":[0,10]}'), ("?tab=train", "plane", '{"count":1,"sum":"","products":""}'),
    ("?tab=train", "plane", '{"of":[0,1],"window":[1,0,0,1]}'),
]  # fmt: skip


@pytest.mark.parametrize(("key", "part", "given"), FORGED)
def test_what_no_page_asks_for_is_refused(key: str, part: str, given: str) -> None:
    with pytest.raises(Forged):
        answer.piece(Tile(key, part, given, "train"))


def test_a_stretch_takes_only_what_the_one_before_has_handed_on() -> None:
    planned = answer.plan(Plan(LONG))
    first, later = [part for part in planned.parts if part.startswith("adam~")][:2]
    handed = answer.piece(Tile(planned.key, first)).arrays["checkpoint"]
    other = f"amsgrad|{later.rpartition('|')[2]}"
    epoch, t, *numbers = json.loads(handed)
    later_on = json.dumps([epoch, t + 1, *numbers])
    forged = [(later, given) for given in ("", handed[:-9], handed + "x", later_on)]
    for part, given in [*forged, (first, handed), (other, handed)]:
        with pytest.raises(Forged):
            answer.piece(Tile(planned.key, part, given))


def test_the_listing_gives_what_it_prints_and_its_cost_is_counted() -> None:
    """To the last printed digit; that t starts anew in every epoch costs Adam 20 epochs."""
    planned = answer.plan(Plan("?tab=train&train=printed=1"))
    finals, costs = [], []
    for run in planned.look["runs"]:
        tile = answer.piece(Tile(planned.key, f"{run['subject']}|0-50")).arrays
        finals.append(f"{tile['during'][-1, 0]:.6f}")
        if run["restarts"]:
            costs.append(answer.piece(Tile(planned.key, f"{run['subject']}|cost", "0.3")).arrays["said"])
    assert finals[:3] == ["0.243234", "0.249472", "0.244994"]
    assert costs == ["needs 33 epochs to a loss of 0.3 where t starts anew, and 13 epochs in the fair race"]


def epochs_to_the_goal(name: str) -> dict[str, float]:
    """Run -> the median over the shuffles, inf for never, of a training to begin with."""
    query = experiment(name).to_query()
    seen, tiles = answer.plan(Plan(query)).look, followed(query)
    found = {}
    for run in seen["runs"]:
        during = np.concatenate([one["during"] for one in tiles[run["subject"]]])
        below = during <= seen["goal"]
        found[run["label"]] = float(np.median(np.where(below.any(axis=0), below.argmax(axis=0) + 1, np.inf)))
    return found


def test_the_trainings_to_begin_with_show_what_is_said_of_them() -> None:
    plain, scaled, rare = map(epochs_to_the_goal, ("printed", "scaled", "rare"))
    assert plain["SGD"] == 2 == min(plain.values()) and 7 <= plain["RMSProp"] < plain["AdaGrad"] < plain["Adam"] == 13
    assert scaled["SGD"] == np.inf and max(one for name, one in scaled.items() if name != "SGD") < 50
    assert rare["SGD"] == 9
    assert all(abs(rare[name] - plain[name]) <= 1 for name in ("AdaGrad", "RMSProp", "Adam"))
    assert set(epochs_to_the_goal("noise").values()) == {np.inf}
