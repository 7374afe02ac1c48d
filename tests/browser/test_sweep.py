"""The Sweep tab in a real browser."""

import csv
import json
import math
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import Route, expect

from app.page.numbers import brief
from app.page.state import State
from app.sweep import asked, work
from optim_core import around, learning_rate_sweep

from . import tiled
from .axe import CONTRAST, violations
from .explorer import DESKTOP, PHONE, TARGET, Explorer, boxes
from .tiled import done

PATIENCE = 30_000  # ms: the machine may be busy
SWEEP = """
    const entry = document.querySelector("script[src*='main.mjs']").src;
    const { $sweep_sweep: { sweep } } = await import(entry.replace("main.mjs", "sweep.mjs"));
    const { drawing } = sweep;
"""


def opened(page: Explorer, query: str = "") -> Explorer:
    return tiled.opened(page, f"tab=sweep{query}")


def drawn(page: Explorer, what: str) -> Any:
    return page.js(f"async () => {{ {SWEEP} return {what}; }}")


def curve(page: Explorer, slot: int) -> list[list[float]]:
    """Of a run's curve, the place of each rate and its pixel in the plot."""
    line = f"drawing.lines.find(({{ run }}) => run.slot === {slot})"
    return drawn(page, f"Array.from({line}.xs, (x, k) => [{line}.places[k], x, {line}.ys[k]])")


def cells(page: Explorer) -> list[list[str]]:
    rows = page.tab.locator("#sweep-table tbody tr")
    return [rows.nth(at).locator("th, td").all_inner_texts() for at in range(rows.count())]


def tiles(page: Explorer) -> list[str]:
    """The parts that this tab has asked for."""
    asked_for = [one.post_data_json for one in page.requests if one.url.endswith("/channel/tile")]
    return [one["part"] for one in asked_for if (one["kind"], one["tab"]) == ("tile", "sweep")]


def at_rate(page: Explorer, slot: int, rate: float) -> tuple[float, float]:
    """The pixel of the screen where a run's curve is at the rate next to this one."""
    box = page.tab.locator("#sweep-plot").bounding_box()
    rates = asked.course(page.state).rates
    place = int(np.argmin(np.abs(np.log(rates / rate))))
    _, x, y = next(point for point in curve(page, slot) if point[0] == place)
    return box["x"] + x, box["y"] + y


# --- 1: learning rates ----------------------------------------------------------------------------------------------


def test_the_curves_are_those_of_the_library(page: Explorer) -> None:
    opened(page, "&run=sgd&run=adam~lr=0.2&steps=150")
    state = page.state
    for run in state.runs:
        course = asked.course(state)
        swept = learning_rate_sweep(
            run.optimizer, state.landscape, course.rates, state.begin, 150, target=course.target
        )
        wanted = course.heights(swept.final)
        found = np.array(drawn(page, f"Array.from(drawing.of(drawing.look.runs[{run.slot and 1}]).found.final)"), float)
        np.testing.assert_array_equal(found, wanted)
    points = np.array([y for _, _, y in curve(page, 0) if y is not None and math.isfinite(y)])
    assert np.ptp(points) > 100, "log-log: it fills the frame"


def test_a_tab_opens_with_its_curves_and_shows_the_coarse_ones_first(page: Explorer) -> None:
    """Before the fine tiles come there is a curve over all rates."""
    held: list[Route] = []
    released: list[bool] = []

    def hold(route: Route) -> None:
        body = route.request.post_data or ""
        if '"tile"' in body and "|whole" in body and not released:
            held.append(route)
        else:
            route.continue_()

    page.tab.route("**/channel/tile", hold)
    page.tab.goto(f"{page.url}?tab=sweep&run=sgd&run=adam", wait_until="commit")
    page.painted()
    page.tab.wait_for_timeout(50)
    for _ in range(200):
        if held:
            break
        page.tab.wait_for_timeout(50)
    page.told()
    assert [place for place, *_ in curve(page, 0)] == list(range(0, 61, work.EVERY))
    released.append(True)
    for route in held:
        route.continue_()
    done(page)
    assert [place for place, *_ in curve(page, 0)] == list(range(61))


