"""Content codings: what a client accepts, and how to compress for it, quickly or once and for all."""

import gzip
import sys
from collections.abc import Callable
from typing import NamedTuple

import brotli
from flask import Flask, Response, request

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
TEXTS = ("text/html", "text/css", "text/csv", "text/x-python", "application/json", "text/javascript", "image/svg+xml")
LEAST = 500  # bytes that are worth it
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


def headed(response: Response, coding: str) -> Response:
    """The response, saying how it is encoded."""
    response.vary.add("Accept-Encoding")
    if coding != IDENTITY:
        response.headers["Content-Encoding"] = coding
    return response


def install(server: Flask) -> None:
    """Compress every text on its way out that is not compressed yet."""

    @server.after_request
    def compress(response: Response) -> Response:
        known = "Content-Encoding" in response.headers or response.status_code in (204, 206, 304)
        if known or response.mimetype not in TEXTS or request.method == "HEAD":
            return response
        response.direct_passthrough = False
        raw = response.get_data()
        coding = accepted(request.headers.get("Accept-Encoding", "")) if len(raw) > LEAST else IDENTITY
        response.set_data(quickly(raw, coding))
        return headed(response, coding)
