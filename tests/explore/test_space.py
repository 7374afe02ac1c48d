"""The surface in space: its height is the loss unless it says otherwise, and it is cut where nothing walks."""

import numpy as np
import pytest

from app import limits
from app.explore import dead, figures, space
from app.explore.ground import surface_traces
from app.page.state import Run, State
from app.page.view import View
from app.walks.simulate import ground, has_log, simulate
from landscapes import LANDSCAPES, ElongatedValley, Formula, QuadraticBowl, Saddle
from optim_core import SGD, Adam

from ..strategies import ODD

HEIGHTS = ("loss", "log")
every_surface = pytest.mark.parametrize("landscape", LANDSCAPES.values(), ids=LANDSCAPES)
every_height = pytest.mark.parametrize("height", HEIGHTS)


def in_space(landscape: type, height: str = "loss", *runs: Run, **more: object) -> State:
    return State(landscape(), runs or State().runs, view=View(map="surface", height=height), **more)


def axis(state: State) -> dict[str, object]:
    return figures.axes("map", simulate(state))[space.AXIS]


def on_map(state: State) -> np.ndarray:
    """The losses of all walks while they are on the map."""
    (x0, x1), (y0, y1) = state.landscape.domain
    found = []
    for walk in simulate(state).walks:
        x, y = walk.trajectory.params.T
        found.append(walk.trajectory.loss[(x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)])
    return np.concatenate(found)


@every_surface
def test_the_height_is_the_loss(landscape: type) -> None:
    drawn = surface_traces(in_space(landscape), landscape.domain, (30,))["map-ground"]["z"]
    np.testing.assert_array_equal(drawn, ground(landscape(), 30).loss.astype(np.float32))
    assert axis(in_space(landscape))["title.text"].startswith("loss")


@every_surface
def test_a_logarithm_is_drawn_where_there_is_one_and_is_named(landscape: type) -> None:
    state = in_space(landscape, "log")
    drawn = surface_traces(state, landscape.domain, (30,))["map-ground"]["z"]
    here = ground(landscape(), 30)
    assert space.is_log(state) == has_log(landscape())
    if not space.is_log(state):
        np.testing.assert_array_equal(drawn, here.loss.astype(np.float32))
        return
    pit = np.percentile(here.height, space.PIT)
    np.testing.assert_allclose(drawn, np.maximum(here.height, pit), rtol=1e-6)
    assert "log" in axis(state)["title.text"] and "cut" not in axis(state)["title.text"]


@every_surface
def test_it_is_cut_above_all_that_walks_on_it_and_says_so(landscape: type) -> None:
    state = in_space(landscape)
    low, top = axis(state)["range"]
    loss = ground(landscape(), limits.GRID).loss
    assert low == loss.min() and top <= loss.max()
    assert top == loss.max() or top >= on_map(state).max()
    assert (loss <= top).mean() >= space.SHAPE / 100
    assert ("cut above" in axis(state)["title.text"]) == (top < loss.max())


def test_a_low_start_still_shows_the_shape() -> None:
    state = in_space(QuadraticBowl, "loss", Run(SGD(lr=0.1), 0), start=(0.01, 0.0))
    _, top = axis(state)["range"]
    assert top > 1 and (ground(QuadraticBowl(), limits.GRID).loss <= top).mean() >= space.SHAPE / 100


def test_a_run_that_climbs_lifts_the_cut() -> None:
    calm = axis(in_space(ElongatedValley, "loss", Run(Adam(lr=0.05), 0), start=(1.0, 0.5)))["range"]
    wild = axis(in_space(ElongatedValley, "loss", Run(SGD(lr=0.0502), 0), start=(1.0, 0.5)))["range"]
    assert wild[1] > calm[1]


@pytest.mark.parametrize("lr", [10.0, 1e35, 1.7e308])
@every_height
def test_divergence_leaves_a_surface(lr: float, height: str) -> None:
    for landscape in LANDSCAPES.values():
        for start in (landscape.start, landscape.domain[0]):
            low, top = axis(in_space(landscape, height, Run(SGD(lr=lr), 0), start=start))["range"]
            assert np.isfinite([low, top]).all() and low < top


@every_surface
@every_height
def test_level_lines_lie_evenly_between_bottom_and_cut(landscape: type, height: str) -> None:
    state = in_space(landscape, height)
    drawn = figures.traces("map", simulate(state))["map-ground"]
    low, top = axis(state)["range"]
    start, end, size = (drawn[f"contours.z.{name}"] for name in ("start", "end", "size"))
    levels = np.arange(start, end, size)
    assert len(levels) == space.LEVELS - 1 and low < levels[0] and levels[-1] < top
    assert (drawn["cmin"], drawn["cmax"]) == (low, top)


@every_surface
def test_a_unit_of_x_is_as_long_as_one_of_y(landscape: type) -> None:
    scene = figures.skeleton("map", in_space(landscape), "light")["layout"]["scene"]
    units = [scene["aspectratio"][name] / np.diff(scene[f"{name}axis"]["range"])[0] for name in "xy"]
    assert units[0] == pytest.approx(units[1])


@every_surface
@every_height
def test_what_stands_on_it_stands_on_what_is_drawn(landscape: type, height: str) -> None:
    """A notebook's figure: between the corners of its cell, and nothing of it beside the map."""
    state = in_space(landscape, height)
    traces = {trace.uid: trace for trace in figures.figure("map", simulate(state)).data}
    whole = traces["map-ground"]
    x, y, z = (np.asarray(whole[name], float) for name in "xyz")
    for uid in ("map-minima", "map-local", *(f"map-path-{slot}" for slot in range(3))):
        across, up, level = (np.asarray(traces[uid][name], float) for name in "xyz")
        seen = (across >= x[0]) & (across <= x[-1]) & (up >= y[0]) & (up <= y[-1])
        assert (np.isfinite(level) == seen).all()
        i, j = (np.searchsorted(grid, at[seen], "right").clip(1, len(grid) - 1) for grid, at in ((x, across), (y, up)))
        corners = np.array([z[j - 1, i - 1], z[j - 1, i], z[j, i - 1], z[j, i]])
        slack = 1e-6 * np.ptp(z)
        assert (level[seen] >= corners.min(axis=0) - slack).all() and (level[seen] <= corners.max(axis=0) + slack).all()


def test_the_switch_of_heights_rests_where_there_is_no_choice() -> None:
    for landscape in (ElongatedValley, Saddle):
        assert ("view.height" in dead.reasons(simulate(in_space(landscape)))) != has_log(landscape())


@every_height
@pytest.mark.parametrize("text", ODD)
def test_whatever_is_typed_stands_between_two_ends(text: str, height: str) -> None:
    state = State(Formula(text), n_steps=4, view=View(map="surface", height=height))
    low, high = axis(state)["range"]
    assert -np.inf < low < high < np.inf
    drawn = surface_traces(state, state.landscape.domain, (30,))["map-ground"]["z"]
    assert not np.isinf(drawn).any()
    looks = space.colours(simulate(state))
    assert looks["contours.z.start"] < looks["contours.z.end"] and looks["contours.z.size"] > 0
