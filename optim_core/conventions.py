"""Where the libraries differ from what is here, and from each other: a table by optimizer.

As of PyTorch 2.13, optax 0.2.8 and Keras 3.15, by their code: each point is one of the same numbers, for what a call
leaves out stands in libraries.py. An optimizer without an entry is one that no library has, or on which all agree.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from .arithmetic import expression
from .base import Optimizer
from .hyper import values
from .optimizers.adam import AdaBelief, Adam, Adamax, AdamW, AMSGrad, Lion, NAdam, RAdam, Yogi
from .optimizers.adaptive import Adadelta, AdaGrad, AdaGradSummedRates, RMSProp, RMSPropAveragedRates, Rprop
from .optimizers.sgd import SGD, Momentum, Nesterov


class Convention(NamedTuple):
    """A point on which the libraries differ.

    `other` says how to walk the other way, as changes of this class's fields: a number, a flag, or a text, which is an
    expression over its hyper-parameters. None: no class here walks that way. With `instead`, it holds all the fields of
    that class, and `differently` makes one. Where the others walk the same way until they are lost, `lost` says when:
    an expression over hyper-parameters and memory that is negative there. Where they take no such numbers, `refused`
    says of which optimizers, and `what` in words. What a call leaves out is no matter of convention: libraries.py has
    everyone's defaults.
    """

    here: str  # what this class does
    agree: tuple[str, ...]  # who does the same
    there: str = ""  # what others do
    differ: tuple[str, ...] = ()  # who they are
    other: Mapping[str, float | bool | str] | None = None
    instead: type[Optimizer] | None = None
    lost: str = ""
    short: str = ""  # what the other way is called beside the optimizer's name
    refused: Callable[[Any], bool] | None = None
    what: str = ""
    corner: bool = False  # whether it shows only where a number stands at its bound
    scheduled: bool = False  # whether it shows only where η changes from step to step
    needs: str = ""  # the number without which it is no matter at all


def conventions_of(optimizer: Optimizer) -> tuple[Convention, ...]:
    """The points on which the libraries differ about this optimizer; none where nothing is known."""
    return CONVENTIONS.get(type(optimizer), ())


def differently(optimizer: Optimizer, convention: Convention) -> Optimizer | None:
    """The optimizer as those who differ have it; as this class has it, where the fields already are the others'.

    None where no class here can say it, or not with these hyper-parameters.
    """
    if convention.other is None:
        return None
    try:
        changes = _changes(optimizer, convention.other)
        other = convention.instead(**changes) if convention.instead else dataclasses.replace(optimizer, **changes)
    except (ArithmeticError, ValueError):
        return None
    if other != optimizer or any(isinstance(value, str) for value in convention.other.values()):
        return other
    declared = type(optimizer).__dataclass_fields__
    return dataclasses.replace(optimizer, **{name: declared[name].default for name in changes})


def follows(optimizer: Optimizer, convention: Convention) -> bool:
    """Whether the optimizer itself walks as those who differ do."""
    fields = convention.other if convention.other and not convention.instead else {}
    return bool(fields) and all(getattr(optimizer, name) == value for name, value in fields.items())


def matters(optimizer: Optimizer, convention: Convention, scheduled: bool = False) -> bool:
    """Whether the other way can be another path; `scheduled`: where η changes from step to step."""
    needed = not convention.needs or bool(np.any(getattr(optimizer, convention.needs)))
    return needed and (scheduled or not convention.scheduled)


def _changes(optimizer: Optimizer, fields: Mapping[str, float | bool | str]) -> dict[str, float | bool]:
    """The fields with their texts worked out. Raises ZeroDivisionError."""
    given = values(optimizer)
    return {name: expression(at).value(given) if isinstance(at, str) else at for name, at in fields.items()}


EPS_CORRECTED = Convention(
    "ε is added to the corrected √v̂.",
    ("PyTorch", "optax", "the paper's Algorithm 1"),
    "ε is added to the uncorrected √v, and so weighs more during the first steps.",
    ("Keras",),
)

RATE_OUTSIDE = Convention(
    "η multiplies the whole velocity.",
    ("PyTorch", "optax"),
    "η multiplies each gradient on its way into the velocity: the same path while η is constant.",
    ("Keras",),
    {"lr_inside": True},
    short="η as Keras",
    scheduled=True,
    needs="momentum",
)

CONVENTIONS: dict[type[Optimizer], tuple[Convention, ...]] = {
    SGD: (Convention("Δθ = −η g", ("PyTorch", "optax", "Keras")),),
    Momentum: (
        RATE_OUTSIDE,
        Convention(
            "The velocity is a sum, b ← μ b + g: under a steady slope it grows to 1 / (1 − μ) gradients.",
            ("PyTorch", "optax", "Keras"),
            "It is an average, b ← μ b + (1 − μ) g, so that each step is 1 − μ times as long.",
            ("optax.ema with debias=False", "some courses"),
            {"lr": "lr * (1 - momentum)"},
            short="averaged",
        ),
        Convention(
            "Dampening d leaves out a share of every gradient but the first; with μ = 0 it does nothing.",
            ("PyTorch",),
            "There is no dampening.",
            ("optax", "Keras"),
            {"dampening": 0.0},
            short="undampened",
        ),
    ),
    Nesterov: (
        Convention(
            "The gradient is taken where the parameters stand, and the parameters are the look-ahead points.",
            ("PyTorch", "optax", "Keras"),
            "It is taken at a look-ahead point beside them: the same walk after a change of variables.",
            ("Nesterov (1983)", "Sutskever et al. (2013)"),
        ),
        RATE_OUTSIDE._replace(here="η multiplies the whole step."),
        Convention(
            "With μ = 0 there is nothing to look ahead by, and it is SGD.",
            ("optax", "Keras"),
            "It is refused.",
            ("PyTorch",),
            refused=lambda o: not o.momentum,
            what="nesterov without momentum",
        ),
    ),
    AdaGrad: (
        Convention(
            "ε stands outside the root.",
            ("PyTorch",),
            "ε stands under the root: at 1e−7 it then acts where √s is below 3e−4.",
            ("optax", "Keras"),
            {"eps_inside": True},
            short="ε as Keras",
        ),
        Convention(
            "Where ε and every gradient so far are 0, the step is 0 / 0: NaN.",
            ("PyTorch", "Keras"),
            "There is no step as long as the sum is 0.",
            ("optax",),
            corner=True,
        ),
    ),
    RMSProp: (
        Convention(
            "ε stands outside the root.",
            ("PyTorch", "optax with eps_in_sqrt=False"),
            "ε stands under the root: at 1e−8 it then acts where √v is below 1e−4.",
            ("Keras", "optax"),
            {"eps_inside": True},
            short="ε as Keras",
        ),
        Convention(
            "The memory starts at zero and is not corrected: the first step is 1 / √(1 − α) times η long.",
            ("PyTorch", "optax", "Keras"),
            "The zero start is divided out, as Adam does.",
            ("optax with bias_correction=True",),
        ),
        RATE_OUTSIDE._replace(agree=("PyTorch",), differ=("optax", "Keras")),
        Convention(
            "Where it is centered, a variance that rounding makes negative is 0.",
            ("nobody else",),
            "It stays negative, and where ε does not make up for it its root is NaN, and so is the walk from there on.",
            ("PyTorch", "optax", "Keras"),
            lost="square_avg - grad_avg**2 + eps * eps_inside",
        ),
    ),
    Adadelta: (
        Convention("ε stands under both roots.", ("PyTorch", "optax", "Keras", "the paper")),
        Convention(
            "η multiplies the step after Δ² has remembered it unscaled; 1 is the paper's Adadelta, which has no η.",
            ("PyTorch", "optax", "Keras"),
        ),
    ),
    AdaGradSummedRates: (
        Convention(
            "The learning rates are summed.",
            ("some course notes",),
            "The squared gradients are summed, and η is divided by the root of the sum.",
            ("Duchi, Hazan and Singer (2011)", "PyTorch", "optax", "Keras"),
            {"lr": "lr", "eps": "eps"},
            instead=AdaGrad,
            short="as published",
        ),
    ),
    RMSPropAveragedRates: (
        Convention(
            "The learning rates are averaged.",
            ("some course notes",),
            "The squared gradients are averaged, and η is divided by the root of the average.",
            ("Hinton's lecture (2012)", "PyTorch", "optax", "Keras"),
            {"lr": "lr", "alpha": "rho", "eps": "eps"},
            instead=RMSProp,
            short="as lectured",
        ),
    ),
    Rprop: (
        Convention(
            "A parameter whose slope just flipped rests for one step.",
            ("PyTorch",),
            "It takes its last step back.",
            ("Riedmiller and Braun (1993)",),
        ),
        Convention(
            "Each step is made of the gradient just seen.",
            ("PyTorch", "the paper"),
            "Each step is the one that the gradient before called for: the first has length zero.",
            ("optax",),
        ),
        Convention(
            "η₋ and η₊ may be 1: then that factor changes nothing.",
            ("optax",),
            "It is refused.",
            ("PyTorch",),
            refused=lambda o: not o.eta_minus < 1 < o.eta_plus,
            what="etas that do not lie below and above 1",
        ),
    ),
    Adam: (
        EPS_CORRECTED,
        Convention(
            "The zero start of both memories is divided out.",
            ("PyTorch", "optax", "Keras", "the paper"),
            "It is left in: at these defaults the first steps are three times as long.",
            ("BERT's training code",),
            {"bias_correction": False},
            short="as BERT",
        ),
    ),
    AdamW: (
        Convention(
            "The decay is multiplied by η: each step takes η λ of a parameter away.",
            ("PyTorch", "optax", "Keras"),
            "Each step takes λ of a parameter away, whatever η is.",
            ("the paper",),
            {"weight_decay": "weight_decay / lr"},
            short="as the paper",
        ),
        EPS_CORRECTED,
    ),
    Adamax: (
        Convention(
            "ε is added to |g| inside the maximum, which keeps it.",
            ("PyTorch", "optax"),
            "ε is added to u afterwards, and is not kept.",
            ("Keras",),
        ),
    ),
    AMSGrad: (
        Convention(
            "The maximum is of the raw v, and is corrected afterwards.",
            ("PyTorch", "Keras"),
            "v is corrected first, and the maximum is of v̂, which sways most in the first steps.",
            ("optax",),
        ),
        Convention(
            "The zero start of both memories is divided out.",
            ("PyTorch", "optax", "Keras"),
            "Nothing is corrected.",
            ("the paper",),
        ),
        EPS_CORRECTED._replace(agree=("PyTorch", "optax")),
    ),
    NAdam: (
        Convention(
            "The momentum warms up over the first hundreds of steps: ψ is 0.004, the paper's 1 / 250.",
            ("PyTorch", "the paper"),
            "It warms up within a few dozen steps: ψ is 1.",
            ("Keras",),
            {"momentum_decay": 1.0},
            short="ψ as Keras",
        ),
        Convention(
            "The momentum warms up.",
            ("PyTorch", "Keras", "the paper"),
            "There is no schedule: it is β₁ from the first step on, as with an infinite ψ.",
            ("optax",),
            {"momentum_decay": 1e6},
            short="as optax",
        ),
    ),
    RAdam: (
        Convention(
            "ε is added to the uncorrected √v.",
            ("PyTorch",),
            "ε is added to the corrected √v̂.",
            ("optax",),
        ),
        Convention(
            "Rectification starts when ρ is above 5.",
            ("PyTorch", "optax, at 5 too"),
            "It starts when ρ is above 4.",
            ("the paper",),
        ),
    ),
    AdaBelief: (
        Convention(
            "ε_s is added to the memory itself at every step, and ε to its root.",
            ("optax", "the paper"),
        ),
    ),
    Yogi: (
        Convention(
            "The start of both memories is divided out, although it is not zero.",
            ("optax",),
            "Nothing is corrected.",
            ("the paper",),
        ),
    ),
    Lion: (
        Convention(
            "β₁ may be 0: then each step has the sign of the gradient alone.",
            ("optax",),
            "It is refused.",
            ("Keras",),
            refused=lambda o: not o.beta1,
            what="a Lion whose beta_1 is 0",
        ),
    ),
}
