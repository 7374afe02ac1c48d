"""The first optimizers with a learning rate of its own for every parameter, and Rprop, their ancestor in spirit."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..base import Array, Convention, Diagnostics, Equation, Optimizer, ema
from ..hyper import Scalar, decay, epsilon, flag, hyper, learning_rate


class AdaGradState(NamedTuple):
    sum_sq: Array  # (n_params, ...)


class RMSPropState(NamedTuple):
    square_avg: Array  # (n_params, ...)
    grad_avg: Array | None  # (n_params, ...) when centered
    velocity: Array | None  # (n_params, ...) with momentum


class AdadeltaState(NamedTuple):
    square_avg: Array  # (n_params, ...)
    delta_avg: Array  # (n_params, ...)


class RateState(NamedTuple):
    rate: Array  # (n_params, ...)


class RpropState(NamedTuple):
    prev_grad: Array  # (n_params, ...)
    rate: Array  # (n_params, ...)


@dataclass(frozen=True)
class AdaGrad(Optimizer):
    """Parameters that have seen large gradients take smaller steps, for ever after.

        s ← s + g²
        Δθ = −η g / (√s + ε)

    Convention: PyTorch's; see `conventions`. With `eps_inside`, Δθ = −η g / √(s + ε).
    effective_lr = η / (√s + ε);  rms_grad = √(Σg² / t), all gradients weighing the same.
    Duchi, Hazan and Singer, Adaptive Subgradient Methods (2011).
    """

    label = "AdaGrad"

    lr: Scalar = learning_rate(0.01)
    eps: Scalar = epsilon(1e-10)
    initial_accumulator: Scalar = hyper(0.0, "s₀", "the sum it starts from", range=(0, 1), bounds=(0, np.inf))
    eps_inside: bool = flag(False, "ε under the root")

    def init(self, params: Array) -> AdaGradState:
        return AdaGradState(np.zeros_like(params) + self.initial_accumulator)

    def update(
        self, grad: Array, state: AdaGradState, params: Array, t: int
    ) -> tuple[Array, AdaGradState, Diagnostics]:
        sum_sq = state.sum_sq + np.square(grad)
        root = np.sqrt(sum_sq + self.eps) if self.eps_inside else np.sqrt(sum_sq) + self.eps
        rms_grad = np.sqrt((sum_sq - self.initial_accumulator) / t)
        effective_lr = self.lr / root
        return -effective_lr * grad, AdaGradState(sum_sq), Diagnostics(effective_lr, rms_grad)

    @property
    def equations(self) -> tuple[Equation, ...]:
        root = "sqrt(sum_sq + eps)" if self.eps_inside else "(sqrt(sum_sq) + eps)"
        return (
            Equation("sum_sq", "sum_sq + grad**2"),
            Equation("rms_grad", "sqrt((sum_sq - initial_accumulator) / t)"),
            Equation("effective_lr", f"lr / {root}"),
            Equation("delta", "-effective_lr * grad"),
        )

    conventions = (
        Convention(
            "ε stands outside the root.",
            ("PyTorch",),
            "ε stands under the root: at 1e−7 it then acts where √s is below 3e−4.",
            ("optax", "Keras"),
            {"eps_inside": True},
        ),
        Convention(
            "The sum starts at zero, so that the first step is η long in every direction.",
            ("PyTorch",),
            "It starts at 0.1, which holds the first steps back.",
            ("optax", "Keras"),
            {"initial_accumulator": 0.1},
        ),
    )


@dataclass(frozen=True)
class RMSProp(Optimizer):
    """Divide each gradient by a running estimate of its own size.

        v ← α v + (1 − α) g²            ḡ ← α ḡ + (1 − α) g      (centered: v − ḡ² for v below)
        b ← μ b + g / (√v + ε)
        Δθ = −η b                       (μ = 0: Δθ = −η g / (√v + ε))

    Convention: PyTorch's but for the default α; see `conventions`. With `eps_inside`, ε is under the root.
    effective_lr = η / (√v + ε);  rms_grad = √v.
    Hinton, Neural Networks for Machine Learning, lecture 6e (2012); centered: Graves, arXiv:1308.0850 (2013).
    """

    label = "RMSProp"
    direction = "velocity"

    lr: Scalar = learning_rate(0.01)
    alpha: Scalar = decay(0.9, "α", "memory of the squared gradient", shared="beta")
    eps: Scalar = epsilon(1e-8)
    momentum: Scalar = decay(0.0, "μ", "memory of the scaled gradient")
    centered: bool = flag(False, "divide by the deviation from the mean gradient")
    eps_inside: bool = flag(False, "ε under the root")

    def init(self, params: Array) -> RMSPropState:
        zeros = np.zeros_like(params)
        return RMSPropState(zeros, zeros if self.centered else None, zeros if self._has_momentum else None)

    def update(
        self, grad: Array, state: RMSPropState, params: Array, t: int
    ) -> tuple[Array, RMSPropState, Diagnostics]:
        square_avg = ema(state.square_avg, np.square(grad), self.alpha)
        grad_avg = ema(state.grad_avg, grad, self.alpha) if self.centered else None
        # rounding can make the variance of a constant gradient -1e-13
        size_sq = np.maximum(square_avg - np.square(grad_avg), 0) if self.centered else square_avg
        root = np.sqrt(size_sq + self.eps) if self.eps_inside else np.sqrt(size_sq) + self.eps
        direction = grad / root
        velocity = self.momentum * state.velocity + direction if self._has_momentum else None
        delta = -self.lr * (velocity if self._has_momentum else direction)
        return delta, RMSPropState(square_avg, grad_avg, velocity), Diagnostics(self.lr / root, np.sqrt(square_avg))

    @property
    def equations(self) -> tuple[Equation, ...]:
        size = "maximum(square_avg - grad_avg**2, 0)" if self.centered else "square_avg"
        lines = [Equation("square_avg", "alpha * square_avg + (1 - alpha) * grad**2")]
        if self.centered:
            lines.append(Equation("grad_avg", "alpha * grad_avg + (1 - alpha) * grad"))
        lines.append(Equation("root", f"sqrt({size} + eps)" if self.eps_inside else f"sqrt({size}) + eps"))
        lines.append(Equation("rms_grad", "sqrt(square_avg)"))
        lines.append(Equation("effective_lr", "lr / root"))
        if self._has_momentum:
            lines.append(Equation("velocity", "momentum * velocity + grad / root"))
            lines.append(Equation("delta", "-lr * velocity"))
        else:
            lines.append(Equation("delta", "-lr * (grad / root)"))
        return tuple(lines)

    @property
    def _has_momentum(self) -> bool:
        return bool(np.any(self.momentum))

    conventions = (
        Convention(
            "ε stands outside the root.",
            ("PyTorch", "optax with eps_in_sqrt=False"),
            "ε stands under the root: at 1e−8 it then acts where √v is below 1e−4.",
            ("Keras", "optax"),
            {"eps_inside": True},
        ),
        Convention(
            "The memory α is 0.9 unless told otherwise, as in the lecture.",
            ("optax", "Keras"),
            "It is 0.99: the memory is ten times as long.",
            ("PyTorch",),
            {"alpha": 0.99},
        ),
        Convention(
            "The memory starts at zero and is not corrected: the first step is 1 / √(1 − α) times η long.",
            ("PyTorch", "optax", "Keras"),
            "The zero start is divided out, as Adam does.",
            ("optax with bias_correction=True",),
        ),
        Convention(
            "η multiplies the whole velocity.",
            ("PyTorch",),
            "η multiplies each gradient on its way into the velocity: the same path while η is constant.",
            ("optax", "Keras"),
            {},
        ),
    )


@dataclass(frozen=True)
class Adadelta(Optimizer):
    """RMSProp whose learning rate is the recent size of its own steps, so that the units come out right.

        v ← ρ v + (1 − ρ) g²
        d = √(Δ² + ε) / √(v + ε) · g
        Δ² ← ρ Δ² + (1 − ρ) d²
        Δθ = −η d

    Convention: the same everywhere but for the defaults; see `conventions`.
    effective_lr = η √(Δ² + ε) / √(v + ε);  rms_grad = √v.
    Zeiler, ADADELTA: An Adaptive Learning Rate Method, arXiv:1212.5701 (2012).
    """

    label = "Adadelta"

    lr: Scalar = learning_rate(1.0)
    rho: Scalar = decay(0.9, "ρ", "memory of the squared gradient and of the squared step", shared="beta")
    eps: Scalar = epsilon(1e-6)

    def init(self, params: Array) -> AdadeltaState:
        return AdadeltaState(np.zeros_like(params), np.zeros_like(params))

    def update(
        self, grad: Array, state: AdadeltaState, params: Array, t: int
    ) -> tuple[Array, AdadeltaState, Diagnostics]:
        square_avg = ema(state.square_avg, np.square(grad), self.rho)
        ratio = np.sqrt(state.delta_avg + self.eps) / np.sqrt(square_avg + self.eps)
        delta_avg = ema(state.delta_avg, np.square(ratio * grad), self.rho)
        effective_lr = self.lr * ratio
        diagnostics = Diagnostics(effective_lr, np.sqrt(square_avg))
        return -effective_lr * grad, AdadeltaState(square_avg, delta_avg), diagnostics

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("square_avg", "rho * square_avg + (1 - rho) * grad**2"),
            Equation("rms_grad", "sqrt(square_avg)"),
            Equation("ratio", "sqrt(delta_avg + eps) / sqrt(square_avg + eps)"),
            Equation("delta_avg", "rho * delta_avg + (1 - rho) * (ratio * grad)**2"),
            Equation("effective_lr", "lr * ratio"),
            Equation("delta", "-effective_lr * grad"),
        )

    conventions = (
        Convention("ε stands under both roots.", ("PyTorch", "optax", "Keras", "the paper")),
        Convention(
            "η multiplies the step after Δ² has remembered it unscaled; 1 is the paper's Adadelta, which has no η.",
            ("PyTorch", "optax"),
            "Unless told otherwise η is 0.001, ρ 0.95 and ε 1e−7: each step is a thousandth of the paper's.",
            ("Keras",),
            {"lr": 1e-3, "rho": 0.95, "eps": 1e-7},
        ),
    )


@dataclass(frozen=True)
class AdaGradSummedRates(Optimizer):
    """AdaGrad as some course notes print it: every step adds to the learning rate, which therefore only grows.

        α ← α + η / (ε + |g|)
        Δθ = −α g

    Convention: α₀ = 0; no library has it.
    effective_lr = α;  rms_grad = |g|.
    A misreading of Duchi, Hazan and Singer (2011) found in lecture notes, shown here to be compared.
    """

    label = "AdaGrad, rates summed"
    warning = "As some course notes print it, not the published AdaGrad: its learning rate only grows."

    lr: Scalar = learning_rate(0.01)
    eps: Scalar = epsilon(1e-8)

    def init(self, params: Array) -> RateState:
        return RateState(np.zeros_like(params))

    def update(self, grad: Array, state: RateState, params: Array, t: int) -> tuple[Array, RateState, Diagnostics]:
        rate = state.rate + self.lr / (self.eps + np.abs(grad))
        return -rate * grad, RateState(rate), Diagnostics(rate, np.abs(grad))

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("rate", "rate + lr / (eps + abs(grad))"),
            Equation("effective_lr", "rate"),
            Equation("rms_grad", "abs(grad)"),
            Equation("delta", "-effective_lr * grad"),
        )

    conventions = (
        Convention(
            "The learning rates are summed.",
            ("some course notes",),
            "The squared gradients are summed, and η is divided by the root of the sum.",
            ("Duchi, Hazan and Singer (2011)", "PyTorch", "optax", "Keras"),
            {"lr": "lr", "eps": "eps"},
            instead=AdaGrad,
        ),
    )


@dataclass(frozen=True)
class RMSPropAveragedRates(Optimizer):
    """RMSProp as some course notes print it: it averages the learning rates, not the squared gradients.

        α ← ρ α + (1 − ρ) η / (ε + |g|)
        Δθ = −α g

    Convention: α₀ = 0; no library has it. One tiny gradient makes the average huge for a long time.
    effective_lr = α;  rms_grad = |g|.
    A misreading of Hinton's lecture 6e (2012) found in lecture notes, shown here to be compared.
    """

    label = "RMSProp, rates averaged"
    warning = "As some course notes print it, not the published RMSProp: one tiny gradient makes its rate huge."

    lr: Scalar = learning_rate(0.01)
    rho: Scalar = decay(0.9, "ρ", "memory of the learning rate", shared="beta")
    eps: Scalar = epsilon(1e-8)

    def init(self, params: Array) -> RateState:
        return RateState(np.zeros_like(params))

    def update(self, grad: Array, state: RateState, params: Array, t: int) -> tuple[Array, RateState, Diagnostics]:
        rate = ema(state.rate, self.lr / (self.eps + np.abs(grad)), self.rho)
        return -rate * grad, RateState(rate), Diagnostics(rate, np.abs(grad))

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("rate", "rho * rate + (1 - rho) * (lr / (eps + abs(grad)))"),
            Equation("effective_lr", "rate"),
            Equation("rms_grad", "abs(grad)"),
            Equation("delta", "-effective_lr * grad"),
        )

    conventions = (
        Convention(
            "The learning rates are averaged.",
            ("some course notes",),
            "The squared gradients are averaged, and η is divided by the root of the average.",
            ("Hinton's lecture (2012)", "PyTorch", "optax", "Keras"),
            {"lr": "lr", "alpha": "rho", "eps": "eps"},
            instead=RMSProp,
        ),
    )


@dataclass(frozen=True)
class Rprop(Optimizer):
    """Look only at the sign of each slope: grow the step while it stays the same, shrink it when it flips.

        s = sign(g · g₋₁)
        α ← clip(α · (η₊ if s > 0, η₋ if s < 0, else 1), α_min, α_max)
        g ← 0 where s < 0
        Δθ = −α sign(g)

    Convention: PyTorch's; see `conventions`.
    effective_lr = α;  rms_grad = |g|.
    Riedmiller and Braun, A Direct Adaptive Method for Faster Backpropagation Learning (1993).
    """

    label = "Rprop"

    lr: Scalar = learning_rate(0.01)
    eta_minus: Scalar = hyper(0.5, "η₋", "factor when the slope flips", range=(0.05, 1), bounds=(1e-6, 1))
    eta_plus: Scalar = hyper(1.2, "η₊", "factor while the slope keeps its sign", range=(1, 2), bounds=(1, 100))
    rate_min: Scalar = hyper(1e-6, "α_min", "smallest step", range=(1e-10, 1), bounds=(0, np.inf), scale="log")
    rate_max: Scalar = hyper(50.0, "α_max", "largest step", range=(1e-2, 100), bounds=(0, np.inf), scale="log")

    def init(self, params: Array) -> RpropState:
        return RpropState(np.zeros_like(params), np.zeros_like(params) + self.lr)

    def update(self, grad: Array, state: RpropState, params: Array, t: int) -> tuple[Array, RpropState, Diagnostics]:
        agreement = grad * state.prev_grad
        factor = np.where(agreement > 0, self.eta_plus, np.where(agreement < 0, self.eta_minus, 1.0))
        rate = np.minimum(np.maximum(state.rate * factor, self.rate_min), self.rate_max)
        prev_grad = np.where(agreement < 0, 0.0, grad)
        delta = -rate * np.sign(prev_grad)
        return delta, RpropState(prev_grad, rate), Diagnostics(rate, np.abs(grad))

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("agreement", "grad * prev_grad"),
            Equation("factor", "where(agreement > 0, eta_plus, where(agreement < 0, eta_minus, 1.0))"),
            Equation("rate", "minimum(maximum(rate * factor, rate_min), rate_max)"),
            Equation("prev_grad", "where(agreement < 0, 0.0, grad)"),
            Equation("effective_lr", "rate"),
            Equation("rms_grad", "abs(grad)"),
            Equation("delta", "-effective_lr * sign(prev_grad)"),
        )

    conventions = (
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
            ("optax 0.2.8",),
        ),
    )


ADAPTIVE_FAMILY = {
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adadelta": Adadelta,
    "adagrad-summed-rates": AdaGradSummedRates,
    "rmsprop-averaged-rates": RMSPropAveragedRates,
    "rprop": Rprop,
}
