"""Worksheets and keys as one page to print, on either size of paper."""

from collections.abc import Sequence
from html import escape

from .. import modules

SIZES = {"a4": ("A4", "210mm", "297mm"), "letter": ("letter", "215.9mm", "279.4mm")}  # @page, width, height
MARGIN = "14mm"
STYLE = "css/sheet.css"

PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title} – Downslope</title>
<style>@page {{ size: {paper}; margin: {margin}; }}
:root {{ --wide: {wide}; --high: {high}; --margin: {margin}; }}
{style}</style>
<script type="module" src="{home}{module}"></script>
</head>
<body data-home="{home}">
<nav aria-label="Printing">{ways}<button type="button" id="print" hidden>Print</button>{notes}</nav>
<main>
{sheets}
</main>
</body>
</html>
"""


def page(title: str, sheets: Sequence[str], size: str, home: str, module: str, ways: str, notes: str, lang: str) -> str:
    """A page of sheets. `home` leads from its address to the explorer's; `ways` and `notes` are HTML."""
    paper, wide, high = SIZES[size]
    return PAGE.format(
        title=escape(title),
        paper=paper,
        wide=wide,
        high=high,
        margin=MARGIN,
        style=modules.source(STYLE),
        lang=escape(lang),
        home=escape(home),
        module=escape(module),
        ways=ways,
        notes=notes,
        sheets="\n".join(sheets),
    )
