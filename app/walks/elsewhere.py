"""A run in other libraries: what each has where a call leaves it out, and where the same call would part from it."""

from typing import NamedTuple

from landscapes import Surface
from optim_core import LIBRARIES, Optimizer, calls, hypers

from ..page.names import continued
from ..page.numbers import brief
from .results import Apart, apart, on_this_path
from .simulate import Walk


class Same(NamedTuple):
    """A run's call in a library, in words, and how far its walk strays from the run's."""

    library: str  # its key in LIBRARIES
    way: str  # "numbers": all of them the run's; "words": what the run leaves at our default is left to the library
    call: str  # empty where the library refuses it
    text: str  # what is to be said of it, empty where it is the run itself
    strays: Apart | None  # None where no optimizer here walks so


def defaults(cls: type[Optimizer]) -> str:
    """The defaults in which the libraries differ, empty where none has this optimizer."""
    theirs = {one.name: calls.left_to(one, cls) for one in LIBRARIES.values()}
    lines = [_default(name, declared.symbol or name, cls, theirs) for name, declared in hypers(cls).items()]
    told = "; ".join(filter(None, lines))
    return f"Where a call leaves it out, {told}." if told else ""


def elsewhere(walk: Walk, surface: Surface) -> list[Same]:
    """The same call in every library that has this optimizer: with the same numbers, and in the same words."""
    found = []
    for key, library in LIBRARIES.items():
        if library.signature_of(type(walk.run.optimizer)) is None:
            continue
        numbers, words = (way(walk.run.optimizer, library) for way in calls.WAYS.values())
        found.append(_in_numbers(walk, surface, key, numbers))
        if words not in (None, numbers) and not calls.beyond(type(words), library):
            strays = apart(walk, surface, words)
            call = calls.written(words, library, shortly=True)
            text = f"In {library.name} with its own defaults: {call}. {on_this_path(strays)}"
            found.append(Same(key, "words", call, text, strays))
    return found


def alike(found: list[Same]) -> str:
    """The calls that make the run itself, empty for none."""
    made = [one.call for one in found if not one.text]
    return f"The same walk: {', '.join(made)}." if made else ""


def _in_numbers(walk: Walk, surface: Surface, key: str, other: Optimizer | None) -> Same:
    library, optimizer = LIBRARIES[key], walk.run.optimizer
    if other is None:
        return Same(key, "numbers", "", f"{calls.refusal(optimizer, library)}.", None)
    call = calls.written(other, library, shortly=True)
    if calls.same_path(optimizer, library, walk.is_scheduled):
        return Same(key, "numbers", call, "", Apart(0.0, None))
    beyond = calls.beyond(type(other), library)
    said = ", and ".join(map(continued, [*calls.otherwise(optimizer, library, walk.is_scheduled), *beyond]))
    whole = f"In {library.name}: {call}, where {said}"
    if beyond:
        return Same(key, "numbers", call, f"{whole}. No optimizer here walks exactly so.", None)
    strays = apart(walk, surface, other)
    return Same(key, "numbers", call, f"{whole}. {on_this_path(strays)}", strays)


def _default(name: str, symbol: str, cls: type[Optimizer], theirs: dict[str, dict[str, float | bool | None]]) -> str:
    """Who has which default, empty where all that have one agree."""
    found = {library: given[name] for library, given in theirs.items() if name in given}
    ours = cls.__dataclass_fields__[name].default
    if not found or isinstance(ours, bool) or len({*found.values(), ours}) == 1:
        return ""
    told = [f"{library} {'none' if value is None else brief(value)}" for library, value in found.items()]
    return f"{symbol}: {', '.join(told)}, here {brief(ours)}"
