"""On paper: light, whole, nothing over anything else, and nothing to press; afterwards the screen is as it was."""

import re

import pytest

from app.screen.theme import COLOURS, TOKENS

from .explorer import Explorer

A4 = {"portrait": (703, 1032), "landscape": (1032, 703)}  # px inside margins of 12 mm
KINDS = ["", "&map=side", "&map=surface"]
SCENE = "?t=40&run=sgd~lr=0.04&run=adam~lr=0.2&run=rmsprop~lr=0.05"
CARDS = """() => [...document.querySelectorAll(".card, .graph, .main-svg, .written")].filter((one) => one.checkVisibility())
    .map((one) => [one.className.baseVal ?? one.className, one.getBoundingClientRect().toJSON()])
    .map(([name, box]) => ({ name, ...box }))"""


def on_paper(page: Explorer, query: str, sheet: str = "portrait") -> list[dict[str, float]]:
    """The boxes of what is printed."""
    page.open(query)
    page.settled()
    page.tab.emulate_media(media="print")
    page.tab.set_viewport_size(dict(zip(("width", "height"), A4[sheet], strict=True)))
    page.until("document.querySelectorAll('.written').length === 4")
    return page.js(CARDS)


@pytest.fixture(autouse=True)
def screen_again(page: Explorer):
    size = page.tab.viewport_size
    yield
    page.tab.emulate_media(media="null")
    page.tab.set_viewport_size(size)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sheet", A4)
def test_what_is_printed_stands_side_by_side_and_inside_the_sheet(page: Explorer, sheet: str, kind: str) -> None:
    boxes = on_paper(page, SCENE + kind, sheet)
    cards = [box for box in boxes if "card" in box["name"].split()]
    assert len(cards) == 5  # the map, three panels, and what is said of the runs
    for i, one in enumerate(cards):
        for other in cards[i + 1 :]:
            apart = one["right"] <= other["left"] or other["right"] <= one["left"]
            assert apart or one["bottom"] <= other["top"] or other["bottom"] <= one["top"], (one, other)
    for box in boxes:
        assert box["left"] >= 0 and box["right"] <= A4[sheet][0] + 1
    for graph in (box for box in boxes if box["name"].startswith("graph")):
        card = next(
            c for c in cards if c["left"] <= graph["left"] <= c["right"] and c["top"] <= graph["top"] <= c["bottom"]
        )
        assert graph["height"] > 90 and graph["bottom"] <= card["bottom"]


@pytest.mark.parametrize("kind", KINDS)
def test_paper_is_light(page: Explorer, kind: str) -> None:
    on_paper(page, f"{SCENE}{kind}&theme=dark")
    written = page.js("[...document.querySelectorAll('.written, .main-svg')].map((one) => one.outerHTML).join()")
    for slot in (0, 1, 2):
        assert COLOURS["light"][slot] in written and COLOURS["dark"][slot] not in written
    body, title = page.js(
        "[document.querySelector('.card'), document.querySelector('h1')].map((one) => getComputedStyle(one)).map((one) => [one.backgroundColor, one.color])"
    )
    assert body[0] == "rgb(255, 255, 255)" and title[1] == f"rgb{tuple(bytes.fromhex(TOKENS['light']['ink'][1:]))}"


def test_nothing_to_press_is_printed(page: Explorer) -> None:
    on_paper(page, SCENE)
    words = ".sort, .term"  # the heads of the table's columns, and words that explain themselves
    buttons = f"[...document.querySelectorAll('button, input')].filter((one) => !one.matches('{words}'))"
    assert page.js(f"{buttons}.filter((one) => one.checkVisibility()).map((one) => one.outerHTML)") == []


def test_names_sentences_and_the_table_are_printed(page: Explorer) -> None:
    on_paper(page, SCENE)
    text = page.js("document.body.innerText")
    written = page.js("[...document.querySelectorAll('.written text')].map((one) => one.textContent)")
    for name in ("SGD", "Adam", "RMSProp"):
        assert name in text and written.count(name) >= 4
    assert "start" in written and len(page.js("[...document.querySelectorAll('#said li')]")) == 3
    assert "Final loss" in text and "Status" in text


