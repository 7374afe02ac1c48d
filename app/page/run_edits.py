"""What the controls of the runs do to a State, of one and of all."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from optim_core import (
    LIBRARIES,
    OPTIMIZERS,
    Convention,
    Hyper,
    Optimizer,
    RMSProp,
    calls,
    conventions_of,
    differently,
    follows,
    hypers,
    matters,
)

from .. import limits
from ..protocol import Forged, Mistake
from . import paste
from .fields import clean
from .given import number, run_at, with_run, word
from .ground_edits import transform
from .promises import barred
from .scales import shift, to_position, to_value
from .slots import slot_for
from .state import Run, State

MASTERS = {
    "lr": hypers(RMSProp)["lr"],
    "beta": replace(hypers(RMSProp)["alpha"], symbol="β"),
    "eps": hypers(RMSProp)["eps"],
}
BETAS = {"0.5": 2, "0.9": 10, "0.99": 100}  # presets of β -> about how many steps that remembers


def masters(state: State, shared: str) -> list[tuple[int, str, Hyper]]:
    """The fields that a master control moves: (place of the run, field, declaration)."""
    return [
        (place, name, declared)
        for place, run in enumerate(state.runs)
        if not run.pinned
        for name, declared in hypers(run.optimizer).items()
        if declared.shared == shared
    ]


def master_value(state: State, shared: str) -> tuple[float, bool] | None:
    """What a master slider shows: the middle of its fields' values on their scale, and whether they differ."""
    values = [getattr(state.runs[place].optimizer, name) for place, name, _ in masters(state, shared)]
    if len(set(values)) <= 1:
        return (values[0], False) if values else None
    middle = sum(to_position(MASTERS[shared], value) for value in values) / len(values)
    return to_value(MASTERS[shared], middle), True


def free_slot(state: State, optimizer: Optimizer) -> int:
    slot = slot_for(optimizer, {run.slot for run in state.runs})
    if slot is None:
        raise Mistake(f"at most {limits.RUNS} runs fit on the map")
    return slot


def field(state: State, kind: str, value: Any, place: str, name: str) -> State:
    optimizer = run_at(state, place).optimizer
    if name not in hypers(optimizer):
        raise Mistake("this optimizer has no such setting")
    return with_run(state, place, optimizer=replace(optimizer, **{name: number(hypers(optimizer)[name], kind, value)}))


def other_optimizer(state: State, kind: str, value: Any, place: str) -> State:
    """Another optimizer in the same slot, at the same learning rate."""
    if word(value) not in OPTIMIZERS:
        raise Forged("no such optimizer")
    old, cls = run_at(state, place).optimizer, OPTIMIZERS[value]
    return with_run(state, place, optimizer=cls(lr=old.lr))


def rename(state: State, kind: str, value: Any, place: str) -> State:
    return with_run(state, place, name=clean(word(value), limits.NAME_LENGTH))


def pinned(state: State, kind: str, value: Any, place: str) -> State:
    return with_run(state, place, pinned=not run_at(state, place).pinned)


def add(state: State, kind: str, value: Any) -> State:
    """A run of the chosen optimizer, at the learning rate the others share, else at its own default."""
    if word(value) not in OPTIMIZERS:
        raise Forged("no such optimizer")
    cls = OPTIMIZERS[value]
    rate, mixed = master_value(state, "lr") or (None, True)
    optimizer = cls() if mixed else cls(lr=rate)
    return replace(state, runs=(*state.runs, Run(optimizer, free_slot(state, optimizer))))


def paste_call(state: State, kind: str, value: Any) -> State:
    """A run of the call that was pasted; what it adds to the loss, the surface has."""
    if not word(value).strip():
        return state
    pasted = paste.read(value)
    run = Run(pasted.optimizer, free_slot(state, pasted.optimizer))
    there = replace(state, runs=(*state.runs, run))
    if not pasted.l2:
        return there
    if why := barred(state, "l2.weight"):
        raise Mistake(f"weight_decay is L2, a part of the surface, which is {why}")
    return transform(there, "number", repr(pasted.l2), "l2", "weight")


