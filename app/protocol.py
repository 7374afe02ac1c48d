"""What browser and server say to each other: every message once, with its fields in their order.

`assets/wire/protocol.js` names the same messages with the same fields, and a test compares the two. On the wire a
message is what `screen.arrays` makes of it. What the browser sends is checked here,
field by field and exactly: True is no number, an object with a field too many is not ours.
"""

import math
import types
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from .version import fingerprint

# --- what can go wrong ----------------------------------------------------------------------------------------------


class Forged(ValueError):
    """A request that no page of this version sends; the reason is safe to show. Answered with 422."""


class Outdated(ValueError):
    """A request of a page that another build of the explorer made. Answered with 409."""


class Mistake(ValueError):
    """What the user can put right, in words: everything stays as it was, and the words stand beside the control."""


def check_version(told: str) -> None:
    """Raise Outdated for a page of another build; a page need not tell its own."""
    if told not in ("", fingerprint()):
        raise Outdated("this page is older than the server: reload it, the settings are in its address")


# --- a change, and what it leads to ---------------------------------------------------------------------------------


class Edit(NamedTuple):
    """What a control sends: its kind, which one, and its value. On the wire a list of the three."""

    kind: str
    key: str
    value: Any


class Request(NamedTuple):
    """A gesture: the query it began from and the edits since. It depends on nothing else, so it can be sent again."""

    base: str
    edits: list[Edit]
    have: dict[str, str]  # what the page has already: graph, "traces <graph>", "ground" or "rail" -> its key
    open: int | None = None  # the slot of the run whose controls are open
    mode: Literal["light", "dark"] = "light"
    coarse: bool = False  # while something is held: a coarse ground will do
    version: str = ""  # of the page; empty: whichever
    aspect: float | None = None  # of the map's element, width to height, in steps of 1/8; None: not known
    window: tuple[float, float, float, float] | None = None  # x0, x1, y0, y1 that the user looks at; None: as it comes
    tab: str = "explore"


class Ending(NamedTuple):
    """How a walk ends, beside the name of its run."""

    since: int  # the step from which it is so
    words: str


class Scene(NamedTuple):
    """What the drawing code needs: of the page, and of the exported page that plays by itself."""

    theme: Literal["auto", "light", "dark"]
    steps: int
    t: int | None  # where the playhead stands; None: at the end
    start: tuple[float, float]
    domain: tuple[tuple[float, float], tuple[float, float]]  # of the surface
    room: tuple[tuple[float, float], tuple[float, float]]  # where a start may lie; no map shows more by itself
    labels: dict[int, str]  # slot -> what the run is called
    ends: dict[int, Ending]  # slot -> how the walk ends, where that must be said on the map
    stops: dict[int, int]  # slot -> the step at which the chosen rule would have stopped the run
    skeletons: dict[str, Any]  # graph -> its figure without data; those the page has already are left out
    traces: dict[str, dict[str, Any]]  # graph -> uid -> the arrays that the runs decide; left out: as before
    ground: dict[str, dict[str, Any]]  # graph -> uid -> the arrays that the surface decides; empty: as before
    axes: dict[str, dict[str, Any]]  # graph -> axis -> its range, its ticks, and in `extent` where its values end
    empty: dict[str, str]  # graph -> why nothing is drawn in it
    drift: tuple[float, float, int | None] | None  # of the surface at each step, in x and y, or once: at which


class Meta(NamedTuple):
    """What a trace of a skeleton says to the drawing code, in plotly's `meta`; what is not set is left out."""

    slot: int | None = None  # of the run
    first: int | None = None  # the step of its first point
    part: Literal["", "x", "y"] | None = None  # the parameter of a curve that has a name, "" for that of a whole run
    ink: str | None = None  # the colour of that name
    head: str | None = None  # the outline of its marker, in a box of 2 x 2 around the origin
    casing: list[Any] | None = None  # the colour and the width of the line beneath it
    like: str | None = None  # the trace whose arrays it shares
    dash: str | None = None  # of a line in space, in px: Plotly knows but names
    fan: Literal["paths", "band", "marks"] | None = None  # what stands beside a run's line: see `explore.fans`
    mark: list[str] | None = None  # what stands at its points in space: an outline like a head's, fill, edge

    def set(self) -> dict[str, Any]:
        return {name: value for name, value in self._asdict().items() if value is not None}


