"""Between the network and Dash: a request of the page passes, anything else gets a 4xx with a reason."""

import copy
import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app import limits
from app.main import create_app
from app.protocol import Request
from app.shell import TABS
from app.version import fingerprint

from ..browser.server import ROOT
from ..strategies import unframed
from .decoded import DECODED

UPDATE = "/_dash-update-component"
CHANNEL = "/channel"
ASSETS = f"/assets/{fingerprint()}"
thoroughly = settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def app() -> Dash:
    return create_app()


@pytest.fixture
def client(app: Dash, caplog: pytest.LogCaptureFixture) -> Iterator[FlaskClient]:
    """A client; nothing it asks may leave an error in the log."""
    with caplog.at_level(logging.DEBUG):
        yield app.server.test_client()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def asked(**changes: Any) -> dict[str, Any]:
    """The body of a real request, with changes."""
    value = {"kind": "request", "base": "?run=sgd&steps=3", "edits": [], "have": {}}
    return value | {"open": None, "mode": "light", "coarse": False} | changes


def probed(**changes: Any) -> dict[str, Any]:
    return {"kind": "probe", "query": "?f=booth", "at": [0, 0]} | changes


def below(**changes: Any) -> dict[str, Any]:
    """The body of a question for what stands below the map."""
    return {"kind": "ask", "query": "?run=sgd&steps=3", "t": 2} | changes


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


def post(client: FlaskClient, body: Any, **how: Any) -> TestResponse:
    raw = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return client.post(CHANNEL, data=raw, **{"content_type": "application/json", **how})


def get(client: FlaskClient, path: str) -> TestResponse:
    """A response read to its end, for a file stays open until then."""
    return client.get(path, buffered=True)


def check_refused(response: TestResponse, *statuses: int) -> None:
    assert response.status_code in statuses, response.data[:200]
    assert response.mimetype == "application/json"
    assert list(response.json) == ["error"] and len(response.json["error"]) > 5
    assert b"Traceback" not in response.data and b"site-packages" not in response.data


# what passes


def test_a_request_of_the_page_is_answered(client: FlaskClient) -> None:
    response = post(client, asked())
    assert (response.status_code, response.mimetype) == (200, "application/octet-stream")
    reply = unframed(response.data)
    assert reply["query"] == "?run=sgd&steps=3" and reply["components"]


def test_what_the_page_has_is_left_as_it_is(client: FlaskClient) -> None:
    reply = unframed(post(client, asked()).data)
    again = unframed(post(client, asked(have=reply["keys"] | {"rail": reply["rail"]})).data)
    assert again["components"] is None and again["scene"]["skeletons"] == {}


def test_a_probe_is_answered(client: FlaskClient) -> None:
    assert "74" in unframed(post(client, probed()).data)["text"]


def test_what_stands_below_the_map_is_answered(client: FlaskClient) -> None:
    assert len(unframed(post(client, below()).data)["said"]) == 1


@pytest.mark.parametrize("accept", ["", "zstd", "br", "gzip, deflate", "gzip, deflate, br, zstd"])
def test_an_answer_is_compressed_as_the_client_accepts(client: FlaskClient, accept: str) -> None:
    plain = post(client, asked()).data
    response = post(client, asked(), headers={"Accept-Encoding": accept})
    coding = response.headers.get("Content-Encoding", "identity")
    assert coding in (*accept.split(", "), "identity") and (coding == "identity") == (accept == "")
    assert DECODED[coding](response.data) == plain and response.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?f=booth&run=adam",
        "/health",
        "/_dash-layout",
        "/_dash-dependencies",
        f"{ASSETS}/css/style.css",
        f"{ASSETS}/wire/gate.js",
    ],
)
def test_the_pages_own_paths_are_there(client: FlaskClient, path: str) -> None:
    assert get(client, path).status_code == 200


def test_every_file_of_the_page_is_there_at_a_relative_address(client: FlaskClient) -> None:
    found = re.findall(r'(?:src|href)="([^"]+)"', get(client, "/").text)
    files = [one for one in found if not one.startswith("data:")]
    assert len(files) > 12
    assert not [one for one in files if one.startswith("/") or ":" in one]  # nothing from elsewhere
    assert [one for one in files if get(client, f"/{one}").status_code != 200] == []


