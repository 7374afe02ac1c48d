"""Sliders at hand, where there is no rail beside what they move: in a presentation and on a phone."""

from dataclasses import replace
from typing import Any

from dash import html

from ..page.run_edits import MASTERS
from ..page.view import CHOICES
from .controls import menu, slider

AT_HAND = {"beta": "memory", "eps": "floor"}  # in a word, what the second slider moves


def at_hand(beneath: Any = None, of: str = "surface.name") -> html.Section:
    """Two sliders, the second one of two that are chosen from; `beneath` stands beneath the learning rate's.

    `of`: the text that names what they are seen on.
    """
    chosen = menu("view.strip", "The second slider", {"": [(shared, AT_HAND[shared]) for shared in CHOICES["strip"]]})
    rows = [_row(shared, beneath if shared == "lr" else None) for shared in MASTERS]
    name = html.B(className="surface-name", **{"data-text": of})
    row = html.Div([rows[0], chosen, *rows[1:]], className="at-hand-sliders", **{"data-area": "masters"})
    return html.Section([name, row], className="card at-hand", **{"aria-label": "Sliders at hand"})


def _row(shared: str, beneath: Any) -> html.Div:
    symbol = html.I(**{"data-text": f"strip.{shared}.symbol"})
    value = html.Span(className="value", **{"data-text": f"strip.{shared}"})
    moved = slider(f"master.{shared}", replace(MASTERS[shared], symbol=""), " of all runs")
    if beneath is not None:
        moved = html.Div([moved, beneath], className="with-ruler")
    return html.Div([symbol, value, moved], className=f"at-hand-row of-{shared}")
