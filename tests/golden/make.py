"""Regenerate the golden files: the paths that other people's optimizers walk, for ours to agree with.

    python -m pip install ".[golden]"
    python -m tests.golden.make             # write tests/golden/*.json
    python -m tests.golden.make --check     # replay 300 of our gradients into the libraries, print the differences

The libraries are PyTorch, optax or Keras where PyTorch has no such optimizer or flag, and where no library has it
"formula": a loop in plain Python over the numbers of one parameter. Everything is float64.
"""

import argparse
import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import jax
import keras
import numpy as np
import optax
import torch

from landscapes import Rosenbrock
from optim_core import OPTIMIZERS, SCHEDULES, Optimizer, run, values

from ..strategies import corners

HERE = Path(__file__).parent
N_STEPS = 60

torch.set_default_dtype(torch.float64)  # NAdam keeps a product, and others their step count, in the default dtype
jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")

Rows = Iterable[list[float] | None]  # the gradient of each step; None: the gradient of Rosenbrock's function there
Path2D = Iterator[list[float]]

# --- problems -------------------------------------------------------------------------------------------------------


def rosenbrock(x: Any, y: Any) -> Any:
    return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x)


def rosenbrock_grad(x: float, y: float) -> list[float]:
    return [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]


def sequences() -> dict[str, list[list[float]]]:
    """Gradients that ask what a surface may not: signs that change, exact zeros, scales far apart."""
    random = np.random.default_rng(20240229)
    noisy = random.normal([0.5, -0.2], 1.0, (N_STEPS, 2))
    noisy[0, 1] = noisy[7, 0] = noisy[20, 1] = noisy[21, 1] = 0.0
    noisy[33] = 0.0
    scales = random.normal([1.0, -1.0], 1.0, (N_STEPS, 2)) * random.lognormal(0, 1.5, (N_STEPS, 2)) * [1e3, 1e-4]
    return {"noisy": noisy.tolist(), "scales": scales.tolist(), "corners": hard_places()}


def hard_places() -> list[list[float]]:
    """Gradients for numbers at their bounds: a slope that stays, flips, vanishes and comes back; y's begins at zero."""
    x = [0.5, 0.5, 0.5, -0.25, 0.75, 0.0, 0.0, -1.5, -1.25, 2.0, 0.1, 0.3]
    y = [0.0, 0.0, -0.7, -0.7, -0.7, 0.3, 0.0, 0.2, -1e-3, -4.0, 1.0, 1.0]
    return [list(pair) for pair in zip(x, y, strict=True)]


STARTS = {"rosenbrock": [-1.2, 1.0], "noisy": [0.3, -0.2], "scales": [0.0, 0.0], "corners": [0.3, -0.2]}

# --- walks ----------------------------------------------------------------------------------------------------------


def torch_walk(
    build: Callable[[list[torch.Tensor]], torch.optim.Optimizer],
    start: list[float],
    rows: Rows,
    factors: list[float] | None = None,
) -> Path2D:
    params = torch.tensor(start, requires_grad=True)
    optimizer = build([params])
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: 1.0 if factors is None else factors[k])
    yield params.tolist()
    for row in rows:
        optimizer.zero_grad()
        if row is None:
            rosenbrock(*params).backward()
        else:
            params.grad = torch.tensor(row)
        optimizer.step()
        scheduler.step()
        yield params.tolist()


def optax_walk(transform: optax.GradientTransformation, start: list[float], rows: Rows) -> Path2D:
    params = jax.numpy.array(start)
    state = transform.init(params)
    update = jax.jit(transform.update)
    autograd = jax.jit(jax.grad(lambda params: rosenbrock(*params)))
    yield params.tolist()
    for row in rows:
        grad = autograd(params) if row is None else jax.numpy.array(row)
        updates, state = update(grad, state, params)
        params = optax.apply_updates(params, updates)
        yield params.tolist()


