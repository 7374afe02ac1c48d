"""The ruler under η, in the browser: it stays while η moves, follows what else moves when the hand rests, and is read."""

import re

import pytest
from playwright.sync_api import expect

from app.explore import ruler
from app.page.state import State
from app.protocol import Tile

from .explorer import PHONE, Explorer, middle

FRESH = "document.querySelector('{0} .ruler .depth') && !document.querySelector('{0} .ruler.stale')"
RAIL, HAND = "#rail", ".work .at-hand"


def fresh(page: Explorer, where: str = RAIL) -> None:
    page.until(FRESH.format(where))


def tiles(page: Explorer) -> int:
    return sum(one.url.endswith("channel/tile") for one in page.requests)


def rows(page: Explorer, where: str = RAIL) -> list[dict[str, str]]:
    """Of each run what is drawn: the shades, where its mark and its tick stand, how many stretches are lost."""
    return page.js(
        """where => [...document.querySelectorAll(`${where} .ruler-row`)].map((row) => ({
            slot: row.dataset.slot, depth: row.querySelector(".depth").style.background, now: row.querySelector(".now").style.left,
            limit: row.querySelector(".limit")?.style.left, lost: row.querySelectorAll(".lost").length }))""",
        where,
    )


def share(percent: str) -> float:
    return float(percent.removesuffix("%")) / 100


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_run_has_a_row_a_mark_and_where_it_is_known_a_tick(page: Explorer, theme: str) -> None:
    page.open(f"?run=sgd~lr=0.03&run=rmsprop~lr=0.1&run=adam~lr=1&theme={theme}")
    fresh(page)
    seen = rows(page)
    assert [row["slot"] for row in seen] == ["0", "1", "2"]
    assert [share(row["now"]) for row in seen] == pytest.approx([0.4954, 0.6, 0.8], abs=1e-3)
    assert share(seen[0]["limit"]) == pytest.approx(0.5398, abs=1e-3) and seen[1]["limit"] is None  # 2/40
    assert seen[0]["lost"] == 1 and len({row["depth"] for row in seen}) == 3
    slider, ruled = page.slider("master.lr").bounding_box(), page.tab.locator(f"{RAIL} .ruler-row").first.bounding_box()
    assert ruled["x"] == pytest.approx(slider["x"] + 8, abs=1) and ruled["width"] == pytest.approx(
        slider["width"] - 16, abs=1
    )


def test_it_is_made_once_and_stays_while_only_the_rate_moves(page: Explorer) -> None:
    page.open("?run=sgd&run=adam")
    fresh(page)
    before, asked = rows(page), tiles(page)
    assert asked == 2
    x, y = middle(page.slider("master.lr"))
    with page.dragged(x, y):
        for by in (20, 40, 60):
            page.tab.mouse.move(x + by, y)
            page.tab.wait_for_timeout(60)
        page.until(f"document.querySelector('{RAIL} .now').style.left !== '{before[0]['now']}'")
    page.committed()
    page.tab.wait_for_timeout(400)
    after = rows(page)
    assert tiles(page) == asked
    assert [{**row, "now": ""} for row in after] == [{**row, "now": ""} for row in before]
    by = [share(now["now"]) - share(then["now"]) for now, then in zip(after, before, strict=True)]
    assert by[0] == pytest.approx(by[1], abs=2e-3) and by[0] > 0.1, "two that differ move together"


def test_what_else_moves_renews_it_when_the_hand_rests(page: Explorer) -> None:
    page.open("?run=sgd&steps=50")
    fresh(page)
    before, asked = rows(page), tiles(page)
    x, y = middle(page.slider("surface.kappa"))
    page.slider("surface.kappa").scroll_into_view_if_needed()
    x, y = middle(page.slider("surface.kappa"))
    with page.dragged(x, y):
        for by in (10, 20, 30):
            page.tab.mouse.move(x + by, y)
            page.tab.wait_for_timeout(120)
        page.tab.wait_for_timeout(300)
        page.until("downslope.gate.idle()")
        page.told()
        assert tiles(page) == asked, "not while it moves"
        assert page.tab.locator(f"{RAIL} .ruler.stale").count() == 1
    fresh(page)
    page.committed()
    assert tiles(page) == asked + 1
    seen = rows(page)
    assert seen[0]["depth"] != before[0]["depth"]
    kappa = page.state.landscape.kappa
    assert 10 ** (-4 + 5 * share(seen[0]["limit"])) == pytest.approx(2 / kappa, rel=1e-2)


