"""What is drawn before any walk is known."""

import math

import numpy as np
import pytest

from app.page.state import State
from app.sweep import figures
from app.walks.quadratics import fastest, quadratic
from landscapes import LANDSCAPES
from optim_core import OPTIMIZERS

KINDS = ("rates", "grid", "race")


def look(query: str, mode: str = "light") -> dict:
    state, notices = State.from_query(query)
    assert notices == []
    return figures.look(state, mode)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("surface", LANDSCAPES)
def test_every_surface_can_be_drawn(surface: str, kind: str) -> None:
    made = look(f"?f={surface}&run=momentum&run=adam&sweep=kind={kind}")
    assert made["problem"] == "" and len(made["runs"]) == (1 if kind == "grid" else 2)
    assert made["log"] == (LANDSCAPES[surface]().lowest is not None)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_can_be_drawn(name: str) -> None:
    made = look(f"?run={name}&sweep=kind=grid~rates=7")
    alone = len(figures.sweepable(OPTIMIZERS[name]())) < 2
    assert bool(made["problem"]) == alone and len(made["sides"]) == (1 if alone else 2)
    for side in made["sides"]:
        low, high = side["range"]
        assert (np.diff(side["places"]) > 0).all() and low < side["places"][0] <= side["places"][-1] < high
        assert len(side["values"]) == len(side["shown"]) == 7


def test_on_a_quadratic_momentum_has_its_border_and_its_best_point() -> None:
    made = look("?f=valley~kappa=25&run=momentum&sweep=kind=grid")
    theory = made["theory"]
    rates, places = theory["border"]
    betas = 1 - 10.0**-places
    assert 10**rates == pytest.approx(2 * (1 + betas) / 25, rel=1e-9)
    assert [float(value) for value in theory["best"]["values"]] == pytest.approx([4 / 36, (4 / 6) ** 2])
    assert theory["best"]["at"] == pytest.approx([math.log10(4 / 36), -math.log10(1 - (4 / 6) ** 2)])


@pytest.mark.parametrize(
    "query",
    ["?f=rosenbrock&run=momentum", "?run=adam", "?run=momentum&weather=noise=1,1", "?run=momentum&schedule=cosine",
     "?run=momentum~fork=9,sgd", "?run=momentum&sweep=kind=grid~across=momentum~up=dampening"],
)  # fmt: skip
def test_theory_is_silent_where_it_knows_nothing(query: str) -> None:
    assert look(query if "sweep" in query else f"{query}&sweep=kind=grid")["theory"] is None


def test_with_another_number_up_there_is_a_border_and_no_best_point() -> None:
    theory = look("?run=momentum&sweep=kind=grid~up=dampening")["theory"]
    assert theory["best"] is None and theory["border"].shape[0] == 2
    surface = State().landscape
    assert quadratic(surface) and set(fastest(OPTIMIZERS["momentum"](), surface)) == {"lr", "momentum"}


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("?run=sgd&sweep=kind=grid", "no second number"),
        ("?run=adam&sweep=kind=grid~rates=241&steps=2000", "at most 100 along each side"),
        ("?start=7,4&sweep=kind=race", "lies outside"),
    ],
)
def test_what_cannot_be_says_why(query: str, why: str) -> None:
    assert why in look(query)["problem"]


def test_a_race_declares_its_budget() -> None:
    assert "61 rates × 5 starts × 300 steps = 91,500 gradients" in look("?f=rosenbrock&sweep=kind=race")["budget"]
    assert "1 start ×" in look("?f=rosenbrock&sweep=kind=race~starts=1")["budget"]
    assert look("?f=rosenbrock")["budget"] == ""


def test_the_colours_are_those_of_the_light() -> None:
    assert look("?run=sgd")["runs"][0]["color"] != look("?run=sgd", "dark")["runs"][0]["color"]


@pytest.mark.parametrize(("low", "high"), [(1e-4, 10), (1e-6, 1e3), (0.01, 0.05), (0.11, 0.12), (1e-12, 1e6)])
def test_an_axis_of_rates_has_a_few_marks_within_it(low: float, high: float) -> None:
    axis = look(f"?sweep=low={low!r}~high={high!r}")["layout"]["xaxis"]
    assert 2 <= len(axis["tickvals"]) <= 10 and len(axis["ticktext"]) == len(axis["tickvals"])
    assert all(axis["range"][0] <= at <= axis["range"][1] for at in axis["tickvals"])
