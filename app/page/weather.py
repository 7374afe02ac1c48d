"""Weather on the page: its controls, its form in an address, and what it is called.

A kind of weather is a word where there is something to choose, then numbers: `noise=0.5,0.2`, `clip=norm,1`. In an
address they stand in one field, `weather=noise=0.5,0.2~seed=3~clip=norm,1`, and a control is called
`weather.<kind>.<number>`, its word `weather.<kind>`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from optim_core import Clip, Drift, Hyper, Pulse, Weather

from .. import limits
from .numbers import brief, exact

OFF = "off"
FAIR = Weather(noise=(0.0, 0.0), sparse=(1.0, 1.0))
STEPS = (1, 1_000_000)


@dataclass(frozen=True)
class Knob:
    """One number of a kind of weather."""

    name: str
    declared: Hyper
    get: Callable[[Weather], float]
    put: Callable[[Weather, float], Weather]
    whole: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of weather: what it may be, `words` (none: there is nothing to choose), and its numbers for each."""

    label: str
    knobs: Callable[[str], tuple[Knob, ...]]
    words: tuple[tuple[str, str], ...] = ()  # each with what it is called on the page
    word: Callable[[Weather], str] = lambda weather: ""
    choose: Callable[[Weather, str], Weather] = lambda weather, word: weather

    def numbers(self, weather: Weather) -> tuple[Knob, ...]:
        return self.knobs(self.word(weather))


class Reading(Protocol):
    """What reads an address: a number as declared, or its default, and a note of what had to be changed."""

    def number(self, where: str, declared: Hyper, text: str, default: float) -> float: ...

    def note(self, where: str, given: str, why: str, became: str) -> None: ...


def _pair(field: str, place: int) -> tuple[Callable[[Weather], float], Callable[[Weather, float], Weather]]:
    """One number of two, for x or for y."""

    def put(weather: Weather, value: float) -> Weather:
        both = list(getattr(weather, field))
        both[place] = value
        return replace(weather, **{field: tuple(both)})

    return lambda weather: getattr(weather, field)[place], put


def _alone(field: str) -> tuple[Callable[[Weather], float], Callable[[Weather, float], Weather]]:
    return lambda weather: getattr(weather, field), lambda weather, value: replace(weather, **{field: value})


def _inner(kind: str, field: str) -> tuple[Callable[[Weather], float], Callable[[Weather, float], Weather]]:
    """A number of a pulse, a drift or a clip."""

    def put(weather: Weather, value: float) -> Weather:
        return replace(weather, **{kind: replace(getattr(weather, kind), **{field: value})})

    return lambda weather: getattr(getattr(weather, kind), field), put


def _velocity(place: int) -> tuple[Callable[[Weather], float], Callable[[Weather, float], Weather]]:
    def put(weather: Weather, value: float) -> Weather:
        both = list(weather.drift.velocity)
        both[place] = value
        return replace(weather, drift=replace(weather.drift, velocity=tuple(both)))

    return lambda weather: weather.drift.velocity[place], put


def _sigma(axis: str) -> Hyper:
    return Hyper(f"σ {axis}", f"noise in the gradient of {axis}", (1e-3, 10), (0, 1e6), "log", zero=True)


def _chance(axis: str) -> Hyper:
    return Hyper(f"p {axis}", f"how often the gradient of {axis} is told", (0, 1), (0, 1))


_NOISE = tuple(Knob(axis, _sigma(axis), *_pair("noise", place)) for place, axis in enumerate("xy"))
_SPARSE = tuple(Knob(axis, _chance(axis), *_pair("sparse", place)) for place, axis in enumerate("xy"))
_BATCH = Hyper("B", "gradients that are averaged: σ is divided by √B", (1, 256), (1, 1e6), "log")
_SEED = Hyper("seed", "which noise it is", (0, 100), (0, 1e9))
_SEEDS = Hyper("K", "seeds at once, as a fan", (1, limits.SEEDS), (1, limits.SEEDS))
_PULSE = (
    Knob(
        "every", Hyper("k", "steps from one pulse to the next", (1, 100), STEPS, "log"), *_inner("pulse", "every"), True
    ),
    Knob(
        "factor", Hyper("c", "how many times as large it is", (0.1, 100), (0, 1e6), "log"), *_inner("pulse", "factor")
    ),
)


