"""A class at a server: `python -m tests.bench.classroom [--students N ...] [--seconds S] [--unique] [--opens N]`.

Simulated students open the page as a browser with cached files does, drag (one request in flight, the newest position
wins), think, change the surface, take a lesson a step further, ask for tiles of a sweep, of basins and of a training,
and take files home. The generator shares the machine with the server. One table for each size, and one line of JSON.

`--unique`: no two requests are the same, so that no cache helps. `--opens N`: instead, N browsers that have no file yet
open the page within 10 s, over plain http. `--exporters N`: instead, the students drag, alone and then beside N
who take files home all the time.
"""

import argparse
import asyncio
import json
import os
import random
import re
import resource
import time
from pathlib import Path
from typing import Any

from app import limits
from app.wire.encodings import zstd
from app.wire.static import FOLDERS
from tests.browser.server import Server

from ..processes import descendants
from ..strategies import unframed
from .lines import Line, Times, part

RAMP, SETTLE = 20.0, 3.0  # s in which they come, and settle
SECONDS = 90.0  # for which they are measured then: 300 of them ask fifty thousand questions in that
TICK = 0.2  # s between two positions of a hand
TICKS = 20  # of a drag
THINKS = (3.0, 6.0)  # s between two things that a student does
SURFACES = ("valley", "rosenbrock", "booth", "himmelblau", "beale", "rastrigin", "ackley", "saddle", "bowl")
OPTIMIZERS = ("sgd", "momentum", "nesterov", "rmsprop", "adam", "adagrad", "adadelta", "nadam", "adamax", "amsgrad")
TOGETHER = "?f=rosenbrock&run=sgd~lr=0.001&run=rmsprop&run=adam&run=nadam&steps=300"  # what half of the class looks at
ASPECT = 1.25  # of the map on their screens
LESSONS = ("L01", "L06", "L09")
HEAVY = {  # what is asked in tiles
    "sweep": "?f=rosenbrock&run=adam~lr={:.6g}&run=sgd&steps=300&tab=sweep",
    "basins": "?f=himmelblau&run=adam~lr={:.6g}&steps=200&tab=basins",
    "training": "?tab=train&run=adam~lr={:.6g}&run=sgd~lr=0.05&train=shuffles=1",
}
OPENING = ("open", "first", "ruler")  # what is counted from the beginning
WEIGHTS = {"drag": 74, "surface": 8, "told": 6, "lesson": 5, "sweep": 3, "basins": 2, "training": 1, "export": 1}


class Class:
    """What all students share: the port, the clock, what was measured, and pages that were opened before."""

    def __init__(self, port: int, size: int, unique: bool, seconds: float = SECONDS) -> None:
        self.port, self.size, self.unique, self.seconds = port, size, unique, seconds
        self.times, self.begin = Times(), time.monotonic()
        self.positions: list[tuple[float, bool]] = []  # of hands: when each was due, s, and whether it was asked for
        chosen = random.Random(1)
        self.pages = [TOGETHER, *(page(chosen) for _ in range(60))]
        self.have: dict[str, tuple[dict[str, str], dict[str, str]]] = {}

    async def prime(self) -> None:
        """What a page has with its HTML, and after the first reply, which knows its shape; for every page."""
        line = Line(self.port, "identity")
        for query in self.pages:
            opened = await self._keys(line, query, {}, None)
            self.have[query] = (opened, await self._keys(line, query, opened, ASPECT))
        line.close()

    async def _keys(self, line: Line, query: str, have: dict[str, str], aspect: float | None) -> dict[str, str]:
        first = unframed((await line.post("/channel", request(query, [], have) | {"aspect": aspect}))[1])
        return first["keys"] | {"rail": first["rail"]}

    def is_on(self) -> bool:
        """Whether all are there, and are measured."""
        return 0 <= time.monotonic() - self.begin - RAMP - SETTLE < self.seconds

    def kept(self, since: float, until: float) -> float:
        """The share of positions that were asked for; the others were merged into newer ones."""
        asked = [one for when, one in self.positions if since <= when < until]
        return sum(asked) / max(len(asked), 1)

    def is_over(self) -> bool:
        return time.monotonic() >= self.begin + RAMP + SETTLE + self.seconds


