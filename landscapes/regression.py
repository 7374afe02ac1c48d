"""Models that are fitted to data, a linear one and a logistic one: with a parameter for every feature."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

Array = np.ndarray
KINDS = ("linear", "logistic")
NEWTON = 100  # steps that Newton's method may take
SEPARATED = 40.0  # a score beyond which a class is certain in float64


@dataclass(frozen=True, eq=False)
class Regression:
    """The loss of a model on data: scores are `features @ params`.

    linear: the mean squared error. logistic: the mean log loss, where class 1 has probability 1/(1 + exp(-score)).
    `l2` adds l2/2 |params|², whose gradient is l2 params, as PyTorch's `weight_decay` in SGD. There is no intercept but
    a feature that is 1 everywhere.
    Raises ValueError for data that cannot be fitted, saying why.

    run(Adam(), Regression(features, target))                  # all data at every step
    train(Adam(), Regression(features, target), Batches(32))   # mini-batches: see `optim_core.train`
    """

    features: Array  # (n, d)
    target: Array  # (n,): numbers, or 0 and 1
    kind: str = "linear"
    l2: float = 0.0

    def __post_init__(self) -> None:
        for name in ("features", "target"):
            object.__setattr__(self, name, np.array(getattr(self, name), dtype=float))
        if why := self._wrong():
            raise ValueError(why)

    def _wrong(self) -> str:
        shape, wanted = self.features.shape, self.target.shape
        if self.kind not in KINDS:
            return f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}"
        if len(shape) != 2 or not all(shape) or wanted != shape[:1]:
            return f"features must be (n, d) and target (n,), with at least one of each, not {shape} and {wanted}"
        if not (np.isfinite(self.features).all() and np.isfinite(self.target).all()):
            return "features and target must be finite"
        if self.kind == "logistic" and not np.isin(self.target, (0, 1)).all():
            return "the target of a logistic model must be 0 or 1"
        return "" if np.isfinite(self.l2) and self.l2 >= 0 else f"l2 must be at least 0, not {self.l2!r}"

    @property
    def n(self) -> int:
        """Samples."""
        return self.features.shape[0]

    @property
    def start(self) -> Array:
        """`(d,)`: zeros."""
        return np.zeros(self.features.shape[1])

    def of(self, rows: Any) -> "Regression":
        """The same model on these samples: whatever picks rows of an array."""
        return Regression(self.features[rows], self.target[rows], self.kind, self.l2)

    def loss(self, params: Array) -> Array:
        """`(...)` for params `(d, ...)`."""
        each, _ = self.each(*self._scores(params))
        loss = each.mean(axis=0)
        return loss + self.l2 / 2 * np.square(params).sum(axis=0) if self.l2 else loss

    def grad(self, params: Array) -> Array:
        """`(d, ...)` for params `(d, ...)`."""
        _, slope = self.each(*self._scores(params))
        grad = np.tensordot(self.features.T, slope, 1) / self.n
        return grad + self.l2 * params if self.l2 else grad

    def accuracy(self, params: Array) -> Array:
        """`(...)`: the share of the samples whose class is the likelier one, for params `(d, ...)`."""
        scores, target = self._scores(params)
        return ((scores > 0) == (target > 0.5)).mean(axis=0)

    def each(self, scores: Array, target: Array) -> tuple[Array, Array]:
        """Loss of each sample, without l2, and its derivative by the score; any two shapes that go together."""
        if self.kind == "linear":
            error = scores - target
            return error * error, 2.0 * error
        return np.logaddexp(0.0, scores) - target * scores, 0.5 * (1.0 + np.tanh(0.5 * scores)) - target

    def slope(self, scores: Array, target: Array, out: Array) -> None:
        """That derivative, written into `out`."""
        if self.kind == "linear":
            np.subtract(scores, target, out)
            np.add(out, out, out)
            return
        np.multiply(scores, 0.5, out)
        np.tanh(out, out)
        np.add(out, 1.0, out)
        np.multiply(out, 0.5, out)
        np.subtract(out, target, out)

    def _scores(self, params: Array) -> tuple[Array, Array]:
        """`(n, ...)` and the target beside it."""
        scores = np.tensordot(self.features, params, 1)
        return scores, self.target.reshape((-1,) + (1,) * (scores.ndim - 1))

    @cached_property
    def minimum(self) -> Array | None:
        """`(d,)`: where the loss is lowest; the shortest one where there are many, None where there is none.

        None is for classes that a plane separates: without l2 the loss falls for ever. It is also for data of a size
        with which float64 cannot find it.
        """
        with np.errstate(all="ignore"):
            try:
                found = self._least_squares() if self.kind == "linear" else self._newton()
            except np.linalg.LinAlgError:  # of numbers that are too large
                return None
            return found if found is not None and np.isfinite(self.loss(found)) else None

    @cached_property
    def lowest(self) -> float | None:
        """The loss at the minimum."""
        return None if self.minimum is None else float(self.loss(self.minimum))

    @cached_property
    def largest_curvature(self) -> float | None:
        """The largest second derivative in any direction, the same everywhere.

        None for a logistic model, and for data that are too large for it.
        """
        with np.errstate(all="ignore"):
            hessian = self._hessian(self.start)
        known = self.kind == "linear" and np.isfinite(hessian).all()
        return float(np.linalg.eigvalsh(hessian)[-1]) if known else None

    def _hessian(self, params: Array) -> Array:
        """`(d, d)` there."""
        weight = np.full(self.n, 2.0)
        if self.kind == "logistic":
            weight = 0.25 / np.square(np.cosh(np.clip(0.5 * (self.features @ params), -300, 300)))
        return (self.features.T * weight) @ self.features / self.n + self.l2 * np.eye(len(params))

    def _least_squares(self) -> Array:
        weight = np.sqrt(2 / self.n)
        rows = np.vstack([weight * self.features, np.sqrt(self.l2) * np.eye(len(self.start))])
        return np.linalg.lstsq(rows, np.append(weight * self.target, self.start), rcond=None)[0]

    def _newton(self) -> Array | None:
        """In units of every feature's own size, so that large ones do not hide small ones."""
        params, size = self.start, np.abs(self.features).max(axis=0)
        size[size == 0] = 1.0
        for _ in range(NEWTON):
            grad, hessian = self.grad(params) / size, self._hessian(params) / size / size[:, None]
            if not (np.isfinite(grad).all() and np.isfinite(hessian).all()):
                return None
            step = self._shortened(params, np.linalg.lstsq(hessian, -grad, rcond=None)[0] / size)
            params = params + step
            if not self.l2 and self._separates(params):
                return None
            if abs(step * size @ grad) <= 1e-15 * self.loss(params):  # half of it is still to gain
                break
        return self._shortest(params) if np.abs(self.grad(params) / size).max() <= 1e-8 else None

    def _shortened(self, params: Array, step: Array) -> Array:
        """So far that the loss does not rise."""
        share, loss = 1.0, self.loss(params)
        while share > 1e-6 and not self.loss(params + share * step) <= loss:
            share /= 2
        return share * step

    def _shortest(self, params: Array) -> Array:
        """Of all that give the same scores."""
        if self.l2 or np.linalg.matrix_rank(self.features) == len(params):
            return params
        return np.linalg.lstsq(self.features, self.features @ params, rcond=None)[0]

    def _separates(self, params: Array) -> bool:
        """Whether every sample is on the side of its class, and some of them beyond doubt."""
        margins = (self.features @ params) * (2 * self.target - 1)
        return bool((margins > 0).all() and margins.max() > SEPARATED)
