"""The Basins tab: maps in passes, what they tell, two beside each other, and what one does on them."""

import json
import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import expect

from app.basins import colours, work
from app.page.state import State
from optim_core import Basins, basins

from .axe import violations
from .explorer import DESKTOP, PHONE, TARGET, Explorer, boxes, middle

HIMMELBLAU = "?f=himmelblau&run=sgd~lr=0.01&run=adam~lr=0.1&steps=60&tab=basins"
ADAM = HIMMELBLAU + "&basins=run=2"
BOTH = HIMMELBLAU + "&basins=beside=2"
OURS = """
async () => {
    const { src } = document.querySelector("script[src*='main.mjs']");
    const { $basins_basins: { basins }, $basins_inks: inks } = await import(src.replace("main.mjs", "basins.mjs"));
    downslope.basins = basins;
    downslope.inks = inks;
}
"""
PASSES = """
() => {
    downslope.passes = [];
    const tab = document.getElementById("basins");
    new MutationObserver(() => downslope.passes.push(Number(tab.dataset.pass))).observe(tab, { attributeFilter: ["data-pass"] });
}
"""


def opened(page: Explorer, query: str) -> None:
    page.tab.goto(f"{page.url}{query}", wait_until="commit")
    page.painted()
    refined(page, State.from_query(query)[0].basins.size)
    page.js(OURS)


def refined(page: Explorer, n: int = 256) -> None:
    """Wait for the last pass."""
    page.until(f"downslope.gate.idle() && document.getElementById('basins').dataset.pass === '{n}'", timeout=60)
    page.told()


def of_library(query: str, place: int = 0) -> Basins:
    state = State.from_query(query)[0]
    run = work.chosen(state)[place]
    size, schedule = state.basins.size, state.schedule_of(run)
    return basins(run.optimizer, state.landscape, size, None, work.steps(state), state.weather, schedule, run.fork)


