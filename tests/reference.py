"""Every update as a person writes it in numpy, for the generated ones to agree with to the last bit.

It imports nothing of ours, so that it cannot be wrong in the way in which the equations are. `o` is an optimizer, of
which it reads the hyper-parameters; a state is a tuple of the fields in the order in which the class declares them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray


class Diagnostics(NamedTuple):
    effective_lr: Array
    rms_grad: Array


def ema(average: Array, value: Array, beta: Any) -> Array:
    """The exponential moving average after one more value."""
    return beta * average + (1 - beta) * value


def power(base: Any, t: int) -> Array:
    """base**t with the same last bit for a number as for an array of numbers, which `**` does not promise."""
    return np.power(np.asarray(base, dtype=float), t)


def unbias(average: Array, beta: Any, t: int) -> Array:
    """The average without the pull of its zero start."""
    return average / (1 - power(beta, t))


class NoState(NamedTuple):
    pass


class VelocityState(NamedTuple):
    velocity: Array


class AdaGradState(NamedTuple):
    sum_sq: Array


class RMSPropState(NamedTuple):
    square_avg: Array
    grad_avg: Array | None
    velocity: Array | None


class AdadeltaState(NamedTuple):
    square_avg: Array
    delta_avg: Array


class RateState(NamedTuple):
    rate: Array


class RpropState(NamedTuple):
    prev_grad: Array
    rate: Array


class AdamState(NamedTuple):
    m: Array
    v: Array


class AdamaxState(NamedTuple):
    m: Array
    u: Array


class AMSGradState(NamedTuple):
    m: Array
    v: Array
    v_max: Array


class NAdamState(NamedTuple):
    m: Array
    v: Array
    mu_product: Array


class AdaBeliefState(NamedTuple):
    m: Array
    s: Array


class LionState(NamedTuple):
    m: Array


def begin_sgd(o: Any, params: Array) -> NoState:
    return NoState()


def sgd(o: Any, grad: Array, state: NoState, params: Array, t: int) -> tuple[Array, NoState, Diagnostics]:
    return -o.lr * grad, state, Diagnostics(o.lr, np.abs(grad))


def begin_momentum(o: Any, params: Array) -> VelocityState:
    return VelocityState(np.zeros_like(params))


def momentum(
    o: Any, grad: Array, state: VelocityState, params: Array, t: int
) -> tuple[Array, VelocityState, Diagnostics]:
    if o.lr_inside:
        dampened, push = o.momentum * state.velocity + (1 - o.dampening) * o.lr * grad, o.lr * grad
    else:
        dampened, push = o.momentum * state.velocity + (1 - o.dampening) * grad, grad
    velocity = push if t == 1 else np.where(np.equal(o.momentum, 0), push, dampened)
    delta = -velocity if o.lr_inside else -o.lr * velocity
    return delta, VelocityState(velocity), Diagnostics(o.lr, np.abs(grad))


def begin_nesterov(o: Any, params: Array) -> VelocityState:
    return VelocityState(np.zeros_like(params))


def nesterov(
    o: Any, grad: Array, state: VelocityState, params: Array, t: int
) -> tuple[Array, VelocityState, Diagnostics]:
    if o.lr_inside:
        velocity = o.momentum * state.velocity + o.lr * grad
        delta = -(o.lr * grad + o.momentum * velocity)
    else:
        velocity = o.momentum * state.velocity + grad
        delta = -o.lr * (grad + o.momentum * velocity)
    return delta, VelocityState(velocity), Diagnostics(o.lr, np.abs(grad))


def begin_adagrad(o: Any, params: Array) -> AdaGradState:
    return AdaGradState(np.zeros_like(params) + o.initial_accumulator)


def adagrad(o: Any, grad: Array, state: AdaGradState, params: Array, t: int) -> tuple[Array, AdaGradState, Diagnostics]:
    sum_sq = state.sum_sq + np.square(grad)
    root = np.sqrt(sum_sq + o.eps) if o.eps_inside else np.sqrt(sum_sq) + o.eps
    rms_grad = np.sqrt((sum_sq - o.initial_accumulator) / t)
    effective_lr = o.lr / root
    return -effective_lr * grad, AdaGradState(sum_sq), Diagnostics(effective_lr, rms_grad)


def begin_rmsprop(o: Any, params: Array) -> RMSPropState:
    zeros = np.zeros_like(params)
    return RMSPropState(zeros, zeros if o.centered else None, zeros if np.any(o.momentum) else None)


def rmsprop(o: Any, grad: Array, state: RMSPropState, params: Array, t: int) -> tuple[Array, RMSPropState, Diagnostics]:
    square_avg = ema(state.square_avg, np.square(grad), o.alpha)
    grad_avg = ema(state.grad_avg, grad, o.alpha) if o.centered else None
    # rounding can make the variance of a constant gradient -1e-13
    size_sq = np.maximum(square_avg - np.square(grad_avg), 0) if o.centered else square_avg
    root = np.sqrt(size_sq + o.eps) if o.eps_inside else np.sqrt(size_sq) + o.eps
    velocity = None
    delta = -o.lr * (grad / root)
    if np.any(o.momentum) and o.lr_inside:
        velocity = o.momentum * state.velocity + o.lr * (grad / root)
        delta = -velocity
    elif np.any(o.momentum):
        velocity = o.momentum * state.velocity + grad / root
        delta = -o.lr * velocity
    return delta, RMSPropState(square_avg, grad_avg, velocity), Diagnostics(o.lr / root, np.sqrt(square_avg))


def begin_adadelta(o: Any, params: Array) -> AdadeltaState:
    return AdadeltaState(np.zeros_like(params), np.zeros_like(params))


def adadelta(
    o: Any, grad: Array, state: AdadeltaState, params: Array, t: int
) -> tuple[Array, AdadeltaState, Diagnostics]:
    square_avg = ema(state.square_avg, np.square(grad), o.rho)
    ratio = np.sqrt(state.delta_avg + o.eps) / np.sqrt(square_avg + o.eps)
    delta_avg = ema(state.delta_avg, np.square(ratio * grad), o.rho)
    effective_lr = o.lr * ratio
    diagnostics = Diagnostics(effective_lr, np.sqrt(square_avg))
    return -effective_lr * grad, AdadeltaState(square_avg, delta_avg), diagnostics


def begin_adagrad_summed_rates(o: Any, params: Array) -> RateState:
    return RateState(np.zeros_like(params))


def adagrad_summed_rates(
    o: Any, grad: Array, state: RateState, params: Array, t: int
) -> tuple[Array, RateState, Diagnostics]:
    rate = state.rate + o.lr / (o.eps + np.abs(grad))
    return -rate * grad, RateState(rate), Diagnostics(rate, np.abs(grad))


def begin_rmsprop_averaged_rates(o: Any, params: Array) -> RateState:
    return RateState(np.zeros_like(params))


def rmsprop_averaged_rates(
    o: Any, grad: Array, state: RateState, params: Array, t: int
) -> tuple[Array, RateState, Diagnostics]:
    rate = ema(state.rate, o.lr / (o.eps + np.abs(grad)), o.rho)
    return -rate * grad, RateState(rate), Diagnostics(rate, np.abs(grad))


def begin_rprop(o: Any, params: Array) -> RpropState:
    return RpropState(np.zeros_like(params), np.zeros_like(params) + o.lr)


def rprop(o: Any, grad: Array, state: RpropState, params: Array, t: int) -> tuple[Array, RpropState, Diagnostics]:
    agreement = grad * state.prev_grad
    factor = np.where(agreement > 0, o.eta_plus, np.where(agreement < 0, o.eta_minus, 1.0))
    rate = np.minimum(np.maximum(state.rate * factor, o.rate_min), o.rate_max)
    prev_grad = np.where(agreement < 0, 0.0, grad)
    delta = -rate * np.sign(prev_grad)
    return delta, RpropState(prev_grad, rate), Diagnostics(rate, np.abs(grad))


def begin_adam(o: Any, params: Array) -> AdamState:
    return AdamState(np.zeros_like(params), np.zeros_like(params))


def adam(o: Any, grad: Array, state: AdamState, params: Array, t: int) -> tuple[Array, AdamState, Diagnostics]:
    m = ema(state.m, grad, o.beta1)
    v = ema(state.v, np.square(grad), o.beta2)
    m_hat = unbias(m, o.beta1, t) if o.bias_correction else m
    v_hat = unbias(v, o.beta2, t) if o.bias_correction else v
    rms_grad = np.sqrt(v_hat)
    effective_lr = o.lr / (rms_grad + o.eps)
    return -effective_lr * m_hat, AdamState(m, v), Diagnostics(effective_lr, rms_grad)


def begin_adamw(o: Any, params: Array) -> AdamState:
    return AdamState(np.zeros_like(params), np.zeros_like(params))


def adamw(o: Any, grad: Array, state: AdamState, params: Array, t: int) -> tuple[Array, AdamState, Diagnostics]:
    m = ema(state.m, grad, o.beta1)
    v = ema(state.v, np.square(grad), o.beta2)
    rms_grad = np.sqrt(unbias(v, o.beta2, t))
    effective_lr = o.lr / (rms_grad + o.eps)
    delta = -effective_lr * unbias(m, o.beta1, t) - o.lr * o.weight_decay * params
    return delta, AdamState(m, v), Diagnostics(effective_lr, rms_grad)


def begin_adamax(o: Any, params: Array) -> AdamaxState:
    return AdamaxState(np.zeros_like(params), np.zeros_like(params))


def adamax(o: Any, grad: Array, state: AdamaxState, params: Array, t: int) -> tuple[Array, AdamaxState, Diagnostics]:
    m = ema(state.m, grad, o.beta1)
    u = np.maximum(o.beta2 * state.u, np.abs(grad) + o.eps)
    effective_lr = o.lr / ((1 - power(o.beta1, t)) * u)
    return -effective_lr * m, AdamaxState(m, u), Diagnostics(effective_lr, u)


def begin_amsgrad(o: Any, params: Array) -> AMSGradState:
    return AMSGradState(np.zeros_like(params), np.zeros_like(params), np.zeros_like(params))


def amsgrad(o: Any, grad: Array, state: AMSGradState, params: Array, t: int) -> tuple[Array, AMSGradState, Diagnostics]:
    m = ema(state.m, grad, o.beta1)
    v = ema(state.v, np.square(grad), o.beta2)
    v_max = np.maximum(state.v_max, v)
    rms_grad = np.sqrt(unbias(v, o.beta2, t))
    effective_lr = o.lr / (np.sqrt(unbias(v_max, o.beta2, t)) + o.eps)
    delta = -effective_lr * unbias(m, o.beta1, t)
    return delta, AMSGradState(m, v, v_max), Diagnostics(effective_lr, rms_grad)


def begin_nadam(o: Any, params: Array) -> NAdamState:
    return NAdamState(np.zeros_like(params), np.zeros_like(params), np.ones(()))


def nadam(o: Any, grad: Array, state: NAdamState, params: Array, t: int) -> tuple[Array, NAdamState, Diagnostics]:
    mu = o.beta1 * (1 - 0.5 * power(0.96, t * o.momentum_decay))
    mu_next = o.beta1 * (1 - 0.5 * power(0.96, (t + 1) * o.momentum_decay))
    mu_product = state.mu_product * mu
    m = ema(state.m, grad, o.beta1)
    v = ema(state.v, np.square(grad), o.beta2)
    m_bar = mu_next * m / (1 - mu_product * mu_next) + (1 - mu) * grad / (1 - mu_product)
    rms_grad = np.sqrt(unbias(v, o.beta2, t))
    effective_lr = o.lr / (rms_grad + o.eps)
    return -effective_lr * m_bar, NAdamState(m, v, mu_product), Diagnostics(effective_lr, rms_grad)


def begin_radam(o: Any, params: Array) -> AdamState:
    return AdamState(np.zeros_like(params), np.zeros_like(params))


def radam(o: Any, grad: Array, state: AdamState, params: Array, t: int) -> tuple[Array, AdamState, Diagnostics]:
    m = ema(state.m, grad, o.beta1)
    v = ema(state.v, np.square(grad), o.beta2)
    seen = 1 - power(o.beta2, t)
    rho_inf = 2 / (1 - o.beta2) - 1
    rho = rho_inf - 2 * t * power(o.beta2, t) / seen
    # below 5 the root may be of a negative number; the rate does not use it there
    r_sq = (rho - 4) * (rho - 2) * rho_inf / np.where(rho > 5, (rho_inf - 4) * (rho_inf - 2) * rho, 1.0)
    r = np.sqrt(np.maximum(r_sq, 0.0))
    effective_lr = np.where(rho > 5, o.lr * r * np.sqrt(seen) / (np.sqrt(v) + o.eps), o.lr)
    delta = -effective_lr * unbias(m, o.beta1, t)
    return delta, AdamState(m, v), Diagnostics(effective_lr, np.sqrt(v / seen))


def begin_adabelief(o: Any, params: Array) -> AdaBeliefState:
    return AdaBeliefState(np.zeros_like(params), np.zeros_like(params))


def adabelief(
    o: Any, grad: Array, state: AdaBeliefState, params: Array, t: int
) -> tuple[Array, AdaBeliefState, Diagnostics]:
    m = ema(state.m, grad, o.beta1)
    s = ema(state.s, np.square(grad - m), o.beta2) + o.eps_root
    rms_surprise = np.sqrt(unbias(s, o.beta2, t))
    effective_lr = o.lr / (rms_surprise + o.eps)
    delta = -effective_lr * unbias(m, o.beta1, t)
    return delta, AdaBeliefState(m, s), Diagnostics(effective_lr, rms_surprise)


def begin_yogi(o: Any, params: Array) -> AdamState:
    begin = np.zeros_like(params) + o.initial_accumulator
    return AdamState(begin, begin)


def yogi(o: Any, grad: Array, state: AdamState, params: Array, t: int) -> tuple[Array, AdamState, Diagnostics]:
    m = ema(state.m, grad, o.beta1)
    v = state.v - (1 - o.beta2) * np.sign(state.v - np.square(grad)) * np.square(grad)
    effective_lr = o.lr / (np.sqrt(unbias(v, o.beta2, t)) + o.eps)
    delta = -effective_lr * unbias(m, o.beta1, t)
    return delta, AdamState(m, v), Diagnostics(effective_lr, np.sqrt(v))


def begin_lion(o: Any, params: Array) -> LionState:
    return LionState(np.zeros_like(params))


def lion(o: Any, grad: Array, state: LionState, params: Array, t: int) -> tuple[Array, LionState, Diagnostics]:
    direction = np.sign(ema(state.m, grad, o.beta1))
    delta = -o.lr * (direction + o.weight_decay * params)
    return delta, LionState(ema(state.m, grad, o.beta2)), Diagnostics(o.lr, np.abs(grad))


class Reference(NamedTuple):
    init: Callable[[Any, Array], Any]
    update: Callable[[Any, Array, Any, Array, int], tuple[Array, Any, Diagnostics]]


REFERENCES = {
    "sgd": Reference(begin_sgd, sgd),
    "momentum": Reference(begin_momentum, momentum),
    "nesterov": Reference(begin_nesterov, nesterov),
    "adagrad": Reference(begin_adagrad, adagrad),
    "rmsprop": Reference(begin_rmsprop, rmsprop),
    "adadelta": Reference(begin_adadelta, adadelta),
    "adagrad-summed-rates": Reference(begin_adagrad_summed_rates, adagrad_summed_rates),
    "rmsprop-averaged-rates": Reference(begin_rmsprop_averaged_rates, rmsprop_averaged_rates),
    "rprop": Reference(begin_rprop, rprop),
    "adam": Reference(begin_adam, adam),
    "adamw": Reference(begin_adamw, adamw),
    "adamax": Reference(begin_adamax, adamax),
    "amsgrad": Reference(begin_amsgrad, amsgrad),
    "nadam": Reference(begin_nadam, nadam),
    "radam": Reference(begin_radam, radam),
    "adabelief": Reference(begin_adabelief, adabelief),
    "yogi": Reference(begin_yogi, yogi),
    "lion": Reference(begin_lion, lion),
}
