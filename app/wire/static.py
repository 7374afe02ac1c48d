"""The files of the page, ours and those of Dash and React alike: compressed once for ever, sent as each client accepts.

An address holds the version of its file, so what stands there never changes. The smallest encodings are made once by
`compress_all`, beside those who serve, and kept in the user's cache folder under the hash of what they hold; until a
file is there, it is compressed quickly on the way. Where the folder cannot be written, they are kept in memory.
"""

import hashlib
import itertools
import re
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from dash import Dash
from flask import Response, request
from platformdirs import user_cache_path
from werkzeug import Request

from .. import modules
from ..version import fingerprint
from .encodings import CODINGS, IDENTITY, SMALLEST, accepted, headed, quickly

ASSETS = f"/assets/{fingerprint()}/"
SUITES = "/_dash-component-suites/"
FOLDERS = (ASSETS, SUITES)
MODULES = {
    f"{ASSETS}{name}": name for name in (modules.PAGE, modules.LATER, modules.SHARED, *modules.TABS)
}  # path -> module
FOREVER = "public, max-age=31536000, immutable"
LOOK = 1.0  # s between looks whether the smallest encoding is there by now
MOST = 400  # files that are known by their path; some have more than one


class Asset(NamedTuple):
    content: bytes
    mimetype: str
    digest: str


class Store:
    """Encoded contents by the hash of what they hold: on disk, so that every process has them, else in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or user_cache_path("downslope", appauthor=False)
        self.memory: dict[tuple[str, str], bytes] = {}

    def get(self, digest: str, coding: str) -> bytes | None:
        known = self.memory.get((digest, coding))
        if known is None:
            try:
                known = self.memory[digest, coding] = self._path(digest, coding).read_bytes()
            except OSError:
                return None
        return known

    def put(self, digest: str, coding: str, encoded: bytes) -> bool:
        """Keep it, whole or not at all; False where it could be kept in memory alone."""
        self.memory[digest, coding] = encoded
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as part:
                part.write(encoded)
            Path(part.name).replace(self._path(digest, coding))
        except OSError:
            return False
        return True

    def is_lasting(self) -> bool:
        """Whether what is put here is there for every process."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self.folder).close()
        except OSError:
            return False
        return True

    def _path(self, digest: str, coding: str) -> Path:
        return self.folder / f"{digest}.{CODINGS[coding].suffix}"


class Static:
    """The files that an application serves, by their paths."""

    def __init__(self, app: Dash, store: Store | None = None) -> None:
        self.app, self.store = app, store or Store()
        self.files: dict[str, Asset] = {}
        self.quick: dict[tuple[str, str], tuple[bytes, float]] = {}  # provisional, and when it was last looked for

    def find(self, path: str) -> Asset:
        """The file at this path. Raises an HTTPException for what the application does not serve."""
        if path not in self.files:
            if len(self.files) >= MOST:
                self.files.clear()
            content, mimetype = self._read(path)
            self.files[path] = Asset(content, mimetype, hashlib.sha256(content).hexdigest())
        return self.files[path]

    def _read(self, path: str) -> tuple[bytes, str]:
        if path in MODULES:
            return modules.served()[MODULES[path]].encode(), "text/javascript"
        with self.app.server.test_request_context(path):
            response = self.app.server.make_response(self.app.server.dispatch_request())
            response.direct_passthrough = False
            content = response.get_data()
            response.close()
        return content, response.mimetype

    def encoded(self, asset: Asset, coding: str) -> bytes:
        """Its content: the smallest where it is made, else a quick one for now."""
        if coding == IDENTITY:
            return asset.content
        key = (asset.digest, coding)
        quick, looked = self.quick.get(key, (b"", 0.0))
        small = self.store.get(*key) if not quick or time.monotonic() - looked > LOOK else None
        if small is not None:
            self.quick.pop(key, None)
            return small
        quick = quick or quickly(asset.content, coding)
        self.quick[key] = (quick, time.monotonic())
        return quick

    def paths(self) -> list[str]:
        """Every file that a visitor's first page asks for, sooner or later."""
        index = self.app.server.test_client().get("/").text
        linked = [path for path in re.findall(r'(?:src|href)="([^":]+)"', index) if path != "./"]
        ours = [*MODULES, ASSETS + modules.PLOTLY]
        paths = ["/" + path.lstrip("./").partition("?")[0] for path in linked]
        return list(dict.fromkeys([path for path in paths if path.startswith(FOLDERS)] + ours))

    def compress_all(self) -> bool:
        """Make the smallest encoding of each file where it is missing; False where they could not be kept on disk."""
        kept = True
        assets = [self.find(path) for path in self.paths()]
        for coding, asset in itertools.product(SMALLEST, assets):
            if self.store.get(asset.digest, coding) is None:
                kept &= self.store.put(asset.digest, coding, CODINGS[coding].best(asset.content))
        return kept

    def response(self, asked: Request) -> Response:
        """The file that is asked for, or that the client has it. Raises an HTTPException as `find` does."""
        asset = self.find(asked.path)
        coding = accepted(asked.headers.get("Accept-Encoding", ""), SMALLEST)
        sent = Response(self.encoded(asset, coding), mimetype=asset.mimetype)
        sent.headers["Cache-Control"] = FOREVER
        headed(sent, coding)
        sent.set_etag(asset.digest[:32], weak=True)  # the same for every encoding
        return sent.make_conditional(asked.environ)

    def is_ready(self, asked: Request) -> bool:
        """Whether the file can be sent as it is accepted without work."""
        asset = self.files.get(asked.path)
        coding = accepted(asked.headers.get("Accept-Encoding", ""), SMALLEST)
        if asset is None or coding == IDENTITY:
            return asset is not None
        key = (asset.digest, coding)
        return key in self.quick or key in self.store.memory


def is_file(asked: Request) -> bool:
    return asked.method in ("GET", "HEAD") and asked.path.startswith(FOLDERS)


def register(app: Dash) -> Static:
    """Answer for files before Dash does."""
    static = Static(app)

    @app.server.before_request
    def send() -> Response | None:
        return static.response(request) if is_file(request) else None

    return static
