"""A formula as a list of operations on earlier ones, each done once."""

import math
from typing import NamedTuple

from .numbers import FLOATS

VARIABLES = ("x", "y")
Place = int


class Operation(NamedTuple):
    """What is done with the results at earlier places; of a variable and of a number, which is its repr, `of` is ()."""

    name: str
    of: tuple[Place, ...] = ()


class Tape:
    """Operations in an order in which they can be done. What is asked for twice is there once."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self._places: dict[Operation, Place] = {}

    def add(self, name: str, *of: Place) -> Place:
        """The place of an operation; what follows from numbers alone and is finite is a number itself."""
        numbers = [self.number_at(place) for place in of]
        if of and None not in numbers:
            found = _worked_out(name, numbers)
            if math.isfinite(found):
                return self.number(found)
        operation = Operation(name, of)
        if operation not in self._places:
            self._places[operation] = len(self.operations)
            self.operations.append(operation)
        return self._places[operation]

    def number(self, value: float) -> Place:
        return self.add(repr(float(value)))

    def number_at(self, place: Place) -> float | None:
        """The number that stands at a place, None where it is none."""
        name, of = self.operations[place]
        return None if of or name in VARIABLES else float(name)

    def power(self, base: Place, exponent: Place) -> Place:
        """base to the exponent: to one that is no number it is exp(exponent log base), and has a base above 0 alone."""
        known = self.number_at(exponent)
        if known is not None:
            return self._raised(base, known)
        if self.number_at(base) == math.e:
            return self.add("exp", exponent)
        return self.add("exp", self.add("*", exponent, self.add("log", base)))

    def _raised(self, base: Place, exponent: float) -> Place:
        """By products where the exponent is whole: numpy's power has short cuts, for one number other than for many."""
        if exponent == 0.5:
            return self.add("sqrt", base)
        if not exponent.is_integer():
            return self.add("power", base, self.number(exponent))
        if exponent < 0:
            return self.add("/", self.number(1.0), self._product(base, int(-exponent)))
        return self._product(base, int(exponent))

    def _product(self, base: Place, times: int) -> Place:
        if times < 2:
            return base if times else self.number(1.0)
        half = self._product(base, times // 2)
        square = self.add("*", half, half)
        return self.add("*", square, base) if times % 2 else square


def _worked_out(name: str, numbers: list[float]) -> float:
    """NaN where there is no finite result."""
    try:
        return FLOATS[name](*numbers)
    except (ArithmeticError, ValueError):
        return math.nan
