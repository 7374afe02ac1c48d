"""What is exported is what was walked, to the last bit, and no name does harm in a spreadsheet."""

import csv
import io
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.export import data
from app.page.labels import labels
from app.page.state import Run, State
from app.walks.simulate import Simulation, Walk, simulate
from landscapes import ElongatedValley, Formula, Matyas, Rosenbrock, Rotated, layers
from optim_core import (
    OPTIMIZERS,
    SGD,
    Adam,
    Clip,
    Constant,
    Cosine,
    Drift,
    Fork,
    Momentum,
    NAdam,
    Pulse,
    RMSProp,
    Stairs,
    Weather,
)

LINK = 'https://example.org/explore?f=valley~kappa=3&run=sgd~name=a,b"c'
EVERY = State(Rosenbrock(a=0.9), tuple(Run(cls(lr=1e-4), slot) for slot, cls in enumerate(OPTIMIZERS.values())))
NASTY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "\tx",
    "\rx",
    "\nx",
    "\0=1",
    "＝1",
    'say "hi", twice',
    "two\r\nlines",
    "😀;η",
    "",
    "'",
]


def table(sim: Simulation) -> list[dict[str, str]]:
    text = data.csv(sim, LINK)
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def of_slot(rows: list[dict[str, str]], slot: int) -> list[dict[str, str]]:
    return [row for row in rows if row["slot"] == str(slot)]


MET = replace(
    EVERY,
    runs=(
        *EVERY.runs[:-3],
        replace(EVERY.runs[-3], schedule=Stairs(30, 0.5)),
        replace(EVERY.runs[-2], fork=Fork(SGD(lr=2e-4), 40)),
        replace(EVERY.runs[-1], fork=Fork(replace(EVERY.runs[-1].optimizer, lr=1e-3), 40), schedule=Constant()),
    ),
    weather=Weather((0.5, 0.2), 4.0, 3, 1, (0.9, 0.8), Pulse(9, 2.0), Drift((0.001, 0.0)), Clip(norm=20.0)),
    schedule=Cosine(),
)
WAYS = {"fair": EVERY, "met": MET}
every_way = pytest.mark.parametrize("state", WAYS.values(), ids=WAYS)


def expected(walk: Walk) -> Iterator[tuple[str, np.ndarray]]:
    """Every column of a run with all its rows; NaN in row 0 of what belongs to a step."""
    trajectory = walk.trajectory
    yield "loss", trajectory.loss
    if not walk.course.weather.is_fair:
        lr = [walk.run.fork.optimizer.lr if walk.run.fork and t < walk.run.fork.at else 1e-4 for t in range(100)]
        factors = walk.course.schedule.factors(100)[:-1]
        yield "lr", np.append(np.nan, lr * factors)
    pairs = {"": trajectory.params, "grad_": trajectory.grad}
    if not walk.course.weather.is_fair:
        pairs |= {"seen_grad_": trajectory.seen_grad, "moved_": trajectory.offsets}
    pairs |= {f"{name}_": getattr(trajectory, name) for name in ("delta", "effective_lr", "rms_grad")}
    pairs |= {f"state.{name}.": field for name, field in trajectory.state._asdict().items() if field is not None}
    for name, rows in pairs.items():
        late = np.full((len(trajectory.loss) - len(rows), 2), np.nan)
        for axis, column in zip("xy", np.concatenate([late, rows]).T, strict=True):
            yield name + axis, column


def numbers(cells: list[Any]) -> np.ndarray:
    return np.array([np.nan if cell in ("", None) else float(cell) for cell in cells])


# --- exact ----------------------------------------------------------------------------------------------------------


@every_way
def test_the_table_holds_every_number_exactly(state: State) -> None:
    rows = table(simulate(state))
    for walk in simulate(state).walks:
        mine = of_slot(rows, walk.run.slot)
        assert [row["step"] for row in mine] == [str(t) for t in range(101)]
        filled = {name for name in mine[-1] if mine[-1][name]}
        columns = dict(expected(walk))
        columns = {name: column for name, column in columns.items() if name != "lr" or name in filled}
        assert filled - set(data.ABOUT) == set(columns)
        assert ("lr" in filled) == (walk.is_scheduled or walk.run.fork is not None)
        for name, column in columns.items():
            np.testing.assert_array_equal(numbers([row[name] for row in mine]), column, err_msg=name)


