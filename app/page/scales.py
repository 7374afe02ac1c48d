"""Slider position <-> value, for the three scales on which a number can be shown."""

import math

from optim_core import Hyper

from .numbers import round3


def to_position(declared: Hyper, value: float) -> float:
    """Where `value` stands on its slider; values beyond the slider's range stand at its end."""
    low, high = declared.range
    value = min(max(value, low), high)
    if declared.scale == "log":
        return math.log10(value)
    return -math.log10(1 - value) if declared.scale == "decay" else value


def to_value(declared: Hyper, position: float) -> float:
    """The value at a slider's position, to three significant digits (of 1 - value on the decay scale)."""
    low, high = ends(declared)
    position = min(max(position, low), high)
    if declared.scale == "log":
        return 0.0 if declared.zero and position == low else round3(10**position)
    return 1 - round3(10**-position) if declared.scale == "decay" else round3(position)


def ends(declared: Hyper) -> tuple[float, float]:
    """The positions of the two ends of the slider."""
    low, high = declared.range
    return to_position(declared, low), to_position(declared, high)


def shift(declared: Hyper, value: float, by: float) -> float:
    """The value moved along its scale: multiplied on a log scale, shifted on the others; zero stays zero."""
    if declared.scale == "log":
        return round3(value * 10**by)
    return to_value(declared, to_position(declared, value) + by)


def round_step(low: float, high: float, about: int) -> float:
    """1, 2 or 5 times a power of 10: at most `about` such steps go from `low` to `high`."""
    rough = (high - low) / about
    base = 10.0 ** math.floor(math.log10(rough))
    return base * next(factor for factor in (1, 2, 5, 10) if factor * base >= rough)


def round_numbers(low: float, high: float, about: int) -> list[float]:
    """The multiples of that step from `low` to `high`: what stands beside an axis."""
    step = round_step(low, high, about)
    return [step * place for place in range(math.ceil(low / step), math.floor(high / step) + 1)]
