"""Surfaces with several minima, equally deep or not."""

import math
from dataclasses import dataclass

import numpy as np

from optim_core.hyper import hyper

from ..base import Array, Point, Surface

_ACKLEY_DECAY = 0.2 * math.sqrt(0.5)  # 0.2 √(½ r²) = this times r


@dataclass(frozen=True)
class Ackley(Surface):
    """A nearly flat, rippled plain around one deep funnel: a small step stays in the first ripple it meets.

    f = −20 exp(−0.2 √(½ (x² + y²))) − exp(½ (cos 2πx + cos 2πy)) + 20 + e

    Minimum: 0 at (0, 0), the tip of a cone; the gradient there, which does not exist, is 0 by convention.
    The eight nearest of its many local minima are (±0.952, 0), (0, ±0.952) and (±0.968, ±0.968).
    Source: D. H. Ackley, A Connectionist Machine for Genetic Hillclimbing, 1987
    """

    label = "Ackley"
    formula = "−20 exp(−0.2 √(½ (x² + y²))) − exp(½ (cos 2πx + cos 2πy)) + 20 + e"
    question = "Shallow ripples: who crosses them to the funnel?"
    tests = "Whether an optimizer crosses many shallow ripples to reach the funnel, and settles in its sharp tip."
    source = "D. H. Ackley, A Connectionist Machine for Genetic Hillclimbing, 1987"
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    start = (-3.6, 2.4)
    levels = "linear"
    minima = ((0.0, 0.0),)
    local_minima = (
        (0.9521665459501717, 0.0),
        (-0.9521665459501717, 0.0),
        (0.0, 0.9521665459501717),
        (0.0, -0.9521665459501717),
        (0.9684776587077244, 0.9684776587077244),
        (0.9684776587077244, -0.9684776587077244),
        (-0.9684776587077244, 0.9684776587077244),
        (-0.9684776587077244, -0.9684776587077244),
    )

    def value(self, x: Array, y: Array) -> Array:
        # 20 + e cancels most digits near the minimum; expm1 and cos 2t = 1 − 2 sin² t cancel it exactly.
        sin_x = np.sin(math.pi * x)
        sin_y = np.sin(math.pi * y)
        return -20 * np.expm1(-_ACKLEY_DECAY * np.hypot(x, y)) - math.e * np.expm1(-(sin_x * sin_x + sin_y * sin_y))

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        sin_x = np.sin(math.pi * x)
        sin_y = np.sin(math.pi * y)
        ripple = math.pi * math.e * np.exp(-(sin_x * sin_x + sin_y * sin_y))
        r = np.hypot(x, y)
        funnel = 20 * _ACKLEY_DECAY * np.exp(-_ACKLEY_DECAY * r)
        r = r + (r == 0)  # at the tip x and y are 0, and 0 / 1 is the convention
        return (
            funnel * (x / r) + ripple * np.sin(2 * math.pi * x),
            funnel * (y / r) + ripple * np.sin(2 * math.pi * y),
        )


@dataclass(frozen=True)
class Himmelblau(Surface):
    """Four minima, equally deep, around one hill: the first steps decide which of them is found.

    f = (x² + y − 11)² + (x + y² − 7)²

    Minima: 0 at (3, 2), (−2.805, 3.131), (−3.779, −3.283) and (3.584, −1.848).
    Source: D. M. Himmelblau, Applied Nonlinear Programming, 1972
    """

    label = "Himmelblau"
    formula = "(x² + y − 11)² + (x + y² − 7)²"
    question = "Four equally good minima: who ends in which?"
    tests = "Which of four equally good minima an optimizer ends in, from a start on the slope between two of them."
    source = "D. M. Himmelblau, Applied Nonlinear Programming, 1972"
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    start = (-4.6, 0.4)
    minima = (
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.2831859912861696),
        (3.5844283403304917, -1.8481265269644036),
    )

    def value(self, x: Array, y: Array) -> Array:
        one = x * x + y - 11
        two = x + y * y - 7
        return one * one + two * two

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        one = x * x + y - 11
        two = x + y * y - 7
        return 4 * x * one + 2 * two, 2 * one + 4 * y * two


