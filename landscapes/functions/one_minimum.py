"""Surfaces with one minimum, from the round bowl to the plateau."""

import math
from dataclasses import dataclass

import numpy as np

from optim_core.hyper import hyper

from ..base import Array, Point, Surface


@dataclass(frozen=True)
class QuadraticBowl(Surface):
    """The simplest loss there is, equally steep in every direction: whatever an optimizer does here is its own doing.

    f = ½ (x² + y²)

    Minimum: 0 at (0, 0).
    Source: J. Nocedal, S. J. Wright, Numerical Optimization, 2006, §3.3
    """

    label = "Quadratic bowl"
    formula = "½ (x² + y²)"
    question = "Equally steep every way: whose step has the right size?"
    tests = "Whether a step has the right size when every direction is equally steep."
    source = "J. Nocedal, S. J. Wright, Numerical Optimization, 2006, §3.3"
    domain = ((-3.0, 3.0), (-3.0, 3.0))
    start = (-2.4, 1.6)
    minima = ((0.0, 0.0),)

    def value(self, x: Array, y: Array) -> Array:
        return 0.5 * (x * x + y * y)

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        return x, y


@dataclass(frozen=True)
class ElongatedValley(Surface):
    """A bowl κ times as steep in y as in x: one learning rate is too large for y or too small for x.

    f = ½ (x² + κ y²)

    Minimum: 0 at (0, 0).
    Source: S. Boyd, L. Vandenberghe, Convex Optimization, 2004, §9.3.2
    """

    kappa: float = hyper(
        40.0, "κ", "condition number: how many times as steep y is as x", range=(1, 1000), bounds=(1, 1e6), scale="log"
    )

    label = "Elongated valley"
    formula = "½ (x² + κ y²)"
    question = "Steep in y, gentle in x: who finds its own rate?"
    tests = "Whether an optimizer finds its own rate for each parameter when one is κ times as steep as the other."
    source = "S. Boyd, L. Vandenberghe, Convex Optimization, 2004, §9.3.2"
    domain = ((-3.2, 3.2), (-1.7, 1.7))
    start = (-2.6, 1.25)
    minima = ((0.0, 0.0),)

    def value(self, x: Array, y: Array) -> Array:
        return 0.5 * (x * x + self.kappa * y * y)

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        return x, self.kappa * y


@dataclass(frozen=True)
class Rosenbrock(Surface):
    """A curved valley, easy to find and slow to follow: the way to the minimum keeps turning.

    f = (a − x)² + b (y − x²)²

    Minimum: 0 at (a, a²).
    Source: H. H. Rosenbrock, An automatic method for finding the greatest or least value of a function, 1960
    """

    a: float = hyper(1.0, "a", "where the minimum is along the valley", range=(0, 2), bounds=(-1e3, 1e3))
    b: float = hyper(100.0, "b", "steepness of the walls", range=(1, 1000), bounds=(1e-3, 1e6), scale="log")

    label = "Rosenbrock"
    formula = "(a − x)² + b (y − x²)²"
    question = "A narrow valley that bends: who can follow it?"
    tests = "Whether an optimizer can follow a narrow valley that bends, along which the gradient is small."
    source = "H. H. Rosenbrock, An automatic method for finding the greatest or least value of a function, 1960"
    domain = ((-2.0, 2.0), (-1.0, 3.0))
    start = (-1.2, 1.0)

    @property
    def minima(self) -> tuple[Point, ...]:
        return ((self.a, self.a * self.a),)

    def value(self, x: Array, y: Array) -> Array:
        away = self.a - x
        above = y - x * x
        return away * away + self.b * above * above

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        pull = 2 * self.b * (y - x * x)
        return -2 * (self.a - x) - 2 * x * pull, pull


@dataclass(frozen=True)
class Beale(Surface):
    """A nearly flat floor between steep walls, which shoot up in the corners: gradients of very different size.

    f = (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²

    Minimum: 0 at (3, 0.5). A saddle at (0, 1) parts it from a valley that sinks along y = 1 towards 0.452 at x = −∞.
    Source: E. M. L. Beale, On an iterative method for finding a local minimum of a function, 1958
    """

    label = "Beale"
    formula = "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²"
    question = "A flat floor, steep walls: does one rate serve both?"
    tests = "Whether one learning rate serves both a nearly flat floor and walls that are thousands of times steeper."
    source = "E. M. L. Beale, On an iterative method for finding a local minimum of a function, 1958"
    domain = ((-4.5, 4.5), (-4.5, 4.5))
    start = (-2.0, -1.5)
    minima = ((3.0, 0.5),)

    def value(self, x: Array, y: Array) -> Array:
        one = 1.5 - x + x * y
        two = 2.25 - x + x * y * y
        three = 2.625 - x + x * y * y * y
        return one * one + two * two + three * three

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        one = 1.5 - x + x * y
        two = 2.25 - x + x * y * y
        three = 2.625 - x + x * y * y * y
        return (
            2 * (one * (y - 1) + two * (y * y - 1) + three * (y * y * y - 1)),
            2 * x * (one + two * 2 * y + three * 3 * y * y),
        )


