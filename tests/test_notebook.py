"""In a notebook: the page's own figures and numbers, and an explorer that starts and stops."""

import copy
import html
import json
import pickle
import re
import subprocess
import sys
import threading
import urllib.error
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import plotly
import plotly.graph_objects as go
import pytest
from plotly.offline import get_plotlyjs

from app import hub, modules, notebook, panel
from app.explore import figures
from app.export import html as page
from app.notebook import compare, explore
from app.page.state import State, placed
from app.walks import results
from app.walks.simulate import simulate
from landscapes import Ackley, Formula, FormulaError, Rosenbrock, Surface
from optim_core import SGD, Adam, Clip, Cosine, RMSProp, WarmUp, Weather, run, sweep

from .browser.server import DIRECT, ROOT

PANELS = {"map": "map", "effective_lr": "lr", "rms": "rms", "third": "third"}


def framed(shown: str) -> str:
    """The document in a notebook's frame."""
    return html.unescape(re.search(r'srcdoc="([^"]*)"', shown)[1])


def test_the_figures_are_the_pages() -> None:
    optimizers = [Adam(lr=0.1), RMSProp()]
    found = compare(optimizers, Rosenbrock(), start=(-1, 2), n_steps=50)
    sim = simulate(State(Rosenbrock(), placed((one, "") for one in optimizers), (-1.0, 2.0), 50))
    for name, graph in PANELS.items():
        figure = getattr(found, name)
        assert isinstance(figure, go.Figure) and figure == figures.figure(graph, sim)
        assert getattr(found, name) is figure
    assert found.results == results.rows(sim)
    assert [row.label for row in found.results] == ["Adam", "RMSProp"]


def test_it_is_seen_as_a_page_that_plays() -> None:
    found = compare([Adam()], Ackley(), n_steps=5, theme="dark")
    document = framed(found._repr_html_())
    assert document == found.html() == page.html(found.simulation, "")
    assert 'data-play="toggle"' in document and "<a " not in document
    assert repr(found) == ("Ackley, 5 steps\nAdam: stalled, loss 11.4156")
    assert found.map.layout.paper_bgcolor == figures.theme.TOKENS["dark"]["panel"]


def test_names_and_what_is_shown() -> None:
    found = compare({"slow </script>": SGD(0.001), "fast": SGD(0.01)}, Rosenbrock(), panel="step", n_steps=9)
    assert [row.label for row in found.results] == ["slow </script>", "fast"]
    assert found.third.data[0].hovertemplate.count("Step length")
    assert "slow </script>" not in framed(found._repr_html_())


MET = {"weather": Weather(noise=0.5, seed=1, clip=Clip(norm=10.0)), "schedule": WarmUp(20, Cosine())}


def test_weather_and_schedules_are_those_of_a_walk() -> None:
    found = compare([Adam(lr=0.1)], Rosenbrock(), n_steps=60, **MET)
    walk = run(Adam(lr=0.1), Rosenbrock(), None, 60, **MET)
    np.testing.assert_array_equal(found.simulation.walks[0].trajectory.params, walk.params)
    assert "noise σ 0.5; clipped to the norm 10; seed 1; η: warm-up, w 20, then cosine" in found.html()
    assert (
        len(compare([Adam()], Ackley(), n_steps=5, weather=Weather(noise=(0.5,), seeds=3)).simulation.walks[0].fan) == 3
    )
    with explore([Adam(lr=0.1)], Rosenbrock(), n_steps=60, **MET) as shown:
        assert State.from_query(shown.query)[0] == found.simulation.state
    with explore(surface=Rosenbrock(), **MET) as shown:
        met = "weather=noise=0.5,0.5~seed=1~clip=norm,10&schedule=warm-up,20,cosine"
        assert shown.query == f"?f=rosenbrock&{met}"


