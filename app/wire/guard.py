"""Between the network and Dash: what is not a request of the page gets a 4xx with a reason, never a traceback."""

import html
import json
import math
from typing import Any

from dash import Dash
from dash.exceptions import DependencyException
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from .. import limits
from ..version import fingerprint

PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
UPDATE = "/_dash-update-component"
PATHS = ("/", "/health", "/_dash-layout", "/_dash-dependencies", "/_favicon.ico", UPDATE)
FOLDERS = ("/assets/", "/_dash-component-suites/", "/export/")
ANYTHING = "/<path:path>"  # where Dash answers every other path with the page
MISSING = "There is no such page."
PAGE = '<!DOCTYPE html><title>Downslope</title><p>{}</p><p><a href="/">To the explorer</a></p>'


class _Refused(ValueError):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def install(app: Dash) -> None:
    """Put the guard before the application. Call it after every callback is registered."""
    server: Flask = app.server
    server.config["MAX_CONTENT_LENGTH"] = limits.BODY_BYTES
    policy = _policy(app)

    @server.before_request
    def check() -> Response | None:
        try:
            _check_address()
            if request.path == UPDATE:
                _check_update(app)
        except _Refused as refused:
            return _refusal(refused.status, str(refused))
        return None

    @server.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = PERMISSIONS
        if request.path.startswith(f"/assets/{fingerprint()}/") and response.status_code < 400:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    @server.errorhandler(HTTPException)
    def explain(error: HTTPException) -> Response:
        return _refusal(error.code or 500, error.description or error.name)

    @server.errorhandler(DependencyException)
    @server.errorhandler(FileNotFoundError)  # a library may announce source maps that it does not bring
    def missing(error: Exception) -> Response:
        return _refusal(404, MISSING)


def _policy(app: Dash) -> str:
    hashes = " ".join(app.csp_hashes())
    return (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; font-src 'self' data:; worker-src 'self' blob:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def _refusal(status: int, reason: str) -> Response:
    if request.accept_mimetypes.best == "text/html":
        return Response(PAGE.format(html.escape(reason)), status=status, mimetype="text/html")
    return Response(json.dumps({"error": reason}), status=status, mimetype="application/json")


def _check_address() -> None:
    if len(request.query_string) > limits.QUERY_BYTES:
        raise _Refused(414, f"The address is longer than {limits.QUERY_BYTES} bytes.")
    in_folder = request.path.startswith(FOLDERS) and request.endpoint != ANYTHING
    if request.path not in PATHS and not in_folder:
        raise _Refused(404, MISSING)


def _check_update(app: Dash) -> None:
    if request.method != "POST":
        raise _Refused(405, "POST expected")
    if request.content_length is None:
        raise _Refused(411, "Content-Length expected")
    if request.content_length > limits.BODY_BYTES:
        raise _Refused(413, f"a body is at most {limits.BODY_BYTES} bytes")
    if request.mimetype != "application/json":
        raise _Refused(415, "application/json expected")
    _check_body(app, _parse(request.get_data(cache=True)))


def _parse(raw: bytes) -> Any:
    if _depth(raw) > limits.BODY_DEPTH:
        raise _Refused(400, f"nested deeper than {limits.BODY_DEPTH} levels")
    try:
        return json.loads(raw.decode(), parse_constant=_constant, parse_int=_integer, parse_float=_float)
    except (ValueError, RecursionError) as error:
        if isinstance(error, _Refused):
            raise
        raise _Refused(400, "not valid JSON") from None


def _depth(raw: bytes) -> int:
    """How deep brackets nest, without parsing; brackets inside texts do not count."""
    depth = deepest = 0
    in_text = escaped = False
    for byte in raw:
        if in_text:
            in_text = escaped or byte != 34
            escaped = not escaped and byte == 92
        elif byte == 34:
            in_text = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _constant(name: str) -> None:
    raise _Refused(422, f"{name} is not a number")


def _integer(digits: str) -> int:
    if len(digits) > limits.BODY_DIGITS:
        raise _Refused(422, "an integer is too long")
    return int(digits)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _Refused(422, "a number is out of range")
    return value


def _check_body(app: Dash, body: Any) -> None:
    """The body must be a call of one registered callback, with its inputs in their order."""
    if not isinstance(body, dict):
        raise _Refused(400, "an object is expected")
    output = body.get("output")
    if not isinstance(output, str):
        raise _Refused(400, "output is missing")
    callback = app.callback_map.get(output)
    if callback is None or "callback" not in callback:  # without one it is the browser's own
        raise _Refused(409, "this page is older than the server: reload it, the settings are in its address")
    expected = [(i["id"], i["property"]) for i in callback["inputs"]]
    if _pairs(body.get("inputs")) != expected or body.get("state", []) != []:
        raise _Refused(400, "the inputs are not those of this output")
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or any(c not in [f"{i}.{p}" for i, p in expected] for c in changed):
        raise _Refused(400, "changedPropIds are not inputs of this output")
    outputs = body.get("outputs")
    written = [tuple(part.rsplit(".", 1)) for part in output.strip(".").split("...")]
    if output.startswith("..") != isinstance(outputs, list):
        raise _Refused(400, "the outputs are not those of this callback")
    if _pairs(outputs if isinstance(outputs, list) else [outputs]) != written:
        raise _Refused(400, "the outputs are not those of this callback")


def _pairs(given: Any) -> Any:
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        return None
    return [(one.get("id"), one.get("property")) for one in given]
