"""A local cluster of two processes, of which one is killed half-way; what it found is printed, as a line of JSON."""

import json
import os
import signal
import sys
from pathlib import Path

import numpy as np
from distributed import Client, LocalCluster, default_client

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
        three = readme(cluster.scheduler_address)
    here = basins(Adam(0.1), Himmelblau(), SIZE, n_steps=STEPS)
    fields = ("params", "loss", "best", "diverged_at", "nearest", "since")
    equal = {name: np.array_equal(getattr(there.ends, name), getattr(here.ends, name)) for name in fields}
    json.dump({"is_gone": is_gone, "counted": counted, "equal": equal, "readme": three}, sys.stdout)


def readme(address: str) -> list[int]:
    """What the README's lines for a cluster make there, of a smaller map."""
    section = Path("README.md").read_text(encoding="utf-8").split("## Sweeps, basins and clusters")[1].split("\n## ")[0]
    (block,) = [block.split("```")[0] for block in section.split("```python\n") if "distributed" in block]
    names = {"basins": basins, "Adam": Adam, "Himmelblau": Himmelblau}
    exec(block.replace("tcp://scheduler:8786", address).replace("n=1024", "n=32"), names)
    default_client().close()
    return list(names["found"].nearest.shape)


if __name__ == "__main__":
    main()
