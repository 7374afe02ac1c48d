"""`downslope train`: the library's trainings on the terminal and in files, to the last printed digit of a listing."""

import csv
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app import __main__
from app.command import asked, terminal, train
from app.export.train_data import trained
from app.page.settings import settings_of
from app.page.state import State
from app.page.train import TrainSettings
from landscapes import Regression
from landscapes.datasets import made
from optim_core import Adam, Batches
from optim_core import train as training

from ..browser.server import ROOT
from .terminals import rest

Said = pytest.CaptureFixture[str]
SHORT = ["--n", "60", "--d", "3", "--epochs", "3", "--shuffles", "2"]
PRICES = "size;rooms;town;price\n" + "".join(
    f"{50 + 7 * i % 60};{i % 4};{'Aar' if i % 3 else 'Bel'};{100 + 2.5 * (7 * i % 60) + i % 5}\n" for i in range(40)
)


def table(said: Said) -> list[list[str]]:
    """The words of each row below the head of the table."""
    lines = said.readouterr().out.splitlines()
    head = next(place for place, line in enumerate(lines) if line.startswith("run "))
    return [line.split() for line in lines[head + 1 :]]


def test_as_printed_to_the_last_digit(capsys: Said) -> None:
    assert train.main(["--as-printed"]) == 0
    rows = table(capsys)
    assert [row[2] for row in rows[:3]] == ["0.243234", "0.249472", "0.244994"]
    assert [row[0] for row in rows[:4]] == ["AdaGrad", "RMSProp", "Adam", "SGD"]


def test_what_the_listing_does_otherwise_and_what_that_costs_is_said(capsys: Said) -> None:
    assert train.main(["--as-printed"]) == 0
    said = capsys.readouterr().out
    assert "t, which corrects the bias of Adam, starts anew in every epoch" in said
    assert said.endswith("Adam needs 33 epochs to a loss of 0.3 where t starts anew, and 13 epochs in the fair race.\n")


def test_what_no_model_can_learn_is_said(capsys: Said) -> None:
    assert train.main(["--weights", "0", "--noise", "1", "--epochs", "1"]) == 0
    assert "no model gets below 0.937" in capsys.readouterr().out


def test_the_fair_race_is_what_there_is_without_options(capsys: Said) -> None:
    assert train.main([]) == 0
    rows = table(capsys)
    for row, one in zip(rows, trained(State.from_query("?tab=train")[0]), strict=True):
        assert row == [
            one.label,
            f"{np.median(one.made.epochs_to(0.3)):g}",
            *(f"{np.median(losses[-1]):.6g}" for losses in (one.made.during, one.made.loss)),
        ]


def test_what_is_written_is_what_the_library_finds(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    words = ["--data", "made", "--optimizer", "adam~lr=.01", "--epochs", "5", "--batch", "32", "--seed", "42", "--json"]
    assert train.main([*words, str(file)]) == 0
    found = json.loads(file.read_text())
    data = made()
    whole = training(Adam(0.01), Regression(data.features, data.target), Batches(32, seeds=5), 5)
    (run,) = found["runs"]
    np.testing.assert_array_equal(run["loss"], whole.loss)
    np.testing.assert_array_equal(run["weights"], whole.weights)
    np.testing.assert_array_equal(run["steps"]["params"], whole.params[..., 0])
    assert run["steps"]["at"] == list(range(161)) and np.shape(run["steps"]["rms_grad"]) == (160, 10)
    assert found["samples"] == 1000 and found["batches_per_epoch"] == 32 and found["truth"] == data.truth.tolist()
    state, notices = State.from_query(found["link"].removeprefix(asked.HOME))
    assert notices == [] and state.view.tab == "train" and state.train == TrainSettings(epochs=5)


def test_a_table_has_every_epoch(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    assert train.main([*SHORT, "--validation", "0.25", "--optimizer", "sgd", "--csv", str(file)]) == 0
    rows = list(csv.DictReader(file.read_text().splitlines()))
    (one,) = trained(State.from_query("tab=train&run=sgd&train=n=60~d=3~epochs=3~shuffles=2~validation=0.25")[0])
    assert [(row["shuffle"], row["epoch"]) for row in rows] == [(str(k), str(e)) for k in range(2) for e in range(4)]
    assert rows[0]["link"].startswith(asked.HOME) and {row["link"] for row in rows[1:]} == {""}
    assert rows[0]["during"] == "" and rows[-1]["during"] == repr(float(one.made.during[-1, 1]))
    assert [float(row["validation"]) for row in rows] == one.made.validation.T.ravel().tolist()
    assert [float(row["w x3"]) for row in rows] == one.made.weights[:, 2].T.ravel().tolist()


def test_a_file_of_ones_own(tmp_path: Path, capsys: Said) -> None:
    file, written = tmp_path / "prices.csv", tmp_path / "a.json"
    file.write_text(PRICES)
    assert train.main(["--data", str(file), "--epochs", "20", "--optimizer", "sgd~lr=.1", "--json", str(written)]) == 0
    found = json.loads(written.read_text())
    assert found["target"] == "price" and found["names"] == ["size", "rooms", "town = Bel", "1"]
    assert (found["samples"], found["held_out"]) == (32, 8)
    assert float(table(capsys)[0][2]) < 0.2
    assert train.main(["--data", str(file), "--target", "rooms", "--epochs", "1"]) == 0
    assert train.main([found["link"]]) == 0  # it was read a moment ago
    state = State.from_query(found["link"].removeprefix(asked.HOME))[0]
    gone = found["link"].replace(state.train.file, "0" * 64)
    assert train.main([gone]) == 2
    assert "say which one it is, --data FILE.csv" in capsys.readouterr().err


@pytest.mark.parametrize("target", ["a~b", "50 %7E", "x=y", "η, km/h"])
def test_a_column_of_any_name_can_be_the_target(target: str, tmp_path: Path) -> None:
    file, written = tmp_path / "a.csv", tmp_path / "a.json"
    file.write_text(f'x,"{target}",z\n' + "".join(f"{i},{i * i % 7},{i % 3}\n" for i in range(30)), encoding="utf-8")
    assert train.main(["--data", str(file), "--target", target, "--epochs", "1", "--json", str(written)]) == 0
    assert json.loads(written.read_text())["target"] == target


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--data", "cancr"], "--data: “cancr” is not made, diabetes, cancer, cars, and no file"),
        (["--batch", "0"], "--batch: “0” must be a whole number from 1"),
        (["--as-printed", "--data", "cars"], "--as-printed belongs to made data"),
        (["--data", "cars", "--target", "wheels"], "there is no column “wheels”"),
        (["--data", "cars", "--model", "logistic"], "the logistic model needs two classes"),
        (["--weather", "noise=1,1"], "--weather: of all weather only clip acts on a training"),
        (["--epochs", "3", "--epochs", "4"], "--epochs is given twice"),
        (["?train=epochs=0"], "the link: train, epochs"),
        (["--optimizer", "adamm"], "there is no optimizer called 'adamm'"),
    ],
)
def test_mistakes_are_said_in_words(words: list[str], reason: str, capsys: Said) -> None:
    assert train.main(words) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("downslope train: ") and reason in said.err


