"""Names that tell runs apart, however alike they are."""

import pytest
from hypothesis import given, settings

from app import limits
from app.page import labels as names
from app.page.edits import apply
from app.page.labels import labels
from app.page.state import Run, State
from optim_core import CONVENTIONS, OPTIMIZERS, SGD, Adam, Optimizer, RMSProp, differently, hypers, matters

from ..strategies import states

thoroughly = settings(max_examples=150, deadline=None, derandomize=True)


def called(*optimizers: Optimizer) -> list[str]:
    return list(labels(tuple(Run(one, slot) for slot, one in enumerate(optimizers))))


@thoroughly
@given(states())
def test_no_two_runs_are_called_alike(state: State) -> None:
    shown = labels(state.runs)
    assert len(set(shown)) == len(shown) == len(state.runs) and all(shown)


@thoroughly
@given(states())
def test_a_name_that_was_given_stays(state: State) -> None:
    shown = labels(state.runs)
    for place, run in enumerate(state.runs):
        if run.name and run.name not in {one.name for one in state.runs[:place]}:
            assert shown[place] == run.name


@thoroughly
@given(states())
def test_nothing_is_said_that_tells_no_run_apart(state: State) -> None:
    for run in state.runs:
        told = names.apart(run, state.runs)
        assert set(told) <= set(names.differing(run, state.runs))
        others = [one for one in state.runs if not one.name and type(one.optimizer) is type(run.optimizer)]
        for left_out in told:
            rest = [name for name in told if name != left_out]
            same = [all(getattr(o.optimizer, n) == getattr(run.optimizer, n) for n in rest) for o in others]
            assert any(s and o.optimizer != run.optimizer for s, o in zip(same, others, strict=True))


def test_runs_are_called_by_what_sets_them_apart() -> None:
    assert called(SGD(), Adam(), RMSProp()) == ["SGD", "Adam", "RMSProp"]
    assert called(Adam(beta1=0.5), SGD(), Adam()) == ["Adam β₁ 0.5", "SGD", "Adam β₁ 0.9"]
    assert called(RMSProp(centered=True), RMSProp()) == ["RMSProp centered", "RMSProp not centered"]
    assert called(Adam(), Adam(lr=0.1), Adam(beta1=0.5)) == ["Adam", "Adam η 0.1", "Adam β₁ 0.5"]
    mixed = (Adam(0.3), Adam(0.1, beta1=0.5), Adam(0.1), Adam(0.3, beta1=0.5))
    assert called(*mixed)[:2] == ["Adam η 0.3, β₁ 0.9", "Adam η 0.1, β₁ 0.5"]
    assert called(Adam(lr=0.1, beta1=0.5), Adam()) == ["Adam η 0.1", "Adam η 0.001"]  # one field is enough
    assert called(SGD(), SGD(), SGD()) == ["SGD", "SGD (2)", "SGD (3)"]
    assert called(SGD(0.1234), SGD(0.12341)) == ["SGD η 0.1234", "SGD η 0.12341"]  # as many digits as it takes


def test_a_name_is_taken_from_nobody() -> None:
    runs = (Run(SGD(), 0), Run(Adam(), 1, "SGD"), Run(Adam(), 2, "mine"), Run(Adam(), 3, "mine"), Run(Adam(), 4))
    assert labels(runs) == ("SGD (2)", "SGD", "mine", "mine (2)", "Adam")


@pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_every_flag_has_words(cls: type[Optimizer]) -> None:
    for name, declared in hypers(cls).items():
        assert (declared.words is not None) == (declared.scale == "switch"), name
        assert declared.words is None or len({*declared.words}) == 2


@pytest.mark.parametrize("cls", CONVENTIONS, ids=lambda cls: cls.label)
def test_every_ghost_is_called_by_the_convention_it_follows(cls: type[Optimizer]) -> None:
    """Shortly, and unlike the run and every other ghost beside it."""
    state = State(runs=(Run(cls(), 7),))
    for number, one in enumerate(CONVENTIONS[cls]):
        if differently(cls(), one) in (None, cls()):
            continue  # nothing to show
        if not matters(cls(), one):
            after, messages = apply(state, [("action", f"ghost.0.{number}", 1)])
            assert after == state and messages
            continue
        state, messages = apply(state, [("action", f"ghost.0.{number}", 1)])
        assert not messages
    shown = labels(state.runs)
    for run, label in zip(state.runs[1:], shown[1:], strict=True):
        assert run.pinned and label == run.name and ", " in label and len(label) <= limits.NAME_LENGTH
    assert len(set(shown)) == len(shown)


def test_the_ghost_of_the_other_way_is_the_librarys_own() -> None:
    state, _ = apply(State(runs=(Run(RMSProp(eps_inside=True), 1),)), [("action", "ghost.0.0", 1)])
    assert labels(state.runs) == ("RMSProp ε inside", "RMSProp ε outside")
