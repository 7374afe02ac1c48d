"""One connection of a client that costs little: many of them share two cores with the server they ask."""

import asyncio
import json
import time
from collections import Counter
from typing import Any

PATIENCE = 20.0  # s until a request has failed
AGAIN, TRIES, PAUSE = 0.8, 4, 0.3  # of a page: s until it asks again beside, of so many at once; s after a failure;
LATER = 2  # times longer before each further one


class Refused(Exception):
    """An answer that is no 200."""


class Answers(asyncio.Protocol):
    """Reads one answer at a time; the bodies have a length."""

    def __init__(self) -> None:
        self.buffer, self.waiting, self.is_open = bytearray(), None, True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0 or self.waiting is None:
            return
        said = bytes(self.buffer[:head]).lower()
        where = said.find(b"content-length:")
        end = head + 4 + (int(said[where + 15 :].split(b"\r\n", 1)[0]) if where >= 0 else 0)
        if len(self.buffer) < end:
            return
        body, waiting = bytes(self.buffer[head + 4 : end]), self.waiting
        del self.buffer[:end]
        self.waiting = None
        if not waiting.done():
            waiting.set_result((int(said[9:12]), body))

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        if self.waiting and not self.waiting.done():
            self.waiting.set_exception(error or ConnectionResetError("closed"))


class Line:
    """Asks one thing after the other, and begins a new connection where the old one has gone."""

    def __init__(self, port: int, coding: str = "zstd") -> None:
        self.port, self.coding, self.answers = port, coding, None

    async def get(self, path: str) -> tuple[int, bytes]:
        return await self._asked(f"GET {path} HTTP/1.1", b"")

    async def post(self, path: str, message: dict[str, Any]) -> tuple[int, bytes]:
        """As the page does: urgent where somebody's hand waits for it."""
        priority = "\r\nPriority: u=1" if message.get("edits") else ""
        return await self._asked(f"POST {path} HTTP/1.1{priority}", json.dumps(message, separators=(",", ":")).encode())

    async def _asked(self, first: str, body: bytes) -> tuple[int, bytes]:
        """The status and the body. Raises OSError and TimeoutError.

        As a browser does, it asks anew where a connection that has rested was closed as the request went out.
        """
        rested = self.answers is not None and self.answers.is_open
        try:
            return await self._asked_once(first, body)
        except ConnectionResetError:
            if not rested:
                raise
            return await self._asked_once(first, body)

    async def _asked_once(self, first: str, body: bytes) -> tuple[int, bytes]:
        loop = asyncio.get_running_loop()
        if self.answers is None or not self.answers.is_open:
            _, self.answers = await loop.create_connection(Answers, "127.0.0.1", self.port)
        mine = self.answers
        mine.waiting = loop.create_future()
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        mine.transport.write(f"{first}\r\nHost: x\r\nAccept-Encoding: {self.coding}\r\n{kind}\r\n".encode() + body)
        try:
            async with asyncio.timeout(PATIENCE):
                return await mine.waiting
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self.answers:
            self.answers.transport.abort()
        self.answers = None


class PageLine(Line):
    """Asks as a page does: again on a new connection where no answer comes, and after a pause where one fails."""

    def __init__(self, port: int, coding: str = "zstd") -> None:
        super().__init__(port, coding)
        self.troubles: Counter[str] = Counter()  # what made it ask again
        self.inner = Line(port, coding)

    async def _asked(self, first: str, body: bytes) -> tuple[int, bytes]:
        """The status and the body. Raises TimeoutError where there is none, however often it asks."""
        tries: dict[asyncio.Task[tuple[int, bytes]], Line] = {}
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._tried(tries, first, body)
        finally:
            for task, line in tries.items():
                if line is not self.inner:
                    task.cancel()
                    line.close()

    async def _tried(self, tries: dict[asyncio.Task[Any], Line], first: str, body: bytes) -> tuple[int, bytes]:
        line: Line | None = self.inner
        while True:
            if line:
                tries[asyncio.create_task(line._asked(first, body))] = line
            wait = AGAIN * LATER ** (len(tries) - 1)
            done, left = await asyncio.wait(tries, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                self.inner = tries.pop(task)
                wrong = type(task.exception()).__name__ if task.exception() else str(task.result()[0])
                if wrong not in ("503", "ConnectionResetError", "ConnectionRefusedError", "TimeoutError"):
                    return task.result()
                self.troubles[wrong] += 1
            if not done:
                self.troubles["late"] += 1
            elif not left:
                await asyncio.sleep(PAUSE)
            line = Line(self.port, self.coding) if len(left) < TRIES else None

    def close(self) -> None:
        self.inner.close()


class Times:
    """How long answers took, in ms, by what was asked; and what went wrong."""

    def __init__(self) -> None:
        self.took: dict[str, list[float]] = {}
        self.errors: dict[str, int] = {}

    async def of(self, kind: str, answer: Any, count: bool = True) -> bytes | None:
        """The body of an answer; None where there is none, which is counted."""
        begun = time.perf_counter()
        try:
            status, body = await answer
        except (OSError, TimeoutError) as error:
            return self._failed(f"{kind} {type(error).__name__}")
        if status != 200:
            return self._failed(f"{kind} {status}")
        if count:
            self.took.setdefault(kind, []).append(1000 * (time.perf_counter() - begun))
        return body

    def _failed(self, what: str) -> None:
        self.errors[what] = self.errors.get(what, 0) + 1


def part(values: list[float], share: float) -> float:
    """A quantile."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")
