"""Adam and its descendants: momentum in the direction, a memory of squares in the rate."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..base import Array, Convention, Diagnostics, Equation, Optimizer, ema, power, unbias
from ..hyper import Scalar, decay, decoupled_decay, epsilon, flag, hyper, learning_rate

BETA1 = "memory of the gradient"
BETA2 = "memory of the squared gradient"

EPS_CORRECTED = Convention(
    "ε is added to the corrected √v̂.",
    ("PyTorch", "optax", "the paper's Algorithm 1"),
    "ε is added to the uncorrected √v, and so weighs more during the first steps.",
    ("Keras",),
)


class AdamState(NamedTuple):
    m: Array  # (n_params, ...)
    v: Array  # (n_params, ...)


class AdamaxState(NamedTuple):
    m: Array  # (n_params, ...)
    u: Array  # (n_params, ...)


class AMSGradState(NamedTuple):
    m: Array  # (n_params, ...)
    v: Array  # (n_params, ...)
    v_max: Array  # (n_params, ...)


class NAdamState(NamedTuple):
    m: Array  # (n_params, ...)
    v: Array  # (n_params, ...)
    mu_product: Array  # (...): the same for all parameters


class AdaBeliefState(NamedTuple):
    m: Array  # (n_params, ...)
    s: Array  # (n_params, ...)


class LionState(NamedTuple):
    m: Array  # (n_params, ...)


@dataclass(frozen=True)
class Adam(Optimizer):
    """Momentum for the direction, RMSProp for the rate, and both corrected for their start at zero.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        m̂ = m / (1 − β₁ᵗ)      v̂ = v / (1 − β₂ᵗ)
        Δθ = −η m̂ / (√v̂ + ε)

    Convention: PyTorch's, which is Algorithm 1 of the paper; see `conventions`. Without `bias_correction`, m̂ = m
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
    bias_correction: bool = flag(True, "divide out the zero start")

    def init(self, params: Array) -> AdamState:
        return AdamState(np.zeros_like(params), np.zeros_like(params))

    def update(self, grad: Array, state: AdamState, params: Array, t: int) -> tuple[Array, AdamState, Diagnostics]:
        m = ema(state.m, grad, self.beta1)
        v = ema(state.v, np.square(grad), self.beta2)
        m_hat = unbias(m, self.beta1, t) if self.bias_correction else m
        v_hat = unbias(v, self.beta2, t) if self.bias_correction else v
        rms_grad = np.sqrt(v_hat)
        effective_lr = self.lr / (rms_grad + self.eps)
        return -effective_lr * m_hat, AdamState(m, v), Diagnostics(effective_lr, rms_grad)

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("m", "beta1 * m + (1 - beta1) * grad"),
            Equation("v", "beta2 * v + (1 - beta2) * grad**2"),
            Equation("m_hat", "m / (1 - beta1**t)" if self.bias_correction else "m"),
            Equation("v_hat", "v / (1 - beta2**t)" if self.bias_correction else "v"),
            Equation("rms_grad", "sqrt(v_hat)"),
            Equation("effective_lr", "lr / (rms_grad + eps)"),
            Equation("delta", "-effective_lr * m_hat"),
        )

    conventions = (
        EPS_CORRECTED,
        Convention(
            "The zero start of both memories is divided out.",
            ("PyTorch", "optax", "Keras", "the paper"),
            "It is left in: at these defaults the first steps are three times as long.",
            ("BERT's training code",),
            {"bias_correction": False},
        ),
    )


