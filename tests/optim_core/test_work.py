"""Blocks of work through executors: the same numbers from anywhere, and nothing that is done is lost or done again."""

import json
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landscapes import (
    L2,
    LANDSCAPES,
    Factorization,
    Formula,
    Himmelblau,
    Rastrigin,
    Rosenbrock,
    Rotated,
    Scaled,
    Shifted,
    Stretched,
)
from optim_core import (
    OPTIMIZERS,
    SCHEDULES,
    Adam,
    Clip,
    Cosine,
    Drift,
    Fork,
    Interrupted,
    Momentum,
    Optimizer,
    Pulse,
    WarmUp,
    Weather,
    basins,
    grid_sweep,
    learning_rate_sweep,
    run,
    sweep,
    tuned,
)
from optim_core.ends import Ends
from optim_core.work import MOST, Work, cuts, through

from ..browser.server import ROOT
from .workers import Homebound, Task, reciprocal


def processes(n: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(n, mp_context=multiprocessing.get_context("spawn"))


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with processes(2) as made:
        yield made


def same(one: Ends, other: Ends) -> None:
    for field in fields(Ends):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name), err_msg=field.name)


# the same from anywhere

TYPED = Formula("x^2 + 2*sin(3*x)*cos(2*y) + y^2")
CALLS = {
    "rates": lambda how: learning_rate_sweep(Adam(), Rosenbrock(), n_steps=50, target=0.1, **how).ends,
    "seeds": lambda how: (
        learning_rate_sweep(Adam(), TYPED, n_steps=30, weather=Weather(noise=1.0, seeds=3), **how).ends
    ),
    "grid": lambda how: (
        grid_sweep(
            Momentum(),
            Rotated(TYPED, 30.0),
            {"lr": np.geomspace(1e-3, 1, 7), "momentum": [0, 0.5, 0.9]},
            n_steps=30,
            **how,
        ).ends
    ),
    "tuned": lambda how: tuned(Momentum(), Himmelblau(), n_steps=30, schedule=Cosine(), **how).sweep.ends,
    "basins": lambda how: basins(Adam(0.1), Himmelblau(), 24, n_steps=60, **how).ends,
    "fork": lambda how: basins(Adam(0.1), Rastrigin(), 16, n_steps=60, fork=Fork(Momentum(), 9), **how).ends,
    "curve": lambda how: basins(Momentum(0.02), Factorization(), 16, n_steps=60, weather=Weather(0.1), **how).ends,
}


@pytest.mark.parametrize("name", CALLS)
def test_processes_and_threads_give_equal_results(name: str, pool: Executor) -> None:
    alone, said = CALLS[name]({}), []
    same(CALLS[name]({"executor": pool, "progress": lambda *counted: said.append(counted)}), alone)
    total = said[-1][1]
    assert said == [(done, total) for done in range(1, total + 1)] and total > 1
    with ThreadPoolExecutor(2) as threads:
        same(CALLS[name]({"executor": threads}), alone)


SENT: list[Any] = [
    *(cls() for cls in (*OPTIMIZERS.values(), *LANDSCAPES.values(), *SCHEDULES.values())),
    TYPED,
    L2(Stretched(Shifted(Scaled(Rotated(TYPED, 30.0), 2.0), 1.0, 0.0), 3.0), 0.1),
    Weather(noise=(1.0, 2.0), seed=3, sparse=0.5, pulse=Pulse(), drift=Drift(), clip=Clip(norm=1.0)),
    WarmUp(20, Cosine()),
    Fork(Adam(0.1), 30),
]


@pytest.mark.parametrize("one", SENT, ids=lambda one: type(one).__name__)
def test_whatever_is_walked_with_can_be_sent(one: Any) -> None:
    if isinstance(one, Optimizer):
        run(one, Rosenbrock(), n_steps=3)  # what it has found out about itself stays here
    assert pickle.loads(pickle.dumps(one)) == one


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_swept_optimizer_can_be_sent(name: str) -> None:
    one = sweep(OPTIMIZERS[name](), lr=[0.01, 0.1])
    walk = run(one, Himmelblau(), n_steps=5)
    np.testing.assert_array_equal(run(pickle.loads(pickle.dumps(one)), Himmelblau(), n_steps=5).params, walk.params)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(("n", "size"), [(1, 1), (7, 1), (61, 5), (5000, 3), (3, 100_000)])
def test_blocks_hold_everything_once(n: int, size: int, shared: bool) -> None:
    places = [place for part in cuts(n, size, shared) for place in range(part.start, part.stop)]
    assert places == list(range(n))


