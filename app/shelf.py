"""Answers that the processes of a server share: what one has made, none makes again, nor one that takes its place."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from . import limits

ROOM = 1 / 16  # of the bound: what is put between two looks at how full it is


class Shelf:
    """Files of one directory, bounded in bytes together: the oldest go first. Without a directory nothing is kept.

    Any number of processes may use it at once; a file is there whole or not at all.
    """

    def __init__(self, folder: str, bound: int = limits.SHELF_BYTES) -> None:
        self.folder, self.bound = Path(folder) if folder else None, bound
        self._put = 0  # bytes since the last look

    def get(self, name: str) -> bytes | None:
        if self.folder is None:
            return None
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            return None

    def put(self, name: str, content: bytes) -> None:
        if self.folder is None or len(content) > ROOM * self.bound:
            return
        part = self.folder / secrets.token_hex(8)
        with suppress(OSError):  # the disk is full, or the directory is gone
            part.write_bytes(content)
            part.replace(self.folder / name)
        self._put += len(content)
        if self._put > ROOM * self.bound:
            self._put = 0
            with suppress(OSError):
                self._make_room()

    def _make_room(self) -> None:
        seen = sorted(self._files())
        size = sum(one for _, one, _ in seen)
        for _, one, path in seen:
            if size <= self.bound:
                break
            path.unlink(missing_ok=True)
            size -= one

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """When each was made, s, how many bytes it has, and where; another process may make room meanwhile."""
        for path in self.folder.iterdir() if self.folder else ():
            with suppress(FileNotFoundError):
                found = path.stat()
                yield found.st_mtime, found.st_size, path


@contextmanager
def shared() -> Iterator[str]:
    """A directory for a server's shelf, nobody else's, as long as it serves; "" where none can be had."""
    try:
        folder = tempfile.mkdtemp(prefix="downslope-")
    except OSError:
        folder = ""
    try:
        yield folder
    finally:
        clear(folder)


def clear(folder: str) -> None:
    """Take the directory away."""
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
