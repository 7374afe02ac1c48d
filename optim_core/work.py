"""Blocks of work through any `concurrent.futures.Executor`: threads, processes, a cluster; what is done stays done.

A worker may die, of memory or with its machine. Then the call raises `Interrupted`, which says which blocks are done
and goes on with the others alone:

    try:
        found = basins(Adam(0.1), Himmelblau(), executor=pool)
    except Interrupted as stopped:
        found = stopped.resume(ProcessPoolExecutor())
"""

import pickle
import traceback
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, as_completed
from dataclasses import dataclass
from typing import Any, Protocol

ALONE, SHARED = 16384, 4096  # walks of a block: here, where an engine cuts it further, and through an executor,
PIECES = 8  # into which what is smaller is cut there
MOST = 2**26  # walks of one call

Progress = Callable[[int, int], None]  # (blocks that are done, blocks), from the thread that called


class Executor(Protocol):
    """What `concurrent.futures` calls so, and Dask's `Client.get_executor()` gives."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future: ...


@dataclass(frozen=True)
class Work:
    """`task` of every block, and what is made of the results; all but `finish` can be sent to another process."""

    task: Callable[[Any], Any]
    blocks: tuple[Any, ...]
    finish: Callable[[list[Any]], Any]


class Interrupted(RuntimeError):
    """Some blocks are done and some are not, for their workers are gone; `resume` does those that are left."""

    def __init__(self, work: Work, results: dict[int, Any], reason: BaseException, progress: Progress | None) -> None:
        self.done = tuple(sorted(results))
        self.left = tuple(place for place in range(len(work.blocks)) if place not in results)
        self._work, self._results, self._progress = work, results, progress
        told = f"{type(reason).__name__}: {reason}".removesuffix(": ")
        super().__init__(
            f"{len(self.done)} of {len(work.blocks)} blocks are done ({_ranges(self.done)}), not {_ranges(self.left)}; "
            f"resume(executor) goes on with these ({told})"
        )

    def resume(self, executor: Executor | None = None, progress: Progress | None = None) -> Any:
        """What the call would have returned; only what is left is worked on. May raise Interrupted again.

        `progress` is that of the call if None.
        """
        return through(self._work, executor, progress or self._progress, self._results)


def through(
    work: Work, executor: Executor | None = None, progress: Progress | None = None, done: dict[int, Any] | None = None
) -> Any:
    """What is made of all blocks; those of `done` are not worked on again. Without an executor they are done here.

    Raises what a task raises, Interrupted where workers are gone, TypeError for what is no executor or cannot be sent.
    """
    results = dict(done or {})
    left = [place for place in range(len(work.blocks)) if place not in results]
    said = progress or (lambda _done, _total: None)
    for place, result in _here(work, left) if executor is None else _there(work, left, executor):
        if isinstance(result, _Gone):
            raise Interrupted(work, results, result.reason, progress) from result.reason
        results[place] = result
        said(len(results), len(work.blocks))
    return work.finish([results[place] for place in range(len(work.blocks))])


def cuts(n: int, size: int, shared: bool) -> list[slice]:
    """n settings, of `size` walks each, in blocks. Raises ValueError for more walks than one call takes."""
    if n * size > MOST:
        raise ValueError(f"these are {n * size:,} walks, and one call takes at most {MOST:,}")
    step = max(1, (SHARED if shared else ALONE) // size)
    step = min(step, -(-n // PIECES)) if shared else step
    return [slice(low, min(low + step, n)) for low in range(0, n, step)]


def _here(work: Work, left: list[int]) -> Any:
    for place in left:
        yield place, work.task(work.blocks[place])


@dataclass(frozen=True)
class _Gone:
    """What comes last where some blocks do not come back."""

    reason: BaseException


def _there(work: Work, left: list[int], executor: Executor) -> Any:
    """Every block that comes back, in any order, and at last why others do not."""
    _is_executor(executor)
    futures, reason = _submitted(work, left, executor)
    try:
        for future in as_completed(tuple(futures)):
            place = futures.pop(future)  # a cluster keeps a result for as long as somebody has its future
            try:
                error, result = future.result()
            except (Exception, CancelledError) as gone:  # not the task's own: that came back
                reason = reason or gone
                continue
            if error is not None:
                raise error
            yield place, result
    finally:
        for future in futures:
            future.cancel()
    if reason is not None:
        _sendable(reason)
        yield -1, _Gone(reason)


def _submitted(work: Work, left: list[int], executor: Executor) -> tuple[dict[Future, int], BaseException | None]:
    """(the blocks that an executor took, why it took no more)"""
    futures: dict[Future, int] = {}
    try:
        for place in left:
            futures[executor.submit(_attempt, work.task, work.blocks[place])] = place
    except RuntimeError as reason:  # it is broken, or was shut down
        return futures, reason
    return futures, None


def _attempt(task: Callable[[Any], Any], block: Any) -> tuple[Exception | None, Any]:
    """(what the task raised, what it returned): so that whatever else comes from a worker is about the worker."""
    try:
        return None, task(block)
    except Exception as error:
        error.add_note(f"In a worker:\n{traceback.format_exc()}")
        return error, None


def _sendable(reason: BaseException) -> None:
    """Raise TypeError where nothing is wrong with the workers: what is to be walked does not fit through."""
    if isinstance(reason, (pickle.PicklingError, AttributeError, TypeError)):
        words = f"this cannot be sent to another process: {reason}; define its classes in a module"
        raise TypeError(words) from reason


def _is_executor(executor: Any) -> None:
    if isinstance(executor, type) or not callable(getattr(executor, "submit", None)):
        shown = executor.__name__ if isinstance(executor, type) else repr(executor)[:60]
        raise TypeError(f"executor must be one of concurrent.futures, as ProcessPoolExecutor(), not {shown}")


def _ranges(places: tuple[int, ...]) -> str:
    """0, 1, 2, 5 as 0–2, 5."""
    spans: list[list[int]] = []
    for place in places:
        if spans and place == spans[-1][1] + 1:
            spans[-1][1] = place
        else:
            spans.append([place, place])
    return ", ".join(str(low) if low == high else f"{low}–{high}" for low, high in spans) or "none"
