"""What pictures are drawn with where there is no browser: type, markers, and grids made smooth. Pillow and numpy."""

import math
import re
import unicodedata
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Array = np.ndarray
FONTS = (
    "DejaVuSans.ttf",
    "LiberationSans-Regular.ttf",
    "Arial.ttf",
    "Arial Unicode.ttf",
    "segoeui.ttf",
    "Helvetica.ttc",
)


@lru_cache(maxsize=8)
def font_of(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    """One of the usual fonts with Greek letters, else Pillow's own."""
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


@lru_cache(maxsize=512)
def spelled(text: str, size: int) -> str:
    """The text, with what the font lacks in other letters."""
    return "".join(letter if has(letter, size) else _plainly(letter) for letter in text if letter.isprintable())


@lru_cache(maxsize=1024)
def has(letter: str, size: int) -> bool:
    font = font_of(size)
    return letter.isascii() or bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


def _plainly(letter: str) -> str:
    if letter == "−":
        return "-"
    name = unicodedata.name(letter, "")
    if name.startswith("GREEK"):
        return name.split()[-1].lower()
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() or "?"


def cut(text: str, room: float, size: int = 12) -> str:
    font = font_of(size)
    while font.getlength(spelled(text, size)) > room:
        text = text.removesuffix("…")[:-1] + "…"
    return text


def outline_mask(outline: str, radius: float, halo: int) -> Image.Image:
    """A marker of the theme, white on black, with room for a halo; drawn large and made small, for its edges."""
    half, fine = math.ceil(1.35 * radius) + halo, 8
    mask = Image.new("L", (fine * (2 * half + 1),) * 2)
    middle, scale = mask.width / 2, radius * fine
    pen = ImageDraw.Draw(mask)
    if "A" in outline:
        pen.ellipse((middle - scale, middle - scale, middle + scale, middle + scale), 255)
    else:
        pen.polygon([(middle + scale * x, middle + scale * y) for x, y in _corners(outline)], 255)
    return mask.reduce(fine)


def _corners(outline: str) -> list[tuple[float, float]]:
    """The corners of an SVG path of straight lines."""
    x = y = 0.0
    corners = []
    for kind, rest in re.findall(r"([MLHV])([^A-Z]*)", outline):
        numbers = [float(part) for part in re.findall(r"-?[\d.]+", rest)]
        x = numbers[0] if kind != "V" else x
        y = numbers[-1] if kind != "H" else y
        corners.append((x, y))
    return corners


def smoothed(band: Array, size: tuple[int, int]) -> tuple[Array, Array]:
    """A grid of bands at the size of a picture, and where there are any; a hole (NaN) takes no part in its rim."""
    known = np.isfinite(band)
    bands, share = (_resized(values, size) for values in (np.where(known, band, 0.0), known))
    if known.all():
        return bands, share > 0
    return bands / np.maximum(share, 1e-6), share >= 0.5


def _resized(values: Array, size: tuple[int, int]) -> Array:
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize(size, Image.Resampling.BILINEAR))


def edges(bands: Array, there: Array) -> Array:
    """Where one band meets the next, 1, else 0; there are none beside a hole."""
    edge = np.zeros(bands.shape, np.uint8)
    edge[1:] |= (bands[1:] != bands[:-1]) & there[1:] & there[:-1]
    edge[:, 1:] |= (bands[:, 1:] != bands[:, :-1]) & there[:, 1:] & there[:, :-1]
    return edge
