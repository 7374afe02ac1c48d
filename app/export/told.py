"""What the runs meet beside the surface, as Python: what the optimizers are told of the gradient, PyTorch's schedulers.

The tables are those of `optim_core.weather`, row t - 1 for step t, drawn by numpy in every script; what is done with
them at a step is the function `told`.
"""

import textwrap
from collections.abc import Iterator

from optim_core import Constant, Cosine, Drift, Exponential, InverseRoot, OneCycle, Schedule, Stairs, WarmUp, Weather
from optim_core.weather import GAPS, NOISE

from ..page import weather

# --- weather --------------------------------------------------------------------------------------------------------


def is_told(rough: Weather) -> bool:
    """Whether anything is done to a gradient."""
    return any(_changes(rough, "np"))


def tables(rough: Weather, module: str) -> list[str]:
    """The lines that make what is drawn and known before the first step, in "np" or "torch"; none in fair weather."""
    made = dict(_tables(rough))
    lines = [f"{name} = {text if module == 'np' else f'torch.tensor({text})'}" for name, text in made.items()]
    return [*_about(rough), *_seed(rough), *lines] if made or is_told(rough) else []


def _about(rough: Weather) -> list[str]:
    words = f"What the optimizers are told of the gradient: {weather.said(weather.alone(rough))}."
    return textwrap.wrap(words, 118, initial_indent="# ", subsequent_indent="# ")


def _seed(rough: Weather) -> Iterator[str]:
    if weather.is_random(rough):
        last = rough.seed + rough.seeds - 1
        others = f"  # the first of {rough.seeds}: the page walks with each up to {last}" if rough.seeds > 1 else ""
        yield f"SEED = {rough.seed}{others}"


def _tables(rough: Weather) -> Iterator[tuple[str, str]]:
    if rough.drift:
        yield "MOVED", _moved(rough.drift)
    if rough.pulse:
        yield "PULSES", _pulses(rough)
    if any(rough.noise):
        averaged = f" / np.sqrt({float(rough.batch)!r})" if rough.batch != 1 else ""
        sigma = f"(np.array({_floats(rough.noise)}){averaged})" if averaged else _floats(rough.noise)
        yield "NOISE", f"np.random.RandomState([{NOISE}, SEED]).standard_normal((N_STEPS, 2)) * {sigma}"
    if min(rough.sparse) < 1:
        drawn = f"np.random.RandomState([{GAPS}, SEED]).random_sample((N_STEPS, 2))"
        yield "KNOWN", f"{drawn} < {_floats(rough.sparse)}"


def _moved(drift: Drift) -> str:
    t = "np.arange(1.0, N_STEPS + 1)"
    return f"np.outer({t if drift.at is None else f'{t} >= {drift.at}'}, {_floats(drift.velocity)})"


def _pulses(rough: Weather) -> str:
    of = "[0]" if rough.pulse.parameter == 0 else "[1]"
    here = f"np.outer(np.arange(N_STEPS) % {rough.pulse.every} == 0, np.arange(2) == {of})"
    return f"np.where({here}, {-float(rough.pulse.factor)!r}, 1.0)"


def function(rough: Weather, module: str) -> list[str]:
    """The function that says what is told of a gradient at step t; none where it is the gradient itself."""
    changes = [change for lines in _changes(rough, module) for change in lines]
    if not changes:
        return []
    return ["\n    ".join(["def told(t, grad):", *changes, "return grad"])]


def _changes(rough: Weather, module: str) -> Iterator[list[str]]:
    if rough.pulse:
        yield ["grad = grad * PULSES[t - 1]"]
    if any(rough.noise):
        yield ["grad = grad + NOISE[t - 1]"]
    if min(rough.sparse) < 1:
        yield [f"grad = {module}.where(KNOWN[t - 1], grad, 0.0)"]
    if rough.clip and rough.clip.value is not None:
        most = float(rough.clip.value)
        clipped = f"{module}.clip(grad, {-most!r}, {most!r})"
        yield [f"grad = {module}.where({module}.isfinite(grad), {clipped}, grad)"]
    elif rough.clip:
        most = float(rough.clip.norm)
        theirs = ["# clip_grad_norm_ would divide by the norm + 1e-6"] if module == "torch" else []
        size = f"size = {module}.sqrt({module}.sum(grad * grad))"
        yield [*theirs, size, f"grad = grad * ({most!r} / size) if {most!r} < size < {module}.inf else grad"]


def _floats(numbers: tuple[float, ...]) -> str:
    return str([float(number) for number in numbers])


# --- schedules ------------------------------------------------------------------------------------------------------

SCHEDULERS = "schedulers."  # what a script calls torch.optim.lr_scheduler


def scheduler(schedule: Schedule, n_steps: int) -> str:
    """The call of PyTorch's own scheduler for `optimizer`; empty where it has none that gives the same rates."""
    if isinstance(schedule, WarmUp):
        return _warmed(schedule, n_steps)
    return _plain(schedule, "N_STEPS") if _has(schedule, n_steps) else ""


def _has(schedule: Schedule, n_steps: int) -> bool:
    """Whether PyTorch takes these numbers: it counts whole steps, and divides by the length of a rise and a fall."""
    if isinstance(schedule, Stairs):
        return schedule.every == int(schedule.every)
    return not isinstance(schedule, OneCycle) or (schedule.rise < 1 and schedule.rise * n_steps != 1)


def _plain(schedule: Schedule, n_steps: str) -> str:
    match schedule:
        case Stairs(every, gamma):
            return f"{SCHEDULERS}StepLR(optimizer, step_size={int(every)}, gamma={float(gamma)!r})"
        case Exponential(gamma):
            return f"{SCHEDULERS}ExponentialLR(optimizer, gamma={float(gamma)!r})"
        case InverseRoot():
            return f"{SCHEDULERS}LambdaLR(optimizer, lambda t: (t + 1) ** -0.5)"
        case Cosine():
            return f"{SCHEDULERS}CosineAnnealingLR(optimizer, T_max={n_steps})"
        case OneCycle(rise, low, end):
            top = f'max_lr=optimizer.param_groups[0]["lr"], total_steps={n_steps}, cycle_momentum=False'
            shape = f"pct_start={float(rise)!r}, div_factor={float(low)!r}, final_div_factor={float(end)!r}"
            return f"{SCHEDULERS}OneCycleLR(optimizer, {top}, {shape})"
    return ""


def _warmed(schedule: WarmUp, n_steps: int) -> str:
    """A warm-up, and what follows it where it comes to that; OneCycleLR takes the rate as it finds it."""
    if schedule.steps != int(schedule.steps):
        return ""
    steps = int(schedule.steps)
    first = f"{SCHEDULERS}LinearLR(optimizer, start_factor=1 / {steps}, total_iters={steps - 1})"
    if isinstance(schedule.then, Constant) or steps >= n_steps:
        return first
    if isinstance(schedule.then, OneCycle) or not _has(schedule.then, n_steps - steps):
        return ""
    then = _plain(schedule.then, f"N_STEPS - {steps}")
    return then and f"{SCHEDULERS}SequentialLR(optimizer, [{first}, {then}], milestones=[{steps}])"
