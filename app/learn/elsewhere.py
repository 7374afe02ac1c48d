"""What a lesson reads off the tabs: widths of a sweep, shares of basins, epochs of a training, and a tuned race."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from optim_core import Basins, Constant, RateSweep, Training, basins

from ..cache import bounded
from ..page import weather
from ..page.state import Run, State
from ..page.view import View
from ..walks import fitting, rates
from .expressions import Odd

if TYPE_CHECKING:
    from .measures import Measured

Array = np.ndarray

# --- sweep ----------------------------------------------------------------------------------------------------------


@bounded()
def swept(course: rates.Course, run: Run, schedule: Any) -> RateSweep:
    """The ends of a run's walks at every learning rate of a sweep."""
    return rates.swept(course, run.optimizer, schedule, run.fork, course.rates, np.array(course.start))


def _sweep(on: "Measured", run: Any) -> tuple[rates.Course, RateSweep]:
    chosen = on.state.runs[on.place(run)]
    course = rates.course(on.state)
    return course, swept(course, _plain(chosen), _changing(on.state, chosen))


def _plain(run: Run) -> Run:
    """The run as a sweep of its rate sees it: what it is called, and where it stood, changes nothing."""
    return Run(run.optimizer, 0, fork=run.fork)


def _changing(state: State, run: Run) -> Any:
    schedule = state.schedule_of(run)
    return None if isinstance(schedule, Constant) else schedule


def _width(kind: str) -> Callable[..., float]:
    """Over how many decades of η a run ends below the target, or is below it at some step."""

    def width(on: "Measured", run: Any) -> float:
        course, made = _sweep(on, run)
        return made.width(kind, below=course.target)

    return width


def _best_rate(on: "Measured", run: Any, criterion: Any = "final") -> float | None:
    if criterion not in ("final", "first", "stays"):
        raise Odd(f"{criterion!r} is none of final, first, stays")
    chosen = _sweep(on, run)[1].chosen(criterion)
    return chosen and chosen["lr"]


# --- basins ---------------------------------------------------------------------------------------------------------


@bounded()
def _basins(state: State, run: Run) -> Basins:
    course = weather.alone(state.weather), _changing(state, run), run.fork
    steps = state.basins.steps or state.n_steps
    return basins(run.optimizer, state.landscape, state.basins.size, None, steps, *course)


def basins_of(state: State, place: int) -> Basins:
    """Where a run of a page ends from all over its map."""
    return _basins(replace(state, view=View()), state.runs[place])


def _share(on: "Measured", run: Any, k: Any) -> float:
    """Which share of the starts of a map of basins leads a run to a minimum."""
    on.minimum(k)
    return basins_of(on.state, on.place(run)).shares()[k].share


# --- train ----------------------------------------------------------------------------------------------------------


@bounded()
def _trained(course: fitting.Course, optimizer: Any, schedule: Any, place: int | None) -> Training:
    return course.trained(optimizer, schedule, place)


def training(state: State, place: int) -> Training:
    """The training of a run of a page."""
    chosen, course = state.runs[place], fitting.course(state)
    return _trained(course, chosen.optimizer, _changing(state, chosen), place if state.train.printed else None)


def _training(on: "Measured", run: Any) -> Training:
    return training(on.state, on.place(run))


def _epochs(on: "Measured", run: Any, goal: Any = None) -> float | int | None:
    """The epochs until the mean loss of an epoch's batches is at most the goal: the median over the shuffles."""
    made = _training(on, run)
    level = fitting.goal(on.state, fitting.course(on.state)) if goal is None else goal
    reached = made.epochs_to(level)
    middle = float(np.median(np.where(reached < 0, np.inf, reached)))
    return None if middle == np.inf else int(middle) if middle.is_integer() else middle


def _during(on: "Measured", run: Any, epoch: Any = None) -> float:
    """The mean loss over the batches of an epoch, the last one unless said: the median over the shuffles."""
    made = _training(on, run).during
    return _middle(made, len(made) if epoch is None else epoch, 1)


def _train_loss(on: "Measured", run: Any, epoch: Any = None) -> float:
    """The loss on all samples after an epoch, the last one unless said: the median over the shuffles."""
    made = _training(on, run).loss
    return _middle(made, len(made) - 1 if epoch is None else epoch, 0)


def _middle(rows: Array, epoch: Any, first: int) -> float:
    if type(epoch) is not int or not first <= epoch < len(rows) + first:
        raise Odd(f"there is no epoch {epoch}: they are {first} to {len(rows) + first - 1}")
    return float(np.median(rows[epoch - first]))


def _lowest(on: "Measured") -> float:
    """The least loss that any parameters have on the data."""
    lowest = fitting.course(on.state).regression.lowest
    if lowest is None:
        raise Odd("the loss of these data has no lowest")
    return lowest


# --- a tuned race ----------------------------------------------------------------------------------------------------


SOON = 40  # steps by which it is seen who is early


def _wins(on: "Measured", run: Any, *surfaces: Any) -> int:
    """On how many of these surfaces, as an address has them, a run's best rate needs the fewest steps of all runs.

    Those from which on the loss stays below the target of the sweep; on equal terms the earlier run wins.
    """
    place = on.place(run)
    return sum(winner(replace(on.state, view=View()), surface) == place for surface in surfaces)


@lru_cache(maxsize=64)
def winner(state: State, surface: Any) -> int | None:
    """The place of the run that wins on a surface from its own start, None where no rate of any run gets there.

    Whoever has not been there at any step before the best so far cannot win, and is not walked any farther.
    """
    there, odd = State.from_query(f"f={surface}")
    if odd or not isinstance(surface, str):
        raise Odd(f"there is no surface {surface!r}")
    here = replace(state, landscape=there.landscape, start=None)
    best, first = math.inf, None
    soon = [_visits(here, place, SOON) for place in range(len(here.runs))]
    for place in sorted(range(len(soon)), key=soon.__getitem__):
        last = here.n_steps if first is None else best - (place > first)  # on equal terms the earlier run wins
        may = first is None or soon[place] <= last or (last > SOON and _visits(here, place, int(last)) <= last)
        if may:
            stays = float(_all_rates(here, here.runs[place]).stays.min())
            best, first = (stays, place) if stays <= last else (best, first)
    return first


def _all_rates(state: State, run: Run) -> RateSweep:
    return swept(rates.course(state), _plain(run), _changing(state, run))


def _visits(state: State, place: int, last: int) -> float:
    """The first step, up to a last one, at which a run is there with some rate; at 0 where a schedule knows the end."""
    run = state.runs[place]
    if _changing(state, run):
        return 0
    course = replace(rates.course(state), n_steps=min(last, state.n_steps))
    return float(swept(course, _plain(run), None).first.min())


def forget() -> None:
    """Empty the caches: for measurements."""
    for kept in (swept, winner, _basins, _trained):
        kept.cache_clear()


OF_TRAINING = {"epochs", "during", "train_loss"}  # watches that train
WATCHES: dict[str, Callable[..., Any]] = {
    "width_ends": _width("final"),
    "width_reaches": _width("best"),
    "best_rate": _best_rate,
    "share": _share,
    "epochs": _epochs,
    "during": _during,
    "train_loss": _train_loss,
    "lowest": _lowest,
    "wins": _wins,
}
