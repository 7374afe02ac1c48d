"""Between the network and Dash: a request of the page passes, anything else gets a 4xx with a reason."""

import copy
import io
import json
import logging
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
from app.version import fingerprint
from app.wire import callbacks

UPDATE = "/_dash-update-component"
ASSETS = f"/assets/{fingerprint()}"
OUTPUT = "..reply.data...rail.children.."
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
    value = {
        "seq": 1,
        "base": "?run=sgd&steps=3",
        "edits": [],
        "have": {},
        "open": None,
        "mode": "light",
        "coarse": False,
    }
    return {
        "output": OUTPUT,
        "outputs": [{"id": "reply", "property": "data"}, {"id": "rail", "property": "children"}],
        "inputs": [{"id": "request", "property": "data", "value": value}],
        "changedPropIds": ["request.data"],
        "parsedChangedPropsIds": ["request.data"],
    } | changes


def probed(value: Any) -> dict[str, Any]:
    return {
        "output": "reading.data",
        "outputs": {"id": "reading", "property": "data"},
        "inputs": [{"id": "probe", "property": "data", "value": value}],
        "changedPropIds": ["probe.data"],
    }


def requested(**changes: Any) -> dict[str, Any]:
    """The body of a real callback whose own request is changed."""
    body = asked()
    body["inputs"][0]["value"] |= changes
    return body


def post(client: FlaskClient, body: Any, **how: Any) -> TestResponse:
    raw = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return client.post(UPDATE, data=raw, **{"content_type": "application/json", **how})


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
    assert response.status_code == 200
    assert response.json["response"]["reply"]["data"]["query"] == "?run=sgd&steps=3"
    assert "rail" in response.json["response"]


def test_what_the_page_has_is_left_as_it_is(client: FlaskClient) -> None:
    data = post(client, asked()).json["response"]["reply"]["data"]
    again = post(client, requested(have=data["keys"] | {"rail": data["rail"]})).json["response"]
    assert "rail" not in again and again["reply"]["data"]["skeletons"] == {}


def test_a_probe_is_answered(client: FlaskClient) -> None:
    response = post(client, probed({"at": [0, 0], "query": "?f=booth"}))
    assert "74" in response.json["response"]["reading"]["data"]["text"]


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


def test_every_script_of_the_page_is_there(client: FlaskClient) -> None:
    sources = [part.split('"')[0] for part in get(client, "/").text.split('src="')[1:]]
    assert len(sources) > 5
    assert all(source.startswith("/") for source in sources)  # nothing from elsewhere
    assert [source for source in sources if get(client, source).status_code != 200] == []


def test_any_query_gives_the_page(client: FlaskClient) -> None:
    for query in ("?run=sgd~lr=%FF%00", "?" + "a&" * 2000, "?%", "?" + "x" * 4096):
        assert get(client, "/" + query).status_code == 200


# forged bodies

