"""What stands below the map and at the heads: it says what the server's own modules say, and follows the playhead."""

import html
import itertools
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from app.explore import details
from app.page.numbers import brief
from app.protocol import Ask
from app.walks import explain, results, stability
from app.walks.narrate import narrate
from app.walks.simulate import Simulation, Walk, simulate

from .explorer import Explorer

PAIR = "?run=adam~lr=0.1&run=rmsprop~lr=0.05&steps=60&detail=steps"


@pytest.fixture
def clipboard(page: Explorer) -> Iterator[None]:
    context = page.tab.context
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=page.url)
    yield
    context.clear_permissions()


def simulated(page: Explorer) -> Simulation:
    return simulate(page.state)


def body(page: Explorer) -> Locator:
    return page.tab.locator("#details")


def column(page: Explorer, title: str) -> Locator:
    """The cells below a heading, from above."""
    headings = body(page).locator("thead th")
    expect(headings.get_by_text(title, exact=True).first).to_be_visible()
    at = headings.all_text_contents().index(title)
    return body(page).locator(f"tbody tr > :nth-child({at + 1})")


def equations(page: Explorer) -> list[tuple[str, list[str]]]:
    """For each run the step in its title, and the texts of its lines' numbers: read at one moment."""
    return page.js(
        """() => [...document.querySelectorAll(".story")].map((story) => [
            story.querySelector(".step").textContent,
            [...story.querySelectorAll("td")].map((cell) => cell.textContent),
        ])"""
    )


def inspected(walk: Walk, t: int) -> list[str]:
    """What these texts should be at step t."""
    return [html.unescape(re.sub("<[^>]+>", "", side)) for line in explain.inspect(walk, t) for side in line.filled]


def step(page: Explorer, key: str) -> None:
    page.tab.keyboard.press(key)


# --- step by step --------------------------------------------------------------------------------------------------


def test_the_equations_are_mathematics_with_the_numbers_of_the_step_at_the_playhead(page: Explorer) -> None:
    page.open(f"{PAIR}&t=7")
    expect(page.tab.locator(".story")).to_have_count(2)
    sim = simulated(page)
    for story, walk in zip(page.tab.locator(".story").all(), sim.walks, strict=True):
        lines = explain.inspect(walk, 7)
        expect(story.locator("tbody tr")).to_have_count(len(lines))
        assert story.locator("tbody tr math").count() == 3 * len(lines)
        for row, line in zip(story.locator("tbody th").all(), lines, strict=True):
            assert row.text_content() == html.unescape(re.sub("<[^>]+>", "", line.formula))
    assert page.js("document.querySelector('#details math').namespaceURI") == "http://www.w3.org/1998/Math/MathML"
    assert equations(page) == [["step 7", inspected(walk, 7)] for walk in sim.walks]

    for key, t in (("ArrowRight", 8), ("Shift+ArrowRight", 18), ("ArrowLeft", 17), ("Home", 1), ("End", 60)):
        step(page, key)
        expect(page.tab.locator(".story .step").first).to_have_text(f"step {t}")
        assert equations(page) == [[f"step {t}", inspected(walk, t)] for walk in sim.walks]


def test_the_equations_follow_the_playing_playhead(page: Explorer) -> None:
    page.open(f"{PAIR}&t=0")
    expect(page.tab.locator(".story")).to_have_count(2)
    sim = simulated(page)
    step(page, " ")
    seen: dict[str, None] = {}
    while len(seen) < 4:
        before = page.tab.locator(".story .step").first.text_content()
        page.until(f"document.querySelector('.story .step').textContent !== '{before}'")
        for (title, shown), walk in zip(equations(page), sim.walks, strict=True):
            assert shown == inspected(walk, int(title.removeprefix("step ")))
            seen[title] = None
    assert page.js("downslope.playhead.playing()")
    step(page, " ")


def test_around_a_fork_the_equations_are_of_who_made_the_step(page: Explorer) -> None:
    page.open("?run=sgd~lr=0.02~fork=20,adam,lr=0.1&steps=40&detail=steps&t=20&schedule=cosine&weather=clip=norm,1")
    expect(page.tab.locator(".story")).to_have_count(2)
    walk = simulated(page).walks[0]
    for place, t in ((0, 20), (1, 21), (0, 20)):
        here, away = (page.tab.locator(".story").nth(which) for which in (place, 1 - place))
        expect(here).to_be_visible()
        expect(away).to_be_hidden()
        assert equations(page)[place] == [f"step {t}", inspected(walk, t)]
        step(page, "ArrowLeft" if place else "ArrowRight")


