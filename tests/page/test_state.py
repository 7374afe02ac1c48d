"""The address is the state: any state returns from its query, any query gives a state, every change is told."""

import dataclasses
import unicodedata
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import limits
from app.page import edits
from app.page.fields import Notice, clean
from app.page.numbers import exact, is_number, point, readings, within
from app.page.spelled import SLUGS
from app.page.state import Run, State, inside
from app.page.view import AREAS, CHOICES, View
from app.page.window import room
from landscapes import LANDSCAPES, Booth, ElongatedValley, Formula, QuadraticBowl, Rosenbrock, Rotated, Shifted, wrapped
from optim_core import (
    OPTIMIZERS,
    SGD,
    Adam,
    Clip,
    Drift,
    Fork,
    Hyper,
    OneCycle,
    Pulse,
    RMSProp,
    Stairs,
    WarmUp,
    Weather,
    hypers,
)

from ..strategies import states, taught

thoroughly = settings(max_examples=80, deadline=None, derandomize=True)


def read(query: str | bytes) -> State:
    """The state of a query that needs no change."""
    state, notices = State.from_query(query)
    assert notices == []
    return state


# round trip


def test_the_default_page_has_an_empty_query() -> None:
    assert State().to_query() == ""
    assert read("") == read("?") == read(b"") == read("&&") == State()


@thoroughly
@given(states() | taught())
def test_every_state_returns_from_its_query(state: State) -> None:
    query = state.to_query()
    assert read(query) == state
    assert query.isascii()
    assert (query == "") == (state == State())
    assert len(query) <= limits.QUERY_BYTES


@pytest.mark.parametrize("turn", [0.0, 90.0])
def test_where_a_typed_surface_begins_is_said_by_the_page(turn: float) -> None:
    """Its address has no other place for that."""
    own, chosen = (Rotated(Formula("x^2 + y^2", start=start), turn) for start in (None, (1.0, 0.5)))
    state = State(wrapped(chosen.surface, [chosen]))
    assert state.begin == chosen.start and state.landscape == wrapped(own.surface, [own])
    assert State.from_query(state.to_query()) == (state, [])
    assert State(chosen, start=own.start).start is None


@thoroughly
@given(states() | taught())
def test_a_state_equals_and_hashes_as_its_copy(state: State) -> None:
    assert len({state, read(state.to_query()), dataclasses.replace(state)}) == 1


