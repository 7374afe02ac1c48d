"""What a client makes of an answer's body, by the name of its content coding."""

import gzip

import brotli

from app.wire.encodings import IDENTITY, zstd

DECODED = {IDENTITY: bytes, "zstd": zstd.decompress, "br": brotli.decompress, "gzip": gzip.decompress}
