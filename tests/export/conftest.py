"""What the tests of exported scripts need."""

from collections.abc import Iterator

import pytest


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """PyTorch as it is found, and as it was afterwards."""
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    import torch

    dtype = torch.get_default_dtype()
    yield
    torch.set_default_dtype(dtype)
