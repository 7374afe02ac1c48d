"""What the commands say on a terminal, and what they write to files."""

import os
import sys
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from ..protocol import Mistake

STDOUT = "-"
SOON = 1.0  # seconds without a progress bar
CELLS = 24  # of the bar


class Progress:
    """A bar on the terminal, for what takes longer than a second."""

    def __init__(self, total: int, file: TextIO | None = None) -> None:
        self.total, self.done, self.file = total, 0, file or sys.stderr
        self.began, self.shown = time.monotonic(), False

    def step(self, label: str) -> None:
        """One more part is done."""
        self.done += 1
        self.show(self.done, label)

    def show(self, done: float, label: str) -> None:
        """So many parts are done, or begun."""
        if not self.file.isatty() or time.monotonic() - self.began < SOON:
            return
        filled = int(CELLS * done / self.total)
        self.shown = True  # beforehand: what stops it in the middle of a bar is to be cleared as well
        say(f"\r\x1b[K[{'#' * filled}{'.' * (CELLS - filled)}] {label}", self.file, end="")

    def clear(self) -> None:
        if self.shown:
            say("\r\x1b[K", self.file, end="")
            self.shown = False


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table whose columns stand below each other."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    cells = ([cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True)] for row in rows)
    return ["  ".join(row).rstrip() for row in cells]


def ends_quietly() -> None:
    """Whoever read the output has seen enough: nothing more is said to them on leaving."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write(file: str, content: bytes) -> None:
    try:
        if file == STDOUT:
            with os.fdopen(sys.stdout.fileno(), "wb", closefd=False) as out:  # buffered, also where stdout is not
                out.write(content)
        else:
            Path(file).write_bytes(content)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as reason:
        said = reason.strerror if isinstance(reason, OSError) and reason.strerror else reason
        raise Mistake(f"cannot write {file}: {said}") from None


def say(text: str, file: TextIO, end: str = "\n") -> None:
    """Print, with a question mark for what the terminal cannot show."""
    encoding = getattr(file, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), file=file, end=end, flush=True)


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)
