"""The step inspector: what it shows is what the code did, to the last bit, and the text can be worked out again."""

import dataclasses
import itertools
import math
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from app.page.numbers import significant
from app.screen.arrays import frame
from app.walks.explain import arrows, columns, inspect, stories
from app.walks.simulate import Walk
from app.walks.typeset import DIGITS, fill, mathml, template
from landscapes import ElongatedValley, Rosenbrock
from optim_core import (
    NOTATIONS,
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Letters,
    Momentum,
    NAdam,
    Nesterov,
    Optimizer,
    RAdam,
    RMSProp,
    Rprop,
    Yogi,
    evaluate,
    hypers,
)
from optim_core.notation import symbol

from ..strategies import settings, unframed, walk
from .working import worked_out

VALLEY = ElongatedValley()
MATHML = {"math", "mrow", "mi", "mn", "mo", "mtext", "msub", "msup", "mover", "mfrac", "msqrt", "mtable", "mtr", "mtd"}


every_setting = pytest.mark.parametrize("optimizer", [o for c in OPTIMIZERS.values() for o in settings(c)], ids=repr)
every_optimizer = pytest.mark.parametrize("optimizer", [cls() for cls in OPTIMIZERS.values()], ids=OPTIMIZERS)


def before(one: Walk, t: int) -> Any:
    """The state before step t, from the record."""
    begin = one.run.optimizer.init(one.trajectory.params[0])
    if t == 1:
        return begin
    rows = {
        name: (field[t - 2] if getattr(begin, name).ndim else field[t - 2, 0])
        for name, field in one.trajectory.state._asdict().items()
        if field is not None
    }
    return begin._replace(**rows)


def step_by_step(one: Walk, t: int) -> list[np.ndarray]:
    """The value of every line of step t, x and y, by `evaluate`."""
    row = t - 1
    lines = evaluate(one.run.optimizer, one.trajectory.grad[row], before(one, t), one.trajectory.params[row], t)
    return [np.broadcast_to(value, 2) for _, value in lines]


# --- the numbers ----------------------------------------------------------------------------------------------------


@every_setting
def test_all_steps_at_once_are_the_steps_one_by_one(optimizer: Optimizer) -> None:
    one = walk(optimizer, Rosenbrock(), n_steps=30)
    made, numbers = template(optimizer), columns(one, *one.parts)
    for t in range(1, 31):
        for line, expected in zip(made.lines, step_by_step(one, t), strict=True):
            column = numbers[line.result]
            value = column if isinstance(column, float) else column[t]
            np.testing.assert_array_equal(np.broadcast_to(value, 2), expected, err_msg=f"{line.name} at step {t}")


@every_setting
def test_values_are_the_recorded_ones(optimizer: Optimizer) -> None:
    one = walk(optimizer, n_steps=30)
    recorded = one.trajectory.state._asdict() | {
        name: getattr(one.trajectory, name) for name in ("delta", "effective_lr", "rms_grad")
    }
    for t in (1, 2, 30):
        for line in inspect(one, t):
            if recorded.get(line.name) is not None:
                np.testing.assert_allclose(line.value, recorded[line.name][t - 1], rtol=1e-12)


def test_a_step_that_was_not_taken() -> None:
    for t in (0, -1, 31):
        with pytest.raises(ValueError, match="no step"):
            inspect(walk(SGD(), n_steps=30), t)


# --- the text -------------------------------------------------------------------------------------------------------


@every_setting
def test_the_printed_numbers_give_the_printed_result(optimizer: Optimizer) -> None:
    one = walk(optimizer, n_steps=9)
    for line in (line for t in (1, 2, 9) for line in inspect(one, t, digits=17)):
        for text, value in zip(line.text, line.value, strict=True):
            name, *sides = text.split(" = ")
            assert name == symbol(line.name)
            for side in sides:
                assert worked_out(side) == pytest.approx(value, rel=1e-9, abs=1e-13)
            assert worked_out(sides[-1]) == value, "the result is exact in 17 digits"


def test_lines_read_as_in_a_textbook() -> None:
    lines = {line.name: line for line in inspect(walk(RMSProp(lr=0.045), n_steps=30), 2)}
    assert lines["square_avg"].formula_text == "v = α·vₜ₋₁ + (1 − α)·g²"
    assert lines["square_avg"].text[0] == "v = 0.9·0.676 + 0.1·(−2.458)² = 1.212"
    assert lines["effective_lr"].formula_text == "η_eff = η / r"
    adam = {line.name: line for line in inspect(walk(Adam(), n_steps=30), 3)}
    assert adam["m_hat"].formula_text == "m̂ = m / (1 − β₁ᵗ)"
    assert re.fullmatch(r"m̂ = 13\.\d+ / \(1 − 0\.9\^3\) = 49\.96", adam["m_hat"].text[1])


