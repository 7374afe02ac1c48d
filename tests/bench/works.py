"""The works of `python -m tests.bench.engine`, and how our own library does each of them.

    A    six optimizers walk from one start on Rosenbrock's function, and everything of every step is kept
    B    Adam walks from a grid of starts on Himmelblau's function, and in which minimum each ends is told
    C    the six walk with every rate of a sweep on Rosenbrock's function, and the last losses are kept

A peer is a class with a method for each work, which takes its `Size` and returns arrays; what is compared has the same
name and shape from every peer. `Ours` is one of them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from landscapes import Himmelblau, Rosenbrock
from optim_core import OPTIMIZERS, Optimizer, basins, ends, run, sweep
from optim_core.attraction import middles
from optim_core.engines import jitted

Arrays = dict[str, np.ndarray]

SIX: dict[str, dict[str, float]] = {  # the numbers of each; without an ε where libraries put it in different places
    "sgd": {"lr": 0.001},
    "momentum": {"lr": 0.001, "momentum": 0.9},
    "adagrad": {"lr": 0.5, "eps": 0.0},
    "rmsprop": {"lr": 0.01, "alpha": 0.9, "eps": 1e-8},
    "adadelta": {"lr": 1.0, "rho": 0.9, "eps": 1e-6},
    "adam": {"lr": 0.05, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
}
START = Rosenbrock.start
ADAM = {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
MINIMA = np.array(Himmelblau.minima)
RADIUS = 0.02 * float(np.hypot(*np.ptp(Himmelblau.domain, axis=1)))


@dataclass(frozen=True)
class Size:
    """How much of a work there is."""

    steps: int
    side: int = 0  # of the grid of starts
    rates: int = 0

    @property
    def starts(self) -> np.ndarray:
        """`(2, side * side)`: the middles of equal cells of the domain."""
        axes = (middles(low, high, self.side) for low, high in Himmelblau.domain)
        return np.stack(np.meshgrid(*axes)).reshape(2, -1)

    @property
    def swept(self) -> np.ndarray:
        """`(rates,)`"""
        return np.geomspace(1e-4, 10, self.rates)


FULL = {"A": Size(500), "B": Size(200, side=256), "C": Size(500, rates=61)}
QUICK = {"A": Size(100), "B": Size(100, side=64), "C": Size(100, rates=61)}


def optimizer(name: str) -> Optimizer:
    return OPTIMIZERS[name](**SIX[name])


def nearest(params: Any, library: Any = np) -> Any:
    """Which minimum each of `(2, n)` belongs to, -1 none; in numpy's words, which others speak too."""
    x, y = params
    away = library.stack([(x - u) * (x - u) + (y - v) * (y - v) for u, v in MINIMA.tolist()])
    return library.where(away.min(axis=0) <= RADIUS * RADIUS, away.argmin(axis=0), -1)


class Ours:
    """Our library by one of its engines, on as many threads as it takes by itself."""

    def __init__(self, engine: str) -> None:
        self.engine = engine

    def A(self, size: Size) -> Arrays:
        walks = [run(optimizer(name), Rosenbrock(), START, size.steps) for name in SIX]
        return {"params": np.stack([walk.params for walk in walks]), "loss": np.stack([walk.loss for walk in walks])}

    def B(self, size: Size) -> Arrays:
        found = ends(OPTIMIZERS["adam"](**ADAM), Himmelblau(), size.starts, size.steps, engine=self.engine)
        with np.errstate(all="ignore"):
            return {"params": found.params, "nearest": nearest(found.params)}

    def C(self, size: Size) -> Arrays:
        swept = [sweep(optimizer(name), lr=size.swept) for name in SIX]
        return {
            "loss": np.stack([ends(each, Rosenbrock(), START, size.steps, engine=self.engine).loss for each in swept])
        }


class Whole(Ours):
    """What the Basins tab asks for: since which step each walk stays there, the lowest loss, where it diverged."""

    def B(self, size: Size) -> Arrays:
        adam = OPTIMIZERS["adam"](**ADAM)
        found = basins(adam, Himmelblau(), size.side, n_steps=size.steps, engine=self.engine)
        return {"params": found.ends.params.reshape(2, -1), "nearest": found.nearest.ravel()}


class Uncompiled(Ours):
    """By machine code that has yet to be made."""

    def before(self) -> None:
        for made in (jitted.machine, jitted.of_surface, jitted.of_update):
            made.cache_clear()
