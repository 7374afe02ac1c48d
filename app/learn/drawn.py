"""What a worksheet draws, as SVG in millimetres: a map to draw on, a line of numbers, and empty axes.

Everything is ink on white: lines are thin and grey, so that a pencil is seen on them.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from html import escape

from ..page.numbers import brief
from ..page.scales import round_numbers, round_step
from ..page.state import State
from ..page.window import Window, grown
from ..screen import theme
from ..walks.isolines import level_lines
from ..walks.levels import banded

Point = Sequence[float]
LEFT, BELOW = 9.0, 8.0  # mm beside a map, for the numbers of its axes
MARGIN = 1.5  # mm
TYPE = 2.9  # mm: the size of numbers
FINE, FAR = 0.3, 1e4  # mm from point to point of a line, and beyond which there is no paper
EDGE = 0.06  # of a window: how far the start is from its edge at least
FINER = 5  # lines of the grid to a numbered one
MARKS = 8  # numbers along the longer side of a map
LINE_MARKS = 10  # the most numbers along a line
DECADE_MARKS = 7  # numbers along a logarithmic line
TICK, SMALL_TICK = 4.0, 2.2  # mm
STAR, RING, CROSS = 1.9, 1.4, 2.2  # mm: how large a minimum, the start and an answer are


def map_of(state: State, size: tuple[float, float], walked: Iterable[Iterable[Point]] = (), at: Point = ()) -> str:
    """The surface of a state as level lines (`size` mm), under a grid on which a point can be drawn.

    Its minima and its start are marked; `walked` are paths that are shown, and `at` a point that is marked by a cross.
    """
    wide, high = size[0] - LEFT - MARGIN, size[1] - BELOW - MARGIN
    window = grown(_around(state), wide / high)
    wide, high = _fitted(window, wide, high)
    place = _placed(window, wide, high)
    lines = "".join(f'<path d="{_path(map(place, line))}"/>' for line in level_lines(banded(state.landscape, window)))
    paths = "".join(f'<path d="{_path(map(place, path))}"/>' for path in walked)
    marks = "".join(_mark("minimum", STAR, theme.HEADS[-1][1], place(point)) for point in state.landscape.minima)
    marks += "".join(_mark("local", RING, theme.HEADS[0][1], place(point)) for point in state.landscape.local_minima)
    marks += _start(place(state.begin)) + ("" if len(at) == 0 else _cross(place(at)))
    return _svg(
        (wide + LEFT + MARGIN, high + BELOW + MARGIN),
        f'<svg x="{LEFT}" y="{MARGIN}" width="{wide:.2f}" height="{high:.2f}" class="plot">'
        f'<g class="levels">{lines}</g>{_grid(window, wide, high)}<g class="walked">{paths}</g>{marks}</svg>'
        f'<rect class="frame" x="{LEFT}" y="{MARGIN}" width="{wide:.2f}" height="{high:.2f}"/>'
        f"{_numbers(window, wide, high)}",
        "Map with a grid",
    )


def number_line(low: float, high: float, is_log: bool, unit: str, width: float, at: float | None = None) -> str:
    """A line of numbers (`width` mm) on which one can be marked; `at` is marked already."""
    place = _scale(low, high, is_log, width - 12)
    small, large = _marks(low, high, is_log)
    ticks = "".join(_tick(6 + place(value), SMALL_TICK) for value in small)
    ticks += "".join(
        _tick(6 + place(value), TICK) + _text(6 + place(value), 13, _short(value), "middle") for value in large
    )
    line = f'<path class="frame" d="M6,7H{width - 6:.2f}"/>'
    mark = "" if at is None else _cross((6 + place(min(max(at, low), high)), 7.0))
    return _svg((width, 17.0 if unit else 14.5), f"{line}{ticks}{_text(width - 6, 16.8, unit, 'end')}{mark}", "Scale")


def axes(size: tuple[float, float], across: str, up: str) -> str:
    """Empty axes (`size` mm) with a light grid, on which a curve can be drawn."""
    wide, high = size[0] - 6, size[1] - 6
    columns, rows = (max(2, round(length / 10)) for length in (wide, high))
    lines = [f"M{6 + wide * i / columns:.2f},1V{1 + high:.2f}" for i in range(1, columns + 1)]
    lines += [f"M6,{1 + high * i / rows:.2f}H{6 + wide:.2f}" for i in range(rows)]
    frame = f'<path class="frame" d="M6,1V{1 + high:.2f}H{6 + wide:.2f}"/>'
    upright = f'<text transform="translate(4,{1 + high / 2:.2f}) rotate(-90)" text-anchor="middle">{escape(up)}</text>'
    grid = f'<path class="grid" d="{"".join(lines)}"/>'
    return _svg(size, f"{grid}{frame}{_text(6 + wide, size[1] - 1, across, 'end')}{upright}", "Empty axes")


# --- a map -----------------------------------------------------------------------------------------------------------


def _around(state: State) -> Window:
    """The surface's domain, with the start well inside."""
    spans = zip(state.landscape.domain, state.begin, strict=True)
    return tuple((min(low, at - EDGE * (high - low)), max(high, at + EDGE * (high - low))) for (low, high), at in spans)


