"""The language of the equations: what a text means for every setting, and what is wrong with one that is refused."""

import copy
import dataclasses
import itertools
import pickle
import pydoc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from optim_core import (
    OPTIMIZERS,
    SGD,
    Adam,
    EquationError,
    Momentum,
    NAdam,
    Optimizer,
    PerWalk,
    RMSProp,
    Rprop,
    evaluate,
    hypers,
    sweep,
)
from optim_core.arithmetic import ARGUMENTS, FUNCTIONS, expression, power
from optim_core.hyper import decay, flag, learning_rate

from ..reference import REFERENCES
from ..strategies import corners, settings

every_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)
every_reference = pytest.mark.parametrize("name", REFERENCES)

# --- the updates as a person writes them ----------------------------------------------------------------------------

SPECIAL = [{"momentum": 0.0}, {"dampening": 1.0}, {"beta1": 0.0, "beta2": 0.0}, {"eps": 0.0}, {"weight_decay": 0.0}]
SPECIAL += [{"momentum": 0.7}, {"momentum_decay": 1.0}, {"alpha": 0.0}, {"rho": 0.0}, {"lr": 0.0}]
SPECIAL += [{"eps": 0.0, "eps_root": 0.0, "initial_accumulator": 0.0}, {"rate_min": 1.0, "rate_max": 0.5}]
SHAPES = [(2,), (5,), (2, 3), (2, 6, 4)]


def all_settings(cls: type[Optimizer]) -> Iterator[Optimizer]:
    """Every combination of flags, each with defaults, odd numbers and special values."""
    for setting in settings(cls, (0.13, 0.61)):
        yield setting
        for special in SPECIAL:
            if special.keys() <= hypers(cls).keys():
                yield dataclasses.replace(setting, **special)
    yield from (cls(**corner) for corner in corners(cls))


def swept(setting: Optimizer) -> Iterator[Optimizer]:
    """The setting with numbers swept over trailing axes of 6 and of 4, zeros and ends among them."""
    names = setting.setting.numbers
    for one, other in itertools.pairwise([*names, names[0]]) if len(names) > 1 else ():
        yield sweep(setting, **{one: places(setting, one, 6), other: places(setting, other, 4)})


def places(setting: Optimizer, name: str, n: int) -> np.ndarray:
    low, high = hypers(setting)[name].range
    least = hypers(setting)[name].bounds[0]
    return np.array([least, *np.linspace(low, high, n - 2), getattr(setting, name)])


def assert_equal(mine: Any, theirs: Any, message: str) -> None:
    assert (mine is None) == (theirs is None), message
    if mine is not None:
        assert np.array_equal(*np.broadcast_arrays(mine, theirs), equal_nan=True), message


def assert_by_hand(optimizer: Optimizer, shape: tuple[int, ...], n_steps: int = 7) -> None:
    """The generated update and the one of a person, fed the same gradients, some of them zero or huge."""
    cls = type(optimizer)
    by_hand = REFERENCES[next(name for name, known in OPTIMIZERS.items() if known is cls)]
    random = np.random.default_rng(5)
    params = random.normal(size=shape)
    mine, theirs = optimizer.init(params), by_hand.init(optimizer, params)
    for t in range(1, n_steps + 1):
        grad = random.normal(size=shape) * random.choice([0.0, 1e-3, 1.0, 1e3, 1e200], shape)
        with np.errstate(all="ignore"):
            delta, mine, said = optimizer.update(grad, mine, params, t)
            their_delta, theirs, their_said = by_hand.update(optimizer, grad, theirs, params, t)
        names = ("delta", *mine._fields, *said._fields)
        for name, ours, other in zip(names, (delta, *mine, *said), (their_delta, *theirs, *their_said), strict=True):
            assert_equal(ours, other, f"{name} at step {t} of {optimizer}")
        params = params + np.where(np.isfinite(delta), delta, 0)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@every_reference
def test_the_generated_update_is_the_one_of_a_person(name: str, shape: tuple[int, ...]) -> None:
    for setting in all_settings(OPTIMIZERS[name]):
        assert_by_hand(setting, shape)


@every_reference
def test_swept_too(name: str) -> None:
    for setting in settings(OPTIMIZERS[name]):
        for optimizer in swept(setting):
            assert_by_hand(optimizer, (2, 6, 4))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@every_optimizer
def test_every_line_is_what_the_update_computes(name: str, shape: tuple[int, ...]) -> None:
    random = np.random.default_rng(6)
    for optimizer in all_settings(OPTIMIZERS[name]):
        params, grad = random.normal(size=(2, *shape))
        state = optimizer.init(params)
        for t in (1, 2, 3, 9):
            with np.errstate(all="ignore"):
                delta, after, said = optimizer.update(grad, state, params, t)
            lines = {line.name: value for line, value in evaluate(optimizer, grad, state, params, t)}
            assert list(lines) == [line.name for line in optimizer.setting.lines]
            for key, value in (after._asdict() | said._asdict() | {"delta": delta}).items():
                assert_equal(lines.get(key), value, f"{key} of {optimizer}")
            state = after


