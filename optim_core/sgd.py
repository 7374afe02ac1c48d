"""Gradient descent and its two classic accelerations: one learning rate for every parameter."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .base import Array, Diagnostics, Equation, Optimizer
from .hyper import Scalar, decay, hyper, learning_rate


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


@dataclass(frozen=True)
class Momentum(Optimizer):
    """A heavy ball: past gradients keep pushing, so it rolls through small bumps and along valleys.

        b ← μ b + (1 − d) g        (first step: b = g)
        Δθ = −η b

    Convention: PyTorch's — η multiplies the whole velocity, and the first velocity is the first gradient, undamped.
    Keras keeps v ← μ v − η g, the same path while η is constant.
    effective_lr = η;  rms_grad = |g|.
    Polyak, Some methods of speeding up the convergence of iteration methods (1964).
    """

    label = "Momentum"

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


@dataclass(frozen=True)
class Nesterov(Optimizer):
    """Momentum that looks one step ahead, and so brakes before the ball overshoots.

        b ← μ b + g
        Δθ = −η (g + μ b)

    Convention: PyTorch's — written so that the gradient is taken where the parameters stand, not at the look-ahead
    point; the two walks are the same after a change of variables. Keras has the same form.
    effective_lr = η;  rms_grad = |g|.
    Nesterov, A method of solving a convex programming problem with convergence rate O(1/k²) (1983);
    Sutskever et al. (2013).
    """

    label = "Nesterov"

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


SGD_FAMILY = {"sgd": SGD, "momentum": Momentum, "nesterov": Nesterov}