@every_way
def test_the_object_holds_every_number_exactly(state: State) -> None:
    whole = json.loads(data.json(simulate(state), LINK))
    for walk, run in zip(simulate(state).walks, whole["runs"], strict=True):
        columns = dict(expected(walk))
        assert set(run["steps"]) == {"step", *columns}
        assert run["steps"]["step"] == list(range(101))
        for name, column in columns.items():
            np.testing.assert_array_equal(numbers(run["steps"][name]), column, err_msg=name)


def test_row_t_is_the_page_at_step_t() -> None:
    rows = table(simulate(State(ElongatedValley(2.0), (Run(Momentum(lr=0.25, momentum=0.5), 0),), (1.0, -1.0), 2)))
    first, second, _ = rows
    assert (first["x"], first["y"], first["loss"], first["grad_x"], first["grad_y"]) == (
        "1.0",
        "-1.0",
        "1.5",
        "1.0",
        "-2.0",
    )
    assert (first["delta_x"], first["effective_lr_y"], first["state.velocity.x"]) == ("", "", "")
    assert (second["x"], second["y"], second["grad_y"]) == ("0.75", "-0.5", "-1.0")
    assert (second["delta_x"], second["delta_y"], second["state.velocity.y"]) == ("-0.25", "0.5", "-2.0")


# --- what it says ---------------------------------------------------------------------------------------------------


def test_the_settings_stand_in_every_row_and_the_link_in_one() -> None:
    optimizers = (RMSProp(lr=0.1 + 0.2, centered=True), SGD(lr=0.01))
    state = State(ElongatedValley(3.0), tuple(Run(o, slot + 3) for slot, o in enumerate(optimizers)), n_steps=2)
    rows = table(simulate(state))
    assert [(row["link"], row["surface"]) for row in rows] == [(LINK, "valley~kappa=3")] + [("", "")] * 5
    assert [row["slot"] for row in rows] == ["3"] * 3 + ["4"] * 3
    assert {row["diverged_at"] for row in rows} == {""}
    for row, run in zip(rows[::3], state.runs, strict=True):
        read, notices = State.from_query(f"?run={row['optimizer']}~{row['settings']}")
        assert (read.runs[0].optimizer, notices) == (run.optimizer, [])


def test_a_surface_without_settings_is_its_name() -> None:
    assert table(simulate(State(Matyas(), n_steps=1)))[0]["surface"] == "matyas"


def test_what_is_around_a_surface_is_told_from_the_inside_out() -> None:
    sim = simulate(State.from_query("?f=valley~rotate=30~shift=1,-0.5&run=sgd~lr=0.01&steps=1")[0])
    assert table(sim)[0]["surface"] == "valley~kappa=40~rotate=30~shift=1,-0.5"
    assert json.loads(data.json(sim, LINK))["surface"] == {
        "name": "valley",
        "formula": "½ (x² + κ y²), turned by 30°, moved by (1, −0.5)",
        "settings": {"kappa": 40.0},
        "transforms": [
            {"name": "rotate", "settings": {"degrees": 30.0}},
            {"name": "shift", "settings": {"x": 1.0, "y": -0.5}},
        ],
    }


@pytest.mark.parametrize("text", ["-x^2 + y^2", "f(x, y) = log(x+3)", "x·y − √(x+2)"])
@pytest.mark.parametrize("window", [((-2, 2), (-2, 2)), ((0.1 + 0.2, 1e6), (-1 / 3, 1e-7))])
def test_a_typed_surface_is_told_whole(text: str, window: Any) -> None:
    """Its text and its window, wherever they are the usual ones too: so it can be made again."""
    surface = Rotated(Formula(text, window), 30.0)
    sim = simulate(State(surface, n_steps=1))
    told = json.loads(data.json(sim, LINK))["surface"]
    assert told["name"] == "formula" and told["formula"] == surface.formula
    assert Formula(**told["settings"]) == surface.surface
    cell = table(sim)[0]["surface"]
    assert layers(State.from_query(f"?f={cell}")[0].landscape)[0] == surface.surface
    assert "~text=" in cell and "~window=" in cell and cell.endswith("~rotate=30")
    assert "~window=-2,2,-2,2" in table(simulate(State(Formula("x"), n_steps=1)))[0]["surface"]