# --- settings -------------------------------------------------------------------------------------------------------


def test_the_generated_update_reads_as_a_person_writes() -> None:
    assert Adam().setting.source.splitlines() == [
        "def update(self, grad, state, params, t):",
        "    lr, beta1, beta2, eps = self.lr, self.beta1, self.beta2, self.eps",
        "    m, v = state.m, state.v",
        "    m = beta1 * m + (1 - beta1) * grad",
        "    v = beta2 * v + (1 - beta2) * square(grad)",
        "    m_hat = m / (1 - power(beta1, t))",
        "    v_hat = v / (1 - power(beta2, t))",
        "    rms_grad = sqrt(v_hat)",
        "    effective_lr = lr / (rms_grad + eps)",
        "    delta = -effective_lr * m_hat",
        "    return delta, State(m, v), Diagnostics(effective_lr, rms_grad)",
    ]


def test_a_question_for_t_alone_works_out_one_side() -> None:
    assert "velocity = own(grad) if t == 1 else where(momentum == 0, grad," in Momentum().setting.source


def test_a_setting_is_made_once_for_its_flags() -> None:
    assert RMSProp().setting is RMSProp(lr=0.5, alpha=0.1).setting
    assert RMSProp(momentum=0.1).setting is RMSProp(momentum=0.2).setting is not RMSProp().setting
    assert len(RMSProp.statement.settings) == 16
    assert len(SGD.statement.settings) == 1


def test_a_number_says_yes_where_any_walk_has_it() -> None:
    some, none = sweep(RMSProp(), momentum=[0.0, 0.5]), sweep(RMSProp(), momentum=[0.0, 0.0])
    assert some.setting is RMSProp(momentum=0.5).setting
    assert none.setting is RMSProp().setting


def test_a_memory_that_no_line_of_the_setting_assigns_is_none() -> None:
    state = RMSProp(centered=True).init(np.ones(3))
    assert state._fields == ("square_avg", "grad_avg", "velocity")
    assert state.velocity is None and state.grad_avg.shape == (3,)


def test_a_memory_begins_at_a_number_or_at_an_expression() -> None:
    np.testing.assert_array_equal(Rprop(lr=0.3).init(np.ones((2, 3))).rate, np.full((2, 3), 0.3))
    rates = sweep(Rprop(), lr=[0.1, 0.2, 0.3])
    np.testing.assert_array_equal(rates.init(np.ones((2, 3))).rate, [[0.1, 0.2, 0.3]] * 2)
    begun = NAdam().init(np.ones((2, 3)))
    assert begun.m.shape == (2, 3) and begun.mu_product.shape == () and begun.mu_product == 1


@every_optimizer
def test_optimizers_and_states_can_be_sent_to_another_process(name: str) -> None:
    optimizer = OPTIMIZERS[name]()
    assert optimizer.setting  # found, and not carried along
    for sent in (pickle.loads(pickle.dumps(optimizer)), copy.deepcopy(optimizer), copy.copy(optimizer)):
        assert sent == optimizer and sent.setting is optimizer.setting
    state = optimizer.init(np.ones(2))
    again = pickle.loads(pickle.dumps(state))
    assert type(again) is type(state) is type(optimizer).State
    assert repr(again).startswith(f"{type(optimizer).__name__}State(")


def test_powers_of_many_exponents_are_the_powers_of_each() -> None:
    exponents = np.array([[-1.0, 0.0, 0.5], [1.0, 2.0, 3.7]])
    for base in (0.0, 0.3, 0.96, np.array([0.1, 0.5, 0.96])):
        bases = np.broadcast_to(base, (2, 3))
        with np.errstate(all="ignore"):
            expected = [[power(b, e) for b, e in zip(*row, strict=True)] for row in zip(bases, exponents, strict=True)]
            np.testing.assert_array_equal(power(base, exponents), expected)


def test_every_function_knows_its_arguments() -> None:
    assert ARGUMENTS.keys() == FUNCTIONS.keys()
    assert str(expression("x**2 + x**y - 3**t")) == "square(x) + power(x, y) - power(3, t)"


# --- help -----------------------------------------------------------------------------------------------------------


def test_help_shows_the_equations_as_they_are_printed() -> None:
    text = pydoc.plain(pydoc.render_doc(Adam))
    for line in ("v = β₂·vₜ₋₁ + (1 − β₂)·g²", "m̂ = {m / (1 − β₁ᵗ) if bias correction; m otherwise}", "m₀ = 0, v₀ = 0"):
        assert line in text
    assert "ḡ = α·ḡₜ₋₁ + (1 − α)·g    if centered" in RMSProp.__doc__
    assert "b = μ·bₜ₋₁ + {η·(g / r) if lr inside; g / r otherwise}    if μ ≠ 0" in RMSProp.__doc__


