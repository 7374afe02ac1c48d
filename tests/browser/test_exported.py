"""The exported file plays from the disk alone: without a server, without a network, without a word in the console."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from app.export import html as exported
from app.notebook import compare
from app.page.state import State
from landscapes import Rosenbrock
from optim_core import Adam

from .explorer import DESKTOP, Explorer

NASTY = "%3C/script%3E%3Cb%3E=%22'😀"
FULL = "&".join(
    f"run={slug}" for slug in ("sgd~lr=5", "momentum", "adam", "adagrad", "rmsprop", "lion", "yogi", "nadam")
)
Open = Callable[..., Explorer]


@pytest.fixture
def opened(chromium: BrowserContext, tmp_path: Path) -> Iterator[Open]:
    """Writes the comparison of a query to a file and opens it, with the network gone."""
    context = chromium.browser.new_context(viewport=DESKTOP, offline=True)
    tabs: list[Explorer] = []

    def open_(query: str) -> Explorer:
        file = tmp_path / "comparison.html"
        file.write_text(exported.html(State.from_query(query)[0], f"http://127.0.0.1:8050/{query}"), encoding="utf-8")
        tabs.append(Explorer(context.new_page(), file.as_uri()))
        tabs[-1].tab.goto(file.as_uri())
        tabs[-1].until("downslope.paints >= 4")
        return tabs[-1]

    yield open_
    for page in tabs:
        assert page.complaints == []
        foreign = [one.url for one in page.requests if not one.url.startswith(("data:", "blob:", "file:"))]
        assert foreign == [] and sum(one.url.startswith("file:") for one in page.requests) == 1
    context.close()


def test_space_plays(opened: Open) -> None:
    page = opened("?steps=2000&t=0")
    expect(page.tab.locator("#counter")).to_have_text("0 / 2000")
    page.tab.keyboard.press("Space")
    page.until("downslope.playhead.playing() && downslope.playhead.frames > 2 && downslope.playhead.step() > 10")
    page.tab.keyboard.press("Space")
    step = page.js("downslope.playhead.step()")
    expect(page.tab.locator("#counter")).to_have_text(f"{step} / 2000")
    page.tab.keyboard.press("Shift+ArrowRight")
    assert page.js("downslope.playhead.step()") == step + 10
    page.until("downslope.settled()")


def test_the_paths_are_the_walks(opened: Open) -> None:
    page = opened("?run=adam~lr=0.1&start=1,1&steps=50&t=50")
    for uid in ("map-path-0", "lr-path-0-x", "rms-path-0-y", "third-path-0-"):
        line = page.line(uid)
        assert len(line) in (50, 51) and len({tuple(point) for point in line}) > 40
    box = page.tab.locator("#start").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert middle == pytest.approx(page.place(1, 1), abs=1.1)
    page.until("downslope.settled()")


def test_names_are_texts(opened: Open) -> None:
    page = opened(f"?run=adam~name={NASTY}&run=sgd~lr=5")
    assert page.tab.locator("[data-slot='0'] td").first.text_content() == "</script><b>=\"'😀"
    assert "diverged at step" in page.tab.locator("[data-slot='1']").text_content()
    page.until("downslope.settled()")


def test_eight_long_runs(opened: Open) -> None:
    page = opened(f"?{FULL}&steps=2000&theme=dark")
    assert page.js("document.documentElement.dataset.mantineColorScheme") == "dark"
    assert page.js("downslope.graphs.map.lines.length") == 8
    page.until("downslope.settled()")


@pytest.mark.parametrize("kind", ["surface", "side"])
def test_other_maps(opened: Open, kind: str) -> None:
    page = opened(f"?map={kind}&t=5")
    page.until("downslope.settled()")
    if kind == "surface":
        assert len(page.trace("map-path-0")["x"]) == 6


def test_the_theme_follows_the_system(opened: Open) -> None:
    page = opened("")
    page.tab.emulate_media(color_scheme="dark")
    page.until("document.documentElement.dataset.mantineColorScheme === 'dark'")
    page.until("downslope.graphs.map.gd._fullLayout.paper_bgcolor === '#1B1E24'")
    page.until("downslope.settled()")


def test_pointing_at_a_row_sets_the_others_back(opened: Open) -> None:
    page = opened("")
    before = page.js("downslope.paints")
    page.tab.locator("[data-slot='1'] td").first.hover()
    page.until(f"downslope.paints > {before}")
    page.until("downslope.settled()")


def test_a_notebook_shows_it_in_a_frame(chromium: BrowserContext, tmp_path: Path) -> None:
    file = tmp_path / "notebook.html"
    file.write_text(compare([Adam(lr=0.1)], Rosenbrock(), n_steps=20)._repr_html_(), encoding="utf-8")
    context = chromium.browser.new_context(viewport=DESKTOP, offline=True)
    page = Explorer(context.new_page(), file.as_uri())
    page.tab.goto(file.as_uri())
    frame = page.tab.frame_locator("iframe")
    frame.locator("[data-play=first]").click()
    expect(frame.locator("#counter")).to_have_text("0 / 20")
    frame.locator("[data-play=toggle]").click()
    expect(frame.locator("#counter")).to_have_text("20 / 20")
    context.close()
    assert page.complaints == []