def test_the_object_says_what_was_compared() -> None:
    state = State(ElongatedValley(3.0), (Run(RMSProp(lr=0.2), 3, "mine"), Run(NAdam(), 0)), (1.0, -0.5), 4)
    whole = json.loads(data.json(simulate(state), LINK))
    assert (whole["link"], whole["start"], whole["n_steps"]) == (LINK, [1.0, -0.5], 4)
    surface = {"name": "valley", "formula": ElongatedValley.formula, "settings": {"kappa": 3.0}, "transforms": []}
    assert whole["surface"] == surface
    first, second = whole["runs"]
    assert (first["run"], first["slot"], first["optimizer"], first["diverged_at"]) == ("mine", 3, "rmsprop", None)
    assert RMSProp(**first["settings"]) == RMSProp(lr=0.2) and NAdam(**second["settings"]) == NAdam()
    assert second["run"] == "NAdam"


def test_what_is_met_stands_there_as_an_address_has_it_and_in_words() -> None:
    sim = simulate(MET)
    rows, whole = table(sim), json.loads(data.json(sim, LINK))
    weather = "noise=0.5,0.2~batch=4~seed=3~sparse=0.9,0.8~pulse=x,9,2~drift=steady,0.001,0~clip=norm,20"
    words = "noise σ 0.5 in x, 0.2 in y averaged over 4; gradients told with probability 0.9 in x, 0.8 in y; "
    words += "every 9th gradient in x times −2; the surface moves by (0.001, 0) at every step; clipped to the norm 20; "
    words += "seed 3; η: cosine"
    assert (rows[0]["weather"], rows[0]["met"]) == (whole["weather"], whole["met"]) == (weather, words)
    assert {row["weather"] + row["met"] for row in rows[1:]} == {""}
    for run, found in zip(MET.runs, whole["runs"], strict=True):
        mine = of_slot(rows, run.slot)
        own = {key: found[key] for key in ("optimizer", "schedule", "fork")}
        assert all({key: row[key] for key in own} == own for row in mine)
        written = "".join(f"~{key}={own[key]}" for key in ("schedule", "fork") if own[key])
        read, notices = State.from_query(f"?run={mine[0]['optimizer']}~{mine[0]['settings']}{written}")
        assert notices == [] and read.runs[0].fork == run.fork
        assert (read.runs[0].schedule or Constant()) == MET.schedule_of(run)
    *_, stairs, forked, _ = whole["runs"]
    assert stairs["met"] == "η: stairs, k 30, γ 0.5"
    assert forked["met"] == "up to step 40 SGD, η 0.0002, of whose memory it keeps nothing"


def test_what_an_optimizer_before_a_fork_did_not_remember_is_empty() -> None:
    state = State(ElongatedValley(), (Run(Momentum(), 0, fork=Fork(SGD(), 3)),), n_steps=6)
    mine, (run,) = table(simulate(state)), json.loads(data.json(simulate(state), LINK))["runs"]
    assert [row["state.velocity.x"] != "" for row in mine] == [False] * 4 + [True] * 3
    assert [one is not None for one in run["steps"]["state.velocity.x"]] == [False] * 4 + [True] * 3


def test_of_many_seeds_it_is_the_first() -> None:
    many, alone = (replace(MET, weather=replace(MET.weather, seeds=k)) for k in (3, 1))
    for one, other in zip(table(simulate(many)), table(simulate(alone)), strict=True):
        assert [one[name] for name in ("x", "seen_grad_y")] == [other[name] for name in ("x", "seen_grad_y")]


# --- nasty ----------------------------------------------------------------------------------------------------------


def test_no_name_becomes_a_formula_or_breaks_a_row() -> None:
    state = State(runs=tuple(Run(SGD(), slot, name) for slot, name in enumerate(NASTY)), n_steps=2)
    rows = table(simulate(state))
    assert len(rows) == 3 * len(NASTY)
    for row, label in zip(rows[::3], labels(state.runs), strict=True):
        assert row["run"].removeprefix("'") == label.removeprefix("'")
        assert row["run"] == label or label[0] in "=+-@＝\t\r\n\0"
        assert not row["run"].startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝"))
        assert row["optimizer"] == "sgd" and None not in row
    assert tuple(run["run"] for run in json.loads(data.json(simulate(state), LINK))["runs"]) == labels(state.runs)


