"""What goes wrong under a class, and what one sees of it: `python -m tests.bench.faults [--students N] [FAULT ...]`.

A hundred simulated students drag while a real page, in Chromium, has its slider moved four times a second. Then
something happens: a worker is killed, one is stopped for 20 s, the server is started anew, it is away for 5 s, 400
slow clients come, 50 connections are dropped, file descriptors run out. Visible is a banner that stays for more than
3 s, a text of an error, or an edit that is lost; back is when a second's answers are as many as before. It prints a
table and a line of JSON, and judges nothing.
"""

import argparse
import asyncio
import json
import os
import resource
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

from tests.browser import program
from tests.browser.server import Server

from .classroom import Class, Student, children

BEFORE, AFTER = 6.0, 12.0  # s of a class without and with a fault that has happened
TOLD = (
    "{fault:28} {usual/s:6.1f} answers/s, back after {back after s:4.1f} s; banner {banner s:5.2f} s {words}; "
    "edits lost {lost}; students' failures {failed}"
)
SLIDER = "[data-key='master.lr'] input[type=range]"
MOVES = 0.25  # s between two moves of the page's slider
HALF_HEAD = b"POST /channel HTTP/1.1\r\nHost: x\r\nContent-"
HALF_BODY = b"POST /channel HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
READER = b"GET /export/csv?f=rastrigin&steps=2000&run=adam&run=sgd HTTP/1.1\r\nHost: x\r\n\r\n"
WATCH = """() => {
    const seen = window.seen = { since: null, longest: 0, words: [] };
    setInterval(() => {
        const banner = document.getElementById("banner");
        const there = banner && !banner.hidden;
        if (there && seen.since === null) seen.since = performance.now();
        if (seen.since !== null) seen.longest = Math.max(seen.longest, performance.now() - seen.since);
        if (there && !seen.words.includes(banner.textContent)) seen.words.push(banner.textContent);
        if (!there) seen.since = null;
    }, 50);
}"""


class Scene:
    """The server, the class, and the page that is open through all of it."""

    def __init__(self, server: Server, students: int) -> None:
        self.server, self.size = server, students
        self.room = Class(server.port, students, False)
        self.answers: list[float] = []  # when each came, s, monotonic

    async def begin(self) -> None:
        self.room.begin = time.monotonic() + 1e6  # until told otherwise
        await self.room.prime()
        times = self.room.times
        of = times.of

        async def noted(*given: Any) -> bytes | None:
            got = await of(*given)
            if got is not None:
                self.answers.append(time.monotonic())
            return got

        times.of = noted  # type: ignore[method-assign]
        self.students = [asyncio.create_task(Student(number, self.room).drags()) for number in range(self.size)]

    def rate(self, since: float, until: float) -> float:
        """Answers a second."""
        return sum(since <= one < until for one in self.answers) / max(until - since, 1e-9)

    def back(self, since: float, wanted: float) -> float:
        """s after which a second's answers are as many as wanted again."""
        for tenth in range(int(10 * (time.monotonic() - since - 1))):
            begun = since + tenth / 10
            if self.rate(begun, begun + 1) >= wanted:
                return tenth / 10
        return float("inf")


async def moves(page: Page, until: Callable[[], bool]) -> int:
    """Presses on the slider of η, each one notch to the right and back; how many there were."""
    slider, pressed = page.locator(SLIDER).first, 0
    while not until():
        await slider.press("ArrowRight" if pressed % 8 < 4 else "ArrowLeft")
        pressed += 1
        await asyncio.sleep(MOVES)
    return pressed


# --- the faults: each ends when what it did is undone ---------------------------------------------------------------


def workers(scene: Scene) -> list[int]:
    return children(scene.server.process.pid)[:2]


async def killed(scene: Scene) -> None:
    os.kill(workers(scene)[0], signal.SIGKILL)


async def stopped(scene: Scene) -> None:
    pid = workers(scene)[0]
    os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(20)
    try:
        os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        return  # it was replaced long ago


async def restarted(scene: Scene) -> None:
    await asyncio.to_thread(scene.server.stop)
    await asyncio.to_thread(scene.server.start)


async def away(scene: Scene) -> None:
    await asyncio.to_thread(scene.server.stop)
    await asyncio.sleep(5)
    await asyncio.to_thread(scene.server.start)


