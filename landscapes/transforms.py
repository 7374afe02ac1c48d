"""A surface around a surface: turned, moved, stretched, scaled, or with a pull to the origin; its gradient stays exact.

They compose, the outermost applies last, and each carries the facts of what it holds along: where the minima are now,
where a walk begins, what to draw. `layers` takes such a surface apart, `wrapped` puts it together.
"""

import math
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import ClassVar

import numpy as np

from optim_core.hyper import hyper, hypers, values

from .base import Array, Point, Surface
from .curves import Hyperbola
from .search import SHOWN, lowest_of, minima_of


@dataclass(frozen=True)
class Transform(Surface):
    """A surface made of another one, which is its first field; the others say how, and each has a neutral value."""

    surface: Surface

    neutral: ClassVar[float]  # what leaves the surface as it is, for every field

    def __post_init__(self) -> None:
        if not isinstance(self.surface, Surface):
            raise TypeError(f"{type(self).__name__}: a surface is expected, not {self.surface!r}")
        super().__post_init__()

    @property
    def is_neutral(self) -> bool:
        """Whether it leaves its surface as it is."""
        return all(value == self.neutral for value in values(self).values())

    @property
    @abstractmethod
    def said(self) -> str:
        """What it does, in a few words that follow the formula of its surface."""

    # the facts of what it holds; a transform says those that it changes

    @property
    def label(self) -> str:
        return self.surface.label

    @property
    def formula(self) -> str:
        return f"{self.surface.formula}, {self.said}"

    @property
    def question(self) -> str:
        return f"{self.label}, {self.said}: who notices?"

    @property
    def tests(self) -> str:
        return self.surface.tests

    @property
    def source(self) -> str:
        return self.surface.source

    @property
    def levels(self) -> str:
        return self.surface.levels

    @property
    def domain(self) -> tuple[Point, Point]:
        return self.surface.domain

    @property
    def start(self) -> Point:
        return self.surface.start

    @property
    def minima(self) -> tuple[Point, ...]:
        return self.surface.minima

    @property
    def minima_along(self) -> Hyperbola | None:
        return self.surface.minima_along

    @property
    def local_minima(self) -> tuple[Point, ...]:
        return self.surface.local_minima

    @property
    def minima_are(self) -> str:
        return self.surface.minima_are


class Mapped(Transform):
    """The same loss at another place: f(inward(x, y)), an affine map. A subclass also pulls a gradient back."""

    @abstractmethod
    def inward(self, x: Array, y: Array) -> tuple[Array, Array]:
        """From a point of this surface to that of the one it holds."""

    @abstractmethod
    def outward(self, u: Array, v: Array) -> tuple[Array, Array]:
        """The way back."""

    def value(self, x: Array, y: Array) -> Array:
        return self.surface.value(*self.inward(x, y))

    @property
    def domain(self) -> tuple[Point, Point]:
        corners = [self.outward(*corner) for corner in product(*self.surface.domain)]
        (x0, x1), (y0, y1) = ((min(axis), max(axis)) for axis in zip(*corners, strict=True))
        return (x0, x1), (y0, y1)

    @property
    def start(self) -> Point:
        return self._moved(self.surface.start)

    @property
    def minima(self) -> tuple[Point, ...]:
        return tuple(map(self._moved, self.surface.minima))

    @property
    def minima_along(self) -> Hyperbola | None:
        along = self.surface.minima_along
        return None if along is None else along.moved(self.outward)

    @property
    def local_minima(self) -> tuple[Point, ...]:
        return tuple(map(self._moved, self.surface.local_minima))

    def _moved(self, point: Point) -> Point:
        x, y = self.outward(*point)
        return float(x) + 0.0, float(y) + 0.0


@dataclass(frozen=True)
class Rotated(Mapped):
    """The surface turned about the origin, against the clock: what treats each parameter apart sees another one.

    f(x cos φ + y sin φ, −x sin φ + y cos φ)
    """

    degrees: float = hyper(0.0, "angle", "by how many degrees it is turned", range=(0, 90), bounds=(-360, 360))

    neutral = 0.0

    @property
    def said(self) -> str:
        return f"turned by {self.degrees:g}°".replace("-", "−")

    @cached_property
    def _turn(self) -> tuple[float, float]:
        """(cos φ, sin φ), exact at right angles."""
        quarters, rest = divmod(self.degrees, 90)
        cos, sin = (1.0, 0.0) if rest == 0 else (math.cos(math.radians(rest)), math.sin(math.radians(rest)))
        for _ in range(int(quarters) % 4):
            cos, sin = -sin, cos
        return cos, sin

    def inward(self, x: Array, y: Array) -> tuple[Array, Array]:
        cos, sin = self._turn
        return cos * x + sin * y, cos * y - sin * x

    def outward(self, u: Array, v: Array) -> tuple[Array, Array]:
        cos, sin = self._turn
        return cos * u - sin * v, sin * u + cos * v

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        cos, sin = self._turn
        along_u, along_v = self.surface.partials(cos * x + sin * y, cos * y - sin * x)
        return cos * along_u - sin * along_v, sin * along_u + cos * along_v


