"""The process that serves nobody: it starts those that do, replaces one that ends or falls silent, and ends them all.

It imports little, so that it can be told to stop from its first moment on.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from .places import Places
from .serving import HERE, Serving

ROOT = str(Path(__file__).resolve().parents[1])
START = f"import sys; {ROOT!r} in sys.path or sys.path.insert(0, {ROOT!r}); from app import worker; "
START += "worker.main(sys.argv[1:])"
TICK = 0.05  # s between two looks
LATE = 1.5  # s without a sign of life after which a worker is given no new connections until the next,
SILENT = 5.0  # s, seen twice, after which it is replaced,
SPARED = 10.0  # s after which another silent one may be: where all seem to hang, it is the machine
STARTING = 60.0  # s that it may take to give the first
OUTGROWN = b"+"  # a beat of one that holds too much memory: a fresh one takes its place before it goes
LEAVE = b"-"  # what it is told then: to answer what it is asked by those who are there, and to end
GOING = 60.0  # s that it may take to do so
LEAVING = 1.0  # s to finish what is being answered where all end
PAUSE = (0.1, 3.0)  # s before a worker is replaced: at first, and at most
HOPELESS = 5  # workers that end before any has served


class Process:
    """A process of ours, which ends when this one does."""

    def __init__(self, *task: str, files: Sequence[int] = ()) -> None:
        words = [sys.executable, "-P", "-c", START, *task]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.inner = subprocess.Popen(words, start_new_session=True, bufsize=0, pass_fds=files, **pipes)
        self.born = time.monotonic()
        self.beat: float | None = None  # s, monotonic, of its last sign of life
        self.seen = False  # silent, by the last look
        self.has_outgrown = False
        self.overdue = float("inf")  # s, monotonic, until when it must have ended
        threading.Thread(target=self._listen, daemon=True).start()

    def is_silent(self) -> bool:
        """Whether this look and the one before have found it so."""
        now = time.monotonic()
        seen, self.seen = self.seen, now - self.born > STARTING if self.beat is None else now - self.beat > SILENT
        return seen and self.seen

    def is_lively(self) -> bool:
        """Whether it has given a sign of life of late."""
        return self.beat is not None and time.monotonic() - self.beat < LATE

    def end(self, kill: bool = False) -> None:
        with suppress(OSError):
            self.inner.kill() if kill else self.inner.terminate()

    def leave(self) -> None:
        """Tell it that another one takes its place."""
        with suppress(OSError):  # it has ended by itself
            self.inner.stdin.write(LEAVE)
        self.overdue = time.monotonic() + GOING

    def is_overdue(self) -> bool:
        return time.monotonic() > self.overdue

    def has_ended(self) -> bool:
        return self.inner.poll() is not None

    def bury(self) -> None:
        """Make an end of it, if it is not there yet, and keep nothing of it."""
        self.end(kill=True)
        with suppress(OSError):  # and of those that it started
            if hasattr(os, "killpg"):
                os.killpg(self.inner.pid, signal.SIGKILL)
        self.inner.wait()
        self.inner.stdin.close()

    def _listen(self) -> None:
        with self.inner.stdout as beats:
            while beat := beats.read(1):
                self.beat = time.monotonic()
                self.has_outgrown |= beat == OUTGROWN


class Supervisor:
    """Keeps a number of workers serving until it is told to stop."""

    def __init__(
        self, count: int, port: int, addresses: Sequence[str], served: Callable[[], None], serving: Serving = HERE
    ) -> None:
        self.task = ("serve", serving.to_text(), str(port), ",".join(addresses))
        self.places = Places(count, port, addresses)
        self.workers: list[Process | None] = [None] * count
        self.due = [0.0] * count  # when each is to be started, s, monotonic
        self.others: list[Process] = []
        self.fresh: dict[int, Process] = {}  # those that take the place of one that still serves
        self.served = served  # called once, when the first worker answers
        self.has_served = False
        self.failures, self.stops = 0, 0
        self.killed = -SPARED  # s, monotonic, when a silent one was last replaced

    def run(self) -> int:
        """0 when told to stop, 1 where no worker comes to serve."""
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not self.stops and not self._is_hopeless():
                begun = time.monotonic()
                self._look()
                time.sleep(TICK)
                self._forgive(time.monotonic() - begun)
            if not self.stops:
                print("The server does not start.", file=sys.stderr)
            return 0 if self.stops else 1
        finally:
            self._end()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stops += 1

    def _is_hopeless(self) -> bool:
        return not self.has_served and self.failures >= HOPELESS

    def _forgive(self, seconds: float) -> None:
        """Where this process itself stood still, nobody could be heard."""
        for worker in self.workers:
            if worker and worker.beat is not None and seconds > SILENT / 2:
                worker.beat = time.monotonic()

    def _look(self) -> None:
        for other in [one for one in self.others if one.has_ended() or one.is_overdue()]:
            other.bury()
            self.others.remove(other)
        for index, worker in enumerate(self.workers):
            if worker is None:
                if time.monotonic() >= self.due[index] and not self.stops:
                    self.workers[index] = self._begun(index)
            elif worker.has_ended():
                self._replace(index, f"ended ({worker.inner.returncode})")
            elif worker.is_silent() and time.monotonic() - self.killed > SPARED:
                self.killed = time.monotonic()
                self._replace(index, "fell silent")
            elif worker.beat is not None:
                self._has_beaten(worker)
                self._refresh(index, worker)
        self.places.choose([index for index, one in enumerate(self.workers) if one and one.is_lively()])

    def _begun(self, index: int) -> Process:
        files = self.places.of(index)
        return Process(*self.task, ",".join(map(str, files)), files=files)

    def _has_beaten(self, worker: Process) -> None:
        if time.monotonic() - worker.born > SILENT:
            self.failures = 0
        if not self.has_served:
            self.has_served = True
            self.others.append(Process("compress"))
            self.served()

    def _refresh(self, index: int, worker: Process) -> None:
        """Let a fresh one serve in the place of one that has outgrown its memory; nobody notices."""
        fresh = self.fresh.get(index)
        if fresh is None and worker.has_outgrown:
            self.fresh[index] = self._begun(index)
        elif fresh and fresh.has_ended():
            self.fresh.pop(index).bury()
        elif fresh and fresh.beat is not None:
            self.workers[index] = self.fresh.pop(index)
            worker.leave()
            self.others.append(worker)

    def _replace(self, index: int, what: str) -> None:
        print(f"A process that served {what}; another takes its place.", file=sys.stderr, flush=True)
        self.workers[index].bury()
        self.workers[index] = None
        least, most = PAUSE
        self.due[index] = time.monotonic() + min(most, least * 2**self.failures)
        self.failures += 1

    def _end(self) -> None:
        """End every process: kindly, and soon without asking; at once where it was told to stop twice."""
        left = [one for one in (*self.workers, *self.others, *self.fresh.values()) if one is not None]
        for one in left:
            one.end()
        self.places.close()  # now, so that whoever comes is refused and does not wait for nobody
        deadline = time.monotonic() + LEAVING
        while not all(one.has_ended() for one in left) and time.monotonic() < deadline and self.stops < 2:
            time.sleep(TICK)
        for one in left:
            one.bury()