def test_what_diverges_is_marked_and_where_a_run_can_rest_is_drawn(page: Explorer) -> None:
    opened(page, "&f=rosenbrock&run=sgd&run=adam")
    lost = drawn(page, "Array.from(drawing.of(drawing.look.runs[0]).found.diverged)")
    assert lost[0] == 0 and lost[-1] == 1
    runs = drawn(page, "drawing.look.runs.map(({ limit }) => limit)")
    assert 10 ** runs[0] == pytest.approx(2 / 1001.6, rel=1e-3) and runs[1] is None


def test_a_click_on_a_curve_puts_its_rate_into_the_run(page: Explorer) -> None:
    opened(page, "&run=sgd&run=adam")
    x, y = at_rate(page, 2, 0.1)
    page.tab.mouse.move(x, y)
    page.tab.mouse.click(x, y)
    page.committed()
    rates = {run.slot: run.optimizer.lr for run in page.state.runs}
    assert rates[0] == 0.01 and rates[2] == pytest.approx(0.1, rel=0.1) and rates[2] in asked.course(page.state).rates
    assert page.state.view.tab == "sweep"


def test_the_table_gives_both_widths_and_a_button_for_each_rate(page: Explorer) -> None:
    opened(page, "&run=sgd&run=rmsprop&run=adam&steps=300")
    state = page.state
    course = asked.course(state)
    for run, shown in zip(state.runs, cells(page), strict=True):
        swept = learning_rate_sweep(run.optimizer, state.landscape, course.rates, state.begin, 300)
        widths = [swept.width(kind, below=at) for at in (None, course.target) for kind in ("final", "best")]
        assert [f"{width:.2f}" for width in widths] == shown[4:8]
        assert float(shown[2]) == swept.best_rate
    best = float(cells(page)[2][2])
    button = page.tab.get_by_role("button", name=f"Put η {best:g} into Adam", exact=True)
    button.focus()
    with page.change():
        button.press("Enter")
    page.committed()
    assert page.state.runs[2].optimizer.lr == best


def test_the_keyboard_moves_the_cursor_and_the_table_follows(page: Explorer) -> None:
    opened(page, "&run=sgd&run=adam")
    cursor = page.tab.get_by_role("slider", name="Look at η")
    cursor.press("Home")
    page.told()
    assert cursor.get_attribute("aria-valuetext") == "1e-4" or cursor.get_attribute("aria-valuetext") == "0.0001"
    expect(page.tab.locator("#sweep-table thead")).to_contain_text("at η 0.0001")
    page.tab.get_by_role("button", name="Put η 0.0001 into SGD", exact=True).click()
    page.committed()
    assert page.state.runs[0].optimizer.lr == 1e-4


def test_when_one_memory_changes_only_its_tiles_are_asked_anew(page: Explorer) -> None:
    opened(page, "&run=sgd&run=rmsprop&run=adam")
    page.requests.clear()
    with page.change():
        page.tab.locator("[data-action='open.1']").click()
    page.type("run.1.alpha", "0.5")
    done(page)
    parts = tiles(page)
    assert parts and {part.partition("|")[0] for part in parts} == {"rmsprop~alpha=0.5"}


def test_nothing_is_asked_anew_while_a_rate_moves(page: Explorer) -> None:
    opened(page, "&run=sgd&run=adam")
    page.requests.clear()
    page.press("master.lr", "ArrowRight", "ArrowRight")
    done(page)
    assert tiles(page) == []
    at = drawn(page, "drawing.look.runs.map(({ at }) => at)")
    assert 10 ** at[0] == pytest.approx(page.state.runs[0].optimizer.lr, rel=1e-9)


@pytest.mark.parametrize(("name", "shown"), [("best loss", "best"), ("steps to target", "first")])
def test_best_and_steps_are_drawn_too(page: Explorer, name: str, shown: str) -> None:
    opened(page, "&run=sgd&run=adam")
    page.select("sweep.curve", name)
    done(page)
    assert drawn(page, "drawing.column") == shown
    assert f"curve={page.state.sweep.curve}" in page.query


