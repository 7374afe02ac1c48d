"""`create_app()`: the page, ready to be served."""

import re
from collections.abc import Callable
from html import escape
from urllib.parse import quote

from dash import Dash
from flask import Response, request

from . import modules, shell
from .screen import theme
from .screen.markup import markup
from .serving import HERE, Serving
from .shelf import Shelf
from .version import ASSETS, fingerprint
from .wire import channel, downloads, encodings, guard, sheets, static, uploads

INDEX = """<!DOCTYPE html>
<html lang="en" data-class="CLASS" data-tab="OPENED" data-version="VERSION" data-plotly="HOME/PLOTLY">
<head>
{%metas%}
<title>{%title%}</title>
<meta name="description" content="See how optimizers walk over loss surfaces">
<link rel="icon" href="ICON">
{%css%}
<style>STYLE</style>
<LOOK>
<script type="module" src="HOME/MODULE"></script>
</head>
<body>
PAGE
<script type="application/json" id="opening">OPENING</script>
{%config%}
<template id="dash">{%scripts%}{%renderer%}</template>
</body>
</html>"""
ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 1l14 14H1z" fill="FILL"/></svg>'
# half a megabyte to evaluate; and what a browser with modules has by itself
UNUSED = re.compile(r'<script src="[^"]*/(?:dash/(?:dcc|dash_table)/|polyfill@)[^"]*"></script>\n?')
HOME = static.ASSETS.strip("/")
LOOK = (
    f'<link rel="stylesheet" href="{HOME}/css/{{0}}.css"><link rel="modulepreload" href="{HOME}/{{0}}.mjs">'  # of a tab
)
NOT_LISTED = r"^(?!(style\.css|controls\.css|math\.css)$)"  # what is in the page, or another one needs


class Explorer(Dash):
    """Dash with relative addresses, for the page works under any path, and without the components it never uses."""

    channel: channel.Channel
    static: static.Static
    protect: Callable[[Response], Response]  # what every answer goes through, also one that Flask does not make

    def interpolate_index(self, **parts: str) -> str:
        parts = {name: _relative(part) for name, part in parts.items()}
        page = super().interpolate_index(**parts | {"scripts": UNUSED.sub("", parts["scripts"])})
        query = _query()
        tab, *over = shell.opened_by(query)
        looks = "".join(LOOK.format(one) for one in (tab, *over) if one != shell.FIRST)
        page = page.replace("OPENED", tab, 1).replace("<LOOK>", looks, 1)
        return page.replace("OPENING", self.channel.opening(query).decode(), 1)


def create_app(serving: Serving = HERE) -> Explorer:
    """The explorer as a Dash application; `.server` is the WSGI application to serve."""
    app = Explorer(
        "downslope",
        title="Downslope",
        update_title=None,
        assets_folder=str(ASSETS),
        assets_url_path=HOME,
        assets_ignore=NOT_LISTED,
        serve_locally=True,
        use_async=False,
        enable_mcp=False,
        health_endpoint="health",
        index_string=_index(serving),
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.layout = shell.controls
    app.protect = guard.install(app, serving.embed)
    app.static = static.register(app)
    app.channel = channel.register(app, channel.Channel(shell.TABS, shell.opening, Shelf(serving.shelf)))
    downloads.register(app)
    sheets.register(app)
    uploads.register(app)
    encodings.install(app.server)
    return app


def _query() -> str:
    """What the address says after the path, as the page reads it there."""
    query = request.query_string.decode("latin-1")
    return f"?{query}" if query else ""


def _relative(part: str) -> str:
    """Dash's part of the page with its addresses as seen from the page."""
    part = re.sub(r'(src|href)="/', r'\1="', part)
    return re.sub(r'("requests_pathname_prefix":)"(/|\\u002f)"', r'\1"./"', part)


def _index(serving: Serving) -> str:
    icon = "data:image/svg+xml," + quote(ICON.replace("FILL", theme.TOKENS["light"]["accent"]))
    words = {"VERSION": fingerprint(), "HOME": HOME, "MODULE": modules.PAGE, "PLOTLY": modules.PLOTLY, "ICON": icon}
    words |= {"STYLE": theme.variables(), "PAGE": markup(shell.page()), "CLASS": escape(serving.link)}
    return re.sub(r"\b[A-Z]{4,}\b", lambda word: words.get(word[0], word[0]), INDEX)
