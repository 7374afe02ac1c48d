"""How time and memory grow with walks and with steps: part D of `python -m tests.bench.engine`.

Each point is measured in a fresh interpreter, through a pool of one process and through one of two, each walking on one
thread; the pool stands before the clock starts.
"""

import json
import math
import resource
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from landscapes import Himmelblau
from optim_core import OPTIMIZERS, basins

from .works import ADAM

ROOT = Path(__file__).parents[2]
STEPS, SIDE = 200, 100  # where the other one grows
SIDES = [10, 32, 100, 316, 1000, 3162]  # of the grid of starts: 10² to 10⁷ walks
LENGTHS = [100, 316, 1000, 3162, 10_000]
LONG = 0.1  # s: what takes less says more of the start than of the growth


def measured(quick: bool = False) -> dict[str, list[dict[str, Any]]]:
    """By what grows, a row for every point and number of processes."""
    sides, lengths = (SIDES[:4], LENGTHS[:3]) if quick else (SIDES, LENGTHS)
    points = {"walks": [(side, STEPS) for side in sides], "steps": [(SIDE, length) for length in lengths]}
    return {what: [point(*one, k) for one in some for k in (1, 2)] for what, some in points.items()}


def point(side: int, steps: int, processes: int) -> dict[str, Any]:
    """One measurement, from an interpreter that has done nothing else."""
    told = [sys.executable, "-m", "tests.bench.growth", str(side), str(steps), str(processes)]
    return json.loads(subprocess.run(told, cwd=ROOT, capture_output=True, check=True, text=True).stdout)


def slope(rows: list[dict[str, Any]], what: str, processes: int) -> float:
    """The power of time with which it grows, from what takes long enough; NaN where not two do."""
    some = [row for row in rows if row["processes"] == processes and row["seconds"] >= LONG]
    if len(some) < 2:
        return math.nan
    return float(np.polyfit(*np.log([[row[what] for row in some], [row["seconds"] for row in some]]), 1)[0])


def show(found: dict[str, list[dict[str, Any]]]) -> None:
    for what, rows in found.items():
        print(
            f"\nD: by {what:21}{'walks':>11}{'steps':>8}{'processes':>11}{'seconds':>10}{'ns a step':>11}{'peak MB':>9}"
        )
        for row in rows:
            each = 1e9 * row["seconds"] / row["walks"] / row["steps"]
            place = f"{row['walks']:11,}{row['steps']:8,}{row['processes']:11}"
            print(f"{'':27}{place}{row['seconds']:10.3f}{each:11.1f}{row['peak_mb']:9.0f}")
        slopes = ", ".join(f"{slope(rows, what, k):.2f} on {k}" for k in (1, 2))
        print(f"    time grows with {what} to the power of {slopes}")


def main(side: int, steps: int, processes: int) -> None:
    adam = OPTIMIZERS["adam"](**ADAM)
    with ProcessPoolExecutor(processes) as pool:
        basins(adam, Himmelblau(), 8, n_steps=2, executor=pool)
        began = time.perf_counter()
        basins(adam, Himmelblau(), side, n_steps=steps, executor=pool)
        seconds = time.perf_counter() - began
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told = {"walks": side * side, "steps": steps, "processes": processes, "seconds": seconds}
    print(json.dumps(told | {"peak_mb": max(peaks), "own_mb": peaks[0], "worker_mb": peaks[1]}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