@dataclass(frozen=True)
class AdamW(Optimizer):
    """Adam that also shrinks every parameter a little at each step, by itself and not through the gradient.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        m̂ = m / (1 − β₁ᵗ)      v̂ = v / (1 − β₂ᵗ)
        Δθ = −η m̂ / (√v̂ + ε) − η λ θ

    Convention: PyTorch's; see `conventions`.
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

    def init(self, params: Array) -> AdamState:
        return AdamState(np.zeros_like(params), np.zeros_like(params))

    def update(self, grad: Array, state: AdamState, params: Array, t: int) -> tuple[Array, AdamState, Diagnostics]:
        m = ema(state.m, grad, self.beta1)
        v = ema(state.v, np.square(grad), self.beta2)
        rms_grad = np.sqrt(unbias(v, self.beta2, t))
        effective_lr = self.lr / (rms_grad + self.eps)
        delta = -effective_lr * unbias(m, self.beta1, t) - self.lr * self.weight_decay * params
        return delta, AdamState(m, v), Diagnostics(effective_lr, rms_grad)

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("m", "beta1 * m + (1 - beta1) * grad"),
            Equation("v", "beta2 * v + (1 - beta2) * grad**2"),
            Equation("m_hat", "m / (1 - beta1**t)"),
            Equation("v_hat", "v / (1 - beta2**t)"),
            Equation("rms_grad", "sqrt(v_hat)"),
            Equation("effective_lr", "lr / (rms_grad + eps)"),
            Equation("delta", "-effective_lr * m_hat - lr * weight_decay * params"),
        )

    conventions = (
        Convention(
            "The decay is multiplied by η: each step takes η λ of a parameter away.",
            ("PyTorch", "optax", "Keras"),
            "Each step takes λ of a parameter away, whatever η is.",
            ("the paper",),
            {"weight_decay": "weight_decay / lr"},
        ),
        Convention(
            "λ is 0.01 unless told otherwise.",
            ("PyTorch",),
            "It is 0.004.",
            ("Keras",),
            {"weight_decay": 0.004},
        ),
        Convention(
            "λ is 0.01 unless told otherwise.", ("PyTorch",), "It is 0.0001.", ("optax",), {"weight_decay": 1e-4}
        ),
        EPS_CORRECTED,
    )


@dataclass(frozen=True)
class Adamax(Optimizer):
    """Adam whose memory of squares is replaced by the largest recent gradient.

        m ← β₁ m + (1 − β₁) g
        u ← max(β₂ u, |g| + ε)
        Δθ = −η / (1 − β₁ᵗ) · m / u

    Convention: PyTorch's; see `conventions`.
    effective_lr = η / ((1 − β₁ᵗ) u);  rms_grad = u.
    Kingma and Ba, arXiv:1412.6980, section 7.1 (2014).
    """

    label = "Adamax"
    direction = "m"

    lr: Scalar = learning_rate(2e-3)
    beta1: Scalar = decay(0.9, "β₁", BETA1)
    beta2: Scalar = decay(0.999, "β₂", "memory of the largest gradient", shared="beta")
    eps: Scalar = epsilon(1e-8)

    def init(self, params: Array) -> AdamaxState:
        return AdamaxState(np.zeros_like(params), np.zeros_like(params))

    def update(self, grad: Array, state: AdamaxState, params: Array, t: int) -> tuple[Array, AdamaxState, Diagnostics]:
        m = ema(state.m, grad, self.beta1)
        u = np.maximum(self.beta2 * state.u, np.abs(grad) + self.eps)
        effective_lr = self.lr / ((1 - power(self.beta1, t)) * u)
        return -effective_lr * m, AdamaxState(m, u), Diagnostics(effective_lr, u)

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("m", "beta1 * m + (1 - beta1) * grad"),
            Equation("u", "maximum(beta2 * u, abs(grad) + eps)"),
            Equation("rms_grad", "u"),
            Equation("effective_lr", "lr / ((1 - beta1**t) * u)"),
            Equation("delta", "-effective_lr * m"),
        )

    conventions = (
        Convention(
            "ε is added to |g| inside the maximum, which keeps it.",
            ("PyTorch", "optax"),
            "ε is added to u afterwards, and is not kept.",
            ("Keras",),
        ),
    )


@dataclass(frozen=True)
class AMSGrad(Optimizer):
    """Adam that never forgets the largest memory of squares it has had.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        v_max ← max(v_max, v)
        Δθ = −η m̂ / (√(v_max / (1 − β₂ᵗ)) + ε)

    Convention: PyTorch's code; see `conventions`. Early on the rate can still grow.
    effective_lr = η / (√(v_max / (1 − β₂ᵗ)) + ε);  rms_grad = √v̂.
    Reddi, Kale and Kumar, On the Convergence of Adam and Beyond (2018).
    """

    label = "AMSGrad"
    direction = "m_hat"

    lr: Scalar = learning_rate(1e-3)
    beta1: Scalar = decay(0.9, "β₁", BETA1)
    beta2: Scalar = decay(0.999, "β₂", BETA2, shared="beta")
    eps: Scalar = epsilon(1e-8)

    def init(self, params: Array) -> AMSGradState:
        return AMSGradState(np.zeros_like(params), np.zeros_like(params), np.zeros_like(params))

    def update(
        self, grad: Array, state: AMSGradState, params: Array, t: int
    ) -> tuple[Array, AMSGradState, Diagnostics]:
        m = ema(state.m, grad, self.beta1)
        v = ema(state.v, np.square(grad), self.beta2)
        v_max = np.maximum(state.v_max, v)
        rms_grad = np.sqrt(unbias(v, self.beta2, t))
        effective_lr = self.lr / (np.sqrt(unbias(v_max, self.beta2, t)) + self.eps)
        delta = -effective_lr * unbias(m, self.beta1, t)
        return delta, AMSGradState(m, v, v_max), Diagnostics(effective_lr, rms_grad)

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("m", "beta1 * m + (1 - beta1) * grad"),
            Equation("v", "beta2 * v + (1 - beta2) * grad**2"),
            Equation("v_max", "maximum(v_max, v)"),
            Equation("m_hat", "m / (1 - beta1**t)"),
            Equation("rms_grad", "sqrt(v / (1 - beta2**t))"),
            Equation("effective_lr", "lr / (sqrt(v_max / (1 - beta2**t)) + eps)"),
            Equation("delta", "-effective_lr * m_hat"),
        )

    conventions = (
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
    )


@dataclass(frozen=True)
class NAdam(Optimizer):
    """Adam with Nesterov's look ahead, its momentum warming up over the first steps.

        μₜ = β₁ (1 − ½ · 0.96^(t ψ))      Π ← Π μₜ
        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        m̄ = μₜ₊₁ m / (1 − Π μₜ₊₁) + (1 − μₜ) g / (1 − Π)
        Δθ = −η m̄ / (√v̂ + ε)

    Convention: PyTorch's, with the paper's momentum schedule ψ (`momentum_decay`); see `conventions`.
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

    def init(self, params: Array) -> NAdamState:
        return NAdamState(np.zeros_like(params), np.zeros_like(params), np.ones(()))

    def update(self, grad: Array, state: NAdamState, params: Array, t: int) -> tuple[Array, NAdamState, Diagnostics]:
        mu = self.beta1 * (1 - 0.5 * power(0.96, t * self.momentum_decay))
        mu_next = self.beta1 * (1 - 0.5 * power(0.96, (t + 1) * self.momentum_decay))
        mu_product = state.mu_product * mu
        m = ema(state.m, grad, self.beta1)
        v = ema(state.v, np.square(grad), self.beta2)
        m_bar = mu_next * m / (1 - mu_product * mu_next) + (1 - mu) * grad / (1 - mu_product)
        rms_grad = np.sqrt(unbias(v, self.beta2, t))
        effective_lr = self.lr / (rms_grad + self.eps)
        return -effective_lr * m_bar, NAdamState(m, v, mu_product), Diagnostics(effective_lr, rms_grad)

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("mu", "beta1 * (1 - 0.5 * 0.96**(t * momentum_decay))"),
            Equation("mu_next", "beta1 * (1 - 0.5 * 0.96**((t + 1) * momentum_decay))"),
            Equation("mu_product", "mu_product * mu"),
            Equation("m", "beta1 * m + (1 - beta1) * grad"),
            Equation("v", "beta2 * v + (1 - beta2) * grad**2"),
            Equation("m_bar", "mu_next * m / (1 - mu_product * mu_next) + (1 - mu) * grad / (1 - mu_product)"),
            Equation("rms_grad", "sqrt(v / (1 - beta2**t))"),
            Equation("effective_lr", "lr / (rms_grad + eps)"),
            Equation("delta", "-effective_lr * m_bar"),
        )

    conventions = (
        Convention(
            "The momentum warms up over the first hundreds of steps: ψ is 0.004, the paper's 1 / 250.",
            ("PyTorch", "the paper"),
            "It warms up within a few dozen steps: ψ is 1.",
            ("Keras",),
            {"momentum_decay": 1.0},
        ),
        Convention(
            "The momentum warms up.",
            ("PyTorch", "Keras", "the paper"),
            "There is no schedule: it is β₁ from the first step on, as with an infinite ψ.",
            ("optax",),
            {"momentum_decay": 1e6},
        ),
    )


