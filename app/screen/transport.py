"""The playhead of a tab as a component: its buttons, the scrubber, the step and the speed."""

from dash import html

from .playback import BUTTONS


def playback(scrubber: str, counter: str, needs: str = "playhead") -> html.Section:
    """One row; the ids of scrubber and counter are the tab's own, and so is the edit that it needs."""
    row = [_button(name, label, needs) for name, label in BUTTONS.items()]
    speed = html.Button(
        "1×", className="plain speed", **{"data-play": "speed", "data-needs": needs, "aria-label": "Speed"}
    )
    moved = [html.Div(id=scrubber, className="scrubber"), html.Span(id=counter, className="counter")]
    return html.Section(
        [*row, *moved, speed], className="card playback", **{"data-area": "playback", "aria-label": "Playback"}
    )


def _button(name: str, label: str, needs: str) -> html.Button:
    return html.Button(
        html.Span(className=f"icon icon-{name}"),
        className="play" if name == "toggle" else "plain",
        **{"data-play": name, "data-needs": needs, "aria-label": label, "title": label},
        **({"aria-pressed": "false"} if name == "toggle" else {}),
    )