def _moves(word: str) -> tuple[Knob, ...]:
    far, doc = (1.0, "how far it jumps in {}") if word == "jump" else (0.05, "how far it moves in {} at a step")
    knobs = [
        Knob(axis, Hyper(f"v {axis}", doc.format(axis), (-far, far), (-1e3, 1e3)), *_velocity(place))
        for place, axis in enumerate("xy")
    ]
    at = Knob(
        "at", Hyper("t", "the step at which it jumps", (1, 2000), limits.STEPS, "log"), *_inner("drift", "at"), True
    )
    return {OFF: (), "steady": tuple(knobs), "jump": (*knobs, at)}[word]


def _most(word: str) -> tuple[Knob, ...]:
    doc = {"norm": "the longest gradient that is told", "value": "the largest number of it that is told"}
    if word == OFF:
        return ()
    return (Knob("most", Hyper("c", doc[word], (0.01, 100), (0, 1e9), "log"), *_inner("clip", word)),)


def _drift_word(weather: Weather) -> str:
    return OFF if weather.drift is None else "steady" if weather.drift.at is None else "jump"


def _clip_word(weather: Weather) -> str:
    return OFF if weather.clip is None else "norm" if weather.clip.value is None else "value"


KINDS: dict[str, Kind] = {
    "noise": Kind("Noise", lambda word: _NOISE),
    "batch": Kind("Batch", lambda word: (Knob("size", _BATCH, *_alone("batch")),)),
    "seed": Kind("Seed", lambda word: (Knob("first", _SEED, *_alone("seed"), True),)),
    "seeds": Kind("Ensemble", lambda word: (Knob("many", _SEEDS, *_alone("seeds"), True),)),
    "sparse": Kind("Sparse gradients", lambda word: _SPARSE),
    "pulse": Kind(
        "Pulses",
        lambda word: () if word == OFF else _PULSE,
        ((OFF, "no pulses"), ("x", "pulses in x"), ("y", "pulses in y")),
        lambda weather: OFF if weather.pulse is None else "xy"[weather.pulse.parameter],
        lambda weather, word: replace(
            weather, pulse=None if word == OFF else replace(weather.pulse or Pulse(), parameter="xy".index(word))
        ),
    ),
    "drift": Kind(
        "Drift",
        _moves,
        ((OFF, "stands still"), ("steady", "moves at every step"), ("jump", "jumps once")),
        _drift_word,
        lambda weather, word: replace(
            weather, drift={OFF: None, "steady": Drift((0.02, 0.0)), "jump": Drift((1.0, 0.0), 50)}[word]
        ),
    ),
    "clip": Kind(
        "Clipping",
        _most,
        ((OFF, "not clipped"), ("norm", "clipped by norm"), ("value", "clipped by value")),
        _clip_word,
        lambda weather, word: replace(weather, clip=None if word == OFF else Clip(**{word: 1.0})),
    ),
}


DECLARED = [
    knob.declared for kind in KINDS.values() for word in (dict(kind.words) or ("",)) for knob in kind.knobs(word)
]


def words_of(weather: Weather) -> dict[str, str]:
    """What is chosen of every kind that has a choice."""
    return {name: kind.word(weather) for name, kind in KINDS.items() if kind.words}


def is_random(weather: Weather) -> bool:
    """Whether the seed matters."""
    return any(weather.noise) or min(weather.sparse) < 1


def alone(weather: Weather) -> Weather:
    """The same with its first seed alone."""
    return replace(weather, seeds=1)


# --- in an address ---------------------------------------------------------------------------------------------------


def written(weather: Weather) -> str:
    """Weather as an address has it: the kinds that differ from fair weather."""
    texts = {name: _written(kind, weather) for name, kind in KINDS.items()}
    return "~".join(f"{name}={text}" for name, text in texts.items() if text != _written(KINDS[name], FAIR))


