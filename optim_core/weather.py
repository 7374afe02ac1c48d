"""What the optimizer is told, where that is not the surface's own gradient: moving ground, noise, gaps and a limit.

Weather is one frozen value, the same for every run, and a pure function of (seed, t): whoever walks from the same start
for longer hears the same first. It applies in this order, each kind with a stream of its own of numpy's `RandomState`,
whose numbers numpy promises to keep:

    drift     the surface stands elsewhere at each step
    pulse     every k-th gradient of a parameter is c times as large, and of the other sign
    noise     Gaussian, σ/√batch for each parameter
    sparse    each parameter's gradient is told with a probability, else it is 0 (and memory decays)
    clip      by norm or by value

Step t, from row t − 1 of the params, is told of the surface as it stands at t; row t of `loss` belongs to it too.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from .arithmetic import Array

PerParameter = float | tuple[float, ...]  # one number for all, or one for each
NOISE, GAPS = 0, 1  # the streams
TABLES = ("drift", "pulse", "noise", "sparse")  # what has a row for each step


@dataclass(frozen=True)
class Pulse:
    """At steps 1, k + 1, 2k + 1, ... the gradient of one parameter is −c times what it is.

    The counterexample of S. J. Reddi, S. Kale and S. Kumar, On the Convergence of Adam and Beyond, 2018.
    """

    every: int = 3
    factor: float = 3.0
    parameter: int = 0

    def __post_init__(self) -> None:
        _whole("every", self.every, 1)
        _number("factor", self.factor)
        _whole("parameter", self.parameter, 0)


@dataclass(frozen=True)
class Drift:
    """The surface moves by `velocity` at each step, or by `velocity` once, at step `at`."""

    velocity: tuple[float, ...] = (0.02, 0.0)
    at: int | None = None

    def __post_init__(self) -> None:
        _numbers("velocity", self.velocity)
        if self.at is not None:
            _whole("at", self.at, 1)

    def offsets(self, n_steps: int) -> Array:
        """Where the surface stands at t = 0, ..., n_steps + 1: `(n_steps + 2, n_params)`."""
        t = np.arange(n_steps + 2.0)
        return np.outer(t if self.at is None else t >= self.at, self.velocity)


@dataclass(frozen=True)
class Clip:
    """A gradient longer than `norm` is shortened to it; or each of its numbers beyond ±`value` is set to that.

    As optax's clip_by_global_norm and clip. PyTorch's clip_grad_norm_ divides by the norm + 1e-6. A gradient that is
    not finite is left as it is.
    """

    norm: float | None = None
    value: float | None = None

    def __post_init__(self) -> None:
        if (self.norm is None) == (self.value is None):
            raise ValueError("Clip: norm=... or value=..., one of the two")
        _number("norm or value", self.norm if self.value is None else self.value, 0.0)


@dataclass(frozen=True)
class Weather:
    """What the optimizer is told; the default is fair weather.

    `noise` is σ and `sparse` the probability that a gradient is told, each one number or one for each parameter;
    `seeds` > 1 walks with that many seeds at once, from `seed` on, along the first axis behind the parameters.
    Raises ValueError, naming the field, for numbers that make no sense, TypeError for what is no number.
    """

    noise: PerParameter = 0.0
    batch: float = 1.0
    seed: int = 0
    seeds: int = 1
    sparse: PerParameter = 1.0
    pulse: Pulse | None = None
    drift: Drift | None = None
    clip: Clip | None = None

    def __post_init__(self) -> None:
        _numbers("noise", _each(self.noise), 0.0)
        _number("batch", self.batch, 1e-300)
        _whole("seed", self.seed, 0)
        _whole("seeds", self.seeds, 1)
        _numbers("sparse", _each(self.sparse), 0.0, 1.0)
        for name, kind in (("pulse", Pulse), ("drift", Drift), ("clip", Clip)):
            if not isinstance(getattr(self, name), (kind, type(None))):
                raise TypeError(f"{name} must be a {kind.__name__}, as in {name}={kind.__name__}(...)")

    @property
    def is_fair(self) -> bool:
        """Whether the optimizer is told the gradient itself."""
        exact = not any(_each(self.noise)) and min(_each(self.sparse)) == 1 and self.seeds == 1
        return exact and not (self.pulse or self.drift or self.clip)

    def told(self, n_steps: int, n_params: int) -> "Told":
        """All that is drawn and known before the first step. Raises ValueError for another number of parameters."""
        return _told(self, n_steps, n_params)


class Told(NamedTuple):
    """The tables of a weather for t = 1, ..., n_steps + 1; None where there is nothing of the kind.

    A row of `pulse`, `noise` and `sparse` is `(n_params,)`, or `(n_params, seeds)`; `offsets` begins with t = 0.
    """

    offsets: Array | None
    pulse: Array | None
    noise: Array | None
    sparse: Array | None
    clip: Clip | None

    @property
    def kinds(self) -> tuple[str, ...]:
        """What there is, in the order in which it applies: of `TABLES`, and "norm" or "value" for a limit."""
        known = (self.offsets, self.pulse, self.noise, self.sparse)
        found = [kind for kind, table in zip(TABLES, known, strict=True) if table is not None]
        limit = [] if self.clip is None else ["norm" if self.clip.value is None else "value"]
        return (*found, *limit)

    def tables(self) -> dict[str, Any]:
        """The same for a loop over two parameters: a column for each of them, and the limit."""
        known = (self.offsets if self.offsets is None else self.offsets[1:], self.pulse, self.noise, self.sparse)
        columns = {
            f"_{kind}_{axis}": table[:, axis].tolist()
            for kind, table in zip(TABLES, known, strict=True)
            if table is not None
            for axis in (0, 1)
        }
        limit = self.clip and (self.clip.norm if self.clip.value is None else self.clip.value)
        return columns if limit is None else columns | {"_most": float(limit)}

    def after(self, n_steps: int) -> "Told":
        """What is left after so many steps, t counted from there."""
        rest = [None if table is None else table[n_steps:] for table in self[:-1]]
        return Told(*rest, self.clip)

    def place(self, params: Array, t: int) -> Array:
        """Where `params` are on the surface as it stands at t."""
        return params if self.offsets is None else params - _row(self.offsets[t], params)

    def unclipped(self, grad: Array, rows: int | slice) -> Array:
        """What would be told without a limit, in these rows of the tables: of one step, or of several at once."""
        if self.pulse is not None:
            grad = grad * _row(self.pulse[rows], grad)
        if self.noise is not None:
            grad = grad + _row(self.noise[rows], grad)
        return grad if self.sparse is None else np.where(_row(self.sparse[rows], grad), grad, 0.0)

    def hear(self, grad: Array, t: int) -> Array:
        """What is told of this gradient at step t."""
        grad = self.unclipped(grad, t - 1)
        return grad if self.clip is None else clipped(grad, self.clip)


def clipped(grad: Array, clip: Clip) -> Array:
    """A gradient within its limit."""
    if clip.value is not None:
        return np.where(np.isfinite(grad), np.clip(grad, -clip.value, clip.value), grad)
    size = np.sqrt(np.sum(grad * grad, axis=0))
    return np.where((size > clip.norm) & (size < math.inf), grad * (clip.norm / size), grad)


@lru_cache(maxsize=3)  # the runs of a race hear the same, and of many seeds tables are large
def _told(weather: Weather, n_steps: int, n_params: int) -> Told:
    shape = (n_steps + 1, n_params) if weather.seeds == 1 else (n_steps + 1, n_params, weather.seeds)
    sigma = _for_each("noise", weather.noise, n_params) / math.sqrt(weather.batch)
    chance = _for_each("sparse", weather.sparse, n_params)
    across = (slice(None), *[None] * (len(shape) - 2))  # a number for each parameter, the same for every seed
    noise = _drawn(weather, NOISE, "standard_normal", shape) * sigma[across] if sigma.any() else None
    sparse = _drawn(weather, GAPS, "random_sample", shape) < chance[across] if chance.min() < 1 else None
    offsets = None
    if weather.drift is not None:
        offsets = weather.drift.offsets(n_steps)
        _for_each("drift", weather.drift.velocity, n_params)
    return Told(offsets, _pulses(weather.pulse, n_steps, n_params), noise, sparse, weather.clip)


def _drawn(weather: Weather, stream: int, kind: str, shape: tuple[int, ...]) -> Array:
    """The numbers of a stream, row by row, for each seed as it would be alone."""
    rows = [getattr(np.random.RandomState([stream, weather.seed + k]), kind)(shape[:2]) for k in range(weather.seeds)]
    return rows[0] if weather.seeds == 1 else np.stack(rows, axis=-1)


def _pulses(pulse: Pulse | None, n_steps: int, n_params: int) -> Array | None:
    if pulse is None:
        return None
    if pulse.parameter >= n_params:
        raise ValueError(f"pulse: there is no parameter {pulse.parameter}, the first of {n_params} is 0")
    table = np.ones((n_steps + 1, n_params))
    table[:: pulse.every, pulse.parameter] = -pulse.factor
    return table


def _row(row: Array, params: Array) -> Array:
    """A row of a table beside params of any number of axes."""
    return row.reshape(row.shape + (1,) * (params.ndim - row.ndim))


# --- what a number may be -------------------------------------------------------------------------------------------


def _each(given: PerParameter) -> tuple[float, ...]:
    return given if isinstance(given, tuple) else (given,)


def _for_each(name: str, given: PerParameter, n_params: int) -> Array:
    numbers = np.array(_each(given), float)
    if len(numbers) not in (1, n_params):
        raise ValueError(f"{name} must be one number, or {n_params}, one for each parameter")
    return np.broadcast_to(numbers, n_params)


def _number(name: str, given: Any, low: float = -math.inf, high: float = math.inf) -> None:
    if isinstance(given, bool) or not isinstance(given, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a number, not {given!r}")
    if not (math.isfinite(given) and low <= given <= high):
        wanted = (
            "a finite number"
            if low == -math.inf
            else f"at least {low:g}"
            if high == math.inf
            else f"from {low:g} to {high:g}"
        )
        raise ValueError(f"{name} must be {wanted}, not {given!r}")


def _numbers(name: str, given: Any, low: float = -math.inf, high: float = math.inf) -> None:
    if not isinstance(given, tuple) or not given:
        raise TypeError(f"{name} must be a number, or a tuple of them, not {given!r}")
    for one in given:
        _number(name, one, low, high)


def _whole(name: str, given: Any, low: int) -> None:
    if isinstance(given, bool) or not isinstance(given, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number, not {given!r}")
    if given < low:
        raise ValueError(f"{name} must be at least {low}, not {given!r}")
