"""Who works next: one thread, what is light before what is heavy, and of what is equal only one.

Heavy work comes in pieces that take about 20 ms each, so whoever drags a slider waits for one of them at most.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from .. import limits

Made = TypeVar("Made")


class Busy(Exception):
    """More is waiting than will be done soon."""


class Queue:
    """What waits for a thread, with room for `waiting`."""

    def __init__(self, waiting: int) -> None:
        self.most, self.inside = waiting + 1, 0  # with the one that is being done
        self.jobs: deque[tuple[Future[Any], Callable[[], Any]]] = deque()


class Lane:
    """One thread, and bounded queues before it: a heavy piece is done when nothing light waits, or much has passed."""

    def __init__(self, waiting: int, heavy: int = 0) -> None:
        self.light, self.heavy = Queue(waiting), Queue(heavy)
        self.since: float | None = None  # when the thread began with what it does, on the monotonic clock
        self._passed = 0  # light ones since the last heavy one
        self._pool = ThreadPoolExecutor(1)

    @property
    def inside(self) -> int:
        return self.light.inside + self.heavy.inside

    async def do(self, work: Callable[[], Made], heavy: bool = False) -> Made:
        """Its result, in turn. Raises Busy where the queue is full."""
        queue = self.heavy if heavy else self.light
        if queue.inside >= queue.most:
            raise Busy
        queue.inside += 1
        job: Future[Made] = Future()
        queue.jobs.append((job, work))
        self._pool.submit(self._next)
        try:
            return await asyncio.wrap_future(job)
        finally:
            queue.inside -= 1

    def is_stuck(self, seconds: float) -> bool:
        """Whether it has been at one thing for that long."""
        since = self.since
        return since is not None and time.monotonic() - since > seconds

    def _next(self) -> None:
        job, work = self._queue().jobs.popleft()
        if not job.set_running_or_notify_cancel():
            return
        self.since = time.monotonic()
        try:
            made = work()
        except BaseException as error:
            self.since = None  # before anybody hears of it
            job.set_exception(error)
        else:
            self.since = None
            job.set_result(made)

    def _queue(self) -> Queue:
        """Where the next one waits; as many are called as there are jobs."""
        if self.heavy.jobs and (not self.light.jobs or self._passed >= limits.PASSING):
            self._passed = 0
            return self.heavy
        self._passed += 1 if self.heavy.jobs else 0
        return self.light


class Turns:
    """Those who want the same take turns: whoever comes second finds it made."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def take(self, key: Hashable) -> AsyncIterator[None]:
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        async with lock:
            yield