def test_a_story_is_copied_and_its_lines_show_what_they_need(page: Explorer, clipboard: None) -> None:
    page.open(f"{PAIR}&t=3")
    story = page.tab.locator(".story").nth(1)
    story.get_by_text("Copy as text").click()
    expect(story.get_by_text("Copied")).to_be_visible()
    lines = explain.inspect(simulated(page).walks[1], 3)
    wanted = [
        part
        for axis, name in enumerate("xy")
        for part in (f"RMSProp, step 3, {name}", *(line.text[axis] for line in lines))
    ]
    assert page.js("navigator.clipboard.readText()").splitlines() == wanted
    # pointing at a line shows the lines it needs
    rows = story.locator("tbody tr")
    for at in (len(lines) - 1, 0):
        rows.nth(at).locator("th").hover()
        needed = page.js(
            "() => [...document.querySelectorAll('.story')[1].querySelectorAll('tr.needed')].map((row) => Number(row.dataset.line))"
        )
        assert needed == list(lines[at].needs)
    assert lines[-1].needs


# --- in a sentence -------------------------------------------------------------------------------------------------


def sentences(page: Explorer, t: int) -> list[str]:
    sim = simulated(page)
    return [narrate(walk, sim.state.landscape, t) for walk in sim.walks]


def test_the_sentences_follow_the_playhead(page: Explorer) -> None:
    page.open("?run=sgd~lr=5&run=adam~lr=0.1&steps=60&t=0")
    for key, t in (("", 0), ("ArrowRight", 1), ("Shift+ArrowRight", 11), ("End", 60)):
        if key:
            step(page, key)
        expect(page.tab.locator("#said li")).to_have_text(sentences(page, t))
    before = canvas(page)
    page.tab.locator("#said li").nth(1).hover()
    page.until(f"downslope.graphs.map.canvas.toDataURL() !== {before!r}")


def test_a_screen_reader_hears_the_last_word_and_no_more_than_one_a_second(page: Explorer) -> None:
    page.open("?t=20")
    live = page.tab.locator("#live")
    expect(live).to_have_text(" ".join(["Step 20.", *sentences(page, 20)]))
    page.js(
        """() => {
            window.heard = [];
            new MutationObserver(() => heard.push(performance.now())).observe(document.getElementById("live"), { childList: true });
        }"""
    )
    for _ in range(16):
        step(page, "ArrowRight")
        page.tab.wait_for_timeout(70)
    expect(live).to_have_text(" ".join(["Step 36.", *sentences(page, 36)]))
    times = page.js("heard")
    assert 1 <= len(times) < 16
    assert all(later - earlier > 950 for earlier, later in itertools.pairwise(times))


# --- tables ----------------------------------------------------------------------------------------------------------


def test_results_and_their_order(page: Explorer) -> None:
    page.open("?f=rosenbrock&run=sgd~lr=1&run=adam~lr=0.1&run=adagrad~name=%3Cb%3E&steps=60&detail=results")
    expect(body(page).locator("tbody tr")).to_have_count(3)
    rows = results.rows(simulated(page))
    assert column(page, "Run").all_text_contents() == [row.label for row in rows] == ["SGD", "Adam", "<b>"]
    losses = ["–" if row.final_loss is None else brief(row.final_loss) for row in rows]
    assert column(page, "Final loss").all_text_contents() == losses
    assert column(page, "Status").all_text_contents() == [row.status for row in rows]
    assert "diverged" in rows[0].status
    exact = column(page, "Path length").nth(1).get_attribute("title")
    assert float(exact) == rows[1].path_length
    # sorted by a heading
    known = {row.label: row.final_loss for row in results.rows(simulated(page)) if row.final_loss is not None}
    rising = sorted(known, key=known.get)
    head = body(page).locator("thead th", has_text="Final loss")
    expect(head).to_have_attribute("aria-sort", "none")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert column(page, "Run").all_text_contents() == [*rising, "SGD"], "what is missing comes last"
    expect(head.get_by_role("button")).to_be_focused()
    page.tab.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert column(page, "Run").all_text_contents() == [*reversed(rising), "SGD"]
    assert body(page).locator("thead th[aria-sort=none]").count() == body(page).locator("thead th").count() - 1
    page.select("view.detail", "At this step")
    expect(body(page).locator("thead th").nth(2)).to_have_text("y")
    expect(body(page).locator("thead th[aria-sort=none]")).to_have_count(10)


