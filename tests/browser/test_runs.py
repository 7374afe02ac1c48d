"""The runs: added, tuned, pinned, ordered and removed; and the sliders that move them all."""

from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from app import limits
from app.explore.rail import summary
from app.walks.simulate import simulate
from optim_core import Adam

from .explorer import Explorer, middle


def rates(page: Explorer) -> list[float]:
    return [run.optimizer.lr for run in page.state.runs]


def looks(page: Explorer) -> dict[str, list[Any]]:
    """For each place a run is drawn in: (slot, colour, outline of the marker) of every run there, in order."""
    return page.js(
        """() => {
            const hex = (rgb) => "#" + rgb.match(/\\d+/g).map((part) => (+part).toString(16).padStart(2, "0")).join("");
            const rail = [...document.querySelectorAll(".run")].map((run) => {
                const { backgroundColor, maskImage } = getComputedStyle(run.querySelector(".head"));
                return [+run.querySelector(".run-title").dataset.slot, hex(backgroundColor).toUpperCase(), maskImage];
            });
            const drawn = Object.values(downslope.graphs).map(({ name, lines }) =>
                [name, lines.map(({ meta, trace }) => [meta.slot, trace.line.color.toUpperCase(), meta.head])]);
            return { rail, ...Object.fromEntries(drawn) };
        }"""
    )


def same_everywhere(page: Explorer) -> list[int]:
    """The slots in their order, once it is sure that every panel draws each run as the rail shows it."""
    expect(page.runs).to_have_count(len(page.state.runs))
    seen = looks(page)
    rail = seen.pop("rail")
    for graph, lines in seen.items():
        assert list(dict.fromkeys((slot, colour) for slot, colour, _ in lines)) == [(s, c) for s, c, _ in rail], graph
        for slot, _, outline in lines:
            assert next(f'd="{outline}"' in unquote(mask) for other, _, mask in rail if other == slot)
    return [slot for slot, _, _ in rail]


def test_a_run_is_added_until_all_slots_are_taken(page: Explorer) -> None:
    page.open("?" + "&".join(["run=sgd~lr=0.02"] * (limits.RUNS - 1)))
    page.choose("add", "Adam")
    assert page.state.runs[-1].optimizer == Adam(lr=0.02)
    assert same_everywhere(page) == list(range(limits.RUNS))
    expect(page.control("choice", "add")).to_be_disabled()


def test_the_same_optimizer_is_added_twice(page: Explorer) -> None:
    page.open("?run=sgd")
    for count in (2, 3):
        page.choose("add", "Lion")
        expect(page.runs).to_have_text(["SGD", "Lion", "Lion (2)"][:count])
    assert same_everywhere(page) == [0, 1, 2]


def test_a_run_is_opened_and_closed(page: Explorer) -> None:
    page.open("?run=sgd&run=adam")
    for _ in range(2):
        page.act("open.2")
        expect(page.control("slider", "run.1.beta1")).to_be_visible()
        page.act("open.2")
        expect(page.control("slider", "run.1.beta1")).to_have_count(0)


def test_a_duplicate_goes_its_own_way(page: Explorer) -> None:
    page.open("?run=adam~lr=0.1&run=sgd")
    page.act("open.2")
    page.act("run.0.duplicate")
    expect(page.runs).to_have_text(["Adam", "Adam (2)", "SGD"])
    assert same_everywhere(page) == [2, 1, 0]
    assert page.line("map-path-2") == page.line("map-path-1")
    expect(page.control("number", "run.0.lr")).to_have_count(0)  # it is the copy that is open
    page.type("run.1.lr", "0.2")
    assert rates(page)[:2] == [0.1, 0.2]
    assert page.line("map-path-2") != page.line("map-path-1")
    expect(page.runs).to_have_text(["Adam η 0.1", "Adam η 0.2", "SGD"])
    assert page.js("downslope.graphs.lr.labels") == {"2": "Adam η 0.1", "1": "Adam η 0.2", "0": "SGD"}


def test_a_name_is_shown_as_it_was_typed(page: Explorer) -> None:
    page.open("?run=adam&run=sgd")
    page.act("open.0")
    page.type("run.1.name", "<b>η & me~1</b>", "text")
    expect(page.runs).to_have_text(["Adam", "<b>η & me~1</b>"])
    page.reload()
    expect(page.runs).to_have_text(["Adam", "<b>η & me~1</b>"])
    assert page.js("downslope.graphs.map.labels[0]") == "<b>η & me~1</b>"


def test_colour_and_marker_follow_a_run_when_the_order_changes(page: Explorer) -> None:
    page.open("?run=sgd&run=rmsprop&run=adam&run=momentum")
    before = looks(page)["rail"]
    page.act("open.0")
    page.act("run.0.down")
    assert same_everywhere(page) == [1, 0, 2, 3]
    page.act("run.1.remove")
    assert same_everywhere(page) == [1, 2, 3]
    assert looks(page)["rail"] == before[1:]
    page.choose("add", "Yogi")
    assert same_everywhere(page) == [1, 2, 3, 0]
    expect(page.runs).to_have_text(["RMSProp", "Adam", "Momentum", "Yogi"])


