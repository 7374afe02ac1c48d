"""The README's Python works where people paste it: in a kernel that has no more than it must, and on paper."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Page, expect

from .browser.server import ROOT

BARE = "import sys; sys.modules['nbformat'] = None  # as in a kernel that was installed without it"
MORE = ("seen.third.show()", "seen.rms.show(height=300)", "page.stop()")
PATIENCE = 120  # seconds


def blocks() -> list[str]:
    """What the README shows of the library and of a notebook, block by block."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").split("## As a library\n")[1].split("\n## ")[0]
    return [block.split("```")[0].strip() for block in text.split("```python\n")[1:]]


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebook after it was run from above, without a screen."""
    folder = tmp_path_factory.mktemp("notebook")
    cells = [nbformat.v4.new_code_cell(source) for source in (BARE, *blocks(), *MORE)]
    file = folder / "readme.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), file)
    nbconvert("--to", "notebook", "--execute", "--inplace", file)
    return file


def nbconvert(*words: object) -> None:
    command = [sys.executable, "-m", "nbconvert", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr


def shown(file: Path) -> dict[str, dict[str, Any]]:
    """What each cell shows, by kind."""
    found = {}
    for cell in json.loads(file.read_text(encoding="utf-8"))["cells"][1:]:
        outputs = cell["outputs"]
        assert not [one for one in outputs if one["output_type"] == "error" or one.get("name") == "stderr"], outputs
        found["".join(cell["source"])] = {
            kind: "".join(data) if isinstance(data, list) else data
            for one in outputs
            for kind, data in (one["data"] if "data" in one else {"text/plain": one["text"]}).items()
        }
    return found


def test_every_block_shows_something(executed: Path) -> None:
    seen = list(shown(executed).values())
    assert len(seen) == len(blocks()) + len(MORE)
    first, *drawings, last = seen
    assert first["text/plain"] and last == {}
    assert [set(kinds) for kinds in drawings] == [{"text/plain", "text/html"}] * len(drawings)


def test_the_drawings_are_there_on_paper_without_a_network(executed: Path, tab: Page) -> None:
    nbconvert("--to", "html", executed)
    tab.route("http*://**", lambda route: route.abort())  # nbconvert's own page asks for scripts of others
    tab.goto(executed.with_suffix(".html").as_uri(), wait_until="commit")
    frames, heights = tab.locator("iframe"), [760, 450, 760, 450, 300]
    expect(frames).to_have_count(len(heights))
    for place, height in enumerate(heights):
        expect(frames.nth(place).content_frame.locator(".main-svg").first).to_be_attached()
        assert frames.nth(place).bounding_box()["height"] == height
    tab.goto("about:blank")
    tab.unroute_all()