@dataclass(frozen=True)
class Rastrigin(Surface):
    """A bowl covered with deep pits on a square lattice: going downhill ends in the nearest one.

    f = 2A + x² + y² − A (cos 2πx + cos 2πy)

    Minimum: 0 at (0, 0). Local minima: near every point with whole coordinates, as far out as the ripple outweighs
    the bowl.
    Source: L. A. Rastrigin, Systems of Extremal Control, 1974
    """

    A: float = hyper(10.0, "A", "depth of the pits", range=(0, 20), bounds=(0, 1e6))

    label = "Rastrigin"
    formula = "2A + x² + y² − A (cos 2πx + cos 2πy)"
    question = "Pit beside pit: who gets out of a shallow one?"
    tests = "Whether momentum, noise or a large step carries an optimizer out of a pit that is not the deepest."
    source = "L. A. Rastrigin, Systems of Extremal Control, 1974"
    domain = ((-5.12, 5.12), (-5.12, 5.12))
    start = (3.4, -2.3)
    levels = "linear"
    minima = ((0.0, 0.0),)

    @property
    def local_minima(self) -> tuple[Point, ...]:
        """The eight around the origin; none where A is too small for the ripple to hold one."""
        if self.A < 0.25:
            return ()
        x = 1.0
        for _ in range(50):  # Newton's method on ½ ∂f/∂x, which is convex here: x falls to its root
            angle = 2 * math.pi * x
            x -= (x + math.pi * self.A * math.sin(angle)) / (1 + 2 * math.pi * math.pi * self.A * math.cos(angle))
        return tuple((i * x, j * x) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j)

    def value(self, x: Array, y: Array) -> Array:
        # A − A cos 2t = 2A sin² t, which loses no digits near the minimum.
        sin_x = np.sin(math.pi * x)
        sin_y = np.sin(math.pi * y)
        return x * x + y * y + 2 * self.A * (sin_x * sin_x + sin_y * sin_y)

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        slope = 2 * math.pi * self.A
        return 2 * x + slope * np.sin(2 * math.pi * x), 2 * y + slope * np.sin(2 * math.pi * y)


@dataclass(frozen=True)
class ThreeHumpCamel(Surface):
    """Three pits in a row, the deepest in the middle: a start at either end meets a worse one first.

    f = 2x² − 1.05x⁴ + x⁶/6 + xy + y²

    Minimum: 0 at (0, 0). Local minima: 0.2986 at (−1.748, 0.874) and (1.748, −0.874).
    Source: M. Jamil, X.-S. Yang, A literature survey of benchmark functions for global optimisation problems, 2013
    """

    label = "Three-hump camel"
    formula = "2x² − 1.05x⁴ + x⁶/6 + xy + y²"
    question = "A shallow pit on the way: who rolls through it?"
    tests = "Whether an optimizer rolls through a shallow pit on its way to the deeper one in the middle."
    source = "M. Jamil, X.-S. Yang, A literature survey of benchmark functions for global optimisation problems, 2013"
    domain = ((-2.5, 2.5), (-2.5, 2.5))
    start = (-2.4, -0.8)
    minima = ((0.0, 0.0),)
    local_minima = ((-1.7475523458302888, 0.8737761729151444), (1.7475523458302888, -0.8737761729151444))

    def value(self, x: Array, y: Array) -> Array:
        xx = x * x
        return xx * (2 + xx * (xx / 6 - 1.05)) + x * y + y * y

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        xx = x * x
        return x * (4 + xx * (xx - 4.2)) + y, x + 2 * y


@dataclass(frozen=True)
class SixHumpCamel(Surface):
    """Six pits of three depths, each twice: two are the best, two nearly as good, two poor.

    f = (4 − 2.1x² + x⁴/3) x² + xy + (4y² − 4) y²

    Minima: −1.0316 at (0.0898, −0.7127) and (−0.0898, 0.7127). Local minima: −0.2155 at (1.704, −0.796) and
    (−1.704, 0.796), 2.1043 at (1.607, 0.569) and (−1.607, −0.569).
    Source: L. C. W. Dixon, G. P. Szegő, The global optimization problem: an introduction, 1978
    """

    label = "Six-hump camel"
    formula = "(4 − 2.1x² + x⁴/3) x² + xy + (4y² − 4) y²"
    question = "Pits of three depths: who finds the deepest?"
    tests = "How deep a minimum an optimizer finds when pits of three depths lie side by side."
    source = "L. C. W. Dixon, G. P. Szegő, The global optimization problem: an introduction, 1978"
    domain = ((-2.0, 2.0), (-1.0, 1.0))
    start = (-1.92, -0.26)
    minima = ((0.08984201310031806, -0.7126564030207396), (-0.08984201310031806, 0.7126564030207396))
    local_minima = (
        (1.703606714969981, -0.7960835686726251),
        (-1.703606714969981, 0.7960835686726251),
        (1.6071047529201972, 0.5686514548841314),
        (-1.6071047529201972, -0.5686514548841314),
    )

    def value(self, x: Array, y: Array) -> Array:
        xx = x * x
        yy = y * y
        return xx * (4 + xx * (xx / 3 - 2.1)) + x * y + yy * (4 * yy - 4)

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        xx = x * x
        return x * (8 + xx * (2 * xx - 8.4)) + y, x + y * (16 * y * y - 8)


