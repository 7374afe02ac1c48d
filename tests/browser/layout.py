"""What no view of the page may do: hide one part by another, or cut one."""

import itertools

from .explorer import Explorer, boxes

PARTS = "header, .question, .views, #graph-map, .playback, #said > li, .tabs, .panels > .card, #rail > .card"
WHOLE = ".question, .views, .playback, .panels .card-head, .tabs, #said > li, header, .run-title, .presets"
CUT = """selector => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility())
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "auto").map((one) => one.className || one.textContent)"""
OUT = """() => [...document.querySelectorAll(".card *:not(.graph *, .unseen)")].filter((one) => one.checkVisibility())
    .filter((one) => one.getBoundingClientRect().right > one.closest(".card").getBoundingClientRect().right + 0.5)
    .filter((one) => !one.closest(".details, #welcome") && ![...one.closest(".card").querySelectorAll(".segments, .views")]
        .some((row) => row.contains(one) && row !== one && getComputedStyle(row).overflowX === "auto" && row.scrollWidth > row.clientWidth)).map((one) => one.outerHTML.slice(0, 90))"""


def apart(one: dict[str, float], other: dict[str, float]) -> bool:
    across = one["right"] <= other["left"] + 0.5 or other["right"] <= one["left"] + 0.5
    return across or one["bottom"] <= other["top"] + 0.5 or other["bottom"] <= one["top"] + 0.5


def nothing_is_hidden_by_another_or_cut(page: Explorer) -> None:
    seen = boxes(page, PARTS)
    for one, other in itertools.combinations(seen, 2):
        assert apart(one, other), (one, other)
    assert page.js(CUT, WHOLE) == []
    assert page.js(OUT) == []
