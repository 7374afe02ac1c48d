"""What every loss surface offers: value, exact gradient, and the facts that come with it."""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

import numpy as np

from optim_core.hyper import check

from .curves import Array, Hyperbola, Point
from .search import every_minimum


class Landscape(ABC):
    """A loss over parameters; subclasses are frozen dataclasses whose fields are the shape parameters.

    The first axis of `params` is the parameters, every further axis is a trajectory: `loss` maps
    `(n_params, ...)` to `(...)`, `grad` maps it to `(n_params, ...)`, both in float64.
    Raises ValueError when a shape parameter is outside its declared bounds.
    """

    def __post_init__(self) -> None:
        check(self)

    @abstractmethod
    def loss(self, params: Array) -> Array: ...

    @abstractmethod
    def grad(self, params: Array) -> Array: ...


class Surface(Landscape):
    """A landscape over two parameters x and y, which can be drawn.

    A subclass writes `value` and `partials` in x and y alone; both must broadcast, and must write powers as
    products or `np.square`, for numpy's power of a number and of an array differ in the last bit.
    """

    label: ClassVar[str]  # its name on the screen
    formula: ClassVar[str]  # f(x, y) in Unicode, in the symbols of the shape parameters
    question: ClassVar[str]  # the same as the headline of its map: a few words, a colon, and who or what to look for
    tests: ClassVar[str]  # one sentence: what it shows about an optimizer
    source: ClassVar[str]  # where the formula comes from
    domain: ClassVar[tuple[Point, Point]]  # ((x0, x1), (y0, y1)): what to draw
    start: ClassVar[Point]  # where a walk begins unless told otherwise
    levels: ClassVar[Literal["log", "linear"]] = "log"  # contour levels even in log(loss - lowest), or in the loss
    minima_are: ClassVar[Literal["known", "found"]] = "known"  # from its algebra, or by a search that may miss some

    @abstractmethod
    def value(self, x: Array, y: Array) -> Array:
        """f(x, y)"""

    @abstractmethod
    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        """(∂f/∂x, ∂f/∂y)"""

    @property
    def minima(self) -> tuple[Point, ...]:
        """The global minima that are points; empty where there are none."""
        return ()

    @property
    def minima_along(self) -> Hyperbola | None:
        """The curve of which every point is a global minimum, where they are no points."""
        return None

    @property
    def local_minima(self) -> tuple[Point, ...]:
        """The other minima worth showing."""
        return ()

    @property
    def lowest(self) -> float | None:
        """The loss at the global minima, None where there are none."""
        if self.minima_along is not None:
            return float(self.value(*self.minima_along.at(1.0).tolist()))
        return float(self.value(*self.minima[0])) if self.minima else None

    @property
    def goal(self) -> str:
        """What a global minimum of it is called."""
        return "minimum" if self.minima_along is None else "curve of minima"

    @property
    def a_goal(self) -> str:
        """The same in a sentence: it is "a" minimum where there are several."""
        return f"{'a' if len(self.minima) > 1 else 'the'} {self.goal}"

    def every_minimum(self, window: tuple[Point, Point] | None = None) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
        """(global, local) minima: also those over the domain and a window that nobody has written down, by search.

        Of a curve of minima it is the point nearest to the origin.
        """
        if self.minima_along is not None:
            nearest = self.minima_along.at(self.minima_along.nearest(np.zeros(2))[0])
            return (tuple(nearest.tolist()),), self.local_minima
        return every_minimum(self, self.domain if window is None else window)

    def distance(self, params: Array) -> Array:
        """How far each point is from the nearest global minimum, `(2, ...)` -> `(...)`; infinite without one."""
        if self.minima_along is not None:
            return self.minima_along.distance(params)
        return nearest(self.minima, params)

    def loss(self, params: Array) -> Array:
        x, y = np.asarray(params, dtype=float)
        return np.asarray(self.value(x, y))

    def grad(self, params: Array) -> Array:
        x, y = np.asarray(params, dtype=float)
        return np.stack(np.broadcast_arrays(*self.partials(x, y)))


def nearest(points: tuple[Point, ...], params: Array) -> Array:
    """How far each point is from the nearest of these, `(2, ...)` -> `(...)`; infinite where there are none."""
    x, y = np.asarray(params, float)
    with np.errstate(all="ignore"):
        away = [np.hypot(x - u, y - v) for u, v in points]
    return np.min([np.full(x.shape, np.inf), *away], axis=0)
