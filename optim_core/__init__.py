"""Optimizers that explain themselves, written in numpy alone."""

from . import border, calls
from .arithmetic import EquationError, expression
from .attraction import REACH, Basins, Share, attracted, basins, basins_at
from .base import Optimizer, evaluate
from .batches import Batches, Printed
from .conventions import CONVENTIONS, Convention, conventions_of, differently, follows, matters
from .ends import Ends, ends
from .equations import Diagnostics, Equation, PerWalk
from .hyper import Hyper, hypers, values
from .letters import NOTATIONS, PAPER, Letters
from .libraries import LIBRARIES, Library, Signature
from .optimizers.adam import ADAM_FAMILY, AdaBelief, Adam, Adamax, AdamW, AMSGrad, Lion, NAdam, RAdam, Yogi
from .optimizers.adaptive import (
    ADAPTIVE_FAMILY,
    Adadelta,
    AdaGrad,
    AdaGradSummedRates,
    RMSProp,
    RMSPropAveragedRates,
    Rprop,
)
from .optimizers.sgd import SGD, SGD_FAMILY, Momentum, Nesterov
from .run import Fork, Step, Trajectory, iterate, run, sweep
from .schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    Exponential,
    InverseRoot,
    OneCycle,
    Schedule,
    Stairs,
    WarmUp,
)
from .sweeps import GridSweep, RateSweep, Tuned, around, grid_sweep, learning_rate_sweep, tuned
from .training import Checkpoint, Training, train
from .weather import Clip, Drift, Pulse, Told, Weather
from .work import Interrupted

FAMILIES: dict[str, dict[str, type[Optimizer]]] = {
    "One rate for all parameters": SGD_FAMILY,
    "A rate for each parameter": ADAPTIVE_FAMILY,
    "Adam and its relatives": ADAM_FAMILY,
}
OPTIMIZERS: dict[str, type[Optimizer]] = {name: cls for family in FAMILIES.values() for name, cls in family.items()}

__all__ = [
    "CONVENTIONS",
    "FAMILIES",
    "LIBRARIES",
    "NOTATIONS",
    "OPTIMIZERS",
    "PAPER",
    "REACH",
    "SCHEDULES",
    "SGD",
    "AMSGrad",
    "AdaBelief",
    "AdaGrad",
    "AdaGradSummedRates",
    "Adadelta",
    "Adam",
    "AdamW",
    "Adamax",
    "Basins",
    "Batches",
    "Checkpoint",
    "Clip",
    "Constant",
    "Convention",
    "Cosine",
    "Diagnostics",
    "Drift",
    "Ends",
    "Equation",
    "EquationError",
    "Exponential",
    "Fork",
    "GridSweep",
    "Hyper",
    "Interrupted",
    "InverseRoot",
    "Letters",
    "Library",
    "Lion",
    "Momentum",
    "NAdam",
    "Nesterov",
    "OneCycle",
    "Optimizer",
    "PerWalk",
    "Printed",
    "Pulse",
    "RAdam",
    "RMSProp",
    "RMSPropAveragedRates",
    "RateSweep",
    "Rprop",
    "Schedule",
    "Share",
    "Signature",
    "Stairs",
    "Step",
    "Told",
    "Training",
    "Trajectory",
    "Tuned",
    "WarmUp",
    "Weather",
    "Yogi",
    "around",
    "attracted",
    "basins",
    "basins_at",
    "border",
    "calls",
    "conventions_of",
    "differently",
    "ends",
    "evaluate",
    "expression",
    "follows",
    "grid_sweep",
    "hypers",
    "iterate",
    "learning_rate_sweep",
    "matters",
    "run",
    "sweep",
    "train",
    "tuned",
    "values",
]
