"""The scripts run by themselves and walk the page's paths, in NumPy to the last bit, whatever settings and names."""

import ast
import json
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from app.export.code import FRAMEWORKS
from app.export.runs import WIDTH
from app.export.targets import KERAS, PYTORCH
from app.export.written import Written, update
from app.page.spelled import SLUGS
from app.page.state import Run, State
from app.page.view import View
from app.walks.simulate import simulate
from landscapes import (
    L2,
    LANDSCAPES,
    Ackley,
    ElongatedValley,
    Formula,
    Rastrigin,
    Rosenbrock,
    Rotated,
    Scaled,
    Shifted,
    Stretched,
    Surface,
)
from landscapes.formula.tokens import FUNCTIONS
from optim_core import (
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    Lion,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    PerWalk,
    RMSProp,
    Rprop,
    hypers,
)
from optim_core.hyper import hyper, learning_rate

from ..strategies import corners
from .scripts import assert_same, executed, is_golden, paths_of, runs, strayed

every_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)
every_surface = pytest.mark.parametrize("surface", LANDSCAPES.values(), ids=LANDSCAPES)
every_framework = pytest.mark.parametrize("framework", FRAMEWORKS)

EDGES = {  # what a library may refuse, or do in another way
    "sgd": [{"lr": 0.0}],
    "momentum": [{"momentum": 0.0}, {"momentum": 0.0, "dampening": 0.5}, {"momentum": 0.0, "lr_inside": True}],
    "nesterov": [{"momentum": 0.0}, {"momentum": 0.0, "lr_inside": True}],
    "adagrad": [{"eps": 0.0}],
    "rmsprop": [{"centered": True, "eps": 0.01, "eps_inside": True, "momentum": 0.5}],
    "rprop": [{"eta_plus": 1.0}, {"eta_minus": 1.0}, {"rate_min": 0.1, "rate_max": 0.05}],
    "adam": [{"beta1": 0.0, "beta2": 0.0, "eps": 0.0}],
    "adamw": [{"weight_decay": 0.0}],
    "adamax": [{"eps": 0.0}],
    "nadam": [{"momentum_decay": 1.0}, {"momentum_decay": 0.0}],
    "radam": [{"beta2": 0.0}],
    "lion": [{"weight_decay": 0.0}],
}
NASTY = [
    'it\'s "quoted"',
    "two\nlines\r\nthree\u2028four",
    "</script><!--",
    "back\\slash\\",
    "😀 η → 0",
    '"""\nraise SystemExit\n"""',
    "'}; raise SystemExit #",
    "{runs} {name} %s",
    "\x00\x1b[31m",
]


def settings(name: str) -> list[dict[str, Any]]:
    """Those of the golden files on Rosenbrock's function, and the edges, at a learning rate that suits it."""
    file = Path(__file__).parents[1] / "golden" / f"{name}.json"
    cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
    golden = [case["setting"] for case in cases if case["problem"] == "rosenbrock"]
    return golden + [{"lr": golden[0]["lr"]} | edge for edge in EDGES.get(name, [])]


def all_settings(name: str) -> State:
    return State(Rosenbrock(), runs(*(OPTIMIZERS[name](**setting) for setting in settings(name))), (-1.1234, 0.9), 60)


def on(surface: Surface) -> State:
    """Calm walks on a surface, from a point of no symmetry."""
    (x0, x1), (y0, y1) = surface.domain
    start = (x0 + 0.31 * (x1 - x0), y0 + 0.57 * (y1 - y0))
    optimizers = (Adam(lr=0.02), SGD(lr=1e-5), RMSProp(lr=0.01), Lion(lr=0.005), Rprop(lr=0.003), NAdam(lr=0.003))
    return State(surface, runs(*optimizers), start, 30)


def odd(surface: type[Surface]) -> Surface:
    """The surface with every shape parameter off its default."""
    return surface(**{name: 0.7 * low + 0.3 * high for name, (low, high) in ranges(surface).items()})


def ranges(surface: type[Surface]) -> dict[str, tuple[float, float]]:
    return {name: declared.range for name, declared in hypers(surface).items()}


