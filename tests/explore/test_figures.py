"""The panels: every combination draws, and what is drawn is the walk."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from app import limits
from app.explore import curves, figures
from app.explore.figures import GRAPHS
from app.explore.ground import surface_traces
from app.explore.scene import scene
from app.metrics import METRICS
from app.page.state import Run, State
from app.page.view import CHOICES, View
from app.screen import theme
from app.screen.arrays import LARGEST
from app.walks.levels import banded
from app.walks.simulate import Simulation, simulate
from landscapes import LANDSCAPES, Ackley, ElongatedValley, Rosenbrock, Saddle
from optim_core import OPTIMIZERS, SGD, AdaGrad, Adam, Momentum, RMSProp

LINES = ("lr", "rms", "third")
ROSENBROCK = Rosenbrock()
every_surface = pytest.mark.parametrize("landscape", LANDSCAPES.values(), ids=LANDSCAPES)
every_kind = pytest.mark.parametrize("kind", CHOICES["map"])


def sim_of(*optimizers: Any, landscape: Any = ROSENBROCK, n_steps: int = 25, **look: Any) -> Simulation:
    runs = tuple(Run(optimizer, slot) for slot, optimizer in enumerate(optimizers))
    return simulate(State(landscape, runs, None, n_steps, View(**look)))


def single(values: np.ndarray) -> np.ndarray:
    return np.clip(values, -LARGEST, LARGEST).astype(np.float32)


def drawn(whole: go.Figure) -> dict[str, Any]:
    return {trace.uid: trace for trace in whole.data}


# everything draws


@every_surface
@every_kind
def test_every_surface_draws_on_every_map(landscape: type, kind: str) -> None:
    sim = sim_of(SGD(lr=1e-3), Adam(lr=0.05), RMSProp(lr=0.05), landscape=landscape(), map=kind, arrows="on")
    whole = figures.figure("map", sim)
    traces = drawn(whole)
    assert len(traces) == len(whole.data)
    assert np.isfinite(np.asarray(traces["map-ground"].z)).all()
    assert {f"map-path-{slot}" for slot in range(3)} <= set(traces)
    assert len(traces["map-minima"].x) == len(landscape().minima)
    assert ("map-arrows" in traces) == (kind == "contour")
    whole.to_json()


@pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_every_optimizer_draws_in_every_panel(cls: type) -> None:
    sim = sim_of(cls(), landscape=ElongatedValley())
    for graph in LINES:
        for trace in figures.figure(graph, sim).data:
            assert np.isfinite(trace.y).all() and len(trace.y) == 26 - trace.x0


@every_surface
def test_every_panel_draws_every_metric(landscape: type) -> None:
    optimizers = [SGD(lr=1e-3), Adam(lr=0.05), RMSProp(lr=0.05), AdaGrad()]
    for name in METRICS:
        sim = sim_of(*optimizers, landscape=landscape(), panel=name)
        shown = METRICS[curves.metric("third", sim.state)]
        traces = figures.traces("third", sim)
        assert figures.axes("third", sim)["yaxis"]["range"][0] < figures.axes("third", sim)["yaxis"]["range"][1]
        for walk in sim.walks:
            curve = shown.curve(walk.trajectory, landscape())
            uids = [uid for uid in traces if uid.startswith(f"third-path-{walk.run.slot}-")]
            assert len(uids) == (0 if curve is None else 2 if shown.pair else 1)


@every_kind
@pytest.mark.parametrize("count", [1, 2, 4, 5, 7, limits.RUNS])
def test_every_number_of_runs_draws(count: int, kind: str) -> None:
    sim = sim_of(*(cls() for cls in list(OPTIMIZERS.values())[:count]), map=kind, n_steps=3)
    whole = figures.figure("map", sim)
    assert sum(trace.uid.startswith("map-path") for trace in whole.data) == count
    assert sum(trace.uid.startswith("map-ground") for trace in whole.data) == (count if kind == "side" else 1)


# what is drawn is the walk

BOTH = [Adam(lr=0.1), SGD(lr=1e-3)]


@every_kind
def test_a_path_is_the_walk(kind: str) -> None:
    sim = sim_of(*BOTH, map=kind)
    traces = figures.traces("map", sim)
    for walk in sim.walks:
        arrays = traces[f"map-path-{walk.run.slot}"]
        decoded = np.stack([arrays[name] for name in "xy"], axis=1)
        np.testing.assert_array_equal(decoded, single(walk.trajectory.params))
        assert len(decoded) == 26


@pytest.mark.parametrize("graph", LINES)
@pytest.mark.parametrize("name", METRICS)
def test_a_line_is_the_metric(graph: str, name: str) -> None:
    sim = sim_of(*BOTH, panel=name)
    shown = METRICS[curves.metric(graph, sim.state)]
    traces = figures.traces(graph, sim)
    for walk in sim.walks:
        curve = shown.curve(walk.trajectory, sim.state.landscape)
        columns = [] if curve is None else zip("xy", curve.T, strict=True) if shown.pair else [("", curve)]
        for part, column in columns:
            arrays = traces.pop(f"{graph}-path-{walk.run.slot}-{part}")
            np.testing.assert_array_equal(arrays["y"], single(column))
            assert (arrays["x0"], arrays["dx"]) == (shown.first, 1)
    assert traces == {}


@every_surface
def test_the_ground_is_the_surface(landscape: type) -> None:
    surface = landscape()
    here = banded(surface, surface.domain, (50,))
    arrays = surface_traces(State(surface), surface.domain, (50,))["map-ground"]
    np.testing.assert_array_equal(arrays["z"], single(here.band))
    last = [arrays[f"{axis}0"] + (len(getattr(here, axis)) - 1) * arrays[f"d{axis}"] for axis in "xy"]
    assert last == pytest.approx([here.x[-1], here.y[-1]])
    assert arrays["contours"] == {"start": 1, "end": len(here.levels), "size": 1}


def test_minima_stand_where_they_are() -> None:
    for surface in (cls() for cls in LANDSCAPES.values()):
        traces = surface_traces(State(surface), surface.domain, (30,))
        for name, points in (("minima", surface.minima), ("local", surface.local_minima)):
            assert list(zip(traces[f"map-{name}"]["x"], traces[f"map-{name}"]["y"], strict=True)) == list(points)


def test_a_curve_of_minima_is_drawn_wherever_a_map_shows_minima() -> None:
    for surface in (cls() for cls in LANDSCAPES.values()):
        for kind in CHOICES["map"]:
            sim = sim_of(*BOTH, landscape=surface, map=kind)
            whole = drawn(figures.figure("map", sim))
            lines = [trace for uid, trace in whole.items() if uid.startswith("map-along")]
            assert len(lines) == (len(sim.walks) if kind == "side" else 1)
            for line in lines:
                points = np.array([line.x, line.y], float)
                points = points[:, np.isfinite(points[0])]
                assert line.line.color == theme.GOLD and bool(points.size) == (surface.minima_along is not None)
                assert points.size == 0 or surface.distance(points).max() < 1e-6


@every_surface
def test_arrows_point_downhill(landscape: type) -> None:
    arrays = surface_traces(State(landscape(), view=View(arrows="on")), landscape.domain, (30,))["map-arrows"]
    x, y, u, v = (arrays[name].astype(float) for name in "xyuv")
    gx, gy = landscape().grad(np.stack([x, y]))
    slope = np.hypot(gx, gy)
    steep = slope > 1e-6 * slope.max()
    cosine = (u * gx + v * gy)[steep] / (np.hypot(u, v) * slope)[steep]
    assert steep.sum() > len(x) / 2
    np.testing.assert_allclose(cosine, -1, atol=1e-3)


# divergence


@every_kind
def test_a_diverging_run_is_drawn_to_its_last_finite_point(kind: str) -> None:
    sim = sim_of(SGD(lr=0.9), SGD(lr=1e-3), landscape=ElongatedValley(), n_steps=300, map=kind)
    at = sim.walks[0].diverged_at
    assert 0 < at < 300
    assert len(figures.traces("map", sim)["map-path-0"]["x"]) == at
    for graph, part in (("lr", "x"), ("rms", "y"), ("third", "")):
        shown = METRICS[curves.metric(graph, sim.state)]
        values = figures.traces(graph, sim)[f"{graph}-path-0-{part}"]["y"]
        assert len(values) == at - shown.first + (shown.first > 0) and np.isfinite(values).all()
    for graph in GRAPHS:
        figures.figure(graph, sim).to_json()


@pytest.mark.parametrize("graph", LINES)
@pytest.mark.parametrize("lr", [10.0, 1e35, 1e200, 1.7e308])
def test_a_panel_of_nothing_but_divergence_has_a_sane_range(graph: str, lr: float) -> None:
    for axis in ("log", "linear"):
        sim = sim_of(SGD(lr=lr), n_steps=40, lr_axis=axis, rms_axis=axis, panel_axis=axis)
        low, high = figures.axes(graph, sim)["yaxis"]["range"]
        assert np.isfinite([low, high]).all() and low < high
        assert figures.axes(graph, sim)["yaxis"].get("dtick", 1) > 0


@pytest.mark.parametrize("graph", LINES)
def test_a_diverging_run_flattens_no_other(graph: str) -> None:
    calm = figures.axes(graph, sim_of(Adam(lr=0.1), panel="gradient"))["yaxis"]["range"]
    both = figures.axes(graph, sim_of(Adam(lr=0.1), SGD(lr=0.1), panel="gradient"))["yaxis"]["range"]
    assert both[1] - both[0] <= curves.DECADES
    assert both[0] <= calm[1] and calm[0] <= both[1]


# axes


def types(**look: str) -> list[str]:
    return [figures.skeleton(graph, State(view=View(**look)), "light")["layout"]["yaxis"]["type"] for graph in LINES]


def test_axes_are_logarithmic_where_promised() -> None:
    assert types() == ["log", "log", "log"]
    assert types(lr_axis="linear", rms_axis="linear", panel_axis="linear") == ["linear", "linear", "linear"]
    assert types(panel="loss") == ["log", "log", "linear"]
    assert types(panel="loss", panel_axis="log") == ["log", "log", "log"]
    without_minimum = figures.skeleton("third", State(Saddle()), "light")["layout"]["yaxis"]
    assert without_minimum["type"] == "linear"


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.log])
def test_a_log_range_is_whole_decades_with_a_little_room_and_holds_the_curves(name: str) -> None:
    sim = sim_of(*BOTH, panel=name)
    low, high = figures.axes("third", sim)["yaxis"]["range"]
    bottom, top = math.ceil(low), math.floor(high)
    assert low < bottom < top < high and top - bottom <= curves.DECADES
    assert bottom - low == pytest.approx(high - top) == pytest.approx(curves.ROOM * (top - bottom))
    drawn = [METRICS[name].curve(walk.trajectory, sim.state.landscape) for walk in sim.walks]
    largest = max(float(curve.max()) for curve in drawn)
    assert bottom <= np.log10(largest) <= top


def bulk_of(graph: str, sim: Simulation, walk: Any) -> np.ndarray:
    """The values of the last 90 % of a run's steps."""
    what = METRICS[curves.metric(graph, sim.state)]
    curve = what.curve(walk.trajectory, sim.state.landscape)
    if curve is None:
        return np.zeros(0)
    rows = curve[: walk.diverged_at]
    return np.ravel(rows[min(math.ceil(0.1 * len(rows)), max(len(rows) - 1, 0)) :])