def test_the_last_run_stays(page: Explorer) -> None:
    page.open("?run=sgd&run=adam")
    page.act("open.2")
    page.act("run.1.remove")
    page.act("open.0")
    expect(page.control("action", "run.0.remove")).to_be_disabled()


def test_master_sliders_leave_a_pinned_run_alone(page: Explorer) -> None:
    page.open("?run=sgd~lr=0.02&run=adam~lr=0.02~slot=1")
    page.act("open.1")
    page.act("run.1.pin")
    expect(page.tab.locator(".run.pinned .label")).to_have_text("Adam")
    ghost = page.line("map-path-1")
    page.type("master.lr", "0.03")
    assert rates(page) == [0.03, 0.02]
    assert page.line("map-path-1") == ghost
    assert page.trace("map-path-1")["line"]["width"] < page.trace("map-path-0")["line"]["width"]
    page.act("run.1.pin")
    page.type("master.lr", "0.04")
    assert rates(page) == [0.04, 0.04]


def test_a_master_slider_multiplies_rates_that_differ(page: Explorer) -> None:
    page.open("?run=sgd~lr=0.01&run=adam~lr=0.1")
    assert page.shown("master.lr") == "mixed"
    page.press("master.lr", "ArrowRight", "ArrowRight", "ArrowRight")
    slow, fast = rates(page)
    assert slow > 0.01
    assert fast / slow == pytest.approx(10, rel=0.01)
    assert page.shown("master.lr") == "mixed"


def test_a_double_click_makes_them_equal(page: Explorer) -> None:
    page.open("?run=sgd~lr=0.01&run=adam~lr=0.1")
    with page.change():
        page.slider("master.lr").dblclick()
    page.committed()
    assert len(set(rates(page))) == 1
    assert page.shown("master.lr") != "mixed"


def test_the_other_master_sliders_write_through(page: Explorer) -> None:
    page.open("?run=adam&run=amsgrad")
    for shared, field in (("beta", "beta2"), ("eps", "eps")):
        page.press(f"master.{shared}", "ArrowLeft")
        first, second = (getattr(run.optimizer, field) for run in page.state.runs)
        assert first == second < getattr(Adam(), field)
    assert [run.optimizer.beta1 for run in page.state.runs] == [0.9, 0.9]


def test_presets(page: Explorer) -> None:
    page.open("?run=sgd~lr=0.02&run=adam~lr=0.3~beta2=0.5")
    page.act("master.lr.equal")
    assert len(set(rates(page))) == 1
    page.act("preset.beta.0.9")
    assert page.state.runs[1].optimizer.beta2 == 0.9
    page.act("preset.textbook")
    assert page.query == "?run=sgd&run=adam"


def test_a_switch_of_a_run(page: Explorer) -> None:
    page.open("?run=adam~lr=0.1")
    page.act("open.2")
    before = page.line("map-path-2")
    with page.change():
        page.control("switch", "run.0.bias_correction").click()
    assert page.state.runs[0].optimizer == Adam(lr=0.1, bias_correction=False)
    assert page.line("map-path-2") != before


def test_a_row_says_what_its_run_does(page: Explorer) -> None:
    page.open("?run=adam~lr=0.1&run=sgd~lr=9")
    for place, walk in enumerate(simulate(page.state).walks):
        assert page.said_at(f"run.{place}.summary") == summary(walk, page.state)
    page.press("master.lr", "ArrowLeft")
    assert page.said_at("run.0.summary") == summary(simulate(page.state).walks[0], page.state)


FILLED = """(range) => [
    parseFloat(getComputedStyle(range).getPropertyValue("--done")),
    (100 * (range.value - range.min)) / (range.max - range.min),
]"""


def test_the_track_of_a_slider_is_filled_up_to_its_thumb(page: Explorer) -> None:
    page.open()
    x, y = middle(page.slider("master.lr"))
    with page.dragged(x, y), page.change():
        page.tab.mouse.move(x + 40, y)
        filled, share = page.slider("master.lr").evaluate(FILLED)
        assert filled == pytest.approx(share)


def test_a_slider_says_its_value_in_its_own_units(page: Explorer) -> None:
    page.open()
    expect(page.slider("master.lr")).to_have_attribute("aria-valuetext", "0.045")
    page.type("master.lr", "0.2")
    expect(page.slider("master.lr")).to_have_attribute("aria-valuetext", "0.2")


def test_a_value_that_is_put_right_is_shown_as_it_is_kept(page: Explorer) -> None:
    page.open("?run=sgd~lr=0.1")
    page.type("start.x", "99")
    expect(page.error("start.x")).to_be_visible()
    page.type("start.x", "1.5")
    expect(page.error("start.x")).to_have_count(0)
    assert page.shown("start.x") == "1.5"


def test_no_name_is_broken_in_the_rail(page: Explorer) -> None:
    """What is said beside it moves below it instead."""
    runs = ["rmsprop", "rmsprop~eps_inside=1~name=RMSProp,%20ε%20as%20Keras", "rmsprop~alpha=0.99~momentum=0.5"]
    page.open("?" + "&".join(f"run={run}" for run in runs))
    for label in page.runs.all():
        assert label.evaluate("one => one.getClientRects().length") == 1, label.text_content()
        assert label.bounding_box()["height"] < 24, label.text_content()
