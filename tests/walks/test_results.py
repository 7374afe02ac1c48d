"""The table of results, against walks whose outcome is known, and against other ways to count."""

import dataclasses
import math
from typing import Any

import pytest

from app.page.state import Run, State
from app.walks.fates import diagonal
from app.walks.results import (
    changed,
    difference,
    differences,
    first_step,
    now,
    row,
    rows,
    settings,
    told,
)
from app.walks.simulate import simulate
from landscapes import ElongatedValley, Rosenbrock, Saddle, Surface
from optim_core import (
    CONVENTIONS,
    SGD,
    AdaGrad,
    AdaGradSummedRates,
    Adam,
    AdamW,
    Momentum,
    NAdam,
    Optimizer,
    RMSProp,
    conventions_of,
    run,
)

from ..strategies import walk

VALLEY = ElongatedValley()


# --- a row ----------------------------------------------------------------------------------------------------------


def test_a_row_of_a_walk_that_arrives() -> None:
    one = walk(RMSProp(lr=0.045), VALLEY, 500)
    loss = one.trajectory.loss
    made = row(one, VALLEY, 1e-3)
    assert (made.slot, made.label, made.settings, made.memory) == (0, "RMSProp", "η 0.045", 1)
    assert made.final_loss == loss[-1]
    assert (made.best_loss, made.best_step) == (loss.min(), loss.argmin())
    assert made.best_step < 500
    assert loss[made.arrived] <= 1e-3 < loss[: made.arrived].min()
    assert made.distance == pytest.approx(math.hypot(*one.trajectory.params[-1]))
    assert made.path_length == pytest.approx(sum(math.hypot(*step) for step in one.trajectory.delta))
    straight = math.dist(one.trajectory.params[0], one.trajectory.params[-1])
    assert made.detour == pytest.approx(made.path_length / straight) and made.detour >= 1


def test_a_visit_is_no_stay() -> None:
    one = walk(Adam(lr=0.1), VALLEY, 100)
    for tolerance in (0.5, 1e-2, 1e-3, 1e-9):
        within = [t for t, loss in enumerate(one.trajectory.loss) if loss <= tolerance]
        made = row(one, VALLEY, tolerance)
        assert made.arrived == (within[0] if within else None)
        lasts = [t for t in within if all(later in within for later in range(t, 101))]
        assert made.stays == (lasts[0] if lasts else None)
    assert row(one, VALLEY, 1e-2).arrived < row(one, VALLEY, 1e-2).stays


def test_a_row_of_a_walk_that_diverges() -> None:
    one = walk(SGD(lr=0.01), Rosenbrock())
    made = row(one, Rosenbrock())
    assert made.final_loss is None and made.distance is None and made.arrived is None
    assert made.stays is None and made.detour is None and made.status == f"diverged at step {one.diverged_at}"
    assert made.best_loss == one.trajectory.loss[0] and made.best_step == 0
    assert math.isfinite(made.path_length)


def test_no_minimum_no_arrival() -> None:
    made = row(walk(SGD(lr=0.01), Saddle()), Saddle())
    assert made.arrived is None and made.distance is None


def test_rows_are_in_the_order_of_the_runs() -> None:
    state = State(runs=(Run(Adam(), 4, "one"), Run(SGD(), 2)))
    assert [(one.slot, one.label) for one in rows(simulate(state))] == [(4, "one"), (2, "SGD")]


def test_settings_are_what_is_not_the_default() -> None:
    assert settings(Adam()) == ""
    assert settings(Adam(lr=0.05, beta2=0.99, bias_correction=False)) == "η 0.05, β₂ 0.99, uncorrected"
    assert settings(RMSProp(centered=True, eps=1e-5)) == "ε 1e−5, centered"


# --- rules and the playhead -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("threshold", [10.0, 1e-2, 1e-30])
def test_stopping_rules_by_counting(threshold: float) -> None:
    one = walk(RMSProp(lr=0.045), VALLEY, 200)
    for rule, quantity in (
        ("loss", lambda t: one.trajectory.loss[t]),
        ("gradient", lambda t: math.hypot(*one.trajectory.grad[t])),
    ):
        expected = next((t for t in range(201) if quantity(t) <= threshold), None)
        assert first_step(one, VALLEY, rule, threshold) == expected


def test_a_rule_may_hold_at_the_start_and_never_after_divergence() -> None:
    assert first_step(walk(SGD()), VALLEY, "loss", 1e9) == 0
    diverged = walk(SGD(lr=0.1), Saddle(), 5000)
    assert first_step(diverged, Saddle(), "loss", -1e300) < diverged.diverged_at
    assert diverged.trajectory.loss.min() == -math.inf and first_step(diverged, Saddle(), "loss", -1.79e308) is None
    assert first_step(walk(SGD(lr=0.01), Rosenbrock()), Rosenbrock(), "gradient", 1.0) is None


def test_the_playhead() -> None:
    one = walk(Adam(lr=0.1))
    assert now(one, 0)[-3:] == (None, None, None)
    at = now(one, 7)
    assert (at.x, at.y) == tuple(one.trajectory.params[7])
    assert at.loss == one.trajectory.loss[7]
    assert at.gradient == pytest.approx(math.hypot(*VALLEY.grad(one.trajectory.params[7])))
    assert at.effective_lr == tuple(one.trajectory.effective_lr[6])
    assert at.step == pytest.approx(math.dist(one.trajectory.params[6], one.trajectory.params[7]))
    assert math.isnan(now(walk(SGD(lr=0.01), Rosenbrock()), 100).loss)


