"""The page's files: small, kept for ever, and the same whatever the client accepts."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from dash import Dash
from flask.testing import FlaskClient

from app.main import create_app
from app.wire import static
from app.wire.encodings import CODINGS
from app.wire.static import ASSETS, Static, Store

from .decoded import DECODED

FILE = f"{ASSETS}main.mjs"


@pytest.fixture(scope="module")
def app() -> Dash:
    return create_app()


@pytest.fixture
def client(app: Dash) -> Iterator[FlaskClient]:
    with app.server.test_client() as client:
        yield client


def test_every_file_of_the_first_view_is_known(app: Dash) -> None:
    paths = Static(app, Store(Path("/dev/null/nowhere"))).paths()
    for part in ("plotly.min.js", "react-dom", "dash_renderer", "style.css", "main.mjs", "later.mjs"):
        assert any(part in path for path in paths), part


def test_what_a_page_links_to_is_no_file_of_its_view(app: Dash) -> None:
    paths = Static(app).paths()
    assert paths and all(path.startswith((ASSETS, static.SUITES)) for path in paths)


@pytest.mark.parametrize("coding", [*CODINGS, "identity"])
def test_a_file_is_the_same_in_every_encoding(client: FlaskClient, coding: str) -> None:
    plain = client.get(FILE).data
    response = client.get(FILE, headers={"Accept-Encoding": coding})
    assert response.headers.get("Content-Encoding", "identity") == coding
    assert DECODED[coding](response.data) == plain
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("coding", [*CODINGS, "identity"])
def test_what_a_client_has_is_not_sent_again(app: Dash, client: FlaskClient, coding: str) -> None:
    for path in (FILE, next(path for path in Static(app).paths() if "react-dom" in path)):
        tag = client.get(path, headers={"Accept-Encoding": "br"}).headers["ETag"]
        again = client.get(path, headers={"Accept-Encoding": coding, "If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")


def test_the_smallest_encoding_follows_as_soon_as_it_is_made(app: Dash, tmp_path: Path) -> None:
    served, other = Static(app, Store(tmp_path)), Static(app, Store(tmp_path))  # as in two processes
    asset = served.find(FILE)
    quick = served.encoded(asset, "gzip")
    other.store.put(asset.digest, "gzip", CODINGS["gzip"].best(asset.content))
    served.quick.clear()  # as if a second had passed
    small = served.encoded(asset, "gzip")
    assert DECODED["gzip"](quick) == DECODED["gzip"](small) == asset.content and len(small) <= len(quick)
    assert small == other.encoded(asset, "gzip")


def test_half_a_file_is_never_seen(tmp_path: Path) -> None:
    store, seen = Store(tmp_path), set()
    contents = [bytes([number]) * 300_000 for number in range(20)]
    writer = threading.Thread(target=lambda: [store.put("a" * 64, "br", content) for content in contents])
    writer.start()
    while writer.is_alive():
        seen.add(Store(tmp_path).get("a" * 64, "br"))
    assert seen <= {None, *contents}
    assert [path.name for path in tmp_path.iterdir()] == ["a" * 64 + ".br"]


def test_it_is_known_whether_a_folder_can_be_written(tmp_path: Path) -> None:
    assert Store(tmp_path / "new").is_lasting()
    assert not Store(Path("/dev/null/nowhere")).is_lasting()


def test_without_a_folder_it_is_kept_in_memory(app: Dash, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = Static(app, Store(Path("/dev/null/nowhere")))
    monkeypatch.setattr(Static, "paths", lambda self: [FILE])
    assert not alone.compress_all()
    asset = alone.find(FILE)
    assert alone.encoded(asset, "br") == CODINGS["br"].best(asset.content)


def test_addresses_that_mean_the_same_file_do_not_pile_up(app: Dash) -> None:
    one = Static(app, Store(Path("/dev/null/nowhere")))
    path = next(path for path in one.paths() if "react@" in path)
    for number in range(static.MOST + 5):
        one.find(path.replace(".v", f".v{number}_", 1))
    assert len(one.files) <= static.MOST
