"""A training is the same loop written by hand, whatever is trained, and whether at once or in stretches."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from landscapes import Regression, Rosenbrock
from optim_core import (
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    Batches,
    Checkpoint,
    Clip,
    Constant,
    Cosine,
    Fork,
    Momentum,
    Optimizer,
    Printed,
    RMSProp,
    Schedule,
    Training,
    run,
    sweep,
    train,
)

from ..strategies import odd_settings

DRAWN = np.random.default_rng(1)
FEATURES = DRAWN.standard_normal((50, 4)) * np.array([0.2, 1.0, 3.0, 1.0])
TARGET = FEATURES @ np.array([1.0, -2.0, 0.5, 0.0]) + 0.3 * DRAWN.standard_normal(50)
LINEAR, LINEAR_L2 = Regression(FEATURES, TARGET), Regression(FEATURES, TARGET, l2=0.3)
CLASSES = (TARGET + 0.5 * DRAWN.standard_normal(50) > 0).astype(float)
LOGISTIC = Regression(FEATURES, CLASSES, "logistic", 0.01)
MODELS = {"linear": LINEAR, "l2": LINEAR_L2, "logistic": LOGISTIC}
every_model = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
every_optimizer = pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=OPTIMIZERS)


def by_hand(
    optimizer: Optimizer, model: Regression, order: Any, begin: Any, epochs: int, size: int, rates: Any = None
) -> tuple[np.ndarray, np.ndarray]:
    """Parameters after each step, and the mean loss of each epoch: one sample's arithmetic after the other."""
    params, t = np.array(begin), 0
    state, path, during = optimizer.init(params), [params], []
    for epoch in range(epochs):
        total, rows = 0.0, order(epoch)
        for first in range(0, model.n, size):
            batch, t = model.of(rows[first : first + size]), t + 1
            total += batch.loss(params) * batch.n
            one = optimizer if rates is None else replace(optimizer, lr=optimizer.lr * rates[t - 1])
            delta, state, _ = one.update(batch.grad(params), state, params, t)
            params = params + delta
            path.append(params)
        during.append(total / model.n)
    return np.array(path), np.array(during)


