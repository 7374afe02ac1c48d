"""A sweep as a picture, as its tab shows it: for who has no browser. Pillow and numpy."""

import io
import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from ..page.labels import met
from ..page.numbers import brief, significant
from ..page.scales import round_numbers
from ..page.state import State
from ..screen import theme
from ..screen.theme import Style
from ..sweep import asked, figures
from ..walks import results
from .ink import cut, font_of, outline_mask, spelled
from .sweep_data import Swept

Array = np.ndarray
SIZE = (720, 440)  # px of the plot
LEFT, RIGHT, TOP, BOTTOM = 100, 20, 40, 52  # px around it
TYPE, LINE = 14, 22  # px
FINE = 3  # px of what is drawn for one of the picture
WEAKEST = 0.94  # how much of the paper is in the colour of the worst
MARKS = 6  # along the axis of values
FLOOR, HEADROOM = -20.0, 1.0  # decades: the lowest loss that is shown, and how far above the start
DIVERGED, NEVER = theme.DIVERGED, theme.NONE


class Frame(NamedTuple):
    """Which numbers stand at the edges of the plot: left, right, bottom, top."""

    x0: float
    x1: float
    y0: float
    y1: float

    def at(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Where a place of the axes is, in px of the plot."""
        across = (x - self.x0) / (self.x1 - self.x0) * SIZE[0]
        return across, (self.y1 - y) / (self.y1 - self.y0) * SIZE[1]


def png(state: State, found: Sequence[Swept], link: str = "") -> bytes:
    """The curves, or the field of two numbers, in the theme of the state, light where that is left open.

    The state's query, or `link`, stands in its comment.
    """
    style = Style(state.view.theme if state.view.theme in theme.TOKENS else "light")
    look, words = figures.look(state, style.mode), _caption(state, found)
    high = TOP + SIZE[1] + BOTTOM
    sheet = Image.new("RGB", (LEFT + SIZE[0] + RIGHT, high + LINE * len(words) + 10), style.tokens["panel"])
    (_field if look["kind"] == "grid" else _curves)(sheet, state, found, look, style)
    _legend(sheet, look)
    for place, text in enumerate(words):
        at = (LEFT, high + LINE * place + LINE / 2)
        _write(sheet, at, cut(text, SIZE[0], TYPE), style.tokens["ink"], "lm")
    about, file = PngInfo(), io.BytesIO()
    about.add_text("Comment", f"Downslope {link or state.to_query()}")
    sheet.save(file, "PNG", optimize=True, pnginfo=about)
    return file.getvalue()


def _caption(state: State, found: Sequence[Swept]) -> list[str]:
    course = asked.course(state)
    x, y = map(brief, course.start)
    ground = f"{state.landscape.label} {results.settings(state.landscape)}".strip()
    about = [ground, f"start ({x}, {y})", f"{course.n_steps} steps", f"target {brief(state.sweep.target)}", met(state)]
    return [", ".join(filter(None, about)), *(_best(state, one) for one in found)]


def _best(state: State, one: Swept) -> str:
    best = one.made.chosen(state.sweep.criterion)
    if best is None:
        return f"{one.label}: diverges everywhere"
    told = ", ".join(f"{_symbol(state, one, name)} {significant(value, 3)}" for name, value in best.items())
    if state.sweep.kind == "grid":
        return f"{one.label}: best at {told}"
    widths = " and ".join(f"{one.made.width(kind):.2f}" for kind in ("final", "best"))
    return f"{one.label}: best at {told}; {widths} decades end, or once are, within 10 times of the best end"


def _symbol(state: State, one: Swept, name: str) -> str:
    symbol = state.letters.of(type(one.run.optimizer).__dataclass_fields__[name].metadata["hyper"].symbol)
    return symbol or name.replace("_", " ")


# --- curves ---------------------------------------------------------------------------------------------------------


def _curves(sheet: Image.Image, state: State, found: Sequence[Swept], look: dict, style: Style) -> None:
    columns = [_column(state, one) for one in found]
    frame = Frame(*look["layout"]["xaxis"]["range"], *_span(state, columns, look))
    fine = Image.new("RGB", (SIZE[0] * FINE, SIZE[1] * FINE), style.tokens["panel"])
    pen, places = ImageDraw.Draw(fine), look["places"]
    _lines(pen, frame, look, style)
    for row, (one, column, how) in enumerate(zip(found, columns, look["runs"], strict=True)):
        _curve(pen, frame, places, column, how["color"])
        _diverged(pen, frame, places[~_ends(one)], row, style)
    plot = fine.reduce(FINE)
    for column, how in zip(columns, look["runs"], strict=True):
        if how["at"] is None or not frame.x0 <= how["at"] <= frame.x1:
            continue
        height = float(np.interp(how["at"], places, column))
        if math.isfinite(height):
            _head(plot, frame.at(how["at"], height), how, style)
    _framed(sheet, plot, frame, look, style, _values(frame, look))


def _column(state: State, one: Swept) -> Array:
    """What is drawn of each rate: a height, or the logarithm of steps; NaN: nothing is."""
    if state.sweep.curve == "steps":
        steps = one.made.stays if state.sweep.criterion == "stays" else one.made.first
        return np.where(np.isfinite(steps), np.log10(np.maximum(steps, 1)), np.nan)
    heights = asked.course(state).heights(getattr(one.made, state.sweep.curve))
    return np.where(np.isneginf(heights), FLOOR, heights)


def _ends(one: Swept) -> Array:
    return np.isfinite(one.made.final)


def _span(state: State, columns: Iterable[Array], look: dict) -> tuple[float, float]:
    """From what to what the axis of values goes."""
    shown = np.concatenate([column[np.isfinite(column)] for column in columns])
    low, high = (shown.min(), shown.max()) if len(shown) else (0.0, 1.0)
    if state.sweep.curve != "steps" and look["begin"] is not None:
        top = look["begin"] + (HEADROOM if look["log"] else 0.2 * max(look["begin"] - low, 1e-9))
        low, high = max(low, FLOOR) if look["log"] else low, max(min(high, top), low)
    room = 0.05 * max(high - low, 1e-6)
    return float(low - room), float(high + room)


def _lines(pen: ImageDraw.ImageDraw, frame: Frame, look: dict, style: Style) -> None:
    """Grid lines, and the target."""
    for x in look["layout"]["xaxis"]["tickvals"]:
        _line(pen, [frame.at(x, frame.y0), frame.at(x, frame.y1)], style.tokens["grid"], 1)
    for y, _ in _values(frame, look):
        _line(pen, [frame.at(frame.x0, y), frame.at(frame.x1, y)], style.tokens["grid"], 1)
    if look["log"] and look["curve"] != "steps":
        _line(pen, [frame.at(frame.x0, look["target"]), frame.at(frame.x1, look["target"])], style.tokens["soft"], 1)


def _curve(pen: ImageDraw.ImageDraw, frame: Frame, places: Array, column: Array, colour: str) -> None:
    """A line through what is finite."""
    there = np.isfinite(column)
    for part in np.split(np.arange(len(column)), np.flatnonzero(np.diff(there.astype(int))) + 1):
        if there[part[0]]:
            points = [frame.at(*point) for point in zip(places[part], column[part], strict=True)]
            _line(pen, points if len(points) > 1 else [(points[0][0] - 2, points[0][1]), points[0]], colour, 2.5)


def _diverged(pen: ImageDraw.ImageDraw, frame: Frame, places: Array, row: int, style: Style) -> None:
    """A mark at the upper edge for each rate that diverges, a row for each run."""
    for place in places.tolist():
        x, y = frame.at(place, frame.y1)
        _line(pen, [(x, y + 3 + 8 * row), (x, y + 8 + 8 * row)], style.tokens["wrong"], 2)


def _values(frame: Frame, look: dict) -> list[tuple[float, str]]:
    """Marks of the axis of values: (where, what)."""
    if look["log"] or look["curve"] == "steps":
        first, last = math.ceil(frame.y0), math.floor(frame.y1)
        every = max(1, math.ceil((last - first) / MARKS))
        return [(float(power), _decade(power)) for power in range(first, last + 1, every)]
    return [(value, brief(value)) for value in round_numbers(frame.y0, frame.y1, MARKS)]


def _decade(power: int) -> str:
    return f"{10.0**power:g}" if -3 <= power <= 3 else f"1e{power}"


# --- two numbers ----------------------------------------------------------------------------------------------------


def _field(sheet: Image.Image, state: State, found: Sequence[Swept], look: dict, style: Style) -> None:
    (one,), (how,), (across, up) = found, look["runs"], look["sides"]
    frame = Frame(*across["range"], *up["range"])
    plot = Image.fromarray(_cells(state, one, how["color"], style)[::-1]).resize(SIZE, Image.Resampling.NEAREST)
    for border in [look["theory"]["border"]] if look["theory"] else []:
        points = [frame.at(x, y) for x, y in border.T.tolist() if math.isfinite(x)]
        ImageDraw.Draw(plot).line(points, style.tokens["ink"], 2)
    best = one.made.chosen(state.sweep.criterion)
    if best:
        places = [int(np.flatnonzero(one.made.axes[name] == value)[0]) for name, value in best.items()]
        _ring(plot, frame.at(across["places"][places[0]], up["places"][places[1]]), style)
    if all(math.isfinite(side["now"]) for side in look["sides"]):
        _head(plot, frame.at(across["now"], up["now"]), how, style)
    axis = look["layout"]["yaxis"]
    marks = list(zip(axis["tickvals"], map("".join, axis["ticktext"]), strict=True))
    _framed(sheet, plot, frame, look, style, marks)


def _cells(state: State, one: Swept, colour: str, style: Style) -> Array:
    """A colour for each pair, `(up, across, 3)`: the run's own, the stronger the better."""
    made = one.made
    if state.sweep.colour == "steps":
        steps = made.stays if state.sweep.criterion == "stays" else made.first
        column = np.where(np.isfinite(steps), np.log10(np.maximum(steps, 1)), np.nan)
    else:
        column = np.maximum(asked.course(state).heights(made.final), FLOOR)
    there = np.isfinite(column)
    low, high = (column[there].min(), column[there].max()) if there.any() else (0.0, 1.0)
    share = np.where(there, (column - low) / max(high - low, 1e-9), 1.0)[..., None]
    cells = (1 - WEAKEST * share) * _rgb(colour) + WEAKEST * share * _rgb(style.tokens["panel"])
    cells[~there] = _rgb(NEVER[style.mode])
    cells[~_ends(one)] = _rgb(DIVERGED[style.mode])
    return np.round(cells).astype(np.uint8).swapaxes(0, 1)


def _rgb(colour: str) -> Array:
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)], float)