# --- NumPy ----------------------------------------------------------------------------------------------------------


@every_optimizer
def test_numpy_walks_the_page_s_path(name: str) -> None:
    assert_same(all_settings(name))
    assert_same(State(Rosenbrock(), runs(OPTIMIZERS[name]()), n_steps=60))


@every_surface
def test_numpy_walks_on_every_surface(surface: type[Surface]) -> None:
    assert_same(on(surface()))
    assert_same(on(odd(surface)))
    assert_same(on(transformed(odd(surface))))


def transformed(surface: Surface) -> Surface:
    """With one of everything around it, and one of them twice."""
    inner = Rotated(Scaled(Stretched(surface, 1.7), 0.3), 33.0)
    return Rotated(L2(Shifted(inner, 0.2, -0.1), 0.05), -5.0)


# what may be typed: every function, every way to write a power, signs and brackets, kinks, and numbers of any size
TYPED = [
    *(f"{name}({', '.join(['0.2*x + 0.5', 'y*y'][:many])}) + y^2" for name, (_, many) in FUNCTIONS.items()),
    *("(1-x)^2 + 100*(y-x^2)^2", "x^3 - y^-2 + abs(x)^1.5 + y^0.5 + x^0", "2^x + e^y + (y+1)^(x*y)", "x", "0*y - x"),
    *("-x^2 - (-y) - (x - (y-3)) + x/(y/(x+5)) - -x*-2", "x - (x+y) + (x-y)/(x+4)*y", "1e90*x^2 + 1e90*y", "e^-(x*x)"),
    "max(min(x, 0.5), -y) + min(1, max(2*x, x*y)) + max(-3, sin(x+y))",
    " + ".join(f"sin({k}*x)*cos(x*y)^{k}/{k}" for k in range(1, 8)),
]
HOLES = [
    "log(x + 0.8) + y^2",
    "asin(x + 1.6) + y",
    "sqrt(0.5 - x*x) - x + 0*y",
    "sqrt(y) - 1/(x + 0.7)",
    "abs(y)^x^0.5",
]
every_typed = pytest.mark.parametrize("text", TYPED)


@every_typed
def test_numpy_walks_on_what_was_typed(text: str) -> None:
    assert_same(on(Formula(text)))
    assert_same(on(transformed(Formula(text, ((-1, 3), (0, 2))))))


def brave(text: str) -> State:
    """Walks that hurry, some of them into a hole."""
    hurried = (SGD(lr=0.03), SGD(lr=2.0), Adam(lr=0.5), NAdam(lr=0.1))
    return replace(on(Formula(text)), runs=runs(*hurried), start=(-0.76, 0.28))


@pytest.mark.parametrize("text", HOLES)
def test_numpy_walks_into_the_same_holes(text: str) -> None:
    assert any(walk.diverged_at is not None for walk in simulate(brave(text)).walks)
    assert_same(brave(text))


def test_what_was_typed_is_written_as_a_person_would() -> None:
    left = FRAMEWORKS["numpy"].script(on(Formula("(1-x)^2 + 100*(y-x^2)^2")))
    assert "# Own formula, f(x, y) = (1 − x)² + 100·(y − x²)², in NumPy." in left
    assert left.partition("def loss")[2].partition("\n\n\ndef adam")[0].splitlines() == [
        "(x, y):",
        "    u1 = 1 - x",
        "    u2 = y - x * x",
        "    return u1 * u1 + 100 * (u2 * u2)",
        "",
        "",
        "def gradient(x, y):",
        "    u1 = 1 - x",
        "    u2 = y - x * x",
        "    u3 = 2 * u2",
        "    f = u1 * u1 + 100 * (u2 * u2)",
        "    along_x = -(2 * u1) + 100 * (u3 * -(2 * x))",
        "    along_y = 100 * u3",
        "    return np.where(f == f, along_x, np.nan), np.where(f == f, along_y, np.nan)"
        "  # without a value there is no slope",
    ]


