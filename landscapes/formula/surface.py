"""A formula as a surface, whose facts are looked for since nobody has written them down."""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from ..base import Array, Point, Surface
from ..search import SHOWN, levels_of, lowest_of, minima_of, start_of, undercut
from .compiled import Compiled, compiled
from .error import FormulaError
from .grammar import read
from .printed import printed
from .tokens import is_passable

Window = tuple[Point, Point]
FARTHEST = 1e6  # of a window from 0
NARROWEST = 1e-6  # a window, of its distance from 0


@dataclass(frozen=True)
class Formula(Surface):
    """A surface of your own: f(x, y) as one types it, with its exact gradient.

    Formula("(1-x)^2 + 100*(y-x^2)^2")
    Formula("log(x) - sin(π·y)²", window=((0, 4), (-1, 1)))

    Of x and y, numbers, pi and e, + - * / ^, brackets, and sqrt exp log ln sin cos tan sinh cosh tanh asin acos atan
    abs min max; ** is ^ too, a leading `f(x, y) =` may stand, and −, ·, ×, π, ², ³ are understood.

    The window ((x0, x1), (y0, y1)) is what to draw and where minima are looked for; `start` a point, or None for one
    that is chosen: `search.start_of` says which. Where the formula has no real number, its value is NaN, and so is its
    gradient; abs has the slope 0 at its kink, min and max that of their first argument where both are equal.

    Raises FormulaError, which says what is wrong and where, for a text that is no formula, a window or a start.
    """

    text: str
    window: Window = ((-2.0, 2.0), (-2.0, 2.0))
    start: Point | None = None

    label = "Own formula"
    question = "A surface of your own: who finds the way down?"
    tests = "What an optimizer does on a surface that nobody chose for it."
    source = "typed by its user"
    minima_are = "found"

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise FormulaError(f"a formula is a text, not {type(self.text).__name__}")
        _read(self.text)  # the first to complain
        self._settle("window", tuple(_pair(span, "window") for span in _two(self.window, "window")))
        if not all(_is_span(*span) for span in self.window):
            raise FormulaError(
                f"a window is two spans ((x0, x1), (y0, y1)) that rise, within ±{FARTHEST:g}, not {self.window}"
            )
        begin = start_of(self) if self.start is None else _pair(self.start, "start")
        if begin is None:
            raise FormulaError("this has no finite value in the window", "choose another window")
        self._settle("start", begin)

    def _settle(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        return Formula, (self.text, self.window, self.start)

    @property
    def domain(self) -> Window:
        return self.window

    @property
    def formula(self) -> str:
        return _read(self.text).shown

    def value(self, x: Array, y: Array) -> Array:
        return self._compiled.value(x, y)

    def partials(self, x: Array, y: Array) -> tuple[Array, Array]:
        return self._compiled.partials(x, y)

    @property
    def in_scalars(self) -> str:
        """`value` and `partials` as a text, for a compiler: they have no source of their own."""
        return self._compiled.in_scalars

    @cached_property
    def _compiled(self) -> Compiled:
        return _read(self.text).compiled

    @cached_property
    def _found(self) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
        """(global, local) minima: those that are found are global unless the loss is lower elsewhere in the window."""
        found = minima_of(self)[:SHOWN]
        lowest, others = lowest_of(self, found)
        return ((), found) if found and undercut(self, self.value(*lowest[0])) else (lowest, others)

    @property
    def minima(self) -> tuple[Point, ...]:
        return self._found[0]

    @property
    def local_minima(self) -> tuple[Point, ...]:
        return self._found[1]

    @cached_property
    def levels(self) -> str:
        return levels_of(self, self.lowest)


@dataclass(frozen=True)
class _Understood:
    """What is made of a text, once."""

    compiled: Compiled
    shown: str


@lru_cache(maxsize=256)
def _read(text: str) -> _Understood:
    made = read(text)
    shown = printed(made.tree)
    return _Understood(compiled(made.tape, made.root), shown if is_passable(shown) else made.text)


def _two(given: Any, name: str) -> tuple[Any, Any]:
    try:
        one, other = given
    except (TypeError, ValueError):
        raise FormulaError(f"the {name} holds two of x and y, not {str(given)[:40]}") from None
    return one, other


def _pair(given: Any, name: str) -> Point:
    """Two finite numbers."""
    try:
        one, other = (float(number) for number in _two(given, name))
    except (TypeError, ValueError, OverflowError):
        raise FormulaError(f"the {name} is made of numbers, not {str(given)[:40]}") from None
    if not (math.isfinite(one) and math.isfinite(other)):
        raise FormulaError(f"the {name} is made of finite numbers, not {str(given)[:40]}")
    return one + 0.0, other + 0.0


def _is_span(low: float, high: float) -> bool:
    size = max(abs(low), abs(high))
    return size <= FARTHEST and high - low > NARROWEST * size
