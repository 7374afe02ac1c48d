"""What a tab is asked: settings that stand together in one field of the address, `sweep=kind=grid~rates=31`.

Each says on its own field of a frozen dataclass what it may be. From that follow how it is written and read, what a
control may send for it, and what the control shows. A class of settings may have a method `odd`, which names those
that do not go together, and says why, and a method `having`, by which a control brings along what goes with its value.
"""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, unquote

from optim_core import OPTIMIZERS, Hyper, hypers

from .. import limits
from ..protocol import Forged
from .fields import clean
from .numbers import exact, is_number, within
from .scales import to_position, to_value

Settings = TypeVar("Settings")
NAMES = tuple(
    dict.fromkeys(name for cls in OPTIMIZERS.values() for name, how in hypers(cls).items() if how.scale != "switch")
)  # of the numbers of all optimizers


class Reading(Protocol):
    """What reads an address: it notes what had to be changed."""

    def note(self, where: str, given: str, why: str, became: str) -> None: ...


class Setting(Protocol):
    """What one setting may be."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of controls that move it."""

    def read(self, text: str) -> Any:
        """The value that a text means. Raises ValueError, with the reason in words."""

    def written(self, value: Any) -> str:
        """A text that reads back as this value."""

    def shown(self, value: Any) -> dict[str, Any]:
        """Kind of control -> what it shows."""

    def moved(self, kind: str, value: Any) -> Any:
        """The value that a control sends. Raises Forged, or ValueError with the reason in words."""


@dataclass(frozen=True)
class Number:
    """A number as declared; `whole` ones have no fraction, and where it may be `unset` an empty text means None."""

    declared: Hyper
    whole: bool = False
    unset: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        return ("number",) if self.unset else ("number", "slider")  # a slider always stands somewhere

    def read(self, text: str) -> float | int | None:
        if self.unset and not text.strip():
            return None
        value = _numbered(self.declared, text)
        if value is None or (self.whole and value % 1):
            raise ValueError(f"must be {self._wanted()}")
        return int(value) if self.whole else value

    def _wanted(self) -> str:
        wanted = self.declared.wanted
        return wanted.replace("a number", "a whole number", 1) if self.whole else wanted

    def written(self, value: float | int | None) -> str:
        return "" if value is None else exact(value)

    def shown(self, value: float | int | None) -> dict[str, Any]:
        shown = {"number": self.written(value)}
        return shown if self.unset else shown | {"slider": to_position(self.declared, value)}

    def moved(self, kind: str, value: Any) -> float | int | None:
        if kind == "slider":
            if not is_number(value):
                raise Forged("a slider's position is a number")
            found = to_value(self.declared, value)
            return round(found) if self.whole else found
        if not isinstance(value, str):
            raise Forged("a text is expected")
        return self.read(value)


def _numbered(declared: Hyper, text: str) -> float | None:
    """The number of a text, or None. Raises ValueError where it can be read in two ways."""
    try:
        return within(declared, text)
    except ValueError as why:
        if "can be read" in str(why):
            raise
        return None


@dataclass(frozen=True)
class Choice:
    """One of these words, each with what it is called on the page."""

    words: tuple[tuple[str, str], ...]
    otherwise: str = ""  # what is said of another word; else which there are
    kinds = ("choice",)

    def read(self, text: str) -> str:
        if text not in dict(self.words):
            raise ValueError(self.otherwise or f"is not one of {', '.join(word for word, _ in self.words)}")
        return text

    def written(self, value: str) -> str:
        return value

    def shown(self, value: str) -> dict[str, Any]:
        return {"choice": value}

    def moved(self, kind: str, value: Any) -> str:
        if not isinstance(value, str) or value not in dict(self.words):
            raise Forged("no such choice")
        return value


@dataclass(frozen=True)
class Slot:
    """The slot of a run; None: what the tab takes by itself, which is called `unsaid`."""

    unsaid: str = "the first run"

    kinds = ("choice",)

    def read(self, text: str) -> int | None:
        if text not in SLOTS:
            raise ValueError(f"is not a slot from 0 to {limits.RUNS - 1}")
        return int(text) if text else None

    def written(self, value: int | None) -> str:
        return "" if value is None else str(value)

    def shown(self, value: int | None) -> dict[str, Any]:
        return {"choice": self.written(value)}

    def moved(self, kind: str, value: Any) -> int | None:
        if value not in SLOTS:
            raise Forged("no such slot")
        return self.read(value)


