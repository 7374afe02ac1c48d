"""`python -m tests` on machines of every kind, without installing anything."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from . import __main__ as tests
from .browser import program
from .browser.server import ROOT

Said = pytest.CaptureFixture[str]


class Machine:
    """A machine on which nothing is run: it notes what would be."""

    def __init__(self, has: str = "", root: bool = True, works: str = "", tests: int = 0) -> None:
        self.programs = set(has.split())  # on the PATH
        self.root, self.works, self.status = root, works, tests
        self.ran: list[str] = []

    def call(self, command: list[str]) -> int:
        words = " ".join(command).replace(sys.executable, "python")
        self.ran.append(words)
        if "pytest" in words:
            return self.status
        if "install " in words and self.works in words:
            self.programs.add("chromium")
        return 0 if self.works in words or "update" in words else 1

    def settle(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CHROME", raising=False)
        monkeypatch.setattr(subprocess, "call", self.call)
        monkeypatch.setattr(shutil, "which", lambda name: name if name in self.programs else None)
        monkeypatch.setattr(program, "is_root", lambda: self.root)
        monkeypatch.setattr(program, "is_here", lambda: program.find("/no/such/file") is not None)
        monkeypatch.setattr(sys, "platform", "linux")


PYTEST = " ".join(["python -m pytest", *tests.EVERY_CORE, *tests.TOLD, "-k map"])
FETCH = "python -m playwright install --no-shell chromium"
LIBRARIES = "python -m playwright install-deps chromium"
APT = "env DEBIAN_FRONTEND=noninteractive apt-get -qq"
DEBIAN = [f"{APT} update", f"{APT} install -y --no-install-recommends chromium fonts-dejavu-core"]
BROKEN = "nothing at all"


@pytest.mark.parametrize(
    ("machine", "ran"),
    [
        (Machine("chromium"), [PYTEST]),
        (Machine("google-chrome apt-get"), [PYTEST]),
        (Machine("apt-get", works="playwright"), [FETCH, LIBRARIES, PYTEST]),
        (Machine("apt-get", root=False, works="playwright"), [FETCH, PYTEST]),
        (Machine("apt-get", works="apt-get"), [FETCH, *DEBIAN, PYTEST]),
        (Machine("apt-get", works=BROKEN), [FETCH, *DEBIAN]),
        (Machine("apt-get", root=False, works=BROKEN), [FETCH]),
        (Machine("", works=BROKEN), [FETCH]),
    ],
)
def test_what_is_done_where(machine: Machine, ran: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    machine.settle(monkeypatch)
    status = tests.main(["-k", "map"])
    assert machine.ran == ran
    said = capsys.readouterr()
    found = ran[-1] == PYTEST
    assert status == (0 if found else 1)
    assert said.err == ("" if found else f"{program.NONE}\n")
    assert ("Playwright fetches one" in said.out) == (FETCH in ran)
    assert ("apt-get installs" in said.out) == (DEBIAN[0] in ran)


@pytest.mark.parametrize("status", [0, 1, 5])
def test_the_exit_status_is_that_of_pytest(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    Machine("chromium", tests=status).settle(monkeypatch)
    assert tests.main([]) == status


def test_the_last_word_is_one_sentence_with_the_commands() -> None:
    assert program.NONE.count(". ") == 0 and program.NONE.endswith(".")
    for command in ("apt-get install chromium", "playwright install --with-deps chromium", "CHROME"):
        assert command in program.NONE


def test_where_a_browser_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROME", raising=False)
    monkeypatch.setattr(program, "NAMES", ("chromium",))
    own = tmp_path / "own"
    assert program.find(str(own)) is None
    for name in ("own", "chromium", "mine"):
        (tmp_path / name).touch(mode=0o755)
    assert program.find(str(own)) == str(tmp_path / "chromium")
    monkeypatch.setenv("CHROME", str(tmp_path / "mine"))
    assert program.find(str(own)) == str(tmp_path / "mine")
    for name in ("chromium", "mine"):
        (tmp_path / name).unlink()
    assert program.find(str(own)) == str(own)


def test_pytest_alone_installs_nothing() -> None:
    for path in (ROOT / "tests").rglob("*.py"):
        if path.name not in ("__main__.py", "test_newcomer.py", "program.py"):
            assert "program.bring" not in path.read_text(encoding="utf-8"), path


def test_the_readme_and_the_pipeline_name_this_command() -> None:
    command = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/python -m tests\n"
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
    pipeline = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert command.replace("install -e", "install -q -e") in pipeline and "chromium" not in pipeline
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
