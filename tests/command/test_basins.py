"""`downslope basins`: the library's shares on the terminal, and every start in files."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app import __main__
from app.command import asked, basins, working
from app.page.basins import BasinsSettings
from app.page.settings import settings_of
from app.page.state import State
from optim_core import Adam
from optim_core import basins as basins_of

from ..browser.server import ROOT

Said = pytest.CaptureFixture[str]
WORDS = ["--surface", "himmelblau", "--optimizer", "adam~lr=0.2", "--steps", "60", "--size", "48"]
PAIR = ["?f=rastrigin&run=sgd~lr=0.002&run=adam~lr=0.3&steps=40&tab=basins&basins=size=48~run=0~beside=2"]


def test_shares_on_the_terminal(capsys: Said) -> None:
    assert basins.main(WORDS) == 0
    said = capsys.readouterr()
    found = basins_of(Adam(0.2), State.from_query("?f=himmelblau")[0].landscape, 48, n_steps=60)
    shares = sorted((one for one in found.shares()[:4] if one.share), key=lambda one: -one.share)
    lines = said.out.splitlines()
    assert lines[0] == "Himmelblau: 48 x 48 starts, x -5 to 5, y -5 to 5, 60 steps" and said.err == ""
    assert [line.split("  ")[:2] for line in lines[6:]] == [["Adam", "none"]]
    for line, one in zip(lines[2:6], shares, strict=True):
        assert f"{100 * one.share:.2f} %" in line and line.endswith(f"{one.steps:.6g}")
        assert f"({one.minimum[0]:.6g}, {one.minimum[1]:.6g})" in line


def test_of_many_minima_the_largest_are_named(capsys: Said) -> None:
    assert basins.main(PAIR) == 0
    lines = capsys.readouterr().out.splitlines()[2:]
    for name in ("SGD", "Adam"):
        own = [line for line in lines if line.startswith(name)]
        assert sum("(" in line for line in own) == basins.MOST and sum("others" in line for line in own) == 1
        shares = [float(line.split(" %")[0].split()[-1]) for line in own]
        assert sum(shares) == pytest.approx(100, abs=0.1)
        assert shares[: basins.MOST] == sorted(shares[: basins.MOST], reverse=True)


def test_every_file(tmp_path: Path, capsys: Said) -> None:
    files = {name: tmp_path / f"basins.{name}" for name in basins.FILES}
    words = [word for name, file in files.items() for word in (f"--{name}", str(file))]
    assert basins.main([*PAIR, *words]) == 0
    state = State.from_query(PAIR[0])[0]
    made = [basins_of(run.optimizer, state.landscape, 48, n_steps=40) for run in state.runs]
    arrays = np.load(files["npz"])
    assert arrays["runs"].tolist() == ["SGD", "Adam"] and arrays["link"].item() == asked.HOME + state.to_query()
    for name, attribute in (("minimum", "nearest"), ("since", "since"), ("diverged_at", "diverged_at")):
        np.testing.assert_array_equal(arrays[name], [getattr(one, attribute) for one in made])
    np.testing.assert_array_equal(arrays["params"], [one.ends.params for one in made])
    np.testing.assert_array_equal(arrays["minima"], made[0].minima)
    with Image.open(files["png"]) as picture:
        assert picture.format == "PNG" and picture.size[0] > 1000 and state.to_query() in picture.info["Comment"]
    assert "SGD" in capsys.readouterr().out


def test_options_name_two_runs(capsys: Said) -> None:
    words = ["--surface", "himmelblau", "--optimizer", "sgd", "--optimizer", "lion", "--optimizer", "adam~lr=0.2"]
    assert basins.main([*words, "--run", "3", "--beside", "2", "--size", "48", "--steps", "20"]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()[2:]]
    assert list(dict.fromkeys(names)) == ["Adam", "Lion"]


def test_a_table_has_every_start(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    assert basins.main([*PAIR, "--csv", str(file)]) == 0
    state = State.from_query(PAIR[0])[0]
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert len(rows) == 2 * 48 * 48 and rows[0]["link"] == asked.HOME + state.to_query() and rows[1]["link"] == ""
    for run, part in zip(state.runs, (rows[: 48 * 48], rows[48 * 48 :]), strict=True):
        found = basins_of(run.optimizer, state.landscape, 48, n_steps=40)
        for name, column in (("minimum", found.nearest), ("since", found.since), ("diverged_at", found.diverged_at)):
            assert [row[name] for row in part] == ["" if value < 0 else str(value) for value in column.ravel().tolist()]
        numbers = {name: [float(row[name]) for row in part] for name in ("x", "y", "end_x", "end_y", "final_loss")}
        x, y = np.meshgrid(found.x, found.y)
        wanted = (x, y, *found.ends.params, found.ends.loss)
        np.testing.assert_array_equal(list(numbers.values()), [column.ravel() for column in wanted])
        named = [(float(row["minimum_x"]), float(row["minimum_y"])) for row in part if row["minimum"]]
        near = found.nearest[found.nearest >= 0]
        np.testing.assert_array_equal(named, found.minima[near])


def test_json_has_shares_and_starts(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    assert basins.main([*WORDS, "--json", str(file)]) == 0
    read = json.loads(file.read_text())
    found = basins_of(Adam(0.2), State.from_query("?f=himmelblau")[0].landscape, 48, n_steps=60)
    (run,) = read["runs"]
    assert run["settings"]["lr"] == 0.2 and read["radius"] == found.radius and read["n_global"] == 4
    assert [one["share"] for one in run["shares"]] == [one.share for one in found.shares()]
    nulls = [[-1 if value is None else value for value in row] for row in run["minimum"]]
    np.testing.assert_array_equal(nulls, found.nearest)


@pytest.mark.parametrize(
    "words",
    [
        [*WORDS],
        ["--formula", "x^2 + 2*sin(3*x) + y^2", "--steps", "30", "--weather", "noise=0.1,0.1", "--size=48"],
        ["?f=factorization&run=adam~lr=.1~fork=5,sgd&steps=20&basins=size=48"],
    ],
)
def test_several_processes_write_the_same(words: list[str], tmp_path: Path) -> None:
    one, other = tmp_path / "a.npz", tmp_path / "b.npz"
    assert basins.main([*words, "--npz", str(one)]) == basins.main([*words, "--workers=2", "--npz", str(other)]) == 0
    here, there = np.load(one), np.load(other)
    assert set(here) == set(there)
    for name in here:
        np.testing.assert_array_equal(here[name], there[name])


def test_the_readme_shows_what_is_printed(capsys: Said, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = (ROOT / "README.md").read_text(encoding="utf-8").split("$ downslope basins ")[1].split("\n```")[0]
    words, _, printed = shown.partition("\n")
    monkeypatch.chdir(tmp_path)
    assert basins.main(words.split()) == 0
    assert capsys.readouterr().out == f"{printed}\n"
    assert {file.name for file in tmp_path.iterdir()} == {"basins.png", "basins.csv"}


def test_the_example_works(capsys: Said, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert basins.main(basins.EXAMPLE.split()[2:]) == 0
    assert capsys.readouterr().err == ""


def test_the_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert basins.main([*WORDS, "--npz", "-"]) == 0
    said = capfdbinary.readouterr()
    assert np.load(io.BytesIO(said.out))["minimum"].shape == (1, 48, 48) and b"share" in said.err


def test_of_many_seeds_it_walks_the_first_and_says_so(capsys: Said) -> None:
    assert basins.main([*WORDS, "--weather", "noise=9,9~seed=3"]) == 0
    alone = capsys.readouterr().out.splitlines()
    assert basins.main([*WORDS, "--weather", "noise=9,9~seed=3~seeds=4"]) == 0
    many = capsys.readouterr().out.splitlines()
    assert many[2] == "Of many seeds the first one is walked." and many[3:] == alone[2:]


def test_every_setting_of_the_tab_is_an_option() -> None:
    assert {*basins.SETTINGS, *basins.RUNS} == set(settings_of(BasinsSettings)) - {
        "steps"
    }  # an option of every command


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--size", "0"], "--size: “0” must be a whole number from 48 to 256"),
        (["--size", "10000"], "--size: “10000” must be a whole number from 48 to 256"),
        (["--run", "0"], "--run: “0” is not a whole number from 1 to 3, the number of runs"),
        (["--beside", "x"], "--beside: “x” is not a whole number from 1 to 3, the number of runs"),
        (["--show", "all"], "--show: “all” is not one of each, difference"),
        (["--workers", "x"], "--workers: “x” is not a whole number from 1 to 64"),
        (["?basins=size=1"], "the link: basins, size: “1” must be a whole number"),
        (["--start", "99,0"], "--start: “99,0” lies outside"),
        (["--size", "48", "--png", "/no/such/folder/a.png"], "cannot write /no/such/folder/a.png"),
    ],
)
def test_a_mistake_is_said_in_words(words: list[str], said: str, capsys: Said) -> None:
    assert basins.main(words) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(f"downslope basins: {said}")


def test_it_is_a_word_of_downslope(capsys: Said) -> None:
    assert __main__.main(["basins", *WORDS]) == 0
    assert "share" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        __main__.main(["basins", "--help"])
    said = capsys.readouterr().out
    assert all(
        f"--{name}" in said for name in (*basins.SETTINGS, *basins.RUNS, *basins.FILES, *working.MORE, *asked.OPTIONS)
    )
