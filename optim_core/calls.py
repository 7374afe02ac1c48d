"""From a library's call to an optimizer, and back: what it makes, how it is written, and where the two part.

How each library calls its optimizers stands in libraries.py; a form that no argument says, in conventions.py.
"""

import dataclasses
from collections.abc import Mapping
from types import NoneType
from typing import Any, NamedTuple

from .base import Optimizer
from .conventions import CONVENTIONS, matters
from .hyper import hypers, values
from .libraries import REQUIRED, Library, Signature


class Made(NamedTuple):
    """What a call makes, and in what that does not follow it."""

    optimizer: Optimizer
    left_out: list[str]  # arguments
    beyond: list[str]  # what the library does, in sentences


def made(library: Library, signature: Signature, given: Mapping[str, Any]) -> Made:
    """What a library makes of these arguments: numbers, flags, None, and for a pair a tuple.

    What is not given has the library's default. Raises ValueError, naming the argument, for one that it cannot have.
    """
    for name in signature.instead:
        if not isinstance(given.get(name), (bool, int, float, NoneType)):
            raise ValueError(f"{name}: must be written out, as a number or as True or False")
    cls, flag = signature.chosen(given)
    fields = library.fields(cls, signature)
    settings = {name: _setting(library, cls, name, signature.defaults | given) for name in fields}
    optimizer = _formed(cls(**settings), library, fields)
    if refusal(optimizer, library):
        raise ValueError(refusal(optimizer, library))
    read = {flag, *(library.argument(cls, name)[0] for name in fields)}
    return Made(optimizer, _left_out(signature, given, read), beyond(cls, library))


def _left_out(signature: Signature, given: Mapping[str, Any], read: set[str]) -> list[str]:
    """The arguments that nobody read, but for those that are off or as they are anyway."""
    calm = {one for one, value in given.items() if (value or 0) == (signature.defaults[one] or 0)}
    calm |= {one for one in signature.instead if not given.get(one)}
    return [one for one in given if one not in read | calm]


def as_in(optimizer: Optimizer, library: Library) -> Optimizer | None:
    """What the same numbers make in a library; None where it has no such optimizer or refuses them.

    Where no class here walks exactly so it is the nearest: see `beyond`.
    """
    found = library.signature_of(type(optimizer))
    if found is None or refusal(optimizer, library):
        return None
    return _formed(optimizer, library, library.fields(type(optimizer), found[1]))


def left_alone(optimizer: Optimizer, library: Library) -> Optimizer | None:
    """What a library makes of a call that says η, what makes it this class, and what is not our default: no more."""
    same, theirs = as_in(optimizer, library), left_to(library, type(optimizer))
    if same is None:
        return None
    ours = {name: field.default for name, field in type(optimizer).__dataclass_fields__.items()}
    kept = {"lr", *(name for name, value in values(optimizer).items() if value != ours[name])}
    return dataclasses.replace(same, **{name: value for name, value in theirs.items() if name not in kept})


WAYS = {"numbers": as_in, "words": left_alone}  # the two ways to take a call to another library


def same_path(optimizer: Optimizer, library: Library, scheduled: bool = False) -> bool:
    """Whether a library has this optimizer and walks its path; `scheduled`: where η changes from step to step."""
    has = as_in(optimizer, library) is not None
    return has and not (otherwise(optimizer, library, scheduled) or beyond(type(optimizer), library))


def otherwise(optimizer: Optimizer, library: Library, scheduled: bool = False) -> list[str]:
    """What a library does other than this optimizer with the same numbers, where a class here does so too.

    Only what can be another path: some points are none as long as η is constant, not `scheduled`.
    """
    same, mine = values(as_in(optimizer, library) or optimizer), values(optimizer)
    changed = {name for name in mine if same[name] != mine[name]} - _idle(optimizer, scheduled)
    known = [one for one in CONVENTIONS.get(type(optimizer), ()) if not one.instead and changed & {*(one.other or ())}]
    who = [(one, *(library.name in names for names in (one.agree, one.differ))) for one in known]
    untold = changed - {name for one in known for name in one.other}
    fixed = [f"{hypers(optimizer)[name].symbol} is {same[name]:g}." for name in hypers(optimizer) if name in untold]
    differing = [one.there for one, _, differs in who if differs]
    return (differing or [one.here for one, agrees, _ in who if agrees]) + fixed


def beyond(cls: type[Optimizer], library: Library) -> list[str]:
    """What a library does that no class here does, in sentences."""
    known = [one for one in CONVENTIONS.get(cls, ()) if library.name in one.differ]
    return [one.there for one in known if one.other is None and not (one.corner or one.lost or one.refused)]


