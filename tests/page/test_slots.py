"""The same optimizer looks the same, wherever that is free."""

import itertools

import pytest

from app import limits
from app.page.slots import PREFERRED, slot_for
from app.page.state import State
from optim_core import OPTIMIZERS

USUAL = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "adamw")


def slots(query: str) -> list[int]:
    return [run.slot for run in State.from_query(query)[0].runs]


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_an_optimizer_alone_or_beside_those_it_is_compared_with_takes_its_own(slug: str) -> None:
    assert slots(f"?run={slug}") == slots(f"?run={slug}~lr=0.3") == [PREFERRED[slug]]
    for others in itertools.permutations([one for one in USUAL if one != slug], 2):
        places = slots("?" + "&".join(f"run={one}" for one in (*others, slug)))
        assert len(set(places)) == 3
        if PREFERRED[slug] not in {PREFERRED[one] for one in others}:
            assert places[2] == PREFERRED[slug]


def test_what_is_often_compared_never_meets() -> None:
    assert sorted(PREFERRED[slug] for slug in USUAL) == list(range(limits.RUNS))
    for family in (
        ("adam", "amsgrad", "adamax"),
        ("adam", "adamw", "nadam", "adabelief"),
        ("adagrad", "adagrad-summed-rates"),
    ):
        assert len({PREFERRED[slug] for slug in family}) == len(family)


def test_a_slot_that_is_taken_leaves_the_first_free_one() -> None:
    sgd = OPTIMIZERS["sgd"]()
    assert slot_for(sgd, {0, 1}) == 2 and slot_for(sgd, range(limits.RUNS)) is None
    assert slots("?run=adam&run=adam&run=adam") == [2, 0, 1]


def test_a_slot_in_an_address_stays_what_it_is() -> None:
    assert slots("?run=adam~slot=5&run=rmsprop~slot=2&run=sgd") == [5, 2, 0]
    state, _ = State.from_query("?run=sgd~slot=1&run=rmsprop")
    assert [run.slot for run in state.runs] == [1, 0]
    assert slots(state.to_query()) == [1, 0]
