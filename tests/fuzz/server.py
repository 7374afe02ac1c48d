"""A running server, asked what no page asks: `python -m tests.fuzz.server [--seconds 60 | --count 1000000] [--seed N]`.

Every answer is 2xx, 3xx, or a 4xx with a reason; none is a 5xx but a 503 that says when to come again; none is missing,
takes longer than it may, or gives back as a page what was sent; and the processes that serve are the same in the end.
It prints how often each status came. What broke a rule is printed with its seed and number, and kept in a file.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from ..browser.server import Server
from ..processes import descendants
from .mutants import MARK, Mutants

LINES = 24  # at once: some wait for a body that never comes
PATIENCE = 20.0  # s for one answer
CLOSED = "closed"  # what is no request may be closed without a word: nobody there speaks HTTP


class Broken(Exception):
    """A rule that an answer does not keep."""


def status(raw: bytes, asked: bytes) -> str:
    """The status of an answer, as a key of the histogram. Raises Broken."""
    if not raw:
        if _is_request(asked):
            raise Broken("closed without an answer")
        return CLOSED
    head, _, body = raw.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1."):
        raise Broken("no HTTP")
    number, lines = head[9:12].decode(), head.lower()
    if number[0] == "5" and not (number == "503" and b"retry-after:" in lines):
        raise Broken("a status of 5xx")
    if MARK.encode() in head or (b"text/html" in lines and MARK.encode() in body):
        raise Broken("what was sent comes back")
    if number[0] == "4" and b"content-security-policy" in lines and not body and not asked.startswith(b"HEAD"):
        raise Broken("no reason")
    return number


def _is_request(asked: bytes) -> bool:
    """Whether HTTP/1.1 has an answer for it: a method, a target, a version, a host, one length."""
    head, ends, _ = asked.partition(b"\r\n\r\n")
    words = head.split(b"\r\n", 1)[0].split(b" ")
    whole = len(words) == 3 and words[0].isalpha() and words[1].startswith(b"/") and words[2] == b"HTTP/1.1"
    return (
        bool(ends) and whole and head.lower().count(b"\r\nhost: x") == 1 and head.lower().count(b"content-length") < 2
    )


async def answered(port: int, asked: bytes) -> bytes:
    """What comes back until the answer is whole or the line is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(asked)
        async with asyncio.timeout(PATIENCE):
            return await _whole(reader, asked)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def _whole(reader: asyncio.StreamReader, asked: bytes) -> bytes:
    raw = b""
    while True:
        more = await reader.read(65536)
        raw += more
        head, found, body = raw.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
        if not more or (found and length and len(body) >= int(length)) or (found and asked.startswith(b"HEAD")):
            return raw


class Run:
    """So many requests, or for so long, from several lines at once."""

    def __init__(self, server: Server, seed: int, count: int | None, seconds: float) -> None:
        self.server, self.seed, self.count = server, seed, count
        self.end = time.monotonic() + seconds
        self.mutants, self.made = Mutants(seed), 0
        self.seen: Counter[str] = Counter()
        self.broken: list[str] = []
        self.slowest = 0.0

    async def all(self) -> None:
        await asyncio.gather(*(self._line() for _ in range(LINES)))

    def _is_over(self) -> bool:
        done = time.monotonic() > self.end if self.count is None else self.made >= self.count
        return done or len(self.broken) > 20

    async def _line(self) -> None:
        while not self._is_over():
            asked, number = self.mutants.request(), self.made
            self.made += 1
            begun = time.monotonic()
            try:
                self.seen[status(await answered(self.server.port, asked), asked)] += 1
            except (Broken, TimeoutError) as why:
                self._keep(number, asked, str(why) or f"no answer within {PATIENCE:g} s")
            self.slowest = max(self.slowest, time.monotonic() - begun)

    def _keep(self, number: int, asked: bytes, why: str) -> None:
        file = Path(tempfile.mkdtemp(prefix="mutant-")) / "request"
        file.write_bytes(asked)
        self.broken.append(f"{why}: seed {self.seed}, request {number}, {asked[:300]!r}, whole in {file}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.server", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--count", type=int, help="so many requests, however long it takes")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the same requests again")
    given = parser.parse_args()
    with Server() as server:
        before = descendants(server.process.pid)[:1]
        run = Run(server, given.seed, given.count, given.seconds)
        asyncio.run(run.all())
        same = descendants(server.process.pid)[:1] == before
        told = server.said()
    histogram = ", ".join(f"{name} {many:,}" for name, many in run.seen.most_common())
    print(f"{run.made:,} requests with seed {given.seed}: {histogram}; the slowest took {run.slowest:.2f} s")
    for line in [*run.broken, *([] if same else ["the process that serves is another one"]), *([told] if told else [])]:
        print(line, file=sys.stderr)
    return int(bool(run.broken or not same or told))


if __name__ == "__main__":
    sys.exit(main())
