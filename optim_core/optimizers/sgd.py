"""Gradient descent and its two classic accelerations: one learning rate for every parameter."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..base import Array, Convention, Diagnostics, Equation, Optimizer
from ..hyper import Scalar, decay, hyper, learning_rate


class NoState(NamedTuple):
    pass


class VelocityState(NamedTuple):
    velocity: Array  # (n_params, ...)


@dataclass(frozen=True)
class SGD(Optimizer):
    """Walk downhill, in proportion to the slope.

        Δθ = −η g

    Convention: the same everywhere.
    effective_lr = η;  rms_grad = |g|.
    Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées (1847);
    stochastic: Robbins and Monro (1951).
    """

    label = "SGD"

    lr: Scalar = learning_rate(0.01)

    def init(self, params: Array) -> NoState:
        return NoState()

    def update(self, grad: Array, state: NoState, params: Array, t: int) -> tuple[Array, NoState, Diagnostics]:
        return -self.lr * grad, state, Diagnostics(self.lr, np.abs(grad))

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("effective_lr", "lr"),
            Equation("rms_grad", "abs(grad)"),
            Equation("delta", "-effective_lr * grad"),
        )

    def stable_lr(self, curvature: float) -> float:
        """2 / λ: each step multiplies the distance by 1 − ηλ, which then passes −1."""
        return 2 / curvature if curvature > 0 else math.inf

    conventions = (Convention("Δθ = −η g", ("PyTorch", "optax", "Keras")),)


@dataclass(frozen=True)
class Momentum(Optimizer):
    """A heavy ball: past gradients keep pushing, so it rolls through small bumps and along valleys.

        b ← μ b + (1 − d) g        (first step: b = g)
        Δθ = −η b

    Convention: PyTorch's; see `conventions`.
    effective_lr = η;  rms_grad = |g|.
    Polyak, Some methods of speeding up the convergence of iteration methods (1964).
    """

    label = "Momentum"
    direction = "velocity"

    lr: Scalar = learning_rate(0.01)
    momentum: Scalar = decay(0.9, "μ", "memory of the velocity")
    dampening: Scalar = hyper(0.0, "d", "share of each new gradient left out", range=(0, 1), bounds=(0, 1))

    def init(self, params: Array) -> VelocityState:
        return VelocityState(np.zeros_like(params))

    def update(
        self, grad: Array, state: VelocityState, params: Array, t: int
    ) -> tuple[Array, VelocityState, Diagnostics]:
        velocity = grad if t == 1 else self.momentum * state.velocity + (1 - self.dampening) * grad
        return -self.lr * velocity, VelocityState(velocity), Diagnostics(self.lr, np.abs(grad))

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("velocity", "where(t == 1, grad, momentum * velocity + (1 - dampening) * grad)"),
            Equation("effective_lr", "lr"),
            Equation("rms_grad", "abs(grad)"),
            Equation("delta", "-effective_lr * velocity"),
        )

    def stable_lr(self, curvature: float) -> float:
        """2 (1 + μ) / ((1 − d) λ): where a root of z² − (1 + μ − η(1 − d)λ) z + μ passes −1.

        Cohen et al., Gradient Descent on Neural Networks at the Edge of Stability, arXiv:2103.00065, appendix B (2021).
        """
        fresh = (1 - self.dampening) * curvature
        return 2 * (1 + self.momentum) / fresh if fresh > 0 else math.inf

    conventions = (
        Convention(
            "η multiplies the whole velocity.",
            ("PyTorch", "optax"),
            "η multiplies each gradient on its way into the velocity: the same path while η is constant.",
            ("Keras",),
            {},
        ),
        Convention(
            "The velocity is a sum, b ← μ b + g: under a steady slope it grows to 1 / (1 − μ) gradients.",
            ("PyTorch", "optax", "Keras"),
            "It is an average, b ← μ b + (1 − μ) g, so that each step is 1 − μ times as long.",
            ("optax.ema", "some courses"),
            {"lr": "lr * (1 - momentum)"},
        ),
        Convention(
            "Dampening d leaves out a share of every gradient but the first.",
            ("PyTorch",),
            "There is no dampening.",
            ("optax", "Keras"),
            {"dampening": 0.0},
        ),
    )


@dataclass(frozen=True)
class Nesterov(Optimizer):
    """Momentum that looks one step ahead, and so brakes before the ball overshoots.

        b ← μ b + g
        Δθ = −η (g + μ b)

    Convention: PyTorch's, where the gradient is taken where the parameters stand; see `conventions`.
    effective_lr = η;  rms_grad = |g|.
    Nesterov, A method of solving a convex programming problem with convergence rate O(1/k²) (1983);
    Sutskever et al. (2013).
    """

    label = "Nesterov"
    direction = "velocity"

    lr: Scalar = learning_rate(0.01)
    momentum: Scalar = decay(0.9, "μ", "memory of the velocity")

    def init(self, params: Array) -> VelocityState:
        return VelocityState(np.zeros_like(params))

    def update(
        self, grad: Array, state: VelocityState, params: Array, t: int
    ) -> tuple[Array, VelocityState, Diagnostics]:
        velocity = self.momentum * state.velocity + grad
        delta = -self.lr * (grad + self.momentum * velocity)
        return delta, VelocityState(velocity), Diagnostics(self.lr, np.abs(grad))

    @property
    def equations(self) -> tuple[Equation, ...]:
        return (
            Equation("velocity", "momentum * velocity + grad"),
            Equation("effective_lr", "lr"),
            Equation("rms_grad", "abs(grad)"),
            Equation("delta", "-effective_lr * (grad + momentum * velocity)"),
        )

    def stable_lr(self, curvature: float) -> float:
        """(2 + 2μ) / ((1 + 2μ) λ): where a root of z² − (1 + μ)(1 − ηλ) z + μ (1 − ηλ) passes −1.

        1 + 2μ times below Momentum's. Cohen et al., arXiv:2103.00065, appendix B (2021).
        """
        return (2 + 2 * self.momentum) / ((1 + 2 * self.momentum) * curvature) if curvature > 0 else math.inf

    conventions = (
        Convention(
            "The gradient is taken where the parameters stand, and the parameters are the look-ahead points.",
            ("PyTorch", "optax", "Keras"),
            "It is taken at a look-ahead point beside them: the same walk after a change of variables.",
            ("Nesterov (1983)", "Sutskever et al. (2013)"),
        ),
        Convention(
            "η multiplies the whole step.",
            ("PyTorch", "optax"),
            "η multiplies each gradient on its way into the velocity: the same path while η is constant.",
            ("Keras",),
            {},
        ),
    )


SGD_FAMILY = {"sgd": SGD, "momentum": Momentum, "nesterov": Nesterov}
