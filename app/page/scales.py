"""Slider position <-> value, for the three scales on which a number can be shown."""

import math

from optim_core import Hyper


def round3(value: float) -> float:
    """Three significant digits: what a slider can mean, so that 0.05 does not return as 0.049999999999999996."""
    return float(f"{value:.3g}")


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
        return round3(10**position)
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


def text(value: float) -> str:
    """A number as the screen shows it: at most three digits of it, or of its distance to 1 from 0.9 on."""
    if 0.9 < value < 1:
        return f"{value:.{max(2, 1 - math.floor(math.log10(1 - value)) + 1)}f}".rstrip("0")
    return f"{value:.3g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")
