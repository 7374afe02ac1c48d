"""Tabs: each by its name in the header and in the address, fetched when it is opened, shown without another before it."""

import re

import pytest
from playwright.sync_api import Route, expect

from app import modules, shell
from app.page.view import COURSE, OFF_SURFACE, TABS

from .explorer import DESKTOP, PHONE, Explorer, boxes

OTHERS = [tab for tab in shell.TABS if tab != shell.FIRST]
SHOWN = "[...document.querySelectorAll('.board > [data-tab]')].filter((one) => one.checkVisibility()).map((one) => one.dataset.tab)"
every_other = pytest.mark.parametrize("other", OTHERS)
every_one_with_the_rail = pytest.mark.parametrize("other", [tab for tab in OTHERS if tab != COURSE])


def shown(page: Explorer) -> list[str]:
    return page.js(SHOWN)


def is_open(page: Explorer, tab: str) -> None:
    page.until(f"String({SHOWN}) === '{tab}'")


def go(page: Explorer, tab: str) -> None:
    """By the names that stand side by side."""
    with page.change():
        page.tab.locator("#tabs .segments").get_by_role("radio", name=TABS[tab]).click()
    is_open(page, tab)


def title(tab: str, surface: str) -> str:
    """Of a page: its tab, and the surface, or what a tab without one shows."""
    if tab == COURSE:
        return f"{TABS[tab]} – Downslope"
    return f"{TABS[tab]}: {'Made data' if tab in OFF_SURFACE else surface} – Downslope"


def fetched(page: Explorer, tab: str) -> list[str]:
    return [one.url for one in page.requests if one.url.endswith((f"/{tab}.mjs", f"/{tab}.css"))]


@every_other
def test_a_tab_is_opened_from_the_header_and_costs_nothing_before(page: Explorer, other: str) -> None:
    page.open("?f=himmelblau")
    page.requests.clear()
    assert shown(page) == ["explore"]
    go(page, other)
    assert len(fetched(page, other)) == 2
    page.committed()
    assert f"tab={other}" in page.query and page.state.view.tab == other
    expect(page.tab).to_have_title(title(other, "Himmelblau"))
    go(page, "explore")
    expect(page.tab).to_have_title("Himmelblau – Downslope")
    page.settled()
    assert page.js("Object.values(downslope.graphs).every((graph) => graph.is_drawn())")
    go(page, other)
    assert len(fetched(page, other)) == 2, "once is enough"


def test_the_page_itself_brings_none_of_them(page: Explorer) -> None:
    page.open()
    page.settled()
    assert [one for tab in OTHERS for one in fetched(page, tab)] == []
    held = modules.served()
    for tab in OTHERS:
        assert f"${tab}" not in held[modules.PAGE] + held[modules.LATER]


@every_other
def test_an_address_opens_in_its_tab_at_once(page: Explorer, other: str) -> None:
    page.tab.add_init_script(
        f"addEventListener('DOMContentLoaded', () => {{ window.seen = []; const look = () => {{ window.seen.push(String({SHOWN}));"
        "requestAnimationFrame(look); }; look(); });"
    )
    page.tab.goto(f"{page.url}?tab={other}&f=booth", wait_until="commit")
    page.painted()
    is_open(page, other)
    assert set(page.js("window.seen")) == {other}
    expect(page.tab).to_have_title(title(other, "Booth"))
    expect(page.tab.locator("#tabs .segments").get_by_role("radio", name=TABS[other])).to_be_checked()
    go(page, "explore")
    page.drawn()
    page.settled()
    assert page.line("map-path-0")


@every_other
def test_back_forward_and_undo_go_from_tab_to_tab(page: Explorer, other: str) -> None:
    page.open()
    go(page, other)
    page.committed()
    page.tab.go_back()
    is_open(page, "explore")
    page.tab.go_forward()
    is_open(page, other)
    page.committed()
    page.tab.locator("[data-undo=undo]").click()
    is_open(page, "explore")
    page.tab.locator("[data-undo=redo]").click()
    is_open(page, other)


@every_one_with_the_rail
def test_what_is_moved_beside_a_tab_is_seen_in_the_others(page: Explorer, other: str) -> None:
    page.open("?run=sgd~lr=0.04")
    before = page.line("map-path-0")
    go(page, other)
    page.type("master.lr", "0.01")
    if other not in OFF_SURFACE:
        page.choose("surface", "Booth")
    go(page, "explore")
    page.settled()
    assert page.line("map-path-0") != before
    assert page.state.runs[0].optimizer.lr == 0.01


