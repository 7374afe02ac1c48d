"""A tape as two Python functions, of plain floats and of arrays, which give the same bits."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from .numbers import ARRAYS, FLOATS, SCALARS, Array
from .slopes import Slope, slope
from .tape import VARIABLES, Place, Tape

INFIX = {"+": "{} + {}", "-": "{} - {}", "*": "{} * {}", "/": "{} / {}", "negative": "-{}"}
NAMES = {name: f"_{name}" for name in FLOATS if name not in INFIX}
Spelling = Callable[[str, list[str]], str]  # of an operation, its arguments spelled already


class Compiled(NamedTuple):
    """The value and the slopes of a formula; each works on two floats, which it gives back, or on two arrays.

    Where the value is NaN both slopes are: a point outside of the formula's domain has no gradient.
    """

    value_of: Callable[..., Any]  # of floats: (x, y) -> value
    slopes_of: Callable[..., Any]  # (x, y) -> (value, slope along x, slope along y)
    values_of: Callable[..., Any]  # the same of arrays
    all_slopes_of: Callable[..., Any]
    in_scalars: str  # both as the text of `value` and `partials`, of two floats and in numpy's words

    def value(self, x: Any, y: Any) -> Any:
        if type(x) is float and type(y) is float:
            try:
                return self.value_of(x, y)
            except (ArithmeticError, ValueError):
                return float(self._value(x, y))
        return self._value(x, y)

    def partials(self, x: Any, y: Any) -> tuple[Any, Any]:
        if type(x) is float and type(y) is float:
            try:
                value, along_x, along_y = self.slopes_of(x, y)
            except (ArithmeticError, ValueError):
                along_x, along_y = self._partials(x, y)
                return float(along_x), float(along_y)
            return (along_x, along_y) if value == value else (value, value)
        return self._partials(x, y)

    def _value(self, x: Any, y: Any) -> Array:
        if isinstance(x, NDArrayOperatorsMixin):  # a name in place of numbers, which numpy's functions take
            return self.values_of(x, y)
        x, y = _together(x, y)
        with np.errstate(all="ignore"):
            return np.array(self.values_of(x, y))  # a copy: of `x` alone it is x itself

    def _partials(self, x: Any, y: Any) -> tuple[Array, Array]:
        if not isinstance(x, NDArrayOperatorsMixin):
            x, y = _together(x, y)
        with np.errstate(all="ignore"):
            value, *slopes = self.all_slopes_of(x, y)
            along_x, along_y = (np.where(value == value, one, np.nan) for one in slopes)
            return along_x, along_y


def _together(x: Any, y: Any) -> tuple[Array, Array]:
    return np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(y, dtype=float))


def compiled(tape: Tape, root: Place) -> Compiled:
    """The functions of a tape."""
    slopes = [slope(tape, root, variable) for variable in VARIABLES]
    text = f"{_function('value', tape, _called, root)}\n\n\n{_function('slopes', tape, _called, root, *slopes)}\n"
    scalars = f"{_function('value', tape, _in_scalars, root)}\n{_partials_in_scalars(tape, root, slopes)}"
    return Compiled(*_made(text, FLOATS), *_made(text, ARRAYS), scalars)


def _partials_in_scalars(tape: Tape, root: Place, slopes: list[Slope]) -> str:
    """Both slopes, or NaN where the value is."""
    *lines, last = _function("partials", tape, _in_scalars, root, *slopes).splitlines()
    value, *along = last.removeprefix("    return ").split(", ")
    return "\n".join(
        [*lines, f"    value = {value}", f"    return ({', '.join(along)}) if value == value else (value, value)"]
    )


def _made(text: str, functions: dict[str, Callable[..., Any]]) -> tuple[Any, Any]:
    """The two functions of a text that was written here.

    It holds what `_lines` puts there: places of the tape, x, y, names of `NAMES`, and the repr of floats. Of what
    somebody typed it has not one letter, and it is given no other name, no built-in either.
    """
    known = {"__builtins__": {}} | {NAMES[name]: functions[name] for name in NAMES}
    exec(text, known)
    return known["value"], known["slopes"]


def _called(name: str, arguments: list[str]) -> str:
    return f"{NAMES[name]}({', '.join(arguments)})" if name in NAMES else INFIX[name].format(*arguments)


def _in_scalars(name: str, arguments: list[str]) -> str:
    return SCALARS[name].format(*arguments)


def _function(name: str, tape: Tape, spell: Spelling, *results: Slope) -> str:
    lines = [f"    {line}" for line in _lines(tape, {place for place in results if place is not None}, spell)]
    told = ", ".join("0.0" if place is None else _spelled(tape, place) for place in results)
    return "\n".join([f"def {name}(x, y):", *lines, f"    return {told}"])


def _lines(tape: Tape, wanted: set[Place], spell: Spelling) -> Iterator[str]:
    """A line for every operation that is needed, in their order."""
    for place in range(max(wanted), -1, -1):
        if place in wanted:
            wanted |= set(tape.operations[place].of)
    for place in sorted(wanted):
        name, of = tape.operations[place]
        if of:
            arguments = [_spelled(tape, one) for one in of]
            yield f"{_spelled(tape, place)} = {spell(name, arguments)}"


def _spelled(tape: Tape, place: Place) -> str:
    name, of = tape.operations[place]
    if of:
        return f"_{place}"
    return name if name in VARIABLES else f"({name})" if name.startswith("-") else name
