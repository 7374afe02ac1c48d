"""`downslope sweep`: the library's numbers on the terminal and in files, by one process or several, however it ends."""

import csv
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import __main__
from app.command import asked, sweep, terminal, workers, working
from app.page.settings import settings_of
from app.page.state import State
from app.page.sweep import SweepSettings
from app.protocol import Mistake
from optim_core import Adam, Nesterov, grid_sweep, learning_rate_sweep, tuned
from optim_core.work import Work, through

from ..browser.server import ROOT
from ..optim_core.workers import Task
from .terminals import rest

Said = pytest.CaptureFixture[str]
RACE = ["--surface", "rosenbrock", "--optimizer", "adam", "--optimizer", "sgd", "--kind", "race", "--rates", "9"]


def table(said: Said) -> list[list[str]]:
    """The words of each row below the head of the table."""
    lines = said.readouterr().out.splitlines()
    head = next(place for place, line in enumerate(lines) if line.startswith("run "))
    return [line.split() for line in lines[head + 1 :]]


def test_rates_of_the_default_page(capsys: Said) -> None:
    assert sweep.main([]) == 0
    rows = table(capsys)
    state = State()
    assert len(rows) == len(state.runs)
    rates = np.array([float(f"{rate:.2e}") for rate in np.geomspace(1e-4, 10, 61)])
    for row, run in zip(rows, state.runs, strict=True):
        made = learning_rate_sweep(run.optimizer, state.landscape, rates, state.begin, state.n_steps)
        shown = [f"{value:.6g}" for value in (made.best_rate, made.final.min(), made.width(), made.width("best"))]
        assert [row[1], row[2], *row[-2:]] == shown