@every_other
def test_a_hidden_tab_is_not_offered(page: Explorer, other: str) -> None:
    page.open(f"?hide={other}")
    expect(page.tab.locator("#tabs .segments").get_by_role("radio", name=TABS[other])).to_be_hidden()
    page.open(f"?hide={other}&tab={other}")
    assert shown(page) == ["explore"]
    expect(page.tab.locator("#notices")).to_contain_text("hidden by this link")


@every_one_with_the_rail
def test_a_locked_tab_is_looked_at(page: Explorer, other: str) -> None:
    page.open(f"?lock={other}")
    go(page, other)
    inputs = page.tab.locator(f"#page [data-tab={other}] .control:not(.at-hand *) :is(input, select)")
    assert inputs.count() and all(one.is_disabled() for one in inputs.all())


@pytest.mark.parametrize("size", [PHONE, {"width": 820, "height": 1180}, {"width": 1024, "height": 768}], ids=str)
def test_where_it_is_narrow_a_menu_leads_there(page: Explorer, size: dict[str, int]) -> None:
    page.tab.set_viewport_size(size)
    page.open()
    expect(page.tab.locator("#tabs .segments")).to_be_hidden()
    menu = page.tab.locator("#tabs select")
    with page.change():
        menu.select_option(label=TABS[OTHERS[-1]])
    is_open(page, OTHERS[-1])
    wide = page.js("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    for box in boxes(page, "header :is(button, select, summary)"):
        assert box["right"] <= size["width"] + 1, box


def test_a_wide_page_has_the_names_side_by_side(page: Explorer) -> None:
    page.tab.set_viewport_size(DESKTOP)
    page.open()
    expect(page.tab.locator("#tabs select")).to_be_hidden()
    group = page.tab.locator("#tabs .segments")
    assert group.get_by_role("radio").count() == len(shell.TABS)
    group.get_by_role("radio", name=TABS["explore"]).focus()
    with page.change():
        page.tab.keyboard.press("ArrowRight")
    is_open(page, OTHERS[0])


@every_other
def test_a_tab_can_be_presented_and_left(page: Explorer, other: str) -> None:
    page.open("?present=on")
    expect(page.tab.locator("#tabs .segments")).to_be_hidden()
    page.open(f"?present=on&tab={other}")
    is_open(page, other)
    assert page.tab.locator("#rail").is_hidden()
    go(page, "explore")
    expect(page.tab.locator("#tabs .segments")).to_be_hidden()


@every_other
def test_the_keys_of_the_playhead_belong_to_explore(page: Explorer, other: str) -> None:
    page.open(f"?t=20&tab={other}")
    page.js("() => { document.activeElement.blur(); }")
    for key in ("Space", "ArrowRight", "Home"):
        page.tab.keyboard.press(key)
    page.tab.wait_for_timeout(400)
    assert not page.js("downslope.playhead.playing()") and "t=20" in page.query


@every_one_with_the_rail
def test_what_plays_stands_where_it_was_seen_last(page: Explorer, other: str) -> None:
    page.open("?steps=2000&t=0")
    page.tab.keyboard.press("Space")
    page.until("downslope.playhead.step() > 5")
    go(page, other)
    page.until("!downslope.playhead.playing() && downslope.gate.idle() && /[?&]t=[1-9]/.test(location.search)")
    step = int(re.search(r"[?&]t=(\d+)", page.query)[1])  # the playhead may be that of the other tab by now
    assert 5 < step < 2000
    page.press("master.lr", "ArrowRight")
    go(page, "explore")
    page.tab.wait_for_timeout(400)
    assert page.js("downslope.playhead.step()") == step and f"t={step}" in page.query


@every_other
def test_a_tab_that_does_not_come_is_asked_for_again(page: Explorer, other: str) -> None:
    lost: list[Route] = []

    def lose(route: Route) -> None:
        lost.append(route)
        route.abort() if len(lost) == 1 else route.continue_()

    page.open()
    page.allowed += ("Failed to load resource",)
    page.tab.route(f"**/{other}.css", lose)
    go(page, other)
    page.tab.unroute(f"**/{other}.css")
    assert len(lost) == 2
