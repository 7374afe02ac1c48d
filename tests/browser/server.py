"""The real server, started the way the command starts it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0  # seconds until a server must answer
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever the environment says of proxies


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


class Server:
    """A process that can be stopped and started again at the same address."""

    def __init__(
        self, command: Sequence[str | Path] = (sys.executable, "-m", "app"), folder: Path = ROOT, workers: int = 1
    ) -> None:
        self.command, self.folder, self.workers, self.port = command, folder, workers, free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.complaints = Path(tempfile.mkdtemp(prefix="downslope-")) / "stderr"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        words = [*map(str, self.command), "--port", str(self.port), "--no-browser", "--workers", str(self.workers)]
        with self.complaints.open("ab") as said:
            self.process = subprocess.Popen(
                words, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"{' '.join(words)} does not answer\n{self.said()}")
            time.sleep(0.02)

    def answers(self) -> bool:
        try:
            DIRECT.open(f"{self.url}health", timeout=1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """Stop it with its worker, and come back when both are gone."""
        process, self.process = self.process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def said(self) -> str:
        """What the server has complained of until now."""
        return self.complaints.read_text(errors="replace")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        assert self.said() == ""
