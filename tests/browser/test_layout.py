"""What stands where: the question, the map, its playback, three sentences and the tabs on the first screen."""

import pytest
from playwright.sync_api import Route, expect

from app.page.state import State
from landscapes import LANDSCAPES
from optim_core import OPTIMIZERS

from .explorer import DESKTOP, PHONE, Explorer, boxes
from .layout import nothing_is_hidden_by_another_or_cut

SCREENS = [(1280, 720), (1440, 900), (1024, 768)]
EIGHT = "&".join(f"run={slug}" for slug in list(OPTIMIZERS)[:8])
VIEWS = ["", f"?{EIGHT}", f"?{EIGHT}&map=side&theme=dark", "?theme=dark&rule=loss", "?map=surface&f=himmelblau"]
FIRST = ".question, .views, #graph-map, .playback, #said > li, .tabs label"  # what the first screen must hold

every_screen = pytest.mark.parametrize("screen", SCREENS, ids=lambda size: "x".join(map(str, size)))


def shown(page: Explorer, screen: tuple[int, int], query: str) -> None:
    page.tab.set_viewport_size(dict(zip(("width", "height"), screen, strict=True)))
    page.open(query)
    page.until("document.querySelector('#said li')")
    page.until("downslope.settled()", timeout=30)  # in space it takes its time
    full = "downslope.graphs.map.gd._fullLayout.height - downslope.graphs.map.gd.clientHeight"
    page.until(f"Math.abs({full}) < 1 || !downslope.graphs.map.gd.checkVisibility()")


@every_screen
@pytest.mark.parametrize("query", VIEWS)
def test_the_first_screen_holds_what_matters(page: Explorer, screen: tuple[int, int], query: str) -> None:
    shown(page, screen, query)
    for box in boxes(page, FIRST):
        assert box["top"] >= 0 and box["bottom"] <= screen[1], box
    (drawn,) = boxes(page, "#graph-map")
    assert drawn["height"] >= 290 and drawn["width"] >= 400
    assert len(boxes(page, "#said > li")) == 3
    nothing_is_hidden_by_another_or_cut(page)


@every_screen
def test_an_open_run_moves_nothing_but_the_rail(page: Explorer, screen: tuple[int, int]) -> None:
    shown(page, screen, "")
    still = ".question, #graph-map, .playback, .tabs, .panels > .card"
    before = boxes(page, still)
    page.act("open.1")
    expect(page.tab.locator(".editor")).to_be_visible()
    assert boxes(page, still) == before
    nothing_is_hidden_by_another_or_cut(page)


@every_screen
@pytest.mark.parametrize(
    ("hidden", "grown"),
    [
        ("panels", "#graph-map"), ("details", "#graph-map"), ("panels,details", "#graph-map"),
        ("masters,runs,surface,start,steps", "#graph-map"), ("map", ".panels > .card"),
    ],
)  # fmt: skip
def test_what_is_hidden_leaves_no_hole(page: Explorer, screen: tuple[int, int], hidden: str, grown: str) -> None:
    shown(page, screen, "")
    before = boxes(page, grown)[0]
    shown(page, screen, f"?hide={hidden}")
    after = boxes(page, grown)[0]
    sizes = [box["width"] * box["height"] for box in (before, after)]
    narrow_anyhow = screen[0] <= 1180 and hidden in ("panels", "map")  # they stand below each other there
    assert sizes[1] > 1.05 * sizes[0] or narrow_anyhow
    cards = boxes(page, ".card")
    assert max(box["right"] for box in cards) == screen[0] - 16 and min(box["left"] for box in cards) == 16
    nothing_is_hidden_by_another_or_cut(page)


def test_the_headline_is_the_question_of_the_surface(page: Explorer) -> None:
    page.open()
    for slug in ("rosenbrock", "saddle"):
        page.choose("surface", LANDSCAPES[slug].label)
        expect(page.tab.locator(".question")).to_have_text(LANDSCAPES[slug].question)
        expect(page.tab).to_have_title(f"{LANDSCAPES[slug].label} – Downslope")


def test_every_question_fits_its_line(page: Explorer) -> None:
    shown(page, SCREENS[0], "")
    for cls in LANDSCAPES.values():
        page.js("text => { document.querySelector('.question').textContent = text; }", cls.question)
        assert page.js("document.querySelector('.question').getClientRects()[0].height") < 1.5 * 16 * 1.3, cls.question


@pytest.mark.parametrize("runs", ["", f"?{EIGHT}"], ids=["three", "eight"])
def test_the_room_under_the_slider_of_the_rate_is_kept_before_anything_is_there(page: Explorer, runs: str) -> None:
    waiting: list[Route] = []
    held = [True]
    page.tab.route("**/channel/tile", lambda route: waiting.append(route) if held else route.continue_())
    page.open(runs)
    page.tab.wait_for_timeout(400)
    before, (slider,) = boxes(page, "#rail .ruler"), boxes(page, "#rail [data-key='master.lr'] input[type=range]")
    held.clear()
    for route in waiting:
        route.continue_()
    page.until("document.querySelector('#rail .ruler .depth') && !document.querySelector('#rail .ruler.stale')")
    page.tab.unroute("**/channel/tile")
    assert boxes(page, "#rail .ruler") == before
    assert before[0]["width"] == slider["width"] - 16 and before[0]["height"] > 30