def _fitted(window: Window, wide: float, high: float) -> tuple[float, float]:
    """The largest rectangle with one scale for both sides; for a window that is too slender for that, all there is."""
    (x0, x1), (y0, y1) = window
    scale = min(wide / (x1 - x0), high / (y1 - y0))
    fitted = scale * (x1 - x0), scale * (y1 - y0)
    return fitted if fitted[0] > 0.6 * wide and fitted[1] > 0.6 * high else (wide, high)


def _placed(window: Window, wide: float, high: float) -> Callable[[Point], tuple[float, float]]:
    (x0, x1), (y0, y1) = window
    return lambda point: (
        float((point[0] - x0) / (x1 - x0) * wide),
        float((y1 - point[1]) / (y1 - y0) * high),
    )


def _grid(window: Window, wide: float, high: float) -> str:
    """Fine lines, and stronger ones where a number stands."""
    place = _placed(window, wide, high)
    finer, numbered = [], []
    for axis, (low, top) in enumerate(window):
        step = _step(window, axis) / FINER
        for count in range(math.ceil(low / step), math.floor(top / step) + 1):
            lines = numbered if count % FINER == 0 else finer
            x, y = place((count * step, count * step))
            lines.append(f"M{x:.2f},0V{high:.2f}" if axis == 0 else f"M0,{y:.2f}H{wide:.2f}")
    return f'<path class="grid" d="{"".join(finer)}"/><path class="numbered" d="{"".join(numbered)}"/>'


def _step(window: Window, axis: int) -> float:
    """From one number of an axis to the next: about as far apart as along the other one."""
    low, high = window[axis]
    longest = max(top - bottom for bottom, top in window)
    return round_step(low, high, max(2, round(MARKS * (high - low) / longest)))


