"""The modules of the browser: files that import each other, and so have an order."""

import posixpath
import re
from functools import cache

from .version import ASSETS

PAGE, STANDALONE = "main.mjs", "standalone.mjs"  # what imports all that a page needs
PLOTLY = "plotly.min.js"  # what the page fetches when it is drawn
IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"(\.[^"]*)";\n', re.MULTILINE)


@cache
def source(name: str) -> str:
    """The text of a file of the assets, by its path among them."""
    return (ASSETS / name).read_text(encoding="utf-8")


def imports(name: str) -> list[str]:
    """The modules that one imports."""
    return [posixpath.normpath(posixpath.join(posixpath.dirname(name), used)) for used in IMPORT.findall(source(name))]


@cache
def in_order(entry: str) -> tuple[str, ...]:
    """A module and all that it needs, each after what it imports."""
    found: dict[str, None] = {}
    for used in imports(entry):
        found |= dict.fromkeys(in_order(used))
    return (*found, entry)


@cache
def joined(entry: str) -> str:
    """One module that does the same without importing anything. Their top-level names must differ."""
    return "\n".join(re.sub("^export ", "", IMPORT.sub("", source(name)), flags=re.M) for name in in_order(entry))
