"""The animation shows the walks of the page in the colours of the page, and stays small."""

import io
import re
import time
import tracemalloc

import numpy as np
import pytest
from PIL import Image, ImageColor, ImageFont

from app.export import gif, ink
from app.page.state import Run, State
from app.page.weather import moved
from app.screen import theme
from app.walks.simulate import Walk, simulate
from landscapes import LANDSCAPES, Formula, Surface
from optim_core import OPTIMIZERS, SGD, Adam, Momentum, RMSProp

EIGHT = State(runs=tuple(Run(cls(), slot) for slot, cls in enumerate([*OPTIMIZERS.values()][:8])), n_steps=2000)
NASTY = ["<b>&</b>", "=1+1", "\"'\\", "😀 η₂ ∈", "\u202e\n\t\0", "x" * 200, " ", "日本", "\ud800"]


def opened(state: State) -> Image.Image:
    return Image.open(io.BytesIO(gif.gif(simulate(state))))


def pictures(state: State) -> list[np.ndarray]:
    """Every frame as it is seen, (480, 640, 3)."""
    animation, seen = opened(state), []
    for place in range(animation.n_frames):
        animation.seek(place)
        seen.append(np.asarray(animation.convert("RGB")))
    return seen


def count(picture: np.ndarray, colour: str, part: slice = slice(None)) -> int:
    return int((picture[part] == ImageColor.getrgb(colour)).all(axis=-1).sum())


def test_the_default_view() -> None:
    state = State()
    animation = opened(state)
    assert (animation.format, animation.size, animation.n_frames) == ("GIF", gif.SIZE, gif.FRAMES)
    assert animation.info["loop"] == 0 and animation.info["comment"] == b"Downslope "
    assert len(gif.gif(simulate(state))) < 1_000_000