# --- 2: two numbers -------------------------------------------------------------------------------------------------


def test_a_grid_shows_theory_over_what_was_walked(page: Explorer) -> None:
    opened(page, "&run=momentum&sweep=kind=grid~rates=31")
    found = drawn(page, "drawing.of(drawing.run).found")
    diverged = np.array(list(found["diverged"]), float).reshape(31, 31)
    assert len(found["known"]) == 31**2 and all(found["known"])
    theory = drawn(page, "drawing.look.theory.best.values")
    assert [float(value) for value in theory] == pytest.approx(
        [(2 / (math.sqrt(40) + 1)) ** 2, ((math.sqrt(40) - 1) / (math.sqrt(40) + 1)) ** 2]
    )
    assert diverged[0, -1] == 1 and diverged[0, 0] == 0


def test_a_click_on_a_cell_loads_both_numbers(page: Explorer) -> None:
    opened(page, "&run=momentum&sweep=kind=grid~rates=21")
    place = drawn(page, "[drawing.plot.x(drawing.across.places[15]), drawing.plot.y(drawing.up.places[4])]")
    wanted = drawn(page, "[drawing.across.values[15], drawing.up.values[4]]")
    box = page.tab.locator("#sweep-plot").bounding_box()
    page.tab.mouse.click(box["x"] + place[0], box["y"] + place[1])
    page.committed()
    optimizer = page.state.runs[0].optimizer
    assert [optimizer.lr, optimizer.momentum] == [float(value) for value in wanted]


def test_any_two_numbers_of_a_run(page: Explorer) -> None:
    opened(page, "&run=adam&sweep=kind=grid~rates=11")
    page.control("choice", "sweep.across").select_option("beta2")
    done(page)
    page.control("choice", "sweep.up").select_option("eps")
    done(page)
    assert (page.state.sweep.across, page.state.sweep.up) == ("beta2", "eps")
    assert drawn(page, "drawing.look.sides.map(({ name }) => name)") == ["beta2", "eps"]
    rows = cells(page)
    assert rows[0][0] == "best of the grid" and "…" not in rows[0]


# --- 3: a tuned race ------------------------------------------------------------------------------------------------


def test_a_race_declares_its_budget_and_loads_its_rates(page: Explorer) -> None:
    opened(page, "&run=sgd&run=rmsprop&run=adam&sweep=kind=race~rates=21")
    expect(page.tab.locator("#sweep-said")).to_contain_text("21 rates × 5 starts × 100 steps = 10,500 gradients")
    state = page.state
    course = asked.course(state)
    begin = around(state.landscape, state.begin)
    wanted = [
        learning_rate_sweep(run.optimizer, state.landscape, course.rates, begin, 100).best_rate for run in state.runs
    ]
    assert [float(row[2]) for row in cells(page)] == wanted
    page.tab.locator("#sweep-load").click()
    page.committed()
    assert page.state.view.tab == "explore"
    assert [run.optimizer.lr for run in page.state.runs] == wanted


def test_tuned_on_this_surface_is_a_preset(page: Explorer) -> None:
    page.open("?run=sgd&run=adam")
    page.settled()
    page.tab.locator("[data-tune]").click()
    expect(page.tab.locator("#tuned-said")).to_contain_text("61 rates × 5 starts", timeout=PATIENCE)
    page.committed()
    state = page.state
    course = asked.course(State.from_query(f"{page.query}&sweep=kind=race")[0])
    begin = around(state.landscape, state.begin)
    for run in state.runs:
        assert (
            run.optimizer.lr == learning_rate_sweep(run.optimizer, state.landscape, course.rates, begin, 100).best_rate
        )


