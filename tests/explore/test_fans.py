"""What stands beside a run's line: the walks of all seeds, their medians and their spread, and what was clipped."""

from dataclasses import replace

import numpy as np
import pytest

from app.explore import figures
from app.page import weather
from app.page.state import State
from app.walks import results
from app.walks.fan import SPREAD, of_seeds
from app.walks.simulate import simulate
from optim_core import run

MANY = State.from_query("?f=bowl&run=sgd~lr=0.1&run=adam~lr=0.1&steps=30&weather=noise=1,0.5~seed=4~seeds=9")[0]
CLIPPED = State.from_query("?f=rosenbrock&run=sgd~lr=0.001&steps=40&weather=noise=3,3~seed=2~clip=norm,20")[0]


def alone(state: State, seed: int) -> State:
    return replace(state, weather=replace(state.weather, seed=seed, seeds=1))


def test_a_fan_is_the_walks_of_each_seed_by_itself() -> None:
    for place, walk in enumerate(simulate(MANY).walks):
        for seed, one in enumerate(walk.seeds, 4):
            (there,) = (simulate(alone(MANY, seed)).walks[place].trajectory,)
            np.testing.assert_array_equal(one.trajectory.params, there.params)
            np.testing.assert_array_equal(one.trajectory.loss, there.loss)
    held = simulate(MANY, fans=False)
    assert [walk.fan for walk in held.walks] == [None, None]
    np.testing.assert_array_equal(held.walks[0].trajectory.params, simulate(alone(MANY, 4)).walks[0].trajectory.params)


def test_lines_are_medians_and_bands_reach_from_a_tenth_to_nine() -> None:
    sim = simulate(MANY)
    losses = np.stack([one.trajectory.loss for one in sim.walks[0].seeds])
    drawn = figures.traces("third", sim)
    slot = sim.walks[0].run.slot
    np.testing.assert_allclose(drawn[f"third-path-{slot}-"]["y"], np.median(losses, axis=0), rtol=1e-6)
    band = drawn[f"third-band-{slot}-"]["y"]
    ends = np.percentile(losses, SPREAD, axis=0, method="nearest")
    np.testing.assert_allclose(band, np.concatenate([ends[1], ends[0][::-1]]), rtol=1e-6)
    path = figures.traces("map", sim)[f"map-path-{slot}"]
    places = np.stack([one.trajectory.params for one in sim.walks[0].seeds])
    np.testing.assert_allclose(path["x"], np.median(places[..., 0], axis=0), rtol=1e-6)


def test_the_table_shows_medians() -> None:
    row = results.rows(simulate(MANY))[0]
    each = [results.rows(simulate(alone(MANY, seed)))[0] for seed in range(4, 13)]
    for name in ("final_loss", "best_loss", "distance", "path_length"):
        assert getattr(row, name) == pytest.approx(np.median([getattr(one, name) for one in each]))
    kinds = [one.fate.kind for one in each]
    assert row.status == f"{row.fate.kind}, {kinds.count(row.fate.kind)} of 9 seeds"


def test_a_seed_that_is_lost_is_above_all_others() -> None:
    low, middle, high = of_seeds([np.array([1.0, np.nan]), np.array([2.0, np.inf]), np.array([3.0, 5.0])])
    assert (low[0], middle[0], high[0]) == (1, 2, 3)
    assert low[1] == 5 and np.isnan(middle[1]) and high[1] == np.inf


def test_a_mark_stands_where_every_clipped_step_began_and_nowhere_else() -> None:
    sim = simulate(CLIPPED)
    (walk,) = sim.walks
    marks = figures.traces("map", sim)[f"map-marks-{walk.run.slot}"]
    free = replace(CLIPPED.weather, clip=None).told(40, 2)
    heard = [free.hear(grad, t) for t, grad in enumerate(walk.trajectory.grad[:-1], 1)]
    acted = np.hypot(*np.transpose(heard)) > 20
    assert 0 < acted.sum() < 40
    np.testing.assert_array_equal(np.isfinite(marks["x"]), acted)
    np.testing.assert_allclose(marks["x"][acted], walk.trajectory.params[:-1, 0][acted], rtol=1e-6)
    told = walk.trajectory.seen_grad[:-1]
    assert np.all(np.hypot(*told[acted].T) <= 20 * (1 + 1e-12))


@pytest.mark.parametrize("kind", ["contour", "side"])
def test_a_whole_figure_shows_the_surface_where_it_stands(kind: str) -> None:
    """For who has no browser of ours."""
    state = State.from_query(f"?f=bowl&map={kind}&run=sgd&t=40&weather=drift=steady,0.02,-0.01")[0]
    stars = [one for one in figures.figure("map", simulate(state)).data if (one.uid or "").startswith("map-minima")]
    assert stars and all((one.x[0], one.y[0]) == pytest.approx((0.8, -0.4)) for one in stars)
    assert weather.moved(state.weather, 40) == pytest.approx((0.8, -0.4))


def test_the_rate_of_every_scheduled_run_is_drawn() -> None:
    state = State.from_query("?run=adam~lr=0.1~schedule=cosine&run=sgd~lr=0.01&steps=20")[0]
    sim = simulate(state)
    drawn = figures.traces("lr", sim)
    rates = [drawn[uid]["y"] for uid in drawn if uid.endswith("-rate")]
    assert len(rates) == 1
    cosine = run(sim.walks[0].run.optimizer, state.landscape, None, 20, schedule=state.runs[0].schedule)
    np.testing.assert_array_equal(cosine.params, sim.walks[0].trajectory.params)
    np.testing.assert_allclose(rates[0], 0.05 * (1 + np.cos(np.pi * np.arange(20) / 20)), rtol=1e-6)
