"""Arrays on their way to the screen, and the two forms of a message that holds them.

As text (`text`), for the page that plays by itself: JSON, an array as plotly's base64.

As bytes (`frame`), for the page: the length of the header (a little-endian uint32), the header, then the numbers.
The header is JSON in which an array is {"at", "n", "dtype", "shape"}: where its bytes begin after the header, how many
numbers, "f4", "f8" or "i2", and its shape where it has several axes. Header and arrays begin at multiples of 8, so that
each becomes a view of the received bytes. The bytes of the numbers are sent plane by plane (all first bytes of
every four, all second ones, ...), which compresses by a third better: neighbours differ in the last ones only.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray
LARGEST = 1e30  # float32 ends at 3e38, and the browser multiplies
ALIGNED = 8
PLANES = 4  # bytes of a float32
PLAIN = (str, int, float, bool)


def small(values: Array) -> Array:
    """In float32, clipped to ±`LARGEST`: for drawing only."""
    return np.clip(values, -LARGEST, LARGEST).astype("<f4")


def text(message: Any) -> str:
    """A message as JSON; the same message is the same text in every process."""
    return _json(wired(message, coded))


def embedded(message: Any) -> str:
    """A message as JSON that an HTML parser reads as text, whatever it holds."""
    return text(message).replace("<", "\\u003c")


def frame(message: Any) -> bytes:
    """A message as bytes; the same message is the same bytes in every process."""
    parts: list[bytes] = []
    size = 0

    def placed(values: Array) -> dict[str, Any]:
        nonlocal size
        about = {"at": size, "n": values.size, "dtype": values.dtype.str[1:]}
        raw = values.tobytes()
        parts.append(raw + bytes(-len(raw) % ALIGNED))
        size += len(parts[-1])
        return about if values.ndim == 1 else about | {"shape": values.shape}

    header = _json(wired(message, placed)).encode()
    header += b" " * (-(4 + len(header)) % ALIGNED)
    raw = b"".join(parts)
    parts.clear()  # a fan of walks has megabytes: as few copies as can be stand beside each other
    planes = np.frombuffer(raw, np.uint8).reshape(-1, PLANES).T.tobytes()
    del raw
    return b"".join((len(header).to_bytes(4, "little"), header, planes))


def digest(message: Any) -> str:
    """A short text that another message does not have."""
    return hashlib.blake2b(frame(message), digest_size=12).hexdigest()


def coded(values: Array) -> dict[str, Any]:
    """An array as plotly's typed-array specification: base64 of its little-endian bytes."""
    words = {"dtype": values.dtype.str[1:], "bdata": base64.b64encode(values.tobytes()).decode("ascii")}
    return words if values.ndim == 1 else words | {"shape": ", ".join(map(str, values.shape))}


def wired(value: Any, array: Callable[[Array], Any]) -> Any:
    """A message as the JSON object that it is on the wire; `array` says what an array becomes."""
    if value is None or type(value) in PLAIN:
        return value
    if isinstance(value, Array):
        return array(value)
    if isinstance(value, (dict, tuple, list)):
        return _wired(value, array)
    if hasattr(value, "to_plotly_json"):  # a component, whose properties come in another order in every process
        sent = value.to_plotly_json()
        return wired(sent | {"props": dict(sorted(sent["props"].items()))}, array)
    return value.item()  # a number of numpy's


def _wired(value: Any, array: Callable[[Array], Any]) -> Any:
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {str(name): wired(part, array) for name, part in value.items()}
    return [wired(part, array) for part in value]


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))
