"""The loss and the gradient of a surface for a block of walks, in place where its operations can be read."""

import dataclasses
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from .. import border
from ..arithmetic import Array
from .tape import Program, Work, program
from .traced import traced

# what the processor itself does, and tells of
EXACT = {"add", "subtract", "multiply", "divide", "negative", "absolute", "sqrt", "square"}


class Slopes(NamedTuple):
    """A surface that many walks can ask in blocks; without a program it is called."""

    landscape: Any
    program: Program | None
    constants: dict[str, Array]
    tells: bool  # whether a number that is not finite cannot come of finite ones without the processor's notice

    def bound(self, path: list[Array], grad: Array, loss: Array, scratch: Callable[..., Array]) -> Work:
        """What writes the gradient and the loss at a row of the path, `(2, n_walks)`, into these two."""
        if self.program is None:
            return self._called(path, grad, loss)
        names = self.constants | {"path": path, "grad_0": grad[0], "grad_1": grad[1], "loss": loss}
        return self.program.bound(["x, y = path[row]"], names, scratch)

    def _called(self, path: list[Array], grad: Array, loss: Array) -> Work:
        def work(_step: int, row: int) -> None:
            grad[...] = border.gradient(self.landscape, path[row])
            loss[...] = border.losses(self.landscape, path[row])

        return work


def slopes(landscape: Any) -> Slopes | None:
    """How to ask a landscape in blocks; None for one that may want to see all walks at once, in their own shape."""
    try:
        return _known(landscape)
    except TypeError:  # nobody can tell whether it is the same as another one
        return _slopes(landscape)


def _slopes(landscape: Any) -> Slopes | None:
    if (read := traced(landscape)) is not None:
        tells = all(not one.of or one.name in EXACT for one in read[0].operations)
        return Slopes(landscape, program(read[0]), read[1], tells and bool(np.isfinite([*read[1].values()]).all()))
    return Slopes(landscape, None, {}, False) if _is_plain(landscape) else None


_known = lru_cache(maxsize=64)(_slopes)


def _is_plain(landscape: Any) -> bool:
    """Whether it is a surface that knows nothing of walks: a frozen dataclass of numbers, texts and such surfaces."""
    if isinstance(landscape, (int, float, str, type(None))):
        return True
    if isinstance(landscape, tuple):
        return all(map(_is_plain, landscape))
    if not dataclasses.is_dataclass(landscape) or not landscape.__dataclass_params__.frozen:
        return False
    fields = (getattr(landscape, field.name) for field in dataclasses.fields(landscape))
    return hasattr(landscape, "partials") and hasattr(landscape, "value") and all(map(_is_plain, fields))
