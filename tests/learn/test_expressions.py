"""The small language of lessons: what it says, what it never says, and how it complains."""

import pytest

from app.learn.expressions import PLAIN, Names, Odd, given, named, worth

NAMES = Names(
    {"none": None, "two": 2, "large": 1e308, "_": 7},
    PLAIN | {"twice": lambda one: 2 * one, "state.*": lambda name, i: f"{name} {i}"},
    {"three_times": lambda again: [again(NAMES), again(NAMES), again(NAMES)][-1] * 3},
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 ** 2", 19),
        ("-two", -2),
        ("min(none, 3, 2)", 2),
        ("max(none, 3)", None),
        ("min(none)", None),
        ("none + 1", None),
        ("abs(none)", None),
        ("none < 1", False),
        ("none > 1", False),
        ("none == none", False),
        ("none != 1", False),
        ("not none < 1", True),
        ("never(none)", True),
        ("never(two)", False),
        ("two in (0, 1)", False),
        ("two in (2, 3)", True),
        ("two not in (0, 1)", True),
        ("none in (0, 1)", False),
        ("1 < two < 3", True),
        ("1 < two < 2", False),
        ("1 / 0", None),
        ("log(0)", None),
        ("sqrt(-1)", None),
        ("(-8) ** 0.5", None),
        ("large * 10", float("inf")),
        ("exp(1000)", float("inf")),
        ("round(2.6)", 3),
        ("round(2.64, 1)", 2.6),
        ("twice(*)", 14),
        ("twice( * )", 14),
        ("2*two", 4),
        ("state.square_avg.y(1)", "square_avg.y 1"),
        ("three_times(two)", 6),
        ("1 < 2 and two", True),
        ("none or 0", False),
    ],
)
def test_what_an_expression_is_worth(text: str, value: object) -> None:
    found = worth(text, NAMES)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no expression"),
        ("1 +", "is no expression"),
        ("two.x", "this is not allowed at “two.x” (column 1)"),
        ("1 + [two]", "this is not allowed at “[two]” (column 5)"),
        ("lambda: 1", "this is not allowed"),
        ("(two := 3)", "this is not allowed"),
        ("f'{two}'", "this is not allowed"),
        ("two @ two", "this is not allowed"),
        ("two is two", "this is not allowed"),
        ("~two", "this is not allowed"),
        ("b'2'", "this is not allowed"),
        ("three + 1", "there is no three here at “three + 1” (column 1)"),
        ("two + tw", "there is no tw here; there is two at “tw” (column 7)"),
        ("1 + thrice(2)", "there is no thrice(…) here at “thrice(2)” (column 5)"),
        ("__import__('os')", "there is no __import__(…) here"),
        ("(lambda: 1)()", "there is no ?(…) here"),
        ("twice()", "twice(…) does not take 0 of these"),
        ("twice(1, 2)", "twice(…) does not take 2 of these"),
        ("twice(one=1)", "arguments are written one after the other"),
        ("twice(*[1])", "arguments are written one after the other"),
        ("three_times()", "three_times(…) wants an expression"),
        ("'two' + 1", "this is none of numbers"),
        ("two < 'three'", "this is none of numbers"),
        ("µ + 1", "there is no"),
        ("-" * 3000 + "1", "is too deep"),
    ],
)
def test_what_is_none_says_where(text: str, why: str) -> None:
    with pytest.raises(Odd) as odd:
        worth(text, NAMES)
    assert why in str(odd.value)
    assert text[:20] in str(odd.value)


def test_nobody_asks_for_each_run_where_there_is_none() -> None:
    with pytest.raises(Odd, match=r"\* stands for each run in turn"):
        worth("twice(*)", Names({}, {"twice": abs}, {}))


def test_a_place_is_counted_in_letters_not_in_bytes() -> None:
    with pytest.raises(Odd) as odd:
        worth("'κκκκ' == three", NAMES)
    assert "at “three” (column 11)" in str(odd.value)


def test_what_an_expression_names_and_what_it_writes_out() -> None:
    assert named("two + twice(three) < state.x.y(four, *)") == {"two", "three", "four", "_"}
    assert given("wins(0, 'bowl') + wins(1, 'valley', two)", "wins") == [(0, "bowl"), (1, "valley")]
