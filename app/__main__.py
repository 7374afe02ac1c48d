"""The command `downslope`: serves the explorer and opens it in the browser."""

import signal
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop, 1 when the address cannot be used; or do what one of `command.WORDS` says."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C ends it without a traceback, whatever is being imported
    argv = sys.argv[1:] if argv is None else argv
    from . import command, serve

    if argv and argv[0] in command.WORDS:
        return command.main(argv[0], argv[1:])

    return serve.main(argv)


if __name__ == "__main__":
    sys.exit(main())
