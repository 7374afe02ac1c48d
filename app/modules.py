"""The modules of the browser: files that import each other, of which the page gets a few that hold them all."""

import posixpath
import re
from functools import cache

from .version import ASSETS

PAGE, STANDALONE, OFFLINE = "main.mjs", "standalone.mjs", "offline.mjs"  # what imports all that a page needs
LATER = "later.mjs"  # what the page needs when its first view is painted
PLOTLY = "plotly.min.js"  # and after that
TABS: tuple[str, ...] = ("sweep.mjs", "basins.mjs", "train.mjs", "learn.mjs")  # what each tab needs when it is opened
SHEET = "sheet.mjs"  # what a page of worksheets needs, by itself
SHARED = "shared.mjs"  # what some of them have in common, and no other has; it has no file
IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.[^"]*)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export ((?:async )?(?:const|let|class|function) (\w+))", re.MULTILINE)


@cache
def source(name: str) -> str:
    """The text of a file of the assets, by its path among them."""
    return (ASSETS / name).read_text(encoding="utf-8")


def imports(name: str) -> list[str]:
    """The modules that one imports."""
    return [_path(name, used) for _, used in IMPORT.findall(source(name))]


@cache
def in_order(entry: str) -> tuple[str, ...]:
    """A module and all that it needs, each after what it imports."""
    found: dict[str, None] = {}
    for used in imports(entry):
        found |= dict.fromkeys(in_order(used))
    return (*found, entry)


@cache
def joined(entry: str) -> str:
    """One script that does the same without importing anything: each module a function that is called once."""
    return "".join(map(_called, in_order(entry)))


@cache
def served() -> dict[str, str]:
    """The modules that a page fetches, by name: one for the first view, and one that goes on from it."""
    return {name: _file(name, held) for name, held in _held().items()}


def _held() -> dict[str, list[str]]:
    """File -> the modules in it, each in one file."""
    needed = {tab: in_order(tab) for tab in TABS}
    common = [name for tab in TABS for name in needed[tab] if sum(name in names for names in needed.values()) > 1]
    wanted = {PAGE: in_order(PAGE), LATER: in_order(LATER), SHARED: dict.fromkeys(common), **needed}
    held: dict[str, list[str]] = {}
    for file, names in wanted.items():
        held[file] = [name for name in names if not any(name in known for known in held.values())]
    return held


def _file(file: str, names: list[str]) -> str:
    """A file that holds these modules, takes what it needs of others, and gives what others may need."""
    needs = {}
    for other, known in _held().items():
        taken = {used for name in names for used in imports(name) if used in known} if other != file else ()
        needs[other] = ", ".join(sorted(map(_variable, taken)))
    lines = [f'import {{ {taken} }} from "./{other}";\n' for other, taken in needs.items() if taken]
    export = f"export {{ {', '.join(map(_variable, names))} }};\n" if names else ""
    return "".join([*lines, *map(_called, names), export])


def _path(name: str, used: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), used))


def _variable(name: str) -> str:
    return "$" + re.sub(r"\W", "_", posixpath.splitext(name)[0])


def _called(name: str) -> str:
    body = IMPORT.sub(lambda found: _taken(found[1], _path(name, found[2])), source(name))
    offered = ", ".join(one for _, one in EXPORT.findall(body))
    private = EXPORT.sub(r"\1", body)
    return f"const {_variable(name)} = (() => {{\n{private}return {{ {offered} }};\n}})();\n"


def _taken(names: str, used: str) -> str:
    return f"const {{{names}}} = {_variable(used)};\n" if names else ""
