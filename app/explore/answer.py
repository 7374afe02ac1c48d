"""One request of the Explore tab -> one reply, with everything that has to change on the page.

All of it is a pure function of the request: any server gives the same answer, as often as it is asked.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .. import limits
from ..page import edits, veil, weather
from ..page.numbers import significant
from ..page.state import State, state_of
from ..page.window import Window
from ..protocol import Ask, Forged, Look, Opening, Probe, Reading, Reply, Request, Tile, Told, check_version
from ..screen import arrays, theme
from ..walks.simulate import simulate
from . import details, figures, ground, rail, ruler, veiled
from .scene import Sight, scene, sight


def reply(request: Request) -> Reply:
    """What a gesture led to. Raises Forged or Outdated."""
    check_version(request.version)
    if len(request.edits) > limits.EDITS:
        raise Forged(f"edits: at most {limits.EDITS} make a gesture")
    began, notices = State.from_query(request.base)
    state, messages = edits.apply(began, request.edits)
    sim = simulate(state, fans=not request.coarse)
    copy = edits.opened(state, request.edits, messages)
    opened = request.open if copy is None else copy
    rail_key = rail.rail_key(state, opened)
    keys, skeletons = _skeletons(sim.state, request)
    keys["ground"], seen, coarse = _ground(sim.state, request, keys[figures.MAP])
    drawn = veiled.scene(scene(sim, skeletons, seen), state)
    walked, traces = _traces(drawn.traces, request)
    return Reply(
        query=state.to_query(),
        notices=[*map(str, notices), *edits.notices(request.edits, messages)],
        messages=messages,
        shown=veiled.shown(rail.shown(replace(sim, state=state), opened), state),
        present=state.view.present == "on",
        embed=state.view.embed == "on",
        hide=list(state.view.hide),
        lock=list(state.view.lock),
        live=sim.state.view.overlay != "off" or sim.state.view.detail in ("now", "stability"),
        open=opened,
        rail=rail_key,
        keys=keys | walked,
        coarse=coarse,
        partly=request.coarse and state.weather.seeds > 1 and weather.is_random(state.weather),
        scene=drawn._replace(traces=traces),
        components=None if request.have.get("rail") == rail_key else rail.rail(state, opened),
        lesson=_lesson(state),
    )


def _lesson(state: State) -> dict[str, Any] | None:
    """What lies over the tab, as the page must know it before it asks for more; None: no lesson."""
    view = state.view
    if not view.lesson:
        return None
    said = {"id": view.lesson, "phase": view.phase, "veiled": state.veil is not None, "short": view.short == "on"}
    return said | {"course": list(view.course), "tab": view.tab}


def opening(base: str) -> Opening:
    """The reply to an address, for a page that does not know yet what shape and what light it has."""
    chosen = state_of(base).view.theme
    modes = theme.TOKENS if chosen == "auto" else (chosen,)
    replies = {mode: reply(Request(base, [], {}, mode=mode)) for mode in modes}
    looks = {mode: Look(one.keys, one.scene.skeletons) for mode, one in replies.items()}
    first = next(iter(replies.values()))
    return Opening(base, first._replace(keys={}, scene=first.scene._replace(skeletons={})), looks)


def told(ask: Ask) -> Told:
    """What stands below the map, at the playhead's step."""
    state = state_of(ask.query)
    if veil.why(state):
        return veiled.told(ask)
    if ask.brief:
        state = replace(state, view=replace(state.view, detail="off"))
    return details.details(state, ask)


def reading(probe: Probe) -> Reading:
    """The loss and its gradient at a point, exactly."""
    state = state_of(probe.query)
    surface, at = state.landscape, np.array(probe.at) - weather.moved(state.weather, probe.t)
    with np.errstate(all="ignore"):
        numbers = [*probe.at, float(surface.loss(at)), *map(float, surface.grad(at))]
    if not np.all(np.isfinite(numbers)):
        return Reading("not finite here")
    x, y, loss, gx, gy = (significant(value, 4) for value in numbers)
    return Reading(f"f({x}, {y}) = {loss}   ∇f = ({gx}, {gy})")


def _skeletons(state: State, request: Request) -> tuple[dict[str, str], dict[str, Any]]:
    """The key of every skeleton, and those skeletons that the page does not have."""
    keys = {graph: figures.key(graph, state, request.mode) for graph in figures.GRAPHS}
    stale = [graph for graph in figures.GRAPHS if request.have.get(graph) != keys[graph]]
    return keys, {graph: figures.skeleton(graph, state, request.mode) for graph in stale}


def _traces(drawn: Mapping[str, Any], request: Request) -> tuple[dict[str, str], dict[str, Any]]:
    """The key of what the runs drew in every graph, and of that what the page does not have."""
    keys = {f"traces {graph}": arrays.digest(traces) for graph, traces in drawn.items()}
    return keys, {
        graph: drawn[graph] for graph in drawn if request.have.get(f"traces {graph}") != keys[f"traces {graph}"]
    }


def _ground(state: State, request: Request, map_key: str) -> tuple[str, Sight | None, bool]:
    """(key, what is in sight, whether it is a coarse one) of the ground; nothing is in sight if the page has it.

    While the surface itself is being moved its grid is a coarse one.
    """
    window = _window(request)
    fine, rough = (sight(state, request.aspect, window, coarse) for coarse in (False, True))
    has = request.have.get("ground")
    coarse = request.coarse and has != _key(state, fine, map_key)
    seen = rough if coarse else fine
    key = _key(state, seen, map_key)
    return key, None if has == key else seen, coarse


def _key(state: State, seen: Sight, map_key: str) -> str:
    return repr((state.landscape, state.view.height, seen, map_key, ground.drift(state)))


def _window(request: Request) -> Window | None:
    if request.window is None:
        return None
    x0, x1, y0, y1 = request.window
    if not (x0 < x1 and y0 < y1):
        raise Forged("window: x0 < x1 and y0 < y1 are expected")
    return (x0, x1), (y0, y1)


ANSWERS = {Request: reply, Ask: told, Probe: reading, Tile: ruler.tile}  # what the browser sends -> what answers it
