"""The file of a lesson, opened from the disk without a network: answered rightly and wrongly, by pointer and by keys."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from app import modules
from app.export import lesson as file
from app.learn import answers, carried
from app.page.lesson import Lesson, Question
from app.page.lessons import LESSONS, load
from app.page.state import State, state_of

from .axe import violations
from .explorer import DESKTOP, PHONE, Explorer

Open = Callable[[str], Explorer]
SAID = {  # to a question of each gesture
    "drag": ("0.5", "0.053", "3", "41", "854", "12345"),
    "click": ("-1.1,0.12", "0,0", "2.5,-1"),
    "curve": ("0", "1", "2"),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The file of a lesson, on the disk."""
    folder = tmp_path_factory.mktemp("lessons")

    def made(name: str) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            state = State.from_query(f"?lesson={name}")[0]
            path.write_text(file.html(state, f"https://example.org/?lesson={name}"), encoding="utf-8")
        return path

    return made


@pytest.fixture
def opened(chromium: BrowserContext, files: Callable[[str], Path]) -> Iterator[Open]:
    context = chromium.browser.new_context(viewport=DESKTOP, offline=True)
    pages: list[Explorer] = []

    def show(name: str) -> Explorer:
        page = Explorer(context.new_page(), files(name).as_uri())
        pages.append(page)
        page.tab.goto(page.url)
        page.until("document.querySelector('#lesson-title')?.textContent")
        return page

    yield show
    for page in pages:
        assert page.complaints == []
        assert [one.url for one in page.requests if not one.url.startswith(("file:", "data:", "blob:"))] == []
    context.close()


def phase(page: Explorer) -> str:
    return page.tab.locator(".phases [aria-current]").text_content()


def test_a_right_answer_is_right_and_the_walk_plays(opened: Open) -> None:
    page = opened("L06")
    assert phase(page) == "Ask 1" and "0.05" not in page.tab.locator("#lesson").text_content().replace("0.00", "")
    page.tab.locator("#lesson .numbers input").fill("0.048")
    page.tab.get_by_role("button", name="Show me").click()
    expect(page.tab.locator("#lesson .verdict")).to_contain_text("Right: you said 0.048, it is 0.05.")
    expect(page.tab.locator("#lesson .deciding b")).to_have_text("0.05")
    assert page.js("document.documentElement.classList.contains('playing')")
    page.until("Number(document.querySelector('#scrubber input').value) > 20")
    assert page.js("document.querySelector('.framed') !== null")


def test_a_wrong_answer_is_told_how_far_it_is(opened: Open) -> None:
    page = opened("L06")
    field = page.tab.locator("#lesson .numbers input")
    field.fill("0.5")
    field.press("Enter")
    expect(page.tab.locator("#lesson .verdict")).to_contain_text(
        "Not this time: you said 0.5, it is 0.05, a factor of 10 less."
    )
    page.tab.get_by_role("button", name="Next").press("Enter")
    assert phase(page) == "Ask 2"
    page.tab.get_by_role("button", name="No idea").press("Enter")
    assert phase(page) == "See" and page.tab.locator("#lesson .verdict.none").is_visible()


def test_a_click_on_the_map_stays_on_it(opened: Open) -> None:
    page = opened("L05")
    page.tab.mouse.click(*page.place(-1.1, 0.15))
    page.tab.get_by_role("button", name="Show me").click()
    expect(page.tab.locator("#lesson .verdict.yes")).to_be_visible()
    assert page.tab.locator(".lesson-marks .truth").count() == 1
    assert page.tab.locator(".lesson-marks .yours").count() == 1


def test_keys_lead_to_the_reason_and_back(opened: Open) -> None:
    page = opened("L06")
    while phase(page) != "Why":
        if "Ask" in phase(page):
            page.tab.get_by_role("button", name="No idea").press("Enter")
        page.tab.keyboard.press("PageDown")
    right = next(place for place, one in enumerate(load("L06").reasons) if one.right)
    boxes = page.tab.locator("[name=lesson-reason]")
    for place in ((right + 1) % 3, right):
        boxes.nth(place).press("Space")
        expect(page.tab.locator("#lesson .verdict")).to_have_class(f"verdict {'yes' if place == right else 'no'}")
    page.tab.keyboard.press("PageUp")
    assert phase(page) == "See"


def test_it_says_that_it_holds_its_answers(opened: Open) -> None:
    page = opened("L06")
    expect(page.tab.locator(".caption")).to_contain_text(file.HOLDS)


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_can_be_gone_through(opened: Open, name: str) -> None:
    page = opened(name)
    for asked in load(name).questions:
        page.tab.get_by_role("button", name="No idea").click()
        assert "See" in phase(page)
        expect(page.tab.locator("#lesson .verdict.none")).to_be_visible()
        page.tab.get_by_role("button", name="Next").click()
        assert asked.gesture
    assert phase(page) == "Why"


def test_axe_finds_nothing_and_a_phone_has_room(opened: Open) -> None:
    page = opened("L06")
    assert violations(page) == []
    page.tab.get_by_role("button", name="No idea").click()
    assert violations(page) == []
    page.tab.set_viewport_size(PHONE)
    assert page.js("document.documentElement.scrollWidth") <= PHONE["width"]


# --- as the server judges --------------------------------------------------------------------------------------------


def said(lesson: Lesson, asked: Question) -> list[str]:
    """Answers to a question: the right one, one at the edge, and others."""
    n = lesson.questions.index(asked)
    found, many = answers.truth(lesson, n), len(asked.options) or len(state_of(asked.address).runs)
    if asked.gesture == "drag":
        edges = (
            [found.value * asked.factor, found.value / asked.factor] if asked.factor else [found.value + asked.within]
        )
        given = [found.value, *edges, *(1.001 * edge for edge in edges), *map(float, SAID["drag"])]
        return [repr(one) for one in given if asked.range[0] <= one <= asked.range[1]]
    if asked.gesture == "click":
        return [f"{found.value[0]!r},{found.value[1]!r}", *SAID["click"]]
    if asked.gesture == "rank":
        order = [*map(str, range(many))]
        return [",".join(map(str, found.places)), ",".join(order), ",".join(order[::-1])]
    return [",".join(map(str, found.places)), *map(str, range(many)), ",".join(map(str, range(many)))]


@pytest.mark.parametrize("name", LESSONS)
def test_an_answer_is_judged_as_the_server_does(page: Explorer, name: str) -> None:
    lesson = load(name)
    script = f"([rule, said]) => {{ {modules.joined('learn/judge.js')} return said.map((one) => $learn_judge.judged(rule, one)); }}"
    for n, asked in enumerate(lesson.questions):
        given = [*said(lesson, asked), "no", ""]
        found = page.tab.evaluate(script, [carried.rule(lesson, n, "en"), given])
        for text, ours in zip(given, found, strict=True):
            wanted = answers.judged(lesson, n, text)
            assert (ours["right"], ours["half"], ours["told"]) == (wanted.right, wanted.half, wanted.told), (n, text)