def test_a_bad_cell_is_named(tmp_path: Path, capsys: Said) -> None:
    file = tmp_path / "a.csv"
    file.write_text(PRICES.replace("\n57;", "\nfifty;", 1))
    assert train.main(["--data", str(file)]) == 2
    assert "row 3, column 1 (“size”)" in capsys.readouterr().err


def test_a_training_that_diverges_is_a_result(capsys: Said) -> None:
    assert train.main(["--n", "60", "--d", "3", "--epochs", "200", "--optimizer", "sgd~lr=9", "--csv", os.devnull]) == 0
    (row,) = table(capsys)
    assert row[0] == "SGD" and row[1] == "step" and int(row[2]) > 10


def test_every_setting_of_the_tab_that_is_about_numbers_is_an_option() -> None:
    looks = {"curve", "quantity", "lines", "plane", "shown"}
    assert set(train.WORD.said) == set(settings_of(TrainSettings)) - looks


def test_surfaces_and_starts_are_none_of_its_options(capsys: Said) -> None:
    with pytest.raises(SystemExit):
        train.main(["--surface", "bowl"])
    with pytest.raises(SystemExit):
        train.main(["--help"])
    said = capsys.readouterr().out
    assert "optimizers: sgd" in said and "surfaces:" not in said and "--start" not in said


def test_a_bar_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    now = [0.0]
    monkeypatch.setattr(terminal.time, "monotonic", lambda: now.append(now[-1] + 1) or now[-1])
    monkeypatch.setattr(terminal.sys.stderr, "isatty", lambda: True, raising=False)
    assert train.main(SHORT) == 0
    said = capsys.readouterr()
    assert "training 4 of 4" in said.err and said.err.endswith("\r\x1b[K") and "\x1b" not in said.out


def test_ctrl_c_ends_it_in_a_word() -> None:
    words = ["--n", "20000", "--d", "40", "--epochs", "100"]
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "app", "train", *words]
    with subprocess.Popen(command, cwd=ROOT, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        said = b""
        while b"]" not in said:  # the bar
            said += os.read(ours, 1000)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 130
    said += rest(ours)
    assert said.endswith(b"\r\x1b[Kdownslope train: stopped\r\n") and said.count(b"\n") == 1


def test_numbers_alone_load_neither_dash_nor_plotly() -> None:
    script = (
        "import sys; from app.command.train import main; main(['--epochs', '1', '--csv', '-']);"
        "print({'dash', 'plotly', 'PIL'} & {*sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "set()"


def test_it_is_a_word_of_the_command(capsys: Said) -> None:
    assert __main__.main(["train", *SHORT]) == 0
    assert len(table(capsys)) == 4
