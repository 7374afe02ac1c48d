"""An event loop before the application: nobody who sends or reads slowly holds the thread that computes.

The loop reads each body with a deadline, answers by itself what is made already, and hands the rest to one of two
lanes of a thread each: exports take long, so they queue apart. In the other one, what somebody's hand waits for goes
first, which the page says (RFC 9218), and last what is heavy. Answers are handed on in pieces, as the reader takes
them, and whoever leaves while waiting is not worked for. The bridge to WSGI is a dozen lines here: the libraries for
it make threads of their own and know no queue.
"""

import asyncio
import io
import sys
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import IO, Any, NamedTuple
from urllib.parse import unquote_to_bytes

from flask import Response
from werkzeug import Request
from werkzeug.http import parse_dict_header

from .. import limits
from ..serving import HERE, Serving
from . import guard
from .channel import MIMETYPE, Channel, response
from .encodings import accepted, headed
from .forwarded import believed
from .lane import Busy, Lane, Turns
from .static import Static, is_file

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Protect = Callable[[Response], Response]

HEALTH, HTML = "/health", "text/html"
EXPORT = (guard.EXPORT, guard.SHEETS)  # what is made in a process of its own
PLAIN: Environ = {
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
HAND, LIGHT, HEAVY = range(3)  # the queues before the thread that computes
PATIENT = (guard.TILE, guard.DATA)  # what is heavy
URGENT = ("0", "1", "2")  # urgencies above the usual one, 3
LATE = "the body did not arrive within {:.3g} s"
SOON = 0.1  # s: until then it is not worth hearing who leaves
LEFT = 499, "whoever asked has left"  # as nginx has it in its log; nobody else reads it
MISTAKE = "there is a mistake in the server"
BUSY = "the server is busy: try again in a moment"


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: IO[bytes]
    size: int  # bytes of the body


Export = Callable[[Environ], Answer]


class Spool:
    """Large answers wait in files, of which there are not too many bytes."""

    def __init__(self, bound: int = limits.SPOOL_BYTES) -> None:
        self.bound, self.size = bound, 0

    def keep(self, content: bytes) -> IO[bytes]:
        """A file that holds the content. Raises Busy where there is no room."""
        if self.size + len(content) > self.bound:
            raise Busy
        try:
            file = tempfile.TemporaryFile()  # noqa: SIM115  sent and closed by the loop
            file.write(content)
        except OSError:
            raise Busy from None
        file.seek(0)
        return file


class Front:
    """An ASGI application before a WSGI application, of which it knows what needs no work.

    `protect` gives an answer of the front the headers that every answer of the application has; `export` is asked for
    exports, in a thread; what the operator's proxy forwards is answered as if the browser had asked here.
    """

    def __init__(
        self,
        wsgi: Wsgi,
        channel: Channel,
        static: Static,
        protect: Protect,
        export: Export,
        serving: Serving = HERE,
    ) -> None:
        self.wsgi, self.channel, self.static, self.protect, self.export = wsgi, channel, static, protect, export
        self.computing = Lane(limits.WAITING, limits.WAITING, limits.TILES_WAITING)
        self.exporting = Lane(limits.EXPORTS_WAITING)
        self.serving = serving
        self.turns = Turns()
        self.headers: dict[tuple[str, str], list[tuple[str, str]]] = {}  # of answers that were given before
        self.files = 0  # that are arriving, or wait
        self.spool = Spool()
        self.leaving = False  # each answer is the last one of its connection

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        begun = time.monotonic()
        asked = Request(believed(environ(scope), self.serving.proxy))
        try:
            answer = await self._answer(asked, receive)
        except Left:
            answer = self._refuse(asked, *LEFT)
        except Exception:
            traceback.print_exc()
            answer = self._refuse(asked, 500, MISTAKE)
        if self.leaving:
            answer = answer._replace(headers=[*answer.headers, ("Connection", "close")])
        if self.serving.log:
            print(line(asked, answer, time.monotonic() - begun), file=sys.stderr, flush=True)
        size = 0 if isinstance(answer.body, io.BytesIO) else answer.size
        self.spool.size += size
        try:
            await hand_on(answer, send)
        finally:
            self.spool.size -= size

    async def _answer(self, asked: Request, receive: Receive) -> Answer:
        if "," in asked.environ.get("HTTP_HOST", ""):
            return self._refuse(asked, 400, "one Host expected")
        if asked.mimetype == guard.JSON or not expects_body(asked):
            return await self._heard(asked, receive)
        if self.files >= limits.FILES_COMING:
            return self._busy(asked)
        self.files += 1
        try:
            return await self._heard(asked, receive)
        finally:
            self.files -= 1

    async def _heard(self, asked: Request, receive: Receive) -> Answer:
        """The answer when the whole body is there."""
        try:
            raw = await body(receive, asked.content_length or 0) if expects_body(asked) else b""
        except TimeoutError:
            return self._refuse(asked, 408, LATE.format(seconds(asked.content_length or 0)), Connection="close")
        return self._made(asked, raw) or await for_whom(receive, self._in_turn(asked, raw))

    async def _in_turn(self, asked: Request, raw: bytes) -> Answer:
        """The answer, of which it is made once what several ask for."""
        if not raw and not is_page(asked):
            return await self._worked(asked, raw)
        async with self.turns.take((asked.path, asked.query_string, raw, asked.headers.get("Accept-Encoding"))):
            return self._made(asked, raw) or await self._worked(asked, raw)

    async def _worked(self, asked: Request, raw: bytes) -> Answer:
        """The answer of the application, in turn."""
        asked.environ["wsgi.input"] = io.BytesIO(raw)
        try:
            if asked.path.startswith(EXPORT):
                return await self.exporting.do(lambda: self._spooled(self.export(asked.environ)))
            return await self.computing.do(lambda: self._spooled(self._computed(asked)), queue(asked))
        except Busy:
            return self._busy(asked)

    def _made(self, asked: Request, raw: bytes) -> Answer | None:
        """What needs no work: a file, an answer that was given before, that the server is well."""
        if len(asked.query_string) > limits.QUERY_BYTES:
            return None
        if is_file(asked):
            return self._protected(asked, self.static.response(asked)) if self.static.is_ready(asked) else None
        if raw and asked.path in guard.ANSWERED and asked.mimetype == guard.JSON:
            coding = accepted(asked.headers.get("Accept-Encoding", ""))
            return self._kept(self.channel.known(raw, coding, asked.path), coding, MIMETYPE)
        if is_page(asked):
            coding = accepted(asked.headers.get("Accept-Encoding", ""))
            return self._kept(self.channel.known_page(asked.query_string, coding), coding, HTML)
        if asked.path == HEALTH and asked.method in ("GET", "HEAD"):
            return self._protected(asked, Response("OK", mimetype="text/plain"))
        return None

    def _protected(self, asked: Request, said: Response) -> Answer:
        return answered(self.protect(said), asked.environ)

    def _kept(self, made: bytes | None, coding: str, mimetype: str) -> Answer | None:
        """An answer that was given before, with the headers that it had: making them would take half the time."""
        if made is None:
            return None
        headers = self.headers.get((mimetype, coding))
        if headers is None:
            said = response(b"", coding) if mimetype == MIMETYPE else headed(Response(mimetype=mimetype), coding)
            headers = self.headers[mimetype, coding] = answered(self.protect(said), {"REQUEST_METHOD": "GET"}).headers
        size = str(len(made))
        sized = [(name, size if name == "Content-Length" else value) for name, value in headers]
        return Answer(200, sized, io.BytesIO(made), len(made))

    def _computed(self, asked: Request) -> Answer:
        """What the application answers; a page is kept, for a class opens the same one."""
        answer = answered(self.wsgi, asked.environ)
        if is_page(asked) and answer.status == 200:
            coding = accepted(asked.headers.get("Accept-Encoding", ""))
            self.channel.keep_page(asked.query_string, coding, answer.body.getvalue())
        return answer

    def _spooled(self, answer: Answer) -> Answer:
        """The answer, out of memory where it is large and of this request alone."""
        if answer.size < limits.SPOOLED_BYTES:
            return answer
        return answer._replace(body=self.spool.keep(answer.body.getvalue()))

    def _busy(self, asked: Request) -> Answer:
        return self._refuse(asked, 503, BUSY, Retry_After=str(limits.RETRY_SECONDS))

    def _refuse(self, asked: Request, status: int, reason: str, **headers: str) -> Answer:
        said = guard.refusal(asked, status, reason)
        for name, value in headers.items():
            said.headers[name.replace("_", "-")] = value
        return answered(self.protect(said), asked.environ)


def is_page(asked: Request) -> bool:
    return asked.path == "/" and asked.method == "GET"


def queue(asked: Request) -> int:
    """Where it waits."""
    if asked.path in PATIENT:
        return HEAVY
    return HAND if parse_dict_header(asked.headers.get("Priority", "")).get("u") in URGENT else LIGHT


def line(asked: Request, answer: Answer, seconds: float) -> str:
    """A request in the log: who, what, and what came of it; the query says what somebody does, so it is left out."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    path = asked.path[:200].encode("unicode_escape").decode()
    return f"{now} {asked.remote_addr} {asked.method} {path} {answer.status} {answer.size} B {1000 * seconds:.1f} ms"


def environ(scope: Mapping[str, Any]) -> Environ:
    """What WSGI says of the request, in texts."""
    host, port = scope["server"]
    made: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.url_scheme": scope["scheme"],
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        text = value.decode("latin-1")
        made[key] = f"{made[key]},{text}" if key in made else text
    return made


def expects_body(asked: Request) -> bool:
    """Whether the application will read the body; every other one is left where it is."""
    expected = guard.sent(asked) if asked.method == "POST" else None
    return expected is not None and 0 < (asked.content_length or 0) <= expected.size


def seconds(length: int) -> float:
    """Until a body of this length must have arrived."""
    return limits.BODY_SECONDS + max(0, length - limits.BODY_BYTES) / limits.SEND_RATE


async def body(receive: Receive, length: int) -> bytes:
    """As much of the body as was announced. Raises TimeoutError where it does not come, Left where nobody sends it."""
    parts, size = [], 0
    async with asyncio.timeout(seconds(length)):
        while size < length:
            message = await receive()
            if message["type"] != "http.request":
                raise Left
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if not message.get("more_body"):
                break
    return b"".join(parts)


class Left(Exception):
    """Nobody waits for the answer any more."""


async def for_whom(receive: Receive, work: Coroutine[Any, Any, Answer]) -> Answer:
    """What becomes of the work. Raises Left when whoever asked goes before, and what has not begun then never does."""
    working = asyncio.ensure_future(work)
    await asyncio.wait((working,), timeout=SOON)  # which most are
    if working.done():
        return working.result()
    leaving = asyncio.ensure_future(disconnected(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Left
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()


async def disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def answered(wsgi: Wsgi, environ: Environ) -> Answer:
    """What a WSGI application answers."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []
    environ = {**PLAIN, "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, **environ}
    parts = wsgi(environ, lambda status, headers, _=None: begun.append((status, headers)))
    try:
        content = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    status, headers = begun[0]
    return Answer(int(status[:3]), headers, io.BytesIO(content), len(content))


async def hand_on(answer: Answer, send: Send) -> None:
    """Send it as fast as the reader takes it; a reader who does not is left."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    with answer.body as body:
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        while True:
            chunk = body.read(limits.CHUNK_BYTES)
            more = body.tell() < answer.size
            try:
                async with asyncio.timeout(limits.CHUNK_SECONDS):
                    await send({"type": "http.response.body", "body": chunk, "more_body": more})
            except TimeoutError:
                return
            if not more:
                return
