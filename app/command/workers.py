"""Processes that share the work of a command, and how it ends: by itself, by a Ctrl+C, or by what kills a process."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Self

from optim_core import Interrupted

from ..protocol import Mistake

MOST = 64  # workers
STOPPED = 130  # the exit status of what a Ctrl+C ends


def number(text: str | None) -> int:
    """How many workers an option asks for; 0: none but this process. Raises Mistake for what is no such number."""
    if text is None:
        return 0
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST:
        raise Mistake(f"--workers: “{text}” is not a whole number from 1 to {MOST}")
    return int(text)


class Workers:
    """n processes, none for 0, of which no one outlives what is done with them, however that ends."""

    def __init__(self, n: int) -> None:
        self.n, self.pool = n, None

    def do(self, call: Callable[..., Any]) -> Any:
        """What a call makes with an executor. When a worker dies it goes on with others, as long as it gets on.

        Raises Mistake where it does not: what kills every process that tries it is done by none.
        """
        done, call = -1, partial(_with_executor, call)
        while True:
            try:
                return call(self._executor())
            except Interrupted as stopped:
                if len(stopped.done) <= done:
                    raise Mistake(f"the workers died, and so did those after them: {stopped}") from None
                self._end()
                done, call = len(stopped.done), stopped.resume

    def _executor(self) -> Executor | None:
        if self.n and self.pool is None:
            spawned = multiprocessing.get_context("spawn")
            self.pool = ProcessPoolExecutor(self.n, mp_context=spawned, initializer=_begin)
            with _deaf():
                self.pool.submit(int)  # which starts them
        return self.pool

    def _end(self) -> None:
        """Now, whatever they are at."""
        if self.pool is not None:
            for process in list((self.pool._processes or {}).values()):
                process.kill()
            self.pool.shutdown(cancel_futures=True)
            self.pool = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()


def _with_executor(call: Callable[..., Any], executor: Executor | None) -> Any:
    return call(executor=executor)


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes that are started within it never hear Ctrl+C, which is for this one: it hears it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """A worker ends when the process does that began it."""
    parent = multiprocessing.parent_process()
    threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


@contextmanager
def interruptible() -> Iterator[None]:
    """Within it Ctrl+C raises KeyboardInterrupt, whatever it does elsewhere."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
