"""Lessons as a student goes through them: answered wrongly and rightly, by pointer and by keys, and reached."""

from itertools import pairwise

import pytest
from playwright.sync_api import Response

from app.learn import answers
from app.page.lesson import TRY, WHY, Lesson
from app.page.lessons import LESSONS, load
from app.page.state import state_of

from .axe import CONTRAST, violations
from .explorer import PHONE, TARGET, Explorer, boxes, middle
from .student import Student, questions, right, wrong

PROJECTOR = {"width": 1024, "height": 768}
WAYS = {"pointer": False, "keys": True}
EACH_GESTURE = ("L05", "L06", "L07", "L10", "L21", "L11")  # click, drag, pick, curve, rank, several

every_lesson = pytest.mark.parametrize("name", LESSONS)


@every_lesson
@pytest.mark.parametrize("way", WAYS)
def test_a_lesson_is_gone_through(page: Explorer, name: str, way: str) -> None:
    by_keys, lesson, student = WAYS[way], load(name), Student(page)
    student.open(f"?lesson={name}")
    for n, ask, see in questions(lesson):
        answered(student, lesson, n, (ask, see), by_keys)
        assert page.js("() => document.querySelector('.framed') !== null"), lesson.questions[n].watch
        student.press("Next", by_keys)
    student.there(WHY)
    reasoned(student, lesson, by_keys)
    student.press("Next", by_keys)
    student.there(TRY)
    reached(student, lesson, by_keys)


def answered(student: Student, lesson: Lesson, n: int, phases: tuple[str, str], by_keys: bool) -> None:
    """The first question is answered wrongly, gone back to, and answered rightly; the others rightly alone."""
    ask, see = phases
    for said, verdict in [(wrong(lesson, n), "no")] * (n == 0) + [(right(lesson, n), "yes")]:
        student.there(ask)
        student.answer(lesson.questions[n], said, by_keys)
        student.there(see)
        assert student.verdict == verdict, (lesson.id, n, said, student.panel.inner_text())
        if verdict == "no":
            student.press("Back", by_keys)


def reasoned(student: Student, lesson: Lesson, by_keys: bool) -> None:
    """A wrong reason, then the right one."""
    order = sorted(range(len(lesson.reasons)), key=lambda place: lesson.reasons[place].right)
    for place in (order[0], order[-1]):
        box = student.panel.locator("[name=lesson-reason]").nth(place)
        with student.page.change():
            box.press("Space") if by_keys else box.locator("..").click()
        student.there(WHY)
        assert student.verdict == ("yes" if lesson.reasons[place].right else "no")


def reached(student: Student, lesson: Lesson, by_keys: bool) -> None:
    """The target is not met as it opens; it is by the way that is shown, or it cannot be."""
    assert student.panel.locator(".verdict").is_hidden()
    if lesson.target.cannot:
        student.press("It cannot be done", by_keys)
    else:
        with student.page.change():
            student.press("Show one way", by_keys)
        student.page.committed()
    student.page.until("document.querySelector('.try.reached')")
    assert student.panel.locator(".verdict").is_visible()


# what is not told


@pytest.mark.parametrize("name", EACH_GESTURE)
def test_what_reaches_the_browser_before_the_answer_tells_none(new_page: Explorer, name: str) -> None:
    lesson, student = load(name), Student(new_page)
    bodies: list[str] = []
    new_page.tab.on("response", lambda response: bodies.append(text_of(response)))
    student.open(f"?lesson={name}")
    new_page.settled()
    told = " ".join(bodies)
    assert lesson.questions[0].options or lesson.questions[0].gesture == "pick" or right(lesson, 0) not in told
    assert not any(word in told for word in ('"truth"', '"told"', '"reveal"', '"options_right"'))
    assert not any(sentence in told for sentence in answers.reveal(lesson, 0))
    shown = new_page.js(
        "Math.max(...Object.values(downslope.gate.last.scene.traces.map ?? {}).map(({ x }) => x?.length ?? 0))"
    )
    assert shown <= lesson.questions[0].shown + 1


def text_of(response: Response) -> str:
    """What can be read of an answer to the page's own questions."""
    if "channel" not in response.url and response.request.resource_type != "document":
        return ""
    return response.body().decode("utf-8", "replace")


