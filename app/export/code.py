"""The comparison on screen as a script that runs by itself, for NumPy, PyTorch and Keras.

Each script prints where every run ends and keeps `paths`: the label -> its points, n_steps + 1 rows of x and y, row t
after t steps. In NumPy the path is the page's own. The other two use the library's optimizer where it computes the same
update, and say why where it does not; then the update is written out from the optimizer's equations. PyTorch takes the
gradient by autograd, which finds none where the surface has a cusp.
"""

import itertools
from collections.abc import Callable, Container
from typing import NamedTuple

import numpy as np

from optim_core import Optimizer
from optim_core.hyper import values

from ..page.labels import labels
from ..page.state import SLUGS, State
from .targets import KERAS, NUMPY, PYTORCH, Target
from .written import RESERVED, Written, update

# --- scripts --------------------------------------------------------------------------------------------------------


def numpy_script(state: State) -> str:
    """The comparison in NumPy alone; `paths` holds an array (n_steps + 1, 2) for each run, the page's own.

    Raises ValueError for a surface whose formula uses more than numbers and functions, as the other two do.
    """
    formula = Written(state.landscape, "np", value="loss", partials="gradient")
    runs = Runs(state, NUMPY)
    head = [*_imports(formula, "numpy as np"), "", DIVERGING]
    return _script(state, "NumPy", head, formula, runs, [NUMPY_WALK])


def torch_script(state: State) -> str:
    """The comparison in PyTorch, in float64; `paths` holds a list of n_steps + 1 pairs for each run."""
    formula = Written(state.landscape, "torch", value="loss")
    runs = Runs(state, PYTORCH)
    if "math." in "".join(runs.functions):
        formula.imports.add("math")
    head = [*_imports(formula, "torch"), "", "torch.set_default_dtype(torch.float64)"]
    return _script(state, "PyTorch", head, formula, runs, [TORCH_BY_HAND] * bool(runs.functions) + [TORCH_WALK])


def keras_script(state: State) -> str:
    """The comparison in Keras 3, in float64 where its backend has it; `paths` is as in NumPy.

    The gradient is written out, for Keras has none that is the same for all its backends.
    """
    formula = Written(state.landscape, "np", value="loss", partials="gradient")
    runs = Runs(state, KERAS)
    backend = 'os.environ.setdefault("KERAS_BACKEND", "torch")  # before Keras is imported'
    imports = _imports(formula, "keras", "numpy as np")
    head = ["import os", "", backend, "", *imports, "", 'keras.config.set_floatx("float64")', DIVERGING]
    parts = [KERAS_CORRECTED] * ("Corrected(" in runs.table) + [KERAS_BY_HAND] * bool(runs.functions)
    return _script(state, "Keras 3", head, formula, runs, [*parts, KERAS_WALK])


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


class Runs:
    """The runs of a script: a table of them, and the functions of those whose update is written out."""

    def __init__(self, state: State, target: Target) -> None:
        self.begin, self.target = state.begin, target
        self.functions: dict[str, str] = {}  # the source, with {name} for its name -> its name
        self.rows: dict[str, str] = {}  # label -> its lines of the table
        for run, label in zip(state.runs, labels(state.runs, state.letters), strict=True):
            self.rows[label] = self._row(_quoted(label), run.optimizer)

    @property
    def table(self) -> str:
        return "\n".join(["RUNS = {", *self.rows.values(), "}"])

    @property
    def sources(self) -> list[str]:
        return [source.replace("{name}", name, 1) for source, name in self.functions.items()]

    def _row(self, label: str, optimizer: Optimizer) -> str:
        target = self.target
        call, note = target.own(optimizer)
        if not call:
            call = _call(target.by_hand, [*target.given, *self._arguments(optimizer)], WIDTH - len(label) - 7)
        return (f"    # {note}\n" if note else "") + f"    {label}: {call},"

    def _arguments(self, optimizer: Optimizer) -> list[str]:
        """The function that does the update, which is written on the way, its settings and its memory."""
        made = update(optimizer, self.begin, self.target.module)
        name = _unlike(SLUGS[type(optimizer)].replace("-", "_"), {*self.functions.values(), *RESERVED}, "{}_{}")
        settings = [f"{key}={value}" for key, value in _written(optimizer).items() if key in made.settings]
        memory = [f"{key}={_array(value, self.target.module)}" for key, value in made.memory.items()]
        name = self.functions.setdefault(made.source, name)
        return [name, f"dict({', '.join(settings)})", f"dict({', '.join(memory)})"]


def _script(state: State, library: str, head: list[str], formula: Written, runs: Runs, parts: list[str]) -> str:
    surface, (x, y) = state.landscape, state.begin
    query = "".join(c for c in state.to_query() if c.isprintable())
    title = [f"# {surface.label}, f(x, y) = {surface.formula}, in {library}.", f"# As on the page {query or '/'}"]
    begin = [f"START = ({float(x)!r}, {float(y)!r})", f"N_STEPS = {state.n_steps}", *formula.assignments]
    top = "\n".join([*title, "", *head, "", *begin])
    *before, walk = (part.strip("\n") for part in parts)
    return "\n\n\n".join([top, *formula.functions.values(), *runs.sources, *before, runs.table, walk]) + "\n"