@dataclass(frozen=True)
class RAdam(Optimizer):
    """Adam that walks like momentum until its memory of squares has seen enough gradients to be trusted.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        ρ∞ = 2 / (1 − β₂) − 1      ρ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)
        r = √((ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ))
        Δθ = −η r √(1 − β₂ᵗ) m̂ / (√v + ε)      while ρ > 5, before that  Δθ = −η m̂

    Convention: PyTorch's; see `conventions`.
    effective_lr = η r √(1 − β₂ᵗ) / (√v + ε), η before rectification starts;  rms_grad = √v̂.
    Liu et al., On the Variance of the Adaptive Learning Rate and Beyond, arXiv:1908.03265 (2019).
    """

    label = "RAdam"
    direction = "m_hat"

    lr: Scalar = learning_rate(1e-3)
    beta1: Scalar = decay(0.9, "β₁", BETA1)
    beta2: Scalar = decay(0.999, "β₂", BETA2, shared="beta")
    eps: Scalar = epsilon(1e-8)

    def init(self, params: Array) -> AdamState:
        return AdamState(np.zeros_like(params), np.zeros_like(params))

    def update(self, grad: Array, state: AdamState, params: Array, t: int) -> tuple[Array, AdamState, Diagnostics]:
        m = ema(state.m, grad, self.beta1)
        v = ema(state.v, np.square(grad), self.beta2)
        seen = 1 - power(self.beta2, t)
        rho_inf = 2 / (1 - self.beta2) - 1
        rho = rho_inf - 2 * t * power(self.beta2, t) / seen
        # below 5 the root may be of a negative number; the rate does not use it there
        r_sq = (rho - 4) * (rho - 2) * rho_inf / np.where(rho > 5, (rho_inf - 4) * (rho_inf - 2) * rho, 1.0)
        r = np.sqrt(np.maximum(r_sq, 0.0))
        effective_lr = np.where(rho > 5, self.lr * r * np.sqrt(seen) / (np.sqrt(v) + self.eps), self.lr)
        delta = -effective_lr * unbias(m, self.beta1, t)
        return delta, AdamState(m, v), Diagnostics(effective_lr, np.sqrt(v / seen))

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("m", "beta1 * m + (1 - beta1) * grad"),
            Equation("v", "beta2 * v + (1 - beta2) * grad**2"),
            Equation("m_hat", "m / (1 - beta1**t)"),
            Equation("seen", "1 - beta2**t"),
            Equation("rho_inf", "2 / (1 - beta2) - 1"),
            Equation("rho", "rho_inf - 2 * t * beta2**t / seen"),
            Equation(
                "r_sq", "(rho - 4) * (rho - 2) * rho_inf / where(rho > 5, (rho_inf - 4) * (rho_inf - 2) * rho, 1.0)"
            ),
            Equation("r", "sqrt(maximum(r_sq, 0.0))"),
            Equation("rms_grad", "sqrt(v / seen)"),
            Equation("effective_lr", "where(rho > 5, lr * r * sqrt(seen) / (sqrt(v) + eps), lr)"),
            Equation("delta", "-effective_lr * m_hat"),
        )

    conventions = (
        Convention(
            "ε is added to the uncorrected √v.",
            ("PyTorch",),
            "ε is added to the corrected √v̂.",
            ("optax",),
        ),
        Convention(
            "Rectification starts when ρ is above 5.",
            ("PyTorch", "optax"),
            "It starts when ρ is above 4.",
            ("the paper",),
        ),
    )


