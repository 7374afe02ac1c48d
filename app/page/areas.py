"""The areas of a page, which an address may hide or lock: by which edits each is moved, and what is its own."""

import re
from collections.abc import Mapping
from functools import lru_cache

from landscapes import TRANSFORMS

from .view import COURSE, OF_LESSON, PANEL_CHOICES

_CONTROLS = (  # key of an edit -> the areas where it is made, and those whose own it changes from elsewhere
    (rf"surface(\..+)?|formula\..+|({'|'.join(TRANSFORMS)})\..+", ("surface",), ()),
    (r"(weather|schedule)(\..+)?", ("weather",), ()),
    (r"scene|add|paste|run\..+", ("runs",), ()),
    (r"(master|preset)\..+", ("masters",), ("runs",)),
    (r"ghost\..+", ("details",), ("runs",)),
    (r"start", ("map", "start"), ()),
    (r"start\..", ("start",), ()),
    (r"steps", ("steps",), ()),
    (r"view\.(map|height|arrows|overlay)", ("map",), ()),
    (rf"view\.(limits|{'|'.join(PANEL_CHOICES)})", ("panels",), ()),
    (r"view\.(detail|inspect|rule|letters)|tolerance", ("details",), ()),
    (r"playhead(\.train)?", ("playback",), ()),
    (r"share|export", ("share",), ()),
    (r"sweep\..+", ("sweep",), ()),
    (r"basins\..+", ("basins",), ()),
    (r"train\..+|experiment", ("train",), ()),
    (r"lesson\..+|view\.short", ("learn",), ()),
    (r"view\.(tab|theme|present|strip|lang)|reset|goto", (), ()),
)
OWNED: Mapping[str, tuple[str, ...]] = {  # area -> the fields of a State that are its own
    "surface": ("landscape",),
    "weather": ("weather", "schedule"),
    "runs": ("runs",),
    "start": ("start",),
    "steps": ("n_steps",),
    "sweep": ("sweep",),
    "basins": ("basins",),
    "train": ("train",),
}
SHOWN: Mapping[str, tuple[str, ...]] = {  # area -> the fields of a View that are its own
    "map": ("map", "height", "arrows", "overlay"),
    "panels": (*PANEL_CHOICES, "limits"),
    "details": ("detail", "inspect", "rule", "tolerance", "letters"),
    "playback": ("t", "step"),
    COURSE: tuple(name for name in OF_LESSON if name != "lang"),
}


@lru_cache(maxsize=512)
def of_edit(key: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The areas where an edit is made, and those whose own it changes from elsewhere."""
    return next(((made, changed) for pattern, made, changed in _CONTROLS if re.fullmatch(pattern, key)), ((), ()))


def own(fields: Mapping[str, tuple[str, ...]], areas: tuple[str, ...], held: object) -> dict[str, object]:
    return {name: getattr(held, name) for area in areas for name in fields.get(area, ())}


# --- in a lesson -----------------------------------------------------------------------------------------------------


def unlocks(unlock: tuple[str, ...], key: str) -> bool:
    """Whether a target gives this control free: by its area, or by its own name."""
    made, changed = of_edit(key)
    moves = any(area in OWNED for area in (*made, *changed))
    return not moves or bool({*made} & {*unlock}) or any(key == one or key.startswith(f"{one}.") for one in unlock)


def moved_by(unlock: tuple[str, ...]) -> frozenset[str]:
    """The fields of a State that the controls may change which a target gives free."""
    areas = {area for one in unlock for area in (one, *of_edit(_an_edit(one))[0], *of_edit(_an_edit(one))[1])}
    return frozenset(name for area in areas for name in OWNED.get(area, ()))


def _an_edit(free: str) -> str:
    """An edit that belongs to what is free; of an area any of its own."""
    return "master.lr" if free == "masters" else free
