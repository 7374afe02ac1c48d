"""All tests on any machine: brings a browser where there is none, then runs pytest with the same arguments."""

import subprocess
import sys
from collections.abc import Sequence

from .browser import program


def main(argv: Sequence[str]) -> int:
    """The exit status of pytest; 1 where no browser can be had."""
    if not (program.is_here() or program.bring()):
        print(program.NONE, file=sys.stderr)
        return 1
    return subprocess.call([sys.executable, "-m", "pytest", *argv])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
