"""The modules of the browser: imports run one way, nothing hangs on the window, one file can hold those of a page."""

import posixpath
import re
from itertools import pairwise

import pytest

from app import modules
from app.version import ASSETS

# Rooms from the ground up, as in test_imports: a folder, or a file of the folder that every tab is made of.
ORDER = """
sheet
signal screen/keys screen/place < screen/playhead < screen/graphs
screen/scripts screen/place < screen/tabs
wire < screen/tabs < main
screen/scripts < screen/plotly
signal < page screen/theme screen/pointer screen/playhead < wire
page < screen/downloads < screen/shell
wire screen/elements < screen/undoing
wire screen/elements < screen/graphs screen/controls screen/shell
screen/scale < screen/graphs
screen/elements < screen/clipboard < screen/shell
screen/names screen/pen < screen/strokes < screen/layers < screen/painter
screen/strokes < screen/ground < screen/backdrop < screen/painter
screen/strokes screen/names screen/pen < screen/fans < screen/painter
screen/axes < screen/backdrop screen/graphs
screen/playhead screen/pointer < screen/plotly < screen/graphs
screen/graphs < screen/kept < main
screen/pen screen/space < screen/marks < screen/painter < screen/graphs
screen/nearest < screen/graphs
screen/elements < screen/terms < main
screen/focus screen/scripts < screen/rail < main
screen/frames < explore main later
screen/welcome screen/undoing screen/sheet < main
screen/graphs screen/controls screen/shell < screen/handle screen/touch screen/pointing explore
screen/graphs < screen/sheets < screen/paper
screen/shell screen/sheets < screen/pictures < later
screen/graphs < screen/sight screen/wheel < main
screen/handle screen/touch screen/pointing screen/terms < main
screen/paper explore < later
screen/numbers screen/best < explore sweep
screen/elements < screen/tip < sweep
screen/mixing < sweep
wire screen/axes screen/marks screen/names screen/pen screen/strokes < sweep
screen/tabs screen/graphs screen/controls screen/elements screen/frames screen/pictures < sweep
screen/pointing screen/paper screen/wheel < standalone
learn screen/pointing screen/paper screen/wheel < offline
screen/axes screen/scale < screen/planes < basins
screen/elements screen/ground screen/marks screen/tabs < basins
wire screen/tabs screen/controls screen/elements screen/numbers < train
wire screen/axes screen/marks screen/names screen/pen screen/strokes screen/ground screen/scale < train
screen/graphs screen/frames screen/pictures screen/tip screen/mixing screen/playhead screen/downloads < train
wire page screen/tabs screen/elements screen/numbers screen/nearest screen/graphs screen/playhead screen/keys < learn
screen/clipboard < learn
"""
FILES = sorted(path for path in ASSETS.rglob("*") if path.suffix in (".js", ".mjs"))
MODULES = [path.relative_to(ASSETS).as_posix() for path in FILES if path.name != "plotly.min.js"]
DECLARED = r"^(export )?(async )?(?:const|let|class|function) (\w+)"
ENTRIES = (modules.PAGE, modules.LATER, modules.STANDALONE, modules.OFFLINE, modules.SHEET, *modules.TABS)
# these know what Plotly keeps to itself, and the first three make the same before it is there
PLOTLYS = [f"screen/{name}.js" for name in ("axes", "ground", "backdrop", "graphs", "painter", "space", "sheets")]
PRIVATE = r"\bglplot\b|\b_(scene|fullLayout|fullData|offset|length|size|context|m|b|name|id)\b|\b([lrdc]2p|p2[lrdc])\b"

every_module = pytest.mark.parametrize("name", MODULES)


def room(name: str) -> str:
    return name.rpartition(".")[0] if name.startswith("screen/") else name.split("/")[0].partition(".")[0]


def below() -> dict[str, set[str]]:
    """Room -> the rooms that it may import."""
    found: dict[str, set[str]] = {}
    for line in ORDER.strip().splitlines():
        floors = [floor.split() for floor in line.split("<")]
        for lower, upper in pairwise([[], *floors]):
            for one in upper:
                found.setdefault(one, set()).update(lower)
    for _ in found:
        for lower in found.values():
            lower |= {deeper for one in lower for deeper in found[one]}
    return found


BELOW = below()


def declared(name: str) -> dict[str, bool]:
    """The top-level names of a module, and whether others may import them."""
    return {one: bool(export) for export, _, one in re.findall(DECLARED, modules.source(name), re.MULTILINE)}


