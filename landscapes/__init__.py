"""Loss surfaces: exact gradients, and the facts that come with each; `LANDSCAPES` is the list of them all."""

from . import functions, transforms
from .base import Landscape, Point, Surface, nearest
from .curves import Hyperbola
from .formula import Formula, FormulaError
from .functions import *  # noqa: F403 - a new function is written in its module of functions alone
from .regression import Regression
from .transforms import *  # noqa: F403 - and so is a transform in transforms.py

LANDSCAPES: dict[str, type[Surface]] = {**functions.FUNCTIONS}

__all__ = [
    "LANDSCAPES",
    "Formula",
    "FormulaError",
    "Hyperbola",
    "Landscape",
    "Point",
    "Regression",
    "Surface",
    "nearest",
    *functions.__all__,
    *transforms.__all__,
]