def keras_walk(optimizer: keras.optimizers.Optimizer, start: list[float], rows: Rows) -> Path2D:
    params = keras.Variable(np.array(start))
    yield params.value.tolist()
    for row in rows:
        grad = rosenbrock_grad(*params.value.tolist()) if row is None else row
        optimizer.apply([torch.tensor(grad)], [params])
        yield params.value.tolist()


def formula_walk(rule: Callable[[], Callable[[float, int], float]], start: list[float], rows: Rows) -> Path2D:
    params = list(start)
    steps = [rule() for _ in params]
    yield list(params)
    for t, row in enumerate(rows, 1):
        grad = np.array(rosenbrock_grad(*params) if row is None else row)  # numpy's numbers divide by zero
        params = [float(p + step(g, t)) for p, step, g in zip(params, steps, grad, strict=True)]
        yield list(params)


class KerasRates(keras.optimizers.schedules.LearningRateSchedule):
    """A rate for every step."""

    def __init__(self, rates: list[float]) -> None:
        self.rates = rates

    def __call__(self, step: Any) -> Any:
        return keras.ops.convert_to_tensor(self.rates[int(step)], dtype="float64")


def optax_rates(rates: list[float]) -> optax.Schedule:
    table = jax.numpy.array(rates)
    return lambda count: table[count]


# --- formulas -------------------------------------------------------------------------------------------------------


def summed_rates(lr: float, eps: float) -> Callable[[float, int], float]:
    rate = 0.0

    def step(g: float, t: int) -> float:
        nonlocal rate
        rate += lr / (eps + abs(g))
        return -rate * g

    return step


def averaged_rates(lr: float, rho: float, eps: float) -> Callable[[float, int], float]:
    rate = 0.0

    def step(g: float, t: int) -> float:
        nonlocal rate
        rate = rho * rate + (1 - rho) * lr / (eps + abs(g))
        return -rate * g

    return step


def clamped_rmsprop(lr: float, alpha: float, eps: float, momentum: float) -> Callable[[float, int], float]:
    square = mean = velocity = 0.0

    def step(g: float, t: int) -> float:
        nonlocal square, mean, velocity
        square = alpha * square + (1 - alpha) * g * g
        mean = alpha * mean + (1 - alpha) * g
        velocity = momentum * velocity + g / (np.sqrt(max(square - mean * mean, 0.0)) + eps)
        return -lr * velocity

    return step


def uncorrected_adam(lr: float, beta1: float, beta2: float, eps: float) -> Callable[[float, int], float]:
    m = v = 0.0

    def step(g: float, t: int) -> float:
        nonlocal m, v
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        return -lr * m / (np.sqrt(v) + eps)

    return step


def dampened(lr: float, momentum: float, dampening: float, factors: list[float]) -> Callable[[float, int], float]:
    moved = 0.0

    def step(g: float, t: int) -> float:
        nonlocal moved
        share = 1.0 if t == 1 or not momentum else 1 - dampening
        moved = (momentum * moved if momentum else 0.0) - share * lr * factors[t - 1] * g
        return moved

    return step


def rprop(lr: float, eta_minus: float, eta_plus: float, low: float, high: float) -> Callable[[float, int], float]:
    rate, before = lr, 0.0

    def step(g: float, t: int) -> float:
        nonlocal rate, before
        rate *= eta_plus if g * before > 0 else eta_minus if g * before < 0 else 1.0
        rate = min(max(rate, low), high)
        before = 0.0 if g * before < 0 else g
        return -rate * float(np.sign(before))

    return step


# --- who walks as what ----------------------------------------------------------------------------------------------

TORCH, OPTAX = f"torch {torch.__version__.split('+')[0]}", f"optax {optax.__version__}"
KERAS, FORMULA = f"keras {keras.__version__}", "formula"


def asked(optimizer: Optimizer, factors: list[float] | None = None) -> Any:
    """The hyper-parameters, and by what the rate is multiplied at each step."""
    return SimpleNamespace(**values(optimizer), factors=factors)


def _rated(o: Any, rates: Callable[[list[float]], Any]) -> Any:
    """The same with a schedule of the library's for its rate, where there is one."""
    return o if o.factors is None else SimpleNamespace(**vars(o) | {"lr": rates([o.lr * by for by in o.factors])})


