"""What the export menu gives is a whole file of what is on the screen."""

import json
import re
import struct
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.export.files import EXPORTS, make
from app.page.labels import labels
from app.page.state import State
from app.screen import theme

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
    assert json.loads(make("json", state, "").content)["runs"][0]["run"] == labels(state.runs)[0]


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


WIDTH, HEIGHT, SMALLEST = 1600, 900, 22  # px of a slide, and of the smallest type on it
EXPONENT = 0.7  # of the type: how small Plotly writes the power of ten at a tick
PANELS = ("Effective learning rate", "RMS gradient", "Loss above minimum")


def slide(page: Explorer, graph: str) -> ElementTree.Element:
    menu(page)
    saved, svg = downloaded(page, f"[data-picture='{graph} svg']")
    assert saved == f"downslope-{graph}.svg"
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg" and (root.get("width"), root.get("height")) == (str(WIDTH), str(HEIGHT))
    assert not list(root.iter(f"{SVG}script"))
    assert root.find(f"{SVG}desc").text == page.tab.url
    return root


def words(root: ElementTree.Element) -> list[str]:
    """What can be read in a picture; the paper around its letters is not read twice."""
    return ["".join(one.itertext()) for one in root.iter(f"{SVG}text") if one.get("aria-hidden") != "true"]


def sizes(root: ElementTree.Element) -> list[float]:
    """The sizes of its type, in px of the slide."""
    scale = WIDTH / float(root.get("viewBox").split()[2])
    found = []
    for one in root.iter():
        said = re.search(r"(?:font:|font-size: ?)[^;]*?([\d.]+)(px|%)", one.get("style", ""))
        if one.tag in (f"{SVG}text", f"{SVG}tspan") and said and "".join(one.itertext()).strip():
            assert said[2] == "px" or float(said[1]) == 100 * EXPONENT
            found += [scale * float(said[1])] if said[2] == "px" else []
    return found


@pytest.mark.parametrize("look", ["theme=light", "theme=dark&t=12", "map=side", "map=surface&t=12"])
@pytest.mark.parametrize("graph", ["map", "third", "board"])
def test_a_picture_is_a_slide_that_says_what_it_shows(page: Explorer, graph: str, look: str) -> None:
    page.open(f"{NASTY}&{look}")
    page.settled()
    root = slide(page, graph)
    read = words(root)
    names, text = labels(page.state.runs), " ".join(read)
    assert "Elongated valley" in text and "η 0.1" in text and "start (−2.6, 1.25)" in text
    assert ("step 12 of 30" in text) == ("t=12" in look)
    for name in names:
        assert sum(name in one for one in read) >= 2, "in the key, and where its line ends"
    for title in PANELS if graph == "board" else PANELS[2:] if graph == "third" else ():
        assert any(one.startswith(title) for one in read)
    if graph != "map":
        assert "step" in read
    elif "surface" not in look:
        assert {"x", "y"} <= set(read) or "side" in look
    assert min(sizes(root)) >= SMALLEST - 0.01
    colours = {one.get("stroke") for one in root.iter(f"{SVG}path")} | {
        one.get("fill") for one in root.iter(f"{SVG}path")
    }
    mode = "dark" if "dark" in look else "light"
    assert {theme.COLOURS[mode][run.slot] for run in page.state.runs} <= colours
    assert page.complaints == []


def test_a_picture_in_pixels_is_twice_as_large(page: Explorer) -> None:
    page.open(NASTY)
    page.settled()
    menu(page)
    saved, png = downloaded(page, "[data-picture='map png']")
    assert saved == "downslope-map.png"
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and png[-8:-4] == b"IEND"
    assert struct.unpack(">II", png[16:24]) == (2 * WIDTH, 2 * HEIGHT)
    assert len(png) > 30_000


def test_eight_runs_with_the_longest_names(page: Explorer) -> None:
    page.open(EIGHT)
    page.settled()
    root = slide(page, "board")
    key = [one for one in words(root) if one.startswith("&<&<&<")]
    assert len(key) >= 8
    across, up = (float(size) for size in root.get("viewBox").split()[2:])
    for one in root.findall(f"{SVG}text"):
        assert 0 <= float(one.get("x")) < across and 0 <= float(one.get("y")) < up
    page.tab.keyboard.press("Escape")
    expect(page.tab.locator(".export .menu")).to_be_hidden()
    expect(page.tab.locator(".export summary")).to_be_focused()