@pytest.mark.parametrize("cls", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_every_optimizer_has_a_place_in_the_address(cls: type) -> None:
    state = State(runs=(Run(cls(), 0),))
    assert read(state.to_query()) == state


@pytest.mark.parametrize("cls", LANDSCAPES.values(), ids=LANDSCAPES)
def test_every_surface_has_a_place_in_the_address(cls: type) -> None:
    assert read(State(cls()).to_query()) == State(cls())


def test_only_what_is_not_default_is_written() -> None:
    state = State(Rosenbrock(), (Run(Adam(lr=0.05), 2), Run(SGD(), 0)), (-1.2, 0.5), 200)
    assert state.to_query() == "?f=rosenbrock&run=adam~lr=0.05&run=sgd&start=-1.2,0.5&steps=200"


@pytest.mark.parametrize("slots", [(0, 1, 2), (2, 1, 0), (7, 0, 3), (1, 2, 0), (5,), (1, 3, 2, 0)], ids=str)
def test_a_run_keeps_its_slot_wherever_it_stands(slots: tuple[int, ...]) -> None:
    state = State(runs=tuple(Run(SGD(), slot) for slot in slots))
    assert [run.slot for run in read(state.to_query()).runs] == list(slots)


def test_the_surfaces_own_start_is_no_start_of_its_own() -> None:
    assert State(Booth(), start=Booth.start).start is None
    assert State(Booth(), start=Booth.start) == State(Booth())
    assert State(Booth()).begin == Booth.start
    assert State(Booth(), start=(1.0, 2.0)).begin == (1.0, 2.0)


def test_the_longest_state_fits_an_address() -> None:
    def longest(cls: type) -> Run:
        extremes = {}
        for name, declared in hypers(cls).items():
            short = declared.bounds[1] < 1 or declared.scale == "switch"
            extremes[name] = 1.2345678901234567e-300 if declared.bounds[0] == 0 else 0.12345678901234567
            if short and declared.scale == "switch":
                extremes[name] = not cls.__dataclass_fields__[name].default
            elif not declared.allows(extremes[name]):
                extremes[name] = 1.2345678901234567
        return Run(cls(**extremes), 0, "🚀" * limits.NAME_LENGTH, True)

    widest = max((longest(cls) for cls in OPTIMIZERS.values()), key=lambda run: len(State(runs=(run,)).to_query()))
    runs = tuple(dataclasses.replace(widest, slot=(place + 1) % limits.RUNS) for place in range(limits.RUNS))
    chosen = {name: max(allowed, key=len) for name, allowed in CHOICES.items()}
    chosen |= {"map": "surface", "arrows": "on", "lr_axis": "linear", "rms_axis": "linear", "panel_axis": "linear"}
    view = View(**chosen, t=1998, hide=AREAS, lock=AREAS)
    surface = Rosenbrock(a=-123.45678901234567, b=1234.5678901234567)
    state = State(surface, runs, (-1.2345678901234567e-300, 1.2345678901234567e-300), 1999, view)
    assert read(state.to_query()) == state
    assert len(state.to_query()) <= limits.QUERY_BYTES


def test_a_typical_link_of_eight_runs_is_short() -> None:
    optimizers = [cls(lr=0.0123) for cls in OPTIMIZERS.values()][-limits.RUNS :]
    runs = tuple(Run(optimizer, 7 - slot, f"attempt {slot}", slot == 3) for slot, optimizer in enumerate(optimizers))
    runs = (Run(RMSProp(lr=0.0123, alpha=0.95, eps=1e-6, momentum=0.5, centered=True), 7, "attempt 0"), *runs[1:])
    state = State(Rosenbrock(a=1.5, b=20.0), runs, (-1.23, 0.77), 345, View(panel="gradient", theme="dark", t=17))
    assert len(state.to_query()) <= limits.LINK_BYTES


# any query


def check_total(query: str | bytes) -> None:
    state, notices = State.from_query(query)
    written = state.to_query()
    assert read(written) == state
    assert read(written).to_query() == written
    assert len(written) <= limits.QUERY_BYTES
    for notice in notices:
        assert isinstance(notice, Notice)
        assert not any(unicodedata.category(c)[0] == "C" for c in str(notice))
        assert len(str(notice)) < 300


@thoroughly
@given(st.text() | st.binary())
def test_any_text_gives_a_state(query: str | bytes) -> None:
    check_total(query)


KEYS = ["f", "run", "start", "steps", "t", "hide", "lock", *CHOICES, "v", "unknown"]
WORDS = [*OPTIMIZERS, *LANDSCAPES, *AREAS, *(word for allowed in CHOICES.values() for word in allowed)]
WORDS += ["lr=0.1", "lr=1e999", "lr=-1", "beta1=1", "eps=0", "slot=3", "slot=x", "pinned=1", "name=%F0%9F%9A%80", "t=5"]
WORDS += ["1,2", "nan,inf", "9" * 30, "1_0", "-0", "٣", "%", "%zz", "%00", "%FF", "%ED%A0%80", "+", "\ud800", "\u202e"]
near = st.lists(
    st.tuples(st.sampled_from(KEYS), st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=5)), max_size=12
).map(lambda fields: "?" + "&".join(f"{key}={'~'.join(words)}" for key, words in fields))


@thoroughly
@given(near)
def test_a_query_that_looks_right_gives_a_state(query: str) -> None:
    check_total(query)


@thoroughly
@given(states(), st.integers(0, 400), st.integers(0, 6), st.binary(max_size=6))
def test_a_damaged_link_gives_a_state(state: State, place: int, gone: int, instead: bytes) -> None:
    query = state.to_query().encode()
    check_total(query[:place] + instead + query[place + gone :])


def test_ten_thousand_fields_are_not_read() -> None:
    state, notices = State.from_query("&".join(f"k{i}=1" for i in range(10**4)) + "&steps=7")
    assert state == State()
    assert "64 fields" in " ".join(map(str, notices)) and "4096 bytes" in " ".join(map(str, notices))


