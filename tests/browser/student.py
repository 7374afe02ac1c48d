"""A student at the page: answers every gesture of a lesson, by pointer or by keys, and finds what the panel says."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from playwright.sync_api import Locator

from app.learn import answers
from app.page.lesson import Lesson, Question
from app.page.state import state_of

from .explorer import Explorer, middle


class Student:
    """Of a page with a lesson on it."""

    def __init__(self, page: Explorer) -> None:
        self.page = page
        self.panel = page.tab.locator("#lesson")

    # where one is

    def open(self, query: str) -> None:
        """A page with this address, and its panel filled."""
        self.page.tab.goto(f"{self.page.url}{query}", wait_until="commit")
        self.page.painted()
        self.there()

    def there(self, phase: str = "") -> None:
        """Wait until the panel shows what belongs to the phase."""
        same = f"downslope.gate.last?.lesson?.phase === '{phase}'" if phase else "downslope.gate.last?.lesson"
        quiet = "document.getElementById('lesson').ariaBusy === 'false'"
        self.page.until(f"downslope.gate.idle() && {same} && {quiet}")

    @property
    def verdict(self) -> str:
        """yes, no, half or none: what became of the answer."""
        return self.panel.locator(".verdict").get_attribute("class").split()[-1]

    def button(self, text: str) -> Locator:
        return self.panel.get_by_role("button", name=text, exact=True)

    def press(self, text: str, by_keys: bool) -> None:
        """A button of the panel."""
        if by_keys:
            self.button(text).press("Enter")
        else:
            self.button(text).click()

    # the gestures

    def answer(self, asked: Question, said: str, by_keys: bool) -> None:
        """Answer as an address would have it, and ask to be shown."""
        ways = KEYS if by_keys else POINTER
        ways[asked.gesture](self, asked, said)
        self.press("Show me", by_keys)

    def drag(self, asked: Question, said: str) -> None:
        slider = self.panel.locator("input[type=range]")
        part = answers_part(asked, float(said))
        box = slider.bounding_box()
        half = 8  # px, of the thumb
        x = box["x"] + half + part * (box["width"] - 2 * half)
        with self.page.dragged(*middle(slider)):
            self.page.tab.mouse.move(x, box["y"] + box["height"] / 2)

    def type_number(self, _: Question, said: str) -> None:
        field = self.panel.locator(".numbers input")
        field.focus()
        field.fill(said)

    def click(self, _: Question, said: str) -> None:
        self.page.drawn()
        self.page.tab.mouse.click(*self.page.place(*map(float, said.split(","))))

    def type_point(self, _: Question, said: str) -> None:
        for field, number in zip(self.panel.locator(".numbers input").all(), said.split(","), strict=True):
            field.fill(number)

    def pick(self, _: Question, said: str) -> None:
        for box in self._to_turn(said):
            box.locator("..").click()

    def pick_by_keys(self, _: Question, said: str) -> None:
        for box in self._to_turn(said):
            box.press("Space")

    def _to_turn(self, said: str) -> list[Locator]:
        """The boxes that must be turned for an answer: one of which one is taken is turned by another."""
        wanted = set(said.split(","))
        boxes = self.panel.locator("[name=lesson-option]").all()
        others = [box for box in boxes if box.is_checked() != (box.input_value() in wanted)]
        return [box for box in others if box.get_attribute("type") == "checkbox" or box.input_value() in wanted]

    def rank(self, _: Question, said: str) -> None:
        self._ordered(said.split(","), self._dragged)

    def rank_by_keys(self, _: Question, said: str) -> None:
        self._ordered(said.split(","), self._moved_up)

    def _ordered(self, wanted: Sequence[str], move: Any) -> None:
        """Each to its place, from above."""
        for place, one in enumerate(wanted):
            at = self.order.index(one)
            if at != place:
                move(at, place)
        if self.button("Keep this order").is_visible():
            self.button("Keep this order").click()
        assert self.order == list(wanted)

    @property
    def order(self) -> list[str]:
        return [one.get_attribute("data-option") for one in self.panel.locator(".ranked li").all()]

    def _dragged(self, at: int, to: int) -> None:
        rows = self.panel.locator(".ranked li")
        x, y = middle(rows.nth(to))
        with self.page.dragged(*middle(rows.nth(at).locator(".what"))):
            self.page.tab.mouse.move(x, y - 3, steps=4)

    def _moved_up(self, at: int, to: int) -> None:
        for place in range(at, to, -1):
            self.panel.locator(".ranked li").nth(place).locator("button").first.press("Enter")


POINTER = {
    "drag": Student.drag,
    "click": Student.click,
    "pick": Student.pick,
    "curve": Student.pick,
    "rank": Student.rank,
}
KEYS = {
    "drag": Student.type_number,
    "click": Student.type_point,
    "pick": Student.pick_by_keys,
    "curve": Student.pick_by_keys,
    "rank": Student.rank_by_keys,
}


def answers_part(asked: Question, value: float) -> float:
    """How far along its scale a value is put."""
    low, high = asked.range
    if asked.scale == "log":
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low)


def right(lesson: Lesson, n: int) -> str:
    """The right answer to a question, as an address has it."""
    found = answers.truth(lesson, n)
    if found.value is None:
        return ",".join(map(str, found.places))
    return repr(found.value) if isinstance(found.value, int | float) else ",".join(map(repr, found.value))


def wrong(lesson: Lesson, n: int) -> str:
    """One that is not, as an address has it."""
    tries = WRONG[lesson.questions[n].gesture](lesson, n)
    return next(
        one for one in tries if not (answers.judged(lesson, n, one).right or answers.judged(lesson, n, one).half)
    )


def _numbers(lesson: Lesson, n: int) -> list[str]:
    return [repr(one) for one in lesson.questions[n].range]


def _points(lesson: Lesson, n: int) -> list[str]:
    (x0, x1), (y0, y1) = state_of(lesson.questions[n].address).landscape.domain
    at = (0.1, 0.9)
    return [f"{x0 + a * (x1 - x0)},{y0 + b * (y1 - y0)}" for a in at for b in at]


def _choices(lesson: Lesson, n: int) -> list[str]:
    return [str(place) for place in range(len(answers.names(lesson, n)))]


def _orders(lesson: Lesson, n: int) -> list[str]:
    places = [*range(len(answers.names(lesson, n)))]
    turned = right(lesson, n).split(",")[::-1]
    return [",".join(turned), ",".join(map(str, places[::-1]))]


WRONG = {"drag": _numbers, "click": _points, "pick": _choices, "curve": _choices, "rank": _orders}


def questions(lesson: Lesson) -> list[tuple[int, str, str]]:
    """Of each question its number, and its two phases."""
    asked = [phase for phase in lesson.phases() if phase.startswith(("ask", "see"))]
    return [(n, *pair) for n, pair in enumerate([*pairwise(asked)][::2])]
