"""The controls beside the map, and what each of them shows in a state."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dash import html

from landscapes import LANDSCAPES, TRANSFORMS, Formula, Surface, layers
from landscapes.formula import LENGTH
from optim_core import FAMILIES, Hyper, Letters, hypers

from .. import limits
from ..metrics import PANELS
from ..page import course_edits, ground_edits, labels, run_edits, settings, swept, trained, weather
from ..page.lessons import load
from ..page.numbers import brief, exact
from ..page.scenes import SCENES, YOURS
from ..page.spelled import SLUGS, TYPED, slug_of
from ..page.state import ASKED, State, shows
from ..page.view import COURSE, OFF_SURFACE, TABS, View
from ..screen.controls import (
    OF_SURFACE,
    action,
    area,
    button,
    explained,
    field,
    glossary_list,
    head,
    lines_field,
    menu,
    number_field,
    said,
    symbol,
    term,
    text_field,
)
from ..walks.fates import lost
from ..walks.simulate import Simulation, Walk
from . import course, curves, dead, ruler, space
from .course import show

PASTE = """torch.optim.AdamW(model.parameters(), lr=3e-4, betas=(0.9, 0.95))
keras.optimizers.RMSprop(0.01, rho=0.99)
optax.sgd(0.05, momentum=0.9, nesterov=True)"""
START = {axis: Hyper(axis, f"start {axis}", (0, 1), (0, 1)) for axis in "xy"}


HINTS = {
    "contour": "Click anywhere to set the start",
    "surface": "Drag to turn, scroll to come nearer",
    "side": "Click anywhere to set the start",
}


def rail(state: State, open_slot: int | None) -> list[Any]:
    """The controls beside the map. They depend on which runs there are, not on their values."""
    return [
        area("masters", "All runs", "", _masters(state.letters, len(state.runs))),
        area("runs", "Runs", f"{len(state.runs)} of {limits.RUNS}", _runs(state, open_slot)),
        area("surface", "Surface", "", _surface(state), OF_SURFACE),
        area("weather", "Weather", "", course.weather(state)),
        area("start steps", "Start and steps", "", _start(), OF_SURFACE),
        glossary_list(state.letters),
    ]


def rail_key(state: State, open_slot: int | None) -> str:
    """A text that changes when the rail must be built anew."""
    runs = [
        (
            run.slot,
            SLUGS[type(run.optimizer)],
            run.pinned,
            *course.kinds(run.schedule),
            run.fork and type(run.fork.optimizer),
        )
        for run in state.runs
    ]
    rough = weather.words_of(state.weather), *course.kinds(state.schedule)
    return repr((slug_of(state.landscape), runs, open_slot, state.view.letters, rough))


def shown(sim: Simulation, open_slot: int | None) -> dict[str, dict[str, Any]]:
    """What every control on the page shows: kind -> key -> position, text, choice or state of a switch."""
    state = sim.state
    values: dict[str, dict[str, Any]] = {kind: {} for kind in ("slider", "number", "choice", "switch", "text", "say")}
    for shared, declared in run_edits.MASTERS.items():
        value, mixed = run_edits.master_value(state, shared) or (declared.range[0], None)
        show(values, f"master.{shared}", declared, value)
        if mixed is not False:
            values["number"][f"master.{shared}"] = "mixed" if mixed else ""
    _show_surface(values, state.landscape)
    course.show_weather(values, state)
    for axis, value in zip("xy", state.begin, strict=True):
        values["number"][f"start.{axis}"] = exact(value if state.start else float(f"{value:.6g}"))
    show(values, "steps", course_edits.STEPS, state.n_steps)
    values["number"]["tolerance"] = exact(state.view.tolerance)
    values["text"]["paste"] = ""  # what is read leaves the field
    values["choice"] |= _choices(state)
    for tab in ASKED:
        settings.show(values, tab, getattr(state, tab))
    values["options"] = _runs_offered(sim)
    values["choice"] |= swept.shown(state)
    for kind, known in trained.shown(state).items():
        values[kind] |= known
    values["options"] |= swept.offered(state)
    values["switch"]["view.limits"] = state.view.limits == "on"
    for place, walk in enumerate(sim.walks):
        if walk.run.slot == open_slot:
            _show_run(values, place, walk, state)
    controls = [key for shown in values.values() for key in shown]
    values["dead"] = dead.reasons(sim, controls)
    values["say"] |= _runs_said(sim) | _surface_said(state) | _strip_said(state, values["number"])
    values["say"]["runs.show"] = state.letters.text(_shows(state)) or (
        "" if _begin(state) in values["dead"] else _yours(state)
    )
    values["say"]["map.hint"] = "" if _hint_needs(state) in values["dead"] else HINTS[state.view.map]
    values["ruler"] = ruler.shown(sim) if is_on_surface(state) else ruler.NONE
    return values


def is_on_surface(state: State) -> bool:
    """Whether the tab that is shown has to do with the surface."""
    return state.view.tab not in OFF_SURFACE


def _shows(state: State) -> str:
    return shows(state) if is_on_surface(state) else trained.shows(state)


def _begin(state: State) -> str:
    """The menu of what there is to begin with."""
    return "scene" if is_on_surface(state) else "experiment"


def _yours(state: State) -> str:
    return YOURS if is_on_surface(state) else trained.YOURS


def _runs_offered(sim: Simulation) -> dict[str, list[list[str]]]:
    """What a menu of runs offers, of every tab: nobody in particular, then each run."""
    each = [[str(walk.run.slot), walk.label] for walk in sim.walks]
    slots = [(f"{tab}.{name}", what) for tab, cls in ASKED.items() for name, what in settings.settings_of(cls).items()]
    return {key: [["", what.unsaid], *each] for key, what in slots if isinstance(what, settings.Slot)}


def _choices(state: State) -> dict[str, str]:
    """What is chosen, wherever one of a few is."""
    chosen = {"surface": slug_of(state.landscape)}
    for name in ("tab", "map", "arrows", "strip", "detail", "overlay", "rule", "letters"):
        chosen[f"view.{name}"] = getattr(state.view, name)
    if state.view.lesson:
        chosen["view.tab"] = COURSE  # the tab that is shown lies below it
    chosen["view.height"] = "log" if space.is_log(state) else "loss"
    for graph, panel in PANELS.items():
        chosen[f"view.{panel.axis}"] = "log" if curves.is_log(graph, state) else "linear"
        if panel.choice:
            chosen[f"view.{panel.choice}"] = curves.metric(graph, state)
    return chosen


def _runs_said(sim: Simulation) -> dict[str, str]:
    said = {}
    for place, walk in enumerate(sim.walks):
        said[f"run.{place}.label"] = walk.label
        said[f"run.{place}.summary"] = summary(walk, sim.state)
        if is_on_surface(sim.state):
            said[f"run.{place}.end"] = sim.state.letters.text(ending(walk, sim.state.landscape))
    return said


def _surface_said(state: State) -> dict[str, str]:
    surface = state.landscape
    return {
        "title": f"{_titled(state)} – Downslope",
        "surface.name": surface.label,
        "surface.formula": f"f(x, y) = {surface.formula}",
        "surface.question": surface.question,
        "surface.tests": _tests(surface),
        "weather": labels.met(state),
    }


def _titled(state: State) -> str:
    """What the page is called in the list of its like."""
    tab = state.view.tab
    if state.view.lesson:
        return f"{TABS[COURSE]}: {load(state.view.lesson, state.view.lang).title}"
    seen = state.landscape.label if is_on_surface(state) else trained.called(state)
    return {View.tab: seen, COURSE: TABS[COURSE]}.get(tab, f"{TABS[tab]}: {seen}")


def _tests(surface: Surface) -> str:
    """What it tests, and whether its minima are known."""
    if surface.minima_are == "known":
        return surface.tests
    many = len(surface.minima + surface.local_minima)
    found = {0: "No minimum was", 1: "Its minimum was"}.get(many, f"Its {many} minima were")
    return f"{surface.tests} {found} found, by a search that may miss some."


def _strip_said(state: State, numbers: dict[str, str]) -> dict[str, str]:
    """Beside the sliders at hand: the letter and the value of each."""
    said = {}
    for shared, declared in run_edits.MASTERS.items():
        said[f"strip.{shared}"] = numbers[f"master.{shared}"]
        said[f"strip.{shared}.symbol"] = state.letters.hyper(declared).symbol
    return said


def _hint_needs(state: State) -> str:
    """The control that the hint on the map speaks of; looking around is none."""
    return "" if state.view.map == "surface" else "start"


def summary(walk: Walk, state: State) -> str:
    """The numbers that the masters move, and all in which it differs from its like, but for those in its label."""
    run, runs = walk.run, state.runs
    told = set() if run.name else set(labels.apart(run, runs))
    shown = {name for name, declared in hypers(run.optimizer).items() if declared.shared in ("lr", "beta")}
    shown |= set(labels.differing(run, runs))
    fields = (name for name in hypers(run.optimizer) if name in shown - told)
    return labels.in_words(run.optimizer, fields, letters=state.letters)


def ending(walk: Walk, surface: Surface) -> str:
    """How the walk ended, in a few words: why it runs away or has no numbers any more, else its final loss."""
    became = lost(walk, surface)
    if not became:
        return f"final loss {brief(walk.final_loss)}"
    return f"{became.told}: {became.why}" if became.why else became.told


def _show_surface(values: dict[str, dict[str, Any]], surface: Surface) -> None:
    """The numbers of its shape, and of what may stand around it."""
    core, around = layers(surface)
    if isinstance(core, Formula):
        values["text"]["formula.text"] = core.text
        for end, value in zip(ground_edits.ENDS, (end for span in core.window for end in span), strict=True):
            values["number"][f"formula.{end}"] = exact(value)
    for name, declared in hypers(core).items():
        show(values, f"surface.{name}", declared, getattr(core, name))
    there = {type(one): one for one in around}
    for slug, cls in TRANSFORMS.items():
        for name, declared in hypers(cls).items():
            show(values, f"{slug}.{name}", declared, getattr(there.get(cls), name, cls.neutral))


def _show_run(values: dict[str, dict[str, Any]], place: int, walk: Walk, state: State) -> None:
    optimizer = walk.run.optimizer
    values["choice"][f"run.{place}.optimizer"] = SLUGS[type(optimizer)]
    values["text"][f"run.{place}.name"] = walk.run.name
    if walk.run.schedule:
        course.show_schedule(values, walk.run.schedule, f"run.{place}.schedule")
    else:
        values["choice"][f"run.{place}.schedule"] = ""
    if walk.run.fork:
        show(values, f"run.{place}.fork", course_edits.STEPS, walk.run.fork.at)
    for name, declared in hypers(optimizer).items():
        show(values, f"run.{place}.{name}", declared, getattr(optimizer, name))
        if declared.shared == "eps" and is_on_surface(state):
            values["say"][f"run.{place}.{name}.why"] = state.letters.text(_why_eps(walk, getattr(optimizer, name)))


def _why_eps(walk: Walk, eps: float) -> str:
    """Why the slider of ε may seem dead."""
    part = walk.parts[-1]
    own = part.steps if type(part.optimizer) is type(walk.run.optimizer) else slice(0)
    sizes = walk.trajectory.rms_grad[: walk.diverged_at][own]
    if not len(sizes) or sizes.min() <= 10 * eps:
        return ""
    return f"acts where √v is near or below ε; the smallest √v here is {brief(sizes.min())}"


def _masters(letters: Letters, runs: int) -> list[Any]:
    rows: list[Any] = []
    for shared, declared in run_edits.MASTERS.items():
        below = ruler.room(runs) if shared == "lr" else html.Div(className="strip")
        row = [field(f"master.{shared}", declared, letters, " of all runs"), below]
        rows.append(html.Div(row, title="Double-click to make all equal", **{"data-double": f"master.{shared}.equal"}))
    return [*rows, *_presets(letters)]


def _presets(letters: Letters) -> list[Any]:
    """Ways to make the race fair, each saying what it changes."""
    races = [
        button(
            "master.lr.equal",
            letters.text("same η"),
            "One learning rate for every run that is no ghost: the middle of theirs",
        ),
        button(
            "preset.textbook", "defaults", "All numbers of every run that is no ghost back to their textbook values"
        ),
    ]
    betas = [
        button(
            f"preset.beta.{beta}",
            beta,
            letters.text(f"β = {beta} for every run that has one: it remembers {steps} steps"),
        )
        for beta, steps in run_edits.BETAS.items()
    ]
    for_all = html.Span([term("beta", symbol(letters.of("β"))), " for all"], className="note")
    races.append(_tuned(letters))
    budget = html.P(id="tuned-said", className="note", role="status")
    return [html.Div(races, className="presets"), budget, html.Div([for_all, *betas], className="presets")]


def _tuned(letters: Letters) -> html.Button:
    """What the browser does by itself, tile by tile: a race of the Sweep tab."""
    title = letters.text("Every run that is no ghost at its best η here: of a tuned race, in which all have one budget")
    data = {"data-tune": "rates", "data-needs": "preset.tuned"}
    return html.Button("tuned on this surface", className="plain small", title=title, **data, **OF_SURFACE)


def _runs(state: State, open_slot: int | None) -> list[Any]:
    full = len(state.runs) >= limits.RUNS
    first = f"all {limits.RUNS} slots are taken" if full else "+ add a run"
    rows = [_run(state, place, run.slot == open_slot) for place, run in enumerate(state.runs)]
    choose = menu("add", "Add a run", OPTIMIZER_GROUPS, first)
    ways = [choose] if full else [choose, _paste()]
    return [said("runs.show", "shows"), html.Ul(rows, className="runs"), *ways]


def _paste() -> html.Details:
    """The way in for a call as it stands in somebody's code."""
    field = lines_field("paste", "A call of an optimizer", PASTE, "Add it as a run")
    return html.Details(
        [html.Summary("or paste a call", **{"data-needs": "paste"}), field], key="paste", className="paste"
    )


