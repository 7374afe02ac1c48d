"""What is shipped beside the code."""

import re
from pathlib import Path

from plotly.offline import get_plotlyjs_version

ASSETS = Path(__file__).parents[1] / "assets"


def test_plotly_js_is_the_version_that_plotly_writes_for() -> None:
    head = (ASSETS / "plotly.min.js").read_text(encoding="utf-8")[:500]
    banner = re.search(r"\* plotly\.js (?:\([^)]*\) )?v(\S+)", head)
    assert banner is not None
    assert banner[1] == get_plotlyjs_version()
