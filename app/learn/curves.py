"""What can be read off a walk step by step, and where on its way it is largest, smallest or above a bound."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..metrics import excess, norm
from ..walks import stability
from ..walks.simulate import Walk
from .expressions import Odd, plain

if TYPE_CHECKING:
    from .measures import Measured

Array = np.ndarray

POINTS: dict[str, Callable[["Measured", Walk], Array]] = {  # after each step, and at the start
    "params.x": lambda _, walk: walk.trajectory.params[:, 0],
    "params.y": lambda _, walk: walk.trajectory.params[:, 1],
    "loss": lambda _, walk: walk.trajectory.loss,
    "excess": lambda on, walk: excess(walk.trajectory, on.surface),
    "grad.x": lambda _, walk: walk.trajectory.grad[:, 0],
    "grad.y": lambda _, walk: walk.trajectory.grad[:, 1],
    "gradient": lambda _, walk: norm(walk.trajectory.grad),
    "sharpest": lambda on, walk: stability.largest(stability.hessians(on.surface, walk.trajectory.on_surface)),
    "lag": lambda on, walk: _behind(on, walk),
}
STEPS: dict[str, Callable[["Measured", Walk], Array]] = {  # of each step, the first of which is 1
    "seen_grad.x": lambda _, walk: walk.trajectory.seen_grad[:-1, 0],
    "seen_grad.y": lambda _, walk: walk.trajectory.seen_grad[:-1, 1],
    "delta.x": lambda _, walk: walk.trajectory.delta[:, 0],
    "delta.y": lambda _, walk: walk.trajectory.delta[:, 1],
    "step": lambda _, walk: norm(walk.trajectory.delta),
    "effective_lr.x": lambda _, walk: walk.trajectory.effective_lr[:, 0],
    "effective_lr.y": lambda _, walk: walk.trajectory.effective_lr[:, 1],
    "rms_grad.x": lambda _, walk: walk.trajectory.rms_grad[:, 0],
    "rms_grad.y": lambda _, walk: walk.trajectory.rms_grad[:, 1],
    "lr": lambda _, walk: walk.rates,
    "clipped": lambda _, walk: walk.clipped.astype(float),
}


def curve(on: "Measured", quantity: Any, run: Any) -> tuple[int, Array]:
    """The step of its first value, and the values of a quantity along a run's walk. Raises Odd for one that is none."""
    walk = on.walk(run)
    if quantity in POINTS:
        return 0, POINTS[quantity](on, walk)
    if quantity in STEPS:
        return 1, STEPS[quantity](on, walk)
    if isinstance(quantity, str) and quantity.startswith("state."):
        return 1, _memory(walk, quantity.removeprefix("state."))
    raise Odd(f"there is no quantity {quantity!r}")


def _memory(walk: Walk, name: str) -> Array:
    field, _, axis = name.rpartition(".")
    kept = getattr(walk.trajectory.state, field or name, None)
    if kept is None:
        has = ", ".join(one for one, rows in walk.trajectory.state._asdict().items() if rows is not None) or "nothing"
        raise Odd(f"{walk.label} remembers no {field or name}: it has {has}")
    if axis not in ("x", "y"):
        raise Odd(f"state.{field or name}.x or .y is expected")
    return np.broadcast_to(kept[..., "xy".index(axis)] if kept.ndim > 1 else kept, (len(walk.trajectory.delta),))


def _behind(on: "Measured", walk: Walk) -> Array:
    """How far a walk is behind the minimum nearest to its start, along the way in which the surface moves."""
    drift, offsets = on.state.weather.drift, walk.trajectory.offsets
    if drift is None or offsets is None:
        raise Odd("lag: the surface stands still")
    start = walk.trajectory.params[0]
    nearest = min(on.minima, key=lambda point: math.dist(point, start))
    way = np.array(drift.velocity) / np.hypot(*drift.velocity)
    return (np.array(nearest) + offsets - walk.trajectory.params) @ way


def at(on: "Measured", quantity: str, run: Any, t: Any) -> Any:
    """A quantity of a run at a step. Raises Odd for a step that the walk has not."""
    first, values_ = curve(on, quantity, run)
    last = first + len(values_) - 1
    if type(t) is not int or not first <= t <= last:
        raise Odd(f"there is no step {t}: {quantity} has {first} to {last}")
    return plain(values_[t - first])


def _quantity(name: str) -> Callable[..., Any]:
    return lambda on, run, t: at(on, name, run, t)


def _stretch(on: "Measured", quantity: Any, run: Any, since: Any, until: Any) -> tuple[int, Array]:
    """The step of its first value, and the values of a quantity from one step to another, both included."""
    first, found = curve(on, quantity, run)
    last = first + len(found) - 1
    begin, end = first if since is None else since, last if until is None else until
    if type(begin) is not int or type(end) is not int or not first <= begin <= end <= last:
        raise Odd(f"there are no steps {begin} to {end}: {quantity} has {first} to {last}")
    return begin, found[begin - first : end - first + 1]


def _extreme(choose: Callable[[Array], Any]) -> Callable[..., Any]:
    """The largest or smallest value; none where one of them is not a number."""

    def found(on: "Measured", quantity: Any, run: Any, since: Any = None, until: Any = None) -> Any:
        return plain(choose(_stretch(on, quantity, run, since, until)[1]))

    return found


def _where(choose: Callable[[Array], Any]) -> Callable[..., Any]:
    """The step of the largest or smallest value, the first of several."""

    def found(on: "Measured", quantity: Any, run: Any, since: Any = None, until: Any = None) -> int:
        first, values_ = _stretch(on, quantity, run, since, until)
        return first + int(choose(values_))

    return found


def _first(above: bool) -> Callable[..., Any]:
    """The first step with a value whose size is above a bound, or below it; none without one."""

    def found(on: "Measured", quantity: Any, run: Any, bound: Any, since: Any = None, until: Any = None) -> int | None:
        if bound is None:
            return None
        first, values_ = _stretch(on, quantity, run, since, until)
        with np.errstate(invalid="ignore"):
            met = np.abs(values_) > bound if above else np.abs(values_) < bound
        return first + int(met.argmax()) if met.any() else None

    return found


def _last_above(on: "Measured", quantity: Any, run: Any, bound: Any) -> int | None:
    first, values_ = curve(on, quantity, run)
    met = np.flatnonzero(np.abs(values_) > bound)
    return first + int(met[-1]) if met.size else None


WATCHES: dict[str, Callable[..., Any]] = {
    **{name: _quantity(name) for name in (*POINTS, *STEPS)},
    "state.*": lambda on, name, run, t: at(on, f"state.{name}", run, t),
    "largest": _extreme(np.max),
    "smallest": _extreme(np.min),
    "mean": _extreme(np.mean),
    "at_largest": _where(np.argmax),
    "at_smallest": _where(np.argmin),
    "first_above": _first(True),
    "first_below": _first(False),
    "last_above": _last_above,
}
