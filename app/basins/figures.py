"""What can be drawn of the basins before the first walk has ended: axes, level lines, minima, colours and words."""

from typing import Any

from landscapes import Point, Surface

from ..page import veil
from ..page.labels import labels
from ..page.numbers import significant
from ..page.state import Run, State
from ..screen import theme
from ..screen.arrays import small
from ..screen.theme import Style
from ..walks.levels import banded
from . import colours, passes, work

EXACT = 12  # digits behind the point of a minimum's loss that are no rounding


def look(state: State, mode: str) -> dict[str, Any]:
    """All that the drawing code is told."""
    style = Style(mode, theme.PRESENTED if state.view.present == "on" else 1.0)
    lowest, others = work.minima_of(state.landscape)
    runs = work.chosen(state)
    return {
        "size": state.basins.size,
        "passes": list(passes.sizes(state.basins.size)),
        "steps": work.steps(state),
        "show": state.basins.show if len(runs) > 1 else "each",
        "start": list(state.begin),
        "ink": style.tokens["ink"],
        "layout": _layout(state.landscape, style),
        "levels": _levels(state.landscape, style),
        "minima": _minima(state.landscape, lowest, others, style),
        "maps": [_map(state, run, style) for run in runs],
        "inks": colours.inks(mode)._asdict(),
        "difference": _difference(runs, style),
        "empty": veil.why(state) or _empty(state.landscape, lowest, others),
    }


def _map(state: State, run: Run, style: Style) -> dict[str, Any]:
    key = work.key(state, run)
    called = labels(state.runs, state.letters)[state.runs.index(run)]
    outline = theme.HEADS[run.slot][1]
    look = {"label": called, "colour": style.colours[run.slot], "ink": style.texts[run.slot], "head": outline}
    return {"slot": run.slot, "key": key, "parts": [] if veil.why(state) else work.parts(key), **look}


def _layout(surface: Surface, style: Style) -> dict[str, Any]:
    """Axes as Explore's map has them; the drawing code finds their place."""
    layout = style.layout()
    for name, span in zip("xy", surface.domain, strict=True):
        layout[f"{name}axis"] = layout[f"{name}axis"] | {"range": list(span), "title": {"text": name, "standoff": 4}}
    return layout | {"clickanywhere": True, "margin": style.margin(46, 14, 8, 40)}


def _levels(surface: Surface, style: Style) -> dict[str, Any]:
    here = banded(surface, surface.domain)
    grid = {"x0": here.x[0], "dx": here.x[1] - here.x[0], "y0": here.y[0], "dy": here.y[1] - here.y[0]}
    contours = {"start": 1, "end": max(len(here.levels), 1), "size": 1}
    line = {"color": style.tokens["levels"], "width": 1}
    return {"z": small(here.band), **grid, "contours": contours, "line": line}


def _minima(surface: Surface, lowest: tuple[Point, ...], others: tuple[Point, ...], style: Style) -> dict[str, Any]:
    points = (*lowest, *others)
    places = [f"({significant(x, 3)}, {significant(y, 3)})" for x, y in points]
    if surface.minima_along is not None:
        places[0] = "the curve"
    return {
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "loss": [significant(round(float(surface.value(*point)), EXACT), 4) for point in points],
        "place": places,
        "colour": list(colours.of_minima(points, len(lowest))),
        "lowest": len(lowest),
        "star": {"color": theme.GOLD, "size": 13, "line": {"color": style.tokens["ink"], "width": 1}},
        "dot": {"color": style.tokens["ink"], "size": 6, "line": {"width": 1.5}},
    }


def _difference(runs: tuple[Run, ...], style: Style) -> dict[str, Any]:
    """The colours of a map of who comes sooner: of each run, of a draw, and of those who part."""
    sides = [style.colours[run.slot] for run in runs]
    said = {"same": style.tokens["panel"], "elsewhere": colours.ELSEWHERE[style.mode]}
    return {"sides": sides, **said, "near": colours.NEAR, "far": colours.FAR}


def _empty(surface: Surface, lowest: tuple[Point, ...], others: tuple[Point, ...]) -> str:
    """What must be said where there is no minimum to end in."""
    return "" if lowest or others else "This surface has no minimum: no walk ends in one."
