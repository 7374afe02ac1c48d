"""Hyper -> component, and State -> what every control shows.

A control's id is `{kind: key}`; kind and key are what `edits.apply` reads. What a control shows is sent apart from the
components, so that moving one slider moves the others without building them anew.
"""

from typing import Any
from urllib.parse import quote

import dash_mantine_components as dmc
from dash import html

from landscapes import LANDSCAPES
from optim_core import OPTIMIZERS, Hyper, hypers

from . import edits, figures, limits, metrics, scales, theme
from .simulate import Simulation, Walk
from .state import SLUGS, State, number

START = {axis: Hyper(axis, f"start {axis}", (0, 1), (0, 1)) for axis in "xy"}

HINTS = {
    "contour": "Click anywhere to set the start",
    "surface": "Drag to turn, scroll to come nearer",
    "side": "Click anywhere to set the start",
}


def slider(key: str, declared: Hyper) -> dmc.Slider:
    low, high = scales.ends(declared)
    return dmc.Slider(
        id={"slider": key},
        min=low,
        max=high,
        step=(high - low) / 400,
        precision=6,
        label=None,
        size="sm",
        thumbSize=16,
        updatemode="drag",
        thumbLabel=f"{declared.symbol} {declared.doc}",
        domain=[low, high],
    )


def number_field(key: str, declared: Hyper) -> dmc.TextInput:
    """A number typed as text, for 1e-8 is one; sent when left or on Enter."""
    return dmc.TextInput(
        id={"number": key},
        debounce=True,
        size="xs",
        className="number",
        inputProps={"aria-label": f"{declared.symbol} {declared.doc}, number", "inputMode": "decimal"},
    )


def field(key: str, declared: Hyper) -> html.Div:
    """A declared number: its symbol, its meaning, a field to type in and a slider; a flag: a switch."""
    if declared.scale == "switch":
        return html.Div(dmc.Switch(id={"switch": key}, label=declared.doc, size="xs"), className="field")
    name = html.Span([html.I(declared.symbol), html.Span(declared.doc, className="doc")], className="name")
    note = html.Div(className="why", **{"data-text": f"{key}.why"})
    return html.Div([name, number_field(key, declared), slider(key, declared), note], className="field")


def head(slot: int) -> html.Span:
    """The marker of a run, in its colour."""
    outline = theme.HEADS[slot][1]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1.4 -1.4 2.8 2.8"><path d="{outline}"/></svg>'
    look = {"maskImage": f'url("data:image/svg+xml,{quote(svg)}")', "backgroundColor": f"var(--run-{slot})"}
    return html.Span(className="head", style=look)


def action(key: str, icon: str, label: str, **more: Any) -> dmc.ActionIcon:
    return dmc.ActionIcon(
        html.Span(className=f"icon icon-{icon}"),
        id={"action": key},
        variant="subtle",
        color="gray",
        attributes={"root": {"aria-label": label, "title": label}},
        **more,
    )


def button(key: str, label: str, title: str) -> dmc.Button:
    return dmc.Button(
        label,
        id={"action": key},
        size="compact-xs",
        variant="default",
        attributes={"root": {"title": title}},
    )


def rail(state: State, open_slot: int | None) -> list[Any]:
    """The controls beside the map. They depend on which runs there are, not on their values."""
    return [
        _area("masters", "All runs", "", _masters()),
        _area("runs", "Runs", f"{len(state.runs)} of {limits.RUNS}", _runs(state, open_slot)),
        _area("surface", "Surface", "", _surface(state)),
        _area("start", "Start and steps", "", _start()),
    ]


def rail_key(state: State, open_slot: int | None) -> str:
    """A text that changes when the rail must be built anew."""
    runs = [(run.slot, SLUGS[type(run.optimizer)], run.label, run.pinned) for run in state.runs]
    return repr((SLUGS[type(state.landscape)], runs, open_slot))


def filled(components: list[Any], values: dict[str, dict[str, Any]]) -> list[Any]:
    """The same components, showing their values from the first moment."""
    for component in (part for root in components for part in root._traverse()):
        for kind, key in (
            getattr(component, "id", None).items() if isinstance(getattr(component, "id", None), dict) else ()
        ):
            if key in values.get(kind, {}):
                setattr(component, "checked" if kind == "switch" else "value", values[kind][key])
    return components


