"""Files of the page, in memory alone, under their fingerprint; whoever asks for one that is gone sends it again."""

import hashlib
import re
from typing import NamedTuple

from landscapes.datasets import Table, read_csv

from .. import limits
from ..cache import ByteCache

FINGERPRINT = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


class File(NamedTuple):
    raw: bytes
    table: Table


def _weight(file: File) -> int:
    return len(file.raw) + file.table.nbytes


_files: ByteCache[File] = ByteCache(limits.FILES_BYTES, _weight)


def fingerprint(raw: bytes) -> str:
    """The SHA-256 of a file, in 64 hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()


def keep(raw: bytes) -> tuple[str, Table]:
    """A CSV file's fingerprint and its table, kept for a while. Raises ValueError for what is no such file."""
    name = fingerprint(raw)
    table = stored(name)
    if table is None:
        table = read_csv(raw, size=limits.FILE_BYTES, rows=limits.FILE_ROWS, columns=limits.FILE_COLUMNS)
        _files.put(name, File(raw, table))
    return name, table


def stored(name: str) -> Table | None:
    """The table of the file with this fingerprint, None where it is not here."""
    file = _files.get(name)
    return None if file is None else file.table


def named(query: str) -> list[bytes]:
    """The files that an address names, as far as they are here."""
    found = (_files.get(name) for name in FINGERPRINT.findall(query)[: limits.FILES_NAMED])
    return [file.raw for file in found if file is not None]
