"""A walk's own equations with its own numbers put in, line by line and step by step. Pure numpy.

`typeset` writes the lines; the numbers come from here. A column holds a number for every step of the walk, from 0 on;
it is a pair of arrays, of x and of y, or only one where the two share it. Hyper-parameters stand in the text.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from optim_core import PAPER, Letters
from optim_core.hyper import values as numbers_of
from optim_core.notation import symbol

from ..protocol import Line, Story
from .simulate import Walk
from .typeset import DIGITS, fill, template

Array = np.ndarray
Column = Array | float  # (n_steps + 1,) or (n_steps + 1, 2), row t at step t; a number where it never changes


class Filled(NamedTuple):
    """One line of an update at one step. A pair is of x and of y."""

    name: str  # as in the equations
    formula: str  # in symbols, as MathML
    formula_text: str  # in symbols, as text
    needs: tuple[int, ...]  # the lines above whose values it reads
    filled: tuple[str, str]  # with the numbers of this step, as MathML
    text: tuple[str, str]  # the same as text: "v = 0.9·4.21 + 0.1·12.3² = 18.92"
    value: tuple[float, float]  # exactly


class Arrow(NamedTuple):
    """A vector on the map, from where the step begins, in the map's units."""

    label: str
    dx: float
    dy: float


def columns(walk: Walk) -> list[Column]:
    """The columns of a walk's template: every line worked out for all steps at once, to the last bit as one by one."""
    optimizer, trajectory = walk.run.optimizer, walk.trajectory
    made, values = template(optimizer), _given(walk)
    before = {name: values[name] for name in optimizer.setting.memory}
    with np.errstate(all="ignore"):
        for line, asked in zip(optimizer.setting.lines, made.conditions, strict=True):
            for column, condition in asked:
                values[made.names[column]] = condition.value(values) * 1.0
            line.assign(values)
    n_steps = len(trajectory.delta)
    return [_column(values[name], before.get(name), n_steps) for name in made.names]


def inspect(walk: Walk, t: int, digits: int = DIGITS, letters: Letters = PAPER) -> tuple[Filled, ...]:
    """Every line of step t, 1 <= t <= n_steps. Raises ValueError for a step that was not taken."""
    if not 1 <= t <= len(walk.trajectory.delta):
        raise ValueError(f"there is no step {t}")
    made, numbers = template(walk.run.optimizer, letters), columns(walk)

    def at(axis: int) -> Callable[[int, int], float]:
        return lambda column, back: _value(numbers[column], t - back, axis)

    return tuple(
        Filled(
            line.name,
            line.formula,
            line.formula_text,
            line.needs,
            *((fill(pieces, at(0), digits), fill(pieces, at(1), digits)) for pieces in (line.math, line.text)),
            (at(0)(line.result, 0), at(1)(line.result, 0)),
        )
        for line in made.lines
    )


def story(walk: Walk, letters: Letters = PAPER) -> Story:
    """Every line of every step, for the browser: the pieces to fill in, and the columns to fill them from."""
    made = template(walk.run.optimizer, letters)
    lines = [Line(line.formula, line.math, line.text, list(line.needs)) for line in made.lines]
    split = [[column] if isinstance(column, float) else list(np.atleast_2d(column.T)) for column in columns(walk)]
    return Story(walk.run.slot, walk.label, len(walk.trajectory.delta), DIGITS, lines, split)


def arrows(walk: Walk, t: int, letters: Letters = PAPER) -> list[Arrow]:
    """What pulls at step t: −η times the gradient, −η times the remembered direction, and the step itself.

    The first two are what gradient descent would do with the same η, and what the memory would do alone. A direction
    that has been multiplied by η on its way in is not multiplied again.
    """
    numbers = columns(walk)
    return [
        Arrow(letters.text(label), *(scale * _value(numbers[column], t, axis) for axis in (0, 1)))
        for label, column, scale in _arrows(walk)
    ]


def _given(walk: Walk) -> dict[str, Any]:
    """What the lines read, for every step: `(2, n_steps)`, or `(n_steps,)` where x and y share it."""
    optimizer, trajectory = walk.run.optimizer, walk.trajectory
    values = numbers_of(optimizer) | {"t": np.arange(1, len(trajectory.delta) + 1)}
    values |= {"grad": trajectory.grad[:-1].T, "params": trajectory.params[:-1].T}
    begin = optimizer.init(trajectory.params[0])
    for name, field in optimizer.setting.memory.items():
        first, after = getattr(begin, name), getattr(trajectory.state, name)[:-1]
        values[name] = np.append(first, after[:, 0]) if field.per_walk else np.vstack([first, after]).T
    return values


def _column(value: Any, before: Array | None, n_steps: int) -> Column:
    """One row more than there are steps: row 0 holds what a state was before the first, else NaN."""
    if np.ndim(value) == 0:
        return float(value)
    rows = np.asarray(value, dtype=float).T
    first = np.full(rows.shape[1:], np.nan) if before is None else before.T[0]
    return np.concatenate([np.broadcast_to(first, (1, *rows.shape[1:])), rows])[: n_steps + 1]


def _value(column: Column, row: int, axis: int) -> float:
    if isinstance(column, float):
        return column
    return float(column[row, axis] if column.ndim == 2 else column[row])


def _arrows(walk: Walk) -> list[tuple[str, int, float]]:
    """(label, column, factor) of each arrow."""
    optimizer, made = walk.run.optimizer, template(walk.run.optimizer)
    pulls = [(f"−η {symbol('grad')}", made.names.index("grad"), -optimizer.lr)]
    for line in optimizer.setting.lines:
        if line.name == optimizer.direction:
            rate, sign = (1.0, "−") if "lr" in line.expression.reads else (optimizer.lr, "−η ")
            pulls.append((sign + symbol(line.name), made.names.index(line.name), -rate))
    return [*pulls, (symbol("delta"), made.names.index("delta"), 1.0)]
