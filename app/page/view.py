"""How a page is looked at: the fields of its address that change no walk, and what each may be."""

from dataclasses import dataclass, make_dataclass

from optim_core import NOTATIONS, Hyper

from .. import limits
from ..metrics import METRICS, PANELS
from .lesson import PHASES
from .lessons import ENGLISH, LANGS
from .numbers import exact

TABS = {"explore": "Explore", "sweep": "Sweep", "basins": "Basins", "train": "Train", "learn": "Learn"}  # -> called
COURSE = "learn"  # the tab that shows all lessons
OFF_SURFACE = ("train",)  # those that walk on no surface
PANEL_CHOICES: dict[str, tuple[str, ...]] = {panel.axis: panel.axes for panel in PANELS.values()} | {
    panel.choice: tuple(METRICS) for panel in PANELS.values() if panel.choice
}  # key of the query -> what it may be
_PANEL_FIELDS = [(panel.choice, str, panel.metric) for panel in PANELS.values() if panel.choice]
_PANEL_FIELDS += [(panel.axis, str, panel.axes[0]) for panel in PANELS.values()]


@dataclass(frozen=True)
class View(make_dataclass("Panels", _PANEL_FIELDS, frozen=True)):
    """How the state is looked at. Each field is a key of the query; CHOICES says what it may be.

    The first ones are those that `metrics.PANELS` asks for.
    """

    tab: str = "explore"  # which way of looking at it
    map: str = "contour"
    height: str = "loss"  # of the surface in space
    arrows: str = "off"
    limits: str = "off"  # whether the largest stable rates are drawn beside the effective ones
    theme: str = "auto"
    letters: str = "paper"  # which symbols are used, wherever one is shown
    present: str = "off"  # the map, the panels and the playhead alone, and large
    strip: str = "beta"  # what can be moved beside the learning rate where there is no rail
    detail: str = "results"  # what stands below the map
    inspect: str = ""  # the slot of the one run whose steps are shown, or all
    overlay: str = "off"  # what is drawn at the heads on the map
    rule: str = "off"  # when a run would have stopped: by its loss or its gradient, at the tolerance
    tolerance: float = 1e-3
    t: int | None = None  # the playhead's step; None: the end
    step: int | None = None  # the same of a training; None: the end
    hide: tuple[str, ...] = ()
    lock: tuple[str, ...] = ()
    lesson: str = ""  # what lies over the tab
    phase: str = PHASES[0]
    said: tuple[str, ...] = ()  # the answer to each question, "" for none yet
    reason: str = ""  # the place of the one that was picked
    short: str = "off"  # question and reveal alone
    course: tuple[str, ...] = ()  # some lessons in an order of one's own; () all
    lang: str = ENGLISH

    def __post_init__(self) -> None:
        if self.tab in self.hide:
            object.__setattr__(self, "tab", "explore")


CHOICES = {
    "tab": tuple(TABS),
    "map": ("contour", "surface", "side"),
    "height": ("loss", "log"),
    "arrows": ("off", "on"),
    **PANEL_CHOICES,
    "limits": ("off", "on"),
    "theme": ("auto", "light", "dark"),
    "letters": tuple(NOTATIONS),
    "present": ("off", "on"),
    "strip": ("beta", "eps"),
    "detail": ("off", "results", "now", "steps", "stability", "conventions"),
    "inspect": ("", *map(str, range(limits.RUNS))),
    "overlay": ("off", "arrows", "ellipse"),
    "rule": ("off", "loss", "gradient"),
    "lang": LANGS,
}
OF_LESSON = ("lesson", "phase", "said", "reason", "short", "course", "lang")  # fields that no lesson's address has
TOLERANCE = Hyper("tol", "what counts as arrived", (1e-12, 10), (1e-300, 1e300), "log")
# what hide= and lock= take
AREAS = (
    *("surface", "weather", "masters", "runs", "start", "steps", "map", "panels", "playback", "details", "share"),
    *("sweep", "basins", "train", COURSE),
)


def view_text(name: str, value: object) -> str:
    if name == "short":
        return "1"  # it is written where it is on
    if isinstance(value, tuple):
        return (";" if name == "said" else ",").join(value)
    return exact(value) if isinstance(value, float) else str(value)
