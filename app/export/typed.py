"""A typed surface as Python source: the operations of its tape, to the last bit.

What is used once stands where it is used, unless its line would become too long; what is used again has a name.
"""

from collections import Counter

from landscapes import Formula
from landscapes.formula.compiled import INFIX
from landscapes.formula.grammar import read
from landscapes.formula.slopes import slope
from landscapes.formula.tape import VARIABLES, Place, Tape

LONG = 32  # characters of what may stand within something else
NAMES = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
}  # operation -> the function, where it is called otherwise
POWER = {"np": "power", "torch": "pow"}
CHOSEN = {"least": "<=", "most": ">="}  # the first of two is taken where this holds, and where it is NaN
SUM, PRODUCT, SIGN, ALONE = range(4)  # how strongly the parts of an expression hold together
HELD = {"+": (SUM, PRODUCT), "-": (SUM, PRODUCT), "*": (PRODUCT, SIGN), "/": (PRODUCT, SIGN), "negative": (ALONE,)}
STRENGTH = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "negative": SIGN}
NO_VALUE = "# without a value there is no slope"


def source(surface: Formula, method: str, name: str, module: str) -> str:
    """`value` or `partials` as a function called `name`, in "np" or in "torch".

    Where there is no value the slopes are NaN: the partials see to it, and in PyTorch the value, for its autograd.
    """
    made = read(surface.text)
    write = _partials if method == "partials" else _torch_value if module == "torch" else _value
    return "\n    ".join([f"def {name}(x, y):", *write(made.tape, made.root, module)])


def _value(tape: Tape, root: Place, module: str) -> list[str]:
    made = _Lines(tape, module, [root])
    return [*made.lines, f"return {made.told(root)}"]


def _torch_value(tape: Tape, root: Place, module: str) -> list[str]:
    made = _Lines(tape, module, [root])
    hole = f"torch.where(f == f, 0.0, torch.nan) * (x + y)  {NO_VALUE}"
    return [*made.lines, f"f = {made.told(root)}", f"return f + {hole}"]


def _partials(tape: Tape, root: Place, module: str) -> list[str]:
    slopes = {f"along_{variable}": slope(tape, root, variable) for variable in VARIABLES}
    made = _Lines(tape, module, [root, *(place for place in slopes.values() if place is not None)])
    told = {"f": made.told(root)} | {name: "0.0" if at is None else made.told(at) for name, at in slopes.items()}
    kept = ", ".join(f"{module}.where(f == f, {name}, {module}.nan)" for name in slopes)
    return [*made.lines, *(f"{name} = {text}" for name, text in told.items()), f"return {kept}  {NO_VALUE}"]


class _Lines:
    """The lines that lead to some places of a tape, and what stands for these."""

    def __init__(self, tape: Tape, module: str, wanted: list[Place]) -> None:
        self.tape, self.module = tape, module
        self.lines: list[str] = []
        self.texts: dict[Place, tuple[str, int]] = {}  # place -> what stands for it, and how strongly that holds
        used = self._used(wanted)
        for place in sorted(used):
            text, strength = self._expression(place)
            is_inner_and_long = len(text) > LONG and place not in wanted
            if tape.operations[place].of and (used[place] > 1 or is_inner_and_long):
                text, strength = self._named(text), ALONE
            self.texts[place] = text, strength

    def _used(self, wanted: list[Place]) -> Counter[Place]:
        """How often each place is written that is needed."""
        used = Counter(wanted)
        for place in range(max(used), -1, -1):
            if place in used:
                used.update(self._reads(place))
        return used

    def told(self, place: Place, least: int = SUM) -> str:
        """What stands for a place, in brackets unless it holds together at least so strongly."""
        text, strength = self.texts[place]
        return text if strength >= least else f"({text})"

    def _named(self, text: str) -> str:
        name = f"u{len(self.lines) + 1}"
        self.lines.append(f"{name} = {text}")
        return name

    def _reads(self, place: Place) -> list[Place]:
        """The places that an operation reads, each as often as it is written."""
        form = self._form(place)
        return [one for i, one in enumerate(self.tape.operations[place].of) for _ in range(form.count(f"{{{i}}}"))]

    def _expression(self, place: Place) -> tuple[str, int]:
        name, of = self.tape.operations[place]
        held = HELD.get(name, (SUM,) * len(of))
        told = [self.told(*one) for one in zip(of, held, strict=True)]
        number = None if of else self.tape.number_at(place)
        is_signed = number is not None and self._form(place).startswith("-")
        return self._form(place).format(*told), SIGN if is_signed else STRENGTH.get(name, ALONE)

    def _form(self, place: Place) -> str:
        """How an operation is written, with {0}, {1}, ... for what it reads."""
        name, of = self.tape.operations[place]
        if not of:
            return name if name in VARIABLES or float(name) == 0 else name.removesuffix(".0")
        if name in CHOSEN:
            known = self.tape.number_at(of[0]) is not None
            first = f"{{0}} {CHOSEN[name]} {{1}}" if known else f"({{0}} {CHOSEN[name]} {{1}}) | ({{0}} != {{0}})"
            return f"{self.module}.where({first}, {{2}}, {{3}})"
        if name == "power":
            return f"{self.module}.{POWER[self.module]}({{0}}, {{1}})"
        return FORMS.get(name) or f"{self.module}.{NAMES.get(name, name)}({{0}})"


FORMS = {sign: form.replace("{}", "{0}", 1).replace("{}", "{1}") for sign, form in INFIX.items()}
