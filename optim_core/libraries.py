"""How PyTorch, Keras and optax call our optimizers: their own signatures, and which of our classes each makes.

A table, which calls.py reads both ways; which argument is which of our numbers stands in letters.py. As of PyTorch
2.13, Keras 3.15 and optax 0.2.8. Where they differ although the numbers are the same: conventions.py.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .base import Optimizer
from .hyper import hypers
from .letters import NOTATIONS, Letters
from .optimizers.adam import AdaBelief, Adam, Adamax, AdamW, AMSGrad, Lion, NAdam, RAdam, Yogi
from .optimizers.adaptive import Adadelta, AdaGrad, RMSProp, Rprop
from .optimizers.sgd import SGD, Momentum, Nesterov

FLAGS = {"eps_inside": "eps_in_sqrt"}  # a flag that has no symbol -> its argument, where that has another name
REQUIRED = object()  # the default of an argument that has none


@dataclass(frozen=True)
class Signature:
    """What a library lets an optimizer be called with."""

    parameters: str  # as Python writes them
    makes: type[Optimizer]
    instead: Mapping[str, type[Optimizer]] = field(default_factory=dict)  # argument -> what it makes where it is on

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """Every argument, in its order -> its default, or REQUIRED."""
        declared = self._declared
        plain = [*declared.args, *declared.kwonlyargs]
        given = [ast.literal_eval(value) for value in (*declared.defaults, *declared.kw_defaults)]
        return dict(zip((one.arg for one in plain), [REQUIRED] * (len(plain) - len(given)) + given, strict=True))

    @cached_property
    def in_order(self) -> tuple[str, ...]:
        """The arguments that may be given without their names."""
        return tuple(one.arg for one in self._declared.args)

    @property
    def _declared(self) -> ast.arguments:
        return ast.parse(f"lambda {self.parameters}: 0", mode="eval").body.args

    def chosen(self, given: Mapping[str, Any]) -> tuple[type[Optimizer], str]:
        """What is made where these arguments are given, and the first of `instead` that is on, which says so."""
        now = self.defaults | given
        return next(((cls, argument) for argument, cls in self.instead.items() if now[argument]), (self.makes, ""))

    def flag_for(self, cls: type[Optimizer]) -> str | None:
        """The argument that has to be on for this class; empty for none, None where it is never made."""
        if cls is self.chosen({})[0]:
            return ""
        return next((argument for argument, other in self.instead.items() if other is cls), None)


@dataclass(frozen=True)
class Library:
    """How a library spells what it is called with."""

    name: str
    prefix: str  # what stands before the name of an optimizer
    known_by: frozenset[str]  # words of a prefix that no other library has
    letters: Letters  # symbol -> argument, "betas[1]" where that is one of a pair
    signatures: Mapping[str, Signature]
    l2: tuple[str, str] = ("", "")  # the argument that adds ½ λ |θ|² to the loss, and the flag with which it does not

    def signature_of(self, cls: type[Optimizer]) -> tuple[str, Signature] | None:
        """How a class is called here, by the fewest words; None where the library has none."""
        found = [(name, one) for name, one in self.signatures.items() if one.flag_for(cls) is not None]
        return min(found, key=lambda pair: pair[1].flag_for(cls) != "", default=None)

    def argument(self, cls: type[Optimizer], name: str) -> tuple[str, int | None]:
        """The argument that gives a field its value, if any does, and its place where that is a pair."""
        symbol = hypers(cls)[name].symbol
        argument, _, place = (self.letters.of(symbol) if symbol else FLAGS.get(name, name)).partition("[")
        return argument, int(place.strip("]")) if place else None

    def fields(self, cls: type[Optimizer], signature: Signature) -> list[str]:
        """The fields of a class that a call can say."""
        return [name for name in hypers(cls) if self.argument(cls, name)[0] in signature.defaults]


# --- the libraries --------------------------------------------------------------------------------------------------

_MOMENTUM = {"nesterov": Nesterov, "momentum": Momentum}
_BETAS = "params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8"
_HOW = "foreach=None, maximize=False, capturable=False, differentiable=False"

PYTORCH = Library(
    "PyTorch",
    "torch.optim.",
    frozenset({"torch", "optim"}),
    NOTATIONS["pytorch"],
    {
        "SGD": Signature(
            "params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, *, maximize=False, "
            "foreach=None, differentiable=False, fused=None",
            SGD,
            _MOMENTUM,
        ),
        "Adagrad": Signature(
            "params, lr=1e-2, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10, foreach=None, *, "
            "maximize=False, differentiable=False, fused=None",
            AdaGrad,
        ),
        "RMSprop": Signature(
            "params, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False, capturable=False, "
            "foreach=None, maximize=False, differentiable=False",
            RMSProp,
        ),
        "Adadelta": Signature(
            "params, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0, foreach=None, *, capturable=False, maximize=False, "
            "differentiable=False",
            Adadelta,
        ),
        "Rprop": Signature(
            "params, lr=1e-2, etas=(0.5, 1.2), step_sizes=(1e-6, 50), *, capturable=False, foreach=None, "
            "maximize=False, differentiable=False",
            Rprop,
        ),
        "Adam": Signature(
            f"{_BETAS}, weight_decay=0, amsgrad=False, *, {_HOW}, fused=None, decoupled_weight_decay=False",
            Adam,
            {"amsgrad": AMSGrad, "decoupled_weight_decay": AdamW},
        ),
        "AdamW": Signature(
            f"{_BETAS}, weight_decay=1e-2, amsgrad=False, *, maximize=False, foreach=None, capturable=False, "
            "differentiable=False, fused=None",
            AdamW,
        ),
        "Adamax": Signature(
            "params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, foreach=None, *, maximize=False, "
            "differentiable=False, capturable=False",
            Adamax,
        ),
        "NAdam": Signature(
            "params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3, "
            f"decoupled_weight_decay=False, *, {_HOW}",
            NAdam,
        ),
        "RAdam": Signature(f"{_BETAS}, weight_decay=0, decoupled_weight_decay=False, *, {_HOW}", RAdam),
    },
    l2=("weight_decay", "decoupled_weight_decay"),
)

_EVERY = (
    "clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False, ema_momentum=0.99, "
    "ema_overwrite_frequency=None, loss_scale_factor=None, gradient_accumulation_steps=None, name=None"
)
_BETA_1 = "beta_1=0.9, beta_2=0.999, epsilon=1e-7"

KERAS = Library(
    "Keras",
    "keras.optimizers.",
    frozenset({"keras", "tf", "tensorflow", "optimizers"}),
    NOTATIONS["keras"],
    {
        "SGD": Signature(
            f"learning_rate=0.01, momentum=0.0, nesterov=False, weight_decay=None, {_EVERY}", SGD, _MOMENTUM
        ),
        "Adagrad": Signature(
            f"learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7, weight_decay=None, {_EVERY}", AdaGrad
        ),
        "RMSprop": Signature(
            "learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, weight_decay=None, " + _EVERY,
            RMSProp,
        ),
        "Adadelta": Signature(f"learning_rate=0.001, rho=0.95, epsilon=1e-7, weight_decay=None, {_EVERY}", Adadelta),
        "Adam": Signature(
            f"learning_rate=0.001, {_BETA_1}, amsgrad=False, weight_decay=None, {_EVERY}",
            Adam,
            {"amsgrad": AMSGrad, "weight_decay": AdamW},
        ),
        "AdamW": Signature(f"learning_rate=0.001, weight_decay=0.004, {_BETA_1}, amsgrad=False, {_EVERY}", AdamW),
        "Adamax": Signature(f"learning_rate=0.001, {_BETA_1}, weight_decay=None, {_EVERY}", Adamax),
        "Nadam": Signature(f"learning_rate=0.001, {_BETA_1}, weight_decay=None, {_EVERY}", NAdam),
        "Lion": Signature(f"learning_rate=0.001, beta_1=0.9, beta_2=0.99, weight_decay=None, {_EVERY}", Lion),
    },
)

_B1 = "learning_rate, b1=0.9, b2=0.999, eps=1e-8"

OPTAX = Library(
    "optax",
    "optax.",
    frozenset({"optax"}),
    NOTATIONS["optax"],
    {
        "sgd": Signature("learning_rate, momentum=None, nesterov=False, accumulator_dtype=None", SGD, _MOMENTUM),
        "adagrad": Signature("learning_rate, initial_accumulator_value=0.1, eps=1e-7", AdaGrad),
        "rmsprop": Signature(
            "learning_rate, decay=0.9, eps=1e-8, initial_scale=0.0, eps_in_sqrt=True, centered=False, momentum=None, "
            "nesterov=False, bias_correction=False",
            RMSProp,
        ),
        "adadelta": Signature(
            "learning_rate=None, rho=0.9, eps=1e-6, weight_decay=0.0, weight_decay_mask=None", Adadelta
        ),
        "rprop": Signature("learning_rate, eta_minus=0.5, eta_plus=1.2, min_step_size=1e-6, max_step_size=50.0", Rprop),
        "adam": Signature(f"{_B1}, eps_root=0.0, mu_dtype=None, *, nesterov=False", Adam, {"nesterov": NAdam}),
        "adamw": Signature(
            f"{_B1}, eps_root=0.0, mu_dtype=None, weight_decay=1e-4, mask=None, *, nesterov=False", AdamW
        ),
        "adamax": Signature(_B1, Adamax),
        "amsgrad": Signature(
            f"{_B1}, eps_root=0.0, mu_dtype=None, bias_correction_mu=True, bias_correction_nu=True", AMSGrad
        ),
        "nadam": Signature(f"{_B1}, eps_root=0.0, mu_dtype=None, *, nesterov=True", Adam, {"nesterov": NAdam}),
        "radam": Signature(f"{_B1}, eps_root=0.0, threshold=5.0, *, nesterov=False", RAdam),
        "adabelief": Signature(
            "learning_rate, b1=0.9, b2=0.999, eps=1e-16, eps_root=1e-16, *, nesterov=False", AdaBelief
        ),
        "yogi": Signature("learning_rate, b1=0.9, b2=0.999, eps=1e-3", Yogi),
        "lion": Signature("learning_rate, b1=0.9, b2=0.99, mu_dtype=None, weight_decay=1e-3, mask=None", Lion),
    },
)

LIBRARIES: dict[str, Library] = {"torch": PYTORCH, "keras": KERAS, "optax": OPTAX}
