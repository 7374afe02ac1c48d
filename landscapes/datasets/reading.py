"""A CSV file as a table: delimiter, header, numbers and words are found; what cannot be read is said, and where."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator
from itertools import chain, islice
from math import inf, nan
from typing import Any

import numpy as np

from .table import Column, Table

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
GAPS = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "none", "?", "-", "."))
FORMULA = ("=", "@", "＝", "＠")  # with these a spreadsheet begins a formula
SEEN = 20  # records from which the delimiter is found,
SEEN_LETTERS = 20_000  # within so many letters
LARGEST = 1e100  # a number at most: its square is one too
CELL = 1000  # letters of a cell at most: with more, a quotation mark is missing
TOO_LONG = f"more than {CELL:,} letters; is a quotation mark missing?"
NAME = 40  # letters of a name, or of a word, that are kept

Record = tuple[int, list[str]]  # where it stands, counted from 1 as in a spreadsheet, and its cells


class Unreadable(ValueError):
    """Why a file is no table, with the row and the column."""

    def __init__(self, row: int, column: int, reason: str, name: str = "") -> None:
        called = f" (“{name}”)" if name and name != unnamed(column) else ""
        super().__init__(f"row {row}, column {column}{called}: {reason}")


def read_csv(raw: bytes, *, size: float = inf, rows: float = inf, columns: float = inf) -> Table:
    """The table of a CSV file in UTF-8 (or UTF-16 with its mark), with commas, semicolons or tabs between the cells.

    The first row is a header where none of its cells is a number. A column is numbers where most of its cells are,
    else words. Empty cells, NaN, NA, null, - and ? are gaps. With semicolons a decimal comma is read as one.
    At most `size` bytes, `rows` rows without the header, and `columns` columns.

    Raises ValueError, with row and column (counted from 1, the header is row 1), for what is not such a table.
    """
    if len(raw) > size:
        raise ValueError(f"the file has {len(raw):,} bytes; at most {size:,} are read")
    text = _text(raw)
    delimiter = _delimiter(text)
    records = _records(text, delimiter)
    head = next(records, None)
    if head is None:
        raise ValueError("the file is empty")
    _check_width(head, columns, delimiter)
    has_header = not any(_number(cell, delimiter) is not None and not _is_gap(cell) for cell in head[1])
    names = _header(head) if has_header else [unnamed(i + 1) for i in range(len(head[1]))]
    body = _body(records if has_header else _put_back(head, records), names, rows)
    if not body:
        raise ValueError(f"row {head[0] + 1} is missing: there is a header and no data below it")
    lines = np.array([row for row, _ in body])
    notes = () if has_header else ("no header was found: the columns are numbered",)
    return _table(names, lines, [*zip(*(cells for _, cells in body), strict=True)], delimiter, notes)


def unnamed(column: int) -> str:
    """What a column is called that has no name."""
    return f"column {column}"


def _text(raw: bytes) -> str:
    """The letters of a file; bytes that are none are kept as surrogates, so that they are found in their cell."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError:
            raise ValueError("the file begins as UTF-16 and is none: save it as CSV UTF-8") from None
    return raw.decode("utf-8-sig", "surrogateescape")


def _delimiter(text: str) -> str:
    """What divides the first rows into cells: as many in each of them, and as many as possible."""
    return max(DELIMITERS, key=lambda one: _likely(text[:SEEN_LETTERS], one))


def _reader(text: str, delimiter: str, strict: bool = False) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=strict)


def _likely(text: str, delimiter: str) -> tuple[int, int]:
    try:
        records = list(
            islice(
                filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)),
                SEEN,
            )
        )
    except csv.Error:  # said when it is read
        records = []
    width = len(records[0]) if records else 0
    return (sum(len(record) == width for record in records), width) if width > 1 else (0, 0)


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """Every row that is not empty. Raises Unreadable where quotation marks do not match, or a cell is too long."""
    reader = _reader(text, delimiter, strict=True)
    row = begun = 0
    while True:
        row, begun = row + 1, reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _misquoted(text, delimiter, row, begun, error) from None
        if any(cells):
            yield row, _clean(row, cells)


