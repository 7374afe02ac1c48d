"""What this tab says of a page while a lesson waits for an answer: nothing that is read off a walk."""

from typing import Any

from ..metrics import PANELS
from ..page import veil
from ..page.state import State
from ..protocol import Ask, Scene, Told
from . import ruler

HUSHED = ("end", "why")  # of what is said of a run


def shown(values: dict[str, dict[str, Any]], state: State) -> dict[str, dict[str, Any]]:
    """What the controls show, without what is known of the walks."""
    if state.veil is None:
        return values
    say = {key: text for key, text in values["say"].items() if key.rpartition(".")[2] not in HUSHED}
    say["runs.show"] = ""  # what one sees of a scene is what is asked
    return values | {"say": say, "ruler": ruler.NONE}


def scene(drawn: Scene, state: State) -> Scene:
    """The scene; where no step is seen, each panel has nothing of a run in it and says when."""
    if state.veil != 0:
        return drawn
    bare = {graph: {uid: one | {"y": one["y"][:0]} for uid, one in drawn.traces[graph].items()} for graph in PANELS}
    return drawn._replace(traces=drawn.traces | bare, empty=dict.fromkeys(PANELS, veil.why(state)))


def told(ask: Ask) -> Told:
    """What stands below the map: nothing yet."""
    return Told(ask.query, ask.brief, [], [], {})
