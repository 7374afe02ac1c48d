"""Every file of the export menu, fetched as the browser does: it is whole, and no name or address can break it."""

import ast
import csv
import io
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.export.files import EXPORTS, make
from app.main import create_app
from app.page.labels import labels
from app.page.state import State
from app.walks.simulate import simulate

NASTY = ["<", "=1+1", "\"quoted\" 'twice'", "😀", "</script>", "'''\\", "%0d%0aX-Injected", "{x}", "+cmd|' /C'!A0"]
EIGHT = ("sgd~lr=5", "momentum", "nesterov", "adam", "adagrad", "rmsprop", "adadelta", "adamw")
SCENES = {
    "default": "",
    "diverged": "f=rosenbrock&run=sgd~lr=1&run=adam~lr=0.1",
    "eight": "&".join(["steps=2000", *(f"run={slug}" for slug in EIGHT)]),
    "one step": "steps=1&run=sgd",
    "view": "detail=steps&rule=loss&overlay=ellipse&present=on&theme=dark&tolerance=1e-9",
}


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app().server.test_client()


def python(text: str) -> None:
    compile(ast.parse(text), "downloaded.py", "exec")


def table(text: str) -> None:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) > 1 and {len(row) for row in rows} == {len(rows[0])}


def page(text: str) -> None:
    assert text.startswith("<!DOCTYPE html>") and text.rstrip().endswith("</html>")


READ: dict[str, Callable[[str], object]] = {
    "text/x-python": python,
    "text/csv": table,
    "application/json": json.loads,
    "text/html": page,
}


def fetched(client: FlaskClient, name: str, query: str) -> TestResponse:
    """The answer, which must be a whole file to save."""
    answer = client.get(f"/export/{name}?{query}")
    assert answer.status_code == 200
    file = make(name, State(), "")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{file.name}"'
    assert answer.mimetype == file.mimetype
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if answer.mimetype in READ:
        READ[answer.mimetype](answer.get_data().decode("utf-8"))
    return answer


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("name", EXPORTS)
def test_a_file_of_every_scene(client: FlaskClient, name: str, scene: str) -> None:
    assert len(fetched(client, name, SCENES[scene]).get_data()) > 100


def test_names_of_files_are_plain_and_none_is_twice() -> None:
    files = [make(name, State(), "") for name in EXPORTS]
    assert len({file.name for file in files}) == len(files)
    assert all(file.name.startswith("downslope") and file.name.isascii() and '"' not in file.name for file in files)


@pytest.mark.parametrize("name", EXPORTS)
def test_no_name_of_a_run_breaks_a_file(client: FlaskClient, name: str) -> None:
    for nasty in NASTY:
        runs = f"run=adam~lr=0.1~name={quote(nasty, safe='').replace('~', '%7E')}&run=sgd~lr=5&steps=20"
        assert "X-Injected" not in fetched(client, name, runs).headers


@pytest.mark.parametrize("nasty", NASTY)
def test_data_holds_the_name(client: FlaskClient, nasty: str) -> None:
    query = f"run=adam~name={quote(nasty, safe='')}&steps=3"
    whole = fetched(client, "json", query).json
    state, _ = State.from_query(query)
    assert tuple(run["run"] for run in whole["runs"]) == labels(state.runs)
    rows = list(csv.DictReader(io.StringIO(fetched(client, "csv", query).get_data().decode("utf-8"), newline="")))
    assert rows[0]["run"].removeprefix("'") == labels(state.runs)[0].removeprefix("'")
    assert rows[0]["run"][0] not in "=+-@"


def test_data_is_that_of_the_walks(client: FlaskClient) -> None:
    whole = fetched(client, "json", SCENES["diverged"]).json
    for run, walk in zip(whole["runs"], simulate(State.from_query(SCENES["diverged"])[0]).walks, strict=True):
        assert run["diverged_at"] == walk.diverged_at
        assert run["steps"]["loss"] == walk.trajectory.loss[: walk.diverged_at].tolist()


def test_the_link_leads_back_to_the_state(client: FlaskClient) -> None:
    query = "f=rosenbrock&run=adam~lr=0.1~name=%3Cb%3E&steps=7"
    link = fetched(client, "json", query).json["link"]
    assert link.startswith("http://localhost/?")
    assert State.from_query(link.split("/", 3)[3]) == State.from_query(query)


@pytest.mark.parametrize("name", ["", "nonsense", "json.exe", "..", "../json", "JSON", "csv/", "%00", "__class__"])
def test_no_such_file(client: FlaskClient, name: str) -> None:
    assert client.get(f"/export/{name}").status_code == 404


@pytest.mark.parametrize("query", ["run=%ff%00~~=&f=&steps=x", "t=nan&tolerance=&start=1,,", "%", "=&=&&", "x" * 4000])
@pytest.mark.parametrize("name", EXPORTS)
def test_a_bad_address_still_gives_a_file(client: FlaskClient, name: str, query: str) -> None:
    fetched(client, name, query)


def test_an_address_too_long_and_a_wrong_method(client: FlaskClient) -> None:
    assert client.get(f"/export/json?{'x' * 5000}").status_code == 414
    assert client.put("/export/json").status_code == 405