@dataclass(frozen=True)
class Booth(Surface):
    """A gentle valley (κ = 9) along a diagonal: neither parameter can be improved without the other.

    f = (x + 2y − 7)² + (2x + y − 5)²

    Minimum: 0 at (1, 3).
    Source: M. Jamil, X.-S. Yang, A literature survey of benchmark functions for global optimisation problems, 2013
    """

    label = "Booth"
    formula = "(x + 2y − 7)² + (2x + y − 5)²"
    question = "A diagonal valley: does a rate of its own still help?"
    tests = "Whether a rate for each parameter still helps when the valley runs along a diagonal."
    source = "M. Jamil, X.-S. Yang, A literature survey of benchmark functions for global optimisation problems, 2013"
    domain = ((-10.0, 10.0), (-10.0, 10.0))
    start = (-8.0, 2.0)
    minima = ((1.0, 3.0),)

    def value(self, x: Array, y: Array) -> Array:
        one = x + 2 * y - 7
        two = 2 * x + y - 5
        return one * one + two * two

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        one = x + 2 * y - 7
        two = 2 * x + y - 5
        return 2 * one + 4 * two, 4 * one + 2 * two


@dataclass(frozen=True)
class Matyas(Surface):
    """A shallow valley (κ = 25) exactly along the diagonal: x and y look alike, and neither is the direction to go.

    f = 0.26 (x² + y²) − 0.48 xy

    Minimum: 0 at (0, 0).
    Source: M. Jamil, X.-S. Yang, A literature survey of benchmark functions for global optimisation problems, 2013
    """

    label = "Matyas"
    formula = "0.26 (x² + y²) − 0.48 xy"
    question = "A valley at 45°: does scaling x and y apart help?"
    tests = "Whether an optimizer that scales each parameter on its own gains anything on a valley at 45°."
    source = "M. Jamil, X.-S. Yang, A literature survey of benchmark functions for global optimisation problems, 2013"
    domain = ((-10.0, 10.0), (-10.0, 10.0))
    start = (-9.0, 3.0)
    minima = ((0.0, 0.0),)

    def value(self, x: Array, y: Array) -> Array:
        return 0.26 * (x * x + y * y) - 0.48 * x * y

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        return 0.52 * x - 0.48 * y, 0.52 * y - 0.48 * x


@dataclass(frozen=True)
class Plateau(Surface):
    """A single pit in a plain that is flat almost everywhere: far out the gradient all but vanishes.

    f = 1 − exp(−(x² + y²)/2)

    Minimum: 0 at (0, 0).
    Source: J. E. Dennis, R. E. Welsch, Techniques for nonlinear least squares and robust regression, 1978
    """

    label = "Plateau"
    formula = "1 − exp(−(x² + y²)/2)"
    question = "Hardly any slope: who makes headway, and still stops?"
    tests = "Whether an optimizer makes headway where the gradient is tiny, and still stops where it is not."
    source = "J. E. Dennis, R. E. Welsch, Techniques for nonlinear least squares and robust regression, 1978"
    domain = ((-4.0, 4.0), (-4.0, 4.0))
    start = (-3.0, 2.0)
    levels = "linear"
    minima = ((0.0, 0.0),)

    def value(self, x: Array, y: Array) -> Array:
        return -np.expm1(-0.5 * (x * x + y * y))

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        weight = np.exp(-0.5 * (x * x + y * y))
        return weight * x, weight * y


@dataclass(frozen=True)
class Easom(Surface):
    """A plain with one narrow hole: away from it hardly anything says where to go.

    f = −cos x cos y exp(−(x − π)² − (y − π)²)

    Minimum: −1 at (π, π).
    Source: E. E. Easom, A survey of global optimization techniques, 1990
    """

    label = "Easom"
    formula = "−cos x cos y exp(−(x − π)² − (y − π)²)"
    question = "A hole in a plain: who feels it from its rim?"
    tests = "Whether an optimizer finds a narrow hole when the gradient outside it is as good as nothing."
    source = "E. E. Easom, A survey of global optimization techniques, 1990"
    domain = ((0.5, 5.8), (0.5, 5.8))
    start = (1.7, 4.4)
    levels = "linear"
    minima = ((math.pi, math.pi),)

    def value(self, x: Array, y: Array) -> Array:
        u, v = x - math.pi, y - math.pi
        return -np.cos(x) * np.cos(y) * np.exp(-(u * u + v * v))

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        u, v = x - math.pi, y - math.pi
        near, along_x, along_y = np.exp(-(u * u + v * v)), np.cos(x), np.cos(y)
        return (
            along_y * near * (np.sin(x) + 2 * u * along_x),
            along_x * near * (np.sin(y) + 2 * v * along_y),
        )


ONE_MINIMUM: dict[str, type[Surface]] = {  # the name in a URL -> the surface, in the order of the menu
    "bowl": QuadraticBowl,
    "valley": ElongatedValley,
    "rosenbrock": Rosenbrock,
    "beale": Beale,
    "booth": Booth,
    "matyas": Matyas,
    "plateau": Plateau,
    "easom": Easom,
}

__all__ = ["ONE_MINIMUM", *(surface.__name__ for surface in ONE_MINIMUM.values())]
