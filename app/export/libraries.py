"""Which optimizer of a library computes the update of one of ours, and with which arguments: a table for each library.

An optimizer that is not in a table, or whose settings do not fit, is written out from its equations instead.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from optim_core import (
    SGD,
    Adadelta,
    AdaGrad,
    Adam,
    Adamax,
    AdamW,
    AMSGrad,
    Lion,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    RAdam,
    RMSProp,
    Rprop,
)


class Native(NamedTuple):
    """How a library's own optimizer is called, with our names in braces."""

    call: str
    fits: Callable[[Any], bool] = lambda _: True  # whether it computes the same update with these settings
    otherwise: str = ""  # why not, where it does not
    note: Callable[[Any], str] = lambda _: ""  # what to know where it does


class Library(NamedTuple):
    """How the runs of a script are spelled for a library."""

    name: str  # empty: there are no optimizers to choose from
    module: str  # whose functions an update is written in
    by_hand: str  # what is called with `given` and an update: its function, settings and memory
    given: tuple[str, ...] = ()
    before: str = ""  # what stands before a call of the library's own optimizer
    natives: Mapping[type[Optimizer], Native] = MappingProxyType({})


TORCH_BETAS = "params, lr={lr}, betas=({beta1}, {beta2}), eps={eps}"


def _unclamped(optimizer: Any) -> str:
    return "the centered variance may fall below 0 by rounding: NaN, where the page has 0" if optimizer.centered else ""


TORCH_NATIVES: dict[type[Optimizer], Native] = {
    SGD: Native("torch.optim.SGD(params, lr={lr})"),
    Momentum: Native("torch.optim.SGD(params, lr={lr}, momentum={momentum}, dampening={dampening})"),
    Nesterov: Native(
        "torch.optim.SGD(params, lr={lr}, momentum={momentum}, nesterov=True)",
        lambda o: bool(o.momentum),
        "PyTorch has no Nesterov without momentum",
    ),
    AdaGrad: Native(
        "torch.optim.Adagrad(params, lr={lr}, initial_accumulator_value={initial_accumulator}, eps={eps})",
        lambda o: not o.eps_inside,
        "PyTorch adds epsilon outside the root",
    ),
    RMSProp: Native(
        "torch.optim.RMSprop(params, lr={lr}, alpha={alpha}, eps={eps}, momentum={momentum}, centered={centered})",
        lambda o: not o.eps_inside,
        "PyTorch adds epsilon outside the root",
        _unclamped,
    ),
    Adadelta: Native("torch.optim.Adadelta(params, lr={lr}, rho={rho}, eps={eps})"),
    Rprop: Native(
        "torch.optim.Rprop(params, lr={lr}, etas=({eta_minus}, {eta_plus}), step_sizes=({rate_min}, {rate_max}))",
        lambda o: o.eta_minus < 1 < o.eta_plus,
        "PyTorch's etas must lie below and above 1",
    ),
    Adam: Native(
        f"torch.optim.Adam({TORCH_BETAS})", lambda o: o.bias_correction, "PyTorch always corrects the zero start"
    ),
    AdamW: Native(f"torch.optim.AdamW({TORCH_BETAS}, weight_decay={{weight_decay}})"),
    Adamax: Native(f"torch.optim.Adamax({TORCH_BETAS})"),
    AMSGrad: Native(f"torch.optim.Adam({TORCH_BETAS}, amsgrad=True)"),
    NAdam: Native(f"torch.optim.NAdam({TORCH_BETAS}, momentum_decay={{momentum_decay}})"),
    RAdam: Native(f"torch.optim.RAdam({TORCH_BETAS})"),
}

KERAS_BETAS = "learning_rate={lr}, beta_1={beta1}, beta_2={beta2}, epsilon={eps}"


def _corrected(_: Any) -> str:
    return "Keras adds epsilon before the correction: see Corrected"


KERAS_NATIVES: dict[type[Optimizer], Native] = {
    SGD: Native("keras.optimizers.SGD(learning_rate={lr})"),
    Momentum: Native(
        "keras.optimizers.SGD(learning_rate={lr}, momentum={momentum})",
        lambda o: o.dampening == 0 or not o.momentum,
        "Keras has no dampening",
    ),
    Nesterov: Native("keras.optimizers.SGD(learning_rate={lr}, momentum={momentum}, nesterov=True)"),
    AdaGrad: Native(
        "keras.optimizers.Adagrad(learning_rate={lr}, initial_accumulator_value={initial_accumulator}, epsilon={eps})",
        lambda o: o.eps_inside,
        "Keras adds epsilon under the root",
    ),
    RMSProp: Native(
        "keras.optimizers.RMSprop(learning_rate={lr}, rho={alpha}, momentum={momentum}, epsilon={eps}, "
        "centered={centered})",
        lambda o: o.eps_inside,
        "Keras adds epsilon under the root",
        _unclamped,
    ),
    Adadelta: Native("keras.optimizers.Adadelta(learning_rate={lr}, rho={rho}, epsilon={eps})"),
    Adam: Native(
        f"Corrected(keras.optimizers.Adam({KERAS_BETAS}))",
        lambda o: o.bias_correction,
        "Keras always corrects the zero start",
        _corrected,
    ),
    AdamW: Native(f"Corrected(keras.optimizers.AdamW({KERAS_BETAS}, weight_decay={{weight_decay}}))", note=_corrected),
    AMSGrad: Native(f"Corrected(keras.optimizers.Adam({KERAS_BETAS}, amsgrad=True))", note=_corrected),
    Adamax: Native(
        f"keras.optimizers.Adamax({KERAS_BETAS})",
        lambda o: o.eps == 0,
        "Keras adds epsilon after the maximum, here it is added to the gradient",
    ),
    NAdam: Native(
        f"keras.optimizers.Nadam({KERAS_BETAS})",
        lambda o: o.momentum_decay == 1,
        "Keras warms its momentum up with a momentum_decay of 1",
    ),
    Lion: Native(
        "keras.optimizers.Lion(learning_rate={lr}, beta_1={beta1}, beta_2={beta2}, weight_decay={weight_decay})",
        lambda o: o.beta1 > 0,
        "Keras has no Lion without beta_1",
    ),
}

NUMPY = Library("", "np", "")
PYTORCH = Library("PyTorch", "torch", "lambda params: ByHand", ("params",), "lambda params: ", TORCH_NATIVES)
KERAS = Library("Keras", "np", "ByHand", natives=KERAS_NATIVES)
