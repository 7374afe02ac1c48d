"""What can be taken home: the files of the export menu, and of the options of `downslope run`."""

from collections.abc import Callable
from typing import NamedTuple

from ..page.state import State
from ..walks.simulate import Simulation, simulate
from . import data
from .code import FRAMEWORKS


class File(NamedTuple):
    name: str  # of the file that is saved
    mimetype: str
    content: str | bytes


class Export(NamedTuple):
    """One kind of file. `make` takes a simulation and the address where it can be seen."""

    label: str  # in the menu
    doc: str  # in a sentence that begins "write"
    file: str
    mimetype: str
    make: Callable[[Simulation, str], str | bytes]


def _html(sim: Simulation, link: str) -> str:
    from .html import html  # needs plotly, which takes its time to load

    return html(sim, link)


def _gif(sim: Simulation, link: str) -> bytes:
    from .gif import gif  # needs Pillow

    return gif(sim)


EXPORTS: dict[str, Export] = {  # the name in the address, and of the option
    **{
        name: Export(
            f"Code: {one.label}",
            f"the comparison as a script for {one.label}",
            one.file,
            "text/x-python",
            lambda sim, link, one=one: one.script(sim.state),
        )
        for name, one in FRAMEWORKS.items()
    },
    "csv": Export("Data: CSV", "every number as a table", "downslope.csv", "text/csv", data.csv),
    "json": Export("Data: JSON", "every number as JSON", "downslope.json", "application/json", data.json),
    "html": Export(
        "Page that plays by itself: HTML", "a page that plays by itself", "downslope.html", "text/html", _html
    ),
    "gif": Export("Animation: GIF", "an animation", "downslope.gif", "image/gif", _gif),
}


def make(name: str, state: State, link: str) -> File:
    """The file of this name for a state; `link` is where the state can be seen. Raises KeyError."""
    export = EXPORTS[name]
    return File(export.file, export.mimetype, export.make(simulate(state), link))
