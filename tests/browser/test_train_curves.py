"""A training as it is seen epoch by epoch: curves, results, the playhead through all of it, and how it is stopped."""

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Request, expect

from app.page.numbers import brief
from app.train import asked, work
from landscapes import datasets
from optim_core import SGD, Batches, Training, train

from . import tiled
from .axe import CONTRAST, violations
from .explorer import DESKTOP, PHONE, TARGET, Explorer, boxes, middle
from .tiled import done

Array = np.ndarray
PATIENCE = 40_000  # ms: the machine may be busy
SMALL = "train=n=300~d=4~epochs=6~shuffles=3"
TWO = "run=adagrad~lr=0.1&run=sgd~lr=0.05"
LONG = "train=n=2000~d=20~epochs=300~shuffles=5&run=adam~lr=0.01"
STEPS, PER_EPOCH = 60, 10  # of the small one
TRAIN = """
    const entry = document.querySelector("script[src*='main.mjs']").src;
    const { $train_train: { train } } = await import(entry.replace("main.mjs", "train.mjs"));
    const { drawing } = train;
"""
PIXEL = """
    const canvas = document.querySelector("#train-losses canvas");
    const ratio = canvas.width / canvas.clientWidth;
    const pixel = (x, y) => [...canvas.getContext("2d").getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data];
"""


def opened(page: Explorer, query: str = f"{SMALL}&{TWO}") -> Explorer:
    return tiled.opened(page, f"tab=train&{query}")


def drawn(page: Explorer, what: str) -> Any:
    return page.js(f"async () => {{ {TRAIN} return {what}; }}")


def trained(page: Explorer) -> list[Training]:
    """The training of each run of the page, by the library."""
    state = page.state
    course = asked.course(state)
    return [work.trained(course, asked.subject(state, run), 0, course.settings.epochs) for run in state.runs]


def line(page: Explorer, run: int, column: str) -> list[list[float]]:
    """The pixels of a curve, and what they are in the values of its axes."""
    one = f"drawing.drawn.find(({{ run, column }}) => run.place === {run} && column === '{column}')"
    return drawn(
        page,
        f"Array.from({one}.xs, (x, i) => [x, {one}.ys[i], drawing.plot.x_at(x), 10 ** drawing.plot.y_at({one}.ys[i])])",
    )


def cells(page: Explorer) -> list[dict[str, str]]:
    """The rows of the results: column -> what stands there."""
    heads = page.tab.locator("#train-table thead th").all_inner_texts()
    rows = page.tab.locator("#train-table tbody tr")
    return [
        dict(zip(heads, rows.nth(at).locator("th, td").all_inner_texts(), strict=True)) for at in range(rows.count())
    ]


def plot(page: Explorer, where: str) -> tuple[float, float]:
    """A place of the losses, in px of the screen."""
    box = page.tab.locator("#train-losses").bounding_box()
    x, y = drawn(page, where)
    return box["x"] + x, box["y"] + y


# --- numbers --------------------------------------------------------------------------------------------------------


def test_the_curves_are_the_medians_of_the_shuffles(page: Explorer) -> None:
    opened(page)
    for place, made in enumerate(trained(page)):
        for column, values, first in (("loss", made.loss, 0), ("during", made.during, 1)):
            points = np.array(line(page, place, column))
            np.testing.assert_allclose(points[:, 2], PER_EPOCH * (first + np.arange(len(values))), atol=1e-6)
            np.testing.assert_allclose(points[:, 3], np.median(values, axis=1), rtol=1e-9)


