"""What a lesson reads off a page is what the page shows."""

import math
from dataclasses import replace

import numpy as np
import pytest

from app.learn import elsewhere
from app.learn.expressions import Odd
from app.learn.measures import value
from app.page.state import state_of
from app.walks import results, stability
from app.walks.simulate import simulate
from landscapes import Himmelblau
from optim_core import Constant, learning_rate_sweep

THREE = "?run=sgd~lr=0.045&run=rmsprop~lr=0.045&run=momentum~lr=0.2&steps=120"
NOISY = "?f=bowl&run=sgd~lr=0.05&start=0,0&steps=60&weather=noise=1,1~seeds=7~seed=3"


def table(query: str) -> list[results.Row]:
    return results.rows(simulate(state_of(query)), 1e-3)


@pytest.mark.parametrize(
    "name", ["final_loss", "best_loss", "best_step", "arrived", "stays", "distance", "path_length"]
)
@pytest.mark.parametrize("run", range(3))
def test_results_are_those_of_the_table(name: str, run: int) -> None:
    assert value(THREE, f"{name}({run})") == getattr(table(THREE)[run], name)


def test_the_rest_of_the_table() -> None:
    rows = table(THREE)
    for run, row in enumerate(rows):
        assert value(THREE, f"detour({run})") == row.detour
        assert value(THREE, f"memory({run})") == row.memory
        assert value(THREE, f"fate({run})") == row.fate.kind
    assert value(THREE, "final_loss(2)") > 1e6 and value(THREE, "never(arrived(2))")


@pytest.mark.parametrize(
    ("quantity", "of_step"),
    [("params", 0), ("grad", 0), ("delta", 1), ("effective_lr", 1), ("rms_grad", 1), ("seen_grad", 1)],
)
def test_quantities_are_the_recorded_ones(quantity: str, of_step: int) -> None:
    walk = simulate(state_of(THREE)).walks[1].trajectory
    for axis, t in (("x", 1), ("y", 57), ("x", 120)):
        recorded = getattr(walk, quantity)[t - of_step, "xy".index(axis)]
        assert value(THREE, f"{quantity}.{axis}(1, {t})") == recorded
    with pytest.raises(Odd, match=f"there is no step 121: {quantity}.x has {of_step} to 120"):
        value(THREE, f"{quantity}.x(1, 121)")
    if of_step:
        with pytest.raises(Odd, match="there is no step 0"):
            value(THREE, f"{quantity}.x(1, 0)")


def test_the_memory_is_that_after_a_step() -> None:
    walk = simulate(state_of(THREE)).walks[1].trajectory
    assert value(THREE, "state.square_avg.y(1, 10)") == walk.state.square_avg[9, 1]
    with pytest.raises(Odd, match="remembers no exp_avg: it has square_avg"):
        value(THREE, "state.exp_avg.y(1, 10)")
    with pytest.raises(Odd, match=r"state.square_avg.x or .y is expected"):
        value(THREE, "state.square_avg(1, 10)")
    with pytest.raises(Odd, match="SGD remembers no square_avg: it has nothing"):
        value(THREE, "state.square_avg.x(0, 10)")


def test_extremes_and_firsts() -> None:
    loss = simulate(state_of(THREE)).walks[1].trajectory.loss
    assert value(THREE, "largest('loss', 1)") == loss.max() and value(THREE, "at_largest('loss', 1)") == loss.argmax()
    assert value(THREE, "smallest('loss', 1, 3, 9)") == loss[3:10].min()
    assert value(THREE, "at_smallest('loss', 1, 3, 9)") == 3 + loss[3:10].argmin()
    assert value(THREE, "mean('loss', 1, 3, 9)") == loss[3:10].mean()
    assert value(THREE, "first_below('loss', 1, 1)") == np.argmax(loss < 1)
    assert value(THREE, "first_above('loss', 1, 1e9)") is None
    assert value(THREE, "last_above('loss', 1, 1)") == np.flatnonzero(loss > 1)[-1]
    x = np.abs(simulate(state_of(THREE)).walks[0].trajectory.params[:, 0])
    assert value(THREE, "first_below('params.x', 0, 1)") == np.argmax(x < 1)
    step = np.hypot(*simulate(state_of(THREE)).walks[1].trajectory.delta.T)
    assert value(THREE, "at_largest('step', 1)") == 1 + step.argmax()
    with pytest.raises(Odd, match="there is no quantity 'height'"):
        value(THREE, "largest('height', 0)")
    with pytest.raises(Odd, match="there are no steps 9 to 3"):
        value(THREE, "largest('loss', 0, 9, 3)")


def test_runs_are_named_by_their_place() -> None:
    assert [value(THREE, "arrived(*)", run=run) for run in range(3)] == [row.arrived for row in table(THREE)]
    for wrong in ("3", "-1", "0.0", "'sgd'"):
        with pytest.raises(Odd, match="they are 0 to 2"):
            value(THREE, f"arrived({wrong})")