async def slow(scene: Scene) -> None:
    """Half heads, half bodies, and readers who do not read, for 10 s."""
    lines = []
    for number in range(400):
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.setblocking(False)
        line.connect_ex(("127.0.0.1", scene.server.port))
        lines.append((line, (HALF_HEAD, HALF_BODY, READER)[number % 3]))
    await asyncio.sleep(0.3)
    for line, opening in lines:
        try:
            line.send(opening)
        except OSError:
            continue
    await asyncio.sleep(10)
    for line, _ in lines:
        line.close()


async def dropped(scene: Scene) -> None:
    """Fifty who ask and are gone before the answer."""
    for number in range(50):
        line = socket.create_connection(("127.0.0.1", scene.server.port))
        body = json.dumps({"kind": "request", "base": f"?steps={100 + number}", "edits": [], "have": {}}).encode()
        line.sendall(
            b"POST /channel HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        line.close()
        await asyncio.sleep(0.01)


async def exhausted(scene: Scene) -> None:
    """Each worker may open no more files than it has, for 5 s; then as many as before."""
    before = {}
    for pid in workers(scene):
        before[pid] = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        held = len([*Path(f"/proc/{pid}/fd").iterdir()])
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (held, before[pid][1]))
    lines = [socket.create_connection(("127.0.0.1", scene.server.port)) for _ in range(100)]
    await asyncio.sleep(5)
    for line in lines:
        line.close()
    for pid, limit in before.items():
        try:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limit)
        except ProcessLookupError:
            continue  # another worker is there


FAULTS: dict[str, Callable[[Scene], Awaitable[None]]] = {
    "a worker killed": killed,
    "a worker stopped for 20 s": stopped,
    "the server started anew": restarted,
    "the server away for 5 s": away,
    "400 slow clients": slow,
    "50 dropped connections": dropped,
    "no file descriptors": exhausted,
}
ABSENCES = ("the server started anew", "the server away for 5 s")  # capacity is looked at from their end on


async def happens(name: str, scene: Scene, page: Page) -> dict[str, Any]:
    """One fault, and what was seen of it."""
    await page.goto(scene.server.url)
    await page.locator(SLIDER).first.wait_for()
    await page.evaluate(WATCH)
    over = asyncio.Event()
    hand = asyncio.create_task(moves(page, over.is_set))
    begun = time.monotonic()
    await asyncio.sleep(BEFORE)
    usual = scene.rate(begun + 2, time.monotonic())
    errors, took = dict(scene.room.times.errors), sum(map(len, scene.room.times.took.values()))
    begun = time.monotonic()
    await FAULTS[name](scene)
    lasted = time.monotonic() - begun
    await asyncio.sleep(AFTER)
    over.set()
    pressed = await hand
    await asyncio.sleep(3)
    seen, lost = await page.evaluate("window.seen"), await is_lost(page, scene.server.url)
    since = begun + (lasted if name in ABSENCES else 0)
    counted = scene.room.times.errors.items()
    return {
        "fault": name, "usual/s": round(usual, 1), "back after s": scene.back(since, 0.8 * usual),
        "banner s": round(seen["longest"] / 1000, 2), "words": seen["words"], "moves": pressed, "lost": lost,
        "answers": sum(map(len, scene.room.times.took.values())) - took,
        "failed": {what: many - errors.get(what, 0) for what, many in counted if many != errors.get(what, 0)},
    }  # fmt: skip


async def is_lost(page: Page, home: str) -> bool:
    """Whether the address says another rate than the slider shows."""
    shown, told = await page.locator(SLIDER).first.input_value(), await page.evaluate("location.search")
    await page.goto(home + told)
    slider = page.locator(SLIDER).first
    await slider.wait_for()
    return abs(float(await slider.input_value()) - float(shown)) > 1e-2


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", nargs="*", help=f"some of: {', '.join(FAULTS)}")
    parser.add_argument("--students", type=int, default=100)
    given = parser.parse_args()
    server = Server(workers=2)
    server.start()
    try:
        await measured(Scene(server, given.students), given.faults or [*FAULTS])
    finally:
        server.stop()


async def measured(scene: Scene, faults: list[str]) -> None:
    await asyncio.sleep(4)
    await scene.begin()
    async with async_playwright() as playwright:
        found = program.find(playwright.chromium.executable_path)
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = await browser.new_page()
        for name in faults:
            row = await happens(name, scene, page)
            print(TOLD.format_map(row))
            print(json.dumps(row), flush=True)
        await browser.close()
    for student in scene.students:
        student.cancel()


if __name__ == "__main__":
    asyncio.run(main())
