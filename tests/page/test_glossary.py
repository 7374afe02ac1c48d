"""A term explains a number by what it means, whatever its letter."""

from itertools import combinations

from app.page import glossary
from landscapes import L2, LANDSCAPES, TRANSFORMS, ElongatedValley, SharpAndFlat
from optim_core import OPTIMIZERS, AdamW, Hyper, hypers

DECLARED = list(
    dict.fromkeys(
        how
        for registry in (OPTIMIZERS, LANDSCAPES, TRANSFORMS)
        for cls in registry.values()
        for how in hypers(cls).values()
    )
)


def meaning(declared: Hyper) -> tuple[str, str]:
    return declared.symbol, declared.doc


def test_numbers_that_share_a_term_share_their_meaning() -> None:
    """The master controls give one to all that they move; else it is the letter and the words that are the same."""
    for one, other in combinations([how for how in DECLARED if how.symbol and not how.shared], 2):
        assert glossary.key(one) != glossary.key(other) or meaning(one) == meaning(other), (one, other)


def test_every_number_with_a_letter_has_a_term() -> None:
    assert all(glossary.key(how) in glossary.TERMS for how in DECLARED if how.symbol)


def test_the_same_letter_may_mean_two_things() -> None:
    assert glossary.key(hypers(ElongatedValley)["kappa"]) == "kappa" != glossary.key(hypers(SharpAndFlat)["kappa"])
    assert glossary.key(hypers(AdamW)["weight_decay"]) == "decay" != glossary.key(hypers(L2)["weight"])
