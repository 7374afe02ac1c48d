"""A surface that somebody typed: what is read and what is refused, where it has holes, and what is found out of it."""

import copy
import math
import pickle
import timeit
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.walks.levels import banded
from app.walks.simulate import ground
from landscapes import L2, LANDSCAPES, Formula, FormulaError, QuadraticBowl, Rosenbrock, Rotated, Scaled, Shifted
from landscapes.base import Surface
from landscapes.formula.grammar import read
from landscapes.formula.numbers import ARRAYS, FLOATS
from landscapes.formula.tokens import CONSTANTS, FUNCTIONS, LENGTH, tokens
from landscapes.search import levels_of
from optim_core import SGD, Adam, iterate, run

from ..fuzz.seeds import GOOD, HOSTILE

ROSENBROCK = "(1-x)^2 + 100*(y-x^2)^2"
AT = (0.75, -1.5)


def refused(text: Any, *more: Any) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        Formula(text, *more)
    return caught.value


# what is read


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x^2", AT[0] ** 2),
        ("x**2", AT[0] ** 2),
        ("x²·3", 3 * AT[0] ** 2),
        ("y⁻¹×x", AT[0] / AT[1]),
        ("−x − 1", -AT[0] - 1),
        ("f(x,y)=x", AT[0]),
        ("f(x, y) = x", AT[0]),
        (" f = x", AT[0]),
        ("z=x", AT[0]),
        ("2*π*x", 2 * math.pi * AT[0]),
        ("√(x) ÷ 2", math.sqrt(AT[0]) / 2),
        ("e^x", math.exp(AT[0])),
        ("-x^2", -(AT[0] ** 2)),
        ("2^-x", 2 ** -AT[0]),
        ("x^2^3", AT[0] ** 8),
        ("x - -y", AT[0] + AT[1]),
        ("1 - x - y", 1 - AT[0] - AT[1]),
        ("8 / 2 / x", 4 / AT[0]),
        ("+x", AT[0]),
        ("min(x, y) + max(x, y)", AT[0] + AT[1]),
        ("x^0 + y", 1 + AT[1]),
        ("(-y)^1.5", 1.5**1.5),
        (".5*x + 2.*y + 1e-3", 0.5 * AT[0] + 2 * AT[1] + 1e-3),
    ],
)
def test_a_formula_means_what_one_writes(text: str, wanted: float) -> None:
    assert Formula(text).value(*AT) == pytest.approx(wanted, rel=1e-15)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_its_namesake(name: str) -> None:
    arguments = "x/2, x" if FUNCTIONS[name][1] == 2 else "x"
    known = {
        "ln": np.log,
        "asin": np.arcsin,
        "acos": np.arccos,
        "atan": np.arctan,
        "min": np.minimum,
        "max": np.maximum,
    }
    wanted = known.get(name, getattr(np, name, None))(*([0.3, 0.6] if "," in arguments else [0.6]))
    assert Formula(f"{name}({arguments})").value(0.6, 0.0) == pytest.approx(float(wanted), rel=1e-15)


def test_floats_and_arrays_know_the_same_operations() -> None:
    assert FLOATS.keys() == ARRAYS.keys()
    assert {operation for operation, _ in FUNCTIONS.values()} <= FLOATS.keys()
    assert {name: getattr(math, name) for name in CONSTANTS} == CONSTANTS


def test_what_is_printed_is_what_one_would_write() -> None:
    assert Formula(ROSENBROCK).formula == "(1 − x)² + 100·(y − x²)²"
    assert Formula("((x))*(-y)-(x-(y-1))").formula == "x·(−y) − (x − (y − 1))"
    assert Formula("x**2**3+(x**2)**3+x^-1+2**(x+1)+pi").formula == "x^2³ + (x²)³ + x⁻¹ + 2^(x + 1) + π"
    for text in GOOD:
        assert Formula(Formula(text).formula).value(0.3, 0.4) == Formula(text).value(0.3, 0.4)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+".join("x" * 100), "+".join("x" * 100)),
        (f"z = {'+'.join('x' * 95)}\n-\u00a0 y ", f"{'+'.join('x' * 95)} - y"),
        ("x" + "^-x" * 35, "x" + "^-x" * 35),
        ("*".join(["1e15", *"x" * 95]), "*".join(["1e15", *"x" * 95])),
        ("√(x)" + "-√(x)" * 39, "√(x)" + "-√(x)" * 39),
    ],
    ids=["long", "with a left side", "deep", "with a number", "with roots"],
)
def test_what_would_not_be_let_in_again_is_shown_as_it_was_typed(text: str, shown: str) -> None:
    formula = Formula(text)
    assert formula.formula == shown and len(shown) <= LENGTH
    assert Formula(shown).formula == shown and Formula(shown).partials(0.3, 0.7) == formula.partials(0.3, 0.7)


