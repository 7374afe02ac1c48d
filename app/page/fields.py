"""The fields of an address, read one by one: what has to be changed is noted, and nothing is ever raised."""

import unicodedata
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from optim_core import Hyper

from .. import limits
from .numbers import exact, within


class Notice(NamedTuple):
    """A value that had to be changed: which, what was given, why, and what became of it."""

    where: str
    given: str
    why: str
    became: str

    @property
    def refusal(self) -> str:
        """Why the value cannot be used, in words."""
        return f"{self.where}: {self.given} {self.why}" if self.given else f"{self.where} {self.why}"

    def __str__(self) -> str:
        return f"{self.refusal}; {self.became}"


class Fields:
    """A query field by field, with a notice for what had to be changed."""

    def __init__(self, query: str | bytes) -> None:
        raw = query if isinstance(query, bytes) else query.encode("utf-8", "replace")
        self.notices: list[Notice] = []
        self.is_long = 3 * len(raw) > limits.QUERY_BYTES  # so that what it means may be written longer than can be read
        if len(raw) > limits.QUERY_BYTES:
            self.note("the address", "", "is too long", f"it was read up to {limits.QUERY_BYTES} bytes")
        parts = [part for part in raw[: limits.QUERY_BYTES].removeprefix(b"?").split(b"&") if part]
        if len(parts) > limits.QUERY_FIELDS:
            self.note("the address", "", "has too many fields", f"it was read up to {limits.QUERY_FIELDS} fields")
        self.fields: dict[str, list[str]] = {}
        for part in parts[: limits.QUERY_FIELDS]:
            name, _, value = part.partition(b"=")
            self.fields.setdefault(decoded(name), []).append(value.replace(b"+", b" ").decode("latin-1"))

    def whole(self, name: str, span: tuple[int, int], default: int) -> int:
        raw = self.one(name)
        if raw is None:
            return default
        try:
            value = int(decoded(raw)[:20])
        except ValueError:
            self.note(name, decoded(raw), "is not a whole number", f"{default} is used")
            return default
        kept = min(max(value, span[0]), span[1])
        if kept != value:
            self.note(name, decoded(raw), f"is outside {span[0]} to {span[1]}", f"{kept} is used")
        return kept

    def number(self, where: str, declared: Hyper, text: str, default: float) -> float:
        try:
            return within(declared, text)
        except ValueError as reason:
            self.note(where, text, str(reason), f"{exact(default)} is used")
            return default

    def one(self, name: str) -> str | None:
        values = self.fields.get(name)
        if values and len(values) > 1:
            self.note(name, "", "is given twice", "the first one is kept")
        return values[0] if values else None

    def note(self, where: str, given: str, why: str, became: str) -> None:
        if len(self.notices) == limits.NOTICES:
            return
        shown = clean(given, 24)
        self.notices.append(Notice(clean(where, 48), f"“{shown}”" if given else "", why, became))


def clean(text: str, length: int) -> str:
    """Text that can be shown: no control, format or surrogate characters, at most `length` long."""
    shown = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    return " ".join(shown.split())[:length].strip()


def decoded(raw: str | bytes) -> str:
    """What a percent-encoded text means; a str holds bytes, one to a character."""
    return unquote_to_bytes(raw.encode("latin-1") if isinstance(raw, str) else raw).decode("utf-8", "replace")
