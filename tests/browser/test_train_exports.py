"""What the export menu gives of a training is of the state on the screen, with the file of one's own that it takes."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.export.files import OF_TABS, make
from app.page import data

from ..conftest import watched
from .explorer import Explorer
from .server import Server

PATIENCE = 20_000  # ms: the machine may be busy
SMALL = "?tab=train&run=adam~lr=0.05&run=sgd~schedule=cosine&train=n=80~d=3~epochs=4~shuffles=2"
LARGE = "?tab=train&train=n=20000~d=50~batch=20~epochs=100" + 8 * "&run=adam"
FILE = "\n".join(
    ["size,town,price", *(f"{i % 7},{'Aar' if i % 3 else 'Bel'},{2 * (i % 7) + i % 5}" for i in range(50))]
)


def opened(page: Explorer, query: str) -> None:
    page.open(query)
    page.tab.locator("#train input[type=file]").wait_for(state="attached", timeout=PATIENCE)


def downloaded(page: Explorer, name: str) -> tuple[str, bytes]:
    """The name and the content of the file that a click gives."""
    menu = page.tab.locator("details.export")
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    with page.tab.expect_download(timeout=PATIENCE) as found:
        menu.locator(f"[data-export='{name}']").click()
    return found.value.suggested_filename, Path(found.value.path()).read_bytes()


def test_every_file_is_of_the_training_on_the_screen(page: Explorer) -> None:
    opened(page, SMALL)
    with page.change():
        page.control("switch", "train.standard").click()
    assert page.state.train.is_standard
    for name in OF_TABS["train"]:
        saved, content = downloaded(page, name)
        wanted = make(name, page.state, page.url + page.state.to_query())
        assert saved == wanted.name and content.decode() == wanted.content


def test_the_menu_of_other_tabs_has_none_of_them(page: Explorer) -> None:
    page.open("?tab=explore")
    page.tab.locator("details.export summary").click()
    assert all(not page.tab.locator(f"[data-export='{name}']").is_visible() for name in OF_TABS["train"])
    assert page.tab.locator("[data-export='numpy']").is_visible()


def test_what_takes_too_long_names_the_command(page: Explorer) -> None:
    page.allowed = (*page.allowed, "status of 422")
    opened(page, LARGE)
    page.tab.locator("details.export summary").click()
    page.tab.locator("[data-export='train-json']").click()
    banner = page.tab.locator("#banner")
    expect(banner).to_contain_text("could not make this file: so many steps", timeout=PATIENCE)
    expect(banner).to_contain_text("`downslope train`")
    downloaded(page, "train-numpy")
    expect(banner).to_be_hidden()
    page.tab.goto("about:blank")  # its tiles would go on


@pytest.mark.parametrize("name", ["train-csv", "train-samples", "train-torch"])
def test_a_file_that_the_server_has_forgotten_is_sent_again_for_an_export(tab: Page, name: str) -> None:
    with Server() as server, watched(tab, server.url) as page:
        page.allowed = (*page.allowed, "ERR_CONNECTION_REFUSED", "status of 422")
        opened(page, "?tab=train&train=epochs=3")
        with page.change():
            upload = {"name": "prices.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
            page.tab.locator("#train input[type=file]").set_input_files(upload, timeout=PATIENCE)
            expect(page.tab.locator("#train-about")).to_contain_text("40 samples", timeout=PATIENCE)
        server.stop()
        server.start()
        _, content = downloaded(page, name)
        data.keep(FILE.encode())
        assert content.decode() == make(name, page.state, page.url + page.state.to_query()).content
        expect(page.tab.locator("#banner")).to_be_hidden()
        tab.goto("about:blank")
