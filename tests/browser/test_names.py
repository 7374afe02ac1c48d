"""What a screen reader is told: values, not positions; which graph, and what it shows; what plays, and at which step."""

import re

import pytest
from playwright.sync_api import expect

from app.explore.alternatives import alternatives
from app.page.labels import labels
from app.walks.simulate import simulate

from .explorer import PHONE, Explorer

SPOKEN = """() => [...document.querySelectorAll(".slider input")].filter((one) => one.checkVisibility()).map((one) => {
    const { key } = one.closest("[data-key]").dataset;
    const field = document.querySelector(`[data-control=number][data-key="${CSS.escape(key)}"] input`);
    return [key, one.getAttribute("aria-valuetext"), field.value];
})"""
GROUPS = """() => [...document.querySelectorAll("[role=radiogroup], [role=figure], section, aside, select, .slider input")]
    .filter((one) => one.checkVisibility()).map((one) => [one.ariaLabel, one.matches(".slider input") ? "slider" : one.role ?? one.tagName])"""
DRAWN = ".icon, .run-title .head, .said .dot, .brand-mark"  # as backgrounds, which colours of the system take away


def test_every_slider_says_its_value(page: Explorer) -> None:
    page.open("?f=valley&run=adam&run=rmsprop~lr=0.3&steps=250")
    page.act("open.2")
    said = page.js(SPOKEN)
    assert {key for key, *_ in said} >= {"master.lr", "master.beta", "master.eps", "surface.kappa", "steps", "run.0.lr"}
    for key, spoken, shown in said:
        assert spoken == shown != "", key


def test_no_two_groups_have_one_name(page: Explorer) -> None:
    page.open("?map=surface")
    page.act("open.0")
    named = [tuple(one) for one in page.js(GROUPS)]
    assert len(named) > 15 and all(name for name, _ in named)
    assert [one for one in named if named.count(one) > 1] == []


@pytest.mark.parametrize(
    "query", ["", "?map=side&f=rosenbrock&run=sgd~lr=9&run=adam", "?f=plateau&map=surface&letters=keras"]
)
def test_every_graph_has_a_text_alternative(page: Explorer, query: str) -> None:
    page.open(query)
    page.until("document.getElementById('graph-third-told').textContent")
    wanted = alternatives(simulate(page.state))
    for name, text in wanted.items():
        graph = page.tab.get_by_role("figure").and_(page.tab.locator(f"#graph-{name}"))
        expect(graph).to_have_accessible_description(re.sub(r"\s+", " ", text))
        expect(graph.locator(".plot-container")).to_have_attribute("aria-hidden", "true")
    assert all(label in wanted["map"] for label in labels(page.state.runs))
    page.type("steps", "40")
    page.until(f"document.getElementById('graph-map-told').textContent !== {wanted['map']!r}")


def test_the_play_button_says_whether_it_plays(page: Explorer) -> None:
    page.open("?steps=1000&t=0")
    play = page.tab.locator(".stage [data-play=toggle]")
    expect(play).to_have_attribute("aria-pressed", "false")
    play.click()
    expect(play).to_have_attribute("aria-pressed", "true")
    page.tab.keyboard.press(" ")
    expect(play).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("query", ["?t=10", "?t=10&present=on"])
def test_the_live_text_names_the_step(page: Explorer, query: str) -> None:
    page.open(query)
    live = page.tab.get_by_role("status").and_(page.tab.locator("#live"))
    expect(live).to_contain_text(re.compile(r"^Step 10\. \S"))
    page.tab.keyboard.press("ArrowRight")
    expect(live).to_contain_text(re.compile(r"^Step 11\. \S"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_of_the_system_leave_nothing_blank(page: Explorer, scheme: str) -> None:
    page.tab.emulate_media(forced_colors="active", color_scheme=scheme)
    page.open()
    page.until("document.querySelector('#said li') && downslope.settled()")
    seen = [one for one in page.tab.locator(DRAWN).all() if one.is_visible()]
    assert len(seen) > 12
    tracks = [one for one in page.tab.locator("input[type=range]").all() if one.is_visible()]
    chosen = [one for one in page.tab.locator(".segments :checked + span").all() if one.is_visible()]
    shade = """(one) => {
        const { backgroundColor, forcedColorAdjust } = getComputedStyle(one);
        return [backgroundColor, forcedColorAdjust, getComputedStyle(one.closest("button, .card, header, li")).backgroundColor];
    }"""
    for one in seen:
        own, adjusted, behind = one.evaluate(shade)
        assert adjusted == "none" and own not in ("rgba(0, 0, 0, 0)", behind), one
    assert tracks and {one.evaluate("(one) => getComputedStyle(one).appearance") for one in tracks} == {"auto"}
    assert chosen and {one.evaluate("(one) => getComputedStyle(one).outlineStyle") for one in chosen} == {"solid"}


SEEN = """() => {
    const element = document.activeElement;
    const box = element.getBoundingClientRect();
    const again = Boolean(element.dataset.stopped); // a browser may lead from the last one to the first
    element.dataset.stopped = 1;
    return {
        name: element.id || element.ariaLabel || element.className || element.outerHTML.slice(0, 80),
        round: element === document.body || again,
        seen: element.checkVisibility({ visibilityProperty: true }) && box.width > 4 && box.height > 4,
        inside: box.left >= -1 && box.right <= innerWidth + 1 && box.bottom > 0 && box.top < innerHeight,
    };
}"""


@pytest.mark.parametrize(
    "size", [{"width": 1440, "height": 900}, PHONE, {"width": 820, "height": 1180}], ids=["desk", "phone", "tablet"]
)
@pytest.mark.parametrize("query", ["", "?present=on", "?map=surface", "?hide=panels"])
def test_no_stop_of_the_tab_key_is_invisible(page: Explorer, query: str, size: dict[str, int]) -> None:
    page.tab.set_viewport_size(size)
    page.open(query)
    page.until("document.querySelector('#said li')")
    page.js("() => { document.activeElement.blur(); }")
    stops = []
    for _ in range(150):
        page.tab.keyboard.press("Tab")
        stops.append(page.js(SEEN))
        if stops[-1]["round"]:
            break
    assert stops[-1]["round"] and len(stops) > 8
    assert [one for one in stops[:-1] if not (one["seen"] and one["inside"])] == []
