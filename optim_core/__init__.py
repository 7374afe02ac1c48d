"""Optimizers that explain themselves, written in numpy alone."""

from .adam import ADAM_FAMILY, AdaBelief, Adam, Adamax, AdamW, AMSGrad, Lion, NAdam, RAdam, Yogi
from .adaptive import (
    ADAPTIVE_FAMILY,
    Adadelta,
    AdaGrad,
    AdaGradSummedRates,
    RMSProp,
    RMSPropAveragedRates,
    Rprop,
)
from .base import Diagnostics, Equation, Optimizer, evaluate
from .hyper import Hyper, hypers
from .run import Step, Trajectory, iterate, run, sweep
from .sgd import SGD, SGD_FAMILY, Momentum, Nesterov

OPTIMIZERS: dict[str, type[Optimizer]] = {**SGD_FAMILY, **ADAPTIVE_FAMILY, **ADAM_FAMILY}

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "AMSGrad",
    "AdaBelief",
    "AdaGrad",
    "AdaGradSummedRates",
    "Adadelta",
    "Adam",
    "AdamW",
    "Adamax",
    "Diagnostics",
    "Equation",
    "Hyper",
    "Lion",
    "Momentum",
    "NAdam",
    "Nesterov",
    "Optimizer",
    "RAdam",
    "RMSProp",
    "RMSPropAveragedRates",
    "Rprop",
    "Step",
    "Trajectory",
    "Yogi",
    "evaluate",
    "hypers",
    "iterate",
    "run",
    "sweep",
]