def test_the_answer_is_three_questions_away_and_is_seen_from_the_first_step_on(page: Explorer) -> None:
    student = Student(page)
    student.open("?lesson=L06")
    page.settled()
    student.type_number(load("L06").questions[0], "0.01")
    page.requests.clear()
    student.press("Show me", by_keys=False)
    page.until("document.querySelector('#lesson .deciding b')?.textContent")
    asked = [(one.post_data_json or {}).get("kind") for one in page.requests]
    assert [kind for kind in dict.fromkeys(asked) if kind != "ask"] == ["request", "plan", "tile"], "a second is enough"
    assert page.js("downslope.playhead.playing()") and page.js("downslope.playhead.step()") < 600


def test_with_reduced_motion_the_playhead_stands_at_the_end(page: Explorer) -> None:
    page.tab.emulate_media(reduced_motion="reduce")
    student = Student(page)
    student.open("?lesson=L06")
    student.answer(load("L06").questions[0], "0.01", by_keys=True)
    student.there("see")
    assert not page.js("downslope.playhead.playing()") and page.js("downslope.playhead.at_end()")


# what stays in sight


def test_the_mark_stays_on_the_map_beside_what_is_so(page: Explorer) -> None:
    student = Student(page)
    student.open("?lesson=L05")
    student.answer(load("L05").questions[0], "0,0.5", by_keys=False)
    student.there("see")
    (cross,) = boxes(page, ".lesson-marks .yours .cross")
    x, y = page.place(0, 0.5)
    assert abs(cross["x"] + cross["width"] / 2 - x) < 2 and abs(cross["y"] + cross["height"] / 2 - y) < 2
    assert page.tab.locator(".lesson-marks .way").count() == 1
    x, y = page.place(*map(float, right(load("L05"), 0).split(",")))
    (ring,) = boxes(page, ".lesson-marks .truth")
    assert abs(ring["x"] + ring["width"] / 2 - x) < 2 and abs(ring["y"] + ring["height"] / 2 - y) < 2
    for kind, pictures in (("side", 2), ("surface", 1)):
        page.select("view.map", {"side": "Side by side", "surface": "Surface"}[kind])
        page.until(f"document.querySelectorAll('.lesson-marks .truth').length === {pictures}")
        assert page.tab.locator(".lesson-marks .yours .cross").count() == pictures


def test_a_cross_is_dragged_and_moved_by_keys(page: Explorer) -> None:
    student = Student(page)
    student.open("?lesson=L05")
    student.click(load("L05").questions[0], "-1,0.5")
    cross = page.tab.locator("#lesson-cross")
    with page.dragged(*middle(cross)):
        page.tab.mouse.move(*page.place(1, -0.5))
    x, y = (field.input_value() for field in student.panel.locator(".numbers input").all())
    assert float(x) == pytest.approx(1, abs=0.05) and float(y.replace("−", "-")) == pytest.approx(-0.5, abs=0.05)
    cross.press("ArrowRight")
    assert float(student.panel.locator(".numbers input").first.input_value()) > float(x)


def test_a_run_is_picked_by_its_line(page: Explorer) -> None:
    student = Student(page)
    lesson = next(
        one for one in map(load, LESSONS) if one.questions[0].gesture == "pick" and not one.questions[0].options
    )
    student.open(f"?lesson={lesson.id}")
    page.settled()
    slot = state_of(lesson.questions[0].address).runs[-1].slot
    place = page.js(
        """slot => {
            const { names, gd } = downslope.graphs.map;
            const { left, middle, width } = names.find(({ line }) => line.meta.slot === slot);
            const box = gd.getBoundingClientRect();
            return [box.x + left + width / 2, box.y + middle];
        }""",
        slot,
    )
    page.tab.mouse.click(*place)
    assert student.panel.locator("[name=lesson-option]").last.is_checked()


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PROJECTOR])
def test_nothing_jumps_from_phase_to_phase(page: Explorer, size: dict[str, int]) -> None:
    page.tab.set_viewport_size(size)
    student = Student(page)
    student.open("?lesson=L06")
    page.drawn()
    (before,) = boxes(page, ".map-card")
    for last, phase in pairwise(load("L06").phases()):
        for _ in range(1 + last.startswith("ask")):  # without an answer it is pressed twice
            page.tab.keyboard.press("PageDown")
        student.there(phase)
        page.drawn()
        assert boxes(page, ".map-card") == [before], phase


