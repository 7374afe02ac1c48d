"""A session that goes everywhere breaks no rule of the page's policy, and a listener that hears it if one does."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.page.lesson import TRY, WHY
from app.page.lessons import load
from app.page.view import CHOICES, COURSE, TABS
from app.shell import FIRST

from ..conftest import watched
from . import tiled
from .explorer import Explorer
from .platform import platform
from .server import Server
from .student import Student, questions, right

SMALL = "train=n=200~d=3~epochs=4~shuffles=1&basins=size=48&steps=50"
PRESENTS = "document.documentElement.classList.contains('present')"
SAID = """addEventListener("securitypolicyviolation", (event) =>
    heard(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));"""
FILE = {
    "name": "prices.csv",
    "mimeType": "text/csv",
    "buffer": b"a,b\n" + b"".join(b"%d,%d\n" % (n, 2 * n) for n in range(9)),
}
PROVOKED = {
    "script-src-elem": "document.head.append(Object.assign(document.createElement('script'), { textContent: '1' }))",
    "script-src-attr": "document.body.setAttribute('onclick', '1')",
    "script-src": "setTimeout('1', 0)",
    "img-src": "new Image().src = 'http://elsewhere.example/a.png'",
    "connect-src": "fetch('http://elsewhere.example/').catch(() => {})",
    "frame-src": "document.body.append(Object.assign(document.createElement('iframe'), { src: 'http://elsewhere.example/' }))",
}


@pytest.fixture(scope="module")
def frames() -> Iterator[str]:
    with platform() as origin:
        yield origin


@pytest.fixture(scope="module")
def served(frames: str) -> Iterator[Server]:
    with Server((sys.executable, "-m", "app", "--class", "--embed", frames)) as running:
        yield running


@pytest.fixture
def heard() -> list[str]:
    """The violations, in every document of the tab."""
    return []


@pytest.fixture
def listening(chromium: BrowserContext, heard: list[str]) -> Iterator[Page]:
    """A tab of its own that tells of them."""
    tab = chromium.new_page()
    tab.expose_function("heard", lambda told: heard.append(told))
    tab.add_init_script(SAID)
    yield tab
    tab.close()


@pytest.fixture
def visit(served: Server, listening: Page) -> Iterator[Explorer]:
    """A page in it, whose console must stay empty too."""
    with watched(listening, served.url) as page:
        yield page


@pytest.mark.parametrize("directive", PROVOKED)
def test_a_violation_is_heard(served: Server, listening: Page, heard: list[str], directive: str) -> None:
    Explorer(listening, served.url).open()
    assert heard == []
    listening.evaluate(f"() => {{ {PROVOKED[directive]}; }}")
    listening.wait_for_timeout(300)
    assert heard and all(one.startswith(f"{directive} ") for one in heard)


def test_a_session_through_every_tab_breaks_no_rule(visit: Explorer, heard: list[str]) -> None:
    visit.open(f"?f=himmelblau&run=adam&run=sgd~lr=0.01&{SMALL}")
    visit.settled()
    for tab in TABS:
        enter(visit, tab)
        takes_home(visit, tab)
        visit.tab.locator("#theme").click()
        visit.told()
    enter(visit, FIRST)
    present(visit)
    print_(visit)
    assert heard == []


def enter(page: Explorer, tab: str) -> None:
    """By its name in the header, until it shows what it is there for."""
    group = page.tab.locator("#tabs .segments")
    if not group.get_by_role("radio", name=TABS[tab]).is_checked():
        with page.change():
            group.get_by_role("radio", name=TABS[tab]).click()
    shown = {
        FIRST: "downslope.settled()",
        "basins": "document.getElementById('basins').dataset.pass === '48'",
        COURSE: "document.querySelectorAll('#course .course-lessons > li').length > 0",
    }
    page.until(f"document.documentElement.dataset.tab === '{tab}'")
    page.until(shown.get(tab, tiled.WHOLE), tiled.PATIENCE)


def takes_home(page: Explorer, tab: str) -> None:
    """What the menu of a tab has: a file of the server, and a picture of either kind that the browser makes."""
    menu = page.tab.locator("details.export")
    for kind in ("[data-export]", "[data-picture$=png]", "[data-picture$=svg]"):
        for offer in menu.locator(f"[data-tab={tab}] {kind}").all()[:1]:
            if menu.get_attribute("open") is None:
                menu.locator("summary").click()
            with page.tab.expect_download(timeout=60_000) as taken:
                offer.click()
            assert Path(taken.value.path()).stat().st_size > 0
    if menu.get_attribute("open") is not None:
        menu.locator("summary").click()


def present(page: Explorer) -> None:
    page.tab.locator("#present").click()
    page.until(PRESENTS)
    page.tab.keyboard.press("q")
    page.until("document.querySelector('#code img')?.naturalWidth > 0")
    page.tab.keyboard.press("Escape")
    page.tab.keyboard.press("Escape")
    page.until(f"!{PRESENTS}")


def print_(page: Explorer) -> None:
    page.tab.emulate_media(media="print")
    page.until("document.querySelectorAll('.written').length === 4")
    page.tab.emulate_media(media="null")
    page.settled()


def test_every_way_of_looking_at_a_walk_breaks_no_rule(visit: Explorer, heard: list[str]) -> None:
    for kind in CHOICES["map"]:
        visit.open(f"?map={kind}&arrows=on&limits=on&steps=50")
        visit.settled()
    for below in CHOICES["detail"]:
        visit.open(f"?detail={below}&inspect=0&overlay=ellipse&rule=loss&t=20")
        visit.settled()
        visit.tab.keyboard.press("ArrowRight")
    visit.open("?f=formula~text=x%5E2%2B3*y%5E2&weather=noise=1,1~seeds=9&schedule=cosine")
    visit.settled()
    visit.tab.keyboard.press("Space")
    visit.until("downslope.playhead.playing()")
    assert heard == []


def test_a_lesson_a_file_and_paper_break_no_rule(visit: Explorer, heard: list[str]) -> None:
    student, lesson = Student(visit), load("L06")
    student.open("?lesson=L06")
    for n, _, see in questions(lesson):
        student.answer(lesson.questions[n], right(lesson, n), False)
        student.there(see)
        student.press("Next", False)
    student.there(WHY)
    student.open(f"?lesson=L06&phase={TRY}")
    tiled.opened(visit, f"tab=train&{SMALL}")
    visit.tab.locator("#train input[type=file]").set_input_files(FILE)
    expect(visit.tab.locator("#train-file-said")).to_contain_text("9 rows", timeout=20_000)
    for path in ("worksheet/L06", "worksheet/L06/key", "worksheet?course=L01,L06", "worksheet/key?course=L01,L06"):
        visit.tab.goto(f"{visit.url}{path}")
        visit.tab.emulate_media(media="print")
        visit.tab.emulate_media(media="null")
    visit.allowed += ("status of 404",)
    visit.tab.goto(f"{visit.url}no/such/page")
    assert heard == []


@pytest.mark.parametrize("tab", TABS)
def test_in_a_frame_it_breaks_none(visit: Explorer, heard: list[str], frames: str, tab: str) -> None:
    visit.tab.goto(f"{frames}/{visit.url}?embed=1&tab={tab}&{SMALL}")
    framed = visit.tab.frame_locator("iframe")
    expect(framed.locator(f".board > [data-tab={tab}]")).to_be_visible(timeout=20_000)
    visit.tab.wait_for_load_state("networkidle")
    assert heard == [] and {one.frame.url.split("/")[2] for one in visit.requests} == {
        address.split("/")[2] for address in (frames, visit.url)
    }
    visit.requests.clear()  # the platform is another origin
