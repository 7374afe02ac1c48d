"""A map is walked from coarse to fine, and no start twice."""

import numpy as np
import pytest

from app import limits
from app.basins import passes

SIZES = (48, 49, 100, 128, 129, 200, 255, 256)
every_size = pytest.mark.parametrize("n", SIZES)


@every_size
def test_every_start_is_walked_once(n: int) -> None:
    cells, ends = passes.order(n)
    assert sorted(cells.tolist()) == list(range(n * n))
    assert ends == tuple(size * size for size in passes.sizes(n))


@every_size
def test_a_pass_walks_only_what_is_new(n: int) -> None:
    _, ends = passes.order(n)
    for coarse, fine in zip(passes.lines(n), passes.lines(n)[1:], strict=False):
        assert set(coarse.tolist()) < set(fine.tolist())
    assert sum(np.diff([0, *ends])) == n * n


@every_size
def test_the_starts_of_a_pass_are_evenly_spread(n: int) -> None:
    for size, places in zip(passes.sizes(n), passes.lines(n), strict=True):
        middles = (np.arange(size) + 0.5) * n / size - 0.5
        assert len(places) == size and np.all(np.diff(places) > 0)
        assert np.abs(places - middles).max() < 2


def test_the_first_pass_is_coarse_and_the_last_one_as_fine_as_asked() -> None:
    assert passes.sizes(256) == (48, 128, 256)
    assert passes.sizes(100) == (48, 100) and passes.sizes(48) == (48,)
    assert limits.BASINS == (48, 256)
