"""A list of operations on arrays, worked out in place: few arrays, each used again once its value is not needed.

    v = beta2 * v + (1 - beta2) * grad**2        multiply(beta2, v, v)
                                                 square(grad, each_0)
                                                 multiply(_1, each_0, each_0)
                                                 add(v, each_0, v)

Written twice, an operation is worked out once. Every one of them rounds as the expression does that it is made of: a
sign that is moved changes no bit of a product, a quotient or a sum.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from ..arithmetic import power

NUMBER, WALK, EACH = range(3)  # the same for all walks; one for each walk; one for each parameter of each walk
INFIX = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "greater": ">", "less": "<"} | {
    "greater_equal": ">=",
    "less_equal": "<=",
    "equal": "==",
    "not_equal": "!=",
}
ANSWERS = {"greater", "less", "greater_equal", "less_equal", "equal", "not_equal", "isfinite", "isnan", "isinf"}
JOINED = {"bitwise_or", "bitwise_and"}  # two answers become one
NAMED = {"maximum", "minimum"}  # what wants `out` by its name
SIGNED = {"multiply", "divide"}

Place = int  # of an operation on the tape
Work = Callable[[int, int], None]


class Operation(NamedTuple):
    """What is worked out, of which earlier ones; or, without `of`, a value that is there, by its name."""

    name: str
    of: tuple[Place, ...]
    kind: int
    answers: bool = False  # yes or no, instead of a number


class Tape:
    """Operations in their order, and where the last ones go."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.places: dict[Operation, Place] = {}
        self.results: list[tuple[str, Place]] = []  # name of an array -> what it holds in the end
        self.kinds: dict[str, int] = {}  # of these arrays
        self.spent: list[str] = []  # the arrays of which nobody asks what they hold in the end

    def given(self, name: str, kind: int, answers: bool = False) -> Place:
        """A value that is there."""
        return self._place(Operation(name, (), kind, answers))

    def made(self, name: str, *of: Place) -> Place:
        """A value that is worked out."""
        if name == "negative" and self.operations[of[0]].name == "negative":
            return self.operations[of[0]].of[0]
        unsigned = [self._unsigned(place) for place in of]
        if name in SIGNED and any(sign for sign, _ in unsigned):
            product = self.made(name, *(place for _, place in unsigned))
            return product if unsigned[0][0] == unsigned[1][0] else self.made("negative", product)
        if name in ("add", "subtract") and unsigned[1][0]:
            return self.made("subtract" if name == "add" else "add", of[0], unsigned[1][1])
        if name == "add" and unsigned[0][0]:
            return self.made("subtract", of[1], unsigned[0][1])
        kind = max(self.operations[place].kind for place in of)
        return self._place(Operation(name, of, kind, name in ANSWERS | JOINED))

    def result(self, array: str, place: Place, kind: int) -> None:
        """What an array of this kind is to hold in the end."""
        self.results.append((array, place))
        self.kinds[array] = kind

    def _place(self, operation: Operation) -> Place:
        if operation not in self.places:
            self.places[operation] = len(self.operations)
            self.operations.append(operation)
        return self.places[operation]

    def _unsigned(self, place: Place) -> tuple[bool, Place]:
        operation = self.operations[place]
        return (True, operation.of[0]) if operation.name == "negative" and operation.of else (False, place)