def test_every_run_has_its_sentence(page: Explorer) -> None:
    on_paper(page, "?" + "&".join(f"run=adam~lr=0.{place}" for place in range(1, 9)))
    seen = "[...document.querySelectorAll('#said li')].filter((one) => one.checkVisibility()).length"
    page.until(f"{seen} === 8")


@pytest.mark.parametrize("landscape", [False, True])
def test_it_is_two_pages(page: Explorer, landscape: bool) -> None:
    page.open(f"{SCENE}&theme=dark")
    page.settled()
    before = page.everything()
    paper = page.tab.pdf(format="A4", landscape=landscape)
    assert len(re.findall(rb"/Type */Page\b", paper)) == 2
    page.until("!document.querySelector('.written')")
    after = page.everything()
    lines, drawn = before.pop("lines"), after.pop("lines")
    assert after == before
    assert [line.split(",")[:2] for line in drawn] == [line.split(",")[:2] for line in lines]  # in the same colours,
    places = [[float(at) for line in one for at in line.split(",")[2:]] for one in (lines, drawn)]
    assert places[1] == pytest.approx(places[0], abs=3)  # and places
    assert page.complaints == []


# --- a training -----------------------------------------------------------------------------------------------------

TRAINING = "?tab=train&theme=dark&train=data=cancer~epochs=2~shuffles=2&run=adam~lr=0.01&run=sgd~lr=0.5"
PLOTS = ("losses", "path", "heat", "weights", "lines")
CORNERS = """[...document.querySelectorAll(".field-plot canvas")].map((one) => [...one.getContext("2d").getImageData(2, 2, 1, 1).data])"""
PAPER_IS_HERE = "performance.getEntriesByType('resource').some(({ name }) => name.includes('later.mjs'))"


def trained(page: Explorer) -> None:
    page.tab.goto(f"{page.url}{TRAINING}", wait_until="commit")
    page.painted()
    page.tab.locator("#train[aria-busy=false]").wait_for()
    page.until(PAPER_IS_HERE)
    page.settled()


def test_a_training_is_printed_light_and_whole_where_no_walk_was_ever_drawn(page: Explorer) -> None:
    trained(page)
    page.tab.emulate_media(media="print")
    page.tab.set_viewport_size(dict(zip(("width", "height"), A4["portrait"], strict=True)))
    page.until("document.documentElement.dataset.theme === 'light'")
    assert page.js(CORNERS) == [[255, 255, 255, 255]] * len(PLOTS)
    drawn = "(await import(document.querySelector(\"script[src*='main.mjs']\").src.replace('main.mjs', 'train.mjs'))).$train_train.train.drawing"
    colours = page.js(f"async () => JSON.stringify({drawn}.look)")
    assert sum(one in colours for one in COLOURS["light"]) >= 2 and not any(one in colours for one in COLOURS["dark"])
    assert TOKENS["light"]["ink"] in colours and TOKENS["dark"]["ink"] not in colours
    assert (
        page.js(
            "[...document.querySelectorAll('.train :is(button, select)')].filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches('.field-keys')).length"
        )
        == 0
    )
    text = page.js("document.body.innerText")
    assert "effective learning rate" in text and "RMS gradient" not in text, "what is chosen is told"
    assert page.js("document.documentElement.scrollWidth <= innerWidth"), "every column of the results is on the sheet"


def test_after_a_print_a_training_is_as_it_was(page: Explorer) -> None:
    trained(page)
    page.tab.pdf(format="A4")
    page.until("document.documentElement.dataset.theme === 'dark'")
    page.told()
    assert all(sum(corner[:3]) < 150 for corner in page.js(CORNERS))
    page.tab.locator("#tabs .segments").get_by_role("radio", name="Explore").click()
    page.until("document.documentElement.dataset.tab === 'explore'")
    page.settled()
    assert page.complaints == []