ONE = {"id": "request", "property": "data", "value": None}
DEEP = '{"a":' * 100_000 + "1" + "}" * 100_000
FORGED: dict[str, tuple[Any, tuple[int, ...]]] = {
    "null": (None, (400,)),
    "list": ([], (400,)),
    "text": ("text", (400,)),
    "a JSON text": ('"text"', (400,)),
    "number": (3, (400,)),
    "empty object": ({}, (400,)),
    "no body": ("", (411,)),
    "blank body": (" ", (400,)),
    "unknown output": (asked(output="nothing.data"), (409,)),
    "empty output": (asked(output=""), (409,)),
    "dots": (asked(output="...."), (409,)),
    "output of another version": (asked(output="..reply.data...old.children.."), (409,)),
    "output as dict": (asked(output={"id": "reply"}), (400,)),
    "output as list": (asked(output=["reply.data"]), (400,)),
    "output as null": (asked(output=None), (400,)),
    "output of the browser's own": (asked(output="edited.data", outputs={"id": "edited", "property": "data"}), (409,)),
    "no inputs": (asked(inputs=[]), (400,)),
    "inputs as null": (asked(inputs=None), (400,)),
    "inputs as dict": (asked(inputs={}), (400,)),
    "inputs as texts": (asked(inputs=["request.data"]), (400,)),
    "two inputs": (asked(inputs=[ONE, ONE]), (400,)),
    "foreign input": (asked(inputs=[ONE | {"id": "HACK"}]), (400,)),
    "foreign property": (asked(inputs=[ONE | {"property": "clear_data"}]), (400,)),
    "input id as dict": (asked(inputs=[ONE | {"id": {"a": 1}}]), (400,)),
    "nested inputs": (asked(inputs=[[ONE]]), (400,)),
    "a state": (asked(state=[ONE]), (400,)),
    "state as null": (asked(state=None), (400,)),
    "changed as text": (asked(changedPropIds="request.data"), (400,)),
    "changed as null": (asked(changedPropIds=None), (400,)),
    "foreign changed": (asked(changedPropIds=["HACK.data"]), (400,)),
    "changed as dicts": (asked(changedPropIds=[{}]), (400,)),
    "no outputs": (asked(outputs=None), (400,)),
    "one output": (asked(outputs={"id": "reply", "property": "data"}), (400,)),
    "too few outputs": (asked(outputs=[{"id": "reply", "property": "data"}]), (400,)),
    "foreign outputs": (asked(outputs=[{"id": "mantine", "property": "children"}] * 2), (400,)),
    "outputs as texts": (asked(outputs=["reply.data", "rail.children"]), (400,)),
    "outputs in a list": ({**probed({}), "outputs": [{"id": "reading", "property": "data"}]}, (400,)),
    "deep objects": (DEEP[: limits.BODY_BYTES], (400,)),
    "deep lists": ("[" * limits.BODY_BYTES, (400,)),
    "deep and too long": (DEEP, (413,)),
    "nested beyond need": (requested(edits=[[[[[[[[[[[[[]]]]]]]]]]]]]), (400,)),
    "not JSON": ("{base:1}", (400,)),
    "half": (json.dumps(asked())[:-5], (400,)),
    "two": (json.dumps(asked()) * 2, (400,)),
    "bad UTF-8": (b'{"output": "\xff\xfe"}', (400,)),
    "UTF-16": (json.dumps(asked()).encode("utf-16"), (400,)),
    "NaN": (json.dumps(requested(seq=float("nan"))), (422,)),
    "Infinity": (json.dumps(requested(seq=float("inf"))), (422,)),
    "-Infinity": (json.dumps(requested(seq=float("-inf"))), (422,)),
    "1e999": (json.dumps(asked()).replace('"seq": 1', '"seq": 1e999'), (422,)),
    "long integer": (json.dumps(asked()).replace('"seq": 1', '"seq": ' + "9" * 4000), (422,)),
    "very long integer": (json.dumps(asked()).replace('"seq": 1', '"seq": -' + "9" * 9000), (422,)),
    "value null": (asked(inputs=[ONE]), (422,)),
    "value missing": (asked(inputs=[{"id": "request", "property": "data"}]), (422,)),
    "value list": (asked(inputs=[ONE | {"value": []}]), (422,)),
    "value text": (asked(inputs=[ONE | {"value": "?run=sgd"}]), (422,)),
    "base number": (requested(base=3), (422,)),
    "base null": (requested(base=None), (422,)),
    "edits object": (requested(edits={}), (422,)),
    "edits of texts": (requested(edits=["slider"]), (422,)),
    "edits too short": (requested(edits=[["slider", "steps"]]), (422,)),
    "edit of nothing": (requested(edits=[["slider", "nothing", 1]]), (422,)),
    "edit of a wrong type": (requested(edits=[["slider", "steps", "1"]]), (422,)),
    "edit with an object": (requested(edits=[["choice", "surface", {}]]), (422,)),
    "have null": (requested(have=None), (422,)),
    "have text": (requested(have="x"), (422,)),
    "probe null": (probed(None), (422,)),
    "probe text": (probed({"at": "x", "query": ""}), (422,)),
    "probe bool": (probed({"at": [True, False], "query": ""}), (422,)),
    "probe without query": (probed({"at": [1, 2]}), (422,)),
}


@pytest.mark.parametrize(("body", "statuses"), FORGED.values(), ids=FORGED)
def test_a_forged_body_is_refused(client: FlaskClient, body: Any, statuses: tuple[int, ...]) -> None:
    check_refused(post(client, body), *statuses)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"])
def test_only_json_is_read(client: FlaskClient, kind: str) -> None:
    check_refused(post(client, asked(), content_type=kind), 415)


def test_a_large_body_is_refused_unread(client: FlaskClient) -> None:
    padded = asked(padding="x" * limits.BODY_BYTES)
    check_refused(post(client, padded), 413)
    announced = {"CONTENT_LENGTH": str(10**12), "wsgi.input": io.BytesIO(b"{}")}
    check_refused(client.post(UPDATE, content_type="application/json", environ_overrides=announced), 413)


