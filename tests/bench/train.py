"""How fast a training is, beside PyTorch, and how it grows: `python -m tests.bench.train [--quick]`.

The ready comparison: AdaGrad, RMSProp, Adam and SGD, 50 epochs of 32 batches each on 1,000 x 10, in float64, on the
same batches from the same start. Ours records every step, with rates and RMS gradients; PyTorch's is the plain loop,
`nn.Linear`, `mse_loss` and its own optimizer, and records the loss of each epoch. Each is timed with one thread and
with as many as it likes, and its best counts; the rounds take turns, and medians count. The results are compared
before anything is timed. Then ours alone, with more samples, features, larger batches and more shuffles. The last line
is everything as JSON. `pip install -e ".[test,bench]"` first.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable

import numpy as np

from landscapes import Regression
from landscapes.datasets import made
from optim_core import SGD, AdaGrad, Adam, Batches, Optimizer, RMSProp, train

TARGET = 8.0  # times as fast
EPOCHS, SIZE, SEED = 50, 32, 0
READY: dict[Optimizer, Callable[..., object]] = {
    AdaGrad(0.1, eps=1e-8): lambda torch, params: torch.optim.Adagrad(params, 0.1, eps=1e-8),
    RMSProp(0.01): lambda torch, params: torch.optim.RMSprop(params, 0.01, alpha=0.9, eps=1e-8),
    Adam(0.01): lambda torch, params: torch.optim.Adam(params, 0.01),
    SGD(0.05): lambda torch, params: torch.optim.SGD(params, 0.05),
}


def ours(model: Regression, epochs: int) -> np.ndarray:
    """The weights after the last epoch, of each."""
    return np.stack([train(one, model, Batches(SIZE, SEED), epochs).weights[-1, :, 0] for one in READY])


def theirs(model: Regression, epochs: int) -> np.ndarray:
    import torch

    features, target = torch.from_numpy(model.features), torch.from_numpy(model.target)
    batches, found = Batches(SIZE, SEED), []
    for build in READY.values():
        layer = torch.nn.Linear(features.shape[1], 1, bias=False, dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(batches.begin(model, epochs)[:, 0]))
        optimizer, losses = build(torch, layer.parameters()), []
        for epoch in range(epochs):
            order, total = torch.from_numpy(batches.order(model.n, epoch)), 0.0
            x, y = features[order], target[order]
            for first in range(0, model.n, SIZE):
                batch, wanted = x[first : first + SIZE], y[first : first + SIZE]
                optimizer.zero_grad()
                loss = torch.nn.functional.mse_loss(layer(batch).squeeze(-1), wanted)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(wanted)
            losses.append(total / model.n)
        found.append(layer.weight.detach().numpy()[0].copy())
    return np.stack(found)


def threads(number: int) -> None:
    import torch

    torch.set_num_threads(number)


def seconds(work: Callable[..., object], *told: object) -> float:
    before = time.perf_counter()
    work(*told)
    return time.perf_counter() - before


def compare(rounds: int, epochs: int) -> dict[str, float]:
    model = made().regression()
    apart = np.abs(ours(model, 5) - theirs(model, 5)).max()
    assert apart < 1e-8, f"the results differ by {apart:g}"
    import torch

    tried = dict.fromkeys((1, torch.get_num_threads()))
    found: dict[str, list[float]] = {"ours": [], **{f"torch, {number} threads": [] for number in tried}}
    for _ in range(rounds):
        found["ours"].append(seconds(ours, model, epochs))
        for number in tried:
            threads(number)
            found[f"torch, {number} threads"].append(seconds(theirs, model, epochs))
    return {name: statistics.median(times) for name, times in found.items()}


def growth(rounds: int, epochs: int) -> dict[str, dict[int, float]]:
    """What grows -> how much there is -> microseconds that a step of Adam takes."""
    kinds: dict[str, tuple[list[int], Callable[[int], tuple[Regression, Batches]]]] = {
        "samples": ([100, 1000, 10_000, 20_000], lambda n: (made(n=n).regression(), Batches(SIZE, SEED))),
        "features": ([1, 10, 50], lambda d: (made(d=d).regression(), Batches(SIZE, SEED))),
        "batch": ([1, 8, 32, 128, 1000], lambda size: (made().regression(), Batches(size, SEED))),
        "shuffles": ([1, 5, 20], lambda seeds: (made().regression(), Batches(SIZE, SEED, seeds))),
    }
    found: dict[str, dict[int, float]] = {}
    for kind, (sizes, build) in kinds.items():
        for size in sizes:
            model, batches = build(size)
            steps = batches.per_epoch(model.n)
            many = max(1, min(epochs, 2000 // steps))
            times = [seconds(train, Adam(0.01), model, batches, many) for _ in range(rounds)]
            found.setdefault(kind, {})[size] = statistics.median(times) / (many * steps) * 1e6
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer epochs and rounds")
    quick = parser.parse_args().quick
    rounds, epochs = (1, 5) if quick else (5, EPOCHS)
    found = compare(rounds, epochs)
    for name, time_of in found.items():
        print(f"{name:20} {time_of * 1e3:9.1f} ms for 4 x {epochs * 32:,} steps")
    best = min(time_of for name, time_of in found.items() if name != "ours")
    ratio = best / found["ours"]
    print(f"PyTorch's best / ours: {ratio:.1f} (target: {TARGET:g})\n")
    grown = growth(rounds, epochs)
    for kind, times in grown.items():
        print(f"{kind:10}", *(f"{size:>6,}: {micro:7.1f} µs" for size, micro in times.items()))
    print(json.dumps({"seconds": found, "ratio": ratio, "growth": grown}))


if __name__ == "__main__":
    main()
