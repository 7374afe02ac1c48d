"""What the export menu gives is a whole file of what is on the screen."""

import json
import struct
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.export.files import EXPORTS, make
from app.page.state import State

from .explorer import Explorer

NAME = "</text>&\"'😀"
NASTY = "?run=adam~lr=0.1~name=%3C/text%3E%26%22'%F0%9F%98%80&run=sgd~lr=0.01&steps=30"
EIGHT = "&".join(
    ["?steps=40", *(f"run=adam~lr=0.{place}~name=%26%3C%26%3C%26%3C%26%3C%26%3C{place}" for place in range(1, 9))]
)
SVG = "{http://www.w3.org/2000/svg}"


def menu(page: Explorer) -> None:
    page.tab.locator(".export summary").click()


def downloaded(page: Explorer, selector: str) -> tuple[str, bytes]:
    """The name and the content of the file that a click gives."""
    with page.tab.expect_download() as found:
        page.tab.locator(selector).click()
    return found.value.suggested_filename, Path(found.value.path()).read_bytes()


def test_every_file_is_of_the_state_on_the_screen(page: Explorer) -> None:
    page.open(NASTY)
    page.press("master.lr", "ArrowRight")  # after the page was made: its links must follow
    page.committed()
    state = page.state
    assert state != State.from_query(NASTY)[0]
    menu(page)
    for name in EXPORTS:
        saved, content = downloaded(page, f"[data-export='{name}']")
        wanted = make(name, state, page.url + state.to_query())
        text = wanted.content.encode() if isinstance(wanted.content, str) else wanted.content
        assert saved == wanted.name
        assert content == text
    assert json.loads(make("json", state, "").content)["runs"][0]["run"] == state.runs[0].label


def test_a_busy_server_is_asked_again_and_the_page_says_so(page: Explorer) -> None:
    page.open("?steps=5")
    page.allowed += ("status of 503",)
    busy = {"status": 503, "headers": {"Retry-After": "1"}, "json": {"error": "busy"}}
    page.tab.route("**/export/**", lambda route: route.fulfill(**busy), times=2)
    menu(page)
    with page.tab.expect_download() as found:
        page.tab.locator("[data-export=csv]").click()
        expect(page.tab.locator("#banner")).to_contain_text("trying again")
    assert found.value.suggested_filename == "downslope.csv"
    assert Path(found.value.path()).read_bytes() == make("csv", page.state, f"{page.url}?steps=5").content.encode()
    expect(page.tab.locator("#banner")).to_be_hidden()


def test_a_file_that_cannot_be_made_is_said_and_not_saved(page: Explorer) -> None:
    page.open("?steps=5")
    page.allowed += ("status of 414",)
    page.tab.route("**/export/**", lambda route: route.fulfill(status=414, json={"error": "too long"}), times=1)
    menu(page)
    page.tab.locator("[data-export=csv]").click()
    expect(page.tab.locator("#banner")).to_contain_text("could not make this file")
    downloaded(page, "[data-export=csv]")
    expect(page.tab.locator("#banner")).to_be_hidden()


def checked(graph: str, svg: bytes) -> list[str]:
    """The lines of the caption of a picture that is what it says."""
    root = ElementTree.fromstring(svg)
    width, height = (2400, 1800) if graph == "board" else (1200, 900)
    assert root.tag == f"{SVG}svg" and int(root.get("width")) == width
    assert height < int(root.get("height")) < 1.2 * height
    assert len(root.findall(f"{SVG}svg")) == (4 if graph == "board" else 1)
    assert not list(root.iter(f"{SVG}script"))
    paths = [one for one in root.iter(f"{SVG}path") if "js-line" in one.get("class", "")]
    assert len(paths) >= 2 and "visibility: hidden" not in svg.decode(), "the paths are drawn"
    caption = root.findall(f"{SVG}text")[-1].findall(f"{SVG}tspan")
    assert all(height < float(line.get("y")) < int(root.get("height")) for line in caption)
    return ["".join(line.itertext()) for line in caption]


@pytest.mark.parametrize("graph", ["map", "third", "board"])
def test_pictures(page: Explorer, graph: str) -> None:
    page.open(f"{NASTY}&theme={'dark' if graph == 'board' else 'light'}")
    page.settled()
    menu(page)
    saved, svg = downloaded(page, f"[data-picture='{graph} svg']")
    assert saved == f"downslope-{graph}.svg"
    caption = checked(graph, svg)
    assert caption[-1] == page.query
    for told in ("Downslope", "Elongated valley", NAME, "SGD", "η 0.1", "η 0.01"):
        assert told in " ".join(caption[:-1])
    saved, png = downloaded(page, f"[data-picture='{graph} png']")
    assert saved == f"downslope-{graph}.png"
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and png[-8:-4] == b"IEND"
    root = ElementTree.fromstring(svg)
    assert struct.unpack(">II", png[16:24]) == (2 * int(root.get("width")), 2 * int(root.get("height")))
    assert len(png) > 30_000


def test_the_longest_caption(page: Explorer) -> None:
    page.open(EIGHT)
    page.settled()
    menu(page)
    caption = checked("map", downloaded(page, "[data-picture='map svg']")[1])
    assert "".join(caption).endswith(page.query)
    assert sum(line.count("&<&<&<&<&<") for line in caption) == 8
    assert max(map(len, caption)) < 180
    page.tab.keyboard.press("Escape")
    expect(page.tab.locator(".export .menu")).to_be_hidden()
    expect(page.tab.locator(".export summary")).to_be_focused()
