"""Arrays reach the browser as they are, in single precision where they are drawn."""

import json
from typing import NamedTuple

import numpy as np
import pytest
from dash import html

from app.screen.arrays import ALIGNED, LARGEST, coded, frame, small, text, wired

from ..strategies import unframed


class Message(NamedTuple):
    name: str
    values: np.ndarray
    more: dict[str, object]


GRID = np.arange(12.0).reshape(3, 4)
MESSAGE = Message(
    "é", small(np.array([0.1, -3.0, 1e-30])), {"b": GRID, "a": (1, None, True), "none": small(np.zeros(0))}
)


def test_small_is_single_precision() -> None:
    values = np.array([0.1, -3.0, 1e-30, 12345.678])
    np.testing.assert_array_equal(small(values), values.astype(np.float32))


def test_small_takes_what_float32_cannot_hold() -> None:
    made = small(np.array([1e308, -1e308, np.inf, -np.inf, np.nan, 5e-324])).astype(float)
    np.testing.assert_allclose(made[:4], np.array([1, -1, 1, -1]) * LARGEST, rtol=1e-6)
    assert np.isnan(made[4]) and made[5] == 0


def test_a_frame_brings_every_array_back_to_the_last_bit() -> None:
    back = unframed(frame(MESSAGE))
    assert back["name"] == "é" and back["more"]["a"] == [1, None, True]
    for found, sent in ((back["values"], MESSAGE.values), (back["more"]["b"], GRID), (back["more"]["none"], [])):
        np.testing.assert_array_equal(found, sent)
    assert (back["values"].dtype, back["more"]["b"].dtype) == (np.float32, np.float64)


def test_every_part_of_a_frame_is_aligned() -> None:
    raw = frame(MESSAGE)
    end = 4 + int.from_bytes(raw[:4], "little")
    header = json.loads(raw[4:end])
    assert end % ALIGNED == header["values"]["at"] % ALIGNED == header["more"]["b"]["at"] % ALIGNED == 0


def test_numbers_that_json_does_not_know_travel_in_arrays() -> None:
    strange = np.array([np.nan, np.inf, -0.0])
    np.testing.assert_array_equal(unframed(frame({"a": strange}))["a"], strange)
    with pytest.raises(ValueError, match="JSON"):
        frame({"a": np.nan})


def test_a_coded_array_is_text_with_its_shape() -> None:
    assert coded(small(np.zeros(2))) == {"dtype": "f4", "bdata": "AAAAAAAAAAA="}
    assert coded(small(np.zeros((2, 5))))["shape"] == "2, 5"
    assert json.loads(text({"a": GRID}))["a"]["dtype"] == "f8"


def test_a_component_is_what_dash_would_send() -> None:
    div = html.Div(["a", html.Span("b", className="c")], id="d")
    assert json.loads(text(div)) == json.loads(json.dumps(div, default=lambda one: one.to_plotly_json()))


def test_the_properties_of_a_component_come_in_one_order() -> None:
    sent = wired(html.Div("a", id="d", title="t", className="c"), coded)
    assert list(sent["props"]) == sorted(sent["props"]) and set(sent["props"]) == {
        "children",
        "id",
        "title",
        "className",
    }
