"""Schedules on the page: their form in an address, their controls, and what they are called.

A schedule is written as its name and its numbers, `stairs,30,0.1`; a warm-up ends with what follows it,
`warm-up,20,cosine`. A control is called by what it belongs to and the number, `schedule.gamma`, those of what follows a
warm-up `schedule.then.gamma`.
"""

from collections.abc import Mapping
from dataclasses import replace

from optim_core import SCHEDULES, Constant, Hyper, Schedule, WarmUp, hypers
from optim_core.hyper import values

from .names import perhaps
from .numbers import brief, exact
from .weather import Reading

NAMES = {cls: name for name, cls in SCHEDULES.items()}
THEN = "then"  # what follows a warm-up
AFTER = {name: cls for name, cls in SCHEDULES.items() if cls is not WarmUp}  # what may


def inner(schedule: Schedule) -> Schedule | None:
    """What follows a warm-up; None: nothing does."""
    return schedule.then if isinstance(schedule, WarmUp) else None


def numbers(schedule: Schedule, key: str) -> dict[str, tuple[Hyper, float]]:
    """Key of the control -> declaration and value of every number of a schedule."""
    made = {f"{key}.{name}": (how, getattr(schedule, name)) for name, how in hypers(schedule).items()}
    then = inner(schedule)
    return made if then is None else made | numbers(then, f"{key}.{THEN}")


def chosen(schedule: Schedule, key: str) -> dict[str, str]:
    """Key of the control -> the name that is chosen."""
    then = inner(schedule)
    return {key: NAMES[type(schedule)]} | ({} if then is None else {f"{key}.{THEN}": NAMES[type(then)]})


def with_name(schedule: Schedule, path: tuple[str, ...], name: str) -> Schedule:
    """Another schedule, or what follows it. Raises KeyError for one that cannot stand there."""
    if not path:
        return SCHEDULES[name]()
    return replace(schedule, then=AFTER[name]())


def with_number(schedule: Schedule, path: tuple[str, ...], value: float) -> Schedule:
    """The schedule with a number set. Raises KeyError where it has none of that name."""
    if len(path) > 1:
        return replace(schedule, then=with_number(schedule.then, path[1:], value))
    return replace(schedule, **{path[0]: value})


def declared(schedule: Schedule, path: tuple[str, ...]) -> Hyper | None:
    """The declaration of a number; None: the schedule has none of that name."""
    if path[:1] == (THEN,) and len(path) > 1:
        then = inner(schedule)
        return None if then is None else declared(then, path[1:])
    return hypers(schedule).get(path[0]) if len(path) == 1 else None


def written(schedule: Schedule) -> str:
    """A schedule as an address has it."""
    then = inner(schedule)
    parts = [NAMES[type(schedule)], *map(exact, values(schedule).values())]
    return ",".join(parts if then is None else [*parts, written(then)])


def read(where: str, text: str, reading: Reading, known: Mapping[str, type[Schedule]] = SCHEDULES) -> Schedule:
    """The schedule of an address; what makes no sense is noted, and the rate stays constant."""
    name, *given = text.split(",")
    if name not in known:
        reading.note(
            where, name, f"is not known{perhaps(name, {one: (one,) for one in known})}", "the rate is constant"
        )
        return Constant()
    wanted = hypers(known[name])
    rest = given[len(wanted) :]
    is_warm = known[name] is WarmUp
    if len(given) < len(wanted) or (not is_warm and rest):
        reading.note(where, text, f"is not {name} and {_many(len(wanted))}", "the rate is constant")
        return Constant()
    made = known[name]()
    for (field, how), one in zip(wanted.items(), given, strict=False):
        made = replace(made, **{field: reading.number(where, how, one, getattr(made, field))})
    return replace(made, then=read(where, ",".join(rest), reading, AFTER)) if is_warm and rest else made


def said(schedule: Schedule) -> str:
    """A schedule in a few words: "stairs, k 30, γ 0.1"."""
    own = "".join(f", {how.symbol} {brief(getattr(schedule, name))}" for name, how in hypers(schedule).items())
    then = inner(schedule)
    return f"{label(schedule)}{own}" + ("" if then is None else f", then {said(then)}")


def label(schedule: Schedule) -> str:
    return LABELS[NAMES[type(schedule)]]


def _many(numbers: int) -> str:
    return "no number" if numbers == 0 else "1 number" if numbers == 1 else f"{numbers} numbers"


LABELS = {
    "constant": "constant",
    "stairs": "stairs",
    "exponential": "exponential",
    "inverse-root": "1/√t",
    "cosine": "cosine",
    "warm-up": "warm-up",
    "one-cycle": "one cycle",
}
