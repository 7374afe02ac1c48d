"""Whatever stands in a table or in JSON: a surface, settings, a text."""

from typing import Any

from landscapes import Formula, Surface, layers
from optim_core.hyper import values

from ..page.numbers import exact
from ..page.spelled import SLUGS, typed, written_around

FORMULA = "=+-@＝＋－＠\t\r\n\0"  # with these a spreadsheet begins a formula, or skips to what does


def shape(ground: Surface) -> dict[str, Any]:
    """What a surface is: its name, its settings, and what is around it from the innermost on."""
    core, around = layers(ground)
    transforms = [{"name": SLUGS[type(one)], "settings": values(one)} for one in around]
    own = {"text": core.text, "window": core.window} if isinstance(core, Formula) else values(core)
    return {"name": SLUGS[type(core)], "formula": ground.formula, "settings": own, "transforms": transforms}


def surface(ground: Surface) -> str:
    """A surface with every setting, and what is around it, as an address spells them."""
    core, around = layers(ground)
    named = [f"{name}={value}" for name, value in typed(core).items()] if isinstance(core, Formula) else []
    inner = "~".join([SLUGS[type(core)], *named, *filter(None, [settings(core)])])
    return "~".join([inner, *(written_around(one) for one in around)])


def settings(declared: Any) -> str:
    """Every setting as an address spells it."""
    return spelled(values(declared))


def spelled(named: dict[str, Any]) -> str:
    """Numbers by name, as an address spells them."""
    return "~".join(f"{name}={exact(value)}" for name, value in named.items())


def cell(value: Any) -> str:
    """What stands in a table for a text, a whole number, or numbers by name."""
    if isinstance(value, dict):
        return spelled(value)
    return text(value) if isinstance(value, str) else str(value)


def text(words: str) -> str:
    """A cell that shows this text, whatever it is."""
    shown = f"'{words}" if words.startswith(tuple(FORMULA)) else words
    return '"' + shown.replace('"', '""') + '"'
