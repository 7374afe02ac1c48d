"""The steps of a training, in place: two products make the gradient of a batch, and the update is that of many walks.

Seeds come first here and parameters last, `(K, d)`, as the products want them. Bit for bit the updates are those of
`iterate`; a gradient may differ from the one that a model gives by the last bits of a sum.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np

from ..arithmetic import Array
from ..base import Optimizer
from ..weather import Clip, clipped
from .stepping import bound, numbers

NONE: frozenset[str] = frozenset()  # is swept


class Slopes(Protocol):
    """What is fitted: scores are `features @ params`."""

    l2: float

    def each(self, scores: Array, target: Array) -> tuple[Array, Array]: ...

    def slope(self, scores: Array, target: Array, out: Array) -> None: ...


class Piece(NamedTuple):
    """Batches of one size."""

    features: Array  # (steps, K, samples, d)
    target: Array  # (steps, K, samples)


class Stepping:
    """Where a training stands, with room for so many steps: row 0 of `path`; the others are those of the last block."""

    def __init__(
        self, optimizer: Optimizer, model: Slopes, params: Array, memory: Any, clip: Clip | None, room: int
    ) -> None:
        self.optimizer, self.model, self.clip = optimizer, model, clip
        shape = params.shape[::-1]
        self.path, self.grads, self.effective_lrs, self.rms_grads = (np.empty((room + 1, *shape)) for _ in range(4))
        self.path[0], self.left = params.T, 0
        self.memory = {name: np.array(np.transpose(getattr(memory, name)), order="C") for name in self._remembered}
        self.arrays = {"path": list(self.path)} | {
            f"_{name}": list(getattr(self, name)) for name in ("grads", "effective_lrs", "rms_grads")
        }

    @property
    def _remembered(self) -> tuple[str, ...]:
        return tuple(self.optimizer.setting.memory)

    def bind(self, n_steps: int, age: int, rates: Array | None) -> None:
        """Make ready for so many steps, where the optimizer has taken `age` before."""
        with np.errstate(all="ignore"):
            shared = numbers(self.optimizer, NONE, n_steps, age, rates)
        shape = self.path.shape[1:]
        arrays, scheduled = self.arrays | self.memory, rates is not None
        work = bound(self.optimizer, NONE, shared, scheduled, arrays, lambda: _scratch(shape), recorded=True)
        self.next, self.left = enumerate([work[answers] for answers in shared.answers]), n_steps

    def walk(self, pieces: list[Piece]) -> Array:
        """Take the steps of a block; the mean loss of each batch, `(steps, K)`."""
        first, losses = 0, []
        for piece in pieces:
            scores = self._steps(piece, first)
            rows = slice(first, first + len(scores))
            losses.append(self._losses(piece, scores, self.path[rows]))
            first = rows.stop
        self.left -= first
        return np.concatenate(losses)

    def _steps(self, piece: Piece, first: int) -> Array:
        """The scores of every batch, `(steps, K, samples)`."""
        scores, slopes = np.empty_like(piece.target), np.empty(piece.target.shape[1:])
        count, l2, clip = np.asarray(float(scores.shape[2])), self.model.l2, self.clip
        product, taken = _products(piece, scores, self.path[first:], self.grads[first:])
        slope, row_of_slopes = self.model.slope, slopes[0] if product is np.dot else slopes[:, None]
        params, grads, divide, following = self.arrays["path"], self.arrays["_grads"], np.divide, self.next
        for row, (features, place, out, score, target, grad) in enumerate(taken, first):
            product(features, place, out)
            slope(score, target, slopes)
            product(row_of_slopes, features, grad)
            divide(grads[row], count, grads[row])
            if l2:
                grads[row] += l2 * params[row]
            if clip is not None:
                grads[row][...] = clipped(grads[row].T, clip).T
            step, work = next(following)
            work(step, row)
        return scores

    def _losses(self, piece: Piece, scores: Array, params: Array) -> Array:
        each, _ = self.model.each(scores, piece.target)
        loss = np.add.reduce(each, axis=2) / scores.shape[2]
        return loss + self.model.l2 / 2 * np.square(params).sum(axis=2) if self.model.l2 else loss

    def turn(self, n_steps: int) -> None:
        """The next block begins where this one led."""
        self.path[0] = self.path[n_steps]

    def state(self) -> tuple[Array, Any]:
        """The parameters `(d, K)`, and the memory, as they are now."""
        fields = {name: np.transpose(array).copy()[()] for name, array in self.memory.items()}
        return self.path[0].T.copy(), self.optimizer.State(*(fields.get(n) for n in self.optimizer.State._fields))


def _products(piece: Piece, scores: Array, path: Array, grads: Array) -> tuple[Any, Iterator[tuple[Array, ...]]]:
    """How to multiply, and of every step the features, the parameters, their scores twice, target and gradient.

    One seed's are a matrix and vectors, for which numpy is faster than for a stack of them.
    """
    features, target, steps = piece.features, piece.target, len(scores)
    if features.shape[1] == 1:
        columns = (features[:, 0], path[:steps, 0], scores[:, 0], scores, target, grads[:steps, 0])
        return np.dot, zip(*columns, strict=True)
    columns = (features, path[:steps, ..., None], scores[..., None], scores, target, grads[:steps, :, None])
    return np.matmul, zip(*columns, strict=True)


def _scratch(shape: tuple[int, ...]) -> Any:
    return lambda _kind, answers: np.empty(shape, bool if answers else float)
