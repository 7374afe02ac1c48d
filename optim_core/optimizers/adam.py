"""Adam and its descendants: momentum in the direction, a memory of squares in the rate."""

from dataclasses import dataclass

import numpy as np

from ..base import Optimizer
from ..equations import PerWalk
from ..hyper import Scalar, decay, decoupled_decay, epsilon, flag, hyper, learning_rate

BETA1 = "memory of the gradient"
BETA2 = "memory of the squared gradient"


@dataclass(frozen=True)
class Adam(Optimizer):
    """Momentum for the direction, RMSProp for the rate, and both corrected for their start at zero.

    Convention: PyTorch's, which is Algorithm 1 of the paper; see `CONVENTIONS`. Without `bias_correction`, m̂ = m
    and v̂ = v.
    effective_lr = η / (√v̂ + ε);  rms_grad = √v̂.
    Kingma and Ba, Adam: A Method for Stochastic Optimization, arXiv:1412.6980 (2014).
    """

    label = "Adam"
    direction = "m_hat"

    lr: Scalar = learning_rate(1e-3)
    beta1: Scalar = decay(0.9, "β₁", BETA1)
    beta2: Scalar = decay(0.999, "β₂", BETA2, shared="beta")
    eps: Scalar = epsilon(1e-8)
    bias_correction: bool = flag(True, "divide out the zero start", ("uncorrected", "corrected"))

    memory = {"m": 0, "v": 0}
    equations = """
        m            = beta1 * m + (1 - beta1) * grad
        v            = beta2 * v + (1 - beta2) * grad**2
        m_hat        = m / (1 - beta1**t) if bias_correction else m
        v_hat        = v / (1 - beta2**t) if bias_correction else v
        rms_grad     = sqrt(v_hat)
        effective_lr = lr / (rms_grad + eps)
        delta        = -effective_lr * m_hat
    """


@dataclass(frozen=True)
class AdamW(Optimizer):
    """Adam that also shrinks every parameter a little at each step, by itself and not through the gradient.

    Convention: PyTorch's; see `CONVENTIONS`.
    effective_lr = η / (√v̂ + ε);  rms_grad = √v̂.
    Loshchilov and Hutter, Decoupled Weight Decay Regularization, arXiv:1711.05101 (2017).
    """

    label = "AdamW"
    direction = "m_hat"

    lr: Scalar = learning_rate(1e-3)
    beta1: Scalar = decay(0.9, "β₁", BETA1)
    beta2: Scalar = decay(0.999, "β₂", BETA2, shared="beta")
    eps: Scalar = epsilon(1e-8)
    weight_decay: Scalar = decoupled_decay(0.01)

    memory = {"m": 0, "v": 0}
    equations = """
        m            = beta1 * m + (1 - beta1) * grad
        v            = beta2 * v + (1 - beta2) * grad**2
        m_hat        = m / (1 - beta1**t)
        v_hat        = v / (1 - beta2**t)
        rms_grad     = sqrt(v_hat)
        effective_lr = lr / (rms_grad + eps)
        delta        = -effective_lr * m_hat - lr * weight_decay * params
    """


@dataclass(frozen=True)
class Adamax(Optimizer):
    """Adam whose memory of squares is replaced by the largest recent gradient.

    Convention: PyTorch's; see `CONVENTIONS`.
    effective_lr = η / ((1 − β₁ᵗ) u);  rms_grad = u.
    Kingma and Ba, arXiv:1412.6980, section 7.1 (2014).
    """

    label = "Adamax"
    direction = "m"

    lr: Scalar = learning_rate(2e-3)
    beta1: Scalar = decay(0.9, "β₁", BETA1)
    beta2: Scalar = decay(0.999, "β₂", "memory of the largest gradient", shared="beta")
    eps: Scalar = epsilon(1e-8)

    memory = {"m": 0, "u": 0}
    equations = """
        m            = beta1 * m + (1 - beta1) * grad
        u            = maximum(beta2 * u, abs(grad) + eps)
        rms_grad     = u
        effective_lr = lr / ((1 - beta1**t) * u)
        delta        = -effective_lr * m
    """


