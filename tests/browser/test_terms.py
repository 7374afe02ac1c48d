"""Every symbol and word of the glossary explains itself: to the pointer, to the keyboard and to a finger."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import CDPSession, Locator, expect

from app.page.glossary import TERMS, WORDS
from landscapes import LANDSCAPES, TRANSFORMS
from optim_core import OPTIMIZERS, hypers

from .explorer import PHONE, Explorer, boxes, middle

EVERYWHERE = "?f=valley&run=rmsprop~pinned=1&run=adamw&run=sgd&detail=stability"  # where most of the words stand


@pytest.fixture
def finger(page: Explorer) -> Iterator[CDPSession]:
    """Touch as a phone has it: no pointer hovers before it."""
    session = page.tab.context.new_cdp_session(page.tab)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    yield session
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    session.detach()


def tip(page: Explorer) -> Locator:
    return page.tab.locator("#tip:popover-open")


def explains(page: Explorer, key: str) -> None:
    name, meaning = TERMS[key]
    expect(tip(page)).to_contain_text(name)
    expect(tip(page)).to_contain_text(meaning)


def test_the_page_holds_every_word_of_the_glossary(page: Explorer) -> None:
    assert set(WORDS) <= {key for _, key in in_turn(page)}


def test_every_number_with_a_symbol_has_a_meaning(page: Explorer) -> None:
    page.open("?run=sgd")
    known = set(page.js("[...document.querySelectorAll('#glossary dd')].map((one) => one.id)"))

    def explained(area: str, *classes: type) -> None:
        keys = page.js("[...document.querySelectorAll('[data-term]')].map((one) => one.dataset.term)")
        assert {f"term-{key}" for key in keys} <= known
        expect(page.tab.locator(f"{area} [data-term]")).to_have_count(
            sum(bool(how.symbol) for cls in classes for how in hypers(cls).values())
        )

    for landscape in LANDSCAPES.values():
        if landscape is not type(page.state.landscape):
            page.choose("surface", landscape.label)
        explained("[data-area=surface]", landscape, *TRANSFORMS.values())
    page.open("?run=sgd")
    page.act("open.0")
    for optimizer in OPTIMIZERS.values():
        if optimizer is not type(page.state.runs[0].optimizer):
            page.choose("run.0.optimizer", optimizer.label)
        explained(".editor", optimizer)


def in_turn(page: Explorer) -> Iterator[tuple[Locator, str]]:
    """Each word where it can be seen: those of the results after the others."""
    page.open(EVERYWHERE)
    with page.change():
        page.tab.locator(".run-title").nth(1).click()
    page.until("document.querySelector('#details [data-term]')")
    yield from visible(page, "[data-term]")
    page.select("view.detail", "Results")
    yield from visible(page, ".stopping [data-term]")


def visible(page: Explorer, selector: str) -> Iterator[tuple[Locator, str]]:
    for one in page.tab.locator(selector).all():
        if one.is_visible():
            one.scroll_into_view_if_needed()
            yield one, one.get_attribute("data-term")


def test_by_the_pointer(page: Explorer) -> None:
    for one, key in in_turn(page):
        one.hover()
        explains(page, key)
        page.tab.mouse.move(0, 0)
        expect(tip(page)).to_have_count(0)


def test_by_the_keyboard(page: Explorer) -> None:
    for one, key in in_turn(page):
        one.focus()
        explains(page, key)
        described = page.js("one => document.getElementById(one).textContent", one.get_attribute("aria-describedby"))
        assert described == TERMS[key].meaning, "what a screen reader reads out"
        page.tab.keyboard.press("Escape")
        expect(tip(page)).to_have_count(0)


def test_by_a_finger(page: Explorer, finger: CDPSession) -> None:
    for one, key in in_turn(page):
        if one.get_attribute("data-action"):
            continue  # a tap does it
        x, y = middle(one)
        for kind, points in (("touchStart", [{"x": x, "y": y}]), ("touchEnd", [])):
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        explains(page, key)
        page.tab.keyboard.press("Escape")
        expect(tip(page)).to_have_count(0)


def test_a_meaning_covers_neither_its_word_nor_its_slider_nor_the_edge(page: Explorer) -> None:
    for one, _ in in_turn(page):
        one.hover()
        expect(tip(page)).to_have_count(1)
        (shown,) = boxes(page, "#tip")
        size = page.tab.viewport_size
        assert shown["left"] >= 0 and shown["right"] <= size["width"]
        assert shown["top"] >= 0 and shown["bottom"] <= size["height"]
        row = one.locator("xpath=ancestor-or-self::*[contains(@class, 'field') or self::button][last()]").bounding_box()
        assert shown["bottom"] <= row["y"] + 0.5 or shown["top"] >= row["y"] + row["height"] - 0.5


def test_a_slider_that_is_moved_is_not_covered(page: Explorer) -> None:
    page.open()
    page.tab.locator("[data-term=eta]").first.click()
    expect(tip(page)).to_have_count(1)
    page.tab.mouse.move(*middle(page.slider("master.beta")))
    page.tab.mouse.down()
    expect(tip(page)).to_have_count(0)
    page.tab.mouse.up()


def test_escape_closes_the_meaning_and_then_the_presentation(page: Explorer) -> None:
    page.open("?present=on")
    page.tab.locator("[data-term=rms]").focus()
    explains(page, "rms")
    page.tab.keyboard.press("Escape")
    expect(tip(page)).to_have_count(0)
    assert page.state.view.present == "on"


def test_it_fits_a_phone(page: Explorer) -> None:
    page.tab.set_viewport_size(PHONE)
    page.open()
    page.tab.locator("#drawer").click()
    page.tab.locator("#rail [data-term=eta]").first.click()
    explains(page, "eta")
    (shown,) = boxes(page, "#tip")
    assert shown["left"] >= 0 and shown["right"] <= PHONE["width"]