def is_home(walk: Any, surface: Any) -> bool:
    here = walk.trajectory.params[-1]
    return walk.diverged_at is None and all(
        low <= part <= high for part, (low, high) in zip(here, surface.domain, strict=True)
    )


@every_surface
@pytest.mark.parametrize("scale", ["log", "linear"])
@pytest.mark.parametrize("rate", [1e-3, 0.05, 0.6])
def test_an_axis_shows_the_last_nine_tenths_of_every_run_that_stays(landscape: type, scale: str, rate: float) -> None:
    """But on a log axis what lies below its floor, where a name says so."""
    every = list(OPTIMIZERS.values())
    for some in (every[at : at + limits.RUNS] for at in range(0, len(every), limits.RUNS)):
        for name in METRICS:
            sim = sim_of(*(cls(lr=rate) for cls in some), landscape=landscape(), panel=name, panel_axis=scale)
            low, high = figures.axes("third", sim)["yaxis"]["range"]
            for walk in sim.walks:
                values = bulk_of("third", sim, walk)
                if is_home(walk, landscape()) and len(values):
                    assert_shown(values, low, high, scale == "log")


def assert_shown(values: np.ndarray, low: float, high: float, log: bool) -> None:
    """No value lies above the frame; on a log axis some may lie below, but of no run all, within 16 decades."""
    if not log:
        assert (low < values).all() and (values < high).all()
        return
    values = np.log10(np.clip(values[values > 0], None, LARGEST))
    assert (values < high).all()
    assert not len(values) or values.max() > low or values.max() < high - curves.MOST_DECADES


