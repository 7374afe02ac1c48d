"""What other processes do in the tests of work: they import it by name."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landscapes import Himmelblau


@dataclass(frozen=True)
class Task:
    """The square of a number, and a line that says that it was asked for; the process of `deadly` ends instead."""

    log: Path
    deadly: int | None = None  # while there is a file `armed` beside the log

    def __call__(self, number: int) -> int:
        with self.log.open("a") as file:
            file.write(f"{number}\n")
        if number == self.deadly and self.log.with_name("armed").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        return number * number

    def calls(self) -> list[int]:
        return sorted(map(int, self.log.read_text().split()))


def reciprocal(number: int) -> float:
    return 1 / number


class Homebound(Himmelblau):
    """A surface that cannot leave the process which made it."""

    def __reduce__(self) -> Any:
        raise TypeError("this surface has no way out")
