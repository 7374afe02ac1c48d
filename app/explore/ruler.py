"""The ruler under η: where each run would end at every rate of the slider.

It does not depend on the rates that the runs have, nor on how the page is looked at, so it is made once for all of
them; what marks those rates comes with every reply.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from dash import html

from landscapes import Surface
from optim_core import Letters, Optimizer, Schedule, Weather, ends, sweep

from ..page import weather
from ..page.numbers import significant
from ..page.run_edits import MASTERS
from ..page.scales import ends as ends_of
from ..page.scales import to_position
from ..page.state import Run, State, state_of
from ..page.view import View
from ..protocol import Forged, Piece, Tile
from ..screen.arrays import small
from ..screen.controls import OF_SURFACE
from ..walks.quadratics import largest_rate
from ..walks.simulate import Simulation, Walk, course

Array = np.ndarray
Point = tuple[float, float]
RATE = MASTERS["lr"]
MANY = 61  # rates over the slider's range
LOW, HIGH = ends_of(RATE)
RATES = np.geomspace(*RATE.range, MANY)
DEEP = 10.0  # decades below the loss of the start at which a shade is full
DIVERGES = "diverges"
NONE: dict[str, Any] = {"key": "", "marks": [], "meaning": ""}  # where no surface is seen
IN_A_LINE = 3  # runs whose ends are told in a line below it
MEANING = (
    "Where each run ends at every η: the darker the deeper, red above its start, striped where it diverges; "
    "the tick is the largest η with which it can rest in a minimum, 2/λ for gradient descent"
)


def room(runs: int = 3) -> html.Div:
    """Where it is drawn, under a slider of η; what it says is said elsewhere to who cannot see it."""
    size = {"--rows": runs, "--lines": -(-runs // IN_A_LINE)}
    return html.Div(className="ruler", style=size, **{"data-ruler": "", "aria-hidden": "true"}, **OF_SURFACE)


def key(state: State) -> str:
    """The query of all that decides the ruler: the page without its rates, and without how it is looked at."""
    runs = tuple(map(_plain, state.runs))
    return _query(state.landscape, runs, state.start, state.n_steps, state.weather, state.schedule)


@lru_cache(maxsize=64)
def _query(
    surface: Surface, runs: tuple[Run, ...], start: Point | None, steps: int, rough: Weather, schedule: Schedule
) -> str:
    in_order = tuple(sorted(runs, key=lambda run: run.slot))
    return State(surface, in_order, start, steps, View(), weather.alone(rough), schedule).to_query()


@lru_cache(maxsize=256)
def _plain(run: Run) -> Run:
    return Run(_at_default(run.optimizer), run.slot, schedule=run.schedule, fork=run.fork)


def _at_default(optimizer: Optimizer) -> Optimizer:
    return replace(optimizer, lr=type(optimizer)().lr)


def shown(sim: Simulation) -> dict[str, Any]:
    """What marks the ruler: its key, its meaning, and of each run [slot, name, where its η is from 0 to 1, its end]."""
    marks = [[walk.run.slot, walk.label, _share(walk.run.optimizer.lr), _end(walk)] for walk in sim.walks]
    return {"key": key(sim.state), "marks": marks, "meaning": _meaning(sim.state.letters)}


@lru_cache(maxsize=8)
def _meaning(letters: Letters) -> str:
    return letters.text(MEANING)


def _share(rate: float) -> float:
    return round((to_position(RATE, rate) - LOW) / (HIGH - LOW), 5)


def _end(walk: Walk) -> str:
    loss = walk.final_loss
    return DIVERGES if loss is None else significant(loss, 2)


def tile(asked: Tile) -> Piece:
    """The ruler of one run. Raises Forged where the key has none in this slot."""
    state = state_of(asked.key)
    run = next((one for one in state.runs if str(one.slot) == asked.part), None)
    if run is None:
        raise Forged("part: the slot of a run is expected")
    return Piece(asked.part, dict(_columns(state, run)))


def _columns(state: State, run: Run) -> Iterator[tuple[str, Any]]:
    """Of every rate how deep the run ends, from 0 to 1, -1 above its start and NaN where it diverges, and in words; and
    where from 0 to 1 the largest stable rate stands, -1 where none is known or on the slider."""
    way = course(state, run)
    with np.errstate(all="ignore"):
        ended = ends(sweep(_at_default(run.optimizer), lr=RATES), *vars(way).values())
        begun = float(state.landscape.loss(np.array(state.begin)))
    loss = np.where(ended.diverged_at < 0, ended.loss, np.nan)
    yield "depth", small(_depth(loss, begun, state.landscape.lowest))
    yield "said", [DIVERGES if np.isnan(one) else significant(one, 2) for one in loss.tolist()]
    limit = largest_rate(run.optimizer, state.landscape)
    yield "limit", -1.0 if limit is None or not RATE.range[0] <= limit <= RATE.range[1] else _share(limit)


def _depth(loss: Array, begun: float, lowest: float | None) -> Array:
    """How deep each ends below the start: in decades of what is above the lowest loss, else as far as any of them."""
    with np.errstate(all="ignore"):
        if lowest is not None and begun > lowest:
            depth = -np.log10((loss - lowest) / (begun - lowest)) / DEEP
        else:
            best = np.nanmin(np.append(loss, begun))
            depth = (begun - loss) / (begun - best) if best < begun else np.where(np.isnan(loss), np.nan, 0.0)
    depth = np.where(loss > begun, -1.0, np.clip(np.nan_to_num(depth, nan=1.0), 0.0, 1.0))
    return np.where(np.isnan(loss), np.nan, depth)
