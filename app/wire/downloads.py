"""/export/<name>?<state>: the comparison as a file; posted, with the file of one's own that it needs."""

from json import dumps

from dash import Dash
from flask import Response, abort, request

from ..export.files import ALL, LESSON, Gone, make
from ..page.promises import barred
from ..page.state import State
from ..protocol import UNKNOWN, Mistake
from . import uploads


def register(app: Dash) -> None:
    @app.server.get("/export/<name>")
    @app.server.post("/export/<name>")
    def export(name: str) -> Response:
        if name not in ALL:
            abort(404, "There is no such export.")
        state, _ = State.from_query(request.query_string)
        if why := barred(state, "share") or (name != LESSON and barred(state, "export")):
            abort(403, f"Exports are {why}.")
        uploads.take_along()
        try:
            file = make(name, state, request.url_root + state.to_query())
        except Gone as why:
            return Response(dumps({"error": str(why), UNKNOWN: why.file}), status=422, mimetype="application/json")
        except Mistake as why:
            abort(422, str(why))
        headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
        return Response(file.content, mimetype=file.mimetype, headers=headers)
