"""The event loop before the application: who is slow waits alone, and what it answers is what Flask would answer."""

import asyncio
import contextlib
import http.client
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import limits
from app.main import create_app
from app.wire import front
from app.wire.front import Spool
from app.wire.lane import Busy, Lane
from app.wire.static import ASSETS

from ..browser.server import Server

CROWD = 30  # bad clients: enough to hold every thread there is, and not more than a test should open
ASK = {"kind": "request", "base": "?steps=20", "edits": [], "have": {}}
HEAVY = "/export/csv?f=rastrigin&steps=2000" + "".join(
    f"&run={slug}" for slug in ("adam", "rmsprop", "nadam", "amsgrad", "yogi", "adabelief", "radam", "adamax")
)
HALF_BODY = b"POST /channel HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
HALF_HEAD = b"POST /channel HTTP/1.1\r\nHost: x\r\nContent-"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture(scope="module")
def flask() -> FlaskClient:
    """The application without what stands before it."""
    return create_app().server.test_client()


@contextlib.contextmanager
def crowd(server: Server, opening: bytes, size: int = CROWD) -> Iterator[list[socket.socket]]:
    """Clients that begin and then do nothing."""
    with contextlib.ExitStack() as open_:
        lines = []
        for _ in range(size):
            line = open_.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.settimeout(15)
            line.connect(("127.0.0.1", server.port))
            line.sendall(opening)
            lines.append(line)
        time.sleep(0.3)
        yield lines


