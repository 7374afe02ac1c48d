"""A training as a script that runs by itself, for NumPy, PyTorch and Keras.

Each script draws the batches with numpy, prints the losses at the end, and keeps `weights`, `during`, `losses` and
`held`: label -> an array with a row for each shuffle. As in `code`, a library's own optimizer is used where it computes
the same update, and the update is written out where it does not. Made data are drawn by the script; others it reads
from a file that the menu has beside it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from landscapes.datasets import data as making

from ..page import weather
from ..page.state import State
from ..page.train import DATA
from ..walks.fitting import Course, course
from . import loops, told, train_loops
from .code import DIVERGING, KERAS_BACKEND
from .runs import Runs
from .targets import KERAS, NUMPY, PYTORCH, Target
from .train_data import SET

LISTED = "as in the listing, t begins anew in every epoch"


class Library(NamedTuple):
    """What a script needs around its runs."""

    name: str
    target: Target
    head: tuple[str, ...]  # its first lines
    loss: str
    train: str
    by_hand: str = ""  # a class that does an update that is written out
    corrected: str = ""


HEAD = ("import numpy as np",)
LIBRARIES = {
    "numpy": Library("NumPy", NUMPY, (*HEAD, "", DIVERGING), train_loops.NUMPY_LOSS, train_loops.NUMPY_TRAIN),
    "torch": Library(
        "PyTorch",
        PYTORCH,
        (*HEAD, "import torch", "", "torch.set_default_dtype(torch.float64)"),
        train_loops.TORCH_LOSS,
        train_loops.TORCH_TRAIN,
        loops.TORCH_BY_HAND,
    ),
    "keras": Library(
        "Keras 3",
        KERAS._replace(before="lambda: ", by_hand="lambda: ByHand"),
        (
            "import os",
            "",
            KERAS_BACKEND,
            "",
            "import keras",
            *HEAD,
            "",
            'keras.config.set_floatx("float64")',
            DIVERGING,
        ),
        train_loops.NUMPY_LOSS,
        train_loops.KERAS_TRAIN,
        loops.KERAS_BY_HAND,
        loops.KERAS_CORRECTED,
    ),
}


def script(name: str, state: State) -> str:
    """The training in a library: "numpy", "torch" or "keras". Raises ValueError, LookupError for want of data."""
    library, wanted = LIBRARIES[name], course(state)
    plain = _plain(state, wanted)
    runs = Runs(plain, library.target, (0.0,) * wanted.d, LISTED if state.train.printed else "")
    facts = runs.facts | set(_facts(state, wanted))
    head = [*_about(state, wanted, library), "", *_head(library, runs), "", *_settings(state, wanted)]
    top = "\n".join([*head, "", *_data(state, wanted), *_after(library, facts)])
    around = [library.loss, train_loops.BATCHES]
    functions = [*told.function(plain.weather, library.target.module), *runs.sources]
    before = [*(loops.loop(text, facts) for text in around), *functions]
    before += [loops.loop(text, facts) for text in _classes(library, runs)]
    return "\n\n\n".join([top, *before, runs.table, loops.loop(library.train, facts)]) + "\n"


def _plain(state: State, wanted: Course) -> State:
    """What of a page acts on its training: of all weather the clipping, and no fork."""
    runs = tuple(replace(run, fork=None) for run in state.runs)
    return replace(state, runs=runs, weather=replace(weather.FAIR, clip=wanted.clip), n_steps=wanted.steps)


def _after(library: Library, facts: set[str]) -> Iterator[str]:
    """What follows the data."""
    if library.target is PYTORCH:
        yield from _as_tensors(facts)
    if "scheduled" in facts:
        yield "N_STEPS = EPOCHS * -(-N // BATCH)"


def _classes(library: Library, runs: Runs) -> Iterator[str]:
    if "Corrected(" in runs.table:
        yield library.corrected
    if runs.functions and library.by_hand:
        yield library.by_hand


def _facts(state: State, wanted: Course) -> Iterator[str]:
    found = {
        "logistic": wanted.data.kind == "logistic",
        "l2": state.train.l2 > 0,
        "held": wanted.data.validation is not None,
        "shuffled": True,
        "printed": state.train.printed,
        "listed": True,
    }
    yield from (name for name, is_so in found.items() if is_so)


def _about(state: State, wanted: Course, library: Library) -> Iterator[str]:
    query = "".join(c for c in state.to_query() if c.isprintable())
    said = f"{dict(DATA)[state.train.data]}, {wanted.n} samples with {wanted.d} features"
    yield f"# {wanted.data.kind.capitalize()} regression on mini-batches: {said}, in {library.name}."
    yield f"# As on the page {query or '/'}"


def _head(library: Library, runs: Runs) -> Iterator[str]:
    """The imports, those of schedules among them."""
    text = "\n".join([*runs.sources, runs.table])
    ours = runs.factors.imports | ({"math"} if "math." in text else set())
    yield from (f"import {name}" for name in sorted(ours))
    yield from [""] * (bool(ours) and library.head[0] == HEAD[0])
    yield from library.head
    if library.target is PYTORCH and told.SCHEDULERS in text:
        yield "schedulers = torch.optim.lr_scheduler"


def _settings(state: State, wanted: Course) -> Iterator[str]:
    settings = state.train
    yield f"EPOCHS = {settings.epochs}"
    yield f"BATCH = {settings.batch}"
    if settings.l2:
        yield f"L2 = {settings.l2!r}"
    if not settings.printed:
        yield f"ORDER = {settings.order}  # seeds the starts and the shuffles"
    yield f"SHUFFLES = {wanted.seeds}" + ("  # of whose losses the medians are printed" if wanted.seeds > 1 else "")


# --- data -----------------------------------------------------------------------------------------------------------


def _data(state: State, wanted: Course) -> Iterator[str]:
    yield from _made(state, wanted) if state.train.is_made else _read(wanted)
    yield "N, D = X.shape"
    if state.train.printed and (state.train.rare or (wanted.n, wanted.d) != (state.train.n, state.train.d)):
        yield f"STREAM = np.random.RandomState({state.train.seed})"
        yield "STREAM.standard_normal(N * D + D + N)  # what the listing would have drawn for so many"


def _read(wanted: Course) -> Iterator[str]:
    """From the file of the menu: its features, then the target, then whether a sample is held back."""
    yield f'table = np.loadtxt("{SET}", delimiter=",", skiprows=1)  # in the menu beside this script'
    yield "X, y, is_held = table[:, :-2], table[:, -2], table[:, -1] == 1"
    if wanted.data.validation is not None:
        yield "X_HELD, Y_HELD = X[is_held], y[is_held]"
    yield "X, y = X[~is_held], y[~is_held]"


def _made(state: State, wanted: Course) -> Iterator[str]:
    """As `landscapes.datasets.made` makes them."""
    one = state.train
    yield f"STREAM = np.random.RandomState({one.seed})"
    yield f"X = STREAM.standard_normal(({one.n}, {one.d}))"
    yield f"truth = STREAM.standard_normal({one.d}) * {one.weights!r}"
    yield f"noise = STREAM.standard_normal({one.n}) * {one.noise!r}"
    if rare := round(one.rare * one.d):
        yield f"X[:, {one.d - rare}:] *= STREAM.random_sample(({one.n}, {rare})) >= {making.RARE}  # rare features"
    yield "y = X @ truth + noise"
    if one.condition != 1 and one.d > 1:
        low, high = f"1 / np.sqrt({one.condition!r})", f"np.sqrt({one.condition!r})"
        yield f"X = X * np.geomspace({low}, {high}, {one.d})"
    if wanted.data.kind == "logistic":
        yield "y = (y > 0).astype(float)"
    yield from _prepared(state, wanted)


def _prepared(state: State, wanted: Course) -> Iterator[str]:
    one, held = state.train, wanted.data.validation
    if held is not None:
        n, apart = len(wanted.data.target), len(held[1])
        yield f"order = np.random.RandomState({one.seed}).permutation({n + apart})"
        yield f"train, apart = np.sort(order[:{n}]), np.sort(order[{n}:])"
    seen = "X" if held is None else "X[train]"
    if one.is_standard:
        yield f"means, scales = {seen}.mean(axis=0), {seen}.std(axis=0)"
        yield "X = (X - means) / np.where(scales > 0, scales, 1.0)"
    kept = [int(name[1:]) - 1 for name in wanted.data.names if name.startswith("x")]
    if len(kept) < one.d:
        yield f"X = X[:, {kept}]  # the others are the same in every sample"
    if one.has_intercept:
        yield "X = np.column_stack([X, np.ones(len(X))])"
    if held is not None:
        yield "X_HELD, Y_HELD, X, y = X[apart], y[apart], X[train], y[train]"


def _as_tensors(facts: set[str]) -> Iterator[str]:
    yield "X, y = torch.tensor(X), torch.tensor(y)"
    if "held" in facts:
        yield "X_HELD, Y_HELD = torch.tensor(X_HELD), torch.tensor(Y_HELD)"
