"""What a text, a library or a course calls the symbols that stand here as in the papers: one table.

Everything here is written in the papers' letters: the symbol of a `Hyper`, of a line (`notation.SYMBOLS`), every
sentence. `Letters` carries it over on its way to a reader. A letter that a notation does not have stays the paper's.

Only the letters are theirs, not the form of the update: the velocity of Goodfellow et al. holds −ε already, ours at
most η. Of a library, the letters are the names of its arguments; what an optimizer remembers has those of PyTorch's own
documentation, which are the papers'.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from .hyper import Hyper

_TABLE = """
    paper  pytorch                    keras                      optax                      goodfellow  alpha  epsilon

    η      lr                         learning_rate              learning_rate              ε           α      ε
    η_eff  lr_eff                     learning_rate_eff          learning_rate_eff          ε_eff       α_eff  ε_eff
    ε      eps                        epsilon                    eps                        δ           .      δ
    ε_s    .                          .                          eps_root                   δ_s         .      δ_s
    μ      momentum                   momentum                   momentum                   α           β      .
    d      dampening                  .                          .                          .           .      .
    α      alpha                      rho                        decay                      ρ           β₂     β
    ρ      rho                        rho                        rho                        .           .      .
    β      alpha,betas[1]             rho,beta_2                 decay,b2                   ρ           β₂     .
    β₁     betas[0]                   beta_1                     b1                         ρ₁          .      .
    β₂     betas[1]                   beta_2                     b2                         ρ₂          .      .
    λ      weight_decay               weight_decay               weight_decay               α           .      .
    ψ      momentum_decay             .                          .                          .           .      .
    η₋     etas[0]                    .                          eta_minus                  .           .      .
    η₊     etas[1]                    .                          eta_plus                   .           .      .
    α_min  step_sizes[0]              .                          min_step_size              .           .      .
    α_max  step_sizes[1]              .                          max_step_size              .           .      .
    s₀     initial_accumulator_value  initial_accumulator_value  initial_accumulator_value  r₀          .      .
    m₀,v₀  .                          .                          .                          s₀,r₀       v₀,s₀  .

    θ      .                          .                          .                          .           w      .
    Δθ     .                          .                          .                          .           Δw     .
    b      .                          .                          .                          v           v      .
    s      .                          .                          .                          r           .      .
    m      .                          .                          .                          s           v      .
    m̂      .                          .                          .                          ŝ           v̂      .
    m̄      .                          .                          .                          s̄           v̄      .
    v      .                          .                          .                          r           s      .
    v̂      .                          .                          .                          r̂           ŝ      .
    ŝ      .                          .                          .                          r̂           .      .
    v_max  .                          .                          .                          r_max       s_max  .
    r      .                          .                          .                          q           .      .
    r²     .                          .                          .                          q²          .      .
"""
_COLUMNS, *_ROWS = [[cell.replace(",", ", ") for cell in line.split()] for line in _TABLE.splitlines() if line.strip()]
_AFTER_A_WORD = r"(?<![^\W\d])(?<!['’])"  # not within a name, and not the s of "it's"
_BEFORE_A_WORD = r"(?![\u0300-\u036f₋₊ₜ]|(?![ᵗ²])\w)"


@dataclass(frozen=True, eq=False)
class Letters:
    """A notation: `changes` maps the paper's symbol to its own, where it has another."""

    label: str
    source: str
    changes: Mapping[str, str]

    def of(self, symbol: str) -> str:
        """This notation's symbol for the paper's."""
        return self.changes.get(symbol, symbol)

    def text(self, words: str, label: str = "") -> str:
        """The words with every symbol in them carried over, but for the `label` of a run, which they may begin with.

        Once, and last: what is carried over twice may have become another symbol.
        """
        if not self.changes:
            return words
        begin = label if words.startswith(label) else ""
        return begin + self._symbols.sub(lambda found: self.changes[found[0]], words[len(begin) :])

    def hyper(self, declared: Hyper) -> Hyper:
        """The declaration of an optimizer's number in this notation."""
        return replace(declared, symbol=self.of(declared.symbol), doc=self.text(declared.doc))

    @cached_property
    def _symbols(self) -> re.Pattern[str]:
        longest_first = sorted(self.changes, key=len, reverse=True)
        return re.compile(f"{_AFTER_A_WORD}(?:{'|'.join(map(re.escape, longest_first))}){_BEFORE_A_WORD}")


def _letters(column: str, label: str, source: str) -> Letters:
    at = _COLUMNS.index(column)
    return Letters(label, source, {row[0]: row[at] for row in _ROWS if row[at] != "."})


PAPER = Letters("as in the papers", "each optimizer's own reference", {})
NOTATIONS: dict[str, Letters] = {
    "paper": PAPER,
    "pytorch": _letters("pytorch", "PyTorch's arguments", "torch.optim, 2.13"),
    "keras": _letters("keras", "Keras' arguments", "keras.optimizers, 3.15"),
    "optax": _letters("optax", "optax's arguments", "optax, 0.2.8"),
    "goodfellow": _letters(
        "goodfellow", "Goodfellow et al.", "Goodfellow, Bengio and Courville, Deep Learning, chapters 7 and 8 (2016)"
    ),
    "alpha": _letters("alpha", "notes with α for the rate", "Ng, Deep Learning Specialization, course 2 (2017)"),
    "epsilon": _letters(
        "epsilon",
        "notes with ε for the rate, δ for the constant",
        "course notes that have these two from Goodfellow et al., β for the memory of RMSProp, and the rest as it is",
    ),
}


_NAMES = {name for library in ("pytorch", "keras") for name in NOTATIONS[library].changes.values()}


def is_name(symbol: str) -> bool:
    """Whether a symbol is a name in code, and no letter."""
    return symbol in _NAMES
