"""The peers of the engine's benchmark do the same works as we do: what is timed is the same."""

import pytest

from .bench.engine import Crew, Race
from .bench.works import QUICK

pytestmark = pytest.mark.golden


@pytest.fixture(scope="module")
def crew():
    with Crew() as hired:
        yield hired


@pytest.mark.parametrize("work", QUICK)
def test_everybody_comes_to_the_same_results(work: str, crew: Crew) -> None:
    race = Race(work, QUICK[work], crew)
    race.compare()
    assert {"ours", "torch", "optax warm"} <= {entry.name for entry in race.entries if entry.same[work] >= 0.9}
