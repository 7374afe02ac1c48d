"""What a declaration promises: defaults that fit, bounds that hold, messages that name the field."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from landscapes import LANDSCAPES
from optim_core import OPTIMIZERS, AdaBelief, AdaGrad, Adam, Hyper, RMSProp, Rprop, hypers

DECLARING = [*OPTIMIZERS.values(), *LANDSCAPES.values()]
DECLARED = [(owner, name, declaration) for owner in DECLARING for name, declaration in hypers(owner).items()]
NUMBERS = [place for place in DECLARED if place[2].scale != "switch"]
FLAGS = [place for place in DECLARED if place[2].scale == "switch"]


def over(places: list[tuple[type, str, Hyper]]) -> pytest.MarkDecorator:
    names = [f"{owner.__name__}.{name}" for owner, name, _ in places]
    return pytest.mark.parametrize(("owner", "name", "declaration"), places, ids=names)


# --- declarations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("owner", DECLARING, ids=lambda owner: owner.__name__)
def test_every_field_is_declared_in_order(owner: type) -> None:
    assert list(hypers(owner)) == list(hypers(owner())) == [field.name for field in dataclasses.fields(owner)]


@over(NUMBERS)
def test_number_is_within_what_it_declares(owner: type, name: str, declaration: Hyper) -> None:
    default = getattr(owner(), name)
    (low, high), (least, most) = declaration.range, declaration.bounds
    assert least <= low <= default <= high <= most
    assert low < high
    assert declaration.symbol
    assert declaration.doc
    if declaration.scale == "log":
        assert low > 0
    if declaration.scale == "decay":
        assert high < 1
        assert most < 1


@over(FLAGS)
def test_flag_is_a_flag(owner: type, name: str, declaration: Hyper) -> None:
    assert isinstance(getattr(owner(), name), bool)
    assert declaration.doc
    assert declaration.shared is None


def test_master_controls_move_the_right_fields() -> None:
    moved: dict[str | None, set[str]] = {}
    for optimizer in OPTIMIZERS.values():
        for name, declaration in hypers(optimizer).items():
            moved.setdefault(declaration.shared, set()).add(name)
    assert moved["lr"] == {"lr"}
    assert moved["eps"] == {"eps"}
    assert moved["beta"] == {"alpha", "rho", "beta2"}
    assert not moved[None] & {"lr", "eps", "alpha", "rho", "beta2"}


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_every_optimizer_begins_with_its_learning_rate(optimizer: type) -> None:
    assert next(iter(hypers(optimizer))) == "lr"


# --- bounds ---------------------------------------------------------------------------------------------------------


def outside(declaration: Hyper) -> list[Any]:
    low, high = declaration.bounds
    beyond = [math.nextafter(low, -math.inf), math.nextafter(high, math.inf)]
    numbers = [number for number in beyond if not low <= number <= high]
    assert numbers
    return [*numbers, math.nan, math.inf, -math.inf]


@over(NUMBERS)
def test_number_out_of_bounds_is_refused_by_name(owner: type, name: str, declaration: Hyper) -> None:
    wanted = f"{owner.__name__}: {name} must be {declaration.wanted}, not "
    for number in outside(declaration):
        for value in (number, np.float64(number), np.array([getattr(owner(), name), number])):
            with pytest.raises(ValueError) as refusal:
                owner(**{name: value})
            assert str(refusal.value).startswith(wanted)


@over(NUMBERS)
@pytest.mark.parametrize("value", [None, "0.1", True, 0.1 + 0j, [0.1], [[0.1], []], np.array(["0.1"])], ids=repr)
def test_what_is_no_number_is_refused_by_name(owner: type, name: str, declaration: Hyper, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"^{owner.__name__}: {name} must be "):
        owner(**{name: value})


@over(FLAGS)
@pytest.mark.parametrize("value", [None, 1, 0.0, "True", np.array([True])], ids=repr)
def test_what_is_no_flag_is_refused_by_name(owner: type, name: str, declaration: Hyper, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"^{owner.__name__}: {name} must be True or False, not "):
        owner(**{name: value})


@over(NUMBERS)
def test_bounds_and_range_are_accepted(owner: type, name: str, declaration: Hyper) -> None:
    accepted = [number for number in (*declaration.bounds, *declaration.range) if math.isfinite(number)]
    for value in (*accepted, np.array(accepted), np.float64(accepted[0]), np.float32(accepted[-2])):
        assert getattr(owner(**{name: value}), name) is value


@over(FLAGS)
def test_both_positions_of_a_flag_are_accepted(owner: type, name: str, declaration: Hyper) -> None:
    for value in (True, False, np.True_):
        assert getattr(owner(**{name: value}), name) is value


@pytest.mark.parametrize(
    ("optimizer", "name", "wanted"),
    [
        (Adam, "lr", "a number of at least 0"),
        (Adam, "beta1", "a number from 0 to below 1"),
        (Adam, "bias_correction", "True or False"),
        (Rprop, "eta_plus", "a number from 1 to 100"),
        (AdaGrad, "initial_accumulator", "a number of at least 0"),
        (AdaBelief, "eps_root", "a number of at least 0"),
        (RMSProp, "centered", "True or False"),
    ],
)
def test_what_is_wanted_is_said_in_words(optimizer: type, name: str, wanted: str) -> None:
    assert hypers(optimizer)[name].wanted == wanted


def test_an_unbounded_number_is_just_a_number() -> None:
    anywhere = Hyper("κ", "anything", range=(-1, 1), bounds=(-math.inf, math.inf))
    assert anywhere.wanted == "a number"
    assert anywhere.allows(-1e300)
    assert not anywhere.allows(math.inf)
