"""The surface in space: what stands on it is painted where Plotly's camera sees it, and never sinks into it."""

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from app.page.labels import labels
from app.screen import theme
from landscapes import LANDSCAPES

from .explorer import Explorer, middle

VALLEY = "?map=surface&run=sgd~lr=0.04&run=adam~lr=0.2&run=rmsprop~lr=0.05"
PAINTED = """() => {
    const { $screen_pen: { SvgPen }, $screen_painter: { paint_with } } = downslope.modules;
    const pen = new SvgPen();
    paint_with(pen, downslope.graphs.map, downslope.graphs.map.view());
    const solid = /fill="(#\\w+)" transform="translate\\(([-\\d.]+),([-\\d.]+)\\)scale\\([^"]*" *\\/>/g;
    return [...pen.svg.matchAll(solid)].map(([, ink, x, y]) => [ink, Number(x), Number(y)]);
}"""
VALLEYS = """() => downslope.graphs.map.valleys.map(({ xs, ys, trace: { line } }) => ({
    xs: Array.from(xs, (x) => (Number.isFinite(x) ? x : null)), ys: Array.from(ys, (y) => (Number.isFinite(y) ? y : null)),
    color: line.color, dash: line.dash,
}))"""
ALONG = """() => ["x", "y"].map((axis) =>
    Array.from(downslope.graphs.map.ground["map-along"][axis], (value) => (Number.isFinite(value) ? value : null)))"""
WRITTEN = """() => {
    const { prototype } = CanvasRenderingContext2D;
    const { fillText } = prototype;
    window.written = new Set();
    prototype.fillText = function (text, ...rest) {
        window.written.add(text);
        return fillText.call(this, text, ...rest);
    };
}"""
EYE = """() => {
    const { gd, lines, ground } = downslope.graphs.map;
    const { scene } = gd._fullLayout;
    const { projection, view, model } = scene._scene.glplot.cameraParams;
    const { width, height } = scene._scene.glplot;
    const { x, y, z } = ground["map-ground"];
    const plain = (values) => Array.from(values, (value) => (Number.isFinite(value) ? value : null));
    return {
        matrices: [projection, view, model].map((one) => [...one]), scale: scene._scene.dataScale,
        size: [gd.clientWidth, gd.clientHeight], top: scene.zaxis.range[1],
        ground: { x: [...x], y: [...y], z: z.map((row) => [...row]) },
        lines: lines.map(({ xs, ys, trace }) => ({ slot: trace.meta.slot, xs: plain(xs), ys: plain(ys) })),
        paths: lines.map(({ trace }) => downslope.graphs.map.traces[trace.uid]).map(({ x, y }) => [plain(x), plain(y)]),
    };
}"""


def open_space(page: Explorer, query: str) -> None:
    page.open(query)
    page.until("downslope.graphs.map.lines.length > 0")
    page.settled()


def projected(eye: dict[str, Any], x: Any, y: Any, z: Any) -> np.ndarray:
    """The pixels (n, 2) of points, by Plotly's camera."""
    projection, view, model = (np.reshape(one, (4, 4)).T for one in eye["matrices"])
    scaled = np.array([x, y, z], float) * np.array(eye["scale"])[:, None]
    clip = projection @ view @ model @ np.vstack([scaled, np.ones(scaled.shape[1])])
    width, height = eye["size"]
    return np.stack([(1 + clip[0] / clip[3]) * width / 2, (1 - clip[1] / clip[3]) * height / 2], axis=1)


