"""A sweep that a state asks for, whole: its walks, where each of them ended as CSV and as JSON."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from json import dumps
from typing import Any

import numpy as np

from optim_core import GridSweep, Schedule, Tuned, grid_sweep, learning_rate_sweep, tuned, values

from ..page import schedules, weather
from ..page.labels import labels, met
from ..page.numbers import exact
from ..page.spelled import SLUGS, fork_written
from ..page.state import Run, State
from ..page.swept import RATE, chosen, pair
from ..sweep import asked, work
from . import cells

Array = np.ndarray
Counted = Callable[[Run, int, int], None]  # (of whom, blocks that are done, blocks)
Do = Callable[[Callable[..., Any]], Any]  # calls the library: with an engine, an executor, and again where that broke
ABOUT = ("link", "surface", "weather", "met", "run", "slot", "optimizer", "settings", "schedule", "fork")
ENDS = ("start_x", "start_y", "x", "y", "final_loss", "best_loss", "first", "stays", "diverged_at")


@dataclass(frozen=True)
class Swept:
    """The sweep of one run; of a race also what it was tuned to."""

    run: Run
    label: str
    schedule: Schedule | None  # None: a constant rate
    starts: Array  # (2, n)
    made: GridSweep  # the starts are its last axis
    tuned: Tuned | None = None


def asked_of(state: State) -> tuple[Run, ...]:
    """The runs that are swept."""
    return (chosen(state),) if state.sweep.kind == "grid" else state.runs


def swept(state: State, counted: Counted | None = None, do: Do = lambda call: call()) -> list[Swept]:
    """The sweep of every run that is asked for."""
    return [_swept(state, run, counted, do) for run in asked_of(state)]


def _swept(state: State, run: Run, counted: Counted | None, do: Do) -> Swept:
    course, subject, race = asked.course(state), asked.subject(state, run), state.sweep.kind == "race"
    starts = work.starts(course) if race else np.array(course.start)[:, None]
    setting = (starts, course.n_steps, course.weather, subject.schedule, subject.fork)
    how = {"target": course.target, "progress": counted and (lambda *blocks: counted(run, *blocks))}
    who = (run, labels(state.runs, state.letters)[state.runs.index(run)], subject.schedule, starts)
    if race:
        call = partial(tuned, subject.optimizer, course.landscape, course.rates, *setting, **how)
        best = do(partial(call, criterion=state.sweep.criterion))
        return Swept(*who, best.sweep, best)
    if state.sweep.kind == "rates":
        call = partial(learning_rate_sweep, subject.optimizer, course.landscape, course.rates, *setting, **how)
    else:
        names = pair(course.settings, subject.optimizer)
        axes = {name: asked.along(course, subject.optimizer, name) for name in names}
        call = partial(grid_sweep, subject.optimizer, course.landscape, axes, *setting, **how)
    return Swept(*who, do(call))


# --- as a table -----------------------------------------------------------------------------------------------------


def csv(state: State, sweeps: list[Swept], link: str) -> str:
    """A table as RFC 4180 has it, with a header and one row for each walk.

    The page's full address, `link`, the surface, the weather and what is `met` stand in the first row alone. Every row
    names its run as in the table of walks, but for the numbers that are swept: they have columns of their own, as have
    the start of the walk, its last point, and its loss there; the lowest loss of all steps; the steps at which it comes
    to the target first and for good, and the one at which it diverges, empty where it never does.
    """
    names = list(dict.fromkeys(name for one in sweeps for name in one.made.axes))
    lines = [",".join([*ABOUT, *names, *ENDS])]
    lines += [line for one in sweeps for line in _lines(one, names)]
    whole = [link, cells.surface(state.landscape), weather.written(state.weather), met(state)]
    lines[1] = ",".join(map(cells.text, whole)) + lines[1].removeprefix(",,,")
    return "\r\n".join([*lines, ""])


def _lines(one: Swept, names: list[str]) -> Iterator[str]:
    about = ",".join([",,,", *map(cells.cell, _about(one).values())])
    made, ended = one.made, _ended(one)
    for place in product(*map(range, made.shape), range(one.starts.shape[1])):
        at = {name: exact(column[i]) for (name, column), i in zip(made.axes.items(), place, strict=False)}
        start = map(exact, one.starts[:, place[-1]].tolist())
        yield ",".join([about, *(at.get(name, "") for name in names), *start, *(column[place] for column in ended)])


def _about(one: Swept) -> dict[str, Any]:
    """Who walks, but for the numbers that are swept."""
    own = {name: value for name, value in values(one.run.optimizer).items() if name not in one.made.axes}
    return {
        "run": one.label,
        "slot": one.run.slot,
        "optimizer": SLUGS[type(one.run.optimizer)],
        "settings": own,
        "schedule": schedules.written(one.schedule) if one.schedule else "",
        "fork": fork_written(one.run.fork) if one.run.fork else "",
    }


def _ended(one: Swept) -> list[Array]:
    """The columns of ENDS behind the start, as texts, `(..., starts)` each."""
    ends = one.made.ends
    numbers = [*ends.params, ends.loss, ends.best]
    steps = [ends.first, ends.stays, ends.diverged_at]
    return [np.vectorize(repr)(column.astype(object)) for column in numbers] + [
        np.where(column < 0, "", column.astype(str)) for column in steps
    ]


# --- as JSON --------------------------------------------------------------------------------------------------------


def json(state: State, sweeps: list[Swept], link: str) -> str:
    """An object with the page's full address, what is common to all walks, and a list of runs.

    A run has its settings but for the numbers that are swept, whose values are its `axes`; the arrays of its ends have
    an axis for each of them and one for the starts, null where a number is not finite or a step is never taken. Of
    rates there are the `best`, and the `widths` in decades over which they end well and are well at some step.
    """
    course = asked.course(state)
    whole = {
        "link": link,
        "kind": state.sweep.kind,
        "surface": cells.shape(state.landscape),
        "n_steps": course.n_steps,
        "target": course.target,
        "weather": weather.written(state.weather),
        "met": met(state),
        "runs": [_run(state, one) for one in sweeps],
    }
    return dumps(whole, allow_nan=False)


def _run(state: State, one: Swept) -> dict[str, Any]:
    ends = one.made.ends
    steps = {name: _nulls(np.where(found < 0, np.nan, found)) for name, found in _steps(one).items()}
    found = {"x": ends.params[0], "y": ends.params[1], "final_loss": ends.loss, "best_loss": ends.best}
    numbers = {name: _nulls(column) for name, column in found.items()}
    axes = {name: column.tolist() for name, column in one.made.axes.items()}
    best = {"best": one.made.chosen(state.sweep.criterion)} | _widths(one) | _price(one)
    return _about(one) | {"axes": axes, "starts": one.starts.T.tolist()} | best | numbers | steps


def _steps(one: Swept) -> dict[str, Array]:
    return {name: getattr(one.made.ends, name) for name in ("first", "stays", "diverged_at")}


def _widths(one: Swept) -> dict[str, Any]:
    if tuple(one.made.axes) != (RATE,) or not hasattr(one.made, "width"):
        return {}
    return {"widths": {"final": one.made.width("final"), "best": one.made.width("best")}}


def _price(one: Swept) -> dict[str, Any]:
    return {} if one.tuned is None else {"n_gradients": one.tuned.n_gradients}


def _nulls(column: Array) -> list[Any]:
    return np.where(np.isfinite(column), column, None).tolist()