def _written(kind: Kind, weather: Weather) -> str:
    word = [kind.word(weather)] if kind.words else []
    return ",".join([*word, *(exact(knob.get(weather)) for knob in kind.numbers(weather))])


def read(text: str, reading: Reading) -> Weather:
    """The weather of an address. What makes no sense is left out, and noted."""
    weather, seen = FAIR, set()
    for part in text.split("~"):
        name, _, value = part.partition("=")
        if name in seen:
            reading.note(f"weather, {name}", value, "is given twice", "the first one is kept")
        elif name in KINDS:
            weather = _read(name, value, weather, reading)
        elif part:
            reading.note("weather", name, f"is not one of {', '.join(KINDS)}", "left out")
        seen.add(name)
    return weather


def _read(name: str, text: str, weather: Weather, reading: Reading) -> Weather:
    kind, given, where = KINDS[name], text.split(","), f"weather, {name}"
    if kind.words:
        word, *given = given
        if word not in dict(kind.words):
            reading.note(where, word, f"is not one of {', '.join(dict(kind.words))}", "left out")
            return weather
        weather = kind.choose(weather, word)
    knobs = kind.numbers(weather)
    if len(given) != len(knobs):
        reading.note(where, text, f"is not {_many(kind, knobs)}", "left out")
        return kind.choose(weather, OFF)
    for knob, one in zip(knobs, given, strict=True):
        value = reading.number(f"{where}, {knob.name}", knob.declared, one, knob.get(weather))
        if knob.whole and value != round(value):
            reading.note(f"{where}, {knob.name}", one, "is not a whole number", f"{round(value)} is used")
        weather = knob.put(weather, round(value) if knob.whole else value)
    return weather


def _many(kind: Kind, knobs: tuple[Knob, ...]) -> str:
    numbers = f"{len(knobs)} number{'s' if len(knobs) != 1 else ''}"
    return f"a word and {numbers}" if kind.words else numbers


def moved(weather: Weather, t: int) -> tuple[float, float]:
    """By how much the surface has moved at step t."""
    if weather.drift is None:
        return 0.0, 0.0
    times = t if weather.drift.at is None else t >= weather.drift.at
    x, y = weather.drift.velocity
    return times * x, times * y


def too_late(weather: Weather, n_steps: int) -> str:
    """Why a jump never comes; else nothing."""
    if weather.drift is None or weather.drift.at is None or weather.drift.at <= n_steps:
        return ""
    return f"is past the last step, {n_steps}"


# --- in words --------------------------------------------------------------------------------------------------------


def said(weather: Weather) -> str:
    """What the runs are told, in a few words; nothing in fair weather."""
    return "; ".join(_said(weather))


def _said(weather: Weather) -> Iterator[str]:
    if any(weather.noise):
        batch = f" averaged over {brief(weather.batch)}" if weather.batch != 1 else ""
        yield f"noise σ {_both(weather.noise)}{batch}"
    if min(weather.sparse) < 1:
        yield f"gradients told with probability {_both(weather.sparse)}"
    if weather.pulse:
        axis = "xy"[weather.pulse.parameter]
        yield f"every {_nth(weather.pulse.every)} gradient in {axis} times {brief(-weather.pulse.factor)}"
    if weather.drift:
        way = "({}, {})".format(*map(brief, weather.drift.velocity))
        at = weather.drift.at
        yield f"the surface moves by {way} at every step" if at is None else f"the surface jumps by {way} at step {at}"
    if weather.clip:
        norm, value = weather.clip.norm, weather.clip.value
        yield f"clipped to the norm {brief(norm)}" if value is None else f"clipped to ±{brief(value)}"
    if is_random(weather):
        yield f"seed {weather.seed}" if weather.seeds == 1 else f"{weather.seeds} seeds from {weather.seed} on"


def _both(numbers: Any) -> str:
    x, y = map(brief, numbers)
    return x if x == y else f"{x} in x, {y} in y"


def _nth(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
