"""Between the page and what it shows: a message in, a message out, as bytes; what is heavy has a route of its own.

An answer is a pure function of the request, so equal requests are answered once: what was made is kept, encoded, by
a hash of the bytes that asked for it, in memory and where the other processes find it.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from dash import Dash
from flask import Response, request

from .. import limits
from ..cache import ByteCache
from ..protocol import TILED, UNKNOWN, Forged, Outdated, Piece, Work, check_version, read_any
from ..screen.arrays import embedded, frame
from ..shelf import Shelf
from . import guard, uploads
from .encodings import accepted, headed, quickly

MIMETYPE = "application/octet-stream"


class Channel:
    """Answers messages for the tabs of the page."""

    def __init__(self, tabs: Mapping[str, Any], opening: Callable[[str], Any], shelf: Shelf | None = None) -> None:
        self.tabs, self._opening, self.shelf = tabs, opening, shelf or Shelf("")
        self.kept: dict[str, ByteCache[bytes]] = {
            guard.CHANNEL: ByteCache(limits.ANSWER_BYTES),
            guard.TILE: ByteCache(limits.TILE_BYTES),
        }

    def known(self, raw: bytes, coding: str, route: str = guard.CHANNEL) -> bytes | None:
        """The answer to a request that was answered before."""
        return self._known(_key(route, raw, coding), route)

    def answer(self, raw: bytes, coding: str, route: str = guard.CHANNEL) -> bytes:
        """The encoded answer to a request body. Raises guard.Refused for what the page does not send."""
        made = self.known(raw, coding, route)
        if made is None:
            said = self._answered(guard.parsed(raw), route)
            made = quickly(frame(said), coding)
            if not _is_passing(said):
                self._keep(_key(route, raw, coding), made, route)
        return made

    def opening(self, query: str) -> bytes:
        """The first answer, as JSON that an HTML parser reads as text."""
        return embedded(self._opening(query)).encode()

    def known_page(self, query: bytes, coding: str) -> bytes | None:
        """The encoded page of an address that was opened before."""
        return self._known(_key("/", query, coding))

    def keep_page(self, query: bytes, coding: str, made: bytes) -> None:
        self._keep(_key("/", query, coding), made)

    def _known(self, key: str, route: str = guard.CHANNEL) -> bytes | None:
        made = self.kept[route].get(key)
        if made is None:
            made = self.shelf.get(key)
            if made is not None:
                self.kept[route].put(key, made)
        return made

    def _keep(self, key: str, made: bytes, route: str = guard.CHANNEL) -> None:
        self.kept[route].put(key, made)
        self.shelf.put(key, made)

    def _answered(self, given: Any, route: str) -> Any:
        try:
            message = read_any(given)
            if isinstance(message, TILED) != (route == guard.TILE):
                raise Forged("kind: another route answers this")
            check_version(getattr(message, "version", ""))
            answers = self.tabs[message.tab].answers if message.tab in self.tabs else {}
            if type(message) not in answers:
                raise Forged("tab: there is no tab of this name that answers this")
            return answers[type(message)](message)
        except Outdated as reason:
            raise guard.Refused(409, str(reason)) from None
        except Forged as reason:
            raise guard.Refused(422, str(reason)) from None


def _is_passing(said: Any) -> bool:
    """Whether it is another answer soon: a file is not known here, and the page asks again with it."""
    told = said.look if isinstance(said, Work) else said.arrays if isinstance(said, Piece) else {}
    return bool(told.get(UNKNOWN))


def _key(route: str, raw: bytes, coding: str) -> str:
    """Of a request, however long it is: the name of a file."""
    return hashlib.blake2b(b"\0".join((route.encode(), coding.encode(), raw)), digest_size=20).hexdigest()


def response(made: bytes, coding: str) -> Response:
    """An encoded answer as it is sent."""
    sent = Response(made, mimetype=MIMETYPE)
    sent.headers["Cache-Control"] = "no-store"  # nobody keeps it but us
    return headed(sent, coding)


def register(app: Dash, channel: Channel) -> Channel:
    @app.server.post(guard.CHANNEL)
    @app.server.post(guard.TILE)
    def answer() -> Response:
        coding = accepted(request.headers.get("Accept-Encoding", ""))
        return response(channel.answer(uploads.message(), coding, request.path), coding)

    return channel