def test_a_long_query_is_read_up_to_its_limit() -> None:
    state, notices = State.from_query("?steps=7&run=adam~name=" + "x" * 10**6)
    assert state.n_steps == 7
    assert any("4096" in str(notice) for notice in notices)


# what had to be changed is told

CHANGED = [
    # query, the part of the state, its value, what the notice says
    ("run=adam~lr=nan", "lr", 0.001, ["run 1, η", "“nan”", "at least 0", "0.001 is used"]),
    ("run=adam~lr=1e999", "lr", 0.001, ["run 1, η", "1e999", "0.001 is used"]),
    ("run=adam~lr=inf", "lr", 0.001, ["inf"]),
    ("run=adam~lr=-1", "lr", 0.001, ["-1"]),
    ("run=adam~lr=", "lr", 0.001, ["run 1, η"]),
    ("run=adam~lr=fast", "lr", 0.001, ["fast"]),
    ("run=adam~lr=0x1F", "lr", 0.001, ["0x1F"]),
    ("run=adam~lr=%ff%fe", "lr", 0.001, ["run 1, η"]),
    ("run=adam~lr=1%00", "lr", 0.001, ["run 1, η", "“1”"]),
    ("run=adam~lr=🚀", "lr", 0.001, ["🚀"]),
    ("run=adam~lr=\ud800", "lr", 0.001, ["run 1, η"]),
    ("run=adam~lr=\u202e1", "lr", 0.001, ["run 1, η"]),
    ("run=adam~lr=0.1~lr=0.2", "lr", 0.1, ["run 1, lr", "0.2", "first one is kept"]),
    ("run=adam~beta1=1", "beta1", 0.9, ["run 1, β₁", "below 1", "0.9 is used"]),
    ("run=adam~beta2=1.5", "beta2", 0.999, ["run 1, β₂", "0.999 is used"]),
    ("run=adam~beta1=-0.1", "beta1", 0.9, ["run 1, β₁"]),
    ("run=adam~bias_correction=maybe", "bias_correction", True, ["maybe", "0 or 1", "1 is used"]),
    ("run=adam~lr=1,500", "lr", 0.001, ["“1,500”", "1.5", "1500", "0.001 is used"]),
    ("run=adam~speed=3", "optimizer", Adam(), ["speed", "not a setting of Adam; left out"]),
    ("run=adam~Learning-Rate=3", "optimizer", Adam(), ["Learning-Rate", "not a setting", "perhaps lr"]),
    ("run=adman", "optimizer", SGD(), ["run 1", "adman", "perhaps adam", "SGD"]),
    ("run=", "optimizer", SGD(), ["run 1"]),
    ("run=sgd~slot=8", "slot", 0, ["run 1, slot", "“8”"]),
    ("run=sgd~slot=-1", "slot", 0, ["run 1, slot"]),
    ("run=sgd~slot=٣", "slot", 0, ["run 1, slot"]),
    ("run=sgd~slot=two", "slot", 0, ["run 1, slot", "two"]),
    ("run=sgd~pinned=yes", "pinned", False, ["run 1, pinned", "yes", "0 or 1"]),
    ("run=sgd~name=" + "n" * 99, "name", "n" * limits.NAME_LENGTH, ["run 1, name", "is kept as"]),
    ("run=sgd~name=a%00b%E2%80%AEc", "name", "abc", ["run 1, name", "“abc”"]),
    ("f=nowhere", "landscape", ElongatedValley(), ["surface", "nowhere", "not known"]),
    ("f=valley~kappa=0", "landscape", ElongatedValley(), ["surface, κ", "“0”", "40 is used"]),
    ("f=valley~depth=2", "landscape", ElongatedValley(), ["surface, depth", "not a setting"]),
    ("f=bowl~rotate=up", "landscape", QuadraticBowl(), ["surface, rotate", "“up”", "0 is used"]),
    ("f=bowl~scale=0", "landscape", QuadraticBowl(), ["surface, scale", "“0”", "1e-6 to 1e6", "1 is used"]),
    ("f=bowl~shift=1", "landscape", QuadraticBowl(), ["surface, shift", "“1”", "two numbers", "left out"]),
    ("f=bowl~rotate=1,2", "landscape", QuadraticBowl(), ["surface, rotate", "“1,2”", "one number", "left out"]),
    ("f=bowl~shift=nan,1", "landscape", Shifted(QuadraticBowl(), 0.0, 1.0), ["surface, shift", "“nan”"]),
    ("f=bowl~l2=-1", "landscape", QuadraticBowl(), ["surface, l2", "“-1”", "0 is used"]),
    ("f=bowl~rotate=9~rotate=8", "landscape", Rotated(QuadraticBowl(), 9.0), ["surface, rotate", "given twice"]),
    ("f=Rosenbrok", "landscape", ElongatedValley(), ["Rosenbrok", "perhaps rosenbrock"]),
    ("f=booth&f=bowl", "landscape", Booth(), ["f", "given twice"]),
    ("steps=1000000000", "n_steps", 2000, ["steps", "1000000000", "1 to 2000", "2000 is used"]),
    ("steps=0", "n_steps", 1, ["steps", "1 is used"]),
    ("steps=-5", "n_steps", 1, ["steps"]),
    ("steps=many", "n_steps", 100, ["steps", "many", "100 is used"]),
    ("steps=2.5", "n_steps", 100, ["steps", "2.5"]),
    ("steps=" + "9" * 4000, "n_steps", 2000, ["steps"]),
    ("steps=1&steps=2", "n_steps", 1, ["steps", "given twice"]),
    ("start=9,0", "start", (room(ElongatedValley())[0][1], 0.0), ["start", "9,0", "x -8 to 8", "edge"]),
    ("start=1e999,0", "start", None, ["start", "1e999,0"]),
    ("start=nan,nan", "start", None, ["start", "not two numbers"]),
    ("start=here", "start", None, ["start", "here"]),
    ("start=1", "start", None, ["start"]),
    ("start=1,2,3", "start", None, ["start"]),
    ("start=1,2,3,4", "start", None, ["start", "not two numbers"]),
    ("map=globe", "map", "contour", ["map", "globe", "surface"]),
    ("panel=%3Cscript%3E", "panel", "excess", ["panel", "<script>"]),
    ("theme=DARK", "theme", "auto", ["theme", "DARK"]),
    ("hide=runs,walls", "hide", ("runs",), ["hide", "walls"]),
    ("lock=doors", "lock", (), ["lock", "doors"]),
    ("t=5&t=6", "t", 5, ["t", "given twice"]),
    ("t=-1", "t", 0, ["t", "“-1”"]),
    ("t=later", "t", None, ["t", "later"]),
    ("t=300&steps=200", "t", None, ["t", "300", "0 to 200"]),
]


