"""What is seen of walks on their way, row by row: the lowest loss, since when it is low, near which point they stay."""

import numpy as np

from ..arithmetic import Array


class Target:
    """A loss to get below, points to come near to, or neither."""

    def __init__(self, n_params: int, loss: float | None, points: Array | None, radius: float) -> None:
        self.n_params, self.loss, self.points = n_params, loss, points
        self.radius, self.reach = radius, radius * radius  # distances are compared as their squares
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
        if np.not_equal(so, self.now, out=self.other).any():
            self.rows[self.other & so] = row
            self.rows[self.other & self.now] = -1
            self.now[...] = so

    def only(self, which: Array) -> None:
        """It is not so any more with the others."""
        self.now &= which
        self.rows[~self.now] = -1

    def kept(self, kept: Array) -> "Since":
        made = Since(0)
        made.rows, made.now, made.other = self.rows[kept], self.now[kept], self.other[kept]
        return made


class Seen:
    """What has been seen so far of a block of walks; every array of `found` has a number for each of them."""

    def __init__(self, n_walks: int, target: Target) -> None:
        self.target = target
        self.best, self.diverged_at = np.full(n_walks, np.nan), np.full(n_walks, -1)
        self.first = np.full(n_walks, -1)
        self.never = np.ones(n_walks, bool)  # below the target, so far
        self.nearest = np.full(n_walks, -1)
        self.below, self.near = Since(n_walks), Since(n_walks)
        self.near_each = [] if target.apart else [Since(n_walks) for _ in target.points]
        self._space(n_walks)

    def _space(self, n_walks: int) -> None:
        self.ones, self.distances, self.within = np.ones(n_walks), np.empty(n_walks), np.empty(n_walks, bool)
        self.goals, self.aside = (np.empty((self.target.n_params, n_walks)) for _ in range(2))

    def row(self, row: int, params: Array, grad: Array, loss: Array) -> None:
        """The loss `(n_walks,)`, and params and gradient `(n_params, n_walks)`, of one row."""
        np.fmin(self.best, loss, out=self.best)
        if not self._is_finite(params, grad, loss):
            finite = np.isfinite(loss) & np.isfinite(params).all(axis=0) & np.isfinite(grad).all(axis=0)
            np.copyto(self.diverged_at, row, where=~finite & (self.diverged_at < 0))
        if self.target.loss is not None:
            within = np.less_equal(loss, self.target.loss, out=self.within)
            self.below.row(row, within)
            within &= self.never
            if within.any():
                self.first[within] = row
                self.never ^= within

    def _is_finite(self, params: Array, grad: Array, loss: Array) -> bool:
        """Whether all of these surely are: a product with what is not finite is not finite either."""
        total = self.ones @ loss
        for rows in (params, grad):
            for one, other in zip(rows[::2], rows[1::2], strict=False):
                total = total + one @ other
            if len(rows) % 2:
                total = total + self.ones @ rows[-1]
        return bool(np.isfinite(total))

    def stretch(self, first_row: int, places: list[Array]) -> None:
        """Where the walks are on the surface in these rows, `(n_params, n_walks)` each."""
        if self.target.points is None or not places:
            return
        if not self.target.apart:
            self._stretch_among(first_row, places)
            return
        nearest = self._nearest(places[-1])
        self.near.only(nearest == self.nearest)
        self.nearest = nearest
        if (nearest >= 0).any():
            np.take(self.target.points.T, nearest, axis=1, out=self.goals)
            for row, place in enumerate(places, first_row):
                self.near.row(row, self._within(place, self.goals))
            self.near.only(nearest >= 0)

    def _within(self, place: Array, goals: Array) -> Array:
        """Whether the walks are near these points; `distances` are then the squares of how far they are."""
        aside = np.subtract(place, goals, out=self.aside)
        np.multiply(aside, aside, out=aside)
        if len(aside) == 2:
            np.add(aside[0], aside[1], out=self.distances)
        else:
            np.add.reduce(aside, axis=0, out=self.distances)
        return np.less_equal(self.distances, self.target.reach, out=self.within)

    def _nearest(self, place: Array) -> Array:
        """The index of the point that each walk is near to, of which there is one at most, or -1."""
        nearest = np.full(place.shape[1], -1)
        for index, point in enumerate(self.target.points):
            nearest[self._within(place, point[:, None])] = index
        return nearest

    def _stretch_among(self, first_row: int, places: list[Array]) -> None:
        """The same where a walk may be near to several points."""
        least, self.nearest = np.full_like(self.ones, np.inf), np.full(len(self.ones), -1)
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
        self.below, self.near, *self.near_each = (one.kept(kept) for one in (self.below, self.near, *self.near_each))
        self._space(len(self.best))

    def found(self) -> dict[str, Array]:
        """By the names of `Ends`."""
        made = {"best": self.best, "diverged_at": self.diverged_at}
        if self.target.loss is not None:
            made |= {"first": self.first, "stays": self.below.rows}
        return made if self.target.points is None else made | {"nearest": self.nearest, "since": self.near.rows}
