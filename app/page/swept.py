"""Which numbers of which run a grid of the Sweep tab is made of."""

from optim_core import Hyper, Optimizer, hypers

from .. import limits
from .state import Run, State
from .sweep import SweepSettings

RATE = "lr"


def chosen(state: State) -> Run:
    """The run of which two numbers are swept."""
    return next((run for run in state.runs if run.slot == state.sweep.run), state.runs[0])


def sweepable(optimizer: Optimizer) -> dict[str, Hyper]:
    """Name -> declaration of the numbers of an optimizer; flags are none."""
    return {name: how for name, how in hypers(optimizer).items() if how.scale != "switch"}


def pair(settings: SweepSettings, optimizer: Optimizer) -> tuple[str, ...]:
    """The names of the numbers across and up: those chosen that the optimizer has, else its rate and its memory.

    One alone where it has no other.
    """
    own = sweepable(optimizer)
    across = settings.across if settings.across in own else RATE
    others = [name for name in own if name != across]
    up = settings.up if settings.up in others else _unsaid(optimizer, across)
    return (across, up) if up else (across,)


def _unsaid(optimizer: Optimizer, across: str) -> str:
    """The number up where none is chosen: a memory, or the first that there is."""
    others = {name: how for name, how in sweepable(optimizer).items() if name != across}
    memories = [name for name, how in others.items() if how.scale == "decay"]
    return (memories or [*others] or [""])[0]


def offered(state: State) -> dict[str, list[list[str]]]:
    """What the menus of a grid offer: the number up may be left unsaid."""
    optimizer = chosen(state).optimizer
    across = pair(state.sweep, optimizer)[0]
    own = {name: _called(state, name, how) for name, how in sweepable(optimizer).items()}
    unsaid = _unsaid(optimizer, across)
    others = [[name, called] for name, called in own.items() if name not in (across, unsaid)]
    return {
        "sweep.across": [[name, called] for name, called in own.items()],
        "sweep.up": [["", own.get(unsaid, "none")], *others],
    }


def _called(state: State, name: str, declared: Hyper) -> str:
    return f"{state.letters.of(declared.symbol) or name.replace('_', ' ')}, {declared.doc}"


def shown(state: State) -> dict[str, str]:
    """What is taken, whatever is chosen: the numbers across and up, that one "" where it is left unsaid."""
    run = chosen(state)
    names = pair(state.sweep, run.optimizer)
    up = "" if len(names) < 2 or names[1] == _unsaid(run.optimizer, names[0]) else names[1]
    return {"sweep.across": names[0], "sweep.up": up}


def too_large(state: State) -> str:
    """Why the grid that is asked for is too large, in words; "" where it is not."""
    asked, steps = state.sweep, state.sweep.steps or state.n_steps
    if asked.kind != "grid" or asked.rates**2 * steps <= limits.SWEEP_WORK:
        return ""
    most = int((limits.SWEEP_WORK / steps) ** 0.5)
    return f"{asked.rates} × {asked.rates} walks of {steps} steps are too many: at most {most} along each side"