@dataclass(frozen=True)
class Flag:
    """On or off, or what the tab takes by itself where it may be `unset`: None."""

    unset: bool = False
    kinds = ("switch",)

    def read(self, text: str) -> bool | None:
        if self.unset and not text:
            return None
        if text not in ("0", "1"):
            raise ValueError("must be 0 or 1")
        return text == "1"

    def written(self, value: bool | None) -> str:
        return "" if value is None else str(int(value))

    def shown(self, value: bool | None) -> dict[str, Any]:
        return {"switch": bool(value)}

    def moved(self, kind: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise Forged("a switch is on or off")
        return value


@dataclass(frozen=True)
class Text:
    """A name that somebody else has given, at most `length` long; where there is a `pattern` it is one of its kind."""

    length: int
    pattern: str = ""
    wanted: str = ""  # what the pattern means, in words
    kinds = ("choice", "text")

    def read(self, text: str) -> str:
        value = unquote(text)
        if value and self.pattern and not re.fullmatch(self.pattern, value):
            raise ValueError(f"is not {self.wanted}")
        if clean(value, self.length) != value:
            raise ValueError("is too long or cannot be shown")
        return value

    def written(self, value: str) -> str:
        """What separates settings is written twice over, for an address is read before it is taken apart."""
        return quote(value.replace("%", "%25").replace("~", "%7E"), safe="")

    def shown(self, value: str) -> dict[str, Any]:
        return {"choice": value, "text": value}

    def moved(self, kind: str, value: Any) -> str:
        if not isinstance(value, str):
            raise Forged("a text is expected")
        try:
            return self.read(value.replace("%", "%25"))
        except ValueError:
            if kind == "choice":  # a menu has no room for words
                raise Forged("no such choice") from None
            raise


@dataclass(frozen=True)
class Places:
    """Some places of a list, in the order in which they were chosen: none, or from `least` to `most` of them."""

    least: int
    most: int
    kinds = ("text",)

    def read(self, text: str) -> tuple[int, ...]:
        parts = text.split(",") if text else []
        if not all(re.fullmatch("0|[1-9][0-9]{0,2}", part) for part in parts) or len({*parts}) < len(parts):
            raise ValueError("must be different places, as 0,2,5")
        if parts and not self.least <= len(parts) <= self.most:
            raise ValueError(f"must be {self._many()} places")
        return tuple(map(int, parts))

    def _many(self) -> str:
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"

    def written(self, value: tuple[int, ...]) -> str:
        return ",".join(map(str, value))

    def shown(self, value: tuple[int, ...]) -> dict[str, Any]:
        return {"text": self.written(value)}

    def moved(self, kind: str, value: Any) -> tuple[int, ...]:
        if not isinstance(value, str):
            raise Forged("a text is expected")
        return self.read(value)


def name_of_a_number() -> Choice:
    """The name of a number that some optimizer has; empty: what the tab takes by itself."""
    return Choice(tuple((name, name) for name in ("", *NAMES)), "is not a number of any optimizer")


SLOTS = ("", *map(str, range(limits.RUNS)))


def setting(default: Any, what: Setting) -> Any:
    """A dataclass field with this default that may be what `what` says."""
    return dataclasses.field(default=default, metadata={"setting": what})


@cache
def settings_of(cls: type) -> dict[str, Setting]:
    """Name -> what it may be, of every setting of a class, in their order."""
    return {field.name: field.metadata["setting"] for field in dataclasses.fields(cls)}


def having(settings: Settings, name: str, value: Any) -> Settings:
    """The settings with another value, and with what goes with that."""
    if hasattr(settings, "having"):
        return settings.having(name, value)
    return dataclasses.replace(settings, **{name: value})


def odd(settings: Any) -> tuple[tuple[str, ...], str] | None:
    """The settings that do not go together, and why; None: all do."""
    return settings.odd() if hasattr(settings, "odd") else None


def written(settings: Any) -> str:
    """Settings as an address has them: what is not at its default."""
    return "~".join(_differing(settings))


def _differing(settings: Any) -> Iterator[str]:
    for name, what in settings_of(type(settings)).items():
        value = getattr(settings, name)
        if value != getattr(type(settings), name):
            yield f"{name}={what.written(value)}"


def read(cls: type[Settings], where: str, text: str, reading: Reading) -> Settings:
    """The settings of an address; what cannot be used is noted, and its default stands in its place. Never raises."""
    known, given = settings_of(cls), {}
    for pair in filter(None, text.split("~")):
        name, _, value = pair.partition("=")
        if name not in known:
            reading.note(f"{where}, {name}", value, "is not a setting of it", "left out")
        elif name in given:
            reading.note(f"{where}, {name}", value, "is given twice", "the first one is kept")
        else:
            given[name] = _read(cls, where, name, value, reading)
    return _fitting(cls(**given), where, reading)


def _read(cls: type, where: str, name: str, text: str, reading: Reading) -> Any:
    what, default = settings_of(cls)[name], getattr(cls, name)
    try:
        return what.read(text)
    except ValueError as why:
        reading.note(f"{where}, {name}", text, str(why), f"{what.written(default) or 'none'} is used")
        return default


def _fitting(settings: Settings, where: str, reading: Reading) -> Settings:
    """The settings, without those that do not go together."""
    wrong = odd(settings)
    if wrong is None:
        return settings
    names, why = wrong
    defaults = {name: getattr(type(settings), name) for name in names}
    said = " and ".join(settings_of(type(settings))[name].written(value) for name, value in defaults.items())
    reading.note(f"{where}, {' and '.join(names)}", "", why, f"{said} are used")
    return dataclasses.replace(settings, **defaults)


def show(values: dict[str, dict[str, Any]], tab: str, settings: Any) -> None:
    """Put into `values` what the control of every setting shows: kind -> key -> what."""
    for name, what in settings_of(type(settings)).items():
        for kind, shown in what.shown(getattr(settings, name)).items():
            values.setdefault(kind, {})[f"{tab}.{name}"] = shown
