"""What axe-core says of a page."""

from pathlib import Path
from typing import Any

import axe_playwright_python

from .explorer import Explorer

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
CONTRAST = ("color-contrast", "link-in-text-block")  # the rules that the theme has a part in


def violations(page: Explorer, part: str = "body", rules: tuple[str, ...] = ()) -> list[Any]:
    """What axe-core finds serious or critical in a part of the page: the rule, and where."""
    if not page.js("() => Boolean(window.axe)"):
        page.js(f"() => {{ {AXE}\n}}")  # not a script element, which the page's policy would refuse
    return page.js(
        """async ([part, rules]) => {
            const options = { resultTypes: ["violations"], ...(rules.length ? { runOnly: rules } : {}) };
            const { violations } = await axe.run(part, options);
            return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
                .map(({ id, nodes }) => [id, nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`)]);
        }""",
        [part, rules],
    )
