"""The comparison as one HTML file that plays by itself: no server, no network, nothing beside it.

It holds the page's own drawing code, style and arrays; what asks a server there is left out. Its policy forbids every
request, so it shows the same wherever it is opened.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from html import escape
from typing import Any

from landscapes import Formula, Surface, layers
from optim_core import PAPER, Letters, hypers

from .. import modules
from ..explore import curves, figures
from ..explore.scene import scene, sight
from ..metrics import METRICS
from ..page.labels import met, met_alone
from ..page.numbers import brief
from ..page.state import State
from ..protocol import Exported
from ..screen import playback, theme
from ..screen.arrays import embedded
from ..walks.fates import lost
from ..walks.simulate import Simulation, Walk, simulate

STYLES = ("css/style.css", "css/controls.css", "css/standalone.css")
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "worker-src blob:; base-uri 'none'; form-action 'none'"
)

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header><h1><span class="brand-mark"></span>{surface}</h1><p class="note">{formula}</p></header>
<div class="board"><div class="work"><main class="stage">
<section class="card map-card" aria-label="Map">
<div class="map-frame">{map}<div id="start" hidden></div></div></section>
{playback}
</main><div class="panels">{panels}</div></div></div>
<section class="card caption" aria-label="Settings and results">{caption}</section>
<script type="application/json" id="scene">{scene}</script>
<script>{plotly}</script>
<script type="module">{module}</script>
</body>
</html>
"""


def html(shown: State | Simulation, link: str) -> str:
    """The file's text. `link` is the page's full address, which the caption offers."""
    sim = _plain(shown)
    surface = sim.state.landscape
    labels = ", ".join(walk.label for walk in sim.walks)
    return PAGE.format(
        policy=escape(POLICY),
        title=escape(f"{surface.label}: {labels} – Downslope"),
        style=style(STYLES),
        surface=escape(surface.label),
        formula=escape(surface.formula),
        map=place_of("map"),
        playback=playback_card(),
        panels="".join(_panel(graph, sim.state) for graph in figures.GRAPHS if graph != "map"),
        caption=_caption(sim, link),
        scene=embedded(_exported(sim)),
        plotly=inline(modules.source(modules.PLOTLY)),
        module=inline(modules.joined(modules.STANDALONE)),
    )


def settings(declared: Any, letters: Letters = PAPER) -> str:
    """Every setting of an optimizer or a surface, by its symbol."""
    values = {name: (how, getattr(declared, name)) for name, how in hypers(declared).items()}
    return ", ".join(
        f"{name.replace('_', ' ')}: {'yes' if value else 'no'}"
        if how.scale == "switch"
        else f"{letters.of(how.symbol) or name} {brief(value)}"
        for name, (how, value) in values.items()
    )


def outcome(walk: Walk, surface: Surface) -> str:
    """How a run ended: its final loss, or in words."""
    became = lost(walk, surface)
    return became.told if became else brief(walk.final_loss)


def _plain(shown: State | Simulation) -> Simulation:
    """The simulation at the size of a screen, for a projector's lines are for the projector."""
    sim = simulate(shown) if isinstance(shown, State) else shown
    return replace(sim, state=replace(sim.state, view=replace(sim.state.view, present="off")))


def _exported(sim: Simulation) -> Exported:
    """The page's own scene, with the skeletons of every theme it may be shown in."""
    state = sim.state
    return Exported(scene(sim, {}, sight(state, None)), skeletons(state))


def skeletons(state: State) -> dict[str, dict[str, Any]]:
    """Mode -> graph -> skeleton, of every theme that the state may be shown in."""
    modes = theme.TOKENS if state.view.theme == "auto" else (state.view.theme,)
    return {mode: {graph: figures.skeleton(graph, state, mode) for graph in figures.GRAPHS} for mode in modes}


def inline(source: str) -> str:
    """JavaScript that means the same between script tags."""
    return re.sub("</(?=script)|<!(?=--)", lambda found: f"<\\{found[0][1]}", source, flags=re.IGNORECASE)


def style(sheets: Iterable[str]) -> str:
    """The page's own style, and the colours of both themes."""
    return "\n".join([theme.variables(), *map(modules.source, sheets)]).replace("</", "<\\/")


def place_of(name: str) -> str:
    return f'<div id="graph-{name}" class="graph" data-graph="{name}"></div>'


def _panel(graph: str, state: State) -> str:
    shown = METRICS[curves.metric(graph, state)]
    note = '<i>x</i> <span class="solid"></span> <i>y</i> <span class="dashed"></span>' if shown.pair else ""
    heading = f'<h2>{escape(shown.label)}</h2><span class="legend">{note}</span>'
    return f'<section class="card"><div class="card-head">{heading}</div>{place_of(graph)}</section>'


def playback_card() -> str:
    buttons = "".join(
        f'<button class="{"play" if name == "toggle" else "plain"}" data-play="{name}" aria-label="{label}" '
        f'title="{label}"><span class="icon icon-{name}"></span></button>'
        for name, label in playback.BUTTONS.items()
    )
    rest = '<div id="scrubber" class="scrubber"></div><span id="counter" class="counter"></span>'
    speed = '<button class="plain speed" data-play="speed" aria-label="Speed">1×</button>'
    return f'<section class="card playback" aria-label="Playback">{buttons}{rest}{speed}</section>'


def _caption(sim: Simulation, link: str) -> str:
    state = sim.state
    core, around = layers(state.landscape)
    shape = [*filter(None, [_window(core) or settings(core)]), *(one.said for one in around)]
    x, y = (brief(value) for value in state.begin)
    facts = [state.landscape.label, *shape, f"start ({x}, {y})", f"{state.n_steps} steps"]
    told = f"<p>{escape(met(state))}</p>" if met(state) else ""
    rows = "".join(_row(walk, state) for walk in sim.walks)
    table = f"<table>{row('th', ('run', 'optimizer', 'settings', 'final loss'))}{rows}</table>"
    return f"<p>{escape(', '.join(facts))}</p>{told}{table}{way(link)}"


def _window(surface: Surface) -> str:
    """Where a typed surface is drawn and its minima are looked for; its text is the heading."""
    if not isinstance(surface, Formula):
        return ""
    spans = zip("xy", surface.window, strict=True)
    return ", ".join(f"{axis} from {brief(low)} to {brief(high)}" for axis, (low, high) in spans)


def _row(walk: Walk, state: State) -> str:
    run = walk.run
    look = f'viewBox="-1.4 -1.4 2.8 2.8" style="fill:var(--run-{run.slot})" aria-hidden="true"'
    head = f'<svg {look}><path d="{theme.HEADS[run.slot][1]}"/></svg>'
    name = f"{walk.label} (ghost)" if run.pinned else walk.label
    numbers = "; ".join(filter(None, [settings(run.optimizer, state.letters), met_alone(run, state.letters)]))
    cells = row("td", (name, run.optimizer.label, numbers, outcome(walk, state.landscape)))
    return cells.replace("<tr><td>", f'<tr data-slot="{run.slot}"><td>{head}', 1)


def row(tag: str, words: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(word)}</{tag}>" for word in words) + "</tr>"


def way(link: str) -> str:
    """The address, to be followed only where it leads to a page."""
    shown = escape(link)
    if not link.startswith(("http://", "https://")):
        return f'<p class="note">{shown}</p>' if link else ""
    return f'<p class="note">Explore it: <a href="{shown}" rel="noreferrer">{shown}</a></p>'