def page(chosen: random.Random) -> str:
    runs = chosen.sample(OPTIMIZERS, chosen.randint(3, 6))
    return (
        f"?f={chosen.choice(SURFACES)}"
        + "".join(f"&run={run}" for run in runs)
        + f"&steps={chosen.choice((100, 200, 300))}"
    )


def request(query: str, edits: list[Any], have: dict[str, str], coarse: bool = False) -> dict[str, Any]:
    return {"kind": "request", "base": query, "edits": edits, "have": have, "coarse": coarse, "aspect": ASPECT}


def ask(query: str, t: int) -> dict[str, Any]:
    return {"kind": "ask", "tab": "explore", "query": query, "t": t, "brief": False}


class Student:
    """One of them; every second one looks at what the teacher shows."""

    def __init__(self, number: int, room: Class) -> None:
        self.room, self.chosen, self.line = room, random.Random(number), Line(room.port)
        self.query = TOGETHER if number % 2 == 0 else self.chosen.choice(room.pages[1:])
        self.place = 0

    async def live(self) -> None:
        """All open one of two links that a class is given; half of them make a page of their own of it."""
        await asyncio.sleep(self.chosen.random() * RAMP)
        await self._asks("open", self.line.get("/" if self.query != TOGETHER else "/" + TOGETHER), True)
        opened = request(self.query, [], self.room.have[self.query][0])
        reply = await self._rests(await self._asks("first", self.line.post("/channel", opened), True))
        ruler = reply["shown"]["ruler"] if reply else {"marks": []}
        for slot, *_ in ruler["marks"]:
            tile = {"kind": "tile", "key": ruler["key"], "part": str(slot), "given": "", "tab": "explore"}
            await self._asks("ruler", self.line.post("/channel/tile", tile), True)
        await asyncio.sleep(self.chosen.random() * 4)
        while not self.room.is_over():
            await self._does(self.chosen.choices([*WEIGHTS], [*WEIGHTS.values()])[0])
            await asyncio.sleep(self.chosen.uniform(*THINKS))
        self.line.close()

    async def drags(self) -> None:
        """Nothing but that, until it is cancelled."""
        await asyncio.sleep(2 * self.chosen.random())
        while True:
            await self._drag()
            await asyncio.sleep(self.chosen.uniform(*THINKS))

    async def _does(self, what: str) -> None:
        if what in HEAVY:
            await self._tiles(what)
        elif what == "told":
            await self._asks(what, self.line.post("/channel", ask(self.query, self.chosen.randrange(99))))
        elif what == "export":
            await self._asks(what, self.line.get(f"/export/csv{self.query}&t={self.chosen.randrange(90)}"))
        elif what == "surface":
            edit = ["choice", "surface", self.chosen.choice(SURFACES)]
            said = await self._asks("update", self.line.post("/channel", self._request([edit])))
            await self._rests(said)
        elif what == "lesson":
            await self._lesson()
        else:
            await self._drag()

    async def _drag(self) -> None:
        """Positions come by the clock; one that finds the one before still unanswered is merged into the next."""
        due, said = time.monotonic(), None
        for _ in range(TICKS):
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            self.room.positions.append((due, -wait <= TICK))
            if -wait <= TICK:
                said = await self._asks("update", self.line.post("/channel", self._request([self._slider()], True)))
            due += TICK
        await self._rests(said)

    async def _rests(self, said: bytes | None) -> dict[str, Any] | None:
        """What is told of the last step, where a reply leads to and the hand rests; the reply."""
        if said is None:
            return None
        reply = unframed(zstd.decompress(said))
        await self._asks("told", self.line.post("/channel", ask(reply["query"], reply["scene"]["steps"])))
        return reply

    def _slider(self) -> list[Any]:
        self.place = max(-160, min(120, self.place + self.chosen.choice((-2, -1, 1, 2))))
        centre = -3.0 if self.query == TOGETHER else -1.5
        jitter = self.chosen.uniform(0, 1e-4) if self.room.unique else 0.0
        return ["slider", "master.lr", round(centre + 0.0125 * self.place + jitter, 9)]

    def _request(self, edits: list[Any], coarse: bool = False) -> dict[str, Any]:
        return request(self.query, edits, self.room.have[self.query][1], coarse)

    async def _lesson(self) -> None:
        which = self.chosen.choice(LESSONS)
        for phase in ("ask", "see"):
            query = f"?lesson={which}&phase={phase}"
            await self._asks("lesson", self.line.post("/channel", request(query, [], {})))
            work = await self._asks(
                "lesson", self.line.post("/channel/tile", {"kind": "plan", "query": query, "tab": "learn"})
            )
            if phase == "see" and work:
                tile = {"kind": "tile", "key": query, "part": "see", "tab": "learn"}
                await self._asks("lesson", self.line.post("/channel/tile", tile))

    async def _tiles(self, what: str) -> None:
        """The first few tiles of some work; the rate is one of a hundred, or nobody else's."""
        rate = self.chosen.uniform(0.01, 0.1) if self.room.unique else 0.01 + 0.0009 * self.chosen.randrange(100)
        query, tab = HEAVY[what].format(rate), {"training": "train"}.get(what, what)
        plan = Line(self.room.port, "identity")
        raw = await self._asks(what, plan.post("/channel/tile", {"kind": "plan", "query": query, "tab": tab}))
        plan.close()
        if raw is None:
            return
        work = unframed(raw)
        for name in work["parts"][:4]:
            tile = {"kind": "tile", "key": work["key"], "part": name, "tab": tab}
            await self._asks(what, self.line.post("/channel/tile", tile))

    async def _asks(self, kind: str, answer: Any, always: bool = False) -> bytes | None:
        return await self.room.times.of(kind, answer, always or self.room.is_on())


