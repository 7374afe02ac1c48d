"""The fields of the Train tab in a real browser: what every parameter gets, where it goes, and the paths in a plane."""

import base64
import io
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from app.train import asked, plane, work

from . import tiled
from .axe import CONTRAST, violations
from .explorer import DESKTOP, PHONE, TARGET, Explorer, boxes

Array = np.ndarray
FIELDS = """
    const entry = document.querySelector("script[src*='main.mjs']").src;
    const { $train_fields: { fields } } = await import(entry.replace("main.mjs", "train.mjs"));
    const { heat, lines, weights, path } = fields.drawings;
"""
SMALL = "train=n=300~epochs=6~shuffles=1"
TWO = "run=adagrad~lr=0.1&run=sgd~lr=0.05"
NAMES = ("heat", "lines", "weights", "path")


def opened(page: Explorer, query: str = f"{SMALL}&{TWO}") -> Explorer:
    tiled.opened(page, f"tab=train&{query}")
    done(page)
    return page


def done(page: Explorer) -> None:
    """Every tile is there, and what follows from them, in the window that is shown."""
    tiled.done(page)
    of = "heat.of(run).found"
    whole = f"heat.look.runs.every((run) => {of} && !heat.of(run).stale && {of}.at.at(-1) === heat.look.steps)"
    laid = (
        "[heat, lines, weights, path].every((one) => !one || one.laid) && !fields.is_busy() && (!path || path.ground)"
    )
    page.until(f"await (async () => {{ {FIELDS} return heat && {whole} && {laid}; }})()", 60)
    page.told()


def drawn(page: Explorer, what: str) -> Any:
    return page.js(f"async () => {{ {FIELDS} return {what}; }}")


def told(page: Explorer, name: str) -> str:
    return page.tab.locator(f"#train-{name}-told").inner_text()


def trained(page: Explorer) -> list[Any]:
    """The training of each run of the page, by the library."""
    state = page.state
    course = asked.course(state)
    epochs = course.settings.epochs
    return [work.trained(course, asked.subject(state, run), 0, epochs) for run in state.runs]


def in_table(page: Explorer, drawing: str, place: int, column: str) -> Array:
    rows = f"{drawing}.of({drawing}.look.runs[{place}]).found.{column}"
    return np.array(drawn(page, f"{rows}.map((row) => Array.from(row))"), float)


def place(page: Explorer, name: str, where: str) -> tuple[float, float]:
    """A place of a drawing, in px of the screen."""
    plot = page.tab.locator(f"#train-{name}")
    plot.scroll_into_view_if_needed()
    page.told()
    box = plot.bounding_box()
    x, y = drawn(page, where)
    return box["x"] + x, box["y"] + y


def cell(page: Explorer, run: int, part: int, step: int) -> tuple[float, float]:
    plot = f"heat.plots[{run}]"
    return place(page, "heat", f"[{plot}.x({step - 0.5}), {plot}.y({part + 0.5})]")


# --- every parameter at every step ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("quantity", "column"), [("lr", "effective_lr"), ("rms", "rms_grad")])
def test_the_colours_are_of_the_numbers_of_the_training(page: Explorer, quantity: str, column: str) -> None:
    opened(page, f"{SMALL}~quantity={quantity}&{TWO}")
    for run, made in enumerate(trained(page)):
        np.testing.assert_allclose(in_table(page, "heat", run, column), getattr(made, column)[..., 0], rtol=1e-6)
    low, high = drawn(page, "[heat.scale.low, heat.scale.high]")
    values = np.log10(np.concatenate([getattr(made, column)[..., 0].ravel() for made in trained(page)]))
    assert values.min() <= low < high <= values.max()


def test_pointing_at_a_cell_tells_its_number(page: Explorer) -> None:
    opened(page)
    made = trained(page)[0]
    page.tab.mouse.move(*cell(page, 0, 7, 40))
    page.told()
    lines = page.tab.locator("#train-heat .tip div").all_inner_texts()
    name = asked.course(page.state).data.names[7]
    step = int(re.fullmatch(rf"{name}, step (\d+)", lines[0])[1])
    assert abs(step - 40) <= 1
    value = made.effective_lr[step - 1, 7, 0]
    assert lines[1].startswith("AdaGrad ") and float(lines[1].split()[-1]) == pytest.approx(value, rel=5e-3)
    page.tab.mouse.move(2, 2)
    expect(page.tab.locator("#train-heat .tip")).to_be_hidden()


