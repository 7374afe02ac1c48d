"""Imports run one way, numbers need no browser, and nobody asks an optimizer for its name."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from landscapes import LANDSCAPES
from optim_core import OPTIMIZERS

ROOT = Path(__file__).parents[1]
OURS = ("optim_core", "landscapes", "app")

# Rooms from the ground up: a room may import what stands left of it in a line, and so on down. `landscapes` is one
# room; `optim_core` is what that package shows, which is all that the app reads of what lies below it.
ORDER = """
hyper < arithmetic < equations < notation < base < optimizers < conventions libraries < calls < optim_core
letters < libraries
border base < engines < run < ends < sweeps < attraction < optim_core
engines < batches < training
run schedules weather hyper < training < optim_core
work < sweeps
hyper < border < optim_core
arithmetic < schedules weather < engines
hyper < letters < notation
hyper < landscapes
limits version < protocol < page
limits < cache shelf
cache < page wire
shelf < wire main worker serve
optim_core landscapes < metrics < page < walks screen < explore sweep basins train < export < shell wire command panel
walks screen < learn < export
version < modules < export
shell wire < main < exporter < worker
main panel < notebook
serving < supervisor wire main
limits < places < supervisor
supervisor < worker
addresses supervisor codes check < serve
serve command < __main__
"""
PLAIN = ("limits", "version", "protocol", "metrics", "page", "walks", "screen.theme")  # without plotly and Dash
DRAWING = {"plotly", "dash", "flask", "werkzeug", "granian"}


def room(module: str) -> str:
    """The room of a module: its folder, or the file itself where it stands beside the folders."""
    package, *rest = module.split(".")
    if package == "landscapes" or not rest:
        return package
    return rest[0]


def below() -> dict[str, set[str]]:
    """Room -> the rooms that it may import."""
    found: dict[str, set[str]] = {}
    for line in ORDER.strip().splitlines():
        floors = [floor.split() for floor in line.split("<")]
        for name in (name for floor in floors for name in floor):
            found.setdefault(name, set())
        for lower, upper in pairwise(floors):
            for name in upper:
                found[name] |= set(lower)
    for _ in found:  # and so on down
        for lower in found.values():
            lower |= {deeper for name in lower for deeper in found[name]}
    return found


BELOW = below()
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in OURS
    for path in sorted((ROOT / package).rglob("*.py"))
}  # module -> its file

every_file = pytest.mark.parametrize("name", FILES)


def imports(source: str, package: str) -> set[str]:
    """The absolute names of all that a module of `package` imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            where = ".".join([*above, *([node.module] if node.module else [])])
            found |= {f"{where}.{alias.name}" if f"{where}.{alias.name}" in FILES else where for alias in node.names}
    return found


def of(name: str) -> set[str]:
    path = FILES[name]
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    return imports(path.read_text(encoding="utf-8"), package)


def test_every_way_to_import_is_seen() -> None:
    source = "import a.b, c\nfrom d.e import f\nfrom . import limits\nfrom ..h import i\ndef j():\n    import k"
    assert imports(source, "app") >= {"a.b", "c", "d.e", "app.limits", "k"}
    assert imports("from ..h import i\nfrom ...m import n\nfrom .o import p", "app.q") == {"app.h", "m", "app.q.o"}
    assert "app.limits" in of("app.page.state") and "optim_core.hyper" in of("landscapes.base")


def test_the_order_knows_every_room_and_no_other() -> None:
    assert set(BELOW) == {room(name) for name in FILES} - {"app"}
    assert not any(name in lower for name, lower in BELOW.items()), "a circle"


@every_file
def test_a_room_imports_only_what_lies_below_it(name: str) -> None:
    used = {room(one) for one in of(name) if one.split(".")[0] in OURS} - {room(name)}
    assert used <= BELOW.get(room(name), set()), "move the code, not the order"


@every_file
def test_numbers_need_numpy_alone(name: str) -> None:
    foreign = {one.split(".")[0] for one in of(name)} - set(OURS) - set(sys.stdlib_module_names)
    if not name.startswith("app"):
        assert foreign <= ({"numpy", "numba"} if name == "optim_core.engines.jitted" else {"numpy"})
    elif room(name) in PLAIN or name.removeprefix("app.") in PLAIN:
        assert foreign & DRAWING == set()
    if foreign & {"flask", "werkzeug", "granian"}:
        assert room(name) in ("wire", "main", "worker", "notebook")


def test_a_fresh_interpreter_confirms_it() -> None:
    script = (
        "import json, sys; import optim_core, landscapes; core = [*sys.modules];"
        "import app.page.edits, app.walks.simulate; plain = [*sys.modules];"
        "import app.explore.figures; drawn = [*sys.modules];"
        "import app.main; print(json.dumps([core, plain, drawn, [*sys.modules]]))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)
    core, plain, drawn, everything = ({name.split(".")[0] for name in names} for names in json.loads(done.stdout))
    assert core & (DRAWING | {"app", "numba"}) == set()
    assert plain & DRAWING == set()
    assert drawn & DRAWING == {"plotly"}
    assert {"dash", "flask"} <= everything


def test_no_test_imports_another() -> None:
    for path in (ROOT / "tests").rglob("test_*.py"):
        package = ".".join(path.relative_to(ROOT).parts[:-1])
        used = imports(path.read_text(encoding="utf-8"), package)
        assert not [one for one in used if one.rpartition(".")[2].startswith("test_")], path.name


# nobody asks for a name

NAMES = {*OPTIMIZERS, *LANDSCAPES}
NAMES |= {name for cls in (*OPTIMIZERS.values(), *LANDSCAPES.values()) for name in (cls.__name__, cls.label)}


def asked(source: str) -> Iterator[str]:
    """The names of optimizers and surfaces that a source compares with, asks for in `match`, or tests for by class."""
    for node in ast.walk(ast.parse(source)):
        is_test = isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("isinstance", "issubclass")
        if is_test or isinstance(node, (ast.Compare, ast.pattern)):
            for part in ast.walk(node):
                name = (
                    part.value if isinstance(part, ast.Constant) else getattr(part, "id", getattr(part, "attr", None))
                )
                if isinstance(name, str) and name in NAMES:
                    yield name


@pytest.mark.parametrize(
    "source",
    [
        "if slug == 'adam': pass",
        "x = name in ('sgd', 'other')",
        "if type(o) is RMSProp: pass",
        "if type(o).__name__ == 'RMSProp': pass",
        "if o.label != 'SGD': pass",
        "isinstance(surface, Rosenbrock)",
        "isinstance(o, optim_core.Adam)",
        "match slug:\n    case 'saddle': pass",
        "match o:\n    case Adam(): pass",
    ],
)
def test_a_question_for_a_name_is_seen(source: str) -> None:
    assert list(asked(source))


@every_file
def test_nobody_asks_an_optimizer_for_its_name(name: str) -> None:
    if name.startswith("app."):
        assert list(asked(FILES[name].read_text(encoding="utf-8"))) == []
