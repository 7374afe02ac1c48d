"""A figure that shows itself wherever a notebook can show HTML: no network, no extension, no package beside it."""

import sys
from html import escape
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from . import modules
from .export.html import POLICY, inline

TRACES = {"bar", "contour", "heatmap", "quiver", "scatter", "scatter3d", "surface"}  # what our own plotly.js can draw
HEIGHT = 450  # px, plotly's own

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<style>html, body {{ height: 100%; margin: 0; overflow: hidden; }} body > div {{ height: 100%; }}</style>
<script>{plotly}</script>
</head>
<body>{figure}</body>
</html>
"""


class Panel(go.Figure):
    """One of the page's graphs as a plotly figure.

    Plotly leaves it to each notebook to draw a figure, which some cannot and others only with packages that it does
    not bring; this one comes with what draws it.
    """

    _ipython_display_ = None  # a notebook asks these two first
    _repr_mimebundle_ = None

    def _repr_html_(self) -> str:
        return framed(document(self), self.layout.height or HEIGHT)

    def show(self, renderer: str | None = None, **how: Any) -> None:
        """Show it, as plotly does (`config`, `width`, `height`), in a notebook without asking for a renderer."""
        if renderer or not _in_notebook():
            super().show(renderer, **how)
            return
        from IPython.display import display  # there, for a notebook is made of it

        size = {name: how[name] for name in ("width", "height") if name in how}
        shown = Panel(self).update_layout(size)
        page = framed(document(shown, how.get("config")), shown.layout.height or HEIGHT)
        display({"text/html": page, "text/plain": repr(self)}, raw=True)


def document(figure: go.Figure, config: dict[str, Any] | None = None) -> str:
    """A figure as an HTML page of its own."""
    ours = {trace.type for trace in figure.data} <= TRACES
    return PAGE.format(
        policy=escape(POLICY),
        plotly=inline(modules.source(modules.PLOTLY) if ours else get_plotlyjs()),
        figure=figure.to_html(config, include_plotlyjs=False, full_html=False),
    )


def framed(page: str, height: int) -> str:
    """A page inside a notebook's, apart from its styles and scripts."""
    look = f'style="width:100%;height:{height}px;border:0" sandbox="allow-scripts allow-downloads" title="Comparison"'
    return f'<iframe srcdoc="{escape(page)}" {look}></iframe>'


def _in_notebook() -> bool:
    """Whether a kernel runs this, and not a terminal."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")
