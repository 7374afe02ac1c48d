"""What the Basins tab is asked."""

from dataclasses import dataclass

from optim_core import Hyper

from .. import limits
from .settings import Choice, Number, Slot, setting

STEPS = Hyper("", "steps of each walk", limits.STEPS, limits.STEPS, "log")
SIZE = Hyper("", "starts along each side", limits.BASINS, limits.BASINS)
SHOWN = (("each", "side by side"), ("difference", "difference"))


@dataclass(frozen=True)
class BasinsSettings:
    """Of which run the basins are drawn, and how finely."""

    run: int | None = setting(None, Slot())  # None: the first run
    beside: int | None = setting(None, Slot("nobody"))  # None: no second one
    steps: int | None = setting(None, Number(STEPS, whole=True, unset=True))  # None: those of the page
    size: int = setting(256, Number(SIZE, whole=True))
    show: str = setting("each", Choice(SHOWN))
