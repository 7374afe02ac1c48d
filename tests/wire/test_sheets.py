"""Worksheets over the wire: pages of words and lines, safe under any path, and never a 5xx."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from app import qr
from app.main import create_app
from app.page.lessons import LESSONS
from app.wire import sheets
from app.wire.front import EXPORT

FIRST, LAST = LESSONS[0], LESSONS[-1]
PAGE = {"Accept": "text/html"}
ODD = ["L99", "l06", "..", "%2e%2e", "L06%00", "<b>", "key/key", "L06/keys", "x" * 500]


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with create_app().server.test_client() as client:
        yield client


@pytest.mark.parametrize("name", LESSONS)
def test_each_lesson_has_a_sheet(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/worksheet/{name}", headers=PAGE)
    assert answer.status_code == 200 and answer.mimetype == "text/html"
    assert answer.text.count('<section class="sheet">') == 1 and f'data-lesson="{name}"' in answer.text


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_lesson_is_a_page_in_words(client: FlaskClient, odd: str) -> None:
    for path in (f"/worksheet/{odd}", f"/worksheet/{odd}/key", f"/qr/{odd}?at=http://x/"):
        answer = client.get(path, headers=PAGE)
        assert answer.status_code == 404 and "<p>There is no such" in answer.text


def test_its_policy_is_kept(client: FlaskClient) -> None:
    text = client.get(f"/worksheet/{FIRST}").text
    assert re.findall(r"<script(.*?)</script>", text, re.DOTALL) == [
        f' type="module" src="../{sheets.MODULE}">'
    ] and not re.search(r"\son\w+=", text)
    assert not re.search(r"""(?:src|href)=["']?(?:https?:|/)""", text)
    module = client.get(f"/{sheets.MODULE}")
    assert module.status_code == 200 and module.mimetype == "text/javascript"


def test_a_selection_has_its_own_order(client: FlaskClient) -> None:
    text = client.get(f"/worksheet?course={LAST},L99,{FIRST},{LAST}").text
    assert re.findall('data-lesson="(.*?)"', text) == [LAST, FIRST]
    assert "Left out: L99" in text
    assert client.get("/worksheet?course=L99").status_code == 404
    every = client.get("/worksheet").text
    assert re.findall('data-lesson="(.*?)"', every) == list(LESSONS)


def test_a_name_that_is_none_is_shown_as_a_text(client: FlaskClient) -> None:
    text = client.get(f"/worksheet?course={FIRST},{quote('<img src=x>')}").text
    assert "&lt;img" in text and "<img" not in text


@pytest.mark.parametrize(("asked", "paper"), [("", "A4"), ("a4", "A4"), ("letter", "letter"), ("LETTER", "letter")])
def test_it_comes_on_either_paper(client: FlaskClient, asked: str, paper: str) -> None:
    text = client.get(f"/worksheet/{FIRST}?size={asked}").text
    assert f"@page {{ size: {paper};" in text
    assert len(re.findall("aria-current=true", text)) == 1


def test_an_unknown_size_and_language_are_the_usual_ones(client: FlaskClient) -> None:
    usual = client.get(f"/worksheet/{FIRST}").text
    odd = client.get(f"/worksheet/{FIRST}?size=a3&lang=xx").text
    assert odd.split("</nav>")[1] == usual.split("</nav>")[1]


@pytest.mark.parametrize(
    "at", ["", "L06", "javascript:alert(1)/", "http://x", "http://x/?a=/", "http://x/#/", "ftp://x/", "http://x y/",
           'http://x"/', "http://x\n/", f"http://{'x' * 300}/"]
)  # fmt: skip
def test_a_code_is_made_of_no_other_text(client: FlaskClient, at: str) -> None:
    assert client.get(f"/qr/{FIRST}?at={quote(at, safe='')}").status_code == 422


def test_a_code_is_that_of_the_address_that_the_browser_has(client: FlaskClient) -> None:
    at = "https://class.example.org/under/way/"
    answer = client.get(f"/qr/{FIRST}?at={quote(at, safe='')}", headers={"Host": "evil.example"})
    assert answer.mimetype == "image/svg+xml" and answer.text == qr.svg(f"{at}?lesson={FIRST}")


def test_no_host_is_reflected(client: FlaskClient) -> None:
    for path in (f"/worksheet/{FIRST}", f"/worksheet?course={FIRST}"):
        assert "evil.example" not in client.get(path, headers={"Host": "evil.example"}).text


def test_they_queue_with_the_exports_and_codes_do_not() -> None:
    assert f"/worksheet/{FIRST}/key".startswith(EXPORT) and "/worksheet".startswith(EXPORT)
    assert not f"/qr/{FIRST}".startswith(EXPORT)


def test_what_is_kept_is_bounded(client: FlaskClient) -> None:
    client.get("/worksheet")
    assert 0 < sheets.KEPT.size <= sheets.KEPT.bound
    assert len(client.get("/worksheet").data) < 4 * 2**20
