"""What is found by looking, against what is worked out."""

import math

import numpy as np

from landscapes import Hyperbola


def searched(curve: Hyperbola, point: np.ndarray) -> float:
    """The distance as it is found by looking: wherever a fine sample is nearest, in ever finer ones."""
    best = math.inf
    for sign in (1, -1):
        powers = np.linspace(-25, 25, 4001)
        away = np.hypot(*(curve.at(sign * np.exp(powers)) - point[:, None]))
        for k in 1 + np.flatnonzero((away[1:-1] <= away[:-2]) & (away[1:-1] <= away[2:])):
            low, high = powers[k - 1], powers[k + 1]
            for _ in range(6):
                fine = np.linspace(low, high, 401)
                there = np.hypot(*(curve.at(sign * np.exp(fine)) - point[:, None]))
                at = int(there.argmin())
                low, high = fine[max(at - 1, 0)], fine[min(at + 1, 400)]
            best = min(best, float(there.min()))
    return best
