"""What the tab draws before any walk is known: axes, the runs and their colours, and what theory says."""

import math
from typing import Any

import numpy as np

from optim_core import Optimizer, hypers

from ..page import veil
from ..page.labels import labels
from ..page.numbers import brief, exact
from ..page.scales import to_position
from ..page.state import Run, State
from ..page.swept import RATE, chosen, pair, sweepable, too_large
from ..screen import theme
from ..screen.theme import GHOST, LINE, Style
from ..walks.quadratics import fastest, largest_rate, quadratic
from . import asked, work
from .asked import Course

Array = np.ndarray
Ticks = list[tuple[float, tuple[str, str]]]  # place -> what stands there, and the exponent of a power of ten
NARROW = 2.0  # decades of η: an axis of fewer is marked within them
DECADES = 8  # marks of an axis at most
TITLED = (84, 18, 14, 48)  # room around the plot, with titles
KEYED = (84, 96, 14, 48)  # and with a key of colours beside it
BORDER = 121  # points of a line


def look(state: State, mode: str) -> dict[str, Any]:
    """All that is drawn at once: everything but the tiles."""
    style = Style(mode, theme.PRESENTED if state.view.present == "on" else 1.0)
    course = asked.course(state)
    made = _grid if course.settings.kind == "grid" else _curves
    inks = {name: style.tokens[name] for name in ("ink", "soft", "panel")}
    inks |= {"gold": theme.GOLD, "none": theme.NONE[mode], "diverged": theme.DIVERGED[mode]}
    return {
        "kind": course.settings.kind,
        "problem": problem(state),
        "note": "Of many seeds the first one walks." if state.weather.seeds > 1 else "",
        "inks": inks,
        "scale": style.scale,
        "heads": [outline for _, outline in theme.HEADS],
        "said": _said(course),
        "log": course.is_log,
        "target": math.log10(course.settings.target) if course.is_log else course.settings.target,
        "goal": brief(course.settings.target),
        "criterion": course.settings.criterion,
        "begin": _height(course),
        "steps": course.n_steps,
    } | made(state, course, style)


def problem(state: State) -> str:
    """Why nothing can be computed, in words; "" where it can."""
    if waits := veil.why(state):
        return waits
    course = asked.course(state)
    if course.settings.kind == "race":
        return _outside(course)
    if course.settings.kind != "grid":
        return ""
    optimizer = chosen(state).optimizer
    if len(sweepable(optimizer)) < 2:
        return f"{optimizer.label} has no second number: choose another run."
    return too_large(state)


def _outside(course: Course) -> str:
    """Why there is no race from a start that lies outside the surface's domain; "" where it lies inside."""
    try:
        work.starts(course)
    except ValueError:
        (x0, x1), (y0, y1) = ((brief(low), brief(high)) for low, high in course.landscape.domain)
        x, y = map(brief, course.start)
        return (
            f"A race begins around its start: ({x}, {y}) lies outside x {x0} to {x1}, y {y0} to {y1}; move it inside."
        )
    return ""


def _said(course: Course) -> str:
    """What is swept, in a line."""
    x, y = map(brief, course.start)
    return f"start ({x}, {y}) · {course.n_steps} steps · target {brief(course.settings.target)}"


def _height(course: Course) -> float | None:
    """How high the walks begin; None where that is no number."""
    with np.errstate(all="ignore"):
        height = float(course.heights(course.landscape.loss(np.array(course.start))))
    return height if math.isfinite(height) else None


# --- curves ---------------------------------------------------------------------------------------------------------


