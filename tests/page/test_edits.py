"""What every control does to a State, and what no control can do."""

import contextlib
import dataclasses
import itertools
import math
import re
from typing import Any

import pytest
from hypothesis import given, settings

from app import limits
from app.page import course_edits, edits, ground_edits, run_edits, scales, schedules, weather
from app.page.labels import labels
from app.page.settings import Number, settings_of
from app.page.slots import slot_for
from app.page.state import ASKED, Run, State
from app.page.view import CHOICES, View
from app.page.window import room
from app.protocol import Forged
from landscapes import (
    L2,
    LANDSCAPES,
    TRANSFORMS,
    Booth,
    ElongatedValley,
    Formula,
    Rosenbrock,
    Rotated,
    Scaled,
    Shifted,
    layers,
)
from optim_core import (
    OPTIMIZERS,
    SGD,
    Adadelta,
    AdaGrad,
    Adam,
    Clip,
    Drift,
    Exponential,
    Fork,
    Momentum,
    Pulse,
    RMSProp,
    Stairs,
    WarmUp,
    Weather,
    hypers,
)

from ..fuzz.mutants import KEYS, KINDS, ODD
from ..strategies import gestures, states, taught

thoroughly = settings(max_examples=100, deadline=None, derandomize=True)
RMSPROP = hypers(RMSProp)


def did(state: State, *changes: tuple[str, str, Any]) -> State:
    """The state after edits that are all accepted."""
    after, messages = edits.apply(state, list(changes))
    assert messages == {}
    return after


def refused(state: State, *change: Any) -> str:
    """The reason why an edit changes nothing."""
    after, messages = edits.apply(state, [change])
    assert after == state
    assert list(messages) == [change[1]]
    return messages[change[1]]


def of(*optimizers: Any) -> State:
    return State(runs=tuple(Run(optimizer, slot) for slot, optimizer in enumerate(optimizers)))


def each(state: State, name: str) -> list[Any]:
    return [getattr(run.optimizer, name) for run in state.runs]


# one run


@pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_every_field_of_every_optimizer_can_be_moved_typed_and_switched(cls: type) -> None:
    for name, declared in hypers(cls).items():
        key, before = f"run.1.{name}", of(SGD(), cls())
        if declared.scale == "switch":
            after = did(before, ("switch", key, not getattr(cls(), name)))
            assert getattr(after.runs[1].optimizer, name) is not getattr(cls(), name)
            continue
        low, high = scales.ends(declared)
        moved = did(before, ("slider", key, low + 0.3 * (high - low)))
        assert moved == of(SGD(), cls(**{name: scales.to_value(declared, low + 0.3 * (high - low))}))
        typed = scales.to_value(declared, low + 0.7 * (high - low))
        assert did(before, ("number", key, str(typed))) == of(SGD(), cls(**{name: typed}))


def test_a_slider_sends_its_position_and_a_number_its_text() -> None:
    assert each(did(of(SGD()), ("slider", "run.0.lr", math.log10(0.05))), "lr") == [0.05]
    assert each(did(of(SGD()), ("number", "run.0.lr", "0.0512345")), "lr") == [0.0512345]
    assert each(did(of(SGD()), ("number", "run.0.lr", "25")), "lr") == [25]  # beyond the slider, but valid


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "-1", "1e999", None, [], {}, True, 10**400])
def test_a_number_that_is_none_is_refused_in_words(text: Any) -> None:
    assert refused(of(SGD(), Adam()), "number", "run.0.lr", text) == "must be a number of at least 0"


