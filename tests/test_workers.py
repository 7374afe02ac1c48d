"""The processes behind the command: how they live, are replaced, and end."""

import asyncio
import contextlib
import http.client
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app import limits, supervisor, worker
from app.exporter import Exporter
from app.places import Places

from .browser.server import Server
from .processes import Running, alive, descendants, health, until

GONE = 10.0  # s until a stop signal must have ended everything: a busy machine takes its time, a hanging one for ever


# how they end


MOMENTS = {1: (0.0, 0.05, 0.15, 0.4, 1.0), 2: (0.02, 0.1, 0.25, 0.7, 1.5, 3.0)}  # s after the start


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", MOMENTS)
def test_a_stop_signal_at_any_moment_ends_it(workers: int, number: signal.Signals, free: int) -> None:
    for moment in MOMENTS[workers]:
        process = Running(free, workers).process
        time.sleep(moment)
        begun = descendants(process.pid)
        process.send_signal(number)
        _, said = process.communicate(timeout=GONE)
        assert until(lambda begun=begun: not alive(begun), GONE), moment
        if moment >= 0.25:  # before that, Python itself is starting
            assert process.returncode in (0, -number) and "Traceback" not in said, moment


def test_two_signals_at_once(free: int) -> None:
    with Running(free, 1) as running:
        assert until(lambda: health("127.0.0.1", free), 20)
        begun = descendants(running.process.pid)
        running.process.send_signal(signal.SIGTERM)
        running.process.send_signal(signal.SIGINT)
        _, said = running.process.communicate(timeout=GONE)
        assert running.process.returncode == 0 and said == ""
        assert not alive(begun)


