"""Between the network and the page: what the page does not send gets a 4xx with a reason, never a traceback."""

import html
import json
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from dash import Dash
from dash.exceptions import DependencyException
from flask import Flask, Response, request
from werkzeug import Request
from werkzeug.exceptions import HTTPException

from .. import limits

PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
UPDATE = "/_dash-update-component"
CHANNEL = "/channel"
TILE = "/channel/tile"  # the same for what is heavy
DATA = "/data"  # a file
SHEETS = "/worksheet"  # pages to print
QR = "/qr"  # of any address; what stands below it is of a lesson
PATHS = ("/", SHEETS, QR, "/health", "/_dash-layout", "/_dash-dependencies", UPDATE, CHANNEL, TILE, DATA)
OLD = "this page is older than the server: reload it, the settings are in its address"
EXPORT = "/export/"  # and a name
FOLDERS = ("/assets/", "/_dash-component-suites/", EXPORT, f"{SHEETS}/", "/qr/")
ANYTHING = "/<path:path>"  # where Dash answers every other path with the page
JSON, CSV = "application/json", "text/csv"
WITH_FILE = "application/octet-stream"  # a message in one line, and below it a file that it needs
MISSING = "There is no such page."
PAGE = '<!DOCTYPE html><title>Downslope</title><p>{}</p><p><a href="{}">To the explorer</a></p>'


class Body(NamedTuple):
    """What a route takes that is posted."""

    mimetype: str
    size: int  # bytes at most
    what: str


MESSAGE = Body(JSON, limits.BODY_BYTES, "a body")
FILE = Body(CSV, limits.FILE_BYTES, "a file")
BOTH = Body(WITH_FILE, limits.BODY_BYTES + 1 + limits.FILE_BYTES, "a message with a file")
ANSWERED = (CHANNEL, TILE)  # those whose answers are kept
POSTED = {CHANNEL: (MESSAGE,), TILE: (MESSAGE, BOTH), DATA: (FILE,)}


class Refused(ValueError):
    """A request that gets this status, and the reason in words that are safe to show."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def install(app: Dash, embed: Sequence[str] = ()) -> Callable[[Response], Response]:
    """Put the guard before the application; what it returns gives any other answer the same protection.

    `embed`: the origins whose pages may frame it.

    Call it after every clientside callback is registered.
    """
    server: Flask = app.server
    server.config["MAX_CONTENT_LENGTH"] = limits.BODY_BYTES
    policy = _policy(app, embed)

    @server.before_request
    def check() -> None:
        _check_address()
        if request.path in POSTED and request.method != "POST":
            raise Refused(405, "POST expected")
        if request.method == "POST" and (bodies := taken(request.path)):
            _check_body(bodies)

    @server.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = PERMISSIONS
        return response

    @server.errorhandler(Refused)
    def refuse(refused: Refused) -> Response:
        return refusal(request, refused.status, str(refused))

    @server.errorhandler(HTTPException)
    def explain(error: HTTPException) -> Response:
        return refusal(request, error.code or 500, error.description or error.name)

    @server.errorhandler(DependencyException)
    @server.errorhandler(FileNotFoundError)  # a library may announce source maps that it does not bring
    def missing(error: Exception) -> Response:
        return refusal(request, 404, MISSING)

    return protect


def _policy(app: Dash, embed: Sequence[str]) -> str:
    hashes, framing = " ".join(app.csp_hashes()), " ".join(("'self'", *embed))
    return (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; font-src 'self' data:; worker-src 'self' blob:; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {framing}"
    )


def refusal(asked: Request, status: int, reason: str) -> Response:
    """The answer that says why, as the client reads it best."""
    if asked.accept_mimetypes["text/html"] > asked.accept_mimetypes[JSON]:  # a browser says so of what is opened in it
        return Response(PAGE.format(html.escape(reason), _home(asked.path)), status=status, mimetype="text/html")
    return Response(json.dumps({"error": reason}), status=status, mimetype=JSON)


def _home(path: str) -> str:
    """The way to the page from the address that was asked for, wherever the page stands."""
    return "../" * (path.count("/") - 1) or "./"


def _check_address() -> None:
    if len(request.query_string) > limits.QUERY_BYTES:
        raise Refused(414, f"The address is longer than {limits.QUERY_BYTES} bytes.")
    in_folder = request.path.startswith(FOLDERS) and request.endpoint != ANYTHING
    if request.path == UPDATE:  # no callback of ours asks the server
        raise Refused(409, OLD)
    if request.path not in PATHS and not in_folder:
        raise Refused(404, MISSING)


def taken(path: str) -> Sequence[Body]:
    """What may be posted there, of which one is."""
    return (FILE,) if path.startswith(EXPORT) else POSTED.get(path, ())


def sent(asked: Request) -> Body | None:
    """Which of them it is, by its type; None: none that is taken there."""
    return next((one for one in taken(asked.path) if one.mimetype == asked.mimetype), None)


def _check_body(bodies: Sequence[Body]) -> None:
    if request.content_length is None:
        raise Refused(411, "Content-Length expected")
    body = sent(request)
    if body is None:
        raise Refused(415, f"{' or '.join(one.mimetype for one in bodies)} expected")
    if request.content_length > body.size:
        raise Refused(413, f"{body.what} is at most {body.size} bytes")
    request.max_content_length = body.size


def parsed(raw: bytes) -> Any:
    """What a body means as JSON. Raises Refused for what nests too deep or holds what is no number."""
    if _depth(raw) > limits.BODY_DEPTH:
        raise Refused(400, f"nested deeper than {limits.BODY_DEPTH} levels")
    try:
        return json.loads(raw.decode(), parse_constant=_constant, parse_int=_integer, parse_float=_float)
    except (ValueError, RecursionError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(400, "not valid JSON") from None


def _depth(raw: bytes) -> int:
    """How deep brackets nest, without parsing; brackets inside texts do not count."""
    if raw.count(b"[") + raw.count(b"{") <= limits.BODY_DEPTH:
        return 0
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
    raise Refused(422, f"{name} is not a number")


def _integer(digits: str) -> int:
    if len(digits) > limits.BODY_DIGITS:
        raise Refused(422, "an integer is too long")
    return int(digits)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise Refused(422, "a number is out of range")
    return value
