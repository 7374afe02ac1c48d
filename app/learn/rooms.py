"""Room for the answer to a question on paper: what there is to draw on, to fill in or to tick, and how large it is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from string import ascii_uppercase

from ..page import view
from ..page.labels import labels
from ..page.lesson import MOST_QUESTIONS, Lesson, Question
from ..page.state import State, state_of
from ..walks.simulate import simulate
from . import answers, drawn, texts

WIDE = 180.0  # mm that a page of either size has between its margins
ROOM = 197.0  # mm of its height that the questions have, beside title, name, link and target
SPARE, LINE_OF_WORDS, LETTERS = (
    8.0,
    5.6,
    78,
)  # mm around a question, of each line of its text, and how many letters that has
BLANKS, SCALE, ITEM = 13.0, 29.0, 8.2  # mm of x and y to fill in, of a line of numbers, of one thing to choose
AXES = (80.0, 37.0)  # mm of empty axes
REASON = {1: 29.0, 2: 21.0, 3: 10.0}  # mm to write a reason on, by how many questions there are
LEAST = 25.0  # mm of the height of a map that tells anything
LARGEST, SMALLEST, BY = 100.0, 25.0, 1.0  # mm of the height of a map, and what is tried between
BROAD, SLENDER = 90.0, 2.0  # mm of a map beside which nothing has room; how much wider than high one is at most
BESIDE = 0.6  # of the height of a map to draw on one that is only looked at has, where there are several questions


@dataclass(frozen=True)
class Asked:
    """A question of a lesson, in a language."""

    lesson: Lesson
    place: int
    lang: str

    @property
    def question(self) -> Question:
        return self.lesson.questions[self.place]

    @property
    def gesture(self) -> str:
        return self.question.gesture

    @property
    def number(self) -> str:
        return f"{self.place + 1}. " if len(self.lesson.questions) > 1 else ""

    @property
    def words(self) -> str:
        return texts.filled(self.question.ask, self.lesson, self.lang)

    @property
    def state(self) -> State:
        return state_of(self.question.address)

    @cached_property
    def items(self) -> list[str]:
        """What there is to choose from, or to put in order."""
        return answers.names(self.lesson, self.place, self.lang)


def asked(lesson: Lesson, lang: str) -> list[Asked]:
    return [Asked(lesson, place, lang) for place in range(len(lesson.questions))]


def room(asked: Asked) -> str:
    """Where the answer is drawn, filled in or ticked, as HTML."""
    size = _size(asked)
    plane = drawn.map_of(asked.state, size, _walked(asked)) if _is_drawn(asked, size[1]) else ""
    named = asked.gesture in ("click", "drag") or bool(asked.question.options)
    runs = _runs(asked.state) if is_seen(asked) and named else ""
    beside = _GESTURES[asked.gesture](asked)
    if asked.gesture == "drag":
        return f'<div class="body">{plane}<div class="beside">{runs}</div></div>{beside}'
    return f'<div class="body">{plane}<div class="beside">{beside}{runs}</div></div>'


def is_seen(asked: Asked) -> bool:
    """Whether the map of a question is drawn: one to draw on always, another one where it tells more than the last.

    Of many questions that is the first one's: smaller maps tell nothing.
    """
    here, several = asked.state, len(asked.lesson.questions)
    if here.view.tab in view.OFF_SURFACE or asked.gesture == "curve":
        return False
    before = [state_of(one.address) for one in asked.lesson.questions[: asked.place]]
    known = any((one.landscape, one.begin) == (here.landscape, here.begin) for one in before)
    tells = not known and not (before and several == MOST_QUESTIONS)
    return asked.gesture == "click" or tells


def _is_drawn(asked: Asked, height: float) -> bool:
    """Whether its map is drawn at this height, mm: a smaller one tells nothing."""
    return is_seen(asked) and (asked.gesture == "click" or height >= LEAST)


def _walked(asked: Asked) -> list[list[list[float]]]:
    """The paths of the steps that are shown before the answer."""
    if not asked.question.shown:
        return []
    sim = simulate(replace(asked.state, n_steps=asked.question.shown))
    return [walk.trajectory.params[:, :2].tolist() for walk in sim.walks]


def _runs(state: State) -> str:
    """The runs that start there, by name."""
    return f'<p class="small">Runs: {escape(", ".join(labels(state.runs, state.letters)))}</p>'


# --- how large it is --------------------------------------------------------------------------------------------------


def _size(asked: Asked) -> tuple[float, float]:
    """Of a question's map, mm: as large as the page allows."""
    every = [replace(asked, place=place) for place in range(len(asked.lesson.questions))]
    tries = (LARGEST - BY * count for count in range(round((LARGEST - SMALLEST) / BY)))
    least = SMALLEST if any(other.gesture == "click" for other in every) else 0.0
    height = next((one for one in tries if sum(_needs(other, one) for other in every) <= ROOM), least)
    return _wide(asked, _share(asked) * height), _share(asked) * height