@every_framework
@every_typed
def test_no_line_of_what_was_typed_is_too_long(framework: str, text: str) -> None:
    script = FRAMEWORKS[framework].script(on(Formula(text)))
    assert max(map(len, script.partition("def loss")[2].splitlines())) <= WIDTH


def test_a_run_that_diverges_does_so_in_the_script() -> None:
    state = State(ElongatedValley(), runs(SGD(lr=3.0), RMSProp(lr=0.1, eps=0.0)), (-2.0, 0.0), 1500)
    assert [walk.diverged_at is not None for walk in simulate(state).walks] == [True, True]
    assert_same(state)


def test_the_tip_of_a_cone_is_where_it_stays() -> None:
    assert_same(State(Ackley(), runs(SGD(), Adam()), (0.0, 0.0), 5))


def test_one_step_and_no_state_will_do() -> None:
    assert_same(State(n_steps=1, runs=runs(SGD())))


def test_the_script_needs_nothing_but_numpy(tmp_path: Path) -> None:
    """In an interpreter of its own that knows no path to the project, with warnings as errors."""
    state = State(Rosenbrock(), runs(SGD(lr=1e-3), SGD(lr=1.0), NAdam(), Rprop()), n_steps=40)
    script = FRAMEWORKS["numpy"].script(state) + "import sys, json\nprint([*sys.modules], [*map(np.shape, paths)])\n"
    file = tmp_path / FRAMEWORKS["numpy"].file
    file.write_text(script, encoding="utf-8")
    command = [sys.executable, "-I", "-W", "error", str(file)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, encoding="utf-8")
    *said, modules = done.stdout.splitlines()
    assert "'numpy'" in modules and "optim_core" not in modules and "landscapes" not in modules
    walks = simulate(state).walks
    x, y = walks[0].trajectory.params[-1]
    assert said[0] == f"{walks[0].label!r}: loss {walks[0].final_loss:.10g} at ({x:.10g}, {y:.10g})"
    assert said[1] == f"{walks[1].label!r}: loss nan at (nan, nan)"
    assert done.stderr == ""


# --- what is written ------------------------------------------------------------------------------------------------


@every_framework
def test_no_name_breaks_out_of_its_quotes(framework: str) -> None:
    named = tuple(Run(Adam(), slot, name) for slot, name in enumerate(NASTY))
    plain = tuple(Run(Adam(), slot) for slot in range(len(NASTY)))
    script, usual = (FRAMEWORKS[framework].script(State(runs=those, n_steps=2)) for those in (named, plain))
    script.encode("utf-8")
    assert [type(node) for node in ast.walk(ast.parse(script))] == [type(node) for node in ast.walk(ast.parse(usual))]
    shown = [node.value for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Constant)]
    assert set(NASTY) <= set(shown)
    assert all(c.isprintable() or c == "\n" for c in script)


def test_nasty_names_are_the_keys_of_the_paths() -> None:
    state = State(runs=tuple(Run(SGD(), slot, name) for slot, name in enumerate(NASTY)), n_steps=2)
    assert [*executed(FRAMEWORKS["numpy"].script(state))["paths"]] == NASTY


@every_framework
def test_no_address_breaks_out_of_its_comment(framework: str) -> None:
    script = FRAMEWORKS[framework].script(State(view=View(theme="dark\nraise SystemExit\r#\u2028\0"), n_steps=1))
    assert "raise SystemExit" in script.splitlines()[1]
    assert all(ord(c) >= 32 or c == "\n" for c in script)
    ast.parse(script)


def test_runs_of_one_name_are_told_apart() -> None:
    named = (Run(SGD(), 0, "a (2)"), Run(SGD(lr=0.1), 1, "a"), Run(SGD(lr=0.2), 2, "a"), Run(SGD(lr=0.3), 3, "a"))
    state = State(runs=named, n_steps=2)
    assert [*executed(FRAMEWORKS["numpy"].script(state))["paths"]] == ["a (2)", "a", "a (3)", "a (4)"]


def test_one_update_is_written_once() -> None:
    state = State(runs=runs(Adam(), Adam(lr=0.1), Adam(bias_correction=False), Adam(beta1=0.5), Momentum()))
    tree = ast.parse(FRAMEWORKS["numpy"].script(state))
    written = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert written == ["loss", "gradient", "adam", "adam_2", "momentum", "walk"]


