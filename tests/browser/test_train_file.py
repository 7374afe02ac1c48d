"""A file of one's own in the Train tab: chosen, sent, named in the address, and there again when a server forgets it."""

import hashlib
import json
import re

import pytest
from playwright.sync_api import FileChooser, Page, Route, expect

from app import limits
from app.page import data
from app.page.state import State
from app.wire import guard

from ..conftest import watched
from .axe import violations
from .explorer import DESKTOP, PHONE, TARGET, Explorer
from .server import Server

PATIENCE = 20_000  # ms: the machine may be busy
ROWS = [f"{i % 7},{'red' if i % 3 else 'blue'},{2 * (i % 7) + i % 5}" for i in range(60)]
FILE = "\n".join(["height,colour,price", *ROWS]).encode()
HASH = hashlib.sha256(FILE).hexdigest()
AT_ONCE = 3  # questions that one page may have about a file: its training, a plane, and the ground there
REFUSED = "status of 422"  # what the console says where the page says why


def opened(page: Explorer, query: str = "") -> Explorer:
    page.tab.goto(f"{page.url}?tab=train{query}", wait_until="commit")
    page.painted()
    page.until("downslope.gate.idle()")
    page.tab.locator("#train input[type=file]").wait_for(state="attached", timeout=PATIENCE)
    return page


def give(page: Explorer, raw: bytes, name: str = "prices.csv") -> None:
    page.tab.locator("#train input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": raw}, timeout=PATIENCE
    )


def says(page: Explorer, words: str) -> None:
    expect(page.tab.locator("#train-file-said")).to_contain_text(words, timeout=PATIENCE)


def complains(page: Explorer, words: str) -> None:
    expect(page.tab.locator("#train-file-wrong")).to_contain_text(words, timeout=PATIENCE)


def trained(page: Explorer) -> None:
    """The data are there, and so is what is told of them."""
    expect(page.tab.locator("#train-about")).to_contain_text("48 samples", timeout=PATIENCE)


def sent(page: Explorer) -> int:
    """How often, by itself or along with what needs it."""
    return sum(one.headers.get("content-type") in (guard.CSV, guard.WITH_FILE) for one in page.requests)


def test_a_file_is_sent_once_and_named_in_the_address(page: Explorer) -> None:
    opened(page)
    with page.change():
        give(page, FILE)
        says(page, "prices.csv: 60 rows, 3 columns, 1 of words.")
    assert page.state.train.file == HASH and page.state.train.data == "file"
    trained(page)
    with page.change():
        page.control("switch", "train.standard").click()
    assert sent(page) == 1 and page.state.train.file == HASH
    assert "prices" not in page.query and "red" not in page.query


def test_its_columns_are_offered_as_targets(page: Explorer) -> None:
    opened(page)
    give(page, FILE)
    trained(page)
    menu = page.control("choice", "train.target")
    expect(menu.locator("option")).to_have_count(3, timeout=PATIENCE)
    with page.change():
        menu.select_option("colour")
    expect(page.tab.locator("#train-about")).to_contain_text("Logistic", timeout=PATIENCE)
    assert page.state.train.target == "colour"


