"""Every address in the README opens, and shows what the README says of it."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from app.basins import work
from app.export.train_data import trained
from app.learn.measures import value
from app.page.lessons import LESSONS, load
from app.page.numbers import brief
from app.page.scenes import SCENES
from app.page.state import Run, State, scene
from app.page.veil import steps
from app.sweep import asked, figures
from app.train.asked import course as training
from app.walks.simulate import Walk, simulate
from landscapes import L2, ElongatedValley, Formula, Rosenbrock, Rotated, Scaled, Shifted, Stretched, Surface
from optim_core import SGD, AdaGrad, Adam, Fork, Optimizer, RMSProp, basins, learning_rate_sweep, run

from .explorer import Explorer

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
ADDRESSES = list(dict.fromkeys(re.findall(r"\?\w+=[^\s`'\")]+", README)))


def ends(page: Explorer) -> list[np.ndarray]:
    return [walk.trajectory.params[-1] for walk in simulate(page.state).walks]


def walks(page: Explorer) -> tuple[Walk, ...]:
    return simulate(page.state).walks


def too_fast(page: Explorer) -> None:
    """Gradient descent runs away beyond 2/κ, and the run says since which step and why; the others arrive."""
    sgd, *others = walks(page)
    assert 2 / page.state.landscape.kappa == 0.05 < sgd.run.optimizer.lr
    expect(page.tab.locator(".run").first).to_contain_text("running away since step 1: η·λmax = 2.4 > 2")
    assert all(np.linalg.norm(walk.trajectory.params[-1]) < 0.05 for walk in others)
    assert page.shown("master.lr") == "0.06"


def himmelblau(page: Explorer) -> None:
    """One start and three minima."""
    nearest = [np.argmin([np.hypot(*(end - place)) for place in page.state.landscape.minima]) for end in ends(page)]
    assert len(nearest) == len(set(nearest)) == 3
    assert page.said_at("runs.show") == SCENES["himmelblau"].shows["himmelblau"]


def rosenbrock(page: Explorer) -> None:
    """SGD crawls and Momentum gets to the end."""
    expect(page.runs).to_have_text(["SGD", "Momentum", "RMSProp", "Adam"])
    sgd, momentum, *_ = walks(page)
    assert sgd.final_loss > 1 > 0.01 > momentum.final_loss


def saddle(page: Explorer) -> None:
    """RMSProp and Adam have left when SGD still lingers there."""
    sgd, rmsprop, adam = ends(page)
    assert np.linalg.norm(sgd) < 0.5 < 2 < min(rmsprop[1], adam[1])


def link(page: Explorer) -> None:
    """A surface, two runs of which one has a name, a start and steps."""
    expect(page.runs).to_have_text(["Adam", "baseline"])
    assert [page.shown(key) for key in ("start.x", "start.y", "steps")] == ["-1.2", "1", "300"]
    assert [run.optimizer.lr for run in page.state.runs] == [0.05, 0.001]


def notebook(page: Explorer) -> None:
    """What `explore` was given."""
    assert page.state.landscape == Rosenbrock()
    assert [run.optimizer for run in page.state.runs] == [Adam(lr=0.1), RMSProp()]
    assert page.state.n_steps == 200


def turned(page: Explorer) -> None:
    """Gradient descent walks as before; Adam and AdaGrad lose what a rate for each parameter gained them."""
    assert page.state.landscape == Rotated(ElongatedValley(), 45.0)

    def steps(optimizer: Optimizer, surface: Surface, unit: float = 1.0) -> int:
        low = run(optimizer, surface, None, 600).loss <= 1e-3 * unit
        return int(low.argmax())

    for optimizer, more in ((SGD(0.045), 1), (AdaGrad(0.5), 5), (Adam(0.1), 2)):
        straight, slant = (steps(optimizer, surface) for surface in (ElongatedValley(), page.state.landscape))
        assert slant == straight if more == 1 else slant > more * straight
    hundred = Scaled(ElongatedValley(), 100.0)
    assert run(SGD(0.045), hundred, None, 60).loss[-1] > 1e30
    assert abs(steps(AdaGrad(0.5), hundred, 100.0) - steps(AdaGrad(0.5), ElongatedValley())) <= 1


def around(page: Explorer) -> None:
    """Every transform, in the order in which it is written."""
    inner = Stretched(Scaled(Rotated(ElongatedValley(10.0), 45.0), 100.0), 10.0)
    assert page.state.landscape == L2(Shifted(inner, 1.0, 0.0), 0.1)


def typed(page: Explorer) -> None:
    """What is wrong with a text is said beside it, with its place, and nothing is lost."""
    assert page.state.landscape == Formula("x+1/x+y^2", ((0.0, 3.0), (-1.0, 1.0)))
    field = page.tab.locator("[data-key='formula.text'] input")
    field.fill("2x + y^2")
    field.press("Enter")
    expect(page.tab.locator("[data-key='formula.text']")).to_contain_text("at character 1: write 2*x")
    assert field.input_value() == "2x + y^2"
    field.fill("2*x + y^2")
    field.press("Enter")
    page.settled()
    assert page.state.landscape.text == "2*x + y^2"


def many_seeds(page: Explorer) -> None:
    """Twenty walks of each run, and their medians in the table."""
    assert page.said_at("weather") == "noise σ 1; 20 seeds from 0 on"
    assert page.js("downslope.graphs.map.fans.length") == len(page.state.runs)
    gaps = "[...downslope.graphs.map.fans[0].xs].filter((x) => x !== x).length"
    assert page.js(gaps) == 20
    expect(page.tab.locator("#details thead")).to_contain_text("Median final loss")


def at_rest(page: Explorer) -> None:
    """With a rate that falls gradient descent comes nearer than at a constant one, in the middle of many seeds."""
    state = replace(page.state, runs=(Run(SGD(0.1), 0),), n_steps=400)
    many = replace(state, weather=replace(state.weather, seeds=20))
    falling, steady = (simulate(one).walks[0].final_loss for one in (many, replace(many, schedule=State.schedule)))
    assert falling < 0.5 * steady
    assert page.said_at("weather").endswith("η: 1/√t")


def forked(page: Explorer) -> None:
    """Adam for thirty steps and then momentum, without memory; a fork of one's own leaves a ghost."""
    (walk,) = walks(page)
    assert walk.run.fork == Fork(Adam(lr=0.1), 30)
    np.testing.assert_array_equal(walk.trajectory.params[:31], walk.by(Adam(lr=0.1)).params[:31])
    page.open("?run=adam~lr=0.1&t=40")
    page.tab.locator(".run-title").click()
    page.tab.locator("[data-action='run.0.fork']").click()
    page.settled()
    first, ghost = page.state.runs
    assert first.fork == Fork(Adam(lr=0.1), 40) and ghost == replace(page.state.runs[1], fork=None, pinned=True)
    page.choose("run.0.optimizer", "SGD")
    expect(page.tab.locator(".editor")).to_contain_text("starts afresh, without memory")