@pytest.mark.parametrize(("query", "graph"), [("?f=beale", "lr"), ("?f=rosenbrock", "third"), ("?start=0,0", "lr")])
def test_first_steps_and_runaways_flatten_nobody(query: str, graph: str) -> None:
    sim = simulate(State.from_query(query)[0])
    low, high = figures.axes(graph, sim)["yaxis"]["range"]
    for walk in sim.walks:
        values = bulk_of(graph, sim, walk)
        seen = np.log10(values[values > 0])
        if is_home(walk, sim.state.landscape):
            assert ((low < seen) & (seen < high)).mean() > 0.9
    assert high - low <= 1.1 * (curves.DECADES + 1)


def test_a_value_at_a_whole_decade_lies_off_the_frame() -> None:
    for rate in (1.0, 0.1, 0.01):
        low, high = figures.axes("lr", sim_of(SGD(lr=rate)))["yaxis"]["range"]
        assert low + 0.2 < math.log10(rate) < high - 0.2
    both = sim_of(SGD(lr=0.1), Momentum(lr=1e-3), landscape=LANDSCAPES["bowl"]())
    low, high = figures.axes("lr", both)["yaxis"]["range"]
    assert low + 0.03 * (high - low) < -3 < -1 < high - 0.03 * (high - low)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("?panel=velocity", "no run here remembers velocity"),
        ("?f=saddle&panel=distance", "no minimum is known to be near"),
        ("?run=sgd~lr=1.7e308&panel=step", "every run diverged at once"),
        ("?f=saddle&start=0,1&run=sgd&panel=loss&panel_axis=log", "nothing here is above 0, where a log axis begins"),
        ("?panel=m", ""),
        ("", ""),
    ],
)
def test_an_empty_panel_says_why(query: str, why: str) -> None:
    assert curves.why_empty("third", simulate(State.from_query(query)[0])) == why


