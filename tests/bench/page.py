"""How fast the page answers: `python -m tests.bench.page [--quick]`.

Opens the real page in headless Chromium with six runs of 500 steps on Rosenbrock, and beside it a plain Dash page that
returns whole figures on every change. The two take turns within one run, at full speed, on a CPU four times slower and
on a line of 10 Mbit/s with 40 ms of delay, so that their ratio means something where milliseconds do not. It prints a
table and one line of JSON; it judges nothing.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from app.main import create_app
from app.walks import simulate
from tests.browser.server import Server
from tests.conftest import launch

from ..strategies import unframed
from . import exports
from .scene import LESSON, QUERY

# Both pages note when all four graphs show the newest change: after the frame in which they were painted.
NOTES = """
(() => {
  const log = (window.bench = { painted: [], key: 0, up: 0, inFlight: 0, most: 0, requests: 0 });
  log.note = () => requestAnimationFrame(() => setTimeout(() => log.painted.push(performance.now()), 0));
  addEventListener("keydown", () => (log.key = performance.now()), true);
  addEventListener("pointerup", () => (log.up = performance.now()), true);
  const plain = window.fetch;
  window.fetch = async (...call) => {
    if (!/_dash-update-component|channel/.test(String(call[0]))) return plain(...call);
    log.requests += 1;
    log.inFlight += 1;
    log.most = Math.max(log.most, log.inFlight);
    try { return await plain(...call); } finally { log.inFlight -= 1; }
  };
})();
"""
# The page's own modules: an import of the address that the page imported gives the same instance.
OURS = """
(() => {
  const ready = setInterval(async () => {
    const entry = document.querySelector("script[src*='main.mjs']");
    if (!entry || document.readyState === "loading") return;
    clearInterval(ready);
    const { $wire_gate: { gate }, $screen_playhead: { playhead } } = await import(entry.src);
    window.bench.playhead = playhead;
    gate.replied.listen(() => window.bench.note());
    if (gate.last) window.bench.note(); // the first view is drawn by then
  }, 1);
})();
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
LINE = {"offline": False, "latency": 40, "downloadThroughput": 10e6 / 8, "uploadThroughput": 10e6 / 8}
CONDITIONS: dict[str, tuple[int, dict[str, Any] | None]] = {"full": (1, None), "4x": (4, None), "line": (1, LINE)}
TARGETS = {  # ours, or ours of plain's
    "load_ms": "",
    "load_kb": "<= 850",
    "update_ms": "<= .18 / .22 of plain",
    "update_p95_ms": "<= 1.6 x median",
    "drag_paints_per_s": ">= 25 / 8",
    "drag_requests": "",
    "drag_in_flight": "<= 1",
    "last_paint_ms": "<= 60 / 250",
    "playback_fps": ">= 58 / 24",
    "scrub_ms": "<= 16",
    "server_ms": "<= 4.5",
    "lesson_ms": "<= 1.2",
    "update_kb": "<= 50",
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
def opened(browser: Browser, subject: Subject, condition: str) -> Iterator[tuple[Page, CDPSession]]:
    """A fresh browser context, with nothing cached, under a condition."""
    slowdown, line = CONDITIONS[condition]
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    cdp.send("Network.enable")
    if line:
        cdp.send("Network.emulateNetworkConditions", line)
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


def first_load(browser: Browser, subject: Subject, condition: str) -> tuple[float, float]:
    """(ms from navigation until the paths are painted, KB over the wire) of one visit."""
    with opened(browser, subject, condition) as (page, cdp):
        arrived: list[float] = []
        cdp.on("Network.loadingFinished", lambda event: arrived.append(event["encodedDataLength"]))
        page.goto(subject.url)
        painted = until(page, "window.bench.painted[0]")
        page.wait_for_timeout(500)
        return painted, sum(arrived) / 1024


def step(page: Page, thumb: str, key: str) -> float:
    """ms from a key on a slider until every panel shows the change."""
    page.bring_to_front()
    page.focus(thumb)
    quiet(page)
    before = page.evaluate("window.bench.painted.length")
    page.keyboard.press(key)
    until(page, f"window.bench.painted.length > {before}")
    return page.evaluate(f"window.bench.painted[{before}] - window.bench.key")


def spread(name: str, spent: list[float]) -> Figures:
    p95 = statistics.quantiles(spent, n=20, method="inclusive")[-1]
    return {f"{name}_ms": statistics.median(spent), f"{name}_p95_ms": p95}


def drag(page: Page, subject: Subject, seconds: float = 2) -> Figures:
    """What happens while the η slider is dragged for two seconds, and after it is let go."""
    page.bring_to_front()
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
    spent = statistics.median(
        step(page, "#step [role=slider]", "ArrowRight" if turn % 2 else "ArrowLeft") for turn in range(times)
    )
    return {"scrub_ms": spent, "playback_fps": 1000 / spent}


def measure(browser: Browser, subjects: tuple[Subject, ...], condition: str, quick: bool) -> dict[str, Figures]:
    """Everything under one condition, the pages taking turns."""
    loads: dict[str, list[tuple[float, float]]] = {one.name: [] for one in subjects}
    for _ in range(2 if quick else 9):
        for one in subjects:
            loads[one.name].append(first_load(browser, one, condition))
    found = {
        name: {"load_ms": statistics.median(ms), "load_kb": statistics.median(kb)}
        for name, (ms, kb) in ((name, zip(*visits, strict=True)) for name, visits in loads.items())
    }
    with ExitStack() as stack:
        pages = {one.name: stack.enter_context(opened(browser, one, condition))[0] for one in subjects}
        for one in subjects:
            pages[one.name].goto(one.url)
            until(pages[one.name], "window.bench.painted[0]")
        spent: dict[str, list[float]] = {one.name: [] for one in subjects}
        for turn in range(4 if quick else 20):
            for one in subjects:
                key = "ArrowRight" if turn % 2 else "ArrowLeft"
                spent[one.name].append(step(pages[one.name], one.slider, key))
        for one in subjects:
            found[one.name] |= spread("update", spent[one.name]) | drag(pages[one.name], one)
        found["ours"] |= playback(pages["ours"]) | scrub(pages["ours"], 50)
        found["plain"] |= plain_scrub(pages["plain"], 3 if quick else 8)
    return found


def served(query: str, times: int) -> tuple[float, float]:
    """(median CPU ms, KB on the wire) of one update of our server, with nothing cached but what the page has."""
    client = create_app().server.test_client()
    first = {"kind": "request", "base": query, "edits": [], "have": {}}
    accept = {"Accept-Encoding": "gzip, deflate, br, zstd"}
    reply = unframed(client.post("/channel", json=first).data)
    have = reply["keys"] | {"rail": reply["rail"]}
    spent = []
    for turn in range(times):
        simulate.forget()
        body = first | {"edits": [["slider", "master.lr", -2 - turn / 100]], "have": have}
        began = time.process_time()
        answered = client.post("/channel", json=body, headers=accept)
        spent.append(1000 * (time.process_time() - began))
        assert answered.status_code == 200, answered.data
    return statistics.median(spent), len(answered.data) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast the page answers, beside a plain Dash page.")
    parser.add_argument("--quick", action="store_true", help="few repetitions")
    parser.add_argument("--condition", action="append", choices=CONDITIONS, help="only under this one; may be repeated")
    options = parser.parse_args()
    command = (sys.executable, "-m", "tests.bench.plain")
    with Server() as our_server, Server(command) as plain_server:
        subjects = (
            Subject("ours", our_server.url + QUERY, OURS, "#rail [data-key='master.lr'] input[type=range]"),
            Subject("plain", plain_server.url, PLAIN, "#rate [role=slider]"),
        )
        with sync_playwright() as playwright:
            browser = launch(playwright)
            table = {
                f"{name} {condition}": row
                for condition in options.condition or CONDITIONS
                for name, row in measure(browser, subjects, condition, options.quick).items()
            }
            browser.close()
    ours = next(row for name, row in table.items() if name.startswith("ours"))
    ours["server_ms"], ours["update_kb"] = served(QUERY, 40)
    ours["lesson_ms"], _ = served(LESSON, 80)
    show(table, exports.measured())


def show(table: dict[str, Figures], files: dict[str, Figures]) -> None:
    print(f"{'':20}{'target':>24}" + "".join(f"{name:>12}" for name in table))
    for name, target in TARGETS.items():
        cells = (f"{row[name]:12.1f}" if name in row else " " * 12 for row in table.values())
        print(f"{name:20}{target:>24}" + "".join(cells))
    for condition in (name.removeprefix("ours ") for name in table if name.startswith("ours ")):
        ours, beside = table[f"ours {condition}"], table[f"plain {condition}"]
        ratios = {name: ours[name] / beside[name] for name in ("load_ms", "load_kb", "update_ms")}
        print(f"ours of plain's, {condition}: " + "  ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items()))
    exports.show(files)
    both = table | {f"export {name}": row for name, row in files.items()}
    print(json.dumps({name: {key: round(value, 2) for key, value in row.items()} for name, row in both.items()}))


if __name__ == "__main__":
    main()
