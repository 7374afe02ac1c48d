"""How many students this machine holds: what a server of ours answers at most, measured, over what a student asks for.

The server is a real one, and a small class without a pause drags sliders at it: half of them on one page, the others on
pages of their own. What was answered before is answered from memory then, as in any class.
"""

import asyncio
import itertools
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

EACH = 2.9  # updates a second of a student who drags a slider, thinks, and drags again
SHARE = 0.7  # of what can be answered: beyond it those who wait become many
WARM, SECONDS = 3.0, 6.0  # of dragging, and of measuring then
BEGINS = 60.0  # s within which the server answers
STUDENTS = 24  # who never pause: enough to keep every process at work
TOGETHER = "?f=rosenbrock&run=sgd~lr=0.001&run=rmsprop&run=adam&run=nadam&steps=300"
OWN = "?f={}&run=sgd&run=momentum&run=adam&run=rmsprop&steps={}"
SURFACES = ("valley", "booth", "himmelblau", "beale", "rastrigin", "ackley")
NOTCH = 0.0125  # of the slider, in decades
DRAG = 20  # positions after which what is reached is told in words
ASPECT = 1.25  # of the map, width to height
HEAD = "POST /channel HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept-Encoding: {}\r\n"
HEAD += "Content-Length: {}\r\n\r\n"


class Unmeasured(Exception):
    """The server did not answer."""


def main(workers: int) -> int:
    """Print the answer; 1 where there is none."""
    try:
        with _served(workers) as port:
            made = asyncio.run(_updates(port))
    except Unmeasured:
        print("The server does not answer here: start it without --check to see why.", file=sys.stderr)
        return 1
    print(f"{workers} process{'es' if workers > 1 else ''} answered {made:.0f} updates a second.")
    print(f"That holds about {students(made)} students who all drag sliders: {SHARE} x {made:.0f} / {EACH}.")
    return 0


def students(updates: float) -> int:
    """So many, from the updates a second that the machine makes."""
    return int(SHARE * updates / EACH)


@contextmanager
def _served(workers: int) -> Iterator[int]:
    """The port of a server that answers. Raises Unmeasured."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    words = [sys.executable, "-m", "app", "--no-browser", "--port", str(port), "--workers", str(workers)]
    found = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, env=found)
    try:
        _wait(server, port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + BEGINS
    while server.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.1)
    raise Unmeasured


async def _updates(port: int) -> float:
    """Updates a second that are answered while everybody drags. Raises Unmeasured."""
    try:
        class_ = [await _Student.comes(port, number) for number in range(STUDENTS)]
        begin = time.monotonic() + WARM
        return sum(await asyncio.gather(*(one.drags(begin) for one in class_))) / SECONDS
    except (OSError, ValueError, EOFError):
        raise Unmeasured from None


class _Student:
    """A connection, the page that it shows, and where its slider stands."""

    def __init__(self, number: int, line: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        self.reader, self.writer = line
        self.chosen, self.place, self.have = random.Random(number), 0, {}
        shares = number % 2 == 0
        own = OWN.format(SURFACES[number // 2 % len(SURFACES)], 100 + 100 * (number % 3))
        self.query, self.centre = (TOGETHER, -3.0) if shares else (own, -1.5)

    @classmethod
    async def comes(cls, port: int, number: int) -> "_Student":
        one = cls(number, await asyncio.open_connection("127.0.0.1", port))
        first = _message(await one._asked(_request(one.query, [], {}), "identity"))
        one.have = first["keys"] | {"rail": first["rail"]}
        return one

    async def drags(self, begin: float) -> int:
        """How many of its updates were answered while it was measured."""
        answered, moves = 0, itertools.cycle(range(DRAG))
        while (now := time.monotonic()) < begin + SECONDS:
            rests = next(moves) == DRAG - 1
            made = await self._moved("identity" if rests else "zstd")
            if rests:
                await self._told(_message(made))
            answered += now >= begin
        self.writer.close()
        return answered

    async def _moved(self, coding: str) -> bytes:
        self.place = max(-120, min(120, self.place + self.chosen.choice((-2, -1, 1, 2))))
        edits = [["slider", "master.lr", round(self.centre + NOTCH * self.place, 6)]]
        return await self._asked(_request(self.query, edits, self.have), coding)

    async def _told(self, reply: dict[str, Any]) -> None:
        told = {"kind": "ask", "query": reply["query"], "t": reply["scene"]["steps"]}
        await self._asked(told, "zstd")

    async def _asked(self, said: dict[str, Any], coding: str) -> bytes:
        """The body of the answer. Raises OSError, EOFError, and ValueError for another answer than a 200."""
        body = json.dumps(said, separators=(",", ":")).encode()
        self.writer.write(HEAD.format(coding, len(body)).encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        made = await self.reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r")[0]))
        if not head.startswith(b"http/1.1 200"):
            raise ValueError(head[:20])
        return made


def _request(query: str, edits: list[list[Any]], have: dict[str, str]) -> dict[str, Any]:
    coarse = bool(edits)
    return {"kind": "request", "base": query, "edits": edits, "have": have, "coarse": coarse, "aspect": ASPECT}


def _message(made: bytes) -> dict[str, Any]:
    """What an answer says, without its arrays."""
    return json.loads(made[4 : 4 + int.from_bytes(made[:4], "little")])
