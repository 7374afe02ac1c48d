"""The wheel is all that is needed: built, installed and started elsewhere, it serves the page with its assets."""

import subprocess
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.page.lessons import LANGS, LESSONS
from app.page.view import TABS

from . import release
from .browser import tiled
from .browser.server import Server
from .conftest import watched


def run(*words: object) -> str:
    return subprocess.run(list(map(str, words)), check=True, capture_output=True, text=True, cwd="/").stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment with the wheel; its dependencies are those of the one that runs the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    made = release.wheel(folder)
    venv.create(folder / "fresh", symlinks=True)
    scripts = folder / "fresh" / "bin"
    run(*release.PIP, "--python", scripts / "python", "install", "-q", "--no-deps", made)
    packages = Path(run(scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return scripts


def test_it_brings_its_own_code(installed: Path) -> None:
    where = run(installed / "python", "-c", "import app, landscapes, optim_core as o; print(app, landscapes, o)")
    assert where.count(str(installed.parent)) == 3


def test_it_brings_its_data_and_their_licences(installed: Path) -> None:
    script = (
        "from importlib.resources import files; from landscapes import datasets;"
        "print(*(datasets.shipped(name).rows for name in datasets.SHIPPED));"
        "print(len(files(datasets).joinpath('LICENCES.txt').read_text()) > 1000)"
    )
    assert run(installed / "python", "-c", script).split() == ["442", "569", "406", "True"]


def test_it_brings_its_lessons_and_their_words(installed: Path) -> None:
    script = (
        "from app.page.lessons import LANGS, LESSONS, load; from app.learn import texts, tables;"
        "print(*(len(load(name, lang).questions) > 0 for name in LESSONS for lang in LANGS))"
    )
    said = run(installed / "python", "-c", script).split()
    assert said == ["True"] * len(LESSONS) * len(LANGS)


@pytest.fixture(scope="module")
def served(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server([installed / "downslope"], tmp_path_factory.mktemp("elsewhere")) as running:
        yield running


def test_the_command_serves_the_page(served: Server, tab: Page) -> None:
    with watched(tab, served.url) as page:
        page.open("?f=booth")
        assert page.line("map-path-0")
        assert page.js("Plotly.version && getComputedStyle(document.querySelector('.card')).borderRadius") == "12px"
        tab.goto("about:blank")


LEFT = ": net::ERR_ABORTED"  # what a page has asked twice and was answered once
DRAWN = {
    "explore": "downslope.settled() && downslope.graphs.map.lines.length",
    "sweep": "document.querySelectorAll('#sweep-table tbody tr').length === 2",
    "basins": "document.getElementById('basins').dataset.pass === '48'",
    "train": "document.querySelectorAll('#train-table tbody tr').length === 2",
    "learn": f"document.querySelectorAll('#course .course-lessons > li').length === {len(LESSONS)}",
}  # tab -> that its content is there


@pytest.mark.parametrize("name", TABS)
def test_every_tab_opens_and_draws(served: Server, tab: Page, name: str) -> None:
    failed: list[str] = []
    tab.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    tab.on("requestfailed", lambda asked: failed.append(f"{asked.url}: {asked.failure}"))
    with watched(tab, served.url) as page:
        page.open(f"?tab={name}&run=adam&run=sgd&basins=size=48&train=epochs=4~shuffles=1&steps=50")
        page.until(f"document.documentElement.dataset.tab === '{name}'")
        page.until(f"downslope.gate.idle() && {DRAWN[name]}", tiled.PATIENCE)
        assert tab.locator(f".board > [data-tab={name}]").is_visible()
        assert [one for one in failed if not one.endswith(LEFT)] == []
        tab.goto("about:blank")
