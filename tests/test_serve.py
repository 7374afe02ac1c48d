"""The command `downslope`: where it listens, what it says, and how its processes live and end."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app import __main__ as command
from app import addresses, limits, serve, supervisor, worker
from app.exporter import Exporter
from app.serving import HERE

from .browser.server import ROOT, Server, free_port

HAS_IPV6 = (
    Path("/proc/net/if_inet6").exists() and "00000000000000000000000000000001" in Path("/proc/net/if_inet6").read_text()
)
GONE = 10.0  # s until a stop signal must have ended everything: a busy machine takes its time, a hanging one for ever


class Recorded:
    """Takes the place of the supervisor, and notes what it is asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __call__(self, *args: Any) -> "Recorded":
        self.calls.append(args)
        return self

    def run(self) -> int:
        return 0


@pytest.fixture
def supervised(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    recorded = Recorded()
    monkeypatch.setattr(serve, "Supervisor", recorded)
    return recorded


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that someone listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


@pytest.fixture
def free() -> int:
    return free_port()


def descendants(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [one for child in map(int, found) for one in (child, *descendants(child))]


def alive(pids: Sequence[int]) -> list[int]:
    """Those of the processes that still run."""
    states = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            states[pid] = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return [pid for pid, state in states.items() if state != "Z"]


def until(condition: Any, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


# what it is told


def test_the_command_serves(supervised: Recorded, free: int, capsys: pytest.CaptureFixture) -> None:
    assert serve.main(["--port", str(free), "--workers", "2"]) == 0
    ((count, port, numbers, _, serving),) = supervised.calls
    assert (count, port, numbers, serving) == (2, free, ["127.0.0.1"], HERE)
    assert capsys.readouterr().out == f"Downslope is at http://127.0.0.1:{free}/  (Ctrl+C stops it)\n"


def test_the_browser_opens_once_the_server_answers(
    supervised: Recorded, free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(serve.webbrowser, "open", opened.append)
    for words, expected in (([], [f"http://127.0.0.1:{free}/"]), (["--no-browser"], [])):
        serve.main(["--port", str(free), *words])
        assert opened == [], "nothing answers yet"
        supervised.calls[-1][3]()
        assert until(lambda expected=expected: opened == expected, 2)
        opened.clear()


def test_the_command_ends_with_what_the_server_says(
    supervised: Recorded, free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # pytest keeps its own
    assert command.main(["--port", str(free), "--no-browser"]) == 0
    assert len(supervised.calls) == 1


@pytest.mark.parametrize("port", ["0", "-1", "65536", "80.5", "http", "", "٨٠", "1e3", "9" * 30])
def test_a_port_is_a_number_from_1_to_65535(supervised: Recorded, port: str, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as stopped:
        serve.main([f"--port={port}"])
    assert stopped.value.code == 2
    assert "a port is a number from 1 to 65535" in capsys.readouterr().err
    assert supervised.calls == []


@pytest.mark.parametrize("workers", ["0", "65", "many", "-1"])
def test_workers_are_a_number(supervised: Recorded, workers: str, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        serve.main([f"--workers={workers}"])
    assert "workers are a number from 1 to 64" in capsys.readouterr().err
    assert supervised.calls == []


# where it listens


def test_a_taken_port_is_said_in_words(supervised: Recorded, taken: int, capsys: pytest.CaptureFixture) -> None:
    assert serve.main(["--port", str(taken), "--no-browser"]) == 1
    said = capsys.readouterr()
    assert f"Port {taken} " in said.err and "in use" in said.err and "--port" in said.err
    assert said.out == "" and supervised.calls == []


@pytest.mark.parametrize("host", ["no such host", "a..b", "x" * 70, "999.0.0.1", ""])
def test_an_unknown_host_is_said_in_words(
    supervised: Recorded, host: str, free: int, capsys: pytest.CaptureFixture
) -> None:
    assert serve.main(["--host", host, "--port", str(free), "--no-browser"]) == 1
    said = capsys.readouterr().err
    assert f"no address called {host}" in said and "Traceback" not in said
    assert supervised.calls == []


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7"])
def test_an_address_of_another_machine_is_said_in_words(
    supervised: Recorded, host: str, free: int, capsys: pytest.CaptureFixture
) -> None:
    assert serve.main(["--host", host, "--port", str(free)]) == 1
    assert capsys.readouterr().err == f"This machine does not have the address {host}.\n"


def test_a_name_is_resolved_once_and_for_all(free: int) -> None:
    place = addresses.place("localhost", free)
    assert set(place.numbers) <= {"127.0.0.1", "::1"} and place.numbers
    assert place.here == f"http://localhost:{free}/" and place.others == []


def test_ipv6_is_written_in_brackets_or_said_to_be_missing(free: int) -> None:
    if HAS_IPV6:
        place = addresses.place("::1", free)
        assert (place.numbers, place.here) == (["::1"], f"http://[::1]:{free}/")
    else:
        with pytest.raises(addresses.Unusable, match="does not have the address ::1"):
            addresses.place("::1", free)


def test_an_address_for_everyone_is_shown_as_others_reach_it(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    found = [(socket.AF_INET, "10.1.2.3"), (socket.AF_INET6, "2001:db8::5"), (socket.AF_INET, "127.0.1.1")]
    found += [(socket.AF_INET6, "fe80::1%eth0")]
    monkeypatch.setattr(addresses, "_towards", {socket.AF_INET: "10.1.2.3", socket.AF_INET6: ""}.get)

    def named(host: str, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        if host == "0.0.0.0":
            return [(socket.AF_INET, 1, 6, "", (host, free))]
        return [(family, 1, 6, "", (number, 0)) for family, number in found]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", named)
    place = addresses.place("0.0.0.0", free)
    assert place.others == [f"http://10.1.2.3:{free}/"], "neither loopback nor IPv6, which it does not serve"
    said = addresses.words(place)
    assert said.startswith(f"Downslope is at http://127.0.0.1:{free}/ ")
    assert f"Anyone who can reach this machine can open it at http://10.1.2.3:{free}/" in said


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (addresses.Place(["::1"], "http://[::1]:1/", []), ""),
        (addresses.Place(["10.1.2.3"], "http://lab:1/", ["http://lab:1/"]), "can open it there"),
        (addresses.Place(["::"], "http://[::1]:1/", ["http://a/", "http://b/"]), "open it at http://a/ or http://b/"),
        (addresses.Place(["0.0.0.0"], "http://127.0.0.1:1/", []), "no address of it for others is known"),
    ],
)
def test_it_is_said_when_others_can_reach_the_page(place: addresses.Place, words: str) -> None:
    first, *rest = addresses.words(place).splitlines()
    assert place.here in first
    assert len(rest) == bool(words) and words in "".join(rest)


@pytest.mark.parametrize("host", ["localhost", "::", "0.0.0.0", "127.0.0.2"])
def test_it_answers_where_it_says(host: str, monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    if host == "::" and not HAS_IPV6:
        with pytest.raises(addresses.Unusable, match="does not have the address"):
            addresses.place(host, free)
        return
    place = addresses.place(host, free)
    with Running(free, 1, "--host", host):
        for url in {place.here, *place.others}:
            near = url.removeprefix("http://").rpartition(":")[0].strip("[]")
            assert until(lambda near=near: health(near, free), 20), url


# how it lives and ends


def health(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=2) as line:
            line.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return line.recv(100).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


class Running:
    """The command in a process of its own."""

    def __init__(self, port: int, workers: int, *words: str) -> None:
        self.port = port
        start = [sys.executable, "-m", "app", "--no-browser", "--port", str(port), "--workers", str(workers), *words]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(start, cwd=ROOT, **pipes)

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate(timeout=10)


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


def test_nobody_is_left_when_the_parent_is_killed(free: int) -> None:
    with Running(free, 2) as running:
        assert until(lambda: health("127.0.0.1", free), 20)
        begun = descendants(running.process.pid)
        running.process.kill()
        assert len(begun) >= 2 and until(lambda: not alive(begun), GONE)


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


def test_a_worker_that_outgrows_its_memory_is_replaced_without_an_error(free: int) -> None:
    keeper = supervisor.Supervisor(1, free, ["127.0.0.1"], lambda: None)
    refused: list[bool] = []
    try:
        assert until(lambda: keeper._look() or keeper.has_served, 20)
        old = keeper.workers[0]
        old.has_outgrown = True

        def is_replaced() -> bool:
            keeper._look()
            refused.append(not health("127.0.0.1", free))
            return keeper.workers[0] is not old and old.has_ended()

        assert until(is_replaced, 40)
        assert not any(refused) and not keeper.fresh and old.inner.returncode == 0
    finally:
        keeper._end()


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
