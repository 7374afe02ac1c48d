"""The walks of a sweep, cut into tiles: each is a pure function of a course, a subject and a stage.

The first stage of every subject comes first, and is spread over all that is asked; what lies between follows, stage by
stage. The last one of a curve, `whole`, says what can be read off all its walks.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from optim_core import Ends, RateSweep, around, ends

from .. import limits
from ..page.state import State
from ..page.swept import chosen, pair
from ..protocol import Forged
from ..walks.rates import swept
from . import asked
from .asked import Course, Subject

Array = np.ndarray
Cuts = dict[str, Array]  # the name of a stage -> the places of its walks among all
EVERY = 8  # so many rates apart in the first stage,
EVERY_CELL = 4  # and so many numbers along each side of a grid
WHOLE = "whole"


def parts(state: State) -> list[str]:
    """The names of all tiles, in the order in which they should be computed."""
    course = asked.course(state)
    subjects = dict.fromkeys(one.spelled for one in subjects_of(state).values())
    return [f"{subject}|{stage}" for stage in cuts(course) for subject in subjects]


def subjects_of(state: State) -> dict[int, Subject]:
    """Slot -> who walks."""
    runs = [chosen(state)] if state.sweep.kind == "grid" else state.runs
    return {run.slot: asked.subject(state, run) for run in runs}


def piece(key: str, part: str) -> dict[str, Array]:
    """The arrays of a tile, of which `at` says where they stand. Raises Forged for one that no page asks for."""
    spelled, _, stage = part.rpartition("|")
    course, subject = asked.read(key, spelled)
    if stage not in cuts(course):
        raise Forged("tile: there is no such part")
    places = cuts(course)[stage]
    made = {"grid": _cells, "rates": _rates, "race": _race}[course.settings.kind](course, subject, places)
    return {"at": places.astype(float)} | made


# --- cut into tiles -------------------------------------------------------------------------------------------------


def cuts(course: Course) -> Cuts:
    starts = course.settings.starts if course.settings.kind == "race" else 1
    most = max(int(limits.TILE_WORK / course.n_steps), limits.TILE_WALKS) // starts
    return _cuts(course.settings.kind == "grid", course.settings.rates, most)


@lru_cache(maxsize=64)
def _cuts(grid: bool, count: int, most: int) -> Cuts:
    """The stages of `count` rates, or of a grid of so many on each side, in tiles of at most `most` walks."""
    if not grid:
        first, every = np.arange(0, count, EVERY), np.arange(count)
        rest = _blocks(np.setdiff1d(every, first), most) if count > most else []
        return {str(i): places for i, places in enumerate([first, *rest])} | {WHOLE: every}
    cells = np.arange(count**2).reshape(count, count)
    first = cells[::EVERY_CELL, ::EVERY_CELL].ravel()
    blocks = [*_blocks(first, most), *_blocks(np.setdiff1d(cells, first), most)]
    return {str(i): places for i, places in enumerate(blocks)}


def _blocks(places: Array, most: int) -> list[Array]:
    return [places[at : at + most] for at in range(0, len(places), most)]


# --- computed -------------------------------------------------------------------------------------------------------


def _rates(course: Course, subject: Subject, places: Array) -> dict[str, Array]:
    """The ends of walks at these of the rates."""
    made = _sweep(course, subject, places, np.array(course.start))
    whole = _widths(course, made) if len(places) == len(course.rates) else {}
    return _drawn(course, made) | whole


def _race(course: Course, subject: Subject, places: Array) -> dict[str, Array]:
    """The same from several starts: their medians, and how far apart they end."""
    made = _sweep(course, subject, places, starts(course))
    low, high = (course.heights(edge(made.ends.loss, axis=-1)) for edge in (np.min, np.max))
    whole = _chosen(made) if len(places) == len(course.rates) else {}
    return _drawn(course, made) | {"low": low, "high": high} | whole


def _sweep(course: Course, subject: Subject, places: Array, start: Array) -> RateSweep:
    return swept(course, subject.optimizer, subject.schedule, subject.fork, course.rates[places], start)


def _drawn(course: Course, made: RateSweep) -> dict[str, Array]:
    """What is drawn of every rate: heights, and steps, NaN for never; `diverged` is the share of its starts."""
    steps = {name: _never(getattr(made, name)) for name in ("first", "stays")}
    diverged = np.atleast_2d((made.ends.diverged_at >= 0).T).mean(axis=0)
    return {"final": course.heights(made.final), "best": course.heights(made.best), **steps, "diverged": diverged}


def _never(steps: Array) -> Array:
    return np.where(np.isfinite(steps), steps, np.nan)


def _widths(course: Course, made: RateSweep) -> dict[str, Array]:
    """Over how many decades of η it ends well, is well at some step, and the same of the target; and the best rates."""
    widths = [made.width(kind, below=level) for level in (None, course.target) for kind in ("final", "best")]
    return {"widths": np.array(widths)} | _chosen(made)


def _chosen(made: RateSweep) -> dict[str, Array]:
    """The place of the best rate by each criterion, NaN where all diverge."""
    best = [made.chosen(criterion) for criterion in ("first", "stays", "final")]
    places = [made.rates.tolist().index(one["lr"]) if one else np.nan for one in best]
    return {"chosen": np.array(places, dtype=float)}


def starts(course: Course) -> Array:
    """`(2, n)`: the start and others near it. Raises ValueError for a start outside the surface's domain."""
    return around(course.landscape, course.start)[:, : course.settings.starts]


def _cells(course: Course, subject: Subject, places: Array) -> dict[str, Array]:
    """The ends of walks with these pairs of numbers."""
    names = pair(course.settings, subject.optimizer)
    columns = [asked.along(course, subject.optimizer, name) for name in names]
    up, across = np.divmod(places, course.settings.rates)
    swept = {name: column[at] for name, column, at in zip(names, columns, (across, up), strict=True)}
    walks = ends(
        replace(subject.optimizer, **swept),
        course.landscape,
        np.array(course.start),
        course.n_steps,
        course.weather,
        subject.schedule,
        subject.fork,
        target=course.target,
    )
    return _seen(course, walks)


def _seen(course: Course, walks: Ends) -> dict[str, Array]:
    final = np.where(walks.diverged_at < 0, walks.loss, np.nan)
    steps = {name: np.where(getattr(walks, name) < 0, np.nan, getattr(walks, name)) for name in ("first", "stays")}
    return {"final": course.heights(final), **steps, "diverged": (walks.diverged_at >= 0).astype(float)}
