"""What every loss surface offers: value, exact gradient, and the facts that come with it."""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

import numpy as np

from optim_core.hyper import check

Array = np.ndarray
Point = tuple[float, float]


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
        """The global minima; empty where there are none."""
        return ()

    @property
    def local_minima(self) -> tuple[Point, ...]:
        """The other minima worth showing."""
        return ()

    @property
    def lowest(self) -> float | None:
        """The loss at the global minima, None where there are none."""
        return float(self.value(*self.minima[0])) if self.minima else None

    def loss(self, params: Array) -> Array:
        x, y = np.asarray(params, dtype=float)
        return np.asarray(self.value(x, y))

    def grad(self, params: Array) -> Array:
        x, y = np.asarray(params, dtype=float)
        return np.stack(np.broadcast_arrays(*self.partials(x, y)))
