"""They only connect."""

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, no_update
from dash.dependencies import ALL, ClientsideFunction
from werkzeug.exceptions import Conflict, UnprocessableEntity

from ..explore import answer as explore
from ..screen.controls import KINDS


def register(app: Dash) -> None:
    @app.callback(
        Output("reply", "data"), Output("rail", "children"), Input("request", "data"), prevent_initial_call=True
    )
    def answer(request: Any) -> tuple[Any, Any]:
        try:
            data = explore.answer(request)
        except explore.Outdated as reason:
            raise Conflict(str(reason)) from None
        except explore.Malformed as reason:
            raise UnprocessableEntity(str(reason)) from None
        rail = explore.rail_of(data, request)
        return data, no_update if rail is None else rail

    for asked, given, answers in (("probe", "reading", explore.probe), ("asked", "told", explore.told)):
        app.callback(Output(given, "data"), Input(asked, "data"), prevent_initial_call=True)(_guarded(answers))

    # one for each kind: Dash gathers all values of a callback's inputs whenever one of them changes
    for kind, shown in KINDS.items():
        app.clientside_callback(
            ClientsideFunction("downslope", "edited"),
            Output(f"edited-{kind}", "data"),
            Input({kind: ALL}, shown),
            prevent_initial_call=True,
        )


def _guarded(answers: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def answer(request: Any) -> Any:
        try:
            return answers(request)
        except explore.Malformed as reason:
            raise UnprocessableEntity(str(reason)) from None

    return answer
