"""A class opens the page over plain http by the teacher's address, where browsers keep some of their features back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from ..conftest import watched
from .explorer import ELSEWHERE, UNAVOIDABLE, Explorer
from .server import Server

UNTRUSTED = "The Cross-Origin-Opener-Policy header has been ignored"  # it protects on https alone
REFUSED = "Document.prototype.execCommand = () => false"
COPIES = [("#copy-link", "Copy link", "http://"), (".story button >> nth=0", "Copy as text", "Adam, step 7, x\n")]

each_copy = pytest.mark.parametrize(("selector", "label", "begins"), COPIES)


@pytest.fixture
def elsewhere(server: Server, chromium: BrowserContext) -> Iterator[Explorer]:
    """The page as another machine of the room gets it."""
    tab = chromium.new_page()
    with watched(tab, server.url.replace("127.0.0.1", ELSEWHERE)) as page:
        page.allowed = (*UNAVOIDABLE, UNTRUSTED)
        yield page
    tab.close()


def opened(page: Explorer) -> None:
    page.open("?run=adam~lr=0.1&steps=60&detail=steps&t=7")
    expect(page.tab.locator(".story")).to_have_count(1)
    assert page.js("[isSecureContext, typeof navigator.clipboard]") == [False, "undefined"]


def pasted(page: Explorer) -> str:
    """What is in the clipboard, as a person finds out."""
    page.js("document.querySelector('header').append(document.createElement('textarea'))")
    page.tab.locator("header textarea").press("Control+v")
    return page.tab.locator("header textarea").input_value()


@each_copy
def test_what_is_copied_arrives(elsewhere: Explorer, selector: str, label: str, begins: str) -> None:
    opened(elsewhere)
    button = elsewhere.tab.locator(selector)
    expect(button).to_have_text(label)
    button.click()
    expect(button).to_have_text("Copied")
    assert elsewhere.tab.locator("dialog").count() == 0
    assert pasted(elsewhere).startswith(begins)
    expect(button).to_have_text(label)


@each_copy
def test_where_nothing_may_be_copied_the_text_is_shown(
    elsewhere: Explorer, selector: str, label: str, begins: str
) -> None:
    elsewhere.tab.add_init_script(REFUSED)
    opened(elsewhere)
    button = elsewhere.tab.locator(selector)
    button.click()
    shown = elsewhere.tab.get_by_role("dialog")
    expect(shown).to_contain_text("does not let this page copy")
    selected = "(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))"
    text = elsewhere.js(f"{selected}(document.activeElement)")
    assert text.startswith(begins) and text == shown.get_by_role("textbox").input_value()
    expect(button).to_have_text(label)
    elsewhere.tab.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    assert elsewhere.js(f"document.activeElement.textContent === '{label}'")


@pytest.mark.parametrize("method", ["undefined", "() => Promise.reject(new TypeError())"])
def test_without_the_whole_screen_the_presentation_says_so(new_page: Explorer, method: str) -> None:
    new_page.tab.add_init_script(f"Element.prototype.requestFullscreen = {method}")
    new_page.open()
    with new_page.change():
        new_page.tab.locator("#present").click()
    assert new_page.state.view.present == "on"
    expect(new_page.tab.get_by_role("status").filter(has_text="fills its window")).to_be_visible()
