"""Every symbol in every notation: one table, in which no two notions of an optimizer share a letter."""

import pytest

from optim_core import NOTATIONS, OPTIMIZERS, PAPER, Letters, Optimizer, hypers
from optim_core.letters import is_name
from optim_core.notation import Symbols, symbol
from tests.strategies import settings

CURVATURES = ("λmin", "λmax")  # stand beside every optimizer's own symbols
every_notation = pytest.mark.parametrize("letters", NOTATIONS.values(), ids=NOTATIONS)
every_setting = pytest.mark.parametrize("optimizer", [o for c in OPTIMIZERS.values() for o in settings(c)], ids=repr)


def names(optimizer: Optimizer) -> set[str]:
    """Every name that an optimizer's lines or declarations have."""
    lines = optimizer.setting.lines
    return {line.name for line in lines}.union(hypers(optimizer), *(line.expression.reads for line in lines))


@every_notation
@every_setting
def test_no_two_notions_of_an_optimizer_share_a_letter(optimizer: Optimizer, letters: Letters) -> None:
    called = Symbols(hypers(optimizer), optimizer.setting.memory, letters)
    shown = [called.shown(name) for name in names(optimizer)]
    shown = [one for one in [*shown, *map(letters.of, CURVATURES)] if one]  # a flag has none
    assert sorted(set(shown)) == sorted(shown)


def test_every_row_of_the_table_is_a_symbol_of_an_optimizer() -> None:
    known = {declared.symbol for cls in OPTIMIZERS.values() for declared in hypers(cls).values()}
    known |= {symbol(name) for cls in OPTIMIZERS.values() for o in settings(cls) for name in names(o)}
    known |= {"β", "ŝ"}  # the slider that moves all memories of squares; what AdaBelief's help says of s
    for letters in NOTATIONS.values():
        assert set(letters.changes) <= known


@every_notation
def test_a_notation_says_what_it_is_and_changes_what_it_names(letters: Letters) -> None:
    assert letters.label and letters.source
    assert all(own and own != paper for paper, own in letters.changes.items())
    assert (letters is PAPER) == (not letters.changes)


@pytest.mark.parametrize(
    ("notation", "symbols"),
    [
        ("paper", ("η", "ε", "α", "β₁", "β₂")),
        ("pytorch", ("lr", "eps", "alpha", "betas[0]", "betas[1]")),
        ("keras", ("learning_rate", "epsilon", "rho", "beta_1", "beta_2")),
        ("goodfellow", ("ε", "δ", "ρ", "ρ₁", "ρ₂")),
        ("alpha", ("α", "ε", "β₂", "β₁", "β₂")),
        ("epsilon", ("ε", "δ", "β", "β₁", "β₂")),
    ],
)
def test_each_notation_by_its_book(notation: str, symbols: tuple[str, ...]) -> None:
    """Of the rate, the constant, the memory of RMSProp, and the two of Adam."""
    assert tuple(map(NOTATIONS[notation].of, ("η", "ε", "α", "β₁", "β₂"))) == symbols


def test_words_are_carried_over_and_nothing_but_symbols() -> None:
    said = "η·λmax = 2.4 > 2; it's 1e−7 of η, β₂ᵗ, √v̂, |g|, b ← μ b + g: run's m₀, v₀ and v_max, a set"
    assert PAPER.text(said) == said
    theirs = "ε·λmax = 2.4 > 2; it's 1e−7 of ε, ρ₂ᵗ, √r̂, |g|, v ← α v + g: run's s₀, r₀ and r_max, a set"
    assert NOTATIONS["goodfellow"].text(said) == theirs
    assert NOTATIONS["alpha"].text("ηx, αβ, β₁₂, δη, bit, it's") == "ηx, αβ, β₁₂, δη, bit, it's"


def test_two_letters_that_change_places_do_so_at_once() -> None:
    swapped = Letters("", "", {"η": "ε", "ε": "η"})
    assert swapped.text("η / (√v + ε)") == "ε / (√v + η)"


def test_a_hyper_keeps_all_but_its_words() -> None:
    declared = hypers(OPTIMIZERS["adamw"])["weight_decay"]
    theirs = NOTATIONS["pytorch"].hyper(declared)
    assert theirs.symbol == "weight_decay" and theirs.doc.endswith("times lr")
    assert (theirs.range, theirs.bounds, theirs.scale) == (declared.range, declared.bounds, declared.scale)


def test_a_name_in_code_is_no_letter() -> None:
    assert all(map(is_name, ("lr", "betas[0]", "learning_rate", "lr_eff")))
    assert not any(map(is_name, ("η", "v_max", "g_prev", "β₁", "rms", "steps", "")))
