"""The application and its command."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dash import Dash

from app import __main__ as command
from app import modules
from app.main import create_app
from app.screen import theme


@pytest.fixture(scope="module")
def app() -> Dash:
    return create_app()


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that someone listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


@pytest.fixture
def free(taken: int) -> int:
    """A port that nobody listens on."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


class Recorded:
    """Takes the place of the server and of the browser, and notes what they are asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def __call__(self, *args: Any, **options: Any) -> "Recorded":
        self.calls.append((args, options))
        return self

    def serve(self) -> None: ...

    def start(self) -> None: ...


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    recorded = Recorded()
    monkeypatch.setattr(command, "Granian", recorded)
    return recorded


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    recorded = Recorded()
    monkeypatch.setattr(command.threading, "Thread", recorded)
    return recorded


# the application


def test_two_applications_share_nothing(app: Dash) -> None:
    other = create_app()
    assert other.server is not app.server and other.callback_map is not app.callback_map
    assert list(other.callback_map) == list(app.callback_map)
    answers = [one.server.test_client().get("/_dash-layout").json for one in (app, other)]
    assert answers[0] == answers[1]


def test_every_input_and_output_of_the_servers_callbacks_is_on_the_page(app: Dash) -> None:
    ids = {getattr(part, "id", None) for part in app.layout()._traverse() if isinstance(getattr(part, "id", None), str)}
    for output, callback in app.callback_map.items():
        if "callback" in callback and not any(row["id"].startswith("{") for row in callback["inputs"]):
            assert {row["id"] for row in callback["inputs"]} <= ids
            assert {part.rsplit(".", 1)[0] for part in output.strip(".").split("...")} <= ids


def test_the_assets_are_found(app: Dash) -> None:
    assert Path(app.config.assets_folder).is_dir()
    page = app.server.test_client().get("/").text
    scripts = re.findall(r'<script[^>]* src="assets/[0-9a-f]{8}/([^"?]*)', page)
    assert scripts == ["main.mjs", "plotly.min.js"], "what they import is not listed"
    assert re.findall(r'<link rel="stylesheet" href="assets/[0-9a-f]{8}/([^"?]*)', page) == [
        "css/controls.css",
        "css/style.css",
    ]


def test_imports_do_not_wait_for_each_other(app: Dash) -> None:
    page = app.server.test_client().get("/").text
    preloaded = re.findall('<link rel="modulepreload" href="([^"]*)">', page)
    assert [name.split("/", 2)[2] for name in preloaded] == list(modules.in_order("main.mjs")[:-1])
    for name in preloaded:
        with app.server.test_client().get(f"/{name}") as response:
            assert response.status_code == 200 and "immutable" in response.headers["Cache-Control"]


@pytest.mark.parametrize("mode", theme.TOKENS)
def test_the_page_knows_the_colours(app: Dash, mode: str) -> None:
    page = app.server.test_client().get("/").text
    sheet = page.split(":root{" if mode == "light" else ":root[data-theme=dark]{")[1].split("}")[0]
    rules = dict(rule.removeprefix("--").split(":") for rule in sheet.split(";"))
    assert rules == {**theme.TOKENS[mode], **{f"run-{slot}": hue for slot, hue in enumerate(theme.COLOURS[mode])}}


def test_the_page_asks_nobody_else(app: Dash) -> None:
    page = app.server.test_client().get("/").text
    assert "http://" not in page and "https://" not in page
    assert '<html lang="en"' in page and 'name="viewport"' in page


# the command


def test_the_command_serves(server: Recorded, browser: Recorded, free: int, capsys: pytest.CaptureFixture) -> None:
    assert command.main(["--port", str(free), "--workers", "2"]) == 0
    ((target,), options), *others = server.calls
    assert others == []
    assert (options["address"], options["port"], options["workers"]) == ("127.0.0.1", free, 2)
    module, name = target.split(":")
    assert module == command.__name__ and callable(getattr(command, name))
    assert capsys.readouterr().out.startswith(f"Downslope is at http://127.0.0.1:{free}/")
    assert [options["args"] for _, options in browser.calls] == [(f"http://127.0.0.1:{free}/",)]


def test_without_a_browser(server: Recorded, browser: Recorded, free: int) -> None:
    assert command.main(["--port", str(free), "--no-browser"]) == 0
    assert len(server.calls) == 1 and browser.calls == []


def test_an_address_for_everyone_is_shown_as_this_machines(
    server: Recorded, free: int, capsys: pytest.CaptureFixture
) -> None:
    assert command.main(["--port", str(free), "--host", "0.0.0.0", "--no-browser"]) == 0
    assert server.calls[0][1]["address"] == "0.0.0.0"
    assert f"http://127.0.0.1:{free}/" in capsys.readouterr().out


def test_what_is_served_is_the_application() -> None:
    assert command.application().test_client().get("/health").status_code == 200


def test_a_taken_port_is_said_in_words(server: Recorded, taken: int, capsys: pytest.CaptureFixture) -> None:
    assert command.main(["--port", str(taken), "--no-browser"]) == 1
    said = capsys.readouterr()
    assert f"Port {taken} " in said.err and "in use" in said.err and "--port" in said.err
    assert said.out == "" and server.calls == []


@pytest.mark.parametrize("host", ["no such host", "a..b", "x" * 70, "999.0.0.1"])
def test_an_unknown_host_is_said_in_words(
    server: Recorded, host: str, free: int, capsys: pytest.CaptureFixture
) -> None:
    assert command.main(["--host", host, "--port", str(free), "--no-browser"]) == 1
    said = capsys.readouterr().err
    assert host in said and "Traceback" not in said
    assert server.calls == []


@pytest.mark.parametrize("port", ["0", "-1", "65536", "80.5", "http", "", "٨٠", "1e3", "9" * 30])
def test_a_port_is_a_number_from_1_to_65535(server: Recorded, port: str, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main([f"--port={port}"])
    assert stopped.value.code == 2
    assert "a port is a number from 1 to 65535" in capsys.readouterr().err
    assert server.calls == []


@pytest.mark.parametrize("workers", ["0", "65", "many", "-1"])
def test_workers_are_a_number(server: Recorded, workers: str, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        command.main([f"--workers={workers}"])
    assert "workers are a number from 1 to 64" in capsys.readouterr().err
    assert server.calls == []


def test_the_browser_opens_once_the_server_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    opened, tries = [], []

    def answer(address: str, timeout: float) -> Any:
        tries.append(address)
        if len(tries) < 3:
            raise ConnectionRefusedError
        return socket.socket()  # something that can be closed

    monkeypatch.setattr(command.urllib.request, "urlopen", answer)
    monkeypatch.setattr(command.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(command.webbrowser, "open", opened.append)
    command._open("http://127.0.0.1:1/")
    assert opened == ["http://127.0.0.1:1/"]
    assert tries == ["http://127.0.0.1:1/health"] * 3
