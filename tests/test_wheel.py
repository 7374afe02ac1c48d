"""The wheel is all that is needed: built, installed and started elsewhere, it serves the page with its assets."""

import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.page.lessons import LANGS, LESSONS

from .browser.server import ROOT, Server
from .conftest import watched

LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "build", "*.egg-info", "tests")


def run(*words: object) -> str:
    return subprocess.run(list(map(str, words)), check=True, capture_output=True, text=True, cwd="/").stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment with the wheel; its dependencies are those of the one that runs the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "source", ignore=LEFT_OUT)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "-q", "--no-deps", "-w", folder, folder / "source")
    venv.create(folder / "fresh", symlinks=True)
    scripts = folder / "fresh" / "bin"
    run(*pip, "--python", scripts / "python", "install", "-q", "--no-deps", *folder.glob("*.whl"))
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


def test_the_command_serves_the_page(installed: Path, tab: Page, tmp_path: Path) -> None:
    with Server([installed / "downslope"], tmp_path) as server, watched(tab, server.url) as page:
        page.open("?f=booth")
        assert page.line("map-path-0")
        assert page.js("Plotly.version && getComputedStyle(document.querySelector('.card')).borderRadius") == "12px"
        tab.goto("about:blank")