def _clean(row: int, cells: list[str]) -> list[str]:
    """The cells, if they hold nothing but text of a possible length."""
    together = "".join(cells)
    if len(together) <= CELL and together.isprintable():
        return cells
    for column, cell in enumerate(cells, 1):
        if len(cell) <= CELL and cell.isprintable():
            continue
        if len(cell) > CELL:
            raise Unreadable(row, column, TOO_LONG)
        if "\0" in cell:
            raise Unreadable(row, column, "a NUL byte; is this a text file?")
        strange = next((letter for letter in cell if "\udc80" <= letter <= "\udcff"), None)
        if strange is not None:
            raise Unreadable(row, column, f"the byte {ord(strange) - 0xDC00:#x} is not UTF-8: save it as CSV UTF-8")
    return cells


def _misquoted(text: str, delimiter: str, row: int, begun: int, error: csv.Error) -> Unreadable:
    """Why the record that begins after so many lines cannot be read."""
    lines = islice(io.StringIO(text, newline=""), begun, None)
    column, closed = _quotation(lines, delimiter)
    if closed:
        return Unreadable(row, column, "a quotation mark within a cell: it must be doubled")
    if "limit" in str(error) and column == 0:
        return Unreadable(row, _longest(text, begun, delimiter), TOO_LONG)
    return Unreadable(row, column, "a quotation mark is opened and never closed")


def _quotation(lines: Iterator[str], delimiter: str) -> tuple[int, bool]:
    """In which column of a record a quotation goes wrong: it is closed where the cell goes on, or it is not closed.

    0 where none does.
    """
    column, state = 1, "begin"
    for letter in chain.from_iterable(lines):
        if state == "quoted":
            state = "closed" if letter == '"' else state
        elif letter == delimiter:
            column, state = column + 1, "begin"
        elif letter in "\r\n":
            return 0, False
        elif state == "closed" and letter != '"':
            return column, True
        elif letter == '"' and state != "plain":
            state = "quoted"
        elif letter != " ":
            state = "plain"
    return (column if state == "quoted" else 0), False


def _longest(text: str, begun: int, delimiter: str) -> int:
    """The column of the first cell that is too long, in a line without quotation marks."""
    cells = next(islice(io.StringIO(text, newline=""), begun, None)).split(delimiter)
    return next((column for column, cell in enumerate(cells, 1) if len(cell) > CELL), 1)


def _check_width(head: Record, columns: float, delimiter: str) -> None:
    row, cells = head
    if len(cells) > columns:
        raise ValueError(f"row {row} has {len(cells)} columns; at most {columns} are read")
    if len(cells) < 2:
        raise ValueError(
            f"row {row} has one column: a target and a feature at least are needed, "
            f"with a {', a '.join([*DELIMITERS.values()][:-1])} or a tab between them"
        )


def _header(head: Record) -> list[str]:
    """The names of the columns. Raises Unreadable where two are the same, or one is none."""
    names: list[str] = []
    for column, cell in enumerate(head[1], 1):
        name = _named(cell, head[0], column) or unnamed(column)
        if name in names:
            raise Unreadable(head[0], column, f"the name “{name}” is taken by column {names.index(name) + 1}")
        names.append(name)
    return names


def _named(cell: str, row: int, column: int, name: str = "") -> str:
    """A text as it is shown, shortened. Raises Unreadable for a formula, and for what cannot be printed.

    Marks that only say how a text is set, such as those that turn it round, are left out.
    """
    words = " ".join(cell.split())
    if not words.isprintable():
        words = "".join(letter for letter in words if unicodedata.category(letter) != "Cf")
    if words.startswith(FORMULA):
        raise Unreadable(row, column, f"“{_shown(words)}” is a formula: save the values", name)
    if not words.isprintable():
        raise Unreadable(row, column, f"“{_shown(words)}” holds a character that cannot be printed", name)
    return words if len(words) <= NAME else f"{words[: NAME - 1]}…"


