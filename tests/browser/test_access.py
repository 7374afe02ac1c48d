"""For everyone: by keyboard, by finger, by screen reader, at four times the size, and on paper."""

import itertools

import pytest
from playwright.sync_api import expect

from .axe import CONTRAST, violations
from .explorer import PHONE, TARGET, Explorer, boxes

KINDS = {
    "Closed": "downslope.gate.idle()",
    "At this step": "document.querySelector('#details thead th:nth-child(10)')",
    "Step by step": "document.querySelector('#details math')",
    "Conventions": "document.querySelector('#details button')",
    "Stability": "document.querySelector('#details thead th:nth-child(7)')",
}


def dark(page: Explorer) -> None:
    page.tab.emulate_media(color_scheme="dark")
    page.until("document.documentElement.dataset.theme === 'dark' && downslope.gate.idle()")


def told(page: Explorer) -> None:
    """Wait until what stands below the map is there."""
    page.until("document.querySelector('#said li')")


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing_on_the_whole_page(page: Explorer, mode: str) -> None:
    page.tab.emulate_media(color_scheme=mode)
    page.open("?run=sgd&run=adam~slot=1&run=rmsprop~slot=2~pinned=1&rule=loss&unknown=1")
    page.until("document.querySelector('#details td')")
    page.control("action", "open.1").click()
    expect(page.tab.locator(".editor")).to_be_visible()
    page.tab.locator(".export summary").click()
    assert page.js("document.documentElement.dataset.theme") == mode
    assert violations(page) == []


def test_axe_finds_nothing_below_the_map(page: Explorer) -> None:
    page.open("?run=rmsprop&run=sgd~lr=0.06&overlay=arrows&t=9")
    told(page)
    for kind, there in KINDS.items():
        page.select("view.detail", kind)
        page.until(there)
        assert violations(page, ".inside") == [], kind
    dark(page)
    for kind, there in list(KINDS.items())[-2::-1]:
        page.select("view.detail", kind)
        page.until(there)
        assert violations(page, ".inside", CONTRAST) == [], kind


@pytest.mark.parametrize("query", ["?map=surface", "?map=side", "?present=on"])
def test_axe_finds_nothing_in_other_views(page: Explorer, query: str) -> None:
    page.open(query)
    told(page)
    assert violations(page) == []
    dark(page)
    assert violations(page, rules=CONTRAST) == []


# --- by finger -----------------------------------------------------------------------------------------------------


def test_a_phone_and_its_drawer(page: Explorer) -> None:
    page.tab.set_viewport_size(PHONE)
    page.open()
    told(page)
    assert violations(page) == []
    page.tab.locator("#drawer").click()
    expect(page.tab.locator("#rail")).to_be_visible()
    page.control("action", "open.1").click()
    expect(page.tab.locator(".editor")).to_be_visible()
    page.until("document.getElementById('rail').getAnimations().length === 0")
    assert violations(page) == []
    wanted = "#rail button, #rail input:not([type=hidden], [type=checkbox])"
    seen = boxes(page, f"{wanted}, .inside label, .inside button, .run-title")
    assert len(seen) > 40
    for one in seen:
        assert one["height"] >= TARGET - 0.5, one


# --- by keyboard -----------------------------------------------------------------------------------------------------

FOCUSED = """() => {
    const element = document.activeElement, box = element.getBoundingClientRect();
    const ring = (one) => one && getComputedStyle(one).outlineStyle !== "none" && parseFloat(getComputedStyle(one).outlineWidth) >= 1;
    const area = element.closest("header, #notices, #rail, .stage, .panels, .inside");
    return {
        name: element.id || element.dataset.play || element.className || element.textContent,
        area: area?.id || area?.className || area?.tagName || "",
        ring: ring(element) || ring(element.nextElementSibling) || ring(element.closest("label")),
        first: element === window.first, outside: element === document.body,
    };
}"""
REACHABLE = """() => [...document.querySelectorAll("a[href], button, input, summary, select, textarea, [role=slider], [tabindex='0']")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0 && one.type !== "hidden")
    .filter((one) => one.type !== "radio" || one.checked).length"""


def test_everything_is_reached_by_tab_in_the_order_of_the_page(page: Explorer) -> None:
    page.open()
    page.until("document.querySelector('#details td')")
    wanted = page.js(REACHABLE)
    page.js("() => { document.activeElement.blur(); }")
    seen = []
    for _ in range(wanted + 20):
        page.tab.keyboard.press("Tab")
        seen.append(page.js(FOCUSED))
        if seen[-1]["outside"]:
            break
    reached = seen[:-1] if seen[-1]["outside"] else seen
    assert len(reached) == wanted
    assert [one["name"] for one in reached if not one["ring"]] == []
    areas = list(dict.fromkeys(one["area"] for one in reached))
    assert areas == ["HEADER", "rail", "stage", "card inside", "panels"]
    changes = sum(one["area"] != other["area"] for one, other in itertools.pairwise(reached))
    assert changes == len(areas) - 1, "it never comes back to a part that it has left"


# --- large, and on paper -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["?detail=steps&rule=loss", "?present=on"])
def test_at_four_times_the_size(page: Explorer, query: str) -> None:
    page.tab.set_viewport_size({"width": 320, "height": 256})
    page.open(query)
    told(page)
    page.until("document.documentElement.scrollWidth <= innerWidth")
    for graph in ("map", "lr", "rms", "third"):
        box = page.tab.locator(f"#graph-{graph}").bounding_box()
        assert box["width"] > 200 and box["x"] >= 0 and box["x"] + box["width"] <= 320
    if "present" not in query:
        page.tab.locator("#drawer").click()
        expect(page.tab.locator("#rail")).to_be_visible()
        assert page.js("document.getElementById('rail').scrollWidth <= document.getElementById('rail').clientWidth")


def test_on_paper(page: Explorer) -> None:
    page.open()
    page.until("document.querySelector('#details td')")
    page.tab.emulate_media(media="print")
    try:
        for selector in ("#rail", "header .tools", ".stage [data-play=toggle]", ".modebar"):
            expect(page.tab.locator(selector).first).to_be_hidden()
        for selector in (
            "h1",
            "#graph-map",
            "#graph-lr",
            "#graph-rms",
            "#graph-third",
            "#said",
            "#details table",
        ):
            expect(page.tab.locator(selector)).to_be_visible()
        assert page.js("document.documentElement.scrollWidth <= innerWidth")
    finally:
        page.tab.emulate_media(media="screen")