def test_a_negative_number_is_a_number_and_a_link_is_not_a_formula() -> None:
    text = data.csv(simulate(State(n_steps=1)), "=HYPERLINK(1)")
    assert ",-2.6,1.25," in text and '"\'=HYPERLINK(1)"' in text
    lines = text.split("\r\n")
    assert lines[-1] == "" and len(lines) == 1 + 3 * 2 + 1
    assert len({len(row) for row in csv.reader(lines[:-1])}) == 1


# --- diverged -------------------------------------------------------------------------------------------------------

WILD = State(ElongatedValley(), (Run(SGD(lr=10.0), 0), Run(Adam(), 1)), n_steps=300)


def test_a_run_that_diverged_ends_with_its_last_finite_row() -> None:
    sim = simulate(WILD)
    at = sim.walks[0].diverged_at
    assert 0 < at < 300
    rows, whole = table(sim), json.loads(data.json(sim, LINK), parse_constant=pytest.fail)
    wild, calm = of_slot(rows, 0), of_slot(rows, 1)
    assert len(wild) == at and len(calm) == 301
    assert {row["diverged_at"] for row in wild} == {str(at)} and {row["diverged_at"] for row in calm} == {""}
    assert [run["diverged_at"] for run in whole["runs"]] == [at, None]
    assert len(whole["runs"][0]["steps"]["x"]) == len(whole["runs"][0]["steps"]["delta_x"]) == at
    for name in ("x", "y", "loss", "grad_x", "delta_y"):
        assert np.isfinite(numbers([row[name] for row in wild])[1:]).all()
    assert numbers([row["x"] for row in wild])[-1] == sim.walks[0].trajectory.params[at - 1, 0]


def test_what_is_not_finite_before_is_null_in_the_object_and_named_in_the_table() -> None:
    """A memory can overflow while the point is still finite."""
    sim = simulate(State(ElongatedValley(), (Run(SGD(), 0),), n_steps=3))
    rms = sim.walks[0].trajectory.rms_grad.copy()
    rms[1] = np.inf, np.nan
    sim = replace(sim, walks=(replace(sim.walks[0], trajectory=replace(sim.walks[0].trajectory, rms_grad=rms)),))
    steps = json.loads(data.json(sim, LINK), parse_constant=pytest.fail)["runs"][0]["steps"]
    assert steps["rms_grad_x"] == [None, rms[0, 0], None, rms[2, 0]]
    assert [row["rms_grad_y"] for row in table(sim)] == ["", repr(float(rms[0, 1])), "nan", repr(float(rms[2, 1]))]


def test_a_run_that_never_was_finite_has_no_rows() -> None:
    sim = simulate(State(n_steps=3))
    lost = replace(sim.walks[0].trajectory, diverged_at=np.array(0))
    sim = replace(sim, walks=(replace(sim.walks[0], trajectory=lost), *sim.walks[1:]))
    rows = table(sim)
    assert of_slot(rows, 0) == [] and len(rows) == 8 and rows[0]["link"] == LINK
    run = json.loads(data.json(sim, LINK))["runs"][0]
    assert (run["diverged_at"], run["steps"]["x"], run["steps"]["delta_x"]) == (0, [], [])
    assert table(replace(sim, walks=sim.walks[:1])) == []


def test_the_largest_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    names = ("rmsprop", "nadam", "radam", "adabelief", "yogi", "amsgrad", "adadelta", "rprop")
    sim = simulate(State(Rosenbrock(), tuple(Run(OPTIMIZERS[n](), i) for i, n in enumerate(names)), n_steps=2000))
    for write in (data.csv, data.json):
        begin = time.perf_counter()
        text = write(sim, LINK)
        seconds = time.perf_counter() - begin
        with capsys.disabled():
            print(f"\n{write.__name__}: 8 runs of 2000 steps, {len(text) / 1e6:.1f} MB in {seconds:.2f} s", end="")
        assert text.count(repr(float(sim.walks[3].trajectory.loss[1999]))) >= 1
    assert data.csv(sim, LINK).count("\r\n") == 1 + 8 * 2001
