"""The first view is there before Plotly: drawn by the painter as Plotly will draw it, and what is done to it is kept."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Route

from app.screen import theme

from .explorer import DESKTOP, PHONE, Explorer, middle

VISIBLE = 24  # of 255, in one colour
WIDE = 4  # px around a text that belong to it


def seen(page: Explorer) -> np.ndarray:
    page.js("document.getElementById('welcome').hidden = true")
    page.tab.mouse.move(0, 0)
    page.told()
    return np.asarray(Image.open(io.BytesIO(page.tab.screenshot())).convert("RGB")).astype(int)


def boxes(page: Explorer, selector: str) -> list[list[int]]:
    return page.js(
        """(selector) => [...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect())
        .map(({ left, top, right, bottom }) => [left, top, right, bottom].map(Math.round))""",
        selector,
    )


VIEWS = (
    "",
    "?f=rosenbrock&map=side",
    "?f=ackley&present=on",
    "?f=rastrigin&arrows=on&theme=dark",
    "?f=rosenbrock&run=sgd~lr=0.001&panel_axis=linear&lr_axis=linear&rms_axis=linear&t=30",
    "?f=styblinski-tang&steps=5000",
    "?f=saddle&run=sgd~lr=0.4",
    "?f=factorization~rotate=45&theme=dark",
)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("query", VIEWS)
def test_plotly_takes_over_unseen(page: Explorer, query: str, size: dict[str, int]) -> None:
    """Outside the texts at most one pixel in a hundred looks different, in every graph."""
    page.tab.set_viewport_size(size)
    with page.without_plotly(query) as let_go:
        before = seen(page)
        let_go()
        after = seen(page)
    differs = np.abs(before - after).max(axis=-1) > VISIBLE
    for left, top, right, bottom in boxes(page, ".graph text"):
        differs[max(top - WIDE, 0) : bottom + WIDE, max(left - WIDE, 0) : right + WIDE] = False
    shown = 0
    for left, top, right, bottom in boxes(page, ".graph"):
        area = differs[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
        if area.size:
            shown += 1
            assert area.mean() <= 0.01
    assert shown >= (1 if size is PHONE else 4)


@pytest.mark.parametrize("query", ["?f=factorization", "?f=factorization~stretch=2&map=side&theme=dark"])
def test_a_curve_of_minima_is_the_same_line_before_and_after(page: Explorer, query: str) -> None:
    with page.without_plotly(query) as let_go:
        before = seen(page)
        let_go()
        after = seen(page)
    gold = [int(theme.GOLD[place : place + 2], 16) for place in (1, 3, 5)]
    drawn, later = (np.abs(shown - gold).max(axis=-1) <= VISIBLE for shown in (before, after))
    assert min(drawn.sum(), later.sum()) > 300
    for one, other in ((drawn, later), (later, drawn)):
        beside = [np.roll(other, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1)]
        assert (one & ~np.any(beside, axis=0)).sum() <= 0.03 * one.sum(), "a dash is where it was, to the pixel"


LABELS = """() => ["map", "lr", "rms", "third"].map((name) => {
    const graph = downslope.graphs[name], full = graph.full(), { ticks } = downslope.modules.$screen_axes;
    return ["xaxis", "yaxis"].map((axis) => ticks(full[axis]).map(([, [text, exponent]]) => text + exponent));
})"""
THEIRS = """() => ["map", "lr", "rms", "third"].map((name) => ["x", "y"].map((axis) =>
    [...document.querySelectorAll(`#graph-${name} .${axis}tick text`)].map((one) => one.textContent.replaceAll("\\u200b", ""))))"""


@pytest.mark.parametrize("query", [*VIEWS, "?f=rosenbrock&rms_axis=linear&panel_axis=linear&run=sgd~lr=0.1&steps=8"])
def test_ticks_are_plotlys(page: Explorer, query: str) -> None:
    page.open(query)
    if "side" not in query:
        assert page.js(LABELS) == page.js(THEIRS)
    else:
        assert page.js(LABELS)[1:] == page.js(THEIRS)[1:]


def test_it_is_drawn_and_plays_without_all_that_comes_later(page: Explorer) -> None:
    """The first view needs two of its own files, its style and one module: React, Dash, Plotly and the rest may wait."""
    waiting: list[Route] = []
    page.tab.route(re.compile(r"/_dash|later[.]mjs|plotly[.]min[.]js|/channel$"), lambda route: waiting.append(route))
    page.tab.goto(page.url, wait_until="commit")
    page.until("document.querySelectorAll('canvas.overlay').length === 4")
    page.tab.evaluate(
        """async () => {
            const modules = await import(document.querySelector("script[src*='main.mjs']").src);
            window.downslope = { graphs: modules.$screen_graphs.graphs, playhead: modules.$screen_playhead.playhead };
        }"""
    )
    assert page.js("downslope.graphs.map.lines.length") == 3 and page.js("Boolean(downslope.graphs.map.backdrop)")
    assert page.tab.locator(".question").inner_text() and not page.tab.locator(".run").count()
    page.tab.keyboard.press("Home")
    page.tab.keyboard.press("Space")
    page.until("downslope.playhead.playing() && downslope.playhead.frames > 5")
    page.tab.keyboard.press("Space")
    page.tab.evaluate("delete window.downslope")
    for route in waiting:
        route.continue_()
    page.tab.unroute_all()
    page.drawn()


def test_it_plays_without_plotly(page: Explorer) -> None:
    with page.without_plotly() as let_go:
        page.tab.keyboard.press("Home")
        page.tab.keyboard.press("Space")
        page.until("downslope.playhead.playing() && downslope.playhead.frames > 5")
        assert not page.js("Boolean(window.Plotly)")
        page.tab.keyboard.press("Space")
        page.until("!downslope.playhead.playing()")
        let_go()
        assert page.js("Boolean(window.Plotly)")


def test_a_slider_and_a_click_on_the_map_work_without_plotly(page: Explorer) -> None:
    with page.without_plotly() as let_go:
        with page.change():
            page.slider("master.lr").press("ArrowRight")
        box = page.tab.locator("#graph-map").bounding_box()
        with page.change():
            page.tab.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.3 * box["height"])
        start = page.js("downslope.graphs.map.start")
        point = page.js(
            "([x, y]) => downslope.graphs.map.plane().to_values([x, y])", [0.6 * box["width"], 0.3 * box["height"]]
        )
        assert start == pytest.approx(point, abs=0.03)
        let_go()
        assert page.js("downslope.graphs.map.start") == start


def test_a_drag_the_wheel_and_the_pointer_are_kept(page: Explorer) -> None:
    with page.without_plotly() as let_go:
        x, y = middle(page.tab.locator("#graph-map"))
        before = page.js("downslope.graphs.map.full().xaxis.range")
        page.tab.mouse.move(x, y + 60)
        page.tab.mouse.down()
        page.tab.mouse.move(x - 80, y + 60, steps=4)
        page.tab.mouse.up()
        assert page.js("downslope.graphs.map.full().xaxis.range") == before
        panel = page.tab.locator("#graph-third").bounding_box()
        page.tab.mouse.move(panel["x"] + 100, panel["y"] + 40)
        page.tab.keyboard.down("Control")
        page.tab.mouse.wheel(0, -200)
        page.tab.keyboard.up("Control")
        steps = page.js("downslope.graphs.third.full().xaxis.range")
        let_go()
        page.until(f"downslope.graphs.map.full().xaxis.range[0] > {before[0]} + 0.1")
        page.until(f"downslope.graphs.third.full().xaxis.range[1] < {steps[1]}")


def test_a_drag_that_ends_elsewhere_is_over(page: Explorer) -> None:
    with page.without_plotly() as let_go:
        x, y = middle(page.tab.locator("#graph-map"))
        page.tab.mouse.move(x, y + 60)
        page.tab.mouse.down()
        page.tab.mouse.move(x, 20, steps=4)
        page.tab.mouse.up()
        let_go()
        page.tab.mouse.move(x, y)
        page.told()
        ranges = page.js("downslope.graphs.map.full().yaxis.range")
        page.tab.mouse.move(x + 50, y + 80, steps=4)
        page.told()
        assert page.js("downslope.graphs.map.full().yaxis.range") == ranges


def test_a_picture_that_is_asked_for_early_is_made(page: Explorer) -> None:
    waiting: list[Route] = []
    page.tab.route("**/later.mjs", lambda route: waiting.append(route))
    page.tab.goto(page.url, wait_until="commit")
    page.painted()
    page.tab.locator(".export summary").click()
    with page.tab.expect_download() as download:
        page.tab.locator("[data-picture='map svg']").click()
        waiting[0].continue_()
    assert download.value.suggested_filename == "downslope-map.svg"
    page.drawn()


@pytest.mark.parametrize("file", ["plotly.min.js", "later.mjs", "react-dom", "dash_renderer"])
def test_what_does_not_come_is_asked_for_again(page: Explorer, file: str) -> None:
    page.allowed = (*page.allowed, "Failed to load resource")
    failed: list[Route] = []

    def fail(route: Route) -> None:
        if len(failed) == 2:
            route.continue_()
        else:
            failed.append(route)
            route.fulfill(status=503)

    page.tab.route(re.compile(file.replace(".", "[.]")), fail)
    page.open()
    page.until("document.querySelector('#details table')")
    assert len(failed) == 2 and page.js("Boolean(window.Plotly)")


def test_a_surface_that_is_moved_is_painted_at_once(page: Explorer) -> None:
    """While the shape slider is held the canvas shows the ground, and Plotly follows when all is quiet."""
    page.open("?f=valley")
    slider = page.slider("surface.kappa")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.tab.mouse.move(*middle(slider))
    page.tab.mouse.down()
    page.tab.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2, steps=5)
    page.until("downslope.graphs.map.ahead && downslope.graphs.map.backdrop")
    page.tab.mouse.up()
    page.settled()
    assert page.js("[downslope.graphs.map.ahead, downslope.graphs.map.backdrop]") == [False, None]