def torn_and_whole(page: Explorer) -> None:
    """Momentum's basins are torn where Adam's are whole."""
    expect(page.tab.locator("#basins")).to_have_attribute("data-maps", "2", timeout=30_000)
    momentum, adam = (
        basins(run.optimizer, page.state.landscape, 64, n_steps=200).nearest for run in work.chosen(page.state)
    )
    edges = [sum(np.count_nonzero(np.diff(one, axis=axis)) for axis in (0, 1)) for one in (momentum, adam)]
    assert edges[0] > 2 * edges[1]


def picky(page: Explorer) -> None:
    """RMSProp comes below the target over more than two decades of rates, and stays there over a fifth of one."""
    page.tab.locator("#sweep[aria-busy=false]").wait_for(timeout=30_000)
    course, rmsprop = asked.course(page.state), page.state.runs[1].optimizer
    swept = learning_rate_sweep(rmsprop, page.state.landscape, course.rates, page.state.begin, course.n_steps)
    assert swept.width("best", below=course.target) > 2
    assert swept.width("final", below=course.target) == pytest.approx(0.2, abs=0.06)


def by_theory(page: Explorer) -> None:
    """Over two numbers of Momentum stands up to where it converges, and where it is fastest."""
    page.tab.locator("#sweep[aria-busy=false]").wait_for(timeout=30_000)
    expect(page.tab.locator("#sweep-table")).to_contain_text("fastest by theory")
    theory = figures.look(page.state, "light")["theory"]
    assert theory["border"].shape[0] == 2 and len(theory["best"]["at"]) == 2


