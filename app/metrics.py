"""What can be read off a walk, step by step: the curves of the panels. Pure numpy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from landscapes import Surface
from optim_core import OPTIMIZERS, Trajectory

Array = np.ndarray


@dataclass(frozen=True)
class Metric:
    """A curve over the steps. `curve` gives `(n,)`, `(n, 2)` for a curve of each parameter, or None: not here."""

    label: str
    doc: str
    curve: Callable[[Trajectory, Surface], Array | None]
    first: int = 0  # the step of its first value
    log: bool = True  # the axis it is best seen on
    pair: bool = False  # a curve for each parameter
    remembered: bool = False  # whether it is a memory of the optimizers
    lacking: str = ""  # why no run may have it


def norm(vectors: Array) -> Array:
    """The length of each row's vector."""
    with np.errstate(all="ignore"):
        return np.hypot(vectors[:, 0], vectors[:, 1])


def excess(trajectory: Trajectory, surface: Surface) -> Array:
    with np.errstate(all="ignore"):
        return trajectory.loss - (surface.lowest or 0.0)


def distance(trajectory: Trajectory, surface: Surface) -> Array | None:
    """How far each point is from the global minimum nearest to it."""
    return None if surface.lowest is None else surface.distance(trajectory.on_surface.T)


def on(surface: Surface, name: str) -> str:
    """The metric to show on this surface: without a known minimum the loss itself stands for the excess."""
    return "loss" if name == "excess" and surface.lowest is None else name


def _memory(name: str) -> Metric:
    called = name.replace("_", " ")
    label = f"{called}: {MEANINGS[name]}" if name in MEANINGS else f"Memory: {called}"
    doc = "kept from step to step"
    lacking = f"no run here remembers {called}"
    look: dict[str, Any] = {"first": 1, "log": False, "pair": True, "remembered": True}
    return Metric(label, doc, lambda walk, _: _field(walk, name), lacking=lacking, **look)


def _field(trajectory: Trajectory, name: str) -> Array | None:
    return getattr(trajectory.state, name, None)


MEANINGS = {  # what optimizers keep, by the name that they share; in words, for letters are chosen
    "velocity": "the gradients so far, fading",
    "sum_sq": "sum of squared gradients",
    "square_avg": "average of squared gradients",
    "grad_avg": "average gradient",
    "delta_avg": "average of squared steps",
    "rate": "each parameter's rate",
    "prev_grad": "the gradient before",
    "m": "average gradient",
    "v": "average of squared gradients",
    "u": "the largest gradient, fading",
    "v_max": "the largest average so far",
    "mu_product": "product of all momenta",
    "s": "average of squared surprises",
}
_MEMORIES = dict.fromkeys(name for cls in OPTIMIZERS.values() for name in type(cls().init(np.zeros(1)))._fields)

METRICS: dict[str, Metric] = {
    "excess": Metric("Loss above minimum", "how far above the lowest value", excess),
    "loss": Metric("Loss", "the value of the surface", lambda walk, _: walk.loss, log=False),
    "gradient": Metric("Gradient norm", "how steep it is there", lambda walk, _: norm(walk.grad)),
    "step": Metric("Step length", "how far each step goes", lambda walk, _: norm(walk.delta), first=1),
    "distance": Metric(
        "Distance to minimum", "to the nearest global minimum", distance, lacking="no minimum is known to be near"
    ),
    "effective_lr": Metric(
        "Effective learning rate", "what multiplies the gradient", lambda walk, _: walk.effective_lr, first=1, pair=True
    ),
    "rms_grad": Metric("RMS gradient", "typical gradient size", lambda walk, _: walk.rms_grad, first=1, pair=True),
    **{name: _memory(name) for name in _MEMORIES},
}


@dataclass(frozen=True)
class Panel:
    """A graph of curves beside the map. `axis` and `choice` are keys of the query."""

    metric: str  # what it shows, unless chosen
    axis: str  # how its axis is chosen
    choice: str = ""  # how what it shows is chosen; empty: it is always the same
    legend: bool = False  # whether it explains x and y
    term: str = ""  # what of the glossary explains it

    @property
    def axes(self) -> tuple[str, ...]:
        """What its axis may be, the default first."""
        return ("auto", "log", "linear") if self.choice else ("log", "linear")

    @property
    def label(self) -> str:
        return "Panel of choice" if self.choice else METRICS[self.metric].label


PANELS: dict[str, Panel] = {  # the name of its graph -> the panel, from above
    "lr": Panel("effective_lr", "lr_axis", legend=True, term="effective"),
    "rms": Panel("rms_grad", "rms_axis", term="rms"),
    "third": Panel("excess", "panel_axis", choice="panel"),
}
