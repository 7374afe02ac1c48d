"""Small screens: one column, a drawer, nothing cut off and nothing on top of another."""

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
        page.until("document.documentElement.scrollWidth <= innerWidth", timeout=2)


def test_controls_stand_apart_and_fit_a_finger(phone: Explorer) -> None:
    phone.open()
    seen = boxes(phone, "header button, header input:not([type=hidden]), .playback button, .playback input")
    assert len(seen) > 10
    for one, other in itertools.combinations(seen, 2):
        assert not overlap(one, other), (one["name"], other["name"])
    for one in boxes(phone, "header button, .playback button"):
        assert min(one["width"], one["height"]) >= TARGET, one["name"]


def test_the_drawer(phone: Explorer) -> None:
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
    phone.tab.mouse.click(PHONE["width"] - 10, PHONE["height"] - 10)
    expect(rail).to_be_hidden()
    assert phone.state.start is None, "a click that closes the drawer is no click on the map"


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