def test_a_click_on_a_row_draws_its_line_and_another_drops_it(page: Explorer) -> None:
    opened(page)
    before = drawn(page, "lines.look.lines")
    assert 7 not in before
    with page.change():
        page.tab.mouse.click(*cell(page, 0, 7, 40))
    done(page)
    assert page.state.train.lines == (*before, 7) and drawn(page, "lines.look.lines") == [*before, 7]
    assert {line[1] for line in drawn(page, "lines.drawn.map(({ run, part }) => [run.slot, part])")} == {*before, 7}
    with page.change():
        page.tab.mouse.click(*cell(page, 1, 7, 10))
    done(page)
    assert drawn(page, "lines.look.lines") == before


def test_by_keys_one_goes_through_the_parameters_and_chooses_lines(page: Explorer) -> None:
    opened(page)
    keys = page.tab.locator("#train-heat .field-keys")
    keys.focus()
    for _ in range(3):
        keys.press("ArrowDown")
    names = asked.course(page.state).data.names
    reading = page.tab.locator("#train-heat [role=status].unseen")
    expect(reading).to_contain_text(f"{names[3]}, step ")
    expect(reading).to_contain_text("AdaGrad ")
    with page.change():
        keys.press("Enter")
    done(page)
    assert 3 in page.state.train.lines
    assert page.js("document.activeElement.closest('#train-heat') !== null"), "the focus stays"


def test_one_run_alone_has_the_whole_field(page: Explorer) -> None:
    opened(page)
    assert drawn(page, "heat.cells.length") == 2
    with page.change():
        page.tab.locator("#train-shown-menu select").select_option(label="SGD")
    done(page)
    assert page.state.train.shown == page.state.runs[1].slot
    assert drawn(page, "heat.cells.map(({ run }) => run.label)") == ["SGD"]
    with page.change():
        page.tab.locator("#train-shown-menu select").select_option(label="all runs")
    done(page)
    assert drawn(page, "heat.cells.length") == 2


# --- weights --------------------------------------------------------------------------------------------------------


def test_the_weights_stand_beside_what_they_should_be(page: Explorer) -> None:
    opened(page, f"{SMALL}&{TWO}&step=20")
    course, (adagrad, sgd) = asked.course(page.state), trained(page)
    np.testing.assert_allclose(drawn(page, "weights.look.least"), course.regression.minimum)
    np.testing.assert_allclose(drawn(page, "weights.look.truth"), course.data.truth)
    name = course.data.names[2]
    page.tab.mouse.move(*place(page, "weights", "[weights.plot.x(0), weights.plot.y(2.5)]"))
    page.told()
    first, *rest = page.tab.locator("#train-weights .tip div").all_inner_texts()
    least, true = re.fullmatch(rf"{name}, least squares (\S+), true (\S+)", first.replace("−", "-")).groups()
    assert float(least) == pytest.approx(course.regression.minimum[2], rel=5e-3)
    assert float(true) == pytest.approx(course.data.truth[2], rel=5e-3)
    for line, made in zip(rest, (adagrad, sgd), strict=True):
        assert float(line.split()[-1].replace("−", "-")) == pytest.approx(made.params[20, 2, 0], rel=5e-3), "at step 20"


# --- the plane ------------------------------------------------------------------------------------------------------


