"""`create_app()`: the page, ready to be served."""

from dash import Dash

from . import shell
from .screen import theme
from .version import ASSETS, fingerprint
from .wire import channel, downloads, guard
from .wire.channel import Channel

INDEX = """<!DOCTYPE html>
<html lang="en" data-version="VERSION">
<head>
{%metas%}
<title>{%title%}</title>
<meta name="description" content="See how optimizers walk over loss surfaces">
{%favicon%}
{%css%}
<style>STYLE</style>
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""


def create_app() -> Dash:
    """The explorer as a Dash application; `.server` is the WSGI application to serve."""
    app = Dash(
        "downslope",
        title="Downslope",
        update_title=None,
        assets_folder=str(ASSETS),
        assets_ignore=r".*\.(mjs|json|py|txt|md)$",
        serve_locally=True,
        compress=True,
        use_async=False,
        enable_mcp=False,
        health_endpoint="health",
        index_string=INDEX.replace("STYLE", theme.variables()).replace("VERSION", fingerprint()),
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.layout = shell.page
    channel.register(app, Channel(shell.TABS))
    downloads.register(app)
    guard.install(app)
    return app
