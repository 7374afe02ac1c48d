"""The Explore tab as components: the map and its playback, the line panels, and what stands inside the runs."""

from typing import Any

from dash import html

from optim_core import NOTATIONS

from ..metrics import METRICS, PANELS, Panel
from ..page.names import continued
from ..page.view import TOLERANCE
from ..screen.at_hand import at_hand
from ..screen.controls import OF_SURFACE, menu, number_field, segments, switch, term
from ..screen.transport import playback
from . import ruler
from .curves import LIMITS
from .rail import scene_menu, surface_menu


def header() -> html.Div:
    """What the header offers for this tab: the menus of surfaces and of scenes."""
    surfaces = html.Div(surface_menu(), **{"data-area": "surface"})
    scenes = html.Div(scene_menu(), **{"data-area": "runs"})
    return html.Div([surfaces, scenes], className="surface-menu", **{"data-area": "surface runs", **OF_SURFACE})


def board() -> html.Div:
    """The tab, with nothing in it yet: values, figures and arrays follow with the first reply."""
    return html.Div([_stage(), _details(), _panels()], className="work", **{"data-tab": "explore"})


def rail(more: list[Any]) -> html.Aside:
    """Room for the controls of the state, beside every tab, and for what some tabs have there for themselves."""
    areas = {"aria-label": "Controls", "data-area": "masters runs surface start steps"}
    return html.Aside([ENTRY, *more], id="rail", **areas)


def _stage() -> html.Main:
    kinds = [("contour", "Contour"), ("surface", "Surface"), ("side", "Side by side")]
    overlays = [("off", "none"), ("arrows", "forces"), ("ellipse", "curvature")]
    views = [
        segments("view.map", "Kind of map", kinds),
        segments("view.height", "Height of the surface", [("loss", "loss"), ("log", "log height")]),
        segments("view.arrows", "Downhill arrows", [("off", "no arrows"), ("on", "−∇f")]),
        segments("view.overlay", "What is drawn at the heads", overlays),
    ]
    asked = html.H2(className="question", **{"data-text": "surface.question"})
    told = html.P(className="conditions", **{"data-text": "weather"})
    heading = [html.Div([asked, told]), html.Div(views, className="views")]
    handle = html.Button(
        html.Span("start"),
        id="start-handle",
        **{"aria-label": "Start point: drag it, or move it with the arrow keys", "data-handle": "start"},
    )
    readout = html.Div(id="readout", className="note", **{"data-text": "map.hint"})
    frame = html.Div([*_graph("map", "The runs on the surface"), _welcome(), handle, readout], className="map-frame")
    map_card = html.Section(
        [html.Div(heading, className="map-head"), frame],
        className="card map-card",
        **{"data-area": "map", "aria-label": "Map"},
    )
    return html.Main([map_card, at_hand(ruler.room()), playback("scrubber", "counter")], className="stage")


def _welcome() -> html.Div:
    """What a first visit sees, in a line that lies over the map's margin until it is put away."""
    seen = "A loss seen from above; each line is one optimizer walking downhill from the ring towards the gold. "
    plays = [html.Span("Space plays.", className="by-key"), html.Span("▶ plays.", className="by-finger")]
    close = html.Button("×", className="plain", **{"aria-label": "Put this line away"})
    return html.Div([html.P([seen, *plays]), close], id="welcome", hidden=True)


def _details() -> html.Section:
    kinds = [
        ("results", "Results"), ("now", "At this step"), ("steps", "Step by step"), ("stability", "Stability"),
        ("conventions", "Conventions"), ("off", "Closed"),
    ]  # fmt: skip
    said = html.Div(
        [html.Ul(id="said", className="said"), html.Button(id="said-all", className="plain small", hidden=True)],
        className="saying",
    )
    live = html.Div(id="live", className="unseen", role="status")
    tabs = html.Div(segments("view.detail", "What is shown here", kinds), className="tabs")
    body = html.Div(id="details", className="details", tabIndex=0)
    return html.Section(
        [said, live, tabs, _stopping(), _letters(), body],
        className="card inside",
        **{"data-area": "details", "aria-label": "Inside the runs"},
    )


def _stopping() -> html.Div:
    """What belongs to the results alone: when a run counts as arrived, and would have stopped."""
    rules = [("off", "no stopping rule"), ("loss", "stop by loss"), ("gradient", "stop by gradient")]
    tolerance = html.Div([term("tolerance", "tolerance"), number_field("tolerance", TOLERANCE)], className="point")
    return html.Div([segments("view.rule", "Stopping rule", rules), tolerance], className="stopping")


def _letters() -> html.Label:
    """What belongs to the formulas: whose symbols they are written in, here and on the whole page."""
    return html.Label(["letters", menu("view.letters", "Letters of your text", LETTERS)], className="letters")


def _panels() -> html.Div:
    cards = [_panel(graph, panel) for graph, panel in PANELS.items()]
    return html.Div(cards, className="panels", style={"--panels": len(cards)}, **{"data-area": "panels"})


def _panel(graph: str, panel: Panel) -> html.Section:
    axis = segments(f"view.{panel.axis}", f"Axis of {continued(panel.label)}", [("log", "log"), ("linear", "lin")])
    named = _chosen(panel) if panel.choice else _fixed(panel)
    limit = [html.Span(switch("view.limits", "2/λ"), className="limit", title=LIMIT)] if graph == LIMITS else []
    heading = html.Div([*named, *limit, axis], className="card-head")
    return html.Section(
        [heading, *_graph(graph, f"{panel.label}, by step")], className="card", **{"aria-label": panel.label}
    )


def _fixed(panel: Panel) -> list[Any]:
    shown = METRICS[panel.metric]
    legend = [html.I("x"), html.Span(className="solid"), html.I("y"), html.Span(className="dashed")]
    note = html.Span(legend, className="legend") if panel.legend else html.Span(shown.doc, className="note")
    return [html.H2(term(panel.term, shown.label) if panel.term else shown.label), note]


def _chosen(panel: Panel) -> list[Any]:
    return [menu(f"view.{panel.choice}", "What this panel shows", METRIC_GROUPS)]


def _graph(name: str, label: str) -> list[Any]:
    """A graph, and in words what it shows, which follows with the sentences."""
    told = f"graph-{name}-told"
    named = {"role": "figure", "aria-label": label, "aria-describedby": told}
    graph = html.Div(id=f"graph-{name}", className="graph", **named, **{"data-graph": name})
    return [graph, html.P(id=told, className="unseen")]


def _metrics(memories: bool) -> list[tuple[str, str]]:
    return [(name, metric.label) for name, metric in METRICS.items() if metric.remembered == memories]


ENTRY = "{%app_entry%}"  # where Dash builds the controls
LIMIT = "Dotted: the largest rate at which plain steps stay bounded where the run stands, 2/λmax for gradient descent"
LETTERS = {"Letters of your text": [(name, letters.label) for name, letters in NOTATIONS.items()]}
METRIC_GROUPS = {"Of the walk": _metrics(False), "What the optimizers remember": _metrics(True)}
