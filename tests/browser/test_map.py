"""The map and the panels: what they show, and what can be done on them."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from app.metrics import METRICS, PANELS
from app.page.view import CHOICES

from .explorer import Explorer, middle

EMPTY = (1.5, -1.2)  # a place of the default map without a path or a handle


def wheel(page: Explorer, x: float, y: float, way: int = -240) -> None:
    """Ctrl and the wheel, as two fingers on a trackpad send it too."""
    page.tab.mouse.move(x, y)
    page.tab.keyboard.down("Control")
    page.tab.mouse.wheel(0, way)
    page.tab.keyboard.up("Control")


def zoomed(page: Explorer, graph: str = "map", axis: str = "xaxis") -> list[float]:
    """Zoom into a graph; its new range."""
    before = page.axis(graph, axis)["range"]
    box = page.tab.locator(f"#graph-{graph}").bounding_box()
    wheel(page, box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.3)
    page.until(
        f"downslope.graphs.{graph}.gd._fullLayout.{axis}.range[1] !== {before[1]} && downslope.graphs.{graph}.zoomed"
    )
    return page.axis(graph, axis)["range"]


def test_the_surface_in_space(page: Explorer) -> None:
    page.open()
    page.select("view.map", "Surface")
    assert "map=surface" in page.query
    page.until("downslope.graphs.map.lines.length === 3")
    path = page.line("map-path-0")
    assert len(path) == 101
    expect(page.tab.locator("#start-handle")).to_be_hidden()
    page.press("master.lr", "ArrowRight")
    assert page.line("map-path-0") != path
    page.select("view.map", "Contour")
    expect(page.tab.locator("#start-handle")).to_be_visible()
    assert page.query.count("map=") == 0


def test_side_by_side_each_run_has_its_own_map(page: Explorer) -> None:
    page.open("?map=side")
    on = [page.trace(f"map-path-{slot}").get("xaxis") for slot in range(3)]
    assert on == ["x", "x2", "x3"]
    assert [len(page.trace(f"map-ground{tail}")["z"]) > 1 for tail in ("", "2", "3")] == [True] * 3
    whole = page.axis("map", "xaxis")["range"]
    first = page.axis("map", "xaxis"), page.axis("map", "yaxis")
    box = page.tab.locator("#graph-map").bounding_box()
    wheel(page, *(box[side] + axis["offset"] + axis["length"] / 2 for side, axis in zip("xy", first, strict=True)))
    page.until(f"downslope.graphs.map.gd._fullLayout.xaxis.range[1] < {whole[1]}")
    for name in ("xaxis", "yaxis"):
        ranges = [page.axis("map", f"{name}{tail}")["range"] for tail in ("", "2", "3")]
        assert ranges[0] == ranges[1] == ranges[2]


def test_minima_are_marked(page: Explorer) -> None:
    page.open("?f=himmelblau")
    minima = page.state.landscape.minima
    trace = page.trace("map-minima")
    assert list(zip(trace["x"], trace["y"], strict=True)) == pytest.approx(np.array(minima))
    expect(page.tab.locator("#graph-map [class*='map-minima'] path.point")).to_have_count(len(minima))


def test_the_handle_is_dragged(page: Explorer) -> None:
    page.open()
    handle = page.tab.locator("#start-handle")
    x, y = middle(handle)
    with page.dragged(x, y):
        seen = []
        for step in range(1, 5):
            with page.change():
                page.tab.mouse.move(x + 9 * step, y + 7 * step)
            seen.append(page.line("map-path-0")[1])
    page.committed()
    assert len(set(map(tuple, seen))) == 4, "the path moves before the pointer is released"
    assert middle(handle) == pytest.approx((x + 36, y + 28), abs=1)
    wanted = page.point(x + 36, y + 28)
    assert page.state.begin == pytest.approx(wanted, abs=0.01)


def test_the_handle_is_moved_by_keys(page: Explorer) -> None:
    page.open()
    (x0, x1), (y0, y1) = page.state.landscape.domain
    x, y = page.state.begin
    handle = page.tab.locator("#start-handle")
    for name in ("ArrowRight", "Shift+ArrowDown"):
        with page.change():
            handle.press(name)
    assert page.state.begin == pytest.approx((x + (x1 - x0) / 200, y - (y1 - y0) / 20), abs=0.01)
    assert page.js("downslope.playhead.at_end()"), "the arrows belong to the handle"


def test_the_start_is_typed(page: Explorer) -> None:
    page.open()
    page.type("start.x", "1.25")
    page.type("start.y", "-1")
    assert page.query == "?start=1.25,-1"
    assert page.trace("map-path-1")["x"][0] == 1.25
    page.type("start.y", "1000")
    expect(page.error("start.y")).to_contain_text("must be a number from")
    assert page.query == "?start=1.25,-1"


def test_arrows_downhill(page: Explorer) -> None:
    page.open()
    page.select("view.arrows", "−∇f")
    arrows = page.trace("map-arrows")
    x, y, u, v = (np.array(arrows[name]) for name in "xyuv")
    slope = page.state.landscape.grad(np.stack([x, y]))
    assert len(x) > 100
    assert np.all(u * slope[0] + v * slope[1] <= 0)
    page.select("view.arrows", "no arrows")
    assert page.js("downslope.graphs.map.gd.data.every(({ uid }) => uid !== 'map-arrows')")


def test_pointing_reads_the_loss_and_its_gradient(page: Explorer) -> None:
    page.open("?f=rosenbrock")
    pixel = page.place(0.5, 1.4)
    point = np.array(page.point(*pixel))
    page.tab.mouse.move(*pixel)
    readout = page.tab.locator("#readout")
    expect(readout).to_contain_text("∇f")
    read = [float(text.replace("−", "-")) for text in re.findall(r"[−\d][\d.e+−]*", readout.inner_text())]
    surface = page.state.landscape
    assert read == pytest.approx([*point, float(surface.loss(point)), *surface.grad(point)], rel=1e-3)
    assert page.point(*pixel) == pytest.approx(point), "the map stays where it is"


def test_a_zoomed_map_stays_zoomed(page: Explorer) -> None:
    page.open()
    seen = zoomed(page)
    page.press("master.lr", "ArrowRight")
    page.choose("add", "Lion")
    page.settled()
    assert page.axis("map", "xaxis")["range"] == seen


def test_a_zoomed_panel_stays_zoomed(page: Explorer) -> None:
    page.open()
    seen = zoomed(page, "rms", "yaxis")
    page.press("master.lr", "ArrowLeft")
    page.settled()
    assert page.axis("rms", "yaxis")["range"] == seen


def test_the_third_panel_shows_what_is_chosen(page: Explorer) -> None:
    page.open()
    assert page.axis("third", "yaxis")["type"] == "log"
    page.choose("view.panel", METRICS["step"].label)
    assert page.state.view.panel == "step"
    assert page.shown("view.panel", "choice") == "step"
    path = page.trace("map-path-0")
    moved = np.hypot(np.diff(path["x"]), np.diff(path["y"]))
    assert page.trace("third-path-0-")["y"] == pytest.approx(moved, rel=1e-3, abs=1e-5)


def test_log_and_linear(page: Explorer) -> None:
    page.open()
    for key, graph in (("lr_axis", "lr"), ("rms_axis", "rms"), ("panel_axis", "third")):
        page.select(f"view.{key}", "lin")
        assert page.axis(graph, "yaxis")["type"] == "linear"
        assert f"{key}=linear" in page.query
        page.select(f"view.{key}", "log")
        assert page.axis(graph, "yaxis")["type"] == "log"


def test_pointing_at_a_run_sets_the_others_back(page: Explorer) -> None:
    page.open("?run=sgd~lr=0.02&run=adam~lr=0.3")
    page.act("open.2")
    ink = """([slot, i]) => {
        const { lines, canvas } = downslope.graphs.lr, ratio = devicePixelRatio;
        const { xs, ys } = lines.find(({ meta }) => meta.slot === slot);
        return [...canvas.getContext("2d").getImageData(xs[i] * ratio, ys[i] * ratio, 1, 1).data][3];
    }"""
    page.tab.locator("header h1").hover()
    full = page.js(ink, [0, 50])
    for elsewhere in (page.tab.locator("header h1"), page.slider("run.1.beta1")):  # who changes a run compares it
        page.tab.locator(".run-title[data-slot='2']").hover()
        assert page.js(ink, [0, 50]) < full / 2
        elsewhere.hover()
        assert page.js(ink, [0, 50]) == full


# --- the wheel, the double click, and where a run is pointed at ------------------------------------------------------

RANGES = """() => Object.values(downslope.graphs).map(({ gd: { _fullLayout: { xaxis, yaxis, scene } } }) =>
    JSON.stringify([xaxis?.range, yaxis?.range, scene?._scene.getCamera()]))"""


@pytest.mark.parametrize("kind", CHOICES["map"])
def test_the_wheel_scrolls_the_page_over_every_graph(page: Explorer, kind: str) -> None:
    page.open(f"?map={kind}")
    page.settled()
    before = page.js(RANGES)
    for graph in ("map", *PANELS):
        page.tab.locator(f"#graph-{graph}").scroll_into_view_if_needed()
        page.js("scrollTo(0, 0)")
        box = page.tab.locator(f"#graph-{graph}").bounding_box()
        page.tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + min(box["height"], 700 - box["y"]) / 2)
        page.tab.mouse.wheel(0, 120)
        page.until("scrollY > 0")
        page.js("scrollTo(0, 0)")
    page.settled()
    assert page.js(RANGES) == before, "and nothing zooms"


def test_with_ctrl_the_wheel_zooms_and_x_stays_as_long_as_y(page: Explorer) -> None:
    page.open()
    ratio = "(({ xaxis, yaxis }) => xaxis._m / yaxis._m)(downslope.graphs.map.gd._fullLayout)"
    before = page.js(ratio)
    zoomed(page)
    assert page.js(ratio) == pytest.approx(before, rel=1e-3)
    assert page.js("[scrollY, visualViewport.scale]") == [0, 1]


def test_a_double_click_shows_all_and_leaves_the_start_where_it_was(new_page: Explorer) -> None:
    page = new_page
    page.open("?start=-1,1")
    whole = page.axis("map", "xaxis")["range"]
    entries = page.js("history.length")
    for zoom in (True, False):
        if zoom:
            zoomed(page)
        page.tab.mouse.dblclick(*page.place(0.5, -0.3))
        page.until("!downslope.graphs.map.zoomed")
        page.committed()
        page.settled()
        assert page.axis("map", "xaxis")["range"] == pytest.approx(whole)
        assert page.query == "?start=-1,1"
        assert page.js("history.length") == entries, "nothing is left to go back to"
    page.tab.mouse.click(*page.place(0.5, -0.3))
    page.until("location.search !== '?start=-1,1'")
    page.committed()
    assert page.js("history.length") == entries + 1, "one click is a change"


HEAR_POINTING = "downslope.modules.$screen_graphs.pointed.listen((slot) => (window.pointed_at = slot))"


def test_a_run_is_pointed_at_along_its_whole_line_and_on_its_name(page: Explorer) -> None:
    page.open("?f=valley&run=sgd~lr=0.049&start=-2,1")
    page.settled()
    pointed = """([graph, x, y]) => {
        const box = downslope.graphs[graph].gd.getBoundingClientRect();
        return { clientX: box.x + x, clientY: box.y + y };
    }"""
    page.js(HEAR_POINTING)
    tried = 0
    for graph in ("map", *PANELS):
        places = page.js(
            """(graph) => {
                const { lines, names } = downslope.graphs[graph];
                const middles = lines.flatMap(({ xs, ys, box }) => Array.from(xs, (x, i) => i &&
                    [(x + xs[i - 1]) / 2, (ys[i] + ys[i - 1]) / 2, Math.hypot(x - xs[i - 1], ys[i] - ys[i - 1])])
                    .filter((one) => one && one[2] > 24 && one[0] > box.x && one[0] < box.x + box.width &&
                        one[1] > box.y && one[1] < box.y + box.height));
                return [...middles.slice(0, 4), ...names.map(({ left, middle, width }) => [left + width / 2, middle])];
            }""",
            graph,
        )
        for x, y, *_ in places:
            at = page.js(pointed, [graph, x, y])
            page.tab.mouse.move(5, 5)
            page.tab.mouse.move(at["clientX"], at["clientY"])
            assert page.js("window.pointed_at") == 0, (graph, x, y)
            tried += 1
    assert tried >= 8


@pytest.mark.parametrize("graph", ["map", "rms"])
def test_what_is_said_of_a_point_lies_above_the_lines(page: Explorer, graph: str) -> None:
    page.open()
    page.settled()
    follows = "one.compareDocumentPosition(hover) & Node.DOCUMENT_POSITION_FOLLOWING && !one.contains(hover)"
    assert page.js(
        f"""(graph) => {{
            const {{ gd, canvas: one }} = downslope.graphs[graph];
            const hover = gd.querySelector(".hoverlayer");
            const level = (part) => getComputedStyle(part).zIndex;
            return Boolean({follows}) && level(one) === "auto" && level(hover.closest("svg")) === "auto";
        }}""",
        graph,
    )