@pytest.mark.parametrize(
    ("raw", "name", "reason"),
    [
        (FILE + b"\n9,red,many\n", "bad.csv", "bad.csv: row 62, column 3 (“price”): “many” is not a number."),
        (b"x" * (limits.FILE_BYTES + 1), "big.csv", "big.csv has 2.0 MB: at most 2.0 MB are read."),
        (b"", "none.csv", "none.csv is empty."),
        (b"PK\3\4\0\0\0", "book.xlsx", "book.xlsx: row 1"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_leaves_all_as_it_was(page: Explorer, raw: bytes, name: str, reason: str) -> None:
    page.allowed = (*page.allowed, REFUSED)
    opened(page)
    give(page, FILE)
    trained(page)
    before = page.query
    give(page, raw, name)
    complains(page, reason)
    assert page.query == before and page.tab.locator("#train-file-wrong").get_attribute("role") == "alert"
    expect(page.tab.locator("#train-about")).to_contain_text("48 samples")
    give(page, FILE)
    expect(page.tab.locator("#train-file-wrong")).to_be_hidden(timeout=PATIENCE)


def test_a_file_can_be_dropped(page: Explorer) -> None:
    opened(page)
    drop = """(text) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([text], "dropped.csv", { type: "text/csv" }));
        const root = document.getElementById("train");
        const event = (name) => new DragEvent(name, { dataTransfer: transfer, bubbles: true, cancelable: true });
        const over = event("dragover");
        root.dispatchEvent(over);
        const shown = root.classList.contains("dropping");
        root.dispatchEvent(event("drop"));
        return [over.defaultPrevented, shown, root.classList.contains("dropping")];
    }"""
    with page.change():
        assert page.js(drop, FILE.decode()) == [True, True, False]
        says(page, "dropped.csv: 60 rows")
    assert page.state.train.file == HASH


def test_a_reload_and_another_server_have_it_again(tab: Page) -> None:
    """What the server has forgotten, the page brings again by itself, also after a reload."""
    with Server() as server, watched(tab, server.url) as page:
        page.allowed = (*page.allowed, "ERR_CONNECTION_REFUSED")
        opened(page)
        with page.change():
            give(page, FILE)
            trained(page)
        server.stop()
        server.start()
        page.reload()
        trained(page)
        says(page, "prices.csv: 60 rows")
        after = sent(page)
        assert 1 < after <= 1 + AT_ONCE
        server.stop()
        server.start()
        with page.change():
            page.control("switch", "train.standard").click()
        expect(page.tab.locator("#train-about")).to_contain_text("48 samples", timeout=PATIENCE)
        page.tab.locator("#train-table td").first.wait_for(timeout=PATIENCE)
        assert after < sent(page) <= after + AT_ONCE
        expect(page.tab.locator("#train-problem")).to_be_hidden()
        tab.goto("about:blank")


def test_a_link_whose_file_nobody_here_has_says_so(page: Explorer) -> None:
    gone = "0" * 64
    query = f"&train=data%3Dfile~file%3D{gone}~epochs%3D7"
    opened(page, query)
    expect(page.tab.locator("#train-problem")).to_contain_text("choose it again", timeout=PATIENCE)
    expect(page.tab.locator("#train-choose")).to_be_visible()
    assert page.state.train.file == gone and page.state.train.epochs == 7 and sent(page) == 0
    with page.change():
        give(page, FILE)
        trained(page)
    expect(page.tab.locator("#train-problem")).to_be_hidden()
    expect(page.tab.locator("#train-file-wrong")).to_be_hidden()
    assert page.state.train.epochs == 7


def test_a_goal_of_many_letters_stays_in_its_column(page: Explorer) -> None:
    """What fits exactly has a lowest loss that is nearly nothing, but long."""
    opened(page)
    with page.change():
        give(page, "\n".join(["a,b,c", *(f"{i},{(7 * i) % 11}.25,{3 * i + 1}" for i in range(60))]).encode())
        trained(page)
    expect(page.tab.locator("#train-table thead")).to_contain_text("epochs to 4", timeout=PATIENCE)
    for size in (DESKTOP, PHONE):
        page.tab.set_viewport_size(size)
        wide = "[...document.querySelectorAll('#train-table th')].filter((one) => one.scrollWidth > one.clientWidth)"
        assert page.js(f"{wide}.map((one) => one.textContent)") == []


def test_undo_brings_back_the_data_of_before(page: Explorer) -> None:
    opened(page, "&train=data%3Dcars")
    with page.change():
        give(page, FILE)
        trained(page)
    page.tab.keyboard.press("Control+z")
    page.until("downslope.gate.idle()")
    expect(page.tab.locator("#train-file-said")).to_be_empty(timeout=PATIENCE)
    assert page.state.train.data == "cars" and page.state.train.file == ""


def test_the_newest_of_two_files_counts(page: Explorer) -> None:
    held: list[Route] = []
    opened(page)
    page.tab.route("**/data", lambda route: held.append(route) if not held else route.continue_())
    give(page, b"a,b\n1,2\n3,4\n5,7", "slow.csv")
    says(page, "Sending slow.csv")
    with page.change():
        give(page, FILE)
        trained(page)
    held[0].continue_()
    page.tab.wait_for_timeout(300)
    says(page, "prices.csv")
    assert page.state.train.file == HASH
    page.tab.unroute("**/data")


def test_a_busy_server_is_asked_again(page: Explorer) -> None:
    page.allowed = (*page.allowed, "status of 503")
    tried: list[int] = []

    def busy(route: Route) -> None:
        tried.append(1)
        if len(tried) < 3:
            route.fulfill(status=503, headers={"Retry-After": "1"}, body=json.dumps({"error": "busy"}))
        else:
            route.continue_()

    opened(page)
    page.tab.route("**/data", busy)
    with page.change():
        give(page, FILE)
        trained(page)
    assert len(tried) == 3
    page.tab.unroute("**/data")


def test_a_link_that_locks_it_takes_no_file(page: Explorer) -> None:
    opened(page, "&train=data%3Dfile&lock=train")
    button = page.tab.locator("#train-choose")
    expect(button).to_have_attribute("aria-disabled", "true", timeout=PATIENCE)
    assert "locked" in (button.get_attribute("title") or "")


def test_where_the_data_are_others_there_is_no_room_for_a_file(page: Explorer) -> None:
    page.allowed = (*page.allowed, REFUSED)
    opened(page)
    expect(page.tab.locator("#train-file")).to_be_hidden()
    give(page, b"a\n1", "dropped.csv")
    complains(page, "dropped.csv: row 1 has one column")
    page.tab.locator("[data-key='train.data'] select").select_option("file")
    expect(page.tab.locator("#train-choose")).to_be_visible(timeout=PATIENCE)


def test_the_button_opens_the_picker_by_keyboard_too(page: Explorer) -> None:
    chosen: list[FileChooser] = []

    def hear(one: FileChooser) -> None:
        chosen.append(one)

    page.tab.on("filechooser", hear)  # early: Chromium is told of it without an answer
    opened(page, "&train=data%3Dfile")
    button = page.tab.locator("#train-choose")
    expect(button).to_be_visible(timeout=PATIENCE)
    button.focus()
    page.tab.keyboard.press("Enter")
    for _ in range(100):
        if chosen:
            break
        page.tab.wait_for_timeout(100)
    page.tab.remove_listener("filechooser", hear)
    with page.change():
        chosen[0].set_files({"name": "prices.csv", "mimeType": "text/csv", "buffer": FILE})
        trained(page)
    assert page.state.train.file == HASH


def test_a_finger_finds_it(page: Explorer) -> None:
    page.tab.set_viewport_size(PHONE)
    opened(page, "&train=data%3Dfile")
    box = page.tab.locator("#train-choose").bounding_box(timeout=PATIENCE)
    assert box is not None and box["height"] >= TARGET
    assert page.js("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_file_that_is_nobodys_table_is_none(page: Explorer) -> None:
    """The names of columns are texts wherever they are shown."""
    nasty = b"<b onclick=alert(1)>x</b>,<script>alert(2)</script>\n" + b"\n".join(
        b"%d,%d" % (i, 2 * i + i % 3) for i in range(60)
    )
    opened(page)
    with page.change():
        give(page, nasty, "<img src=x onerror=alert(3)>.csv")
        trained(page)
    says(page, "<img src=x onerror=alert(3)>.csv: 60 rows")
    assert page.tab.locator("#train script, #train b[onclick], #rail img, .asked-of img").count() == 0


def test_the_page_and_the_library_agree_on_the_name() -> None:
    assert data.keep(FILE)[0] == HASH and re.fullmatch("[0-9a-f]{64}", HASH)
    query = State.from_query(f"tab=train&train=data%3Dfile~file%3D{HASH}")[0].to_query()
    assert data.named(query) == [FILE]


def test_nothing_in_it_keeps_anybody_out(page: Explorer) -> None:
    """By axe, with a file, and with one that cannot be read."""
    page.allowed = (*page.allowed, REFUSED)
    opened(page, "&train=data%3Dfile")
    give(page, FILE)
    trained(page)
    expect(page.tab.locator("#train .stale")).to_have_count(0, timeout=PATIENCE)
    assert violations(page) == []
    give(page, b"a\n1", "dropped.csv")
    complains(page, "one column")
    assert violations(page) == []


def test_a_file_may_be_given_before_the_rail_is_there(page: Explorer) -> None:
    held: list[Route] = []
    page.tab.route("**/_dash-layout", lambda route: held.append(route))  # from which the rail is built
    page.tab.goto(f"{page.url}?tab=train", wait_until="commit")
    page.tab.locator("#train input[type=file]").wait_for(state="attached", timeout=PATIENCE)
    page.tab.wait_for_timeout(1500)  # what listens to the whole page comes later
    give(page, FILE)
    trained(page)
    assert page.complaints == [] and page.tab.locator(".run").count() == 0
    page.tab.goto("about:blank")
    page.tab.unroute("**/_dash-layout")
