"""A running server, asked what no page asks: `python -m tests.fuzz.server [--seconds 60 | --count 1000000] [--seed N]`.

Every answer is 2xx, 3xx, or a 4xx with a reason; none is a 5xx, missing, takes longer than it may, or gives back as a
page what was sent; and the worker is the same process in the end. Its own flood fills the short queues of the server:
who is told to come again later does, and has an answer then. It prints how often each status came. What broke a rule is
printed with its seed and number, and kept in a file.
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
from .mutants import Mutants
from .rules import Broken, Busy, is_whole, judged

LINES = 24  # at once: some wait for a body that never comes
PATIENCE = 20.0  # s for one answer
TURNS = 60  # that one asks while it is busy


async def answered(port: int, asked: bytes) -> bytes:
    """What comes back until the answer is whole or the line is closed. Raises TimeoutError."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    raw = b""
    try:
        writer.write(asked)
        async with asyncio.timeout(PATIENCE):
            while (more := await reader.read(65536)) and not is_whole(raw := raw + more, asked):
                pass
    except ConnectionError:
        pass
    finally:
        writer.close()
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
        self.busy = 0

    async def all(self) -> None:
        await asyncio.gather(*(self._line() for _ in range(LINES)))

    def _is_over(self) -> bool:
        done = time.monotonic() > self.end if self.count is None else self.made >= self.count
        return done or len(self.broken) > 20

    async def _line(self) -> None:
        while not self._is_over():
            asked, number = self.mutants.request(), self.made
            self.made += 1
            try:
                self.seen[await self._status(asked)] += 1
            except (Broken, TimeoutError) as why:
                self._keep(number, asked, str(why) or f"no answer within {PATIENCE:g} s")

    async def _status(self, asked: bytes) -> str:
        """Of the answer that it has in the end. Raises Broken and TimeoutError."""
        for _ in range(TURNS):
            begun = time.monotonic()
            try:
                return judged(await answered(self.server.port, asked), asked)
            except Busy as later:
                self.busy += 1
                await asyncio.sleep(later.seconds)
            finally:
                self.slowest = max(self.slowest, time.monotonic() - begun)
        raise Broken(f"busy {TURNS} times")

    def _keep(self, number: int, asked: bytes, why: str) -> None:
        file = Path(tempfile.mkdtemp(prefix="mutant-")) / "request"
        file.write_bytes(asked)
        self.broken.append(f"{why}: seed {self.seed}, request {number}, {asked[:300]!r}, whole in {file}")

    def __str__(self) -> str:
        histogram = ", ".join(f"{name} {many:,}" for name, many in self.seen.most_common())
        told = (
            f"{self.made:,} requests with seed {self.seed}: {histogram}; the slowest answer took {self.slowest:.2f} s"
        )
        return told + (f"; {self.busy:,} times one was told to come again, and did" if self.busy else "")


def workers(server: Server) -> list[int]:
    """The processes that answer."""
    every = descendants(server.process.pid)
    return [one for one in every if b"\0serve\0" in Path(f"/proc/{one}/cmdline").read_bytes()]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.server", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--count", type=int, help="so many requests, however long it takes")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the same requests again")
    given = parser.parse_args()
    with Server() as server:
        before = workers(server)
        run = Run(server, given.seed, given.count, given.seconds)
        asyncio.run(run.all())
        same = workers(server) == before != []
        told = server.said()
        print(run)
        wrong = [*run.broken, *([] if same else ["the worker is another process"]), *([told] if told else [])]
        for line in wrong:
            print(line, file=sys.stderr)
    if not wrong:
        print(
            "Each has its answer, 2xx, 3xx or a 4xx with a reason; nothing came back as a page; the worker is the same."
        )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