def _share(asked: Asked) -> float:
    """How high its map is beside the highest: one to draw on, or the only one of the page."""
    every = [replace(asked, place=place) for place in range(len(asked.lesson.questions))]
    return 1.0 if asked.gesture == "click" or sum(map(is_seen, every)) == 1 else BESIDE


def _needs(asked: Asked, height: float) -> float:
    """What a question takes of the page's height with maps of this height, mm."""
    words = SPARE + LINE_OF_WORDS * math.ceil(len(asked.words) / LETTERS)
    plane = _share(asked) * height if _is_drawn(asked, _share(asked) * height) else 0.0
    return words + _taken(asked, plane) + REASON[len(asked.lesson.questions)]


def _taken(asked: Asked, plane: float) -> float:
    """What stands between a question's words and its reason, mm."""
    if asked.gesture == "click":
        return plane + (BLANKS if _wide(asked, plane) > BROAD else 0.0)
    if asked.gesture == "drag":
        return plane + SCALE
    count = len(asked.items)
    if asked.gesture == "curve":
        return max(AXES[1], ITEM * count)
    return max(plane, ITEM * (1 + count)) if plane else ITEM * (1 + math.ceil(count / 2))


def _wide(asked: Asked, height: float) -> float:
    """The most that a map of this height is wide, mm."""
    return min(WIDE if asked.gesture in ("click", "drag") else 0.55 * WIDE, SLENDER * height)


# --- by gesture -------------------------------------------------------------------------------------------------------


def _click(asked: Asked) -> str:
    return '<p class="blank"><span class="small">Mark the point:</span> <i>x</i> = <u></u> <i>y</i> = <u></u></p>'


def _drag(asked: Asked) -> str:
    mark = '<span class="small">Mark it on the line.</span>'
    return f'{line(asked)}<p class="blank">{mark} My answer: <u></u> {escape(asked.question.unit)}</p>'


def line(asked: Asked, at: float | None = None) -> str:
    """The line of numbers of a question, with a mark on it."""
    question = asked.question
    return drawn.number_line(*question.range, question.scale == "log", question.unit, WIDE, at)


def _pick(asked: Asked) -> str:
    return listed(ascii_uppercase, asked.items)


def _curve(asked: Asked) -> str:
    choices = listed(ascii_uppercase, asked.items)
    return f'<div class="body">{drawn.axes(AXES, "step", "")}<div class="beside">{choices}</div></div>'


def _rank(asked: Asked) -> str:
    boxes = listed([""] * len(asked.items), asked.items)
    return f'<p class="small">1 = the first</p><div class="rank">{boxes}</div>'


def listed(marks: Sequence[str], items: Sequence[str], right: Sequence[int] = ()) -> str:
    """Things with a box before each, of which some are right."""
    rows = (
        f"<li{' class=right' if place in right else ''}><b>{mark}</b><span>{escape(item)}</span></li>"
        for place, (mark, item) in enumerate(zip(marks, items, strict=False))
    )
    return f'<ul class="options">{"".join(rows)}</ul>'


_GESTURES = {"click": _click, "drag": _drag, "pick": _pick, "curve": _curve, "rank": _rank}
