"""A tab whose numbers come in tiles: opened, and waited for until all of them are there."""

from .explorer import Explorer

PATIENCE = 40.0  # s: the machine may be busy
WHOLE = "document.getElementById(document.documentElement.dataset.tab)?.ariaBusy === 'false'"


def opened(page: Explorer, query: str) -> Explorer:
    """The page at an address that names such a tab."""
    page.tab.goto(f"{page.url}?{query}", wait_until="commit")
    page.painted()
    done(page)
    return page


def done(page: Explorer) -> None:
    """Every tile of the tab is there and shown."""
    page.until("downslope.gate.idle()")
    page.told()
    page.until(WHOLE, PATIENCE)
    page.told()
    page.told()
