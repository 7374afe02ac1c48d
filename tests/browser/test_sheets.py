"""Worksheets as a printer gets them, and the link of each as a phone reads it."""

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from app.page.lessons import LESSONS

from .axe import violations
from .explorer import PHONE, Explorer

PAGES = re.compile(rb"/Type\s*/Page\b")
POINTS = {"a4": (595, 842), "letter": (612, 792)}  # of a sheet
THERE = "[...document.images].length > 0 && [...document.images].every((one) => one.complete && one.naturalWidth)"


def opened(page: Explorer, path: str) -> None:
    answer = page.tab.goto(f"{page.url}{path}")
    assert answer is not None and answer.status == 200
    page.until("document.readyState === 'complete'")


def printed(tab: Page) -> bytes:
    return tab.pdf(prefer_css_page_size=True)


@pytest.mark.parametrize("size", POINTS)
def test_each_lesson_is_one_page(page: Explorer, size: str) -> None:
    opened(page, f"worksheet?size={size}")
    page.until(THERE)
    pdf = printed(page.tab)
    assert len(PAGES.findall(pdf)) == len(LESSONS)
    wide, high = map(float, re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf).groups())
    assert (wide, high) == pytest.approx(POINTS[size], abs=1)


def test_nothing_is_wider_than_the_paper(page: Explorer) -> None:
    for size in POINTS:
        opened(page, f"worksheet?size={size}")
        page.tab.emulate_media(media="print")
        wider = page.js(
            """() => [...document.querySelectorAll(".sheet")].filter((one) => {
                const right = one.getBoundingClientRect().right + 1;
                return [...one.querySelectorAll("*")].some((part) => !part.closest("svg svg") && part.getBoundingClientRect().right > right);
            }).map((one) => one.querySelector("small").textContent)"""
        )
        page.tab.emulate_media(media="null")
        assert wider == []


def test_a_phone_reads_the_link_off_the_paper(page: Explorer) -> None:
    opened(page, "worksheet/L06")
    page.until(THERE)
    picture = page.tab.locator(".link img").screenshot()
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
    assert found.text == f"{page.url}?lesson=L06"
    assert page.tab.locator(".link a").text_content() == found.text
    page.tab.locator(".link a").click()
    page.painted()
    page.until("downslope.gate.last.lesson?.id === 'L06'")


def test_a_selection_has_the_links_of_its_lessons(page: Explorer) -> None:
    opened(page, "worksheet?course=L09,L06")
    page.until(THERE)
    links = page.tab.locator(".link a").all_text_contents()
    assert links == [f"{page.url}?lesson={name}" for name in ("L09", "L06")]
    codes = [
        zxingcpp.read_barcodes(Image.open(io.BytesIO(one.screenshot())).convert("L"))
        for one in page.tab.locator(".link img").all()
    ]
    assert [found.text for (found,) in codes] == links


@pytest.mark.parametrize("size", POINTS)
def test_the_keys_of_a_selection_come_one_after_the_other(page: Explorer, size: str) -> None:
    opened(page, f"worksheet/key?course=L06,L08,L05&size={size}")
    page.until("!document.querySelector('[data-key]')", 60)
    assert page.tab.locator("h1 small").all_text_contents() == ["Key to L06", "Key to L08", "Key to L05"]
    expect(page.tab.locator(".sheet").first).to_contain_text("0.05")
    assert len(PAGES.findall(printed(page.tab))) == 3


def test_the_other_paper_is_one_click_away(page: Explorer) -> None:
    opened(page, "worksheet?course=L06,L01")
    page.tab.get_by_role("link", name="Letter").click()
    page.until("document.querySelector('nav [aria-current]').textContent === 'Letter'")
    assert "course=L06" in page.tab.url and "size=letter" in page.tab.url
    assert page.tab.locator("#print").is_visible()


@pytest.mark.parametrize("path", ["worksheet?course=L05,L06", "worksheet/L05/key"])
def test_axe_finds_nothing(page: Explorer, path: str) -> None:
    opened(page, path)
    assert violations(page) == []


def test_on_a_phone_it_is_as_wide_as_the_phone(page: Explorer) -> None:
    page.tab.set_viewport_size(PHONE)
    opened(page, "worksheet/L05")
    assert page.js("document.documentElement.scrollWidth") <= PHONE["width"]


def test_no_lesson_is_a_page_in_words(page: Explorer) -> None:
    page.allowed = (*page.allowed, "404")
    answer = page.tab.goto(f"{page.url}worksheet/L99")
    assert answer is not None and answer.status == 404
    expect(page.tab.locator("body")).to_contain_text("There is no such lesson.")
    page.tab.get_by_role("link").click()
    page.painted()