@dataclass(frozen=True)
class Stretched(Mapped):
    """The surface with x in another unit: the same walk for an optimizer that finds its own rate, another for the rest.

    f(x / s, y)
    """

    x: float = hyper(1.0, "s", "how many times as long it is in x", range=(0.1, 10), bounds=(1e-3, 1e3), scale="log")

    neutral = 1.0

    @property
    def said(self) -> str:
        return f"{self.x:g} times as long in x"

    def inward(self, x: Array, y: Array) -> tuple[Array, Array]:
        return x / self.x, y

    def outward(self, u: Array, v: Array) -> tuple[Array, Array]:
        return u * self.x, v

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        along_u, along_v = self.surface.partials(x / self.x, y)
        return along_u / self.x, along_v


@dataclass(frozen=True)
class Shifted(Mapped):
    """The surface somewhere else: only what pulls to the origin, weight decay, notices it.

    f(x − a, y − b)
    """

    x: float = hyper(0.0, "dx", "how far it is moved in x", range=(-5, 5), bounds=(-1e3, 1e3))
    y: float = hyper(0.0, "dy", "how far it is moved in y", range=(-5, 5), bounds=(-1e3, 1e3))

    neutral = 0.0

    @property
    def said(self) -> str:
        return f"moved by ({self.x:g}, {self.y:g})".replace("-", "−")

    def inward(self, x: Array, y: Array) -> tuple[Array, Array]:
        return x - self.x, y - self.y

    def outward(self, u: Array, v: Array) -> tuple[Array, Array]:
        return u + self.x, v + self.y

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        return self.surface.partials(x - self.x, y - self.y)


@dataclass(frozen=True)
class Scaled(Transform):
    """The loss in another unit: the minimum stays where it is, and so does whoever divides by the gradient's size.

    c f(x, y)
    """

    factor: float = hyper(
        1.0, "c", "how many times as large the loss is", range=(0.01, 100), bounds=(1e-6, 1e6), scale="log"
    )

    neutral = 1.0

    @property
    def said(self) -> str:
        return f"times {self.factor:g}"

    def value(self, x: Array, y: Array) -> Array:
        return self.factor * self.surface.value(x, y)

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        along_x, along_y = self.surface.partials(x, y)
        return self.factor * along_x, self.factor * along_y


@dataclass(frozen=True)
class L2(Transform):
    """The loss and a pull to the origin: weight decay as a part of the loss, which an optimizer sees in the gradient.

    f(x, y) + ½ λ (x² + y²)

    Its minima are found by search; where the surface has none, so that a loss may have no end, they are local ones.
    """

    weight: float = hyper(
        0.0, "λ", "weight of the squared parameters", range=(1e-6, 1), bounds=(0, 1e6), scale="log", zero=True
    )

    neutral = 0.0

    @property
    def said(self) -> str:
        return f"+ ½ {self.weight:g} (x² + y²)"

    @property
    def formula(self) -> str:
        return f"{self.surface.formula} {self.said}"

    @property
    def question(self) -> str:
        return f"{self.label}, pulled to the origin: who notices?"

    def value(self, x: Array, y: Array) -> Array:
        return self.surface.value(x, y) + 0.5 * self.weight * (x * x + y * y)

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        along_x, along_y = self.surface.partials(x, y)
        return along_x + self.weight * x, along_y + self.weight * y

    def _found(self) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
        """(global, local) minima."""
        found = minima_of(self, (*self.surface.minima, *self.surface.local_minima, *self._left, (0.0, 0.0)))[:SHOWN]
        return lowest_of(self, found) if self.surface.lowest is not None else ((), found)

    @property
    def _left(self) -> tuple[Point, ...]:
        """What the gentlest pull leaves of a curve of minima: its points that are nearest to the origin."""
        along = self.surface.minima_along
        return () if along is None else tuple(map(tuple, along.at(along.nearest(np.zeros(2))).T.tolist()))

    @property
    def minima(self) -> tuple[Point, ...]:
        return self.surface.minima if self.is_neutral else self._found()[0]

    @property
    def minima_along(self) -> Hyperbola | None:
        return self.surface.minima_along if self.is_neutral else None

    @property
    def local_minima(self) -> tuple[Point, ...]:
        return self.surface.local_minima if self.is_neutral else self._found()[1]

    @property
    def minima_are(self) -> str:
        return self.surface.minima_are if self.is_neutral else "found"


TRANSFORMS: dict[str, type[Transform]] = {  # the name in a URL -> the transform
    "rotate": Rotated,
    "scale": Scaled,
    "stretch": Stretched,
    "shift": Shifted,
    "l2": L2,
}


def layers(surface: Surface) -> tuple[Surface, tuple[Transform, ...]]:
    """(the surface without transforms, what is around it from the innermost on)."""
    around: list[Transform] = []
    while isinstance(surface, Transform):
        around.append(surface)
        surface = surface.surface
    return surface, tuple(reversed(around))


def wrapped(surface: Surface, around: Iterable[Transform]) -> Surface:
    """The surface with these around it, the first one innermost; what each held before does not matter."""
    for one in around:
        if not one.is_neutral:
            surface = replace(one, surface=surface)
    return surface


def with_value(surface: Surface, kind: type[Transform], name: str, value: float) -> Surface:
    """The surface with one number of a transform set, where it stands or, if it is not there yet, outermost."""
    core, around = layers(surface)
    if all(type(one) is not kind for one in around):
        around = (*around, kind(core, **dict.fromkeys(hypers(kind), kind.neutral)))
    return wrapped(core, [replace(one, **{name: value}) if type(one) is kind else one for one in around])


__all__ = [
    "L2",
    "TRANSFORMS",
    "Rotated",
    "Scaled",
    "Shifted",
    "Stretched",
    "Transform",
    "layers",
    "with_value",
    "wrapped",
]