def _torch(build: Callable[[list[torch.Tensor], Any], torch.optim.Optimizer]) -> Callable:
    return lambda o: (TORCH, lambda start, rows: torch_walk(lambda params: build(params, o), start, rows, o.factors))


def _optax(build: Callable[[Any], optax.GradientTransformation]) -> Callable:
    return lambda o: (OPTAX, lambda start, rows: optax_walk(build(_rated(o, optax_rates)), start, rows))


def _keras(build: Callable[[Any], keras.optimizers.Optimizer]) -> Callable:
    return lambda o: (KERAS, lambda start, rows: keras_walk(build(_rated(o, KerasRates)), start, rows))


def _formula(build: Callable[[Any], Callable[[float, int], float]]) -> Callable:
    return lambda o: (FORMULA, lambda start, rows: formula_walk(lambda: build(o), start, rows))


def _betas(o: Any) -> dict[str, Any]:
    return {"lr": o.lr, "betas": (o.beta1, o.beta2), "eps": o.eps}


def _optax_betas(o: Any) -> dict[str, float]:
    return {"b1": o.beta1, "b2": o.beta2, "eps": o.eps}


def _momentum(o: Any) -> tuple[str, Callable]:
    if o.lr_inside and o.dampening:  # no library has both
        return _formula(lambda o: dampened(o.lr, o.momentum, o.dampening, o.factors or [1.0] * N_STEPS))(o)
    if o.lr_inside:
        return _keras(lambda o: keras.optimizers.SGD(o.lr, o.momentum))(o)
    return _torch(lambda p, o: torch.optim.SGD(p, lr=o.lr, momentum=o.momentum, dampening=o.dampening))(o)


def _nesterov(o: Any) -> tuple[str, Callable]:
    if o.lr_inside:
        return _keras(lambda o: keras.optimizers.SGD(o.lr, o.momentum, nesterov=True))(o)
    if not o.momentum:  # PyTorch refuses
        return _optax(lambda o: optax.sgd(o.lr, o.momentum, nesterov=True))(o)
    return _torch(lambda p, o: torch.optim.SGD(p, lr=o.lr, momentum=o.momentum, nesterov=True))(o)


def _adagrad(o: Any) -> tuple[str, Callable]:
    if o.eps_inside and not o.eps and not o.initial_accumulator:  # optax stands still where the sum is 0
        return _keras(lambda o: keras.optimizers.Adagrad(o.lr, o.initial_accumulator, o.eps))(o)
    if o.eps_inside:
        return _optax(lambda o: optax.adagrad(o.lr, o.initial_accumulator, o.eps))(o)
    return _torch(
        lambda p, o: torch.optim.Adagrad(p, lr=o.lr, initial_accumulator_value=o.initial_accumulator, eps=o.eps)
    )(o)


def _rmsprop(o: Any) -> tuple[str, Callable]:
    rounded = o.centered and not o.alpha  # g² − g²: what PyTorch and Keras make of it is rounding, often NaN
    if o.eps_inside and o.lr_inside and not rounded:
        return _keras(lambda o: keras.optimizers.RMSprop(o.lr, o.alpha, o.momentum, o.eps, o.centered))(o)
    if rounded and not o.eps_inside:
        return _formula(lambda o: clamped_rmsprop(o.lr, o.alpha, o.eps, o.momentum))(o)
    if o.eps_inside or o.lr_inside:
        how = {"eps_in_sqrt": o.eps_inside, "centered": o.centered, "momentum": o.momentum}
        return _optax(lambda o: optax.rmsprop(o.lr, o.alpha, o.eps, **how))(o)
    return _torch(
        lambda p, o: torch.optim.RMSprop(p, lr=o.lr, alpha=o.alpha, eps=o.eps, momentum=o.momentum, centered=o.centered)
    )(o)