@dataclass(frozen=True)
class AdaBelief(Optimizer):
    """Adam that trusts a gradient by how well it was expected: small steps where it is surprised.

        m ← β₁ m + (1 − β₁) g
        s ← β₂ s + (1 − β₂)(g − m)² + ε_s
        Δθ = −η m̂ / (√ŝ + ε)

    Convention: optax's (PyTorch has none); see `conventions`.
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

    def init(self, params: Array) -> AdaBeliefState:
        return AdaBeliefState(np.zeros_like(params), np.zeros_like(params))

    def update(
        self, grad: Array, state: AdaBeliefState, params: Array, t: int
    ) -> tuple[Array, AdaBeliefState, Diagnostics]:
        m = ema(state.m, grad, self.beta1)
        s = ema(state.s, np.square(grad - m), self.beta2) + self.eps_root
        rms_surprise = np.sqrt(unbias(s, self.beta2, t))
        effective_lr = self.lr / (rms_surprise + self.eps)
        delta = -effective_lr * unbias(m, self.beta1, t)
        return delta, AdaBeliefState(m, s), Diagnostics(effective_lr, rms_surprise)

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("m", "beta1 * m + (1 - beta1) * grad"),
            Equation("s", "beta2 * s + (1 - beta2) * (grad - m)**2 + eps_root"),
            Equation("m_hat", "m / (1 - beta1**t)"),
            Equation("rms_grad", "sqrt(s / (1 - beta2**t))"),
            Equation("effective_lr", "lr / (rms_grad + eps)"),
            Equation("delta", "-effective_lr * m_hat"),
        )

    conventions = (
        Convention(
            "ε_s is added to the memory itself at every step, and ε to its root.",
            ("optax", "the paper"),
        ),
    )


@dataclass(frozen=True)
class Yogi(Optimizer):
    """Adam whose memory of squares moves towards the newest square by a fixed share of it, never in one jump.

        m ← β₁ m + (1 − β₁) g
        v ← v − (1 − β₂) sign(v − g²) g²
        Δθ = −η m̂ / (√v̂ + ε)

    Convention: optax's (PyTorch has none), with m₀ = v₀ = `initial_accumulator`; see `conventions`. The default η is
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

    def init(self, params: Array) -> AdamState:
        begin = np.zeros_like(params) + self.initial_accumulator
        return AdamState(begin, begin)

    def update(self, grad: Array, state: AdamState, params: Array, t: int) -> tuple[Array, AdamState, Diagnostics]:
        m = ema(state.m, grad, self.beta1)
        v = state.v - (1 - self.beta2) * np.sign(state.v - np.square(grad)) * np.square(grad)
        effective_lr = self.lr / (np.sqrt(unbias(v, self.beta2, t)) + self.eps)
        delta = -effective_lr * unbias(m, self.beta1, t)
        return delta, AdamState(m, v), Diagnostics(effective_lr, np.sqrt(v))

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("m", "beta1 * m + (1 - beta1) * grad"),
            Equation("v", "v - (1 - beta2) * sign(v - grad**2) * grad**2"),
            Equation("m_hat", "m / (1 - beta1**t)"),
            Equation("v_hat", "v / (1 - beta2**t)"),
            Equation("rms_grad", "sqrt(v)"),
            Equation("effective_lr", "lr / (sqrt(v_hat) + eps)"),
            Equation("delta", "-effective_lr * m_hat"),
        )

    conventions = (
        Convention(
            "The start of both memories is divided out, although it is not zero.",
            ("optax",),
            "Nothing is corrected.",
            ("the paper",),
        ),
    )