# --- ink ------------------------------------------------------------------------------------------------------------


def _framed(
    sheet: Image.Image, plot: Image.Image, frame: Frame, look: dict, style: Style, marks: Sequence[tuple[float, str]]
) -> None:
    """The plot in its place, with what stands beside its axes."""
    sheet.paste(plot, (LEFT, TOP))
    soft, axes = style.tokens["soft"], look["layout"]
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((LEFT, TOP, LEFT + SIZE[0], TOP + SIZE[1]), outline=style.tokens["line"])
    for x, (base, power) in zip(axes["xaxis"]["tickvals"], axes["xaxis"]["ticktext"], strict=True):
        word = f"1e{power.replace('−', '-')}" if power else base
        _write(sheet, (LEFT + frame.at(x, 0.0)[0], TOP + SIZE[1] + 6), word, soft, "ma")
    for y, word in marks:
        _write(sheet, (LEFT - 6, TOP + frame.at(0.0, y)[1]), word, soft, "rm")
    _write(sheet, (LEFT + SIZE[0] / 2, TOP + SIZE[1] + 28), axes["xaxis"]["title"]["text"], soft, "ma")
    _upright(sheet, (12, TOP + SIZE[1] // 2), axes["yaxis"]["title"]["text"], soft, style.tokens["panel"])


def _legend(sheet: Image.Image, look: dict) -> None:
    left = float(LEFT)
    for how in look["runs"]:
        mask = outline_mask(how["head"], 6, 0)
        sheet.paste(how["color"], (round(left), TOP // 2 - mask.height // 2), mask)
        _write(sheet, (left + 20, TOP / 2), how["label"], how["ink"], "lm")
        left += 40 + font_of(TYPE).getlength(spelled(how["label"], TYPE))


def _head(plot: Image.Image, at: tuple[float, float], how: dict, style: Style) -> None:
    """The marker of a run where it stands now."""
    for radius, colour in ((9, style.tokens["panel"]), (7, how["color"])):
        mask = outline_mask(how["head"], radius, 0)
        plot.paste(colour, (round(at[0]) - mask.width // 2, round(at[1]) - mask.height // 2), mask)


def _ring(plot: Image.Image, at: tuple[float, float], style: Style) -> None:
    """The best pair."""
    for radius, colour, width in ((9, style.tokens["panel"], 4), (8, style.tokens["ink"], 2)):
        box = (at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)
        ImageDraw.Draw(plot).ellipse(box, outline=colour, width=width)


def _line(pen: ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], colour: str, width: float) -> None:
    pen.line([(FINE * x, FINE * y) for x, y in points], colour, round(FINE * width), joint="curve")


def _write(sheet: Image.Image, at: tuple[float, float], text: str, ink: str, anchor: str) -> None:
    ImageDraw.Draw(sheet).text(at, spelled(text, TYPE), ink, font_of(TYPE), anchor=anchor)


def _upright(sheet: Image.Image, at: tuple[int, int], text: str, ink: str, paper: str) -> None:
    """A text from below to above, by the middle of its left edge."""
    shown = spelled(text, TYPE)
    line = Image.new("RGB", (math.ceil(font_of(TYPE).getlength(shown)) + 2, LINE), paper)
    ImageDraw.Draw(line).text((1, LINE / 2), shown, ink, font_of(TYPE), anchor="lm")
    turned = line.rotate(90, expand=True)
    sheet.paste(turned, (at[0], at[1] - turned.height // 2))
