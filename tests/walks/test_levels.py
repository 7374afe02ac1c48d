"""Level lines show the function, not the grid on which they are drawn.

Within a square of the grid the lines of a picture join the corners at or below the level by the square's sides; of two
opposite corners it depends on the middle whether they are joined. Which of the two a program draws is its own affair,
so the number of regions must be right either way: with nodes joined by sides alone, and by corners too.
"""

from collections.abc import Iterator

import numpy as np
import pytest

from app.page.window import Window, grown, shown_at
from app.walks.levels import banded
from app.walks.stability import hessians
from landscapes import LANDSCAPES, Formula, Surface
from optim_core import hypers

from ..strategies import ODD
from .regions import in_truth, on_grid

ENOUGH = 8  # levels that make a picture worth reading
FINE = 600  # nodes: 2.5 to 5 times as many as are drawn, and no level passes between them unseen


def windows(surface: Surface) -> list[Window]:
    return [surface.domain, grown(surface.domain, 2.0), grown(surface.domain, 0.5)]


def shapes(cls: type[Surface]) -> Iterator[Surface]:
    """As it is, and with five values of each parameter, both ends of its slider among them."""
    yield cls()
    for name, how in hypers(cls).items():
        for value in (np.geomspace if how.scale == "log" else np.linspace)(*how.range, 5).tolist():
            yield cls(**{name: value})


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_as_many_regions_are_drawn_as_there_are(slug: str) -> None:
    for surface in shapes(LANDSCAPES[slug]):
        for window in windows(surface):
            drawn = banded(surface, window)
            lines = np.arange(1, len(drawn.levels) + 1)
            true = in_truth(surface, window, FINE).count(drawn.levels)
            for corners in (False, True):
                seen = on_grid(drawn.band, corners).count(lines)
                assert np.array_equal(seen, true), (surface, window, drawn.levels[seen != true])


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_there_are_enough_levels_to_read_the_surface_by(slug: str) -> None:
    surface = LANDSCAPES[slug]()
    for window in [*windows(surface), *(shown_at(surface.domain, aspect) for aspect in (0.5, 1.5, None))]:
        assert len(banded(surface, window).levels) >= ENOUGH, window


@pytest.mark.parametrize("slug", ["valley", "rosenbrock"])
def test_the_lowest_region_is_some_cells_wide_across_a_valley(slug: str) -> None:
    for surface in shapes(LANDSCAPES[slug]):
        (minimum,) = surface.minima
        curved, *_ = np.linalg.eigvalsh(hessians(surface, np.array([minimum])))
        for window in windows(surface):
            drawn = banded(surface, window)
            wide = 2 * np.sqrt(2 * (drawn.levels[0] - surface.lowest) / curved.max())
            cell = max(drawn.x[1] - drawn.x[0], drawn.y[1] - drawn.y[0])
            assert wide >= (3 if curved.max() > 10 * curved.min() else 2) * cell, (surface, window)


@pytest.mark.parametrize("text", ODD)
def test_a_hole_is_in_no_band_and_all_else_is_in_one(text: str) -> None:
    """Whatever is typed, also where no level can be drawn at all."""
    for window in windows(Formula(text)):
        here = banded(Formula(text), window)
        loss = Formula(text).loss(np.stack(np.meshgrid(here.x, here.y)))
        np.testing.assert_array_equal(np.isfinite(here.band), np.isfinite(loss))
        assert np.isfinite(here.levels).all() and (np.diff(here.levels) > 0).all() and here.span[0] < here.span[1]
