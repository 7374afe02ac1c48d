"""The browser of the tests: where it is found, and how one comes to a machine that has none."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PLAYWRIGHT = (sys.executable, "-m", "playwright")
APT = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq")
NONE = (
    "There is no Chromium or Chrome here, and none could be brought: `sudo apt-get install chromium` on Debian, "
    "`python -m playwright install --with-deps chromium` elsewhere, or any Chrome on the PATH or named by CHROME, "
    "and then this command again."
)


def find(own: str) -> str | None:
    """The program that CHROME names, else a Chromium or Chrome on the PATH, else Playwright's `own` if it is there."""
    on_path = map(shutil.which, filter(None, (os.environ.get("CHROME"), *NAMES)))
    return next(filter(None, on_path), own if Path(own).exists() else None)


def is_here() -> bool:
    with sync_playwright() as playwright:
        return find(playwright.chromium.executable_path) is not None


def bring() -> bool:
    """Install one, saying so; whether there is one now."""
    for words, commands in _ways():
        print(words, flush=True)
        if all(_succeeds(command) for command in commands) and is_here():
            return True
        print("That did not work.", flush=True)
    return False


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _ways() -> Iterator[tuple[str, list[Sequence[str]]]]:
    """What can be tried, in words and in commands."""
    libraries = [(*PLAYWRIGHT, "install-deps", "chromium")] if is_root() and sys.platform == "linux" else []
    download = (*PLAYWRIGHT, "install", "--no-shell", "chromium")
    yield "There is no Chromium or Chrome here: Playwright fetches one, some 170 MB.", [download, *libraries]
    if is_root() and shutil.which("apt-get"):
        packages = ("chromium", "fonts-dejavu-core")
        install = (*APT, "install", "-y", "--no-install-recommends", *packages)
        yield "apt-get installs Debian's chromium.", [(*APT, "update"), install]


def _succeeds(command: Sequence[str]) -> bool:
    return subprocess.call(command) == 0