def test_numbers_keep_every_digit() -> None:
    kappa, lr, start = 40.000000000000014, 0.1 + 0.2, (-1 / 3, 2 / 3)
    left = executed(FRAMEWORKS["numpy"].script(State(ElongatedValley(kappa), runs(SGD(lr)), start, 3)))
    assert (left["kappa"], left["START"], left["N_STEPS"]) == (kappa, start, 3)
    assert left["RUNS"]["SGD"][1] == {"lr": lr}


BY_HAND = {  # with their default settings
    "numpy": set(OPTIMIZERS),
    "torch": {"adagrad-summed-rates", "rmsprop-averaged-rates", "adabelief", "yogi", "lion"},
    "keras": {
        *("adagrad", "rmsprop", "adagrad-summed-rates", "rmsprop-averaged-rates", "rprop"),
        *("adamax", "nadam", "radam", "adabelief", "yogi"),
    },
}


@every_framework
def test_the_library_s_own_optimizer_is_used_where_it_is_the_same(framework: str) -> None:
    scripts = {name: FRAMEWORKS[framework].script(State(runs=runs(cls()))) for name, cls in OPTIMIZERS.items()}
    ours = {name for name, script in scripts.items() if f"def {name.replace('-', '_')}(t, params, grad" in script}
    assert ours == BY_HAND[framework]
    if framework != "numpy":
        assert {name for name, script in scripts.items() if "# written out: " in script} == ours
        assert {name for name, script in scripts.items() if "class ByHand" in script} == ours


INSIDE = [Momentum, Nesterov, partial(RMSProp, momentum=0.5, eps_inside=True)]  # whose velocity may hold the rate


@pytest.mark.parametrize("make", INSIDE)
def test_the_place_of_the_rate_is_kept_where_it_is_said_and_where_the_rate_changes(make: Any) -> None:
    """Else it is no other path: the library's own optimizer walks it, and a comment says what it would be."""
    outside, inside = make(), make(lr_inside=True)
    moved = "in Keras η multiplies each gradient on its way into the velocity: the same path while η is constant"
    assert KERAS.own(inside) == KERAS.own(inside, scheduled=True) and KERAS.own(inside)[1] == ""
    assert KERAS.own(outside) == (KERAS.own(inside)[0], moved)
    assert KERAS.own(outside, scheduled=True) == ("", f"written out: {moved}")
    assert PYTORCH.own(inside)[0] == PYTORCH.own(inside, scheduled=True)[0] == ""
    assert "written out: in PyTorch " in PYTORCH.own(inside)[1]


def test_a_place_of_the_rate_that_is_no_matter_asks_for_nothing() -> None:
    for scheduled in (False, True):
        assert PYTORCH.own(RMSProp(lr_inside=True), scheduled) == PYTORCH.own(RMSProp(), scheduled)
        assert KERAS.own(RMSProp(eps_inside=True), scheduled)[0].startswith("keras.optimizers.RMSprop(")


@every_framework
@every_optimizer
def test_every_setting_gives_valid_python(framework: str, name: str) -> None:
    tree = ast.parse(FRAMEWORKS[framework].script(all_settings(name)))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= {"os", "math", "keras", framework, "numpy"} - ({"numpy"} if framework == "torch" else set())
    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))


SLOPE = 0.25
_NOT_A_NUMBER = {"deep": 1.0}


def _wave(z: Any) -> Any:
    return np.sin(z) if SLOPE else z


