"""The runs of a script: a table of them, and the functions of those whose update is written out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from optim_core import Constant, Optimizer, Schedule, calls
from optim_core.hyper import values

from ..page.labels import labels
from ..page.spelled import SLUGS
from ..page.state import Run, State
from . import told
from .targets import PYTORCH, Target
from .written import RESERVED, Factors, Update, identifier, unlike, update

WIDTH = 120


class Leg(NamedTuple):
    """The steps of one optimizer, and whether it goes on with the memory of another one of its class."""

    optimizer: Optimizer
    schedule: Schedule
    begun: int = 0  # the steps that were taken before
    goes_on: bool = False
    is_steady: bool = True  # whether the rate never changes

    @property
    def how(self) -> str:
        return "goes on" if self.goes_on else "afresh"


class Runs:
    """The runs of a script for a target, as text."""

    def __init__(self, state: State, target: Target, begin: Sequence[float] | None = None, why: str = "") -> None:
        """`begin`: as many parameters as there are, if not x and y; `why` no library's optimizer does, if none does."""
        self.state, self.target, self.why = state, target, why
        self.begin = state.begin if begin is None else begin
        self.functions: dict[str, str] = {}  # the source, with {name} for its name -> its name
        self.factors = Factors()
        named = zip(labels(state.runs, state.letters), state.runs, strict=True)
        runs = {label: legs(run, state.schedule_of(run)) for label, run in named}
        self.facts = {*_facts(state, [leg for some in runs.values() for leg in some], target)}
        self.rows = {label: self._row(_quoted(label), some) for label, some in runs.items()}  # its lines of the table

    @property
    def table(self) -> str:
        return "\n".join([*self._about(), "RUNS = {", *self.rows.values(), "}"])

    @property
    def sources(self) -> list[str]:
        """The functions that the table calls."""
        return [*self.factors.functions.values(), *(s.replace("{name}", n, 1) for s, n in self.functions.items())]

    def _about(self) -> Iterator[str]:
        """What stands in a row that ends with a fork."""
        if "forked" in self.facts:
            rate = ", its rate over time" * ("scheduled" in self.facts)
            yield f"# An optimizer{rate}; then None, or after how many steps it changes, and into what."

    def _row(self, label: str, some: list[Leg]) -> str:
        first, *later = some
        why = self.why or _turned(self.target, some)
        parts, notes = self._begun(first, why, 2, len(label))
        forks = [self._forked(leg, why) for leg in later]
        for leg, (_, found) in zip(later, forks, strict=True):
            notes += [f"from step {leg.begun + 1} on {note}" for note in found if note not in notes]
        if "forked" in self.facts:
            parts += [fork for fork, _ in forks] or ["None"]
        call = parts[0] if len(parts) == 1 else _call("", parts, WIDTH - len(label) - 7)
        return "".join(f"    # {note}\n" for note in notes) + f"    {label}: {call},"

    # legs

    def _begun(self, leg: Leg, why: str, depth: int, label: int = 0) -> tuple[list[str], list[str]]:
        """The optimizer of a leg with its rate over time, and what to know of it; behind a label of so many letters."""
        target = self.target
        call, notes = self._own(leg, why)
        if call:
            return [call, *self._rate(leg)], notes
        parts = self._parts(leg.optimizer)
        if not target.by_hand:
            return [*parts, *self._rate(leg)], notes
        depth = depth if {"scheduled", "forked"} & self.facts else 1
        room = WIDTH - 4 * depth - 1 - (label + 2 if depth == 1 else 0)
        return [_call(target.by_hand, [*target.given, *parts], room, depth), *self._rate(leg)], notes

    def _forked(self, leg: Leg, why: str) -> tuple[str, list[str]]:
        """The same from a step on, after it, and what to know of it."""
        begun = str(leg.begun)
        if not self.target.library:
            parts, notes = self._begun(leg, why, 2)
            return _call("", [begun, f'"{leg.how}"', *parts], WIDTH - 9, 2), notes
        call, notes = self._own(leg, why)
        head = f"lambda {', '.join(['optimizer', *self.target.given])}: "
        change = self._changed(leg, call) if leg.goes_on else self._new(leg, call)
        return _call("", [begun, head + change, *self._rate(leg)], WIDTH - 9, 2), notes

    def _new(self, leg: Leg, call: str) -> str:
        before = self.target.before
        if call:
            return call.removeprefix(before)
        parts = [*self.target.given, *self._parts(leg.optimizer)]
        return _call(self.target.by_hand.removeprefix(before), parts, WIDTH - 40, 3)

    def _changed(self, leg: Leg, call: str) -> str:
        if not call:
            return _call("optimizer.changed", self._parts(leg.optimizer), WIDTH - 40, 3)
        numbers = [f"{name}={value}" for name, value in calls.arguments(leg.optimizer, self.target.library).items()]
        is_around = self.target.library and any(calls.beyond(type(leg.optimizer), self.target.library))
        function, given = ("optimizer.changed", []) if is_around else ("changed", ["optimizer"])
        return _call(function, [*given, *numbers], WIDTH - 40, 3)

    def _own(self, leg: Leg, why: str) -> tuple[str, list[str]]:
        """The call of the library's own optimizer, empty where it does not do, and what to know."""
        call, note = ("", f"written out: {why}") if why else self.target.own(leg.optimizer, not leg.is_steady)
        notes = [note] if note else []
        if not isinstance(leg.schedule, Constant) and "lr" not in self._update(leg.optimizer).settings:
            notes.append("no schedule: its rates are in its memory")
        return call, notes

    def _update(self, optimizer: Optimizer) -> Update:
        return update(optimizer, self.begin, self.target.module)

    def _parts(self, optimizer: Optimizer) -> list[str]:
        """The function that does the update, which is written on the way, its settings and its memory."""
        made = self._update(optimizer)
        name = unlike(identifier(SLUGS[type(optimizer)]), {*self.functions.values(), *RESERVED}, "{}_{}")
        settings = [f"{key}={value}" for key, value in _written(optimizer).items() if key in made.settings]
        memory = [f"{key}={_array(value, self.target.module)}" for key, value in made.memory.items()]
        name = self.functions.setdefault(made.source, name)
        return [name, f"dict({', '.join(settings)})", f"dict({', '.join(memory)})"]

    def _rate(self, leg: Leg) -> list[str]:
        """The rate of a leg over time: for PyTorch its scheduler, else the rate of every step of the walk."""
        if "scheduled" not in self.facts:
            return []
        if isinstance(leg.schedule, Constant) or "lr" not in self._update(leg.optimizer).settings:
            return ["None"]
        if self.target is not PYTORCH:
            return [f"{float(leg.optimizer.lr)!r} * {self.factors.of(leg.schedule)}(N_STEPS)"]
        own = "" if leg.begun else told.scheduler(leg.schedule, self.state.n_steps)
        return [f"lambda optimizer: {own or self._by_step(leg)}"]

    def _by_step(self, leg: Leg) -> str:
        """A scheduler of PyTorch's that takes the factors as they are written out: no other begins on the way."""
        at = f"{leg.begun} + t" if leg.begun else "t"
        return f"{told.SCHEDULERS}LambdaLR(optimizer, lambda t: float({self.factors.of(leg.schedule)}(N_STEPS)[{at}]))"


