"""How long a step of many walks takes, in operations on an array: so that a tile is as large as its time allows.

It is counted, not measured: every server must cut the same map into the same tiles.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from landscapes import Formula, Surface, layers
from optim_core import Optimizer, Schedule, Weather

Array = np.ndarray
SLOW = {  # operations that one of these is worth
    **dict.fromkeys(("sqrt", "divide", "remainder", "floor_divide"), 3),
    **dict.fromkeys(("exp", "log", "sin", "cos", "hypot", "expm1", "log1p", "log2", "log10"), 12),
    **dict.fromkeys(("tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "arctan2", "power"), 25),
}
NEARNESS = 10  # to look how near the minima are
ROUGH = 60  # to draw what the weather tells instead of the gradient
LETTER = 4  # of a typed formula, whose compiled form keeps its operations to itself


@lru_cache(maxsize=256)
def of_step(optimizer: Optimizer, landscape: Surface, weather: Weather, schedule: Schedule | None) -> int:
    """Operations of one step of one walk."""
    with np.errstate(all="ignore"):
        slope = _count(lambda x, y: np.stack(np.broadcast_arrays(*landscape.partials(x, y))))
        height = _count(landscape.value)
        one = np.ones((2, 1))
        update = _count(lambda x, y: optimizer.update(np.stack([x, y]), optimizer.init(one), one, 1))
    core, _ = layers(landscape)
    typed = LETTER * len(core.text) if isinstance(core, Formula) else 0
    return slope + height + typed + update + NEARNESS + (0 if weather.is_fair else ROUGH)


class _Counting(np.ndarray):
    """An array that counts what is done with it."""

    seen: list[int]

    def __array_finalize__(self, whole: Any) -> None:
        self.seen = getattr(whole, "seen", [0])

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **more: Any) -> Any:
        self.seen[0] += SLOW.get(ufunc.__name__, 1) * max(np.size(one) for one in inputs)
        plain = [one.view(np.ndarray) if isinstance(one, _Counting) else one for one in inputs]
        more.pop("out", None)
        return _counting(getattr(ufunc, method)(*plain, **more), self.seen)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        self.seen[0] += 1
        return _counting(func(*_plain(args), **kwargs), self.seen)


def _plain(given: Any) -> Any:
    if isinstance(given, (tuple, list)):
        return type(given)(map(_plain, given))
    return given.view(np.ndarray) if isinstance(given, _Counting) else given


def _counting(made: Any, seen: list[int]) -> Any:
    if isinstance(made, (tuple, list)):
        return type(made)(_counting(one, seen) for one in made)
    if not isinstance(made, (np.ndarray, np.generic)):
        return made
    found = np.asarray(made).view(_Counting)
    found.seen = seen
    return found


def _count(act: Any) -> int:
    """The operations that it does with two numbers."""
    seen = [0]
    act(_counting(np.array([0.3]), seen), _counting(np.array([0.7]), seen))
    return seen[0]
