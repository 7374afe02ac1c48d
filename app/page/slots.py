"""Which slot, and so which colour and marker, a run takes: the same optimizer looks the same wherever that is free."""

from collections.abc import Container

from optim_core import OPTIMIZERS, Optimizer

from .. import limits

# optimizers that are often compared do not share a slot; `screen.theme` says what the slots look like
PREFERRED = {
    "sgd": 0, "rmsprop": 1, "adam": 2, "momentum": 3, "adagrad": 4, "nesterov": 5, "adadelta": 6, "adamw": 7,
    "yogi": 0, "lion": 1, "amsgrad": 3, "adabelief": 4, "nadam": 5, "radam": 6, "adamax": 4, "rprop": 7,
    "rmsprop-averaged-rates": 6, "adagrad-summed-rates": 3,
}  # fmt: skip
_PREFERRED = {OPTIMIZERS[name]: slot for name, slot in PREFERRED.items()}


def slot_for(optimizer: Optimizer, taken: Container[int]) -> int | None:
    """The slot of a new run of this optimizer: the one it prefers, else the first that is free; None: there is none."""
    preferred = _PREFERRED.get(type(optimizer), 0)
    return next((slot for slot in (preferred, *range(limits.RUNS)) if slot not in taken), None)
