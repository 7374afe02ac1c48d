"""How fast the page answers: `python -m tests.bench.page [--quick]`.

Opens the real page in headless Chromium with six runs of 500 steps on Rosenbrock, and beside it a plain Dash page that
returns whole figures on every change, and prints one table and one line of JSON, at normal and at a quarter of the
CPU's speed. It reports; it judges nothing.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dash import Dash
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from app.explore import answer as reply
from app.main import create_app
from app.walks import simulate
from tests.browser.server import Server
from tests.conftest import launch

from . import exports, plain
from .scene import QUERY

# Both pages note when all four graphs show the newest change: after the frame in which they were painted.
NOTES = """
(() => {
  const log = (window.bench = { painted: [], key: 0, up: 0, inFlight: 0, most: 0, requests: 0 });
  log.note = () => requestAnimationFrame(() => setTimeout(() => log.painted.push(performance.now()), 0));
  addEventListener("keydown", () => (log.key = performance.now()), true);
  addEventListener("pointerup", () => (log.up = performance.now()), true);
  const plain = window.fetch;
  window.fetch = async (...call) => {
    if (!String(call[0]).includes("_dash-update-component")) return plain(...call);
    log.requests += 1;
    log.inFlight += 1;
    log.most = Math.max(log.most, log.inFlight);
    try { return await plain(...call); } finally { log.inFlight -= 1; }
  };
})();
"""
OURS = """
addEventListener("DOMContentLoaded", async () => {
  const { src } = document.querySelector("script[src*='main.mjs']");
  const [{ gate }, { playhead }] =
    await Promise.all(["wire/gate.js", "screen/playhead.js"].map((name) => import(new URL(name, src))));
  gate.replied.listen(window.bench.note);
  window.bench.playhead = playhead;
});
"""
PLAIN = """
(() => {
  const seen = new Set();
  const note = (gd) => {
    if (!(gd.data || []).some((trace) => trace.mode === "lines")) return;
    seen.add(gd);
    if (seen.size === 4) (seen.clear(), window.bench.note());
  };
  setInterval(() => {
    for (const gd of document.querySelectorAll(".js-plotly-plot:not([data-seen])")) {
      gd.dataset.seen = 1;
      gd.on("plotly_afterplot", () => note(gd));
      note(gd);
    }
  }, 5);
})();
"""
TARGETS = {
    "load_kb": "<= 1331",
    "load_ms": "<= 0.6 plain",
    "update_ms": "<= 45",
    "update_p95_ms": "<= 90",
    "drag_paints_per_s": ">= 15",
    "drag_requests": "",
    "drag_in_flight": "<= 1",
    "last_paint_ms": "<= 100",
    "playback_fps": ">= 55",
    "scrub_ms": "<= 16",
    "server_ms": "<= 6",
    "update_kb": "<= 140",
}
Figures = dict[str, float]


@dataclass(frozen=True)
class Subject:
    """A page under measurement: its address, how it notes its paints, and the thumb of its η slider."""

    name: str
    url: str
    script: str
    slider: str


@contextmanager
def opened(browser: Browser, subject: Subject, slowdown: int) -> Iterator[tuple[Page, CDPSession]]:
    """A fresh browser context, with nothing cached, on a CPU this many times slower."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    cdp.send("Network.enable")
    page.add_init_script(NOTES + subject.script)
    yield page, cdp
    context.close()


