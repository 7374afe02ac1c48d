"""What of an update is known before its first step: all that depends on t and on hyper-parameters alone.

v_hat = v / (1 - beta2**t)    is    _0 = 1 - beta2**t    before the loop, for all t at once, and
                                    v_hat = v / _0       in it
"""

import ast
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from ..arithmetic import reads
from ..equations import Setting


@dataclass
class Split:
    """An update in two parts: (name, tree) of what comes before the first step, and of what every step works out."""

    before: dict[str, ast.expr] = field(default_factory=dict)
    each_step: list[tuple[str, ast.expr]] = field(default_factory=list)
    timed: set[str] = field(default_factory=lambda: {"t"})  # of `before`, what has a value for every t


def split(setting: Setting, timed: frozenset[str] = frozenset()) -> Split:
    """The lines of a setting, with a name of its own ("_0", "_1", ...) for each part that is known before.

    `timed`: its numbers that have another value at every t.
    """
    made = _Split(setting.numbers)
    made.parts.timed |= timed
    for line in setting.lines:
        made.add(line.name, line.expression.tree, setting.memory)
    return made.parts


class _Split(ast.NodeTransformer):
    """A split while it is being made; as a transformer, what is left of an expression for the loop."""

    def __init__(self, numbers: tuple[str, ...]) -> None:
        self.parts = Split()
        self.known = {"t", *numbers}
        self.named: dict[str, str] = {}  # expression -> its name

    def add(self, name: str, tree: ast.expr, memory: Mapping[str, object]) -> None:
        if name not in memory and reads(tree) <= self.known:
            self.define(name, tree)
        else:
            self.parts.each_step.append((name, self.visit(deepcopy(tree))))

    def define(self, name: str, tree: ast.expr) -> None:
        self.parts.before[name] = tree
        self.known.add(name)
        if not reads(tree).isdisjoint(self.parts.timed):
            self.parts.timed.add(name)

    def visit(self, node: ast.AST) -> ast.AST:
        """Anything that is known before becomes one name."""
        if not isinstance(node, (ast.UnaryOp, ast.BinOp, ast.Compare, ast.Call)) or not reads(node) <= self.known:
            return super().visit(node)
        name = self.named.setdefault(ast.unparse(node), f"_{len(self.named)}")
        if name not in self.known:
            self.define(name, node)
        return ast.Name(name, ast.Load())
