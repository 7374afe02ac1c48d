"""What texts say, and which optimizer when: two tables, every number of which is worked out on the page's own walks.

A row is a row of `claims.toml` or `uses.toml`. Its texts name numbers as those of a lesson do, and `holds` is the
expression that makes its verdict true. A row is told in two parts: what it says at once, and what has numbers in it
as a piece of its own, for some take a second.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..page.lesson import VERDICTS, Number
from ..page.lesson_table import LessonError
from ..page.lessons import LESSONS
from ..protocol import Forged
from . import texts
from .measures import value

FOLDER = Path(__file__).parent
CLAIMS, USES = "claims", "uses"
WRITTEN = {  # table -> what its rows say as they are, and what with numbers in it
    CLAIMS: (("claim", "source", "verdict", "lesson", "address"), ("number",)),
    USES: (("use", "advice", "lesson", "address"), ("verdict", "reach")),
}
OPTIONAL = ("lesson", "address", "holds", "numbers")


@dataclass(frozen=True)
class Row:
    """A row of a table: its texts by key, and its numbers. `holds` "" says that no surface can show it."""

    said: Mapping[str, str]
    told: Mapping[str, str]  # texts with numbers in them
    holds: str
    numbers: Mapping[str, Number] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.said["address"]

    def is_so(self) -> bool:
        """Whether the page says what the verdict says. Raises ValueError for a row without an address."""
        if not self.holds:
            raise ValueError("a row without an address has nothing to show")
        return value(self.address, self.holds, texts.Numbers(self.numbers)) is True


@lru_cache
def table(name: str) -> tuple[Row, ...]:
    """The rows of a table, in the order of its file. Raises LessonError for a file that is none."""
    given = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    if [*given] != [name]:
        raise LessonError(f"{name}.toml: [[{name}]] is expected, and nothing else")
    return tuple(_row(name, place, one) for place, one in enumerate(given[name]))


def _row(name: str, place: int, given: Mapping[str, Any]) -> Row:
    plain, filled = WRITTEN[name]
    where = f"{name}.toml: {name}[{place}]"
    for key in (*plain, *filled, "holds", "numbers"):
        if key not in given and key not in OPTIONAL:
            raise LessonError(f"{where}.{key}: is missing")
    if odd := set(given) - {*plain, *filled, "holds", "numbers"}:
        raise LessonError(f"{where}.{min(odd)}: is no key of this table")
    said = {key: given.get(key, "") for key in plain}
    _checked(where, said, given)
    numbers = {key: _number(one, said["address"]) for key, one in given.get("numbers", {}).items()}
    return Row(said, {key: given[key] for key in filled}, given.get("holds", ""), numbers)


def _checked(where: str, said: Mapping[str, str], given: Mapping[str, Any]) -> None:
    if said["lesson"] and said["lesson"] not in LESSONS:
        raise LessonError(f"{where}.lesson: {said['lesson']} is no lesson")
    if "source" in said and said["verdict"] not in VERDICTS:
        raise LessonError(f"{where}.verdict: is not one of {', '.join(VERDICTS)}")
    if bool(said["address"]) != bool(given.get("holds")):
        raise LessonError(f"{where}.holds: belongs to an address, and an address to it")


def _number(given: Any, address: str) -> Number:
    return Number(given, address) if isinstance(given, str) else Number(given["value"], given.get("address", address))


# --- what the page is told ------------------------------------------------------------------------------------------


def look() -> dict[str, list[dict[str, str]]]:
    """Both tables as they are before anything is computed: what has numbers in it is "" yet."""
    return {name: [dict(row.said) | _plain(row) for row in table(name)] for name in WRITTEN}


def _plain(row: Row) -> dict[str, str]:
    return {key: "" if texts.fields(text) else text for key, text in row.told.items()}


def parts() -> list[str]:
    """The pieces in which the rest is told: of each row with numbers one."""
    return [f"{name}-{place}" for name in WRITTEN for place, row in enumerate(table(name)) if row.numbers]


def piece(part: str, lang: str) -> dict[str, Any]:
    """What a row says with its numbers: {"table", "place", "said"}. Raises Forged for a part that there is not."""
    if part not in parts():
        raise Forged("tile: there is no such part")
    name, _, place = part.partition("-")
    row = table(name)[int(place)]
    return {"table": name, "place": int(place), "said": {key: filled(row, key, lang) for key in row.told}}


def filled(row: Row, key: str, lang: str) -> str:
    """A text of a row with its numbers put in."""
    return texts.filled(row.told[key], row, lang)
