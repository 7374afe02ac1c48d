"""The judge of twisted requests lets good answers pass and sees each way in which one is bad."""

import gzip

import pytest

from . import rules
from .mutants import MARK
from .rules import Broken, Busy, judged

ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = ASKED.replace(b"GET", b"HEAD")
POLICY = "Content-Security-Policy: default-src 'none'; script-src 'self'"
HTML, JSON = "Content-Type: text/html; charset=utf-8", "Content-Type: application/json"


def answer(status: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


GOOD = {
    "a page": (answer("200 OK", HTML, POLICY, body=b"<p>here"), ASKED, "200"),
    "what one has": (answer("304 Not Modified", POLICY), ASKED, "304"),
    "refused in JSON": (answer("422 X", JSON, POLICY, body=b'{"error": "why"}'), ASKED, "422"),
    "refused on a page": (answer("404 X", HTML, POLICY, body=b"<p>why</p>"), ASKED, "404"),
    "its head alone": (answer("404 X", JSON, POLICY), HEAD, "404"),
    "by who reads lines": (answer("431 Request Header Fields Too Large"), ASKED, "431"),
    "given back as data": (answer("422 X", JSON, POLICY, body=f'{{"error": "{MARK}"}}'.encode()), ASKED, "422"),
    "after a word between": (rules.CONTINUE + answer("200 OK", POLICY), ASKED, "200"),
    "two behind each other": (answer("200 OK", HTML, POLICY, body=b"a") + answer("500 X"), ASKED, "200"),
    "nothing to no request": (b"", b"\0", rules.CLOSED),
}
BAD = {
    "nothing": (b"", "closed"),
    "no HTTP": (b"hello", "no HTTP"),
    "a mistake": (answer("500 X", JSON, POLICY, body=b'{"error": "why"}'), "500"),
    "busy for ever": (answer("503 X", JSON, POLICY, body=b'{"error": "why"}'), "503"),
    "only a word between": (answer("102 Processing"), "102"),
    "no reason": (answer("404 X", JSON, POLICY, body=b"{}"), "no reason"),
    "no reason on a page": (answer("404 X", HTML, POLICY, body=b"<p></p>"), "no reason"),
    "no body": (answer("404 X", JSON, POLICY), "no reason"),
    "no word": (answer("400"), "no reason"),
    "reflected": (answer("200 OK", HTML, POLICY, body=MARK.encode()), "comes back"),
    "reflected in a picture": (
        answer("200 OK", "Content-Type: image/svg+xml", POLICY, body=MARK.encode()),
        "comes back",
    ),
    "reflected in a header": (answer("302 X", POLICY, f"Location: {MARK}"), "comes back"),
    "reflected and compressed": (
        answer("200 OK", HTML, POLICY, "Content-Encoding: gzip", body=gzip.compress(MARK.encode())),
        "comes back",
    ),
    "without the policy": (answer("200 OK", HTML, body=b"<p>here"), "policy"),
}


@pytest.mark.parametrize(("raw", "asked", "status"), GOOD.values(), ids=GOOD)
def test_a_good_answer_is_counted(raw: bytes, asked: bytes, status: str) -> None:
    assert judged(raw, asked) == status


@pytest.mark.parametrize(("raw", "said"), BAD.values(), ids=BAD)
def test_a_bad_one_is_seen(raw: bytes, said: str) -> None:
    with pytest.raises(Broken, match=said):
        judged(raw, ASKED)


def test_who_is_told_to_come_again_waits_as_long_as_it_says() -> None:
    with pytest.raises(Busy) as later:
        judged(answer("503 X", JSON, POLICY, "Retry-After: 2", body=b'{"error": "why"}'), ASKED)
    assert later.value.seconds == 2


def test_an_answer_is_whole_when_its_length_is_there() -> None:
    whole = rules.CONTINUE + answer("200 OK", body=b"hello")
    assert rules.is_whole(whole, ASKED) and not rules.is_whole(whole[:-1], ASKED)
    assert not rules.is_whole(rules.CONTINUE, ASKED) and rules.is_whole(answer("200 OK")[:-2] + b"\r\n\r\n", HEAD)
