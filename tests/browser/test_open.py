"""The first look: the page opens, can be played with, and forgives."""

import re
import urllib.error

import pytest
from playwright.sync_api import Route, expect

from app.explore.rail import SURFACE_GROUPS
from app.page.numbers import exact
from app.page.spelled import TYPED
from landscapes import LANDSCAPES, Formula
from optim_core import OPTIMIZERS, hypers

from .explorer import Explorer
from .server import DIRECT, Server

NUMBER, KINDS = ("slider", "number"), {"switch": ("switch",)}  # the controls of a declared number, and of a flag


def test_it_opens(page: Explorer) -> None:
    page.open()
    expect(page.tab).to_have_title("Elongated valley – Downslope")
    expect(page.runs).to_have_text(["SGD", "RMSProp", "Adam"])
    assert page.query == ""
    for uid in ("map-path-0", "lr-path-0-x", "rms-path-0-y", "third-path-2-"):
        assert len(page.line(uid)) >= 100
    assert any(request.url.endswith("/channel") for request in page.requests)


def test_a_slider_by_the_keyboard(page: Explorer) -> None:
    page.open()
    painted, committed = page.line("map-path-0"), page.trace("map-path-0")
    page.press("master.lr", "ArrowRight")
    assert page.line("map-path-0") != painted
    assert page.trace("map-path-0")["y"] != committed["y"]
    assert page.state.runs[0].optimizer.lr > 0.045
    assert page.shown("master.lr") == exact(page.state.runs[0].optimizer.lr)


def test_a_click_sets_the_start(page: Explorer) -> None:
    page.open()
    for point in ((1.5, -1.2), (-2.0, 1.3)):
        pixel = page.place(*point)
        wanted = page.point(*pixel)
        with page.change():
            page.tab.mouse.click(*pixel)
        for part, axis, chosen in zip("xy", page.state.landscape.domain, wanted, strict=True):
            assert page.trace("map-path-0")[part][0] == pytest.approx(chosen, abs=(axis[1] - axis[0]) / 1000)
        assert page.query == f"?start={page.shown('start.x')},{page.shown('start.y')}"


def test_every_landscape_can_be_chosen(page: Explorer) -> None:
    slugs = [slug for group in SURFACE_GROUPS.values() for slug, _ in group]
    surfaces = LANDSCAPES | {TYPED: Formula}
    assert set(slugs) == set(surfaces)
    page.open(f"?f={slugs[0]}")
    for slug in slugs[1:]:
        page.choose_next("surface")
        assert type(page.state.landscape) is surfaces[slug]
        assert page.shown("surface", "choice") == slug
        assert page.line("map-path-0")
    page.choose("surface", LANDSCAPES[slugs[0]].label)
    assert page.query == f"?f={slugs[0]}"
    expect(page.tab.locator(".formula")).to_contain_text(LANDSCAPES[slugs[0]].formula)


def test_every_optimizer_can_be_chosen_and_tuned(page: Explorer) -> None:
    slugs = list(OPTIMIZERS)
    page.open(f"?run={slugs[0]}")
    page.act(f"open.{page.state.runs[0].slot}")
    for slug in slugs:
        cls = OPTIMIZERS[slug]
        expect(page.runs).to_have_text([cls.label])
        assert type(page.state.runs[0].optimizer) is cls
        declared = [(kind, name) for name, one in hypers(cls).items() for kind in KINDS.get(one.scale, NUMBER)]
        for kind, name in declared:
            expect(page.control(kind, f"run.0.{name}")).to_be_visible()
        if slug != slugs[-1]:
            page.choose_next("run.0.optimizer")
    page.choose("run.0.optimizer", OPTIMIZERS[slugs[0]].label)
    expect(page.runs).to_have_text([OPTIMIZERS[slugs[0]].label])


def test_reload_restores_the_view(page: Explorer) -> None:
    page.open("?f=booth&run=adam~lr=0.3&run=sgd~lr=0.02~name=slow&start=-3,2.5&steps=40&panel=distance&t=7")
    page.settled()
    seen = page.everything()
    page.reload()
    page.settled()
    assert page.everything() == seen
    expect(page.runs).to_have_text(["Adam", "slow"])


def test_each_value_that_was_changed_is_named(page: Explorer) -> None:
    page.open("?f=nowhere&run=adam~lr=-1&steps=1e9&map=round&start=9999,0")
    lines = page.tab.locator("#notices li")
    for word in ("nowhere", "-1", "1e9", "round", "9999,0"):
        expect(lines.filter(has_text=f"“{word}”")).to_have_count(1)
    expect(lines).to_have_count(5)
    page.tab.locator("#notices button").click()
    expect(lines).to_have_count(0)


