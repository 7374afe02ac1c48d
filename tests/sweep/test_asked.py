"""What the settings of a sweep ask for, and how that is written down."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import limits
from app.page import edits
from app.page.state import State
from app.page.swept import chosen, offered, pair, shown, too_large
from app.protocol import Edit, Forged
from app.sweep import asked, work
from app.walks.rates import spread
from optim_core import OPTIMIZERS, SGD, Adam, hypers

from ..strategies import states

KINDS = ("rates", "grid", "race")
thoroughly = settings(max_examples=100, deadline=None, derandomize=True)


def state(query: str) -> State:
    found, notices = State.from_query(query)
    assert notices == []
    return found


@thoroughly
@given(states(), st.sampled_from(KINDS))
def test_a_key_and_a_subject_read_back_as_what_they_say(given_state: State, kind: str) -> None:
    there = replace(given_state, sweep=replace(given_state.sweep, kind=kind))
    key = asked.key(there)
    for subject in work.subjects_of(there).values():
        course, read = asked.read(key, subject.spelled)
        wanted = asked.course(there)
        assert read == subject
        assert (course.landscape, course.start, course.n_steps, course.weather) == (
            wanted.landscape, wanted.start, wanted.n_steps, wanted.weather
        )  # fmt: skip
        assert np.array_equal(course.rates, wanted.rates) and course.target == wanted.target


@pytest.mark.parametrize(
    "change",
    [
        "&tab=sweep",
        "&theme=dark",
        "&t=3",
        "&sweep=criterion=stays~curve=best~colour=final",
        "&run=adam&run=sgd",
        "&hide=map",
    ],
)
def test_a_key_holds_nothing_that_changes_no_number(change: str) -> None:
    assert asked.key(state(f"?f=rosenbrock&steps=200{change}")) == asked.key(state("?f=rosenbrock&steps=200"))


@pytest.mark.parametrize(
    "change",
    ["&f=bowl", "&start=1,1", "&sweep=steps=9", "&sweep=rates=5", "&sweep=low=0.1", "&sweep=high=3", "&sweep=target=1",
     "&weather=noise=1,1", "&sweep=kind=race", "&sweep=kind=grid"],
)  # fmt: skip
def test_a_key_holds_all_that_does(change: str) -> None:
    assert asked.key(state(f"?run=sgd{change}")) != asked.key(state("?run=sgd"))


def test_runs_that_differ_in_their_rate_alone_are_one_subject() -> None:
    there = state("?run=adam~lr=0.1&run=adam~lr=0.2&run=adam~beta1=0.5~lr=0.1&run=adam~lr=0.1~schedule=exponential,0.9")
    assert len({asked.subject(there, run) for run in there.runs}) == 3


@pytest.mark.parametrize("key", ["?f=unknown", "?sweep=rates=0", "?start=1", "nonsense=1&f=2"])
def test_what_no_page_asks_is_forged(key: str) -> None:
    with pytest.raises(Forged):
        asked.read(key, "sgd")


@pytest.mark.parametrize("spelled", ["", "nobody", "sgd~lr=-1", "sgd&run=adam", "adam~beta1=2", "sgd~name=%00x"])
def test_nor_are_subjects_that_no_page_names(spelled: str) -> None:
    with pytest.raises(Forged):
        asked.read("?steps=20", spelled)


# --- rates ----------------------------------------------------------------------------------------------------------


@thoroughly
@given(st.floats(1e-6, 1), st.floats(1.01, 1e5), st.integers(3, 241))
def test_rates_rise_from_end_to_end_and_are_short(low: float, factor: float, count: int) -> None:
    rates = spread(low, low * factor, count)
    assert len(rates) == count and (np.diff(rates) > 0).all()
    assert rates[[0, -1]] == pytest.approx([low, low * factor], rel=5e-3)
    assert np.abs(np.diff(np.log(rates)) - np.log(factor) / (count - 1)).max() < 0.011


def test_the_rates_of_a_decade_are_those_one_would_write() -> None:
    assert spread(0.01, 1, 5).tolist() == [0.01, 0.0316, 0.1, 0.316, 1.0]


# --- two numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_with_two_numbers_has_a_pair(name: str) -> None:
    optimizer = OPTIMIZERS[name]()
    numbers = [field for field, how in hypers(optimizer).items() if how.scale != "switch"]
    names = pair(State().sweep, optimizer)
    assert names[0] == "lr" and len(names) == min(len(numbers), 2) and set(names) <= set(numbers)


def test_what_an_optimizer_has_not_is_not_swept() -> None:
    asking = replace(State().sweep, across="momentum", up="momentum")
    assert pair(asking, SGD()) == ("lr",) and pair(asking, Adam()) == ("lr", "beta1")


@thoroughly
@given(states())
def test_the_menus_offer_what_they_show(given_state: State) -> None:
    choices, taken = offered(given_state), shown(given_state)
    for key in ("sweep.across", "sweep.up"):
        assert taken[key] in [value for value, _ in choices[key]]
        assert len({value for value, _ in choices[key]}) == len(choices[key])
    names = pair(given_state.sweep, chosen(given_state).optimizer)
    assert len(names) == len(set(names))


def test_a_grid_that_is_too_large_is_refused_beside_its_field_and_the_rest_kept() -> None:
    before = state("?run=adam&sweep=kind=grid~rates=11&steps=2000")
    after, messages = edits.apply(before, [Edit("number", "sweep.rates", "241"), Edit("number", "sweep.target", "0.5")])
    assert "at most 100 along each side" in messages["sweep.rates"]
    assert (after.sweep.rates, after.sweep.target) == (11, 0.5)


def test_one_that_became_too_large_elsewhere_can_be_made_smaller() -> None:
    before = state("?run=adam&sweep=kind=grid~rates=241&steps=2000")
    assert too_large(before)
    after, messages = edits.apply(before, [Edit("number", "sweep.rates", "150")])
    assert not messages and after.sweep.rates == 150 and too_large(after)
    assert limits.SWEEP_WORK >= 100**2 * 2000
