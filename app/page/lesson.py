"""What a lesson is: what it asks, how that is answered, and what is to be reached with the controls."""

from collections.abc import Mapping
from dataclasses import dataclass, field

GESTURES = ("click", "drag", "pick", "curve", "rank")
LEVELS = ("first", "second")
SCALES = ("log", "linear")
VERDICTS = ("refuted", "half", "holds", "depends")
MOST_QUESTIONS, REASONS = 3, 3
WHY, TRY = "why", "try"
PHASES = ("ask", "see", "ask2", "see2", "ask3", "see3", WHY, TRY)
NO_IDEA = "no"  # what is said by who has none


@dataclass(frozen=True)
class Number:
    """A number that texts name: an expression over an address."""

    value: str
    address: str


@dataclass(frozen=True)
class Refuted:
    """A claim of a text that the lesson looks at."""

    claim: str
    source: str
    verdict: str


@dataclass(frozen=True)
class Option:
    """One of what there is to choose from."""

    text: str
    shape: str = ""  # of a curve
    holds: str = ""  # the expression that makes it right
    value: str = ""  # what it is ranked by


@dataclass(frozen=True)
class Reason:
    text: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked, how it is answered, and by what the answer is known."""

    gesture: str
    ask: str
    reveal: str
    address: str
    shown: int = 0  # steps that are seen before the answer
    answer: tuple[str, ...] = ()  # expressions: of a number, or of x and y
    others: tuple[tuple[str, ...], ...] = ()  # places that are right too
    factor: float | None = None  # within which a number is right
    within: float | None = None  # the same as a distance
    range: tuple[float, float] | None = None
    scale: str = "linear"
    unit: str = ""
    watch: str = ""
    label: str = ""
    framed: str = ""  # the number that decides, where the answer is none
    half: str = ""
    options: tuple[Option, ...] = ()
    right: str = ""
    by: str = ""


@dataclass(frozen=True)
class Target:
    """What is to be reached with the controls."""

    text: str
    address: str
    now: str
    now_value: str
    hint: str
    unlock: tuple[str, ...] = ()
    holds: str = ""
    way: str = ""
    cannot: bool = False
    tried: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lesson:
    id: str
    title: str
    minutes: int
    level: str
    idea: str
    address: str
    questions: tuple[Question, ...]
    reasons: tuple[Reason, ...]
    target: Target
    needs: tuple[str, ...] = ()
    refutes: Refuted | None = None
    history: str = ""
    numbers: Mapping[str, Number] = field(default_factory=dict, hash=False)

    def phases(self, short: bool = False) -> tuple[str, ...]:
        """Its phases in their order; of the short form the questions and what is seen of them."""
        asked = PHASES[: 2 * len(self.questions)]
        return asked if short else (*asked, WHY, TRY)

    def question(self, phase: str) -> int:
        """Which question a phase belongs to: its own, and of those at the end the last one."""
        return len(self.questions) - 1 if phase in (WHY, TRY) else int(phase[3:] or 1) - 1

    def opens(self, phase: str) -> str:
        """The address that a phase opens with."""
        return self.target.address if phase == TRY else self.questions[self.question(phase)].address
