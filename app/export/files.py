"""The files of the export menu: name in the address -> what it is called, how it is sent, and what makes it."""

from collections.abc import Callable
from typing import NamedTuple

from ..page.state import State
from ..walks.simulate import simulate
from . import code, data, gif
from . import html as page


class File(NamedTuple):
    name: str  # of the file that is saved
    mimetype: str
    content: str | bytes


_MAKERS: dict[str, tuple[str, str, str, Callable[[State, str], str | bytes]]] = {
    **{
        name: (f"Code: {one.label}", one.file, "text/x-python", lambda state, link, one=one: one.script(state))
        for name, one in code.FRAMEWORKS.items()
    },
    "csv": ("Data: CSV", "downslope.csv", "text/csv", lambda state, link: data.csv(simulate(state), link)),
    "json": ("Data: JSON", "downslope.json", "application/json", lambda state, link: data.json(simulate(state), link)),
    "html": (
        "Page that plays by itself: HTML",
        "downslope.html",
        "text/html",
        lambda state, link: page.html(state, link),
    ),
    "gif": ("Animation: GIF", "downslope.gif", "image/gif", lambda state, link: gif.gif(simulate(state))),
}
EXPORTS = {name: label for name, (label, *_) in _MAKERS.items()}


def make(name: str, state: State, link: str) -> File:
    """The file of this name for a state; `link` is where the state can be seen. Raises KeyError."""
    _, file, mimetype, maker = _MAKERS[name]
    return File(file, mimetype, maker(state, link))