def _imports(formula: Written, *libraries: str) -> list[str]:
    ours = [f"import {name}" for name in sorted(formula.imports)]
    return [*ours, *([""] if ours else []), *(f"import {name}" for name in libraries)]


def _written(optimizer: Optimizer) -> dict[str, str]:
    """Every setting as Python would write it."""
    return {name: repr(value if isinstance(value, bool) else float(value)) for name, value in values(optimizer).items()}


def _array(value: np.ndarray, module: str) -> str:
    """The memory before the first step, (2,) or (), as Python would write it."""
    if np.ndim(value) == 0:
        return repr(float(value))
    if not value.any():
        return f"{module}.zeros(2)"
    return f"{module}.{'array' if module == 'np' else 'tensor'}({value.tolist()})"


def _quoted(text: str) -> str:
    """Any text as one Python string, which shows no control characters."""
    written = repr(text)
    return f'"{written[1:-1]}"' if '"' not in written else written


def _call(function: str, arguments: list[str], width: int) -> str:
    """A call on one line, or on a line for each argument where it would be wider than this."""
    line = f"{function}({', '.join(arguments)})"
    return line if len(line) <= width else f"{function}(\n        " + ",\n        ".join(arguments) + ",\n    )"


def _unlike(name: str, taken: Container[str], form: str) -> str:
    """The name, or the first numbered one that is not yet taken."""
    numbered = (form.format(name, number) for number in itertools.count(2))
    return next(free for free in itertools.chain([name], numbered) if free not in taken)


WIDTH = 120
DIVERGING = 'np.seterr(all="ignore")  # a run that diverges ends in inf or nan: nothing is clipped'

NUMPY_WALK = """
def walk(update, settings, memory):
    params = np.array(START)
    path = [params]
    for t in range(1, N_STEPS + 1):
        grad = np.array(gradient(*params))
        delta, memory = update(t, params, grad, **memory, **settings)
        params = params + delta
        path.append(params)
    return np.array(path)


paths = {label: walk(*run) for label, run in RUNS.items()}

for label, path in paths.items():
    x, y = path[-1]
    print(f"{label!r}: loss {loss(x, y):.10g} at ({x:.10g}, {y:.10g})")
"""

TORCH_BY_HAND = """
class ByHand(torch.optim.Optimizer):
    def __init__(self, params, update, settings, memory):
        super().__init__(params, {})
        self.update, self.settings, self.memory, self.t = update, settings, memory, 0

    @torch.no_grad()
    def step(self):
        (params,) = self.param_groups[0]["params"]
        self.t += 1
        delta, self.memory = self.update(self.t, params, params.grad, **self.memory, **self.settings)
        params += delta


"""

TORCH_WALK = """
def walk(build):
    params = torch.tensor(START, requires_grad=True)
    optimizer = build([params])
    path = [params.tolist()]
    for _ in range(N_STEPS):
        optimizer.zero_grad()
        loss(*params).backward()
        optimizer.step()
        path.append(params.tolist())
    return path


paths = {label: walk(build) for label, build in RUNS.items()}

for label, path in paths.items():
    x, y = torch.tensor(path[-1])
    print(f"{label!r}: loss {loss(x, y):.10g} at ({x:.10g}, {y:.10g})")
"""

KERAS_CORRECTED = """
class Corrected:
    # Keras adds epsilon to the root of the memory before its zero start is divided out, the paper and PyTorch after it:
    # an epsilon that is scaled down with the root comes to the same.
    def __init__(self, optimizer):
        self.optimizer, self.epsilon, self.t = optimizer, optimizer.epsilon, 0

    def apply(self, grads, variables):
        self.t += 1
        self.optimizer.epsilon = self.epsilon * (1 - self.optimizer.beta_2**self.t) ** 0.5
        self.optimizer.apply(grads, variables)
"""

KERAS_BY_HAND = """
class ByHand:
    def __init__(self, update, settings, memory):
        self.update, self.settings, self.memory, self.t = update, settings, memory, 0

    def apply(self, grads, variables):
        grad, params = (keras.ops.convert_to_numpy(value) for value in (*grads, *variables))
        self.t += 1
        delta, self.memory = self.update(self.t, params, grad, **self.memory, **self.settings)
        variables[0].assign_add(delta)


"""

KERAS_WALK = """
def walk(optimizer):
    variable = keras.Variable(START, dtype="float64")
    path = [np.array(START)]
    for _ in range(N_STEPS):
        grad = np.array(gradient(*path[-1]))
        optimizer.apply([keras.ops.convert_to_tensor(grad, dtype="float64")], [variable])
        path.append(np.array(keras.ops.convert_to_numpy(variable)))
    return np.array(path)


paths = {label: walk(optimizer) for label, optimizer in RUNS.items()}

for label, path in paths.items():
    x, y = path[-1]
    print(f"{label!r}: loss {loss(x, y):.10g} at ({x:.10g}, {y:.10g})")
"""
