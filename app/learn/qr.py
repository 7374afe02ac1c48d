"""A link as a QR code (ISO/IEC 18004), for paper and for a projector."""

import io
from functools import lru_cache

import segno

QUIET = 4  # modules of white around it, which a reader needs
ERRORS = "m"  # of the words, 15 % may be lost: paper is folded


@lru_cache(maxsize=256)
def svg(text: str) -> str:
    """The code of a text as one SVG picture, black on white, as large as what shows it."""
    file = io.BytesIO()
    code = segno.make(text, error=ERRORS, micro=False, boost_error=False)
    code.save(file, kind="svg", border=QUIET, light="#fff", omitsize=True, xmldecl=False, title="QR code of the link")
    return file.getvalue().decode()
