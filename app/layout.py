"""The page as components, with nothing in it yet: values, figures and arrays follow with the first reply."""

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from . import controls
from .export.files import EXPORTS
from .metrics import METRICS
from .state import TOLERANCE

INK = ["#f4f4f3", "#e3e3e1", "#c5c6c8", "#a4a7ac", "#868b92", "#636a74", "#4a5058", "#363b42", "#22262b", "#15181c"]

# what a picture can be made of
PICTURES = {
    "board": "the board",
    "map": "the map",
    "lr": "effective learning rate",
    "rms": "RMS gradient",
    "third": "the third panel",
}

# what a control of each kind shows
KINDS = {
    "slider": "value",
    "number": "value",
    "text": "value",
    "choice": "value",
    "switch": "checked",
    "action": "n_clicks",
}


def page() -> dmc.MantineProvider:
    """The whole page."""
    names = ("request", "reply", "probe", "reading", "asked", "told", *(f"edited-{kind}" for kind in KINDS))
    stores = [dcc.Store(id=name) for name in names]
    return dmc.MantineProvider(
        [*stores, _header(), html.Div(id="notices", role="status"), html.Div(id="banner", role="alert", hidden=True),
         html.Div([_rail(), _stage(), _panels(), _details()], className="board")],
        id="mantine",
        defaultColorScheme="auto",
        theme={"primaryColor": "ink", "colors": {"ink": INK}, "primaryShade": {"light": 8, "dark": 2},
               "autoContrast": True, "fontFamily": "inherit", "defaultRadius": "sm"},
    )  # fmt: skip


def _header() -> html.Header:
    brand = html.H1([html.Span(className="brand-mark"), "Downslope"])
    tools = [
        _export(),
        html.Button("Copy link", id="copy-link", className="plain", **{"data-area": "share"}),
        html.Button(
            html.Span(className="icon icon-theme"),
            id="theme",
            className="plain",
            **{"aria-label": "Light or dark", "title": "Light or dark"},
        ),
        html.Button(
            html.Span(className="icon icon-present"),
            id="present",
            className="plain",
            **{"aria-label": "Presentation", "title": "Presentation: the map, the panels and the playhead alone"},
        ),
    ]
    drawer = html.Button(
        html.Span(className="icon icon-menu"),
        id="drawer",
        className="plain",
        **{"aria-label": "Controls", "aria-expanded": "false", "aria-controls": "rail"},
    )
    choose = html.Div(controls.surface_menu(), className="surface-menu", **{"data-area": "surface"})
    return html.Header([drawer, brand, choose, html.Div(tools, className="tools")])


def _export() -> html.Details:
    """What can be taken home. Files come from the server, pictures from the browser."""
    files = [
        html.A(label, href=f"export/{name}", download="", **{"data-export": name}) for name, label in EXPORTS.items()
    ]
    pictures = [
        html.Div(
            [
                html.Span(f"Picture: {what}"),
                *(
                    html.Button(
                        kind.upper(),
                        className="plain",
                        **{"data-picture": f"{graph} {kind}", "aria-label": f"Picture of {what}, {kind.upper()}"},
                    )
                    for kind in ("png", "svg")
                ),
            ],
            className="picture",
        )
        for graph, what in PICTURES.items()
    ]
    return html.Details(
        [html.Summary("Export", className="plain"), html.Div([*files, *pictures], className="menu")],
        className="export",
        **{"data-area": "share"},
    )


def _rail() -> html.Aside:
    return html.Aside(id="rail", **{"aria-label": "Controls"})


def _stage() -> html.Main:
    kinds = [("contour", "Contour"), ("surface", "Surface"), ("side", "Side by side")]
    heading = [
        _segments("view.map", "Kind of map", kinds),
        _segments("view.arrows", "Arrows", [("off", "no arrows"), ("on", "−∇f arrows")]),
        html.Span(id="readout", className="note", **{"data-text": "map.hint"}),
    ]
    handle = html.Button(
        html.Span("start"),
        id="start-handle",
        **{"aria-label": "Start point: drag it, or move it with the arrow keys", "data-handle": "start"},
    )
    map_card = html.Section(
        [html.Div(heading, className="card-head"), html.Div([_graph("map"), handle], className="map-frame")],
        className="card map-card",
        **{"data-area": "map", "aria-label": "Map"},
    )
    return html.Main([map_card, _playback()], className="stage")


