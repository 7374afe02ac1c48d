"""A lesson as one HTML file: its questions, what is so and the reasons, with the page's own panel and drawings.

It plays without a server and without a network, so it holds its answers, and says so. What asks for a server, the
target, is left out; the address leads there.
"""

import base64
from html import escape
from typing import Any

import numpy as np

from .. import modules
from ..explore import curves, figures, veiled
from ..explore.scene import scene, sight
from ..learn import carried, texts
from ..metrics import METRICS
from ..page import veil
from ..page.lesson import WHY, Lesson
from ..page.lessons import load
from ..page.numbers import brief
from ..page.state import State
from ..page.view import OFF_SURFACE
from ..protocol import Exported, Mistake
from ..screen.arrays import embedded
from ..train import asked
from ..walks.fitting import goal
from ..walks.simulate import simulate
from . import basins_data, basins_picture, sweep_data, sweep_picture, train_data
from . import html as page

STYLES = (*page.STYLES, "css/learn.css", "css/offline.css")
HOLDS = "This file works without a network. It holds its answers: who reads its text finds them."
PANELS = [graph for graph in figures.GRAPHS if graph != figures.MAP]

PAGE = """<!DOCTYPE html>
<html lang="{lang}" class="lesson" data-tab="explore">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – Downslope</title>
<style>{style}</style>
</head>
<body>
<div id="page">
<header><h1><span class="brand-mark"></span>Downslope</h1></header>
<div class="board"><aside id="lesson" class="card" aria-label="Lesson"></aside>
<div class="work"><main class="stage">
<section class="card map-card" aria-label="Map">
<div class="map-frame">{map}<div id="start" hidden></div></div></section>
{playback}
</main><div class="panels">{panels}</div>{others}</div></div>
<section class="card caption" aria-label="About this file"><p>{holds}</p>{link}</section>
</div>
<script type="application/json" id="scene">{told}</script>
<script>{plotly}</script>
<script type="module">{module}</script>
</body>
</html>
"""


def html(state: State, link: str) -> str:
    """The file of the lesson that is open in a state. Raises Mistake where none is."""
    view = state.view
    if not view.lesson:
        raise Mistake("a lesson must be open")
    lesson = load(view.lesson, view.lang)
    names = carried.phases(lesson)
    told = {name: carried.phase(lesson, name, view.lang) | _drawn(lesson, name, view.lang) for name in names}
    others = "".join(one.pop("part") for one in told.values())
    return PAGE.format(
        lang=escape(view.lang),
        policy=escape(page.POLICY),
        title=escape(f"{lesson.id}: {texts.filled(lesson.title, lesson, view.lang)}"),
        style=page.style(STYLES),
        map=page.place_of(figures.MAP),
        playback=page.playback_card(),
        panels="".join(map(_panel, PANELS)),
        others=others,
        holds=escape(HOLDS),
        link=page.way(link),
        told=embedded({"phases": told, "first": names[0]}),
        plotly=page.inline(modules.source(modules.PLOTLY)),
        module=page.inline(modules.joined(modules.OFFLINE)),
    )


def _panel(graph: str) -> str:
    """Room for one of the panels; what it shows, its phase says."""
    legend = '<i>x</i> <span class="solid"></span> <i>y</i> <span class="dashed"></span>'
    heading = f'<h2 data-title="{graph}"></h2><span class="legend">{legend}</span>'
    return f'<section class="card"><div class="card-head">{heading}</div>{page.place_of(graph)}</section>'


# --- what is seen of a phase ------------------------------------------------------------------------------------------


def _drawn(lesson: Lesson, name: str, lang: str) -> dict[str, Any]:
    """The scene of a phase, or what stands for it; the reason is given beside what was seen last."""
    at = carried.phases(lesson)[-2] if name == WHY else name
    state = carried.address(lesson, at, lang)
    part = _part(state, name)
    if state.view.tab == "explore" or (state.veil is not None and state.view.tab not in OFF_SURFACE):
        drawn = "walk" if state.view.tab == "explore" and state.veil != 0 else "map"
        return {"drawn": drawn, "told": {"scene": None, "of": "", **_scene(state)}, "part": ""}
    return {"drawn": "part", "told": {"scene": None, "of": name}, "part": part}


def _scene(state: State) -> dict[str, Any]:
    """The page's own scene, with the skeletons of both themes, and what its panels show."""
    sim = simulate(state)
    drawn = veiled.scene(scene(sim, {}, sight(sim.state, None)), state)
    skeletons = page.skeletons(sim.state)
    titles = {graph: METRICS[curves.metric(graph, sim.state)].label for graph in PANELS}
    return Exported(drawn, skeletons)._asdict() | {"titles": titles}


def _part(state: State, name: str) -> str:
    """What stands for a tab that has no scene: its picture, or a table."""
    if why := veil.why(state):
        return _card(name, state, f'<p class="note">{escape(why)}</p>')
    return _card(name, state, _PARTS[state.view.tab](state)) if state.view.tab in _PARTS else ""


def _card(name: str, state: State, inner: str) -> str:
    held = f'<div class="card">{inner}</div>'
    return f'<section class="{state.view.tab} other" data-of-phase="{name}" hidden>{held}</section>'


def _picture(png: bytes, what: str) -> str:
    return f'<img alt="{escape(what)}" src="data:image/png;base64,{base64.b64encode(png).decode()}">'


def _sweep(state: State) -> str:
    return _picture(
        sweep_picture.png(state, sweep_data.swept(state)), "Where each optimizer ends, by its learning rate"
    )


def _basins(state: State) -> str:
    return _picture(basins_picture.png(state, basins_data.found(state)), "In which minimum each start ends")


def _train(state: State) -> str:
    """Each run with its epochs to the loss that is wanted, and its last loss: medians of the shuffles."""
    wanted = goal(state, asked.course(state))
    rows = "".join(page.row("td", _trained(one, wanted)) for one in train_data.trained(state))
    head = page.row("th", ("run", f"epochs to {brief(wanted)}", "last loss"))
    return f"<table>{head}{rows}</table>"


def _trained(one: train_data.Trained, wanted: float) -> tuple[str, str, str]:
    epochs = one.made.epochs_to(wanted)
    median = float(np.median(np.where(epochs < 0, np.inf, epochs)))
    return one.label, brief(median) if np.isfinite(median) else "never", brief(float(np.median(one.made.loss[-1])))


_PARTS = {"sweep": _sweep, "basins": _basins, "train": _train}
