"""What may stand around a surface: found below its own settings, moved by sliders, seen on the map at once."""

import pytest
from playwright.sync_api import expect

from landscapes import L2, ElongatedValley, Rotated, Stretched

from .explorer import PHONE, Explorer

DEGREES = ".field:has([data-key='rotate.degrees'])"


def unfold(page: Explorer) -> None:
    page.tab.get_by_text("turn, scale, stretch, move, L2").click()


def test_a_surface_is_turned_while_its_map_is_in_sight(page: Explorer) -> None:
    page.open()
    unfold(page)
    slider = page.slider("rotate.degrees")
    slider.scroll_into_view_if_needed()
    assert page.js("scrollY") == 0, "the controls scroll by themselves"
    before = page.js("JSON.stringify([...downslope.graphs.map.traces['map-path-0'].x])")
    with page.change():
        slider.press("ArrowRight")
    degrees = page.state.landscape.degrees
    assert page.state.landscape == Rotated(ElongatedValley(), degrees) and 0 < degrees < 1
    assert page.js("JSON.stringify([...downslope.graphs.map.traces['map-path-0'].x])") != before
    expect(page.tab.locator(".question")).to_have_text(f"Elongated valley, turned by {degrees:g}°: who notices?")
    page.tab.keyboard.press("Control+z")
    page.until("location.search === ''")
    expect(page.tab.locator(".question")).to_contain_text("Steep in y")


def test_they_are_open_where_an_address_has_one_and_show_its_numbers(page: Explorer) -> None:
    page.open("?f=valley~stretch=3~l2=0.1")
    assert page.state.landscape == L2(Stretched(ElongatedValley(), 3.0), 0.1)
    assert (page.shown("stretch.x"), page.shown("l2.weight"), page.shown("rotate.degrees")) == ("3", "0.1", "0")
    page.type("stretch.x", "1")
    page.type("l2.weight", "0")
    assert page.state.landscape == ElongatedValley()


def test_a_wrong_number_stays_with_its_reason(page: Explorer) -> None:
    page.open("?f=valley~rotate=30")
    page.type("rotate.degrees", "500")
    expect(page.error("rotate.degrees")).to_have_text("must be a number from -360 to 360")
    assert page.state.landscape.degrees == 30


@pytest.mark.parametrize("kind", ["contour", "surface", "side"])
def test_every_kind_of_map_shows_it(page: Explorer, kind: str) -> None:
    page.tab.set_viewport_size(PHONE)
    page.open(f"?f=valley~rotate=30&map={kind}")
    x, y = (next(iter(values)) for values in page.js("Object.values(downslope.graphs.map.ground['map-minima'])"))
    assert (x, y) == (0, 0)
    assert len(page.line("map-path-0")) == 101