@every_optimizer
def test_help_has_every_line(name: str) -> None:
    cls = OPTIMIZERS[name]
    shown = cls.__doc__.rstrip().splitlines()[-len(cls.statement.lines) - bool(cls.memory) :]
    assert all(" = " in line and line.startswith(" " * 8) for line in shown)
    assert "beta" not in "".join(shown) and "**" not in "".join(shown)


# --- what is refused ------------------------------------------------------------------------------------------------

GOOD = """
    m            = beta * m + (1 - beta) * grad
    effective_lr = lr
    rms_grad     = abs(grad)
    delta        = -effective_lr * m
"""


def made(text: str = GOOD, starts: Any = None) -> type[Optimizer]:
    @dataclasses.dataclass(frozen=True)
    class Made(Optimizer):
        lr: float = learning_rate(0.1)
        beta: float = decay(0.9, "β", "memory")
        early: bool = flag(False, "an early one")
        memory = {"m": 0} if starts is None else starts
        equations = text

    return Made


def refused(text: str = GOOD, starts: Any = None) -> str:
    """What is said of a class with these equations."""
    with pytest.raises(EquationError) as said:
        made(text, starts)
    return str(said.value)


def with_line(line: str) -> str:
    """The good equations with one more line in the second place."""
    first, *rest = GOOD.strip("\n").splitlines()
    return "\n".join([first, f"    {line}", *rest])


def test_the_good_one_is_accepted() -> None:
    delta, state, _ = made()(lr=0.5).update(np.ones(2), made()().init(np.ones(2)), np.ones(2), 1)
    np.testing.assert_allclose([delta, state.m], [[-0.05] * 2, [0.1] * 2])
    assert made(with_line("n = m if early else grad  # a remark"))


WRONG = {
    # names
    "x = unheard * 2": "unheard is not known here",
    "x = effective_lr": "effective_lr is not known here",
    "x = abs + 1": "abs is not known here",
    "x = early * grad": "early is a flag: it chooses, and is no number",
    "m = grad": "m is assigned a second time",
    "lr = 0.1": "lr has a meaning already",
    "early = 1": "early has a meaning already",
    "grad = -grad": "grad has a meaning already",
    "sqrt = 1": "sqrt has a meaning already",
    "state = 1": "state has a meaning already",
    "x_0 = 1": "x_0 is no name here: it needs small letters, and digits only before a _",
    "_x = 1": "_x is no name here: it needs small letters, and digits only before a _",
    "X = 1": "X is no name here: it needs small letters, and digits only before a _",
    # lines
    "x = (1 +": "'(' was never closed",
    "x = = 1": "invalid syntax",
    "x y": "invalid syntax",
    "grad * 2": "a line reads `name = expression`",
    "x += 1": "a line reads `name = expression`",
    "x: float = 1": "a line reads `name = expression`",
    "x, y = 1": "a line reads `name = expression`",
    "x = y = 1": "a line reads `name = expression`",
    "x.y = 1": "a line reads `name = expression`",
    "import os": "a line reads `name = expression`",
    "for x in grad: y = x": "a line reads `name = expression`",
    # not arithmetic
    "x = grad.real": "grad.real is not arithmetic",
    "x = grad[0]": "grad[0] is not arithmetic",
    "x = (grad, lr)": "(grad, lr) is not arithmetic",
    "x = [grad]": "[grad] is not arithmetic",
    "x = (lambda: lr)": "lambda: lr is not arithmetic",
    "x = (y := lr)": "(y := lr) is not arithmetic",
    "x = grad @ lr": "grad @ lr is not arithmetic",
    "x = grad // lr": "grad // lr is not arithmetic",
    "x = grad and lr": "grad and lr is not arithmetic",
    "x = not grad": "not grad is not arithmetic",
    "x = +grad": "+grad is not arithmetic",
    "x = grad in lr": "grad in lr is not arithmetic",
    "x = 0 < grad < 1": "0 < grad < 1 compares more than two",
    "x = f'{lr}'": "f'{lr}' is not arithmetic",
    "x = 'lr'": "'lr' is not a number",
    "x = True": "True is not a number",
    "x = None": "None is not a number",
    "x = 1j": "1j is not a number",
    # calls
    "x = exp(grad)": "exp is none of the functions sqrt, abs, sign, maximum, minimum, where, square, power",
    "x = (abs)(abs)": "abs is not known here",
    "x = (lambda: lr)()": "lambda: lr is none of the functions",
    "x = sqrt.reduce(grad)": "sqrt.reduce is none of the functions",
    "x = __import__('os')": "__import__ is none of the functions",
    "x = sqrt(grad, lr)": "sqrt takes 1 argument(s) without a name",
    "x = where(grad > 0)": "where takes 3 argument(s) without a name",
    "x = maximum(grad, x=lr)": "maximum takes 2 argument(s) without a name",
    "x = maximum(*grad)": "maximum takes 2 argument(s) without a name",
    "x = maximum(*grad, lr)": "*grad is not arithmetic",
    # choices
    "x = grad if grad > 0 else lr": "`if` asks for one name, not for grad > 0: use where(...)",
    "x = grad if m else lr": "`if` asks for a flag or a number of the class, and m is neither",
    "if early and lr: x = 1": "`if` asks for one name, not for early and lr",
    "if not early: x = 1": "`if` asks for one name, not for not early",
    "if late: x = 1": "`if` asks for a flag or a number of the class, and late is neither",
    "if early: pass": "a line reads `name = expression`",
}


