"""A plane through the space of all weights, on which the paths of a training can be seen, and the loss over it.

The plane is that of the first two principal components of all paths together (H. Li et al., "Visualizing the Loss
Landscape of Neural Nets", 2018, section 7), or that of two chosen weights. The components need no path: the sum of the
points and that of their products, which each stretch of a training has of its own, are enough. Numpy alone.
"""

import base64
import binascii
import json
import math
from typing import Any, NamedTuple

import numpy as np

from landscapes import Regression

from ..protocol import Forged

Array = np.ndarray
Window = tuple[float, float, float, float]  # x0, x1, y0, y1 in the plane
SIDE, COARSE = 60, 18  # places along each side of a ground, and at least
CELLS = 1_500_000  # places times samples that a ground may cost where each is computed for itself
TOGETHER = 512  # factors of at most 2 have a product that is a number
LARGEST = 1e100  # of a moment: that of walks that a plane can show
FLAT = 1e-24  # a variance that is this share of the squared size is rounding alone


class Moments(NamedTuple):
    """What the components are found from: of n points of d weights, their number, sum `(d,)` and products `(d, d)`."""

    count: int
    sum: Array
    products: Array


class Plane(NamedTuple):
    """A point `origin` of it `(d,)`, two directions `u`, `v` `(d,)` of length 1, at right angles to each other.

    `shares`: of the variance of all paths, how much lies along each, `(2,)`; NaN where nothing moves.
    """

    origin: Array
    u: Array
    v: Array
    shares: Array


def moments(path: Array) -> Moments:
    """Of a path `(n, d)`; points that are not finite are left out."""
    kept = path[np.isfinite(path).all(axis=1)]
    with np.errstate(over="ignore", invalid="ignore"):
        return Moments(len(kept), kept.sum(axis=0), kept.T @ kept)


def added(*parts: Moments) -> Moments:
    """Of all their points together."""
    return Moments(*(sum(each) for each in zip(*parts, strict=True)))


# --- the plane ------------------------------------------------------------------------------------------------------


def principal(of: Moments) -> Plane:
    """Through the mean of all points, along the first two principal components.

    Each points to the side on which the mean lies, seen from 0, so that it does not turn round while a setting moves.
    """
    mean, spread = _spread(of)
    variances, directions = np.linalg.eigh(spread)
    u, v = (_turned(directions[:, -place], mean) for place in (1, 2))
    return Plane(mean, u, v, _shares(variances[[-1, -2]], spread, of))


def across(of: Moments, first: int, second: int, minimum: Array | None) -> Plane:
    """Two weights as they are; the others stand at the minimum `(d,)`, or without one at the mean of all points."""
    mean, spread = _spread(of)
    origin = (mean if minimum is None else minimum).copy()
    origin[[first, second]] = 0.0
    u, v = np.eye(len(mean))[[first, second]]
    return Plane(origin, u, v, _shares(spread.diagonal()[[first, second]], spread, of))


def _spread(of: Moments) -> tuple[Array, Array]:
    mean = of.sum / of.count
    return mean, of.products / of.count - np.outer(mean, mean)


def _turned(direction: Array, mean: Array) -> Array:
    along = direction @ mean
    if abs(along) <= 1e-9 * np.linalg.norm(mean):
        along = direction[np.abs(direction).argmax()]
    return -direction if along < 0 else direction


def _shares(variances: Array, spread: Array, of: Moments) -> Array:
    whole = np.trace(spread)
    if whole <= FLAT * np.trace(of.products):
        return np.full(2, math.nan)
    return np.clip(variances, 0.0, whole) / whole


# --- the loss over it -----------------------------------------------------------------------------------------------


def places(window: Window, size: int) -> tuple[Array, Array]:
    """The places of a ground along both sides, each `(size,)`."""
    x0, x1, y0, y1 = window
    return np.linspace(x0, x1, size), np.linspace(y0, y1, size)


def ground(regression: Regression, plane: Plane, window: Window) -> Array:
    """The loss at evenly spread places of the plane `(size, size)`, rows upwards: SIDE of them, fewer for many samples.

    The weights on the plane are origin + x u + y v. What the model says of a sample is linear in them, so that three
    products with the features serve all places.
    """
    size = _size(regression)
    x, y = places(window, size)
    said = [regression.features @ part for part in (plane.origin, plane.u, plane.v)]
    with np.errstate(all="ignore"):
        fitted = (_squares if regression.kind == "linear" else _logs)(regression.target, *said, x, y)
        return fitted + regression.l2 / 2 * _bowl(*plane[:3], x, y)


