"""The process that makes exports: begun when one is wanted, replaced when it dies, ended when none is."""

import io
import time
from collections.abc import Iterator

import pytest

from app import limits
from app.exporter import Exporter
from app.wire.front import Environ

REQUEST: Environ = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/export/numpy",
    "QUERY_STRING": "steps=5",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8050",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.url_scheme": "http",
    "wsgi.input": io.BytesIO(),
}


@pytest.fixture
def exporter() -> Iterator[Exporter]:
    made = Exporter()
    yield made
    if made._line:
        made._end()


def test_a_process_that_died_is_replaced(exporter: Exporter) -> None:
    first = exporter(REQUEST)
    assert first.status == 200 and first.size == len(first.body.read())
    exporter._process.kill()
    assert exporter(REQUEST).status == 200


def test_nobody_waits_for_ever(exporter: Exporter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EXPORT_SECONDS", 0.01)
    with pytest.raises(EOFError):
        exporter(REQUEST)
    assert exporter._line is None


def test_it_ends_when_nothing_is_wanted(exporter: Exporter, monkeypatch: pytest.MonkeyPatch) -> None:
    exporter(REQUEST)
    exporter.rest()
    assert exporter._line is not None, "somebody has just wanted something"
    monkeypatch.setattr(limits, "EXPORTER_IDLE", 0.0)
    time.sleep(0.01)
    exporter.rest()
    assert exporter._line is None
