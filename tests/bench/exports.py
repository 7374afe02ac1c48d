"""Time, memory and size of every export of eight runs of 2,000 steps: part of `python -m tests.bench.page`."""

import time
import tracemalloc

from app.export.files import EXPORTS, make
from app.page.state import State
from app.walks.simulate import simulate

SLUGS = ("sgd~lr=0.001", "momentum~lr=0.001", "adagrad", "rmsprop", "adadelta", "adam", "nadam", "radam")
QUERY = "?f=rosenbrock&" + "&".join(f"run={slug}" for slug in SLUGS) + "&steps=2000"


def measured() -> dict[str, dict[str, float]]:
    """Export -> its seconds, the most memory it held in MB, and its size in KB."""
    state, _ = State.from_query(QUERY)
    simulate(state)
    found = {}
    for name in EXPORTS:
        make(name, state, "/")  # what is made once is made
        began = time.perf_counter()
        size = len(make(name, state, "/").content)
        seconds = time.perf_counter() - began
        tracemalloc.start()
        make(name, state, "/")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        found[name] = {"seconds": seconds, "peak_mb": peak / 2**20, "size_kb": size / 1024}
    return found


def show(found: dict[str, dict[str, float]]) -> None:
    print(f"{'export, 8 x 2000 steps':24}{'seconds':>10}{'peak MB':>10}{'size KB':>10}")
    for name, row in found.items():
        print(f"{name:24}{row['seconds']:10.2f}{row['peak_mb']:10.1f}{row['size_kb']:10.1f}")


if __name__ == "__main__":
    show(measured())
