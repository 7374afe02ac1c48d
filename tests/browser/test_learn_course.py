"""The course page: all lessons, a selection in an order of one's own that is an address, links to copy, the tables."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from app.page.lessons import LESSONS, load

from .axe import CONTRAST, violations
from .explorer import DESKTOP, PHONE, TARGET, Explorer, boxes

COURSE = "?tab=learn"
DRAWN = "document.querySelectorAll('#course .course-lessons > li').length > 0"
COPIED = """() => {
    downslope.copied = [];
    navigator.clipboard.writeText = async (text) => { downslope.copied.push(text); };
}"""


def opened(page: Explorer, query: str = COURSE) -> None:
    page.tab.goto(f"{page.url}{query}", wait_until="commit")
    page.painted()
    page.until(DRAWN)


def is_course(page: Explorer, *names: str) -> None:
    """The selection is these, in this order, and so says the address when it is written."""
    page.until(f"(new URLSearchParams(location.search).get('course') ?? '') === '{','.join(names)}'")
    assert named(page) == [*names]


def tick(page: Explorer, name: str) -> None:
    page.tab.locator(f"[data-hold=tick-{name}]").click()


def named(page: Explorer) -> list[str]:
    return page.js("[...document.querySelectorAll('.course-own li b')].map((one) => one.textContent)")


def test_all_lessons_stand_in_an_order_in_which_none_needs_a_later_one(page: Explorer) -> None:
    opened(page)
    shown = page.js("[...document.querySelectorAll('.course-lessons h3 b')].map((one) => one.textContent)")
    assert sorted(shown) == sorted(LESSONS)
    for level in ("first", "second"):
        ours = [name for name in shown if load(name).level == level]
        for place, name in enumerate(ours):
            assert not {*load(name).needs} & {*ours[place:]}
    minutes = sum(load(name).minutes for name in LESSONS)
    told = page.tab.locator("#course .card p").first.text_content()
    assert f"{len(LESSONS)} lessons" in told and f"{minutes // 60} h" in told


def test_a_lesson_begins_where_it_is_clicked(page: Explorer) -> None:
    opened(page)
    page.tab.locator("[data-hold=start-L02]").click()
    page.until("downslope.gate.last.lesson?.id === 'L02' && !document.getElementById('lesson').hidden")
    page.told()
    assert parse_qs(urlsplit(page.tab.url).query)["lesson"] == ["L02"]
    page.tab.go_back()
    page.until(f"downslope.gate.last && !downslope.gate.last.lesson && {DRAWN}")


def test_a_selection_is_an_address(page: Explorer) -> None:
    opened(page)
    for name in ("L09", "L01", "L06"):  # as fast as one can
        tick(page, name)
    is_course(page, "L09", "L01", "L06")
    total = sum(load(name).minutes for name in ("L09", "L01", "L06"))
    assert f"3 lessons, {total} min" in page.tab.locator("#course .card").nth(1).text_content()
    page.reload()
    page.until(DRAWN)
    assert named(page) == ["L09", "L01", "L06"]


def test_its_order_is_ones_own_and_keys_do_it(page: Explorer) -> None:
    opened(page, f"{COURSE}&course=L09,L01,L06")
    page.tab.locator("[data-hold=up-L06]").press("Enter")
    page.until(
        "[...document.querySelectorAll('.course-own li b')].map((one) => one.textContent).join() === 'L09,L06,L01'"
    )
    assert page.js("document.activeElement.dataset.hold") == "up-L06"
    is_course(page, "L09", "L06", "L01")
    page.tab.locator("[data-hold=down-L09]").press("Space")
    page.until("document.querySelector('.course-own li b').textContent === 'L06'")
    page.tab.locator("[data-hold=remove-L01]").click()
    page.until("document.querySelectorAll('.course-own li').length === 2")
    is_course(page, "L06", "L09")
    page.tab.keyboard.press("Control+z")
    page.until("document.querySelectorAll('.course-own li').length === 3")
    page.tab.locator("[data-hold=clear]").click()
    page.until("!document.querySelector('.course-own')")
    is_course(page)


def test_what_it_begins_with_is_the_selections_first_lesson(page: Explorer) -> None:
    opened(page, f"{COURSE}&course=L09,L01&short=1")
    start = page.tab.locator("[data-hold=start]")
    asked = parse_qs(urlsplit(start.get_attribute("href")).query)
    assert asked == {"lesson": ["L09"], "short": ["1"], "course": ["L09,L01"]}
    start.click()
    page.until("downslope.gate.last.lesson?.id === 'L09' && downslope.gate.last.lesson.short")
    page.told()
    asked = parse_qs(urlsplit(page.tab.url).query)
    assert asked["course"] == ["L09,L01"] and asked["short"] == ["1"]


def test_each_link_can_be_copied(page: Explorer) -> None:
    opened(page, f"{COURSE}&course=L06")
    page.js(COPIED)
    page.tab.locator("[data-hold=copy-course]").click()
    page.tab.locator("[data-hold=links-L06]").click()
    for button in page.tab.locator(".course-links[open] button").all():
        button.click()
    copied = page.js("downslope.copied")
    asked = [parse_qs(urlsplit(one).query) for one in copied]
    assert all(one.startswith(page.url) for one in copied)
    assert asked[0] == {"tab": ["learn"], "course": ["L06"]}
    assert [one.get("phase", [""])[0] for one in asked[1:]] == ["", *load("L06").phases()]
    assert {one["lesson"][0] for one in asked[1:]} == {"L06"}


def test_the_short_form_has_fewer_phases(page: Explorer) -> None:
    opened(page)
    page.tab.locator("[data-hold=links-L01]").click()
    whole = page.tab.locator(".course-links[open] li").count()
    page.tab.locator("[data-hold=short]").click()
    page.until(f"document.querySelectorAll('.course-links[open] li').length === {whole - 2}")
    page.told()
    assert "short=1" in page.tab.url


def test_an_unknown_lesson_is_left_out_in_words(page: Explorer) -> None:
    opened(page, f"{COURSE}&course=L06,L99")
    assert named(page) == ["L06"]
    expect(page.tab.locator("#notices")).to_contain_text("L99")


def test_claims_can_be_chosen_by_their_verdict(page: Explorer) -> None:
    opened(page)
    rows = page.tab.locator("table.claims tbody tr")
    every = rows.count()
    page.tab.get_by_label("Verdict").select_option("holds")
    assert 0 < rows.count() < every
    assert set(page.tab.locator("table.claims .says").all_text_contents()) == {"holds here"}
    assert page.tab.locator("table.uses tbody tr").count() >= 9


def test_every_number_of_the_tables_comes(page: Explorer) -> None:
    opened(page)
    page.tab.locator(".course-tables").scroll_into_view_if_needed()
    page.until("![...document.querySelectorAll('.course-tables td')].some((one) => one.textContent === '…')", 60)


def test_progress_is_of_this_browser_and_may_be_refused(page: Explorer) -> None:
    opened(page)
    page.js("localStorage.setItem('downslope-learn', JSON.stringify({ L01: 'reached', L02: 'seen', L03: 'nonsense' }))")
    page.reload()
    page.until(DRAWN)
    far = page.js("[...document.querySelectorAll('.course-dots .far')].map((one) => one.className.split(' ')[1])")
    assert far[:3] == ["reached", "seen", ""]
    assert page.tab.locator("[data-hold=start]").text_content() == "Go on with L03"
    page.js("localStorage.clear()")
    page.tab.add_init_script(
        "if (location.hash === '#refused') Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } });"
    )
    page.tab.goto("about:blank")
    opened(page, f"{COURSE}#refused")
    assert "keeps nothing" in page.tab.locator("#course .card").first.text_content()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page: Explorer, theme: str) -> None:
    opened(page, f"{COURSE}&course=L06,L01&theme={theme}")
    page.tab.locator("[data-hold=links-L06]").click()
    assert violations(page, "#course", CONTRAST if theme == "dark" else ()) == []


@pytest.mark.parametrize("size", [DESKTOP, {"width": 1024, "height": 768}, PHONE], ids=["desk", "projector", "phone"])
def test_it_is_as_wide_as_its_window(page: Explorer, size: dict[str, int]) -> None:
    page.tab.set_viewport_size(size)
    opened(page, f"{COURSE}&course=L06,L01")
    page.tab.locator("[data-hold=links-L06]").click()
    assert page.js("document.documentElement.scrollWidth") <= size["width"]


def test_a_finger_finds_everything_on_a_phone(page: Explorer) -> None:
    page.tab.set_viewport_size(PHONE)
    opened(page, f"{COURSE}&course=L06,L01")
    page.tab.locator("[data-hold=links-L06]").click()
    small = "#course :is(button, summary, .far, .chosen, .course-links a, .ways a, a.main, a.small)"
    for box in boxes(page, small):
        assert box["height"] >= TARGET - 0.5 and box["width"] >= min(TARGET, box["width"]), box


def test_what_can_be_printed_is_in_the_menu(page: Explorer) -> None:
    opened(page)
    page.tab.locator(".export summary").click()
    shown = page.tab.locator(".export .menu a:visible")
    assert shown.all_text_contents() == ["Worksheets to print", "Answer keys"]
    page.tab.keyboard.press("Escape")
    opened(page, f"{COURSE}&course=L06")
    page.tab.locator("[data-hold=start]").click()
    page.until("downslope.gate.last.lesson?.id === 'L06'")
    page.js("downslope.gate.edit('text', 'lesson.said', '0.05')")
    page.until("downslope.gate.last.lesson.phase === 'see'")
    page.told()
    page.tab.locator(".export summary").click()
    sheet = page.tab.locator("#of-lesson a").first
    assert sheet.is_visible() and sheet.get_attribute("href") == "worksheet/L06"
    assert page.tab.locator("#of-lesson a[data-export=lesson]").is_visible()
    assert not page.tab.locator(".menu a[href*=key]:visible").count()


def test_on_paper_there_is_nothing_to_click(page: Explorer) -> None:
    opened(page, f"{COURSE}&course=L06")
    page.tab.emulate_media(media="print")
    for selector in (".course-start", ".course-links", ".chosen", "#course .plain"):
        assert not page.js(f"[...document.querySelectorAll('{selector}')].some((one) => one.checkVisibility())"), (
            selector
        )
    page.tab.emulate_media(media="null")
