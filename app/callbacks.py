"""They only connect."""

from typing import Any

from dash import Dash, Input, Output, no_update
from dash.dependencies import ALL, ClientsideFunction
from werkzeug.exceptions import Conflict, UnprocessableEntity

from . import reply


def register(app: Dash) -> None:
    @app.callback(
        Output("reply", "data"), Output("rail", "children"), Input("request", "data"), prevent_initial_call=True
    )
    def answer(request: Any) -> tuple[Any, Any]:
        try:
            data = reply.answer(request)
        except reply.Outdated as reason:
            raise Conflict(str(reason)) from None
        except reply.Malformed as reason:
            raise UnprocessableEntity(str(reason)) from None
        rail = reply.rail(data, request)
        return data, no_update if rail is None else rail

    @app.callback(Output("reading", "data"), Input("probe", "data"), prevent_initial_call=True)
    def read(request: Any) -> Any:
        try:
            return reply.probe(request)
        except reply.Malformed as reason:
            raise UnprocessableEntity(str(reason)) from None

    app.clientside_callback(
        ClientsideFunction("downslope", "edited"),
        Output("edited", "data"),
        Input({"slider": ALL}, "value"),
        Input({"number": ALL}, "value"),
        Input({"text": ALL}, "value"),
        Input({"choice": ALL}, "value"),
        Input({"switch": ALL}, "checked"),
        Input({"action": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("downslope", "received"), Output("edited", "modified_timestamp"), Input("reply", "data")
    )
    app.clientside_callback(
        ClientsideFunction("downslope", "read"), Output("probe", "modified_timestamp"), Input("reading", "data")
    )
