"""A file of the page: taken once, kept in memory under its fingerprint, and refused in words."""

import asyncio
import contextlib
import hashlib
import http.client
import io
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import limits
from app.exporter import Exporter
from app.main import create_app
from app.page import data
from app.protocol import Piece, Tile, Work
from app.shell import TABS
from app.wire import front, guard

from ..browser.server import Server
from ..strategies import unframed

FILE = b"a,word,y\n1,red,2\n2,blue,3\n3,red,5\n4,,7\n"
CSV = {"content_type": "text/csv"}
HEAD = b"POST /data HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app().server.test_client()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def largest(seed: int = 0) -> bytes:
    """As large as a file may be, and each another one."""
    line = ",".join(f"{(seed * 7 + j) % 10}" for j in range(50))
    rows = [f"{seed + 1},{line[2:]}"] * 19_700
    return "\n".join([",".join(f"c{j}" for j in range(50)), *rows]).encode()


def test_a_file_is_known_by_its_fingerprint(client: FlaskClient) -> None:
    sent = client.post("/data", data=FILE, **CSV)
    assert sent.status_code == 200 and sent.mimetype == "application/json"
    assert (
        sent.headers["Cache-Control"] == "no-store" and "default-src 'none'" in sent.headers["Content-Security-Policy"]
    )
    name = hashlib.sha256(FILE).hexdigest()
    assert sent.json == {
        "hash": name, "columns": ["a", "word", "y"], "rows": 4, "kinds": ["numbers", "words", "numbers"], "message": "",
    }  # fmt: skip
    table = data.stored(name)
    assert table is not None and table.rows == 4
    assert client.post("/data", data=FILE, **CSV).json == sent.json and data.stored(name) is table
    assert data.stored("0" * 64) is None


def test_what_was_done_in_reading_is_said(client: FlaskClient) -> None:
    assert "no header" in client.post("/data", data=b"1,2\n3,4", **CSV).json["message"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"a,b\n1,2\n3,x\n5,6", "row 3, column 2 (“b”): “x” is not a number"),
        (b"a,b\n1,2\n3,\0", "row 3, column 2: a NUL byte"),
        ("a,b\n1,é".encode("latin-1"), "row 2, column 2: the byte 0xe9"),
        (b'a,b\n1,"2\n3,4', "row 2, column 2: a quotation mark"),
        (b"a\n1", "row 1 has one column"),
        (b"a,b\n" + b"1,2\n" * (limits.FILE_ROWS + 1), "at most 20,000 rows"),
        (b",".join(b"c%d" % j for j in range(limits.FILE_COLUMNS + 1)) + b"\n1", "at most 50"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(client: FlaskClient, raw: bytes, reason: str) -> None:
    refused = client.post("/data", data=raw, **CSV)
    assert refused.status_code == 422 and list(refused.json) == ["error"] and reason in refused.json["error"]
    assert data.stored(hashlib.sha256(raw).hexdigest()) is None


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"data": FILE, "content_type": "application/json"}, 415),
        ({"data": FILE, "content_type": "text/plain"}, 415),  # what a form of another page could send
        ({"data": FILE, "content_type": "multipart/form-data"}, 415),
        ({"data": FILE}, 415),
        ({"data": b"x" * (limits.FILE_BYTES + 1), **CSV}, 413),
        ({"data": b"", **CSV}, 411),
        ({"data": FILE, **CSV, "method": "PUT"}, 405),
        ({"method": "GET"}, 405),
        ({"data": FILE, **CSV, "query_string": "x" * 5000}, 414),
    ],
)  # fmt: skip
def test_only_files_are_taken(client: FlaskClient, how: dict[str, Any], status: int) -> None:
    answer = client.open("/data", **{"method": "POST", **how})
    assert answer.status_code == status and answer.json["error"]


def test_a_message_stays_as_small_as_before(client: FlaskClient) -> None:
    assert (
        client.post("/channel", data=b" " * (limits.BODY_BYTES + 1), content_type="application/json").status_code == 413
    )


def test_the_room_for_files_is_bounded_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [data.keep(largest(seed))[0] for seed in range(12)]
    assert data._files.size <= limits.FILES_BYTES
    assert data.stored(names[0]) is None and data.stored(names[-1]) is not None


def test_nothing_is_written(server: Server, tmp_path: Path) -> None:
    mark = b"%d" % time.time_ns()
    assert posted(server, FILE + mark + b",x,8\n").status == 200
    since = time.time() - 5
    fresh = [one for one in Path("/tmp").glob("*") if one.is_file() and one.stat().st_mtime > since]
    assert not [one for one in fresh if mark in one.read_bytes()]


# not known


