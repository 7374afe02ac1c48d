"""Every number of a comparison, as CSV and as JSON, exact to the last bit.

Row t of a run is the page at step t: the point after t steps (x, y, its loss and gradient), and the step that led there
(delta, effective learning rate, RMS gradient, the memory after it), which row 0 does not have. A run that diverges has
the rows up to its last finite point, and `diverged_at` is the step at which it did.
"""

from itertools import repeat
from json import dumps
from typing import Any

import numpy as np

from landscapes import Formula, Surface, layers
from optim_core.hyper import values

from ..page.numbers import exact
from ..page.state import SLUGS, typed, written_around
from ..walks.fates import fate
from ..walks.results import Row, rows
from ..walks.simulate import Simulation, Walk

ABOUT = ("link", "surface", "run", "slot", "optimizer", "settings", "diverged_at", "status", "step")
RESULTS = (  # of the table under the map
    "status", "final_loss", "best_loss", "best_step", "arrived", "stays", "distance", "path_length", "detour", "memory",
)  # fmt: skip
FORMULA = "=+-@＝＋－＠\t\r\n\0"  # with these a spreadsheet begins a formula, or skips to what does


def csv(sim: Simulation, link: str) -> str:
    """A table as RFC 4180 has it, with a header and one row for each run and step.

    The page's full address, `link`, and the surface stand in the first row alone. Every row names its run: the label,
    the slot from 0 to 7, the optimizer and all its settings, as an address spells them (run=OPTIMIZER~SETTINGS).
    The numbers follow, `_x` and `_y` for the two parameters, `state.` for what the optimizer remembers; they are empty
    where a run or its row 0 has none. Text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    walks = [columns(walk) for walk in sim.walks]
    names = list(dict.fromkeys(name for numbers in walks for name in numbers))
    lines = [",".join([*ABOUT, *names])]
    for walk, numbers in zip(sim.walks, walks, strict=True):
        n_rows = len(numbers["x"])
        cells = [_cells(numbers[name], n_rows) if name in numbers else repeat("", n_rows) for name in names]
        about = [",", _text(walk.label), str(walk.run.slot), SLUGS[type(walk.run.optimizer)]]
        about += [_settings(walk.run.optimizer), "" if walk.diverged_at is None else str(walk.diverged_at)]
        about += [_text(fate(walk, sim.state.landscape).words)]
        lines += map(",".join, zip(repeat(",".join(about), n_rows), map(str, range(n_rows)), *cells, strict=True))
    if len(lines) > 1:
        surface = sim.state.landscape
        lines[1] = f"{_text(link)},{_text(_surface(surface))}" + lines[1][1:]
    return "\r\n".join([*lines, ""])


def json(sim: Simulation, link: str) -> str:
    """An object with the page's full address, `link`, the surface, the start, and a list of runs.

    Each run has its settings, its results (see `walks.results.Row`) at the page's tolerance and, in `steps`, a list for
    each number, all of the same length: null where row 0 has none, and where a number is not finite.
    """
    surface = sim.state.landscape
    whole = {
        "link": link,
        "surface": _shape(surface),
        "start": sim.state.begin,
        "n_steps": sim.state.n_steps,
        "runs": [_run(walk, row) for walk, row in zip(sim.walks, rows(sim, sim.state.view.tolerance), strict=True)],
    }
    return dumps(whole, allow_nan=False)


def columns(walk: Walk) -> dict[str, np.ndarray]:
    """Every number of a run by its name, one for each row; those of a step begin with row 1."""
    trajectory, end = walk.trajectory, walk.diverged_at
    points = {"": trajectory.params, "grad_": trajectory.grad}
    steps = {f"{name}_": getattr(trajectory, name) for name in ("delta", "effective_lr", "rms_grad")}
    steps |= {f"state.{name}.": field for name, field in trajectory.state._asdict().items() if field is not None}
    found = {f"{name}{axis}": rows[:end, i] for name, rows in points.items() for i, axis in enumerate("xy")}
    found = {"x": found.pop("x"), "y": found.pop("y"), "loss": trajectory.loss[:end], **found}
    last = max(len(found["x"]) - 1, 0)
    return found | {f"{name}{axis}": rows[:last, i] for name, rows in steps.items() for i, axis in enumerate("xy")}


def _run(walk: Walk, row: Row) -> dict[str, Any]:
    numbers = columns(walk)
    n_rows = len(numbers["x"])
    return {
        "run": walk.label,
        "slot": walk.run.slot,
        "optimizer": SLUGS[type(walk.run.optimizer)],
        "settings": values(walk.run.optimizer),
        "diverged_at": walk.diverged_at,
        "results": {name: getattr(row, name) for name in RESULTS},
        "steps": {"step": list(range(n_rows))} | {name: _nulls(row, n_rows) for name, row in numbers.items()},
    }


def _shape(surface: Surface) -> dict[str, Any]:
    """What a surface is: its name, its settings, and what is around it from the innermost on."""
    core, around = layers(surface)
    transforms = [{"name": SLUGS[type(one)], "settings": values(one)} for one in around]
    settings = {"text": core.text, "window": core.window} if isinstance(core, Formula) else values(core)
    return {"name": SLUGS[type(core)], "formula": surface.formula, "settings": settings, "transforms": transforms}


def _surface(surface: Surface) -> str:
    """A surface with every setting, and what is around it, as an address spells them."""
    core, around = layers(surface)
    settings = [f"{name}={value}" for name, value in typed(core).items()] if isinstance(core, Formula) else []
    inner = "~".join([SLUGS[type(core)], *settings, *filter(None, [_settings(core)])])
    return "~".join([inner, *(written_around(one) for one in around)])


def _cells(row: np.ndarray, n_rows: int) -> list[str]:
    return [""] * (n_rows - len(row)) + [repr(value) for value in row.tolist()]


def _nulls(row: np.ndarray, n_rows: int) -> list[float | None]:
    shown = np.where(np.isfinite(row), row, None) if not np.isfinite(row).all() else row
    return [None] * (n_rows - len(row)) + shown.tolist()


def _settings(declared: Any) -> str:
    """Every setting as an address spells it."""
    return "~".join(f"{name}={exact(value)}" for name, value in values(declared).items())


def _text(text: str) -> str:
    """A cell that shows this text, whatever it is."""
    shown = f"'{text}" if text.startswith(tuple(FORMULA)) else text
    return '"' + shown.replace('"', '""') + '"'