def test_what_is_written_twice_is_done_once() -> None:
    once, twice = read("sin(x*y)+1").tape, read("sin(x*y)*sin(x*y)+1+0*sin(x*y)").tape
    assert sum(name == "sin" for name, _ in twice.operations) == sum(name == "sin" for name, _ in once.operations) == 1


# what is refused


@pytest.mark.parametrize(
    ("text", "what", "hint", "wrong"),
    [
        ("1 + 2x", "between 2 and x", "write 2*x", "2x"),
        ("x y", "between x and y", "write x*y", "x y"),
        ("2(x)", "between 2 and (", "write 2*(", "2("),
        ("x(3)", "between x and (", "write x*(", "x("),
        ("y + xy", "xy is not known", "write x*y", "xy"),
        ("X^2", "X is not known", "small letters", "X"),
        ("foo(x)", "foo is not known", "known are x, y, pi, e and the functions sqrt", "foo"),
        ("arctan(x)", "arctan is not known", "perhaps atan", "arctan"),
        ("sinx", "sinx is not known", "write sin(x)", "sinx"),
        ("1 + sin x", "sin needs brackets", "write sin(x)", "sin"),
        ("x2 + y", "x2 is not known", "x*2 or x^2", "x2"),
        ("x*(y+1", "never closed", "write a )", "("),
        ("x*y)", "never opened", "write a (", ")"),
        ("x +", "after + something is missing", "", "+"),
        ("x + * y", "before * something is missing", "", "*"),
        ("x + ()", "before ) something is missing", "", ")"),
        ("1,5*x", "comma", "decimal point", ","),
        ("min(x)", "min takes two arguments, not 1", "", "min(x)"),
        ("sin(x, y)", "sin takes one argument, not 2", "", "sin(x, y)"),
        ("x == 1", "the character =", "without an equation", "="),
        ("__import__('os')", "the character '", "", "'"),
        ("__import__(x)", "__import__ is not known", "", "__import__"),
        ("x.real", "the character .", "", "."),
        ("x + с", "cyrillic small letter es", "", "с"),
        ("x\0", "U+0000", "", "\0"),
        ("x\ud800y", "U+D800", "", "\ud800"),
        ("x/(2-2)", "divides by 0", "", "2-2"),
        ("x + sqrt(-1)", "no finite number", "", "sqrt(-1)"),
        ("x + 1e80^9", "no finite number", "", "1e80^9"),
        ("1e101*x", "too large", "at most 1e100", "1e101"),
        ("x^51", "exponent is too large", "at most 50", "51"),
        ("9**9**9*x", "exponent is too large", "at most 50", "9**9"),
        ("x²^3", "two exponents", "write brackets", "²^"),
        ("--- x", "too many signs", "", "-"),
        ("3 + 4", "neither on x nor on y", "", "3 + 4"),
        ("2*x^0", "neither on x nor on y", "", "2*x^0"),
        ("[x]", "the character [", "round brackets", "["),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_a_way_out(text: str, what: str, hint: str, wrong: str) -> None:
    error = refused(text)
    assert what in error.what and hint in error.hint
    assert text[error.position : error.end] == wrong
    assert f"at character {error.position + 1}" in str(error) and error.what in str(error)


@pytest.mark.parametrize("text", ["", "  \n", "f(x, y) =", "x" * 201, 3, None, b"x", ["x"], {}], ids=repr)
def test_what_is_wrong_as_a_whole_has_no_place(text: Any) -> None:
    error = refused(text)
    assert error.position is None and error.end is None and str(error)


def test_the_longest_formula_may_be_a_sum_or_as_deep_as_it_gets() -> None:
    assert Formula("x+" * (LENGTH // 2 - 1) + "y").value(1.0, 2.0) == LENGTH / 2 + 1
    assert Formula("(" * 30 + "x" + ")" * 30).value(1.0, 2.0) == 1
    assert "too deeply" in refused("(" * 31 + "x" + ")" * 31).what
    assert "too many operations" in refused("+".join(f"(x+{place})^47" for place in range(18))).what


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:40])
def test_hostile_texts_are_a_surface_or_a_refusal_that_can_be_shown(text: str) -> None:
    try:
        surface = Formula(text)
    except FormulaError as error:
        assert str(error).encode() and len(str(error)) < 400
        assert error.position is None or 0 <= error.position < error.end <= len(text)
    else:
        assert len(text) <= LENGTH and surface.formula


def test_a_refusal_costs_less_than_twenty_pictures_of_a_surface() -> None:
    grid = np.stack(np.meshgrid(np.linspace(-2, 2, 150), np.linspace(-2, 2, 150)))
    picture = min(timeit.repeat(lambda: Rosenbrock().loss(grid), number=1, repeat=20))

    def all_refused() -> None:
        for text in refusals:
            with pytest.raises(FormulaError):
                Formula(text)

    refusals = [text for text in HOSTILE if not _is_formula(text)]
    assert len(refusals) > 50
    each = min(timeit.repeat(all_refused, number=1, repeat=5)) / len(refusals)
    assert each <= 20 * picture


def _is_formula(text: str) -> bool:
    try:
        Formula(text)
    except FormulaError:
        return False
    return True


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.text(max_size=30) | st.text("xy1.5e+-*/^(), sincomaxp²⁻·π\0ſ", max_size=40))
def test_any_text_is_a_formula_or_an_error_of_ours(text: str) -> None:
    try:
        made = Formula(text)
    except FormulaError as error:
        assert error.what
    else:
        assert isinstance(made.value(0.5, 0.5), float)


def test_of_what_somebody_typed_nothing_is_run() -> None:
    """The only texts that Python runs are made of the tape, and a tape has no name but those of its operations."""
    for text in [*GOOD, "x^y^1.5", "abs(x)"]:
        operations = read(text).tape.operations
        assert {name for name, of in operations if of} <= FLOATS.keys()
        assert all(name in "xy" or name == repr(float(name)) for name, of in operations if not of)


def test_numbers_and_names_end_where_they_should() -> None:
    assert [token.spelled for token in tokens("1e5*x-.5e-3+y")] == ["1e5", "*", "x", "-", ".5e-3", "+", "y"]
    assert "write 2*e" in refused("2e+x").hint


@pytest.mark.parametrize(
    ("window", "start"),
    [
        (((1, 0), (0, 1)), None),
        (((0, 0), (0, 1)), None),
        (((0, math.inf), (0, 1)), None),
        (((0, math.nan), (0, 1)), None),
        (((-1e7, 0), (0, 1)), None),
        (((0, 1),), None),
        (((0, 1), (0, "a")), None),
        (3, None),
        (None, None),
        (((-2, 2), (-2, 2)), (0,)),
        (((-2, 2), (-2, 2)), (0, math.inf)),
        (((-2, 2), (-2, 2)), "ab"),
    ],
)
def test_a_window_or_a_start_that_is_none_is_refused(window: Any, start: Any) -> None:
    assert ("window" if start is None else "start") in refused("x^2+y^2", window, start).what


def test_a_formula_without_a_value_in_its_window_is_refused() -> None:
    assert "no finite value" in refused("log(x-100)").what
    assert Formula("log(x-100)", ((90, 110), (0, 1))).start[0] > 100


# a value


def test_a_formula_is_a_value() -> None:
    one = Formula(ROSENBROCK, [[-2, 2], [-1, 3]])
    assert one.minima and one.levels == "log", "what it remembers is no part of it"
    for other in (Formula(ROSENBROCK, ((-2.0, 2.0), (-1.0, 3.0))), pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
        assert one == other and hash(one) == hash(other) and other.value(*AT) == one.value(*AT)
    assert one != Formula(ROSENBROCK) and one != Formula(ROSENBROCK, one.window, (1, 2))
    assert one.domain == ((-2, 2), (-1, 3))
    error = pickle.loads(pickle.dumps(refused("2x")))
    assert (error.what, error.position, error.hint) == (refused("2x").what, 0, "write 2*x")


# holes

HOLES = {
    "log(x)": (-1.0, 0.5),
    "sqrt(x-y)": (0.0, 1.0),
    "sqrt(x)+y": (-1.0, 0.5),
    "asin(x)*y": (1.5, 0.5),
    "x^1.5": (-1.0, 0.5),
    "x^y": (-1.0, 0.5),
    "min(log(x), y)": (-1.0, 0.5),
    "max(y, log(x))": (-1.0, 0.5),
}


@pytest.mark.parametrize("text", HOLES)
def test_where_there_is_no_real_number_there_is_no_gradient(text: str) -> None:
    surface, point = Formula(text), HOLES[text]
    for x, y in (point, np.array([point]).T, np.reshape(point, (2, 1, 1))):
        assert np.isnan(surface.value(x, y)).all() and np.isnan(surface.partials(x, y)).all()


@pytest.mark.parametrize("text", [*HOLES, "1/x", "1/(x*x+y*y)", "exp(exp(x*9))", "tan(x)", "1/x - 1/x", "x^-3*log(y)"])
def test_a_surface_with_holes_is_drawn_walked_and_searched_without_a_word(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        surface = Formula(text)
        assert math.isfinite(surface.value(*surface.start))
        here = ground(surface, 40)
        assert np.isfinite(here.height).any() and not np.isinf(here.height).any()
        assert np.isfinite(here.height[np.isfinite(here.loss)]).all()
        assert len(banded(surface, surface.domain, (60,)).levels) >= 0
        assert surface.minima + surface.local_minima is not None
        for optimizer in (SGD(0.5), Adam(0.5)):
            fast, slow = run(optimizer, surface, n_steps=40), list(iterate(optimizer, surface, n_steps=40))
            np.testing.assert_array_equal(fast.params[:-1], [step.params for step in slow])
        for x in (0.0, -0.0, 1e308, math.inf, math.nan):
            assert isinstance(surface.value(x, 0.0), float)
            assert all(isinstance(one, float) for one in surface.partials(x, 0.0))


def test_a_window_without_one_value_above_the_lowest_is_still_drawn() -> None:
    surface = Formula("(x^2+y^2)^2 + 0*sqrt(2-x)")
    assert surface.levels == "log"
    here = ground(surface, 20, ((3.0, 4.0), (3.0, 4.0)))
    assert np.isnan(here.height).all()


# what is found out


def test_what_is_found_is_said_to_be_found() -> None:
    assert all(surface().minima_are == "known" for surface in LANDSCAPES.values())
    bowl = Formula("x^2 + y^2")
    assert {one.minima_are for one in (bowl, Rotated(bowl, 30.0), L2(QuadraticBowl(), 0.1))} == {"found"}
    assert L2(QuadraticBowl(), 0.0).minima_are == Scaled(QuadraticBowl(), 2.0).minima_are == "known"


def test_minima_are_global_only_where_nothing_in_the_window_is_lower() -> None:
    assert Formula("x^3-3*x+y^2").minima == ((1.0, 0.0),)
    wider = Formula("x^3-3*x+y^2", ((-3, 3), (-2, 2)))
    assert (wider.minima, wider.local_minima, wider.lowest, wider.levels) == ((), ((1.0, 0.0),), None, "linear")
    himmelblau = Formula("(x^2+y-11)^2 + (x+y^2-7)^2", ((-5, 5), (-5, 5)))
    known = sorted(LANDSCAPES["himmelblau"]().minima)
    np.testing.assert_allclose(sorted(himmelblau.minima), known, atol=1e-9)
    assert Formula("x + y").minima == Formula("x + y").local_minima == ()


@pytest.mark.parametrize("text", ["y + sin((x-0.5)/(x*y))", "4^(y + sin(y/x))", "cos((x+x*y)^7*x)", "sin(x-y)"])
def test_where_a_loss_is_wild_or_a_valley_level_no_slope_is_taken_for_a_minimum(text: str) -> None:
    surface = Formula(text)
    for point in surface.minima + surface.local_minima:
        assert max(map(abs, surface.partials(*point))) <= 1e-5


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        (Rotated(Formula(ROSENBROCK), 30.0), Rotated(Rosenbrock(), 30.0)),
        (Shifted(Formula(ROSENBROCK), 0.5, -1.0), Shifted(Rosenbrock(), 0.5, -1.0)),
        (Scaled(Formula(ROSENBROCK), 3.0), Scaled(Rosenbrock(), 3.0)),
        (L2(Formula("x^2/2 + y^2/2"), 0.5), L2(QuadraticBowl(), 0.5)),
    ],
    ids=repr,
)
def test_a_formula_stands_within_any_transform(typed: Surface, known: Surface) -> None:
    np.testing.assert_allclose(typed.minima, known.minima, atol=1e-12)
    walks = [run(Adam(0.01), one, (-1.2, 1.0), 200).params for one in (typed, known)]
    np.testing.assert_allclose(*walks, rtol=1e-9)


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_levels_that_are_found_are_those_that_somebody_chose(slug: str) -> None:
    by_eye = {"styblinski-tang": "log", "mccormick": "log"}  # even in the loss, as most of the map would be one colour
    surface = LANDSCAPES[slug]()
    assert levels_of(surface, surface.lowest) == by_eye.get(slug, surface.levels)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (ROSENBROCK, (-1.25, 1.25)),
        ("x^2", (-1.25, 1.25)),
        ("log(x)+y", (0.25, 1.25)),
        ("(x+1.25)^2 + (y-1.25)^2", (-1.5, 1.0)),
        ("max(x+1.25, -x-1.25) + max(y-1.25, 1.25-y)", (-1.25, 1.0)),
        ("0*x + 1", (-1.25, 1.25)),
        ("0*sqrt(x)", (0.25, 1.25)),
    ],
)
def test_a_walk_begins_at_the_upper_left_where_it_can(text: str, start: tuple[float, float]) -> None:
    assert Formula(text).start == start
    assert Formula(text, start=(1, 2)).start == (1.0, 2.0)
