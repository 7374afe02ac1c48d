"""Surfaces whose minima are no points but a curve: where on it a walk ends is up to the walk."""

from dataclasses import dataclass

from ..base import Array, Surface
from ..curves import Hyperbola


@dataclass(frozen=True)
class Factorization(Surface):
    """A matrix of one number as the product of two: every way to write it is a minimum, from balanced to lopsided.

    f = (xy − 1)²

    Minima: 0 on both branches of the curve xy = 1, where the curvature across is 2 (x² + y²), least at ±(1, 1).
    Saddle point: 1 at (0, 0). Infinitely small steps downhill keep x² − y²: they end where that hyperbola meets xy = 1.
    Source: S. S. Du, W. Hu, J. D. Lee, Algorithmic regularization in learning deep homogeneous models: layers are
    automatically balanced, 2018
    """

    label = "Factorization"
    formula = "(xy − 1)²"
    question = "Every point of a curve is best: who ends where on it?"
    tests = "Which of infinitely many minima, all equally deep, an optimizer picks: the nearest one or a flatter one."
    source = (
        "S. S. Du, W. Hu, J. D. Lee, Algorithmic regularization in learning deep homogeneous models: layers are "
        "automatically balanced, 2018"
    )
    domain = ((-3.0, 3.0), (-3.0, 3.0))
    start = (-0.3, 2.3)
    minima_along = Hyperbola()

    def value(self, x: Array, y: Array) -> Array:
        rest = x * y - 1
        return rest * rest

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        rest = 2 * (x * y - 1)
        return rest * y, rest * x


CURVE_OF_MINIMA: dict[str, type[Surface]] = {  # the name in a URL -> the surface, in the order of the menu
    "factorization": Factorization,
}

__all__ = ["CURVE_OF_MINIMA", *(surface.__name__ for surface in CURVE_OF_MINIMA.values())]
