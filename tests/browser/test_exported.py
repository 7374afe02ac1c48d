"""The exported file plays from the disk alone: without a server, without a network, without a word in the console."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from app.export import html as exported
from app.notebook import compare
from app.page.state import State
from landscapes import Rosenbrock
from optim_core import Adam

from .explorer import DESKTOP, Explorer

NASTY = "%3C/script%3E%3Cb%3E=%22'😀"
FULL = "&".join(
    f"run={slug}" for slug in ("sgd~lr=5", "momentum", "adam", "adagrad", "rmsprop", "lion", "yogi", "nadam")
)
Open = Callable[..., Explorer]
STEP = "Number(document.querySelector('#scrubber input').value)"
PLAYING = "document.documentElement.classList.contains('playing')"
DRAWN = """
    document.querySelectorAll(".graph").length === 4
    && [...document.querySelectorAll(".graph")].every((gd) => gd.data && gd.querySelector("canvas.overlay"))
"""
FITS = """() => {
    const gd = document.getElementById("graph-map"), { xaxis, yaxis, width } = gd._fullLayout;
    const { x0, dx, y0, dy, z } = gd.data.find(({ uid }) => uid === "map-ground");
    const covers = (from, by, n, [low, high]) => from <= low + 1e-6 && from + by * (n - 1) >= high - 1e-6;
    const [x, y] = [xaxis, yaxis].map(({ _length, range: [low, high] }) => _length / (high - low));
    return Math.abs(width - gd.clientWidth) < 1 && Math.abs(x / y - 1) < 0.01
        && covers(x0, dx, z[0].length, xaxis.range) && covers(y0, dy, z.length, yaxis.range);
}"""
PICTURE = "document.querySelector('#graph-map canvas.overlay').toDataURL()"


def trace(page: Explorer, uid: str) -> list[list[float]]:
    """The points of a path as Plotly has them."""
    return page.js(
        """uid => {
            const { data } = document.getElementById(`graph-${uid.split("-")[0]}`);
            const { x, y, x0, dx } = data.find((trace) => trace.uid === uid);
            return Array.from(y, (value, i) => [x ? x[i] : x0 + i * dx, value]);
        }""",
        uid,
    )


def ink(page: Explorer, uid: str) -> float:
    """The share of a path's points where the canvas has the path's colour."""
    return page.js(
        """uid => {
            const gd = document.getElementById(`graph-${uid.split("-")[0]}`);
            const { x, y, x0, dx, line, xaxis, yaxis } = gd.data.find((trace) => trace.uid === uid);
            const axes = [xaxis || "x", yaxis || "y"].map((id) => gd._fullLayout[`${id[0]}axis${id.slice(1)}`]);
            const pen = gd.querySelector("canvas.overlay").getContext("2d");
            const wanted = line.color.match(/\\w\\w/g).map((pair) => parseInt(pair, 16));
            const seen = Array.from(y, (value, i) => {
                const at = [x ? x[i] : x0 + i * dx, value].map((part, k) => axes[k]._offset + axes[k].d2p(part));
                if (!at.every((place) => place > 0 && place < 2000)) return false;
                const found = pen.getImageData(...at.map((place) => Math.floor(place * devicePixelRatio)), 1, 1).data;
                return found[3] > 200 && wanted.every((part, channel) => Math.abs(part - found[channel]) < 40);
            });
            return seen.filter(Boolean).length / seen.length;
        }""",
        uid,
    )


@pytest.fixture
def opened(chromium: BrowserContext, tmp_path: Path) -> Iterator[Open]:
    """Writes the comparison of a query to a file and opens it, with the network gone."""
    context = chromium.browser.new_context(viewport=DESKTOP, offline=True)
    tabs: list[Explorer] = []

    def open_(query: str) -> Explorer:
        file = tmp_path / "comparison.html"
        file.write_text(exported.html(State.from_query(query)[0], f"http://127.0.0.1:8050/{query}"), encoding="utf-8")
        tabs.append(Explorer(context.new_page(), file.as_uri()))
        tabs[-1].tab.goto(file.as_uri())
        tabs[-1].until(DRAWN)
        return tabs[-1]

    yield open_
    for page in tabs:
        assert page.complaints == []
        foreign = [one.url for one in page.requests if not one.url.startswith(("data:", "blob:", "file:"))]
        assert foreign == [] and sum(one.url.startswith("file:") for one in page.requests) == 1
    context.close()


def test_space_plays(opened: Open) -> None:
    page = opened("?steps=2000&t=0")
    expect(page.tab.locator("#counter")).to_have_text("0 / 2000")
    page.tab.keyboard.press("Space")
    page.until(f"{PLAYING} && {STEP} > 10")
    page.until(f"{PLAYING} && {STEP} > 20")
    page.tab.keyboard.press("Space")
    step = page.js(STEP)
    expect(page.tab.locator("#counter")).to_have_text(f"{step} / 2000")
    page.tab.keyboard.press("Shift+ArrowRight")
    assert page.js(STEP) == step + 10


def test_the_paths_are_the_walks(opened: Open) -> None:
    page = opened("?run=adam~lr=0.1~slot=0&start=1,1&steps=50&t=50")
    for uid in ("map-path-0", "lr-path-0-x", "rms-path-0-y", "third-path-0-"):
        points = trace(page, uid)
        assert len(points) in (50, 51) and len({tuple(point) for point in points}) > 40
        assert ink(page, uid) > (0.3 if uid.endswith("y") else 0.8)
    box = page.tab.locator("#start").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert middle == pytest.approx(page.place(1, 1), abs=1.1)


def test_names_are_texts(opened: Open) -> None:
    page = opened(f"?run=adam~slot=0~name={NASTY}&run=sgd~lr=5~slot=1")
    assert page.tab.locator("[data-slot='0'] td").first.text_content() == "</script><b>=\"'😀"
    assert "diverged at step" in page.tab.locator("[data-slot='1']").text_content()


def test_eight_long_runs(opened: Open) -> None:
    page = opened(f"?{FULL}&steps=2000&theme=dark")
    assert page.js("document.documentElement.dataset.theme") == "dark"
    uids = [f"map-path-{slot}" for slot in range(8)]
    assert all(len(trace(page, uid)) > 1 for uid in uids)
    assert sum(ink(page, uid) > 0.05 for uid in uids) > 4, "some lie under others"


@pytest.mark.parametrize("kind", ["surface", "side"])
def test_other_maps(opened: Open, kind: str) -> None:
    page = opened(f"?map={kind}&t=5")
    if kind == "surface":
        assert len(trace(page, "map-path-0")) == 101
        painted = "document.querySelector('#graph-map .overlay').toDataURL()"
        before = page.js(painted)
        page.tab.keyboard.press("ArrowRight")
        page.until(f"{painted} !== {before!r}")
    else:
        assert ink(page, "map-path-0") > 0.04, "of 100 steps, 5 are walked"


@pytest.mark.parametrize("size", [(1440, 900), (390, 844), (820, 1180), (2400, 700)])
def test_in_a_window_of_any_shape_the_scales_are_equal_and_all_is_ground(opened: Open, size: tuple[int, int]) -> None:
    page = opened("?f=himmelblau")
    page.tab.set_viewport_size({"width": size[0], "height": size[1]})
    page.until(f"innerWidth === {size[0]} && (({FITS})())")


def test_the_theme_follows_the_system(opened: Open) -> None:
    page = opened("")
    page.tab.emulate_media(color_scheme="dark")
    page.until("document.documentElement.dataset.theme === 'dark'")
    page.until("document.getElementById('graph-map')._fullLayout.paper_bgcolor === '#1B1E24'")


def test_pointing_at_a_row_sets_the_others_back(opened: Open) -> None:
    page = opened("")
    before, whole = page.js(PICTURE), ink(page, "third-path-0-")
    assert whole > 0.5
    page.tab.locator("[data-slot='1'] td").first.hover()
    page.until(f"{PICTURE} !== {before!r}")
    assert ink(page, "third-path-0-") < whole / 2
    page.tab.locator("h1").hover()
    page.until(f"{PICTURE} === {before!r}")


def test_a_notebook_shows_it_in_a_frame(chromium: BrowserContext, tmp_path: Path) -> None:
    file = tmp_path / "notebook.html"
    file.write_text(compare([Adam(lr=0.1)], Rosenbrock(), n_steps=20)._repr_html_(), encoding="utf-8")
    context = chromium.browser.new_context(viewport=DESKTOP, offline=True)
    page = Explorer(context.new_page(), file.as_uri())
    page.tab.goto(file.as_uri())
    frame = page.tab.frame_locator("iframe")
    frame.locator("[data-play=first]").click()
    expect(frame.locator("#counter")).to_have_text("0 / 20")
    frame.locator("[data-play=toggle]").click()
    expect(frame.locator("#counter")).to_have_text("20 / 20")
    context.close()
    assert page.complaints == []
