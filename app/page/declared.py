"""Optimizers and surfaces, as an address spells them: "slug~name=value~..."."""

from typing import Any

from landscapes import LANDSCAPES, TRANSFORMS, ElongatedValley, Formula, FormulaError, Surface, Transform, wrapped
from optim_core import NOTATIONS, OPTIMIZERS, PAPER, Hyper, hypers

from .. import limits
from .fields import Fields, decoded
from .names import perhaps
from .spelled import TYPED, YOURS, called
from .window import Window

USUAL = ElongatedValley()  # where no surface is named


class Declared(Fields):
    """The fields of an address that name one of a registry, with what it declares."""

    def __init__(self, query: str | bytes) -> None:
        super().__init__(query)
        self.letters = NOTATIONS.get(decoded(self.fields.get("letters", [""])[0]), PAPER)

    def landscape(self) -> Surface:
        raw = self.one("f")
        if raw is None:
            return USUAL
        typed = decoded(raw.split("~")[0]) == TYPED
        landscape, rest = self._typed(raw) if typed else self.declared("surface", raw, LANDSCAPES, USUAL)
        around = [self._transform(name, rest.pop(name), landscape) for name in list(rest) if name in TRANSFORMS]
        self.leave_out("surface", rest, landscape)
        return wrapped(landscape, [one for one in around if one])

    def _typed(self, raw: str) -> tuple[Surface, dict[str, str]]:
        """A surface of one's own from "formula~text=...~window=x0,x1,y0,y1", and the settings that it has not."""
        rest: dict[str, str] = {}
        for pair in raw.split("~")[1:]:
            name, _, value = (decoded(part) for part in pair.partition("="))
            rest.setdefault(name, value)
        text, span = rest.pop("text", YOURS.text), rest.pop("window", "")
        window = self._window(span) if span else YOURS.window
        try:
            return Formula(text, window), rest
        except FormulaError as why:
            self.note("surface, text", text, f"is no formula: {why}", f"{USUAL.label} is used")
            return USUAL, rest

    def _window(self, text: str) -> Window:
        try:
            x0, x1, y0, y1 = map(float, text.split(","))
            return Formula("x", ((x0, x1), (y0, y1))).window
        except ValueError:
            self.note("surface, window", text, "is not x0, x1, y0, y1 in this order", "its own is used")
            return YOURS.window

    def _transform(self, slug: str, text: str, surface: Surface) -> Transform | None:
        """A transform from its numbers, "1,2"; around any surface, for `wrapped` puts it where it belongs."""
        cls, where = TRANSFORMS[slug], f"surface, {slug}"
        given, declared = text.split(","), hypers(cls)
        if len(given) != len(declared):
            many = {1: "one number", 2: "two numbers"}[len(declared)]
            self.note(where, text, f"is not {many}", "left out")
            return None
        numbers = [self.number(where, how, one, cls.neutral) for how, one in zip(declared.values(), given, strict=True)]
        return cls(surface, *numbers)

    def declared(self, where: str, raw: str, registry: dict[str, type], default: Any) -> tuple[Any, dict[str, str]]:
        """An object of a registry from "slug~name=value~...", and the settings that it does not declare."""
        slug, *pairs = raw.split("~")
        slug = decoded(slug)
        cls = registry.get(slug, type(default))
        if slug not in registry:
            self.note(where, slug, f"is not known{perhaps(slug, called(registry))}", f"{default.label} is used")
        declared, known, rest = hypers(cls), {}, {}
        letters = self.letters if registry is OPTIMIZERS else PAPER
        for pair in pairs:
            name, _, value = (decoded(part) for part in pair.partition("="))
            if name in known or name in rest:
                self.note(f"{where}, {name}", value, "is given twice", "the first one is kept")
            elif name not in declared:
                rest[name] = value
            else:
                symbol = letters.of(declared[name].symbol) or name
                known[name] = self._value(f"{where}, {symbol}", declared[name], value, cls, name)
        return cls(**known), rest

    def leave_out(self, where: str, rest: dict[str, str], declared: Any) -> None:
        """The settings that are none of an optimizer or a surface."""
        known = {name: (how.symbol, how.doc) for name, how in hypers(declared).items()}
        for unknown, value in rest.items():
            if len(self.notices) == limits.NOTICES:
                return  # to look for names takes time
            why = f"is not a setting of {declared.label}{perhaps(unknown, known)}"
            self.note(f"{where}, {unknown}", value, why, "left out")

    def _value(self, where: str, declared: Hyper, text: str, cls: type, name: str) -> Any:
        default = cls.__dataclass_fields__[name].default
        if declared.scale == "switch":
            if text not in ("0", "1"):
                self.note(where, text, "must be 0 or 1", f"{int(default)} is used")
            return text == "1" if text in ("0", "1") else default
        return self.number(where, declared, text, default)
