"""An address as a QR code (ISO/IEC 18004): on paper, on a projector, on the terminal."""

import io
from functools import lru_cache

import segno

QUIET = 4  # modules of white around it, which a reader needs;
FEWER = 2  # on a terminal, which has a margin of its own
ERRORS = "m"  # of the words, 15 % may be lost: paper is folded


@lru_cache(maxsize=256)
def svg(address: str) -> str:
    """Its code as one SVG picture, black on white, as large as what shows it."""
    file = io.BytesIO()
    said = {"xmldecl": False, "title": "QR code of the link"}
    _made(address).save(file, kind="svg", border=QUIET, light="#fff", omitsize=True, **said)
    return file.getvalue().decode()


def terminal(address: str) -> str:
    """Rows of half blocks, dark on light in a dark terminal as well as in a light one."""
    drawn = io.StringIO()
    _made(address).terminal(drawn, border=FEWER, compact=True)
    return drawn.getvalue()


def _made(address: str) -> segno.QRCode:
    return segno.make(address, error=ERRORS, micro=False, boost_error=False)
