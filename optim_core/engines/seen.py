"""What is seen of walks on their way, row by row: the lowest loss, since when it is low, near which point they stay."""

import numpy as np

from ..arithmetic import Array
from .room import apart


class Target:
    """A loss to get below, points to come near to, or neither."""

    def __init__(self, n_params: int, loss: float | None, points: Array | None, radius: float) -> None:
        self.n_params, self.loss, self.points = n_params, loss, points
        self.radius, self.reach = radius, radius * radius  # distances are compared as their squares
        if points is not None:
            self.goals = np.vstack([points, np.full(n_params, np.inf)]).T.copy()  # the last one is nowhere
        self.apart = points is None or _are_apart(points, 4 * self.reach)


def _are_apart(points: Array, least: float) -> bool:
    """Whether no two points have a smaller square of their distance, so that none is near to both."""
    aside = points[:, None] - points
    distances = np.sum(aside * aside, axis=-1)
    np.fill_diagonal(distances, np.inf)
    return bool(np.all(distances > least * (1 + 1e-9)))


class Since:
    """From which row on something has been so without a break; -1 where it is not so now."""

    def __init__(self, n_walks: int) -> None:
        self.rows = np.full(n_walks, -1)
        self.now, self.other = (np.zeros(n_walks, bool) for _ in range(2))

    def row(self, row: int, so: Array) -> None:
        if np.count_nonzero(np.not_equal(so, self.now, out=self.other)):
            other = np.flatnonzero(self.other)
            self.rows[other] = np.where(so[other], row, -1)
            self.now[...] = so

    def lose(self, which: Array) -> None:
        """It is not so any more with these."""
        self.now[which] = False
        self.rows[which] = -1

    def kept(self, kept: Array) -> "Since":
        made = Since(0)
        made.rows, made.now, made.other = self.rows[kept], self.now[kept], self.other[kept]
        return made