def _size(regression: Regression) -> int:
    if regression.kind == "linear":
        return SIDE
    return min(max(int(math.sqrt(CELLS / len(regression.target))), COARSE), SIDE)


def _squares(target: Array, base: Array, along: Array, up: Array, x: Array, y: Array) -> Array:
    return np.maximum(_bowl(base - target, along, up, x, y), 0) / len(target)


def _bowl(base: Array, along: Array, up: Array, x: Array, y: Array) -> Array:
    """|base + x along + y up|² at all pairs, `(len(y), len(x))`."""
    across = base @ base + 2 * x * (base @ along) + x * x * (along @ along)
    return across + 2 * y[:, None] * (base @ up + x * (along @ up)) + (y * y * (up @ up))[:, None]


def _logs(target: Array, base: Array, along: Array, up: Array, x: Array, y: Array) -> Array:
    """The mean of log(1 + exp(-z)) over z, what the model says for a sample's own class; a row of places at a time."""
    own = np.where(target > 0.5, 1.0, -1.0)
    base, along, up = base * own, along * own, up * own
    steps = np.multiply.outer(x, along)
    return np.array([_softplus(-(steps + (base + one * up))) for one in y])


def _softplus(z: Array) -> Array:
    """The mean of log(1 + exp(z)) along the last axis: one logarithm for many samples, that of their product."""
    size = np.abs(z)
    terms = np.exp(-size)
    terms += 1
    tails = np.log(np.multiply.reduceat(terms, np.arange(0, z.shape[-1], TOGETHER), axis=-1)).sum(axis=-1)
    return (tails + 0.5 * (size.sum(axis=-1) + z.sum(axis=-1))) / z.shape[-1]


# --- what a page asks -----------------------------------------------------------------------------------------------


def is_one(part: str) -> bool:
    """Whether a tile is one of these."""
    return part.partition("|")[0] in ("plane", "ground")


def piece(part: str, given: str, regression: Regression) -> dict[str, Array]:
    """What a page asks for with a text of its own. Raises Forged for what no page asks.

    "plane": the plane of the principal components of the moments given; "plane|2|5": that of these two weights;
    "ground": the loss over the plane given, in its window. The given texts are JSON, with arrays as base64 of
    little-endian float64: {"count", "sum", "products": rows of the upper triangle} or {"origin", "u", "v", "window"}.
    """
    kind, *pair = part.split("|")
    size = regression.features.shape[1]
    if kind == "ground" and not pair:
        plane, window = _plane(given, size)
        z = ground(regression, plane, window)
        return {"z": z, "window": np.array(window)}
    if kind != "plane" or size < 2:
        raise Forged("no such tile")
    of = _moments(given, size)
    chosen = _pair(pair, size)
    plane = across(of, *chosen, regression.minimum) if chosen else principal(of)
    return plane._asdict()


def _pair(words: list[str], size: int) -> tuple[int, int] | None:
    if not words:
        return None
    known = {str(place): place for place in range(size)}
    if len(words) != 2 or words[0] == words[1] or not set(words) <= set(known):
        raise Forged("no such weights")
    return known[words[0]], known[words[1]]


def _moments(given: str, size: int) -> Moments:
    told = _told(given, {"count", "sum", "products"})
    count = told["count"]
    if type(count) is not int or not 0 < count < 2**53:
        raise Forged("a count is expected")
    products = np.zeros((size, size))
    upper = np.triu_indices(size)
    products[upper] = _numbers(told["products"], len(upper[0]))
    total = _numbers(told["sum"], size)
    if max(np.abs(total).max(), np.abs(products).max()) > LARGEST:
        raise Forged("smaller numbers are expected")
    return Moments(count, total, products + np.triu(products, 1).T)


def _plane(given: str, size: int) -> tuple[Plane, Window]:
    told = _told(given, {"origin", "u", "v", "window"})
    x0, x1, y0, y1 = _numbers(told["window"], 4).tolist()
    if not (x0 < x1 and y0 < y1):
        raise Forged("a window is expected")
    origin, u, v = (_numbers(told[name], size) for name in ("origin", "u", "v"))
    return Plane(origin, u, v, np.full(2, math.nan)), (x0, x1, y0, y1)


def _told(given: str, names: set[str]) -> dict[str, Any]:
    try:
        told = json.loads(given)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or set(told) != names:
        raise Forged("no page gives this")
    return told


def _numbers(text: Any, count: int) -> Array:
    """That many finite numbers."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raw = b""
    if len(raw) != 8 * count:
        raise Forged(f"{count} numbers are expected")
    numbers = np.frombuffer(raw, "<f8").astype(float)
    if not np.isfinite(numbers).all():
        raise Forged("finite numbers are expected")
    return numbers
