"""Controls come from declarations: every number of every optimizer and surface has one, and it shows its value."""

import json
from typing import Any

import pytest

from app import limits
from app.explore import rail
from app.page import edits, numbers, run_edits, scales
from app.page.spelled import TYPED
from app.page.state import Run, State
from app.page.view import View
from app.walks.simulate import simulate
from landscapes import LANDSCAPES
from optim_core import OPTIMIZERS, SGD, AdaGrad, Adam, RMSProp, hypers

every_optimizer = pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=OPTIMIZERS)
every_surface = pytest.mark.parametrize("cls", LANDSCAPES.values(), ids=LANDSCAPES)


def by_id(state: State, open_slot: int | None = None) -> dict[tuple[str, str], Any]:
    """(kind, key) -> the place or the button of the rail."""
    found = {}
    for component in (part for root in rail.rail(state, open_slot) for part in root._traverse()):
        kind, key = getattr(component, "data-control", None), getattr(component, "data-key", None)
        if hasattr(component, "data-action"):
            kind, key = "action", getattr(component, "data-action")
        if kind:
            assert (kind, key) not in found
            found[kind, key] = component
    return found


def spec(component: Any) -> dict[str, Any]:
    """What the element in a place is told."""
    return json.loads(getattr(component, "data-spec"))


def shown(state: State, open_slot: int | None = None) -> dict[str, dict[str, Any]]:
    return rail.shown(simulate(state), open_slot)


def wanted(prefix: str, cls: type) -> set[tuple[str, str]]:
    """The controls that the declarations of a class ask for."""
    kinds = {False: ("slider", "number"), True: ("switch",)}
    return {
        (kind, f"{prefix}.{name}")
        for name, declared in hypers(cls).items()
        for kind in kinds[declared.scale == "switch"]
    }


@every_optimizer
def test_an_open_run_has_a_control_for_every_field(cls: type) -> None:
    state = State(runs=(Run(SGD(), 0), Run(cls(), 4)))
    found = {(kind, key) for kind, key in by_id(state, 4) if kind in ("slider", "number", "switch")}
    of_run = {(kind, key) for kind, key in found if key.startswith("run.")}
    assert of_run == wanted("run.1", cls)


@every_surface
def test_a_surface_has_a_control_for_every_shape_parameter(cls: type) -> None:
    of_surface = {(kind, key) for kind, key in by_id(State(cls())) if key.startswith("surface.")}
    assert of_surface == wanted("surface", cls)


def test_a_closed_run_has_none() -> None:
    assert not [key for _, key in by_id(State()) if key.startswith("run.")]
    assert by_id(State(), 7).keys() == by_id(State()).keys()  # no run has this slot


@every_optimizer
def test_a_slider_runs_over_the_declared_range(cls: type) -> None:
    found = by_id(State(runs=(Run(cls(), 0),)), 0)
    for name, declared in hypers(cls).items():
        if declared.scale == "switch":
            assert declared.doc in spec(found["switch", f"run.0.{name}"])["label"]
            continue
        slider = spec(found["slider", f"run.0.{name}"])
        assert (slider["min"], slider["max"]) == scales.ends(declared)
        assert declared.doc in slider["label"] and declared.symbol in slider["label"]
        assert declared.doc in spec(found["number", f"run.0.{name}"])["label"]


def test_the_masters_the_start_and_the_steps_are_always_there() -> None:
    found = by_id(State())
    for shared in run_edits.MASTERS:
        assert {("slider", f"master.{shared}"), ("number", f"master.{shared}")} <= set(found)
    assert {("number", "start.x"), ("number", "start.y"), ("slider", "steps"), ("choice", "add")} <= set(found)


def sent(kind: str, key: str, value: Any) -> Any:
    """What a control sends when it is used as it stands."""
    if kind == "action":
        return 1
    if (kind, key) == ("choice", "add"):
        return "adam"
    return value if value != "mixed" else "0.5"


@every_optimizer
@pytest.mark.parametrize("place", [0, 1])
def test_whatever_a_control_sends_is_an_edit(cls: type, place: int) -> None:
    state = State(LANDSCAPES["rosenbrock"](), (Run(cls(), 3, "one"), Run(cls(), 1, "two"), Run(RMSProp(), 0)))
    values = shown(state, state.runs[place].slot)
    for kind, key in by_id(state, state.runs[place].slot):
        if not key.startswith("open."):
            edits.apply(state, [(kind, key, sent(kind, key, values.get(kind, {}).get(key)))])


