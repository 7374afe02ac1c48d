"""The comparison on screen as a script that runs by itself, for NumPy, PyTorch and Keras.

Each script prints where every run ends and keeps `paths`: the label -> its points, n_steps + 1 rows of x and y, row t
after t steps. In NumPy the path is the page's own. The other two use the library's optimizer where it computes the same
update, and say why where it does not; then the update is written out from the optimizer's equations. PyTorch takes the
gradient by autograd, which finds none where the surface has a cusp.
"""

from collections.abc import Callable
from typing import NamedTuple

from ..page.state import State
from . import loops, told
from .runs import Runs
from .targets import KERAS, NUMPY, PYTORCH
from .written import Written

# --- scripts --------------------------------------------------------------------------------------------------------


def numpy_script(state: State) -> str:
    """The comparison in NumPy alone; `paths` holds an array (n_steps + 1, 2) for each run, the page's own.

    Raises ValueError for a surface whose formula uses more than numbers and functions, as the other two do.
    """
    formula = Written(state.landscape, "np", value="loss", partials="gradient")
    runs = Runs(state, NUMPY)
    formula.imports |= runs.factors.imports
    head = [*_imports(formula, "numpy as np"), "", DIVERGING]
    return _script(state, "NumPy", head, formula, runs, [loops.NUMPY_WALK])


def torch_script(state: State) -> str:
    """The comparison in PyTorch, in float64; `paths` holds a list of n_steps + 1 pairs for each run."""
    formula = Written(state.landscape, "torch", value="loss")
    runs = Runs(state, PYTORCH)
    formula.imports |= runs.factors.imports | ({"math"} if "math." in "".join(runs.functions) else set())
    drawn = "np." in "".join([*told.tables(state.weather, "torch"), *runs.factors.functions.values()])
    head = [*_imports(formula, *["numpy as np"] * drawn, "torch"), "", "torch.set_default_dtype(torch.float64)"]
    head += ["schedulers = torch.optim.lr_scheduler"] * ("scheduled" in runs.facts)
    parts = [loops.TORCH_CHANGED] * ("handed" in runs.facts) + [loops.TORCH_BY_HAND] * bool(runs.functions)
    return _script(state, "PyTorch", head, formula, runs, [*parts, loops.TORCH_WALK])


def keras_script(state: State) -> str:
    """The comparison in Keras 3, in float64 where its backend has it; `paths` is as in NumPy.

    The gradient is written out, for Keras has none that is the same for all its backends.
    """
    formula = Written(state.landscape, "np", value="loss", partials="gradient")
    runs = Runs(state, KERAS)
    formula.imports |= runs.factors.imports
    imports = _imports(formula, "keras", "numpy as np")
    head = ["import os", "", KERAS_BACKEND, "", *imports, "", 'keras.config.set_floatx("float64")', DIVERGING]
    parts = [loops.KERAS_CHANGED] * ("handed" in runs.facts) + [loops.KERAS_CORRECTED] * ("Corrected(" in runs.table)
    parts += [loops.KERAS_BY_HAND] * bool(runs.functions)
    return _script(state, "Keras 3", head, formula, runs, [*parts, loops.KERAS_WALK])


class Framework(NamedTuple):
    """One of the libraries that the comparison can be written for."""

    label: str
    file: str  # what the script is called when it is saved
    script: Callable[[State], str]


FRAMEWORKS: dict[str, Framework] = {
    "numpy": Framework("NumPy", "downslope_numpy.py", numpy_script),
    "torch": Framework("PyTorch", "downslope_torch.py", torch_script),
    "keras": Framework("Keras 3", "downslope_keras.py", keras_script),
}

# --- parts ----------------------------------------------------------------------------------------------------------

KERAS_BACKEND = 'os.environ.setdefault("KERAS_BACKEND", "torch")  # before Keras is imported'
DIVERGING = 'np.seterr(all="ignore")  # a run that diverges ends in inf or nan: nothing is clipped'


def _script(state: State, library: str, head: list[str], formula: Written, runs: Runs, parts: list[str]) -> str:
    surface, (x, y), module = state.landscape, state.begin, runs.target.module
    query = "".join(c for c in state.to_query() if c.isprintable())
    title = [f"# {surface.label}, f(x, y) = {surface.formula}, in {library}.", f"# As on the page {query or '/'}"]
    begin = [f"START = ({float(x)!r}, {float(y)!r})", f"N_STEPS = {state.n_steps}", *formula.assignments]
    known = told.tables(state.weather, module)
    top = "\n".join([*title, "", *head, "", *begin, *([""] if known else []), *known])
    functions = [*formula.functions.values(), *told.function(state.weather, module), *runs.sources]
    *before, walk = (loops.loop(part, runs.facts) for part in parts)
    return "\n\n\n".join([top, *functions, *before, runs.table, walk]) + "\n"


def _imports(formula: Written, *libraries: str) -> list[str]:
    ours = [f"import {name}" for name in sorted(formula.imports)]
    return [*ours, *([""] if ours else []), *(f"import {name}" for name in libraries)]
