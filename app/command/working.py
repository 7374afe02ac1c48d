"""What the commands that take long have in common: workers, a bar, and an end in words whatever happens."""

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from optim_core.ends import ENGINES

from ..page.state import Run, State
from ..protocol import Mistake
from . import asked, workers
from .terminal import STDOUT, Progress, ends_quietly, say, write

MORE = {
    "workers": ("N", "processes that share the work; else this one does it"),
    "engine": ("NAME", "numpy, the reference, or fast, compiled by numba: it needs the extra `fast`"),
}


@dataclass(frozen=True)
class Job:
    """What is asked for, and with what it is done."""

    state: State
    link: str
    files: dict[str, str]  # export -> the file that it goes to
    engine: str
    workers: workers.Workers

    def do(self, call: Callable[..., Any]) -> Any:
        """What the library makes of a call, with the engine and the workers."""
        return self.workers.do(partial(call, engine=self.engine))

    def write(self, name: str, content: str | bytes) -> None:
        write(self.files[name], content.encode() if isinstance(content, str) else content)

    def say(self, words: str) -> None:
        """On the standard output, unless a file goes there."""
        say(words, sys.stderr if STDOUT in self.files.values() else sys.stdout)


def perform(
    word: asked.Word,
    argv: Sequence[str],
    do: Callable[[Job], None],
    read: Callable[[Namespace], None] = lambda options: None,
) -> int:
    """Do what the arguments say; 2 where they cannot be used or a file cannot be written, 130 after a Ctrl+C.

    `read` may put what the options mean in the place of what they say.
    """
    options = asked.options(word, argv)
    try:
        read(options)
        with workers.interruptible(), workers.Workers(workers.number(asked.one(options, "workers"))) as those:
            do(_job(word, options, those))
    except Mistake as reason:
        say(f"downslope {word.name}: {reason}", sys.stderr)
        return 2
    except BrokenPipeError:
        ends_quietly()
    except KeyboardInterrupt:
        say(f"downslope {word.name}: stopped", sys.stderr)
        return workers.STOPPED
    return 0


def _job(word: asked.Word, options: Any, those: workers.Workers) -> Job:
    files = asked.files(word, options)
    found, home = asked.state(word, options)
    state = replace(found, view=replace(found.view, tab=word.tab))  # so that its link opens what was asked for
    engine = asked.one(options, "engine") or ENGINES[0]
    if engine not in ENGINES:
        raise Mistake(f"--engine: “{engine}” is not one of {', '.join(ENGINES)}")
    return Job(state, home + state.to_query(), files, engine, those)


class Way(NamedTuple):
    """How a command goes about its runs, and what it makes of them."""

    runs: Callable[[State], Iterable[Run]]
    what: str  # is worked out for each of them
    found: Callable[..., Any]  # (state, counted, do) -> what is found, run by run
    writer: Callable[[str], Callable[..., str | bytes]]  # export -> (state, what is found, link) -> the file
    table: Callable[[State, Any], str]  # what is said of it


def carry_out(way: Way, job: Job) -> None:
    """Work it out with a bar, write the files and say the table. Raises Mistake for what the library refuses."""
    runs = list(way.runs(job.state))
    with in_words(), bar(len(runs)) as progress:

        def counted(run: Run, done: int, total: int) -> None:
            place = runs.index(run)
            progress.show(place + done / total, f"{way.what} {place + 1} of {len(runs)}")

        found = way.found(job.state, counted, job.do)
    for name in job.files:
        job.write(name, way.writer(name)(job.state, found, job.link))
    job.say(way.table(job.state, found))


def seeds(state: State) -> list[str]:
    """What is to be said of a weather with several of them."""
    return ["Of many seeds the first one is walked."] if state.weather.seeds > 1 else []


@contextmanager
def in_words() -> Iterator[None]:
    """Raises Mistake for what the library refuses."""
    try:
        yield
    except (ValueError, ImportError) as reason:
        raise Mistake(str(reason)) from None


@contextmanager
def bar(total: int) -> Iterator[Progress]:
    """A bar that is gone when what it is about has ended."""
    progress = Progress(total)
    try:
        yield progress
    finally:
        progress.clear()