def ask(server: Server, method: str, path: str, body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    line.request(method, path, body, named)
    answer = line.getresponse()
    answer.content = answer.read()
    line.close()
    return answer


def edit(server: Server, number: int) -> float:
    """Seconds that the answer to an edit took, which is not known before."""
    body = json.dumps({**ASK, "edits": [["slider", "master.lr", -3 + number / 997]]}).encode()
    begun = time.monotonic()
    assert ask(server, "POST", "/channel", body, Content_Type="application/json").status == 200
    return time.monotonic() - begun


def memory(server: Server) -> float:
    """MB of the processes that answer."""
    group = [path for path in Path("/proc").glob("[0-9]*") if (path / "cmdline").exists()]
    ours = [path for path in group if str(server.port).encode() in (path / "cmdline").read_bytes()]
    return max(int((path / "statm").read_text().split()[1]) * 4096 / 1e6 for path in ours)


# slow clients


@pytest.mark.parametrize("opening", [HALF_BODY, HALF_HEAD, b""], ids=["bodies", "heads", "nothing"])
def test_who_sends_slowly_waits_alone(server: Server, opening: bytes) -> None:
    with crowd(server, opening):
        assert sorted(edit(server, number) for number in range(20))[18] < 1.0
        assert ask(server, "GET", "/health").status == 200


def test_a_body_that_does_not_come_is_given_up(server: Server) -> None:
    with crowd(server, HALF_BODY, 3) as lines:
        begun = time.monotonic()
        answers = [http.client.HTTPResponse(line) for line in lines]
        for answer in answers:
            answer.begin()
            assert answer.status == 408 and "5 s" in json.loads(answer.read())["error"]
            assert answer.headers["Connection"] == "close"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert limits.BODY_SECONDS - 1 < time.monotonic() - begun < limits.BODY_SECONDS + 3
        assert all(line.recv(10) == b"" for line in lines)


def test_a_head_that_does_not_come_is_given_up(server: Server) -> None:
    with crowd(server, HALF_HEAD, 3) as lines:
        for line in lines:
            with contextlib.suppress(ConnectionResetError):
                assert line.recv(100)[:12] in (b"", b"HTTP/1.1 408")


def test_a_body_in_pieces_is_whole(server: Server) -> None:
    body = json.dumps(ASK).encode()
    with crowd(server, HALF_BODY.replace(b"900", str(len(body)).encode())[:-1], 1) as (line,):
        for at in range(0, len(body), 20):
            line.sendall(body[at : at + 20])
            time.sleep(0.02)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        assert answer.status == 200 and answer.read()


def test_who_reads_slowly_waits_alone_and_holds_no_file(server: Server) -> None:
    whole = ask(server, "GET", HEAVY)
    assert whole.status == 200 and len(whole.content) > 5e6
    before = memory(server)
    with contextlib.ExitStack() as open_:
        for _ in range(15):
            with crowd(server, f"GET {HEAVY} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), 1) as (line,):
                if line.recv(15).startswith(b"HTTP/1.1 200"):
                    open_.enter_context(line.dup())
        assert sorted(edit(server, 100 + number) for number in range(20))[18] < 1.0
        assert memory(server) - before < 60, "not megabytes for each reader"


def test_a_large_answer_arrives_whole_however_it_is_read(server: Server) -> None:
    whole = ask(server, "GET", HEAVY).content
    with crowd(server, f"GET {HEAVY} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode(), 1) as (line,):
        time.sleep(0.5)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        assert answer.read() == whole.replace(f"127.0.0.1:{server.port}".encode(), b"x")


# what is refused


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Content-Type: application/json\r\nContent-Length: 70000", 413),
        (b"Content-Type: application/json\r\nContent-Length: 99999999999", 413),
        (b"Content-Type: application/json\r\nTransfer-Encoding: chunked", 411),
        (b"Content-Type: application/json", 411),
        (b"Content-Type: text/plain\r\nContent-Length: 2", 415),
        (b"Host: y\r\nContent-Type: application/json\r\nContent-Length: 2", 400),
    ],
)
def test_a_body_that_is_not_ours(server: Server, head: bytes, status: int) -> None:
    with crowd(server, b"POST /channel HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n{}", 1) as (line,):
        answer = http.client.HTTPResponse(line)
        answer.begin()
        assert answer.status == status and json.loads(answer.read())["error"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/health"), ("PUT", "/channel"), ("GET", "/channel"), ("DELETE", f"{ASSETS}signal.js")],
)
def test_a_body_that_nobody_reads_holds_nobody(server: Server, method: str, path: str) -> None:
    opening = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{{".encode()
    with crowd(server, opening, 5) as lines:
        assert [line.recv(12) for line in lines] == [b"HTTP/1.1 405"] * 5


def test_only_http_1_is_spoken(server: Server) -> None:
    with crowd(server, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 1) as (line,):
        assert not line.recv(100).startswith(b"\x00\x00")


# exports


def test_exports_queue_apart_and_say_when_to_come_again(server: Server) -> None:
    def export(number: int) -> http.client.HTTPResponse:
        return ask(server, "GET", HEAVY.replace("csv", "gif") + f"&start={number / 10},1")

    with ThreadPoolExecutor(CROWD) as clients:
        exports = [clients.submit(export, number) for number in range(CROWD)]
        time.sleep(0.2)
        begun = time.monotonic()
        assert ask(server, "GET", "/health").status == 200
        assert time.monotonic() - begun < 1.0
        edit(server, 200)
        answers = [one.result() for one in exports]
    assert {answer.status for answer in answers} == {200, 503}
    assert sum(answer.status == 200 for answer in answers) > limits.EXPORTS_WAITING
    for answer in answers:
        if answer.status == 503:
            assert answer.headers["Retry-After"] == str(limits.RETRY_SECONDS)
            assert "busy" in json.loads(answer.content)["error"]
    assert export(1).status == 200


# the same as without it


SAME = (
    ("GET", "/health", None),
    ("HEAD", "/health", None),
    ("GET", "/", None),
    ("HEAD", "/", None),
    ("GET", f"{ASSETS}signal.js", None),
    ("HEAD", f"{ASSETS}signal.js", None),
    ("GET", f"{ASSETS}nothing.js", None),
    ("GET", "/nothing", None),
    ("GET", f"/health?{'x' * 5000}", None),
    ("GET", "/export/json?steps=5", None),
    ("GET", "/export/nothing", None),
    ("GET", "/caf%C3%A9%ff", None),
    ("POST", "/channel", json.dumps(ASK).encode()),
    ("POST", "/channel", b"{"),
    ("POST", "/channel", b'{"kind": "probe", "query": "", "at": [true, 1]}'),
)
NOT_OURS = {"Server", "Date", "Connection"}  # of the server underneath


@pytest.mark.parametrize(("method", "path", "body"), SAME)
@pytest.mark.parametrize("coding", ["zstd", "identity"])
def test_the_answer_is_that_of_the_application(
    server: Server, flask: FlaskClient, method: str, path: str, body: bytes | None, coding: str
) -> None:
    headers = {"Accept-Encoding": coding, "Host": f"127.0.0.1:{server.port}"}
    headers |= {"Content-Type": "application/json"} if body else {}
    expected = flask.open(path, method=method, data=body, headers=headers)
    for _ in range(2):  # made, and known
        given = ask(server, method, path, body, **{name.replace("-", "_"): value for name, value in headers.items()})
        assert given.status == expected.status_code
        sent = {name: value for name, value in given.headers.items() if name.title() not in NOT_OURS}
        wanted = {name: value for name, value in expected.headers.items() if name.title() not in NOT_OURS}
        if path == "/" or path.endswith("signal.js"):  # Dash lists in any order; the smallest, or a quick one
            sent["content-length"] = wanted["Content-Length"] = ""
        assert {name.lower(): value for name, value in sent.items()} == {
            name.lower(): value for name, value in wanted.items()
        }
        if not path.endswith("signal.js") and path != "/":
            assert given.content == expected.data


def test_what_a_client_has_is_not_sent_again(server: Server) -> None:
    tag = ask(server, "GET", f"{ASSETS}signal.js").headers["ETag"]
    for _ in range(2):
        again = ask(server, "GET", f"{ASSETS}signal.js", If_None_Match=tag, Accept_Encoding="br")
        assert (again.status, again.content) == (304, b"")


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd", "gzip, deflate, br, zstd"])
def test_a_page_that_was_opened_before_is_the_same_without_work(server: Server, coding: str) -> None:
    first, again = (ask(server, "GET", "/?steps=41&run=adam", Accept_Encoding=coding) for _ in range(2))
    told = [(one.status, {**one.headers, "date": ""}, one.content) for one in (first, again)]
    assert told[0] == told[1] and first.status == 200 and first.headers["Content-Security-Policy"]
    assert ask(server, "GET", "/?steps=42&run=adam", Accept_Encoding=coding).content != first.content


def test_a_lane_is_bounded_and_keeps_the_order() -> None:
    async def crowded() -> list[object]:
        lane, done = Lane(2), []
        results = await asyncio.gather(
            *(lane.do(lambda number=number: (time.sleep(0.05), done.append(number))) for number in range(5)),
            return_exceptions=True,
        )
        assert done == [0, 1, 2] and lane.inside == 0
        assert not lane.is_stuck(0.0)
        return results

    with ThreadPoolExecutor(1) as apart:  # this thread may have a loop already: that of the browser tests
        results = apart.submit(asyncio.run, crowded()).result()
    assert [type(one) for one in results[3:]] == [Busy, Busy]


def test_files_for_slow_readers_are_bounded() -> None:
    spool = Spool(bound=10)
    with spool.keep(b"x" * 8) as file:
        assert file.read() == b"x" * 8
    spool.size = 8
    with pytest.raises(Busy):
        spool.keep(b"xyz")


@pytest.mark.parametrize("path", ["/data", "/", "/health", "/export/csv", "/no/such/page"])
def test_a_message_at_the_wrong_place_is_refused(server: Server, path: str) -> None:
    """What stands before the application knows which answers are kept, and fails for no request."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    line.request("POST", path, b'{"kind": "ask"}', {"Content-Type": "application/json"})
    answer = line.getresponse()
    assert 400 <= answer.status < 500 and answer.headers["Content-Security-Policy"]
    line.close()


def test_a_mistake_before_the_application_is_one_of_ours(capfd: pytest.CaptureFixture[str]) -> None:
    """It gets a 500 with the armour and a reason that tells nothing, and the mistake is in the log."""

    class Failing:
        def known(self, *_: object) -> None:
            raise KeyError("inside")

    app = create_app()
    before = front.Front(app.server, Failing(), app.static, app.protect, lambda environ: pytest.fail("no export"))  # type: ignore
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    named = [(b"host", b"x"), (b"content-type", b"application/json"), (b"content-length", b"2")]
    scope = {
        "type": "http", "method": "POST", "raw_path": b"/channel", "query_string": b"", "headers": named,
        "server": ("x", 80), "client": ("127.0.0.1", 1), "http_version": "1.1", "scheme": "http",
    }  # fmt: skip
    with ThreadPoolExecutor(1) as apart:  # this thread may have a loop of its own
        apart.submit(asyncio.run, before(scope, receive, send)).result()
    assert sent[0]["status"] == 500 and b"content-security-policy" in dict(sent[0]["headers"])
    assert b"inside" not in sent[1]["body"] and "inside" in capfd.readouterr().err
