"""Dash's components as HTML: what never changes is in the page itself, and needs no React to be seen."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from dash.development.base_component import Component

NAMES = {"className": "class", "htmlFor": "for", "tabIndex": "tabindex"}  # React's -> HTML's


def markup(shown: Any) -> str:
    """Components, texts and lists of them as React would write them."""
    if shown is None:
        return ""
    if isinstance(shown, (list, tuple)):
        return "".join(map(markup, shown))
    if not isinstance(shown, Component):
        return escape(str(shown), quote=False)
    props: dict[str, Any] = shown.to_plotly_json()["props"]
    tag = shown._type.lower()
    given = "".join(_attribute(NAMES.get(name, name), value) for name, value in sorted(props.items()))
    return f"<{tag}{given}>{markup(props.get('children'))}</{tag}>"


def _attribute(name: str, value: Any) -> str:
    if name in ("children", "key") or value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    return f' {name}="{escape(_style(value) if name == "style" else str(value))}"'


def _style(rules: Mapping[str, Any]) -> str:
    return ";".join(f"{_property(name)}:{value}" for name, value in rules.items())


def _property(name: str) -> str:
    return name if name.startswith("--") else re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)