def _details() -> html.Section:
    kinds = [
        ("off", "Closed"), ("results", "Results"), ("now", "At this step"), ("steps", "Step by step"),
        ("stability", "Stability"), ("conventions", "Conventions"),
    ]  # fmt: skip
    rules = [("off", "no stopping rule"), ("loss", "stop by loss"), ("gradient", "stop by gradient")]
    overlays = [("off", "heads alone"), ("arrows", "what pulls"), ("ellipse", "curvature")]
    heading = [
        _segments("view.detail", "What is shown here", kinds),
        _segments("view.overlay", "What is drawn at the heads", overlays),
        _segments("view.rule", "Stopping rule", rules),
    ]
    tolerance = html.Label(["tolerance", controls.number_field("tolerance", TOLERANCE)], className="point")
    said = html.Ul(id="said", className="said")
    live = html.Div(id="live", className="unseen", role="status")
    body = html.Div(id="details", className="details", tabIndex=0)
    return html.Section(
        [html.Div([*heading, tolerance], className="card-head"), said, live, body],
        className="card inside",
        **{"data-area": "details", "aria-label": "Inside the runs"},
    )


def _playback() -> html.Section:
    buttons = [
        ("first", "To the start (Home)"),
        ("back", "Ten steps back (Shift + Left)"),
        ("previous", "One step back (Left)"),
        ("toggle", "Play or pause (Space)"),
        ("next", "One step on (Right)"),
        ("forth", "Ten steps on (Shift + Right)"),
        ("last", "To the end (End)"),
    ]
    row = [
        html.Button(
            html.Span(className=f"icon icon-{name}"),
            className="play" if name == "toggle" else "plain",
            **{"data-play": name, "aria-label": label, "title": label},
        )
        for name, label in buttons
    ]
    scrubber = html.Div(id="scrubber")
    counter = html.Span(id="counter", className="counter")
    speed = html.Button("1×", className="plain speed", **{"data-play": "speed", "aria-label": "Speed"})
    return html.Section(
        [*row, scrubber, counter, speed],
        className="card playback",
        **{"data-area": "playback", "aria-label": "Playback"},
    )


def _panels() -> html.Div:
    choose = dmc.Select(
        id={"choice": "view.panel"},
        data=[{"value": name, "label": metric.label} for name, metric in METRICS.items()],
        allowDeselect=False,
        size="xs",
        maxDropdownHeight=360,
        attributes={"input": {"aria-label": "What this panel shows"}},
    )
    legend = [html.I("x"), html.Span(className="solid"), html.I("y"), html.Span(className="dashed")]
    cards = [
        _panel("lr", _title("effective_lr"), html.Span(legend, className="legend"), "view.lr_axis"),
        _panel("rms", _title("rms_grad"), html.Span(METRICS["rms_grad"].doc, className="note"), "view.rms_axis"),
        _panel("third", choose, html.Span(className="note", **{"data-text": "third.doc"}), "view.panel_axis"),
    ]
    return html.Div(cards, className="panels", **{"data-area": "panels"})


def _title(name: str) -> html.H2:
    return html.H2(METRICS[name].label, title=METRICS[name].doc)


def _panel(graph: str, title: Any, note: Any, axis: str) -> html.Section:
    heading = html.Div(
        [title, note, _segments(axis, "Axis", [("log", "log"), ("linear", "lin")])], className="card-head"
    )
    name = {"lr": METRICS["effective_lr"].label, "rms": METRICS["rms_grad"].label}.get(graph, "Panel of choice")
    return html.Section([heading, _graph(graph)], className="card", **{"aria-label": name})


def _graph(name: str) -> html.Div:
    return html.Div(id=f"graph-{name}", className="graph", **{"data-graph": name})


def _segments(key: str, name: str, choices: list[tuple[str, str]]) -> dmc.SegmentedControl:
    data = [{"value": value, "label": label} for value, label in choices]
    named = {"root": {"aria-label": name}}
    return dmc.SegmentedControl(id={"choice": key}, data=data, size="xs", withItemsBorders=False, attributes=named)