def test_what_was_tuned_is_undone_in_one_step(page: Explorer) -> None:
    page.open("?run=sgd&run=adam&run=momentum")
    page.settled()
    page.tab.locator("[data-tune]").click()
    expect(page.tab.locator("#tuned-said")).to_contain_text("The same budget", timeout=PATIENCE)
    page.committed()
    assert [run.optimizer.lr for run in page.state.runs] != [0.01, 0.001, 0.01]
    with page.change():
        page.tab.locator("[data-undo=undo]").click()
    assert [run.optimizer.lr for run in page.state.runs] == [0.01, 0.001, 0.01]


def test_hovering_tells_the_numbers(page: Explorer) -> None:
    opened(page, "&run=sgd&run=adam")
    x, y = at_rate(page, 2, 0.1)
    page.tab.mouse.move(x, y)
    tip = page.tab.locator(".plot .tip")
    expect(tip).to_be_visible()
    course = asked.course(page.state)
    place = int(np.argmin(np.abs(np.log(course.rates / 0.1))))
    final = 10 ** drawn(page, f"drawing.of(drawing.look.runs[1]).found.final[{place}]")
    expect(tip).to_contain_text(f"η {course.rates[place]:g}Adamfinal loss {brief(final)}best loss")
    page.tab.mouse.move(5, 5)
    expect(tip).to_be_hidden()


