"""What is shipped beside the code."""

import re
from pathlib import Path

import pytest
from plotly.offline import get_plotlyjs_version

from app import version

ASSETS = Path(__file__).parents[1] / "assets"


def test_plotly_js_is_the_version_that_plotly_writes_for() -> None:
    head = (ASSETS / "plotly.min.js").read_text(encoding="utf-8")[:500]
    banner = re.search(r"\* plotly\.js (?:\([^)]*\) )?v(\S+)", head)
    assert banner is not None
    assert banner[1] == get_plotlyjs_version()


def test_each_file_belongs_to_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "ASSETS", tmp_path)
    seen = set()
    for name in ("main.mjs", "wire/gate.js", "wire/deeper/one.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        for text in ("1", "2"):
            (tmp_path / name).write_text(text)
            seen.add(version.fingerprint.__wrapped__())
    assert len(seen) == 6


def test_the_font_of_formulas_is_small_and_has_its_licence_beside_it() -> None:
    assert (ASSETS / "css" / "math.woff2").stat().st_size < 60_000
    licence = (ASSETS / "css" / "math.OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence and "Copyright" in licence