def _run(state: State, place: int, is_open: bool) -> html.Li:
    run = state.runs[place]
    title = html.Button(
        [head(run.slot), *(said(f"run.{place}.{part}", part) for part in ("label", "summary", "end"))],
        className="run-title",
        **{
            "aria-expanded": "true" if is_open else "false",
            "data-action": f"open.{run.slot}",
            "data-slot": run.slot,  # the title alone: who changes a run compares it with the others
            **explained(SLUGS[type(run.optimizer)]),
        },
    )
    classes = "run" + (" pinned" if run.pinned else "") + (" open" if is_open else "")
    ghost = [html.Div(term("ghost", "ghost"), className="ghost")] if run.pinned else []
    return html.Li([title, *ghost, *(_editor(state, place) if is_open else [])], className=classes)


def _editor(state: State, place: int) -> list[Any]:
    run, key = state.runs[place], f"run.{place}"
    optimizer = run.optimizer
    choose = menu(f"{key}.optimizer", "Optimizer", OPTIMIZER_GROUPS)
    rename = text_field(f"{key}.name", "Name of this run", limits.NAME_LENGTH)
    tools = [
        action(f"{key}.up", "up", "Move up"),
        action(f"{key}.down", "down", "Move down"),
        action(f"{key}.duplicate", "copy", "Duplicate"),
        action(f"{key}.pin", "pin", "Unpin" if run.pinned else "Pin as a ghost: master controls leave it alone"),
        course.fork_tool(run, key),
        action(f"{key}.remove", "remove", "Remove"),
    ]
    remembers = {0: "remembers nothing", 1: "remembers 1 number per parameter"}
    memory = remembers.get(optimizer.n_remembered, f"remembers {optimizer.n_remembered} numbers per parameter")
    notes = [html.P(text, className="doc") for text in (optimizer.note, optimizer.warning, memory) if text]
    fields = [field(f"{key}.{name}", how, state.letters) for name, how in hypers(optimizer).items()]
    tools_row = html.Div(tools, className="tools")
    own = [*course.forked(run, key), *course.scheduled(run.schedule, f"{key}.schedule", state.letters, "as all runs")]
    rows = [html.Div([choose, rename], className="pair"), *fields, *own, *notes, tools_row]
    return [html.Div(rows, className="editor")]