@dataclass(frozen=True)
class AMSGrad(Optimizer):
    """Adam that never forgets the largest memory of squares it has had.

    Convention: PyTorch's code; see `CONVENTIONS`. Early on the rate can still grow.
    effective_lr = η / (√(v_max / (1 − β₂ᵗ)) + ε);  rms_grad = √v̂.
    Reddi, Kale and Kumar, On the Convergence of Adam and Beyond (2018).
    """

    label = "AMSGrad"
    direction = "m_hat"

    lr: Scalar = learning_rate(1e-3)
    beta1: Scalar = decay(0.9, "β₁", BETA1)
    beta2: Scalar = decay(0.999, "β₂", BETA2, shared="beta")
    eps: Scalar = epsilon(1e-8)

    memory = {"m": 0, "v": 0, "v_max": 0}
    equations = """
        m            = beta1 * m + (1 - beta1) * grad
        v            = beta2 * v + (1 - beta2) * grad**2
        v_max        = maximum(v_max, v)
        m_hat        = m / (1 - beta1**t)
        rms_grad     = sqrt(v / (1 - beta2**t))
        effective_lr = lr / (sqrt(v_max / (1 - beta2**t)) + eps)
        delta        = -effective_lr * m_hat
    """


@dataclass(frozen=True)
class NAdam(Optimizer):
    """Adam with Nesterov's look ahead, its momentum warming up over the first steps.

    Convention: PyTorch's, with the paper's momentum schedule ψ (`momentum_decay`); see `CONVENTIONS`.
    effective_lr = η / (√v̂ + ε);  rms_grad = √v̂.
    Dozat, Incorporating Nesterov Momentum into Adam (2016).
    """

    label = "NAdam"
    direction = "m_bar"

    lr: Scalar = learning_rate(2e-3)
    beta1: Scalar = decay(0.9, "β₁", BETA1)
    beta2: Scalar = decay(0.999, "β₂", BETA2, shared="beta")
    eps: Scalar = epsilon(1e-8)
    momentum_decay: Scalar = hyper(
        4e-3, "ψ", "how fast the momentum warms up", range=(1e-4, 1), bounds=(0, np.inf), scale="log"
    )

    memory = {"m": 0, "v": 0, "mu_product": PerWalk(1)}
    equations = """
        mu           = beta1 * (1 - 0.5 * 0.96**(t * momentum_decay))
        mu_next      = beta1 * (1 - 0.5 * 0.96**((t + 1) * momentum_decay))
        mu_product   = mu_product * mu
        m            = beta1 * m + (1 - beta1) * grad
        v            = beta2 * v + (1 - beta2) * grad**2
        m_bar        = mu_next * m / (1 - mu_product * mu_next) + (1 - mu) * grad / (1 - mu_product)
        rms_grad     = sqrt(v / (1 - beta2**t))
        effective_lr = lr / (rms_grad + eps)
        delta        = -effective_lr * m_bar
    """


@dataclass(frozen=True)
class RAdam(Optimizer):
    """Adam that walks like momentum until its memory of squares has seen enough gradients to be trusted.

    Convention: PyTorch's; see `CONVENTIONS`.
    effective_lr = η r √(1 − β₂ᵗ) / (√v + ε), η before rectification starts;  rms_grad = √v̂.
    Liu et al., On the Variance of the Adaptive Learning Rate and Beyond, arXiv:1908.03265 (2019).
    """

    label = "RAdam"
    direction = "m_hat"

    lr: Scalar = learning_rate(1e-3)
    beta1: Scalar = decay(0.9, "β₁", BETA1)
    beta2: Scalar = decay(0.999, "β₂", BETA2, shared="beta")
    eps: Scalar = epsilon(1e-8)

    memory = {"m": 0, "v": 0}
    equations = """
        m            = beta1 * m + (1 - beta1) * grad
        v            = beta2 * v + (1 - beta2) * grad**2
        m_hat        = m / (1 - beta1**t)
        seen         = 1 - beta2**t
        rho_inf      = 2 / (1 - beta2) - 1
        rho          = rho_inf - 2 * t * beta2**t / seen
        r_sq         = (rho - 4) * (rho - 2) * rho_inf / where(rho > 5, (rho_inf - 4) * (rho_inf - 2) * rho, 1.0)
        r            = sqrt(maximum(r_sq, 0.0))  # below 5 nobody reads it, and r_sq may be negative
        rms_grad     = sqrt(v / seen)
        effective_lr = where(rho > 5, lr * r * sqrt(seen) / (sqrt(v) + eps), lr)
        delta        = -effective_lr * m_hat
    """


