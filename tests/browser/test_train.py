"""The Train tab as it is asked: data in the header, settings in the rail, runs of its own, words where something is odd."""

import re

import pytest
from playwright.sync_api import expect

from app.page.train import EXPERIMENTS

from .axe import violations
from .explorer import PHONE, TARGET, Explorer, boxes

OPEN = "?tab=train"
SMALL = f"{OPEN}&train=n=200~d=3~epochs=4~shuffles=1"
THERE = "document.querySelector('#train-table tbody tr')"
SEEN = "[...document.querySelectorAll(`[data-of='surface']`)].filter((one) => one.checkVisibility()).length"


def trained(page: Explorer, query: str = SMALL) -> None:
    page.open(query)
    page.until(THERE)


def says(page: Explorer, *words: str) -> None:
    for one in words:
        expect(page.tab.locator("#train")).to_contain_text(one, timeout=20_000)


def test_it_opens_with_the_printed_experiment_and_nothing_of_the_surface(page: Explorer) -> None:
    trained(page, OPEN)
    expect(page.runs).to_have_text(["AdaGrad", "RMSProp", "Adam", "SGD"])
    says(page, "1,000 samples", "32 batches of 32")
    assert page.js(SEEN) == 0 and page.query == OPEN
    assert page.shown("train.n") == "1000" and page.shown("train.goal") == ""
    assert page.control("number", "train.goal").get_attribute("placeholder") == "0.3"
    page.tab.locator("#tabs .segments").get_by_role("radio", name="Explore").click()
    page.until(f"{SEEN} > 0 && downslope.gate.idle()")
    page.committed()
    assert page.query == ""


def test_what_is_set_is_in_the_address_and_comes_back(page: Explorer) -> None:
    trained(page)
    page.type("train.batch", "16")
    page.type("train.l2", "0.1")
    page.control("switch", "train.standard").check()
    page.committed()
    assert (page.state.train.batch, page.state.train.l2, page.state.train.standard) == (16, 0.1, True)
    page.reload()
    page.until(THERE)
    assert page.shown("train.batch") == "16" and page.control("switch", "train.standard").is_checked()
    says(page, "13 batches of 16")
    page.tab.keyboard.press("Control+z")
    page.tab.go_back()
    page.until("downslope.gate.idle()")


def test_other_data_bring_their_columns_and_what_suits_them(page: Explorer) -> None:
    trained(page)
    page.choose("train.data", "Cars")
    says(page, "Linear regression", "held out", "standardised")
    expect(page.control("number", "train.n")).to_be_hidden()
    target = page.control("choice", "train.target")
    expect(target.locator("option").first).to_contain_text("miles per gallon (as it comes)")
    assert page.control("switch", "train.standard").is_checked() and page.shown("train.validation") == "0.2"
    assert "StatLib" in page.said_at("train.about") and "MIT" in page.said_at("train.about")
    page.choose("train.target", "horsepower")
    says(page, "“horsepower” is standardised")
    page.committed()
    assert page.state.train.target == "horsepower"
    expect(page.tab).to_have_title("Train: Cars – Downslope")
    page.tab.locator("[data-undo=undo]").click()
    page.tab.locator("[data-undo=undo]").click()
    page.until(f"downslope.gate.idle() && !/cars/.test(location.search) && {THERE}")
    assert page.shown("train.n") == "200"


@pytest.mark.parametrize("name", ["scaled", "cancer"])
def test_a_training_to_begin_with_is_tried(page: Explorer, name: str) -> None:
    trained(page)
    page.choose("experiment", EXPERIMENTS[name].label)
    page.committed()
    assert page.said_at("runs.show") == EXPERIMENTS[name].shows
    assert page.shown("experiment", "choice") == "", "what is chosen here is done, not kept"


def test_the_listing_is_said_in_words_and_its_cost_is_counted(page: Explorer) -> None:
    trained(page, OPEN)
    with page.change():
        page.control("switch", "train.printed").check()
    says(page, "As printed: one stream", "Adam needs 33 epochs to a loss of 0.3 where t starts anew, and 13 epochs")
    expect(page.control("number", "train.shuffles")).to_be_disabled()


def test_a_mistake_is_said_beside_its_field_and_what_cannot_be_trained_in_its_place(page: Explorer) -> None:
    trained(page)
    page.type("train.n", "1")
    expect(page.error("train.n")).to_have_text("must be a whole number from 2 to 20000")
    page.type("train.n", "150")
    says(page, "150 samples")
    page.type("train.batch", "400")
    says(page, "A batch of 400 is more than the 150 samples")
    page.choose("train.data", "Your file")
    says(page, "Choose a CSV file")
    assert page.js("document.querySelectorAll('#train-table tbody tr').length") == 0
    page.choose("train.data", "Made data")
    page.until(THERE)


def test_a_run_that_is_too_fast_is_foretold_and_then_diverges(page: Explorer) -> None:
    trained(page, f"{SMALL.replace('epochs=4', 'epochs=60')}&run=sgd~lr=900")
    says(page, "it will run away", "iverged at step")


def test_a_long_training_comes_in_stretches_that_go_on_from_each_other(page: Explorer) -> None:
    posted: list[str] = []
    page.tab.on("request", lambda request: posted.append(request.post_data or ""))
    trained(page, f"{OPEN}&train=epochs=150&run=adam&run=sgd~lr=0.01")
    page.until("!/epoch \\d+ of/.test(document.getElementById('train-table').textContent)", 60)
    parts = [one for one in posted if '"kind":"tile"' in one]
    later = [one for one in parts if not re.search(r'"part":"[^"]*\|0-\d+"', one)]
    assert len(later) >= 2 and all('"given":""' not in one for one in later if "|" in one)


def test_what_is_hidden_or_locked_is(page: Explorer) -> None:
    trained(page, f"{SMALL}&lock=train")
    for key in ("train.n", "train.batch"):
        expect(page.control("number", key)).to_be_disabled()
    expect(page.control("choice", "experiment")).to_be_disabled()
    page.open(f"{OPEN}&hide=train")
    assert page.js("document.documentElement.dataset.tab") == "explore"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing(page: Explorer, mode: str) -> None:
    page.tab.emulate_media(color_scheme=mode)
    trained(page)
    page.until("downslope.gate.idle()")
    assert violations(page) == []


def test_on_a_phone_the_settings_are_in_the_sheet_and_large_enough(page: Explorer) -> None:
    page.tab.set_viewport_size(PHONE)
    trained(page)
    page.tab.locator("#drawer").click()
    expect(page.control("number", "train.batch")).to_be_visible()
    for box in boxes(page, ".asked-of :is(select, input:not([type=checkbox]), .toggle)"):
        assert box["height"] >= TARGET - 0.5, box
    assert page.js("document.documentElement.scrollWidth - innerWidth") <= 0
