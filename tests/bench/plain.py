"""The yardstick: the same scene as a plain Dash page, whose one callback returns whole figures on every change."""

import dataclasses
import sys
from typing import Any

import plotly.graph_objects as go
from dash import Dash, Input, Output, dcc, html
from granian import Granian
from granian.constants import Interfaces

from app.explore import figures
from app.page.state import State
from app.walks.simulate import simulate

from .scene import QUERY


def create() -> Dash:
    app = Dash(__name__, compress=True, use_async=False, health_endpoint="health")
    graphs = [dcc.Graph(id=name, style={"height": 300}) for name in figures.GRAPHS]
    lr = dcc.Slider(-4, 1, 0.01, value=-2, id="rate", updatemode="drag")
    t = dcc.Slider(0, 500, 1, value=500, id="step", updatemode="drag")
    app.layout = html.Div([lr, t, *graphs])

    @app.callback([Output(name, "figure") for name in figures.GRAPHS], Input("rate", "value"), Input("step", "value"))
    def draw(position: float, step: int) -> list[go.Figure]:
        state, _ = State.from_query(QUERY)
        runs = tuple(
            dataclasses.replace(run, optimizer=dataclasses.replace(run.optimizer, lr=10**position))
            for run in state.runs
        )
        walks = simulate(dataclasses.replace(state, runs=runs))
        return [walked(figures.figure(name, walks), step) for name in figures.GRAPHS]

    return app


def walked(figure: go.Figure, step: int) -> go.Figure:
    """The figure with every path up to a step: what scrubbing means where whole figures travel."""
    for trace in figure.data:
        if trace.type == "scatter" and trace.mode == "lines" and step < 500:
            trace.y = trace.y[: step + 1]
            trace.x = None if trace.x is None else trace.x[: step + 1]
    return figure


def application() -> Any:
    return create().server


if __name__ == "__main__":
    where = {"port": int(sys.argv[sys.argv.index("--port") + 1]), "interface": Interfaces.WSGI, "log_enabled": False}
    Granian("tests.bench.plain:application", factory=True, **where).serve()
