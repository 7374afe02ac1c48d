"""What one step through arrays costs: the generated update beside the one that a person wrote, in microseconds."""

import timeit
from types import MethodType
from typing import Any

import numpy as np

from optim_core import OPTIMIZERS

from ..reference import REFERENCES

SHAPES = ((2,), (2, 4096))


def microseconds(update: Any, state: Any, shape: tuple[int, ...], number: int) -> float:
    """The best of one batch of calls."""
    grad, params = np.full(shape, 0.3), np.full(shape, 0.7)
    return 1e6 * timeit.timeit(lambda: update(grad, state, params, 7), number=number) / number


def compared(name: str, shape: tuple[int, ...], rounds: int = 300) -> tuple[float, float]:
    """(generated, by hand), turn by turn, the best of each."""
    optimizer, by_hand = OPTIMIZERS[name](), REFERENCES[name]
    params, number = np.full(shape, 0.7), 300 if shape == (2,) else 30
    mine, theirs = optimizer.init(params), by_hand.init(optimizer, params)

    written = MethodType(by_hand.update, optimizer)  # as the method of a class is called
    turns = [
        (microseconds(optimizer.update, mine, shape, number), microseconds(written, theirs, shape, number))
        for _ in range(rounds)
    ]
    return min(turn[0] for turn in turns), min(turn[1] for turn in turns)


def main() -> None:
    print(f"{'':24}" + "".join(f"{shape!s:>12}{'by hand':>10}{'ratio':>8}" for shape in SHAPES))
    for name in OPTIMIZERS:
        pairs = [compared(name, shape) for shape in SHAPES]
        print(f"{name:24}" + "".join(f"{mine:12.2f}{theirs:10.2f}{mine / theirs:8.2f}" for mine, theirs in pairs))


if __name__ == "__main__":
    main()
