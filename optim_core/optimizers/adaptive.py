"""The first optimizers with a learning rate of its own for every parameter, and Rprop, their ancestor in spirit."""

from dataclasses import dataclass

import numpy as np

from ..base import Optimizer
from ..hyper import Scalar, decay, epsilon, flag, hyper, learning_rate, rate_inside


@dataclass(frozen=True)
class AdaGrad(Optimizer):
    """Parameters that have seen large gradients take smaller steps, for ever after.

    Convention: PyTorch's; see `CONVENTIONS`. With `eps_inside`, Δθ = −η g / √(s + ε).
    effective_lr = η / (√s + ε);  rms_grad = √(Σg² / t), all gradients weighing the same.
    Duchi, Hazan and Singer, Adaptive Subgradient Methods (2011).
    """

    label = "AdaGrad"

    lr: Scalar = learning_rate(0.01)
    eps: Scalar = epsilon(1e-10)
    initial_accumulator: Scalar = hyper(0.0, "s₀", "the sum it starts from", range=(0, 1), bounds=(0, np.inf))
    eps_inside: bool = flag(False, "ε under the root", ("ε outside", "ε inside"))

    memory = {"sum_sq": "initial_accumulator"}
    equations = """
        sum_sq       = sum_sq + grad**2
        rms_grad     = sqrt((sum_sq - initial_accumulator) / t)
        effective_lr = lr / (sqrt(sum_sq + eps) if eps_inside else sqrt(sum_sq) + eps)
        delta        = -effective_lr * grad
    """


@dataclass(frozen=True)
class RMSProp(Optimizer):
    """Divide each gradient by a running estimate of its own size.

    Convention: PyTorch's but for the default α; see `CONVENTIONS`. With `eps_inside`, ε is under the root; with
    `lr_inside`, b sums up steps, each at the rate of its time.
    effective_lr = η / (√v + ε);  rms_grad = √v.
    Hinton, Neural Networks for Machine Learning, lecture 6e (2012); centered: Graves, arXiv:1308.0850 (2013).
    """

    label = "RMSProp"
    direction = "velocity"

    lr: Scalar = learning_rate(0.01)
    alpha: Scalar = decay(0.9, "α", "memory of the squared gradient", shared="beta")
    eps: Scalar = epsilon(1e-8)
    momentum: Scalar = decay(0.0, "μ", "memory of the scaled gradient")
    centered: bool = flag(False, "divide by the deviation from the mean gradient", ("not centered", "centered"))
    eps_inside: bool = flag(False, "ε under the root", ("ε outside", "ε inside"))
    lr_inside: bool = rate_inside()

    memory = {"square_avg": 0, "grad_avg": 0, "velocity": 0}
    equations = """
        square_avg   = alpha * square_avg + (1 - alpha) * grad**2
        if centered:
            grad_avg = alpha * grad_avg + (1 - alpha) * grad
            variance = maximum(square_avg - grad_avg**2, 0)  # rounding can make that of a constant gradient -1e-13
        root         = (
            sqrt((variance if centered else square_avg) + eps)
            if eps_inside
            else sqrt(variance if centered else square_avg) + eps
        )
        rms_grad     = sqrt(square_avg)
        effective_lr = lr / root
        if momentum:
            velocity = momentum * velocity + (lr * (grad / root) if lr_inside else grad / root)
        delta        = (-velocity if lr_inside else -lr * velocity) if momentum else -lr * (grad / root)
    """


@dataclass(frozen=True)
class Adadelta(Optimizer):
    """RMSProp whose learning rate is the recent size of its own steps, so that the units come out right.

    Convention: the same everywhere but for the defaults; see `LIBRARIES`.
    effective_lr = η √(Δ² + ε) / √(v + ε);  rms_grad = √v.
    Zeiler, ADADELTA: An Adaptive Learning Rate Method, arXiv:1212.5701 (2012).
    """

    label = "Adadelta"

    lr: Scalar = learning_rate(1.0)
    rho: Scalar = decay(0.9, "ρ", "memory of the squared gradient and of the squared step", shared="beta")
    eps: Scalar = epsilon(1e-6)

    memory = {"square_avg": 0, "delta_avg": 0}
    equations = """
        square_avg   = rho * square_avg + (1 - rho) * grad**2
        rms_grad     = sqrt(square_avg)
        ratio        = sqrt(delta_avg + eps) / sqrt(square_avg + eps)
        delta_avg    = rho * delta_avg + (1 - rho) * (ratio * grad)**2
        effective_lr = lr * ratio
        delta        = -effective_lr * grad
    """


