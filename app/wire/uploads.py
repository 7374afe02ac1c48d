"""Files of the page, kept in memory until there is no more room: sent to /data, and again with what needs one.

Any of several servers may be asked next, so a file comes along in the request that was not answered without it.
"""

import json

from dash import Dash
from flask import Response, request

from landscapes.datasets import Table

from .. import limits
from ..page import data
from ..protocol import Held
from . import guard


def register(app: Dash) -> None:
    @app.server.post(guard.DATA)
    def take() -> Response:
        name, table = _kept(request.get_data())
        held = Held(
            name, list(table.names), table.rows, [column.kind for column in table.columns], "; ".join(table.notes)
        )
        sent = Response(json.dumps(held._asdict()), mimetype="application/json")
        sent.headers["Cache-Control"] = "no-store"
        return sent


def message() -> bytes:
    """The message of a request, after the file that came along has been kept."""
    raw = request.get_data()
    if request.mimetype != guard.WITH_FILE:
        return raw
    line, _, file = raw.partition(b"\n")
    if len(line) > limits.BODY_BYTES:
        raise guard.Refused(413, f"a message is at most {limits.BODY_BYTES} bytes")
    _kept(file)
    return line


def take_along() -> None:
    """Keep the file that is the body of a request, if it has one."""
    if request.method == "POST":
        _kept(request.get_data())


def _kept(raw: bytes) -> tuple[str, Table]:
    try:
        return data.keep(raw)
    except ValueError as why:
        raise guard.Refused(422, str(why)) from None
