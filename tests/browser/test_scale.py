"""One unit of x is as long as one unit of y, in a window of any shape; and there is ground wherever one looks."""

from itertools import pairwise

import numpy as np
import pytest

from .explorer import PATIENCE, Explorer

WINDOWS = {"desk": (1440, 900), "projector": (1024, 768), "phone": (390, 844), "tablet": (820, 1180)}
EIGHT = "&".join(f"run={slug}" for slug in ("sgd", "momentum", "adam", "adagrad", "rmsprop", "lion", "yogi", "nadam"))
PAGES = {
    "round": "?f=bowl",
    "long": "?f=valley",
    "flat": "?f=six-hump-camel",
    "upright": "?f=mccormick",
    "presented": "?f=beale&present=on",
    "one beside none": "?f=bowl&map=side&run=sgd",
    "three side by side": "?map=side",
    "eight side by side": f"?f=himmelblau&map=side&{EIGHT}",
}
SEEN = """() => {
    const { gd, ground } = downslope.graphs.map, full = gd._fullLayout;
    const { x0, dx, y0, dy, z } = ground["map-ground"];
    const said = full.annotations.find(({ name }) => name === "ratio");
    return {
        scales: ["xaxis", "yaxis"].map((name) => full[name]._length / (full[name].range[1] - full[name].range[0])),
        ranges: [[...full.xaxis.range], [...full.yaxis.range]],
        ground: [[x0, x0 + dx * (z[0].length - 1)], [y0, y0 + dy * (z.length - 1)]],
        said: said.visible ? said.text : "",
        size: [gd.clientWidth, gd.clientHeight, full.width, full.height],
    };
}"""
COVERED = f"""(() => {{
    const {{ ground, ranges }} = ({SEEN})();
    return ranges.every(([low, high], i) => ground[i][0] <= low + 1e-6 && ground[i][1] >= high - 1e-6);
}})()"""


def quiet(page: Explorer) -> dict:
    """What is seen once nothing moves and all of it is ground."""
    page.settled()
    page.until(f"downslope.settled() && {COVERED}", PATIENCE)
    return page.js(SEEN)


def is_true(seen: dict) -> bool:
    """Whether the scales are equal, or their ratio is said."""
    x, y = seen["scales"]
    if not seen["said"]:
        return abs(x / y - 1) < 0.01
    axis, ratio = seen["said"][0], float(seen["said"].rpartition(":")[2])
    return ratio > 1.005 and {"x": y / x, "y": x / y}[axis] == pytest.approx(ratio, rel=0.06)


@pytest.mark.parametrize("window", WINDOWS)
def test_one_unit_is_as_long_both_ways(page: Explorer, window: str) -> None:
    width, height = WINDOWS[window]
    page.tab.set_viewport_size({"width": width, "height": height})
    for name, query in PAGES.items():
        page.open(query)
        seen = quiet(page)
        assert is_true(seen), (name, seen)
        (x0, x1), (y0, y1) = page.state.landscape.domain
        (left, right), (low, high) = seen["ranges"]
        assert left <= x0 + 1e-6 and right >= x1 - 1e-6 and low <= y0 + 1e-6 and high >= y1 - 1e-6, "all of it is there"
        assert right - left <= 2.5001 * (x1 - x0) and high - low <= 2.5001 * (y1 - y0)


def test_where_the_room_is_too_small_the_map_says_at_which_ratio(page: Explorer) -> None:
    page.tab.set_viewport_size({"width": 1024, "height": 1900})
    page.open("?f=six-hump-camel")
    seen = quiet(page)
    assert seen["said"].startswith("x drawn at 1:") and is_true(seen)