@dataclass(frozen=True)
class AdaGradSummedRates(Optimizer):
    """AdaGrad as some course notes print it: every step adds to the learning rate, which therefore only grows.

    Convention: the rates α_i start at 0; no library has it.
    effective_lr = α_i;  rms_grad = |g|.
    A misreading of Duchi, Hazan and Singer (2011) found in lecture notes, shown here to be compared.
    """

    label = "AdaGrad, rates summed"
    warning = "As some course notes print it, not the published AdaGrad: its learning rate only grows."

    lr: Scalar = learning_rate(0.01)
    eps: Scalar = epsilon(1e-8)

    memory = {"rate": 0}
    equations = """
        rate         = rate + lr / (eps + abs(grad))
        effective_lr = rate
        rms_grad     = abs(grad)
        delta        = -effective_lr * grad
    """


@dataclass(frozen=True)
class RMSPropAveragedRates(Optimizer):
    """RMSProp as some course notes print it: it averages the learning rates, not the squared gradients.

    Convention: the rates α_i start at 0; no library has it. One tiny gradient makes the average huge for a long time.
    effective_lr = α_i;  rms_grad = |g|.
    A misreading of Hinton's lecture 6e (2012) found in lecture notes, shown here to be compared.
    """

    label = "RMSProp, rates averaged"
    warning = "As some course notes print it, not the published RMSProp: one tiny gradient makes its rate huge."

    lr: Scalar = learning_rate(0.01)
    rho: Scalar = decay(0.9, "ρ", "memory of the learning rate", shared="beta")
    eps: Scalar = epsilon(1e-8)

    memory = {"rate": 0}
    equations = """
        rate         = rho * rate + (1 - rho) * (lr / (eps + abs(grad)))
        effective_lr = rate
        rms_grad     = abs(grad)
        delta        = -effective_lr * grad
    """


@dataclass(frozen=True)
class Rprop(Optimizer):
    """Look only at the sign of each slope: grow the step while it stays the same, shrink it when it flips.

    Convention: PyTorch's; see `CONVENTIONS`.
    effective_lr = α_i;  rms_grad = |g|.
    Riedmiller and Braun, A Direct Adaptive Method for Faster Backpropagation Learning (1993).
    """

    label = "Rprop"

    lr: Scalar = learning_rate(0.01)
    eta_minus: Scalar = hyper(0.5, "η₋", "factor when the slope flips", range=(0.05, 1), bounds=(1e-6, 1))
    eta_plus: Scalar = hyper(1.2, "η₊", "factor while the slope keeps its sign", range=(1, 2), bounds=(1, 100))
    rate_min: Scalar = hyper(1e-6, "α_min", "smallest step", range=(1e-10, 1), bounds=(0, np.inf), scale="log")
    rate_max: Scalar = hyper(50.0, "α_max", "largest step", range=(1e-2, 100), bounds=(0, np.inf), scale="log")

    memory = {"prev_grad": 0, "rate": "lr"}
    equations = """
        agreement    = grad * prev_grad
        factor       = where(agreement > 0, eta_plus, where(agreement < 0, eta_minus, 1.0))
        rate         = minimum(maximum(rate * factor, rate_min), rate_max)
        prev_grad    = where(agreement < 0, 0.0, grad)
        effective_lr = rate
        rms_grad     = abs(grad)
        delta        = -effective_lr * sign(prev_grad)
    """


ADAPTIVE_FAMILY = {
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adadelta": Adadelta,
    "adagrad-summed-rates": AdaGradSummedRates,
    "rmsprop-averaged-rates": RMSPropAveragedRates,
    "rprop": Rprop,
}