# on a phone, on a wall, for everyone


def test_on_a_phone_question_and_map_are_on_one_screen(page: Explorer) -> None:
    page.tab.set_viewport_size(PHONE)
    for name in EACH_GESTURE[:4]:
        student = Student(page)
        student.open(f"?lesson={name}")
        page.drawn()
        (card,) = boxes(page, "#graph-map")
        (panel,) = boxes(page, "#lesson")
        (asked,) = boxes(page, "#lesson-asked")
        assert card["top"] >= 0 and card["bottom"] <= panel["top"] + 1, name
        assert asked["bottom"] <= PHONE["height"] and card["height"] >= 180
        small = [
            one
            for one in boxes(page, "#lesson :is(button, .option, input[type=text], input[type=range])")
            if one["height"] < TARGET
        ]
        assert not small


def test_a_clicker_goes_through_the_phases(page: Explorer) -> None:
    student = Student(page)
    student.open("?lesson=L06&present=on")
    phases = load("L06").phases()
    for phase in phases[1:]:
        page.tab.keyboard.press("PageDown")
        student.there(phase)
    for phase in phases[-2::-1]:
        page.tab.keyboard.press("PageUp")
        student.there(phase)


def test_outside_a_presentation_who_has_not_answered_is_asked_to(page: Explorer) -> None:
    student = Student(page)
    student.open("?lesson=L06")
    page.tab.keyboard.press("PageDown")
    assert student.panel.locator(".error").inner_text().startswith("Answer first")
    assert page.js("downslope.gate.last.lesson.phase") == "ask"
    page.tab.keyboard.press("PageDown")
    student.there("see")


def test_a_new_phase_takes_the_focus_and_is_told(page: Explorer) -> None:
    student = Student(page)
    student.open("?lesson=L06")
    student.answer(load("L06").questions[0], "0.01", by_keys=True)
    student.there("see")
    assert page.js("document.activeElement.id") == "lesson-title"
    assert (
        answers.judged(load("L06"), 0, "0.01").told in student.panel.locator("[role=status].unseen").last.inner_text()
    )


@pytest.mark.parametrize("name", EACH_GESTURE)
def test_axe_finds_nothing_in_any_phase(page: Explorer, name: str) -> None:
    phases = load(name).phases()
    student = walked(page, name, "off")
    for phase in phases:
        student.there(phase)
        assert violations(page) == [], phase
        onward(page)
    page.tab.emulate_media(color_scheme="dark")
    student = walked(page, name, "off")
    for phase in phases:
        student.there(phase)
        assert violations(page, "#lesson", CONTRAST) == [], phase
        onward(page)


@pytest.mark.parametrize("name", ["L05", "L21"])
def test_axe_finds_nothing_on_a_wall(page: Explorer, name: str) -> None:
    page.tab.set_viewport_size(PROJECTOR)
    student = walked(page, name, "on")
    for phase in load(name).phases():
        student.there(phase)
        assert violations(page) == [], phase
        onward(page)


def walked(page: Explorer, name: str, present: str) -> Student:
    """A student at the beginning of a lesson whose questions are answered, wrongly, and whose reason is given."""
    lesson, student = load(name), Student(page)
    said = ";".join(wrong(lesson, n) for n in range(len(lesson.questions)))
    student.open(f"?lesson={name}&said={said}&reason=0&present={present}")
    return student


def onward(page: Explorer) -> None:
    page.tab.locator("#lesson-title").press("PageDown")


# going away and coming back


def test_a_page_that_is_loaded_again_stands_where_it_stood(page: Explorer) -> None:
    student, lesson = Student(page), load("L06")
    said = ";".join(right(lesson, n) for n in range(len(lesson.questions)))
    for phase in lesson.phases():
        student.open(f"?lesson=L06&phase={phase}&said={said}&reason=1")
        before = student.panel.inner_text()
        page.tab.reload(wait_until="commit")
        page.painted()
        student.there(phase)
        assert student.panel.inner_text() == before