def test_any_query_gives_the_page(client: FlaskClient) -> None:
    for query in ("?run=sgd~lr=%FF%00", "?" + "a&" * 2000, "?%", "?" + "x" * 4096):
        assert get(client, "/" + query).status_code == 200


# forged bodies

DEEP = '{"a":' * 100_000 + "1" + "}" * 100_000
FORGED: dict[str, tuple[Any, tuple[int, ...]]] = {
    "null": (None, (422,)),
    "list": ([], (422,)),
    "text": ("text", (400,)),
    "a JSON text": ('"text"', (422,)),
    "number": (3, (422,)),
    "empty object": ({}, (422,)),
    "no body": ("", (411,)),
    "blank body": (" ", (400,)),
    "no kind": (without(asked(), "kind"), (422,)),
    "unknown kind": (asked(kind="reply"), (422,)),
    "kind as list": (asked(kind=["request"]), (422,)),
    "another kind's fields": (asked(kind="probe"), (422,)),
    "a field too many": (asked(seq=1), (422,)),
    "a callback of Dash": ({"output": "a.b", "inputs": [], "changedPropIds": []}, (422,)),
    "deep objects": (DEEP[: limits.BODY_BYTES], (400,)),
    "deep lists": ("[" * limits.BODY_BYTES, (400,)),
    "deep and too long": (DEEP, (413,)),
    "nested beyond need": (asked(edits=[[[[[[[[[[[[[]]]]]]]]]]]]]), (400,)),
    "not JSON": ("{base:1}", (400,)),
    "half": (json.dumps(asked())[:-5], (400,)),
    "two": (json.dumps(asked()) * 2, (400,)),
    "bad UTF-8": (b'{"output": "\xff\xfe"}', (400,)),
    "UTF-16": (json.dumps(asked()).encode("utf-16"), (400,)),
    "NaN": (json.dumps(asked(open=float("nan"))), (422,)),
    "Infinity": (json.dumps(asked(open=float("inf"))), (422,)),
    "-Infinity": (json.dumps(asked(open=float("-inf"))), (422,)),
    "1e999": (json.dumps(asked()).replace('"open": null', '"open": 1e999'), (422,)),
    "long integer": (json.dumps(asked()).replace('"open": null', '"open": ' + "9" * 4000), (422,)),
    "very long integer": (json.dumps(asked()).replace('"open": null', '"open": -' + "9" * 9000), (422,)),
    "base number": (asked(base=3), (422,)),
    "base null": (asked(base=None), (422,)),
    "base missing": (without(asked(), "base"), (422,)),
    "edits object": (asked(edits={}), (422,)),
    "edits of texts": (asked(edits=["slider"]), (422,)),
    "edits too short": (asked(edits=[["slider", "steps"]]), (422,)),
    "edits too many": (asked(edits=[["slider", "steps", 1.0]] * (limits.EDITS + 1)), (422,)),
    "edit of nothing": (asked(edits=[["slider", "nothing", 1]]), (422,)),
    "edit of a wrong type": (asked(edits=[["slider", "steps", "1"]]), (422,)),
    "edit with an object": (asked(edits=[["choice", "surface", {}]]), (422,)),
    "have null": (asked(have=None), (422,)),
    "have text": (asked(have="x"), (422,)),
    "have numbers": (asked(have={"map": 1}), (422,)),
    "open true": (asked(open=True), (422,)),
    "coarse 1": (asked(coarse=1), (422,)),
    "mode of another colour": (asked(mode="sepia"), (422,)),
    "no such tab": (asked(tab="nothing"), (422,)),
    "probe text": (probed(at="x"), (422,)),
    "probe bool": (probed(at=[True, False]), (422,)),
    "probe of three": (probed(at=[1, 2, 3]), (422,)),
    "probe without query": (without(probed(), "query"), (422,)),
    "step true": (below(t=True, query="?detail=stability"), (422,)),
    "step 1.0": (below(t=1.0), (422,)),
    "brief 1": (below(brief=1), (422,)),
}


@pytest.mark.parametrize(("body", "statuses"), FORGED.values(), ids=FORGED)
def test_a_forged_body_is_refused(client: FlaskClient, body: Any, statuses: tuple[int, ...]) -> None:
    check_refused(post(client, body), *statuses)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"])
def test_only_json_is_read(client: FlaskClient, kind: str) -> None:
    check_refused(post(client, asked(), content_type=kind), 415)


