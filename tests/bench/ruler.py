"""What the ruler under η costs: `python -m tests.bench.ruler [--turns N]`.

Two servers of the same page, one of them without the ruler, take turns in two pages of one browser: ms from a key on
the slider of η until every panel shows it, for six runs of 500 steps and for a lesson of three. The p95 with it should
be at most 1.1 times that without. It prints a table and one line of JSON; it judges nothing.
"""

import argparse
import json
import sys
from contextlib import ExitStack
from typing import Any

from dash import html
from granian import Granian
from granian.constants import Interfaces
from playwright.sync_api import sync_playwright

from app.explore import ruler
from app.main import create_app
from tests.browser.server import Server
from tests.conftest import launch

from .page import OURS, Subject, opened, spread, step, until
from .scene import LESSON, QUERY

SLIDER = "#rail [data-key='master.lr'] input[type=range]"


def ruled() -> Any:
    return create_app().server


def unruled() -> Any:
    """The same page without the ruler: nothing is marked, drawn or asked for."""
    ruler.shown = lambda sim: {"key": "", "marks": [], "meaning": ""}  # type: ignore[assignment]
    ruler.room = html.Div  # type: ignore[assignment]
    return create_app().server


def measure(query: str, turns: int) -> dict[str, dict[str, float]]:
    names = ("ruled", "unruled")
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(Server((sys.executable, "-m", "tests.bench.ruler", "--serve", name)))
            for name in names
        }
        subjects = {name: Subject(name, servers[name].url + query, OURS, SLIDER) for name in names}
        browser = launch(stack.enter_context(sync_playwright()))
        pages = {name: stack.enter_context(opened(browser, one, "full"))[0] for name, one in subjects.items()}
        for name, one in subjects.items():
            pages[name].goto(one.url)
            until(pages[name], "window.bench.painted[0] && document.querySelector('.run')")
        spent: dict[str, list[float]] = {name: [] for name in names}
        for turn in range(turns):
            for name in names:
                spent[name].append(step(pages[name], SLIDER, "ArrowRight" if turn % 2 else "ArrowLeft"))
        return {name: spread("update", ms) for name, ms in spent.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="What the ruler under η costs an update.")
    parser.add_argument("--turns", type=int, default=40)
    options = parser.parse_args()
    table = {name: measure(query, options.turns) for name, query in (("six", QUERY), ("lesson", LESSON))}
    for name, row in table.items():
        print(
            f"{name:8}"
            + "".join(f"{who:>9} {ms['update_ms']:6.1f} p95 {ms['update_p95_ms']:6.1f}" for who, ms in row.items())
        )
        ratio = row["ruled"]["update_p95_ms"] / row["unruled"]["update_p95_ms"]
        print(f"{'':8} p95 with it / without {ratio:.2f}, wanted <= 1.1")
    print(json.dumps(table))


if __name__ == "__main__":
    if "--serve" in sys.argv:
        target = f"tests.bench.ruler:{sys.argv[sys.argv.index('--serve') + 1]}"
        where = {
            "port": int(sys.argv[sys.argv.index("--port") + 1]),
            "interface": Interfaces.WSGI,
            "log_enabled": False,
        }
        Granian(target, factory=True, **where).serve()
    else:
        main()