def part(state: State, name: str) -> Any:
    """What a state calls so: a field of its own, of its view, of its first run or of that run's optimizer."""
    for owner in (state, state.view, state.runs[0], state.runs[0].optimizer):
        if hasattr(owner, name):
            return getattr(owner, name)
    raise AssertionError(name)


@pytest.mark.parametrize(("query", "name", "value", "said"), CHANGED, ids=[ascii(row[0])[:40] for row in CHANGED])
def test_every_change_is_told(query: str, name: str, value: Any, said: list[str]) -> None:
    state, notices = State.from_query(f"?{query}")
    assert part(state, name) == value
    assert len(notices) == 1
    for words in said:
        assert words in str(notices[0])
    check_total(f"?{query}")


def test_one_bad_value_leaves_the_others_alone() -> None:
    state, notices = State.from_query("?f=booth&run=adam~lr=x~beta1=0.5&run=sgd~lr=0.2&steps=50&start=1,x")
    assert state == State(Booth(), (Run(Adam(beta1=0.5), 2), Run(SGD(lr=0.2), 0)), None, 50)
    assert {notice.where for notice in notices} == {"run 1, η", "start"}


def test_at_most_eight_runs() -> None:
    state, notices = State.from_query("?" + "&".join(["run=sgd"] * 20))
    assert [run.slot for run in state.runs] == list(range(limits.RUNS))
    assert len(notices) == 1 and "20" in str(notices[0]) and "8" in str(notices[0])