def test_divergence_is_named_with_its_step(page: Explorer) -> None:
    page.open("?run=sgd~lr=1.5&run=adam&steps=400")
    expect(page.tab.locator("[data-text='run.0.end']")).to_have_text(f"diverged at step {len(page.line('map-path-0'))}")
    expect(page.tab.locator("[data-text='run.1.end']")).to_contain_text("loss")


def test_a_wrong_number_stays_with_its_reason(page: Explorer) -> None:
    page.open()
    before = page.everything()
    page.type("master.lr", "fast")
    expect(page.error("master.lr")).to_have_text("must be a number of at least 0")
    after = page.everything()
    assert after.pop("fields") == ["fast" if text == "0.045" else text for text in before.pop("fields")]
    assert after == before
    page.type("master.lr", "0.05")
    expect(page.error("master.lr")).to_have_count(0)
    assert page.state.runs[0].optimizer.lr == 0.05


def test_a_decimal_comma_is_taken_and_shown_as_a_point(page: Explorer) -> None:
    page.open("?run=adam")
    page.type("master.lr", "0,05")
    assert page.shown("master.lr") == "0.05" and page.query == "?run=adam~lr=0.05"
    expect(page.error("master.lr")).to_have_count(0)
    page.type("steps", "1,500")
    expect(page.error("steps")).to_contain_text("1.5 and as 1500")


def test_an_address_that_is_too_long(server: Server) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        DIRECT.open(f"{server.url}?name={'a' * 5000}")
    with refused.value as answer:
        assert answer.code == 414
        assert "4096 bytes" in answer.read().decode()


@pytest.mark.parametrize("late", ["main.mjs", "later.mjs", "css/style.css"])
def test_files_may_come_late(page: Explorer, late: str) -> None:
    def delay(route: Route) -> None:
        page.tab.wait_for_timeout(700)
        route.continue_()

    page.tab.route(re.compile(f"/assets/.*/{late}"), delay)
    page.open("?f=booth&run=adam~lr=0.3~slot=0")
    assert page.line("map-path-0")
    page.press("master.lr", "ArrowRight")
    assert page.state.runs[0].optimizer.lr > 0.3


def test_a_page_without_its_scripts_says_so(page: Explorer) -> None:
    page.allowed += ("net::ERR_FAILED",)
    page.tab.route("**/*.mjs", lambda route: route.abort())
    page.tab.goto(page.url)
    waiting = page.tab.locator("#waiting")
    expect(waiting).to_be_visible(timeout=15_000)
    expect(waiting).to_contain_text("scripts of this page have not come")
    page.tab.unroute_all()
    page.open()
    expect(waiting).to_have_count(0)


def test_not_even_a_sheet_is_needed_to_say_so(page: Explorer) -> None:
    page.allowed += ("net::ERR_FAILED",)
    page.tab.route("**/assets/**", lambda route: route.abort())
    page.tab.goto(page.url, wait_until="load")
    expect(page.tab.locator("#waiting")).to_be_visible(timeout=1000)


def test_the_page_leaves_the_window_alone(page: Explorer) -> None:
    page.open()
    page.tab.goto(page.url)
    page.tab.locator(".run").first.wait_for()
    assert page.js("['downslope', 'gate', 'graphs', 'playhead'].filter((name) => name in window)") == []
    page.drawn()


def test_a_visit_fetches_what_it_needs_and_no_more(page: Explorer) -> None:
    page.open()
    page.until("document.querySelector('#details table')")
    paths = [request.url.partition("?")[0].rpartition("/")[2] for request in page.requests if "/assets/" in request.url]
    style = {"style.css", "controls.css", "math.css", "math.woff2"}
    assert (
        {"main.mjs", "later.mjs", "plotly.min.js"} <= set(paths) <= {"main.mjs", "later.mjs", "plotly.min.js"} | style
    )
    suites = {request.url.rpartition("/")[2] for request in page.requests if "/_dash-component-suites/" in request.url}
    assert not [name for name in suites if "dcc" in name or "table" in name or "polyfill" in name]


def test_nothing_is_fetched_twice(page: Explorer) -> None:
    page.open()
    fetched = [request.url.partition("?")[0] for request in page.requests if "/assets/" in request.url]
    ahead = next(url for url in fetched if "plotly" in url and url.endswith(".min.js"))
    fetched.remove(ahead)  # it is read from what the browser keeps
    assert len(set(fetched)) == len(fetched) and ahead in fetched
    sent = "(url) => performance.getEntriesByName(url).map(({ transferSize }) => transferSize > 0)"
    assert page.js(sent, ahead).count(True) <= 1