@every_surface
def test_a_panel_has_a_reason_exactly_where_it_has_no_curve(landscape: type) -> None:
    for name in METRICS:
        for scale in ("log", "linear"):
            sim = sim_of(SGD(lr=1e-3), landscape=landscape(), panel=name, panel_axis=scale, n_steps=3)
            drawn = [trace["y"] for trace in figures.traces("third", sim).values()]
            seen = [np.isfinite(values) & ((values >= 0) | (scale == "linear")) for values in drawn]
            assert bool(curves.why_empty("third", sim)) == (not any(part.any() for part in seen))


def test_the_largest_stable_rate_is_drawn_where_there_is_one() -> None:
    sim = sim_of(SGD(lr=0.01), Adam(lr=0.1), landscape=ElongatedValley(), limits="on")
    drawn = figures.traces("lr", sim)
    assert [uid for uid in drawn if uid.endswith("limit")] == ["lr-path-0-limit"]
    np.testing.assert_allclose(drawn["lr-path-0-limit"]["y"], 2 / 40, rtol=1e-5)
    assert len(drawn["lr-path-0-limit"]["y"]) == len(drawn["lr-path-0-x"]["y"])
    assert not any("limit" in uid for graph in ("rms", "third") for uid in figures.traces(graph, sim))
    off = sim_of(SGD(lr=0.01), landscape=ElongatedValley())
    assert set(figures.traces("lr", off)) == {"lr-path-0-x", "lr-path-0-y"}


