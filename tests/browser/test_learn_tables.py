"""What texts say, and which optimizer when: the numbers of the tables come when they are about to be seen."""

from playwright.sync_api import expect

from app.learn import tables

from .axe import violations
from .explorer import DESKTOP, PHONE, Explorer

COMES = "…"


def opened(page: Explorer) -> None:
    page.tab.goto(f"{page.url}?tab=learn", wait_until="commit")
    page.tab.locator(".course-tables tbody tr").first.wait_for()


def complete(page: Explorer) -> None:
    """Wait until nothing of the tables is still to come."""
    page.tab.locator(".course-tables").scroll_into_view_if_needed()
    expect(page.tab.locator(".course-tables td", has_text=COMES)).to_have_count(0, timeout=60_000)


def cells(page: Explorer, table: str, column: str) -> list[str]:
    return page.tab.locator(f"table.{table} td[data-of='{column}']").all_inner_texts()


def filled(table: str, key: str) -> list[str]:
    return [tables.filled(row, key, "en") for row in tables.table(table)]


def test_every_number_comes_to_its_row(page: Explorer) -> None:
    page.tab.set_viewport_size(DESKTOP)
    opened(page)
    complete(page)
    assert cells(page, "claims", "Number") == filled("claims", "number")
    assert cells(page, "uses", "What we find") == filled("uses", "verdict")
    assert cells(page, "uses", "How far") == filled("uses", "reach")
    assert violations(page, ".course-tables") == []
    assert not page.complaints


def test_a_verdict_is_chosen_and_its_rows_keep_their_numbers(page: Explorer) -> None:
    page.tab.set_viewport_size(DESKTOP)
    opened(page)
    complete(page)
    page.tab.get_by_label("Verdict").select_option("holds")
    wanted = [row for row in tables.table("claims") if row.said["verdict"] == "holds"]
    assert cells(page, "claims", "Number") == [tables.filled(row, "number", "en") for row in wanted]


def test_a_verdict_chosen_before_the_numbers_came_loses_none(page: Explorer) -> None:
    page.tab.set_viewport_size(DESKTOP)
    opened(page)
    page.tab.get_by_label("Verdict").select_option("depends")
    complete(page)
    wanted = [row for row in tables.table("claims") if row.said["verdict"] == "depends"]
    assert cells(page, "claims", "Number") == [tables.filled(row, "number", "en") for row in wanted]
    page.tab.get_by_label("Verdict").select_option("")
    complete(page)
    assert cells(page, "claims", "Number") == filled("claims", "number")


def test_see_it_opens_the_page_of_which_the_row_speaks(page: Explorer) -> None:
    page.tab.set_viewport_size(DESKTOP)
    opened(page)
    page.tab.locator("table.claims tbody tr").first.get_by_text("see it").click()
    page.tab.wait_for_url("**/?run=rmsprop&steps=600")


def test_a_phone_has_each_row_as_a_paragraph(page: Explorer) -> None:
    page.tab.set_viewport_size(PHONE)
    opened(page)
    complete(page)
    wide = page.js("() => document.documentElement.scrollWidth")
    assert wide == PHONE["width"]
    head = page.tab.locator("table.claims tbody th").first.bounding_box()
    assert head is not None
    assert head["width"] > 0.8 * PHONE["width"]
