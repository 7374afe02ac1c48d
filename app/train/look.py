"""What can be drawn and said of a training before the first of it is there."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from landscapes import Regression

from ..page import veil, weather
from ..page.labels import labels
from ..page.numbers import brief, significant
from ..page.state import Run, State
from ..page.train import QUANTITIES
from ..page.trained import too_large
from ..protocol import UNKNOWN
from ..screen import theme
from ..screen.theme import GHOST, LINE, Style
from ..walks.fitting import Course, Unknown, goal, table
from . import asked, work

Array = np.ndarray
GONE = "The file of this page is not known here: choose it again."


def look(state: State, mode: str) -> dict[str, Any]:
    """All but the numbers of the tiles. Where there is a `problem`, in words, that and the colours are all there is."""
    style = Style(mode, theme.PRESENTED if state.view.present == "on" else 1.0)
    drawn = _drawn(state, style)
    course = asked.course(state)
    try:
        problem = veil.why(state) or too_large(state.train, course.n)
        return drawn | ({"problem": problem} if problem else _known(state, course))
    except Unknown as gone:
        return drawn | {"problem": GONE, UNKNOWN: str(gone)}
    except ValueError as why:
        return drawn | {"problem": _sentence(str(why))}


def _drawn(state: State, style: Style) -> dict[str, Any]:
    inks = {
        name: style.tokens[name] for name in ("ink", "soft", "panel", "grid", "line", "accent", "low", "high", "levels")
    }
    inks |= {"gold": theme.GOLD, "none": theme.NONE[style.mode], "diverged": theme.DIVERGED[style.mode]}
    settings = state.train
    return {
        "problem": None,
        UNKNOWN: None,
        "inks": inks,
        "scale": style.scale,
        "layout": style.layout(),
        "runs": [_run(state, place, style) for place in range(len(state.runs))],
        "quantity": settings.quantity,
        "measured": dict(QUANTITIES)[settings.quantity],
        "shown": _shown(state),
        "t": state.view.step,
        "letter": state.letters.of("η"),
    }


def _run(state: State, place: int, style: Style) -> dict[str, Any]:
    run = state.runs[place]
    return {
        "slot": run.slot,
        "place": place,
        "label": labels(state.runs, state.letters)[place],
        "subject": asked.subject(state, run).spelled,
        "pinned": run.pinned,
        "restarts": work.costs(state.train) and work.counts_steps(run.optimizer),  # a tile says what that costs
        "color": style.colours[run.slot],
        "ink": style.texts[run.slot],
        "width": (GHOST if run.pinned else LINE) * style.scale,
        "head": theme.HEADS[run.slot][1],
    }


def _shown(state: State) -> int | None:
    """The slot of the run whose history of every parameter is shown; None: of all."""
    return state.train.shown if state.train.shown in [run.slot for run in state.runs] else None


def _known(state: State, course: Course) -> dict[str, Any]:
    """What is known as soon as the data are."""
    samples, model = course.data, course.regression
    least = model.minimum
    return {
        "notes": list(map(_sentence, notes(state, course))),
        "said": list(map(state.letters.text, said(state, course))),
        "about": about(state, course),
        "epochs": course.settings.epochs,
        "per_epoch": course.per_epoch,
        "steps": course.steps,
        "every": course.every,
        "samples": course.n,
        "shuffles": course.seeds,
        "printed": course.settings.printed,
        "names": list(samples.names),
        "truth": None if samples.truth is None else samples.truth.tolist(),
        "least": None if least is None else least.tolist(),
        "lowest": model.lowest,
        "goal": goal(state, course),
        "curve": state.train.curve if samples.kind == "logistic" else "loss",
        "kind": samples.kind,
        "loss": "mean squared error" if samples.kind == "linear" else "log loss",
        "has_validation": course.validation is not None,
        "held_out": 0 if samples.validation is None else len(samples.validation[1]),
        "target_name": samples.target_name,
        "classes": list(samples.classes) if samples.classes else None,
        "lines": lines(state, course),
        "plane": list(state.train.plane) if state.train.plane and max(state.train.plane) < course.d else "pca",
        "columns": columns(state),
    }


def lines(state: State, course: Course) -> list[int]:
    """The parameters with a line of their own: those chosen that there are, else the first, the middle and the last."""
    chosen = [place for place in state.train.lines if place < course.d]
    return chosen or sorted({0, (course.d - 1) // 2, course.d - 1})


def columns(state: State) -> list[list[str]]:
    """What the target may be: pairs of a value and what it is called; none of made data."""
    found = table(state.train)
    if found is None:
        return []
    return [["", f"{found.target} (as it comes)"], *([name, name] for name in found.targets if name != found.target)]


# --- in words -------------------------------------------------------------------------------------------------------


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}" + ("" if words.endswith((".", "?")) else ".")


def about(state: State, course: Course) -> str:
    """What is fitted to what, in a line."""
    model = {"linear": "Linear regression", "logistic": "Logistic regression"}[course.data.kind]
    held = "" if course.validation is None else f", {len(course.data.validation[1]):,} held out"
    batches = f"{_counted(course.per_epoch, 'batch', 'es')} of {min(course.settings.batch, course.n):,}"
    samples, parameters = _counted(course.n, "sample"), _counted(course.d, "parameter")
    return f"{model} · {samples}{held} · {parameters} · {batches} an epoch"


def _counted(count: int, noun: str, ending: str = "s") -> str:
    return f"{count:,} {noun}{'' if count == 1 else ending}"


def notes(state: State, course: Course) -> Iterator[str]:
    """What was done to the data and to what was asked for, in sentences."""
    yield from course.data.notes
    if course.settings.batch > course.n:
        yield (
            f"a batch of {course.settings.batch:,} is more than the {course.n:,} samples: "
            "each epoch is one step, on all of them, and shuffling changes nothing"
        )
    if course.seeds < course.settings.seeds:
        yield f"of so many samples only {course.seeds} of {course.settings.seeds} shuffles are trained"
    if any(run.fork for run in state.runs):
        yield "forks belong to the surfaces: here each run is one optimizer from the start"
    if weather.alone(state.weather) != replace(weather.FAIR, clip=state.weather.clip):
        yield "noise, gaps, pulses and drift belong to the surfaces: here the batches are the noise"
    if course.data.kind == "logistic" and course.regression.minimum is None:
        yield "a plane parts the classes entirely: without L2 the weights grow for ever, and the loss has no minimum"


def said(state: State, course: Course) -> Iterator[str]:
    """What the page says of this training before it is made."""
    if course.settings.printed:
        yield PRINTED
    if course.settings.is_made and course.settings.weights == 0 and course.data.kind == "linear":
        yield _of_noise(course)
    yield from (_too_fast(state, run, course) for run in state.runs if _is_too_fast(state, run, course))


PRINTED = (
    "As printed: one stream of random numbers goes through all runs, each with a start and shuffles of its own; t, "
    "which corrects the bias of Adam, starts anew in every epoch; and the sum of an epoch’s losses is divided by the "
    "number of full batches, not by that of all."
)


def _of_noise(course: Course) -> str:
    """Why no model gets below the lowest loss there is."""
    variance, lowest = (significant(one, 3) for one in (_variance(course.regression), course.regression.lowest))
    return (
        f"The target depends on no feature. Its variance is {variance}; {_counted(course.d, 'weight')} can fit a "
        f"little of that by chance, and no model gets below {lowest}, at any rate, by any method."
    )


def _variance(model: Regression) -> float:
    return float(model.target.var())


def _is_too_fast(state: State, run: Run, course: Course) -> bool:
    limit = _limit(run, course.regression)
    return limit is not None and run.optimizer.lr > limit and not state.is_scheduled(run) and not course.clip


def _limit(run: Run, model: Regression) -> float | None:
    """The largest rate at which it can rest in the minimum of the whole loss; None where it depends on the way."""
    curvature = model.largest_curvature
    return None if curvature is None or not curvature > 0 else run.optimizer.stable_lr(curvature)


def _too_fast(state: State, run: Run, course: Course) -> str:
    called = labels(state.runs, state.letters)[state.runs.index(run)]
    limit = _limit(run, course.regression)
    return (
        f"{called}: η {brief(run.optimizer.lr)} is above {brief(limit)}, the largest rate at which it can rest in the "
        "minimum: it will run away."
    )