def test_a_large_body_is_refused_unread(client: FlaskClient) -> None:
    padded = asked(base="x" * limits.BODY_BYTES)
    check_refused(post(client, padded), 413)
    announced = {"CONTENT_LENGTH": str(10**12), "wsgi.input": io.BytesIO(b"{}")}
    check_refused(client.post(CHANNEL, content_type="application/json", environ_overrides=announced), 413)


def test_a_page_of_another_build_is_told_to_reload(client: FlaskClient) -> None:
    check_refused(post(client, asked(version="older")), 409)


def test_the_largest_body_is_read(client: FlaskClient) -> None:
    room = limits.BODY_BYTES - len(json.dumps(asked(base="")))
    assert post(client, asked(base="x" * room)).status_code == 200


def test_a_body_without_length_is_refused(client: FlaskClient) -> None:
    chunked = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": io.BytesIO(b"2\r\n{}\r\n0\r\n\r\n"),
        "CONTENT_LENGTH": "",
    }
    check_refused(client.post(CHANNEL, content_type="application/json", environ_overrides=chunked), 411)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_a_message_is_posted(client: FlaskClient, method: str) -> None:
    check_refused(client.open(CHANNEL, method=method, json=asked()), 405)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/health", "/_dash-layout"])
def test_the_rest_is_read_only(client: FlaskClient, method: str, path: str) -> None:
    check_refused(client.open(path, method=method), 405)


def test_a_page_that_still_asks_by_callbacks_is_told_to_reload(client: FlaskClient) -> None:
    check_refused(client.post(UPDATE, json={"output": "..reply.data...rail.children.."}), 409)


