"""Browser and server name the same messages with the same fields, and nothing is sent that nobody reads."""

import json
import re
from typing import Any

import pytest

from app import modules, protocol
from app.protocol import ASKED, Ask, Edit, Forged, Probe, Request, read, read_any
from app.version import ASSETS

MIRROR = modules.source("wire/protocol.js")
CODE = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted(ASSETS.rglob("*"))
    if path.suffix in (".js", ".mjs") and path.name not in ("plotly.min.js", "protocol.js")
)
UNSAID = ("Edit",)  # a list of three on the wire


def mirrored(table: str) -> dict[str, list[str]]:
    """The messages of a table of protocol.js."""
    body = re.search(rf"export const {table} = \{{(.*?)\n\}};", MIRROR, re.DOTALL)[1]
    return {name: re.findall(r'"(\w+)"', fields) for name, fields in re.findall(r"(\w+): \[(.*?)\]", body, re.DOTALL)}


def test_what_the_browser_sends_has_the_fields_that_are_read() -> None:
    assert mirrored("SENT") == {kind: list(message._fields) for kind, message in ASKED.items()}


def test_what_the_browser_receives_has_the_fields_that_are_sent() -> None:
    sent = [message for message in protocol.MESSAGES if message not in ASKED.values()]
    assert mirrored("RECEIVED") == {one.__name__: list(one._fields) for one in sent if one.__name__ not in UNSAID}


@pytest.mark.parametrize("message", mirrored("RECEIVED"))
def test_every_field_that_is_sent_is_read(message: str) -> None:
    for name in mirrored("RECEIVED")[message]:
        assert re.search(rf"\.{name}\b|[{{,]\s*{name}\b(?=\s*[,}}:])", CODE), name


def test_a_message_is_read_field_by_field() -> None:
    given = {
        "kind": "request",
        "base": "?run=sgd",
        "edits": [["slider", "steps", 1.5]],
        "have": {"map": "k"},
        "open": 2,
    }
    assert read_any(given) == Request("?run=sgd", [Edit("slider", "steps", 1.5)], {"map": "k"}, 2)
    assert read_any({"kind": "probe", "query": "", "at": [1, 2.5]}) == Probe("", (1, 2.5))
    assert read(Ask, {"query": "", "t": 3, "brief": True}) == Ask("", 3, True)


WRONG: dict[str, Any] = {
    "true for an integer": {"query": "", "t": True},
    "1.0 for an integer": {"query": "", "t": 1.0},
    "null for an integer": {"query": "", "t": None},
    "1 for true": {"query": "", "t": 1, "brief": 1},
    "a list for a text": {"query": [], "t": 1},
    "a field too many": {"query": "", "t": 1, "seq": 1},
    "a field too few": {"t": 1},
    "a list": [],
    "nothing": None,
}


@pytest.mark.parametrize("given", WRONG.values(), ids=WRONG)
def test_what_is_not_exactly_of_its_kind_is_refused(given: Any) -> None:
    with pytest.raises(Forged):
        read(Ask, given)


@pytest.mark.parametrize("value", [True, "1", None, [1], 10**400, json.loads("1e999")])
def test_a_number_is_finite_and_not_a_bool(value: Any) -> None:
    with pytest.raises(Forged):
        read(Probe, {"query": "", "at": [0, value]})
