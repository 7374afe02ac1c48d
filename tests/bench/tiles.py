"""What tiles cost those who drag: `python -m tests.bench.tiles [--seconds N] [--tab basins | train]`.

Starts the real server with one worker and asks it as four pages that drag a slider do, alone and while four pages
refine basins of 256², or train four runs for 400 epochs, that nobody has seen before. The p95 of the light requests
should grow by at most 30 ms. It prints a table and one line of JSON; it judges nothing.
"""

import argparse
import asyncio
import json
import statistics
import time

from tests.browser.server import Server

from ..strategies import unframed
from .lines import Line

LIGHT, HEAVY = 4, 4
PLAIN = "identity"  # the client unpacks nothing while it shares the cores
PACE = 0.2  # s between two requests of a page that drags
RUNS = ("adam", "sgd", "rmsprop", "adagrad")
SHOWN = {
    "basins": "?f=himmelblau&run=adam~lr={:.6g}&steps=200&tab=basins",
    "train": "?tab=train&train=epochs=400" + "".join(f"&run={name}~lr={{0:.6g}}" for name in RUNS),
}


async def drags(port: int, number: int, end: float, took: list[float], day: int) -> None:
    line, turn = Line(port, PLAIN), 0
    asked = {"kind": "request", "base": "?steps=200", "edits": [], "have": {}, "coarse": True}
    first = unframed((await line.post("/channel", asked))[1])
    asked["have"] = first["keys"] | {"rail": first["rail"]}
    await asyncio.sleep(PACE * number / LIGHT)
    while time.monotonic() < end:
        begun, turn = time.monotonic(), turn + 1
        edits = [["slider", "master.lr", round(-3 + 0.3 * day + 0.03 * number + 0.0001 * turn, 6)]]
        status, _ = await line.post("/channel", asked | {"edits": edits})
        assert status == 200, status
        took.append(1000 * (time.monotonic() - begun))
        await asyncio.sleep(max(0.0, PACE - (time.monotonic() - begun)))


async def refines(port: int, tab: str, number: int, end: float, made: list[float]) -> None:
    """Ask for one work after the other, tile by tile, each given what the one before it hands on."""
    line, turn = Line(port, PLAIN), 0
    while time.monotonic() < end:
        turn += 1
        query = SHOWN[tab].format(0.01 + 0.01 * number + 0.0001 * turn)
        status, raw = await line.post("/channel/tile", {"kind": "plan", "query": query, "tab": tab})
        assert status == 200, raw
        planned = unframed(raw)
        (work,) = planned["look"].get("maps", [planned])
        handed: dict[str, str] = {}
        for part in work["parts"]:
            begun, whose = time.monotonic(), part.rpartition("|")[0]
            asked = {"kind": "tile", "key": work["key"], "part": part, "given": handed.get(whose, ""), "tab": tab}
            status, raw = await line.post("/channel/tile", asked)
            if time.monotonic() > end:
                return
            assert status == 200, raw
            made.append(1000 * (time.monotonic() - begun))
            handed[whose] = unframed(raw)["arrays"].get("checkpoint", "")


async def row(port: int, tab: str, seconds: float, heavy: int, day: int) -> dict[str, float]:
    took: list[float] = []
    made: list[float] = []
    end = time.monotonic() + seconds
    await asyncio.gather(
        *(drags(port, number, end, took, day) for number in range(LIGHT)),
        *(refines(port, tab, number, end, made) for number in range(heavy)),
    )
    found = {"median_ms": statistics.median(took), "p95_ms": statistics.quantiles(took, n=20)[-1], "asked": len(took)}
    return found | {"tiles": len(made), "tile_ms": statistics.median(made) if made else 0.0}


def main() -> None:
    parser = argparse.ArgumentParser(description="What tiles cost those who drag.")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--tab", choices=SHOWN, default="basins")
    options = parser.parse_args()
    with Server() as server:
        table = {
            f"{heavy} refine, {day}": asyncio.run(row(server.port, options.tab, options.seconds, heavy, day))
            for day, heavy in enumerate((0, HEAVY, 0, HEAVY))
        }
    for name, found in table.items():
        print(f"{name:14}" + "".join(f"  {what} {value:8.1f}" for what, value in found.items()))
    alone, beside = (
        min(found["p95_ms"] for name, found in table.items() if name.startswith(str(n))) for n in (0, HEAVY)
    )
    print(f"the p95 grows by {beside - alone:.1f} ms, wanted <= 30")
    print(json.dumps(table))


if __name__ == "__main__":
    main()