def test_equal_requests_are_answered_once(app: Dash, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    first = post(client, asked(base="?run=sgd&steps=77")).data
    answers = {Request: lambda request: pytest.fail("asked again")}
    monkeypatch.setitem(TABS, "explore", TABS["explore"]._replace(answers=answers))
    assert post(client, asked(base="?run=sgd&steps=77")).data == first


@pytest.mark.parametrize(
    "body", [asked(base="?steps=79"), probed(at=[7, 9]), below(t=1)], ids=["request", "probe", "ask"]
)
def test_a_tab_is_asked_only_what_it_answers(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, body: Any) -> None:
    monkeypatch.setitem(TABS, "silent", TABS["explore"]._replace(answers={}))
    check_refused(post(client, body | {"tab": "silent"}), 422)


def test_the_same_request_has_the_same_bytes_in_every_process() -> None:
    script = (
        "import json, sys; from app.main import create_app; client = create_app().server.test_client();"
        "sys.stdout.buffer.write(client.post('/channel', json=json.loads(sys.argv[1])).data)"
    )
    words = [sys.executable, "-c", script, json.dumps(asked(open=0))]
    made = [
        subprocess.run(words, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True)
        for seed in ("1", "2")
    ]
    assert made[0].stdout == made[1].stdout != b""


# addresses


@pytest.mark.parametrize("path", ["/", UPDATE, "/health"])
def test_an_address_has_a_longest_length(client: FlaskClient, path: str) -> None:
    check_refused(get(client, f"{path}?{'x' * (limits.QUERY_BYTES + 1)}"), 414)


@pytest.mark.parametrize(
    "path",
    [
        "/anything",
        "/index.html",
        "/%ff%fe",
        "/%00",
        "/..",
        "/.git/config",
        "/app/main.py",
        "/_reload-hash",
        "/_mcp",
        "/mcp",
        "/api",
        "/_dash-anything",
        "/static/style.css",
        "/health/",
        "/assets",
        "/assets/",
        "/assets/css/style.css",
        "/assets/0a1b2c3d/css/style.css",
        ASSETS,
        f"{ASSETS}/",
        f"{ASSETS}/wire",
        f"{ASSETS}/nothing.css",
        f"{ASSETS}/__init__.py",
        f"{ASSETS}/..%2f..%2fpyproject.toml",
        f"{ASSETS}/../../app/main.py",
        f"{ASSETS}/%2e%2e/pyproject.toml",
        f"{ASSETS}//css/style.css",
        "/_dash-component-suites/",
        "/_dash-component-suites/dash",
        "/_dash-component-suites/os/x.py",
        "/_dash-component-suites/dash/../os.py",
        "/_dash-component-suites/dash/nothing.js",
        "/_dash-component-suites/dash/dash.py",
        "/_dash-component-suites/dash/%00",
    ],
)
def test_there_is_nothing_else(client: FlaskClient, path: str) -> None:
    check_refused(get(client, path), 404)


def test_a_library_may_announce_what_it_does_not_bring(app: Dash, client: FlaskClient) -> None:
    app.registered_paths["dash"].add("announced.js.map")
    check_refused(get(client, "/_dash-component-suites/dash/announced.js.map"), 404)


def test_a_person_who_goes_astray_reads_a_page(client: FlaskClient) -> None:
    for path, status in (("/nothing", 404), (f"/?{'x' * (limits.QUERY_BYTES + 1)}", 414)):
        response = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert (response.status_code, response.mimetype) == (status, "text/html")
        assert 'href="./"' in response.text and "xxx" not in response.text
    below = client.get("/nothing/of/this", headers={"Accept": "text/html"})
    assert 'href="../../"' in below.text


# what is kept


def test_what_has_its_version_in_its_address_is_kept_for_ever(client: FlaskClient) -> None:
    for name in ("main.mjs", "main.mjs?m=1", "wire/gate.js", "css/style.css"):
        assert "immutable" in get(client, f"{ASSETS}/{name}").headers["Cache-Control"]
    for path in ("/", "/health", f"{ASSETS}/nothing.js", "/assets/0a1b2c3d/main.mjs"):
        assert "immutable" not in get(client, path).headers.get("Cache-Control", "")


def test_the_dev_tools_are_off(app: Dash, client: FlaskClient) -> None:
    assert not app.server.debug
    assert not app._dev_tools.ui and not app._dev_tools.hot_reload and not app._dev_tools.serve_dev_bundles
    config = json.loads(get(client, "/").text.split('id="_dash-config" type="application/json">')[1].split("<")[0])
    assert not config.get("ui") and "hot_reload" not in config


def test_a_mistake_of_ours_is_logged_and_tells_nothing(
    app: Dash, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(request: Any) -> None:
        raise ValueError("secret of the house")  # whatever it is, it is no fault of the page

    monkeypatch.setitem(TABS, "explore", TABS["explore"]._replace(answers={Request: broken}))
    response = post(app.server.test_client(), asked(base="?steps=78"))
    check_refused(response, 500)  # a mistake of ours is the only way to a 5xx
    assert b"secret" not in response.data
    assert "default-src" in response.headers["Content-Security-Policy"]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "secret of the house" in caplog.text


# any change to a real request


def places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a body."""
    children = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def changed(body: Any, path: tuple[Any, ...], how: str, value: Any) -> Any:
    body = copy.deepcopy(body)
    *above, last = path
    holder = body
    for key in above:
        holder = holder[key]
    if how == "drop":
        del holder[last]
    elif how == "retype":
        holder[last] = value
    elif how == "nest":
        holder[last] = [holder[last]] if isinstance(value, list) else {"id": holder[last]}
    elif isinstance(holder, list):
        holder.append(holder[last])
    else:
        holder[f"{last}2"] = holder[last]
    return body


VALUES = [None, True, 0, -1, 1.5, 10**19, "", "request.data", "\ud800", [], [None], {}, {"id": {}}, ["a", "b", "c"]]
REAL = [
    asked(edits=[["slider", "run.0.lr", -1.0], ["action", "run.0.duplicate", 1], ["point", "start", [1, 2]]], open=0),
    probed(at=[1.5, 2.5]),
    below(),
    below(query="?detail=stability&overlay=ellipse"),
    below(query="?detail=steps&overlay=arrows", brief=True),
]


@thoroughly
@given(st.data(), st.sampled_from(REAL))
def test_any_change_to_a_real_request_is_answered_or_refused(client: FlaskClient, data: Any, body: Any) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([*places(body)] or [()]))
        if path:
            how = data.draw(st.sampled_from(["drop", "retype", "nest", "double"]))
            body = changed(body, path, how, data.draw(st.sampled_from(VALUES)))
    response = post(client, body)
    assert response.status_code in (200, 204) or 400 <= response.status_code < 500
    if response.status_code >= 400:
        check_refused(response, response.status_code)


@settings(thoroughly, max_examples=100)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(client: FlaskClient, raw: bytes) -> None:
    check_refused(post(client, raw), 400, 411, 422)
