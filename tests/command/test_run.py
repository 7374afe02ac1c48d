"""`downslope run`: the numbers of the page on the terminal and in files, and mistakes said in words."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from app import __main__
from app.command import asked, terminal
from app.command import run as command
from app.export import data
from app.export import html as page
from app.page.state import State
from app.page.weather import KINDS
from app.walks.simulate import simulate
from landscapes import LANDSCAPES
from optim_core import OPTIMIZERS, SCHEDULES

from ..browser.server import ROOT

Said = pytest.CaptureFixture[str]


def lines(said: Said) -> list[list[str]]:
    """The words of the table's rows."""
    return [line.split() for line in said.readouterr().out.splitlines()[1:]]


def test_the_default_comparison(capsys: Said) -> None:
    assert command.main([]) == 0
    said = capsys.readouterr()
    assert said.err == "" and said.out.startswith("Elongated valley: start (-2.6, 1.25), 100 steps\nrun ")
    for walk in simulate(State()).walks:
        assert f"{walk.label} " in said.out and f"{walk.final_loss:.6g}" in said.out


@pytest.mark.parametrize(
    "link",
    [
        "?f=booth&run=adam~lr=0.3&run=sgd~lr=9&start=1,2&steps=150",
        "f=booth&run=adam~lr=0.3&run=sgd~lr=9&start=1,2&steps=150#here",
        "https://example.org/optimizers/?f=booth&run=adam~lr=0.3&run=sgd~lr=9&start=1,2&steps=150",
    ],
)
def test_a_link(link: str, capsys: Said) -> None:
    assert command.main([link]) == 0
    adam, sgd = lines(capsys)[1:]
    walks = simulate(State.from_query("?f=booth&run=adam~lr=0.3&run=sgd~lr=9&start=1,2&steps=150")[0]).walks
    assert adam == ["Adam", f"{walks[0].final_loss:.6g}"]
    assert sgd == ["SGD", "step", str(walks[1].diverged_at)]


def test_a_call_of_a_library_is_a_run(capsys: Said) -> None:
    call = "optim.Adam(p, lr=.1, betas=(.8, .99))"
    assert command.main(["--optimizer", call, "--optimizer", "sgd~lr=.01~name=a (b)"]) == 0
    theirs = lines(capsys)
    assert command.main(["--optimizer", "adam~lr=.1~beta1=.8~beta2=.99", "--optimizer", "sgd~lr=.01~name=a (b)"]) == 0
    assert lines(capsys) == theirs


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("optim.Adm(p)", "--optimizer: PyTorch has no optimizer “Adm” that can be followed here; perhaps Adam"),
        ("optim.SGD(p, maximize=True)", "--optimizer: PyTorch's SGD: maximize=True is not followed"),
        (
            "optim.SGD(p, weight_decay=.1)",
            "--optimizer: weight_decay is L2, a part of the surface: write --surface ...~l2=0.1",
        ),
    ],
)
def test_a_call_that_cannot_be_followed_is_refused(call: str, reason: str, capsys: Said) -> None:
    assert command.main(["--optimizer", call]) == 2
    assert capsys.readouterr().err == f"downslope run: {reason}\n"


def test_options_say_the_same_as_a_link(capsys: Said, tmp_path: Path) -> None:
    words = ["--surface", "rosenbrock~a=0.9", "--optimizer", "adam~lr=.1~name=a & b%20+", "--optimizer", "sgd~lr=.001"]
    file = tmp_path / "a.json"
    assert command.main([*words, "--start", "-1.2,1", "--steps", "30", "--json", str(file)]) == 0
    assert capsys.readouterr().err == ""
    found = json.loads(file.read_text())
    assert (found["surface"]["name"], found["surface"]["settings"]["a"]) == ("rosenbrock", 0.9)
    assert (found["start"], found["n_steps"]) == ([-1.2, 1], 30)
    assert [(run["run"], run["settings"]["lr"]) for run in found["runs"]] == [("a & b%20+", 0.1), ("SGD", 0.001)]
    state, notices = State.from_query(found["link"].removeprefix(asked.HOME))
    assert notices == [] and json.loads(data.json(simulate(state), found["link"])) == found


