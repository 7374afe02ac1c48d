"""What the Train tab is asked: the data, the model, how it is trained, and what of it is looked at."""

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

from landscapes.datasets import SHIPPED
from optim_core import Hyper

from .. import limits
from .settings import Choice, Flag, Number, Places, Slot, Text, setting

MADE, FILE = "made", "file"
DATA = ((MADE, "Made data"), *((name, about.title) for name, about in SHIPPED.items()), (FILE, "Your file"))
LINEAR, LOGISTIC = "linear", "logistic"
MODELS = (("auto", "as the target is"), (LINEAR, "linear regression"), (LOGISTIC, "logistic regression"))
CURVES = (("loss", "loss"), ("accuracy", "accuracy"))
QUANTITIES = (("lr", "effective learning rate"), ("rms", "RMS gradient"))
VALIDATION = 0.2  # of the rows of a table, where nothing is said
GOAL = 0.3  # of made data

N = Hyper("n", "samples", (10, 20_000), limits.TRAIN_SAMPLES, "log")
D = Hyper("d", "features", (1, 50), limits.TRAIN_FEATURES)
NOISE = Hyper("", "noise in the target", (1e-3, 10), (0, 1e6), "log", zero=True)
CONDITION = Hyper("", "largest scale of a feature : smallest", (1, 1e4), (1, 1e8), "log")
RARE = Hyper("", "share of features that are mostly 0", (0, 1), (0, 1))
WEIGHTS = Hyper("", "size of the true weights", (1e-2, 100), (0, 1e6), "log", zero=True)
SEED = Hyper("seed", "which numbers are drawn", (0, 100), (0, limits.SEED))
SHARE = Hyper("", "share of the rows kept for validation", (0, 0.5), (0, 0.9))
L2 = Hyper("λ", "L2: λ/2 · |w|² is added to the loss", (1e-6, 10), (0, 1e6), "log", zero=True)
BATCH = Hyper("B", "samples of a batch", (1, 1024), limits.TRAIN_SAMPLES_OF_A_BATCH, "log")
EPOCHS = Hyper("", "epochs", limits.EPOCHS, limits.EPOCHS, "log")
ORDER = Hyper("", "seed of the shuffling", (0, 100), (0, limits.SEED - limits.SHUFFLES[1]))
SHUFFLES = Hyper("K", "shuffles: seeds at once, their median is drawn", limits.SHUFFLES, limits.SHUFFLES)
TARGET_LOSS = Hyper("", "loss to be reached", (1e-3, 10), (1e-300, 1e300), "log")


@dataclass(frozen=True)
class TrainSettings:
    """What is fitted to what, and how.

    What is unset, the data decide: a table is standardised, has an intercept and keeps rows for validation.
    """

    data: str = setting(MADE, Choice(DATA))
    file: str = setting("", Text(64, "[0-9a-f]{64}", "the fingerprint of a file"))  # SHA-256
    target: str = setting("", Text(limits.COLUMN_NAME))  # empty: the column that fits best
    n: int = setting(1000, Number(N, whole=True))
    d: int = setting(10, Number(D, whole=True))
    noise: float = setting(0.5, Number(NOISE))
    condition: float = setting(1.0, Number(CONDITION))
    rare: float = setting(0.0, Number(RARE))
    weights: float = setting(2.0, Number(WEIGHTS))
    seed: int = setting(42, Number(SEED, whole=True))
    model: str = setting("auto", Choice(MODELS))
    standard: bool | None = setting(None, Flag(unset=True))
    intercept: bool | None = setting(None, Flag(unset=True))
    validation: float | None = setting(None, Number(SHARE, unset=True))
    l2: float = setting(0.0, Number(L2))
    batch: int = setting(32, Number(BATCH, whole=True))
    epochs: int = setting(50, Number(EPOCHS, whole=True))
    order: int = setting(0, Number(ORDER, whole=True))
    shuffles: int = setting(5, Number(SHUFFLES, whole=True))
    printed: bool = setting(False, Flag())  # as the listing of an introductory text trains
    goal: float | None = setting(None, Number(TARGET_LOSS, unset=True))
    curve: str = setting("loss", Choice(CURVES))  # accuracy: where there are classes
    quantity: str = setting("lr", Choice(QUANTITIES))
    lines: tuple[int, ...] = setting((), Places(1, limits.LINES))  # parameters; (): the first few
    plane: tuple[int, ...] = setting((), Places(2, 2))  # two parameters; (): the first two principal components
    shown: int | None = setting(None, Slot())  # the run of the heat map

    @property
    def is_made(self) -> bool:
        return self.data == MADE

    @property
    def is_standard(self) -> bool:
        """Whether the features are standardised."""
        return not self.is_made if self.standard is None else self.standard

    @property
    def has_intercept(self) -> bool:
        return not self.is_made if self.intercept is None else self.intercept

    @property
    def held_out(self) -> float:
        """The share of the rows that are kept for validation."""
        return (0.0 if self.is_made else VALIDATION) if self.validation is None else self.validation

    @property
    def seeds(self) -> int:
        """How many shuffles are trained: the listing has but one."""
        return 1 if self.printed else self.shuffles

    def odd(self) -> tuple[tuple[str, ...], str] | None:
        if self.printed and not self.is_made:
            return ("printed",), "belongs to made data: the listing makes its own"
        return None

    def having(self, name: str, value: Any) -> "TrainSettings":
        """Another value; other data bring what suits them, and a file is looked at as soon as it is there."""
        if name == FILE and value:
            return replace(self._of_other_data(FILE), file=value)
        if name == "data" and value != self.data:
            return self._of_other_data(value)
        if name in UNSAID and value == UNSAID[name](replace(self, **{name: None})):
            value = None
        return replace(self, **{name: value})

    def _of_other_data(self, data: str) -> "TrainSettings":
        defaults = {field.name: field.default for field in fields(self) if field.name in OF_DATA}
        return replace(self, **defaults | {"data": data})


