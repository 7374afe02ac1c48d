"""Which controls can do nothing now, and why: the page shows them so, with the reason."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from .. import limits
from ..metrics import PANELS
from ..page import edits, run_edits, trained, weather
from ..page.promises import barred
from ..page.state import State
from ..walks.simulate import Simulation, has_log
from ..walks.stability import has_limit
from . import curves

TOOLS = ("up", "down", "duplicate", "pin", "fork", "join", "remove", "lr")  # of each run
PRESETS = ("master.lr.equal", "preset.textbook", "preset.tuned", *(f"preset.beta.{beta}" for beta in run_edits.BETAS))
PLAYHEADS = ("playhead", "playhead.train")
BEGUN = ("scene", "experiment")
BARRABLE = ("add", *BEGUN, "start", *PLAYHEADS, "share", "export", "view.inspect", *PRESETS)  # they show no value


def reasons(sim: Simulation, others: Iterable[str] = ()) -> dict[str, str]:
    """Control -> why it can do nothing now, for those that cannot; `others` are controls that only a link may bar."""
    state = sim.state
    why = dict(
        [
            *_masters(state),
            *_presets(state),
            *_runs(state),
            *_forks(state),
            *_weather(state),
            *_views(sim),
            *_axes(sim),
            *trained.dead(state.train),
            *_reset(state),
        ]
    )
    if state.view.lock or state.view.hide or state.view.lesson:
        why |= {key: told for key in (*why, *BARRABLE, *_tools(state), *others) if (told := barred(state, key))}
    return {control: state.letters.text(reason) for control, reason in why.items()}


def _tools(state: State) -> Iterator[str]:
    return (f"run.{place}.{tool}" for place in range(len(state.runs)) for tool in TOOLS)


def _masters(state: State) -> Iterator[tuple[str, str]]:
    for shared in run_edits.MASTERS:
        if not run_edits.masters(state, shared):
            yield f"master.{shared}", _nobodys(state, shared)


def _nobodys(state: State, shared: str) -> str:
    if all(run.pinned for run in state.runs):
        return "every run is a ghost: unpin one to move it"
    return f"no run here that is not a ghost has {run_edits.MASTERS[shared].symbol}"


def _reset(state: State) -> Iterator[tuple[str, str]]:
    if edits.fresh(state) == replace(state, view=replace(state.view, t=None, present="off")):
        yield "reset", "all is as the page opens"


def _presets(state: State) -> Iterator[tuple[str, str]]:
    moved = [run.optimizer for run in state.runs if not run.pinned]
    if all(optimizer == type(optimizer)() for optimizer in moved):
        yield "preset.textbook", "all are at their defaults" if moved else _nobodys(state, "lr")
    if not moved:
        yield "preset.tuned", _nobodys(state, "lr")
    rates, betas = (
        {getattr(state.runs[place].optimizer, name) for place, name, _ in run_edits.masters(state, shared)}
        for shared in ("lr", "beta")
    )
    if len(rates) <= 1:
        yield "master.lr.equal", "all have the same η" if rates else _nobodys(state, "lr")
    for beta in run_edits.BETAS:
        if betas <= {float(beta)}:
            yield f"preset.beta.{beta}", f"β is {beta} already" if betas else _nobodys(state, "beta")


def _runs(state: State) -> Iterator[tuple[str, str]]:
    full, last = len(state.runs) == limits.RUNS, len(state.runs) - 1
    yield "run.0.up", "it is the first"
    yield f"run.{last}.down", "it is the last"
    if last == 0:
        yield "run.0.remove", "the last run stays"
    if full:
        yield "add", f"all {limits.RUNS} slots are taken"
        yield from ((f"run.{place}.duplicate", f"all {limits.RUNS} slots are taken") for place in range(limits.RUNS))


def _forks(state: State) -> Iterator[tuple[str, str]]:
    full = len(state.runs) == limits.RUNS
    why = f"all {limits.RUNS} slots are taken" if full else "first stop the playhead where it should go another way"
    if full or not state.view.t:
        yield from ((f"run.{place}.fork", why) for place in range(len(state.runs)))


def _weather(state: State) -> Iterator[tuple[str, str]]:
    if not any(state.weather.noise):
        yield "weather.batch.size", "there is no noise to average"
    if not weather.is_random(state.weather):
        yield from ((f"weather.{name}", "nothing here is left to chance") for name in ("seed.first", "seeds.many"))


def _views(sim: Simulation) -> Iterator[tuple[str, str]]:
    view = sim.state.view
    if view.map != "contour":
        yield "view.arrows", "the arrows belong to the contour map"
    if view.map == "surface" and not has_log(sim.state.landscape):  # elsewhere nobody is asked
        yield "view.height", "this surface has no logarithm: its levels are even in the loss itself"
    if view.map == "surface":
        yield "view.overlay", "drawn on flat maps"
    if view.rule == "off" and view.detail != "results":
        yield "tolerance", "asked for by Results and by a stopping rule"
    if not any(has_limit(part) for walk in sim.walks for part in walk.parts):
        yield "view.limits", "no run here has a largest stable rate: theirs depends on the walk"


def _axes(sim: Simulation) -> Iterator[tuple[str, str]]:
    for graph, panel in PANELS.items():
        why = curves.nothing(graph, sim)
        if why:
            yield f"view.{panel.axis}", why