def test_the_results_say_what_the_library_finds(page: Explorer) -> None:
    opened(page)
    for row, made in zip(cells(page), trained(page), strict=True):
        first = np.sort(np.where(made.epochs_to(0.3) < 0, np.inf, made.epochs_to(0.3)))
        middle_one = np.median(first)
        told = "not in 6" if np.isinf(middle_one) else brief(float(middle_one))
        assert row["epochs to 0.3"].startswith(told)
        medians = np.median(made.loss, axis=1)
        assert float(row["final loss"]) == pytest.approx(medians[-1], rel=1e-3)
        lowest, epoch = re.match(r"(\S+) \((\d+)\)", row["lowest"]).groups()
        assert float(lowest) == pytest.approx(medians.min(), rel=1e-2) and int(epoch) == medians.argmin()
        assert row["samples seen"] == "1,800" and row["state"] == "trained" and float(row["seconds"]) > 0


def test_the_printed_digits_stand_in_the_results(page: Explorer) -> None:
    opened(page, "train=printed=1")
    assert [row["as printed"] for row in cells(page)][:3] == ["0.243234", "0.249472", "0.244994"]
    expect(page.tab.locator("#train-said")).to_contain_text("Adam needs 33 epochs", timeout=PATIENCE)


def test_of_several_shuffles_there_is_a_band(page: Explorer) -> None:
    opened(page)
    (made, _) = trained(page)
    at = made.loss.max(axis=1) / made.loss.min(axis=1)
    epoch = int(at[1:].argmax()) + 1
    x, y = plot(
        page, f"[drawing.plot.x({epoch * PER_EPOCH}), drawing.plot.y(Math.log10({float(np.median(made.loss[epoch]))}))]"
    )
    page.tab.mouse.move(x, y)
    tip = page.tab.locator("#train-losses .tip")
    expect(tip).to_contain_text(f"epoch {epoch} of 6")
    low, high = (brief(float(value)) for value in (made.loss[epoch].min(), made.loss[epoch].max()))
    expect(tip).to_contain_text(f"({low} to {high})")


def test_a_run_that_diverges_says_so_in_words(page: Explorer) -> None:
    opened(page, f"{SMALL}&run=sgd~lr=1e6&run=adam~lr=0.05")
    (made, _) = trained(page)
    step = int(made.diverged_at.min())
    assert step > 0
    first, second = cells(page)
    assert first["state"] == f"diverged at step {step}" and first["final loss"] == "diverged"
    assert first["epochs to 0.3"] == "not in 6" and second["state"] == "trained"
    low, high = drawn(page, "drawing.full.yaxis.range")
    assert high - low < 6, "what diverges leaves through the frame, and the others keep theirs"
    expect(page.tab.locator("#train-said")).to_contain_text("it will run away")


def test_a_loss_that_leaves_the_numbers_is_no_training_though_the_weights_are_numbers_still(page: Explorer) -> None:
    opened(page, f"{SMALL}&run=sgd~lr=1e3&run=adam~lr=0.05")
    (made, _) = trained(page)
    assert made.diverged_at.max() == -1 and not np.isfinite(made.loss[-1]).any()
    gone = int(np.argmin(np.isfinite(np.median(made.loss, axis=1))))
    assert cells(page)[0]["state"] == f"diverged by epoch {gone}"


def test_losses_that_are_almost_the_same_are_seen_apart(page: Explorer) -> None:
    opened(page, "train=n=300~d=4~epochs=6~shuffles=1~noise=1~weights=0~goal=0.9&run=sgd~lr=0.001&run=sgd~lr=0.05")
    first, last = (line(page, place, "loss")[-1] for place in (0, 1))
    assert abs(first[1] - last[1]) > 4, "px of the screen"
    ticks = drawn(page, "drawing.full.yaxis.tickvals")
    assert len(ticks) >= 3 and len(set(drawn(page, "drawing.full.yaxis.ticktext.map(([text]) => text)"))) == len(ticks)
    expect(page.tab.locator(".of-losses .note")).not_to_contain_text("median", use_inner_text=True)


