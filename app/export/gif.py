"""The walks as an animated GIF: the map, the paths growing on it, and the settings beneath.

Every colour is an entry of one palette and everything is drawn in it directly, so nothing has to be quantised. Text and
markers have smooth edges: between a run's colour and the halo around it the palette has a few steps.
"""

import io
import itertools
import math
import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFilter

from landscapes import Formula, Surface, layers

from ..explore.ground import passing
from ..page import weather
from ..page.labels import met, met_alone
from ..page.numbers import brief
from ..page.state import State
from ..page.window import Window, grown
from ..screen import theme
from ..walks import results
from ..walks.fates import lost
from ..walks.levels import banded
from ..walks.simulate import Simulation, Walk
from .ink import cut, edges, font_of, outline_mask, smoothed, spelled

Array = np.ndarray
Box = tuple[int, int, int, int]  # left, upper, right, lower
SIZE = (640, 480)
MARGIN, LINE = 10, 17
FRAMES = 100  # the most
SECONDS, HELD = 6.0, 2.0  # of the walk, and of its last frame
SLOWEST = 0.25  # seconds a frame, in a short walk
BANDS = 20
FINE = 3  # px of the ground for one of the picture
SHADES = 4  # from the panel's colour to another
FAR = 1e4  # px
DASH = 6, 4  # px of a dash, and of the gap behind it
STAR, STAR_OUTLINE = theme.GOLD, theme.HEADS[-1][1]

# places in the palette
PANEL, SHAPES = 0, 1  # SHAPES: SHADES of ink, of soft ink, of the star, then of each slot
INK, SOFT, GOLD = -3, -2, -1  # "slots" of what is not a run
GROUND = SHAPES + SHADES * (3 + len(theme.HEADS))  # the bands, then the bands under a line of each strength
SAME = 255  # nothing is drawn: what is there stays


class Sprite(NamedTuple):
    """A small picture with a halo, and where its middle (its left edge for a text) is."""

    image: Image.Image
    mask: Image.Image
    dx: int
    dy: int

    def put(self, on: Image.Image, x: float, y: float) -> None:
        on.paste(self.image, (round(x) - self.dx, round(y) - self.dy), self.mask)


def gif(sim: Simulation) -> bytes:
    """The animation, repeating for ever, in the theme of the state; its comment is the address's query."""
    style = sim.state.view.theme if sim.state.view.theme in theme.TOKENS else "light"
    sheet, box = _sheet(sim, style)
    frames = [_frame(sheet, box, shown, step, sim.state.n_steps) for step, shown in _maps(sim, box)]
    each = 1000 * min(SECONDS / len(frames), SLOWEST)
    file = io.BytesIO()
    frames[0].save(
        file,
        "GIF",
        save_all=True,
        append_images=[_change(*pair) for pair in itertools.pairwise(frames)],
        transparency=SAME,
        disposal=1,
        duration=[each] * (len(frames) - 1) + [1000 * HELD],
        loop=0,
        optimize=False,
        comment=f"Downslope {sim.state.to_query()}".encode(),
    )
    return file.getvalue()


def _change(before: Image.Image, after: Image.Image) -> Image.Image:
    """A frame with nothing in it but what differs from the one before."""
    old, new = np.asarray(before), np.asarray(after)
    change = Image.fromarray(np.where(old == new, SAME, new).astype(np.uint8))
    change.putpalette(after.getpalette())
    return change


def steps(n_steps: int) -> list[int]:
    """The steps that are shown: the first, the last, and evenly those between."""
    return np.unique(np.linspace(0, n_steps, min(n_steps + 1, FRAMES)).round().astype(int)).tolist()


# --- colours --------------------------------------------------------------------------------------------------------


def _palette(mode: str) -> list[int]:
    tokens = theme.TOKENS[mode]
    low, high, panel, line = (_rgb(tokens[name]) for name in ("low", "high", "panel", "levels"))
    strength = float(tokens["levels"].rstrip(")").rsplit(",", 1)[1])
    shapes = [tokens["ink"], tokens["soft"], STAR, *theme.COLOURS[mode]]
    bands = [low + (high - low) * i / (BANDS - 1) for i in range(BANDS)]
    rows = [panel]
    rows += [panel + (_rgb(colour) - panel) * (i + 1) / SHADES for colour in shapes for i in range(SHADES)]
    rows += [band + (line - band) * strength * i / SHADES for i in range(SHADES + 1) for band in bands]
    return np.round(rows).astype(int).ravel().tolist()


