"""One server, one Chromium and one tab for all tests that need a real browser."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from .browser import program
from .browser.explorer import DESKTOP, ELSEWHERE, Explorer
from .browser.server import Server, free_port

MISSING = "There is no Chromium or Chrome here; `python -m tests` brings one."
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

HERE = Path(__file__).parent
IN_REAL_TIME = (
    "browser",
    "command",
    "wire",
    "test_exporter.py",
    "test_notebook.py",
    "test_serve.py",
    "test_wheel.py",
    "test_workers.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives a browser or other processes, which a busy machine may hold up, has a second try."""
    for item in items:
        if item.path.relative_to(HERE).parts[0] in IN_REAL_TIME:
            item.add_marker(pytest.mark.flaky(reruns=1))


def launch(playwright: Playwright) -> Browser:
    found = program.find(playwright.chromium.executable_path)
    if found is None:
        pytest.fail(MISSING, pytrace=False)
    root = ["--no-sandbox"] if program.is_root() else []
    return playwright.chromium.launch(executable_path=found, args=ARGUMENTS + root)


@contextmanager
def watched(tab: Page, url: str) -> Iterator[Explorer]:
    """A page whose console must stay empty, and which may fetch nothing from elsewhere, in a tab as good as new."""
    tab.set_viewport_size(DESKTOP)
    tab.emulate_media(media="null", color_scheme="light", reduced_motion="no-preference", forced_colors="none")
    tab.mouse.move(0, 0)
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
    with watched(tab, server.url) as page:
        yield page


@pytest.fixture
def new_page(server: Server, chromium: BrowserContext) -> Iterator[Explorer]:
    """The page, not yet opened, in a tab of its own: with a history that begins here."""
    tab = chromium.new_page()
    with watched(tab, server.url) as page:
        yield page
    tab.close()


@pytest.fixture
def free() -> int:
    """A port that nobody listens on."""
    return free_port()


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that someone listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]