# a worker's death


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    task = Task(tmp_path / "log", deadly=5)
    work = Work(task, tuple(range(8)), sum)
    (tmp_path / "armed").touch()
    with processes(1) as one, pytest.raises(Interrupted, match=r"5 of 8 blocks are done \(0–4\), not 5–7") as stopped:
        through(work, one)
    assert (stopped.value.done, stopped.value.left) == ((0, 1, 2, 3, 4), (5, 6, 7))
    assert task.calls() == [0, 1, 2, 3, 4, 5]
    with processes(1) as other, pytest.raises(Interrupted) as again:
        stopped.value.resume(other)  # what killed one worker may kill the next one
    (tmp_path / "armed").unlink()
    assert (again.value.done, again.value.left) == ((0, 1, 2, 3, 4), (5, 6, 7))
    said: list[tuple[int, int]] = []
    with processes(1) as other:
        assert again.value.resume(other, lambda *counted: said.append(counted)) == sum(n * n for n in range(8))
    assert said == [(6, 8), (7, 8), (8, 8)]
    assert task.calls() == [0, 1, 2, 3, 4, 5, 5, 5, 6, 7]


def test_basins_go_on_after_a_death(pool: Executor) -> None:
    with processes(1) as one:
        worker = one.submit(os.getpid).result()
        with pytest.raises(Interrupted) as stopped:
            basins(
                Adam(0.1),
                Himmelblau(),
                48,
                n_steps=2000,
                executor=one,
                progress=lambda done, _: done == 2 and os.kill(worker, signal.SIGKILL),
            )
    done, left = stopped.value.done, stopped.value.left
    assert sorted(done + left) == list(range(8)) and len(done) >= 2 and left
    said: list[tuple[int, int]] = []
    found = stopped.value.resume(pool, lambda *counted: said.append(counted))
    assert said == [(n, 8) for n in range(len(done) + 1, 9)]
    same(found.ends, basins(Adam(0.1), Himmelblau(), 48, n_steps=2000).ends)


def test_it_goes_on_without_an_executor_too(tmp_path: Path) -> None:
    task = Task(tmp_path / "log", deadly=0)
    (tmp_path / "armed").touch()
    with processes(1) as one, pytest.raises(Interrupted, match=r"0 of 3 blocks are done \(none\), not 0–2") as stopped:
        through(Work(task, (0, 1, 2), sum), one)
    (tmp_path / "armed").unlink()
    assert stopped.value.resume() == 5


def test_an_executor_that_was_shut_down_interrupts() -> None:
    with ThreadPoolExecutor(1) as closed:
        pass
    with pytest.raises(Interrupted, match=r"0 of 8 blocks are done .*after shutdown") as stopped:
        learning_rate_sweep(Adam(), Rosenbrock(), n_steps=9, executor=closed)
    same(stopped.value.resume().ends, learning_rate_sweep(Adam(), Rosenbrock(), n_steps=9).ends)


def test_a_cluster_goes_on_while_one_of_its_processes_is_killed() -> None:
    words = [sys.executable, "-W", "error::ResourceWarning", "-m", "tests.optim_core.cluster"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["is_gone"] and all(found["equal"].values())
    assert found["readme"] == [32, 32]
    assert found["counted"] == [[n, 8] for n in range(1, 9)]


# mistakes


def test_a_mistake_of_the_task_is_its_own(pool: Executor) -> None:
    for executor in (None, pool):
        with pytest.raises(ZeroDivisionError, match="division by zero"):
            through(Work(reciprocal, (1, 0, 2), sum), executor)


def test_what_cannot_be_sent_is_said(pool: Executor) -> None:
    with pytest.raises(TypeError, match=r"cannot be sent to another process: .*has no way out"):
        basins(Adam(), Homebound(), 4, n_steps=2, executor=pool)
    assert basins(Adam(0.1), Himmelblau(), 4, n_steps=2, executor=pool).x.shape == (4,)


@pytest.mark.parametrize("wrong", [4, "processes", ProcessPoolExecutor, object()])
def test_what_is_no_executor_is_said(wrong: Any) -> None:
    with pytest.raises(
        TypeError, match=r"executor must be one of concurrent\.futures, as ProcessPoolExecutor\(\), not "
    ):
        learning_rate_sweep(Adam(), Rosenbrock(), executor=wrong)


def test_more_than_one_call_takes_is_said() -> None:
    with pytest.raises(ValueError, match=r"10,000,000,000 walks, and one call takes at most 67,108,864"):
        basins(Adam(), Himmelblau(), 100_000)
    with pytest.raises(ValueError, match="walks, and one call takes at most"):
        grid_sweep(Adam(), Himmelblau(), {"lr": np.arange(1, 1e4), "eps": np.arange(1e4)})
    assert MOST >= 10**7
