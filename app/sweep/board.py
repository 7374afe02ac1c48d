"""The Sweep tab as components: what is asked, the plot, and the table of its numbers."""

from typing import Any

from dash import html

from optim_core import Hyper

from ..page import sweep
from ..page.sweep import COLOURS, CRITERIA, CURVES, KINDS
from ..screen.at_hand import at_hand
from ..screen.controls import changing_menu, number_field, segments

RATES, RACE, GRID = "rates", "race", "grid"
RATE = html.I(**{"data-text": "strip.lr.symbol"})
CURVE_KEYS = (
    "Marker: where a run is now. ×: it diverges. Dotted: the largest rate at which it can rest in a minimum, "
    "2/λmax for gradient descent. A click on a curve puts that rate into the run."
)
GRID_KEYS = (
    "Strong colour: good. A click puts both numbers into the run. Dashed, on a quadratic: up to where it converges."
)


def board() -> html.Main:
    """The tab, with nothing in it yet: values and curves follow with the first reply and the tiles."""
    parts = [_asked(), _plot(), at_hand(), _table()]
    return html.Main(
        parts, id="sweep", className="sweep", **{"data-tab": "sweep", "data-area": "sweep", "aria-label": "Sweep"}
    )


def _asked() -> html.Section:
    """What is swept, and by what it is judged."""
    fields = [
        _run(),
        html.Label([*_count(), number_field("sweep.rates", sweep.RATES)], className="point"),
        html.Div([_number("low", [RATE, " from"], sweep.LOW), _number("high", "to", sweep.HIGH)], className="pair"),
        _number("steps", "steps", sweep.STEPS),
        _number("starts", "starts", sweep.STARTS, RACE),
        _number("target", "target", sweep.TARGET),
    ]
    choices = [
        segments("sweep.kind", "What is swept", KINDS),
        _for(html.Div(["best by", segments("sweep.criterion", "What counts as best", CRITERIA)], className="point")),
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


def _count() -> list[html.Span]:
    return [html.Span("rates", **_kinds(RATES, RACE)), html.Span("along each side", **_kinds(GRID))]


def _number(name: str, label: Any, declared: Hyper, *kinds: str) -> html.Div:
    return _for(html.Label([html.Span(label), number_field(f"sweep.{name}", declared)], className="point"), *kinds)


def _for(element: Any, *kinds: str) -> Any:
    """Shown for these kinds of sweep alone, or for all."""
    return html.Div(element, **_kinds(*kinds))


def _kinds(*kinds: str) -> dict[str, str]:
    return {"data-kinds": " ".join(kinds)} if kinds else {}


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
        id="sweep-plot",
        className="plot",
        role="figure",
        **{"aria-label": "Ends of walks", "aria-describedby": "sweep-told"},
    )
    told = html.P(id="sweep-told", className="unseen")
    keys = [_for(html.P(CURVE_KEYS, className="note"), RATES, RACE), _for(html.P(GRID_KEYS, className="note"), GRID)]
    return html.Section(
        [html.Div([*titles, *shown], className="card-head"), plot, told, html.Div(id="sweep-cursor"), *keys],
        className="card sweep-card",
        **{"aria-label": "Plot"},
    )


def _table() -> html.Section:
    said = html.P(id="sweep-said", className="note", role="status")
    load = html.Button(
        "Load the tuned rates into Explore",
        id="sweep-load",
        className="plain",
        title="Every run that is no ghost takes its tuned rate",
        **{"data-needs": "preset.tuned"},
    )
    return html.Section(
        [
            _for(load, RACE),
            said,
            html.Div(
                id="sweep-table", className="details", tabIndex=0, role="region", **{"aria-label": "Table of the sweep"}
            ),
        ],
        className="card",
        **{"aria-label": "Numbers"},
    )
