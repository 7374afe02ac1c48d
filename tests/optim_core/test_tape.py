"""Operations worked out in place give what they give one by one; surfaces are read as such operations."""

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landscapes import LANDSCAPES, TRANSFORMS, Formula, Himmelblau, QuadraticBowl, Rotated
from optim_core import OPTIMIZERS, Adam
from optim_core.engines import stepping
from optim_core.engines.room import LINE, PAGE, Room
from optim_core.engines.slopes import slopes
from optim_core.engines.tape import EACH, NAMESPACE, NUMBER, WALK, Place, Tape, program
from optim_core.engines.traced import traced

from ..strategies import odd_settings, surfaces

ONE, TWO = ("negative", "absolute", "square"), ("add", "subtract", "multiply", "divide", "minimum")
SHAPES = {EACH: (2, 3), WALK: (3,), NUMBER: ()}


@st.composite
def tapes(draw: Any) -> Tape:
    """Anything that can be made of two arrays that are written over, one that is not, and two numbers."""
    tape = Tape()
    given = {"a": EACH, "b": EACH, "walks": WALK, "number": NUMBER, "other": NUMBER}
    places = [tape.given(name, kind) for name, kind in given.items()]
    numbers = st.sampled_from(places)
    for _ in range(draw(st.integers(0, 12))):
        numbers = st.sampled_from(places)
        match draw(st.sampled_from("otw")):
            case "o":
                made = tape.made(draw(st.sampled_from(ONE)), draw(numbers))
            case "t":
                made = tape.made(draw(st.sampled_from(TWO)), draw(numbers), draw(numbers))
            case _:
                asked = tape.made("greater", draw(numbers), draw(numbers))
                made = tape.made("where", asked, draw(numbers), draw(numbers))
        places.append(made)
    for array in ("a", "b", "out"):
        tape.result(array, draw(numbers), EACH)
    return tape


def one_by_one(tape: Tape, values: dict[str, Any]) -> dict[str, Any]:
    """Every operation in an array of its own."""
    found: dict[Place, Any] = {}
    for place, (name, of, *_) in enumerate(tape.operations):
        found[place] = NAMESPACE[name](*(found[one] for one in of)) if of else values[name]
    return {array: np.broadcast_to(found[place], SHAPES[EACH]) for array, place in tape.results}


@settings(deadline=None, max_examples=200)
@given(tapes(), st.integers(0, 9))
def test_in_place_is_what_it_is_one_by_one(tape, seed):
    drawn = np.random.default_rng(seed).choice([-2.0, -0.7, 0.0, 0.3, 1.1], (2, 12))
    values = {"a": drawn[:, :3], "b": drawn[:, 3:6], "walks": drawn[0, 6:9]}
    values |= {"number": np.array(drawn[0, 9]), "other": np.array(drawn[1, 9])}
    with np.errstate(all="ignore"):
        wanted = one_by_one(tape, values)
        values = {name: value.copy() for name, value in values.items()} | {"out": np.empty((2, 3))}
        before = {name: values[name].copy() for name in ("walks", "number", "other")}
        program(tape).bound([], values, lambda kind, answers: np.empty(SHAPES[kind], bool if answers else float))(0, 0)
    for name, value in {**wanted, **before}.items():
        np.testing.assert_array_equal(values[name], value, err_msg=program(tape).text)


def test_the_example_is_what_is_made():
    made = stepping.update(Adam().setting, frozenset(), False, ())
    assert stepping.__doc__ is not None
    for line in made.text.splitlines():
        assert f"        {line}\n" in stepping.__doc__
    assert made.arrays == ()


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_an_update_needs_few_arrays_of_its_own(optimizer):
    for setting in odd_settings(optimizer):
        shared = stepping.numbers(setting, frozenset(), 9, 0, None)
        for answers in set(shared.answers):
            arrays = stepping.update(setting.setting, frozenset(), False, answers).arrays
            assert sum(not answered for _, answered in arrays) <= 2


def read_surfaces() -> Iterator[Any]:
    for surface in LANDSCAPES.values():
        yield surface()
        for transform in TRANSFORMS.values():
            yield transform(surface(), 0.4)
    yield Rotated(Formula("x^3 + log(y)"), 30.0)


def test_every_surface_can_be_read():
    for surface in read_surfaces():
        assert slopes(surface).program is not None, surface


@settings(max_examples=50, deadline=None, derandomize=True)
@given(surfaces(), st.integers(0, 9))
def test_what_is_read_is_the_surface_itself(surface, seed):
    path = np.random.default_rng(seed).uniform(-3, 3, (1, 2, 50))
    grad, loss = np.empty((2, 50)), np.empty(50)
    with np.errstate(all="ignore"):
        slopes(surface).bound(list(path), grad, loss, Room(2, 50).scratch(50, 0))(0, 0)
        np.testing.assert_array_equal(grad, surface.grad(path[0].copy()))
        np.testing.assert_array_equal(loss, surface.loss(path[0].copy()))


@dataclasses.dataclass(frozen=True)
class Odd:
    """A bowl with something about it."""

    about: Any
    counted: Any = dataclasses.field(default_factory=itertools.count)

    def value(self, x, y):
        return x * x + y * y

    def partials(self, x, y):
        return self.about(self, x), 2 * y


@pytest.mark.parametrize(
    "about",
    [
        lambda self, x: 2 * x if np.any(x > 0) else -x,
        lambda self, x: 2 * x if x.shape else x,
        lambda self, x: x**2,
        lambda self, x: float(x),
        lambda self, x: np.array([2.0]) * x,
        lambda self, x: next(self.counted) * x,
        lambda self, x: np.sort(x),
        lambda self, x: np.add.reduce(x),
        lambda self, x: (x > 0) * (x > 1),
        lambda self, x: list(x),
    ],
)
def test_a_surface_that_wants_numbers_is_not_read(about):
    assert traced(Odd(about)) is None
    assert slopes(Odd(about)) is None  # nobody knows what it is made of


def test_what_may_change_is_not_read():
    class Changing:
        def value(self, x, y):
            return x * x + y * y

        def partials(self, x, y):
            return 2 * x, 2 * y

    assert traced(Odd(lambda self, x: 2 * x)) is not None
    assert traced(Changing()) is None and traced(dataclasses.dataclass(Changing)()) is None


def test_the_constants_tell_apart_zeros_by_their_sign():
    _, constants = traced(Odd(lambda self, x: (x + 0.0) * (x + -0.0)))
    assert sorted(map(str, constants.values())) == ["-0.0", "0.0", "2.0"]


def test_a_surface_of_plain_arithmetic_tells_of_what_is_not_finite():
    assert slopes(QuadraticBowl()).tells and slopes(Himmelblau()).tells
    assert not slopes(Formula("log(x) + y")).tells


def test_room_begins_at_lines_of_the_cache_and_apart_in_their_pages():
    arrays = list(itertools.islice(Room(2, 100).arrays(40), 9))
    places = [array.ctypes.data for array in arrays]
    assert {array.shape for array in arrays} == {(2, 40)} and not any(place % LINE for place in places)
    assert len({place % PAGE for place in places}) == 9