STORM = State(weather=Weather((1.0, 1.0), sparse=(0.5, 0.5), pulse=Pulse(), drift=Drift(at=5), clip=Clip(1.0)))
SCHEDULED = State(runs=(Run(SGD(), 0, schedule=Stairs(), fork=Fork(Adam(), 5)),), schedule=WarmUp(then=Exponential()))
KNOBS = [(name, knob) for name, kind in weather.KINDS.items() for knob in kind.numbers(STORM.weather)]
NUMBER_FIELDS = [
    *((f"run.0.{name}", of(cls()), how) for cls in OPTIMIZERS.values() for name, how in hypers(cls).items()),
    *((f"surface.{name}", State(cls()), how) for cls in LANDSCAPES.values() for name, how in hypers(cls).items()),
    *((f"{slug}.{name}", State(), how) for slug, kind in TRANSFORMS.items() for name, how in hypers(kind).items()),
    *((f"master.{name}", of(Adam()), how) for name, how in run_edits.MASTERS.items()),
    *((f"formula.{end}", State(Formula("x*y", ((-9, 9), (-9, 9)))), ground_edits.WINDOW) for end in ground_edits.ENDS),
    *((f"weather.{kind}.{one.name}", STORM, one.declared) for kind, one in KNOBS),
    *((key, SCHEDULED, how) for key, (how, _) in schedules.numbers(SCHEDULED.schedule, "schedule").items()),
    ("run.0.fork", SCHEDULED, course_edits.STEPS),
    ("run.0.schedule.gamma", SCHEDULED, hypers(Stairs)["gamma"]),
    *(
        (f"{tab}.{name}", State(), what.declared)
        for tab, cls in ASKED.items()
        for name, what in settings_of(cls).items()
        if isinstance(what, Number) and not what.whole
    ),
    *((key, State(), course_edits.STEPS) for key in ("start.x", "start.y", "steps", "tolerance")),
]


@pytest.mark.parametrize(
    ("key", "state"), [(key, state) for key, state, how in NUMBER_FIELDS if how.scale != "switch"], ids=str
)
def test_every_number_field_understands_a_decimal_comma(key: str, state: State) -> None:
    took = []
    for text in ("0,75", ",75", "1,25", "1,5e0"):
        with_comma, with_point = (
            edits.apply(state, [("number", key, typed)]) for typed in (text, text.replace(",", "."))
        )
        assert with_comma == with_point
        took.append(with_comma[1] == {})
    assert any(took)
    assert "number" in refused(state, "number", key, "1,2,3")


def test_the_number_fields_are_all() -> None:
    keys = [key for key, *_ in NUMBER_FIELDS]
    patterns = [pattern for pattern, kinds, _ in edits._HANDLERS if "number" in kinds]
    assert all(any(re.fullmatch(pattern, key) for key in keys) for pattern in patterns)


def test_a_comma_that_may_part_thousands_is_asked_about() -> None:
    assert "1.5 and as 1500" in refused(State(), "number", "steps", "1,500")
    assert did(State(Booth()), ("number", "start.x", "1,234")).begin[0] == 1.234


def test_a_slider_needs_a_number_to_move() -> None:
    """A schedule is chosen, and has numbers, but is none itself."""
    for key in ("schedule", "run.0.schedule"):
        assert refused(SCHEDULED, "slider", key, 0.5) and refused(SCHEDULED, "number", key, "1")


def test_a_decay_of_one_is_refused() -> None:
    assert "below 1" in refused(of(Adam()), "number", "run.0.beta1", "1")


def test_a_refused_value_leaves_the_other_edits_of_the_gesture() -> None:
    changes = [("number", "run.0.lr", "0.5"), ("number", "run.0.lr", "x"), ("number", "steps", "50")]
    after, messages = edits.apply(of(SGD()), changes)
    assert after == dataclasses.replace(of(SGD(lr=0.5)), n_steps=50)
    assert list(messages) == ["run.0.lr"]


def test_a_run_that_is_gone_is_a_message() -> None:
    assert refused(of(SGD()), "slider", "run.3.lr", -1.0) == "this run is gone"
    assert refused(of(SGD()), "action", "run.3.remove", 1) == "this run is gone"
    assert "no such setting" in refused(of(SGD()), "slider", "run.0.beta1", 0.5)


@pytest.mark.parametrize(("slug", "cls"), OPTIMIZERS.items())
def test_another_optimizer_keeps_slot_name_pin_and_learning_rate(slug: str, cls: type) -> None:
    before = State(runs=(Run(SGD(), 2), Run(Adam(lr=0.07), 5, "mine", True)))
    after = did(before, ("choice", "run.1.optimizer", slug))
    assert after.runs == (Run(SGD(), 2), Run(cls(lr=0.07), 5, "mine", True))


