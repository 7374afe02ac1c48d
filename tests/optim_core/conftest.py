"""The libraries themselves, for the tests that ask them."""

import importlib
import warnings
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def make() -> Iterator[Any]:
    """How the golden files walk with a library, with PyTorch as it was afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch

        dtype = torch.get_default_dtype()
        library = importlib.import_module("tests.golden.make")
        torch.set_default_dtype(torch.float64)  # it does so itself, but only when it is imported first
        yield library
        torch.set_default_dtype(dtype)


@pytest.fixture
def built(make: Any) -> Any:
    """(a library's name, a call as it is written) -> what that library makes of it, for `library_walk`.

    `rates`: those that a schedule of Keras's or optax's gives, which the call then names in place of a number.
    """

    def build(library: str, call: str, rates: list[float] | None = None) -> Any:
        known = {"torch": make.torch, "optax": make.optax, "keras": make.keras}
        kinds = {"optax": make.optax_rates, "Keras": make.KerasRates}
        made = eval(f"lambda params: {call}", known | {"rates": rates and kinds[library](rates)})
        return made if library == "PyTorch" else made(None)

    return build


@pytest.fixture
def library_walk(make: Any) -> Any:
    """(a library's name, what it made, gradients) -> the points of its walk from (0.3, −0.2).

    More, for PyTorch's scheduler: by what the rate is multiplied at each step.
    """
    walks = {"PyTorch": make.torch_walk, "optax": make.optax_walk, "Keras": make.keras_walk}
    return lambda library, made, grads, *more: list(walks[library](made, [0.3, -0.2], grads.tolist(), *more))
