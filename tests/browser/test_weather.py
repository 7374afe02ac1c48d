"""Rough weather on the page: a surface that moves, a fan of many seeds, what was clipped, and bad input."""

import pytest
from playwright.sync_api import expect

from .explorer import Explorer

STAR = "[...downslope.graphs.map.gd.data.find(({ uid }) => uid === 'map-minima').x]"
GROUND = "downslope.graphs.map.gd.data.find(({ uid }) => uid === 'map-ground').x0"
SEED = "downslope.graphs.map.traces['map-path-0'].x[20]"
PATHS = "downslope.graphs.map.traces['map-paths-0']?.x.length ?? 0"


def test_the_surface_stands_where_it_is_at_the_playheads_step(page: Explorer) -> None:
    page.open("?f=bowl&run=sgd&weather=drift=steady,0.02,0")
    assert page.js(STAR) == pytest.approx([2.0])
    began = page.js(GROUND)
    page.tab.keyboard.press("Home")
    assert page.js("downslope.graphs.map.moved()") == [0, 0]
    page.until("!downslope.graphs.map.has_moved() && !downslope.graphs.map.dirty")
    assert page.js(STAR) == [0] and page.js(GROUND) == pytest.approx(began - 2.0)


def test_it_moves_while_the_playhead_runs(page: Explorer) -> None:
    """Plotly waits; the canvas shows the star of this very frame."""
    page.open("?f=bowl&run=sgd&weather=drift=steady,0.02,0&steps=400")
    page.tab.keyboard.press("Home")
    page.until("!downslope.graphs.map.dirty")
    page.tab.keyboard.press("Space")
    page.until("downslope.playhead.step() > 20")
    seen = page.js(
        """(async () => {
            const { graphs: { map }, modules: { $screen_graphs: { painted } } } = downslope;
            await new Promise((done) => painted.listen((graph) => graph === map && done()));
            const [x, y] = map.plane().to_pixels(map.moved());
            const { canvas } = map;
            const [r, g, b, a] = canvas.getContext('2d').getImageData(x * canvas.ratio, y * canvas.ratio, 1, 1).data;
            return { moved: map.has_moved(), gold: [r, g, b, a] };
        })()"""
    )
    page.tab.keyboard.press("Space")
    assert seen == {"moved": True, "gold": [0xE3, 0xB2, 0x3C, 255]}


def test_a_jump_is_made_at_its_step(page: Explorer) -> None:
    page.open("?f=bowl&run=sgd&weather=drift=jump,1,0.5,50&t=49")
    assert page.js(STAR) == [0]
    page.tab.keyboard.press("ArrowRight")
    page.until("!downslope.graphs.map.has_moved() && !downslope.graphs.map.dirty")
    assert page.js(STAR) == [1]


def test_what_is_under_the_pointer_is_of_the_surface_as_it_stands(page: Explorer) -> None:
    page.open("?f=bowl&run=sgd&weather=drift=jump,1,0.5,50")
    page.tab.mouse.move(*page.place(1.0, 0.5))
    page.until("document.getElementById('readout').textContent.startsWith('f(')")
    value = float(
        page.js("document.getElementById('readout').textContent").split(" = ")[1].split()[0].replace("−", "-")
    )
    assert value < 1e-3, "a pixel from the minimum"


def test_one_seed_is_drawn_while_a_slider_is_held_and_all_of_them_at_rest(page: Explorer) -> None:
    page.open("?f=bowl&run=sgd~lr=0.1&weather=noise=1,1~seeds=20&steps=100")
    assert page.js(PATHS) == 20 * 102
    middle = page.js(SEED)
    slider = page.slider("master.lr")
    box = slider.bounding_box()
    page.tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.tab.mouse.down()
    page.until(f"({PATHS}) === 0")
    alone = page.js(SEED)
    page.tab.mouse.up()
    page.until(f"({PATHS}) === {20 * 102}")
    assert middle != alone
    expect(page.tab.locator("#details")).to_contain_text("20 seeds")


def test_clipped_steps_are_marked_and_weather_is_named(page: Explorer) -> None:
    page.open("?f=rosenbrock&run=sgd~lr=0.001&weather=clip=norm,5")
    marked = "[...downslope.graphs.map.traces['map-marks-0'].x].filter((x) => x === x).length"
    assert 0 < page.js(marked) <= 100
    assert page.said_at("weather") == "clipped to the norm 5"
    page.tab.keyboard.press("p")
    expect(page.tab.locator(".conditions")).to_be_visible()


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("weather.noise.x", "-1", "must be a number from 0"),
        ("weather.sparse.y", "1.5", "must be a number from 0 to 1"),
        ("weather.drift.x", "nan", "must be a number"),
        ("weather.drift.at", "500", "is past the last step, 100"),
        ("schedule.every", "0", "must be a number from 1"),
    ],
)
def test_a_bad_number_is_answered_beside_its_control(page: Explorer, key: str, typed: str, said: str) -> None:
    page.open("?f=bowl&run=sgd&steps=100&weather=noise=1,1~drift=jump,1,0,50&schedule=stairs,30,0.1")
    before = page.state
    page.tab.evaluate("document.querySelectorAll('#rail details').forEach((one) => one.open = true)")
    page.type(key, typed)
    page.settled()
    expect(page.error(key)).to_contain_text(said)
    assert page.state == before


def test_what_the_canvas_paints_is_not_seen_of_plotly_too(page: Explorer) -> None:
    """Else all of it would show at rest, and only what is walked while the playhead runs."""
    for query in ("seeds=5", "clip=norm,1"):
        page.open(f"?f=bowl&run=sgd~lr=0.1&weather=noise=1,1~{query}&schedule=cosine&t=20")
        seen = page.js(
            """Object.values(downslope.graphs).flatMap(({ gd, skeleton }) => skeleton.data
                .filter(({ meta }) => meta?.first !== undefined || meta?.fan)
                .map(({ uid }) => [uid, getComputedStyle(gd.querySelector(`.trace.trace${uid}`)).visibility]))"""
        )
        assert len(seen) > 5 and {look for _, look in seen} == {"hidden"}, seen