def duplicate(state: State, kind: str, value: Any, place: str) -> State:
    """A copy beside it, to change: without the name, for that is the original's."""
    run = run_at(state, place)
    copy = replace(run, slot=free_slot(state, run.optimizer), name="", pinned=False)
    after = int(place) + 1
    return replace(state, runs=(*state.runs[:after], copy, *state.runs[after:]))


def remove(state: State, kind: str, value: Any, place: str) -> State:
    run_at(state, place)
    if len(state.runs) == 1:
        raise Mistake("the last run stays")
    return replace(state, runs=state.runs[: int(place)] + state.runs[int(place) + 1 :])


def move(state: State, kind: str, value: Any, place: str, way: str) -> State:
    here, there = int(place), int(place) + (1 if way == "down" else -1)
    run_at(state, place)
    if not 0 <= there < len(state.runs):
        return state
    runs = list(state.runs)
    runs[here], runs[there] = runs[there], runs[here]
    return replace(state, runs=tuple(runs))


def _set_fields(state: State, shared: str, changed: Callable[[Hyper, float], float]) -> State:
    for place, name, declared in masters(state, shared):
        optimizer = state.runs[place].optimizer
        value = changed(declared, getattr(optimizer, name))
        if declared.allows(value):
            state = with_run(state, str(place), optimizer=replace(optimizer, **{name: value}))
    return state


def master(state: State, kind: str, value: Any, shared: str) -> State:
    """One value for all; where they differ, all are multiplied (or shifted, on the decay scale) together."""
    shown = master_value(state, shared)
    declared = MASTERS[shared]
    if shown is None:
        raise Mistake(f"no run has a {state.letters.of(declared.symbol)} that may move")
    middle, mixed = shown
    chosen = number(declared, kind, value)
    if not mixed or kind == "number":
        return _set_fields(state, shared, lambda _, __: chosen)
    by = to_position(declared, chosen) - to_position(declared, middle)
    return _set_fields(state, shared, lambda field, old: shift(field, old, by))


def equal(state: State, kind: str, value: Any, shared: str) -> State:
    shown = master_value(state, shared)
    return state if shown is None else _set_fields(state, shared, lambda _, __: shown[0])


def beta(state: State, kind: str, value: Any, beta: str) -> State:
    return _set_fields(state, "beta", lambda _, __: float(beta))


def textbook(state: State, kind: str, value: Any) -> State:
    runs = tuple(run if run.pinned else replace(run, optimizer=type(run.optimizer)()) for run in state.runs)
    return replace(state, runs=runs)


def ghost(state: State, kind: str, value: Any, place: str, convention: str) -> State:
    """The same run by the other convention, as a ghost beside it."""
    optimizer = run_at(state, place).optimizer
    one = next(iter(conventions_of(optimizer)[int(convention) :]), None)
    other = one and differently(optimizer, one)
    if other is None:
        raise Mistake("no optimizer here walks that way")
    if not matters(optimizer, one, state.is_scheduled(run_at(state, place))):
        raise Mistake("it is the same path here")
    name = state.letters.text(_ghost_name(optimizer, other, one))
    return _beside(state, place, other, clean(name, limits.NAME_LENGTH))


def elsewhere(state: State, kind: str, value: Any, place: str, library: str, way: str) -> State:
    """The same call as a library has it, as a ghost beside the run."""
    run, where = run_at(state, place), LIBRARIES[library]
    other = calls.WAYS[way](run.optimizer, where)
    if other is None:
        raise Mistake(f"{where.name} has no such optimizer")
    return _beside(state, place, other, clean(f"{other.label}, {where.name}", limits.NAME_LENGTH))


def _beside(state: State, place: str, optimizer: Optimizer, name: str) -> State:
    like = run_at(state, place)
    ghost = replace(like, optimizer=optimizer, slot=free_slot(state, optimizer), name=name, pinned=True)
    return replace(state, runs=(*state.runs, ghost))


def _ghost_name(optimizer: Optimizer, other: Optimizer, one: Convention) -> str:
    """By the convention it follows, "RMSProp, ε as Keras"; none where that is this class's own."""
    return "" if follows(optimizer, one) else f"{other.label}, {one.short}"