def test_the_plane_holds_as_much_as_numpy_finds(page: Explorer) -> None:
    opened(page)
    points = np.concatenate([made.params[..., 0] for made in trained(page)])
    centred = points - points.mean(axis=0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    shares = sizes**2 / (sizes**2).sum()
    np.testing.assert_allclose(drawn(page, "Array.from(path.plane.shares)"), shares[:2], rtol=1e-4)
    for axis, name in enumerate(("xs", "ys")):
        found = np.concatenate([drawn(page, f"Array.from(path.paths[{run}].values.{name})") for run in (0, 1)])
        wanted = centred @ directions[axis]
        np.testing.assert_allclose(found * np.sign(found @ wanted), wanted, atol=1e-4)
    said = page.tab.locator("#train-share").inner_text()
    percent = float(re.search(r"hold ([\d.]+) % of the variance", said)[1])
    assert percent == pytest.approx(100 * shares[:2].sum(), abs=0.6)


def test_the_ground_is_the_loss_in_the_plane_that_is_shown(page: Explorer) -> None:
    opened(page)
    found = drawn(page, "Object.fromEntries(['origin', 'u', 'v'].map((name) => [name, Array.from(path.plane[name])]))")
    origin, u, v = (np.array(found[name]) for name in ("origin", "u", "v"))
    z = np.array(drawn(page, "path.ground.z.map((row) => Array.from(row))"))
    window = drawn(page, "Array.from(path.ground.window)")
    np.testing.assert_allclose(window, drawn(page, "path.window"), rtol=0.05)
    x, y = plane.places(window, len(z))
    model = asked.course(page.state).regression
    for row, column in ((0, 0), (30, 12), (59, 59)):
        direct = float(model.loss(origin + x[column] * u + y[row] * v))
        assert z[row][column] == pytest.approx(direct, rel=1e-9)


def test_two_weights_may_be_the_plane(page: Explorer) -> None:
    opened(page)
    names = asked.course(page.state).data.names
    across, up = (page.tab.locator(f"#train-{name}-menu select") for name in ("across", "up"))
    expect(up).to_be_hidden()
    with page.change():
        across.select_option(label=names[4])
    done(page)
    with page.change():
        up.select_option(label=names[1])
    done(page)
    assert page.state.train.plane == (4, 1)
    made = trained(page)[0].params[..., 0]
    np.testing.assert_allclose(drawn(page, "Array.from(path.paths[0].values.xs)"), made[:, 4], atol=1e-5)
    np.testing.assert_allclose(drawn(page, "Array.from(path.paths[0].values.ys)"), made[:, 1], atol=1e-5)
    expect(page.tab.locator("#train-share")).to_contain_text(f"{names[4]} and {names[1]} hold")
    with page.change():
        across.select_option(label="principal components")
    done(page)
    assert page.state.train.plane == ()


def test_a_run_that_runs_away_does_not_decide_the_plane(page: Explorer) -> None:
    opened(page, f"{SMALL}&run=adagrad~lr=0.1&run=sgd~lr=1.2")
    expect(page.tab.locator("#train-share")).to_contain_text("Without SGD, which runs away.")
    points = trained(page)[0].params[..., 0]
    low, high = drawn(page, "path.window.slice(0, 2)")
    assert high - low < 4 * np.ptp(points @ np.array(drawn(page, "Array.from(path.plane.u)")))


def test_where_all_run_away_the_plane_is_that_of_where_they_begin(page: Explorer) -> None:
    opened(page, f"{SMALL}&run=sgd~lr=1.2&run=sgd~lr=2")
    expect(page.tab.locator("#train-share")).to_contain_text(
        "SGD η 1.2, SGD η 2 run away: of the steps near the start."
    )
    x0, x1, y0, y1 = drawn(page, "path.window")
    assert max(x1 - x0, y1 - y0) < 1e4
    assert np.isfinite(np.array(drawn(page, "path.ground.z.map((row) => Array.from(row))"))).all()


def test_one_weight_spans_no_plane(page: Explorer) -> None:
    opened(page, f"train=n=300~d=1~epochs=3~shuffles=1&{TWO}")
    expect(page.tab.locator("#train-path .problem")).to_contain_text("spans no plane")
    expect(page.tab.locator("#train-heat canvas")).to_be_visible()


# --- all of them ----------------------------------------------------------------------------------------------------


def test_all_of_them_follow_the_playhead_and_say_so(page: Explorer) -> None:
    opened(page, f"{SMALL}&{TWO}&step=20")
    for name in NAMES:
        expect(page.tab.locator(f"#train-{name}-told")).to_contain_text("step 20")
    made = trained(page)[0]
    value = made.effective_lr[19, :, 0]
    low, high = re.search(r"AdaGrad: from (\S+) \(\w+\) to (\S+) \(\w+\)", told(page, "heat")).groups()
    assert float(low) == pytest.approx(value.min(), rel=5e-3) and float(high) == pytest.approx(value.max(), rel=5e-3)


def test_the_playhead_is_moved_from_within_a_field(page: Explorer) -> None:
    opened(page)
    keys = page.tab.locator("#train-weights .field-keys")
    keys.focus()
    keys.press("Home")
    for _ in range(3):
        keys.press("ArrowRight")
    reading = page.tab.locator("#train-weights [role=status].unseen")
    expect(page.tab.locator("#train-weights-told")).to_contain_text("at step 3,")
    keys.press("ArrowDown")
    value = float(re.search(r"SGD (\S+)$", reading.inner_text())[1].replace("−", "-"))
    assert value == pytest.approx(trained(page)[1].params[3, 1, 0], rel=5e-3)


def test_what_plays_moves_on_the_canvas(page: Explorer) -> None:
    opened(page)
    page.tab.locator("#train-path").scroll_into_view_if_needed()
    page.tab.keyboard.press("Home")
    page.told()
    picture = "document.querySelector('#train-path canvas').toDataURL()"
    first = page.js(picture)
    page.tab.keyboard.press(" ")
    page.until(f"{picture} !== {first!r}")
    page.tab.keyboard.press(" ")


def taken(page: Explorer, button: str) -> tuple[str, bytes]:
    page.tab.locator(".export summary").click()
    with page.tab.expect_download() as coming:
        page.tab.locator(button).click()
    page.tab.keyboard.press("Escape")
    file = coming.value
    return file.suggested_filename, Path(file.path()).read_bytes()


@pytest.mark.parametrize(("name", "word"), [
    ("losses", "during the epoch"), ("heat", "step (one batch each)"), ("lines", "x10"), ("weights", "least squares"),
    ("path", "first principal component"),
])  # fmt: skip
def test_each_is_a_picture(page: Explorer, name: str, word: str) -> None:
    opened(page)
    file, svg = taken(page, f"[data-picture='train-{name} svg']")
    texts = "".join(ElementTree.fromstring(svg).itertext())
    assert file == f"downslope-train-{name}.svg" and word in texts and "AdaGrad" in texts
    assert "Made data" in texts, "what is trained on"
    file, png = taken(page, f"[data-picture='train-{name} png']")
    assert file == f"downslope-train-{name}.png" and png.startswith(b"\x89PNG") and len(png) > 20_000


def test_the_picture_of_the_paths_has_the_ground_of_its_own_window(page: Explorer) -> None:
    """It is wider than the plot on the page, and is covered from side to side."""
    opened(page)
    before = drawn(page, "Array.from(path.ground.window)")
    _, svg = taken(page, "[data-picture='train-path svg']")
    (image,) = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}image")
    raw = base64.b64decode(image.get("href").partition(",")[2])
    sheet = np.array(Image.open(io.BytesIO(raw)).convert("RGBA"))
    assert (sheet[..., 3] == 255).all()
    done(page)
    assert drawn(page, "Array.from(path.ground.window)") == before


