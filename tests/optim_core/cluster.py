"""A local cluster of two processes, of which one is killed half-way; what it found is printed, as a line of JSON."""

import json
import os
import signal
import sys

import numpy as np
from distributed import Client, LocalCluster

from landscapes import Himmelblau
from optim_core import Adam, basins

SIZE, STEPS = 48, 800


def main() -> None:
    counted: list[tuple[int, int]] = []
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        first = min(client.run(os.getpid).values())

        def progress(done: int, total: int) -> None:
            counted.append((done, total))
            if 2 * done == total:
                os.kill(first, signal.SIGKILL)

        executor = client.get_executor()
        there = basins(Adam(0.1), Himmelblau(), SIZE, n_steps=STEPS, executor=executor, progress=progress)
        is_gone = first not in client.run(os.getpid).values()
    here = basins(Adam(0.1), Himmelblau(), SIZE, n_steps=STEPS)
    fields = ("params", "loss", "best", "diverged_at", "nearest", "since")
    equal = {name: np.array_equal(getattr(there.ends, name), getattr(here.ends, name)) for name in fields}
    json.dump({"is_gone": is_gone, "counted": counted, "equal": equal}, sys.stdout)


if __name__ == "__main__":
    main()
