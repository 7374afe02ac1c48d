"""Hyper -> placeholder: what every tab's controls are made of.

Dash lays out placeholders, and `assets/screen/controls.js` fills each with the platform's own element. A placeholder
says which control it is (`data-control`: its kind, `data-key`: which one, as `edits.apply` reads them) and, in
`data-spec`, what the element needs to know. What it shows is sent apart, so that moving one control moves others
without building them anew.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from dash import html

from optim_core import PAPER, Hyper, Letters
from optim_core.letters import is_name

from ..page import glossary, scales
from . import theme

Choices = Iterable[tuple[str, ...]]  # value, label, and perhaps what it means
FINEST = 400  # places of a slider
OF_SURFACE = {"data-of": "surface"}  # what an element says that is not shown where a tab has no surface


def placeholder(kind: str, key: str, **spec: Any) -> html.Div:
    """Room for a control; React takes it for another one when its kind, key or spec is another."""
    told = json.dumps(spec, ensure_ascii=False, sort_keys=True)
    data = {"data-control": kind, "data-key": key, "data-spec": told}
    return html.Div(key=f"{kind} {key} {told}", className=f"control {kind}", **data)


def slider(key: str, declared: Hyper, whose: str = "") -> html.Div:
    low, high = scales.ends(declared)
    spec = {"min": low, "max": high, "step": (high - low) / FINEST}
    return placeholder("slider", key, **spec, label=_name(declared) + whose)


def number_field(key: str, declared: Hyper, whose: str = "") -> html.Div:
    """A number typed as text, for 1e-8 is one; sent when left or on Enter."""
    return placeholder("number", key, label=f"{_name(declared)}{whose}, number")


def text_field(key: str, label: str, length: int) -> html.Div:
    return placeholder("text", key, label=label, length=length)


def lines_field(key: str, label: str, example: str, done: str) -> html.Div:
    """Room for a text of several lines; sent when it is pasted, left or, by the button, done."""
    return placeholder("text", key, label=label, example=example, done=done)


def menu(key: str, label: str, groups: Mapping[str, Choices], first: str = "", areas: bool = False) -> html.Div:
    """A select; `first` is what it shows while nothing is chosen, "" where something always is.

    With `areas` each choice is an area that an address may hide.
    """
    grouped = [[name, [list(choice) for choice in choices]] for name, choices in groups.items()]
    return placeholder("choice", key, label=label, groups=grouped, first=first, **({"areas": True} if areas else {}))


def changing_menu(key: str, label: str) -> html.Div:
    """A select whose choices come with what it shows: `options` of this key, pairs of a value and what it is called."""
    return placeholder("choice", key, label=label, groups=[], changing=True)


def segments(key: str, label: str, choices: Choices, areas: bool = False) -> html.Div:
    """A few choices side by side, of which one is taken; `areas` as of a menu."""
    told = [list(choice) for choice in choices]
    return placeholder("choice", key, label=label, segments=told, **({"areas": True} if areas else {}))


def switch(key: str, label: str) -> html.Div:
    return placeholder("switch", key, label=label)


def field(key: str, declared: Hyper, letters: Letters = PAPER, whose: str = "") -> html.Div:
    """A declared number in these letters: symbol, meaning, a field to type in and a slider; a flag: a switch.

    `whose` is said of it where it is read out and another number has the same name.
    """
    meant, declared = glossary.key(declared), letters.hyper(declared)
    if declared.scale == "switch":
        return html.Div(switch(key, declared.doc), className="field")
    shown = symbol(declared.symbol)
    shown = term(meant, shown) if meant in glossary.TERMS else shown
    name = html.Span([shown, html.Span(declared.doc, className="doc")], className="name")
    note = html.Div(className="why", **{"data-text": f"{key}.why"})
    return html.Div([name, number_field(key, declared, whose), slider(key, declared, whose), note], className="field")


def symbol(shown: str) -> html.I | html.Code:
    """A letter as in a formula, or a name as in code."""
    return html.Code(shown) if is_name(shown) else html.I(shown)


def action(key: str, icon: str, label: str) -> html.Button:
    """A button that shows an icon."""
    named = {"aria-label": label, "title": label, "data-action": key}
    return html.Button(html.Span(className=f"icon icon-{icon}"), className="bare", **named)


def button(key: str, label: str, title: str) -> html.Button:
    return html.Button(label, className="plain small", title=title, **{"data-action": key})


def explained(key: str) -> dict[str, str]:
    """What an element says that a term of the glossary explains; nothing, where there is none."""
    return {"data-term": key, "aria-describedby": f"term-{key}"} if key in glossary.TERMS else {}


def term(key: str, shown: Any) -> html.Button:
    """A symbol or a word that explains itself: on hover, on focus and on a tap."""
    return html.Button(shown, className="term", **explained(key))


def glossary_list(letters: Letters) -> html.Dl:
    """The meanings behind the terms, where `screen/terms.js` and screen readers find them."""
    entries = [
        part
        for key, (name, meaning) in glossary.terms(letters).items()
        for part in (html.Dt(name), html.Dd(meaning, id=f"term-{key}"))
    ]
    return html.Dl(entries, id="glossary", hidden=True)


def head(slot: int) -> html.Span:
    """The marker of a run, in its colour."""
    outline = theme.HEADS[slot][1]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1.4 -1.4 2.8 2.8"><path d="{outline}"/></svg>'
    look = {"maskImage": f'url("data:image/svg+xml,{quote(svg)}")', "backgroundColor": f"var(--run-{slot})"}
    return html.Span(className="head", style=look)


def said(key: str, look: str) -> html.Span:
    """A text that the page fills in."""
    return html.Span(className=look, **{"data-text": key})


def area(name: str, title: str, note: str, children: list[Any], of: dict[str, str] | None = None) -> html.Section:
    """A card; where it holds several areas, their names with spaces between. `of` may be OF_SURFACE."""
    beside = [html.Span(note, className="note")] if note else []
    heading = html.Div([html.H2(title), *beside], className="card-head")
    return html.Section(
        [heading, *children], className="card", **{"data-area": name, "aria-label": title, **(of or {})}
    )


def _name(declared: Hyper) -> str:
    return f"{declared.symbol} {declared.doc}".lstrip()