@every_optimizer
def test_moving_nothing_changes_nothing(cls: type) -> None:
    state = State(LANDSCAPES["rosenbrock"](), (Run(cls(), 0),))
    beyond = []  # a master's slider stands at its end for a value beyond it, or for none at all
    for shared, declared in run_edits.MASTERS.items():
        value, _ = run_edits.master_value(state, shared) or (None, False)
        if value is None or not declared.range[0] <= value <= declared.range[1]:
            beyond.append(f"master.{shared}")
    values = shown(state, 0)
    sent = [(kind, key, value) for kind in values for key, value in values[kind].items()]
    sent = [(kind, *rest) for kind, *rest in sent if kind in ("slider", "number", "switch", "text")]
    assert len(sent) > 10
    for change in sent:
        if change[1] not in beyond:
            assert edits.apply(state, [change]) == (state, {}), change


# what they show


@every_optimizer
def test_every_control_of_a_run_has_a_value(cls: type) -> None:
    state = State(runs=(Run(cls(), 6, "name"),))
    values = shown(state, 6)
    for kind, key in by_id(state, 6):
        if kind in ("slider", "number", "switch", "text") or (kind == "choice" and key != "add"):
            assert key in values[kind], (kind, key)


def test_the_values_are_those_of_the_state() -> None:
    state = State(
        LANDSCAPES["rosenbrock"](b=50.0), (Run(Adam(lr=0.05, bias_correction=False), 2, "mine"),), (0.5, -0.25)
    )
    values = shown(state, 2)
    assert values["number"]["run.0.lr"] == "0.05"
    assert values["number"]["run.0.eps"] == "1e-8"
    assert values["slider"]["run.0.beta1"] == 1
    assert values["switch"]["run.0.bias_correction"] is False
    assert values["text"]["run.0.name"] == "mine"
    assert values["choice"]["run.0.optimizer"] == "adam"
    assert values["choice"]["surface"] == "rosenbrock"
    assert values["number"]["surface.b"] == "50"
    assert (values["number"]["start.x"], values["number"]["start.y"]) == ("0.5", "-0.25")
    assert values["number"]["steps"] == "100"


def test_a_number_is_shown_in_full() -> None:
    assert shown(State(runs=(Run(SGD(lr=0.0123456789), 0),)), 0)["number"]["run.0.lr"] == "0.0123456789"


def test_masters_show_what_the_runs_share() -> None:
    same = shown(State(runs=(Run(SGD(lr=0.1), 0), Run(Adam(lr=0.1), 1))))
    assert same["number"]["master.lr"] == "0.1"
    mixed = shown(State(runs=(Run(SGD(lr=0.01), 0), Run(Adam(lr=1.0), 1))))
    assert mixed["number"]["master.lr"] == "mixed"
    assert mixed["slider"]["master.lr"] == pytest.approx(-1)


def test_choices_follow_the_view() -> None:
    view = View(map="surface", arrows="on", panel="gradient", lr_axis="linear", rms_axis="log", panel_axis="linear")
    choices = shown(State(view=view))["choice"]
    expected = {"map": "surface", "arrows": "on", "panel": "gradient"}
    expected |= {"lr_axis": "linear", "rms_axis": "log", "panel_axis": "linear"}
    assert {name: choices[f"view.{name}"] for name in expected} == expected
    on_a_saddle = shown(State(LANDSCAPES["saddle"]()))["choice"]
    assert (on_a_saddle["view.panel"], on_a_saddle["view.panel_axis"]) == ("loss", "linear")


def test_a_run_says_how_it_ended() -> None:
    state = State(runs=(Run(SGD(lr=10.0), 0), Run(Adam(lr=0.1), 1)), n_steps=400)
    sim = simulate(state)
    says = rail.shown(sim, None)["say"]
    assert str(sim.walks[0].diverged_at) in says["run.0.end"] and "diverged" in says["run.0.end"]
    assert numbers.brief(sim.walks[1].final_loss) in says["run.1.end"]
    assert "10" in says["run.0.summary"] and "0.999" in says["run.1.summary"]


