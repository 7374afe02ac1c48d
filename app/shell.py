"""The page around its tabs. What is in them follows with the first reply."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from dash import html

from .explore import answer
from .explore import board as explore
from .export.files import EXPORTS
from .metrics import PANELS
from .page.names import continued


class Tab(NamedTuple):
    """One way of looking at a State: a folder of this name here, and a module of this name in the browser."""

    label: str
    header: Callable[[], Any]  # what it puts into the page's header
    board: Callable[[], Any]  # its components
    opening: Callable[[str], Any]  # a query -> the first answer, which travels in the page
    answers: Mapping[type, Callable[[Any], Any]]  # a message from the browser -> what answers it


TABS: dict[str, Tab] = {
    "explore": Tab("Explore", explore.header, explore.board, answer.opening, answer.ANSWERS),
}

# what a picture can be made of
PICTURES = {"board": "the board", "map": "the map"}
PICTURES |= {graph: continued(panel.label) for graph, panel in PANELS.items()}


def controls() -> html.Div:
    """What Dash builds: the controls in the rail, which each reply may bring anew."""
    return html.Div(id="controls")


def page() -> html.Div:
    """All else, which stays as it is."""
    notices = html.Div(id="notices", role="status")
    banner = html.Div(id="banner", role="alert", hidden=True)
    boards = [tab.board() for tab in TABS.values()]
    return html.Div([_header(), notices, banner, *boards], id="page")


def _header() -> html.Header:
    brand = html.H1([html.Span(className="brand-mark"), "Downslope"])
    tools = [
        html.Div(_steps_back(), className="steps-back"),
        _export(),
        html.Button("Copy link", id="copy-link", className="plain", **{"data-area": "share", "data-needs": "share"}),
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
    offered = [tab.header() for tab in TABS.values()]
    return html.Header([drawer, brand, *offered, html.Div(tools, className="tools")])


def _steps_back() -> list[html.Button]:
    """Undo, redo, and back to where everybody begins."""
    named = {"undo": "Undo (Ctrl+Z)", "redo": "Redo (Ctrl+Shift+Z)"}
    steps = [
        html.Button(
            html.Span(className=f"icon icon-{name}"),
            className="plain",
            **{"data-undo": name, "aria-label": name.title(), "title": title},
        )
        for name, title in named.items()
    ]
    title = "Reset: the page as it opens without an address (Undo brings this one back)"
    reset = html.Button(
        html.Span(className="icon icon-reset"),
        className="plain",
        **{"data-action": "reset", "aria-label": "Reset", "title": title},
    )
    return [*steps, reset]


def _export() -> html.Details:
    """What can be taken home. Files come from the server, pictures from the browser."""
    files = [
        html.A(export.label, href=f"export/{name}", download="", **{"data-export": name})
        for name, export in EXPORTS.items()
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
        [
            html.Summary("Export", className="plain", **{"data-needs": "share"}),
            html.Div([*files, *pictures], className="menu"),
        ],
        className="export",
        **{"data-area": "share"},
    )
