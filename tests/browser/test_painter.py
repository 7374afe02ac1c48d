"""The canvas and Plotly show the same, and what the canvas asks of Plotly's axes, which is private, keeps its word."""

import itertools

import numpy as np
import pytest

from app.screen.theme import COLOURS

from .explorer import Explorer, middle

SCENE = "?run=sgd~lr=0.04&run=adam~lr=0.2&run=rmsprop~lr=0.05&steps=300"
LINES = 3 + 6 + 6 + 3  # of three runs in four graphs, two of which have x and y
CONTOUR_AND_SIDE = pytest.mark.parametrize("query", [SCENE, f"{SCENE}&map=side&rms_axis=linear"])


@CONTOUR_AND_SIDE
def test_an_axis_knows_its_place(page: Explorer, query: str) -> None:
    page.open(query)
    plots = page.js(
        """() => Object.values(downslope.graphs).flatMap(({ gd }) => [...gd.querySelectorAll(".nsewdrag")].map((rect) => {
            const { xaxis, yaxis } = gd._fullLayout._plots[rect.dataset.subplot];
            const there = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
            return [[xaxis._offset, yaxis._offset, xaxis._length, yaxis._length], there];
        }))"""
    )
    assert len(plots) == (6 if "side" in query else 4)
    for said, there in plots:
        assert said == pytest.approx(there, abs=0.6)


def test_an_axis_turns_values_into_pixels_and_back(page: Explorer) -> None:
    page.open(SCENE)
    for (graph, kind), name in itertools.product((("map", "linear"), ("lr", "log")), ("xaxis", "yaxis")):
        axis = page.axis(graph, name)
        assert axis["type"] == (kind if name == "yaxis" else "linear")
        start, end = axis["range"]  # of a log axis: exponents
        values = [start + part * (end - start) for part in (0, 0.3, 1)]
        pixels, back, origin, unit = page.js(
            """([graph, name, values]) => {
                const axis = downslope.graphs[graph].gd._fullLayout[name];
                const pixels = values.map((value) => axis.l2p(value));
                return [pixels, pixels.map((pixel) => axis.p2l(pixel)), axis._b, axis._m];
            }""",
            [graph, name, values],
        )
        wanted = np.array([0, 0.3, 1] if name == "xaxis" else [1, 0.7, 0]) * axis["length"]
        assert pixels == pytest.approx(wanted, abs=0.006)
        assert [origin + unit * value for value in values] == pytest.approx(wanted)
        assert back == pytest.approx(values, abs=0.006 / abs(unit))


@CONTOUR_AND_SIDE
def test_plotly_has_the_painted_lines_and_hides_its_own(page: Explorer, query: str) -> None:
    page.open(query)
    page.press("master.lr", "ArrowRight")
    page.settled()
    drawn = page.js(
        """() => Object.values(downslope.graphs).flatMap(({ gd, lines }) => lines.map(({ xs, ys, box, trace }) => {
            const path = gd.querySelector(`.trace${trace.uid} path.js-line`);
            const numbers = path.getAttribute("d").match(/-?[\\d.]+/g).map(Number);
            const painted = Array.from(xs, (x, i) => [x - box.x, ys[i] - box.y]);
            return { uid: trace.uid, size: [box.width, box.height], painted, numbers, seen: getComputedStyle(path).visibility };
        }))"""
    )
    assert len(drawn) == LINES
    for line in drawn:
        assert line["seen"] == "hidden"
        plotly = np.array(line["numbers"]).reshape(-1, 2)  # without the points that a straight line can do without
        painted = np.array(line["painted"], float)
        inside = np.all((plotly >= 0) & (plotly <= line["size"]), axis=1)
        away = np.hypot(*(plotly[inside, None] - painted).transpose(2, 0, 1)).min(axis=1)
        assert away.max() < 0.1, line["uid"]


def test_plotly_has_the_painted_numbers(page: Explorer) -> None:
    page.open(SCENE)
    page.press("master.lr", "ArrowRight")
    page.settled()
    pairs = page.js(
        """() => Object.values(downslope.graphs).flatMap(({ gd, traces }) => Object.entries(traces).map(([uid, own]) => {
            const theirs = gd.data.find((trace) => trace.uid === uid);
            return [own, theirs].map(({ x = [], y }) => [...x, ...y].map((value) => (Number.isNaN(value) ? null : value)));
        }))"""
    )
    assert len(pairs) == LINES
    for own, theirs in pairs:
        assert own == theirs


def test_the_canvas_has_the_colour_of_the_run(page: Explorer) -> None:
    page.open("?run=adam~lr=0.1~slot=2")
    seen = page.js(
        """() => ["map", "lr", "third"].flatMap((name) => {
            const { lines: [{ xs, ys }], canvas } = downslope.graphs[name], pen = canvas.getContext("2d");
            return [10, 20, 30].map((i) => [...pen.getImageData(Math.round(xs[i]), Math.round(ys[i]), 1, 1).data]);
        })"""
    )
    colour = [int(COLOURS["light"][2][at : at + 2], 16) for at in (1, 3, 5)]
    for *pixel, alpha in seen:
        assert alpha > 200
        assert pixel == pytest.approx(colour, abs=30)


def test_the_canvas_is_ahead_while_the_pointer_is_down(page: Explorer) -> None:
    page.open()
    before = page.trace("map-path-0")["y"]
    x, y = middle(page.slider("master.lr"))
    both = """() => {
        const { gd, traces } = downslope.graphs.map;
        return [traces["map-path-0"], gd.data.find(({ uid }) => uid === "map-path-0")].map(({ y }) => [...y]);
    }"""
    with page.dragged(x, y):
        with page.change():
            page.tab.mouse.move(x + 30, y)
        painted, plotly = page.js(both)
        assert painted != before
        assert plotly == before, "what takes long waits"
    assert page.trace("map-path-0")["y"] == painted
