"""All tests on any machine: brings a browser where there is none, then runs pytest on its cores, with our arguments."""

import subprocess
import sys
from collections.abc import Sequence

from .browser import program

EVERY_CORE = ("-n", "auto", "--maxprocesses", "4", "--dist", "worksteal")
TOLD = ("-r", "fER")  # in the end: what failed, and what needed a second try


def main(argv: Sequence[str]) -> int:
    """The exit status of pytest; 1 where no browser can be had."""
    if not (program.is_here() or program.bring()):
        print(program.NONE, file=sys.stderr)
        return 1
    return subprocess.call([sys.executable, "-m", "pytest", *EVERY_CORE, *TOLD, *argv])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
