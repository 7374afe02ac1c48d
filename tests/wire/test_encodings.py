"""A client is sent what it accepts, and nothing else."""

import pytest

from app.wire.encodings import CODINGS, IDENTITY, SMALLEST, accepted, quickly

from .decoded import DECODED

RAW = b"0123456789" * 500


@pytest.mark.parametrize(
    ("header", "quickest", "smallest"),
    [
        ("", IDENTITY, IDENTITY),
        ("gzip, deflate", "gzip", "gzip"),
        ("gzip, deflate, br", "br", "br"),
        ("gzip, deflate, br, zstd", "zstd", "br"),
        ("GZIP", "gzip", "gzip"),
        ("gzip;q=0", IDENTITY, IDENTITY),
        ("br;q=0, gzip;q=0.5", "gzip", "gzip"),
        ("*", "zstd", "br"),
        ("*;q=0", IDENTITY, IDENTITY),
        ("zstd;q=0, *", "br", "br"),
        ("deflate", IDENTITY, IDENTITY),
        (";;,q=,", IDENTITY, IDENTITY),
    ],
)
def test_what_a_header_allows(header: str, quickest: str, smallest: str) -> None:
    assert (accepted(header), accepted(header, SMALLEST)) == (quickest, smallest)


@pytest.mark.parametrize("coding", [*CODINGS, IDENTITY])
def test_every_encoding_is_undone(coding: str) -> None:
    assert DECODED[coding](quickly(RAW, coding)) == RAW
    if coding != IDENTITY:
        assert DECODED[coding](CODINGS[coding].best(RAW)) == RAW


@pytest.mark.parametrize("coding", CODINGS)
def test_the_same_bytes_are_encoded_alike(coding: str) -> None:
    assert CODINGS[coding].quick(RAW) == CODINGS[coding].quick(RAW)
