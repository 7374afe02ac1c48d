"""A table of numbers and words, and the samples that it holds for a model."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..curves import Array
from ..regression import KINDS
from .data import Data, prepared

FEATURES = 80  # of a model at most; a word of a column is a feature


@dataclass(frozen=True, eq=False)
class Column:
    """Numbers, or words: then `values` are their places in `words`. NaN is a gap."""

    name: str
    values: Array  # (n,)
    words: tuple[str, ...] | None = None

    @property
    def distinct(self) -> Array:
        """Its different values in order, without gaps."""
        return np.unique(self.values[~np.isnan(self.values)])

    @property
    def kind(self) -> str:
        return "numbers" if self.words is None else "words"

    def is_target(self) -> bool:
        """Whether a model can be fitted to it: to numbers that differ, or to two classes."""
        return len(self.distinct) > 1 if self.words is None else len(self.distinct) == 2

    def shown(self, value: float) -> str:
        return f"{value:g}" if self.words is None else self.words[int(value)]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of one length."""

    columns: tuple[Column, ...]
    lines: Array  # (n,) where each row stands in the file, counted from 1
    notes: tuple[str, ...] = ()  # what was done in reading it, in sentences
    preferred: str = field(default="", kw_only=True)  # the target unless one is named

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def rows(self) -> int:
        return len(self.lines)

    @property
    def nbytes(self) -> int:
        """What it holds in memory, about."""
        words = sum(len(word) * 4 + 64 for column in self.columns for word in column.words or ())
        return self.lines.nbytes + sum(column.values.nbytes for column in self.columns) + words

    @property
    def targets(self) -> tuple[str, ...]:
        """The columns that a model can be fitted to."""
        return tuple(column.name for column in self.columns if column.is_target())

    @property
    def target(self) -> str:
        """The one that is fitted to unless another one is named: the last that a model can be fitted to.

        Raises ValueError where there is none.
        """
        if not self.targets:
            raise ValueError("no column can be a target: it takes different numbers, or two classes")
        return self.preferred or self.targets[-1]

    def column(self, name: str) -> Column:
        """Raises ValueError where there is none of this name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise ValueError(f"there is no column “{name}”; there are {', '.join(self.names)}")

    def kind(self, target: str | None = None) -> str:
        """The model that fits a target: "logistic" for two classes, and for two numbers."""
        return "logistic" if len(self.column(target or self.target).distinct) == 2 else "linear"

    def data(
        self,
        target: str | None = None,
        kind: str | None = None,
        standard: bool = True,
        intercept: bool = True,
        validation: float = 0.2,
        seed: int = 0,
    ) -> Data:
        """The samples of a model that tells `target` (by default `self.target`) from all other columns.

        A column of words becomes one feature for each word, 1 where it stands and else 0, but for the most frequent
        word: the others are compared with it. At most 80 features are made; columns of too many words are left out.
        `kind` is "linear" or "logistic", by default what fits the target. `standard` gives columns of numbers mean 0
        and deviation 1, and to a target of numbers too; `intercept` adds a feature that is always 1. `validation` is
        the share of rows kept apart, drawn by `seed`. Rows with gaps are left out. The notes say all of that.

        Raises ValueError for a column that is not there or does not fit, and where nothing is left.
        """
        aim = self.column(target or self.target)
        kind = kind or self.kind(aim.name)
        classes = _classes(aim, kind)
        used, notes = _used([column for column in self.columns if column is not aim])
        whole, gaps = self._whole((aim, *used))
        features, names, numbers, said = _features([_at(column, whole) for column in used])
        values = aim.values[whole]
        aimed = values if classes is None else (values == aim.distinct[1]).astype(float)
        notes = self.notes + notes + gaps + said
        data = Data(features, aimed, names, kind, None, None, aim.name, classes, notes)
        return prepared(data, numbers, standard, intercept, validation, seed, standard and kind == "linear")

    def _whole(self, columns: Sequence[Column]) -> tuple[Array, tuple[str, ...]]:
        """(n,) which rows have no gap, and a note where some have."""
        gaps = np.isnan([column.values for column in columns])
        whole = ~gaps.any(axis=0)
        if whole.all():
            return whole, ()
        if not whole.any():
            raise ValueError("every row has a gap")
        row = int(np.argmin(whole))
        name = columns[int(np.argmax(gaps[:, row]))].name
        left = len(whole) - int(whole.sum())
        count = f"{left} rows have gaps and are" if left > 1 else "1 row has a gap and is"
        return whole, (f"{count} left out: row {self.lines[row]} (“{name}”){' is the first' if left > 1 else ''}",)


def _classes(aim: Column, kind: str) -> tuple[str, str] | None:
    """The two classes of a target, None for one of numbers. Raises ValueError where the model does not fit it."""
    if kind not in KINDS:
        raise ValueError(f"a model is {' or '.join(KINDS)}")
    found = aim.distinct
    if len(found) < 2:
        what = "holds gaps alone" if len(found) == 0 else f"is “{aim.shown(found[0])}” in every row: one class only"
        raise ValueError(f"the target “{aim.name}” {what}")
    if kind == "logistic" and len(found) == 2:
        return aim.shown(found[0]), aim.shown(found[1])
    if kind == "logistic" or aim.words is not None:
        wanted = "two classes" if kind == "logistic" else "numbers"
        counted = "different words" if aim.words else "different numbers"
        raise ValueError(f"the target “{aim.name}” has {len(found)} {counted}: the {kind} model needs {wanted}")
    return None


def _used(columns: list[Column]) -> tuple[list[Column], tuple[str, ...]]:
    """The columns that tell something of a row, and notes on the others."""
    kept, notes = [], []
    for column in columns:
        gaps = int(np.isnan(column.values).sum())
        if gaps * 2 > len(column.values):
            notes.append(f"“{column.name}” is left out: {gaps} of its {len(column.values)} cells are empty")
        elif len(column.distinct) < 2:
            notes.append(f"“{column.name}” is left out: it is the same in every row")
        elif column.words is not None and len(column.words) * 2 > len(column.values) - gaps:
            notes.append(f"“{column.name}” is left out: {len(column.words)} different words")
        else:
            kept.append(column)
    fitting = _fitting(kept)
    notes += [
        f"“{one.name}” is left out: {len(one.words or ())} words are too many" for one in kept if one not in fitting
    ]
    if not fitting:
        raise ValueError("no column is left that a model could be fitted with")
    return fitting, tuple(notes)


def _fitting(columns: list[Column]) -> list[Column]:
    """Those that make few enough features together; of words those with the fewest come first."""
    room = FEATURES - sum(column.words is None for column in columns)
    fitting = {id(column) for column in columns if column.words is None}
    for column in sorted((c for c in columns if c.words is not None), key=lambda c: len(c.words or ())):
        room -= len(column.words or ()) - 1
        if room >= 0:
            fitting.add(id(column))
    return [column for column in columns if id(column) in fitting]


def _at(column: Column, rows: Array) -> Column:
    return replace(column, values=column.values[rows])


def _features(columns: list[Column]) -> tuple[Array, tuple[str, ...], Array, tuple[str, ...]]:
    """(n, d) features, their names, which are numbers (d,), and notes on the words that others are compared with."""
    values: list[Array] = []
    names: list[str] = []
    numbers: list[bool] = []
    notes: list[str] = []
    for column in columns:
        if column.words is None:
            values.append(column.values)
            names.append(column.name)
            numbers.append(True)
            continue
        counts = np.bincount(column.values.astype(int), minlength=len(column.words))
        usual = int(counts.argmax())
        notes.append(f"“{column.name}”: a feature for each word; they are compared with “{column.words[usual]}”")
        for place in np.flatnonzero(counts):
            if place != usual:
                values.append((column.values == place).astype(float))
                names.append(f"{column.name} = {column.words[place]}")
                numbers.append(False)
    return np.column_stack(values), tuple(names), np.array(numbers), tuple(notes)