def test_at_this_step_follows_the_playhead(page: Explorer) -> None:
    page.open("?t=10&detail=now")
    expect(body(page).locator("tbody tr")).to_have_count(3)
    walks = simulated(page).walks
    for key, t in (("", 10), ("ArrowRight", 11), ("Home", 0), ("End", 100)):
        if key:
            step(page, key)
        wanted = [brief(results.now(walk, t).loss) for walk in walks]
        expect(column(page, "Loss")).to_have_text(wanted)
    step(page, "Home")
    step(page, " ")
    page.until("downslope.playhead.playing()")
    before = column(page, "x").first.text_content()
    page.until(
        f"document.querySelector('#details tbody td').textContent !== '{before}' && downslope.playhead.playing()"
    )
    step(page, " ")


def test_a_stopping_rule(page: Explorer) -> None:
    page.open("?run=sgd&run=rmsprop&run=sgd~lr=5&detail=results")
    expect(body(page).locator("tbody tr")).to_have_count(3)
    assert page.js("downslope.graphs.map.stops") == {}
    page.select("view.rule", "stop by loss")
    page.type("tolerance", "0.5")
    expect(column(page, "Steps to 0.5")).to_have_count(3)
    sim = simulated(page)
    stops = details.stops(sim)
    assert sim.state.view.tolerance == 0.5 and 0 < len(stops) < 3
    assert page.js("downslope.graphs.map.stops") == {str(slot): at for slot, at in stops.items()}
    expect(column(page, "Would stop at")).to_have_text([str(stops.get(slot, "–")) for slot in range(3)])
    page.type("tolerance", "nothing")
    expect(page.error("tolerance")).to_be_visible()
    assert page.state == sim.state


def test_stability(page: Explorer) -> None:
    page.open("?run=sgd~lr=0.06&run=adam~lr=0.1&t=5&detail=stability")
    expect(body(page).locator("tbody tr")).to_have_count(2)
    sim = simulated(page)
    allowed = stability.limits(sim.walks[0], sim.state.landscape)
    expect(column(page, "Stable up to η")).to_have_text([brief(float(allowed.limit[5])), "–"])
    expect(column(page, "η above the limit")).to_have_text(["first at step 1", "no fixed limit"])
    expect(column(page, "λmax")).to_have_text(["40", "40"])


# --- conventions -----------------------------------------------------------------------------------------------------


def test_the_other_convention_as_a_ghost(page: Explorer) -> None:
    page.open("?run=rmsprop~lr=0.05&run=sgd&steps=60&detail=conventions")
    sim = simulated(page)
    wanted = [results.told(*pair) for walk in sim.walks for pair in results.differences(walk, sim.state.landscape)]
    for told in wanted:
        expect(body(page).locator("p").filter(has_text=told).first).to_be_visible()
    with page.change():
        body(page).get_by_role("button").first.click()
    ghost = page.state.runs[-1]
    assert len(page.state.runs) == 3 and ghost.pinned and ghost.slot == 2
    assert ghost.optimizer != sim.state.runs[0].optimizer
    expect(page.runs).to_have_count(3)
    page.tab.go_back()
    expect(page.runs).to_have_count(2)


# --- at the heads ----------------------------------------------------------------------------------------------------


def canvas(page: Explorer) -> str:
    page.settled()
    return page.js("downslope.graphs.map.canvas.toDataURL()")


@pytest.mark.parametrize(("label", "overlay"), [("forces", "arrows"), ("curvature", "ellipse")])
def test_lines_at_the_heads(page: Explorer, label: str, overlay: str) -> None:
    page.open("?t=3&run=adam~lr=0.1&run=momentum")
    page.until("document.querySelectorAll('#said li').length === 2")
    assert page.js("downslope.inside().length") == 0
    bare = canvas(page)
    page.select("view.overlay", label)
    assert page.state.view.overlay == overlay
    page.until("downslope.inside().length > 0")
    assert page.js("downslope.inside().length") == len(details.details(page.state, Ask("", 3)).overlays)
    drawn = canvas(page)
    assert drawn != bare
    at = page.js("downslope.inside()[0].points[0][0]")
    page.js("document.activeElement.blur()")  # of a choice, which the arrows would change
    step(page, "ArrowRight")
    page.until(f"downslope.inside()[0].points[0][0] !== {at}")
    assert page.js("downslope.inside()") == [one._asdict() for one in details.details(page.state, Ask("", 4)).overlays]
    page.select("view.overlay", "none")
    page.until("downslope.inside().length === 0")