def test_weather_and_schedule_are_options_too(capsys: Said, tmp_path: Path) -> None:
    file, words = tmp_path / "a.json", ["--optimizer", "adam~lr=.1~fork=9,sgd", "--surface", "booth", "--steps", "20"]
    met = ["--weather", "noise=0.5,0.5~seed=1~clip=norm,3", "--schedule", "warm-up,5,cosine"]
    assert command.main([*words, *met, "--json", str(file)]) == 0
    about, told, *_ = capsys.readouterr().out.splitlines()
    assert (
        about.startswith("Booth: ")
        and told == "noise σ 0.5; clipped to the norm 3; seed 1; η: warm-up, w 5, then cosine"
    )
    found = json.loads(file.read_text())
    assert (found["weather"], found["met"]) == (met[1], told) and found["runs"][0]["fork"] == "9,sgd"
    link = f"?f=booth&run=adam~lr=.1~fork=9,sgd&steps=20&weather={met[1]}&schedule={met[3]}"
    assert json.loads(data.json(simulate(State.from_query(link)[0]), found["link"])) == found


FORMULAS = ["-x^2 + y^2", "f(x,y) = (1-x)^2 + 100*(y-x^2)^2~window=-2,2,-1,3~rotate=30", "x·y − √(x+3)", " x+y"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_walked_on_as_one_types_it(text: str, capsys: Said, tmp_path: Path) -> None:
    """The sign with which it begins is none of an option, and what is + in it is no space."""
    files = {name: tmp_path / name for name in command.EXPORTS}
    words = [word for name, file in files.items() for word in (f"--{name}", str(file))]
    assert command.main(["--formula", text, "--optimizer", "adam~lr=.1", "--steps", "9", *words]) == 0
    assert capsys.readouterr().out.startswith("Own formula: start (")
    found = json.loads(files["json"].read_text())
    assert found["surface"]["settings"]["text"] == text.partition("~")[0]
    assert [one["name"] for one in found["surface"]["transforms"]] == ["rotate"] * ("~rotate" in text)
    state, notices = State.from_query(found["link"].removeprefix(asked.HOME))
    assert notices == [] and json.loads(data.json(simulate(state), found["link"])) == found
    assert command.main([found["link"]]) == command.main(["--surface", f"formula~text={text}", "--steps=9"]) == 0


def test_options_go_before_what_a_link_says(capsys: Said) -> None:
    assert command.main(["?f=booth&run=adam&run=lion&steps=7", "--optimizer", "sgd~lr=.01", "--steps=9"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Booth: ") and "9 steps" in said and "SGD" in said and "Adam" not in said


def test_without_optimizers_a_surface_brings_its_own(capsys: Said) -> None:
    assert command.main(["--surface", "rosenbrock"]) == 0
    opens = State.from_query("?f=rosenbrock")[0]
    assert capsys.readouterr().out == command.table(simulate(opens)) + "\n"
    assert opens.n_steps == 300
    assert command.main(["--surface", "rosenbrock", "--optimizer", "adam"]) == 0
    assert "100 steps" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        command.main(["--help"])
    assert "without any, those with which the surface opens" in " ".join(capsys.readouterr().out.split())


def test_every_file(tmp_path: Path, capsys: Said) -> None:
    files = {name: tmp_path / f"comparison.{name}" for name in command.EXPORTS}
    words = [word for name, file in files.items() for word in (f"--{name}", str(file))]
    link = "http://localhost:9000/x/?f=booth&steps=12"
    assert command.main([link, *words]) == 0
    sim = simulate(State.from_query("?f=booth&steps=12")[0])
    assert files["csv"].read_bytes().decode() == data.csv(sim, link)
    assert files["json"].read_bytes().decode() == data.json(sim, link)
    assert files["html"].read_bytes().decode() == page.html(sim, link)
    assert files["gif"].read_bytes().startswith(b"GIF89a")
    assert "run" in capsys.readouterr().out


def test_the_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert command.main(["--steps", "3", "--csv", "-"]) == 0
    said = capfdbinary.readouterr()
    assert said.out.decode() == data.csv(simulate(State(n_steps=3)), f"{asked.HOME}?steps=3")
    assert b"final loss" in said.err


REFUSED = [
    (
        ["--optimizer", "adam~learning_rate=.5"],
        "--optimizer 1, learning_rate: “.5” is not a setting of Adam; perhaps lr",
    ),
    (["--optimizer", "sgd", "--optimizer", "adam~lr=-1"], "--optimizer 2, η: “-1” must be a number of at least 0"),
    (["--optimizer", "adam~lr=1,500"], "--optimizer 1, η: “1,500” can be read as 1.5 and as 1500"),
    (["--optimizer", "adam~lr=.1~lr=.2"], "--optimizer 1, lr: “.2” is given twice"),
    (["--optimizer", "adam~bias_correction=no"], "--optimizer 1, bias_correction: “no” must be 0 or 1"),
    (["--optimizer", "adam~name=" + "x" * 40], "--optimizer 1, name: "),
    (["--optimizer", "sgd"] * 9, "--optimizer: “9” are too many"),
    (["--surface", "valley~kappa=0"], "--surface, κ: “0” must be a number from 1"),
    (["--surface", "rosenbrock~c=1"], "--surface, c: “1” is not a setting of Rosenbrock"),
    (["--surface", "booth", "--surface", "bowl"], "--surface is given twice"),
    (["--surface", "formula~text=x^^2"], "--surface, text: “x^^2” is no formula: before ^ something is missing"),
    (["--formula", "x^^2"], "--formula: “x^^2” is no formula: before ^ something is missing, at character 3"),
    (["--formula", ""], "--formula is no formula: there is no formula: write one"),
    (["--formula", "2"], "--formula: “2” is no formula: this depends neither on x nor on y"),
    (["--formula", "x%5E2 & y"], "--formula: “x%5E2 & y” is no formula: the character %"),
    (["--formula", "log(x-9)"], "--formula: “log(x-9)” is no formula: this has no finite value in the window"),
    (["--formula", "x~window=1,0,0,1"], "--formula, window: “1,0,0,1” is not x0, x1, y0, y1 in this order"),
    (["--formula", "x~kappa=3"], "--formula, kappa: “3” is not a setting of Own formula"),
    (["--formula", "x~rotate=a"], "--formula, rotate: “a” must be a number"),
    (["--formula", "x", "--formula", "y"], "--formula is given twice"),
    (["--formula", "x", "--surface", "bowl"], "--surface and --formula both say where to walk"),
    (["?f=formula~text=3"], "the link: surface, text: “3” is no formula"),
    (["--start", "99,0"], "--start: “99,0” lies outside x -8 to 8, y "),
    (["--start", "1"], "--start: “1” is not two numbers"),
    (["--start", ""], "--start is not two numbers"),
    (["--start", "1,2", "--start=2,1"], "--start is given twice"),
    (["--steps", "1e3"], "--steps: “1e3” is not a whole number"),
    (["--steps", "9999"], "--steps: “9999” is outside 1 to 2000"),
    (["--weather", "nose=1"], "--weather: “nose” is not one of noise, batch, seed"),
    (["--weather", "noise=1"], "--weather, noise: “1” is not 2 numbers"),
    (["--weather", "noise=1,-1"], "--weather, noise, y: “-1” must be a number from 0"),
    (["--weather", "seed=1", "--weather", "seed=2"], "--weather is given twice"),
    (["--schedule", "cosin"], "--schedule: “cosin” is not known; perhaps cosine"),
    (["--schedule", "stairs,1"], "--schedule: “stairs,1” is not stairs and 2 numbers"),
    (["--optimizer", "adam~fork=5,sdg"], "--optimizer 1, fork: “sdg” is not known; perhaps sgd"),
    (["--optimizer", "adam~schedule=stairs,30,2"], "--optimizer 1, schedule: “2” must be a number from 0 to 1"),
    (["?weather=clip=1"], "the link: weather, clip: “1” is not one of off, norm, value"),
    (["?f=nope"], "the link: surface: “nope” is not known"),
    (["?run=adam~lr=-1", "--steps", "5"], "the link: run 1, η: “-1” must be"),
    (["?map=globe"], "the link: map: “globe” is not one of contour"),
    (["?stepss=50"], "the link: 'stepss' is not known; perhaps steps"),
]


@pytest.mark.parametrize(("words", "said"), REFUSED, ids=[" ".join(words)[:40] for words, _ in REFUSED])
def test_what_a_page_would_forgive_is_refused(words: list[str], said: str, capsys: Said) -> None:
    assert command.main(words) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(f"downslope run: {said}")
    assert "is used" not in err and "kept" not in err


def test_every_reason_is_said_at_once(capsys: Said) -> None:
    assert command.main(["?f=booth&t=-1", "--optimizer", "adam~lr=-1~what=3", "--start", "99,0"]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 4
    for part in ("η", "what", "--start", "the link: t"):
        assert part in said


@pytest.mark.parametrize("start", ["-1.2,1", "-1.2 1", "-1,2 1", "-1,2; 1"])
def test_a_start_in_every_spelling(start: str, capsys: Said) -> None:
    assert command.main(["--surface", "rosenbrock", "--start", start, "--optimizer", "adam~lr=0,05"]) == 0
    assert command.main(["--surface", "rosenbrock", f"--start={start}", "--optimizer", "adam~lr=0.05"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Rosenbrock: start (-1.2, 1), ") and said[:3] == said[3:]


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["--surface", "nope"], ["surface", "'nope'", *LANDSCAPES]),
        (["--surface", "Rosenbrock"], ["perhaps rosenbrock"]),
        (["--surface", "own formula"], ["perhaps formula"]),
        (["--optimizer", "adamww"], ["perhaps adamw"]),
        (["--surface", ""], ["''"]),
        (["--optimizer", "adam", "--optimizer", "sdg~lr=1"], ["optimizer", "'sdg'; perhaps sgd", *OPTIMIZERS]),
        (["rosenbrock"], ["rosenbrock is not an address", *LANDSCAPES, *OPTIMIZERS]),
        (["http://[1/?f=booth"], ["is not an address"]),
        (["--csv", "/no/such/folder/a.csv"], ["/no/such/folder/a.csv", "No such file"]),
        (["--gif", "/"], ["cannot write /", "directory"]),
        (["--json", "a\0b"], ["cannot write", "null"]),
        (["--csv", "-", "--gif", "-"], ["only one of the files can be -"]),
        (["--csv", "a.txt", "--json", "a.txt"], ["only one of the files can be a.txt"]),
        (["--csv", "a.csv", "--csv", "b.csv"], ["--csv is given twice"]),
    ],
)
def test_a_mistake_is_said_in_words(words: list[str], parts: list[str], capsys: Said) -> None:
    assert command.main(words) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("downslope run: ")
    for part in parts:
        assert part in said.err


def test_an_unknown_option_shows_how_it_is_used(capsys: Said) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["--what"])
    assert stopped.value.code == 2 and "usage: downslope run" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        command.main(["--help"])
    said = capsys.readouterr().out
    assert stopped.value.code == 0
    named = [*LANDSCAPES, *OPTIMIZERS, *SCHEDULES, *KINDS, *(f"--{name}" for name in command.EXPORTS)]
    for part in (*named, "--formula", "TEXT[~window=X0,X1,Y0,Y1]"):
        assert part in said


def test_the_example_works(capsys: Said) -> None:
    assert command.main(command.EXAMPLE.split()[2:-2]) == 0
    assert capsys.readouterr().err == ""


def test_the_readme_shows_what_is_printed(capsys: Said, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = (ROOT / "README.md").read_text(encoding="utf-8").split("$ downslope run ")[1].split("\n```")[0]
    words, _, printed = shown.partition("\n")
    monkeypatch.chdir(tmp_path)
    assert command.main(words.split()) == 0
    assert capsys.readouterr().out == f"{printed}\n"
    assert {file.name for file in tmp_path.iterdir()} == {"walk.gif", "walk.csv"}


def test_columns_stand_below_each_other_whatever_the_names(capsys: Said) -> None:
    command.main(["--optimizer", "adam~name=日本語", "--optimizer", "sgd~lr=9", "--optimizer", "sgd~name=é"])
    table = capsys.readouterr().out.splitlines()[1:]
    starts = [terminal.width(line[: line.rindex("  ")]) for line in (table[1], table[3])]
    assert starts[0] == starts[1]
    assert terminal.width(table[2][: table[2].index("step")]) == table[0].index("diverged at")


def test_a_terminal_that_cannot_show_a_letter() -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    terminal.say("η 0.1", file)
    assert file.buffer.getvalue() == b"? 0.1\n"


class Terminal(io.StringIO):
    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self.isatty = lambda: is_terminal


def test_a_bar_shows_what_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(terminal.time, "monotonic", lambda: now[0])
    for is_terminal in (True, False):
        now[0], file = 0.0, Terminal(is_terminal)
        progress = terminal.Progress(4, file)
        progress.step("soon")
        assert file.getvalue() == ""
        now[0] = 1.5
        progress.step("late")
        progress.clear()
        bar = "\r\x1b[K[############............] late\r\x1b[K"
        assert file.getvalue() == (bar if is_terminal else "")


def test_a_bar_that_is_stopped_in_the_middle_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopping(Terminal):
        def flush(self) -> None:
            if "[" in self.getvalue() and not self.stopped:
                self.stopped = True
                raise KeyboardInterrupt

        stopped = False

    monkeypatch.setattr(terminal, "SOON", 0.0)
    progress = terminal.Progress(2, file := Stopping(is_terminal=True))
    with pytest.raises(KeyboardInterrupt):
        progress.step("half")
    progress.clear()
    assert file.getvalue().endswith("half\r\x1b[K")


def test_it_is_a_word_of_downslope(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.serve.main", lambda argv: pytest.fail("it serves"))
    assert __main__.main(["run", "--steps", "2"]) == 0
    assert "2 steps" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["downslope", "run", "--surface", "nope"])
    assert __main__.main() == 2


def test_who_reads_may_stop_reading() -> None:
    words = [sys.executable, "-m", "app", "run", "--steps", "2000", "--csv", "-"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_numbers_alone_load_neither_dash_nor_plotly() -> None:
    script = (
        "import sys; from app.command.run import main; main(['--csv', '-']);"
        "print({'dash', 'plotly', 'PIL'} & {*sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "set()"
