"""What a recorded walk costs: in plain floats, as `run` takes it, and through arrays, as it would go without them."""

import statistics
import timeit
from types import SimpleNamespace
from typing import Any

from landscapes import Rosenbrock
from optim_core import OPTIMIZERS, Optimizer, run

N_STEPS = 500
surface = Rosenbrock()
unknown = SimpleNamespace(loss=surface.loss, grad=surface.grad, start=surface.start)


def milliseconds(optimizer: Optimizer, landscape: Any, repeat: int) -> float:
    return 1e3 * statistics.median(
        timeit.repeat(lambda: run(optimizer, landscape, n_steps=N_STEPS), number=1, repeat=repeat)
    )


def main() -> None:
    print(f"a recorded walk of {N_STEPS} steps on Rosenbrock, in milliseconds\n")
    print(f"{'':24}{'floats':>8}{'arrays':>8}{'ratio':>8}")
    for name, optimizer in OPTIMIZERS.items():
        run(optimizer(), surface, n_steps=1)  # compiles it
        floats, arrays = milliseconds(optimizer(), surface, 41), milliseconds(optimizer(), unknown, 9)
        print(f"{name:24}{floats:8.2f}{arrays:8.2f}{arrays / floats:8.1f}")


if __name__ == "__main__":
    main()