@dataclass(frozen=True)
class Stranger(Surface):
    """A surface that uses all that a surface may: helpers, methods, constants, a parameter called as a variable is."""

    pull: float = hyper(0.5, "p", "how\tmuch", range=(0, 1), bounds=(0, 10))
    walk: float = hyper(2.0, "w", "a name that the script has too", range=(0, 3), bounds=(0, 10))
    label = "Stranger"
    formula = "…"
    domain = ((-1.0, 1.0), (-1.0, 1.0))
    start = (0.5, 0.25)
    depth: ClassVar[float] = 3.0

    def value(self, x: Any, y: Any) -> Any:
        """A docstring."""
        pull = self.pull * x  # another pull
        return self._bowl(pull, y) + SLOPE * _wave(x) * self.depth

    def partials(self, x: Any, y: Any) -> tuple[Any, Any]:
        return (
            self.walk * self.pull * self.pull * x + SLOPE * np.cos(x) * self.depth,
            self.walk * abs(1) * y,
        )

    def _bowl(self, u: Any, v: Any) -> Any:
        return 0.5 * self.walk * (u * u + v * v)


def test_a_new_surface_needs_nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SLUGS, Stranger, "stranger")
    state = State(Stranger(pull=0.3, walk=1.5), runs(SGD(lr=0.1), Adam(lr=0.1)), n_steps=20)
    assert_same(state)
    left = executed(FRAMEWORKS["numpy"].script(state))
    assert left["loss"](0.3, -0.2) == float(state.landscape.value(0.3, -0.2))


def test_a_surface_that_cannot_be_written_out_is_refused() -> None:
    class Table(Stranger):
        def value(self, x: Any, y: Any) -> Any:
            return x * _NOT_A_NUMBER["deep"]

    with pytest.raises(ValueError, match="Stranger cannot be written out: _NOT_A_NUMBER is not a number"):
        Written(Table(), "np", value="loss")


@dataclass(frozen=True)
class Newcomer(Optimizer):
    """An optimizer that no library has, with plain numbers among its lines and a memory of the whole walk."""

    label = "Newcomer"
    lr: Any = learning_rate(0.1)

    memory = {"first": "1 - 10 * lr", "count": PerWalk(1)}
    equations = """
        grown        = square(count) + maximum(t, 0.5) * minimum(abs(lr), 1)
        count        = sqrt(grown) * 0.9**t
        rms_grad     = abs(grad)
        effective_lr = where(t > 3, lr / count, where(grad > 0, lr, 2 * lr))
        first        = first / 2
        away         = minimum(maximum(first - params, -1), where(t == 1, 1, 2.0))
        delta        = -effective_lr * sign(grad) * minimum(abs(grad), 1) - lr * away**2
    """


def newcomer(monkeypatch: pytest.MonkeyPatch) -> State:
    monkeypatch.setitem(SLUGS, Newcomer, "new-comer")
    return State(Rosenbrock(), runs(Newcomer(lr=0.03)), n_steps=12)


def test_a_new_optimizer_needs_nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same(newcomer(monkeypatch))


def test_numbers_and_arrays_are_spelled_as_pytorch_wants_them() -> None:
    """Its functions take no plain numbers."""
    made = update(Newcomer(), (0.0, 1.0), "torch")
    assert made.source.splitlines() == [
        "def {name}(t, params, grad, first, count, lr):",
        "    grown = count ** 2 + max(t, 0.5) * min(abs(lr), 1)",
        "    count = math.sqrt(grown) * 0.9 ** t",
        "    effective_lr = lr / count if t > 3 else torch.where(grad > 0, lr, 2 * lr)",
        "    first = first / 2",
        "    away = torch.clamp(torch.clamp(first - params, min=-1), max=1 if t == 1 else 2.0)",
        "    delta = -effective_lr * torch.sign(grad) * torch.clamp(torch.abs(grad), max=1) - lr * torch.square(away)",
        "    return delta, dict(first=first, count=count)",
    ]
    assert made.settings == {"lr": 0.1}
    assert {name: field.tolist() for name, field in made.memory.items()} == {"first": [0.0, 0.0], "count": 1.0}


def test_only_what_the_step_needs_is_written() -> None:
    made = update(AdaGrad(eps_inside=True), (0.0, 0.0), "np")
    assert made.source.splitlines() == [
        "def {name}(t, params, grad, sum_sq, lr, eps):",
        "    sum_sq = sum_sq + np.square(grad)",
        "    effective_lr = lr / np.sqrt(sum_sq + eps)",
        "    delta = -effective_lr * grad",
        "    return delta, dict(sum_sq=sum_sq)",
    ]