def test_apart_is_the_largest_distance_at_one_step() -> None:
    sgd, rmsprop, lost = (walk.trajectory for walk in simulate(state_of(THREE)).walks)
    assert value(THREE, "apart(0, 1)") == np.hypot(*(sgd.params - rmsprop.params).T).max()
    assert value(THREE, "apart(0, 0)") == 0
    assert lost.diverged_at < 0 and value(THREE, "apart(0, 2)") > 1e6
    assert value("?run=momentum~lr=5&run=sgd~lr=0.01&steps=2000", "apart(0, 1)") == math.inf


def test_stability_and_minima() -> None:
    assert value(THREE, "stable_lr(0)") == pytest.approx(2 / 40)
    assert value(THREE, "stable_lr(2)") == pytest.approx(2 * 1.9 / 40)
    assert value(THREE, "stable_lr(1)") is None
    here = "?f=himmelblau&start=-4.5,-3.5&run=sgd~lr=0.01&run=sgd~lr=0.024&steps=500"
    for k, point in enumerate(Himmelblau().minima):
        assert (value(here, f"minimum.x({k})"), value(here, f"minimum.y({k})")) == pytest.approx(point)
        assert value(here, f"curvature({k})") == stability.curvature(Himmelblau(), point).sharpest
    assert value(here, "pit(0)") == 2 and value(here, "pit(1)") == 0
    assert value("?f=saddle&run=sgd&steps=5", "pit(0)") is None
    with pytest.raises(Odd, match="there is no minimum 9: there are"):
        value(here, "curvature(9)")
    assert value(here, "sharpest(0, end)") == pytest.approx(value(here, "curvature(2)"), rel=1e-3)


def test_numbers_of_the_page_itself() -> None:
    query = "?f=valley~kappa=10~turn=45&run=adam~lr=0.3~beta1=0.5&steps=50"
    assert value(query, "surface('kappa')") == 10 and value(query, "setting(0, 'beta1')") == 0.5
    assert value(query, "end") == 50
    with pytest.raises(Odd, match="the surface has no height"):
        value(query, "surface('height')")
    with pytest.raises(Odd, match="has no momentum"):
        value(query, "setting(0, 'momentum')")


def test_the_lag_is_along_the_way_of_the_surface() -> None:
    query = "?f=bowl&weather=drift=steady,0.02,0&start=0,0&run=sgd~lr=0.05&steps=1000"
    assert value(query, "lag(0, 1000)") == pytest.approx(0.38)
    assert value(query, "lag(0, 1000)") == pytest.approx(0.02 * 1000 - value(query, "params.x(0, 1000)"))
    with pytest.raises(Odd, match="the surface stands still"):
        value(THREE, "lag(0, 1)")


def test_seeds_are_asked_one_by_one() -> None:
    (walk,) = simulate(state_of(NOISY)).walks
    ends = [float(one.params[-1, 0]) for one in walk.fan]
    assert len(ends) == 7
    assert value(NOISY, "params.x(0, end)") == ends[0]
    assert value(NOISY, "average(params.x(0, end))") == pytest.approx(np.mean(ends))
    assert value(NOISY, "median(abs(params.x(0, end)))") == pytest.approx(np.median(np.abs(ends)))
    assert value(NOISY, "share_of_seeds(params.x(0, end) > 0)") == np.mean(np.array(ends) > 0)
    assert value(NOISY, "average(mean('loss', 0, 21, 60))") == pytest.approx(
        np.mean([one.loss[21:].mean() for one in walk.fan])
    )
    assert value(NOISY, "final_loss(0)") == walk.fan[0].loss[-1]
    one = NOISY.replace("seeds=7~", "")
    assert value(one, "median(params.x(0, end))") == value(one, "params.x(0, end)") == ends[0]


def test_what_never_happens_is_later_than_all() -> None:
    late = "?f=bowl&run=sgd~lr=0.05&start=0.5,0.5&steps=60&weather=noise=1,1~seeds=7"
    arrived = [value(late.replace("seeds=7", f"seed={seed}"), "arrived(0, 1e-4)") for seed in range(7)]
    ordered = sorted(math.inf if one is None else one for one in arrived)
    assert value(late, "median(arrived(0, 1e-4))") == (None if ordered[3] == math.inf else ordered[3])
    assert None in arrived and value(late, "average(arrived(0, 1e-4))") is None


def test_where_a_run_turns_round() -> None:
    assert value("?run=sgd~lr=0.01&steps=10", "turns(setting(0, 'lr') - 0.02, 0, 'lr', 0.01, 0.05)") == pytest.approx(
        0.02
    )
    assert value(THREE, "turns(loss(0, 1), 0, 'lr', 0.01, 0.02)") is None
    with pytest.raises(Odd, match="run 0 has no number alpha"):
        value(THREE, "turns(loss(0, 1), 0, 'alpha', 0.1, 0.2)")


