"""How much of the plane a map shows."""

import numpy as np
import pytest

from app import limits
from app.page.window import BUCKET, SLACK, Window, grown, room, shown_at
from landscapes import LANDSCAPES

ASPECTS = (0.1, 0.4, 0.5, 1.0, 4 / 3, 2.0, 4.0, 20.0)


def holds(outer: Window, inner: Window) -> bool:
    return all(low <= a + 1e-9 and b <= high + 1e-9 for (low, high), (a, b) in zip(outer, inner, strict=True))


def wide(window: Window) -> np.ndarray:
    return np.diff(window)[:, 0]


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("slug", LANDSCAPES)
def test_the_domain_grows_into_the_picture_and_no_further_than_a_start_may_lie(slug: str, aspect: float) -> None:
    surface = LANDSCAPES[slug]
    seen = grown(surface.domain, aspect)
    assert holds(seen, surface.domain) and holds(room(surface()), seen)
    by = wide(seen) / wide(surface.domain)
    assert by.min() == 1 and by.max() <= limits.ROOM + 1e-9, "it grows one way alone"
    assert np.mean(seen, axis=1) == pytest.approx(np.mean(surface.domain, axis=1)), "around the same middle"
    across, up = wide(seen)
    assert across / up == pytest.approx(aspect) or by.max() == pytest.approx(limits.ROOM), "as the picture is"


@pytest.mark.parametrize("aspect", [1 / 8, 0.5, 1.0, 1.625, 3.0])
@pytest.mark.parametrize("slug", LANDSCAPES)
def test_there_is_ground_for_each_picture_that_tells_the_same_aspect(slug: str, aspect: float) -> None:
    domain = LANDSCAPES[slug].domain
    for own in np.linspace(max(aspect - BUCKET, 1 / 16), aspect + BUCKET, 9):
        for framed in (own / SLACK, own, own * SLACK):
            assert holds(shown_at(domain, aspect), grown(domain, framed)), own


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_a_picture_of_unknown_shape_has_ground_for_all_the_usual_ones(slug: str) -> None:
    domain = LANDSCAPES[slug].domain
    for aspect in (0.75, 1.0, 4 / 3, 2.0):
        assert holds(shown_at(domain, None), grown(domain, aspect))
