"""How soon basins are seen: `python -m tests.bench.basins`. The first pass of a map after a change, and the whole map.

On an idle machine of two cores the first pass should be there within 300 ms, and 256² within 2 s at 200 steps. Every
change is to a rate that nobody has seen before.
"""

import statistics

from playwright.sync_api import sync_playwright

from ..browser.explorer import DESKTOP
from ..browser.server import Server
from ..conftest import launch, watched

ROUNDS = 5
SHOWN = {
    "Himmelblau, Adam": "?f=himmelblau&run=adam~lr=0.1&steps=200&tab=basins",
    "Styblinski-Tang, SGD": "?f=styblinski-tang&run=sgd~lr=0.01&steps=200&tab=basins",
    "Rastrigin, Momentum": "?f=rastrigin&run=momentum~lr=0.002&steps=200&tab=basins",
    "Ackley, Adam": "?f=ackley&run=adam~lr=0.1&steps=200&tab=basins",
}
CHANGE = """async rate => {
    const tab = document.getElementById("basins"), begun = performance.now(), passes = {};
    const seen = new MutationObserver(() => { passes[tab.dataset.pass] ??= performance.now() - begun; });
    seen.observe(tab, { attributeFilter: ["data-pass"] });
    downslope.gate.edit("number", "run.0.lr", String(rate));
    while (!(256 in passes)) await new Promise((done) => setTimeout(done, 5));
    seen.disconnect();
    return passes;
}"""


def main() -> None:
    with Server() as server, sync_playwright() as playwright:
        browser = launch(playwright)
        tab = browser.new_context(viewport=DESKTOP).new_page()
        with watched(tab, server.url) as page:
            for name, query in SHOWN.items():
                tab.goto(f"{page.url}{query}", wait_until="commit")
                page.painted()
                page.until("document.getElementById('basins').dataset.pass === '256'", timeout=60)
                rate = page.state.runs[0].optimizer.lr
                rounds = [page.js(CHANGE, rate * (1 + 0.01 * turn)) for turn in range(1, ROUNDS + 1)]
                medians = {size: statistics.median(one[size] for one in rounds) for size in ("48", "128", "256")}
                print(f"{name:22}" + "".join(f"  {size}² {took:7.0f} ms" for size, took in medians.items()))
        browser.close()


if __name__ == "__main__":
    main()