def test_rename() -> None:
    assert did(of(SGD(), SGD()), ("text", "run.1.name", " slow\x00  one ")).runs[1].name == "slow one"
    assert did(of(SGD()), ("text", "run.0.name", "x" * 99)).runs[0].name == "x" * limits.NAME_LENGTH
    named = did(of(SGD()), ("text", "run.0.name", "<b>&~=%"))
    assert labels(named.runs) == ("<b>&~=%",)
    assert labels(did(named, ("text", "run.0.name", "")).runs) == (SGD.label,)


def test_pin_and_unpin() -> None:
    pinned = did(of(SGD(), Adam()), ("action", "run.0.pin", 1))
    assert [run.pinned for run in pinned.runs] == [True, False]
    assert did(pinned, ("action", "run.0.pin", 2)) == of(SGD(), Adam())


# the list of runs

THREE = State(runs=(Run(SGD(), 4, "a"), Run(Adam(), 1, "b", True), Run(RMSProp(lr=0.5), 0, "c")))


def test_reorder_carries_slots_along() -> None:
    a, b, c = THREE.runs
    assert did(THREE, ("action", "run.0.down", 1)).runs == (b, a, c)
    assert did(THREE, ("action", "run.2.up", 1)).runs == (a, c, b)
    assert did(THREE, ("action", "run.0.up", 1)) == THREE
    assert did(THREE, ("action", "run.2.down", 1)) == THREE


def test_remove_leaves_the_others_their_slots() -> None:
    a, _, c = THREE.runs
    assert did(THREE, ("action", "run.1.remove", 1)).runs == (a, c)
    assert did(THREE, ("action", "run.0.remove", 1), ("action", "run.0.remove", 1)).runs == (c,)


def test_the_last_run_stays() -> None:
    assert refused(of(SGD()), "action", "run.0.remove", 1) == "the last run stays"


def test_a_duplicate_stands_beside_in_a_free_slot_and_is_no_ghost() -> None:
    a, b, c = THREE.runs
    assert did(THREE, ("action", "run.1.duplicate", 1)).runs == (a, b, Run(Adam(), 2), c)


@pytest.mark.parametrize(("slug", "cls"), OPTIMIZERS.items())
def test_add_takes_the_slot_it_prefers_and_the_learning_rate_of_the_others(slug: str, cls: type) -> None:
    same = State(runs=(Run(SGD(lr=0.3), 1), Run(Adam(lr=0.3), 0), Run(Adam(lr=9.0), 3, pinned=True)))
    assert did(same, ("choice", "add", slug)).runs == (*same.runs, Run(cls(lr=0.3), slot_for(cls(), {0, 1, 3})))
    assert did(THREE, ("choice", "add", slug)).runs == (*THREE.runs, Run(cls(), slot_for(cls(), {0, 1, 4})))


def test_a_freed_slot_is_taken_again() -> None:
    after = did(of(SGD(), Adam(), RMSProp()), ("action", "run.1.remove", 1), ("choice", "add", "rmsprop"))
    assert [run.slot for run in after.runs] == [0, 2, 1]


def test_at_most_eight() -> None:
    full = of(*(SGD(lr=place + 1.0) for place in range(limits.RUNS)))
    assert "8" in refused(full, "choice", "add", "adam")
    assert "8" in refused(full, "action", "run.3.duplicate", 1)
    assert len(did(full, ("action", "run.3.remove", 1), ("choice", "add", "adam")).runs) == limits.RUNS


# the masters


def test_a_master_writes_through_to_every_run_that_has_the_field() -> None:
    state = did(of(SGD(lr=0.1), Adam(lr=0.1)), ("slider", "master.lr", -2.0))
    assert each(state, "lr") == [0.01, 0.01]
    state = did(of(SGD(), RMSProp(alpha=0.9), Adam(beta2=0.9), Adadelta()), ("slider", "master.beta", 2.0))
    assert state == of(SGD(), RMSProp(alpha=0.99), Adam(beta2=0.99), Adadelta(rho=0.99))
    state = did(of(SGD(), RMSProp(eps=1e-8), Adam(eps=1e-8)), ("slider", "master.eps", -3.0))
    assert state == of(SGD(), RMSProp(eps=1e-3), Adam(eps=1e-3))


