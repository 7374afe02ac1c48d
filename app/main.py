"""`create_app()`: the page, ready to be served."""

from dash import Dash

from . import modules, shell
from .screen import theme
from .version import ASSETS, fingerprint
from .wire import callbacks, downloads, guard

INDEX = """<!DOCTYPE html>
<html lang="en" data-version="VERSION">
<head>
{%metas%}
<title>{%title%}</title>
<meta name="description" content="See how optimizers walk over loss surfaces">
{%favicon%}
{%css%}
PRELOADS
<style>STYLE</style>
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""
HOME = f"assets/{fingerprint()}"  # another version has other addresses, so that each can be kept for ever
NOT_LISTED = r"^(?!(main\.mjs|dash\.js|plotly\.min\.js|style\.css)$)"  # what these import, or another page needs


def create_app() -> Dash:
    """The explorer as a Dash application; `.server` is the WSGI application to serve."""
    app = Dash(
        "downslope",
        title="Downslope",
        update_title=None,
        assets_folder=str(ASSETS),
        assets_url_path=HOME,
        assets_ignore=NOT_LISTED,
        serve_locally=True,
        compress=True,
        use_async=False,
        enable_mcp=False,
        health_endpoint="health",
        index_string=_index(),
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.layout = shell.page
    callbacks.register(app)
    downloads.register(app)
    guard.install(app)
    return app


def _index() -> str:
    needed = modules.in_order(modules.PAGE)[:-1]
    preloads = "\n".join(f'<link rel="modulepreload" href="{HOME}/{name}">' for name in needed)
    return INDEX.replace("PRELOADS", preloads).replace("STYLE", theme.variables()).replace("VERSION", fingerprint())
