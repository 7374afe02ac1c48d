"""/data: a file of the page, kept in memory until there is no more room for it."""

import json

from dash import Dash
from flask import Response, request

from ..page import data
from ..protocol import Held
from . import guard


def register(app: Dash) -> None:
    @app.server.post(guard.DATA)
    def take() -> Response:
        try:
            name, table = data.keep(request.get_data())
        except ValueError as why:
            raise guard.Refused(422, str(why)) from None
        held = Held(
            name, list(table.names), table.rows, [column.kind for column in table.columns], "; ".join(table.notes)
        )
        sent = Response(json.dumps(held._asdict()), mimetype="application/json")
        sent.headers["Cache-Control"] = "no-store"
        return sent
