"""What a control of Dash's sends goes to the browser's own code; no callback asks the server."""

from dash import Dash, Input, Output
from dash.dependencies import ALL, ClientsideFunction

from ..screen.controls import KINDS


def register(app: Dash) -> None:
    # one for each kind: Dash gathers all values of a callback's inputs whenever one of them changes
    for kind, shown in KINDS.items():
        app.clientside_callback(
            ClientsideFunction("downslope", "edited"),
            Output(f"edited-{kind}", "data"),
            Input({kind: ALL}, shown),
            prevent_initial_call=True,
        )
