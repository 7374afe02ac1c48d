"""Arrays on their way to the screen: float32, base64, as plotly's typed-array specification."""

import base64
from typing import Any

import numpy as np

Array = np.ndarray
LARGEST = 1e30  # float32 ends at 3e38, and the browser multiplies


def encode(values: Array) -> dict[str, Any]:
    """An array as plotly's typed-array specification in float32, for drawing only."""
    small = np.clip(values, -LARGEST, LARGEST).astype("<f4")
    coded = {"dtype": "f4", "bdata": base64.b64encode(small.tobytes()).decode("ascii")}
    return coded if small.ndim == 1 else coded | {"shape": ", ".join(map(str, small.shape))}


def decode(coded: dict[str, Any]) -> Array:
    """The array that `encode` made a specification of."""
    flat = np.frombuffer(base64.b64decode(coded["bdata"]), dtype="<f4")
    return flat.reshape([int(size) for size in coded["shape"].split(",")]) if "shape" in coded else flat


def is_coded(value: Any) -> bool:
    return isinstance(value, dict) and "bdata" in value
