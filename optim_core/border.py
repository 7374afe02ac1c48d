"""Where what a caller hands in becomes ours, once: a copy, in float64, of the right shape.

Beyond this border nothing asks of what kind a number is, and nothing of it is anybody else's: whatever a caller does to
own arrays, before or after, changes no walk. Who hands in what cannot be such an array reads what to write instead.
"""

import dataclasses
import math
import operator
from typing import Any

import numpy as np

from .hyper import values

Array = np.ndarray

FLOAT = np.dtype(float)


def array(given: Any, owner: str) -> Array:
    """A new float64 array of the numbers in `given`, which `owner` names in the sentence where there are none.

    Numbers of any type, lists and tuples of them, arrays, and PyTorch's tensors, with a history or without.
    Raises TypeError for what is no number: None, a text, a complex number; ValueError for rows of different lengths.
    """
    if type(given) is np.ndarray and given.dtype == FLOAT:  # nearly always
        return given.copy()
    try:
        found = np.asarray(_plain(given))
    except ValueError as error:
        raise ValueError(f"{owner} must be numbers in rows of one length ({error})") from None
    if found.dtype.kind not in "biuf" and not _holds_numbers(found):
        raise TypeError(f"{owner} must be a number or an array of numbers, not {_shown(given)}")
    return np.array(found, dtype=float)


def settled(declared: Any) -> Any:
    """The same optimizer with every number a float, or a float64 array, that nobody else has."""
    odd = {name: value for name, value in values(declared).items() if type(value) not in (float, int, bool)}
    return dataclasses.replace(declared, **{name: _own(value) for name, value in odd.items()}) if odd else declared


def gradient(landscape: Any, params: Array, t: int = 1) -> Array:
    """The gradient there, `(n_params, ...)` as `params`, which the landscape gets a copy of; that of step t."""
    timed = getattr(landscape, "grad_at", None)
    if timed is not None:
        return _answer("grad_at", timed(params.copy(), t), params.shape, landscape, params)
    return _answer("grad", landscape.grad(params.copy()), params.shape, landscape, params)


def losses(landscape: Any, params: Array) -> Array:
    """The loss there, `(...)` for params `(n_params, ...)`, which the landscape gets a copy of."""
    return _answer("loss", landscape.loss(params.copy()), params.shape[1:], landscape, params)


def _answer(asked: str, given: Any, shape: tuple[int, ...], landscape: Any, params: Array) -> Array:
    """What a landscape returned, as an array of this shape; one number is one number in any brackets.

    Raises TypeError for None and for what is no number, ValueError, naming both shapes, for any other shape.
    """
    call = f"{type(landscape).__name__}.{asked}(params)"
    if given is None:
        raise TypeError(f"{call} returned None: end it with `return {asked}`")
    found = array(given, f"what {call} returns")
    if found.shape == shape:
        return found
    if found.size == 1 and math.prod(shape) == 1:
        return found.reshape(shape)
    raise ValueError(
        f"{call} must return an array of shape {shape} for params of shape {params.shape}, not {found.shape}"
    )


def instance(one: Any, kind: type) -> None:
    """Raise TypeError, saying what to write, where `one` is no instance of `kind`."""
    if not isinstance(one, kind):
        raise TypeError(f"{_shown(one)} is not an instance of {kind.__name__}; write {_meant(one, kind)}()")


def landscape(one: Any) -> None:
    """Raise TypeError, saying what to write, where `one` has no `loss` and `grad` to call."""
    if isinstance(one, type):
        raise TypeError(f"{one!r} is a class, and no landscape; write {one.__name__}()")
    for name in ("loss", "grad"):
        if not callable(getattr(one, name, None)):
            wanted = "write an object with loss(params) and grad(params)"
            raise TypeError(f"{_shown(one)} is no landscape, it has no {name}(params); {wanted}")


def count(n_steps: Any) -> int:
    """The number of steps. Raises TypeError where it is no whole number, ValueError where it is negative."""
    try:
        steps = operator.index(n_steps)
    except TypeError:
        raise TypeError(f"n_steps must be a whole number, as in n_steps=200, not {_shown(n_steps)}") from None
    if steps < 0:
        raise ValueError(f"n_steps must be at least 0, not {steps}")
    return steps


def start(given: Any, landscape: Any, n_params: int | None) -> Array:
    """A start, `(n_params, ...)`: the landscape's own where `given` is None.

    Raises ValueError for a start of another length, where the length is known, or of none.
    """
    name = type(landscape).__name__
    own = getattr(landscape, "start", None) if given is None else given
    if own is None:
        raise ValueError(
            f"{type(landscape).__name__} has no start of its own: write start=(...), a number for each parameter"
        )
    begin = array(own, "start")
    if begin.ndim == 0 or begin.shape[0] == 0:
        raise ValueError("start must hold one row for each parameter, as in start=(1.0, 2.0)")
    if n_params is not None and begin.shape[0] != n_params:
        raise ValueError(f"start must hold {n_params} rows, x and y of {name}, not {begin.shape[0]}")
    return begin


def _own(value: Any) -> float | bool | Array:
    if isinstance(value, np.bool_):
        return bool(value)
    return float(value) if isinstance(value, float) else np.array(value, dtype=float)


def _plain(given: Any) -> Any:
    """Without what PyTorch keeps beside the numbers, which numpy does not take."""
    if isinstance(given, (list, tuple)):
        return [_plain(each) for each in given]
    return given.detach().cpu().double().numpy() if hasattr(given, "detach") else given


def _holds_numbers(found: Array) -> bool:
    """Whether an array of objects holds numbers of other kinds alone, fractions or decimals."""
    return found.dtype.kind == "O" and all(
        hasattr(each, "__float__") and not isinstance(each, (complex, np.ndarray)) for each in found.flat
    )


def _meant(one: Any, kind: type) -> str:
    """The name of a class that `one` may stand for."""
    if isinstance(one, type):
        return one.__name__
    names = [cls.__name__ for cls in kind.__subclasses__()] or [kind.__name__]
    return next((name for name in names if name.lower() == str(one).lower()), names[0])


def _shown(one: Any) -> str:
    """Its repr, cut to what a sentence can hold."""
    text = repr(one)
    return text if len(text) <= 60 else f"{text[:57]}..."