def test_many_columns_keep_apart(page: Explorer) -> None:
    opened(page, f"train=data=cancer~epochs=4~shuffles=2&{TWO}")
    assert len(cells(page)[0]) > 10
    spills = "[...document.querySelectorAll('#train-table :is(th, td)')].filter((one) => one.scrollWidth > one.clientWidth + 1)"
    assert page.js(f"{spills}.map((one) => one.textContent)") == []


def test_classes_have_an_accuracy(page: Explorer) -> None:
    opened(page, f"train=data=cancer~epochs=4~shuffles=2&{TWO}")
    page.select("train.curve", "accuracy")
    done(page)
    assert page.state.train.curve == "accuracy" and drawn(page, "drawing.columns.length") == 2
    for row, made in zip(cells(page), trained(page), strict=True):
        assert float(row["accuracy"].rstrip(" %")) == pytest.approx(100 * np.median(made.accuracy[-1]), abs=0.06)
        wanted = 100 * np.median(made.validation_accuracy[-1])
        assert float(row["of held out"].rstrip(" %")) == pytest.approx(wanted, abs=0.06)
    page.choose("train.data", "Made data")
    done(page)
    expect(page.control("choice", "train.curve")).to_be_hidden()
    assert drawn(page, "drawing.curve") == "loss"


# --- one playhead ---------------------------------------------------------------------------------------------------


def test_the_keys_move_one_playhead_through_all_of_it(page: Explorer) -> None:
    opened(page)
    page.tab.keyboard.press("Home")
    expect(page.tab.locator("#train-counter")).to_have_text(f"0 / {STEPS}")
    for _ in range(3):
        page.tab.keyboard.press("Shift+ArrowRight")
    page.tab.keyboard.press("ArrowLeft")
    expect(page.tab.locator("#train-counter")).to_have_text(f"29 / {STEPS}")
    heads = page.tab.locator("#train-table thead")
    expect(heads).to_contain_text("loss at 2")
    for row, made in zip(cells(page), trained(page), strict=True):
        assert float(row["loss at 2"]) == pytest.approx(np.median(made.loss[2]), rel=1e-3)
    expect(page.tab.locator("#train-losses-told")).to_contain_text("after epoch 2")
    page.until("location.search.includes('step=29')")
    assert page.state.view.step == 29 and page.state.view.t is None
    at, (x, _) = drawn(page, "[drawing.plot.x(29), drawing.head(drawing.drawn[0], 29)]")
    assert x == pytest.approx(at, abs=0.01)


def test_it_plays_and_stands_where_it_was_stopped(page: Explorer) -> None:
    opened(page)
    page.tab.keyboard.press("Home")
    page.tab.keyboard.press("Space")
    page.until("downslope.playhead.playing() && downslope.playhead.step() > 3")
    page.tab.keyboard.press("Space")
    page.until("!downslope.playhead.playing() && location.search.includes('step=')")
    step = page.js("downslope.playhead.step()")
    page.committed()
    assert page.state.view.step == step
    page.reload()
    done(page)
    assert page.js("downslope.playhead.step()") == step


def test_each_tab_has_its_own_step(page: Explorer) -> None:
    opened(page)
    box = page.tab.locator("#train-scrubber").bounding_box()
    page.tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.until("location.search.includes('step=')")
    step = page.js("downslope.playhead.step()")
    assert 25 <= step <= 35
    page.tab.locator("#tabs .segments").get_by_role("radio", name="Explore").click()
    page.until("downslope.gate.idle() && document.documentElement.dataset.tab === 'explore'")
    assert page.js("downslope.playhead.at_end()")
    expect(page.tab.locator("#counter")).to_have_text(re.compile(r"^(\d+) / \1$"))
    page.tab.locator(".stage [data-play=first]").click()
    page.until("location.search.includes('t=0')")
    page.tab.locator("#tabs .segments").get_by_role("radio", name="Train").click()
    done(page)
    assert page.js("downslope.playhead.step()") == step


