"""What can be taken home: the files of the export menu, and of the options of `downslope run`."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ..basins.work import soon
from ..page import veil
from ..page.state import State
from ..protocol import Mistake
from ..sweep.figures import problem
from ..train import work as training
from ..walks.fitting import Unknown
from ..walks.simulate import Simulation, simulate
from . import basins_data, data, train_code, train_data
from . import sweep_data as sweeps
from .code import FRAMEWORKS


class Gone(Mistake):
    """A file of the page, by its fingerprint, that is not here: it can be sent again."""

    def __init__(self, file: str) -> None:
        super().__init__("your file is not here any more: choose it again")
        self.file = file


class File(NamedTuple):
    name: str  # of the file that is saved
    mimetype: str
    content: str | bytes


class Export(NamedTuple):
    """One kind of file. `make` takes what it is made of and the address where that can be seen."""

    label: str  # in the menu
    doc: str  # in a sentence that begins "write"
    file: str
    mimetype: str
    make: Callable[[Any, str], str | bytes]


def _html(sim: Simulation, link: str) -> str:
    from .html import html  # needs plotly, which takes its time to load

    return html(sim, link)


def _lesson(state: State, link: str) -> str:
    from .lesson import html  # needs plotly and Pillow

    return html(state, link)


def _gif(sim: Simulation, link: str) -> bytes:
    from .gif import gif  # needs Pillow

    return gif(sim)


EXPORTS: dict[str, Export] = {  # the name in the address, and of the option; `make` takes a simulation
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


def _swept(write: Callable[[State, list[sweeps.Swept], str], str]) -> Callable[[State, str], str]:
    """What a writer makes of the sweep of a state. Raises Mistake where there can be none."""

    def made(state: State, link: str) -> str:
        if why := problem(state):
            raise Mistake(why)
        return write(state, sweeps.swept(state), link)

    return made


def _mapped(name: str) -> Callable[[State, str], str | bytes]:
    """What the writer of this name makes of the basins of a state. Raises Mistake where they take too long here."""

    def made(state: State, link: str) -> str | bytes:
        if not soon(state):
            raise Mistake("so many steps from so many starts take too long here: take fewer, or `downslope basins`")
        if name == "png":
            from .basins_picture import png  # needs Pillow

            return png(state, basins_data.found(state), link)
        return getattr(basins_data, name)(state, basins_data.found(state), link)

    return made


def _trained(write: Callable[[State, str], str], at_once: bool = False) -> Callable[[State, str], str]:
    """What a writer makes of the training of a state. Raises Mistake where there is none, or it takes too long here."""

    def made(state: State, link: str) -> str:
        try:
            if at_once and not training.soon(state):
                raise Mistake("so many steps of so many samples take too long here: take fewer, or `downslope train`")
            return write(state, link)
        except Unknown as file:
            raise Gone(str(file)) from None
        except ValueError as why:
            raise Mistake(str(why)) from None

    return made


_TRAINED = {
    "csv": lambda state, link: train_data.csv(state, train_data.trained(state), link),
    "json": lambda state, link: train_data.json(state, train_data.trained(state), link),
}
OF_TRAIN = {
    f"train-{name}": Export(
        f"Code: {one.name}",
        "",
        f"downslope_train_{name}.py",
        "text/x-python",
        _trained(lambda state, link, name=name: train_code.script(name, state)),
    )
    for name, one in train_code.LIBRARIES.items()
} | {
    "train-csv": Export("Data: CSV", "", "train.csv", "text/csv", _trained(_TRAINED["csv"], True)),
    "train-json": Export("Data: JSON", "", "train.json", "application/json", _trained(_TRAINED["json"], True)),
    "train-samples": Export(
        "Samples: CSV", "", train_data.SET, "text/csv", _trained(lambda state, link: train_data.samples(state))
    ),
}

OF_TABS: dict[str, dict[str, Export]] = {  # tab -> what its menu has instead; `make` takes a state
    "sweep": {
        "sweep-csv": Export("Data: CSV", "", "sweep.csv", "text/csv", _swept(sweeps.csv)),
        "sweep-json": Export("Data: JSON", "", "sweep.json", "application/json", _swept(sweeps.json)),
    },
    "basins": {
        "basins-csv": Export("Data: CSV", "", "basins.csv", "text/csv", _mapped("csv")),
        "basins-json": Export("Data: JSON", "", "basins.json", "application/json", _mapped("json")),
        "basins-npz": Export("Data: arrays for numpy", "", "basins.npz", "application/octet-stream", _mapped("npz")),
        "basins-png": Export("Picture: PNG", "", "basins.png", "image/png", _mapped("png")),
    },
    "train": OF_TRAIN,
}
LESSON = "lesson"
LESSONS = {  # what the menu has besides where a lesson is open
    LESSON: Export("Lesson as one file: HTML (it holds the answers)", "", "lesson.html", "text/html", _lesson)
}
ALL = {**EXPORTS, **LESSONS, **{name: one for exports in OF_TABS.values() for name, one in exports.items()}}


def make(name: str, state: State, link: str) -> File:
    """The file of this name for a state; `link` is where the state can be seen. Raises KeyError, and Mistake."""
    export = ALL[name]
    if name != LESSON and (waits := veil.why(state)):  # the file of a lesson asks by itself
        raise Mistake(waits)
    return File(export.file, export.mimetype, export.make(simulate(state) if name in EXPORTS else state, link))
