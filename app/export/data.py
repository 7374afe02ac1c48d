"""Every number of a comparison, as CSV and as JSON, exact to the last bit.

Row t of a run is the page at step t: the point after t steps (x, y, its loss and gradient), and the step that led there
(delta, effective learning rate, RMS gradient, the memory after it), which row 0 does not have. A run that diverges has
the rows up to its last finite point, and `diverged_at` is the step at which it did.

Where the weather is not fair there is what the optimizer was told of the gradient, `seen_grad`; where the surface
moves, by how much, `moved`; where a run has a schedule or a fork, the learning rate of each step, `lr`. Of many seeds
the rows are those of the first.
"""

from itertools import repeat
from json import dumps
from typing import Any

import numpy as np

from landscapes import Surface
from optim_core.hyper import values

from ..page import schedules, weather
from ..page.labels import met, met_alone
from ..page.spelled import SLUGS, fork_written
from ..page.state import State
from ..walks.fates import fate
from ..walks.results import Row, rows
from ..walks.simulate import Simulation, Walk
from . import cells

ABOUT = (
    "link", "surface", "weather", "met",
    "run", "slot", "optimizer", "settings", "schedule", "fork", "diverged_at", "status", "step",
)  # fmt: skip
RESULTS = (  # of the table under the map
    "status", "final_loss", "best_loss", "best_step", "arrived", "stays", "distance", "path_length", "detour", "memory",
)  # fmt: skip


def csv(sim: Simulation, link: str) -> str:
    """A table as RFC 4180 has it, with a header and one row for each run and step.

    The page's full address, `link`, the surface, the weather and, in words, what is `met` beside the surface stand in
    the first row alone. Every row names its run: the label, the slot from 0 to 7, the optimizer, all its settings, the
    schedule of its rate and its fork, as an address spells them (run=OPTIMIZER~SETTINGS~schedule=SCHEDULE~fork=FORK).
    The numbers follow, `_x` and `_y` for the two parameters, `state.` for what the optimizer remembers; they are empty
    where a run or its row 0 has none. Text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    walks = [columns(walk) for walk in sim.walks]
    names = list(dict.fromkeys(name for numbers in walks for name in numbers))
    lines = [",".join([*ABOUT, *names])]
    for walk, numbers in zip(sim.walks, walks, strict=True):
        n_rows = len(numbers["x"])
        shown = [_column(numbers[name], n_rows) if name in numbers else repeat("", n_rows) for name in names]
        about = ",".join([",,,", *_about(walk, sim.state.landscape)])
        lines += map(",".join, zip(repeat(about, n_rows), map(str, range(n_rows)), *shown, strict=True))
    if len(lines) > 1:
        lines[1] = ",".join(map(cells.text, [link, *_whole(sim.state)])) + lines[1].removeprefix(",,,")
    return "\r\n".join([*lines, ""])


def _whole(state: State) -> list[str]:
    """What all runs have in common."""
    return [cells.surface(state.landscape), weather.written(state.weather), met(state)]


def _about(walk: Walk, surface: Surface) -> list[str]:
    """What is the same in all rows of a run."""
    name, own = SLUGS[type(walk.run.optimizer)], map(cells.text, course(walk).values())
    diverged = "" if walk.diverged_at is None else str(walk.diverged_at)
    called = [cells.text(walk.label), str(walk.run.slot), name, cells.settings(walk.run.optimizer)]
    return [*called, *own, diverged, cells.text(fate(walk, surface).words)]


def json(sim: Simulation, link: str) -> str:
    """An object with the page's full address, `link`, the surface, the start, the weather, and a list of runs.

    What is `met` beside the surface stands there in words, for all runs and for each. A run has its settings, the
    schedule of its rate and its fork as an address spells them, its results (see `walks.results.Row`) at the page's
    tolerance and, in `steps`, a list for each number, all of the same length: null where row 0 has none, and where a
    number is not finite.
    """
    surface = sim.state.landscape
    whole = {
        "link": link,
        "surface": cells.shape(surface),
        "start": sim.state.begin,
        "n_steps": sim.state.n_steps,
        "weather": weather.written(sim.state.weather),
        "met": met(sim.state),
        "runs": [_run(walk, row) for walk, row in zip(sim.walks, rows(sim, sim.state.view.tolerance), strict=True)],
    }
    return dumps(whole, allow_nan=False)


def columns(walk: Walk) -> dict[str, np.ndarray]:
    """Every number of a run by its name, one for each row; those of a step begin with row 1, or where there are any."""
    trajectory, end = walk.trajectory, walk.diverged_at
    found = {f"{name}{axis}": rows[:end, i] for name, rows in _points(walk).items() for i, axis in enumerate("xy")}
    found = {"x": found.pop("x"), "y": found.pop("y"), "loss": trajectory.loss[:end], **found}
    last = max(len(found["x"]) - 1, 0)
    if walk.is_scheduled or walk.run.fork:
        found["lr"] = walk.rates[:last]
    steps = {f"{name}_": getattr(trajectory, name)[:last] for name in ("delta", "effective_lr", "rms_grad")}
    memory = {name: field for name, field in trajectory.state._asdict().items() if field is not None}
    steps |= {f"state.{name}.": field[_unknown(walk, field) : last] for name, field in memory.items()}
    return found | {f"{name}{axis}": rows[:, i] for name, rows in steps.items() for i, axis in enumerate("xy")}


def _points(walk: Walk) -> dict[str, np.ndarray]:
    """What there is of every point."""
    trajectory = walk.trajectory
    told = {} if walk.course.weather.is_fair else {"seen_grad_": trajectory.seen_grad}
    moved = {} if trajectory.offsets is None else {"moved_": trajectory.offsets}
    return {"": trajectory.params, "grad_": trajectory.grad, **told, **moved}


def _unknown(walk: Walk, field: np.ndarray) -> int:
    """In how many steps an optimizer before a fork did not remember this."""
    at = walk.run.fork.at if walk.run.fork else 0
    return at if np.isnan(field[:at]).all() else 0


def _run(walk: Walk, row: Row) -> dict[str, Any]:
    numbers = columns(walk)
    n_rows = len(numbers["x"])
    return {
        "run": walk.label,
        "slot": walk.run.slot,
        "optimizer": SLUGS[type(walk.run.optimizer)],
        "settings": values(walk.run.optimizer),
        **course(walk),
        "met": met_alone(walk.run),
        "diverged_at": walk.diverged_at,
        "results": {name: getattr(row, name) for name in RESULTS},
        "steps": {"step": list(range(n_rows))} | {name: _nulls(row, n_rows) for name, row in numbers.items()},
    }


def course(walk: Walk) -> dict[str, str]:
    """The schedule and the fork of a run as an address spells them; nothing for a constant rate, and for none."""
    return {
        "schedule": schedules.written(walk.course.schedule) if walk.is_scheduled else "",
        "fork": fork_written(walk.run.fork) if walk.run.fork else "",
    }


def _column(row: np.ndarray, n_rows: int) -> list[str]:
    return [""] * (n_rows - len(row)) + [repr(value) for value in row.tolist()]


def _nulls(row: np.ndarray, n_rows: int) -> list[float | None]:
    shown = np.where(np.isfinite(row), row, None) if not np.isfinite(row).all() else row
    return [None] * (n_rows - len(row)) + shown.tolist()