def test_numbers_that_are_given_may_be_named() -> None:
    assert value(THREE, "arrived(1) < late", {"late": 1000})


# --- the tabs ---------------------------------------------------------------------------------------------------------

SWEPT = "?tab=sweep&sweep=rates=31&run=sgd&run=rmsprop&run=adam&steps=200"


def test_widths_are_those_of_the_sweep() -> None:
    state = state_of(SWEPT)
    rates = elsewhere.rates.course(state).rates
    for place, run in enumerate(state.runs):
        made = learning_rate_sweep(run.optimizer, state.landscape, rates, state.begin, 200, target=1e-3)
        assert value(SWEPT, f"width_ends({place})") == made.width("final", below=1e-3)
        assert value(SWEPT, f"width_reaches({place})") == made.width("best", below=1e-3)
        assert value(SWEPT, f"best_rate({place})") == made.best_rate
        assert value(SWEPT, f"best_rate({place}, 'first')") == made.chosen("first")["lr"]
    with pytest.raises(Odd, match="is none of final, first, stays"):
        value(SWEPT, "best_rate(0, 'soon')")


def test_a_race_is_won_by_the_fewest_steps() -> None:
    query = SWEPT.replace("rates=31", "rates=13")
    surfaces = ("bowl", "valley~kappa=10", "booth")
    won = [value(query, f"wins({run}, {', '.join(map(repr, surfaces))})") for run in range(3)]
    assert sum(won) <= 3
    for surface in surfaces:
        fewest = _fewest(query, surface)
        alone = [value(query, f"wins({run}, '{surface}')") for run in range(3)]
        assert alone == [int(run == fewest.index(min(fewest)) and min(fewest) < math.inf) for run in range(3)]
    assert won == [sum(value(query, f"wins({run}, '{one}')") for one in surfaces) for run in range(3)]
    with pytest.raises(Odd, match="there is no surface 'moon'"):
        value(query, "wins(0, 'moon')")


def _fewest(query: str, surface: str) -> list[float]:
    """With all rates walked to the end."""
    state = replace(state_of(query), landscape=state_of(f"?f={surface}").landscape, start=None)
    course = elsewhere.rates.course(state)
    at = {"start": state.begin, "n_steps": state.n_steps, "target": course.target}
    made = [learning_rate_sweep(run.optimizer, state.landscape, course.rates, **at) for run in state.runs]
    return [float(one.stays.min()) for one in made]


@pytest.mark.parametrize("surface", ["bowl", "valley", "rosenbrock", "himmelblau", "beale"])
@pytest.mark.parametrize("more", ["", "&schedule=cosine", "&weather=noise=0.1,0.1"])
def test_who_is_not_walked_to_the_end_cannot_win(surface: str, more: str) -> None:
    query = f"?tab=sweep&sweep=rates=13&run=adam&run=sgd&run=adagrad&run=nesterov&steps=300{more}"
    state = replace(state_of(query), landscape=state_of(f"?f={surface}").landscape, start=None)
    full = [elsewhere._all_rates(state, run).stays.min() for run in state.runs]
    won = [value(query, f"wins({run}, '{surface}')") for run in range(4)]
    assert won == [int(min(full) < math.inf and run == full.index(min(full))) for run in range(4)]


def test_shares_of_basins_make_a_whole() -> None:
    query = "?tab=basins&basins=size=48&f=himmelblau&run=sgd~lr=0.01&steps=300"
    shares = [value(query, f"share(0, {k})") for k in range(4)]
    assert sum(shares) == pytest.approx(1, abs=0.02) and min(shares) > 0.1
    with pytest.raises(Odd, match="there is no minimum 17"):
        value(query, "share(0, 17)")


def test_epochs_are_those_of_the_training() -> None:
    query = "?tab=train&train=epochs=8~n=200&run=sgd~lr=0.05&run=adam~lr=0.01"
    state = state_of(query)
    course = elsewhere.fitting.course(state)
    for place, run in enumerate(state.runs):
        assert isinstance(state.schedule_of(run), Constant)
        made = course.trained(run.optimizer)
        reached = made.epochs_to(course.regression.lowest * 2)
        expected = float(np.median(np.where(reached < 0, np.inf, reached)))
        assert (value(query, f"epochs({place}, 2 * lowest())") or math.inf) == expected
        assert value(query, f"train_loss({place})") == np.median(made.loss[-1])
        assert value(query, f"during({place}, 3)") == np.median(made.during[2])
    assert value(query, "lowest()") == course.regression.lowest
    with pytest.raises(Odd, match="there is no epoch 9: they are 1 to 8"):
        value(query, "during(0, 9)")