@dataclass(frozen=True)
class StyblinskiTang(Surface):
    """A double well in x plus a double well in y: each parameter alone chooses the deeper or the shallower one.

    f = ½ (x⁴ − 16x² + 5x + y⁴ − 16y² + 5y)

    Minimum: −78.332 at (−2.904, −2.904). Local minima: −64.196 at (2.747, −2.904) and (−2.904, 2.747), −50.059 at
    (2.747, 2.747).
    Source: M. A. Styblinski, T.-S. Tang, Experiments in nonconvex optimization, 1990
    """

    label = "Styblinski–Tang"
    formula = "½ (x⁴ − 16x² + 5x + y⁴ − 16y² + 5y)"
    question = "A good well and a better: who gets over the barrier?"
    tests = "Whether an optimizer gets over the barrier between a good and a better well, in each parameter."
    source = "M. A. Styblinski, T.-S. Tang, Experiments in nonconvex optimization, 1990"
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    start = (4.2, 0.6)
    levels = "linear"
    minima = ((-2.903534027771177, -2.903534027771177),)
    local_minima = (
        (2.746802770990837, -2.903534027771177),
        (-2.903534027771177, 2.746802770990837),
        (2.746802770990837, 2.746802770990837),
    )

    def value(self, x: Array, y: Array) -> Array:
        return 0.5 * (x * (5 + x * (x * x - 16)) + y * (5 + y * (y * y - 16)))

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        return x * (2 * x * x - 16) + 2.5, y * (2 * y * y - 16) + 2.5


@dataclass(frozen=True)
class McCormick(Surface):
    """A long trough with waves along its floor: the next wave down is always lower.

    f = sin(x + y) + (x − y)² − 1.5x + 2.5y + 1

    Minimum on the domain: −1.9132 at (½ − π/3, −½ − π/3). Local minimum: 1.2284, (π, π) further. Beyond the domain
    every step of (−π, −π) leads to another minimum, lower by π, without end.
    Source: F. A. Lootsma (ed.), Numerical Methods for Non-Linear Optimization, 1972
    """

    label = "McCormick"
    formula = "sin(x + y) + (x − y)² − 1.5x + 2.5y + 1"
    question = "Waves in a sloping trough: who gets over the crest?"
    tests = "Whether an optimizer stops in the first wave of a sloping trough or is carried over its crest."
    source = "F. A. Lootsma (ed.), Numerical Methods for Non-Linear Optimization, 1972"
    domain = ((-1.5, 4.0), (-3.0, 4.0))
    start = (3.6, 3.2)
    levels = "linear"
    minima = ((0.5 - math.pi / 3, -0.5 - math.pi / 3),)
    local_minima = ((0.5 + 2 * math.pi / 3, -0.5 + 2 * math.pi / 3),)

    def value(self, x: Array, y: Array) -> Array:
        return np.sin(x + y) + (x - y) * (x - y) - 1.5 * x + 2.5 * y + 1

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        wave = np.cos(x + y)
        return wave + 2 * (x - y) - 1.5, wave - 2 * (x - y) + 2.5