def to_goal(page: Explorer) -> dict[str, float]:
    """The median of the epochs that each run needs to a loss of 0.3; inf where it is not reached."""
    found = {one.label: one.made.epochs_to(0.3) for one in trained(page.state)}
    return {label: float(np.median(np.where(epochs < 0, np.inf, epochs))) for label, epochs in found.items()}


def results(page: Explorer) -> Locator:
    """The rows of the table, when all trainings are through."""
    rows = page.tab.locator("#train-table tbody tr")
    for row in rows.all():
        expect(row).to_contain_text("50,000", timeout=30_000)
    return rows


def trains(page: Explorer) -> None:
    """SGD comes to a loss of 0.3 after 2 epochs, RMSProp after 9, AdaGrad 12, Adam 13."""
    assert to_goal(page) == {"AdaGrad": 12, "RMSProp": 9, "Adam": 13, "SGD": 2}
    page.tab.locator("#train-table tbody tr").first.wait_for(timeout=30_000)
    for row, epochs in zip(results(page).all(), (12, 9, 13, 2), strict=True):
        expect(row.locator("td").nth(0)).to_contain_text(str(epochs))


def scaled(page: Explorer) -> None:
    """It is the other way round."""
    epochs = to_goal(page)
    assert epochs["AdaGrad"] < epochs["SGD"] == np.inf


def listed(page: Explorer) -> None:
    """The listing's last digits, and what it costs."""
    digits = [round(float(one.made.during[-1, 0]), 6) for one in trained(page.state)[:3]]
    assert digits == [0.243234, 0.249472, 0.244994]
    expect(page.tab.locator("#train-said")).to_contain_text("epochs", timeout=30_000)


def rare(page: Explorer) -> None:
    """Columns that are mostly 0."""
    data = training(page.state).data
    assert np.count_nonzero(np.mean(data.features == 0, axis=0) > 0.9) > 10
    expect(page.tab.locator("#train-about")).to_contain_text("parameters", timeout=30_000)


def course(page: Explorer) -> None:
    """All lessons, each a way into it."""
    expect(page.tab.locator("#course")).to_contain_text(load(LESSONS[0]).title)
    expect(page.tab.locator("#course")).to_contain_text(load(LESSONS[-1]).title)
    assert len(LESSONS) == 24


def asks(page: Explorer) -> None:
    """Ten steps are seen, and a question."""
    assert steps(page.state) == 10 and len(page.line("map-path-1")) == 11
    expect(page.tab.locator("#lesson")).to_contain_text("at step 600")
    assert page.tab.locator("#said li").count() == 0


def sees(page: Explorer) -> None:
    """The answer beside what was said, on the same page."""
    (rmsprop,) = walks(page)
    assert len(rmsprop.trajectory.delta) == 600
    rate = brief(float(rmsprop.trajectory.effective_lr[-1, 1]))
    expect(page.tab.locator("#lesson")).to_contain_text("0.53", timeout=10_000)
    expect(page.tab.locator("#lesson")).to_contain_text(rate, timeout=10_000)


def selection(page: Explorer) -> None:
    """Three lessons in the order of the link."""
    expect(page.tab.locator("#course")).to_contain_text(load("L09").title)
    assert page.state.view.course == ("L01", "L06", "L09")


def second_question(page: Explorer) -> None:
    """A link to one phase of a lesson."""
    assert page.state.view.phase == "ask2" and page.state.veil is not None
    expect(page.tab.locator(".phases [aria-current]")).to_have_text("Ask 2", timeout=10_000)


