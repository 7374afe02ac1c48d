"""Who works next: one thread, what is urgent before what is not, and of what is equal only one.

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
    """What waits for a thread, with room for `waiting`. What nobody wants any more has its room until it is passed."""

    def __init__(self, waiting: int) -> None:
        self.most = waiting + 1  # with the one that is being done
        self.entered = self.left = 0  # jobs: the one is counted by the loop, the other by the thread
        self.passed = 0  # more urgent jobs done since one of these was
        self.jobs: deque[tuple[Future[Any], Callable[[], Any]]] = deque()

    @property
    def inside(self) -> int:
        return self.entered - self.left

    def is_due(self) -> bool:
        """Whether it has been passed often enough."""
        return bool(self.jobs) and self.passed >= limits.PASSING


class Lane:
    """One thread, and bounded queues before it, the most urgent first: each has room for so many that wait.

    What is less urgent is done when nothing else waits, or much has passed.
    """

    def __init__(self, *waiting: int) -> None:
        self.queues = [Queue(most) for most in waiting]
        self.since: float | None = None  # when the thread began with what it does, on the monotonic clock
        self._pool = ThreadPoolExecutor(1)

    @property
    def inside(self) -> int:
        return sum(queue.inside for queue in self.queues)

    async def do(self, work: Callable[[], Made], queue: int = 0) -> Made:
        """Its result, in turn. Raises Busy where that queue is full."""
        mine = self.queues[queue]
        if mine.inside >= mine.most:
            raise Busy
        mine.entered += 1
        job: Future[Made] = Future()
        mine.jobs.append((job, work))
        self._pool.submit(self._next)
        return await asyncio.wrap_future(job)

    def is_stuck(self, seconds: float) -> bool:
        """Whether it has been at one thing for that long."""
        since = self.since
        return since is not None and time.monotonic() - since > seconds

    def _next(self) -> None:
        queue = self._chosen()
        job, work = queue.jobs.popleft()
        if not job.set_running_or_notify_cancel():
            queue.left += 1
            return
        self.since = time.monotonic()
        try:
            made = work()
        except BaseException as error:
            self._ended(queue)
            job.set_exception(error)
        else:
            self._ended(queue)
            job.set_result(made)

    def _ended(self, queue: Queue) -> None:
        """Said before anybody hears of the result."""
        self.since = None
        queue.left += 1

    def _chosen(self) -> Queue:
        """Where the next one waits; as many are called as there are jobs."""
        due = [queue for queue in reversed(self.queues) if queue.is_due()]
        chosen = due[0] if due else next(queue for queue in self.queues if queue.jobs)
        chosen.passed = 0
        for queue in self.queues[self.queues.index(chosen) + 1 :]:
            queue.passed += bool(queue.jobs)
        return chosen


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
