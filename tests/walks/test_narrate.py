"""Every sentence against the numbers it was made of: read back word by word, and worked out again."""

import re

import numpy as np
import pytest

from app.page.numbers import spoken
from app.walks.narrate import narrate
from landscapes import LANDSCAPES, Booth, ElongatedValley, Plateau, QuadraticBowl, Rosenbrock, Surface
from optim_core import OPTIMIZERS, SGD, Adadelta, AdaGrad, Adam, AdamW, Lion, Momentum, Optimizer, RMSProp, Rprop

from ..strategies import walk
from .sentences import SENTENCES, kind, summed_up

VALLEY = ElongatedValley()


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("surface", [VALLEY, Rosenbrock()], ids=lambda surface: surface.label)
def test_every_sentence_is_true(name: str, surface: Surface) -> None:
    for lr in (0.05, 0.001):
        one = walk(OPTIMIZERS[name](lr=lr), surface, n_steps=120)
        for t in range(1, 120 if one.diverged_at is None else min(one.diverged_at, 120)):
            kind(one, surface, t)


@pytest.mark.parametrize("name", LANDSCAPES)
@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_on_every_surface(slug: str, name: str) -> None:
    surface = LANDSCAPES[name]()
    for lr in (0.1, 0.01):
        optimizer = OPTIMIZERS[slug](lr=lr)
        one = walk(optimizer, surface, 60)
        assert narrate(one, surface, 0).startswith(f"{optimizer.label} starts at (")
        for t in range(1, 60 if one.diverged_at is None else min(one.diverged_at, 60)):
            kind(one, surface, t)
        summed_up(one, surface)


def test_the_last_step_sums_the_walk_up() -> None:
    assert summed_up(walk(SGD(lr=0.045), VALLEY, 100), VALLEY) == (
        "SGD walked 12, 4.3 times the straight way, bouncing in y, and ended 0.026 from the minimum."
    )
    assert summed_up(walk(SGD(lr=0.06), VALLEY, 100), VALLEY) == (
        "SGD walked 3.1e15, 6 times the straight way, bouncing in y, and is running away since step 1: "
        "η·λmax = 2.4 > 2. It overshoots by more than it corrects: in y each step is about 1.4 times the one before."
    )
    assert summed_up(walk(Adam(lr=0.0), VALLEY, 9), VALLEY) == (
        "Adam has not moved: its learning rates are 0 in x and 0 in y."
    )
    lost = walk(RMSProp(eps=0.0), QuadraticBowl(), 9, (0.0, 0.0))
    assert narrate(lost, QuadraticBowl(), 9) == (
        "RMSProp meets 0/0 at step 1: memory and gradient are both 0 and ε is 0."
    )


def test_every_rule_speaks_somewhere() -> None:
    walks = [walk(cls(lr=0.05), n_steps=120) for cls in (SGD, Momentum, Lion, Adam, AdaGrad)] + [
        walk(SGD(lr=0.049), n_steps=2000)
    ]
    said = {
        kind(one, VALLEY, t) for one in walks for t in range(1, len(one.trajectory.delta)) if one.diverged_at is None
    }
    assert said == {is_true.__name__ for is_true in SENTENCES.values()}


def test_a_rate_is_explained_by_the_gradients_it_was_made_of() -> None:
    said = narrate(walk(RMSProp(lr=0.045), n_steps=120), VALLEY, 1)
    reason = ", because y's gradients have been 19 times as large as x's."
    assert said == "RMSProp turns y's learning rate down to 6.3 % of η and x's up to 1.2 times η" + reason


@pytest.mark.parametrize("optimizer", [Rprop(lr=0.05), Adadelta(lr=10.0)], ids=repr)
def test_no_cause_is_claimed_where_the_rates_have_another(optimizer: Optimizer) -> None:
    one = walk(optimizer, n_steps=300)
    products = one.trajectory.effective_lr * one.trajectory.rms_grad
    for t in range(1, 300):
        if "because" in narrate(one, VALLEY, t):
            assert products[t - 1, 0] == pytest.approx(products[t - 1, 1], rel=0.12)
    assert any("turns" in (said := narrate(one, VALLEY, t)) and "because" not in said for t in range(1, 300))


def test_bouncing_ever_higher_is_told_before_it_diverges_and_why_after() -> None:
    one = walk(SGD(lr=0.08), n_steps=1000)
    assert narrate(one, VALLEY, 9).startswith("SGD bounces in y, to where it is steeper: ")
    for t in (one.diverged_at, one.diverged_at + 1, 1000):
        assert narrate(one, VALLEY, t).startswith(f"SGD diverged at step {one.diverged_at}: η·λmax = 3.2 > 2.")


def test_going_uphill_is_blamed_on_the_memory_only_if_it_points_there() -> None:
    decays = walk(AdamW(lr=0.1, weight_decay=5.0), Booth(), 20, (0.9, 2.9))
    assert narrate(decays, Booth(), 1).startswith("AdamW steps uphill: the loss rises from ")
    rolls = walk(Momentum(lr=0.01), n_steps=60)
    uphill = [t for t in range(1, 60) if "uphill" in narrate(rolls, VALLEY, t)]
    assert uphill and all("carried uphill by its memory" in narrate(rolls, VALLEY, t) for t in uphill)


def test_the_start() -> None:
    assert narrate(walk(SGD(), n_steps=120), VALLEY, 0) == (
        "SGD starts at (−2.6, 1.3), where the loss is 35 and the slope in y is 19 times that in x."
    )
    round_bowl = walk(SGD(), QuadraticBowl(), start=(1.0, 0.0), n_steps=120)
    assert narrate(round_bowl, QuadraticBowl(), 0) == "SGD starts at (1, 0), where the loss is 0.5."


def test_standing_still_has_two_reasons() -> None:
    flat = walk(SGD(lr=1.0), Plateau(), start=(-3.0, 3.0), n_steps=120)
    assert re.fullmatch(r"SGD walks .*|SGD stands nearly still.*", narrate(flat, Plateau(), 1))
    assert narrate(walk(SGD(lr=0.0), n_steps=120), VALLEY, 5) == (
        "SGD stands nearly still, although the gradient is 50: its learning rates are 0 in x and 0 in y."
    )
    assert (
        narrate(walk(SGD(), start=(0.0, 0.0), n_steps=120), VALLEY, 5) == "SGD stands nearly still: the gradient is 0."
    )


def test_two_digits() -> None:
    assert [spoken(value) for value in (0.0812, 99.4, 99.6, 140.2, 54321.0, 123456.0, -1500.0, np.inf)] == [
        "0.081",
        "99",
        "100",
        "140",
        "54000",
        "1.2e5",
        "−1500",
        "∞",
    ]