def _curves(state: State, course: Course, style: Style) -> dict[str, Any]:
    low, high = math.log10(course.settings.low), math.log10(course.settings.high)
    room = 0.02 * (high - low)
    layout = _layout(style, TITLED)
    letter = state.letters.of("η")
    layout["xaxis"] |= {"type": "log", "range": [low - room, high + room], "title": _title(f"learning rate {letter}")}
    layout["xaxis"] |= _marked(_rate_ticks(low, high))
    layout["yaxis"] |= {"title": _title(_measured(state, course))}
    return {
        "layout": layout,
        "letter": letter,
        "places": np.log10(course.rates),
        "rates": list(map(exact, course.rates.tolist())),
        "curve": course.settings.curve,
        "runs": [_run(state, place, style) for place in range(len(state.runs))],
        "starts": course.settings.starts,
        "budget": _budget(course) if course.settings.kind == "race" else "",
    }


def _run(state: State, place: int, style: Style) -> dict[str, Any]:
    """A run as it is drawn, and the tiles of its curve."""
    run = state.runs[place]
    limit = largest_rate(run.optimizer, state.landscape)
    return {
        "slot": run.slot,
        "place": place,
        "label": labels(state.runs, state.letters)[place],
        "subject": asked.subject(state, run).spelled,
        "lr": exact(run.optimizer.lr),
        "at": math.log10(run.optimizer.lr) if run.optimizer.lr > 0 else None,
        "limit": math.log10(limit) if limit else None,
        "stable": brief(limit) if limit else "",
        "ghost": run.pinned,
    } | _marker(style, run)


def _marker(style: Style, run: Run) -> dict[str, Any]:
    width = (GHOST if run.pinned else LINE) * style.scale
    return {
        "color": style.colours[run.slot], "ink": style.texts[run.slot], "width": width, "head": theme.HEADS[run.slot][1]
    }  # fmt: skip


def _measured(state: State, course: Course) -> str:
    """What stands beside the axis of values."""
    above = " above the lowest" if course.is_log else ""
    of = "median " if course.settings.kind == "race" else ""
    target = brief(course.settings.target)
    ways = {"stays": f"{of}steps until it stays below {target}"}
    steps = ways.get(course.settings.criterion, f"{of}steps to {target}")
    return {"final": f"{of}final loss{above}", "best": f"{of}best loss{above}", "steps": steps}[course.settings.curve]


def _budget(course: Course) -> str:
    """What every run of a race is given, in words."""
    one = course.settings
    walks = f"{one.rates} rates × {one.starts} start{'s' if one.starts > 1 else ''} × {course.n_steps} steps"
    return f"The same budget for every run: {walks} = {asked.budget(course):,} gradients to choose its rate."


# --- two numbers ----------------------------------------------------------------------------------------------------


def _grid(state: State, course: Course, style: Style) -> dict[str, Any]:
    run = chosen(state)
    place = state.runs.index(run)
    names = pair(course.settings, run.optimizer)
    layout = _layout(style, KEYED)
    sides = [_side(state, course, run.optimizer, name) for name in names]
    for axis, side in zip(("xaxis", "yaxis"), sides, strict=False):
        layout[axis] |= {"type": "linear", "range": side["range"], "title": _title(side["title"])}
        layout[axis] |= _marked(side.pop("ticks"))
    return {
        "layout": layout,
        "sides": sides,
        "runs": [_run(state, place, style)],
        "colour": course.settings.colour,
        "theory": _theory(state, course, run, names) if len(names) == 2 else None,
    }


def _side(state: State, course: Course, optimizer: Optimizer, name: str) -> dict[str, Any]:
    """One of the two numbers: its values, where they stand, and how they are called."""
    declared = hypers(optimizer)[name]
    values = asked.along(course, optimizer, name)
    places = np.array([_place(course, optimizer, name, value) for value in values.tolist()])
    half = (places[-1] - places[0]) / (len(places) - 1) / 2
    symbol = state.letters.hyper(declared).symbol or name.replace("_", " ")
    return {
        "name": name,
        "symbol": symbol,
        "title": f"{declared.doc} {symbol}",
        "places": places,
        "values": list(map(exact, values.tolist())),
        "shown": list(map(brief, values.tolist())),
        "range": [float(places[0] - half), float(places[-1] + half)],
        "now": _place(course, optimizer, name, getattr(optimizer, name)),
        "ticks": _ticks(course, optimizer, name, places),
    }