@pytest.mark.parametrize(("line", "reason"), WRONG.items(), ids=WRONG)
def test_a_wrong_line_is_named_with_the_reason(line: str, reason: str) -> None:
    said = refused(with_line(line))
    assert said.startswith(f"Made, line 2, `{line}`: {reason}")


def test_a_line_that_is_wrong_in_one_setting_only_says_in_which() -> None:
    said = refused(with_line("if early:\n        x = grad\n    y = x"))
    assert said == "Made, line 4, `y = x`: x is not known here (without early)"
    said = refused(with_line("n = grad + (lr if early else later)"))
    assert said.endswith("later is not known here (without early)")
    said = refused(with_line("if early:\n        x = grad\n    if beta:\n        x = lr"))
    assert said == "Made, line 5, `x = lr`: x is assigned a second time (with beta, with early)"


def test_an_else_is_refused() -> None:
    said = refused(with_line("if early:\n        x = grad\n    else:\n        x = lr"))
    assert said == "Made, line 2, `if early:`: a block has no else: use `a if flag else b`"


def test_a_wrong_indentation_is_named() -> None:
    assert refused("\n m = grad\n   x = 1").startswith("Made, line 2, `x = 1`: unexpected indent")


@pytest.mark.parametrize("missing", ["effective_lr", "rms_grad", "delta"])
def test_what_every_update_must_say(missing: str) -> None:
    lines = [line for line in GOOD.replace("effective_lr * m", "lr * m").splitlines() if f"{missing} " not in line]
    assert refused("\n".join(lines)) == f"Made: no line assigns {missing}"
    if missing != "delta":
        only_early = "\n".join([*lines[:-1], "    if early:", f"        {missing} = grad", lines[-1]])
        assert refused(only_early) == f"Made: no line assigns {missing} (without early)"


def test_no_equations_at_all() -> None:
    with pytest.raises(EquationError, match="Bare: no line assigns delta"):
        type("Bare", (Optimizer,), {})


def test_a_memory_must_be_assigned_and_is_there_only_where_it_is() -> None:
    assert refused(starts={"m": 0, "idle": 0}) == "Made: no line assigns idle, which it remembers"
    said = refused(with_line("if early:\n        n = n + 1\n    x = n"), {"m": 0, "n": 0})
    assert said == "Made, line 4, `x = n`: n is remembered only where a line assigns it (without early)"


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("unheard", "unheard is no number of this class"),
        ("early", "early is no number of this class"),
        ("grad", "grad is no number of this class"),
        ("lr +", "`lr +`: invalid syntax"),
        ("lr[0]", "`lr[0]`: lr[0] is not arithmetic"),
        (PerWalk("1 if"), "`1 if`: "),
        ("lr if early else 0", "a start has nothing to choose"),
    ],
    ids=str,
)
def test_a_wrong_start_is_named(start: Any, reason: str) -> None:
    assert refused(starts={"m": start}).startswith(f"Made: memory m: {reason}")


def test_a_wrong_name_of_a_memory_is_named() -> None:
    assert refused(starts={"lr": 0}).startswith("Made: memory lr: lr has a meaning already")
    assert refused(starts={"m_0": 0}).startswith("Made: memory m_0: m_0 is no name here")


def test_one_number_per_walk_knows_no_parameters() -> None:
    assert made(with_line("n = n * lr + t"), {"m": 0, "n": PerWalk(1)})().n_remembered == 1
    said = refused(with_line("n = n * grad"), {"m": 0, "n": PerWalk(1)})
    assert said == "Made, line 2, `n = n * grad`: n is one number per walk, and grad is one per parameter"


def test_an_optimizer_is_final() -> None:
    with pytest.raises(TypeError, match="Fast: an optimizer is final"):
        type("Fast", (Adam,), {})
    with pytest.raises(TypeError, match="abstract"):
        Optimizer()