def _rprop(o: Any) -> tuple[str, Callable]:
    if not o.eta_minus < 1 < o.eta_plus:  # PyTorch refuses
        return _formula(lambda o: rprop(o.lr, o.eta_minus, o.eta_plus, o.rate_min, o.rate_max))(o)
    return _torch(
        lambda p, o: torch.optim.Rprop(p, lr=o.lr, etas=(o.eta_minus, o.eta_plus), step_sizes=(o.rate_min, o.rate_max))
    )(o)


def _adam(o: Any) -> tuple[str, Callable]:
    if not o.bias_correction:  # neither library can leave it out
        return _formula(lambda o: uncorrected_adam(o.lr, o.beta1, o.beta2, o.eps))(o)
    return _torch(lambda p, o: torch.optim.Adam(p, **_betas(o)))(o)


def _yogi(o: Any) -> optax.GradientTransformation:
    scale = optax.scale_by_yogi(**_optax_betas(o), initial_accumulator_value=o.initial_accumulator)
    return optax.chain(scale, optax.scale_by_learning_rate(o.lr))


REFERENCES: dict[str, Callable[[Any], tuple[str, Callable]]] = {
    "sgd": _torch(lambda p, o: torch.optim.SGD(p, lr=o.lr)),
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adadelta": _torch(lambda p, o: torch.optim.Adadelta(p, lr=o.lr, rho=o.rho, eps=o.eps)),
    "adagrad-summed-rates": _formula(lambda o: summed_rates(o.lr, o.eps)),
    "rmsprop-averaged-rates": _formula(lambda o: averaged_rates(o.lr, o.rho, o.eps)),
    "rprop": _rprop,
    "adam": _adam,
    "adamw": _torch(lambda p, o: torch.optim.AdamW(p, **_betas(o), weight_decay=o.weight_decay)),
    "adamax": _torch(lambda p, o: torch.optim.Adamax(p, **_betas(o))),
    "amsgrad": _torch(lambda p, o: torch.optim.Adam(p, **_betas(o), amsgrad=True)),
    "nadam": _torch(lambda p, o: torch.optim.NAdam(p, **_betas(o), momentum_decay=o.momentum_decay)),
    "radam": _torch(lambda p, o: torch.optim.RAdam(p, **_betas(o))),
    "adabelief": _optax(lambda o: optax.adabelief(o.lr, **_optax_betas(o), eps_root=o.eps_root)),
    "yogi": _optax(_yogi),
    "lion": _optax(lambda o: optax.lion(o.lr, o.beta1, o.beta2, weight_decay=o.weight_decay)),
}

# --- settings -------------------------------------------------------------------------------------------------------

BETAS = [
    {},
    {"lr": 0.05, "beta1": 0.5, "beta2": 0.9, "eps": 0.1},
    {"lr": 0.3, "beta1": 0.99, "beta2": 0.5, "eps": 1e-4},
    {"beta1": 0.0, "beta2": 0.99},
]

