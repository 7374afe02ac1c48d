"""Every kind of answer bears the headers that keep a browser from anything it should not do."""

import contextlib
import http.client
import json
import re
import socket
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from app import limits
from app.main import create_app
from app.protocol import Request
from app.shell import TABS
from app.wire import guard
from app.wire.static import ASSETS

from ..browser.server import Server
from .decoded import DECODED

ARMOUR = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": guard.PERMISSIONS,
}
JSON, CSV, ALONG = ({"Content-Type": kind} for kind in (guard.JSON, guard.CSV, guard.WITH_FILE))
TABLE = b"a,b\n1,2\n2,3\n4,5\n"
PAGE = {"kind": "request", "base": "?run=sgd&steps=9", "edits": [], "have": {}}
PLAN = {"kind": "plan", "query": "?run=sgd&steps=9&tab=sweep", "tab": "sweep"}
GONE = "/export/train-csv?tab=train&train=data=file~file=" + "0" * 64
AT = "http://127.0.0.1:8050/"


class Asked(NamedTuple):
    status: int
    method: str
    path: str
    body: Any = None  # bytes, or what becomes JSON
    headers: dict[str, str] = {}


ANSWERS = {
    "page": Asked(200, "GET", "/?f=booth"),
    "page in a lesson": Asked(200, "GET", "/?lesson=L06&phase=see"),
    "its head": Asked(200, "HEAD", "/"),
    "module": Asked(200, "GET", f"{ASSETS}main.mjs"),
    "module in brotli": Asked(200, "GET", f"{ASSETS}main.mjs", headers={"Accept-Encoding": "br"}),
    "module in zstd": Asked(200, "GET", f"{ASSETS}main.mjs", headers={"Accept-Encoding": "zstd"}),
    "module in gzip": Asked(200, "GET", f"{ASSETS}main.mjs", headers={"Accept-Encoding": "gzip"}),
    "sheet": Asked(200, "GET", f"{ASSETS}css/style.css"),
    "health": Asked(200, "GET", "/health"),
    "layout": Asked(200, "GET", "/_dash-layout"),
    "message": Asked(200, "POST", "/channel", PAGE, JSON),
    "message in zstd": Asked(200, "POST", "/channel", PAGE, JSON | {"Accept-Encoding": "zstd"}),
    "plan": Asked(200, "POST", "/channel/tile", PLAN, JSON),
    "plan with a file": Asked(200, "POST", "/channel/tile", json.dumps(PLAN).encode() + b"\n" + TABLE, ALONG),
    "CSV with a file": Asked(200, "POST", "/export/csv?steps=9", TABLE, CSV),
    "file sent": Asked(200, "POST", "/data", TABLE, CSV),
    "CSV": Asked(200, "GET", "/export/csv?steps=9"),
    "CSV in brotli": Asked(200, "GET", "/export/csv?steps=90", headers={"Accept-Encoding": "br"}),
    "page to take home": Asked(200, "GET", "/export/html?steps=9"),
    "animation": Asked(200, "GET", "/export/gif?steps=3"),
    "script": Asked(200, "GET", "/export/numpy?steps=9"),
    "lesson as a file": Asked(200, "GET", "/export/lesson?lesson=L06"),
    "worksheet": Asked(200, "GET", "/worksheet/L06"),
    "worksheets": Asked(200, "GET", "/worksheet?course=L01,L06"),
    "answer key": Asked(200, "GET", "/worksheet/L06/key"),
    "code of a page": Asked(200, "GET", f"/qr?of={AT}"),
    "code of a lesson": Asked(200, "GET", f"/qr/L06?at={AT}"),
    "no JSON": Asked(400, "POST", "/channel", b"{", JSON),
    "two hosts": Asked(400, "GET", "/health", headers={"Host": "a, b"}),
    "hidden": Asked(403, "GET", "/export/csv?hide=share"),
    "no page": Asked(404, "GET", "/no/such/page"),
    "no page for a browser": Asked(404, "GET", "/no/such/page", headers={"Accept": "text/html"}),
    "no asset": Asked(404, "GET", f"{ASSETS}nothing.js"),
    "no suite": Asked(404, "GET", "/_dash-component-suites/os/x.py"),
    "no export": Asked(404, "GET", "/export/nothing"),
    "no worksheet": Asked(404, "GET", "/worksheet/L99"),
    "no code": Asked(404, "GET", f"/qr/L99?at={AT}"),
    "not posted": Asked(405, "GET", "/channel"),
    "posted": Asked(405, "POST", "/health"),
    "an asset is not deleted": Asked(405, "DELETE", f"{ASSETS}main.mjs"),
    "a callback": Asked(409, "POST", "/_dash-update-component", b"{}", JSON),
    "another build": Asked(409, "POST", "/channel", PAGE | {"version": "older"}, JSON),
    "no length": Asked(411, "POST", "/channel", iter([b"{}"]), JSON),
    "too large": Asked(413, "POST", "/channel", b" " * (limits.BODY_BYTES + 1), JSON),
    "too long": Asked(414, "GET", "/?" + "x" * (limits.QUERY_BYTES + 1)),
    "no JSON by its name": Asked(415, "POST", "/channel", b"{}", {"Content-Type": "text/plain"}),
    "forged": Asked(422, "POST", "/channel", PAGE | {"base": 3}, JSON),
    "no table in a message": Asked(422, "POST", "/channel/tile", json.dumps(PLAN).encode(), ALONG),
    "no table": Asked(422, "POST", "/data", b"a,b\n1,\0\n", CSV),
    "a file that has gone": Asked(422, "GET", GONE),
    "no address": Asked(422, "GET", "/qr?of=javascript:1"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def line(server: Server) -> Iterator[http.client.HTTPConnection]:
    one = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    yield one
    one.close()


def is_armoured(headers: Any) -> None:
    assert {name: headers[name] for name in ARMOUR} == ARMOUR
    assert "Access-Control-Allow-Origin" not in headers and "Set-Cookie" not in headers
    said = headers["Content-Security-Policy"]
    policy = dict(rule.split(maxsplit=1) for rule in said.split("; "))
    assert policy["default-src"] == "'none'" and policy["connect-src"] == policy["frame-ancestors"] == "'self'"
    assert {source.split("-")[0] for source in policy["script-src"].split()} == {"'self'", "'sha256"}
    assert policy["base-uri"] == policy["form-action"] == "'none'"
    assert "unsafe-eval" not in said and "http" not in said


def asked(line: http.client.HTTPConnection, one: Asked) -> http.client.HTTPResponse:
    line.request(one.method, one.path, json.dumps(one.body) if isinstance(one.body, dict) else one.body, one.headers)
    return line.getresponse()


@pytest.mark.parametrize("one", ANSWERS.values(), ids=ANSWERS)
def test_every_kind_of_answer_is_armoured(line: http.client.HTTPConnection, one: Asked) -> None:
    for _ in range(2):  # made, and what is known by then
        answer = asked(line, one)
        body = answer.read()
        assert answer.status == one.status, body[:200]
        is_armoured(answer.headers)
        coding = answer.headers.get("Content-Encoding", "identity")
        assert coding == one.headers.get("Accept-Encoding", "identity")
        assert DECODED[coding](body) if one.method != "HEAD" else body == b""
        if isinstance(one.body, Iterator):
            return


def test_what_one_has_is_armoured(line: http.client.HTTPConnection) -> None:
    file = ANSWERS["module"]
    tag = asked(line, file)
    tag.read()
    answer = asked(line, file._replace(headers={"If-None-Match": tag.headers["ETag"]}))
    assert (answer.status, answer.read()) == (304, b"")
    is_armoured(answer.headers)


def test_whatever_the_page_names_is_armoured(line: http.client.HTTPConnection) -> None:
    page = asked(line, ANSWERS["page"]).read().decode()
    named = [path for path in re.findall(r'(?:src|href)="([^":]+)"', page) if path != "./"]
    assert any("_dash-component-suites" in path for path in named)
    for path in named:
        answer = asked(line, Asked(200, "GET", f"/{path}"))
        assert answer.status == 200 and answer.read()
        is_armoured(answer.headers)


def begun(server: Server, path: str, kind: str) -> socket.socket:
    """A client whose body does not come."""
    line = socket.create_connection(("127.0.0.1", server.port), timeout=15)
    line.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: 90\r\n\r\n".encode())
    return line


def answer_of(line: socket.socket) -> http.client.HTTPResponse:
    answer = http.client.HTTPResponse(line)
    answer.begin()
    return answer


def test_who_is_too_late_and_who_finds_it_busy_is_answered_so_too(server: Server) -> None:
    with contextlib.ExitStack() as lines:
        late = [
            lines.enter_context(begun(server, guard.DATA, guard.CSV)) for _ in range(limits.FILES_COMING)
        ]  # as many as may arrive at once
        busy = answer_of(lines.enter_context(begun(server, guard.DATA, guard.CSV)))
        assert busy.status == 503 and busy.headers["Retry-After"]
        is_armoured(busy.headers)
        for one in late[:2]:
            answer = answer_of(one)
            assert answer.status == 408
            is_armoured(answer.headers)


def test_a_mistake_of_ours_is_armoured(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(request: Any) -> None:
        raise ValueError("a mistake")

    monkeypatch.setitem(TABS, "explore", TABS["explore"]._replace(answers={Request: broken}))
    answer = create_app().server.test_client().post("/channel", json=PAGE | {"base": "?steps=8"})
    assert answer.status_code == 500
    is_armoured(answer.headers)


def test_what_is_no_request_gets_nothing_that_could_be_drawn(server: Server) -> None:
    """Who reads the lines answers it, before any of ours: a status alone."""
    for raw in (
        b"\0\1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 40_000 + b"\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=15) as line:
            line.sendall(raw)
            answer = answer_of(line)
            assert 400 <= answer.status < 500 and answer.read() == b"" and answer.reason
