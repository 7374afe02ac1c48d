"""Exports are made in a process of their own: neither their time nor their memory is taken from whoever drags a slider.

It is started for the first export, and ends when none was wanted for a while.
"""

import io
import multiprocessing
import os
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection

from . import limits
from .main import create_app
from .page import data
from .serving import HERE, Serving
from .wire.front import Answer, Environ, answered

NICE = 15  # it takes what the others leave


class Exporter:
    """Any thread may call it; one export is made at a time."""

    def __init__(self, serving: Serving = HERE) -> None:
        self.serving = serving
        self._lock = threading.Lock()
        self._line: Connection | None = None
        self._used = 0.0  # s, monotonic

    def __call__(self, environ: Environ) -> Answer:
        """The answer to a request for an export. Raises EOFError where making it takes too long, or ends the process.

        A process may die for other reasons, so a second one tries too.
        """
        plain = {name: value for name, value in environ.items() if isinstance(value, str)}
        body = environ["wsgi.input"].read()
        with self._lock:
            try:
                return self._asked(plain, body)
            except (OSError, EOFError):
                return self._asked(plain, body)

    def rest(self) -> None:
        """End the process if nobody has wanted it lately."""
        if self._lock.acquire(blocking=False):
            try:
                if self._line and time.monotonic() - self._used > limits.EXPORTER_IDLE:
                    self._end()
            finally:
                self._lock.release()

    def _asked(self, environ: Environ, body: bytes) -> Answer:
        if self._line is None:
            self._start()
        try:
            self._line.send((environ, body, data.named(environ.get("QUERY_STRING", ""))))
            if not self._line.poll(limits.EXPORT_SECONDS):
                raise EOFError
            return self._line.recv()
        except (OSError, EOFError):
            self._end()
            raise
        finally:
            self._used = time.monotonic()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would copy a worker with its threads
        self._line, other = context.Pipe()
        self._process = context.Process(target=_make, args=(other, self.serving), daemon=True)
        self._process.start()
        other.close()

    def _end(self) -> None:
        self._process.kill()
        self._process.join()
        self._process.close()
        self._line.close()
        self._line = None


def _make(line: Connection, serving: Serving) -> None:
    """Answer as long as there is someone who asks."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    server = create_app(serving).server
    with suppress(OSError, EOFError):
        while True:
            environ, body, files = line.recv()
            for raw in files:
                data.keep(raw)
            line.send(answered(server, environ | {"wsgi.input": io.BytesIO(body)}))
