"""What came of a run, and what is known of the surface on which it walked."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from landscapes import layers
from optim_core import REACH, values

from ..metrics import norm
from ..walks import results, stability
from .curves import at
from .expressions import Odd

if TYPE_CHECKING:
    from .measures import Measured


def _arrived(on: "Measured", run: Any, tolerance: Any = None) -> int | None:
    walk = on.walk(run)
    return results.first_step(walk, on.surface, "loss", _tolerance(on, tolerance)) if _has_lowest(on) else None


def _stays(on: "Measured", run: Any, tolerance: Any = None) -> int | None:
    walk = on.walk(run)
    return results.lasting_step(walk, on.surface, "loss", _tolerance(on, tolerance)) if _has_lowest(on) else None


def _has_lowest(on: "Measured") -> bool:
    return on.surface.lowest is not None


def _tolerance(on: "Measured", given: Any) -> float:
    return on.state.view.tolerance if given is None else given


def _best_loss(on: "Measured", run: Any) -> float | None:
    walk = on.walk(run)
    step = results.best_step(walk)
    return None if step is None else float(walk.trajectory.loss[step])


def _distance(on: "Measured", run: Any, t: Any = None) -> float | None:
    """From where a run is after a step, the last one unless said, to the nearest global minimum."""
    walk = on.walk(run)
    if not _has_lowest(on) or (t is None and walk.diverged_at is not None):
        return None
    x, y = walk.trajectory.on_surface[on.state.n_steps if t is None else t]
    return float(on.surface.distance(np.array([x, y])))


def _apart(on: "Measured", one: Any, other: Any) -> float:
    """The largest distance between two walks at one step, infinite where only one of them diverges."""
    here, there = on.walk(one).trajectory, on.walk(other).trajectory
    ends = [int(end) for end in (here.diverged_at, there.diverged_at) if end >= 0]
    with np.errstate(invalid="ignore"):
        lengths = norm(here.params - there.params)[: min(ends, default=None)]
    return math.inf if len(ends) == 1 else float(lengths.max(initial=0.0))


def _stable_lr(on: "Measured", run: Any, t: Any = 0) -> float | None:
    """The largest stable learning rate for the curvature where a run is after a step, its start unless said."""
    walk = on.walk(run)
    sharpest = at(on, "sharpest", run, t)
    return None if sharpest is None else walk.part(min(t + 1, on.state.n_steps)).optimizer.stable_lr(sharpest)


def _curvature(on: "Measured", k: Any) -> float:
    return stability.curvature(on.surface, on.minimum(k)).sharpest


def _pit(on: "Measured", run: Any) -> int | None:
    """The place of the minimum near which a run ends, among those of its surface."""
    walk = on.walk(run)
    if walk.diverged_at is not None or not on.minima:
        return None
    last = walk.trajectory.on_surface[-1]
    away = [math.dist(last, point) for point in on.minima]
    near = REACH * float(np.hypot(*(high - low for low, high in on.surface.domain)))
    return int(np.argmin(away)) if min(away) <= near else None


def _of_surface(on: "Measured", name: Any) -> Any:
    """A number of the surface, or of what is done to it."""
    core, around = layers(on.surface)
    found: dict[str, Any] = {}
    for one in (core, *around):
        found |= values(one)
    if name not in found:
        raise Odd(f"the surface has no {name}: it has {', '.join(found) or 'no numbers'}")
    return found[name]


def _setting(on: "Measured", run: Any, name: Any) -> Any:
    """A number of a run's optimizer."""
    found = values(on.state.runs[on.place(run)].optimizer)
    if name not in found:
        raise Odd(f"{on.walk(run).label} has no {name}: it has {', '.join(found)}")
    return found[name]


WATCHES: dict[str, Callable[..., Any]] = {
    "arrived": _arrived,
    "stays": _stays,
    "final_loss": lambda on, run: on.walk(run).final_loss,
    "best_loss": _best_loss,
    "best_step": lambda on, run: results.best_step(on.walk(run)),
    "distance": _distance,
    "path_length": lambda on, run: results.path_length(on.walk(run)),
    "detour": lambda on, run: results.detour(on.walk(run)),
    "diverged_at": lambda on, run: on.walk(run).diverged_at,
    "memory": lambda on, run: on.state.runs[on.place(run)].optimizer.n_remembered,
    "fate": lambda on, run: results.row(on.walk(run), on.surface).fate.kind,
    "stable_lr": _stable_lr,
    "apart": _apart,
    "curvature": _curvature,
    "minimum.x": lambda on, k: on.minimum(k)[0],
    "minimum.y": lambda on, k: on.minimum(k)[1],
    "pit": _pit,
    "surface": _of_surface,
    "setting": _setting,
}
