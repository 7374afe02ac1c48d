"""Imports run one way, numbers need no browser, and nobody asks an optimizer for its name."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from landscapes import LANDSCAPES
from optim_core import OPTIMIZERS

ROOT = Path(__file__).parents[1]
OURS = ("optim_core", "landscapes", "app")
FILES = {
    f"{package}.{path.stem}": path for package in OURS for path in sorted((ROOT / package).rglob("*.py"))
}  # package.module

# a module of app may import those before it
ORDER = """
limits version scales metrics state edits simulate written libraries code data stability results
typeset explain narrate details
theme figures controls reply page gif files layout callbacks downloads guard main notebook command
"""
ORDER = (*ORDER.split(), "__main__")
PLAIN = ORDER[: ORDER.index("theme") + 1]  # these know neither plotly nor Dash
DRAWING = {"plotly", "dash", "dash_mantine_components", "flask", "werkzeug", "granian"}

every_file = pytest.mark.parametrize("name", FILES)


def imports(source: str, package: str) -> set[str]:
    """The absolute names of all that a module imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level and not node.module:
            found |= {f"{package}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(f"{package}.{node.module}" if node.level else str(node.module))
    return found


def of(name: str) -> set[str]:
    return imports(FILES[name].read_text(encoding="utf-8"), name.split(".")[0])


def test_every_way_to_import_is_seen() -> None:
    source = "import a.b, c\nfrom d.e import f\nfrom . import g\nfrom .h import i\ndef j():\n    import k"
    assert imports(source, "p") == {"a.b", "c", "d.e", "p.g", "p.h", "k"}
    assert "app.limits" in of("app.state") and "optim_core.hyper" in of("landscapes.base")


@every_file
def test_a_package_imports_only_what_lies_below_it(name: str) -> None:
    package = name.split(".")[0]
    above = OURS[OURS.index(package) + 1 :]
    assert {one for one in of(name) if one.split(".")[0] in above} == set()


@every_file
def test_landscapes_know_of_optimizers_only_the_declarations(name: str) -> None:
    if name.startswith("landscapes."):
        assert {one for one in of(name) if one.startswith("optim_core")} <= {"optim_core.hyper"}
    if name.startswith("optim_core.") or name == "app.version":
        assert {one for one in of(name) if one.startswith("landscapes")} == set()
    if name == "optim_core.hyper":
        assert {one for one in of(name) if one.startswith(OURS)} == set()


@every_file
def test_a_module_of_the_app_imports_only_those_before_it(name: str) -> None:
    package, module = name.split(".")
    if package == "app" and module != "__init__":
        assert module in ORDER, "give it a place in ORDER"
        used = {one.removeprefix("app.").removeprefix("export.") for one in of(name) if one.startswith("app.")}
        assert used <= set(ORDER[: ORDER.index(module)])


@every_file
def test_numbers_need_numpy_alone(name: str) -> None:
    package, module = name.split(".")
    foreign = {one.split(".")[0] for one in of(name)} - set(OURS) - set(sys.stdlib_module_names)
    if package != "app":
        assert foreign <= {"numpy"}
    elif module in PLAIN:
        assert foreign & DRAWING == set()


def test_a_fresh_interpreter_confirms_it() -> None:
    script = (
        "import json, sys; import optim_core, landscapes; core = [*sys.modules];"
        "import app.edits, app.simulate; plain = [*sys.modules]; import app.figures; drawn = [*sys.modules];"
        "import app.main; print(json.dumps([core, plain, drawn, [*sys.modules]]))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)
    core, plain, drawn, everything = ({name.split(".")[0] for name in names} for names in json.loads(done.stdout))
    assert core & (DRAWING | {"app"}) == set()
    assert plain & DRAWING == set()
    assert drawn & DRAWING == {"plotly"}
    assert {"dash", "flask"} <= everything


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
