"""The basins of a page as a picture, as its tab shows them: for who has no browser. Pillow and numpy."""

import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from PIL.PngImagePlugin import PngInfo

from landscapes import Surface
from optim_core import Basins

from ..basins import colours, work
from ..page.labels import labels, met
from ..page.numbers import brief, significant
from ..page.scales import round_numbers
from ..page.state import Run, State
from ..screen import theme
from ..screen.theme import Style
from ..walks import results
from ..walks.levels import banded
from .ink import cut, edges, font_of, outline_mask, smoothed, spelled

Array = np.ndarray
LARGEST = 640  # px of the longer side of a map
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 34, 46  # px around a map: its title, its ticks
TYPE, TITLE = 14, 16  # px
LINE = 22  # px of a line of the caption
FINE = 3  # px of the level lines for one of the picture
SLENDER = 2.5  # times as long as wide: a map that is more slender is drawn at another scale
TICKS = 6
STAR, RING = theme.HEADS[-1][1], theme.HEADS[0][1]


class Map(NamedTuple):
    """What is drawn: a title in a colour, perhaps a marker, and the colours of the cells from the lowest row on."""

    title: str
    ink: str
    head: str
    colour: str
    cells: Array  # (ny, nx, 3)


def png(state: State, found: Sequence[Basins], link: str = "") -> bytes:
    """The maps of the chosen runs of a state (`app.basins.work.chosen`), of which `found` has one each.

    In the theme of the state, light where that is left open; the state's query, or `link`, stands in its comment.
    """
    style = Style(state.view.theme if state.view.theme in theme.TOKENS else "light")
    maps, size = _maps(state, found, style), _size(state.landscape)
    wide, high = size[0] + LEFT + RIGHT, size[1] + TOP + BOTTOM
    words = _caption(state, found)
    sheet = Image.new("RGB", (wide * len(maps), high + LINE * len(words) + 10), style.tokens["panel"])
    for place, one in enumerate(maps):
        _draw(sheet, (place * wide + LEFT, TOP), size, one, state, found[0], style)
    for place, text in enumerate(words):
        _write(sheet, (LEFT, high + LINE * place + LINE / 2), text, style.tokens["ink"], sheet.width - LEFT - RIGHT)
    about, file = PngInfo(), io.BytesIO()
    about.add_text("Comment", f"Downslope {link or state.to_query()}")
    sheet.save(file, "PNG", optimize=True, pnginfo=about)
    return file.getvalue()


# --- what is drawn -------------------------------------------------------------------------------------------------


def _maps(state: State, found: Sequence[Basins], style: Style) -> list[Map]:
    runs, steps = work.chosen(state), work.steps(state)
    minima = tuple(map(tuple, found[0].minima.tolist()))
    of_minima = colours.of_minima(minima, found[0].n_global)
    maps = [
        _of_run(state, run, colours.picture(one, of_minima, steps, style.mode), style)
        for run, one in zip(runs, found, strict=True)
    ]
    if len(runs) > 1 and state.basins.show == "difference":
        sides = [style.colours[run.slot] for run in runs]
        cells = colours.compared(found, sides, steps, style.mode)
        maps.append(Map("Who is there sooner", style.tokens["ink"], "", "", cells))
    return maps


def _of_run(state: State, run: Run, cells: Array, style: Style) -> Map:
    called = labels(state.runs, state.letters)[state.runs.index(run)]
    return Map(called, style.texts[run.slot], theme.HEADS[run.slot][1], style.colours[run.slot], cells)


def _size(surface: Surface) -> tuple[int, int]:
    wide, high = (high - low for low, high in surface.domain)
    aspect = min(max(wide / high, 1 / SLENDER), SLENDER)
    return round(LARGEST * min(aspect, 1)), round(LARGEST * min(1 / aspect, 1))


def _caption(state: State, found: Sequence[Basins]) -> list[str]:
    """What was walked, and how much of the area belongs to which minimum."""
    shape = results.settings(state.landscape)
    about = [f"{state.landscape.label} {shape}".strip(), f"{work.steps(state)} steps each", met(state)]
    return [", ".join(filter(None, about)), *(_shares(*one) for one in zip(_called(state), found, strict=True))]


def _called(state: State) -> list[str]:
    called = dict(zip(state.runs, labels(state.runs, state.letters), strict=True))
    told = (results.settings(run.optimizer, state.letters) for run in work.chosen(state))
    return [f"{called[run]} ({how or 'defaults'})" for run, how in zip(work.chosen(state), told, strict=True)]


def _shares(called: str, found: Basins) -> str:
    *wells, none, diverges = found.shares()
    most = sorted(wells, key=lambda one: -one.share)[:5]
    parts = [
        f"({significant(x, 3)}, {significant(y, 3)}) {one.share:.1%}"
        for one in most
        if one.share
        for x, y in [one.minimum]
    ]
    parts += [f"near none {none.share:.1%}"] * bool(none.share) + [f"diverges {diverges.share:.1%}"] * bool(
        diverges.share
    )
    return f"{called}: {', '.join(parts)}"