def _place(course: Course, optimizer: Optimizer, name: str, value: float) -> float:
    """Where a value stands on its axis."""
    if name == RATE:
        return math.log10(value) if value > 0 else -math.inf
    return to_position(hypers(optimizer)[name], value)


def _theory(state: State, course: Course, run: Run, names: tuple[str, ...]) -> dict[str, Any] | None:
    """On a quadratic, in fair weather and at a constant rate: up to which η it converges, and where it does fastest."""
    found = quadratic(course.landscape)
    rough = not course.weather.is_fair or state.is_scheduled(run) or run.fork
    if found is None or rough or RATE not in names or run.optimizer.stable_lr(1.0) is None:
        return None
    return {"border": _border(course, run.optimizer, names, found.sharpest), "best": _best(course, run, names)}


def _border(course: Course, optimizer: Optimizer, names: tuple[str, ...], sharpest: float) -> Array:
    """The largest η that converges, for each value of the other number: `(2, n)`, across and up."""
    other = names[1] if names[0] == RATE else names[0]
    low, high = (to_position(hypers(optimizer)[other], end) for end in hypers(optimizer)[other].range)
    tried = [asked.at(optimizer, other, place) for place in np.linspace(low, high, BORDER).tolist()]
    others = np.array([_place(course, one, other, getattr(one, other)) for one in tried])
    bounds = [one.stable_lr(sharpest) for one in tried]
    rates = np.array([math.log10(bound) if bound < math.inf else math.nan for bound in bounds])
    return np.array([rates, others] if names[0] == RATE else [others, rates])


def _best(course: Course, run: Run, names: tuple[str, ...]) -> dict[str, Any] | None:
    """Where theory has the fastest numbers; None where it has none, or they are none of these two."""
    best = fastest(run.optimizer, course.landscape)
    if best is None or set(best) != set(names):
        return None
    at = [_place(course, run.optimizer, name, best[name]) for name in names]
    return {"at": at, "values": [exact(best[name]) for name in names], "shown": [brief(best[name]) for name in names]}


# --- axes -----------------------------------------------------------------------------------------------------------


def _layout(style: Style, room: tuple[float, float, float, float]) -> dict[str, Any]:
    layout = style.layout()
    layout["margin"] = style.margin(*room)
    for axis in ("xaxis", "yaxis"):
        layout[axis] = dict(layout[axis])
    return layout


def _title(text: str) -> dict[str, Any]:
    return {"text": text, "standoff": 6}


def _marked(ticks: Ticks) -> dict[str, Any]:
    return {"tickvals": [place for place, _ in ticks], "ticktext": [list(text) for _, text in ticks]}


def _rate_ticks(low: float, high: float) -> Ticks:
    """Powers of ten; where there are few of them, what lies between too."""
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    if high - low >= NARROW:
        every = max(math.ceil((last - first + 1) / DECADES), 1)
        return [(float(power), _power(power)) for power in range(first, last + 1, every)]
    steps = [digit * 10.0**power for power in range(math.floor(low), last + 1) for digit in (1, 2, 5)]
    inside = [step for step in steps if low - 1e-9 <= math.log10(step) <= high + 1e-9]
    shown = inside if len(inside) > 1 else [10**low, 10**high]
    return [(math.log10(step), (brief(step), "")) for step in shown]


def _power(power: int) -> tuple[str, str]:
    return (f"{10**power:g}", "") if -1 <= power <= 1 else ("10", str(power).replace("-", "−"))


def _ticks(course: Course, optimizer: Optimizer, name: str, places: Array) -> Ticks:
    """About five marks of one side of a grid, at values that it has."""
    if name == RATE:
        return _rate_ticks(float(places[0]), float(places[-1]))
    values = asked.along(course, optimizer, name)
    every = np.unique(np.linspace(0, len(values) - 1, 6).round().astype(int))
    return [(float(places[at]), (brief(float(values[at])), "")) for at in every]
