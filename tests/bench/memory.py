"""What a worker holds: `python -m tests.bench.memory [--requests N] [--small]`.

One worker is asked, from six lines at once, what nobody has asked before: updates of runs, surfaces and windows of
every kind, walks with fifty seeds, tiles of sweeps, basins and trainings, files of a reader's own. Its memory is looked
at as the requests go by; the slope is that of a straight line through the second half. With `--small` requests are of
every kind too, but of those that a class sends, so that ten thousand take a few minutes. It judges nothing.
"""

import argparse
import asyncio
import json
import random
from typing import Any, NamedTuple

import numpy as np

from tests.browser.server import Server

from ..processes import descendants
from ..strategies import unframed
from .classroom import OPTIMIZERS, SURFACES, request, spent
from .lines import Line, Times
from .lines import part as quantile

LINES = 6
LOOK = 0.2  # s between two looks at the memory


class Size(NamedTuple):
    """How much is asked at once."""

    runs: int
    steps: tuple[int, ...]
    seeds: int
    tiles: int  # of one plan


LARGE = Size(8, (100, 300, 1000, 2000), 50, 6)
SMALL = Size(3, (50, 100, 200), 5, 2)


def message(chosen: random.Random, size: Size = LARGE) -> tuple[str, dict[str, Any]]:
    """A route and what is asked there, never the same."""
    runs = "".join(
        f"&run={name}~lr={chosen.uniform(1e-3, 0.2):.5g}"
        for name in chosen.sample(OPTIMIZERS, chosen.randint(1, size.runs))
    )
    query = f"?f={chosen.choice(SURFACES)}{runs}&steps={chosen.choice(size.steps)}"
    kind = chosen.random()
    if kind < 0.08:
        query += f"&weather=noise=0.5,0.5~seeds={size.seeds}"
    if kind < 0.8:
        asked = request(query, [], {}) | {"window": [-chosen.uniform(1, 5), 3.0, -3.0, chosen.uniform(1, 5)]}
        return "/channel", asked
    if kind < 0.9:
        return "/channel", {"kind": "ask", "query": query + "&detail=stability", "t": chosen.randrange(100)}
    tab = chosen.choice(("sweep", "basins", "train"))
    return "/channel/tile", {"kind": "plan", "query": f"{query}&tab={tab}", "tab": tab}


async def one_line(port: int, chosen: random.Random, many: int, size: Size, times: Times) -> None:
    line, plain = Line(port), Line(port, "identity")
    for _ in range(many):
        route, asked = message(chosen, size)
        if route == "/channel":
            await times.of(asked["kind"], line.post(route, asked))
        else:
            raw = await times.of(f"plan {asked['tab']}", plain.post(route, asked))
            await tiles(plain, asked["tab"], unframed(raw), size, times) if raw else None


async def tiles(line: Line, tab: str, planned: dict[str, Any], size: Size, times: Times) -> None:
    """The first of a work, each given what the one before it hands on."""
    for work in planned["look"].get("maps", [planned]):
        handed: dict[str, str] = {}
        for part in work["parts"][: size.tiles]:
            whose = part.rpartition("|")[0]
            tile = {"kind": "tile", "key": work["key"], "part": part, "given": handed.get(whose, ""), "tab": tab}
            raw = await times.of(f"tile {tab}", line.post("/channel/tile", tile))
            handed[whose] = unframed(raw)["arrays"].get("checkpoint", "") if raw else ""


async def files(port: int, many: int) -> None:
    """CSV files of almost the largest size."""
    for number in range(many):
        rows = np.random.default_rng(number).normal(size=(19_000, 8)).round(6)
        text = "\n".join(["a,b,c,d,e,f,g,h", *(",".join(map(str, row)) for row in rows.tolist())]).encode()[:1_990_000]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST /data HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: {len(text)}\r\n\r\n"
        writer.write(head.encode() + text[: text.rindex(b"\n")].ljust(len(text), b"\n"))
        await reader.readuntil(b"\r\n\r\n")
        writer.close()


async def measured(server: Server, many: int, size: Size) -> tuple[dict[str, Any], Times]:
    """What a table says, and what was asked."""
    times, worker = Times(), descendants(server.process.pid)[0]
    begun = spent([worker])[worker][1]
    await files(server.port, 12)
    lines = [one_line(server.port, random.Random(seed), many // LINES, size, times) for seed in range(LINES)]
    tasks = [asyncio.create_task(one) for one in lines]
    seen = []
    while not all(task.done() for task in tasks):
        await asyncio.sleep(LOOK)
        if worker in (now := spent([worker])):
            seen.append((sum(map(len, times.took.values())), now[worker][1]))
    await asyncio.gather(*tasks)
    late = np.array(seen[len(seen) // 2 :])
    slope = float(np.polyfit(late[:, 0], late[:, 1], 1)[0] * 10_000) if len(late) > 2 else float("nan")
    told = {
        "MB at the start": begun, "MB at most": max(mb for _, mb in seen), "MB in the end": seen[-1][1],
        "MB per 10,000 requests": slope, "same worker": descendants(server.process.pid)[0] == worker,
    }  # fmt: skip
    return told, times


def main() -> None:
    parser = argparse.ArgumentParser(description="What a worker holds.")
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args()
    with Server() as server:
        told, times = asyncio.run(measured(server, given.requests, SMALL if given.small else LARGE))
    print(f"{'asked':14}{'answers':>8}{'median':>9}{'p95':>9}  ms")
    for kind, took in sorted(times.took.items()):
        print(f"{kind:14}{len(took):8}{quantile(took, 0.5):9.1f}{quantile(took, 0.95):9.1f}")
    print(f"{'all':14}{sum(map(len, times.took.values())):8}\nother answers than 200: {times.errors or 'none'}")
    for name, value in told.items():
        print(f"{name:24}{value if isinstance(value, bool) else format(value, '.1f'):>8}")
    print(json.dumps({name: round(float(value), 2) for name, value in told.items()} | {"errors": times.errors}))


if __name__ == "__main__":
    main()