def test_a_value_that_is_only_handed_on_stands_once() -> None:
    lines = {line.name: line.text[0] for line in inspect(walk(Rprop(), n_steps=30), 3)}
    assert lines["factor"] == "f = 1.2"
    assert lines["effective_lr"] == "η_eff = 0.0144"


def test_only_the_branch_that_was_taken_is_shown() -> None:
    one = walk(Momentum(), n_steps=30)
    assert inspect(one, 1)[0].text[1] == "b = 50"
    assert inspect(one, 2)[0].text[1] == "b = 0.9·50 + 1·30 = 75"
    assert inspect(one, 2)[0].formula_text == "b = {g if t = 1; g if μ = 0; μ·bₜ₋₁ + (1 − d)·g otherwise}"
    rates = [inspect(walk(RAdam(), n_steps=30), t)[-2].text[0] for t in (5, 6)]
    assert rates[0] == "η_eff = 0.001" and "√" in rates[1]


def test_the_branch_is_taken_for_each_parameter_on_its_own() -> None:
    one = walk(Rprop(lr=0.5), n_steps=30)
    shown = [inspect(one, t)[1].text for t in range(1, 31)]
    assert any({"f = 1.2", "f = 0.5"} == set(pair) for pair in shown)


def test_the_first_step_begins_from_the_initial_memory() -> None:
    assert inspect(walk(AdaGrad(initial_accumulator=0.1), n_steps=30), 1)[0].text[0] == "s = 0.1 + (−2.6)² = 6.86"
    assert inspect(walk(Yogi(), n_steps=30), 1)[0].text[1] == "m = 0.9·1e−6 + 0.1·50 = 5"
    assert "1·" in inspect(walk(NAdam(), n_steps=30), 1)[2].text[0]


def test_hyper_parameters_are_never_rounded() -> None:
    lines = {line.name: line.text[0] for line in inspect(walk(AdamW(beta2=0.99995, lr=0.012345678), n_steps=30), 2)}
    assert lines["v"].startswith("v = 0.99995·") and "+ 5e−5·" in lines["v"]
    assert "0.012345678" in lines["delta"]


def test_a_walk_that_diverged_says_so_in_numbers() -> None:
    one = walk(SGD(lr=1.0), Rosenbrock(), 30)
    assert one.diverged_at is not None
    texts = [text for t in range(1, 31) for line in inspect(one, t) for text in line.text]
    assert any("∞" in text for text in texts) and any("NaN" in text for text in texts)


@dataclasses.dataclass(frozen=True)
class Tricky(Optimizer):
    """Every way in which parentheses can be needed, over a memory that is asked about before and after its line."""

    label, lr = "Tricky", 1.0
    memory = {"m": 0}
    equations = """
        waya         = grad - (params - t)
        wayb         = grad - (params + t) - (t - params)
        wayc         = grad / (params / t)
        wayd         = grad / t / params
        waye         = t * (grad / params) * (params * grad)
        wayf         = -(grad + params) * (-grad)
        wayg         = (-grad)**2 + (grad * params)**2 - (grad / t)**t
        wayh         = (grad**2)**t
        wayi         = abs(-grad) * sqrt(abs(grad - params))
        wayj         = where(m > 3, grad + 1, params - 1) * where(m > 3, grad, params)
        m            = m + 1
        rms_grad     = where(m > 3, grad, params)
        effective_lr = params
        delta        = -0.001 * grad
    """


def test_parentheses_stand_where_they_are_needed() -> None:
    one = walk(Tricky(), Rosenbrock(), 4)  # both signs, both branches
    for line in (line for t in (1, 2, 3, 4) for line in inspect(one, t, digits=17)):
        for text, value in zip(line.text, line.value, strict=True):
            for side in text.split(" = ")[1:]:
                assert worked_out(side) == pytest.approx(value, rel=1e-9), text


def test_a_condition_is_asked_where_it_stands() -> None:
    one = walk(Tricky(), Rosenbrock(), 4)
    lines = {line.name: line.value for line in inspect(one, 4)}  # m goes from 3 to 4
    grad, params = one.trajectory.grad[3], one.trajectory.params[3]
    np.testing.assert_allclose(lines["rms_grad"], grad)
    np.testing.assert_allclose(lines["wayj"], (params - 1) * params)


# --- MathML ---------------------------------------------------------------------------------------------------------


