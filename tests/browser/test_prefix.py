"""Behind a proxy that gives the page a path of its own, everything is where the page looks for it."""

import http.client
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page

from ..conftest import watched
from .explorer import Explorer
from .server import Server

PREFIX = "/class/downslope"
HOP = ("connection", "keep-alive", "transfer-encoding")


@pytest.fixture
def proxy(server: Server) -> Iterator[str]:
    """The address of the page behind a proxy that takes a prefix away, and answers 404 to all else."""

    class Strip(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            if not self.path.startswith(f"{PREFIX}/"):
                self.send_error(404)
                return
            behind = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            behind.request(self.command, self.path.removeprefix(PREFIX), body or None, dict(self.headers))
            answer = behind.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in (*HOP, "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            behind.close()

        do_GET = do_POST = pass_on

        def log_message(self, *_: object) -> None:
            """No word on the console."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Strip)
    Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}{PREFIX}/"
    httpd.shutdown()
    httpd.server_close()


@pytest.fixture
def prefixed(proxy: str, tab: Page) -> Iterator[Explorer]:
    with watched(tab, proxy) as page:
        yield page
        tab.goto("about:blank")


def test_the_page_works_under_a_path(prefixed: Explorer) -> None:
    prefixed.open("?f=booth&run=adam~lr=0.1")
    prefixed.press("master.lr", "ArrowRight")
    (run,) = prefixed.state.runs
    assert prefixed.line(f"map-path-{run.slot}") and run.optimizer.lr > 0.1
    paths = {request.url.partition("?")[0] for request in prefixed.requests if request.url.startswith("http")}
    assert paths and all(PREFIX in path for path in paths)
    assert PREFIX in prefixed.js("location.pathname")


def test_what_follows_from_a_change_works_there_too(prefixed: Explorer) -> None:
    prefixed.open("?detail=results")
    prefixed.act("open.0")
    prefixed.control("slider", "run.0.lr").wait_for()
    prefixed.until("document.querySelectorAll('#details tbody tr').length === 3")
    prefixed.tab.locator(".export summary").click()
    with prefixed.tab.expect_download() as download:
        prefixed.tab.locator("[data-export=csv]").click()
    assert download.value.suggested_filename == "downslope.csv"
