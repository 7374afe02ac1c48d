"""Regenerate training.json: PyTorch's `nn.Linear(bias=False)` trained in mini-batches, for ours to agree with.

    python -m pip install ".[golden]"
    python -m tests.golden.training

The gradient of every batch is PyTorch's autograd through the layer and its loss, in float64. The steps are those of the
optimizers of `make`: PyTorch's own, and another library's where PyTorch has none. The batches are drawn by numpy.
"""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from optim_core import OPTIMIZERS

from .make import HERE, REFERENCES, SETTINGS, asked

N, D, BATCH, EPOCHS, SEED = 70, 4, 16, 5, 11  # the last batch of an epoch is smaller than the others
L2 = 0.1
WILD = 100.0  # a loss: from here on a walk is one of rounding
LOSSES = {"linear": torch.nn.functional.mse_loss, "logistic": torch.nn.functional.binary_cross_entropy_with_logits}


def data(kind: str) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(7)
    features = random.normal(size=(N, D)) * [1.0, 0.3, 2.0, 1.0]
    features[:, 3] *= random.random(N) < 0.3  # a rare one
    target = features @ [1.0, -2.0, 0.5, 1.5] + random.normal(0, 0.5, N)
    return features, target if kind == "linear" else (target > 0).astype(float)


class Layer:
    """A layer on some data: its loss and its gradient, wherever it is put."""

    def __init__(self, kind: str, l2: float) -> None:
        self.layer, self.loss, self.l2 = torch.nn.Linear(D, 1, bias=False, dtype=torch.float64), LOSSES[kind], l2
        self.features, self.target = map(torch.tensor, data(kind))

    def at(self, params: list[float], rows: Any = slice(None)) -> tuple[float, list[float]]:
        """The loss on these samples, and its gradient."""
        with torch.no_grad():
            self.layer.weight.copy_(torch.tensor([params]))
        self.layer.zero_grad()
        loss = self.loss(self.layer(self.features[rows]).squeeze(-1), self.target[rows])
        loss = loss + self.l2 / 2 * self.layer.weight.square().sum()
        loss.backward()
        return loss.item(), self.layer.weight.grad[0].tolist()


def trained(name: str, setting: dict[str, Any], kind: str, l2: float) -> dict[str, Any]:
    """The weights and the loss on all data after every epoch, the start among them, and the mean during each."""
    layer, seen = Layer(kind, l2), []
    library, walk = REFERENCES[name](asked(OPTIMIZERS[name](**setting)))
    start = (0.01 * np.random.RandomState([SEED]).standard_normal(D)).tolist()
    during = np.zeros(EPOCHS)

    def gradients() -> Iterator[list[float]]:
        for epoch in range(EPOCHS):
            order = np.random.RandomState([SEED, epoch]).permutation(N)
            for rows in np.split(order, range(BATCH, N, BATCH)):
                loss, grad = layer.at(seen[-1], rows)
                during[epoch] += loss * len(rows) / N
                yield grad

    for params in walk(start, gradients()):
        seen.append(params)
    weights = seen[:: (len(seen) - 1) // EPOCHS]
    losses = [layer.at(params)[0] for params in weights]
    case = {"library": library, "optimizer": name, "setting": setting, "kind": kind, "l2": l2}
    return case | {"weights": weights, "loss": losses, "during": during.tolist()}


def write() -> None:
    made = {"batch": BATCH, "epochs": EPOCHS, "seed": SEED}
    made |= {
        kind: dict(zip(("features", "target"), map(np.ndarray.tolist, data(kind)), strict=True)) for kind in LOSSES
    }
    cases = [
        trained(name, setting, kind, l2)
        for name in OPTIMIZERS
        for setting in SETTINGS[name]
        for kind, l2 in (("linear", 0.0), ("logistic", L2))
    ]
    calm = [case for case in cases if case["loss"][-1] < WILD]
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in calm)
    head = ",\n".join(f'"{key}": {json.dumps(value)}' for key, value in made.items())
    (HERE / "training.json").write_text(f'{{\n{head},\n"cases": [\n{lines}\n]\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    write()