def _shown(cell: str) -> str:
    """The beginning of a cell, for a message."""
    plain = "".join(letter if letter.isprintable() else "�" for letter in " ".join(cell[: 2 * NAME].split()))
    return plain if len(plain) <= NAME else f"{plain[: NAME - 1]}…"


def _put_back(head: Record, records: Iterator[Record]) -> Iterator[Record]:
    yield head
    yield from records


def _body(records: Iterator[Record], names: list[str], rows: float) -> list[Record]:
    """All rows. Raises ValueError where there are too many, or one has fewer or more cells than the header."""
    body: list[Record] = []
    for row, cells in records:
        if len(body) >= rows:
            raise ValueError(f"row {row} is one too many: at most {rows:,} rows are read")
        here, due = len(cells), len(names)
        if here < due:
            raise Unreadable(row, here + 1, f"missing, the row has {here} of {due} cells", names[here])
        if here > due:
            raise Unreadable(row, due + 1, f"one too many, the row has {here} cells instead of {due}")
        body.append((row, cells))
    return body


def _table(
    names: list[str], lines: np.ndarray, columns: list[tuple[str, ...]], delimiter: str, notes: tuple[str, ...]
) -> Table:
    read = [
        _column(number, name, cells, lines, delimiter)
        for number, (name, cells) in enumerate(zip(names, columns, strict=True), 1)
    ]
    kept = [column for column in read if not np.isnan(column.values).all()]
    empty = [one.name for place, one in enumerate(read, 1) if one not in kept and one.name != unnamed(place)]
    notes += tuple(f"“{name}” is empty" for name in empty)
    if len(kept) < 2:
        raise ValueError("fewer than two columns hold anything")
    return Table(tuple(kept), lines, notes)


def _column(number: int, name: str, cells: tuple[str, ...], lines: np.ndarray, delimiter: str) -> Column:
    """Numbers where most cells are, else words. Raises Unreadable for a cell that is no number among numbers."""
    found = {cell: nan if _is_gap(cell) else _number(cell, delimiter) for cell in dict.fromkeys(cells)}
    texts = [cell for cell, value in found.items() if value is None]
    wrong = sum(found[cell] is None for cell in cells) if texts else 0
    right = sum(not _is_gap(cell) for cell in cells) - wrong if texts else 1
    if wrong >= right:
        return _words(number, name, cells, lines)
    for cell in texts:
        row = int(lines[cells.index(cell)])
        _named(cell, row, number, name)  # a formula
        raise Unreadable(row, number, f"“{_shown(cell)}” is not a number", name)
    for cell, value in found.items():
        if value is not None and abs(value) > LARGEST:
            row = int(lines[cells.index(cell)])
            raise Unreadable(row, number, f"“{_shown(cell)}” is too large for a number", name)
    return Column(name, np.array([found[cell] for cell in cells], float))


def _words(number: int, name: str, cells: tuple[str, ...], lines: np.ndarray) -> Column:
    """A column of words, in alphabetical order; what is shortened to the same is the same."""
    first: dict[str, int] = {}  # where it stands first
    for place, cell in enumerate(cells):
        first.setdefault(cell, place)
    named = {
        cell: "" if _is_gap(cell) else _named(cell, int(lines[place]), number, name) for cell, place in first.items()
    }
    words = sorted({word for word in named.values() if word})
    codes = {word: float(i) for i, word in enumerate(words)} | {"": nan}
    return Column(name, np.array([codes[named[cell]] for cell in cells]), tuple(words))


def _is_gap(cell: str) -> bool:
    return cell.strip().lower() in GAPS


def _number(cell: str, delimiter: str) -> float | None:
    """The number that a cell is, infinite where it is too large, None where it is none."""
    text = cell.strip().replace("−", "-")
    if delimiter == ";" and text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if "_" not in text and value == value else None