def test_options_go_before_what_a_link_says(capsys: Said, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    link = "?f=booth&run=adam&run=sgd&sweep=rates=7~low=0.01~target=0.5&steps=20"
    assert sweep.main([link, "--rates", "5", "--high", "1", "--json", str(file)]) == 0
    found = json.loads(file.read_text())
    state, notices = State.from_query(found["link"].removeprefix(asked.HOME))
    assert notices == [] and state.sweep == SweepSettings(rates=5, low=0.01, high=1.0, target=0.5)
    assert found["runs"][0]["axes"]["lr"] == pytest.approx(np.geomspace(0.01, 1, 5), rel=5e-3)
    assert (found["n_steps"], found["target"]) == (20, 0.5)
    assert sweep.main([found["link"], "--json", str(tmp_path / "b.json")]) == 0
    assert (tmp_path / "b.json").read_text() == file.read_text()


def test_two_numbers_of_one_run(capsys: Said, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    words = ["?run=sgd&run=nesterov", "--kind", "grid", "--run", "2", "--across", "momentum", "--up", "lr"]
    assert sweep.main([*words, "--rates", "6", "--csv", str(file)]) == 0
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert len(rows) == 36 and {row["optimizer"] for row in rows} == {"nesterov"}
    axes = {name: sorted({float(row[name]) for row in rows}) for name in ("momentum", "lr")}
    state = State()
    made = grid_sweep(Nesterov(), state.landscape, axes, state.begin, state.n_steps)
    losses = np.array([float(row["final_loss"]) for row in rows]).reshape(6, 6)
    np.testing.assert_array_equal(losses, made.ends.loss)
    diverged = [row["diverged_at"] for row in rows]
    assert diverged == ["" if at < 0 else str(at) for at in made.ends.diverged_at.ravel().tolist()]
    assert "best momentum  best lr" in capsys.readouterr().out


def test_a_race_declares_its_price(capsys: Said, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    assert sweep.main([*RACE, "--steps", "50", "--json", str(file)]) == 0
    assert "9 rates, 5 starts, 2,250 gradients for each run; medians" in capsys.readouterr().out
    adam = json.loads(file.read_text())["runs"][0]
    state = State.from_query("?f=rosenbrock")[0]
    made = tuned(Adam(), state.landscape, adam["axes"]["lr"], n_steps=50)
    assert adam["best"] == {"lr": made.rate} and adam["n_gradients"] == made.n_gradients == 2250
    np.testing.assert_array_equal(adam["final_loss"], made.sweep.ends.loss)


def test_a_table_has_every_walk(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    assert sweep.main([*RACE, "--steps", "30", "--csv", str(file)]) == 0
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert len(rows) == 2 * 9 * 5 and rows[0]["link"].startswith(asked.HOME)
    assert {row["link"] for row in rows[1:]} == {""}
    adam = [row for row in rows if row["optimizer"] == "adam"]
    assert "lr" not in adam[0]["settings"] and "beta1=0.9" in adam[0]["settings"]
    assert len({(row["start_x"], row["start_y"]) for row in adam}) == 5
    assert all(row["first"] == row["stays"] == "" for row in adam if float(row["best_loss"]) > 1e-3)


@pytest.mark.parametrize("words", [["--rates", "33"], [*RACE, "--steps", "30"], ["--kind", "grid", "--rates", "9"]])
def test_several_processes_write_the_same(words: list[str], tmp_path: Path) -> None:
    one, other = tmp_path / "a.csv", tmp_path / "b.csv"
    assert sweep.main([*words, "--csv", str(one)]) == sweep.main([*words, "--workers", "2", "--csv", str(other)]) == 0
    assert one.read_bytes() == other.read_bytes()


def test_the_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert sweep.main(["--rates", "3", "--csv", "-"]) == 0
    said = capfdbinary.readouterr()
    assert said.out.startswith(b"link,surface,") and b"best lr" in said.err


def test_its_links_open_its_tab(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    assert sweep.main(["--rates", "3", "--weather", "noise=1,1~seeds=2", "--json", str(file)]) == 0
    state, notices = State.from_query(json.loads(file.read_text())["link"].removeprefix(asked.HOME))
    assert notices == [] and state.view.tab == "sweep" and state.weather.seeds == 2


def test_every_setting_of_the_tab_that_is_about_numbers_is_an_option() -> None:
    looks = {"colour", "curve", "steps"}  # the last one is an option of every command
    assert {*sweep.SETTINGS, *sweep.RUNS} >= set(settings_of(SweepSettings)) - looks


# the bar


def test_a_bar_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    now = [0.0]
    monkeypatch.setattr(terminal.time, "monotonic", lambda: now.append(now[-1] + 1) or now[-1])
    monkeypatch.setattr(terminal.sys.stderr, "isatty", lambda: True, raising=False)
    assert sweep.main(["--rates", "5"]) == 0
    said = capsys.readouterr()
    assert said.err.startswith("\r\x1b[K[########") and said.err.endswith("\r\x1b[K") and "run 3 of 3" in said.err
    assert "\x1b" not in said.out
    monkeypatch.setattr(terminal.sys.stderr, "isatty", lambda: False, raising=False)
    assert sweep.main(["--rates", "5"]) == 0
    assert capsys.readouterr().err == ""


# mistakes


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--rates", "0"], "--rates: “0” must be a whole number from 3 to 241"),
        (["--rates", "9999"], "--rates: “9999” must be a whole number from 3 to 241"),
        (["--low", "10", "--high", "1"], "--low and --high must run from a smaller to a larger rate"),
        (["--low", "20"], "--low must run from a smaller to a larger rate"),
        (["--low", "0"], "--low: “0” must be a number from 1e-12 to 1e6"),
        (["--target", "-1"], "--target: “-1” must be a number from"),
        (["--kind", "all"], "--kind: “all” is not one of rates, grid, race"),
        (["--criterion", "last"], "--criterion: “last” is not one of"),
        (["--across", "lrr"], "--across: “lrr” is not a number of any optimizer"),
        (["--run", "4"], "--run: “4” is not a whole number from 1 to 3, the number of runs"),
        (["?sweep=run=9"], "the link: sweep, run: “9” is not a slot from 0 to 7"),
        (["--starts", "9"], "--starts: “9” must be a whole number from 1 to 5"),
        (["--rates", "9", "--rates", "3"], "--rates is given twice"),
        (["--workers", "0"], "--workers: “0” is not a whole number from 1 to 64"),
        (["--workers", "two"], "--workers: “two” is not a whole number from 1 to 64"),
        (["--engine", "c"], "--engine: “c” is not one of numpy, fast"),
        (["?sweep=ratez=9"], "the link: sweep, ratez: “9” is not a setting of it"),
        (["?sweep=rates=1"], "the link: sweep, rates: “1” must be a whole number"),
        (["--start", "99,0"], "--start: “99,0” lies outside"),
        (
            ["--start", "7,0", "--kind", "race"],
            "the start [7.0, 0.0] is not in the window x -3.2 to 3.2",
        ),
        (["--csv", "/no/such/folder/a.csv", "--rates", "3"], "cannot write /no/such/folder/a.csv"),
        (["--csv", "a", "--json", "a"], "only one of the files can be a"),
    ],
)
def test_a_mistake_is_said_in_words(words: list[str], said: str, capsys: Said) -> None:
    assert sweep.main(words) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(f"downslope sweep: {said}")


def test_it_is_a_word_of_downslope(capsys: Said) -> None:
    assert __main__.main(["sweep", "--rates", "3"]) == 0
    assert "best lr" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        __main__.main(["sweep", "--help"])
    said = capsys.readouterr().out
    assert all(
        f"--{name}" in said for name in (*sweep.SETTINGS, *sweep.RUNS, *sweep.FILES, *working.MORE, *asked.OPTIONS)
    )


def test_numbers_alone_load_neither_dash_nor_plotly() -> None:
    script = (
        "import sys; from app.command.sweep import main; main(['--rates', '3', '--csv', '-']);"
        "print({'dash', 'plotly', 'PIL'} & {*sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "set()"


def test_without_the_extra_the_fast_engine_is_refused(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    from optim_core.engines import jitted

    jitted.machine.cache_clear()
    monkeypatch.setitem(sys.modules, "numba", None)
    assert sweep.main(["--rates", "3", "--engine", "fast"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("downslope sweep: ") and "fast" in said.err


# however it ends


def children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "ppid=,pid="], capture_output=True, text=True, check=True).stdout
    pairs = (tuple(map(int, line.split())) for line in listed.splitlines())
    return [child for parent, child in pairs if parent == pid]


def until(what: Any, seconds: float = 30.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("more", [[], ["--workers", "2"]], ids=["alone", "two"])
def test_ctrl_c_ends_it_in_a_word(more: list[str]) -> None:
    words = [
        sys.executable,
        "-m",
        "app",
        "sweep",
        "?f=ackley&run=adam",  # some seconds of work, in several blocks
        "--kind",
        "grid",
        "--rates",
        "200",
        "--steps",
        "2000",
        *more,
    ]
    ours, theirs = pty.openpty()
    with subprocess.Popen(words, cwd=ROOT, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        said = b""
        while b"]" not in said:  # the bar
            said += os.read(ours, 1000)
        those = children(process.pid)
        assert len(those) >= 2 * bool(more)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 130
    said += rest(ours)
    assert said.endswith(b"\r\x1b[Kdownslope sweep: stopped\r\n") and said.count(b"\n") == 1
    until(lambda: not [pid for pid in those if is_alive(pid)])


def test_ctrl_c_is_not_for_workers_that_have_hardly_begun() -> None:
    words = [
        sys.executable,
        "-m",
        "app",
        "sweep",
        "?f=ackley&run=adam",
        "--kind",
        "grid",
        "--rates",
        "200",
        "--steps",
        "2000",
        "--workers=2",
    ]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        those = until(lambda: len(found := children(process.pid)) >= 3 and found)
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate(timeout=60) == (None, "downslope sweep: stopped\n") and process.returncode == 130
    until(lambda: not [pid for pid in those if is_alive(pid)])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_when_a_worker_dies_others_go_on(tmp_path: Path) -> None:
    task = Task(tmp_path / "log", deadly=3)
    (tmp_path / "armed").touch()
    said: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        said.append((done, total))
        if done == 3:
            (tmp_path / "armed").unlink()

    with workers.Workers(1) as those:
        made = those.do(lambda executor: through(Work(task, tuple(range(6)), sum), executor, progress))
    assert made == sum(n * n for n in range(6)) and said == [(n, 6) for n in range(1, 7)]


def test_what_kills_every_worker_is_given_up(tmp_path: Path) -> None:
    task = Task(tmp_path / "log", deadly=1)
    (tmp_path / "armed").touch()
    with workers.Workers(1) as those, pytest.raises(Mistake, match=r"so did those after them: 1 of 3 blocks are done"):
        those.do(lambda executor: through(Work(task, (0, 1, 2), sum), executor))
    assert task.calls() == [0, 1, 1]


def test_a_worker_outlives_nobody(tmp_path: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "app",
        "sweep",
        "?run=momentum",
        "--kind=grid",
        "--rates=241",
        "--steps=2000",
        "--workers=2",
    ]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        those = until(lambda: len(found := children(process.pid)) >= 3 and found)
        process.kill()
    until(lambda: not [pid for pid in those if is_alive(pid)])


def test_the_example_works(capsys: Said) -> None:
    assert sweep.main(sweep.EXAMPLE.split()[2:-2]) == 0
    assert capsys.readouterr().err == ""