def test_another_shape_of_the_window_fits_again(page: Explorer) -> None:
    page.open("?f=bowl")
    for width, height in ((390, 844), (844, 390), (1440, 900), (820, 1180)):
        page.tab.set_viewport_size({"width": width, "height": height})
        page.until("(({ clientWidth: w }, { width: v }) => Math.abs(w - v) < 1)"
                   "(downslope.graphs.map.gd, downslope.graphs.map.gd._fullLayout)")  # fmt: skip
        seen = quiet(page)
        assert is_true(seen) and not seen["said"], (width, height, seen)


@pytest.mark.parametrize("query", ["?f=rosenbrock", "?map=side"])
def test_there_is_ground_wherever_one_looks(page: Explorer, query: str) -> None:
    page.open(query)
    whole = quiet(page)["ranges"]
    box = page.tab.locator("#graph-map").bounding_box()
    page.tab.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    for _ in range(4):  # one by one: a browser makes one event of two that wait, and one is one step, however long
        edge = page.js(SEEN)["ranges"][0][1]
        page.tab.keyboard.down("Control")
        page.tab.mouse.wheel(0, 400)
        page.tab.keyboard.up("Control")
        page.until(f"({SEEN})().ranges[0][1] > {edge}")
    page.until(f"({SEEN})().ranges[0][1] > {whole[0][1]} + 1")
    seen = quiet(page)
    assert is_true(seen) and not seen["said"]
    with page.dragged(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3):
        page.tab.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.8, steps=5)
    page.until(f"({SEEN})().ranges[0][1] < {seen['ranges'][0][1]}")
    panned = quiet(page)
    assert is_true(panned)
    assert np.ptp(panned["ranges"][0]) == pytest.approx(np.ptp(seen["ranges"][0]), rel=1e-3)


def test_arrows_stand_at_right_angles_to_the_level_lines_on_the_screen(page: Explorer) -> None:
    page.open("?f=beale&arrows=on")
    seen = quiet(page)
    arrows = page.trace("map-arrows")
    x, y, u, v = (np.array(arrows[name]) for name in "xyuv")
    slope = page.state.landscape.grad(np.stack([x, y]))
    along = np.array([-slope[1], slope[0]]) * np.array(seen["scales"])[:, None]  # of a level line, in px
    arrow = np.array([u, v]) * np.array(seen["scales"])[:, None]
    cosine = (arrow * along).sum(axis=0) / np.hypot(*arrow) / np.hypot(*along)
    assert len(x) > 100 and np.abs(cosine).max() < 0.02
    lengths = np.hypot(*arrow)
    assert lengths.max() < 1.02 * lengths.min()


def test_a_start_may_stand_outside_the_domain(page: Explorer) -> None:
    page.open()
    page.type("start.y", "3")
    assert page.state.begin[1] == 3
    page.type("start.y", "5")
    assert "-4.25 to 4.25" in page.error("start.y").inner_text()


TURNED = """async () => {
    const { graphs, modules: { $screen_plotly: { arrived } } } = downslope, { gd } = graphs.map;
    const seen = () => gd._fullLayout.xaxis.range[1];
    const plot = gd.querySelector(".nsewdrag"), { x, y, width, height } = plot.getBoundingClientRect();
    const at = { clientX: x + width / 2, clientY: y + height / 2 };
    const edges = [seen()];
    for (let i = 0; i < 3; i += 1) {
        plot.dispatchEvent(new WheelEvent("wheel", { deltaY: 400, ctrlKey: true, bubbles: true, cancelable: true, ...at }));
        graphs.map.dirty = true;
        arrived.tell(); // the canvas hands over to Plotly
        edges.push(seen());
        await new Promise((done) => setTimeout(done, 10));
    }
    return edges;
}"""


def test_a_turn_of_the_wheel_stays_whatever_plotly_is_told_meanwhile(page: Explorer) -> None:
    page.open("?f=rosenbrock")
    quiet(page)
    edges = page.js(TURNED)
    assert all(after > 1.05 * before for before, after in pairwise(edges)), edges
    assert quiet(page)["ranges"][0][1] == pytest.approx(edges[-1])
