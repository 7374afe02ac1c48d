"""Gradient descent and its two classic accelerations: one learning rate for every parameter."""

import math
from dataclasses import dataclass

from ..base import Optimizer
from ..hyper import Scalar, decay, hyper, learning_rate, rate_inside


@dataclass(frozen=True)
class SGD(Optimizer):
    """Walk downhill, in proportion to the slope.

    Convention: the same everywhere.
    effective_lr = η;  rms_grad = |g|.
    Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées (1847);
    stochastic: Robbins and Monro (1951).
    """

    label = "SGD"
    note = "Stochastic gradient descent; without noise, as here, it is plain gradient descent."

    lr: Scalar = learning_rate(0.01)

    equations = """
        effective_lr = lr
        rms_grad     = abs(grad)
        delta        = -effective_lr * grad
    """

    def stable_lr(self, curvature: float) -> float:
        """2 / λ: each step multiplies the distance by 1 − ηλ, which then passes −1."""
        return 2 / curvature if curvature > 0 else math.inf

    def fastest(self, flattest: float, sharpest: float) -> dict[str, float]:
        """η = 2 / (L + ℓ): both ends shrink by (κ − 1) / (κ + 1) with each step. Polyak (1964)."""
        return {"lr": 2 / (sharpest + flattest)}


@dataclass(frozen=True)
class Momentum(Optimizer):
    """A heavy ball: past gradients keep pushing, so it rolls through small bumps and along valleys.

    Convention: PyTorch's, which dampens neither the first gradient nor any where μ is 0; see `CONVENTIONS`. With
    `lr_inside`, b sums up steps and not gradients, each at the rate of its time.
    effective_lr = η;  rms_grad = |g|.
    Polyak, Some methods of speeding up the convergence of iteration methods (1964).
    """

    label = "Momentum"
    direction = "velocity"

    lr: Scalar = learning_rate(0.01)
    momentum: Scalar = decay(0.9, "μ", "memory of the velocity")
    dampening: Scalar = hyper(0.0, "d", "share of each new gradient left out", range=(0, 1), bounds=(0, 1))
    lr_inside: bool = rate_inside()

    memory = {"velocity": 0}
    equations = """
        velocity     = (
            where(t == 1, lr * grad, where(momentum == 0, lr * grad, momentum * velocity + (1 - dampening) * lr * grad))
            if lr_inside
            else where(t == 1, grad, where(momentum == 0, grad, momentum * velocity + (1 - dampening) * grad))
        )
        effective_lr = lr
        rms_grad     = abs(grad)
        delta        = -velocity if lr_inside else -effective_lr * velocity
    """

    def stable_lr(self, curvature: float) -> float:
        """2 (1 + μ) / ((1 − d) λ): where a root of z² − (1 + μ − η(1 − d)λ) z + μ passes −1; 2 / λ without μ.

        Cohen et al., Gradient Descent on Neural Networks at the Edge of Stability, arXiv:2103.00065, appendix B (2021).
        """
        share = 1 - self.dampening if self.momentum else 1
        return 2 * (1 + self.momentum) / (share * curvature) if share * curvature > 0 else math.inf

    def fastest(self, flattest: float, sharpest: float) -> dict[str, float] | None:
        """η = (2 / (√L + √ℓ))² / (1 − d), μ = ((√κ − 1) / (√κ + 1))²: each step shrinks by √μ. Polyak (1964)."""
        if self.dampening == 1:
            return None
        high, low = math.sqrt(sharpest), math.sqrt(flattest)
        return {"lr": 4 / (high + low) ** 2 / (1 - self.dampening), "momentum": ((high - low) / (high + low)) ** 2}


@dataclass(frozen=True)
class Nesterov(Optimizer):
    """Momentum that looks one step ahead, and so brakes before the ball overshoots.

    Convention: PyTorch's, where the gradient is taken where the parameters stand; see `CONVENTIONS`. With `lr_inside`,
    b sums up steps and not gradients, each at the rate of its time.
    effective_lr = η;  rms_grad = |g|.
    Nesterov, A method of solving a convex programming problem with convergence rate O(1/k²) (1983);
    Sutskever et al. (2013).
    """

    label = "Nesterov"
    direction = "velocity"

    lr: Scalar = learning_rate(0.01)
    momentum: Scalar = decay(0.9, "μ", "memory of the velocity")
    lr_inside: bool = rate_inside()

    memory = {"velocity": 0}
    equations = """
        velocity     = momentum * velocity + (lr * grad if lr_inside else grad)
        effective_lr = lr
        rms_grad     = abs(grad)
        delta        = (
            -(effective_lr * grad + momentum * velocity)
            if lr_inside
            else -effective_lr * (grad + momentum * velocity)
        )
    """

    def stable_lr(self, curvature: float) -> float:
        """(2 + 2μ) / ((1 + 2μ) λ): where a root of z² − (1 + μ)(1 − ηλ) z + μ (1 − ηλ) passes −1.

        1 + 2μ times below Momentum's. Cohen et al., arXiv:2103.00065, appendix B (2021).
        """
        return (2 + 2 * self.momentum) / ((1 + 2 * self.momentum) * curvature) if curvature > 0 else math.inf

    def fastest(self, flattest: float, sharpest: float) -> dict[str, float]:
        """η = 4 / (3L + ℓ), μ = (√(3κ + 1) − 2) / (√(3κ + 1) + 2): each step shrinks by 1 − 2 / √(3κ + 1).

        Lessard, Recht and Packard, Analysis and Design of Optimization Algorithms via Integral Quadratic Constraints,
        arXiv:1408.3595 (2016).
        """
        root = math.sqrt(3 * sharpest / flattest + 1)
        return {"lr": 4 / (3 * sharpest + flattest), "momentum": (root - 2) / (root + 2)}


SGD_FAMILY = {"sgd": SGD, "momentum": Momentum, "nesterov": Nesterov}
