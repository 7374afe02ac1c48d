"""The Basins tab as components: what is asked, the maps, their legend, and the share of each minimum."""

from dataclasses import replace
from typing import Any

from dash import html

from ..page.basins import SHOWN, SIZE, STEPS
from ..screen.at_hand import at_hand
from ..screen.controls import changing_menu, number_field, segments

POINT = "Point on the map: the arrow keys move it, with Shift far; Enter puts the start there"
OWN_STEPS = "steps of each walk, empty: those of the page"


def board() -> html.Main:
    """The tab, with nothing in it yet: values and pictures follow with the first reply and the tiles."""
    shown = {"data-tab": "basins", "data-area": "basins", "aria-label": "Basins of attraction"}
    return html.Main([_maps(), at_hand(), _shares()], id="basins", className="basins", **shown)


def _maps() -> html.Section:
    heading = html.Div([html.H2("Where does each start end?", className="asks"), _asked()], className="basins-head")
    canvas = html.Canvas(id="basins-map", **{"aria-hidden": "true"})
    point = html.Button(id="basins-point", **{"aria-label": POINT, "data-needs": "start"})
    frame = html.Div([canvas, point, html.P(id="basins-empty", className="note")], id="basins-frame")
    figure = html.Div(frame, className="basins-figure", role="figure", **_named("Maps of the basins", "basins-told"))
    reading = html.P(id="basins-reading", className="note", role="status")
    told = html.P(id="basins-told", className="unseen")
    return html.Section(
        [heading, figure, told, reading, html.Div(id="basins-legend", className="basins-legend")],
        className="card basins-card",
        **{"aria-label": "Map"},
    )


def _asked() -> html.Div:
    fields = [
        _labelled("of", changing_menu("basins.run", "Run whose basins are shown")),
        _labelled("beside", changing_menu("basins.beside", "Second run, beside it")),
        html.Div(segments("basins.show", "How two runs are compared", SHOWN), className="for-two"),
        _labelled("steps", number_field("basins.steps", replace(STEPS, doc=OWN_STEPS))),
        _labelled("starts", number_field("basins.size", SIZE)),
    ]
    return html.Div(fields, className="basins-asked")


def _labelled(name: str, control: Any) -> html.Label:
    return html.Label([name, control], className="point")


def _shares() -> html.Section:
    note = html.Span(id="basins-state", className="note")
    heading = html.Div([html.H2("Share of the area"), note], className="card-head")
    table = html.Div(id="basins-shares", className="details", tabIndex=0, role="region", **{"aria-label": "Shares"})
    return html.Section([heading, table], className="card basins-shares", **{"aria-label": "Share of the area"})


def _named(label: str, told: str) -> dict[str, str]:
    return {"aria-label": label, "aria-describedby": told}