# --- what goes wrong ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("sweep.rates", "0", "whole number from 3 to 241"),
        ("sweep.rates", "7.5", "whole number"),
        ("sweep.low", "20", "from a smaller to a larger"),
        ("sweep.high", "-1", "number from"),
        ("sweep.steps", "0", "whole number from 1 to 2000"),
        ("sweep.target", "none", "number"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_is_lost(page: Explorer, key: str, text: str, why: str) -> None:
    opened(page, "&run=sgd&run=adam&sweep=rates=11")
    before = page.query
    page.type(key, text)
    expect(page.error(key)).to_contain_text(why)
    assert page.query == before and page.shown(key) == text
    assert len(curve(page, 0)) == 11


def test_a_race_from_a_start_outside_says_so(page: Explorer) -> None:
    opened_early = f"{page.url}?tab=sweep&start=7,4&sweep=kind=race"
    page.tab.goto(opened_early, wait_until="commit")
    page.painted()
    expect(page.tab.locator(".plot .problem")).to_contain_text("lies outside")
    page.type("start.x", "1")
    page.type("start.y", "1")
    done(page)
    expect(page.tab.locator(".plot .problem")).to_be_hidden()


def test_a_grid_that_is_too_large_says_how_large_it_may_be(page: Explorer) -> None:
    opened(page, "&run=adam&sweep=kind=grid~rates=11~steps=2000")
    page.type("sweep.rates", "241")
    expect(page.error("sweep.rates")).to_contain_text("at most 100 along each side")
    assert page.state.sweep.rates == 11


# --- who looks at it ------------------------------------------------------------------------------------------------


def test_what_a_link_locks_no_click_and_no_button_changes(page: Explorer) -> None:
    opened(page, "&run=sgd&run=adam&lock=runs")
    before = page.query
    page.tab.mouse.click(*at_rate(page, 2, 0.1))
    button = page.tab.locator("#sweep-table tbody button").first
    assert button.get_attribute("aria-disabled") == "true" and "locked" in button.get_attribute("title")
    button.dispatch_event("click")
    page.told()
    assert page.query == before


def test_on_a_phone_the_plot_comes_first_and_fingers_find_everything(page: Explorer) -> None:
    page.tab.set_viewport_size(PHONE)
    opened(page, "&run=sgd&run=adam")
    assert page.js("document.documentElement.scrollWidth") <= PHONE["width"]
    plot = page.tab.locator("#sweep-plot").bounding_box()
    assert plot["width"] > 300 and plot["height"] >= 300 and plot["y"] + plot["height"] < PHONE["height"]
    for box in boxes(page, "#sweep :is(button, input:not([type=radio]), select, .segments span)"):
        assert box["height"] >= TARGET, box


def test_a_presentation_shows_the_plot_and_what_moves_it(page: Explorer) -> None:
    opened(page, "&run=sgd&run=adam&present=on")
    (plot,) = boxes(page, "#sweep-plot")
    assert plot["height"] > 500 and plot["width"] > 1200
    assert boxes(page, "#sweep .at-hand input[type=range]") and not boxes(page, "#sweep [type=text]")
    assert drawn(page, "drawing.full.font.size") == 18


# --- taken home -----------------------------------------------------------------------------------------------------


def taken(page: Explorer, selector: str) -> tuple[str, bytes]:
    """The name and the content of what a choice of the export menu saves."""
    page.tab.locator(".export summary").click()
    with page.tab.expect_download(timeout=PATIENCE) as saved:
        page.tab.locator(selector).click()
    page.tab.locator(".export summary").click()
    return saved.value.suggested_filename, Path(saved.value.path()).read_bytes()


def test_the_menu_of_exports_has_what_this_tab_has(page: Explorer) -> None:
    opened(page, "&run=sgd&run=adam&sweep=rates=11")
    name, table = taken(page, "[data-export='sweep-csv']")
    rows = list(csv.DictReader(table.decode().splitlines()))
    assert name == "sweep.csv" and len(rows) == 22 and rows[0]["link"].endswith(page.query)
    name, data = taken(page, "[data-export='sweep-json']")
    assert name == "sweep.json" and len(json.loads(data)["runs"][0]["axes"]["lr"]) == 11
    page.tab.locator(".export summary").click()
    assert not page.tab.locator("[data-export='gif']").is_visible()


@pytest.mark.parametrize("kind", ["rates", "grid", "race"])
def test_the_plot_is_a_picture(page: Explorer, kind: str) -> None:
    opened(page, f"&run=momentum&run=adam&sweep=kind={kind}~rates=11")
    name, svg = taken(page, "[data-picture='sweep svg']")
    drawn_there = ElementTree.fromstring(svg)
    texts = "".join(drawn_there.itertext())
    assert name == "downslope-sweep.svg" and "Momentum" in texts and "learning rate η" in texts
    assert len(svg) > 4000
    name, png = taken(page, "[data-picture='sweep png']")
    assert name == "downslope-sweep.png" and png.startswith(b"\x89PNG") and len(png) > 20_000


def test_a_race_that_cannot_be_is_no_file(page: Explorer) -> None:
    answer = page.tab.request.get(f"{page.url}export/sweep-csv?start=7,4&sweep=kind=race")
    assert answer.status == 422 and "lies outside" in answer.text()


# --- for everyone ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rates", "grid", "race"])
def test_axe_finds_nothing(page: Explorer, kind: str) -> None:
    opened(page, f"&run=momentum&run=adam~slot=1&sweep=kind={kind}~rates=11")
    page.until("document.querySelector('#rail .run')")
    assert violations(page) == []
    page.tab.emulate_media(color_scheme="dark")
    page.until("document.documentElement.dataset.theme === 'dark'")
    done(page)
    assert violations(page, rules=CONTRAST) == []


@pytest.mark.parametrize("kind", ["rates", "grid", "race"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_no_two_groups_have_one_name_and_none_is_cut(page: Explorer, size: dict[str, int], kind: str) -> None:
    page.tab.set_viewport_size(size)
    opened(page, f"&run=momentum&run=adam&sweep=kind={kind}~rates=11")
    seen = "one.checkVisibility() && one.closest('#sweep')"
    named = page.js(
        f"""() => [...document.querySelectorAll("[role=radiogroup], [role=figure], [role=region], section, select, [type=text], [type=range]")]
            .filter((one) => {seen}).map((one) => one.ariaLabel)"""
    )
    assert len(named) > 8 and all(named) and len(set(named)) == len(named)
    assert page.js("document.documentElement.scrollWidth") <= size["width"]


def test_the_plot_is_told_in_words(page: Explorer) -> None:
    opened(page, "&run=sgd&run=adam&sweep=rates=11")
    best = cells(page)[1][2]
    figure = page.tab.get_by_role("figure").and_(page.tab.locator("#sweep-plot"))
    expect(figure).to_have_accessible_description(re.compile(f"Adam is best at η {re.escape(best)}"))