def refusal(optimizer: Optimizer, library: Library) -> str:
    """Why a library refuses these numbers, empty where it does not."""
    known = [one for one in CONVENTIONS.get(type(optimizer), ()) if library.name in one.differ and one.refused]
    return next((f"{library.name} refuses {one.what}" for one in known if one.refused(optimizer)), "")


def arguments(optimizer: Optimizer, library: Library, shortly: bool = False) -> dict[str, str] | None:
    """The arguments with which a library makes this optimizer, as Python writes them; None where it has none.

    `shortly`: without those that have their default.
    """
    cls = type(optimizer)
    found = library.signature_of(cls)
    if found is None:
        return None
    signature, said = found[1], _said(optimizer, library, found[1])
    flag = signature.flag_for(cls)
    if flag and flag not in said:
        said[flag] = True
    if shortly:
        rate = library.argument(cls, "lr")[0]
        said = {name: value for name, value in said.items() if name == rate or value != (signature.defaults[name] or 0)}
    return {name: repr(said[name]) for name in signature.defaults if name in said}


def _said(optimizer: Optimizer, library: Library, signature: Signature) -> dict[str, Any]:
    """Argument -> the number, the flag, or the pair of numbers that the fields make."""
    said: dict[str, Any] = {}
    for name in library.fields(type(optimizer), signature):
        (argument, place), value = library.argument(type(optimizer), name), getattr(optimizer, name)
        value = value if isinstance(value, bool) else float(value)
        said[argument] = value if place is None else (*said.get(argument, ()), value)
    return said


def written(optimizer: Optimizer, library: Library, shortly: bool = False) -> str | None:
    """The call with which a library makes this optimizer; None where it has none."""
    said = arguments(optimizer, library, shortly)
    if said is None:
        return None
    name, signature = library.signature_of(type(optimizer))
    first = ["params"] if "params" in signature.defaults else []
    return f"{library.prefix}{name}({', '.join([*first, *(f'{key}={value}' for key, value in said.items())])})"


def left_to(library: Library, cls: type[Optimizer]) -> dict[str, float | bool | None]:
    """Field -> what it is in a library where a call leaves it out, None where it must be given; empty for no such.

    Without those that have to be given for the class that they make.
    """
    found = library.signature_of(cls)
    if found is None:
        return {}
    names = [name for name in library.fields(cls, found[1]) if library.argument(cls, name)[0] not in found[1].instead]
    return {name: _default(library, cls, found[1].defaults, name) for name in names}


def _default(library: Library, cls: type[Optimizer], defaults: Mapping[str, Any], name: str) -> float | bool | None:
    argument, place = library.argument(cls, name)
    value = defaults[argument]
    if value is REQUIRED or (value is None and name == "lr"):
        return None
    value = value if place is None else value[place]
    return value if isinstance(value, bool) else float(value or 0)


def _idle(optimizer: Optimizer, scheduled: bool) -> set[str]:
    """The fields that make no other path of this optimizer."""
    known = CONVENTIONS.get(type(optimizer), ())
    return {name for one in known if not matters(optimizer, one, scheduled) for name in one.other or ()}


def _formed(optimizer: Optimizer, library: Library, said: list[str]) -> Optimizer:
    """The optimizer with the fields that no call says as the library has them; at their defaults where all is one."""
    fields = type(optimizer).__dataclass_fields__
    forms = {name: fields[name].default for name in hypers(optimizer) if name not in said}
    for one in CONVENTIONS.get(type(optimizer), ()):
        if library.name in one.differ and one.instead is None and matters(optimizer, one, scheduled=True):
            forms |= {name: value for name, value in (one.other or {}).items() if name in forms}
    return dataclasses.replace(optimizer, **forms)


def _setting(library: Library, cls: type[Optimizer], name: str, given: Mapping[str, Any]) -> float | bool:
    """The value of a field. Raises ValueError."""
    argument, place = library.argument(cls, name)
    value, declared = given[argument], hypers(cls)[name]
    if value is REQUIRED or (value is None and name == "lr"):
        raise ValueError(f"{argument} must be given: {library.name} has no default for it")
    if place is not None:
        if not isinstance(value, tuple) or len(value) != 2:
            raise ValueError(f"{argument} must be two numbers, as in {argument}={_pair(library, cls, argument)}")
        value = value[place]
    value = 0.0 if value is None else value
    if not declared.allows(value):
        which = "" if place is None else f", {('first', 'second')[place]}"
        raise ValueError(f"{argument}{which}: must be {declared.wanted}, not {_spelled(value)}")
    return value if isinstance(value, bool) else float(value) + 0.0  # -0 becomes 0


def _spelled(value: Any) -> str:
    return f"{value:g}" if type(value) is float else str(value)


def _pair(library: Library, cls: type[Optimizer], argument: str) -> str:
    return str(library.signature_of(cls)[1].defaults[argument])
