"""A surface as a list of operations: its own `value` and `partials`, called once with names in place of numbers.

What comes of it is what they would do to arrays, to the last bit; what they share is worked out once. A surface that
wants to know more of x and y than numpy's functions of them is called as it is.
"""

import dataclasses
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from .tape import ANSWERS, JOINED, NUMBER, WALK, Place, Tape

KNOWN = (
    "add subtract multiply divide negative absolute sqrt square cbrt reciprocal sign maximum minimum fmax fmin hypot "
    "exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh floor ceil power"
)  # functions of float64 that give float64


NAMES = ANSWERS | JOINED | set(KNOWN.split())


class Unreadable(TypeError):
    """This cannot be said of a name."""


class _Trace:
    """A tape while a surface writes on it."""

    def __init__(self) -> None:
        self.tape = Tape()
        self.names: dict[str, str] = {}
        self.constants: dict[str, np.ndarray] = {}  # an array without axes, which numpy needs not convert

    def place(self, given: Any) -> Place:
        if isinstance(given, Name):
            return given.place
        if not isinstance(given, (int, float, np.number, np.ndarray)) or np.ndim(given):
            raise Unreadable(f"{given!r} is no number")
        name = self.names.setdefault(float(given).hex(), f"constant_{len(self.names)}")  # which tells -0 from 0
        self.constants[name] = np.asarray(float(given))
        return self.tape.given(name, NUMBER)

    def made(self, name: str, given: tuple[Any, ...]) -> "Name":
        of = [self.place(one) for one in given]
        read = [self.tape.operations[place] for place in of]
        if name == "where":
            is_clear = not any(one.answers for one in read[1:])
        elif name in JOINED:
            is_clear = all(one.answers for one in read)
        else:  # what numpy does to answers alone is no arithmetic
            is_clear = not all(one.answers or one.kind == NUMBER for one in read)
        if not is_clear:
            raise Unreadable("answers are no numbers")
        return Name(self, self.tape.made("raised" if name == "power" else name, *of))


class Name(NDArrayOperatorsMixin):
    """x, y, or what is made of them."""

    def __init__(self, trace: _Trace, place: Place) -> None:
        self.trace, self.place = trace, place

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *given: Any, **how: Any) -> "Name":
        if method != "__call__" or how or ufunc.__name__ not in NAMES or getattr(np, ufunc.__name__) is not ufunc:
            raise Unreadable(ufunc.__name__)
        return self.trace.made(ufunc.__name__, given)

    def __array_function__(self, function: Any, _types: Any, given: tuple[Any, ...], how: dict[str, Any]) -> "Name":
        if function is not np.where or len(given) != 3 or how:
            raise Unreadable(function.__name__)
        return self.trace.made("where", given)

    def _unreadable(self, *_: Any) -> Any:
        raise Unreadable("this is no number yet")

    __pow__ = __rpow__ = __bool__ = __float__ = __int__ = __index__ = __array__ = __iter__ = __len__ = _unreadable


def traced(surface: Any) -> tuple[Tape, dict[str, np.ndarray]] | None:
    """Its loss and gradient as a tape of x and y, whose results are loss, grad_0, grad_1, with the constants in it.

    None where they cannot be read so: where it looks at the numbers, or gives two answers to one question.
    """
    if not (dataclasses.is_dataclass(surface) and surface.__dataclass_params__.frozen):
        return None
    try:
        first, second = _read(surface), _read(surface)
    except Exception:  # a surface that was written for numbers may say no to names in any way
        return None
    said = [(trace.tape.operations, trace.tape.results, trace.names) for trace in (first, second)]
    return (first.tape, first.constants) if said[0] == said[1] else None


def _read(surface: Any) -> _Trace:
    trace = _Trace()
    x, y = (Name(trace, trace.tape.given(name, WALK)) for name in ("x", "y"))
    told = [*surface.partials(x, y), surface.value(x, y)]
    for array, one in zip(("grad_0", "grad_1", "loss"), told, strict=True):
        trace.tape.result(array, trace.place(one), WALK)
    return trace