def test_a_run_that_is_pointed_at_has_its_sentence(page: Explorer) -> None:
    page.open(f"?{EIGHT}&t=5")
    lines = page.tab.locator("#said > li:not([hidden])")
    expect(page.tab.locator("#said > li")).to_have_count(8)
    expect(lines).to_have_count(3)
    height = boxes(page, "#said")[0]["height"]
    slots = [str(run.slot) for run in page.state.runs]
    page.tab.locator(".run-title").nth(6).hover()
    expect(lines).to_have_count(3)
    expect(lines.last).to_have_attribute("data-slot", slots[6])
    assert boxes(page, "#said")[0]["height"] == height
    page.tab.mouse.move(0, 0)
    expect(lines.last).to_have_attribute("data-slot", slots[2])
    page.tab.locator("#said-all").click()
    expect(lines).to_have_count(8)
    page.tab.locator("#said-all").click()
    expect(lines).to_have_count(3)


def test_what_belongs_to_the_results_stands_there_alone(page: Explorer) -> None:
    page.open()
    stopping = page.tab.locator(".stopping")
    expect(stopping).to_be_visible()
    for other in ("At this step", "Step by step", "Stability", "Conventions", "Closed"):
        page.select("view.detail", other)
        expect(stopping).to_be_hidden()
    page.select("view.detail", "Results")
    expect(stopping).to_be_visible()


@pytest.mark.parametrize("graph", ["map", "rms"])
def test_a_view_is_reset_by_a_button_that_is_there_when_it_can(page: Explorer, graph: str) -> None:
    page.open()
    page.settled()
    button = page.tab.locator(f"#graph-{graph} .reset")
    expect(page.tab.locator(".reset")).to_have_count(0)
    expect(page.tab.locator(".modebar")).to_have_count(0)
    before = {name: page.axis(graph, name)["range"] for name in ("xaxis", "yaxis")}
    box = page.tab.locator(f"#graph-{graph}").bounding_box()
    page.js(f"downslope.graphs.{graph}.zoom([[0.2, 0.4], [0.1, 0.2]])")
    expect(button).to_be_visible()
    inside = button.bounding_box()
    assert box["x"] <= inside["x"] and inside["x"] + inside["width"] <= box["x"] + box["width"]
    button.click()
    expect(button).to_be_hidden()
    page.settled()
    for name, wanted in before.items():
        assert page.axis(graph, name)["range"] == pytest.approx(wanted)
    assert page.state == State(), "a click on the button is none on the map"


# --- a first visit ---------------------------------------------------------------------------------------------------


def forget(page: Explorer) -> None:
    page.js("localStorage.clear()")


def test_a_first_visit_is_told_what_it_sees_until_it_puts_that_away(page: Explorer) -> None:
    page.open()
    forget(page)
    page.reload()
    line = page.tab.locator("#welcome")
    expect(line).to_contain_text("A loss seen from above")
    expect(line).to_contain_text("Space plays.")
    before = boxes(page, "#graph-map, .playback, .tabs")
    line.get_by_role("button").click()
    expect(line).to_be_hidden()
    assert boxes(page, "#graph-map, .playback, .tabs") == before
    page.reload()
    expect(line).to_be_hidden()
    assert page.js("Object.keys(localStorage).length") == 1 and page.tab.context.cookies() == []
    forget(page)


@pytest.mark.parametrize("query", ["?present=on", "?hide=share", "?hide=masters,runs"])
def test_a_page_that_was_prepared_says_nothing_of_itself(page: Explorer, query: str) -> None:
    page.open(query)
    forget(page)
    page.reload()
    expect(page.tab.locator("#welcome")).to_be_hidden()


def test_the_line_is_not_on_paper(page: Explorer) -> None:
    page.open()
    forget(page)
    page.reload()
    expect(page.tab.locator("#welcome")).to_be_visible()
    page.tab.emulate_media(media="print")
    expect(page.tab.locator("#welcome")).to_be_hidden()
    page.tab.emulate_media(media="screen")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_line_leaves_the_walks_alone(page: Explorer, size: dict[str, int]) -> None:
    page.tab.set_viewport_size(size)
    page.open()
    forget(page)
    page.reload()
    page.settled()
    (line,) = boxes(page, "#welcome")
    (graph,) = boxes(page, "#graph-map")
    assert line["top"] - graph["top"] >= max(y for _, y in page.line("map-path-0"))


# --- names and formulas ----------------------------------------------------------------------------------------------


def test_side_by_side_a_run_is_named_once(page: Explorer) -> None:
    page.open(f"?{EIGHT}&map=side&t=40")
    page.settled()
    titles = page.js("downslope.graphs.map.gd._fullLayout.annotations.map(({ text }) => text)")
    assert set(titles) >= set(page.runs.all_text_contents())
    assert not set(page.js("downslope.graphs.map.names.map(({ text }) => text)")) & set(titles)
    page.select("view.map", "Contour")
    names = page.js("downslope.graphs.map.names.map(({ text }) => text)")
    assert all(any(name.startswith(run) for name in names) for run in page.runs.all_text_contents()), "and how it ends"


def test_the_font_of_formulas_comes_with_the_formulas(page: Explorer) -> None:
    font = "[...document.fonts].find(({ family }) => family.includes('Downslope Math')).status"
    page.open()
    assert page.js(font) == "unloaded"
    page.select("view.detail", "Step by step")
    page.until(f"document.querySelector('#details math') && {font} === 'loaded'")
