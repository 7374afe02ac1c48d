"""Space, Enter and the focus: who has a key after something was done, by the pointer or by the keyboard."""

import pytest
from playwright.sync_api import Locator, expect

from app.page.view import TABS

from .explorer import Explorer

PLAYING = "downslope.playhead.playing()"
LONG = "?steps=2000"
# every control that can be seen, numbered, with what Space would do to it if it were pressed
NUMBER = """() => [...document.querySelectorAll("button, summary, select, input")]
    .filter((one) => one.checkVisibility() && !one.disabled)
    .filter((one) => !one.matches("[type=text], textarea, #drawer, [data-picture], .export .menu *"))
    .map((one, i) => {
        one.dataset.number = i;
        return [i, one.id || one.dataset.action || one.dataset.play || one.value || one.tagName];
    })"""
AS_IT_IS = """() => JSON.stringify({
    page: document.documentElement.className.replace("playing", ""), query: location.search.replace(/[?&]t=\\d+/, ""),
    runs: document.querySelectorAll(".run.open").length, menus: document.querySelectorAll("details[open]").length,
    chosen: [...document.querySelectorAll("input:checked, select")].map(({ value }) => value),
    sliders: [...document.querySelectorAll("#rail input[type=range]")].map(({ value }) => value),
})"""


def still(page: Explorer) -> None:
    """Nothing plays, there is much to play, and what was asked is answered."""
    page.js("downslope.playhead.playing() && downslope.playhead.actions.toggle()")
    page.js("downslope.playhead.actions.first()")
    page.until("downslope.gate.idle() && !document.querySelector('button[aria-busy=true]')")
    page.told()


def clicked(page: Explorer, one: Locator) -> None:
    """With the pointer, and a menu that it opened closed again."""
    is_menu = one.evaluate("one => one.matches('select')")  # what is clicked may be gone soon after
    one.click(force=True)
    if is_menu:
        page.tab.keyboard.press("Escape")
    still(page)


def plays_by_space(page: Explorer, what: str) -> None:
    before = page.js(AS_IT_IS)
    page.tab.keyboard.press("Space")
    assert page.js(PLAYING), f"Space does not play after {what}"
    still(page)
    assert page.js(AS_IT_IS) == before, f"Space did {what} once more"


def reached(page: Explorer, one: Locator) -> None:
    """With the keyboard: from what stands before it."""
    one.focus()
    page.tab.keyboard.press("Shift+Tab")
    page.tab.keyboard.press("Tab")
    expect(one).to_be_focused()


def test_space_plays_after_any_control_was_clicked(page: Explorer) -> None:
    """No control keeps Space because the pointer was on it, and none is done a second time."""
    page.open(LONG)
    tried = []
    for number, what in page.js(NUMBER):
        one = page.tab.locator(f"[data-number='{number}']")
        if what in ("present", *TABS) or not one.count() or not one.is_visible():  # gone with what was clicked before
            continue
        clicked(page, one)
        plays_by_space(page, what)
        tried.append(what)
    assert len(tried) > 40


def test_in_a_presentation_space_plays_whatever_has_the_focus(page: Explorer) -> None:
    page.open(LONG)
    clicked(page, page.tab.locator("#present"))
    page.until("document.documentElement.classList.contains('present')")
    plays_by_space(page, "present")
    for one in page.tab.locator("button:visible, input:not([type=text]):visible").all():
        one.focus()
        page.tab.keyboard.press("Space")
        assert page.js(PLAYING)
        still(page)
    page.js("document.activeElement.blur()")
    page.tab.keyboard.press("Escape")
    page.until("!document.documentElement.classList.contains('present')")
    page.committed()


def test_space_does_what_the_keyboard_went_to(page: Explorer) -> None:
    page.open(LONG)
    reached(page, page.tab.locator(".run-title").first)
    with page.change():
        page.tab.keyboard.press("Space")
    expect(page.tab.locator(".run.open")).to_have_count(1)
    assert not page.js(PLAYING)


def test_enter_leaves_every_field_with_what_was_typed(page: Explorer) -> None:
    page.open(f"{LONG}&run=adam")
    page.act("open.2")
    keys = page.js("""() => [...document.querySelectorAll("input[type=text]")].filter((one) => one.checkVisibility())
        .map((one) => one.closest("[data-key]")?.dataset).filter(Boolean).map(({ control, key }) => [control, key])""")
    assert {"master.lr", "steps", "start.x", "run.0.name"} <= {key for _, key in keys}
    for kind, key in keys:
        field = page.control(kind, key)
        field.click()
        field.press("Enter")
        expect(field).not_to_be_focused()
        value = field.input_value()
        plays_by_space(page, key)
        assert field.input_value() == value, "no blank is typed"


def focused(page: Explorer) -> str:
    return page.js("""() => {
        const { activeElement: one } = document;
        return one.closest("[data-action]")?.dataset.action ?? one.closest("[data-key]")?.dataset.key ?? one.tagName;
    }""")


@pytest.mark.parametrize("by", ["keyboard", "pointer"])
def test_the_focus_stays_when_the_rail_is_made_anew(page: Explorer, by: str) -> None:
    """Open, duplicate, move, pin, remove, add: the same control of the same run, else what took its place."""
    page.open("?run=sgd&run=momentum&run=adam")
    after = {
        "open.2": "open.2",
        "run.0.down": "run.1.down",
        "run.1.up": "run.0.up",
        "run.0.pin": "run.0.pin",
        "run.0.duplicate": "run.1.duplicate",
        "run.1.remove": "open.",
    }
    after = {key if key != "open.2" else f"open.{page.state.runs[0].slot}": wanted for key, wanted in after.items()}
    for key, wanted in after.items():
        one = page.control("action", key)
        with page.change():
            if by == "pointer":
                one.click()
            else:
                reached(page, one)
                page.tab.keyboard.press("Enter")
        found = focused(page)
        assert found.startswith("open.") if key.startswith("open.") or key.endswith("remove") else found == wanted, key
    if by == "pointer":
        page.tab.keyboard.press("Space")
        assert page.js(PLAYING)
        still(page)
    with page.change():
        page.control("choice", "add").focus()
        page.control("choice", "add").select_option(label="Lion")
    assert focused(page) == "add"
