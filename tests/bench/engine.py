"""How fast many walks are, beside PyTorch and optax: `python -m tests.bench.engine [--quick] [--work A,B,C,D]`.

    A    six optimizers walk 500 steps on Rosenbrock's function, everything of every step is kept
    B    Adam walks 200 steps on Himmelblau's function from 256 x 256 starts: in which minimum does each end?
    C    the six walk 500 steps on Rosenbrock's function with each of 61 rates
    D    ours alone, from 10^2 to 10^7 walks and from 10^2 to 10^4 steps, in one process and in two: time and memory

Everybody does the same work in float64, in a process of their own. The number of threads is looked for: each peer is
timed with its best. Before anything is timed the results are compared; the rounds take turns, and medians count. Of
optax, "cold" is with its compilation and "warm" without; "fast" is our engine in machine code, "whole" what the
Basins tab asks for beyond the ends. The last line is everything as JSON. `pip install -e ".[test,bench]"` first.
"""

import argparse
import importlib
import importlib.metadata
import json
import multiprocessing
import os
import platform
import statistics
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from . import growth
from .works import FULL, QUICK, Arrays, Size

ROUNDS = 5
TRIED = 3  # calls with each number of threads, of which the best counts
CLOSE = 1e-9  # relative: two numbers that are nearer are the same
SAME = {"A": 0.95, "B": 0.999, "C": 0.9}  # the part that must be: rounding parts walks that circle in a valley


@dataclass
class Entry:
    """Who takes part: a class by its name, what it is told, and the works in which it does."""

    name: str
    made: str
    told: tuple[Any, ...] = ()
    works: str = "ABC"
    threads: tuple[int, ...] = (0,)  # to be tried, handed over as the first thing told; 0: as many as it likes
    seconds: dict[str, list[float]] = field(default_factory=dict)
    best: dict[str, int] = field(default_factory=dict)  # work -> threads
    same: dict[str, float] = field(default_factory=dict)  # work -> the part of the results that is the same as ours

    def median(self, work: str) -> float:
        return statistics.median(self.seconds[work])


@dataclass(frozen=True)
class Target:
    """`who` takes at most `most` of the time of `whom`."""

    work: str
    who: str
    most: float
    whom: str


TARGETS = (
    Target("A", "ours", 1 / 150, "torch"),
    Target("A", "ours", 1 / 300, "optax cold"),
    Target("B", "ours", 0.4, "torch"),
    Target("B", "ours", 1.0, "optax cold"),
    Target("B", "fast", 0.2, "torch"),
    Target("B", "fast", 1.0, "optax warm"),
    Target("C", "ours", 0.2, "torch"),
    Target("C", "ours", 1.0, "optax cold"),
)


def entries() -> list[Entry]:
    """Ours first: the others' results are compared with it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    some = tuple(sorted({1, *(2**k for k in range(1, 10) if 2**k <= cores), cores}))
    return [
        Entry("ours", "works.Ours", ("numpy",)),
        Entry("ours whole", "works.Whole", ("numpy",), "B"),
        Entry("fast", "works.Ours", ("fast",), "BC"),
        Entry("fast whole", "works.Whole", ("fast",), "B"),
        Entry("fast cold", "works.Uncompiled", ("fast",), "BC"),
        Entry("torch", "peers.Torch", (), threads=some),
        Entry("torch fused", "peers.Torch", (True,), "B", threads=some),
        Entry("optax warm", "peers.Optax", (), threads=some),
        Entry("optax cold", "peers.Uncompiled", (), threads=some),
    ]


# --- in a process of its own ------------------------------------------------------------------------------------------


def serve(there: Connection, made: str, told: tuple[Any, ...]) -> None:
    """Make one of a class, then do what is asked for: (work, size) -> (seconds, results)."""
    module, name = made.split(".")
    peer = getattr(importlib.import_module(f"{__package__}.{module}"), name)(*told)
    while True:
        work, size = there.recv()
        getattr(peer, "before", lambda: None)()
        began = time.perf_counter()
        found = getattr(peer, work)(size)
        there.send((time.perf_counter() - began, found))


class Worker:
    """A process that does works for one entry with one number of threads."""

    def __init__(self, entry: Entry, threads: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.name, (self.here, there) = entry.name, context.Pipe()
        told = (threads, *entry.told) if threads else entry.told
        self.process = context.Process(target=serve, args=(there, entry.made, told), daemon=True)
        self.process.start()

    def __call__(self, work: str, size: Size) -> tuple[float, Arrays]:
        """(how long it took, what came of it). Raises RuntimeError where the process is gone."""
        self.here.send((work, size))
        while not self.here.poll(1):
            if not self.process.is_alive():
                raise RuntimeError(f"the process of {self.name} is gone")
        return self.here.recv()


class Crew:
    """The workers of all entries, each hired when it is first asked for; as a context, until it is left."""

    def __init__(self) -> None:
        self.entries = entries()
        self.hired: dict[tuple[str, int], Worker] = {}

    def worker(self, entry: Entry, threads: int) -> Worker:
        key = entry.name, threads
        if key not in self.hired:
            self.hired[key] = Worker(entry, threads)
        return self.hired[key]

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_error: object) -> None:
        for worker in self.hired.values():
            worker.process.terminate()
            worker.process.join()


# --- the works --------------------------------------------------------------------------------------------------------


def compared(found: Arrays, wanted: Arrays) -> float:
    """The part of the results that is the same; what is not finite is the same as what is not either."""
    shares = []
    for name, ours in wanted.items():
        theirs = found[name]
        with np.errstate(all="ignore"):
            near = np.abs(theirs - ours) <= CLOSE * np.maximum(np.abs(ours), 1e-3)
        shares.append(float(np.mean(near | (~np.isfinite(ours) & ~np.isfinite(theirs)))))
    return min(shares)


class Race:
    """One work, done by all who take part in it."""

    def __init__(self, work: str, size: Size, crew: Crew) -> None:
        self.work, self.size, self.crew = work, size, crew
        self.entries = [entry for entry in crew.entries if work in entry.works]

    def compare(self) -> None:
        """Every peer's results beside ours, at the quick size. Raises ValueError where they are not the same work."""
        wanted: Arrays = {}
        for entry in self.entries:
            _, found = self.crew.worker(entry, entry.threads[0])(self.work, QUICK[self.work])
            wanted = wanted or found
            entry.same[self.work] = share = compared(found, wanted)
            if share < SAME[self.work]:
                raise ValueError(f"{self.work}: only {share:.1%} of the results of {entry.name} are ours")

    def run(self, rounds: int) -> None:
        """Look for each one's best number of threads, then take turns."""
        chosen = [(entry, self._chosen(entry, min(rounds, TRIED))) for entry in self.entries]
        for _ in range(rounds):
            for entry, worker in chosen:
                entry.seconds.setdefault(self.work, []).append(worker(self.work, self.size)[0])

    def _chosen(self, entry: Entry, tries: int) -> Worker:
        workers = {threads: self.crew.worker(entry, threads) for threads in entry.threads}
        best = {
            threads: min(worker(self.work, self.size)[0] for _ in range(tries)) for threads, worker in workers.items()
        }
        entry.best[self.work] = kept = min(best, key=best.__getitem__)
        return workers[kept]


