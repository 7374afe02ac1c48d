"""What the page says of a training before it is made: in words wherever there is none."""

import pytest

from app.page import data
from app.page.state import State
from app.page.train import EXPERIMENTS
from app.page.trained import experiment, shows
from app.protocol import Plan
from app.train import answer
from app.train.look import look


def of(query: str, mode: str = "light") -> dict:
    return look(State.from_query(query)[0], mode)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_training_to_begin_with_has_its_work_and_says_what_one_sees(name: str) -> None:
    planned = answer.plan(Plan(experiment(name).to_query()))
    assert not planned.look["problem"] and planned.parts and planned.look["about"]
    assert shows(experiment(name)) == EXPERIMENTS[name].shows
    reached = planned.look["lowest"] is None or planned.look["goal"] > planned.look["lowest"]
    assert reached != (name == "noise"), "what nothing explains is not learnt"


def test_the_opening_is_the_fair_race_of_the_printed_experiment() -> None:
    seen = of("?tab=train")
    assert [run["label"] for run in seen["runs"]] == ["AdaGrad", "RMSProp", "Adam", "SGD"]
    assert (seen["steps"], seen["per_epoch"], seen["epochs"], seen["shuffles"]) == (1600, 32, 50, 5)
    assert seen["lowest"] == pytest.approx(0.2344, abs=5e-5) and seen["goal"] == 0.3
    assert len(seen["truth"]) == len(seen["least"]) == len(seen["names"]) == 10
    assert seen["said"] == [] and seen["notes"] == []


def test_one_of_a_kind_is_told_as_one() -> None:
    assert "1,000 samples · 10 parameters · 32 batches of 32 an epoch" in of("?tab=train")["about"]
    assert "20 samples · 1 parameter · 1 batch of 20 an epoch" in of("?tab=train&train=n=20~d=1")["about"]


def test_a_goal_can_be_reached_whatever_the_data_are() -> None:
    for name in ("diabetes", "cars"):
        seen = of(f"?tab=train&train=data={name}")
        assert seen["lowest"] < seen["goal"] < 1.2 * seen["lowest"]


def kept(text: str) -> str:
    return data.keep(text.encode())[0]


def test_a_file_that_nobody_knows_is_asked_for_and_one_that_is_known_is_trained() -> None:
    seen = of(f"?tab=train&train=data=file~file={'0' * 64}")
    assert seen["unknown"] == "0" * 64 and "choose it again" in seen["problem"]
    assert "Choose a CSV file" in of("?tab=train&train=data=file")["problem"]
    rows = "\n".join(f"{i},{i % 7},{2 * i + i % 3}" for i in range(50))
    seen = of(f"?tab=train&train=data=file~file={kept('a,b,y' + chr(10) + rows)}")
    assert seen["problem"] is None and seen["names"] == ["a", "b", "1"] and seen["columns"][0][0] == ""


MIXED = "\n".join(f"{i % 5},7,{i % 4}" for i in range(40))
GAPS = "\n".join(f"{i % 5},{i % 3},{'' if i % 10 == 3 else i % 4}" for i in range(40))
CLASSES = "\n".join(f"{i % 5},{i % 3},{'ill'}" for i in range(40))

TROUBLES = [  # data, what is asked beside, and what is said
    (MIXED, "", "left out"),
    (GAPS, "", "gaps"),
    (CLASSES, "~target=y", "one class only"),
    (MIXED, "~batch=512", "is more than the 32 samples"),
]


@pytest.mark.parametrize(("rows", "more", "words"), TROUBLES)
def test_what_is_odd_about_the_data_is_said(rows: str, more: str, words: str) -> None:
    seen = of(f"?tab=train&train=data=file~file={kept('a,b,y' + chr(10) + rows)}{more}")
    told = [seen["problem"] or "", *seen.get("notes", [])]
    assert any(words in one for one in told), told


SAID = [
    ("?tab=train&run=sgd~lr=3", "it will run away"),
    ("?tab=train&train=n=20000~batch=1~epochs=1000", "too many"),
    ("?tab=train&train=n=100~batch=512", "is more than the 100 samples"),
    ("?tab=train&train=printed=1", "t, which corrects the bias of Adam, starts anew"),
    ("?tab=train&train=weights=0~noise=1", "depends on no feature"),
    ("?tab=train&run=adam~fork=5,sgd", "Forks belong to the surfaces"),
    ("?tab=train&weather=noise=1,1", "the batches are the noise"),
    ("?tab=train&train=n=20000~d=50~shuffles=20", "of 20 shuffles are trained"),
]


@pytest.mark.parametrize(("query", "words"), SAID)
def test_what_is_odd_about_a_training_is_said_before_it_is_made(query: str, words: str) -> None:
    seen = of(query)
    told = [seen["problem"] or "", *seen.get("notes", []), *seen.get("said", [])]
    assert any(words in one for one in told), told
    assert all(one[0].isupper() for one in seen.get("notes", []))


def test_a_rate_that_runs_away_is_called_so_only_where_that_is_known() -> None:
    for query in (
        "?tab=train&run=sgd~lr=3~schedule=cosine",
        "?tab=train&run=sgd~lr=3&weather=clip=norm,1",
        "?tab=train&run=adam~lr=3",
    ):
        assert of(query)["said"] == []


def test_pure_noise_has_a_floor_that_no_model_passes() -> None:
    seen = look(experiment("noise"), "light")
    assert 0.9 < seen["lowest"] < 1 and "no model gets below 0.9" in seen["said"][0].replace("  ", " ")