def _rgb(colour: str) -> Array:
    if colour.startswith("rgba"):
        return np.array([float(part) for part in re.findall(r"\d+", colour)[:3]])
    return np.array(ImageColor.getrgb(colour), float)


def _shade(slot: int, step: int = SHADES) -> int:
    """The place in the palette of a slot's colour, or of one nearer to the panel's."""
    return SHAPES + SHADES * (slot - INK) + step - 1


# --- sprites --------------------------------------------------------------------------------------------------------


def _sprite(mask: Image.Image, slot: int, halo: int, dx: int, dy: int) -> Sprite:
    """A shape in a slot's colour; `mask` has room for the halo around it."""
    steps_ = np.array([PANEL, *(_shade(slot, i + 1) for i in range(SHADES))], np.uint8)
    inked = steps_[np.round(np.asarray(mask) / 255 * SHADES).astype(int)]
    around = mask.filter(ImageFilter.MaxFilter(2 * halo + 1)) if halo else mask
    return Sprite(Image.fromarray(inked), around.point(lambda value: 255 * (value > 96), "1"), dx, dy)


def _text(text: str, slot: int, size: int = 12, halo: int = 1) -> Sprite:
    """A line of text, to be put by the middle of its left edge."""
    font = font_of(size)
    text = spelled(text, size)
    room = halo + 1
    mask = Image.new("L", (math.ceil(font.getlength(text)) + 2 * room, size + 6 + 2 * room))
    ImageDraw.Draw(mask).text((room, mask.height / 2), text, 255, font, anchor="lm")
    return _sprite(mask, slot, halo, room, mask.height // 2)


def _marker(outline: str, slot: int, radius: float, halo: int = 2) -> Sprite:
    """A marker of the theme, to be put by its middle."""
    mask = outline_mask(outline, radius, halo)
    return _sprite(mask, slot, halo, mask.width // 2, mask.width // 2)


# --- the map --------------------------------------------------------------------------------------------------------


def _window(surface: Surface, size: tuple[int, int]) -> Window:
    """What a map of this size shows, so that one unit of x is as long as one unit of y."""
    return grown(surface.domain, (size[0] - 1) / (size[1] - 1))


def _ground(surface: Surface, window: Window, size: tuple[int, int]) -> Image.Image:
    """The map in bands, with a smooth line where one band meets the next; drawn large and made small.

    Where the surface has a hole it has the panel's colour.
    """
    here = banded(surface, window)
    smooth, there = smoothed(here.band[::-1], (FINE * size[0], FINE * size[1]))
    bands = np.minimum(np.floor(smooth), len(here.levels))  # the last one has no end
    lines = Image.fromarray(255 * edges(bands, there)).filter(ImageFilter.MaxFilter(FINE)).reduce(FINE)
    strength = np.round(np.asarray(lines) / 255 * SHADES).astype(np.uint8)
    low, high = here.span
    shades = np.clip((bands[1::FINE, 1::FINE] - low + 1) / (high - low) * BANDS, 0, BANDS - 1).astype(np.uint8)
    return Image.fromarray(
        np.where(there[1::FINE, 1::FINE], GROUND + BANDS * strength + shades, PANEL).astype(np.uint8)
    )


def pixels(points: Array, surface: Surface, size: tuple[int, int]) -> Array:
    """Where points (n, 2) are on a map of this size."""
    (x0, x1), (y0, y1) = _window(surface, size)
    share = (points - (x0, y0)) / (x1 - x0, y1 - y0)
    return np.clip((share * (1, -1) + (0, 1)) * (np.array(size) - 1), -FAR, FAR)


class _Trail:
    """One run on the map, drawn on from frame to frame into the three layers: around, beside and on its line."""

    def __init__(self, walk: Walk, surface: Surface, size: tuple[int, int]) -> None:
        end = walk.diverged_at
        self.slot, self.drawn = walk.run.slot, 0
        with np.errstate(all="ignore"):
            self.points = pixels(walk.trajectory.params[:end], surface, size)
        self.widths = (4, 2, 1) if walk.run.pinned else (7, 4, 2)
        self.head = _marker(theme.HEADS[self.slot][1], self.slot, 5.5)
        self.label = _text(walk.label, self.slot, halo=2)

    def draw(self, pens: list[ImageDraw.ImageDraw], step: int) -> None:
        if not len(self.points):
            return
        at = min(step, len(self.points) - 1)
        part = self.points[self.drawn : at + 1]
        part = part[np.append(True, np.abs(np.diff(part, axis=0)).max(axis=1) > 0.25)]
        if len(part) > 1:
            inks = (1, _shade(self.slot, SHADES // 2), _shade(self.slot))
            for pen, width, ink in zip(pens, self.widths, inks, strict=True):
                pen.line(part.ravel().tolist(), ink, width, joint="curve" if width > 4 else None)
        self.drawn = at

    def place(self) -> tuple[float, float]:
        """Where the head is; far away before a run with no point at all."""
        return tuple(self.points[self.drawn]) if len(self.points) else (FAR, FAR)


def _maps(sim: Simulation, box: Box) -> Iterator[tuple[int, Image.Image]]:
    """A picture of the map for each step that is shown."""
    surface, size = sim.state.landscape, (box[2] - box[0], box[3] - box[1])
    bases = _Bases(sim.state, size)
    layers = [Image.new("L", size) for _ in range(3)]
    pens = [ImageDraw.Draw(layer) for layer in layers]
    trails = [_Trail(walk, surface, size) for walk in sim.walks]
    for step in steps(sim.state.n_steps):
        for trail in trails:
            trail.draw(pens, step)
        base = np.asarray(_minima(bases.at(step), surface, bases.moved(step)))
        around, beside, on = (np.asarray(layer) for layer in layers)
        drawn = np.where(on, on, np.where(beside, beside, np.where(around, PANEL, base))).astype(np.uint8)
        shown = Image.fromarray(drawn)
        _heads(shown, trails)
        yield step, shown


class _Bases:
    """The ground of every step: of a surface that moves a part of a larger one."""

    def __init__(self, state: State, size: tuple[int, int]) -> None:
        self.state, self.size = state, size
        shown = _window(state.landscape, size)
        self.window = passing(state, shown)
        self.unit = [(many - 1) / (high - low) for many, (low, high) in zip(size, shown, strict=True)]  # px
        whole = [round(by * (high - low)) + 1 for by, (low, high) in zip(self.unit, self.window, strict=True)]
        self.ground = _ground(state.landscape, self.window, (whole[0], whole[1]))
        self.left, self.top = shown[0][0] - self.window[0][0], self.window[1][1] - shown[1][1]

    def moved(self, step: int) -> tuple[float, float]:
        return weather.moved(self.state.weather, step)

    def at(self, step: int) -> Image.Image:
        x, y = self.moved(step)
        left, top = round((self.left - x) * self.unit[0]), round((self.top + y) * self.unit[1])
        part = Image.new("P", self.size, PANEL)
        part.paste(self.ground, (-left, -top))
        return part


def _minima(image: Image.Image, surface: Surface, moved: tuple[float, float]) -> Image.Image:
    star, dot = _marker(STAR_OUTLINE, GOLD, 6.5, halo=1), _marker(theme.HEADS[0][1], SOFT, 3, halo=1)
    for sprite, points in ((dot, surface.local_minima), (star, surface.minima)):
        for x, y in pixels(np.reshape(points, (-1, 2)) + moved, surface, image.size):
            sprite.put(image, x, y)
    if surface.minima_along is not None:
        _dashed(image, pixels(surface.minima_along.drawn(_window(surface, image.size)).T + moved, surface, image.size))
    return image


def _dashed(image: Image.Image, points: Array) -> None:
    """A line of dashes through points (n, 2), broken where they are NaN."""
    pen, gaps = ImageDraw.Draw(image), np.flatnonzero(np.isnan(points[:, 0]))
    for piece in np.split(points, gaps):
        part = piece[~np.isnan(piece[:, 0])]
        along = np.append(0, np.cumsum(np.hypot(*np.diff(part, axis=0).T)))
        for begin in np.arange(0, along[-1], sum(DASH)):
            at = np.linspace(begin, min(begin + DASH[0], along[-1]), DASH[0] + 1)
            dash = np.stack([np.interp(at, along, values) for values in part.T], axis=1)
            pen.line(dash.ravel().tolist(), _shade(GOLD), 2)


def _heads(image: Image.Image, trails: list[_Trail]) -> None:
    """Markers where the runs stand, and their names beside them: moved down where another one stands already."""
    width, height = image.size
    there = [trail for trail in trails if 0 <= trail.place()[0] < width and 0 <= trail.place()[1] < height]
    for trail in there:
        trail.head.put(image, *trail.place())
    taken: list[tuple[float, float, int]] = []
    for trail in sorted(there, key=lambda one: one.place()[1]):
        (x, y), long = trail.place(), trail.label.image.width
        left = x + 10 if x + 10 + long < width else x - 10 - long
        while any(abs(y - other) < 13 and left < at + wide and at < left + long for at, other, wide in taken):
            y += 2
        taken.append((left, y, long))
        trail.label.put(image, left, y)


# --- the sheet ------------------------------------------------------------------------------------------------------


def _sheet(sim: Simulation, mode: str) -> tuple[Image.Image, Box]:
    """What stays the same: the caption and the palette; and the box that the map fills."""
    rows, more, n = math.ceil(len(sim.walks) / 2), met(sim.state), sim.state.n_steps
    room = SIZE[0] - 3 * MARGIN - _counter(n, n).image.width
    about = [_about(sim.state, room), *([cut(more, SIZE[0] - 2 * MARGIN)] if more else [])]
    box = (MARGIN, MARGIN, SIZE[0] - MARGIN, SIZE[1] - MARGIN - LINE * (rows + len(about)) - 6)
    sheet = Image.new("P", SIZE, PANEL)
    sheet.putpalette(_palette(mode))
    y = box[3] + 6 + LINE / 2
    for place, words in enumerate(about):
        _text(words, INK, halo=0).put(sheet, MARGIN, y + LINE * place)
    for place, walk in enumerate(sim.walks):
        row, column = place % rows, place // rows
        at = MARGIN + column * SIZE[0] // 2, y + LINE * (row + len(about))
        _legend(sheet, walk, sim.state, *at)
    return sheet, box


def _about(state: State, room: float) -> str:
    """The surface and the start, in so many pixels: the surface is cut if need be."""
    shape = results.settings(state.landscape)
    x, y = (brief(value) for value in state.begin)
    name, begin = f"{state.landscape.label}{' ' if shape else ''}{shape}", f", start ({x}, {y})"
    if isinstance(layers(state.landscape)[0], Formula):
        name = f"f(x, y) = {state.landscape.formula}"
    return cut(name, room - font_of(12).getlength(spelled(begin, 12))) + begin


def _legend(sheet: Image.Image, walk: Walk, state: State, x: float, y: float) -> None:
    """A run's marker, name and settings, cut to half the width of the sheet."""
    run = walk.run
    _marker(theme.HEADS[run.slot][1], run.slot, 4.5, halo=0).put(sheet, x + 7, y)
    settings = results.settings(run.optimizer, state.letters)
    own = [run.optimizer.label] if run.name else []
    became = lost(walk, state.landscape)
    end = [became.told] if became else []
    words = f"{walk.label}: {', '.join([*own, *end, settings or 'defaults'])}"
    words = "; ".join(filter(None, [words, met_alone(run, state.letters)]))
    room = SIZE[0] / 2 - MARGIN - 24
    _text(cut(words, room), SOFT, halo=0).put(sheet, x + 19, y)


def _frame(sheet: Image.Image, box: Box, shown: Image.Image, step: int, n: int) -> Image.Image:
    frame = sheet.copy()
    frame.paste(shown, box[:2])
    counter = _counter(step, n)
    counter.put(frame, SIZE[0] - MARGIN - counter.image.width, box[3] + 6 + LINE / 2)
    return frame


def _counter(step: int, n: int) -> Sprite:
    return _text(f"step {step} / {n}", INK, halo=0)