def test_a_master_never_moves_momentum_nor_beta1() -> None:
    state = of(Momentum(momentum=0.8), RMSProp(momentum=0.7), Adam(beta1=0.6))
    for change in (
        ("slider", "master.beta", 0.5),
        ("action", "preset.beta.0.5", 1),
        ("action", "master.beta.equal", 1),
    ):
        after = did(state, change)
        assert (after.runs[0], after.runs[2].optimizer.beta1) == (state.runs[0], 0.6)
        assert after.runs[1].optimizer.momentum == 0.7


@pytest.mark.parametrize(("shared", "name"), [("lr", "lr"), ("eps", "eps")])
def test_where_runs_differ_they_are_multiplied_together(shared: str, name: str) -> None:
    state = of(*(RMSProp(**{name: value}) for value in (0.001, 0.01, 0.1)))
    assert run_edits.master_value(state, shared) == (0.01, True)
    assert each(did(state, ("slider", f"master.{shared}", -1.0)), name) == [0.01, 0.1, 1.0]
    assert each(did(state, ("slider", f"master.{shared}", -3.0)), name) == [0.0001, 0.001, 0.01]
    assert did(state, ("slider", f"master.{shared}", -2.0)) == state


def test_where_decays_differ_they_are_shifted_together() -> None:
    state = of(RMSProp(alpha=0.0), Adam(beta2=0.9), Adadelta(rho=0.99))
    assert run_edits.master_value(state, "beta") == (pytest.approx(0.9), True)
    after = did(state, ("slider", "master.beta", 2.0))
    values = [after.runs[0].optimizer.alpha, after.runs[1].optimizer.beta2, after.runs[2].optimizer.rho]
    assert values == pytest.approx([0.9, 0.99, 0.999], abs=1e-15)


def test_a_learning_rate_of_zero_stays_zero_when_all_are_multiplied() -> None:
    state = of(SGD(lr=0.0), SGD(lr=0.01), SGD(lr=0.1))
    middle, mixed = run_edits.master_value(state, "lr")
    after = each(did(state, ("slider", "master.lr", math.log10(middle) + 1)), "lr")
    assert mixed
    assert after[0] == 0 and after[2] == pytest.approx(10 * after[1], rel=0.01)


def test_a_run_that_would_leave_its_bounds_stays_behind() -> None:
    after = did(of(SGD(lr=1.0), SGD(lr=1e308)), ("slider", "master.lr", 1.0))
    assert each(after, "lr") == [pytest.approx(3.16, rel=0.01), 1e308]


def test_a_number_typed_into_a_mixed_master_makes_all_equal() -> None:
    assert each(did(of(SGD(lr=0.1), SGD(lr=0.2)), ("number", "master.lr", "0.3")), "lr") == [0.3, 0.3]
    assert "below 1" in refused(of(Adam(), RMSProp()), "number", "master.beta", "1")


def test_double_click_makes_all_equal() -> None:
    assert each(did(of(SGD(lr=0.001), Adam(lr=0.1)), ("action", "master.lr.equal", 1)), "lr") == [0.01, 0.01]
    assert did(of(SGD(), SGD()), ("action", "master.eps.equal", 1)) == of(SGD(), SGD())


@pytest.mark.parametrize(
    "change",
    [
        ("slider", "master.lr", -1.0),
        ("number", "master.lr", "0.5"),
        ("action", "master.lr.equal", 1),
        ("action", "master.beta.equal", 1),
        ("action", "preset.beta.0.99", 1),
        ("action", "preset.textbook", 1),
    ],
    ids=str,
)
def test_a_pinned_run_is_left_alone(change: tuple[str, str, Any]) -> None:
    ghost = Run(RMSProp(lr=0.77, alpha=0.33), 2, pinned=True)
    state = State(runs=(Run(RMSProp(lr=0.1, alpha=0.5), 0), ghost, Run(Adam(lr=0.3, beta2=0.7), 1)))
    after = did(state, change)
    assert after.runs[1] == ghost
    assert after != state


