"""What a sentence on a walk says, read back word by word, and worked out again from the recorded numbers."""

import math
import re
from collections.abc import Callable

import numpy as np
import pytest

from app.page.numbers import spoken
from app.walks.fates import NEAR, fate
from app.walks.narrate import narrate
from app.walks.simulate import Walk
from landscapes import Surface

N = r"(−?\d+(?:\.\d+)?(?:e−?\d+)?)"
CHANGE = rf"(?:from {N} to {N}|a little, from {N})"


def close(shown: str, value: float) -> bool:
    """Whether a number is shown in two digits."""
    return float(shown.replace("−", "-")) == pytest.approx(value, rel=0.051, abs=1e-300)


def changes(found: re.Match, first: int, one: float, other: float) -> bool:
    """Whether the three groups from `first` on tell this change."""
    begin, end, alone = found.group(first, first + 1, first + 2)
    if alone:
        return close(alone, one) and close(alone, other)
    return close(begin, one) and close(end, other)


def ends(one: Walk, surface: Surface, t: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where step t begins and where it ends on the surface as it stands then: the points, the slopes, the losses."""
    drift, points = one.course.weather.drift, one.trajectory.params[t - 1 : t + 1]
    points = points if drift is None else points - drift.offsets(t)[t]
    return points, surface.grad(points.T).T, surface.loss(points.T)


# a sentence -> is it true? Each takes the match, the walk, the surface and the step.


GOALS = {  # whether its minima are a curve, and whether there are several -> what is said of them
    (True, False): "the curve of minima",
    (False, False): "the minimum",
    (False, True): "a minimum",
}


def true_arrival(found: re.Match, one: Walk, surface: Surface, t: int) -> bool:
    away = surface.distance(ends(one, surface, t)[0].T)
    (x0, x1), (y0, y1) = surface.domain
    near = NEAR * math.hypot(x1 - x0, y1 - y0)
    return (
        away[1] <= near < away[0]
        and close(found[2], away[1])
        and close(found[3], one.trajectory.loss[t])
        and found[1] == GOALS[surface.minima_along is not None, len(surface.minima) > 1]
    )


def true_rest(found: re.Match, one: Walk, surface: Surface, t: int) -> bool:
    (x0, x1), (y0, y1) = surface.domain
    slope = math.hypot(*ends(one, surface, t)[1][0])
    short = 1e-3 * math.hypot(x1 - x0, y1 - y0)
    still = max(math.hypot(*one.trajectory.delta[t - 1]), far(one, t)) <= short
    if not found[2]:
        return still and slope <= 1e-3 and close(found[1], slope)
    if not found[3]:
        return still and slope > 1e-3 and close(found[2], slope) and not one.trajectory.seen_grad[t - 1].any()
    rates = one.trajectory.effective_lr[t - 1]
    return still and slope > 1e-3 and close(found[2], slope) and close(found[3], rates[0]) and close(found[4], rates[1])


def far(one: Walk, t: int) -> float:
    """How far a walk came in its last ten steps."""
    return math.dist(one.trajectory.params[max(t - 10, 0)], one.trajectory.params[t])


def true_creep(found: re.Match, one: Walk, surface: Surface, t: int) -> bool:
    short = 1e-3 * math.hypot(*(high - low for low, high in surface.domain))
    hidden = math.hypot(*one.trajectory.delta[t - 1]) <= short
    return hidden and far(one, t) > short and close(found[1], far(one, t)) and int(found[2]) == min(t, 10)


def true_climb(found: re.Match, one: Walk, surface: Surface, t: int) -> bool:
    _, slopes, loss = ends(one, surface, t)
    uphill = one.trajectory.delta[t - 1] @ slopes[0] > 0
    if "memory" in found[0] and not one.part(t).optimizer.direction:
        return False
    wrong = one.trajectory.seen_grad[t - 1] @ slopes[0] < 0
    return uphill and wrong == ("told" in found[0]) and loss[1] > loss[0] and changes(found, 1, *loss)


def true_overstep(found: re.Match, one: Walk, surface: Surface, t: int) -> bool:
    axis = "xy".index(found[2])
    begin, end = ends(one, surface, t)[1][:, axis]
    bounces = t > 1 and np.prod(np.sign(ends(one, surface, t - 1)[1][:, axis])) < 0
    return (
        np.sign(begin) * np.sign(end) < 0
        and one.trajectory.delta[t - 1, axis] * begin < 0
        and (found[1] == "bounces") == bounces == bool(found[4])
        and (not found[3] or abs(end) > abs(begin))
        and close(found[5], begin)
        and close(found[6], end)
    )


def true_excess(found: re.Match, one: Walk, surface: Surface, t: int) -> bool:
    _, slopes, loss = ends(one, surface, t)
    downhill = one.trajectory.delta[t - 1] @ slopes[0] < 0
    return downhill == ("downhill" in found[0]) and loss[1] > loss[0] and changes(found, 1, *loss)


def true_share(shown: str, ratio: float) -> bool:
    if shown == "to about η":
        return spoken(ratio) == "1"
    way, number, unit = re.fullmatch(rf"(up|down) to {N} (% of η|times η)", shown).groups()
    return (way == "up") == (ratio > 1) and close(number, ratio if unit == "times η" else 100 * ratio)


def eta(one: Walk, t: int) -> float:
    """The learning rate of step t."""
    schedule, optimizer = one.course.schedule, one.part(t).optimizer
    return optimizer.lr * (schedule.factors(one.course.n_steps)[t - 1] if schedule else 1.0)


def true_adaptation(found: re.Match, one: Walk, surface: Surface, t: int) -> bool:
    low, high = "xy".index(found[1]), "xy".index(found[3])
    rates, rms = one.trajectory.effective_lr[t - 1], one.trajectory.rms_grad[t - 1]
    fair = low != high and 2 * rates[low] <= rates[high]
    fair &= all(true_share(found[group], rates[axis] / eta(one, t)) for group, axis in ((2, low), (4, high)))
    if not found[5]:
        return fair
    caused = rates[low] * rms[low] == pytest.approx(rates[high] * rms[high], rel=0.12)
    names = found[5] == found[1] and found[7] == found[3]
    return fair and caused and names and rms[low] > rms[high] and close(found[6], rms[low] / rms[high])


def true_step(found: re.Match, one: Walk, surface: Surface, t: int) -> bool:
    step, losses, (_, _, loss) = one.trajectory.delta[t - 1], one.trajectory.loss, ends(one, surface, t)
    along = not found[2] or abs(step["xy".index(found[2])]) >= 0.9 * math.hypot(*step)
    told = changes(found, 3, *loss) if found[3] or found[5] else close(found[6], loss[1])
    hardly = 1e-3 * (losses[0] - losses[: one.diverged_at].min())  # a rise that nobody sees is none
    return close(found[1], math.hypot(*step)) and along and told and loss[1] <= loss[0] + hardly


SENTENCES: dict[str, Callable[[re.Match, Walk, Surface, int], bool]] = {
    rf"reaches (a minimum|the minimum|the curve of minima): it is {N} away, with a loss of {N}": true_arrival,
    rf"stands nearly still(?:: the gradient is {N}|, although the gradient is {N}"
    rf"(?:: its learning rates are {N} in x and {N} in y)?)": true_rest,
    rf"creeps: {N} in its last {N} steps": true_creep,
    r"(?:is carried uphill by its memory of earlier gradients|steps uphill(?: as it is told)?): "
    rf"the loss rises {CHANGE}": true_climb,
    rf"(oversteps|bounces) in ([xy])(, to where it is steeper)?: the slope changes sign( again)?, "
    rf"from {N} to {N}": true_overstep,
    rf"(?:goes too far: its step points downhill, yet|steps along the level:) the loss rises {CHANGE}": true_excess,
    rf"turns ([xy])'s learning rate (.*?) and ([xy])'s (.*?)"
    rf"(?:, because ([xy])'s (?:told )?gradients have been {N} times as large as ([xy])'s)?": true_adaptation,
    rf"walks {N}(?: along ([xy]))?: the loss (?:falls {CHANGE}|stays near {N})": true_step,
}


def kind(one: Walk, surface: Surface, t: int) -> str:
    """Which sentence was said of a step; it must be one of these, and true."""
    said, became = narrate(one, surface, t), fate(one, surface, t)
    if became.kind == "running away":
        warned = f" It is {became.told}: {became.why}."
        assert said.endswith(warned)
        said = said.removesuffix(warned)
    seen(said, one, surface, t)
    body = without_beside(said, one, t)
    assert body != said and said.endswith(".")
    for pattern, is_true in SENTENCES.items():
        if found := re.fullmatch(pattern, body[:-1]):
            assert is_true(found, one, surface, t), f"step {t}: {said}"
            return is_true.__name__
    raise AssertionError(f"an unknown sentence: {said}")


def without_beside(said: str, one: Walk, t: int) -> str:
    """A sentence without its subject, what was told of the gradient and the fork, all of which must be true."""
    part, weather = one.part(t), one.course.weather
    still = "" if type(part.optimizer) is type(one.run.optimizer) else f", still {part.optimizer.label},"
    body, fork = said.removeprefix(f"{one.label}{still} "), one.course.fork
    if fork and fork.at == t:
        optimizer = one.run.optimizer
        kept = "keeps its memory" if type(optimizer) is type(fork.optimizer) else "starts without memory"
        ending = f" From here on it is {optimizer.label}, which {kept if optimizer.n_remembered else 'has no memory'}."
        assert body.endswith(ending), said
        body = body.removesuffix(ending)
    assert "From here on" not in body
    heard = [one.trajectory.grad[t - 1, axis] for axis in (0, 1)]
    told = weather.told(one.course.n_steps, 2)
    clauses = []
    if told.pulse is not None:
        heard = [slope * factor for slope, factor in zip(heard, told.pulse[t - 1], strict=True)]
        clauses = [
            (axis, f"is told the slope in {'xy'[axis]} times {spoken(factor)}")
            for axis, factor in enumerate(told.pulse[t - 1])
            if factor != 1
        ]
    if told.noise is not None:
        heard = [slope + noise for slope, noise in zip(heard, told.noise[t - 1], strict=True)]
    wanted = [text for axis, text in clauses if told.sparse is None or told.sparse[t - 1, axis]]
    if told.sparse is not None and not told.sparse[t - 1].all():
        heard = [slope if is_told else 0.0 for slope, is_told in zip(heard, told.sparse[t - 1], strict=True)]
        untold = [name for name, is_told in zip("xy", told.sparse[t - 1], strict=True) if not is_told]
        wanted.insert(0, "is told nothing" + (f" of {untold[0]}" if len(untold) == 1 else ""))
    if heard != one.trajectory.seen_grad[t - 1].tolist():
        assert weather.clip, "what is told is recorded"
        most = weather.clip.norm or math.inf
        sizes = math.hypot(*heard), math.hypot(*one.trajectory.seen_grad[t - 1])
        assert sizes[0] > sizes[1] and sizes[1] <= most * (1 + 1e-12)
        wanted.append("has its gradient clipped from {} to {}".format(*map(spoken, sizes)))
    if wanted:
        assert body.startswith(f"{', '.join(wanted)} and "), said
        return body.removeprefix(f"{', '.join(wanted)} and ")
    assert not re.match("is told|has its", body), said
    return body


def seen(said: str, one: Walk, surface: Surface, t: int) -> None:
    """No sentence speaks of a movement that cannot be seen."""
    step, short = one.trajectory.delta[t - 1], 1e-3 * math.hypot(*(high - low for low, high in surface.domain))
    for axis in re.findall(r"(?:bounces|oversteps|along) (?:in )?([xy])\b", said):
        part = abs(step["xy".index(axis)])
        assert part >= short and part >= 0.1 * math.hypot(*step), said
    if not re.search(r"creeps|stands|reaches", said):
        assert math.hypot(*step) > short, said
    if "the loss rises" in said:
        loss, (begin, end) = one.trajectory.loss, ends(one, surface, t)[2]
        assert end - begin > 1e-3 * (loss[0] - loss[: one.diverged_at].min()), said


SUMMARY = (
    rf"walked {N}(?:, nearly straight|, there and back|, {N} times the straight way)"
    r"(?:, bouncing in ([xy](?: and [xy])?))?"
    r", and (?:rests|stalled|still circles|ended|is running away since step (\d+): ).*"
)


def summed_up(one: Walk, surface: Surface) -> str:
    """What is said at the end, every number of it worked out again."""
    n, points = len(one.trajectory.delta), one.trajectory.params
    said, became = narrate(one, surface, n), fate(one, surface)
    if one.diverged_at is not None:
        assert f"{became.kind} at step {one.diverged_at}" in said
        return said
    length, straight = np.hypot(*one.trajectory.delta.T).sum(), math.dist(points[0], points[-1])
    if "has not moved" in said:
        assert length <= 1e-3 * math.hypot(*(high - low for low, high in surface.domain))
        return said
    found = re.fullmatch(SUMMARY, said.removeprefix(one.label + " "))
    assert found and close(found[1], length), said
    assert close(found[2], length / straight) if found[2] else "there and back" in said or length < 1.1 * straight
    words = {"converged": "rests", "stalled": "stalled", "circling": "still circles", "still moving": "ended"}
    assert f", and {words.get(became.kind, f'is {became.told}: {became.why}')}" in said
    if away := re.search(rf"{N} from (?:a|the) (?:minimum|global one|curve of minima)", said):
        assert close(away[1], float(surface.distance(one.trajectory.on_surface[-1])))
    assert surface.lowest is None or away or found[4]
    return said