# --- ink -----------------------------------------------------------------------------------------------------------


def _draw(
    sheet: Image.Image, at: tuple[int, int], size: tuple[int, int], one: Map, state: State, found: Basins, style: Style
) -> None:
    picture = Image.fromarray(one.cells[::-1]).resize(size, Image.Resampling.NEAREST)
    _levels(picture, state.landscape, style.tokens["levels"])
    for place, point in enumerate(found.minima.tolist()):
        _mark(picture, _pixels(point, state.landscape, size), place < found.n_global, len(found.minima), style)
    _ring(picture, _pixels(state.begin, state.landscape, size), style)
    sheet.paste(picture, at)
    _ticks(sheet, at, size, state.landscape, style)
    left = at[0]
    if one.head:
        mask = outline_mask(one.head, 6, 0)
        sheet.paste(one.colour, (left, TOP // 2 - mask.height // 2), mask)
        left += 22
    _write(sheet, (left, TOP // 2), one.title, one.ink, size[0] - 22, TITLE)


def _levels(picture: Image.Image, surface: Surface, colour: str) -> None:
    """The surface's level lines, over whatever is there."""
    here = banded(surface, surface.domain)
    bands, there = smoothed(here.band[::-1], (FINE * picture.width, FINE * picture.height))
    drawn = edges(np.minimum(np.floor(bands), len(here.levels)), there)
    lines = Image.fromarray(255 * drawn).filter(ImageFilter.MaxFilter(FINE)).reduce(FINE)
    parts = colour.removeprefix("rgba(").rstrip(")").split(",")
    strength = float(parts[3])
    picture.paste(tuple(map(int, parts[:3])), (0, 0), lines.point(lambda value: round(strength * value)))


def _pixels(point: Sequence[float], surface: Surface, size: tuple[int, int]) -> tuple[float, float]:
    shares = [(value - low) / (high - low) for value, (low, high) in zip(point, surface.domain, strict=True)]
    return shares[0] * size[0], (1 - shares[1]) * size[1]


def _mark(picture: Image.Image, at: tuple[float, float], is_lowest: bool, count: int, style: Style) -> None:
    """A star for a global minimum, a small ring for another one."""
    if is_lowest:
        _put(picture, outline_mask(STAR, 9, 0), at, style.tokens["ink"])
        _put(picture, outline_mask(STAR, 7, 0), at, theme.GOLD)
        return
    x, y, r = *at, 2.5 if count > 25 else 4
    ImageDraw.Draw(picture).ellipse((x - r, y - r, x + r, y + r), outline=style.tokens["ink"])


def _ring(picture: Image.Image, at: tuple[float, float], style: Style) -> None:
    """The start."""
    for radius, colour, width in ((11, style.tokens["panel"], 4), (10, style.tokens["ink"], 2)):
        box = (at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)
        ImageDraw.Draw(picture).ellipse(box, outline=colour, width=width)


def _put(picture: Image.Image, mask: Image.Image, at: tuple[float, float], colour: str) -> None:
    picture.paste(colour, (round(at[0]) - mask.width // 2, round(at[1]) - mask.height // 2), mask)


def _ticks(sheet: Image.Image, at: tuple[int, int], size: tuple[int, int], surface: Surface, style: Style) -> None:
    (x0, x1), (y0, y1) = surface.domain
    pen, soft = ImageDraw.Draw(sheet), style.tokens["soft"]
    for value in round_numbers(x0, x1, TICKS):
        x = at[0] + (value - x0) / (x1 - x0) * size[0]
        pen.text((x, at[1] + size[1] + 6), _said(value), soft, font_of(TYPE), anchor="ma")
    for value in round_numbers(y0, y1, TICKS):
        y = at[1] + (y1 - value) / (y1 - y0) * size[1]
        pen.text((at[0] - 6, y), _said(value), soft, font_of(TYPE), anchor="rm")
    pen.text((at[0] + size[0] / 2, at[1] + size[1] + 26), "x", soft, font_of(TYPE), anchor="ma")
    pen.text((at[0] - 44, at[1] + size[1] / 2), "y", soft, font_of(TYPE), anchor="lm")


def _said(value: float) -> str:
    return spelled(brief(value), TYPE)


def _write(sheet: Image.Image, at: tuple[float, float], text: str, ink: str, room: float, size: int = TYPE) -> None:
    """A line of text by the middle of its left edge, cut to its room."""
    ImageDraw.Draw(sheet).text(at, spelled(cut(text, room, size), size), ink, font_of(size), anchor="lm")
