"""Surfaces open with their scenes, and the classic demonstration takes three gestures."""

import numpy as np
import pytest
from playwright.sync_api import expect

from app.page.labels import labels
from app.page.scenes import SCENES, YOURS
from app.page.state import State, scene
from app.walks.simulate import Walk, simulate
from landscapes import LANDSCAPES

from .explorer import Explorer

CLASSIC = SCENES["classic"]
RMSPROPS, SGD, ADAM = (0, 1, 2), 3, 4


def walks(page: Explorer) -> tuple[Walk, ...]:
    """What the address says, walked; and the painted paths end there."""
    found = simulate(page.state).walks
    for walk in found:
        if walk.diverged_at is None:
            trace = page.trace(f"map-path-{walk.run.slot}")
            shown = [trace["x"][-1], trace["y"][-1]]
            wanted = np.clip(walk.trajectory.params[-1], -1e30, 1e30)  # as far as anything is drawn
            np.testing.assert_allclose(shown, wanted, rtol=1e-5, atol=1e-6)
    return found


def away(walk: Walk) -> float:
    return float(np.linalg.norm(walk.trajectory.params[-1]))


def lines(page: Explorer, panel: str, place: int) -> list[np.ndarray]:
    """The curves of a run in a panel, as Plotly has them: of x and of y, or the one there is."""
    slot = page.state.runs[place].slot
    ends = ("x", "y") if panel in ("lr", "rms") else ("",)
    return [np.array(page.trace(f"{panel}-path-{slot}-{axis}")["y"], float) for axis in ends]


def test_choosing_a_surface_brings_its_scene_until_a_run_is_touched(page: Explorer) -> None:
    page.open()
    for slug in ("himmelblau", "rosenbrock", "ackley"):
        page.choose("surface", LANDSCAPES[slug].label)
        assert page.query == f"?f={slug}"
        assert page.state == scene(slug)
        expect(page.runs).to_have_text(list(labels(scene(slug).runs)))
        assert page.said_at("runs.show") == SCENES[slug].shows[slug]
        assert int(page.shown("steps")) == scene(slug).n_steps
    page.type("master.lr", "0.03")
    mine = page.state.runs
    assert page.said_at("runs.show") == YOURS
    page.choose("surface", LANDSCAPES["booth"].label)
    assert page.state.runs == mine
    page.choose("scene", "what it opens with")
    assert page.query == "?f=booth"
    expect(page.control("choice", "scene")).to_have_value("")


def test_nothing_moves_in_the_rail_when_the_words_change(page: Explorer) -> None:
    page.open("?f=rastrigin")
    below = "document.querySelector('.runs').getBoundingClientRect().y"
    began = page.js(below)
    page.type("master.lr", "0.03")
    assert page.said_at("runs.show") == YOURS
    assert page.js(below) == began
    texts = [text for one in SCENES.values() for text in one.shows.values()]
    filled = "document.querySelector('[data-text=\"runs.show\"]').textContent"
    for text in texts:
        assert page.js(f"text => {{ {filled} = text; return {below} }}", text) == began, text


def test_the_classic_demonstration_in_three_gestures(page: Explorer) -> None:
    page.open()
    page.choose("scene", CLASSIC.label)  # the first
    assert page.state == scene("classic", "valley")
    assert page.shown("master.lr") == "0.01" and page.shown("steps") == "400"
    assert page.said_at("runs.show") == CLASSIC.shows["valley"]
    on_the_valley(page)
    page.type("master.lr", "0.03")  # the second
    for walk in walks(page)[:2]:
        np.testing.assert_allclose(np.abs(walk.trajectory.params[-1]), 0.015, rtol=0.02)
    page.type("master.lr", "0.06")
    assert walks(page)[SGD].trajectory.loss[-1] > 1e20, "η κ = 2.4 > 2"
    page.type("master.lr", "0.01")
    for slug, check in {"bowl": on_the_bowl, "rosenbrock": on_rosenbrock, "ackley": on_ackley}.items():
        page.choose("surface", LANDSCAPES[slug].label)  # the third
        assert page.state == scene("classic", slug)
        assert page.said_at("runs.show") == CLASSIC.shows[slug]
        check(page)


def on_the_valley(page: Explorer) -> None:
    found = walks(page)
    assert max(away(found[place]) for place in RMSPROPS) < 0.01 < 0.04 < min(away(found[SGD]), away(found[ADAM]))
    for place in (*RMSPROPS, ADAM):
        x, y = lines(page, "lr", place)
        assert x[0] / y[0] == pytest.approx(50 / 2.6, rel=1e-3), "as far apart as the gradients"
        below = lines(page, "rms", place)
        for rate, rms in zip((x, y), below, strict=True):
            clear = rms > 1e-2  # where ε does not count
            np.testing.assert_array_less(
                np.diff(rate[clear]) * np.diff(rms[clear]), 1e-9
            )  # one falls as the other rises
    for rate in lines(page, "lr", SGD):
        assert set(np.round(rate, 7)) == {0.01}
    for place, beta in enumerate((0.5, 0.9, 0.99)):
        (steps,) = lines(page, "third", place)
        assert steps[0] == pytest.approx(np.sqrt(2) * 0.01 / np.sqrt(1 - beta), rel=1e-3)
        assert steps[0] > 1.3 * np.median(steps)
    (first, last) = lines(page, "third", ADAM)[0][[0, -1]]
    assert first == pytest.approx(0.01 * np.sqrt(2), rel=1e-3) and last < first / 5


def on_the_bowl(page: Explorer) -> None:
    found = walks(page)
    assert max(away(found[place]) for place in RMSPROPS) < 0.01 < 0.04 < away(found[SGD]) < away(found[ADAM])
    rates = [lines(page, "lr", place) for place in RMSPROPS]
    assert all(x[0] / y[0] == pytest.approx(1.6 / 2.4, rel=1e-3) for x, y in rates)


def on_rosenbrock(page: Explorer) -> None:
    found = walks(page)
    assert found[SGD].diverged_at == 6
    ends = [round(float(found[place].trajectory.params[-1, 0]), 2) for place in (*RMSPROPS, ADAM)]
    assert ends == [0.54, 0.62, -0.03, -0.89]
    x, _ = lines(page, "lr", 0)
    assert x.max() > 100 * x[0], "the rate of x grows as the walls are left behind"


def on_ackley(page: Explorer) -> None:
    for walk in walks(page):
        np.testing.assert_allclose(walk.trajectory.params[-1], (-2.97, 1.98), atol=0.01)
    page.type("master.lr", "0.1")
    found = walks(page)
    assert away(found[2]) < 0.1 < 3 < min(away(found[0]), away(found[1]), away(found[ADAM]))


def test_a_link_to_a_surface_is_a_link_to_its_scene(page: Explorer) -> None:
    page.open("?f=six-hump-camel")
    assert page.state == State(LANDSCAPES["six-hump-camel"]())
    assert len({round(walk.final_loss, 1) for walk in walks(page)}) == 3
