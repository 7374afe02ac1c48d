"""What each run is called, everywhere: by its name, else by its optimizer and what sets it apart from its like.

And what it meets beside the surface, in words.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations, count
from typing import Any

from optim_core import PAPER, Letters, Optimizer, hypers, values

from . import schedules, weather
from .numbers import MINUS, brief, exact
from .state import Run, State

Fields = tuple[str, ...]


@lru_cache(maxsize=256)
def labels(runs: tuple[Run, ...], letters: Letters = PAPER) -> tuple[str, ...]:
    """What each run is called, in the order of the runs; no two alike.

    A name that was given stays. The others are called by their optimizer; those that share one, by the fewest fields
    that tell each of them apart from all others ("Adam β₁ 0.5"), or by none where it would take several and all are
    its defaults. What is still alike is numbered.
    """
    called = [_called(run, runs, letters) for run in runs]
    named_first = sorted(range(len(runs)), key=lambda place: not runs[place].name)
    kept, taken = {}, set()
    for place in named_first:
        kept[place] = _unlike(called[place], taken, set(called))
        taken.add(kept[place])
    return tuple(kept[place] for place in range(len(runs)))


def apart(run: Run, runs: tuple[Run, ...]) -> Fields:
    """The fewest fields, of those declared first, that tell a run from every other one without a name."""
    mine, others = values(run.optimizer), [values(one) for one in _nameless(run, runs) if one != run.optimizer]
    fields = [name for name in mine if any(theirs[name] != mine[name] for theirs in others)]
    for some in (some for n in range(len(fields)) for some in combinations(fields, n)):
        if all(any(theirs[name] != mine[name] for name in some) for theirs in others):
            return some
    return tuple(fields)


def differing(run: Run, runs: tuple[Run, ...]) -> Fields:
    """The fields in which the runs of this run's optimizer are not all the same."""
    alike = [values(one.optimizer) for one in runs if type(one.optimizer) is type(run.optimizer)]
    return tuple(name for name, value in alike[0].items() if any(other[name] != value for other in alike))


def met(state: State) -> str:
    """What the runs meet beside the surface, in words; nothing where the gradient is told and the rate stays."""
    schedule = "" if state.schedule == State.schedule else f"η: {schedules.said(state.schedule)}"
    told = "; ".join(filter(None, [weather.said(state.weather), schedule]))
    return state.letters.text(told)


def met_alone(run: Run, letters: Letters = PAPER) -> str:
    """What a run meets that the others do not, in words; nothing where it has neither a schedule nor a fork."""
    schedule = letters.text(f"η: {schedules.said(run.schedule)}") if run.schedule else ""
    return "; ".join(filter(None, [schedule, _before(run, letters) if run.fork else ""]))


def _before(run: Run, letters: Letters) -> str:
    """What a run was before its fork."""
    first = run.fork.optimizer
    kept = "whose memory it keeps" if type(first) is type(run.optimizer) else "of whose memory it keeps nothing"
    settings = in_words(first, hypers(first), letters=letters)
    return f"up to step {run.fork.at} {first.label}, {settings}, {kept}"


def in_words(declared: Any, fields: Iterable[str], among: Iterable[Any] = (), letters: Letters = PAPER) -> str:
    """Some fields of an optimizer or a surface, in words: "η 0.05, β₂ 0.99, ε inside".

    Numbers are as short as the screen shows them, unless that would make one of the others `among` read alike.
    """
    among = list(among)
    return ", ".join(_in_words(declared, name, {getattr(one, name) for one in among}, letters) for name in fields)


def _in_words(declared: Any, name: str, others: set[Any], letters: Letters) -> str:
    value, how = getattr(declared, name), hypers(declared)[name]
    if how.scale == "switch":
        return letters.text(how.words[value]) if how.words else f"{'' if value else 'no '}{name.replace('_', ' ')}"
    alike = any(brief(other) == brief(value) for other in others - {value})
    symbol = letters.of(how.symbol) or name.replace("_", " ")
    return f"{symbol} {exact(value).replace('-', MINUS) if alike else brief(value)}"


def _called(run: Run, runs: tuple[Run, ...], letters: Letters) -> str:
    if run.name:
        return run.name
    others = _nameless(run, runs)
    fields = apart(run, runs)
    if len(fields) > 1 and _is_default(run.optimizer, others):
        fields = ()
    called = f"{run.optimizer.label} {in_words(run.optimizer, fields, others, letters)}".rstrip()
    return ", ".join([called, *_course(run)])


def _course(run: Run) -> list[str]:
    """What of a run's own is no number of its optimizer."""
    fork = [f"from step {run.fork.at}"] if run.fork else []
    return [*fork, *([schedules.label(run.schedule)] if run.schedule else [])]


def _is_default(optimizer: Optimizer, others: list[Optimizer]) -> bool:
    """Whether it has the defaults of all fields in which the others differ from each other."""
    declared = type(optimizer).__dataclass_fields__
    return all(
        value == declared[name].default
        for name, value in values(optimizer).items()
        if len({getattr(one, name) for one in others}) > 1
    )


def _nameless(run: Run, runs: tuple[Run, ...]) -> list[Optimizer]:
    """The optimizers of its kind that are called by what sets them apart."""
    return [one.optimizer for one in runs if not one.name and type(one.optimizer) is type(run.optimizer)]


def _unlike(label: str, taken: set[str], wanted: set[str]) -> str:
    """The label, or with the first number that makes it another than those taken and those wanted."""
    numbered = (f"{label} ({n})" for n in count(2))
    return label if label not in taken else next(one for one in numbered if one not in taken | wanted)