# --- PyTorch and Keras ----------------------------------------------------------------------------------------------

SURFACES = [
    Ackley(),
    Rastrigin(A=3.3),
    *(LANDSCAPES[name]() for name in ("himmelblau", "mccormick", "plateau", "beale")),
]


@is_golden
@every_optimizer
def test_the_library_walks_the_page_s_path(framework: str, name: str) -> None:
    assert strayed(framework, all_settings(name)) < 1e-9


@every_optimizer
def test_numpy_walks_at_every_corner(name: str) -> None:
    assert_same_at_corners("numpy", name)


@is_golden
@every_optimizer
def test_the_library_walks_at_every_corner(framework: str, name: str) -> None:
    """Where it leaves a branch out, its own optimizer, or what is written instead, does what the page does."""
    assert_same_at_corners(framework, name)


def assert_same_at_corners(framework: str, name: str) -> None:
    lr = settings(name)[0]["lr"]
    chosen = [OPTIMIZERS[name](**corner | {"lr": min(lr, corner["lr"])}) for corner in corners(OPTIMIZERS[name])]
    state = State(Rosenbrock(), runs(*chosen), (-1.1234, 0.9), 12)
    for path, walk, run in zip(paths_of(framework, state), simulate(state).walks, state.runs, strict=True):
        if framework == "numpy" or not unclamped(run.optimizer):
            ours = walk.trajectory.params
            known = np.isfinite(ours)
            np.testing.assert_array_equal(np.isfinite(path), known, err_msg=repr(run.optimizer))
            np.testing.assert_allclose(path[known], ours[known], 0, 1e-9 * np.abs(ours[known]).max(), err_msg=repr(run))


def unclamped(optimizer: Optimizer) -> bool:
    """Whether its variance is 0 but for rounding, of which a library makes NaN."""
    return isinstance(optimizer, RMSProp) and optimizer.centered and optimizer.alpha == 0


@is_golden
@every_surface
def test_the_library_walks_on_every_surface(framework: str, surface: type[Surface]) -> None:
    assert strayed(framework, on(surface())) < 1e-9
    assert strayed(framework, on(odd(surface))) < 1e-9
    assert strayed(framework, on(transformed(surface()))) < 1e-9


@is_golden
@every_typed
def test_the_library_walks_on_what_was_typed(framework: str, text: str) -> None:
    """As far as there is a way: PyTorch's sign of NaN is 0, with which its Rprop stays where it came into a hole."""
    for state in (on(Formula(text)), on(transformed(Formula(text, ((-1, 3), (0, 2)))))):
        for path, walk in zip(paths_of(framework, state), simulate(state).walks, strict=True):
            ours = walk.trajectory.params
            known = np.isfinite(ours)
            assert known[0].all()
            np.testing.assert_allclose(path[known], ours[known], 0, 1e-9 * np.abs(ours[known]).max())


@is_golden
@pytest.mark.parametrize("text", HOLES)
def test_the_library_walks_into_the_same_holes(framework: str, text: str) -> None:
    state = brave(text)
    for path, walk in zip(paths_of(framework, state), simulate(state).walks, strict=True):
        np.testing.assert_allclose(path, walk.trajectory.params, 1e-9)


@is_golden
def test_an_optimizer_that_no_library_has_is_written_out(framework: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert strayed(framework, newcomer(monkeypatch)) < 1e-9


@is_golden
def test_the_script_runs_by_itself(framework: str, tmp_path: Path) -> None:
    state = State(Rosenbrock(), runs(SGD(lr=1e-3), RMSProp(), Adam(), Adam(bias_correction=False), Lion()), n_steps=20)
    file = tmp_path / FRAMEWORKS[framework].file
    file.write_text(FRAMEWORKS[framework].script(state), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", str(file)], cwd=tmp_path, capture_output=True, check=True, encoding="utf-8"
    )
    x, y = simulate(state).walks[0].trajectory.params[-1]
    assert done.stdout.splitlines()[0].endswith(f"at ({x:.10g}, {y:.10g})")
