"""Undo, redo and reset: steps over finished changes, beside the browser's own history."""

import pytest
from playwright.sync_api import expect

from .explorer import Explorer

ASIDE = ("t=", "theme=", "present=", "strip=")


def step(page: Explorer, way: str, by: str) -> None:
    with page.change():
        if by == "button":
            page.tab.locator(f"[data-undo={way}]").click()
        else:
            page.tab.keyboard.press({"undo": "Control+z", "redo": by}[way])
    page.committed()


def told(page: Explorer) -> str:
    """The address, but for what is no change."""
    return "&".join(part for part in page.query[1:].split("&") if not part.startswith(ASIDE))


def changes(page: Explorer) -> list[str]:
    """One change of each kind, a gesture of many moves among them; the addresses between."""
    slider = page.slider("master.lr").bounding_box()
    x, y = slider["x"] + slider["width"] / 2, slider["y"] + slider["height"] / 2
    seen = [told(page)]

    def done() -> None:
        page.committed()
        seen.append(told(page))

    with page.dragged(x, y):
        for far in (8, 16, 24):
            with page.change():
                page.tab.mouse.move(x + far, y)
    done()
    page.type("start.x", "1.25")
    done()
    page.choose("surface", "Rosenbrock")
    done()
    page.choose("add", "Lion")
    done()
    page.act("preset.textbook")
    done()
    page.select("view.map", "Surface")
    done()
    assert len(set(seen)) == 7
    return seen


@pytest.mark.parametrize("by", ["button", "Control+Shift+Z", "Control+y"])
def test_every_change_is_undone_and_done_again_in_one_step(new_page: Explorer, by: str) -> None:
    page = new_page
    page.open("?run=sgd&run=adam~lr=0.3&steps=60")
    undo, redo = (page.tab.locator(f"[data-undo={way}]") for way in ("undo", "redo"))
    for button in (undo, redo):
        expect(button).to_have_attribute("aria-disabled", "true")
    seen = changes(page)
    entries = page.js("history.length")
    for wanted in reversed(seen[:-1]):
        step(page, "undo", by)
        assert told(page) == wanted
    expect(undo).to_have_attribute("aria-disabled", "true")
    expect(redo).not_to_have_attribute("aria-disabled", "true")
    for wanted in seen[1:]:
        step(page, "redo", by)
        assert told(page) == wanted
    expect(redo).to_have_attribute("aria-disabled", "true")
    assert page.js("history.length") == entries + 2 * (len(seen) - 1), "a step is a change like any other"


def test_the_playhead_the_theme_and_playing_are_no_steps_and_lose_none(page: Explorer) -> None:
    page.open()
    page.press("master.lr", "ArrowRight")
    page.committed()
    page.tab.locator(".stage [data-play=first]").click()
    page.tab.keyboard.press("Space")
    page.until("downslope.playhead.step() > 2")
    page.tab.keyboard.press("Space")
    page.until("/[?&]t=/.test(location.search)")
    page.committed()
    page.tab.locator("#theme").click()
    page.committed()
    stood = page.js("downslope.playhead.step()")
    step(page, "undo", "button")
    assert told(page) == ""
    assert page.js("downslope.playhead.step()") == stood
    assert page.state.view.theme == "dark"
    expect(page.tab.locator("[data-undo=undo]")).to_have_attribute("aria-disabled", "true")


def test_while_a_text_is_written_undo_is_the_browsers(page: Explorer) -> None:
    page.open()
    page.press("master.lr", "ArrowRight")
    page.committed()
    before = page.query
    field = page.control("number", "start.x")
    field.click()
    field.press("End")
    field.press_sequentially("5")
    written = field.input_value()
    field.press("Control+z")
    assert field.input_value() != written
    assert page.query == before


def test_two_quick_steps_are_two(page: Explorer) -> None:
    page.open()
    for value in ("0.02", "0.03", "0.04"):
        page.type("master.lr", value)
        page.committed()
    with page.change():
        page.tab.keyboard.press("Control+z")
        page.tab.keyboard.press("Control+z")
    page.committed()
    assert page.shown("master.lr") == "0.02"


def test_a_reset_is_undone(page: Explorer) -> None:
    page.open()
    reset = page.control("action", "reset")
    expect(reset).to_have_attribute("aria-disabled", "true")
    page.open("?f=himmelblau&run=lion~lr=0.02&steps=50&map=side")
    before = page.query
    page.act("reset")
    page.committed()
    assert page.query == ""
    expect(reset).to_have_attribute("aria-disabled", "true")
    step(page, "undo", "button")
    assert page.query == before
