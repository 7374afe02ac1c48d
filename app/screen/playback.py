"""The buttons of the playhead: what screen/playhead.js does at each, and what it is called."""

BUTTONS = {
    "first": "To the start (Home)",
    "back": "Ten steps back (Shift + Left)",
    "previous": "One step back (Left)",
    "toggle": "Play (Space)",
    "next": "One step on (Right)",
    "forth": "Ten steps on (Shift + Right)",
    "last": "To the end (End)",
}