@dataclass(frozen=True)
class Trough(Surface):
    """One of the user's own."""

    label, formula, tests, source, levels = "Trough", "x²", "", "", "linear"
    domain, start = ((-2.0, 2.0), (-1.0, 1.0)), (1.0, 0.5)

    def value(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.square(x) + 0 * y

    def partials(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return 2 * x, 0 * y


def test_surfaces_and_lengths_of_ones_own() -> None:
    found = compare([SGD(lr=0.1)], Trough(), n_steps=3000, start=(5, 5))
    assert len(found.map.data[-1].x) == 3001 and found.map.data[-1].x[0] == 5
    assert "Trough" in framed(found._repr_html_())
    with pytest.raises(ValueError, match="does not know Trough"):
        explore([SGD()], Trough())


def test_a_formula_is_a_surface_as_a_text_or_as_one() -> None:
    text = "log(x) + y^2"
    typed = Formula(text, ((0.5, 4), (-1, 1)), start=(3.0, 0.5))
    of_text, of_surface = compare([Adam(lr=0.1)], text, n_steps=9), compare([Adam(lr=0.1)], typed, n_steps=9)
    assert of_text.simulation.state.landscape == Formula(text) and "log(x) + y²" in framed(of_text._repr_html_())
    assert of_surface.simulation.state.begin == (3.0, 0.5)
    for graph in PANELS:
        assert len(getattr(of_text, graph).data) == len(getattr(of_surface, graph).data)
    with explore([Adam(lr=0.1)], typed, n_steps=9) as shown:
        state, notices = State.from_query(shown.query)
        assert (state, notices) == (of_surface.simulation.state, [])
    with explore(surface=text) as shown:
        assert State.from_query(shown.query)[0] == State(Formula(text))


class Unlevelled(Trough):
    levels = "log"


@pytest.mark.parametrize(
    ("call", "kind", "said"),
    [
        (lambda: compare([], Ackley()), ValueError, "1 to 8"),
        (lambda: compare([SGD()] * 9, Ackley()), ValueError, "not 9"),
        (lambda: compare([Adam], Ackley()), TypeError, r"write Adam\(\)"),
        (lambda: compare([Adam()], Ackley), TypeError, r"write Ackley\(\)"),
        (lambda: compare(["adam"], Ackley()), TypeError, "'adam' is not"),
        (lambda: compare([sweep(Adam(), lr=[0.1, 0.2])], Ackley()), ValueError, "lr is an array"),
        (lambda: compare([Adam()], "x^^2"), FormulaError, "before . something is missing, at character 3"),
        (lambda: explore(surface="3"), FormulaError, "neither on x nor on y"),
        (lambda: compare([Adam()], Formula), TypeError, r"Formula"),
        (lambda: compare([Adam()], Ackley(), n_steps=0), ValueError, "at least 1"),
        (lambda: compare([Adam()], Ackley(), panel="nope"), ValueError, "excess"),
        (lambda: compare([Adam()], Ackley(), nope="on"), ValueError, "panel"),
        (lambda: compare([Adam()], Unlevelled()), ValueError, 'levels = "linear"'),
        (lambda: compare([Adam()], Ackley(), weather=0.5), TypeError, r"write Weather\(\)"),
        (lambda: compare([Adam()], Ackley(), schedule=Cosine), TypeError, r"write Cosine\(\)"),
        (lambda: compare([Adam()], Ackley(), weather=Weather(noise=(1.0, 1.0, 1.0))), ValueError, "noise must be one"),
        (lambda: explore([Adam()], weather=Weather(noise=1.0, seeds=10**6)), ValueError, "seeds"),
        (lambda: explore([Adam()], schedule=WarmUp(5, WarmUp(5))), ValueError, "schedule"),
        (lambda: explore([Adam()], n_steps=5000), ValueError, "5000"),
        (lambda: explore([Adam()], Ackley(), start=(99, 0)), ValueError, "outside x -12.5 to 12.5"),
        (lambda: explore({"x" * 30: Adam()}), ValueError, "name"),
    ],
)
def test_a_mistake_is_said_in_words(call: Callable[[], object], kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        call()


def test_without_optimizers_a_surface_brings_its_own() -> None:
    for surface, query in ((Rosenbrock(), "?f=rosenbrock"), (None, "")):
        with explore(surface=surface) as shown:
            assert shown.query == query
    with explore(surface=Rosenbrock(), n_steps=50) as shown:
        assert shown.query == "?f=rosenbrock&steps=50"


def test_it_starts_and_stops() -> None:
    before = threading.active_count()
    with explore([Adam(lr=0.1)], Rosenbrock(), n_steps=30) as shown:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?f=rosenbrock&run=adam~lr=0\.1&steps=30", shown.url)
        assert repr(shown) == shown.url
        with DIRECT.open(shown.url, timeout=10) as answer:
            assert b"Downslope" in answer.read()
        seen = shown._repr_html_()
        assert f'href="{html.escape(shown.url)}"' in seen and "Rosenbrock" in framed(seen)
    shown.stop()
    assert threading.active_count() == before
    with pytest.raises(urllib.error.URLError):
        DIRECT.open(shown.url, timeout=1)


def test_it_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with explore() as shown:
        assert shown.url.endswith("/")
        for path in ("health", "no/such/page"):
            try:
                DIRECT.open(shown.url + path, timeout=10).close()
            except urllib.error.HTTPError as error:
                error.close()
    said = capfd.readouterr()
    assert said.out == said.err == ""


@pytest.fixture
def server_of_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a kernel sees of the server that started it."""
    (tmp_path / "jpserver-7.json").write_text(json.dumps({"base_url": "/lab/", "pid": 7}))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("JPY_PARENT_PID", "7")
    monkeypatch.delenv(hub.HUB, raising=False)


def installed(monkeypatch: pytest.MonkeyPatch, is_there: bool) -> None:
    """Whether jupyter-server-proxy is, which the tests have not."""
    monkeypatch.setattr(hub, "find_spec", lambda name: is_there if name == "jupyter_server_proxy" else find_spec(name))


@pytest.mark.parametrize(("of_hub", "home"), [("/user/ada/", "/user/ada"), (None, "/lab")])
def test_a_notebook_s_server_hands_on(
    server_of_notebook: None, monkeypatch: pytest.MonkeyPatch, of_hub: str | None, home: str
) -> None:
    installed(monkeypatch, True)
    if of_hub:
        monkeypatch.setenv(hub.HUB, of_hub)
    with explore(surface=Rosenbrock()) as shown:
        assert re.fullmatch(rf"{home}/proxy/\d+/\?f=rosenbrock", shown.url) and repr(shown) == shown.url
        seen = shown._repr_html_()
        assert f'href="{html.escape(shown.url)}"' in seen and "127.0.0.1" not in seen


def test_in_a_hub_that_does_not_nothing_names_the_kernel_s_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, False)
    monkeypatch.setenv(hub.HUB, "/user/ada/")
    with explore(surface=Rosenbrock()) as shown:
        seen = shown._repr_html_()
        assert "127.0.0.1" not in seen + repr(shown) and "<a " not in seen.partition("<iframe")[0]
        assert "no jupyter-server-proxy" in seen and "no jupyter-server-proxy" in repr(shown)
        assert "Rosenbrock" in framed(seen), "what it shows plays by itself"


@pytest.mark.parametrize("written", [None, "{", '{"pid": 8}'])
def test_without_one_it_is_on_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str | None
) -> None:
    installed(monkeypatch, True)
    monkeypatch.delenv(hub.HUB, raising=False)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("JPY_PARENT_PID", "8")
    if written is not None:
        (tmp_path / "jpserver-8.json").write_text(written)
    with explore() as shown:
        assert shown.url.startswith("http://127.0.0.1:") and repr(shown) == shown.url


def test_two_at_once() -> None:
    with explore() as one, explore([SGD()]) as other:
        assert one.url != other.url
        one.stop()
        DIRECT.open(f"{other.url.partition('?')[0]}health", timeout=10).close()


def test_the_readme_says_what_comes_of_it() -> None:
    blocks = (ROOT / "README.md").read_text(encoding="utf-8").split("```python\n")[1:]
    text = "".join(
        block.split("```")[0] for block in blocks if re.search(r"^(from app.notebook|.*\bseen\b|page =)", block)
    )
    names = {"Adam": Adam, "RMSProp": RMSProp, "Rosenbrock": Rosenbrock}
    exec(text, names)
    with names["page"] as page:
        assert page.url.partition("/?")[2] == re.search(r"'http://.*/\?(.*)'", text)[1]
    assert names["seen"].results[0].status == re.search(r"status\)  # '([^']*)'", text)[1]


def test_to_compare_takes_no_dash() -> None:
    script = (
        "import sys; from app.notebook import compare; from landscapes import Booth; from optim_core import SGD;"
        "seen = compare([SGD()], Booth()); seen._repr_html_(); seen.map._repr_html_(); print('dash' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# one panel


def test_a_panel_brings_what_draws_it() -> None:
    figure = compare({"</script><b>": Adam()}, Ackley(), n_steps=5).map
    document = framed(figure._repr_html_())
    assert modules.source("plotly.min.js")[:400] in document and "</script><b>" not in document
    assert not re.search(r"""(?:src|href)=["']""", document.partition("</head>")[0].partition("<script>")[0])
    assert "height:450px" in figure._repr_html_()
    assert "height:300px" in figure.update_layout(height=300)._repr_html_()


def test_a_panel_to_which_anything_was_added_can_still_be_drawn() -> None:
    figure = compare([Adam()], Ackley(), n_steps=5).rms.add_histogram(x=[1, 2, 2])
    assert len(figure._repr_html_()) > len(get_plotlyjs())


def test_what_our_own_plotly_can_draw() -> None:
    built = (ROOT / ".plotly" / "build.mjs").read_text(encoding="utf-8")
    registered = re.search(r"TRACES = \[(.*)\]", built)[1].replace('"', "").split(", ")
    assert {*registered, "scatter"} == panel.TRACES


def test_a_panel_is_shown_as_plotly_does_outside_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(plotly.io, "show", lambda _, *names, **how: asked.append((names, how)))
    figure = compare([Adam()], Ackley(), n_steps=5).third
    figure.show()
    monkeypatch.setattr(panel, "_in_notebook", lambda: True)
    figure.show("json", width=7)
    assert asked == [((None,), {}), (("json",), {"width": 7})]


def test_a_panel_is_still_a_figure() -> None:
    figure = compare([Adam()], Ackley(), n_steps=5).rms
    for other in (copy.deepcopy(figure), pickle.loads(pickle.dumps(figure)), figure.update_layout(title="mine")):
        assert type(other) is panel.Panel and len(other.data) == len(figure.data)


def test_no_notebook_is_needed() -> None:
    assert not {"IPython", "ipywidgets", "notebook"} & set(notebook.__dict__)
