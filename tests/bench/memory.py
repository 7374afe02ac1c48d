"""What a worker holds: `python -m tests.bench.memory [--requests N]`.

One worker is asked, from six lines at once, what nobody has asked before: updates of runs, surfaces and windows of
every kind, walks with fifty seeds, tiles of sweeps, basins and trainings, files of a reader's own. Its memory is looked
at as the requests go by; the slope is that of a straight line through the second half. It judges nothing.
"""

import argparse
import asyncio
import json
import random
from typing import Any

import numpy as np

from tests.browser.server import Server

from ..processes import descendants
from ..strategies import unframed
from .classroom import OPTIMIZERS, SURFACES, request, spent
from .lines import Line, Times

LINES = 6
LOOKS = 40  # at the memory


def message(chosen: random.Random) -> tuple[str, dict[str, Any]]:
    """A route and what is asked there, never the same."""
    runs = "".join(
        f"&run={name}~lr={chosen.uniform(1e-3, 0.2):.5g}" for name in chosen.sample(OPTIMIZERS, chosen.randint(1, 8))
    )
    query = f"?f={chosen.choice(SURFACES)}{runs}&steps={chosen.choice((100, 300, 1000, 2000))}"
    kind = chosen.random()
    if kind < 0.08:
        query += "&weather=noise=0.5,0.5~seeds=50"
    if kind < 0.8:
        asked = request(query, [], {}) | {"window": [-chosen.uniform(1, 5), 3.0, -3.0, chosen.uniform(1, 5)]}
        return "/channel", asked
    if kind < 0.9:
        return "/channel", {"kind": "ask", "query": query + "&detail=stability", "t": chosen.randrange(100)}
    tab = chosen.choice(("sweep", "basins", "train"))
    return "/channel/tile", {"kind": "plan", "query": f"{query}&tab={tab}", "tab": tab}


async def one_line(port: int, chosen: random.Random, many: int, times: Times, done: list[int]) -> None:
    line, plain = Line(port), Line(port, "identity")
    for _ in range(many):
        route, asked = message(chosen)
        if route == "/channel":
            await times.of(asked["kind"], line.post(route, asked))
        else:
            raw = await times.of("plan", plain.post(route, asked))
            work = unframed(raw) if raw else {"parts": []}
            for part in work["parts"][:2]:
                tile = {"kind": "tile", "key": work["key"], "part": part, "tab": asked["tab"]}
                await times.of("tile", line.post(route, tile))
        done[0] += 1


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


async def measured(server: Server, many: int) -> dict[str, Any]:
    times, done = Times(), [0]
    worker = descendants(server.process.pid)[0]
    begun = spent([worker])[worker][1]
    await files(server.port, 12)
    lines = [one_line(server.port, random.Random(seed), many // LINES, times, done) for seed in range(LINES)]
    tasks = [asyncio.create_task(one) for one in lines]
    seen = []
    while not all(task.done() for task in tasks):
        await asyncio.sleep(1)
        if worker in (now := spent([worker])):
            seen.append((done[0], now[worker][1]))
    await asyncio.gather(*tasks)
    late = np.array(seen[len(seen) // 2 :])
    slope = float(np.polyfit(late[:, 0], late[:, 1], 1)[0] * 10_000) if len(late) > 2 else float("nan")
    return {
        "requests": done[0], "MB at the start": round(begun), "MB at most": round(max(mb for _, mb in seen)),
        "MB in the end": round(seen[-1][1]), "MB per 10,000": round(slope, 2), "errors": times.errors,
        "same worker": descendants(server.process.pid)[0] == worker,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=6000)
    given = parser.parse_args()
    server = Server()
    server.start()
    try:
        print(json.dumps(asyncio.run(measured(server, given.requests))))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
