"""The Sweep tab as components: what is asked, the plot, and the table of its numbers."""

from dataclasses import replace
from typing import Any

from dash import html

from ..page import sweep
from ..page.sweep import COLOURS, CRITERIA, CURVES, KINDS
from ..screen.controls import changing_menu, number_field, segments

RATES, RACE, GRID = "rates", "race", "grid"


def board() -> html.Main:
    """The tab, with nothing in it yet: values and curves follow with the first reply and the tiles."""
    parts = [_asked(), _plot(), _table()]
    return html.Main(
        parts, id="sweep", className="sweep", **{"data-tab": "sweep", "data-area": "sweep", "aria-label": "Sweep"}
    )


def _asked() -> html.Section:
    """What is swept, and by what it is judged."""
    fields = [
        _run(),
        _number("rates", "rates", sweep.RATES, RATES, RACE),
        _number("rates", "numbers on each side", sweep.RATES, GRID),
        html.Div([_number("low", "η from", sweep.LOW), _number("high", "to", sweep.HIGH)], className="pair"),
        _number("steps", "steps", sweep.STEPS),
        _number("starts", "starts", sweep.STARTS, RACE),
        _number("target", "target", sweep.TARGET),
    ]
    choices = [
        segments("sweep.kind", "What is swept", KINDS),
        _for(html.Div(segments("sweep.criterion", "What counts as best", CRITERIA), className="by")),
    ]
    return html.Section(
        [html.Div(choices, className="card-head"), html.Div(fields, className="asked")],
        className="card",
        **{"aria-label": "What is asked"},
    )


def _run() -> html.Div:
    """Whose two numbers; the choices follow with the work."""
    menus = [
        html.Label([name, changing_menu(f"sweep.{key}", label)], className="point")
        for key, name, label in (
            ("run", "run", "Run"), ("across", "across", "Number across"), ("up", "up", "Number up")
        )
    ]  # fmt: skip
    return _for(html.Div(menus, className="pair"), GRID)


def _number(name: str, label: str, declared: Any, *kinds: str) -> html.Div:
    key = f"sweep.{name}"
    field = number_field(key, replace(declared, symbol=label, doc=""))
    return _for(html.Label([label, field], className="point"), *kinds)


def _for(element: Any, *kinds: str) -> Any:
    """Shown for these kinds of sweep alone, or for all."""
    return html.Div(element, **({"data-kinds": " ".join(kinds)} if kinds else {}))


def _plot() -> html.Section:
    shown = [
        _for(segments("sweep.curve", "What is drawn", CURVES), RATES, RACE),
        _for(segments("sweep.colour", "What the colour shows", COLOURS), GRID),
    ]
    titles = [
        _for(html.H2("How it ends, for every learning rate"), RATES),
        _for(html.H2("Every run at its best learning rate"), RACE),
        _for(html.H2("Two numbers of one run"), GRID),
    ]
    plot = html.Div(
        id="sweep-plot", className="plot", role="figure", **{"aria-label": "Sweep", "aria-describedby": "sweep-told"}
    )
    told = html.P(id="sweep-told", className="unseen")
    keys = html.Div(id="sweep-keys", className="keys")
    return html.Section(
        [html.Div([*titles, *shown], className="card-head"), plot, told, html.Div(id="sweep-cursor"), keys],
        className="card sweep-card",
        **{"aria-label": "Plot"},
    )


def _table() -> html.Section:
    said = html.P(id="sweep-said", className="note", role="status")
    return html.Section(
        [said, html.Div(id="sweep-table", className="details", tabIndex=0)],
        className="card",
        **{"aria-label": "Numbers"},
    )