@dataclass(frozen=True)
class SharpAndFlat(Surface):
    """Two minima of equal depth, one κ times as sharp as the other: a large step cannot stay in the sharp one.

    f = ½ A B / (A + B), A = κ ((x − 1)² + y²), B = (x + 1)² + y²

    Minima: 0 at (1, 0), where the curvature is κ, and at (−1, 0), where it is 1.
    Source: after S. Hochreiter, J. Schmidhuber, Flat Minima, 1997
    """

    kappa: float = hyper(
        50.0, "κ", "how many times as sharp one minimum is", range=(1, 1000), bounds=(1, 1e6), scale="log"
    )

    label = "Sharp and flat"
    formula = "½ A B / (A + B), A = κ ((x − 1)² + y²), B = (x + 1)² + y²"
    question = "Equally deep, one sharp, one flat: who stays in which?"
    tests = "Which of two minima of equal depth an optimizer ends in, when one is κ times as sharp as the other."
    source = "after S. Hochreiter, J. Schmidhuber, Flat Minima, 1997"
    domain = ((-2.4, 2.4), (-1.6, 1.6))
    start = (1.6, 1.1)
    minima = ((1.0, 0.0), (-1.0, 0.0))

    def value(self, x: Array, y: Array) -> Array:
        sharp = self.kappa * ((x - 1) * (x - 1) + y * y)
        flat = (x + 1) * (x + 1) + y * y
        return 0.5 * sharp * (flat / (sharp + flat))

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        sharp = self.kappa * ((x - 1) * (x - 1) + y * y)
        flat = (x + 1) * (x + 1) + y * y
        of_sharp, of_flat = flat / (sharp + flat), sharp / (sharp + flat)
        by_sharp, by_flat = self.kappa * (of_sharp * of_sharp), of_flat * of_flat
        return by_sharp * (x - 1) + by_flat * (x + 1), (by_sharp + by_flat) * y


@dataclass(frozen=True)
class Branin(Surface):
    """Three equally deep minima in a bent trough: which one is reached depends on where the walk begins.

    f = (y − 5.1 x²/(4π²) + 5 x/π − 6)² + 10 (1 − 1/(8π)) cos x + 10

    Minima: 5/(4π) ≈ 0.397887 at (−π, 12.275), (π, 2.275) and (3π, 2.475).
    Source: L. C. W. Dixon, G. P. Szegö, The global optimisation problem: an introduction, 1978
    """

    label = "Branin"
    formula = "(y − 5.1 x²/(4π²) + 5 x/π − 6)² + 10 (1 − 1/(8π)) cos x + 10"
    question = "Three minima, equally deep: which one is the nearest?"
    tests = "Which of three equally deep minima an optimizer reaches, along a trough that bends."
    source = "L. C. W. Dixon, G. P. Szegö, The global optimisation problem: an introduction, 1978"
    domain = ((-5.0, 10.0), (0.0, 15.0))
    start = (5.6, 13.0)
    minima = ((-math.pi, 12.275), (math.pi, 2.275), (3 * math.pi, 2.475))

    def value(self, x: Array, y: Array) -> Array:
        above = y - _BRANIN_BEND * x * x + _BRANIN_SLOPE * x - 6
        return above * above + _BRANIN_WAVES * np.cos(x) + 10

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        pull = 2 * (y - _BRANIN_BEND * x * x + _BRANIN_SLOPE * x - 6)
        return pull * (_BRANIN_SLOPE - 2 * _BRANIN_BEND * x) - _BRANIN_WAVES * np.sin(x), pull


_BRANIN_BEND, _BRANIN_SLOPE, _BRANIN_WAVES = 5.1 / (4 * math.pi * math.pi), 5 / math.pi, 10 - 10 / (8 * math.pi)


@dataclass(frozen=True)
class GoldsteinPrice(Surface):
    """Four valleys whose walls are a million times as high as they are deep: one learning rate cannot fit both.

    f = (1 + (x + y + 1)² (19 − 14x + 3x² − 14y + 6xy + 3y²))
        (30 + (2x − 3y)² (18 − 32x + 12x² + 48y − 36xy + 27y²))

    Minimum: 3 at (0, −1); local minima: 30 at (−0.6, −0.4), 84 at (1.8, 0.2), 840 at (1.2, 0.8).
    Source: A. A. Goldstein, J. F. Price, On descent from local minima, 1971
    """

    label = "Goldstein-Price"
    formula = (
        "(1 + (x + y + 1)² (19 − 14x + 3x² − 14y + 6xy + 3y²)) (30 + (2x − 3y)² (18 − 32x + 12x² + 48y − 36xy + 27y²))"
    )
    question = "A floor of three, walls of a million: whose rate fits?"
    tests = "Whether an optimizer copes with gradients that are a million times as large at the wall as on the floor."
    source = "A. A. Goldstein, J. F. Price, On descent from local minima, 1971"
    domain = ((-2.0, 2.0), (-2.0, 2.0))
    start = (-1.4, -0.9)
    minima = ((0.0, -1.0),)
    local_minima = ((-0.6, -0.4), (1.8, 0.2), (1.2, 0.8))

    def value(self, x: Array, y: Array) -> Array:
        p, q, u, w = _goldstein_price(x, y)
        return (1 + p * p * q) * (30 + u * u * w)

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        p, q, u, w = _goldstein_price(x, y)
        first, second = 1 + p * p * q, 30 + u * u * w
        of_first = 2 * p * q + p * p * (6 * x + 6 * y - 14)
        of_second = 4 * u * w + u * u * (24 * x - 36 * y - 32), u * u * (54 * y - 36 * x + 48) - 6 * u * w
        return of_first * second + first * of_second[0], of_first * second + first * of_second[1]


