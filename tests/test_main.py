"""The application."""

import re
from pathlib import Path

import pytest
from dash import Dash

from app import shell
from app.explore.board import ENTRY
from app.main import create_app
from app.screen import theme
from app.screen.markup import markup


@pytest.fixture(scope="module")
def app() -> Dash:
    return create_app()


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
    assert scripts == ["main.mjs"], "what it imports or fetches is not listed"
    assert re.findall(r'<link rel="stylesheet" href="assets/[0-9a-f]{8}/([^"?]*)', page) == [
        "css/controls.css",
        "css/math.css",
        "css/style.css",
    ]


def test_the_page_is_there_without_react(app: Dash) -> None:
    page = app.server.test_client().get("/").text
    before, after = page.split('<div id="react-entry-point">')
    assert 'id="rail"' in before and 'id="graph-map"' in after
    assert markup(shell.page()) in page.replace(app_entry(page), ENTRY)
    assert after.index("<template") < after.index("react-dom"), "it is fetched when the first view is painted"


def app_entry(page: str) -> str:
    """What Dash writes where it begins."""
    return re.search(r'\s*<div id="react-entry-point">.*?Loading.*?</div>\s*</div>\s*', page, re.DOTALL)[0]


@pytest.mark.parametrize("mode", theme.TOKENS)
def test_the_page_knows_the_colours(app: Dash, mode: str) -> None:
    page = app.server.test_client().get("/").text
    sheet = page.split(":root{" if mode == "light" else ":root[data-theme=dark]{")[1].split("}")[0]
    rules = dict(rule.removeprefix("--").split(":") for rule in sheet.split(";"))
    runs = {f"run-{slot}": hue for slot, hue in enumerate(theme.COLOURS[mode])}
    texts = {f"text-{slot}": hue for slot, hue in enumerate(theme.Style(mode).texts)}
    assert rules == {**theme.TOKENS[mode], **runs, **texts}


def test_the_page_asks_nobody_else(app: Dash) -> None:
    page = app.server.test_client().get("/").text
    assert "http://" not in page and "https://" not in page
    assert '<html lang="en"' in page and 'name="viewport"' in page