def test_the_order_knows_every_room_and_no_other() -> None:
    assert set(BELOW) == {room(name) for name in MODULES}
    assert not any(one in lower for one, lower in BELOW.items()), "a circle"


@every_module
def test_a_module_imports_only_what_lies_below_it(name: str) -> None:
    used = {room(one) for one in modules.imports(name)} - {room(name)}
    assert used <= BELOW[room(name)], "move the code, not the order"


@every_module
def test_a_room_has_no_circle(name: str) -> None:
    for used in modules.imports(name):
        assert name not in modules.in_order(used)


@every_module
def test_what_is_imported_is_there(name: str) -> None:
    for names, used in re.findall(r'^import \{([^}]*)\} from "([^"]*)";$', modules.source(name), re.MULTILINE):
        offered = declared(posixpath.normpath(posixpath.join(posixpath.dirname(name), used)))
        assert all(offered.get(one.strip()) for one in names.split(",") if one.strip()), (names, used)


@every_module
def test_every_module_is_used(name: str) -> None:
    assert any(name in modules.in_order(entry) for entry in ENTRIES)


def test_nobody_imports_an_entry() -> None:
    assert not any(set(ENTRIES) & set(modules.imports(name)) for name in MODULES)


@every_module
def test_nothing_hangs_on_the_window(name: str) -> None:
    assert not re.search(r"\b(?:window|globalThis|self)\.(\w+) *=(?!=)", modules.source(name))
    assert "downslope." not in modules.source(name)


@every_module
def test_only_graphs_and_painter_know_what_plotly_keeps_to_itself(name: str) -> None:
    if name not in PLOTLYS:
        assert not re.search(PRIVATE, modules.source(name))


# what a page on plain http has not got; each is asked for in one module, which says what happens without it
SECURE_ONLY = r"navigator\.(?!userAgent\b)\w+|\bcrypto\.|\bcaches\b|\bNotification\b|\bshow(Save|Open)FilePicker\b"


@every_module
def test_only_the_clipboards_module_asks_for_what_needs_https(name: str) -> None:
    if name != "screen/clipboard.js":
        assert not re.search(SECURE_ONLY, modules.source(name))


# what one file can hold


@every_module
def test_imports_and_exports_are_plain(name: str) -> None:
    source = modules.source(name)
    words = re.findall(r"^(?:import|export)\b.*", source, re.MULTILINE)
    assert not [line for line in words if re.search(r"\bas\b|\*|\bdefault\b|^export *\{|^export .* from ", line)]
    assert len(re.findall(r"^import\b", source, re.MULTILINE)) == len(modules.imports(name)), "a way that is not seen"


@every_module
def test_what_is_exported_is_declared_on_a_line_of_its_own_and_stays(name: str) -> None:
    for line in re.findall(r"^export (?:const|let|var)\b.*", modules.source(name), re.MULTILINE):
        assert re.match(r"export const \w+ =", line), line


def test_only_the_page_opens_what_comes_later() -> None:
    opened = {name: re.findall(r"\bimport *\(([^)]*)|\bimport\.meta\b", modules.source(name)) for name in MODULES}
    assert {name: found for name, found in opened.items() if found} == {
        modules.PAGE: [f'"./{name}"' for name in (*modules.TABS, modules.LATER)]
    }


def test_the_page_gets_each_module_once() -> None:
    served = modules.served()
    held = [re.findall(r"^const (\$\w+) = \(\(\) => \{$", text, re.MULTILINE) for text in served.values()]
    every = [one for names in held for one in names]
    assert len(held[0]) == len(modules.in_order(modules.PAGE)) and len(every) == len(set(every))
    entries = (modules.PAGE, modules.LATER, *modules.TABS)
    assert len(every) == len({name for entry in entries for name in modules.in_order(entry)})
    assert not re.search(r"^(import|export)\b", modules.joined(modules.STANDALONE), re.MULTILINE)
    assert re.findall("^import .*", served[modules.LATER], re.MULTILINE) == [served[modules.LATER].splitlines()[0]]
    for name, text in served.items():
        taken = re.findall(r'^import \{ (.*) \} from "\./(.*)";$', text, re.MULTILINE)
        for names, other in taken:
            offered = re.search(r"^export \{ (.*) \};$", served[other], re.MULTILINE)
            assert offered and {*names.split(", ")} <= {*offered[1].split(", ")}, name
