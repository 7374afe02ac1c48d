"""The command `downslope run`: walks a comparison without a browser, prints where it ends, and writes it to files."""

import sys
from collections.abc import Sequence
from dataclasses import replace

from ..export.files import EXPORTS
from ..page.labels import labels, met
from ..page.numbers import plain
from ..page.state import State
from ..protocol import Mistake
from ..walks.simulate import Simulation, simulate
from . import asked
from .terminal import STDOUT, Progress, aligned, ends_quietly, say, write

EXAMPLE = (
    "downslope run --surface rosenbrock~a=1 --optimizer adam~lr=.05 --optimizer sgd~lr=.001 --start -1.2,1 --csv -"
)
WORD = asked.Word(
    "run",
    "Walk a comparison without a browser, and print where each run ends.",
    EXAMPLE,
    {name: export.doc for name, export in EXPORTS.items()},
)


def main(argv: Sequence[str]) -> int:
    """Run what the arguments of `downslope run` say; 2 if they cannot be used or a file cannot be written."""
    options = asked.options(WORD, argv)
    try:
        wanted = asked.files(WORD, options)
        state, home = asked.state(WORD, options)
        _run(state, home, wanted)
    except Mistake as reason:
        say(f"downslope run: {reason}", sys.stderr)
        return 2
    except BrokenPipeError:
        ends_quietly()
    return 0


def _run(state: State, home: str, wanted: dict[str, str]) -> None:
    progress = Progress(len(state.runs) + len(wanted))
    for run, label in zip(state.runs, labels(state.runs, state.letters), strict=True):
        simulate(replace(state, runs=(run,)))  # remembered, walk by walk
        progress.step(label)
    sim = simulate(state)
    for name, file in wanted.items():
        made = EXPORTS[name].make(sim, home + state.to_query())
        progress.step(name)
        write(file, made.encode() if isinstance(made, str) else made)
    progress.clear()
    say(table(sim), sys.stderr if STDOUT in wanted.values() else sys.stdout)


def table(sim: Simulation) -> str:
    """Where each run ends, a line for each."""
    rows = [("run", "final loss", "diverged at")]
    for walk in sim.walks:
        loss, at = walk.final_loss, walk.diverged_at
        rows.append((walk.label, "" if loss is None else plain(loss), "" if at is None else f"step {at}"))
    state = sim.state
    x, y = state.begin
    about = f"{state.landscape.label}: start ({x:g}, {y:g}), {state.n_steps} steps"
    return "\n".join([about, *filter(None, [met(state)]), *aligned(rows)])