def until(page: Page, expression: str, seconds: float = 60) -> Any:
    """Wait until an expression of the page is true; its value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = page.evaluate(expression)
        if value:
            return value
        time.sleep(0.01)
    raise TimeoutError(expression)


def quiet(page: Page) -> None:
    """Wait until nothing has been painted for a while."""
    page.wait_for_timeout(400)
    until(page, "window.bench.inFlight === 0 && performance.now() - window.bench.painted.at(-1) > 700")


def first_load(browser: Browser, subject: Subject, slowdown: int, times: int) -> Figures:
    """Bytes over the wire, and ms from navigation until the paths are painted."""
    painted, sizes = [], []
    for _ in range(times):
        with opened(browser, subject, slowdown) as (page, cdp):
            arrived: list[float] = []
            cdp.on("Network.loadingFinished", lambda event, to=arrived: to.append(event["encodedDataLength"]))
            page.goto(subject.url)
            painted.append(until(page, "window.bench.painted[0]"))
            page.wait_for_timeout(500)
            sizes.append(sum(arrived) / 1024)
    return {"load_ms": statistics.median(painted), "load_kb": statistics.median(sizes)}


def steps(page: Page, thumb: str, times: int) -> list[float]:
    """ms from a key on a slider until every panel shows the change, for each of several keys."""
    page.focus(thumb)
    spent = []
    for turn in range(times):
        quiet(page)
        before = page.evaluate("window.bench.painted.length")
        page.keyboard.press("ArrowRight" if turn % 2 else "ArrowLeft")
        until(page, f"window.bench.painted.length > {before}")
        spent.append(page.evaluate(f"window.bench.painted[{before}] - window.bench.key"))
    return spent


def updates(page: Page, subject: Subject, times: int) -> Figures:
    spent = steps(page, subject.slider, times)
    p95 = statistics.quantiles(spent, n=20, method="inclusive")[-1]
    return {"update_ms": statistics.median(spent), "update_p95_ms": p95}


def drag(page: Page, subject: Subject, seconds: float = 2) -> Figures:
    """What happens while the η slider is dragged for two seconds, and after it is let go."""
    quiet(page)
    box = page.locator(subject.slider).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("Object.assign(window.bench, { painted: [], requests: 0, most: 0 })")
    began, turn = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        turn += 1
        page.mouse.move(x - 60 + abs(120 - turn % 240), y)
        time.sleep(0.008)
    during = page.evaluate("window.bench.painted.length")
    page.mouse.up()
    until(page, "window.bench.painted.length > 0")
    quiet(page)
    log = page.evaluate("window.bench")
    return {
        "drag_paints_per_s": during / seconds,
        "drag_requests": log["requests"],
        "drag_in_flight": log["most"],
        "last_paint_ms": max(0.0, log["painted"][-1] - log["up"]),
    }


def playback(page: Page) -> Figures:
    """Frames a second while our page plays."""
    quiet(page)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    read = "[window.bench.playhead.frames, performance.now()]"
    frames, at = page.evaluate(read)
    page.wait_for_timeout(2000)
    later, then = page.evaluate(read)
    page.keyboard.press("Space")
    return {"playback_fps": 1000 * (later - frames) / (then - at)}


def scrub(page: Page, times: int) -> Figures:
    """ms from moving our scrubber until every panel is painted."""
    quiet(page)
    spent = page.evaluate(
        """async (times) => {
          const range = document.querySelector("#scrubber input"), spent = [];
          for (let i = 0; i < times; i++) {
            await new Promise(requestAnimationFrame);
            const began = performance.now();
            range.value = (i * 37) % 500;
            range.dispatchEvent(new Event("input"));
            spent.push(performance.now() - began);
          }
          return spent;
        }""",
        times,
    )
    return {"scrub_ms": statistics.median(spent)}


def plain_scrub(page: Page, times: int) -> Figures:
    """The same on the plain page, where every step of the playhead is a reply of its own."""
    spent = statistics.median(steps(page, "#step [role=slider]", times))
    return {"scrub_ms": spent, "playback_fps": 1000 / spent}


def measure(browser: Browser, subject: Subject, slowdown: int, quick: bool) -> Figures:
    found = first_load(browser, subject, slowdown, 1 if quick else 3)
    with opened(browser, subject, slowdown) as (page, _):
        page.goto(subject.url)
        until(page, "window.bench.painted[0]")
        found |= updates(page, subject, 5 if quick else 30) | drag(page, subject)
        if subject.name == "ours":
            return found | playback(page) | scrub(page, 50)
        return found | plain_scrub(page, 3 if quick else 8)


def served(app: Dash, inputs: list[list[Any]]) -> Figures:
    """Time and size of one update on the server, with nothing cached; the first callback answers."""
    client = app.server.test_client()
    output = client.get("/_dash-dependencies").json[0]["output"]
    outputs = [
        dict(zip(("id", "property"), part.rsplit(".", 1), strict=True)) for part in output.strip(".").split("...")
    ]
    spent = []
    for values in inputs:
        simulate.forget()
        changed = f"{values[0]['id']}.{values[0]['property']}"
        call = {"output": output, "outputs": outputs, "inputs": values, "changedPropIds": [changed]}
        began = time.perf_counter()
        answered = client.post("/_dash-update-component", json=call)
        spent.append(1000 * (time.perf_counter() - began))
        assert answered.status_code == 200, answered.data
    return {"server_ms": statistics.median(spent), "update_kb": len(answered.data) / 1024}


def our_inputs(times: int) -> Iterator[list[Any]]:
    first = reply.answer({"base": QUERY, "edits": [], "have": {}})
    have = {**first["keys"], "rail": first["rail"]}
    for turn in range(times):
        value = {"base": QUERY, "edits": [["slider", "master.lr", -2 - turn / 100]], "have": have, "seq": turn}
        yield [{"id": "request", "property": "data", "value": value}]


def plain_inputs(times: int) -> Iterator[list[Any]]:
    for turn in range(times):
        values = (("rate", -2 - turn / 100), ("step", 500))
        yield [{"id": name, "property": "value", "value": value} for name, value in values]


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast the page answers, beside a plain Dash page.")
    parser.add_argument("--quick", action="store_true", help="few repetitions")
    quick = parser.parse_args().quick
    command = (sys.executable, "-m", "tests.bench.plain")
    with Server() as our_server, Server(command) as plain_server:
        subjects = (
            Subject("ours", our_server.url + QUERY, OURS, '[id*="master.lr"] [role=slider]'),
            Subject("plain", plain_server.url, PLAIN, "#rate [role=slider]"),
        )
        with sync_playwright() as playwright:
            browser = launch(playwright)
            table = {
                f"{subject.name} {slowdown}x": measure(browser, subject, slowdown, quick)
                for slowdown in (1, 4)
                for subject in subjects
            }
            browser.close()
    table["ours 1x"] |= served(create_app(), list(our_inputs(40)))
    table["plain 1x"] |= served(plain.create(), list(plain_inputs(10)))
    show(table, exports.measured())


def show(table: dict[str, Figures], files: dict[str, Figures]) -> None:
    print(f"{'':20}{'target':>14}" + "".join(f"{name:>12}" for name in table))
    for name, target in TARGETS.items():
        cells = (f"{row[name]:12.1f}" if name in row else " " * 12 for row in table.values())
        print(f"{name:20}{target:>14}" + "".join(cells))
    exports.show(files)
    both = table | {f"export {name}": row for name, row in files.items()}
    print(json.dumps({name: {key: round(value, 2) for key, value in row.items()} for name, row in both.items()}))


if __name__ == "__main__":
    main()
