"""What things look like: colours and head markers by a run's slot, the ground of the map, the tokens of the page."""

from dataclasses import dataclass
from typing import Any

TOKENS = {
    "light": {
        "page": "#F7F5F0",
        "panel": "#FFFFFF",
        "line": "#E6E2D9",
        "ink": "#22262B",
        "soft": "#636A74",
        "grid": "#EFECE5",
        "low": "#A9C1D6",
        "high": "#FBFAF7",
        "levels": "rgba(60,85,110,.22)",
        "crest": "#F0F2F3",
        "ridges": "#8FA6BC",
        "accent": "#4C5FD5",
        "wrong": "#B3261E",
    },
    "dark": {
        "page": "#14161A",
        "panel": "#1B1E24",
        "line": "#2C313A",
        "ink": "#E8E6E1",
        "soft": "#9AA3AF",
        "grid": "#2A2F38",
        "low": "#2F4A63",
        "high": "#191C22",
        "levels": "rgba(200,215,230,.3)",
        "crest": "#3B434F",
        "ridges": "#62788E",
        "accent": "#8E9BF0",
        "wrong": "#F2A097",
    },
}

# by slot: brick, blue, teal, ochre, plum, sky, moss, and the darkest (brightest) of all; pairwise apart also
# under protanopia and deuteranopia, and at least 3:1 against the panel
COLOURS = {
    "light": ("#982F05", "#103492", "#069F99", "#BD8C00", "#713B52", "#017CC1", "#5E8160", "#381610"),
    "dark": ("#D25115", "#3B6CCE", "#4CB3AF", "#F4D162", "#A75071", "#93DCFF", "#92A87C", "#FCEBDB"),
}

READABLE = 4.5  # the contrast that small type needs against what it stands on, as WCAG 2 defines it


def luminance(colour: str) -> float:
    """From 0 (black) to 1 (white), of "#RRGGBB": relative luminance as WCAG 2 defines it."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    dark, light = sorted(map(luminance, (one, two)))
    return (light + 0.05) / (dark + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """The colour with this share of the other one in it."""
    pairs = ((int(one[place : place + 2], 16) for one in (colour, other)) for place in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def readable(colour: str, mode: str) -> str:
    """The colour as type: with as much ink in it as it takes to be read on a panel and on the page."""
    tokens = TOKENS[mode]
    tries = (mixed(colour, tokens["ink"], share / 20) for share in range(21))
    return next(one for one in tries if min(contrast(one, tokens[on]) for on in ("panel", "page")) >= READABLE)


TEXTS = {mode: tuple(readable(colour, mode) for colour in colours) for mode, colours in COLOURS.items()}  # by slot

GOLD = "#E3B23C"  # of a minimum
NONE = {"light": "#C9C9C9", "dark": "#4A4D53"}  # in a field of colours: what arrives nowhere,
DIVERGED = {"light": "#8E2A22", "dark": "#6E221D"}  # and what has no numbers in the end

# by slot: plotly's name of the marker, and its outline in a box of 2 x 2 around the origin
HEADS = (
    ("circle", "M1,0A1,1 0 1 1 -1,0A1,1 0 1 1 1,0Z"),
    ("square", "M-.9,-.9H.9V.9H-.9Z"),
    ("diamond", "M0,-1.2L1.2,0L0,1.2L-1.2,0Z"),
    ("triangle-up", "M0,-1.15L1.1,.8H-1.1Z"),
    ("triangle-down", "M0,1.15L1.1,-.8H-1.1Z"),
    ("cross", "M-.4,-1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z"),
    ("pentagon", "M0,-1.1L1.05,-.34L.65,.89H-.65L-1.05,-.34Z"),
    ("star", "M0,-1.3L.3,-.42L1.24,-.4L.49,.16L.76,1.05L0,.52L-.76,1.05L-.49,.16L-1.24,-.4L-.3,-.42Z"),
)

FONT = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


LINE, GHOST = 2.5, 1.25  # px: how wide the line of a run is, and of one that is pinned
PRESENTED = 1.5  # how much larger type and lines are on a projector


@dataclass(frozen=True)
class Style:
    """In which light, and how large, a figure is drawn."""

    mode: str  # "light" or "dark"
    scale: float = 1.0

    @property
    def tokens(self) -> dict[str, str]:
        return TOKENS[self.mode]

    @property
    def colours(self) -> tuple[str, ...]:
        return COLOURS[self.mode]

    @property
    def size(self) -> float:
        """Of the type, in px."""
        return 12 * self.scale

    @property
    def texts(self) -> tuple[str, ...]:
        """The colours of runs as type."""
        return TEXTS[self.mode]

    def layout(self) -> dict[str, Any]:
        """The plotly layout that every figure begins with."""
        tokens = self.tokens
        axis = {
            "gridcolor": tokens["grid"],
            "linecolor": tokens["line"],
            "showline": True,
            "zeroline": False,
            "ticks": "",
            "nticks": 6,
            "automargin": False,
            "exponentformat": "power",
            "minexponent": 4,
        }
        return {
            "paper_bgcolor": tokens["panel"],
            "plot_bgcolor": tokens["panel"],
            "font": {"family": FONT, "size": self.size, "color": tokens["soft"]},
            "margin": self.margin(52, 14, 12, 30),
            "xaxis": axis,
            "yaxis": axis,
            "showlegend": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": tokens["panel"],
                "bordercolor": tokens["line"],
                "font": {"color": tokens["ink"]},
            },
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": tokens["soft"], "activecolor": tokens["ink"]},
        }

    def margin(self, left: float, right: float, top: float, bottom: float) -> dict[str, float]:
        """Room around the plot, growing with its type."""
        return dict(zip("lrtb", (side * self.scale for side in (left, right, top, bottom)), strict=True))


def variables() -> str:
    """The colours of both themes as CSS variables."""
    sheets = []
    for mode, selector in (("light", ":root"), ("dark", ":root[data-theme=dark]")):
        runs = {f"run-{slot}": colour for slot, colour in enumerate(COLOURS[mode])}
        texts = {f"text-{slot}": colour for slot, colour in enumerate(Style(mode).texts)}
        tokens = {**TOKENS[mode], **runs, **texts}
        sheets.append(selector + "{" + ";".join(f"--{name}:{value}" for name, value in tokens.items()) + "}")
    return "".join(sheets)