def test_a_page_of_another_build_is_told_to_reload(client: FlaskClient) -> None:
    check_refused(post(client, requested(version="older")), 409)


def test_the_largest_body_is_read(client: FlaskClient) -> None:
    room = limits.BODY_BYTES - len(json.dumps(asked(padding="")))
    assert post(client, asked(padding="x" * room)).status_code == 200


def test_a_body_without_length_is_refused(client: FlaskClient) -> None:
    chunked = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": io.BytesIO(b"2\r\n{}\r\n0\r\n\r\n"),
        "CONTENT_LENGTH": "",
    }
    check_refused(client.post(UPDATE, content_type="application/json", environ_overrides=chunked), 411)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_a_callback_is_posted(client: FlaskClient, method: str) -> None:
    check_refused(client.open(UPDATE, method=method, json=asked()), 405)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/health", "/_dash-layout"])
def test_the_rest_is_read_only(client: FlaskClient, method: str, path: str) -> None:
    check_refused(client.open(path, method=method), 405)


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
        "/_dash-component-suites/dash_mantine_components/%00",
    ],
)
def test_there_is_nothing_else(client: FlaskClient, path: str) -> None:
    check_refused(get(client, path), 404)


def test_a_library_may_announce_what_it_does_not_bring(app: Dash, client: FlaskClient) -> None:
    app.registered_paths["dash_mantine_components"].add("announced.js.map")
    check_refused(get(client, "/_dash-component-suites/dash_mantine_components/announced.js.map"), 404)


def test_a_person_who_goes_astray_reads_a_page(client: FlaskClient) -> None:
    for path, status in (("/nothing", 404), (f"/?{'x' * (limits.QUERY_BYTES + 1)}", 414)):
        response = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert (response.status_code, response.mimetype) == (status, "text/html")
        assert 'href="/"' in response.text and "xxx" not in response.text


# every response


@pytest.mark.parametrize(
    "path", ["/", "/health", "/nothing", f"{ASSETS}/css/style.css", UPDATE, "/_dash-component-suites/os/x"]
)
def test_every_response_is_armoured(client: FlaskClient, path: str) -> None:
    headers = get(client, path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers and "Set-Cookie" not in headers
    policy = dict(rule.split(maxsplit=1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert {source.split("-")[0] for source in policy["script-src"].split()} == {"'self'", "'sha256"}
    assert policy["connect-src"] == "'self'" and policy["frame-ancestors"] == "'self'"
    assert policy["base-uri"] == policy["form-action"] == "'none'"
    assert "unsafe-eval" not in headers["Content-Security-Policy"] and "http" not in headers["Content-Security-Policy"]


def test_what_has_its_version_in_its_address_is_kept_for_ever(client: FlaskClient) -> None:
    for name in ("main.mjs", "main.mjs?m=1", "dash.js", "wire/gate.js", "css/style.css"):
        assert "immutable" in get(client, f"{ASSETS}/{name}").headers["Cache-Control"]
    for path in ("/", "/health", f"{ASSETS}/nothing.js", "/assets/0a1b2c3d/main.mjs"):
        assert "immutable" not in get(client, path).headers.get("Cache-Control", "")


def test_the_armour_covers_answers_and_refusals(client: FlaskClient) -> None:
    for body in (asked(), None, probed(None)):
        assert "default-src 'none'" in post(client, body).headers["Content-Security-Policy"]


def test_the_dev_tools_are_off(app: Dash, client: FlaskClient) -> None:
    assert not app.server.debug
    assert not app._dev_tools.ui and not app._dev_tools.hot_reload and not app._dev_tools.serve_dev_bundles
    config = json.loads(get(client, "/").text.split('id="_dash-config" type="application/json">')[1].split("<")[0])
    assert not config.get("ui") and "hot_reload" not in config


def test_a_mistake_of_ours_is_logged_and_tells_nothing(
    app: Dash, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(request: Any) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(callbacks.explore, "answer", broken)
    response = post(app.server.test_client(), asked())
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
    requested(
        edits=[["slider", "run.0.lr", -1.0], ["action", "run.0.duplicate", 1], ["point", "start", [1, 2]]], open=0
    ),
    probed({"at": [1.5, 2.5], "query": "?f=booth"}),
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