# --- opening, with nothing in the cache -----------------------------------------------------------------------------


async def opens(port: int, many: int) -> None:
    """Browsers of another machine take deflate and gzip over plain http; each fetches all that the page names."""
    times, begun = Times(), time.monotonic()

    async def one(number: int) -> None:
        await asyncio.sleep(10 * number / many)
        line, since = Line(port, "gzip, deflate"), time.monotonic()
        whole = await times.of("page", line.get("/"))
        for path in FILES:
            await times.of("file", line.get(path))
        if whole:
            times.took.setdefault("open", []).append(1000 * (time.monotonic() - since))
        line.close()

    await asyncio.gather(*(one(number) for number in range(many)))
    said = {name: [round(part(took, share)) for share in (0.5, 0.95, 1)] for name, took in times.took.items()}
    print(
        f"all {many} have the page after {time.monotonic() - begun:.1f} s; ms at p50, p95, most: {said}; {times.errors}"
    )
    print(json.dumps({"opens": many, "seconds": time.monotonic() - begun, **said, "errors": times.errors}))


FILES: list[str] = []


def files(server: Server) -> list[str]:
    """What a first visit fetches, but for what comes later by itself."""
    from tests.browser.server import DIRECT

    with DIRECT.open(server.url, timeout=20) as answer:
        found = re.findall(r'(?:src|href|data-plotly)="([^":]+)"', answer.read().decode())
    paths = ["/" + path.lstrip("./") for path in dict.fromkeys(found)]
    return [path for path in paths if path.startswith(FOLDERS)]


# --- exports beside drags -------------------------------------------------------------------------------------------

EXPORTS = tuple(
    f"/export/{name}?f=rastrigin&steps=2000"
    + "".join(
        f"&run={slug}" for slug in ("adam", "rmsprop", "nadam", "amsgrad", "yogi", "adabelief", "radam", "adamax")
    )
    for name in ("csv", "gif", "json", "html")
)
BESIDE = 25.0  # s for which the drags are measured alone, and then beside exports


async def exports_beside(server: Server, size: int, exporters: int) -> None:
    """What those who drag notice of those who export all the time."""
    room = Class(server.port, size, False, 1e6)
    await room.prime()
    room.begin = time.monotonic() - RAMP - SETTLE
    students = [asyncio.create_task(Student(number, room).drags()) for number in range(size)]
    found = {}
    await asyncio.sleep(10)
    for name, many in (("alone", 0), ("beside", exporters)):
        tasks = [asyncio.create_task(exports_on(room, number)) for number in range(many)]
        await asyncio.sleep(5)
        room.times.took.clear()
        await asyncio.sleep(BESIDE)
        took = {
            kind: [round(part(some, share), 1) for share in (0.5, 0.95, 0.99)] for kind, some in room.times.took.items()
        }
        found[name] = took | {"exports": len(room.times.took.get("export", ()))}
        for task in tasks:
            task.cancel()
    for student in students:
        student.cancel()
    print(json.dumps({"students": size, "exporters": exporters, **found, "not 200": room.times.errors}))


