"""What stands below the map: tables, the step inspector, stability and conventions, as messages for the page to show.

A request names a state, the step of the playhead, and what is open; nothing is computed that is not.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from optim_core import Letters

from ..page.numbers import brief
from ..page.promises import barred
from ..page.state import State
from ..protocol import Ask, Cell, Note, Overlay, Row, Said, Table, Told
from ..walks import elsewhere, explain, fates, results, stability
from ..walks.narrate import narrate
from ..walks.simulate import Simulation, Walk, simulate
from . import fans
from .alternatives import alternatives

ARRIVED = "The first step within the tolerance; in brackets the step from which on it stays there, to the end."
DETOUR = "The length of the path over the straight way from its start to its end: 1 is straight."
# what the columns are called for good, whatever their titles
RESULTS = (
    *("run", "settings", "final_loss", "best_loss", "arrived", "distance", "path_length", "detour", "memory"),
    "status",
)
NOW = ("run", "x", "y", "loss", "grad", "effective_lr.x", "effective_lr.y", "rms_grad.x", "rms_grad.y", "step")
STABILITY = ("run", "lambda_min", "lambda_max", "lr", "stable_lr", "above", "happens")
REACH = 0.12  # half the length of an ellipse's axis, of the map's diagonal


def details(state: State, ask: Ask) -> Told:
    """What is open, at the asked step (clipped to the walk), with a sentence on every run."""
    sim, t = simulate(state), min(max(ask.t, 0), state.n_steps)
    said = [_said(walk, state, t) for walk in sim.walks]
    body = _BODIES[state.view.detail](sim, t)
    return Told(ask.query, ask.brief, said, _overlays(sim, t), {} if ask.brief else alternatives(sim), **body)


def _said(walk: Walk, state: State, t: int) -> Said:
    if walk.fan:  # a sentence is of one walk
        walk = replace(walk, fan=None, label=f"{walk.label} with seed {state.weather.seed}")
    return Said(walk.run.slot, state.letters.text(narrate(walk, state.landscape, t), walk.label))


def stops(sim: Simulation) -> dict[int, int]:
    """slot -> the step at which the chosen rule would have stopped the run."""
    view, surface = sim.state.view, sim.state.landscape
    if view.rule == "off":
        return {}
    at = {walk.run.slot: results.first_step(walk, surface, view.rule, view.tolerance) for walk in sim.walks}
    return {slot: step for slot, step in at.items() if step is not None}


def _nothing(sim: Simulation, t: int) -> dict[str, Any]:
    return {}


def _results(sim: Simulation, t: int) -> dict[str, Any]:
    state, halted = sim.state, stops(sim)
    rule = "would stop at" if state.view.rule != "off" else ""
    columns = [
        "Run", "Settings", "Final loss", "Best loss", f"Steps to {brief(state.view.tolerance)}",
        f"Distance to {state.landscape.goal}",
        "Path length", "Path / distance", "Memory per parameter", "Status", *([rule.capitalize()] if rule else []),
    ]  # fmt: skip
    if fans.is_many(state):
        columns[2:8] = [f"Median {title[0].lower()}{title[1:]}" for title in columns[2:8]]
    rows = [
        _row(
            row.slot, row.label, row.settings or "defaults", row.final_loss, row.best_loss, _arrived(row), row.distance,
            row.path_length, Cell("–" if row.detour is None else brief(row.detour), row.detour, DETOUR), row.memory,
            _status(row, state.letters), *([halted.get(row.slot)] if rule else []),
        )
        for row in results.rows(sim, state.view.tolerance)
    ]  # fmt: skip
    return _table(sim, columns, rows, [*RESULTS, *(["stops"] if rule else [])])


def _status(row: results.Row, letters: Letters) -> Cell:
    return Cell(row.status, row.status, letters.text(row.fate.criterion))


def _arrived(row: results.Row) -> Cell:
    """The first step within the tolerance, and the one from which on it stays there: "41 (stays from 63)"."""
    if row.arrived is None:
        return Cell("–", None)
    lasts = "leaves again" if row.stays is None else f"stays from {row.stays}"
    return Cell(str(row.arrived) if row.stays == row.arrived else f"{row.arrived} ({lasts})", row.arrived, ARRIVED)


def _now(sim: Simulation, t: int) -> dict[str, Any]:
    columns = ["Run", "x", "y", "Loss", "Gradient", "η of x", "η of y", "RMS of x", "RMS of y", "Step length"]
    is_rough = any(walk.told for walk in sim.walks)
    rows = []
    for walk in sim.walks:
        at = results.now(walk, t)
        pairs = [*(at.effective_lr or (None, None)), *(at.rms_grad or (None, None))]
        told = (at.told or (None, None)) if is_rough else ()
        rows.append(_row(walk.run.slot, walk.label, at.x, at.y, at.loss, at.gradient, *pairs, at.step, *told))
    titles = [*columns, *(["Told of x", "Told of y"] if is_rough else [])]
    return _table(sim, titles, rows, [*NOW, *(["told.x", "told.y"] if is_rough else [])])


def _steps(sim: Simulation, t: int) -> dict[str, Any]:
    chosen = sim.state.view.inspect
    walks = [walk for walk in sim.walks if chosen in ("", str(walk.run.slot))]
    return {"stories": [story for walk in walks for story in explain.stories(walk, sim.state.letters)]}


def _stability(sim: Simulation, t: int) -> dict[str, Any]:
    columns = ["Run", "λmin", "λmax", "η in use", "Stable up to η", "η above the limit", "What happens"]
    rows, state, surface = [], sim.state, sim.state.landscape
    for walk in sim.walks:
        at = t if walk.diverged_at is None else max(min(t, walk.diverged_at - 1), 0)
        here = stability.curvature(surface, tuple(walk.trajectory.on_surface[at]))
        allowed = stability.limits(walk, surface)
        taken = min(at + 1, state.n_steps)  # the step from here; at the end the last one
        limit = float(allowed.limit[at]) if stability.has_limit(walk.part(taken)) else None
        above = "no fixed limit" if allowed is None else _since(allowed.exceeded_at)
        why = state.letters.text(fates.happens(walk, surface, state.n_steps), walk.label)
        lr = float(walk.rates[taken - 1])
        rows.append(_row(walk.run.slot, walk.label, *map(float, here.values), lr, limit, above, why))
    return _table(sim, columns, rows, [*STABILITY])


def _since(step: int | None) -> str:
    return "never" if step is None else f"first at step {step}"


def _conventions(sim: Simulation, t: int) -> dict[str, Any]:
    """Of every run: the defaults that differ, its call in every library, and the points on which these differ."""
    notes = []
    for place, walk in enumerate(sim.walks):
        state, optimizer = sim.state, walk.run.optimizer
        there = elsewhere.elsewhere(walk, state.landscape)
        told = [(elsewhere.defaults(type(optimizer)), None), (elsewhere.alike(there), None)]
        for same in there:
            told.append((same.text, _offer(state, same.strays, f"ghost.{place}.{same.library}.{same.way}")))
        for number, (one, strays) in enumerate(results.differences(walk, state.landscape)):
            edit = None if one.other is None else _offer(state, strays, f"ghost.{place}.{number}")
            told.append((results.told(one, strays), edit))
        notes += [Note(walk.run.slot, walk.label, state.letters.text(text), edit) for text, edit in told if text]
    return {"notes": notes}


def _offer(state: State, strays: results.Apart | results.Difference | None, edit: str) -> str | None:
    """The edit that shows the other walk, where it is another one and the link lets it come."""
    return None if strays is None or strays.largest == 0 or barred(state, edit) else edit


_BODIES: dict[str, Callable[[Simulation, int], dict[str, Any]]] = {
    "off": _nothing,
    "results": _results,
    "now": _now,
    "steps": _steps,
    "stability": _stability,
    "conventions": _conventions,
}


def _overlays(sim: Simulation, t: int) -> list[Overlay]:
    """What is drawn at the heads of the runs: lines in the units of the map, some of them arrows."""
    draw = {"off": None, "arrows": _arrows, "ellipse": _ellipse}[sim.state.view.overlay]
    return [] if draw is None else [one for walk in sim.walks if _is_there(walk, t) for one in draw(sim, walk, t)]


def _is_there(walk: Walk, t: int) -> bool:
    return walk.diverged_at is None or t < walk.diverged_at


def _arrows(sim: Simulation, walk: Walk, t: int) -> list[Overlay]:
    x, y = walk.trajectory.params[max(t - 1, 0)]
    return [
        Overlay(walk.run.slot, arrow.label, [[x, y], [x + arrow.dx, y + arrow.dy]], True)
        for arrow in explain.arrows(walk, max(t, 1), sim.state.letters)
        if math.isfinite(arrow.dx) and math.isfinite(arrow.dy)
    ]


def _ellipse(sim: Simulation, walk: Walk, t: int) -> list[Overlay]:
    surface, centre = sim.state.landscape, tuple(walk.trajectory.params[t])
    here, reach = stability.curvature(surface, tuple(walk.trajectory.on_surface[t])), REACH * fates.diagonal(surface)
    if not np.isfinite(here.values).all():
        return []
    curve = stability.ellipse(here, centre, reach)
    lines = [*([] if curve is None else [curve]), *stability.axes(here, centre, reach)]
    return [Overlay(walk.run.slot, "", line.tolist(), False) for line in lines]


# how the title of a column begins -> what of the glossary explains it
_EXPLAINED = {
    "λ": "lambda", "η of": "effective", "η in use": "eta", "η above": "lambda", "Stable up to": "lambda", "RMS": "rms",
    "Steps to": "tolerance",
}  # fmt: skip


def _table(sim: Simulation, columns: list[str], rows: list[Row], ids: list[str]) -> dict[str, Any]:
    terms = [next((term for start, term in _EXPLAINED.items() if title.startswith(start)), "") for title in columns]
    return {"table": Table([sim.state.letters.text(title) for title in columns], rows, terms, ids)}


def _row(slot: int, *cells: Cell | str | int | float | None) -> Row:
    return Row(slot, [value if isinstance(value, Cell) else _cell(value) for value in cells])


def _cell(value: str | int | float | None) -> Cell:
    """Numbers that are not finite come last, as what is missing does."""
    if value is None or isinstance(value, str):
        return Cell(value or "–", value)
    if not math.isfinite(value):
        return Cell("not finite" if math.isnan(value) else "∞" if value > 0 else "−∞", None)
    return Cell(str(value) if isinstance(value, int) else brief(value), value)
