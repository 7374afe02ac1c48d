"""Optimizers and surfaces as an address has them: their names, and what differs from their defaults."""

from typing import Any
from urllib.parse import quote

from landscapes import LANDSCAPES, TRANSFORMS, Formula, Surface, Transform, layers
from optim_core import OPTIMIZERS, Fork
from optim_core.hyper import values

from .numbers import exact

SLUGS = {cls: slug for slug, cls in [*OPTIMIZERS.items(), *LANDSCAPES.items(), *TRANSFORMS.items()]}
TYPED = "formula"  # the name of a surface of one's own
SLUGS[Formula] = TYPED
YOURS = Formula("x^2/2 + y^2 + sin(3*x)")  # what it begins with


def slug_of(surface: Surface) -> str:
    """What an address calls the surface within all transforms; nothing for one of somebody's own."""
    return SLUGS.get(type(layers(surface)[0]), "")


def called(registry: dict[str, type]) -> dict[str, tuple[str, ...]]:
    """The names of a registry, each with what it is called on the page."""
    return {slug: (cls.label,) for slug, cls in registry.items()}


def written(declared: Any) -> str:
    """An optimizer or a surface as an address has it: its name, what is not at its default, and what is around it."""
    core, around = layers(declared)
    parts = [SLUGS[type(core)]]
    if isinstance(core, Formula):
        own = (
            f"{name}={value}" for name, value in typed(core).items() if value != typed(YOURS)[name] or name == "text"
        )
        return "~".join([*parts, *own, *map(written_around, around)])
    for name, field_ in type(core).__dataclass_fields__.items():
        value = getattr(core, name)
        if value != field_.default:
            parts.append(f"{name}={int(value) if isinstance(value, bool) else exact(value)}")
    return "~".join([*parts, *map(written_around, around)])


def typed(surface: Formula) -> dict[str, str]:
    """What makes a typed surface, as an address spells it."""
    window = ",".join(exact(end) for span in surface.window for end in span)
    return {"text": quote(surface.text, safe="()*/^,"), "window": window}


def written_around(transform: Transform) -> str:
    """A transform as an address has it: its name, and its numbers in their order."""
    return f"{SLUGS[type(transform)]}={','.join(map(exact, values(transform).values()))}"


def fork_written(fork: Fork) -> str:
    """A fork as an address has it: its step, and the optimizer before it."""
    return f"{fork.at},{written(fork.optimizer).replace('~', ',')}"
