"""What every run's lines are drawn with, on the map and in the panels."""

from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from ..protocol import Meta
from ..screen import theme
from ..screen.theme import GHOST, LINE, Style
from ..walks.simulate import Walk

Array = np.ndarray
CASING, VALLEY = 5.0, 2.0
DASHES = {"": "solid", "x": "solid", "y": "5px,4px", "along": "6px,4px"}
DASHES |= {"limit": "1.5px,3px", "rate": "9px,3px,2px,3px"}

Looks = tuple[tuple[int, bool], ...]  # of each run: its slot, whether it is a ghost


def line(
    style: Style,
    slot: int,
    pinned: bool,
    *,
    uid: str,
    dash: str,
    first: int,
    part: Literal["", "x", "y"] = "",
    casing: bool = False,
    **more: Any,
) -> go.Scatter:
    colour = style.colours[slot]
    edge = [style.tokens["panel"], CASING * style.scale] if casing else None
    meta = Meta(slot, first, part, style.texts[slot], theme.HEADS[slot][1], edge).set()
    stroke = {"color": colour, "width": (GHOST if pinned else LINE) * style.scale, "dash": dash}
    return go.Scatter(uid=uid, mode="lines", line=stroke, meta=meta, **more)


def along(style: Style) -> dict[str, Any]:
    """How a curve of minima is drawn: as a thin line in the colour of their stars."""
    return {"color": theme.GOLD, "width": VALLEY * style.scale, "dash": DASHES["along"]}


def shown(values: Array, walk: Walk) -> Array:
    """The rows before divergence."""
    return values if walk.diverged_at is None else values[: walk.diverged_at]


def plain(label: str) -> str:
    """A label that plotly does not read as markup."""
    return label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