def shown(sim: Simulation, open_slot: int | None) -> dict[str, dict[str, Any]]:
    """What every control on the page shows: kind -> key -> position, text, choice or state of a switch."""
    state = sim.state
    values: dict[str, dict[str, Any]] = {kind: {} for kind in ("slider", "number", "choice", "switch", "text", "say")}
    for shared, declared in edits.MASTERS.items():
        value, mixed = edits.master_value(state, shared) or (declared.range[0], False)
        _show(values, f"master.{shared}", declared, value)
        if mixed:
            values["number"][f"master.{shared}"] = "mixed"
    for name, declared in hypers(state.landscape).items():
        _show(values, f"surface.{name}", declared, getattr(state.landscape, name))
    for axis, value in zip("xy", state.begin, strict=True):
        values["number"][f"start.{axis}"] = number(value)
    _show(values, "steps", edits.STEPS, state.n_steps)
    for place, walk in enumerate(sim.walks):
        values["say"][f"run.{place}.summary"] = summary(walk)
        values["say"][f"run.{place}.end"] = ending(walk)
        if walk.run.slot == open_slot:
            _show_run(values, place, walk)
    values["number"]["tolerance"] = number(state.view.tolerance)
    for name in ("map", "arrows", "detail", "overlay", "rule"):
        values["choice"][f"view.{name}"] = getattr(state.view, name)
    for graph, name in (("lr", "lr_axis"), ("rms", "rms_axis"), ("third", "panel_axis")):
        values["choice"][f"view.{name}"] = "log" if figures.is_log(graph, state) else "linear"
    values["choice"]["view.panel"] = figures.metric("third", state)
    values["choice"]["surface"] = SLUGS[type(state.landscape)]
    values["say"]["surface.formula"] = f"f(x, y) = {state.landscape.formula}"
    values["say"]["surface.tests"] = state.landscape.tests
    values["say"]["map.hint"] = HINTS[state.view.map]
    values["say"]["third.doc"] = metrics.METRICS[figures.metric("third", state)].doc
    return values


def summary(walk: Walk) -> str:
    """The numbers that the masters move, as η 0.05 · β₂ 0.999."""
    declared = {name: d for name, d in hypers(walk.run.optimizer).items() if d.shared in ("lr", "beta")}
    return "  ".join(f"{d.symbol} {scales.text(getattr(walk.run.optimizer, name))}" for name, d in declared.items())


def ending(walk: Walk) -> str:
    """How the walk ended, in a few words."""
    if walk.diverged_at is not None:
        return f"diverged at step {walk.diverged_at}"
    return f"loss {scales.text(walk.final_loss)}"


def _show(values: dict[str, dict[str, Any]], key: str, declared: Hyper, value: Any) -> None:
    if declared.scale == "switch":
        values["switch"][key] = value
        return
    values["slider"][key] = round(scales.to_position(declared, value), 6)
    values["number"][key] = number(value)


def _show_run(values: dict[str, dict[str, Any]], place: int, walk: Walk) -> None:
    optimizer = walk.run.optimizer
    values["choice"][f"run.{place}.optimizer"] = SLUGS[type(optimizer)]
    values["text"][f"run.{place}.name"] = walk.run.name
    for name, declared in hypers(optimizer).items():
        _show(values, f"run.{place}.{name}", declared, getattr(optimizer, name))
        if declared.shared == "eps":
            values["say"][f"run.{place}.{name}.why"] = _why_eps(walk, getattr(optimizer, name))


def _why_eps(walk: Walk, eps: float) -> str:
    """Why the slider of ε may seem dead."""
    sizes = walk.trajectory.rms_grad[: walk.diverged_at]
    if not len(sizes) or sizes.min() <= 10 * eps:
        return ""
    return f"acts where √v is near or below ε; the smallest √v here is {scales.text(sizes.min())}"


def _area(name: str, title: str, note: str, children: list[Any]) -> html.Section:
    heading = html.Div([html.H2(title), html.Span(note, className="note")], className="card-head")
    return html.Section([heading, *children], className="card", **{"data-area": name, "aria-label": title})


def _masters() -> list[Any]:
    rows: list[Any] = []
    for shared, declared in edits.MASTERS.items():
        row = field(f"master.{shared}", declared)
        rows.append(html.Div(row, title="Double-click to make all equal", **{"data-double": f"master.{shared}.equal"}))
    presets = [
        button("master.lr.equal", "same η", "The same learning rate for every run that is not pinned"),
        button("preset.textbook", "defaults", "Every run at its textbook defaults"),
        *(button(f"preset.beta.{beta}", f"β {beta}", f"β = {beta} for every run") for beta in ("0.5", "0.9", "0.99")),
    ]
    return [*rows, html.Div(presets, className="presets")]