def legs(run: Run, schedule: Schedule) -> list[Leg]:
    """One leg, or two where a run is forked."""
    fork = run.fork if run.fork and run.fork.at else None
    is_steady = isinstance(schedule, Constant)
    if not fork:
        return [Leg(run.optimizer, schedule, is_steady=is_steady)]
    goes_on = type(fork.optimizer) is type(run.optimizer)
    is_steady = is_steady and not (goes_on and fork.optimizer.lr != run.optimizer.lr)
    first = Leg(fork.optimizer, schedule, is_steady=is_steady)
    return [first, Leg(run.optimizer, schedule, fork.at, goes_on, is_steady)]


def _turned(target: Target, some: list[Leg]) -> str:
    """Why a library's optimizer cannot go on with other numbers; empty where it can, or need not."""
    first, last = some[0], some[-1]
    if not last.goes_on or not target.library:
        return ""
    before, after = values(first.optimizer), values(last.optimizer)
    if any(bool(before[name]) != bool(value) for name, value in after.items()):
        return f"{target.library.name} makes no memory for what is turned on or off on the way"
    whys = [target.own(leg.optimizer, not leg.is_steady) for leg in (first, last)]
    return next((note.removeprefix("written out: ") for call, note in whys if not call), "")


def _facts(state: State, some: list[Leg], target: Target) -> Iterator[str]:
    """Which lines of a loop there are: see `loops.loop`."""
    found = {
        "moved": state.weather.drift is not None,
        "told": told.is_told(state.weather),
        "scheduled": not all(isinstance(leg.schedule, Constant) for leg in some),
        "forked": any(leg.begun for leg in some),
        "handed": any(leg.goes_on for leg in some),
    }
    counting = {"moved", "told", "forked"} | ({"scheduled"} if target is not PYTORCH else set())
    yield from (name for name, is_so in found.items() if is_so)
    if any(found[name] for name in counting):
        yield "counted"


def _written(optimizer: Optimizer) -> dict[str, str]:
    """Every setting as Python would write it."""
    return {name: repr(value if isinstance(value, bool) else float(value)) for name, value in values(optimizer).items()}


def _array(value: np.ndarray, module: str) -> str:
    """The memory before the first step, (n_params,) or (), as Python would write it."""
    if np.ndim(value) == 0:
        return repr(float(value))
    if not value.any():
        return f"{module}.zeros({len(value)})"
    if len(value) > 2 and (value == value[0]).all():
        return f"{module}.full(({len(value)},), {float(value[0])!r})"
    return f"{module}.{'array' if module == 'np' else 'tensor'}({value.tolist()})"


def _quoted(text: str) -> str:
    """Any text as one Python string, which shows no control characters."""
    written = repr(text)
    return f'"{written[1:-1]}"' if '"' not in written else written


def _call(function: str, arguments: Iterable[str], room: int, depth: int = 1) -> str:
    """A call on one line, or on a line for each argument where it would be wider than this or has several."""
    arguments = [*arguments]
    line = f"{function}({', '.join(arguments)})"
    if len(line) <= room and "\n" not in line:
        return line
    inner = "\n" + 4 * (depth + 1) * " "
    return f"{function}({inner}{f',{inner}'.join(arguments)},\n{4 * depth * ' '})"
