"""The texts of a lesson with their numbers filled in, and the few sentences that the page says of an answer."""

import math
import re
import tomllib
from collections import ChainMap
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..page.lesson import Lesson, Number
from ..page.lessons import ENGLISH
from ..page.numbers import rounded, significant
from .expressions import Odd, Value
from .measures import value

DIGITS = 3  # of a number, where a text says nothing else
FIELD = re.compile(r"\{(\w+)(?::(\d+))?\}")
SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[^\s\d(])")
WRITTEN_OUT = 1e5  # below it a number has no exponent
FOLDER = Path(__file__).parent


class Numbers(Mapping[str, Value]):
    """The numbers of a lesson by name, each worked out when it is first read. One may be said by others of them."""

    def __init__(self, given: Mapping[str, Number]) -> None:
        self.given = given
        self._known: dict[str, Value] = {}
        self._open: list[str] = []

    def __getitem__(self, name: str) -> Value:
        if name not in self._known:
            one = self.given[name]
            if name in self._open:
                raise Odd(f"{name} is said by itself")
            self._open.append(name)
            try:
                self._known[name] = value(one.address, one.value, self)
            finally:
                self._open.pop()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)


def numbers(lesson: Lesson) -> Numbers:
    """The numbers of a lesson, the same in every language."""
    return _numbers(tuple(lesson.numbers.items()))


@lru_cache(maxsize=64)
def _numbers(given: tuple[tuple[str, Number], ...]) -> Numbers:
    return Numbers(dict(given))


def forget() -> None:
    """Empty the cache: for measurements."""
    _numbers.cache_clear()


def filled(text: str, lesson: Lesson, lang: str = ENGLISH, **beside: Any) -> str:
    """A text with the numbers of its lesson, and those beside them. Raises Odd for a field that is none."""
    known = ChainMap(beside, numbers(lesson))

    def one(field: re.Match[str]) -> str:
        name, digits = field[1], field[2]
        if name not in known:
            raise Odd(f"there is no number {name} for the text “{text[:40]}”")
        return shown(known[name], lang, int(digits) if digits else DIGITS)

    return FIELD.sub(one, text)


def fields(text: str) -> set[str]:
    """The names of the numbers in a text."""
    return {name for name, _ in FIELD.findall(text)}


def sentences(text: str) -> list[str]:
    return SENTENCE.split(text.strip())


def shown(what: Any, lang: str = ENGLISH, digits: int = DIGITS) -> str:
    """A number as a sentence says it: in so many significant digits, a whole one whole, none as "never"; a point."""
    if isinstance(what, str):
        return what
    if isinstance(what, tuple):
        return f"({', '.join(shown(one, lang, digits) for one in what)})"
    if what is None or isinstance(what, bool):
        return said("never", lang) if what is None else str(what).lower()
    if isinstance(what, int):
        return significant(what, max(digits, len(str(abs(what)))))
    if math.isinf(what):
        return said("infinite", lang)
    near = rounded(what, digits)
    return significant(near, len(str(int(abs(near)))) if 10**digits <= abs(near) < WRITTEN_OUT else digits)


# --- what the page says of an answer ----------------------------------------------------------------------------------


def said(name: str, lang: str = ENGLISH, **filled_in: Any) -> str:
    """A sentence of the page by its name; in English where a language has it not."""
    return (_words(lang).get(name) or _words(ENGLISH)[name]).format(**filled_in)


@lru_cache(maxsize=32)
def _words(lang: str) -> dict[str, str]:
    file = FOLDER / ("words.toml" if lang == ENGLISH else f"words.{lang}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