def field(page: Explorer, place: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Which minimum each cell of a map has on the page, and from which step on."""
    shown = page.js(
        "place => (({ nearest, since }) => [[...nearest], [...since]])(downslope.basins.fields[place])", place
    )
    n = round(len(shown[0]) ** 0.5)
    return tuple(np.array(row).reshape(n, n) for row in shown)


def is_map_of(page: Explorer, query: str, place: int = 0) -> None:
    found, (nearest, since) = of_library(query, place), field(page, place)
    assert np.array_equal(nearest, np.where(found.diverged_at >= 0, work.DIVERGED, found.nearest))
    assert np.array_equal(since[nearest >= 0], found.since[nearest >= 0])


def place(page: Explorer, x: float, y: float, plane: int = 0) -> tuple[float, float]:
    """The pixel of the screen where a point of a map is."""
    return tuple(
        page.js(
            """([x, y, plane]) => {
                const frame = document.getElementById("basins-frame").getBoundingClientRect();
                const [px, py] = downslope.basins.planes[plane].to_pixels([x, y]);
                return [frame.x + px, frame.y + py];
            }""",
            [x, y, plane],
        )
    )


def tiles(page: Explorer, after: int = 0) -> list[dict[str, str]]:
    """The tiles of maps that were asked for."""
    posted = [json.loads(one.post_data) for one in page.requests[after:] if one.url.endswith("/channel/tile")]
    return [told for told in posted if told["kind"] == "tile" and told["tab"] == "basins"]


def _is_plan(body: str) -> bool:
    return '"plan"' in body and '"tab":"basins"' in body


def first_pass(told: dict[str, str]) -> bool:
    return int(told["part"].split("-")[1]) <= 48 * 48


# --- a map -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        ADAM,
        "?f=himmelblau&run=sgd~lr=0.03&steps=60&tab=basins&basins=size=100",
        "?f=formula~text=sin(3*x)*cos(2*y)%2Bx^2/5&run=adam~lr=0.1&steps=40&tab=basins&basins=size=130",
        "?f=himmelblau~rotated=30&run=momentum~lr=0.005&steps=40&tab=basins&basins=size=100",
        "?f=himmelblau&run=adam~lr=0.1&weather=noise=20,20~seed=3&steps=40&tab=basins&basins=size=64",
    ],
)
def test_a_map_is_that_of_the_library(page: Explorer, query: str) -> None:
    opened(page, query)
    is_map_of(page, query)


@pytest.mark.parametrize("light", ["light", "dark"])
def test_colour_is_the_minimum_and_brightness_the_time(page: Explorer, light: str) -> None:
    opened(page, f"{ADAM}&theme={light}")
    drawn = page.js(
        """() => {
            const sheet = downslope.inks.coloured(downslope.basins.fields[0], downslope.basins.look);
            return [...sheet.getContext("2d").getImageData(0, 0, 256, 256).data];
        }"""
    )
    found = of_library(ADAM)
    wanted = colours.picture(found, (0, 1, 2, 3), 60, light)[::-1]
    assert np.abs(np.array(drawn).reshape(256, 256, 4)[..., :3] - wanted.astype(int)).max() <= 4


def test_what_is_drawn_on_the_screen_is_the_picture(page: Explorer) -> None:
    opened(page, ADAM)
    seen = page.js(
        """() => {
            const canvas = document.getElementById("basins-map"), { box } = downslope.basins.planes[0];
            const by = canvas.width / canvas.clientWidth;
            const at = ([u, v]) => [...canvas.getContext("2d").getImageData((box.x + u * box.width) * by, (box.y + v * box.height) * by, 1, 1).data];
            return [[0.15, 0.05], [0.85, 0.05], [0.05, 0.95], [0.97, 0.9]].map(at);
        }"""
    )
    wells = [colours.inks("light").wells[one] for one in (1, 0, 2, 3)]
    for pixel, (soon, late) in zip(seen, wells, strict=True):
        for part, low, high in zip(pixel, _parts(late), _parts(soon), strict=False):
            assert low - 30 <= part <= high + 10


def _parts(colour: str) -> Iterator[int]:
    return (int(colour[at : at + 2], 16) for at in (1, 3, 5))


def test_passes_can_be_seen_and_none_walks_a_start_twice(page: Explorer) -> None:
    opened(page, ADAM)
    page.js(PASSES)
    page.requests.clear()
    page.press("master.lr", "ArrowRight")
    page.until("downslope.passes.at(-1) === 256", timeout=60)
    assert page.js("downslope.passes") == [48, 128, 256]
    newest = tiles(page)[-1]["key"]
    spans = [tuple(map(int, told["part"].split("-"))) for told in tiles(page) if told["key"] == newest]
    assert sorted(spans) == spans and spans[0][0] == 0 and spans[-1][1] == 256 * 256
    assert sum(last - first for first, last in spans) == 256 * 256


def test_while_something_moves_the_map_is_coarse_and_then_fine(page: Explorer) -> None:
    opened(page, ADAM)
    page.requests.clear()
    x, y = middle(page.slider("master.lr"))
    with page.dragged(x, y):
        for step in range(1, 6):
            page.tab.mouse.move(x + 4 * step, y)
            page.until("document.getElementById('basins').dataset.pass === '48'")
        page.tab.wait_for_timeout(400)
        assert page.js("document.getElementById('basins').dataset.pass") == "48"
        assert tiles(page) and all(map(first_pass, tiles(page)))
    refined(page)
    page.committed()
    is_map_of(page, page.query)


def test_what_is_no_longer_wanted_is_not_asked_for(page: Explorer) -> None:
    opened(page, ADAM)
    page.requests.clear()
    page.type("steps", "900")
    page.until("document.getElementById('basins').dataset.pass === '48'")
    before = page.js("downslope.basins.look.maps[0].key")
    assert "steps=900" in before
    page.type("steps", "30")
    refined(page)
    plans = [place for place, one in enumerate(page.requests) if _is_plan(one.post_data or "")]
    assert len(plans) == 2
    assert all(told["key"] != before for told in tiles(page, plans[-1]))
    page.until("downslope.basins.look.steps === 30")
    is_map_of(page, ADAM.replace("steps=60", "steps=30"))


def test_explore_asks_for_no_tile(page: Explorer) -> None:
    opened(page, ADAM)
    page.select("view.tab", "Explore")
    page.requests.clear()
    page.press("master.lr", "ArrowRight", "ArrowRight")
    page.committed()
    assert tiles(page) == []


def test_another_light_asks_for_no_walk(page: Explorer) -> None:
    opened(page, f"{ADAM}&theme=light")
    page.requests.clear()
    before = page.js("downslope.basins.look.inks.none")
    with page.change():
        page.tab.locator("#theme").click()
    page.until(f"downslope.basins.look.inks.none !== '{before}'")
    refined(page)
    assert tiles(page) == []


# --- what it tells ---------------------------------------------------------------------------------------------------


def test_pointing_tells_how_a_walk_ends(page: Explorer) -> None:
    opened(page, ADAM)
    page.tab.mouse.move(*place(page, 1.0, 2.0))
    said = page.tab.locator("#basins-reading")
    expect(said).to_have_text(
        re.compile(
            r"^Adam from \(1(\.\d+)?, (2|1\.9\d)(\d)*\) ends at the minimum \(3, 2\): loss .+, there from step \d+$"
        )
    )
    page.tab.mouse.move(5, 5)
    expect(said).to_have_text("")


def test_a_click_puts_the_start_there(page: Explorer) -> None:
    opened(page, ADAM)
    page.requests.clear()
    with page.change():
        page.tab.mouse.click(*place(page, -2.0, -3.0))
    page.committed()
    assert page.state.begin == pytest.approx((-2, -3), abs=0.05)
    assert page.shown("start.x") and float(page.shown("start.x").replace("−", "-")) == pytest.approx(-2, abs=0.05)
    assert tiles(page) == [], "the maps do not depend on the start"
    page.tab.mouse.move(5, 5)


def test_the_keys_reach_every_point_and_set_the_start(page: Explorer) -> None:
    opened(page, ADAM)
    point = page.tab.locator("#basins-point")
    point.focus()
    expect(page.tab.locator("#basins-reading")).to_contain_text("Adam from (−4.6, 0.4) ends at")
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown"):
        point.press(key)
    x, y = page.js("downslope.basins.at")
    assert (x, y) == pytest.approx((-4.6 + 20 / 96, 0.4 - 70 / 96))
    with page.change():
        point.press("Enter")
    page.committed()
    assert page.state.begin == pytest.approx((x, y), abs=0.01)
    for _ in range(3):
        point.press("Shift+ArrowLeft")
    assert page.js("downslope.basins.at")[0] == -5, "and no point outside"
    point.blur()


def test_a_locked_start_stays(page: Explorer) -> None:
    opened(page, ADAM + "&lock=start")
    begin = page.state.begin
    page.tab.mouse.click(*place(page, -2.0, -3.0))
    page.tab.locator("#basins-point").focus()
    page.tab.keyboard.press("Enter")
    page.told()
    assert page.state.begin == begin
    assert "locked by this link" in page.tab.locator("#basins-point").get_attribute("aria-description")
    page.tab.locator("#basins-point").blur()
    page.tab.mouse.move(5, 5)


def test_the_table_has_the_share_of_each_minimum(page: Explorer) -> None:
    opened(page, ADAM)
    rows = page.js(
        "() => [...document.querySelectorAll('#basins-shares tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    *wells, none, diverges = of_library(ADAM).shares()
    wanted = sorted(wells, key=lambda one: -one.share)
    assert len(rows) == len(wells) + 2
    for (name, _, share, steps), well in zip(rows, wanted, strict=False):
        assert name.endswith("★") and f"{well.minimum[0]:.3g}".replace("-", "−") in name
        assert share == f"{well.share:.1%}".replace("%", " %") and float(steps) == well.steps
    assert [row[2] for row in rows[-2:]] == [f"{one.share:.1%}".replace("%", " %") for one in (none, diverges)]
    told = page.tab.locator("#basins-told").text_content()
    assert told.startswith(f"Adam: {rows[0][2]} end at ({wanted[0].minimum[0]:.3g}".replace("-", "−"))


def test_a_surface_without_a_minimum_says_so(page: Explorer) -> None:
    query = "?f=saddle&run=sgd~lr=0.1&steps=40&tab=basins&basins=size=48"
    opened(page, query)
    expect(page.tab.locator("#basins-empty")).to_have_text("This surface has no minimum: no walk ends in one.")


# --- two runs --------------------------------------------------------------------------------------------------------


def test_two_runs_side_by_side(page: Explorer) -> None:
    opened(page, HIMMELBLAU)
    assert page.js("downslope.basins.planes.length") == 1
    page.choose("basins.beside", "Adam")
    refined(page)
    page.until("downslope.basins.planes.length === 2")
    page.committed()
    assert page.state.basins.beside == 2
    for one in (0, 1):
        is_map_of(page, page.query, one)
    heads = page.tab.locator("#basins-shares thead th").all_text_contents()
    assert heads == ["minimum", "loss", "SGD: share", "steps", "Adam: share", "steps"]
    page.tab.mouse.move(*place(page, 1.0, 2.0, 1))
    expect(page.tab.locator("#basins-reading")).to_contain_text("SGD from (")
    expect(page.tab.locator("#basins-reading")).to_contain_text("Adam from (")
    page.tab.mouse.move(5, 5)


def test_the_difference_of_two_runs(page: Explorer) -> None:
    opened(page, BOTH)
    page.requests.clear()
    page.select("basins.show", "difference")
    page.until("downslope.basins.planes.length === 3")
    refined(page)
    page.committed()
    assert page.state.basins.show == "difference" and tiles(page) == []
    drawn = page.js(
        """() => {
            const sheet = downslope.inks.compared(downslope.basins.fields, downslope.basins.look);
            return [...sheet.getContext("2d").getImageData(0, 0, 256, 256).data];
        }"""
    )
    mode = "light" if page.js("document.documentElement.dataset.theme") == "light" else "dark"
    sides = [colours.theme.COLOURS[mode][slot] for slot in (0, 2)]
    wanted = colours.compared([of_library(BOTH, one) for one in (0, 1)], sides, 60, mode)[::-1]
    assert np.abs(np.array(drawn).reshape(256, 256, 4)[..., :3] - wanted.astype(int)).max() <= 6
    legend = page.tab.locator("#basins-legend").text_content()
    assert "SGD is there sooner" in legend and "they end in different minima" in legend


def test_changing_one_of_two_runs_walks_that_one_alone(page: Explorer) -> None:
    opened(page, BOTH)
    page.requests.clear()
    sgd = page.js("downslope.basins.look.maps[0].key")
    page.act("open.2")
    page.type("run.1.lr", "0.2")
    refined(page)
    assert tiles(page) and all(told["key"] != sgd for told in tiles(page))
    page.act("open.2")


# --- the address, and what is typed ----------------------------------------------------------------------------------


def test_everything_is_in_the_address(page: Explorer) -> None:
    opened(page, "?f=himmelblau&run=sgd~lr=0.01&run=adam~lr=0.1&tab=basins")
    page.choose("basins.run", "Adam")
    page.choose("basins.beside", "SGD")
    page.select("basins.show", "difference")
    page.type("basins.steps", "30")
    page.type("basins.size", "64")
    page.committed()
    refined(page, 64)
    assert "basins=run=2~beside=0~steps=30~size=64~show=difference" in page.query
    seen = field(page)
    page.tab.reload(wait_until="commit")
    page.painted()
    refined(page, 64)
    page.js(OURS)
    assert all(np.array_equal(one, other) for one, other in zip(seen, field(page), strict=True))
    assert page.js("downslope.basins.look.show") == "difference"
    assert page.js("downslope.basins.look.steps") == 30


def test_back_and_forward(page: Explorer) -> None:
    opened(page, ADAM + "~size=48")
    page.type("basins.size", "64")
    page.committed()
    refined(page, 64)
    page.tab.go_back()
    refined(page, 48)
    assert page.shown("basins.size") == "48"
    page.tab.go_forward()
    refined(page, 64)


@pytest.mark.parametrize(
    ("key", "typed"),
    [("basins.size", "0"), ("basins.size", "5000"), ("basins.size", "many"), ("basins.size", "50.5"), ("basins.steps", "0"), ("basins.steps", "-3")],
)  # fmt: skip
def test_what_makes_no_sense_gets_a_message_and_nothing_is_lost(page: Explorer, key: str, typed: str) -> None:
    opened(page, ADAM)
    before = page.query
    page.type(key, typed)
    expect(page.error(key)).to_contain_text("must be a whole number")
    assert page.query == before and page.shown(key) == typed
    assert page.js("document.getElementById('basins').dataset.pass") == "256"


# --- other screens ---------------------------------------------------------------------------------------------------


def test_a_map_is_true_to_scale(page: Explorer) -> None:
    opened(page, "?f=six-hump-camel&run=sgd~lr=0.01&steps=20&tab=basins")
    box = page.js("downslope.basins.planes[0].box")
    assert box["width"] == pytest.approx(2 * box["height"], rel=0.01)


def test_in_a_presentation_the_maps_are_large_and_a_slider_is_at_hand(page: Explorer) -> None:
    page.tab.set_viewport_size({"width": 1024, "height": 768})
    try:
        opened(page, BOTH + "&present=on")
        for one in page.js("downslope.basins.planes.map(({ box }) => box)"):
            assert min(one["width"], one["height"]) > 300
        sliders = boxes(page, "#basins .at-hand input[type=range]")
        assert sliders and all(one["bottom"] <= 768 for one in sliders)
        assert page.js("document.documentElement.scrollWidth") <= 1024
        before = page.js("downslope.basins.look.maps[0].key")
        with page.change():
            page.tab.locator("#basins .at-hand [data-key='master.lr'] input").press("ArrowRight")
        page.until(f"downslope.basins.look.maps[0].key !== '{before}'")
    finally:
        page.tab.set_viewport_size(DESKTOP)


def test_on_a_phone_the_maps_stand_below_each_other(page: Explorer) -> None:
    page.tab.set_viewport_size(PHONE)
    try:
        opened(page, BOTH)
        one, other = page.js("downslope.basins.planes.map(({ box }) => box)")
        assert other["y"] > one["y"] + one["height"] and min(one["width"], other["width"]) > 250
        assert page.js("document.documentElement.scrollWidth") <= PHONE["width"]
        fields = boxes(page, "#basins .basins-asked :is(select, input[type=text])")
        assert len(fields) == 4 and all(one["height"] >= TARGET - 0.5 for one in fields)
    finally:
        page.tab.set_viewport_size(DESKTOP)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing(page: Explorer, mode: str) -> None:
    opened(page, f"{BOTH}&theme={mode}")
    page.tab.locator("#basins-point").focus()
    expect(page.tab.locator("#basins-reading")).to_contain_text("Adam from")
    assert violations(page) == []
    page.tab.locator("#basins-point").blur()


def test_what_is_taken_home_is_what_is_seen(page: Explorer) -> None:
    opened(page, ADAM + "~size=48")
    page.tab.locator(".export summary").click()
    shown = boxes(page, ".export .menu a")
    assert len(shown) == 4
    with page.tab.expect_download() as download:
        page.tab.locator("[data-export='basins-npz']").click()
    with np.load(download.value.path()) as taken:
        nearest, _ = field(page)
        diverged = taken["diverged_at"][0] >= 0
        assert np.array_equal(np.where(diverged, work.DIVERGED, taken["minimum"][0]), nearest)
    page.tab.keyboard.press("Escape")


def test_what_is_said_moves_no_map(page: Explorer) -> None:
    opened(page, BOTH)
    before = page.js("downslope.basins.planes.map(({ box }) => box)")
    page.tab.mouse.move(*place(page, 1.0, 2.0))
    expect(page.tab.locator("#basins-reading")).to_contain_text("Adam from")
    page.told()
    assert page.js("downslope.basins.planes.map(({ box }) => box)") == before
    page.tab.mouse.move(5, 5)