def _goldstein_price(x: Array, y: Array) -> tuple[Array, Array, Array, Array]:
    """What both factors are made of: a sum, its polynomial, a difference, its polynomial."""
    return (
        x + y + 1,
        19 - 14 * x + 3 * x * x - 14 * y + 6 * x * y + 3 * y * y,
        2 * x - 3 * y,
        18 - 32 * x + 12 * x * x + 48 * y - 36 * x * y + 27 * y * y,
    )


@dataclass(frozen=True)
class Levy13(Surface):
    """A bowl under waves that are steep far out and gentle near the minimum: what bounces outside may settle inside.

    f = sin²(3πx) + (x − 1)² (1 + sin²(3πy)) + (y − 1)² (1 + sin²(2πy))

    Minimum: 0 at (1, 1). The eight nearest of its many local minima are (1 ± 0.330, 1), (1 ± 0.328, 1 ± 0.266) and
    (1 ± 0.659, 1).
    Source: A. V. Levy, A. Montalvo, The tunneling algorithm for the global minimization of functions, 1985
    """

    label = "Levy 13"
    formula = "sin²(3πx) + (x − 1)² (1 + sin²(3πy)) + (y − 1)² (1 + sin²(2πy))"
    question = "Waves over a bowl: who rolls through them to its floor?"
    tests = "Whether an optimizer rolls through many local minima that a bowl, farther out, is steeper than."
    source = "A. V. Levy, A. Montalvo, The tunneling algorithm for the global minimization of functions, 1985"
    domain = ((-0.5, 2.5), (-0.5, 2.5))
    start = (-0.2, 2.2)
    levels = "linear"
    minima = ((1.0, 1.0),)
    local_minima = (
        (0.6703805254516864, 1.0),
        (1.3296194745483136, 1.0),
        (0.6716660565631725, 1.2661067994538175),
        (1.3283339434368275, 1.2661067994538175),
        (0.6716660565631725, 0.7338932005461822),
        (1.3283339434368275, 0.7338932005461822),
        (0.3407792026131151, 1.0),
        (1.659220797386885, 1.0),
    )

    def value(self, x: Array, y: Array) -> Array:
        u, v = x - 1, y - 1
        a, b, c = np.sin(_LEVY * x), np.sin(_LEVY * y), np.sin(2 * math.pi * y)
        return a * a + u * u * (1 + b * b) + v * v * (1 + c * c)

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        u, v = x - 1, y - 1
        b, c = np.sin(_LEVY * y), np.sin(2 * math.pi * y)
        return (
            _LEVY * np.sin(2 * _LEVY * x) + 2 * u * (1 + b * b),
            _LEVY * u * u * np.sin(2 * _LEVY * y) + 2 * v * (1 + c * c) + 2 * math.pi * v * v * np.sin(4 * math.pi * y),
        )


_LEVY = 3 * math.pi


SEVERAL_MINIMA: dict[str, type[Surface]] = {  # the name in a URL -> the surface, in the order of the menu
    "ackley": Ackley,
    "himmelblau": Himmelblau,
    "rastrigin": Rastrigin,
    "three-hump-camel": ThreeHumpCamel,
    "six-hump-camel": SixHumpCamel,
    "styblinski-tang": StyblinskiTang,
    "mccormick": McCormick,
    "sharp-and-flat": SharpAndFlat,
    "branin": Branin,
    "goldstein-price": GoldsteinPrice,
    "levy": Levy13,
}

__all__ = ["SEVERAL_MINIMA", *(surface.__name__ for surface in SEVERAL_MINIMA.values())]
