"""What the Sweep tab is asked."""

from dataclasses import dataclass

from optim_core import Hyper

from .. import limits
from .settings import Choice, Number, Slot, name_of_a_number, setting

RATE = (1e-12, 1e6)  # bounds of a rate
RATES = Hyper("", "how many rates", limits.SWEEP_RATES, limits.SWEEP_RATES)
LOW = Hyper("", "rates from", (1e-6, 1), RATE, "log")
HIGH = Hyper("", "rates up to", (1e-3, 1e3), RATE, "log")
STEPS = Hyper("", "steps of each walk", limits.STEPS, limits.STEPS, "log")
STARTS = Hyper("", "how many starts", limits.SWEEP_STARTS, limits.SWEEP_STARTS)
TARGET = Hyper("", "target: loss above the lowest", (1e-8, 10), (1e-300, 1e300), "log")
KINDS = (("rates", "Learning rates"), ("grid", "Two numbers"), ("race", "Tuned race"))
CRITERIA = (("final", "final loss"), ("first", "first visit"), ("stays", "stays below"))
CURVES = (("final", "final loss"), ("best", "best loss"), ("steps", "steps to target"))
COLOURS = (("steps", "steps to target"), ("final", "final loss"))


@dataclass(frozen=True)
class SweepSettings:
    """Which walks are compared, and by what."""

    kind: str = setting("rates", Choice(KINDS))
    rates: int = setting(61, Number(RATES, whole=True))
    low: float = setting(1e-4, Number(LOW))  # the range of η
    high: float = setting(10.0, Number(HIGH))
    steps: int | None = setting(None, Number(STEPS, whole=True, unset=True))  # None: those of the page
    starts: int = setting(5, Number(STARTS, whole=True))  # of a race: the start, and others near it
    curve: str = setting("final", Choice(CURVES))  # what is drawn against η
    target: float = setting(1e-3, Number(TARGET))
    criterion: str = setting("final", Choice(CRITERIA))
    run: int | None = setting(None, Slot())  # whose two numbers; None: the first run
    across: str = setting("lr", name_of_a_number())
    up: str = setting("", name_of_a_number())  # empty: its memory, or what else it has
    colour: str = setting("steps", Choice(COLOURS))

    def odd(self) -> tuple[tuple[str, ...], str] | None:
        if self.low < self.high:
            return None
        return ("low", "high"), "must run from a smaller to a larger rate"