def near(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


@every_model
@every_optimizer
def test_it_is_the_loop_by_hand(cls: type[Optimizer], model: Regression) -> None:
    batches = Batches(16, seed=3)
    found = train(cls(), model, batches, 3)
    path, during = by_hand(cls(), model, lambda epoch: batches.order(50, epoch), found.params[0, :, 0], 3, 16)
    near(found.params[..., 0], path)
    near(found.during[:, 0], during)
    near(found.loss[:, 0], [model.loss(params) for params in path[::4]])


@pytest.mark.parametrize("size", [1, 7, 50, 64])
def test_batches_of_any_size(size: int) -> None:
    """One sample, what does not divide, all of them, and more than there are."""
    batches = Batches(size, seed=1)
    found = train(Adam(0.1), LINEAR, batches, 2)
    path, during = by_hand(Adam(0.1), LINEAR, lambda epoch: batches.order(50, epoch), found.params[0, :, 0], 2, size)
    near(found.params[..., 0], path)
    near(found.during[:, 0], during)
    assert len(found.at) == 1 + 2 * -(-50 // size)


def test_without_shuffling_the_samples_come_as_they_stand() -> None:
    found = train(SGD(0.05), LINEAR, Batches(16, shuffle=False), 2)
    path, _ = by_hand(SGD(0.05), LINEAR, lambda _: np.arange(50), found.params[0, :, 0], 2, 16)
    near(found.params[..., 0], path)


@every_optimizer
def test_many_seeds_at_once_are_as_many_trainings(cls: type[Optimizer]) -> None:
    together = train(cls(), LOGISTIC, Batches(16, seed=5, seeds=3), 4, validation=LINEAR)
    for k in range(3):
        alone = train(cls(), LOGISTIC, Batches(16, seed=5 + k), 4, validation=LINEAR)
        for name in ("params", "seen_grad", "effective_lr", "rms_grad", "during", "loss", "validation", "accuracy"):
            np.testing.assert_allclose(
                getattr(together, name)[..., k], getattr(alone, name)[..., 0], rtol=1e-12, atol=1e-15
            )


@pytest.mark.parametrize("schedule", [None, Cosine(), Constant()])
@pytest.mark.parametrize("clip", [None, Clip(norm=0.5), Clip(value=0.2)])
@every_optimizer
def test_stretches_together_are_the_training(
    cls: type[Optimizer], schedule: Schedule | None, clip: Clip | None
) -> None:
    if schedule is not None and "lr" not in cls.__dataclass_fields__:
        schedule = None
    how: dict[str, Any] = {"schedule": schedule, "clip": clip, "every": 3}
    whole = train(cls(), LINEAR, Batches(16, seeds=2), 5, **how)
    given, parts = None, []
    for until in (2, 3, 5):
        since = None if given is None else Checkpoint.from_text(given, cls(), 4, 2)
        parts.append(train(cls(), LINEAR, Batches(16, seeds=2), 5, since=since, until=until, **how))
        given = parts[-1].checkpoint.to_text()
    for name in ("weights", "loss"):
        rows = [getattr(part, name)[bool(place) :] for place, part in enumerate(parts)]
        np.testing.assert_array_equal(np.concatenate(rows), getattr(whole, name))
    np.testing.assert_array_equal(np.concatenate([part.during for part in parts]), whole.during)
    for part in parts:
        for step, row in zip(part.at, part.params, strict=True):
            if step in whole.at:
                np.testing.assert_array_equal(row, whole.params[list(whole.at).index(step)])


def test_what_is_recorded_every_few_steps_is_part_of_all() -> None:
    whole, few = (train(Adam(0.1), LINEAR, Batches(16), 5, every=every) for every in (1, 7))
    assert few.at.tolist() == [0, 7, 14, 20] and whole.at.tolist() == list(range(21))
    np.testing.assert_array_equal(few.params, whole.params[few.at])
    for name in ("seen_grad", "effective_lr", "rms_grad"):
        np.testing.assert_array_equal(getattr(few, name), getattr(whole, name)[few.at[1:] - 1])


def test_the_rate_follows_its_schedule_over_all_steps() -> None:
    found, rates = train(SGD(0.1), LINEAR, Batches(16), 5, schedule=Cosine()), Cosine().factors(20)
    path, _ = by_hand(SGD(0.1), LINEAR, lambda epoch: Batches(16).order(50, epoch), found.params[0, :, 0], 5, 16, rates)
    near(found.params[..., 0], path)
    near(found.effective_lr[:, 0, 0], 0.1 * rates[:20])


def test_what_is_told_is_clipped_for_each_seed() -> None:
    found = train(SGD(0.1), LINEAR, Batches(16, seeds=3), 3, clip=Clip(norm=0.5))
    sizes = np.linalg.norm(found.seen_grad, axis=1)
    free = np.linalg.norm(train(SGD(0.1), LINEAR, Batches(16, seeds=3), 3).seen_grad, axis=1)
    assert sizes.max() == pytest.approx(0.5) and free.max() > 1
    assert sizes[0] == pytest.approx(np.minimum(free[0], 0.5))


def test_a_start_for_all_or_for_each_seed() -> None:
    one, each = np.arange(4.0), np.arange(8.0).reshape(4, 2)
    for start, expected in ((one, np.stack([one, one], -1)), (each, each)):
        assert np.array_equal(train(SGD(), LINEAR, Batches(seeds=2), 1, start).params[0], expected)
    own = train(SGD(), LINEAR, Batches(seeds=2), 0).params[0]
    assert np.array_equal(own, train(Adam(), LINEAR, Batches(7, seeds=2), 1).params[0])
    assert 0 < np.abs(own).max() < 0.05 and (own[:, 0] != own[:, 1]).all()


def test_nothing_is_trained_in_no_epoch() -> None:
    found = train(Adam(), LINEAR, Batches(), 0)
    assert found.params.shape == (1, 4, 1) and found.rms_grad.shape == (0, 4, 1) and found.during.shape == (0, 1)
    assert found.loss.shape == (1, 1) and found.epochs_to(1.0).tolist() == [-1]


def test_epochs_to_a_goal_count_from_one() -> None:
    found = train(SGD(0.05), LINEAR, Batches(16, seeds=2), 6)
    goal = found.during[3].max()
    assert found.epochs_to(goal).tolist() == [int(np.argmax(found.during[:, k] <= goal)) + 1 for k in range(2)]
    assert found.epochs_to(0.0).tolist() == [-1, -1]
    assert found.epochs_to(found.loss[2].max(), "loss").max() == 2


def test_what_diverges_says_at_which_step() -> None:
    found = train(SGD(2.0), LINEAR, Batches(16, seeds=2), 400)
    for k, step in enumerate(found.diverged_at):
        params, finite = found.params[..., k], np.isfinite(found.params[..., k]).all(axis=1)
        assert 0 < step < len(params) - 1 and finite[:step].all() and not finite[step + 1 :].any()
        assert np.isnan(found.loss[-1, k]) or np.isinf(found.loss[-1, k])
    assert train(SGD(2.0), LINEAR, Batches(16), 400, every=50).diverged_at == found.diverged_at[:1]
    assert train(Adam(0.1), LINEAR, Batches(16), 3).diverged_at == [-1]


def test_progress_is_told_after_each_epoch() -> None:
    seen: list[tuple[int, int]] = []
    train(SGD(), LINEAR, Batches(), 3, progress=lambda *told: seen.append(told))
    assert seen == [(1, 3), (2, 3), (3, 3)]


# --- the listing ----------------------------------------------------------------------------------------------------


def listing(optimizer: Optimizer, place: int, epochs: int) -> tuple[np.ndarray, float]:
    """The stream of the listing, drawn in its order."""
    drawn = np.random.RandomState(42)
    features, true = drawn.randn(60, 3), drawn.randn(3) * 2
    target = features @ true + drawn.randn(60) * 0.5
    for number in range(place + 1):
        params, printed = drawn.randn(3) * 0.01, 0.0
        state = optimizer.init(params)
        for _ in range(epochs):
            order, total = drawn.permutation(60), 0.0
            for t, first in enumerate(range(0, 60, 32), 1):
                rows = order[first : first + 32]
                error = features[rows] @ params - target[rows]
                total += np.mean(error**2)
                if number == place:
                    delta, state, _ = optimizer.update(2 / len(rows) * features[rows].T @ error, state, params, t)
                    params = params + delta
            printed = total / (60 // 32)
    return params, printed


@pytest.mark.parametrize("place", [0, 1, 3])
def test_one_stream_goes_through_all_runs_of_the_listing(place: int) -> None:
    drawn = np.random.RandomState(42)
    features, true = drawn.randn(60, 3), drawn.randn(3) * 2
    model = Regression(features, features @ true + drawn.randn(60) * 0.5)
    whole = train(Adam(0.05), model, Printed(place), 4)
    params, printed = listing(Adam(0.05), place, 4)
    near(whole.weights[-1, :, 0], params)
    near(whole.during[-1, 0], printed)
    first = train(Adam(0.05), model, Printed(place), 4, until=2)
    rest = train(Adam(0.05), model, Printed(place), 4, since=first.checkpoint)
    np.testing.assert_array_equal(rest.weights[-1], whole.weights[-1])


# --- as a source ----------------------------------------------------------------------------------------------------


class Turning:
    """A bowl whose middle is another at each step."""

    start = (1.0, 2.0)

    def loss(self, params: np.ndarray) -> np.ndarray:
        return np.square(params).sum(axis=0) / 2

    def grad(self, params: np.ndarray) -> np.ndarray:
        raise AssertionError("the gradient of a step is asked")

    def grad_at(self, params: np.ndarray, t: int) -> np.ndarray:
        return params - t


def test_a_source_is_asked_for_the_gradient_of_each_step() -> None:
    walk = run(SGD(0.1), Turning(), n_steps=20)
    at = np.arange(1.0, 22)[:, None]
    near(walk.grad, walk.params - at)
    forked = run(SGD(0.1), Turning(), n_steps=20, fork=Fork(SGD(0.1), at=7))
    np.testing.assert_array_equal(forked.params, walk.params)


@every_model
@every_optimizer
def test_a_training_is_a_walk_over_its_batches(cls: type[Optimizer], model: Regression) -> None:
    batches = Batches(16, seed=3, seeds=2)
    walk, found = run(cls(), batches.source(model), n_steps=12), train(cls(), model, batches, 3)
    near(found.params, walk.params)
    for name in ("seen_grad", "effective_lr", "rms_grad"):
        near(getattr(found, name), getattr(walk, name)[:12])


@pytest.mark.parametrize("schedule", [None, Cosine()])
@every_optimizer
def test_every_step_of_every_setting_is_its_update_bit_for_bit(cls: type[Optimizer], schedule: Schedule | None) -> None:
    batches, rates = Batches(16, seeds=2), np.ones(9) if schedule is None else schedule.factors(8)
    for setting in odd_settings(cls):
        found = train(setting, LINEAR, batches, 2, schedule=schedule)
        state = setting.init(found.params[0])
        for t, (params, seen) in enumerate(zip(found.params[:-1], found.seen_grad, strict=True), 1):
            one = setting if schedule is None else replace(setting, lr=setting.lr * float(rates[t - 1]))
            with np.errstate(all="ignore"):
                delta, state, said = one.update(seen, state, params, t)
                np.testing.assert_array_equal(found.params[t], params + delta)
            for name, value in said._asdict().items():
                np.testing.assert_array_equal(getattr(found, name)[t - 1], np.broadcast_to(value, params.shape))
        for kept, left in zip(found.checkpoint.memory, state, strict=True):
            np.testing.assert_array_equal(kept, left)


def test_the_steps_of_an_epoch_are_taken_in_as_many_pieces_as_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = train(Adam(0.1), LINEAR_L2, Batches(7, seeds=2), 3, schedule=Cosine(), every=2)
    monkeypatch.setattr("optim_core.batches.CELLS", 7 * 4 * 2 * 3)  # three batches
    monkeypatch.setattr("optim_core.training.AHEAD", 5)
    parts = train(Adam(0.1), LINEAR_L2, Batches(7, seeds=2), 3, schedule=Cosine(), every=2)
    for name in ("at", "params", "seen_grad", "effective_lr", "rms_grad", "weights", "loss"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))
    np.testing.assert_allclose(parts.during, whole.during, rtol=1e-14)


def test_nothing_that_is_handed_out_is_written_over() -> None:
    first = train(Adam(0.1), LINEAR, Batches(16), 2, until=1)
    kept = [np.copy(field) for field in (first.checkpoint.params, *first.checkpoint.memory)]
    train(Adam(0.1), LINEAR, Batches(16), 2, since=first.checkpoint)
    for before, now in zip(kept, (first.checkpoint.params, *first.checkpoint.memory), strict=True):
        np.testing.assert_array_equal(before, now)


def test_a_model_is_a_landscape_too() -> None:
    walk = run(Momentum(0.05), LINEAR, n_steps=2000)
    near(walk.params[-1], LINEAR.minimum)


# --- what cannot be trained -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (lambda: train(Adam, LINEAR), "write Adam"),
        (lambda: train(Adam(), Rosenbrock()), "Regression"),
        (lambda: train(Adam(), LINEAR, 32), "Batches"),
        (lambda: train(sweep(Adam(), lr=[0.1, 1]), LINEAR), "one number"),
        (lambda: train(Adam(), LINEAR, epochs=1.5), "whole number"),
        (lambda: train(Adam(), LINEAR, epochs=-1), "at least 0"),
        (lambda: train(Adam(), LINEAR, start=[1, 2]), "4"),
        (lambda: train(Adam(), LINEAR, Batches(seeds=2), start=np.zeros((4, 3))), r"\(4, 2\)|\(d, 2\)"),
        (lambda: train(Adam(), LINEAR, schedule="cosine"), "Schedule"),
        (lambda: train(Adam(), LINEAR, clip=1.0), "Clip"),
        (lambda: Batches(0), "size"),
        (lambda: Batches(1.0), "size"),
        (lambda: Batches(seed=-1), "seed"),
        (lambda: Batches(seed=2**40), "seed"),
        (lambda: Batches(seeds=0), "seeds"),
        (lambda: Printed(-1), "place"),
    ],
)
def test_what_cannot_be_trained_is_said(how: Any, words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        how()


@pytest.mark.parametrize("cls", [SGD, Momentum, AdaGrad, RMSProp, Adam])
def test_a_checkpoint_is_read_back_bit_for_bit(cls: type[Optimizer]) -> None:
    kept = train(cls(), LINEAR, Batches(16, seeds=2), 2).checkpoint
    read = Checkpoint.from_text(kept.to_text(), cls(), 4, 2)
    assert (read.epoch, read.t) == (kept.epoch, kept.t) == (2, 8)
    np.testing.assert_array_equal(read.params, kept.params)
    for ours, theirs in zip(read.memory, kept.memory, strict=True):
        assert (ours is None) == (theirs is None)
        if ours is not None:
            np.testing.assert_array_equal(ours, theirs)


def forged() -> list[str]:
    whole: Training = train(Adam(), LINEAR, Batches(16, seeds=2), 2)
    text, other = whole.checkpoint.to_text(), train(SGD(), LINEAR, Batches(16, seeds=2), 2).checkpoint.to_text()
    return [
        "", "null", "[]", "{}", "[1,2,3]", "[" * 5000, text[:-9], text.replace("[2, 8", "[-2, 8"), other,
        text.replace("[2, 8", "[2.5, 8"), text.replace("[2, 8", "[true, 8"), text.replace("[2, 8", '["2", 8'),
        text.replace("A", "é"), text.replace("A", "%"), text.replace("=", ""), '[2, 8, "AAAA", []]',
        '[1, 1, "", ["", ""]]', '[1e400, 1, "", ["", ""]]', f'[{"9" * 400}, 1, "", ["", ""]]',
    ]  # fmt: skip


@pytest.mark.parametrize("place", range(19))
def test_a_forged_checkpoint_is_none(place: int) -> None:
    with pytest.raises(ValueError, match="no checkpoint"):
        Checkpoint.from_text(forged()[place], Adam(), 4, 2)


@pytest.mark.parametrize("changed", [{"t": 9}, {"epoch": 1}, {"epoch": 6, "t": 24}, {"params": np.zeros((3, 2))}])
def test_a_checkpoint_of_another_training_is_none(changed: dict[str, Any]) -> None:
    kept = train(Adam(), LINEAR, Batches(16, seeds=2), 5, until=2).checkpoint
    assert train(Adam(), LINEAR, Batches(16, seeds=2), 5, since=kept).at[-1] == 20
    for optimizer, since in ((Adam(), replace(kept, **changed)), (SGD(), kept)):
        with pytest.raises(ValueError, match="no checkpoint"):
            train(optimizer, LINEAR, Batches(16, seeds=2), 5, schedule=Cosine(), since=since)
