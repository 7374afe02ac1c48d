"""What stands below the map of a page, as the browser receives it."""

from typing import Any

from app.explore import details
from app.page.state import State
from app.protocol import Ask
from app.screen.arrays import frame
from app.walks.simulate import Simulation, simulate

from ..strategies import unframed


def state(query: str = "", **view: Any) -> State:
    more = "&".join(f"{name}={value}" for name, value in view.items())
    found, notices = State.from_query("?" + "&".join(filter(None, [query.lstrip("?"), more])))
    assert notices == []
    return found


def asked(query: str, t: int, **view: Any) -> tuple[dict[str, Any], Simulation]:
    """The details as the browser receives them, with the table's columns and rows, and the walks they are about."""
    found = state(query, **view)
    told = unframed(frame(details.details(found, Ask(query, t))))
    return told | (told["table"] or {}), simulate(found)


def column(table: dict[str, Any], name: str) -> list[dict[str, Any]]:
    at = table["columns"].index(name)
    return [row["cells"][at] for row in table["rows"]]


def numbers(table: dict[str, Any], name: str) -> list[Any]:
    return [cell["by"] for cell in column(table, name)]
