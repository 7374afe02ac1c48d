"""Surfaces that go down for ever, with a saddle on the way."""

from dataclasses import dataclass

from ..base import Array, Surface


@dataclass(frozen=True)
class Saddle(Surface):
    """Up along x, down along y: an optimizer walks towards the flat middle and must find the way out sideways.

    f = x² − y²

    No minimum: it falls without end along y. Saddle point: 0 at (0, 0).
    Source: Y. Dauphin et al., Identifying and attacking the saddle point problem in high-dimensional non-convex
    optimization, 2014
    """

    label = "Saddle"
    formula = "x² − y²"
    question = "Down one way, up the other: who leaves the saddle first?"
    tests = "How soon an optimizer leaves a saddle point when it starts a hundredth beside the ridge that leads there."
    source = (
        "Y. Dauphin et al., Identifying and attacking the saddle point problem in high-dimensional non-convex "
        "optimization, 2014"
    )
    domain = ((-2.0, 2.0), (-2.0, 2.0))
    start = (-1.5, 0.01)
    levels = "linear"

    def value(self, x: Array, y: Array) -> Array:
        return x * x - y * y

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        return 2 * x, -2 * y


@dataclass(frozen=True)
class MonkeySaddle(Surface):
    """Three ways down, two for the legs and one for the tail, around a point that is flat to second order.

    f = x³ − 3xy²

    No minimum: it falls without end along three directions. Saddle point: 0 at (0, 0), where the curvature is 0 too.
    Source: D. Hilbert, S. Cohn-Vossen, Geometry and the Imagination, 1952
    """

    label = "Monkey saddle"
    formula = "x³ − 3xy²"
    question = "No slope and no curvature: who lingers, and how long?"
    tests = "How long an optimizer lingers where the gradient and the curvature vanish together."
    source = "D. Hilbert, S. Cohn-Vossen, Geometry and the Imagination, 1952"
    domain = ((-2.0, 2.0), (-2.0, 2.0))
    start = (1.5, 0.02)
    levels = "linear"

    def value(self, x: Array, y: Array) -> Array:
        return x * (x * x - 3 * y * y)

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        return 3 * (x * x - y * y), -6 * x * y


NO_MINIMUM: dict[str, type[Surface]] = {  # the name in a URL -> the surface, in the order of the menu
    "saddle": Saddle,
    "monkey-saddle": MonkeySaddle,
}

__all__ = ["NO_MINIMUM", *(surface.__name__ for surface in NO_MINIMUM.values())]
