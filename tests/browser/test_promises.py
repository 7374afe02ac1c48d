"""What a link hides or locks cannot be changed with any hand: pointer, keyboard, the handle, the playback."""

import pytest
from playwright.sync_api import expect

from app.page.promises import LOCKED
from app.page.view import AREAS, COURSE, TABS

from .explorer import Explorer, middle

RUNS = "?run=sgd~lr=0.04&run=rmsprop&t=20&detail=steps"
FREE = {  # area -> a change elsewhere that a lock of it leaves free
    "weather": ("steps", "50"), "surface": ("steps", "50"), "masters": ("steps", "50"), "runs": ("steps", "50"), "start": ("steps", "50"),
    "steps": ("start.x", "0.5"), "map": ("steps", "50"), "panels": ("steps", "50"), "playback": ("steps", "50"),
    "details": ("steps", "50"), "share": ("steps", "50"), "sweep": ("steps", "50"), "basins": ("steps", "50"),
    "train": ("master.lr", "0.2"),
}  # fmt: skip
# what only looks: another tab, the settings of a run, the meaning of a word, a part of the map; and what is another's
LOOKS = ".run-title, .field-keys, #train-progress *, .term, .reset, #said-all, .graph *, #tabs *, [aria-label^='Look at'], [aria-label^='Point on the map'], [data-needs^='run.']"
PUT_OUT = f"""area => [...document.querySelectorAll(`[data-area=${{area}}] :is(button, input, select, summary)`)]
    .concat([...document.querySelectorAll(`button[data-area=${{area}}]`)])
    .filter((one) => one.closest("[data-area]").dataset.area === area && !one.matches("{LOOKS}"))
    .filter((one) => one.checkVisibility() && one.textContent !== "Copy as text")"""
WHY = f"""area => ({PUT_OUT})(area).map((one) => [
    one.disabled || one.ariaDisabled === "true",
    (one.ariaDescription || "") + one.title + (one.closest("[title]")?.title ?? "") + one.ariaLabel, one.outerHTML.slice(0, 120)])"""


def worked(page: Explorer) -> None:
    """The pointer on the map, the start by handle and by keys, Space, arrows and the scrubber."""
    handle, scrubber = page.tab.locator("#start-handle"), page.tab.locator("#scrubber input")
    page.js("() => { document.activeElement.blur(); }")
    for name in ("Space", "Space", "ArrowLeft", "Home", "Shift+ArrowRight"):
        page.tab.keyboard.press(name)
    if scrubber.is_visible():
        page.tab.mouse.click(*middle(scrubber))
    if handle.is_visible():
        x, y = middle(handle)
        with page.dragged(x, y):
            page.tab.mouse.move(x + 40, y + 30)
        page.js("() => { document.getElementById('start-handle').focus(); }")
        page.tab.keyboard.press("ArrowRight")
    if page.tab.locator("#graph-map").is_visible():
        page.tab.mouse.click(*page.place(1.5, -1.2))


def rested(page: Explorer) -> str:
    page.tab.wait_for_timeout(300)  # the playhead is told to the server when it has stood for a while
    page.committed()
    return page.query


def test_everything_moves_where_nothing_is_promised(page: Explorer) -> None:
    page.open(RUNS)
    page.settled()
    worked(page)
    query = rested(page)
    assert "start=" in query and "t=20" not in query


@pytest.mark.parametrize("promise", ["lock", "hide"])
@pytest.mark.parametrize(("area", "kept"), [("start", "start="), ("map", "start="), ("playback", "t=20")])
def test_no_other_way_in_moves_it(page: Explorer, area: str, kept: str, promise: str) -> None:
    page.open(f"{RUNS}&{promise}={area}")
    page.settled()
    worked(page)
    assert (kept in rested(page)) == (kept == "t=20")
    expect(page.tab.locator("#readout")).not_to_contain_text("set the start" if kept == "start=" else "nothing else")
    assert not page.js("downslope.playhead.playing()")


def test_a_locked_course_is_put_out_and_says_why(page: Explorer) -> None:
    """It has no rail; what is locked is the selection, the short form, and the way into another lesson."""
    page.open("?tab=learn&course=L01,L06&lock=learn")
    page.tab.locator("#course input").first.wait_for()
    changes = "#course :is(input, .course-own button, [data-hold=clear])"
    put_out = page.js(f"[...document.querySelectorAll('{changes}')].map((one) => [one.disabled, one.title])")
    assert len(put_out) > 24 and all(dead and why == LOCKED for dead, why in put_out)
    before = page.query
    page.tab.locator("#course [data-hold=start-L06]").click(force=True)
    assert rested(page) == before
    page.open("?tab=learn&course=L01,L06")
    page.tab.locator("#course [data-hold=start-L06]").click()
    page.until("downslope.gate.last.lesson?.id === 'L06'")


@pytest.mark.parametrize("area", [area for area in AREAS if area != COURSE])
def test_a_locked_control_is_put_out_and_says_why(page: Explorer, area: str) -> None:
    page.open(f"{RUNS}&lock={area}" + (f"&tab={area}" if area in TABS else ""))
    page.until("downslope.away() || document.querySelector('#details math')")
    page.act("open.0")
    page.told()
    seen = page.js(WHY, area)
    assert seen
    for dead, why, element in seen:
        assert dead and LOCKED in why, element
    before = rested(page)
    for one in page.js(f"area => ({PUT_OUT})(area).map((one) => one.getBoundingClientRect().toJSON())", area):
        page.tab.mouse.dblclick(one["x"] + one["width"] / 2, one["y"] + one["height"] / 2)
    assert rested(page) == before
    page.type(*FREE[area])
    assert page.query != before


def test_a_locked_share_gives_nothing_away(page: Explorer) -> None:
    page.open(f"{RUNS}&lock=share")
    page.tab.locator(".export summary").click()
    expect(page.tab.locator(".export .menu")).to_be_hidden()
    page.tab.locator("#copy-link").click(force=True)
    expect(page.tab.locator("#copy-link")).to_have_text("Copy link")
    for promise in ("lock", "hide"):
        answer = page.tab.request.get(f"{page.url}export/csv{RUNS}&{promise}=share")
        assert answer.status == 403 and "by this link" in answer.text()


def test_a_locked_run_can_be_looked_at(page: Explorer) -> None:
    page.open(f"{RUNS}&lock=runs,masters")
    page.act("open.1")
    expect(page.tab.locator(".editor")).to_be_visible()
    expect(page.control("number", "run.1.lr")).to_be_disabled()
    expect(page.tab.locator("[data-text='runs.show']")).to_have_text("")
