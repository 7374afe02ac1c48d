"""A training as a page has it: runs of its own, data that bring what suits them, trainings to begin with."""

from dataclasses import fields

import pytest

from app import limits
from app.page import edits
from app.page.state import RUNS_OF_TABS, State
from app.page.train import EXPERIMENTS, OF_DATA, TrainSettings
from app.page.trained import TAB, called, experiment, shows, too_large
from app.protocol import Forged
from landscapes.datasets import SHIPPED
from optim_core import SGD, AdaGrad, Adam, RMSProp

OWN = (AdaGrad(0.1, eps=1e-8), RMSProp(0.01), Adam(0.01), SGD(0.05))


def of(query: str) -> State:
    state, notices = State.from_query(query)
    assert not notices
    return state


def after(state: State, *changes: tuple) -> State:
    became, messages = edits.apply(state, changes)
    assert not messages
    assert of(became.to_query()) == became
    return became


def optimizers(state: State) -> tuple:
    return tuple(run.optimizer for run in state.runs)


def test_a_training_has_runs_of_its_own_in_the_order_of_the_listing() -> None:
    assert optimizers(of("?tab=train")) == OWN and of("?tab=train").to_query() == "?tab=train"
    assert set(RUNS_OF_TABS) == {TAB}
    assert optimizers(of("?tab=train&run=adam")) == (Adam(),)


def test_from_tab_to_tab_nothing_of_ones_own_is_lost() -> None:
    there = after(State(), ("choice", "view.tab", "train"))
    assert optimizers(there) == OWN and after(there, ("choice", "view.tab", "explore")) == State()
    mine = after(there, ("action", "run.3.remove", 1))
    back = after(mine, ("choice", "view.tab", "sweep"))
    assert back.runs == mine.runs and back.n_steps == State().n_steps
    assert optimizers(after(of("?run=sgd"), ("choice", "view.tab", "train"))) == (SGD(),)
    held = after(of("?lock=runs"), ("choice", "view.tab", "train"))
    assert held.runs == State().runs
    assert after(of("?tab=train"), ("choice", "surface", "bowl")).runs == of("?tab=train").runs


def test_a_reset_is_a_training_as_it_opens() -> None:
    assert after(of("?tab=train&train=n=50&run=sgd"), ("action", "reset", 1)) == of("?tab=train")


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_training_to_begin_with_is_brought_whole_and_leaves_the_rest(name: str) -> None:
    before = of("?tab=train&f=booth&steps=7&train=n=77~batch=9&step=20&theme=dark&run=adamw")
    there = after(before, ("choice", "experiment", name))
    assert (there.train, there.runs) == (experiment(name).train, experiment(name).runs)
    assert (there.landscape, there.n_steps, there.view.theme) == (before.landscape, 7, "dark")
    assert there.view.step is None and shows(there) == EXPERIMENTS[name].shows
    assert shows(after(there, ("number", "train.batch", "33"))) == ""
    assert shows(after(there, ("choice", "train.quantity", "rms"))) == EXPERIMENTS[name].shows


def test_every_table_that_is_shipped_is_one_to_begin_with() -> None:
    begun = {experiment(name).train.data for name in EXPERIMENTS}
    assert begun == {"made", *SHIPPED}


def test_other_data_bring_what_suits_them() -> None:
    odd = "standard=1~intercept=1~validation=0.4~goal=0.5~lines=1,2~plane=0,1~model=logistic"
    before = of(f"?tab=train&train={odd}~batch=9")
    there = after(before, ("choice", "train.data", "diabetes")).train
    assert {name: getattr(there, name) for name in OF_DATA} == {name: getattr(TrainSettings, name) for name in OF_DATA}
    assert there.batch == 9 and there.is_standard and there.has_intercept and there.held_out == 0.2
    made = after(of("?tab=train&train=data=cars"), ("choice", "train.data", "made")).train
    assert made == TrainSettings() and not made.is_standard and not made.has_intercept and made.held_out == 0
    assert {*OF_DATA} < {field.name for field in fields(TrainSettings)}


def test_what_the_data_decide_is_not_written() -> None:
    before = of("?tab=train&train=data=cars")
    other = after(before, ("switch", "train.standard", False), ("number", "train.validation", "0.3"))
    assert other.train.standard is False and other.train.held_out == 0.3
    assert after(other, ("switch", "train.standard", True), ("number", "train.validation", "0.2")) == before


def test_a_file_that_has_come_is_trained_on_at_once() -> None:
    there = after(of("?tab=train"), ("text", "train.file", "0af3" * 16)).train
    assert (there.data, there.file) == ("file", "0af3" * 16)
    assert called(after(of("?tab=train"), ("choice", "train.data", "file"))) == "Your file"


def test_the_listing_makes_its_own_data() -> None:
    state = of("?tab=train&train=data=cars")
    became, messages = edits.apply(state, [("switch", "train.printed", True)])
    assert became == state and "belongs to made data" in messages["train.printed"]
    assert after(of("?tab=train&train=printed=1"), ("choice", "train.data", "cars")).train.printed is False


def test_the_playhead_of_a_training_is_its_own() -> None:
    state = of("?tab=train&t=5")
    moved = after(state, ("point", "playhead.train", 700))
    assert (moved.view.t, moved.view.step) == (5, 700) and "step=700" in moved.to_query()
    assert after(moved, ("point", "playhead.train", None)) == state
    assert after(state, ("point", "playhead", 7)).view.t == after(of("?step=700"), ("point", "playhead", 7)).view.t == 7
    held, messages = edits.apply(of("?tab=train&lock=playback"), [("point", "playhead.train", 7)])
    assert held.view.step is None and messages
    with pytest.raises(Forged):
        edits.apply(state, [("point", "playhead.train", -1)])


def test_what_takes_too_long_is_refused_in_words() -> None:
    for query, key, typed, words in (
        ("?tab=train&train=n=20000", "batch", "1", "take 10 samples or more for each"),
        ("?tab=train&train=n=20000", "epochs", "1000", f"too many steps: at most {limits.TRAIN_STEPS:,}"),
        ("?tab=train&train=printed=1~batch=512", "n", "20001", "must be"),
        ("?tab=train&train=printed=1~batch=512~epochs=200", "n", "20000", f"at most {limits.PRINTED_DRAWS:,}"),
    ):
        state = of(query)
        became, messages = edits.apply(state, [("number", f"train.{key}", typed)])
        assert became == state and words in messages[f"train.{key}"]
    assert (
        too_large(TrainSettings(data="file", batch=1)) == "" != too_large(TrainSettings(data="file", batch=1), 20_000)
    )