def test_the_transport_is_in_sight_wherever_one_reads(page: Explorer) -> None:
    opened(page)
    for place in ("#train-losses", "#train-table", "#train-lines"):
        page.tab.locator(place).scroll_into_view_if_needed()
        page.told()
        play = page.tab.locator(".train [data-play=toggle]")
        box = play.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= DESKTOP["height"]


# --- the runs -------------------------------------------------------------------------------------------------------


def test_pointing_at_a_row_leaves_the_others_faint(page: Explorer) -> None:
    opened(page, "train=n=300~d=4~epochs=6~shuffles=1&run=sgd~lr=0.01&run=sgd~lr=0.1")
    of = f"async () => {{ {TRAIN} {PIXEL} const {{ xs, ys }} = drawing.drawn.find(({{ run }}) => run.place === 1); "
    colour = f"{of} return pixel((xs[0] + xs[1]) / 2, (ys[0] + ys[1]) / 2); }}"
    before = page.js(colour)
    page.tab.locator("#train-table tbody tr").first.hover()
    page.told()
    page.told()
    faint = page.js(colour)
    assert sum(faint[:3]) > sum(before[:3]) + 100, (before, faint)


def test_the_keys_read_a_curve(page: Explorer) -> None:
    opened(page)
    page.tab.locator("#train-losses .field-keys").focus()
    page.tab.keyboard.press("ArrowDown")
    reading = page.tab.locator("#train-losses [role=status].unseen")
    expect(reading).to_contain_text("epoch 6 of 6; AdaGrad; on all data")
    page.tab.keyboard.press("ArrowDown")
    expect(reading).to_contain_text("SGD; on all data")


def test_a_rate_that_moves_trains_its_own_run_again_and_no_other(page: Explorer) -> None:
    opened(page)
    page.requests.clear()
    page.press("master.lr", "ArrowRight")
    done(page)
    everyone = tiles(page.requests)
    assert len({part.rpartition("|")[0] for part in everyone}) == 2
    page.requests.clear()
    page.tab.locator(".run-title").first.click()
    with page.change():
        page.tab.locator(".run.open [data-key$='.lr'] input[type=range]").press("ArrowRight")
    done(page)
    again = {part.rpartition("|")[0] for part in tiles(page.requests)}
    assert len(again) == 1 and again.pop().startswith("adagrad")
    for row, made in zip(cells(page), trained(page), strict=True):
        assert float(row["final loss"]) == pytest.approx(np.median(made.loss[-1]), rel=1e-3)


def tiles(requests: list[Request]) -> list[str]:
    """The stretches of trainings that were asked for."""
    asked_for = [
        request.post_data_json for request in requests if request.post_data and '"kind":"tile"' in request.post_data
    ]
    return [one["part"] for one in asked_for if re.search(r"\|\d+-\d+$", one["part"])]


# --- long trainings -------------------------------------------------------------------------------------------------


def test_what_diverges_in_one_stretch_of_many_says_its_own_step(page: Explorer) -> None:
    opened(page, "run=sgd~lr=1.2")
    step = min(train(SGD(1.2), datasets.made().regression(), Batches(seeds=5), 50).diverged_at)
    (row,) = cells(page)
    assert row["state"] == f"diverged at step {step}"


