"""The canvas and Plotly show the same thing, and the functions of Plotly's own that the canvas leans on keep their word."""

import itertools

import numpy as np
import pytest

from app.theme import COLOURS

from .explorer import Explorer, middle

FLAT = "?run=sgd~lr=0.04&run=adam~lr=0.2&run=rmsprop~lr=0.05&steps=300"


def frames(page: Explorer, graph: str) -> list[dict[str, float]]:
    """The plots of a graph: what the axes say of themselves, and the rectangle that is really there."""
    return page.js(
        """name => {
            const { gd } = downslope.graphs[name], full = gd._fullLayout;
            return [...gd.querySelectorAll(".nsewdrag")].map((rect) => {
                const { xaxis, yaxis } = full._plots[rect.dataset.subplot];
                const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => +rect.getAttribute(name));
                return { said: [xaxis._offset, yaxis._offset, xaxis._length, yaxis._length], there: [x, y, width, height] };
            });
        }""",
        graph,
    )


@pytest.mark.parametrize("query", [FLAT, f"{FLAT}&map=side"])
def test_an_axis_knows_its_place(page: Explorer, query: str) -> None:
    page.open(query)
    for graph in ("map", "lr", "rms", "third"):
        seen = frames(page, graph)
        assert len(seen) == (3 if graph == "map" and "side" in query else 1)
        for frame in seen:
            assert frame["said"] == pytest.approx(frame["there"], abs=0.6)


def test_an_axis_turns_values_into_pixels_and_back(page: Explorer) -> None:
    page.open(FLAT)
    for (graph, kind), name in itertools.product((("map", "linear"), ("lr", "log")), ("xaxis", "yaxis")):
        axis = page.axis(graph, name)
        assert axis["type"] == (kind if name == "yaxis" else "linear")
        start, end = axis["range"]
        inner = [start + part * (end - start) for part in (0, 0.3, 1)]
        l2p = """([graph, name, values]) => {
            const axis = downslope.graphs[graph].gd._fullLayout[name], pixels = values.map((value) => axis.l2p(value));
            return [pixels, pixels.map((pixel) => axis.p2l(pixel)), axis._b, axis._m];
        }"""
        pixels, back, origin, unit = page.js(l2p, [graph, name, inner])
        length = axis["length"]
        wanted = [0, 0.3 * length, length] if name == "xaxis" else [length, 0.7 * length, 0]
        assert pixels == pytest.approx(wanted, abs=0.006)
        assert [origin + unit * value for value in inner] == pytest.approx(wanted)
        assert back == pytest.approx(inner, abs=0.006 / abs(unit))


@pytest.mark.parametrize("query", [FLAT, f"{FLAT}&map=side&rms_axis=linear"])
def test_the_painted_lines_are_those_of_plotly(page: Explorer, query: str) -> None:
    page.open(query)
    page.press("master.lr", "ArrowRight")
    page.settled()
    drawn = page.js(
        """() => Object.values(downslope.graphs).flatMap(({ gd, lines }) => lines.map(({ xs, ys, box, trace }) => {
            const path = gd.querySelector(`.trace${trace.uid} path.js-line`).getAttribute("d");
            const numbers = path.match(/-?[\\d.]+/g).map(Number);
            return { uid: trace.uid, box, painted: Array.from(xs, (x, i) => [x - box.x, ys[i] - box.y]), numbers };
        }))"""
    )
    assert len(drawn) == 3 + 6 + 6 + 3
    for line in drawn:
        plotly = np.array(line["numbers"]).reshape(-1, 2)  # with the points left out that a straight line needs not
        painted = np.array(line["painted"], float)
        inside = np.all((plotly >= 0) & (plotly <= [line["box"]["width"], line["box"]["height"]]), axis=1)
        away = np.hypot(*(plotly[inside, None] - painted).transpose(2, 0, 1)).min(axis=1)
        assert away.max() < 0.5, line["uid"]
        assert plotly[0] == pytest.approx(painted[0], abs=0.1) or not inside[0], line["uid"]


def test_plotly_has_the_painted_numbers(page: Explorer) -> None:
    page.open(FLAT)
    page.press("master.lr", "ArrowRight")
    page.settled()
    pairs = page.js(
        """() => Object.values(downslope.graphs).flatMap(({ gd, traces }) => Object.entries(traces).map(([uid, own]) => {
            const theirs = gd.data.find((trace) => trace.uid === uid);
            return [[...own.y], [...theirs.y], [...(own.x ?? [])], [...(theirs.x ?? [])]];
        }))"""
    )
    assert len(pairs) == 3 + 6 + 6 + 3
    for y, their_y, x, their_x in pairs:
        assert (y, x) == (their_y, their_x)


def test_the_canvas_has_the_colour_of_the_run(page: Explorer) -> None:
    page.open("?run=adam~lr=0.1~slot=2")
    seen = page.js(
        """() => ["map", "lr", "third"].map((name) => {
            const { lines: [{ xs, ys }], canvas } = downslope.graphs[name], pen = canvas.getContext("2d");
            return [10, 20, 30].map((i) => [...pen.getImageData(Math.round(xs[i]), Math.round(ys[i]), 1, 1).data]);
        })"""
    )
    colour = [int(COLOURS["light"][2][at : at + 2], 16) for at in (1, 3, 5)]
    for *pixel, alpha in (pixel for graph in seen for pixel in graph):
        assert alpha > 200
        assert pixel == pytest.approx(colour, abs=30)


def test_plotly_s_own_lines_are_hidden_under_the_canvas(page: Explorer) -> None:
    page.open(FLAT)
    page.settled()
    hidden = """() => [...document.querySelectorAll(".graph .trace path.js-line")]
        .map((path) => getComputedStyle(path).visibility)"""
    assert page.js(hidden) == ["hidden"] * (3 + 6 + 6 + 3)


def test_the_canvas_is_ahead_of_plotly(page: Explorer) -> None:
    page.open()
    page.settled()
    behind = page.trace("map-path-0")["y"][1]
    x, y = middle(page.slider("master.lr"))
    with page.dragged(x, y):
        with page.change():
            page.tab.mouse.move(x + 30, y)
        painted = page.js(
            "[downslope.graphs.map.traces, downslope.graphs.map.gd.data.find((t) => t.uid === 'map-path-0')].map((at) => (at['map-path-0'] ?? at).y[1])"
        )
        assert painted[0] != behind
        assert painted[1] == behind, "nothing that takes long happens while the pointer is down"
    assert page.trace("map-path-0")["y"][1] == painted[0]
