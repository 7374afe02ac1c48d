"""What a number is called, means, may be, and how it is shown: declared once, on the field itself."""

import dataclasses
import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

Scalar = float | np.ndarray  # a number, or one number per trajectory

BELOW_ONE = math.nextafter(1.0, 0.0)


@dataclass(frozen=True)
class Hyper:
    """The declaration of one field of an optimizer or of a landscape.

    `range` is what a slider shows, `bounds` what is valid. `scale` says how a slider runs over the range:
    "linear", "log", "decay" (linear in -log10(1 - value): 0.9, 0.99, 0.999 are equally far apart), or "switch"
    for a flag, whose `words` are what it is called when it is off and when it is on. `shared` names the master control
    ("lr", "beta", "eps") that moves the field too. `zero` says that the low end of a logarithmic slider is 0.
    """

    symbol: str
    doc: str
    range: tuple[float, float]
    bounds: tuple[float, float]
    scale: Literal["linear", "log", "decay", "switch"] = "linear"
    shared: Literal["lr", "beta", "eps"] | None = None
    words: tuple[str, str] | None = None
    zero: bool = False

    def allows(self, value: Any) -> bool:
        """Whether `value`, a number or an array of numbers, is valid. NaN is not, nor is an infinity."""
        if self.scale == "switch":
            return isinstance(value, (bool, np.bool_))
        low, high = self.bounds
        if type(value) is float:  # nearly always, and numpy takes ten times as long
            return math.isfinite(value) and low <= value <= high
        if not isinstance(value, (int, float, np.number, np.ndarray)):
            return False
        number = np.asarray(value)
        if number.dtype.kind not in "iuf":
            return False
        return bool(np.all(np.isfinite(number) & (number >= low) & (number <= high)))

    @property
    def wanted(self) -> str:
        """What is valid, in words that complete "it must be ..."."""
        low, high = self.bounds
        if self.scale == "switch":
            return "True or False"
        if high == BELOW_ONE:
            return f"a number from {_brief(low)} to below 1"
        if math.isinf(high):
            return "a number" if math.isinf(low) else f"a number of at least {_brief(low)}"
        return f"a number from {_brief(low)} to {_brief(high)}"


def _brief(value: float) -> str:
    """As one would write it by hand: 1e6, not 1e+06."""
    return re.sub(r"e\+?(-?)0*", r"e\1", f"{value:g}")


def hyper(default: Scalar | bool, symbol: str, doc: str, **how: Any) -> Any:
    """A dataclass field with this default that carries `Hyper(symbol, doc, **how)`."""
    return dataclasses.field(default=default, metadata={"hyper": Hyper(symbol, doc, **how)})


def hypers(declared: Any) -> dict[str, Hyper]:
    """Name -> declaration of every declared field of a dataclass or of an instance, in their order."""
    return dict(_hypers(declared if isinstance(declared, type) else type(declared)))


@cache
def _hypers(cls: type) -> dict[str, Hyper]:
    return {f.name: f.metadata["hyper"] for f in dataclasses.fields(cls) if "hyper" in f.metadata}


def declared_in(cls: type) -> dict[str, Hyper]:
    """The same of a class that is not yet a dataclass."""
    fields = {name: field for name, field in vars(cls).items() if isinstance(field, dataclasses.Field)}
    return {name: field.metadata["hyper"] for name, field in fields.items() if "hyper" in field.metadata}


def values(declared: Any) -> dict[str, Any]:
    """Name -> value of every declared field of an instance, in their order."""
    return {name: getattr(declared, name) for name in hypers(declared)}


def check(declared: Any) -> None:
    """Raise ValueError, naming field and bounds, when a declared field of this instance is not valid."""
    for name, declaration in hypers(declared).items():
        value = getattr(declared, name)
        if not declaration.allows(value):
            raise ValueError(f"{type(declared).__name__}: {name} must be {declaration.wanted}, not {value!r}")


def learning_rate(default: float) -> Any:
    return hyper(default, "η", "learning rate", range=(1e-4, 10), bounds=(0, math.inf), scale="log", shared="lr")


def decay(default: float, symbol: str, doc: str, shared: Literal["beta"] | None = None) -> Any:
    return hyper(default, symbol, doc, range=(0, 0.999), bounds=(0, BELOW_ONE), scale="decay", shared=shared)


def epsilon(default: float, least: float = 1e-10) -> Any:
    doc = "keeps the division away from zero"
    return hyper(default, "ε", doc, range=(least, 1), bounds=(0, math.inf), scale="log", shared="eps")


def decoupled_decay(default: float) -> Any:
    doc = "share of each parameter that every step takes away, times η"
    return hyper(default, "λ", doc, range=(1e-6, 1), bounds=(0, math.inf), scale="log")


def rate_inside() -> Any:
    doc = "η goes into the velocity with each gradient, as in Keras: the same path while η is constant"
    return flag(False, doc, ("η outside", "η inside"))


def flag(default: bool, doc: str, words: tuple[str, str] | None = None) -> Any:
    return hyper(default, "", doc, range=(0, 1), bounds=(0, 1), scale="switch", words=words)
