"""The test functions, each with its own facts; `FUNCTIONS` is the list of them all.

Everything is written in plain operators, so that plain Python floats are fast, and numpy comes in only where a root
or a transcendental function is needed.
"""

from ..base import Surface
from . import curve_of_minima, no_minimum, one_minimum, several_minima
from .curve_of_minima import *  # noqa: F403
from .no_minimum import *  # noqa: F403 - a new function, and its line in the list, are written in its module alone
from .one_minimum import *  # noqa: F403
from .several_minima import *  # noqa: F403

FUNCTIONS: dict[str, type[Surface]] = {
    **one_minimum.ONE_MINIMUM,
    **several_minima.SEVERAL_MINIMA,
    **curve_of_minima.CURVE_OF_MINIMA,
    **no_minimum.NO_MINIMUM,
}

__all__ = [
    "FUNCTIONS",
    *one_minimum.__all__,
    *several_minima.__all__,
    *curve_of_minima.__all__,
    *no_minimum.__all__,
]
