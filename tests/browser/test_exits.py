"""What leaves its frame keeps its name there; what can do nothing now says why."""

import math
from collections.abc import Iterable
from typing import Any

import pytest

from .explorer import DESKTOP, PHONE, Explorer

RUNAWAY = "run=sgd~lr=0.06&run=rmsprop~lr=0.06&run=adam~lr=0.06"
EIGHT = "&".join(
    f"run={slug}" for slug in ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "lion"]
)
LOST = "f=rosenbrock&run=sgd~lr=0.045&run=momentum~lr=0.045&run=nesterov~lr=0.045&run=adam~lr=0.045"
QUERIES = [
    "",
    f"?{RUNAWAY}",
    f"?{RUNAWAY}&t=5",
    f"?{RUNAWAY}&map=side",
    f"?{RUNAWAY}&present=on",
    f"?{LOST}",
    f"?{LOST}&t=2",
]
QUERIES += [f"?{EIGHT}", f"?{EIGHT}&map=side&f=rosenbrock", "?f=beale", "?start=0,0", "?f=himmelblau&run=sgd~lr=0.05"]
QUERIES += [
    "?f=bowl&run=sgd~lr=1&start=2,1",
    "?run=adam~name=A%20name%20as%20long%20as%20it&run=sgd",
    "?f=saddle",
    "?steps=1",
]

NAMED = """() => Object.entries(downslope.graphs).filter(([, graph]) => !graph.is_space()).map(([name, graph]) => ({
    name,
    titled: Boolean(graph.skeleton.layout.meta?.titled),
    size: graph.gd._fullLayout.font.size,
    width: graph.canvas.clientWidth,
    step: downslope.playhead.step(),
    names: graph.names.map(({ line, text, left, middle, width, arrow }) =>
        ({ slot: line.meta.slot, box: { ...line.box }, text, left, middle, width, arrow })),
    lines: graph.lines.map(({ xs, ys, box, meta }) =>
        ({ xs: [...xs], ys: [...ys], box: { ...box }, slot: meta.slot, part: meta.part ?? null, first: meta.first })),
}))"""


def is_in(x: float, y: float, box: dict[str, float]) -> bool:
    across, up = x - box["x"], y - box["y"]
    return -1 <= across <= box["width"] + 1 and -1 <= up <= box["height"] + 1


def outside(line: dict[str, Any], points: Iterable[int]) -> bool:
    return any(not is_in(line["xs"][at], line["ys"][at], line["box"]) for at in points)


def check_apart(graph: dict[str, Any]) -> None:
    """No name is written over another one, or beyond its graph."""
    for one in graph["names"]:
        assert one["left"] >= 0 and one["left"] + one["width"] <= graph["width"] + 1, one["text"]
        for other in graph["names"]:
            beside = one["left"] + one["width"] <= other["left"] or other["left"] + other["width"] <= one["left"]
            assert one is other or beside or abs(one["middle"] - other["middle"]) >= graph["size"], one["text"]


def check_map(graph: dict[str, Any]) -> None:
    """Each run has one name, at its head or in its title; at the frame an arrow stands while its head is outside."""
    for line in graph["lines"]:
        own = [one for one in graph["names"] if one["slot"] == line["slot"]]
        at = min(graph["step"], len(line["xs"]) - 1)
        lost = outside(line, range(at, at + 1))
        assert len(own) == 1 or (graph["titled"] and not own and not lost)
        for name in own:
            assert bool(name["arrow"]) == lost and (name["text"] or graph["titled"])
            check_arrow(graph, line, name) if lost else None


def check_arrow(graph: dict[str, Any], line: dict[str, Any], name: dict[str, Any]) -> None:
    """It stands at the edge, those of several runs one below the other, and its name in the frame."""
    box, (x, y) = line["box"], (name["arrow"]["x"], name["arrow"]["y"])
    away = min(x - box["x"], box["x"] + box["width"] - x, y - box["y"], box["y"] + box["height"] - y)
    assert -1 <= away <= 5 * graph["size"]
    assert is_in(name["left"], name["middle"], box)


def check_panel(graph: dict[str, Any]) -> None:
    """Each run with a curve has a name; what is outside in its last nine tenths has an arrow with the name."""
    for line in graph["lines"]:
        if line["part"] is None or not line["xs"]:
            continue
        own = [one for one in graph["names"] if one["slot"] == line["slot"]]
        assert own
        box = line["box"]
        late = range(math.ceil(0.1 * len(line["xs"])), len(line["xs"]))
        late = [at for at in late if box["x"] <= line["xs"][at] <= box["x"] + box["width"]]
        assert not outside(line, late) or any(one["arrow"] for one in own), (graph["name"], line["slot"])


def check(page: Explorer) -> None:
    for graph in page.js(NAMED):
        check_apart(graph)
        check_map(graph) if graph["name"] == "map" else check_panel(graph)


@pytest.mark.parametrize("query", QUERIES)
def test_every_run_keeps_its_name(page: Explorer, query: str) -> None:
    page.open(query)
    page.settled()
    check(page)


