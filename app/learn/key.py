"""The answer key of a lesson, on one page to print: computed when it is asked for, as the page computes it."""

from html import escape
from string import ascii_uppercase

from ..page.lesson import Lesson
from ..page.lessons import ENGLISH, load
from ..page.numbers import brief
from ..page.state import state_of
from . import answers, drawn, rooms, texts
from .rooms import Asked

MAP = (90.0, 42.0)  # mm
FEW = 2  # questions of a page that has room for maps on which the answer is a cross
VERDICTS = {"refuted": "refuted here", "half": "half", "holds": "holds here", "depends": "depends"}


def key(name: str, lang: str = ENGLISH) -> str:
    """The key of a lesson, as HTML. Raises KeyError for what is no lesson."""
    lesson = load(name, lang)
    asked = "".join(_question(one) for one in rooms.asked(lesson, lang))
    return f'<section class="sheet key">{_head(lesson)}{asked}{_rest(lesson, lang)}</section>'


def _head(lesson: Lesson) -> str:
    title = f"<h1><small>Key to {lesson.id}</small>{escape(lesson.title)}</h1><p>{lesson.minutes} min</p>"
    return f"<header>{title}<p class='idea'>{escape(lesson.idea)}</p></header>"


def _question(asked: Asked) -> str:
    told = [
        f'<p class="answer-text">{escape(answers.answer(asked.lesson, asked.place, asked.lang))}</p>',
        f'<p class="small">{escape(". ".join(filter(None, [_framed(asked), _tolerance(asked)])))}</p>',
        f"<p>{escape(' '.join(answers.reveal(asked.lesson, asked.place, asked.lang)))}</p>",
    ]
    body = f'<div class="body">{_drawing(asked)}<div class="beside">{"".join(told)}</div></div>'
    return f'<div class="question"><h2>{asked.number}{escape(asked.words)}</h2>{body}</div>'


def _framed(asked: Asked) -> str:
    """The number that settles it, by its name."""
    label = texts.filled(asked.question.label, asked.lesson, asked.lang)
    return f"On the screen: {label}, {answers.framed(asked.lesson, asked.place, asked.lang)}"


def _tolerance(asked: Asked) -> str:
    """How near an answer must be."""
    question = asked.question
    if question.factor:
        return f"Right within a factor of {brief(question.factor)}."
    if question.within:
        unit = "on the map" if asked.gesture == "click" else question.unit
        return f"Right within {f'{brief(question.within)} {unit}'.strip()}."
    return ""


def _drawing(asked: Asked) -> str:
    found = answers.truth(asked.lesson, asked.place)
    if asked.gesture == "click":
        return drawn.map_of(asked.state, MAP, (), found.value) if len(asked.lesson.questions) <= FEW else ""
    if asked.gesture == "drag":
        return rooms.line(asked, found.value)
    marks, right = (ascii_uppercase, found.places)
    if asked.gesture == "rank":
        marks, right = [str(found.places.index(place) + 1) for place in range(len(asked.items))], ()
    return rooms.listed(marks, asked.items, right)


def _rest(lesson: Lesson, lang: str) -> str:
    """The reason, the target with a way to it, and the claim that the lesson looks at."""
    reason = next(one.text for one in lesson.reasons if one.right)
    facts = [("Reason", escape(texts.filled(reason, lesson, lang))), ("Target", _target(lesson, lang))]
    if lesson.refutes:
        claim = (
            f"“{escape(lesson.refutes.claim)}” ({escape(lesson.refutes.source)}): {VERDICTS[lesson.refutes.verdict]}"
        )
        facts.append(("A text says", claim))
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{said}</dd>' for name, said in facts)}</dl>"


def _target(lesson: Lesson, lang: str) -> str:
    target = lesson.target
    text = escape(texts.filled(target.text, lesson, lang))
    if target.cannot:
        return f"{text} It cannot be done."
    now = escape(answers.met(lesson, state_of(target.way), lang).now)
    return f'{text} One way: <a href="{{home}}{escape(target.way)}">{escape(target.way)}</a> {now}'
