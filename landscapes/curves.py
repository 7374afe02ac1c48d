"""Curves of which every point is a minimum: how far from one a point is, where a map takes it, and what is drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Array = np.ndarray
Point = tuple[float, float]

POLISHED = 4  # rounds of Newton's method, from roots that are good to half the digits
DRAWN = 257  # points of each piece of a curve that a window shows


@dataclass(frozen=True)
class Hyperbola:
    """Both branches of a hyperbola: centre + w p + q / w for every number w but 0. An affine map of one is another."""

    centre: Point = (0.0, 0.0)
    p: Point = (1.0, 0.0)  # along one asymptote
    q: Point = (0.0, 1.0)  # and along the other

    def at(self, w: Array | float) -> Array:
        """The points of these parameters, `(...)` -> `(2, ...)`."""
        return np.stack([c + w * p + q / w for c, p, q in zip(self.centre, self.p, self.q, strict=True)])

    def moved(self, outward: Callable[[float, float], Point]) -> "Hyperbola":
        """The curve after an affine map."""
        centre, away = outward(*self.centre), outward(0.0, 0.0)
        p, q = ((u - away[0], v - away[1]) for u, v in (outward(*self.p), outward(*self.q)))
        return Hyperbola(*((float(u) + 0.0, float(v) + 0.0) for u, v in (centre, p, q)))

    def distance(self, params: Array) -> Array:
        """How far each point is from the nearest of the curve, `(2, ...)` -> `(...)`; NaN where it is not finite."""
        point = np.asarray(params, float)
        with np.errstate(all="ignore"):
            away = np.hypot(*(self.at(self.nearest(point)) - point[:, None])).min(axis=0)
        return np.where(np.isfinite(point).all(axis=0), away, np.nan)

    def nearest(self, params: Array) -> Array:
        """The parameters of the nearest point of each branch, `(2, ...)` -> `(2, ...)`, the positive one first.

        With the lengths of p and q taken out, w is a root of v⁴ + a v³ − b v − 1: there the way to a point stands
        upright on the curve. Whatever else is tried lies on the curve too, so it can be no nearer than the nearest.
        """
        point = np.asarray(params, float)
        with np.errstate(all="ignore"):
            w = self._upright(*(centre - part for centre, part in zip(self.centre, point, strict=True)))
            away = np.hypot(*(self.at(w) - point[:, None]))
            least = [np.where((sign * w > 0) & np.isfinite(away), away, np.inf).argmin(axis=0) for sign in (1, -1)]
        return np.take_along_axis(w, np.stack(least), axis=0)

    def _upright(self, x: Array, y: Array) -> Array:
        """Parameters among which those are where a way that ends (x, y) from the centre is upright: `(n, ...)`."""
        wide, high = np.hypot(*self.p), np.hypot(*self.q)
        unit = np.sqrt(high / wide)
        a = (x * self.p[0] + y * self.p[1]) * (unit / (wide * high))
        b = (x * self.q[0] + y * self.q[1]) / (unit * wide * high)
        tried = [np.stack([np.ones_like(a), -np.ones_like(a), -a, -1 / b]), _roots(a, b)]
        for _ in range(POLISHED):
            v = tried[-1]
            tried.append(v - (v * v * v * (v + a) - b * v - 1) / (v * v * (4 * v + 3 * a) - b))
        return unit * np.concatenate(tried)

    def drawn(self, window: tuple[Point, Point]) -> Array:
        """What a window ((x0, x1), (y0, y1)) shows of the curve, `(2, n)`: pieces of one line, NaN between them."""
        pieces = []
        for first, last in self._pieces(window):
            w = np.sign(first) * np.geomspace(abs(first), abs(last), DRAWN)
            pieces += [self.at(w), np.full((2, 1), np.nan)]
        return np.concatenate(pieces[:-1], axis=1) if pieces else np.empty((2, 0))

    def _pieces(self, window: tuple[Point, Point]) -> list[tuple[float, float]]:
        """From which parameter to which the curve is in a window: between two at which it crosses one of its lines."""
        lines = zip(window, self.centre, self.p, self.q, strict=True)
        crossed = np.concatenate([np.roots([p, c - side, q]) for span, c, p, q in lines for side in span])
        ends = np.sort(crossed[(crossed.imag == 0) & (crossed != 0)].real).tolist()
        between = [(first, last) for first, last in pairwise(ends) if first * last > 0]
        (x0, x1), (y0, y1) = window
        middles = [self.at(np.sign(first) * np.sqrt(first * last)) for first, last in between]
        return [pair for pair, (x, y) in zip(between, middles, strict=True) if x0 <= x <= x1 and y0 <= y <= y1]


def _roots(a: Array, b: Array) -> Array:
    """Real parts of the roots of v⁴ + a v³ − b v − 1, `(...)` -> `(4, ...)`; of one that is not finite, of another."""
    companion = np.zeros((*a.shape, 4, 4))
    companion[..., [1, 2, 3], [0, 1, 2]] = 1
    companion[..., 0, 0], companion[..., 0, 2], companion[..., 0, 3] = np.nan_to_num(-a), np.nan_to_num(b), 1
    return np.moveaxis(np.linalg.eigvals(companion).real, -1, 0)