def test_what_waits_for_a_file_is_not_kept(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def piece(tile: Tile) -> Piece:
        asked.append(tile.part)
        return Piece(tile.part, {"unknown": "0" * 64})

    monkeypatch.setitem(TABS, "waiting", TABS["sweep"]._replace(answers={Tile: piece}))
    for _ in range(2):
        body = {"kind": "tile", "key": "?", "part": "a", "tab": "waiting"}
        assert client.post("/channel/tile", json=body).status_code == 200
    assert asked == ["a", "a"]
    assert Work._fields[2] == "look"


def test_an_export_has_the_files_that_its_address_names(monkeypatch: pytest.MonkeyPatch) -> None:
    name, _ = data.keep(FILE)
    assert data.named(f"tab=train&train=data%3Dfile~file={name}&steps=3") == [FILE]
    assert data.named("0" * 64) == [] and data.named(name * 3) == []
    sent: list[Any] = []

    class Line:
        def send(self, what: Any) -> None:
            sent.append(what)

        def poll(self, seconds: float) -> bool:
            return True

        def recv(self) -> str:
            return "made"

    exporter = Exporter()
    exporter._line = Line()  # type: ignore[assignment]
    assert exporter({"QUERY_STRING": f"train=file={name}", "wsgi.input": io.BytesIO(b"1,2")}) == "made"
    assert sent == [({"QUERY_STRING": f"train=file={name}"}, b"1,2", [FILE])]


# along with what needs it


def asked_of_a_file(raw: bytes, kind: str = "plan", **fields: str) -> dict[str, str]:
    query = f"?tab=train&run=adam&train=data%3Dfile~file%3D{hashlib.sha256(raw).hexdigest()}~epochs%3D2"
    return {"kind": kind, "query": query, "tab": "train", "mode": "light", **fields}


def along(client: FlaskClient, message: Any, raw: bytes, route: str = "/channel/tile") -> TestResponse:
    return client.post(route, data=json.dumps(message).encode() + b"\n" + raw, content_type=guard.WITH_FILE)


@pytest.fixture
def table() -> bytes:
    """A file that nobody has."""
    mark = time.time_ns()
    return b"a,b\n" + b"\n".join(b"%d,%d" % (mark % 1000 + i, i * i % 7) for i in range(40))


def test_who_does_not_know_a_file_answers_when_it_comes_along(client: FlaskClient, table: bytes) -> None:
    plan = asked_of_a_file(table)
    name = hashlib.sha256(table).hexdigest()
    assert unframed(client.post("/channel/tile", json=plan).data)["look"]["unknown"] == name
    work = unframed(along(client, plan, table).data)
    assert work["look"]["unknown"] is None and work["parts"]
    assert unframed(client.post("/channel/tile", json=plan).data) == work
    tile = {"kind": "tile", "tab": "train", "key": work["key"], "part": work["parts"][0], "given": ""}
    data._files.clear()
    assert unframed(client.post("/channel/tile", json=tile).data)["arrays"]["unknown"] == name
    assert "unknown" not in unframed(along(client, tile, table).data)["arrays"]


def test_an_export_takes_the_file_along_too(server: Server, table: bytes) -> None:
    query = asked_of_a_file(table)["query"]
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    line.request("GET", f"/export/train-csv{query}")
    answer = line.getresponse()
    assert answer.status == 422 and json.load(answer)["unknown"] == hashlib.sha256(table).hexdigest()
    for _ in range(2):
        line.request("POST", f"/export/train-csv{query}", table, {"Content-Type": "text/csv"})
        answer = line.getresponse()
        assert answer.status == 200 and b"epoch" in answer.read()
    line.close()


@pytest.mark.parametrize(
    ("route", "body", "kind", "status"),
    [
        ("/channel/tile", b"{}\n1,2,3\n4,5", guard.WITH_FILE, 422),
        ("/channel/tile", b"{}\n", guard.WITH_FILE, 422),
        ("/channel/tile", b"[" + FILE, guard.WITH_FILE, 400),
        ("/channel/tile", b" " * (limits.BODY_BYTES + 1) + b"\n" + FILE, guard.WITH_FILE, 413),
        ("/channel/tile", b" " * (limits.BODY_BYTES + limits.FILE_BYTES + 2), guard.WITH_FILE, 413),
        ("/channel/tile", b"{}\n" + FILE, "text/csv", 415),
        ("/channel", b"{}\n" + FILE, guard.WITH_FILE, 415),
        ("/data", b"{}\n" + FILE, guard.WITH_FILE, 415),
        ("/export/csv", b"1,2,3\n4,5", "text/csv", 422),
        ("/export/csv", b"{}\n" + FILE, guard.WITH_FILE, 415),
        ("/export/csv", FILE, "text/plain", 415),
        ("/export/csv", b"x" * (limits.FILE_BYTES + 1), "text/csv", 413),
        ("/export/csv", b"", "text/csv", 411),
        ("/worksheet", FILE, "text/csv", 405),
    ],
)
def test_only_a_file_comes_along_and_only_there(
    client: FlaskClient, route: str, body: bytes, kind: str, status: int
) -> None:
    answer = client.post(route, data=body, content_type=kind)
    assert answer.status_code == status and answer.json["error"]


def test_one_that_comes_along_counts_as_a_file(server: Server, table: bytes) -> None:
    """Where files are arriving already, it waits as they do."""
    with waiting(server, HEAD % 900 + b"a", limits.FILES_COMING):
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        body = json.dumps(asked_of_a_file(table)).encode() + b"\n" + table
        line.request("POST", "/channel/tile", body, {"Content-Type": guard.WITH_FILE})
        answer = line.getresponse()
        assert answer.status == 503 and answer.headers["Retry-After"] == str(limits.RETRY_SECONDS)
        line.close()


# from slow clients, and many


def posted(server: Server, raw: bytes) -> http.client.HTTPResponse:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    line.request("POST", "/data", raw, {"Content-Type": "text/csv"})
    answer = line.getresponse()
    answer.content = answer.read()
    line.close()
    return answer


@contextlib.contextmanager
def waiting(server: Server, opening: bytes, number: int) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as open_:
        lines = [open_.enter_context(socket.create_connection(("127.0.0.1", server.port), 15)) for _ in range(number)]
        for line in lines:
            line.sendall(opening)
        time.sleep(0.3)
        yield lines


def status(line: socket.socket) -> tuple[int, dict[str, str], bytes]:
    answer = http.client.HTTPResponse(line)
    answer.begin()
    return answer.status, dict(answer.headers), answer.read()


def test_the_largest_file_is_taken(server: Server) -> None:
    raw = largest()
    assert 1_950_000 < len(raw) <= limits.FILE_BYTES
    begun = time.monotonic()
    answer = posted(server, raw)
    assert answer.status == 200 and json.loads(answer.content)["rows"] == 19_700
    assert time.monotonic() - begun < 3


def test_one_that_is_too_large_is_refused_unread(server: Server) -> None:
    with waiting(server, HEAD % (limits.FILE_BYTES + 1) + b"a,b\n", 1) as (line,):
        code, headers, said = status(line)
        assert code == 413 and "2000000 bytes" in json.loads(said)["error"]
        assert headers["x-content-type-options"] == "nosniff"


def test_who_sends_a_file_slowly_waits_alone(server: Server) -> None:
    with waiting(server, HEAD % 900 + b"a", limits.FILES_COMING - 1) as lines:
        begun = time.monotonic()
        assert posted(server, FILE).status == 200 and time.monotonic() - begun < 1
        code, headers, said = status(lines[0])
        assert code == 408 and "5 s" in json.loads(said)["error"] and headers["x-content-type-options"] == "nosniff"


def test_only_so_many_files_arrive_at_once(server: Server) -> None:
    with waiting(server, HEAD % 900 + b"a", limits.FILES_COMING):
        answer = posted(server, FILE)
        assert answer.status == 503 and answer.headers["Retry-After"] == str(limits.RETRY_SECONDS)
    deadline = time.monotonic() + 10
    while posted(server, FILE).status != 200:
        assert time.monotonic() < deadline, "who has left makes room"


def test_a_large_file_has_longer_to_arrive() -> None:
    assert front.seconds(limits.BODY_BYTES) == limits.BODY_SECONDS
    assert limits.BODY_SECONDS + 20 < front.seconds(limits.FILE_BYTES) < 60


def test_files_leave_light_requests_alone(server: Server) -> None:
    body = {"kind": "request", "base": "?steps=20", "edits": [], "have": {}}
    with ThreadPoolExecutor(6) as clients:
        files = [clients.submit(posted, server, largest(20 + number)) for number in range(6)]
        time.sleep(0.05)
        took = []
        for number in range(10):
            begun = time.monotonic()
            line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            edits = [["slider", "master.lr", -3 + number / 991]]
            line.request("POST", "/channel", json.dumps({**body, "edits": edits}), {"Content-Type": "application/json"})
            assert line.getresponse().status == 200
            line.close()
            took.append(time.monotonic() - begun)
        assert {one.result().status for one in files} == {200}
    assert sorted(took)[5] < 1.5


def test_who_leaves_makes_room_for_the_next() -> None:
    app = create_app()
    before = front.Front(app.server, app.channel, app.static, app.protect, lambda environ: pytest.fail("no export"))
    headers = [(b"content-type", b"text/csv"), (b"content-length", b"9"), (b"host", b"x")]
    scope = {
        "type": "http", "method": "POST", "raw_path": b"/data", "query_string": b"", "http_version": "1.1",
        "scheme": "http", "server": ("x", 1), "client": ("y", 2), "headers": headers,
    }  # fmt: skip

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def ignored(message: Any) -> None:
        pass

    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, before(scope, gone, ignored)).result()
    assert before.files == 0