class Reply(NamedTuple):
    """The state that a request led to, and all that has to change on the page."""

    query: str
    notices: list[str]  # what had to be changed in the address
    messages: dict[str, str]  # control -> why its value could not be used
    shown: dict[str, dict[str, Any]]  # kind -> key -> what the control shows
    present: bool
    embed: bool  # whether another page frames this one, and has a header
    hide: list[str]
    lock: list[str]
    live: bool  # whether what is below the map follows the playhead
    open: int | None  # the slot of the run whose controls are open: the one asked for, or the copy just made
    rail: str  # the key of the rail
    keys: dict[str, str]  # what the page has after this: see Request.have
    coarse: bool  # whether this ground is a coarse one
    partly: bool  # whether there is more to see when nothing is held
    scene: Scene
    components: list[Any] | None = None  # of the rail, where the page has another one
    lesson: dict[str, Any] | None = None  # what lies over the tab: id, phase, veiled, short, course and the tab


class Look(NamedTuple):
    """What of a reply depends on the light."""

    keys: dict[str, str]
    skeletons: dict[str, Any]


class Opening(NamedTuple):
    """The first reply, which travels in the page itself."""

    base: str  # the query that it answers
    reply: Reply  # without what depends on the light
    looks: dict[str, Look]  # "light" or "dark" -> the rest of it


# --- what stands below the map --------------------------------------------------------------------------------------


class Ask(NamedTuple):
    """What stands below the map at a step."""

    query: str
    t: int
    brief: bool = False  # the page has the body already: only what follows the playhead
    tab: str = "explore"


class Said(NamedTuple):
    """A sentence on a run."""

    slot: int
    text: str


class Overlay(NamedTuple):
    """A line at the head of a run, in the units of the map."""

    slot: int
    label: str
    points: list[list[float]]
    arrow: bool


class Cell(NamedTuple):
    """What a cell shows, and what it is sorted by: None comes last."""

    text: str
    by: str | int | float | None
    doc: str = ""  # what it means, for who points at it


class Row(NamedTuple):
    slot: int
    cells: list[Cell]


class Table(NamedTuple):
    columns: list[str]
    rows: list[Row]
    terms: list[str]  # what of the glossary explains each column, "" for nothing
    ids: list[str]  # what each column is called for good, whatever its title


class Line(NamedTuple):
    """One line of an update: see `walks.typeset` for its pieces."""

    formula: str  # in symbols, as MathML
    math: list[Any]  # the pieces of its MathML with numbers
    text: list[Any]  # the same as text
    needs: list[int]  # the lines above whose values it reads


class Story(NamedTuple):
    """Every line of a run's steps from `first` + 1 to `last`: the pieces to fill in, and the numbers for them.

    A run has one, or one before and one behind its fork.
    """

    slot: int
    label: str
    first: int
    last: int
    digits: int
    lines: list[Line]
    columns: list[list[Any]]  # of x and y, or one for both: (last - first + 1) float64 each, or a number


class Note(NamedTuple):
    """A convention, and the edit that shows the other one as a ghost."""

    slot: int
    label: str
    text: str
    edit: str | None


class Told(NamedTuple):
    """The answer to Ask: what follows the playhead, and at most one of the three bodies."""

    query: str
    brief: bool
    said: list[Said]
    overlays: list[Overlay]
    graphs: dict[str, str]  # the name of each -> what it shows, in words; empty in a brief answer
    table: Table | None = None
    stories: list[Story] | None = None
    notes: list[Note] | None = None


# --- under the pointer ----------------------------------------------------------------------------------------------


class Probe(NamedTuple):
    """The loss and its gradient at a point of the surface."""

    query: str
    at: tuple[float, float]
    t: int = 0  # the playhead's step, for a surface may move
    tab: str = "explore"


class Reading(NamedTuple):
    text: str


# --- heavy work, in tiles -------------------------------------------------------------------------------------------


UNKNOWN = "unknown"  # in a look, or among arrays: the hash of a file that is not here; the page asks again with it


class Plan(NamedTuple):
    """What there is to do for a page that a tab shows."""

    query: str
    mode: Literal["light", "dark"] = "light"
    version: str = ""  # of the page; empty: whichever
    tab: str = "explore"


class Work(NamedTuple):
    """The answer to Plan: what is to be asked for, tile by tile, and what can be drawn before any of it."""

    key: str  # the query of all that decides the numbers, and of nothing else: equal work has equal tiles
    parts: list[str]  # the tiles in the order in which they are wanted, the coarse ones first
    look: dict[str, Any]  # axes, colours and texts


class Tile(NamedTuple):
    """One part of the work that a key names, about 20 ms of it; it depends on nothing else."""

    key: str
    part: str
    given: str = ""  # what another tile has handed on, where this one goes on from it
    tab: str = "explore"


