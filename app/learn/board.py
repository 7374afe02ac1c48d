"""The Learn tab as components: room for the course, and for the panel of a lesson that lies over another tab."""

from dash import html

AREA = {"data-area": "learn"}


def board() -> html.Main:
    """The course, with nothing in it yet."""
    return html.Main(id="course", className="course", **{"data-tab": "learn", "aria-label": "Learn"}, **AREA)


def panel() -> html.Aside:
    """Beside the rail: the lesson that is open, with nothing in it yet."""
    return html.Aside(id="lesson", className="card", **{"aria-label": "Lesson"}, hidden=True)
