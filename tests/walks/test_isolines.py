"""Level lines as lines of points: on the surface they lie at one height, and they end nowhere but at the edges."""

from dataclasses import replace

import numpy as np
import pytest

from app.walks.isolines import level_lines
from app.walks.levels import Banded, banded
from landscapes import LANDSCAPES


def drawn(slug: str) -> Banded:
    surface = LANDSCAPES[slug]()
    return banded(surface, surface.domain)


def grid(band: list[list[float]]) -> Banded:
    rows, columns = len(band), len(band[0])
    x, y = np.arange(columns, dtype=float), np.arange(rows, dtype=float)
    return Banded(x, y, np.array(band, float), np.zeros(1), (0.0, 1.0))


@pytest.mark.parametrize("slug", ["bowl", "valley", "rosenbrock", "himmelblau", "ackley", "saddle", "beale"])
def test_each_line_lies_at_its_level(slug: str) -> None:
    surface = LANDSCAPES[slug]()
    here = banded(surface, surface.domain)
    lines = level_lines(here)
    assert len(lines) >= len(here.levels) - 1
    span = here.levels.max() - here.levels.min()
    for line in lines:
        losses = surface.loss(line.T)
        nearest = here.levels[np.abs(here.levels - np.median(losses)).argmin()]
        assert np.median(np.abs(losses - nearest)) < 0.02 * span


def test_a_line_is_closed_or_ends_at_the_edge() -> None:
    for slug in ("himmelblau", "saddle", "bowl"):
        here = drawn(slug)
        for line in level_lines(here):
            ends = line[[0, -1]]
            at_edge = np.isin(ends[:, 0], here.x[[0, -1]]) | np.isin(ends[:, 1], here.y[[0, -1]])
            assert np.array_equal(*ends) or at_edge.all()


def test_circles_stay_whole() -> None:
    here = drawn("bowl")
    closed = [line for line in level_lines(here) if np.array_equal(line[0], line[-1])]
    assert closed
    for line in closed:
        radius = np.hypot(*line.T)
        assert radius.max() - radius.min() < 0.05 * (here.x[1] - here.x[0]) + 0.03 * radius.min()


def test_no_edge_is_used_twice() -> None:
    here = drawn("himmelblau")
    for line in level_lines(here):
        inner = line[:-1]
        assert len(np.unique(inner, axis=0)) == len(inner)


@pytest.mark.parametrize(("corners", "count"), [([[2, 0], [0, 2]], 2), ([[0, 2], [2, 0]], 2), ([[2, 2], [0, 0]], 1)])
def test_a_saddle_has_two_pieces(corners: list[list[float]], count: int) -> None:
    lines = level_lines(grid(corners))
    assert len(lines) == count and all(len(line) == 2 for line in lines)


def test_what_a_saddle_joins_follows_from_its_middle() -> None:
    below, above = level_lines(grid([[1.2, 0], [0, 1.2]])), level_lines(grid([[3, 0.5], [0.5, 3]]))
    assert {tuple(map(tuple, np.sort(line, axis=0))) for line in below} != {
        tuple(map(tuple, np.sort(line, axis=0))) for line in above
    }


def test_a_hole_has_no_line_and_breaks_none() -> None:
    band = np.add.outer(np.zeros(6), np.arange(6) / 2)  # the level stands between two columns
    whole = grid(band.tolist())
    (line,) = level_lines(whole)
    assert len(line) == 6 and np.allclose(line[:, 0], 2)
    torn = band.copy()
    torn[3, 2] = np.nan
    parts = level_lines(replace(whole, band=torn))
    assert sum(map(len, parts)) < 6 and all(np.isfinite(part).all() for part in parts)