@dataclass(frozen=True)
class AdaBelief(Optimizer):
    """Adam that trusts a gradient by how well it was expected: small steps where it is surprised.

    Convention: optax's (PyTorch has none); see `CONVENTIONS`.
    effective_lr = η / (√ŝ + ε);  rms_grad = √ŝ, the RMS of the surprise g − m rather than of g.
    Zhuang et al., AdaBelief Optimizer, arXiv:2010.07468 (2020).
    """

    label = "AdaBelief"
    rms_label = "RMS surprise"
    direction = "m_hat"

    lr: Scalar = learning_rate(1e-3)
    beta1: Scalar = decay(0.9, "β₁", BETA1)
    beta2: Scalar = decay(0.999, "β₂", "memory of the squared surprise", shared="beta")
    eps: Scalar = epsilon(1e-16, least=1e-16)
    eps_root: Scalar = hyper(
        1e-16, "ε_s", "added to the memory at every step", range=(1e-16, 1), bounds=(0, np.inf), scale="log"
    )

    memory = {"m": 0, "s": 0}
    equations = """
        m            = beta1 * m + (1 - beta1) * grad
        s            = beta2 * s + (1 - beta2) * (grad - m)**2 + eps_root
        m_hat        = m / (1 - beta1**t)
        rms_grad     = sqrt(s / (1 - beta2**t))
        effective_lr = lr / (rms_grad + eps)
        delta        = -effective_lr * m_hat
    """


@dataclass(frozen=True)
class Yogi(Optimizer):
    """Adam whose memory of squares moves towards the newest square by a fixed share of it, never in one jump.

    Convention: optax's (PyTorch has none), with m₀ = v₀ = `initial_accumulator`; see `CONVENTIONS`. The default η is
    the paper's.
    effective_lr = η / (√v̂ + ε);  rms_grad = √v.
    Zaheer et al., Adaptive Methods for Nonconvex Optimization (2018).
    """

    label = "Yogi"
    direction = "m_hat"

    lr: Scalar = learning_rate(1e-2)
    beta1: Scalar = decay(0.9, "β₁", BETA1)
    beta2: Scalar = decay(0.999, "β₂", BETA2, shared="beta")
    eps: Scalar = epsilon(1e-3)
    initial_accumulator: Scalar = hyper(
        1e-6, "m₀, v₀", "what both memories start from", range=(1e-10, 1), bounds=(0, np.inf), scale="log"
    )

    memory = {"m": "initial_accumulator", "v": "initial_accumulator"}
    equations = """
        m            = beta1 * m + (1 - beta1) * grad
        v            = v - (1 - beta2) * sign(v - grad**2) * grad**2
        m_hat        = m / (1 - beta1**t)
        v_hat        = v / (1 - beta2**t)
        rms_grad     = sqrt(v)
        effective_lr = lr / (sqrt(v_hat) + eps)
        delta        = -effective_lr * m_hat
    """


@dataclass(frozen=True)
class Lion(Optimizer):
    """Step by the same length in every direction: only the sign of a smoothed gradient counts.

    Convention: optax's (PyTorch has none); see `CONVENTIONS`. The default η is the paper's.
    effective_lr = η, the factor on a sign;  rms_grad = |g|.
    Chen et al., Symbolic Discovery of Optimization Algorithms, arXiv:2302.06675 (2023).
    """

    label = "Lion"
    direction = "m"

    lr: Scalar = learning_rate(1e-4)
    beta1: Scalar = decay(0.9, "β₁", "memory in the direction of the step")
    beta2: Scalar = decay(0.99, "β₂", BETA1, shared="beta")
    weight_decay: Scalar = decoupled_decay(1e-3)

    memory = {"m": 0}
    equations = """
        direction    = sign(beta1 * m + (1 - beta1) * grad)
        m            = beta2 * m + (1 - beta2) * grad
        effective_lr = lr
        rms_grad     = abs(grad)
        delta        = -effective_lr * (direction + weight_decay * params)
    """


ADAM_FAMILY = {
    "adam": Adam,
    "adamw": AdamW,
    "adamax": Adamax,
    "amsgrad": AMSGrad,
    "nadam": NAdam,
    "radam": RAdam,
    "adabelief": AdaBelief,
    "yogi": Yogi,
    "lion": Lion,
}
