"""A class in front of it: a QR code on the wall, and the page in the frame of a learning platform."""

import io
import sys
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from ..conftest import watched
from .explorer import PHONE, Explorer
from .platform import platform
from .server import Server

COMMAND = (sys.executable, "-m", "app")


@pytest.fixture(scope="module")
def frames() -> Iterator[str]:
    with platform() as origin:
        yield origin


def decoded(tab: Page) -> str:
    """What a camera reads off the screen."""
    image = Image.open(io.BytesIO(tab.screenshot()))
    return zxingcpp.read_barcodes(image)[0].text


def test_a_key_shows_a_code_of_the_page_in_a_presentation(page: Explorer) -> None:
    page.open("?f=booth&present=on")
    code = page.tab.locator("#code")
    page.tab.keyboard.press("q")
    expect(code).to_be_visible()
    page.until("document.querySelector('#code img').complete")
    assert decoded(page.tab) == page.tab.url
    page.tab.keyboard.press("Escape")
    expect(code).to_be_hidden()
    assert page.js("document.documentElement.classList.contains('present')"), "the presentation stays"
    page.tab.keyboard.press("q")
    page.tab.keyboard.press("q")
    expect(code).to_be_hidden()


def test_elsewhere_the_key_is_a_letter(page: Explorer) -> None:
    page.open()
    page.tab.keyboard.press("q")
    expect(page.tab.locator("#code")).to_have_count(0)


def test_a_class_is_shown_an_address_that_it_can_reach(tab: Page) -> None:
    with Server((*COMMAND, "--class")) as server, watched(tab, server.url) as page:
        page.open("?f=booth&present=on")
        link = page.js("document.documentElement.dataset.class")
        assert link and "127.0.0.1" not in link
        page.tab.keyboard.press("q")
        page.until("document.querySelector('#code img')?.complete")
        assert decoded(page.tab) == f"{link}?f=booth&present=on"
        page.tab.goto("about:blank")


def test_in_a_frame_there_is_no_header(page: Explorer) -> None:
    page.open("?embed=1&f=booth")
    expect(page.tab.locator("header h1")).to_be_hidden()
    expect(page.tab.locator("#theme")).to_be_hidden()
    page.press("master.lr", "ArrowRight")
    assert "embed=1" in page.tab.url
    page.tab.set_viewport_size(PHONE)
    page.tab.locator("#drawer").click()
    expect(page.slider("master.lr")).to_be_in_viewport()


def test_a_platform_that_is_named_may_frame_it(frames: str, chromium: BrowserContext, server: Server) -> None:
    with Server((*COMMAND, "--embed", frames)) as allowed:
        for home, is_framed in ((allowed.url, True), (server.url, False)):
            tab = chromium.new_page()
            tab.goto(f"{frames}/{home}?embed=1")
            framed = tab.frame_locator("iframe").locator(".run").first
            if is_framed:
                expect(framed).to_be_visible(timeout=20_000)
            else:
                tab.wait_for_timeout(500)
                expect(framed).to_have_count(0)
            tab.close()
