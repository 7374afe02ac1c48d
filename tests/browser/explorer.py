"""The page as the tests use it: its controls by the keys they have in the code, its drawings by the names of graphs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response, Route

from app.page.state import State

PLOTLY = "**/plotly.min.js"
PATIENCE = 20.0  # seconds, for a machine that does much else besides
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
ELSEWHERE = "class.test"  # this machine too, but to a browser another one, on plain http
TARGET = 44  # px, what a finger needs
UNAVOIDABLE = (  # Plotly reads pixels of its surface back, and Chromium has no graphics card here
    "Canvas2D: Multiple readback operations",
    "GPU stall due to ReadPixels",
)
# The page's own modules, for the tests alone: an import of the address that the page imported gives the same instance.
EXPOSED = """
(async () => {
    const entry = document.querySelector("script[src*='main.mjs']");
    if (!entry || !document.querySelector(".run")) return null;
    const modules = await import(entry.src);
    const { $wire_gate: { gate }, $screen_playhead: { playhead }, $screen_graphs: { graphs } } = modules;
    const away = () => document.documentElement.dataset.tab !== "explore"; // nothing is drawn in a tab that is not shown
    const settled = () => gate.idle() && (away() || Object.values(graphs).every(({ dirty }) => !dirty));
    const inside = () => graphs.map.overlays;
    return (window.downslope = { modules, gate, playhead, graphs, away, settled, inside });
})()
"""


class Explorer:
    """One tab on one server. It hears what the console says and what is fetched from where."""

    def __init__(self, tab: Page, url: str) -> None:
        self.tab, self.url = tab, url
        self.said: list[str] = []
        self.requests: list[Request] = []
        self.allowed = UNAVOIDABLE
        self._ears = {
            "console": self._hear,
            "pageerror": self._fail,
            "request": self._note,
            "response": self._refused,
        }
        for event, ear in self._ears.items():
            tab.on(event, ear)

    def close(self) -> None:
        for event, ear in self._ears.items():
            self.tab.remove_listener(event, ear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.type}: {message.text}")

    def _fail(self, error: Exception) -> None:
        self.said.append(f"uncaught: {error}")

    def _refused(self, response: Response) -> None:
        if response.status in (409, 422):
            self.said.append(f"refused, status of {response.status}: {(response.request.post_data or '')[:400]}")

    def _note(self, request: Request) -> None:
        self.requests.append(request)

    @property
    def complaints(self) -> list[str]:
        """What the console said beyond what is allowed."""
        return [line for line in self.said if not any(text in line for text in self.allowed)]

    @property
    def strangers(self) -> list[str]:
        """What was fetched from anywhere but the server."""
        home = urlsplit(self.url).netloc
        addresses = [urlsplit(request.url) for request in self.requests]
        return [one.geturl() for one in addresses if one.scheme not in ("data", "blob") and one.netloc != home]

    # moving about

    def open(self, query: str = "") -> None:
        self.tab.goto(f"{self.url}{query}", wait_until="commit")
        self.drawn()

    def reload(self) -> None:
        self.tab.reload(wait_until="commit")
        self.drawn()

    def drawn(self) -> None:
        """Wait for a page that is loading, until Plotly has drawn it too."""
        self.painted()
        self.until("downslope.away() || Object.values(downslope.graphs).every((graph) => graph.is_drawn())")

    def painted(self) -> None:
        """Wait for the first view of a page that is loading."""
        there = "document.querySelector('.run') && document.querySelector('[data-key=surface] select').value"
        self.until(f"(window.downslope || await {EXPOSED}) && downslope.gate.idle() && {there}")

    def settled(self) -> None:
        """Wait until Plotly has what the canvas shows."""
        self.until("downslope.settled()")

    def told(self) -> None:
        """Wait until the controls and the address say what is painted: they follow one frame later."""
        frame = "await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));"
        self.tab.evaluate(f"async () => {{ {frame} {frame} }}")

    def until(self, condition: str, timeout: float = PATIENCE) -> None:
        """Wait for a JavaScript condition. The page's policy forbids eval, and so Playwright's wait_for_function."""
        wait = f"""async (end) => {{
            while (!({condition})) {{
                if (performance.now() > end) return false;
                await new Promise((done) => setTimeout(done, 5));
            }}
            return true;
        }}"""
        now = self.tab.evaluate("performance.now()")
        assert self.tab.evaluate(wait, now + 1000 * timeout), f"not within {timeout} s: {condition}"

    def js(self, expression: str, argument: Any = None) -> Any:
        return self.tab.evaluate(expression, argument)

    @contextmanager
    def without_plotly(self, query: str = "") -> Iterator[Callable[[], None]]:
        """The page before Plotly, which comes when what this yields is called."""
        waiting: list[Route] = []
        self.tab.route(PLOTLY, lambda route: waiting.append(route))
        self.tab.goto(f"{self.url}{query}", wait_until="commit")
        self.painted()

        def let_go() -> None:
            for route in waiting:
                route.continue_()
            self.tab.unroute(PLOTLY)
            self.drawn()
            self.settled()

        yield let_go

    # changing something

    @contextmanager
    def change(self) -> Iterator[None]:
        """What is done inside asks the server; afterwards the answer is painted, and the controls show it."""
        asked = self.js("downslope.gate.requests")
        yield
        self.until(f"downslope.gate.requests > {asked} && downslope.gate.idle()")
        self.told()

    def committed(self) -> None:
        """Wait until the change is over: it has its entry in the history."""
        self.until("downslope.gate.edits.length === 0 && downslope.gate.idle()")
        self.told()

    def control(self, kind: str, key: str) -> Locator:
        """The element that a person works: a button, an input, a select, or a group of radio buttons."""
        if kind == "action":
            return self.tab.locator(f"[data-action='{key}']")
        return self.tab.locator(
            f"[data-control='{kind}'][data-key='{key}']:not(.at-hand [data-key^=master], #sweep .at-hand *, #basins .at-hand *, #train .at-hand *)"
            " :is(input:not([type=radio]), textarea, select, .segments)"
        )

    def slider(self, key: str) -> Locator:
        return self.control("slider", key)

    def press(self, key: str, *names: str) -> None:
        """Move a slider by the keyboard."""
        for name in names:
            with self.change():
                self.slider(key).press(name)

    def type(self, key: str, text: str, kind: str = "number") -> None:
        """Type into a field, and Enter."""
        with self.change():
            self.control(kind, key).fill(text)
            self.control(kind, key).press("Enter")

    def choose(self, key: str, label: str) -> None:
        """Choose from a menu."""
        with self.change():
            self.control("choice", key).select_option(label=label)

    def choose_next(self, key: str) -> None:
        """Choose what follows in a menu, by the keyboard."""
        with self.change():
            self.control("choice", key).press("ArrowDown")

    def select(self, key: str, label: str) -> None:
        """Choose one of a few that stand side by side."""
        with self.change():
            self.control("choice", key).get_by_role("radio", name=label, exact=True).click()

    def act(self, key: str) -> None:
        with self.change():
            self.control("action", key).click()

    @contextmanager
    def dragged(self, x: float, y: float) -> Iterator[None]:
        """The pointer is pressed there while what is inside happens."""
        self.tab.mouse.move(x, y)
        self.tab.mouse.down()
        try:
            yield
        finally:
            self.tab.mouse.up()

    # seeing what is there

    @property
    def query(self) -> str:
        return self.js("location.search")

    @property
    def state(self) -> State:
        """The state that the address names."""
        state, notices = State.from_query(self.query)
        assert notices == []
        return state

    @property
    def runs(self) -> Locator:
        """The names of the runs in the rail, from above."""
        return self.tab.locator(".run-title .label")

    def shown(self, key: str, kind: str = "number") -> str:
        """The text in a field or menu."""
        return self.control(kind, key).input_value()

    def said_at(self, key: str) -> str:
        """The text that the page fills in there."""
        return self.tab.locator(f"[data-text='{key}']").text_content()

    def error(self, key: str) -> Locator:
        """The message beside a field."""
        return self.tab.locator(f"[data-control][data-key='{key}'] .error:not([hidden])")

    def line(self, uid: str) -> list[list[float]]:
        """The pixels [x, y] of a path as it is painted."""
        return self.js(
            """uid => {
                const line = downslope.graphs[uid.split("-")[0]].lines.find(({ trace }) => trace.uid === uid);
                return Array.from(line.xs, (x, i) => [x, line.ys[i]]);
            }""",
            uid,
        )

    def trace(self, uid: str) -> dict[str, Any]:
        """A trace as Plotly has it."""
        self.settled()
        return self.js(
            """uid => {
                const found = downslope.graphs[uid.split("-")[0]].gd.data.find((trace) => trace.uid === uid);
                const arrays = ["x", "y", "z", "u", "v"].filter((name) => found[name]);
                return { ...found, ...Object.fromEntries(arrays.map((name) => [name, Array.from(found[name])])) };
            }""",
            uid,
        )

    def axis(self, graph: str, name: str) -> dict[str, Any]:
        return self.js(
            """([graph, name]) => {
                const { type, range, _offset, _length } = document.getElementById(`graph-${graph}`)._fullLayout[name];
                return { type, range: [...range], offset: _offset, length: _length };
            }""",
            [graph, name],
        )

    def everything(self) -> dict[str, Any]:
        """What can be seen: the address, what the controls show, every painted line."""
        self.settled()
        return self.js(
            """() => ({
                query: location.search,
                runs: [...document.querySelectorAll(".run-title")].map((run) => run.textContent),
                fields: [...document.querySelectorAll("input:not([type=radio]), select")].map((input) => input.value),
                choices: [...document.querySelectorAll("input:checked")].map((input) => input.value),
                sliders: [...document.querySelectorAll("input[type=range]")].map((range) => range.value),
                lines: Object.values(downslope.graphs).flatMap(({ lines }) =>
                    lines.map(({ trace, xs, ys }) => [trace.uid, trace.line.color, ...xs, ...ys].join())),
                ranges: Object.values(downslope.graphs).map(({ gd: { _fullLayout: { xaxis, yaxis } } }) =>
                    [xaxis.range, yaxis.range, xaxis.type, yaxis.type].join()),
            })"""
        )

    def place(self, x: float, y: float) -> tuple[int, int]:
        """The whole pixel of the screen where a point of the map is."""
        found = self.js(
            """([x, y]) => {
                const gd = document.getElementById("graph-map"), { xaxis, yaxis } = gd._fullLayout;
                const box = gd.getBoundingClientRect();
                return [box.x + xaxis._offset + xaxis.l2p(x), box.y + yaxis._offset + yaxis.l2p(y)];
            }""",
            [x, y],
        )
        return round(found[0]), round(found[1])

    def point(self, x: int, y: int) -> tuple[float, float]:
        """The point of the map at a pixel of the screen."""
        return tuple(
            self.js(
                """([x, y]) => {
                    const gd = document.getElementById("graph-map"), { xaxis, yaxis } = gd._fullLayout;
                    const box = gd.getBoundingClientRect();
                    return [xaxis.p2l(x - box.x - xaxis._offset), yaxis.p2l(y - box.y - yaxis._offset)];
                }""",
                [x, y],
            )
        )


def middle(locator: Locator) -> tuple[float, float]:
    """The pixel of the screen in the middle of an element."""
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def boxes(page: Explorer, selector: str) -> list[dict[str, float]]:
    """The boxes of the controls that can be seen."""
    return page.js(
        """selector => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility({ visibilityProperty: true }))
            .map((one) => [one.id || one.dataset.play || one.ariaLabel, one.getBoundingClientRect().toJSON()])
            .map(([name, box]) => ({ name, ...box }))""",
        selector,
    )
