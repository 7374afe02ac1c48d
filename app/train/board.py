"""The Train tab as components: what is asked, in the header and in the rail, and what is seen of it."""

from typing import Any

from dash import html

from optim_core import Hyper

from ..page import train
from ..page.train import CURVES, DATA, EXPERIMENTS, MODELS
from ..screen.at_hand import at_hand
from ..screen.controls import area, changing_menu, field, menu, number_field, said, segments, switch
from ..screen.transport import playback
from .fields import card, fields
from .file import file_control

SHUFFLES = "The median of the shuffles, and between the lowest and the highest of them a band. "
CURVE_KEYS = [html.Span(SHUFFLES, className="of-several"), "A run is its colour and its marker."]
AREA = {"data-tab": "train", "data-area": "train"}


def header() -> html.Div:
    """What the header offers for this tab: the menus of data and of trainings to begin with."""
    data = {"Made": DATA[:1], "Shipped": [_short(*one) for one in DATA[1:-1]], "Yours": DATA[-1:]}
    begun = {"To begin with": [(name, one.label) for name, one in EXPERIMENTS.items()]}
    menus = [menu("train.data", "Data", data), menu("experiment", "A training to begin with", begun, "Try…")]
    return html.Div(menus, className="surface-menu", **AREA)


def _short(name: str, title: str) -> tuple[str, str, str]:
    return name, title.partition(":")[0], title


def beside() -> html.Div:
    """What the rail holds for this tab, beneath what all tabs have."""
    return html.Div([_data(), _model(), _training()], className="asked-of", **AREA)


def _data() -> html.Section:
    numbers = [
        _pair(_number("n", "samples", train.N), _number("d", "features", train.D)),
        _pair(_number("noise", "noise", train.NOISE), _number("weights", "weights", train.WEIGHTS)),
        _pair(_number("condition", "scales 1 :", train.CONDITION), _number("rare", "rare", train.RARE)),
    ]
    return _card(
        "Data",
        [
            said("train.about", "doc"),
            html.Div(numbers, **{"data-data": "made"}),
            html.Div(_target(), **{"data-data": "table"}),
            switch("train.standard", "features standardised"),
            _pair(_number("validation", "held out", train.SHARE), _number("seed", "seed", train.SEED)),
        ],
    )


def _target() -> html.Label:
    return html.Label(
        ["target", changing_menu("train.target", "Column that is told from the others")], className="point"
    )


def _model() -> html.Section:
    choose = menu("train.model", "Model", {"": MODELS})
    return _card("Model", [choose, switch("train.intercept", "intercept"), _number("l2", "L2", train.L2)])


def _training() -> html.Section:
    return _card(
        "Training",
        [
            field("train.batch", train.BATCH),
            _pair(_number("epochs", "epochs", train.EPOCHS), _number("goal", "loss to reach", train.TARGET_LOSS)),
            _pair(_number("shuffles", "shuffles", train.SHUFFLES), _number("order", "their seed", train.ORDER)),
            switch("train.printed", "as printed"),
        ],
    )


def _card(title: str, children: list[Any]) -> html.Section:
    return area("train", title, "", children)


def _pair(*fields: Any) -> html.Div:
    return html.Div(fields, className="pair")


def _number(name: str, label: str, declared: Hyper) -> html.Label:
    return html.Label(
        [html.Span(label), number_field(f"train.{name}", declared)], className="point", title=declared.doc
    )


def board() -> html.Main:
    """The tab, with nothing in it yet: values and curves follow with the first reply and the tiles."""
    told = [
        file_control(),
        html.P(id="train-about", className="note"),
        html.P(id="train-problem", className="problem", role="alert", hidden=True),
        html.Ul(id="train-said", className="said"),
        html.Ul(id="train-notes", className="note"),
    ]
    asks = html.H2("Which optimizer trains this model soonest?", className="asks")
    about = html.Section([asks, *told], className="card", **{"aria-label": "Training"})
    drawn = fields()
    seen = [_losses(), drawn.pop("path"), _results(), *drawn.values()]
    parts = [
        about,
        at_hand(of="train.name"),
        html.Div(seen, className="fields"),
        playback("train-scrubber", "train-counter", "playhead.train"),
    ]
    return html.Main(parts, id="train", className="train", **AREA, **{"aria-label": "Train"})


def _losses() -> html.Section:
    choose = html.Div(segments("train.curve", "What is drawn", CURVES), className="for-classes")
    return card(
        "losses",
        "Epoch by epoch",
        [choose, html.Div(id="train-progress", className="progress")],
        html.P(CURVE_KEYS, className="note"),
    )


def _results() -> html.Section:
    table = html.Div(id="train-table", className="details", tabIndex=0, role="region", **{"aria-label": "Results"})
    return html.Section([html.H2("Results"), table], className="card results-card", **{"aria-label": "Results"})