class Piece(NamedTuple):
    """The answer to Tile."""

    part: str
    arrays: dict[str, Any]


# --- a file of the page ---------------------------------------------------------------------------------------------


class Held(NamedTuple):
    """What became of a file that the page has sent; an address names it by its hash."""

    hash: str  # SHA-256, in hexadecimal digits
    columns: list[str]
    rows: int
    kinds: list[str]  # of each column: numbers or words
    message: str  # what was done in reading it


# --- the exported page ----------------------------------------------------------------------------------------------


class Exported(NamedTuple):
    """What the page that plays by itself holds: a scene without skeletons, and those of every theme."""

    scene: Scene
    skeletons: dict[str, dict[str, Any]]  # "light" or "dark" -> graph -> skeleton


# what the browser sends, by its `kind`
ASKED: dict[str, type] = {"request": Request, "ask": Ask, "probe": Probe, "plan": Plan, "tile": Tile}
TILED: tuple[type, ...] = (Plan, Tile)  # those that have a route of their own, where what is heavy waits
MESSAGES: tuple[type, ...] = (
    Edit, Request, Ending, Scene, Meta, Reply, Look, Opening, Ask, Said, Overlay, Cell, Row, Table, Line, Story, Note,
    Told, Probe, Reading, Plan, Work, Tile, Piece, Held, Exported,
)  # fmt: skip


# --- reading --------------------------------------------------------------------------------------------------------


def read_any(given: Any) -> Any:
    """The message that a JSON object is, whose field `kind` says which. Raises Forged for what is none."""
    if type(given) is not dict or type(given.get("kind")) is not str or given["kind"] not in ASKED:
        raise Forged(f"kind: {' or '.join(ASKED)} is expected")
    return read(ASKED[given["kind"]], {name: value for name, value in given.items() if name != "kind"})


def read(message: Any, given: Any) -> Any:
    """The message of this kind that a JSON object is. Raises Forged, naming the field that is not as declared."""
    if type(given) is not dict:
        raise Forged(f"{message.__name__}: an object is expected")
    kinds = _kinds(message)
    for name in given:
        if name not in kinds:
            raise Forged(f"{message.__name__} has no field {name[:24]}")
    asked = [name for name in kinds if name in given or name not in message._field_defaults]
    return message(**{name: _field(name, kinds[name], given) for name in asked})


@cache
def _kinds(message: type) -> dict[str, Any]:
    return get_type_hints(message)


def _field(name: str, kind: Any, given: dict[str, Any]) -> Any:
    if name not in given or not _fits(kind, given[name]):
        raise Forged(f"{name}: {_wanted(kind)} is expected")
    value = given[name]
    if get_origin(kind) is list and get_args(kind)[0] is Edit:
        return [Edit(*one) for one in value]
    return tuple(value) if get_origin(kind) is tuple else value


def _fits(kind: Any, value: Any) -> bool:
    """Whether a value from JSON is exactly of a declared kind."""
    check = _CHECKS.get(get_origin(kind) or kind)
    return check(get_args(kind), value) if check else type(value) is kind


def _fit_all(kinds: Sequence[Any], values: Any) -> bool:
    return type(values) is list and len(kinds) == len(values) and all(map(_fits, kinds, values))


_CHECKS: dict[Any, Callable[[tuple[Any, ...], Any], bool]] = {  # kind -> (what it is made of, value) -> does it fit
    Any: lambda _, value: True,
    float: lambda _, value: type(value) in (int, float) and _is_finite(value),
    Edit: lambda _, value: _fit_all((str, str, Any), value),
    Literal: lambda words, value: type(value) is str and value in words,
    types.UnionType: lambda kinds, value: any(_fits(kind, value) for kind in kinds),
    list: lambda kinds, value: type(value) is list and all(_fits(kinds[0], one) for one in value),
    dict: lambda kinds, value: type(value) is dict and all(_fits(kinds[1], one) for one in value.values()),
    tuple: _fit_all,
}


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _wanted(kind: Any) -> str:
    """What a field must be, in words that complete "... is expected"."""
    if get_origin(kind) is Literal:
        return " or ".join(get_args(kind))
    if get_origin(kind) is types.UnionType:
        return " or ".join(map(_wanted, get_args(kind)))
    name = getattr(get_origin(kind) or kind, "__name__", str(kind))
    words = {"str": "a text", "int": "an integer", "float": "a number", "bool": "true or false", "NoneType": "null"}
    words |= {"dict": "an object of texts", "list": "a list of kind, key and value"}
    return words.get(name, f"a list of {len(get_args(kind))} numbers")