class Seen:
    """What has been seen so far of a block of walks; every array of `found` has a number for each of them."""

    def __init__(self, n_walks: int, target: Target) -> None:
        self.target = target
        self.is_calm = False  # as long as all numbers are finite, and the first that is not will be told
        self.best, self.diverged_at = apart(n_walks, 30), np.full(n_walks, -1)
        self.best[...] = np.nan
        self.first = np.full(n_walks, -1)
        self.never = np.ones(n_walks, bool)  # below the target, so far
        self.nearest = np.full(n_walks, -1)
        self.below, self.near = Since(n_walks), Since(n_walks)
        self.near_each = [] if target.apart else [Since(n_walks) for _ in target.points]
        self.goals = apart(target.n_params * n_walks, 31).reshape(target.n_params, n_walks)
        self.goals[...] = np.inf
        self.any_near = False
        self._space(n_walks)

    def _space(self, n_walks: int) -> None:
        self.distances, self.within = apart(n_walks, 32), np.empty(n_walks, bool)
        self.aside = apart(self.target.n_params * n_walks, 33).reshape(self.target.n_params, n_walks)

    def row(self, row: int, params: Array, grad: Array, loss: Array) -> None:
        """The loss `(n_walks,)`, and params and gradient `(n_params, n_walks)`, of one row."""
        np.fmin(self.best, loss, out=self.best)
        if not self.is_calm and not self._is_finite(params, grad, loss):
            finite = np.isfinite(loss) & np.isfinite(params).all(axis=0) & np.isfinite(grad).all(axis=0)
            np.copyto(self.diverged_at, row, where=~finite & (self.diverged_at < 0))
        if self.target.loss is not None:
            within = np.less_equal(loss, self.target.loss, out=self.within)
            self.below.row(row, within)
            within &= self.never
            if np.count_nonzero(within):
                self.first[np.flatnonzero(within)] = row
                self.never ^= within

    def _is_finite(self, params: Array, grad: Array, loss: Array) -> bool:
        """Whether all of these surely are: a product with what is not finite is not finite either."""
        total = loss @ loss
        for rows in (params, grad):
            for one, other in zip(rows[::2], rows[1::2], strict=False):
                total = total + one @ other
            if len(rows) % 2:
                total = total + rows[-1] @ rows[-1]
        return bool(np.isfinite(total))

    def stretch(self, first_row: int, places: list[Array]) -> None:
        """Where the walks are on the surface in these rows, `(n_params, n_walks)` each."""
        if self.target.points is None or not places:
            return
        if not self.target.apart:
            self._stretch_among(first_row, places)
            return
        self._choose(places[-1])
        if self.any_near:
            for row, place in enumerate(places, first_row):
                self.near.row(row, self._within(place, self.goals))

    def _within(self, place: Array, goals: Array) -> Array:
        """Whether the walks are near these points; `distances` are then the squares of how far they are."""
        squares = _squares(place, goals, self.aside, self.distances)
        return np.less_equal(squares, self.target.reach, out=self.within)

    def _choose(self, place: Array) -> None:
        """The point that each walk is near to now, of which there is one at most; far from all a goal is nowhere."""
        within = self._within(place, self.goals)
        n_left = len(within) - np.count_nonzero(within)
        if not n_left:
            return
        if 4 * n_left > len(within):
            nearest = self._nearest(place)
        else:
            left, nearest = np.flatnonzero(~within), self.nearest.copy()
            nearest[left] = self._nearest(place[:, left])
        changed = np.flatnonzero(nearest != self.nearest)
        self.nearest, self.any_near = nearest, bool((nearest >= 0).any())
        self.near.lose(changed)
        chosen = nearest[changed]
        for goals, points in zip(self.goals, self.target.goals, strict=True):  # one parameter at a time is faster
            goals[changed] = points[chosen]

    def _nearest(self, place: Array) -> Array:
        """The index of a point that each walk is near to, or -1."""
        nearest, aside, distances = np.full(place.shape[1], -1), np.empty_like(place), np.empty(place.shape[1])
        for index, point in enumerate(self.target.points):
            within = _squares(place, point[:, None], aside, distances) <= self.target.reach
            if within.any():
                nearest[within] = index
        return nearest

    def _stretch_among(self, first_row: int, places: list[Array]) -> None:
        """The same where a walk may be near to several points."""
        least, self.nearest = np.full_like(self.distances, np.inf), np.full(len(self.distances), -1)
        for index, (point, near) in enumerate(zip(self.target.points, self.near_each, strict=True)):
            for row, place in enumerate(places, first_row):
                near.row(row, self._within(place, point[:, None]))
            nearer = near.now & (self.distances < least)
            least[nearer], self.nearest[nearer] = self.distances[nearer], index
        chosen = np.stack([near.rows for near in self.near_each])
        chosen = np.take_along_axis(chosen, np.maximum(self.nearest, 0)[None], axis=0)[0]
        self.near.rows = np.where(self.nearest < 0, -1, chosen)

    def keep(self, kept: Array) -> None:
        """Only these walks from now on."""
        for name in ("best", "diverged_at", "first", "never", "nearest"):
            setattr(self, name, getattr(self, name)[kept])
        self.goals = np.ascontiguousarray(self.goals[:, kept])
        self.below, self.near, *self.near_each = (one.kept(kept) for one in (self.below, self.near, *self.near_each))
        self._space(len(self.best))

    def found(self) -> dict[str, Array]:
        """By the names of `Ends`."""
        made = {"best": self.best, "diverged_at": self.diverged_at}
        if self.target.loss is not None:
            made |= {"first": self.first, "stays": self.below.rows}
        return made if self.target.points is None else made | {"nearest": self.nearest, "since": self.near.rows}


def _squares(place: Array, goals: Array, aside: Array, out: Array) -> Array:
    """The squares of the distances, `(n_walks,)`."""
    np.subtract(place, goals, out=aside)
    np.multiply(aside, aside, out=aside)
    return np.add(aside[0], aside[1], out=out) if len(aside) == 2 else np.add.reduce(aside, axis=0, out=out)