def test_a_slider_of_epsilon_says_why_it_seems_dead() -> None:
    def why(optimizer: Any, landscape: Any = State.landscape) -> str:
        return shown(State(landscape, (Run(optimizer, 0),)), 0)["say"]["run.0.eps.why"]

    assert "below ε" in why(AdaGrad(eps=1e-10))
    assert why(AdaGrad(eps=100.0)) == ""
    of_what_was_finite = why(Adam(lr=1.7e308), LANDSCAPES["rastrigin"]())
    assert "below ε" in of_what_was_finite and "nan" not in of_what_was_finite


@every_optimizer
def test_every_control_of_the_rail_is_shown_its_value(cls: type) -> None:
    state = State(runs=(Run(cls(), 0, "name"),))
    values = shown(state, 0)
    places = [(kind, key) for kind, key in by_id(state, 0) if kind != "action" and key != "add"]
    assert len(places) > len(hypers(cls))
    assert not [place for place in places if place[1] not in values[place[0]]]


@pytest.mark.parametrize("groups", [rail.OPTIMIZER_GROUPS, rail.SURFACE_GROUPS], ids=["optimizers", "surfaces"])
def test_a_menu_offers_everything_once_in_named_groups(groups: dict[str, Any]) -> None:
    offered = [slug for group in groups.values() for slug, *_ in group]
    assert sorted(offered) == sorted(OPTIMIZERS if groups is rail.OPTIMIZER_GROUPS else [*LANDSCAPES, TYPED])
    assert all(groups.values()) and len(groups) == (3 if groups is rail.OPTIMIZER_GROUPS else 5)


def test_react_takes_a_place_for_another_when_its_control_is_another() -> None:
    told = {}
    for name in ("rosenbrock", "valley", "bowl"):
        for (kind, key), place in by_id(State(LANDSCAPES[name]())).items():
            if kind != "action":
                told.setdefault(place.key, set()).add((kind, key, getattr(place, "data-spec")))
    assert all(len(meant) == 1 for meant in told.values())


# the rail


def test_the_rail_is_built_anew_only_for_another_set_of_runs() -> None:
    def key(*runs: Run, landscape: Any = State.landscape, slot: int | None = None, **more: Any) -> str:
        return rail.rail_key(State(landscape, runs, **more), slot)

    same = key(Run(SGD(lr=0.1), 0), Run(Adam(), 1))
    assert same == key(Run(SGD(lr=0.2), 0, "mine"), Run(Adam(beta1=0.5), 1), n_steps=7, start=(0.5, 0.5))
    others = [
        key(Run(SGD(), 0)),
        key(Run(SGD(), 2), Run(Adam(), 1)),
        key(Run(RMSProp(), 0), Run(Adam(), 1)),
        key(Run(SGD(), 0, pinned=True), Run(Adam(), 1)),
        key(Run(Adam(), 1), Run(SGD(), 0)),
        key(Run(SGD(), 0), Run(Adam(), 1), slot=1),
        key(Run(SGD(), 0), Run(Adam(), 1), landscape=LANDSCAPES["rosenbrock"]()),
    ]
    assert len({same, *others}) == 1 + len(others)


def chosen(place: Any) -> list[str]:
    return [slug for _, group in spec(place)["groups"] for slug, *_ in group]


def test_every_optimizer_and_every_surface_can_be_chosen() -> None:
    found = by_id(State(), 0)
    for key in ("add", "run.0.optimizer"):
        assert sorted(chosen(found["choice", key])) == sorted(OPTIMIZERS)
    assert sorted(chosen(rail.surface_menu())) == sorted([*LANDSCAPES, TYPED])


def test_eight_slots_have_eight_heads() -> None:
    looks = [rail.head(slot).style for slot in range(limits.RUNS)]
    assert len({look["maskImage"] for look in looks}) == len({look["backgroundColor"] for look in looks}) == limits.RUNS


def test_a_name_that_does_not_say_it_all_is_explained_on_the_run_and_in_the_menus() -> None:
    """On hover and focus, by the glossary."""
    noted = {slug: cls.note for slug, cls in OPTIMIZERS.items() if cls.note}
    assert "plain gradient descent" in noted["sgd"]
    for slug, cls in OPTIMIZERS.items():
        title = by_id(State(runs=(Run(cls(), 0),)))["action", "open.0"]
        assert getattr(title, "data-term", None) == (slug if slug in noted else None)
    offered = [option for group in rail.OPTIMIZER_GROUPS.values() for option in group]
    assert {slug: note[0] for slug, _, *note in offered if note} == noted