def test_a_key_renews_it_too(page: Explorer) -> None:
    page.open("?run=sgd&steps=50")
    fresh(page)
    before = rows(page)
    page.press("steps", "ArrowRight", "ArrowRight")
    fresh(page)
    page.until(f"document.querySelector('{RAIL} .depth').style.background !== {before[0]['depth']!r}")


def test_what_was_made_before_is_not_asked_for_again(page: Explorer) -> None:
    page.open("?run=sgd&steps=50")
    fresh(page)
    page.type("steps", "70")
    fresh(page)
    page.committed()
    asked = tiles(page)
    page.tab.go_back()
    page.until("document.querySelector('[data-key=steps] input[type=text]').value === '50'")
    fresh(page)
    assert tiles(page) == asked


def test_a_run_more_is_a_row_more(page: Explorer) -> None:
    page.open("?run=sgd&run=adam")
    fresh(page)
    page.choose("add", "Momentum")
    fresh(page)
    page.until(f"document.querySelectorAll('{RAIL} .ruler-row').length === 3")
    page.act("run.0.remove") if page.tab.locator("[data-action='run.0.remove']").count() else None


def test_the_pointer_reads_it(page: Explorer) -> None:
    page.open("?run=sgd&run=adam")
    fresh(page)
    state = page.state
    told = [ruler.tile(Tile(ruler.key(state), str(run.slot))).arrays["said"] for run in state.runs]
    box = page.tab.locator(f"{RAIL} .ruler-row").first.bounding_box()
    for i in (6, 30, 54):
        page.tab.mouse.move(box["x"] + i / 60 * box["width"], box["y"] + 2)
        said = page.tab.locator(f"{RAIL} .ruler-said > span")
        expect(said).to_have_text([one[i] for one in told])
        rate = float(ruler.RATES[i])
        assert float(page.tab.locator(f"{RAIL} .reading b").text_content().split()[1]) == pytest.approx(rate, rel=5e-3)
    page.tab.mouse.move(box["x"] + 400, box["y"] + 300)
    expect(page.tab.locator(f"{RAIL} .reading")).to_be_hidden()
    expect(page.tab.locator(f"{RAIL} .ruler-said > span").first).to_have_text(
        page.js("downslope.gate.last.shown.ruler.marks")[0][3]
    )


def test_pointing_at_a_row_points_at_its_run(page: Explorer) -> None:
    page.open("?run=sgd&run=adam")
    fresh(page)
    page.tab.locator(f"{RAIL} .ruler-row").nth(1).hover()
    page.until("downslope.graphs.map.view().pointed === 2")


def test_who_listens_hears_where_the_runs_end(page: Explorer) -> None:
    page.open("?run=sgd&run=adam")
    fresh(page)
    told = page.tab.locator("#ruler-told")
    expect(told).to_have_text("")
    page.type("master.lr", "0.02")
    expect(told).to_have_text(re.compile(r"^SGD ends at \S+, Adam ends at \S+\.$"))
    page.type("master.lr", "9000")
    expect(told).to_contain_text("SGD diverges")


def test_a_phone_has_it_under_the_slider_at_hand(page: Explorer) -> None:
    page.tab.set_viewport_size(PHONE)
    page.open("?run=sgd&run=adam")
    fresh(page, HAND)
    row = page.tab.locator(f"{HAND} .ruler-row").first
    assert row.is_visible() and len(rows(page, HAND)) == 2
    slider = page.tab.locator(f"{HAND} [data-key='master.lr'] input").bounding_box()
    assert row.bounding_box()["x"] == pytest.approx(slider["x"] + 8, abs=1)


def test_a_presentation_has_it_too(page: Explorer) -> None:
    page.open("?present=on&run=sgd&run=adam")
    fresh(page, HAND)
    assert page.tab.locator(f"{HAND} .ruler-row").first.is_visible()


def test_hidden_masters_ask_for_none(page: Explorer) -> None:
    page.open("?hide=masters&run=sgd")
    page.settled()
    page.tab.wait_for_timeout(600)
    assert tiles(page) == 0


def test_it_is_what_the_address_says(page: Explorer) -> None:
    page.open("?f=rosenbrock&run=momentum&steps=60")
    fresh(page)
    key = page.js("downslope.gate.last.shown.ruler.key")
    assert key == ruler.key(State.from_query(page.query)[0])
