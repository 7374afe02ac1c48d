"""The page around its tabs. What is in them follows with the first reply."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from dash import html

from .basins import answer as basins_answer
from .basins import board as basins
from .explore import answer
from .explore import board as explore
from .export.files import EXPORTS, LESSONS, OF_TABS, Export
from .learn import answer as learn_answer
from .learn import board as learn
from .metrics import PANELS
from .page import veil, view
from .page.names import continued
from .page.state import State, state_of
from .protocol import Forged, Piece, Tile
from .screen.controls import menu, segments
from .sweep import answer as sweep_answer
from .sweep import board as sweep
from .train import answer as train_answer
from .train import board as train
from .train import fields


class Tab(NamedTuple):
    """One way of looking at a State: a folder of this name here, and a module of this name in the browser."""

    board: Callable[[], Any]  # its components, in an element whose data-tab is its name
    answers: Mapping[type, Callable[[Any], Any]]  # a message from the browser -> what answers it
    header: Callable[[], Any] | None = None  # what it has in the header, and
    beside: Callable[[], Any] | None = None  # in the rail, for itself


def unveiled(answers: Mapping[type, Callable[[Any], Any]]) -> Mapping[type, Callable[[Any], Any]]:
    """The answers of a tab, but for a tile of a page that waits for an answer: no plan has named one."""

    def piece(asked: Tile) -> Piece:
        if veil.why(state_of(asked.key)):
            raise Forged("key: nothing is computed before the answer")
        return answers[Tile](asked)

    return {**answers, Tile: piece}


FIRST = "explore"  # it answers what all of them need
TABS: dict[str, Tab] = {  # by the names that `page.view` knows
    FIRST: Tab(explore.board, unveiled(answer.ANSWERS), explore.header),
    "sweep": Tab(sweep.board, unveiled(sweep_answer.ANSWERS)),
    "basins": Tab(basins.board, unveiled(basins_answer.ANSWERS)),
    "train": Tab(train.board, unveiled(train_answer.ANSWERS), train.header, train.beside),
    "learn": Tab(learn.board, learn_answer.ANSWERS),
}

TO = "Way of looking"
PRESENTATION = "Presentation: the map, the panels and the playhead alone; Q shows a QR code of the page"
WAITING = (
    "The scripts of this page have not come. Reload it; if that does not help, whoever serves it should look whether "
    "everything below this address is handed on to Downslope, and a blocker of scripts should let it pass."
)
opening = answer.opening  # a query -> the first answer, which travels in the page
# tab -> what a picture can be made of
PANELS_CALLED = {graph: continued(panel.label) for graph, panel in PANELS.items()}
PICTURES = {
    FIRST: {"board": "the board", "map": "the map"} | PANELS_CALLED,
    "sweep": {"sweep": "the plot"},
    "train": {f"train-{name}": what for name, what in fields.PICTURES.items()},
}


def _paper(label: str, where: str | None) -> html.A:
    """A page to print, beside this one."""
    return html.A(label, href=where, target="_blank", rel="noopener")


# tab -> the pages to print in its menu
PAPER = {view.COURSE: [_paper("Worksheets to print", "worksheet"), _paper("Answer keys", "worksheet/key")]}


def controls() -> html.Div:
    """What Dash builds: the controls in the rail, which each reply may bring anew."""
    return html.Div(id="controls")


def page() -> html.Div:
    """All else, which stays as it is."""
    notices = html.Div(id="notices", role="status")
    banner = html.Div(id="banner", role="alert", hidden=True)
    waiting = html.P(WAITING, id="waiting")
    rail = explore.rail([tab.beside() for tab in TABS.values() if tab.beside])
    board = html.Div([learn.panel(), rail, *(tab.board() for tab in TABS.values())], className="board")
    told = html.P(id="ruler-told", className="unseen", role="status")  # where each run ends at the η that is chosen
    return html.Div([_header(), waiting, notices, banner, board, told], id="page")


def opened_by(query: str) -> list[str]:
    """The tab in which a page with this query opens, and the one that lies over it."""
    seen = State.from_query(query)[0].view
    return [seen.tab if seen.tab in TABS else FIRST, *([view.COURSE] if seen.lesson else [])]


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
            **{"aria-label": "Presentation", "title": PRESENTATION},
        ),
    ]
    drawer = html.Button(
        html.Span(className="icon icon-menu"),
        id="drawer",
        className="plain",
        **{"aria-label": "Controls", "aria-expanded": "false", "aria-controls": "rail"},
    )
    own = [tab.header() for tab in TABS.values() if tab.header]
    return html.Header([drawer, brand, *own, *_tabs(), html.Div(tools, className="tools")])


def _tabs() -> list[html.Nav]:
    """The way from one tab to another: side by side, or in a menu where there is no room for that."""
    choices = [(name, view.TABS[name]) for name in TABS]
    row = html.Div(segments("view.tab", TO, choices, areas=True), className="row-of-tabs")
    menu_of = html.Div(menu("view.tab", TO, {TO: choices}, areas=True), className="menu-of-tabs")
    return [html.Nav([row, menu_of], id="tabs", **{"aria-label": TO})] if len(TABS) > 1 else []


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
    offers = {FIRST: EXPORTS} | OF_TABS
    lists = [
        html.Div(
            [*_files(offers.get(tab, {})), *_pictures(PICTURES.get(tab, {})), *PAPER.get(tab, [])], **{"data-tab": tab}
        )
        for tab in TABS
    ]
    held = html.Div([*lists, _of_lesson()], className="menu")
    menu = [html.Summary("Export", className="plain", **{"data-needs": "export"}), held]
    return html.Details(menu, className="export", **{"data-area": "share"})


def _of_lesson() -> html.Div:
    """What there is besides where a lesson is open; its module shows it and says of which."""
    files = [html.A(one.label, download="", **{"data-export": name}) for name, one in LESSONS.items()]
    return html.Div([_paper("Worksheet to print", None), *files], id="of-lesson", hidden=True)


def _files(exports: dict[str, Export]) -> list[html.A]:
    return [
        html.A(export.label, href=f"export/{name}", download="", **{"data-export": name})
        for name, export in exports.items()
    ]


def _pictures(pictures: dict[str, str]) -> list[html.Div]:
    return [
        html.Div(
            [html.Span(f"Picture: {what}"), *(_picture(name, what, kind) for kind in ("png", "svg"))],
            className="picture",
        )
        for name, what in pictures.items()
    ]


def _picture(name: str, what: str, kind: str) -> html.Button:
    named = {"data-picture": f"{name} {kind}", "aria-label": f"Picture of {what}, {kind.upper()}"}
    return html.Button(kind.upper(), className="plain", **named)