def test_a_long_training_shows_how_far_it_is_and_can_be_stopped(page: Explorer) -> None:
    page.tab.goto(f"{page.url}?tab=train&{LONG}", wait_until="commit")
    page.painted()
    cancel = page.tab.get_by_role("button", name="Cancel")
    cancel.wait_for(timeout=PATIENCE)
    places = boxes(page, ".train .card")
    progress = page.tab.locator("#train-progress")
    expect(progress).to_contain_text(re.compile(r"epoch [1-9]\d* of 300"), timeout=PATIENCE)
    began = page.js("performance.now()")
    with page.change():
        # a light request passes
        page.js("downslope.playhead.actions.first()")
    assert page.js("performance.now()") - began < 8000
    cancel.focus()
    page.tab.keyboard.press("Enter")
    expect(progress).to_contain_text(re.compile(r"^stopped at epoch \d+ of 300"))
    (row,) = cells(page)
    assert re.fullmatch(r"stopped at epoch \d+ of 300", row["state"])
    page.requests.clear()
    page.tab.wait_for_timeout(400)
    assert tiles(page.requests) == [] and cells(page) == [row]
    assert boxes(page, ".train .card") == places, "nothing moves while numbers come"
    longest = "stopped at epoch 1000 of 1000"
    page.js("words => { document.querySelector('#train-progress .counter').textContent = words; }", longest)
    assert boxes(page, ".train .card") == places, "nor where its words are as long as they become"
    page.tab.get_by_role("button", name="Go on").click()
    page.until(f"document.querySelector('#train-table tbody tr').lastChild.textContent !== {row['state']!r}")
    expect(page.tab.get_by_role("button", name="Cancel")).to_be_visible()
    page.tab.goto("about:blank")  # its tiles would go on


def test_on_a_phone_how_far_it_is_covers_nothing_that_one_chooses(page: Explorer) -> None:
    page.tab.set_viewport_size(PHONE)
    page.tab.goto(
        f"{page.url}?tab=train&train=data=cancer~epochs=1000~shuffles=20&run=adam~lr=0.01", wait_until="commit"
    )
    page.painted()
    page.tab.get_by_role("button", name="Cancel").click(timeout=PATIENCE)
    expect(page.tab.locator("#train-progress")).to_contain_text("stopped at epoch")
    words, button = (page.tab.locator(f"#train-progress {one}").bounding_box() for one in (".counter", "button"))
    choice = page.control("choice", "train.curve").bounding_box()
    assert words["x"] + words["width"] <= button["x"] and button["x"] + button["width"] <= choice["x"]
    assert page.js("document.querySelector('#train-progress .counter').scrollWidth") <= words["width"] + 1
    page.tab.goto("about:blank")  # its tiles would go on


# --- for everyone ---------------------------------------------------------------------------------------------------


def test_nothing_serious_stands_in_anyones_way(page: Explorer) -> None:
    opened(page)
    assert violations(page, "#train") == []
    page.tab.emulate_media(color_scheme="dark")
    page.until("document.documentElement.dataset.theme === 'dark'")
    done(page)
    assert violations(page, "#train", rules=CONTRAST) == []


def test_on_a_phone_curves_and_playhead_share_the_screen(page: Explorer) -> None:
    page.tab.set_viewport_size(PHONE)
    opened(page)
    assert page.js("document.documentElement.scrollWidth <= innerWidth")
    losses = page.tab.locator("#train-losses").bounding_box()
    transport = page.tab.locator(".train .playback").bounding_box()
    assert losses["y"] + 200 < transport["y"] and transport["y"] + transport["height"] <= PHONE["height"] + 1
    for box in boxes(page, ".train .playback button"):
        assert box["width"] >= TARGET and box["height"] >= TARGET, box
    page.tab.mouse.click(*middle(page.tab.locator(".train [data-play=first]")))
    expect(page.tab.locator("#train-counter")).to_have_text(f"0 / {STEPS}")


def test_a_slide_has_losses_and_paths_beside_each_other(page: Explorer) -> None:
    page.tab.set_viewport_size(DESKTOP)
    opened(page, f"{SMALL}&{TWO}&present=on")
    losses, paths = (page.tab.locator(f".of-{name}").bounding_box() for name in ("losses", "path"))
    transport = page.tab.locator(".train .playback").bounding_box()
    header = page.tab.locator("header").bounding_box()
    assert losses["y"] == paths["y"] and losses["x"] + losses["width"] <= paths["x"]
    assert losses["y"] + losses["height"] <= transport["y"]
    assert transport["x"] + transport["width"] <= header["x"]