def _surface(state: State) -> list[Any]:
    core, around = layers(state.landscape)
    fields = [field(f"surface.{name}", declared) for name, declared in hypers(core).items()]
    if isinstance(core, Formula):
        fields = _typed()
    return [
        said("surface.formula", "formula"),
        *fields,
        said("surface.tests", "doc"),
        _transforms(state.letters, bool(around)),
    ]


def _typed() -> list[Any]:
    """Room for a formula, and for the part of the plane that it is drawn on."""
    ends = [
        html.Label(
            [html.I(end), number_field(f"formula.{end}", replace(ground_edits.WINDOW, symbol=end))], className="point"
        )
        for end in ground_edits.ENDS
    ]
    return [text_field("formula.text", "Formula of x and y", LENGTH), html.Div(ends, className="pair")]


def _transforms(letters: Letters, is_open: bool) -> html.Details:
    """What may stand around the surface."""
    fields = [
        field(f"{slug}.{name}", declared, letters)
        for slug, cls in TRANSFORMS.items()
        for name, declared in hypers(cls).items()
    ]
    title = html.Summary("turn, scale, stretch, move, L2", **{"data-needs": "rotate.degrees"})
    return html.Details([title, *fields], className="around", open=is_open)


def _start() -> list[Any]:
    points = [
        html.Label([html.I(axis), number_field(f"start.{axis}", START[axis])], className="point") for axis in "xy"
    ]
    start = html.Div(points, className="pair", **{"data-area": "start"})
    return [start, html.Div(field("steps", course_edits.STEPS), **{"data-area": "steps"})]


