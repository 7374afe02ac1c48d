"""The address is the state: one entry for each finished change, back and forward, links, hidden and locked areas."""

from urllib.parse import urlsplit

from playwright.sync_api import Request, expect

from app.page.run_edits import MASTERS
from app.page.scales import to_value
from app.screen.theme import TOKENS

from .explorer import Explorer, middle


def entries(page: Explorer) -> int:
    return page.js("history.length")


def paper(page: Explorer) -> set[str]:
    """The grounds of all plots."""
    return set(page.js("Object.values(downslope.graphs).map(({ gd }) => gd._fullLayout.paper_bgcolor)"))


def test_each_finished_change_is_one_entry(new_page: Explorer) -> None:
    page = new_page
    page.open()

    def quickly() -> None:
        page.slider("master.lr").focus()
        with page.change():
            for _ in range(3):
                page.tab.keyboard.press("ArrowRight")

    changes = [
        quickly,
        lambda: page.choose("surface", "Booth"),
        lambda: page.type("steps", "60"),
        lambda: page.choose("view.panel", "Gradient norm"),
    ]
    views, length = [page.everything()], entries(page)
    for count, change in enumerate(changes, 1):
        change()
        page.committed()
        assert entries(page) == length + count
        views.append(page.everything())
    for delta, wanted in ((-1, views[3]), (-1, views[2]), (-2, views[0]), (3, views[3])):
        with page.change():
            page.js(f"history.go({delta})")
        page.until(f"location.search === {wanted['query']!r}")
        assert page.everything() == wanted
    assert entries(page) == length + len(changes)


def test_a_drag_is_one_entry_and_one_request_at_a_time(new_page: Explorer) -> None:
    page = new_page
    page.open()
    length = entries(page)
    flying: set[Request] = set()
    counts: list[int] = []

    def leaves(request: Request) -> None:
        if request.url.endswith("/channel") and '"kind":"request"' in (request.post_data or ""):
            flying.add(request)
            counts.append(len(flying))

    page.tab.on("request", leaves)
    page.tab.on("requestfinished", lambda request: flying.discard(request))
    x, y = middle(page.slider("master.lr"))
    with page.dragged(x, y):
        for step in range(30):
            page.tab.mouse.move(x + 2 * step, y)
        page.until("downslope.gate.idle()")
        assert entries(page) == length
    page.committed()
    assert entries(page) == length + 1
    assert max(counts) == 1
    assert len(counts) > 3
    position = float(page.slider("master.lr").input_value())
    assert {run.optimizer.lr for run in page.state.runs} == {to_value(MASTERS["lr"], position)}
    with page.change():
        page.js("history.back()")
    assert page.query == ""
    expect(page.control("number", "master.lr")).to_have_value("0.045")


def test_a_drag_leaves_the_latest_surface_fine(page: Explorer) -> None:
    page.open()
    page.slider("surface.kappa").scroll_into_view_if_needed()
    x, y = middle(page.slider("surface.kappa"))
    height = "downslope.graphs.map.ground['map-ground'].z"
    with page.dragged(x, y):
        for step in range(20):
            page.tab.mouse.move(x + step, y)
        page.until(f"{height}.length < 70 && downslope.gate.idle()")
    page.until(f"{height}.length > 90 && downslope.gate.idle()")
    page.committed()
    assert page.state.landscape.kappa > 40


def test_the_link_is_copied(page: Explorer) -> None:
    page.tab.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=page.url.rstrip("/"))
    page.open("?f=booth&run=adam~name=a%20%26%20b&start=1,2")
    button = page.tab.locator("#copy-link")
    button.click()
    expect(button).to_have_text("Copied")
    link = page.js("navigator.clipboard.readText()")
    assert link == page.tab.url
    assert urlsplit(link).query


def test_areas_are_hidden_and_locked(page: Explorer) -> None:
    page.open("?hide=masters,share&lock=surface,runs")
    for area in ("masters", "share"):
        for part in page.tab.locator(f"[data-area={area}]").all():
            expect(part).to_be_hidden()
    for key in ("surface", "add", "scene"):
        expect(page.control("choice", key)).to_be_disabled()
    page.type("steps", "50")
    assert page.query == "?steps=50&hide=masters,share&lock=surface,runs"
    expect(page.tab.locator("#controls > [data-area=masters]")).to_be_hidden()


def test_the_colours_follow_the_system(page: Explorer) -> None:
    page.open()
    assert paper(page) == {TOKENS["light"]["panel"]}
    for scheme in ("dark", "light"):
        with page.change():
            page.tab.emulate_media(color_scheme=scheme)
        assert paper(page) == {TOKENS[scheme]["panel"]}
    assert page.query == ""


def test_the_switch_overrules_the_system(page: Explorer) -> None:
    page.open()
    light = page.trace("map-path-0")["line"]["color"]
    with page.change():
        page.tab.locator("#theme").click()
    assert page.query == "?theme=dark"
    assert paper(page) == {TOKENS["dark"]["panel"]}
    assert page.js("getComputedStyle(document.body).backgroundColor") == "rgb(20, 22, 26)"
    assert page.trace("map-path-0")["line"]["color"] != light
    page.reload()
    assert paper(page) == {TOKENS["dark"]["panel"]}
    expect(page.tab.locator("html")).to_have_attribute("data-theme", "dark")