def test_it_survives_deaths_of_workers(free: int) -> None:
    with Running(free, 2) as running:
        for _ in range(2):
            assert until(lambda: health("127.0.0.1", free), 20)
            for pid in descendants(running.process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        assert until(lambda: health("127.0.0.1", free), 20)
        assert running.process.poll() is None


def test_a_worker_that_hangs_is_replaced(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(supervisor, "SILENT", 2.0)
    keeper = supervisor.Supervisor(1, free, ["127.0.0.1"], lambda: None)
    try:
        assert until(lambda: keeper._look() or keeper.has_served, 20)
        hung = keeper.workers[0]
        os.kill(hung.inner.pid, signal.SIGSTOP)
        assert until(lambda: keeper._look() or keeper.workers[0] not in (None, hung), 10)
        assert hung.inner.wait(5) == -signal.SIGKILL
        assert until(lambda: keeper._look() or health("127.0.0.1", free), 20)
    finally:
        keeper._end()


def test_nobody_and_nothing_is_left_when_the_parent_is_killed(
    free: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Running(free, 2) as running:
        assert until(lambda: health("127.0.0.1", free), 20)
        begun = descendants(running.process.pid)
        assert [path.name[:10] for path in tmp_path.iterdir()] == ["downslope-"], "the answers that all share"
        running.process.kill()
        assert len(begun) >= 2 and until(lambda: not alive(begun), GONE)
    assert until(lambda: not [*tmp_path.iterdir()], GONE)


def test_a_pause_of_the_parent_ends_nobody(free: int) -> None:
    keeper = supervisor.Supervisor(1, free, ["127.0.0.1"], lambda: None)
    try:
        assert until(lambda: keeper._look() or keeper.has_served, 20)
        worker = keeper.workers[0]
        worker.beat -= 2 * supervisor.SILENT
        keeper._forgive(2 * supervisor.SILENT)
        keeper._look()
        assert keeper.workers == [worker]
    finally:
        keeper._end()


def test_a_server_that_cannot_start_says_so_and_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, free: int
) -> None:
    monkeypatch.setattr(supervisor, "START", "raise SystemExit(3)")
    monkeypatch.setattr(supervisor, "PAUSE", (0.01, 0.01))
    assert supervisor.Supervisor(2, free, ["127.0.0.1"], lambda: None).run() == 1
    assert "The server does not start." in capsys.readouterr().err


def test_the_server_of_the_tests_asks_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with Server() as server:
        assert server.answers()


class Asking:
    """Clients that ask one question after the other, on connections that are kept as long as the server keeps them."""

    def __init__(self, port: int, clients: int = 8) -> None:
        self.port, self.over = port, threading.Event()
        self.answers, self.failures = 0, []
        self.threads = [threading.Thread(target=self._asks, args=(number % 4 == 0,)) for number in range(clients)]

    def __enter__(self) -> "Asking":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _asks(self, anew: bool) -> None:
        """`anew`: each question on a connection of its own."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.over.is_set():
            try:
                line.request("GET", "/health")
                answer = line.getresponse()
                answer.read()
                if answer.status != 200:
                    self.failures.append(str(answer.status))
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                line.close()
            self.answers += 1
            if anew:
                line.close()
        line.close()


def test_a_worker_that_outgrows_its_memory_is_replaced_without_an_error(free: int) -> None:
    keeper = supervisor.Supervisor(2, free, ["127.0.0.1"], lambda: None)
    try:
        assert until(lambda: keeper._look() or all(one and one.beat for one in keeper.workers), 40)
        silent = [socket.create_connection(("127.0.0.1", free), timeout=20) for _ in range(8)]
        with Asking(free) as asking:
            for index in range(2):
                old = keeper.workers[index]
                old.has_outgrown = True
                assert until(lambda old=old: keeper._look() or old.has_ended(), 60)
                assert old not in keeper.workers and old.inner.returncode == 0 and not keeper.fresh
                asked = asking.answers
                assert until(lambda asked=asked: keeper._look() or asking.answers > asked + 100, 20)
        assert asking.failures == []
        for line in silent:  # they were let go, not cut off
            with line:
                assert line.recv(1) == b""
    finally:
        keeper._end()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a worker listens for itself")
def test_whoever_waits_for_a_worker_that_is_killed_is_served_by_the_next(free: int) -> None:
    keeper = supervisor.Supervisor(1, free, ["127.0.0.1"], lambda: None)
    try:
        assert until(lambda: keeper._look() or keeper.has_served, 20)
        keeper.workers[0].end(kill=True)
        assert until(keeper.workers[0].has_ended, 5)
        with socket.create_connection(("127.0.0.1", free), timeout=20) as line:
            line.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            line.setblocking(False)
            said: list[bytes] = []

            def is_answered() -> bool:
                keeper._look()
                with contextlib.suppress(BlockingIOError):
                    said.append(line.recv(100))
                return bool(said)

            assert until(is_answered, 20) and said[0].startswith(b"HTTP/1.1 200")
    finally:
        keeper._end()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is one worker")
def test_a_worker_that_is_late_is_given_no_new_connections(free: int) -> None:
    keeper = supervisor.Supervisor(2, free, ["127.0.0.1"], lambda: None)
    try:
        assert until(lambda: keeper._look() or all(keeper.workers), 20)
        assert until(lambda: keeper._look() or all(one.beat for one in keeper.workers), 20)
        late = keeper.workers[0].inner.pid
        os.kill(late, signal.SIGSTOP)
        assert until(lambda: keeper._look() or keeper.places.open == [1], 3)
        assert all(health("127.0.0.1", free) for _ in range(30))
        os.kill(late, signal.SIGCONT)
        assert until(lambda: keeper._look() or keeper.places.open == [0, 1], 5)
    finally:
        keeper._end()


def test_an_address_that_is_taken_has_no_places(taken: int) -> None:
    places = Places(2, taken, ["127.0.0.1"])
    assert places.of(0) == places.of(1) == []
    places.choose([1])
    places.close()


async def _for_a_while(task: Coroutine[Any, Any, None]) -> None:
    await asyncio.wait_for(task, 0.5)


def test_a_worker_says_when_it_has_outgrown_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    monkeypatch.setattr(worker, "LOOK", 0.01)
    for bound, said in ((10 * 2**30, b""), (1, supervisor.OUTGROWN)):
        monkeypatch.setattr(limits, "WORKER_BYTES", bound)
        os.set_blocking(reading, False)
        with contextlib.suppress(TimeoutError), ThreadPoolExecutor(1) as apart:  # from a loop of this thread
            apart.submit(asyncio.run, _for_a_while(worker._look(Exporter(), writing))).result()
        with contextlib.suppress(BlockingIOError):
            assert os.read(reading, 1) == said
    assert 30e6 < worker.memory() < 10e9
