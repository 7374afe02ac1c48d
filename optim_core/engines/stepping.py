"""An update for many walks: the equations of a setting, worked out in place over a block of walks. Adam's:

        multiply(beta1, m, m)
        multiply(_0, grad, after)
        add(m, after, m)
        multiply(beta2, v, v)
        square(grad, grad)
        multiply(_1, grad, grad)
        add(v, grad, v)
        divide(m, _2[step], after)
        divide(v, _3[step], grad)
        sqrt(grad, grad)
        add(grad, eps, grad)
        divide(lr, grad, grad)
        multiply(grad, after, grad)
        subtract(params, grad, after)

What is known before the first step is worked out there, as for a single walk: numbers for all t at once. A `where` that
asks for such a number alone takes one side: there are as many programs as answers.
"""

import ast
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from ..arithmetic import Array, Expression, reads
from ..base import Optimizer
from ..equations import Diagnostics, Setting
from ..hyper import values
from .ahead import Split, split
from .tape import EACH, NUMBER, WALK, Place, Program, Tape, Work, program

BINARY = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}
COMPARED = {ast.Gt: "greater", ast.Lt: "less", ast.GtE: "greater_equal", ast.LtE: "less_equal"} | {
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}
HEAD = ("params = path[row]", "after = path[row + 1]")
RECORDED = (*HEAD, "grad = _grads[row]", *(f"_{name} = _{name}s[row]" for name in Diagnostics._fields))


class Known(NamedTuple):
    """What of a setting is known before the first step, where `swept` are the numbers that walks do not share."""

    parts: Split
    kinds: Mapping[str, int]  # of all names but those of the lines
    asked: tuple[str, ...]  # the answers, the same for all walks, that choose between programs


@lru_cache(maxsize=256)
def known(setting: Setting, swept: frozenset[str], scheduled: bool) -> Known:
    parts = split(setting, frozenset({"lr"} if scheduled else ()))
    kinds = {"t": NUMBER, "params": EACH, "grad": EACH}
    kinds |= {name: WALK if name in swept else NUMBER for name in setting.numbers}
    kinds |= {name: EACH if not field.per_walk else WALK if swept else NUMBER for name, field in setting.memory.items()}
    for name, tree in parts.before.items():
        kinds[name] = max((kinds[read] for read in reads(tree)), default=NUMBER)
    asked = {
        node.args[0].id
        for _, tree in parts.each_step
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.func.id == "where" and isinstance(node.args[0], ast.Name)
    }
    return Known(parts, kinds, tuple(name for name in parts.before if name in asked and kinds[name] == NUMBER))


@lru_cache(maxsize=512)
def update(
    setting: Setting, swept: frozenset[str], scheduled: bool, answers: tuple[bool, ...], recorded: bool = False
) -> Program:
    """The program of a step: from `params`, `grad` and the memory to `after` and the memory behind it.

    Where it is `recorded`, the diagnostics have arrays too, and `grad` stays as it is.
    """
    return program(_Update(setting, known(setting, swept, scheduled), scheduled, answers, recorded).tape)


class _Update:
    """The tape of an update while it is being written."""

    def __init__(
        self, setting: Setting, given: Known, scheduled: bool, answers: tuple[bool, ...], recorded: bool
    ) -> None:
        self.tape, self.given = Tape(), given
        self.answers = dict(zip(given.asked, answers, strict=True))
        self.places: dict[str, Place] = {}
        if scheduled and given.kinds["lr"] == WALK:
            rate = self.tape.given("rates[step]", NUMBER)
            self.places["lr"] = self.tape.made("multiply", self.tape.given("lr", WALK), rate)
        for name, tree in given.parts.each_step:
            self.places[name] = self.place(tree)
        for name in setting.memory:
            self.tape.result(name, self.places[name], given.kinds[name])
        if recorded:
            for name in Diagnostics._fields:
                self.tape.result(f"_{name}", self._name(name), EACH)
        else:
            self.tape.spent.append("grad")
        after = self.tape.made("add", self.tape.given("params", EACH), self.places["delta"])
        self.tape.result("after", after, EACH)

    def place(self, tree: ast.expr) -> Place:
        match tree:
            case ast.Name(id=name):
                return self._name(name)
            case ast.Constant(value=value):
                return self.tape.given(repr(float(value)), NUMBER)
            case ast.BinOp():
                return self.tape.made(BINARY[type(tree.op)], self.place(tree.left), self.place(tree.right))
            case ast.UnaryOp():
                return self.tape.made("negative", self.place(tree.operand))
            case ast.Compare():
                return self.tape.made(
                    COMPARED[type(tree.ops[0])], self.place(tree.left), self.place(tree.comparators[0])
                )
            case ast.Call(func=ast.Name(id="where"), args=[ast.Name(id=asked), yes, no]) if asked in self.answers:
                return self.place(yes if self.answers[asked] else no)
        name = {"abs": "absolute"}.get(tree.func.id, tree.func.id)
        return self.tape.made(name, *(self.place(argument) for argument in tree.args))

    def _name(self, name: str) -> Place:
        if name in self.places:
            return self.places[name]
        parts, kind = self.given.parts, self.given.kinds[name]
        if kind == NUMBER and name in parts.timed:
            return self.tape.given(f"{name}[step]", NUMBER)
        if kind == WALK and name in parts.timed and name in parts.before:
            self.places[name] = self.place(parts.before[name])
            return self.places[name]
        return self.tape.given(name, kind)


