"""The settings of a tab: one field of the address, read whatever it holds, moved by the controls that they declare."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import limits
from app.page import edits
from app.page.scales import ends
from app.page.settings import (
    Choice,
    Flag,
    Number,
    Places,
    Slot,
    Text,
    name_of_a_number,
    odd,
    read,
    settings_of,
    show,
    written,
)
from app.page.state import ASKED, State
from app.protocol import Forged

from ..strategies import any_settings

thoroughly = settings(max_examples=200, deadline=None, derandomize=True)
TABS = list(ASKED)
every_tab = pytest.mark.parametrize("tab", TABS)
every_setting = pytest.mark.parametrize(
    ("tab", "name"), [(tab, name) for tab in TABS for name in settings_of(ASKED[tab])]
)


def of(query: str) -> tuple[State, list[str]]:
    state, notices = State.from_query(query)
    return state, [str(notice) for notice in notices]


@every_tab
def test_a_page_without_them_says_nothing_of_them(tab: str) -> None:
    assert written(ASKED[tab]()) == "" and getattr(State(), tab) == ASKED[tab]()
    assert of("") == (State(), [])


@every_tab
@thoroughly
@given(st.data())
def test_what_is_written_reads_back(tab: str, data: Any) -> None:
    chosen = data.draw(any_settings(tab))
    state = State(**{tab: chosen})
    assert of(state.to_query()) == (state, [])


@every_tab
@thoroughly
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["kind", "low", "=", "~", "grid", "1", "run", "9e9", "-"])).map("".join)
)
def test_any_text_gives_settings_that_go_together(tab: str, text: str) -> None:
    noted: list[str] = []

    class Noting:
        def note(self, *said: str) -> None:
            noted.append(" ".join(said))

    found = read(ASKED[tab], tab, text, Noting())
    assert odd(found) is None
    assert found == ASKED[tab]() or noted or written(found)


WRONG = [  # an address, and what its notice says
    ("?sweep=kind=circle", "is not one of rates, grid, race; rates is used"),
    ("?sweep=rates=0", "must be a whole number from 3 to 241; 61 is used"),
    ("?sweep=rates=31.5", "must be a whole number from 3 to 241; 61 is used"),
    ("?sweep=rates=1e9", "must be a whole number from 3 to 241; 61 is used"),
    ("?sweep=low=10~high=0.1", "low and high must run from a smaller to a larger rate; 0.0001 and 10 are used"),
    ("?sweep=low=-1", "“-1” must be a number from 1e-12 to 1e6; 0.0001 is used"),
    ("?sweep=starts=6", "must be a whole number from 1 to 5; 5 is used"),
    ("?sweep=steps=5000", "must be a whole number from 1 to 2000; none is used"),
    ("?sweep=run=8", "is not a slot from 0 to 7; none is used"),
    ("?sweep=up=speed", "is not a number of any optimizer; none is used"),
    ("?sweep=rates=9~rates=11", "is given twice; the first one is kept"),
    ("?sweep=speed=1", "is not a setting of it; left out"),
    ("?basins=size=4096", "must be a whole number from 48 to 256; 256 is used"),
    ("?train=data=iris", "is not one of made, diabetes"),
    ("?train=file=abc", "is not the fingerprint of a file; none is used"),
    ("?train=lines=1,1", "must be different places, as 0,2,5; none is used"),
    ("?train=plane=1", "must be 2 places; none is used"),
    ("?train=standard=yes", "must be 0 or 1; none is used"),
    ("?train=data=cars~printed=1", "printed belongs to made data"),
    ("?basins=show=both", "is not one of each, difference; each is used"),
]


@pytest.mark.parametrize(("query", "said"), WRONG)
def test_what_cannot_be_used_is_told(query: str, said: str) -> None:
    state, notices = of(query)
    assert len(notices) == 1 and said in notices[0]
    assert of(state.to_query()) == (state, [])


def sent(what: Any) -> dict[str, Any]:
    """Kind of control -> something that it may send, other than the default of any setting."""
    if isinstance(what, Number):
        low, high = what.declared.range
        at = low + 0.3 * (high - low)
        left, right = ends(what.declared)
        position = left + 0.3 * (right - left)
        return {"number": str(round(at)) if what.whole else f"{at:.3g}", "slider": position}
    if isinstance(what, Flag):
        return {"switch": True}
    if isinstance(what, Text):
        return dict.fromkeys(what.kinds, "0af3" * 16 if what.pattern else "100 % of it~, a=b")
    if isinstance(what, Places):
        return {"text": "1,3"}
    if isinstance(what, Choice):
        return {"choice": what.words[-1][0]}
    return {"choice": "3" if isinstance(what, Slot) else "eps"}


@every_setting
def test_every_control_moves_its_setting_alone(tab: str, name: str) -> None:
    what = settings_of(ASKED[tab])[name]
    for kind in what.kinds:
        value = sent(what)[kind]
        after, messages = edits.apply(State(), [(kind, f"{tab}.{name}", value)])
        assert messages == {}
        before = getattr(State(), tab)
        assert getattr(getattr(after, tab), name) != getattr(before, name)
        assert dataclasses.replace(after, **{tab: before}) == State()
        assert of(after.to_query()) == (after, [])


MEANT = [("slider", 1.5), ("switch", True), ("text", "\x00")]  # what some of them may send: the last is a mistake


@every_setting
@pytest.mark.parametrize("value", [None, True, [], {}, 1.5, "\x00", 10**400])
def test_what_no_control_sends_is_refused(tab: str, name: str, value: Any) -> None:
    for kind in ("choice", "slider", "switch", "text", "point", "action"):
        if kind in settings_of(ASKED[tab])[name].kinds and (kind, value) in MEANT:
            continue
        with pytest.raises(Forged):
            edits.apply(State(), [(kind, f"{tab}.{name}", value)])


MISTAKES = [
    ("sweep.rates", "0", "must be a whole number from 3 to 241"),
    ("sweep.rates", "ten", "must be a whole number from 3 to 241"),
    ("sweep.low", "100", "must run from a smaller to a larger rate"),
    ("sweep.high", "0.00001", "must run from a smaller to a larger rate"),
    ("sweep.target", "", "must be a number"),
    ("sweep.low", "1,234", "can be read as 1.234 and as 1234"),
    ("train.n", "1", "must be a whole number from 2 to 20000"),
    ("train.batch", "0", "must be a whole number from 1 to 20000"),
    ("basins.size", "1000", "must be a whole number from 48 to 256"),
    ("basins.steps", "0", "must be a whole number from 1 to 2000"),
]


@pytest.mark.parametrize(("key", "typed", "why"), MISTAKES)
def test_a_mistake_is_told_and_nothing_is_lost(key: str, typed: str, why: str) -> None:
    before, _ = of("?sweep=kind=grid~rates=21&basins=run=1")
    after, messages = edits.apply(before, [("number", key, typed)])
    assert after == before and why in messages[key]


def test_an_empty_field_is_the_pages_own_steps() -> None:
    before, _ = of("?sweep=steps=50")
    after, _ = edits.apply(before, [("number", "sweep.steps", " ")])
    assert before.sweep.steps == 50 and after.sweep.steps is None


@every_tab
def test_every_setting_is_shown_by_the_controls_that_move_it(tab: str) -> None:
    values: dict[str, dict[str, Any]] = {}
    show(values, tab, ASKED[tab]())
    for name, what in settings_of(ASKED[tab]).items():
        assert {kind for kind, shown in values.items() if f"{tab}.{name}" in shown} == set(what.kinds)


def test_names_and_slots_are_those_that_there_are() -> None:
    assert {"lr", "beta1", "momentum"} <= {name_of_a_number().read(name) for name in ("lr", "beta1", "momentum")}
    assert [Slot().read(str(slot)) for slot in range(limits.RUNS)] == list(range(limits.RUNS))


@pytest.mark.parametrize("tab", TABS)
def test_a_hidden_tab_is_not_opened(tab: str) -> None:
    state, notices = of(f"?tab={tab}&hide={tab}")
    assert state.view.tab == "explore" and "hidden by this link" in notices[0]
    after, messages = edits.apply(state, [("choice", "view.tab", tab)])
    assert after == state and "hidden by this link" in messages["view.tab"]


def test_other_surfaces_and_scenes_leave_them_alone_and_a_reset_does_not() -> None:
    before, _ = of("?tab=basins&sweep=rates=9&basins=size=64")
    for change in (("choice", "surface", "himmelblau"), ("choice", "scene", "own")):
        after, _ = edits.apply(before, [change])
        assert (after.sweep, after.basins, after.view.tab) == (before.sweep, before.basins, "basins")
    after, _ = edits.apply(before, [("action", "reset", 1)])
    assert after == State(view=dataclasses.replace(State().view, tab="basins"))