def surface_menu() -> html.Div:
    return menu("surface", "Surface", SURFACE_GROUPS)


def scene_menu() -> html.Div:
    """Comparisons to begin with: what is chosen is brought, and then anybody's own."""
    kept = [(name, one.label) for name, one in SCENES.items() if one.label]
    groups = {"Of this surface": [(ground_edits.OWN, "what it opens with")], "From surface to surface": kept}
    return menu("scene", "A comparison to begin with", groups, "Try…")


def _labels(registry: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, one.label) for name, one in registry.items()]


def _landscape(surface: Surface) -> str:
    """What kind of landscape it is, by what it declares of its minima."""
    if surface.minima_along is not None:
        return "A curve of minima"
    if not surface.minima:
        return "No minimum"
    return "One minimum" if len(surface.minima + surface.local_minima) == 1 else "Several minima"


OPTIMIZER_GROUPS = {
    name: [(slug, cls.label, *([cls.note] if cls.note else [])) for slug, cls in family.items()]
    for name, family in FAMILIES.items()
}
SURFACE_GROUPS = {
    kind: _labels({name: cls for name, cls in LANDSCAPES.items() if _landscape(cls()) == kind})
    for kind in ("One minimum", "Several minima", "A curve of minima", "No minimum")
} | {"Your own": [(TYPED, "Your formula…")]}