SETTINGS: dict[str, list[dict[str, Any]]] = {
    "sgd": [{}, {"lr": 0.1}, {"lr": 1.7}],
    "momentum": [
        {},
        {"lr": 0.03, "momentum": 0.5, "dampening": 0.3},
        {"momentum": 0.99},
        {"momentum": 0.8, "dampening": 0.9},
        {"lr_inside": True},
        {"momentum": 0.8, "dampening": 0.9, "lr_inside": True},
    ],
    "nesterov": [{}, {"lr": 0.03, "momentum": 0.5}, {"momentum": 0.99}, {"lr_inside": True}],
    "adagrad": [
        {},
        {"lr": 0.5, "eps": 0.1},
        {"initial_accumulator": 0.1, "eps": 1e-3},
        {"lr": 0.2, "eps": 0.1, "eps_inside": True},
        {"eps": 1e-7, "initial_accumulator": 0.1, "eps_inside": True},
    ],
    "rmsprop": [
        {},
        {"lr": 0.05, "alpha": 0.99, "eps": 0.1},
        {"alpha": 0.5, "momentum": 0.9},
        {"eps": 1e-2, "centered": True},
        {"alpha": 0.99, "momentum": 0.5, "centered": True},
        {"eps": 0.1, "eps_inside": True},
        {"alpha": 0.8, "eps": 1e-3, "momentum": 0.7, "centered": True, "eps_inside": True},
        {"momentum": 0.9, "lr_inside": True},
        {"eps": 1e-3, "momentum": 0.7, "centered": True, "eps_inside": True, "lr_inside": True},
    ],
    "adadelta": [{}, {"lr": 0.3, "rho": 0.5, "eps": 1e-2}, {"lr": 5.0, "rho": 0.99, "eps": 1e-3}],
    "adagrad-summed-rates": [{}, {"lr": 0.05, "eps": 0.1}, {"lr": 1e-3, "eps": 1.0}],
    "rmsprop-averaged-rates": [{}, {"lr": 0.05, "rho": 0.5, "eps": 0.1}, {"rho": 0.99, "eps": 1e-3}],
    "rprop": [
        {},
        {"lr": 0.1, "eta_minus": 0.3, "eta_plus": 1.5},
        {"lr": 0.05, "eta_minus": 0.8, "eta_plus": 1.1, "rate_min": 0.02, "rate_max": 0.06},
        {"rate_min": 0.03, "rate_max": 0.03},
        {"rate_min": 0.1, "rate_max": 0.05},
    ],
    "adam": [*BETAS, {"bias_correction": False}, {"lr": 0.05, "beta1": 0.5, "eps": 0.1, "bias_correction": False}],
    "adamw": [*BETAS, {"weight_decay": 0.5}, {"lr": 0.1, "weight_decay": 0.1}],
    "adamax": BETAS,
    "amsgrad": BETAS,
    "nadam": [*BETAS, {"momentum_decay": 0.1}, {"beta1": 0.99, "momentum_decay": 1.0}],
    "radam": [*BETAS, *({"beta2": beta2} for beta2 in (0.3, 0.6, 2 / 3, 0.67))],  # ρ∞ below 4, 4, 5 and above
    "adabelief": [*BETAS[:3], {"beta1": 0.2, "beta2": 0.9, "eps": 1e-8, "eps_root": 1e-8}, {"eps_root": 1e-3}],
    "yogi": [*BETAS, {"initial_accumulator": 0.1}, {"eps": 1e-8, "initial_accumulator": 1e-3}],
    "lion": [
        {},
        {"lr": 0.05, "beta1": 0.5, "beta2": 0.9, "weight_decay": 0.3},
        {"beta1": 0.99, "beta2": 0.5},
        {"beta1": 0.0, "weight_decay": 0.1},
    ],
}

# Where the place of the rate is another path: settings and schedules, each of them under each.
OVER_TIME = [("exponential", {"gamma": 0.9}), ("warm-up", {"steps": 20}), ("cosine", {})]
SCHEDULED: dict[str, list[dict[str, Any]]] = {
    "momentum": [{}, {"lr_inside": True}, {"dampening": 0.3}, {"dampening": 0.3, "lr_inside": True}],
    "nesterov": [{}, {"lr_inside": True}],
    "rmsprop": [
        {"momentum": 0.9},
        {"momentum": 0.9, "lr_inside": True},
        {"eps": 1e-3, "momentum": 0.9, "centered": True, "lr_inside": True},
        {"eps": 1e-3, "momentum": 0.9, "eps_inside": True, "lr_inside": True},
    ],
}

# On Rosenbrock's function the step must be small enough to stay and large enough to bend the path.
ROSENBROCK_LR = {
    "sgd": 1e-3,
    "momentum": 2e-4,
    "nesterov": 2e-4,
    "adagrad": 0.2,
    "rmsprop": 0.01,
    "adadelta": 2.0,
    "adagrad-summed-rates": 3e-5,
    "rmsprop-averaged-rates": 3e-4,
    "rprop": 0.02,
    "adam": 0.03,
    "adamw": 0.03,
    "adamax": 0.05,
    "amsgrad": 0.05,
    "nadam": 0.02,
    "radam": 1e-3,
    "adabelief": 0.02,
    "yogi": 0.05,
    "lion": 0.02,
}


