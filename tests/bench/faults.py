"""What goes wrong under a class, and what one sees of it: `python -m tests.bench.faults [--students N] [FAULT ...]`.

A hundred simulated students drag while a real page, in Chromium, has its slider moved four times a second. Then
something happens: a worker is killed, one is stopped for 20 s, the server is started anew, it is away for 5 s, 400
slow clients come, 50 connections are dropped, file descriptors run out. Visible is a banner that stays for more than
3 s, a text of an error, or an edit that is lost. What is answered of a second's positions is the capacity: a class
that has waited thinks together afterwards and asks less, so answers a second say less; after an absence that and the
banner are counted from the moment at which the server answers again. Students ask as pages do, so what made them ask
again is counted apart from what failed. It prints a table and a line of JSON, and judges nothing.
"""

import argparse
import asyncio
import json
import os
import resource
import signal
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

from tests.browser import program
from tests.browser.server import Server

from ..processes import descendants
from .classroom import TICK, TICKS, Class, Student
from .lines import PageLine

ROUND = TICK * TICKS + 4.5  # s from one drag of a student to the next, at the mean
BEFORE, AFTER = 2 * ROUND, 12.0  # s of a class without and with a fault that has happened
TOLD = (
    "{fault:28} {usual/s:6.1f} answers/s, least {least/s:6.1f}, back after {back after s:4.1f} s, "
    "as many after {as many after s:4.1f} s; "
    "banner {banner s:5.2f} s {words}; edits lost {lost}; students: failures {failed}, asked again {again}"
)
NEARLY = 0.8
SLIDER = "[data-key='master.lr'] input[type=range]"
MOVES = 0.25  # s between two moves of the page's slider
HALF_HEAD = b"POST /channel HTTP/1.1\r\nHost: x\r\nContent-"
HALF_BODY = b"POST /channel HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
READER = b"GET /export/csv?f=rastrigin&steps=2000&run=adam&run=sgd HTTP/1.1\r\nHost: x\r\n\r\n"
WATCH = """() => {
    const seen = window.seen = { shown: [], words: [] }; // from when to when a banner was there, in ms
    let since = null;
    setInterval(() => {
        const banner = document.getElementById("banner");
        const there = banner && !banner.hidden;
        if (there && since === null) seen.shown.push(since = [Date.now(), Infinity]);
        if (since) since[1] = Date.now();
        if (there && !seen.words.includes(banner.textContent)) seen.words.push(banner.textContent);
        if (!there) since = null;
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
        self.lines = [PageLine(self.server.port) for _ in range(self.size)]
        self.students = [asyncio.create_task(self._student(number, line)) for number, line in enumerate(self.lines)]

    async def _student(self, number: int, line: PageLine) -> None:
        """One who drags; not all begin at once, for then they would think at once as well."""
        student = Student(number, self.room)
        student.line = line
        await asyncio.sleep(ROUND * number / self.size)
        await student.drags()

    def troubles(self) -> Counter[str]:
        """What has made students ask again until now."""
        return sum((line.troubles for line in self.lines), Counter())

    def rate(self, since: float, until: float) -> float:
        """Answers a second."""
        return sum(since <= one < until for one in self.answers) / max(until - since, 1e-9)

    def least(self, since: float, until: float) -> float:
        """Answers in the second that had the fewest."""
        tenths = range(int(10 * (until - since - 1)))
        return min((self.rate(since + tenth / 10, since + tenth / 10 + 1) for tenth in tenths), default=0.0)

    def back(self, since: float, usual: float, share: Callable[[float, float], float]) -> float:
        """s after which a share of a second is nearly as large as usual again, for three seconds."""
        tenths = int(10 * (time.monotonic() - since - 1))
        enough = [share(since + tenth / 10, since + tenth / 10 + 1) >= NEARLY * usual for tenth in range(tenths)]
        return next((tenth / 10 for tenth in range(tenths - 20) if all(enough[tenth : tenth + 21])), float("inf"))


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
    """The processes that serve."""
    below = descendants(scene.server.process.pid)
    return [pid for pid in below if b"\0serve\0" in Path(f"/proc/{pid}/cmdline").read_bytes()]


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
    usual, kept = scene.rate(begun, time.monotonic()), scene.room.kept(begun, time.monotonic())
    errors, again = Counter(scene.room.times.errors), scene.troubles()
    begun = since = time.monotonic()
    await FAULTS[name](scene)
    if name in ABSENCES:
        since = time.monotonic()
    there = time.time() - (time.monotonic() - since)
    await asyncio.sleep(AFTER)
    over.set()
    pressed = await hand
    await asyncio.sleep(3)
    seen, lost = await page.evaluate("window.seen"), await is_lost(page, scene.server.url)
    shown = [until / 1000 - max(begun_at / 1000, there) for begun_at, until in seen["shown"]]
    return {
        "fault": name, "usual/s": round(usual, 1), "least/s": scene.least(begun, begun + AFTER),
        "back after s": scene.back(since, kept, scene.room.kept),
        "as many after s": scene.back(since, usual, scene.rate),
        "banner s": round(max([0.0, *shown]), 2),
        "rates": [round(scene.rate(since + second, since + second + 1)) for second in range(int(AFTER))],
        "kept %": [round(100 * scene.room.kept(since + second, since + second + 1)) for second in range(int(AFTER))],
        "words": seen["words"], "moves": pressed, "lost": lost,
        "failed": dict(Counter(scene.room.times.errors) - errors), "again": dict(scene.troubles() - again),
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
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed was compiled once
    os.environ["PYTHONPYCACHEPREFIX"] = tempfile.mkdtemp(prefix="downslope-")
    server = Server(workers=2)
    for _ in range(2):  # the second time as it is from then on
        server.stop()
        server.start()
    try:
        await measured(Scene(server, given.students), given.faults or [*FAULTS])
    finally:
        server.stop()


async def measured(scene: Scene, faults: list[str]) -> None:
    await asyncio.sleep(4)
    await scene.begin()
    await asyncio.sleep(ROUND)  # until all are there
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
