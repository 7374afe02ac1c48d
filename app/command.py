"""The command `downslope run`: walks a comparison without a browser, prints where it ends, and writes it to files."""

import argparse
import os
import re
import sys
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO
from urllib.parse import quote, unquote, urlsplit

from landscapes import LANDSCAPES, Formula
from optim_core import OPTIMIZERS, SCHEDULES

from .export.files import EXPORTS
from .page import paste, weather
from .page.fields import Notice
from .page.labels import labels, met
from .page.names import perhaps
from .page.numbers import plain
from .page.spelled import TYPED, called, written
from .page.state import KEYS, State
from .protocol import Mistake
from .walks.simulate import Simulation, simulate

OPTIONS = {
    "surface": ("NAME[~KEY=VALUE...]", "where to walk"),
    "formula": ("TEXT[~window=X0,X1,Y0,Y1]", "the same, as one types it: x^2 + 3*y^2"),
    "optimizer": (
        "NAME[~KEY=VALUE...]",
        "a run, or a call of PyTorch, Keras or optax; may be repeated; without any, those with which the surface opens",
    ),
    "start": ("X,Y", "where the walks begin"),
    "steps": ("N", "how many steps they take; else 100, or as many as the surface opens with"),
    "weather": (
        "KIND=NUMBERS[~...]",
        "what they are told of the gradient, as noise=0.5,0.2~seed=1~clip=norm,3",
    ),
    "schedule": ("NAME[,NUMBERS]", "how their learning rates change over time, as cosine or warm-up,20,stairs,30,0.1"),
}  # name -> what it takes, and what it is
FIELDS = {"surface": "f", "formula": "f", "optimizer": "run"}  # option -> its key in a link, where that is another word
SURFACES = {**LANDSCAPES, TYPED: Formula}
OPTION_OF = {"f": "surface", "run": "optimizer", "runs": "optimizer"}  # the first word of a notice -> option
HOME = "http://127.0.0.1:8050/"  # where `downslope` serves a link unless told otherwise
STDOUT = "-"
SOON = 1.0  # seconds without a progress bar
REGISTRIES = {"surfaces": LANDSCAPES, "optimizers": OPTIMIZERS, "weather": weather.KINDS, "schedules": SCHEDULES}
NAMES = "\n\n".join(f"{what}: {', '.join(registry)}" for what, registry in REGISTRIES.items())
NAMES = NAMES.replace("\n\n", ", or a --formula\n\n", 1)
EXAMPLE = (
    "downslope run --surface rosenbrock~a=1 --optimizer adam~lr=.05 --optimizer sgd~lr=.001 --start -1.2,1 --csv -"
)