def instances(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(problem, setting) of each case of this optimizer."""
    slowed = [{**setting, "lr": ROSENBROCK_LR[name]} for setting in SETTINGS[name]]
    yield from (("rosenbrock", setting) for i, setting in enumerate(slowed) if setting not in slowed[:i])
    for setting in SETTINGS[name]:
        yield "noisy", setting
        yield "scales", setting


# --- commands -------------------------------------------------------------------------------------------------------


def write() -> None:
    gradients = sequences()
    _write("gradients", {name: [json.dumps(row) for row in rows] for name, rows in gradients.items()})
    rows = {"rosenbrock": [None] * N_STEPS, **gradients}
    for name, optimizer in OPTIMIZERS.items():
        cases = []
        for problem, setting in instances(name):
            library, walk = REFERENCES[name](asked(optimizer(**setting)))
            path = list(walk(STARTS[problem], rows[problem]))
            if not np.isfinite(path).all():
                raise ValueError(f"{name} {setting} diverges on {problem}")
            case = {"library": library, "problem": problem, "setting": setting, "params": path}
            cases.append(json.dumps(case, separators=(",", ":")))
        scheduled = [_scheduled(name, setting, over) for setting in SCHEDULED.get(name, []) for over in OVER_TIME]
        lists = {"cases": cases, "corners": [_corner(name, setting) for setting in corners(optimizer)]}
        _write(name, lists | ({"scheduled": scheduled} if scheduled else {}))


def _corner(name: str, setting: dict[str, Any]) -> str:
    """A case that may end where nothing is finite."""
    library, walk = REFERENCES[name](asked(OPTIMIZERS[name](**setting)))
    with np.errstate(all="ignore"):
        path = list(walk(STARTS["corners"], hard_places()))
    case = {"library": library, "problem": "corners", "setting": setting, "params": path}
    return json.dumps(case, separators=(",", ":"))


def _scheduled(name: str, setting: dict[str, Any], over: tuple[str, dict[str, float]]) -> str:
    """A case whose rate changes from step to step."""
    kind, numbers = over
    factors = SCHEDULES[kind](**numbers).factors(N_STEPS).tolist()
    library, walk = REFERENCES[name](asked(OPTIMIZERS[name](**setting), factors))
    path = list(walk(STARTS["noisy"], sequences()["noisy"]))
    case = {"library": library, "problem": "noisy", "setting": setting, "schedule": over, "params": path}
    return json.dumps(case, separators=(",", ":"))


def _write(name: str, lists: dict[str, list[str]]) -> None:
    """A JSON object of lists, an item a line."""
    body = ",\n".join(f'"{key}": [\n' + ",\n".join(items) + "\n]" for key, items in lists.items())
    (HERE / f"{name}.json").write_text("{\n" + body + "\n}\n", encoding="utf-8")


def check(n_steps: int = 300) -> None:
    """Print how far each library strays from our path, relative to the path's size, when it is fed our gradients.

    Fed, because on a limit cycle rounding alone drives two correct walks apart when each takes its own gradients.
    """
    for name, optimizer in OPTIMIZERS.items():
        worst: dict[str, float] = {}
        for setting in [setting for problem, setting in instances(name) if problem == "rosenbrock"]:
            library, walk = REFERENCES[name](asked(optimizer(**setting)))
            ours = run(optimizer(**setting), Rosenbrock(), STARTS["rosenbrock"], n_steps)
            theirs = np.array(list(walk(STARTS["rosenbrock"], ours.grad[:-1].tolist())))
            strayed = np.abs(ours.params - theirs).max(axis=0) / np.abs(theirs).max(axis=0)
            worst[library] = float(np.max([worst.get(library, 0.0), *strayed]))  # unlike max, it keeps a NaN
        print(f"{name:24}" + "   ".join(f"{library} {difference:.1e}" for library, difference in worst.items()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare 300 steps instead of writing the files")
    check() if parser.parse_args().check else write()
