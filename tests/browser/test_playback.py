"""The playhead: one step for all panels, moved by keys, buttons and the pointer, and never by itself."""

import pytest
from playwright.sync_api import expect

from .explorer import Explorer, middle

KEYS = [
    ("ArrowLeft", 99),
    ("Shift+ArrowLeft", 89),
    ("ArrowRight", 90),
    ("Home", 0),
    ("Shift+ArrowRight", 10),
    ("ArrowLeft", 9),
    ("End", 100),
]
BUTTONS = [("first", 0), ("next", 1), ("forth", 11), ("previous", 10), ("back", 0), ("last", 100)]


def step_is(page: Explorer, step: int, n_steps: int = 100) -> None:
    expect(page.tab.locator("#counter")).to_have_text(f"{step} / {n_steps}")
    expect(page.tab.get_by_role("slider", name="Step", exact=True)).to_have_value(str(step))


def colour_at(page: Explorer, uid: str, step: int) -> list[int]:
    """The canvas's colour where a path is at a step."""
    return page.js(
        """([uid, step]) => {
            const { lines, canvas } = downslope.graphs[uid.split("-")[0]];
            const { xs, ys, meta } = lines.find(({ trace }) => trace.uid === uid), i = step - meta.first;
            const pixel = [xs[i], ys[i]].map((at) => Math.round(at * devicePixelRatio));
            return [...canvas.getContext("2d").getImageData(...pixel, 1, 1).data];
        }""",
        [uid, step],
    )


def test_space_plays_and_pauses(page: Explorer) -> None:
    page.open("?steps=2000")
    page.tab.keyboard.press("Space")
    page.until("downslope.playhead.playing() && downslope.playhead.frames > 2 && downslope.playhead.step() > 0")
    page.tab.keyboard.press("Space")
    frames, step = page.js("[downslope.playhead.frames, downslope.playhead.step()]")
    page.until(f"/[?&]t={step}(&|$)/.test(location.search)")
    assert page.js("[downslope.playhead.frames, downslope.playhead.playing()]") == [frames, False]
    step_is(page, step, 2000)


def test_no_frame_leads_to_before_the_start(page: Explorer) -> None:
    """A browser may hand out a frame whose time is from before the key that asked for it."""
    page.open("?steps=2000&t=0")
    page.js("""() => {
        window.asked = requestAnimationFrame;
        window.requestAnimationFrame = (f) => asked((now) => f(now - 1e6));
    }""")
    page.tab.keyboard.press("Space")
    page.until("downslope.playhead.playing() && downslope.playhead.frames > 2")
    page.tab.keyboard.press("Space")
    page.js("() => { window.requestAnimationFrame = asked; }")
    step_is(page, 0, 2000)


def test_it_plays_to_the_end_and_stops(page: Explorer) -> None:
    page.open("?steps=30")
    page.tab.locator(".stage [data-play=toggle]").click()
    page.until("downslope.playhead.playing() && !downslope.playhead.at_end()")
    page.until("!downslope.playhead.playing()")
    step_is(page, 30, 30)
    page.until("downslope.gate.idle()")
    assert page.query == "?steps=30"


def test_keys_buttons_and_speed(page: Explorer) -> None:
    page.open()
    for name, step in KEYS:
        page.tab.keyboard.press(name)
        step_is(page, step)
    for name, step in BUTTONS:
        page.tab.locator(f".stage [data-play={name}]").click()
        step_is(page, step)
    speed = page.tab.locator(".stage [data-play=speed]")
    for text in ("1×", "2×", "4×", "8×", "0.25×", "0.5×", "1×"):
        expect(speed).to_have_text(text)
        speed.click()


def test_scrubbing(page: Explorer) -> None:
    page.open()
    scrubber = page.tab.get_by_role("slider", name="Step", exact=True)
    box = scrubber.bounding_box()
    x, y = middle(scrubber)
    asked = page.js("downslope.gate.requests")
    with page.dragged(box["x"] + box["width"] - 6, y):
        page.tab.mouse.move(x + 60, y)
        page.tab.mouse.move(x, y)
        step_is(page, 50)
        assert page.js("downslope.gate.requests") == asked, "the server has nothing to do with it"
    page.until("location.search === '?t=50'")


def test_heads_and_paths_follow_in_every_panel(page: Explorer) -> None:
    page.open("?run=adam~lr=0.1~slot=0&t=40")
    for uid in ("map-path-0", "lr-path-0-x", "rms-path-0-x", "third-path-0-"):
        assert colour_at(page, uid, 40)[3] > 200
        assert colour_at(page, uid, 30)[3] > 200
        assert colour_at(page, uid, 75)[3] < 128, "what lies beyond the playhead is faint"
    page.tab.keyboard.press("End")
    assert colour_at(page, "map-path-0", 75)[3] > 200


