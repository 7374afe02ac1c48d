"""A surface from what somebody typed: a closed grammar of x and y, exact slopes, and facts that are looked for.

`tokens` is the gate, `grammar` makes a tape of a text, `slopes` the partial derivatives, `compiled` two functions.
"""

from .error import FormulaError
from .surface import FARTHEST, Formula
from .tokens import LENGTH

__all__ = ["FARTHEST", "LENGTH", "Formula", "FormulaError"]