def test_a_master_without_runs_says_so() -> None:
    assert run_edits.master_value(of(SGD()), "eps") is None
    assert "ε" in refused(of(SGD()), "slider", "master.eps", -3.0)
    assert "β" in refused(of(SGD()), "number", "master.beta", "0.5")
    ghosts = State(runs=(Run(SGD(), 0, pinned=True),))
    assert "η" in refused(ghosts, "slider", "master.lr", -3.0)


def test_presets() -> None:
    assert did(of(SGD(lr=3.0), Adam(lr=3.0, beta1=0.1)), ("action", "preset.textbook", 1)) == of(SGD(), Adam())
    for beta in (0.5, 0.9, 0.99):
        after = did(of(RMSProp(alpha=0.1), AdaGrad(), Adam()), ("action", f"preset.beta.{beta}", 1))
        assert after == of(RMSProp(alpha=beta), AdaGrad(), Adam(beta2=beta))


# surface, start, steps, view


@pytest.mark.parametrize(("slug", "cls"), LANDSCAPES.items())
def test_another_surface_brings_its_own_start_and_its_fields(slug: str, cls: type) -> None:
    began = State(start=(0.5, 0.5), n_steps=70)
    after = did(began, ("choice", "surface", slug))
    assert after == State(cls(), began.runs, n_steps=70)
    for name, declared in hypers(cls).items():
        low, high = scales.ends(declared)
        moved = did(after, ("slider", f"surface.{name}", low + 0.3 * (high - low)))
        assert moved.landscape == cls(**{name: scales.to_value(declared, low + 0.3 * (high - low))})
        assert did(moved, ("number", f"surface.{name}", str(getattr(cls(), name)))) == after


def test_a_shape_outside_its_bounds_is_refused() -> None:
    assert "from 1 to 1e6" in refused(State(), "number", "surface.kappa", "0.5")
    assert "no such setting" in refused(State(Booth()), "slider", "surface.kappa", 1.0)


@pytest.mark.parametrize(("slug", "kind"), TRANSFORMS.items())
def test_every_transform_can_be_put_around_a_surface_moved_and_taken_away(slug: str, kind: type) -> None:
    for name, declared in hypers(kind).items():
        low, high = scales.ends(declared)
        there = did(State(Booth()), ("slider", f"{slug}.{name}", low + 0.7 * (high - low)))
        core, (one,) = layers(there.landscape)
        assert core == Booth() and type(one) is kind
        assert getattr(one, name) == scales.to_value(declared, low + 0.7 * (high - low))
        assert State.from_query(there.to_query()) == (there, [])
        assert did(there, ("number", f"{slug}.{name}", str(kind.neutral))) == State(Booth())
        if declared.zero:
            assert did(there, ("slider", f"{slug}.{name}", low)) == State(Booth())


def test_transforms_keep_their_order_and_a_shape_stays_within_them() -> None:
    changes = [("number", "scale.factor", "3"), ("number", "rotate.degrees", "30"), ("number", "shift.y", "-1,5")]
    state = did(State(), *changes)
    assert state.landscape == Shifted(Rotated(Scaled(ElongatedValley(), 3.0), 30.0), 0.0, -1.5)
    assert state.to_query() == "?f=valley~scale=3~rotate=30~shift=0,-1.5"
    after = did(state, ("slider", "surface.kappa", 2.0), ("number", "rotate.degrees", "45"))
    assert after.landscape == Shifted(Rotated(Scaled(ElongatedValley(100.0), 3.0), 45.0), 0.0, -1.5)
    assert did(after, ("choice", "surface", "booth")).landscape == Booth(), "another surface comes as it is"


def test_a_start_of_ones_own_stays_where_it_is_or_within_the_room() -> None:
    far = State(Booth(), start=(25.0, 2.0))
    assert did(far, ("number", "scale.factor", "5")).start == (25.0, 2.0)
    near = did(far, ("number", "stretch.x", "0.1"))
    assert near.start == (room(near.landscape)[0][1], 2.0)
    assert did(State(), ("number", "rotate.degrees", "90")).begin == (-1.25, -2.6), "the surface's own turns with it"