def test_every_panel_says_that_it_counts_steps() -> None:
    for graph in LINES:
        assert [note["text"] for note in figures.skeleton(graph, State(), "light")["layout"]["annotations"]] == ["step"]


def test_a_linear_range_holds_the_curves() -> None:
    sim = sim_of(*BOTH, panel="loss")
    low, high = figures.axes("third", sim)["yaxis"]["range"]
    values = np.concatenate([walk.trajectory.loss for walk in sim.walks])
    assert low < values.min() and values.max() < high


@pytest.mark.parametrize("graph", LINES)
def test_the_steps_are_those_of_the_state(graph: str) -> None:
    assert figures.axes(graph, sim_of(*BOTH, n_steps=17))["xaxis"]["range"] == [0, 17]


def test_the_map_shows_the_domain_and_never_moves_by_itself() -> None:
    for landscape in (Rosenbrock(), Ackley()):
        layout = figures.skeleton("map", State(landscape), "light")["layout"]
        shown = (tuple(layout["xaxis"]["range"]), tuple(layout["yaxis"]["range"]))
        assert shown == landscape.domain
        assert figures.axes("map", sim_of(*BOTH, landscape=landscape)) == {}


# skeletons and keys


def test_a_skeleton_holds_no_data() -> None:
    for graph in GRAPHS:
        for kind in CHOICES["map"]:
            for trace in figures.skeleton(graph, State(view=View(map=kind, arrows="on")), "dark")["data"]:
                assert not {"x", "y", "z", "u", "v"} & set(trace)


@pytest.mark.parametrize("graph", GRAPHS)
def test_a_skeleton_does_not_depend_on_numbers(graph: str) -> None:
    one = State(Rosenbrock(), (Run(Adam(lr=0.1), 0), Run(SGD(lr=0.1), 1)), n_steps=50)
    two = State(Rosenbrock(b=9.0), (Run(Adam(lr=0.2), 0), Run(SGD(lr=1.0), 1)), (0.5, 0.5), 60, View(t=3))
    assert figures.key(graph, one, "light") == figures.key(graph, two, "light")
    assert figures.skeleton(graph, one, "light") == figures.skeleton(graph, two, "light")


LOOKS = {
    "runs": State(runs=(Run(SGD(), 0),)),
    "slot": State(runs=(Run(SGD(), 0), Run(RMSProp(), 2), Run(Adam(), 1))),
    "pinned": State(runs=(Run(SGD(), 0, pinned=True), Run(RMSProp(), 1), Run(Adam(), 2))),
}
MAPS = {
    "surface": State(Rosenbrock()),
    "map": State(view=View(map="side")),
    "arrows": State(view=View(arrows="on")),
}
PANELS = {"panel": State(view=View(panel="gradient")), "axis": State(view=View(panel_axis="linear"))}


@pytest.mark.parametrize(
    ("graph", "state"),
    [
        *((graph, state) for graph in GRAPHS for state in LOOKS.values()),
        *(("map", state) for state in MAPS.values()),
        *(("third", state) for state in PANELS.values()),
        ("lr", State(view=View(lr_axis="linear"))),
        ("rms", State(view=View(rms_axis="linear"))),
    ],
)
def test_a_key_changes_with_the_look(graph: str, state: State) -> None:
    assert figures.key(graph, state, "light") != figures.key(graph, State(), "light")
    assert figures.skeleton(graph, state, "light") != figures.skeleton(graph, State(), "light")


def test_light_and_dark_differ() -> None:
    assert len({figures.key(graph, State(), mode) for graph in GRAPHS for mode in theme.TOKENS}) == 2 * len(GRAPHS)


def test_keys_are_the_same_in_every_process() -> None:
    here = {graph: figures.key(graph, State(Rosenbrock()), "dark") for graph in GRAPHS}
    script = (
        "import json; from app.explore import figures; from app.page.state import State;"
        "from landscapes import Rosenbrock;"
        "print(json.dumps({g: figures.key(g, State(Rosenbrock()), 'dark') for g in figures.GRAPHS}))"
    )
    seeded = {**os.environ, "PYTHONHASHSEED": "7"}
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, env=seeded, capture_output=True, check=True)
    assert json.loads(done.stdout) == here


