"""An address as a QR code: on the terminal."""

import io

import segno

MARGIN = 2  # modules of quiet around it; a terminal has its own


def terminal(address: str) -> str:
    """Rows of half blocks, dark on light in a dark terminal as well as in a light one."""
    drawn = io.StringIO()
    segno.make(address, error="m", micro=False).terminal(drawn, border=MARGIN, compact=True)
    return drawn.getvalue()
