"""What bad clients do to good ones: `python -m tests.bench.serving [--help]`.

Starts the real server with two workers and asks it as twenty pages that drag a slider do: alone, beside 200 half
bodies, 200 half heads and 200 readers who do not read, beside exports, and after deaths. Each row gives the latency of
the good in milliseconds, their errors, and the memory of the workers in megabytes. `--get` asks GET /_dash-layout
instead, and `--post` names the path of the half bodies, so that a server of another version in FOLDER can be compared.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from tests.browser.server import ROOT, free_port
from tests.processes import descendants

GOOD, BAD = 20, 200
SECONDS = 8.0  # for which each row is measured
PACE = 0.5  # s between two requests of a good client
PATIENCE = 10.0  # s until a request has failed
HEAVY = "/export/csv?f=rastrigin&steps=2000" + "".join(
    f"&run={slug}" for slug in ("adam", "rmsprop", "nadam", "amsgrad", "yogi", "adabelief", "radam", "adamax")
)
MOVING = "/export/gif?f=rastrigin&steps=2000&run=adam&run=rmsprop&run=nadam&run=yogi"


class Good:
    """Clients that ask one question after the other, and how long each answer took."""

    def __init__(self, port: int, plain: bool, day: int) -> None:
        self.port, self.plain, self.day = port, plain, day
        self.took: list[float] = []
        self.errors = 0

    def question(self, client: int, turn: int) -> bytes:
        if self.plain:
            return b"GET /_dash-layout HTTP/1.1\r\nHost: x\r\n\r\n"
        edits = [["slider", "master.lr", round(-3 + 0.0001 * self.day + 0.001 * client + 0.025 * turn, 6)]]
        body = json.dumps(
            {"kind": "request", "base": "?steps=200", "edits": edits, "have": {}, "coarse": True}
        ).encode()
        head = "POST /channel HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept-Encoding: zstd\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    async def client(self, number: int, until: float) -> None:
        turn, line = 0, None
        await asyncio.sleep(PACE * number / GOOD)
        while time.monotonic() < until:
            begun, turn = time.monotonic(), turn + 1
            try:
                async with asyncio.timeout(PATIENCE):
                    line = line or await asyncio.open_connection("127.0.0.1", self.port)
                    await ask(*line, self.question(number, turn))
                self.took.append(time.monotonic() - begun)
            except (OSError, asyncio.IncompleteReadError, ValueError):
                self.errors, line = self.errors + 1, None
            await asyncio.sleep(max(0.0, PACE - (time.monotonic() - begun)))

    async def run(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        await asyncio.gather(*(self.client(number, until) for number in range(GOOD)))


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, question: bytes) -> int:
    """The size of the answer. Raises ValueError where it is not 200."""
    writer.write(question)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        raise ValueError(head[:15])
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    return len(await reader.readexactly(length))


class Bad:
    """Connections that are begun and left; one that the server closes is begun again."""

    def __init__(self, port: int, opening: bytes) -> None:
        self.port, self.opening = port, opening
        self.lines: list[socket.socket] = []

    def begin(self) -> socket.socket:
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            line.connect(("127.0.0.1", self.port))
        return line

    def is_over(self, line: socket.socket) -> bool:
        """Whether the server has refused it or closed it."""
        try:
            said = line.recv(15, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return not said.startswith(b"HTTP/1.1 200")

    async def keep(self) -> None:
        while True:
            for line in [line for line in self.lines if self.is_over(line)]:
                self.lines.remove(line)
                line.close()
            fresh = [self.begin() for _ in range(BAD - len(self.lines))]
            await asyncio.sleep(0.2)
            for line in fresh:
                with contextlib.suppress(OSError):
                    line.send(self.opening)
            self.lines += fresh
            await asyncio.sleep(1.8)  # as long as a busy server asks to be left alone


async def exports(port: int) -> None:
    """Twenty clients that take animations home, as fast as they come."""

    async def one(number: int) -> None:
        turn = 0
        while True:
            turn += 1
            with contextlib.suppress(OSError, ValueError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                question = f"GET {MOVING}&start={number / 10},{turn / 100} HTTP/1.1\r\nHost: x\r\n\r\n"
                await ask(reader, writer, question.encode())
                writer.close()
            await asyncio.sleep(2)

    await asyncio.gather(*(one(number) for number in range(20)))


def largest(root: Path) -> str:
    """The path of the largest file of the page that the code in a folder makes."""
    script = "from app.main import create_app; print(create_app().server.test_client().get('/').text)"
    page = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True).stdout
    return "/" + re.search(r'(assets[^"]*/plotly\.min\.js)', page)[1]


def memory(pid: int) -> list[int]:
    """MB of each process below this one."""
    sizes = []
    for one in descendants(pid):
        with contextlib.suppress(OSError):
            sizes.append(int(Path(f"/proc/{one}/statm").read_text().split()[1]) * 4096 // 10**6)
    return sizes


@contextlib.contextmanager
def serving(root: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    words = [sys.executable, "-m", "app", "--port", str(port), "--no-browser", "--workers", "2"]
    process = subprocess.Popen(words, cwd=root, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


async def answers(port: int, seconds: float = 30.0) -> float:
    """Seconds until the server answers."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        with contextlib.suppress(OSError, ValueError, asyncio.IncompleteReadError):
            async with asyncio.timeout(1):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                await ask(reader, writer, b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
                writer.close()
                return time.monotonic() - begun
        await asyncio.sleep(0.02)
    return float("inf")


async def row(
    name: str, process: subprocess.Popen[bytes], good: Good, bad: Callable[[], Awaitable[None]] | None
) -> None:
    task = asyncio.ensure_future(bad()) if bad else None
    await asyncio.sleep(2 if bad else 0)
    await good.run(SECONDS)
    held = memory(process.pid)
    if task:
        task.cancel()
    took = sorted(good.took) or [float("inf")]
    p50, p95, most = (1e3 * took[min(len(took) - 1, int(part * len(took)))] for part in (0.5, 0.95, 1))
    print(f"{name:28}{len(good.took):8}{p50:8.1f}{p95:8.1f}{most:9.1f}{good.errors:8}   {held}", flush=True)


async def deaths(process: subprocess.Popen[bytes], port: int) -> None:
    first = descendants(process.pid)[0]
    os.kill(first, signal.SIGKILL)
    await asyncio.sleep(1)
    for _ in range(2):
        for one in descendants(process.pid):
            with contextlib.suppress(OSError):
                os.kill(one, signal.SIGKILL)
        print(f"all workers killed: answers after {await answers(port, 15):.2f} s, ended: {process.poll()}", flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--get", action="store_true")
    parser.add_argument("--post", default="/channel")
    parser.add_argument("--rows", nargs="*", help="some of the rows alone")
    options = parser.parse_args()
    port = free_port()
    half_body = (
        f"POST {options.post} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{{"
    )
    rows = {
        "alone": None,
        "half bodies": Bad(port, half_body.encode()).keep,
        "alone again": None,
        "half heads": Bad(port, b"POST /channel HTTP/1.1\r\nHost: x\r\nContent-").keep,
        "exports": lambda: exports(port),
        "readers of a file": Bad(port, f"GET {largest(options.root)} HTTP/1.1\r\nHost: x\r\n\r\n".encode()).keep,
        "readers of an export": Bad(port, f"GET {HEAVY} HTTP/1.1\r\nHost: x\r\n\r\n".encode()).keep,
    }
    with serving(options.root, port) as process:
        print(f"the first answer after {await answers(port):.2f} s\n")
        await asyncio.sleep(5)
        print(f"{'':28}{'answers':>8}{'p50':>8}{'p95':>8}{'max':>9}{'errors':>8}   MB of each worker")
        for day, (name, bad) in enumerate(rows.items()):  # nobody asks what was asked before
            if options.rows and name not in options.rows:
                continue
            await row(name, process, Good(port, options.get, day), bad)
            if isinstance(getattr(bad, "__self__", None), Bad):
                for line in bad.__self__.lines:
                    line.close()
                await asyncio.sleep(1)
        await deaths(process, port)


if __name__ == "__main__":
    asyncio.run(main())
