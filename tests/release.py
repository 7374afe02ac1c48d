"""Whether this may be released: `python -m tests.release` (with `.[release]`).

The wheel is built and bears the version that the README's changes begin with; for every Python that it is offered to,
pip finds wheels of all that it needs; and no advisory is known of those, where pip-audit reaches its database.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from email import message_from_bytes
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from .browser.server import ROOT

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "build", "*.egg-info", "tests")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input")
Pins = Mapping[str, str]  # name -> version


class Missing(Exception):
    """What a release has not; the reason is in its words."""


class Audited(NamedTuple):
    known: list[str]  # advisories
    seen: int  # packages whose advisories the database told
    told: str  # why it told nothing of the others


def changes(readme: str) -> list[Version]:
    """The versions of the README's changes, the newest first."""
    said = readme.split("\n## Changes\n")[1].split("\n## ")[0]
    return [Version(one) for one in re.findall(r"^\*\*([\d.]+?)\.\*\*", said, re.MULTILINE)]


def version() -> Version:
    """Of the project. Raises Missing where it is not that of the newest changes, or these are in no order."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        ours = Version(tomllib.load(file)["project"]["version"])
    listed = changes((ROOT / "README.md").read_text(encoding="utf-8"))
    if listed[0] != ours or listed != sorted(set(listed), reverse=True):
        raise Missing(f"the version is {ours}, and the changes are of {', '.join(map(str, listed))}")
    return ours


def wheel(folder: Path) -> Path:
    """The wheel, built in this folder of a copy: what setuptools leaves beside the source is none of ours."""
    shutil.copytree(ROOT, folder / "source", ignore=LEFT_OUT)
    _run(*PIP, "wheel", "-q", "--no-deps", "-w", folder, folder / "source")
    (made,) = folder.glob("*.whl")
    return made


def says(wheel: Path) -> tuple[Version, list[Requirement]]:
    """What it says of itself: its version, and what it needs."""
    with zipfile.ZipFile(wheel) as held:
        (name,) = (one for one in held.namelist() if one.endswith(".dist-info/METADATA"))
        said = message_from_bytes(held.read(name))
    return Version(said["Version"]), [Requirement(one) for one in said.get_all("Requires-Dist", [])]


def needed(these: Iterable[Requirement], python: str, extras: Iterable[str] = ()) -> list[Requirement]:
    """Those that another Python needs; pip itself asks the markers of the Python that runs it."""
    asked = [{"python_version": python, "python_full_version": f"{python}.0", "extra": one} for one in ("", *extras)]
    return [one for one in these if one.marker is None or any(one.marker.evaluate(which) for which in asked)]


def resolved(direct: Iterable[Requirement], python: str) -> dict[str, str]:
    """The versions of all that is needed there, each of which has a wheel. Raises Missing."""
    wanted: dict[str, list[Requirement]] = {}
    chosen: dict[str, str] = {}
    new = needed(direct, python)
    while new:
        for one in new:
            wanted.setdefault(canonicalize_name(one.name), []).append(one)
        unfit = [name for name, asked in wanted.items() if not _fits(chosen.get(name), asked)]
        found = _chosen([one for name in unfit for one in wanted[name]], python) if unfit else {}
        chosen |= {name: said["version"] for name, said in found.items()}
        new = [
            one
            for name, said in found.items()
            for one in needed(map(Requirement, said.get("requires_dist", [])), python, _extras(wanted[name]))
        ]
    return dict(sorted(chosen.items()))


def _fits(version: str | None, asked: Iterable[Requirement]) -> bool:
    return version is not None and all(one.specifier.contains(version, prereleases=True) for one in asked)


def _extras(asked: Iterable[Requirement]) -> set[str]:
    return {extra for one in asked for extra in one.extras}


def _chosen(these: Iterable[Requirement], python: str) -> dict[str, dict[str, Any]]:
    """Name -> what the wheel says that pip would install there."""
    words = [f"{one.name}{one.specifier}" for one in these]
    for_it = ("--python-version", python, "--only-binary=:all:", "--target", tempfile.gettempdir())
    report = _run(
        *PIP, "install", "-q", "--dry-run", "--ignore-installed", "--no-deps", "--report", "-", *for_it, *words
    )
    return {canonicalize_name(one["metadata"]["name"]): one["metadata"] for one in json.loads(report)["install"]}


def audited(pins: Pins, folder: Path) -> Audited:
    """What is known of these, by the database that pip-audit asks."""
    listed = folder / "pins.txt"
    listed.write_text("".join(f"{name}=={one}\n" for name, one in pins.items()))
    words = ("-m", "pip_audit", "-r", listed, "--no-deps", "--disable-pip", "-f", "json", "--progress-spinner", "off")
    done = subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True, cwd=folder)
    try:
        return judged(json.loads(done.stdout)["dependencies"])
    except ValueError:
        return Audited([], 0, (done.stderr.strip().splitlines() or ["it said nothing"])[-1])


def judged(told: Iterable[Mapping[str, Any]]) -> Audited:
    """What pip-audit told of each package."""
    seen = [one for one in told if "vulns" in one]
    unseen = [one["skip_reason"] for one in told if "vulns" not in one]
    known = [f"{one['name']} {one['version']}: {bad['id']}" for one in seen for bad in one["vulns"]]
    return Audited(known, len(seen), unseen[0] if unseen else "")


def _run(*words: object) -> str:
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise Missing(done.stderr.strip().splitlines()[-1])
    return done.stdout


def checked(folder: Path) -> Iterable[str]:
    """What was found, line by line. Raises Missing at the first that is not as it must be."""
    ours = version()
    made, direct = says(wheel(folder))
    if made != ours:
        raise Missing(f"the wheel is of {made}, not of {ours}")
    yield f"downslope {ours}: the wheel is built, and the changes begin with it"
    every: dict[str, str] = {}
    for python in PYTHONS:
        pins = resolved(direct, python)
        every |= pins
        yield f"Python {python}: wheels of {', '.join(f'{name} {one}' for name, one in pins.items())}"
    found = audited(every, folder)
    if found.known:
        raise Missing("; ".join(found.known))
    yield f"pip-audit: no advisory is known of {found.seen} of {len(every)} packages"
    if found.told:
        yield f"pip-audit could not ask its database of the others: {found.told}"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        try:
            for line in checked(Path(folder)):
                print(line, flush=True)
        except Missing as why:
            print(f"Not to be released: {why}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
