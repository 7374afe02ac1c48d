"""One request of the page -> one reply, with everything that has to change on it.

A request names the state a gesture began from and the edits since (`edits`), and what the page has already: the keys
of its skeletons, of its ground and of its rail. It depends on nothing else, so it can be sent again, to any server.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from .. import limits
from ..page import edits
from ..page.numbers import is_number, significant
from ..page.state import State
from ..screen.controls import filled
from ..version import fingerprint
from ..walks.simulate import Simulation, simulate
from . import details, figures, ground, rail


class Malformed(ValueError):
    """A request that no page of this version sends; the reason is safe to show."""


class Outdated(ValueError):
    """A request of a page that another build of the explorer made."""


def answer(request: Any) -> dict[str, Any]:
    """The reply to a request. Raises Malformed or Outdated."""
    base, changes, have = _field(request, "base", str), _edits(request), _field(request, "have", dict)
    if request.get("version", fingerprint()) != fingerprint():
        raise Outdated("this page is older than the server: reload it, the settings are in its address")
    mode = "dark" if request.get("mode") == "dark" else "light"
    began, notices = State.from_query(base)
    try:
        state, messages = edits.apply(began, changes)
    except (ValueError, TypeError) as reason:
        raise Malformed(str(reason)) from None
    open_slot = _open(request)
    sim = simulate(state)
    return {
        "seq": request.get("seq"),
        "query": state.to_query(),
        "notices": [str(notice) for notice in notices],
        "messages": messages,
        "steps": state.n_steps,
        "t": state.view.t,
        "theme": state.view.theme,
        "present": state.view.present == "on",
        "start": list(state.begin),
        "domain": [list(span) for span in state.landscape.domain],
        "hide": list(state.view.hide),
        "lock": list(state.view.lock),
        "shown": rail.shown(sim, open_slot),
        "results": _results(sim),
        "detail": state.view.detail,
        "live": state.view.overlay != "off" or state.view.detail in ("now", "stability"),
        "stops": details.stops(sim),
        "rail": rail.rail_key(state, open_slot),
        **_drawing(sim, have, mode, bool(request.get("coarse"))),
    }


def rail_of(reply: dict[str, Any], request: dict[str, Any]) -> list[Any] | None:
    """The controls beside the map when the page's own are not those of the reply, else None."""
    if request["have"].get("rail") == reply["rail"]:
        return None
    state, _ = State.from_query(reply["query"])
    return filled(rail.rail(state, _open(request)), reply["shown"])


def told(request: Any) -> dict[str, Any]:
    """What stands below the map, at the playhead's step; `brief`: the page has the body already. Raises Malformed."""
    t, query = _field(request, "t", int), _field(request, "query", str)
    state, brief = _read(query)[0], request.get("brief") is True
    if brief:
        state = replace(state, view=replace(state.view, detail="off"))
    return details.details(state, t) | {"seq": request.get("seq"), "query": query, "brief": brief}


def probe(request: Any) -> dict[str, Any]:
    """The loss and its gradient at a point, exactly. Raises Malformed."""
    point = _field(request, "at", list)
    if len(point) != 2 or not all(map(is_number, point)):
        raise Malformed("at: two numbers are expected")
    surface = _read(_field(request, "query", str))[0].landscape
    with np.errstate(all="ignore"):
        numbers = [*point, float(surface.loss(np.array(point))), *map(float, surface.grad(np.array(point)))]
    if not np.all(np.isfinite(numbers)):
        return {"text": "not finite here"}
    x, y, loss, gx, gy = (significant(value, 4) for value in numbers)
    return {"text": f"f({x}, {y}) = {loss}   ∇f = ({gx}, {gy})"}


@lru_cache(maxsize=64)
def _read(query: str) -> Any:
    return State.from_query(query)


def _drawing(sim: Simulation, have: dict[str, Any], mode: str, hurry: bool) -> dict[str, Any]:
    """What to draw. While the surface itself is being moved (`hurry`), its grid is a coarse one."""
    state = sim.state
    points = limits.COARSE_GRID if state.view.map == "side" else limits.GRID
    keys = {graph: figures.key(graph, state, mode) for graph in figures.GRAPHS}
    stale = [graph for graph in figures.GRAPHS if have.get(graph) != keys[graph]]
    fine = repr((state.landscape, points, keys["map"]))
    rough = repr((state.landscape, limits.COARSE_GRID, keys["map"]))
    coarse = hurry and have.get("ground") != fine
    ground_key = rough if coarse else fine
    return {
        "keys": keys | {"ground": ground_key},
        "coarse": coarse,
        "skeletons": {graph: figures.skeleton(graph, state, mode) for graph in stale},
        "traces": {graph: figures.traces(graph, sim) for graph in figures.GRAPHS},
        "ground": _ground(state, limits.COARSE_GRID if coarse else points) if have.get("ground") != ground_key else {},
        "axes": {graph: figures.axes(graph, sim) for graph in figures.GRAPHS},
    }


def _ground(state: State, points: int) -> dict[str, Any]:
    return {"map": ground.surface_traces(state, points)}


def _results(sim: Simulation) -> list[dict[str, Any]]:
    """Exact numbers, in float64; None where a run diverged."""
    return [
        {"slot": walk.run.slot, "label": walk.run.label, "loss": walk.final_loss, "diverged_at": walk.diverged_at}
        for walk in sim.walks
    ]


def _field(request: Any, name: str, kind: type) -> Any:
    if not isinstance(request, dict) or not isinstance(request.get(name), kind):
        raise Malformed(f"{name}: a {kind.__name__} is expected")
    return request[name]


def _open(request: dict[str, Any]) -> int | None:
    """The slot of the run whose controls are open."""
    return request["open"] if type(request.get("open")) is int else None


def _edits(request: Any) -> list[tuple[str, str, Any]]:
    changes = _field(request, "edits", list)
    if len(changes) > limits.EDITS:
        raise Malformed(f"edits: at most {limits.EDITS} make a gesture")
    for change in changes:
        if not (isinstance(change, list) and len(change) == 3 and all(isinstance(part, str) for part in change[:2])):
            raise Malformed("edits: each is a kind, a key and a value")
    return [tuple(change) for change in changes]
