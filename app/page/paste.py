"""A call of PyTorch's, Keras's or optax's as a run: read by a list of what it may consist of, and never evaluated.

    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, betas=(0.9, 0.95), weight_decay=0.01)
    tf.keras.optimizers.RMSprop(learning_rate=0.001, rho=0.99)
    optax.adamw(3e-4, b1=0.9, weight_decay=1e-2)

What is left out has that library's default. What cannot be followed is named.
"""

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from optim_core import LIBRARIES, OPTIMIZERS, Library, Optimizer, Signature, calls, hypers

from .. import limits
from ..protocol import Mistake
from .fields import clean
from .names import perhaps

EXAMPLE = "torch.optim.Adam(params, lr=0.01)"
PROMPT = re.compile(r"^\s*(>>>|\.\.\.) ?", re.MULTILINE)
ODD = str.maketrans({"\u00a0": " ", "−": "-", "\ufeff": " "})  # what a copy from a web page brings with it
SHOWN = 32  # letters of a text that a sentence repeats
OPERATORS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
SIGNS: dict[type, Callable[[float], float]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}
NUMBERS = (ast.Constant, ast.BinOp, ast.UnaryOp)  # what numbers are made of
WHY = {
    "weight_decay": "only AdamW and Lion have one here",
}  # argument -> why it is not followed, where there is more to say


class Unread(str):
    """The text of a value that is none of ours to read: a name, a call."""


class Pasted(NamedTuple):
    """The optimizer that a call makes, and in sentences what of it was assumed or cannot be followed."""

    optimizer: Optimizer
    notices: list[str]
    l2: float = 0.0  # the weight of ½ |θ|² that it adds to the loss


def read(text: str) -> Pasted:
    """What a call makes. Raises Mistake, with the reason in words, for what is not one."""
    if len(text.encode("utf-8", "replace")) > limits.PASTE_BYTES:
        raise Mistake(f"this is too long: a call has at most {limits.PASTE_BYTES} bytes")
    source = PROMPT.sub("", text.translate(ODD)).strip()
    call = _call(source)
    *prefix, name = _path(call.func)
    library, assumed = _library(prefix, name, call)
    signature = library.signatures[name]
    whole = f"{library.name}'s {name}"
    nodes = _arguments(call, whole, library, signature)
    groups = _params(nodes.pop("params", None), whole)
    given = {argument: _value(argument, node, source) for argument, node in nodes.items()}
    try:
        made = calls.made(library, signature, given)
    except ValueError as reason:
        raise Mistake(str(reason)) from None
    l2 = _l2(library, {one: given[one] for one in made.left_out})
    left_out = [_left_out(one, given[one], bool(l2) and one == library.l2[0]) for one in made.left_out]
    beyond = [f"{point.rstrip('.')}; no optimizer here walks exactly so" for point in made.beyond]
    notices = [*assumed, *(f"{whole}: {one}" for one in (*groups, *left_out, *beyond))]
    return Pasted(made.optimizer, notices, l2)


# --- the text -------------------------------------------------------------------------------------------------------


def _call(source: str) -> ast.Call:
    """The one call of a text: alone, or what something is set to."""
    if not source:
        raise Mistake(f"nothing to read: paste a call, as in {EXAMPLE}")
    found = [_value_of(line) for line in _parsed(source).body if type(line) not in (ast.Import, ast.ImportFrom)]
    if len(found) != 1 or type(found[0]) is not ast.Call:
        many = "more than one line of code" if len(found) > 1 else "not a call"
        raise Mistake(f"this is {many}: write one call, as in {EXAMPLE}")
    return found[0]


