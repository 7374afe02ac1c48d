"""Each surface opens with a scene, and what is said of it is true."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from app.page import edits, ground_edits
from app.page.scenes import SCENES, STEPS_UNSAID, YOURS
from app.page.spelled import SLUGS
from app.page.state import Run, State, own_scene, placed, scene, shows
from app.page.view import View
from app.protocol import Forged
from app.walks.simulate import Walk, simulate
from landscapes import LANDSCAPES, Booth, ElongatedValley, Surface
from optim_core import SGD, Adam

from ..strategies import columns

every_surface = pytest.mark.parametrize("slug", LANDSCAPES)
SHOWN = [(name, slug) for name, one in SCENES.items() for slug in one.shows]


def did(state: State, *gesture: tuple[str, str, object]) -> State:
    after, messages = edits.apply(state, gesture)
    assert messages == {}
    return after


# what a scene is


def test_every_surface_has_one() -> None:
    assert {name for name, one in SCENES.items() if not one.label} == set(LANDSCAPES)
    assert all(list(SCENES[slug].shows) == [slug] for slug in LANDSCAPES)
    assert {slug for _, slug in SHOWN} == set(LANDSCAPES)


@pytest.mark.parametrize(("name", "slug"), SHOWN)
def test_it_is_written_as_an_address_says_it(name: str, slug: str) -> None:
    state, notices = State.from_query(f"?f={slug}&{SCENES[name].query}")
    assert notices == []
    assert scene(name, slug) == state
    assert state.view == View(panel=state.view.panel)
    assert 3 <= len(state.runs) <= 5


@pytest.mark.parametrize(("name", "slug"), SHOWN)
def test_it_says_in_three_lines_what_is_seen(name: str, slug: str) -> None:
    said = shows(scene(name, slug))
    assert said == SCENES[name].shows[slug]
    assert len(said) <= 115 and len(YOURS) <= 115
    moved = did(scene(name, slug), ("number", "steps", "77"))
    assert shows(moved) == ""


# where it applies


@every_surface
def test_it_applies_where_an_address_names_no_run(slug: str) -> None:
    state, _ = State.from_query(f"?f={slug}")
    assert state == State(LANDSCAPES[slug]()) == scene(slug)
    assert State(LANDSCAPES[slug]()).to_query() in (f"?f={slug}", "")
    other, _ = State.from_query(f"?f={slug}&steps=7&theme=dark")
    assert (other.runs, other.n_steps, other.view.theme) == (state.runs, 7, "dark")


@every_surface
def test_an_address_that_names_runs_means_what_it_always_meant(slug: str) -> None:
    state, _ = State.from_query(f"?f={slug}&run=adam")
    assert (state.runs, state.n_steps) == (placed([(Adam(), "")]), 100)
    assert state.to_query() in (f"?f={slug}&run=adam", "?run=adam")
    same, _ = State.from_query(f"?f={slug}&{SCENES[slug].query.partition('&steps')[0]}")
    assert (same.runs, same.n_steps) == (scene(slug).runs, STEPS_UNSAID)


def test_any_shape_of_a_surface_opens_with_its_scene() -> None:
    state, _ = State.from_query("?f=valley~kappa=7")
    assert state == State(ElongatedValley(kappa=7), scene("valley").runs, n_steps=100)
    assert shows(state) == ""


def test_a_surface_of_ones_own_has_the_default_scene() -> None:
    class Mine(Booth):
        pass

    assert own_scene(Mine()) == State()


# the menus


@every_surface
def test_another_surface_brings_its_scene_and_keeps_how_it_is_looked_at(slug: str) -> None:
    view = View(map="side", theme="dark", hide=("share",), t=12)
    after = did(State(view=view), ("choice", "surface", slug))
    assert after == State(LANDSCAPES[slug](), view=View(map="side", theme="dark", hide=("share",)))
    assert did(after, ("choice", "surface", "valley")).to_query() == "?map=side&theme=dark&hide=share"


TOUCHED = [
    ("number", "run.0.lr", "0.02"),
    ("text", "run.0.name", "mine"),
    ("action", "run.1.pin", 1),
    ("action", "run.2.up", 1),
    ("choice", "add", "lion"),
    ("number", "steps", "60"),
]


@pytest.mark.parametrize("touch", TOUCHED, ids=lambda touch: touch[1])
def test_runs_that_somebody_touched_stay(touch: tuple[str, str, object]) -> None:
    mine = did(State(Booth()), touch)
    after = did(mine, ("choice", "surface", "rosenbrock"))
    assert (after.runs, after.n_steps) == (mine.runs, mine.n_steps)


def test_what_is_no_run_is_not_touched() -> None:
    looked = did(
        State(Booth()), ("point", "start", [1.0, 1.0]), ("choice", "view.panel", "step"), ("point", "playhead", 3)
    )
    after = did(looked, ("choice", "surface", "rosenbrock"))
    assert after == State(LANDSCAPES["rosenbrock"](), view=View(panel="step"))


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_can_be_chosen_from_anywhere(name: str) -> None:
    mine = State(Booth(), (Run(SGD(), 3),), (1.0, 1.0), 9, View(theme="dark", lock=("share",), t=4))
    here = "booth" if "booth" in SCENES[name].shows else ""
    after = did(mine, ("choice", "scene", name))
    assert (after.landscape, after.runs, after.n_steps) == (
        scene(name, here).landscape,
        scene(name, here).runs,
        scene(name, here).n_steps,
    )
    assert after.view == View(theme="dark", lock=("share",), panel=scene(name, here).view.panel)
    assert shows(after)


@every_surface
def test_the_scene_of_the_present_surface_can_be_had_back(slug: str) -> None:
    mine = State(LANDSCAPES[slug](), (Run(SGD(), 3),), None, 9)
    assert did(mine, ("choice", "scene", ground_edits.OWN)) == State(LANDSCAPES[slug]())


@pytest.mark.parametrize("value", ["", "nowhere", None, 1])
def test_only_a_scene_can_be_chosen(value: object) -> None:
    with pytest.raises(Forged):
        edits.apply(State(), [("choice", "scene", value)])


def test_the_classic_keeps_its_runs_from_surface_to_surface() -> None:
    state = did(State(), ("choice", "scene", "classic"))
    for slug in SCENES["classic"].shows:
        state = did(state, ("choice", "surface", slug))
        assert state == scene("classic", slug)
        assert shows(state) == SCENES["classic"].shows[slug]


# what is said of each is true


def walks(slug: str, name: str = "") -> tuple[Walk, ...]:
    return simulate(scene(name or slug, slug)).walks


def end(walk: Walk) -> np.ndarray:
    return walk.trajectory.params[-1]


def reaches(walk: Walk, surface: Surface, within: float = 0.1) -> tuple[int, int] | None:
    """Which of the minima, the global ones first, a walk comes to rest at, and from which step on; None: at none."""
    places = np.array([*surface.minima, *surface.local_minima])
    away = np.linalg.norm(walk.trajectory.params[:, None] - places, axis=2)
    there = int(np.argmin(away[-1]))
    if not away[-1, there] < within:
        return None
    outside = np.flatnonzero(away[:, there] >= within)
    return there, int(outside[-1]) + 1 if len(outside) else 0


def ends(slug: str, within: float = 0.1) -> list[int | None]:
    """Which of the minima each run ends at."""
    found = [reaches(walk, LANDSCAPES[slug](), within) for walk in walks(slug)]
    return [None if one is None else one[0] for one in found]


def arrivals(slug: str, within: float = 0.1) -> list[float]:
    """The step from which on each run is at a minimum; infinite for one that is at none."""
    found = [reaches(walk, LANDSCAPES[slug](), within) for walk in walks(slug)]
    return [np.inf if one is None else one[1] for one in found]


def signs(values: np.ndarray) -> int:
    """How often a number changes its sign."""
    return int(np.count_nonzero(np.diff(np.sign(values[np.abs(values) > 1e-3]))))


def left(walk: Walk) -> float:
    """The first step outside the map."""
    (x0, x1), (y0, y1) = LANDSCAPES["saddle"]().domain
    x, y = walk.trajectory.params.T
    out = np.flatnonzero((x < x0) | (x > x1) | (y < y0) | (y > y1))
    return int(out[0]) if len(out) else np.inf


def bowl() -> None:
    momentum, sgd, rmsprop = walks("bowl")
    for walk in (sgd, momentum):
        x, y = walk.trajectory.params.T
        np.testing.assert_allclose(x * 1.6, y * -2.4, atol=1e-12)
    assert np.all(np.diff(sgd.trajectory.loss) < 0) and momentum.trajectory.params[:, 0].max() > 1
    dx, dy = np.abs(rmsprop.trajectory.delta[:3]).T
    np.testing.assert_allclose(dx, dy, rtol=0.1)
    (x, y), (x0, y0) = rmsprop.trajectory.params[[10, 0]]
    assert abs(x * y0 - y * x0) > 0.5, "it has left the straight line"


def valley() -> None:
    sgd, rmsprop, adam = walks("valley")
    assert len({walk.run.optimizer.lr for walk in (sgd, rmsprop, adam)}) == 1
    assert signs(sgd.trajectory.params[:, 1]) > 10
    assert signs(rmsprop.trajectory.params[:, 1]) <= 1 and signs(adam.trajectory.params[:, 1]) <= 2


def rosenbrock() -> None:
    sgd, momentum, rmsprop, adam = walks("rosenbrock")
    away = [np.linalg.norm(end(walk) - (1, 1)) for walk in (momentum, adam, rmsprop, sgd)]
    assert away == sorted(away) and away[0] < 0.15
    losses = [walk.final_loss for walk in (momentum, adam, rmsprop, sgd)]
    assert losses == sorted(losses) and losses[0] < 0.01 < 1 < losses[-1]
    assert sgd.run.optimizer.lr == momentum.run.optimizer.lr
    _, *slopes = np.linalg.norm(sgd.trajectory.grad[::100], axis=1)
    assert max(slopes) < 4 < 200 < np.linalg.norm(sgd.trajectory.grad[0])


def ackley() -> None:
    sgd, *_ = walks("ackley")
    assert np.linalg.norm(end(sgd) - sgd.trajectory.params[0]) < 1
    assert ends("ackley")[1:] == [6, 0]


def beale() -> None:
    sgd, rmsprop, adam = walks("beale")
    assert np.linalg.norm(end(sgd) - (3, 0.5)) > 2
    for walk in (rmsprop, adam):
        assert np.linalg.norm(end(walk) - (3, 0.5)) < 0.3
        assert np.all(walk.trajectory.effective_lr[-1] > 5 * walk.trajectory.effective_lr[0])
    state = State.from_query("?f=beale&run=sgd~lr=0.005")[0]
    assert np.linalg.norm(end(simulate(state).walks[0]) - (3, 0.5)) > 4, "thrown to the other side"


def booth() -> None:
    sgd, rmsprop, adam = arrivals("booth")
    assert sgd < min(rmsprop, adam) < np.inf


def matyas() -> None:
    sgd, momentum, adam = arrivals("matyas", 0.2)
    assert momentum < sgd / 2 < sgd < adam
    (walk,) = (walk for walk in walks("matyas") if type(walk.run.optimizer) is Adam)
    late = walk.trajectory.effective_lr[50:]
    np.testing.assert_allclose(late[:, 0], late[:, 1], rtol=0.05)


def himmelblau() -> None:
    found = ends("himmelblau")
    assert None not in found and len(set(found)) == 3


def rastrigin() -> None:
    sgd, momentum, adagrad = walks("rastrigin")
    np.testing.assert_allclose(end(sgd), (2.985, -1.99), atol=0.01)
    np.testing.assert_allclose(end(momentum), (0, -1.99), atol=0.02)
    assert ends("rastrigin")[2] == 0
    lengths = np.linalg.norm(adagrad.trajectory.delta, axis=1)
    assert lengths[:3].min() > 0.5 > 1e-3 > lengths[-1]


def three_hump_camel() -> None:
    assert len({run.optimizer.lr for run in scene("three-hump-camel").runs}) == 1
    assert ends("three-hump-camel") == [1, 0, 2]


def six_hump_camel() -> None:
    surface = LANDSCAPES["six-hump-camel"]()
    sgd, momentum, adam = ends("six-hump-camel")
    places = [*surface.minima, *surface.local_minima]
    assert [round(float(surface.value(*places[one])), 2) for one in (sgd, adam, momentum)] == [2.1, -0.22, -1.03]


def styblinski_tang() -> None:
    assert ends("styblinski-tang") == [3, 2, 0]


def mccormick() -> None:
    assert len({run.optimizer.lr for run in scene("mccormick").runs}) == 1
    assert ends("mccormick") == [1, 1, None]
    crests = end(walks("mccormick")[2]).sum() - sum(LANDSCAPES["mccormick"]().minima[0])
    assert crests < -2 * np.pi, "the next minimum of the trough lies 2π further, as x + y counts"


def saddle() -> None:
    sgd, rmsprop, adam = walks("saddle")
    assert left(rmsprop) < left(adam) < 45 and left(sgd) == np.inf
    assert np.linalg.norm(end(sgd)) < 0.5
    for walk in (rmsprop, adam):
        assert walk.trajectory.effective_lr[0, 1] > 49 * sgd.trajectory.effective_lr[0, 1]


def monkey_saddle() -> None:
    nearest = [np.linalg.norm(walk.trajectory.params, axis=1).min() for walk in walks("monkey-saddle")]
    assert nearest[0] < 0.45 < 0.9 < min(nearest[1:])
    slow = [np.linalg.norm(walk.trajectory.delta, axis=1).min() for walk in walks("monkey-saddle")]
    assert slow[0] < 0.6 * min(slow[1:])


def plateau() -> None:
    sgd, *_ = walks("plateau")
    assert np.linalg.norm(end(sgd) - sgd.trajectory.params[0]) < 0.05
    assert ends("plateau")[1:] == [0, 0]


def sharp_and_flat() -> None:
    low, high, momentum = walks("sharp-and-flat")
    assert reaches(low, LANDSCAPES["sharp-and-flat"](), 0.01)[0] == 0
    assert low.run.optimizer.lr == momentum.run.optimizer.lr < 2 / 50 < high.run.optimizer.lr
    assert reaches(high, LANDSCAPES["sharp-and-flat"](), 0.01) is None
    assert ends("sharp-and-flat")[2] == 1


def branin() -> None:
    found = ends("branin", 0.3)
    assert None not in found and len(set(found)) == 3


def factorization() -> None:
    surface = LANDSCAPES["factorization"]()
    slow, fast, adam = walks("factorization")
    for walk in (slow, fast, adam):
        assert surface.distance(end(walk)) < 0.005
    kept = [float(x * x - y * y) for x, y in (slow.trajectory.params[0], *map(end, (slow, fast, adam)))]
    assert abs(kept[1] / kept[0] - 1) < 0.02 and max(map(abs, kept[2:])) < abs(kept[0]) / 2
    beside = [math.dist(end(walk), walk.trajectory.params[0]) for walk in (slow, fast, adam)]
    assert beside[0] < 0.75 < min(beside[1:])
    sharp = [2 * float(end(walk) @ end(walk)) for walk in (slow, fast, adam)]
    assert fast.run.optimizer.lr > 2 / sharp[0], "it cannot rest where the slow one does,"
    assert fast.run.optimizer.lr < 2 / sharp[1] and sharp[1] < sharp[0] / 2 and sharp[2] < 0.6 * sharp[0]


def goldstein_price() -> None:
    assert ends("goldstein-price") == [1, 1, 0]


def easom() -> None:
    sgd, momentum, rmsprop = walks("easom")
    assert np.linalg.norm(end(sgd) - sgd.trajectory.params[0]) < 0.3
    _, later, first = arrivals("easom")
    assert first < later < np.inf
    assert np.all(rmsprop.trajectory.effective_lr[1] > 2 * rmsprop.run.optimizer.lr)
    lengths = np.linalg.norm(momentum.trajectory.delta, axis=1)
    assert np.all(np.diff(lengths[:30]) > 0)


def levy() -> None:
    sgd, momentum, adam = walks("levy")
    assert np.linalg.norm(end(sgd) - sgd.trajectory.params[0]) < 0.3
    assert sgd.run.optimizer.lr == momentum.run.optimizer.lr
    x, y = np.abs(end(momentum) - momentum.trajectory.params[0])
    assert x < 0.2 < 1 < y
    assert np.linalg.norm(end(adam) - (1, 1)) < 0.1


CLAIMS: dict[str, Callable[[], None]] = {
    claim.__name__.replace("_", "-"): claim
    for claim in (
        bowl, valley, rosenbrock, ackley, beale, booth, matyas, himmelblau, rastrigin, three_hump_camel,
        six_hump_camel, styblinski_tang, mccormick, saddle, monkey_saddle, plateau, sharp_and_flat, branin,
        factorization, goldstein_price, easom, levy,
    )
}  # fmt: skip


@every_surface
def test_the_scene_of_a_surface_shows_what_it_says(slug: str) -> None:
    CLAIMS[slug]()


# the classic comparison


@pytest.mark.parametrize("slug", ["valley", "bowl"])
def test_in_the_classic_rmsprop_arrives_and_circles(slug: str) -> None:
    *rmsprops, sgd, adam = walks(slug, "classic")
    assert [walk.run.optimizer.alpha for walk in rmsprops] == [0.5, 0.9, 0.99]
    assert all(walk.run.optimizer.eps_inside for walk in rmsprops)
    away = [np.linalg.norm(end(walk)) for walk in (*rmsprops, sgd, adam)]
    assert max(away[:3]) < 0.01 < 0.04 < min(away[3:])
    early = [np.linalg.norm(walk.trajectory.params[100]) for walk in rmsprops]
    assert min(early) > 0.5, "at a hundred steps none has arrived"
    np.testing.assert_allclose(np.abs(end(rmsprops[0])), 0.005, rtol=0.02)


@pytest.mark.parametrize("lr", [0.02, 0.03, 0.05, 0.1])
@pytest.mark.parametrize("slug", ["valley", "bowl"])
def test_it_circles_at_half_of_whatever_rate(slug: str, lr: float) -> None:
    state = did(scene("classic", slug), ("number", "master.lr", repr(lr)))
    for walk in simulate(state).walks[:2]:
        np.testing.assert_allclose(np.abs(end(walk)), lr / 2, rtol=0.02)


def test_in_the_classic_the_rates_of_x_and_y_are_as_different_as_the_gradients() -> None:
    for walk in (*walks("valley", "classic")[:3], walks("valley", "classic")[4]):
        rates, grads = walk.trajectory.effective_lr[0], np.abs(walk.trajectory.grad[0])
        assert rates[0] / rates[1] == pytest.approx(grads[1] / grads[0], rel=1e-4) == pytest.approx(19.23, rel=1e-3)
    last = walks("valley", "classic")[0].trajectory.effective_lr[-1]
    assert last[0] / last[1] == pytest.approx(ElongatedValley.kappa, rel=0.01)


@pytest.mark.parametrize("slug", SCENES["classic"].shows)
def test_in_the_classic_the_rate_is_what_the_rms_gradient_makes_it(slug: str) -> None:
    for walk in (*walks(slug, "classic")[:3], walks(slug, "classic")[4]):
        found = columns(walk.trajectory)
        optimizer = walk.run.optimizer
        rms = np.hypot(found["rms_grad"], 0) + 0
        inside = getattr(optimizer, "eps_inside", False)
        below = np.sqrt(found["state.square_avg"][: len(rms)] + optimizer.eps) if inside else rms + optimizer.eps
        np.testing.assert_allclose(found["effective_lr"], optimizer.lr / below, rtol=1e-9)


def test_in_the_classic_nothing_arrives_on_rosenbrock() -> None:
    *rmsprops, sgd, adam = walks("rosenbrock", "classic")
    assert sgd.diverged_at == 6
    assert [round(float(end(walk)[0]), 2) for walk in (*rmsprops, adam)] == [0.54, 0.62, -0.03, -0.89]


def test_in_the_classic_all_end_in_the_first_ripple_of_ackley() -> None:
    for walk in walks("ackley", "classic"):
        np.testing.assert_allclose(end(walk), (-2.97, 1.98), atol=0.01)
    state = did(scene("classic", "ackley"), ("number", "master.lr", "0.1"))
    *rmsprops, _, adam = simulate(state).walks
    away = [np.linalg.norm(end(walk)) for walk in (*rmsprops, adam)]
    assert away[2] < 0.1 < 3 < min(away[0], away[1], away[3])
    first = [np.abs(walk.trajectory.delta[0]) for walk in rmsprops]
    np.testing.assert_allclose(first, [[0.1 / np.sqrt(1 - beta)] * 2 for beta in (0.5, 0.9, 0.99)], rtol=1e-3)


def test_every_scene_that_can_be_chosen_has_its_claims_here() -> None:
    assert set(CLAIMS) == {SLUGS[cls] for cls in LANDSCAPES.values()}
    assert {name for name, one in SCENES.items() if one.label} == {"classic"}