@pytest.mark.parametrize("query", [f"?{RUNAWAY}", f"?{LOST}"])
def test_also_on_a_phone_and_in_a_part_of_the_map(page: Explorer, query: str) -> None:
    page.tab.set_viewport_size(PHONE)
    try:
        page.open(query)
        page.settled()
        check(page)
    finally:
        page.tab.set_viewport_size(DESKTOP)
    page.open(query)
    page.js("downslope.graphs.map.zoom([[-0.5, 0.5], [-0.3, 0.4]])")
    page.js("downslope.graphs.lr.zoom([[20, 60], [-2, -1]])")
    check(page)


def test_an_arrow_points_out_where_the_run_left(page: Explorer) -> None:
    page.open(f"?{RUNAWAY}")
    graph = next(one for one in page.js(NAMED) if one["name"] == "map")
    (name,) = [one for one in graph["names"] if one["slot"] == 0]
    assert name["arrow"]["way"] == pytest.approx(math.pi / 2), "its first step goes down, and out"
    assert name["arrow"]["y"] > name["box"]["y"] + name["box"]["height"] - 20
    page.open("?f=rosenbrock&run=sgd~lr=0.045")
    (name,) = next(one for one in page.js(NAMED) if one["name"] == "map")["names"]
    assert "diverged at step" in name["text"]


def test_a_curve_at_exactly_0_has_its_name_at_the_floor(page: Explorer) -> None:
    page.open("?f=bowl&run=sgd~lr=1&start=2,1")
    for graph in page.js(NAMED):
        if graph["name"] in ("rms", "third"):
            (name,) = graph["names"]
            assert name["arrow"]["way"] == pytest.approx(math.pi / 2) and name["text"] == "SGD"


def test_an_empty_panel_says_why_in_its_middle(page: Explorer) -> None:
    page.open("?panel=velocity")
    assert page.js("downslope.graphs.third.empty") == "no run here remembers velocity"
    inked = """() => {
        const { canvas, gd } = downslope.graphs.third, { xaxis, yaxis } = gd._fullLayout, pen = canvas.getContext("2d");
        const box = [xaxis._offset, yaxis._offset + yaxis._length / 2 - 20, xaxis._length, 40].map((one) => one * canvas.ratio);
        return pen.getImageData(...box).data.some((value) => value > 0);
    }"""
    assert page.js(inked)
    page.choose("view.panel", "Step length")
    assert page.js("downslope.graphs.third.empty") == ""


def test_what_is_said_of_a_point_stands_above_the_lines(page: Explorer) -> None:
    page.open()
    above = """() => Object.values(downslope.graphs).every(({ gd, canvas }) =>
        canvas.compareDocumentPosition(gd.querySelector(".hoverlayer")) & Node.DOCUMENT_POSITION_FOLLOWING)"""
    assert page.js(above)
    page.choose("surface", "Beale")
    page.select("view.map", "Side by side")
    page.settled()
    assert page.js(above), "also after Plotly has built its layers anew"


def test_the_readout_lets_go_with_the_pointer(page: Explorer) -> None:
    page.open()
    hint = page.said_at("map.hint")
    page.tab.mouse.move(*page.place(0.5, 0.5))
    page.until("document.getElementById('readout').textContent.startsWith('f(')")
    page.tab.mouse.move(5, 5)
    page.until(f"document.getElementById('readout').textContent === {hint!r}")


def test_what_can_do_nothing_is_disabled_and_says_why(page: Explorer) -> None:
    page.open("?run=sgd&map=side")
    for kind, key in (("slider", "master.eps"), ("number", "master.eps"), ("choice", "view.arrows")):
        found = page.js(
            """([kind, key]) => [...document.querySelectorAll(`[data-control=${kind}][data-key='${key}'] input`)]
                .map((input) => [input.disabled, input.getAttribute("aria-description"), input.closest(".control").title])""",
            [kind, key],
        )
        assert found and all(off and why and why == title for off, why, title in found), key
    assert page.shown("master.eps") == ""
    button = page.tab.locator("[data-action='preset.beta.0.9']")
    assert button.get_attribute("aria-disabled") == "true" and "β" in button.get_attribute("title")
    asked = page.js("downslope.gate.requests")
    button.click(force=True)
    assert page.js("downslope.gate.requests") == asked
    page.choose("add", "Adam")
    assert button.get_attribute("aria-disabled") is None
    assert page.slider("master.eps").is_enabled() and page.shown("master.eps") == "1e-8"


def test_the_largest_stable_rate_is_drawn_when_asked_for(page: Explorer) -> None:
    page.open("?run=sgd~lr=0.03&run=adam")
    count = "downslope.graphs.lr.lines.filter(({ meta, xs }) => meta.part === undefined && xs.length).length"
    assert page.js(count) == 0
    with page.change():
        page.control("switch", "view.limits").click()
    assert page.js(count) == 1 and page.query.endswith("limits=on")