class Numbers(NamedTuple):
    """The numbers of an update which all walks share, by their names: alone, or in a list with one for every step."""

    names: dict[str, Any]
    answers: list[tuple[bool, ...]]  # for every step
    settled: int  # the first step from which they stay as they are
    are_finite: bool  # those that walks do not share too


def numbers(optimizer: Optimizer, swept: frozenset[str], n_steps: int, age: int, rates: Array | None) -> Numbers:
    """`rates` is by what the learning rate is multiplied, if by anything."""
    given = known(optimizer.setting, swept, rates is not None)
    found: dict[str, Any] = {"t": np.arange(age + 1, age + n_steps + 1)}
    found |= {name: np.float64(value) for name, value in values(optimizer).items() if given.kinds.get(name) == NUMBER}
    if rates is not None and "lr" in found:
        found["lr"] = found["lr"] * rates[:n_steps]
    for name, tree in given.parts.before.items():
        if given.kinds[name] == NUMBER:
            found[name] = Expression(tree).value(found)
    timed = {name: np.broadcast_to(found[name], n_steps) for name in found if name in given.parts.timed}
    if rates is not None:
        timed["rates"] = rates[:n_steps]
    names = {name: np.asarray(value) for name, value in found.items() if name not in timed and name not in ("t",)}
    answers = [np.broadcast_to(found[name], n_steps).astype(bool).tolist() for name in given.asked]
    moving = [table for name, table in timed.items() if name != "t"]
    tables = {name: [np.asarray(number) for number in table] for name, table in timed.items()}
    are_finite = all(
        np.isfinite(value).all() for value in [*found.values(), *timed.values(), *values(optimizer).values()]
    )
    steps = list(zip(*answers, strict=True)) or [()] * n_steps
    return Numbers(names | tables, steps, _settled(moving), are_finite)


def _settled(tables: list[Array]) -> int:
    last = 0
    for table in tables:
        moved = np.flatnonzero(table[1:] != table[:-1])
        last = max(last, int(moved[-1]) + 1 if len(moved) else 0)
    return last


def of_walks(optimizer: Optimizer, swept: frozenset[str], scheduled: bool, alike: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of an update which walks do not share and which are known before the first step, `(n_walks,)`."""
    given = known(optimizer.setting, swept, scheduled)
    found = dict(alike) | {name: getattr(optimizer, name) for name in swept if name in given.kinds}
    for name, tree in given.parts.before.items():
        if given.kinds[name] == WALK and name not in given.parts.timed:
            found[name] = Expression(tree).value(found)
    return {name: value for name, value in found.items() if given.kinds.get(name) == WALK}


def bound(
    optimizer: Optimizer,
    swept: frozenset[str],
    shared: Numbers,
    scheduled: bool,
    arrays: dict[str, Any],
    scratch: Any,
    recorded: bool = False,
) -> dict[tuple[bool, ...], Work]:
    """Answers -> what works a step out on these arrays, `path`, `grad` and the memory by its names.

    `recorded`: `_grads`, `_effective_lrs` and `_rms_grads` have a row for each step, as `path` has, in place of `grad`.
    """
    names = shared.names | of_walks(optimizer, swept, scheduled, shared.names) | arrays
    head = RECORDED if recorded else HEAD
    return {
        answers: update(optimizer.setting, swept, scheduled, answers, recorded).bound(head, names, scratch())
        for answers in set(shared.answers)
    }
