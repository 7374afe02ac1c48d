"""Worksheets: a lesson as a page to print, of which nothing is computed that the lesson asks for."""

from html import escape

from ..page.lesson import MOST_QUESTIONS, Lesson
from ..page.lessons import ENGLISH, load
from . import rooms, texts
from .rooms import Asked


def sheet(name: str, lang: str = ENGLISH) -> str:
    """The worksheet of a lesson, as HTML. Raises KeyError for what is no lesson."""
    lesson = load(name, lang)
    asked = "".join(_question(one) for one in rooms.asked(lesson, lang))
    there = f'<a href="{{home}}?lesson={lesson.id}">?lesson={lesson.id}</a>'
    link = f'<div class="link" data-lesson="{lesson.id}"><p>Answer here, then see: {there}</p></div>'
    target = f'<p class="try"><b>Then try:</b> {escape(texts.filled(lesson.target.text, lesson, lang))}</p>'
    return f'<section class="sheet">{_head(lesson)}{asked}<footer>{link}{target}</footer></section>'


def _head(lesson: Lesson) -> str:
    who = '<p class="who"><span>Name</span><span>Date</span></p>'
    return f"<header><h1><small>{lesson.id}</small>{escape(lesson.title)}</h1><p>{lesson.minutes} min</p>{who}</header>"


def _question(asked: Asked) -> str:
    reason = _reason(len(asked.lesson.questions))
    return f'<div class="question"><h2>{asked.number}{escape(asked.words)}</h2>{rooms.room(asked)}{reason}</div>'


def _reason(several: int) -> str:
    """Room to say why: where there are many questions, one line."""
    if several == MOST_QUESTIONS:
        return '<p class="because line small">My reason <u></u></p>'
    lines = f'<div class="lines" style="--least: {rooms.REASON[several] - 5}mm"></div>'
    return f'<div class="because"><p class="small">My reason</p>{lines}</div>'
