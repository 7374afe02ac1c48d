"""What the README says of writing an optimizer is true, word for word."""

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.command import train
from app.export.code import numpy_script
from app.learn import answers
from app.main import create_app
from app.page import lessons
from app.page.spelled import SLUGS
from app.page.state import Run, State, state_of
from app.walks.explain import inspect
from landscapes import Rosenbrock
from optim_core import SGD, Lion, Optimizer, conventions_of, iterate, run, sweep

from .strategies import Given, walk

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SECTION = README.split("## Add an optimizer in one file")[1].split("\n## ")[0]
TRAINING = README.split("## Training")[1].split("\n## ")[0]
LESSON = README.split("## Learn")[1].split("\n## ")[0]
SWEEPS = README.split("## Sweeps, basins and clusters")[1].split("\n## ")[0]


@pytest.fixture(scope="module")
def sign_sgd() -> type[Optimizer]:
    """The class of the README's own block, which needs nothing around it."""
    (block,) = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
    made: dict[str, Any] = {"__name__": "newcomer"}
    exec(block, made)
    return made["SignSGD"]


def test_the_readmes_optimizer_walks_as_its_closed_form(sign_sgd: type[Optimizer]) -> None:
    gradients = np.random.default_rng(3).normal(size=(40, 3))
    gradients[7] = 0
    made = run(sign_sgd(lr=0.2), Given(gradients), np.zeros(3), 40)
    np.testing.assert_array_equal(made.delta, -0.2 * np.sign(gradients))
    np.testing.assert_array_equal(made.rms_grad, np.abs(gradients))
    np.testing.assert_array_equal(made.effective_lr, np.full((40, 3), 0.2))


def test_it_is_lion_without_a_memory(sign_sgd: type[Optimizer]) -> None:
    ours = run(sign_sgd(lr=0.02), Rosenbrock(), n_steps=50)
    lion = run(Lion(lr=0.02, beta1=0.0, weight_decay=0.0), Rosenbrock(), n_steps=50)
    np.testing.assert_array_equal(ours.params, lion.params)


def test_everything_else_reads_the_same_lines(sign_sgd: type[Optimizer], monkeypatch: pytest.MonkeyPatch) -> None:
    one = walk(sign_sgd(), Rosenbrock(), 20)
    steps = [step.delta for step in iterate(sign_sgd(), Rosenbrock(), n_steps=20)]
    np.testing.assert_array_equal(one.trajectory.delta, steps)
    assert inspect(one, 3)[-1].formula_text == "Δθ = −η_eff·sign(g)"
    assert "Δθ = −η_eff·sign(g)" in sign_sgd.__doc__
    assert run(sweep(sign_sgd(), lr=[0.1, 0.2]), Rosenbrock(), n_steps=3).params.shape == (4, 2, 2)
    assert conventions_of(sign_sgd()) == ()
    monkeypatch.setitem(SLUGS, sign_sgd, "signsgd")
    made: dict[str, Any] = {}
    exec(numpy_script(State(Rosenbrock(), (Run(sign_sgd(), 0),), n_steps=20)), made)
    np.testing.assert_array_equal(made["paths"]["SignSGD"], one.trajectory.params)


def test_the_family_that_it_names_exists() -> None:
    (file,) = re.findall(r"`(optim_core/optimizers/\w+\.py)`", SECTION)
    assert (Path(__file__).parents[1] / file).is_file()


def test_sweeps_and_basins_are_as_printed(capsys: pytest.CaptureFixture[str]) -> None:
    block = next(block for block in re.findall(r"```python\n(.*?)```", SWEEPS, re.DOTALL) if "grid_sweep" in block)
    made: dict[str, Any] = {}
    exec(block, made)
    assert made["rates"].first.shape == (61,) and made["pairs"].final.shape == (3, 2)
    assert len({one.n_gradients for one in made["race"]}) == 1
    assert made["found"].nearest.shape == (128, 128)
    assert sum(share.share for share in made["found"].shares()) == pytest.approx(1)
    assert len(capsys.readouterr().out.splitlines()) > 8


def test_a_training_is_as_printed(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", TRAINING, re.DOTALL)
    made: dict[str, Any] = {}
    exec(block, made)
    assert made["fair"].effective_lr.shape == (1600, 10, 5) and made["fair"].epochs_to(0.3).shape == (5,)
    at_once = made["train"](SGD(0.05), made["model"], epochs=50)
    np.testing.assert_array_equal(made["whole"].params[-1], at_once.params[-1])
    assert capsys.readouterr().out.startswith("0.2343")
    whole_batch = run(SGD(0.05), made["model"], n_steps=50)
    assert whole_batch.loss[-1] == pytest.approx(made["model"].lowest, rel=1e-2)


def test_the_listing_s_digits_are_those_that_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    (digits,) = re.findall(r"prints: ([\d., and]+\d)", TRAINING)
    (words,) = re.findall(r"\$ downslope train (.*)", TRAINING)
    assert train.main(words.removesuffix(" --json printed.json").split()) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    found = [row[2] for row in rows if row[0] in ("AdaGrad", "RMSProp", "Adam") and len(row) == 4]
    assert found == re.findall(r"[\d.]+\d", digits)


def test_the_commands_of_a_training_are_options() -> None:
    (said,) = re.findall(r"`downslope train` takes.*", TRAINING, re.DOTALL)
    named = {*re.findall(r"--(\w+)", said)}
    assert named <= {*train.SETTINGS, *train.FILES, *train.WORD.common} and {*train.FILES} <= named


def test_the_readmes_lesson_is_one() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", LESSON, re.DOTALL)
    lesson = lessons.read("L25", tomllib.loads(block))
    assert answers.truth(lesson, 0).value == pytest.approx(0.05)
    assert answers.reveal(lesson, 0) == ["It is 0.05, which is 2/λ."]
    assert answers.met(lesson, state_of(lesson.target.way)).holds
    assert not answers.met(lesson, state_of(lesson.target.address)).holds


def test_what_is_printed_is_where_the_readme_says() -> None:
    with create_app().server.test_client() as client:
        for path in ("worksheet/L06", "worksheet/L06?size=letter", "worksheet?course=L01,L06", "worksheet/L06/key"):
            assert path.partition("?")[0] in LESSON and client.get(f"/{path}").status_code == 200