def test_two_runs_never_share_a_slot() -> None:
    state, notices = State.from_query("?run=sgd~slot=1&run=adam~slot=1&run=rmsprop")
    assert [run.slot for run in state.runs] == [1, 2, 0]
    assert len(notices) == 1 and "slot" in str(notices[0])


def test_unknown_fields_are_left_out_in_silence() -> None:
    assert read("?v=9&colour=red&steps=50&future") == State(n_steps=50)


@pytest.mark.parametrize(
    "query",
    [
        "?t=100",
        "?t=50&steps=50",
        "?start=-2.6,1.25",
        "?run=sgd~name=a+b",
        "?run=sgd~name=été",
        "?%72un=adam~%6cr=0%2E1",
        "?run=adam~lr=0,05~beta1=,5&tolerance=1,5e-3&f=valley~kappa=2,5",
        "?start=-1,2+1",
    ],
)
def test_other_spellings_need_no_notice(query: str) -> None:
    state = read(query)
    assert read(state.to_query()) == state


def test_a_name_means_the_same_in_every_spelling() -> None:
    spellings = ["?run=sgd~name=été", "?run=sgd~name=été".encode(), "?run=sgd~name=%C3%A9t%C3%A9"]
    assert {read(query).runs[0].name for query in spellings} == {"été"}


# the small parts


@thoroughly
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_exactly(value: float) -> None:
    assert float(exact(value)) == value
    assert "+" not in exact(value)


@pytest.mark.parametrize(
    "text", ["nan", "inf", "-1", "", "abc", None, [], {}, True, False, "1e999", 10**400, "-1,5", "1,5,0", ","]
)
def test_what_is_no_learning_rate_is_refused_in_words(text: Any) -> None:
    with pytest.raises(ValueError, match="must be a number of at least 0"):
        within(hypers(SGD)["lr"], text)


def test_what_is_one_is_taken() -> None:
    declared = hypers(SGD)["lr"]
    assert [within(declared, text) for text in ("0.5", " 1e-3 ", 2, "0")] == [0.5, 0.001, 2.0, 0.0]
    assert str(within(declared, "-0")) == "0.0"


FIELDS = [(cls, name) for cls in (*OPTIMIZERS.values(), *LANDSCAPES.values()) for name in hypers(cls)]
NUMBERS = [(cls, name) for cls, name in FIELDS if hypers(cls)[name].scale != "switch"]


@pytest.mark.parametrize(("cls", "name"), NUMBERS, ids=lambda one: getattr(one, "__name__", one))
def test_a_decimal_comma_is_understood_in_every_setting_of_a_link(cls: type, name: str) -> None:
    low, high = hypers(cls)[name].range
    text = f"{'f' if cls in LANDSCAPES.values() else 'run'}={SLUGS[cls]}~{name}={exact(low + 0.37 * (high - low))}"
    assert "." in text and read(text.replace(".", ",")) == read(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0,05", [0.05]),
        (" -,5 ", [-0.5]),
        ("2,", [2.0]),
        ("1,5e-3", [0.0015]),
        ("−1,25", [-1.25]),
        ("−3e-2", [-0.03]),
        ("0,001", [0.001]),
        ("1,0001", [1.0001]),
        ("1,234", [1.234, 1234.0]),
        ("-12,000", [-12.0, -12000.0]),
        ("1,234,567", []),
        ("1.234,5", []),
        ("1,234.5", []),
        ("1, 5", []),
    ],
)
def test_what_a_comma_can_mean(text: str, values: list[float]) -> None:
    assert readings(text) == values


def test_of_two_readings_the_valid_one_is_taken() -> None:
    narrow = Hyper("x", "", (-4, 4), (-4, 4))
    assert within(narrow, "1,234") == 1.234
    with pytest.raises(ValueError, match="from -4 to 4"):
        within(narrow, "5,234")
    with pytest.raises(ValueError, match=r"1\.234 and as 1234"):
        within(hypers(SGD)["lr"], "1,234")


SPELLINGS = ["-1.2,1", "-1.2, 1", "-1.2 , 1", "-1.2 ,1", "-1.2 1", " -1.2\t1 ", "-1.2;1"]


