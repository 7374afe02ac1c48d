"""A server that goes away, comes back, or has become a newer one: nothing is lost, and the page says what goes on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from .explorer import Explorer
from .server import Server


@pytest.fixture
def own(page: Explorer) -> Iterator[Server]:
    """A server for this test alone, so that it can be stopped."""
    with Server() as running:
        page.tab.goto("about:blank")  # what was open before may still ask its own server
        page.requests.clear()
        page.url = running.url
        page.allowed += ("net::ERR_",)  # what Chromium itself says of every request without an answer
        yield running
        page.tab.goto("about:blank")


def test_edits_arrive_when_the_server_is_back(page: Explorer, own: Server) -> None:
    page.open()
    page.js("window.same = true")
    banner = page.tab.locator("#banner")
    own.stop()
    page.slider("master.lr").press("ArrowRight")
    expect(banner).to_be_visible(timeout=1500)
    expect(banner).to_contain_text("Connection lost")
    page.control("number", "steps").fill("50")
    page.control("number", "steps").press("Enter")
    own.start()
    page.until("/lr=0.04[6-9].*steps=50/.test(location.search) && downslope.gate.idle()", timeout=2)
    expect(banner).to_be_hidden()
    assert page.js("window.same"), "without a reload"
    assert len(page.line("map-path-0")) == 51


def test_a_failing_answer_is_asked_for_again(page: Explorer) -> None:
    page.open()
    page.allowed += ("status of 503",)
    page.tab.route("**/channel", lambda route: route.fulfill(status=503), times=2)
    page.press("master.lr", "ArrowRight")
    assert page.state.runs[0].optimizer.lr > 0.045
    expect(page.tab.locator("#banner")).to_be_hidden()


CUT = """
const whole = window.fetch;
window.fetch = async (...call) => {
    const response = await whole(...call);
    if (!window.cuts) return response;
    window.cuts -= 1;
    return new Response(new ReadableStream({ pull: (body) => body.error(new TypeError("cut off")) }), response);
};
"""


def test_an_answer_that_is_cut_off_is_asked_for_again(new_page: Explorer) -> None:
    new_page.tab.add_init_script(CUT)
    new_page.open()
    new_page.js("window.cuts = 2")
    new_page.press("master.lr", "ArrowRight")
    assert new_page.js("window.cuts") == 0
    assert new_page.state.runs[0].optimizer.lr > 0.045
    expect(new_page.tab.locator("#banner")).to_be_hidden()


@pytest.mark.parametrize(("status", "words"), [(409, "Reload the page"), (422, "did not accept")])
def test_a_refused_request(page: Explorer, status: int, words: str) -> None:
    page.open("?f=booth&steps=40")
    page.allowed += (f"status of {status}",)

    def refuse(route: Route) -> None:
        if '"slider"' in (route.request.post_data or ""):  # what follows may be asked for once more, without the edit
            route.fulfill(status=status, json={"error": "refused"})
        else:
            route.continue_()

    page.tab.route("**/channel", refuse)
    page.press("master.lr", "ArrowRight")
    expect(page.tab.locator("#banner")).to_contain_text(words)
    assert page.query == "?f=booth&steps=40"
    page.reload()
    expect(page.tab.locator("#banner")).to_be_hidden()
    assert len(page.line("map-path-0")) == 41
