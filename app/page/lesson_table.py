"""A table of a lesson's file: what is taken of it is checked, and what is wrong is said with the file and the key."""

from typing import Any


class LessonError(ValueError):
    """A file that is no lesson: which file, which key, and why."""


class Table:
    """A table of a file. What is taken is checked, and what is left over is no key of it."""

    def __init__(self, file: str, where: str, given: Any) -> None:
        self.file, self.where = file, where
        if not isinstance(given, dict):
            raise self.wrong("", "must be a table")
        self.left = dict(given)

    def wrong(self, key: str, why: str) -> LessonError:
        name = ".".join(part for part in (self.where, key) if part)
        return LessonError(f"{self.file}: {name}: {why}" if name else f"{self.file}: {why}")

    def text(self, key: str, default: str | None = None, among: tuple[str, ...] = ()) -> str:
        value = self._of(key, str, "a text", default)
        if default is None and not value.strip():
            raise self.wrong(key, "must not be empty")
        if among and value not in among:
            raise self.wrong(key, f"is {value!r}, not one of {', '.join(among)}")
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        value = self._of(key, int, "a whole number", default)
        if isinstance(value, bool) or value < 0:
            raise self.wrong(key, "must be a whole number, not below 0")
        return value

    def positive(self, key: str) -> float | None:
        value = self.left.pop(key, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise self.wrong(key, "must be a number above 0")
        return float(value)

    def flag(self, key: str) -> bool:
        return self._of(key, bool, "true or false", False)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text is a list of one."""
        value = self.left.pop(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self.wrong(key, "must be a list of texts")
        return tuple(value)

    def tables(self, key: str) -> "list[Table]":
        value = self.left.pop(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, "must be a list of tables")
        return [Table(self.file, f"{self._path(key)}[{place}]", one) for place, one in enumerate(value)]

    def table(self, key: str) -> "Table | None":
        return Table(self.file, self._path(key), self.left.pop(key)) if key in self.left else None

    def done(self) -> None:
        for key in self.left:
            raise self.wrong(key, "is no key of this table")

    def _path(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def _of(self, key: str, kind: type, called: str, default: Any) -> Any:
        if key not in self.left and default is not None:
            return default
        if key not in self.left:
            raise self.wrong(key, "is missing")
        value = self.left.pop(key)
        if not isinstance(value, kind):
            raise self.wrong(key, f"must be {called}")
        return value
