"""The plane on which the paths of all runs are projected, and the loss surface in it."""

import base64
import binascii
import json
import math
from typing import Any, NamedTuple

import numpy as np

from landscapes import Regression

from ..protocol import Forged
from ..screen.arrays import small
from .asked import Course

Array = np.ndarray
PLANE = "plane"
MOST, LEAST = 60, 24  # points of the ground along each side
CELLS = 8_000_000  # samples of all points together, where every one must be asked
WIDE = 3.5  # deviations on either side that the window has where the page does not know one yet


class Moments(NamedTuple):
    """Sums over all recorded parameters of all runs, as tiles hand them on."""

    count: float
    sum: Array  # (d,)
    products: Array  # (d, d)


def piece(course: Course, given: str) -> dict[str, Any]:
    """The plane that is asked for, and the losses in it; `given` is JSON.

    {"of": [i, j]} are two parameters; {"count", "sum", "products"}, the latter two as base64 of float64, are the sums
    of the tiles, and ask for the first two principal components. With both, `window`: [u0, u1, v0, v1].

    `origin`, `u`, `v` (d,); `share`: of the variance, that the plane holds (NaN for two parameters); `window`;
    `ground` (size, size), rows along v.
    """
    told = _read(given)
    origin, u, v, share, reach = _chosen(course, told) if "of" in told else _principal(course, _moments(course, told))
    window = _window(told, reach)
    ground = losses(course.regression, origin, u, v, window)
    plane = {"origin": origin, "u": u, "v": v, "share": np.array([share]), "window": np.array(window)}
    return plane | {"ground": small(ground)}


def _read(given: str) -> dict[str, Any]:
    try:
        told = json.loads(given)
    except ValueError:
        told = None
    if type(told) is not dict:
        raise Forged("given: a plane is expected")
    return told


def _chosen(course: Course, told: dict[str, Any]) -> tuple[Array, Array, Array, float, Array]:
    """Two parameters; the others stand at the minimum, or at 0 where there is none."""
    pair = told["of"]
    if type(pair) is not list or len(pair) != 2 or pair[0] == pair[1]:
        raise Forged("of: two parameters are expected")
    if not all(type(one) is int and 0 <= one < course.d for one in pair):
        raise Forged("of: there are no such parameters")
    least = course.regression.minimum
    origin = np.zeros(course.d) if least is None else np.array(least, float)
    reach = np.array([sorted((0.0, float(origin[one]))) for one in pair]) + np.array([-1.0, 1.0])
    u, v = np.eye(course.d)[pair]
    origin[pair] = 0.0
    return origin, u, v, math.nan, reach


def _moments(course: Course, told: dict[str, Any]) -> Moments:
    count = told.get("count")
    if type(count) not in (int, float) or not count > 0:
        raise Forged("count: how many parameters were added is expected")
    upper = np.triu_indices(course.d)
    flat = _floats(told, "products", len(upper[0]))
    products = np.zeros((course.d, course.d))
    products[upper] = flat
    products.T[upper] = flat
    return Moments(float(count), _floats(told, "sum", course.d), products)


def _floats(told: dict[str, Any], name: str, many: int) -> Array:
    try:
        values = np.frombuffer(base64.b64decode(told.get(name, ""), validate=True), "<f8")
    except (binascii.Error, ValueError, TypeError):
        values = np.zeros(0)
    if len(values) != many or not np.isfinite(values).all() or np.abs(values).max() > 1e150:
        raise Forged(f"{name}: {many} numbers are expected")
    return values


def _principal(course: Course, sums: Moments) -> tuple[Array, Array, Array, float, Array]:
    """The two directions in which the parameters of all runs vary most, and the share of the variance in them."""
    mean = sums.sum / sums.count
    spread, directions = np.linalg.eigh(sums.products / sums.count - np.outer(mean, mean))
    spread = np.maximum(spread[::-1], 0.0)
    first = [_turned(directions[:, -1 - place]) for place in range(min(2, course.d))]
    u, v = first if len(first) == 2 else (first[0], np.zeros(1))
    share = float(spread[:2].sum() / spread.sum()) if spread.sum() > 0 else math.nan
    sides = WIDE * np.sqrt(np.append(spread, 0.0)[:2]) + 1e-9
    return mean, u, v, share, np.array([[-side, side] for side in np.maximum(sides, sides.max() / 10)])


def _turned(direction: Array) -> Array:
    """The direction or its opposite: whose largest number is positive, for every server must choose alike."""
    return direction * (1.0 if direction[np.argmax(np.abs(direction))] > 0 else -1.0)


def _window(told: dict[str, Any], reach: Array) -> list[float]:
    window = told.get("window", reach.ravel().tolist())
    if type(window) is not list or len(window) != 4 or not all(type(end) in (int, float) for end in window):
        raise Forged("window: u0, u1, v0, v1 are expected")
    u0, u1, v0, v1 = window
    if not (-1e100 < u0 < u1 < 1e100 and -1e100 < v0 < v1 < 1e100):
        raise Forged("window: u0 < u1 and v0 < v1 are expected")
    return list(map(float, window))


def losses(regression: Regression, origin: Array, u: Array, v: Array, window: list[float]) -> Array:
    """`(size, size)`: the loss on a grid of the plane, rows along v."""
    size = MOST if regression.kind == "linear" else _size(len(regression.target))
    across, up = np.linspace(*window[:2], size), np.linspace(*window[2:], size)
    with np.errstate(all="ignore"):
        if regression.kind == "linear":
            return _bowl(regression, origin, u, v, across, up)
        points = np.stack([origin[:, None] + np.outer(u, across) + (v * one)[:, None] for one in up], axis=1)
        return np.stack([regression.loss(points[:, row]) for row in range(size)])


def _size(n: int) -> int:
    return min(max(math.isqrt(CELLS // n), LEAST), MOST)


def _bowl(regression: Regression, origin: Array, u: Array, v: Array, across: Array, up: Array) -> Array:
    """Squared errors are a quadratic of the place in the plane, so that the samples are asked but once."""
    begin = regression.features @ origin - regression.target
    sides = np.stack([begin, regression.features @ u, regression.features @ v])
    gram = sides @ sides.T / len(begin)
    place = np.stack(np.broadcast_arrays(1.0, across[None, :], up[:, None]))
    errors = np.einsum("iyx,ij,jyx->yx", place, gram, place)
    params = np.stack([origin, u, v])
    return errors + regression.l2 / 2 * np.einsum("iyx,ij,jyx->yx", place, params @ params.T, place)
