"""Hyper -> component: what every tab's controls are made of.

A control's id is `{kind: key}`; kind and key are what `edits.apply` reads. Components are built without their values,
which are sent apart (`filled` puts them in), so that moving one control moves others without building them anew.
"""

from typing import Any
from urllib.parse import quote

import dash_mantine_components as dmc
from dash import html

from optim_core import Hyper

from ..page import scales
from . import theme

# what a control of each kind shows
KINDS = {
    "slider": "value",
    "number": "value",
    "text": "value",
    "choice": "value",
    "switch": "checked",
    "action": "n_clicks",
}


def slider(key: str, declared: Hyper) -> dmc.Slider:
    low, high = scales.ends(declared)
    return dmc.Slider(
        id={"slider": key},
        min=low,
        max=high,
        step=(high - low) / 400,
        precision=6,
        label=None,
        size="sm",
        thumbSize=16,
        updatemode="drag",
        thumbLabel=f"{declared.symbol} {declared.doc}",
        domain=[low, high],
    )


def number_field(key: str, declared: Hyper) -> dmc.TextInput:
    """A number typed as text, for 1e-8 is one; sent when left or on Enter."""
    return dmc.TextInput(
        id={"number": key},
        debounce=True,
        size="xs",
        className="number",
        inputProps={"aria-label": f"{declared.symbol} {declared.doc}, number", "inputMode": "decimal"},
    )


def field(key: str, declared: Hyper) -> html.Div:
    """A declared number: its symbol, its meaning, a field to type in and a slider; a flag: a switch."""
    if declared.scale == "switch":
        return html.Div(dmc.Switch(id={"switch": key}, label=declared.doc, size="xs"), className="field")
    name = html.Span([html.I(declared.symbol), html.Span(declared.doc, className="doc")], className="name")
    note = html.Div(className="why", **{"data-text": f"{key}.why"})
    return html.Div([name, number_field(key, declared), slider(key, declared), note], className="field")


def action(key: str, icon: str, label: str, **more: Any) -> dmc.ActionIcon:
    return dmc.ActionIcon(
        html.Span(className=f"icon icon-{icon}"),
        id={"action": key},
        variant="subtle",
        color="gray",
        attributes={"root": {"aria-label": label, "title": label}},
        **more,
    )


def button(key: str, label: str, title: str) -> dmc.Button:
    return dmc.Button(
        label,
        id={"action": key},
        size="compact-xs",
        variant="default",
        attributes={"root": {"title": title}},
    )


def segments(key: str, name: str, choices: list[tuple[str, str]]) -> dmc.SegmentedControl:
    data = [{"value": value, "label": label} for value, label in choices]
    named = {"root": {"aria-label": name}}
    return dmc.SegmentedControl(id={"choice": key}, data=data, size="xs", withItemsBorders=False, attributes=named)


def head(slot: int) -> html.Span:
    """The marker of a run, in its colour."""
    outline = theme.HEADS[slot][1]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1.4 -1.4 2.8 2.8"><path d="{outline}"/></svg>'
    look = {"maskImage": f'url("data:image/svg+xml,{quote(svg)}")', "backgroundColor": f"var(--run-{slot})"}
    return html.Span(className="head", style=look)


def said(key: str, look: str) -> html.Span:
    """A text that the page fills in."""
    return html.Span(className=look, **{"data-text": key})


def area(name: str, title: str, note: str, children: list[Any]) -> html.Section:
    heading = html.Div([html.H2(title), html.Span(note, className="note")], className="card-head")
    return html.Section([heading, *children], className="card", **{"data-area": name, "aria-label": title})


def filled(components: list[Any], values: dict[str, dict[str, Any]]) -> list[Any]:
    """The same components, showing their values from the first moment."""
    for component in (part for root in components for part in root._traverse()):
        for kind, key in (
            getattr(component, "id", None).items() if isinstance(getattr(component, "id", None), dict) else ()
        ):
            if key in values.get(kind, {}):
                setattr(component, "checked" if kind == "switch" else "value", values[kind][key])
    return components