def short(page: Explorer) -> None:
    """Questions and what is so, no more."""
    steps = page.tab.locator(".phases li")
    expect(steps.first).to_contain_text("Ask", timeout=10_000)
    assert {one.split()[0] for one in steps.all_text_contents()} == {"Ask", "See"}


def unstable(page: Explorer) -> None:
    """What the lesson of the README asks for."""
    assert value(page.query, "stable_lr(0)") == pytest.approx(0.05)


def too_steep(page: Explorer) -> None:
    """Its target, as it opens."""
    assert not value(page.query, "arrived(0) < 450")


def met(page: Explorer) -> None:
    """A way to it."""
    assert value(page.query, "arrived(0) < 450")


SAID: dict[str, Callable[[Explorer], None]] = {
    "?run=sgd~lr=0.06&run=rmsprop~lr=0.06&run=adam~lr=0.06": too_fast,
    "?f=himmelblau": himmelblau,
    "?f=rosenbrock": rosenbrock,
    "?f=saddle": saddle,
    "?f=valley~rotate=45": turned,
    "?f=valley~kappa=10~rotate=45~scale=100~stretch=10~shift=1,0~l2=0.1": around,
    "?f=rosenbrock&run=adam~lr=0.05&run=sgd~lr=0.001~name=baseline&start=-1.2,1&steps=300": link,
    "?f=rosenbrock&run=adam~lr=0.1&run=rmsprop&steps=200": notebook,
    "?f=formula~text=x%2B1/x%2By^2~window=0,3,-1,1": typed,
    "?f=bowl&weather=noise=1,1~seeds=20": many_seeds,
    "?f=bowl&weather=noise=1,1&schedule=inverse-root": at_rest,
    "?run=momentum~lr=0.01~fork=30,adam,lr=0.1": forked,
    "?f=himmelblau&run=momentum~lr=0.005&run=adam~lr=0.1&steps=200&tab=basins&basins=beside=2": torn_and_whole,
    "?run=sgd&run=rmsprop&run=adam&steps=300&tab=sweep": picky,
    "?run=momentum&sweep=kind=grid&tab=sweep": by_theory,
    "?tab=train": trains,
    "?run=adagrad~lr=1~eps=1e-8&run=adam~lr=0.1&run=sgd&train=condition=100&tab=train": scaled,
    "?train=printed=1&tab=train": listed,
    "?train=data=cars&tab=train": rare,
    "?tab=learn": course,
    "?lesson=L06": asks,
    "?lesson=L06&phase=see&said=0.53": sees,
    "?course=L01,L06,L09&tab=learn": selection,
    "?lesson=L06&phase=ask2": second_question,
    "?lesson=L09&short=1": short,
    "?run=sgd~lr=0.03&steps=100": unstable,
    "?f=valley~kappa=200&run=sgd~lr=0.005&steps=600": too_steep,
    "?f=valley~kappa=200&run=sgd~lr=0.0095&steps=600": met,
}


def test_it_is_known_of_every_address_what_is_said_of_it() -> None:
    assert set(ADDRESSES) == set(SAID)


@pytest.mark.parametrize("address", SAID)
def test_an_address_shows_what_the_readme_says(page: Explorer, address: str) -> None:
    page.open(address)
    assert page.tab.locator("#notices").inner_text() == ""
    assert page.state.to_query() == page.query
    SAID[address](page)


def test_the_first_page_does_what_is_said_of_it(page: Explorer) -> None:
    page.open()
    sgd, *along = walks(page)
    assert np.count_nonzero(np.diff(np.sign(sgd.trajectory.params[:, 1]))) > 10
    for walk in along:
        assert walk.trajectory.params[:, 1].min() > -0.1, "it does not bounce"
        rates = walk.trajectory.effective_lr
        assert np.all(rates[:, 0] > 3 * rates[:, 1])
    page.tab.keyboard.press("Space")
    page.until("Number(document.querySelector('#counter').textContent.match(/\\d+/)[0]) < 100")
    page.choose("scene", SCENES["classic"].label)
    assert page.state == scene("classic", "valley")
