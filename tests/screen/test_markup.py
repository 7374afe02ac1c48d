"""Components as HTML: what an HTML parser reads of it is what was said."""

import itertools
from html.parser import HTMLParser
from typing import Any

import pytest
from dash import html
from dash.development.base_component import Component

from app import shell
from app.screen.markup import NAMES, markup


class Reader(HTMLParser):
    """The elements of a text, each as (tag, attributes, what it contains)."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[Any] = [("", {}, [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = (tag, dict(attrs), [])
        self.open[-1][2].append(element)
        self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.open[-1][2].append(data)


def read(text: str) -> list[Any]:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert len(reader.open) == 1, "every element is closed"
    return reader.open[0][2]


def meant(shown: Any) -> list[Any]:
    """The same from the components themselves."""
    if shown is None:
        return []
    if isinstance(shown, (list, tuple)):
        parts = [part for one in shown for part in meant(one)]
        grouped = itertools.groupby(parts, lambda part: isinstance(part, str))
        return [one for texts, group in grouped for one in (["".join(group)] if texts else group)]
    if not isinstance(shown, Component):
        return [str(shown)]
    props = shown.to_plotly_json()["props"]
    inside = meant(props.pop("children"))
    given = {NAMES.get(name, name): value for name, value in props.items() if name not in ("key", "style")}
    given = {name: value for name, value in given.items() if value is not None and value is not False}
    kept = {name: None if value is True else str(value) for name, value in given.items()}
    return [(shown._type.lower(), kept, inside)]


def without_styles(elements: list[Any]) -> list[Any]:
    return [
        (one[0], {name: value for name, value in one[1].items() if name != "style"}, without_styles(one[2]))
        if isinstance(one, tuple)
        else one
        for one in elements
    ]


def test_the_whole_page_reads_as_it_was_written() -> None:
    assert without_styles(read(markup(shell.page()))) == meant(shell.page())


@pytest.mark.parametrize("hostile", ['"><script>', "</div>", "a & b < c", "&amp;", "'", "{%scripts%}", "\x00"])
def test_nothing_gets_out_of_its_place(hostile: str) -> None:
    shown = html.Div(["a", html.B(hostile), None, 3], id=hostile, title=hostile, hidden=False, **{"data-x": hostile})
    (element,) = read(markup(shown))
    assert element == ("div", {"id": hostile, "title": hostile, "data-x": hostile}, ["a", ("b", {}, [hostile]), "3"])


def test_styles_and_flags() -> None:
    shown = html.Div(style={"backgroundColor": "red", "--panels": 3}, hidden=True, tabIndex=0, className="a b", key="k")
    assert markup(shown) == '<div class="a b" hidden style="background-color:red;--panels:3" tabindex="0"></div>'