@pytest.mark.parametrize("graph", GRAPHS)
@every_kind
def test_every_array_finds_its_trace(graph: str, kind: str) -> None:
    sim = sim_of(*BOTH, map=kind, arrows="on" if kind == "contour" else "off")
    arrays = figures.traces(graph, sim)
    if graph == "map":
        arrays |= surface_traces(sim.state, sim.state.landscape.domain, (20,))
    uids = {trace["uid"] for trace in figures.skeleton(graph, sim.state, "light")["data"]}
    like = {(trace.get("meta") or {}).get("like") for trace in figures.skeleton(graph, sim.state, "light")["data"]}
    assert set(arrays) <= uids | like


def test_a_figure_is_its_skeleton_with_its_arrays() -> None:
    sim = sim_of(*BOTH)
    whole = figures.figure("third", sim, "dark")
    bare = go.Figure(figures.skeleton("third", sim.state, "dark"))
    assert [trace.line for trace in whole.data] == [trace.line for trace in bare.data]
    for walk, trace in zip(sim.walks, whole.data, strict=True):
        excess = METRICS["excess"].curve(walk.trajectory, sim.state.landscape)
        np.testing.assert_array_equal(np.asarray(trace.y, dtype=np.float32), single(excess))
    assert list(whole.layout.yaxis.range) == figures.axes("third", sim)["yaxis"]["range"]
    assert whole.layout.paper_bgcolor == theme.TOKENS["dark"]["panel"]


def test_a_figure_leaves_the_skeleton_empty() -> None:
    sim = sim_of(*BOTH)
    before = json.dumps(figures.skeleton("map", sim.state, "light"), default=str)
    figures.figure("map", sim)
    assert json.dumps(figures.skeleton("map", sim.state, "light"), default=str) == before


# runs


@pytest.mark.parametrize("graph", GRAPHS)
def test_colour_and_head_belong_to_the_slot(graph: str) -> None:
    state = State(runs=(Run(SGD(), 5), Run(Adam(), 2)))
    for trace in figures.skeleton(graph, state, "light")["data"]:
        if f"{graph}-path-" in trace["uid"]:
            slot = int(trace["uid"].split("-")[2])
            assert trace["line"]["color"] == theme.COLOURS["light"][slot]
            assert trace["meta"]["head"] == theme.HEADS[slot][1]


def test_a_ghost_is_thin() -> None:
    state = State(runs=(Run(SGD(), 0), Run(SGD(), 1, pinned=True)))
    for graph in GRAPHS:
        widths = {
            int(trace["uid"].split("-")[2]): trace["line"]["width"]
            for trace in figures.skeleton(graph, state, "light")["data"]
            if f"{graph}-path-" in trace["uid"]
        }
        assert widths[1] < widths[0]


@every_kind
def test_a_name_is_never_markup(kind: str) -> None:
    state = State(runs=(Run(SGD(), 0, "<b>a & b</b>"),), view=View(map=kind))
    drawn = [figures.figure(graph, simulate(state)) for graph in GRAPHS]
    names = [trace.name for figure in drawn for trace in figure.data if trace.name]
    names += [note.text for figure in drawn for note in figure.layout.annotations if note.text not in ("step", "")]
    assert len(names) > 2
    assert set(names) == {"&lt;b&gt;a &amp; b&lt;/b&gt;"}


@pytest.mark.parametrize("graph", GRAPHS)
def test_what_a_run_is_called_may_change_while_it_is_dragged(graph: str) -> None:
    """So that no figure is built anew for it."""
    one, two = (State(runs=(Run(Adam(), 0), Run(Adam(beta1=beta), 1))) for beta in (0.5, 0.6))
    assert figures.key(graph, one, "light") == figures.key(graph, two, "light")
    assert scene(simulate(one), {}, None).labels[1] == "Adam β₁ 0.5"
    assert scene(simulate(two), {}, None).labels[1] == "Adam β₁ 0.6"
