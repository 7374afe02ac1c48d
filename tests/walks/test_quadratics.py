"""What theory says of quadratics, against the walks themselves."""

import math
from dataclasses import replace

import numpy as np
import pytest

from app.walks.quadratics import fastest, quadratic
from landscapes import LANDSCAPES, Booth, ElongatedValley, Formula, L2, Matyas, QuadraticBowl, Rotated, Saddle
from optim_core import SGD, Adam, Momentum, Nesterov, Optimizer, run