# what the data decide where nothing is said
UNSAID = {
    "standard": lambda one: one.is_standard,
    "intercept": lambda one: one.has_intercept,
    "validation": lambda one: one.held_out,
}
# what belongs to one table: another one has other columns, or another loss
OF_DATA = ("target", "model", "standard", "intercept", "validation", "printed", "goal", "curve", "lines", "plane")
LOOKED = ("curve", "quantity", "lines", "plane", "shown")  # how a training is looked at


class Experiment(NamedTuple):
    """A training to begin with, as an address says it."""

    label: str  # in the menu
    query: str  # its settings and its runs; without runs those of the tab
    shows: str  # what one sees there


# the listing trains them in this order, from one stream of random numbers
OWN_RUNS = "run=adagrad~lr=0.1~eps=1e-8&run=rmsprop~lr=0.01&run=adam~lr=0.01&run=sgd~lr=0.05"
EXPERIMENTS = {
    "printed": Experiment(
        "The printed experiment",
        "",
        "Ten features of one scale: a round bowl with noise. One rate is enough, and SGD needs 2 epochs.",
    ),
    "scaled": Experiment(
        "Features from 0.1 to 10",
        "train=condition=100&run=adagrad~lr=1~eps=1e-8&run=rmsprop~lr=0.02&run=adam~lr=0.1&run=sgd~lr=0.01",
        "The same target by features of different scale. SGD, near its largest rate, never gets there: the ranking "
        "is turned round.",
    ),
    "rare": Experiment(
        "Rare features",
        "train=rare=0.5",
        "Half of the features are 0 in 95 of 100 rows. SGD needs 9 epochs instead of 2; the others, which give rare "
        "features larger rates, as many as before.",
    ),
    "noise": Experiment(
        "Pure noise",
        "train=noise=1~weights=0~goal=0.9&run=adagrad~lr=0.001&run=rmsprop~lr=0.001~alpha=0.99&run=adam&run=sgd~lr=0.001",
        "The target depends on no feature: what is left of its variance is all that there is to reach.",
    ),
    "diabetes": Experiment(
        "Diabetes: a regression",
        "train=data=diabetes&run=adagrad~lr=0.1~eps=1e-8&run=rmsprop~lr=0.01&run=adam~lr=0.01&run=sgd~lr=0.05",
        "442 patients, ten features, some of which say nearly the same. Watch the loss on the rows held out.",
    ),
    "cancer": Experiment(
        "Breast cancer: two classes",
        "train=data=cancer&run=adagrad~lr=0.1~eps=1e-8&run=rmsprop~lr=0.01&run=adam~lr=0.01&run=sgd~lr=0.5",
        "Logistic regression. The classes come almost apart, so the weights grow for ever, and the loss falls on.",
    ),
    "cars": Experiment(
        "Cars: rare categories",
        "train=data=cars&run=adagrad~lr=0.1~eps=1e-8&run=rmsprop~lr=0.01&run=adam~lr=0.01&run=sgd~lr=0.05",
        "Categories become columns of 0 and 1, some of them hardly ever 1: compare their effective rates.",
    ),
}
