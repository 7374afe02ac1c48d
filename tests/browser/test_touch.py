"""Fingers on the map: one scrolls the page and taps, two zoom."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import CDPSession

from .explorer import PHONE, TARGET, Explorer

SCREENS = [(1440, 900), (1180, 820), (820, 1180), (390, 844)]
SMALL = """(least) => [...document.querySelectorAll("button, select, summary, textarea, a[href], .segments label, .toggle, input:not([type=hidden], [type=checkbox], [type=radio])")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".details"))
    .map((one) => [one.id || one.dataset.action || one.ariaLabel || one.textContent, one.getBoundingClientRect()])
    .filter(([, { width, height }]) => Math.min(width, height) < least - 0.5).map(([name, { width, height }]) => [name, width, height])"""


@pytest.fixture
def fingers(page: Explorer) -> Iterator[CDPSession]:
    page.tab.set_viewport_size(PHONE)
    session = page.tab.context.new_cdp_session(page.tab)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})
    yield session
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    session.detach()


def touch(session: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    at = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})


def middle(page: Explorer) -> tuple[float, float]:
    box = page.js("document.querySelector('#graph-map').getBoundingClientRect().toJSON()")
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_one_finger_scrolls_the_page(page: Explorer, fingers: CDPSession) -> None:
    page.open()
    start = page.js("downslope.graphs.map.gd._fullLayout.yaxis.range.slice()")
    x, y = middle(page)
    touch(fingers, "touchStart", (x, y))
    for step in range(1, 12):
        touch(fingers, "touchMove", (x, y - 20 * step))
    touch(fingers, "touchEnd")
    page.until("scrollY > 100")
    assert page.js("downslope.graphs.map.gd._fullLayout.yaxis.range.slice()") == start


def test_two_fingers_zoom_about_what_is_between_them(page: Explorer, fingers: CDPSession) -> None:
    page.open()
    zoomed(page, fingers, "map", middle(page))


@pytest.mark.parametrize("graph", ["map", "third"])
def test_two_fingers_zoom_before_plotly_is_there(page: Explorer, fingers: CDPSession, graph: str) -> None:
    with page.without_plotly() as let_go:
        page.js(f"document.querySelector('#graph-{graph}').scrollIntoView({{ block: 'center' }})")
        box = page.tab.locator(f"#graph-{graph}").bounding_box()
        after = zoomed(page, fingers, graph, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
        let_go()
        assert page.js(ranges_of(graph)) == [pytest.approx(range_, rel=1e-6) for range_ in after]
        page.tab.locator(f"#graph-{graph} .reset").click()
        page.until(f"{ranges_of(graph)}[0][1] - {ranges_of(graph)}[0][0] > {1.5 * (after[0][1] - after[0][0])}")


def ranges_of(graph: str) -> str:
    return f"['xaxis', 'yaxis'].map((axis) => downslope.graphs.{graph}.full()[axis].range.slice())"


def zoomed(page: Explorer, fingers: CDPSession, graph: str, at: tuple[float, float]) -> list[list[float]]:
    """The ranges of a graph after two fingers have spread to twice their distance."""
    x, y = at
    ranges = ranges_of(graph)
    scrolled = page.js("scrollY")
    before = page.js(ranges)
    touch(fingers, "touchStart", (x - 40, y), (x + 40, y))
    for step in range(1, 9):
        touch(fingers, "touchMove", (x - 40 - 5 * step, y), (x + 40 + 5 * step, y))
    page.until(f"Math.abs({ranges}[0][1] - {ranges}[0][0]) < {0.55 * (before[0][1] - before[0][0])}")
    touch(fingers, "touchEnd")
    after = page.js(ranges)
    for (low, high), (new_low, new_high) in zip(before, after, strict=True):
        assert new_high - new_low == pytest.approx(0.5 * (high - low), rel=0.03)
        assert low < new_low < new_high < high
    assert page.js("scrollY") == scrolled
    return after


def test_a_tap_sets_the_start(page: Explorer, fingers: CDPSession) -> None:
    page.open()
    x, y = middle(page)
    with page.change():
        touch(fingers, "touchStart", (x, y + 60))
        touch(fingers, "touchEnd")
    assert page.js("location.search.includes('start=')")


@pytest.mark.parametrize("screen", SCREENS, ids=lambda size: "x".join(map(str, size)))
def test_whatever_a_finger_works_is_large_enough_at_any_width(
    page: Explorer, fingers: CDPSession, screen: tuple[int, int]
) -> None:
    page.tab.set_viewport_size(dict(zip(("width", "height"), screen, strict=True)))
    page.open()
    page.until("matchMedia('(pointer: coarse)').matches && document.querySelector('#said li')")
    drawer = page.tab.locator("#drawer")
    if drawer.is_visible():
        drawer.click()
    page.act("open.2")
    assert page.js(SMALL, TARGET) == []
    if drawer.is_visible():
        page.tab.keyboard.press("Escape")
    page.tab.locator(".export summary").click()
    assert page.js(SMALL, TARGET) == []
    page.open("?present=on")
    page.until("document.querySelector('#said li')")
    assert page.js(SMALL, TARGET) == []