@every_setting
def test_mathml_is_well_formed_and_says_what_the_text_says(optimizer: Optimizer) -> None:
    for line in inspect(walk(optimizer, n_steps=30), 9):
        assert {node.tag for node in ElementTree.fromstring(line.formula).iter()} <= MATHML
        for markup, text in zip(line.filled, line.text, strict=True):
            tree = ElementTree.fromstring(markup)
            assert {node.tag for node in tree.iter()} <= MATHML
            shown = [node.text for node in tree.iter("mn")]
            plain = text.split(" = ", 1)[1].replace("²", " 2 ")
            plain = re.findall(r"\d+(?:\.\d+)?(?:e−?\d+)?", plain)
            below = [node.text for node in tree[0].iter("mn")]  # of the symbol on the left
            assert [part.strip("(−)") for part in shown[len(below) :]] == plain


@every_setting
def test_a_fraction_bar_a_root_and_a_power_for_each_in_the_equation(optimizer: Optimizer) -> None:
    for equation, line in zip(optimizer.setting.lines, template(optimizer).lines, strict=True):
        tree = ElementTree.fromstring(line.formula)
        expected = str(equation.expression)
        assert len(list(tree.iter("mfrac"))) == expected.count("/")
        assert len(list(tree.iter("msqrt"))) == expected.count("sqrt")
        assert len(list(tree.iter("mtr"))) == (expected.count("where") + 1 if "where" in expected else 0)
        assert len(list(tree.iter("msup"))) >= expected.count("square(") + expected.count("power(")


def test_symbols_as_mathml() -> None:
    assert mathml("β₁") == "<msub><mi>β</mi><mrow><mn>1</mn></mrow></msub>"
    assert mathml("m̂") == '<mover accent="true"><mi>m</mi><mo>^</mo></mover>'
    assert mathml("ḡ") == '<mover accent="true"><mi>g</mi><mo>¯</mo></mover>'
    assert mathml("Δθ") == '<mrow><mi mathvariant="normal">Δ</mi><mi>θ</mi></mrow>'
    assert mathml("η_eff") == "<msub><mi>η</mi><mrow><mi>eff</mi></mrow></msub>"
    old = "<msub><mi>v</mi><mrow><mi>max</mi><mo>,</mo><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub>"
    assert mathml("v_max", old=True) == old
    assert mathml("v", ' data-line="2"') == '<mrow data-line="2"><mi>v</mi></mrow>'


@every_setting
def test_no_two_names_of_an_optimizer_share_a_symbol(optimizer: Optimizer) -> None:
    lines = optimizer.setting.lines
    names = {line.name for line in lines}.union(*(line.expression.reads for line in lines))
    declared = hypers(optimizer)
    symbols = [declared[name].symbol if name in declared else symbol(name) for name in names]
    assert sorted(set(symbols)) == sorted(symbols)


@every_setting
def test_a_line_points_at_the_lines_it_reads(optimizer: Optimizer) -> None:
    earlier: list[str] = []
    for equation, line in zip(optimizer.setting.lines, template(optimizer).lines, strict=True):
        read = [place for place, name in enumerate(earlier) if name in equation.expression.reads]
        assert list(line.needs) == read
        assert {int(place) for place in re.findall(r'data-line="(\d+)"', line.formula)} == set(read)
        earlier.append(equation.name)


# --- for the browser ------------------------------------------------------------------------------------------------


@every_optimizer
def test_the_browser_fills_in_what_inspect_does(optimizer: Optimizer) -> None:
    one = walk(optimizer, n_steps=30)
    told = unframed(frame(*stories(one)))
    numbers = told["columns"]

    for t, axis in itertools.product((1, 2, 30), (0, 1)):

        def at(column: int, back: int, t: int = t, axis: int = axis) -> float:
            values = numbers[column][min(axis, len(numbers[column]) - 1)]
            return values if isinstance(values, float) else float(values[t - back])

        for line, expected in zip(told["lines"], inspect(one, t), strict=True):
            assert fill(line["math"], at) == expected.filled[axis]
            assert fill(line["text"], at) == expected.text[axis]
            assert line["formula"] == expected.formula and tuple(line["needs"]) == expected.needs


@every_optimizer
def test_a_long_run_stays_small(optimizer: Optimizer) -> None:
    assert len(frame(*stories(walk(optimizer, n_steps=500)))) < 120_000


def test_neighbouring_texts_are_one_piece() -> None:
    def pairs(pieces: list[Any]) -> Iterator[tuple[Any, Any]]:
        yield from itertools.pairwise(pieces)
        for piece in pieces:
            if isinstance(piece, dict):
                yield from (*pairs(piece["then"]), *pairs(piece["else"]))

    for line in template(RAdam()).lines:
        assert not any(isinstance(one, str) and isinstance(two, str) for one, two in pairs(line.math))


# --- arrows and numbers ---------------------------------------------------------------------------------------------


