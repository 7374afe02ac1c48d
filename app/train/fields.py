"""What is seen of every parameter, as components: its rate at every step, its weight, and the paths in a plane."""

from typing import Any

from dash import html

from ..page.train import QUANTITIES
from ..screen.controls import segments

ROWS = "The steps of the first shuffle. A click on a row, or Enter, draws its line or drops it."
MARKS = "Markers: the runs. Upright lines: where a weight should be, if known."
DASHES = "A run is its colour, a parameter its dash."
PICTURES = {
    "losses": "the losses",
    "path": "the paths",
    "heat": "every parameter",
    "weights": "the weights",
    "lines": "the lines",
}


def fields() -> dict[str, html.Section]:
    """A card for each field, with nothing in it yet."""
    shown = [_menu("shown", "of"), segments("train.quantity", "What the colours show", QUANTITIES)]
    share = html.P(id="train-share", className="note", role="status")
    return {
        "path": card("path", "Paths in a plane", [_menu("across", "across"), _menu("up", "up")], share),
        "heat": card("heat", "Every parameter at every step", shown, html.P(ROWS, className="note")),
        "weights": card("weights", "Weights at the playhead", [], html.P(MARKS, className="note")),
        "lines": card("lines", "Chosen parameters", [], html.P(DASHES, className="note")),
    }


def card(name: str, title: str, controls: list[Any], below: Any) -> html.Section:
    """A title with its controls, the place of a drawing that is called `name`, and what stands beneath it."""
    told = f"train-{name}-told"
    drawn = html.Div(
        id=f"train-{name}", className="field-plot", role="figure", **{"aria-label": title, "aria-describedby": told}
    )
    head = html.Div([html.H2(title), *controls], className="card-head")
    return html.Section(
        [head, drawn, html.P(id=told, className="unseen"), below],
        className=f"card field-card of-{name}",
        **{"aria-label": title},
    )


def _menu(name: str, label: str) -> html.Label:
    """Its choices follow with the names of the parameters and of the runs."""
    return html.Label([label, html.Span(id=f"train-{name}-menu", className="control choice")], className="point")