def test_a_pasted_weight_decay_that_is_coupled_goes_into_the_surface() -> None:
    state = did(State(Booth()), ("text", "paste", "torch.optim.Adam(p, lr=0.2, weight_decay=0.05)"))
    assert state.landscape == L2(Booth(), 0.05) and state.runs[-1].optimizer == Adam(lr=0.2)
    locked = State(Booth(), view=View(lock=("surface",)))
    assert "locked" in refused(locked, "text", "paste", "torch.optim.Adam(p, weight_decay=0.05)")
    assert "from 0 to 1e6" in refused(State(), "text", "paste", "torch.optim.Adam(p, weight_decay=-1)")


def test_a_transform_outside_its_bounds_is_refused() -> None:
    assert "from -360 to 360" in refused(State(), "number", "rotate.degrees", "361")
    assert "from 1e-6 to 1e6" in refused(State(), "number", "scale.factor", "0")
    for kind, key in (("slider", "rotate.radians"), ("slider", "turn.degrees"), ("choice", "rotate.degrees")):
        with pytest.raises(Forged):
            edits.apply(State(), [(kind, key, 1.0)])


def test_a_start_is_rounded_to_what_the_eye_sees_and_kept_on_the_map() -> None:
    (x0, x1), (y0, y1) = room(Booth())
    assert did(State(Booth()), ("point", "start", [99, -1e300])).begin == (x1, y0)
    assert did(State(Booth()), ("point", "start", [-99.5, 1e300])).begin == (x0, y1)
    x, y = did(State(Booth()), ("point", "start", [1.23456789, 2])).begin
    assert abs(x - 1.23456789) <= (x1 - x0) / 1000 and len(repr(x)) <= 6
    assert y == 2


@pytest.mark.parametrize(
    "value", [None, [], [1], [1, 2, 3], ["1", "2"], [True, 1], {"x": 1, "y": 2}, [10**400, 1], "12"]
)
def test_a_start_is_two_numbers(value: Any) -> None:
    with pytest.raises(ValueError, match="two numbers"):
        edits.apply(State(), [("point", "start", value)])


def test_a_start_can_be_typed() -> None:
    state = did(State(Booth()), ("number", "start.x", "1.2345678"), ("number", "start.y", "-3"))
    assert state.begin == (1.2345678, -3.0)
    assert "from -25 to 25" in refused(state, "number", "start.x", "25.5")
    assert "from -25 to 25" in refused(state, "number", "start.y", "up")


def test_steps() -> None:
    assert did(State(), ("number", "steps", "250")).n_steps == 250
    assert did(State(), ("slider", "steps", 9.0)).n_steps == limits.STEPS[1]
    assert did(State(), ("slider", "steps", -9.0)).n_steps == limits.STEPS[0]
    assert str(limits.STEPS[1]) in refused(State(), "number", "steps", str(limits.STEPS[1] + 1))
    assert type(did(State(), ("slider", "steps", 1.2345)).n_steps) is int


def test_fewer_steps_than_the_playhead_send_it_to_the_end() -> None:
    state = State(view=View(t=40))
    assert did(state, ("number", "steps", "41")).view.t == 40
    for fewer in ("40", "40.4", "39"):
        assert did(state, ("number", "steps", fewer)).view.t is None


def test_the_playhead() -> None:
    assert did(State(), ("point", "playhead", 7)).view.t == 7
    assert did(State(view=View(t=7)), ("point", "playhead", 100)).view.t is None
    assert did(State(view=View(t=7)), ("point", "playhead", None)).view.t is None
    assert did(State(view=View(t=7)), ("point", "playhead", 101)).view.t is None, "from before there were fewer steps"
    for value in (-1, 5.0, "5", True, []):
        with pytest.raises(ValueError, match="playhead"):
            edits.apply(State(), [("point", "playhead", value)])


@pytest.mark.parametrize(("name", "choice"), [(name, choice) for name, all_ in CHOICES.items() for choice in all_])
def test_every_choice_of_the_view(name: str, choice: str) -> None:
    assert did(State(), ("choice", f"view.{name}", choice)).view == View(**{name: choice})


