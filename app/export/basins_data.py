"""The basins of a page, whole: of every start in which minimum its walk ends, as CSV, as JSON and for numpy."""

import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from json import dumps
from typing import Any

import numpy as np

from optim_core import Basins, Constant, Share, basins, values

from ..basins import work
from ..page import schedules, weather
from ..page.labels import labels, met
from ..page.spelled import SLUGS, fork_written
from ..page.state import Run, State
from . import cells

Counted = Callable[[Run, int, int], None]  # (of whom, blocks that are done, blocks)
Do = Callable[[Callable[..., Any]], Any]  # calls the library: with an engine, an executor, and again where that broke
ABOUT = ("link", "surface", "weather", "met", "n_steps", "run", "slot", "optimizer", "settings", "schedule", "fork")
NUMBERS = ("x", "y", "minimum", "minimum_x", "minimum_y", "since", "diverged_at", "end_x", "end_y", "final_loss")
COMMON = 5  # of ABOUT, which stand in the first row alone


def found(state: State, counted: Counted | None = None, do: Do = lambda call: call()) -> list[Basins]:
    """The basins of every run that is chosen, over the surface's domain."""
    return [_found(state, run, counted, do) for run in work.chosen(state)]


def _found(state: State, run: Run, counted: Counted | None, do: Do) -> Basins:
    schedule = state.schedule_of(run)
    course = {
        "n_steps": work.steps(state),
        "weather": weather.alone(state.weather),
        "schedule": None if isinstance(schedule, Constant) else schedule,
        "fork": run.fork,
        "progress": counted and (lambda *blocks: counted(run, *blocks)),
    }
    return do(partial(basins, run.optimizer, state.landscape, state.basins.size, **course))


def csv(state: State, maps: Sequence[Basins], link: str) -> str:
    """A table as RFC 4180 has it, with a header and one row for each start, `x` and `y`, of each run.

    The page's full address, `link`, the surface, the weather, what is `met` and the number of steps stand in the first
    row alone. Every row names its run as in the table of walks. `minimum` counts the minima from 0, the global ones
    first, and `since` is the step from which the walk stays near it; both are empty where it ends near none. Then come
    the step at which it diverges, if it does, its last point, and the loss there.
    """
    lines = [",".join([*ABOUT, *NUMBERS])]
    for run, found in zip(work.chosen(state), maps, strict=True):
        about = ",".join([*[""] * COMMON, *map(cells.cell, _who(state, run).values())])
        lines += (f"{about},{numbers}" for numbers in _rows(found))
    whole = [link, cells.surface(state.landscape), weather.written(state.weather), met(state)]
    first = [*map(cells.text, whole), str(work.steps(state))]
    lines[1] = ",".join(first) + lines[1].removeprefix("," * (COMMON - 1))
    return "\r\n".join([*lines, ""])


def _rows(found: Basins) -> Iterator[str]:
    """A line for each start, row by row from the lowest left one."""
    x, y = np.meshgrid(found.x, found.y)
    places = np.append(found.minima, [[np.nan, np.nan]], axis=0)[found.nearest]  # -1: the last one
    steps = [_steps(column) for column in (found.nearest, found.since, found.diverged_at)]
    ends = [_numbers(column) for column in (*found.ends.params, found.ends.loss)]
    near = [_numbers(places[..., axis]) for axis in (0, 1)]
    columns = [_numbers(x), _numbers(y), steps[0], *near, *steps[1:], *ends]
    return map(",".join, zip(*columns, strict=True))


def _numbers(column: np.ndarray) -> list[str]:
    return ["" if value != value else repr(value) for value in column.ravel().tolist()]


def _steps(column: np.ndarray) -> list[str]:
    return ["" if value < 0 else str(value) for value in column.ravel().tolist()]


def _who(state: State, run: Run) -> dict[str, Any]:
    return {
        "run": labels(state.runs, state.letters)[state.runs.index(run)],
        "slot": run.slot,
        "optimizer": SLUGS[type(run.optimizer)],
        "settings": values(run.optimizer),
        "schedule": schedules.written(state.schedule_of(run)) if state.is_scheduled(run) else "",
        "fork": fork_written(run.fork) if run.fork else "",
    }


def json(state: State, maps: Sequence[Basins], link: str) -> str:
    """An object with the page's full address, `link`, what all walks have in common, and a list of runs.

    A run has the `shares` of the area, and for each start a row of `minimum`, `since` and `diverged_at`, lists from the
    lowest y on: null where there is none.
    """
    found = maps[0]
    whole = {
        "link": link,
        "surface": cells.shape(state.landscape),
        "n_steps": work.steps(state),
        "weather": weather.written(state.weather),
        "met": met(state),
        "x": found.x.tolist(),
        "y": found.y.tolist(),
        "minima": found.minima.tolist(),
        "n_global": found.n_global,
        "radius": found.radius,
        "runs": [_run(state, run, one) for run, one in zip(work.chosen(state), maps, strict=True)],
    }
    return dumps(whole, allow_nan=False)


def _run(state: State, run: Run, found: Basins) -> dict[str, Any]:
    columns = {"minimum": found.nearest, "since": found.since, "diverged_at": found.diverged_at}
    rows = {name: np.where(column < 0, None, column).tolist() for name, column in columns.items()}
    return _who(state, run) | {"shares": [_share(one) for one in found.shares()]} | rows


def _share(one: Share) -> dict[str, Any]:
    return {"minimum": one.minimum, "diverges": one.diverges, "share": one.share, "steps": one.steps}


def npz(state: State, maps: Sequence[Basins], link: str) -> bytes:
    """Arrays for `numpy.load`: `x`, `y`, the `minima` of which the first `n_global` are global, `runs` and `link`.

    And along a first axis of runs `minimum`, `since` and `diverged_at`, -1 for none, `params` and `loss` at the end.
    """
    file, first = io.BytesIO(), maps[0]
    ends = {"params": [one.ends.params for one in maps], "loss": [one.ends.loss for one in maps]}
    steps = {
        "minimum": [one.nearest for one in maps],
        "since": [one.since for one in maps],
        "diverged_at": [one.diverged_at for one in maps],
    }
    ground = {"x": first.x, "y": first.y, "minima": first.minima, "n_global": first.n_global, "radius": first.radius}
    called = [_who(state, run)["run"] for run in work.chosen(state)]
    arrays = {name: np.stack(rows) for name, rows in (steps | ends).items()}
    np.savez_compressed(file, **ground, **arrays, runs=np.array(called), link=np.array(link))
    return file.getvalue()
