"""What a recorded walk costs: in plain floats, as `run` takes it, through arrays, in rough weather, on a formula."""

import statistics
import timeit
from types import SimpleNamespace
from typing import Any

from landscapes import Formula, Rosenbrock, Rotated
from optim_core import OPTIMIZERS, Clip, Cosine, Optimizer, Weather, run

N_STEPS = 500
surface = Rosenbrock()
unknown = SimpleNamespace(loss=surface.loss, grad=surface.grad, start=surface.start)
typed = Formula("(1-x)^2 + 100*(y-x^2)^2", surface.domain, surface.start)
ROUGH = {"weather": Weather(noise=0.5, seed=1, clip=Clip(norm=10.0)), "schedule": Cosine()}


def milliseconds(optimizer: Optimizer, landscape: Any, repeat: int, **how: Any) -> float:
    return 1e3 * statistics.median(
        timeit.repeat(lambda: run(optimizer, landscape, n_steps=N_STEPS, **how), number=1, repeat=repeat)
    )


def main() -> None:
    print(f"a recorded walk of {N_STEPS} steps on Rosenbrock, in milliseconds\n")
    print("rough: noisy, clipped, scheduled and turned by 30 degrees; its target is 2.5 of the plain walk\n")
    print("typed: on Rosenbrock as somebody typed it; its target is 4 of the plain walk\n")
    print(f"{'':24}{'floats':>8}{'arrays':>8}{'ratio':>8}{'rough':>8}{'ratio':>8}{'typed':>8}{'ratio':>8}")
    for name, optimizer in OPTIMIZERS.items():
        run(optimizer(), surface, n_steps=1)  # compiles it
        floats, arrays = milliseconds(optimizer(), surface, 41), milliseconds(optimizer(), unknown, 9)
        rough = milliseconds(optimizer(), Rotated(surface, 30.0), 41, **ROUGH)
        of_text = milliseconds(optimizer(), typed, 41)
        print(f"{name:24}{floats:8.2f}{arrays:8.2f}{arrays / floats:8.1f}{rough:8.2f}{rough / floats:8.1f}", end="")
        print(f"{of_text:8.2f}{of_text / floats:8.1f}")


if __name__ == "__main__":
    main()