# --- what is said -----------------------------------------------------------------------------------------------------


def show(race: Race) -> None:
    ours = race.entries[0].median(race.work)
    steps = race.size.steps * (race.size.side**2 or 6 * (race.size.rates or 1))
    print(f"\n{race.work}: {steps:,} steps{'':17}{'ms':>10}{'ns a step':>11}{'of ours':>9}{'threads':>9}{'same':>9}")
    for entry in race.entries:
        seconds, threads = entry.median(race.work), entry.best[race.work] or "own"
        row = f"{1e3 * seconds:10.2f}{1e9 * seconds / steps:11.1f}{seconds / ours:9.2f}{threads:>9}"
        print(f"    {entry.name:28}{row}{entry.same[race.work]:9.2%}")
    for target, ratio in judged(race):
        said = "met" if ratio <= target.most else "missed"
        print(f"    {target.who} / {target.whom}: {ratio:.4f}, at most {target.most:.4f}: {said}")


def judged(race: Race) -> list[tuple[Target, float]]:
    """Every target of a work, and what was reached; torch counts as the faster of its two ways."""
    took = {entry.name: entry.median(race.work) for entry in race.entries}
    took["torch"] = min(seconds for name, seconds in took.items() if name.startswith("torch"))
    return [(target, took[target.who] / took[target.whom]) for target in TARGETS if target.work == race.work]


def as_json(race: Race) -> dict[str, Any]:
    rows = {
        entry.name: {
            "seconds": entry.median(race.work),
            "all": entry.seconds[race.work],
            "threads": entry.best[race.work] or None,
            "same": entry.same[race.work],
        }
        for entry in race.entries
    }
    targets = [vars(target) | {"reached": ratio, "met": ratio <= target.most} for target, ratio in judged(race)]
    return {"size": vars(race.size), "rows": rows, "targets": targets}


def machine() -> dict[str, Any]:
    packages = ("numpy", "numba", "torch", "optax", "jax")
    versions = {name: importlib.metadata.version(name) for name in packages}
    return {"cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()} | versions


def raced(work: str, size: Size, crew: Crew, quick: bool) -> dict[str, Any]:
    race = Race(work, size, crew)
    race.compare()
    race.run(1 if quick else ROUNDS)
    show(race)
    return as_json(race)


def grown(quick: bool) -> dict[str, Any]:
    found = growth.measured(quick)
    growth.show(found)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small works and one round: whether all of it runs")
    parser.add_argument("--work", default="A,B,C,D", help="which of A, B, C and D")
    asked = parser.parse_args()
    works = asked.work.upper().split(",")
    if not {*works} <= {*FULL, "D"}:
        parser.error(f"--work: {asked.work} is not some of A,B,C,D")
    sizes, told = (QUICK if asked.quick else FULL), {"on": machine(), "quick": asked.quick}
    print(", ".join(f"{name} {value}" for name, value in told["on"].items()))
    with Crew() as crew:
        for work in works:
            told[work] = grown(asked.quick) if work == "D" else raced(work, sizes[work], crew, asked.quick)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
