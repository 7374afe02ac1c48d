"""The buttons of the playhead: what screen/playhead.js does at each, and what it is called."""

from dash import html

BUTTONS = {
    "first": "To the start (Home)",
    "back": "Ten steps back (Shift + Left)",
    "previous": "One step back (Left)",
    "toggle": "Play (Space)",
    "next": "One step on (Right)",
    "forth": "Ten steps on (Shift + Right)",
    "last": "To the end (End)",
}


def playback(scrubber: str, counter: str, needs: str = "playhead") -> html.Section:
    """A row of them with the scrubber, the step and the speed; its two ids are the tab's own, and the edit it needs."""
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
