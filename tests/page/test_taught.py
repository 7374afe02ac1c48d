"""A lesson in the address: what its phases fix, what they leave free, and what becomes of what cannot be."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from app.page import edits, lessons
from app.page.areas import OWNED, of_edit
from app.page.lesson import TRY
from app.page.lessons import LESSONS, load
from app.page.promises import ANSWERED, HIDDEN, LOCKED, NOT_FREE, barred
from app.page.state import MODEL, State, free_in, inside, opening
from app.page.veil import VEILED, seen, steps
from app.page.view import OF_LESSON, View
from app.protocol import Forged

from ..strategies import KEYS, taught

thoroughly = settings(max_examples=60, deadline=None, derandomize=True)
FROM = "from {:g} to {:g}".format(*load("L06").questions[0].range).replace("e-0", "e-")
OTHER = "f=booth&run=adam~lr=0.3&start=1,1&steps=7&weather=noise=1,1&schedule=cosine&sweep=rates=31&train=n=99"


def read(query: str) -> tuple[State, list[str]]:
    state, notices = State.from_query(query)
    assert State.from_query(state.to_query()) == (state, [])
    return state, [*map(str, notices)]


def at(query: str) -> State:
    state, notices = read(query)
    assert notices == []
    return state


def did(state: State, *changes: tuple[str, str, Any]) -> State:
    after, messages = edits.apply(state, list(changes))
    assert messages == {}
    return at(after.to_query())


def refused(state: State, *change: Any) -> str:
    after, messages = edits.apply(state, [change])
    assert after == state and list(messages) == [change[1]]
    return messages[change[1]]


# --- the address -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LESSONS)
def test_a_phase_is_a_short_address_of_what_it_opens_with(name: str) -> None:
    lesson = load(name)
    for phase in lesson.phases():
        state = at(f"?lesson={name}&phase={phase}")
        opens = at(lesson.opens(phase))
        assert state.model() == opens.model() and state.view.tab == opens.view.tab
        assert state.to_query() == (f"?lesson={name}" + (f"&phase={phase}" if phase != "ask" else ""))
        assert (state.veil is None) == (not phase.startswith("ask"))


@thoroughly
@given(taught())
def test_outside_its_target_no_address_says_what_a_lesson_is_about(state: State) -> None:
    if state.view.phase != TRY:
        query = state.to_query()
        assert not [key for key in MODEL if f"&{key}=" in query or f"?{key}=" in query]
        said, notices = read(f"{query}&{OTHER}")
        assert said == state and len(notices) >= 7 and all("left out" in one for one in notices)


def test_a_model_that_is_no_other_one_needs_no_notice() -> None:
    assert at("?lesson=L06&run=rmsprop&steps=600") == at("?lesson=L06")


def test_what_is_looked_at_is_as_the_address_of_the_lesson_has_it_unless_it_is_said() -> None:
    name = next(one for one in LESSONS if opening(View(lesson=one)).view.panel != View.panel)
    own = opening(View(lesson=name)).view.panel
    assert at(f"?lesson={name}").view.panel == own
    said = at(f"?lesson={name}&panel={View.panel}&theme=dark&map=side")
    assert (said.view.panel, said.view.theme, said.view.map) == (View.panel, "dark", "side")
    assert (
        said.to_query() == f"?lesson={name}&{View.__dataclass_fields__['panel'].name}={View.panel}&map=side&theme=dark"
    )


def test_a_target_is_written_whole_where_something_was_moved() -> None:
    state = at("?lesson=L06&phase=try&f=valley~kappa=123&run=rmsprop&steps=600")
    assert state.landscape.kappa == 123
    assert state.to_query() == "?lesson=L06&phase=try&f=valley~kappa=123&run=rmsprop&steps=600"
    unmoved = at("?lesson=L06&phase=try&f=valley&run=rmsprop&steps=600")
    assert unmoved == at("?lesson=L06&phase=try") and unmoved.to_query() == "?lesson=L06&phase=try"


def test_without_a_surface_a_target_opens_as_it_does() -> None:
    state, notices = read("?lesson=L06&phase=try&run=rmsprop&steps=70")
    assert state == at("?lesson=L06&phase=try") and notices == [
        "steps is not for this page of the lesson to say; left out"
    ]


def test_what_is_not_free_in_a_target_is_left_out_with_a_notice() -> None:
    state, notices = read("?lesson=L06&phase=try&f=valley~kappa=123&run=adam&steps=9&start=1,1&schedule=cosine")
    assert state == at("?lesson=L06&phase=try&f=valley~kappa=123&run=rmsprop&steps=600")
    assert [one.split()[0] for one in notices] == ["run", "start", "steps", "schedule"]


def test_the_start_of_a_target_stays_on_whichever_surface_is_said() -> None:
    state, notices = read("?lesson=L12&phase=try&f=bowl~shift=-1000,-1000")
    assert state.begin == inside(state.landscape, opening(state.view).begin) != opening(state.view).begin
    assert notices == ["start of this lesson lies outside; it was moved to the surface's edge"]


@pytest.mark.parametrize(
    ("query", "becomes", "words"),
    [
        ("?lesson=L99", "?tab=learn", "lesson: “L99” is no lesson; the course is shown"),
        ("?lesson=L6&run=sgd", "?run=sgd&tab=learn", "lesson: “L6” is no lesson; the course is shown"),
        ("?lesson=../L06", "?tab=learn", "lesson: “../L06” is no lesson; the course is shown"),
        ("?lesson=L06.de", "?tab=learn", "lesson: “L06.de” is no lesson; the course is shown"),
        ("?lesson=L06&phase=ask3", "?lesson=L06", "phase: “ask3” is not one of ask, see, "),
        ("?lesson=L06&phase=ASK", "?lesson=L06", "phase: “ASK” is not one of ask, see, "),
        ("?lesson=L06&phase=why&short=1", "?lesson=L06&short=1", "phase: “why” is not one of ask, see, "),
        ("?lesson=L06&short=2", "?lesson=L06", "short: “2” must be 0 or 1; 0 is used"),
        ("?lesson=L06&said=none", "?lesson=L06", "said: “none” is not a number; left out"),
        ("?lesson=L06&said=nan", "?lesson=L06", f"said: “nan” is not {FROM}; left out"),
        ("?lesson=L06&said=1,2", "?lesson=L06", "said: “1,2” is not a number; left out"),
        ("?lesson=L06&said=" + "1" * 900, "?lesson=L06", "is too long for an answer; left out"),
        ("?lesson=L06&said=1;2;3;4", "?lesson=L06&said=1;2", "said answers more than 2; the rest is left out"),
        ("?lesson=L06&reason=3", "?lesson=L06", "reason: “3” is not from 0 to 2; left out"),
        ("?lesson=L06&reason=01", "?lesson=L06", "reason: “01” is not from 0 to 2; left out"),
        ("?lesson=L06&lang=xx", "?lesson=L06", "lang: “xx” is not one of en"),
        ("?lesson=L06&tab=sweep", "?lesson=L06", "tab: “sweep” is not where this lesson is; explore is used"),
        ("?lesson=L06&hide=learn", "?hide=learn", "lesson: “L06” is hidden by this link; left out"),
        ("?lesson=L21&hide=sweep", "?hide=sweep", "lesson: “L21” is hidden by this link; left out"),
        ("?lesson=L06&lesson=L01", "?lesson=L06", "lesson is given twice; the first one is kept"),
        ("?course=L06,,L99,L01,L06&tab=learn", "?course=L06,L01&tab=learn", "course: “L99” is no lesson; left out"),
        ("?lesson=L05&said=5,5;x,1", "?lesson=L05&said=5,5", "said: “x,1” "),
        ("?lesson=L05&said=1e999,0", "?lesson=L05", "said: “1e999,0” is no point of the map; left out"),
        ("?lesson=L21&said=0,1", "?lesson=L21", "said: “0,1” is no order of all 3; left out"),
        ("?lesson=L21&said=0,1,²", "?lesson=L21", "said: “0,1,²” is not from 0 to 2; left out"),
    ],
)
def test_what_cannot_be_becomes_the_nearest_thing_that_can(query: str, becomes: str, words: str) -> None:
    state, notices = read(query)
    assert state.to_query() == becomes
    assert any(words in one for one in notices), notices


def test_nothing_need_be_said() -> None:
    for said in ("", ";", "no", "no;"):
        state = at(f"?lesson=L06&said={said}")
        assert state.view.said == (("no",) if "no" in said else ())


# --- what may be moved -----------------------------------------------------------------------------------------------


@thoroughly
@given(taught())
def test_what_is_not_free_says_so_and_stays(state: State) -> None:
    free = free_in(state.view)
    for key in KEYS:
        made, changed = of_edit(key)
        own = {name for area in (*made, *changed) for name in OWNED.get(area, ())}
        if own and not own & free:
            assert barred(state, key) in (VEILED, ANSWERED, NOT_FREE)
    before, messages = edits.apply(state, [("action", "reset", 1), ("choice", "lesson.phase", state.view.phase)])
    assert messages == {} and before.model() == opening(state.view).model()


def test_before_the_answer_nothing_moves_and_nothing_of_walks_is_chosen() -> None:
    state = at("?lesson=L06")
    for key in ("master.lr", "steps", "surface", "start", "run.0.lr", "view.detail", "view.overlay", "export", "scene"):
        assert barred(state, key) == VEILED, key
    for key in ("view.theme", "view.map", "view.present", "view.letters", "playhead", "share", "lesson.said"):
        assert barred(state, key) == "", key
    assert barred(at("?lesson=L01"), "playhead") == VEILED, "no step is seen"


def test_after_it_what_is_seen_may_be_looked_at_and_stays() -> None:
    state = at("?lesson=L06&phase=see")
    assert barred(state, "master.lr") == barred(state, "run.0.remove") == barred(state, "experiment") == ANSWERED
    for key in ("view.detail", "view.overlay", "view.limits", "export", "playhead", "tolerance"):
        assert barred(state, key) == "", key


def test_a_target_frees_a_control_by_its_name_and_an_area_as_a_whole() -> None:
    state = at("?lesson=L06&phase=try")
    assert load("L06").target.unlock == ("surface.kappa",)
    assert barred(state, "surface.kappa") == "" and barred(state, "surface") == barred(state, "rotate.degrees")
    assert barred(state, "rotate.degrees") == NOT_FREE == barred(state, "master.lr") == barred(state, "ghost.0.0")
    assert did(state, ("number", "surface.kappa", "200")).landscape.kappa == 200


@pytest.mark.parametrize("unlock", [("masters",), ("master.lr",), ("runs",), ("steps", "start"), ("run.0.alpha",)])
def test_what_is_free_moves_and_nothing_else(unlock: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = load("L06")
    other = replace(lesson, target=replace(lesson.target, unlock=unlock))
    for module in ("state", "promises"):
        monkeypatch.setattr(f"app.page.{module}.load", lambda name, lang="en": other)
    state = at("?lesson=L06&phase=try")
    moves = {
        "master.lr": ("number", "master.lr", "0.3"),
        "master.lr.equal": ("action", "preset.beta.0.5", 1),
        "run.0.alpha": ("number", "run.0.alpha", "0.5"),
        "run.0.lr": ("number", "run.0.lr", "0.2"),
        "add": ("choice", "add", "adam"),
        "steps": ("number", "steps", "50"),
        "start.x": ("number", "start.x", "1"),
        "surface": ("choice", "surface", "booth"),
    }
    freed = {
        ("masters",): {"master.lr", "master.lr.equal"},
        ("master.lr",): {"master.lr"},
        ("runs",): {"run.0.alpha", "run.0.lr", "add"},
        ("steps", "start"): {"steps", "start.x"},
        ("run.0.alpha",): {"run.0.alpha"},
    }[unlock]
    for name, move in moves.items():
        if name in freed:
            assert did(state, move) != state, name
        else:
            assert refused(state, *move) == NOT_FREE, name


def test_a_link_locks_and_hides_in_a_lesson_as_elsewhere() -> None:
    assert refused(at("?lesson=L06&lock=learn"), "choice", "lesson.phase", "see") == LOCKED
    assert refused(at("?lesson=L06&lock=learn"), "choice", "view.tab", "explore") == LOCKED
    assert refused(at("?lock=runs"), "choice", "lesson.open", "L06") == f"what this lesson is about is {LOCKED}"
    assert refused(at("?hide=learn"), "choice", "lesson.open", "L06") == HIDDEN
    assert refused(at("?hide=sweep"), "choice", "lesson.open", "L21") == HIDDEN
    assert barred(at("?lesson=L06&phase=try&lock=surface"), "surface.kappa") == LOCKED


# --- the way through it ----------------------------------------------------------------------------------------------


def test_from_the_question_to_the_target() -> None:
    state = did(State(view=View(theme="dark", course=("L06", "L01"))), ("choice", "lesson.open", "L06"))
    assert state.to_query() == "?lesson=L06&course=L06,L01&theme=dark"
    state = did(state, ("text", "lesson.said", " 0.530 "))
    assert state.view.phase == "see" and state.view.said == ("0.53",)
    state = did(state, ("choice", "lesson.phase", "why"), ("choice", "lesson.reason", 2))
    assert state.view.reason == "2"
    state = did(state, ("choice", "lesson.phase", "try"), ("number", "surface.kappa", "50"))
    assert (state.view.said, state.view.reason, state.view.theme) == (("0.53",), "2", "dark")
    assert did(state, ("action", "reset", 1)).to_query() == did(
        state, ("choice", "lesson.phase", "why")
    ).to_query().replace("why", "try")
    met = did(state, ("action", "lesson.way", 1))
    assert met.model() == at(load("L06").target.way).model()
    left = did(met, ("action", "lesson.leave", 1))
    assert left.model() == met.model() and left.view == replace(
        met.view, **{name: getattr(View, name) for name in OF_LESSON}
    )


def test_an_answer_is_that_of_its_own_question_and_the_last_one_counts() -> None:
    name = next(one for one in LESSONS if len(load(one).questions) > 1)
    state = did(at(f"?lesson={name}&phase=ask2"), ("text", "lesson.said", "no"))
    assert state.view.said == ("", "no") and state.view.phase == "see2"
    again = did(state, ("choice", "lesson.phase", "ask"), ("text", "lesson.said", "no"))
    assert again.view.said == ("no", "no") and again.view.phase == "see"


def test_what_no_answer_is_stays_beside_its_field() -> None:
    state = at("?lesson=L06")
    assert "is not a number" in refused(state, "text", "lesson.said", "about 3")
    assert f"is not {FROM}" in refused(state, "text", "lesson.said", "99")
    assert "say something" in refused(state, "text", "lesson.said", " ")
    assert "asks nothing" in refused(at("?lesson=L06&phase=see"), "text", "lesson.said", "1")
    assert "no reason" in refused(state, "choice", "lesson.reason", 0)
    assert "no way" in refused(state, "action", "lesson.way", 1)
    for key, value in (("phase", "see"), ("reason", 0)):
        assert refused(State(), "choice", f"lesson.{key}", value) == "no lesson is open"
    assert refused(State(), "action", "lesson.leave", 1) == refused(State(), "text", "lesson.said", "1")
    assert "is no lesson" in refused(State(), "text", "lesson.course", "L01,L77")


@pytest.mark.parametrize(
    "change",
    [
        ("choice", "lesson.open", "L99"),
        ("choice", "lesson.open", ["L06"]),
        ("choice", "lesson.phase", "ask9"),
        ("choice", "lesson.phase", {}),
        ("choice", "lesson.reason", True),
        ("choice", "lesson.reason", 3),
        ("choice", "lesson.reason", [0]),
        ("text", "lesson.said", 3),
        ("text", "lesson.course", ["L01"]),
        ("switch", "view.short", "on"),
        ("choice", "view.lang", "xx"),
        ("choice", "view.phase", "see"),
        ("text", "lesson.open", "L06"),
    ],
    ids=str,
)
def test_what_no_page_sends_is_forged(change: Any) -> None:
    phase = "why" if change[1] == "lesson.reason" else "ask"
    with pytest.raises(Forged):
        edits.apply(at(f"?lesson=L06&phase={phase}"), [change])


def test_another_tab_leaves_a_lesson_and_its_own_tab_leads_to_the_course() -> None:
    state = at("?lesson=L06&phase=try&f=valley~kappa=50&run=rmsprop&steps=600&course=L06")
    there = did(state, ("choice", "view.tab", "explore"))
    assert there.model() == state.model() and (there.view.lesson, there.view.course) == ("", ())
    assert did(state, ("choice", "view.tab", "sweep")).view.tab == "sweep"
    course = did(state, ("choice", "view.tab", "learn"))
    assert course.to_query() == "?course=L06&tab=learn"
    assert did(course, ("choice", "lesson.open", "L06")).to_query() == "?lesson=L06&course=L06"
    assert did(at("?lesson=L06"), ("choice", "lesson.open", "")).to_query() == "?tab=learn"


def test_undo_and_reset_stay_inside() -> None:
    seen_, asked = at("?lesson=L06&phase=see&said=0.53"), at("?lesson=L06")
    assert did(seen_, ("text", "goto", asked.to_query())) == asked
    assert did(asked, ("text", "goto", seen_.to_query())) == seen_
    assert did(seen_, ("action", "reset", 1)) == asked
    assert edits.fresh(asked) == asked


def test_the_short_form_ends_with_what_is_seen() -> None:
    state = did(at("?lesson=L06&phase=try&said=0.53"), ("switch", "view.short", True))
    assert state.view.phase == load("L06").phases(short=True)[-1] and state.view.said == ("0.53",)
    assert did(state, ("switch", "view.short", False)).view.short == "off"
    assert did(State(), ("switch", "view.short", True), ("text", "lesson.course", "L06, L01")).to_query() == (
        "?short=1&course=L06,L01"
    )


def test_a_language_is_kept_from_lesson_to_lesson() -> None:
    state = did(State(), *(("choice", "view.lang", lang) for lang in lessons.LANGS), ("choice", "lesson.open", "L06"))
    assert state.view.lang == lessons.LANGS[-1]
    assert did(state, ("action", "lesson.leave", 1)).view.lang == lessons.LANGS[-1]


# --- the veil --------------------------------------------------------------------------------------------------------


@thoroughly
@given(taught())
def test_a_veiled_page_is_seen_without_its_lesson_and_as_far_as_the_question_shows(state: State) -> None:
    found = seen(state)
    if state.veil is None:
        assert found is state and steps(state) == state.n_steps
        return
    assert found.veil is None and found.view.lesson == "" and found.n_steps == max(state.veil, 1)
    assert found.model() | {"n_steps": state.n_steps} == state.model()
    assert steps(state) == state.veil < state.n_steps
    assert (found.view.detail, found.view.overlay, found.view.rule, found.view.limits) == ("off",) * 4