def test_arrows_of_gradient_memory_and_step() -> None:
    one = walk(Adam(lr=0.1), n_steps=30)
    down, remembered, step = arrows(one, 7)
    grad, m = one.trajectory.grad[6], one.trajectory.state.m[6]
    assert (down.label, remembered.label, step.label) == ("−η g", "−η m̂", "Δθ")
    np.testing.assert_array_equal([down.dx, down.dy], -0.1 * grad)
    np.testing.assert_allclose([remembered.dx, remembered.dy], -0.1 * m / (1 - 0.9**7), rtol=1e-14)
    np.testing.assert_array_equal([step.dx, step.dy], one.trajectory.delta[6])


def test_an_arrow_for_a_memory_only_where_there_is_one() -> None:
    assert [arrow.label for arrow in arrows(walk(SGD(), n_steps=30), 1)] == ["−η g", "Δθ"]
    assert [arrow.label for arrow in arrows(walk(RMSProp(), n_steps=30), 1)] == ["−η g", "Δθ"]
    assert [arrow.label for arrow in arrows(walk(RMSProp(momentum=0.5), n_steps=30), 1)] == ["−η g", "−η b", "Δθ"]


def test_the_step_of_momentum_is_its_velocity() -> None:
    _, remembered, step = arrows(walk(Momentum(), n_steps=30), 9)
    assert remembered[1:] == pytest.approx(step[1:], rel=1e-15)


@pytest.mark.parametrize("optimizer", [Momentum(), Nesterov(), RMSProp(momentum=0.5)], ids=lambda one: one.label)
def test_a_velocity_that_holds_its_rate_is_drawn_as_it_is(optimizer: Optimizer) -> None:
    inside = walk(dataclasses.replace(optimizer, lr_inside=True), n_steps=30)
    labels, (_, kept, _) = [arrow.label for arrow in arrows(inside, 9)], arrows(inside, 9)
    _, scaled, _ = arrows(walk(optimizer, n_steps=30), 9)
    assert labels == ["−η g", "−b", "Δθ"]
    assert kept[1:] == pytest.approx(scaled[1:], rel=1e-11)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (18.9, "18.9"),
        (-4.21, "−4.21"),
        (12345.0, "1.235e4"),
        (1.0625, "1.063"),  # a tie goes away from zero, as in a browser
        (-1.0625, "−1.063"),
        (9999.6, "1e4"),
        (0.0001, "0.0001"),
        (0.00001234, "1.234e−5"),
        (-1e-300, "−1e−300"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "NaN"),
    ],
)
def test_numbers_as_shown(value: float, shown: str) -> None:
    assert significant(value, DIGITS) == shown


def test_more_digits_when_asked() -> None:
    assert significant(1 / 3, 2) == "0.33"
    assert significant(1 / 3, 17).startswith("0.33333333333333331")


@every_setting
@pytest.mark.parametrize("letters", NOTATIONS.values(), ids=NOTATIONS)
def test_another_notation_changes_letters_alone(optimizer: Optimizer, letters: Letters) -> None:
    for line, theirs in zip(template(optimizer).lines, template(optimizer, letters).lines, strict=True):
        assert (line.name, line.needs, line.result) == (theirs.name, theirs.needs, theirs.result)
        for pieces, other in ((line.math, theirs.math), (line.text, theirs.text)):
            assert [piece for piece in pieces if not isinstance(piece, str)] == [
                piece for piece in other if not isinstance(piece, str)
            ]
        assert {node.tag for node in ElementTree.fromstring(theirs.formula).iter()} <= MATHML


@pytest.mark.parametrize(
    ("notation", "first", "rate"),
    [
        ("pytorch", "m = betas[0]·mₜ₋₁ + (1 − betas[0])·g", "lr_eff = lr / (rms + eps)"),
        ("keras", "m = beta_1·mₜ₋₁ + (1 − beta_1)·g", "learning_rate_eff = learning_rate / (rms + epsilon)"),
        ("goodfellow", "s = ρ₁·sₜ₋₁ + (1 − ρ₁)·g", "ε_eff = ε / (rms + δ)"),
        ("alpha", "v = β₁·vₜ₋₁ + (1 − β₁)·g", "α_eff = α / (rms + ε)"),
        ("epsilon", "m = β₁·mₜ₋₁ + (1 − β₁)·g", "ε_eff = ε / (rms + δ)"),
    ],
)
def test_adam_as_others_write_it(notation: str, first: str, rate: str) -> None:
    lines = {line.name: line.formula_text for line in template(Adam(), NOTATIONS[notation]).lines}
    assert (lines["m"], lines["effective_lr"]) == (first, rate)


def test_names_in_code_do_not_run_together() -> None:
    formulas = " ".join(line.formula for line in template(AdamW(), NOTATIONS["pytorch"]).lines)
    assert "<mi>betas[0]</mi><mo>·</mo><msub><mi>m</mi>" in formulas
    assert "\N{INVISIBLE TIMES}" in template(AdamW()).lines[0].formula
