"""Whatever changes the room of the page, while it is looked at: nothing overlaps, nothing is cut, nothing stands still."""

from collections.abc import Callable

import pytest

from .axe import CONTRAST, violations
from .explorer import Explorer
from .layout import nothing_is_hidden_by_another_or_cut

SCREENS = [(1440, 900), (1920, 1080), (1024, 768), (1180, 820), (820, 1180), (390, 844)]
LAID = """[...document.querySelectorAll("[data-graph]")].filter((one) => one.checkVisibility()).every((one) => {
    const { width, height } = one._fullLayout;
    return Math.abs(width - one.clientWidth) < 1 && Math.abs(height - one.clientHeight) < 1;
})"""
SIZES = """() => [...document.querySelectorAll("[data-graph]")].filter((one) => one.checkVisibility()).map((one) => [one.dataset.graph, one.clientWidth, one.clientHeight])"""

every_screen = pytest.mark.parametrize("screen", SCREENS, ids=lambda size: "x".join(map(str, size)))


def resize(page: Explorer, width: int, height: int) -> None:
    page.tab.set_viewport_size({"width": width, "height": height})


def is_laid(page: Explorer, of: str) -> None:
    """The graphs have the size of their places, and these lie beside each other in the window."""
    page.until(f"{LAID} && downslope.gate.idle()")
    page.settled()
    page.until("document.documentElement.scrollWidth <= innerWidth")
    for graph, width, height in page.js(SIZES):
        assert width >= 190 and height >= 90, (of, graph, width, height)
    nothing_is_hidden_by_another_or_cut(page)


def presented(page: Explorer, on: bool) -> None:
    if on:
        page.tab.locator("#present").click()
    else:
        page.tab.keyboard.press("Escape")
    page.until(f"document.documentElement.classList.contains('present') === {str(on).lower()}")


@every_screen
def test_every_change_of_the_room_lays_the_page_anew(page: Explorer, screen: tuple[int, int]) -> None:
    width, height = screen
    changes: dict[str, Callable[[], None]] = {
        "presented": lambda: presented(page, True),
        "turned": lambda: resize(page, height, width),
        "turned back": lambda: resize(page, width, height),
        "dark": lambda: page.tab.emulate_media(color_scheme="dark"),
        "left": lambda: presented(page, False),
        "turned again": lambda: resize(page, height, width),
        "as it was": lambda: resize(page, width, height),
    }
    resize(page, width, height)
    page.open()
    page.until("document.querySelector('#said li')")
    is_laid(page, "opened")
    first = page.js(SIZES)
    for name, change in changes.items():
        change()
        is_laid(page, name)
    assert page.js(SIZES) == first


@every_screen
def test_axe_finds_nothing_on_either_side(page: Explorer, screen: tuple[int, int]) -> None:
    resize(page, *screen)
    page.open()
    page.until("document.querySelector('#details td')")
    assert violations(page) == []
    presented(page, True)
    assert violations(page) == []
    page.tab.emulate_media(color_scheme="dark")
    page.until("document.documentElement.dataset.theme === 'dark' && downslope.gate.idle()")
    assert violations(page, rules=CONTRAST) == []
    presented(page, False)
    assert violations(page, rules=CONTRAST) == []
    page.tab.emulate_media(forced_colors="active")
    assert violations(page) == []
    presented(page, True)
    assert violations(page) == []


def test_playing_goes_on_through_a_change_of_the_room(page: Explorer) -> None:
    page.open("?steps=1000&t=0")
    page.settled()
    page.tab.keyboard.press(" ")
    presented(page, True)
    page.tab.keyboard.press("PageDown")  # a clicker takes the playhead over
    page.until("!document.documentElement.classList.contains('playing')")
    page.tab.keyboard.press(" ")
    page.until("document.documentElement.classList.contains('playing')")
    resize(page, 1024, 768)
    presented(page, False)
    assert page.js("document.documentElement.classList.contains('playing')")