# --- the other convention -------------------------------------------------------------------------------------------


def by(optimizer: Optimizer, field: str) -> int:
    return next(place for place, one in enumerate(conventions_of(optimizer)) if field in (one.other or {}))


def test_how_far_the_other_path_strays() -> None:
    optimizer = NAdam(lr=0.045)
    one = walk(optimizer)
    strays = difference(one, VALLEY, conventions_of(optimizer)[by(optimizer, "momentum_decay")])
    theirs = run(NAdam(lr=0.045, momentum_decay=1.0), VALLEY, None, 100).params
    apart = [math.dist(a, b) for a, b in zip(theirs, one.trajectory.params, strict=True)]
    assert strays.optimizer == NAdam(lr=0.045, momentum_decay=1.0)
    assert strays.largest == pytest.approx(max(apart))
    assert strays.share == pytest.approx(max(apart) / math.hypot(6.4, 3.4))
    assert strays.first_step == next(t for t, far in enumerate(apart) if far > 1e-3 * diagonal(VALLEY))
    assert not strays.turned
    assert changed(one, strays) == {"momentum_decay": 1.0}


def test_the_same_path_and_one_too_near_to_see() -> None:
    momentum = walk(Momentum())
    strays = difference(momentum, VALLEY, CONVENTIONS[Momentum][0])
    assert (strays.largest, strays.first_step, changed(momentum, strays)) == (0.0, None, {"lr_inside": True})
    assert told(CONVENTIONS[Momentum][0], strays).endswith("On this path it is the same.")
    flagged = difference(walk(Momentum(lr_inside=True)), VALLEY, CONVENTIONS[Momentum][0])
    assert (flagged.largest, flagged.turned) == (0.0, True)
    root = CONVENTIONS[AdaGrad][0]
    strays = difference(walk(AdaGrad(lr=0.1)), VALLEY, root)
    assert 0 < strays.largest < 1e-3 and strays.first_step is None
    assert "nobody would see it" in told(root, strays)


def test_one_of_the_two_may_diverge() -> None:
    summed = walk(AdaGradSummedRates(lr=10.0), Rosenbrock())
    strays = difference(summed, Rosenbrock(), CONVENTIONS[AdaGradSummedRates][0])
    assert summed.diverged_at is not None
    assert strays.largest == math.inf and strays.first_step <= summed.diverged_at
    assert changed(summed, strays) == {"lr": 10.0, "eps": 1e-8, "initial_accumulator": 0.0, "eps_inside": False}
    assert "one of the two diverges" in told(CONVENTIONS[AdaGradSummedRates][0], strays)


@dataclasses.dataclass(frozen=True)
class Slope(Surface):
    """A slope that is the same everywhere."""

    label, formula, domain, start, levels = "Slope", "x + y", ((-1.0, 1.0), (-1.0, 1.0)), (0.0, 0.0), "linear"

    def value(self, x: Any, y: Any) -> Any:
        return 1.9 * x + 0.8 * y

    def partials(self, x: Any, y: Any) -> tuple[Any, Any]:
        return 1.9, 0.8


def test_a_variance_that_is_negative_elsewhere_has_its_distance() -> None:
    lost = next(one for one in CONVENTIONS[RMSProp] if one.lost)
    one = walk(RMSProp(alpha=0.5, centered=True, eps=1e-8), Slope())
    strays = difference(one, Slope(), lost)
    state = one.trajectory.state
    below = (state.square_avg - state.grad_avg**2 < 0).any(axis=1)
    assert below.any() and strays.first_step == below.argmax() + 1
    assert strays.largest == math.inf and "one of the two diverges; it shows from step" in told(lost, strays)
    assert "NaN" in told(lost, strays) and "PyTorch" in told(lost, strays)
    for calm in (RMSProp(), RMSProp(alpha=0.5, centered=True, eps=1e-3, eps_inside=True)):
        assert told(lost, difference(walk(calm, Slope()), Slope(), lost)).endswith("On this path it is the same.")


def test_a_run_that_follows_the_others_is_compared_with_its_own_class() -> None:
    mine = walk(RMSProp(lr=0.045, eps=0.1, eps_inside=True))
    strays = difference(mine, VALLEY, CONVENTIONS[RMSProp][0])
    assert strays.turned and strays.optimizer == RMSProp(lr=0.045, eps=0.1)
    assert "This run does the latter." in told(CONVENTIONS[RMSProp][0], strays)


def test_every_convention_is_listed_with_what_it_would_change() -> None:
    listed = differences(walk(AdamW(lr=0.1)), VALLEY)
    assert [one for one, _ in listed] == list(CONVENTIONS[AdamW])
    assert [strays is None for _, strays in listed] == [one.other is None for one in CONVENTIONS[AdamW]]
    texts = [told(one, strays) for one, strays in listed]
    assert texts[0].startswith(
        "The decay is multiplied by η: each step takes η λ of a parameter away (PyTorch, optax and Keras)."
    )
    assert "Elsewhere (the paper) each step takes λ" in texts[0] and "it shows from step " in texts[0]
