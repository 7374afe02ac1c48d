"""A learning platform of another origin, which frames what its address names."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from .explorer import ELSEWHERE


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = f'<iframe src="{self.path[1:]}" width="1200" height="700"></iframe>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """No word on the console."""


@contextmanager
def platform() -> Iterator[str]:
    """Its origin, while it is there."""
    with HTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://{ELSEWHERE}:{running.server_port}"
        running.shutdown()