@thoroughly
@given(states(), states())
def test_a_step_of_undo_leads_to_any_state_but_leaves_what_the_link_hides_and_locks(here: State, there: State) -> None:
    here = dataclasses.replace(here, view=dataclasses.replace(here.view, lock=()))
    after = did(here, ("text", "goto", there.to_query()))
    promised = dataclasses.replace(there.view, hide=here.view.hide, lock=())
    assert after == State.from_query(dataclasses.replace(there, view=promised).to_query())[0]


def test_reset_keeps_the_theme_and_what_a_teacher_hid() -> None:
    kept = {"theme": "dark", "hide": ("runs",), "lock": ("share",)}
    state = State(Rosenbrock(), (Run(SGD(), 3),), (0.1, 0.2), 7, View(map="side", t=3, **kept))
    assert did(state, ("action", "reset", 1)) == State(view=View(**kept))


# what no control sends


@pytest.mark.parametrize(
    "change",
    [
        ("choice", "surface", "nowhere"),
        ("choice", "surface", None),
        ("choice", "surface", []),
        ("choice", "run.0.optimizer", "adman"),
        ("choice", "run.0.optimizer", {}),
        ("choice", "add", "adman"),
        ("choice", "add", None),
        ("choice", "view.map", "globe"),
        ("choice", "view.map", ["contour"]),
        ("choice", "view.hide", "runs"),
        ("slider", "run.0.lr", "0.1"),
        ("slider", "run.0.lr", None),
        ("slider", "run.0.lr", True),
        ("slider", "run.0.lr", math.nan),
        ("slider", "run.0.lr", math.inf),
        ("slider", "run.0.lr", 10**400),
        ("slider", "steps", []),
        ("switch", "run.2.bias_correction", 1),
        ("switch", "run.2.bias_correction", "on"),
        ("text", "run.0.name", 3),
        ("text", "run.0.name", None),
        ("choice", "run.0.lr", 0.1),
        ("action", "run.0.lr", 1),
        ("action", "run.0.explode", 1),
        ("action", "run.99.pin", 1),
        ("action", "run.-1.pin", 1),
        ("slider", "master.alpha", 0),
        ("action", "preset.beta.0.7", 1),
        ("action", "preset.beta.0x9", 1),
        ("slider", "start", [1, 2]),
        ("point", "start.x", 1),
        ("", "", None),
        ("action", "__class__", 1),
        ("action", "reset\n", 1),
    ],
    ids=str,
)
def test_what_no_control_sends_is_an_error(change: tuple[str, str, Any]) -> None:
    with pytest.raises(ValueError) as raised:
        edits.apply(State(), [change])
    assert type(raised.value) is Forged
    assert len(str(raised.value)) < 100


@thoroughly
@given(states() | taught(), gestures)
def test_any_edits_give_a_valid_state_or_a_value_error(state: State, changes: list[tuple[str, str, Any]]) -> None:
    for change in changes:
        try:
            state, messages = edits.apply(state, [change])
        except ValueError:
            continue
        assert all(isinstance(reason, str) and reason for reason in messages.values())
        assert State.from_query(state.to_query()) == (state, [])
        assert 1 <= len({run.slot for run in state.runs}) == len(state.runs) <= limits.RUNS
        assert type(state.n_steps) is int


def test_the_state_an_edit_came_from_stays_as_it_was() -> None:
    state = State(ElongatedValley(), (Run(SGD(), 0), Run(Adam(), 1)))
    query = state.to_query()
    edits.apply(state, [("slider", "master.lr", -2.0), ("action", "run.0.remove", 1), ("choice", "surface", "booth")])
    assert state.to_query() == query


@pytest.mark.parametrize(
    "query",
    ["?run=sgd&steps=5", "?lesson=L05&phase=see", "?lock=runs,surface&hide=share&run=adam", "?tab=train&lock=train"],
)
def test_no_value_fails_whether_its_control_is_barred_or_not(query: str) -> None:
    """Every kind of control under every name, with values that no control sends: used, explained or forged."""
    state, _ = State.from_query(query)
    for kind, key, value in itertools.product(KINDS, KEYS, ODD):
        with contextlib.suppress(Forged):
            after, messages = edits.apply(state, [(kind, key, value)])
            assert all(messages.values())
            edits.opened(after, [(kind, key, value)], messages)
            edits.notices([(kind, key, value)], messages)
