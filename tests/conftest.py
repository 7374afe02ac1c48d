"""One server, one Chromium and one tab for all tests that need a real browser."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from .browser.explorer import DESKTOP, ELSEWHERE, Explorer
from .browser.server import Server

NAMES = (os.environ.get("CHROME"), "chromium", "chromium-browser", "google-chrome", "chrome")
INSTALL = (
    "There is no Chromium or Chrome on the PATH. This brings one: python -m playwright install --with-deps chromium"
)
ARGUMENTS = [
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu-compositing",  # software composes faster than a graphics card in software
    "--enable-unsafe-swiftshader",
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
]


def find_chromium(playwright: Playwright) -> str:
    """The Chromium or Chrome on the PATH, else Playwright's own."""
    on_path = (shutil.which(name) for name in NAMES if name)
    found = next(filter(None, on_path), playwright.chromium.executable_path)
    if not Path(found).exists():
        pytest.fail(INSTALL, pytrace=False)
    return found


def launch(playwright: Playwright) -> Browser:
    root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    return playwright.chromium.launch(executable_path=find_chromium(playwright), args=ARGUMENTS + root)


@contextmanager
def watched(tab: Page, url: str) -> Iterator[Explorer]:
    """A page whose console must stay empty, and which may fetch nothing from elsewhere."""
    page = Explorer(tab, url)
    yield page
    tab.unroute_all()
    page.close()
    assert page.complaints == []
    assert page.strangers == []


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser.new_context(viewport=DESKTOP)
        browser.close()


@pytest.fixture(scope="session")
def tab(chromium: BrowserContext) -> Page:
    """One tab for all tests: a new one for each would cost more than most tests."""
    return chromium.new_page()


@pytest.fixture
def page(server: Server, tab: Page) -> Iterator[Explorer]:
    """The page, not yet opened, in the tab that all tests share."""
    tab.set_viewport_size(DESKTOP)
    tab.emulate_media(color_scheme="light", reduced_motion="no-preference")
    tab.mouse.move(0, 0)
    with watched(tab, server.url) as page:
        yield page


@pytest.fixture
def new_page(server: Server, chromium: BrowserContext) -> Iterator[Explorer]:
    """The page, not yet opened, in a tab of its own: with a history that begins here."""
    tab = chromium.new_page()
    with watched(tab, server.url) as page:
        yield page
    tab.close()