@dataclass(frozen=True)
class Lion(Optimizer):
    """Step by the same length in every direction: only the sign of a smoothed gradient counts.

        c = β₁ m + (1 − β₁) g
        m ← β₂ m + (1 − β₂) g
        Δθ = −η (sign(c) + λ θ)

    Convention: optax's (PyTorch has none); see `conventions`. The default η is the paper's.
    effective_lr = η, the factor on a sign;  rms_grad = |g|.
    Chen et al., Symbolic Discovery of Optimization Algorithms, arXiv:2302.06675 (2023).
    """

    label = "Lion"
    direction = "m"

    lr: Scalar = learning_rate(1e-4)
    beta1: Scalar = decay(0.9, "β₁", "memory in the direction of the step")
    beta2: Scalar = decay(0.99, "β₂", BETA1, shared="beta")
    weight_decay: Scalar = decoupled_decay(1e-3)

    def init(self, params: Array) -> LionState:
        return LionState(np.zeros_like(params))

    def update(self, grad: Array, state: LionState, params: Array, t: int) -> tuple[Array, LionState, Diagnostics]:
        direction = np.sign(ema(state.m, grad, self.beta1))
        delta = -self.lr * (direction + self.weight_decay * params)
        return delta, LionState(ema(state.m, grad, self.beta2)), Diagnostics(self.lr, np.abs(grad))

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("direction", "sign(beta1 * m + (1 - beta1) * grad)"),
            Equation("m", "beta2 * m + (1 - beta2) * grad"),
            Equation("effective_lr", "lr"),
            Equation("rms_grad", "abs(grad)"),
            Equation("delta", "-effective_lr * (direction + weight_decay * params)"),
        )

    conventions = (
        Convention(
            "The decoupled decay λ is 0.001 unless told otherwise.",
            ("optax",),
            "There is none unless asked for.",
            ("Keras",),
            {"weight_decay": 0.0},
        ),
    )


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