def test_axe_finds_nothing(page: Explorer) -> None:
    opened(page)
    assert violations(page, ".fields") == []
    page.tab.emulate_media(color_scheme="dark")
    page.until("document.documentElement.dataset.theme === 'dark'")
    done(page)
    assert violations(page, ".fields", rules=CONTRAST) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_there_is_room_for_them(page: Explorer, size: dict[str, int]) -> None:
    page.tab.set_viewport_size(size)
    opened(page, f"train=data=cars~epochs=3~shuffles=1&{TWO}")
    assert page.js("document.documentElement.scrollWidth <= innerWidth")
    for box in boxes(page, ".field-plot"):
        assert box["width"] > 280 and box["height"] > 280
    if size == PHONE:
        assert all(box["height"] >= TARGET for box in boxes(page, ".field-card select"))


def test_other_data_have_other_parameters(page: Explorer) -> None:
    opened(page)
    with page.change():
        page.tab.locator("header [data-key='train.data'] select").select_option(label="Cars")
    done(page)
    names = asked.course(page.state).data.names
    assert len(names) > 10 and drawn(page, "weights.look.names") == list(names)
    expect(page.tab.locator("#train-share")).to_contain_text("of the variance of all paths")
    points = np.concatenate([made.params[..., 0] for made in trained(page)])
    np.testing.assert_allclose(drawn(page, "Array.from(path.plane.origin)"), points.mean(axis=0), atol=1e-6)


def test_where_nothing_can_be_trained_nothing_is_drawn(page: Explorer) -> None:
    page.tab.goto(f"{page.url}?tab=train&train=data=file", wait_until="commit")
    page.painted()
    page.until("document.querySelector('#train-problem')?.textContent")
    page.told()
    for name in NAMES:
        expect(page.tab.locator(f"#train-{name} canvas")).to_be_hidden()
        expect(page.tab.locator(f"#train-{name}-told")).to_be_empty()