def drawn_height(ground: dict[str, Any], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The drawn surface: the higher of the two ways to cut a cell into triangles; NaN beside it."""
    xs, ys, z = (np.array(ground[name]) for name in "xyz")
    across, up = ((at - grid[0]) / (grid[-1] - grid[0]) * (len(grid) - 1) for at, grid in ((x, xs), (y, ys)))
    beside = ~((across >= 0) & (across <= len(xs) - 1) & (up >= 0) & (up <= len(ys) - 1))
    i = np.nan_to_num(across).clip(0, len(xs) - 2).astype(int)
    j = np.nan_to_num(up).clip(0, len(ys) - 2).astype(int)
    u, v = across - i, up - j
    a, b, c, d = z[j, i], z[j, i + 1], z[j + 1, i], z[j + 1, i + 1]
    one = np.where(u >= v, a + (b - a) * u + (d - b) * v, a + (d - c) * u + (c - a) * v)
    two = np.where(u + v <= 1, a + (b - a) * u + (c - a) * v, d + (c - d) * (1 - u) + (b - d) * (1 - v))
    return np.where(beside, np.nan, np.maximum(one, two))


def test_the_camera_keeps_its_word(page: Explorer) -> None:
    """Where Plotly hangs a note of its own on a point of space, there is the point."""
    open_space(page, VALLEY)
    found = page.js(
        """async () => {
            const { gd, ground } = downslope.graphs.map;
            const { scene } = gd._fullLayout;
            const points = [[-3, -1.5, 1], [1, 0.5, 20], [2, 1, 5]].map(([x, y, z]) => ({ x, y, z, text: "here" }));
            await Plotly.relayout(gd, { "scene.annotations": points });
            await new Promise((done) => setTimeout(done, 300));
            return scene._scene.fullSceneLayout.annotations.map(({ x, y, z, _xa, _ya }) =>
                [x, y, z, _xa._offset + _xa.l2p(), _ya._offset + _ya.l2p()]);
        }"""
    )
    x, y, z, *pixels = np.transpose(found)
    assert projected(page.js(EYE), x, y, z) == pytest.approx(np.transpose(pixels), abs=0.6)


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_what_stands_on_the_surface_is_seen_where_it_is(page: Explorer, slug: str) -> None:
    """By either height and in either light; software draws a small window sooner."""
    page.tab.set_viewport_size({"width": 900, "height": 640})
    open_space(page, f"?f={slug}&map=surface&height=log&t=7")
    nothing_sinks(page)
    if page.control("choice", "view.height").get_by_role("radio").first.is_enabled():
        page.select("view.height", "loss")
        page.settled()
        nothing_sinks(page)
    minima_and_heads_are_seen(page, "light")
    with page.change():
        page.tab.emulate_media(color_scheme="dark")
    page.settled()
    minima_and_heads_are_seen(page, "dark")


def nothing_sinks(page: Explorer) -> None:
    """Each step is painted on the drawn surface as the camera sees it, or nowhere: beside the map, above the cut."""
    eye = page.js(EYE)
    assert len(eye["lines"]) == len(page.state.runs)
    for line, path in zip(eye["lines"], eye["paths"], strict=True):
        x, y = np.array(path, float)
        z = drawn_height(eye["ground"], x, y)
        with np.errstate(invalid="ignore"):
            shown = z <= eye["top"]
        painted = np.array([line["xs"], line["ys"]], float).T
        assert np.isfinite(painted[shown]).all() and np.isnan(painted[np.isnan(z)]).all()
        assert painted[shown] == pytest.approx(projected(eye, x[shown], y[shown], z[shown]), abs=2.5)


def minima_and_heads_are_seen(page: Explorer, mode: str) -> None:
    eye, surface = page.js(EYE), page.state.landscape
    x, y = np.reshape(surface.minima, (-1, 2)).T
    wanted = [(theme.GOLD, place) for place in projected(eye, x, y, drawn_height(eye["ground"], x, y))]
    for line in eye["lines"]:
        at = min(7, len(line["xs"]) - 1)
        if line["xs"][at] is not None:
            wanted.append((theme.COLOURS[mode][line["slot"]], (line["xs"][at], line["ys"][at])))
    drawn = page.js(PAINTED)
    for colour, place in wanted:
        assert any(ink == colour and near == pytest.approx(place, abs=2) for ink, *near in drawn), colour


def test_a_curve_of_minima_lies_on_the_surface_and_nothing_hides_it(page: Explorer) -> None:
    open_space(page, "?f=factorization&map=surface")
    (line,) = page.js(VALLEYS)
    eye = page.js(EYE)
    x, y = np.array(page.js(ALONG), float)
    z = drawn_height(eye["ground"], x, y)
    painted = np.array([line["xs"], line["ys"]], float).T
    shown = np.isfinite(z) & (z <= eye["top"])
    assert shown.sum() > 100 and painted[shown] == pytest.approx(projected(eye, x[shown], y[shown], z[shown]), abs=2.5)
    assert line["color"] == theme.GOLD and len(line["dash"].split(",")) == 2


def test_heads_keep_their_names_while_it_plays_and_turns(page: Explorer) -> None:
    open_space(page, f"{VALLEY}&t=10")
    page.js(WRITTEN)
    names = {*labels(page.state.runs)} | {"start"}

    def written() -> set[str]:
        page.js("window.written.clear()")
        page.tab.wait_for_timeout(60)
        page.js("downslope.graphs.map.repaint()")
        return set(page.js("[...window.written]"))

    page.tab.keyboard.press("Space")
    page.until("downslope.playhead.playing() && downslope.playhead.step() > 14")
    assert names <= written()
    before = page.js("downslope.graphs.map.lines[0].xs[0]")
    x, y = middle(page.tab.locator("#graph-map"))
    with page.dragged(x, y):
        page.tab.mouse.move(x + 90, y + 20, steps=6)
    page.until(f"downslope.graphs.map.lines[0].xs[0] !== {before}")
    assert names <= written()
    page.tab.keyboard.press("Home")
    page.until("downslope.playhead.step() === 0")
    assert names <= written()
    assert page.complaints == []


def test_a_slider_moves_the_paths_at_once(page: Explorer) -> None:
    open_space(page, VALLEY)
    before = page.line("map-path-1")
    x, y = middle(page.slider("master.lr"))
    with page.dragged(x, y):
        with page.change():
            page.tab.mouse.move(x + 25, y, steps=3)
        assert page.line("map-path-1") != before


def test_what_the_hill_hides_is_faint(page: Explorer) -> None:
    """Each place between two steps is in front of the surface or behind it."""
    open_space(page, "?f=himmelblau&map=surface")
    front, back = page.js(
        """() => ["front", "back"].map((part) => downslope.graphs.map.lines.map((line) =>
            line[part].xs.filter(Number.isFinite).length).reduce((sum, one) => sum + one))"""
    )
    assert front > 50 and back > 5


def test_the_height_can_be_a_logarithm(page: Explorer) -> None:
    title = "downslope.graphs.map.gd._fullLayout.scene.zaxis.title.text"
    page.open("?f=bowl")
    switch = page.control("choice", "view.height")
    expect(switch).to_be_hidden()
    page.select("view.map", "Surface")
    expect(switch).to_be_visible()
    page.settled()
    assert page.js(title) == "loss, cut above 4.8"
    page.select("view.height", "log height")
    page.settled()
    assert "height=log" in page.query and page.js(title) == "log₁₀(loss − minimum)"
    page.select("view.height", "loss")
    page.settled()
    assert "height" not in page.query and "loss" in page.js(title)


def test_a_surface_without_a_logarithm_says_so(page: Explorer) -> None:
    page.open("?f=saddle&map=surface&height=log")
    radios = page.control("choice", "view.height").get_by_role("radio")
    expect(radios.first).to_be_disabled()
    assert "logarithm" in page.tab.locator("[data-key='view.height']").get_attribute("title")
