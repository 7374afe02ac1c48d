"""A walk's own equations with its own numbers put in, line by line and step by step. Pure numpy.

`typeset` writes the lines; the numbers come from here. A column holds a number for every step of a part of the walk,
from the one before its first on; it is a pair of arrays, of x and of y, or only one where the two share it. What stays
from step to step stands in the text.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from optim_core import PAPER, Letters
from optim_core.hyper import values as numbers_of
from optim_core.notation import symbol

from ..protocol import Line, Story
from .simulate import Part, Walk
from .told import before, given
from .typeset import DIGITS, Template, fill, template

Array = np.ndarray
Column = Array | float  # (n + 1,) or (n + 1, 2), row i at the part's i-th step; a number where it never changes


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


def written(walk: Walk, part: Part, letters: Letters = PAPER) -> Template:
    """The lines of a part of a walk."""
    return template(part.optimizer, letters, before(walk, part))


def columns(walk: Walk, part: Part) -> list[Column]:
    """The columns of a part's lines: every line worked out for all steps at once, to the last bit as one by one."""
    made, values = written(walk, part), _given(walk, part)
    begin = {name: values[name] for name in part.optimizer.setting.memory}
    with np.errstate(all="ignore"):
        for line, asked in zip(made.equations, made.conditions, strict=True):
            for column, condition in asked:
                values[made.names[column]] = condition.value(values) * 1.0
            line.assign(values)
    n_steps = part.last - part.first
    return [_column(values[name], begin.get(name), n_steps) for name in made.names]


def inspect(walk: Walk, t: int, digits: int = DIGITS, letters: Letters = PAPER) -> tuple[Filled, ...]:
    """Every line of step t, 1 <= t <= n_steps. Raises ValueError for a step that was not taken."""
    if not 1 <= t <= len(walk.trajectory.delta):
        raise ValueError(f"there is no step {t}")
    part = walk.part(t)
    made, numbers, row = written(walk, part, letters), columns(walk, part), t - part.first

    def at(axis: int) -> Callable[[int, int], float]:
        return lambda column, back: _value(numbers[column], row - back, axis)

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


def stories(walk: Walk, letters: Letters = PAPER) -> list[Story]:
    """Every line of every step, for the browser: of each part the pieces to fill in, and the columns for them."""
    return [_story(walk, part, letters) for part in walk.parts]


def arrows(walk: Walk, t: int, letters: Letters = PAPER) -> list[Arrow]:
    """What pulls at step t: −η times the gradient, −η times the remembered direction, and the step itself.

    The first two are what gradient descent would do with the same η, told the same, and the memory would do alone. A
    direction that has been multiplied by η on its way in is not multiplied again.
    """
    part = walk.part(t)
    numbers, row = columns(walk, part), t - part.first
    return [
        Arrow(letters.text(label), *(scale * _value(numbers[column], row, axis) for axis in (0, 1)))
        for label, column, scale in _arrows(walk, part, t)
    ]


def _story(walk: Walk, part: Part, letters: Letters) -> Story:
    lines = [Line(line.formula, line.math, line.text, list(line.needs)) for line in written(walk, part, letters).lines]
    numbers = columns(walk, part)
    split = [[column] if isinstance(column, float) else list(np.atleast_2d(column.T)) for column in numbers]
    label = walk.label if part is walk.parts[-1] else f"{walk.label}: until step {part.last} {part.optimizer.label}"
    return Story(walk.run.slot, label, part.first, part.last, DIGITS, lines, split)


def _given(walk: Walk, part: Part) -> dict[str, Any]:
    """What the lines read, for every step of a part: `(2, n)`, or `(n,)` where x and y share it."""
    optimizer, one = part.optimizer, walk.trajectory
    values = numbers_of(optimizer) | {"t": np.arange(1, part.last - part.first + 1) + part.age}
    values |= {"grad": one.seen_grad[part.steps].T, "params": one.params[part.steps].T} | given(walk, part)
    for name, field in optimizer.setting.memory.items():
        first, after = getattr(part.begin, name), getattr(part.state, name)[:-1]
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


def _arrows(walk: Walk, part: Part, t: int) -> list[tuple[str, int, float]]:
    """(label, column, factor) of each arrow."""
    made, lr = written(walk, part), float(walk.rates[t - 1])
    pulls = [(f"−η {symbol('grad')}", made.names.index("grad"), -lr)]
    for line in part.optimizer.setting.lines:
        if line.name == part.optimizer.direction:
            rate, sign = (1.0, "−") if "lr" in line.expression.reads else (lr, "−η ")
            pulls.append((sign + symbol(line.name), made.names.index(line.name), -rate))
    return [*pulls, (symbol("delta"), made.names.index("delta"), 1.0)]