@pytest.mark.parametrize("text", [*SPELLINGS, "-1,2 1", "-1,2 1,0", "-1,2; 1", "−1,2;1", "-1,200 1"])
def test_the_spellings_of_a_point(text: str) -> None:
    assert point(text) == (-1.2, 1.0)


@pytest.mark.parametrize("text", ["", "1", "1,", "1,2,3", "1 2 3", "1;2;3", "-1,2,1,0", "nan,0", "0 inf", "a b"])
def test_what_is_no_point(text: str) -> None:
    with pytest.raises(ValueError):
        point(text)


def test_one_comma_two_stays_two_numbers() -> None:
    assert point("1,2") == (1.0, 2.0)


def test_what_a_number_is() -> None:
    assert all(map(is_number, [0, 1.5, -(10**20), 5e-324]))
    assert not any(map(is_number, [True, None, "1", [], float("nan"), float("inf"), 10**400, -(10**400)]))


def test_a_point_outside_moves_to_the_nearest_edge() -> None:
    (x0, x1), (y0, y1) = room(Booth())
    assert inside(Booth(), (99.0, 0.5)) == (x1, 0.5)
    assert inside(Booth(), (-99.0, 99.0)) == (x0, y1)
    assert inside(Booth(), (1.0, y0)) == (1.0, y0)


@thoroughly
@given(st.text(), st.integers(1, 40))
def test_clean_text_can_be_shown(text: str, length: int) -> None:
    shown = clean(text, length)
    assert len(shown) <= length and clean(shown, length) == shown
    assert not any(unicodedata.category(c)[0] == "C" for c in shown)


@pytest.mark.parametrize("name", CHOICES)
def test_a_notice_says_all_that_may_be_chosen_or_how_much(name: str) -> None:
    notice = State.from_query(f"?{name}=nonsense")[1][0]
    words = notice.why.removeprefix("is not one of ").replace(" or ", ", ").split(", ")
    assert all(words) and words != [notice.why]
    named = [word for word in words if not word.endswith(" others")]
    assert set(named) <= set(CHOICES[name])
    more = int(words[-1].split()[0]) if words[-1].endswith(" others") else 0
    assert len(named) + more == len([word for word in CHOICES[name] if word])


LONG = Adam(1.2345678901234567e-300, 0.12345678901234567, 0.12345678901234568, 1.2345678901234567e-300)
LATE = Fork(Adam(lr=1.2345678901234e-7), 1999)
RISING = WarmUp(20, Stairs(30, 0.123456789012345))
STORM = Weather(
    (0.12345678901234567, 1.2), 4.567890123456789, 3, 20, (0.5, 0.25), Pulse(), Drift((1.0, 2.0), 50), Clip(norm=1.5)
)
FULL = State(
    Formula("+".join(["x²"] * 66) + "+y"),
    tuple(Run(LONG, slot, "🚀" * limits.NAME_LENGTH, False, RISING, LATE) for slot in range(limits.RUNS)),
    weather=STORM,
    schedule=OneCycle(),
)


def test_what_is_too_long_to_share_is_left_out_with_a_word() -> None:
    """Of an address that is short enough only because it spells less than the page would."""
    assert len(FULL.to_query()) > limits.QUERY_BYTES
    raw = unquote(FULL.to_query()).replace("+", "%2B").encode()
    assert len(raw) <= limits.QUERY_BYTES
    state, notices = State.from_query(raw)
    assert len(state.to_query()) <= limits.QUERY_BYTES and read(state.to_query()) == state
    assert "too long" in str(notices[-1]) and not any(run.name for run in state.runs)
    check_total(raw)


def test_a_page_that_would_be_too_long_to_share_stays_as_it_is() -> None:
    short = dataclasses.replace(FULL, runs=tuple(dataclasses.replace(run, name="") for run in FULL.runs))
    assert len(short.to_query()) <= limits.QUERY_BYTES
    names = [("text", f"run.{place}.name", "🚀" * limits.NAME_LENGTH) for place in range(limits.RUNS)]
    named, messages = edits.apply(short, names)
    assert len(named.to_query()) <= limits.QUERY_BYTES and named.runs[0].name and not named.runs[-1].name
    assert "too long to share" in messages["run.7.name"]