def test_in_space_the_head_stands_at_the_playhead(page: Explorer) -> None:
    page.open("?map=surface&t=12&run=adam~lr=0.05")
    page.until("downslope.graphs.map.lines.length === 1")
    pixel = """step => {
        const { canvas, lines: [{ xs, ys, trace }] } = downslope.graphs.map;
        const [r, g, b, a] = canvas.getContext("2d").getImageData(xs[step] * canvas.ratio, ys[step] * canvas.ratio, 1, 1).data;
        return [`#${[r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("")}`.toUpperCase(), a, trace.line.color];
    }"""
    for step in (12, 13):
        colour, strength, own = page.js(pixel, step)
        assert (colour, strength) == (own, 255)
        assert page.js(pixel, step + 20)[1] < 255  # what lies ahead is faint
        page.tab.keyboard.press("ArrowRight")


def test_nothing_moves_by_itself(page: Explorer) -> None:
    page.tab.emulate_media(reduced_motion="reduce")
    page.open("?t=5")
    page.settled()
    page.js("new Promise((done) => setTimeout(done, 300))")
    assert page.js("[downslope.playhead.step(), downslope.playhead.frames, downslope.gate.requests]") == [5, 0, 1]
    lasting = """() => [...document.querySelectorAll("body *")].map((element) => getComputedStyle(element))
        .filter(({ transitionDuration }) => parseFloat(transitionDuration) > 0).length"""
    assert page.js(lasting) == 0
    page.tab.emulate_media(reduced_motion="no-preference")
    page.reload()
    page.js("new Promise((done) => setTimeout(done, 300))")
    assert page.js("[downslope.playhead.step(), downslope.playhead.frames, downslope.gate.requests]") == [5, 0, 1]


def test_the_playhead_makes_no_history(new_page: Explorer) -> None:
    new_page.open()
    before = new_page.js("history.length")
    for name in ("Home", "ArrowRight", "ArrowRight"):
        new_page.tab.keyboard.press(name)
    new_page.until("location.search === '?t=2'")
    new_page.committed()
    assert new_page.js("history.length") == before
    new_page.reload()
    step_is(new_page, 2)


# --- layers ----------------------------------------------------------------------------------------------------------

TAKE = """() => (window.pictures = Object.values(downslope.graphs).map(({ canvas }) =>
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data))"""
COMPARE = f"""() => {{
    const before = window.pictures;
    return ({TAKE})().map((after, i) => {{
        let drawn = 0, apart = 0;
        for (let at = 0; at < after.length; at += 4) {{
            drawn += after[at + 3] > 0;
            apart += [0, 1, 2, 3].some((channel) => Math.abs(after[at + channel] - before[i][at + channel]) > 96);
        }}
        return apart / drawn;
    }});
}}"""
GO = """(step) => {
    const range = document.querySelector("#scrubber input");
    range.value = step;
    range.dispatchEvent(new Event("input"));
}"""


@pytest.mark.parametrize("query", ["?t=0", "?f=rosenbrock&run=adam~lr=0.3&run=sgd~lr=9&map=side&t=0&steps=300"])
def test_a_playing_picture_is_the_standing_one(page: Explorer, query: str) -> None:
    page.open(query)
    page.settled()
    page.tab.keyboard.press("Space")
    page.until("downslope.playhead.step() > 20")
    page.js(GO, page.js(f"() => (({TAKE})(), downslope.playhead.step())"))
    assert max(page.js(COMPARE)) < 0.05  # edges that were drawn twice


def test_what_stands_still_is_drawn_once(page: Explorer) -> None:
    page.open("?t=0&steps=300")
    page.settled()
    page.tab.keyboard.press("Space")
    page.until("downslope.graphs.lr.layers")
    page.js("() => { window.kept = [downslope.graphs.lr.layers, downslope.graphs.lr.lines]; }")
    page.until("downslope.playhead.step() > 60")
    assert page.js("downslope.graphs.lr.layers === kept[0] && downslope.graphs.lr.lines === kept[1]")


# --- axes ------------------------------------------------------------------------------------------------------------


def test_an_axis_is_held_until_a_curve_has_left_it(page: Explorer) -> None:
    page.open("?run=sgd~lr=0.001&run=momentum~lr=1&steps=60")
    page.settled()
    page.js("""() => {
        window.laid = [];
        for (const { name, gd } of Object.values(downslope.graphs)) gd.on("plotly_relayout", () => laid.push(name));
    }""")
    low = page.axis("lr", "yaxis")["range"][0]
    with page.dragged(*middle(page.slider("master.lr"))):
        x, y = middle(page.slider("master.lr"))
        with page.change():
            page.tab.mouse.move(x - 2, y)  # a little below the decade that the axis ends at
        assert page.axis("lr", "yaxis")["range"][0] == low
        assert page.js("laid") == []
        with page.change():
            page.tab.mouse.move(x - 60, y)
        assert page.axis("lr", "yaxis")["range"][0] < low
    page.settled()


def test_an_axis_fits_again_when_all_is_quiet(page: Explorer) -> None:
    page.open("?run=sgd~lr=0.001&run=momentum~lr=1&steps=60")
    page.settled()
    for typed, decades in (("0.000002", [-6, -5]), ("0.02", [-2, -1])):
        page.type("master.lr", typed)
        page.settled()
        assert list(map(round, page.axis("lr", "yaxis")["range"])) == decades