@pytest.mark.parametrize("surface", [cls() for cls in LANDSCAPES.values()], ids=LANDSCAPES)
def test_one_unit_is_as_long_both_ways_and_the_domain_is_whole(surface: Surface) -> None:
    for runs in (1, 8):
        size = (gif.SIZE[0] - 2 * gif.MARGIN, gif.SIZE[1] - 2 * gif.MARGIN - gif.LINE * (runs // 2 + 2))
        (x0, x1), (y0, y1) = surface.domain
        (left, low), (right, high) = gif.pixels(np.array([(x0, y0), (x1, y1)]), surface, size)
        assert (right - left) / (x1 - x0) == pytest.approx((low - high) / (y1 - y0), rel=0.01)
        assert -1 < left < right < size[0] and -1 < high < low < size[1]


def test_paths_grow() -> None:
    seen = pictures(State())
    upper = slice(0, 400)
    for slot in range(3):
        drawn = [count(picture, theme.COLOURS["light"][slot], upper) for picture in seen[::12]]
        assert 0 < drawn[0] < min(drawn[4], drawn[-1])
    assert count(seen[0], gif.STAR, upper) > 20


def test_a_curve_of_minima_is_dashed_in_the_colour_of_stars() -> None:
    whole, pulled = (
        pictures(State.from_query(f"?f={f}&steps=1")[0])[0] for f in ("factorization", "factorization~l2=3")
    )
    upper = slice(0, 380)
    assert count(whole, gif.STAR, upper) > 500 > 100 > count(pulled, gif.STAR, upper) > 20
    rows = np.flatnonzero((whole[upper] == gif._rgb(gif.STAR)).all(axis=-1).any(axis=1))
    assert len(rows) > 150, "along all of the map"


def test_what_the_runs_meet_is_said_in_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    counter = gif._counter(2, 2)
    monkeypatch.setattr(gif, "_counter", lambda *_: counter)
    monkeypatch.setattr(
        gif, "_text", lambda text, *how, _text=gif._text, **more: said.append(text) or _text(text, *how, **more)
    )
    pictures(State.from_query("?run=adam&steps=2&weather=noise=0.5,0.5&schedule=cosine")[0])
    assert said[:2] == ["Elongated valley, start (−2.6, 1.25)", "noise σ 0.5; seed 0; η: cosine"]
    said.clear()
    many = "noise=0.5,0.2~batch=4~sparse=0.1,0.2~pulse=x,2,3~drift=jump,1,0,50~clip=norm,1"
    pictures(State.from_query(f"?run=adam~schedule=cosine&steps=2&weather={many}")[0])
    assert said[1].startswith("noise σ 0.5 in x") and said[1].endswith("…")
    assert said[2].endswith("; η: cosine")


@pytest.mark.parametrize("mode", theme.TOKENS)
def test_the_colours_are_the_themes(mode: str) -> None:
    state = State.from_query(f"?theme={mode}&steps=4&{'&'.join(['run=adam'] * 8)}")[0]
    last = pictures(state)[-1]
    assert count(last, theme.TOKENS[mode]["panel"]) > 10_000 and count(last, theme.TOKENS[mode]["ink"]) > 20
    for colour in theme.COLOURS[mode]:
        assert count(last, colour) > 20


@pytest.mark.parametrize("n_steps", [1, 2, 98, 99, 100, 101, 300, 2000])
def test_at_most_a_hundred_frames(n_steps: int) -> None:
    shown = gif.steps(n_steps)
    assert shown[0] == 0 and shown[-1] == n_steps and len(shown) == min(n_steps + 1, gif.FRAMES)
    gaps = np.diff(shown)
    assert gaps.min() > 0 and gaps.max() - gaps.min() <= 1


def test_how_long_it_lasts() -> None:
    for n_steps in (1, 30, 2000):
        animation = opened(State(n_steps=n_steps))
        lasts = []
        for place in range(animation.n_frames):
            animation.seek(place)
            lasts.append(animation.info["duration"] / 1000)
        assert sum(lasts[:-1]) <= gif.SECONDS and lasts[-1] == gif.HELD and min(lasts) >= 0.04


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_every_surface(slug: str) -> None:
    seen = pictures(State.from_query(f"?f={slug}&steps=3")[0])
    assert len(seen) == 4
    map_ = seen[0][gif.MARGIN : 380, gif.MARGIN : -gif.MARGIN].reshape(-1, 3)
    assert len(np.unique(map_, axis=0)) > 10, "bands of colour"


def test_a_run_that_diverges_stays_at_its_last_point() -> None:
    state = State(runs=(Run(SGD(lr=1e308), 0), Run(Momentum(lr=0.3), 1), Run(Adam(), 2)), n_steps=900)
    sim = simulate(state)
    assert sim.walks[0].diverged_at == 1 and sim.walks[1].diverged_at
    last = pictures(state)[-1]
    assert count(last, theme.COLOURS["light"][0], slice(0, 380)) > 20, "the start, where it still was"
    assert count(last, theme.COLOURS["light"][1], slice(0, 380)) > 20


def test_a_run_without_a_single_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Walk, "diverged_at", 0)
    assert len(pictures(State(n_steps=2))) == 3


@pytest.mark.parametrize("name", NASTY)
def test_any_name_can_be_drawn(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sim = simulate(State(runs=(Run(Adam(), 0, name), Run(RMSProp(), 1)), n_steps=2))
    monkeypatch.setattr(State, "to_query", lambda self: "")  # it may be longer than an address can be
    assert Image.open(io.BytesIO(gif.gif(sim))).n_frames == 3


def test_without_the_usual_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ink, "FONTS", ("no such font.ttf",))
    for cached in (ink.font_of, ink.has, ink.spelled):
        cached.cache_clear()
    try:
        assert isinstance(ink.font_of(12), ImageFont.FreeTypeFont | ImageFont.ImageFont)
        assert re.fullmatch(r"[ -~]+", ink.spelled("η 0.1, β₂ −3", 12))
        assert opened(State(n_steps=2)).n_frames == 3
    finally:
        for cached in (ink.font_of, ink.has, ink.spelled):
            cached.cache_clear()


def test_eight_long_runs_are_soon_drawn() -> None:
    sim = simulate(EIGHT)
    gif.gif(sim)
    began = time.process_time()
    size = len(gif.gif(sim))
    assert time.process_time() - began < 3, "0.3 s where nothing else runs"
    assert size < 1_500_000


def test_it_needs_little_memory() -> None:
    sim = simulate(EIGHT)
    tracemalloc.start()
    gif.gif(sim)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000


def test_the_comment_leads_back() -> None:
    state = State.from_query("?f=booth&run=adam~lr=0.3~name=%E2%82%AC&steps=5")[0]
    comment = opened(state).info["comment"].decode()
    assert State.from_query(comment.removeprefix("Downslope "))[0] == state


def test_level_lines_are_smooth() -> None:
    """Between a band's colour and that of its line there are steps, as much of a pixel as the line covers."""
    first = pictures(State())[0][10:300, 10:-10].reshape(-1, 3).astype(int)
    ground = first[(np.ptp(first, axis=1) < 60) & (first.min(axis=1) > 100)]
    assert len(np.unique(ground, axis=0)) > 2 * gif.BANDS


PAPER = ImageColor.getrgb(theme.TOKENS["light"]["panel"])


@pytest.mark.parametrize("text", ["log(x*y)", "0*log(x*y)", "1e90*sqrt(x*y)", "x/y^0.5 + log(x*y)", "(x*y)^0.5 + x"])
def test_a_hole_of_a_typed_surface_is_paper(text: str) -> None:
    """And nothing else is: no line runs around it."""
    surface, size = Formula(text), (200, 200)
    ground = np.asarray(gif._ground(surface, gif._window(surface, size), size))
    across, up = np.meshgrid(np.linspace(-1, 1, 200), np.linspace(1, -1, 200))
    beside = np.minimum(abs(across), abs(up)) > 0.05
    is_hole = ~np.isfinite(surface.loss(2 * np.stack([across, up])))
    assert (ground[beside & is_hole] == gif.PANEL).all() and (ground[beside & ~is_hole] != gif.PANEL).all()
    top = pictures(State(surface, (Run(SGD(), 0),), n_steps=2))[0][20, 30]
    assert tuple(top) == PAPER


def test_a_hole_changes_nothing_beside_it() -> None:
    """Not even the band of its rim, which is not drawn towards a loss that is not there."""
    texts, size = ("x + y", "x + y + 0*sqrt(1.5-x)"), (200, 200)
    whole, holed = (np.asarray(gif._ground(one, gif._window(one, size), size)) for one in map(Formula, texts))
    there = holed != gif.PANEL
    assert there[:, :170].all() and not there[:, 180:].any()
    low = (whole[:, :170].astype(int) - gif.GROUND) % gif.BANDS
    assert np.abs((holed[:, :170].astype(int) - gif.GROUND) % gif.BANDS - low).max() <= 3


def test_the_caption_has_the_formula_and_room_for_the_start() -> None:
    long = Formula(" + ".join(f"sin({k}*x)" for k in range(1, 18)))
    for surface in (Formula("x^2+3*y^2"), long):
        said = gif._about(State(surface), 500)
        assert said.startswith(f"f(x, y) = {surface.formula[:9]}") and said.endswith(", start (−1.25, 1.25)")
        assert ink.font_of(12).getlength(ink.spelled(said, 12)) <= 500
    assert gif._about(State(), 500) == "Elongated valley, start (−2.6, 1.25)"


@pytest.mark.parametrize("drift", ["steady,0.02,0.01", "steady,5,5", "jump,1,-0.5,10"])
def test_the_ground_moves_with_the_surface(drift: str) -> None:
    """From frame to frame the star stands where the minimum is; one that is far away is not in the picture."""
    state = State.from_query(f"?f=bowl&run=sgd~lr=0.0001&steps=20&weather=drift={drift}")[0]
    seen, upper = pictures(state), slice(0, 380)
    _, (left, top, right, bottom) = gif._sheet(simulate(state), "light")
    for step, picture in zip(gif.steps(20), seen, strict=True):
        rows, columns = np.nonzero((picture[upper] == gif._rgb(gif.STAR)).all(axis=-1))
        x, y = moved(state.weather, step)
        if abs(x) < 2.5:
            assert len(rows) > 20
            place = gif.pixels(np.array([[x, y]]), state.landscape, (right - left, bottom - top))[0]
            assert np.hypot(*(place - (columns.mean() - left, rows.mean() - top))) < 2
        elif abs(x) > 20:
            assert len(rows) == 0