def _parsed(source: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a text that nobody will run
            return ast.parse(source)
    except SyntaxError as reason:
        lines = source.splitlines()
        at = min(max(reason.lineno or 1, 1), len(lines))
        raise Mistake(f"this is not Python, at line {at}, {_shown(lines[at - 1].strip())}: {reason.msg}") from None
    except (ValueError, MemoryError, RecursionError):
        raise Mistake("this is not Python that can be read") from None


def _value_of(line: ast.stmt) -> ast.expr | None:
    """What stands in a line: an expression, or what something is set to, with a comma after it or not."""
    value = line.value if type(line) in (ast.Expr, ast.Assign, ast.AnnAssign) else None
    alone = type(value) is ast.Tuple and len(value.elts) == 1
    return value.elts[0] if alone else value


def _path(function: ast.expr) -> list[str]:
    """The names of torch.optim.Adam; of what is computed there are none."""
    names: list[str] = []
    while type(function) is ast.Attribute and len(names) < limits.PASTE_DEPTH:
        names.append(function.attr)
        function = function.value
    if type(function) is not ast.Name:
        raise Mistake(f"what is called must be a name, as in {EXAMPLE}")
    return [function.id, *reversed(names)]


# --- the library ----------------------------------------------------------------------------------------------------


def _library(prefix: list[str], name: str, call: ast.Call) -> tuple[Library, list[str]]:
    """Whose call it is, and a sentence where that had to be assumed."""
    named = [library for word in prefix for library in LIBRARIES.values() if word in library.known_by]
    asked = named[:1] or [*LIBRARIES.values()]
    having = [library for library in asked if name in library.signatures]
    if not having:
        known = {one: () for library in reversed(asked) for one in library.signatures}
        whose = f"{asked[0].name} has no optimizer {_shown(name)}" if named else f"{_shown(name)} is no optimizer"
        raise Mistake(f"{whose} that can be followed here{perhaps(name, known)}")
    fitting = [library for library in having if _fits(library.signatures[name], call)] or having
    library, *others = fitting
    whose = " or ".join(one.name for one in others)
    return library, [f"{_shown(name)} was read as {library.name}'s; it may be {whose}'s too"] if others else []


def _fits(signature: Signature, call: ast.Call) -> bool:
    """Whether a library would take this call: its words, and parameters first where it wants them."""
    knows = all(one.arg in signature.defaults for one in call.keywords)
    first = call.args[0] if call.args else None
    wants_params = signature.in_order[0] == "params"
    return knows and (first is None or wants_params != (type(first) in NUMBERS))


# --- the arguments --------------------------------------------------------------------------------------------------


def _arguments(call: ast.Call, whole: str, library: Library, signature: Signature) -> dict[str, ast.expr]:
    """Argument -> what it is set to, each of them one that the library knows."""
    if len(call.args) > len(signature.in_order):
        raise Mistake(f"{whole} takes at most {len(signature.in_order)} arguments without names")
    given: dict[str, ast.expr] = {}
    unnamed = zip(signature.in_order, call.args, strict=False)
    for argument, node in (*unnamed, *((one.arg, one.value) for one in call.keywords)):
        if argument is None or type(node) is ast.Starred:
            raise Mistake("what a star stands for cannot be read: write the arguments out")
        if argument not in signature.defaults:
            known = {one: _meanings(one, library) for one in signature.defaults}
            raise Mistake(f"{whole} has no argument {_shown(argument)}{perhaps(argument, known)}")
        if argument in given:
            raise Mistake(f"{argument} is given twice")
        given[argument] = node
    return given


def _meanings(argument: str, library: Library) -> list[str]:
    """What else an argument is called: here, and in the other libraries."""
    known = [(cls, name) for cls in OPTIMIZERS.values() for name in hypers(cls)]
    fields = [(cls, name) for cls, name in known if library.argument(cls, name)[0] == argument]
    there = [other.argument(cls, name)[0] for other in LIBRARIES.values() for cls, name in fields]
    return [*(name for _, name in fields), *there]


def _params(node: ast.expr | None, whole: str) -> list[str]:
    """What cannot be followed of PyTorch's first argument: nobody reads which parameters they are."""
    if type(node) in NUMBERS:
        raise Mistake(f"the first argument of {whole} is the parameters: name the others, as in {EXAMPLE}")
    groups = type(node) in (ast.List, ast.Tuple) and any(type(one) is ast.Dict for one in node.elts)
    return ["params in groups are not followed: every parameter has the settings of the call"] if groups else []


def _value(argument: str, node: ast.expr, source: str, depth: int = 0) -> Any:
    """A number, a flag, None, a tuple of them, or a text that nobody here reads. Raises Mistake."""
    if depth > limits.PASTE_DEPTH:
        raise Mistake(f"{argument}: is nested too deep")
    if type(node) in (ast.Tuple, ast.List):
        return tuple(_value(argument, one, source, depth + 1) for one in node.elts)
    if type(node) is ast.Constant and (type(node.value) is bool or node.value is None):
        return node.value
    try:
        value = _number(node, 0)
    except ArithmeticError:
        value = math.nan
    if value is None:
        return Unread(_shown(ast.get_source_segment(source, node) or "this"))
    if not math.isfinite(value):
        raise Mistake(f"{argument}: must be a finite number")
    return value


def _number(node: ast.expr, depth: int) -> float | None:
    """What a number, or a sum, a product or a power of numbers is; None for all else. Raises ArithmeticError."""
    if depth > limits.PASTE_DEPTH:
        return None
    if type(node) is ast.Constant and type(node.value) in (int, float):
        return float(node.value)
    if type(node) is ast.UnaryOp and type(node.op) in SIGNS:
        parts, does = [node.operand], SIGNS[type(node.op)]
    elif type(node) is ast.BinOp and type(node.op) in OPERATORS:
        parts, does = [node.left, node.right], OPERATORS[type(node.op)]
    else:
        return None
    values = [_number(part, depth + 1) for part in parts]
    value = None if None in values else does(*values)
    return math.nan if type(value) is complex else value


def _l2(library: Library, left_out: Mapping[str, Any]) -> float:
    """The weight of L2 among the arguments that no optimizer here has."""
    argument, without = library.l2
    weight = left_out.get(argument)
    return weight if type(weight) is float and not left_out.get(without) else 0.0


# --- words ----------------------------------------------------------------------------------------------------------


def _left_out(argument: str, value: Any, is_l2: bool) -> str:
    """What is not followed, and where there is more to say, why."""
    if is_l2:
        return f"{argument}={_spelled(value)} is L2, a part of the loss: the surface has it now, for every run"
    why = WHY.get(argument)
    return f"{argument}={_spelled(value)} is not followed" + (f": {why}" if why else "")


def _spelled(value: Any) -> str:
    if isinstance(value, tuple):
        return clean(f"({', '.join(map(_spelled, value))})", SHOWN)
    return f"{value:g}" if type(value) is float else str(value)


def _shown(text: str) -> str:
    """As much of a text as a sentence can hold."""
    return f"“{clean(text, SHOWN)}”"
