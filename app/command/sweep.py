"""The command `downslope sweep`: which learning rates are good, or which two numbers, on the terminal and in files."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..export import sweep_data as sweeps
from ..export.sweep_data import Swept
from ..page.labels import met
from ..page.numbers import plain
from ..page.state import State
from ..page.sweep import CRITERIA
from ..sweep.asked import course as course_of
from . import asked
from .terminal import aligned
from .working import MORE, Way, carry_out, perform, seeds

EXAMPLE = "downslope sweep --surface rosenbrock --optimizer adam --optimizer sgd --steps 500 --rates 101 --csv -"
SETTINGS = {
    "kind": ("KIND", "rates, of every run; grid, of two numbers of one run; or race, every run at its best rate"),
    "rates": ("N", "how many rates, or numbers along each side of a grid; else 61"),
    "low": ("RATE", "the smallest rate; else 1e-4"),
    "high": ("RATE", "the largest rate; else 10"),
    "target": ("LOSS", "what is to be reached, above the lowest loss; else 0.001"),
    "criterion": ("NAME", "by what a rate is the best: first (visit), stays (below), or final (loss)"),
    "starts": ("N", "of a race: the start and others near it; else 5"),
    "across": ("NAME", "of a grid: one number, else lr"),
    "up": ("NAME", "of a grid: the other one, else a memory"),
}
RUNS = {"run": ("N", "of a grid: whose numbers, 1 for the first run, which it is without")}
FILES = {
    "csv": "the end of every walk as a table",
    "json": "the same as JSON, with widths and best values",
    "png": "the curves, or the field of two numbers, as a picture",
}
WORD = asked.Word(
    "sweep",
    "Walk with many learning rates, or pairs of numbers, and say which of them are good.",
    EXAMPLE,
    FILES,
    "sweep",
    SETTINGS,
    RUNS,
    MORE,
)
WIDTHS = "ends well, is well: decades of lr that end, or are at some step, within 10 times of the best end"


def main(argv: Sequence[str]) -> int:
    """Do what the arguments of `downslope sweep` say; 2 where they cannot be used, 130 after a Ctrl+C."""
    return perform(WORD, argv, partial(carry_out, Way(sweeps.asked_of, "run", sweeps.swept, _writer, table)))


def _writer(name: str) -> Callable[..., Any]:
    if name == "png":
        from ..export.sweep_picture import png  # needs Pillow

        return png
    return getattr(sweeps, name)


def table(state: State, found: list[Swept]) -> str:
    """What is best for each run, a line for each."""
    course = course_of(state)
    x, y = course.start
    ground = f"{state.landscape.label}: start ({plain(x)}, {plain(y)}), {course.n_steps} steps"
    goal = f"target: a loss of {plain(course.target)}; best by: {dict(CRITERIA)[state.sweep.criterion]}"
    rows, note = _rows(state, found)
    return "\n".join([ground, *filter(None, [met(state)]), *seeds(state), goal, *filter(None, [note]), *aligned(rows)])


def _rows(state: State, found: list[Swept]) -> tuple[list[list[str]], str]:
    """The lines of the table, its head first, and what there is to say of them."""
    names = list(found[0].made.axes)
    head = ["run", *(f"best {name}" for name in names), "final loss", "first", "stays"]
    rows = [[one.label, *_best(state, one)] for one in found]
    if state.sweep.kind == "rates":
        widths = [[plain(one.made.width(kind)) for kind in ("final", "best")] for one in found]
        return [[*head, "ends well", "is well"], *(row + wide for row, wide in zip(rows, widths, strict=True))], WIDTHS
    if state.sweep.kind == "race":
        n_starts, cost = found[0].starts.shape[1], found[0].tuned.n_gradients
        price = f"{len(found[0].tuned.medians)} rates, {n_starts} starts, {cost:,} gradients for each run; medians"
        return [head, *rows], price
    return [head, *rows], ""


def _best(state: State, one: Swept) -> list[str]:
    """The best values, and the loss and the steps there; empty where all diverge, or never come to the target."""
    best = one.made.chosen(state.sweep.criterion)
    if best is None:
        return ["" for _ in (*one.made.axes, "final loss", "first", "stays")]
    place = tuple(int(np.flatnonzero(one.made.axes[name] == value)[0]) for name, value in best.items())
    steps = [found[place] for found in (one.made.first, one.made.stays)]
    shown = ["" if np.isinf(step) else plain(float(step)) for step in steps]
    return [*map(plain, best.values()), plain(float(one.made.final[place])), *shown]
