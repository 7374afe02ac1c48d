"""Which build of the explorer this is: a page that another build made is told to reload."""

import zlib
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
ASSETS = HERE.parent / "assets"


@cache
def fingerprint() -> str:
    """A text that changes with the code of the page, and is the same in every process that serves it."""
    sum_ = 0
    for path in sorted([*HERE.rglob("*.py"), *ASSETS.rglob("*")]):
        sum_ = zlib.crc32(path.read_bytes(), sum_) if path.is_file() else sum_
    return f"{sum_:08x}"
