"""The presentation: what a lecture needs stands on the slide, and large; and no graph brings a bar of buttons."""

import pytest
from playwright.sync_api import expect

from .explorer import Explorer, boxes

SCREENS = [(1024, 768, 18), (1440, 900, 18), (1920, 1080, 24)]
FIT = """Object.values(downslope.graphs).every(({ gd }) => Math.abs(gd._fullLayout.width - gd.clientWidth) < 1
    && Math.abs(gd._fullLayout.height - gd.clientHeight) < 1)"""


@pytest.mark.parametrize(("width", "height", "type_size"), SCREENS)
def test_entering_and_leaving_lay_everything_out_anew(page: Explorer, width: int, height: int, type_size: int) -> None:
    page.tab.set_viewport_size({"width": width, "height": height})
    page.open()
    page.settled()
    page.until(FIT)
    before = boxes(page, "#graph-map")
    with page.change():
        page.tab.locator("#present").click()
    page.until(FIT)
    assert page.js("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [width, height]
    for selector in (".surface-name", ".said", ".work .at-hand .value"):
        assert (
            page.js("one => parseFloat(getComputedStyle(document.querySelector(one)).fontSize)", selector) >= type_size
        )
    for slider in boxes(page, ".work .at-hand input[type=range]"):
        assert slider["width"] >= 100
    expect(page.tab.locator(".stage [data-play=previous]")).to_be_visible()
    expect(page.tab.locator("[data-key='view.panel'] select")).to_be_visible()
    page.tab.set_viewport_size({"width": width - 40, "height": height - 60})
    page.until(FIT)
    page.tab.set_viewport_size({"width": width, "height": height})
    with page.change():
        page.tab.keyboard.press("Escape")
    page.until(FIT)
    page.until(f"Math.abs(downslope.graphs.map.gd.clientWidth - {before[0]['width']}) < 1")


def test_a_clicker_steps_in_a_presentation_alone(page: Explorer) -> None:
    page.open("?present=on&t=50")
    counter = page.tab.locator("#counter")
    page.tab.keyboard.press("PageDown")
    expect(counter).to_have_text("51 / 100")
    page.tab.keyboard.press("PageUp")
    page.tab.keyboard.press("PageUp")
    expect(counter).to_have_text("49 / 100")
    page.open("?t=50")
    page.tab.keyboard.press("PageDown")
    expect(counter).to_have_text("50 / 100")


def test_the_second_slider_is_chosen_and_remembered(page: Explorer) -> None:
    page.open("?present=on&run=rmsprop")
    expect(page.tab.locator(".work .of-beta")).to_be_visible()
    page.choose("view.strip", "floor")
    page.committed()
    assert page.state.view.strip == "eps"
    expect(page.tab.locator(".work .of-beta")).to_be_hidden()
    with page.change():
        page.tab.locator(".work .at-hand [data-key='master.eps'] input").press("ArrowRight")
    assert page.state.runs[0].optimizer.eps > 1e-8


@pytest.mark.parametrize("query", ["", "?map=surface", "?map=side", "?present=on"])
def test_no_graph_brings_a_bar_of_buttons(page: Explorer, query: str) -> None:
    page.open(query)
    page.settled()
    expect(page.tab.locator(".modebar, .modebar-btn")).to_have_count(0)
    assert page.js("document.querySelectorAll('.graph :is(a[href], button, [tabindex]):not(.reset)').length") == 0
