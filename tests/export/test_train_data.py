"""What leaves a training as CSV and JSON is the training, and says what is not a number and what is not there."""

import csv
import io
import json

import numpy as np
import pytest

from app.export import train_data
from app.export.train_data import trained
from app.page.state import State

QUERIES = [
    "train=n=60~d=3~epochs=3~shuffles=2",
    "train=n=60~d=3~epochs=3~model=logistic~validation=0.2~l2=0.01&run=adam&run=adam~beta1=0.5~schedule=cosine",
    "train=printed=1~epochs=2",
    "train=data=cars~epochs=2~shuffles=2&run=sgd&weather=clip=value,1",
    "train=n=40~d=2~epochs=150~shuffles=1&run=sgd~lr=9&run=sgd~name==1%2B1",
]
every_training = pytest.mark.parametrize("query", QUERIES)


def page(query: str) -> State:
    state, notices = State.from_query(f"tab=train&{query}")
    assert notices == []
    return state


@every_training
def test_json_holds_every_number(query: str) -> None:
    state = page(query)
    found = trained(state)
    left = json.loads(train_data.json(state, found, "http://here/"))
    assert left["link"] == "http://here/" and [run["run"] for run in left["runs"]] == [one.label for one in found]
    for run, one in zip(left["runs"], found, strict=True):
        for name in ("during", "loss", "validation", "accuracy", "weights"):
            ours = getattr(one.made, name)
            if ours is None:
                assert run[name] is None
            else:
                theirs = np.array(run[name], float)
                np.testing.assert_array_equal(theirs, np.where(np.isfinite(ours), ours, np.nan))
        steps = len(one.made.at)
        assert np.shape(run["steps"]["params"]) == (steps, len(left["names"]))
        assert np.shape(run["steps"]["effective_lr"]) == (steps - 1, len(left["names"]))
        assert run["diverged_at"] == [None if at < 0 else at for at in one.made.diverged_at]


@every_training
def test_csv_has_a_row_for_each_epoch_of_each_shuffle(query: str) -> None:
    state = page(query)
    found = trained(state)
    text = train_data.csv(state, found, "http://here/")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert text.endswith("\r\n") and rows[0]["link"] == "http://here/"
    place = 0
    for one in found:
        epochs, shuffles = one.made.loss.shape
        for k in range(shuffles):
            for epoch in range(epochs):
                row, place = rows[place], place + 1
                assert (row["shuffle"], row["epoch"]) == (str(k), str(epoch))
                number = one.made.loss[epoch, k]
                assert row["loss"] == (repr(float(number)) if np.isfinite(number) else "")
    assert place == len(rows)


def test_a_training_that_diverges_leaves_gaps_and_says_when() -> None:
    state = page(QUERIES[-1])
    wild, calm = trained(state)
    rows = list(csv.DictReader(io.StringIO(train_data.csv(state, [wild, calm], ""))))
    assert rows[150]["loss"] == "" and rows[150]["diverged_at"] == str(wild.made.diverged_at[0])
    assert rows[151]["diverged_at"] == "" and rows[151]["run"] == "'=1+1"  # which a spreadsheet would work out


def test_the_samples_are_those_that_the_model_sees() -> None:
    state = page(QUERIES[1])
    table = np.loadtxt(io.StringIO(train_data.samples(state)), delimiter=",", skiprows=1)
    data = train_data.asked.course(state).data
    np.testing.assert_array_equal(table[table[:, -1] == 0, :-2], data.features)
    np.testing.assert_array_equal(table[table[:, -1] == 1, -2], data.validation[1])


def test_what_is_only_looked_at_changes_no_file() -> None:
    state, looked = page(QUERIES[0]), page(QUERIES[0] + "~quantity=rms~lines=0,1~plane=1,2&step=2")
    files = [train_data.json(one, trained(one), "") for one in (state, looked)]
    assert files[0] == files[1]