async def exports_on(room: Class, number: int) -> None:
    """One who takes a file home as soon as the one before is there; told that the server is busy, after a moment."""
    line = Line(room.port)
    while True:
        made = await room.times.of(
            "export", line.get(f"{EXPORTS[number % len(EXPORTS)]}&t={time.monotonic_ns() % 2000}")
        )
        if made is None:
            await asyncio.sleep(limits.RETRY_SECONDS)


# --- the machine ----------------------------------------------------------------------------------------------------


def spent(pids: list[int]) -> dict[int, tuple[float, float]]:
    """pid -> s of CPU, and MB of memory."""
    seen = {}
    for pid in pids:
        try:
            times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except OSError:
            continue
        seen[pid] = ((int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK"), pages * 4096 / 1e6)
    return seen


async def attended(server: Server, size: int, unique: bool, seconds: float) -> dict[str, Any]:
    """One class, from the first student to the last answer."""
    room = Class(server.port, size, unique, seconds)
    await room.prime()
    room.begin = time.monotonic()
    students = [asyncio.create_task(Student(number, room).live()) for number in range(size)]
    await asyncio.sleep(RAMP + SETTLE)
    measured = time.monotonic()
    pids, own = descendants(server.process.pid), resource.getrusage(resource.RUSAGE_SELF)
    before = spent(pids)
    await asyncio.sleep(seconds)
    after, left = spent(pids), resource.getrusage(resource.RUSAGE_SELF)
    await asyncio.wait(students, timeout=30)
    mine = left.ru_utime + left.ru_stime - own.ru_utime - own.ru_stime
    took = room.times.took
    shares = (0.5, 0.95, 0.99)
    seen = {kind: [len(some), *(round(part(some, one), 1) for one in shares)] for kind, some in took.items()}
    return {
        "students": size, "unique": unique,
        "requests/s": round(sum(len(some) for kind, some in took.items() if kind not in OPENING) / seconds, 1),
        **seen, "merged %": round(100 * (1 - room.kept(measured, measured + seconds)), 1), "errors": room.times.errors,
        "CPU %": {pid: round(100 * (now[0] - before[pid][0]) / seconds) for pid, now in after.items() if pid in before},
        "MB": {pid: round(now[1]) for pid, now in after.items()}, "generator %": round(100 * mine / seconds),
    }  # fmt: skip


def shown(found: dict[str, Any]) -> None:
    said = "{students} students, {requests/s} requests/s, {merged %} % of the positions merged"
    print("\n" + said.format_map(found))
    print(f"{'':10}{'answers':>9}{'p50':>9}{'p95':>9}{'p99':>9}  ms")
    for kind, numbers in found.items():
        if isinstance(numbers, list):
            print(f"{kind:10}{numbers[0]:9}" + "".join(f"{one:9.1f}" for one in numbers[1:]))
    print("errors {errors}; CPU % {CPU %}; MB {MB}; the generator itself {generator %} %".format_map(found))
    print(json.dumps(found), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, nargs="*", default=[50, 150, 300, 500])
    parser.add_argument("--unique", action="store_true", help="no request is like another one")
    parser.add_argument("--opens", type=int, help="so many first visits within 10 s, instead")
    parser.add_argument("--exporters", type=int, help="so many who export all the time beside those who drag, instead")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for which a class is measured")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    for size in [given.opens] if given.opens else given.students:
        with Server(workers=given.workers) as server:
            time.sleep(5)  # what is compressed once is, by then
            if given.opens:
                FILES[:] = files(server)
                asyncio.run(opens(server.port, size))
            elif given.exporters:
                asyncio.run(exports_beside(server, size, given.exporters))
            else:
                shown(asyncio.run(attended(server, size, given.unique, given.seconds)))


if __name__ == "__main__":
    main()