class _Writer:
    """The lines while they are being written."""

    def __init__(self, tape: Tape) -> None:
        self.tape, self.lines, self.arrays = tape, [], []
        self.free: dict[tuple[int, bool], list[str]] = {}
        self.held: dict[Place, str] = {}  # value -> the array or the number that holds it
        self.inside: dict[str, Place] = {}  # an array -> the value in it that is still needed
        self.last = self._last_uses()
        self.targets = {place: array for array, place in reversed(tape.results)}
        self.results = dict(tape.results)
        self.kinds: dict[str, tuple[int, bool]] = {}  # of the arrays that may hold one value after the other
        for place in sorted(self.last):
            operation = tape.operations[place]
            if not operation.of and operation.name in {*self.results, *tape.spent}:
                self.inside[operation.name], self.kinds[operation.name] = place, operation[2:]
        for place in sorted(self.last):
            self._write(place, tape.operations[place])
        self._deliver()

    def _last_uses(self) -> dict[Place, Place]:
        """Every value that is needed -> the last operation that reads it."""
        end = len(self.tape.operations)
        last = {place: end for _, place in self.tape.results}
        for place in range(end - 1, -1, -1):
            for read in self.tape.operations[place].of if place in last else ():
                last.setdefault(read, place)
        return last

    def _write(self, place: Place, operation: Operation) -> None:
        if not operation.of:
            self.held[place] = operation.name
            return
        texts = [self.held[read] for read in operation.of]
        if operation.kind == NUMBER:
            self.held[place] = f"number_{place}"
            self.lines.append(f"number_{place} = {_spoken(operation.name, texts)}")
            return
        out = self._out(place, operation)
        self.lines += _told(operation, texts, out, [self.tape.operations[read].kind for read in operation.of])
        for array in {text for read, text in zip(operation.of, texts, strict=True) if self.last[read] == place}:
            if self.inside.pop(array, None) is not None and array != out and array not in self.results:
                self.free.setdefault(self.kinds[array], []).append(array)
        self.held[place], self.inside[out] = out, place

    def _out(self, place: Place, operation: Operation) -> str:
        """Where a value goes: where it belongs in the end, over one that is not needed any more, or elsewhere."""
        target = self.targets.get(place)
        fits = target and self._fits(operation, target)
        if fits and (target not in self.inside or self._is_over(self.inside[target], place, operation)):
            return target
        for read in operation.of:
            alike = self.held[read] in self.inside and self.tape.operations[read][2:] == operation[2:]
            if alike and self._is_over(read, place, operation) and self._may_wait(place, self.held[read]):
                return self.held[read]
        for result, array in sorted(self.targets.items()):
            fits = place < result and self._fits(operation, array)
            if fits and array not in self.inside and self._may_wait(place, array):
                return array
        if self.free.get(operation[2:]):
            return self.free[operation[2:]].pop()
        self.arrays.append(operation[2:])
        made = f"each_{len(self.arrays) - 1}"
        self.kinds[made] = operation[2:]
        return made

    def _fits(self, operation: Operation, array: str) -> bool:
        """Whether an array that is to hold a result has the shape of this value, which more may be made of."""
        return (self.tape.kinds[array], False) == operation[2:]

    def _may_wait(self, place: Place, array: str) -> bool:
        """Whether a value is not needed any more when the array gets its result, if it is to have one."""
        result = self.results.get(array, -1)
        if result <= place:
            return result < 0
        made, needed = self.tape.operations[result], self.last[place]
        return needed < result or (needed == result and _may_overwrite(made, place))

    def _is_over(self, read: Place, place: Place, operation: Operation) -> bool:
        """Whether a value is not needed any more, and may be written over by what is made here."""
        return self.last[read] < place or (self.last[read] == place and _may_overwrite(operation, read))

    def _deliver(self) -> None:
        """What is not yet where it belongs; first what goes to an array that nobody is still to read."""
        left = [(array, self.held[place]) for array, place in self.tape.results if self.held[place] != array]
        while left:
            ready = next((one for one in left if all(one[0] != text for other, text in left if other != one[0])), None)
            if ready is None:  # they go round in a circle
                self.lines.append(f"spare_{len(left)} = {left[0][1]}.copy()")
                left[0] = left[0][0], f"spare_{len(left)}"
                continue
            self.lines.append(f"copyto({ready[0]}, {ready[1]})")
            left.remove(ready)


def _may_overwrite(operation: Operation, read: Place) -> bool:
    """Whether a value may go over this one, which it is made of."""
    return operation.name != "where" or (read == operation.of[2] and read not in operation.of[:2])


def _spoken(name: str, texts: list[str]) -> str:
    if name in INFIX:
        return f"{texts[0]} {INFIX[name]} {texts[1]}"
    return f"-{texts[0]}" if name == "negative" else f"{name}({', '.join(texts)})"


def _told(operation: Operation, texts: list[str], out: str, kinds: list[int]) -> list[str]:
    """The lines of one operation."""
    if operation.name == "power":
        return [f"copyto({out}, power({', '.join(texts)}))"]
    if operation.name != "where":
        return [f"{operation.name}({', '.join(texts)}, {'out=' * (operation.name in NAMED)}{out})"]
    asked, yes, no = texts
    if kinds[0] == NUMBER:
        return [f"copyto({out}, {yes} if {asked} else {no})"]
    return [f"copyto({out}, {no})"] * (out != no) + [f"copyto({out}, {yes}, where={asked})"]


NAMESPACE = {name: one for name, one in vars(np).items() if isinstance(one, np.ufunc)}  # without modules that wait
NAMESPACE |= {"__builtins__": {}, "copyto": np.copyto, "where": np.where, "power": power, "raised": np.power}


class Program(NamedTuple):
    """The lines of a tape, ready for arrays."""

    text: str
    arrays: tuple[tuple[int, bool], ...]  # (kind, answers) of those that they need for themselves

    def bound(self, head: Iterable[str], names: dict[str, Any], scratch: Callable[[int, bool], Any]) -> Work:
        """The lines as a function of (step, row), after those of `head`, on the arrays of `names` and of `scratch`."""
        known = names | {f"each_{number}": scratch(*shape) for number, shape in enumerate(self.arrays)}
        return _made("\n        ".join([*head, *self.text.splitlines(), "return"]), tuple(known))(**known)


@lru_cache(maxsize=512)
def _made(body: str, names: tuple[str, ...]) -> Callable[..., Work]:
    known = dict(NAMESPACE)
    exec(f"def made({', '.join(names)}):\n    def work(step, row):\n        {body}\n    return work\n", known)
    return known["made"]


def program(tape: Tape) -> Program:
    writer = _Writer(tape)
    return Program("\n".join(writer.lines), tuple(writer.arrays))