def main(argv: Sequence[str]) -> int:
    """Run what the arguments of `downslope run` say; 2 if they cannot be used or a file cannot be written."""
    options = _options(argv)
    try:
        wanted = _files(options)
        state, home = _state(options)
        _run(state, home, wanted)
    except Mistake as reason:
        _say(f"downslope run: {reason}", sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read the output has seen enough; nothing more is said to them on leaving
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
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
        _write(file, made.encode() if isinstance(made, str) else made)
    progress.clear()
    _say(table(sim), sys.stderr if STDOUT in wanted.values() else sys.stdout)


def table(sim: Simulation) -> str:
    """Where each run ends, a line for each."""
    rows = [("run", "final loss", "diverged at")]
    for walk in sim.walks:
        loss, at = walk.final_loss, walk.diverged_at
        rows.append((walk.label, "" if loss is None else plain(loss), "" if at is None else f"step {at}"))
    widths = [max(_width(row[i]) for row in rows) for i in range(3)]
    lines = ["  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True)) for row in rows]
    state = sim.state
    x, y = state.begin
    about = f"{state.landscape.label}: start ({x:g}, {y:g}), {state.n_steps} steps"
    return "\n".join([about, *filter(None, [met(state)]), *(line.rstrip() for line in lines)])


class Progress:
    """A bar on the terminal, for what takes longer than a second."""

    def __init__(self, total: int, file: TextIO | None = None) -> None:
        self.total, self.done, self.file = total, 0, file or sys.stderr
        self.began, self.shown = time.monotonic(), False

    def step(self, label: str) -> None:
        """One more part is done."""
        self.done += 1
        if not self.file.isatty() or time.monotonic() - self.began < SOON:
            return
        filled = 24 * self.done // self.total
        _say(f"\r\x1b[K[{'#' * filled}{'.' * (24 - filled)}] {label}", self.file, end="")
        self.shown = True

    def clear(self) -> None:
        if self.shown:
            _say("\r\x1b[K", self.file, end="")


# --- what is asked for ----------------------------------------------------------------------------------------------


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="downslope run",
        description="Walk a comparison without a browser, and print where each run ends.",
        epilog=f"example: {EXAMPLE}\n\n{NAMES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("link", nargs="?", default="", help="an address of the explorer, or its part from the ? on")
    for name, (shape, about) in OPTIONS.items():
        parser.add_argument(f"--{name}", metavar=shape, action="append", default=[], help=about)
    for name, export in EXPORTS.items():
        about = f"write {export.doc}; {STDOUT} is the standard output"
        parser.add_argument(f"--{name}", metavar="FILE", action="append", default=[], help=about)
    return parser.parse_args(_joined(argv))


def _joined(argv: Sequence[str]) -> list[str]:
    """--start -1,2 as one word, or the -1 would be taken for an option; and so with a formula."""
    words: list[str] = []
    for word in argv:
        if words and words[-1] in ("--start", "--formula"):
            words[-1] += f"={word}"
        else:
            words.append(word)
    return words


def _files(options: argparse.Namespace) -> dict[str, str]:
    """Export -> the file that it goes to. Raises Mistake where one would take another's place."""
    given = {name: getattr(options, name) for name in EXPORTS}
    for name, files in given.items():
        if len(files) > 1:
            raise Mistake(f"--{name} is given twice")
    wanted = {name: files[0] for name, files in given.items() if files}
    for file in wanted.values():
        if list(wanted.values()).count(file) > 1:
            raise Mistake(f"only one of the files can be {file}")
    return wanted


def _state(options: argparse.Namespace) -> tuple[State, str]:
    """The state that is asked for, and the address that its link begins with.

    Raises Mistake for whatever a page would have changed: who reads numbers, or a script, does not see that it did.
    """
    home, query = _split(options.link)
    given = _given(options)
    replaced = {FIELDS.get(name, name) for name, values in given.items() if values}
    kept = [part for part in query.split("&") if part and _key(part) not in replaced]
    added = [f"{FIELDS.get(name, name)}={quote(value, safe='~=,')}" for name in OPTIONS for value in given[name]]
    state, notices = State.from_query("&".join([*kept, *added]))
    reasons = [_reason(notice, given) for notice in notices]
    if reasons:
        raise Mistake("\n".join(reasons))
    return state, home


def _given(options: argparse.Namespace) -> dict[str, list[str]]:
    """Option -> what it says, as a link would. Raises Mistake for a name that there is not."""
    given = {name: getattr(options, name) for name in OPTIONS}
    given["optimizer"] = [_uncalled(text) for text in given["optimizer"]]
    given["formula"] = [f"{TYPED}~text={text}" for text in given["formula"]]
    _known(given["surface"], SURFACES, "surface")
    _known(given["optimizer"], OPTIMIZERS, "optimizer")
    if given["surface"] and given["formula"]:
        raise Mistake("--surface and --formula both say where to walk")
    return given


def _uncalled(call: str) -> str:
    """A run as a link has it, where it is a call in a library's words. Raises Mistake for what cannot be followed."""
    if "(" not in call.partition("~")[0]:
        return call
    try:
        pasted = paste.read(call)
    except Mistake as reason:
        raise Mistake(f"--optimizer: {reason}") from None
    if pasted.l2:
        raise Mistake(f"--optimizer: weight_decay is L2, a part of the surface: write --surface ...~l2={pasted.l2:g}")
    if pasted.notices:
        raise Mistake("\n".join(f"--optimizer: {notice}" for notice in pasted.notices))
    return written(pasted.optimizer)


def _key(part: str) -> str:
    """The key of a field of a link. Raises Mistake for one that no page reads."""
    key = unquote(part.partition("=")[0])
    if key not in KEYS:
        raise Mistake(f"the link: {key!r} is not known{perhaps(key, dict.fromkeys(KEYS, ()))}")
    return key


def _reason(notice: Notice, given: dict[str, list[str]]) -> str:
    """Why something cannot be used, beginning with the option or the link that said it."""
    first, rest = re.fullmatch(r"(\w+)(.*)", notice.refusal, re.DOTALL).groups()
    option = OPTION_OF.get(first, first)
    if option == "surface" and given["formula"]:
        option, rest = "formula", rest.removeprefix(", text")
    return f"--{option}{rest}" if given.get(option) else f"the link: {notice.refusal}"


def _split(link: str) -> tuple[str, str]:
    """The address before the query, and the query."""
    try:
        parts = urlsplit(link)
    except ValueError as reason:
        raise Mistake(f"{link} is not an address: {reason}") from None
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc}{parts.path or '/'}", parts.query
    query = link.removeprefix("?").partition("#")[0]
    if query and "=" not in query:
        raise Mistake(f"{link} is not an address, nor a part of one such as ?f=rosenbrock&run=adam\n{NAMES}")
    return HOME, query


def _known(texts: list[str], registry: dict[str, type], what: str) -> None:
    for name in (text.partition("~")[0] for text in texts):
        if name not in registry:
            meant = perhaps(name, called(registry))
            raise Mistake(f"there is no {what} called {name!r}{meant}; there are {', '.join(registry)}")


# --- what is given back ---------------------------------------------------------------------------------------------


def _write(file: str, content: bytes) -> None:
    try:
        if file == STDOUT:
            with os.fdopen(sys.stdout.fileno(), "wb", closefd=False) as out:  # buffered, also where stdout is not
                out.write(content)
        else:
            Path(file).write_bytes(content)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as reason:
        said = reason.strerror if isinstance(reason, OSError) and reason.strerror else reason
        raise Mistake(f"cannot write {file}: {said}") from None


def _say(text: str, file: TextIO, end: str = "\n") -> None:
    """Print, with a question mark for what the terminal cannot show."""
    encoding = getattr(file, "encoding", None) or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), file=file, end=end, flush=True)


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