def _runs(state: State, open_slot: int | None) -> list[Any]:
    menu = dmc.Select(
        id={"choice": "add"},
        data=[{"value": slug, "label": cls.label} for slug, cls in OPTIMIZERS.items()],
        placeholder="+ add a run" if len(state.runs) < limits.RUNS else f"all {limits.RUNS} slots are taken",
        disabled=len(state.runs) >= limits.RUNS,
        searchable=True,
        size="sm",
        value=None,
        maxDropdownHeight=360,
        attributes={"input": {"aria-label": "Add a run"}},
    )
    rows = [_run(state, place, run.slot == open_slot) for place, run in enumerate(state.runs)]
    return [html.Ul(rows, className="runs"), menu]


def _run(state: State, place: int, is_open: bool) -> html.Li:
    run = state.runs[place]
    title = html.Button(
        [head(run.slot), html.Span(run.label, className="label"), _said(f"run.{place}.summary", "summary"),
         _said(f"run.{place}.end", "end")],
        id={"action": f"open.{run.slot}"},
        className="run-title",
        **{"aria-expanded": "true" if is_open else "false"},
    )  # fmt: skip
    classes = "run" + (" pinned" if run.pinned else "") + (" open" if is_open else "")
    return html.Li([title, *(_editor(state, place) if is_open else [])], className=classes, **{"data-slot": run.slot})


def _editor(state: State, place: int) -> list[Any]:
    run, key = state.runs[place], f"run.{place}"
    optimizer = run.optimizer
    choose = dmc.Select(
        id={"choice": f"{key}.optimizer"},
        data=[{"value": slug, "label": cls.label} for slug, cls in OPTIMIZERS.items()],
        value=SLUGS[type(optimizer)],
        allowDeselect=False,
        size="xs",
        maxDropdownHeight=360,
        attributes={"input": {"aria-label": "Optimizer"}},
    )
    rename = dmc.TextInput(
        id={"text": f"{key}.name"},
        value=run.name,
        placeholder="name",
        debounce=True,
        size="xs",
        inputProps={"aria-label": "Name of this run", "maxLength": limits.NAME_LENGTH},
    )
    tools = [
        action(f"{key}.up", "up", "Move up", disabled=place == 0),
        action(f"{key}.down", "down", "Move down", disabled=place == len(state.runs) - 1),
        action(f"{key}.duplicate", "copy", "Duplicate", disabled=len(state.runs) >= limits.RUNS),
        action(f"{key}.pin", "pin", "Unpin" if run.pinned else "Pin as a ghost: master controls leave it alone"),
        action(f"{key}.remove", "remove", "Remove", disabled=len(state.runs) == 1),
    ]
    remembers = {0: "remembers nothing", 1: "remembers 1 number per parameter"}
    memory = remembers.get(optimizer.memory, f"remembers {optimizer.memory} numbers per parameter")
    notes = [html.P(text, className="doc") for text in (optimizer.warning, memory) if text]
    fields = [field(f"{key}.{name}", declared) for name, declared in hypers(optimizer).items()]
    tools_row = html.Div(tools, className="tools")
    return [html.Div([html.Div([choose, rename], className="pair"), *fields, *notes, tools_row], className="editor")]


def _surface(state: State) -> list[Any]:
    fields = [field(f"surface.{name}", declared) for name, declared in hypers(state.landscape).items()]
    return [_said("surface.formula", "formula"), _said("surface.tests", "doc"), *fields]


def _start() -> list[Any]:
    points = [
        html.Label([html.I(axis), number_field(f"start.{axis}", START[axis])], className="point") for axis in "xy"
    ]
    return [html.Div(points, className="pair"), field("steps", edits.STEPS)]


def _said(key: str, look: str) -> html.Span:
    """A text that the page fills in."""
    return html.Span(className=look, **{"data-text": key})


def surface_menu() -> dmc.Select:
    return dmc.Select(
        id={"choice": "surface"},
        data=[{"value": slug, "label": cls.label} for slug, cls in LANDSCAPES.items()],
        allowDeselect=False,
        maxDropdownHeight=480,
        attributes={"input": {"aria-label": "Surface"}},
    )
