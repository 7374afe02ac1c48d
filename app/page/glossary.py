"""What the symbols and words of the page mean: the one text behind each, wherever it stands."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from landscapes import LANDSCAPES, TRANSFORMS, ElongatedValley
from optim_core import OPTIMIZERS, PAPER, SCHEDULES, AdamW, Hyper, Letters, hypers

from . import weather


class Term(NamedTuple):
    """A symbol or a word in full, and what it means in a sentence or two."""

    name: str
    meaning: str


WORDS = {
    "eta": Term(
        "η, learning rate",
        "How far a step goes. SGD steps η times the gradient; RMSProp and Adam step about η, however steep it is. "
        "Too large and a walk overshoots, too small and it does not arrive.",
    ),
    "beta": Term(
        "β, memory of the squared gradient",
        "The share of the remembered squares that each step keeps: at 0.9 the memory reaches back about 10 steps, "
        "at 0.99 about 100. "
        "RMSProp calls it α, Adadelta ρ, Adam β₂.",
    ),
    "epsilon": Term(
        "ε, a small constant",
        "Added where the optimizer divides by the size of its gradients, so that it never divides by zero. "
        "It matters only where that size is about as small as ε.",
    ),
    "decay": Term(
        "λ, weight decay",
        "The share of each parameter, times η, that every step takes away: it pulls the walk towards zero.",
    ),
    "lambda": Term(
        "λmin and λmax, curvature",
        "How fast the slope changes along a direction: the smallest and the largest eigenvalue of the Hessian. "
        "Gradient descent is stable only while η is below 2 / λmax.",
    ),
    "kappa": Term(
        "κ, condition number",
        "How many times as steep the steepest direction is as the gentlest. A large κ is a long narrow valley, "
        "where no one learning rate suits both.",
    ),
    "rms": Term(
        "RMS gradient",
        "The typical size of the gradients so far: the root of the mean of their squares, over the optimizer's own "
        "memory. SGD remembers nothing, so it is the size of the present one.",
    ),
    "effective": Term(
        "Effective learning rate",
        "What really multiplies the gradient, in x and in y: η itself for SGD, about η divided by the RMS gradient "
        "for RMSProp and Adam.",
    ),
    "ghost": Term(
        "Ghost",
        "A run kept to compare with and drawn thin: the controls of all runs leave it alone until it is unpinned.",
    ),
    "tolerance": Term(
        "Tolerance",
        "How near counts as arrived: a loss at most this far above the minimum or, by the other rule, a gradient "
        "at most this long.",
    ),
}
_SHARED = {"lr": "eta", "beta": "beta", "eps": "epsilon"}
_NAMED = {hypers(ElongatedValley)["kappa"]: "kappa", hypers(AdamW)["weight_decay"]: "decay"}


def key(declared: Hyper) -> str:
    """Which term explains a declared number."""
    if declared.shared:
        return _SHARED[declared.shared]
    return _NAMED.get(declared) or re.sub(r"\W+", "-", f"{declared.symbol} {declared.doc}")


def _of(declared: Hyper) -> Term:
    return Term(declared.symbol, f"{declared.doc[0].upper()}{declared.doc[1:]}: {declared.wanted}.")


def _declared(registry: Mapping[str, Any]) -> dict[str, Term]:
    """Every number of optimizers or of surfaces that has a symbol."""
    known = [how for cls in registry.values() for how in hypers(cls).values()]
    return {key(how): _of(how) for how in known if how.symbol}


# optimizers whose name does not say it all, by their place in the address
NOTES = {slug: Term(cls.label, cls.note) for slug, cls in OPTIMIZERS.items() if cls.note}


@cache
def terms(letters: Letters) -> dict[str, Term]:
    """What explains each term; a surface's own symbols are nobody else's."""
    rough = {key(how): _of(how) for how in weather.DECLARED}
    known = _declared(OPTIMIZERS) | _declared(TRANSFORMS) | _declared(SCHEDULES) | rough | WORDS | NOTES
    return _declared(LANDSCAPES) | {name: Term(*map(letters.text, term)) for name, term in known.items()}


TERMS: dict[str, Term] = terms(PAPER)