def test_back_and_forward_go_through_the_phases(new_page: Explorer) -> None:
    student = Student(new_page)
    student.open("?lesson=L06")
    student.answer(load("L06").questions[0], "0.01", by_keys=True)
    student.there("see")
    new_page.committed()
    student.press("Next", by_keys=False)
    student.there("ask2")
    new_page.committed()
    for go, phase in ((new_page.tab.go_back, "see"), (new_page.tab.go_back, "ask"), (new_page.tab.go_forward, "see")):
        go()
        student.there(phase)
    assert student.verdict == "no"


def test_a_lesson_is_left_with_its_state(page: Explorer) -> None:
    student, lesson = Student(page), load("L06")
    student.open("?lesson=L06&phase=see")
    with page.change():
        student.press("Open in Explore", by_keys=False)
    page.committed()
    assert page.state.view.lesson == "" and page.state.view.tab == "explore"
    assert page.state.model() == state_of(lesson.questions[0].address).model()
    assert student.panel.is_hidden() and page.tab.locator("#rail").is_visible()
    assert page.tab.locator(".framed, .lesson-marks *").count() == 0


@pytest.mark.parametrize("query", ["?lesson=L99", "?lesson=%F0%9F%92%A5"])
def test_a_lesson_that_does_not_exist_leads_to_the_course(page: Explorer, query: str) -> None:
    page.open(query)
    assert page.tab.locator("#notices li").count() >= 1
    assert page.tab.locator("#course").is_visible() and page.tab.locator("#lesson").is_hidden()


@pytest.mark.parametrize(
    "query", ["?lesson=L06&phase=see9", "?lesson=L06&phase=ask&said=abc", "?lesson=L06&phase=see&said=0,1"]
)
def test_what_an_address_cannot_mean_is_left_out_in_words(page: Explorer, query: str) -> None:
    student = Student(page)
    student.open(query)
    assert page.tab.locator("#notices li").count() == 1
    assert student.panel.locator("#lesson-asked").is_visible()


REFUSES = """
    Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });
"""


def test_a_browser_that_keeps_nothing_says_so_once_and_all_else_works(new_page: Explorer) -> None:
    new_page.tab.add_init_script(REFUSES)
    student = Student(new_page)
    student.open("?lesson=L06")
    assert student.panel.get_by_text("keeps no progress").count() == 1
    student.answer(load("L06").questions[0], "0.01", by_keys=True)
    student.there("see")
    assert student.panel.locator(".dots .seen").count() == 1


def test_progress_is_a_row_of_dots_that_the_browser_keeps(new_page: Explorer) -> None:
    student, lesson = Student(new_page), load("L06")
    student.open("?lesson=L06")
    new_page.js("localStorage.clear()")
    student.open("?lesson=L06&phase=try")
    assert student.panel.locator(".dots .reached").count() == 0
    met(student, lesson)
    new_page.until("document.querySelector('#lesson .dots .reached')")
    student.open("?lesson=L07")
    assert student.panel.locator(".dots span.reached").count() == 1


def met(student: Student, lesson: Lesson) -> None:
    """κ, by its own field."""
    kappa = state_of(lesson.target.way).landscape.kappa
    student.page.until("document.querySelector('#rail [data-key=\"surface.kappa\"] input')")
    student.page.type("surface.kappa", str(kappa))
    student.page.committed()
    student.there(TRY)


def test_a_target_is_tried_three_times_before_a_hint(page: Explorer) -> None:
    student = Student(page)
    student.open("?lesson=L06&phase=try")
    page.until("document.querySelector('#rail [data-key=\"surface.kappa\"] input')")
    for kappa in ("60", "80", "100"):
        assert student.panel.locator(".hint").is_hidden()
        page.type("surface.kappa", kappa)
        page.committed()
        student.there(TRY)
    page.until("!document.querySelector('#lesson .hint').hidden")
    student.press("It cannot be done", by_keys=False)
    assert "can be done" in student.panel.locator(".error").inner_text()


@every_lesson
def test_a_target_has_something_to_move(page: Explorer, name: str) -> None:
    Student(page).open(f"?lesson={name}&phase=try")
    free = ":is(input, select, textarea):enabled:not([type=hidden])"
    page.until(
        f"document.querySelector('#controls') && [...document.querySelectorAll('#rail .card:not(.locked-away) {free}, #start-handle:enabled')]"
        ".some((one) => one.checkVisibility())"
    )
