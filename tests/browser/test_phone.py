"""Small screens: one column, a sheet, nothing cut off and nothing on top of another."""

import itertools

import pytest
from playwright.sync_api import expect

from .explorer import PHONE, TARGET, Explorer, boxes


@pytest.fixture
def phone(page: Explorer) -> Explorer:
    page.tab.set_viewport_size(PHONE)
    return page


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    return all(
        min(one[end], other[end]) - max(one[start], other[start]) > 0.5
        for start, end in (("left", "right"), ("top", "bottom"))
    )


@pytest.mark.parametrize("query", ["", "?f=styblinski-tang&run=rmsprop-averaged-rates&map=side"])
def test_nothing_is_wider_than_the_screen(page: Explorer, query: str) -> None:
    page.open(query)
    for width in (390, 320, 768, 1024, 1440):
        page.tab.set_viewport_size({"width": width, "height": 844})
        page.until("document.documentElement.scrollWidth <= innerWidth")


def test_controls_stand_apart_and_fit_a_finger(phone: Explorer) -> None:
    phone.open()
    seen = boxes(phone, "header button, header input:not([type=hidden]), .playback button, .playback input")
    assert len(seen) > 10
    for one, other in itertools.combinations(seen, 2):
        assert not overlap(one, other), (one["name"], other["name"])
    for one in boxes(phone, "header button, .playback button"):
        assert min(one["width"], one["height"]) >= TARGET, one["name"]


def test_the_sheet(phone: Explorer) -> None:
    phone.open()
    rail, switch = phone.tab.locator("#rail"), phone.tab.locator("#drawer")
    expect(rail).to_be_hidden()
    expect(switch).to_have_attribute("aria-expanded", "false")
    switch.click()
    expect(rail).to_be_visible()
    expect(switch).to_have_attribute("aria-expanded", "true")
    phone.press("master.lr", "ArrowRight")
    assert phone.state.runs[0].optimizer.lr > 0.045
    phone.choose("add", "Lion")
    expect(rail).to_be_visible()
    phone.tab.mouse.click(200, 250)
    expect(rail).to_be_hidden()
    assert phone.state.start is None, "a click that closes the sheet is no click on the map"


def test_the_start_is_set_by_a_tap(phone: Explorer) -> None:
    phone.open()
    with phone.change():
        phone.tab.mouse.click(*phone.place(1.5, -1.0))
    assert phone.state.start is not None


def test_the_export_menu_fits(phone: Explorer) -> None:
    phone.open()
    phone.tab.locator(".export summary").click()
    (box,) = boxes(phone, ".menu")
    assert box["left"] >= 0 and box["right"] <= PHONE["width"]


def test_the_sheet_leaves_the_map_in_sight_and_gives_the_focus_back(phone: Explorer) -> None:
    phone.open()
    phone.settled()
    phone.tab.locator("#drawer").click()
    expect(phone.tab.locator("#rail")).to_be_focused()
    phone.until("document.getElementById('rail').getAnimations().length === 0")
    (rail,), (graph,) = boxes(phone, "#rail"), boxes(phone, "#graph-map")
    assert rail["height"] <= 0.56 * PHONE["height"] and rail["bottom"] <= PHONE["height"] + 1
    assert graph["top"] > 0 and graph["bottom"] <= rail["top"] and graph["height"] >= 200
    phone.until("Math.abs(downslope.graphs.map.gd._fullLayout.height - downslope.graphs.map.gd.clientHeight) < 1")
    phone.tab.keyboard.press("Escape")
    expect(phone.tab.locator("#rail")).to_be_hidden()
    expect(phone.tab.locator("#drawer")).to_be_focused()
    phone.tab.locator("#drawer").click()
    phone.tab.set_viewport_size({"width": PHONE["height"], "height": PHONE["width"]})
    expect(phone.tab.locator("#drawer")).to_have_attribute("aria-expanded", "false")
    expect(phone.tab.locator("#rail")).to_be_visible()


def test_the_map_a_slider_and_the_playback_are_on_one_screen(phone: Explorer) -> None:
    phone.open()
    for part in boxes(phone, "header, .question, #graph-map, .work .at-hand, .playback"):
        assert part["top"] >= 0 and part["bottom"] <= PHONE["height"], part
    at_hand = phone.tab.locator(".work .at-hand [data-key='master.lr'] input")
    with phone.change():
        at_hand.press("ArrowRight")
    assert phone.state.runs[0].optimizer.lr > 0.045
    assert at_hand.input_value() == phone.slider("master.lr").input_value()
    expect(phone.tab.locator(".work [data-text='strip.lr']")).to_have_text(phone.shown("master.lr"))


@pytest.mark.parametrize("kind", ["results", "steps", "conventions", "off"])
def test_the_chosen_tab_is_in_sight(phone: Explorer, kind: str) -> None:
    phone.open(f"?detail={kind}")
    phone.told()
    (row,), (chosen,) = boxes(phone, ".tabs .segments"), boxes(phone, ".tabs label:has(:checked)")
    assert chosen["left"] >= row["left"] - 1 and chosen["right"] <= row["right"] + 1
