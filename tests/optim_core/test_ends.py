"""The ends of many walks are those of the walks one by one."""

import numpy as np
import pytest

from landscapes import Himmelblau
from optim_core import OPTIMIZERS, Ends, ends, run, sweep

POINTS, RADIUS, TARGET = np.array([(3.0, 2.0), (-2.805118, 3.131312), (-3.77931, -3.283186)]), 0.3, 0.5


def expected(walk) -> Ends:
    """What `ends` must say, read off a recorded walk."""

    def stays(inside):
        return np.where(inside[-1], len(inside) - np.argmin(inside[::-1], axis=0), -1) * ~inside.all(axis=0)

    def first(inside):
        return np.where(inside.any(axis=0), inside.argmax(axis=0), -1)

    with np.errstate(all="ignore"):
        aside = walk.params[:, None] - POINTS.reshape(POINTS.shape + (1,) * (walk.params.ndim - 2))
        distance = np.sqrt(np.sum(aside * aside, axis=2))
        best = np.fmin.reduce(walk.loss, axis=0)
    inside = distance <= RADIUS
    nearest = np.where(inside[-1].any(axis=0), np.where(inside[-1], distance[-1], np.inf).argmin(axis=0), -1)
    since = np.take_along_axis(stays(inside), np.maximum(nearest, 0)[None], axis=0)[0]
    below = walk.loss <= TARGET
    return Ends(
        walk.params[-1], walk.loss[-1], best, walk.diverged_at, first(below), stays(below), nearest,
        np.where(nearest < 0, -1, since),
    )  # fmt: skip


def same(found: Ends, wanted: Ends) -> None:
    for name, value in vars(wanted).items():
        np.testing.assert_array_equal(getattr(found, name), value, err_msg=name)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_ends_are_those_of_recorded_walks(name):
    optimizer = sweep(OPTIMIZERS[name](), lr=[1e-3, 0.02, 0.3, 5.0])
    start = np.random.default_rng(0).uniform(-5, 5, (2, 7, 1))
    found = ends(optimizer, Himmelblau(), start, 60, target=TARGET, points=POINTS, radius=RADIUS)
    same(found, expected(run(optimizer, Himmelblau(), start, 60)))