# --- on a projector --------------------------------------------------------------------------------------------------


FITS = """Object.values(downslope.graphs).every(({ gd, canvas }) =>
    Math.abs(gd._fullLayout.width - gd.clientWidth) < 1 && Math.abs(gd._fullLayout.height - gd.clientHeight) < 1
    && Math.abs(canvas.clientWidth - gd.clientWidth) <= 1)"""


def test_every_graph_has_the_size_of_its_element_after_a_change_of_mode(page: Explorer) -> None:
    page.open("?t=20")
    page.settled()
    widths = [page.js("downslope.graphs.map.gd.clientWidth")]
    for change in (
        lambda: page.tab.locator("#present").click(),
        lambda: page.tab.set_viewport_size({"width": 1100, "height": 700}),
        lambda: page.tab.keyboard.press("Escape"),
        lambda: page.tab.set_viewport_size({"width": 390, "height": 844}),
        lambda: page.tab.set_viewport_size({"width": 844, "height": 390}),
    ):
        change()
        page.until(f"downslope.graphs.map.gd.clientWidth !== {widths[-1]}")
        widths.append(page.js("downslope.graphs.map.gd.clientWidth"))
        page.until(FITS)


def test_presentation_by_its_button_and_escape(page: Explorer) -> None:
    page.open()
    line = page.js("downslope.graphs.map.lines[0].trace.line.width")
    with page.change():
        page.tab.locator("#present").click()
    assert page.state.view.present == "on"
    for selector in ("#rail", "h1", ".export", "#details", ".tabs", "#readout"):
        expect(page.tab.locator(selector)).to_be_hidden()
    for selector in (
        "#graph-map",
        "#graph-lr",
        "#graph-rms",
        "#graph-third",
        ".stage [data-play=toggle]",
        "#scrubber",
        "#present",
    ):
        expect(page.tab.locator(selector)).to_be_visible()
    assert page.js("downslope.graphs.map.lines[0].trace.line.width") > line
    step(page, "ArrowLeft")
    expect(page.tab.locator("#counter")).to_have_text("99 / 100")
    with page.change():
        step(page, "Escape")
    page.committed()
    assert page.state.view.present == "off"
    expect(page.tab.locator("#rail")).to_be_visible()
    assert page.js("downslope.graphs.map.lines[0].trace.line.width") == line
    assert page.js("document.fullscreenElement") is None


def test_presentation_by_the_address(page: Explorer) -> None:
    page.open("?present=on")
    expect(page.tab.locator("#rail")).to_be_hidden()
    assert page.js("document.documentElement.scrollWidth <= innerWidth")
    assert page.js("document.documentElement.scrollHeight <= innerHeight"), "a slide is not scrolled"
    with page.change():
        page.tab.locator("#present").click()
    page.committed()
    assert page.query == ""


# --- the letters of your text ----------------------------------------------------------------------------------------


def test_letters_are_chosen_beside_the_formulas_and_stay(page: Explorer) -> None:
    page.open(PAIR)
    expect(page.tab.locator(".story th[scope=row]").first).to_contain_text("β")
    with page.change():
        page.control("choice", "view.letters").select_option("pytorch")
    page.committed()
    for again in (lambda: None, page.reload):
        again()
        expect(page.tab.locator(".story th[scope=row]").first).to_contain_text("betas[0]")
        expect(page.tab.locator("#rail code").first).to_have_text("lr")
        expect(page.slider("master.lr")).to_have_attribute("aria-valuetext", "mixed")
        expect(page.tab.locator(".summary").first).to_have_text("lr 0.1, betas[1] 0.999")
        assert page.state.view.letters == "pytorch"
    page.select("view.detail", "Results")
    expect(page.control("choice", "view.letters")).to_be_hidden()