def _round(window: Window, axis: int) -> list[float]:
    (low, high), step = window[axis], _step(window, axis)
    return [step * place for place in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _numbers(window: Window, wide: float, high: float) -> str:
    place = _placed(window, wide, high)
    below = [_text(LEFT + place((x, 0))[0], MARGIN + high + 4, brief(x), "middle") for x in _round(window, 0)]
    beside = [_text(LEFT - 1, MARGIN + place((0, y))[1] + 1, brief(y), "end") for y in _round(window, 1)]
    named = [_italic(LEFT + wide / 2, MARGIN + high + 7.4, "x"), _italic(2, MARGIN + high / 2, "y")]
    return "".join([*below, *beside, *named])


def _start(at: tuple[float, float]) -> str:
    """The start, and its name above or, where that has no room, below."""
    x, y = at
    below = TYPE + 2.4 if y < TYPE + 1.6 else -1.6
    circle = f'<circle class="start" cx="{x:.2f}" cy="{y:.2f}" r="{RING + 0.5}"/>'
    return circle + _text(x + 3, y + below, "start", "start")


def _mark(kind: str, size: float, outline: str, at: tuple[float, float]) -> str:
    return f'<path class="{kind}" transform="translate({at[0]:.2f},{at[1]:.2f}) scale({size})" d="{outline}"/>'


def _cross(at: tuple[float, float]) -> str:
    x, y = at
    long = 2 * CROSS
    arms = f"M{x - CROSS:.2f},{y - CROSS:.2f}l{long},{long}M{x - CROSS:.2f},{y + CROSS:.2f}l{long},{-long}"
    return f'<path class="answer" d="{arms}"/>'


# --- a line of numbers -----------------------------------------------------------------------------------------------


def _scale(low: float, high: float, is_log: bool, width: float) -> Callable[[float], float]:
    """Where a value stands, mm from the lower end."""
    if is_log:
        return lambda value: width * (math.log(value / low) / math.log(high / low))
    return lambda value: width * (value - low) / (high - low)


def _marks(low: float, high: float, is_log: bool) -> tuple[list[float], list[float]]:
    """The values of small ticks, and those that are written."""
    if not is_log:
        large, step = round_numbers(low, high, LINE_MARKS), round_step(low, high, LINE_MARKS) / FINER
        small = [step * count for count in range(math.ceil(low / step), math.floor(high / step) + 1)]
        return small, large
    first, last = math.floor(math.log10(low) - 1e-9), math.ceil(math.log10(high) + 1e-9)
    within = [
        digit * 10.0**power
        for power in range(first, last + 1)
        for digit in range(1, 10)
        if low * (1 - 1e-9) <= digit * 10.0**power <= high * (1 + 1e-9)
    ]
    return within, _written(within, last - first)


def _written(within: list[float], decades: int) -> list[float]:
    """The values of a logarithmic line that are written: powers of ten, and where there are few 2 and 5 times them."""
    digits = (1.0,) if decades > 3 else (1.0, 2.0, 5.0)
    chosen = [value for value in within if round(value / 10.0 ** math.floor(math.log10(value) + 1e-9), 6) in digits]
    every = math.ceil(len(chosen) / DECADE_MARKS) if decades > 3 else 1
    return chosen[::every]


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 and value == round(value) and value < 1e6 else brief(value)


def _tick(x: float, length: float) -> str:
    return f'<path class="frame" d="M{x:.2f},{7 - length / 2:.2f}v{length}"/>'


# --- SVG -------------------------------------------------------------------------------------------------------------


def _path(points: Iterable[tuple[float, float]]) -> str:
    """A line through points, of which those are left out that no eye would miss, and what is not finite."""
    kept: list[tuple[float, float]] = []
    last = None
    for last in (point for point in points if math.isfinite(sum(point)) and max(map(abs, point)) < FAR):
        if not kept or math.dist(last, kept[-1]) >= FINE:
            kept.append(last)
    if last is not None and last != kept[-1]:
        kept.append(last)  # a closed line stays closed
    return f"M{'L'.join(f'{x:.2f},{y:.2f}' for x, y in kept)}" if kept else ""


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}">{escape(words)}</text>' if words else ""


def _italic(x: float, y: float, word: str) -> str:
    return f'<text x="{x:.2f}" y="{y:.2f}" class="symbol" text-anchor="middle">{word}</text>'


def _svg(size: tuple[float, float], inner: str, label: str) -> str:
    wide, high = size
    box = f'viewBox="0 0 {wide:.2f} {high:.2f}" width="{wide:.2f}mm" height="{high:.2f}mm"'
    return f'<svg {box} role="img" aria-label="{label}" class="drawn" font-size="{TYPE}">{inner}</svg>'
