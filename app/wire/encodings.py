"""Content codings: what a client accepts, and how to compress for it, quickly or once and for all."""

import gzip
import sys
from collections.abc import Callable
from typing import NamedTuple

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

IDENTITY = "identity"


class Coding(NamedTuple):
    quick: Callable[[bytes], bytes]  # about a millisecond for a hundred kilobytes
    best: Callable[[bytes], bytes]  # for what is compressed once and sent for ever
    suffix: str  # of a file that holds it


CODINGS: dict[str, Coding] = {  # by the name in the headers; the quick ones from the quickest on
    "zstd": Coding(lambda raw: zstd.compress(raw, level=3), lambda raw: zstd.compress(raw, level=19), "zst"),
    "br": Coding(lambda raw: brotli.compress(raw, quality=4), lambda raw: brotli.compress(raw, quality=11), "br"),
    "gzip": Coding(lambda raw: gzip.compress(raw, 1, mtime=0), lambda raw: gzip.compress(raw, 9, mtime=0), "gz"),
}
QUICKEST = tuple(CODINGS)
SMALLEST = ("br", "zstd", "gzip")


def accepted(header: str, wanted: tuple[str, ...] = QUICKEST) -> str:
    """The first of the wanted codings that an Accept-Encoding header allows; identity where it allows none."""
    allowed: dict[str, bool] = {}
    for part in header.lower().split(","):
        name, _, rest = part.strip().partition(";")
        allowed[name.strip()] = rest.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in wanted if allowed.get(name, allowed.get("*", False))), IDENTITY)


def quickly(raw: bytes, coding: str) -> bytes:
    return raw if coding == IDENTITY else CODINGS[coding].quick(raw)
