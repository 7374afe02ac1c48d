"""What decides a walk beside its optimizer, and records that many are handed."""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from landscapes import Surface
from optim_core import Fork, Schedule, Weather

from ..page import weather

Recorded = TypeVar("Recorded")


@dataclass(frozen=True)
class Course:
    """All that decides a walk beside its optimizer."""

    landscape: Surface
    start: tuple[float, float]
    n_steps: int
    weather: Weather = weather.FAIR
    schedule: Schedule | None = None
    fork: Fork | None = None


def locked(record: Recorded) -> Recorded:
    """A record that many are handed: whoever wants other numbers in its arrays must copy them."""
    for value in vars(record).values():
        for array in value if isinstance(value, tuple) else (value,):
            still(array)
    return record


def still(array: Any) -> Any:
    """An array that nobody may write to; what is none stays what it is."""
    if isinstance(array, np.ndarray):
        array.flags.writeable = False
    return array
